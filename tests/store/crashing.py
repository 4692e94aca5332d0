"""A file system in memory that crashes, tears, fills up, and forgets what was not synced.

It forgets as much as POSIX lets it: of a file, whatever was not synced may be missing or nought; of a
folder, each name that came, went or moved since it was last synced may be as before, in any
combination. A rename alone is never half done.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from random import Random

from ppdarchive.store.files import Entry, Writer


class Crash(BaseException):
    """The machine is off."""


@dataclass(eq=False)
class File:
    """A file's bytes as they are, and as they are on the disk."""

    content: bytearray = field(default_factory=bytearray)
    durable: bytes | None = None
    changed: int = 0


@dataclass(eq=False)
class Folder:
    """A folder's entries as they are, and as they are on the disk."""

    entries: dict[str, Node] = field(default_factory=dict)
    durable: dict[str, Node] = field(default_factory=dict)


@dataclass(eq=False)
class Link:
    """What is neither file nor folder."""


Node = File | Folder | Link


@dataclass(eq=False)
class Change:
    """A name that came, went or moved, and is not on the disk yet."""

    node: Node
    source: tuple[Folder, str] | None
    target: tuple[Folder, str] | None

    def touches(self, folder: Folder) -> bool:
        """Whether syncing a folder puts this on the disk."""
        return any(place is not None and place[0] is folder for place in (self.source, self.target))

    def settle(self) -> None:
        """Put it on the disk."""
        if self.source is not None and self.source[0].durable.get(self.source[1]) is self.node:
            del self.source[0].durable[self.source[1]]
        if self.target is not None:
            self.target[0].durable[self.target[1]] = self.node


class Disk:
    """What several processes share, and what is left after a crash."""

    def __init__(self) -> None:
        self.top = Folder()
        self.pending: list[Change] = []
        self.capacity: int | None = None
        self.clock = 1_700_000_000.0

    def find(self, path: Path | PurePosixPath) -> Node | None:
        """What lies at a path."""
        node: Node | None = self.top
        for part in path.parts[1:]:
            node = node.entries.get(part) if isinstance(node, Folder) else None
        return node

    def folder(self, path: Path) -> Folder:
        """The folder at a path."""
        node = self.find(path)
        if node is None:
            raise _error(errno.ENOENT, path)
        if not isinstance(node, Folder):
            raise _error(errno.ENOTDIR, path)
        return node

    def file(self, path: Path) -> File:
        """The file at a path."""
        node = self.find(path)
        if node is None:
            raise _error(errno.ENOENT, path)
        if not isinstance(node, File):
            raise _error(errno.ELOOP if isinstance(node, Link) else errno.EISDIR, path)
        return node

    def change(self, node: Node, source: Path | None, target: Path | None) -> None:
        """Let a name come, go or move."""
        places = [(self.folder(path.parent), path.name) if path else None for path in (source, target)]
        self.pending.append(Change(node, *places))
        if places[0] is not None:
            del places[0][0].entries[places[0][1]]
        if places[1] is not None:
            places[1][0].entries[places[1][1]] = node

    def sync(self, folder: Folder) -> None:
        """Put a folder's entries on the disk."""
        for change in self.pending:
            if change.touches(folder):
                change.settle()
        self.pending = [change for change in self.pending if not change.touches(folder)]

    def crash(self, random: Random) -> None:
        """Forget what was not synced, or some of it."""
        for change in self.pending:
            if random.random() < 0.5:
                change.settle()
        self.pending = []
        for node in list(_nodes_on_disk(self.top)):
            if isinstance(node, Folder):
                node.entries = dict(node.durable)
            elif isinstance(node, File) and node.durable is None:
                n_kept = random.randint(0, len(node.content))
                torn = bytes(node.content[:n_kept])
                if random.random() < 0.5:
                    torn += bytes(len(node.content) - n_kept)
                node.durable = torn
                node.content = bytearray(torn)

    def used(self) -> int:
        """Bytes of all files."""
        return sum(len(node.content) for node in _nodes(self.top) if isinstance(node, File))

    def files_below(self, path: Path) -> list[tuple[str, bytes]]:
        """Every file below a folder: its path inside, and its bytes."""
        found = []
        for name, node in self.folder(path).entries.items():
            if isinstance(node, Folder):
                found += [(f"{name}/{inside}", content) for inside, content in self.files_below(path / name)]
            elif isinstance(node, File):
                found.append((name, bytes(node.content)))
        return found

    def write_out(self, path: Path, target: Path) -> None:
        """Write a folder to a real disk."""
        target.mkdir()
        for name, node in self.folder(path).entries.items():
            if isinstance(node, Folder):
                self.write_out(path / name, target / name)
            elif isinstance(node, File):
                (target / name).write_bytes(node.content)

    def put(self, path: Path, content: bytes) -> None:
        """Put a file there as if it had always been there."""
        self.folder_at(path.parent)
        folder = self.folder(path.parent)
        folder.entries[path.name] = folder.durable[path.name] = File(bytearray(content), content)

    def folder_at(self, path: Path) -> None:
        """Put a folder there as if it had always been there."""
        folder = self.top
        for part in path.parts[1:]:
            node = folder.entries.setdefault(part, Folder())
            folder.durable[part] = node
            assert isinstance(node, Folder)
            folder = node


def _nodes(folder: Folder) -> Iterator[Node]:
    for node in folder.entries.values():
        yield node
        if isinstance(node, Folder):
            yield from _nodes(node)


def _nodes_on_disk(folder: Folder) -> Iterator[Node]:
    yield folder
    for node in folder.durable.values():
        if isinstance(node, Folder):
            yield from _nodes_on_disk(node)
        else:
            yield node


def _error(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))


def never(_: int, __: str) -> None:
    """Let every call pass."""


class CrashingFiles:
    """The calls of one process to a `Disk`; `before` is told of each, and may raise.

    Parameters
    ----------
    before : callable
        Is given the number of the call, from 0, and its name.
    tear : Random, optional
        When `before` raises at a write, some of the piece is written all the same.
    """

    is_object_store = False
    n_threads = 1

    def __init__(
        self, disk: Disk, *, before: Callable[[int, str], None] = never, tear: Random | None = None
    ) -> None:
        self.disk = disk
        self.n_calls = 0
        self._before = before
        self._tear = tear
        self._is_off = False
        self._one_at_a_time = threading.Lock()

    def call(self, name: str) -> None:
        """Count a call, and fail if it is time."""
        if self._is_off:
            raise Crash
        number = self.n_calls
        self.n_calls += 1
        try:
            self._before(number, name)
        except Crash:
            self._is_off = True
            raise

    def now(self) -> float:
        """Seconds since 1970."""
        return self.disk.clock

    def wait(self, seconds: float) -> None:
        """Let time pass, and others work."""
        self.call("wait")
        self.disk.clock += max(seconds, 1)

    def entry(self, path: Path) -> Entry | None:
        """What lies at a path, if anything does."""
        self.call("entry")
        node = self.disk.find(path)
        return None if node is None else _entry(path.name, node)

    def entries(self, folder: Path) -> list[Entry]:
        """What lies in a folder, by name."""
        self.call("entries")
        return [_entry(name, node) for name, node in sorted(self.disk.folder(folder).entries.items())]

    def read(self, path: Path, limit: int) -> bytes:
        """The first `limit` bytes of a file."""
        self.call("read")
        return bytes(self.disk.file(path).content[:limit])

    def pieces(self, path: Path) -> Iterator[memoryview]:
        """A file's bytes, in small pieces."""
        content = memoryview(bytes(self.disk.file(path).content))
        for start in range(0, len(content), 1000):
            self.call("pieces")
            yield content[start : start + 1000]

    def create(self, path: Path) -> Writer:
        """Begin a file where nothing is."""
        self.call("create")
        if self.disk.find(path) is not None:
            raise _error(errno.EEXIST, path)
        file = File()
        self.disk.change(file, None, path)
        return _CrashingWriter(self, file, path)

    def write(self, file: File, piece: bytes | memoryview, path: Path) -> None:
        """Write all of a piece, or some of it when the machine goes off."""
        try:
            self.call("write")
        except BaseException:
            if self._tear is not None:
                file.content += piece[: self._tear.randint(0, len(piece))]
            raise
        free = len(piece)
        if self.disk.capacity is not None:
            free = max(0, self.disk.capacity - self.disk.used())
        file.content += piece[:free]
        if free < len(piece):
            raise _error(errno.ENOSPC, path)

    def make_folder(self, path: Path) -> None:
        """Make a folder where nothing is."""
        self.call("make_folder")
        if self.disk.find(path) is not None:
            raise _error(errno.EEXIST, path)
        self.disk.change(Folder(), None, path)

    def settle_folder(self, path: Path, seconds: int) -> None:
        """Nothing that a crash could lose."""
        self.call("settle_folder")
        self.disk.folder(path)

    def sync(self, folder: Path) -> None:
        """See that a folder's entries are on the disk."""
        self.call("sync")
        self.disk.sync(self.disk.folder(folder))

    def rename(self, source: Path, target: Path) -> None:
        """Put a file at `target`, in the place of whatever file was there."""
        self.call("rename")
        file = self.disk.file(source)
        if isinstance(self.disk.find(target), Folder):
            raise _error(errno.EISDIR, target)
        self.disk.folder(target.parent)
        self.disk.change(file, source, target)

    def move_in(self, source: Path, target: Path) -> None:
        """Put a folder at `target`; `FileExistsError` if there is more than an empty folder."""
        self.call("move_in")
        folder = self.disk.folder(source)
        there = self.disk.find(target)
        if there is not None and not (isinstance(there, Folder) and not there.entries):
            raise _error(errno.EEXIST, target)
        self.disk.folder(target.parent)
        self.disk.change(folder, source, target)

    def remove_tree(self, path: Path) -> None:
        """Remove a folder and all in it, name by name."""
        for name, node in list(self.disk.folder(path).entries.items()):
            if isinstance(node, Folder):
                self.remove_tree(path / name)
            else:
                self.call("remove")
                if self.disk.find(path / name) is node:
                    self.disk.change(node, path / name, None)
        self.call("remove")
        if self.disk.folder(path).entries:
            raise _error(errno.ENOTEMPTY, path)
        self.disk.change(self.disk.folder(path), path, None)


def _entry(name: str, node: Node) -> Entry:
    if isinstance(node, File):
        return Entry(name, "file", len(node.content), node.changed)
    return Entry(name, "folder" if isinstance(node, Folder) else "other")


class _CrashingWriter:
    def __init__(self, files: CrashingFiles, file: File, path: Path) -> None:
        self._files = files
        self._file = file
        self._path = path

    def write(self, piece: bytes | memoryview) -> None:
        self._files.write(self._file, piece, self._path)

    def finish(self, seconds: int) -> None:
        self._files.call("finish")
        self._file.changed = seconds
        self._file.durable = bytes(self._file.content)

    def close(self) -> None:
        """Nothing that a crash could lose."""
