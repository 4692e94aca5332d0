"""Valid tables changed in one way, so that one rule is broken at one place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from ppdarchive.model.finding import Place, Rule, RuleKind
from ppdarchive.model.schema import Constraints, Field, FieldsMatch, Kind, Schema, Schemas
from ppdarchive.model.table import RawTable
from ppdarchive.testing.bad_cells import bad_cells
from ppdarchive.testing.oracle import FORBIDS_OTHERS, NEEDS_ALL_FIELDS, broken, cells, judge_cell
from ppdarchive.testing.tables import column_texts, package_tables
from ppdarchive.testing.values import CHARACTERS, texts, values

Tables = Mapping[str, RawTable]

SPOILABLE: Final = tuple(kind for kind in RuleKind if kind is not RuleKind.STUDY)
"""The rules that a table can be made to break; a study's own rules are not in its schemas."""


# What nearly every schema has, and so is drawn least often.
_COMMON: Final = (
    *(RuleKind.TYPE, RuleKind.REQUIRED),
    *(RuleKind.MISSING_COLUMN, RuleKind.UNKNOWN_COLUMN, RuleKind.COLUMN_ORDER),
)


@dataclass(frozen=True, slots=True)
class Spoilt:
    """Tables that break exactly one rule at exactly one place.

    Attributes
    ----------
    tables : mapping of str to RawTable
    rule_id : str
    table : str
    row : int or None
        From 0; None for a rule about columns.
    """

    tables: Tables
    rule_id: str
    table: str
    row: int | None


def spoilt_tables(
    schema: Schema, *, kinds: Collection[RuleKind] = SPOILABLE, min_rows: int = 2, max_rows: int = 5
) -> st.SearchStrategy[Spoilt]:
    """One table that breaks one rule of `schema` at one place; as `spoilt_packages`."""
    return spoilt_packages({schema.name: schema}, kinds=kinds, min_rows=min_rows, max_rows=max_rows)


@st.composite
def spoilt_packages(
    draw: st.DrawFn,
    schemas: Schemas,
    *,
    kinds: Collection[RuleKind] = SPOILABLE,
    min_rows: int = 2,
    max_rows: int = 5,
) -> Spoilt:
    """Tables of a package of which one breaks one rule at one place.

    Parameters
    ----------
    schemas : mapping of str to Schema
    kinds : collection of RuleKind
        What may be broken.
    min_rows, max_rows : int
        Rows of each table.

    Returns
    -------
    SearchStrategy of Spoilt
        `ppdarchive.testing.oracle.broken` says of each that nothing else is broken.
    """
    demands = [rule for schema in schemas.values() for rule in _demands(schema) if rule.kind in kinds]
    if not demands:
        raise InvalidArgument("the schemas have no rule of these kinds")
    targets = sorted(demands, key=lambda rule: -SPOILABLE.index(rule.kind))
    known = list(dict.fromkeys(rule.kind for rule in targets))
    rare = [kind for kind in known if kind not in _COMMON]
    chosen = draw(st.sampled_from([*rare, *rare, *rare, *known]))
    first = draw(st.integers(0, len(targets) - 1))
    tables = draw(package_tables(schemas, min_rows=min_rows, max_rows=max_rows))
    # Not every rule can be broken alone in every table, so that the next ones are tried.
    in_turn = [*targets[first:], *targets[:first]]
    for rule in sorted(in_turn, key=lambda rule: rule.kind is not chosen):
        for table, row in _changes(draw, rule, tables, schemas):
            spoilt = {**tables, rule.table: table}
            if broken(spoilt, schemas) == {(rule.id, rule.table, row)}:
                return Spoilt({name: spoilt[name] for name in schemas}, rule.id, rule.table, row)
    return reject()


def _demands(schema: Schema) -> Iterator[Rule]:
    """Everything that the schema demands, as rules without words."""

    def rule(kind: RuleKind, *names: str, reference: tuple[str, tuple[str, ...]] | None = None) -> Rule:
        return Rule(schema.name, kind, names, demand="", reference=reference)

    if schema.fields_match in NEEDS_ALL_FIELDS:
        yield from (rule(RuleKind.MISSING_COLUMN, name) for name in schema.names)
    if schema.fields_match is FieldsMatch.PARTIAL:
        yield rule(RuleKind.MISSING_COLUMN)
    if schema.fields_match in FORBIDS_OTHERS:
        yield rule(RuleKind.UNKNOWN_COLUMN)
    if schema.fields_match is FieldsMatch.EXACT:
        yield rule(RuleKind.COLUMN_ORDER)
    for field in schema:
        if field.kind is not Kind.STRING:
            yield rule(RuleKind.TYPE, field.name)
        elif field.lexical.format != "default" and field.categories is None:
            yield rule(RuleKind.FORMAT, field.name)
        if field.categories is not None:
            yield rule(RuleKind.CATEGORY, field.name)
        if field.name in schema.primary_key:
            yield rule(RuleKind.REQUIRED, field.name)
        for name in Constraints.__slots__:
            demand = getattr(field.constraints, name)
            kind = RuleKind(name.replace("_", "-"))
            if demand not in (None, False) and not (
                kind is RuleKind.REQUIRED and field.name in schema.primary_key
            ):
                yield rule(kind, field.name)
    if schema.primary_key:
        yield rule(RuleKind.PRIMARY_KEY, *schema.primary_key)
    yield from (rule(RuleKind.UNIQUE_KEY, *names) for names in schema.unique_keys)
    for key in schema.foreign_keys:
        yield rule(
            RuleKind.FOREIGN_KEY, *key.fields, reference=(key.resource or schema.name, key.reference_fields)
        )


def _changes(
    draw: st.DrawFn, rule: Rule, tables: Tables, schemas: Schemas
) -> Iterator[tuple[RawTable, int | None]]:
    """Tables that break `rule`, among others perhaps, and in which row."""
    table, schema = tables[rule.table], schemas[rule.table]
    present = [name for name in rule.fields if name in table.cells.column_names]
    match rule.kind:
        case RuleKind.MISSING_COLUMN:
            gone = [name for name in table.cells.column_names if not rule.fields or name in rule.fields]
            less = replace(table, cells=table.cells.drop_columns(gone), missing_columns=tuple(gone))
            yield less, None
        case RuleKind.UNKNOWN_COLUMN:
            yield (
                replace(table, unknown_columns=(Place(f"{rule.table}.csv", 1, len(schema.fields) + 1),)),
                None,
            )
        case RuleKind.COLUMN_ORDER:
            yield replace(table, in_order=False), None
        case _ if len(present) < len(rule.fields) or table.n_rows == 0:
            return
        case RuleKind.UNIQUE | RuleKind.PRIMARY_KEY | RuleKind.UNIQUE_KEY:
            yield from _repeating(draw, table, schema, rule.fields)
        case RuleKind.FOREIGN_KEY:
            yield from _dangling(draw, table, schema, rule.fields)
        case kind:
            yield from _with_bad_cell(draw, table, schema, rule.fields[0], kind)


def _rows_in_turn(draw: st.DrawFn, rows: Sequence[int]) -> list[int]:
    first = draw(st.integers(0, len(rows) - 1)) if len(rows) > 1 else 0
    return [*rows[first:], *rows[:first]]


def with_cells(table: RawTable, row: int, changed: Mapping[str, str | None]) -> RawTable:
    """The table with some cells of one row replaced."""
    columns = column_texts(table)
    for name, text in changed.items():
        columns[name][row] = text
    return replace(table, cells=pa.table({n: pa.array(column, pa.string()) for n, column in columns.items()}))


def _repeating(
    draw: st.DrawFn, table: RawTable, schema: Schema, names: tuple[str, ...]
) -> Iterator[tuple[RawTable, int]]:
    """A later row gets the values of an earlier one, perhaps in another form."""
    columns = {name: cells(table, name) for name in names}
    known = {name: [judge_cell(schema[name], text).value for text in columns[name]] for name in names}
    whole = [row for row in range(table.n_rows) if all(known[name][row] is not None for name in names)]
    for row in _rows_in_turn(draw, list(range(1, table.n_rows))) if table.n_rows > 1 else ():
        for earlier in [other for other in whole if other < row][:2]:
            again = {name: draw(texts(schema[name], known[name][earlier])) for name in names}
            yield with_cells(table, row, again), row


def _dangling(
    draw: st.DrawFn, table: RawTable, schema: Schema, names: tuple[str, ...]
) -> Iterator[tuple[RawTable, int]]:
    """A row refers to values that are allowed and that perhaps no row has."""
    for row in _rows_in_turn(draw, list(range(table.n_rows))):
        loose = {name: draw(values(schema[name]).flatmap(_written(schema[name]))) for name in names}
        yield with_cells(table, row, loose), row


def _written(field: Field) -> Any:
    return lambda value: texts(field, value)


def _with_bad_cell(
    draw: st.DrawFn, table: RawTable, schema: Schema, name: str, kind: RuleKind
) -> Iterator[tuple[RawTable, int]]:
    field, is_key = schema[name], name in schema.primary_key
    known = [c for c in cells(table, name) if judge_cell(field, c).value is not None]
    candidates = [*dict.fromkeys(bad_cells(field, kind, known[:2]))]
    if kind is RuleKind.ENUM and field.categories is None:
        free = replace(field, constraints=replace(field.constraints, enum=None))
        candidates += [draw(values(free).flatmap(_written(free)))]
    if kind in (RuleKind.TYPE, RuleKind.FORMAT, RuleKind.CATEGORY):
        candidates += [draw(st.text(CHARACTERS, max_size=6))]
    fitting = [text for text in candidates if judge_cell(field, text, is_key=is_key).kinds == {kind}]
    if not fitting:
        return
    text = draw(st.sampled_from(fitting))
    for row in _rows_in_turn(draw, list(range(table.n_rows))):
        yield with_cells(table, row, {name: text}), row
