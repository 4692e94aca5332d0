"""United States addresses: streets with a number, post office boxes, ZIP codes with a state."""

from __future__ import annotations

import re
from typing import Final

from ppdarchive.detectors.known.words import words
from ppdarchive.detectors.patterns.rule import GAP, SPACE, Need, Rule
from ppdarchive.model.span import TextCategory

_PLACE: Final = TextCategory.LOCATION
_STATES: Final = (
    "a[klrz]|c[aot]|d[ce]|fl|ga|gu|hi|i[adln]|k[sy]|la|m[adeinost]|n[cdehjmvy]|o[hkr]|p[ar]|ri|s[cd]|t[nx]|ut"
    "|v[ait]|w[aivy]|a[aep]|alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida"
    "|georgia|hawaii|idaho|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan"
    "|minnesota|mississippi|missouri|montana|nebraska|nevada|new (?:hampshire|jersey|mexico|york)"
    "|(?:north|south) (?:carolina|dakota)|ohio|oklahoma|oregon|pennsylvania|rhode island|tennessee|texas|utah"
    "|vermont|virginia|washington|west virginia|wisconsin|wyoming"
)
_SUFFIXES: Final = (
    "st|street|ave?|avenue|rd|road|dr|drive|ln|lane|ct|court|pl|place|blvd|boulevard|cir|circle|ter|terrace|pkwy"
    "|parkway|pike|hwy|highway|trl|trail|sq|square|loop|row|alley|plaza|crossing|xing|ridge|hollow|pass|run|way"
)
_DIRECTION: Final = "(?:north|south|east|west|n|s|e|w|ne|nw|se|sw)"
_NAME: Final = r"(?:[a-z][a-z'-]{0,30}|[0-9]{1,3}(?:st|nd|rd|th))"
_UNIT: Final = (
    rf"(?:,?{SPACE}(?:apt|apartment|unit|suite|ste|lot|bldg|room|rm|#)\.?{GAP}#?[a-z0-9-]{{1,5}}(?![\w]))?"
)
_ZIP: Final = r"[0-9]{5}(?:-[0-9]{4})?(?![0-9])"
_CITY: Final = (
    rf"(?:\.?,?{SPACE}[a-z][a-z.'-]{{1,20}}(?:{SPACE}[a-z][a-z'-]{{1,20}}){{0,2}}"
    rf",?{SPACE}(?:{_STATES})(?![a-z])\.?(?:,?{SPACE}{_ZIP})?)?"
)
_NO_STREET: Final = words("""
    a an the of my me in on to and or for out at is was it we i you she he they that this with from by as
    so be have had has all our your her his their more times time year years yrs month months week weeks
    day days hour hours hr hrs minute minutes min mins second seconds mile miles kid kids child children
    people session sessions call calls baby babies lb lbs pounds percent ppl am pm good great long short
    bad other different things thing not no too very much many each every per if but when after before
    while up down into off over would could can will just get got go went going
    """)
_WORD: Final = re.compile(r"[a-z']+")


def _street(match: re.Match[str], original: str) -> tuple[tuple[int, int], ...]:
    """Keep a street unless a word of its name is none of a street's."""
    if not _NO_STREET.isdisjoint(_WORD.findall(match[1])):
        return ()
    return (match.span(),)


def _city(match: re.Match[str], _: str) -> tuple[tuple[int, int], ...]:
    """Leave out of the place what belongs to the sentence before it."""
    start = match.start()
    for word in re.finditer(r"[a-z'.-]+", match[1]):
        if word[0] in _NO_STREET or word[0] in ("live", "lives", "near", "moved"):
            start = match.start(1) + word.end()
    while match.string[start] in " \t\n,":
        start += 1
    return ((start, match.end()),)


PLACE_RULES: Final = (
    Rule(
        "street",
        _PLACE,
        re.compile(
            rf"[0-9](?<![\w$.-][0-9])[0-9]{{0,5}}[a-z]?,?{SPACE}((?:{_DIRECTION}\.?{SPACE})?{_NAME}(?:{SPACE}{_NAME}){{0,2}}?)"
            rf"{SPACE}(?:{_SUFFIXES})(?![\w'])(?:\.?{SPACE}{_DIRECTION}(?![\w']))?" + _UNIT + _CITY
        ),
        0.9,
        narrow=_street,
    ),
    Rule(
        "street-direction",
        _PLACE,
        re.compile(
            rf"[0-9](?<![\w$.-][0-9])[0-9]{{1,5}}{SPACE}{_DIRECTION}\.?{SPACE}([a-z][a-z'-]{{2,30}})"
            + _UNIT
            + _CITY
        ),
        0.85,
        narrow=_street,
    ),
    Rule(
        "po-box",
        _PLACE,
        re.compile(rf"(?<![a-z])p\.?{GAP}o\.?{GAP}box{GAP}#?{GAP}[0-9]{{1,6}}" + _CITY),
        0.97,
        needs=Need.ROAD,
    ),
    Rule(
        "rural-route",
        _PLACE,
        re.compile(
            rf"(?<![a-z])(?:rr|rural route|hc){GAP}#?[0-9]{{1,4}},?{SPACE}box{SPACE}#?[0-9]{{1,6}}" + _CITY
        ),
        0.95,
        needs=Need.ROAD,
    ),
    Rule(
        "city-state-zip",
        _PLACE,
        re.compile(
            rf"(?<![\w'-])((?:[a-z][a-z.'-]{{1,20}}{SPACE}){{0,2}}[a-z][a-z.'-]{{1,20}},{GAP})(?:{_STATES})(?![a-z])\.?,?{SPACE}{_ZIP}"
        ),
        0.93,
        narrow=_city,
        needs=Need.FIVE,
    ),
    Rule(
        "state-zip", _PLACE, re.compile(rf"(?<![a-z'])(?:{_STATES})\.?,?{SPACE}{_ZIP}"), 0.85, needs=Need.FIVE
    ),
    Rule(
        "zip",
        _PLACE,
        re.compile(rf"(?<![a-z])(?:zip|postal){GAP}(?:codes?)?{GAP}(?:is|was|=|:|#)?{GAP}({_ZIP})"),
        0.95,
        group=1,
        needs=Need.FIVE,
    ),
    Rule(
        "numbered-road",
        _PLACE,
        re.compile(
            rf"(?<![a-z])(?:county (?:road|rd)|cr|fm|route|rt|hwy|highway)\.?{SPACE}[0-9]{{1,4}}(?![\w%])"
        ),
        0.7,
        needs=Need.ROAD,
    ),
)
"""For texts with digits."""
