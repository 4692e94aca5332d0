"""What each distinct word of the texts may stand for, looked up once and remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.known.forms import Guard, Way
from ppdarchive.detectors.known.places import Places
from ppdarchive.detectors.known.spellings import LONGEST, Speller
from ppdarchive.detectors.known.tree import WAYS, Tree
from ppdarchive.text.batch import Positions, TextBatch
from ppdarchive.text.tokens import Hashes, word_hashes

_MOST_REMEMBERED: Final = 1 << 18
"""So many distinct words are remembered; then everything is forgotten, so that memory stays bounded."""
_EXACT: Final = WAYS.index(Way.EXACT)
_ALIKE_FACTOR: Final = 0.98

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Rows:
    """Readings as columns, one row each.

    Attributes
    ----------
    words : ndarray of int64, shape (n,)
        Ids of listed words.
    factors : ndarray of float64, shape (n,)
    ways, guards : ndarray of uint8, shape (n,)
    """

    words: Numbers
    factors: npt.NDArray[np.float64]
    ways: npt.NDArray[np.uint8]
    guards: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, rows: npt.NDArray[np.generic]) -> Rows:
        return Rows(self.words[rows], self.factors[rows], self.ways[rows], self.guards[rows])

    def and_then(self, more: Rows) -> Rows:
        """The readings of words and of those behind them, row by row: the least exact of both."""
        return Rows(
            more.words,
            self.factors * more.factors,
            np.maximum(self.ways, more.ways),
            np.maximum(self.guards, more.guards),
        )

    def and_also(self, other: Rows) -> Rows:
        """These rows and then others."""
        return Rows(*(np.concatenate((getattr(self, n), getattr(other, n))) for n in self.__slots__))


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class _Seen:
    """The words that were looked up: their hashes, and where the readings of each begin and end."""

    places: Places
    begins: Numbers
    ends: Numbers
    rows: Rows


class Readings:
    """Looks words up in a tree, and what they may be misspelt from.

    Parameters
    ----------
    tree : Tree
    speller : Speller
    """

    __slots__ = ("_seen", "_speller", "_tree")

    def __init__(self, tree: Tree, speller: Speller) -> None:
        self._tree = tree
        self._speller = speller
        self._seen = _nothing_seen()

    def of(self, batch: TextBatch, starts: Positions, ends: Positions, hashes: Hashes) -> Reader:
        """The readings of some words.

        Parameters
        ----------
        batch : TextBatch
        starts, ends : ndarray of int64, shape (n,)
            Where the words stand.
        hashes : ndarray of uint64, shape (n,)

        Returns
        -------
        Reader
        """
        # Whoever else looks words up at the same time sees the old state or the new one, never half.
        seen = self._seen
        at = seen.places.find(hashes)
        unseen = np.flatnonzero(at == len(seen.places))
        if len(unseen):
            new, first = np.unique(hashes[unseen], return_index=True)
            if len(seen.places) + len(new) > _MOST_REMEMBERED:
                seen = _nothing_seen()
                new, first = np.unique(hashes, return_index=True)
                unseen = np.arange(len(hashes))
            places = unseen[first]
            words = [
                batch.folded[a:b] if b - a <= LONGEST else ""
                for a, b in zip(starts[places].tolist(), ends[places].tolist(), strict=True)
            ]
            seen = self._seen = _with(seen, new, *self._looked_up(new, words))
            at = seen.places.find(hashes)
        return Reader(seen.begins[at], seen.ends[at], seen.rows)

    def _looked_up(self, hashes: Hashes, words: list[str]) -> tuple[Numbers, Rows]:
        """The rows of some distinct words, and whose each row is."""
        tree = self._tree
        n_words = len(tree.words)
        ids = tree.words.find(hashes)
        listed = np.flatnonzero(ids < n_words)
        alike = listed[tree.alike[ids[listed]] < n_words]
        unlisted = np.flatnonzero(ids == n_words)
        owners, rows = [listed, alike], _plain(ids[listed], 1.0)
        rows = rows.and_also(_plain(tree.alike[ids[alike]], _ALIKE_FACTOR))
        readings = self._speller.readings([words[at] for at in unlisted.tolist()])
        if readings:
            owners.append(unlisted[np.array([reading.row for reading in readings], np.int64)])
            rows = rows.and_also(
                Rows(
                    tree.words.find(word_hashes([reading.word for reading in readings])),
                    np.array([reading.factor for reading in readings]),
                    np.array([WAYS.index(reading.way) for reading in readings], np.uint8),
                    np.array([reading.guard for reading in readings], np.uint8),
                )
            )
        owner = np.concatenate(owners)
        kept = np.flatnonzero(rows.words < n_words)
        return owner[kept], rows[kept]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Reader:
    """The readings of some words, each a range of rows."""

    begins: Numbers
    ends: Numbers
    rows: Rows

    def expanded(self, places: Positions) -> tuple[Positions, Rows]:
        """All readings of the words at some places: which place each is of, and the readings."""
        begins, sizes = self.begins[places], self.ends[places] - self.begins[places]
        before = np.cumsum(sizes) - sizes
        at = np.repeat(begins - before, sizes) + np.arange(sizes.sum())
        return np.repeat(np.arange(len(places)), sizes), self.rows[at]


def _plain(words: Numbers, factor: float) -> Rows:
    n = len(words)
    guards = np.full(n, Guard.FREE, np.uint8)
    return Rows(words, np.full(n, factor), np.full(n, _EXACT, np.uint8), guards)


def _nothing_seen() -> _Seen:
    none = np.zeros(0, np.int64)
    return _Seen(Places(np.zeros(0, np.uint64)), none, none, _plain(none, 1.0))


def _with(seen: _Seen, hashes: Hashes, owners: Numbers, rows: Rows) -> _Seen:
    """What was seen, and new words with their rows."""
    order = np.argsort(owners, kind="stable")
    ends = np.cumsum(np.bincount(owners, minlength=len(hashes))) + len(seen.rows)
    begins = np.concatenate(([len(seen.rows)], ends[:-1])).astype(np.int64)
    before = seen.places.hashes[:-1]
    at = np.searchsorted(before, hashes)
    return _Seen(
        Places(np.insert(before, at, hashes)),
        np.insert(seen.begins, at, begins),
        np.insert(seen.ends, at, ends),
        seen.rows.and_also(rows[order]),
    )
