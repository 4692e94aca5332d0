"""A text under construction: what is planted and coded in it moves along with every edit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A labelled, half-open range of code points: a planted identifier or a coded segment."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A text, the identifiers planted in it and the segments that a perfect coder would mark."""

    text: str = ""
    spans: tuple[Mark, ...] = ()
    segments: tuple[Mark, ...] = ()

    def replacing_text(self, text: str) -> Draft:
        """Return the draft with another text of the same length, as after a change of case."""
        return Draft(text, self.spans, self.segments) if len(text) == len(self.text) else self


Change = tuple[int, int, str]
"""Replace the code points from the first number up to the second by a text."""


def edit(draft: Draft, changes: Sequence[Change]) -> Draft:
    """Apply disjoint changes; every mark follows its words.

    Parameters
    ----------
    draft : Draft
    changes : sequence of Change
        Sorted and disjoint. What is inserted at the edge of a mark stays outside of it; a
        replacement that reaches into a mark becomes part of it.

    Returns
    -------
    Draft
        Marks of which nothing is left are dropped.

    >>> edit(Draft("ask Dana now", (Mark(4, 8, "NAME"),)), [(0, 3, "tell"), (6, 7, "nn")]).spans
    (Mark(start=5, end=10, label='NAME'),)
    """
    if not changes:
        return draft
    pieces: list[str] = []
    starts: list[int] = []
    shifts: list[int] = []
    position = shift = 0
    for start, end, replacement in changes:
        pieces += (draft.text[position:start], replacement)
        position = end
        shift += len(replacement) - (end - start)
        starts.append(start)
        shifts.append(shift)
    pieces.append(draft.text[position:])

    def moved(point: int, *, opens: bool) -> int:
        index = bisect_right(starts, point) - 1
        if index < 0:
            return point
        start, end, replacement = changes[index]
        before = shifts[index - 1] if index else 0
        if point >= end and (opens or point > start):
            return point + shifts[index]
        return start + before if opens or point == start else start + before + len(replacement)

    def follow(marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
        ranges = ((moved(m.start, opens=True), moved(m.end, opens=False), m.label) for m in marks)
        return tuple(Mark(*found) for found in ranges if found[0] < found[1])

    return Draft("".join(pieces), follow(draft.spans), follow(draft.segments))
