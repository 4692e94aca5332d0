"""What a repair does with files in an object store, where the local one renames."""

from __future__ import annotations

import contextlib
from pathlib import Path

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.inventory import NAME, SIDECAR, Inventory
from ppdarchive.store.lock import Hold
from ppdarchive.store.objectstore.calls import Refused
from ppdarchive.store.objectstore.files import ObjectFiles
from ppdarchive.store.objectstore.lock import is_claim, unique_claim
from ppdarchive.store.objectstore.publishing import clear, read_if_there, replaced
from ppdarchive.store.staging import inventory_files


def fill_root(files: ObjectFiles, root: Path) -> None:
    """Make a prefix an archive, the mark last: two at once, or one after a crash, do the same.

    Raises
    ------
    StoreError
        ``store.not-empty`` if something else lies there.
    """
    wanted = layout.root_files()
    beginnings = {path.partition("/")[0] for path in wanted}
    if any(entry.name not in beginnings for entry in files.entries(root)):
        raise StoreError("store.not-empty", path=str(root))
    for path, text in wanted.items():
        with contextlib.suppress(Refused):
            files.put(root / path, text.encode(), None)


def replace_inventory(files: ObjectFiles, held: Hold, folder: Path, text: bytes) -> None:
    """Put an inventory and its sidecar in the place of those in a folder.

    Raises
    ------
    StoreError
        ``store.lock-lost`` if others are there now.
    """
    for name, content in inventory_files(text).items():
        _, tag = read_if_there(files, folder / name)
        replaced(files, held, folder / name, content, tag)


def take_back(files: ObjectFiles, held: Hold, own: Path) -> None:
    """Remove a version that was begun; from the first step on, whoever began it can't go on."""
    _, tag = read_if_there(files, own / NAME)
    tag = replaced(files, held, own / NAME, unique_claim(), tag)
    clear(files, held, own)
    files.remove(own / NAME, tag)


def take_back_claimed(files: ObjectFiles, held: Hold, own: Path) -> None:
    """Remove what a crash left of a version that was claimed and never whole."""
    text, _ = read_if_there(files, own / NAME)
    if (text is None or is_claim(text)) and (files.tree(own) or files.uploads(own)):
        take_back(files, held, own)


def take_back_first(files: ObjectFiles, held: Hold, folder: Path) -> bool:
    """Remove an object whose first version was begun and never whole; say whether there was one."""
    first = folder / layout.version_folder(1)
    there = files.tree(folder).keys() - {layout.OBJECT_MARK}
    text, _ = read_if_there(files, first / NAME)
    is_claimed = text is None or is_claim(text)
    # Anything more may once have been acknowledged.
    if not there or not is_claimed or any(not path.startswith(f"{first.name}/") for path in there):
        return False
    take_back(files, held, first)
    files.remove(folder / layout.OBJECT_MARK)
    return True


def remove_strays(files: ObjectFiles, held: Hold, folder: Path, inventory: Inventory) -> int:
    """Remove files of versions' folders that belong to no version, and what is on its way: it came late."""
    known = {path for paths in inventory.manifest.values() for path in paths}
    n_removed = files.abort_uploads(folder)
    for path, found in files.tree(folder).items():
        version, _, inside = path.partition("/")
        number = layout.version_number(version)
        if number is not None and inside not in (NAME, SIDECAR) and path not in known:
            held.check()
            files.remove(folder / path, found.tag)
            n_removed += 1
    return n_removed
