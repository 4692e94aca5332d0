"""A package is opened only if every file is as published; then its tables are typed, and join."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from ppdarchive.errors import LoadError
from ppdarchive.loading import Release, load
from ppdarchive.model.dtypes import arrow_type, pandas_dtype
from ppdarchive.model.release import PackageInfo, TreatedTable
from ppdarchive.model.schema import (
    Category,
    Disclosure,
    Field,
    ForeignKey,
    Kind,
    Role,
    Schema,
    Treatment,
)
from ppdarchive.package import write_package

INFO = PackageInfo("study", "A study", "What it holds.", "2.1.0", date(2026, 1, 2))
WAVES = (Category("post"), Category("3_month"), Category("baseline"))


def field(name: str, kind: Kind = Kind.STRING, role: Role = Role.NONE, **parts: Any) -> Field:
    """A released field."""
    return Field(name, kind, disclosure=Disclosure(role, Treatment("keep")), **parts)


def refers(table: str, name: str) -> ForeignKey:
    """A foreign key to the field of the same name."""
    return ForeignKey((name,), table, (name,))


SCHEMAS = {
    schema.name: schema
    for schema in (
        Schema(
            "participants",
            (
                field("participant_id", role=Role.KEY),
                field("age", categories=(Category("18-24"), Category("25-34")), categories_ordered=True),
                field("title"),
            ),
            primary_key=("participant_id",),
        ),
        Schema(
            "questions",
            (field("question_id"), field("wording", role=Role.FREE_TEXT)),
            primary_key=("question_id",),
        ),
        Schema(
            "responses",
            (
                field("response_id", role=Role.KEY),
                field("participant_id", role=Role.KEY),
                field("question_id"),
                field("wave", categories=WAVES, categories_ordered=True),
                field("text", role=Role.FREE_TEXT),
                field("topics", Kind.LIST),
            ),
            primary_key=("response_id",),
            foreign_keys=(refers("participants", "participant_id"), refers("questions", "question_id")),
        ),
        Schema(
            "themes",
            (field("theme_id"), field("title")),
            primary_key=("theme_id",),
        ),
        Schema(
            "codes",
            (field("code_id"), field("title"), field("theme_id")),
            primary_key=("code_id",),
            foreign_keys=(refers("themes", "theme_id"),),
        ),
        Schema(
            "codings",
            (field("response_id", role=Role.KEY), field("code_id"), field("start", Kind.INTEGER)),
            primary_key=("response_id", "code_id", "start"),
            foreign_keys=(refers("responses", "response_id"), refers("codes", "code_id")),
        ),
    )
}
ROWS: dict[str, list[tuple[Any, ...]]] = {
    "participants": [("p1", "25-34", "Dr"), ("p2", None, None)],
    "questions": [("q1", "What helped?")],
    "responses": [
        ("r1", "p1", "q1", "3_month", "Zyxwoldine", ["a", "b"]),
        ("r2", "p2", "q1", "baseline", None, None),
        ("r3", "p1", None, None, "x", ["c"]),
    ],
    "themes": [("t1", "Bond")],
    "codes": [("c1", "Warmth", "t1"), ("c2", "Other", None)],
    "codings": [("r1", "c1", 0), ("r1", "c2", 4), ("r3", "c1", 0)],
}
CANARY = "Zyxwoldine"


def table(name: str) -> TreatedTable:
    """One of the tables above."""
    schema, rows = SCHEMAS[name], ROWS[name]
    columns = zip(*rows, strict=True)
    frame = {
        each.name: pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values, arrow_type(each)))).astype(
            pandas_dtype(each)
        )
        for each, values in zip(schema, columns, strict=True)
    }
    return TreatedTable(schema, pd.DataFrame(frame))


def write(out: Path, *names: str) -> Path:
    """A package of these tables, or of all."""
    kept = names or tuple(SCHEMAS)
    tables = {name: table(name) for name in SCHEMAS if name in kept}
    tables = {
        name: TreatedTable(
            each.schema.replacing(
                foreign_keys=tuple(key for key in each.schema.foreign_keys if key.resource in kept)
            ),
            each.frame,
        )
        for name, each in tables.items()
    }
    write_package(out, tables, INFO)
    return out


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The package of all tables, loaded."""
    return load(write(tmp_path_factory.mktemp("release") / "out"))


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out fsync, which no test in here can see the effect of."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def test_a_release_says_what_it_is(release: Release) -> None:
    """Names, texts and tables are at hand, and its repr shows numbers of rows and no cell."""
    assert (release.name, release.title, release.version) == ("study", "A study", "2.1.0")
    assert release.description == "What it holds."
    assert release.tables == tuple(release) == tuple(SCHEMAS)
    assert len(release) == 6
    assert "codes" in release
    assert "coders" not in release
    assert repr(release) == (
        "<Release study 2.1.0: participants 2, questions 1, responses 3, themes 1, codes 2, codings 3 rows>"
    )
    assert all(release.schema(name) == schema for name, schema in SCHEMAS.items())


def test_tables_are_typed(release: Release) -> None:
    """Categories are ordered and complete, lists are lists, gaps are null, for pandas and Arrow."""
    responses = release["responses"]
    assert {name: responses[name].dtype for name in responses} == {
        each.name: pandas_dtype(each) for each in SCHEMAS["responses"]
    }
    assert (responses["wave"] > "post").tolist() == [True, True, False]
    assert list(responses["topics"].iloc[0]) == ["a", "b"]
    assert release.arrow("responses")["topics"].to_pylist() == [["a", "b"], None, ["c"]]
    assert release.arrow("responses")["wave"].to_pylist() == ["3_month", "baseline", None]


def test_a_frame_that_is_changed_does_not_change_the_release(release: Release) -> None:
    """Who writes to a table gets a table of one's own."""
    frame = release["questions"]
    frame["wording"] = "changed"
    frame.loc[0, "question_id"] = "changed"
    assert release["questions"]["wording"].tolist() == ["What helped?"]
    assert release["questions"]["question_id"].tolist() == ["q1"]


def test_a_table_that_is_not_there_is_named(release: Release) -> None:
    """The error says which tables there are."""
    for ask in (release.__getitem__, release.schema, release.arrow):
        with pytest.raises(LoadError, match=r"no table 'coders'\. It has participants, questions") as caught:
            ask("coders")
        assert caught.value.code == "load.no-such-table"


def test_joined_has_a_row_for_each_coding(release: Release) -> None:
    """Each response stands beside each of its codings, once if it has none; names tell tables apart."""
    joined = release.joined()
    assert list(joined.columns) == [
        *("response_id", "participant_id", "question_id", "wave", "text", "topics"),
        *("age", "participants.title", "wording", "code_id", "start", "codes.title", "theme_id"),
        "themes.title",
    ]
    assert joined[["response_id", "code_id"]].astype(object).where(joined["code_id"].notna(), None).to_numpy(
        ).tolist() == [["r1", "c1"], ["r1", "c2"], [None, None], ["r3", "c1"]]  # fmt: skip
    assert joined["response_id"].tolist() == ["r1", "r1", "r2", "r3"]
    assert pa.array(joined["themes.title"]).to_pylist() == ["Bond", None, None, "Bond"]
    assert pa.array(joined["wording"]).to_pylist() == ["What helped?"] * 3 + [None]
    assert joined["age"].dtype == pandas_dtype(SCHEMAS["participants"]["age"])
    assert joined["wave"].dtype == pandas_dtype(SCHEMAS["responses"]["wave"])
    assert joined["age"].astype(object).where(joined["age"].notna(), None).tolist() == [
        *("25-34", "25-34", None, "25-34")
    ]
    assert joined["start"].dtype == pandas_dtype(SCHEMAS["codings"]["start"])


@pytest.mark.parametrize(
    ("names", "columns", "n_rows"),
    [
        (("responses",), 6, 3),
        (("responses", "participants"), 8, 3),
        (("responses", "codings", "codes"), 10, 4),
        (("responses", "codes", "themes"), 6, 3),
        (("responses", "codings"), 8, 4),
    ],
)
def test_joined_takes_what_is_there(
    names: tuple[str, ...], columns: int, n_rows: int, tmp_path: Path
) -> None:
    """Tables that are absent, or that nothing refers to, are left out."""
    joined = load(write(tmp_path / "out", *names)).joined()
    assert joined.shape == (n_rows, columns)


def test_joined_needs_responses(tmp_path: Path) -> None:
    """Without responses there is nothing to join to."""
    with pytest.raises(LoadError, match="no table 'responses'"):
        load(write(tmp_path / "out", "themes")).joined()


def again(out: Path) -> None:
    """Write SHA256SUMS anew, as somebody would who hides a change."""
    paths = sorted(path for path in out.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(out)}\n" for path in paths]
    (out / "SHA256SUMS").write_text("".join(lines))


def flip(name: str) -> Callable[[Path], None]:
    """One bit of a file changed."""

    def change(out: Path) -> None:
        content = bytearray((out / name).read_bytes())
        content[len(content) // 2] ^= 1
        (out / name).write_bytes(content)

    return change


def edit(**members: object) -> Callable[[Path], None]:
    """A resource of the descriptor changed, and the checksums written anew."""

    def change(out: Path) -> None:
        descriptor = json.loads((out / "datapackage.json").read_text())
        descriptor["resources"][0].update(members)
        (out / "datapackage.json").write_text(json.dumps(descriptor))
        again(out)

    return change


def move(old: str, new: str) -> Callable[[Path], None]:
    """A file under another name."""
    return lambda out: (out / old).rename(out / new) and None  # type: ignore[return-value]


def link(name: str) -> Callable[[Path], None]:
    """A file, the same to the bit, that lies outside and is linked to."""

    def change(out: Path) -> None:
        (out / name).rename(out.parent / "outside")
        (out / name).symlink_to(out.parent / "outside")

    return change


def sums(line: str) -> Callable[[Path], None]:
    """A line more in SHA256SUMS."""
    return lambda out: (out / "SHA256SUMS").write_text((out / "SHA256SUMS").read_text() + line) and None


def swap(out: Path) -> None:
    """Two tables that changed names, with checksums written anew."""
    one, other = out / "data" / "themes.parquet", out / "data" / "questions.parquet"
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    again(out)


PARQUET = "data/responses.parquet"
TAMPERED: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a bit of a table": (flip(PARQUET), "load.changed", PARQUET),
    "a bit of a copy": (flip("csv/responses.csv"), "load.changed", "csv/responses.csv"),
    "a bit of the descriptor": (flip("datapackage.json"), "load.changed", "datapackage.json"),
    "a bit of a page": (flip("README.md"), "load.changed", "README.md"),
    "no table": (lambda out: (out / PARQUET).unlink(), "load.missing", PARQUET),
    "no licence": (lambda out: (out / "LICENSE").unlink(), "load.missing", "LICENSE"),
    "no descriptor": (lambda out: (out / "datapackage.json").unlink(), "load.missing", "datapackage.json"),
    "no checksums": (lambda out: (out / "SHA256SUMS").unlink(), "load.missing", "SHA256SUMS"),
    "a file more": (lambda out: (out / "notes.txt").write_text(CANARY), "load.extra", "notes.txt"),
    "a hidden file more": (lambda out: (out / "data" / ".x").write_text(""), "load.extra", "data/.x"),
    "a folder more": (lambda out: write(out / "again", "themes"), "load.extra", "again/CITATION.cff"),
    "another name": (move(PARQUET, "data/other.parquet"), "load.missing", PARQUET),
    "a link": (link(PARQUET), "load.link", PARQUET),
    "a link to a folder": (link("csv"), "load.link", "csv"),
    "a pipe": (lambda out: os.mkfifo(out / "pipe"), "load.link", "pipe"),
    "a path that leaves": (sums("0" * 64 + "  ../x\n"), "load.checksums", "SHA256SUMS"),
    "a line that is none": (sums("hello\n"), "load.checksums", "SHA256SUMS"),
    "bytes that are no text": (
        lambda out: (out / "SHA256SUMS").write_bytes(b"\xff\xfe"), "load.checksums", "SHA256SUMS",
    ),
    "another size": (edit(ppdarchive={"bytes": 7}), "load.changed", "data/participants.parquet"),
    "another hash": (edit(hash="sha256:" + "0" * 64), "load.changed", "data/participants.parquet"),
    "a resource outside": (edit(path="../x.parquet"), "load.descriptor", "datapackage.json"),
    "a resource that is not there": (edit(path="data/x.parquet"), "load.missing", "data/x.parquet"),
    "a schema that is none": (edit(schema={"fields": []}), "load.descriptor", "datapackage.json"),
    "a table with another's schema": (edit(schema={"fields": [{"name": "x", "type": "date"}]}),
                                      "load.descriptor", "datapackage.json"),
}  # fmt: skip


@pytest.mark.parametrize("case", TAMPERED)
def test_what_is_not_as_published_is_found(case: str, tmp_path: Path) -> None:
    """A changed, missing, added, moved or linked file is refused, and named in one line."""
    change, code, name = TAMPERED[case]
    out = write(tmp_path / "out")
    change(out)
    with pytest.raises(LoadError) as caught:
        load(out)
    assert (caught.value.code, caught.value.path) == (code, str(out / name))
    assert len(str(caught.value).splitlines()) == 1
    assert CANARY not in str(caught.value)
    assert caught.value.__context__ is None


def test_every_byte_counts(tmp_path: Path) -> None:
    """A change of the first, a middle or the last byte of any file is found."""
    out = write(tmp_path / "out", "themes")
    for path in [path for path in out.rglob("*") if path.is_file()]:
        content = path.read_bytes()
        for place in (0, len(content) // 3, -1):
            changed = bytearray(content)
            changed[place] ^= 0x20
            path.write_bytes(changed)
            with pytest.raises(LoadError):
                load(out)
        path.write_bytes(content)
    assert len(load(out)) == 1


def test_what_is_no_package_is_said_so(tmp_path: Path) -> None:
    """A folder without a package, a file, and a place with nothing."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file", tmp_path / "nothing"):
        with pytest.raises(LoadError) as caught:
            load(path)
        assert caught.value.code == "load.not-found"


def test_a_table_that_does_not_hold_what_is_declared_is_refused(tmp_path: Path) -> None:
    """Where all checksums agree, the file must still hold the declared table; no cell is told."""
    out = write(tmp_path / "out")
    swap(out)
    descriptor = json.loads((out / "datapackage.json").read_text())
    for resource in descriptor["resources"]:
        content = (out / resource["path"]).read_bytes()
        resource["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
        resource["ppdarchive"]["bytes"] = len(content)
    (out / "datapackage.json").write_text(json.dumps(descriptor))
    again(out)
    release = load(out)
    with pytest.raises(LoadError) as caught:
        release["themes"]
    assert caught.value.code == "load.table"
    assert len(release["responses"]) == 3


@pytest.mark.parametrize("change", [flip(PARQUET), lambda out: (out / PARQUET).unlink()])
def test_a_file_that_changes_after_loading_is_found(change: Callable[[Path], None], tmp_path: Path) -> None:
    """A table that is read later must still be the file that was verified."""
    out = write(tmp_path / "out")
    release = load(out)
    change(out)
    with pytest.raises(LoadError) as caught:
        release["responses"]
    assert caught.value.code == "load.changed"
    assert len(release["themes"]) == 1


def test_a_package_can_be_reached_through_a_link(tmp_path: Path) -> None:
    """The folder that the user names may be a link, and a text."""
    write(tmp_path / "out")
    (tmp_path / "latest").symlink_to(tmp_path / "out")
    assert load(str(tmp_path / "latest")).version == "2.1.0"


def test_loading_imports_no_validator() -> None:
    """Whoever only reads does not pay for validation, detection or the command line."""
    code = "import sys, ppdarchive.loading; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    heavy = {"pandera", "pydantic", "typer", "rich", "hypothesis", "phonenumbers", "sqlite3", "duckdb"}
    heavy |= {"cryptography", "fsspec", "s3fs", "botocore", "aiobotocore", "aiohttp"}
    assert not {name for name in loaded if name.partition(".")[0] in heavy}
    rooms = ("validate", "deidentify", "read", "arrange", "text", "study", "pipeline", "register", "cli")
    assert not {name for name in loaded if name.startswith(tuple(f"ppdarchive.{room}" for room in rooms))}
