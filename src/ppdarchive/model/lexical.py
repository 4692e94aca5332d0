"""The text of one value, understood as Table Schema says; for single values, not for columns.

Each parser takes the text of a cell and returns its value, or None if the text is not of that type.
Whole columns go through `ppdarchive.validate.cast`, which calls these on distinct values only.

References
----------
Data Package v2, Table Schema, "Field types and formats".
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final

from ppdarchive.model.schema import Field, Kind, Lexical, Scalar

_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?")
_TIME: Final = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?")
_YEAR: Final = re.compile(r"[0-9]{4}")

MAX_INTEGER: Final = 2**63 - 1
MIN_INTEGER: Final = -(2**63)
EXACT_DIGITS: Final = 15
"""Decimal digits that a 64-bit float always keeps (IEEE 754, DBL_DIG)."""

# The address form that HTML's e-mail input accepts, demanding a dot in the domain as survey tools do.
_EMAIL: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
# RFC 3986: a scheme, a colon, and nothing that a URI may not hold.
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")

STRING_FORMATS: Final = ("default", "email", "uri", "uuid", "binary")


def group_pattern(group: str) -> str:
    """The regular expression of digits in groups: a last group of three, others of two or three.

    So that ``1,3`` typed into a number field is refused and not read as 13.
    """
    mark = re.escape(group)
    return rf"[+-]?(?:[0-9]+|[0-9]{{1,3}}(?:{mark}[0-9]{{2,3}})*{mark}[0-9]{{3}})"


def parse_integer(text: str, lexical: Lexical = Lexical()) -> int | None:
    """Understand an integer; None also when it is beyond 64 bits.

    >>> parse_integer("007"), parse_integer("1,3", Lexical(group_char=","))
    (7, None)
    """
    plain = _plain_number(text, lexical, decimal_char=None)
    if plain is None or _INTEGER.fullmatch(plain) is None or len(plain) > 400:
        return None
    value = int(plain)
    return value if MIN_INTEGER <= value <= MAX_INTEGER else None


def parse_number(text: str, lexical: Lexical = Lexical()) -> float | None:
    """Understand a number; None when a 64-bit float cannot keep what is written.

    >>> parse_number("1,5", Lexical(decimal_char=",")), parse_number("12345678901234567890.5")
    (1.5, None)
    """
    plain = _plain_number(text, lexical, decimal_char=lexical.decimal_char)
    if plain is None or _NUMBER.fullmatch(plain) is None or len(plain) > 400:
        return None
    value = float(plain) + 0.0  # -0.0 is 0.0, in keys too
    if value in (float("inf"), float("-inf")):
        return None
    if sum(c.isdigit() for c in plain) > EXACT_DIGITS and Decimal(repr(value)) != Decimal(plain):
        return None
    return value


def _plain_number(text: str, lexical: Lexical, *, decimal_char: str | None) -> str | None:
    """The number in its plain form: no decoration, no grouping, a full stop before decimals."""
    plain = text.strip()
    if not lexical.bare_number:
        plain = bare_pattern(decimal_char).sub("", plain)
    head, mark, tail = plain, "", ""
    if decimal_char is not None:
        if decimal_char != "." and "." in plain and lexical.group_char != ".":
            return None
        head, mark, tail = plain.partition(decimal_char)
    if lexical.group_char is not None and lexical.group_char in head:
        if re.fullmatch(group_pattern(lexical.group_char), head) is None:
            return None
        head = head.replace(lexical.group_char, "")
    return f"{head}.{tail}" if mark else head


def bare_pattern(decimal_char: str | None) -> re.Pattern[str]:
    """What surrounds a number that is not bare: everything but digits, signs and its decimal point.

    A decimal point counts as part of the number when a digit follows it.
    """
    point = f"|{re.escape(decimal_char)}[0-9]" if decimal_char else ""
    return re.compile(rf"^(?:(?![-+]?(?:[0-9]{point})).)+|[^0-9]+$", re.DOTALL)


def parse_boolean(text: str, lexical: Lexical = Lexical()) -> bool | None:
    """Understand a boolean by the field's true and false values, which are compared exactly."""
    if text in lexical.true_values:
        return True
    return False if text in lexical.false_values else None


def parse_date(text: str, lexical: Lexical = Lexical()) -> date | None:
    """Understand a date; with a pattern that has a time of day, the date part is kept.

    >>> parse_date("2020-02-30"), parse_date("3/1/2020", Lexical(format="%m/%d/%Y"))
    (None, datetime.date(2020, 3, 1))
    """
    if lexical.format == "default" and _DATE.fullmatch(text) is None:
        return None
    try:
        if lexical.format == "default":
            return date.fromisoformat(text)
        return datetime.strptime(text, lexical.format).date()
    except ValueError:
        return None


def parse_datetime(text: str, lexical: Lexical = Lexical()) -> datetime | None:
    """Understand a date with time of day.

    The default form has no zone, since a column of mixed zones has no type; a format with ``%z``
    reads one, and the value is an instant in UTC.
    """
    if lexical.format == "default" and _DATETIME.fullmatch(text) is None:
        return None
    try:
        if lexical.format == "default":
            return datetime.fromisoformat(text)
        value = datetime.strptime(text, lexical.format)
        return value if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):  # an instant before year 1 in UTC
        return None


def parse_time(text: str, lexical: Lexical = Lexical()) -> time | None:
    """Understand a time of day."""
    if lexical.format == "default" and _TIME.fullmatch(text) is None:
        return None
    try:
        if lexical.format == "default":
            return time.fromisoformat(text)
        return datetime.strptime(text, lexical.format).time()
    except ValueError:
        return None


def parse_year(text: str) -> int | None:
    """Understand a year of four digits."""
    return int(text) if _YEAR.fullmatch(text) else None


def is_string(text: str, form: str) -> bool:
    """Whether `text` has the string format ``default``, ``email``, ``uri``, ``uuid`` or ``binary``."""
    if form == "email":
        # RFC 5321, section 4.5.3.1: at most 64 characters before the @.
        return len(text) <= 254 and text.find("@") <= 64 and _EMAIL.fullmatch(text) is not None
    if form == "uri":
        return _URI.fullmatch(text) is not None
    if form == "uuid":
        return _UUID.fullmatch(text) is not None
    if form == "binary":
        try:
            base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return False
    return True


def parser(field: Field) -> Callable[[str], Scalar | None]:
    """The function that understands one value of `field`; for a list, one item."""
    lexical = field.lexical
    kind = lexical.item_kind if field.kind is Kind.LIST else field.kind
    if field.kind is Kind.LIST:
        lexical = Lexical()  # items are written in their type's default form, says the standard
    match kind:
        case Kind.INTEGER:
            return lambda text: parse_integer(text, lexical)
        case Kind.NUMBER:
            return lambda text: parse_number(text, lexical)
        case Kind.BOOLEAN:
            return lambda text: parse_boolean(text, lexical)
        case Kind.DATE:
            return lambda text: parse_date(text, lexical)
        case Kind.DATETIME:
            return lambda text: parse_datetime(text, lexical)
        case Kind.TIME:
            return lambda text: parse_time(text, lexical)
        case Kind.YEAR:
            return parse_year
        case _:
            return lambda text: text if is_string(text, lexical.format) else None


def check_pattern_format(kind: Kind, pattern: str) -> str | None:
    """Why `pattern` cannot be a pattern for dates, datetimes or times; None if it can."""
    if "%" not in pattern:
        return "not a date pattern"
    if kind is Kind.TIME and "%z" in pattern:
        return "a time of day has no zone"
    # 2021-11-23 has year, month and day all different, so that a pattern that loses one is seen.
    probe = datetime(2021, 11, 23, 14, 35, 56)
    try:
        back = datetime.strptime(probe.strftime(pattern.replace("%z", "+0000")), pattern)
    except ValueError:
        return "the pattern cannot be read back"
    keeps_date = (back.year, back.month, back.day) == (2021, 11, 23)
    keeps_time = (back.hour, back.minute) == (14, 35)
    if kind is not Kind.TIME and not keeps_date:
        return "the pattern does not hold a whole date"
    if kind is not Kind.DATE and not keeps_time:
        return "the pattern does not hold hours and minutes"
    return None
