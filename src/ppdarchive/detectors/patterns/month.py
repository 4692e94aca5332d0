"""Dates with the English name of a month, in digits and in words."""

from __future__ import annotations

import re
from typing import Final

from ppdarchive.detectors.patterns.cues import MONTHS
from ppdarchive.detectors.patterns.date import BORN, COUNTED, DAY
from ppdarchive.detectors.patterns.needs import BEFORE_MONTH, DAY_BEFORE_MONTH, MONTH, NTH_BEFORE_MONTH
from ppdarchive.detectors.patterns.rule import GAP, SPACE, Range, Rule, one_of, words
from ppdarchive.detectors.patterns.view import Excerpt
from ppdarchive.model.span import TextCategory, Tier

_DATE: Final = TextCategory.DATE
_MONTH: Final = one_of(MONTHS) + r"(?![a-z])"
_UNIT: Final = "(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
_NTH: Final = (
    rf"(?:(?:twenty|thirty){GAP}-?{GAP}{_UNIT}|{_UNIT}|tenth|eleventh|twelfth|thirteenth|fourteenth"
    r"|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)(?![a-z])"
)
_COUNT: Final = (
    rf"(?:(?:twenty|thirty){GAP}-?{GAP}(?:one|two|three|four|five|six|seven|eight|nine)|one|two|three|four"
    r"|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    r"|nineteen|twenty|thirty)(?![a-z])"
)
SAID_YEAR: Final = (
    rf"(?:(?:two{SPACE}thousand(?:{SPACE}and)?|nineteen|twenty)(?:{GAP}-?{GAP}{_COUNT}|{SPACE}(?:oh"
    rf"|o){SPACE}{_COUNT}|{SPACE}(?:forty|fifty|sixty|seventy|eighty|ninety)(?:{GAP}-?{GAP}{_COUNT})?)"
    rf"|two{SPACE}thousand)(?![a-z])"
)
YEAR: Final = rf"(?:(?:19|20)[0-9]{{2}}(?![0-9]|'?s(?![a-z]))|'[0-9]{{2}}(?![0-9])|{SAID_YEAR})"
_ORDINAL: Final = rf"{DAY}{GAP}(?:st|nd|rd|th)(?![a-z])"
_MORE: Final = (
    rf"(?:{GAP}(?:-|&|,|to(?![a-z])|and(?![a-z])|or(?![a-z])|thru(?![a-z])|through(?![a-z])){{1,2}}{GAP}"
    rf"(?:the{SPACE})?{DAY}(?![0-9:/])(?:{GAP}(?:st|nd|rd|th)(?![a-z])|(?={GAP}(?:[,.;!?)&-]|and(?![a-z])|we"
    r"(?![a-z])|i(?![a-z])|in(?![a-z])|\x00)))){0,3}"
)
"""Further days of the same month."""
_THEN_YEAR: Final = rf"(?:,?{SPACE}(?:(?:of|in){SPACE})?{YEAR}|,(?:19|20)[0-9]{{2}}(?![0-9]))"
_OF: Final = rf"(?:(?:day{SPACE})?of{SPACE}(?:the{SPACE}month{SPACE}of{SPACE})?)"

_VERBS: Final = words("may march")
_SEEMS_DATE: Final = re.compile(
    r"(?:(?<![a-z])(?:on|since|until|till|til|before|after|by|from|around|about|due|born|is|was|date"
    r"|birthday|the|of|dated|through|thru|between|starting|started|ended|next|last|for|early|mid|late"
    r"|discharged|admitted|died|passed|called|and|to|in|el|monday|tuesday|wednesday|thursday|friday"
    r"|saturday|sunday|mon|tues?|wed|thurs?|fri|sat|sun)[\s,:-]{1,3}|(?:mon|tues?|wed|thurs?|fri|sat|sun)\.\s{1,2}|[0-9(:,-]\s?)\Z"
)
_NUMBERS: Final = re.compile(
    r"(?:sessions?|weeks?|chapter|module|page|step|age|question|item|level|part|lesson)\s{1,2}\Z"
)
_LATE: Final = re.compile(rf"^{_MONTH}\s{{1,3}}(?:[12][0-9]|3[01])(?![0-9])")
"""A day from the tenth on: nobody writes that something may 25."""
_VERB: Final = re.compile(
    r"\s{1,3}(?:take|be|have|not|help|need|sound|seem|never|also|still|want|make|get|feel|come|work|go"
    r"|just|even|or)(?![a-z])"
)
_APART: Final = re.compile(r"\s{0,3}(?:[.,;:!?)&\x00]|(?:and|at|we|i|in|to|when|until|thru)(?![a-z])|[0-9])")
_FIRST: Final = re.compile("(?<!-)(?<!nty )(?<!rty )(?:first|second)|(?<![0-9])(?:1st|2nd)")
_HAS_YEAR: Final = re.compile(YEAR)
_LONGEST_BEFORE: Final = 14


def _is_apart(excerpt: Excerpt, end: int) -> bool:
    """Whether what follows is no verb that "may" or "march" could go with."""
    return _APART.match(excerpt.text, end) is not None


def _day_month(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """The same for a day before its month, unless it numbers something: "finished session 6 May 14th"."""
    before = excerpt.text[max(match.start() - _LONGEST_BEFORE, 0) : match.start()]
    if _NUMBERS.search(before):
        return ()
    return (match.span(),) if _is_apart(excerpt, match.end()) else _unless_verb(match, excerpt)


def _unless_verb(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep a match unless its month is a verb too, in small letters, and nothing tells of a date."""
    if match["month"] in _VERBS and not excerpt.is_capital(match.start("month")):
        if _LATE.search(match[0]):
            return (match.span(),)
        before = excerpt.text[max(match.start() - _LONGEST_BEFORE, 0) : match.start()]
        if _SEEMS_DATE.search(before) is None and _HAS_YEAR.search(match[0]) is None:
            return ()
    return (match.span(),)


def _unless_first(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep a match unless its month is a verb and its day "first" or "second": later ones are days only."""
    return _unless_verb(match, excerpt) if _FIRST.search(match[0]) else (match.span(),)


def _unless_small(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep a match unless its month is a verb too, and in small letters."""
    return (
        () if match["month"] in _VERBS and not excerpt.is_capital(match.start("month")) else (match.span(),)
    )


_NAMES: Final = words("april may june august jan abril julio mayo")
_FULL: Final = words("january february september october november december")


def _alone(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep a month behind a preposition; where it could be a person or a verb, only behind some."""
    month = match["month"]
    if month == "may" and _VERB.match(excerpt.text, match.end()):
        return ()
    if month in ("may", "march", "mar") and match["before"] in (
        "this",
        "to",
        "from",
        "every",
        "of",
        "between",
    ):
        return ()
    if month in _NAMES and match["before"] in ("from", "to", "before", "after", "with"):
        return ()
    return (match.span("month"),)


MONTH_RULES: Final = (
    Rule(
        name="day-month-joined",
        category=_DATE,
        law="C",
        need=DAY_BEFORE_MONTH,
        source=(
            rf"(?<!\w)(?:{DAY}[0-9]{{4}}[a-z]\s|{DAY})-?{one_of(MONTHS)}-?(?:(?:19|20)[0-9]{{2}}|[0-9]{{2}})"
            r"(?!\w)"
        ),
        score=0.95,
        finds=("born <5MAR2019>", "<08SEP15>", "<051530Z MAR19>", "<14-mar-19>"),
        leaves=("mar201", "5 marines 20", "dec100"),
    ),
    Rule(
        name="month-day-year",
        category=_DATE,
        law="C",
        need=MONTH,
        source=(
            rf"(?<![a-z]){_MONTH}[.,]?{GAP}(?:the{SPACE})?{DAY}(?![0-9])(?:{GAP}(?:st|nd|rd|th)"
            rf"(?![a-z]))?{_MORE}{_THEN_YEAR}"
        ),
        score=0.98,
        finds=(
            "born <March 5th, 2019>",
            "<march 14 2019>, early",
            "<Mar. 14, '19> ok",
            "<june 3-5, 2019>",
            "<febuary 9 2018>",
            "<march 5th, twenty nineteen>",
        ),
        leaves=("may 20 2 year olds", "march 2019"),
    ),
    Rule(
        name="month-ordinal",
        category=_DATE,
        law="C",
        need=MONTH,
        source=rf"(?<![a-z])(?P<month>{_MONTH})\.?{GAP}(?:the{SPACE})?{_ORDINAL}{_MORE}",
        score=0.95,
        narrow=_unless_first,
        finds=(
            "on <March 5th> it rained",
            "<may the 4th>, yes",
            "since <may 1st>",
            "<june 3rd to the 5th> we",
        ),
        leaves=("march on the 5th", "mayor 5th", "you may 1st want to"),
    ),
    Rule(
        name="month-day",
        category=_DATE,
        law="C",
        need=MONTH,
        source=rf"(?<![a-z])(?P<month>{_MONTH})\.?{GAP}{DAY}(?![\w/%]|\.[0-9]|-[0-9]{{3}}){COUNTED}{_MORE}",
        score=0.88,
        narrow=_unless_verb,
        finds=(
            "since <March 5> I sleep",
            "due <may 5>, so",
            "on <oct 3-5> we",
            "<Mar 14> we met",
            "edd is <june 9>",
        ),
        leaves=("It may take 5 days", "they may 2 or 3", "I may 5 times", "in march 2 weeks in"),
    ),
    Rule(
        name="ordinal-month",
        category=_DATE,
        law="C",
        need=DAY_BEFORE_MONTH,
        source=rf"(?<!\w){_ORDINAL}{GAP}{_OF}?{_MONTH}(?:{_THEN_YEAR})?",
        score=0.95,
        finds=("the <5th of March>", "<3rd may>", "the <4th of july 2019> we", "the <21st day of june>"),
        leaves=("5th of the march", "3rd mayor"),
    ),
    Rule(
        name="day-of-month",
        category=_DATE,
        law="C",
        need=DAY_BEFORE_MONTH,
        source=rf"(?<!\w){DAY}{SPACE}of{SPACE}{_MONTH}(?:{_THEN_YEAR})?",
        score=0.92,
        finds=("on <5 of March>", "the <14 of may, 2019>"),
        leaves=("5 of the march",),
    ),
    Rule(
        name="day-month-year",
        category=_DATE,
        law="C",
        need=DAY_BEFORE_MONTH,
        source=rf"(?<![\w/.-]){DAY}[ -]{_MONTH}[.,]?[ -]?{YEAR}",
        score=0.97,
        finds=("born <5 March 2019>", "<14-mar-2019>", "<5 mar '19>"),
        leaves=("5 may or 2019", "35 march 2019"),
    ),
    Rule(
        name="day-month",
        category=_DATE,
        law="C",
        need=DAY_BEFORE_MONTH,
        source=(
            rf"(?<![\w/.$-]){DAY}(?:-|\s)(?P<month>{_MONTH})(?!{SPACE}(?:be|have|not|take|need|help|seem"
            r"|also|sound|want)(?![a-z]))"
        ),
        score=0.82,
        narrow=_day_month,
        finds=("since <5 March> I sleep", "on <8 may>, ok", "<14-mar> it was", "<18 may> and 8/28"),
        leaves=("session 6 october the 8th", "8 may be too many", "5 marched", "week 12 may be hard"),
    ),
    Rule(
        name="month-year",
        category=_DATE,
        law="C",
        need=MONTH,
        source=(
            rf"(?<![a-z])(?:{_MONTH}{GAP}(?:-|/|&|to|and|through|thru|or){GAP})?{_MONTH}\.?,?[ /-]{{0,2}}"
            rf"(?:of{SPACE})?{YEAR}"
        ),
        score=0.95,
        finds=(
            "we moved in <March 2019>",
            "in <May of 2016>",
            "since <July '14>",
            "<march-april 2019>",
            "<june/july of 2018>",
            "<october twenty eighteen>",
        ),
        leaves=("march 20 women", "may 2 of us", "august and 2019"),
    ),
    Rule(
        name="month-of-year-words",
        category=_DATE,
        law="C",
        need=MONTH,
        source=(
            rf"(?<![a-z]){_MONTH}{SPACE}(?:of{SPACE})?(?:that|this|last|the{SPACE}same|next){SPACE}year"
            r"(?![a-z])"
        ),
        score=0.6,
        tier=Tier.UNCERTAIN,
        finds=("in <may of last year> i", "<march this year>"),
        leaves=("last year in the spring",),
    ),
    Rule(
        name="year-month-name",
        category=_DATE,
        law="C",
        need=DAY_BEFORE_MONTH,
        source=(
            rf"(?<![\w.,$/-])(?:19|20)[0-9]{{2}}[ /,-]{{1,2}}(?P<month>{_MONTH})(?:{SPACE}{DAY}(?:st|nd|rd"
            r"|th)?(?![\w]))?"
        ),
        score=0.9,
        narrow=_unless_small,
        finds=("in <2019 March> we", "<2019-Mar>", "<2019 june 3rd>"),
        leaves=("in 2019 may have been", "2000 march on"),
    ),
    Rule(
        name="month-nth",
        category=_DATE,
        law="C",
        need=MONTH,
        source=(
            rf"(?<![a-z])(?P<month>{_MONTH}){SPACE}(?:the{SPACE})?{_NTH}(?!{SPACE}(?:time|call|week|day"
            rf"|of{SPACE}all))(?:{_THEN_YEAR})?"
        ),
        score=0.93,
        narrow=_unless_first,
        finds=(
            "<march third twenty nineteen> was",
            "born <June ninth>",
            "<december twenty-first>, 7 lbs",
            "on <may the fourth> we met",
        ),
        leaves=("you may first want to", "we march second", "in may the second call"),
    ),
    Rule(
        name="nth-of-month",
        category=_DATE,
        law="C",
        need=NTH_BEFORE_MONTH,
        source=rf"(?<![a-z-]){_NTH}{SPACE}{_OF}{_MONTH}(?:{_THEN_YEAR})?",
        score=0.95,
        finds=("the <third of march> it", "<twenty first of may, 2019>", "the <fourth of july>"),
        leaves=("the third march", "second of all may"),
    ),
    Rule(
        name="month-alone",
        category=_DATE,
        law="C",
        need=BEFORE_MONTH,
        source=(
            r"(?<![a-z])(?P<before>in|since|until|till|til|by|during|last|next|this|early|mid|late|every|"
            rf"(?:end|beginning|start|middle|rest|month|all|part|half|most){SPACE}of|of|before|after|around"
            rf"|between|from|to|through|thru|{BORN})(?:{SPACE}(?:early|mid|late|the{SPACE}(?:end|middle"
            rf"|beginning|start){SPACE}of|like|about|around|or|mid-))?[\s-]{{1,3}}(?P<month>{_MONTH})"
            rf"(?![-/]?[0-9'])(?!{GAP}(?:{DAY}(?![0-9])|{YEAR}))"
        ),
        score=0.5,
        tier=Tier.UNCERTAIN,
        narrow=_alone,
        finds=("since <January> it", "in <may> i will", "mid-<march> was bad", "she was born in late <june>"),
        leaves=(
            "this may help",
            "got me through may take a while",
            "after june called",
            "we march",
            "to march",
        ),
    ),
    Rule(
        name="month-pair",
        category=_DATE,
        law="C",
        need=MONTH,
        source=(
            rf"(?<![a-z]){_MONTH}\.?(?:{SPACE}(?:and|to|through|thru|until|till?|or|y|a){SPACE}"
            rf"|{GAP}[-/&]{GAP}){_MONTH}(?![\w'])"
        ),
        score=0.55,
        tier=Tier.UNCERTAIN,
        finds=("between <january and august> i", "<sept-nov> was bad"),
        leaves=("march and i may", "june called"),
    ),
    Rule(
        name="month-day-short-year",
        category=_DATE,
        law="C",
        need=MONTH,
        source=(
            rf"(?<![a-z]){_MONTH}\.?{SPACE}{DAY}(?:{GAP}(?:st|nd|rd|th)(?![a-z]))?,?{SPACE}(?:0[0-9]"
            rf"|[12][0-9]|9[0-9])(?![\w:/%]|[.,-][0-9]){COUNTED}"
        ),
        score=0.88,
        finds=("DOB: <Oct. 31 16>", "<march 5, 19> was"),
        leaves=("march 5 10am", "may 5 12 weeks", "oct 31 10:30"),
    ),
    Rule(
        name="month-bare",
        category=_DATE,
        law="C",
        need=MONTH,
        source=(
            r"(?<![\w'-])(?:january|february|july|september|october|november|december|feb"
            r"|jul|aug|sept|oct|nov)(?![\w'-])(?!\.?\s{1,3}[0-9])"
        ),
        score=0.4,
        tier=Tier.UNCERTAIN,
        finds=("<December> was hard", "it was <october> when", "sicne <july> i", "arond <feb> it"),
        leaves=("december's", "August was here", "march was bad"),
    ),
)
