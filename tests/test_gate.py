"""Each condition of the gate fails when it should, and says what to do without showing a value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ppdarchive.detectors.engine import Engine
from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.detectors.tagger import Thresholds
from ppdarchive.gate import Failure, GateRefusedError, TextScan, judge_folder, judge_tables, lowered
from ppdarchive.model.release import Contributor, License, PackageInfo, TreatedTable
from ppdarchive.model.schema import (
    Category,
    Constraints,
    Disclosure,
    Field,
    ForeignKey,
    Kind,
    Role,
    Schema,
    Treatment,
)
from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.package import write_package

KEEP = Disclosure(Role.NONE, Treatment("keep"))
INFO = PackageInfo(
    "study", "A study", "About nobody.", "1.0.0", date(2026, 1, 31),
    licenses=(License("CC0-1.0"),), contributors=(Contributor(title="A lab"),),
)  # fmt: skip
NAME = "Zyxwanda Qvortrup"
KNOWN = KnownIdentifiers(
    [
        (NAME, TextCategory.NAME),
        ("Grace", TextCategory.NAME),
        ("Hope", TextCategory.NAME),
        ("5035550142", TextCategory.CONTACT),
    ]
)


def table(schema: Schema, columns: Mapping[str, list[Any]]) -> TreatedTable:
    """A treated table."""
    kinds = {Kind.STRING: pa.string(), Kind.INTEGER: pa.int64(), Kind.NUMBER: pa.float64()}
    frame = pd.DataFrame(
        {
            name: pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values, kinds[schema[name].kind])))
            for name, values in columns.items()
        }
    )
    return TreatedTable(schema, frame)


def field(name: str, kind: Kind = Kind.STRING, **rest: Any) -> Field:
    """A field that is kept."""
    return Field(name, kind, disclosure=KEEP, **rest)


PEOPLE = Schema("participants", (field("id"), field("n", Kind.INTEGER)), primary_key=("id",))
ANSWERS = Schema(
    "responses",
    (field("pid"), field("text", constraints=Constraints(max_length=40))),
    foreign_keys=(ForeignKey(("pid",), "participants", ("id",)),),
)


def tables() -> dict[str, TreatedTable]:
    """Two tables that nothing is wrong with."""
    return {
        "participants": table(PEOPLE, {"id": ["a", "b"], "n": [1, None]}),
        "responses": table(ANSWERS, {"pid": ["a", "a"], "text": ["the grace of it", "with hope"]}),
    }


def conditions(failures: list[Failure]) -> list[str]:
    """The conditions that failed."""
    return [failure.condition for failure in failures]


def test_nothing_is_wrong_with_what_is_right() -> None:
    """The gate lets through what meets every condition."""
    assert judge_tables(tables(), INFO, without_consent=0) == []


# -- conditions on tables -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "columns", "rule"),
    [
        ("responses", {"pid": ["a", "b"], "text": ["x" * 41, "y"]}, "responses.text.max-length: 1"),
        ("responses", {"pid": ["a", "zz"], "text": ["x", "y"]}, "responses.pid.foreign-key: 1"),
        ("participants", {"id": ["a", "a"], "n": [1, 2]}, "participants.id.primary-key: 1"),
        ("participants", {"id": ["a", None], "n": [1, 2]}, "participants.id"),
        ("participants", {"id": ["a", "b"]}, "participants.n.missing-column"),
    ],
)
def test_released_rows_must_satisfy_their_schema(name: str, columns: dict[str, list[Any]], rule: str) -> None:
    """A rule that released rows break stops the release, with its id and its number of rows."""
    schema = {"participants": PEOPLE, "responses": ANSWERS}[name]
    failures = judge_tables({**tables(), name: table(schema, columns)}, INFO, without_consent=0)
    assert set(conditions(failures)) == {"schema"}
    assert any(failure.what.startswith(rule) for failure in failures)
    assert not any(failure.overridable for failure in failures)


def test_a_column_of_another_type_is_no_released_column() -> None:
    """A number where the schema has a text is told as a type."""
    wrong = table(replace(PEOPLE, fields=(field("id"), field("n", Kind.NUMBER))), {"id": ["a"], "n": [1.5]})
    failures = judge_tables({"participants": TreatedTable(PEOPLE, wrong.frame)}, INFO, without_consent=0)
    assert [failure.what.split(":")[0] for failure in failures] == ["participants.n.type"]


def test_an_undeclared_column_never_leaves() -> None:
    """A column without field, and a field without decision, stop the release."""
    given_tables = tables()
    given_tables["responses"].frame["extra"] = given_tables["responses"].frame["text"]
    assert "declared" in conditions(judge_tables(given_tables, INFO, without_consent=0))
    undecided = replace(PEOPLE, fields=(PEOPLE.fields[0], Field("n", Kind.INTEGER)))
    given_tables = {**tables(), "participants": TreatedTable(undecided, tables()["participants"].frame)}
    assert conditions(judge_tables(given_tables, INFO, without_consent=0)) == ["declared"]
    untreated = replace(PEOPLE, fields=(PEOPLE.fields[0], replace(
        field("n", Kind.INTEGER), disclosure=Disclosure(Role.NONE, Treatment("drop"))
    )))  # fmt: skip
    given_tables = {**tables(), "participants": TreatedTable(untreated, tables()["participants"].frame)}
    assert conditions(judge_tables(given_tables, INFO, without_consent=0)) == ["declared"]


def test_every_condition_that_fails_is_told() -> None:
    """Not the first one alone, and each with its remedy."""
    broken = table(ANSWERS, {"pid": ["zz"], "text": ["x"]})
    info = replace(INFO, licenses=(), contributors=())
    failures = judge_tables({**tables(), "responses": broken}, info, without_consent=2)
    assert conditions(failures) == ["schema", "consent", "license", "contributors"]
    assert all(failure.remedy and failure.what for failure in failures)
    assert failures[1].what.startswith("2 participants")
    assert str(GateRefusedError(failures)) == "4 conditions failed"


def test_a_release_of_nothing_is_none() -> None:
    """Where no row is left there is nothing to publish."""
    assert conditions(judge_tables({}, INFO, without_consent=0)) == ["not-empty"]
    empty = {"participants": table(PEOPLE, {"id": [], "n": []})}
    assert conditions(judge_tables(empty, INFO, without_consent=0)) == ["not-empty"]


# -- known identifiers in a staged package --------------------------------------------------------


def judged(
    folder: Path,
    given_tables: Mapping[str, TreatedTable],
    info: PackageInfo = INFO,
    tamper: Callable[[Path], None] = lambda _: None,
    known: KnownIdentifiers = KNOWN,
) -> list[Failure]:
    """What the gate says of a package, changed after it was written."""
    found: list[Failure] = []

    def check(stage: Path) -> None:
        tamper(stage)
        found.extend(judge_folder(stage, known))
        assert judge_folder(stage, known, held_bytes=-1) == found  # cells read part by part

    write_package(folder / "package", given_tables, info, check=check)
    return found


def with_field(**rest: Any) -> dict[str, TreatedTable]:
    """The tables, with other words about a field of the participants."""
    schema = replace(PEOPLE, fields=(PEOPLE.fields[0], replace(PEOPLE.fields[1], **rest)))
    return {**tables(), "participants": TreatedTable(schema, tables()["participants"].frame)}


def categorical(value: str, label: str | None) -> dict[str, TreatedTable]:
    """A table with a category."""
    own = field("code", categories=(Category("x", "X"), Category(value, label)))
    schema = Schema("codes", (own,), title="Codes")
    frame = pd.DataFrame({"code": pd.Series(["x"]).astype(
        pd.CategoricalDtype(pd.Index(pd.arrays.ArrowExtensionArray(pa.array(["x", value]))), ordered=False)
    )})  # fmt: skip
    return {**tables(), "codes": TreatedTable(schema, frame)}


CELL = {"participants": tables()["participants"], "responses": table(ANSWERS, {
    "pid": ["a"], "text": ["so ZYXWANDA’S qvortrup said"]
})}  # fmt: skip

LEAKS: dict[str, tuple[Mapping[str, TreatedTable], PackageInfo]] = {
    "cell": (CELL, INFO),
    "digits in a cell": (
        {**tables(), "responses": table(ANSWERS, {"pid": ["a"], "text": ["(503) 555-0142"]})}, INFO,
    ),
    "number in a cell": ({**tables(), "participants": table(PEOPLE, {"id": ["a"], "n": [5035550142]})}, INFO),
    "key": ({"participants": table(PEOPLE, {"id": ["zyxwanda"], "n": [1]})}, INFO),
    "field title": (with_field(title=f"What {NAME} said"), INFO),
    "field description": (with_field(description=f"Asked by {NAME}."), INFO),
    "unit": (with_field(unit="qvortrup"), INFO),
    "bound": (with_field(constraints=Constraints(maximum=5035550142)), INFO),
    "label": (categorical("y", NAME), INFO),
    "category that does not occur": (categorical("Zyxwanda", None), INFO),
    "table description": (
        {**tables(), "participants": TreatedTable(replace(PEOPLE, description=f"By {NAME}"),
                                                  tables()["participants"].frame)}, INFO,
    ),
    "package title": (tables(), replace(INFO, title=NAME)),
    "package description": (tables(), replace(INFO, description=f"For {NAME}.")),
    "package name": (tables(), replace(INFO, name="study-zyxwanda-qvortrup")),
    "package id": (tables(), replace(INFO, id="https://example.org/zyxwanda")),
    "contributor": (tables(), replace(INFO, contributors=(Contributor(title=NAME),))),
    "licence": (tables(), replace(INFO, licenses=(License("x", title=NAME),))),
    "policy": (tables(), replace(INFO, policy={"study": "zyxwanda"})),
    "policy's members": (tables(), replace(INFO, policy={"zyxwanda": "x"})),
}  # fmt: skip


@pytest.mark.parametrize("place", list(LEAKS))
def test_a_known_identifier_in_what_is_published_stops_it(tmp_path: Path, place: str) -> None:
    """Wherever it stands in tables and words, the gate tells the file and not the name."""
    failures = judged(tmp_path, *LEAKS[place])
    assert failures
    assert set(conditions(failures)) == {"known-identifiers"}
    told = " ".join(failure.what + failure.remedy for failure in failures).lower()
    assert not any(word in told for word in ("zyxwanda", "qvortrup", "5035550142", "503"))


def test_a_column_is_named_in_the_place_of_its_cells(tmp_path: Path) -> None:
    """A hit in a cell is told once, with the Parquet file and its copy."""
    places = [failure.what for failure in judged(tmp_path, CELL)]
    assert places == [
        "csv/responses.csv (column text), data/responses.parquet (column text): 2 known identifiers"
    ]


def rename_table(stage: Path) -> None:
    """Give a file a person's name."""
    (stage / "data/participants.parquet").rename(stage / "data/zyxwanda-qvortrup.parquet")


def add_file(stage: Path) -> None:
    """Leave a note."""
    (stage / "NOTES.txt").write_text(f"thanks, {NAME}\n")


def add_folder(stage: Path) -> None:
    """Leave an empty folder."""
    (stage / "qvortrup").mkdir()


def rewrite(stage: Path, change: Callable[[pa.Schema], pa.Schema]) -> None:
    """Write a Parquet file anew under another schema."""
    path = stage / "data/participants.parquet"
    found = pq.read_table(path)
    pq.write_table(pa.table(found.columns, schema=change(found.schema)), path)


def add_footer_key(stage: Path) -> None:
    """Put words that are no JSON into a footer."""
    rewrite(stage, lambda schema: schema.with_metadata({**schema.metadata, b"who": NAME.encode()}))


def add_footer_name(stage: Path) -> None:
    """Put a name as a key into a footer."""
    rewrite(stage, lambda schema: schema.with_metadata({**schema.metadata, b"zyxwanda": b"1"}))


def add_pandas_attrs(stage: Path) -> None:
    """Put a frame's attributes into pandas' metadata."""

    def change(schema: pa.Schema) -> pa.Schema:
        told = json.loads(schema.metadata[b"pandas"])
        return schema.with_metadata({b"pandas": json.dumps({**told, "attributes": {"by": NAME}}).encode()})

    rewrite(stage, change)


def add_column_note(stage: Path) -> None:
    """Put a note to a column."""
    rewrite(stage, lambda schema: schema.set(0, schema.field(0).with_metadata({b"note": NAME.encode()})))


def widen_text(stage: Path) -> None:
    """Write a column with long offsets, which is no plain string column."""
    path = stage / "data/responses.parquet"
    pq.write_table(pa.table({"pid": ["a"], "text": pa.array([NAME], pa.large_string())}), path)


def binary_text(stage: Path) -> None:
    """Write a column as bytes."""
    path = stage / "data/responses.parquet"
    pq.write_table(pa.table({"pid": ["a"], "text": pa.array([NAME.encode()], pa.binary())}), path)


def dictionary_text(stage: Path) -> None:
    """Write a column with a dictionary that holds more than its rows do."""
    path = stage / "data/responses.parquet"
    column = pa.DictionaryArray.from_arrays(pa.array([0]), pa.array([NAME, "x"]))
    pq.write_table(pa.table({"pid": ["a"], "text": column}), path)


def late_cell(stage: Path) -> None:
    """Write a CSV column that looks like numbers for its first two megabytes."""
    lines = ["1234567890,1\n"] * 300_000
    (stage / "csv/participants.csv").write_text(f"id,n\n{''.join(lines)}{NAME},2\n")


def long_cell(stage: Path) -> None:
    """Write a CSV cell of three megabytes."""
    (stage / "csv/responses.csv").write_text(f'"pid","text"\n"a","{"x " * 1_500_000}{NAME}"\n')


def leading_zero(stage: Path) -> None:
    """Write digits that a number would not keep."""
    (stage / "csv/responses.csv").write_text('"pid","text"\n"a","005035550142"\n"a","5035550142"\n')


@pytest.mark.parametrize(
    "tamper",
    [
        rename_table, add_file, add_folder, add_footer_key, add_footer_name, add_pandas_attrs,
        add_column_note, widen_text, binary_text, dictionary_text, late_cell, long_cell, leading_zero,
    ],
    ids=lambda tamper: tamper.__name__,
)  # fmt: skip
def test_a_known_identifier_in_a_file_stops_it(tmp_path: Path, tamper: Callable[[Path], None]) -> None:
    """Whatever put it there: names of files and folders, footers, other types, copies."""
    failures = judged(tmp_path, tables(), tamper=tamper)
    assert set(conditions(failures)) == {"known-identifiers"}


def test_a_name_that_is_a_word_counts_where_it_is_a_name(tmp_path: Path) -> None:
    """A coach named Grace and a participant named Hope are found by position, not by spelling alone."""
    texts = [
        "my coach Grace called", "Grace's calls helped", "by the grace of God", "I had hope again",
        "I hope so", "thank you Hope!", "hopefully",
    ]  # fmt: skip
    hits = {
        text: bool(
            judged(
                tmp_path / str(number),
                {**tables(), "responses": table(ANSWERS, {"pid": ["a"], "text": [text]})},
            )
        )
        for number, text in enumerate(texts)
        if (tmp_path / str(number)).mkdir() is None
    }
    assert hits == {
        "my coach Grace called": True,
        "Grace's calls helped": True,
        "by the grace of God": False,
        "I had hope again": False,
        "I hope so": False,
        "thank you Hope!": True,
        "hopefully": False,
    }


def test_digests_and_sizes_hold_no_identifier(tmp_path: Path) -> None:
    """Digits of a checksum or a size are not somebody's, however alike they look."""
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    assert judged(tmp_path / "first", tables()) == []
    package = tmp_path / "first/package"
    sums = (package / "SHA256SUMS").read_text()
    members = json.loads((package / "datapackage.json").read_text())
    runs = {part for line in sums.splitlines() for part in re.findall("[0-9]{4,}", line[:64])}
    sizes = {str(resource["ppdarchive"]["bytes"]) for resource in members["resources"]}
    assert runs
    known = KnownIdentifiers([(digits, TextCategory.ID) for digits in runs | sizes])
    assert judged(tmp_path / "second", tables(), known=known) == []


# -- what the text engine finds in a staged package -----------------------------------------------

STRANGER = "Vrindavani Obuya"
"""On no list: neither of the study's nor of ours."""
ANSWER_TABLE = "responses", "text"


@cache
def engines() -> tuple[Engine, Engine]:
    """The text engine, and the same with the gate's thresholds."""
    return Engine(KNOWN), Engine(thresholds=lowered(Thresholds()))


def scanned(
    folder: Path,
    given_tables: Mapping[str, TreatedTable],
    info: PackageInfo = INFO,
    tamper: Callable[[Path], None] = lambda _: None,
    replaced: Mapping[str, tuple[tuple[int, int], ...]] = MappingProxyType({}),
) -> list[Failure]:
    """What the gate says with the text engine, of a package in which `responses.text` holds answers."""
    found: list[Failure] = []
    scan = TextScan(*engines(), {ANSWER_TABLE: replaced})

    def check(stage: Path) -> None:
        tamper(stage)
        found.extend(judge_folder(stage, KNOWN, info=info, scan=scan))
        assert judge_folder(stage, KNOWN, info=info, scan=scan, held_bytes=-1) == found

    write_package(folder / "package", given_tables, info, check=check)
    return found


def answers(*texts: str) -> dict[str, TreatedTable]:
    """The tables with these answers."""
    return {**tables(), "responses": table(ANSWERS, {"pid": ["a"] * len(texts), "text": list(texts)})}


def kept(*texts: str) -> dict[str, TreatedTable]:
    """The tables with a column of codes' descriptions, which the engine does not redact."""
    return {
        **answers("it helped"),
        "codes": table(Schema("codes", (field("about"),)), {"about": list(texts)}),
    }


def write_csv_cell(stage: Path) -> None:
    """Put a name into the copy of the answers."""
    (stage / "csv/responses.csv").write_text(f'"pid","text"\n"a","it was {STRANGER} who called"\n')


def write_footer(stage: Path) -> None:
    """Put a name into a footer."""
    rewrite(stage, lambda schema: schema.with_metadata({**schema.metadata, b"by": STRANGER.encode()}))


def write_line(stage: Path) -> None:
    """Put a name into the README."""
    with (stage / "README.md").open("a") as file:
        file.write(f"Thanks to {STRANGER} for her patience.\n")


def write_name(stage: Path) -> None:
    """Name a file after somebody."""
    (stage / "data/participants.parquet").rename(stage / "data/vrindavani-obuya.parquet")


@pytest.mark.parametrize(
    ("given_tables", "tamper", "condition", "place"),
    [
        (categorical("y", STRANGER), None, "residual-words", "datapackage.json"),
        (kept(f"As {STRANGER} told it"), None, "residual-words", "data/codes.parquet (column about)"),
        (with_field(description=f"Asked by {STRANGER}."), None, "residual-words", "codebook.md (line"),
        (tables(), write_footer, "residual-words", "data/participants.parquet (its footer)"),
        (tables(), write_line, "residual-words", "README.md (line"),
        (tables(), write_name, "residual-words", "a file of data (its name)"),
        (tables(), write_csv_cell, "residual-text", "csv/responses.csv (column text)"),
        (answers(f"it was {STRANGER} who called"), None, "residual-text", "responses.parquet (column text)"),
    ],
)  # fmt: skip
def test_a_name_on_no_list_is_found(
    tmp_path: Path,
    given_tables: Mapping[str, TreatedTable],
    tamper: Callable[[Path], None] | None,
    condition: str,
    place: str,
) -> None:
    """In an answer it stops the release, in words it is told; with its place, without itself."""
    failures = scanned(tmp_path, given_tables, tamper=tamper or (lambda _: None))
    assert condition in conditions(failures)
    assert all(failure.is_advice == (failure.condition == "residual-words") for failure in failures)
    told = " ".join(failure.what + failure.remedy for failure in failures)
    assert place in told
    assert not any(part in told.lower() for part in STRANGER.lower().split())


@pytest.mark.parametrize(
    "written",
    ["jo.doe@example.org", "(503) 555-0199", "078-05-1120", "198.51.100.7", "MRN 00482913"],
)
def test_nobodys_number_or_address_belongs_into_words(tmp_path: Path, written: str) -> None:
    """An address or number of a person's kind in a description or a kept cell stops the release."""
    for number, given_tables in enumerate(
        (with_field(description=f"See {written} for more."), kept("x", f"see {written}"))
    ):
        (tmp_path / str(number)).mkdir()
        failures = scanned(tmp_path / str(number), given_tables)
        assert "residual-identifiers" in conditions(failures)
        assert written not in " ".join(failure.what for failure in failures)


def test_what_the_package_says_of_itself_may_stand(tmp_path: Path) -> None:
    """Authors, licences, sources and an address for questions are there on purpose."""
    info = replace(
        INFO,
        description="Questions go to archive@example.edu.",
        id="https://example.org/data/7",
        contributors=(Contributor(given_name="Tzvetomira", family_name="Halvorsen", organization="Iowa"),),
        licenses=(License("CC-BY-4.0", "Creative Commons Attribution 4.0 International"),),
    )
    assert scanned(tmp_path, answers("it helped"), info) == []


def test_addresses_of_pages_may_stand_in_words_and_in_no_cell(tmp_path: Path) -> None:
    """An instrument is described somewhere; a participant's page is somebody's."""
    (tmp_path / "words").mkdir()
    (tmp_path / "cells").mkdir()
    words = scanned(
        tmp_path / "words",
        {
            **with_field(description="See https://example.org/epds for it."),
            "responses": answers("it helped")["responses"],
        },
    )
    assert set(conditions(words)) == {"residual-words"}
    cells = scanned(tmp_path / "cells", kept("see https://example.org/epds for it"))
    assert "residual-identifiers" in conditions(cells)


def test_replacements_are_no_hits(tmp_path: Path) -> None:
    """Tags, general words and masks by their form, surrogates by the record, states by what they are."""
    told = "Danita Haglund called me"
    texts = ["[NAME] told [NAME-7] about it", "at [a VA hospital] in Iowa", "█████ called", told]
    assert scanned(tmp_path, answers(*texts), replaced={told: ((0, 14),)}) == []


def test_without_the_record_a_surrogate_is_a_name(tmp_path: Path) -> None:
    """The record alone tells what was put there, and where."""
    failures = scanned(tmp_path, answers("Danita Haglund called me"))
    assert conditions(failures) == ["residual-text"]


def test_what_only_may_be_a_name_is_told(tmp_path: Path) -> None:
    """Between the thresholds a person looks; nothing is refused."""
    text, place = "a text of no words that anybody knows", (0, 6)

    class Sooner:
        """Finds a word that the study's thresholds leave alone."""

        def detect(self, texts: Sequence[str]) -> list[list[Span]]:
            return [
                [Span(*place, TextCategory.NAME, 0.1, Tier.UNCERTAIN)] if t == text else [] for t in texts
            ]

    found: list[Failure] = []
    scan = TextScan(engines()[0], Sooner(), {ANSWER_TABLE: {}})
    write_package(
        tmp_path / "package", answers(text), INFO,
        check=lambda stage: found.extend(judge_folder(stage, KNOWN, info=INFO, scan=scan)),
    )  # fmt: skip
    assert conditions(found) == ["residual-words"]
    assert found[0].is_advice


def test_one_cause_is_told_once(tmp_path: Path) -> None:
    """A name in the title is one failure, with the descriptor, the README and the citation."""
    (failure,) = scanned(tmp_path, answers("it helped"), replace(INFO, title="Calls with Zyxwanda"))
    assert failure.condition == "known-identifiers"
    assert "1 known identifier" in failure.what
    for name in ("CITATION.cff", "README.md", "datapackage.json (title)"):
        assert name in failure.what


def test_pseudonyms_and_numbers_look_like_nobody(tmp_path: Path) -> None:
    """Sixteen consonants are no name, and scores no addresses."""
    people: dict[str, list[Any]] = {"id": ["bcgsncjgzmcwkcpf", "bkqmhtffqfqcdcgv"], "n": [182, 5417]}
    given_tables = {
        "participants": table(PEOPLE, people),
        "responses": table(ANSWERS, {"pid": ["bkqmhtffqfqcdcgv"], "text": ["it helped"]}),
    }
    assert scanned(tmp_path, given_tables) == []
