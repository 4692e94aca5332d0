"""Which object and which release is meant, and a release's files as a folder.

An archive has an object for each study and audience. Where there is one, nobody has to name it; where
there are several, the study and the audience choose, and whoever chooses wrongly is told the choices.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from ppdarchive.errors import ArchiveError
from ppdarchive.store import layout
from ppdarchive.store.files import LOCAL, Files, told
from ppdarchive.store.inventory import CONTENT
from ppdarchive.store.naming import release_version, release_words
from ppdarchive.store.places import place_of
from ppdarchive.store.reading import Head, content_of, damaged, head, objects

Where = str | os.PathLike[str]

LATEST: Final = "latest"
_SHOWN: Final = 12
"""Choices that an error names."""


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """A version of an object, as its inventory tells it.

    Attributes
    ----------
    number : int
        Of the version in the archive, from 1.
    version : str or None
        Of the release, such as ``1.2.0``; None if the version's message names none.
    words : str or None
        What the message says beyond that.
    created : str
        When it was published, as RFC 3339 writes it.
    """

    number: int
    version: str | None
    words: str | None
    created: str

    @property
    def name(self) -> str:
        """What the release is called: its version, or ``v3`` if it has none."""
        return self.version or layout.version_folder(self.number)

    @property
    def created_on(self) -> date:
        """The day of `created`, where it was written."""
        return datetime.fromisoformat(self.created.upper().replace(":60", ":59")).date()


@dataclass(frozen=True, slots=True, repr=False)
class OpenedObject:
    """One object of an archive.

    Attributes
    ----------
    files : Files
        By which the archive is reached.
    root : Path
        The archive's, for `files`.
    head : Head
        The object as its newest inventory describes it.
    """

    files: Files
    root: Path
    head: Head

    def __repr__(self) -> str:
        return f"<OpenedObject {self.id}: {self.head.number} versions>"

    @property
    def id(self) -> str:
        """The identifier, ``STUDY~AUDIENCE``."""
        return self.head.inventory.id

    @property
    def releases(self) -> tuple[StoredRelease, ...]:
        """All releases, the first first."""
        return tuple(
            StoredRelease(number, release_version(each.message), release_words(each.message), each.created)
            for number, each in enumerate(self.head.inventory.versions, start=1)
        )

    def release(self, version: str = LATEST) -> StoredRelease:
        """The release that is meant: ``latest``, ``1.2.0``, or ``v3`` for the archive's third version.

        Raises
        ------
        ArchiveError
            ``archive.no-such-release``.
        """
        every = self.releases
        if version == LATEST:
            return every[-1]
        number = layout.version_number(version)
        for each in reversed(every):
            if version == each.version or number == each.number:
                return each
        choices = ", ".join(each.name for each in every[-_SHOWN:])
        more = "" if len(every) <= _SHOWN else f"{len(every) - _SHOWN} earlier ones, "
        raise ArchiveError(
            "archive.no-such-release", path=str(self.root), name=version, choices=more + choices
        )

    def paths(self, number: int) -> dict[str, Path]:
        """Where each file of a version lies, by its path in the release; see `content_of`."""
        return content_of(self.head, number, files=self.files)

    @property
    def is_here(self) -> bool:
        """Whether it lies on this machine's own file system."""
        return self.files is LOCAL


def is_archive(where: Where) -> bool:
    """Whether a place is an archive: any bucket is taken for one, of folders those that say so."""
    files, root = place_of(where)
    if files is not LOCAL:
        return True
    with told(root, "store.not-readable"):
        return files.entry(root / layout.ROOT_MARK) is not None


def object_ids(
    archive: Where, *, study: str | None = None, audience: str | None = None
) -> tuple[Files, Path, tuple[str, ...]]:
    """The files by which an archive is reached, its root, and the objects that are meant, sorted.

    Raises
    ------
    StoreError
        ``store.not-found`` and what `objects` raises.
    ArchiveError
        ``archive.no-such-object`` if none is of this study and audience; ``archive.empty``.
    """
    files, root = place_of(archive)
    every = objects(root, files=files)
    found = tuple(
        name
        for name in every
        if study in (None, layout.parts(name)[0]) and audience in (None, layout.parts(name)[1])
    )
    if not every:
        raise ArchiveError("archive.empty", path=str(root))
    if not found:
        name = f"{study or '*'}~{audience or '*'}"
        raise ArchiveError("archive.no-such-object", path=str(root), name=name, choices=_some(every))
    return files, root, found


def open_object(archive: Where, *, study: str | None = None, audience: str | None = None) -> OpenedObject:
    """Open the object that is meant.

    Parameters
    ----------
    archive : str or path
        A folder, or ``s3://BUCKET/PREFIX``.
    study, audience : str, optional
        Needed where there are several objects.

    Raises
    ------
    ArchiveError
        What `object_ids` raises; ``archive.several-objects`` if several are meant.
    StoreError
        What `ppdarchive.store.reading.head` raises.
    """
    files, root, found = object_ids(archive, study=study, audience=audience)
    if len(found) > 1:
        raise ArchiveError("archive.several-objects", path=str(root), choices=_some(found))
    return OpenedObject(files, root, head(root, found[0], files=files))


def _some(names: tuple[str, ...]) -> str:
    more = "" if len(names) <= _SHOWN else f" and {len(names) - _SHOWN} more"
    return ", ".join(names[:_SHOWN]) + more


def read_member(opened: OpenedObject, number: int, path: str, *, limit: int) -> bytes | None:
    """A file of a release, read and held against its digest; None if the release has no such file.

    Raises
    ------
    StoreError
        ``store.damaged`` if it is not the file that was published, or has more than `limit` bytes;
        what `content_of` raises.
    """
    meant = opened.head.inventory.versions[number - 1].state.get(path)
    if meant is None:
        return None
    place = opened.paths(number)[path]
    with told(place, "store.not-readable"):
        content = opened.files.read(place, limit + 1)
    if len(content) > limit or hashlib.sha512(content).hexdigest() != meant:
        raise damaged(place, "the file is not the one that was published")
    return content


@contextmanager
def release_folder(opened: OpenedObject, number: int, *, near: Path | None = None) -> Iterator[Path]:
    """A version's files as a folder of this machine, as long as the context lasts.

    Where all lie in the version's own folder here, it is that one, and no byte was looked at. Else they
    are copied into a folder that only its owner can enter, each held against its digest.

    Parameters
    ----------
    opened : OpenedObject
    number : int
    near : Path, optional
        A folder on the disk that is to be copied to.

    Raises
    ------
    StoreError
        ``store.damaged`` if a file that is copied is not the one that was published;
        ``store.not-readable``, ``store.not-writable``.
    """
    places = opened.paths(number)
    own = opened.head.folder / layout.version_folder(number) / CONTENT
    if opened.is_here and all(place == own / path for path, place in places.items()):
        yield own
        return
    with told(near or Path(), "store.not-writable"):
        copied = tempfile.TemporaryDirectory(dir=near, prefix=".ppdarchive-")
    with copied as folder:
        _copy(opened, places, opened.head.inventory.versions[number - 1].state, Path(folder))
        yield Path(folder)


def _copy(opened: OpenedObject, places: Mapping[str, Path], state: Mapping[str, str], target: Path) -> None:
    """Copy files, whose paths a parsed inventory gives: none leaves the folder."""
    for path, place in places.items():
        new = target / path
        digest = hashlib.sha512()
        with told(new, "store.not-writable"):
            new.parent.mkdir(parents=True, exist_ok=True)
            file = new.open("xb")
        with file, told(place, "store.not-readable"):
            for piece in opened.files.pieces(place):
                digest.update(piece)
                file.write(piece)
        if digest.hexdigest() != state[path]:
            raise damaged(place, "the file is not the one that was published")
