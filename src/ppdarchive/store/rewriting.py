"""Versions get other content: what a participant who withdraws, or a leak, makes necessary.

The object is written anew, whole, beside the others: content, inventories, records, and no signature
of what changed. Then a journal is put beside it, and from that instant on the new object is the object:
readers find it where it was written, publishers wait, and whatever happens `repair` can only finish. It
takes the old one's place, the old bytes are removed, and the journal goes last. The journal names the
object and the tombstone, and nobody.

References
----------
Oxford Common File Layout 1.1, Implementation Notes, "Deletion": removing content means a new object.
Gray and Reuter (1993), Transaction Processing, chapter 9: the commit is one record, written last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from ppdarchive.errors import StoreError
from ppdarchive.store import layout, signature
from ppdarchive.store.deciding import drop_undecided, put_in_place
from ppdarchive.store.digest import Progress, no_progress
from ppdarchive.store.files import LOCAL, Files
from ppdarchive.store.inventory import CONTENT, NAME, SIDECAR, Inventory, inventory_text
from ppdarchive.store.lock import PATIENCE_SECONDS, Hold, hold
from ppdarchive.store.objectstore import ObjectFiles
from ppdarchive.store.objectstore.repair import take_back_claimed
from ppdarchive.store.parsing import MAX_BYTES
from ppdarchive.store.publishing import check_head
from ppdarchive.store.reading import Head, check_version, content_of, damaged, head, is_being_rewritten
from ppdarchive.store.records import (
    MARKS,
    MAX_WORDS,
    TOMBSTONES,
    Tombstone,
    mark_text,
    marks,
    parse_mark,
    seconds_of_day,
    tombstone_path,
    tombstone_text,
    tombstones,
)
from ppdarchive.store.replay import replayed, stored
from ppdarchive.store.staging import (
    Source,
    Stage,
    check_same,
    checked_text,
    inventory_files,
    seconds_of,
    sources_of,
)

Sign = Callable[[int, bytes], Mapping[str, bytes]]
"""Takes a version's number and its new inventory; gives signatures by their paths in the object."""

_EXTENSION: Final = layout.EXTENSION
_FOLDERS: Final = frozenset(path.rpartition("/")[2] for path in (MARKS, TOMBSTONES, signature.FOLDER))
_SIGNATURE: Final = re.compile(r"([0-9A-F]{16})\.minisig")
_MAX_RECORD_BYTES: Final = 2**20


Retell = Callable[[str], str]
"""Takes the words of a version's message, or of a mark; gives what is left of them."""


def as_it_was(words: str) -> str:
    """Leave words as they are."""
    return words


def unsigned(_: int, __: bytes) -> dict[str, bytes]:
    """Sign nothing."""
    return {}


def rewrite(
    root: Path,
    object_id: str,
    versions: Mapping[int, Path],
    tombstone: Tombstone,
    *,
    sign: Sign = unsigned,
    retell: tuple[Retell, Retell] = (as_it_was, as_it_was),
    expected_head: int | None = None,
    patience: float = PATIENCE_SECONDS,
    files: Files = LOCAL,
    progress: Progress = no_progress,
) -> Tombstone:
    """Give versions of an object other content, and leave nothing of what they had.

    When and by whom a version was made stays, and its words unless they are told anew; so do other
    versions' bytes, marks, earlier tombstones, and signatures of inventories that are the same as before.
    When this returns, neither the old bytes nor a digest of them are anywhere in the archive. When it
    raises ``store.unfinished``, `repair` finishes it; when it raises anything else, the object is as it was.

    Parameters
    ----------
    root : Path
    object_id : str
    versions : mapping of int to Path
        A folder for each version whose content changes, with all that the version is to hold.
    tombstone : Tombstone
        What is said of it ever after; its `number`, `versions` and `void` are filled in.
    sign : callable, optional
        Is given each version whose inventory changed.
    retell : tuple of callable
        What is left of each version's message, and of what each mark says.
    expected_head : int, optional
        The number of the newest version that the caller has looked at; refused if it is another.
    patience : float
        Seconds to wait for somebody else who changes the object.
    progress : callable
        Is told of bytes as they are read.

    Returns
    -------
    Tombstone
        As it was written.

    Raises
    ------
    StoreError
        ``store.unfinished`` if an earlier change, or this one, is for `repair` to finish;
        ``store.head-moved``, ``store.locked``, ``store.lock-lost``; ``store.no-such-version``;
        ``store.foreign`` if the object holds what is no release and no record; ``store.path``,
        ``store.source-changed``, ``store.not-readable`` if a folder can't be kept;
        ``store.not-writable``, ``store.read-back`` if the disk fails; what `head` raises.
    """
    found = head(root, object_id, files=files)
    sources = {number: sources_of(files, folder) for number, folder in sorted(versions.items())}
    with hold(files, root, object_id, patience=patience) as held:
        if is_being_rewritten(files, root, object_id):
            raise StoreError("store.unfinished", path=str(root / object_id))
        drop_undecided(files, held, root, object_id)
        found = _retold(head(root, object_id, files=files), retell[0])
        if isinstance(files, ObjectFiles):
            take_back_claimed(files, held, found.folder / layout.version_folder(found.number + 1))
        check_head(files, found.folder, found, expected_head)
        for number in versions:
            check_version(found, number)
        _check_nothing_else(files, found)
        staged = _Rewritten(files, held, found, sources, progress)
        staged.write_content()
        void = staged.write_versions(sign)
        tombstone = replace(
            tombstone,
            number=len(tombstones(root, object_id, files=files)) + 1,
            versions=tuple(sources),
            void=void,
        )
        marks(root, object_id, files=files)  # what is no mark is not copied as one
        staged.write_records(tombstone, retell[1])
        staged.finish()
        put_in_place(files, held, root, object_id, tombstone)
    return tombstone


def _retold(found: Head, retell: Retell) -> Head:
    """An object as it is, but for what the messages of its versions say."""
    versions = tuple(
        version if version.message is None else replace(version, message=retell(version.message))
        for version in found.inventory.versions
    )
    return replace(found, inventory=replace(found.inventory, versions=versions))


def _retold_mark(data: bytes, retell: Retell, *, name: str) -> bytes:
    mark = parse_mark(data, name=name)
    reason = retell(mark.reason)
    return data if reason == mark.reason else mark_text(replace(mark, reason=reason[:MAX_WORDS])).encode()


def _check_nothing_else(files: Files, found: Head) -> None:
    """Refuse an object with other things than releases and our records of them.

    They would be lost, or they would keep what is to be removed; which, no program can tell.
    """
    numbers = range(1, found.number + 1)
    known: dict[str, frozenset[str]] = {
        "": frozenset(
            (layout.OBJECT_MARK, NAME, SIDECAR, "extensions", *map(layout.version_folder, numbers))
        ),
        "extensions": frozenset((_EXTENSION.rpartition("/")[2],)),
        _EXTENSION: _FOLDERS,
        signature.FOLDER: frozenset(map(layout.version_folder, numbers)),
    }
    for inside, names in known.items():
        folder = found.folder / inside
        entry = files.entry(folder)
        if entry is None:
            return
        if entry.kind != "folder":
            raise StoreError("store.foreign", path=str(folder))
        for entry in files.entries(folder):
            if entry.name not in names:
                raise StoreError("store.foreign", path=str(folder / entry.name))


class _Rewritten:
    """An object as it is to be, while it is written."""

    def __init__(
        self,
        files: Files,
        held: Hold,
        found: Head,
        sources: Mapping[int, Mapping[str, Source]],
        progress: Progress,
    ) -> None:
        self._files = files
        self._found = found
        self._sources = sources
        self._stage = Stage(files, held, progress)
        self._folder = held.staging / "object"
        self._states = {number: self._stage.digests(each) for number, each in sources.items()}
        self._seconds = [seconds_of(version.created) for version in found.inventory.versions]

    def write_content(self) -> None:
        """Copy the content of every version, from the folder given for it or from the old object."""
        *_, inventory = replayed(self._found.inventory, self._states)
        for number, paths in stored(inventory).items():
            sources = self._sources.get(number) or self._kept(number)
            own = self._folder / layout.version_folder(number)
            copies = self._stage.copy(
                own / CONTENT, {path: sources[path] for path in paths}, self._seconds[number - 1]
            )
            if number in self._states:
                check_same(sources, copies, self._states[number])
            # A byte that is wrong in another version stays wrong, and its digest says so as before.

    def _kept(self, number: int) -> dict[str, Source]:
        sources = {}
        for path, place in content_of(self._found, number, files=self._files).items():
            entry = self._files.entry(place)
            if entry is None:
                raise damaged(place, "a file is missing")
            sources[path] = Source(place, entry, self._files)
        return sources

    def write_versions(self, sign: Sign) -> dict[int, tuple[str, ...]]:
        """Write all inventories and signatures; say which keys' signatures of which version are void."""
        void = {}
        for inventory in replayed(self._found.inventory, self._states):
            number = inventory.head
            name = layout.version_folder(number)
            text, is_kept = self._text(inventory)
            self._write_inventory(name, text, number)
            signatures = self._signatures(name)
            if not is_kept:
                if signatures:
                    void[number] = tuple(sorted(signatures))
                signatures = self._signed(sign, number, text)
            for key, made in signatures.items():
                path = f"{signature.FOLDER}/{name}/{key}.minisig"
                self._stage.write(self._folder / path, made, self._seconds[number - 1])
        checked_text(inventory, name=str(self._folder / NAME))
        self._write_inventory("", text, number)
        mark = layout.OBJECT_MARK_TEXT.encode()
        self._stage.write(self._folder / layout.OBJECT_MARK, mark, self._seconds[-1])
        return void

    def _text(self, inventory: Inventory) -> tuple[bytes, bool]:
        """A version's inventory, and whether it is to the byte what it was."""
        text = inventory_text(inventory).encode()
        own = self._found.folder / layout.version_folder(inventory.head) / NAME
        entry = self._files.entry(own)
        is_same = entry is not None and entry.kind == "file" and self._files.read(own, MAX_BYTES + 1) == text
        return text, is_same

    def _write_inventory(self, name: str, text: bytes, number: int) -> None:
        for path, content in inventory_files(text).items():
            self._stage.write(self._folder / name / path, content, self._seconds[number - 1])

    def _signatures(self, name: str) -> dict[str, bytes]:
        """The old object's signatures of a version, by the names of their keys."""
        folder = self._found.folder / signature.FOLDER / name
        if self._files.entry(folder) is None:
            return {}
        found = {}
        for entry in self._files.entries(folder):
            match = _SIGNATURE.fullmatch(entry.name)
            if match is None or entry.kind != "file":
                raise StoreError("store.foreign", path=str(folder / entry.name))
            found[match[1]] = self._files.read(folder / entry.name, _MAX_RECORD_BYTES)
        return found

    def _signed(self, sign: Sign, number: int, text: bytes) -> dict[str, bytes]:
        """What `sign` makes of a new inventory, by the names of keys."""
        start = f"{signature.FOLDER}/{layout.version_folder(number)}/"
        found = {}
        for path, made in sorted(sign(number, text).items()):
            match = _SIGNATURE.fullmatch(path.removeprefix(start))
            if match is None or not path.startswith(start):
                raise ValueError(f"{path} is no path of a signature of version {number}")
            found[match[1]] = made
        return found

    def write_records(self, tombstone: Tombstone, retell: Retell) -> None:
        """Copy marks, with what is left of their words, and earlier tombstones, and add one."""
        seconds = seconds_of_day(tombstone.on)
        for folder in (MARKS, TOMBSTONES):
            if self._files.entry(self._found.folder / folder) is None:
                continue
            for entry in self._files.entries(self._found.folder / folder):
                path = f"{folder}/{entry.name}"
                text = self._files.read(self._found.folder / path, _MAX_RECORD_BYTES)
                if folder == MARKS:
                    text = _retold_mark(text, retell, name=path)
                self._stage.write(self._folder / path, text, seconds)
        path = tombstone_path(tombstone.number)
        self._stage.write(self._folder / path, tombstone_text(tombstone).encode(), seconds)

    def finish(self) -> None:
        """See that all is on the disk, and read it back."""
        self._stage.finish()
