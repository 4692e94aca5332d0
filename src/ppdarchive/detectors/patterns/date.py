"""Dates that name a day or a month of a year, and ages over 89."""

from __future__ import annotations

import re
from typing import Final

from ppdarchive.detectors.patterns.rule import GAP, SPACE, Narrow, Need, Rule, only_if
from ppdarchive.model.span import TextCategory, Tier

_DATE: Final = TextCategory.DATE
_MONTH: Final = (
    "(?:january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)"
)
_MES: Final = (
    "(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre)"
)
_YEAR: Final = r"(?:(?:19|20)[0-9]{2}(?![0-9])|'[0-9]{2}(?![0-9]))"
_DAY: Final = r"(?:0?[1-9]|[12][0-9]|3[01])"
_ORDINAL: Final = rf"{_DAY}{GAP}(?:st|nd|rd|th)(?![a-z])"
_COUNTED: Final = (
    rf"(?!{GAP}(?:%|x(?![a-z])|[ap]m(?![a-z])|:|times?|weeks?|wks?|days?|months?|mos?(?![a-z])|years?|yrs?|hours?"
    r"|hrs?|minutes?|mins?|people|moms?|women|kids|or [0-9]|to [0-9]|more|of (?:us|the|my|them)))"
)
_HOLIDAY: Final = (
    "(?:new year'?s(?: eve| day)?|valentine'?s(?: day)?|st\\.? patrick'?s(?: day)?|easter(?: sunday)?"
    "|mother'?s day|memorial day|father'?s day|juneteenth|independence day|labor day|columbus day|halloween"
    "|veterans'? day|thanksgiving|hanukkah|christmas(?: eve| day)?|xmas|good friday|mlk day|presidents'? day)"
)
# Words before a day without a year: with them even 8/10 is a day and no mark out of ten.
_WHEN: Final = (
    "(?:on|since|after|before|until|till|til|dated|born|around|discharged|admitted|due|dob"
    "|birthday(?: is| was)?|starting|started|week of|as of|date (?:is|was|of)|delivered|passed|died)"
)


def _is_full_date(match: re.Match[str]) -> bool:
    first, second, third = match[1], match[3], match[4]
    if len(first) == 4:
        return len(third) < 3 and _is_day(second, third)
    return len(first) < 3 and len(third) in (2, 4) and (_is_day(first, second) or _is_day(second, first))


def _is_day(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _is_short_date(match: re.Match[str]) -> bool:
    return _is_day(match[1], match[2]) and int(match[2]) > 12


def _is_perhaps_date(match: re.Match[str]) -> bool:
    """Whether two small numbers could be a day; not a fraction, nor so many of five or ten."""
    part, whole = int(match[1]), int(match[2])
    fraction = part < whole <= 4 or whole in (5, 10) or part == whole
    return _is_day(match[1], match[2]) and whole <= 12 and not fraction


def _unless_verb(group: int) -> Narrow:
    """Keep a match unless its month is a word in small letters that is a verb too."""

    def narrow(match: re.Match[str], original: str) -> tuple[tuple[int, int], ...]:
        month = match[group]
        at = match.start(group) - match.start()
        if month in ("may", "march", "mar") and original[at : at + 1].islower():
            return ()
        return (match.span(),)

    return narrow


DATE_RULES: Final = (
    Rule(
        "date-numeric",
        _DATE,
        re.compile(
            r"(?<![0-9/-])(?<![0-9]\.)([0-9]{1,4}) ?([/.-]) ?([0-9]{1,2}) ?\2 ?([0-9]{1,4})"
            r"(?![0-9/-]|\.[0-9])(?:[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?![0-9]))?"
        ),
        0.95,
        narrow=only_if(_is_full_date),
        needs=Need.NUMBER,
    ),
    Rule(
        "date-compact",
        _DATE,
        re.compile(r"(?<![0-9$.])(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"),
        0.9,
        needs=Need.NUMBER,
    ),
    Rule(
        "date-of-birth",
        _DATE,
        re.compile(rf"(?:dob|d\.o\.b\.?){GAP}(?:is|was|:|=)?{GAP}([0-9]{{6,8}})(?![0-9])"),
        0.95,
        group=1,
        needs=Need.NUMBER,
    ),
    Rule(
        "date-when",
        _DATE,
        re.compile(rf"(?<![a-z]){_WHEN} (?:on )?({_DAY}/{_DAY})(?![0-9/%])"),
        0.85,
        group=1,
        needs=Need.NUMBER,
    ),
    Rule(
        "date-slash",
        _DATE,
        re.compile(r"(?<![0-9/.$])([0-9]{1,2})/([0-9]{2})(?![0-9/%]|\.[0-9])"),
        0.8,
        narrow=only_if(_is_short_date),
        needs=Need.NUMBER,
    ),
    Rule(
        "date-perhaps",
        _DATE,
        re.compile(r"(?<![0-9/.$])([0-9]{1,2})/([0-9]{1,2})(?![0-9/%]|\.[0-9])"),
        0.5,
        Tier.UNCERTAIN,
        narrow=only_if(_is_perhaps_date),
        needs=Need.NUMBER,
    ),
    Rule(
        "month-slash-year",
        _DATE,
        re.compile(r"(?<![0-9/])(?:0?[1-9]|1[0-2])/(?:19|20)[0-9]{2}(?![0-9/])"),
        0.9,
        needs=Need.NUMBER,
    ),
    Rule(
        "day-month-joined",
        _DATE,
        re.compile(rf"(?<![\w]){_DAY}-?{_MONTH}-?(?:(?:19|20)[0-9]{{2}}|[0-9]{{2}})(?![\w])"),
        0.95,
        needs=Need.MONTH,
    ),
    Rule(
        "month-day-year",
        _DATE,
        re.compile(
            rf"(?<![a-z]){_MONTH}\.?{GAP}(?:the{SPACE})?{_DAY}"
            rf"(?:{GAP}(?:st|nd|rd|th))?,?{SPACE}(?:of {GAP})?{_YEAR}"
        ),
        0.95,
        needs=Need.MONTH,
    ),
    Rule(
        "month-ordinal",
        _DATE,
        re.compile(rf"(?<![a-z]){_MONTH}\.?{GAP}(?:the{SPACE})?{_ORDINAL}"),
        0.93,
        needs=Need.MONTH,
    ),
    Rule(
        "month-day",
        _DATE,
        re.compile(rf"(?<![a-z])({_MONTH})\.?{GAP}{_DAY}(?![\w/]|-[0-9]|\.[0-9]){_COUNTED}"),
        0.85,
        narrow=_unless_verb(1),
        needs=Need.MONTH,
    ),
    Rule(
        "ordinal-month",
        _DATE,
        re.compile(
            rf"(?<![\w]){_ORDINAL}{GAP}(?:day )?(?:of )?(?:the month of )?{_MONTH}(?![a-z])"
            rf"(?:,?{SPACE}(?:of )?{_YEAR})?"
        ),
        0.93,
        needs=Need.MONTH,
    ),
    Rule(
        "day-of-month",
        _DATE,
        re.compile(rf"(?<![\w]){_DAY} of {_MONTH}(?![a-z])(?:,?{SPACE}{_YEAR})?"),
        0.9,
        needs=Need.MONTH,
    ),
    Rule(
        "day-month-year",
        _DATE,
        re.compile(rf"(?<![\w/.-]){_DAY}[ -]{_MONTH}[.,]?[ -]{_YEAR}"),
        0.95,
        needs=Need.MONTH,
    ),
    Rule(
        "day-month",
        _DATE,
        re.compile(rf"(?<![\w/.-]){_DAY}[ -]({_MONTH})(?![a-z])"),
        0.8,
        narrow=_unless_verb(1),
        needs=Need.MONTH,
    ),
    Rule(
        "month-year",
        _DATE,
        re.compile(rf"(?<![a-z]){_MONTH}\.?,?[ /-](?:of )?{_YEAR}"),
        0.93,
        needs=Need.MONTH,
    ),
    Rule(
        "dia", _DATE, re.compile(rf"(?<![\w]){_DAY} de {_MES}(?:,? del? [0-9]{{4}})?"), 0.93, needs=Need.MONTH
    ),
    Rule("mes", _DATE, re.compile(rf"(?<![a-z]){_MES} del? (?:19|20)[0-9]{{2}}"), 0.93, needs=Need.MONTH),
    Rule(
        "holiday-year",
        _DATE,
        re.compile(rf"(?<![a-z]){_HOLIDAY},? (?:of |in )?{_YEAR}"),
        0.92,
        needs=Need.NUMBER,
    ),
)
"""For texts with digits."""

_OLD: Final = r"(?<![0-9.,/$-])(9[0-9]|1[0-2][0-9])(?![0-9%/]|[.,:-][0-9])"
_ELDERS: Final = (
    "(?:grand ?[a-z]{2,8}|granny|gramps|gran|nana|nanny|abuel[ao]|great[ -](?:aunt|uncle|[a-z-]{3,14}))"
)

AGE_RULES: Final = (
    Rule(
        "age-years",
        TextCategory.AGE,
        re.compile(_OLD + r"[ -]?(?:years?|yrs?|yr|y)?[ -]?(?:of age|olds?|yo(?![a-z])|y/o|y\.o\.?)"),
        0.95,
        group=1,
        needs=Need.OLD,
    ),
    Rule(
        "age-turned",
        TextCategory.AGE,
        re.compile(rf"(?<![a-z])(?:turn(?:ed|s|ing)|aged?|age of|age is|cumplio){SPACE}" + _OLD),
        0.9,
        group=1,
        needs=Need.OLD,
    ),
    Rule(
        "age-elder",
        TextCategory.AGE,
        re.compile(
            rf"(?<![a-z]){_ELDERS},?{SPACE}(?:who{SPACE})?"
            rf"(?:(?:just|has|already|now|is|was|turned|'s|at|almost|nearly){SPACE}){{1,3}}"
            + _OLD
            + r"(?! ?(?:lbs?|pounds|degrees|miles|percent|minutes))"
        ),
        0.9,
        group=1,
        needs=Need.OLD,
    ),
)
"""For texts with digits; a year of life over 89 identifies (45 CFR 164.514(b)(2)(i)(C))."""
