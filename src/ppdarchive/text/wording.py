"""Where words stand in a text, however they are written: for what must go from every version of a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from ppdarchive.text.fold import fold

Ranges = list[tuple[int, int]]
"""Ranges of one text, sorted and disjoint."""

_WORD: Final = re.compile(r"[^\W_]+")
BARRIER: Final = ""
"""Stands among words for a replacement: no run of words reaches across one."""


@dataclass(frozen=True, slots=True, repr=False)
class Wording:
    """The words of a text, folded, and the range of the text that each one stands at.

    Attributes
    ----------
    words : tuple of str, length n
        Letters and digits; `BARRIER` for each barred range.
    ranges : tuple of tuple of int, length n
    """

    words: tuple[str, ...]
    ranges: tuple[tuple[int, int], ...]

    def __repr__(self) -> str:
        return f"<Wording of {len(self.words)} words>"

    def widened(self, start: int, end: int) -> tuple[int, int]:
        """The range without cut words: half of a name tells the name."""
        own = [place for place, word in zip(self.ranges, self.words, strict=True) if word != BARRIER]
        start = min([start, *(first for first, last in own if first < start < last)])
        return start, max([end, *(last for first, last in own if first < end < last)])

    def runs(self, start: int, end: int) -> list[tuple[str, ...]]:
        """The runs of words that a range of the text reaches into, parted by replacements."""
        found: list[list[str]] = [[]]
        for word, (first, last) in zip(self.words, self.ranges, strict=True):
            if first < end and start < last:
                if word == BARRIER:
                    found.append([])
                else:
                    found[-1].append(word)
        return [tuple(run) for run in found if run]


def wording(text: str, barred: Sequence[tuple[int, int]] = ()) -> Wording:
    """The words of a text.

    Parameters
    ----------
    text : str
    barred : sequence of tuple of int
        Sorted ranges that are replacements: what stands there is no word.

    Examples
    --------
    >>> wording("In [NAME]’s Zoë-room", [(3, 9)]).words
    ('in', '', 's', 'zoe', 'room')
    """
    folded = fold(text)
    found = [(folded.original(match.start(), match.end()), match[0]) for match in _WORD.finditer(folded.text)]
    kept = [
        (place, word)
        for place, word in found
        if not any(start < place[1] and place[0] < end for start, end in barred)
    ]
    every = sorted([*kept, *((tuple(place), BARRIER) for place in barred)])
    return Wording(tuple(word for _, word in every), tuple((place[0], place[1]) for place, _ in every))


def occurrences(text: Wording, words: Sequence[str]) -> Ranges:
    """Where words stand one after the other, whatever stands between them.

    Examples
    --------
    >>> occurrences(wording("Fort Drum? No, fort-DRUM, and drum."), ("fort", "drum"))
    [(0, 9), (15, 24)]
    """
    n, wanted = len(words), tuple(words)
    found: Ranges = []
    at = 0
    while n and at + n <= len(text.words):
        if text.words[at : at + n] == wanted:
            found.append((text.ranges[at][0], text.ranges[at + n - 1][1]))
            at += n
        else:
            at += 1
    return found


def counterparts(text: Wording, place: tuple[int, int], other: Wording) -> Ranges:
    """What is left in another version of a text of the words at one place.

    The versions were redacted otherwise, so that fewer of the words may be there than one after the other.

    Examples
    --------
    >>> one, other = wording("I met Ann Lee at home"), wording("I met [NAME] Lee at home", [(6, 12)])
    >>> counterparts(one, (6, 13), other)
    [(13, 16)]
    """
    matcher = SequenceMatcher(None, text.words, other.words, autojunk=False)
    found: set[tuple[int, int]] = set()
    for own, theirs, size in matcher.get_matching_blocks():
        for step in range(size):
            first, last = text.ranges[own + step]
            if first < place[1] and place[0] < last and text.words[own + step] != BARRIER:
                found.add(other.ranges[theirs + step])
    return sorted(found)


def merged(ranges: Sequence[tuple[int, int]]) -> Ranges:
    """Ranges as disjoint ones, in order; those that overlap or touch become one.

    Examples
    --------
    >>> merged([(4, 6), (0, 2), (5, 9), (2, 3)])
    [(0, 3), (4, 9)]
    """
    found: Ranges = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
