"""Each treatment against a slow, obvious reference; nulls and companions included."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.deidentify.bands import bands
from ppdarchive.deidentify.released import released
from ppdarchive.deidentify.treatments import dates, numbers, rare
from ppdarchive.deidentify.treatments import plain as plainly
from ppdarchive.deidentify.treatments.rare import SUPPRESSED
from ppdarchive.model.columns import values_of
from ppdarchive.model.dtypes import pandas_dtype
from ppdarchive.model.schema import (
    Category,
    Constraints,
    Disclosure,
    Field,
    JsonValue,
    Kind,
    MissingCode,
    Role,
    Schema,
    Treatment,
)

FREE = Constraints()


def series(values: Sequence[Any], kind: pa.DataType) -> pd.Series:
    """An Arrow-backed column."""
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values, kind)))


def plain(column: pd.Series) -> list[Any]:
    """The values of a column as Python has them."""
    found: list[Any] = values_of(column).to_pylist()
    return found


def banded(
    kind: Kind, values: Sequence[Any], constraints: Constraints = FREE, **given_parameters: JsonValue
) -> list[Any]:
    """The bands of the values."""
    disclosure = Disclosure(Role.QUASI_IDENTIFIER, Treatment("band", given_parameters))
    field = Field("a", kind, constraints=constraints, disclosure=disclosure)
    target = released({"t": Schema("t", (field,))})["t"]["a"]
    column = numbers.band(series(values, pa.int64() if kind is Kind.INTEGER else pa.float64()), field, target)
    assert column.dtype == pandas_dtype(target)
    return plain(column)


@given(st.lists(st.none() | st.sampled_from(["a", "b", "ü"]) | st.text(max_size=3)))
def test_pseudonyms_replace_keys_one_by_one(keys: list[str | None]) -> None:
    """Each key becomes its own pseudonym, and nothing stays nothing."""
    mapping = {key: f"p{number}" for number, key in enumerate({key for key in keys if key is not None})}
    column = plainly.pseudonymize(series(keys, pa.string()), mapping)
    assert column.dtype == pd.ArrowDtype(pa.string())
    assert plain(column) == [None if key is None else mapping[key] for key in keys]


def test_numbers_are_keys_as_they_are_written() -> None:
    """A number and its text are one key."""
    column = plainly.pseudonymize(series([7, None, -1], pa.int64()), {"7": "x", "-1": "y"})
    assert plain(column) == ["x", None, "y"]


def test_a_key_without_pseudonym_is_counted_and_not_named() -> None:
    """The error says how many keys lack one; nothing that rides on it says which."""
    with pytest.raises(KeyError) as raised:
        plainly.pseudonymize(series(["secret", "k", "secret2"], pa.string()), {"k": "x"})
    assert raised.value.args == (2,)
    assert raised.value.__context__ is None


@given(
    values=st.lists(st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(-5, 70)),
    width=st.sampled_from([1, 5, 2.5, 0.5]),
    bottom=st.integers(-10, 10),
    size=st.integers(1, 60),
)
def test_whole_numbers_lie_in_the_band_that_holds_them(
    values: list[int | None], width: float, bottom: int, size: int
) -> None:
    """Any whole number of 64 bits lies where comparing it one by one puts it."""
    given_parameters: dict[str, JsonValue] = {"width": width, "bottom": bottom, "top": bottom + size}
    disclosure = Disclosure(Role.NONE, Treatment("band", given_parameters))
    told = bands(Field("a", Kind.INTEGER, disclosure=disclosure))
    expected = [None if v is None else told.labels[sum(v >= edge for edge in told.edges)] for v in values]
    assert banded(Kind.INTEGER, values, **given_parameters) == expected


@given(tenths=st.lists(st.integers(-20, 120)), width=st.sampled_from([0.1, 0.2, 0.3, 0.7]))
def test_decimal_edges_are_where_their_labels_say(tenths: list[int], width: float) -> None:
    """A value written 0.3 begins the band that is called "0.3 to ..."."""
    values = [float(f"{number / 10:.1f}") for number in tenths]
    for value, label in zip(values, banded(Kind.NUMBER, values, width=width, bottom=0, top=6), strict=True):
        if label == "under 0":
            assert value < 0
        elif label == "6 and over":
            assert value >= 6
        else:
            low, high = (Fraction(part) for part in label.split(" to under "))
            assert low <= Fraction(repr(value)) < high


def test_a_maximum_at_an_edge_has_a_band_of_its_own() -> None:
    """0.6 is three times 0.2, and so begins a fourth band."""
    bounds = Constraints(minimum=0, maximum=0.6)
    assert banded(Kind.NUMBER, [0.6, 0.4, 0.59], bounds, width=0.2) == [
        "0.6 to under 0.8", "0.4 to under 0.6", "0.4 to under 0.6",
    ]  # fmt: skip


def test_what_is_no_number_lies_in_no_band() -> None:
    """NaN is in no band; the infinities are in the outermost."""
    values = [float("nan"), float("inf"), float("-inf"), None]
    assert banded(Kind.NUMBER, values, width=10, bottom=0, top=10) == [None, "10 and over", "under 0", None]


def test_a_required_number_that_may_be_nan_may_be_missing_when_banded() -> None:
    """The released schema does not demand a band where there may be none."""
    disclosure = Disclosure(Role.NONE, Treatment("band", {"width": 1, "bottom": 0, "top": 3}))
    free, bounded = Constraints(required=True), Constraints(required=True, minimum=0, maximum=9)
    told = released({"t": Schema("t", tuple(
        Field(name, Kind.NUMBER, constraints=demands, disclosure=disclosure)
        for name, demands in (("a", free), ("b", bounded))
    ))})["t"]  # fmt: skip
    assert (told["a"].constraints.required, told["b"].constraints.required) == (False, True)


@given(st.lists(st.none() | st.dates()))
def test_years_are_years(days: list[date | None]) -> None:
    """The year of each date, and nothing of nothing."""
    column = dates.year(series(days, pa.date32()))
    assert column.dtype == pd.ArrowDtype(pa.int32())
    assert plain(column) == [None if day is None else day.year for day in days]


@given(st.lists(st.none() | st.datetimes(timezones=st.just(UTC)), min_size=1))
def test_years_of_instants_are_those_in_utc(moments: list[datetime | None]) -> None:
    """Instants have the year that they have in UTC, as their bounds do."""
    column = dates.year(series(moments, pa.timestamp("us", tz="UTC")))
    assert plain(column) == [None if moment is None else moment.year for moment in moments]


CALENDAR = {
    "date": (st.dates(), pa.date32()),
    "datetime": (st.datetimes(), pa.timestamp("us")),
    "instant": (st.datetimes(timezones=st.just(UTC)), pa.timestamp("us", tz="UTC")),
}


@given(data=st.data(), kinds=st.tuples(st.sampled_from(list(CALENDAR)), st.sampled_from(list(CALENDAR))))
def test_days_are_counted_by_the_calendar(data: st.DataObject, kinds: tuple[str, str]) -> None:
    """Days between two dates, whatever the hour; null where one of them is missing."""
    pairs = data.draw(st.lists(st.tuples(*(st.none() | CALENDAR[kind][0] for kind in kinds)), max_size=5))
    own, anchors = ([pair[n] for pair in pairs] for n in (0, 1))

    def day(value: Any) -> int:
        return int((value.date() if isinstance(value, datetime) else value).toordinal())

    column = dates.relative_days(series(own, CALENDAR[kinds[0]][1]), series(anchors, CALENDAR[kinds[1]][1]))
    assert column.dtype == pd.ArrowDtype(pa.int64())
    assert plain(column) == [
        None if a is None or b is None else day(a) - day(b) for a, b in zip(own, anchors, strict=True)
    ]


@given(
    rows=st.lists(st.tuples(st.none() | st.sampled_from("abc"), st.integers(-1, 4)), max_size=12),
    below=st.integers(1, 5),
    categorical=st.booleans(),
)
def test_rare_values_are_those_of_few_participants(
    rows: list[tuple[str | None, int]], below: int, *, categorical: bool
) -> None:
    """A value stays if enough participants share it, however many rows each of them has."""
    values, owners = [value for value, _ in rows], [owner for _, owner in rows]
    field = Field("a", Kind.STRING, categories=tuple(map(Category, "abc")) if categorical else None)
    column = series(values, pa.string()).astype(pandas_dtype(field))
    found, suppressed = rare.suppress(column, np.array(owners, dtype=np.int64), below)
    people = {value: {o for v, o in rows if v == value} for value in "abc"}
    expected = [None if v is None or len(people[v]) < below else v for v in values]
    assert plain(found) == expected
    assert found.dtype == column.dtype
    assert suppressed.tolist() == [b is None and a is not None for a, b in zip(values, expected, strict=True)]


@given(st.lists(st.sampled_from(["value", "-99", ""]), max_size=6))
def test_a_reason_stands_where_and_only_where_a_value_is_missing(cells: list[str]) -> None:
    """The companion keeps its reasons and has that of suppression where a value was taken."""
    codes = (MissingCode(""), MissingCode("-99", "Refused"))
    disclosure = Disclosure(Role.NONE, Treatment("suppress", {"below": 3}))
    field = Field("a", Kind.STRING, missing_values=codes, disclosure=disclosure)
    assert field.companion is not None
    companion = released({"t": Schema("t", (field,))})["t"]["a_missing"]
    reasons = series(["Refused" if cell == "-99" else None for cell in cells], pa.string())
    reasons = reasons.astype(pandas_dtype(field.companion))
    suppressed = np.array([cell == "value" for cell in cells], dtype=bool)
    expected = {"value": SUPPRESSED, "-99": "Refused", "": None}
    for given_reasons in (reasons, None):
        found = rare.reasons_where(given_reasons, suppressed, companion, SUPPRESSED)
        assert found.dtype == pandas_dtype(companion)
        own = expected if given_reasons is not None else {**expected, "-99": None}
        assert plain(found) == [own[cell] for cell in cells]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.string(), ["a", None, ""]),
        (pa.int64(), [2**63 - 1, None]),
        (pa.float64(), [0.1, None, float("inf")]),
        (pa.list_(pa.int64()), [[1, 2], None]),
        (pa.timestamp("us"), [datetime(1, 1, 1), None]),
    ],
)
def test_what_is_kept_is_kept(kind: pa.DataType, values: list[Any]) -> None:
    """Kept columns are equal in value and type."""
    kinds = {
        "string": Kind.STRING,
        "int64": Kind.INTEGER,
        "double": Kind.NUMBER,
        "timestamp[us]": Kind.DATETIME,
    }
    field = Field("a", kinds.get(str(kind), Kind.LIST))
    if field.kind is Kind.LIST:
        return
    found = plainly.default_form(series(values, kind), field)
    assert (plain(found), found.dtype) == (values, pandas_dtype(field))
