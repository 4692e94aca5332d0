"""Rows of two releases by released key: how many were added, removed and changed; counts, never values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np

from ppdarchive.changes.matching import Mask, Matching, Numbers, compared, is_exchanged, matched, numbered
from ppdarchive.changes.people import NOBODY
from ppdarchive.model.columns import values_of
from ppdarchive.model.schema import COMPANION_SUFFIX, Field, Role, Schema
from ppdarchive.model.table import Frame

DEFINITIONS: Final = frozenset({("codes", "definition"), ("themes", "description")})
"""Fields of the codebook that explain and are not selected by: other words in them are metadata."""


@dataclass(frozen=True, slots=True)
class Affected:
    """How many rows something happened to, and whose they are.

    Attributes
    ----------
    n_rows : int
    n_participants : int or None
        None where the table leads to no participant.
    n_rows_of_kept, n_participants_kept : int or None
        Of these, what belongs to participants who are in both releases.
    """

    n_rows: int = 0
    n_participants: int | None = None
    n_rows_of_kept: int | None = None
    n_participants_kept: int | None = None

    @property
    def counts(self) -> tuple[int, ...]:
        """All counts, and the differences that follow from them."""
        if self.n_participants is None or self.n_rows_of_kept is None or self.n_participants_kept is None:
            return (self.n_rows,)
        return (
            *(self.n_rows, self.n_rows_of_kept, self.n_rows - self.n_rows_of_kept),
            *(self.n_participants, self.n_participants_kept),
            self.n_participants - self.n_participants_kept,
        )


NONE: Final = Affected()
"""No rows at all."""

Count = Callable[[Numbers], Affected]
"""Rows of a table, by position -> how many, and whose."""


def counter(owners: Numbers | None, is_kept: Mask) -> Count:
    """What counts the rows of one table of one release, and their participants.

    Parameters
    ----------
    owners : ndarray of int64, shape (n_rows,), or None
        The participant of each row.
    is_kept : ndarray of bool, shape (n_participants + 1,)
    """

    def count(rows: Numbers) -> Affected:
        if owners is None:
            return Affected(len(rows))
        whose = owners[rows]
        people = np.unique(whose[whose != NOBODY])
        return Affected(
            len(rows),
            len(people),
            int(np.count_nonzero(is_kept[whose])),
            int(np.count_nonzero(is_kept[people])),
        )

    return count


@dataclass(frozen=True, slots=True)
class FieldRows:
    """In how many matched rows a field is another.

    Attributes
    ----------
    n_changed : int
        Rows with another value, or none any more.
    n_filled : int
        Rows with a value where none was.
    is_exchanged : bool
        Whether values were exchanged one for one.
    """

    n_changed: int = 0
    n_filled: int = 0
    is_exchanged: bool = False


@dataclass(frozen=True, slots=True)
class RowChanges:
    """What became of the rows of one table.

    Attributes
    ----------
    n_before, n_after : int
    added, removed : Affected
    changed : Affected
        Rows of which some field has another value, or none any more.
    filled : Affected
        Other rows of which some field has a value where none was.
    described : Affected
        Other rows, of which a definition of the codebook is worded otherwise.
    fields : mapping of str to FieldRows
        The fields that differ.
    is_matched : bool
        Whether both tables have the same key; if not, nothing but `n_before` and `n_after` is known.
    is_about_people : bool
        Whether counts may say something of participants.
    """

    n_before: int
    n_after: int
    added: Affected = NONE
    removed: Affected = NONE
    changed: Affected = NONE
    filled: Affected = NONE
    described: Affected = NONE
    fields: Mapping[str, FieldRows] = field(default_factory=lambda: MappingProxyType({}))
    is_matched: bool = True
    is_about_people: bool = True

    @property
    def kinds(self) -> Mapping[str, Affected]:
        """What happened to rows, by kind of change; what happened to none is left out."""
        parts = {
            "rows.added": self.added,
            "rows.removed": self.removed,
            "rows.changed": self.changed,
            "rows.filled": self.filled,
            "rows.described": self.described,
        }
        return {kind: part for kind, part in parts.items() if part.n_rows}


def rows_matched(before: Frame, after: Frame, schemas: tuple[Schema, Schema]) -> Matching | None:
    """Match the rows of a table by its key; without key, by all fields that both releases have.

    Returns
    -------
    Matching or None
        None if the key is another, or there is nothing to match by.
    """
    own, other = schemas
    if own.primary_key != other.primary_key:
        return None
    names = own.primary_key or tuple(name for name in own.names if name in other)
    if not names:
        return None
    return matched(
        *numbered([values_of(before[name]) for name in names], [values_of(after[name]) for name in names])
    )


def row_changes(
    before: Frame,
    after: Frame,
    schemas: tuple[Schema, Schema],
    matching: Matching,
    *,
    counts: tuple[Count, Count],
    is_about_people: bool,
) -> RowChanges:
    """Count what became of the rows of a table.

    Parameters
    ----------
    before, after : Frame, shapes (n_before, ...) and (n_after, ...)
    schemas : tuple of Schema
        Of both; fields that only one of them has are not compared.
    matching : Matching
    counts : tuple of Count
        What counts the rows of either.
    is_about_people : bool
    """
    own, other = schemas
    n_kept = len(matching.before)
    changed, filled, described = (np.zeros(n_kept, dtype=np.bool_) for _ in range(3))
    fields: dict[str, FieldRows] = {}
    filled_of: dict[str, Mask] = {}
    names = [name for name in other.names if name in own and name not in own.primary_key]
    for name in sorted(names):  # a companion behind its field
        values = [
            values_of(frame[name]).take(rows)
            for frame, rows in ((before, matching.before), (after, matching.after))
        ]
        is_changed, is_filled = compared(values[0], values[1])
        base = name.removesuffix(COMPANION_SUFFIX)
        if base != name and base in filled_of:
            # The reason why there was no value goes with the gap.
            goes = is_changed & filled_of[base] & np.asarray(values[1].is_null(), dtype=np.bool_)
            is_changed, is_filled = is_changed & ~goes, is_filled | goes
        filled_of[name] = is_filled
        if not is_changed.any() and not is_filled.any():
            continue
        exchanged = _may_be_recoded(other[name]) and is_exchanged(values[0], values[1])
        fields[name] = FieldRows(
            int(np.count_nonzero(is_changed)), int(np.count_nonzero(is_filled)), exchanged
        )
        if (other.name, name) in DEFINITIONS:
            described |= is_changed | is_filled
        else:
            changed |= is_changed
            filled |= is_filled
    of_before, of_after = counts
    return RowChanges(
        len(before),
        len(after),
        added=of_after(matching.added),
        removed=of_before(matching.removed),
        changed=of_after(matching.after[changed]),
        filled=of_after(matching.after[filled & ~changed]),
        described=of_after(matching.after[described & ~filled & ~changed]),
        fields=MappingProxyType(fields),
        is_about_people=is_about_people,
    )


def _may_be_recoded(field: Field) -> bool:
    role = field.disclosure.role if field.disclosure is not None else None
    return role not in (Role.KEY, Role.FREE_TEXT)
