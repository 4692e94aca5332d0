"""A participant, an answer or leaked words go from every release of a study, and do not come back.

The order, each step of which can be begun again after a crash:

1. What goes is worked out, and nothing is changed.
2. The register remembers it: from here on nobody releases it again, and whoever had drafted it is refused.
3. Each object of the study is rewritten as a whole, or not at all.
4. Private traces go: lines of audit logs, packages that were staged.
5. The register forgets whose the pseudonyms were, and that there was anything to do.

The register is held open from the first step to the last, so that nobody publishes meanwhile. What is
needed to go on lies in it alone: nothing in the archive names anybody.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from ppdarchive.archive.earlier import EarlierReleases
from ppdarchive.archive.opening import OpenedObject, Where, object_ids
from ppdarchive.archive.purging_cells import Cells, Version
from ppdarchive.archive.purging_plan import Plan, PurgeKind, What, note_rows, plan_of, rows_to_go
from ppdarchive.archive.purging_spans import parse_spans
from ppdarchive.archive.purging_versions import rewritten_versions
from ppdarchive.archive.repairing import repair_archive
from ppdarchive.archive.target import STAGING, staging_folder
from ppdarchive.audit import without_lines
from ppdarchive.errors import ArchiveError, StoreError
from ppdarchive.model.purged import Ground
from ppdarchive.pipeline import Progress
from ppdarchive.register import PRIVATE_FOLDER, REGISTER_NAME, Register, open_register, private_folder
from ppdarchive.store import layout
from ppdarchive.store.files import Files
from ppdarchive.store.lock import PATIENCE_SECONDS
from ppdarchive.store.minisign import SecretKey, signature_text
from ppdarchive.store.objectstore import ObjectFiles
from ppdarchive.store.objectstore.rewriting import n_old_versions
from ppdarchive.store.reading import head
from ppdarchive.store.records import Tombstone, tombstones
from ppdarchive.store.rewriting import Sign, rewrite, unsigned
from ppdarchive.store.signature import sign as signature_of
from ppdarchive.store.signature import signature_path
from ppdarchive.study import Study, load_study
from ppdarchive.study.config import Release
from ppdarchive.tombstones import LISTS

logger = logging.getLogger(__name__)

SPANS_PATTERN: Final = "spans-*.csv"
"""Lists that a refused publish has written, in the private folder: the next one writes them anew."""
_N_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class PurgedVersion:
    """A version whose content changed.

    Attributes
    ----------
    name : str
        Of the release, such as ``1.2.0``.
    k_before, k_after : int or None
        Participants in the smallest class; None where it is not known any more.
    wanted_k : int or None
        What ``[release]`` demands, where it is of this audience.
    """

    name: str
    k_before: int | None = None
    k_after: int | None = None
    wanted_k: int | None = None

    @property
    def has_fallen(self) -> bool:
        """Whether participants can be told apart more easily than before."""
        return self.k_before is not None and self.k_after is not None and self.k_after < self.k_before

    @property
    def is_below(self) -> bool:
        """Whether the smallest class is smaller than demanded."""
        return self.wanted_k is not None and self.k_after is not None and 0 < self.k_after < self.wanted_k


@dataclass(frozen=True, slots=True)
class PurgedObject:
    """An object of which something was removed.

    Attributes
    ----------
    object_id : str
    versions : tuple of PurgedVersion
        Those whose content changed.
    void : tuple of str
        The releases that had signatures which are void now.
    signed : bool
        Whether versions that changed were signed again.
    """

    object_id: str
    versions: tuple[PurgedVersion, ...]
    void: tuple[str, ...]
    signed: bool


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge did; it names nobody.

    Attributes
    ----------
    kind : {"participant", "response", "spans"}
    ground : Ground
    on : date
    objects : tuple of PurgedObject
        Those that changed.
    n_looked_at : int
        The study's objects in the archive.
    n_audit_lines : int
        Lines that were removed from audit logs.
    was_before : bool
        Whether the same was purged before: then the register no longer knows whose the pseudonyms were, and
        another archive that still has them could not be purged.
    keeps_versions : bool
        Whether the archive's place itself keeps old bytes, as a bucket does that keeps versions and does
        not let them be removed; or does not say.
    """

    kind: PurgeKind
    ground: Ground
    on: date
    objects: tuple[PurgedObject, ...]
    n_looked_at: int
    n_audit_lines: int
    was_before: bool
    keeps_versions: bool


def spans_in(path: Path) -> What:
    """What a list of spans asks for.

    Raises
    ------
    ArchiveError
        ``archive.spans``
    """
    text, reason = "", ""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        reason = f"this cannot be read ({error.strerror or 'unknown'})"
    except UnicodeDecodeError:
        reason = "this is not UTF-8 text"
    if reason:
        raise ArchiveError("archive.spans", path=str(path), reason=reason)
    return What("spans", spans=parse_spans(text, path=str(path)), path=str(path))


def purge_study(
    folder: Path,
    archive: Where,
    *,
    what: What | None,
    ground: Ground = "withdrawal",
    on: date,
    sign: SecretKey | None = None,
    patience: float = PATIENCE_SECONDS,
    confirm: Callable[[int], None] = lambda _: None,
    progress: Progress = lambda _: None,
) -> Purged:
    """Remove a participant, an answer or words from every release of a study, or go on with that.

    Parameters
    ----------
    folder : Path
        The study's folder; its register says which pseudonyms are meant.
    archive : str or path
    what : What or None
        None goes on with the purge that is under way.
    ground : {"withdrawal", "leak", "law"}
    on : date
        The day that the tombstone bears.
    sign : SecretKey, optional
        Signs versions that changed.
    patience : float
        Seconds to wait for somebody who changes an object.
    confirm : callable
        Is told how many versions there are to look at before anything is changed, and may raise.

    Returns
    -------
    Purged

    Raises
    ------
    ArchiveError
        ``archive.not-known`` if nobody and nothing is called so; ``archive.spans``;
        ``archive.purge-unfinished``, ``archive.no-purge``, ``archive.other-archive``;
        ``archive.residual`` if something would be left, in which case an object is as it was;
        what `object_ids` raises.
    StoreError
        If the archive cannot be read, written or repaired. Going on completes what was begun.
    RegisterError, StudyError, SchemaError, PackageError, LoadError
        If a place cannot be used, or makes no sense.
    """
    study = load_study(folder)
    files, root, ids = object_ids(archive, study=study.config.study.id)
    if not (folder / PRIVATE_FOLDER / REGISTER_NAME).exists():
        raise ArchiveError("archive.not-known", what="participant or answer" if what is None else what.kind)
    place = str(os.fspath(archive)) if files.is_object_store else str(root.resolve())
    with open_register(private_folder(folder), "") as register:
        given = _Given(folder, study, files, root, ids, register, patience, progress)
        plan = _unfinished(given, what, place)
        if plan is None:
            assert what is not None
            _repair(given, archive)
            plan = _planned(given, what, Plan(place, what.kind, ground, on, what.request))
            confirm(sum(head(root, name, files=files).number for name in ids))
            _remember(given, plan, what)
        else:
            _repair(given, archive)
        for name in ids:
            _purge_object(given, plan, name, sign)
        progress("removing private traces")
        n_lines = _without_traces(folder / PRIVATE_FOLDER, plan)
        result = _result(given, plan, n_lines, is_signed=sign is not None)
        for space, keys in plan.forgotten.items():
            register.forget(space, keys)
        register.complete_purge()
    logger.info("purged: %d of %d objects changed", len(result.objects), len(ids))
    return result


@dataclass(frozen=True, slots=True, repr=False)
class _Given:
    """What all steps need."""

    folder: Path
    study: Study
    files: Files
    root: Path
    ids: Sequence[str]
    register: Register
    patience: float
    progress: Progress

    def opened(self, name: str) -> OpenedObject:
        """An object as it is now."""
        return OpenedObject(self.files, self.root, head(self.root, name, files=self.files))

    def release_of(self, name: str) -> Release | None:
        """The section ``[release]``, if it is about an object's audience."""
        release = self.study.config.release
        is_own = release is not None and release.audience == layout.parts(name)[1]
        return release if is_own else None


def _unfinished(given: _Given, what: What | None, place: str) -> Plan | None:
    """The plan that was kept, if it is the one that is meant."""
    state = given.register.unfinished_purge()
    if state is None:
        if what is None:
            raise ArchiveError("archive.no-purge", path=str(given.folder))
        return None
    plan = plan_of(state, path=str(given.folder / PRIVATE_FOLDER / REGISTER_NAME))
    if what is not None and (what.kind, what.request) != (plan.kind, plan.request):
        raise ArchiveError("archive.purge-unfinished", path=str(given.folder))
    if plan.archive != place:
        raise ArchiveError("archive.other-archive", path=str(given.folder), name=plan.archive)
    return plan


def _repair(given: _Given, archive: Where) -> None:
    """Finish or take back what a crash has left: it may hold what is to go."""
    given.progress("looking for what crashes have left")
    found = repair_archive(archive, study=given.study.config.study.id, patience=given.patience)
    for each in found:
        if each.problem is not None:
            raise each.problem


# -- what goes --------------------------------------------------------------------------------------


def _planned(given: _Given, what: What, plan: Plan) -> Plan:
    """Work out what goes."""
    given.progress("looking for what goes")
    register = given.register
    for name in given.ids:
        plan.n_tombstones[name] = len(tombstones(given.root, name, files=given.files))
    if what.kind == "spans":
        _plan_spans(given, what, plan)
        return plan
    by_audience = register.pseudonyms_everywhere(what.kind, {what.request})
    plan.was_before = what.request in register.tombstoned(what.kind)
    is_known = bool(by_audience) or plan.was_before
    plan.forgotten[what.kind] = {what.request}
    for name in given.ids:
        plan.released[name] = set(by_audience.get(layout.parts(name)[1], ()))
    for name, version in _versions(given):
        rows = rows_to_go(plan, name, version.tables, given.study.schemas)
        is_known |= bool(rows)
        note_rows(plan, register, version.tables, rows)
    if not is_known or not what.request:
        raise ArchiveError("archive.not-known", what=what.kind)
    return plan


def _plan_spans(given: _Given, what: What, plan: Plan) -> None:
    plan.was_before = what.request in given.register.tombstoned(LISTS)
    if plan.was_before:
        return  # the places that it names have moved
    cells = Cells(given.register.keys_of, what.path)
    for _, version in _versions(given):
        cells.look(version, what.spans)
    cells.check(what.spans)
    for name, version in _versions(given):
        plan.cuts.setdefault(name, []).extend(cells.cuts(version))
    given.register.redact(cells.words)


def _versions(given: _Given) -> Iterator[tuple[str, Version]]:
    """Every version of every object."""
    for name in given.ids:
        opened = given.opened(name)
        with staging_folder(given.folder) as staging:
            earlier = EarlierReleases(opened, staging)
            for stored in opened.releases:
                release = earlier.release(stored)
                names = frozenset({stored.name, release.version, layout.version_folder(stored.number)})
                yield name, Version(stored.number, names, layout.parts(name)[1], release.tables)


def _remember(given: _Given, plan: Plan, what: What) -> None:
    """From here on nobody releases it again, and a crash is gone on from."""
    space = LISTS if what.kind == "spans" else what.kind
    given.register.tombstone(space, [what.request], ground=plan.ground, on=plan.on)
    _keep(given, plan)


def _keep(given: _Given, plan: Plan) -> None:
    given.register.keep_purge(plan.as_json())
    given.register.keep()


# -- objects ----------------------------------------------------------------------------------------


def _purge_object(given: _Given, plan: Plan, name: str, key: SecretKey | None) -> None:
    """Rewrite an object, if anything of it goes."""
    words = {each.words for each in given.register.purged().words if plan.kind == "spans"}
    for left in reversed(range(_N_TRIES)):
        opened = given.opened(name)
        given.progress(f"purging {name}")
        with staging_folder(given.folder) as staging:
            made = rewritten_versions(
                opened,
                staging,
                plan,
                schemas=given.study.schemas,
                release=given.release_of(name),
                words=words,
            )
            if not made.folders:
                return
            plan.k[name] = {**plan.k.get(name, {}), **made.k}
            _keep(given, plan)
            tombstone = Tombstone(0, plan.kind, (), plan.on, plan.ground)
            try:
                rewrite(
                    given.root,
                    name,
                    made.folders,
                    tombstone,
                    sign=_signer(name, key, plan.on),
                    retell=(made.retelling.message, made.retelling.words),
                    expected_head=opened.head.number,
                    patience=given.patience,
                    files=given.files,
                )
                return
            except StoreError as error:
                if error.code != "store.head-moved" or not left:
                    raise


def _without_traces(private: Path, plan: Plan) -> int:
    """Remove what the private folder holds besides the register; the lines of logs that went."""
    owner = plan.request if plan.kind == "participant" else None
    n_lines = without_lines(private, plan.rows, owner=owner)
    shutil.rmtree(private / STAGING, ignore_errors=True)  # whoever works there is refused anyhow
    for path in private.glob(SPANS_PATTERN):
        path.unlink(missing_ok=True)
    return n_lines


def _signer(name: str, key: SecretKey | None, on: date) -> Sign:
    """What signs new inventories."""
    if key is None:
        return unsigned

    def signed(number: int, inventory: bytes) -> Mapping[str, bytes]:
        version = layout.version_folder(number)
        made = signature_of(inventory, key, object_id=name, version=version, date=on.isoformat(), signer=None)
        return {signature_path(version, key.key_id): signature_text(made).encode()}

    return signed


def _result(given: _Given, plan: Plan, n_lines: int, *, is_signed: bool) -> Purged:
    """What was done, from the archive's own records and what was counted."""
    found = []
    for name in given.ids:
        records = tombstones(given.root, name, files=given.files)[plan.n_tombstones.get(name, 0) :]
        if records:
            names = {each.number: each.name for each in given.opened(name).releases}
            k = {int(number): each for number, each in plan.k.get(name, {}).items()}
            changed = sorted({number for record in records for number in record.versions})
            void = sorted({number for record in records for number in record.void})
            versions = tuple(_version(names[number], k.get(number)) for number in changed)
            found.append(PurgedObject(name, versions, tuple(names[number] for number in void), is_signed))
    return Purged(
        *(plan.kind, plan.ground, plan.on, tuple(found), len(given.ids), n_lines),
        was_before=plan.was_before,
        keeps_versions=_keeps_versions(given),
    )


def _keeps_versions(given: _Given) -> bool:
    """Whether an object store has earlier versions of what was purged, or does not say."""
    files = given.files
    return isinstance(files, ObjectFiles) and any(
        n_old_versions(files, given.root, name) != 0 for name in given.ids
    )


def _version(name: str, k: tuple[int, int, int] | None) -> PurgedVersion:
    return PurgedVersion(name) if k is None else PurgedVersion(name, k[0], k[1], k[2] or None)
