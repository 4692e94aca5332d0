"""The distinct cells of a table's files: at once where they are few, else part by part.

Most columns have few distinct cells, or short ones. Of answers there may be gigabytes: they are read again
for themselves, and of each only a digest is remembered, which says where it was seen.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from ppdarchive.gate.held import ManyStrings, Place, Strings

HELD_BYTES: Final = 1 << 25
"""What the distinct cells of a column may take before they are looked at part by part."""
_BLOCK_BYTES: Final = 1 << 26
"""No row of a CSV copy is longer than this."""
_BATCH_ROWS: Final = 1 << 13
_BUFFER_BYTES: Final = 1 << 20
_PENDING_BYTES: Final = 1 << 22

_Source = Callable[[], Iterator[Sequence[str]]]


def cells_of(
    table: str, files: Sequence[tuple[str, Path]], held_bytes: int
) -> Iterator[Strings | ManyStrings]:
    """The distinct cells of each column, of the table's Parquet file and its copy at once.

    Parameters
    ----------
    table : str
    files : sequence of tuple of str and Path
        Each file by its name in the package.
    held_bytes : int
        As `HELD_BYTES`.
    """
    columns: dict[str, dict[Place, frozenset[str] | _Source]] = {}
    numbers: set[str] = set()
    types = [(name, path, _types(path)) for name, path in files]
    for name, path, kinds in types:
        numbers |= {column for column, kind in kinds.items() if _is_number(kind)}
        # What is no text stands in the copy too, as it is written.
        wanted = [
            column
            for column, kind in kinds.items()
            if not pa.types.is_primitive(kind) or sum(column in own for _, _, own in types) == 1
        ]
        found = _gathered(path, wanted, held_bytes)
        for column in kinds:
            own = columns.setdefault(column, {})
            own |= {Place(name, f"column {column}"): found[column]} if column in found else {}
    for column, by_place in columns.items():
        held = {place: texts for place, texts in by_place.items() if isinstance(texts, frozenset)}
        if len(held) == len(by_place):
            yield Strings("cells", held, table, column, column in numbers)
            continue
        sources = {
            place: partial(_once, texts) if isinstance(texts, frozenset) else texts
            for place, texts in by_place.items()
        }
        yield ManyStrings("cells", sources, table, column, column in numbers)


def _once(texts: frozenset[str]) -> Iterator[Sequence[str]]:
    yield sorted(texts)


def _types(path: Path) -> dict[str, pa.DataType]:
    """The columns of a file; all of a CSV file are texts."""
    if path.suffix != ".csv":
        schema = pq.read_schema(path)
        return dict(zip(schema.names, schema.types, strict=True))
    with path.open(encoding="utf-8", newline="") as file:
        return dict.fromkeys(next(csv.reader(file), []), pa.string())


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _gathered(path: Path, columns: Sequence[str], held_bytes: int) -> Mapping[str, frozenset[str] | _Source]:
    """The distinct cells of each column, or where they are too many how to read them."""
    found = [_Distinct(held_bytes) for _ in columns]
    for batch in _batches(path, columns):
        for own, cells in zip(found, batch.columns, strict=True):
            own.add(cells)
    values = {column: own.values() for column, own in zip(columns, found, strict=True)}
    return {
        column: partial(_texts, path, column) if own is None else frozenset(_strings(own))
        for column, own in values.items()
    }


class _Distinct:
    """The distinct values of a column, as long as they are few."""

    def __init__(self, held_bytes: int) -> None:
        self._are_too_many = False
        self._held: list[pa.Array] = []
        self._pending_bytes = 0
        self._held_bytes = held_bytes

    def add(self, cells: pa.Array) -> None:
        """Take in a batch."""
        if self._are_too_many:
            return
        own = pc.unique(cells)
        self._held.append(own)
        self._pending_bytes += own.nbytes
        if self._pending_bytes > _PENDING_BYTES:
            self._settle()

    def values(self) -> pa.Array | None:
        """Each value once; None if they are too many."""
        self._settle()
        if self._are_too_many:
            return None
        return self._held[0] if self._held else pa.array([], pa.string())

    def _settle(self) -> None:
        if len(self._held) > 1:
            self._held = [pc.unique(pa.chunked_array(self._held))]
        size = sum(own.nbytes for own in self._held)
        # Counted from half on, so that values are put together the more rarely the more they are.
        self._pending_bytes = -size // 2
        if size > self._held_bytes:
            self._are_too_many, self._held = True, []


def _batches(path: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Some columns of a file, a batch of rows at a time; of a CSV file as they are written."""
    if not columns:
        return
    if path.suffix != ".csv":
        with pq.ParquetFile(path, buffer_size=_BUFFER_BYTES) as file:
            yield from file.iter_batches(_BATCH_ROWS, columns=list(columns), use_threads=False)
        return
    with pa.csv.open_csv(
        path,
        read_options=pa.csv.ReadOptions(block_size=_BLOCK_BYTES, use_threads=False),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            strings_can_be_null=False,
            include_columns=list(columns),
            column_types=dict.fromkeys(columns, pa.string()),
        ),
    ) as reader:
        yield from reader


def _texts(path: Path, column: str) -> Iterator[Sequence[str]]:
    for batch in _batches(path, [column]):
        for begin in range(0, batch.num_rows, _BATCH_ROWS):
            yield _strings(pc.unique(batch.column(0).slice(begin, _BATCH_ROWS)))


def _strings(values: pa.Array) -> list[str]:
    found = values.drop_null().to_pylist()
    return [each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in found]
