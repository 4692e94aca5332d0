"""What a package tells of its values: no small cell follows from it, and no value that is not released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations_with_replacement

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import (
    Category,
    Constraints,
    Disclosure,
    Field,
    Kind,
    Role,
    Treatment,
)
from ppdarchive.model.summary import Figure, Summary
from ppdarchive.model.table import CheckedTable
from ppdarchive.risk.cells import EVERYBODY, Suppression, intervals
from ppdarchive.risk.summaries import partitions, summarize, tabulated

from .released import PARTICIPANT, Columns, of_participants, released

STATES = ("IA", "OH", "TX")
DIVISION_OF = {"IA": "Midwest", "OH": "Midwest", "TX": "South"}


def listed(name: str, values: Sequence[str], role: Role = Role.QUASI_IDENTIFIER) -> Field:
    """A field whose values the schema lists."""
    categories = tuple(Category(value) for value in values)
    return Field(name, Kind.STRING, categories=categories, disclosure=Disclosure(role, Treatment("keep")))


STATE = listed("state", STATES)
DIVISION = listed("division", ("Midwest", "South"))
CODE = listed("code", ("x", "y"), Role.NONE)

Person = tuple[str | None, tuple[str, ...]]
"""A state, and the codes of the answers."""


def tables_of(people: Sequence[Person]) -> dict[str, TreatedTable]:
    """Participants with a state and what follows from it, and a table of many rows."""
    states = [state for state, _ in people]
    keys = [f"p{number}" for number in range(len(people))]
    columns: Columns = [
        (PARTICIPANT, keys),
        (STATE, states),
        (DIVISION, [None if state is None else DIVISION_OF[state] for state in states]),
    ]
    rows = [(number, code) for number, (_, codes) in enumerate(people) for code in codes]
    return {
        "participants": released("participants", columns, primary_key=("participant_id",)),
        "answers": of_participants("answers", [n for n, _ in rows], [(CODE, [code for _, code in rows])]),
    }


def told(tables: Mapping[str, TreatedTable], min_cell: int | None) -> Summary:
    """What is told of tables of which nothing is known from before."""
    return summarize({}, tables, min_cell=min_cell)


def shown(summary: Summary, table: str, field: str) -> dict[str, int | None]:
    """The counts of one field, with those who have none under ``-``."""
    own = summary.fields[table, field]
    return {**own.counts, "-": own.n_missing}


PEOPLE: list[Person] = [
    *[("IA", ("x",))] * 15,
    *[("IA", ("x", "y"))] * 15,
    *[("OH", ("x", "x", "y"))] * 12,
    *[("TX", ())] * 3,
]


def test_public_rows_are_counted() -> None:
    """Where the rows are public every count is told, and it is of participants, not of rows."""
    found = told(tables_of(PEOPLE), None)
    assert shown(found, "participants", "state") == {"IA": 30, "OH": 12, "TX": 3, "-": 0}
    assert shown(found, "answers", "code") == {"x": 42, "y": 27, "-": 0}
    assert not found.uncounted


def test_small_cells_are_not_told() -> None:
    """The 3 are hidden, with what would give them away here and in the fields that follow from them."""
    found = told(tables_of(PEOPLE), 11)
    assert shown(found, "participants", "state") == {"IA": 30, "OH": None, "TX": None, "-": 0}
    # The states of the Midwest sum to it, and those of the South are Texas.
    assert shown(found, "participants", "division") == {"Midwest": None, "South": None, "-": 0}
    # All but the 3 have an answer, and everyone who has one has x.
    assert shown(found, "answers", "code") == {"x": None, "y": 27, "-": 0}
    assert found.uncounted == {"answers"}


def test_few_participants_are_not_counted() -> None:
    """Of fewer participants than a cell must have, not even their number is told."""
    found = told(tables_of(PEOPLE[:7]), 11)
    assert shown(found, "participants", "state")["IA"] is None
    assert found.uncounted == {"participants", "answers"}


def test_nobody() -> None:
    """Without participants there are zeros, and without tables nothing."""
    assert shown(told(tables_of([]), 11), "participants", "state") == dict.fromkeys([*STATES, "-"], 0)
    assert told({}, 11).fields == {}


def test_reasons_are_counted_with_values() -> None:
    """Why values are missing is part of the same whole."""
    reasons = listed("state_missing", ("Refused",))
    states = ["IA"] * 40 + [None] * 15
    columns: Columns = [
        (PARTICIPANT, [f"p{n}" for n in range(55)]),
        (STATE, states),
        (reasons, [None] * 40 + ["Refused"] * 12 + [None] * 3),
    ]
    table = released("participants", columns, primary_key=("participant_id",))
    found = told({"participants": table}, 11)
    assert shown(found, "participants", "state") == {"IA": 40, "OH": 0, "TX": 0, "Refused": None, "-": None}
    assert ("participants", "state_missing") not in found.fields


people = st.tuples(st.sampled_from([*STATES, None]), st.sampled_from([(), ("x",), ("y",), ("x", "y")]))
KINDS: list[Person] = [
    (state, codes) for state in (*STATES, None) for codes in [(), ("x",), ("y",), ("x", "y")]
]
CELLS = (
    *(("participants", "state", value) for value in (*STATES, "-")),
    *(("participants", "division", value) for value in ("Midwest", "South", "-")),
    *(("answers", "code", value) for value in ("x", "y")),
)


def has(person: Person, cell: tuple[str, str, str]) -> bool:
    """Whether a participant is counted in a cell."""
    state, codes = person
    match cell:
        case ("participants", "state", value):
            return (state or "-") == value
        case ("participants", "division", value):
            return (DIVISION_OF[state] if state else "-") == value
        case (_, _, value):
            return value in codes


Counts = npt.NDArray[np.int64]


@cache
def worlds(n: int) -> Counts:
    """The counts of all cells in every study of `n` participants; also who has no row, and what that is."""
    kinds = np.array([[has(kind, cell) for cell in CELLS] for kind in KINDS], dtype=np.int64)
    every = np.array(list(combinations_with_replacement(range(len(KINDS)), n)))
    found: Counts = np.unique(kinds[every].sum(axis=1), axis=0)
    return found


@settings(max_examples=100)
@given(st.lists(people, min_size=4, max_size=6))
def test_no_small_cell_can_be_derived(drawn: list[Person]) -> None:
    """Trying all studies that agree with what is told, every small cell could be something else."""
    found = told(tables_of(drawn), 3)
    counts = np.array([sum(has(person, cell) for person in drawn) for cell in CELLS])
    agree = np.ones(len(worlds(len(drawn))), dtype=np.bool_)
    for place, (table, field, value) in enumerate(CELLS):
        count = shown(found, table, field)[value]
        every = worlds(len(drawn))[:, place]
        agree &= (every >= int(found.shows_zeros)) if count is None else (every == count)
        assert count is None or count == counts[place]
    for place in np.flatnonzero((counts > 0) & (counts < 3)).tolist():
        assert len(np.unique(worlds(len(drawn))[agree, place])) > 1


@settings(max_examples=25)
@given(st.lists(st.integers(0, 25), min_size=len(KINDS), max_size=len(KINDS)))
def test_bounds_leave_every_small_cell_open(sizes: list[int]) -> None:
    """Linear programs over all sums find no small cell, whatever the study."""
    tables = tables_of([kind for kind, size in zip(KINDS, sizes, strict=True) for _ in range(size)])
    found = told(tables, 11)
    parts = dict(partitions(tables))
    cells, place_of = tabulated(parts)
    hidden = np.zeros(len(cells.counts), dtype=np.bool_)
    hidden[cells.places[EVERYBODY]] = "participants" in found.uncounted
    for (key, code), place in place_of.items():
        named = {own: value for value, own in parts[key].names.items()} | {parts[key].missing: "-"}
        # What no table shows is not told either; a reader may know where nobody can be.
        is_told = code in named and shown(found, *key[:2])[named[code]] is not None
        hidden[place] = not is_told and (cells.counts[place] > 0 or not found.shows_zeros)
    low, high = intervals(cells.counts, cells.relations, Suppression(hidden, found.shows_zeros))
    small = (cells.counts > 0) & (cells.counts < 11) & hidden
    assert (low[small] + 1 <= high[small] + 1e-6).all()


AGE = Field(
    "age",
    Kind.INTEGER,
    constraints=Constraints(minimum=18, maximum=60),
    disclosure=Disclosure(Role.QUASI_IDENTIFIER, Treatment("top_bottom_code")),
)


def ages(values: Sequence[int | None]) -> TreatedTable:
    """Participants of some age."""
    keys = [f"p{number}" for number in range(len(values))]
    return released("participants", [(PARTICIPANT, keys), (AGE, values)], primary_key=("participant_id",))


def figures(
    before: Sequence[int | None], after: Sequence[int | None], min_cell: int | None
) -> dict[str, Figure]:
    """The figures that are told of an age."""
    table = ages(before)
    own = CheckedTable(table.schema, table.frame, None)  # type: ignore[arg-type]
    found = summarize({"participants": own}, {"participants": ages(after)}, min_cell=min_cell)
    told_of = found.fields.get(("participants", "age"))
    return {} if told_of is None else {figure.name: figure for figure in told_of.figures}


@given(st.integers(30, 900), st.data())
def test_no_unreleased_value_is_told(n: int, data: st.DataObject) -> None:
    """Change up to a cell's worth of values that are not released: every figure moves by one step at most."""
    seed = data.draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    before: list[int | None] = random.integers(18, 61, n).tolist()
    if data.draw(st.booleans()):  # what moves most: all alike
        before = [18] * n
    changed = list(before)
    for row in data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=11, unique=True)):
        changed[row] = data.draw(st.integers(18, 60))
    after = [30] * n
    one, other = figures(before, after, None), figures(changed, after, None)
    assert one.keys() == other.keys()
    for name, figure in one.items():
        assert other[name] == replace(figure, before=other[name].before)
        assert figure.before is not None
        assert other[name].before is not None
        assert abs(figure.before - (other[name].before or 0)) <= figure.step * (1 + 1e-9)


def test_figures_are_rounded() -> None:
    """Of 200 participants a mean is told to 5 years; an SD would need more of them."""
    before, after = [20, 30, 40, 50] * 50, [30, 30, 40, 40] * 50
    found = figures(before, after, None)
    assert found["mean"] == Figure("mean", 35.0, 35.0, 5.0)
    assert found["entropy"] == Figure("entropy", 2.0, 1.0, 1.0) or found["entropy"].step <= 2
    assert "SD" not in found
    assert {"mean", "SD", "entropy"} == figures(before * 20, after * 20, None).keys()


@pytest.mark.parametrize("n", [0, 1, 2, 11, 20])
def test_few_participants_have_no_figures(n: int) -> None:
    """Where a cell's worth of participants is a large share of all, a figure would tell of them."""
    assert figures([20] * n, [30] * n, None) == {}


def test_a_field_with_a_hidden_count_has_no_figures() -> None:
    """Its entropy could say which of the possible counts it is."""
    before = tables_of([("IA", ())] * 200 + [("OH", ())] * 100 + [("TX", ())] * 3)
    own = {
        name: CheckedTable(
            table.schema.replacing(
                fields=tuple(
                    replace(each, disclosure=Disclosure(Role.QUASI_IDENTIFIER, Treatment("suppress")))
                    if each.name == "state"
                    else each
                    for each in table.schema
                )
            ),
            table.frame,
            None,  # type: ignore[arg-type]
        )
        for name, table in before.items()
    }
    assert summarize(own, before, min_cell=None).fields["participants", "state"].figures
    assert not summarize(own, before, min_cell=11).fields["participants", "state"].figures
