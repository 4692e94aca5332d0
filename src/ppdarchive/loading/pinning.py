"""The lock file of a study that uses releases: which archive, which release, and the digest it had.

It is written by ``ppdarchive pin``, read by ``load(..., lock=...)``, and kept beside the study that uses
the data, under version control. The digest is that of the version's own inventory, which stays the same
while newer versions are published, and changes when a purge removes something from this version or an
earlier one. How many tombstones there were tells such a removal from tampering.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from ppdarchive.errors import LoadError, WriteError
from ppdarchive.loading.choosing import LATEST, Candidate, fits, is_name
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

LOCK: Final = "ppdarchive.lock"
FORMAT: Final = 1
_MAX_LOCK_BYTES: Final = 2**20
_HEADER: Final = """\
# Written by `ppdarchive pin`. Keep it with the study that uses the data; do not edit it.
"""
_KEYS: Final = frozenset({"archive", "object", "version", "number", "inventory", "tombstones"})
_DIGEST: Final = re.compile("sha512:[0-9a-f]{128}")
_MAX_NUMBER: Final = 10**9


@dataclass(frozen=True, slots=True)
class Pin:
    """One release of one archive, to the byte.

    Attributes
    ----------
    archive : str
        ``s3://BUCKET/PREFIX``, or a folder's path from the lock file's folder, with forward slashes.
    object_id : str
    version : str or None
        Of the release.
    number : int
        Of the archive's version.
    inventory : str
        ``sha512:`` and the digest of that version's inventory.
    tombstones : int
        How many removals there had been from this version or an earlier one.
    """

    archive: str
    object_id: str
    version: str | None
    number: int
    inventory: str
    tombstones: int

    @property
    def name(self) -> str:
        """What the release is called."""
        return self.version or layout.version_folder(self.number)


# -- as text and back ----------------------------------------------------------------------------------


def lock_text(pins: Sequence[Pin]) -> str:
    """The lock file's text: equal pins give equal text, one line for each fact.

    >>> print(lock_text([Pin("../archive", "trial~public", "1.2.0", 3, "sha512:ab", 0)]), end="")
    # Written by `ppdarchive pin`. Keep it with the study that uses the data; do not edit it.
    format = 1
    <BLANKLINE>
    [[pin]]
    archive = "../archive"
    object = "trial~public"
    version = "1.2.0"
    number = 3
    inventory = "sha512:ab"
    tombstones = 0
    """
    blocks = [f"{_HEADER}format = {FORMAT}\n"]
    for pin in sorted(pins, key=lambda pin: (pin.object_id, pin.archive)):
        facts = {
            "archive": pin.archive,
            "object": pin.object_id,
            "version": pin.version,
            "number": pin.number,
            "inventory": pin.inventory,
            "tombstones": pin.tombstones,
        }
        lines = [f"{key} = {_written(value)}\n" for key, value in facts.items() if value is not None]
        blocks.append("".join(["[[pin]]\n", *lines]))
    return "\n".join(blocks)


def _written(value: str | int) -> str:
    """A value as TOML has it: as JSON does, but for halves of characters and for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


class _Wrong(ValueError):
    """What is wrong with a lock file."""


def parse_lock(data: bytes, *, name: str) -> tuple[Pin, ...]:
    """Understand a lock file.

    Raises
    ------
    LoadError
        ``load.lock``, and nothing else whatever the bytes are.
    """
    try:
        return tuple(_pins(data))
    except _Wrong as wrong:
        reason = str(wrong)
    raise LoadError("load.lock", path=name, reason=reason)


def _pins(data: bytes) -> list[Pin]:
    document = None
    if len(data) <= _MAX_LOCK_BYTES:
        try:
            document = tomllib.loads(data.decode())
        except (ValueError, RecursionError):
            document = None
    if document is None:
        raise _Wrong("not TOML in UTF-8")
    if document.keys() - {"format", "pin"} or not isinstance(document.get("pin", []), list):
        raise _Wrong("a key that no lock file has")
    if document.get("format") != FORMAT or isinstance(document["format"], bool):
        raise _Wrong(f"format = {FORMAT} expected")
    pins = [_pin(number, found) for number, found in enumerate(document.get("pin", []), start=1)]
    if len({(pin.archive, pin.object_id) for pin in pins}) < len(pins):
        raise _Wrong("two pins of one archive and object")
    return pins


def _pin(number: int, found: Any) -> Pin:
    if not isinstance(found, dict) or not (_KEYS - {"version"} <= found.keys() <= _KEYS):
        raise _Wrong(f"pin {number} lacks a key, or has one that no pin has")
    texts = [found[key] for key in ("archive", "object", "inventory")] + [found.get("version", "")]
    counts = [found["number"], found["tombstones"]]
    if not all(isinstance(text, str) for text in texts) or not all(type(count) is int for count in counts):
        raise _Wrong(f"pin {number} has a value of another type")
    archive, object_id, inventory, version = texts
    is_sound = (
        bool(archive)
        and "\0" not in archive
        and layout.is_object_id(object_id)
        and (version == "" or is_name(version))
        and _DIGEST.fullmatch(inventory)
        and 1 <= found["number"] < _MAX_NUMBER
        and 0 <= found["tombstones"] < _MAX_NUMBER
    )
    if not is_sound:
        raise _Wrong(f"pin {number} has a value that no pin has")
    return Pin(archive, object_id, version or None, found["number"], inventory, found["tombstones"])


def read_lock(path: Path) -> tuple[Pin, ...]:
    """The pins of a lock file: ``load.lock``, ``load.not-readable``."""
    reason, data = "", b""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_LOCK_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "unknown"
    if reason:
        raise LoadError("load.not-readable", path=str(path), reason=reason)
    return parse_lock(data, name=str(path))


# -- pinning -------------------------------------------------------------------------------------------


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
        raise LoadError("load.not-found", path=str(folder))

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
    if not _is_text(made.archive):
        raise LoadError("load.lock", path=str(path), reason="the archive's path is no text")
    others = [each for each in kept if (each.archive, each.object_id) != (made.archive, made.object_id)]
    _write(path, lock_text([*others, made]).encode())
    warn(opened, candidate, is_latest=version == LATEST, stacklevel=2)
    return made


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _stated(place: Place, folder: Path) -> str:
    """An archive as a lock file in `folder` names it."""
    if place.files is not LOCAL:
        return place.shown
    found, base = place.folder.resolve(), folder.resolve()
    if found.drive != base.drive:
        return found.as_posix()
    return PurePosixPath(Path(os.path.relpath(found, base)).as_posix()).as_posix()


def _inventory(opened: Opened, number: int) -> bytes:
    """The inventory in a version's own folder, as it was when this version was the newest."""
    return version_inventory(opened.head, number, files=opened.place.files)


def _removals(opened: Opened, number: int) -> list[Tombstone]:
    """The tombstones of removals that changed a version's inventory: from it, or from an earlier one."""
    return [each for each in opened.tombstones if each.versions[0] <= number]


def _write(path: Path, content: bytes) -> None:
    """Write a file in one step, so that a reader finds the old or the new one."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    reason = ""
    try:
        new.write_bytes(content)
        new.replace(path)
    except OSError as error:
        reason = error.strerror or "unknown"
        new.unlink(missing_ok=True)
    if reason:
        raise WriteError("write.not-writable", path=str(path), reason=reason)


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
