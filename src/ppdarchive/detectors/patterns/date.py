"""Dates in digits: with any separators, in any order, with and without a year."""

from __future__ import annotations

import re
from typing import Final

from ppdarchive.detectors.patterns.attached import TIME, WEEKDAY
from ppdarchive.detectors.patterns.needs import (
    BIRTH,
    DIGITS_OF_YEAR,
    NUMBER,
    ON_NTH,
    ON_WEEKDAY,
    PARTED,
    WHEN,
)
from ppdarchive.detectors.patterns.rule import GAP, SPACE, Range, Rule, only_if, words
from ppdarchive.detectors.patterns.view import Excerpt
from ppdarchive.model.span import TextCategory, Tier

_DATE: Final = TextCategory.DATE
DAY: Final = r"(?:0?[1-9]|[12][0-9]|3[01])"
NUMBERED_MONTH: Final = "(?:0?[1-9]|1[0-2])"
FULL_YEAR: Final = r"(?:19|20)[0-9]{2}(?![0-9])"
BORN: Final = (
    rf"(?:born|had{SPACE}(?:(?:the|my|our){SPACE}(?:baby|babies|son|daughter|twins|girl|boy|second|first"
    rf"|last)|her|him)|birth{GAP}day|birth{GAP}date|birth|b-?day|dob|d\.o\.b\.?|due(?:{SPACE}date)?|edd"
    r"|delivered|induced|c-?section|csection|nacio|nacida|nacido|cumpleanos|fecha)"
)
"""Words of a birth."""
# With these before it even 8/10 is a day and no mark out of ten.
_WHEN: Final = (
    r"(?:on|since|after|before|until|till|til|dated?|around|discharged|admitted|starting|started"
    rf"|week{SPACE}of|as{SPACE}of|(?:moved|changed|pushed|rescheduled|switched|bumped){SPACE}(?:it{SPACE}"
    rf"|back{SPACE}|up{SPACE}){{0,2}}(?:to|for)|by|from|through|thru|passed|died|appointment|appt"
    rf"|anniversary|surgery|enlisted|deployed|married|arrived|el|desde|hasta|(?:shipped|got){SPACE}out|left"
    rf"|buried|came{SPACE}home|separated|retired|released|miscarried|relapsed|lost{SPACE}(?:my|our|the"
    rf"|a){SPACE}[a-z]{{2,12}}|{BORN})"
)
_IS: Final = (
    rf"(?:{SPACE}(?:is|was|will{SPACE}be|es|fue|her|him|my|the|baby|on|el|of|it|at|this|last|early|around"
    r"|about))"
)
COUNTED: Final = (
    rf"(?!{GAP}(?:%|x(?![a-z])|[ap]\.?m(?![a-z])|:|times?|weeks?|wks?|days?|months?|mos?(?![a-z])|years?"
    r"|yrs?|hours?|hrs?|minutes?|mins?|people|moms?|women|kids|sessions?|modules?|calls?|lbs?|pounds?|more"
    rf"|would|stars?|points?|cups?|dollars?|bucks?|ways?|of{SPACE}(?:us|the|my|them|our|these|those)))"
)
"""No unit behind a number."""
_SCORED: Final = re.compile(
    r"(?:session|sessions|module|modules|week|weeks|wk|level|part|chapter|step|score|scored|rate|rated"
    r"|rating|scale|mood|pain|about|only|completed|did|finished|epds|phq-?9?|gad-?7?|lesson|page|size|grade"
    r"|was a|is a|a|an|like)\s?\Z"
)
_BIRTH: Final = re.compile(BORN)
_VAGUE: Final = words("after before until till til around by from through thru")


def _is_day(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _is_full_date(match: re.Match[str]) -> bool:
    first, second, third = match[1], match[3], match[4]
    if len(first) == 4:
        return len(third) < 3 and _is_day(second, third)
    return len(first) < 3 and len(third) in (2, 4) and (_is_day(first, second) or _is_day(second, first))


def _is_short_date(match: re.Match[str]) -> bool:
    return _is_day(match[1], match[2]) and int(match[2]) > 12


def _is_told(match: re.Match[str]) -> bool:
    """Whether what stands behind "on" or "since" is a day: no fraction, not 9/11, not 24/7."""
    first, second = match["day"].split("/")
    word = match["word"] or "on"
    is_fraction = int(first) < int(second) <= 4 and word in _VAGUE
    is_saying = match["day"] in ("9/11", "24/7") and _BIRTH.match(word) is None
    return (_is_day(first, second) or _is_day(second, first)) and not (is_fraction or is_saying)


def _is_born(match: re.Match[str]) -> bool:
    first, second = re.split("[.-]", match[1])
    return _is_day(first, second) or _is_day(second, first)


def _perhaps(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep two small numbers that could be a day: no fraction, no so many of five or ten, no score."""
    part, whole = int(match[1]), int(match[2])
    is_padded = "0" in (match[1][0], match[2][0])
    is_fraction = not is_padded and (
        part < whole <= 4 or (whole in (5, 10) and part < whole) or part == whole
    )
    if not _is_day(match[1], match[2]) or whole > 12 or is_fraction:
        return ()
    if (part, whole) == (9, 11) or _SCORED.search(excerpt.text[max(match.start() - 12, 0) : match.start()]):
        return ()
    return (match.span(),)


def _is_iso_month(match: re.Match[str]) -> bool:
    """Whether a year and a number are a month: not the year after, as in 2009-10."""
    return match[3] != f"{(int(match[1]) + 1) % 100:02d}" or match[2] == "/"


NUMERIC_RULES: Final = (
    Rule(
        name="date-numeric",
        category=_DATE,
        law="C",
        need=PARTED,
        source=(
            r"(?<![0-9/-])(?<![0-9]\.)([0-9]{1,4}) ?([/.-]) ?([0-9]{1,2}) ?\2 ?([0-9]{1,4})(?![0-9/-]"
            r"|\.[0-9])(?:[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]{1,6})?z?(?![0-9]))?"
        ),
        score=0.97,
        narrow=only_if(_is_full_date),
        finds=(
            "she came on <3/5/2019> at night",
            "on <2019-03-14T10:30:00> sharp",
            "was <3/14/19>, ok",
            "<14.3.19> as they write there",
            "<3 / 14 / 2019>",
        ),
        leaves=("2/3/4 times", "1.2.3", "192.0.2.17", "555-01-26"),
    ),
    Rule(
        name="date-mixed",
        category=_DATE,
        law="C",
        need=PARTED,
        source=(
            rf"(?<![0-9/.-])(?:{NUMBERED_MONTH}[/.-]{DAY}|{DAY}[/.-]{NUMBERED_MONTH})(?:[/.-]"
            rf"|,?\s)'?{FULL_YEAR}(?![/-])"
        ),
        score=0.93,
        finds=("on <3/5 2019>", "<3-5/2019>", "<3/5, 2019>"),
        leaves=("1/2 2 cups", "3/4 20190"),
    ),
    Rule(
        name="date-spaced",
        category=_DATE,
        law="C",
        need=DIGITS_OF_YEAR,
        source=(
            rf"(?<![\w.,/$-])(?<![0-9] )(?:{NUMBERED_MONTH}\s{DAY}|{DAY}\s{NUMBERED_MONTH})\s{FULL_YEAR}"
            r"(?![\w/-])"
        ),
        score=0.8,
        finds=("it was <3 14 2019> i think", "<14 03 2019>"),
        leaves=("2016 2017 2018", "1 2 3 2019"),
    ),
    Rule(
        name="date-compact",
        category=_DATE,
        law="C",
        need=NUMBER,
        source=(
            r"(?<![0-9$.])(?:(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])|(?:0[1-9]"
            r"|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:19|20)[0-9]{2})(?![0-9])"
        ),
        score=0.9,
        finds=("the file said <20190305>", "born <03142019>"),
        leaves=("20191305", "14032019"),
    ),
    Rule(
        name="date-of-birth",
        category=_DATE,
        law="C",
        need=BIRTH,
        source=(
            rf"(?<![a-z]){BORN}(?![a-z]){GAP}(?:(?:is|was|on)(?![a-z])|[:=-])?{GAP}([0-9]{{6,8}}"
            r"|[0-9]{1,2} [0-9]{1,2} [0-9]{2,4})(?![0-9])"
        ),
        score=0.97,
        group=1,
        finds=("dob <030519>", "D.O.B.: <03051985>", "dob <03 05 85>"),
        leaves=("born 3 weeks early", "dob unknown"),
    ),
    Rule(
        name="date-when",
        category=_DATE,
        law="C",
        need=WHEN,
        source=(
            rf"(?<![a-z])(?:(?P<word>{_WHEN}){_IS}{{0,2}}:?{SPACE}|@{GAP})(?P<day>{DAY}/{DAY})(?![0-9/%]"
            rf"|\.[0-9])(?!{SPACE}of(?![a-z])){COUNTED}"
        ),
        score=0.88,
        narrow=only_if(_is_told, group="day"),
        finds=(
            "discharged on <3/5> already",
            "she was born <3/4>",
            "her birthday is <8/10>",
            "due <6/9>, so",
            "since <10/10> i sleep",
            "it got moved to <2/10> again",
        ),
        leaves=("after 9/11 I enlisted", "on 20/20", "on 3/4 of the days", "before 24/7"),
    ),
    Rule(
        name="date-born",
        category=_DATE,
        law="C",
        need=BIRTH,
        source=rf"(?<![a-z]){BORN}{_IS}{{0,3}}:?{SPACE}({DAY}[.-]{DAY})(?![0-9/%-]|\.[0-9]){COUNTED}",
        score=0.88,
        group=1,
        narrow=only_if(_is_born, group=1),
        finds=("born <3-14> at home", "her due date is <6.9> now", "nació el <14-3> en casa"),
        leaves=("born 2-3 weeks early", "birth 1-2 days"),
    ),
    Rule(
        name="date-on-dashed",
        category=_DATE,
        law="C",
        need=WHEN,
        source=(
            rf"(?<![a-z])(?:on|since|dated|week{SPACE}of|as{SPACE}of|discharged|admitted)"
            rf"(?:{SPACE}on)?{SPACE}({NUMBERED_MONTH}-{DAY})(?![0-9/%-]|\.[0-9]){COUNTED}"
        ),
        score=0.6,
        tier=Tier.UNCERTAIN,
        group=1,
        finds=("it came on <3-14> again", "since <10-21> i sleep"),
        leaves=("on 2-3 days", "on 9-5 hours"),
    ),
    Rule(
        name="date-slash",
        category=_DATE,
        law="C",
        need=PARTED,
        source=r"(?<![0-9/.$])([0-9]{1,2})/([0-9]{2})(?![0-9/%]|\.[0-9])",
        score=0.8,
        narrow=only_if(_is_short_date),
        finds=("it was <3/25> or so", "<12/24> was hard"),
        leaves=("24/7", "20/20", "120/80", "50/50"),
    ),
    Rule(
        name="date-weekday",
        category=_DATE,
        law="C",
        need=ON_WEEKDAY,
        source=rf"(?<![a-z]){WEEKDAY},?{SPACE}(?:the{SPACE})?(?!24/7)({DAY}/{DAY})(?![0-9/%:-]|\.[0-9])",
        score=0.92,
        finds=("the call on <tues 3/5> was", "since <Monday, 10/10> i"),
        leaves=("sun 24/7", "mon 9-5", "the sun was 3/4 gone"),
    ),
    Rule(
        name="date-at-time",
        category=_DATE,
        law="C",
        need=PARTED,
        source=(
            rf"(?<![0-9/.$-])(?!24/7){DAY}/{DAY}(?=,?{SPACE}(?:(?:at|@){GAP}{TIME}|{WEEKDAY}|\({WEEKDAY}))"
        ),
        score=0.92,
        finds=("it was <3/4 at 5:15pm>", "<6/7 (monday)> was bad"),
        leaves=("24/7 at 5pm", "9/10 at least"),
    ),
    Rule(
        name="date-range",
        category=_DATE,
        law="C",
        need=PARTED,
        source=(
            rf"(?<![0-9/.$-]){NUMBERED_MONTH}/{DAY}\s?(?:-|to|thru|through|until|til|till|hasta|y"
            rf"|and)\s?{NUMBERED_MONTH}/{DAY}(?![0-9/%]|\.[0-9])"
        ),
        score=0.9,
        finds=("from <3/4-3/6> i was in", "<3/4 to 3/10>"),
        leaves=("24/7 and 9/10", "13/14-15/16"),
    ),
    Rule(
        name="date-padded",
        category=_DATE,
        law="C",
        need=PARTED,
        source=r"(?<![0-9/.$])(?:0[1-9]/(?:0[1-9]|[12][0-9]|3[01])|1[0-2]/0[1-9])(?![0-9/%]|\.[0-9])",
        score=0.87,
        finds=("back again <08/08>", "it was <12/09> then", "<03/14>, ok"),
        leaves=("00/10", "8/8", "13/09"),
    ),
    Rule(
        name="date-perhaps",
        category=_DATE,
        law="C",
        need=PARTED,
        source=rf"(?<![0-9/.$])([0-9]{{1,2}})/([0-9]{{1,2}})(?![0-9/%]|\.[0-9]){COUNTED}",
        score=0.5,
        tier=Tier.UNCERTAIN,
        narrow=_perhaps,
        finds=("I think <3/7> is fine", "on track <6/8>"),
        leaves=("8/10", "1/2", "3/4", "9/11", "10/10", "session 3/8", "6/8 sessions", "5/5"),
    ),
    Rule(
        name="month-slash-year",
        category=_DATE,
        law="C",
        need=DIGITS_OF_YEAR,
        source=(
            rf"(?<![0-9/.-])(?:{NUMBERED_MONTH}\s?[/-]\s?{FULL_YEAR}|{NUMBERED_MONTH}\.{FULL_YEAR})(?![/-])"
        ),
        score=0.92,
        finds=("enrolled <03/2019>", "<3-2019>", "<03.2019>"),
        leaves=("13/2019", "3/4/2019", "2018-2019"),
    ),
    Rule(
        name="year-month",
        category=_DATE,
        law="C",
        need=DIGITS_OF_YEAR,
        source=r"(?<![0-9/.-])((?:19|20)[0-9]{2})([/-])(0[1-9]|1[0-2])(?![0-9/-])",
        score=0.88,
        narrow=only_if(_is_iso_month),
        finds=("enrolled <2019-03>", "<2019/03>"),
        leaves=("2018-19", "2009-10", "2018-2019"),
    ),
    Rule(
        name="month-apostrophe",
        category=_DATE,
        law="C",
        need=DIGITS_OF_YEAR,
        source=rf"(?<![0-9/.-]){NUMBERED_MONTH}/'[0-9]{{2}}(?![0-9])",
        score=0.88,
        finds=("since <3/'19>",),
        leaves=("the '90s", "13/'19"),
    ),
    Rule(
        name="born-on-the",
        category=_DATE,
        law="C",
        need=BIRTH,
        source=(
            rf"(?<![a-z]){BORN}{_IS}{{0,3}}{SPACE}(?:on{SPACE})?(?:the{SPACE})?({DAY}{GAP}(?:st|nd|rd|th))"
            rf"(?![a-z])(?!{SPACE}(?:week|day|month|try|time|hour|year|percentile))"
        ),
        score=0.85,
        group=1,
        finds=("he was born on the <3rd>", "I'm due the <21st> so", "her birthday is the <9th>."),
        leaves=("born on the 3rd try", "born in the 9th month"),
    ),
    Rule(
        name="on-the-nth",
        category=_DATE,
        law="C",
        need=ON_NTH,
        source=(
            rf"(?<![a-z])(?:on|since|until|til|till|before|by|after){SPACE}(?:{WEEKDAY},?{SPACE})?"
            rf"(?:the{SPACE})?((?:0?[1-9]|[12][0-9]|3[01]){GAP}(?:st|nd|rd|th))(?![a-z-])(?={GAP}(?:[.,;!?)]"
            rf"|and|at|but|we|i|he|she|they|it|of{SPACE}(?:this|last|next|the{SPACE}month|that)|because|so"
            r"|for|when|\x00))"
        ),
        score=0.5,
        tier=Tier.UNCERTAIN,
        group=1,
        finds=("she called on the <23rd>.", "since the <3rd> of last month"),
        leaves=("on the 3rd floor", "on the 1st call", "after the 2nd baby", "on 5th avenue"),
    ),
)
