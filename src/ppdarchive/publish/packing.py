"""A draft becomes a package, if the gate lets it: what it says of itself, files, a last look, the log."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

from ppdarchive.audit import AuditedPackage, audit_lines, write_audit
from ppdarchive.deidentify.treat import participants_by_row
from ppdarchive.errors import PackageError
from ppdarchive.gate import Failure, GateRefusedError, judge_folder
from ppdarchive.gate.purged import judge_unchanged
from ppdarchive.model.release import PackageInfo
from ppdarchive.model.schema import Schemas
from ppdarchive.package import write_package
from ppdarchive.pipeline import Progress
from ppdarchive.publish.describing import with_outcome
from ppdarchive.publish.drafting import Draft, draft_study
from ppdarchive.publish.preparing import Deidentified
from ppdarchive.register import private_folder, purged_of
from ppdarchive.risk.summaries import summarize

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """A draft that is a package now.

    Attributes
    ----------
    warnings : tuple of Failure
        What the gate tells a person to look at, and the conditions that were overridden.
    log : Path
        The audit log; whoever does away with the package does so with its log.
    """

    warnings: tuple[Failure, ...]
    log: Path


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
    draft = draft_study(folder, released_on=released_on, name=name, progress=progress)
    written = write_draft(
        draft, out, version=version, overrides=overrides, audited_as=audited_as, progress=progress
    )
    return Deidentified(draft.given.validation, draft.shared, draft.treated, draft.known, written.warnings)


def write_draft(
    draft: Draft,
    out: Path,
    *,
    version: str,
    overrides: Mapping[str, str] = MappingProxyType({}),
    documents: Mapping[str, str] = MappingProxyType({}),
    audited_as: str | None = None,
    progress: Progress = lambda _: None,
) -> Written:
    """Write a draft as a package with its audit log, if the gate lets it.

    Parameters
    ----------
    draft : Draft
    out : Path
        The package's folder; it must not exist.
    version : str
        The package's version, such as ``1.0.0``.
    overrides : mapping of str to str
        Conditions that may fail, each with the reason in writing.
    documents : mapping of str to str
        Further documents of the package, by file name.
    audited_as : str, optional
        What the audit log calls a package that nobody gets; by default its version.

    Returns
    -------
    Written

    Raises
    ------
    GateRefusedError
        With every condition that failed; then nothing is written.
    PackageError, RegisterError
        If a place cannot be used.
    """
    progress("writing the package")
    info = replace(info_of(draft, overrides), version=version)
    tables, release = draft.treated.tables, draft.release
    summary = summarize(
        draft.shared.tables, tables, min_cell=None if release.access == "public" else release.min_cell
    )
    keeper = draft.given.validation.keeper
    passed: list[Failure] = []
    logs: list[Path] = []

    def check(stage: Path) -> None:
        keeper.forget()
        shifted = _shifted(draft.study.schemas)
        found = judge_folder(stage, draft.known, info=info, scan=draft.scan, shifted=shifted)
        since = judge_unchanged(draft.given.purged, purged_of(draft.study.folder))
        judged = [*draft.failures, *found, *since]
        passed.extend(failure for failure in judged if _passes(failure, overrides))
        if len(passed) < len(judged):
            raise GateRefusedError([failure for failure in judged if not _passes(failure, overrides)])
        # Before the package is at its place, so that there is none without its log.
        logs.append(_log(draft, audited_as or version))

    try:
        write_package(out, tables, info, summary=summary, documents=documents, check=check, keeper=keeper)
    except BaseException:
        for log in logs:
            log.unlink(missing_ok=True)
        raise
    logger.info("wrote a package of %d tables", len(tables))
    return Written(tuple(passed), logs[0])


def info_of(draft: Draft, overrides: Mapping[str, str]) -> PackageInfo:
    """What a draft's package says of itself, the gate's outcome included; its version is empty."""
    policy = with_outcome(draft.info.policy, draft.failures, overrides, draft.figures)
    return replace(draft.info, policy=policy)


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


def _log(draft: Draft, version: str) -> Path:
    """Write down every edit, in the private folder."""
    study = draft.study
    package = AuditedPackage(
        version, draft.info.released_on, draft.release.audience, study.config.text.replace
    )
    tables = {name: (table.schema, table.frame) for name, table in draft.shared.tables.items()}
    lines = audit_lines(
        package, draft.treated.redactions, tables, owners=participants_by_row(draft.shared.tables)
    )
    return write_audit(private_folder(study.folder), package, lines)
