"""What a crash left of a publish or a rewrite is finished or taken back, and told.

A rewrite that was decided is finished. A version above the newest one was begun and never acknowledged:
it is finished if every byte is what its own inventory says, and taken back if not. An object's inventory
and sidecar are copies of what lies in its newest version's folder: either is restored from the other.
Repairing twice does nothing more, and a crash on the way leaves what another repair repairs.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.deciding import complete, drop_undecided
from ppdarchive.store.digest import Progress, digest, each, no_progress
from ppdarchive.store.files import LOCAL, Files, told
from ppdarchive.store.inventory import NAME, SIDECAR, Inventory
from ppdarchive.store.lock import PATIENCE_SECONDS, Hold, hold
from ppdarchive.store.objectstore import ObjectFiles
from ppdarchive.store.objectstore.repair import (
    remove_strays,
    replace_inventory,
    take_back,
    take_back_first,
)
from ppdarchive.store.parsing import MAX_BYTES, parse_inventory
from ppdarchive.store.reading import Head, check_root, damaged, fits, head, is_being_rewritten, read_plain
from ppdarchive.store.staging import put_inventory, seconds_of, stage_inventory

Kind = Literal[
    "leftovers", "finished", "taken-back", "sidecar", "inventory", "copy", "rewritten", "undecided", "strays"
]

_TEXTS: Final[dict[Kind, str]] = {
    "leftovers": "what was staged and not put in place was removed",
    "finished": "{version} was begun and whole: it was finished",
    "taken-back": "{version} was begun and not whole: it was taken back",
    "sidecar": "the sidecar of the inventory was written again for {version}",
    "inventory": "the inventory was damaged: it was restored from {version}",
    "copy": "the inventory in {version} was damaged: it was restored",
    "rewritten": "a removal of content was decided and not finished: it was finished",
    "undecided": "a removal of content was begun and not decided: it was taken back",
    "strays": "files that belong to no version were removed",
}


@dataclass(frozen=True, slots=True)
class Mended:
    """One thing that `repair` found and mended; `version` is 0 where it is about none."""

    kind: Kind
    version: int = 0

    @property
    def text(self) -> str:
        """The same in words."""
        return _TEXTS[self.kind].format(version=layout.version_folder(self.version))


def repair(
    root: Path,
    object_id: str,
    *,
    patience: float = PATIENCE_SECONDS,
    files: Files = LOCAL,
    progress: Progress = no_progress,
) -> tuple[Mended, ...]:
    """Finish or take back what a crash has left of an object.

    Content of acknowledged versions is neither looked at nor touched: that is for `verify`.

    Returns
    -------
    tuple of Mended
        What was found, in the order in which it was mended; empty if there was nothing.

    Raises
    ------
    StoreError
        ``store.damaged`` if no inventory of the object is left; ``store.locked``,
        ``store.lock-lost``, ``store.not-found``, ``store.not-writable``.
    """
    layout.parts(object_id)
    with told(root, "store.not-readable"):
        check_root(files, root)
    with hold(files, root, object_id, patience=patience) as held:
        found = [Mended("leftovers")] if held.n_swept else []
        if is_being_rewritten(files, root, object_id):
            head(root, object_id, files=files)  # nothing damaged is put in the place of anything
            complete(files, held, root, object_id)
            found.append(Mended("rewritten"))
        elif drop_undecided(files, held, root, object_id):
            found.append(Mended("undecided"))
        folder = root / object_id
        if isinstance(files, ObjectFiles) and take_back_first(files, held, folder):
            found.append(Mended("taken-back", 1))
        elif files.entry(folder) is not None:
            _Repair(files, held, folder, progress).mend(found)
        return tuple(found)


class _Repair:
    def __init__(self, files: Files, held: Hold, folder: Path, progress: Progress) -> None:
        self._files = files
        self._held = held
        self._folder = folder
        self._progress = progress

    def _step(self, n_bytes: int) -> None:
        self._held.renew()
        self._progress(n_bytes)

    def mend(self, found: list[Mended]) -> None:
        """Mend what can be seen of the object, the newest acknowledged version first."""
        last = self._readable_head(found)
        number, inventory, text = last.number, last.inventory, last.text
        if not last.is_settled:
            self._put(inventory, text)
            found.append(Mended("sidecar", number))
        self._mend_copy(number, inventory, text, found)
        for above in self._versions():
            if above <= number:
                continue
            following = self._whole(above, inventory) if above == number + 1 else None
            if following is not None:
                inventory, text = following
                number = above
                self._put(inventory, text)
                found.append(Mended("finished", above))
            else:
                self._take_back(above)
                found.append(Mended("taken-back", above))
        if isinstance(self._files, ObjectFiles) and remove_strays(
            self._files, self._held, self._folder, inventory
        ):
            found.append(Mended("strays"))

    def _readable_head(self, found: list[Mended]) -> Head:
        """The object's head, its inventory restored if need be."""
        root, name = self._folder.parent, self._folder.name
        with contextlib.suppress(StoreError):
            return head(root, name, files=self._files)
        # Only from the newest folder: to take back what may have been acknowledged is not for us.
        number = max(self._versions(), default=0)
        read = self._own_inventory(self._folder / layout.version_folder(number), number)
        if read is None:
            raise damaged(self._folder, "no inventory of its newest version can be read")
        self._put(*read)
        found.append(Mended("inventory", number))
        return head(root, name, files=self._files)

    def _versions(self) -> list[int]:
        """The numbers of the version folders that are there."""
        entries = self._files.entries(self._folder)
        numbers = [layout.version_number(entry.name) for entry in entries if entry.kind == "folder"]
        return sorted(number for number in numbers if number is not None)

    def _own_inventory(self, own: Path, number: int) -> tuple[Inventory, bytes] | None:
        """The inventory in a version's folder, if it is that version's and its sidecar fits."""
        with contextlib.suppress(StoreError):
            text = read_plain(self._files, own / NAME, MAX_BYTES + 1)
            inventory = parse_inventory(text, name=str(own / NAME))
            if (
                inventory.id == self._folder.name
                and inventory.head == number
                and fits(self._files, own, text)
            ):
                return inventory, text
        return None

    def _whole(self, number: int, before: Inventory) -> tuple[Inventory, bytes] | None:
        """The inventory of a version that follows on `before`, if every byte of it is there."""
        own = self._folder / layout.version_folder(number)
        read = self._own_inventory(own, number)
        if read is None or not read[0].extends(before):
            return None
        stored = read[0].stored(number)
        earlier = {path for paths in before.manifest.values() for path in paths}
        later = {path for paths in read[0].manifest.values() for path in paths}
        if later - earlier != stored.keys() or not self._is_alone(own, stored):
            return None
        digests = each(
            self._files,
            lambda path: digest(self._files, self._folder / path, progress=self._step),
            dict.fromkeys(stored, 0),
        )
        return read if digests == stored else None

    def _is_alone(self, own: Path, stored: dict[str, str]) -> bool:
        """Whether a version's folder holds what it should and nothing else."""
        wanted = {*stored, f"{own.name}/{NAME}", f"{own.name}/{SIDECAR}"}
        folders = {parent for path in stored for parent in _above(path)} | {own.name}
        to_visit = [own.name]
        while to_visit:
            inside = to_visit.pop()
            for entry in self._files.entries(self._folder / inside):
                path = f"{inside}/{entry.name}"
                if entry.kind == "folder" and path in folders:
                    to_visit.append(path)
                elif entry.kind != "file" or path not in wanted:
                    return False
                else:
                    wanted.remove(path)
        return not wanted

    def _put(self, inventory: Inventory, text: bytes, folder: Path | None = None) -> None:
        """Put an inventory in the place of the object's, or of the one in another folder."""
        target = folder or self._folder
        if isinstance(self._files, ObjectFiles):
            replace_inventory(self._files, self._held, target, text)
            return
        stage_inventory(self._files, self._held, text, seconds_of(inventory.versions[-1].created))
        put_inventory(self._files, self._held.staging, target)

    def _mend_copy(self, number: int, inventory: Inventory, text: bytes, found: list[Mended]) -> None:
        """Restore the inventory in the newest version's folder, which is the object's."""
        own = self._folder / layout.version_folder(number)
        if self._files.entry(own) is None:
            raise damaged(own, "the newest version is missing")
        read = self._own_inventory(own, number)
        if read is None or read[1] != text:
            self._put(inventory, text, own)
            found.append(Mended("copy", number))

    def _take_back(self, number: int) -> None:
        """Move a version's folder out of the object, then remove it.

        Into the holder's own folder: somebody who has lost the lock takes nothing back any more.
        """
        own = self._folder / layout.version_folder(number)
        if isinstance(self._files, ObjectFiles):
            take_back(self._files, self._held, own)
            return
        target = self._held.staging / f"taken-back-{number}"
        self._files.move_in(own, target)
        self._files.sync(self._folder)
        with contextlib.suppress(OSError):  # whoever comes next removes it
            self._files.remove_tree(target)


def _above(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]
