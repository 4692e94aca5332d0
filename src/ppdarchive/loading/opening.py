"""A place -> the object and the version that are meant there -> its release, verified.

An archive is read while others publish to it or purge it. What was read of it agrees with one state of
it or is read again: bytes that are not as the inventory says are only an error if the inventory is
still the same.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from ppdarchive.errors import LoadError, StoreError
from ppdarchive.loading.cache import Cache, cache_folder
from ppdarchive.loading.choosing import Candidate, chosen, is_name
from ppdarchive.loading.contents import MAX_TEXT_BYTES, Contents, LocalContents, RemoteContents
from ppdarchive.loading.packages import DESCRIPTOR, open_contents
from ppdarchive.loading.release import Release, ReleaseWarning
from ppdarchive.package import checksums
from ppdarchive.store import layout
from ppdarchive.store.files import LOCAL, Files, told
from ppdarchive.store.naming import release_version
from ppdarchive.store.reading import Head, content_of, head, objects
from ppdarchive.store.records import Mark, Tombstone, marks_of, tombstones_of

_N_TRIES: Final = 5
_N_SHOWN: Final = 12

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is to be loaded from.

    Attributes
    ----------
    files : Files
    folder : Path
        A package's folder, or an archive.
    is_archive : bool
    object_id : str or None
        If an object's own folder was named.
    """

    files: Files
    folder: Path
    is_archive: bool
    object_id: str | None = None

    @property
    def shown(self) -> str:
        """What messages call it."""
        return str(self.folder) if self.files is LOCAL else f"s3://{self.folder.as_posix()}"


def found_place(files: Files, folder: Path) -> Place:
    """Find out what a folder is: ``load.not-found`` if it is neither a package nor an archive."""
    with told(folder, "store.not-readable"):
        if files is LOCAL and any((folder / name).is_file() for name in (DESCRIPTOR, checksums.NAME)):
            return Place(files, folder, is_archive=False)
        if files.entry(folder / layout.ROOT_MARK) is not None:
            return Place(files, folder, is_archive=True)
        if files.entry(folder / layout.OBJECT_MARK) is not None:
            own = folder.resolve() if files is LOCAL else folder
            if files.entry(own.parent / layout.ROOT_MARK) is not None:
                return Place(files, own.parent, is_archive=True, object_id=own.name)
    raise LoadError("load.not-found", path=Place(files, folder, is_archive=True).shown)


def found_object(place: Place, study: str | None, audience: str | None) -> str:
    """The object of an archive that is meant.

    Raises
    ------
    LoadError
        ``load.no-object``, ``load.several-objects``, with the choices.
    StoreError
        What `ppdarchive.store.reading.objects` raises.
    """
    every = (place.object_id,) if place.object_id is not None else objects(place.folder, files=place.files)
    fitting = [
        name
        for name in every
        if study in (None, layout.parts(name)[0]) and audience in (None, layout.parts(name)[1])
    ]
    if len(fitting) == 1:
        return fitting[0]
    shown = fitting or every
    choices = ", ".join(shown[:_N_SHOWN]) or "none"
    if len(shown) > _N_SHOWN:
        choices += f" and {len(shown) - _N_SHOWN} more"
    if fitting:
        raise LoadError("load.several-objects", path=place.shown, choices=choices)
    name = f"study {study or 'any'} for audience {audience or 'any'}"
    raise LoadError("load.no-object", path=place.shown, name=name, choices=choices)


@dataclass(frozen=True, slots=True)
class Opened:
    """An object as it was read, with what is said of its versions.

    Attributes
    ----------
    place : Place
    head : Head
    marks : tuple of Mark
    tombstones : tuple of Tombstone
    """

    place: Place
    head: Head
    marks: tuple[Mark, ...]
    tombstones: tuple[Tombstone, ...]

    @property
    def id(self) -> str:
        """The object's identifier."""
        return self.head.inventory.id

    @property
    def shown(self) -> str:
        """What messages call it."""
        return f"{self.place.shown}/{self.id}"

    def marks_of(self, number: int) -> tuple[Mark, ...]:
        """What is said of a version."""
        return tuple(mark for mark in self.marks if mark.version == number)

    def tombstones_of(self, number: int) -> tuple[Tombstone, ...]:
        """What was removed from a version."""
        return tuple(each for each in self.tombstones if number in each.versions)

    def candidates(self) -> tuple[Candidate, ...]:
        """Every version with its release's number, the first first."""
        withdrawn = {mark.version for mark in self.marks if mark.kind == "withdrawn"}
        return tuple(
            Candidate(number, release_version(version.message) or self._stated(number), number in withdrawn)
            for number, version in enumerate(self.head.inventory.versions, start=1)
        )

    def _stated(self, number: int) -> str | None:
        """The number that the descriptor states of a version whose message states none."""
        if DESCRIPTOR not in self.head.inventory.versions[number - 1].state:
            return None
        path = content_of(self.head, number, files=self.place.files)[DESCRIPTOR]
        with told(path, "store.not-readable"):
            content = self.place.files.read(path, MAX_TEXT_BYTES + 1)
        if hashlib.sha512(content).hexdigest() != self.head.inventory.versions[number - 1].state[DESCRIPTOR]:
            raise LoadError("load.changed", path=str(path))
        version = None
        try:
            version = json.loads(content.decode("utf-8-sig")).get("version")
        except (ValueError, RecursionError, AttributeError):
            version = None
        return version if is_name(version) else None


def with_object(place: Place, object_id: str, use: Callable[[Opened], Result]) -> Result:
    """Open an object and do something with it, again if it was changed meanwhile.

    Raises
    ------
    StoreError
        What `ppdarchive.store.reading.head` raises.
    LoadError
        What `use` raises while the object stays the same; ``load.not-readable``.
    """
    problem: LoadError | StoreError | OSError | None = None
    last: Head | None = None
    for _ in range(_N_TRIES):
        found = head(place.folder, object_id, files=place.files)
        if (
            problem is not None
            and last is not None
            and (found.folder, found.text) == (last.folder, last.text)
        ):
            break
        last = found
        try:
            marks = marks_of(found, files=place.files)
            return use(Opened(place, found, marks, tombstones_of(found, files=place.files)))
        except (LoadError, StoreError, OSError) as error:
            problem = error
    assert problem is not None
    if isinstance(problem, OSError):
        shown = problem.filename if isinstance(problem.filename, str) else f"{place.shown}/{object_id}"
        raise LoadError("load.not-readable", path=shown, reason=problem.strerror or "unknown")
    raise problem


def open_release(opened: Opened, candidate: Candidate, *, source: Head | None = None) -> Release:
    """The release that a version holds.

    Parameters
    ----------
    opened : Opened
    candidate : Candidate
    source : Head, optional
        Whose inventory to go by, if not by the object's newest.

    Raises
    ------
    LoadError
        What `open_contents` raises; ``load.other-release`` if the package says another number.
    """
    by = source or opened.head
    files = opened.place.files
    state = by.inventory.versions[candidate.number - 1].state
    contents: Contents
    if files is LOCAL:
        contents = LocalContents(content_of(by, candidate.number, files=files), state)
    else:
        cache = Cache(cache_folder(), files, opened.place.folder, opened.id)
        cache.keep_only(opened.head.inventory.manifest.keys())
        # No link can lie in an object store, and whatever is fetched is held against its digest.
        paths = by.inventory.content_paths(candidate.number)
        contents = RemoteContents({path: by.folder / paths[path] for path in paths}, state, cache)
    release = open_contents(
        contents,
        f"{opened.shown}/{layout.version_folder(candidate.number)}",
        number=candidate.number,
        marks=opened.marks_of(candidate.number),
        tombstones=opened.tombstones_of(candidate.number),
    )
    if candidate.version is not None and release.version != candidate.version:
        raise LoadError("load.other-release", path=opened.shown, expected=candidate.version)
    return release


def find_release(opened: Opened, wanted: str) -> Candidate:
    """The version of an object that is meant; see `ppdarchive.loading.choosing.chosen`."""
    return chosen(opened.candidates(), wanted, path=opened.shown)


def warn(opened: Opened, candidate: Candidate, *, is_latest: bool, stacklevel: int) -> None:
    """Warn of what is said of a release, and where a newer one was passed over."""
    lines = [
        f"release {candidate.name} {_SAID[mark.kind]}: {mark.reason}{_instead(mark)}"
        for mark in opened.marks_of(candidate.number)
    ]
    if is_latest and candidate.number < opened.head.number:
        newer = opened.marks_of(opened.head.number)
        reasons = [mark.reason for mark in newer if mark.kind == "withdrawn"]
        name = opened.candidates()[-1].name
        lines += [f"release {name} is newer and was withdrawn from use: {reason}" for reason in reasons]
    for line in lines:
        warnings.warn(f"{opened.id}: {line}", ReleaseWarning, stacklevel=stacklevel + 1)


def _instead(mark: Mark) -> str:
    return f"; {mark.by} takes its place" if mark.by is not None else ""


_SAID: Final = {
    "superseded": "was superseded",
    "withdrawn": "was withdrawn from use",
    "erratum": "has an erratum",
}
