"""The files of a release, wherever they lie, each held against its digest before it is used.

Every package lists its files with their SHA-256 (`SHA256SUMS`). Of a folder that list is what there is
to go by; of a version in an archive the inventory has the list's own SHA-512, and so all follows from
the inventory, and each byte is digested once. SHA-256 is what processors have instructions for.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Protocol

from ppdarchive.errors import LoadError
from ppdarchive.loading.cache import Cache
from ppdarchive.package import checksums

MAX_TEXT_BYTES: Final = 64 * 2**20
"""Of a descriptor, a schema or a list of checksums."""

_N_THREADS: Final = 2  # digesting lets other threads run
# A pipe that stands where a file was would keep whoever opens it waiting.
_FLAGS: Final = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)


class TableFile(Protocol):
    """The file of one table."""

    @property
    def shown(self) -> str:
        """What messages call it."""

    def local(self) -> Path:
        """A file of this machine with the bytes that were published: ``load.changed`` otherwise."""

    def at_hand(self) -> Path | None:
        """The file, if it lies on this machine; perhaps not what it was."""


class Contents(Protocol):
    """The files of one release, by their paths inside it."""

    @property
    def paths(self) -> Set[str]:
        """All of them."""

    def shown(self, inside: str) -> str:
        """What messages call a file."""

    def read(self, inside: str) -> bytes:
        """All of a small file, held against its digest where one is known yet."""

    def verify(self, sums: Mapping[str, str]) -> None:
        """Hold every file that is here against its SHA-256: ``load.changed``."""

    def table(self, inside: str, size_bytes: object) -> TableFile:
        """The file of a table that has so many bytes: ``load.changed``."""


class LocalContents:
    """Files of this machine.

    Parameters
    ----------
    places : mapping of str to Path
        Where each file lies, by its path inside the release.
    digests : mapping of str to str, optional
        The SHA-512 of each, if an inventory states them.

    Raises
    ------
    LoadError
        ``load.link`` if something is no plain file, ``load.missing``.
    """

    def __init__(self, places: Mapping[str, Path], digests: Mapping[str, str] | None = None) -> None:
        self._places = places
        self._digests = digests
        self._statuses = {inside: _status(path) for inside, path in places.items()}
        self._sums: Mapping[str, str] = {}

    @property
    def paths(self) -> Set[str]:
        """All of them."""
        return self._places.keys()

    def shown(self, inside: str) -> str:
        """What messages call a file."""
        return str(self._places[inside])

    def read(self, inside: str) -> bytes:
        """All of a small file, held against its digest where one is known yet."""
        path = self._places[inside]
        with open(_opened(path, self._statuses[inside]), "rb") as file:
            content = file.read(MAX_TEXT_BYTES + 1)
        is_meant = len(content) <= MAX_TEXT_BYTES
        if inside in self._sums:
            is_meant = is_meant and hashlib.sha256(content).hexdigest() == self._sums[inside]
        elif self._digests is not None:
            is_meant = is_meant and hashlib.sha512(content).hexdigest() == self._digests[inside]
        if not is_meant:
            raise LoadError("load.changed", path=str(path))
        return content

    def verify(self, sums: Mapping[str, str]) -> None:
        """Hold every file that is here against its SHA-256: ``load.changed``."""
        paths = sorted(sums, key=lambda inside: -self._statuses[inside].st_size)
        with ThreadPoolExecutor(_N_THREADS) as pool:
            found = dict(zip(paths, pool.map(self._digest, paths), strict=True))
        for inside in sums:
            if found[inside] != sums[inside]:
                raise LoadError("load.changed", path=self.shown(inside))
        self._sums = sums

    def _digest(self, inside: str) -> str:
        with open(_opened(self._places[inside], self._statuses[inside]), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def table(self, inside: str, size_bytes: object) -> TableFile:
        """The file of a table that has so many bytes: ``load.changed``."""
        if size_bytes != self._statuses[inside].st_size:
            raise LoadError("load.changed", path=self.shown(inside))
        return _LocalFile(self._places[inside], self._statuses[inside])


class _LocalFile:
    """A file, and what the system said of it when it was verified."""

    def __init__(self, path: Path, status: os.stat_result) -> None:
        self._path = path
        self._seen = _traits(status)

    @property
    def shown(self) -> str:
        return str(self._path)

    def local(self) -> Path:
        traits = None
        try:
            traits = _traits(self._path.lstat())
        except OSError:
            traits = None
        if traits != self._seen:
            raise LoadError("load.changed", path=self.shown)
        return self._path

    def at_hand(self) -> Path | None:
        return self._path


def _traits(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def _status(path: Path) -> os.stat_result:
    status = None
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        status = None
    if status is None:
        raise LoadError("load.missing", path=str(path))
    if not checksums.is_file(status):
        raise LoadError("load.link", path=str(path))
    return status


def _opened(path: Path, seen: os.stat_result) -> int:
    """A descriptor of the very file that was seen."""
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and _traits(status) == _traits(seen):
            return descriptor
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    raise LoadError("load.changed", path=str(path))


class RemoteContents:
    """Files of an object store: each is fetched when it is first needed, and kept in the cache.

    Parameters
    ----------
    places : mapping of str to Path
        Where each file lies, by its path inside the release.
    digests : mapping of str to str
        The SHA-512 of each.
    cache : Cache
    """

    def __init__(self, places: Mapping[str, Path], digests: Mapping[str, str], cache: Cache) -> None:
        self._places = places
        self._digests = digests
        self._cache = cache

    @property
    def paths(self) -> Set[str]:
        """All of them."""
        return self._places.keys()

    def shown(self, inside: str) -> str:
        """What messages call a file."""
        return self._cache.shown(self._places[inside])

    def read(self, inside: str) -> bytes:
        """All of a small file, held against its digest."""
        path = self._cache.fetched(self._places[inside], self._digests[inside])
        with path.open("rb") as file:
            content = file.read(MAX_TEXT_BYTES + 1)
        if len(content) > MAX_TEXT_BYTES or hashlib.sha512(content).hexdigest() != self._digests[inside]:
            raise LoadError("load.changed", path=self.shown(inside))
        return content

    def verify(self, sums: Mapping[str, str]) -> None:
        """Nothing yet: each file is held against its SHA-512 when it is fetched."""

    def table(self, inside: str, size_bytes: object) -> TableFile:
        """The file of a table; its size follows from its digest."""
        return _RemoteFile(self._cache, self._places[inside], self._digests[inside], size_bytes)


class _RemoteFile:
    def __init__(self, cache: Cache, place: Path, digest: str, size_bytes: object) -> None:
        self._cache = cache
        self._place = place
        self._digest = digest
        self._size_bytes = size_bytes

    @property
    def shown(self) -> str:
        return self._cache.shown(self._place)

    def local(self) -> Path:
        path = self._cache.fetched(self._place, self._digest)
        if path.stat().st_size != self._size_bytes:
            raise LoadError("load.changed", path=self.shown)
        return path

    def at_hand(self) -> Path | None:
        return self._cache.kept(self._digest)


def folder_places(folder: Path) -> dict[str, Path]:
    """Where each file of a package's own folder lies; what is no folder counts as a file here."""
    return {inside: folder / inside for inside, _ in checksums.walk(folder)}


def listed(contents: Contents, unlisted: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of every file, after it was seen that exactly these files are there.

    Parameters
    ----------
    unlisted : iterable of str
        Files that the list does not name: itself.
    """
    sums = parsed_sums(contents)
    for inside in sorted(sums.keys() - contents.paths):
        shown = Path(contents.shown(checksums.NAME)).parent / inside
        raise LoadError("load.missing", path=str(shown))
    for inside in sorted(contents.paths - sums.keys() - set(unlisted)):
        raise LoadError("load.extra", path=contents.shown(inside))
    return sums


def parsed_sums(contents: Contents) -> dict[str, str]:
    """What SHA256SUMS states: ``load.checksums`` if it is no such list."""
    line = 1
    text = contents.read(checksums.NAME)
    try:
        return checksums.parse_checksums(text.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    except checksums.BadLineError as error:
        line = error.line
    raise LoadError("load.checksums", path=contents.shown(checksums.NAME), found=line)
