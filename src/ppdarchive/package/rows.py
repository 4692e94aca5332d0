"""A treated table as the rows of a file: in the types that files hold, sorted, in groups of one size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from ppdarchive.errors import PackageError
from ppdarchive.model.columns import values_of
from ppdarchive.model.dtypes import arrow_type, pandas_dtype
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Field, Kind, Schema
from ppdarchive.package.texts import join_lists

GROUP_ROWS: Final = 131_072
"""Rows of a row group, whatever the table: the same rows give the same bytes."""

_MAX_STRING_BYTES: Final = 2**31 - 1


def file_type(field: Field) -> pa.DataType:
    """The type of a field's column in a file: that of its values, and text for a list.

    A categorical field is written as its values, so that no dictionary holds one that does not
    occur; a list as delimited text, since frictionless cannot read Parquet's lists.
    """
    return pa.string() if field.kind is Kind.LIST else arrow_type(field)


@dataclass(frozen=True, slots=True, repr=False)
class Rows:
    """What is written of a table.

    Attributes
    ----------
    schema : Schema
    columns : tuple of Array, each of shape (n_rows,)
        As in the frame; categorical ones still dictionary-encoded.
    order : Array of uint64, shape (n_rows,), or None
        Row of the frame for each row of the file; None if they are in order already.
    n_rows : int
    """

    schema: Schema
    columns: tuple[pa.Array, ...]
    order: pa.Array | None
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

    def group(self, number: int) -> pa.RecordBatch:
        """Group `number` of the rows, in the types of the file."""
        start = number * GROUP_ROWS
        length = min(GROUP_ROWS, self.n_rows - start)
        if self.order is None:
            parts = [column.slice(start, length) for column in self.columns]
        else:
            places = self.order.slice(start, length)
            parts = [pc.take(column, places, boundscheck=False) for column in self.columns]
        schema = self.file_schema
        arrays = [_plain(part, kind) for part, kind in zip(parts, schema.types, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    def groups(self) -> Iterator[pa.RecordBatch]:
        """All groups, one after the other."""
        return (self.group(number) for number in range(self.n_groups))


def _plain(values: pa.Array, kind: pa.DataType) -> pa.Array:
    if pt.is_dictionary(values.type):
        values = values.dictionary_decode()
    return values if values.type == kind else values.cast(kind)


def rows_of(table: TreatedTable) -> Rows:
    """The rows of a file from a treated table, sorted by the primary key.

    Rows that agree in the key, and tables without one, are sorted by all columns, so that nothing of
    the order in which people took part is left. Texts sort by code point, nulls last.

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
    return Rows(schema, columns, _order(columns, schema), len(frame))


def _column(series: pd.Series, field: Field, table: str) -> pa.Array:
    if field.categories is not None:
        encoded = _categorical(series, field)
        if encoded is None:
            raise PackageError("package.frame", field=field.name, table=table)
        return encoded
    if series.dtype != pandas_dtype(field):
        raise PackageError("package.frame", field=field.name, table=table)
    values = _one_chunk(values_of(series))
    if field.kind is not Kind.LIST:
        return values
    texts = join_lists(values, field)
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


def _one_chunk(values: pa.ChunkedArray) -> pa.Array:
    if values.num_chunks == 1:
        return values.chunk(0)
    if pt.is_string(values.type) and values.nbytes > _MAX_STRING_BYTES:
        values = values.cast(pa.large_string())
    return values.combine_chunks()


def _order(columns: Sequence[pa.Array], schema: Schema) -> pa.Array | None:
    """Where each row of the file stands in the frame; None if they stand in order."""
    n_rows = len(columns[0])
    key = [schema.names.index(name) for name in schema.primary_key]
    order = _sorted([_sortable(columns[place]) for place in key]) if key else None
    if order is None or _has_ties([columns[place] for place in key], order):
        rest = [place for place in range(len(columns)) if place not in key]
        keys = [_sortable(columns[place]) for place in (*key, *rest)]
        # Zeros of both signs are equal, and so are all that are no number, but their bits differ.
        keys += [column.view(pa.int64()) for column in columns if pt.is_floating(column.type)]
        order = _sorted(keys)
    return None if np.array_equal(order.to_numpy(), np.arange(n_rows)) else order


def _sorted(keys: Sequence[pa.Array]) -> pa.Array:
    if len(keys) == 1:
        return pc.array_sort_indices(keys[0])
    named = {str(number): key for number, key in enumerate(keys)}
    batch = pa.RecordBatch.from_arrays(list(named.values()), names=list(named))
    return pc.sort_indices(batch, sort_keys=[(name, "ascending") for name in named])


def _sortable(column: pa.Array) -> pa.Array:
    """The column, or for a categorical one the rank of each row's value."""
    if not pt.is_dictionary(column.type):
        return column.cast(pa.int8()) if pt.is_boolean(column.type) else column
    ranks = pc.rank(column.dictionary, tiebreaker="dense").cast(pa.int32())
    return ranks.take(column.indices)


def _has_ties(keys: Sequence[pa.Array], order: pa.Array) -> bool:
    """Whether two rows that come to stand side by side agree in all keys."""
    is_tie: pa.Array | None = None
    for key in keys:
        values = pc.take(_sortable(key), order, boundscheck=False)
        above, below = values.slice(0, max(len(values) - 1, 0)), values.slice(1)
        same = pc.fill_null(pc.equal(above, below), False)
        same = pc.or_(same, pc.and_(above.is_null(), below.is_null()))
        is_tie = same if is_tie is None else pc.and_(is_tie, same)
        if not pc.any(is_tie).as_py():
            return False
    return True
