"""Small released tables for tests."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ppdarchive.model.dtypes import pandas_dtype
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Disclosure, Field, ForeignKey, Kind, Role, Schema, Treatment

REFERS = ForeignKey(("participant_id",), "participants", ("participant_id",))

Columns = Sequence[tuple[Field, Sequence[object]]]


def field(name: str, role: Role, kind: Kind = Kind.STRING) -> Field:
    """A released field."""
    return Field(name, kind, disclosure=Disclosure(role, Treatment("keep")))


PARTICIPANT = field("participant_id", Role.KEY)


def released(
    name: str,
    columns: Columns,
    *,
    primary_key: tuple[str, ...] = (),
    foreign_keys: tuple[ForeignKey, ...] = (),
) -> TreatedTable:
    """A released table of some columns."""
    fields = tuple(each for each, _ in columns)
    schema = Schema(name, fields, primary_key=primary_key, foreign_keys=foreign_keys)
    frame = {each.name: pd.Series(list(cells), dtype=pandas_dtype(each)) for each, cells in columns}
    return TreatedTable(schema, pd.DataFrame(frame))


def participants(n: int, **quasi: Sequence[object]) -> TreatedTable:
    """A table of `n` participants, p0, p1, ..., with quasi-identifiers of type string."""
    keys = [f"p{number}" for number in range(n)]
    others = [(field(name, Role.QUASI_IDENTIFIER), cells) for name, cells in quasi.items()]
    return released("participants", [(PARTICIPANT, keys), *others], primary_key=("participant_id",))


def of_participants(
    name: str, of: Sequence[int | None], columns: Columns, *, refers: bool = True
) -> TreatedTable:
    """A table of rows that belong to participants, with a foreign key or without."""
    keys = [None if each is None else f"p{each}" for each in of]
    return released(name, [(PARTICIPANT, keys), *columns], foreign_keys=(REFERS,) if refers else ())
