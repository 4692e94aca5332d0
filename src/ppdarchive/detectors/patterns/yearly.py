"""Dates told by a holiday, a season or a part of a year."""

from __future__ import annotations

from typing import Final

from ppdarchive.detectors.patterns.date import BORN, COUNTED
from ppdarchive.detectors.patterns.month import SAID_YEAR
from ppdarchive.detectors.patterns.needs import ATTACKS, BIRTH, DIGITS_OF_YEAR, HOLIDAY, PART_OF_YEAR
from ppdarchive.detectors.patterns.rule import GAP, SPACE, Rule
from ppdarchive.model.span import TextCategory, Tier

_DATE: Final = TextCategory.DATE
_DIGIT_YEAR: Final = r"(?:(?:19|20)[0-9]{2}(?![0-9])|'[0-9]{2}(?![0-9]))"
_HOLIDAY: Final = (
    r"(?:new year'?s(?: eve| day)?|nye|valentine'?s(?: day)?|(?:st\.?|saint) (?:patrick|patty|paddy)'?s"
    r"(?: day)?|easter(?: sunday)?|mother'?s day|memorial day(?: weekend)?|father'?s day|juneteenth"
    r"|independence day|labor day(?: weekend)?|columbus day|halloween|veteran'?s'? day|thanksgiving(?: day"
    r"| weekend)?|hanukkah|chanukah|christmas(?: eve| day| time)?|x-?mas(?: eve| day)?|good friday"
    r"|black friday|mlk day|presidents?'?s? day|kwanzaa|ramadan|eid|passover|diwali|groundhog day|earth day"
    r"|super ?bowl(?: sunday)?|(?:ash wednesday|palm sunday|mardi gras|cinco de mayo|rosh hashanah"
    r"|yom kippur|sukkot|purim|flag day|pearl harbor day|boxing day|nyd)|navidad|nochebuena|nochevieja"
    r"|ano nuevo|pascua|semana santa|dia de (?:las madres|los padres|reyes|los muertos|accion de gracias)"
    r"|reyes)(?![a-z])"
).replace(" ", r"\s{1,2}")
_SEASON: Final = "(?:spring|summer|summertime|fall|autumn|winter|holidays)"
_ESTACION: Final = "(?:primavera|verano|otono|invierno)"
_COUNT: Final = (
    rf"(?:[0-9]{{1,3}}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|couple(?:{SPACE}of)?|few|the)"
)

YEARLY_RULES: Final = (
    Rule(
        name="holiday-year",
        category=_DATE,
        law="C",
        need=PART_OF_YEAR,
        source=rf"(?<![a-z]){_HOLIDAY},?{SPACE}(?:(?:of|in|back in|del?){SPACE})?{_DIGIT_YEAR}",
        score=0.95,
        finds=(
            "since <Thanksgiving 2018>",
            "on <Labor Day of 2018>",
            "<xmas '18> was bad",
            "<Navidad del 2018>",
            "<mothers day 2019>",
        ),
        leaves=("on christmas", "christmas of 20 people", "thanksgiving and 2018"),
    ),
    Rule(
        name="year-holiday",
        category=_DATE,
        law="C",
        need=DIGITS_OF_YEAR,
        source=rf"(?<![\w.,$/-]){_DIGIT_YEAR}{SPACE}{_HOLIDAY}",
        score=0.88,
        finds=("the <2018 Christmas> was bad", "over <2018 thanksgiving weekend>"),
        leaves=("in 2018 on christmas",),
    ),
    Rule(
        name="holiday-said-year",
        category=_DATE,
        law="C",
        need=PART_OF_YEAR,
        source=rf"(?<![a-z])(?:{_HOLIDAY}|{_SEASON}),?{SPACE}(?:of{SPACE})?{SAID_YEAR}",
        score=0.9,
        finds=("since <christmas twenty eighteen>", "<spring of two thousand nineteen>"),
        leaves=("christmas two times", "fall twenty times"),
    ),
    Rule(
        name="holiday-born",
        category=_DATE,
        law="C",
        need=BIRTH,
        source=(
            rf"(?<![a-z]){BORN}(?:{SPACE}(?:is|was|on|early|the|morning|of|right|late|her|him|my|baby|el|en"
            rf"|day|before|after)){{0,5}}{SPACE}({_HOLIDAY})"
        ),
        score=0.8,
        group=1,
        finds=(
            "she was born on <Christmas Eve>",
            "my due date was <halloween>",
            "born the day after <thanksgiving>",
        ),
        leaves=("we had a party on christmas", "christmas is hard"),
    ),
    Rule(
        name="holiday-relative",
        category=_DATE,
        law="C",
        need=HOLIDAY,
        source=(
            rf"(?<![\w.]){_COUNT}{SPACE}(?:days?|nights?|mornings?|weeks?|wks?|weekend|eve){SPACE}"
            rf"(?:right{SPACE})?(?:after|before|past|prior{SPACE}to|of){SPACE}{_HOLIDAY}|(?<![a-z])(?:right"
            rf"|just|shortly){SPACE}(?:after|before){SPACE}{_HOLIDAY}"
        ),
        score=0.5,
        tier=Tier.UNCERTAIN,
        finds=("<two days after christmas> we", "<the week before thanksgiving>"),
        leaves=("after christmas", "weeks before the holidays"),
    ),
    Rule(
        name="after-the-attacks",
        category=_DATE,
        law="C",
        need=ATTACKS,
        source=(
            rf"(?<![\w.]){_COUNT}{SPACE}(?:days?|nights?|weeks?|wks?|months?|mos?){SPACE}(?:right{SPACE})?"
            rf"(?:after|before|past|prior{SPACE}to){SPACE}9/11(?![0-9/])"
        ),
        score=0.85,
        finds=("I enlisted <two days after 9/11>", "<3 months after 9/11> he"),
        leaves=("after 9/11", "a post-9/11 vet", "a few years after 9/11"),
    ),
    Rule(
        name="holiday-short-year",
        category=_DATE,
        law="C",
        need=PART_OF_YEAR,
        source=(
            rf"(?<![a-z])(?:{_HOLIDAY}|{_SEASON}){SPACE}(?:of{SPACE})?(?:0[0-9]|1[0-9]|2[0-9])(?![\w:/%-]"
            rf"|[.,][0-9]){COUNTED}"
        ),
        score=0.82,
        finds=("it was <hanukkah 16> when", "in <fall of 18> we"),
        leaves=("fall 20 times", "christmas 12 days", "winter 40 below"),
    ),
    Rule(
        name="season-year",
        category=_DATE,
        law="C",
        need=PART_OF_YEAR,
        source=(
            rf"(?<![a-z])(?:(?:early|late|mid)[\s-]{{1,2}})?(?:{_SEASON}{GAP}(?:-|/|and|to){GAP})?{_SEASON}"
            rf"(?:{SPACE}(?:of|in))?,?{SPACE}(?:of{SPACE})?{_DIGIT_YEAR}"
        ),
        score=0.85,
        finds=("in the <spring of 2018> i", "<summer 2019>", "<late fall '18>", "<spring/summer 2018>"),
        leaves=("in the spring", "fall 20 times", "summer and 2018"),
    ),
    Rule(
        name="estacion",
        category=_DATE,
        law="C",
        need=PART_OF_YEAR,
        source=rf"(?<![a-z]){_ESTACION}{SPACE}(?:del?{SPACE})?(?:ano{SPACE})?{_DIGIT_YEAR}",
        score=0.85,
        finds=("en el <verano de 2018>", "<otoño del 2017>"),
        leaves=("en el verano",),
    ),
    Rule(
        name="quarter-year",
        category=_DATE,
        law="C",
        need=PART_OF_YEAR,
        source=(
            rf"(?<![a-z0-9])(?:q[1-4]|(?:1st|2nd|3rd|4th|first|second|third|fourth|last){SPACE}(?:quarter"
            rf"|trimester|half|semester)),?{GAP}(?:of{SPACE}|in{SPACE}|/)?{_DIGIT_YEAR}"
        ),
        score=0.8,
        finds=("in <Q3 2019> we", "the <third quarter of 2018>", "<second half of 2018>"),
        leaves=("q3 of it", "the first of 2019 women"),
    ),
    Rule(
        name="part-of-year",
        category=_DATE,
        law="C",
        need=PART_OF_YEAR,
        source=(
            rf"(?<![a-z])(?:(?:very{SPACE})?(?:early|late|mid)[\s-]{{1,2}}(?:in{SPACE})?|(?:beginning|start"
            rf"|middle|end|fin|finales|principios|mediados){SPACE}(?:of|de|del){SPACE}){_DIGIT_YEAR}"
        ),
        score=0.5,
        tier=Tier.UNCERTAIN,
        finds=("in <early 2019> i", "at the <end of 2018>", "<mid-2017>", "a <finales de 2018>"),
        leaves=("in 2019", "the mid 90s"),
    ),
)
