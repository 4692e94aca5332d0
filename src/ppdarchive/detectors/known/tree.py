"""All forms of all values as one tree over words, in columns: what may follow, and what ends where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.known.forms import Form, Guard, Way, with_plural
from ppdarchive.detectors.known.ordinary import FREQUENT, Standing, Usage
from ppdarchive.detectors.known.places import Places
from ppdarchive.detectors.known.words import SAME_IN_PLACES
from ppdarchive.model.span import TextCategory
from ppdarchive.text.tokens import Hashes, word_hashes

CATEGORIES: Final = tuple(TextCategory)
WAYS: Final = tuple(Way)
_CATEGORY: Final = {category: rank for rank, category in enumerate(CATEGORIES)}
_WAY: Final = {way: rank for rank, way in enumerate(WAYS)}
_AT_ONCE: Final = 20_000
_SHORT: Final = 3
"""Nicknames of so few letters are found where a name is likely, unless many bear them as a name."""
_SPECIFIC: Final = 4
"""So many everyday words in one order are no accident."""

Numbers = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Small = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Entries:
    """What values end at some nodes; one row each.

    Attributes
    ----------
    category, way : ndarray of uint8, shape (n,)
        Places in `CATEGORIES` and `WAYS`.
    guard : ndarray of uint8, shape (n,)
        `Guard`.
    extra : ndarray of uint8, shape (n,)
        Letters at the end that are not of the value.
    score : ndarray of float32, shape (n,)
    """

    category: Small
    way: Small
    guard: Small
    extra: Small
    score: Scores

    def __len__(self) -> int:
        return len(self.score)

    @classmethod
    def none(cls, n: int) -> Self:
        """No entry, so many times."""
        category, way, guard, extra = np.zeros((4, n), np.uint8)
        return cls(category, way, guard, extra, np.zeros(n, np.float32))

    def __getitem__(self, rows: npt.NDArray[np.generic]) -> Entries:
        return Entries(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Tree:
    """Words that may follow one another, as columns.

    Node 0 is the root. A word has an id, its place among the sorted hashes; the number of words is the
    id of any other.

    Attributes
    ----------
    words : Places, length n_words
    roots : ndarray of int64, shape (n_words + 1,)
        The node that a word at the beginning leads to; 0 where none begins with it.
    alike : ndarray of int64, shape (n_words + 1,)
        The id of the form that stands for the word in places ("st." for "saint"), n_words for none.
    entries : Entries, length n_nodes
        A score of 0 where no value ends.
    """

    words: Places
    roots: Numbers
    alike: Numbers
    entries: Entries
    _steps: Hashes
    _nodes: Numbers

    @classmethod
    def of(cls, forms: Iterable[tuple[Form, TextCategory]]) -> Self:
        """The tree of some forms; where two end in one node the surer one stays."""
        rows = _Rows.of(forms)
        distinct, place = np.unique(rows.hashes, return_inverse=True)
        rows = rows.guarded(Usage.of(distinct)[place])
        alike_words = [(word, form) for word, form in SAME_IN_PLACES.items()]
        forms_there = np.isin(word_hashes([form for _, form in alike_words]), rows.hashes)
        synonyms = [pair for pair, is_there in zip(alike_words, forms_there, strict=True) if is_there]
        own = word_hashes([word for word, _ in synonyms]) if synonyms else np.zeros(0, np.uint64)
        words = Places(np.union1d(rows.hashes, own))
        alike = np.full(len(words) + 1, len(words), np.int64)
        if synonyms:
            alike[words.find(own)] = words.find(word_hashes([form for _, form in synonyms]))
        steps, nodes = [], []
        at = np.zeros(len(rows), np.int64)
        ids = words.find(rows.hashes)
        n_nodes = 1
        for depth in range(int(rows.sizes.max(initial=0))):
            here = np.flatnonzero(rows.sizes > depth)
            step = _step(at[here], ids[rows.firsts[here] + depth])
            taken, which = np.unique(step, return_inverse=True)
            at[here] = n_nodes + which
            steps.append(taken)
            nodes.append(np.arange(n_nodes, n_nodes + len(taken)))
            n_nodes += len(taken)
        roots = np.zeros(len(words) + 1, np.int64)
        if steps:
            roots[steps[0].astype(np.int64)] = nodes[0]
        return cls(
            words,
            roots,
            alike,
            rows.best(at, n_nodes),
            np.concatenate([np.zeros(0, np.uint64), *steps[1:]]),
            np.concatenate([np.zeros(0, np.int64), *nodes[1:]]),
        )

    def after(self, nodes: Numbers, words: Numbers) -> Numbers:
        """The nodes that some words lead to from some nodes; 0 where there is no way."""
        if not len(self._steps):
            return np.zeros(len(nodes), np.int64)
        wanted = _step(nodes, words)
        at = np.minimum(np.searchsorted(self._steps, wanted), len(self._steps) - 1)
        return np.where(self._steps[at] == wanted, self._nodes[at], 0)


def _step(nodes: Numbers, words: Numbers) -> Hashes:
    return nodes.astype(np.uint64) << np.uint64(32) | words.astype(np.uint64)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class _Rows:
    """Forms as columns, and the words of all of them end to end.

    Attributes
    ----------
    hashes : ndarray of uint64, shape (n_words,)
    lengths : ndarray of int64, shape (n_words,)
        Letters of each word.
    is_neutral : ndarray of bool, shape (n_words,)
        Of one letter or digit, or a form that stands for several words.
    firsts, sizes : ndarray of int64, shape (n,)
        Where the words of each form begin, and how many they are.
    entries : Entries, length n
        A plural stands behind its form.
    """

    hashes: Hashes
    lengths: Numbers
    is_neutral: Flags
    firsts: Numbers
    sizes: Numbers
    entries: Entries

    def __len__(self) -> int:
        return len(self.sizes)

    @classmethod
    def of(cls, forms: Iterable[tuple[Form, TextCategory]]) -> Self:
        """The rows of some forms and of their plurals; not all of them are held at once."""
        parts = [cls._of_some(own) for own in _batched(_with_plurals(forms))]
        hashes, lengths, is_neutral, sizes, *columns = map(np.concatenate, zip(*parts, strict=True))
        return cls(hashes, lengths, is_neutral, np.cumsum(sizes) - sizes, sizes, Entries(*columns))

    @staticmethod
    def _of_some(own: list[tuple[Form, TextCategory]]) -> tuple[npt.NDArray[np.generic], ...]:
        words = list(chain.from_iterable(form.words for form, _ in own))
        lengths = np.array([len(word) for word in words], np.int64)
        is_alike = np.array([word[-1] == "." for word in words], np.bool_)
        return (
            word_hashes(words) if words else np.zeros(0, np.uint64),
            lengths,
            (lengths == 1) | is_alike,
            np.array([len(form.words) for form, _ in own], np.int64),
            np.array([_CATEGORY[category] for _, category in own], np.uint8),
            np.array([_WAY[form.way] for form, _ in own], np.uint8),
            np.array([form.guard for form, _ in own], np.uint8),
            np.array([form.extra for form, _ in own], np.uint8),
            np.array([form.score for form, _ in own], np.float32),
        )

    def guarded(self, usage: Usage) -> _Rows:
        """The rows that are looked for, each with its guard, by what its words are.

        Parameters
        ----------
        usage : Usage, shape (n_words,)
        """
        if not len(self):
            return self
        own, first = self.entries, self.firsts
        is_one = self.sizes == 1
        is_word = usage.standing[first] == Standing.WORD
        is_everyday = usage.is_everyday[first]
        is_exact = own.way == _WAY[Way.EXACT]
        all_single = np.logical_and.reduceat(self.lengths == 1, first)
        all_everyday = np.logical_and.reduceat(usage.is_everyday | self.is_neutral, first) & (
            self.sizes < _SPECIFIC
        )
        # A form that hardly differs from its name is guarded like one where it is a word, not a frequent one.
        is_rare_word = (is_word | is_everyday) & (usage.english[first] < FREQUENT)
        guard = np.where((own.guard == Guard.WORD) & ~is_rare_word, Guard.FREE, own.guard)
        free = guard == Guard.FREE
        judged = np.where(is_one, is_everyday | (is_word & ~is_exact), all_everyday)
        is_given = (usage.is_given[first] & is_exact) | ~is_one
        guard[free & judged] = np.where(is_given, Guard.WORD, Guard.COMMON)[free & judged]
        guard[free & all_single & ~is_one] = Guard.CAPITALS
        loose_word = (guard == Guard.LOOSE) & (is_word | is_everyday)
        guard[loose_word] = np.where(is_given, Guard.WORD, Guard.COMMON)[loose_word]
        kept = ~(loose_word & (usage.english[first] >= FREQUENT))
        kept &= ~((guard == Guard.DOUBT) & (is_word | is_everyday))
        is_nickname = is_one & (own.way == _WAY[Way.NICKNAME])
        kept &= ~(is_nickname & (usage.english[first] >= FREQUENT) & ~usage.is_given[first])
        short = np.where(usage.standing[first] == Standing.SEEN, _SHORT + 1, _SHORT)
        is_short = is_nickname & (self.lengths[first] <= short) & ~usage.is_given[first]
        guard[is_short & (guard == Guard.FREE)] = Guard.DOUBT
        kept &= ~((guard == Guard.CAPITALS) & is_one & is_everyday)
        # A plural only of what is found without a look around, and where it is no word itself;
        # of a name that is a word only what is none itself can be a possessive.
        plural = own.extra > 0
        base = np.maximum(np.arange(len(self)) - 1, 0)
        is_unseen = is_one & is_exact & (usage.standing[first] == Standing.UNSEEN)
        is_plural = (guard[base] == Guard.FREE) | ((guard[base] == Guard.WORD) & is_unseen)
        kept &= ~plural | (is_plural & ~(is_one & is_everyday))
        guard[plural] = Guard.FREE
        rows = np.flatnonzero(kept)
        words = np.repeat(kept, self.sizes)
        sizes = self.sizes[rows]
        entries = Entries(own.category, own.way, guard, own.extra, own.score)[rows]
        return _Rows(
            self.hashes[words], self.lengths[words], self.is_neutral[words],
            np.cumsum(sizes) - sizes, sizes, entries,
        )  # fmt: skip

    def best(self, nodes: Numbers, n_nodes: int) -> Entries:
        """For each node the surest row that ends there: the whole value, by the highest score."""
        own = self.entries
        order = np.lexsort((own.way, own.category, -own.score, own.extra, nodes))
        ends, first = np.unique(nodes[order], return_index=True)
        found = Entries.none(n_nodes)
        for name in Entries.__slots__:
            getattr(found, name)[ends] = getattr(own, name)[order[first]]
        return found


def _with_plurals(forms: Iterable[tuple[Form, TextCategory]]) -> Iterator[tuple[Form, TextCategory]]:
    """Each form and, of a name, its plural behind it."""
    for form, category in forms:
        yield form, category
        if category is TextCategory.NAME and form.guard in (Guard.FREE, Guard.WORD):
            plural = with_plural(form)
            if plural is not None:
                yield plural, category


def _batched(forms: Iterator[tuple[Form, TextCategory]]) -> Iterator[list[tuple[Form, TextCategory]]]:
    own = list(islice(forms, _AT_ONCE))
    yield own  # at least one, so that there are columns
    while own := list(islice(forms, _AT_ONCE)):
        yield own
