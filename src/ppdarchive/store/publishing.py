"""A folder becomes the next version of an object: staged, read back, then put in place by a rename.

What can be seen of an object changes three times: the version's folder is moved in, where nothing may
be; the object's inventory is put in the place of the last one; then its sidecar. Each is on the disk
before the next begins. A crash before the first leaves nothing; a crash after it leaves a version that
`repair` finishes, since its folder was complete before it was moved.

References
----------
Oxford Common File Layout 1.1, Implementation Notes, "Storage", https://ocfl.io/1.1/implementation-notes/
Armbrust et al. (2020), Delta Lake, doi:10.14778/3415478.3415560: a commit is a name that nobody else has.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.digest import Progress, copied, digest, each, no_progress
from ppdarchive.store.files import LOCAL, Entry, Files, make_folders, told, write_file
from ppdarchive.store.inventory import (
    CONTENT,
    MAX_BYTES,
    NAME,
    SIDECAR,
    Inventory,
    User,
    check_paths,
    inventory_text,
    parse_inventory,
    sidecar_text,
    timestamp,
)
from ppdarchive.store.lock import PATIENCE_SECONDS, Hold, hold
from ppdarchive.store.reading import Head, check_root, head


def make_root(root: Path, *, files: Files = LOCAL) -> None:
    """Make a folder an archive, if it is none yet.

    Raises
    ------
    StoreError
        ``store.not-empty`` if something else lies there; ``store.not-writable``.
    """
    with told(root):
        if files.entry(root / layout.ROOT_MARK) is None:
            _fill_root(files, root)
    with told(root, "store.not-readable"):
        check_root(files, root)


def _fill_root(files: Files, root: Path) -> None:
    """Write what is missing, the mark last: two at once, or one after a crash, do the same."""
    wanted = layout.root_files()
    make_folders(files, root)
    beginnings = {path.partition("/")[0] for path in wanted}
    if any(entry.name.removesuffix(".new") not in beginnings for entry in files.entries(root)):
        raise StoreError("store.not-empty", path=str(root))
    make_folders(files, root / layout.STAGING)
    for path, text in wanted.items():
        make_folders(files, (root / path).parent)
        if files.entry(root / path) is None:
            new = root / layout.STAGING / f"root.{secrets.token_hex(16)}"
            write_file(files, new, text.encode(), int(files.now()))
            files.rename(new, root / path)
            files.sync((root / path).parent)


def publish(
    root: Path,
    object_id: str,
    folder: Path,
    *,
    created: datetime,
    message: str | None = None,
    user: User | None = None,
    dedupe: bool = False,
    expected_head: int | None = None,
    patience: float = PATIENCE_SECONDS,
    files: Files = LOCAL,
    progress: Progress = no_progress,
) -> int:
    """Make a folder the next version of an object; the archive and the object are made if need be.

    The same folder, time and words give the same bytes, file times and modes. When this returns,
    the version outlives a power cut; when it raises, the newest version is the one that was.

    Parameters
    ----------
    root : Path
        The archive: an OCFL storage root, or a new or empty folder.
    object_id : str
        ``STUDY~AUDIENCE``
    folder : Path
        Plain files and folders, none of them empty; it is read only.
    created : datetime
        With its zone.
    message : str, optional
    user : User, optional
        Nobody's name is recorded unless given.
    dedupe : bool
        Store only what no version holds yet; then a version's folder does not open by itself.
    expected_head : int, optional
        The newest version's number that this one follows on, 0 for none; refused if it is another.
    patience : float
        Seconds to wait for somebody else who publishes.
    progress : callable
        Is told of bytes as they are read: each twice, or three times with `dedupe`.

    Returns
    -------
    int
        The number of the new version.

    Raises
    ------
    StoreError
        ``store.head-moved`` if somebody else was first; ``store.locked``, ``store.lock-lost``;
        ``store.unfinished`` if an earlier publish left a version that `repair` has to see to, or this
        one does; ``store.path``, ``store.source-changed``, ``store.not-readable`` if the folder can't
        be kept; ``store.not-writable``, ``store.read-back`` if the disk fails; what `head` raises.
    """
    layout.parts(object_id)
    sources = _sources(files, folder)
    make_root(root, files=files)
    with hold(files, root, object_id, patience=patience) as held:
        layout.check_twin(object_id, (entry.name for entry in files.entries(root)))
        last = _last(files, root, object_id)
        _check_head(files, root / object_id, last, expected_head)
        stage = _Stage(files, held, last, int(created.timestamp()), progress)
        digests = stage.digests_of(folder, sources) if dedupe else stage.copies_of(folder, sources)
        before = last.inventory if last is not None else Inventory(object_id, (), {})
        inventory = before.next(
            digests, created=timestamp(created), message=message, user=user, dedupe=dedupe
        )
        if dedupe:
            start = len(f"{layout.version_folder(inventory.head)}/{CONTENT}/")
            new = {path[start:] for path in inventory.stored(inventory.head)}
            copies = stage.copies_of(folder, {path: sources[path] for path in sources if path in new})
            _check_same(folder, copies, digests)
        stage.finish(inventory)
        _commit(files, held, root / object_id, stage)
        return inventory.head


def _sources(files: Files, folder: Path) -> dict[str, Entry]:
    """The files of a folder, by their paths inside."""
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
                    found[path] = entry
    check_paths(found, name=str(folder))
    return found


def _last(files: Files, root: Path, object_id: str) -> Head | None:
    return head(root, object_id, files=files) if files.entry(root / object_id) is not None else None


def _check_head(files: Files, folder: Path, last: Head | None, expected: int | None) -> None:
    number = last.number if last is not None else 0
    if last is not None:
        following = folder / layout.version_folder(number + 1)
        if not last.is_settled or files.entry(following) is not None:
            raise StoreError("store.unfinished", path=str(folder))
    if expected is not None and expected != number:
        raise StoreError("store.head-moved", path=str(folder), found=number, expected=expected)


def _check_same(folder: Path, found: Mapping[str, str], expected: Mapping[str, str]) -> None:
    for path in found:
        if found[path] != expected[path]:
            raise StoreError("store.source-changed", path=str(folder / path))


class _Stage:
    """The folders and files of one version, on the same disk, where no reader looks."""

    def __init__(self, files: Files, held: Hold, last: Head | None, seconds: int, progress: Progress) -> None:
        self._files = files
        self._held = held
        self._seconds = seconds
        self._progress = progress
        self._known: set[Path] = set()
        self.number = last.number + 1 if last is not None else 1
        self.object = held.staging / "object" if last is None else None
        self.version = (self.object or held.staging) / layout.version_folder(self.number)
        self.inventory = b""

    def _step(self, n_bytes: int) -> None:
        self._held.renew()
        self._progress(n_bytes)

    def digests_of(self, folder: Path, sources: Mapping[str, Entry]) -> dict[str, str]:
        """The digest of each file of a folder."""
        sizes = {path: entry.size_bytes for path, entry in sources.items()}
        return each(self._files, lambda path: digest(self._files, folder / path, progress=self._step), sizes)

    def copies_of(self, folder: Path, sources: Mapping[str, Entry]) -> dict[str, str]:
        """Copy files of a folder; give the digest of each as it was read."""
        content = self.version / CONTENT
        for path in sorted(sources):
            self._make_folder((content / path).parent)

        def copy(path: str) -> str:
            source = folder / path
            found = copied(self._files, source, content / path, seconds=self._seconds, progress=self._step)
            with told(source, "store.not-readable"):
                if self._files.entry(source) != sources[path]:
                    raise StoreError("store.source-changed", path=str(source))
            return found

        return each(self._files, copy, {path: entry.size_bytes for path, entry in sources.items()})

    def _make_folder(self, folder: Path) -> None:
        missing = []
        while folder not in self._known and folder != self._held.staging:
            missing.append(folder)
            folder = folder.parent
        for each_missing in reversed(missing):
            self._files.make_folder(each_missing)
            self._known.add(each_missing)

    def finish(self, inventory: Inventory) -> None:
        """Add the inventory, see that all is on the disk, and read it back."""
        self.inventory = inventory_text(inventory).encode()
        if parse_inventory(self.inventory, name=NAME) != inventory:
            raise StoreError("store.read-back", path=str(self._held.staging / NAME))
        self._make_folder(self.version)
        if self.object is not None:
            mark = layout.OBJECT_MARK_TEXT.encode()
            write_file(self._files, self.object / layout.OBJECT_MARK, mark, self._seconds)
        for folder in (self.version, self.object or self._held.staging):
            stage_inventory(self._files, folder, self.inventory, self._seconds)
        for folder in sorted(self._known, reverse=True):  # what lies inside comes first
            self._files.settle_folder(folder, self._seconds)
            self._files.sync(folder)
        self._files.sync(self._held.staging)
        self._read_back(inventory)

    def _read_back(self, inventory: Inventory) -> None:
        base = self.version.parent
        stored = inventory.stored(self.number)
        found = each(
            self._files,
            lambda path: digest(self._files, base / path, progress=self._step),
            dict.fromkeys(stored, 0),
        )
        for path in stored:
            if found[path] != stored[path]:
                raise StoreError("store.read-back", path=str(base / path))
        for folder in (self.version, base):
            for name, text in inventory_files(self.inventory).items():
                if self._files.read(folder / name, MAX_BYTES + 1) != text:
                    raise StoreError("store.read-back", path=str(folder / name))


def inventory_files(text: bytes) -> dict[str, bytes]:
    """An inventory and its sidecar, by their names."""
    return {NAME: text, SIDECAR: sidecar_text(hashlib.sha512(text).hexdigest()).encode()}


def stage_inventory(files: Files, folder: Path, text: bytes, seconds: int) -> None:
    """Write an inventory and its sidecar into a folder that nobody sees yet."""
    for name, content in inventory_files(text).items():
        write_file(files, folder / name, content, seconds)


def put_inventory(files: Files, held: Hold, folder: Path) -> None:
    """Put the staged inventory in the place of an object's, then its sidecar."""
    for name in (NAME, SIDECAR):
        files.rename(held.staging / name, folder / name)
        files.sync(folder)


def _commit(files: Files, held: Hold, folder: Path, stage: _Stage) -> None:
    """Put a staged version where readers look."""
    held.check()
    number = stage.number
    source, target = stage.version, folder / layout.version_folder(number)
    if stage.object is not None:
        source, target = stage.object, folder
    is_taken = is_lost = False
    try:
        files.move_in(source, target)
    except FileExistsError:
        is_taken = True
    except FileNotFoundError:
        is_lost = True
    if is_taken:
        raise StoreError("store.head-moved", path=str(folder), found=number, expected=number - 1)
    if is_lost:
        raise held.lost()
    is_in = False
    try:
        files.sync(target.parent)
        if stage.object is None:
            put_inventory(files, held, folder)
        is_in = True
    except FileNotFoundError:
        # Somebody has taken the lock; and may have finished what was begun here.
        is_in = _is_finished(files, folder, stage)
    except OSError:
        pass
    if not is_in:
        raise StoreError("store.unfinished", path=str(folder))


def _is_finished(files: Files, folder: Path, stage: _Stage) -> bool:
    """Whether what was staged is a version of the object now."""
    try:
        found = head(folder.parent, folder.name, files=files)
        own = files.read(folder / layout.version_folder(stage.number) / NAME, MAX_BYTES + 1)
        files.sync(folder)
    except (OSError, StoreError):
        return False
    return found.number >= stage.number and own == stage.inventory
