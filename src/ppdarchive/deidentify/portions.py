"""The texts of several columns, redacted so many characters at a time: a participant's are never parted."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.deidentify.freetext import Redaction
from ppdarchive.deidentify.packed import Packer
from ppdarchive.model.columns import Keep, in_memory, taken

Redact = Callable[[Sequence[str | None], Sequence[Hashable]], Redaction]
"""``redact(texts, groups)``: texts of all columns and whose they are, to what is released of them."""

AT_ONCE: Final = 1 << 23
"""Bytes of texts that are redacted together."""

_Rows = npt.NDArray[np.int64]


def redacted(
    columns: Sequence[pa.ChunkedArray],
    groups: Sequence[Sequence[Hashable]],
    redact: Redact,
    *,
    at_once: int | None = AT_ONCE,
    keep: Keep = in_memory,
) -> list[Redaction]:
    """Redact columns of texts together: what one tells is used in the others.

    Parameters
    ----------
    columns : sequence of ChunkedArray of string, each of shape (n_rows,)
    groups : sequence of sequence of hashable, of the same lengths
        Whose texts they are.
    redact : callable
        Where `at_once` is given, what it says of a text must follow from the texts of its group alone.
    at_once : int or None
        About how many bytes of texts it is given at a time, whole groups always; None for all of them.
    keep : callable
        Where the redacted texts are kept.

    Returns
    -------
    list of Redaction
        Of each column; equal to what `redact` says of all texts at once.
    """
    if at_once is None or sum(column.nbytes for column in columns) <= at_once:
        return _whole(columns, groups, redact)
    starts = np.cumsum([0, *(len(column) for column in columns)])
    order, ends = _portions(columns, groups, at_once)
    packers = [Packer() for _ in columns]
    for begin, end in zip([0, *ends[:-1]], ends, strict=True):
        portion = np.sort(order[begin:end])
        bounds = np.searchsorted(portion, starts)
        own = [
            portion[bounds[number] : bounds[number + 1]] - starts[number] for number in range(len(columns))
        ]
        texts = [_taken(column, rows) for column, rows in zip(columns, own, strict=True)]
        whose = [[given[row] for row in rows.tolist()] for given, rows in zip(groups, own, strict=True)]
        for packer, part in zip(packers, _parted(texts, whose, redact), strict=True):
            packer.add(part)
    result = []
    for number, packer in enumerate(packers):
        rows = _of_column(order, ends, starts[number], starts[number + 1])
        is_in_order = np.array_equal(rows, np.arange(len(rows)))
        result.append(packer.packed(None if is_in_order else np.argsort(rows), keep))
    return result


def _whole(
    columns: Sequence[pa.ChunkedArray], groups: Sequence[Sequence[Hashable]], redact: Redact
) -> list[Redaction]:
    return _parted([column.to_pylist() for column in columns], groups, redact)


def _parted(
    texts: Sequence[Sequence[str | None]], groups: Sequence[Sequence[Hashable]], redact: Redact
) -> list[Redaction]:
    """Redact lists of texts at once."""
    every = redact([text for own in texts for text in own], [group for own in groups for group in own])
    ends = np.cumsum([len(own) for own in texts]).tolist()
    return [every.part(end - len(own), end) for own, end in zip(texts, ends, strict=True)]


def _taken(column: pa.ChunkedArray, rows: _Rows) -> list[str | None]:
    """The texts in some rows, in ascending order."""
    if not len(rows):
        return []
    is_range = rows[-1] - rows[0] + 1 == len(rows)
    texts: list[str | None] = (
        column.slice(rows[0], len(rows)).to_pylist() if is_range else taken(column, rows).to_pylist()
    )
    return texts


def _portions(
    columns: Sequence[pa.ChunkedArray], groups: Sequence[Sequence[Hashable]], at_once: int
) -> tuple[_Rows, list[int]]:
    """All rows of all columns, those of a group together, and where each portion ends."""
    number_of: dict[Hashable, int] = {}
    numbers = np.fromiter(
        (number_of.setdefault(group, len(number_of)) for own in groups for group in own), np.int64
    )
    order = np.argsort(numbers, kind="stable")
    sizes = np.concatenate([_sizes(column) for column in columns])[order]
    ordered = numbers[order]
    group_ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]) + 1, len(order))
    reached = np.cumsum(sizes)[group_ends - 1]
    return order, list(_cuts(group_ends.tolist(), reached.tolist(), at_once))


def _cuts(group_ends: Sequence[int], reached: Sequence[int], at_once: int) -> Iterator[int]:
    """Where portions end: a group that goes beyond the bound begins the next one."""
    begin = last = before = 0
    for end, size in zip(group_ends, reached, strict=True):
        if last and before > begin and size - begin > at_once:
            yield last
            begin = before
        last, before = end, size
    if last:
        yield last


def _sizes(column: pa.ChunkedArray) -> _Rows:
    return np.asarray(pc.fill_null(pc.binary_length(column), 0)).astype(np.int64) + 1


def _of_column(order: _Rows, ends: Sequence[int], start: int, stop: int) -> _Rows:
    """The rows of one column in the order in which they were redacted."""
    parts = [np.empty(0, np.int64)]
    for begin, end in zip([0, *ends[:-1]], ends, strict=True):
        portion = np.sort(order[begin:end])
        parts.append(portion[(portion >= start) & (portion < stop)] - start)
    return np.concatenate(parts)
