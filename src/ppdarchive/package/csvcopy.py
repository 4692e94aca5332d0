"""Rows -> a CSV copy, for repositories and readers that know no Parquet.

UTF-8, one header row, commas, every text in quotes with quotes doubled (RFC 4180), LF line ends. A
missing value is an empty cell without quotes, an empty text one with quotes; Table Schema takes
both as missing, since the released schema says so. Truth is ``true`` and ``false``; dates and times
are as in ISO 8601; items of a list stand together with the field's delimiter. Nothing is put before
a text that a spreadsheet would take for a formula: the copy holds what the participants wrote.

References
----------
RFC 4180. Data Package v2, Table Schema, "Field types and formats".
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.types as pt

from ppdarchive.model.schema import Kind
from ppdarchive.package.rows import Rows, Sink
from ppdarchive.package.texts import as_texts, as_year

_BATCH_ROWS: Final = 8192


class CsvWriter:
    """Writes the pieces of `rows` to `sink`, one after the other; to be closed at the end."""

    def __init__(self, rows: Rows, sink: Sink) -> None:
        # In a table of one column, a missing value is a quoted empty text: most readers skip empty lines.
        self._is_single = len(rows.columns) == 1
        self._fields = tuple(
            (field.kind, self._is_single or _needs_text(column, field.kind))
            for column, field in zip(rows.columns, rows.schema, strict=True)
        )
        self._schema = pa.schema(
            [
                pa.field(field.name, pa.string() if is_text else field.type)
                for field, (_, is_text) in zip(rows.file_schema, self._fields, strict=True)
            ]
        )
        options = pcsv.WriteOptions(batch_size=_BATCH_ROWS)
        self._writer = pcsv.CSVWriter(sink, self._schema, write_options=options)

    def write(self, group: pa.RecordBatch) -> None:
        """Write the next rows."""
        arrays = [
            _texts(column, kind) if is_text else column
            for column, (kind, is_text) in zip(group.columns, self._fields, strict=True)
        ]
        arrays = [pc.fill_null(arrays[0], "")] if self._is_single else arrays
        self._writer.write(pa.RecordBatch.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()


def _needs_text(column: pa.Array | pa.ChunkedArray, kind: Kind) -> bool:
    """Whether pyarrow would write some value in another form than Table Schema's."""
    if pt.is_timestamp(column.type) or pt.is_time(column.type):
        return True
    if pt.is_floating(column.type):
        return not pc.all(pc.is_finite(column), min_count=0).as_py()
    return kind is Kind.YEAR and bool(pc.any(pc.less(column, 1000)).as_py())


def _texts(column: pa.Array, kind: Kind) -> pa.Array:
    return as_year(column) if kind is Kind.YEAR else as_texts(column)
