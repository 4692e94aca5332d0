"""Treatments of numbers: bands."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from ppdarchive.deidentify.bands import bands
from ppdarchive.deidentify.treatments.method import Given, Method, Outcome, does
from ppdarchive.model.columns import values_of
from ppdarchive.model.dtypes import pandas_dtype
from ppdarchive.model.schema import Category, Constraints, Field, Kind, Lexical


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


METHODS: Final[Mapping[str, Method]] = MappingProxyType({"band": Method(_banded_field, _banded, does)})
