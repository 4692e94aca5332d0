"""One publisher at a time: a baton in the archive that a name passes around.

The lock of an object is a folder with one file, which is called ``free`` or after who holds it and
until when. Taking, prolonging, giving back and taking over are all one rename, so that one of many
who try wins; nobody's host or name is in it. A lock can be broken: its holder slept beyond its time,
or clocks differ. Nothing is lost then, because whoever takes a lock first moves away what others have
staged for this object. Their commit is a rename from there, and fails.

In an object store, where nothing is renamed, the baton is a file whose text is replaced on condition
(`ppdarchive.store.objectstore.lock`), and what keeps a late commit out is a condition too.

References
----------
Kleppmann (2016), "How to do distributed locking": a lock without a fence keeps nobody out.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final, Protocol

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.files import Files, make_folders, told, write_file
from ppdarchive.store.objectstore import ObjectFiles
from ppdarchive.store.objectstore.lock import ObjectBaton, sweep_staged
from ppdarchive.store.soundness import folded

LEASE_SECONDS: Final = 120
PATIENCE_SECONDS: Final = 180.0
"""Longer than a lease: whoever waits outlives the lock of a process that was killed."""

_FREE: Final = "free"
_HELD: Final = re.compile(r"held-[0-9a-f]{32}-([0-9]{1,12})")
_MAY_MEAN_LOST: Final = ("store.not-writable", "store.not-readable")


class _Baton(Protocol):
    """What says who holds a lock, and passes from one to the next."""

    pause_seconds: float

    def names(self) -> list[str]:
        """What it is called; several only if somebody put more there.

        None may be seen while it passes, which is why none is no proof.
        """

    def swap(self, name: str, new: str) -> bool:
        """Call it anew, if it still has a name."""

    def found(self) -> None:
        """Make one that nobody holds, whole at once."""

    def is_lost(self) -> bool:
        """Whether somebody else has taken it from the holder."""


class Hold:
    """A lock that is held: the folder to stage in, and the way to prolong it."""

    def __init__(self, files: Files, root: Path, object_id: str) -> None:
        self._files = files
        self._token = secrets.token_hex(16)
        self._name = ""
        self._until = 0
        self._one_at_a_time = threading.Lock()
        self._path = root
        self.staging = root / layout.STAGING / f"{object_id}.{self._token}"
        """A folder of the holder's own; who takes the lock from it moves it away."""
        # Twins, which some disk takes for one, share a lock.
        folder = root / layout.LOCKS / folded(object_id)
        self._baton: _Baton = (
            ObjectBaton(files, folder, self._token)
            if isinstance(files, ObjectFiles)
            else _FileBaton(files, folder, self.staging)
        )
        self.n_swept = 0
        """How many folders of others were moved away and removed."""

    def renew(self) -> None:
        """Prolong the lock if half of its time is over.

        Raises
        ------
        StoreError
            ``store.lock-lost`` if somebody else has taken it.
        """
        with self._one_at_a_time:
            if self._files.now() > self._until - LEASE_SECONDS / 2 and not self._take(self._name):
                raise self.lost()

    def check(self) -> None:
        """Find out early that somebody has taken the lock; the renames find out for certain.

        Raises
        ------
        StoreError
            ``store.lock-lost``
        """
        if self.is_lost():
            raise self.lost()

    def is_lost(self) -> bool:
        """Whether somebody else has taken the lock."""
        return self._baton.is_lost()

    def lost(self) -> StoreError:
        """What to raise if somebody else has taken the lock."""
        return StoreError("store.lock-lost", path=str(self._path))

    def _take(self, name: str) -> bool:
        """Put one's own name in the place of another, if that is still there."""
        until = int(self._files.now()) + LEASE_SECONDS
        own = f"held-{self._token}-{until}"
        if own != name and not self._baton.swap(name, own):
            return False
        self._name, self._until = own, until
        return True

    def acquire(self, patience: float) -> None:
        """Wait for the lock, and take it.

        Raises
        ------
        StoreError
            ``store.locked`` if somebody else has it after `patience` seconds.
        """
        give_up = self._files.now() + patience
        is_first = True
        while True:
            names = self._baton.names()
            now = self._files.now()
            is_free = all(_is_over(name, now) for name in names)
            if names and is_free and self._take(names[0]):
                return
            if not names and is_first:
                self._baton.found()
            elif now >= give_up:
                raise StoreError("store.locked", path=str(self._path))
            elif not names or not is_free:
                self._files.wait(self._baton.pause_seconds)
            is_first = False

    def release(self) -> None:
        """Give the lock back, unless somebody has taken it."""
        self._baton.swap(self._name, _FREE)


class _FileBaton:
    """A file without bytes, alone in its folder; all that counts is what it is called."""

    pause_seconds = 0.05

    def __init__(self, files: Files, folder: Path, staging: Path) -> None:
        self._files = files
        self._folder = folder
        self._staging = staging

    def names(self) -> list[str]:
        """What it is called; none may be seen of a file that is being renamed."""
        if self._files.entry(self._folder) is None:
            return []
        names = [entry.name for entry in self._files.entries(self._folder)]
        return [name for name in names if name == _FREE or _HELD.fullmatch(name)]

    def swap(self, name: str, new: str) -> bool:
        """Rename it."""
        try:
            self._files.rename(self._folder / name, self._folder / new)
        except FileNotFoundError:
            return False
        return True

    def found(self) -> None:
        """Make one that nobody holds."""
        make_folders(self._files, self._folder.parent)
        make_folders(self._files, self._staging)
        folder = self._staging / "lock"
        with contextlib.suppress(FileExistsError, FileNotFoundError):  # somebody else was first
            self._files.make_folder(folder)
            write_file(self._files, folder / _FREE, b"", int(self._files.now()))
            self._files.sync(folder)
            self._files.move_in(folder, self._folder)
        with contextlib.suppress(FileNotFoundError):
            self._files.remove_tree(self._staging)

    def is_lost(self) -> bool:
        """Whether somebody else, who has the lock, has moved the holder's folder away."""
        return self._files.entry(self._staging) is None


def _is_over(name: str, now: float) -> bool:
    match = _HELD.fullmatch(name)
    return match is None or int(match[1]) < now


@contextlib.contextmanager
def hold(
    files: Files, root: Path, object_id: str, *, patience: float = PATIENCE_SECONDS, spared: str = ""
) -> Iterator[Hold]:
    """Keep everybody else from changing an object, while the block runs.

    What others had staged for the object is moved away and removed: it is left from a crash, or
    belongs to somebody whose lock is over, who must not commit any more. A folder that is called `spared`
    stays: what a clone has copied so far is for the next one.

    Raises
    ------
    StoreError
        ``store.locked`` if somebody else has the lock for longer than `patience` seconds.
    """
    held = Hold(files, root, object_id)
    with told(root):
        held.acquire(patience)
    is_lost = False
    try:
        with told(root):
            # In this order: of two who both believe they hold it, one finds the other's folder.
            make_folders(files, held.staging)
            held.n_swept = sweep(files, root, object_id, {held.staging.name, spared})
            held.check()
            yield held
    except StoreError as error:
        is_lost = error.code in _MAY_MEAN_LOST and _is_surely_lost(held)
        if not is_lost:
            raise
    finally:
        with contextlib.suppress(OSError):
            if not held.is_lost():
                files.remove_tree(held.staging)
        with contextlib.suppress(OSError):
            held.release()
    if is_lost:
        raise held.lost()


def _is_surely_lost(held: Hold) -> bool:
    """Whether somebody else has the lock; no, if the disk does not say."""
    with contextlib.suppress(OSError):
        return held.is_lost()
    return False


def sweep(files: Files, root: Path, object_id: str, own: Collection[str]) -> int:
    """Move away, then remove, whatever others have staged for an object; say how many."""
    n_swept = 0
    if isinstance(files, ObjectFiles):
        return sweep_staged(files, root, object_id, own)
    leftovers = root / layout.LEFTOVERS
    make_folders(files, leftovers)
    for entry in files.entries(root / layout.STAGING):
        if entry.name not in own and entry.name.rpartition(".")[0] == object_id:
            # Its owner may be removing it, or somebody who took the lock meanwhile.
            with contextlib.suppress(FileNotFoundError, FileExistsError):
                files.move_in(root / layout.STAGING / entry.name, leftovers / entry.name)
    for entry in files.entries(leftovers):
        if entry.name.rpartition(".")[0] == object_id:
            n_swept += 1
            with contextlib.suppress(OSError):
                files.remove_tree(leftovers / entry.name)
    return n_swept
