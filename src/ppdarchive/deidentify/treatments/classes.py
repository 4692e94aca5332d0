"""Values replaced by classes: of a hierarchy, or of ZIP codes with the same first digits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from ppdarchive.deidentify.treatments.method import Given, Method, Outcome, arrow_series, does, parameters
from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.dtypes import pandas_dtype
from ppdarchive.model.hierarchy import Hierarchy, from_tree, ready
from ppdarchive.model.postal import RESTRICTED, ZipTable, default_tables, ready_tables, table_from, zip3
from ppdarchive.model.schema import Category, Constraints, Field, Kind, Lexical

IN_NO_CLASS: Final = "Not released: it is in no class of the hierarchy"
"""The reason in the companion field of a value that the hierarchy does not know."""


def hierarchy_of(field: Field) -> tuple[Hierarchy, int]:
    """The hierarchy of a field with treatment ``generalize``, and the level that is released."""
    given = parameters(field)
    named, level = given["hierarchy"], given["level"]
    hierarchy = ready(named) if isinstance(named, str) else from_tree(named, name=field.name)
    return hierarchy, hierarchy.level(str(level))


def _known_values(field: Field) -> tuple[str, ...] | None:
    """The values that the field may have, as text; None if any."""
    if field.constraints.enum is not None:
        return tuple(map(str, field.constraints.enum))
    if field.categories is not None:
        return tuple(str(category.value) for category in field.categories)
    return None


def generalize(values: pd.Series, hierarchy: Hierarchy, level: int, released: Field) -> Outcome:
    """Replace values by their class on a level; what the hierarchy does not know is taken away."""
    dtype = pandas_dtype(released)
    assert isinstance(dtype, pd.CategoricalDtype)
    places = {own: place for place, own in enumerate(dtype.categories)}
    distinct, rows = encode(values_of(values))
    spelt = [hierarchy.value_of(str(value)) for value in distinct]
    codes = [-1 if value is None else places[hierarchy.levels[level][value]] for value in spelt]
    found = np.array([*codes, -1], dtype=np.int32)[rows]
    return Outcome(
        pd.Series(pd.Categorical.from_codes(found, dtype=dtype)),
        (rows >= 0) & (found < 0),
    )


def _generalized_field(field: Field) -> Field:
    hierarchy, level = hierarchy_of(field)
    known = _known_values(field)
    spelt = hierarchy.values if known is None else [hierarchy.value_of(value) for value in known]
    there = {hierarchy.levels[level][value] for value in spelt if value is not None}
    return replace(
        field,
        kind=Kind.STRING,
        unit=None,
        lexical=Lexical(),
        constraints=Constraints(required=field.constraints.required and known is not None),
        categories=tuple(Category(own) for own in hierarchy.classes(level) if own in there),
        categories_ordered=False,
    )


def _generalized(values: pd.Series, field: Field, released: Field, _: Given) -> Outcome:
    return generalize(values, *hierarchy_of(field), released)


def _generalized_words(field: Field) -> str:
    hierarchy, level = hierarchy_of(field)
    name = hierarchy.title or hierarchy.name
    return f"Replaced by its {hierarchy.level_names[level]} in the hierarchy {name!r}."


def _no_class(field: Field) -> str | None:
    return IN_NO_CLASS if _known_values(field) is None else None


def tables_of(field: Field) -> tuple[ZipTable, ...]:
    """The tables of prefixes that a field with treatment ``zip3`` is held against."""
    given = parameters(field).get("table")
    if given is None:
        return default_tables()
    return (ready_tables()[given] if isinstance(given, str) else table_from(given),)


def first_digits(values: pd.Series, tables: tuple[ZipTable, ...], *, are_prefixes: bool = False) -> pd.Series:
    """Replace ZIP codes, texts or numbers, by their first three digits, or 000."""
    distinct, rows = encode(values_of(values))
    cut = pa.array([zip3(str(value), tables, are_prefixes=are_prefixes) for value in distinct], pa.string())
    return arrow_series(cut.take(pa.array(rows, mask=rows < 0)))


def _cut_field(field: Field) -> Field:
    kept = Constraints(required=field.constraints.required, pattern="[0-9]{3}")
    return replace(
        field, kind=Kind.STRING, unit=None, lexical=Lexical(), constraints=kept, categories=None,
        categories_ordered=False,
    )  # fmt: skip


def _cut(values: pd.Series, field: Field, _: Field, __: Given) -> Outcome:
    # A text that always has three characters is a prefix, and no code that lost its zeros.
    bounds = field.constraints
    are_prefixes = field.kind is Kind.STRING and (
        bounds.min_length == bounds.max_length == 3 or bounds.pattern in ("[0-9]{3}", r"\d{3}")
    )
    return Outcome(first_digits(values, tables_of(field), are_prefixes=are_prefixes))


def _cut_words(field: Field) -> str:
    tables = tables_of(field)
    dated = [
        each.title if str(each.date.year) in each.title else f"{each.title} ({each.date:%Y})"
        for each in tables
    ]
    return f"{does(field)} By {', '.join(dated)}."


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "generalize": Method(_generalized_field, _generalized, _generalized_words, reason=_no_class),
        "zip3": Method(_cut_field, _cut, _cut_words),
    }
)

__all__ = ["IN_NO_CLASS", "METHODS", "RESTRICTED", "first_digits", "generalize", "hierarchy_of", "tables_of"]
