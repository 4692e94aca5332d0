"""Numbers that stand for a person or a thing of hers, by the word before them or by their length."""

from __future__ import annotations

import re
from typing import Final

from ppdarchive.detectors.patterns.needs import LAST, NAMED, NUMBER
from ppdarchive.detectors.patterns.rule import GAP, SPACE, Range, Rule, n_digits, only_if
from ppdarchive.detectors.patterns.view import Excerpt
from ppdarchive.model.span import TextCategory, Tier

_ID: Final = TextCategory.ID
_LINK: Final = (
    rf"(?:{GAP}(?:(?:no|nr|num|sec)(?![a-z])\.?|(?:n[umbe]{{2,6}}r|numero|id|code|card|file|claim|is|was|are|r|es|security"
    r"|it's|its|the|my|plate|record|account|reads|says|it|serial|with|ends|ending|in|wrong)(?![a-z])|[=:(,-]"
    rf"|#(?![0-9]))){{0,5}}{GAP}"
)
_VALUE: Final = (
    r"(#?(?:c\s|[a-z]{1,4}-?)?[0-9](?:[ -]?[0-9]){2,24}(?:-?[a-z]{1,3}(?![a-z]))?(?![\w%]|-\w)|"
    r"(?=[a-z-]{0,24}[0-9])[a-z0-9](?:-?[a-z0-9]){4,24}(?![\w%]|-\w))"
)
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_WHOLE: Final = re.compile(r"([0-9]{7,}|[0-9]{3}-[0-9]{2}-[0-9]{4})\s[0-9]{1,2}(?![0-9])")
_GROUP: Final = re.compile(r"[0-9]+")
_ROUND: Final = re.compile("[0-9]{0,3}0{6,}")
_CLOCK: Final = re.compile(r"(?:[01][0-9]|2[0-4])(?:00|15|30|45)")
_COUNTED: Final = re.compile(
    r"\s?(?:dollars|bucks|people|miles|calories|cals?|lbs?|pounds|times|hours|hrs|days|weeks|wks|months"
    r"|years|yrs|mg|ml|mcg|moms|women|veterans|vets|questions|words|kids|pages|min|mins|minutes|percent"
    r"|feet|ft|degrees|points|of)(?![a-z])"
)
_LEAST_DIGITS: Final = 3
_ABOVE_SCALES: Final = "6"
_ASKED: Final = re.compile("(?<![a-z])(?:ssn|social|edipi|dod|member|policy|account|acct|number)(?![a-z])")
_ASKED_WITHIN: Final = 40
_MOST_SIZE_OF_A_COUNT: Final = 3


def _named_value(match: re.Match[str], _: Excerpt) -> tuple[Range, ...]:
    """Keep a number of at least three digits that is no year and counts nothing."""
    start, end = match.span(1)
    end = _without_next(match.string, start, end)
    value = match.string[start:end]
    is_counted = not any(map(str.isalpha, value)) and _COUNTED.match(match.string, end)
    if n_digits(value) < _LEAST_DIGITS or _YEAR.fullmatch(value) or is_counted:
        return ()
    return ((start, end),)


def _without_next(text: str, start: int, end: int) -> int:
    """Where a number ends that a small one follows: "748-48-3236 2 months"."""
    whole = _WHOLE.match(text, start, end)
    return end if whole is None else whole.end(1)


def _named(
    name: str,
    law: str,
    cues: str,
    finds: tuple[str, ...],
    *,
    score: float = 0.95,
    leaves: tuple[str, ...] = (),
) -> Rule:
    """A rule for numbers behind a word that says whose they are."""
    return Rule(
        name=name,
        category=_ID,
        law=law,
        need=NAMED,
        source=rf"(?<![a-z])(?:{cues})(?![a-z]){_LINK}{_VALUE}",
        score=score,
        group=1,
        narrow=_named_value,
        finds=finds,
        leaves=leaves,
    )


def _is_long_number(match: re.Match[str]) -> bool:
    """Whether the groups of a long number are more than a list of small numbers, years or hours."""
    groups: list[str] = _GROUP.findall(match[0])
    if len(groups) == 1:
        return _ROUND.fullmatch(match[0]) is None
    if max(map(len, groups)) < _LEAST_DIGITS or all(_YEAR.fullmatch(group) for group in groups):
        return False
    if all(_CLOCK.fullmatch(group) for group in groups):
        return False
    is_list_of_counts = " " in match[0] and all(
        len(group) <= _MOST_SIZE_OF_A_COUNT and group[-1] in "05" and group[0] != "0" for group in groups
    )
    return not is_list_of_counts


def _long_number(match: re.Match[str], _: Excerpt) -> tuple[Range, ...]:
    start, end = match.span()
    return ((start, _without_next(match.string, start, end)),) if _is_long_number(match) else ()


def _is_said_singly(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep digits said one by one, unless they are answers to a scale: none above five, and nothing asked."""
    before = excerpt.text[max(match.start() - _ASKED_WITHIN, 0) : match.start()]
    is_answer = max(match[0]) < _ABOVE_SCALES
    return () if is_answer and _ASKED.search(before) is None else (match.span(),)


def _is_pair(match: re.Match[str]) -> bool:
    """Whether two groups are no range of years, hours or round numbers."""
    groups = (match[1], match[2])
    return not (
        all(_YEAR.fullmatch(group) for group in groups)
        or all(_CLOCK.fullmatch(group) for group in groups)
        or all(group.endswith("0") for group in groups)
    )


NAMED_RULES: Final = (
    _named(
        "social-security",
        "G",
        rf"ssn|ss{GAP}#|ss{SPACE}(?=num|no)|social{SPACE}security|social{SPACE}sec|soc|social"
        rf"|seguro{SPACE}social|itin|tin",
        (
            "my ssn is <900123456>",
            "the social was <900 12 3456>",
            "SS# <900-12-3456>",
            "social security number: <900123456>",
        ),
        score=0.99,
        leaves=("social security since 2012", "social security is 900 dollars", "my social life"),
    ),
    _named(
        "record-number",
        "H",
        rf"mrn|medical{SPACE}records?|charts?|patient|pt\.?|hospital|expediente|records?",
        (
            "my chart number is <88123>",
            "MRN <12345>",
            "My MRN is <#5048652> and",
            "medical record <V2495307>",
            "expediente <448812>",
        ),
        leaves=("my records from 2015", "the patient was 35", "the chart had 200 pages"),
    ),
    _named(
        "plan-number",
        "I",
        r"member(?:ship)?|beneficiary|medicaid|medicare|tricare|insurance|policy|group|subscriber|poliza"
        r"|seguro",
        (
            "my Tricare number is <448812301>",
            "member id: <XQZ448812>",
            "policy <#44-8812-01>",
            "medicaid <448812A>",
        ),
        leaves=("a group of 10", "the insurance wanted 500 dollars", "tricare for 3 kids"),
    ),
    _named(
        "account-number",
        "J",
        r"accounts?|acct\.?|acc\.?|card|debit|credit|checking|savings|bank|routing|aba|rtn|iban|clabe|cuenta"
        r"|tarjeta|visa|mastercard",
        (
            "account <12345678>",
            "acct. no. <44-8812301>",
            "my card is <4000 1234 5678>",
            "cuenta <448812301>",
        ),
        leaves=("the card cost 500 dollars", "in the bank since 2019", "credit score of 70"),
    ),
    _named(
        "licence-number",
        "K",
        r"licen[sc]e|licencia|lic\.?|passport|pasaporte|permit|certificate|cert\.?|registration|reg\.?|dea|npi",
        (
            "license <D1234567>",
            "my passport is <C01234567>",
            "driver's license no. <448-88-1230>",
            "my nursing license is <RN448812>",
            "pasaporte <G12345678>",
        ),
        leaves=("license since 2012", "the permit took 120 days"),
    ),
    _named(
        "vehicle-number",
        "L",
        "vin",
        ("vin <1HGCM82633A004352>", "VIN: <2HGCM82633A004352>"),
        score=0.99,
        leaves=("en vin 12",),
    ),
    _named(
        "device-number",
        "M",
        r"serial|imei|udi|device|pump|monitor",
        ("serial number <SN448812>", "my pump serial is <44-88123>", "IMEI <448812301448812>"),
        leaves=("the pump cost 300 dollars", "the device died in 2019"),
    ),
    _named(
        "named-number",
        "R",
        r"case|claim|file|ticket|reference|ref\.?|confirmation|invoice|edipi|dod|dodid|cac|badge|participant"
        r"|participante|study|estudio|subject|student|employee|order|tracking|docket|pin|ids?"
        r"|identification|folio|caso|login|user|survey|ein|respondent",
        (
            "case <#1234>",
            "Claim number <62276267> still",
            "claim no. <VB-12345678>",
            "my DoD ID is <9971033782> honestly",
            "EDIPI: <1234567890>",
            "participant id is <mmb000189> i think",
            "folio <448812>",
        ),
        leaves=(
            "in that case 2019 was bad",
            "VA 21-526 and 10-10EZ",
            "order of 500 people",
            "a study of 120 women",
        ),
    ),
    Rule(
        name="participant-code",
        category=_ID,
        law="R",
        need=NAMED,
        source=(
            rf"(?<![a-z])(?:(?:participante?|subject|respondent|record)(?![a-z])(?:{GAP}(?:(?:id|number|num"
            rf"|no|code|is|was)(?![a-z])\.?|[#:=])){{0,4}}|(?:study|survey|my|login|user){SPACE}(?:id|code)"
            rf"(?:{GAP}(?:number|is|was|#|:|=)){{0,3}}|(?:pt|id)(?:{GAP}(?:number|no\.?|#|:)){{1,3}}){GAP}"
            r"([a-z]{0,6}-?[0-9]{1,10})(?![\w%]|[.,/:-][0-9])"
        ),
        score=0.85,
        group=1,
        narrow=only_if(lambda match: _COUNTED.match(match.string, match.end(1)) is None, group=1),
        finds=("I am participant <17>", "my study id is <P-017>", "id #<42>", "record number <8>"),
        leaves=(
            "a participant for 12 weeks",
            "the record of 2 calls",
            "my number 1 fan",
            "participant 3 times",
        ),
    ),
)

LAST_RULES: Final = (
    Rule(
        name="last-four",
        category=_ID,
        law="G",
        need=LAST,
        source=(
            rf"(?<![a-z])(?:last{GAP}(?:four|4)|ultimos{SPACE}(?:cuatro|4))(?:{GAP}(?:(?:digits|digitos|of"
            r"|my|the|de|mi|su|ssn|social|seguro|security|card|it|is|are|r|son|were|was|to|numbers?)"
            rf"(?![a-z])|[=:,#(-])){{0,9}}{GAP}([a-z]?[0-9]{{4}})(?![\w]|[-/][0-9])"
        ),
        score=0.97,
        group=1,
        finds=(
            "the last four are <3456>",
            "My last four r <6683>. ok",
            "last 4 of my social is <6683>",
            "last4: <D6683>",
            "mis últimos cuatro son <6683>",
        ),
        leaves=("the last four weeks", "last four 2 hour calls"),
    ),
    Rule(
        name="is-last-four",
        category=_ID,
        law="G",
        need=LAST,
        source=(
            rf"(?<![\w$.,/-])([0-9]{{4}})\)?,?{SPACE}(?:(?:is|are|was|r|for|as|=|being|my"
            rf"|the){SPACE}){{0,3}}last{GAP}(?:four|4)(?![0-9a-z])"
        ),
        score=0.9,
        group=1,
        finds=("<6683> is my last four", "<6683>, my last 4"),
        leaves=("in 2019 and my last call", "2019 was the last year"),
    ),
    Rule(
        name="number-ending",
        category=_ID,
        law="J",
        need=LAST,
        source=(
            rf"(?<![a-z])(?:ends?|ending|ended|termina){SPACE}(?:in|with|en|con){SPACE}#?([0-9]{{4}})(?![\w]"
            r"|[-/][0-9])"
        ),
        score=0.85,
        group=1,
        narrow=only_if(lambda match: _YEAR.fullmatch(match[1]) is None, group=1),
        finds=("the card ending in <4481>", "mine ends with <4481>"),
        leaves=("it ended in 2019", "ending with 100 points"),
    ),
)

LONG_RULES: Final = (
    Rule(
        name="ssn",
        category=_ID,
        law="G",
        need=NUMBER,
        # Never issued: areas 000, 666 and from 900 on, group 00, serial 0000 (SSA, RM 10201.035).
        source=(
            r"(?<![0-9+])(?<![0-9][ .-])(?!000|666|9)[0-9]{3}(\s?[- .]\s?)(?!00)[0-9]{2}\1"
            r"(?!0000)[0-9]{4}(?![0-9])"
        ),
        score=0.99,
        finds=("it was <219-09-9999> on the form", "<219 09 9999>, twice"),
        leaves=("900-12-3456", "2019-03-1400"),
    ),
    Rule(
        name="ssn-shape",
        category=_ID,
        law="G",
        need=NUMBER,
        source=r"(?<![0-9+])[0-9]{3}(\s?[- .]\s?)[0-9]{2}\1[0-9]{4}(?![0-9])",
        score=0.95,
        finds=("it was <900-12-3456> on the form", "my ssn, <000 64 7327>,"),
        leaves=("641-555-0126",),
    ),
    Rule(
        name="long-number",
        category=_ID,
        law="R",
        need=NUMBER,
        source=r"(?<![0-9$€£.,])(?<![0-9][ .-])[0-9](?:[ .-]?[0-9]){8,}+",
        score=0.85,
        narrow=_long_number,
        finds=("the code <004 481 5533> was on it", "it is <900123456> i think"),
        leaves=(
            "2016 2017 2018",
            "12 12 12 12 12",
            "$1 000 000 000",
            "50 100 150 200 mg",
            "0600 0900 1200 1500",
            "1000000000",
        ),
    ),
    Rule(
        name="said-singly",
        category=_ID,
        law="R",
        need=NUMBER,
        source=r"(?<![\w.,/$-])(?<![0-9]\s)[0-9](?:\s[0-9]){8,9}(?![\w%/:]|[.,-][0-9]|\s[0-9])",
        score=0.9,
        narrow=_is_said_singly,
        finds=(
            "i said <9 0 0 2 4 8 1 1 0> and",
            "they want my social so i said <5 0 0 2 4 3 1 1 0>.",
        ),
        leaves=("5 5 4 3 5 5 1 2 4", "i put 7 8 9 every day", "1 2 3 4 5 6 7 8 9 10 11 12"),
    ),
    Rule(
        name="grouped-number",
        category=_ID,
        law="R",
        need=NUMBER,
        source=r"(?<![\w$.,/#)-])(?<![0-9)] )([0-9]{3,6})-([0-9]{4,6})(?![\w%-]|[.,/][0-9]|\s[0-9])",
        score=0.55,
        tier=Tier.UNCERTAIN,
        narrow=only_if(_is_pair),
        finds=("it said <4481-5533> there",),
        leaves=("2018-2019", "0900-1700", "1000-2000"),
    ),
    Rule(
        name="six-digits",
        category=_ID,
        law="R",
        need=NUMBER,
        source=r"(?<![\w$€£.,#-])(?![0-9]{3,5}000(?![0-9]))[0-9]{6,8}(?![\w%]|[.,-][0-9])",
        score=0.6,
        tier=Tier.UNCERTAIN,
        finds=("then I typed <448155> in",),
        leaves=("100000 of us", "$448155", "text 838255 or 741741", "448155.20"),
    ),
)
