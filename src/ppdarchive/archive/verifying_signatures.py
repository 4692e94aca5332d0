"""The signatures of an object's versions -> a verdict on each, and what is to be said of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ppdarchive.archive.opening import OpenedObject, StoredRelease
from ppdarchive.archive.verifying_findings import ArchiveFinding, Severity, finding
from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.files import told
from ppdarchive.store.minisign import Signature, parse_signature
from ppdarchive.store.reading import version_inventory
from ppdarchive.store.records import Tombstone
from ppdarchive.store.signature import FOLDER, Verdict, best, verify
from ppdarchive.store.trust import MAX_SET_BYTES, KeySet, parse_key_set

_MAX_BYTES: Final = 1 << 16
_MAX_SIGNATURES: Final = 1000
_SUFFIX: Final = ".minisig"


@dataclass(frozen=True, slots=True)
class Signed:
    """What the signatures of a version come to.

    Attributes
    ----------
    verdict : Verdict
        The best.
    keys : tuple of str
        The names of the keys that signatures name, whoever made them.
    n_unreadable : int
        Files among them that are no signatures.
    void_by : Tombstone or None
        The last removal that made a signature of it void.
    void_keys : tuple of str
        Whose.
    """

    verdict: Verdict
    keys: tuple[str, ...] = ()
    n_unreadable: int = 0
    void_by: Tombstone | None = None
    void_keys: tuple[str, ...] = ()

    @property
    def is_void(self) -> bool:
        """Whether it was signed, a removal made that void, and nobody signed it since."""
        return self.verdict.kind == "unsigned" and self.void_by is not None


def read_trusted(path: Path) -> KeySet:
    """The keys that a reader trusts, from a file of hers.

    Raises
    ------
    StoreError
        ``store.not-readable``, ``store.signature-format``.
    """
    with told(path, "store.not-readable"), path.open("rb") as file:
        content = file.read(MAX_SET_BYTES + 1)
    return parse_key_set(content, name=str(path))


def signed(
    opened: OpenedObject, number: int, keys: KeySet, *, tombstones: Sequence[Tombstone] = ()
) -> Signed:
    """Find out what the signatures of a version are worth.

    Raises
    ------
    StoreError
        ``store.damaged``, ``store.not-readable`` if there is no inventory in the version's folder.
    """
    version = layout.version_folder(number)
    inventory = version_inventory(opened.head, number, files=opened.files)
    found, n_unreadable = _signatures(opened, version)
    verdicts = [verify(inventory, each, keys, object_id=opened.id, version=version) for each in found]
    void = [each for each in tombstones if number in each.void]
    return Signed(
        best(verdicts),
        tuple(each.key for each in verdicts if each.key is not None),
        n_unreadable,
        void[-1] if void else None,
        void[-1].void[number] if void else (),
    )


def _signatures(opened: OpenedObject, version: str) -> tuple[list[Signature], int]:
    """The signatures of a version, and how many files are none."""
    files, folder = opened.files, opened.head.folder
    place = folder / FOLDER / version
    result: list[Signature] = []
    n_unreadable = 0
    with told(place, "store.not-readable"):
        for part in (folder / "extensions", folder / "extensions/ppdarchive", folder / FOLDER, place):
            entry = files.entry(part)
            if entry is None:
                return [], 0
            if entry.kind != "folder":
                return [], 1
        entries = files.entries(place)
        for entry in entries[:_MAX_SIGNATURES]:
            read: Signature | None = None
            if entry.kind == "file" and entry.name.endswith(_SUFFIX):
                with contextlib.suppress(StoreError):
                    read = parse_signature(files.read(place / entry.name, _MAX_BYTES), name=entry.name)
            if read is None:
                n_unreadable += 1
            else:
                result.append(read)
    return result, n_unreadable


def signature_findings(
    opened: OpenedObject, release: StoredRelease, found: Signed, *, is_trust_given: bool
) -> Iterator[ArchiveFinding]:
    """What is to be said of a version's signatures.

    Who says whom to trust wants every release signed by them: one that is not is an error then, also where
    a tombstone says why, since whoever can change an archive can write tombstones too.
    """
    severity: Severity | None = "error" if is_trust_given else None
    told_of: list[ArchiveFinding] = []
    if found.n_unreadable:
        place = f"{FOLDER}/{layout.version_folder(release.number)}"
        told_of.append(finding("signature.unreadable", path=place))
    kind, key = found.verdict.kind, found.verdict.key or ""
    if found.is_void and found.void_by is not None:
        names = ", ".join(found.void_keys)
        told_of.append(finding("signature.void", severity=severity, n=found.void_by.number, key=names))
    elif kind == "unsigned":
        told_of.append(finding("signature.unsigned", severity=severity))
    elif kind == "unknown-key" and not is_trust_given:
        told_of.append(finding("signature.untrusted", key=", ".join(found.keys)))
    elif kind != "good":
        told_of.append(finding(f"signature.{kind}", key=key))
    return (each.of(opened.id, release.name) for each in told_of)
