"""Ways of counting positions in texts, and texts end to end, where all positions are converted at once."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ppdarchive.model.span import Positions
from ppdarchive.text.units import Unit

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint32]

MARK: Final = "\ufeff"
"""The byte-order mark, as a character."""

_LF, _CR, _MARK, _SEPARATOR = (ord(character) for character in ("\n", "\r", MARK, "\0"))
_ASCII: Final = 128
_BMP_END: Final = 0x10000
_UNSPACED: Final = (
    # Scripts that put no space between words, so that no border can be seen to cut one.
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x9FFF),  # Han, kana
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


class Breaks(StrEnum):
    """How line breaks count."""

    STORED = "line breaks as stored"
    LF_AS_TWO = "each line feed counted as two"
    CRLF_AS_ONE = "CRLF counted as one"


class Marks(StrEnum):
    """How a byte-order mark counts."""

    STORED = "byte-order mark as stored"
    NOT_COUNTED = "byte-order mark not counted"
    COUNTED = "a byte-order mark counted that is not stored"


_UNITS: Final = {Unit.CODE_POINT: "code points", Unit.UTF16: "UTF-16 units", Unit.UTF8: "UTF-8 bytes"}


@dataclass(frozen=True, slots=True)
class Counting:
    """One way of counting.

    Attributes
    ----------
    unit : Unit
    breaks : Breaks
    marks : Marks
    is_inclusive : bool
        Whether the end is the last unit itself and not the place behind it.
    base : int
        What the first place is called: 0 or 1.
    """

    unit: Unit = Unit.CODE_POINT
    breaks: Breaks = Breaks.STORED
    marks: Marks = Marks.STORED
    is_inclusive: bool = False
    base: int = 0

    @property
    def description(self) -> str:
        """The way in plain words.

        >>> Counting(Unit.UTF16, Breaks.CRLF_AS_ONE).description
        'UTF-16 units from 0, CRLF counted as one, byte-order mark as stored, end exclusive'
        """
        end = "inclusive" if self.is_inclusive else "exclusive"
        return f"{_UNITS[self.unit]} from {self.base}, {self.breaks}, {self.marks}, end {end}"


def countings(
    texts: Sequence[str], *, unit: Unit | None, bases: Sequence[int] = (0,), has_quotes: bool = True
) -> list[Counting]:
    """The ways of counting that can differ on some texts, in order of preference.

    The standard's comes first: code points of the text as it is stored, from 0, end exclusive.

    Parameters
    ----------
    texts : sequence of str
        As stored.
    unit : Unit or None
        What positions are known to count.
    bases : sequence of int
        What the first place may be called.
    has_quotes : bool
        Whether there are quotes. Without them a mark of three bytes, in texts that have no character of
        several, is not thought of: the fewer ways, the fewer fit by chance.

    References
    ----------
    REFI-QDA Standard 1.5, PlainTextSelection: positions are Unicode code points and the first is 0.
    """
    units = [unit] if unit is not None else [Unit.CODE_POINT]
    if unit is None:
        bodies = [text.removeprefix(MARK) for text in texts if not text.isascii()]
        if any(len(body.encode("utf-16-le", "surrogatepass")) > 2 * len(body) for body in bodies):
            units.append(Unit.UTF16)
        units.append(Unit.UTF8)
    is_plain = all(text.removeprefix(MARK).isascii() for text in texts)
    breaks = [Breaks.STORED]
    n_crlf, n_lf = (sum(text.count(end) for text in texts) for end in ("\r\n", "\n"))
    breaks += [Breaks.LF_AS_TWO] * (n_lf > n_crlf) + [Breaks.CRLF_AS_ONE] * (n_crlf > 0)
    n_marked = sum(text.startswith(MARK) for text in texts)
    marks = [Marks.STORED] + [Marks.NOT_COUNTED] * (n_marked > 0) + [Marks.COUNTED] * (n_marked < len(texts))
    every = [
        way
        for way in itertools.product(units, breaks, marks, (False, True), bases)
        # Of plain texts only the mark has other bytes than code points: three for one.
        if not (unit is None and is_plain and way[0] is Unit.UTF8)
        or (has_quotes and (way[2] is Marks.COUNTED or (way[2] is Marks.STORED and n_marked > 0)))
    ]
    # The fewer ways in which it departs from the standard, the earlier.
    return sorted(
        (Counting(*way) for way in every),
        key=lambda way: (
            (way.unit is not units[0])
            + (way.breaks is not Breaks.STORED)
            + (way.marks is not Marks.STORED)
            + 2 * way.is_inclusive  # hides that all positions are off by one
            + (way.base != bases[0])
        ),
    )


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Axis:
    """Texts end to end, with a separator behind each.

    Attributes
    ----------
    codes : ndarray of uint32, shape (n_characters,)
        Code points, separators included.
    starts, lengths : ndarray of int64, shape (n_texts,)
        Where each text starts on the axis, and its length in code points.
    """

    codes: Codes
    starts: Positions
    lengths: Positions
    _breaks: Positions
    _is_crlf: Mask
    _kinds: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """The axis of some texts."""
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths + 1)[:-1]))[: len(texts)]
        joined = "\0".join((*texts, ""))
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        breaks = np.flatnonzero(codes == _LF)
        return cls(codes, starts, lengths, breaks, (breaks > 0) & (codes[breaks - 1] == _CR), _kinds(codes))

    def __repr__(self) -> str:
        return f"<Axis of {len(self.starts)} texts>"

    def code_points(
        self, text: Positions, start: Positions, end: Positions, way: Counting
    ) -> tuple[Positions, Positions, Mask]:
        """Positions that count in some way as code points of their texts.

        Parameters
        ----------
        text : ndarray of int64, shape (n,)
            Indices into the texts.
        start, end : ndarray of int64, shape (n,)
            As a file counts them.
        way : Counting

        Returns
        -------
        start, end : ndarray of int64, shape (n,)
            Half-open; of no meaning where impossible.
        is_possible : ndarray of bool, shape (n,)
            Whether both lie in the text, between characters, in order. Between the two characters of a
            line break that counts as one, the place is the one behind it.
        """
        places, widths = self._odd(way)
        gained = np.concatenate((np.zeros(1, np.int64), np.cumsum(widths - 1)))
        # How many units stand on the axis before the end of each odd character.
        behind = places + 1 + gained[1:]
        text_start = self.starts[text]
        origin = text_start + gained[np.searchsorted(places, text_start)]
        shift = np.full(len(text), way.base, np.int64)
        if way.marks is Marks.COUNTED:
            shift += np.where(self._is_marked[text], 0, 3 if way.unit is Unit.UTF8 else 1)
        is_possible = start <= end
        converted: list[Positions] = []
        for position, extra in ((start, 0), (end, int(way.is_inclusive))):
            given = position - shift + extra
            units = origin + given
            at = np.searchsorted(behind, units, side="right")
            place = units - gained[at]
            # The next odd character begins before the place: the place is in it.
            next_odd = np.append(places, len(self.codes))[at]
            is_possible = is_possible & (given >= 0) & (place <= next_odd)
            is_possible &= place - text_start <= self.lengths[text]
            converted.append(place - text_start)
        return converted[0], converted[1], is_possible

    @property
    def _is_marked(self) -> Mask:
        marked: Mask = (self.lengths > 0) & (self.codes[self.starts] == _MARK)
        return marked

    def _odd(self, way: Counting) -> tuple[Positions, Positions]:
        """Where characters stand that do not count one, and what they count."""
        wide = np.zeros(0, np.int64)
        if way.unit is Unit.UTF8:
            wide = np.flatnonzero(self.codes >= _ASCII)
        elif way.unit is Unit.UTF16:
            wide = np.flatnonzero(self.codes >= _BMP_END)
        widths = np.ones(len(wide), np.int64)
        for threshold in (_ASCII, 0x800, _BMP_END) if way.unit is Unit.UTF8 else (_BMP_END,):
            widths += self.codes[wide] >= threshold
        if way.marks is Marks.NOT_COUNTED:
            marked = self.starts[self._is_marked]
            widths[np.isin(wide, marked)] = 0
            new = np.setdiff1d(marked, wide)
            wide, widths = _merged(wide, widths, new, 0)
        if way.breaks is Breaks.LF_AS_TWO:
            wide, widths = _merged(wide, widths, self._breaks[~self._is_crlf], 2)
        elif way.breaks is Breaks.CRLF_AS_ONE:
            wide, widths = _merged(wide, widths, self._breaks[self._is_crlf], 0)
        return wide, widths

    def cuts(self, text: Positions, position: Positions) -> Mask:
        """Whether borders cut a word, a character from its marks, or a line break, in the middle.

        Parameters
        ----------
        text, position : ndarray of int64, shape (n,)
            Code points of the texts, from 0 to their length.
        """
        place = self.starts[text] + position
        before, behind = self._kinds[np.maximum(place - 1, 0)], self._kinds[place]
        is_inner = (position > 0) & (position < self.lengths[text])
        is_break = (self.codes[np.maximum(place - 1, 0)] == _CR) & (self.codes[place] == _LF)
        is_cut: Mask = is_inner & (((before >= _WORD) & (behind == _WORD)) | (behind == _EXTENDS) | is_break)
        return is_cut


_OTHER, _WORD, _EXTENDS = 0, 1, 2


def _merged(places: Positions, widths: Positions, new: Positions, width: int) -> tuple[Positions, Positions]:
    """Two disjoint sorted columns of places as one."""
    at = np.searchsorted(places, new)
    return np.insert(places, at, new), np.insert(widths, at, width)


def _kinds(codes: Codes) -> npt.NDArray[np.uint8]:
    """What each character is to the word before it."""
    kinds = _ASCII_KINDS[np.minimum(codes, _ASCII - 1)]
    odd = np.flatnonzero(codes >= _ASCII)
    different, which = np.unique(codes[odd], return_inverse=True)
    kinds[odd] = np.array([_kind(int(code)) for code in different], np.uint8)[which]
    return kinds


def _kind(code: int) -> int:
    character = chr(code)
    if unicodedata.category(character).startswith("M") or character == "\u200d":
        return _EXTENDS
    is_spaced = not any(first <= code <= last for first, last in _UNSPACED)
    return _WORD if character.isalnum() and is_spaced else _OTHER


_ASCII_KINDS: Final = np.array([_kind(code) for code in range(_ASCII)], np.uint8)
