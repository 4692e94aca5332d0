"""From a valid study to a package: known identifiers, consent, treatment, gate, files; the order only."""

from __future__ import annotations

import logging
import os
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ppdarchive.audit import AuditedPackage, audit_lines, write_audit
from ppdarchive.deidentify.cells import suppress_cells
from ppdarchive.deidentify.consent import (
    Consented,
    consented,
    participant_fields,
    space_of,
)
from ppdarchive.deidentify.facts import stated_facts
from ppdarchive.deidentify.freetext import Redaction, redact
from ppdarchive.deidentify.replace import chooser
from ppdarchive.deidentify.treat import Treated, treat
from ppdarchive.deidentify.treatments.method import Mask
from ppdarchive.detectors.engine import Engine
from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.disclosure import (
    as_collected,
    assessed,
    fields_as_released,
    proposal,
    tells_of_participants,
    without_rare,
)
from ppdarchive.drawn import Drawn, draw, recall
from ppdarchive.errors import PackageError, StudyError, UsageError
from ppdarchive.gate import (
    Failure,
    GateRefusedError,
    TextScan,
    facts_of,
    judge_approvals,
    judge_folder,
    judge_people,
    judge_risk,
    judge_standard,
    judge_tables,
    risk_figures,
)
from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.release import Contributor, License, PackageInfo, Source
from ppdarchive.model.schema import JsonValue, Schemas
from ppdarchive.model.span import TextCategory
from ppdarchive.model.treatment import PARTICIPANTS
from ppdarchive.package import write_package
from ppdarchive.pipeline import Progress, Validation, validate_study
from ppdarchive.recoding.suggest import Suggestion
from ppdarchive.register import private_folder, study_register
from ppdarchive.report import RiskReport
from ppdarchive.risk.classes import Codes
from ppdarchive.risk.summaries import summarize
from ppdarchive.risk.utility import utility
from ppdarchive.searching import engine_for, engines_for, known_identifiers
from ppdarchive.study import Study

logger = logging.getLogger(__name__)

_CANNOT_BE_WRITTEN: Final = ("schema", "declared", "not-empty")
"""Conditions without which there is no folder to look at."""
_MAX_SUPPRESSED: Final = 0.05
"""The share of participants that a proposal may leave out where nothing else is said."""
NOT_ASSESSED: Final = ("review",)
"""What ``[release]`` states and this version does not compute; the package says so."""


@dataclass(frozen=True, slots=True, repr=False)
class Deidentified:
    """A study's tables as they would be released, and what led there.

    Attributes
    ----------
    validation : Validation
    consented : Consented
        The tables as they came in, of consenting participants only.
    treated : Treated
    known : KnownIdentifiers
    warnings : tuple of Failure
        What the gate tells a person to look at.
    """

    validation: Validation
    consented: Consented
    treated: Treated
    known: KnownIdentifiers
    warnings: tuple[Failure, ...] = ()

    def __repr__(self) -> str:
        return f"<Deidentified: {len(self.treated.tables)} tables>"


class FindingsError(Exception):
    """The study's data have findings, which come before any release."""

    def __init__(self, validation: Validation) -> None:
        super().__init__(f"{len(validation.checked.findings)} findings")
        self.validation = validation


def preview_study(
    folder: Path, *, name: str | None = None, progress: Progress = lambda _: None
) -> Deidentified:
    """De-identify a study in memory, with pseudonyms that are forgotten at once; nothing is written.

    Raises
    ------
    FindingsError
        If the study's data have findings.
    StudyError, SchemaError, ReadError
        As `validate_study` does.
    """
    study, validation, known, allowed = _prepare(folder, name, progress)
    drawn = draw(allowed.tables)
    shared, cells = _without_rare(study, allowed, drawn, progress)
    treated = _treat(
        study, shared, known, engine_for(study, known), drawn=drawn, cells=cells, progress=progress
    )
    return Deidentified(validation, shared, treated, known)


def assess_study(folder: Path, *, name: str | None = None, progress: Progress = lambda _: None) -> RiskReport:
    """Assess a study's risk as collected and as it would be released; texts are not looked at.

    Raises
    ------
    FindingsError
        If the study's data have findings.
    StudyError, SchemaError, ReadError
        As `validate_study` does; also if the population is smaller than the participants.
    """
    study, _, allowed = _shareable(folder, name, progress)
    release = study.config.release
    assert release is not None
    drawn = draw(allowed.tables)
    shared, cells = _without_rare(study, allowed, drawn, progress)
    progress("counting who is alike")
    before = assessed(as_collected(allowed.tables), release)
    released = suppress_cells(fields_as_released(shared.tables, drawn), cells)
    after = assessed(released, release)
    return RiskReport(
        study.config.study.id,
        release.limits,
        before,
        after,
        (*judge_people(released), *judge_risk(after, release)),
        shared.n_rare,
        utility(shared.tables, released),
    )


def suggest_study(
    folder: Path,
    *,
    max_suppressed: float | None = None,
    keep: Sequence[str] = (),
    loss: str = "non-uniform entropy",
    name: str | None = None,
    progress: Progress = lambda _: None,
) -> Suggestion | None:
    """Propose the treatments of least loss under which the conditions on risk would hold.

    Parameters
    ----------
    folder : Path
        The study's folder.
    max_suppressed : float, optional
        The largest share of participants that may be left out; by default what study.toml says, or 0.05.
    keep : sequence of str
        Fields that stay as they are declared, as ``table.field``.
    loss : str
        One of `ppdarchive.recoding.loss.LOSSES`.

    Returns
    -------
    Suggestion or None
        None if nothing would do.

    Raises
    ------
    FindingsError, StudyError, SchemaError, ReadError
        As `assess_study` does.
    """
    study, _, allowed = _shareable(folder, name, progress)
    release = study.config.release
    assert release is not None
    drawn = draw(allowed.tables)
    if not tells_of_participants(fields_as_released(allowed.tables, drawn)):
        raise StudyError("study.nothing-to-suggest", path=study.path)
    fixed: set[tuple[str, str]] = set()
    for each in keep:
        table, _, field = each.rpartition(".")
        if table not in study.schemas or field not in study.schemas[table]:
            raise UsageError("usage.value", reason=f"no table and field are called {each!r}")
        fixed.add((table, field))
    if max_suppressed is None:
        max_suppressed = release.max_suppressed or _MAX_SUPPRESSED
    progress("searching for the least lossy treatments")
    return proposal(
        allowed.tables,
        drawn,
        release,
        max_suppressed=max_suppressed,
        fixed=frozenset(fixed),
        loss=loss,
    )


def pack_study(
    folder: Path,
    out: Path,
    *,
    version: str,
    released_on: date,
    overrides: Mapping[str, str] = MappingProxyType({}),
    audited_as: str | None = None,
    name: str | None = None,
    progress: Progress = lambda _: None,
) -> Deidentified:
    """De-identify a study and write it as a package, if the gate lets it.

    Parameters
    ----------
    folder : Path
        The study's folder.
    out : Path
        The package's folder; it must not exist.
    version : str
        The package's version, such as ``1.0.0``.
    released_on : date
        The date that the package bears.
    overrides : mapping of str to str
        Conditions that may fail, each with the reason in writing; both stand in the package. Conditions
        that cannot be overridden are not.
    audited_as : str, optional
        What the audit log calls a package that nobody gets; by default its version.

    Raises
    ------
    FindingsError
        If the study's data have findings.
    GateRefusedError
        With every condition that failed; then nothing is written.
    PackageError, RegisterError, StudyError, SchemaError, ReadError
        If a place cannot be used, or study.toml, a schema or an export makes no sense.
    """
    if os.path.lexists(out):
        raise PackageError("package.exists", path=str(out))
    study, validation, known, allowed = _prepare(folder, name, progress)
    release = study.config.release
    assert release is not None
    # What is drawn is kept before anything is published under it.
    with study_register(folder, release.audience) as register:
        drawn = recall(register, allowed.tables, replace=study.config.text.replace)
    shared, cells = _without_rare(study, allowed, drawn, progress)
    engine, sooner = engines_for(study, known)
    treated = _treat(study, shared, known, engine, drawn=drawn, cells=cells, progress=progress)
    progress("asking the gate")
    risk = assessed(treated.tables, release, facts=_facts(study, shared, treated))
    figures = risk_figures(risk, release)
    info = _info(study, version, released_on)
    failures = [
        *judge_tables(
            treated.tables,
            info,
            without_consent=_without_consent(study, treated, drawn.pseudonyms, validation),
        ),
        *judge_standard(study.schemas, release, facts_of(release, released_on=released_on, risk=figures)),
        *judge_approvals(release),
        *judge_people(treated.tables),
        *judge_risk(risk, release),
    ]
    info = replace(info, policy=_with_outcome(info.policy, failures, overrides, figures))
    if any(failure.condition in _CANNOT_BE_WRITTEN for failure in failures):
        raise GateRefusedError(failures)
    summary = summarize(
        shared.tables, treated.tables, min_cell=None if release.access == "public" else release.min_cell
    )
    progress("writing the package")
    replaced = {column: redaction.replaced() for column, redaction in treated.redactions.items()}
    told: list[Failure] = []
    logs: list[Path] = []

    def check(stage: Path) -> None:
        scan = TextScan(engine, sooner, replaced)
        judged = [
            *failures,
            *judge_folder(stage, known, info=info, scan=scan, shifted=_shifted(study.schemas)),
        ]
        told.extend(failure for failure in judged if _passes(failure, overrides))
        if len(told) < len(judged):
            raise GateRefusedError([failure for failure in judged if not _passes(failure, overrides)])
        # Before the package is at its place, so that there is none without its log.
        logs.append(_log(study, shared, treated, version=audited_as or version, released_on=released_on))

    try:
        write_package(out, treated.tables, info, summary=summary, check=check)
    except BaseException:
        for log in logs:
            log.unlink(missing_ok=True)
        raise
    logger.info("wrote a package of %d tables", len(treated.tables))
    return Deidentified(validation, shared, treated, known, tuple(told))


def _shifted(schemas: Schemas) -> frozenset[tuple[str, str]]:
    """The fields whose dates are shifted."""
    return frozenset(
        (name, field.name)
        for name, schema in schemas.items()
        for field in schema
        if field.disclosure is not None and field.disclosure.treatment.method == "shift_dates"
    )


def _passes(failure: Failure, overrides: Mapping[str, str]) -> bool:
    return failure.is_advice or (failure.overridable and failure.condition in overrides)


def _with_outcome(
    policy: Mapping[str, JsonValue],
    failures: Sequence[Failure],
    overrides: Mapping[str, str],
    figures: Mapping[str, JsonValue],
) -> Mapping[str, JsonValue]:
    """What the package says of the gate: the figures of what was met, the reasons for what was not."""
    failed = {failure.condition for failure in failures}
    told = [name for name in overrides if name in failed]
    # A number that did not suffice is not told.
    hidden = {key for name in failed for key in _RISK_FIGURES.get(name, ())}
    return MappingProxyType(
        {
            **policy,
            "overridden": [{"condition": name, "reason": overrides[name]} for name in told],
            "risk": {key: value for key, value in figures.items() if key not in hidden},
        }
    )


_RISK_FIGURES: Final[Mapping[str, Sequence[str]]] = {
    # Where it is not known whose rows they are no figure is right.
    "participants": ("k", "max_prosecutor_risk", "average_risk", "l", "t"),
    "k": ("k", "max_prosecutor_risk"),
    "prosecutor-risk": ("k", "max_prosecutor_risk"),
    "average-risk": ("average_risk",),
    "l-diversity": ("l",),
    "t-closeness": ("t",),
}
"""Figures that tell by how much a condition failed."""


def _log(study: Study, allowed: Consented, treated: Treated, *, version: str, released_on: date) -> Path:
    """Write down every edit, in the private folder."""
    release = study.config.release
    assert release is not None
    package = AuditedPackage(version, released_on, release.audience, study.config.text.replace)
    tables = {name: (table.schema, table.frame) for name, table in allowed.tables.items()}
    return write_audit(
        private_folder(study.folder), package, audit_lines(package, treated.redactions, tables)
    )


def _prepare(
    folder: Path, name: str | None, progress: Progress
) -> tuple[Study, Validation, KnownIdentifiers, Consented]:
    study, validation, allowed = _shareable(folder, name, progress)
    progress("gathering known identifiers")
    return study, validation, known_identifiers(validation), allowed


def _shareable(folder: Path, name: str | None, progress: Progress) -> tuple[Study, Validation, Consented]:
    """A study without findings, and its tables of those who consented."""
    validation = validate_study(folder, name=name, progress=progress)
    study = validation.study
    if study.config.release is None:
        raise StudyError("study.no-release", path=study.path)
    if validation.checked.findings:
        raise FindingsError(validation)
    field = study.config.release.consent
    allowed = consented(validation.checked.tables, None if field.startswith("all:") else field)
    release = study.config.release
    people = allowed.tables.get(PARTICIPANTS)
    if people is not None and release.population is not None and release.population < len(people.frame):
        raise StudyError(
            "study.contradiction",
            path=study.path,
            pointer="release.population",
            reason="the population is smaller than the participants",
        )
    return study, validation, allowed


def _treat(
    study: Study,
    allowed: Consented,
    known: KnownIdentifiers,
    engine: Engine,
    *,
    drawn: Drawn,
    cells: Mapping[tuple[str, str], Mask],
    progress: Progress,
) -> Treated:
    progress("treating fields and texts")
    text, release = study.config.text, study.config.release
    assert release is not None
    chosen = chooser(
        text.replace, secret=drawn.replacing, within=text.within, standard=release.standard, known=known
    )

    def redact_texts(texts: Sequence[str | None], groups: Sequence[Hashable]) -> Redaction:
        return redact(texts, groups, engine, replace=chosen, uncertain=text.uncertain)

    treated = treat(
        allowed.tables,
        pseudonyms=drawn.pseudonyms,
        redact=redact_texts,
        offsets=drawn.offsets,
        secret=drawn.exchanging,
    )
    return replace(treated, tables=suppress_cells(treated.tables, cells))


def _facts(study: Study, shared: Consented, treated: Treated) -> Mapping[str, Codes]:
    """What released answers state, of the categories that ``[text] facts`` names."""
    text = study.config.text
    return stated_facts(
        treated.redactions,
        shared.tables,
        [TextCategory(name) for name in text.facts],
        is_general=text.replace == "general",
    )


def _without_rare(
    study: Study, allowed: Consented, drawn: Drawn, progress: Progress
) -> tuple[Consented, Mapping[tuple[str, str], Mask]]:
    """Leave out who is too rare, as far as ``[release]`` lets, and which cells are to be left out."""
    release = study.config.release
    assert release is not None
    progress("leaving out what is too rare")
    found = without_rare(allowed.tables, drawn, release)
    return replace(allowed, tables=found.tables, n_rare=found.n_left_out), found.cells


def _without_consent(
    study: Study, treated: Treated, pseudonyms: Mapping[str, Mapping[str, str]], validation: Validation
) -> int:
    """Count released participants who did not say yes, from the tables as they came in."""
    release = study.config.release
    assert release is not None
    tables = validation.checked.tables
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
        for field in participant_fields(validation.study.schemas, name):
            if field.name in table.frame:
                mapped = pseudonyms.get(str(space_of(field)), {})
                known = {mapped.get(own, "") if space_of(field) is not None else own for own in agreed}
                distinct, _ = encode(values_of(table.frame[field.name]))
                strangers |= {str(value) for value in distinct} - known
    return max(n_more, len(strangers))


def _info(study: Study, version: str, released_on: date) -> PackageInfo:
    """What the package says of itself, from study.toml."""
    given, release = study.config.package, study.config.release
    assert release is not None
    treatments: dict[str, JsonValue] = {
        name: {
            # Of fields that nothing is declared of not even the name is told.
            field.name: field.disclosure.treatment.method
            for field in schema
            if field.disclosure is not None
        }
        for name, schema in study.schemas.items()
    }
    policy: dict[str, JsonValue] = {
        "study": study.config.study.id,
        "audience": release.audience,
        "standard": release.standard,
        "not_assessed": list(NOT_ASSESSED),
        "treatments": treatments,
        "text": {
            "replace": study.config.text.replace,
            "categories": [category.value for category in TextCategory],
        },
        "overridden": [],
    }
    return PackageInfo(
        name=given.name or study.config.study.id,
        title=given.title or study.config.study.title or study.config.study.id,
        description=given.description or study.config.study.description or study.package.description or "",
        version=version,
        released_on=released_on,
        id=given.id,
        licenses=tuple(License(each.name, each.title, each.path) for each in given.licenses),
        contributors=tuple(
            Contributor(
                title=each.title,
                given_name=each.given_name,
                family_name=each.family_name,
                organization=each.organization,
                orcid=each.orcid,
                roles=tuple(each.roles),
            )
            for each in given.contributors
        ),
        sources=tuple(Source(each.title, each.path) for each in given.sources),
        policy=MappingProxyType(policy),
    )


__all__ = [
    "Deidentified",
    "FindingsError",
    "GateRefusedError",
    "assess_study",
    "pack_study",
    "preview_study",
    "suggest_study",
]
