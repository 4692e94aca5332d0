"""What can be known of each participant, from all tables together."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import ForeignKey, Role
from ppdarchive.risk.measures import smallest
from ppdarchive.risk.people import people_of
from ppdarchive.risk.vectors import multisets, participant_vectors

from .released import PARTICIPANT, REFERS, field, of_participants, participants, released

PLACE = field("place", Role.QUASI_IDENTIFIER)
WAVE = field("wave", Role.NONE)
TEXT = field("text", Role.FREE_TEXT)
RESPONSE = field("response_id", Role.KEY)


def k(tables: dict[str, TreatedTable]) -> int:
    """The k of tables."""
    return smallest(participant_vectors(tables).classes().sizes)


def together(vectors: np.ndarray) -> set[frozenset[int]]:
    """Which participants share a number."""
    return {frozenset(np.flatnonzero(vectors == each).tolist()) for each in set(vectors.tolist())}


def test_fields_of_participants_are_columns() -> None:
    """Each quasi-identifier of the participants is a column; keys and other roles are none."""
    table = participants(3, age=["a", "a", None], branch=["x", "y", "y"])
    vectors = participant_vectors({"participants": table})
    assert vectors.names == ("age", "branch")
    assert together(vectors.columns[0]) == {frozenset({0, 1}), frozenset({2})}
    assert vectors.classes().sizes.tolist() == [1, 1, 1]


def test_a_coach_counts() -> None:
    """A key beside the participant's own is what others know of her; her own is not."""
    table = released(
        "participants",
        [(PARTICIPANT, ["p0", "p1"]), (field("coach_id", Role.KEY), ["c0", "c1"])],
        primary_key=("participant_id",),
    )
    assert participant_vectors({"participants": table}).names == ("coach_id",)
    assert k({"participants": table}) == 1


def test_rows_of_a_participant_are_one_vector() -> None:
    """A rare value that one participant has in many rows is unique, however many rows there are."""
    tables = {
        "participants": participants(4),
        "responses": of_participants("responses", [0, 0, 1, 1, 2, 2, 3, 3], [(PLACE, [*"aaaaaabb"])]),
    }
    assert k(tables) == 1


def test_number_of_answers_counts() -> None:
    """Who answered more often than all others is found by that alone."""
    tables = {
        "participants": participants(3),
        "responses": of_participants("responses", [0, 1, 2, 2], [(TEXT, [None] * 4)]),
    }
    assert participant_vectors(tables).names == ("responses: rows",)
    assert k(tables) == 1


def test_waves_count() -> None:
    """Who alone answered in a wave is found by that, though the wave is no quasi-identifier."""
    tables = {
        "participants": participants(3),
        "responses": of_participants("responses", [0, 0, 1, 1, 2, 2], [(WAVE, [*"121211"])]),
    }
    assert participant_vectors(tables).names == ("responses: wave",)
    assert k(tables) == 1


def test_who_did_not_answer_is_known() -> None:
    """Having no row is a value too."""
    tables = {
        "participants": participants(3),
        "responses": of_participants("responses", [0, 1], [(PLACE, ["a", "a"])]),
    }
    vectors = participant_vectors(tables)
    assert vectors.names == ("responses: place", "responses: rows")
    assert together(vectors.classes().of) == {frozenset({0, 1}), frozenset({2})}


def test_tables_are_followed_through_tables() -> None:
    """A quasi-identifier two foreign keys away is the participant's; rows without one are not."""
    responses = released(
        "responses",
        [(RESPONSE, ["r0", "r1"]), (PARTICIPANT, ["p1", "p0"])],
        primary_key=("response_id",),
        foreign_keys=(REFERS,),
    )
    key = ForeignKey(("response_id",), "responses", ("response_id",))
    columns = [(RESPONSE, ["r0", "r0", "r1"]), (PLACE, [*"abb"])]
    tables = {
        "codings": released("codings", columns, foreign_keys=(key,)),
        "responses": responses,
        "participants": participants(2),
    }
    assert people_of(tables).of["codings"].tolist() == [1, 1, 0]
    assert people_of(tables).direct == {"responses"}
    assert participant_vectors(tables).names[-1] == "codings: place"
    assert k(tables) == 1
    bare = released("codings", columns[:1], foreign_keys=(key,))
    assert k({**tables, "codings": bare}) == 2


def test_a_pseudonym_joins_without_a_foreign_key() -> None:
    """A table that names participants is theirs, whether it says so or not."""
    tables = {
        "participants": participants(3),
        "notes": of_participants("notes", [2, None, 2], [(PLACE, [*"abc"])], refers=False),
        "coders": released("coders", [(field("coder_id", Role.KEY), ["c0"]), (PLACE, ["a"])]),
    }
    people = people_of(tables)
    assert people.of["notes"].tolist() == [2, -1, 2]
    assert "coders" not in people.of
    assert together(participant_vectors(tables).classes().of) == {frozenset({0, 1}), frozenset({2})}


def test_participants_who_are_only_named() -> None:
    """Where the participants' own table is not released, those whom others name take part."""
    tables = {
        "responses": of_participants("responses", [7, 8, 8], [(PLACE, [*"aaa"])], refers=False),
        "measures": of_participants("measures", [9, 7, None], [(PLACE, [*"abc"])], refers=False),
    }
    vectors = participant_vectors(tables)
    assert vectors.n_participants == 3
    assert vectors.classes().sizes.tolist() == [1, 1, 1]


def test_nothing_to_know() -> None:
    """Without quasi-identifiers all are one class; without participants there is none."""
    vectors = participant_vectors({"participants": participants(4)})
    assert vectors.classes().sizes.tolist() == [4]
    assert vectors.classes(counted=np.array([True, True, False, True])).sizes.tolist() == [3]
    assert participant_vectors({}).classes().sizes.tolist() == []


def test_facts_from_elsewhere() -> None:
    """What answers state of a participant can be a part of her vector."""
    vectors = participant_vectors({"participants": participants(3, age=[*"aaa"])})
    known = vectors.with_facts({"children stated": np.array([-1, -1, 3])})
    assert known.names == ("age", "children stated")
    assert smallest(known.classes().sizes) == 1
    with pytest.raises(ValueError, match="one code for each participant"):
        vectors.with_facts({"children stated": np.array([1])})


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 2), st.integers(0, 1)), max_size=30))
def test_multisets_forget_the_order(rows: list[tuple[int, int, int]]) -> None:
    """Participants share a number exactly if they have the same rows equally often."""
    of, first, second = (np.array([row[place] for row in rows], dtype=np.int64) for place in range(3))
    found = multisets(of, [first, second], 5)
    bags = [frozenset(Counter(row[1:] for row in rows if row[0] == each).items()) for each in range(5)]
    for one in range(5):
        for other in range(5):
            assert (found[one] == found[other]) == (bags[one] == bags[other])


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from("ab")), min_size=1, max_size=20),
    st.data(),
)
def test_splitting_rows_does_not_raise_k(rows: list[tuple[int, str]], data: st.DataObject) -> None:
    """Copies of a participant's rows, spread over any tables, never hide her."""
    of, places = [row[0] for row in rows], [row[1] for row in rows]
    whole = {"participants": participants(6), "a": of_participants("a", of, [(PLACE, places)])}
    chosen = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    parts = {
        name: of_participants(
            name,
            [each for each, is_here in zip(of, chosen, strict=True) if is_here is here],
            [(PLACE, [each for each, is_here in zip(places, chosen, strict=True) if is_here is here])],
        )
        for name, here in (("a", True), ("b", False))
    }
    assert k({"participants": whole["participants"], **parts}) <= k(whole)
