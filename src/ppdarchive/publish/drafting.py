"""A release that is not written yet: treated and judged, but without a version, which others decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from ppdarchive.deidentify.consent import Consented, participant_fields, space_of
from ppdarchive.deidentify.facts import stated_facts
from ppdarchive.deidentify.treat import Treated
from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.disclosure import assessed
from ppdarchive.drawn import recall
from ppdarchive.gate import (
    Failure,
    GateRefusedError,
    TextScan,
    facts_of,
    judge_approvals,
    judge_people,
    judge_risk,
    judge_standard,
    judge_tables,
    risk_figures,
)
from ppdarchive.gate.purged import judge_purged
from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.release import PackageInfo
from ppdarchive.model.schema import JsonValue
from ppdarchive.model.span import TextCategory
from ppdarchive.model.treatment import PARTICIPANTS
from ppdarchive.pipeline import Progress
from ppdarchive.publish.describing import described
from ppdarchive.publish.preparing import (
    Shareable,
    identifiers_of,
    shareable,
    treat_shared,
    without_too_rare,
)
from ppdarchive.register import study_register
from ppdarchive.risk.classes import Codes
from ppdarchive.searching import engines_for
from ppdarchive.study import Study
from ppdarchive.study.config import Release

_CANNOT_BE_WRITTEN: Final = ("schema", "declared", "not-empty")
"""Conditions without which there is no folder to look at."""


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """A release before it has a version: all that the gate can judge without seeing its files.

    Attributes
    ----------
    given : Shareable
        The study as it came in.
    shared : Consented
        Its tables as they came in, of those who are released.
    treated : Treated
        The same as they are released.
    known : KnownIdentifiers
        What must not be left in any string.
    scan : TextScan
        How the gate looks for it, and for what nobody knows.
    info : PackageInfo
        What the package says of itself; its version is empty, and nothing is said of the gate.
    failures : tuple of Failure
        The conditions that do not hold.
    figures : mapping of str to JsonValue
        What the gate counted of risk.
    """

    given: Shareable
    shared: Consented
    treated: Treated
    known: KnownIdentifiers
    scan: TextScan
    info: PackageInfo
    failures: tuple[Failure, ...]
    figures: Mapping[str, JsonValue]

    def __repr__(self) -> str:
        return f"<Draft of {len(self.treated.tables)} tables: {len(self.failures)} conditions failed>"

    @property
    def study(self) -> Study:
        """The study."""
        return self.given.study

    @property
    def release(self) -> Release:
        """The section ``[release]`` of study.toml."""
        return self.given.release


def draft_study(
    folder: Path, *, released_on: date, name: str | None = None, progress: Progress = lambda _: None
) -> Draft:
    """De-identify a study under the register's pseudonyms, and judge what does not depend on files.

    Parameters
    ----------
    folder : Path
        The study's folder; its register remembers whoever is new.
    released_on : date
        The date that the package bears.

    Raises
    ------
    FindingsError
        If the study's data have findings.
    GateRefusedError
        With every condition that failed, if one of them did without which nothing can be written.
    RegisterError, StudyError, SchemaError, ReadError
        If a place cannot be used, or study.toml, a schema or an export makes no sense.
    """
    given = shareable(folder, name=name, progress=progress)
    study, release = given.study, given.release
    known = identifiers_of(given, progress)
    # What is drawn is kept before anything is published under it.
    with study_register(folder, release.audience) as register:
        drawn = recall(register, given.allowed.tables, replace=study.config.text.replace)
    shared, cells = without_too_rare(given, drawn, progress)
    engine, sooner = engines_for(study, known)
    treated = treat_shared(given, shared, known, engine, drawn=drawn, cells=cells, progress=progress)
    progress("asking the gate")
    info = described(study, release, released_on=released_on)
    risk = assessed(treated.tables, release, facts=_facts(study, shared, treated))
    figures = risk_figures(risk, release)
    n_without = _n_without_consent(given, treated, drawn.pseudonyms)
    failures = (
        *judge_tables(treated.tables, info, without_consent=n_without),
        *judge_purged(treated.tables, drawn.pseudonyms, given.purged),
        *judge_standard(study.schemas, release, facts_of(release, released_on=released_on, risk=figures)),
        *judge_approvals(release),
        *judge_people(treated.tables),
        *judge_risk(risk, release),
    )
    if any(failure.condition in _CANNOT_BE_WRITTEN for failure in failures):
        raise GateRefusedError(failures)
    replaced = {column: redaction.replaced() for column, redaction in treated.redactions.items()}
    scan = TextScan(engine, sooner, replaced)
    return Draft(given, shared, treated, known, scan, info, failures, figures)


def _facts(study: Study, shared: Consented, treated: Treated) -> Mapping[str, Codes]:
    """What released answers state, of the categories that ``[text] facts`` names."""
    text = study.config.text
    return stated_facts(
        treated.redactions,
        shared.tables,
        [TextCategory(name) for name in text.facts],
        is_general=text.replace == "general",
    )


def _n_without_consent(
    given: Shareable, treated: Treated, pseudonyms: Mapping[str, Mapping[str, str]]
) -> int:
    """Count released participants who did not say yes, from the tables as they came in."""
    release, tables = given.release, given.validation.checked.tables
    if release.consent.startswith("all:") or PARTICIPANTS not in tables:
        return 0
    said = values_of(tables[PARTICIPANTS].frame[release.consent]).to_pylist()
    n_yes = sum(answer is True for answer in said)
    released = treated.tables.get(PARTICIPANTS)
    n_more = max(0, len(released.frame) - n_yes) if released is not None else 0
    if len(tables[PARTICIPANTS].schema.primary_key) != 1:
        return n_more
    (key,) = tables[PARTICIPANTS].schema.primary_key
    ids = values_of(tables[PARTICIPANTS].frame[key]).to_pylist()
    agreed = {str(own) for own, answer in zip(ids, said, strict=True) if answer is True}
    strangers: set[str] = set()
    for name, table in treated.tables.items():
        for field in participant_fields(given.study.schemas, name):
            if field.name in table.frame:
                mapped = pseudonyms.get(str(space_of(field)), {})
                known = {mapped.get(own, "") if space_of(field) is not None else own for own in agreed}
                distinct, _ = encode(values_of(table.frame[field.name]))
                strangers |= {str(value) for value in distinct} - known
    return max(n_more, len(strangers))
