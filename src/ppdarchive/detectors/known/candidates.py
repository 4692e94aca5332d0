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
_SIGNS: Final = np.array([chr(code) in "@$!|" for code in range(128)])
_MOST_PARTS: Final = 6
"""Letters, digits and signs in turn."""
_STOPS: Final = np.array([ord(sign) for sign in "!|"], np.uint32)
"""Signs for letters that rather end a word."""
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
        ranges = np.array([*replaced_ranges(batch.texts[text])], np.int64).reshape(-1, 2)
        if len(ranges):
            first, last = np.searchsorted(tokens.texts, (text, text + 1))
            _, starts, ends = batch.places(tokens.starts[first:last], tokens.ends[first:last])
            nearest = np.searchsorted(ranges[:, 0], starts, side="right") - 1
            barred[first:last] = (nearest >= 0) & (ends <= ranges[nearest, 1])
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
    single = np.flatnonzero((tokens.ends - tokens.starts == 1) & (tokens.kinds == Kind.LETTER))
    single = single[~barred[single]]
    gaps = tokens.starts[single[1:]] - tokens.ends[single[:-1]]
    linked = (gaps <= _MOST_SPACED_GAP) & (np.diff(tokens.texts[single]) == 0)
    for step in range(1, _MOST_SPACED_GAP + 1):  # no word between
        between = single[:-1] + step
        linked &= (between >= single[1:]) | (tokens.kinds[np.minimum(between, len(tokens) - 1)] == Kind.SIGN)
    runs = np.concatenate((np.zeros(1, np.int64), np.cumsum(~linked)))[: len(single)]
    is_long = np.bincount(runs, minlength=1)[runs] >= LEAST_SPACED
    single, runs = single[is_long], runs[is_long]
    if not len(single) or not sizes:
        return
    begins = np.flatnonzero(np.diff(runs, prepend=-1))
    counts = np.diff(np.append(begins, len(runs)))
    offsets = np.arange(len(runs)) - np.repeat(begins, counts)
    left = np.repeat(counts, counts) - offsets
    # Every window of the size of a name, in all runs.
    every = [(np.flatnonzero(left >= size), size) for size in sizes]
    at = np.concatenate([places for places, _ in every])
    size = np.concatenate([np.full(len(places), size) for places, size in every])
    nodes = tree.roots[tree.words.find(range_hashes(batch.lower[tokens.starts[single]], at, at + size))]
    kept = np.flatnonzero((tree.entries.score[nodes] > 0) & (tree.entries.extra[nodes] == 0))
    kept = kept[tree.entries.guard[nodes[kept]] <= Guard.COMMON]
    at, size, nodes = at[kept], size[kept], nodes[kept]
    # Within more letters a short name must begin or end them.
    is_first, is_last = offsets[at] == 0, left[at] == size
    whole = is_first & is_last
    sure = np.where(size > LEAST_SPACED, is_first | is_last | (size > _SHORT_SPACED), whole)
    factors = np.where(
        whole, np.where(size > LEAST_SPACED, 0.9, 0.7), np.where(size < _SHORT_SPACED, 0.5, 0.65)
    )
    factors *= np.where(tree.entries.guard[nodes] == Guard.FREE, 1.0, 0.6)
    kept = np.flatnonzero(sure)
    at, last = at[kept], at[kept] + size[kept] - 1
    yield _of_one_word(single[at], single[last], nodes[kept], factors[kept], _SPACED)


def with_signs_for_letters(
    batch: TextBatch, tokens: Tokens, tree: Tree, barred: Flags
) -> Iterator[Candidates]:
    """Names of one word in which digits or signs stand for letters: "m4ri@"."""
    is_sign = _stand_for_letters(batch, tokens)
    signs = np.flatnonzero(is_sign)
    is_letter = tokens.kinds == Kind.LETTER
    behind, before = np.minimum(signs + 1, len(tokens) - 1), np.maximum(signs - 1, 0)
    touches = is_letter[behind] & (tokens.starts[behind] == tokens.ends[signs])
    touches |= is_letter[before] & (tokens.ends[before] == tokens.starts[signs])
    begins = ends = signs[touches]
    is_part = is_sign | is_letter
    for _ in range(_MOST_PARTS):
        further = np.minimum(ends + 1, len(tokens) - 1)
        ends = np.where(is_part[further] & (tokens.starts[further] == tokens.ends[ends]), further, ends)
        further = np.maximum(begins - 1, 0)
        begins = np.where(is_part[further] & (tokens.ends[further] == tokens.starts[begins]), further, begins)
    begins, first = np.unique(begins, return_index=True)
    ends = ends[first]
    sizes = tokens.ends[ends] - tokens.starts[begins]
    # Digits before letters are a number of something; what an @ opens is a handle.
    opening = batch.lower[tokens.starts[begins]]
    wanted = (sizes >= _LEAST_UNMASKED + (tokens.kinds[begins] == Kind.DIGIT)) & (opening != ord("@"))
    wanted &= (sizes <= _MOST_UNMASKED) & ~np.isin(batch.lower[tokens.starts[ends]], _STOPS)
    wanted &= ~barred[begins] & ~barred[ends]
    begins, ends = begins[wanted], ends[wanted]
    written = [
        (row, word)
        for row, (a, b) in enumerate(
            zip(tokens.starts[begins].tolist(), tokens.ends[ends].tolist(), strict=True)
        )
        if sum(map(str.isalpha, text := batch.folded[a:b])) * 2 >= b - a
        for word in unmasked(text)
    ]
    if not written:
        return
    nodes = tree.roots[tree.words.find(word_hashes([word for _, word in written]))]
    kept = np.flatnonzero((tree.entries.guard[nodes] == Guard.FREE) & (tree.entries.score[nodes] > 0))
    rows = np.array([row for row, _ in written], np.int64)[kept]
    yield _of_one_word(begins[rows], ends[rows], nodes[kept], np.full(len(kept), 0.85), _DISGUISED)


def _stand_for_letters(batch: TextBatch, tokens: Tokens) -> Flags:
    """Which tokens may stand for letters: one or two digits, and some signs."""
    is_sign: Flags = (tokens.kinds == Kind.DIGIT) & (tokens.ends - tokens.starts <= _MOST_DIGITS)
    signs = np.flatnonzero(tokens.kinds == Kind.SIGN)
    is_sign[signs] = _SIGNS[np.minimum(batch.lower[tokens.starts[signs]], len(_SIGNS) - 1)]
    return is_sign


def embedded(batch: TextBatch, tokens: Tokens, candidates: Candidates) -> Flags:
    """Which candidates stand in a longer code or address: beside a digit or behind a slash."""
    before = np.maximum(candidates.first - 1, 0)
    behind = np.minimum(candidates.last + 1, len(tokens) - 1)
    touches_before = tokens.ends[before] == tokens.starts[candidates.first]
    touches_behind = tokens.ends[candidates.last] == tokens.starts[behind]
    is_slash = batch.lower[tokens.starts[before]] == ord("/")
    is_in: Flags = touches_before & ((tokens.kinds[before] == Kind.DIGIT) | is_slash)
    is_in |= touches_behind & (tokens.kinds[behind] == Kind.DIGIT)
    return is_in


def _of_one_word(
    first: Positions, last: Positions, nodes: Numbers, factors: npt.NDArray[np.float64], way: int
) -> Candidates:
    n = len(first)
    guards = np.full(n, Guard.LOOSE, np.uint8)
    return Candidates(first, last, nodes, np.ones(n, np.int64), factors, np.full(n, way, np.uint8), guards)
