"""Words of texts that no list has, as listed words that they may be: misspelt, stretched, in disguise.

Each distinct word is looked at once; what it may stand for is a row of `Readings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from string import ascii_lowercase
from typing import Final, NamedTuple

import numpy as np

from ppdarchive.detectors.known.edits import NearWords
from ppdarchive.detectors.known.forms import Guard, Way
from ppdarchive.detectors.known.ordinary import FREQUENT, Standing, Usage
from ppdarchive.detectors.known.sound import sound_keys
from ppdarchive.detectors.known.words import (
    CAPITAL_LOOK_ALIKES,
    GLUED_BEFORE,
    GLUED_BEHIND,
    LOOK_ALIKES,
    NEVER_MISSPELT,
    SIGNS_FOR_LETTERS,
)
from ppdarchive.text.tokens import word_hashes

_STRETCHED: Final = re.compile(r"(.)\1{2,}")
_RUNS: Final = re.compile(r"(.)\1+")
_RUN: Final = re.compile(r"(.)\1*")
_LEAST: Final = 3
_LEAST_SOUND: Final = 4
_LEAST_GLUED: Final = 4
LONGEST: Final = 40
"""Longer runs of letters are no names."""
_MOST_READINGS: Final = 4
_MOST_LONGER: Final = 3
"""Between words that sound alike."""
_SOUND_SCORE: Final = 0.68
_OFTEN: Final = 78
"""English words from here on are never taken for misspelt names: eight in a hundred thousand."""
_SHORT: Final = 5
"""Names of fewer letters are near many words."""
_MOST_UNSURE: Final = 3
"""Signs that may stand for several letters, in one word."""


class Reading(NamedTuple):
    """What a word of a text may stand for.

    Attributes
    ----------
    row : int
        Which word.
    word : str
        A listed word.
    way : Way
    factor : float
        What the score of the value is multiplied by.
    guard : Guard
        What must stand around it all the same.
    """

    row: int
    word: str
    way: Way
    factor: float
    guard: Guard


class Speller:
    """Finds the listed words that other words may stand for.

    Parameters
    ----------
    words : sequence of str
        Listed words that may be misspelt, folded, each once.
    """

    __slots__ = ("_by_skeleton", "_by_sound", "_by_squeezed", "_near", "_words")

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(word for word in words if word.isalpha() and len(word) >= _LEAST)
        self._near = NearWords(self._words)
        self._by_sound: dict[str, list[int]] = {}
        for at, key in enumerate(sound_keys(self._words)):
            if key and len(self._words[at]) >= _LEAST_SOUND:
                self._by_sound.setdefault(key, []).append(at)
        self._by_squeezed: dict[str, list[int]] = {}
        self._by_skeleton: dict[str, str] = {}
        for at, word in enumerate(self._words):
            self._by_squeezed.setdefault(_RUNS.sub(r"\1", word), []).append(at)
            if not word.isascii():
                self._by_skeleton.setdefault(word.translate(LOOK_ALIKES), word)

    def readings(self, words: Sequence[str]) -> list[Reading]:
        """What some words may stand for, in their order, the likeliest first.

        Parameters
        ----------
        words : sequence of str, length n
            Folded, each once, none of them listed.
        """
        own = [at for at, word in enumerate(words) if _LEAST <= len(word) <= LONGEST and word.isalpha()]
        if not own or not self._words:
            return []
        looked_at = [words[at] for at in own]
        usage = Usage.of(word_hashes(looked_at))
        standing, english = usage.standing, usage.english
        found: list[list[Reading]] = [[] for _ in own]
        near: dict[int, list[tuple[str, Way, float]]] = {}
        for row, other, n_edits in self._near.near(looked_at):
            score = _edit_score(looked_at[row], self._words[other], n_edits)
            near.setdefault(row, []).append((self._words[other], Way.EDIT, score))
        for row, key in enumerate(sound_keys(looked_at)):
            for other in self._by_sound.get(key, ()) if len(looked_at[row]) >= _LEAST_SOUND else ():
                if abs(len(looked_at[row]) - len(self._words[other])) <= _MOST_LONGER:
                    near.setdefault(row, []).append((self._words[other], Way.SOUND, _SOUND_SCORE))
        slips = _are_slips([looked_at[row] for row in near if standing[row] == Standing.UNSEEN])
        for row, candidates in near.items():
            word = looked_at[row]
            if english[row] >= _OFTEN or word in NEVER_MISSPELT:
                continue
            factor, guard = 1.0, Guard.LOOSE
            if standing[row] == Standing.WORD:
                factor, guard = 0.6, Guard.DOUBT
            elif standing[row] == Standing.NAME:
                factor = 0.7
            elif word in slips:
                factor, guard = 0.8, Guard.DOUBT
            found[row] += [
                Reading(row, other, way, score * factor, guard) for other, way, score in candidates
            ]
        for row, word in enumerate(looked_at):
            if standing[row] != Standing.WORD or not word.isascii() or _STRETCHED.search(word):
                found[row] += [
                    Reading(row, other, way, factor, Guard.FREE) for other, way, factor in self._undone(word)
                ]
        return [
            reading._replace(row=own[row])
            for row, readings in enumerate(found)
            for reading in _best(readings)
        ]

    def _undone(self, word: str) -> Iterator[tuple[str, Way, float]]:
        """A word with a disguise taken off: letters of other scripts, stretched letters, words glued on."""
        if not word.isascii():
            for skeleton in {word.translate(LOOK_ALIKES), word.translate(CAPITAL_LOOK_ALIKES)} - {word}:
                yield skeleton, Way.DISGUISED, 0.95
                if skeleton in self._by_skeleton:
                    yield self._by_skeleton[skeleton], Way.DISGUISED, 0.95
        elif word in self._by_skeleton:
            yield self._by_skeleton[word], Way.DISGUISED, 0.95
        if _STRETCHED.search(word):
            squeezed = _RUNS.sub(r"\1", word)
            for other in self._by_squeezed.get(squeezed, ()):
                if _may_be_stretched(self._words[other], word):
                    yield self._words[other], Way.DISGUISED, 0.9
        for size in range(_LEAST_GLUED, len(word) - 1):
            if word[:-size] in GLUED_BEFORE:
                yield word[-size:], Way.SPACED, 0.85
            if word[size:] in GLUED_BEHIND:
                yield word[:size], Way.SPACED, 0.85


def unmasked(text: str) -> Iterator[str]:
    """What letters and signs may say when digits and signs stand for letters: "m4ri@" for "maria"."""
    readings = [SIGNS_FOR_LETTERS.get(character, character) for character in text]
    if sum(len(reading) > 1 for reading in readings) <= _MOST_UNSURE:
        yield from map("".join, product(*readings))


def _best(readings: Sequence[Reading]) -> list[Reading]:
    """The likeliest readings, one for each listed word."""
    ranked = sorted(readings, key=lambda reading: (reading.guard, -reading.factor, reading.word))
    return list({reading.word: reading for reading in reversed(ranked[:_MOST_READINGS])}.values())


def _edit_score(word: str, name: str, n_edits: int) -> float:
    """How likely a word is a name that is so many edits away."""
    score = 0.7 if n_edits == 1 else 0.6
    if n_edits == 1:
        if sorted(word) == sorted(name) or _RUNS.sub(r"\1", word) == _RUNS.sub(r"\1", name):
            score = 0.75  # swapped, or doubled
        if len(name) > 6:
            score += 0.05
    if len(name) < _SHORT:
        score -= 0.2
    if word[0] != name[0]:
        score -= 0.05 if sorted(word) == sorted(name) else 0.12
    return score


def _may_be_stretched(name: str, word: str) -> bool:
    """Whether a word with the same letters has each at least as often in a row as a name."""
    own, stretched = ([len(run[0]) for run in _RUN.finditer(text)] for text in (name, word))
    return all(a <= b for a, b in zip(own, stretched, strict=True))


def _are_slips(words: Sequence[str]) -> frozenset[str]:
    """Those of some words that a slip of the finger makes of a frequent English word."""
    near = [_one_edit_away(word) for word in words]
    every = [other for others in near for other in others]
    if not every:
        return frozenset()
    usage = Usage.of(word_hashes(every))
    frequent = (usage.standing == Standing.WORD) & (usage.english >= FREQUENT)
    owners = np.repeat(np.arange(len(words)), [len(others) for others in near])
    return frozenset(words[at] for at in np.unique(owners[frequent]).tolist())


def _one_edit_away(word: str) -> list[str]:
    """All words of three letters and more that are one edit away."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = [a + b[1:] for a, b in cuts if b and len(word) > _LEAST]
    found += [a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1]
    found += [a + letter + b[1:] for a, b in cuts if b for letter in ascii_lowercase]
    found += [a + letter + b for a, b in cuts for letter in ascii_lowercase]
    return found
