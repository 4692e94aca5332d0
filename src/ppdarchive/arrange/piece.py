"""One export -> its piece of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.arrange.columns import find, find_group, unaccounted
from ppdarchive.arrange.translate import gather, missing_texts, translate, translation
from ppdarchive.model.columns import IN_MEMORY, PIECE_BYTES, Keeper, kept_rows
from ppdarchive.model.finding import ExportCount, Place
from ppdarchive.model.schema import Field, Kind, Lexical, Schema
from ppdarchive.model.table import ColumnInfo, Lines, Mask, RawExport
from ppdarchive.study import PARTICIPANT, QUESTION, WAVE, Export, Long

EVENT_COLUMN = "redcap_event_name"


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """What one export gives to a table; see `RawTable` for the parts that are not told here.

    Attributes
    ----------
    cells : Table, shape (n_rows, n_fields_given)
    line : ndarray of int64, shape (n_rows,)
    column : ndarray of int32, shape (n_rows,), or None
        For rows made of one cell each: its column in the file, from 1.
    column_fields : frozenset of str
        The fields that such a cell fills.
    lexical : mapping of str to Lexical
        Fields whose text is written in another form here than the schema says.
    missing_columns : tuple of str
    unknown_columns : tuple of Place
    in_order : bool
    count : ExportCount
    """

    cells: pa.Table
    line: Lines
    column: npt.NDArray[np.int32] | None
    column_fields: frozenset[str]
    lexical: Mapping[str, Lexical]
    missing_columns: tuple[str, ...]
    unknown_columns: tuple[Place, ...]
    in_order: bool
    count: ExportCount

    def __repr__(self) -> str:
        return f"<Piece of {self.count.table}: {self.cells.num_rows} rows>"


@dataclass(frozen=True, slots=True)
class _Column:
    """A field's texts for the kept rows, the form they are written in, and the columns they come from."""

    cells: pa.ChunkedArray
    positions: tuple[int, ...] = ()
    lexical: Lexical | None = None


def arrange(
    export: RawExport,
    spec: Export,
    schema: Schema,
    long: tuple[Long, ...],
    *,
    used_elsewhere: frozenset[int] = frozenset(),
    keeper: Keeper = IN_MEMORY,
) -> Piece:
    """Make an export's piece of a table as study.toml says.

    Parameters
    ----------
    export : RawExport
    spec : Export
        The export's part of study.toml; it has been checked against the schemas.
    schema : Schema
    long : tuple of Long
        Columns whose cells become rows of their own; empty for a table with a row per export row.
    used_elsewhere : frozenset of int
        Columns of the same file that other tables take something from.
    keeper : Keeper
        Where the piece's cells are kept.

    Returns
    -------
    Piece
        Rows in the export's order; those that become several rows follow each other.
    """
    kept, excluded = _keep(export, spec)
    rows = _rows(export, kept, keeper)
    is_mapped = bool(spec.columns or long)
    columns = _mapped(rows, spec, schema, keeper) if is_mapped else _by_name(rows, spec, schema, keeper)
    order = [column.positions[0] for column in columns.values() if column.positions]
    columns |= _given(rows, spec, schema)
    used = {position for column in columns.values() for position in column.positions}
    unanswered = 0
    absent: frozenset[str] = frozenset()
    if long:
        part = _lengthen(rows, spec, schema, long, columns, keeper)
        cells, line, origin, unanswered = part.cells, part.line, part.origin, part.unanswered
        used |= part.used
        absent = part.absent
    else:
        cells = pa.table({name: column.cells for name, column in columns.items()})
        # A file without any of the table's columns gives it no row.
        line, origin = rows.lines if columns else rows.lines[:0], None
    for name in (spec.key, spec.id, EVENT_COLUMN if spec.events else None):
        if name is not None and (column := find(export, name)) is not None:
            used.add(column.position)
    unknown = unaccounted(export, used | used_elsewhere, spec.ignore)
    return Piece(
        cells=cells,
        line=line,
        column=origin,
        column_fields=frozenset(item.into for item in long),
        lexical={name: column.lexical for name, column in columns.items() if column.lexical is not None},
        missing_columns=tuple(
            name for name in schema.names if name not in cells.column_names or name in absent
        ),
        unknown_columns=tuple(Place(export.path, 1, column.position) for column in unknown),
        in_order=is_mapped or order == sorted(order),
        count=ExportCount(
            file=export.path,
            table=schema.name,
            n_read=export.n_rows,
            n_header=export.n_header,
            excluded=excluded,
            marked=_marked(rows, excluded),
            n_kept=rows.n_rows,
            n_rows=len(line),
            unanswered=unanswered,
            unmapped=tuple(column.position for column in unknown),
        ),
    )


def positions_used(export: RawExport, spec: Export, schema: Schema, long: tuple[Long, ...]) -> frozenset[int]:
    """Columns of the file that `spec` takes something from."""
    names = [
        name for source in spec.columns.values() for name in ([source] if isinstance(source, str) else source)
    ]
    names += [item.column for item in long]
    if not spec.columns and not long:
        names += schema.names  # without a mapping the header names the fields
    names += [name for name in (spec.key, spec.id) if name is not None]
    found = {column.position for name in names if (column := find(export, name)) is not None}
    return frozenset(found | {column.position for name in names for column in find_group(export, name)})


# ---------------------------------------------------------------------------------------------
# Rows
# ---------------------------------------------------------------------------------------------


def _keep(export: RawExport, spec: Export) -> tuple[Mask, dict[str, int]]:
    """The rows that stay, and how many each rule took; a row counts for the first rule that takes it."""
    rules: list[tuple[str, Mask]] = [
        (name, export.marks[mark])
        for name in type(spec.exclude).model_fields
        if getattr(spec.exclude, name) and (mark := name.replace("_", "-")) in export.marks
    ]
    if spec.events:
        event = find(export, EVENT_COLUMN)
        named = pa.array(list(spec.events), pa.string())
        other = (
            np.zeros(export.n_rows, dtype=bool)
            if event is None
            else ~np.asarray(pc.is_in(export.cells.column(event.position - 1), value_set=named))
        )
        rules.append(("event", other))
    kept = np.ones(export.n_rows, dtype=bool)
    excluded: dict[str, int] = {}
    for name, mask in rules:
        taken = kept & mask
        if taken.any():
            excluded[name] = int(taken.sum())
            kept &= ~mask
    return kept, excluded


def _rows(export: RawExport, kept: Mask, keeper: Keeper) -> RawExport:
    if kept.all():
        return export
    mask = pa.array(kept)
    columns = [
        kept_rows(column, mask, keeper.column) if column.nbytes > PIECE_BYTES else column.filter(mask)
        for column in export.cells.columns
    ]
    marks = {name: mark[kept] for name, mark in export.marks.items()}
    return replace(
        export,
        cells=pa.table(columns, names=export.cells.column_names),
        lines=export.lines[kept],
        marks=MappingProxyType(marks),
    )


def _marked(rows: RawExport, excluded: Mapping[str, int]) -> Mapping[str, int]:
    """How many of the rows that stay carry a mark that would exclude them if its rule were on."""
    counts = {name: int(mask.sum()) for name, mask in rows.marks.items()}
    return MappingProxyType(
        {name: number for name, number in counts.items() if number and name not in excluded}
    )


# ---------------------------------------------------------------------------------------------
# Columns
# ---------------------------------------------------------------------------------------------


def _by_name(rows: RawExport, spec: Export, schema: Schema, keeper: Keeper) -> dict[str, _Column]:
    """Fields from the columns of the same name."""
    result: dict[str, _Column] = {}
    for field in schema:
        column = find(rows, field.name)
        if column is not None:
            result[field.name] = _field(rows, spec, field, column, keeper)
    return result


def _mapped(rows: RawExport, spec: Export, schema: Schema, keeper: Keeper) -> dict[str, _Column]:
    """Fields from the columns that ``[export.columns]`` names."""
    result: dict[str, _Column] = {}
    for name, source in spec.columns.items():
        if name not in schema:
            continue
        field = schema[name]
        group = _group(rows, source)
        if group and field.kind is Kind.LIST:
            cells = gather(
                rows.cells,
                group,
                spec.translate.get(name, {}),
                field.lexical.delimiter,
                missing=missing_texts(field, spec),
            )
            result[name] = _Column(cells, tuple(column.position for column in group))
        elif isinstance(source, str) and (column := find(rows, source)) is not None:
            result[name] = _field(rows, spec, field, column, keeper)
    return result


def _group(rows: RawExport, source: str | list[str]) -> tuple[ColumnInfo, ...]:
    if isinstance(source, str):
        return find_group(rows, source)
    found = [find(rows, name) for name in source]
    return tuple(column for column in found if column is not None) if None not in found else ()


def _field(
    rows: RawExport, spec: Export, field: Field, column: ColumnInfo, keeper: Keeper = IN_MEMORY
) -> _Column:
    """One field from one column, translated, with the form that its text is written in."""
    cells = translate(rows.cells.column(column.position - 1), translation(field, column, spec), keeper.column)
    lexical: Lexical | None = None
    if field.name in spec.formats:
        lexical = replace(field.lexical, format=spec.formats[field.name])
    elif column.is_native:
        lexical = Lexical(item_kind=field.lexical.item_kind)
    return _Column(cells, (column.position,), lexical)


def _given(rows: RawExport, spec: Export, schema: Schema) -> dict[str, _Column]:
    """Fields that do not stand in ``[export.columns]``: the key, constants, the event's wave."""
    result: dict[str, _Column] = {}
    if spec.key is not None and (column := find(rows, spec.key)) is not None:
        result[PARTICIPANT] = _field(rows, spec, schema[PARTICIPANT], column)
    for name, text in spec.constants.items():
        result[name] = _Column(_repeated(text, rows.n_rows))
    event = find(rows, EVENT_COLUMN) if any(spec.events.values()) else None
    if event is not None:
        cells = rows.cells.column(event.position - 1)
        result[WAVE] = _Column(translate(cells, spec.events), (event.position,))
    return result


def _repeated(text: str, n_rows: int) -> pa.ChunkedArray:
    return pa.chunked_array([pa.repeat(pa.scalar(text, pa.string()), n_rows)], type=pa.string())


# ---------------------------------------------------------------------------------------------
# Question columns -> rows
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Long:
    cells: pa.Table
    line: Lines
    origin: npt.NDArray[np.int32]
    used: frozenset[int]
    unanswered: int
    absent: frozenset[str]


def _lengthen(  # noqa: PLR0917 (what `arrange` was given and found)
    rows: RawExport,
    spec: Export,
    schema: Schema,
    long: tuple[Long, ...],
    columns: Mapping[str, _Column],
    keeper: Keeper,
) -> _Long:
    """A row for each answered cell of the columns in `long`, with what its export row says besides."""
    found = [find(rows, item.column) for item in long]
    absent = frozenset(item.into for item, column in zip(long, found, strict=True) if column is None)
    used = [column.position for column in found if column is not None]
    if not used:
        return _Long(pa.table({}), np.empty(0, np.int64), np.empty(0, np.int32), frozenset(), 0, absent)
    ids = _row_ids(rows, spec)
    lines: list[Lines] = []
    origin: list[npt.NDArray[np.int32]] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for start, size in _blocks(rows, used):
            block = replace(rows, cells=rows.cells.slice(start, size), lines=rows.lines[start : start + size])
            others = {name: column.cells.slice(start, size) for name, column in columns.items()}
            own = None if ids is None else ids.slice(start, size)
            table, places, positions = _block(block, spec, schema, long, others, own)
            lines.append(block.lines[places])
            origin.append(positions)
            yield from table.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]

    first = next(every := batches())
    cells = keeper.table(chain([first], every), first.schema)
    line = np.concatenate(lines)
    return _Long(
        cells, line, np.concatenate(origin), frozenset(used), len(used) * rows.n_rows - len(line), absent
    )


def _blocks(rows: RawExport, positions: Sequence[int]) -> list[tuple[int, int]]:
    """Rows of an export in blocks that are not too large, as start and size; one at least."""
    n_bytes = sum(rows.cells.column(position - 1).nbytes for position in positions)
    step = max(1, PIECE_BYTES * rows.n_rows // max(1, n_bytes))
    return [(start, min(step, rows.n_rows - start)) for start in range(0, rows.n_rows, step)] or [(0, 0)]


def _block(  # noqa: PLR0917 (what `_lengthen` was given, of some rows)
    rows: RawExport,
    spec: Export,
    schema: Schema,
    long: tuple[Long, ...],
    others: Mapping[str, pa.ChunkedArray],
    ids: pa.ChunkedArray | None,
) -> tuple[pa.Table, npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """The rows of a block of export rows, the export row of each, and its column in the file."""
    parts: list[pa.Table] = []
    order: list[npt.NDArray[np.int64]] = []
    origin: list[npt.NDArray[np.int32]] = []
    for number, item in enumerate(long):
        column = find(rows, item.column)
        if column is None:
            continue
        answers = _field(rows, spec, schema[item.into], column)
        answered = np.asarray(pc.fill_null(pc.not_equal(rows.cells.column(column.position - 1), ""), False))
        taken = np.flatnonzero(answered)
        fields = {name: cells.take(taken) for name, cells in others.items()}
        fields |= {name: _repeated(text, len(taken)) for name, text in item.set.items()}
        fields[item.into] = answers.cells.take(taken)
        key = _single_key(schema, fields)
        if key is not None and ids is not None:
            question = item.set.get(QUESTION, item.column)
            fields[key] = pc.binary_join_element_wise(ids.take(taken), question, ".")
        parts.append(pa.table({name: fields[name] for name in schema.names if name in fields}))
        order.append(taken * len(long) + number)
        origin.append(np.full(len(taken), column.position, dtype=np.int32))
    sequence = np.concatenate(order)
    positions = np.argsort(sequence, kind="stable")
    table = pa.concat_tables(parts, promote_options="default").take(positions)
    return table, sequence[positions] // len(long), np.concatenate(origin)[positions]


def _row_ids(rows: RawExport, spec: Export) -> pa.ChunkedArray | None:
    """What names an export row: the column that ``id`` names, or the survey tool's own, or the key."""
    names = [spec.id] if spec.id is not None else ["_recordId", spec.key]
    for name in names:
        if name is not None and (column := find(rows, name)) is not None:
            return rows.cells.column(column.position - 1)
    return None


def _single_key(schema: Schema, fields: Mapping[str, object]) -> str | None:
    """The primary key's only field, if the study does not fill it otherwise."""
    if len(schema.primary_key) == 1 and schema.primary_key[0] not in fields:
        return schema.primary_key[0]
    return None
