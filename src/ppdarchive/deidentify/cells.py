"""Single cells left out of treated tables, where they would single out participants together with others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.deidentify.treatments.method import Mask
from ppdarchive.deidentify.treatments.rare import reasons_where, with_reason
from ppdarchive.model.columns import values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import COMPANION_SUFFIX, Field, Schema

CELL_SUPPRESSED: Final = "Suppressed: with other values it would single out a participant"
"""The reason in the companion field of a cell that was left out."""

_WORDS: Final = "Some values are left out that would single out a participant together with others."


def suppress_cells(
    tables: Mapping[str, TreatedTable], cells: Mapping[tuple[str, str], Mask]
) -> Mapping[str, TreatedTable]:
    """Leave out single cells of treated tables; the companion fields say so.

    Parameters
    ----------
    tables : mapping of str to TreatedTable
    cells : mapping of (str, str) to ndarray of bool, shape (n_rows,)
        By table and field, which rows lose their value. A field that is named may lose values by its
        schema, even if no row of it does.

    Returns
    -------
    mapping of str to TreatedTable
        With schemas as `with_suppressed` gives them.

    Raises
    ------
    ValueError
        As `with_suppressed`, and if the rows are not those of the table.
    """
    result = dict(tables)
    for (name, field), mask in cells.items():
        table = result[name]
        if len(mask) != len(table.frame):
            raise ValueError("the cells are not those of the table")
        schema = with_suppressed(table.schema, field)
        companion = field + COMPANION_SUFFIX
        columns = {own: table.frame[own] for own in table.schema.names}
        columns[field] = _without(columns[field], mask)
        # A cell that was missing loses its reason: "not asked" tells as much as a value.
        columns[companion] = reasons_where(columns.get(companion), mask, schema[companion], CELL_SUPPRESSED)
        result[name] = TreatedTable(schema, pd.DataFrame({own: columns[own] for own in schema.names}))
    return MappingProxyType(result)


def _without(values: pd.Series, mask: Mask) -> pd.Series:
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = np.where(mask, -1, values.cat.codes.to_numpy())
        return pd.Series(pd.Categorical.from_codes(codes, dtype=values.dtype))
    column = values_of(values).combine_chunks()
    left = pc.if_else(pa.array(mask), pa.scalar(None, column.type), column)
    return pd.Series(pd.arrays.ArrowExtensionArray(left))


def with_suppressed(schema: Schema, field: str) -> Schema:
    """The released schema of a table in which cells of a field are left out.

    Raises
    ------
    ValueError
        If the field is part of a key, which would no longer name rows, or is a companion field.
    """
    keys = [schema.primary_key, *schema.unique_keys, *(key.fields for key in schema.foreign_keys)]
    if any(field in key for key in keys):
        raise ValueError(f"cells of the key {field!r} cannot be left out")
    if schema.is_companion(field):
        raise ValueError("a reason is left out with its value")
    companion = field + COMPANION_SUFFIX
    known = {own.name: own for own in schema}
    fields: list[Field] = []
    for own in schema:
        if own.name == field:
            told = own if _WORDS in (own.description or "") else _told(own)
            fields.append(replace(told, constraints=replace(own.constraints, required=False, unique=False)))
            reasons = with_reason(own, known.get(companion), CELL_SUPPRESSED)
            fields.append(replace(reasons, disclosure=own.disclosure))
        elif own.name != companion:
            fields.append(own)
    return replace(schema, fields=tuple(fields))


def _told(field: Field) -> Field:
    return replace(field, description=f"{field.description} {_WORDS}" if field.description else _WORDS)
