"""Dates as people write them: read into day, month and year, and written again in the same form."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ppdarchive.deidentify.replace.grammar import in_case_of
from ppdarchive.text.fold import fold
from ppdarchive.text.months import MESES, MONTHS

_SHORT: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS_SHORT: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DIAS: Final = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_ORDINALS: Final = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "twenty-first",
    "twenty-second",
    "twenty-third",
    "twenty-fourth",
    "twenty-fifth",
    "twenty-sixth",
    "twenty-seventh",
    "twenty-eighth",
    "twenty-ninth",
    "thirtieth",
    "thirty-first",
)
_FORMS: Final[Sequence[tuple[str, Sequence[str]]]] = (
    ("month", MONTHS),
    ("month", MESES),
    ("month", _SHORT),
    ("weekday", _DAYS),
    ("weekday", _DAYS_SHORT),
    ("weekday", _DIAS),
    ("day", _ORDINALS),
)
_WORDS: Final = {
    fold(word).text: (kind, nth, forms)
    for kind, forms in reversed(_FORMS)
    for nth, word in enumerate(forms, start=1)
} | {
    "sept": ("month", 9, _SHORT),
    "setiembre": ("month", 9, MESES),
    "tues": ("weekday", 2, _DAYS_SHORT),
    "thurs": ("weekday", 4, _DAYS_SHORT),
    "thur": ("weekday", 4, _DAYS_SHORT),
    "weds": ("weekday", 3, _DAYS_SHORT),
}
_FILLERS: Final = frozenset(
    [
        "the",
        "of",
        "de",
        "del",
        "on",
        "in",
        "a",
        "day",
        "el",
        "la",
        "and",
        "at",
        "t",
        "z",
        "am",
        "pm",
        "st",
        "nd",
        "rd",
        "th",
        "month",
        "year",
    ]
)
_HOLIDAYS: Final = (
    ("New Year's Eve", 12, 31),
    ("New Year's Day", 1, 1),
    ("New Year's", 1, 1),
    ("New Year", 1, 1),
    ("MLK Day", 1, 18),
    ("Presidents' Day", 2, 18),
    ("Presidents Day", 2, 18),
    ("Valentine's Day", 2, 14),
    ("Valentine's", 2, 14),
    ("St. Patrick's Day", 3, 17),
    ("St Patrick's Day", 3, 17),
    ("Good Friday", 4, 8),
    ("Easter Sunday", 4, 10),
    ("Easter", 4, 10),
    ("Mother's Day", 5, 10),
    ("Mothers Day", 5, 10),
    ("Memorial Day", 5, 28),
    ("Father's Day", 6, 18),
    ("Fathers Day", 6, 18),
    ("Juneteenth", 6, 19),
    ("4th of July", 7, 4),
    ("Fourth of July", 7, 4),
    ("July 4th", 7, 4),
    ("Independence Day", 7, 4),
    ("Labor Day", 9, 4),
    ("Columbus Day", 10, 11),
    ("Halloween", 10, 31),
    ("Veterans Day", 11, 11),
    ("Veteran's Day", 11, 11),
    ("Veterans' Day", 11, 11),
    ("Thanksgiving Day", 11, 25),
    ("Thanksgiving", 11, 25),
    ("Hanukkah", 12, 12),
    ("Christmas Eve", 12, 24),
    ("Christmas Day", 12, 25),
    ("Christmas", 12, 25),
    ("Xmas", 12, 25),
    ("Navidad", 12, 25),
)
"""Holidays, and a day of the year near which each falls."""

_HOLIDAY: Final = re.compile(
    "(?<![a-z])(?:"
    + "|".join(re.escape(fold(name).text) for name, _, _ in sorted(_HOLIDAYS, key=lambda h: -len(h[0])))
    + ")(?![a-z])"
)
_HOLIDAY_DAYS: Final = {fold(name).text: (month, day) for name, month, day in _HOLIDAYS}
_ORDINAL: Final = "|".join(sorted(_ORDINALS, key=len, reverse=True)).replace("-", "[ -]")
_TOKEN: Final = re.compile(rf"[0-9]+|(?:{_ORDINAL})(?![a-z])|[a-z]+")
_CLOCK: Final = re.compile(
    r"(?:(?<=[0-9])t|\s)?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?z?|[0-9]{1,2} ?[ap]m\b"
)
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2099
_PIVOT: Final = 50
"""Years of two digits from here on are of the last century."""
ANY_YEAR: Final = 2019
"""The year of a date that tells none; it has no 29th of February."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a written date that changes with the date."""

    start: int
    end: int
    write: Callable[[date], str]


@dataclass(frozen=True, slots=True, repr=False)
class Written:
    """A date as it is written.

    Attributes
    ----------
    year, month, day : int or None
        What it tells. A holiday tells the month and day near which it falls.
    holiday : bool
        Whether it is one.
    """

    text: str
    year: int | None
    month: int | None
    day: int | None
    holiday: bool
    _parts: tuple[_Part, ...]

    @property
    def when(self) -> date | None:
        """The day, or one within what is told; None if there is no such day."""
        try:
            return date(self.year or ANY_YEAR, self.month or 7, self.day or 15)
        except ValueError:
            return None

    def written(self, other: date) -> str:
        """Another date in the same form."""
        text, position = "", 0
        for part in self._parts:
            text += self.text[position : part.start] + part.write(other)
            position = part.end
        return text + self.text[position:]


def read_date(text: str) -> Written | None:
    """Read a date, or what there is of one.

    Months come before days, as Americans write them, where only the order could tell.

    Returns
    -------
    Written or None
        None if there is anything in the text that is no part of a date.

    Examples
    --------
    >>> found = read_date("March 5th, '19")
    >>> (found.year, found.month, found.day), found.written(date(2018, 11, 2))
    ((2019, 3, 5), "November 2nd, '18")
    """
    plain = fold(text).text
    if len(plain) != len(text):
        return None
    parts: list[_Part] = []
    told: dict[str, int] = {}
    body = plain
    holiday = _HOLIDAY.search(plain)
    if holiday is not None:
        told["month"], told["day"] = _HOLIDAY_DAYS[holiday[0]]
        parts.append(_Part(*holiday.span(), _holiday_like(text[holiday.start() : holiday.end()])))
        body = _blanked(plain, *holiday.span())
    for clock in _CLOCK.finditer(body):
        body = _blanked(body, *clock.span())
    numbers: list[tuple[int, int]] = []
    for token in _TOKEN.finditer(body):
        word = token[0].replace(" ", "-")
        if word.isdecimal():
            numbers.append(token.span())
        elif word in _WORDS:
            kind, nth, forms = _WORDS[word]
            if kind in told:
                return None
            told[kind] = nth
            parts.append(_Part(*token.span(), _word_like(text[token.start() : token.end()], kind, forms)))
        elif word not in _FILLERS:
            return None
    roles = _roles(body, numbers, told)
    if roles is None:
        return None
    small = [body[start:end] for (start, end), role in roles if role != "year"]
    # Whether zeros are written shows in one small number, or in the order of an international date.
    has_zeros = any(digits[0] == "0" for digits in small) or (len(roles) == 3 and roles[0][1] == "year")
    for (start, end), role in roles:
        told[role] = _number(role, body[start:end])
        parts.append(_Part(start, end, _number_like(role, body[start:end], has_zeros=has_zeros)))
        ending = re.compile("st|nd|rd|th").match(body, end) if role == "day" else None
        if ending is not None:
            parts.append(_Part(end, ending.end(), _ending_like(text[end : ending.end()])))
    if not told.keys() & {"year", "month", "day"}:
        return None
    parts.sort(key=lambda part: part.start)
    return Written(
        text, told.get("year"), told.get("month"), told.get("day"), holiday is not None, tuple(parts)
    )


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


_Roles = list[tuple[tuple[int, int], str]]


def _roles(plain: str, numbers: list[tuple[int, int]], told: dict[str, int]) -> _Roles | None:
    """What each number is; None if they make no date."""
    if len(numbers) == 1 and not told:
        return _roles_of_one(plain, *numbers[0])
    written = [plain[start:end] for start, end in numbers]
    years = [at for at, digits in enumerate(written) if len(digits) == 4 or plain[numbers[at][0] - 1] == "'"]
    open_ = [role for role in ("month", "day") if role not in told]
    names: list[str] = []
    small = [int(digits) for at, digits in enumerate(written) if at not in years]
    if len(years) > 1 or any(len(digits) == 3 or len(digits) > 4 for digits in written):
        return None
    if len(small) == 3 and not years and not told:
        if len(written[2]) != 2:
            return None
        names = ["day", "month", "year"] if small[0] > 12 else ["month", "day", "year"]
    elif len(small) == 2 and open_ == ["month", "day"]:
        names = ["day", "month"] if small[0] > 12 else ["month", "day"]
    elif len(small) == 1 and "day" in open_ and ("month" in told or not years):
        names = ["day"]
    elif len(small) == 1 and years and open_ == ["month", "day"]:
        names = ["month"]
    elif len(small) == 2 and open_ == ["day"] and not years:
        names = ["day", "year"] if small[0] <= 31 else ["year", "day"]
    elif small and not years and len(small) == 1 and not open_:
        names = ["year"]
    elif small:
        return None
    small_roles = iter(names)
    return [(place, "year" if at in years else next(small_roles)) for at, place in enumerate(numbers)]


def _roles_of_one(plain: str, start: int, end: int) -> _Roles | None:
    """A number alone: a year, or digits in a row."""
    digits = plain[start:end]
    if len(digits) == 8:
        if digits[:2] in ("19", "20") and 1 <= int(digits[4:6]) <= 12:
            return [
                ((start, start + 4), "year"),
                ((start + 4, start + 6), "month"),
                ((start + 6, end), "day"),
            ]
        return [((start, start + 2), "month"), ((start + 2, start + 4), "day"), ((start + 4, end), "year")]
    if len(digits) == 6:
        return [((start, start + 2), "month"), ((start + 2, start + 4), "day"), ((start + 4, end), "year")]
    if len(digits) == 4 or plain[start - 1 : start] == "'":
        return [((start, end), "year")]
    if len(digits) <= 2 and plain[end : end + 2] in ("st", "nd", "rd", "th"):
        return [((start, end), "day")]
    return None


def _number(role: str, digits: str) -> int:
    number = int(digits)
    if role == "year" and len(digits) == 2:
        return number + (1900 if number >= _PIVOT else 2000)
    return number


def _number_like(role: str, digits: str, *, has_zeros: bool) -> Callable[[date], str]:
    """Writes a part of a date with as many digits."""
    width = 2 if has_zeros else 1

    def write(other: date) -> str:
        number: int = getattr(other, role)
        if role == "year":
            return f"{number:04}" if len(digits) == 4 else f"{number % 100:02}"
        return f"{number:0{width}}"

    return write


def _word_like(word: str, kind: str, forms: Sequence[str]) -> Callable[[date], str]:
    def write(other: date) -> str:
        nth = other.weekday() if kind == "weekday" else (other.month if kind == "month" else other.day) - 1
        written = forms[nth]
        return in_case_of(word, written if word[:1].isupper() else written.lower())

    return write


def _ending_like(ending: str) -> Callable[[date], str]:
    def write(other: date) -> str:
        by_day = {1: "st", 21: "st", 31: "st", 2: "nd", 22: "nd", 3: "rd", 23: "rd"}
        return in_case_of(ending, by_day.get(other.day, "th"))

    return write


def _holiday_like(name: str) -> Callable[[date], str]:
    """Writes the holiday nearest to a date, and not the same one."""
    own = _HOLIDAY_DAYS.get(fold(name).text)

    def write(other: date) -> str:
        def away(holiday: tuple[str, int, int]) -> int:
            days = abs((date(ANY_YEAR, holiday[1], holiday[2]) - other.replace(year=ANY_YEAR)).days)
            return min(days, 365 - days)

        others = [holiday for holiday in _HOLIDAYS if holiday[1:] != own]
        return in_case_of(name, min(others, key=away)[0])

    return write
