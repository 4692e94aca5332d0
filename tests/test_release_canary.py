"""Canaries: unique strings planted in every field of a study are in no byte of its package."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import struct
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ppdarchive.publish import pack_study

from .terms import LENIENT

DAY = date(2026, 1, 31)

# What stands for what was typed: none of it may be found in any spelling, anywhere.
CANARIES = {
    "first name": "Zyxwanda",
    "last name": "Qvortrup",
    "file name": "vexillum",
    "e-mail": "zq.vortex",
    "phone": "5035550142",
    "number": "8675309",
    "record id": "RID-90317",
    "survey id": "R_9kXqZvWmPt77Lb",
    "coach": "COACH-4471",
    "date": "1987-02-21",
    "town": "Xanthopolis",
    "rare category": "kryptonian",
    "rare number": "4242424",
    "undeclared": "Undekla",
    "memo": "Memorax",
    "baby": "Babaloo",
    "hospital": "Ospedalix",
    "without consent": "Nonconsentia",
    "text without consent": "Geheimnis",
    "code without consent": "Kodenull",
    "ip": "203.0.113.77",
}
TOML = (
    """\
[study]
id = "small"
title = "A small study"

[[export]]
table = "participants"
format = "csv"
path = "exports/vexillum_people.csv"
ignore = ["undeclared"]
[export.columns]
pid = "pid"
first = "first"
last = "last"
email = "email"
phone = "phone"
born = "born"
enrolled = "enrolled"
town = "town"
kind = "kind"
income = "income"
coach = "coach"
agreed = "agreed"
undecided = "undecided"

[[export]]
table = "responses"
format = "csv"
path = "exports/vexillum_answers.csv"
[export.columns]
rid = "rid"
pid = "pid"
on = "on"
text = "text"

[[export]]
table = "codings"
format = "csv"
path = "exports/vexillum_codings.csv"
[export.columns]
rid = "rid"
code = "code"
memo = "memo"
start = "start"
end = "end"

[[known]]
path = "exports/vexillum_known.csv"
columns = {baby = "NAME", hospital = "FACILITY"}

[[package.licenses]]
name = "CC0-1.0"
[[package.contributors]]
title = "A lab"

[release]
standard = "limited-data-set"
consent = "agreed"
"""
    + LENIENT
)


def field(name: str, kind: str, role: str, method: str, **rest: Any) -> dict[str, Any]:
    """A field; parameters of its treatment come as ``given``."""
    parameters = rest.pop("given", {})
    told = {"role": role, "treatment": {"method": method, **parameters}}
    return {"name": name, "type": kind, "disclosure": told, **rest}


SCHEMAS: dict[str, dict[str, Any]] = {
    "participants": {
        "fields": [
            field("pid", "string", "key", "pseudonymize", given={"space": "participant"}),
            field("first", "string", "direct-identifier", "drop"),
            field("last", "string", "direct-identifier", "drop"),
            field("email", "string", "direct-identifier", "drop"),
            field("phone", "string", "direct-identifier", "drop"),
            field("born", "date", "direct-identifier", "drop"),
            field("enrolled", "date", "quasi-identifier", "year"),
            field("town", "string", "quasi-identifier", "suppress", given={"below": 2}),
            field(
                "kind", "string", "quasi-identifier", "suppress", given={"below": 2},
                missingValues=[{"value": "", "label": "Left blank"}, {"value": "-99", "label": "Refused"}],
            ),
            field("income", "integer", "none", "band", given={"width": 10, "bottom": 0, "top": 50}),
            field("coach", "string", "key", "pseudonymize", given={"space": "coach"}),
            field("agreed", "boolean", "none", "drop"),
            {"name": "undecided", "type": "string"},
        ],
        "primaryKey": ["pid"],
    },
    "responses": {
        "fields": [
            field("rid", "string", "key", "pseudonymize", given={"space": "response"}),
            field("pid", "string", "key", "pseudonymize", given={"space": "participant"}),
            field("on", "datetime", "none", "relative_days", given={"anchor": "participants.enrolled"}),
            field("text", "string", "free-text", "text"),
        ],
        "primaryKey": ["rid"],
        "foreignKeys": [{"fields": ["pid"], "reference": {"resource": "participants", "fields": ["pid"]}}],
    },
    "codings": {
        "fields": [
            field("rid", "string", "key", "pseudonymize", given={"space": "response"}),
            field("code", "string", "none", "keep"),
            field("memo", "string", "free-text", "drop"),
            field("start", "integer", "none", "keep"),
            field("end", "integer", "none", "keep"),
        ],
        "foreignKeys": [{"fields": ["rid"], "reference": {"resource": "responses", "fields": ["rid"]}}],
    },
}  # fmt: skip
FILES = {
    "exports/vexillum_people.csv": [
        [
            "pid",
            "first",
            "last",
            "email",
            "phone",
            "born",
            "enrolled",
            "town",
            "kind",
            "income",
            "coach",
            "agreed",
            "undecided",
            "undeclared",
        ],
        [
            "RID-90317",
            "Zyxwanda",
            "Qvortrup",
            "zq.vortex@example.org",
            "503-555-0142",
            "1987-02-21",
            "2020-03-04",
            "Xanthopolis",
            "kryptonian",
            "4242424",
            "COACH-4471",
            "true",
            "Undekla",
            "Undekla",
        ],
        [
            "RID-90318",
            "Bo",
            "Ek",
            "bo@example.org",
            "",
            "",
            "2020-05-06",
            "Eugene",
            "human",
            "12",
            "COACH-4471",
            "true",
            "x",
            "y",
        ],
        ["RID-90319", "Siri", "Dal", "", "", "", "", "Eugene", "human", "13", "COACH-4472", "true", "x", "y"],
        [
            "RID-90320",
            "Nonconsentia",
            "Nonconsentia",
            "",
            "",
            "",
            "2019-01-01",
            "Nonconsentia",
            "-99",
            "8675309",
            "COACH-4473",
            "false",
            "x",
            "y",
        ],
        [
            "RID-90321",
            "Nonconsentia",
            "",
            "",
            "",
            "",
            "2019-01-01",
            "Nonconsentia",
            "",
            "8675309",
            "",
            "",
            "",
            "",
        ],
    ],
    "exports/vexillum_answers.csv": [
        ["rid", "pid", "on", "text"],
        [
            "R_9kXqZvWmPt77Lb",
            "RID-90317",
            "2020-04-04T10:11:12",
            "ZYXWANDA’S here. Ｑｖｏｒｔｒｕｐ! mail zq.vortex@example.org, (503) 555.0142, card 8675309, "
            "I am "
            "rid-90317 (R_9kXqZvWmPt77Lb), born 02/21/1987, or 1987-02-21. babaloo was born at OSPEDALIX. "
            "Zyx\u00adwanda again; my ip 203.0.113.77. My coach is COACH-4471.",
        ],
        ["R_2", "RID-90318", "", "I met Zyxwanda-Qvortrup and Babaloo's mother, Zyxwandas calls helped"],
        ["R_3", "RID-90320", "2020-04-04T10:11:12", "Geheimnis Geheimnis"],
        ["R_4", "RID-90321", "", "Geheimnis"],
    ],
    "exports/vexillum_codings.csv": [
        ["rid", "code", "memo", "start", "end"],
        ["R_9kXqZvWmPt77Lb", "warm", "Memorax of Zyxwanda", "0", "10"],
        ["R_2", "warm", "", "0", "5"],
        ["R_3", "Kodenull", "Memorax", "0", "8675309"],
    ],
    "exports/vexillum_known.csv": [["baby", "hospital"], ["Babaloo", "Ospedalix"]],
}


def write_study(folder: Path) -> Path:
    """Write a study with a canary in every field."""
    for name, rows in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerows(rows)
        (folder / name).write_text(written.getvalue(), encoding="utf-8")
    (folder / "schemas").mkdir()
    for name, schema in SCHEMAS.items():
        (folder / f"schemas/{name}.json").write_text(json.dumps(schema))
    resources = [{"name": name, "schema": f"schemas/{name}.json"} for name in SCHEMAS]
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}))
    (folder / "study.toml").write_text(TOML)
    return folder


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the package of that study."""
    folder = tmp_path_factory.mktemp("canary")
    pack_study(write_study(folder / "study"), folder / "package", version="1.0.0", released_on=DAY)
    return folder / "package"


# -- looking into everything ----------------------------------------------------------------------


def column_chunks(path: Path) -> Iterator[tuple[str, bytes]]:
    """The bytes of every page of every column chunk, decompressed: dictionaries, statistics and all.

    The pages are found by their own headers (Thrift's compact protocol), so nothing that pyarrow
    would not show, such as a dictionary entry that no row uses, is passed over.
    """
    raw = path.read_bytes()
    with pq.ParquetFile(path) as file:
        for group in range(file.metadata.num_row_groups):
            for number in range(file.metadata.num_columns):
                chunk = file.metadata.row_group(group).column(number)
                offsets = [chunk.data_page_offset, chunk.dictionary_page_offset or chunk.data_page_offset]
                start = min(offsets)
                end = start + chunk.total_compressed_size
                name = chunk.path_in_schema
                while start < end:
                    header, size = page_header(raw, start)
                    body = raw[start + size : start + size + header[3]]
                    is_v2 = header[1] == 3
                    levels = header[8][5] + header[8][6] if is_v2 else 0
                    packed, n_bytes = body[levels:], header[2] - levels
                    is_packed = not is_v2 or header[8].get(7, True)
                    if chunk.compression != "UNCOMPRESSED" and packed and is_packed:
                        codec = pa.Codec(chunk.compression.lower())
                        packed = codec.decompress(packed, n_bytes, asbytes=True)
                    assert len(packed) == n_bytes
                    yield f"{path.name}:{name}:header", raw[start : start + size]
                    yield f"{path.name}:{name}:page", body[:levels] + packed
                    start += size + header[3]
                assert start == end


def page_header(raw: bytes, start: int) -> tuple[dict[int, Any], int]:
    """A page's header and its size; a struct of Thrift's compact protocol."""
    header, end = thrift_struct(raw, start)
    return header, end - start


def thrift_varint(raw: bytes, at: int) -> tuple[int, int]:
    """A number of variable length."""
    value = shift = 0
    while True:
        byte = raw[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def thrift_struct(raw: bytes, at: int) -> tuple[dict[int, Any], int]:
    """The members of a struct by their number."""
    members: dict[int, Any] = {}
    number = 0
    while raw[at]:
        kind, step = raw[at] & 0x0F, raw[at] >> 4
        at += 1
        if step:
            number += step
        else:
            packed, at = thrift_varint(raw, at)
            number = (packed >> 1) ^ -(packed & 1)
        members[number], at = thrift_value(raw, at, kind)
    return members, at + 1


def thrift_value(raw: bytes, at: int, kind: int) -> tuple[Any, int]:
    """A value of one of the protocol's kinds."""
    if kind in (1, 2):
        return kind == 1, at
    if kind == 3:
        return raw[at], at + 1
    if kind in (4, 5, 6):
        packed, at = thrift_varint(raw, at)
        return (packed >> 1) ^ -(packed & 1), at
    if kind == 7:
        return struct.unpack("<d", raw[at : at + 8])[0], at + 8
    if kind == 8:
        size, at = thrift_varint(raw, at)
        return raw[at : at + size], at + size
    if kind in (9, 10):
        size, of = raw[at] >> 4, raw[at] & 0x0F
        at += 1
        if size == 15:
            size, at = thrift_varint(raw, at)
        items = []
        for _ in range(size):
            item, at = thrift_value(raw, at, of)
            items.append(item)
        return items, at
    assert kind == 12
    return thrift_struct(raw, at)


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Everything there is to see in a package: names, raw bytes, pages, statistics, footers, cells."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).as_posix()
        yield f"name of {inside}", inside.encode()
        if not path.is_file():
            continue
        yield inside, path.read_bytes()
        if path.suffix == ".parquet":
            yield from column_chunks(path)
            with pq.ParquetFile(path) as file:
                yield f"{inside}: footer", str(file.metadata.metadata).encode() + str(file.schema).encode()
                for group in range(file.metadata.num_row_groups):
                    for number in range(file.metadata.num_columns):
                        chunk = file.metadata.row_group(group).column(number)
                        yield f"{inside}: statistics", str(chunk.statistics).encode()
                cells = file.read()
                yield (
                    f"{inside}: cells",
                    json.dumps(cells.to_pylist(), default=str, ensure_ascii=False).encode(),
                )


def forms(canary: str) -> list[bytes]:
    """The ways in which a canary may be written down."""
    found = [canary.encode(), canary.encode("utf-16-le"), canary.encode().hex().encode()]
    if canary.isdecimal():
        found += [struct.pack("<q", int(canary)), struct.pack("<d", float(canary))]
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", canary):
        found += [struct.pack("<i", (date.fromisoformat(canary) - date(1970, 1, 1)).days)]
    return [form.lower() for form in found]


def found_in(folder: Path) -> dict[str, set[str]]:
    """The canaries that are somewhere in a package, each with its places."""
    result: dict[str, set[str]] = {}
    searched = {name: forms(canary) for name, canary in CANARIES.items()}
    for place, content in contents(folder):
        lowered = content.lower()
        plain = re.sub(rb"[^0-9a-z]", b"", lowered)
        for name, ways in searched.items():
            bare = re.sub(rb"[^0-9a-z]", b"", CANARIES[name].lower().encode())
            if any(way in lowered for way in ways) or (len(bare) >= 7 and bare in plain):
                result.setdefault(name, set()).add(place)
    return result


def test_no_canary_is_in_any_byte_of_the_package(package: Path) -> None:
    """Names, numbers, dates, categories, ids, file names: none of them is anywhere, in any form."""
    assert found_in(package) == {}


def test_every_page_was_read(package: Path) -> None:
    """The pages that were looked into hold the released rows: the search would have found them."""
    pages = b"".join(page for _, page in column_chunks(package / "data/responses.parquet"))
    for text in pq.read_table(package / "data/responses.parquet")["text"].to_pylist():
        assert text.encode() in pages
    assert b"[NAME]" in pages


def test_those_without_consent_are_not_even_counted(package: Path) -> None:
    """Three participants, two answers, two codings; nothing tells that there were more."""
    rows = {path.stem: pq.read_metadata(path).num_rows for path in (package / "data").iterdir()}
    assert rows == {"participants": 3, "responses": 2, "codings": 2}
    codings = pq.read_table(package / "data/codings.parquet")
    assert codings["code"].to_pylist() == ["warm", "warm"]
    people = pq.read_table(package / "data/participants.parquet")
    assert set(people["kind_missing"].to_pylist()) <= {None, "Suppressed: shared by too few participants"}


# -- the test itself ------------------------------------------------------------------------------


def rewritten(folder: Path, name: str, change: Callable[[pa.Table], pa.Table], **options: Any) -> None:
    """Write a table of the package anew."""
    path = folder / f"data/{name}.parquet"
    pq.write_table(change(pq.read_table(path)), path, compression="zstd", **options)


def cell(folder: Path) -> None:
    """Put a name into a cell."""
    rewritten(folder, "codings", lambda t: t.set_column(1, "code", pa.array(["Zyxwanda", "warm"])))


def plain_cell(folder: Path) -> None:
    """Put a name into a cell of a column without dictionary, in version 2 pages."""
    rewritten(
        folder, "codings", lambda t: t.set_column(1, "code", pa.array(["Zyxwanda", "warm"])),
        use_dictionary=False, data_page_version="2.0", write_statistics=False,
    )  # fmt: skip


def dictionary_entry(folder: Path) -> None:
    """Put a category that no row has into a dictionary page."""
    column = pa.DictionaryArray.from_arrays(pa.array([0, 0], pa.int8()), pa.array(["warm", "kryptonian"]))
    rewritten(folder, "codings", lambda t: t.set_column(1, "code", column), write_statistics=False)


def statistic(folder: Path) -> None:
    """Put a rare number into a column and so its statistics."""
    rewritten(folder, "codings", lambda t: t.set_column(2, "start", pa.array([0, 4242424])))


def day(folder: Path) -> None:
    """Put a birthday into a column."""
    rewritten(folder, "codings", lambda t: t.append_column("born", pa.array([date(1987, 2, 21), None])))


def decimal(folder: Path) -> None:
    """Put a number as a float."""
    rewritten(folder, "codings", lambda t: t.append_column("income", pa.array([8675309.0, None])))


def footer(folder: Path) -> None:
    """Put a path into a footer."""
    rewritten(
        folder, "codings", lambda t: t.replace_schema_metadata({"from": "exports/vexillum_codings.csv"})
    )


def csv_cell(folder: Path) -> None:
    """Put an answer without consent into the copy."""
    path = folder / "csv/responses.csv"
    path.write_text(path.read_text() + '"a","b",,"Geheimnis"\n')


def file_name(folder: Path) -> None:
    """Name a file after its export."""
    (folder / "csv/codings.csv").rename(folder / "csv/vexillum_codings.csv")


def descriptor(folder: Path) -> None:
    """Put a name into the descriptor."""
    path = folder / "datapackage.json"
    path.write_text(path.read_text().replace("A small study", "A study of Xanthopolis"))


def codebook(folder: Path) -> None:
    """Put a rare category into the codebook."""
    with (folder / "codebook.md").open("a") as file:
        file.write("| kryptonian |\n")


def text_file(folder: Path) -> None:
    """Put a phone number, otherwise written, into the README."""
    with (folder / "README.md").open("a") as file:
        file.write("Call (503) 555-0142.\n")


@pytest.mark.parametrize(
    ("plant", "canary"),
    [
        (cell, "first name"), (plain_cell, "first name"), (dictionary_entry, "rare category"),
        (statistic, "rare number"), (day, "date"), (decimal, "number"), (footer, "file name"),
        (csv_cell, "text without consent"), (file_name, "file name"), (descriptor, "town"),
        (codebook, "rare category"), (text_file, "phone"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)  # fmt: skip
def test_a_canary_that_is_put_back_is_found(
    package: Path, tmp_path: Path, plant: Callable[[Path], None], canary: str
) -> None:
    """Wherever one is planted the search finds it: what finds nothing looked everywhere."""
    shutil.copytree(package, tmp_path / "package")
    plant(tmp_path / "package")
    assert canary in found_in(tmp_path / "package")
