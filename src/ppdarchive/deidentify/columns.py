"""Treatments of columns: each a pure function of a column and its parameters.

What a treatment does to the field's schema stands in `ppdarchive.deidentify.released`; the two
agree, which the tests check for every treatment over generated tables.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.deidentify.bands import bands
from ppdarchive.deidentify.released import SUPPRESSED
from ppdarchive.model.columns import encode, positions, values_of
from ppdarchive.model.dtypes import arrow_type, pandas_dtype
from ppdarchive.model.schema import Field, Kind


def pseudonymize(values: pd.Series, pseudonyms: Mapping[str, str]) -> pd.Series:
    """Replace each key by its pseudonym.

    Parameters
    ----------
    values : Series, shape (n_rows,)
    pseudonyms : mapping of str to str
        For every key in `values`, written as text.

    Returns
    -------
    Series of string, shape (n_rows,)
        Null stays null.

    Raises
    ------
    KeyError
        If a key has no pseudonym; its argument is the number of such keys, not a key.
    """
    distinct, rows = encode(values_of(values))
    try:
        replaced = pa.array([pseudonyms[str(key)] for key in distinct], pa.string())
    except KeyError:
        replaced = None
    if replaced is None:
        raise KeyError(sum(str(key) not in pseudonyms for key in distinct))
    return _series(replaced.take(pa.array(rows, mask=rows < 0)))


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


def year(values: pd.Series) -> pd.Series:
    """Keep the year of dates."""
    return _series(pc.cast(pc.year(values_of(values)), pa.int32()))


def relative_days(values: pd.Series, anchors: pd.Series) -> pd.Series:
    """Count the days from each row's anchor to its date; null where either is missing.

    Parameters
    ----------
    values, anchors : Series of date or datetime, shape (n_rows,)
        Times of day do not count: a day has passed when the calendar says so.
    """
    days = [pc.cast(pc.cast(_dates(each), pa.int32()), pa.int64()) for each in (values, anchors)]
    return _series(pc.subtract(*days))


def _dates(values: pd.Series) -> pa.ChunkedArray:
    column = values_of(values)
    if pa.types.is_date32(column.type):
        return column
    return pc.cast(pc.floor_temporal(column, unit="day"), pa.date32())


def suppress(
    values: pd.Series, owners: npt.NDArray[np.int64], below: int
) -> tuple[pd.Series, npt.NDArray[np.bool_]]:
    """Leave out values that too few participants share.

    Parameters
    ----------
    values : Series, shape (n_rows,)
    owners : ndarray of int64, shape (n_rows,)
        Whose row it is, as a number for each participant; a participant counts once for a value.
    below : int
        Values of fewer participants than this are suppressed.

    Returns
    -------
    values : Series, shape (n_rows,)
    suppressed : ndarray of bool, shape (n_rows,)
    """
    rows = positions(values_of(values))
    pairs = pd.DataFrame({"value": rows, "owner": owners}).drop_duplicates()
    counts = pairs.groupby("value").size()
    rare = counts.index[counts.to_numpy() < below]
    suppressed = (rows >= 0) & np.isin(rows, rare.to_numpy())
    return values.mask(suppressed), suppressed


def suppression_reasons(
    reasons: pd.Series | None, suppressed: npt.NDArray[np.bool_], companion: Field
) -> pd.Series:
    """The companion field of a suppressed one: its own reasons, and that of suppression."""
    dtype = pandas_dtype(companion)
    assert isinstance(dtype, pd.CategoricalDtype)
    codes = np.full(len(suppressed), -1) if reasons is None else reasons.cat.codes.to_numpy().copy()
    codes = codes.astype(np.int32)
    codes[suppressed] = list(dtype.categories).index(SUPPRESSED)
    return pd.Series(pd.Categorical.from_codes(codes, dtype=dtype))


def default_form(values: pd.Series, released: Field) -> pd.Series:
    """The column in the type that its released field has."""
    if released.categories is not None:
        return values.astype(pandas_dtype(released))
    return _series(values_of(values).cast(arrow_type(released)))


def _series(values: pa.Array | pa.ChunkedArray) -> pd.Series:
    return pd.Series(pd.arrays.ArrowExtensionArray(values))
