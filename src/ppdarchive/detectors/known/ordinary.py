"""Which words are words: by the lexicons that ship with the package, and a list by hand for names.

A word of English or Spanish, a month, a medicine or a state is no misspelt name unless what stands
around it says so. A listed name that is a word of everyday text is judged by context too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.known.places import Places
from ppdarchive.detectors.known.words import COMMON
from ppdarchive.detectors.lexicon import Column, Flag
from ppdarchive.detectors.lexicon import words as lexicon_words
from ppdarchive.text.tokens import Hashes, word_hashes

_WORDS: Final = (
    Flag.DICTIONARY
    | Flag.FUNCTION_WORD
    | Flag.SAFE
    | Flag.MEDICATION
    | Flag.CONDITION
    | Flag.MONTH
    | Flag.WEEKDAY
    | Flag.HOLIDAY
    | Flag.STATE
    | Flag.COUNTRY
    | Flag.DEMONYM
    | Flag.KINSHIP
    | Flag.TITLE
    | Flag.RANK
    | Flag.BRANCH
    | Flag.PROFESSION
    | Flag.NUMBER_WORD
    | Flag.SLANG
)
"""What makes a word one."""

_EVERYDAY: Final = (
    Flag.FUNCTION_WORD
    | Flag.SAFE
    | Flag.MEDICATION
    | Flag.MONTH
    | Flag.WEEKDAY
    | Flag.KINSHIP
    | Flag.TITLE
    | Flag.NUMBER_WORD
    | Flag.DEMONYM
)
"""What makes a word one of everyday text, whoever bears it as a name."""

_SEEN: Final = 48
"""Words from here on stand in running text often enough to be words: one in a million."""
_SPANISH_SEEN: Final = 56
_USED: Final = 56
"""Words of a dictionary from here on are everyday ones: three in a million."""
_GIVEN: Final = 100
_GIVEN_MOSTLY: Final = 140
"""Names from here on are names in Spanish text too."""
_GIVEN_OFTEN, _SURNAME_OFTEN = 120, 130
"""Names from here on are met as names more often than as words; which of them are words all the same
says the list by hand."""
FREQUENT: Final = 72
"""English words from here on are what a slip of the finger was meant to be: three in a hundred thousand."""


class Standing(IntEnum):
    """What a word is when no list of the study has it.

    ``SEEN`` words stand in running text, but in no dictionary: frequent misspellings among them.
    """

    UNSEEN = 0
    SEEN = 1
    NAME = 2
    WORD = 3


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Usage:
    """What some words are when no list of the study has them; each shape (n,).

    Attributes
    ----------
    standing : ndarray of uint8
        `Standing`.
    english : ndarray of uint8
        How often they stand in English text, as `Column.ENGLISH` has it.
    is_everyday : ndarray of bool
        Words of everyday text: a name like them is judged by context.
    is_given : ndarray of bool
        Given names too.
    """

    standing: npt.NDArray[np.uint8]
    english: npt.NDArray[np.uint8]
    is_everyday: npt.NDArray[np.bool_]
    is_given: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, hashes: Hashes) -> Self:
        """The usage of folded words by their hashes; best each once."""
        known = lexicon_words().columns(hashes)
        english = known.column(Column.ENGLISH)
        is_given = known.column(Column.GIVEN_NAME) >= _GIVEN
        is_word = known.has(_WORDS)
        is_spanish = known.column(Column.SPANISH) >= _SPANISH_SEEN
        is_word |= is_spanish & (known.column(Column.GIVEN_NAME) < _GIVEN_MOSTLY)
        standing = np.select(
            [is_word, is_given, is_spanish | (known.column(Column.BRAND) > 0), english >= _SEEN],
            [Standing.WORD, Standing.NAME, Standing.WORD, Standing.SEEN],
            Standing.UNSEEN,
        )
        is_used = known.has(Flag.DICTIONARY) & (english >= _USED)
        is_used &= known.column(Column.GIVEN_NAME) < _GIVEN_OFTEN
        is_used &= known.column(Column.SURNAME) < _SURNAME_OFTEN
        is_everyday = is_used | known.has(_EVERYDAY) | (_common().find(hashes) < len(_common()))
        return cls(standing.astype(np.uint8), english, is_everyday, is_given)

    def __getitem__(self, rows: npt.NDArray[np.generic]) -> Usage:
        return Usage(*(getattr(self, name)[rows] for name in self.__slots__))


@cache
def _common() -> Places:
    return Places(np.sort(word_hashes(sorted(COMMON))))
