"""Whose data may be shared, and those data treated: what previews, assessments and drafts begin with."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ppdarchive.deidentify.cells import suppress_cells
from ppdarchive.deidentify.consent import Consented, consented
from ppdarchive.deidentify.freetext import Redaction, redact
from ppdarchive.deidentify.portions import AT_ONCE
from ppdarchive.deidentify.replace import chooser
from ppdarchive.deidentify.treat import Treated, treat
from ppdarchive.deidentify.treatments.method import Mask
from ppdarchive.deidentify.withdrawn import WithPurged, without_purged
from ppdarchive.detectors.engine import Engine
from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.disclosure import without_rare
from ppdarchive.drawn import Drawn, draw
from ppdarchive.errors import StudyError
from ppdarchive.gate import Failure
from ppdarchive.model.purged import Purged
from ppdarchive.model.treatment import PARTICIPANTS
from ppdarchive.pipeline import Progress, Validation, validate_study
from ppdarchive.register import purged_of
from ppdarchive.searching import engine_for, known_identifiers
from ppdarchive.spilling import LARGE_TO_PUBLISH_BYTES
from ppdarchive.study import Study
from ppdarchive.study.config import Release


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


@dataclass(frozen=True, slots=True, repr=False)
class Shareable:
    """A study without findings, and what may be shared of it.

    Attributes
    ----------
    validation : Validation
        Of all participants.
    release : Release
        The section ``[release]`` of study.toml.
    allowed : Consented
        The tables as they came in, of those who consented and were not purged.
    purged : Purged
        Whoever and whatever was purged from releases, and must not come back.
    """

    validation: Validation
    release: Release
    allowed: Consented
    purged: Purged

    def __repr__(self) -> str:
        return f"<Shareable: {len(self.allowed.tables)} tables>"

    @property
    def study(self) -> Study:
        """The study."""
        return self.validation.study


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
    given = shareable(folder, name=name, progress=progress)
    known = identifiers_of(given, progress)
    drawn = draw(given.allowed.tables)
    shared, cells = without_too_rare(given, drawn, progress)
    engine = engine_for(given.study, known)
    treated = treat_shared(given, shared, known, engine, drawn=drawn, cells=cells, progress=progress)
    return Deidentified(given.validation, shared, treated, known)


def shareable(folder: Path, *, name: str | None, progress: Progress) -> Shareable:
    """Validate a study, and leave out who did not consent, and who and what was purged.

    The register is only looked at, and none is made.

    Raises
    ------
    FindingsError, RegisterError, StudyError, SchemaError, ReadError
    """
    validation = validate_study(folder, name=name, large_bytes=LARGE_TO_PUBLISH_BYTES, progress=progress)
    study, release = validation.study, validation.study.config.release
    if release is None:
        raise StudyError("study.no-release", path=study.path)
    if validation.checked.findings:
        raise FindingsError(validation)
    field = release.consent
    allowed = consented(
        validation.checked.tables,
        None if field.startswith("all:") else field,
        keep=validation.keeper.column,
    )
    people = allowed.tables.get(PARTICIPANTS)
    if people is not None and release.population is not None and release.population < len(people.frame):
        raise StudyError(
            "study.contradiction",
            path=study.path,
            pointer="release.population",
            reason="the population is smaller than the participants",
        )
    purged = purged_of(folder)
    left = without_purged(
        allowed.tables,
        purged,
        keep=validation.keeper.column,
        mask=study.config.text.replace == "mask",
    )
    allowed = replace(allowed, tables=left)
    return Shareable(validation, release, allowed, purged)


def identifiers_of(given: Shareable, progress: Progress) -> KnownIdentifiers:
    """What is known of all participants, those included who did not consent."""
    progress("gathering known identifiers")
    keeper = given.validation.keeper
    keeper.forget()
    known = known_identifiers(given.validation)
    keeper.forget()
    return known


def without_too_rare(
    given: Shareable, drawn: Drawn, progress: Progress
) -> tuple[Consented, Mapping[tuple[str, str], Mask]]:
    """Leave out who is too rare, as far as ``[release]`` lets, and say which cells are to be left out."""
    progress("leaving out what is too rare")
    found = without_rare(given.allowed.tables, drawn, given.release)
    return replace(given.allowed, tables=found.tables, n_rare=found.n_left_out), found.cells


def treat_shared(
    given: Shareable,
    shared: Consented,
    known: KnownIdentifiers,
    engine: Engine,
    *,
    drawn: Drawn,
    cells: Mapping[tuple[str, str], Mask],
    progress: Progress,
) -> Treated:
    """Treat every field of what is shared, and redact its texts.

    Parameters
    ----------
    given : Shareable
    shared : Consented
        What `without_too_rare` left of it, with the cells that are to be left out.
    known : KnownIdentifiers
    engine : Engine
        What finds spans in texts.
    drawn : Drawn
        Of the tables of `given`.
    cells : mapping of (str, str) to ndarray of bool, shape (n_rows,)
    progress : callable
    """
    progress("treating fields and texts")
    text = given.study.config.text
    chosen = chooser(
        text.replace,
        secret=drawn.replacing,
        within=text.within,
        standard=given.release.standard,
        known=known,
    )

    searching = WithPurged(engine, given.purged) if given.purged.words else engine

    keeper = given.validation.keeper

    def redact_texts(texts: Sequence[str | None], groups: Sequence[Hashable]) -> Redaction:
        keeper.forget()
        return redact(texts, groups, searching, replace=chosen, uncertain=text.uncertain)

    treated = treat(
        shared.tables,
        pseudonyms=drawn.pseudonyms,
        redact=redact_texts,
        offsets=drawn.offsets,
        secret=drawn.exchanging,
        # What stands for a value in all answers of a study can only be told from all of them.
        at_once=None if text.within == "study" and text.replace in ("numbered", "surrogate") else AT_ONCE,
        keep=keeper.column,
    )
    return replace(treated, tables=suppress_cells(treated.tables, cells))
