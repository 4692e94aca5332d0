"""How sure candidates are, by what stands around them: "Hope called", "I have hope", "my husband brain".

A score of 0 is no mention; from `REDACT` on it is one, and from `UNCERTAIN` on a person decides.

- Names that are words: announced ("coach hope", "named Hope") or with a possessive: sure. Capitalized
  inside a sentence: sure; a month after "in" or beside a number: uncertain. Capitalized where a sentence
  starts, or in capitals among capitals: uncertain, sure before what only a person does ("Hope said").
  In small letters: uncertain after "my", before what only a person does, and after "talked to"; otherwise
  the word, no name.
- Words that may be misspelt names: surer where a name is likely. A word of English is a misspelt name only
  where a name is announced or it has a capital inside a sentence, or in small letters where a listed
  name that is a word would be one, and then uncertain.
- Letters that stand for a name: in capitals, and initials only where they are announced or sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.known.context import Context
from ppdarchive.detectors.known.forms import Guard
from ppdarchive.detectors.known.tree import CATEGORIES
from ppdarchive.model.span import TextCategory

REDACT: Final = 0.6
UNCERTAIN: Final = 0.3

_IN_LOWER: Final = 0.82
"""In small letters one edit or the same sound is enough to ask a person, two edits are not."""
_UNSURE: Final = 0.5
"""What is asked about at most there."""

Scores = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

_PLACES: Final = [
    CATEGORIES.index(category)
    for category in (TextCategory.LOCATION, TextCategory.FACILITY, TextCategory.ORGANIZATION)
]


def judged(
    scores: Scores,
    guards: npt.NDArray[np.uint8],
    categories: npt.NDArray[np.uint8],
    n_words: npt.NDArray[np.int64],
    around: Context,
) -> Scores:
    """The scores of candidates where they stand.

    Parameters
    ----------
    scores : ndarray of float64, shape (n,)
        Of the values, by how they are written.
    guards, categories : ndarray of uint8, shape (n,)
        `Guard`, and places in `CATEGORIES`.
    n_words : ndarray of int64, shape (n,)
    around : Context

    Returns
    -------
    ndarray of float64, shape (n,)
        From 0 to 1.
    """
    is_one = n_words == 1
    is_place = np.isin(categories, _PLACES)
    loose = scores + _likelier(around)
    found: Scores = np.select(
        [
            guards == Guard.FREE,
            guards == Guard.LOOSE,
            (guards == Guard.WORD) & is_one,
            (guards == Guard.COMMON) & is_one,
            (guards == Guard.WORD) | (guards == Guard.COMMON),
            guards == Guard.DOUBT,
            guards == Guard.UNLIKELY,
            guards == Guard.CAPITALS,
        ],
        [
            scores,
            np.where(around.contracted, 0.0, loose),
            scores * _of_word(around),
            scores * _of_common(around, is_place),
            scores * _of_words(around, n_words, is_place),
            scores * _of_doubt(around, is_place),
            scores * _of_unlikely(around, scores),
            scores * _of_letters(around, is_one),
        ],
        scores * _of_initials(around),
    )
    return found.clip(max=1.0)


def _first(choices: Sequence[tuple[Flags, float | Scores]]) -> Scores:
    """The value of the first flag that is set; 0 where none is."""
    return np.select([flag for flag, _ in choices], [value for _, value in choices], 0.0)


def _inside(around: Context) -> Flags:
    """Whether the capital says something: inside a sentence, and not of an abbreviation or for stress."""
    return around.capital & ~around.opening & ~around.shouted & ~around.upper


def _of_word(around: Context) -> Scores:
    """A name that is a word."""
    starts = around.opening | around.shouted
    announced = around.announced & ~(around.function & ~around.verb & ~around.capital)
    return _first(
        [
            (around.contracted, 0.0),
            (around.closing & around.opening & ~around.doing, 0.0),
            (announced & ((around.capital & ~around.shouted) | ~around.verb | around.named), 0.9),
            (around.announced & around.personal, 0.9),
            (around.presented, 0.9),
            (around.greeted & ~around.function, 0.75),
            (announced, 0.35),
            (around.counted & ~around.month, 0.0),
            (around.capital & around.family, 0.8),
            (around.function & (~around.capital | starts) & ~around.doing, 0.0),
            (around.possessive, 0.8),
            (~around.capital & around.after_my, 0.3),
            (~around.capital & (around.contacted | around.doing), 0.5),
            (~around.capital & around.verb & around.personal & ~around.determined, 0.5),
            (~around.capital & (around.signed | around.likely), 0.4),
            (~around.capital, 0.0),
            (starts & around.doing & ~around.shouted, 0.7),
            (starts & around.worded & ~around.personal, 0.0),
            (around.shouted & ~around.opening & around.article, 0.0),
            (starts, 0.5),
            (around.month, 0.35),
            (around.article, 0.4),
            (around.upper, 0.5),
            (around.capital, 0.85),
        ]
    )


def _of_common(around: Context, is_place: Flags) -> Scores:
    """A surname or a place that is a word: as a name only where it is one."""
    starts = around.opening | around.shouted
    announced = np.where(around.capital & ~around.shouted, around.announced, around.introduced)
    announced &= ~around.function | around.capital
    return _first(
        [
            (around.contracted | (around.closing & around.opening), 0.0),
            (announced & ((around.capital & ~around.shouted) | ~around.verb | around.named), 0.9),
            (around.introduced & around.personal, 0.9),
            (announced, 0.35),
            (around.capital & around.family, 0.8),
            (around.counted | around.article | around.function, 0.0),
            (~around.capital & around.contacted, 0.5),
            (around.capital & around.possessive & ~is_place, 0.5),
            (
                (~around.capital & around.doing) | (around.likely & ~is_place & (starts | ~around.capital)),
                0.4,
            ),
            (~around.capital & is_place & around.nearby & around.clause, 0.4),
            (~around.capital, 0.0),
            (starts & (around.doing | around.alone), 0.5),
            (starts, 0.0),
            (around.month, 0.35),
            (around.capital, 0.85),
        ]
    )


def _of_words(around: Context, n_words: Numbers, is_place: Flags) -> Scores:
    """A value of several words, all of them words of everyday text."""
    both = around.capital & around.last_capital
    return _first(
        [
            (around.announced & (around.capital | ~around.verb | around.named), 0.9),
            (around.shouted, 0.5),
            (both & ~around.opening, 0.9),
            (both, 0.7),
            (around.possessive, 0.7),
            (around.capital & ~around.opening, 0.5),
            (around.contacted | around.doing, 0.55),
            (is_place & around.nearby, np.where(n_words > 2, 0.65, 0.5)),
            (around.function | around.verb, 0.0),
            (~around.shouted, 0.35),
        ]
    )


def _likelier(around: Context) -> Scores:
    """How much likelier a misspelt name is for what stands around it."""
    return _first(
        [
            (around.announced | around.named, 0.15),
            (_inside(around), 0.1),
            (around.possessive | around.contacted | around.doing, 0.05),
            (~around.capital & around.spanish, -0.4),
            (~around.capital, -0.05),
        ]
    )


def _of_doubt(around: Context, is_place: Flags) -> Scores:
    """A word that no list has, and may be another one."""
    inside = _inside(around)
    return _first(
        [
            (around.contracted, 0.0),
            (around.named, 1.4),
            (around.announced & ~around.verb, 1.2),
            (inside & around.possessive, 1.1),
            (inside, 1.0),
            (around.capital & around.personal & ~around.shouted, 0.8),
            ((around.contacted | around.doing | (is_place & around.nearby)) & ~around.shouted, 0.8),
        ]
    )


def _of_unlikely(around: Context, scores: Scores) -> Scores:
    """A word that would be another one, misspelt."""
    inside = _inside(around)
    is_somebody = ~around.capital & ~around.acting & (around.contacted | around.doing | around.likely)
    return _first(
        [
            (around.contracted, 0.0),
            (around.named, 1.4),
            (around.introduced & ~around.verb, 1.2),
            (inside & ~around.article & (around.contacted | around.addressed), 1.0),
            (around.capital & around.doing & ~around.shouted, 1.0),
            (is_somebody & ~around.article & ~around.function, np.minimum(_IN_LOWER, _UNSURE / scores)),
        ]
    )


def _of_letters(around: Context, is_one: Flags) -> Scores:
    """Letters that stand for a place, or initials that a list has."""
    return _first([(around.upper & ~around.shouted, 0.8), (around.upper, 0.5), (is_one & around.long, 0.45)])


def _of_initials(around: Context) -> Scores:
    """Initials of a name, whose score is 0.4."""
    return _first(
        [
            (around.initials, 1.75),
            (around.upper & around.announced & ~around.shouted, 1.3),
            (around.upper & around.signing, 1.0),
        ]
    )
