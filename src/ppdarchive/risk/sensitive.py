"""The sensitive values of each participant, which l-diversity and t-closeness are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import COMPANION_SUFFIX, Field, Kind, Role, Schema
from ppdarchive.risk.classes import Codes, Numbers, classes_of, codes_of, ranks_of
from ppdarchive.risk.people import NOBODY, people_of
from ppdarchive.risk.vectors import multisets, spread

_SCALED = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.YEAR})


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sensitive:
    """One sensitive value of each participant.

    Attributes
    ----------
    name : str
        ``table.field``; behind ``#`` the number of the series that a table with many rows holds.
    codes : ndarray of integers, shape (n_participants,)
        Ascending with the values where these are on a scale; -1 is missing.
    is_ordered : bool
        Whether the values are on a scale.
    """

    name: str
    codes: Codes
    is_ordered: bool

    def __repr__(self) -> str:
        return f"<Sensitive {self.name} of {len(self.codes)} participants>"


def sensitive_values(tables: Mapping[str, TreatedTable]) -> tuple[Sensitive, ...]:
    """Gather the released sensitive fields, one value a participant.

    A table of many rows a participant, such as scores by instrument and wave, is a series of values
    for each of the other parts of its primary key; each is measured on its own. Where one participant
    has several rows even so, the multiset of her values is her value.

    Returns
    -------
    tuple of Sensitive
        In the participants' order, as `participant_vectors`.
    """
    people = people_of(tables)
    found: list[Sensitive] = []
    for name, of in people.of.items():
        table, owned = tables[name], of != NOBODY
        fields = _sensitive(table.schema)
        if not fields or not owned.any():
            continue
        series = _series(table, of)
        for field in fields:
            codes = _with_reasons(table, field)
            for label, chosen in series:
                mine, values = of[chosen], codes[chosen]
                is_single = np.bincount(mine, minlength=1).max(initial=0) <= 1
                if is_single:
                    (column,) = spread(mine, [values], people.n_participants)
                else:
                    column = multisets(mine, [values], people.n_participants)
                is_ordered = is_single and (field.kind in _SCALED or field.categories_ordered)
                found.append(Sensitive(f"{name}.{field.name}{label}", column, is_ordered))
    return tuple(found)


def _series(table: TreatedTable, of: Numbers) -> list[tuple[str, Numbers]]:
    """The rows of each series that a table holds, and what is put behind its name."""
    owned = np.flatnonzero(of != NOBODY)
    by = [name for name in table.schema.primary_key if not _is_key(table.schema[name])]
    if not by or np.bincount(of[owned]).max() <= 1:
        return [("", owned)]
    series = classes_of([column[owned] for column in codes_of(table.frame, by)]).of
    order = np.argsort(series, kind="stable")
    parts = np.split(owned[order], np.flatnonzero(np.diff(series[order])) + 1)
    return [(f"#{number}", part) for number, part in enumerate(parts, start=1)]


def _with_reasons(table: TreatedTable, field: Field) -> Codes:
    """The values' codes; where a value off any scale is missing for a reason, that reason's."""
    codes = ranks_of(table.frame, field.name)
    companion = field.name + COMPANION_SUFFIX
    if companion not in table.schema or field.kind in _SCALED or field.categories_ordered:
        return codes
    reasons = ranks_of(table.frame, companion)
    first = int(codes.max(initial=-1)) + 1
    with_reason: Codes = np.where((codes < 0) & (reasons >= 0), first + reasons, codes)
    return with_reason


def _sensitive(schema: Schema) -> list[Field]:
    """The sensitive fields; why a value is missing is judged with the value."""
    return [
        field for field in schema if _role(field) is Role.SENSITIVE and not schema.is_companion(field.name)
    ]


def _is_key(field: Field) -> bool:
    return _role(field) is Role.KEY


def _role(field: Field) -> Role | None:
    return None if field.disclosure is None else field.disclosure.role
