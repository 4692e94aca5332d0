"""Finding hashes in a sorted column, many at once."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.text.batch import Positions
from ppdarchive.text.tokens import Hashes

_MOST_BITS: Final = 18
_LAST: Final = np.uint64(2**64 - 1)


def with_end(hashes: Hashes) -> Hashes:
    """Hashes sorted, each once, and behind them the greatest number there is, where every search ends.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)

    Returns
    -------
    ndarray of uint64, shape (m + 1,)
    """
    distinct = np.unique(hashes)
    return np.append(distinct[distinct != _LAST], _LAST)


class SortedHashes:
    """Sorted, distinct hashes, and where those begin that share their first bits.

    Hashes are spread evenly, so the few that share their first bits are looked through one by one; that
    is faster than a binary search, whatever the order of what is looked up.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n + 1,)
        As `with_end` makes them.
    """

    __slots__ = ("_begins", "_shift", "hashes")

    def __init__(self, hashes: Hashes) -> None:
        self.hashes = hashes.view(np.ndarray)
        bits = min(max(len(hashes).bit_length(), 1), _MOST_BITS)
        self._shift = np.uint64(64 - bits)
        self._begins: npt.NDArray[np.uint32] = np.zeros(1 << bits, np.uint32)
        counts = np.bincount((self.hashes >> self._shift).astype(np.int64), minlength=1 << bits)
        np.cumsum(counts[:-1], out=self._begins[1:])

    def __len__(self) -> int:
        return len(self.hashes) - 1

    def find(self, wanted: Hashes) -> Positions:
        """Where each hash stands; the length of the column where it does not.

        Parameters
        ----------
        wanted : ndarray of uint64, shape (k,)
            In any order.

        Returns
        -------
        ndarray of int64, shape (k,)
        """
        at = self._begins[(wanted >> self._shift).astype(np.int64)].astype(np.int64)
        open_ = np.flatnonzero(self.hashes[at] < wanted)
        here, sought = at[open_], wanted[open_]
        while len(open_):
            here += 1
            before = self.hashes[here] < sought
            at[open_] = here
            open_, here, sought = open_[before], here[before], sought[before]
        return np.where(self.hashes[at] == wanted, at, len(self))
