"""RawTables -> CheckedTables and Findings: everything that is wrong, in one pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ppdarchive.model.columns import Keep, in_memory
from ppdarchive.model.dtypes import arrow_type, pandas_dtype
from ppdarchive.model.finding import MAX_PLACES, Finding, Findings, Place, Rule, RuleKind
from ppdarchive.model.schema import Field, Schema, Schemas
from ppdarchive.model.table import CheckedTable, Frame, RawTable
from ppdarchive.validate.cast import CastColumn, cast, joined
from ppdarchive.validate.checks import failing_rows
from ppdarchive.validate.expressions import broken_by
from ppdarchive.validate.keys import dangling, repeated
from ppdarchive.validate.rules import rules

__all__ = ["Checked", "FunctionFailedError", "FunctionRule", "RowRule", "check", "rules"]

Rows = npt.NDArray[np.int64]
Progress = Callable[[str], None]
RuleFunction = Callable[[Mapping[str, Frame], str], pd.Series]


@dataclass(frozen=True, slots=True)
class RowRule:
    """A study's own rule as an expression over the fields of one row."""

    table: str
    name: str
    expression: str
    demand: str


@dataclass(frozen=True, slots=True)
class FunctionRule:
    """A study's own rule as a Python function over all checked tables."""

    table: str
    name: str
    function: RuleFunction
    demand: str


class FunctionFailedError(Exception):
    """A rule function raised, or returned something else than a verdict for each row."""

    def __init__(self, rule: FunctionRule, kind: str) -> None:
        super().__init__(f"rule {rule.name}: {kind}")
        self.rule = rule
        self.kind = kind


@dataclass(frozen=True, slots=True, repr=False)
class Checked:
    """What a check gives: the typed tables, and everything that is wrong with them.

    Attributes
    ----------
    tables : mapping of str to CheckedTable
        All tables that were given, also those with findings: values that could not be understood are
        null there. Only a check without findings makes a table fit for what follows.
    findings : Findings
    """

    tables: Mapping[str, CheckedTable]
    findings: Findings

    def __repr__(self) -> str:
        return f"<Checked: {len(self.tables)} tables, {len(self.findings)} findings>"


def check(
    tables: Mapping[str, RawTable],
    schemas: Schemas,
    *,
    row_rules: Sequence[RowRule] = (),
    function_rules: Sequence[FunctionRule] = (),
    progress: Progress = lambda _: None,
    keep: Keep = in_memory,
) -> Checked:
    """Check tables against their schemas, each other, and the study's own rules.

    Each cell breaks at most one of type, format, category and required; what could not be
    understood breaks nothing further. A value breaks all other rules that it does not satisfy.

    Parameters
    ----------
    tables : mapping of str to RawTable
    schemas : mapping of str to Schema
        All schemas of the study, in the order in which findings are told.
    row_rules, function_rules : sequences of RowRule and FunctionRule
    progress : callable
        Called with the name of each table before it is checked.
    keep : callable
        Where texts are kept of which some are missing.

    Returns
    -------
    Checked

    Raises
    ------
    ExpressionError
        If a row rule's expression does not fit its table.
    FunctionFailedError
        If a rule function fails.
    """
    broken: dict[Rule, Rows] = {}
    checked: dict[str, CheckedTable] = {}
    for name, schema in schemas.items():
        if name in tables:
            progress(name)
            own = [rule for rule in row_rules if rule.table == name]
            frame, found = _check_table(tables[name], schema, own, keep)
            broken |= found
            checked[name] = CheckedTable(schema, frame, tables[name].provenance)
    for name, table in checked.items():
        broken |= _check_foreign_keys(table, tables[name], checked)
    frames = {name: table.frame for name, table in checked.items()}
    for rule in function_rules:
        if rule.table in checked and len(rows := _apply(rule, frames)):
            broken[_study_rule(rule)] = rows
    study_rules: tuple[RowRule | FunctionRule, ...] = (*row_rules, *function_rules)
    order = [
        rule
        for name, schema in schemas.items()
        if name in tables
        for rule in (*rules(schema), *(_study_rule(own) for own in study_rules if own.table == name))
    ]
    findings = [_finding(rule, broken[rule], tables[rule.table]) for rule in order if rule in broken]
    return Checked(MappingProxyType(checked), Findings(tuple(findings)))


def _check_table(
    table: RawTable, schema: Schema, row_rules: Sequence[RowRule], keep: Keep
) -> tuple[Frame, dict[Rule, Rows]]:
    """Everything that one table shows by itself."""
    by_id = {(rule.kind, rule.fields): rule for rule in rules(schema)}
    broken = {rule: np.empty(0, dtype=np.int64) for rule in _broken_columns(table, schema)}
    columns: dict[str, pd.Series] = {}
    for field in schema.fields:
        required = by_id.get((RuleKind.REQUIRED, (field.name,)))
        if field.name not in table.cells.column_names:
            # Where a column may be absent, its cells are missing; elsewhere the column is, told once.
            if required is not None and (RuleKind.MISSING_COLUMN, (field.name,)) not in by_id:
                broken[required] = np.arange(table.n_rows, dtype=np.int64)
            continue
        typed = _cast(table, field, keep, required=required is not None)
        columns[field.name] = typed.values
        if typed.reasons is not None and field.companion is not None:
            columns[field.companion.name] = typed.reasons
        broken |= {by_id[kind, (field.name,)]: rows for kind, rows in typed.broken.items()}
    frame = pd.DataFrame(columns, index=pd.RangeIndex(table.n_rows))
    present = _with_absent(frame, schema)
    broken |= failing_rows(schema, present)
    for own in row_rules:
        if len(rows := broken_by(own.expression, schema)(present)):
            broken[_study_rule(own)] = rows
    for rule in by_id.values():
        if rule.kind in (RuleKind.PRIMARY_KEY, RuleKind.UNIQUE_KEY) and len(
            rows := repeated(present, rule.fields)
        ):
            broken[rule] = rows
    return present, broken


def _cast(table: RawTable, field: Field, keep: Keep, *, required: bool) -> CastColumn:
    """Type a field's column, each range of rows by the form that it is written in."""
    cells = table.cells[field.name]
    forms = table.forms.get(field.name, ())
    if not forms:
        return cast(cells, field, required=required, keep=keep)
    return joined(
        [
            cast(
                cells.slice(form.start, form.stop - form.start),
                replace(field, lexical=form.lexical),
                required=required,
                keep=keep,
            )
            for form in forms
        ]
    )


def _with_absent(frame: Frame, schema: Schema) -> Frame:
    """The frame with every field of the schema in its order; fields without a column are all null."""
    return pd.DataFrame(
        {
            field.name: frame[field.name] if field.name in frame else _nulls(len(frame), field)
            for field in schema.with_companions
        },
        index=frame.index,
    )


def _nulls(n_rows: int, field: Field) -> pd.Series:
    if field.categories is not None:
        return pd.Series(pd.Categorical.from_codes(np.full(n_rows, -1), dtype=pandas_dtype(field)))  # type: ignore[arg-type]
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([pa.nulls(n_rows, arrow_type(field))])))


def _broken_columns(table: RawTable, schema: Schema) -> list[Rule]:
    """The rules on columns that the table breaks, as its schema's `fieldsMatch` has them."""
    present = set(table.cells.column_names)
    broken = []
    for rule in rules(schema):
        match rule.kind:
            case RuleKind.MISSING_COLUMN if rule.fields:
                is_broken = rule.fields[0] not in present or rule.fields[0] in table.missing_columns
            case RuleKind.MISSING_COLUMN:
                is_broken = not present
            case RuleKind.UNKNOWN_COLUMN:
                is_broken = bool(table.unknown_columns)
            case RuleKind.COLUMN_ORDER:
                is_broken = not table.in_order
            case _:
                continue
        if is_broken:
            broken.append(rule)
    return broken


def _check_foreign_keys(
    table: CheckedTable, raw: RawTable, checked: Mapping[str, CheckedTable]
) -> dict[Rule, Rows]:
    broken: dict[Rule, Rows] = {}
    for rule in rules(table.schema):
        if rule.kind is not RuleKind.FOREIGN_KEY or rule.reference is None:
            continue
        target, target_fields = rule.reference
        frame = checked[target].frame if target in checked else None
        if len(rows := dangling(table.frame, rule.fields, frame, target_fields)):
            broken[rule] = rows
    return broken


def _study_rule(rule: RowRule | FunctionRule) -> Rule:
    return Rule(rule.table, RuleKind.STUDY, (), rule.demand, name=rule.name)


def _apply(rule: FunctionRule, frames: Mapping[str, Frame]) -> Rows:
    """Run a study's function; whatever it raises stays here, since it may carry cells."""
    verdict: pd.Series | None = None
    kind = ""
    try:
        copies = {name: frame.copy(deep=False) for name, frame in frames.items()}
        verdict = rule.function(MappingProxyType(copies), rule.table)
    except (Exception, SystemExit) as error:  # foreign code may raise anything
        kind = type(error).__name__
    if not kind:
        kind = _refusal(verdict, frames[rule.table])
    if kind or verdict is None:
        raise FunctionFailedError(rule, kind)
    return np.flatnonzero(~verdict.astype("boolean").fillna(True).to_numpy(dtype=bool)).astype(np.int64)


def _refusal(verdict: object, frame: Frame) -> str:
    if not isinstance(verdict, pd.Series) or not pd.api.types.is_bool_dtype(verdict.dtype):
        return "a result that is not a boolean column"
    return "" if verdict.index.equals(frame.index) else "a result of another length or index"


def _finding(rule: Rule, rows: Rows, table: RawTable) -> Finding:
    """A broken rule with its first places."""
    file = table.provenance.files[0] if table.provenance.files else table.schema.name
    match rule.kind:
        case RuleKind.UNKNOWN_COLUMN:
            return Finding(rule, 0, table.unknown_columns[:MAX_PLACES])
        case RuleKind.MISSING_COLUMN | RuleKind.COLUMN_ORDER:
            return Finding(rule, 0, (Place(file, 1),))
    rows = np.sort(rows)
    first = tuple(int(row) for row in rows[:MAX_PLACES])
    return Finding(rule, len(rows), tuple(table.provenance.place(row, rule.fields) for row in first), first)
