"""Names of several words, found over a whole batch of tokens at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.lexicon.lookup import SortedHashes, with_end
from ppdarchive.text.batch import Positions, TextBatch
from ppdarchive.text.tokens import Hashes, Kind, Tokens, word_hashes

LONGEST: Final = 8
"""The words of the longest phrase."""

_BASE: Final = 0xA0761D6478BD642F
_POWERS: Final = np.array([pow(_BASE, nth, 1 << 64) for nth in range(LONGEST)], np.uint64)
_MIX: Final = np.uint64(0xE7037ED1A0B428DB)
_BITS: Final = 20
_AND: Final = word_hashes(["&"])[0]
_INNER: Final = np.sort(word_hashes([".", "'", "-", "/"]))
"""Signs that may stand between two words of a phrase: St. Louis, O'Hare, Winston-Salem, 3/5 Marines."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class PhraseMatches:
    """Phrases found, in order; none lies within another, but two may share words.

    Attributes
    ----------
    first, last : ndarray of int64, shape (k,)
        The first and the last token of each.
    kinds : ndarray of uint32, shape (k,)
        Bits of `PhraseKind`.
    """

    first: Positions
    last: Positions
    kinds: npt.NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.first)


class Phrases:
    """A table of phrases of two to eight words.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n + 1,)
        As `phrase_hashes` computes them; sorted, with an end
        (`ppdarchive.detectors.lexicon.lookup.with_end`).
    kinds : ndarray of uint32, shape (n,)
    openings : ndarray of uint64, shape (m,)
        The hash of the first two words of each phrase, in any order.
    """

    __slots__ = ("_hashes", "_kinds", "_last", "_maybe", "_openings")

    def __init__(self, hashes: Hashes, kinds: npt.NDArray[np.uint32], openings: Hashes) -> None:
        self._hashes = SortedHashes(hashes)
        self._kinds = kinds
        self._openings = openings
        self._maybe = np.zeros(1 << _BITS, np.bool_)
        self._maybe[(openings >> np.uint64(64 - _BITS)).astype(np.int64)] = True
        self._last: tuple[Tokens, PhraseMatches] | None = None

    @classmethod
    def of(cls, phrases: Sequence[str], kinds: Sequence[int]) -> Phrases:
        """A table of some phrases, which may repeat; see `adding`."""
        none = np.zeros(0, np.uint64)
        return cls(with_end(none), np.zeros(0, np.uint32), none).adding(phrases, kinds)

    def __repr__(self) -> str:
        return f"Phrases({len(self)} phrases)"

    def __len__(self) -> int:
        return len(self._hashes)

    @property
    def hashes(self) -> Hashes:
        """The sorted hashes of the phrases and their end, shape (n + 1,)."""
        return self._hashes.hashes

    @property
    def kinds(self) -> npt.NDArray[np.uint32]:
        """The kinds of the phrases, shape (n,)."""
        return self._kinds

    @property
    def openings(self) -> Hashes:
        """The hashes of the phrases' first two words, shape (m,)."""
        return self._openings

    def find(self, tokens: Tokens) -> PhraseMatches:
        """Find the phrases of a batch.

        One full stop, apostrophe, hyphen or slash may stand between two words; ``&`` counts as a word.
        Detectors that ask one after another for the same tokens get the same.

        Parameters
        ----------
        tokens : Tokens, length n

        Returns
        -------
        PhraseMatches
        """
        if self._last is None or self._last[0] is not tokens:
            self._last = tokens, self._found(tokens)
        return self._last[1]

    def _found(self, tokens: Tokens) -> PhraseMatches:
        at, links = _linked_words(tokens)
        hashes = tokens.hashes[at]
        n = len(at)
        if n < 2 or not len(self):
            return _none()
        pairs = hashes[:-1] + hashes[1:] * _POWERS[1]
        start = np.flatnonzero(links & self._maybe[(_mixed(pairs) >> np.uint64(64 - _BITS)).astype(np.int64)])
        sums = pairs[start]
        best = np.zeros(len(start), np.int64)
        row = np.full(len(start), len(self), np.int64)
        open_ = np.arange(len(start))
        for size in range(2, LONGEST + 1):
            if size > 2:
                reach = start[open_] + size - 1
                fits = reach < n
                fits[fits] = links[reach[fits] - 1]
                open_ = open_[fits]
                sums[open_] += hashes[start[open_] + size - 1] * _POWERS[size - 1]
            found = self._hashes.find(_mixed(sums[open_]))
            is_one = found < len(self)
            best[open_[is_one]] = size
            row[open_[is_one]] = found[is_one]
        matched = best > 0
        first, last, row = start[matched], start[matched] + best[matched] - 1, row[matched]
        furthest = np.maximum.accumulate(np.concatenate((np.full(1, -1), last)))[:-1]
        outer = last > furthest
        return PhraseMatches(at[first[outer]], at[last[outer]], self._kinds[row[outer]])

    def adding(self, phrases: Sequence[str], kinds: Sequence[int]) -> Phrases:
        """A table of these phrases and others.

        Parameters
        ----------
        phrases : sequence of str, length n
            In any form; each of two to eight words.
        kinds : sequence of int, length n
            Bits of `PhraseKind`.

        Returns
        -------
        Phrases
            A new table in memory; this one is unchanged.

        Raises
        ------
        ValueError
            If a phrase has fewer or more words.
        """
        hashes, openings = phrase_hashes(phrases)
        merged_hashes = with_end(np.concatenate((self.hashes, hashes)))
        merged = np.zeros(len(merged_hashes) - 1, np.uint32)
        np.bitwise_or.at(merged, np.searchsorted(merged_hashes, self.hashes[:-1]), self._kinds)
        np.bitwise_or.at(merged, np.searchsorted(merged_hashes, hashes), np.array(kinds, np.uint32))
        return Phrases(merged_hashes, merged, np.union1d(self._openings, openings))


def phrase_hashes(phrases: Sequence[str]) -> tuple[Hashes, Hashes]:
    """The hash of each phrase, and of its first two words.

    Parameters
    ----------
    phrases : sequence of str, length n
        In any form; each of two to eight words (runs of letters or digits, or ``&``).

    Returns
    -------
    tuple of two ndarray of uint64, shape (n,)

    Raises
    ------
    ValueError
        If a phrase has fewer or more words.
    """
    tokens = Tokens.of(TextBatch.of(phrases))
    words = (tokens.kinds != Kind.SIGN) | (tokens.hashes == _AND)
    texts, hashes = tokens.texts[words], tokens.hashes[words]
    sizes = np.bincount(texts, minlength=len(phrases))
    if len(phrases) and not (sizes.min() >= 2 and sizes.max() <= LONGEST):
        raise ValueError(f"a phrase has two to {LONGEST} words")
    begins = np.cumsum(sizes) - sizes
    nth = np.arange(len(texts)) - begins[texts]
    parts = hashes * _POWERS[nth]
    totals = np.zeros(len(parts) + 1, np.uint64)
    np.cumsum(parts, out=totals[1:])
    return _mixed(totals[begins + sizes] - totals[begins]), _mixed(totals[begins + 2] - totals[begins])


def words_of(values: Sequence[str]) -> list[list[str]]:
    """The words of each value as phrases have them: folded, runs of letters or digits, or ``&``.

    Parameters
    ----------
    values : sequence of str, length n
        In any form.

    Returns
    -------
    list of list of str, length n

    Examples
    --------
    >>> words_of(["St. Louis", "82nd", "AT&T"])
    [['st', 'louis'], ['82', 'nd'], ['at', '&', 't']]
    """
    batch = TextBatch.of(values)
    tokens = Tokens.of(batch)
    words: list[list[str]] = [[] for _ in values]
    at = np.flatnonzero((tokens.kinds != Kind.SIGN) | (tokens.hashes == _AND))
    for text, start, end in zip(
        tokens.texts[at].tolist(), tokens.starts[at].tolist(), tokens.ends[at].tolist(), strict=True
    ):
        words[text].append(batch.folded[start:end])
    return words


def _linked_words(tokens: Tokens) -> tuple[Positions, npt.NDArray[np.bool_]]:
    """The tokens that are words of phrases, and whether each is linked to the next."""
    signs = tokens.kinds == Kind.SIGN
    if not signs.any():
        at = np.arange(len(tokens))
        return at, tokens.texts[1:] == tokens.texts[:-1]
    is_word = ~signs
    sign_at = np.flatnonzero(signs)
    sign_hashes = tokens.hashes[sign_at]
    is_word[sign_at[sign_hashes == _AND]] = True
    inner = np.zeros(len(tokens), np.bool_)
    inner[sign_at[np.isin(sign_hashes, _INNER)]] = True
    at = np.flatnonzero(is_word)
    gaps = at[1:] - at[:-1]
    links = (gaps == 1) | ((gaps == 2) & inner[at[:-1] + 1])
    links &= tokens.texts[at[1:]] == tokens.texts[at[:-1]]
    return at, links


def _mixed(sums: Hashes) -> Hashes:
    mixed = sums ^ (sums >> np.uint64(32))
    mixed *= _MIX
    mixed ^= mixed >> np.uint64(29)
    return mixed


def _none() -> PhraseMatches:
    empty = np.zeros(0, np.int64)
    return PhraseMatches(empty, empty, np.zeros(0, np.uint32))
