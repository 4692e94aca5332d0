"""Tables of cell texts that satisfy a schema, and all tables of a package together."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from ppdarchive.model.finding import Place
from ppdarchive.model.schema import Field, FieldsMatch, ForeignKey, Schema, Schemas
from ppdarchive.model.table import Provenance, RawTable
from ppdarchive.testing.oracle import FORBIDS_OTHERS, NEEDS_ALL_FIELDS, broken, cells, judge_cell
from ppdarchive.testing.values import cell_texts, missing_cells, plain_text, texts

Row = dict[str, str | None]
Values = dict[str, Any]
Pools = Mapping[str, Sequence[Values]]
"""The typed rows of tables that are there already, by table name."""


def raw_table(
    schema: Schema,
    columns: Mapping[str, Sequence[str | None]],
    *,
    n_unknown: int = 0,
    in_order: bool = True,
) -> RawTable:
    """A table as read from ``<schema name>.csv`` with one header row.

    Parameters
    ----------
    schema : Schema
    columns : mapping of str to sequence of str or None, all of the same length
        A field without column is a column that the file does not have.
    n_unknown : int
        Columns of the file that belong to no field, behind the others.
    in_order : bool
        Whether the columns stand in the schema's order.

    Examples
    --------
    >>> from ppdarchive.model.schema import Field, Kind
    >>> schema = Schema("ages", (Field("age", Kind.INTEGER),))
    >>> raw_table(schema, {"age": ["41", None]})
    <RawTable ages: 2 rows>
    """
    n_rows = max((len(column) for column in columns.values()), default=0)
    file = f"{schema.name}.csv"
    provenance = Provenance(
        files=(file,),
        file=np.zeros(n_rows, dtype=np.int32),
        line=np.arange(2, n_rows + 2, dtype=np.int64),
    )
    arrays = {name: pa.array(list(column), pa.string()) for name, column in columns.items()}
    return RawTable(
        schema=schema,
        cells=pa.table(arrays),
        provenance=provenance,
        missing_columns=tuple(name for name in schema.names if name not in columns),
        unknown_columns=tuple(Place(file, 1, len(columns) + n) for n in range(1, n_unknown + 1)),
        in_order=in_order,
    )


def column_texts(table: RawTable) -> dict[str, list[str | None]]:
    """The cells of a table, column by column."""
    return {name: cells(table, name) for name in table.cells.column_names}


def tables(schema: Schema, *, min_rows: int = 0, max_rows: int = 8) -> st.SearchStrategy[RawTable]:
    """Tables that satisfy `schema`, in every lexical form that it allows.

    Parameters
    ----------
    schema : Schema
        Its foreign keys refer to itself.
    min_rows, max_rows : int
        A schema whose keys have few values may not have tables of `min_rows` rows.

    Returns
    -------
    SearchStrategy of RawTable
    """
    return _tables(schema, {}, min_rows, max_rows)


@st.composite
def package_tables(
    draw: st.DrawFn, schemas: Schemas, *, min_rows: int = 0, max_rows: int = 8
) -> Mapping[str, RawTable]:
    """Tables for all of `schemas` that satisfy them, foreign keys among them included.

    Returns
    -------
    SearchStrategy of mapping of str to RawTable
        In the order of `schemas`.

    Raises
    ------
    InvalidArgument
        If the tables refer to one another in a circle.
    """
    made: dict[str, RawTable] = {}
    pools: dict[str, Sequence[Values]] = {}
    for schema in _by_reference(schemas):
        made[schema.name] = draw(_tables(schema, pools, min_rows, max_rows))
        pools[schema.name] = typed_rows(made[schema.name], schema)
    return {name: made[name] for name in schemas}


def typed_rows(table: RawTable, schema: Schema) -> list[Values]:
    """The rows of a table as typed values."""
    columns = {name: [judge_cell(schema[name], c).value for c in cells(table, name)] for name in schema.names}
    return [{name: column[row] for name, column in columns.items()} for row in range(table.n_rows)]


def _by_reference(schemas: Schemas) -> Iterator[Schema]:
    """Each schema behind those that it refers to."""
    waiting = dict(schemas)
    while waiting:
        ready = [
            name
            for name, schema in waiting.items()
            if not any(key.resource in waiting and key.resource != name for key in schema.foreign_keys)
        ]
        if not ready:
            raise InvalidArgument("tables that refer to one another in a circle")
        for name in ready:
            yield waiting.pop(name)


@st.composite
def _tables(draw: st.DrawFn, schema: Schema, pools: Pools, min_rows: int, max_rows: int) -> RawTable:
    own = [key for key in schema.foreign_keys if _is_own(schema, key)]
    late = {name for key in own for name in key.fields}
    if any(late & set(key.reference_fields) for key in own):
        raise InvalidArgument("a foreign key to fields which themselves refer to the table")
    if not all(_can_refer(schema, key, pools) for key in schema.foreign_keys if key not in own):
        max_rows = 0
    keys = _unique_names(schema)
    early = [key for key in keys if not late & set(key)]
    drawn: list[Row] = draw(
        st.lists(
            _rows(schema, pools, late),
            min_size=min_rows,
            max_size=max_rows,
            unique_by=tuple(_by_key(schema, key) for key in early) or None,
        )
    )
    targets = [_values(schema, row) for row in drawn]
    if not all(_can_refer(schema, key, {key.resource: targets}) for key in own):
        drawn = []
    for key in own:
        drawn = [row | draw(_reference(schema, key, targets, row)) for row in drawn]
    columns: dict[str, list[str | None]] = {name: [row[name] for row in drawn] for name in schema.names}
    table = _with_loose_columns(draw, schema, columns)
    if early != keys and broken({schema.name: table}, {schema.name: schema}):
        reject()
    return table


def _is_own(schema: Schema, key: ForeignKey) -> bool:
    return key.resource in ("", schema.name)


def _can_refer(schema: Schema, key: ForeignKey, pools: Pools) -> bool:
    """Whether a row may refer to nothing, or to some row that is there."""
    fields = [schema[name] for name in key.fields]
    if any(not _is_needed(schema, field) for field in fields):
        return True
    return any(
        _fits(fields, [target[name] for name in key.reference_fields])
        for target in pools.get(key.resource, ())
    )


def _unique_names(schema: Schema) -> list[tuple[str, ...]]:
    """The fields that together differ from row to row."""
    keys = [schema.primary_key] if schema.primary_key else []
    return [*keys, *schema.unique_keys, *((f.name,) for f in schema if f.constraints.unique)]


def _values(schema: Schema, row: Row) -> Values:
    return {name: judge_cell(schema[name], text).value for name, text in row.items()}


def _by_key(schema: Schema, names: tuple[str, ...]) -> Any:
    def identity(row: Row) -> Hashable:
        parts = tuple(judge_cell(schema[name], row[name]).value for name in names)
        return object() if None in parts else parts

    return identity


@st.composite
def _rows(draw: st.DrawFn, schema: Schema, pools: Pools, late: set[str]) -> Row:
    """Rows that satisfy each field and the references to other tables; `late` fields are still null."""
    row: Row = {}
    for key in schema.foreign_keys:
        if not _is_own(schema, key):
            row |= draw(_reference(schema, key, pools.get(key.resource, ()), row))
    for field in schema:
        if field.name in late:
            row.setdefault(field.name, None)
        elif field.name not in row:
            row[field.name] = draw(cell_texts(field, required=_is_needed(schema, field)))
    return row


@st.composite
def _reference(draw: st.DrawFn, schema: Schema, key: ForeignKey, targets: Sequence[Values], row: Row) -> Row:
    """Cells of the fields of `key` that refer to one of `targets`, or to nothing where allowed.

    Cells that another key has put into `row` already are kept.
    """
    fields = [schema[name] for name in key.fields]
    known = [tuple(target[name] for name in key.reference_fields) for target in targets]
    fitting = [parts for parts in dict.fromkeys(known) if _fits(fields, parts)]
    kept = {field.name: row[field.name] for field in fields if row.get(field.name) is not None}
    for place, field in enumerate(fields):
        if field.name in kept:
            value = judge_cell(field, kept[field.name]).value
            fitting = [parts for parts in fitting if parts[place] == value]
    free = [field for field in fields if not _is_needed(schema, field) and field.name not in kept]
    if not free and not fitting:
        reject()
    if fitting and (not free or draw(st.booleans())):
        parts = draw(st.sampled_from(fitting))
        chosen = {field.name: draw(texts(field, part)) for field, part in zip(fields, parts, strict=True)}
        return chosen | kept
    # One part that is null makes the whole refer to nothing.
    empty = draw(st.sampled_from(free))
    cells_of = {
        field.name: missing_cells(field)
        if field is empty
        else cell_texts(field, required=_is_needed(schema, field))
        for field in fields
    }
    return {name: kept[name] if name in kept else draw(cell) for name, cell in cells_of.items()}


def _is_needed(schema: Schema, field: Field) -> bool:
    return field.constraints.required or field.name in schema.primary_key


def _fits(fields: Sequence[Field], parts: Sequence[Any]) -> bool:
    """Whether each part can be written as a value of its field."""
    verdicts = [
        None if part is None else judge_cell(field, plain_text(field, part))
        for field, part in zip(fields, parts, strict=True)
    ]
    return all(
        verdict is not None and verdict.value == part and not verdict.kinds
        for verdict, part in zip(verdicts, parts, strict=True)
    )


def _with_loose_columns(draw: st.DrawFn, schema: Schema, columns: dict[str, list[str | None]]) -> RawTable:
    """The table, at times with other columns, or without some, or in another order, as it may be."""
    match = schema.fields_match
    n_unknown = draw(st.integers(0, 2)) if match not in FORBIDS_OTHERS else 0
    in_order = match is FieldsMatch.EXACT or draw(st.booleans())
    if match in NEEDS_ALL_FIELDS:
        return raw_table(schema, columns, n_unknown=n_unknown, in_order=in_order)
    in_keys = {name for key in _unique_names(schema) for name in key}
    in_keys |= {name for key in schema.foreign_keys for name in (*key.fields, *key.reference_fields)}
    loose = [f.name for f in schema if not f.constraints.required and f.name not in in_keys]
    loose = loose[: len(schema.fields) - 1]
    gone: set[str] = set()
    if draw(st.booleans()) and loose:
        gone = set(draw(st.lists(st.sampled_from(loose), unique=True)))
    kept = {name: column for name, column in columns.items() if name not in gone}
    return raw_table(schema, kept, n_unknown=n_unknown, in_order=in_order)
