"""What may be told of changes to everybody: no count of 1 to 10, nor one from which such a count follows.

All counts of one release are looked at together, since they are parts of each other: rows that changed and
texts among them, all participants behind removed rows and those of them who stayed. A reader is taken to know
how many rows each table has in each release, from the codebook or the packages themselves, and so to know of
any two of "before", "after", "added" and "removed" the difference.

- If no count of participants' rows is small, and no difference of two, all are told.
- If one is, none is told exactly: only whether it is of fewer than 11 participants, or of more.
- Of tables that are small, or have grown or shrunk by a small number, not even that: it would give some
  counts away. Whether a table is like that is a matter of its sizes alone, so that silence says nothing.

What the sizes give away by themselves, such as a table that grew by 5, is for the gate to refuse.

References
----------
CMS cell size suppression policy (https://resdac.org/node/1506): no cell of 1 to 10, and nothing from which
one can be derived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from ppdarchive.changes.between import Changes
from ppdarchive.changes.codings import CODINGS
from ppdarchive.changes.rows import Affected, RowChanges

MIN_CELL: Final = 11
"""The smallest count that is told."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a count.

    Attributes
    ----------
    of : {"rows", "participants"}
    exactly : int or None
        The count; None if it is not told.
    under, at_least : int or None
        What it is less than, or no less than, where it is not told exactly.
    """

    of: Literal["rows", "participants"]
    exactly: int | None = None
    under: int | None = None
    at_least: int | None = None


Kinds = Mapping[str, Told]
"""By kind of change, or by how texts became others."""


@dataclass(frozen=True, slots=True)
class Public:
    """What is told of the counts of one release.

    Attributes
    ----------
    rows : mapping of str to Kinds, or None
        By table; None where it is told only that rows are others.
    texts : mapping of (str, str) to Kinds
        By table and field; all edited texts under ``edited``.
    codings : mapping of str to Kinds
        By stage.
    """

    rows: Mapping[str, Kinds | None] = field(default_factory=lambda: MappingProxyType({}))
    texts: Mapping[tuple[str, str], Kinds] = field(default_factory=lambda: MappingProxyType({}))
    codings: Mapping[str, Kinds] = field(default_factory=lambda: MappingProxyType({}))


def public(changes: Changes, *, min_cell: int = MIN_CELL) -> Public:
    """Choose what is told of the counts of one release.

    Parameters
    ----------
    changes : Changes
    min_cell : int, at least 1
        The smallest count that is told; with 1, all are.

    Returns
    -------
    Public

    Raises
    ------
    ValueError
        If `min_cell` is less than 1.
    """
    if min_cell < 1:
        raise ValueError("the smallest count that is told is 1 or more")
    is_exact = not any(0 < count < min_cell for count in _counts(changes))
    rows: dict[str, Kinds | None] = {}
    for table, own in changes.rows.items():
        if not own.is_matched or not own.is_about_people or is_exact:
            rows[table] = {kind: Told("rows", part.n_rows) for kind, part in own.kinds.items()}
        elif _is_safe(own, min_cell):
            rows[table] = {kind: _roughly(part, min_cell) for kind, part in own.kinds.items()}
        else:
            rows[table] = None
    texts: dict[tuple[str, str], Kinds] = {}
    for place, edits in changes.texts.items():
        if is_exact:
            parts = {"edited": edits.edited, **edits.kinds}
            texts[place] = {kind: Told("rows", part.n_rows) for kind, part in parts.items()}
        elif rows.get(place[0]) is not None:
            texts[place] = {"edited": _roughly(edits.edited, min_cell)}
    codings = {}
    if is_exact:
        codings = {
            stage: {kind: Told("rows", part.n_rows) for kind, part in each.kinds.items()}
            for stage, each in changes.codings.items()
        }
    return Public(MappingProxyType(rows), MappingProxyType(texts), MappingProxyType(codings))


def _roughly(part: Affected, min_cell: int) -> Told:
    of: Literal["rows", "participants"] = "rows" if part.n_participants is None else "participants"
    count = part.n_rows if part.n_participants is None else part.n_participants
    if count < min_cell:
        return Told(of, under=min_cell)
    return Told(of, at_least=min_cell)


def _is_safe(rows: RowChanges, min_cell: int) -> bool:
    """Whether rough counts give no small one away, whatever they are, to one who knows the table's sizes."""
    grown_by = abs(rows.n_after - rows.n_before)
    is_large = min(rows.n_before, rows.n_after) >= 2 * min_cell
    # "Fewer than 2" would be 1.
    return min_cell > 2 and is_large and not 0 < grown_by < min_cell


def _counts(changes: Changes) -> Iterator[int]:
    """All counts that may say something of participants, and those that follow from them."""
    for table, rows in changes.rows.items():
        if not rows.is_about_people or not rows.is_matched:
            continue
        for part in rows.kinds.values():
            yield from part.counts
        kept = rows.n_before - rows.removed.n_rows
        yield kept
        changed = rows.changed.n_rows
        yield kept - changed
        yield kept - changed - rows.filled.n_rows - rows.described.n_rows
        for place, edits in changes.texts.items():
            if place[0] == table:
                yield changed - edits.edited.n_rows
                for part in (edits.edited, *edits.kinds.values()):
                    yield from part.counts
        if table == CODINGS:
            for stage in changes.codings.values():
                for part in stage.kinds.values():
                    yield from part.counts
