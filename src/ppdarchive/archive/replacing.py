"""Words cut out of released texts, with the codings carried along; pure.

What stands in their place is what stands there in releases anyhow: a tag, or a mask in a release that has
masks. A surrogate would be new words that nobody wrote, so there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ppdarchive.deidentify.codings import recoded
from ppdarchive.deidentify.consent import with_referring
from ppdarchive.deidentify.freetext import Redaction
from ppdarchive.deidentify.owners import target_rows
from ppdarchive.deidentify.released import POSITIONS
from ppdarchive.detectors.tags import MASK, tag
from ppdarchive.model.columns import values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import ForeignKey, Kind, Role, Schemas
from ppdarchive.model.span import Edit, TextCategory
from ppdarchive.text.edit import apply

Ranges = Mapping[int, Sequence[tuple[int, int]]]
"""By row, sorted and disjoint ranges of code points."""


def with_cuts(
    tables: Mapping[str, TreatedTable],
    name: str,
    field: str,
    ranges: Ranges,
    *,
    mask: bool,
    category: TextCategory = TextCategory.OTHER,
) -> dict[str, TreatedTable]:
    """Cut ranges out of the texts of one field.

    Parameters
    ----------
    tables : mapping of str to TreatedTable
    name, field : str
        The table and its field of texts.
    ranges : mapping of int to sequence of tuple of int
        By row, what is to go: half-open, sorted and disjoint, within texts that are there.
    mask : bool
        Whether a mask stands in its place, and not a tag.
    category : TextCategory
        Of the tag.

    Returns
    -------
    dict of str to TreatedTable
        All tables. Codings of an edited text mark the same words as before, and the replacement where they
        marked what is gone; of two that would mark the same for the same reason, one is left.
    """
    table, result = tables[name], dict(tables)
    rows = sorted(row for row, own in ranges.items() if own)
    if not rows:
        return result
    before = values_of(table.frame[field]).to_pylist()
    replacement = MASK if mask else tag(category)
    edits = [[Edit(start, end, replacement, category) for start, end in ranges[row]] for row in rows]
    texts, maps = apply([before[row] for row in rows], edits)
    after = list(before)
    for row, text in zip(rows, texts, strict=True):
        after[row] = text
    column = pd.Series(pd.arrays.ArrowExtensionArray(pa.array(after, pa.string())))
    result[name] = TreatedTable(table.schema, table.frame.assign(**{field: column}))
    redaction = Redaction(
        tuple(texts), tuple(maps), tuple(map(tuple, edits)), ((),) * len(rows), (), MappingProxyType({})
    )
    gone: dict[str, npt.NDArray[np.bool_]] = {}
    for other, key in marking({each: own.schema for each, own in tables.items()}, name, field):
        moved = _moved(tables[other], key, tables[name], rows=rows, redaction=redaction)
        if moved is not None:
            result[other], gone[other] = moved
    repeated = any(each.any() for each in gone.values())
    for other, each in with_referring(result, gone).items() if repeated else ():
        if each.any():
            left = result[other].frame.loc[~each].reset_index(drop=True)
            result[other] = TreatedTable(result[other].schema, left)
    return result


def marking(schemas: Schemas, name: str, field: str) -> list[tuple[str, ForeignKey]]:
    """The tables whose rows mark segments of a field's texts, and the key that says of which row.

    A released schema no longer says which text was redacted; it is the first one of free text, as where
    it was treated (`ppdarchive.deidentify.released.coded_text`).
    """
    free = [
        own.name
        for own in schemas[name]
        if own.disclosure is not None and own.disclosure.role is Role.FREE_TEXT
    ]
    if free[:1] != [field]:
        return []
    found = []
    for other, schema in schemas.items():
        has_positions = all(
            each in schema and schema[each].kind is Kind.INTEGER and schema[each].categories is None
            for each in POSITIONS
        )
        key = next((key for key in schema.foreign_keys if key.resource == name), None)
        if has_positions and key is not None:
            found.append((other, key))
    return found


def _moved(
    table: TreatedTable,
    key: ForeignKey,
    target: TreatedTable,
    *,
    rows: Sequence[int],
    redaction: Redaction,
) -> tuple[TreatedTable, npt.NDArray[np.bool_]] | None:
    """The table with moved segments, and which of its rows repeat others; None if it marks no such text."""
    place_of = np.full(len(target.frame) + 1, -1, dtype=np.int64)  # the last one: of no row
    place_of[list(rows)] = np.arange(len(rows))
    places = place_of[target_rows(table, key, target)]
    own = np.flatnonzero(places >= 0)
    if not len(own):
        return None
    frame = table.frame.iloc[own].reset_index(drop=True)
    moved, left_out, _ = recoded(frame, places[own], redaction, table.schema.primary_key)
    columns = {}
    for name in POSITIONS:
        values = values_of(table.frame[name]).to_pylist()
        for row, value in zip(own.tolist(), values_of(moved[name]).to_pylist(), strict=True):
            values[row] = value
        columns[name] = pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values, pa.int64())))
    gone = np.zeros(len(table.frame), dtype=bool)
    gone[own[left_out]] = True
    return TreatedTable(table.schema, table.frame.assign(**columns)), gone
