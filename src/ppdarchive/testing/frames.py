"""Typed frames that satisfy a schema."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from ppdarchive.model.schema import Schema, Schemas
from ppdarchive.model.table import CheckedTable, RawTable
from ppdarchive.testing.tables import package_tables, tables
from ppdarchive.validate import check


def frames(schema: Schema, *, min_rows: int = 0, max_rows: int = 8) -> st.SearchStrategy[CheckedTable]:
    """Checked tables without findings, companion fields included.

    Parameters
    ----------
    schema : Schema
        Its foreign keys refer to itself.
    min_rows, max_rows : int

    Returns
    -------
    SearchStrategy of CheckedTable
        The frame is its ``frame``.
    """
    drawn = tables(schema, min_rows=min_rows, max_rows=max_rows)
    return drawn.map(lambda table: _checked({schema.name: table}, {schema.name: schema})[schema.name])


def package_frames(
    schemas: Schemas, *, min_rows: int = 0, max_rows: int = 8
) -> st.SearchStrategy[Mapping[str, CheckedTable]]:
    """Checked tables of all `schemas`, without findings, foreign keys among them included."""
    drawn = package_tables(schemas, min_rows=min_rows, max_rows=max_rows)
    return drawn.map(lambda made: _checked(made, schemas))


def _checked(raw: Mapping[str, RawTable], schemas: Schemas) -> Mapping[str, CheckedTable]:
    checked = check(raw, schemas)
    if checked.findings:
        raise AssertionError(f"findings in tables made to satisfy their schemas: {checked.findings.ids}")
    return checked.tables
