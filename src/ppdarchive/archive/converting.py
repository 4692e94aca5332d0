"""A release as a plain folder, a ZIP or a BagIt bag, and back; every byte checked on the way.

The same release gives the same bytes and times, whenever it is converted and by whom: files bear the day
of the release.

References
----------
RFC 8493, The BagIt File Packaging Format (V1.0).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal, get_args

from ppdarchive.archive.opening import (
    LATEST,
    OpenedObject,
    StoredRelease,
    Where,
    is_archive,
    open_object,
    release_folder,
)
from ppdarchive.errors import ArchiveError, TransferError, UsageError
from ppdarchive.loading import load
from ppdarchive.store.digest import digests
from ppdarchive.store.files import LOCAL
from ppdarchive.store.places import place_of
from ppdarchive.store.records import Mark, marks
from ppdarchive.transfer.bag import copy_files, from_bag, to_bag
from ppdarchive.transfer.tree import Transferred, plain_listing, staged
from ppdarchive.transfer.zipped import from_zip, to_zip

Target = Literal["folder", "zip", "bag"]
TARGETS: Final[tuple[Target, ...]] = get_args(Target)

_DESCRIPTOR: Final = "datapackage.json"
_BAG: Final = "bagit.txt"


@dataclass(frozen=True, slots=True)
class Converted:
    """What was written.

    Attributes
    ----------
    name : str
        What the release is called: the object or the package, and the version.
    to : {"folder", "zip", "bag"}
    n_files, n_bytes : int
        Of the release.
    marks : tuple of Mark
        What is said of it; it does not go with it.
    """

    name: str
    to: Target
    n_files: int
    n_bytes: int
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A verified release in a folder.

    `sha512` holds the digest of each file, where an inventory states them; `marks` what is said of it.
    """

    folder: Path
    name: str
    released_on: date
    sha512: Mapping[str, str] | None = None
    marks: tuple[Mark, ...] = ()


def convert(
    source: Where,
    out: Path,
    *,
    to: Target,
    version: str = LATEST,
    study: str | None = None,
    audience: str | None = None,
) -> Converted:
    """Convert a release.

    Parameters
    ----------
    source : str or path
        An archive, a package, a bag of one, or a ZIP of either.
    out : Path
        A new folder or file.
    to : {"folder", "zip", "bag"}
    version : str
        Of an archive: which release. One that was withdrawn from use is taken only if it is named.
    study, audience : str, optional
        Needed where an archive has several objects.

    Raises
    ------
    ArchiveError
        ``archive.source`` if it is none of these; ``archive.changed`` if a file is not the one that was
        published; what `open_object` raises.
    LoadError
        If the package is not what its checksums say.
    TransferError
        ``transfer.exists``, ``transfer.not-writable``; ``transfer.bag``, ``transfer.refused``,
        ``transfer.damaged``, ``transfer.too-large`` of a bag or ZIP that cannot be taken.
    UsageError
        ``usage.value`` if `out` lies in the source.
    StoreError
        If the archive cannot be read.
    """
    _check_out(source, out)
    with _release(source, out, version, study, audience) as found:
        written = _written(found, out, to)
        if found.sha512 is not None and written.sha512 != found.sha512:
            # It was changed after it was checked.
            shutil.rmtree(out, ignore_errors=True) if out.is_dir() else out.unlink(missing_ok=True)
            raise _changed(source, found.sha512, written.sha512)
    return Converted(found.name, to, written.n_files, written.n_bytes, found.marks)


def _check_out(source: Where, out: Path) -> None:
    """Refuse to write into what is read."""
    files, place = place_of(source)
    if files is LOCAL and place.is_dir() and out.resolve().is_relative_to(place.resolve()):
        raise UsageError("usage.value", reason="what is written would lie in what is read")
    if not out.parent.is_dir():
        raise TransferError("transfer.not-writable", path=str(out), reason="there is no such folder")


@contextmanager
def _release(
    source: Where, out: Path, version: str, study: str | None, audience: str | None
) -> Iterator[_Found]:
    """The release that is meant, as a verified folder."""
    files, place = place_of(source)
    if is_archive(source):
        opened = open_object(source, study=study, audience=audience)
        said = marks(opened.root, opened.id, files=opened.files)
        release = _meant(opened, version, said)
        state = opened.head.inventory.versions[release.number - 1].state
        with release_folder(opened, release.number, near=out.parent) as folder:
            _check_digests(source, folder, state)
            own = tuple(mark for mark in said if mark.version == release.number)
            yield _Found(folder, f"{opened.id} {release.name}", _released_on(folder), state, own)
        return
    if version != LATEST or study or audience:
        raise UsageError("usage.value", reason="only an archive has releases to choose from")
    if files is LOCAL and (place / _DESCRIPTOR).is_file():
        yield _of_package(place)
        return
    if files is not LOCAL or not ((place / _BAG).is_file() or place.is_file()):
        raise ArchiveError("archive.source", path=str(place))
    with _private_folder(out) as scratch:
        yield _of_package(_unpacked(place, scratch))


def _meant(opened: OpenedObject, version: str, said: Sequence[Mark]) -> StoredRelease:
    """The release that is meant; the newest is the newest that was not withdrawn from use."""
    if version != LATEST:
        return opened.release(version)
    withdrawn = {mark.version for mark in said if mark.kind == "withdrawn"}
    for release in reversed(opened.releases):
        if release.number not in withdrawn:
            return release
    raise ArchiveError(
        "archive.no-such-release",
        path=str(opened.root),
        name=LATEST,
        choices=", ".join(each.name for each in opened.releases) + ", all withdrawn from use",
    )


@contextmanager
def _private_folder(out: Path) -> Iterator[Path]:
    """A folder on the disk that is written to, for its owner alone, that goes when the block ends."""
    reason = ""
    try:
        folder = tempfile.TemporaryDirectory(dir=out.parent, prefix=".ppdarchive-")
    except OSError as error:
        reason = error.strerror or "unknown"
    if reason:
        raise TransferError("transfer.not-writable", path=str(out), reason=reason)
    with folder as scratch:
        yield Path(scratch)


def _unpacked(place: Path, scratch: Path) -> Path:
    """The package in a bag, or in a ZIP of a package or a bag, with every digest there is checked."""
    folder = place
    if place.is_file():
        from_zip(place, scratch / "zip")
        folder = _inner(scratch / "zip")
    if (folder / _BAG).is_file():
        from_bag(folder, scratch / "bag")
        folder = scratch / "bag"
    if not (folder / _DESCRIPTOR).is_file():
        raise ArchiveError("archive.source", path=str(place))
    return folder


def _inner(folder: Path) -> Path:
    """The one folder in a folder that holds nothing else, as repositories want of ZIPs; else the folder."""
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def _of_package(folder: Path) -> _Found:
    release = load(folder)  # which holds every file against its checksum
    return _Found(folder, f"{release.name} {release.version}", _released_on(folder))


def _released_on(folder: Path) -> date:
    """The day that a release bears, which its files are given."""
    path = folder / _DESCRIPTOR
    day: date | None = None
    try:
        day = date.fromisoformat(str(json.loads(path.read_text("utf-8-sig"))["created"])[:10])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        day = None
    if day is None:
        raise ArchiveError("archive.source", path=str(path))
    return day


def _check_digests(source: Where, folder: Path, state: Mapping[str, str]) -> None:
    found = digests(LOCAL, folder, plain_listing(folder))
    if found != state:
        raise _changed(source, state, found)


def _changed(source: Where, meant: Mapping[str, str], found: Mapping[str, str]) -> ArchiveError:
    """What is raised of the first file that is missing, one too many, or another."""
    names = sorted(path for path in meant.keys() | found.keys() if meant.get(path) != found.get(path))
    return ArchiveError("archive.changed", path=str(source), name=names[0])


def _written(found: _Found, out: Path, to: Target) -> Transferred:
    if to == "zip":
        return to_zip(found.folder, out, released_on=found.released_on)
    if to == "bag":
        return to_bag(found.folder, out, released_on=found.released_on, identifier=found.name)
    return _to_folder(found, out)


def _to_folder(found: _Found, out: Path) -> Transferred:
    """Copy a release to a new folder, which is there whole or not at all."""
    with staged(out) as staging:
        sizes = plain_listing(found.folder)
        staging.make_folders(sizes)
        written = copy_files(found.folder, {path: path for path in sizes}, staging, ("sha512",))
        staging.settle(sizes, found.released_on)
        staging.place()
    copied = {path: each.size_bytes for path, each in written.items()}
    return Transferred(copied, {path: each.digests["sha512"] for path, each in written.items()})
