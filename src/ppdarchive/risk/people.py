"""Whose row it is: the participant behind each row of each released table.

Only released values are followed, as a reader of the package would: foreign keys, and pseudonyms that
stand in two tables without one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa

from ppdarchive.model.columns import positions, values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import ForeignKey, Role
from ppdarchive.model.treatment import PARTICIPANTS
from ppdarchive.risk.classes import Numbers, classes_of

PARTICIPANT_KEY = "participant_id"

NOBODY = -1
"""The participant of a row that belongs to none."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class People:
    """Which rows are whose.

    Attributes
    ----------
    n_participants : int
    of : mapping of str to ndarray of int64, shape (n_rows,)
        For each table that leads to participants, the participant of each row, from 0; or `NOBODY`.
    direct : frozenset of str
        Tables that name the participant themselves, and not through another table.
    """

    n_participants: int
    of: Mapping[str, Numbers]
    direct: frozenset[str]

    def __repr__(self) -> str:
        return f"<People: {self.n_participants} participants in {len(self.of)} tables>"


def people_of(tables: Mapping[str, TreatedTable]) -> People:
    """Find the participant behind each row.

    Parameters
    ----------
    tables : mapping of str to TreatedTable
        Where ``participants`` is not released, whoever the others name under its key takes part.

    Returns
    -------
    People
        Tables that lead to no participant, such as the questions, are not in it.
    """
    of: dict[str, Numbers] = {}
    direct: set[str] = set()
    if PARTICIPANTS in tables:
        n_participants = len(tables[PARTICIPANTS].frame)
        of[PARTICIPANTS] = np.arange(n_participants, dtype=np.int64)
        _follow(tables, of)
        direct |= {name for name in of if _refers(tables[name], PARTICIPANTS)}
        for name in tables:
            if name not in of and (found := _by_value(tables[name], tables[PARTICIPANTS])) is not None:
                of[name] = found
                direct.add(name)
    else:
        naming = [name for name, table in tables.items() if PARTICIPANT_KEY in table.schema]
        parts = _together([[tables[name].frame[PARTICIPANT_KEY]] for name in naming])
        n_participants = max((int(part.max(initial=NOBODY)) + 1 for part in parts), default=0)
        of |= zip(naming, parts, strict=True)
        direct |= set(naming)
    _follow(tables, of)
    return People(n_participants, MappingProxyType(of), frozenset(direct))


def _refers(table: TreatedTable, other: str) -> bool:
    return any(key.resource == other for key in table.schema.foreign_keys)


def _follow(tables: Mapping[str, TreatedTable], of: dict[str, Numbers]) -> None:
    """Follow foreign keys to tables whose rows are known, until no more are."""
    for _ in tables:
        for name, table in tables.items():
            key = next((key for key in table.schema.foreign_keys if key.resource in of), None)
            if name not in of and key is not None:
                rows = target_rows(table, key, tables[key.resource])
                of[name] = np.append(of[key.resource], NOBODY)[rows]


def _by_value(table: TreatedTable, participants: TreatedTable) -> Numbers | None:
    """The participants whose key stands in any key field of a table without foreign key to them."""
    if len(participants.schema.primary_key) != 1:
        return None
    for field in table.schema:
        if field.disclosure is not None and field.disclosure.role is Role.KEY:
            key = ForeignKey((field.name,), PARTICIPANTS, participants.schema.primary_key)
            rows = target_rows(table, key, participants)
            if (rows != NOBODY).any():
                return rows
    return None


def target_rows(table: TreatedTable, key: ForeignKey, target: TreatedTable) -> Numbers:
    """For each row of `table` the row of `target` that its key refers to; -1 for none."""
    own = [table.frame[name] for name in key.fields]
    other = [target.frame[name] for name in key.reference_fields]
    mine, theirs = _together([own, other])
    rows = np.full(max(mine.max(initial=-1), theirs.max(initial=-1)) + 2, NOBODY, dtype=np.int64)
    rows[theirs] = np.arange(len(theirs))
    rows[-1] = NOBODY  # where a key is missing, and nothing is referred to
    return rows[mine]


def _together(tables: Sequence[Sequence[pd.Series]]) -> list[Numbers]:
    """Number the keys of several tables so that equal ones have one number; -1 where a part is missing."""
    if not tables:
        return []
    columns = [
        positions(pa.chunked_array([chunk for part in parts for chunk in part.chunks], type=pa.string()))
        for parts in zip(
            *[[values_of(each).cast(pa.string()) for each in table] for table in tables], strict=True
        )
    ]
    whole = np.logical_and.reduce([column >= 0 for column in columns])
    numbers = classes_of(columns, counted=whole).of
    stops = np.cumsum([len(table[0]) for table in tables])[:-1]
    return np.split(numbers, stops)


def _numbered(parts: Sequence[pd.Series]) -> Numbers:
    """Number the values of several columns, one behind the other, as texts."""
    chunks = [chunk for part in parts for chunk in values_of(part).cast(pa.string()).chunks]
    return positions(pa.chunked_array(chunks, type=pa.string()))
