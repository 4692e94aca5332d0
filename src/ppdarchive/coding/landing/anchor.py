"""Segments of one text -> the same segments of a text that changed a little, and how sure that is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from ppdarchive.model.span import Positions

MARGIN: Final = 16
"""Characters on each side of a segment that tell where it stands, white space not counted."""

MARGIN_WEIGHT: Final = 0.25
"""What an edit in the margin counts, where one in the segment counts 1."""

DOUBT: Final = 0.8
"""What confidence is multiplied by where the place is doubtful."""

MAX_ALIGNED: Final = 1 << 30
"""Product of two texts' lengths beyond which they are not aligned; segments are then only looked up."""

_MAX_CANDIDATES: Final = 8
_NOT_SEEN: Final = frozenset("\ufeff\u200b")

Confidences = npt.NDArray[np.float64]
_Ranges = tuple[Positions, Positions]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Anchored:
    """Where segments stand in the other text.

    Attributes
    ----------
    start, end : ndarray of int64, shape (n,)
        Half-open, inside the response's text; empty where nothing of the segment is left.
    confidence : ndarray of float64, shape (n,)
        From 0 to 1.
    """

    start: Positions
    end: Positions
    confidence: Confidences

    def __repr__(self) -> str:
        return f"<Anchored: {len(self.start)} segments>"


def anchor(
    source_texts: Sequence[str],
    response_texts: Sequence[str] | Mapping[int, str],
    pairs: Positions,
    starts: Positions,
    ends: Positions,
) -> Anchored:
    """Find segments of sources in the texts of their responses.

    In equal texts a segment stays where it is. In texts that differ in white space, byte-order marks or
    Unicode normalization alone it stays on its characters. Both with confidence 1.

    Else a segment is sought in what is left of the texts without white space, in NFD. If it stands there
    once, with `MARGIN` characters unchanged on both sides (or up to the text's end), its confidence is 1.
    If not, its candidates are where an alignment of the texts by least edits leads, and where the segment
    stands as it was. The best is taken. The confidence of a candidate is

        min(1, 2 q) * (1 - (d + w e) / (n + m)),    q = 1 - d / n

    with d the edit distance between the segment and what it lands on, n the longer one's length, e that
    between their margins, m the margins' length, and w = `MARGIN_WEIGHT`. It falls with every further edit,
    and is 0 if nothing of the segment is left. It is multiplied by `DOUBT` if the same text stands elsewhere
    too and is not the same one in order as in the source, and if a border now cuts a word.

    Parameters
    ----------
    source_texts : sequence of str
    response_texts : sequence of str, or mapping of int to str
        Of the responses that `pairs` name at least.
    pairs : ndarray of int64, shape (n, 2)
        Which source and which response each segment is of.
    starts, ends : ndarray of int64, shape (n,)
        Code points of the source's text, ``0 <= start <= end <= length``.

    Returns
    -------
    Anchored

    References
    ----------
    Levenshtein (1966), Binary codes capable of correcting deletions, insertions and reversals, Soviet
    Physics Doklady 10(8), 707-710. Distances and alignments are rapidfuzz's.

    Examples
    --------
    >>> one = np.array([[0, 0]]), np.array([8]), np.array([23])
    >>> got = anchor(["I liked that my coahc called me"], ["I liked that my coach called me"], *one)
    >>> got.start.tolist(), got.end.tolist(), got.confidence.round(2).tolist()
    ([8], [23], [0.92])
    """
    start, end = starts.astype(np.int64), ends.astype(np.int64)
    confidence = np.ones(len(start), np.float64)
    for source, response, rows in _grouped(pairs):
        one, other = source_texts[source], response_texts[response]
        if one == other:
            continue
        landed = _Alignment(_Bare.of(one), _Bare.of(other)).landed(starts[rows], ends[rows])
        start[rows], end[rows], confidence[rows] = landed
    return Anchored(start, end, confidence)


def _grouped(pairs: Positions) -> Iterator[tuple[int, int, Positions]]:
    """Each different pair, and its rows."""
    if not len(pairs):
        return
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    ordered = pairs[order]
    borders = np.flatnonzero((ordered[1:] != ordered[:-1]).any(axis=1)) + 1
    for rows in np.split(order, borders):
        source, response = pairs[rows[0]].tolist()
        yield source, response, rows


class _Table(dict[int, str]):
    """What `str.translate` asks: a character in NFD, nothing for white space."""

    def __missing__(self, code_point: int) -> str:
        character = chr(code_point)
        is_bare = not character.isspace() and character not in _NOT_SEEN
        self[code_point] = unicodedata.normalize("NFD", character) if is_bare else ""
        return self[code_point]


_TABLE: Final = _Table()
_SPACES: Final = np.array([chr(code).isspace() for code in range(128)])


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class _Bare:
    """A text without white space, in NFD, and where each of its characters comes from.

    Attributes
    ----------
    text : str
    places : ndarray of int64, shape (len(text) + 1,)
        Places in the whole text; the last one is its length.
    befores : ndarray of int64, shape (len(text) + 1,)
        Where what stands before each character ends in the whole text.
    whole : str
    """

    text: str
    places: Positions
    befores: Positions
    whole: str

    @classmethod
    def of(cls, whole: str) -> Self:
        if whole.isascii():
            codes = np.frombuffer(whole.encode(), np.uint8)
            places = np.flatnonzero(~_SPACES[codes])
            text = codes[places].tobytes().decode()
        else:
            text = whole.translate(_TABLE)
            sizes = np.fromiter((len(_TABLE[ord(c)]) for c in whole), np.int64, len(whole))
            places = np.repeat(np.arange(len(whole)), sizes)
        befores = np.concatenate((np.zeros(1, np.int64), places + 1))
        return cls(text, np.append(places, len(whole)), befores, whole)

    def ranks(self, positions: Positions) -> Positions:
        """How many characters stand before positions in the whole text."""
        return np.searchsorted(self.places[:-1], positions)


@dataclass(repr=False, eq=False)
class _Alignment:
    """Two texts, and what of one is what of the other."""

    one: _Bare
    other: _Bare

    def landed(self, starts: Positions, ends: Positions) -> tuple[Positions, Positions, Confidences]:
        """Where segments of one text stand in the other, and how sure that is."""
        first, last = self.one.ranks(starts), self.one.ranks(ends)
        if self.one.text == self.other.text:
            own_first, own_last = first, last
            confidence = np.ones(len(starts), np.float64)
        else:
            found = [self._found(*segment) for segment in zip(first.tolist(), last.tolist(), strict=True)]
            own_first = np.array([at for at, _, _ in found], np.int64)
            own_last = np.array([at for _, at, _ in found], np.int64)
            confidence = np.array([sure for _, _, sure in found], np.float64)
        start, end = self._whole((starts, ends), (first, last), (own_first, own_last))
        is_gone = (start == end) & (starts < ends)
        confidence[is_gone] = 0
        if self.one.text != self.other.text:
            is_cut = _cuts(self.other.whole, start) & ~_cuts(self.one.whole, starts)
            is_cut |= _cuts(self.other.whole, end) & ~_cuts(self.one.whole, ends)
            confidence[is_cut] *= DOUBT
        return start, end, confidence

    def _whole(self, segments: _Ranges, bare: _Ranges, own: _Ranges) -> _Ranges:
        """Places in the other whole text, with the white space at the borders that both texts have."""
        one, other = self.one, self.other
        (starts, ends), (first, last), (own_first, own_last) = segments, bare, own
        room_before = np.maximum(other.places[own_first] - other.befores[own_first], 0)
        room_behind = np.maximum(other.places[own_last] - other.befores[own_last], 0)
        start = other.places[own_first] - np.minimum(one.places[first] - starts, room_before)
        end = other.befores[own_last] + np.minimum(ends - one.befores[last], room_behind)
        # A segment of white space alone, or empty: as far into the gap between two characters as it was.
        is_blank = own_first == own_last
        into = np.minimum(np.maximum(starts - one.befores[first], 0), room_before)
        blank_start = np.minimum(other.befores[own_first] + into, len(other.whole))
        blank_room = np.maximum(other.places[own_first] - blank_start, 0)
        was_blank = first == last
        blank_end = blank_start + np.where(was_blank, np.minimum(ends - starts, blank_room), 0)
        return np.where(is_blank, blank_start, start), np.where(is_blank, blank_end, end)

    def _found(self, first: int, last: int) -> tuple[int, int, float]:
        """Where a segment of one bare text stands in the other, and how sure that is."""
        one, other = self.one.text, self.other.text
        begin, finish = max(0, first - MARGIN), last + MARGIN
        needle = one[begin:finish]
        at = other.find(needle)
        if needle and at >= 0 and other.find(needle, at + 1) < 0 and one.count(needle) == 1:
            return at + first - begin, at + last - begin, 1.0
        candidates = [self._aligned(first, last)]
        segment = one[first:last]
        if segment:
            at = other.find(segment)
            while at >= 0 and len(candidates) <= _MAX_CANDIDATES:
                candidates.append((at, at + len(segment)))
                at = other.find(segment, at + 1)
        grown = dict.fromkeys(self._grown(first, last, *place) for place in candidates)
        scored = [(self._confidence(first, last, *place), *place) for place in grown]
        # The alignment's own is the first of equals.
        sure, own_first, own_last = max(scored, key=lambda each: each[0])
        if self._stands_elsewhere(first, last, own_first, own_last):
            sure *= DOUBT
        return own_first, own_last, sure

    def _confidence(self, first: int, last: int, own_first: int, own_last: int) -> float:
        """The formula of `anchor`."""
        one, other = self.one.text, self.other.text
        segment, landed = one[first:last], other[own_first:own_last]
        if segment and not landed:
            return 0.0
        left, right = one[max(0, first - MARGIN) : first], one[last : last + MARGIN]
        moved = Levenshtein.distance(left, other[max(0, own_first - len(left)) : own_first])
        moved += Levenshtein.distance(right, other[own_last : own_last + len(right)])
        edits = Levenshtein.distance(segment, landed)
        size = max(len(segment), len(landed))
        alike = 1 - edits / size if size else 1.0
        around = size + len(left) + len(right)
        return min(1.0, 2 * alike) * (1 - (edits + MARGIN_WEIGHT * moved) / around) if around else 1.0

    def _stands_elsewhere(self, first: int, last: int, own_first: int, own_last: int) -> bool:
        """Whether what was found is found in another place too, and its turn does not tell which is meant."""
        one, other = self.one.text, self.other.text
        segment, landed = one[first:last], other[own_first:own_last]
        if not landed or other.count(landed) < 2:
            return False
        was = (one.count(segment), one.count(segment, 0, first))
        return was != (other.count(landed), other.count(landed, 0, own_first))

    def _aligned(self, first: int, last: int) -> tuple[int, int]:
        """Where the alignment leads: from the first to the last character that has a counterpart."""
        counterparts, borders, _ = self._counterparts
        own = counterparts[first:last]
        own = own[own >= 0]
        if not len(own):
            return int(borders[first]), int(borders[first])
        return int(own[0]), int(own[-1]) + 1

    def _grown(self, first: int, last: int, own_first: int, own_last: int) -> tuple[int, int]:
        """A place with the letters that were added at its borders to words that it did not cut."""
        _, _, is_new = self._counterparts
        if own_first < own_last and not self._is_inside(self.one, first):
            while own_first > 0 and is_new[own_first - 1] and self._is_inside(self.other, own_first):
                own_first -= 1
        if own_first < own_last and not self._is_inside(self.one, last):
            while own_last < len(is_new) and is_new[own_last] and self._is_inside(self.other, own_last):
                own_last += 1
        return own_first, own_last

    @staticmethod
    def _is_inside(bare: _Bare, at: int) -> bool:
        """Whether a word goes on over a border."""
        return (
            0 < at < len(bare.text)
            and bool(bare.places[at] <= bare.befores[at])
            and bare.text[at - 1].isalnum()
            and bare.text[at].isalnum()
        )

    @cached_property
    def _counterparts(self) -> tuple[Positions, Positions, npt.NDArray[np.bool_]]:
        """Each character's counterpart, each border's, and which characters of the other are new.

        Returns
        -------
        counterparts : ndarray of int64, shape (n_one,)
            -1 where it was deleted.
        borders : ndarray of int64, shape (n_one + 1,)
        is_new : ndarray of bool, shape (n_other,)
        """
        n_one, n_other = len(self.one.text), len(self.other.text)
        counterparts = np.full(n_one, -1, np.int64)
        borders = np.full(n_one + 1, n_other, np.int64)
        is_new = np.ones(n_other, np.bool_)
        if n_one * n_other > MAX_ALIGNED:
            borders = np.minimum(np.arange(n_one + 1), n_other)
            return counterparts, borders, is_new
        for operation in Levenshtein.opcodes(self.one.text, self.other.text):
            begin, end, own = operation.src_start, operation.src_end, operation.dest_start
            if operation.tag in {"equal", "replace"}:
                counterparts[begin:end] = np.arange(own, operation.dest_end)
                borders[begin:end] = np.arange(own, operation.dest_end)
                is_new[own : operation.dest_end] = False
            else:
                borders[begin:end] = own
        return counterparts, borders, is_new


def _cuts(text: str, positions: Positions) -> npt.NDArray[np.bool_]:
    """Whether each position stands inside a word."""
    return np.array(
        [text[at - 1 : at].isalnum() and text[at : at + 1].isalnum() if at else False for at in positions],
        np.bool_,
    )
