"""Quotes and texts: whether a range of a text is what a quote says, and where in a text a quote stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

import numpy as np

from ppdarchive.coding.landing.counting import MARK, Axis, Mask
from ppdarchive.model.span import Positions
from ppdarchive.text.fold import fold

SHORTENED_FROM: Final = 100
"""Characters from which a quote may have been cut off without a sign; tools cut at 100 to 255."""

_ELLIPSIS: Final = re.compile(r"\s*(?:\.\.\.|\u2026|\[\.\.\.\]|\[\u2026\])\s*\Z")
_WORD: Final = re.compile(r"\S+")
_SPACE: Final = re.compile(rf"[\s{MARK}]+")
_SPACES: Final = np.array([ord(c) for c in map(chr, range(0x3001)) if c.isspace()] + [ord(MARK)], np.uint32)

_BLOCK_TEXTS: Final = 1 << 14

# Odd, so that it has an inverse modulo 2**64: a range's sum is brought down to the power 0.
_FACTOR: Final = 0x9E3779B97F4A7C15
_INVERSE: Final = pow(_FACTOR, -1, 1 << 64)


class Missing(StrEnum):
    """Why a quote has no place."""

    NOT_FOUND = "quote-not-found"
    NOT_UNIQUE = "quote-not-unique"


def located(text: str, quote: str) -> tuple[int, int] | Missing:
    """Where the only occurrence of a quote in a text stands.

    Sought as it is; then with white space of any length for white space; then folded
    (`ppdarchive.text.fold`) as well; then with no white space either where the quote has some, as
    Taguette's export writes it between paragraphs. The first way that finds it decides.

    Parameters
    ----------
    text : str
    quote : str
        Not blank.

    Returns
    -------
    tuple of int or Missing
        Start and end, half-open.

    Examples
    --------
    >>> located("She said:  \u201ccall me\u201d", 'said: "Call me"')
    (4, 20)
    """
    first = text.find(quote)
    if first >= 0:
        return Missing.NOT_UNIQUE if text.find(quote, first + 1) >= 0 else (first, first + len(quote))
    squeezed = _only(text, quote)
    if squeezed is not Missing.NOT_FOUND:
        return squeezed
    folded = fold(text)
    place = _only(folded.text, fold(quote).text)
    if place is Missing.NOT_FOUND:
        return _run_together(text, quote)
    return place if isinstance(place, Missing) else folded.original(*place)


def _only(text: str, quote: str) -> tuple[int, int] | Missing:
    """The only occurrence, however long its white space is."""
    wanted, squeezed = " ".join(quote.split()), " ".join(text.split())
    first = squeezed.find(wanted) if wanted else -1
    if first < 0:
        return Missing.NOT_FOUND
    if squeezed.find(wanted, first + 1) >= 0:
        return Missing.NOT_UNIQUE
    words = [word.start() for word in _WORD.finditer(text)]

    def original(at: int) -> int:
        """Where a character that is no white space stands in the text."""
        return words[squeezed.count(" ", 0, at)] + at - squeezed.rfind(" ", 0, at) - 1

    return original(first), original(first + len(wanted) - 1) + 1


def _run_together(text: str, quote: str) -> tuple[int, int] | Missing:
    """The only occurrence, where white space of the quote may be missing."""
    words = quote.split()
    # Of most quotes that have come so far nothing is to be found: that needs no pattern.
    if "".join(words) not in "".join(text.split()):
        return Missing.NOT_FOUND
    pattern = re.compile(r"\s*".join(map(re.escape, words)))
    found = pattern.search(text)
    if found is None:
        return Missing.NOT_FOUND
    return found.span() if pattern.search(text, found.start() + 1) is None else Missing.NOT_UNIQUE


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Quotes:
    """What is left of quotes without white space, as sums to compare ranges with.

    Attributes
    ----------
    whole, begun : ndarray of uint64, shape (n,)
        The sum of all of each quote, and of what certainly begins the selected text.
    whole_length, begun_length : ndarray of int64, shape (n,)
        Characters that each is of; `NONE` where a quote is not shortened, and nothing begins it.
    """

    whole: Sums
    begun: Sums
    whole_length: Positions
    begun_length: Positions

    @classmethod
    def of(cls, quotes: Sequence[str]) -> Self:
        """The sums of some quotes.

        A quote that ends with an ellipsis, or is as long as quotes that tools cut, may only begin its text.
        """
        whole, whole_length = _sums_of(quotes)
        begun, begun_length = np.zeros(len(quotes), np.uint64), np.full(len(quotes), -1)
        short = [(i, _ELLIPSIS.sub("", quote)) for i, quote in enumerate(quotes) if _may_be_short(quote)]
        at = [i for i, _ in short]
        begun[at], begun_length[at] = _sums_of([quote for _, quote in short])
        begun_length[begun_length == 0] = -1
        return cls(whole, begun, whole_length, begun_length)

    def __repr__(self) -> str:
        return f"<Quotes: {len(self.whole)}>"

    def taken(self, at: Positions) -> Quotes:
        """The quotes at some places."""
        return Quotes(self.whole[at], self.begun[at], self.whole_length[at], self.begun_length[at])

    def are(self, skeleton: Skeleton, start: Positions, end: Positions) -> Mask:
        """Whether each quote is what its range of an axis says, white space aside.

        Parameters
        ----------
        skeleton : Skeleton
        start, end : ndarray of int64, shape (n,)
            Places on the axis.
        """
        first, last = skeleton.ranks(start), skeleton.ranks(end)
        is_whole = (last - first == self.whole_length) & (skeleton.sums(first, last) == self.whole)
        may_begin = (self.begun_length >= 0) & (last - first >= self.begun_length)
        begun_end = np.where(may_begin, first + self.begun_length, first)
        is_equal: Mask = is_whole | (may_begin & (skeleton.sums(first, begun_end) == self.begun))
        return is_equal


Sums = np.ndarray[tuple[int], np.dtype[np.uint64]]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Skeleton:
    """The characters of an axis that are no white space, with sums that tell equal ranges.

    A range's sum is a polynomial in the mixed code points, modulo 2**64; two ranges of equal sum are taken
    as equal (Rabin and Karp's fingerprint, doi:10.1147/rd.312.0249).
    """

    axis: Axis
    _places: Positions
    _sums: Sums
    _powers: Sums

    @classmethod
    def of(cls, axis: Axis) -> Self:
        """The skeleton of an axis."""
        # A separator counts as a character: ranges of texts never reach it.
        is_space = (axis.codes <= ord(" ")) | (axis.codes > 0x7F)
        maybe = np.flatnonzero(is_space)
        is_space[maybe] = np.isin(axis.codes[maybe], _SPACES)
        places = np.flatnonzero(~is_space)
        powers = np.full(len(places) + 1, _INVERSE, np.uint64)
        powers[0] = 1
        np.multiply.accumulate(powers, out=powers)
        rising = np.full(len(places), _FACTOR, np.uint64)
        rising[:1] = 1
        np.multiply.accumulate(rising, out=rising)
        sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(_mixed(axis.codes[places]) * rising)))
        return cls(axis, places, sums, powers)

    def __repr__(self) -> str:
        return f"<Skeleton of {len(self._places)} characters>"

    def ranks(self, place: Positions) -> Positions:
        """How many characters of the skeleton stand before places on the axis."""
        return np.searchsorted(self._places, place)

    def sums(self, first: Positions, last: Positions) -> Sums:
        """The sums of ranges of the skeleton."""
        result: Sums = (self._sums[last] - self._sums[first]) * self._powers[first]
        return result


def _may_be_short(quote: str) -> bool:
    return len(quote) >= SHORTENED_FROM or quote.rstrip().endswith(("...", "\u2026", "]"))


def _sums_of(texts: Sequence[str]) -> tuple[Sums, Positions]:
    """The sums of the skeletons of whole texts, and how many characters each is of."""
    sums, lengths = np.zeros(len(texts), np.uint64), np.zeros(len(texts), np.int64)
    for begin in range(0, len(texts), _BLOCK_TEXTS):
        block = slice(begin, begin + _BLOCK_TEXTS)
        skeleton = Skeleton.of(Axis.of(texts[block]))
        starts = skeleton.axis.starts
        first, last = skeleton.ranks(starts), skeleton.ranks(starts + skeleton.axis.lengths)
        sums[block], lengths[block] = skeleton.sums(first, last), last - first
    return sums, lengths


def _mixed(codes: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> Sums:
    """Code points spread over 64 bits (the finalizer of SplitMix64, doi:10.1145/2714064.2660195)."""
    mixed = codes.astype(np.uint64) + np.uint64(_FACTOR)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: Sums = mixed ^ (mixed >> np.uint64(31))
    return result
