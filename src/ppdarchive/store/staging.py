"""What is to be put in an archive is first written whole where no reader looks, and read back from there."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ppdarchive.errors import StoreError
from ppdarchive.store.digest import Progress, copied, digest, each
from ppdarchive.store.files import LOCAL, Entry, Files, told, write_file
from ppdarchive.store.inventory import NAME, SIDECAR, Inventory, inventory_text, sidecar_text
from ppdarchive.store.lock import Hold
from ppdarchive.store.parsing import parse_inventory
from ppdarchive.store.soundness import check_paths


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be copied, what it was when it was first looked at, and by which files it is reached."""

    path: Path
    entry: Entry
    files: Files = LOCAL


def sources_of(files: Files, folder: Path) -> dict[str, Source]:
    """The files of a folder that is to be put in an archive, by their paths inside.

    It lies on the archive's own disk, or for an object store on this machine's.

    Raises
    ------
    StoreError
        ``store.path`` if it holds links, devices, empty folders or names that no archive keeps;
        ``store.not-readable``.
    """
    files = LOCAL if files.is_object_store else files
    found = {}
    with told(folder, "store.not-readable"):
        to_visit = [""]
        while to_visit:
            inside = to_visit.pop()
            entries = files.entries(folder / inside)
            if not entries:
                raise StoreError("store.path", path=str(folder / inside), reason="an empty folder")
            for entry in entries:
                path = f"{inside}{entry.name}"
                if entry.kind == "other":
                    raise StoreError("store.path", path=str(folder / path), reason="a link or a device")
                if entry.kind == "folder":
                    to_visit.append(f"{path}/")
                else:
                    found[path] = Source(folder / path, entry, files)
    check_paths(found, name=str(folder))
    return found


class Stage:
    """Folders and files below the folder of whoever holds the lock, or below `base`.

    Each file and folder gets the time that it is given, so that equal content gives equal trees.
    """

    def __init__(self, files: Files, held: Hold, progress: Progress, *, base: Path | None = None) -> None:
        self._files = files
        self._held = held
        self._base = base or held.staging
        self._progress = progress
        self._folders: dict[Path, int] = {}
        self._copies: dict[Path, str] = {}
        self._texts: dict[Path, str] = {}

    def step(self, n_bytes: int) -> None:
        """Keep the lock, and tell that more bytes were read."""
        self._held.renew()
        self._progress(n_bytes)

    def digests(self, sources: Mapping[str, Source]) -> dict[str, str]:
        """The digest of each file of a folder."""
        sizes = {path: source.entry.size_bytes for path, source in sources.items()}

        def work(path: str) -> str:
            return digest(sources[path].files, sources[path].path, progress=self.step)

        return each(self._files, work, sizes)

    def copy(self, folder: Path, sources: Mapping[str, Source], seconds: int) -> dict[str, str]:
        """Copy files into a folder of the stage; give the digest of each as it was read.

        Raises
        ------
        StoreError
            ``store.source-changed``, ``store.not-readable``.
        """
        for path in sorted(sources):
            self._make((folder / path).parent, seconds)

        def work(path: str) -> str:
            source = sources[path]
            found = copied(
                self._files,
                source.path,
                folder / path,
                seconds=seconds,
                origin=source.files,
                progress=self.step,
            )
            with told(source.path, "store.not-readable"):
                if source.files.entry(source.path) != source.entry:
                    raise StoreError("store.source-changed", path=str(source.path))
            return found

        digests = each(self._files, work, {path: source.entry.size_bytes for path, source in sources.items()})
        self._copies |= {folder / path: digest for path, digest in digests.items()}
        return digests

    def write(self, path: Path, text: bytes, seconds: int) -> None:
        """Write a file."""
        self._make(path.parent, seconds)
        write_file(self._files, path, text, seconds)
        self._texts[path] = hashlib.sha512(text).hexdigest()

    def _make(self, folder: Path, seconds: int) -> None:
        missing = []
        while folder not in self._folders and folder != self._base:
            missing.append(folder)
            folder = folder.parent
        for each_missing in reversed(missing):
            with contextlib.suppress(FileExistsError):  # an earlier try came as far
                self._files.make_folder(each_missing)
            self._folders[each_missing] = seconds

    def finish(self) -> None:
        """See that all is on the disk, and read it back.

        Raises
        ------
        StoreError
            ``store.read-back``
        """
        for folder in sorted(self._folders, reverse=True):  # what lies inside comes first
            self._files.settle_folder(folder, self._folders[folder])
            self._files.sync(folder)
        self._files.sync(self._base)
        sizes = dict.fromkeys(self._copies, 0)
        found = each(self._files, lambda path: digest(self._files, path, progress=self.step), sizes)
        found |= {path: digest(self._files, path) for path in self._texts}
        for path, expected in {**self._copies, **self._texts}.items():
            if found[path] != expected:
                raise StoreError("store.read-back", path=str(path))


def check_same(sources: Mapping[str, Source], found: Mapping[str, str], expected: Mapping[str, str]) -> None:
    """Refuse files that changed since they were first read: ``store.source-changed``."""
    for path in found:
        if found[path] != expected[path]:
            raise StoreError("store.source-changed", path=str(sources[path].path))


def checked_text(inventory: Inventory, *, name: str) -> bytes:
    """An inventory as text that gives the same inventory back: ``store.read-back`` otherwise."""
    text = inventory_text(inventory).encode()
    if parse_inventory(text, name=name) != inventory:
        raise StoreError("store.read-back", path=name)
    return text


def inventory_files(text: bytes) -> dict[str, bytes]:
    """An inventory and its sidecar, by their names."""
    return {NAME: text, SIDECAR: sidecar_text(hashlib.sha512(text).hexdigest()).encode()}


def stage_inventory(files: Files, held: Hold, text: bytes, seconds: int) -> None:
    """Write an inventory and its sidecar where they can be put from; see `put_inventory`."""
    for name, content in inventory_files(text).items():
        write_file(files, held.staging / name, content, seconds)
    files.sync(held.staging)


def put_inventory(files: Files, staging: Path, folder: Path) -> None:
    """Put the inventory that is staged in one folder in the place of another one's, then its sidecar."""
    for name in (NAME, SIDECAR):
        files.rename(staging / name, folder / name)
        files.sync(folder)


def seconds_of(created: str) -> int:
    """The time of a version, as its files bear it."""
    return int(datetime.fromisoformat(created.upper().replace(":60", ":59")).timestamp())
