"""Whose rows they are: the participant behind each row of each table of two releases.

Pseudonyms of one audience stay, so a participant has one number in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.changes.contents import Contents
from ppdarchive.changes.matching import Mask, Numbers, numbered
from ppdarchive.model.columns import values_of
from ppdarchive.model.schema import Field, ForeignKey, Role, Schema, Schemas
from ppdarchive.model.table import Frame
from ppdarchive.model.treatment import PARTICIPANTS

PARTICIPANT_KEY = "participant_id"

NOBODY = -1
"""The participant of a row that belongs to none."""

_OPEN = (Role.NONE, Role.FREE_TEXT)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class People:
    """Which rows are whose, in two releases.

    Attributes
    ----------
    before, after : mapping of str to ndarray of int64, shape (n_rows,)
        For each table that leads to participants, the participant of each row, or `NOBODY`.
    is_kept : ndarray of bool, shape (n_participants + 1,)
        Whether a participant is in both releases; the last is nobody.
    """

    before: Mapping[str, Numbers]
    after: Mapping[str, Numbers]
    is_kept: Mask


def people_of(before: Contents, after: Contents) -> People:
    """Find the participant behind each row.

    Tables that lead to no participant, such as the questions, are not among them. Which they are is read
    off field names and foreign keys.
    """
    ids = [{name: _ids(each, name) for name in _direct(each.schemas)} for each in (before, after)]
    everybody = [pc.unique(column) for side in ids for column in side.values()]
    universe = pc.unique(pa.chunked_array(everybody, type=pa.string())).drop_null()
    numbers = [{name: _places(column, universe) for name, column in side.items()} for side in ids]
    present = []
    for contents, side in zip((before, after), numbers, strict=True):
        own = [side[PARTICIPANTS]] if PARTICIPANTS in side else list(side.values())
        here = np.zeros(len(universe) + 1, dtype=np.bool_)
        for column in own:
            here[column] = True
        present.append(here)
        _by_value(contents, side, universe)
        _follow(contents, side)
    is_kept = present[0] & present[1]
    is_kept[NOBODY] = False
    return People(MappingProxyType(numbers[0]), MappingProxyType(numbers[1]), is_kept)


def is_about_people(schemas: Schemas, name: str, people: People) -> bool:
    """Whether counts of a table's rows may say something of participants.

    They don't where the table leads to no participant, and all its fields are open words, such as those of
    codes and questions, or pseudonyms of its own, such as those of coders; and the same holds for the tables
    that it refers to.
    """
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        schema = schemas.get(waiting.pop())
        if schema is None or schema.name in people.before or schema.name in people.after:
            return True
        # Without a table of participants, any pseudonym may be theirs.
        own = schema.primary_key if len(schema.primary_key) == 1 and PARTICIPANTS in schemas else ()
        if not all(_is_open(field, is_own=field.name in own) for field in schema):
            return True
        seen.add(schema.name)
        waiting += [key.resource for key in schema.foreign_keys if key.resource not in ("", *seen)]
    return False


def _is_open(field: Field, *, is_own: bool) -> bool:
    role = field.disclosure.role if field.disclosure is not None else None
    return role in _OPEN or (role is Role.KEY and is_own)


def _direct(schemas: Schemas) -> dict[str, str]:
    """The tables that name the participant themselves, and the field that does."""
    return {name: field for name, schema in schemas.items() if (field := _naming(schemas, schema))}


def _naming(schemas: Schemas, schema: Schema) -> str | None:
    people = schemas.get(PARTICIPANTS)
    key = people.primary_key if people is not None else ()
    if schema.name == PARTICIPANTS:
        return key[0] if len(key) == 1 else None
    for foreign in schema.foreign_keys:
        if foreign.resource == PARTICIPANTS and len(foreign.fields) == 1:
            return foreign.fields[0]
    return next((name for name in (*key, PARTICIPANT_KEY) if len(key) < 2 and name in schema), None)


def _ids(contents: Contents, name: str) -> pa.ChunkedArray:
    return values_of(contents.frames[name][_direct(contents.schemas)[name]]).cast(pa.string())


def _places(column: pa.ChunkedArray, universe: pa.Array) -> Numbers:
    return np.asarray(pc.index_in(column, value_set=universe).fill_null(NOBODY), dtype=np.int64)


def _by_value(contents: Contents, of: dict[str, Numbers], universe: pa.Array) -> None:
    """Find the tables in which pseudonyms of participants stand under another name, without foreign key."""
    for name, schema in contents.schemas.items():
        if name in of or any(key.resource in contents.schemas for key in schema.foreign_keys):
            continue
        for field in schema:
            if field.disclosure is not None and field.disclosure.role is Role.KEY:
                found = _places(values_of(contents.frames[name][field.name]).cast(pa.string()), universe)
                if (found != NOBODY).any():
                    of[name] = found
                    break


def _follow(contents: Contents, of: dict[str, Numbers]) -> None:
    """Follow foreign keys to tables whose rows are known, until no more are."""
    for _ in contents.schemas:
        for name, schema in contents.schemas.items():
            key = next((key for key in schema.foreign_keys if key.resource in of), None)
            if name not in of and key is not None:
                target = contents.frames[key.resource]
                rows = _target_rows(contents.frames[name], key, target)
                of[name] = np.append(of[key.resource], NOBODY)[rows]


def _target_rows(frame: Frame, key: ForeignKey, target: Frame) -> Numbers:
    """For each row the row of `target` that it refers to; -1 for none."""
    own = [values_of(frame[name]) for name in key.fields]
    mine, theirs = numbered(own, [values_of(target[name]) for name in key.reference_fields])
    rows = np.full(max(mine.max(initial=-1), theirs.max(initial=-1)) + 1, -1, dtype=np.int64)
    rows[theirs] = np.arange(len(theirs))
    found = rows[mine]
    for column in own:  # a key without value refers to nothing
        found[np.asarray(column.is_null(), dtype=np.bool_)] = -1
    return found
