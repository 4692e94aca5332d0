"""Codes and labels of an export -> the schema's category values and missing codes.

A translation is a mapping from a cell's text to another text, made once for each column from what
the study, the export and the schema say, and applied to distinct cells only.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.model.columns import Keep, in_memory, pieces_of
from ppdarchive.model.schema import Field
from ppdarchive.model.table import ColumnInfo
from ppdarchive.study import Export, missing_code


def translation(field: Field, column: ColumnInfo, export: Export) -> Mapping[str, str]:
    """What each text in `column` stands for in `field`; texts that are not in it stay as they are.

    First what study.toml says under ``translate``; then what it says under ``missing``; then the
    field's own missing codes, which stay; then, for a categorical field, the export's own choices by their
    label, and last the schema's labels. A code that the export explains is never taken for a category
    that merely has the same code: in one export 1 is "Male", in another "Yes".

    Returns
    -------
    mapping of str to str
    """
    result: dict[str, str] = {}
    if field.categories is not None:
        by_label = {
            _folded(category.label): str(category.value)
            for category in field.categories
            if category.label is not None
        }
        own_label = {str(category.value): category.label for category in field.categories}
        values = own_label.keys()
        if export.cells != "codes":
            result |= {
                category.label: str(category.value)
                for category in field.categories
                if category.label is not None and (export.cells == "labels" or category.label not in values)
            }
        for code, label in (column.choices or {}).items():
            meaning = by_label.get(_folded(label), label if label in values else None)
            if meaning is not None:
                result[code] = meaning
                result.setdefault(label, meaning)
            elif _folded(own_label.get(code) or label) != _folded(label):
                result[code] = label  # which is no category, and so is found
    for missing in field.missing_values:
        result.pop(missing.value, None)
    return result | _declared_missing(field, export) | export.translate.get(field.name, {})


def missing_texts(field: Field, export: Export) -> Mapping[str, str]:
    """Each text that stands for "no value" in the field's columns, and the field's own code for it."""
    own = {code.value: code.value for code in field.missing_values if code.value}
    return own | _declared_missing(field, export)


def _declared_missing(field: Field, export: Export) -> dict[str, str]:
    """What study.toml says of the export's missing codes, as far as the field knows the reason."""
    found = {code: missing_code(field, reason) for code, reason in export.missing.items()}
    return {code: missing.value for code, missing in found.items() if missing is not None}


def _folded(label: str) -> str:
    """A label as people compare it: without case and surplus spaces."""
    return " ".join(label.casefold().split())


def translate(cells: pa.ChunkedArray, mapping: Mapping[str, str], keep: Keep = in_memory) -> pa.ChunkedArray:
    """Replace each cell that stands in `mapping` by what it stands for.

    Parameters
    ----------
    cells : ChunkedArray of string, shape (n_rows,)
    mapping : mapping of str to str
    keep : callable
        Where the result is kept.

    Returns
    -------
    ChunkedArray of string, shape (n_rows,)
    """
    changed = {text: meaning for text, meaning in mapping.items() if text != meaning}
    if not changed:
        return cells
    texts, meanings = pa.array(list(changed), pa.string()), pa.array(list(changed.values()), pa.string())
    pieces = (
        pc.coalesce(meanings.take(pc.index_in(piece, value_set=texts)), piece) for piece in pieces_of(cells)
    )
    return keep(pieces, pa.string())


_UNTICKED = ("", "0", "Unchecked", "FALSE", "False", "false")


def gather(
    cells: pa.Table,
    columns: tuple[ColumnInfo, ...],
    mapping: Mapping[str, str],
    delimiter: str,
    *,
    missing: Mapping[str, str] = MappingProxyType({}),
) -> pa.ChunkedArray:
    """The choices ticked in the columns of one select-all question, joined as a list field's text.

    A column without a choice of its own gives its cell's text. No choice ticked gives the first
    missing code in the row, or else an empty text: an export without such codes does not tell "not
    asked" from "nothing ticked".

    Parameters
    ----------
    cells : Table, shape (n_rows, n_columns)
        The export's cells.
    columns : tuple of ColumnInfo, length >= 1
    mapping : mapping of str to str
        What each choice stands for.
    delimiter : str
    missing : mapping of str to str
        Cells that are no tick, and the missing code that each stands for.

    Returns
    -------
    ChunkedArray of string, shape (n_rows,)
    """
    ticked, reasons = [], []
    codes = pa.array(list(missing), pa.string())
    unticked = pa.array([*_UNTICKED, *missing], pa.string())
    for column in columns:
        cell = pc.fill_null(cells.column(column.position - 1), "")
        is_ticked = pc.invert(pc.is_in(cell, value_set=unticked))
        item = cell if column.choice is None else mapping.get(column.choice, column.choice)
        ticked.append(pc.if_else(is_ticked, pc.binary_join_element_wise(delimiter, item, ""), ""))
        if missing:
            reasons.append(translate(pc.if_else(pc.is_in(cell, value_set=codes), cell, None), missing))
    # Joined with the delimiter before each item: Arrow's own skipping of nulls loses rows of nulls.
    joined = pc.utf8_slice_codeunits(pc.binary_join_element_wise(*ticked, ""), len(delimiter))
    return pc.if_else(pc.equal(joined, ""), pc.coalesce(*reasons, ""), joined) if missing else joined
