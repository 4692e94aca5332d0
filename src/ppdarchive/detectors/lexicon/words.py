"""The columns of single words, looked up by hash in memory-mapped tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.lexicon.kinds import Column, Flag
from ppdarchive.detectors.lexicon.lookup import SortedHashes, with_end
from ppdarchive.text.tokens import Hashes

ROW: Final = np.dtype([("columns", np.uint8, len(Column)), ("flags", "<u4")])
"""What is known of a word: 16 bytes."""

_WIDE: Final = np.dtype(np.complex128)
"""A type as wide as a row, which NumPy gathers in one move."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class WordColumns:
    """What is known of some words, in their order.

    Attributes
    ----------
    columns : ndarray of uint8, shape (n, len(Column))
    flags : ndarray of uint32, shape (n,)
        Bits of `Flag`.
    """

    columns: npt.NDArray[np.uint8]
    flags: npt.NDArray[np.uint32]

    @classmethod
    def of(cls, rows: npt.NDArray[np.void]) -> Self:
        """The columns of rows of a table; views."""
        return cls(rows["columns"], rows["flags"])

    def __len__(self) -> int:
        return len(self.flags)

    def column(self, column: Column) -> npt.NDArray[np.uint8]:
        """One column, shape (n,); a view."""
        values: npt.NDArray[np.uint8] = self.columns[:, column]
        return values

    def has(self, flag: Flag) -> npt.NDArray[np.bool_]:
        """Which words have any bit of `flag`, shape (n,)."""
        result: npt.NDArray[np.bool_] = (self.flags & np.uint32(flag)) != 0
        return result


class Words:
    """A table of words.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n + 1,)
        Of folded words, as `ppdarchive.text.tokens.word_hashes` computes them; sorted, with an end
        (`ppdarchive.detectors.lexicon.lookup.with_end`).
    rows : ndarray of ROW, shape (n + 1,)
        The last is empty: that of a word that is not in the table.
    """

    __slots__ = ("_hashes", "_rows")

    def __init__(self, hashes: Hashes, rows: npt.NDArray[np.void]) -> None:
        self._hashes = SortedHashes(hashes)
        self._rows = rows

    @classmethod
    def of(cls, hashes: Hashes, rows: npt.NDArray[np.void]) -> Words:
        """A table of some words; see `adding`."""
        return cls(with_end(hashes[:0]), np.zeros(1, ROW)).adding(hashes, rows)

    def __repr__(self) -> str:
        return f"Words({len(self)} words)"

    def __len__(self) -> int:
        return len(self._hashes)

    @property
    def hashes(self) -> Hashes:
        """The sorted hashes of the words and their end, shape (n + 1,)."""
        return self._hashes.hashes

    @property
    def rows(self) -> npt.NDArray[np.void]:
        """The rows of the words and an empty one, shape (n + 1,)."""
        return self._rows

    def columns(self, hashes: Hashes) -> WordColumns:
        """What is known of each word; zeros where nothing is.

        Parameters
        ----------
        hashes : ndarray of uint64, shape (n,)
            In any order; best each once, as `numpy.unique` gives them.

        Returns
        -------
        WordColumns, length n
        """
        return WordColumns.of(self._rows.view(_WIDE)[self._hashes.find(hashes)].view(ROW))

    def adding(self, hashes: Hashes, rows: npt.NDArray[np.void]) -> Words:
        """A table of these words and others; where both know a word, each column has the larger value.

        Parameters
        ----------
        hashes : ndarray of uint64, shape (n,)
            In any order; a hash may stand more than once.
        rows : ndarray of ROW, shape (n,)

        Returns
        -------
        Words
            A new table in memory; this one is unchanged.
        """
        merged_hashes = with_end(np.concatenate((self.hashes, hashes)))
        merged = np.zeros(len(merged_hashes), ROW)
        for own_hashes, own in ((self.hashes[:-1], self._rows[:-1]), (hashes, rows)):
            at = np.searchsorted(merged_hashes, own_hashes)
            np.maximum.at(merged["columns"], at, own["columns"])
            np.bitwise_or.at(merged["flags"], at, own["flags"])
        return Words(merged_hashes, merged)
