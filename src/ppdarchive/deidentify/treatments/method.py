"""What a treatment is: what it does to a field's schema, and to its column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ppdarchive.model.schema import Constraints, Field, JsonValue, Scalar, Schema
from ppdarchive.model.table import Frame
from ppdarchive.model.treatment import TREATMENTS

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, repr=False)
class Given:
    """What a treatment may look at besides its own column.

    Attributes
    ----------
    schema : Schema
        Of the table as it came in.
    frame : Frame, shape (n_rows, n_columns)
        The table as it came in.
    owners : ndarray of int64, shape (n_rows,)
        Whose row it is, as a number for each participant.
    pseudonyms : mapping of str to mapping of str to str
        By space.
    anchors : callable
        ``anchors(field)``: the dates that a field is counted from, one for each row.
    shifts : callable
        ``shifts()``: for each row the days by which its participant's dates are shifted; null where
        the row is nobody's.
    draws : callable
        ``draws(field)``: for each row two random numbers in [0, 1), shape (n_rows, 2), the same
        for equal values of one participant.
    texts : Array, ChunkedArray or None
        The redacted texts of the column, if it is free text.
    """

    schema: Schema
    frame: Frame
    owners: npt.NDArray[np.int64]
    pseudonyms: Mapping[str, Mapping[str, str]]
    anchors: Callable[[Field], pd.Series]
    shifts: Callable[[], pa.Array]
    draws: Callable[[Field], npt.NDArray[np.float64]]
    texts: pa.Array | pa.ChunkedArray | None


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """What a treatment makes of a column.

    Attributes
    ----------
    values : Series, shape (n_rows,)
        In the type of the released field.
    taken : ndarray of bool, shape (n_rows,), or None
        Where a value was taken away; the companion field says so by the method's `reason`.
    """

    values: pd.Series
    taken: Mask | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """A treatment.

    Attributes
    ----------
    field : callable
        ``field(incoming)``: the released field, or None if nothing is released. Words, missing values
        and disclosure are set for all treatments alike.
    column : callable
        ``column(values, incoming, released, given)``, pure.
    words : callable
        ``words(incoming)``: what was done, for the reader of the release.
    one_to_one : bool
        Whether values that differ still do when they are released, and equal ones are equal.
    reason : callable
        ``reason(incoming)``: what the companion field gives as the reason where a value was taken
        away; None if none ever is.
    rare_reasons : callable or None
        ``rare_reasons(reasons, incoming, given)``: where a reason of a missing value identifies too,
        and is replaced by that of `reason`.
    """

    field: Callable[[Field], Field | None]
    column: Callable[[pd.Series, Field, Field, Given], Outcome]
    words: Callable[[Field], str]
    one_to_one: bool = False
    reason: Callable[[Field], str | None] = lambda _: None
    rare_reasons: Callable[[pd.Series, Field, Given], Mask] | None = None


def number(field: Field, name: str) -> int | float:
    """A parameter of the field's treatment that is a number."""
    value = parameters(field)[name]
    assert isinstance(value, int | float)
    return value


def bounds_under(field: Field, change: Callable[[Scalar], Scalar]) -> Constraints:
    """The field's constraints when its values go through `change`, which keeps their order.

    An exclusive bound becomes one that values may be equal to; values that differ may be equal.
    """
    given = field.constraints
    lowest = [change(bound) for bound in (given.minimum, given.exclusive_minimum) if bound is not None]
    highest = [change(bound) for bound in (given.maximum, given.exclusive_maximum) if bound is not None]
    return Constraints(
        required=given.required,
        minimum=max(lowest) if lowest else None,
        maximum=min(highest) if highest else None,
        enum=None if given.enum is None else tuple(dict.fromkeys(change(value) for value in given.enum)),
    )


def parameters(field: Field) -> Mapping[str, JsonValue]:
    """The parameters of the field's treatment."""
    return {} if field.disclosure is None else field.disclosure.treatment.parameters


def does(field: Field) -> str:
    """What the field's treatment does, as the catalogue says it."""
    assert field.disclosure is not None
    return TREATMENTS[field.disclosure.treatment.method].does


def arrow_series(values: pa.Array | pa.ChunkedArray) -> pd.Series:
    """An Arrow-backed column."""
    return pd.Series(pd.arrays.ArrowExtensionArray(values))
