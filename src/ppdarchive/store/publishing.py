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

import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.digest import Progress, no_progress
from ppdarchive.store.files import LOCAL, Files, make_folders, told, write_file
from ppdarchive.store.inventory import CONTENT, NAME, Inventory, User, timestamp
from ppdarchive.store.lock import PATIENCE_SECONDS, Hold, hold
from ppdarchive.store.objectstore import ObjectFiles
from ppdarchive.store.objectstore.publishing import Upload, is_begun
from ppdarchive.store.objectstore.repair import fill_root
from ppdarchive.store.parsing import MAX_BYTES
from ppdarchive.store.reading import Head, check_root, head, is_being_rewritten, is_there
from ppdarchive.store.staging import (
    Stage,
    check_same,
    checked_text,
    inventory_files,
    put_inventory,
    sources_of,
)


def make_root(root: Path, *, files: Files = LOCAL) -> None:
    """Make a folder an archive, if it is none yet.

    Raises
    ------
    StoreError
        ``store.not-empty`` if something else lies there; ``store.not-writable``.
    """
    with told(root):
        if files.entry(root / layout.ROOT_MARK) is None:
            if isinstance(files, ObjectFiles):
                fill_root(files, root)
            else:
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
        ``store.unfinished`` if an earlier publish or rewrite left what `repair` has to see to, or this
        one does; ``store.path``, ``store.source-changed``, ``store.not-readable`` if the folder can't
        be kept; ``store.not-writable``, ``store.read-back`` if the disk fails; what `head` raises.
    """
    layout.parts(object_id)
    sources = sources_of(files, folder)
    make_root(root, files=files)
    with hold(files, root, object_id, patience=patience) as held:
        if is_being_rewritten(files, root, object_id):
            raise StoreError("store.unfinished", path=str(root / object_id))
        layout.check_twin(object_id, (entry.name for entry in files.entries(root)))
        last = last_head(files, root, object_id)
        check_head(files, root / object_id, last, expected_head)
        before = last.inventory if last is not None else Inventory(object_id, (), {})

        def following(digests: Mapping[str, str]) -> Inventory:
            return before.next(digests, created=timestamp(created), message=message, user=user, dedupe=dedupe)

        if isinstance(files, ObjectFiles):
            upload = Upload(files, held, root / object_id, last, progress)
            return upload.put(sources, following, dedupe=dedupe)
        stage = Stage(files, held, progress)
        begun = Begun(held.staging, last)
        seconds = int(created.timestamp())
        content = begun.version / CONTENT
        digests = stage.digests(sources) if dedupe else stage.copy(content, sources, seconds)
        inventory = following(digests)
        if dedupe:
            start = len(f"{layout.version_folder(inventory.head)}/{CONTENT}/")
            new = {path[start:] for path in inventory.stored(inventory.head)}
            copies = stage.copy(content, {path: sources[path] for path in sources if path in new}, seconds)
            check_same(sources, copies, digests)
        begun.text = checked_text(inventory, name=str(begun.base / NAME))
        finish(stage, begun, seconds)
        commit(files, held, root / object_id, begun)
        return inventory.head


def last_head(files: Files, root: Path, object_id: str) -> Head | None:
    """The head of an object, if there is one; raises what `head` raises."""
    return head(root, object_id, files=files) if is_there(files, root / object_id) else None


def check_head(files: Files, folder: Path, last: Head | None, expected: int | None) -> None:
    """Refuse an object that somebody has begun to change, or whose head is not the one expected.

    Raises
    ------
    StoreError
        ``store.unfinished``, ``store.head-moved``.
    """
    number = last.number if last is not None else 0
    if last is not None:
        following = folder / layout.version_folder(number + 1)
        if not last.is_settled or is_begun(files, following):
            raise StoreError("store.unfinished", path=str(folder))
    if expected is not None and expected != number:
        raise StoreError("store.head-moved", path=str(folder), found=number, expected=expected)


class Begun:
    """Where below `staging` a version is staged: with its object, if that is new."""

    def __init__(self, staging: Path, last: Head | None) -> None:
        self.number = last.number + 1 if last is not None else 1
        self.object = staging / "object" if last is None else None
        self.base = self.object or staging
        self.version = self.base / layout.version_folder(self.number)
        self.text = b""
        """Its inventory."""


def finish(stage: Stage, begun: Begun, seconds: int) -> None:
    """Add the inventory, see that all is on the disk, and read it back."""
    if begun.object is not None:
        stage.write(begun.object / layout.OBJECT_MARK, layout.OBJECT_MARK_TEXT.encode(), seconds)
    for folder in (begun.version, begun.base):
        for name, text in inventory_files(begun.text).items():
            stage.write(folder / name, text, seconds)
    stage.finish()


def commit(files: Files, held: Hold, folder: Path, begun: Begun) -> None:
    """Put a staged version where readers look.

    Raises
    ------
    StoreError
        ``store.head-moved``, ``store.lock-lost``, ``store.unfinished``.
    """
    held.check()
    number = begun.number
    source, target = begun.version, folder / layout.version_folder(number)
    if begun.object is not None:
        source, target = begun.object, folder
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
        if begun.object is None:
            put_inventory(files, begun.base, folder)
        is_in = True
    except FileNotFoundError:
        # Somebody has taken the lock; and may have finished what was begun here.
        is_in = _is_finished(files, folder, begun)
    except OSError:
        pass
    if not is_in:
        raise StoreError("store.unfinished", path=str(folder))


def _is_finished(files: Files, folder: Path, begun: Begun) -> bool:
    """Whether what was staged is a version of the object now."""
    try:
        found = head(folder.parent, folder.name, files=files)
        own = files.read(folder / layout.version_folder(begun.number) / NAME, MAX_BYTES + 1)
        files.sync(folder)
    except (OSError, StoreError):
        return False
    return found.number >= begun.number and own == begun.text
