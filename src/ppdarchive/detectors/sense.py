"""What is surely a name in one place is one in all places of its group: the answers of one participant.

A name that is found surely once, in a clear sentence, is looked for in the group's other texts and in the
rest of its own, where it may stand in small letters or as a signature. Only words are looked for that mean
nothing else: not those of a dictionary, of the field, or of everyday use.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.lexicon import Column, Flag, Words
from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.text.batch import Positions, TextBatch
from ppdarchive.text.tokens import Hashes, Kind, Tokens, tokens_of

SURE: Final = 0.9
"""The score from which on a span teaches its words to its group."""
_LEAST_LETTERS: Final = 3
_EVERYDAY: Final = 64
"""A zipf frequency of 4, ten in a million words: from here on a word is in everyday use."""
_RARE: Final = 40
"""Below a zipf frequency of 2.5 a dictionary's word is so rare that the name is more likely."""
_MEANS_ELSE: Final = (
    Flag.SAFE | Flag.FUNCTION_WORD | Flag.MONTH | Flag.WEEKDAY | Flag.MEDICATION | Flag.CONDITION
    | Flag.TITLE | Flag.KINSHIP | Flag.RANK | Flag.BRANCH | Flag.FACILITY_WORD | Flag.ORGANIZATION_WORD
    | Flag.STREET_SUFFIX | Flag.PROFESSION | Flag.MILITARY_WORD | Flag.NUMBER_WORD | Flag.DEMONYM
    | Flag.STATE | Flag.COUNTRY | Flag.STATE_ABBREVIATION | Flag.DIRECTION | Flag.SLANG | Flag.HOLIDAY
)  # fmt: skip
_TAUGHT: Final = {
    TextCategory.NAME,
    TextCategory.LOCATION,
    TextCategory.FACILITY,
    TextCategory.ORGANIZATION,
}
_HEAD: Final = np.uint64(48)
"""What is left of a hash behind this shift is looked up first."""
_MIX: Final = np.uint64(0x9FB21C651E98DF25)


class GroupSense:
    """Gathers what is sure in a first pass, and finds it everywhere in a second one.

    Parameters
    ----------
    words : Words
        The lexicon that says which words mean something else.
    """

    name: Final = "sense"

    __slots__ = ("_categories", "_keys", "_maybe", "_numbers", "_sorted", "_words")

    def __init__(self, words: Words) -> None:
        self._words = words
        self._numbers: dict[Hashable, int] = {}
        self._keys: list[Hashes] = []
        self._maybe = np.zeros(1 << (64 - int(_HEAD)), np.bool_)
        self._categories: list[npt.NDArray[np.int64]] = []
        self._sorted: tuple[Hashes, npt.NDArray[np.int64]] | None = None

    def learn(
        self, texts: Sequence[str], groups: Sequence[Hashable], spans: Sequence[Sequence[Span]]
    ) -> None:
        """Take in what was found surely.

        Parameters
        ----------
        texts : sequence of str, length n
        groups : sequence of hashable, length n
        spans : sequence of sequence of Span, length n
        """
        taught = [
            [
                span
                for span in own
                if span.tier is Tier.REDACT and span.score >= SURE and span.category in _TAUGHT
            ]
            for own in spans
        ]
        if not any(taught):
            return
        batch = TextBatch.of(texts)
        tokens = tokens_of(batch)
        owner = _owners(batch, tokens, taught)
        at = np.flatnonzero(owner >= 0)
        at = at[self._are_names(tokens, at)]
        if len(at):
            self._keys.append(self._keyed(tokens, at, groups))
            self._maybe[(tokens.hashes[at] >> _HEAD).astype(np.int64)] = True
            self._categories.append(owner[at])
            self._sorted = None

    def found(self, texts: Sequence[str], groups: Sequence[Hashable]) -> list[list[Span]]:
        """Every place in the texts of what was learned of their groups."""
        result: list[list[Span]] = [[] for _ in texts]
        if not self._keys:
            return result
        keys, categories = self._known()
        batch = TextBatch.of(texts)
        tokens = tokens_of(batch)
        # Most words end here, at the cost of one look-up in a table that fits in the cache.
        at = np.flatnonzero(self._maybe[(tokens.hashes >> _HEAD).astype(np.int64)])
        wanted = self._keyed(tokens, at, groups)
        where = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        is_known = keys[where] == wanted
        at, where = at[is_known], where[is_known]
        if not len(at):
            return result
        places = batch.places(tokens.starts[at], tokens.ends[at])
        for text, start, end, category in zip(
            *(each.tolist() for each in places), categories[where].tolist(), strict=True
        ):
            result[text].append(Span(start, end, _CATEGORIES[category], SURE, Tier.REDACT, self.name))
        return result

    def _known(self) -> tuple[Hashes, npt.NDArray[np.int64]]:
        if self._sorted is None:
            # The same word of one group may have been taught as several categories: the first one stands.
            every, first = np.unique(np.concatenate(self._keys), return_index=True)
            self._sorted = every, np.concatenate(self._categories)[first]
        return self._sorted

    def _are_names(self, tokens: Tokens, at: Positions) -> npt.NDArray[np.bool_]:
        """Which tokens are words that mean nothing but the name."""
        known = self._words.columns(tokens.hashes[at])
        english = known.column(Column.ENGLISH)
        is_dictionary = known.has(Flag.DICTIONARY)
        size = tokens.ends[at] - tokens.starts[at]
        result: npt.NDArray[np.bool_] = (
            (tokens.kinds[at] == Kind.LETTER)
            & (size >= _LEAST_LETTERS)
            & ~known.has(_MEANS_ELSE)
            & ~(is_dictionary & (english >= _RARE))
            & ~((english >= _EVERYDAY) & (known.column(Column.GIVEN_NAME) == 0))
        )
        return result

    def _keyed(self, tokens: Tokens, at: Positions, groups: Sequence[Hashable]) -> Hashes:
        """One number for a group and a word."""
        own = np.array([self._numbers.setdefault(group, len(self._numbers)) for group in groups], np.uint64)
        own = (own + np.uint64(1)) * _MIX
        keys: Hashes = tokens.hashes[at] ^ own[tokens.texts[at]]
        return keys


_CATEGORIES: Final = tuple(TextCategory)
_NUMBER_OF: Final = {category: number for number, category in enumerate(_CATEGORIES)}


def _owners(batch: TextBatch, tokens: Tokens, spans: Sequence[Sequence[Span]]) -> npt.NDArray[np.int64]:
    """The category of the span that each token lies in; -1 where it lies in none."""
    owner = np.full(len(tokens), -1, np.int64)
    flat = [(text, span) for text, own in enumerate(spans) for span in own]
    texts, starts, ends = batch.places(tokens.starts, tokens.ends)
    # All texts on one axis, each as long as the longest.
    stride = int(ends.max(initial=0)) + 1
    of = np.array([text for text, _ in flat], np.int64) * stride
    first = np.searchsorted(texts * stride + ends, of + [span.start for _, span in flat], side="right")
    last = np.searchsorted(texts * stride + starts, of + [span.end for _, span in flat])
    sizes = np.maximum(last - first, 0)
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    numbers = np.array([_NUMBER_OF[span.category] for _, span in flat], np.int64)
    owner[np.repeat(first, sizes) + within] = np.repeat(numbers, sizes)
    return owner
