"""The few calls by which an archive reaches its disk, so that a test's disk can fail between any two.

Everything that is promised of an archive rests on three of them: `Files.sync` says that what was
written outlives a power cut, `Files.rename` puts a file in another's place so that a reader finds
either, and `Files.move_in` puts a folder where nothing was, for one of several who try at once.

References
----------
POSIX.1-2017: rename, fsync, open.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

from ppdarchive.errors import StoreError

PIECE_BYTES: Final = 2**20
_TAKEN: Final = frozenset((errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR, errno.EISDIR))
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
_BINARY: Final = getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies at a path; a link is ``other`` and is never followed."""

    name: str
    kind: Literal["file", "folder", "other"]
    size_bytes: int = 0
    changed: int = 0


class Writer(Protocol):
    """A new file that is being written."""

    def write(self, piece: bytes | memoryview) -> None:
        """Write all of `piece` after what was written."""

    def finish(self, seconds: int) -> None:
        """Make it readable for all, as old as `seconds`, and see that it is on the disk."""

    def close(self) -> None:
        """Close it, finished or not."""


class Files(Protocol):
    """A file system, with its clock. Every call but `wait` may raise `OSError`."""

    @property
    def is_object_store(self) -> bool:
        """Whether files are put whole under a key, on conditions, and nothing is ever renamed."""

    @property
    def n_threads(self) -> int:
        """How many files may be read at once."""

    def now(self) -> float:
        """Seconds since 1970."""

    def wait(self, seconds: float) -> None:
        """Let others work."""

    def entry(self, path: Path) -> Entry | None:
        """What lies at a path, if anything does."""

    def entries(self, folder: Path) -> list[Entry]:
        """What lies in a folder, by name."""

    def read(self, path: Path, limit: int) -> bytes:
        """The first `limit` bytes of a file."""

    def pieces(self, path: Path) -> Iterator[memoryview]:
        """A file's bytes; a piece is void when the next one is asked for."""

    def create(self, path: Path) -> Writer:
        """Begin a file where nothing is."""

    def make_folder(self, path: Path) -> None:
        """Make a folder where nothing is."""

    def settle_folder(self, path: Path, seconds: int) -> None:
        """Make a folder readable for all and as old as `seconds`."""

    def sync(self, folder: Path) -> None:
        """See that a folder's entries are on the disk."""

    def rename(self, source: Path, target: Path) -> None:
        """Put a file at `target`, in the place of whatever file was there."""

    def move_in(self, source: Path, target: Path) -> None:
        """Put a folder at `target`; `FileExistsError` if there is more than an empty folder."""

    def remove_tree(self, path: Path) -> None:
        """Remove a folder and all in it."""


class LocalFiles:
    """The machine's own file system, or one that is mounted there."""

    is_object_store = False
    n_threads = 2

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def wait(self, seconds: float) -> None:
        """Let others work."""
        time.sleep(seconds)

    def entry(self, path: Path) -> Entry | None:
        """What lies at a path, if anything does."""
        try:
            return _entry(path.name, path.lstat())
        except (FileNotFoundError, NotADirectoryError):
            return None

    def entries(self, folder: Path) -> list[Entry]:
        """What lies in a folder, by name."""
        with os.scandir(folder) as found:
            entries = [self.entry(folder / each.name) for each in found]
        # What went meanwhile is not there.
        return sorted((entry for entry in entries if entry is not None), key=lambda entry: entry.name)

    def read(self, path: Path, limit: int) -> bytes:
        """The first `limit` bytes of a file."""
        with os.fdopen(os.open(path, os.O_RDONLY | _NO_LINK | _BINARY), "rb") as file:
            return file.read(limit)

    def pieces(self, path: Path) -> Iterator[memoryview]:
        """A file's bytes; a piece is void when the next one is asked for."""
        buffer = memoryview(bytearray(PIECE_BYTES))
        with os.fdopen(os.open(path, os.O_RDONLY | _NO_LINK | _BINARY), "rb", buffering=0) as file:
            while n_bytes := file.readinto(buffer):
                yield buffer[:n_bytes]

    def create(self, path: Path) -> Writer:
        """Begin a file where nothing is."""
        return _LocalWriter(path)

    def make_folder(self, path: Path) -> None:
        """Make a folder where nothing is."""
        path.mkdir(mode=0o755)

    def settle_folder(self, path: Path, seconds: int) -> None:
        """Make a folder readable for all and as old as `seconds`."""
        path.chmod(0o755)
        os.utime(path, (seconds, seconds))

    def sync(self, folder: Path) -> None:
        """See that a folder's entries are on the disk."""
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        """Put a file at `target`, in the place of whatever file was there."""
        source.replace(target)

    def move_in(self, source: Path, target: Path) -> None:
        """Put a folder at `target`; `FileExistsError` if there is more than an empty folder."""
        is_taken = False
        try:
            source.rename(target)
        except OSError as error:
            is_taken = error.errno in _TAKEN
            if not is_taken:
                raise
        if is_taken:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))

    def remove_tree(self, path: Path) -> None:
        """Remove a folder and all in it."""
        shutil.rmtree(path)


def _entry(name: str, status: os.stat_result) -> Entry:
    mode = status.st_mode
    if stat.S_ISREG(mode):
        return Entry(name, "file", status.st_size, status.st_mtime_ns)
    return Entry(name, "folder" if stat.S_ISDIR(mode) else "other")


class _LocalWriter:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK | _BINARY, 0o600)

    def write(self, piece: bytes | memoryview) -> None:
        left = memoryview(piece)
        while left:
            left = left[os.write(self._file, left) :]

    def finish(self, seconds: int) -> None:
        if hasattr(os, "fchmod"):
            os.fchmod(self._file, 0o644)
        os.utime(self._file if os.utime in os.supports_fd else self._path, (seconds, seconds))
        os.fsync(self._file)

    def close(self) -> None:
        os.close(self._file)


LOCAL: Final[Files] = LocalFiles()


@contextlib.contextmanager
def told(path: Path, code: str = "store.not-writable") -> Iterator[None]:
    """Turn what the disk says into a `StoreError` that names a path and the reason."""
    problem = None
    try:
        yield
    except OSError as error:
        place = error.filename if isinstance(error.filename, str) else str(path)
        problem = StoreError(code, path=place, reason=error.strerror or "unknown")
    if problem is not None:
        raise problem


def write_file(files: Files, path: Path, text: bytes, seconds: int) -> None:
    """Write a new file, and see that it is on the disk; its folder is not synced."""
    writer = files.create(path)
    try:
        writer.write(text)
        writer.finish(seconds)
    finally:
        writer.close()


def make_folders(files: Files, folder: Path) -> None:
    """Make a folder and those above it, where they are not there yet; each is kept by its parent.

    In an object store they come with the files in them.
    """
    missing: list[Path] = []
    while not files.is_object_store and files.entry(folder) is None:
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        with contextlib.suppress(FileExistsError):  # somebody else was first
            files.make_folder(each)
        files.sync(each.parent)
