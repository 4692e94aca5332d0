"""A slow, obvious reference of validation: one cell, one row at a time, in plain Python.

It says what must hold from the standard's text alone and shares nothing with `ppdarchive.validate`,
so that each is a second opinion on the other.

References
----------
Data Package v2, Table Schema, https://datapackage.org/standard/table-schema/
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ppdarchive.model.finding import Rule, RuleKind
from ppdarchive.model.lexical import parser
from ppdarchive.model.schema import Field, FieldsMatch, Kind, Schema, Schemas
from ppdarchive.model.table import RawTable

Broken = tuple[str, str, int | None]
"""A rule's id, the table, and the row from 0 (None for a rule about columns)."""

Cell = str | None
Value = Any
"""A typed value, a tuple of them for a list, or None for no value."""

NEEDS_ALL_FIELDS: Final = (FieldsMatch.EXACT, FieldsMatch.EQUAL, FieldsMatch.SUBSET)
FORBIDS_OTHERS: Final = (FieldsMatch.EXACT, FieldsMatch.EQUAL, FieldsMatch.SUPERSET)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one cell means: its value, and the rules that it breaks by itself."""

    value: Value
    kinds: frozenset[RuleKind]


def judge_cell(field: Field, text: Cell, *, is_key: bool = False) -> Verdict:
    """Judge one cell by itself; keys and uniqueness are not its own matter.

    Parameters
    ----------
    field : Field
    text : str or None
        The cell; None where there is none.
    is_key : bool
        Whether the field is part of the primary key, and so required.

    Returns
    -------
    Verdict

    Examples
    --------
    >>> sorted(judge_cell(Field("age", Kind.INTEGER), "1_000").kinds)
    [<RuleKind.TYPE: 'type'>]
    """
    if text is None or any(text == code.value for code in field.missing_values):
        needed = field.constraints.required or is_key
        return Verdict(None, frozenset({RuleKind.REQUIRED} if needed else ()))
    is_named = field.kind is Kind.STRING and field.categories is not None
    value = text if is_named else understand(field, text)
    if value is None:
        return Verdict(None, frozenset({RuleKind.FORMAT if field.kind is Kind.STRING else RuleKind.TYPE}))
    if field.categories is not None and value not in [known.value for known in field.categories]:
        return Verdict(None, frozenset({RuleKind.CATEGORY}))
    return Verdict(value, frozenset(broken_constraints(field, value)))


def understand(field: Field, text: str) -> Value:
    """The typed value of a text; None if it is none of the field's type."""
    if field.kind is Kind.LIST:
        items = [parser(field)(item) for item in text.split(field.lexical.delimiter)]
        return None if any(item is None for item in items) else tuple(items)
    return parser(field)(text)


def broken_constraints(field: Field, value: Value) -> Iterator[RuleKind]:
    """The constraints that a typed value breaks by itself."""
    demands = field.constraints
    if demands.minimum is not None and value < demands.minimum:
        yield RuleKind.MINIMUM
    if demands.maximum is not None and value > demands.maximum:
        yield RuleKind.MAXIMUM
    if demands.exclusive_minimum is not None and value <= demands.exclusive_minimum:
        yield RuleKind.EXCLUSIVE_MINIMUM
    if demands.exclusive_maximum is not None and value >= demands.exclusive_maximum:
        yield RuleKind.EXCLUSIVE_MAXIMUM
    if demands.min_length is not None and len(value) < demands.min_length:
        yield RuleKind.MIN_LENGTH
    if demands.max_length is not None and len(value) > demands.max_length:
        yield RuleKind.MAX_LENGTH
    if demands.pattern is not None and re.fullmatch(demands.pattern, value) is None:
        yield RuleKind.PATTERN
    if demands.enum is not None and value not in demands.enum:
        yield RuleKind.ENUM


def cells(table: RawTable, name: str) -> list[Cell]:
    """The cells of one column; all None where the table has no such column."""
    if name not in table.cells.column_names:
        return [None] * table.n_rows
    column: list[Cell] = table.cells.column(name).to_pylist()
    return column


def broken(tables: Mapping[str, RawTable], schemas: Schemas) -> set[Broken]:
    """Every rule that the tables break, and where.

    Parameters
    ----------
    tables : mapping of str to RawTable
    schemas : mapping of str to Schema
        The same names; a table that is not there is taken as empty.

    Returns
    -------
    set of (str, str, int or None)
        Rule id, table, row.
    """
    values = {name: _values(table, schemas[name]) for name, table in tables.items()}
    result: set[Broken] = set()
    for name, table in tables.items():
        schema = schemas[name]
        result.update(_broken_columns(table, schema))
        result.update(_broken_cells(table, schema))
        result.update(_broken_keys(schema, values[name]))
        result.update(_broken_references(schema, values))
    return result


Columns = Mapping[str, list[Value]]


def _values(table: RawTable, schema: Schema) -> Columns:
    return {f.name: [judge_cell(known, text).value for known, text in written(table, f)] for f in schema}


def written(table: RawTable, field: Field) -> list[tuple[Field, Cell]]:
    """Each cell of a column with the field as it is written in that row."""
    fields = [field] * table.n_rows
    for form in table.forms.get(field.name, ()):
        fields[form.start : form.stop] = [replace(field, lexical=form.lexical)] * (form.stop - form.start)
    return list(zip(fields, cells(table, field.name), strict=True))


def _broken(schema: Schema, kind: RuleKind, names: tuple[str, ...], row: int | None) -> Broken:
    return (Rule(schema.name, kind, names, demand="").id, schema.name, row)


def absent(table: RawTable, schema: Schema) -> list[str]:
    """The fields of the schema that the table has no column for."""
    return [n for n in schema.names if n not in table.cells.column_names or n in table.missing_columns]


def _broken_columns(table: RawTable, schema: Schema) -> Iterator[Broken]:
    if schema.fields_match in NEEDS_ALL_FIELDS:
        for name in absent(table, schema):
            yield _broken(schema, RuleKind.MISSING_COLUMN, (name,), None)
    if schema.fields_match is FieldsMatch.PARTIAL and len(absent(table, schema)) == len(schema.fields):
        yield _broken(schema, RuleKind.MISSING_COLUMN, (), None)
    if schema.fields_match in FORBIDS_OTHERS and table.unknown_columns:
        yield _broken(schema, RuleKind.UNKNOWN_COLUMN, (), None)
    if schema.fields_match is FieldsMatch.EXACT and not table.in_order:
        yield _broken(schema, RuleKind.COLUMN_ORDER, (), None)


def _broken_cells(table: RawTable, schema: Schema) -> Iterator[Broken]:
    gone = absent(table, schema) if schema.fields_match in NEEDS_ALL_FIELDS else []
    for field in schema:
        if field.name in gone:
            continue  # the missing column is said once, not for every row
        is_key = field.name in schema.primary_key
        seen: list[Value] = []
        for row, (known, text) in enumerate(written(table, field)):
            verdict = judge_cell(known, text, is_key=is_key)
            for kind in verdict.kinds:
                yield _broken(schema, kind, (field.name,), row)
            if field.constraints.unique and verdict.value is not None:
                if verdict.value in seen:
                    yield _broken(schema, RuleKind.UNIQUE, (field.name,), row)
                seen.append(verdict.value)


def _tuples(columns: Columns, names: tuple[str, ...]) -> list[tuple[Value, ...]]:
    """The values of several fields, row by row."""
    return list(zip(*(columns[name] for name in names), strict=True))


def _broken_keys(schema: Schema, columns: Columns) -> Iterator[Broken]:
    keys = [(RuleKind.PRIMARY_KEY, schema.primary_key)] if schema.primary_key else []
    keys += [(RuleKind.UNIQUE_KEY, key) for key in schema.unique_keys]
    for kind, names in keys:
        seen: set[Hashable] = set()
        for row, key in enumerate(_tuples(columns, names)):
            if None in key:
                continue
            if key in seen:
                yield _broken(schema, kind, names, row)
            seen.add(key)


def _broken_references(schema: Schema, values: Mapping[str, Columns]) -> Iterator[Broken]:
    for key in schema.foreign_keys:
        target = values.get(key.resource or schema.name)
        known = set() if target is None else set(_tuples(target, key.reference_fields))
        for row, reference in enumerate(_tuples(values[schema.name], key.fields)):
            if None not in reference and reference not in known:
                yield _broken(schema, RuleKind.FOREIGN_KEY, key.fields, row)
