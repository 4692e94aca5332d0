"""Only who consented is released, with what refers to them alone; everything left out is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.deidentify.consent import consented
from ppdarchive.model.columns import values_of
from ppdarchive.model.schema import Disclosure, Field, ForeignKey, JsonValue, Kind, Role, Schema, Treatment
from ppdarchive.model.table import CheckedTable
from ppdarchive.testing import raw_table
from ppdarchive.validate import check

Rows = Mapping[str, Sequence[str | None]]


def field(name: str, method: str = "keep", kind: Kind = Kind.STRING, **given_parameters: JsonValue) -> Field:
    """A field under a treatment."""
    return Field(name, kind, disclosure=Disclosure(Role.NONE, Treatment(method, given_parameters)))


PEOPLE = Schema(
    "participants",
    (field("id"), field("yes", kind=Kind.BOOLEAN), field("friend")),
    primary_key=("id",),
    foreign_keys=(ForeignKey(("friend",), "", ("id",)),),
)
ANSWERS = Schema(
    "responses",
    (field("rid"), field("pid"), field("about")),
    primary_key=("rid",),
    foreign_keys=(
        ForeignKey(("pid",), "participants", ("id",)),
        ForeignKey(("about",), "responses", ("rid",)),
    ),
)
CODINGS = Schema(
    "codings", (field("cid"), field("rid")), foreign_keys=(ForeignKey(("rid",), "responses", ("rid",)),)
)
CODES = Schema("codes", (field("cid"),))


def checked(schemas: Sequence[Schema], rows: Mapping[str, Rows]) -> Mapping[str, CheckedTable]:
    """Checked tables."""
    given_schemas = {schema.name: schema for schema in schemas}
    result = check({name: raw_table(s, rows[name]) for name, s in given_schemas.items()}, given_schemas)
    assert result.findings.ids == ()
    return result.tables


def column(table: CheckedTable, name: str) -> list[Any]:
    """A column's values."""
    found: list[Any] = values_of(table.frame[name]).to_pylist()
    return found


@st.composite
def studies(draw: st.DrawFn) -> dict[str, Rows]:
    """Participants, answers and codings that refer to one another in every way."""
    people = [f"p{n}" for n in range(draw(st.integers(0, 5)))]
    answers = [f"r{n}" for n in range(draw(st.integers(0, 6)) if people else 0)]
    codings = [f"c{n}" for n in range(draw(st.integers(0, 6)) if answers else 0)]

    def some(known: list[str], n: int, *, null: bool = True) -> list[str | None]:
        one = st.sampled_from(known) if known else st.none()
        return [draw(st.none() | one if null else one) for _ in range(n)]

    return {
        "participants": {
            "id": people,
            "yes": [draw(st.sampled_from(["true", "false", None])) for _ in people],
            "friend": some(people, len(people)),
        },
        "responses": {
            "rid": answers,
            "pid": some(people, len(answers)),
            "about": some(answers, len(answers)),
        },
        "codings": {"cid": codings, "rid": some(answers, len(codings), null=False)},
        "codes": {"cid": ["x"]},
    }


@given(studies())
def test_what_is_left_is_what_no_refusal_reaches(rows: dict[str, Rows]) -> None:
    """A brute-force closure over all references leaves the same rows, and the rest is counted."""
    tables = checked([PEOPLE, ANSWERS, CODINGS, CODES], rows)
    result = consented(tables, "yes")
    people, answers = rows["participants"], rows["responses"]
    gone = {i for i, yes in zip(people["id"], people["yes"], strict=True) if yes != "true"}
    # An answer that names nobody is nobody's to share.
    lost = {r for r, p in zip(answers["rid"], answers["pid"], strict=True) if p is None}
    for _ in range(20):
        gone |= {i for i, f in zip(people["id"], people["friend"], strict=True) if f in gone}
        lost |= {r for r, p in zip(answers["rid"], answers["pid"], strict=True) if p in gone}
        lost |= {r for r, a in zip(answers["rid"], answers["about"], strict=True) if a in lost}
    codings = [
        c for c, r in zip(rows["codings"]["cid"], rows["codings"]["rid"], strict=True) if r not in lost
    ]
    assert column(result.tables["participants"], "id") == [i for i in people["id"] if i not in gone]
    assert column(result.tables["responses"], "rid") == [r for r in answers["rid"] if r not in lost]
    assert column(result.tables["codings"], "cid") == codings
    assert column(result.tables["codes"], "cid") == ["x"]
    for name, table in tables.items():
        kept = result.tables[name]
        assert result.left_out.get(name, 0) == len(table.frame) - len(kept.frame)
        assert list(kept.frame.index) == list(range(len(kept.frame)))
        assert len(kept.provenance.line) == len(kept.frame)


def test_no_word_of_consent_is_none() -> None:
    """Only a clear yes is one."""
    rows = {"participants": {"id": ["a", "b", "c"], "yes": ["true", "false", None], "friend": [None] * 3}}
    result = consented(checked([PEOPLE], rows), "yes")
    assert column(result.tables["participants"], "id") == ["a"]
    assert result.left_out == {"participants": 2}


def test_a_statement_lets_everybody_in() -> None:
    """If a statement says that all consented nobody is left out."""
    rows = {"participants": {"id": ["a"], "yes": [None], "friend": [None]}}
    tables = checked([PEOPLE], rows)
    assert consented(tables, None).tables == tables


@pytest.mark.parametrize("kind", [Kind.STRING, Kind.INTEGER])
def test_a_reference_counts_without_a_foreign_key(kind: Kind) -> None:
    """A field that is pseudonymized as participants are refers to them, declared or not."""
    key = field("id", "pseudonymize", kind, space="participant")
    people = Schema("participants", (key, field("yes", kind=Kind.BOOLEAN)), primary_key=("id",))
    notes = Schema("notes", (field("who", "pseudonymize", kind, space="participant"), field("note")))
    rows = {
        "participants": {"id": ["1", "2"], "yes": ["true", "false"]},
        "notes": {"who": ["1", "2", "3", None], "note": ["a", "b", "c", "d"]},
    }
    result = consented(checked([people, notes], rows), "yes")
    assert column(result.tables["notes"], "note") == ["a"]
    assert result.left_out == {"participants": 1, "notes": 3}


def test_without_participants_nobody_consented() -> None:
    """A study that names a consent field and has no participants releases nothing."""
    tables = checked([CODES], {"codes": {"cid": ["x", "y"]}})
    result = consented(tables, "yes")
    assert len(result.tables["codes"].frame) == 0
    assert result.left_out == {"codes": 2}


def test_keys_of_several_fields_are_compared_whole() -> None:
    """Who shares half a key with somebody without consent is somebody else."""
    people = Schema(
        "participants", (field("site"), field("no", kind=Kind.INTEGER), field("yes", kind=Kind.BOOLEAN)),
        primary_key=("site", "no"),
    )  # fmt: skip
    answers = Schema(
        "responses", (field("site"), field("no", kind=Kind.INTEGER), field("text")),
        foreign_keys=(ForeignKey(("site", "no"), "participants", ("site", "no")),),
    )  # fmt: skip
    rows = {
        "participants": {"site": ["a", "a", "b"], "no": ["1", "2", "1"], "yes": ["true", "false", "true"]},
        "responses": {
            "site": ["a", "a", "b", "a", None], "no": ["1", "2", "1", None, "1"], "text": list("vwxyz"),
        },
    }  # fmt: skip
    result = consented(checked([people, answers], rows), "yes")
    assert column(result.tables["responses"], "text") == ["v", "x"]
