"""Columns as Arrow sees them, and as distinct values with each row's place among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from mmap import mmap
from typing import Any, Final, Protocol, overload

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Keep = Callable[[Iterable[pa.Array], pa.DataType], pa.ChunkedArray]
"""Where a column is kept that is made piece by piece: in memory, or in a file that memory is mapped to."""

Content = bytes | mmap
"""The bytes of a file, in memory or mapped to it."""


class Keeper(Protocol):
    """Keeps what is made piece by piece: in memory, or in files that memory is mapped to."""

    def column(self, pieces: Iterable[pa.Array], kind: pa.DataType, /) -> pa.ChunkedArray:
        """Keep a column."""
        ...

    def table(self, batches: Iterable[pa.RecordBatch], schema: pa.Schema, /) -> pa.Table:
        """Keep a table."""
        ...

    def content(self, pieces: Iterable[bytes], /) -> Content:
        """Keep the bytes of a file."""
        ...

    def forget(self) -> None:
        """Let the system take back pages of files that were read."""
        ...


class _Memory:
    """Keeps everything in memory."""

    def column(self, pieces: Iterable[pa.Array], kind: pa.DataType) -> pa.ChunkedArray:
        return in_memory(pieces, kind)

    def table(self, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
        return pa.Table.from_batches(list(batches), schema)

    def content(self, pieces: Iterable[bytes]) -> Content:
        return b"".join(pieces)

    def forget(self) -> None:
        """Nothing is mapped."""

    def __repr__(self) -> str:
        return "IN_MEMORY"


PIECE_BYTES: Final = 1 << 25
"""About how much of a column is made at a time."""
_MADE_BYTES: Final = 1 << 22


def in_memory(pieces: Iterable[pa.Array], kind: pa.DataType) -> pa.ChunkedArray:
    """Keep a column in memory, as it comes."""
    return pa.chunked_array(list(pieces), kind)


IN_MEMORY: Final[Keeper] = _Memory()


def values_of(series: pd.Series) -> pa.ChunkedArray:
    """The values of a column, Arrow-backed or categorical, as Arrow sees them."""
    array = pa.chunked_array([pa.array(series.array)]) if series.dtype == "category" else None
    if array is None:
        converted = pa.array(series.array)
        return converted if isinstance(converted, pa.ChunkedArray) else pa.chunked_array([converted])
    return array.cast(array.type.value_type)


class Texts(Sequence[str | None]):
    """The texts of a column, each made when it is asked for.

    Parameters
    ----------
    values : ChunkedArray of string, shape (n_rows,)
    """

    __slots__ = ("values",)

    def __init__(self, values: pa.ChunkedArray) -> None:
        self.values = values

    def __repr__(self) -> str:
        return f"<Texts of {len(self)} rows>"

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, at: int) -> str | None: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str | None, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str | None, ...] | None:
        if isinstance(at, slice):
            return tuple(self[row] for row in range(*at.indices(len(self))))
        text: str | None = self.values[range(len(self))[at]].as_py()
        return text

    def __iter__(self) -> Iterator[str | None]:
        for piece in pieces_of(self.values, _MADE_BYTES):
            yield from piece.to_pylist()


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


def taken(values: pa.ChunkedArray, rows: npt.NDArray[np.int64]) -> pa.Array:
    """Some rows of a column in one piece.

    Arrow would put the whole column into one piece first, whatever the rows.

    Parameters
    ----------
    values : ChunkedArray, shape (n,)
    rows : ndarray of int64, shape (m,)
        In any order.
    """
    if values.num_chunks == 1:
        return values.chunk(0).take(pa.array(rows))
    starts = np.cumsum([0, *(len(chunk) for chunk in values.chunks)])
    which = np.searchsorted(starts, rows, side="right") - 1
    order = np.argsort(which, kind="stable")
    parts = [
        values.chunk(number).take(pa.array(rows[which == number] - starts[number]))
        for number in np.unique(which).tolist()
    ]
    if not parts:
        return pa.array([], values.type)
    joined = pa.concat_arrays(parts)
    if np.array_equal(order, np.arange(len(order))):
        return joined
    return joined.take(pa.array(np.argsort(order)))


def pieces_of(values: pa.ChunkedArray, n_bytes: int = PIECE_BYTES) -> Iterator[pa.Array]:
    """A column, about so many bytes at a time."""
    for chunk in values.chunks:
        step = max(1, n_bytes * len(chunk) // max(1, chunk.nbytes))
        for start in range(0, len(chunk), step):
            yield chunk.slice(start, step)


def kept_rows(values: pa.ChunkedArray, mask: pa.Array, keep: Keep) -> pa.ChunkedArray:
    """The rows of a column where `mask` is true."""

    def pieces() -> Iterator[pa.Array]:
        start = 0
        for piece in pieces_of(values):
            yield piece.filter(mask.slice(start, len(piece)))
            start += len(piece)

    return keep(pieces(), values.type)
