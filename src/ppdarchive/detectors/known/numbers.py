"""Known numbers, found by their digits in any punctuation: "(515) 555-0123" as "515.555.0123"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.known.places import Places
from ppdarchive.text.batch import Positions, TextBatch
from ppdarchive.text.tokens import Kind, Tokens, range_hashes, word_hashes

_BETWEEN: Final = frozenset(" ().+/_,-")
_MOST_BETWEEN: Final = 3

Small = npt.NDArray[np.uint8]


class KnownNumbers:
    """Numbers that are looked for by their digits.

    Parameters
    ----------
    numbers : mapping of str to int
        Digits, and what they are.
    """

    __slots__ = ("_hashes", "_kinds", "_sizes")

    def __init__(self, numbers: Mapping[str, int]) -> None:
        hashes = word_hashes(list(numbers)) if numbers else np.zeros(0, np.uint64)
        order = np.argsort(hashes)
        self._hashes = Places(hashes[order])
        self._kinds = np.array([*numbers.values()], np.uint8)[order]
        self._sizes = sorted({len(number) for number in numbers})

    def find(self, batch: TextBatch, tokens: Tokens) -> tuple[Positions, Positions, Small]:
        """Where numbers stand: whole groups of digits with at most three signs or spaces between.

        Returns
        -------
        tuple of three ndarray, shape (n,)
            First and last token, and what the number is.
        """
        groups = np.flatnonzero(tokens.kinds == Kind.DIGIT)
        if not self._sizes or not len(groups):
            none = np.zeros(0, np.int64)
            return none, none, none.astype(np.uint8)
        starts, ends = tokens.starts[groups], tokens.ends[groups]
        # Groups that cannot belong to one number stand in different runs.
        gaps = starts[1:] - ends[:-1]
        joined = (gaps <= _MOST_BETWEEN) & (tokens.texts[groups][1:] == tokens.texts[groups][:-1])
        joined[joined] = [
            _BETWEEN.issuperset(batch.folded[a:b])
            for a, b in zip(ends[:-1][joined].tolist(), starts[1:][joined].tolist(), strict=True)
        ]
        runs = np.concatenate((np.zeros(1, np.int64), np.cumsum(~joined)))
        sizes = ends - starts
        totals = np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))
        at = np.repeat(starts - totals[:-1], sizes) + np.arange(totals[-1])
        digits = batch.lower[at]
        first, last, kinds = [], [], []
        for size in self._sizes:
            # A number starts with a group and ends with one, so its digits fill the groups between.
            end = np.searchsorted(totals, totals[:-1] + size)
            fits = np.flatnonzero(totals[np.minimum(end, len(totals) - 1)] == totals[:-1] + size)
            fits = fits[runs[fits] == runs[end[fits] - 1]]
            found = self._hashes.find(range_hashes(digits, totals[fits], totals[fits] + size))
            known = np.flatnonzero(found < len(self._hashes))
            first.append(groups[fits[known]])
            last.append(groups[end[fits[known]] - 1])
            kinds.append(self._kinds[found[known]])
        return np.concatenate(first), np.concatenate(last), np.concatenate(kinds)
