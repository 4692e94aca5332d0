"""The inventory of an archive: which versions there are, what each holds, and where its bytes lie.

An inventory is a value: one is computed from the last one and the files of the next version, and written
as text that the same value always gives. `parsing` reads it back.

References
----------
Oxford Common File Layout 1.1, section 3.5, "Inventory", https://ocfl.io/1.1/spec/#inventory
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from ppdarchive.errors import StoreError
from ppdarchive.store.soundness import DIGEST, SURROGATE, KnownPaths, Wrong, check_text, is_time

NAME: Final = "inventory.json"
SIDECAR: Final = "inventory.json.sha512"
CONTENT: Final = "content"
TYPE: Final = "https://ocfl.io/1.1/spec/#inventory"
ALGORITHM: Final = "sha512"


@dataclass(frozen=True, slots=True)
class User:
    """Who made a version: a name of any kind, and an address that is a URI."""

    name: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One version: when it was made, what for, by whom, and the digest of each of its files.

    `created` is a time as RFC 3339 writes it; `state` goes from logical path to lower-case SHA-512.
    """

    created: str
    state: Mapping[str, str]
    message: str | None = None
    user: User | None = None


@dataclass(frozen=True, slots=True)
class Inventory:
    """All versions of one object, the first first, and where the bytes of every digest lie.

    `manifest` goes from lower-case SHA-512 to content paths such as ``v2/content/data/codes.parquet``,
    sorted; several, where the same bytes are stored in several versions.
    """

    id: str
    versions: tuple[Version, ...]
    manifest: Mapping[str, tuple[str, ...]]

    @property
    def head(self) -> int:
        """The number of the newest version."""
        return len(self.versions)

    @classmethod
    def first(
        cls,
        object_id: str,
        files: Mapping[str, str],
        *,
        created: str,
        message: str | None = None,
        user: User | None = None,
        dedupe: bool = False,
    ) -> Self:
        """The inventory of an object with one version; see `next`."""
        empty = cls(object_id, (), {})
        return empty.next(files, created=created, message=message, user=user, dedupe=dedupe)

    def next(
        self,
        files: Mapping[str, str],
        *,
        created: str,
        message: str | None = None,
        user: User | None = None,
        dedupe: bool = False,
    ) -> Self:
        """The inventory with one more version.

        Parameters
        ----------
        files : mapping of str to str
            The SHA-512 of each file of the new version by its logical path; at least one.
        created : str
            Time as RFC 3339 writes it; `timestamp` makes one.
        message : str, optional
        user : User, optional
        dedupe : bool
            Store only what no version holds yet. Otherwise every byte is stored again, so that
            the new version's content opens by itself: a digest may have several content paths.

        Raises
        ------
        StoreError
            ``store.inventory`` if a path, a digest, the time or a word could not be read back.
        """
        number = self.head + 1
        state = {path: digest.lower() for path, digest in sorted(files.items())}
        manifest = dict(self.manifest)
        for path, digest in state.items():
            if not (dedupe and digest in manifest):
                manifest[digest] = tuple(sorted((*manifest.get(digest, ()), f"v{number}/{CONTENT}/{path}")))
        version = Version(created, state, message, user)
        _check_version(version, f"/versions/v{number}")
        return type(self)(self.id, (*self.versions, version), manifest)

    def stored(self, number: int) -> dict[str, str]:
        """The digest of each file that lies in a version's folder, by its content path."""
        start = f"v{number}/"
        return {
            path: digest
            for digest, paths in self.manifest.items()
            for path in paths
            if path.startswith(start)
        }

    def content_paths(self, number: int) -> dict[str, str]:
        """Where the bytes of each logical path of a version lie, by content path.

        In the version's own folder if they are there, else in the first that has them.
        """
        result = {}
        for path, digest in self.versions[number - 1].state.items():
            own = f"v{number}/{CONTENT}/{path}"
            places = self.manifest[digest]
            result[path] = own if own in places else min(places, key=_by_version)
        return result

    def extends(self, earlier: Inventory) -> bool:
        """Whether this is `earlier` with versions added: same object, same versions, same bytes."""
        n = earlier.head
        return (
            self.id == earlier.id
            and self.versions[:n] == earlier.versions
            and all(set(paths) <= set(self.manifest.get(key, ())) for key, paths in earlier.manifest.items())
        )


def _by_version(content_path: str) -> tuple[int, str]:
    name, _, rest = content_path.partition("/")
    return int(name[1:]), rest


def timestamp(moment: datetime) -> str:
    """A moment as RFC 3339 writes it, in UTC and to the second.

    >>> timestamp(datetime(2026, 3, 1, 9, 30, tzinfo=UTC))
    '2026-03-01T09:30:00Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# -- as text -------------------------------------------------------------------------------------------


def inventory_text(inventory: Inventory) -> str:
    """The document ``inventory.json``; equal inventories give equal text."""
    document = {
        "id": inventory.id,
        "type": TYPE,
        "digestAlgorithm": ALGORITHM,
        "head": f"v{inventory.head}",
        "manifest": {digest: sorted(paths) for digest, paths in sorted(inventory.manifest.items())},
        "versions": {
            f"v{number}": _version_document(version)
            for number, version in enumerate(inventory.versions, start=1)
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _version_document(version: Version) -> dict[str, Any]:
    document: dict[str, Any] = {"created": version.created}
    if version.message is not None:
        document["message"] = version.message
    if version.user is not None:
        document["user"] = {"name": version.user.name}
        if version.user.address is not None:
            document["user"]["address"] = version.user.address
    state: dict[str, list[str]] = {}
    for path, digest in sorted(version.state.items()):
        state.setdefault(digest, []).append(path)
    return {**document, "state": dict(sorted(state.items()))}


def sidecar_text(digest: str) -> str:
    """The document ``inventory.json.sha512``, which ``sha512sum --check`` understands too."""
    return f"{digest}  {NAME}\n"


def _check_version(version: Version, pointer: str) -> None:
    """Refuse what could not be read back."""
    try:
        check_words(version, pointer)
        if not version.state:
            raise Wrong("at least one file expected", pointer)
        if not all(map(DIGEST.fullmatch, version.state.values())):
            raise Wrong("no SHA-512 in hexadecimal digits", pointer)
        return KnownPaths().check(version.state, f"{pointer}/state")
    except Wrong as wrong:
        where, reason = wrong.pointer, wrong.reason
    raise StoreError("store.inventory", pointer=where, reason=reason)


def check_words(version: Version, pointer: str) -> None:
    """Refuse a version whose time or words no inventory may hold: `Wrong`."""
    if not is_time(version.created):
        raise Wrong("a time with its zone expected", f"{pointer}/created")
    if version.message is not None and SURROGATE.search(version.message):
        raise Wrong("text expected", f"{pointer}/message")
    if version.user is not None:
        check_text(version.user.name, f"{pointer}/user/name")
        if version.user.address is not None:
            check_text(version.user.address, f"{pointer}/user/address")
