"""An object is copied from one archive to another, and is the same to the byte where it is read.

Versions come one after the other, each by the way in which it would be published: whoever reads finds
the old head or the new. What an interrupted copy has left is kept as far as its digests are right. Where
the source was purged, its object is copied whole and takes the other's place, so that nothing of the
old bytes is left in the copy either.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.deciding import drop_undecided, put_in_place
from ppdarchive.store.digest import Progress, digest, each, no_progress
from ppdarchive.store.files import Files, make_folders, told, write_file
from ppdarchive.store.inventory import CONTENT, NAME, SIDECAR, Inventory
from ppdarchive.store.lock import PATIENCE_SECONDS, Hold, hold
from ppdarchive.store.objectstore import ObjectFiles
from ppdarchive.store.objectstore.publishing import Upload
from ppdarchive.store.parsing import parse_inventory
from ppdarchive.store.publishing import Begun, check_head, commit, finish, last_head, make_root
from ppdarchive.store.reading import (
    Head,
    content_of,
    damaged,
    has_folder,
    head,
    is_being_rewritten,
    version_inventory,
)
from ppdarchive.store.records import tombstones_of
from ppdarchive.store.soundness import check_paths
from ppdarchive.store.staging import Source, Stage, inventory_files, seconds_of

_MAX_RECORD_BYTES: Final = 2**20


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What was done to make one object the same as another.

    Attributes
    ----------
    versions : tuple of int
        That were added.
    n_bytes : int
        Of content that was copied.
    n_kept : int
        Content files that an interrupted copy had left, and that were right.
    n_mended : int
        Content files of earlier versions that were wrong and were copied again.
    n_records : int
        Signatures, marks and tombstones that were copied.
    is_replaced : bool
        Whether all was copied anew, since the source was purged; then nothing of the old is left.
    """

    versions: tuple[int, ...] = ()
    n_bytes: int = 0
    n_kept: int = 0
    n_mended: int = 0
    n_records: int = 0
    is_replaced: bool = False


def mirror(
    source: Head,
    origin: Files,
    root: Path,
    files: Files,
    *,
    patience: float = PATIENCE_SECONDS,
    progress: Progress = no_progress,
) -> Mirrored:
    """Make an archive's object the same as one of another archive.

    Parameters
    ----------
    source : Head
        The object that is copied, reached by `origin`.
    origin : Files
    root : Path
        The archive that has the copy, or is to have it, reached by `files`; it is made if need be.
    files : Files
    patience : float
        Seconds to wait for somebody else who changes the object.
    progress : callable
        Is told of bytes as they are read.

    Raises
    ------
    StoreError
        ``store.other-history`` if the copy has releases that are not the source's; ``store.damaged``
        if the source is; ``store.unfinished`` if the copy is for `repair` to finish first; what
        `ppdarchive.store.publishing.publish` raises.
    """
    object_id = source.inventory.id
    make_root(root, files=files)
    with hold(files, root, object_id, patience=patience, spared=_partial(object_id)) as held:
        if is_being_rewritten(files, root, object_id):
            raise StoreError("store.unfinished", path=str(root / object_id))
        layout.check_twin(object_id, (entry.name for entry in files.entries(root)))
        return _Mirror(source, origin, held, root, files=files, progress=progress).run()


def _partial(object_id: str) -> str:
    """The folder among what is staged that a clone copies to; whoever else takes the lock removes it."""
    return f"{object_id}.clone"


class _Mirror:
    """The copy of one object, under its lock."""

    def __init__(
        self, source: Head, origin: Files, held: Hold, root: Path, *, files: Files, progress: Progress
    ) -> None:
        self._source = source
        self._origin = origin
        self._held = held
        self._root = root
        self._files = files
        self._progress = progress
        self._folder = root / source.inventory.id
        self._n_bytes = self._n_kept = 0

    def _step(self, n_bytes: int) -> None:
        self._held.renew()
        self._progress(n_bytes)

    def run(self) -> Mirrored:
        """Do what is to be done, and say it."""
        last = last_head(self._files, self._root, self._folder.name)
        check_head(self._files, self._folder, last, None)
        if last is not None and not self._is_continued(last):
            self._replace(last)
            return Mirrored(n_bytes=self._n_bytes, is_replaced=True)
        n_mended = self._mend(last) if last is not None else 0
        first = last.number + 1 if last is not None else 1
        numbers = range(first, self._source.number + 1)
        for number in numbers:
            text = self._text(number)
            inventory = self._inventory(number, text)
            self._add(last, inventory, text)
            last = head(self._root, self._folder.name, files=self._files)
        self._drop_partial()
        return Mirrored(tuple(numbers), self._n_bytes, self._n_kept, n_mended, self._copy_records())

    def _is_continued(self, last: Head) -> bool:
        """Whether the source only has more versions than the copy; no, if it was purged meanwhile."""
        n_purges = len(tombstones_of(self._source, files=self._origin))
        before = len(tombstones_of(last, files=self._files))
        if last.number <= self._source.number and last.text == self._text(last.number):
            return True
        is_same_object = last.number <= self._source.number and all(
            (one.created, one.message) == (other.created, other.message)
            for one, other in zip(last.inventory.versions, self._source.inventory.versions, strict=False)
        )
        if n_purges > before and is_same_object:
            return False
        raise StoreError("store.other-history", path=str(self._folder))

    # -- the source --------------------------------------------------------------------------------

    def _text(self, number: int) -> bytes:
        return version_inventory(self._source, number, files=self._origin)

    def _inventory(self, number: int, text: bytes) -> Inventory:
        """A version's inventory; ``store.damaged`` if it is none, or the head does not follow on it."""
        place = self._source.folder / layout.version_folder(number) / NAME
        inventory = parse_inventory(text, name=str(place))
        if inventory.head != number or not self._source.inventory.extends(inventory):
            raise damaged(place, "the object's inventory does not follow on it")
        return inventory

    def _sources(self, number: int, stored: Collection[str]) -> dict[str, Source]:
        """The files that lie in a version's folder, by their paths below its content."""
        places = set(content_of(self._source, number, files=self._origin).values())
        found = {}
        for path in stored:
            place = self._source.folder / path
            with told(place, "store.not-readable"):
                entry = self._origin.entry(place)
            if place not in places or entry is None:
                raise damaged(place, "the version has no such file")
            found[path.split("/", 2)[2]] = Source(place, entry, self._origin)
        return found

    def _check(self, digests: Mapping[str, str], stored: Mapping[str, str], number: int) -> None:
        """Refuse bytes that are not what the source's inventory says: ``store.damaged``."""
        start = f"{layout.version_folder(number)}/{CONTENT}/"
        for path, found in digests.items():
            if found != stored[start + path]:
                raise damaged(self._source.folder / start / path, "not the bytes that were published")

    # -- versions ----------------------------------------------------------------------------------

    def _add(self, last: Head | None, inventory: Inventory, text: bytes) -> None:
        """Copy one version, and let readers see it."""
        number = inventory.head
        stored = inventory.stored(number)
        sources = self._sources(number, stored)
        if isinstance(self._files, ObjectFiles):
            upload = Upload(self._files, self._held, self._folder, last, self._step)
            with upload.claimed(is_kept=True):
                own = self._folder / layout.version_folder(number)
                left = self._left(own / CONTENT, sources, stored, number)
                self._check(upload.send(left), stored, number)
                upload.read_back(inventory, text)
            upload.commit(text)
        else:
            self._add_staged(last, inventory, text, sources)

    def _add_staged(
        self, last: Head | None, inventory: Inventory, text: bytes, sources: Mapping[str, Source]
    ) -> None:
        number = inventory.head
        stored = inventory.stored(number)
        staging = self._root / layout.STAGING / _partial(self._folder.name)
        begun = Begun(staging, last)
        begun.text = text
        make_folders(self._files, staging)
        self._tidy(staging, begun, stored)
        seconds = seconds_of(inventory.versions[-1].created)
        stage = Stage(self._files, self._held, self._progress, base=staging)
        left = self._left(begun.version / CONTENT, sources, stored, number)
        self._check(stage.copy(begun.version / CONTENT, left, seconds), stored, number)
        finish(stage, begun, seconds)
        commit(self._files, self._held, self._folder, begun)

    def _drop_partial(self) -> None:
        """Remove what an interrupted copy has left and is needed no more."""
        staging = self._root / layout.STAGING / _partial(self._folder.name)
        if not self._files.is_object_store and self._files.entry(staging) is not None:
            self._files.remove_tree(staging)
            self._files.sync(staging.parent)

    def _left(
        self, content: Path, sources: Mapping[str, Source], stored: Mapping[str, str], number: int
    ) -> dict[str, Source]:
        """What is still to be copied: all but what is there already, and right."""
        start = f"{layout.version_folder(number)}/{CONTENT}/"

        def is_there(path: str) -> bool:
            entry = self._files.entry(content / path)
            if entry is None:
                return False
            if digest(self._files, content / path, progress=self._step) == stored[start + path]:
                return True
            self._remove(content / path)
            return False

        found = each(self._files, is_there, {path: each.entry.size_bytes for path, each in sources.items()})
        self._n_kept += sum(found.values())
        left = {path: source for path, source in sources.items() if not found[path]}
        self._n_bytes += sum(source.entry.size_bytes for source in left.values())
        return left

    def _remove(self, path: Path) -> None:
        if isinstance(self._files, ObjectFiles):
            self._files.remove(path)
        else:
            self._files.rename(path, self._held.staging / "spoiled")

    def _tidy(self, staging: Path, begun: Begun, stored: Mapping[str, str]) -> None:
        """Begin anew if what an interrupted copy left is not of this version; take its inventories away."""
        small = {begun.base, begun.version}
        wanted = {begun.base / path for path in stored}
        folders = {parent for path in (*wanted, begun.version / NAME) for parent in path.parents}
        to_visit, found = [staging], []
        while to_visit:
            folder = to_visit.pop()
            for entry in self._files.entries(folder):
                path = folder / entry.name
                if entry.kind == "folder" and path in folders:
                    to_visit.append(path)
                elif folder in small and entry.name in (NAME, SIDECAR, layout.OBJECT_MARK):
                    found.append(path)
                elif path not in wanted:
                    self._files.remove_tree(staging)
                    make_folders(self._files, staging)
                    return
        for path in found:
            self._remove(path)

    # -- what is there already ---------------------------------------------------------------------

    def _mend(self, last: Head) -> int:
        """Compare what the copy has with its digests, and copy again what is wrong; say how many."""
        wrong = []
        for number in range(1, last.number + 1):
            stored = last.inventory.stored(number)
            found = each(
                self._files,
                lambda path: self._digest(self._folder / path),
                dict.fromkeys(stored, 0),
            )
            wrong += [path for path in stored if found[path] != stored[path]]
        for path in wrong:
            number = layout.version_number(path.partition("/")[0]) or 0
            inside = path.split("/", 2)[2]
            sources = {inside: self._sources(number, [path])[inside]}
            stage = Stage(self._files, self._held, self._progress)
            copies = stage.copy(
                self._held.staging, sources, seconds_of(last.inventory.versions[number - 1].created)
            )
            self._check(copies, last.inventory.stored(number), number)
            stage.finish()
            make_folders(self._files, (self._folder / path).parent)
            self._held.check()
            self._files.rename(self._held.staging / inside, self._folder / path)
            self._files.sync((self._folder / path).parent)
            self._n_bytes += sources[inside].entry.size_bytes
        return len(wrong)

    def _digest(self, path: Path) -> str:
        """The digest of a file, none if it is not there."""
        entry = self._files.entry(path)
        if entry is None or entry.kind != "file":
            return ""
        return digest(self._files, path, progress=self._step)

    # -- records -----------------------------------------------------------------------------------

    def _records(self) -> dict[str, bytes]:
        """Signatures, marks and tombstones of the source, by their paths in the object."""
        found: dict[str, bytes] = {}
        to_visit = [layout.EXTENSION]
        with told(self._source.folder, "store.not-readable"):
            while to_visit:
                inside = to_visit.pop()
                if not has_folder(self._source, inside, files=self._origin):
                    continue
                for entry in self._origin.entries(self._source.folder / inside):
                    path = f"{inside}/{entry.name}"
                    if entry.kind == "folder":
                        to_visit.append(path)
                    elif entry.kind != "file" or entry.size_bytes > _MAX_RECORD_BYTES:
                        raise damaged(self._source.folder / path, "no record of a release")
                    else:
                        found[path] = self._origin.read(self._source.folder / path, _MAX_RECORD_BYTES)
        check_paths(found, name=str(self._source.folder))
        return found

    def _copy_records(self) -> int:
        """Copy what the copy has not, or has otherwise; say how many."""
        n_copied = 0
        for path, text in sorted(self._records().items()):
            target = self._folder / path
            entry = self._files.entry(target)
            if entry is not None and self._files.read(target, len(text) + 1) == text:
                continue
            make_folders(self._files, target.parent)
            staged = self._held.staging / "record"
            write_file(self._files, staged, text, self._seconds())
            self._held.check()
            self._files.rename(staged, target)
            self._files.sync(target.parent)
            n_copied += 1
        return n_copied

    def _seconds(self) -> int:
        return seconds_of(self._source.inventory.versions[-1].created)

    # -- a source that was purged ------------------------------------------------------------------

    def _replace(self, last: Head) -> None:
        """Copy all of the source, and put it in the copy's place, of which nothing is left."""
        self._drop_partial()
        drop_undecided(self._files, self._held, self._root, self._folder.name)
        stage = Stage(self._files, self._held, self._progress)
        base = self._held.staging / "object"
        for number in range(1, self._source.number + 1):
            text = self._text(number)
            inventory = self._inventory(number, text)
            seconds = seconds_of(inventory.versions[-1].created)
            stored = inventory.stored(number)
            own = base / layout.version_folder(number)
            sources = self._sources(number, stored)
            self._check(stage.copy(own / CONTENT, sources, seconds), stored, number)
            self._n_bytes += sum(source.entry.size_bytes for source in sources.values())
            for name, content in inventory_files(text).items():
                stage.write(own / name, content, seconds)
        for name, content in inventory_files(self._source.text).items():
            stage.write(base / name, content, self._seconds())
        stage.write(base / layout.OBJECT_MARK, layout.OBJECT_MARK_TEXT.encode(), self._seconds())
        for path, content in sorted(self._records().items()):
            stage.write(base / path, content, self._seconds())
        stage.finish()
        tombstone = tombstones_of(self._source, files=self._origin)[-1]
        put_in_place(self._files, self._held, self._root, self._folder.name, tombstone)
