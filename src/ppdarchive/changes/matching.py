"""Rows of two tables by key, and columns of matched rows: which values are others. Vectorized throughout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.model.columns import positions

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_LARGEST = 2**62


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Matching:
    """Rows that stand in two tables, and those that stand in one of them.

    Attributes
    ----------
    before, after : ndarrays of int64, shape (n_kept,)
        The rows of either table that have the same key.
    removed, added : ndarrays of int64
        The rows of the first table without one in the second, and the other way round.
    """

    before: Numbers
    after: Numbers
    removed: Numbers
    added: Numbers


def matched(before: Numbers, after: Numbers) -> Matching:
    """Match the rows of two tables whose keys have numbers.

    Parameters
    ----------
    before, after : ndarrays of int64, shapes (n_before,) and (n_after,)
        0 or more. Rows that share a number are matched in their order; what is over is removed or added.

    Examples
    --------
    >>> found = matched(np.array([7, 3, 3]), np.array([3, 9, 7]))
    >>> found.before.tolist(), found.after.tolist(), found.removed.tolist(), found.added.tolist()
    ([0, 1], [2, 0], [2], [1])
    """
    whole = np.concatenate([before, after])
    n_before = len(before)
    if _repeats(before) or _repeats(after):
        which = np.concatenate([_occurrence(before), _occurrence(after)])
        whole = _combined([whole, which])
    row_of = np.full(int(whole.max(initial=-1)) + 1, -1, dtype=np.int64)
    row_of[whole[n_before:]] = np.arange(len(after))
    partner = row_of[whole[:n_before]]
    kept = np.flatnonzero(partner >= 0)
    is_added = np.ones(len(after), dtype=np.bool_)
    is_added[partner[kept]] = False
    return Matching(kept, partner[kept], np.flatnonzero(partner < 0), np.flatnonzero(is_added))


def _repeats(numbers: Numbers) -> bool:
    return bool(len(numbers)) and int(np.bincount(numbers).max()) > 1


def _occurrence(numbers: Numbers) -> Numbers:
    """How many rows with the same number stand before each row."""
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(ordered) else order
    lengths = np.diff(np.append(starts, len(ordered)))
    found = np.empty(len(numbers), dtype=np.int64)
    found[order] = np.arange(len(ordered)) - np.repeat(starts, lengths)
    return found


def numbered(before: Sequence[pa.ChunkedArray], after: Sequence[pa.ChunkedArray]) -> tuple[Numbers, Numbers]:
    """Number the rows of two tables so that equal ones have one number.

    Parameters
    ----------
    before, after : sequences of ChunkedArray, each of shape (n_before,) and (n_after,)
        The columns that are compared, at least one. A null equals another null, NaN another NaN.

    Returns
    -------
    before, after : ndarrays of int64
        From 0, without gaps.
    """
    n_before = len(before[0])
    columns = []
    for own, other in zip(before, after, strict=True):
        first, second = _alike(own, other)
        chunks = [*_plain(first).chunks, *_plain(second).chunks]
        columns.append(positions(pa.chunked_array(chunks, type=_plain(first).type)) + 1)
    whole = _combined(columns)
    return whole[:n_before], whole[n_before:]


def _combined(columns: Sequence[Numbers]) -> Numbers:
    """One number for each combination of numbers; columns of different lengths are an error."""
    found, size = columns[0], int(columns[0].max(initial=0)) + 1
    for column in columns[1:]:
        width = int(column.max(initial=0)) + 1
        if size * width > _LARGEST:
            found, size = _dense(found), len(found)
        found, size = found * width + column, size * width
    return _dense(found)


def _dense(numbers: Numbers) -> Numbers:
    return np.asarray(pd.factorize(numbers)[0], dtype=np.int64)


def compared(before: pa.ChunkedArray, after: pa.ChunkedArray) -> tuple[Mask, Mask]:
    """Which of the values that stand beside each other differ.

    Parameters
    ----------
    before, after : ChunkedArray, shape (n_rows,)
        Of one type or two; the same value of two types, such as 4 and 4.0, is no change.

    Returns
    -------
    changed : ndarray of bool, shape (n_rows,)
        Where there is another value, or none any more.
    filled : ndarray of bool, shape (n_rows,)
        Where there is a value, and was none.
    """
    own, other = _alike(before, after)
    missing, still_missing = _is_null(own), _is_null(other)
    filled = missing & ~still_missing
    both = ~missing & ~still_missing
    return (~missing & still_missing) | (both & ~_equal(own, other)), filled


def _equal(own: pa.ChunkedArray, other: pa.ChunkedArray) -> Mask:
    """Where two columns of one type hold the same; where one is null, anything."""
    if pa.types.is_list(own.type) or pa.types.is_large_list(own.type):
        return _equal_lists(own, other)
    equal = pc.equal(own, other)
    if pa.types.is_floating(own.type):
        equal = pc.or_(equal, pc.and_(pc.is_nan(own), pc.is_nan(other)))
    return np.asarray(equal.fill_null(False), dtype=np.bool_)


def _equal_lists(own: pa.ChunkedArray, other: pa.ChunkedArray) -> Mask:
    """Lists are the same if they are as long as each other and each item is the same."""
    lengths = [np.asarray(pc.list_value_length(each).fill_null(-1), dtype=np.int64) for each in (own, other)]
    equal = np.asarray(lengths[0] == lengths[1], dtype=np.bool_)
    rows = np.flatnonzero(equal & (lengths[0] > 0))
    if len(rows):
        items = [pc.list_flatten(each.take(pa.array(rows))) for each in (own, other)]
        changed, filled = compared(*items)
        row_of = np.repeat(rows, lengths[0][rows])
        equal[row_of[changed | filled]] = False
    return equal


def _alike(own: pa.ChunkedArray, other: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Both as one type: the second's, or texts where the first's values can't be."""
    own, other = _large(own), _large(other)
    if own.type == other.type:
        return own, other
    if not pa.types.is_nested(own.type) and not pa.types.is_nested(other.type):
        # pyarrow's message would quote a value, so it is dropped here and goes nowhere.
        cast: pa.ChunkedArray | None = None
        try:
            cast = own.cast(other.type)
        except pa.ArrowException:
            cast = None
        if cast is not None:
            return cast, other
    return _texts(own), _texts(other)


def _large(column: pa.ChunkedArray) -> pa.ChunkedArray:
    # Positions of 32 bits would end at 2 GB of answers.
    return column.cast(pa.large_string()) if pa.types.is_string(column.type) else column


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as Arrow can number it: lists as texts, one zero instead of two."""
    if pa.types.is_nested(column.type):
        return _texts(column)
    return pc.add(column, 0.0).cast(column.type) if pa.types.is_floating(column.type) else column


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_nested(column.type):
        return column.cast(pa.large_string())
    shown = [None if value is None else repr(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(shown, pa.large_string())])


def _is_null(column: pa.ChunkedArray) -> Mask:
    return np.asarray(column.is_null(), dtype=np.bool_)


def is_exchanged(before: pa.ChunkedArray, after: pa.ChunkedArray) -> bool:
    """Whether values were exchanged one for one: all of one value by another, and no two by the same.

    Values that stand in one row each are exchanged by any change at all, so those that are others must
    stand in two rows on average.

    Examples
    --------
    >>> old, new = pa.chunked_array([["1", "2", "1", "2"]]), pa.chunked_array([["yes", "no", "yes", "no"]])
    >>> is_exchanged(old, new)
    True
    """
    if any(pa.types.is_nested(each.type) for each in (before, after)):
        return False
    own, other = positions(before) + 1, positions(after) + 1
    pairs = np.unique(np.stack([own, other], axis=1), axis=0) if len(own) else np.empty((0, 2), np.int64)
    if ((pairs == 0).sum(axis=1) == 1).any():
        return False
    if len(np.unique(pairs[:, 0])) < len(pairs) or len(np.unique(pairs[:, 1])) < len(pairs):
        return False
    changed, _ = compared(before, after)
    n_changed = int(np.count_nonzero(changed))
    return n_changed > 0 and 2 * len(np.unique(own[changed])) <= n_changed
