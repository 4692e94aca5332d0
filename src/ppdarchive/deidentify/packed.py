"""Redactions of many answers, packed into columns: what was found and done takes bytes and not objects.

Each sequence gives what the tuples of `ppdarchive.deidentify.freetext.Redaction` give, made anew whenever
it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ppdarchive.deidentify.freetext import Redaction, counted
from ppdarchive.model.columns import Keep, Texts, taken
from ppdarchive.model.span import IDENTITY, Edit, OffsetMap, Span, TextCategory, Tier

Rows = npt.NDArray[np.int64]
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

_AT_ONCE: Final = 1 << 12
_CATEGORIES: Final = tuple(TextCategory)
_TIERS: Final = tuple(Tier)
_NUMBER_OF: Final = {category: number for number, category in enumerate(_CATEGORIES)}
_TIER_OF: Final = {tier: number for number, tier in enumerate(_TIERS)}


class _Rows(Sequence[T], Generic[T]):
    """A sequence that makes its items, some at a time."""

    __slots__ = ()

    def _made(self, rows: range) -> Sequence[T]:
        raise NotImplementedError

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[T, ...]: ...
    def __getitem__(self, at: int | slice) -> T | tuple[T, ...]:
        if isinstance(at, slice):
            return tuple(self[row] for row in range(*at.indices(len(self))))
        row = range(len(self))[at]
        return self._made(range(row, row + 1))[0]

    def __iter__(self) -> Iterator[T]:
        for begin in range(0, len(self), _AT_ONCE):
            yield from self._made(range(begin, min(begin + _AT_ONCE, len(self))))


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class _Ranges:
    """Ranges of texts with what belongs to each, a column for every attribute.

    Attributes
    ----------
    ends : ndarray of int64, shape (n_rows,)
        Where the ranges of each text end.
    columns : tuple of ndarray
    """

    ends: Rows
    columns: tuple[npt.NDArray[Any], ...]

    def of(self, row: int) -> list[tuple[Any, ...]]:
        """The ranges of a text."""
        end = int(self.ends[row])
        start = int(self.ends[row - 1]) if row else 0
        if start == end:
            return []
        return list(zip(*(column[start:end].tolist() for column in self.columns), strict=True))


class PackedSpans(_Rows[tuple[Span, ...]]):
    """The spans of each text."""

    __slots__ = ("_names", "_order", "_ranges")

    def __init__(self, ranges: _Ranges, names: Sequence[str], order: Rows | None) -> None:
        self._ranges, self._names, self._order = ranges, names, order

    def __len__(self) -> int:
        return len(self._ranges.ends)

    def _made(self, rows: range) -> Sequence[tuple[Span, ...]]:
        names = self._names
        return [
            tuple(
                Span(start, end, _CATEGORIES[category], score, _TIERS[tier], names[detector], names[kind])
                for start, end, category, score, tier, detector, kind in self._ranges.of(row)
            )
            for row in _in(rows, self._order)
        ]


class PackedEdits(_Rows[tuple[Edit, ...]]):
    """The edits of each text."""

    __slots__ = ("_order", "_ranges", "replacements")

    def __init__(self, ranges: _Ranges, replacements: Sequence[str], order: Rows | None) -> None:
        self._ranges, self.replacements, self._order = ranges, replacements, order

    def __len__(self) -> int:
        return len(self._ranges.ends)

    def _made(self, rows: range) -> Sequence[tuple[Edit, ...]]:
        return [
            tuple(
                Edit(start, end, self.replacements[replacement], _CATEGORIES[category])
                for start, end, replacement, category in self._ranges.of(row)
            )
            for row in _in(rows, self._order)
        ]


class PackedMaps(_Rows[OffsetMap]):
    """The offset map of each text, from its edits."""

    __slots__ = ("_edits",)

    def __init__(self, edits: PackedEdits) -> None:
        self._edits = edits

    def __len__(self) -> int:
        return len(self._edits)

    def _made(self, rows: range) -> Sequence[OffsetMap]:
        return [OffsetMap.of(own) if own else IDENTITY for own in self._edits[rows.start : rows.stop]]


def _in(rows: range, order: Rows | None) -> list[int]:
    return list(rows) if order is None else order[rows.start : rows.stop].tolist()


class _Numbers(Generic[K]):
    """Values by number, in the order in which they come."""

    def __init__(self) -> None:
        self._number_of: dict[K, int] = {}

    def __getitem__(self, value: K) -> int:
        return self._number_of.setdefault(value, len(self._number_of))

    def values(self) -> list[K]:
        """The values by their numbers."""
        return list(self._number_of)


class Packer:
    """Takes redactions of some answers after the other, and gives that of all."""

    def __init__(self) -> None:
        self._texts: list[pa.Array] = []
        self._n_spans: list[Rows] = []
        self._n_edits: list[Rows] = []
        self._spans: list[tuple[npt.NDArray[Any], ...]] = []
        self._edits: list[tuple[npt.NDArray[Any], ...]] = []
        self._withheld: list[Rows] = []
        self._counts: Counter[tuple[TextCategory, Tier]] = Counter()
        self._names, self._replacements = _Numbers[str](), _Numbers[str]()
        self._n_rows = 0

    def add(self, redaction: Redaction) -> None:
        """Take in the redaction of the next answers."""
        n = len(redaction.texts)
        names, replacements = self._names, self._replacements
        spans = [
            (
                *(span.start, span.end, _NUMBER_OF[span.category], span.score, _TIER_OF[span.tier]),
                *(names[span.detector], names[span.kind]),
            )
            for own in redaction.spans
            for span in own
        ]
        edits = [
            (edit.start, edit.end, replacements[edit.replacement], _NUMBER_OF[edit.category])
            for own in redaction.edits
            for edit in own
        ]
        self._texts.append(pa.array(redaction.texts, pa.string()))
        self._n_spans.append(np.fromiter(map(len, redaction.spans), np.int64, n))
        self._n_edits.append(np.fromiter(map(len, redaction.edits), np.int64, n))
        self._spans.append(_columns(spans, _SPAN_TYPES))
        self._edits.append(_columns(edits, _EDIT_TYPES))
        self._withheld.append(np.array(redaction.withheld, np.int64) + self._n_rows)
        self._counts.update(redaction.counts)
        self._n_rows += n

    def packed(self, order: Rows | None, keep: Keep) -> Redaction:
        """The redaction of all answers that were taken in.

        Parameters
        ----------
        order : ndarray of int64, shape (n_rows,), or None
            For each row the place at which it was taken in; None if they came in their order.
        keep : callable
            Where texts are kept.
        """
        texts = keep(iter(self._texts), pa.string())
        self._texts = []
        withheld = np.concatenate([*self._withheld, np.empty(0, np.int64)])
        if order is not None:
            parts = (taken(texts, order[at : at + _AT_ONCE]) for at in range(0, len(order), _AT_ONCE))
            texts = keep(parts, pa.string())
            withheld = np.sort(np.argsort(order)[withheld])
        edits = PackedEdits(
            _Ranges(_ends(self._n_edits), _joined(self._edits, _EDIT_TYPES)),
            self._replacements.values(),
            order,
        )
        spans = _Ranges(_ends(self._n_spans), _joined(self._spans, _SPAN_TYPES))
        return Redaction(
            texts=Texts(texts),
            maps=PackedMaps(edits),
            edits=edits,
            spans=PackedSpans(spans, self._names.values(), order),
            withheld=tuple(withheld.tolist()),
            counts=counted(self._counts),
        )


_SPAN_TYPES: Final = (np.int32, np.int32, np.uint8, np.float64, np.uint8, np.int32, np.int32)
_EDIT_TYPES: Final = (np.int32, np.int32, np.int32, np.uint8)


def _columns(rows: Sequence[tuple[Any, ...]], types: Sequence[Any]) -> tuple[npt.NDArray[Any], ...]:
    columns = zip(*rows, strict=True) if rows else [()] * len(types)
    return tuple(np.array(column, kind) for column, kind in zip(columns, types, strict=True))


def _joined(parts: list[tuple[npt.NDArray[Any], ...]], types: Sequence[Any]) -> tuple[npt.NDArray[Any], ...]:
    return tuple(
        np.concatenate([np.empty(0, kind), *(part[place] for part in parts)])
        for place, kind in enumerate(types)
    )


def _ends(counts: list[Rows]) -> Rows:
    return np.cumsum(np.concatenate([np.empty(0, np.int64), *counts]))
