"""Words of everyday use with a slip of the finger in them.

A slip is a letter too many, one too few, another one, or two swapped.

Each word is filed under its hash and those of what is left when one of its letters is deleted, mixed with
the place of that letter; a word with one slip shares one of these with the word that was meant. So a look-up
costs the same however many words there are.

References
----------
Bocek, Hunt, Stiller (2007), Fast similarity search in large dictionaries, University of Zurich;
Damerau (1964), doi:10.1145/363958.363994.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.text.batch import Codes, Positions
from ppdarchive.text.tokens import Hashes

LEAST: Final = 4
"""Shorter words are one slip from too many."""
LONGEST: Final = 16

_BASE: Final = 0x9E3779B97F4A7C15
_BACK: Final = np.uint64(pow(_BASE, -1, 1 << 64))
_POWERS: Final = np.array([pow(_BASE, n + 1, 1 << 64) for n in range(LONGEST + 2)], np.uint64)
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)
_FIRST_BITS: Final = 20
_OTHER_BITS: Final = np.uint32(32 - _FIRST_BITS)
_PLACE: Final = np.uint64(0xA0761D6478BD642F)


class Slips:
    """Words that are found by others that are one slip away.

    Parameters
    ----------
    keys : ndarray of uint32, shape (n,)
        As `slip_keys` makes them; sorted.
    """

    __slots__ = ("_begun", "_keys")

    def __init__(self, keys: npt.NDArray[np.uint32]) -> None:
        self._keys = keys.view(np.ndarray)
        # Most of what is looked up is not there, as the first bits tell.
        self._begun = np.zeros(1 << _FIRST_BITS, np.bool_)
        self._begun[self._keys >> _OTHER_BITS] = True

    def near(self, codes: Codes, starts: Positions, ends: Positions) -> npt.NDArray[np.bool_]:
        """Which ranges of folded characters are one slip away from a word; the words themselves are not.

        Parameters
        ----------
        codes : ndarray of uint32, shape (m,)
        starts, ends : ndarray of int64, shape (k,)

        Returns
        -------
        ndarray of bool, shape (k,)

        Examples
        --------
        >>> from ppdarchive.text.batch import TextBatch
        >>> batch = TextBatch.of(["becuase", "because", "maria"])
        >>> ends = np.array([7, 15, 21])
        >>> Slips(slip_keys(["because"])).near(batch.lower, batch.starts[:-1], ends).tolist()
        [True, False, False]
        """
        found = np.zeros(len(starts), np.bool_)
        sizes = ends - starts
        own = np.flatnonzero((sizes >= LEAST) & (sizes <= LONGEST))
        if not len(own):
            return found
        # All letters of all words in a row, each with the number of its word and its place in it.
        sizes = sizes[own]
        begins = np.cumsum(sizes) - sizes
        of_word = np.repeat(np.arange(len(own)), sizes)
        places = np.arange(len(of_word)) - begins[of_word]
        terms = (codes[starts[own][of_word] + places].astype(np.uint64) + np.uint64(1)) * _POWERS[places]
        after = np.cumsum(terms)
        whole = after[begins + sizes - 1] - after[begins] + terms[begins]
        passed = after - (after[begins] - terms[begins])[of_word]
        left = passed - terms + (whole[of_word] - passed) * _BACK
        inner, later = places + 1 < sizes[of_word], places > 0
        looked_up = [
            (left, of_word),  # a letter too many
            (_placed(whole[of_word], places), of_word),  # one too few
            (_placed(whole, sizes), np.arange(len(own))),
            (_placed(left, places), of_word),  # another
            (_placed(left[inner], places[inner] + 1), of_word[inner]),  # two swapped
            (_placed(left[later], places[later] - 1), of_word[later]),
        ]
        keys, words = (np.concatenate(column) for column in zip(*looked_up, strict=True))
        is_near = np.zeros(len(own), np.bool_)
        is_near[words[self._has(keys)]] = True
        found[own] = is_near & ~self._has(whole)
        return found

    def _has(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        if not len(self._keys):
            return np.zeros(hashes.shape, np.bool_)
        keys = _short(hashes)
        found: npt.NDArray[np.bool_] = self._begun[keys >> _OTHER_BITS]
        may_be = keys[found]
        at = np.minimum(np.searchsorted(self._keys, may_be), len(self._keys) - 1)
        found[found] = self._keys[at] == may_be
        return found


def slip_keys(words: Sequence[str]) -> npt.NDArray[np.uint32]:
    """What `Slips` looks words up by.

    Parameters
    ----------
    words : sequence of str
        Folded; those of fewer than 4 or more than 16 letters are left out.

    Returns
    -------
    ndarray of uint32, shape (n,)
        Sorted, each once.
    """
    found = [np.zeros(0, np.uint32)]
    for size in range(LEAST, LONGEST + 1):
        own = sorted({word for word in words if len(word) == size})
        codes = np.frombuffer("".join(own).encode("utf-32-le", "surrogatepass"), "<u4").reshape(-1, size)
        whole, left = _hashes(codes)
        found += [_short(whole).ravel(), _short(_placed(left, np.arange(size))).ravel()]
    return np.unique(np.concatenate(found))


def _hashes(codes: npt.NDArray[np.uint32]) -> tuple[Hashes, Hashes]:
    """The hashes of words of one size, shape (k, 1), and of them without each letter, shape (k, size)."""
    size = codes.shape[1]
    sums = np.zeros((len(codes), size + 1), np.uint64)
    np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * _POWERS[:size], axis=1, out=sums[:, 1:])
    return sums[:, -1:], sums[:, :-1] + (sums[:, -1:] - sums[:, 1:]) * _BACK


def _placed(hashes: Hashes, places: Positions) -> Hashes:
    mixed: Hashes = hashes ^ ((places.astype(np.uint64) + np.uint64(1)) * _PLACE)
    return mixed


def _short(hashes: Hashes) -> npt.NDArray[np.uint32]:
    return ((hashes * _MIX) >> np.uint64(32)).astype(np.uint32)
