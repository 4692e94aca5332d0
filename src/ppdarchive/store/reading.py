"""The head of an object, whatever a publisher is doing to it or has left behind.

A version's folder is put in place whole, then the object's inventory, then its sidecar. Whoever reads
in between finds an inventory whose sidecar is the one before or after: then the copy in the newest
version's own folder decides. An object that is rewritten lies elsewhere, whole, from the instant when
that is decided until it has taken the old one's place. So every reader finds the old or the new head,
and no third thing.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.files import LOCAL, Files, told
from ppdarchive.store.inventory import NAME, SIDECAR, Inventory, Version
from ppdarchive.store.objectstore import ObjectFiles
from ppdarchive.store.objectstore.lock import is_decided
from ppdarchive.store.parsing import MAX_BYTES, parse_inventory, parse_sidecar

_MAX_SIDECAR_BYTES = 4096
_N_TRIES = 5
"""An object may be put in another's place while it is read; that takes three steps."""


@dataclass(frozen=True, slots=True)
class Head:
    """An object as its newest version's inventory describes it."""

    folder: Path
    inventory: Inventory
    text: bytes
    """The inventory as it stands in the file."""
    is_settled: bool
    """Whether the sidecar fits; if not, a publisher is at work, or `repair` has work to do."""

    @property
    def number(self) -> int:
        """The number of the newest version."""
        return self.inventory.head


def objects(root: Path, *, files: Files = LOCAL) -> tuple[str, ...]:
    """The identifiers of an archive's objects, sorted.

    Raises
    ------
    StoreError
        ``store.not-found`` if there is no archive, ``store.not-readable``.
    """
    with told(root, "store.not-readable"):
        check_root(files, root)
        # An object that is just being put in another's place has a journal, or is there when it has none.
        found = {*_folders(files, root), *_rewritten(files, root), *_folders(files, root)}
        return tuple(sorted(filter(layout.is_object_id, found)))


def _folders(files: Files, root: Path) -> list[str]:
    names = [entry.name for entry in files.entries(root) if entry.kind == "folder"]
    if files.is_object_store:
        return [name for name in names if layout.is_object_id(name) and is_there(files, root / name)]
    return names


def is_there(files: Files, folder: Path) -> bool:
    """Whether there is an object; in an object store, not before it has its inventory."""
    return files.entry(folder / NAME if files.is_object_store else folder) is not None


def _rewritten(files: Files, root: Path) -> list[str]:
    """The objects that have a journal."""
    if files.entry(root / layout.JOURNALS) is None:
        return []
    names = [entry.name for entry in files.entries(root / layout.JOURNALS) if entry.kind == "file"]
    return [name.removesuffix(".json") for name in names if name.endswith(".json")]


def is_being_rewritten(files: Files, root: Path, object_id: str) -> bool:
    """Whether a rewrite of an object is decided and not finished."""
    journal = root / layout.journal(object_id)
    return is_decided(files, journal) if isinstance(files, ObjectFiles) else files.entry(journal) is not None


def place(files: Files, root: Path, object_id: str) -> Path:
    """The folder that holds an object now, or would hold it."""
    if is_being_rewritten(files, root, object_id):
        rewritten = root / layout.rewritten(object_id)
        if files.entry(rewritten) is not None:
            return rewritten
    return root / object_id


def check_root(files: Files, root: Path) -> None:
    """Refuse a folder that is no archive: ``store.not-found``."""
    mark = files.entry(root / layout.ROOT_MARK)
    if mark is None or mark.kind != "file":
        raise StoreError("store.not-found", path=str(root))


def head(root: Path, object_id: str, *, files: Files = LOCAL) -> Head:
    """The newest version of an object, and with it all others.

    Parameters
    ----------
    root : Path
        The archive.
    object_id : str
        ``STUDY~AUDIENCE``

    Raises
    ------
    StoreError
        ``store.not-found``, ``store.no-such-object``, ``store.object-id``; ``store.inventory`` or
        ``store.damaged`` if what is there cannot be trusted; ``store.not-readable``.
    """
    layout.parts(object_id)
    with told(root / object_id, "store.not-readable"):
        check_root(files, root)
        for _ in range(_N_TRIES - 1):
            problem = None
            with contextlib.suppress(OSError):
                try:
                    return _head(files, root, object_id)
                except StoreError as error:
                    problem = error
            if problem is not None and problem.code == "store.inventory":
                raise problem  # it was put there whole, and would be read again for nothing
        return _head(files, root, object_id)


def _head(files: Files, root: Path, object_id: str) -> Head:
    folder = place(files, root, object_id)
    if not is_there(files, folder):
        choices = ", ".join(objects(root, files=files)) or "none"
        raise StoreError("store.no-such-object", path=str(root), name=object_id, choices=choices)
    if not files.is_object_store and ((entry := files.entry(folder)) is None or entry.kind != "folder"):
        raise damaged(folder, "no folder")
    text = read_plain(files, folder / NAME, MAX_BYTES + 1)
    inventory = parse_inventory(text, name=str(folder / NAME))
    if inventory.id != object_id:
        raise damaged(folder / NAME, "the inventory of another object")
    is_settled = fits(files, folder, text)
    if not is_settled:
        own = folder / layout.version_folder(inventory.head)
        is_folder = (found := files.entry(own)) is not None and found.kind == "folder"
        if not is_folder or text != read_plain(files, own / NAME, MAX_BYTES + 1):
            raise damaged(folder / NAME, "neither its sidecar nor its version's copy agrees with it")
    return Head(folder, inventory, text, is_settled)


def fits(files: Files, folder: Path, text: bytes) -> bool:
    """Whether the sidecar in a folder states the digest of the inventory with this text."""
    entry = files.entry(folder / SIDECAR)
    if entry is None or entry.kind != "file":
        return False
    stated = parse_sidecar(files.read(folder / SIDECAR, _MAX_SIDECAR_BYTES))
    return stated == hashlib.sha512(text).hexdigest()


def read_plain(files: Files, path: Path, limit: int) -> bytes:
    """The bytes of a file that is one, and no link: ``store.damaged`` otherwise."""
    entry = files.entry(path)
    if entry is None or entry.kind != "file":
        raise damaged(path, "a file is missing" if entry is None else "neither a file nor a folder")
    if entry.size_bytes >= limit:
        raise damaged(path, f"a file of over {limit - 1} bytes")
    return files.read(path, limit)


def damaged(path: Path, reason: str) -> StoreError:
    """What to raise of an object that cannot be trusted."""
    return StoreError("store.damaged", path=str(path), reason=reason)


def versions(root: Path, object_id: str, *, files: Files = LOCAL) -> Mapping[int, Version]:
    """The versions of an object by their numbers, the first first; raises what `head` raises."""
    found = head(root, object_id, files=files).inventory.versions
    return dict(enumerate(found, start=1))


def content_paths(
    root: Path, object_id: str, version: int | None = None, *, files: Files = LOCAL
) -> dict[str, Path]:
    """Where each file of a version lies, by its logical path.

    Parameters
    ----------
    version : int, optional
        The newest, unless given.

    Returns
    -------
    dict of str to Path
        Each a plain file inside the object, with no link on the way; its bytes were not looked at.

    Raises
    ------
    StoreError
        What `head` raises; ``store.no-such-version``; ``store.damaged`` if a file is missing.
    """
    return content_of(head(root, object_id, files=files), version, files=files)


def content_of(found: Head, version: int | None = None, *, files: Files = LOCAL) -> dict[str, Path]:
    """Where each file of a version of `found` lies; see `content_paths`."""
    number = found.number if version is None else version
    check_version(found, number)
    places = found.inventory.content_paths(number)
    if isinstance(files, ObjectFiles):
        _check_keys(files, found.folder, places.values())
        return {path: found.folder / place for path, place in places.items()}
    with told(found.folder, "store.not-readable"):
        known: set[str] = set()
        for place in sorted(places.values()):  # the first that is not there ends it, however many are named
            for folder in _parents(place):
                if folder not in known:
                    _check_kind(files, found.folder / folder, "folder")
                    known.add(folder)
            _check_kind(files, found.folder / place, "file")
    return {path: found.folder / place for path, place in places.items()}


def _check_keys(files: ObjectFiles, folder: Path, places: Collection[str]) -> None:
    """See that files are there, of which an object store tells many at once."""
    with told(folder, "store.not-readable"):
        there = {
            f"{version}/{inside}"
            for version in sorted({place.partition("/")[0] for place in places})
            for inside in files.tree(folder / version)
        }
    for place in places:
        if place not in there:
            raise damaged(folder / place, "a file is missing")


def check_version(found: Head, number: int) -> None:
    """Refuse the number of a version that an object has not: ``store.no-such-version``."""
    if not 1 <= number <= found.number:
        name = layout.version_folder(number)
        newest = layout.version_folder(found.number)
        raise StoreError("store.no-such-version", path=str(found.folder), name=name, found=newest)


def version_inventory(found: Head, number: int, *, files: Files = LOCAL) -> bytes:
    """The inventory in a version's own folder, as it was when this version was the newest.

    Raises
    ------
    StoreError
        ``store.no-such-version``; ``store.damaged`` if it is not there, or behind a link;
        ``store.not-readable``.
    """
    check_version(found, number)
    own = found.folder / layout.version_folder(number)
    with told(own, "store.not-readable"):
        if not files.is_object_store:  # whose folders are names and no more
            _check_kind(files, own, "folder")
        return read_plain(files, own / NAME, MAX_BYTES + 1)


def has_folder(found: Head, inside: str, *, files: Files = LOCAL) -> bool:
    """Whether an object has a folder: ``store.damaged`` if it is something else, or lies behind a link."""
    with told(found.folder, "store.not-readable"):
        for folder in [inside] if files.is_object_store else _parents(f"{inside}/"):
            if files.entry(found.folder / folder) is None:
                return False
            _check_kind(files, found.folder / folder, "folder")
    return True


def _parents(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]


def _check_kind(files: Files, path: Path, kind: str) -> None:
    entry = files.entry(path)
    if entry is None:
        raise damaged(path, "a file is missing")
    if entry.kind != kind:
        raise damaged(path, "neither a file nor a folder" if entry.kind == "other" else f"no {kind}")
