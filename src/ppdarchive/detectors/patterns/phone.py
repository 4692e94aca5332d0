"""Telephone and fax numbers in digits."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from ppdarchive.detectors.patterns.needs import CALLED, NAMED, NUMBER
from ppdarchive.detectors.patterns.rule import GAP, SPACE, Rule, only_if
from ppdarchive.model.span import TextCategory

_CONTACT: Final = TextCategory.CONTACT
_CALL: Final = (
    "(?:calls?|texts?|phones?|cell|cel|celular|mobile|movil|tel|telefono|reach|whatsapp|landline|line|hotline"
    "|ph|contact"
    rf"|llam[ae]me|llamar|marca|beeper|signal|(?:my|mi|his|her|our|su){SPACE}(?:new{SPACE}|nuevo{SPACE})?"
    r"(?:#|(?:number|numero)(?![a-z])))"
)
_SAID: Final = (
    rf"(?:{GAP}(?:(?:me|us|him|her|them|at|on|is|was|are|be|it's|its|number|num|no|back|direct|line|to|al|es"
    rf"|mi|de|el)(?![a-z])\.?|the(?![a-z])|[:#=(-])){{0,4}}{GAP}"
)
_DIGITS: Final = r"([+(]?[0-9](?:[ ().-]{0,3}[0-9]){6,14})(?![\w/])"
_US: Final = (
    r"(?<![0-9])(?:\+?1[-. ]{0,2})?(?:\([0-9]{3}\)[-. ]{0,3}|[0-9]{3}(?:[-./ _)]|\s?--?\s?|\s\.\s"
    r"|\)\s))[0-9]{3}(?:[-. _]|\s?--?\s?|\s\.\s)?[0-9]{4}(?![0-9])"
)
_EXTENSION: Final = rf"(?:,?{GAP}(?:x|ext\.?|extension|extn\.?){GAP}[0-9]{{1,6}}(?![0-9]))?"
_DATED: Final = re.compile(r"(?:19|20)[0-9]{2}([- .])[0-9]{1,2}\1[0-9]{1,2}(?![0-9]).*")
_DIGIT_GROUP: Final = re.compile("[0-9]+")
_SIGNS: Final = re.compile("[^0-9]+")
_SPACED_LENGTHS: Final = (7, 10, 11)


def _is_said(match: re.Match[str]) -> bool:
    """Whether digits behind "call" are no date and no round numbers."""
    groups = _DIGIT_GROUP.findall(match[1])
    is_round = len(groups) > 1 and all(group.endswith("0") for group in groups)
    return _DATED.fullmatch(match[1]) is None and not is_round


def _is_apart(match: re.Match[str]) -> bool:
    """Whether single digits are as many as a telephone number has, no answers on a scale, and don't count."""
    digits = _SIGNS.sub("", match[0])
    return len(digits) in _SPACED_LENGTHS and max(digits) > "4" and not is_counting(digits)


def is_counting(digits: str) -> bool:
    """Whether digits go up or down by one, or stay: somebody counts, or fills a form."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(digits)}
    return len(steps) == 1 and steps <= {0, 1, 9}


PHONE_RULES: Final = (
    Rule(
        name="phone-us",
        category=_CONTACT,
        law="D",
        need=NUMBER,
        source=_US + _EXTENSION,
        score=0.97,
        finds=(
            "call <(641) 555-0126> after noon",
            "<641.555.0126>, ok",
            "<1-641-555-0126> is the fax",
            "text <+1 641 555 0126>!",
            "its <641 - 555 - 0126> i think",
            "<(641)555-0126 x42> is the desk",
            "<641/555-0126>",
            "<641 5550126>",
        ),
        leaves=("900-12-3456", "1-800-273-8255, press 1", "2016 2017 2018"),
    ),
    Rule(
        name="phone-plain",
        category=_CONTACT,
        law="D",
        need=NUMBER,
        # Area and exchange start with 2 to 9 in North America: other ten digits are some other number.
        source=rf"(?<![\w$.,#-])\+?1?[2-9][0-9]{{2}}[2-9][0-9]{{6}}(?![\w%]|[.,][0-9]){_EXTENSION}",
        score=0.93,
        finds=("at <6415550126> any time", "<16415550126 x42>"),
        leaves=("the code 0044815533", "EDIPI 1234567890", "8002738255"),
    ),
    Rule(
        name="phone-foreign",
        category=_CONTACT,
        law="D",
        need=NUMBER,
        source=r"(?<![\w+])(?:\+\(?|(?:011|00)[ -]?(?=[1-9]))[0-9](?:[ ().\-/]{0,3}[0-9]){6,14}(?![0-9])",
        score=0.95,
        finds=(
            "from Germany <+49 30 5550126> works",
            "<+44 (0)20 7946 0958> from abroad",
            "<011 49 30 5550126>",
            "es <+52 1 55 5550 0126>",
        ),
        leaves=("2+2", "+10 lbs", "a+b"),
    ),
    Rule(
        name="phone-groups",
        category=_CONTACT,
        law="D",
        need=NUMBER,
        source=(
            r"(?<![\w.,$-])(?<![0-9] )(?:\(?[0-9]{2}\)?[ -][0-9]{4}[ -][0-9]{4}"
            r"|0[0-9]{2,4}[ -][0-9]{3,4}[ -]?[0-9]{3,4}|[0-9]{2}"
            r"([ .-])[0-9]{2}\1[0-9]{2}\1[0-9]{2}\1[0-9]{2})(?![\w,]|[ -][0-9])"
        ),
        score=0.85,
        finds=("marca <(55) 5550 0126>", "<020 7946 0958>", "<64 15 55 01 26>"),
        leaves=("20 2018 2019 2020", "0600 to 0800"),
    ),
    Rule(
        name="phone-local",
        category=_CONTACT,
        law="D",
        need=NUMBER,
        source=rf"(?<![\w.$)-])(?<!\)\s)[2-9][0-9]{{2}}[-.][0-9]{{4}}(?![\w-]|\.[0-9]){_EXTENSION}",
        score=0.8,
        finds=("my number is <555-0126>", "<555.0126>, evenings", "<555-0126 x42>"),
        leaves=("900-12-3456", "150-2000", "1.555-0126"),
    ),
    Rule(
        name="phone-said",
        category=_CONTACT,
        law="D",
        need=CALLED,
        source=rf"(?<![a-z]){_CALL}(?![a-z]){_SAID}" + _DIGITS,
        score=0.96,
        group=1,
        narrow=only_if(_is_said, group=1),
        finds=(
            "text me at <5550126> first",
            "my # is <555 0126>",
            "my cell is <64 1555 0126>",
            "llámame al <641 5550126>",
            "my number: <6 4 1 5 5 5 0 1 2 6>",
        ),
        leaves=(
            "claim number 62276267",
            "call at 10 30",
            "call 2 or 3 times",
            "texts 24/7",
            "calls on 2019-03-14",
        ),
    ),
    Rule(
        name="fax",
        category=_CONTACT,
        law="E",
        need=CALLED,
        source=(
            rf"(?<![a-z])(?:fax|faxed|faxes)(?![a-z])(?:{GAP}(?:the|it|form|forms|papers|them|to|number|no\."
            rf"|is|at|was|:|#)(?![a-z])){{0,5}}{GAP}"
        )
        + _DIGITS,
        score=0.97,
        narrow=only_if(_is_said, group=1),
        finds=("fax it to <(641) 555-0126>", "the fax number is <641 555 0126>", "fax: <5550126>"),
        leaves=("faxed 2 times", "the fax took 10 20 minutes"),
    ),
    Rule(
        name="phone-apart",
        category=_CONTACT,
        law="D",
        need=NUMBER,
        source=r"(?<![\w.,-])(?<![0-9][ .,-])[0-9](?:[ .,-]{1,3}[0-9]){6,10}(?![\w%]|[ .,-]{1,3}[0-9])",
        score=0.85,
        narrow=only_if(_is_apart),
        finds=("it's <6 4 1 5 5 5 0 1 2 6>", "<6-4-1-5-5-5-0-1-2-6> ok"),
        leaves=("1 2 3 4 5 6 7", "3 2 1 1 2 3 0", "0 1 1 0 2 3 1 0 2 1", "7 6 5 4 3 2 1"),
    ),
    Rule(
        name="phone-extension",
        category=_CONTACT,
        law="D",
        need=NAMED,
        source=(
            rf"(?<![a-z])(?:ext|extension|extn|pager)(?![a-z])\.?{GAP}(?:(?:is|number)(?![a-z])"
            rf"|[#:])?{GAP}#?([0-9]{{3,6}})(?![0-9])"
        ),
        score=0.8,
        group=1,
        finds=("ask for extension <4417>", "ext. <4417>", "pager #<88123>"),
        leaves=("an extension of 3 weeks", "exterior 500"),
    ),
    Rule(
        name="area-code",
        category=_CONTACT,
        law="D",
        need=NAMED,
        source=(
            rf"(?<![a-z])area{SPACE}code{SPACE}(?:is{SPACE}|was{SPACE}|of{SPACE})?(?:the{SPACE})?\(?"
            r"([2-9][0-9]{2})(?![\w-])"
        ),
        score=0.75,
        group=1,
        finds=("my area code is <641> still", "area code (<641>)"),
        leaves=("the area was 500 feet",),
    ),
)
