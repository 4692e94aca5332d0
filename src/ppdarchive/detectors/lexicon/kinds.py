"""What a word or a phrase of the lexicons can be."""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import Final


class Flag(IntFlag):
    """What the lists say of one word; a word can be several.

    ``DICTIONARY`` words stand with a small initial in a dictionary of American English, ``PROPER``
    ones with a capital only. ``SAFE`` words belong to the field and identify nobody.
    """

    STATE = 1 << 0
    STATE_ABBREVIATION = 1 << 1
    COUNTRY = 1 << 2
    DEMONYM = 1 << 3
    MONTH = 1 << 4
    WEEKDAY = 1 << 5
    HOLIDAY = 1 << 6
    TITLE = 1 << 7
    KINSHIP = 1 << 8
    RANK = 1 << 9
    BRANCH = 1 << 10
    FACILITY_WORD = 1 << 11
    ORGANIZATION_WORD = 1 << 12
    STREET_SUFFIX = 1 << 13
    PROFESSION = 1 << 14
    RARE_PROFESSION = 1 << 15
    MEDICATION = 1 << 16
    SAFE = 1 << 17
    FUNCTION_WORD = 1 << 18
    MILITARY_WORD = 1 << 19
    NUMBER_WORD = 1 << 20
    NICKNAME = 1 << 21
    DICTIONARY = 1 << 22
    PROPER = 1 << 23
    BASE = 1 << 24
    PLACE_NICKNAME = 1 << 25
    NAME_SUFFIX = 1 << 26
    DIRECTION = 1 << 27
    SLANG = 1 << 28
    CONDITION = 1 << 29
    NAME_CUE = 1 << 30
    PLACE_CUE = 1 << 31


class Column(IntEnum):
    """The columns of a word; each a byte, 0 where nothing is known.

    Counts are on a log scale, `LOG_SCALE` to each doubling. A share is the probability, times 255, that
    the word, whatever its capitals, stands for this in running text. ``ENGLISH`` and ``SPANISH`` are
    frequencies: 16 to each power of ten, 0 for one in a thousand million words or less (16 x zipf).
    """

    GIVEN_NAME = 0
    GIVEN_NAME_SHARE = 1
    SURNAME = 2
    SURNAME_SHARE = 3
    PLACE = 4
    PLACE_SHARE = 5
    PLACE_PART = 6
    ENGLISH = 7
    SPANISH = 8
    ORGANIZATION = 9
    ORGANIZATION_PART = 10
    BRAND = 11


LOG_SCALE: Final = 9


class PhraseKind(IntFlag):
    """What a phrase of two to eight words names; a phrase can be several.

    ``ORDINARY`` phrases are plain English besides ("new home", "half way").
    """

    CITY = 1 << 0
    COUNTY = 1 << 1
    STATE = 1 << 2
    COUNTRY = 1 << 3
    PLACE = 1 << 4
    BASE = 1 << 5
    SHIP = 1 << 6
    UNIT = 1 << 7
    OPERATION = 1 << 8
    FACILITY = 1 << 9
    SCHOOL = 1 << 10
    ORGANIZATION = 1 << 11
    AGENCY = 1 << 12
    TEAM = 1 << 13
    MEDIA = 1 << 14
    BRAND = 1 << 15
    SAFE = 1 << 16
    RANK = 1 << 17
    PROFESSION = 1 << 18
    RARE_PROFESSION = 1 << 19
    MEDICATION = 1 << 20
    HOLIDAY = 1 << 21
    KINSHIP = 1 << 22
    TITLE = 1 << 23
    DEMONYM = 1 << 24
    SURNAME = 1 << 25
    GIVEN_NAME = 1 << 26
    CONDITION = 1 << 27
    ORDINARY = 1 << 28
