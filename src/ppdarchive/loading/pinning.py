"""The lock file of a study that uses releases: which archive, which release, and the digest it had.

It is written by ``ppdarchive pin``, read by ``load(..., lock=...)``, and kept beside the study that uses
the data, under version control. The digest is that of the version's own inventory, which stays the same
while newer versions are published, and changes when a purge removes something from this version or an
earlier one. How many tombstones there were tells such a removal from tampering.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from ppdarchive.errors import LoadError
from ppdarchive.loading.choosing import LATEST, Candidate, fits
from ppdarchive.loading.lockfile import LOCK, Pin, read_lock, write_lock
from ppdarchive.loading.opening import (
    Opened,
    Place,
    find_release,
    found_object,
    found_place,
    open_release,
    warn,
    with_object,
)
from ppdarchive.loading.release import Release
from ppdarchive.store import layout
from ppdarchive.store.files import LOCAL
from ppdarchive.store.inventory import NAME
from ppdarchive.store.parsing import parse_inventory
from ppdarchive.store.places import place_of
from ppdarchive.store.reading import Head, version_inventory
from ppdarchive.store.records import Tombstone


def pin(
    where: str | os.PathLike[str],
    version: str = LATEST,
    *,
    study: str | None = None,
    audience: str | None = None,
    lock: str | os.PathLike[str] = LOCK,
) -> Pin:
    """Pin a release in a lock file, in the place of an earlier pin of the same archive and object.

    Parameters
    ----------
    where, version, study, audience
        As `ppdarchive.load` takes them; the release is loaded and so verified.
    lock : path-like
        The lock file; made if there is none.

    Returns
    -------
    Pin

    Warns
    -----
    ReleaseWarning
        As `ppdarchive.load` does.

    Raises
    ------
    LoadError, StoreError
        What `ppdarchive.load` raises; ``load.lock`` if the lock file is none.
    WriteError
        ``write.not-writable``
    """
    path = Path(lock)
    kept = read_lock(path) if path.exists() else ()
    files, folder = place_of(where)
    place = found_place(files, folder)
    if not place.is_archive:
        raise LoadError("load.no-archive", path=str(folder))

    def pinned(opened: Opened) -> tuple[Pin, Opened, Candidate]:
        candidate = find_release(opened, version)
        open_release(opened, candidate)
        made = Pin(
            archive=_stated(place, path.parent),
            object_id=opened.id,
            version=candidate.version,
            number=candidate.number,
            inventory=f"sha512:{hashlib.sha512(_inventory(opened, candidate.number)).hexdigest()}",
            tombstones=len(_removals(opened, candidate.number)),
        )
        return made, opened, candidate

    made, opened, candidate = with_object(place, found_object(place, study, audience), pinned)
    others = [each for each in kept if (each.archive, each.object_id) != (made.archive, made.object_id)]
    write_lock(path, [*others, made])
    warn(opened, candidate, is_latest=version == LATEST, stacklevel=2)
    return made


def _stated(place: Place, folder: Path) -> str:
    """An archive as a lock file in `folder` names it."""
    if place.files is not LOCAL:
        return place.shown
    found, base = place.folder.resolve(), folder.resolve()
    if found.drive != base.drive:
        return found.as_posix()
    return Path(os.path.relpath(found, base)).as_posix()


def _inventory(opened: Opened, number: int) -> bytes:
    """The inventory in a version's own folder, as it was when this version was the newest."""
    return version_inventory(opened.head, number, files=opened.place.files)


def _removals(opened: Opened, number: int) -> list[Tombstone]:
    """The tombstones of removals that changed a version's inventory: from it, or from an earlier one."""
    return [each for each in opened.tombstones if each.versions[0] <= number]


# -- loading what is pinned ----------------------------------------------------------------------------


def chosen_pin(
    pins: Sequence[Pin], place: Place, folder: Path, *, study: str | None, audience: str | None, name: str
) -> Pin:
    """The pin of an archive: by its place, or, where that is elsewhere on this machine, by its object.

    Whatever is loaded is held against the pinned digest, so a place that moved can do no harm.

    Parameters
    ----------
    pins : sequence of Pin
    place : Place
        What is to be loaded.
    folder : Path
        The lock file's.
    study, audience : str, optional
    name : str
        The lock file, for messages.

    Raises
    ------
    LoadError
        ``load.not-pinned``, ``load.several-objects``.
    """
    fitting = [
        pin
        for pin in pins
        if place.object_id in (None, pin.object_id)
        and study in (None, layout.parts(pin.object_id)[0])
        and audience in (None, layout.parts(pin.object_id)[1])
    ]
    stated = _stated(place, folder)
    here = [pin for pin in fitting if pin.archive == stated] or fitting
    if len({pin.object_id for pin in here}) > 1:
        choices = ", ".join(sorted({pin.object_id for pin in here}))
        raise LoadError("load.several-objects", path=name, choices=choices)
    if len(here) != 1:
        raise LoadError("load.not-pinned", path=name, name=place.shown)
    return here[0]


def open_pinned(opened: Opened, pin: Pin, wanted: str) -> tuple[Release, Candidate]:
    """The release that is pinned, by the inventory that is pinned.

    Raises
    ------
    LoadError
        ``load.other-pin`` if `wanted` is another release; ``load.purged``, ``load.tampered`` if the
        archive no longer has what was pinned; what `open_release` raises.
    """
    if wanted != layout.version_folder(pin.number) and not fits(pin.version, wanted, path=opened.shown):
        raise LoadError("load.other-pin", path=opened.shown, found=pin.name, name=wanted)
    text = b""
    if pin.number <= opened.head.number:
        text = _inventory(opened, pin.number)
    if f"sha512:{hashlib.sha512(text).hexdigest()}" != pin.inventory:
        newer = _removals(opened, pin.number)[pin.tombstones :]
        if newer:
            reason = "; ".join(map(_told, newer))
            raise LoadError("load.purged", path=opened.shown, found=pin.name, reason=reason)
        raise LoadError("load.tampered", path=opened.shown, found=pin.name)
    folder = opened.head.folder
    inventory = parse_inventory(text, name=str(folder / layout.version_folder(pin.number) / NAME))
    if (inventory.id, inventory.head) != (pin.object_id, pin.number):
        raise LoadError("load.tampered", path=opened.shown, found=pin.name)
    candidate = Candidate(pin.number, pin.version)
    return open_release(opened, candidate, source=Head(folder, inventory, text, is_settled=True)), candidate


_KINDS: Final[Mapping[str, str]] = {
    "participant": "a participant",
    "response": "an answer",
    "spans": "words of answers",
}
_GROUNDS: Final[Mapping[str, str]] = {
    "withdrawal": "the participant withdrew",
    "leak": "they could identify somebody",
    "law": "the law demands it",
}


def _told(tombstone: Tombstone) -> str:
    return f"{_KINDS[tombstone.kind]}, on {tombstone.on.isoformat()}, since {_GROUNDS[tombstone.ground]}"
