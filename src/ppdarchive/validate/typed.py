"""Checks on frames that are typed already: what is released must satisfy its own schema."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ppdarchive.model.dtypes import pandas_dtype
from ppdarchive.model.finding import Rule, RuleKind
from ppdarchive.model.schema import Schema
from ppdarchive.model.table import Frame
from ppdarchive.validate.checks import failing_rows
from ppdarchive.validate.keys import dangling, repeated
from ppdarchive.validate.rules import rules


def broken_typed(tables: Mapping[str, tuple[Schema, Frame]]) -> dict[Rule, int]:
    """Count the rows of typed frames that break each rule of their schemas.

    Parameters
    ----------
    tables : mapping of str to (Schema, Frame)

    Returns
    -------
    dict of Rule to int
        Only rules that are broken, in the schemas' order. A column that is missing, unknown or of
        another type breaks ``missing-column``, ``unknown-column`` or ``type`` in every row.
    """
    frames = {name: frame for name, (_, frame) in tables.items()}
    result: dict[Rule, int] = {}
    for schema, frame in tables.values():
        broken = _broken_columns(schema, frame)
        if not broken:
            broken = {rule: len(rows) for rule, rows in failing_rows(schema, frame).items()}
            broken |= _broken_keys(schema, frame, frames)
        result |= {rule: broken[rule] for rule in rules(schema) if broken.get(rule)}
        result |= {rule: number for rule, number in broken.items() if rule not in result}
    return result


def _broken_columns(schema: Schema, frame: Frame) -> dict[Rule, int]:
    broken: dict[Rule, int] = {}
    for field in schema:
        if field.name not in frame:
            kind = RuleKind.MISSING_COLUMN
        elif frame[field.name].dtype != pandas_dtype(field):
            kind = RuleKind.TYPE
        else:
            continue
        broken[Rule(schema.name, kind, (field.name,), "the column has its field's type")] = max(1, len(frame))
    if set(frame.columns) - set(schema.names):
        broken[Rule(schema.name, RuleKind.UNKNOWN_COLUMN, (), "every column belongs to a field")] = max(
            1, len(frame)
        )
    return broken


def _broken_keys(schema: Schema, frame: Frame, frames: Mapping[str, Frame]) -> dict[Rule, int]:
    broken: dict[Rule, int] = {}
    for rule in rules(schema):
        match rule.kind:
            case RuleKind.REQUIRED:
                broken[rule] = int(np.asarray(frame[rule.fields[0]].isna()).sum())
            case RuleKind.PRIMARY_KEY | RuleKind.UNIQUE_KEY:
                broken[rule] = len(repeated(frame, rule.fields))
            case RuleKind.FOREIGN_KEY if rule.reference is not None:
                target, target_fields = rule.reference
                broken[rule] = len(dangling(frame, rule.fields, frames.get(target), target_fields))
    return {rule: number for rule, number in broken.items() if number}
