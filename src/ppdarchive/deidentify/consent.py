"""Who has not consented to sharing is not released, and neither is anything that refers to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.model.columns import positions, values_of
from ppdarchive.model.schema import ForeignKey, Schemas
from ppdarchive.model.table import CheckedTable, Frame

Mask = npt.NDArray[np.bool_]

PARTICIPANTS = "participants"


@dataclass(frozen=True, slots=True)
class Consented:
    """The tables of those who consented, and how many rows of each table were left out."""

    tables: Mapping[str, CheckedTable]
    left_out: Mapping[str, int]


def consented(tables: Mapping[str, CheckedTable], field: str | None) -> Consented:
    """Leave out participants without consent, and every row that refers to them, however far.

    Parameters
    ----------
    tables : mapping of str to CheckedTable
    field : str or None
        The boolean field of ``participants`` that says so; only a clear yes is one. None if all have
        consented, as a statement says.

    Returns
    -------
    Consented
    """
    if field is None or PARTICIPANTS not in tables:
        return Consented(tables, {})
    said_yes = pc.fill_null(values_of(tables[PARTICIPANTS].frame[field]), False)
    gone: dict[str, Mask] = {name: np.zeros(len(table.frame), dtype=bool) for name, table in tables.items()}
    gone[PARTICIPANTS] = ~np.asarray(said_yes)
    schemas = {name: table.schema for name, table in tables.items()}
    changed = True
    while changed:
        changed = False
        for name, key in _references(schemas):
            target = key.resource or name
            if target not in tables or not gone[target].any():
                continue
            refers = _refers(tables[name].frame, key, tables[target].frame.loc[gone[target]])
            if (refers & ~gone[name]).any():
                gone[name] |= refers
                changed = True
    return Consented(
        {name: _without(table, gone[name]) for name, table in tables.items()},
        {name: int(mask.sum()) for name, mask in gone.items() if mask.any()},
    )


def _references(schemas: Schemas) -> list[tuple[str, ForeignKey]]:
    return [(name, key) for name, schema in schemas.items() for key in schema.foreign_keys]


def _refers(frame: Frame, key: ForeignKey, target: Frame) -> Mask:
    """Rows whose key occurs among the rows of `target`."""
    both = [
        pa.chunked_array(
            [*values_of(frame[own]).chunks, *values_of(target[other]).cast(values_of(frame[own]).type).chunks]
        )
        for own, other in zip(key.fields, key.reference_fields, strict=True)
    ]
    combined = np.zeros(len(frame) + len(target), dtype=np.int64)
    null = np.zeros(len(combined), dtype=bool)
    for column in both:
        codes = positions(column)
        null |= codes < 0
        _, combined = np.unique(combined * (codes.max(initial=0) + 2) + codes, return_inverse=True)
    here, there = combined[: len(frame)], combined[len(frame) :]
    return np.isin(here, there) & ~null[: len(frame)]


def _without(table: CheckedTable, gone: Mask) -> CheckedTable:
    if not gone.any():
        return table
    kept = ~gone
    provenance = table.provenance
    column = None if provenance.column is None else provenance.column[kept]
    return replace(
        table,
        frame=table.frame.loc[kept].reset_index(drop=True),
        provenance=replace(provenance, file=provenance.file[kept], line=provenance.line[kept], column=column),
    )
