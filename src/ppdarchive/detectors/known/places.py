"""Where hashes stand in a sorted column, for many at once."""

from __future__ import annotations

from typing import Final

import numpy as np

from ppdarchive.text.batch import Positions
from ppdarchive.text.tokens import Hashes

_LAST: Final = np.uint64(2**64 - 1)
_LEAST_BITS, _MOST_BITS = 4, 22


class Places:
    """Sorted, distinct hashes, and where those begin that share their first bits.

    Hashes are spread evenly, and there are twice as many beginnings as hashes; so one look at the
    beginnings and one at a hash tells of nearly every word that it is not there.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)
        Sorted, each once.

    Examples
    --------
    >>> Places(np.array([3, 2**63], np.uint64)).find(np.array([2**63, 4, 3], np.uint64))
    array([1, 2, 0])
    """

    __slots__ = ("_begins", "_shift", "hashes")

    def __init__(self, hashes: Hashes) -> None:
        bits = min(max(len(hashes).bit_length() + 1, _LEAST_BITS), _MOST_BITS)
        self._shift = np.uint64(64 - bits)
        self.hashes = np.append(hashes, _LAST)  # where every search ends
        counts = np.bincount((hashes >> self._shift).astype(np.int64), minlength=1 << bits)
        self._begins = np.zeros(1 << bits, np.int32)
        np.cumsum(counts[:-1], out=self._begins[1:])

    def __len__(self) -> int:
        return len(self.hashes) - 1

    def find(self, wanted: Hashes) -> Positions:
        """Where each hash stands; the number of hashes where it does not.

        Parameters
        ----------
        wanted : ndarray of uint64, shape (k,)
            In any order.

        Returns
        -------
        ndarray of int64, shape (k,)
        """
        at = self._begins[(wanted >> self._shift).astype(np.int64)]
        further = np.flatnonzero(self.hashes[at] < wanted)
        while len(further):
            at[further] += 1
            further = further[self.hashes[at[further]] < wanted[further]]
        return np.where(self.hashes[at] == wanted, at, len(self)).astype(np.int64)
