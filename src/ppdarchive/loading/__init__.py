"""A release in: from a package's folder or an archive, verified, as typed tables.

Imports no validator and no detector, so that whoever only reads does not pay for them.

>>> from ppdarchive.errors import PpdArchiveError
>>> try:
...     load("nowhere")
... except PpdArchiveError as error:
...     print(error.what)
there is neither a package nor an archive here
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from ppdarchive.errors import LoadError
from ppdarchive.loading.choosing import LATEST, Candidate, fits, is_name
from ppdarchive.loading.contents import LocalContents, folder_places
from ppdarchive.loading.filters import Filters
from ppdarchive.loading.lockfile import LOCK, Pin, read_lock
from ppdarchive.loading.opening import (
    Opened,
    find_release,
    found_object,
    found_place,
    open_release,
    warn,
    with_object,
)
from ppdarchive.loading.packages import open_contents
from ppdarchive.loading.pinning import chosen_pin, open_pinned, pin
from ppdarchive.loading.release import Release, ReleaseWarning
from ppdarchive.loading.releases import History, Released, history
from ppdarchive.package import checksums
from ppdarchive.store.places import place_of

__all__ = [
    "LOCK",
    "Filters",
    "History",
    "Pin",
    "Release",
    "ReleaseWarning",
    "Released",
    "history",
    "load",
    "pin",
]

# Named here, since what loads a release knows nothing of how a study is read.
_STUDY: Final = "study.toml"


def load(
    where: str | os.PathLike[str],
    version: str = LATEST,
    *,
    study: str | None = None,
    audience: str | None = None,
    lock: str | os.PathLike[str] | None = None,
) -> Release:
    """Open a release after its files were held against their digests.

    Of a folder on this machine every file is read; of an object store each when it is first needed,
    and kept in a cache (`PPDARCHIVE_CACHE`) for as long as the archive has it.

    Parameters
    ----------
    where : str or path
        A package's folder, an archive, an object's folder in one, or ``s3://BUCKET/PREFIX``.
    version : str
        ``latest``; a range such as ``>=1.1,<2``, of which the highest release counts; ``1.2.0``; or
        ``v3`` for the archive's third version. A release that was withdrawn from use is loaded only if
        it is named. A package's folder holds one release, and is refused if that is another.
    study, audience : str, optional
        Needed where the archive has several objects.
    lock : path-like, optional
        A lock file, as ``ppdarchive pin`` writes it: its release is loaded, and only if it is to the
        byte what was pinned.

    Returns
    -------
    Release

    Warns
    -----
    ReleaseWarning
        If the release was superseded or withdrawn from use or has an erratum, or if a newer one was
        withdrawn.

    Raises
    ------
    LoadError
        ``load.not-found`` if there is neither a package nor an archive; ``load.study`` if it is a
        study's own folder; ``load.other-study``, ``load.no-object``,
        ``load.several-objects``, ``load.no-release``, ``load.several-releases``, ``load.version``,
        ``load.withdrawn`` if what is meant is not there or not clear; ``load.missing``, ``load.extra``,
        ``load.changed``, ``load.link`` with the file that is not as published; ``load.checksums``,
        ``load.descriptor``, ``load.other-release`` if the release's own files say nothing sensible;
        ``load.not-pinned``, ``load.other-pin``, ``load.purged``, ``load.tampered``, ``load.lock`` with
        a lock file; ``load.cache``; ``load.not-readable``.
    StoreError
        If the archive cannot be read or trusted, with what is wrong.
    """
    problem: LoadError
    try:
        return _load(where, str(version), study, audience, lock)
    except OSError as error:
        shown = error.filename if isinstance(error.filename, str) else os.fspath(where)
        problem = LoadError("load.not-readable", path=shown, reason=error.strerror or "unknown")
    raise problem


def _load(
    where: str | os.PathLike[str],
    version: str,
    study: str | None,
    audience: str | None,
    lock: str | os.PathLike[str] | None,
) -> Release:
    files, folder = place_of(where)
    place = found_place(files, folder)
    if not place.is_archive:
        if lock is not None:
            raise LoadError("load.not-pinned", path=os.fspath(lock), name=place.shown)
        return _package(folder, version, study)
    if lock is None:
        object_id, pinned = found_object(place, study, audience), None
    else:
        pins = read_lock(Path(lock))
        pinned = chosen_pin(
            pins, place, Path(lock).parent, study=study, audience=audience, name=os.fspath(lock)
        )
        object_id = pinned.object_id

    def opened_release(opened: Opened) -> tuple[Release, Opened, Candidate]:
        if pinned is not None:
            release, candidate = open_pinned(opened, pinned, version)
            return release, opened, candidate
        candidate = find_release(opened, version)
        return open_release(opened, candidate), opened, candidate

    release, opened, candidate = with_object(place, object_id, opened_release)
    warn(opened, candidate, is_latest=pinned is None and version == LATEST, stacklevel=3)
    return release


def _package(folder: Path, version: str, study: str | None) -> Release:
    if (folder / _STUDY).is_file() and not (folder / checksums.NAME).is_file():
        # A study's folder has a descriptor as a package has; what it lacks are not files to get again.
        raise LoadError("load.study", path=str(folder))
    release = open_contents(LocalContents(folder_places(folder)), str(folder))
    if study not in (None, release.name):
        raise LoadError("load.other-study", path=str(folder), found=repr(release.name), name=repr(study))
    if not fits(release.version, version, path=str(folder)):
        found = release.version if is_name(release.version) else "a release of another name"
        raise LoadError("load.no-release", path=str(folder), name=repr(version), choices=f"only {found}")
    return release
