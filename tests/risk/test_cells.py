"""Small cells: what is left out of counts, and what a reader can still derive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.risk.bounds import unknowns
from ppdarchive.risk.cells import (
    EVERYBODY,
    Cells,
    Relation,
    Suppression,
    intervals,
    suppression,
    tabulate,
)
from ppdarchive.risk.classes import Codes


def column(*counts: int) -> Codes:
    """A column in which each code stands as often as is said."""
    return np.repeat(np.arange(len(counts)), counts)


def plan(cells: Cells, min_cell: int = 11) -> Suppression:
    """What is left out when the number of participants is known."""
    return suppression(cells.counts, cells.relations, min_cell=min_cell, kept=[cells.places[EVERYBODY]])


def shown(columns: Mapping[str, Codes], fields: Sequence[str], min_cell: int = 11) -> list[object]:
    """A table as it is published, with None for what is left out."""
    cells = tabulate(columns, [fields])
    left_out = cells.table(fields, plan(cells, min_cell).suppressed).ravel()
    counts = cells.table(fields, cells.counts).ravel()
    return [None if hidden else int(n) for n, hidden in zip(counts, left_out, strict=True)]


def test_a_small_cell_takes_another_with_it() -> None:
    """One small cell could be had by subtraction, so the next larger one is left out too."""
    assert shown({"branch": column(3, 40, 25)}, ["branch"]) == [None, 40, None]


def test_two_small_cells_protect_each_other() -> None:
    """Two small cells leave a sum that does not give either away."""
    assert shown({"branch": column(3, 4, 40)}, ["branch"]) == [None, None, 40]


def test_two_ones_do_not() -> None:
    """Two cells that sum to 2 are 1 each, since zeros are published."""
    assert shown({"branch": column(1, 1, 40, 60)}, ["branch"]) == [None, None, None, 60]


def test_zeros_are_left_out_where_they_give_away() -> None:
    """Eleven cells of 1 among eleven participants are known unless they might be 0."""
    cells = tabulate({"state": column(*[1] * 11)}, [["state"]])
    found = plan(cells)
    assert not found.shows_zeros
    low, high = intervals(cells.counts, cells.relations, found)
    own = [place for (fields, _), place in cells.places.items() if fields]
    assert (low[own].tolist(), high[own].tolist()) == ([0.0] * 11, [11.0] * 11)


def test_missing_is_counted() -> None:
    """Those without a value are a cell of their own, where there are any."""
    assert shown({"branch": np.append(column(30, 20), [-1] * 4)}, ["branch"]) == [30, None, None]


def test_nothing_small_nothing_left_out() -> None:
    """Counts of 11 and more, and zeros, are published."""
    assert shown({"branch": column(11, 0, 12)}, ["branch"]) == [11, 0, 12]


def test_tables_are_looked_at_together() -> None:
    """A cell that is safe in one table is left out if another one's margin gives it away."""
    a = column(30, 30)
    b = np.concatenate([column(5, 25), column(15, 15)])
    cells = tabulate({"a": a, "b": b}, [["a", "b"], ["b"]])
    found = plan(cells)
    left_out = cells.table(["a", "b"], found.suppressed)
    assert left_out.all() or found.suppressed[cells.places[("b",), (0,)]]
    low, high = intervals(cells.counts, cells.relations, found)
    small = cells.places[("a", "b"), (0, 0)]
    assert low[small] + 1 <= high[small]


def test_what_must_be_published_gives_it_away() -> None:
    """A small cell that follows from known ones cannot be protected, and that is said."""
    with pytest.raises(ValueError, match="has to be published"):
        suppression(np.array([20, 17, 3]), [Relation(0, (1, 2))], kept=[0, 1])


def test_numbers_that_cannot_be() -> None:
    """Sums that no numbers have are refused."""
    with pytest.raises(ValueError, match="these sums"):
        unknowns(np.array([[1.0], [1.0]]), np.array([1.0, 2.0]))


@st.composite
def cross_tables(draw: st.DrawFn) -> tuple[dict[str, Codes], list[list[str]]]:
    """Five to seven participants in two fields, and which tables are published."""
    n = draw(st.integers(5, 7))
    a = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    b = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    tables = draw(st.sampled_from([[["a", "b"]], [["a"], ["b"]], [["b"]]]))
    return {"a": np.array(a), "b": np.array(b)}, tables


def possible(cells: Cells, found: Suppression, shape: tuple[int, int]) -> Iterator[dict[int, int]]:
    """All counts that agree with what is published, by trying all tables of the two fields."""
    total, n_inner = int(cells.counts[cells.places[EVERYBODY]]), shape[0] * shape[1]
    for first in product(range(total + 1), repeat=n_inner - 1):
        if sum(first) > total:
            continue
        inner = np.reshape([*first, total - sum(first)], shape)
        values = {}
        for (fields, codes), place in cells.places.items():
            at = dict(zip(fields, codes, strict=True))
            values[place] = int(inner[at.get("a", slice(None)), at.get("b", slice(None))].sum())
        if all(
            (value > 0 or not found.shows_zeros) if found.suppressed[place] else value == cells.counts[place]
            for place, value in values.items()
        ):
            yield values


@given(cross_tables(), st.integers(2, 5))
def test_no_small_cell_can_be_derived(drawn: tuple[dict[str, Codes], list[list[str]]], min_cell: int) -> None:
    """Among all tables that agree with what is published, each small cell has several values."""
    columns, tables = drawn
    cells = tabulate(columns, tables)
    found = plan(cells, min_cell)
    shape = (int(columns["a"].max()) + 1, int(columns["b"].max()) + 1)
    worlds = list(possible(cells, found, shape))
    low, high = intervals(cells.counts, cells.relations, found)
    for place, count in enumerate(cells.counts.tolist()):
        values = {world[place] for world in worlds}
        if 0 < count < min_cell:
            assert found.suppressed[place]
            assert len(values) > 1
        assert (low[place], min(high[place], 99)) == (min(values), min(max(values), 99))


@given(cross_tables(), st.integers(2, 5))
def test_no_cell_is_left_out_in_vain(drawn: tuple[dict[str, Codes], list[list[str]]], min_cell: int) -> None:
    """Publishing any cell that is left out gives a small one away, or is one."""
    columns, tables = drawn
    cells = tabulate(columns, tables)
    found = plan(cells, min_cell)
    small = (cells.counts > 0) & (cells.counts < min_cell)
    for place in np.flatnonzero(found.suppressed & (cells.counts >= min_cell)):
        fewer = found.suppressed.copy()
        fewer[place] = False
        low, high = intervals(cells.counts, cells.relations, Suppression(fewer, found.shows_zeros))
        assert (high[small] < low[small] + 1).any()


@given(cross_tables())
def test_counts_are_those_of_the_participants(drawn: tuple[dict[str, Codes], list[list[str]]]) -> None:
    """Each cell counts the participants who have its values, and each sum holds."""
    columns, tables = drawn
    cells = tabulate(columns, tables)
    for (fields, codes), place in cells.places.items():
        has = [columns[name] == code for name, code in zip(fields, codes, strict=True)]
        assert cells.counts[place] == np.logical_and.reduce([columns["a"] >= 0, *has]).sum()
    for relation in cells.relations:
        assert cells.counts[relation.whole] == cells.counts[list(relation.parts)].sum()
