"""Places on a road or a grid, and streets without a house number."""

from __future__ import annotations

import re
from typing import Final

from ppdarchive.detectors.patterns.cues import SUFFIXES
from ppdarchive.detectors.patterns.needs import (
    CALLE,
    CORNER,
    CROSSING,
    DEGREE,
    GRID,
    NAMED_STREET,
    NUMBERED_STREET,
    ROAD,
    SMALL_STREET,
    UNIT,
)
from ppdarchive.detectors.patterns.place import DIRECTION, NAME, NO_STREET, SUFFIX, with_city
from ppdarchive.detectors.patterns.rule import GAP, SPACE, Range, Rule, one_of, only_if, words
from ppdarchive.detectors.patterns.view import Excerpt
from ppdarchive.model.span import TextCategory, Tier

_PLACE: Final = TextCategory.LOCATION
_DECIMAL: Final = r"-?[0-9]{1,3}\.[0-9]{3,10}"
_DEGREES: Final = (
    rf"[0-9]{{1,3}}(?:\.[0-9]{{1,8}})?{GAP}(?:°|deg(?:rees)?(?![a-z])){GAP}(?:[0-9]{{1,2}}"
    rf"(?:\.[0-9]{{1,4}})?{GAP}'{GAP})?(?:[0-9]{{1,2}}(?:\.[0-9]{{1,4}})?{GAP}(?:\"|''){GAP})?"
)
_STREET_SUFFIX: Final = one_of(
    "st street ave avenue rd road dr ln lane blvd boulevard pkwy parkway cir ter pike hwy trl"
)
_PLACE_SUFFIX: Final = one_of("drive ct court circle terrace highway trail pl place loop trace way")
"""What also ends other names: a court, a drive, the Milky Way."""
_NAME: Final = re.compile("[a-z'-]+")
_NO_CORNER: Final = words(f"{SUFFIXES} and")
_TITLED: Final = re.compile(r"\.?\s{1,2}(?=[a-z])")
_NO_NAME: Final = words("""
    the a an my our his her their this that main-st wall sesame easy memory fast slow back side other same
    every each long hard rocky bumpy two one to of in on and basketball supreme federal district family
    juvenile probate tennis food drug dirt private in into down up off from i we training test hard disk
    thumb flash right wrong way only left next busy main gravel country open quiet dark middle high low
    center city town neighborhood residential one-way two-way gun whole entire military base school hospital
    highway stop divorce juvenile superior appeals night day red green blue hot cold dead narrow winding
    home best worst no some any which what whose kid bus car truck work sunday another second third last own
    safe first
    """)


def _is_on_earth(match: re.Match[str]) -> bool:
    latitude, longitude = float(match[1]), float(match[2])
    return abs(latitude) <= 90 and abs(longitude) <= 180


def _named_street(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep a street whose name has capitals too, and the town behind its comma."""
    words_of_name = [
        word for word in _NAME.finditer(excerpt.text, *match.span("name")) if _is_name(word, excerpt)
    ]
    names = [word.start() for word in words_of_name]
    if all(word[0] in _NO_NAME for word in words_of_name) or not excerpt.is_title(match.start("suffix")):
        return ()
    # "My OB Dr. Shook", "Ask En. St. Al's is near": a title or a saint, not the end of a street's name.
    rest = _TITLED.match(excerpt.text, match.end())
    if rest and match["suffix"] in ("dr", "st") and excerpt.is_title(rest.end()):
        return ()
    if excerpt.text[names[-1] : match.start("suffix")].strip().count(" "):
        return ()
    start = match.start() if names[0] == match.start("name") else names[0]
    return ((start, with_city(match, excerpt)),)


def _small_street(match: re.Match[str], _: Excerpt) -> tuple[Range, ...]:
    """Keep a street in small letters behind a preposition, if no word of its name is a common one."""
    names = match["name"].split()
    if not (_NO_NAME.isdisjoint(names) and NO_STREET.isdisjoint(names)) or names[-1].endswith(
        ("ed", "ing", "est")
    ):
        return ()
    return ((match.start("name"), match.end()),)


def _crossing(match: re.Match[str], _: Excerpt) -> tuple[Range, ...]:
    names = [word[0] for word in _NAME.finditer(f"{match['one']} {match['other']}")]
    return (
        (match.span(1),) if (NO_STREET - {"second"}).isdisjoint(names) and _NO_NAME.isdisjoint(names) else ()
    )


def _corner(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep two crossing streets: numbers, or names with capitals or behind "corner of"."""
    start = match.start(1)
    names = [
        word
        for word in _NAME.finditer(excerpt.text, *match.span(1))
        if len(word[0]) > 2 and word[0] not in _NO_CORNER
    ]
    is_said = match[0].startswith(("corner", "intersection"))
    is_street = all(
        word[0] not in NO_STREET and (is_said or excerpt.is_title(word.start())) for word in names
    )
    return ((start, match.end(1)),) if is_street else ()


def _is_name(word: re.Match[str], excerpt: Excerpt) -> bool:
    """Whether a word with a capital can be a street's, and not what a sentence begins with."""
    return excerpt.is_title(word.start()) and (word[0] not in NO_STREET or word[0] == "second")


def _calle(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    return () if match["name"].split()[0] in ("que", "y", "con", "por", "a", "es") else (match.span(),)


_NAMED: Final = (
    rf"(?<![\w'-])(?:{DIRECTION}\.?{SPACE})?"
    rf"(?P<name>[a-z][a-z'-]{{0,30}}(?:{SPACE}[a-z][a-z'-]{{0,30}})?){SPACE}"
)

ROAD_RULES: Final = (
    Rule(
        name="numbered-road",
        category=_PLACE,
        law="B",
        need=ROAD,
        source=(
            r"(?<!\w)(?:(?:county|state|farm|us|u\.s\.|interstate)\s{1,3}(?:road|rd|route|rte|highway"
            r"|hwy)|interstate|carretera|cr|fm|rm|rr|rural\s{1,3}route|route|rte?|highway|hwy)(?:\.|-"
            rf"|{GAP}#)?{GAP}[0-9]{{1,4}}[a-z]?(?![\w%]|[.,:/-][0-9])(?!{SPACE}(?:hours?|minutes?|miles"
            rf"|times|days|weeks))(?:{SPACE}{DIRECTION}(?![\w'-]))?"
        ),
        score=0.8,
        finds=("we live on <County Road 214>", "off <highway 61>", "<Hwy 6 west>, ok", "<rt. 5>"),
        leaves=("the route took 12 minutes", "rt 5 minutes", "route 2 hours"),
    ),
    Rule(
        name="interstate",
        category=_PLACE,
        law="B",
        need=ROAD,
        source=(
            r"(?<![\w'-])(?:i-[0-9]{1,3}|us[ -][0-9]{1,3}|u\.s\.\s?[0-9]{1,3}|sr[ -][0-9]{1,3})"
            r"(?:[nsew](?![a-z]))?(?![\w%]|[.,:/-][0-9])(?!\s{1,3}(?:of|weeks?|days?|hours?|minutes?"
            r"|months?|years?|times?|moms?|women|vets|veterans|dollars|more|to|or|and))"
        ),
        score=0.75,
        finds=("the exit off <I-80> by", "on <US 30> past"),
        leaves=("told us 3 times", "between us 2 and", "us 20 dollars", "i 80"),
    ),
    Rule(
        name="mile-marker",
        category=_PLACE,
        law="B",
        need=ROAD,
        source=(
            rf"(?<!\w)(?:mile{GAP}(?:marker|post)|mm|kilometro|km|exit){GAP}#?[0-9]{{1,3}}[a-z]?(?![\w%]"
            rf"|[.,:/-][0-9])(?!{SPACE}(?:pages?|questions?|surveys?|interviews?|minutes?|hours?|times|of)"
            rf"(?![a-z]))(?:{SPACE}(?:off|on|de){SPACE}(?:the{SPACE})?[a-z]{{1,10}}[ -]?[0-9]{{1,3}}(?!\w))?"
        ),
        score=0.7,
        finds=("at <mile marker 242>", "<exit 242 off I-80>", "en el <km 12>"),
        leaves=("a 5 km run", "12 mm", "the exit was 2 miles", "exit 1 page"),
    ),
    Rule(
        name="numbered-street",
        category=_PLACE,
        law="B",
        need=NUMBERED_STREET,
        source=(
            rf"(?<![\w.-])(?:{DIRECTION}\.?{SPACE})?[0-9]{{1,3}}{GAP}(?:st|nd|rd|th){SPACE}(?:st|street|ave?"
            rf"|avenue|blvd|road|rd|pl|ter|terrace)(?![a-z'])(?:\.?{SPACE}{DIRECTION}(?![\w'-]))?"
        ),
        score=0.85,
        finds=("off <42nd street>", "on <5th ave>", "<NW 23rd Pl>"),
        leaves=("in 3rd place", "the 1st fair"),
    ),
    Rule(
        name="street-corner",
        category=_PLACE,
        law="B",
        need=CORNER,
        source=(
            rf"(?<![a-z])(?:corner{SPACE}of|intersection{SPACE}of|at|on|near){SPACE}((?:[0-9]{{1,3}}(?:st|nd"
            rf"|rd|th){SPACE}(?:and|&|n){SPACE}(?:[0-9]{{1,3}}(?:st|nd|rd|th)|[a-z][a-z'-]{{2,20}})"
            rf"|[a-z][a-z'-]{{2,20}}{SPACE}(?:and|&){SPACE}[0-9]{{1,3}}(?:st|nd|rd|th))(?:{SPACE}{SUFFIX})?)"
            r"(?![\w'])"
        ),
        score=0.7,
        group=1,
        narrow=_corner,
        finds=("corner of <5th and Main>", "near <Oak & 12th street>"),
        leaves=("on the 2nd and 3rd", "at 1st and then", "on 3rd and my"),
    ),
    Rule(
        name="crossing",
        category=_PLACE,
        law="B",
        need=CROSSING,
        source=(
            rf"(?<![a-z])(?:corner|intersection){SPACE}of{SPACE}((?P<one>{NAME}(?:(?:{SPACE}{NAME}){{0,2}}?"
            rf"{SPACE}{SUFFIX}(?![\w']))?){SPACE}(?:and|&|n|y){SPACE}(?P<other>{NAME}(?:"
            rf"(?:{SPACE}{NAME}){{0,2}}?{SPACE}{SUFFIX}(?![\w']))?))(?![\w'])"
        ),
        score=0.85,
        group=1,
        narrow=_crossing,
        finds=("corner of <elm and gilbert ct> &", "at the corner of <Canyon Rim Dr and Fox Run> is"),
        leaves=("the corner of my eye and my", "corner of the room and the bed"),
    ),
    Rule(
        name="named-street",
        category=_PLACE,
        law="B",
        need=NAMED_STREET,
        source=rf"{_NAMED}(?P<suffix>{_STREET_SUFFIX})(?![\w'])",
        score=0.75,
        narrow=_named_street,
        finds=(
            "up on <Dunmore Pike> and",
            "We are at <W. Tamarack St, Ainsworth> if",
            "near <Old Mill Road>",
        ),
        leaves=("on the road", "Back Road was closed", "down a Long Road", "my Dr said", "the Milky Way"),
    ),
    Rule(
        name="named-place",
        category=_PLACE,
        law="B",
        need=NAMED_STREET,
        source=rf"{_NAMED}(?P<suffix>{_PLACE_SUFFIX})(?![\w'])",
        score=0.5,
        tier=Tier.UNCERTAIN,
        narrow=_named_street,
        finds=("at <Lafayette Place> and", "off <Larkspur Court>"),
        leaves=("a safe place", "Family Court was hard", "on my way"),
    ),
    Rule(
        name="small-street",
        category=_PLACE,
        law="B",
        need=SMALL_STREET,
        source=(
            rf"(?<![a-z])(?:on|off|off{SPACE}of|near|at|down|along|corner{SPACE}of|and){SPACE}"
            rf"(?P<name>{NAME}(?:{SPACE}{NAME}){{0,2}}?){SPACE}(?:st|street|ave|avenue|rd|road|ln|lane|blvd"
            r"|boulevard|ct|dr|drive|pkwy|parkway|terrace|trail|circle|cir|pike)(?![\w'])"
        ),
        score=0.5,
        tier=Tier.UNCERTAIN,
        narrow=_small_street,
        finds=("a park on <whispering pines drive> has", "off <gilbert ct>"),
        leaves=(
            "on the road",
            "on my street",
            "on a long drive",
            "at the side street",
            "down the wrong road",
        ),
    ),
    Rule(
        name="street-prefix",
        category=_PLACE,
        law="B",
        need=CALLE,
        source=(
            r"(?<![a-z])(?:calle|avenida|av(?:da?)?|carretera|carr|camino|urb|urbanizacion|bulevar|calzada"
            rf"|privada|callejon|paseo|colonia|col)(?![a-z])\.?{SPACE}(?P<name>(?:[0-9]{{1,2}}{SPACE}de"
            rf"{SPACE})?[a-z][a-z.'-]{{0,20}}(?:{SPACE}[a-z][a-z.'-]{{0,20}}){{0,4}}?),?{GAP}(?:#|no\.?{GAP}"
            rf"|num(?:ero)?\.?{GAP})?{GAP}[a-z]?-?[0-9]{{1,5}}(?:-[0-9a-z]{{1,4}})?(?!\w)"
        ),
        score=0.96,
        narrow=_calle,
        finds=(
            "vivo en <calle Luna 12>",
            "<Avenida Juárez #45>",
            "<av. 16 de septiembre 120>, col.",
            "<Urb. Las Flores, B-12>",
        ),
        leaves=("en la calle con 2 hijos", "calle que tiene 3"),
    ),
    Rule(
        name="unit",
        category=_PLACE,
        law="B",
        need=UNIT,
        source=(
            r"(?<!\w)(?:apt|apartment|suite|ste|trailer|depto|departamento)(?![a-z])\.? ?(?:number|no\.?"
            rf"|#)? ?(?:[a-z]?-?[0-9]{{1,5}}|[0-9]{{1,4}}-?[a-z])(?![\w%]|[.,:/-][0-9])(?!{SPACE}(?:for"
            r"|months?|weeks?|years?|days?|times|people|kids))"
        ),
        score=0.85,
        finds=("we are in <apt 4b> now", "<Suite 200>, ok", "<Ste. #200>"),
        leaves=("an apartment for 2", "the apartment 2 years ago", "sweet 16"),
    ),
    Rule(
        name="room",
        category=_PLACE,
        law="B",
        need=UNIT,
        source=(
            r"(?<!\w)(?<!\ba )(?:room|rm|bldg|building|lot|unit|ward|barracks)(?![a-z])\.? ?(?:number|no\.?"
            r"|#)? ?(?:[a-z]-?[0-9]{1,5}|[0-9]{2,5}|[0-9]{1,4}-?[a-z])(?![\w%]|[.,:/-][0-9])"
            rf"(?!{SPACE}(?:for|months?|weeks?|years?|days?|times|people|kids|hours?|minutes?|of))"
        ),
        score=0.5,
        tier=Tier.UNCERTAIN,
        finds=("she was in <room 412> then", "<bldg 22>, ok", "<ward 5B>"),
        leaves=("room for 2 people", "the unit 3 months", "a lot 2 do", "room 1"),
    ),
    Rule(
        name="coordinates",
        category=_PLACE,
        law="B",
        need=DEGREE,
        source=(
            rf"(?<![\w.-])({_DECIMAL}){GAP}(?:°{GAP})?(?:n|s|north|south)?{GAP}[,;/]?{GAP}({_DECIMAL})"
            rf"(?![0-9])(?:{GAP}(?:°{GAP})?(?:e|w|east|west)(?![a-z]))?"
        ),
        score=0.95,
        narrow=only_if(_is_on_earth),
        finds=("we are at <41.6611, -91.5302> now", "<41.661 N 91.530 W>"),
        leaves=("95.500 2.500", "3.14159"),
    ),
    Rule(
        name="degrees",
        category=_PLACE,
        law="B",
        need=DEGREE,
        source=(
            rf"(?<![\w.-]){_DEGREES}(?:n|s|north|south)(?![a-z]){GAP}[,;/]?{GAP}{_DEGREES}(?:e|w|o|east"
            r"|west)(?![a-z])"
        ),
        score=0.97,
        finds=("at <41°39'40\"N 91°31'48\"W> ok", "<41.66° N, 91.53° W>"),
        leaves=("it was 98° in", "41° n"),
    ),
    Rule(
        name="military-grid",
        category=_PLACE,
        law="B",
        need=GRID,
        source=(
            r"(?<!\w)(?:[1-9]|[1-5][0-9]|60)[c-hj-np-x]\s?[a-hj-np-z]{2}\s?(?:[0-9]{10}|[0-9]{8}"
            r"|[0-9]{5}\s[0-9]{5}|[0-9]{4}\s[0-9]{4})(?!\w)"
        ),
        score=0.95,
        finds=("grid <15T XG 12345 67890> was", "<18SUJ2348006479>"),
        leaves=("15T XG 123",),
    ),
)
