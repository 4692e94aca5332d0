"""Many texts as one: folded end to end once, so that detectors work on a batch and not on each text.

A batch is a sequence of its texts, so whatever takes texts takes a batch. Behind each text stands a
separator that no folded text holds, so no pattern that does not ask for it reaches into the next.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Self, overload

import numpy as np
import numpy.typing as npt

from ppdarchive.text.fold import folded_character

SEPARATOR: Final = "\x00"
"""What stands behind each folded text; folding leaves no such character in a text."""

Codes = npt.NDArray[np.uint32]
"""Characters as code points."""

Positions = npt.NDArray[np.int64]

_ASCII: Final = 128
_SPACES: Final = np.array([chr(code).isspace() for code in range(_ASCII)])
_CODES: Final = np.arange(_ASCII)
_PLAIN: Final = np.append(((_CODES >= 32) & (_CODES < 127)) | _SPACES, False)
"""The ASCII characters that folding keeps; the last place is for all others."""
_CAPITAL_GAP: Final = ord("a") - ord("A")


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class TextBatch(Sequence[str]):
    r"""Texts, and their plain form (`ppdarchive.text.fold`) end to end.

    Attributes
    ----------
    texts : tuple of str, length n
    folded : str, length m
        Each text folded, and a separator behind it.
    lower, cased : ndarray of uint32, shape (m,)
        The characters of `folded`, and the same with their capitals.
    starts : ndarray of int64, shape (n + 1,)
        Where each folded text starts; the last is `m`.

    Examples
    --------
    >>> batch = TextBatch.of(["Ask ANNA", "Zoë’s"])
    >>> batch.folded
    "ask anna\x00zoe's\x00"
    >>> batch.place(9, 12)  # "zoe": the second text, from 0 to 3
    (1, 0, 3)
    """

    texts: tuple[str, ...]
    folded: str
    lower: Codes
    cased: Codes
    starts: Positions
    _text_starts: Positions
    _origins: Positions | None

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """The batch of some texts; a batch is its own."""
        if isinstance(texts, cls):
            return texts
        own = tuple(texts)
        sizes = np.fromiter((len(text) + 1 for text in own), np.int64, len(own))
        text_starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))
        joined = SEPARATOR.join((*own, ""))
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint32)
        # White space, controls, separators and all beyond ASCII; what stands before a space wraps around.
        odd = np.flatnonzero(codes - np.uint32(ord(" ")) > np.uint32(ord("~") - ord(" ")))
        is_special = ~_PLAIN[np.minimum(codes[odd], _ASCII)]
        is_special[np.searchsorted(odd, text_starts[1:] - 1)] = False
        special = odd[is_special]
        if not len(special):
            return cls(own, joined.lower(), _lower(codes), codes, text_starts, text_starts, None)
        lower, cased, origins = _folded(codes, special)
        folded = lower.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        starts = text_starts if origins is None else np.searchsorted(origins, text_starts)
        return cls(own, folded, lower, cased, starts, text_starts, origins)

    def __repr__(self) -> str:
        return f"TextBatch({len(self.texts)} texts)"

    def __len__(self) -> int:
        return len(self.texts)

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        return self.texts[at]

    def place(self, start: int, end: int) -> tuple[int, int, int]:
        """The text, and the range of it, that folds to ``[start, end)`` of the folded batch.

        Marks and unseen characters behind a character belong to it; a range that cuts an expanded
        character is widened to the whole character.

        Parameters
        ----------
        start, end : int
            ``start < end``, within one text.
        """
        text, first, last = self.places(np.array([start]), np.array([end]))
        return int(text[0]), int(first[0]), int(last[0])

    def places(self, starts: Positions, ends: Positions) -> tuple[Positions, Positions, Positions]:
        """The texts, and the ranges of them, of many ranges of the folded batch.

        Parameters
        ----------
        starts, ends : ndarray of int64, shape (k,)
            ``start < end`` in each row, within one text.

        Returns
        -------
        tuple of three ndarray of int64, shape (k,)
            Text, start and end in that text.
        """
        if self._origins is not None:
            first, last = self._origins[starts], self._origins[ends - 1] + 1
            starts, ends = first, np.maximum(last, self._origins[ends])
        texts = np.searchsorted(self._text_starts, starts, side="right") - 1
        return texts, starts - self._text_starts[texts], ends - self._text_starts[texts]


def _lower(codes: Codes) -> Codes:
    """Characters with ASCII's capitals in small letters."""
    # What stands before A wraps around to a large number.
    is_capital = codes - np.uint32(ord("A")) <= np.uint32(ord("Z") - ord("A"))
    return codes + is_capital * np.uint32(_CAPITAL_GAP)


def _folded(codes: Codes, at: Positions) -> tuple[Codes, Codes, Positions | None]:
    """Characters folded, those at some places by rule; cased; where each comes from, if not one from one."""
    kinds, kind_of = np.unique(codes[at], return_inverse=True)
    forms = [_forms(int(kind)) for kind in kinds]
    lengths = np.array([len(form) for form, _ in forms], np.int64)
    lower = _lower(codes)
    cased = codes.copy()
    origins = None
    if (lengths != 1).any():
        sizes = np.ones(len(codes), np.int64)
        sizes[at] = lengths[kind_of]
        origins = np.repeat(np.arange(len(codes)), sizes)
        new_at = (np.cumsum(sizes) - sizes)[at]
        lower, cased = lower[origins], cased[origins]
    else:
        new_at = at
    for nth in range(int(lengths.max(initial=0))):
        reach = lengths[kind_of] > nth
        own = kind_of[reach]
        lower[new_at[reach] + nth] = np.array(
            [ord(f[nth]) if len(f) > nth else 0 for f, _ in forms], np.uint32
        )[own]
        cased[new_at[reach] + nth] = np.array(
            [ord(c[nth]) if len(c) > nth else 0 for _, c in forms], np.uint32
        )[own]
    return lower, cased, origins


@cache
def _forms(code: int) -> tuple[str, str]:
    """One character's folded form, and the same with its capitals."""
    folded = folded_character(code)
    character = chr(code)
    if folded == character or not (character.isupper() or unicodedata.category(character) == "Lt"):
        return folded, folded
    capital = folded.upper() if len(folded.upper()) == len(folded) else folded
    return folded, capital
