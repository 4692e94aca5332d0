"""Where the next release is to go: the archive and its object, as they are before anything is done."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ppdarchive.archive.opening import OpenedObject, Where
from ppdarchive.errors import ArchiveError, RegisterError, StoreError, StudyError
from ppdarchive.register import private_folder
from ppdarchive.store import layout
from ppdarchive.store.files import LOCAL, Files, told
from ppdarchive.store.objectstore.publishing import is_begun
from ppdarchive.store.places import place_of
from ppdarchive.store.reading import Head, head, is_being_rewritten, is_there, objects
from ppdarchive.study import load_study

STAGING: Final = "staging"
"""The folder of the private folder where packages are until they are published."""
_N_TRIES: Final = 40
_PAUSE_SECONDS: Final = 0.05
_LEFT_SECONDS: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """Where a release is to go.

    Attributes
    ----------
    files : Files
        By which the archive is reached.
    root : Path
        The archive's, for `files`.
    object_id : str
        ``STUDY~AUDIENCE``
    opened : OpenedObject or None
        The object; None before the first release.
    """

    files: Files
    root: Path
    object_id: str
    opened: OpenedObject | None

    def __repr__(self) -> str:
        return f"<Target {self.object_id} after version {self.number}>"

    @property
    def number(self) -> int:
        """The newest version's number; 0 before the first."""
        return self.opened.head.number if self.opened is not None else 0

    def may_be_begun(self) -> bool:
        """Whether the next version is there, finished or not; yes, if the archive does not say."""
        with contextlib.suppress(OSError, StoreError):
            return is_begun(self.files, _following(self.root / self.object_id, self.number))
        return True


def target_of(folder: Path, archive: Where) -> Target:
    """Find where a study's next release is to go, and refuse early what would be refused late.

    Raises
    ------
    StudyError, SchemaError
        As `load_study` does; ``study.no-release``.
    ArchiveError
        ``archive.around-study``.
    StoreError
        ``store.not-empty`` if something else lies there; ``store.unfinished`` if a version was begun and
        not finished; what `head` raises.
    """
    study = load_study(folder)
    release = study.config.release
    if release is None:
        raise StudyError("study.no-release", path=study.path)
    files, root = place_of(archive)
    if not files.is_object_store and root.resolve() in (folder.resolve(), *folder.resolve().parents):
        # Who copies the archive would copy the exports and the private folder with it.
        raise ArchiveError("archive.around-study", path=str(root))
    object_id = layout.object_id(study.config.study.id, release.audience)
    return Target(files, root, object_id, _opened(files, root, object_id))


def _opened(files: Files, root: Path, object_id: str) -> OpenedObject | None:
    with told(root, "store.not-readable"):
        if files.entry(root / layout.ROOT_MARK) is None:
            _check_empty(files, root)
            return None
        if object_id not in objects(root, files=files) or (
            files.is_object_store and not is_there(files, root / object_id)
        ):
            return None
        return OpenedObject(files, root, _settled(files, root, object_id))


def _check_empty(files: Files, root: Path) -> None:
    """Refuse a folder that holds anything but the beginnings of an archive."""
    if files.entry(root) is None:
        return
    ours = {path.partition("/")[0] for path in layout.root_files()}
    if any(entry.name not in ours for entry in files.entries(root)):
        raise StoreError("store.not-empty", path=str(root))


def _settled(files: Files, root: Path, object_id: str) -> Head:
    """The head of an object; whoever is just committing is waited for."""
    for number in range(_N_TRIES):
        if number:
            files.wait(_PAUSE_SECONDS)
        found = head(root, object_id, files=files)
        is_changing = not found.is_settled or is_being_rewritten(files, root, object_id)
        if not is_changing and not is_begun(files, _following(found.folder, found.number)):
            return found
    raise StoreError("store.unfinished", path=str(root / object_id))


def _following(folder: Path, number: int) -> Path:
    return folder / layout.version_folder(number + 1)


@contextlib.contextmanager
def staging_folder(study: Path) -> Iterator[Path]:
    """A new folder in a study's private folder, for its owner alone, that goes when the block ends.

    Raises
    ------
    RegisterError
        ``register.not-writable``, ``register.inside-package``.
    """
    folder = private_folder(study) / STAGING
    own = folder / secrets.token_hex(8)
    reason = ""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        own.mkdir(mode=0o700)
        _sweep(folder)
    except OSError as error:
        reason = error.strerror or "unknown"
    if reason:
        raise RegisterError("register.not-writable", path=str(folder), reason=reason)
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
        with contextlib.suppress(OSError):  # somebody else may be at work there
            folder.rmdir()


def _sweep(folder: Path) -> None:
    """Remove what killed processes have left; nobody works for a day on one release."""
    for left in folder.iterdir():
        with contextlib.suppress(OSError):
            if left.stat().st_mtime < LOCAL.now() - _LEFT_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
