"""Words, numbers and signs of a batch, found and hashed as columns; no loop over them.

A token is a run of letters, a run of decimal digits, or one character of any other kind; white space
and separators are none. A word's hash is computed from its folded letters alone, so that two spellings
in other capitals or with other marks are one word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ppdarchive.text.batch import SEPARATOR, Codes, Positions, TextBatch

Hashes = npt.NDArray[np.uint64]
"""Hashes of words, 64 bits each."""


class Kind(IntEnum):
    """What a character, and so a token, is."""

    SPACE = 0
    LETTER = 1
    DIGIT = 2
    SIGN = 3


_ASCII: Final = 128
_BASE: Final = 0x9E3779B97F4A7C15
_INVERSE: Final = pow(_BASE, -1, 1 << 64)
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)
_MOST_SLOT_BITS: Final = 16
"""Slots that stay in the processor's cache."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Tokens:
    """The tokens of a batch in order.

    Attributes
    ----------
    starts, ends : ndarray of int64, shape (n,)
        In `TextBatch.folded`.
    kinds : ndarray of uint8, shape (n,)
        `Kind`; never ``SPACE``.
    texts : ndarray of int64, shape (n,)
        Whose tokens they are.
    hashes : ndarray of uint64, shape (n,)
        Of their folded characters.
    """

    starts: Positions
    ends: Positions
    kinds: npt.NDArray[np.uint8]
    texts: Positions
    hashes: Hashes

    @classmethod
    def of(cls, batch: TextBatch) -> Self:
        """Find the tokens of a batch.

        Examples
        --------
        >>> batch = TextBatch.of(["It's 5pm"])
        >>> tokens = Tokens.of(batch)
        >>> [batch.folded[a:b] for a, b in zip(tokens.starts, tokens.ends)]
        ['it', "'", 's', '5', 'pm']
        """
        kinds = kinds_of(batch.lower)
        is_first = np.empty(len(kinds), np.bool_)
        is_first[:1] = True
        np.not_equal(kinds[1:], kinds[:-1], out=is_first[1:])
        is_first |= kinds == Kind.SIGN
        borders = np.append(np.flatnonzero(is_first), len(kinds))
        starts, ends = borders[:-1], borders[1:]
        kept = np.flatnonzero(kinds[starts] != Kind.SPACE)
        starts, ends = starts[kept], ends[kept]
        n_before = np.searchsorted(starts, batch.starts)
        texts = np.repeat(np.arange(len(batch)), n_before[1:] - n_before[:-1])
        return cls(starts, ends, kinds[starts], texts, range_hashes(batch.lower, starts, ends))

    def __len__(self) -> int:
        return len(self.starts)


@lru_cache(maxsize=1)
def tokens_of(batch: TextBatch) -> Tokens:
    """The tokens of a batch, the same ones for every detector that asks while it is the last batch."""
    return Tokens.of(batch)


def kinds_of(codes: Codes) -> npt.NDArray[np.uint8]:
    """The `Kind` of each folded character; separators count as space."""
    small = codes < _ASCII
    if small.all():
        return _ascii_kinds()[codes]
    kinds = _ascii_kinds()[np.minimum(codes, _ASCII - 1)]
    rare, kind_of = np.unique(codes[~small], return_inverse=True)
    kinds[~small] = np.array([_kind(chr(code)) for code in rare], np.uint8)[kind_of]
    return kinds


def range_hashes(codes: Codes, starts: Positions, ends: Positions) -> Hashes:
    """The hash of each range of some characters; equal ranges have equal hashes, wherever they stand."""
    return RangeHashes(codes).of(starts, ends)


class RangeHashes:
    """Hashes of ranges of some characters, whose running sums are computed once.

    Parameters
    ----------
    codes : ndarray of uint32, shape (m,)
    """

    __slots__ = ("_inverses", "_sums")

    def __init__(self, codes: Codes) -> None:
        powers, self._inverses = _powers(_rounded(len(codes)))
        self._sums: Hashes = np.zeros(len(codes) + 1, np.uint64)
        np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * powers[: len(codes)], out=self._sums[1:])

    def of(self, starts: Positions, ends: Positions) -> Hashes:
        """The hash of each range, shape (k,)."""
        hashes = (self._sums[ends] - self._sums[starts]) * self._inverses[starts]
        hashes ^= hashes >> np.uint64(32)
        hashes *= _MIX
        hashes ^= hashes >> np.uint64(32)
        return hashes


def numbered(hashes: Hashes) -> tuple[Positions, Positions]:
    """Number hashes as they come, equal ones alike.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)

    Returns
    -------
    tuple of ndarray of int64, shape (n,) and ndarray of int64, shape (k,)
        The number of each, and where each number stands first.

    Examples
    --------
    >>> numbers, first = numbered(np.array([7, 9, 7], np.uint64))
    >>> numbers.tolist(), first.tolist()
    ([0, 1, 0], [0, 1])
    """
    bits = min(max(len(hashes), 2).bit_length() + 1, _MOST_SLOT_BITS)
    slots = np.empty(1 << bits, np.int64)
    every = open_ = np.arange(len(hashes))
    firsts, own = every.copy(), hashes
    # Each round settles what stands first in its slot, and all that equals it.
    while len(open_):
        own = own * np.uint64(_BASE)
        slot = (own >> np.uint64(64 - bits)).astype(np.int64)
        slots[slot[::-1]] = open_[::-1]
        here = slots[slot]
        firsts[open_] = here
        left = np.flatnonzero(hashes[here] != hashes[open_])
        open_, own = open_[left], own[left]
    is_first = firsts == every
    return (np.cumsum(is_first) - 1)[firsts], np.flatnonzero(is_first)


def word_hashes(words: Sequence[str]) -> Hashes:
    """The hashes of folded words, as `Tokens.hashes` has them.

    Parameters
    ----------
    words : sequence of str, length n
        Folded already (`ppdarchive.text.fold`); none is empty.

    Returns
    -------
    ndarray of uint64, shape (n,)
    """
    codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint32)
    ends = np.cumsum(np.fromiter(map(len, words), np.int64, len(words)))
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1])) if len(words) else ends
    return range_hashes(codes, starts, ends)


def _kind(character: str) -> Kind:
    if character == SEPARATOR or character.isspace():
        return Kind.SPACE
    if character.isalpha():
        return Kind.LETTER
    return Kind.DIGIT if character.isdecimal() else Kind.SIGN


@cache
def _ascii_kinds() -> npt.NDArray[np.uint8]:
    return np.array([_kind(chr(code)) for code in range(_ASCII)], np.uint8)


def _rounded(size: int) -> int:
    """The next power of two: few sizes, so that few tables are made."""
    return 1 << max(size - 1, 1 << 10).bit_length()


@cache
def _powers(size: int) -> tuple[Hashes, Hashes]:
    """The powers of the base, and of its inverse, modulo 2**64."""
    table = np.empty((2, size), np.uint64)
    table[:, 0] = 1
    table[0, 1:], table[1, 1:] = _BASE, _INVERSE
    np.cumprod(table, axis=1, out=table)
    return table[0], table[1]
