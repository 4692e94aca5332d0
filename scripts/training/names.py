"""Names and places to draw, from the training half of the lexicons only."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Final

from scripts.training.grammar import read_sections

from ppdarchive.detectors.lexicon import NameKind, is_held_out, names_for

TEMPLATES: Final = Path(__file__).parent / "templates"
_VOWELS: Final = frozenset("aeiouy")


class Pool:
    """Words to draw, some of the time by how frequent they are and else all alike.

    Parameters
    ----------
    words : sequence of str
    weights : sequence of float, same length
    by_weight : float
        The share that is drawn by weight.
    """

    def __init__(self, words: Sequence[str], weights: Sequence[float], *, by_weight: float = 0.6) -> None:
        self.words = words
        self._by_weight = by_weight
        self._sums = list(accumulate(weights))

    def __call__(self, rng: Random) -> str:
        """Draw one."""
        if rng.random() < self._by_weight:
            return self.words[bisect(self._sums, rng.random() * self._sums[-1])]
        return self.words[int(rng.random() * len(self.words))]


@cache
def pool(kind: NameKind) -> Pool:
    """The lexicon's names of a kind."""
    names = names_for(kind, "train")
    return Pool(names.names, names.weights.tolist())


@cache
def listed(name: str) -> tuple[str, ...]:
    """A list of `templates/lists.txt`, names or not."""
    return tuple(_lists()[name])


@cache
def listed_names(name: str) -> tuple[str, ...]:
    """A list of names, those of the training half."""
    return training_half(_lists()[name])


def training_half(names: Sequence[str]) -> tuple[str, ...]:
    """Those of the names that may be used in training; the others are kept for evaluation."""
    held_out = is_held_out(names).tolist()
    return tuple(name for name, held in zip(names, held_out, strict=True) if not held)


@cache
def invented(name: str, n: int = 4000) -> tuple[str, ...]:
    """Names that nobody has heard of: the head of one listed name and the tail of another."""
    rng = Random(name)
    given = names_for(NameKind(name), "train").names
    blends: set[str] = set()
    while len(blends) < n:
        head, tail = rng.choice(given), rng.choice(given).lower()
        cut = next((at for at in range(2, len(head)) if head[at] in _VOWELS), 0)
        start = next((at for at in range(1, len(tail) - 1) if tail[at] in _VOWELS), 0)
        if cut and start and len(head[:cut] + tail[start:]) < 12:
            blends.add(head[:cut] + tail[start:])
    return training_half(sorted(blends - set(given)))


@cache
def _lists() -> dict[str, list[str]]:
    sections = read_sections(TEMPLATES / "lists.txt")
    rare = TEMPLATES / "rare.txt"
    return sections | (read_sections(rare) if rare.exists() else {})
