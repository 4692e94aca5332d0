"""A treated table as the rows of a file: in the types that files hold, sorted, in groups of one size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.errors import PackageError
from ppdarchive.model.columns import PIECE_BYTES, taken, values_of
from ppdarchive.model.dtypes import arrow_type, pandas_dtype
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Field, Kind, Schema
from ppdarchive.package.order import sorted_rows
from ppdarchive.package.texts import join_lists

GROUP_ROWS: Final = 131_072
"""Rows of a row group, whatever the table: the same rows give the same bytes."""

_LARGE_BYTES: Final = 1 << 27
"""A group of rows that takes more is made piece by piece."""
_WRITTEN_ROWS: Final = 1024
"""Rows that pyarrow's writer takes at once, after which it looks whether a page is full."""


def file_type(field: Field) -> pa.DataType:
    """The type of a field's column in a file: that of its values, and text for a list.

    A categorical field is written as its values, so that no dictionary holds one that does not
    occur; a list as delimited text, since frictionless cannot read Parquet's lists.
    """
    return pa.string() if field.kind is Kind.LIST else arrow_type(field)


class Sink(Protocol):
    """Where the bytes of a file go."""

    def write(self, given: Any, /) -> int | None:
        """Take some bytes."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Rows:
    """What is written of a table.

    Attributes
    ----------
    schema : Schema
    columns : tuple of Array or ChunkedArray, each of shape (n_rows,)
        As in the frame, with which they share memory; categorical ones are dictionary-encoded. In one
        piece, unless they are large.
    order : ndarray of int64, shape (n_rows,), or None
        Row of the frame for each row of the file; None if they are in order already.
    n_rows : int
    """

    schema: Schema
    columns: tuple[pa.Array | pa.ChunkedArray, ...]
    order: npt.NDArray[np.int64] | None
    n_rows: int

    def __repr__(self) -> str:
        return f"<Rows of {self.schema.name}: {self.n_rows}>"

    @property
    def file_schema(self) -> pa.Schema:
        """Names and types of the file's columns; without any metadata."""
        return pa.schema([pa.field(field.name, file_type(field)) for field in self.schema])

    @property
    def n_groups(self) -> int:
        """How many groups of rows there are."""
        return -(-self.n_rows // GROUP_ROWS)

    @property
    def piece_rows(self) -> int | None:
        """Rows of a group that are made at once, where groups are large; None where they are not."""
        row_bytes = sum(column.nbytes for column in self.columns) / max(1, self.n_rows)
        if row_bytes * min(self.n_rows, GROUP_ROWS) <= _LARGE_BYTES:
            return None
        # A page of a Parquet file ends behind whole batches of so many rows: pieces do not change it.
        return max(1, int(PIECE_BYTES / row_bytes) // _WRITTEN_ROWS) * _WRITTEN_ROWS

    def pieces(self, number: int) -> Iterator[pa.RecordBatch]:
        """Group `number` of the rows piece by piece, in the types of the file."""
        end = min((number + 1) * GROUP_ROWS, self.n_rows)
        step = self.piece_rows or GROUP_ROWS
        for start in range(number * GROUP_ROWS, end, step):
            yield self._piece(start, min(step, end - start))

    def _piece(self, start: int, length: int) -> pa.RecordBatch:
        if self.order is None:
            parts = [_in_one(column.slice(start, length)) for column in self.columns]
        else:
            rows = self.order[start : start + length]
            parts = [_taken(column, rows) for column in self.columns]
        schema = self.file_schema
        arrays = [_plain(part, kind) for part, kind in zip(parts, schema.types, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _in_one(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(values.chunks) if isinstance(values, pa.ChunkedArray) else values


def _taken(values: pa.Array | pa.ChunkedArray, rows: npt.NDArray[np.int64]) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        return taken(values, rows)
    return pc.take(values, pa.array(rows), boundscheck=False)


def _plain(values: pa.Array, kind: pa.DataType) -> pa.Array:
    """The values themselves, where a dictionary holds them."""
    return values if values.type == kind else values.cast(kind)


def _few_pieces(values: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """The column in one piece, if it is not large: each time rows are taken the pieces are gone through."""
    if values.num_chunks == 1:
        return values.chunk(0)
    return values if values.nbytes > _LARGE_BYTES else values.combine_chunks()


def rows_of(table: TreatedTable) -> Rows:
    """The rows of a file from a treated table, sorted by the primary key as `sorted_rows` does.

    Raises
    ------
    PackageError
        ``package.untreated``, ``package.columns``, ``package.frame`` if the table is not what its
        schema says; ``package.list`` if a list cannot be written as text.
    """
    schema, frame = table.schema, table.frame
    for field in schema:
        if field.disclosure is None or field.disclosure.treatment.method != "keep":
            raise PackageError("package.untreated", field=field.name, table=schema.name)
    if tuple(frame.columns) != schema.names:
        raise PackageError("package.columns", table=schema.name)
    columns = tuple(_column(frame[field.name], field, schema.name) for field in schema)
    order = sorted_rows(columns, [schema.names.index(name) for name in schema.primary_key])
    return Rows(schema, columns, order, len(frame))


def _column(series: pd.Series, field: Field, table: str) -> pa.Array | pa.ChunkedArray:
    if field.categories is not None:
        encoded = _categorical(series, field)
        if encoded is None:
            raise PackageError("package.frame", field=field.name, table=table)
        return encoded
    if series.dtype != pandas_dtype(field):
        raise PackageError("package.frame", field=field.name, table=table)
    values = values_of(series)
    if field.kind is not Kind.LIST:
        return _few_pieces(values)
    texts = join_lists(values.combine_chunks(), field)
    if texts is None:
        raise PackageError("package.list", field=field.name, table=table)
    return texts


def _categorical(series: pd.Series, field: Field) -> pa.DictionaryArray | None:
    """The column with the schema's categories as dictionary; None if it has a value beside them."""
    if not isinstance(series.dtype, pd.CategoricalDtype):
        return None
    dtype = pandas_dtype(field)
    assert isinstance(dtype, pd.CategoricalDtype)
    places = dtype.categories.get_indexer(series.dtype.categories)
    codes = series.cat.codes.to_numpy()
    places = np.append(places, -1)[codes].astype(np.int32)  # code -1, no value, is the last place
    if ((places < 0) & (codes >= 0)).any():
        return None
    dictionary = pa.array(dtype.categories.array, arrow_type(field))
    return pa.DictionaryArray.from_arrays(pa.array(places, mask=places < 0), dictionary)
