"""Names and places to draw, from the training half of the lexicons only."""

from __future__ import annotations

import tempfile
import unicodedata
import zlib
from bisect import bisect
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Final

_LISTS: Final = Path(tempfile.gettempdir()) / "gentrain" / "lists"


def in_training_half(word: str) -> bool:
    """Whether a name may be used in training; the other half is kept for evaluation."""
    folded = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))
    return zlib.crc32(folded.encode()) % 2 == 0


class Pool:
    """Words to draw, half of the time by how frequent they are and else all alike.

    Parameters
    ----------
    words : sequence of str
    weights : sequence of float, same length
    by_weight : float
        The share that is drawn by weight.
    """

    def __init__(self, words: Sequence[str], weights: Sequence[float], *, by_weight: float = 0.5) -> None:
        self.words = words
        self._by_weight = by_weight
        self._sums = list(accumulate(weights))

    def __call__(self, rng: Random) -> str:
        """Draw one."""
        if rng.random() < self._by_weight:
            return self.words[bisect(self._sums, rng.random() * self._sums[-1])]
        return self.words[int(rng.random() * len(self.words))]


@cache
def pool(kind: str) -> Pool:
    """The names of a kind: ``first``, ``last``, ``city`` or ``county``."""
    words: list[str] = []
    weights: list[float] = []
    for line in (_LISTS / f"{kind}.tsv").read_text(encoding="utf-8").splitlines():
        word, _, rest = line.partition("\t")
        if in_training_half(word) and len(word) > 1:
            words.append(word)
            weights.append(float(rest.split("\t")[0] or 1))
    return Pool(words, weights)
