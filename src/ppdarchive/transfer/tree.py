"""Folders in and out: what lies in one, and a new one that is there whole or not at all.

Whatever happens, there is either nothing at the new place or all of it. A process that is killed may
leave ``.NAME.RANDOM.staging`` beside it, which only its owner can enter.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import BinaryIO, Final

from ppdarchive.errors import TransferError
from ppdarchive.transfer.names import folders_of, wrong_with

PIECE_BYTES: Final = 1 << 20
N_THREADS: Final = 2  # hashing and copying let other threads run

_TAKEN: Final = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR, errno.EISDIR)
_NO_LINKS: Final = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)
_NO_FOLLOW: Final[int] = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True)
class Transferred:
    """What was written.

    Attributes
    ----------
    sizes : mapping of str to int
        Bytes of each file, by its path in the plain folder.
    sha512 : mapping of str to str
        Digest of each, computed from the very bytes that were written: to compare with an inventory.
    tags : sequence of (str, str)
        The bag's own statements, as bag-info.txt has them.
    left : sequence of str
        Files of a bag that are no payload, and that no rule of BagIt knows: not taken.
    """

    sizes: Mapping[str, int]
    sha512: Mapping[str, str]
    tags: tuple[tuple[str, str], ...] = ()
    left: tuple[str, ...] = ()

    @property
    def n_files(self) -> int:
        """How many files."""
        return len(self.sizes)

    @property
    def n_bytes(self) -> int:
        """How many bytes they have together."""
        return sum(self.sizes.values())


@dataclass(frozen=True)
class Listing:
    """What lies below a folder: sizes of its files, and the folders with nothing in them."""

    sizes: Mapping[str, int]
    empty: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """A file that was written: its size and its digests, by algorithm."""

    size_bytes: int
    digests: Mapping[str, str] = field(default_factory=dict)


def listing(folder: Path) -> Listing:
    """List a folder, sorted by path; links are not followed but refused.

    Raises
    ------
    TransferError
        ``transfer.not-found``, ``transfer.not-readable``; ``transfer.refused`` if something is neither
        a file nor a folder; ``transfer.name`` if a path could not be taken back.
    """
    sizes: dict[str, int] = {}
    empty: list[str] = []
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        with reading(folder), os.scandir(folder / inside) as entries:
            found = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
        if not found:
            empty.append(inside)
        for name, status in found:
            path = f"{inside}/{name}" if inside else name
            if reason := wrong_with(path):
                raise TransferError("transfer.name", path=str(folder), what=repr(path), reason=reason)
            if stat.S_ISDIR(status.st_mode):
                waiting.append(path)
            elif stat.S_ISREG(status.st_mode):
                sizes[path] = status.st_size
            else:
                raise refused(folder, f"{path!r} is neither a file nor a folder")
    return Listing(dict(sorted(sizes.items())), tuple(sorted(empty)))


def plain_listing(folder: Path) -> Mapping[str, int]:
    """Sizes of a folder's files, which are all there is in it.

    Raises
    ------
    TransferError
        As `listing`; ``transfer.refused`` if a folder is empty: neither bag nor inventory keeps one.
    """
    found = listing(folder)
    if found.empty:
        inside = f"the folder {found.empty[0]!r}" if found.empty[0] else "it"
        raise refused(folder, f"{inside} is empty, and empty folders cannot be kept")
    return found.sizes


def refused(path: Path, reason: str) -> TransferError:
    """What is raised of something that is not to be trusted."""
    return TransferError("transfer.refused", path=str(path), reason=reason)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn a failed system call into ``transfer.not-found`` or ``transfer.not-readable``."""
    reason = ""
    try:
        yield
    except FileNotFoundError:
        reason = "absent"
    except OSError as error:
        reason = error.strerror or "unknown"
    if reason == "absent":
        raise TransferError("transfer.not-found", path=str(path))
    if reason:
        raise TransferError("transfer.not-readable", path=str(path), reason=reason)


def pieces_of(folder: Path, path: str) -> Iterator[bytes]:
    """Yield a file's bytes; a link or a device that took its place meanwhile is not opened.

    Raises
    ------
    TransferError
        ``transfer.not-found``, ``transfer.not-readable``, ``transfer.refused``.
    """
    with reading(folder / path):
        descriptor = os.open(folder / path, os.O_RDONLY | _NO_FOLLOW)
    with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 (it is a descriptor)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise refused(folder, f"{path!r} is not a file any more")
        while True:
            with reading(folder / path):
                piece = file.read(PIECE_BYTES)
            if not piece:
                return
            yield piece


def read_small(folder: Path, path: str, *, max_bytes: int) -> bytes:
    """Return a file's bytes.

    Raises
    ------
    TransferError
        As `pieces_of`; ``transfer.too-large``.
    """
    found = bytearray()
    for piece in pieces_of(folder, path):
        found += piece
        if len(found) > max_bytes:
            raise TransferError(
                "transfer.too-large", path=str(folder), what=repr(path), limit=f"{max_bytes} bytes"
            )
    return bytes(found)


class Staging:
    """A new folder or file on its way to its place; see `staged`."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.path = out.parent / f".{out.name}.{secrets.token_hex(8)}.staging"
        self._folders: list[str] = []

    def make_folders(self, paths: Collection[str]) -> None:
        """Make the folder itself and all folders above the paths, each of them for the first time.

        Raises
        ------
        TransferError
            ``transfer.refused`` if two of them are one on this file system.
        """
        self.path.mkdir(mode=0o700)
        for folder in folders_of(paths):
            with self._one_of_a_name():
                (self.path / folder).mkdir(mode=0o700)
            self._folders.append(folder)

    def write(self, path: str, pieces: Iterable[bytes], algorithms: Collection[str]) -> Written:
        """Write a new file, and see that it is on the disk.

        Raises
        ------
        TransferError
            ``transfer.refused`` if another file has this name on this file system.
        """
        with self._one_of_a_name():
            descriptor = os.open(self.path / path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb", buffering=0) as file:  # noqa: PTH123 (it is a descriptor)
            written = self.copy(pieces, file.write, algorithms)
            os.fchmod(descriptor, 0o644)
            os.fsync(descriptor)
        return written

    def copy(
        self, pieces: Iterable[bytes], write: Callable[[memoryview], int], algorithms: Collection[str]
    ) -> Written:
        """Hand on pieces to a file that is open; what was written."""
        hashes = {name: hashlib.new(name, usedforsecurity=False) for name in algorithms}
        size_bytes = 0
        for piece in pieces:
            size_bytes += len(piece)
            for each in hashes.values():
                each.update(piece)
            left = memoryview(piece)
            while left:
                left = left[write(left) :]
        return Written(size_bytes, {name: each.hexdigest() for name, each in hashes.items()})

    @contextmanager
    def new_file(self, day: date) -> Iterator[BinaryIO]:
        """Open the file that this becomes; when it is written it bears a day's first second (UTC)."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w+b") as file:  # noqa: PTH123 (it is a descriptor)
            yield file
            file.flush()
            os.fchmod(descriptor, 0o644)
            os.fsync(descriptor)
        os.utime(self.path, (_seconds(day), _seconds(day)))

    @contextmanager
    def _one_of_a_name(self) -> Iterator[None]:
        is_twin = False
        try:
            yield
        except FileExistsError:
            is_twin = True
        if is_twin:
            raise refused(self.out, "two of its names are one name on this file system")

    def settle(self, files: Iterable[str], day: date) -> None:
        """Give files and folders the time of a day's first second (UTC)."""
        seconds = _seconds(day)
        for path in (*files, *reversed(self._folders), ""):
            os.utime(self.path / path, (seconds, seconds))

    def place(self) -> None:
        """Move it to its place; whatever is there stays.

        Raises
        ------
        TransferError
            ``transfer.exists``.
        """
        if self.path.is_dir():
            for folder in (*reversed(self._folders), ""):
                (self.path / folder).chmod(0o755)
                sync_folder(self.path / folder)
        is_taken = os.path.lexists(self.out)  # POSIX renames over files and empty folders
        if not is_taken:
            try:
                self._move()
            except OSError as error:
                is_taken = error.errno in _TAKEN
                if not is_taken:
                    raise
        if is_taken:
            raise TransferError("transfer.exists", path=str(self.out))
        with contextlib.suppress(OSError):  # it is whole, and at its place
            sync_folder(self.out.parent)

    def _move(self) -> None:
        if self.path.is_dir():
            self.path.rename(self.out)
            return
        try:  # a rename would replace a file that came meanwhile; a second name for ours can't
            os.link(self.path, self.out)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            self.path.rename(self.out)
        else:
            self.path.unlink()

    def clear(self) -> None:
        """Remove what did not come to its place."""
        if self.path.is_dir():
            shutil.rmtree(self.path, ignore_errors=True)
        else:
            self.path.unlink(missing_ok=True)


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


@contextmanager
def staged(out: Path) -> Iterator[Staging]:
    """Write something new beside its place; `Staging.place` moves it there.

    Raises
    ------
    TransferError
        ``transfer.exists`` if something is there; ``transfer.not-writable``.
    """
    if os.path.lexists(out):
        raise TransferError("transfer.exists", path=str(out))
    staging = Staging(out)
    reason = ""
    try:
        yield staging
    except OSError as error:
        reason = error.strerror or "unknown"
    finally:
        with contextlib.suppress(OSError):
            staging.clear()
    if reason:
        raise TransferError("transfer.not-writable", path=str(out), reason=reason)


def sync_folder(folder: Path) -> None:
    """See that a folder's entries are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
