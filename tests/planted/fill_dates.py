"""Dates and ages."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from .filling import DIGITS, Filler
from .grammar import Piece
from .people import Participant, every

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MESES: Final = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
_WEEKDAYS: Final = ("Monday", "Tues", "Wednesday", "thursday", "Fri", "saturday", "Sunday")
_MISSPELT: Final = {
    "January": "Janurary",
    "February": "Febuary",
    "August": "Agust",
    "September": "Setember",
    "October": "Ocotber",
    "November": "Novemeber",
    "December": "Decemeber",
}
_ORDINALS: Final = (
    *("first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
    *("thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth"),
    *("nineteenth", "twentieth", "twenty-first", "twenty second", "twenty-third", "twenty fourth"),
    *("twenty-fifth", "twenty sixth", "twenty-seventh", "twenty eighth", "twenty-ninth", "thirtieth"),
    "thirty first",
)
_LEADS: Final = (
    *("the day after ", "two days before ", "the week of ", "a week after "),
    *("right before ", "the night before ", "3 days after ", "the weekend after "),
)
_OLD: Final = (
    *("ninety", "ninety-one", "ninety two", "ninety-five", "ninety seven"),
    *("a hundred and one", "one hundred"),
)


def _ordinal(day: int) -> str:
    ending = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _month(number: int, rng: Random) -> str:
    month = _MONTHS[number - 1]
    draw = rng.random()
    if draw < 0.05:
        return _MISSPELT.get(month, month)
    return month.lower() if draw < 0.15 else month


def _day(when: date, kind: str, rng: Random, *, with_year: bool) -> list[Piece]:
    """A day as it gets written, sometimes behind a weekday."""
    month, plain = _month(when.month, rng), _MONTHS[when.month - 1]
    short = rng.choice((plain[:3], plain[:3] + ".", plain[:3].lower(), plain[: 4 if when.month == 9 else 3]))
    military: tuple[str, ...] = ()
    numbers: tuple[str, ...]
    year, brief, day, nth = when.year, f"{when.year % 100:02d}", when.day, _ordinal(when.day)
    if with_year:
        numbers = (
            f"{when.month}/{day}/{brief}",
            f"{when.month:02d}/{day:02d}/{year}",
            f"{when.month}-{day}-{brief}",
            f"{when.month}.{day}.{brief}",
            f"{year}-{when.month:02d}-{day:02d}",
        )
        words = (
            *(f"{month} {day}, {year}", f"{month} {nth} {year}", f"{month} {nth}, {year}"),
            *(f"{day} {month} {year}", f"{short} {day} {year}", f"{short} {day} '{brief}"),
            f"the {nth} of {month} {year}",
        )
        military = f"{day:02d}{plain[:3].upper()}{brief}", f"{day:02d} {plain[:3].upper()} {year}"
        spelled = f"{month} {_ORDINALS[day - 1]} {year}"
    else:
        numbers = f"{when.month}/{day}", f"{when.month:02d}/{day:02d}"
        words = (
            *(f"{month} {day}", f"{month} {nth}", f"{short} {day}", f"{short} {nth}", f"{day} {month}"),
            *(f"the {nth} of {month}", f"{month} the {nth}"),
        )
        spelled = f"{month} {_ORDINALS[day - 1]}"
    text, form = rng.choice(
        (
            *((text, "numbers") for text in numbers),
            *((text, "words") for text in words),
            *((text, "military") for text in military),
            (spelled, "spelled out"),
        )
    )
    piece = Piece(text.removeprefix("the "), "DATE", f"{kind}, {form}")
    if text.startswith("the "):
        return [Piece("the "), piece]
    if rng.random() < 0.06:
        return [Piece(rng.choice(_WEEKDAYS) + rng.choice((" ", ", ")), is_neutral=True), piece]
    return [piece]


def _some_day(p: Participant, rng: Random) -> date:
    return p.baby_born + timedelta(days=rng.randrange(-200, 400))


def _only_month(p: Participant, rng: Random) -> list[Piece]:
    month = _MONTHS[_some_day(p, rng).month - 1]
    short = month if month in ("May", "March") else month[:3]
    return [Piece(rng.choice((month, month, month.lower(), short)), "DATE", "month")]


def _month_and_year(p: Participant, rng: Random) -> list[Piece]:
    when = _some_day(p, rng)
    month, year = _month(when.month, rng), when.year
    named = f"{month} {year}", f"{month} of {year}", f"{month[:3]} {year}", f"{month} '{year % 100}"
    return [Piece(rng.choice((*named, f"{when.month}/{year}")), "DATE", "month and year")]


def _season(p: Participant, rng: Random) -> list[Piece]:
    year = _some_day(p, rng).year
    season = rng.choice(("summer", "fall", "winter", "spring", "Summer", "Fall"))
    behind = rng.choice((f" {year}", f" of {year}", f" of '{year % 100}"))
    return [Piece(season + behind, "DATE", "season")]


def _holiday(p: Participant, rng: Random) -> list[Piece]:
    own, year = rng.choice(every("others", "holidays")), p.baby_born.year
    text = rng.choice((f"{own} {year}", f"{own} of {year}", f"{own} '{year % 100}", f"{own} {year}".lower()))
    piece = Piece(text.removeprefix("the "), "DATE", "holiday")
    return [Piece("the "), piece] if text.startswith("the ") else [piece]


def _relative(p: Participant, rng: Random) -> list[Piece]:
    own = rng.choice(every("others", "holidays"))
    article = "the " if own.startswith("the ") else ""
    text = own.removeprefix("the ") + rng.choice(("", f" {p.baby_born.year}"))
    return [Piece(rng.choice(_LEADS) + article, is_neutral=True), Piece(text, "DATE", "relative")]


def _spelled_day(p: Participant, rng: Random) -> list[Piece]:
    when = _some_day(p, rng)
    text = f"{_ORDINALS[when.day - 1]} of {_month(when.month, rng)}"
    return [Piece(text, "DATE", "day, spelled out")]


def _spanish_day(p: Participant, rng: Random) -> list[Piece]:
    when = p.baby_born
    behind = rng.choice(("", f" de {when.year}", f" del {when.year}"))
    return [Piece(f"{when.day} de {_MESES[when.month - 1]}{behind}", "DATE", "Spanish")]


def _babys_age(p: Participant, rng: Random) -> list[Piece]:
    weeks = rng.randrange(2, 40)
    in_months = weeks > 11 and rng.random() < 0.6
    number = weeks * 12 // 52 if in_months else weeks
    unit = rng.choice(("months", "months", "mos", "mo") if in_months else ("weeks", "weeks", "wks", "wk"))
    if number < len(DIGITS) and rng.random() < 0.2:
        return [Piece(f"{DIGITS[number]} {unit}", "AGE", "child's with a date")]
    return [Piece(f"{number}{rng.choice((' ', ' ', ''))}{unit}", "AGE", "child's with a date")]


SLOTS: Final[dict[str, Filler]] = {
    "date": lambda p, rng: _day(_some_day(p, rng), "day", rng, with_year=rng.random() < 0.4),
    "bday": lambda p, rng: _day(p.baby_born, "birthday", rng, with_year=rng.random() < 0.5),
    "bdayfull": lambda p, rng: _day(p.baby_born, "birthday", rng, with_year=True),
    "month": _only_month,
    "monthyear": _month_and_year,
    "season": _season,
    "holidayyear": _holiday,
    "rel": _relative,
    "nth": lambda p, rng: [Piece(_ordinal(rng.randrange(2, 31)), "DATE", "day of a month")],
    "word_date": _spelled_day,
    "esdate": _spanish_day,
    "esmonth": lambda p, rng: [Piece(rng.choice(_MESES), "DATE", "Spanish")],
    "old": lambda p, rng: [Piece(str(rng.randrange(90, 105)), "AGE", "over 89")],
    "oldword": lambda p, rng: [Piece(rng.choice(_OLD), "AGE", "over 89, spelled out")],
    "babyage": _babys_age,
}
