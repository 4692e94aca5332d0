"""Codes that prove themselves by check digits, and words of letters and digits that look like codes."""

from __future__ import annotations

import re
from typing import Final

from ppdarchive.detectors.patterns.needs import CAR, CODE, IBAN, NAMED, NUMBER, PLATE
from ppdarchive.detectors.patterns.rule import GAP, SPACE, Range, Rule, n_digits, only_if, words
from ppdarchive.detectors.patterns.view import Excerpt
from ppdarchive.model.span import TextCategory, Tier

_ID: Final = TextCategory.ID
_SIGNS: Final = re.compile("[^0-9a-z]+")
_LETTERS: Final = re.compile("[a-z]+")
_NO_PLATE: Final = words("""
    of at in for with and to is on no or the my a i me was but had has her his its our out she him you all
    any are can day did few get got how let may new not now off old one own per put ran saw say see set ten
    too two use via way who why yes yet by be we he up us them then than that this over only about like just
    """)
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_WORD_AND_COUNT: Final = re.compile(
    r"[a-z]+(?:-[a-z]+)*-?(?:(?:19|20)[0-9]{2})(?:-[0-9]{2,4})?|[0-9]{1,4}-[0-9]{1,4}-?[a-z-]+"
)
_VIN_VALUES: Final = dict(
    zip(
        "0123456789abcdefghjklmnprstuvwxyz",
        (*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)),
        strict=True,
    )
)
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_DNI: Final = "trwagmyfpdxbnjzsqvhlcke"


def is_luhn(digits: str) -> bool:
    """Whether the last digit checks the others, as on payment cards (ISO/IEC 7812-1, annex B)."""
    total = sum(map(int, digits[-1::-2]))
    return (total + sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])) % 10 == 0


def is_vin(vin: str) -> bool:
    """Whether the ninth character checks the others (49 CFR 565.15(c))."""
    rest = sum(_VIN_VALUES[each] * weight for each, weight in zip(vin, _VIN_WEIGHTS, strict=True)) % 11
    return vin[8] == ("x" if rest == 10 else str(rest))


def is_iban(iban: str) -> bool:
    """Whether characters 3 and 4 check the others (ISO 13616)."""
    return int("".join(str(int(each, 36)) for each in iban[4:] + iban[:4])) % 97 == 1


def is_routing(digits: str) -> bool:
    """Whether the last of nine digits checks the others, as in bank routing numbers (ABA)."""
    return sum(int(digit) * weight for digit, weight in zip(digits, (3, 7, 1) * 3, strict=True)) % 10 == 0


def _is_card(match: re.Match[str]) -> bool:
    digits = _SIGNS.sub("", match[0])
    return digits[0] in "23456" and len(set(digits)) > 1 and is_luhn(digits)


def _is_iban(match: re.Match[str]) -> bool:
    return is_iban(_SIGNS.sub("", match[0]))


def _is_dni(match: re.Match[str]) -> bool:
    digits = match[1].replace("x", "0").replace("y", "1").replace("z", "2")
    return _DNI[int(digits) % len(_DNI)] == match[2]


def _is_mixed(match: re.Match[str]) -> bool:
    is_code = n_digits(match[0]) >= 4 and any(character.isalpha() for character in match[0])
    return is_code and _WORD_AND_COUNT.fullmatch(match[0]) is None


def _is_plate(match: re.Match[str]) -> bool:
    letters = _LETTERS.findall(match[1])
    size = n_digits(match[1]) + sum(map(len, letters))
    return size > 3 and _YEAR.search(match[1]) is None and bool(letters) and _NO_PLATE.isdisjoint(letters)


def _plate_in_capitals(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep a plate near a car, if it is written in capitals or in brackets."""
    letters = _LETTERS.findall(match[1])
    at = match.start(1) + next(place for place, sign in enumerate(match[1]) if sign.isalpha())
    is_bracketed = excerpt.text[match.start(1) - 1] == "("
    is_marked = excerpt.is_capital(at) or is_bracketed
    return (match.span(1),) if is_marked and (is_bracketed or _NO_PLATE.isdisjoint(letters)) else ()


def _in_capitals(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep a plate written in capitals whose digits are no year."""
    if _YEAR.fullmatch(match[1]) or not all(map(excerpt.is_capital, range(match.start(), match.start() + 3))):
        return ()
    return (match.span(),)


CHECKED_RULES: Final = (
    Rule(
        name="card-number",
        category=_ID,
        law="J",
        need=NUMBER,
        source=r"(?<![\w.,$-])[0-9](?:[ -]?[0-9]){12,18}(?![\w])",
        score=0.99,
        narrow=only_if(_is_card),
        finds=("card <4111 1111 1111 1111> was", "<5555-5555-5555-4444>", "<378282246310005>"),
        leaves=("4111 1111 1111 1112", "0000 0000 0000 0000"),
    ),
    Rule(
        name="routing-number",
        category=_ID,
        law="J",
        need=NAMED,
        source=(
            rf"(?<![a-z])(?:routing|aba|rtn|transit)(?:{GAP}(?:number|num|no\.?|is|was|#|:|=)){{0,4}}{GAP}"
            r"([0-9]{9})(?![\w])"
        ),
        score=0.99,
        group=1,
        narrow=only_if(lambda match: is_routing(match[1]), group=1),
        finds=("routing number <021000021>",),
        leaves=("routing 021000022",),
    ),
    Rule(
        name="iban",
        category=_ID,
        law="J",
        need=IBAN,
        source=r"(?<![\w-])[a-z]{2}[0-9]{2}(?:\s?[a-z0-9]{4}){2,7}(?:\s?[a-z0-9]{1,4})?(?!\w)",
        score=0.99,
        narrow=only_if(_is_iban),
        finds=("IBAN <GB82 WEST 1234 5698 7654 32> ok", "<DE89370400440532013000>"),
        leaves=("GB82 WEST 1234 5698 7654 33",),
    ),
    Rule(
        name="vin",
        category=_ID,
        law="L",
        need=CODE,
        source=r"(?<![\w-])(?=[0-9]{0,16}[a-z])[a-hj-npr-z0-9]{17}(?![\w-])",
        score=0.99,
        narrow=only_if(lambda match: is_vin(match[0])),
        finds=("they towed <1HGCM82633A004352> away",),
        leaves=("1HGCM82633A004353", "aaaaaaaaaaaaaaaaa"),
    ),
    Rule(
        name="dni",
        category=_ID,
        law="R",
        need=CODE,
        source=r"(?<![\w-])([0-9xyz][0-9]{7})[ -]?([a-hj-npr-tv-z])(?!\w)",
        score=0.97,
        narrow=only_if(_is_dni),
        finds=("mi DNI <12345678Z>", "<X1234567L>"),
        leaves=("12345678A", "448812 kids"),
    ),
    Rule(
        name="curp",
        category=_ID,
        law="R",
        need=CODE,
        source=r"(?<![\w-])[a-z]{4}[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9][hmx][a-z]{5}[a-z0-9][0-9](?!\w)",
        score=0.99,
        finds=("mi CURP es <LOPM850304MDFRRR09>",),
        leaves=("abcd123456efghijkl",),
    ),
    Rule(
        name="uuid",
        category=_ID,
        law="R",
        need=CODE,
        source=r"(?<![\w-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])",
        score=0.97,
        finds=("it said <123e4567-e89b-12d3-a456-426614174000> twice",),
        leaves=("123e4567-e89b",),
    ),
)

CODE_RULES: Final = (
    Rule(
        name="hash-number",
        category=_ID,
        law="R",
        need=CODE,
        source=r"#(?!(?:19|20)[0-9]{2}(?![0-9]))[0-9]{4,}+(?!\w)",
        score=0.85,
        finds=("I wrote in ticket <#48213>", "<#50486> is on it"),
        leaves=("#1 mom", "#100", "#2019goals", "#2019"),
    ),
    Rule(
        name="masked-number",
        category=_ID,
        law="G",
        need=CODE,
        source=r"(?<![\w*])(?:x{3,12}|\*{3,12})-?(?:[x*]{2,4}-?){0,3}[0-9]{4}(?!\w)",
        score=0.93,
        finds=("my ssn <xxx-xx-6683>", "card <xxxx-xxxx-xxxx-4481>", "SSN <***-**-6683>"),
        leaves=("xxx 500", "xx-large 2019"),
    ),
    Rule(
        name="letter-number",
        category=_ID,
        law="R",
        need=CODE,
        source=r"(?<![\w-])(?!(?:usd|gbp|eur|rs)[0-9])[a-z]{1,4}-?[0-9]{5,}+(?!\w)",
        score=0.85,
        finds=("I am <AB-448155> there", "the letter said <V2495307> twice"),
        leaves=("covid19 and h1n1", "phq9", "m1234"),
    ),
    Rule(
        name="mixed-code",
        category=_ID,
        law="R",
        need=CODE,
        source=r"(?<![\w@./-])[a-z0-9][a-z0-9-]{7,40}(?![\w@])",
        score=0.6,
        tier=Tier.UNCERTAIN,
        narrow=only_if(_is_mixed),
        finds=("it said <x7f-92kd81> all day", "code <a1b2-c3d4-e5f6>"),
        leaves=("covid-2019", "10-15minutes", "summer2018", "mid-april"),
    ),
    Rule(
        name="plate",
        category=_ID,
        law="L",
        need=PLATE,
        source=(
            rf"(?<![a-z])(?:plates?|tags?|tabs|placas?)(?![a-z])(?:{GAP}(?:(?:n[umbe]{{2,6}}r|num|no|is|was|are"
            r"|reads?|says|said|it|it's|the|es|con|de|on|my|her|his|car|van|truck)(?![a-z])\.?"
            rf"|[#:=,(-])){{0,5}}{GAP}((?:[a-z]{{1,4}}[ -]?[0-9]{{1,5}}[a-z]{{0,3}}"
            r"|[0-9]{1,4}[ -]?[a-z]{1,4}(?:[ -]?[0-9]{1,4})?)(?!\w))"
        ),
        score=0.95,
        group=1,
        narrow=only_if(_is_plate, group=1),
        finds=(
            "my van, plate <YJW 637>, was",
            "license plate is <ABC1234>",
            "plates <8ABC123>, ok",
            "placas <ABC-123> del carro",
        ),
        leaves=("a plate of 12", "tag 2 friends", "plate 100"),
    ),
    Rule(
        name="plate-shape",
        category=_ID,
        law="L",
        need=CODE,
        source=r"(?<![\w-])[a-z]{3}[-]?([0-9]{4})(?![\w-])",
        score=0.5,
        tier=Tier.UNCERTAIN,
        narrow=_in_capitals,
        finds=("I saw <ABC1234> leave", "it was <XYZ-4481>"),
        leaves=("abc1234", "FOB2004", "PTSD1234"),
    ),
    Rule(
        name="plate-of-car",
        category=_ID,
        law="L",
        need=CAR,
        source=(
            r"(?<![a-z])(?:car|van|minivan|truck|suv|jeep|vehicle|carro|camioneta|towed)(?![a-z])"
            rf"(?:{SPACE}[a-z]{{1,8}}(?!\w)){{0,2}}?{GAP}[,:(-]{{0,2}}{GAP}([a-z]{{2,4}}[ -]?[0-9]{{3,5}}"
            r"|[0-9]{3,4}[ -]?[a-z]{2,3}|[0-9][a-z]{3}[0-9]{3}"
            r"|[a-z]{2,4}[0-9]{1,2}[a-z]{1,3})(?!\w)"
        ),
        score=0.85,
        narrow=_plate_in_capitals,
        finds=(
            "they towed my car (<ABC 481>) during",
            "my van, <8ABC123>, was",
            "the truck <MOM4LK> is",
            "my van <ABC-1234> was",
        ),
        leaves=("the car was 200 miles away", "my van, age 12", "my truck (2019)"),
    ),
)
