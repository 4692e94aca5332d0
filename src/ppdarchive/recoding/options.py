"""A study's quasi-identifiers as ladders, by treating the tables in rounds, each coarser than the last.

What is searched is what would be published: every level is counted on columns that the treatments
themselves made, companion fields with theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import COMPANION_SUFFIX, Disclosure, Field, Schema, Schemas, Treatment
from ppdarchive.model.treatment import PARTICIPANTS
from ppdarchive.recoding.coarser import coarser
from ppdarchive.recoding.ladder import DROP, Codes, Ladder, ladder
from ppdarchive.risk.classes import classes_of, codes_of
from ppdarchive.risk.people import NOBODY, people_of
from ppdarchive.risk.vectors import WAVE, is_quasi_identifier, multisets, spread

Column = tuple[str, str]
"""A table and a field of it."""

Treat = Callable[[Schemas], Mapping[str, TreatedTable]]
"""``treat(schemas)``: the study's tables, treated as these schemas declare, rows in the same order."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Options:
    """Ladders, and what schemas must declare to reach a level.

    Attributes
    ----------
    ladders : tuple of Ladder
        Over participants.
    steps : tuple of tuple of mapping of Column to Treatment
        For each ladder and step, the treatment of each field that the ladder is of. One that is of no
        field, such as the number of answers, has empty mappings.
    """

    ladders: tuple[Ladder, ...]
    steps: tuple[tuple[Mapping[Column, Treatment], ...], ...]

    def __repr__(self) -> str:
        return f"<Options of {len(self.ladders)} ladders>"

    def treatments(self, node: Sequence[int]) -> Mapping[Column, Treatment]:
        """The treatments that a node of the lattice stands for."""
        found: dict[Column, Treatment] = {}
        for each, steps, level in zip(self.ladders, self.steps, node, strict=True):
            found |= steps[each.levels[level].step]
        return MappingProxyType(found)


def options_of(
    schemas: Schemas,
    treat: Treat,
    *,
    below: int,
    hierarchies: Mapping[Column, str] = MappingProxyType({}),
    weights: Mapping[Column, float] = MappingProxyType({}),
    fixed: frozenset[Column] = frozenset(),
) -> Options:
    """Find on which levels each quasi-identifier can be released.

    A table with one row a participant gives a ladder for each of its quasi-identifiers. Of one with
    many rows, what counts is all rows of a participant together: it gives one ladder, whose fields
    climb together.

    Parameters
    ----------
    schemas : mapping of str to Schema
        As declared; ``participants`` is among those released.
    treat : callable
    below : int
        Participants that must share a value, where rare ones are to be suppressed.
    hierarchies : mapping of Column to str, optional
        Ready hierarchies that know the values of fields.
    weights : mapping of Column to float, optional
        The importance of fields; 1 if not given.
    fixed : frozenset of Column, optional
        Fields that stay as they are declared.

    Returns
    -------
    Options

    Raises
    ------
    ValueError
        If ``participants`` is not released, or levels do not nest.
    """
    climbing = {
        (name, field.name): [
            *coarser(field, below=below, hierarchy=hierarchies.get((name, field.name))),
            DROP,
        ]
        for name, schema in schemas.items()
        for field in schema
        if _is_released(field) and is_quasi_identifier(schema, field)
    }
    for column in fixed & climbing.keys():
        del climbing[column][1:]
    n_rounds = max((len(steps) for steps in climbing.values()), default=1)
    rounds = [_Round(treat(_declaring(schemas, climbing, number))) for number in range(n_rounds)]
    as_collected = {column: [Treatment("keep")] for column in climbing}
    collected = _Round(treat(_declaring(schemas, as_collected, 0)))
    ladders: list[Ladder] = []
    steps: list[tuple[Mapping[Column, Treatment], ...]] = []
    for name in rounds[0].tables:
        fields = [column for column in climbing if column[0] == name]
        if rounds[0].is_many(name):
            if not fields and name not in rounds[0].direct:
                continue
            rows = max((len(climbing[column]) for column in fields), default=1)
            together = [
                {column: _at(climbing[column], number) for column in fields} for number in range(rows)
            ]
            codes = [each.rows(name, fields) for each in rounds[:rows]]
            weight = sum(weights.get(column, 1.0) for column in fields) or 1.0
            ladders.append(_ladder(name, collected.rows(name, fields), together, codes, weight))
            steps.append(tuple(together))
            continue
        for column in fields:
            own = [{column: treatment} for treatment in climbing[column]]
            codes = [each.column(column) for each in rounds[: len(own)]]
            weight = weights.get(column, 1.0)
            ladders.append(_ladder(".".join(column), collected.column(column), own, codes, weight))
            steps.append(tuple(own))
        if name != PARTICIPANTS and name in rounds[0].direct:
            presence = rounds[0].rows(name, [])
            ladders.append(_ladder(name, presence, [{}], [presence], 1.0))
            steps.append(({},))
    return Options(tuple(ladders), tuple(steps))


def _at(steps: Sequence[Treatment], number: int) -> Treatment:
    return steps[min(number, len(steps) - 1)]


def _ladder(
    name: str,
    collected: Codes,
    steps: Sequence[Mapping[Column, Treatment]],
    codes: Sequence[Codes],
    weight: float,
) -> Ladder:
    """A ladder; what treats equal values differently is searched from its first step on."""
    named = [next(iter(step.values()), Treatment("keep")) for step in steps]
    own = classes_of([collected]).of
    joint = classes_of([collected, codes[0]])
    base = collected if len(joint.sizes) == int(own.max()) + 1 else codes[0]
    return ladder(name, base, list(zip(named, codes, strict=True)), drop=False, weight=weight)


def _is_released(field: Field) -> bool:
    return field.disclosure is not None and field.disclosure.treatment.method != "drop"


def _declaring(schemas: Schemas, climbing: Mapping[Column, Sequence[Treatment]], number: int) -> Schemas:
    """The schemas with the treatments of a round."""

    def declared(name: str, field: Field) -> Field:
        steps = climbing.get((name, field.name))
        if steps is None or field.disclosure is None:
            return field
        return replace(field, disclosure=Disclosure(field.disclosure.role, _at(steps, number)))

    def changed(name: str, schema: Schema) -> Schema:
        return replace(schema, fields=tuple(declared(name, field) for field in schema))

    return MappingProxyType({name: changed(name, schema) for name, schema in schemas.items()})


class _Round:
    """The treated tables of a round, and whose their rows are."""

    def __init__(self, tables: Mapping[str, TreatedTable]) -> None:
        if PARTICIPANTS not in tables:
            raise ValueError("levels are counted over participants, and no such table is released")
        self._treated = tables
        people = people_of(tables)
        self._n, self._of, self.direct = people.n_participants, people.of, people.direct
        self.tables = tuple(people.of)

    def is_many(self, name: str) -> bool:
        """Whether a participant may have several rows in a table."""
        of = self._of[name]
        return bool(np.bincount(of[of != NOBODY], minlength=self._n).max(initial=0) > 1)

    def column(self, column: Column) -> Codes:
        """A field and its companion as one column over participants; all alike if it is dropped."""
        name, field = column
        of = self._of.get(name)
        parts = [] if of is None else self._codes(name, [field])
        if of is None or not parts:
            return np.zeros(self._n, dtype=np.int64)
        owned = of != NOBODY
        both: Codes = classes_of(spread(of[owned], [part[owned] for part in parts], self._n)).of
        return both

    def rows(self, name: str, fields: Sequence[Column]) -> Codes:
        """All rows of each participant in a table, as far as `fields` and its waves tell them apart."""
        of = self._of.get(name)
        if of is None:
            return np.zeros(self._n, dtype=np.int64)
        owned = of != NOBODY
        names = [field for _, field in fields]
        if name in self.direct and WAVE not in names:
            names.append(WAVE)
        return multisets(of[owned], [part[owned] for part in self._codes(name, names)], self._n)

    def _codes(self, name: str, fields: Sequence[str]) -> list[Codes]:
        table = self._treated[name]
        there = [
            part for field in fields for part in (field, field + COMPANION_SUFFIX) if part in table.schema
        ]
        return codes_of(table.frame, there)
