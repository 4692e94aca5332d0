"""Rows <-> Parquet: equal rows give equal bytes, and nothing but the rows is in them.

References
----------
Apache Parquet, "File Format"; pandas, "Developer: Storing pandas DataFrame objects in Apache Parquet
format", https://pandas.pydata.org/docs/development/developer.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as pt

from ppdarchive.model.dtypes import arrow_type, pandas_dtype
from ppdarchive.model.schema import Field, Kind, Schema
from ppdarchive.model.table import Frame
from ppdarchive.package.rows import Rows, Sink, file_type
from ppdarchive.package.texts import split_texts

COMPRESSION: Final = "zstd"
COMPRESSION_LEVEL: Final = 1
_BUFFER_BYTES: Final = 1 << 20
FOOTER_KEYS: Final = frozenset({b"pandas", b"ARROW:schema"})
"""The only key-value metadata that a file has."""

# What pyarrow raises on files that are not what they should be.
UNREADABLE: Final = (pa.ArrowException, OSError, ValueError, KeyError, OverflowError)


def parquet_writer(schema: pa.Schema, sink: Sink) -> pq.ParquetWriter:
    """A writer of tables with the columns of `schema`, to be given one row group after the other."""
    return pq.ParquetWriter(
        sink,
        _with_pandas(schema),
        compression=COMPRESSION,
        compression_level=COMPRESSION_LEVEL,
        version="2.6",
    )


def _with_pandas(schema: pa.Schema) -> pa.Schema:
    """The schema with pandas' own metadata, so that pandas and frictionless read nullable integers.

    It is made from an empty frame: that of a real one would carry its index and its ``attrs``.
    """
    frame = schema.empty_table().to_pandas(types_mapper=pd.ArrowDtype)
    metadata = pa.Schema.from_pandas(frame, preserve_index=False).metadata
    return schema.with_metadata({b"pandas": metadata[b"pandas"]})


def same_footer(path: str, rows: Rows) -> bool:
    """Whether the file says of itself what is true of `rows`, and nothing else.

    Raises
    ------
    pyarrow.ArrowException, OSError
        If it cannot be read, as in `same_group`.
    """
    found = pq.read_metadata(path)
    return (found.metadata.keys(), found.num_rows, found.num_row_groups) == (
        FOOTER_KEYS,
        rows.n_rows,
        rows.n_groups,
    )


def same_group(path: str, rows: Rows, number: int) -> bool:
    """Whether a row group of the file is exactly that group of `rows`, to the bit."""
    with pq.ParquetFile(path) as file:
        # Threads of pyarrow's own would compete with those that read other groups.
        if rows.piece_rows is None:
            return _same(file.read_row_group(number, use_threads=False), next(rows.pieces(number)))
    with pq.ParquetFile(path, buffer_size=_BUFFER_BYTES) as file:
        found = file.iter_batches(rows.piece_rows, row_groups=[number], use_threads=False)
        return _same_pieces(found, rows.pieces(number))


def _same_pieces(found: Iterator[pa.RecordBatch], meant: Iterator[pa.RecordBatch]) -> bool:
    """Whether batches hold the same rows, however they are cut."""
    left: list[pa.RecordBatch] = []
    for piece in meant:
        while sum(batch.num_rows for batch in left) < piece.num_rows:
            batch = next(found, None)
            if batch is None:
                return False
            left.append(batch)
        table = pa.Table.from_batches(left)
        if not _same(table.slice(0, piece.num_rows), piece):
            return False
        left = table.slice(piece.num_rows).to_batches()
    return not left and next(found, None) is None


def _same(found: pa.Table, meant: pa.RecordBatch) -> bool:
    if found.schema.names != meant.schema.names or found.schema.types != meant.schema.types:
        return False
    return all(
        _bits(one).equals(_bits(pa.chunked_array([other])))
        for one, other in zip(found.columns, meant.columns, strict=True)
    )


def _bits(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Floats as their bits: NaN equals itself, and zeros of both signs differ."""
    if not pt.is_floating(values.type):
        return values
    return pa.chunked_array([chunk.view(pa.int64()) for chunk in values.chunks], pa.int64())


def read_parquet(
    path: str, schema: Schema, *, columns: Sequence[str] | None = None, rows: pc.Expression | None = None
) -> Frame | None:
    """Read a table, typed as `schema` declares; None if the file holds another one.

    Only what is asked for is decoded: other columns not at all, other rows a batch at a time.

    Parameters
    ----------
    path : str
    schema : Schema
        The released schema.
    columns : sequence of str, optional
        Fields of `schema`, each once, in the order that the frame is to have; all of them by default.
    rows : pyarrow.compute.Expression, optional
        Which rows; all of them by default.

    Returns
    -------
    Frame, shape (n_rows, n_columns), or None
        Arrow-backed columns, ordered categories, lists; the index is 0, 1, ...

    Raises
    ------
    pyarrow.ArrowException, OSError, ValueError, ...
        `UNREADABLE`: its message may hold a cell, and must not be shown.
    """
    if not _holds(pq.read_schema(path), schema):
        return None
    wanted = schema.names if columns is None else tuple(columns)
    fields = [schema[name] for name in wanted]
    texts = [field.name for field in fields if field.categories is not None and field.kind is Kind.STRING]
    table = pq.read_table(path, columns=list(wanted), filters=rows, read_dictionary=texts).select(wanted)
    found: dict[str, Any] = {}
    for field, values in zip(fields, table.columns, strict=True):
        column = _column(values, field)
        if column is None:
            return None
        found[field.name] = column
    return pd.DataFrame(found, index=pd.RangeIndex(table.num_rows), copy=False)


def _holds(found: pa.Schema, schema: Schema) -> bool:
    """Whether a file has the columns that `schema` declares, in its order and types."""
    return (found.names, found.types) == (list(schema.names), [file_type(field) for field in schema])


def _column(values: pa.ChunkedArray, field: Field) -> Any:
    if field.categories is not None:
        codes = _codes(values, pa.array([known.value for known in field.categories], arrow_type(field)))
        return None if codes is None else pd.Categorical.from_codes(codes, dtype=pandas_dtype(field))  # type: ignore[arg-type]
    if field.kind is Kind.LIST:
        lists = [split_texts(chunk, field) for chunk in values.chunks]
        values = pa.chunked_array(lists, arrow_type(field))
    return pd.arrays.ArrowExtensionArray(values)


def _codes(values: pa.ChunkedArray, categories: pa.Array) -> np.ndarray[Any, Any] | None:
    """Each value's place among the categories, -1 for null; None if one is not among them."""
    kind = np.int8 if len(categories) < 128 else np.int32
    parts = [np.empty(0, kind)]
    for chunk in values.chunks:
        if pt.is_dictionary(chunk.type):
            places = pc.take(pc.index_in(chunk.dictionary, value_set=categories), chunk.indices)
        else:
            places = pc.index_in(chunk, value_set=categories)
        if places.null_count != chunk.null_count:
            return None
        parts.append(pc.fill_null(places, -1).to_numpy().astype(kind))
    return np.concatenate(parts)


def declared_bytes(path: str, columns: Collection[str]) -> int:
    """How much memory columns of a file take once they are decoded, by what its footer says.

    Raises
    ------
    pyarrow.ArrowException, OSError, ValueError, ...
        `UNREADABLE`
    """
    footer = pq.read_metadata(path)
    wanted = [number for number, name in enumerate(footer.schema.names) if name in columns]
    encoded: int = 0
    for group in range(footer.num_row_groups):
        each = footer.row_group(group)
        encoded += sum(max(0, each.column(number).total_uncompressed_size) for number in wanted)
    # Values that are all the same take nothing in the file, and eight bytes each in memory.
    n_rows: int = max(0, footer.num_rows)
    return encoded + 8 * n_rows * len(wanted)


def count_rows(path: str) -> int:
    """How many rows the file says that it has."""
    return int(pq.read_metadata(path).num_rows)
