"""A batch as the patterns look at it: tokens with the cues that they are, and excerpts around some.

Most of a batch has nothing that a pattern could want. Needs (`ppdarchive.detectors.patterns.needs`)
say at which tokens one could begin, computed on columns; the words around these tokens are cut out and
put end to end, and each rule goes once over its excerpt. What is found depends on a text alone: words
are counted within it, and between two windows stands the separator, over which nothing matches.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import cache, cached_property
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.patterns.cues import EVERYWHERE, Cue, Masks, cues_among
from ppdarchive.text.batch import SEPARATOR, Positions, TextBatch
from ppdarchive.text.tokens import Kind, tokens_of

_CHAIN_GAP: Final = 5
"""Digits with no more characters between them, none of them a letter, may be one number."""

_ASCII: Final = 128
_GAP: Final = 512
_NOWHERE: Final = np.iinfo(np.int64).max
_FARTHEST: Final = 14
"""No need asks for a cue at a greater distance."""
_CENTRES: Final = np.uint64(Cue.MONTH | Cue.HOLIDAY | Cue.MESSAGE | Cue.SUFFIX)
"""Around these, around digits and numbers in words, all cues are looked up."""


class Excerpt:
    """What rules read: a whole batch, or windows of it end to end with a separator behind each.

    Attributes
    ----------
    text : str
        Folded.
    """

    def __init__(self, batch: TextBatch) -> None:
        """Read the whole batch."""
        self.text = batch.folded
        self._batch = batch
        self._starts = self._own_starts = [0]

    @classmethod
    def of(cls, batch: TextBatch, starts: Positions, ends: Positions) -> Self:
        """Read the ranges ``[start, end)`` of the folded batch, sorted and disjoint."""
        excerpt = cls(batch)
        folded = batch.folded
        excerpt._starts = starts.tolist()
        pieces = [folded[start:end] for start, end in zip(excerpt._starts, ends.tolist(), strict=True)]
        excerpt.text = SEPARATOR.join((*pieces, ""))
        sizes = ends - starts + 1
        excerpt._own_starts = (np.cumsum(sizes) - sizes).tolist()
        return excerpt

    def position(self, at: int) -> int:
        """Where a position of the excerpt is in the folded batch."""
        window = bisect_right(self._own_starts, at) - 1
        return self._starts[window] + at - self._own_starts[window]

    def is_capital(self, at: int) -> bool:
        """Whether a position holds a capital."""
        position = self.position(at)
        return bool(self._batch.cased[position] != self._batch.lower[position])

    def is_title(self, at: int) -> bool:
        """Whether a word with one capital begins at a position, as a name where not all is in capitals."""
        return self.is_capital(at) and not self.is_capital(at + 1)


class View:
    """What needs ask of a batch.

    Attributes
    ----------
    starts, ends : ndarray of int64, shape (n,)
        Of the tokens.
    kinds : ndarray of uint8, shape (n,)
    digits : ndarray of int64, shape (m,)
        Which tokens are digits, ascending.
    """

    def __init__(self, batch: TextBatch) -> None:
        tokens = tokens_of(batch)
        self.batch = batch
        self.starts, self.ends, self.kinds = tokens.starts, tokens.ends, tokens.kinds
        self.digits = np.flatnonzero(tokens.kinds == Kind.DIGIT)
        self._texts, self._hashes = tokens.texts, tokens.hashes
        self._hits, self._cues = cues_among(tokens.hashes, everywhere=True)
        self._cued: dict[Cue, Positions] = {}
        self._once: dict[Callable[[View], Positions], Positions] = {}
        is_first = np.ones(len(tokens), np.bool_)
        np.not_equal(self.starts[1:], self.ends[:-1], out=is_first[1:])
        self._word_firsts = np.flatnonzero(is_first)

    # -- tokens ------------------------------------------------------------------------------

    def cued(self, cue: Cue) -> Positions:
        """Which tokens are a cue, ascending; for cues that don't count everywhere, of those around digits."""
        if cue not in self._cued:
            tokens, cues = (self._hits, self._cues) if cue in EVERYWHERE else self._around
            self._cued[cue] = only(tokens, (cues & np.uint64(cue)) != 0)
        return self._cued[cue]

    def once(self, anchors: Callable[[View], Positions]) -> Positions:
        """What a function finds in this view, computed when first asked for."""
        if anchors not in self._once:
            self._once[anchors] = anchors(self)
        return self._once[anchors]

    def near(self, tokens: Positions, others: Positions, first: int, last: int) -> Positions:
        """The tokens with one of `others` at a distance from `first` to `last`; negative is before.

        Parameters
        ----------
        tokens, others : ndarray of int64
            Ascending.
        first, last : int
            In tokens of the same text; less than 256.
        """
        if not tokens.size or not others.size:
            return tokens[:0]
        own = self._apart[tokens]
        theirs = np.append(self._apart[others], _NOWHERE)
        return only(tokens, theirs[np.searchsorted(theirs, own + first)] <= own + last)

    def beside(self, tokens: Positions, cue: Cue, first: int, last: int) -> Positions:
        """The tokens with a cue at a distance from `first` to `last`."""
        return self.near(tokens, self.cued(cue), first, last)

    def cued_beside(self, tokens: Positions, cue: Cue, first: int, last: int) -> Positions:
        """The cues that stand at a distance from `first` to `last` from one of the tokens."""
        return self.near(self.cued(cue), tokens, -last, -first)

    def sizes(self, tokens: Positions) -> Positions:
        """How many characters tokens have."""
        return self.ends[tokens] - self.starts[tokens]

    def is_sign(self, tokens: Positions, signs: str) -> npt.NDArray[np.bool_]:
        """Whether tokens are one of some ASCII signs."""
        is_one: npt.NDArray[np.bool_] = _table_of(signs)[
            np.minimum(self.batch.lower[self.starts[tokens]], _ASCII)
        ]
        return is_one

    def is_glued(self, tokens: Positions) -> npt.NDArray[np.bool_]:
        """Whether nothing stands between tokens and those before them."""
        is_glued: npt.NDArray[np.bool_] = self.starts[tokens] == self.ends[tokens - 1]
        return is_glued

    @cached_property
    def chains(self) -> Positions:
        """For each digit token the number of its chain: digits with only signs and little space between."""
        own = self.digits
        is_new = np.ones(len(own), np.bool_)
        before, after = own[:-1], own[1:]
        is_new[1:] = (
            (self._texts[before] != self._texts[after])
            | (self._n_letters[before] != self._n_letters[after])
            | (self.starts[after] - self.ends[before] > _CHAIN_GAP)
        )
        return np.cumsum(is_new) - 1

    @cached_property
    def chain_digits(self) -> Positions:
        """For each digit token how many digits its chain has."""
        if not self.digits.size:
            return self.digits
        _, firsts, counts = np.unique(self.chains, return_index=True, return_counts=True)
        return np.repeat(np.add.reduceat(self.sizes(self.digits), firsts), counts)

    @cached_property
    def digits_by_word(self) -> tuple[Positions, Positions]:
        """For each digit token the digits in its word, and the tokens of it that are letters."""
        words = self._words_of(self.digits)
        _, firsts, counts = np.unique(words, return_index=True, return_counts=True)
        if not firsts.size:
            return words, words
        sums = np.repeat(np.add.reduceat(self.sizes(self.digits), firsts), counts)
        first, last = self._word_firsts[words], self._word_lasts[words]
        letters = self._n_letters[last] - self._n_letters[first] + (self.kinds[first] == Kind.LETTER)
        return sums, letters

    def tokens_by_word(self, tokens: Positions) -> Positions:
        """How many tokens the words of tokens have."""
        words = self._words_of(tokens)
        return self._word_lasts[words] - self._word_firsts[words] + 1

    @cached_property
    def _around(self) -> tuple[Positions, Masks]:
        """Tokens around digits and around cues that count everywhere, and which cues they are."""
        counts = self.cued(Cue.COUNT)
        counted = union(
            self.digits, self._hits[(self._cues & _CENTRES) != 0], self.near(counts, counts, 1, 3)
        )
        edges = np.zeros(len(self.starts) + 1, np.int32)
        np.add.at(edges, np.maximum(counted - _FARTHEST, 0), 1)
        np.add.at(edges, np.minimum(counted + _FARTHEST, len(self.starts)), -1)
        tokens = np.flatnonzero(np.cumsum(edges[:-1]))
        own, cues = cues_among(self._hashes[tokens])
        return tokens[own], cues

    @cached_property
    def _apart(self) -> Positions:
        """The number of each token when more than any distance lies between texts."""
        return np.arange(len(self._texts)) + _GAP * self._texts

    @cached_property
    def _n_letters(self) -> Positions:
        """How many tokens up to each, itself included, are letters."""
        return np.cumsum(self.kinds == Kind.LETTER)

    @cached_property
    def _word_lasts(self) -> Positions:
        """The last token of each word."""
        return np.append(self._word_firsts[1:], len(self.starts)) - 1

    @cached_property
    def _first_tokens(self) -> Positions:
        """The first token of each text, and at the end how many tokens there are."""
        return np.searchsorted(self.starts, self.batch.starts)

    # -- excerpts ----------------------------------------------------------------------------

    def excerpt(self, anchors: Positions, before: int, after: int) -> Excerpt:
        """The words around some tokens.

        Parameters
        ----------
        anchors : ndarray of int64, shape (k,), k >= 1
            Tokens, ascending.
        before, after : int
            How many words more, within the text; a word ends at white space.
        """
        words = self._words_of(anchors)
        texts = self._texts[anchors]
        first_words = self._words_of(self._first_tokens[texts])
        last_words = self._words_of(self._first_tokens[texts + 1] - 1)
        low = np.maximum(words - before, first_words)
        high = np.minimum(words + after, last_words)
        # Windows of one text that overlap or touch are one.
        is_new = np.ones(len(low), np.bool_)
        is_new[1:] = (low[1:] > high[:-1] + 1) | (texts[1:] != texts[:-1])
        firsts = np.flatnonzero(is_new)
        lasts = np.append(firsts[1:], len(low)) - 1
        starts = self.starts[self._word_firsts[low[firsts]]]
        ends = self.ends[self._word_lasts[high[lasts]]]
        return Excerpt.of(self.batch, starts, ends)

    def around(self, positions: Positions) -> Positions:
        """The tokens at positions of the folded batch, ascending and each once."""
        return np.unique(np.searchsorted(self.starts, positions, side="right") - 1)

    def _words_of(self, tokens: Positions) -> Positions:
        """The numbers of the words that tokens stand in."""
        return np.searchsorted(self._word_firsts, tokens, side="right") - 1


def union(*some: Positions) -> Positions:
    """What is in any of some columns, ascending and each once."""
    every = np.concatenate(some)
    every.sort()
    is_new = np.ones(len(every), np.bool_)
    np.not_equal(every[1:], every[:-1], out=is_new[1:])
    return np.compress(is_new, every)


def only(tokens: Positions, is_wanted: npt.NDArray[np.bool_]) -> Positions:
    """The tokens that are wanted."""
    return np.compress(is_wanted, tokens)


@cache
def _table_of(signs: str) -> npt.NDArray[np.bool_]:
    """Whether each ASCII character is one of some; the last place is for all others."""
    table = np.zeros(_ASCII + 1, np.bool_)
    table[np.frombuffer(signs.encode(), np.uint8)] = True
    return table
