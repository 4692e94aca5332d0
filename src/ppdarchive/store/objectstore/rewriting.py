"""A rewritten object takes the old one's place in an object store, file by file.

While the journal is there, readers read the rewritten object where it was staged, whole. So its files can
be copied over the old ones one after the other, what is left of the old removed, and then the journal,
and only then the staged copy. A bucket that keeps earlier versions of files keeps those of removed bytes
too: they are removed where the store allows it, and counted where it does not.

References
----------
Amazon S3 User Guide, "Deleting object versions from a versioning-enabled bucket",
https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.digest import digest, each
from ppdarchive.store.files import told
from ppdarchive.store.inventory import NAME
from ppdarchive.store.lock import Hold
from ppdarchive.store.objectstore.calls import Unsupported
from ppdarchive.store.objectstore.files import ObjectFiles, Tagged
from ppdarchive.store.objectstore.lock import unique_claim
from ppdarchive.store.objectstore.publishing import replaced


def decide(
    files: ObjectFiles, held: Hold, staged: Path, rewritten: Path, *, journal: Path, text: bytes
) -> None:
    """Copy a staged object to where readers look when there is a journal, then put the journal.

    Raises
    ------
    StoreError
        ``store.lock-lost``, ``store.read-back``.
    OSError
        If the store fails; the journal may be there or not.
    """
    # Whoever takes the lock from now on removes the claim, and without it the decision is refused.
    tag = replaced(files, held, journal, unique_claim(), None)
    held.check()
    remove_all(files, held, rewritten)
    _copy_over(files, held, staged, rewritten, {})
    replaced(files, held, journal, text, tag)


def take_over(files: ObjectFiles, held: Hold, rewritten: Path, place: Path) -> None:
    """Put a rewritten object in the old one's place, and remove what is left of the old.

    Whatever of it is done already is not done again.

    Raises
    ------
    StoreError
        ``store.not-removed``, ``store.read-back``, ``store.lock-lost``.
    """
    wanted = files.tree(rewritten)
    there = files.tree(place)
    if NAME not in wanted:
        raise StoreError("store.damaged", path=str(place), reason="what it was to become is missing")
    _copy_over(files, held, rewritten, place, there)
    for path, found in there.items():
        if path not in wanted:
            _check(held)
            files.remove(place / path, found.tag)
    files.abort_uploads(place)
    remove_versions(files, held, place)
    if files.tree(place).keys() != wanted.keys():
        raise StoreError("store.not-removed", path=str(place))


def forget(files: ObjectFiles, held: Hold, root: Path, journal: Path, rewritten: Path) -> None:
    """Remove what is left of the work on a rewritten object: the journal first, while readers need it not."""
    remove_all(files, held, held.staging)
    remove_versions(files, held, root / layout.EXTENSION)
    _check(held)
    files.remove(journal)
    remove_all(files, held, rewritten)
    remove_versions(files, held, journal.parent)


def remove_all(files: ObjectFiles, held: Hold, folder: Path) -> bool:
    """Remove whatever lies below a folder, its earlier versions too; say whether there was anything."""
    there = files.tree(folder)
    for path, found in there.items():
        _check(held)
        files.remove(folder / path, found.tag)
    files.abort_uploads(folder)
    remove_versions(files, held, folder)
    return bool(there)


def remove_versions(files: ObjectFiles, held: Hold, folder: Path) -> None:
    """Remove earlier versions of the files below a folder, as far as the store allows."""
    with contextlib.suppress(PermissionError, Unsupported):
        for key, version in files.old_versions(folder):
            held.renew()  # and no more: a version that is named by itself is nobody else's
            with contextlib.suppress(PermissionError):  # this one is held; others may not be
                files.remove_version(folder, key, version)


def n_old_versions(files: ObjectFiles, root: Path, object_id: str) -> int | None:
    """How many earlier versions of an object's files the store keeps; None if it does not say.

    After a purge of an object in a bucket that keeps versions, any left may hold what was removed.

    Raises
    ------
    StoreError
        ``store.not-readable``
    """
    folders = (root / object_id, root / layout.STAGING, root / layout.JOURNALS)
    with told(root, "store.not-readable"), contextlib.suppress(PermissionError, Unsupported):
        return sum(1 for folder in folders for _ in files.old_versions(folder))
    return None


def _check(held: Hold) -> None:
    held.renew()
    held.check()


def _copy_over(
    files: ObjectFiles, held: Hold, source: Path, target: Path, there: Mapping[str, Tagged]
) -> None:
    """Copy all files below one folder over those below another, and compare them."""
    wanted = files.tree(source)

    def copy(path: str) -> None:
        _check(held)
        files.copy(source / path, target / path, size_bytes=wanted[path].size_bytes)

    def compare(path: str) -> None:
        if digest(files, source / path) != digest(files, target / path):
            raise StoreError("store.read-back", path=str(target / path))

    each(files, copy, {path: found.size_bytes for path, found in wanted.items() if found != there.get(path)})
    copies = files.tree(target)
    # What was sent in parts has another tag once it is copied.
    differing = [path for path in wanted if wanted[path] != copies.get(path)]
    each(files, compare, dict.fromkeys(differing, 0))
