"""Both judges on the same tables."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import frictionless

from ppdarchive.model.schema import Schema, Schemas
from ppdarchive.model.table import RawTable
from ppdarchive.tableschema import DATA_PACKAGE, to_descriptor
from ppdarchive.testing.tables import column_texts
from ppdarchive.validate import check

Verdict = Mapping[str, set[int] | None]
"""By table: the rows with errors; None when the columns are wrong, so that rows mean nothing."""


def ours(tables: Mapping[str, RawTable], schemas: Schemas) -> Verdict:
    """The rows that validation flags."""
    verdict: dict[str, set[int] | None] = {name: set() for name in tables}
    for finding in check(tables, schemas).findings:
        rows = verdict[finding.rule.table]
        if finding.n_rows == 0:
            verdict[finding.rule.table] = None
        elif rows is not None:
            rows.update(finding.rows)
    return verdict


def theirs(tables: Mapping[str, RawTable], schemas: Schemas) -> Verdict:
    """The rows that frictionless flags."""
    resources = [
        {
            "name": name,
            "type": "table",
            "data": as_written(table, schemas[name]),
            "schema": to_descriptor(schemas[name]),
        }
        for name, table in tables.items()
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        package = frictionless.Package.from_descriptor(
            {"$schema": DATA_PACKAGE, "name": "p", "resources": resources}
        )
        report = package.validate()
    assert not report.errors, report.errors
    return {task.name: _rows(task) for task in report.tasks}


def _rows(task: frictionless.ReportTask) -> set[int] | None:
    numbers = [error.row_number if hasattr(error, "row_number") else None for error in task.errors]
    return None if None in numbers else {number - 2 for number in numbers if number is not None}


def as_written(table: RawTable, schema: Schema) -> list[list[str | None]]:
    """Header and rows of the file that the table was read from."""
    columns = [(name, cells) for name, cells in column_texts(table).items()]
    if not table.in_order:
        columns.reverse()
    extra = [f"extra {number}" for number, _ in enumerate(table.unknown_columns)]
    header: list[str | None] = [*(name for name, _ in columns), *extra]
    body = [[*(cells[row] for _, cells in columns), *("?" for _ in extra)] for row in range(table.n_rows)]
    return [header, *body]
