"""Where values may stand in a batch: along the tree, letter by letter, and with digits for letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.known.forms import Guard, Way
from ppdarchive.detectors.known.readings import Readings
from ppdarchive.detectors.known.spellings import unmasked
from ppdarchive.detectors.known.tree import CATEGORIES, WAYS, Tree
from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.model.span import TextCategory
from ppdarchive.text.batch import Positions, TextBatch
from ppdarchive.text.tokens import Kind, Tokens, range_hashes, word_hashes

_MOST_GAP: Final = 4
"""Between two words of a value: as many characters of any kind, or so much white space."""
_MOST_SPACE: Final = 20
_MOST_SPACED_GAP: Final = 3
"""Between letters that are written apart."""
LEAST_SPACED, MOST_SPACED = 3, 16
"""Letters of a name that is written letter by letter."""
_SHORT_SPACED: Final = 5
"""Shorter names are no sure ones within more letters."""
_LEAST_UNMASKED, _MOST_UNMASKED = 4, 24
_MOST_DIGITS: Final = 2
_SIGNS: Final = np.array([ord(sign) for sign in "@$!|"], np.uint32)
_STOPS: Final = np.array([ord(sign) for sign in "!|"], np.uint32)
"""Of these, the ones that end a word."""
_DISGUISED: Final = WAYS.index(Way.DISGUISED)
_SPACED: Final = WAYS.index(Way.SPACED)
_EXACT: Final = WAYS.index(Way.EXACT)
_NAME: Final = CATEGORIES.index(TextCategory.NAME)

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Candidates:
    """Where values may stand, and how they were read.

    Attributes
    ----------
    first, last : ndarray of int64, shape (n,)
        Tokens.
    nodes : ndarray of int64, shape (n,)
        Of the tree.
    n_words : ndarray of int64, shape (n,)
    factors : ndarray of float64, shape (n,)
        What the score of the value is multiplied by.
    ways, guards : ndarray of uint8, shape (n,)
        Of the least exact word.
    """

    first: Positions
    last: Positions
    nodes: Numbers
    n_words: Numbers
    factors: npt.NDArray[np.float64]
    ways: npt.NDArray[np.uint8]
    guards: npt.NDArray[np.uint8]

    @classmethod
    def joined(cls, parts: Sequence[Candidates]) -> Self:
        """All of some candidates, one at least."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__slots__))

    def __len__(self) -> int:
        return len(self.first)

    def __getitem__(self, rows: npt.NDArray[np.generic]) -> Candidates:
        return Candidates(*(getattr(self, name)[rows] for name in self.__slots__))


def in_tags(batch: TextBatch, tokens: Tokens) -> Flags:
    """Which tokens stand in tags or masks, where nothing is found."""
    barred = np.zeros(len(tokens), np.bool_)
    if "[" not in batch.folded:
        return barred
    opening = tokens.texts[batch.lower[tokens.starts] == ord("[")]
    for text in np.unique(opening).tolist():
        ranges = list(replaced_ranges(batch.texts[text]))
        if ranges:
            first, last = np.searchsorted(tokens.texts, (text, text + 1))
            _, starts, ends = batch.places(tokens.starts[first:last], tokens.ends[first:last])
            for a, b in ranges:
                barred[first:last] |= (a <= starts) & (ends <= b)
    return barred


def along_the_tree(
    batch: TextBatch, tokens: Tokens, tree: Tree, readings: Readings, barred: Flags
) -> Iterator[Candidates]:
    """Values as words one after another, by what each word may stand for.

    Yields
    ------
    Candidates
        Of one word, of two, ...
    """
    places = np.flatnonzero((tokens.kinds != Kind.SIGN) & ~barred)
    reader = readings.of(batch, tokens.starts[places], tokens.ends[places], tokens.hashes[places])
    follows = _following(tokens, places, barred)
    at = np.flatnonzero(reader.ends > reader.begins)
    owner, rows = reader.expanded(at)
    nodes = tree.roots[rows.words]
    kept = np.flatnonzero(nodes)
    first = last = at[owner[kept]]
    nodes, rows = nodes[kept], rows[kept]
    n_words = 1
    while len(first):
        ends = np.flatnonzero(tree.entries.score[nodes])
        yield Candidates(
            places[first[ends]],
            places[last[ends]],
            nodes[ends],
            np.full(len(ends), n_words),
            rows.factors[ends],
            rows.ways[ends],
            rows.guards[ends],
        )
        going = np.flatnonzero(follows[last])
        owner, more = reader.expanded(last[going] + 1)
        before = going[owner]
        after = tree.after(nodes[before], more.words)
        kept = np.flatnonzero(after)
        before, more, nodes = before[kept], more[kept], after[kept]
        first, last = first[before], last[before] + 1
        rows = rows[before].and_then(more)
        n_words += 1


def _following(tokens: Tokens, places: Positions, barred: Flags) -> Flags:
    """Behind which words the next one stands close enough to be of one value, shape (n_places,)."""
    follows = np.zeros(len(places), np.bool_)
    gaps = tokens.starts[places[1:]] - tokens.ends[places[:-1]]
    is_space = (np.diff(places) == 1) & (gaps <= _MOST_SPACE)
    follows[:-1] = (gaps <= _MOST_GAP) | is_space
    follows[:-1] &= np.diff(tokens.texts[places]) == 0
    if barred.any():
        n_barred = np.cumsum(barred)[places]
        follows[:-1] &= np.diff(n_barred) == 0
    return follows


def letter_by_letter(
    batch: TextBatch, tokens: Tokens, tree: Tree, sizes: Sequence[int], barred: Flags
) -> Iterator[Candidates]:
    """Names of one word whose letters are written apart: "m a r i a", "M-A-R-I-A"."""
    single = np.flatnonzero((tokens.kinds == Kind.LETTER) & (tokens.ends - tokens.starts == 1) & ~barred)
    gaps = tokens.starts[single[1:]] - tokens.ends[single[:-1]]
    linked = (gaps <= _MOST_SPACED_GAP) & (np.diff(tokens.texts[single]) == 0)
    linked &= np.diff(np.cumsum(tokens.kinds != Kind.SIGN)[single]) == 1  # no word between
    runs = np.concatenate((np.zeros(1, np.int64), np.cumsum(~linked)))[: len(single)]
    counts = np.bincount(runs, minlength=1)
    single = single[counts[runs] >= LEAST_SPACED]
    if not len(single):
        return
    runs = np.unique(runs[counts[runs] >= LEAST_SPACED], return_inverse=True)[1]
    counts = np.bincount(runs)
    letters = batch.lower[tokens.starts[single]]
    for size in sizes:
        if size > len(runs):
            break
        at = np.flatnonzero(runs[: len(runs) - size + 1] == runs[size - 1 :])
        whole = counts[runs[at]] == size
        if size == LEAST_SPACED:
            at, whole = at[whole], whole[whole]
        nodes = tree.roots[tree.words.find(range_hashes(letters, at, at + size))]
        kept = np.flatnonzero((tree.entries.score[nodes] > 0) & (tree.entries.extra[nodes] == 0))
        kept = kept[tree.entries.guard[nodes[kept]] <= Guard.WORD]
        at, whole, nodes = at[kept], whole[kept], nodes[kept]
        guards = tree.entries.guard[nodes]
        factors = np.where(whole, 0.9, 0.65 if size >= _SHORT_SPACED else 0.5)
        factors[size == LEAST_SPACED :] = 0.7
        factors = np.where(guards == Guard.FREE, factors, 0.6 * factors)
        yield _of_one_word(single[at], single[at + size - 1], nodes, factors, _SPACED)


def with_signs_for_letters(
    batch: TextBatch, tokens: Tokens, tree: Tree, barred: Flags
) -> Iterator[Candidates]:
    """Names of one word in which digits or signs stand for letters: "m4ri@"."""
    is_letter = tokens.kinds == Kind.LETTER
    sizes = tokens.ends - tokens.starts
    is_sign = (tokens.kinds == Kind.DIGIT) & (sizes <= _MOST_DIGITS)
    signs = np.flatnonzero(tokens.kinds == Kind.SIGN)
    is_sign[signs] = np.isin(batch.lower[tokens.starts[signs]], _SIGNS)
    part = np.flatnonzero((is_letter | is_sign) & ~barred)
    if not len(part):
        return
    touching = (np.diff(part) == 1) & (tokens.starts[part[1:]] == tokens.ends[part[:-1]])
    runs = np.concatenate((np.zeros(1, np.int64), np.cumsum(~touching)))[: len(part)]
    begins = np.flatnonzero(np.diff(runs, prepend=-1))
    ends = np.append(begins[1:], len(part)) - 1
    size = tokens.ends[part[ends]] - tokens.starts[part[begins]]
    wanted = (ends > begins) & (size >= _LEAST_UNMASKED) & (size <= _MOST_UNMASKED)
    wanted &= np.add.reduceat(sizes[part] * is_letter[part], begins) * 2 >= size
    begins, ends = part[begins[wanted]], part[ends[wanted]]
    wanted = ~np.isin(batch.lower[tokens.starts[ends]], _STOPS)
    begins, ends = begins[wanted], ends[wanted]
    # Digits before letters are a number of something, and those behind them a number of somebody.
    wanted = ~(
        (tokens.kinds[begins] == Kind.DIGIT) & (tokens.ends[ends] - tokens.starts[begins] == _LEAST_UNMASKED)
    )
    begins, ends = begins[wanted], ends[wanted]
    written = [
        (row, word)
        for row, (a, b) in enumerate(
            zip(tokens.starts[begins].tolist(), tokens.ends[ends].tolist(), strict=True)
        )
        for word in unmasked(batch.folded[a:b])
    ]
    if not written:
        return
    nodes = tree.roots[tree.words.find(word_hashes([word for _, word in written]))]
    kept = np.flatnonzero((tree.entries.guard[nodes] == Guard.FREE) & (tree.entries.score[nodes] > 0))
    rows = np.array([row for row, _ in written], np.int64)[kept]
    yield _of_one_word(begins[rows], ends[rows], nodes[kept], np.full(len(kept), 0.85), _DISGUISED)


def _of_one_word(
    first: Positions, last: Positions, nodes: Numbers, factors: npt.NDArray[np.float64], way: int
) -> Candidates:
    n = len(first)
    guards = np.full(n, Guard.LOOSE, np.uint8)
    return Candidates(first, last, nodes, np.ones(n, np.int64), factors, np.full(n, way, np.uint8), guards)
