"""Who has not consented to sharing is not released, and neither is anything that refers to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.model.columns import PIECE_BYTES, Keep, in_memory, kept_rows, positions, values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Field, ForeignKey, Schemas
from ppdarchive.model.table import CheckedTable, Frame
from ppdarchive.model.treatment import PARTICIPANTS

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Consented:
    """The tables of those who consented, and how many rows of each table were left out.

    Of those who consented `n_rare` participants are left out too, being too few of their kind.
    """

    tables: Mapping[str, CheckedTable]
    left_out: Mapping[str, int]
    n_rare: int = 0


def consented(tables: Mapping[str, CheckedTable], field: str | None, *, keep: Keep = in_memory) -> Consented:
    """Leave out participants without consent, and every row that refers to them, however far.

    A field that is pseudonymized as participants are refers to them, with a foreign key or without.
    A row that could name a participant and names none is left out too.

    Parameters
    ----------
    tables : mapping of str to CheckedTable
    field : str or None
        The boolean field of ``participants`` that says so; only a clear yes is one. None if all have
        consented, as a statement says.
    keep : callable
        Where the columns of who is left are kept.

    Returns
    -------
    Consented
    """
    if field is None:
        return Consented(tables, {})
    # Without participants nobody is known to have consented to anything.
    rows = {name: np.ones(len(table.frame), dtype=bool) for name, table in tables.items()}
    if PARTICIPANTS in tables:
        said_yes = pc.fill_null(values_of(tables[PARTICIPANTS].frame[field]), False)
        rows = {name: _is_nobodys(tables, name) for name in tables}
        rows[PARTICIPANTS] = ~np.asarray(said_yes)
    gone = with_referring(tables, rows)
    return Consented(
        {name: without(table, gone[name], keep=keep) for name, table in tables.items()},
        {name: int(mask.sum()) for name, mask in gone.items() if mask.any()},
    )


def _is_nobodys(tables: Mapping[str, CheckedTable], name: str) -> Mask:
    """Rows that should refer to participants and refer to none: nobody consented to sharing them."""
    frame = tables[name].frame
    keys = [
        key
        for own, key in _references({each: table.schema for each, table in tables.items()})
        if own == name and key.resource == PARTICIPANTS
    ]
    if not keys or name == PARTICIPANTS:
        return np.zeros(len(frame), dtype=bool)
    refers = [_refers(frame, key, tables[PARTICIPANTS].frame) for key in keys]
    return np.asarray(~np.logical_or.reduce(refers), dtype=bool)


def with_referring(
    tables: Mapping[str, CheckedTable | TreatedTable], rows: Mapping[str, Mask]
) -> dict[str, Mask]:
    """The rows given, and every row that refers to one of them, however far.

    Parameters
    ----------
    tables : mapping of str to CheckedTable or TreatedTable
    rows : mapping of str to ndarray of bool, shape (n_rows,)
        Not every table needs to be named.

    Returns
    -------
    dict of str to ndarray of bool, shape (n_rows,)
        For every table.
    """
    gone: dict[str, Mask] = {
        name: rows[name].copy() if name in rows else np.zeros(len(table.frame), dtype=bool)
        for name, table in tables.items()
    }
    schemas = {name: table.schema for name, table in tables.items()}
    changed = True
    while changed:
        changed = False
        for name, key in _references(schemas):
            target = key.resource or name
            if target not in tables or not gone[target].any():
                continue
            # Of all columns the texts would be copied too.
            targets = tables[target].frame[list(key.reference_fields)].loc[gone[target]]
            refers = _refers(tables[name].frame, key, targets)
            if (refers & ~gone[name]).any():
                gone[name] |= refers
                changed = True
    return gone


def participant_fields(schemas: Schemas, name: str) -> list[Field]:
    """The fields of the table `name` that stand for one participant: by foreign key or by pseudonym."""
    if PARTICIPANTS not in schemas or len(schemas[PARTICIPANTS].primary_key) != 1:
        return []
    own = schemas[PARTICIPANTS][schemas[PARTICIPANTS].primary_key[0]]
    referring = {
        key.fields[0]
        for key in schemas[name].foreign_keys
        if (key.resource or name, key.reference_fields) == (PARTICIPANTS, (own.name,))
    }
    return [
        field
        for field in schemas[name]
        if field.name in referring
        or (name == PARTICIPANTS and field.name == own.name)
        or (space_of(field) is not None and space_of(field) == space_of(own) and field.kind is own.kind)
    ]


def _references(schemas: Schemas) -> list[tuple[str, ForeignKey]]:
    """All foreign keys, and the fields that are no foreign key but stand for a participant's key."""
    found = [(name, key) for name, schema in schemas.items() for key in schema.foreign_keys]
    for name in schemas:
        for field in participant_fields(schemas, name):
            key = ForeignKey((field.name,), PARTICIPANTS, schemas[PARTICIPANTS].primary_key)
            if (name, key.fields) != (PARTICIPANTS, key.reference_fields) and (name, key) not in found:
                found.append((name, key))
    return found


def space_of(field: Field) -> object:
    """The space of the field's pseudonyms; None if it is not pseudonymized."""
    return None if field.disclosure is None else field.disclosure.treatment.parameters.get("space")


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


def without(table: CheckedTable, gone: Mask, *, keep: Keep = in_memory) -> CheckedTable:
    """The table without some of its rows; what is left of large columns is kept by `keep`."""
    if not gone.any():
        return table
    kept = ~gone
    provenance = table.provenance
    column = None if provenance.column is None else provenance.column[kept]
    return replace(
        table,
        frame=_rows(table.frame, kept, keep),
        provenance=replace(provenance, file=provenance.file[kept], line=provenance.line[kept], column=column),
    )


def _rows(frame: Frame, kept: Mask, keep: Keep) -> Frame:
    """Some rows of a frame, numbered anew."""
    large = {
        name: values
        for name in frame.columns
        if frame[name].dtype != "category" and (values := values_of(frame[name])).nbytes > PIECE_BYTES
    }
    rest = frame.drop(columns=list(large)).loc[kept].reset_index(drop=True)
    if not large:
        return rest
    mask = pa.array(kept)
    columns = {
        name: pd.Series(pd.arrays.ArrowExtensionArray(kept_rows(values, mask, keep)))
        for name, values in large.items()
    }
    return pd.DataFrame({name: columns[name] if name in columns else rest[name] for name in frame.columns})
