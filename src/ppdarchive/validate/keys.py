"""Keys: rows that repeat one, rows that refer to nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.model.columns import positions, values_of
from ppdarchive.model.table import Frame

Rows = npt.NDArray[np.int64]


def repeated(frame: Frame, fields: Sequence[str]) -> Rows:
    """Rows that repeat the values of `fields` in an earlier row; a row with a null part repeats nothing.

    Parameters
    ----------
    frame : Frame, shape (n_rows, n_columns)
    fields : sequence of str, length >= 1

    Returns
    -------
    ndarray of int64, shape (n_repeated,)
    """
    columns = [values_of(frame[name]) for name in fields]
    if len(columns) == 1 and pc.count_distinct(columns[0]).as_py() == len(columns[0]) - columns[0].null_count:
        return np.empty(0, dtype=np.int64)
    codes = _codes(columns)
    rows = np.flatnonzero(codes >= 0)
    return rows[pd.Series(codes[rows]).duplicated().to_numpy()].astype(np.int64)


def dangling(frame: Frame, fields: Sequence[str], target: Frame | None, target_fields: Sequence[str]) -> Rows:
    """Rows whose `fields` occur in no row of `target`; a row with a null part refers to nothing.

    Parameters
    ----------
    frame : Frame, shape (n_rows, n_columns)
    fields, target_fields : sequences of str of the same length
    target : Frame or None
        None stands for a table that the study does not have: nothing occurs in it.

    Returns
    -------
    ndarray of int64, shape (n_dangling,)
    """
    columns = [values_of(frame[name]) for name in fields]
    if target is None:
        known = np.zeros(len(frame), dtype=bool)
    elif len(columns) == 1:
        value_set = pc.unique(values_of(target[target_fields[0]]).cast(columns[0].type))
        known = np.asarray(pc.is_in(columns[0], value_set=value_set.drop_null()))
    else:
        targets = [values_of(target[name]) for name in target_fields]
        both = [
            pa.chunked_array([*column.chunks, *other.cast(column.type).chunks], type=column.type)
            for column, other in zip(columns, targets, strict=True)
        ]
        codes = _codes(both)
        known = np.isin(codes[: len(frame)], codes[len(frame) :])
    whole = np.ones(len(frame), dtype=bool)
    for column in columns:
        whole &= np.asarray(pc.is_valid(column))
    return np.flatnonzero(whole & ~known).astype(np.int64)


def _codes(columns: Sequence[pa.ChunkedArray]) -> npt.NDArray[np.int64]:
    """One number per row such that equal rows have equal numbers; -1 for a row with a null part."""
    combined: npt.NDArray[np.int64] | None = None
    for column in columns:
        codes = positions(column)
        if combined is None:
            combined = codes
            continue
        # Numbering the pairs anew at each step keeps the product within 64 bits.
        null = (combined < 0) | (codes < 0)
        pairs, _ = pd.factorize(combined * (codes.max(initial=0) + 1) + codes)
        combined = np.where(null, -1, pairs.astype(np.int64))
    assert combined is not None
    return combined
