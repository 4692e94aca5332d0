"""An earlier and a later form of one text -> which words of the earlier the later has replaced.

Whoever holds both reads off what was found worth hiding: the earlier is the answer key of the later. So
nothing may be missed, and where two readings of the texts are possible, all words are told that either of
them says were replaced.

1. Mostly the later text is the earlier with more marks. Then its words stand in the earlier one in their
   order, with something in the place of every mark. Words that can stand in one place only are shown by
   both; all else was replaced.
2. If the earlier is the later with more marks, nothing was replaced.
3. Otherwise, with marks in both, or surrogates, which nothing tells from words, both are laid beside each
   other word by word, so that most words agree, and where they do not, there is something on either side.
   Words that agree in every best such alignment are shown by both.

Where it is known of every replacement in the later text where it stands, words that differ and have none in
their place were corrected by somebody, and replaced by nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.tags import replaced_ranges

Range = tuple[int, int]
Marks = Callable[[str], Iterable[Range]]
"""A text -> the ranges of it that stand in place of words, in order."""

_Ints = npt.NDArray[np.int32]

_TOKEN: Final = re.compile(r"\w+|\s+|[^\w\s]")
_MARK: Final = "\ud800"
"""A code point that no text in a table can hold: in place of each of a mark's own."""
_NEVER: Final = -(1 << 30)
_LARGEST: Final = 4_000_000
"""Pairs of words that are compared; of longer texts all between first and last difference counts."""
_EMPTY: Final = frozenset("PZC")
"""General categories of characters that say nothing by themselves: punctuation, spaces, control."""


def hidden_ranges(
    earlier: str,
    later: str | None,
    marks: Marks = replaced_ranges,
    *,
    replaced: Sequence[Range] | None = None,
) -> list[Range]:
    """Find what a later form of a text has replaced.

    Parameters
    ----------
    earlier : str
    later : str or None
        None if it is withheld.
    marks : Marks
    replaced : sequence of (int, int), optional
        Where `later` has replacements that no mark shows, in order: surrogates. Without it, that is not
        known, and any other word may be one.

    Returns
    -------
    list of (int, int)
        Ranges of `earlier`, in order, apart from each other; none of a mark, and none without letter, digit
        or symbol. None at all if `later` only shows more, or other marks in the same places.

    Examples
    --------
    >>> hidden_ranges("Anna called me on Monday", "[NAME] called me on [DATE]")
    [(0, 4), (18, 24)]
    >>> hidden_ranges("[NAME] called me on Monday", "Anna called me on Monday")
    []
    >>> hidden_ranges("I recieved it", "I received it", replaced=())
    []
    """
    if later is None:
        return list(_told(earlier, list(marks(earlier)), []))
    if later == earlier:
        return []
    own, other = list(marks(earlier)), sorted({*marks(later), *(replaced or ())})
    if replaced is not None and not other:
        return []
    hidden, masked = _masked(earlier, own), _masked(later, other)
    shown = _fitted(hidden, _pieces(later, other))
    if shown is None and _fitted(masked, _pieces(earlier, own)) is not None:
        return []
    if shown is None:
        shown = _agreeing(hidden, masked, only_marked=replaced is not None)
    return list(_told(earlier, own, shown))


def _masked(text: str, ranges: Sequence[Range]) -> str:
    for start, end in ranges:
        text = text[:start] + _MARK * (end - start) + text[end:]
    return text


def _pieces(text: str, ranges: Sequence[Range]) -> list[str]:
    """What stands before, between and behind marks; marks beside each other are one."""
    pieces: list[str] = []
    begin = 0
    for start, end in ranges:
        if start > begin or not pieces:
            pieces.append(text[begin:start])
        begin = end
    return [*pieces, text[begin:]]


def _fitted(text: str, pieces: Sequence[str]) -> list[Range] | None:
    """Where pieces stand in a text in their order, from its start to its end.

    Returns
    -------
    list of (int, int), or None
        Of those that can stand in one place only; None if they can't stand in it with something between.
    """
    if len(pieces) == 1 or not text.startswith(pieces[0]) or not text.endswith(pieces[-1]):
        return None
    first, last = (0, len(pieces[0])), (len(text) - len(pieces[-1]), len(text))
    lefts, position = [], first[1]
    for piece in pieces[1:-1]:
        found = text.find(piece, position + 1, last[0])
        if found < 0:
            return None
        lefts.append(found)
        position = found + len(piece)
    if position >= last[0]:
        return None
    rights, position = [], last[0]
    for piece in reversed(pieces[1:-1]):
        position = text.rfind(piece, first[1], position - 1)
        rights.append(position)
    sure = [
        (left, left + len(piece))
        for piece, left, right in zip(pieces[1:-1], lefts, reversed(rights), strict=True)
        if left == right
    ]
    return [first, *sure, last]


def _agreeing(earlier: str, later: str, *, only_marked: bool) -> list[Range]:
    """The ranges of a text that another shows too, in every best alignment of both.

    With `only_marked` also those that differ from it where it has no mark.
    """
    own, other = _tokens(earlier), _tokens(later)
    if not own or not other:
        return []
    if len(own) * len(other) > _LARGEST:
        return _ends(earlier, later)
    partners = _partners([text for text, _ in own], [text for text, _ in other])
    shown = [place for (_, place), found in zip(own, partners, strict=True) if found is not None]
    if not only_marked:
        return shown
    is_mark = np.array([False, *(_MARK in text for text, _ in other), False])
    n_marks = np.cumsum(is_mark)
    # A gap between two matched tokens lies between the first partner of one and the last of the other.
    starts, begin, first = [*shown, (len(earlier), len(earlier))], 0, 0
    ends = [*(found for found in partners if found is not None), (len(other) + 1, len(other) + 1)]
    for place, (low, high) in zip(starts, ends, strict=True):
        if begin < place[0] and n_marks[high - 1] == n_marks[first]:
            shown.append((begin, place[0]))
        begin, first = place[1], low
    return sorted(shown)


def _tokens(text: str) -> list[tuple[str, Range]]:
    """Words, spaces and signs; each mark is one."""
    found = re.finditer(f"{_MARK}+|{_TOKEN.pattern}", text)
    return [(match.group(), match.span()) for match in found]


def _ends(earlier: str, later: str) -> list[Range]:
    """What two texts begin with and end with alike."""
    n = min(len(earlier), len(later))
    begin = next((place for place in range(n) if earlier[place] != later[place]), n)
    behind = next(
        (place for place in range(n - begin) if earlier[-1 - place] != later[-1 - place]), n - begin
    )
    return [(0, begin), (len(earlier) - behind, len(earlier))]


def _partners(own: Sequence[str], other: Sequence[str]) -> list[tuple[int, int] | None]:
    """Which tokens are matched in every best alignment, each with its first and last partner, from 1.

    An alignment matches equal tokens in order. Between two matches there is nothing on both sides, or
    something on both: a mark or a surrogate stands in place of words, and never in place of nothing. The best
    matches most letters.
    """
    weights = np.array([0 if _MARK in text else 2 * len(text) if text[0].isalnum() else 1 for text in own])
    numbers = {text: number for number, text in enumerate(dict.fromkeys([*own, *other]))}
    mine = np.array([-1 if _MARK in text else numbers[text] for text in own])
    theirs = np.array([-2 if _MARK in text else numbers[text] for text in other])
    matched, before = _scores(mine, theirs, weights)
    matched_behind, behind = _scores(mine[::-1], theirs[::-1], weights[::-1])
    behind = behind[::-1, ::-1]
    best = max(int(matched[-1].max()), int(before[-2, -2]))
    # The best of all alignments that leave a token unmatched, in a gap from a match before to one behind it.
    without = (before[:-1, :-1] + behind[1:, 1:]).max(axis=1)
    through = matched[1:, 1:] + matched_behind[1:, 1:][::-1, ::-1] - weights[:, np.newaxis]
    found: list[tuple[int, int] | None] = []
    for row, (weight, each) in enumerate(zip(weights, without, strict=True)):
        with_it = np.flatnonzero(through[row] == through[row].max())
        stays = bool(weight) and bool(each < best)
        found.append((int(with_it[0]) + 1, int(with_it[-1]) + 1) if stays else None)
    return found


def _scores(
    mine: npt.NDArray[np.int64], theirs: npt.NDArray[np.int64], weights: _Ints
) -> tuple[_Ints, _Ints]:
    """The best scores of alignments of beginnings of two texts.

    Returns
    -------
    matched : ndarray of int32, shape (n_mine + 1, n_theirs + 1)
        Of each two beginnings whose last tokens are matched with each other.
    reached : ndarray of int32, shape (n_mine + 1, n_theirs + 1)
        Of each two beginnings and all shorter ones, the last tokens matched.
    """
    width = len(theirs) + 1
    reached = np.full((len(mine) + 1, width), _NEVER, dtype=np.int32)
    matched = np.full((len(mine) + 1, width), _NEVER, dtype=np.int32)
    matched[0, 0] = 0
    reached[0] = 0
    for row in range(1, len(mine) + 1):
        before = matched[row - 1, :-1].copy()
        if row > 1:
            before[1:] = np.maximum(before[1:], reached[row - 2, :-2])
        equal = theirs == mine[row - 1]
        matched[row, 1:][equal] = np.maximum(before[equal] + weights[row - 1], _NEVER)
        reached[row] = np.maximum(reached[row - 1], np.maximum.accumulate(matched[row]))
    return matched, reached


def _told(text: str, own: Sequence[Range], shown: Sequence[Range]) -> Iterator[Range]:
    """What is neither a mark nor shown, without spaces around it; nothing that says nothing."""
    begin = 0
    for start, end in sorted([*own, *shown, (len(text), len(text))]):
        if begin < start:
            piece = text[begin:start]
            first = begin + len(piece) - len(piece.lstrip())
            last = begin + len(piece.rstrip())
            if any(unicodedata.category(sign)[0] not in _EMPTY for sign in piece):
                yield first, last
        begin = max(begin, end)
