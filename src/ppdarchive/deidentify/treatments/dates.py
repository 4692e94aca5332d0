"""Treatments of dates: the year, the quarter, days since another date, and dates shifted at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.deidentify.treatments.method import (
    Given,
    Mask,
    Method,
    Outcome,
    arrow_series,
    bounds_under,
    does,
    number,
    parameters,
)
from ppdarchive.model.columns import values_of
from ppdarchive.model.schema import Constraints, Field, Kind, Lexical, Scalar
from ppdarchive.model.treatment import MAX_OFFSET_DAYS

QUARTER_PATTERN: Final = "[0-9]{4}-Q[1-4]"
NOT_SHIFTED: Final = "Not released: it cannot be shifted"
"""The reason in the companion field of a date that is nobody's, or that would leave the calendar."""

_FIRST_DAY: Final = (date.min - date(1970, 1, 1)).days
_LAST_DAY: Final = (date.max - date(1970, 1, 1)).days
_DAY: Final = 86_400_000_000
"""Microseconds."""


def year(values: pd.Series, bottom: int | None = None) -> pd.Series:
    """Keep the year of dates; years before `bottom` are that year."""
    years = pc.cast(pc.year(values_of(values)), pa.int32())
    return arrow_series(
        years
        if bottom is None
        else pc.max_element_wise(years, pa.scalar(bottom, pa.int32()), skip_nulls=False)
    )


def _year_field(field: Field) -> Field:
    bottom = _bottom(field)

    def cut(bound: Scalar) -> Scalar:
        assert isinstance(bound, date)
        return bound.year if bottom is None else max(bound.year, bottom)

    # A year is not above the year of an exclusive bound, but may be equal to it.
    bounds = replace(bounds_under(field, cut), enum=None)
    if bottom is not None and bounds.minimum is None:
        bounds = replace(bounds, minimum=bottom)
    return replace(field, kind=Kind.YEAR, unit=None, lexical=Lexical(), constraints=bounds)


def _bottom(field: Field) -> int | None:
    return int(number(field, "bottom")) if "bottom" in parameters(field) else None


def _cut_to_year(values: pd.Series, field: Field, _: Field, __: Given) -> Outcome:
    return Outcome(year(values, _bottom(field)))


def _year_words(field: Field) -> str:
    bottom = _bottom(field)
    return does(field) if bottom is None else f"{does(field)} Years before {bottom} are released as {bottom}."


def quarter(values: pd.Series) -> pd.Series:
    """Keep the year of dates and its quarter, as ``2021-Q3``."""
    column = values_of(values)
    years = pc.utf8_lpad(pc.cast(pc.year(column), pa.string()), 4, "0")
    return arrow_series(pc.binary_join_element_wise(years, pc.cast(pc.quarter(column), pa.string()), "-Q"))


def _quarter_field(field: Field) -> Field:
    kept = Constraints(required=field.constraints.required, pattern=QUARTER_PATTERN)
    return replace(field, kind=Kind.STRING, unit=None, lexical=Lexical(), constraints=kept)


def _cut_to_quarter(values: pd.Series, _: Field, __: Field, ___: Given) -> Outcome:
    return Outcome(quarter(values))


def shift(values: pd.Series, days: pa.Array) -> tuple[pd.Series, Mask]:
    """Move dates by each row's number of days; times of day stay.

    Parameters
    ----------
    values : Series of date or datetime, shape (n_rows,)
    days : Array of int64, shape (n_rows,)

    Returns
    -------
    values : Series, shape (n_rows,)
    taken : ndarray of bool, shape (n_rows,)
        Dates that have no number of days, or that the calendar does not have when they are moved.
    """
    column = values_of(values).combine_chunks()
    is_date = pa.types.is_date32(column.type)
    size = 1 if is_date else _DAY
    given = column.cast(pa.int32()).cast(pa.int64()) if is_date else column.cast(pa.int64())
    moved = pc.add(given, pc.multiply(days, size))
    inside = pc.and_(pc.greater_equal(moved, _FIRST_DAY * size), pc.less(moved, (_LAST_DAY + 1) * size))
    taken = np.asarray(pc.and_(column.is_valid(), pc.invert(pc.fill_null(inside, False))))
    moved = pc.if_else(pa.array(taken), pa.scalar(None, pa.int64()), moved)
    result = moved.cast(pa.int32()).cast(column.type) if is_date else moved.cast(column.type)
    return arrow_series(result), taken


def _shifted_field(field: Field) -> Field:
    """Bounds move as far as a date can; a shifted date is never later than it was."""

    def earliest(bound: Scalar | None) -> Scalar | None:
        assert bound is None or isinstance(bound, date)
        room = bound is not None and bound.toordinal() > MAX_OFFSET_DAYS
        return bound - timedelta(days=MAX_OFFSET_DAYS) if bound is not None and room else None

    given = field.constraints
    kept = Constraints(
        minimum=earliest(given.minimum), exclusive_minimum=earliest(given.exclusive_minimum),
        maximum=given.maximum, exclusive_maximum=given.exclusive_maximum,
    )  # fmt: skip
    return replace(field, constraints=kept)


def _shifted(values: pd.Series, _: Field, __: Field, given: Given) -> Outcome:
    return Outcome(*shift(values, given.shifts()))


def relative_days(values: pd.Series, anchors: pd.Series) -> pd.Series:
    """Count the days from each row's anchor to its date; null where either is missing.

    Parameters
    ----------
    values, anchors : Series of date or datetime, shape (n_rows,)
        Times of day do not count: a day has passed when the calendar says so.
    """
    days = [pc.cast(pc.cast(_dates(each), pa.int32()), pa.int64()) for each in (values, anchors)]
    return arrow_series(pc.subtract(*days))


def _dates(values: pd.Series) -> pa.ChunkedArray:
    column = values_of(values)
    if pa.types.is_date32(column.type):
        return column
    return pc.cast(pc.floor_temporal(column, unit="day"), pa.date32())


def _relative_field(field: Field) -> Field:
    # Not required: there is no number of days where the other date is missing.
    return replace(field, kind=Kind.INTEGER, unit="days", lexical=Lexical(), constraints=Constraints())


def _made_relative(values: pd.Series, field: Field, _: Field, given: Given) -> Outcome:
    return Outcome(relative_days(values, given.anchors(field)))


def _relative_words(field: Field) -> str:
    return f"{does(field).removesuffix('.')}: {parameters(field)['anchor']}."


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "year": Method(_year_field, _cut_to_year, _year_words),
        "quarter": Method(_quarter_field, _cut_to_quarter, does),
        "shift_dates": Method(_shifted_field, _shifted, does, reason=lambda _: NOT_SHIFTED),
        "relative_days": Method(_relative_field, _made_relative, _relative_words),
    }
)
