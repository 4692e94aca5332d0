"""Signatures of an archive's versions: made and put beside them, read and judged by a reader's keys.

What is signed is the inventory of a version as it lies in the version's folder. It holds the digest of every
file of this version and all before it, so that a signature of the newest version is one of the whole object.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from ppdarchive.archive.opening import LATEST, Where, open_object
from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.files import Files, make_folders, write_file
from ppdarchive.store.inventory import NAME
from ppdarchive.store.lock import PATIENCE_SECONDS, hold
from ppdarchive.store.minisign import (
    SecretKey,
    key_name,
    signature_text,
)
from ppdarchive.store.parsing import parse_inventory
from ppdarchive.store.reading import Head, damaged, has_folder, head, is_being_rewritten, version_inventory
from ppdarchive.store.signature import sign, signature_path

_SUFFIX: Final = ".minisig"


def sign_release(
    archive: Where,
    key: SecretKey,
    *,
    version: str = LATEST,
    study: str | None = None,
    audience: str | None = None,
    signer: str | None = None,
    on: date | None = None,
    patience: float = PATIENCE_SECONDS,
) -> tuple[str, int]:
    """Sign a release that is in an archive, again if this key has signed it before.

    Parameters
    ----------
    archive : str or path
    key : SecretKey
    version : str
        ``latest``, ``1.2.0`` or ``v3``.
    study, audience : str, optional
        Needed where the archive has several objects.
    signer : str, optional
        Who signs, which everybody can read; printable ASCII.
    on : date, optional
        When, which everybody can read.

    Returns
    -------
    str
        What the release is called.
    int
        Its number in the archive.

    Raises
    ------
    ArchiveError
        As `open_object` and `OpenedObject.release`.
    StoreError
        As `sign_version`.
    """
    opened = open_object(archive, study=study, audience=audience)
    release = opened.release(version)
    sign_version(
        *(opened.files, opened.root, opened.id, release.number, key),
        signer=signer,
        on=on,
        patience=patience,
    )
    return release.name, release.number


def sign_version(
    files: Files,
    root: Path,
    object_id: str,
    number: int,
    key: SecretKey,
    *,
    signer: str | None = None,
    on: date | None = None,
    patience: float = PATIENCE_SECONDS,
) -> str:
    """Put a key's signature beside a version of an object, in the place of an earlier one of that key.

    Nobody publishes or purges meanwhile; a crash leaves the earlier signature or the new one.

    Returns
    -------
    str
        The key's name.

    Raises
    ------
    StoreError
        ``store.no-such-version``, ``store.damaged``; ``store.signature-comment`` if `signer` is no printable
        ASCII; ``store.unfinished`` while the object is being rewritten; ``store.locked``,
        ``store.lock-lost``, ``store.not-writable``; what `head` raises.
    """
    head(root, object_id, files=files)  # before a lock is made where there is nothing
    with hold(files, root, object_id, patience=patience) as held:
        if is_being_rewritten(files, root, object_id):
            raise StoreError("store.unfinished", path=str(root / object_id))
        found = head(root, object_id, files=files)
        signature = sign(
            _inventory(files, found, number),
            key,
            object_id=object_id,
            version=layout.version_folder(number),
            date=on.isoformat() if on is not None else None,
            signer=signer,
        )
        inside = signature_path(layout.version_folder(number), key.key_id)
        has_folder(found, inside.rpartition("/")[0], files=files)  # which is no link to elsewhere
        place = found.folder / inside
        staged = held.staging / place.name
        make_folders(files, place.parent)
        write_file(files, staged, signature_text(signature).encode(), _seconds(found, number))
        held.check()
        files.rename(staged, place)
        files.sync(place.parent)
    return key_name(key.key_id)


def _seconds(found: Head, number: int) -> int:
    """The time that the version's own files have."""
    created = found.inventory.versions[number - 1].created.upper().replace(":60", ":59")
    moment = datetime.fromisoformat(created)
    return int((moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp())


def _inventory(files: Files, found: Head, number: int) -> bytes:
    """The inventory of a version as it lies in its folder, if it tells what the object's own does.

    Whoever changed one of the two gets no signature for it.
    """
    place = found.folder / layout.version_folder(number) / NAME
    text = version_inventory(found, number, files=files)
    own = parse_inventory(text, name=str(place))
    if own.head != number or not found.inventory.extends(own):
        raise damaged(place, "it does not agree with the object's inventory")
    return text
