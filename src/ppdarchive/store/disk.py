"""What lies on a disk or in an object store, looked at with care: no link followed, nothing unbounded.

Paths come from listings of the disk itself and never from an inventory, so that whatever an inventory
says, nothing outside is touched. Someone who swaps folders for links while we look is not kept out:
who can do that can change the archive itself.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypeVar

from ppdarchive.errors import PpdArchiveError
from ppdarchive.store.files import Files, LocalFiles
from ppdarchive.store.listing import Listing
from ppdarchive.store.parsing import MAX_BYTES
from ppdarchive.store.problems import Problem, problem

PIECE_BYTES: Final = 1 << 20
_SMALL_BYTES: Final = 1 << 16
_FLAGS: Final = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is looked at before an archive counts as hostile.

    Parameters
    ----------
    inventory_bytes : int
        Of one inventory.
    depth : int
        Folders one in the other, in an object or above objects.
    entries : int
        Files and folders of one object.
    """

    inventory_bytes: int = MAX_BYTES
    depth: int = 100
    entries: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Scanned:
    """What lies directly in one folder: names of folders, sizes of files in bytes, and what is wrong."""

    folders: tuple[str, ...]
    files: dict[str, int]
    problems: tuple[Problem, ...]
    linked: dict[str, tuple[int, int]]
    """Device and inode of each file that has other names."""


class Disk(Protocol):
    """A folder, with all that lies below it; paths are inside it, with forward slashes.

    Nothing that is asked of one raises: what the system does not give is a problem.
    """

    @property
    def n_threads(self) -> int:
        """How many files may be read at once."""

    def below(self, inside: str) -> Disk:
        """The same of a folder inside."""

    def scan(self, inside: str, *, most: int) -> Scanned:
        """Look into one folder, at no more than `most` entries."""

    def read_whole(self, inside: str, *, most_bytes: int) -> bytes | Problem:
        """Read a small file, or say why not."""

    def digests(
        self,
        inside: str,
        algorithms: Collection[str],
        *,
        size_bytes: int = PIECE_BYTES,
        progress: Callable[[int], None] | None = None,
    ) -> dict[str, str] | Problem:
        """Read a file once, in pieces, and return its digests, or say why not.

        Parameters
        ----------
        inside : str
        algorithms : collection of str
            Keys of `ppdarchive.store.outline.HEX_LENGTHS`, or ``size``.
        size_bytes : int, optional
            About the file's size, so that a small one costs little memory; it is read to its end
            whatever it is.
        progress : callable, optional
            Called with the bytes read since the last call.
        """


def disk_of(files: Files, root: Path) -> Disk:
    """The folder `root`; this machine's own file system tells of it what others do not know."""
    return LocalDisk(root) if isinstance(files, LocalFiles) else OtherDisk(files, root)


class _Hash(Protocol):
    """What hashlib's objects can do."""

    def update(self, piece: bytes | memoryview, /) -> None:
        """Take bytes in."""

    def hexdigest(self) -> str:
        """Return the digest."""


def listed(disk: Disk, *, enters: Callable[[str], bool], limits: Limits) -> tuple[Listing, list[Problem]]:
    """List a folder and what lies below it.

    Parameters
    ----------
    disk : Disk
    enters : callable
        Whether to look into a folder, by its path.
    limits : Limits

    Returns
    -------
    Listing
    list of Problem
        Links, devices, second names of one file, and what could not be looked at.
    """
    files: dict[str, int] = {}
    folders: set[str] = set()
    found: list[Problem] = []
    inodes: set[tuple[int, int]] = set()
    waiting = [""]
    while waiting:
        path = waiting.pop()
        left = limits.entries - len(files) - len(folders)
        scanned = disk.scan(path, most=left)
        found.extend(scanned.problems)
        prefix = f"{path}/" if path else ""
        files.update((prefix + name, size) for name, size in scanned.files.items())
        for name, inode in sorted(scanned.linked.items()):
            if inode in inodes:
                found.append(problem("E090.hard", prefix + name))
            inodes.add(inode)
        for name in scanned.folders:
            folders.add(prefix + name)
            if enters(prefix + name):
                if prefix.count("/") < limits.depth:
                    waiting.append(prefix + name)
                else:
                    found.append(problem("P002.deep", prefix + name, limit=limits.depth))
    return Listing(files, frozenset(folders)), found


class LocalDisk:
    """A folder of this machine."""

    n_threads = 2

    def __init__(self, root: Path) -> None:
        self._root = str(root)

    def below(self, inside: str) -> Disk:
        """The same of a folder inside."""
        return LocalDisk(Path(self._place(inside)))

    def scan(self, inside: str, *, most: int) -> Scanned:
        """Look into one folder, at no more than `most` entries."""
        prefix = f"{inside}/" if inside else ""
        folders: list[str] = []
        files: dict[str, int] = {}
        found: list[Problem] = []
        linked: dict[str, tuple[int, int]] = {}
        try:
            with os.scandir(self._place(inside)) as entries:
                for n_before, entry in enumerate(entries):
                    if n_before == most:
                        found.append(problem("P002.many", inside, limit=most))
                        break
                    status = entry.stat(follow_symlinks=False)
                    if stat.S_ISDIR(status.st_mode):
                        folders.append(entry.name)
                    elif stat.S_ISREG(status.st_mode):
                        files[entry.name] = status.st_size
                        if status.st_nlink > 1:
                            linked[entry.name] = (status.st_dev, status.st_ino)
                    else:
                        is_link = stat.S_ISLNK(status.st_mode)
                        case = "E090.link" if is_link else "E090.special"
                        found.append(problem(case, prefix + entry.name))
        except OSError as error:
            found.append(unreadable(inside, error))
        return Scanned(tuple(sorted(folders)), files, tuple(found), linked)

    def read_whole(self, inside: str, *, most_bytes: int) -> bytes | Problem:
        """Read a small file, or say why not."""
        try:
            with open(os.open(self._place(inside), _FLAGS), "rb") as file:  # noqa: PTH123
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    return problem("E090.special", inside)
                content = file.read(most_bytes + 1)
        except OSError as error:
            return unreadable(inside, error)
        return problem("P002.large", inside, limit=most_bytes) if len(content) > most_bytes else content

    def digests(
        self,
        inside: str,
        algorithms: Collection[str],
        *,
        size_bytes: int = PIECE_BYTES,
        progress: Callable[[int], None] | None = None,
    ) -> dict[str, str] | Problem:
        """Read a file once, in pieces, and return its digests, or say why not; see `Disk`."""
        try:
            file = os.open(self._place(inside), _FLAGS)
            try:
                if not stat.S_ISREG(os.fstat(file).st_mode):
                    return problem("E090.special", inside)
                return _digests_of(_pieces(file, size_bytes), algorithms, progress)
            finally:
                os.close(file)
        except OSError as error:
            return unreadable(inside, error)

    def _place(self, inside: str) -> str:
        """Return where a path is; pathlib would take longer than reading a small file."""
        return f"{self._root}{os.sep}{inside}" if inside else self._root


def _pieces(file: int, size_bytes: int) -> Iterator[bytes | memoryview]:
    """The bytes of an open file; a piece is void when the next one is asked for."""
    if size_bytes <= _SMALL_BYTES:
        # Thousands of small files: a buffer of its own for each would take as long as reading it.
        while piece := os.read(file, _SMALL_BYTES + 1):
            yield piece
            if len(piece) == size_bytes and not os.read(file, 1):
                return
        return
    buffer = memoryview(bytearray(min(PIECE_BYTES, size_bytes + 1)))
    with open(file, "rb", buffering=0, closefd=False) as stream:
        while n := stream.readinto(buffer):
            yield buffer[:n]


class OtherDisk:
    """A folder of whatever `Files` reach: an object store, or a test's disk.

    What it does not tell of, as second names of a file, is not seen.
    """

    def __init__(self, files: Files, root: Path) -> None:
        self._files = files
        self._root = root
        self.n_threads = files.n_threads

    def below(self, inside: str) -> Disk:
        """The same of a folder inside."""
        return OtherDisk(self._files, self._root / inside)

    def scan(self, inside: str, *, most: int) -> Scanned:
        """Look into one folder, at no more than `most` entries."""
        prefix = f"{inside}/" if inside else ""
        entries, failed = _given(inside, lambda: self._files.entries(self._root / inside))
        found = [] if failed is None else [failed]
        if entries is not None and len(entries) > most:
            found.append(problem("P002.many", inside, limit=most))
        every = (entries or [])[:most]
        found += [problem("E090.special", prefix + each.name) for each in every if each.kind == "other"]
        folders = tuple(sorted(each.name for each in every if each.kind == "folder"))
        files = {each.name: each.size_bytes for each in every if each.kind == "file"}
        return Scanned(folders, files, tuple(found), {})

    def read_whole(self, inside: str, *, most_bytes: int) -> bytes | Problem:
        """Read a small file, or say why not."""
        content, failed = _given(inside, lambda: self._files.read(self._root / inside, most_bytes + 1))
        if content is None or failed is not None:
            return failed or problem("P001.unreadable", inside, reason="unknown")
        return problem("P002.large", inside, limit=most_bytes) if len(content) > most_bytes else content

    def digests(
        self,
        inside: str,
        algorithms: Collection[str],
        *,
        size_bytes: int = PIECE_BYTES,
        progress: Callable[[int], None] | None = None,
    ) -> dict[str, str] | Problem:
        """Read a file once, in pieces, and return its digests, or say why not; see `Disk`."""
        found, failed = _given(
            inside, lambda: _digests_of(self._files.pieces(self._root / inside), algorithms, progress)
        )
        return failed or found or {}


_Given = TypeVar("_Given")


def _given(inside: str, ask: Callable[[], _Given]) -> tuple[_Given | None, Problem | None]:
    """What a file system gives, or the problem that it does not."""
    try:
        return ask(), None
    except OSError as error:
        return None, unreadable(inside, error)
    except PpdArchiveError as error:
        return None, problem("P001.unreadable", inside, reason=error.what)


def _digests_of(
    pieces: Iterator[bytes | memoryview],
    algorithms: Collection[str],
    progress: Callable[[int], None] | None,
) -> dict[str, str]:
    """The digests of bytes, and how many they are under ``size``."""
    hashes = {name: made for name in algorithms if (made := _hash(name)) is not None}
    n_bytes = 0
    for piece in pieces:
        for each in hashes.values():
            each.update(piece)
        n_bytes += len(piece)
        if progress is not None:
            progress(len(piece))
    return {**{name: each.hexdigest() for name, each in hashes.items()}, "size": str(n_bytes)}


def unreadable(path: str, error: OSError) -> Problem:
    """Return the problem of a file or folder that the system does not give us."""
    return problem("P001.unreadable", path, reason=error.strerror or type(error).__name__)


def _hash(algorithm: str) -> _Hash | None:
    """Return a fresh hash, None for what this machine cannot compute."""
    if algorithm == "sha512":
        return hashlib.sha512(usedforsecurity=False)
    if algorithm.startswith("blake2b-"):
        return hashlib.blake2b(digest_size=int(algorithm[8:]) // 8)
    if algorithm == "size":
        return None
    try:
        return hashlib.new(algorithm.replace("/", "_"), usedforsecurity=False)
    except ValueError:
        return None
