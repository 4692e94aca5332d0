"""What a released value says: which true values it may stand for, and what two of one person say together."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final, Literal

from ppdarchive.model.hierarchy import Hierarchy, ready, ready_names
from ppdarchive.model.schema import Field, Kind

_BAND: Final = re.compile(
    r"(?:under (?P<below>-?[\d.e+-]+)|(?P<from>-?[\d.e+-]+) and over"
    r"|(?P<low>-?[\d.e+-]+?) to under (?P<end>-?[\d.e+-]+)"
    r"|(?P<first>-?\d+)-(?P<last>-?\d+)|(?P<only>-?\d+))",
    re.ASCII,
)
"""How `ppdarchive.deidentify.bands` writes a band."""
_QUARTER: Final = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
_ABOVE: Final = re.compile(r"values above (-?[\d.e+-]+) are released as \1", re.ASCII | re.IGNORECASE)
_BELOW: Final = re.compile(r"values below (-?[\d.e+-]+) are released as \1", re.ASCII | re.IGNORECASE)
_BEFORE: Final = re.compile(r"Years before (\d+) are released as \1", re.ASCII)
_ROUNDED: Final = re.compile(r"Rounded to multiples of ([\d.e+-]+), halves", re.ASCII)
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Between:
    """A number of at least `low` and below `high`; of days, where it is a date."""

    low: float
    high: float
    is_date: bool = False


Meaning = Between | str
"""A range of numbers or dates, or the value itself."""

Reading = Callable[[object], Meaning]
"""A released value of one field -> its meaning."""

Below = Mapping[str, frozenset[str]]
"""For a value the classes that it lies in, of any hierarchy."""


def reading_of(field: Field) -> Reading:
    """How the values of a released field are to be understood, from what its schema says of it.

    Bands, top and bottom codes, rounded numbers, years and quarters are ranges. All else says itself. Where
    a range is not recognized, nothing is lost but that two values of one person then seem to contradict each
    other, which tells her from others all the more.
    """
    match field.kind:
        case Kind.INTEGER | Kind.NUMBER:
            return _numbers(field)
        case Kind.YEAR:
            return _years(field)
        case Kind.DATE | Kind.DATETIME:
            return _moment
    if field.kind is Kind.STRING and field.constraints.pattern is not None:
        return _quarter
    categories = [str(category.value) for category in field.categories or ()]
    if categories and all(_BAND.fullmatch(each) for each in categories):
        return _band
    return _itself


def narrowed(one: Meaning, other: Meaning, below: Below) -> Meaning | None:
    """What both say together; None if they contradict each other.

    Examples
    --------
    >>> narrowed(Between(30, 35), Between(28, 33), {})
    Between(low=30, high=33, is_date=False)
    >>> narrowed("IA", "Midwest", {"IA": frozenset({"Midwest"})})
    'IA'
    """
    if isinstance(one, Between) and isinstance(other, Between):
        low, high = max(one.low, other.low), min(one.high, other.high)
        return Between(low, high, one.is_date) if low < high and one.is_date is other.is_date else None
    if isinstance(one, str) and isinstance(other, str):
        if one == other or other in below.get(one, ()):
            return one
        if one in below.get(other, ()):
            return other
    return None


def is_coarser(one: Meaning, other: Meaning, below: Below) -> bool:
    """Whether the first says less than the second, and nothing else."""
    return one != other and narrowed(one, other, below) == other


def below_of(hierarchies: Sequence[Hierarchy]) -> Below:
    """The classes above each value and class, of the given hierarchies and of those that are ready."""
    found = {value: set(classes) for value, classes in _ready_classes().items()}
    for hierarchy in hierarchies:
        _add_classes(found, hierarchy)
    return {value: frozenset(classes) for value, classes in found.items()}


@cache
def _ready_classes() -> Below:
    found: dict[str, set[str]] = {}
    for name in ready_names():
        _add_classes(found, ready(name))
    return {value: frozenset(classes) for value, classes in found.items()}


def _add_classes(found: dict[str, set[str]], hierarchy: Hierarchy) -> None:
    for value in hierarchy.values:
        path = [level[value] for level in hierarchy.levels]
        for depth, own in enumerate(path):
            found.setdefault(own, set()).update(each for each in path[depth + 1 :] if each != own)


def _itself(value: object) -> Meaning:
    return str(value)


def _numbers(field: Field) -> Reading:
    told = field.description or ""
    top, bottom = _number(_ABOVE, told), _number(_BELOW, told)
    step = _number(_ROUNDED, told)

    def read(value: object) -> Meaning:
        assert isinstance(value, int | float)
        low = high = float(value)
        if math.isnan(low):
            return "NaN"
        if step is not None:
            low, high = _around(low, step, is_whole=field.kind is Kind.INTEGER)
        low = -math.inf if bottom is not None and value <= bottom else low
        high = math.inf if top is not None and value >= top else high
        if field.kind is Kind.INTEGER:
            return Between(low, high + 1)
        return Between(low, math.nextafter(high, math.inf))

    return read


def _around(value: float, step: float, *, is_whole: bool) -> tuple[float, float]:
    """The lowest and highest number that is rounded to `value`; halves go to the even multiple."""
    low, high = value - step / 2, value + step / 2
    if not is_whole:
        return low, high
    # Of whole numbers the halves themselves are rounded to every other multiple only.
    is_odd = round(value / step) % 2 == 1
    if is_odd:
        return math.floor(low) + 1, math.ceil(high) - 1
    return math.ceil(low), math.floor(high)


def _number(pattern: re.Pattern[str], text: str) -> float | None:
    found = pattern.search(text)
    return None if found is None else float(found[1])


def _years(field: Field) -> Reading:
    bottom = _number(_BEFORE, field.description or "")

    def read(value: object) -> Meaning:
        assert isinstance(value, int)
        is_open = bottom is not None and value <= bottom
        return Between(-math.inf if is_open else _first_day(value), _first_day(value + 1), is_date=True)

    return read


def _first_day(year: int, month: int = 1) -> float:
    if 1 <= year <= 9999:
        return float(date(year, month, 1).toordinal())
    return math.inf if year > 0 else -math.inf


def _moment(value: object) -> Meaning:
    assert isinstance(value, date)
    day = float(value.toordinal())
    if isinstance(value, datetime):
        seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
        return Between(day + seconds / _DAY, math.nextafter(day + seconds / _DAY, math.inf), is_date=True)
    return Between(day, day + 1, is_date=True)


def _quarter(value: object) -> Meaning:
    found = _QUARTER.fullmatch(str(value))
    if found is None:
        return str(value)
    year, month = int(found[1]), 3 * int(found[2]) - 2
    end = _first_day(year + 1) if month > 9 else _first_day(year, month + 3)
    return Between(_first_day(year, month), end, is_date=True)


def _band(value: object) -> Meaning:
    found = _BAND.fullmatch(str(value))
    assert found is not None
    edges: dict[Literal["below", "from", "low", "end", "first", "last", "only"], float] = {}
    edges |= {name: float(text) for name, text in found.groupdict().items() if text is not None}  # type: ignore[misc]
    if "below" in edges:
        return Between(-math.inf, edges["below"])
    if "from" in edges:
        return Between(edges["from"], math.inf)
    if "low" in edges:
        return Between(edges["low"], edges["end"])
    first = edges.get("first", edges.get("only", math.nan))
    return Between(first, edges.get("last", first) + 1)
