"""Treatments of dates: the year, and days since another date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.deidentify.treatments.method import Given, Method, Outcome, arrow_series, does, parameters
from ppdarchive.model.columns import values_of
from ppdarchive.model.schema import Constraints, Field, Kind, Lexical, Scalar


def year(values: pd.Series) -> pd.Series:
    """Keep the year of dates."""
    return arrow_series(pc.cast(pc.year(values_of(values)), pa.int32()))


def _year_field(field: Field) -> Field:
    given = field.constraints

    def of(bound: Scalar | None) -> Scalar | None:
        return bound.year if isinstance(bound, date | datetime) else None

    # A year is not above the year of an exclusive bound, but may be equal to it.
    lowest = [of(bound) for bound in (given.minimum, given.exclusive_minimum) if bound is not None]
    highest = [of(bound) for bound in (given.maximum, given.exclusive_maximum) if bound is not None]
    constraints = Constraints(
        required=given.required,
        minimum=max(lowest) if lowest else None,  # type: ignore[type-var]
        maximum=min(highest) if highest else None,  # type: ignore[type-var]
    )
    return replace(field, kind=Kind.YEAR, unit=None, lexical=Lexical(), constraints=constraints)


def _cut_to_year(values: pd.Series, _: Field, __: Field, ___: Given) -> Outcome:
    return Outcome(year(values))


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
        "year": Method(_year_field, _cut_to_year, does),
        "relative_days": Method(_relative_field, _made_relative, _relative_words),
    }
)
