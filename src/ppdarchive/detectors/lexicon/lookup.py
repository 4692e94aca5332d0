"""Finding hashes in a sorted column, many at once."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.text.batch import Positions
from ppdarchive.text.tokens import Hashes

_MOST_BITS: Final = 18
_MOST_BITS_ROOMY: Final = 22
LAST: Final = np.uint64(2**64 - 1)
"""Behind all hashes, where every search ends."""


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
    return np.append(distinct[distinct != LAST], LAST)


class SortedHashes:
    """Sorted, distinct hashes, and where those begin that share their first bits.

    Hashes are spread evenly, so the few that share their first bits are looked through one by one; that
    is faster than a binary search, whatever the order of what is looked up.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n + 1,)
        As `with_end` makes them.
    is_roomy : bool
        Whether there are twice as many beginnings: then one look at the beginnings and one at a hash tells
        of nearly every word that it is not there.
    """

    __slots__ = ("_begins", "_shift", "hashes")

    def __init__(self, hashes: Hashes, *, is_roomy: bool = False) -> None:
        self.hashes = hashes.view(np.ndarray)
        most = _MOST_BITS_ROOMY if is_roomy else _MOST_BITS
        bits = min(max(len(hashes).bit_length() + is_roomy, 1), most)
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
