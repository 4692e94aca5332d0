"""Where hashes stand in a sorted column of a study's own, for many at once."""

from __future__ import annotations

import numpy as np

from ppdarchive.detectors.lexicon.lookup import LAST, SortedHashes
from ppdarchive.text.tokens import Hashes


class Places(SortedHashes):
    """Sorted, distinct hashes of what a study knows: few, and most words are none of them.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)
        Sorted, each once.

    Examples
    --------
    >>> Places(np.array([3, 2**63], np.uint64)).find(np.array([2**63, 4, 3], np.uint64))
    array([1, 2, 0])
    """

    __slots__ = ()

    def __init__(self, hashes: Hashes) -> None:
        super().__init__(np.append(hashes, LAST), is_roomy=True)
