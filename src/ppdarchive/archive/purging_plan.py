"""What a purge removes, worked out before anything is changed; kept in the register until it is done.

It names people's keys and the places of words, so it never leaves the private folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from ppdarchive.archive.purging_spans import ListedSpan, request_key
from ppdarchive.archive.removing import rows_with
from ppdarchive.deidentify.consent import with_referring
from ppdarchive.deidentify.withdrawn import purged_fields, rows_of_keys
from ppdarchive.errors import RegisterError
from ppdarchive.model.columns import values_of
from ppdarchive.model.purged import GROUNDS, Ground
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Schemas
from ppdarchive.register import Register
from ppdarchive.text.keys import plain_key, row_key

PurgeKind = Literal["participant", "response", "spans"]
KINDS: Final = get_args(PurgeKind)
Tables = Mapping[str, TreatedTable]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, repr=False)
class What:
    """What is to be purged: a participant or a response by the study's own key, or the spans of a list."""

    kind: PurgeKind
    key: str = ""
    spans: tuple[ListedSpan, ...] = ()
    path: str = ""

    def __repr__(self) -> str:
        return f"<What: {self.kind}>"

    @property
    def request(self) -> str:
        """What is remembered of it: the key's plain form, or what tells the list from others."""
        return request_key(self.spans) if self.kind == "spans" else plain_key(self.key)


@dataclass(frozen=True, slots=True, repr=False)
class Cut:
    """Ranges that go from one cell of one version, if its text is still the one they were found in."""

    number: int
    table: str
    field: str
    key: tuple[str, ...]
    digest: str
    ranges: tuple[tuple[int, int], ...]
    category: str

    def __repr__(self) -> str:
        return f"<Cut in version {self.number}>"


@dataclass(slots=True, repr=False)
class Plan:
    """A purge that has begun.

    Attributes
    ----------
    archive : str
        Where it takes place.
    kind : {"participant", "response", "spans"}
    ground : Ground
    on : date
    request : str
        As `What.request`.
    was_before : bool
        Whether the same was purged before.
    released : mapping of str to set of str
        By object, the pseudonyms of the key.
    forgotten : mapping of str to set of str
        By space, the plain forms of all keys that are forgotten at the end.
    rows : mapping of str to set of str
        By table, the keys of the rows that go, as they come in.
    cuts : mapping of str to list of Cut
        By object.
    n_tombstones : mapping of str to int
        How many each object had before.
    k : mapping of str to mapping of str to tuple of int
        By object and version, the smallest class before and after, and the one that is demanded, or 0.
    """

    archive: str
    kind: PurgeKind
    ground: Ground
    on: date
    request: str
    was_before: bool = False
    released: dict[str, set[str]] = field(default_factory=dict)
    forgotten: dict[str, set[str]] = field(default_factory=dict)
    rows: dict[str, set[str]] = field(default_factory=dict)
    cuts: dict[str, list[Cut]] = field(default_factory=dict)
    n_tombstones: dict[str, int] = field(default_factory=dict)
    k: dict[str, dict[str, tuple[int, int, int]]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Plan of a purge: {self.kind}>"

    def as_json(self) -> dict[str, object]:
        """As the register keeps it."""
        return {
            "archive": self.archive,
            "kind": self.kind,
            "ground": self.ground,
            "on": self.on.isoformat(),
            "request": self.request,
            "was_before": self.was_before,
            **{name: _lists(getattr(self, name)) for name in ("released", "forgotten", "rows")},
            "cuts": {name: [_cut_json(cut) for cut in each] for name, each in self.cuts.items()},
            "n_tombstones": self.n_tombstones,
            "k": {name: {v: list(k) for v, k in each.items()} for name, each in self.k.items()},
        }


def _lists(sets: Mapping[str, set[str]]) -> dict[str, list[str]]:
    return {name: sorted(each) for name, each in sets.items()}


def _cut_json(cut: Cut) -> list[object]:
    ranges = [list(place) for place in cut.ranges]
    return [cut.number, cut.table, cut.field, list(cut.key), cut.digest, ranges, cut.category]


def plan_of(state: Mapping[str, Any], *, path: str) -> Plan:
    """The plan that a register has kept.

    Raises
    ------
    RegisterError
        ``register.damaged`` if it makes no sense.
    """
    try:
        ground = next(each for each in GROUNDS if each == state["ground"])
        kind = next(each for each in KINDS if each == state["kind"])
        return Plan(
            *(str(state["archive"]), kind, ground, date.fromisoformat(state["on"]), str(state["request"])),
            was_before=bool(state["was_before"]),
            released={name: set(each) for name, each in state["released"].items()},
            forgotten={name: set(each) for name, each in state["forgotten"].items()},
            rows={name: set(each) for name, each in state["rows"].items()},
            cuts={name: [_cut(each) for each in own] for name, own in state["cuts"].items()},
            n_tombstones={name: int(n) for name, n in state["n_tombstones"].items()},
            k={name: {v: (k[0], k[1], k[2]) for v, k in own.items()} for name, own in state["k"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration, IndexError):
        pass
    raise RegisterError("register.damaged", path=path)


def _cut(each: Sequence[Any]) -> Cut:
    number, table, name, key, digest, ranges, category = each
    places = tuple((int(start), int(end)) for start, end in ranges)
    return Cut(int(number), table, name, tuple(key), digest, places, category)


# -- rows -----------------------------------------------------------------------------------------


def rows_to_go(plan: Plan, object_id: str, tables: Tables, schemas: Schemas) -> dict[str, Mask]:
    """The rows of a version that name whom or what a purge is about; of spans there are none.

    Parameters
    ----------
    plan : Plan
    object_id : str
    tables : mapping of str to TreatedTable
        As they are released.
    schemas : mapping of str to Schema
        The study's own: keys that they keep are released as they come in.
    """
    if plan.kind == "spans":
        return {}
    found = rows_with(tables, plan.released.get(object_id, set()))
    for name, own in purged_fields(schemas, plan.kind):
        treated = schemas[name][own].disclosure
        is_kept = treated is not None and treated.treatment.method == "keep"
        if is_kept and name in tables and own in tables[name].schema:
            rows = rows_of_keys(values_of(tables[name].frame[own]), {plan.request})
            if rows.any():
                found[name] = found.get(name, np.zeros(len(rows), dtype=bool)) | rows
    return found


def note_rows(plan: Plan, register: Register, tables: Tables, rows: Mapping[str, Mask]) -> None:
    """Note the own keys of rows that go, and of what refers to them, before nobody can tell them any more."""
    for name, gone in with_referring(tables, rows).items():
        key = tables[name].schema.primary_key
        if not gone.any() or not key:
            continue
        parts = [values_of(tables[name].frame[own]).filter(gone).to_pylist() for own in key]
        known = register.keys_of({str(value) for column in parts for value in column})
        for released in zip(*parts, strict=True):
            own_parts = [known[str(value)][1] if str(value) in known else str(value) for value in released]
            plan.rows.setdefault(name, set()).add(row_key(own_parts))
        referring = {own for each in tables[name].schema.foreign_keys for own in each.fields}
        for own, column in zip(key, parts, strict=True):
            # Whom a row only refers to stays: a pair's other half, the author of an answer.
            for space, own_key in (known[str(each)] for each in column if str(each) in known):
                if own not in referring and space in ("participant", "response"):
                    plan.forgotten.setdefault(space, set()).add(plain_key(own_key))
