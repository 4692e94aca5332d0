"""Exports made in memory, and what arranging makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ppdarchive.arrange import Piece, arrange
from ppdarchive.model.schema import Schema
from ppdarchive.model.table import ColumnInfo, RawExport
from ppdarchive.study import Export, Long

Exporting = Callable[..., RawExport]
Arranging = Callable[..., Piece]


@pytest.fixture(scope="session")
def exporting() -> Exporting:
    """Make an export: column names or `ColumnInfo`s, rows of texts, and marks."""

    def exporting(
        columns: Sequence[str | Mapping[str, Any]],
        rows: Sequence[Sequence[str | None]],
        *,
        marks: Mapping[str, Sequence[bool]] | None = None,
        path: str = "x.csv",
        first_line: int = 2,
    ) -> RawExport:
        infos = tuple(
            ColumnInfo(position=at, **({"name": column} if isinstance(column, str) else column))
            for at, column in enumerate(columns, start=1)
        )
        cells = {
            f"c{at + 1}": pa.chunked_array([pa.array([row[at] for row in rows], pa.string())])
            for at in range(len(columns))
        }
        return RawExport(
            path=path,
            source="csv",
            cells=pa.table(cells),
            columns=infos,
            lines=np.arange(first_line, first_line + len(rows), dtype=np.int64),
            n_header=1,
            marks={name: np.array(mask, dtype=bool) for name, mask in (marks or {}).items()},
        )

    return exporting


@pytest.fixture(scope="session")
def arranging() -> Arranging:
    """Arrange an export by the keys of its ``[[export]]``; `long` as in study.toml."""

    def arranging(
        export: RawExport,
        schema: Schema,
        *,
        long: Sequence[Long] = (),
        used_elsewhere: frozenset[int] = frozenset(),
        **keys: Any,
    ) -> Piece:
        spec = Export(table=schema.name, format="csv", path=export.path, **keys)
        return arrange(export, spec, schema, tuple(long), used_elsewhere=used_elsewhere)

    return arranging


@pytest.fixture(scope="session")
def plain() -> Callable[[Piece], dict[str, list[str | None]]]:
    """Return a piece's columns as plain lists."""
    return lambda piece: piece.cells.to_pydict()
