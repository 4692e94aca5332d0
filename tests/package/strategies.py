"""Released tables of any shape: schemas as the package releases them, frames typed accordingly."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime, time
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import strategies as st

from ppdarchive.model.dtypes import arrow_type, pandas_dtype
from ppdarchive.model.release import PackageInfo, TreatedTable
from ppdarchive.model.schema import (
    Category,
    Disclosure,
    Field,
    Kind,
    Lexical,
    Role,
    Schema,
    Treatment,
)

INFO = PackageInfo("study", "A study", "Synthetic.", "1.0.0", date(2026, 1, 2))
_ZONED = "%Y-%m-%dT%H:%M:%S.%f%z"
_NAMES = ("id", "age", "answer 1", "Größe", 'a"b', "x,y", "Q1")  # DuckDB knows no case
_TEXTS = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "\n",
            "\r\n",
            '"',
            "a,b",
            "=1+1",
            "@x",
            "😀",
            "\ufeff",
            "\u2028",
            "NULL",
            "nan",
            "'",
            "a\tb",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=9),
    st.integers(1, 9).map(lambda n: "lång text " * 200 * n),
)
_VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.STRING: _TEXTS,
    Kind.INTEGER: st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3),
    Kind.NUMBER: st.floats(width=64) | st.sampled_from([0.0, -0.0, 0.1]),
    Kind.BOOLEAN: st.booleans(),
    Kind.DATE: st.dates(),
    Kind.DATETIME: st.datetimes() | st.datetimes().map(lambda moment: moment.replace(microsecond=0)),
    Kind.TIME: st.times() | st.times().map(lambda moment: moment.replace(microsecond=0)),
    Kind.YEAR: st.integers(0, 9999),
}
_ITEMS: dict[Kind, st.SearchStrategy[Any]] = {
    **{kind: values for kind, values in _VALUES.items() if kind is not Kind.YEAR},
    Kind.STRING: st.text(string.ascii_letters + " =é😀", max_size=5),
    Kind.NUMBER: st.floats(allow_nan=False, allow_infinity=False),  # no field reads others from text
}


def released_field(name: str, kind: Kind, **parts: Any) -> Field:
    """A field as it is published."""
    return Field(name, kind, disclosure=Disclosure(Role.NONE, Treatment("keep")), **parts)


@st.composite
def fields(draw: st.DrawFn, name: str) -> Field:
    """Any field that can be released."""
    kind = draw(st.sampled_from(list(Kind)))
    if kind in (Kind.STRING, Kind.INTEGER) and draw(st.booleans()):
        known = ["low", "high", "ü", "3_month", "a b"] if kind is Kind.STRING else [3, -1, 7, 0]
        drawn: list[Any] = draw(st.lists(st.sampled_from(known), min_size=1, unique=True))
        categories = tuple(Category(value, f"Label {n}") for n, value in enumerate(drawn))
        return released_field(name, kind, categories=categories, categories_ordered=draw(st.booleans()))
    if kind is Kind.LIST:
        lexical = Lexical(
            item_kind=draw(st.sampled_from(list(_ITEMS))), delimiter=draw(st.sampled_from([",", ";", "||"]))
        )
        return released_field(name, kind, lexical=lexical)
    if kind is Kind.DATETIME and draw(st.booleans()):
        return released_field(name, kind, lexical=Lexical(format=_ZONED))
    return released_field(name, kind)


def values(field: Field) -> st.SearchStrategy[Any]:
    """Values of a released field."""
    if field.categories is not None:
        return st.sampled_from([category.value for category in field.categories])
    if field.kind is Kind.LIST:
        return st.lists(_ITEMS[field.lexical.item_kind], min_size=1, max_size=3)
    if field.kind is Kind.DATETIME and "%z" in field.lexical.format:
        return st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)).map(
            lambda moment: moment.replace(tzinfo=UTC)
        )
    return _VALUES[field.kind]


def frame_of(schema: Schema, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """A frame typed as the schema says."""
    columns = {}
    for field in schema:
        array = pa.array([row[field.name] for row in rows], arrow_type(field))
        columns[field.name] = pd.Series(pd.arrays.ArrowExtensionArray(array)).astype(pandas_dtype(field))
    return pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))


@st.composite
def treated_tables(draw: st.DrawFn, name: str = "table") -> TreatedTable:
    """Released tables: empty ones, all-null columns and rows, equal rows and unequal ones."""
    names = draw(st.lists(st.sampled_from(_NAMES), min_size=1, max_size=5, unique=True))
    drawn = tuple(draw(fields(field_name)) for field_name in names)
    plain = [field.name for field in drawn if field.kind is not Kind.LIST]
    key = draw(st.lists(st.sampled_from(plain), max_size=2, unique=True)) if plain else []
    schema = Schema(name, drawn, primary_key=tuple(key), description="What | it *holds*.")
    is_empty = draw(st.lists(st.booleans(), min_size=len(drawn), max_size=len(drawn)))
    row = st.fixed_dictionaries(
        {
            field.name: st.none() if empty and field.name not in key else st.none() | values(field)
            for field, empty in zip(drawn, is_empty, strict=True)
        }
    )
    rows = draw(st.lists(row, max_size=7))
    rows += draw(st.lists(st.sampled_from(rows), max_size=2)) if rows else []
    return TreatedTable(schema, frame_of(schema, rows))


def cells(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """The rows of a frame as texts that tell every value from every other."""
    columns = [[repr(_plain(value)) for value in _objects(frame[name])] for name in frame.columns]
    return list(zip(*columns, strict=True)) if columns else []


def _objects(series: pd.Series) -> list[Any]:
    return pa.array(series.array).to_pylist() if len(series) else []


def _plain(value: Any) -> Any:
    if isinstance(value, time | date | datetime):
        return value.isoformat()
    return value
