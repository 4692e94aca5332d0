"""Equivalence classes: the rows that share every quasi-identifier; the one GROUP BY."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from ppdarchive.model.columns import positions, values_of
from ppdarchive.model.table import Frame

Codes = npt.NDArray[np.integer[Any]]
"""A column as numbers, shape (n_rows,): equal values have equal codes of 0 or more, -1 is missing."""

Numbers = npt.NDArray[np.int64]

NO_CLASS = -1
"""The class number of a row that is not counted."""

_SMALL = 1 << 16
_WIDE = 1 << 31
_LIST_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Classes:
    """Which rows cannot be told apart.

    Attributes
    ----------
    of : ndarray of int64, shape (n_rows,)
        The class of each row, from 0; `NO_CLASS` for a row that is not counted.
    sizes : ndarray of int64, shape (n_classes,)
        Rows in each class, each at least 1.
    """

    of: Numbers
    sizes: Numbers

    def __repr__(self) -> str:
        return f"<Classes: {len(self.of)} rows in {len(self.sizes)}>"

    @property
    def per_row(self) -> Numbers:
        """The size of each row's class, shape (n_rows,); 0 for a row that is not counted."""
        return np.append(self.sizes, 0)[self.of]


def codes_of(frame: Frame, fields: Iterable[str]) -> list[Codes]:
    """Number the values of columns, so that equal values have equal numbers.

    Parameters
    ----------
    frame : Frame, shape (n_rows, n_columns)
        Arrow-backed or categorical columns.
    fields : iterable of str
        Names of columns of `frame`.

    Returns
    -------
    list of ndarray of integers, each of shape (n_rows,)
        A categorical column's codes are the places of its categories. The numbers of any other are
        in no stated order and may leave gaps. -1 is missing.

    Raises
    ------
    KeyError
        If the frame has no such column.
    """
    found: list[Codes] = []
    for name in fields:
        column = frame[name]
        if column.dtype == "category":
            found.append(np.asarray(column.cat.codes))
        else:
            found.append(_coded(values_of(column)))
    return found


def ranks_of(frame: Frame, field: str) -> Codes:
    """Number the values of a column so that the numbers ascend as the values do.

    Returns
    -------
    ndarray of integers, shape (n_rows,)
        The places of a categorical column's categories; ranks from 0 without gaps of any other. Lists
        have no order and are numbered as by `codes_of`. -1 is missing.

    Raises
    ------
    KeyError
        If the frame has no such column.
    """
    column = frame[field]
    if column.dtype == "category" or pt.is_list(values_of(column).type):
        return codes_of(frame, [field])[0]
    values = values_of(column)
    if pt.is_boolean(values.type):
        values = values.cast(pa.int8())
    elif pt.is_floating(values.type):
        values = pc.add(values, 0.0)
    ranks = pc.rank(values, tiebreaker="dense").to_numpy().astype(np.int64) - 1
    return np.where(values.is_null().to_numpy(), -1, ranks)


def classes_of(columns: Sequence[Codes], *, counted: npt.NDArray[np.bool_] | None = None) -> Classes:
    """Group the rows that agree in every column; missing is a value of its own.

    Parameters
    ----------
    columns : sequence of ndarray of integers, each of shape (n_rows,), length >= 1
        Codes of 0 or more, -1 for missing.
    counted : ndarray of bool, shape (n_rows,), optional
        Rows that belong to a class. A record that was suppressed as a whole is none of them: it is
        not there to be found, and must not be counted as a class of its own.

    Returns
    -------
    Classes
        Numbered in the order of the packed codes.

    Raises
    ------
    ValueError
        If there is no column, or they are not of one length.

    References
    ----------
    Sweeney (2002), k-anonymity, doi:10.1142/S0218488502001648.

    Examples
    --------
    >>> classes_of([np.array([0, 1, 0, -1]), np.array([5, 5, 5, 5])]).of.tolist()
    [1, 2, 1, 0]
    """
    if counted is None:
        return _numbered(*_packed(columns))
    if not columns:
        raise ValueError("rows are grouped by at least one column")
    some = classes_of([column[counted] for column in columns])
    of = np.full(len(columns[0]), NO_CLASS, dtype=np.int64)
    of[counted] = some.of
    return Classes(of, some.sizes)


def class_sizes(columns: Sequence[Codes]) -> Numbers:
    """Count the rows of each class, in the order of `classes_of`, without saying which row is in which.

    Returns
    -------
    ndarray of int64, shape (n_classes,)

    Raises
    ------
    ValueError
        As `classes_of`.
    """
    key, radix = _packed(columns)
    if radix <= max(_SMALL, len(key)):
        counts = np.bincount(key)
        return counts[counts > 0]
    key.sort()
    starts = np.flatnonzero(_begins(key))
    return np.diff(starts, append=len(key))


def _coded(values: pa.ChunkedArray) -> Codes:
    if pt.is_integer(values.type) and len(values):
        bounds = pc.min_max(values).as_py()
        low, high = bounds["min"], bounds["max"]
        # What spans no more numbers than there are rows needs no dictionary.
        if low is not None and high - low <= max(_SMALL, len(values)):
            offsets = pc.subtract(values, pa.scalar(low, values.type)) if low else values
            codes: Codes = pc.fill_null(offsets.cast(pa.int32()), -1).to_numpy()
            return codes
    elif pt.is_floating(values.type):
        values = pc.add(values, 0.0)  # zeros of both signs are one value
    elif pt.is_list(values.type):
        texts = [chunk.cast(pa.list_(pa.string())) for chunk in values.chunks]
        joined = [pc.binary_join(chunk, _LIST_SEPARATOR) for chunk in texts]
        values = pa.chunked_array(joined, type=pa.string())
    return positions(values)


def _packed(columns: Sequence[Codes]) -> tuple[Codes, int]:
    """One number for each row, below the radix, that is equal where all columns are."""
    if not columns:
        raise ValueError("rows are grouped by at least one column")
    if len({len(column) for column in columns}) > 1:
        raise ValueError("the columns are not of one length")
    columns = [_narrow(column) for column in columns]
    # The code 0 is left to the missing values.
    radices = [int(column.max(initial=-1)) + 2 for column in columns]
    dtype = np.dtype(np.int32 if prod(radices) < np.iinfo(np.int32).max else np.int64)
    key, radix = columns[0].astype(dtype), radices[0]
    key += 1
    for column, size in zip(columns[1:], radices[1:], strict=True):
        if radix * size > np.iinfo(np.int64).max:
            numbered = _numbered(key, radix)
            key, radix = numbered.of, len(numbered.sizes)
        key *= dtype.type(size)
        np.add(key, column, out=key, casting="same_kind")
        key += 1
        radix *= size
    return key, radix


def _narrow(column: Codes) -> Codes:
    """The column, or where its codes are so large that products of two overflow, their ranks."""
    if int(column.max(initial=-1)) < _WIDE:
        return column
    return _numbered(column, int(column.max())).of


def _numbered(key: Codes, radix: int) -> Classes:
    """Number the distinct keys in their order."""
    if radix <= max(_SMALL, 2 * len(key)):
        counts = np.bincount(key)
        used = counts > 0
        return Classes((np.cumsum(used) - 1)[key], counts[used])
    order, ordered = _sorted(key, radix)
    begins = _begins(ordered)
    of = np.empty(len(key), dtype=np.int64)
    of[order] = np.cumsum(begins) - 1
    return Classes(of, np.diff(np.flatnonzero(begins), append=len(key)))


def _sorted(key: Codes, radix: int) -> tuple[Numbers, Codes]:
    """The order of keys, and the keys in it."""
    n_bits = len(key).bit_length()
    if radix << n_bits > np.iinfo(np.int64).max:
        order = np.argsort(key)
        return order, key[order]
    # Numbers are sorted several times faster than places: each key takes its own place along.
    placed = (key.astype(np.int64) << n_bits) | np.arange(len(key))
    placed.sort()
    return placed & ((1 << n_bits) - 1), placed >> n_bits


def _begins(ordered: Codes) -> npt.NDArray[np.bool_]:
    """Where a number differs from the one before."""
    begins = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    return begins
