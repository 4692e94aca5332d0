"""From a study's exports to the next release in its archive: draft, judge, compare, write, commit.

Nothing is seen in the archive before all of it was judged, and the commit refuses if somebody else has
published meanwhile: what was judged beside the last release would not have been judged beside theirs.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ppdarchive.archive.earlier import CHANGELOG, Earlier, EarlierReleases
from ppdarchive.archive.opening import Where
from ppdarchive.archive.redactions import CONDITION, with_command, write_spans
from ppdarchive.archive.signing import sign_version
from ppdarchive.archive.target import Target, staging_folder, target_of
from ppdarchive.changes import (
    MIN_CELL,
    Changes,
    Contents,
    Entry,
    Level,
    changelog,
    changes,
    extended,
    next_version,
)
from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.errors import ArchiveError, PpdArchiveError, StoreError
from ppdarchive.gate import Failure, GateRefusedError, Place, judge_releases, judge_words, more_redacted
from ppdarchive.gate.purged import judge_unchanged
from ppdarchive.package.descriptor import descriptor
from ppdarchive.pipeline import Progress
from ppdarchive.publish import Deidentified, Draft, draft_study, info_of, write_draft
from ppdarchive.register import open_register, private_folder
from ppdarchive.store.inventory import User
from ppdarchive.store.lock import PATIENCE_SECONDS
from ppdarchive.store.minisign import SecretKey
from ppdarchive.store.naming import release_message
from ppdarchive.store.publishing import publish

logger = logging.getLogger(__name__)

FIRST: Final = "1.0.0"


@dataclass(frozen=True, slots=True, repr=False)
class Published:
    """A release that is in an archive now.

    Attributes
    ----------
    object_id : str
        ``STUDY~AUDIENCE``
    number : int
        Of the version in the archive, from 1.
    version : str
        Of the release, such as ``1.2.0``.
    last : str or None
        The version of the release before.
    released_on : date
    changes : Changes or None
        What differs from the release before, all counts included: they are not for everybody.
    section : str
        What the changelog tells everybody of this release, in Markdown.
    result : Deidentified
        What was done to the study's tables, and what the gate tells a person to look at.
    signed_by : str or None
        The name of the key that signed it.
    """

    object_id: str
    number: int
    version: str
    last: str | None
    released_on: date
    changes: Changes | None
    section: str
    result: Deidentified
    signed_by: str | None = None

    def __repr__(self) -> str:
        return f"<Published {self.object_id} {self.version}>"

    @property
    def warnings(self) -> tuple[Failure, ...]:
        """What the gate tells a person to look at, and the conditions that were overridden."""
        return self.result.warnings


@dataclass(frozen=True, slots=True, repr=False)
class _Numbered:
    """The version of a draft, and what is told of it."""

    version: str
    last: str | None
    changes: Changes | None
    changelog: str
    section: str


def publish_study(
    folder: Path,
    archive: Where,
    *,
    released_on: date,
    bump: Level | None = None,
    overrides: Mapping[str, str] = MappingProxyType({}),
    message: str | None = None,
    user: User | None = None,
    sign: SecretKey | None = None,
    dedupe: bool = False,
    patience: float = PATIENCE_SECONDS,
    progress: Progress = lambda _: None,
) -> Published:
    """De-identify a study and add it to an archive as its next release, if the gate lets it.

    The version follows from what differs from the last release; the first is ``1.0.0``. The same study,
    register, date, words and earlier releases give the same bytes.

    Parameters
    ----------
    folder : Path
        The study's folder.
    archive : str or path
        A folder, made if need be, or ``s3://BUCKET/PREFIX``.
    released_on : date
        The date that the release bears; not before that of the last one.
    bump : Level, optional
        The least that the version is raised by; it never lowers what the differences demand.
    overrides : mapping of str to str
        Conditions that may fail, each with the reason in writing, which is published.
    message : str, optional
        A few words for everybody who reads the archive.
    user : User, optional
        Who publishes; nobody's name is recorded unless given.
    sign : SecretKey, optional
        Signs the new version's inventory.
    dedupe : bool
        Store only what no version holds yet.
    patience : float
        Seconds to wait for somebody else who publishes.

    Returns
    -------
    Published

    Raises
    ------
    FindingsError
        If the study's data have findings.
    GateRefusedError
        With every condition that failed; then the archive is as it was.
    ArchiveError
        ``archive.nothing-changed``; ``archive.date-before`` if the last release bears a later date;
        ``archive.around-study`` if the study lies in the archive; ``archive.no-version`` if an earlier
        version is no release; ``archive.unsigned`` if the release is published and could not be signed.
    StoreError
        ``store.head-moved`` if somebody else has published meanwhile; what
        `ppdarchive.store.publishing.publish` raises.
    PackageError, RegisterError, StudyError, SchemaError, ReadError
        As `ppdarchive.publish.pack_study` does.
    """
    target = target_of(folder, archive)
    _check_date(target, released_on)
    draft = draft_study(folder, released_on=released_on, progress=progress)
    with staging_folder(folder) as staging:
        earlier = EarlierReleases(target.opened, staging) if target.opened is not None else None
        progress("comparing with earlier releases")
        failures = [*_of_releases(draft, earlier, archive), *_of_words(draft, message, user)]
        draft = replace(draft, failures=(*draft.failures, *failures))
        numbered = _numbered(draft, earlier, bump, overrides, target)
        written = write_draft(
            draft,
            staging / "package",
            version=numbered.version,
            overrides=overrides,
            documents={CHANGELOG: numbered.changelog},
            progress=progress,
        )
        progress("publishing to the archive")
        with _log_of_what_is_published(written.log, target), _nobody_purges(draft, patience):
            number = publish(
                target.root,
                target.object_id,
                staging / "package",
                created=datetime.combine(released_on, time(), UTC),
                message=release_message(numbered.version, message),
                user=user,
                dedupe=dedupe,
                expected_head=target.number,
                patience=patience,
                files=target.files,
            )
    logger.info("published version %d", number)
    given = draft.given
    return Published(
        target.object_id,
        number,
        numbered.version,
        numbered.last,
        released_on,
        numbered.changes,
        numbered.section,
        Deidentified(given.validation, draft.shared, draft.treated, draft.known, written.warnings),
        _signed(target, number, numbered.version, sign, patience),
    )


@contextlib.contextmanager
def _log_of_what_is_published(log: Path, target: Target) -> Iterator[None]:
    """Remove an audit log if what it tells of is not published."""
    try:
        yield
    except BaseException as error:
        # A version that was begun may be finished by `repair`, and then needs its log.
        is_refused = isinstance(error, PpdArchiveError | GateRefusedError) and not _is_open(error)
        if is_refused or not target.may_be_begun():
            log.unlink(missing_ok=True)
        raise


def _is_open(error: Exception) -> bool:
    """Whether it is not known yet what becomes of the version."""
    return isinstance(error, PpdArchiveError) and error.code == "store.unfinished"


@contextlib.contextmanager
def _nobody_purges(draft: Draft, patience: float) -> Iterator[None]:
    """Keep the register open, as a purge does from end to end, if nothing was purged since the draft.

    Raises
    ------
    GateRefusedError
        If something was.
    RegisterError
        ``register.locked`` if somebody else keeps it open.
    """
    private = private_folder(draft.study.folder)
    with open_register(private, draft.release.audience, patience=patience) as register:
        since = judge_unchanged(draft.given.purged, register.purged())
        if since:
            raise GateRefusedError(since)
        yield


def _check_date(target: Target, released_on: date) -> None:
    if target.opened is None:
        return
    last = target.opened.releases[-1]
    if released_on < last.created_on:
        day = last.created_on.isoformat()
        raise ArchiveError("archive.date-before", path=str(target.root), version=last.name, day=day)


def _of_releases(draft: Draft, earlier: EarlierReleases | None, archive: Where) -> list[Failure]:
    """What all live releases tell together; what must be purged first is written down."""
    if earlier is None:
        return []
    tables, live = draft.treated.tables, earlier.live()
    surrogates = draft.study.config.text.replace == "surrogate"
    failures = judge_releases(tables, live, draft.release, schemas=draft.study.schemas, surrogates=surrogates)
    if any(failure.condition == CONDITION for failure in failures):
        study = draft.study.folder
        spans = more_redacted(tables, live, surrogates=surrogates)
        path = write_spans(study, spans, audience=draft.release.audience, on=draft.info.released_on)
        failures = with_command(failures, path, archive=archive, study=study)
    return failures


def _of_words(draft: Draft, message: str | None, user: User | None) -> list[Failure]:
    """What the words beside the package tell: the message as everything that is published, names as names."""
    found = []
    if message is not None:
        words = {Place("the archive", "the message"): message}
        found += judge_words(words, draft.known, info=draft.info, scan=draft.scan)
    if user is not None:
        cited = {(each.title, each.given_name, each.family_name) for each in draft.info.contributors}
        if not any(user.name in (title, f"{given} {family}") for title, given, family in cited):
            found += judge_words({Place("the archive", "the name of who publishes"): user.name}, draft.known)
        if user.address is not None:
            words = {Place("the archive", "the address of who publishes"): user.address}
            found += judge_words(words, draft.known)
    return found


def _numbered(
    draft: Draft,
    earlier: EarlierReleases | None,
    bump: Level | None,
    overrides: Mapping[str, str],
    target: Target,
) -> _Numbered:
    """The version that follows from what differs, and the changelog with it.

    Counts that could tell of a few are not told, not even of a public release: whoever holds one release
    alone has not seen the other, and after a purge nobody has.
    """
    release = draft.release
    min_cell = MIN_CELL if release.access == "public" else release.min_cell
    last = earlier.last() if earlier is not None else None
    found = _differences(last, draft, overrides) if last is not None else None
    version = FIRST
    if last is not None and found is not None:
        if not found and bump is None:
            raise ArchiveError("archive.nothing-changed", path=str(target.root), version=last.version)
        version = next_version(last.version, found, at_least=bump)
    entry = Entry(version, draft.info.released_on, found)
    alone = changelog([entry], min_cell=min_cell)
    before = earlier.changelog() if earlier is not None else None
    try:
        text = extended(before, entry, min_cell=min_cell) if before is not None else alone
    except ValueError:  # somebody else's
        text = alone
    section = alone[alone.index("\n## ") + 1 :]
    return _Numbered(version, last.version if last is not None else None, found, text, section)


def _differences(last: Earlier, draft: Draft, overrides: Mapping[str, str]) -> Changes:
    tables = draft.treated.tables
    after = Contents(
        {name: table.schema for name, table in tables.items()},
        {name: table.frame for name, table in tables.items()},
        descriptor(info_of(draft, overrides), {}, {}),
    )
    return changes(last.contents, after, marks=replaced_ranges)


def _signed(target: Target, number: int, version: str, key: SecretKey | None, patience: float) -> str | None:
    """Sign what was published; the name of the key."""
    if key is None:
        return None
    reason = ""
    try:
        return sign_version(target.files, target.root, target.object_id, number, key, patience=patience)
    except StoreError as error:
        reason = error.what
    raise ArchiveError("archive.unsigned", path=str(target.root), version=version, reason=reason)
