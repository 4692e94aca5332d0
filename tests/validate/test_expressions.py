"""The expression language of a study's own rules, against a slow evaluator over rows."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.model.dtypes import arrow_type, pandas_dtype
from ppdarchive.model.schema import Category, Field, Kind, MissingCode, Schema
from ppdarchive.validate.expressions import ExpressionError, broken_by, fields_of

SCHEMA = Schema(
    name="t",
    fields=(
        Field("i", Kind.INTEGER),
        Field("j", Kind.INTEGER, missing_values=(MissingCode("-99", "Refused"),)),
        Field("x", Kind.NUMBER),
        Field("s", Kind.STRING),
        Field("u", Kind.STRING),
        Field("c", Kind.STRING, categories=(Category("red"), Category("blue"))),
        Field("n", Kind.INTEGER, categories=(Category(1), Category(2))),
        Field("d", Kind.DATE),
        Field("e", Kind.DATE),
        Field("b", Kind.BOOLEAN),
        Field("length", Kind.INTEGER),
    ),
)

INTEGERS = st.integers(-9, 9)
NUMBERS = st.sampled_from([-2.5, -1.0, 0.0, 0.25, 1.0, 3.5])
TEXTS = st.sampled_from(["", "a", "A", "ab", "Zé", "🤱b", "red", "a\n"])
DATES = st.dates(date(1968, 1, 1), date(2030, 1, 1))
VALUES = {
    "i": INTEGERS, "j": INTEGERS, "x": NUMBERS, "s": TEXTS, "u": TEXTS, "c": st.sampled_from(["red", "blue"]),
    "n": st.sampled_from([1, 2]), "d": DATES, "e": DATES, "b": st.booleans(), "length": INTEGERS,
}  # fmt: skip
ROWS = st.lists(
    st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()}), max_size=8
)

Row = dict[str, Any]


def frame_of(rows: list[Row]) -> pd.DataFrame:
    """A typed frame of plain rows."""
    columns = {}
    for field in SCHEMA.with_companions:
        values = [row.get(field.name) for row in rows]
        if field.categories is None:
            column = pa.chunked_array([pa.array(values, arrow_type(field))])
            columns[field.name] = pd.Series(pd.arrays.ArrowExtensionArray(column))
        else:
            columns[field.name] = pd.Series(pd.Categorical(values, dtype=pandas_dtype(field)))
    return pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))


def broken(expression: str, rows: list[Row]) -> list[int]:
    """The rows that break an expression, by the package."""
    return broken_by(expression, SCHEMA)(frame_of(rows)).tolist()


def refusal_of(expression: str) -> ExpressionError | None:
    """Why an expression is refused, if it is."""
    try:
        fields_of(expression, SCHEMA)
    except ExpressionError as error:
        return error
    return None


# ---------------------------------------------------------------------------------------------
# The slow evaluator: a source text beside a function of one row; None is "unknown"
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A piece of an expression: how it is written, and what it is for one row."""

    text: str
    value: Callable[[Row], Any]


def strict(function: Callable[..., Any], *parts: Part) -> Callable[[Row], Any]:
    """A function that is unknown where any of its parts is."""

    def value(row: Row) -> Any:
        values = [part.value(row) for part in parts]
        return None if None in values else function(*values)

    return value


def conjunction(first: bool | None, second: bool | None) -> bool | None:
    """Kleene's and."""
    if first is False or second is False:
        return False
    return None if None in (first, second) else True


def negation(value: bool | None) -> bool | None:
    """Kleene's not."""
    return None if value is None else not value


def column(name: str) -> Part:
    return Part(name, lambda row: row[name])


def constants(
    values: st.SearchStrategy[Any], written: Callable[[Any], str] = repr
) -> st.SearchStrategy[Part]:
    return values.map(lambda value: Part(written(value), lambda _: value))


def called(name: str, part: Part, function: Callable[[Any], Any]) -> Part:
    return Part(f"{name}({part.text})", strict(function, part))


ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul}
COMPARE = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt,
    "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def arithmetic(parts: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    binary = st.tuples(parts, st.sampled_from(sorted(ARITHMETIC)), parts).map(
        lambda t: Part(f"({t[0].text} {t[1]} {t[2].text})", strict(ARITHMETIC[t[1]], t[0], t[2]))
    )
    unary = parts.map(lambda part: Part(f"(-{part.text})", strict(operator.neg, part)))
    return binary | unary | parts.map(lambda part: called("abs", part, abs))


texts = st.sampled_from(["s", "u", "c"]).map(column)
texts |= texts.map(lambda part: called("lower", part, str.lower))
dates = st.sampled_from(["d", "e"]).map(column)
numbers = st.recursive(
    st.sampled_from(["i", "j", "n", "length", "x"]).map(column)
    | constants(INTEGERS.filter(lambda n: n >= 0))
    | texts.map(lambda part: called("length", part, len))
    | dates.map(lambda part: called("year", part, lambda day: day.year))
    | dates.map(lambda part: called("days", part, lambda day: (day - date(1970, 1, 1)).days)),
    arithmetic,
    max_leaves=4,
)
written_dates = constants(DATES, lambda day: f'date("{day}")')


def comparisons(parts: st.SearchStrategy[Part], others: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    def chain(drawn: tuple[Part, list[tuple[str, Part]]]) -> Part:
        first, rest = drawn
        text = first.text + "".join(f" {sign} {part.text}" for sign, part in rest)

        def value(row: Row) -> bool | None:
            verdict: bool | None = True
            left = first
            for sign, right in rest:
                verdict = conjunction(verdict, strict(COMPARE[sign], left, right)(row))
                left = right
            return verdict

        return Part(f"({text})", value)

    step = st.tuples(st.sampled_from(sorted(COMPARE)), parts | others)
    return st.tuples(parts, st.lists(step, min_size=1, max_size=2)).map(chain)


@st.composite
def memberships(draw: st.DrawFn) -> Part:
    part, items = draw(
        st.tuples(texts, st.lists(constants(TEXTS), max_size=3))
        | st.tuples(numbers, st.lists(constants(INTEGERS), max_size=3))
    )
    word = draw(st.sampled_from(["in", "not in"]))

    def value(row: Row) -> bool | None:
        verdict: bool | None = False
        for item in items:
            same = strict(operator.eq, part, item)(row)
            verdict = negation(conjunction(negation(verdict), negation(same)))
        return verdict if word == "in" else negation(verdict)

    return Part(f"({part.text} {word} [{', '.join(item.text for item in items)}])", value)


simple = (
    st.just(column("b"))
    | comparisons(numbers, numbers)
    | comparisons(texts, constants(TEXTS))
    | comparisons(dates, written_dates)
    | memberships()
    | (numbers | texts | dates).map(
        lambda part: Part(f"is_null({part.text})", lambda row: part.value(row) is None)
    )
    | texts.map(lambda part: Part(f'matches({part.text}, "[a-z]+")', strict(
        lambda text: text.isascii() and text.isalpha() and text.islower(), part)))
)  # fmt: skip


def combined(parts: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    pairs = st.tuples(parts, parts)
    return (
        parts.map(lambda part: Part(f"(not {part.text})", lambda row: negation(part.value(row))))
        | pairs.map(
            lambda two: Part(
                f"({two[0].text} and {two[1].text})",
                lambda row: conjunction(two[0].value(row), two[1].value(row)),
            )
        )
        | pairs.map(
            lambda two: Part(
                f"({two[0].text} or {two[1].text})",
                lambda row: negation(conjunction(negation(two[0].value(row)), negation(two[1].value(row)))),
            )
        )
    )


@given(st.recursive(simple, combined, max_leaves=5), ROWS)
def test_columns_agree_with_rows(part: Part, rows: list[Row]) -> None:
    """An expression over columns breaks the rows where the slow evaluator says false, and no others."""
    refusal = refusal_of(part.text)
    if refusal is not None:
        assert str(refusal) in (
            "the expression speaks of no field",
            "not an expression that can be understood",
        )
        return
    assert broken(part.text, rows) == [n for n, row in enumerate(rows) if part.value(row) is False]


BLANK: Row = dict.fromkeys(VALUES)


def with_values(**values: Any) -> Row:
    return {**BLANK, **values}


@pytest.mark.parametrize("expression", ["i in []", "not (i not in [])", "i in [] and i in []"])
def test_empty_list_speaks_of_every_row(expression: str) -> None:
    """Nothing is in an empty list, in whichever row, null or not."""
    assert broken(expression, [with_values(i=1), BLANK, with_values(i=0)]) == [0, 1, 2]
    assert broken(expression, []) == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("i * j > 0", [1]),
        ("i + j > 0", [1]),
        ("i - 1 <= i", []),
        ("abs(i) >= 0", []),
        ("i * 9223372036854775807 > 0", [1]),
        ("i > 0.5", [1]),
        ("x < i", [1]),
    ],
)
def test_numbers_beyond_64_bits_are_judged(expression: str, expected: list[int]) -> None:
    """A number that outgrows 64 bits, or that no float keeps, stops nothing: floats judge its row."""
    rows = [with_values(i=2**63 - 1, j=2**62, x=0.5), with_values(i=-(2**63), j=2**62, x=0.5)]
    assert broken(expression, rows) == expected


def test_field_may_be_called_as_a_function() -> None:
    """A field that has a function's name is that field where it is not called."""
    rows = [with_values(s="ab", length=2), with_values(s="ab", length=3)]
    assert broken("length(s) == length", rows) == [1]


def test_length_counts_code_points() -> None:
    """The length of a text is its number of code points, as spans count them."""
    assert broken("length(s) == 2", [with_values(s="🤱b"), with_values(s="e\u0301")]) == []


def test_companion_can_be_asked() -> None:
    """Why a value is missing can be part of a rule."""
    rows = [{**BLANK, "j_missing": "Refused", "b": False}, {**BLANK, "b": False}]
    assert broken('j_missing != "Refused" or b', rows) == [0]


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        (r"\d+", "12", "1a"),
        ("a|b", "b", "ab"),
        ("(?i)ab", "AB", "b"),
        (".", "é", "\n"),
        ("a$", "a", "a\n"),
        ("", "", "a"),
    ],
)
def test_pattern_is_of_the_whole_text(pattern: str, fits: str, does_not: str) -> None:
    """A pattern must match a text as a whole, alternatives and line ends included, without a remark."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert broken(f'matches(s, "{pattern}")', [with_values(s=fits), with_values(s=does_not)]) == [1]


def test_dates_are_parted_by_days() -> None:
    """Differences of dates are made by their days."""
    rows = [with_values(d=date(2020, 3, 1), e=date(2020, 2, 1)), with_values(d=date(2020, 1, 1))]
    rows.append(with_values(d=date(1960, 1, 1), e=date(1960, 1, 1) + timedelta(1)))
    assert broken("days(d) - days(e) >= 0", rows) == [2]


CANARY = "Zyxwanda Qvortrup"

REFUSED = {
    # What is no expression of Python's, or no single one.
    "": "not an expression that can be understood",
    "i >": "not an expression that can be understood",
    "i > 1; i": "not an expression that can be understood",
    "import os": "not an expression that can be understood",
    "i = 1": "not an expression that can be understood",
    "i > 1\0": "not an expression that can be understood",
    # What is too much of it.
    "i > 1 or " * 300 + "i > 1": "not an expression that can be understood",
    "not " * 60 + "b": "not an expression that can be understood",
    "(" * 900 + "b" + ")" * 900: "not an expression that can be understood",
    "-" * 1900 + "i > 0": "not an expression that can be understood",
    "b" + ".a" * 900: "not an expression that can be understood",
    # What Python has and a rule has not.
    "i.real > 1": "an attribute is not allowed there",
    "s.__class__ == s": "an attribute is not allowed there",
    "(lambda: b)()": "a call is not allowed there",
    "lambda: b": "a lambda is not allowed there",
    "s[0] == 'a'": "a subscript is not allowed there",
    "f'{s}' == s": "an f-string is not allowed there",
    "(i := 3) > 1": "an assignment is not allowed there",
    "[i for i in [1]] == 1": "a list comp is not allowed there",
    "{i: 1} == 1": "a dict is not allowed there",
    "b if b else b": "an if is not allowed there",
    "await b": "an await is not allowed there",
    "i == None": "a constant other than a number, a text, True and False is not allowed there",
    "i == 1j": "a constant other than a number, a text, True and False is not allowed there",
    "s == b'a'": "a constant other than a number, a text, True and False is not allowed there",
    "i ** 9 > 1": "arithmetic other than + - * is not allowed there",
    "i / 2 > 1": "arithmetic other than + - * is not allowed there",
    "i << 999999999 > 1": "arithmetic other than + - * is not allowed there",
    "~i > 1": "a sign other than - is not allowed there",
    "i is 3": "`is` is not allowed there",
    "'a' in s": "`in` takes a list such as [1, 2]",
    "eval(s) == 1": "there is no function 'eval'",
    "__import__('os') == s": "there is no function '__import__'",
    "length(s, 2) > 1": "length does not take such arguments",
    "length(value=s) > 1": "length does not take such arguments",
    "matches(s, u)": "matches does not take such arguments",
    "date(s) < d": "date does not take such arguments",
    # What is of the wrong type, or of none.
    "i + 1": "the expression is neither true nor false",
    "1 < 2": "the expression speaks of no field",
    "nobody > 1": "the table has no field 'nobody'",
    "lower > 1": "the table has no field 'lower'",
    "length(lower) > 1": "the table has no field 'lower'",
    "i > 'x'": "the types of its parts do not go together",
    "i == True": "the types of its parts do not go together",
    "d > '2020-01-01'": "the types of its parts do not go together",
    "days(s) > 1": "the types of its parts do not go together",
    "s + 'a' == u": "the types of its parts do not go together",
    "b and i": "the types of its parts do not go together",
    "not i": "the types of its parts do not go together",
    "i in [1, 'a']": "the types of its parts do not go together",
    "year(i) > 1": "the types of its parts do not go together",
    # Constants that are none.
    "i > 99999999999999999999": "a number in it is too large",
    "d > date('2020-13-01')": "a date in it is not written as YYYY-MM-DD",
    r"s == '\ud800'": "a text in it is none",
    "matches(s, '[a')": "its pattern is none, or uses what is not known here",
    "matches(s, 'a)|(b')": "its pattern is none, or uses what is not known here",
    "matches(s, '(?=a)a')": "its pattern is none, or uses what is not known here",
    r"matches(s, '\\Qa')": "its pattern is none, or uses what is not known here",
}


@pytest.mark.parametrize("expression", REFUSED, ids=range(len(REFUSED)))
def test_refused(expression: str) -> None:
    """What a rule may not say is refused before any row is seen, with its reason and no context."""
    with pytest.raises(ExpressionError) as caught:
        fields_of(expression, SCHEMA)
    assert str(caught.value) == REFUSED[expression]
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


@given(st.text(max_size=60) | st.text(alphabet="is()+-*<>=!.[]'\" 0123andornot,:", max_size=60))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    """Whatever is written, `fields_of` raises nothing but its own error."""
    refusal = refusal_of(text)
    if refusal is not None:
        assert refusal.__context__ is None
        return
    rows = [BLANK, with_values(i=1, j=2, x=0.5, s=CANARY, u="a", c="red", d=date(2020, 1, 1), b=True)]
    broken(text, rows)
    assert set(fields_of(text, SCHEMA)) <= {field.name for field in SCHEMA.with_companions}


VALID = [
    "i > 1", "x * i > j", "days(d) > i * i * i", "length(s) < i", "year(d) * i > 3", "abs(i) * abs(i) > x",
    'matches(s, "[A-Z].*")', "lower(s) == u", "s < u", "c == s", "n in [1, 2]", "d - e == e - d", "b < True",
]  # fmt: skip


@given(st.sampled_from(VALID), st.lists(st.fixed_dictionaries({
    **{name: st.none() | st.integers(-(2**63), 2**63 - 1) for name in ("i", "j", "length")},
    **{name: st.none() | st.text() for name in ("s", "u")},
    **{name: st.none() | st.dates() for name in ("d", "e")},
    "x": st.none() | st.floats(allow_nan=False), "b": st.none() | st.booleans(),
    "c": st.none(), "n": st.sampled_from([None, 1, 2]),
}), max_size=4))  # fmt: skip
def test_no_value_stops_a_rule(expression: str, rows: list[Row]) -> None:
    """An expression that fits its table is judged on every row, however extreme its values."""
    assert set(broken(expression, rows)) <= set(range(len(rows)))
