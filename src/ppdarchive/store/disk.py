"""What lies on a disk, looked at with care: no link followed, nothing read without a bound.

Paths come from listings of the disk itself and never from an inventory, so that whatever an inventory
says, nothing outside is touched. Someone who swaps folders for links while we look is not kept out:
who can do that can change the archive itself.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from ppdarchive.store.inventory import MAX_BYTES
from ppdarchive.store.listing import Listing
from ppdarchive.store.problems import Problem, problem

PIECE_BYTES: Final = 1 << 20
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


class _Hash(Protocol):
    """What hashlib's objects can do."""

    def update(self, piece: memoryview, /) -> None:
        """Take bytes in."""

    def hexdigest(self) -> str:
        """Return the digest."""


def scan(root: Path, inside: str, *, most: int) -> Scanned:
    """Look into one folder.

    Parameters
    ----------
    root : Path
    inside : str
        The folder's path inside `root`; problems name paths inside `root`.
    most : int
        Entries to look at; more are left, with a problem.
    """
    prefix = f"{inside}/" if inside else ""
    folders: list[str] = []
    files: dict[str, int] = {}
    found: list[Problem] = []
    linked: dict[str, tuple[int, int]] = {}
    try:
        with os.scandir(_place(root, inside)) as entries:
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
                    found.append(problem("E090.link" if is_link else "E090.special", prefix + entry.name))
    except OSError as error:
        found.append(unreadable(inside, error))
    return Scanned(tuple(sorted(folders)), files, tuple(found), linked)


def listed(
    root: Path, inside: str, *, enters: Callable[[str], bool], limits: Limits
) -> tuple[Listing, list[Problem]]:
    """List a folder and what lies below it.

    Parameters
    ----------
    root : Path
    inside : str
        The folder's path inside `root`.
    enters : callable
        Whether to look into a folder, by its path inside the listed one.
    limits : Limits

    Returns
    -------
    Listing
        Paths inside the listed folder.
    list of Problem
        Links, devices, second names of one file, and what could not be looked at.
    """
    folder = root / inside
    files: dict[str, int] = {}
    folders: set[str] = set()
    found: list[Problem] = []
    inodes: set[tuple[int, int]] = set()
    waiting = [""]
    while waiting:
        path = waiting.pop()
        left = limits.entries - len(files) - len(folders)
        scanned = scan(folder, path, most=left)
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
    return Listing(files, frozenset(folders)), [each.inside(inside) for each in found]


def read_whole(root: Path, inside: str, *, most_bytes: int) -> bytes | Problem:
    """Read a small file, or say why not."""
    try:
        with open(os.open(_place(root, inside), _FLAGS), "rb") as file:  # noqa: PTH123
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return problem("E090.special", inside)
            content = file.read(most_bytes + 1)
    except OSError as error:
        return unreadable(inside, error)
    return problem("P002.large", inside, limit=most_bytes) if len(content) > most_bytes else content


def digests(
    root: Path,
    inside: str,
    algorithms: Collection[str],
    *,
    size_bytes: int = PIECE_BYTES,
    progress: Callable[[int], None] | None = None,
) -> dict[str, str] | Problem:
    """Read a file once, in pieces, and return its digests, or say why not.

    Parameters
    ----------
    root : Path
    inside : str
    algorithms : collection of str
        Keys of `ppdarchive.store.outline.HEX_LENGTHS`, or ``size``.
    size_bytes : int, optional
        About the file's size, so that a small one costs little memory; it is read to its end whatever
        it is.
    progress : callable, optional
        Called with the bytes read since the last call.
    """
    hashes = {name: made for name in algorithms if (made := _hash(name)) is not None}
    n_bytes = 0
    piece = memoryview(bytearray(min(PIECE_BYTES, size_bytes + 1)))
    try:
        with open(os.open(_place(root, inside), _FLAGS), "rb", buffering=0) as file:  # noqa: PTH123
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return problem("E090.special", inside)
            while n := file.readinto(piece):
                for each in hashes.values():
                    each.update(piece[:n])
                n_bytes += n
                if progress is not None:
                    progress(n)
    except OSError as error:
        return unreadable(inside, error)
    found = {name: each.hexdigest() for name, each in hashes.items()}
    return {**found, "size": str(n_bytes)}


def _place(root: Path, inside: str) -> str:
    """Return where a path inside a folder is; pathlib would take longer than reading a small file."""
    return f"{root}{os.sep}{inside}" if inside else str(root)


def unreadable(path: str, error: OSError) -> Problem:
    """Return the problem of a file or folder that the system does not give us."""
    return problem("P001.unreadable", path, reason=error.strerror or type(error).__name__)


def _hash(algorithm: str) -> _Hash | None:
    """Return a fresh hash, None for what this machine cannot compute."""
    if algorithm.startswith("blake2b-"):
        return hashlib.blake2b(digest_size=int(algorithm[8:]) // 8)
    if algorithm == "size":
        return None
    try:
        return hashlib.new(algorithm.replace("/", "_"), usedforsecurity=False)
    except ValueError:
        return None
