"""Words of texts that no list has, as listed words that they may be: misspelt, stretched, in disguise.

Each distinct word is looked at once; what it may stand for is a row of `Readings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby, product
from string import ascii_lowercase
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

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
from ppdarchive.text.tokens import Hashes, range_hashes, word_hashes

_STRETCHED: Final = re.compile(r"(.)\1{2,}")
_RUNS: Final = re.compile(r"(.)\1+")
_RUN: Final = re.compile(r"(.)\1*")
_LEAST: Final = 3
_LEAST_SOUND: Final = 4
_LEAST_GLUED: Final = 4
_LEAST_JOINED: Final = 4
"""Letters of each of two names that are written as one word."""
LONGEST: Final = 40
"""Longer runs of letters are no names."""
_MOST_READINGS: Final = 4
_MOST_LONGER: Final = 3
"""Between words that sound alike."""
_SOUND_SCORE: Final = 0.62
_OFTEN: Final = 78
"""English words from here on are never taken for misspelt names: eight in a hundred thousand."""
_SHORT: Final = 5
"""Names of fewer letters are near many words."""
_ALPHABET: Final = np.array([ord(letter) for letter in ascii_lowercase], np.uint32)
_SLIPS_AT_ONCE: Final = 16
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

    __slots__ = ("_by_skeleton", "_by_sound", "_by_squeezed", "_listed", "_near", "_words")

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(word for word in words if word.isalpha() and len(word) >= _LEAST)
        self._listed = frozenset(self._words)
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
        found: list[list[Reading]] = [[] for _ in own]
        for reading in (*self._misspelt(looked_at, usage), *self._disguised(looked_at, usage)):
            found[reading.row].append(reading)
        return [reading._replace(row=own[reading.row]) for readings in found for reading in _best(readings)]

    def _misspelt(self, words: Sequence[str], usage: Usage) -> Iterator[Reading]:
        """Words as others with a letter or two changed, or that sound alike."""
        near = list(self._near_ones(words))
        standing, english = usage.standing.tolist(), usage.english.tolist()
        slips = _are_slips(sorted({words[row] for row, *_ in near if standing[row] == Standing.UNSEEN}))
        for row, name, way, score in near:
            if english[row] >= _OFTEN or words[row] in NEVER_MISSPELT:
                continue
            if standing[row] == Standing.WORD:
                if len(name) >= _SHORT:
                    yield Reading(row, name, way, 0.6 * score, Guard.UNLIKELY)
            elif standing[row] == Standing.NAME:
                yield Reading(row, name, way, 0.7 * score, Guard.LOOSE)
            elif words[row] in slips or standing[row] == Standing.SEEN:
                yield Reading(row, name, way, 0.8 * score, Guard.DOUBT)
            else:
                yield Reading(row, name, way, score, Guard.LOOSE)

    def _near_ones(self, words: Sequence[str]) -> Iterator[tuple[int, str, Way, float]]:
        """The listed words near some words: which, how, and how likely that is the one."""
        # "steellas voice": a possessive without its apostrophe.
        stems = [(row, word[:-1]) for row, word in enumerate(words) if word[-1] == "s" and len(word) > _SHORT]
        asked = [*enumerate(words), *stems]
        for at, other, n_edits in self._near.near([word for _, word in asked]):
            (row, word), name = asked[at], self._words[other]
            yield row, name, Way.EDIT, _edit_score(word, name, n_edits)
        for row, (word, key) in enumerate(zip(words, sound_keys(words), strict=True)):
            if key and len(word) >= _LEAST_SOUND:
                for other in self._by_sound.get(key, ()):
                    if abs(len(word) - len(self._words[other])) <= _MOST_LONGER:
                        yield row, self._words[other], Way.SOUND, _SOUND_SCORE

    def _disguised(self, words: Sequence[str], usage: Usage) -> Iterator[Reading]:
        """Words as others that were stretched, written with other letters, or glued to a word."""
        drawls = self._drawls([word for word in words if _STRETCHED.search(word)])
        for row, word in enumerate(words):
            if usage.standing[row] != Standing.WORD or not word.isascii() or _STRETCHED.search(word):
                guard = Guard.UNLIKELY if word in drawls else Guard.FREE
                for other, way, factor in self._undone(word):
                    yield Reading(row, other, way, factor, guard)

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
            for other in self._squeezed_alike(word):
                if _may_be_stretched(other, word):
                    yield other, Way.DISGUISED, 0.9 if len(other) > _LEAST else 0.5
        for size in range(_LEAST_JOINED, len(word) - _LEAST_JOINED + 1):
            if word[:size] in self._listed and word[size:] in self._listed:
                yield word[:size], Way.SPACED, 0.85
        for size in range(_LEAST_GLUED, len(word) - 1):
            if word[:-size] in GLUED_BEFORE:
                yield word[-size:], Way.SPACED, 0.85
            if word[size:] in GLUED_BEHIND:
                yield word[:size], Way.SPACED, 0.85

    def _squeezed_alike(self, word: str) -> list[str]:
        """The listed words with the same letters, however often in a row."""
        return [self._words[at] for at in self._by_squeezed.get(_RUNS.sub(r"\1", word), ())]

    def _drawls(self, words: Sequence[str]) -> frozenset[str]:
        """Those of some words that are English ones but for the letters that are drawn out."""
        owners: list[str] = []
        every: list[str] = []
        for word in words:
            runs = [_shortened(run[0]) for run in _RUN.finditer(word)]
            if sum(len(run) > 1 for run in runs) <= _MOST_UNSURE:
                short = set(map("".join, product(*runs))).difference(self._squeezed_alike(word))
                every += short
                owners += [word] * len(short)
        if not every:
            return frozenset()
        usage = Usage.of(word_hashes(every))
        is_word = (usage.standing == Standing.WORD) & ~usage.is_given
        return frozenset(owners[at] for at in np.flatnonzero(is_word).tolist())


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


def _shortened(run: str) -> tuple[str, ...]:
    """A letter, or several in a row, as they may be written."""
    return (run[0], run[:2]) if len(run) > 2 else (run,)


def _are_slips(words: Sequence[str]) -> frozenset[str]:
    """Those of some words that a slip of the finger makes of a frequent English word."""
    slips: list[str] = []
    for size, own in groupby(sorted(words, key=len), len):
        same = list(own)
        for first in range(0, len(same), _SLIPS_AT_ONCE):
            some = same[first : first + _SLIPS_AT_ONCE]
            usage = Usage.of(_hashes_one_edit_away("".join(some), size))
            frequent = (usage.standing == Standing.WORD) & (usage.english >= FREQUENT)
            slips += (some[at] for at in np.flatnonzero(frequent.reshape(len(some), -1).any(axis=1)))
    return frozenset(slips)


def _hashes_one_edit_away(text: str, size: int) -> Hashes:
    """The hashes of all words that are one edit from each of some words of one size, end to end.

    Edits are read off the word with the alphabet behind it, so all are one selection of letters.
    """
    picked, sizes = _one_edit_away(size)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").reshape(-1, size)
    alphabet = np.broadcast_to(_ALPHABET, (len(codes), len(_ALPHABET)))
    edited = np.concatenate((codes, alphabet), axis=1)[:, picked].astype(np.uint32)
    starts = np.arange(len(codes) * len(picked)) * (size + 1)
    return range_hashes(edited.ravel(), starts, starts + np.tile(sizes, len(codes)))


@cache
def _one_edit_away(size: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Which letters make each word one edit away from one of a size, and how many letters that are."""
    word = list(range(size))
    letters = range(size, size + len(_ALPHABET))
    edits = [word[:at] + word[at + 1 :] for at in word if size > _LEAST]
    edits += [[*word[:at], at + 1, at, *word[at + 2 :]] for at in word[:-1]]
    edits += [[*word[:at], letter, *word[at + 1 :]] for at in word for letter in letters]
    edits += [[*word[:at], letter, *word[at:]] for at in range(size + 1) for letter in letters]
    padded = np.array([edit + [0] * (size + 1 - len(edit)) for edit in edits])
    return padded, np.array([len(edit) for edit in edits])
