"""Whose rows they are, and which tables are about nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ppdarchive.changes import Contents
from ppdarchive.changes.people import NOBODY, is_about_people, people_of
from ppdarchive.model.schema import Kind, Role, Schema

from .made import SCHEMAS, coding, contents, field, participant, response

ROWS = {
    "participants": [participant("P1"), participant("P2")],
    "responses": [response("R1", "P2"), response("R2", "P1")],
    "codings": [coding("R2", "a", 0, 1), coding("R1", "a", 0, 1), coding("R9", "a", 0, 1)],
    "coders": [{"coder_id": "C1"}],
}


def test_keys_are_followed_to_the_participant() -> None:
    """A coding is its response's participant's; one that refers to nothing is nobody's."""
    people = people_of(contents(ROWS), contents(ROWS))
    first, second = people.before["participants"].tolist()
    assert people.before["responses"].tolist() == [second, first]
    assert people.before["codings"].tolist() == [first, second, NOBODY]
    assert people.is_kept.tolist() == [True, True, False]


def test_a_participant_has_one_number_in_both_releases() -> None:
    """Who is in one release only has not stayed."""
    later = {**ROWS, "participants": [participant("P3"), participant("P2")]}
    people = people_of(contents(ROWS), contents(later))
    gone, stayed = people.before["participants"].tolist()
    new, same = people.after["participants"].tolist()
    assert same == stayed
    assert len({gone, stayed, new}) == 3
    assert [bool(people.is_kept[each]) for each in (gone, stayed, new)] == [False, True, False]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("participants", True),
        ("responses", True),
        ("codings", True),
        ("coders", False),
        ("codes", False),
        ("themes", False),
    ],
)
def test_tables_of_words_and_of_coders_are_about_nobody(name: str, expected: bool) -> None:
    """Whatever leads to participants is about them; codes, themes and coders are not."""
    both = contents(ROWS)
    assert is_about_people(both.schemas, name, people_of(both, both)) is expected


def with_table(schema: Schema, *rows: dict[str, object]) -> Contents:
    """The release with one more table."""
    return contents({**ROWS, schema.name: rows}, {**SCHEMAS, schema.name: schema})


@pytest.mark.parametrize(
    "schema",
    [
        Schema("visits", (field("participant_id", role=Role.KEY), field("n", Kind.INTEGER))),
        Schema("visits", (field("who", role=Role.KEY), field("n", Kind.INTEGER)), primary_key=("who",)),
        Schema("visits", (field("who", role=Role.KEY), field("n", Kind.INTEGER))),
        Schema("visits", (field("age", role=Role.QUASI_IDENTIFIER),)),
        Schema("visits", (replace(field("n", Kind.INTEGER), disclosure=None),)),
    ],
)
def test_a_table_without_foreign_key_may_be_about_people(schema: Schema) -> None:
    """Names, values and roles of fields tell that a table is about people; what says nothing may be."""
    row = {"participant_id": "P1", "who": "P1", "n": 1, "age": "30"}
    both = with_table(schema, {name: row[name] for name in schema.names})
    people = people_of(both, both)
    assert is_about_people(both.schemas, "visits", people)
    if {"who", "participant_id"} & set(schema.names):
        assert people.before["visits"].tolist() == [people.before["participants"][0]]


def test_without_participants_pseudonyms_may_be_theirs() -> None:
    """Where there is no table of participants, a table of pseudonyms is taken for one of people."""
    schemas = {"coders": SCHEMAS["coders"]}
    both = contents({"coders": [{"coder_id": "C1"}]}, schemas)
    assert is_about_people(both.schemas, "coders", people_of(both, both))


def test_without_any_people_nobody_is_counted() -> None:
    """Releases of nothing but codes have no participants."""
    both = contents({}, {name: SCHEMAS[name] for name in ("themes", "codes")})
    people = people_of(both, both)
    assert not people.before
    assert people.is_kept.tolist() == [False]
