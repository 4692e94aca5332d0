"""Spans, edits and the offset map: half-open ranges of code points in one text; knows no tables.

Positions count Unicode code points from 0, so ``text[start:end]`` is what a range selects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final, Self

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.int64]
"""Positions in texts, in code points."""


class TextCategory(StrEnum):
    """What a span of text can reveal; the order is the one that breaks ties."""

    NAME = "NAME"
    AGE = "AGE"
    DATE = "DATE"
    LOCATION = "LOCATION"
    FACILITY = "FACILITY"
    ORGANIZATION = "ORGANIZATION"
    MILITARY = "MILITARY"
    CONTACT = "CONTACT"
    ID = "ID"
    IP = "IP"
    PROFESSION = "PROFESSION"
    OTHER = "OTHER"


class Tier(StrEnum):
    """How sure a detector is: enough to redact, or a person (or the policy) decides."""

    REDACT = "redact"
    UNCERTAIN = "uncertain"


class Fate(StrEnum):
    """What became of a coding when its text was edited, from best to worst.

    ``kept``: all its characters outside the edits, and no others, are still selected, and it covers
    each edit that it meets. ``widened``: it reached into an edit and now covers the whole
    replacement. ``swallowed``: none of its characters is left.
    """

    KEPT = "kept"
    WIDENED = "widened"
    SWALLOWED = "swallowed"


@dataclass(frozen=True, slots=True, init=False)
class Span:
    """A range of one text that a detector found.

    Attributes
    ----------
    start, end : int
        Code points, half-open; ``0 <= start < end``.
    category : TextCategory
    score : float
        From 0 to 1; comparable between spans of one tier.
    tier : Tier
    detector : str
        The name of what found it.
    kind : str
        What it is more exactly, where a standard asks: ``state`` and ``country`` are places that
        safe harbor lets stay (45 CFR 164.514(b)(2)(i)(B)); else empty.

    Raises
    ------
    ValueError
        If the range is empty or starts before the text.
    """

    start: int
    end: int
    category: TextCategory
    score: float = 1.0
    tier: Tier = Tier.REDACT
    detector: str = ""
    kind: str = ""

    # A batch makes thousands; what `dataclass` would write takes twice as long.
    def __init__(  # noqa: PLR0917 (the fields, in their order)
        self,
        start: int,
        end: int,
        category: TextCategory,
        score: float = 1.0,
        tier: Tier = Tier.REDACT,
        detector: str = "",
        kind: str = "",
    ) -> None:
        if not 0 <= start < end:
            raise ValueError(f"a span from {start} to {end} selects nothing")
        _set_start(self, start)
        _set_end(self, end)
        _set_category(self, category)
        _set_score(self, score)
        _set_tier(self, tier)
        _set_detector(self, detector)
        _set_kind(self, kind)

    def __len__(self) -> int:
        return self.end - self.start


_set_start, _set_end, _set_category, _set_score, _set_tier, _set_detector, _set_kind = (
    getattr(Span, field.name).__set__ for field in fields(Span)
)


@dataclass(frozen=True, slots=True)
class Edit:
    """A range of one text and what stands in its place; an empty replacement deletes.

    Raises
    ------
    ValueError
        If the range is empty or starts before the text: edits replace, they never only insert.
    """

    start: int
    end: int
    replacement: str
    category: TextCategory

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"an edit from {self.start} to {self.end} replaces nothing")


@dataclass(frozen=True, slots=True)
class Layer:
    """Where sorted, disjoint ranges of one text stand in the next; four tuples of one length."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    new_starts: tuple[int, ...]
    new_ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """Carries ranges of a text across its edits.

    Ranges outside the edits still select the same characters. A range that reaches into an edit is
    widened to the whole replacement. The map is monotone: ranges keep their order and nesting. It
    holds lengths only, no text.

    Attributes
    ----------
    layers : tuple of Layer
        One for each round of edits, in order; none for a text that was not edited.

    Examples
    --------
    >>> moved = OffsetMap.of([Edit(7, 11, "[NAME]", TextCategory.NAME)])  # "I told Anna about it"
    >>> moved.map(12, 20)  # "about it" is still selected
    (14, 22)
    >>> moved.map(2, 9)  # "told An" reached into the name: now "told [NAME]"
    (2, 13)
    """

    layers: tuple[Layer, ...] = ()

    @classmethod
    def of(cls, edits: Sequence[Edit]) -> Self:
        """The map of one text's edits.

        Parameters
        ----------
        edits : sequence of Edit
            Sorted and disjoint; they may touch.

        Raises
        ------
        ValueError
            If they are not.
        """
        if not edits:
            return cls()
        new_starts: list[int] = []
        new_ends: list[int] = []
        last = shift = 0
        for edit in edits:
            if edit.start < last:
                raise ValueError(f"the edit at {edit.start} overlaps the one before it, or is out of order")
            last = edit.end
            new_starts.append(edit.start + shift)
            new_ends.append(edit.start + shift + len(edit.replacement))
            shift = new_ends[-1] - edit.end
        starts, ends = tuple(edit.start for edit in edits), tuple(edit.end for edit in edits)
        return cls((Layer(starts, ends, tuple(new_starts), tuple(new_ends)),))

    @property
    def is_identity(self) -> bool:
        """Whether no edit was made."""
        return not self.layers

    @property
    def replaced(self) -> tuple[tuple[int, int], ...]:
        """The ranges of the edited text that are replacements, sorted, of every round of edits."""
        found: set[tuple[int, int]] = set()
        for number, layer in enumerate(self.layers, start=1):
            later = OffsetMap(self.layers[number:])
            found |= {later.map(*place) for place in zip(layer.new_starts, layer.new_ends, strict=True)}
        return tuple(sorted(found))

    def map(self, start: int, end: int) -> tuple[int, int]:
        """Where the range ``[start, end)`` of the text stands in the edited text."""
        starts, ends = self.map_many(np.array([start]), np.array([end]))
        return int(starts[0]), int(ends[0])

    def map_many(self, starts: Positions, ends: Positions) -> tuple[Positions, Positions]:
        """Map many ranges at once.

        Parameters
        ----------
        starts, ends : ndarray of int64, shape (n,)
            ``0 <= start <= end`` in each row.

        Returns
        -------
        tuple of two ndarray of int64, shape (n,)
            New arrays.
        """
        starts, ends = starts.astype(np.int64), ends.astype(np.int64)
        for layer in self.layers:
            flat = FlatLayer.of([layer], stride=0)
            starts, ends = flat.starts_of(starts), flat.ends_of(ends)
        return starts, ends

    def then(self, other: OffsetMap) -> OffsetMap:
        """First this map and then another, whose text is this one's edited text."""
        return OffsetMap(self.layers + other.layers)

    def inverse(self) -> OffsetMap:
        """The way back, from ranges of the edited text to ranges of the text.

        Exact outside the replacements; a range that reaches into one is widened to what it replaced.
        """
        return OffsetMap(
            tuple(
                Layer(layer.new_starts, layer.new_ends, layer.starts, layer.ends)
                for layer in reversed(self.layers)
            )
        )


IDENTITY: Final = OffsetMap()
"""The map of a text without edits."""


@dataclass(frozen=True, slots=True)
class FlatLayer:
    """One layer each of many maps, end to end on one axis, text ``i`` beginning at ``i * stride``.

    An empty range one place before every text keeps the texts apart.

    Attributes
    ----------
    starts, ends, new_starts, new_ends : ndarray of int64, shape (n_texts + n_edits,)
    """

    starts: Positions
    ends: Positions
    new_starts: Positions
    new_ends: Positions

    @classmethod
    def of(cls, layers: Sequence[Layer | None], *, stride: int) -> Self:
        """Lay the layers end to end; `stride` is larger by 2 than every position in every text."""
        present = [(i, layer) for i, layer in enumerate(layers) if layer is not None]
        counts = np.zeros(len(layers), np.int64)
        counts[[i for i, _ in present]] = [len(layer.starts) for _, layer in present]
        bases = np.arange(len(layers), dtype=np.int64) * stride
        # Each text's marker stands before its edits: after as many edits as all texts before it have.
        at = np.concatenate(([0], np.cumsum(counts)))[:-1]
        owners = np.repeat(bases, counts)
        n_edits = int(counts.sum())

        def column(name: str) -> Positions:
            chained = (value for _, layer in present for value in getattr(layer, name))
            return np.insert(np.fromiter(chained, np.int64, n_edits) + owners, at, bases - 1)

        return cls(column("starts"), column("ends"), column("new_starts"), column("new_ends"))

    def starts_of(self, positions: Positions) -> Positions:
        """Where ranges that start at these positions of the axis start afterwards."""
        at = np.searchsorted(self.starts, positions, side="right") - 1
        inside = positions < self.ends[at]
        return np.where(inside, self.new_starts[at], self.new_ends[at] + positions - self.ends[at])

    def ends_of(self, positions: Positions) -> Positions:
        """Where ranges that end at these positions of the axis end afterwards."""
        # The last edit that starts before the end; a range that ends where an edit starts misses it.
        at = np.searchsorted(self.starts, positions, side="left") - 1
        inside = positions < self.ends[at]
        return np.where(inside, self.new_ends[at], self.new_ends[at] + positions - self.ends[at])
