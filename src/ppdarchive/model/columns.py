"""Columns as Arrow sees them, and as distinct values with each row's place among them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def values_of(series: pd.Series) -> pa.ChunkedArray:
    """The values of a column, Arrow-backed or categorical, as Arrow sees them."""
    array = pa.chunked_array([pa.array(series.array)]) if series.dtype == "category" else None
    if array is None:
        converted = pa.array(series.array)
        return converted if isinstance(converted, pa.ChunkedArray) else pa.chunked_array([converted])
    return array.cast(array.type.value_type)


def encode(values: pa.ChunkedArray) -> tuple[list[Any], npt.NDArray[np.int64]]:
    """Number the distinct values of a column.

    Parameters
    ----------
    values : ChunkedArray, shape (n_rows,)

    Returns
    -------
    distinct : list, shape (n_distinct,)
        In the order of their first row; without null.
    positions : ndarray of int64, shape (n_rows,)
        Each row's place in `distinct`; -1 for null.
    """
    encoded = pc.dictionary_encode(values).unify_dictionaries()
    distinct = encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
    return distinct, _indices(encoded)


def positions(values: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Number the distinct values of a column without making them Python objects; -1 for null."""
    return _indices(pc.dictionary_encode(values).unify_dictionaries())


def _indices(encoded: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    parts = [np.asarray(chunk.indices.fill_null(-1), dtype=np.int64) for chunk in encoded.chunks]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
