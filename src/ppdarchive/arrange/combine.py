"""Pieces of several exports -> one RawTable."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from ppdarchive.arrange.piece import Piece
from ppdarchive.model.schema import Schema
from ppdarchive.model.table import Form, Provenance, RawTable


def combine(pieces: Sequence[Piece], schema: Schema) -> RawTable:
    """Put the pieces of one table below each other, in the order of study.toml.

    A field that one export gives and another does not is null in the other's rows.

    Parameters
    ----------
    pieces : sequence of Piece, length >= 1
    schema : Schema

    Returns
    -------
    RawTable
    """
    tables = [piece.cells for piece in pieces]
    cells = tables[0] if len(tables) == 1 else pa.concat_tables(tables, promote_options="default")
    cells = cells.select([name for name in schema.names if name in cells.column_names])
    sizes = [len(piece.line) for piece in pieces]
    starts = np.concatenate([[0], np.cumsum(sizes)]).tolist()
    forms: dict[str, tuple[Form, ...]] = {}
    for name in cells.column_names:
        if any(name in piece.lexical for piece in pieces):
            own = schema[name].lexical
            forms[name] = tuple(
                Form(starts[number], starts[number + 1], piece.lexical.get(name, own))
                for number, piece in enumerate(pieces)
            )
    files = tuple(dict.fromkeys(piece.count.file for piece in pieces))
    origin = [
        np.zeros(size, np.int32) if piece.column is None else piece.column
        for piece, size in zip(pieces, sizes, strict=True)
    ]
    missing = {name for piece in pieces for name in piece.missing_columns}
    return RawTable(
        schema=schema,
        cells=cells,
        provenance=Provenance(
            files=files,
            file=np.repeat(
                np.array([files.index(piece.count.file) for piece in pieces], dtype=np.int32), sizes
            ),
            line=np.concatenate([piece.line for piece in pieces]),
            column=np.concatenate(origin) if any(piece.column is not None for piece in pieces) else None,
            column_fields=frozenset().union(*(piece.column_fields for piece in pieces)),
        ),
        forms=forms,
        missing_columns=tuple(name for name in schema.names if name in missing),
        unknown_columns=tuple(place for piece in pieces for place in piece.unknown_columns),
        in_order=all(piece.in_order for piece in pieces),
    )
