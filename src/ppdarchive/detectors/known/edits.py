"""Words within one or two edits of some others, found through what is left when letters are deleted.

An edit is a letter put in, left out, replaced, or two neighbours swapped. Two words are within n edits
only if at most n letters can be deleted from each so that the same is left; so every word is filed under
the hashes of what its deletions leave, and looked up by the same. What shares a hash is then compared
letter by letter. The cost of a lookup does not grow with the number of words.

References
----------
Bocek, Hunt, Stiller (2007), Fast similarity search in large dictionaries, University of Zurich;
Damerau (1964), doi:10.1145/363958.363994.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.known.places import Places
from ppdarchive.text.tokens import Hashes

LEAST: Final = 4
"""Shorter words are near too many."""
_TWO_EDITS: Final = 8
"""Words from here on may be two edits away."""
_LONGEST: Final = 20
"""Longer words are not looked for: what is left of them grows with the square."""
_MOST_COMPARED: Final = 200
"""For one word; words that share so much are not told apart by spelling."""

_BASE: Final = 0x9E3779B97F4A7C15
_BACK: Final = np.uint64(pow(_BASE, -1, 1 << 64))
_POWERS: Final = np.array([pow(_BASE, n + 1, 1 << 64) for n in range(_LONGEST + 2)], np.uint64)


def edits_allowed(size: int) -> int:
    """How many edits a word of so many letters may be away: none, one or two."""
    return 0 if size < LEAST else 1 if size < _TWO_EDITS else 2


class NearWords:
    """Words that can be found by others that are few edits away.

    Parameters
    ----------
    words : sequence of str
        Folded; those of fewer than 4 or more than 20 letters are never found.

    Examples
    --------
    >>> list(NearWords(["kayla", "elizabeth"]).near(["kalya", "elisabet", "kylo"]))
    [(0, 0, 1), (1, 1, 2)]
    """

    __slots__ = ("_begins", "_hashes", "_owners", "_words")

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(words)
        kept = [at for at, word in enumerate(words) if LEAST <= len(word) <= _LONGEST]
        left, owners = _what_is_left([words[at] for at in kept], two_from=_TWO_EDITS)
        order = np.argsort(left, kind="stable")
        distinct, first = np.unique(left[order], return_index=True)
        self._hashes = Places(distinct)
        self._begins = np.append(first, len(order)).astype(np.int64)
        self._owners = np.array(kept, np.int32)[owners[order]] if kept else np.zeros(0, np.int32)

    def __len__(self) -> int:
        return len(self._words)

    def near(self, words: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """Which of the words are near which others.

        Parameters
        ----------
        words : sequence of str, length n

        Yields
        ------
        tuple of three int
            Place in `words`, place in the words of this index, and the edits between them.
        """
        kept = [at for at, word in enumerate(words) if LEAST - 1 <= len(word) <= _LONGEST]
        if not kept or not len(self._hashes):
            return
        left, owners = _what_is_left([words[at] for at in kept], two_from=_TWO_EDITS - 2)
        at = self._hashes.find(left)
        known = np.flatnonzero(at < len(self._hashes))
        at, owners = at[known], owners[known]
        sizes = self._begins[at + 1] - self._begins[at]
        rows = np.repeat(np.array(kept, np.int64)[owners], sizes)
        offsets = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        others = self._owners[np.repeat(self._begins[at], sizes) + offsets].astype(np.int64)
        compared = last = 0
        for pair in np.unique(rows * len(self._words) + others).tolist():
            row, other = divmod(pair, len(self._words))
            compared = compared + 1 if row == last else 1
            last = row
            if compared > _MOST_COMPARED:
                continue
            found = distance(words[row], self._words[other], edits_allowed(len(self._words[other])))
            if found is not None:
                yield row, other, found


def distance(one: str, other: str, most: int) -> int | None:
    """The edits between two words, each place edited once; None for more than `most`.

    Examples
    --------
    >>> distance("kalya", "kayla", 2), distance("maria", "marry", 2), distance("anna", "otto", 2)
    (1, 2, None)
    """
    if abs(len(one) - len(other)) > most:
        return None
    start, limit = 0, min(len(one), len(other))
    while start < limit and one[start] == other[start]:
        start += 1
    end = 0
    while end < limit - start and one[-1 - end] == other[-1 - end]:
        end += 1
    one, other = one[start : len(one) - end], other[start : len(other) - end]
    longest = max(len(one), len(other))
    if longest < 2 or not one or not other:
        found = longest
    elif longest == 2 and one == other[::-1]:
        found = 1
    elif most < 2:
        return None
    else:
        found = _compared(one, other)
    return found if found <= most else None


def _compared(one: str, other: str) -> int:
    """Optimal string alignment, row by row."""
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, across in enumerate(other, start=1):
            best = min(row[j - 1] + 1, last[j] + 1, last[j - 1] + (letter != across))
            if i > 1 and j > 1 and letter == other[j - 2] and across == one[i - 2]:
                best = min(best, before_last[j - 2] + 1)
            row.append(best)
        before_last, last = last, row
    return last[-1]


def _what_is_left(words: Sequence[str], *, two_from: int) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """The hashes of words without no, one or two of their letters, and whose they are.

    Words of one size are done at once; a letter's share of a hash is its code times the power of its
    place, so what stands behind a deleted letter moves down by one power.
    """
    sizes = np.array([len(word) for word in words], np.int64)
    hashes, owners = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for size in np.unique(sizes).tolist():
        own = np.flatnonzero(sizes == size)
        text = "".join(words[at] for at in own.tolist())
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").reshape(len(own), size)
        sums = np.zeros((len(own), size + 1), np.uint64)
        np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * _POWERS[:size], axis=1, out=sums[:, 1:])
        before, behind = sums[:, :-1], (sums[:, -1:] - sums[:, 1:]) * _BACK
        left = [sums[:, -1:], before + behind]
        if size >= two_from:
            first, second = np.triu_indices(size, 1)
            between = (sums[:, second] - sums[:, first + 1]) * _BACK
            left.append(before[:, first] + between + behind[:, second] * _BACK)
        every = np.concatenate(left, axis=1)
        hashes.append(every.ravel())
        owners.append(np.repeat(own, every.shape[1]))
    return np.concatenate(hashes), np.concatenate(owners)
