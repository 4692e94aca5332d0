"""Columns are typed exactly as the scalar parsers type each cell."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ppdarchive.model.columns import values_of
from ppdarchive.model.dtypes import arrow_type, pandas_dtype
from ppdarchive.model.finding import RuleKind
from ppdarchive.model.lexical import parse_integer, parser
from ppdarchive.model.schema import Category, Field, Kind, Lexical, MissingCode
from ppdarchive.validate.cast import cast, joined

CHUNKS = st.lists(st.integers(0, 3), max_size=3)

FIELDS = (
    Field("a", Kind.STRING),
    Field("a", Kind.STRING, lexical=Lexical(format="email")),
    Field("a", Kind.STRING, lexical=Lexical(format="uuid")),
    Field("a", Kind.INTEGER),
    Field("a", Kind.INTEGER, lexical=Lexical(group_char=",")),
    Field("a", Kind.INTEGER, lexical=Lexical(bare_number=False)),
    Field("a", Kind.NUMBER),
    Field("a", Kind.NUMBER, lexical=Lexical(decimal_char=",", group_char=".")),
    Field("a", Kind.NUMBER, lexical=Lexical(bare_number=False)),
    Field("a", Kind.BOOLEAN),
    Field("a", Kind.BOOLEAN, lexical=Lexical(true_values=("Y",), false_values=("N", "F"))),
    Field("a", Kind.DATE),
    Field("a", Kind.DATE, lexical=Lexical(format="%d/%m/%Y")),
    Field("a", Kind.DATETIME),
    Field("a", Kind.DATETIME, lexical=Lexical(format="%Y-%m-%d %H:%M:%S%z")),
    Field("a", Kind.TIME),
    Field("a", Kind.YEAR),
    Field("a", Kind.LIST),
    Field("a", Kind.LIST, lexical=Lexical(delimiter=";", item_kind=Kind.INTEGER)),
)

TEXTS = st.one_of(
    st.text(max_size=8),
    st.text(alphabet="0123456789+-.,eE $%_\u00a0\u0663", max_size=22),
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(repr),
    st.dates().map(str),
    st.datetimes().map(str),
    st.times().map(str),
    st.sampled_from(
        ["NA", "F", "1,3", "007", "1e5", "TRUE", " 12 ", "+5", "2020-02-30", "2020-1-1", "31/12/2020",
         "2020-01-01 10:00:00+0100", "1.234,5", "99%", "a@b.co", "1;2;x", "", "Y", "N"]
    ),
)  # fmt: skip


def column(texts: list[str | None], sizes: list[int]) -> pa.ChunkedArray:
    """Texts in chunks of the given sizes, the rest in a last one."""
    chunks = []
    for size in sizes:
        chunks.append(pa.array(texts[:size], pa.string()))
        texts = texts[size:]
    return pa.chunked_array([*chunks, pa.array(texts, pa.string())])


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.kind}-{field.lexical.format}")
@given(texts=st.lists(TEXTS | st.none(), max_size=8), sizes=CHUNKS)
@example(texts=["1", "12345678901234567890", "9223372036854775807", "-9223372036854775808"], sizes=[1])
@example(texts=["0.1", "12345678901234567890.5", "1e999", "NaN", "1_000"], sizes=[])
def test_column_is_cast_as_each_cell_is_parsed(
    field: Field, texts: list[str | None], sizes: list[int]
) -> None:
    """A column has the value of the scalar parser in each row, and is broken where that has none."""
    result = cast(column(texts, sizes), field, required=False)
    understand = parser(field)
    expected: list[object] = []
    broken = []
    for row, text in enumerate(texts):
        if text is None or text == "":
            expected.append(None)
            continue
        value: object
        if field.kind is Kind.LIST:
            items = [understand(item) for item in text.split(field.lexical.delimiter)]
            value = None if None in items else items
        else:
            value = understand(text)
        if value is None:
            broken.append(row)
        expected.append(value)
    kind = RuleKind.FORMAT if field.kind is Kind.STRING else RuleKind.TYPE
    assert values_of(result.values).to_pylist() == pa.array(expected, arrow_type(field)).to_pylist()
    assert result.values.dtype == pandas_dtype(field)
    assert {key: rows.tolist() for key, rows in result.broken.items()} == ({kind: broken} if broken else {})


CATEGORIES = (Category("1", "Yes"), Category("2", "No"), Category("x", None))


@given(texts=st.lists(st.sampled_from(["1", "2", "x", "3", "", "-99", "Yes"]) | st.none(), max_size=8))
def test_categories_are_codes_and_the_rest_is_broken(texts: list[str | None]) -> None:
    """A text that is a category keeps its value; another breaks the rule and is null."""
    field = Field(
        "a",
        Kind.STRING,
        categories=CATEGORIES,
        missing_values=(MissingCode(""), MissingCode("-99", "Refused")),
    )
    result = cast(column(texts, [2]), field, required=False)
    known = {"1", "2", "x"}
    assert values_of(result.values).to_pylist() == [text if text in known else None for text in texts]
    broken = [row for row, text in enumerate(texts) if text in ("3", "Yes")]
    assert {kind: rows.tolist() for kind, rows in result.broken.items()} == (
        {RuleKind.CATEGORY: broken} if broken else {}
    )
    assert result.reasons is not None
    reasons = values_of(result.reasons).to_pylist()
    assert [row for row, reason in enumerate(reasons) if reason == "Refused"] == [
        row for row, text in enumerate(texts) if text == "-99"
    ]


def test_integer_categories_tell_type_from_category() -> None:
    """An integer that is no category breaks another rule than a text that is no integer."""
    field = Field("a", Kind.INTEGER, categories=(Category(1, "Yes"), Category(0, "No")))
    result = cast(pa.chunked_array([["1", "7", "x", "01", ""]]), field, required=True)
    assert {kind: rows.tolist() for kind, rows in result.broken.items()} == {
        RuleKind.TYPE: [2],
        RuleKind.CATEGORY: [1],
        RuleKind.REQUIRED: [4],
    }
    assert result.values.dropna().tolist() == [1, 1]
    assert not result.values.cat.ordered


def test_missing_codes_keep_their_reasons() -> None:
    """A missing code becomes null in its field and its label a category beside it."""
    codes = (MissingCode(""), MissingCode("-99", "Seen but unanswered"), MissingCode("-77"))
    field = Field("age", Kind.INTEGER, missing_values=codes)
    result = cast(pa.chunked_array([["31", "-99", "", "-77"]]), field, required=False)
    assert values_of(result.values).to_pylist() == [31, None, None, None]
    assert result.reasons is not None
    assert values_of(result.reasons).to_pylist() == [None, "Seen but unanswered", None, "-77"]
    assert not result.broken


def test_a_required_cell_that_cannot_be_read_breaks_one_rule_only() -> None:
    """What cannot be understood is not also missing."""
    result = cast(pa.chunked_array([["x", ""]]), Field("a", Kind.DATE), required=True)
    assert {kind: rows.tolist() for kind, rows in result.broken.items()} == {
        RuleKind.TYPE: [0],
        RuleKind.REQUIRED: [1],
    }


def test_ranges_of_a_column_are_joined_with_their_rows() -> None:
    """Rows of a later range keep their place in the whole column."""
    iso = Field("a", Kind.DATE, missing_values=(MissingCode("?", "Unknown"),))
    german = Field("a", Kind.DATE, lexical=Lexical(format="%d.%m.%Y"), missing_values=iso.missing_values)
    first = cast(pa.chunked_array([["2020-01-02", "x"]]), iso, required=False)
    second = cast(pa.chunked_array([["2020-01-02", "03.04.2020", "?"]]), german, required=False)
    result = joined([first, second])
    assert values_of(result.values).to_pylist() == [date(2020, 1, 2), None, None, date(2020, 4, 3), None]
    assert result.broken[RuleKind.TYPE].tolist() == [1, 2]
    assert result.reasons is not None
    assert values_of(result.reasons).to_pylist() == [None, None, None, None, "Unknown"]


def test_zones_make_instants() -> None:
    """A format with a zone gives instants in UTC; the default form takes no zone."""
    zoned = Field("a", Kind.DATETIME, lexical=Lexical(format="%Y-%m-%dT%H:%M:%S%z"))
    result = cast(pa.chunked_array([["2020-01-01T10:00:00+0100"]]), zoned, required=False)
    assert str(values_of(result.values).type) == "timestamp[us, tz=UTC]"
    assert values_of(result.values)[0].as_py() == datetime.fromisoformat("2020-01-01T09:00:00+00:00")
    plain = cast(pa.chunked_array([["2020-01-01T10:00:00+0100"]]), Field("a", Kind.DATETIME), required=False)
    assert plain.broken[RuleKind.TYPE].tolist() == [0]


@pytest.mark.parametrize("text", ["NA", "F", "1,3", "007", "1e5", "TRUE", " padded ", "null", "None", "nan"])
def test_texts_that_look_like_something_else_stay_texts(text: str) -> None:
    """A string field holds exactly what the export holds."""
    result = cast(pa.chunked_array([[text]]), Field("a", Kind.STRING), required=True)
    assert result.values.tolist() == [text]
    assert not result.broken


def test_numbers_with_a_decimal_comma_never_lose_it() -> None:
    """A comma that is no grouping is refused, not dropped."""
    grouped = Field("a", Kind.INTEGER, lexical=Lexical(group_char=","))
    assert [parse_integer(text, grouped.lexical) for text in ("1,3", "1,300", "12,34,567")] == [
        None,
        1300,
        1234567,
    ]


def test_integer_categories_are_read_in_the_fields_own_form() -> None:
    """Grouping applies to a categorical integer as to any other."""
    field = Field(
        "a", Kind.INTEGER, lexical=Lexical(group_char=","), categories=(Category(1000), Category(13))
    )
    result = cast(pa.chunked_array([["1,000", "1,3", "13"]]), field, required=False)
    assert result.values.tolist()[::2] == [1000, 13]
    assert {kind: rows.tolist() for kind, rows in result.broken.items()} == {RuleKind.TYPE: [1]}
