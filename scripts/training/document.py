"""Labelled texts, and edits that keep their labels in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

Label: TypeAlias = tuple[int, int, str]
"""Start, end (code points, half-open) and the value of a `TextCategory`."""

Change: TypeAlias = tuple[int, int, str]
"""Start, end and what stands there instead; an empty range inserts."""


@dataclass(frozen=True, slots=True)
class Document:
    """One text with what identifies somebody in it.

    Attributes
    ----------
    text : str
    spans : list of tuple
        ``(start, end, label)``, sorted and disjoint.
    genre : str
        Where it comes from: a template file's name, or a corpus.
    ignored : list of tuple
        ``(start, end)``, sorted; what stands there is neither right nor wrong to find.
    """

    text: str
    spans: list[Label]
    genre: str = ""
    ignored: list[tuple[int, int]] | tuple[()] = ()

    def check(self) -> None:
        """Refuse spans that select nothing, overlap, or end outside of the text.

        Raises
        ------
        ValueError
            Without the text: it may be a corpus's.
        """
        for places in (self.spans, self.ignored):
            for start, end, *_ in places:
                if not 0 <= start < end <= len(self.text):
                    raise ValueError(f"a range from {start} to {end} in a text of {len(self.text)}")
        for (_, end, _), (start, _, _) in pairwise(self.spans):
            if start < end:
                raise ValueError(f"a span that starts at {start} overlaps one that ends at {end}")


def edit(document: Document, changes: Sequence[Change]) -> Document:
    """Make changes to the text and move the labels with it.

    Parameters
    ----------
    document : Document
    changes : sequence of Change
        Sorted and disjoint. A change inside a span belongs to it afterwards; an insertion at its
        edge does not; a change that lies across an edge of a span is left out.

    Returns
    -------
    Document
        Spans that nothing is left of are gone.

    >>> edit(Document("ask Ann", [(4, 7, "NAME")]), [(0, 3, "pls ask"), (5, 5, "n")])
    Document(text='pls ask Annn', spans=[(8, 12, 'NAME')], genre='', ignored=())
    """
    if not changes:
        return document
    edges = {place for start, end, _ in document.spans for place in (start, end)}
    edges.update(place for start, end in document.ignored for place in (start, end))
    text = document.text
    pieces: list[str] = []
    shifts: list[tuple[int, int, int]] = []
    last = shift = 0
    for start, end, replacement in changes:
        if start < last or (end - start > 1 and any(start < edge < end for edge in edges)):
            continue
        pieces += (text[last:start], replacement)
        last = end
        shift += len(replacement) - (end - start)
        shifts.append((start, end, shift))
    pieces.append(text[last:])

    def moved(places: Iterable[Label | tuple[int, int]]) -> list[tuple[int, int]]:
        return [(_after(shifts, place[0]), _before(shifts, place[1])) for place in places]

    spans = [
        (start, end, label)
        for (start, end), (_, _, label) in zip(moved(document.spans), document.spans, strict=True)
        if start < end
    ]
    ignored = [place for place in moved(document.ignored) if place[0] < place[1]]
    return Document("".join(pieces), spans, document.genre, ignored or ())


def _after(shifts: list[tuple[int, int, int]], position: int) -> int:
    """Where a range that starts here starts: behind what was inserted at this place."""
    total = 0
    for start, end, shift in shifts:
        if start < position or (start == end == position):
            total = shift
        else:
            break
    return position + total


def _before(shifts: list[tuple[int, int, int]], position: int) -> int:
    """Where a range that ends here ends: before what was inserted at this place."""
    total = 0
    for start, end, shift in shifts:
        if end <= position and start < position:
            total = shift
        else:
            break
    return position + total
