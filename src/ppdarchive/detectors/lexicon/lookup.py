"""Finding hashes in a sorted column, many at once."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.text.batch import Positions
from ppdarchive.text.tokens import Hashes

_BITS: Final = 17
_SHIFT: Final = np.uint64(64 - _BITS)


class SortedHashes:
    """Sorted, distinct hashes, and where those begin that share their first bits.

    Hashes are spread evenly, so the few that share their first 17 bits are looked through one by one;
    that is faster than a binary search whatever the order of what is looked up.
    """

    __slots__ = ("_begins", "hashes")

    def __init__(self, hashes: Hashes) -> None:
        self.hashes = hashes
        self._begins: npt.NDArray[np.uint32] = np.zeros((1 << _BITS) + 1, np.uint32)
        counts = np.bincount((hashes >> _SHIFT).astype(np.int64), minlength=1 << _BITS)
        np.cumsum(counts, out=self._begins[1:])

    def __len__(self) -> int:
        return len(self.hashes)

    def find(self, wanted: Hashes) -> Positions:
        """Where each hash stands; the length of the column where it does not.

        Parameters
        ----------
        wanted : ndarray of uint64, shape (n,)
            In any order.

        Returns
        -------
        ndarray of int64, shape (n,)
        """
        size = len(self.hashes)
        first = (wanted >> _SHIFT).astype(np.int64)
        found = np.full(len(wanted), size, np.int64)
        at = self._begins[first].astype(np.int64)
        end = self._begins[first + 1].astype(np.int64)
        open_ = np.flatnonzero(at < end)
        at, end, sought = at[open_], end[open_], wanted[open_]
        while len(open_):
            is_it = self.hashes[at] == sought
            found[open_[is_it]] = at[is_it]
            at += 1
            kept = ~is_it & (at < end)
            open_, at, end, sought = open_[kept], at[kept], end[kept], sought[kept]
        return found
