"""Every row knows the participant that it belongs to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.deidentify.owners import owners, target_rows
from ppdarchive.model.schema import Category, Field, ForeignKey, Kind, Schema
from ppdarchive.testing import raw_table
from ppdarchive.validate import check

PEOPLE = Schema("participants", (Field("id", Kind.STRING),), primary_key=("id",))
ANSWERS = Schema(
    "responses",
    (Field("rid", Kind.INTEGER), Field("pid", Kind.STRING)),
    primary_key=("rid",),
    foreign_keys=(ForeignKey(("pid",), "participants", ("id",)),),
)
CODERS = Schema("coders", (Field("coder", Kind.STRING),), primary_key=("coder",))
CODINGS = Schema(
    "codings",
    (Field("coder", Kind.STRING), Field("rid", Kind.INTEGER)),
    foreign_keys=(
        ForeignKey(("coder",), "coders", ("coder",)),
        ForeignKey(("rid",), "responses", ("rid",)),
    ),
)
SCHEMAS = {schema.name: schema for schema in (CODINGS, CODERS, ANSWERS, PEOPLE)}


@given(st.data())
def test_owners_are_found_however_far_away(data: st.DataObject) -> None:
    """Looking up each row by hand, through every table between, finds the same participant."""
    people = [f"p{n}" for n in range(data.draw(st.integers(1, 4)))]
    whose = data.draw(st.lists(st.none() | st.sampled_from(people), min_size=1, max_size=5))
    marks = data.draw(st.lists(st.none() | st.integers(0, len(whose) - 1), max_size=6))
    rows = {
        "participants": {"id": people},
        "responses": {"rid": [str(n) for n in range(len(whose))], "pid": whose},
        "coders": {"coder": ["a", "b"]},
        "codings": {"coder": ["a"] * len(marks), "rid": [None if m is None else str(m) for m in marks]},
    }
    tables = check({name: raw_table(s, rows[name]) for name, s in SCHEMAS.items()}, SCHEMAS).tables
    found = owners(tables)
    own = [-1 if person is None else people.index(person) for person in whose]
    assert found["participants"].tolist() == list(range(len(people)))
    assert found["responses"].tolist() == own
    assert found["codings"].tolist() == [-1 if mark is None else own[mark] for mark in marks]
    assert found["coders"].tolist() == [0, 1]


def test_a_row_refers_to_the_first_that_it_fits() -> None:
    """Categorical keys compare by value, and nulls refer to nothing."""
    first = Schema(
        "a", (Field("k", Kind.STRING, categories=tuple(map(Category, "xyz"))), Field("n", Kind.YEAR))
    )
    second = Schema("b", first.fields, foreign_keys=(ForeignKey(("k", "n"), "a", ("k", "n")),))
    raw = {
        "a": raw_table(first, {"k": ["x", "y", None], "n": ["2001", "2001", "2002"]}),
        "b": raw_table(second, {"k": ["y", "x", None, "x"], "n": ["2001", "2001", "2002", None]}),
    }
    tables = check(raw, {"a": first, "b": second}).tables
    key = second.foreign_keys[0]
    assert target_rows(tables["b"], key, tables["a"]).tolist() == [1, 0, -1, -1]
