"""What the lexicons say of a word, as the few yes-or-no facts that patterns ask about."""

from __future__ import annotations

from enum import IntFlag
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.lexicon import Column, Flag, PhraseKind, WordColumns


class Trait(IntFlag):
    """One fact about a word."""

    WORD = 1 << 0
    """It is made of letters."""
    KNOWN = 1 << 1
    """Some list has it."""
    GIVEN = 1 << 2
    """A given name first of all, so that it is one even in small letters."""
    GIVENISH = 1 << 3
    """It can be a given name."""
    SURNAME = 1 << 4
    """A surname, or a given name, first of all."""
    SURNAMEISH = 1 << 5
    TOWN = 1 << 6
    """A place first of all."""
    TOWNISH = 1 << 7
    ENGLISH = 1 << 8
    """A word of everyday English, and no name first of all."""
    FREQUENT = 1 << 9
    """One of the few thousand that everybody uses."""
    FUNCTION = 1 << 10
    SPANISH = 1 << 11
    """A frequent word of Spanish."""
    SAFE = 1 << 12
    """A word of the field, a medication, a condition."""
    DATING = 1 << 13
    """A month, a weekday, a holiday."""
    STATE = 1 << 14
    STATE_SHORT = 1 << 15
    COUNTRY = 1 << 16
    DEMONYM = 1 << 17
    PLACE_NICKNAME = 1 << 19
    ORGANIZATION = 1 << 20
    BRAND = 1 << 21
    REST = 1 << 22
    """A later word of a listed phrase."""
    JOB_KNOWN = 1 << 23
    P_BASE = 1 << 24
    """The first word of a listed phrase that names a base; the others alike."""
    P_SHIP = 1 << 25
    P_FACILITY = 1 << 26
    P_STATE = 1 << 27
    P_COUNTRY = 1 << 28
    P_CITY = 1 << 29
    P_COUNTY = 1 << 36
    P_UNIT = 1 << 30
    P_OPERATION = 1 << 31
    P_ORGANIZATION = 1 << 32
    P_JOB = 1 << 33
    P_RARE_JOB = 1 << 34
    RARE_JOB_KNOWN = 1 << 35
    SURELY_GIVEN = 1 << 37
    """A given name first of all, and one that many have."""


PHRASE_TRAITS: Final = {
    PhraseKind.BASE: Trait.P_BASE,
    PhraseKind.SHIP: Trait.P_SHIP,
    PhraseKind.STATE: Trait.P_STATE,
    PhraseKind.COUNTRY: Trait.P_COUNTRY,
    PhraseKind.COUNTY: Trait.P_COUNTY,
    PhraseKind.CITY: Trait.P_CITY,
    PhraseKind.FACILITY | PhraseKind.SCHOOL: Trait.P_FACILITY,
    PhraseKind.PLACE: Trait.P_CITY,
    PhraseKind.UNIT: Trait.P_UNIT,
    PhraseKind.OPERATION: Trait.P_OPERATION,
    PhraseKind.ORGANIZATION | PhraseKind.AGENCY | PhraseKind.TEAM | PhraseKind.BRAND: Trait.P_ORGANIZATION,
    PhraseKind.RARE_PROFESSION: Trait.P_RARE_JOB,
    PhraseKind.PROFESSION: Trait.P_JOB,
}
"""What a listed phrase counts as: the first that fits."""

# Counts of people are on the lexicon's log scale (9 to a doubling), frequencies of words are 16 x zipf.
_MANY_GIVEN: Final = 100
_FEW_GIVEN: Final = 95
_COMMON_GIVEN: Final = 118
_MANY_SURNAME: Final = 110
_MANY_PLACE: Final = 130
_SOME: Final = 60
_NEARLY: Final = 15
_SHARE: Final = 90
_SOME_SHARE: Final = 5
_PLACE_SHARE: Final = 75
_FREQUENT: Final = 66
_USED: Final = 48
_BLOCK: Final = 1 << 14
"""Words looked at at once: few enough for the processor's cache."""


def traits_of(columns: WordColumns) -> npt.NDArray[np.uint64]:
    """The bits of `Trait` of some words, shape (n,)."""
    octets = np.zeros((len(columns), np.uint64().itemsize), np.uint8)
    for begin in range(0, len(columns), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        # Side by side, each column is read several times faster than row by row.
        own = WordColumns(np.asfortranarray(columns.columns[block]), columns.flags[block].copy())
        parts = np.zeros((octets.shape[1], len(own)), np.uint8)
        for trait, holds in _facts(own).items():
            octet, bit = divmod(trait.bit_length() - 1, 8)
            parts[octet] |= holds.view(np.uint8) << np.uint8(bit)
        octets[block] = parts.T
    return octets.view("<u8").ravel()


def _facts(columns: WordColumns) -> dict[Trait, npt.NDArray[np.bool_]]:
    """For each trait, of which words it holds."""
    given, surname, place = (
        columns.column(column).astype(np.int16)
        for column in (Column.GIVEN_NAME, Column.SURNAME, Column.PLACE)
    )
    given_share, surname_share, place_share = (
        columns.column(column)
        for column in (Column.GIVEN_NAME_SHARE, Column.SURNAME_SHARE, Column.PLACE_SHARE)
    )
    english = columns.column(Column.ENGLISH)
    listed = columns.has(
        Flag.DICTIONARY | Flag.SLANG | Flag.FUNCTION_WORD | Flag.SAFE | Flag.NUMBER_WORD | Flag.KINSHIP
    )
    region = columns.has(Flag.STATE | Flag.COUNTRY | Flag.STATE_ABBREVIATION)
    named = columns.has(Flag.PROPER | Flag.NICKNAME) & (given >= _SOME)
    is_given = ((given_share >= _SHARE) & ((given >= _FEW_GIVEN) | named)) | (
        (given >= _MANY_GIVEN)
        & ~listed
        & ~region
        & (given + _NEARLY >= place)
        & (given + 2 * _NEARLY >= surname)
    )
    is_surname = (surname_share >= _SHARE) | ((surname >= _MANY_SURNAME) & ~listed & ~region)
    is_place = (place_share >= _PLACE_SHARE) | (
        (place >= _MANY_PLACE) & ~listed & ~region & (place >= given) & (place + _NEARLY >= surname)
    )
    company = (columns.column(Column.ORGANIZATION) > 0) | (columns.column(Column.BRAND) > 0)
    no_name = (given < _SOME) & (surname < _SOME) & (place < _SOME) & ~company
    is_english = (listed | ((english >= _USED) & no_name)) & ~is_given & ~is_surname
    return {
        Trait.WORD: np.ones(len(columns), np.bool_),
        Trait.KNOWN: columns.columns.any(axis=1) | (columns.flags != 0),
        Trait.GIVEN: is_given,
        Trait.SURELY_GIVEN: is_given
        & (given_share >= _SHARE)
        & ((given >= _COMMON_GIVEN) | (columns.has(Flag.NICKNAME) & (given >= _SOME))),
        Trait.GIVENISH: given >= _SOME,
        Trait.SURNAME: is_surname | is_given,
        Trait.SURNAMEISH: surname >= _SOME,
        Trait.TOWN: is_place,
        Trait.TOWNISH: (place >= _SOME) & (~listed | (place_share >= _SOME_SHARE)),
        Trait.ENGLISH: is_english,
        Trait.FREQUENT: is_english & (english >= _FREQUENT),
        Trait.FUNCTION: columns.has(Flag.FUNCTION_WORD | Flag.NUMBER_WORD),
        Trait.SPANISH: columns.column(Column.SPANISH) >= _FREQUENT,
        Trait.SAFE: columns.has(Flag.SAFE | Flag.MEDICATION | Flag.CONDITION),
        Trait.DATING: columns.has(Flag.MONTH | Flag.WEEKDAY | Flag.HOLIDAY),
        Trait.STATE: columns.has(Flag.STATE),
        Trait.STATE_SHORT: columns.has(Flag.STATE_ABBREVIATION),
        Trait.COUNTRY: columns.has(Flag.COUNTRY),
        Trait.DEMONYM: columns.has(Flag.DEMONYM),
        Trait.PLACE_NICKNAME: columns.has(Flag.PLACE_NICKNAME),
        Trait.ORGANIZATION: columns.column(Column.ORGANIZATION) > 0,
        Trait.BRAND: columns.column(Column.BRAND) > 0,
        Trait.JOB_KNOWN: columns.has(Flag.PROFESSION | Flag.RARE_PROFESSION),
        Trait.RARE_JOB_KNOWN: columns.has(Flag.RARE_PROFESSION),
    }
