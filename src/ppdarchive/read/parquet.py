"""A Parquet file -> a table of text cells in Table Schema's default forms."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as pt

from ppdarchive.errors import ReadError
from ppdarchive.model.columns import Content
from ppdarchive.model.table import ColumnInfo, RawExport
from ppdarchive.read.delimited import blank_rows, check_names

# What pyarrow raises on damaged files; its own family covers no file, name or number errors.
_DAMAGED: Final = (pa.ArrowException, OSError, ValueError, OverflowError)

_PLAIN: Final = (
    pt.is_boolean,
    pt.is_integer,
    pt.is_null,
    pt.is_string,
    pt.is_large_string,
    pt.is_string_view,
)
_WORDS: Final = (
    ("struct", pt.is_struct),
    ("map", pt.is_map),
    ("duration", pt.is_duration),
    ("binary", pt.is_binary),
    ("binary", pt.is_large_binary),
    ("binary", pt.is_fixed_size_binary),
)


class _UnsuitableError(Exception):
    """A type that no survey field has; says which in a word of ours."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def read_parquet(data: Content, *, name: str) -> RawExport:
    """Read a Parquet file, each value as the text that Table Schema's default form gives it.

    Whole numbers and decimals are digits; other numbers the shortest decimal that is the same number,
    never without a fraction (``3.0``), or ``NaN``, ``INF``, ``-INF``; truth is ``true`` and
    ``false``; dates and times are as in ISO 8601, in UTC with a ``Z`` where they have a zone; items of
    a list are parted by commas. Nulls stay null. Every column is read, pandas' index too.

    Parameters
    ----------
    data : Content
        The whole file.
    name : str
        What the file is called in errors.

    Raises
    ------
    ReadError
        ``read.parquet`` if it cannot be read or holds text that is not UTF-8;
        ``read.parquet-type`` for binary, nested and other types, and for lists whose items are
        missing, empty or hold commas; ``read.unnamed-column``, ``read.duplicate-column``.

    References
    ----------
    Apache Parquet, "Logical Types". Data Package v2, Table Schema, "Field Types".
    """
    table: pa.Table | None = None
    names: list[str] = []
    cells: dict[int, pa.ChunkedArray] = {}
    position, kind = 0, ""
    try:
        file = pq.ParquetFile(
            pa.BufferReader(pa.py_buffer(data)), pre_buffer=False, page_checksum_verification=True
        )
        table = file.read(use_threads=False)
        # Offsets, dictionary places and UTF-8 are not checked when a file is read.
        table.validate(full=True)
        names = table.column_names
        for position, column in enumerate(table.columns, start=1):
            cells[position] = _as_text(column)
    except _UnsuitableError as error:
        kind = error.kind
    except _DAMAGED:
        table = None
    if table is None or not names:
        raise ReadError("read.parquet", path=name)
    if kind:
        raise ReadError("read.parquet-type", path=name, column=position, kind=kind)
    check_names(names, name, line=None, unique=True)
    texts = pa.table({f"c{at}": column for at, column in cells.items()})
    return RawExport(
        path=name,
        source="parquet",
        cells=texts,
        columns=tuple(
            ColumnInfo(column, at, is_native=not _is_text(table.schema.types[at - 1]))
            for at, column in enumerate(names, start=1)
        ),
        lines=np.arange(1, texts.num_rows + 1, dtype=np.int64),
        n_header=0,
        marks=MappingProxyType({"blank": blank_rows(texts)}),
    )


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of any type as strings."""
    chunks = [_chunk_as_text(chunk) for chunk in column.chunks]
    return pa.chunked_array(chunks, pa.string())


def _chunk_as_text(values: pa.Array) -> pa.Array:
    kind = values.type
    if isinstance(kind, pa.BaseExtensionType):
        return _chunk_as_text(values.storage)
    if pt.is_dictionary(kind):
        return _chunk_as_text(values.dictionary_decode())
    if pt.is_floating(kind):
        return _floats_as_text(values)
    if pt.is_decimal(kind):
        numbers = (None if number is None else format(number, "f") for number in values.to_pylist())
        return pa.array(numbers, pa.string())
    if pt.is_timestamp(kind):
        text = _in_calendar(values.cast(pa.timestamp(kind.unit)).cast(pa.string()), "^[0-9]{4}-")
        text = _shorten(pc.replace_substring(text, " ", "T", max_replacements=1))
        return text if kind.tz is None else pc.binary_join_element_wise(text, "Z", "")
    if pt.is_date(kind):
        return _in_calendar(values.cast(pa.string()), "^[0-9]{4}-")
    if pt.is_time(kind):
        return _shorten(_in_calendar(values.cast(pa.string()), "^[0-9]{2}:"))
    if pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind):
        return _lists_as_text(values)
    if any(is_kind(kind) for is_kind in _PLAIN):
        return values.cast(pa.string())
    raise _UnsuitableError(next((word for word, is_kind in _WORDS if is_kind(kind)), "other"))


def _floats_as_text(values: pa.Array) -> pa.Array:
    # numpy knows the shortest text of a 32-bit number, which is not that of its 64-bit neighbour.
    scalars = values.drop_null().to_numpy(zero_copy_only=False)
    shortest = iter([_special(number) or str(number) for number in scalars])
    is_there = values.is_valid().to_pylist()
    return pa.array([next(shortest) if there else None for there in is_there], pa.string())


def _special(number: np.floating) -> str:
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "INF" if number > 0 else "-INF"
    return ""


def _in_calendar(text: pa.Array, pattern: str) -> pa.Array:
    # pyarrow writes a remark in place of what it cannot write.
    if pc.any(pc.invert(pc.match_substring_regex(text, pattern))).as_py():
        raise _UnsuitableError("out-of-range date or time")
    return text


def _shorten(text: pa.Array) -> pa.Array:
    # A fraction of a second only if there is one, and finer than millionths only if it is.
    text = pc.replace_substring_regex(text, r"\.0+$", "")
    return pc.replace_substring_regex(text, r"(\.[0-9]{6})000$", r"\1")


def _lists_as_text(values: pa.Array) -> pa.Array:
    items = _chunk_as_text(values.flatten())
    is_unclear = pc.or_(pc.match_substring(items, ","), pc.equal(items, ""))
    if pt.is_nested(values.type.value_type) or items.null_count or pc.any(is_unclear).as_py():
        raise _UnsuitableError("ambiguous list")
    offsets = np.zeros(len(values) + 1, np.int32)
    np.cumsum(pc.fill_null(pc.list_value_length(values), 0).to_numpy(), out=offsets[1:])
    lists = pa.ListArray.from_arrays(pa.array(offsets), items)
    joined = pc.binary_join(lists, ",")
    return pc.if_else(values.is_valid(), joined, pa.scalar(None, pa.string()))


def _is_text(kind: pa.DataType) -> bool:
    """Whether values are texts, written in whatever form the schema says, and not typed."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
