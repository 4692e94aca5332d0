"""Values that satisfy a field, and the texts that mean them."""

from __future__ import annotations

import base64
import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, Final

from hypothesis import strategies as st

from ppdarchive.model.lexical import MAX_INTEGER, MIN_INTEGER
from ppdarchive.model.schema import Constraints, Field, Kind, Lexical
from ppdarchive.testing.oracle import judge_cell

Value = Any

# Surrogates cannot be written as UTF-8, and no reader passes NUL on.
CHARACTERS: Final = st.characters(codec="utf-8", exclude_characters="\x00")
_WORDS: Final = st.sampled_from(
    ["yes", "no", "Grace", "my coach", "a|b", "don't", '"so"', "línea\n2", "N/A?", "😀", "=1+1", "1,3", " x "]
)
_TEXTS: Final = _WORDS | st.text(CHARACTERS, max_size=8)
_LOCAL: Final = st.text("abcxyz0123456789", min_size=1, max_size=8)
_SPACES: Final = st.sampled_from(["", "", " ", "\t", "\u00a0"])
_BEFORE: Final = st.sampled_from(["", "$", "€ ", "ca. ", "about "])
_AFTER: Final = st.sampled_from(["", "%", " kg", " USD", "."])
_DAY: Final = timedelta(days=1)
_MOMENT: Final = timedelta(microseconds=1)


def values(field: Field) -> st.SearchStrategy[Value]:
    """Typed values that satisfy the field's own constraints; a tuple of items for a list.

    Parameters
    ----------
    field : Field
        Its constraints can be satisfied.

    Returns
    -------
    SearchStrategy
        Each value can be written so that the field reads it back: see `texts`.
    """
    demands = field.constraints
    if field.categories is not None:
        known = [category.value for category in field.categories]
        return _writable(field, st.sampled_from(_fitting(field, known)))
    if demands.enum is not None:
        return _writable(field, st.sampled_from(_fitting(field, list(demands.enum))))
    return _writable(field, _by_kind(field))


def _fitting(field: Field, candidates: list[Value]) -> list[Value]:
    """The candidates that every constraint and the lexical form allow."""
    return [
        value
        for value in candidates
        if (verdict := judge_cell(field, plain_text(field, value))).value == value and not verdict.kinds
    ]


def _writable(field: Field, strategy: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    """Leave out the few values whose text is a missing code."""
    codes = {code.value for code in field.missing_values}
    return strategy.filter(lambda value: plain_text(field, value) not in codes)


def _by_kind(field: Field) -> st.SearchStrategy[Value]:
    match field.kind:
        case Kind.INTEGER:
            return _integers(field.constraints, MIN_INTEGER, MAX_INTEGER)
        case Kind.YEAR:
            return _integers(field.constraints, 0, 9999)
        case Kind.NUMBER:
            return _numbers(field.constraints)
        case Kind.BOOLEAN:
            known = [True] * bool(field.lexical.true_values) + [False] * bool(field.lexical.false_values)
            return st.sampled_from(known)
        case Kind.DATE:
            return _dates(field)
        case Kind.DATETIME:
            return _datetimes(field)
        case Kind.TIME:
            return _times(field)
        case Kind.LIST:
            return _lists(field)
        case _:
            return _strings(field)


def _integers(demands: Constraints, lowest: int, highest: int) -> st.SearchStrategy[int]:
    low = max(lowest, _first(demands.minimum, lowest), _first(demands.exclusive_minimum, lowest - 1) + 1)
    high = min(highest, _first(demands.maximum, highest), _first(demands.exclusive_maximum, highest + 1) - 1)
    near = st.integers(max(low, -100), min(high, 100)) if low <= 100 and high >= -100 else st.nothing()
    return near | st.integers(low, high) | st.sampled_from([low, high])


def _first(value: Value, default: Value) -> Value:
    return default if value is None else value


def _numbers(demands: Constraints) -> st.SearchStrategy[float]:
    lows = [float(v) for v in (demands.minimum, demands.exclusive_minimum) if v is not None]  # type: ignore[arg-type]
    highs = [float(v) for v in (demands.maximum, demands.exclusive_maximum) if v is not None]  # type: ignore[arg-type]
    low, high = max(lows, default=None), min(highs, default=None)
    strategy = st.floats(
        low,
        high,
        allow_nan=False,
        allow_infinity=False,
        exclude_min=low is not None and low == demands.exclusive_minimum,
        exclude_max=high is not None and high == demands.exclusive_maximum,
    )
    if low is None and high is None:
        return st.integers(-(10**6), 10**6).map(lambda n: n / 100) | strategy
    return strategy


def _strings(field: Field) -> st.SearchStrategy[str]:
    demands, form = field.constraints, field.lexical.format
    low, high = demands.min_length or 0, demands.max_length
    formed = {
        "email": st.builds("{}@{}.org".format, _LOCAL, _LOCAL),
        "uri": st.builds("https://{}.org/{}".format, _LOCAL, _LOCAL) | _LOCAL.map("urn:x:{}".format),
        "uuid": st.uuids().map(str) | st.uuids().map(lambda known: str(known).upper()),
        "binary": st.binary(max_size=9).map(lambda raw: base64.b64encode(raw).decode()),
    }
    if demands.pattern is not None:
        strategy = st.from_regex(demands.pattern, fullmatch=True)
    elif form in formed:
        strategy = formed[form]
    else:
        longest = high if high is not None else low + 8
        sized = st.text(CHARACTERS, min_size=low, max_size=min(longest, low + 8))
        return sized if low or high is not None else _TEXTS
    if low or high is not None or (demands.pattern is not None and form != "default"):
        return strategy.filter(lambda text: not judge_cell(field, text).kinds)
    return strategy.filter(lambda text: text.isprintable() or _is_writable_text(text))


def _is_writable_text(text: str) -> bool:
    return "\x00" not in text and not re.search("[\ud800-\udfff]", text)


def _bounds(demands: Constraints, low: Value, high: Value, step: timedelta) -> tuple[Value, Value]:
    """The least and greatest value that the bounds allow, within `low` and `high`."""
    if demands.exclusive_minimum is not None:
        low = max(low, demands.exclusive_minimum + step)  # type: ignore[operator]
    if demands.exclusive_maximum is not None:
        high = min(high, demands.exclusive_maximum - step)  # type: ignore[operator]
    return max(low, _first(demands.minimum, low)), min(high, _first(demands.maximum, high))


def _years(lexical: Lexical) -> tuple[int, int]:
    """Years that the format writes so that they are read back (strftime does not pad years)."""
    if lexical.format == "default":
        return 1, 9999
    return (1970, 2067) if "%y" in lexical.format else (1000, 9990)


def _dates(field: Field) -> st.SearchStrategy[date]:
    first, last = _years(field.lexical)
    low, high = _bounds(field.constraints, date(first, 1, 1), date(last, 12, 31), _DAY)
    return st.dates(low, high)


def _datetimes(field: Field) -> st.SearchStrategy[datetime]:
    form = field.lexical.format
    first, last = _years(field.lexical)
    zone = UTC if "%z" in form else None
    low, high = _bounds(
        field.constraints,
        datetime(first, 1, 2, tzinfo=zone),
        datetime(last, 12, 30, 23, 59, 59, 999999, tzinfo=zone),
        _MOMENT,
    )
    if form == "default":
        return st.datetimes(low, high) | st.datetimes(low, high).map(lambda v: v.replace(microsecond=0))
    # What the format does not write is lost, which may lead below an exclusive minimum.
    zones = st.sampled_from([UTC, timezone(timedelta(hours=-5)), timezone(timedelta(hours=5, minutes=30))])
    naive = st.datetimes(low.replace(tzinfo=None), high.replace(tzinfo=None))
    drawn: st.SearchStrategy[datetime] = (
        naive if zone is None else st.builds(lambda v, z: v.replace(tzinfo=UTC).astimezone(z), naive, zones)
    )
    return _kept(field, drawn)


def _times(field: Field) -> st.SearchStrategy[time]:
    if field.lexical.format == "default":
        day = datetime(2000, 1, 1)
        demands = Constraints(
            **{
                name: None if bound is None else datetime.combine(day, bound)  # type: ignore[arg-type]
                for name, bound in (
                    ("minimum", field.constraints.minimum),
                    ("maximum", field.constraints.maximum),
                    ("exclusive_minimum", field.constraints.exclusive_minimum),
                    ("exclusive_maximum", field.constraints.exclusive_maximum),
                )
            }
        )
        low, high = _bounds(demands, day, day + _DAY - _MOMENT, _MOMENT)
        return st.times(low.time(), high.time())
    low = _first(field.constraints.minimum, _first(field.constraints.exclusive_minimum, time.min))
    high = _first(field.constraints.maximum, _first(field.constraints.exclusive_maximum, time.max))
    return _kept(field, st.times(low, high))


def _kept(field: Field, strategy: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    """The values as the field's format keeps them, without those that it moves out of the bounds."""

    def kept(value: Value) -> Value:
        verdict = judge_cell(field, plain_text(field, value))
        return None if verdict.kinds else verdict.value

    return strategy.map(kept).filter(lambda value: value is not None)


def _lists(field: Field) -> st.SearchStrategy[tuple[Value, ...]]:
    demands = field.constraints
    item = Field(name=field.name, kind=field.lexical.item_kind, missing_values=())
    low = max(demands.min_length or 1, 1)
    items = values(item).filter(lambda value: field.lexical.delimiter not in plain_text(item, value))
    high = demands.max_length if demands.max_length is not None else low + 3
    return (
        st.lists(items, min_size=low, max_size=min(high, low + 3))
        .map(tuple)
        .filter(
            lambda value: (
                plain_text(field, value).split(field.lexical.delimiter)
                == [plain_text(item, v) for v in value]
            )
        )
    )


def plain_text(field: Field, value: Value) -> str:
    """The plainest text that means `value` in this field."""
    lexical = field.lexical
    match field.kind:
        case Kind.LIST:
            item = Field(name=field.name, kind=lexical.item_kind)
            return lexical.delimiter.join(plain_text(item, part) for part in value)
        case Kind.BOOLEAN:
            written = lexical.true_values if value else lexical.false_values
            codes = {code.value for code in field.missing_values}
            return next((text for text in written if text not in codes), (*written, "")[0])
        case Kind.NUMBER:
            return repr(float(value)).replace(".", lexical.decimal_char)
        case Kind.YEAR:
            return f"{value:04d}"
        case Kind.DATE | Kind.DATETIME | Kind.TIME if lexical.format == "default":
            return str(value.isoformat())
        case Kind.DATE | Kind.DATETIME | Kind.TIME:
            return str(value.strftime(lexical.format))
        case _:
            return str(value)


@st.composite
def texts(draw: st.DrawFn, field: Field, value: Value) -> str:
    """Texts that mean `value` in this field, in any form that its declaration allows."""
    plain = plain_text(field, value)
    text = plain
    if field.kind in (Kind.INTEGER, Kind.NUMBER):
        text = draw(_number_texts(field, plain))
    elif field.kind is Kind.BOOLEAN:
        text = draw(st.sampled_from(field.lexical.true_values if value else field.lexical.false_values))
    elif field.lexical.format != "default" and field.kind is not Kind.STRING and draw(st.booleans()):
        text = re.sub(r"\b0(?=[0-9])", "", plain)  # strptime takes 3/1/2020 for %m/%d/%Y
    verdict = judge_cell(field, text)
    return text if verdict.value == value and not verdict.kinds else plain


@st.composite
def _number_texts(draw: st.DrawFn, field: Field, plain: str) -> str:
    lexical = field.lexical
    form = draw(st.sampled_from(["plain", "plain", "dressed"]))
    if form == "plain":
        return plain
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    whole, point, rest = digits.partition(lexical.decimal_char if field.kind is Kind.NUMBER else "\x00")
    if field.kind is Kind.NUMBER and rest == "0" and draw(st.booleans()):
        point, rest = draw(st.sampled_from([("", ""), (point, ""), (point, "00")]))
    if lexical.group_char is not None and whole.isdecimal():
        whole = draw(st.sampled_from([whole, f"{int(whole):,}".replace(",", lexical.group_char)]))
    elif draw(st.booleans()):
        whole = "00" + whole
    sign = sign or draw(st.sampled_from(["", "+"]))
    text = f"{sign}{whole}{point}{rest}"
    if not lexical.bare_number:
        text = draw(_BEFORE) + text + draw(_AFTER)
    return draw(_SPACES) + text + draw(_SPACES)


def cell_texts(field: Field, *, required: bool = False) -> st.SearchStrategy[str | None]:
    """Cells that satisfy the field by itself: texts of its values, missing codes, nulls.

    Parameters
    ----------
    field : Field
    required : bool
        Whether a value must be there although the field does not say so (primary keys).
    """
    present = values(field).flatmap(lambda value: texts(field, value))
    if required or field.constraints.required:
        return present
    return present | missing_cells(field)


def missing_cells(field: Field) -> st.SearchStrategy[str | None]:
    """Cells that mean that there is no value."""
    codes: list[str | None] = [code.value for code in field.missing_values]
    return st.sampled_from([*codes, None])
