"""Treatments of numbers: bands, rounding, top and bottom codes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.deidentify.bands import bands
from ppdarchive.deidentify.treatments.method import (
    Given,
    Method,
    Outcome,
    arrow_series,
    bounds_under,
    does,
    number,
    parameters,
)
from ppdarchive.model.columns import values_of
from ppdarchive.model.dtypes import pandas_dtype
from ppdarchive.model.lexical import MAX_INTEGER, MIN_INTEGER
from ppdarchive.model.schema import Category, Constraints, Field, Kind, Lexical, Scalar

_EXACT: Final = 1e15
"""Below this a float has decimal digits that rounding can set right."""


def band(values: pd.Series, field: Field, released: Field) -> pd.Series:
    """Group numbers into the bands that `field` declares, closed on the left; NaN lies in none."""
    given = bands(field)
    numbers = values_of(values)
    filled = np.asarray(pc.fill_null(numbers, 0))
    # Whole numbers are compared as such: not all of them have a float.
    edges = np.array([math.ceil(edge) for edge in given.edges] if field.kind is Kind.INTEGER else given.edges)
    codes = np.searchsorted(edges.astype(filled.dtype), filled, side="right")
    codes = np.where(np.asarray(pc.is_null(numbers, nan_is_null=True)), -1, codes)
    return pd.Series(pd.Categorical.from_codes(codes, dtype=pandas_dtype(released)))  # type: ignore[arg-type]


def _banded_field(field: Field) -> Field:
    return replace(
        field,
        kind=Kind.STRING,
        lexical=Lexical(),
        # What is not a number lies in no band; bounds let none in.
        constraints=Constraints(required=field.constraints.required and not may_be_nan(field)),
        categories=tuple(Category(label) for label in bands(field).labels),
        categories_ordered=True,
    )


def _banded(values: pd.Series, field: Field, released: Field, _: Given) -> Outcome:
    return Outcome(band(values, field, released))


def may_be_nan(field: Field) -> bool:
    """Whether the field's values may be no number: nothing bounds them."""
    given = field.constraints
    bounds = (given.minimum, given.maximum, given.exclusive_minimum, given.exclusive_maximum, given.enum)
    return field.kind is Kind.NUMBER and all(bound is None for bound in bounds)


def rounded(values: npt.NDArray[Any], to: float) -> npt.NDArray[Any]:
    """Round to the nearest multiple of `to`, halves to the even multiple.

    Parameters
    ----------
    values : ndarray of int64 or float64, shape (n,)
        NaN and the infinities stay. A whole number whose nearest multiple no column could hold goes to
        the next one that it can.
    to : float, above 0
        Whole where the values are.
    """
    if values.dtype.kind == "f":
        return _rounded_floats(values, to)
    step = int(to)
    rest = np.mod(values, step)
    below, above = values - rest, values + (step - rest)
    half = rest == step - rest
    is_up = (rest > step - rest) | (half & (np.floor_divide(values, step) % 2 == 1))
    is_up &= values <= MAX_INTEGER - (step - rest)
    is_up |= values < MIN_INTEGER + rest
    return np.where(rest == 0, values, np.where(is_up, above, below))


def _rounded_floats(values: npt.NDArray[Any], to: float) -> npt.NDArray[Any]:
    with np.errstate(over="ignore", invalid="ignore"):
        found = np.rint(values / to) * to
        # Three times 0.1 is written 0.3.
        exponent = Decimal(repr(to)).as_tuple().exponent
        digits = max(0, -exponent) if isinstance(exponent, int) else 0
        found = np.where(np.abs(found) < _EXACT, np.round(found, digits), found)
        return np.where(np.isfinite(found), found + 0.0, values)


def _rounded_one(value: Scalar, to: float) -> Scalar:
    array = np.array([value], dtype=np.int64 if isinstance(value, int) else np.float64)
    return rounded(array, to)[0].item()  # type: ignore[no-any-return]


def _as_array(values: pd.Series) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_], pa.DataType]:
    """Numbers as numpy has them, where they are null, and their Arrow type."""
    numbers = values_of(values)
    is_null = np.asarray(pc.is_null(numbers))
    return np.asarray(pc.fill_null(numbers, 0)), is_null, numbers.type


def _rounded_field(field: Field) -> Field:
    to = number(field, "to")
    return replace(
        field,
        lexical=Lexical(),
        constraints=bounds_under(field, lambda value: _rounded_one(_as_kind(value, field), to)),
    )


def _as_kind(value: Scalar, field: Field) -> Scalar:
    """A bound in the field's own type: one of a number may be written as a whole one."""
    return float(value) if field.kind is Kind.NUMBER and isinstance(value, int) else value


def _rounded(values: pd.Series, field: Field, _: Field, __: Given) -> Outcome:
    numbers, is_null, kind = _as_array(values)
    return Outcome(arrow_series(pa.array(rounded(numbers, number(field, "to")), kind, mask=is_null)))


def _rounded_words(field: Field) -> str:
    return f"Rounded to multiples of {number(field, 'to'):.10g}, halves to the even one."


def _limits(field: Field) -> tuple[int | float | None, int | float | None]:
    given = parameters(field)
    low, high = (number(field, name) if name in given else None for name in ("bottom", "top"))
    if field.kind is Kind.NUMBER:
        return low, high
    return None if low is None else int(low), None if high is None else int(high)


def _limited_field(field: Field) -> Field:
    low, high = _limits(field)

    def limited(value: Scalar) -> Scalar:
        assert isinstance(value, int | float)
        value = value if low is None else max(value, low)
        return value if high is None else min(value, high)

    bounds = bounds_under(field, limited)
    # What may be no number satisfies no bound.
    if not may_be_nan(field) and bounds.enum is None:
        bounds = replace(
            bounds,
            minimum=low if bounds.minimum is None else bounds.minimum,
            maximum=high if bounds.maximum is None else bounds.maximum,
        )
    return replace(field, lexical=Lexical(), constraints=bounds)


def _limited(values: pd.Series, field: Field, _: Field, __: Given) -> Outcome:
    numbers, is_null, kind = _as_array(values)
    low, high = _limits(field)
    return Outcome(arrow_series(pa.array(np.clip(numbers, low, high), kind, mask=is_null)))


def _limited_words(field: Field) -> str:
    low, high = _limits(field)
    told = [] if low is None else [f"values below {low:.10g} are released as {low:.10g}"]
    told += [] if high is None else [f"values above {high:.10g} are released as {high:.10g}"]
    words = ", ".join(told)
    return f"{words[:1].upper()}{words[1:]}."


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "band": Method(_banded_field, _banded, does),
        "round": Method(_rounded_field, _rounded, _rounded_words),
        "top_bottom_code": Method(_limited_field, _limited, _limited_words),
    }
)
