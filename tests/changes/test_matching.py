"""Rows matched by number, and values compared whatever their type."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.changes.matching import compared, is_exchanged, matched, numbered

NAN = float("nan")
KEYS = st.lists(st.integers(0, 6), max_size=12)


def column(values: list[Any], kind: pa.DataType | None = None) -> pa.ChunkedArray:
    """Values in two chunks, as Arrow has them."""
    whole = pa.array(values, kind)
    return pa.chunked_array([whole[: len(values) // 2], whole[len(values) // 2 :]], type=whole.type)


@given(KEYS, KEYS)
def test_every_row_is_matched_or_over(before: list[int], after: list[int]) -> None:
    """Matched rows share their number, and what is over is what a count of numbers finds."""
    found = matched(np.array(before, np.int64), np.array(after, np.int64))
    assert [before[row] for row in found.before] == [after[row] for row in found.after]
    assert sorted([*found.before, *found.removed]) == list(range(len(before)))
    assert sorted([*found.after, *found.added]) == list(range(len(after)))
    assert Counter(before[row] for row in found.removed) == Counter(before) - Counter(after)
    assert Counter(after[row] for row in found.added) == Counter(after) - Counter(before)


@given(st.lists(st.tuples(st.none() | st.text("ab", max_size=1), st.none() | st.integers(0, 1)), max_size=8))
def test_equal_rows_have_one_number(rows: list[tuple[str | None, int | None]]) -> None:
    """Rows of either table have the same number if and only if all their values are the same."""
    texts = column([row[0] for row in rows], pa.string())
    numbers = column([row[1] for row in rows], pa.int64())
    own, other = numbered([texts, numbers], [texts, numbers])
    assert own.tolist() == other.tolist()
    assert len(set(own.tolist())) == len(set(rows))


def test_lists_and_numbers_can_be_keys() -> None:
    """Rows without key are matched by all they hold: lists too, with one zero and one NaN."""
    own, other = numbered(
        [column([[1], [1, 2], None]), column([0.0, NAN, None])],
        [column([[1], None, [1, 2]]), column([-0.0, None, NAN])],
    )
    assert own.tolist() == [own[0], other[2], other[1]]
    assert other[0] == own[0]


def test_keys_of_many_wide_columns_do_not_run_over() -> None:
    """Ten columns of many values each still have one number a row."""
    rng = np.random.default_rng(7)
    columns = [pa.chunked_array([rng.integers(0, 10_000, 20_000)]) for _ in range(10)]
    own, other = numbered(columns, columns)
    assert len(np.unique(own)) == 20_000
    assert (own == other).all()


@pytest.mark.parametrize(
    ("before", "after", "is_changed", "is_filled"),
    [
        (1.5, 1.5, False, False),
        (NAN, NAN, False, False),
        (0.0, -0.0, False, False),
        (NAN, 1.0, True, False),
        (None, 1.0, False, True),
        (1.0, None, True, False),
        (None, None, False, False),
        ([1, 2], [1, 2], False, False),
        ([1, 2], [2, 1], True, False),
        ([1], [1, 1], True, False),
        ([1, None], [1, 2], True, False),
        ([], [], False, False),
        (None, [1], False, True),
        (date(2024, 2, 29), date(2024, 3, 1), True, False),
    ],
)
def test_values_are_compared_as_values(before: Any, after: Any, is_changed: bool, is_filled: bool) -> None:
    """NaN equals NaN, a gap only a gap, and lists item by item."""
    filler = next((each for each in (after, before) if each is not None), 1.0)
    changed, filled = compared(column([filler, before]), column([filler, after]))
    assert (changed.tolist(), filled.tolist()) == ([False, is_changed], [False, is_filled])


@pytest.mark.parametrize(
    ("before", "after", "is_changed"),
    [
        ([4, 5], [4.0, 5.5], [False, True]),
        (["4", "x"], [4, 5], [False, True]),
        ([4, 5], ["4", "x"], [False, True]),
        ([[1], [2]], ["[1]", "[3]"], [False, True]),
        ([2**60 + 1, 4], [float(2**60), 4.0], [True, False]),
        ([date(2024, 2, 29), None], [datetime(2024, 2, 29), None], [False, False]),
        ([datetime(2024, 2, 29)] * 2, [datetime(2024, 2, 29, tzinfo=UTC)] * 2, [False, False]),
        ([True, False], [1, 1], [False, True]),
    ],
)
def test_the_same_value_of_another_type_is_no_change(
    before: list[Any], after: list[Any], is_changed: list[bool]
) -> None:
    """A value that was only retyped is the same, and one that can't be is compared as text."""
    changed, _ = compared(column(before), column(after))
    assert changed.tolist() == is_changed


def test_an_exchange_is_one_for_one_and_no_accident() -> None:
    """Values that meet in one, part into two, leave gaps, or stand alone were not exchanged."""
    old = column(["a", "b", "a", "b"])
    assert is_exchanged(old, column(["b", "a", "b", "a"]))
    assert is_exchanged(old, column([1, 2, 1, 2]))
    assert not is_exchanged(old, old)
    assert not is_exchanged(old, column(["b", "b", "b", "b"]))
    assert not is_exchanged(old, column(["c", "b", "d", "b"]))
    assert not is_exchanged(old, column([None, "b", None, "b"], pa.string()))
    assert not is_exchanged(column(["a", "b"]), column(["c", "b"]))
