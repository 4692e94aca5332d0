"""Addresses that have a house number, a box, or a ZIP code."""

from __future__ import annotations

import re
from typing import Final

from ppdarchive.detectors.patterns.cues import STATES, SUFFIXES
from ppdarchive.detectors.patterns.needs import BOX, HOME, HOUSE, NUMBER, ZIP
from ppdarchive.detectors.patterns.rule import GAP, SPACE, Range, Rule, one_of, words
from ppdarchive.detectors.patterns.view import Excerpt
from ppdarchive.model.span import TextCategory, Tier

_PLACE: Final = TextCategory.LOCATION
_STATES: Final = one_of(STATES)
_WORD_STATES: Final = "(?:in|or|me|oh|ok|hi|id|la|de|co|al|va|ma|pa|mo|ms|mt|ct|ne|nd|pr|as)"
SUFFIX: Final = one_of(SUFFIXES)
DIRECTION: Final = "(?:north|south|east|west|n|s|e|w|ne|nw|se|sw|northeast|northwest|southeast|southwest)"
NAME: Final = r"(?:[a-z][a-z'-]{0,30}|[0-9]{1,3}(?:st|nd|rd|th))"
UNIT: Final = (
    rf"(?:\.?,?{SPACE}(?:(?:apt|apartment|unit|suite|ste|lot|bldg|building|room|rm|trailer|depto)"
    rf"(?![a-z])\.?{GAP}#?|#{GAP})[a-z0-9-]{{1,5}}(?!\w))?"
)
_ZIP: Final = r"[0-9]{5}(?:-?[0-9]{4})?(?![0-9])"
# States whose short form is a word need a comma before it or a ZIP code behind it.
_WITH_STATE: Final = (
    rf"(?:\.?,?{SPACE}(?:(?:st|ft|mt)\.{SPACE})?[a-z][a-z'-]{{1,20}}(?:{SPACE}[a-z][a-z'-]{{1,20}}){{0,2}}"
    rf"(?:,?{SPACE}(?!{_WORD_STATES}(?![a-z])){_STATES}(?![a-z])\.?(?:,?{SPACE}{_ZIP})?"
    rf"|,{SPACE}{_WORD_STATES}(?![a-z])(?:,?{SPACE}{_ZIP})?|{SPACE}{_WORD_STATES}(?![a-z]),?{SPACE}{_ZIP}))?"
)
NO_STREET: Final = words("""
    a an the of my me in on to and or for out at is was it we i you she he they that this with from by as so
    be have had has all our your her his their more times time year years yrs month months week weeks day
    days hour hours hr hrs minute minutes min mins second seconds mile miles kid kids child children people
    session sessions call calls baby babies lb lbs pounds percent ppl am pm good great long short bad other
    different things thing not no too very much many each every per if but when after before while up down
    into off over would could can will just get got go went going or than then im dollars bucks lives live
    lived needs has is still came held women moms mom boys girls weekly daily feet foot steps star stars
    point points question questions page pages way ways
    """)
_WORD: Final = re.compile(r"[a-z']+")
_STRONG: Final = words(
    "st street ave av avenue rd road dr drive ln lane blvd boulevard ct court hwy highway pkwy"
)
_AND: Final = re.compile(r"(?:(?:19|20)[0-9]{2}|[0-9]{2,3}) n ")
_NO_NORTH: Final = re.compile("(?:ed|ing|ly|s|elt|teh|ready)\\Z|^(?:it|im|my|we|so|the)")
_CITY_WORD: Final = re.compile(r"\s([a-z][a-z'.-]{1,20})")


def with_city(match: re.Match[str], excerpt: Excerpt) -> int:
    """Where an address ends if words with capitals follow its comma, as a town's do."""
    end = match.end()
    if not excerpt.text.startswith(",", end):
        return end
    position = end + 1
    for _ in range(3):
        word = _CITY_WORD.match(excerpt.text, position)
        if word is None or not excerpt.is_capital(word.start(1)) or word[1] in NO_STREET:
            break
        position = end = word.end()
    return end


def _street(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep a street unless a word of its name is none of a street's, or "2 hidden hills" says "to"."""
    is_small = match.start("name") - match.start() < 3 and not excerpt.is_title(match.start("name"))
    return () if is_small and match["suffix"] not in _STRONG else _any_street(match, excerpt)


def _any_street(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep a street unless a word of its name is none of a street's."""
    names = _WORD.findall(match["name"])
    if not NO_STREET.isdisjoint(names[1:] if names[:1] == ["second"] else names):
        return ()
    return ((match.start(), with_city(match, excerpt)),)


def _directed_street(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep a street unless its "n" is an "and": "I was 29 n felt old"."""
    is_capital = excerpt.is_capital(match.start("name"))
    if _AND.match(match[0]) and not is_capital and _NO_NORTH.search(match["name"]):
        return ()
    return _any_street(match, excerpt)


def _city(match: re.Match[str], _: Excerpt) -> tuple[Range, ...]:
    """Leave out of the place what belongs to the sentence before it."""
    start = match.start()
    for word in re.finditer(r"[a-z'.-]+", match[1]):
        if word[0] in NO_STREET or word[0] in ("live", "lives", "near", "moved", "zip", "address"):
            start = match.start(1) + word.end()
    while match.string[start] in " \t\n,":
        start += 1
    return ((start, match.end()),)


def _in_capitals(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep a state's short form that is a word too, where it is written in capitals."""
    start = match.start()
    return (match.span(),) if excerpt.is_capital(start) and excerpt.is_capital(start + 1) else ()


def _lone_zip(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep five digits that are no round number."""
    return () if match[0].endswith("00") else (match.span(),)


def _home(match: re.Match[str], _: Excerpt) -> tuple[Range, ...]:
    """Keep a number and a name behind "live at"; the name ends before a word that is no street's."""
    names = list(re.finditer(r"[a-z'-]+", match["name"]))
    if names[0][0] in NO_STREET:
        return ()
    end = match.end()
    if len(names) > 1 and names[1][0] in NO_STREET:
        end = match.start("name") + names[0].end()
    return ((match.start(1), end),)


PLACE_RULES: Final = (
    Rule(
        name="street",
        category=_PLACE,
        law="B",
        need=HOUSE,
        source=(
            rf"(?<![\w$.-])[0-9]{{1,6}}(?:-?[a-z])?,?{SPACE}(?P<name>(?:{DIRECTION}\.?{SPACE})?{NAME}"
            rf"(?:{SPACE}{NAME}){{0,2}}?){SPACE}(?P<suffix>{SUFFIX})(?![\w'])(?:{SPACE}{SUFFIX}(?![\w']))?"
            rf"(?:\.?{SPACE}{DIRECTION}"
            rf"(?![\w']))?" + UNIT + _WITH_STATE
        ),
        score=0.93,
        narrow=_street,
        finds=(
            "I live at <335 North Sycamore Street, Apt 4>",
            "<123 W. Main St, Apt 4b>.",
            "<12 Old Mill Rd, Iowa City, IA 52240>",
            "we are at <6780 Larkspur Lane, Columbus> if",
            "<221b baker street>",
            "<3371 pecan grove ln unit c>, im",
            "<14 5th ave>",
        ),
        leaves=("5 days on my way", "2 weeks in the right place", "3 kids at court", "a 15 min drive"),
    ),
    Rule(
        name="street-direction",
        category=_PLACE,
        law="B",
        need=HOUSE,
        source=(
            rf"(?<![\w$.-])[0-9]{{2,6}}{SPACE}{DIRECTION}\.?{SPACE}(?P<name>[a-z][a-z'-]{{2,30}}"
            r"|[0-9]{1,4}(?:st|nd|rd|th)?)"
        )
        + UNIT
        + _WITH_STATE,
        score=0.87,
        narrow=_directed_street,
        finds=("out on <335 N Sycamore>", "<2342 s. elm, apt 3>", "<1250 East 4th>"),
        leaves=("20 minutes north of town", "100 s of"),
    ),
    Rule(
        name="street-home",
        category=_PLACE,
        law="B",
        need=HOME,
        source=(
            rf"(?<![a-z])(?:(?:live[sd]?|living|resid(?:e|es|ing)|moved|stay(?:s|ing|ed)?|house)(?:{SPACE}"
            rf"(?:over|out|up|down|now|back|is|in)){{0,2}}{SPACE}(?:at|@|to|on)|(?:we(?:'?re|{SPACE}are)|i"
            rf"(?:'?m|{SPACE}am)){SPACE}at(?={SPACE}[0-9]{{3}})|(?:home{SPACE})?address(?:{SPACE}(?:is|was)"
            rf"|:)|mail(?:ed)?{SPACE}(?:it|them|things)?{GAP}to){SPACE}([0-9]{{2,6}}[a-z]?{SPACE}"
            r"(?P<name>[a-z][a-z'-]{2,30}"
            rf"(?:{SPACE}[a-z][a-z'-]{{2,30}})?))" + UNIT
        ),
        score=0.85,
        narrow=_home,
        finds=("we live at <1420 Maple>", "my address is <335 Sycamore>, ok", "moved to <88 Old Mill> in"),
        leaves=("living on 20 hours of sleep", "we moved to 12 different places", "live at 100 percent"),
    ),
    Rule(
        name="po-box",
        category=_PLACE,
        law="B",
        need=BOX,
        source=rf"(?<![a-z])p\.?{GAP}o\.?{GAP}(?:box|drawer){GAP}(?:no\.?|number|#)?{GAP}[0-9]{{1,6}}(?!\w)"
        + _WITH_STATE,
        score=0.98,
        finds=("send it to <PO Box 117>", "<P.O. Box 123, Ames, IA 50010>", "<po box #12>"),
        leaves=("box 5", "po. 12"),
    ),
    Rule(
        name="apartado",
        category=_PLACE,
        law="B",
        need=BOX,
        source=rf"(?<![a-z])apartado(?:{SPACE}postal)?{GAP}(?:no\.?|#)?{GAP}[0-9]{{1,6}}(?!\w)",
        score=0.95,
        finds=("al <apartado postal 117>",),
        leaves=("he apartado tres",),
    ),
    Rule(
        name="rural-route",
        category=_PLACE,
        law="B",
        need=BOX,
        source=(
            rf"(?<![a-z])(?:r\.?r\.?|rural{SPACE}route|hc|star{SPACE}route|rte?|route){GAP}#?[0-9]{{1,4}},?"
            rf"{SPACE}(?:box|buzon){GAP}#?[0-9]{{1,6}}[a-z]?(?!\w)"
        )
        + _WITH_STATE,
        score=0.97,
        finds=("we are <RR 2 Box 41>", "<HC 1 Box 12B>", "<rural route 3, box 7>"),
        leaves=("rr 2", "box 41"),
    ),
    Rule(
        name="military-address",
        category=_PLACE,
        law="B",
        need=BOX,
        source=(
            rf"(?<![a-z])(?:(?:psc|cmr|unit){SPACE}[0-9]{{1,5}},?{SPACE}(?:box{SPACE}[0-9]{{1,6}},?"
            rf"{SPACE})?[afd]po(?![a-z])(?:,?{SPACE}a[aep](?![a-z]))?(?:,?{SPACE}{_ZIP})?|[afd]po,?{SPACE}"
            rf"(?:a[aep],?{SPACE})?{_ZIP})"
        ),
        score=0.98,
        finds=("<PSC 1234 Box 5678 APO AE 09128>", "<FPO AP 96349>", "<CMR 415, box 12, APO 09114>"),
        leaves=("the apo was 2 days late",),
    ),
    Rule(
        name="military-box",
        category=_PLACE,
        law="B",
        need=BOX,
        source=rf"(?<![a-z])(?:psc|cmr){SPACE}[0-9]{{1,5}},?{SPACE}box{SPACE}[0-9]{{1,6}}(?!\w)",
        score=0.95,
        finds=("mail to <PSC 1234 Box 5678> please",),
        leaves=("psc 12",),
    ),
    Rule(
        name="city-state-zip",
        category=_PLACE,
        law="B",
        need=ZIP,
        source=(
            rf"(?<![\w'-])((?:[a-z][a-z.'-]{{1,20}}{SPACE}){{0,2}}[a-z][a-z.'-]{{1,20}},{GAP}){_STATES}"
            rf"(?![a-z])\.?,?{SPACE}{_ZIP}"
        ),
        score=0.95,
        narrow=_city,
        finds=("it went to <Cedar Falls, IA 50613>", "i live in <davenport, iowa 52801-1234>"),
        leaves=("cedar falls, 50613",),
    ),
    Rule(
        name="state-zip",
        category=_PLACE,
        law="B",
        need=ZIP,
        source=(rf"(?<![a-z'])(?!{_WORD_STATES}[.,]{{0,2}}{SPACE}[0-9]){_STATES}\.?,?{SPACE}{_ZIP}"),
        score=0.9,
        finds=("it went to <Iowa 50613>", "<IA 50613>", "<new york, 10001-1234>"),
        leaves=("in 50613", "me 20000 times", "or 10500"),
    ),
    Rule(
        name="state-zip-capital",
        category=_PLACE,
        law="B",
        need=ZIP,
        source=rf"(?<![a-z'])({_WORD_STATES},?{SPACE})(?![0-9]{{2}}000){_ZIP}",
        score=0.88,
        narrow=_in_capitals,
        finds=("it went to <OR 97201>", "<VA 23510> is home"),
        leaves=("in 50613", "me 20000 times", "at the VA. 10500 steps"),
    ),
    Rule(
        name="zip",
        category=_PLACE,
        law="B",
        need=ZIP,
        source=(
            rf"(?<![a-z])(?:zip(?:{GAP}-?codes?)?(?:'s)?|postal(?:{SPACE}code)?|codigo{SPACE}postal"
            rf"|c\.?p\.?)(?:{GAP}(?:(?:is|was|es|here|in|of|for|number|area|my|the|it's)(?![a-z])"
            rf"|[=:#(])){{0,4}}{GAP}({_ZIP})"
        ),
        score=0.98,
        group=1,
        finds=("my zip code is <50613>", "Our zip is <69210> so", "zip: <02134>", "código postal <06600>"),
        leaves=("zip 500", "zipped 50613"),
    ),
    Rule(
        name="zip-plus-four",
        category=_PLACE,
        law="B",
        need=NUMBER,
        source=r"(?<![\w$.,/-])[0-9]{5}-[0-9]{4}(?![\w-])",
        score=0.93,
        finds=("we are in <50613-1234> now",),
        leaves=("50613-123", "150613-1234"),
    ),
    Rule(
        name="zip-in",
        category=_PLACE,
        law="B",
        need=ZIP,
        source=(
            rf"(?<![a-z])(?:live{SPACE}in|lives{SPACE}in|lived{SPACE}in|living{SPACE}in|moved{SPACE}to|from"
            rf"|area){SPACE}([0-9]{{5}})(?!\w|[.,/-][0-9]|{SPACE}(?:to|people|miles|steps|dollars))"
        ),
        score=0.85,
        group=1,
        finds=("we live in <50613> still", "moved to <50613>."),
        leaves=("from 10000 to 20000", "live in 500"),
    ),
    Rule(
        name="zip-alone",
        category=_PLACE,
        law="B",
        need=ZIP,
        source=(
            r"(?<![\w$€£.,#/-])[0-9]{5}(?![\w%]|[.,/-][0-9])(?!\s{1,3}(?:people|steps|dollars|miles"
            r"|times|calories|women|vets|veterans|moms|words))"
        ),
        score=0.5,
        tier=Tier.UNCERTAIN,
        narrow=_lone_zip,
        finds=("it was <50613> then",),
        leaves=("20000 of us", "12500 steps", "$50613"),
    ),
)
