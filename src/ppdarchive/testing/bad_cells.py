"""Cells that break a field's rules: nonsense, neighbours of bounds, texts too long or too short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from ppdarchive.model.finding import RuleKind
from ppdarchive.model.schema import Field, Kind
from ppdarchive.testing.values import plain_text

NONSENSE: Final = (
    *(
        "x",
        " ",
        "",
        "\n",
        "-",
        "--1",
        "+-1",
        "1_000",
        "1,3",
        "1e5",
        "1.5",
        "1e",
        ".",
        "0x10",
        "1 000",
        "٣",
        "１",
    ),
    *(
        "NaN",
        "Infinity",
        "-inf",
        "1e999",
        "12345678901234567890",
        "-9223372036854775809",
        "0.1234567890123456789",
    ),
    *("TRUE ", "y", "t", "2", "None", "null", "NULL", "#N/A"),
    *(
        "2020-13-45",
        "2020-1-1",
        "20200101",
        "2020-02-30",
        "01/02/2020",
        "2020-01-01 ",
        "０１/02/2020",
        "0000-01-01",
    ),
    *("2020-01-01T10:00", "2020-01-01T10:00:00Z", "2020-01-01T10:00:00+02:00", "2020-01-01_10:00:00"),
    *("2020-01-01T24:00:00", "2020-01-01T10:00:60", "10:00", "24:00:00", "10:00:00Z", "T10:00:00", "1:2:3"),
    *(
        "20",
        "02020",
        "+2020",
        "-200",
        " 2020",
        "a@b",
        "@",
        "a b@c.org",
        "http//x",
        "://",
        "not base64!",
        "QQ",
        "ü",
    ),
    *("{}", "123e4567-e89b-12d3-a456-42661417400", "123e4567e89b12d3a456426614174000", "1,,2", "1,x", ";"),
)
"""Cells that are refused by at least one type or format, or that careless parsers take."""


def bad_cells(field: Field, kind: RuleKind, known: Sequence[str | None]) -> Iterator[str | None]:
    """Cells that may break the rule `kind`, starting from texts that do not."""
    good = [text for text in known if text is not None]
    demands = field.constraints
    match kind:
        case RuleKind.REQUIRED:
            yield from (None, *(code.value for code in field.missing_values))
        case RuleKind.TYPE | RuleKind.FORMAT | RuleKind.CATEGORY:
            yield from NONSENSE
            for category in field.categories or ():
                yield from (category.label, f"{category.value} ", str(category.value).swapcase())
            yield from (text + end for text in good for end in ("x", "\n", "_0", " 1", ";", "\x0b"))
        case RuleKind.PATTERN:
            yield from ("", "axxx", "x|", "٣", "\n", "-", "zzzzzzzz9")
            yield from (form.format(text) for text in good for form in ("{}\n", "{}x", "x{}", " {}", "\n{}"))
        case RuleKind.MIN_LENGTH | RuleKind.MAX_LENGTH:
            yield from _of_other_length(field, good)
        case RuleKind.ENUM:
            others = [*(category.value for category in field.categories or ()), True, False]
            near = [*others, *(value for known_value in demands.enum or () for value in _near(known_value))]
            yield from (_maybe_text(field, value) for value in near)
        case _:
            bound = getattr(demands, kind.value.replace("-", "_"))
            yield from (_maybe_text(field, value) for value in _near(bound))


def _of_other_length(field: Field, good: Sequence[str]) -> Iterator[str]:
    wanted = [
        *((field.constraints.min_length or 0) - 1,) * (field.constraints.min_length is not None),
        *((field.constraints.max_length or 0) + 1,) * (field.constraints.max_length is not None),
    ]
    for length in wanted:
        if field.kind is Kind.LIST:
            for text in good:
                items = text.split(field.lexical.delimiter)
                yield field.lexical.delimiter.join((items * (length + 1))[:length])
        else:
            yield from ((text + "😀" * length)[:length] for text in (*good, ""))
            yield "A" * (length + -length % 4)


def _near(value: Any) -> Iterator[Any]:
    """The value itself and values around it."""
    match value:
        case bool() | str():
            yield value
        case int():
            yield from (value + step for step in (0, -1, 1, -10, 10, -1000, 1000))
        case float():
            yield from (value + step for step in (0, -1, 1, -1e-3, 1e-3, -1e6, 1e6))
            yield from (value * 2, -value * 2)
        case datetime() | date():
            steps = [timedelta(days=days) for days in (0, -1, 1, -400, 400)]
            steps += [timedelta(microseconds=1), -timedelta(microseconds=1)] * isinstance(value, datetime)
            low, high = timedelta(days=500), timedelta(days=500)
            lowest: Any = (
                date.min if not isinstance(value, datetime) else datetime.min.replace(tzinfo=value.tzinfo)
            )
            highest: Any = (
                date.max if not isinstance(value, datetime) else datetime.max.replace(tzinfo=value.tzinfo)
            )
            for step in steps:
                if value - lowest > low and highest - value > high:
                    yield value + step
        case time():
            moment = datetime.combine(date(2000, 1, 2), value, UTC)
            for minutes in (0, -1, 1, -180, 180):
                yield (moment + timedelta(minutes=minutes)).time()
            yield from (time.min, time.max)


def _maybe_text(field: Field, value: Any) -> str | None:
    """The value as the field writes it; a text that means nothing if it cannot."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if field.kind is Kind.YEAR and not 0 <= value <= 9999:
        return None
    if is_number is not (field.kind in (Kind.INTEGER, Kind.NUMBER, Kind.YEAR)):
        return None
    if isinstance(value, bool) is not (field.kind is Kind.BOOLEAN):
        return None
    return plain_text(field, value)
