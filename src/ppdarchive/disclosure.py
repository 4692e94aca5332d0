"""A study's risk: as collected, as it would be released, and without those who are too rare."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, floor, inf
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from ppdarchive.deidentify.cells import suppress_cells
from ppdarchive.deidentify.consent import with_referring, without
from ppdarchive.deidentify.freetext import Redaction
from ppdarchive.deidentify.released import released
from ppdarchive.deidentify.treat import treat
from ppdarchive.drawn import Drawn
from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Kind, Role, Schema, Schemas
from ppdarchive.model.span import IDENTITY
from ppdarchive.model.table import CheckedTable
from ppdarchive.model.treatment import PARTICIPANTS
from ppdarchive.recoding.coarser import known_to
from ppdarchive.recoding.criteria import (
    Criterion,
    closeness,
    distinct_diversity,
    entropy_diversity,
    recursive_diversity,
    satisfying,
)
from ppdarchive.recoding.local import beyond_cells, local_plan
from ppdarchive.recoding.loss import LOSSES
from ppdarchive.recoding.options import Column, Options, Treat, options_of
from ppdarchive.recoding.search import Solution, search
from ppdarchive.recoding.suggest import Suggestion, suggestion
from ppdarchive.risk.assessment import Assessment, assess
from ppdarchive.risk.classes import Codes, classes_of
from ppdarchive.risk.closeness import equal_distance, ordered_distance
from ppdarchive.risk.measures import prosecutor
from ppdarchive.risk.sensitive import sensitive_values
from ppdarchive.risk.vectors import participant_vectors, quasi_identifiers
from ppdarchive.study.config import Release


def as_collected(tables: Mapping[str, CheckedTable]) -> dict[str, TreatedTable]:
    """The tables as if they were released as they are, to compare with."""
    return {name: TreatedTable(table.schema, table.frame) for name, table in tables.items()}


def fields_as_released(tables: Mapping[str, CheckedTable], drawn: Drawn) -> Mapping[str, TreatedTable]:
    """The tables as they would be released, but for texts, which are all withheld."""
    return treat(
        tables,
        pseudonyms=drawn.pseudonyms,
        redact=_withheld,
        offsets=drawn.offsets,
        secret=drawn.exchanging,
    ).tables


def _withheld(texts: Sequence[str | None], groups: Sequence[Hashable]) -> Redaction:
    """No texts, and codings where they were."""
    n = len(groups)
    return Redaction((None,) * n, (IDENTITY,) * n, ((),) * n, ((),) * n, (), {})


def assessed(
    tables: Mapping[str, TreatedTable],
    release: Release,
    *,
    facts: Mapping[str, Codes] = MappingProxyType({}),
) -> Assessment:
    """The risk of released tables under the terms of a release, with what answers state where that counts."""
    return assess(
        tables,
        k=release.limits.k,
        l=round(release.l or 2),
        population_size=release.population,
        facts=facts,
    )


def tells_of_participants(tables: Mapping[str, TreatedTable]) -> bool:
    """Whether the released tables have participants, and anything that could tell them apart."""
    if PARTICIPANTS not in tables:
        return False
    vectors = participant_vectors(tables)
    return vectors.n_participants > 0 and len(vectors.names) > 0


def proposal(
    tables: Mapping[str, CheckedTable],
    drawn: Drawn,
    release: Release,
    *,
    max_suppressed: float,
    fixed: frozenset[Column] = frozenset(),
    loss: str = next(iter(LOSSES)),
) -> Suggestion | None:
    """The treatments of least loss under which the release's conditions on risk would hold.

    Parameters
    ----------
    tables : mapping of str to CheckedTable
        Of consenting participants.
    drawn : Drawn
    release : Release
        Whose limits are to be met.
    max_suppressed : float
        The largest share of the participants that may be left out as a whole.
    fixed : frozenset of Column
        Fields that keep the treatment that is declared.
    loss : str
        One of `ppdarchive.recoding.loss.LOSSES`.

    Returns
    -------
    Suggestion or None
        None if even the coarsest levels do not suffice.

    Raises
    ------
    ValueError
        If there are no participants, or no quasi-identifier is released; see `tells_of_participants`.
    """
    schemas = {name: table.schema for name, table in tables.items()}
    treated = _treating(tables, drawn)

    k, limits = _least_k(release), release.limits
    options = options_of(schemas, treated, below=k, hierarchies=_hierarchies(tables), fixed=fixed)
    criteria = _criteria(treated(schemas), release)
    # The average risk is below any 1/k, and often far below: the smallest k that brings it down is enough.
    for each in range(k, max(k, _ceil(1 / limits.max_average_risk)) + 1):
        found = search(
            options.ladders,
            k=each,
            criteria=criteria,
            max_suppressed=max_suppressed,
            loss=LOSSES[loss],
        )
        if found.best is None or _average_risk(found.best) <= limits.max_average_risk:
            break
    return suggestion(schemas, options, found, k=each, max_suppressed=max_suppressed, declared_k=limits.k)


def _treating(tables: Mapping[str, CheckedTable], drawn: Drawn) -> Treat:
    """What treats the tables as other schemas declare."""

    def treated(declared: Schemas) -> Mapping[str, TreatedTable]:
        return fields_as_released(
            {name: replace(table, schema=declared[name]) for name, table in tables.items()}, drawn
        )

    return treated


def _least_k(release: Release) -> int:
    """The k that is demanded, by itself or by the highest risk of one participant."""
    return max(release.limits.k, _ceil(1 / release.limits.max_prosecutor_risk))


def _ceil(value: float) -> int:
    """The next whole number; what binary fractions differ by does not count."""
    return ceil(round(value, 9))


def _average_risk(solution: Solution) -> float:
    """The average prosecutor risk of who is released."""
    return prosecutor(classes_of(solution.columns, counted=~solution.suppressed).sizes).average


def _hierarchies(tables: Mapping[str, CheckedTable]) -> dict[Column, str]:
    """The ready hierarchies that know all values of a field."""
    found: dict[Column, str] = {}
    for name, table in tables.items():
        for own in table.schema:
            if own.kind is Kind.STRING and own.disclosure is not None:
                is_quasi = own.disclosure.role is Role.QUASI_IDENTIFIER
                values, _ = encode(values_of(table.frame[own.name])) if is_quasi else ([], None)
                known = known_to(str(value) for value in values)
                if known is not None:
                    found[name, own.name] = known
    return found


def _criteria(tables: Mapping[str, TreatedTable], release: Release) -> list[Criterion]:
    """What is demanded of the classes besides their size."""
    found: list[Criterion] = []
    for each in sensitive_values(tables):
        if release.l is not None:
            match release.l_kind:
                case "distinct":
                    found.append(distinct_diversity(each.codes, ceil(release.l)))
                case "entropy":
                    found.append(entropy_diversity(each.codes, release.l))
                case _:
                    found.append(recursive_diversity(each.codes, release.c or inf, round(release.l)))
        if release.t is not None:
            distance = ordered_distance if each.is_ordered else equal_distance
            found.append(closeness(each.codes, release.t, distance))
    return found


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Suppressed:
    """A study's tables without those who are too rare.

    Attributes
    ----------
    tables : mapping of str to CheckedTable
    n_left_out : int
        Participants that are left out as a whole.
    cells : mapping of Column to ndarray of bool, shape (n_rows,)
        Values that are left out of the treated tables, by table and field, with rows as in `tables`.
    """

    tables: Mapping[str, CheckedTable]
    n_left_out: int = 0
    cells: Mapping[Column, npt.NDArray[np.bool_]] = field(default_factory=lambda: MappingProxyType({}))

    def __repr__(self) -> str:
        return f"<Suppressed: {self.n_left_out} participants, cells of {len(self.cells)} fields>"


def without_rare(tables: Mapping[str, CheckedTable], drawn: Drawn, release: Release) -> Suppressed:
    """Leave out what is too rare, as far as the release lets: participants as a whole, or single cells.

    With ``suppress_cells`` it is single values of ``participants``, few of them, and participants as a
    whole only where that cannot help: what their keys and other tables tell is shared by too few.
    Without it, or where no field of ``participants`` may lose values, it is every participant whose
    class is too small or tells too much.

    Parameters
    ----------
    tables : mapping of str to CheckedTable
    drawn : Drawn
    release : Release
        Whose limits decide; at most the share ``max_suppressed`` of the participants goes.

    Returns
    -------
    Suppressed
        With the tables as they were, if more participants would have to go, or ``participants`` is not
        released: then nothing tells which of its rows are too rare.
    """
    published = released({name: table.schema for name, table in tables.items()}).get(PARTICIPANTS)
    if published is None or not (release.max_suppressed or release.suppress_cells):
        return Suppressed(tables)
    kept = _parts_of_keys(published)
    if release.suppress_cells and not kept.issuperset(quasi_identifiers(published)):
        return _without_cells(tables, drawn, release, kept)
    return _without_records(tables, drawn, release)


def _parts_of_keys(schema: Schema) -> frozenset[str]:
    """The fields whose values cannot be left out, since keys would no longer name rows."""
    keys = (schema.primary_key, *schema.unique_keys, *(key.fields for key in schema.foreign_keys))
    return frozenset(field for key in keys for field in key)


def _most(tables: Mapping[str, CheckedTable], release: Release) -> int:
    """The participants that may be left out; a share as it is written: 0.07 of 100 are 7."""
    return floor(round(release.max_suppressed * len(tables[PARTICIPANTS].frame), 9))


def _without(tables: Mapping[str, CheckedTable], gone: npt.NDArray[np.bool_]) -> dict[str, CheckedTable]:
    rows = with_referring(tables, {PARTICIPANTS: gone})
    return {name: without(table, rows[name]) for name, table in tables.items()}


def _without_cells(
    tables: Mapping[str, CheckedTable], drawn: Drawn, release: Release, parts_of_keys: frozenset[str]
) -> Suppressed:
    """Local suppression on the declared treatments."""
    most, found, n_left_out = _most(tables, release), tables, 0
    k, limits = _least_k(release), release.limits
    kept = frozenset((PARTICIPANTS, field) for field in parts_of_keys)
    while len(found[PARTICIPANTS].frame) >= k:
        options = _declared_options(found, drawn, k)
        node = [0] * len(options.ladders)
        beyond = beyond_cells(options, node, k=k, kept=kept)
        if beyond.any():
            n_left_out += int(beyond.sum())
            if n_left_out > most:
                break
            found = _without(found, beyond)
            continue
        plan = local_plan(options, node, k=k, kept=kept)
        treated = suppress_cells(fields_as_released(found, drawn), plan.cells)
        sizes = participant_vectors(treated).classes().sizes
        if prosecutor(sizes).average <= limits.max_average_risk:
            return Suppressed(found, n_left_out, plan.cells)
        k += 1
    return Suppressed(tables)


def _declared_options(tables: Mapping[str, CheckedTable], drawn: Drawn, k: int) -> Options:
    """The one level of each quasi-identifier that is declared."""
    schemas = {name: table.schema for name, table in tables.items()}
    every = frozenset((name, own.name) for name, schema in schemas.items() for own in schema)
    return options_of(schemas, _treating(tables, drawn), below=k, fixed=every)


def _without_records(tables: Mapping[str, CheckedTable], drawn: Drawn, release: Release) -> Suppressed:
    """Leave out participants whose class is too small, or tells too much, unless they are too many.

    This is record suppression (Samarati 2001): who would be in a class of fewer than k, or of too little
    diversity or closeness, is not released, nor anything that refers to her. Values that are rare once
    she is gone may be suppressed in turn, so it goes on until every class that is left may be released.
    """
    most, found, n_left_out = _most(tables, release), tables, 0
    while True:
        rare = _rare(fields_as_released(found, drawn), release)
        if not rare.any():
            return Suppressed(found, n_left_out)
        n_left_out += int(rare.sum())
        if n_left_out > most:
            return Suppressed(tables)
        found = _without(found, rare)


def _rare(tables: Mapping[str, TreatedTable], release: Release) -> npt.NDArray[np.bool_]:
    """The participants in classes that must not be released, in the rows' order."""
    classes = participant_vectors(tables).classes()
    may = satisfying(classes, k=_least_k(release), criteria=_criteria(tables, release))
    rare: npt.NDArray[np.bool_] = ~may[classes.of]
    return rare
