"""The inventory of an archive: which versions there are, what each holds, and where its bytes lie.

An inventory is a value: one is computed from the last one and the files of the next version, written
as text that the same value always gives, and read back with every rule of the standard that its
place in an archive of ours needs. What is wrong with somebody else's document is for `check` to say.

References
----------
Oxford Common File Layout 1.1, section 3.5, "Inventory", https://ocfl.io/1.1/spec/#inventory
"""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from ppdarchive.errors import StoreError

NAME: Final = "inventory.json"
SIDECAR: Final = "inventory.json.sha512"
CONTENT: Final = "content"
TYPE: Final = "https://ocfl.io/1.1/spec/#inventory"
ALGORITHM: Final = "sha512"
MAX_BYTES: Final = 256 * 2**20
"""Of an inventory. Five hundred versions of a hundred files take 35 million bytes."""

MAX_PATH_LENGTH: Final = 1000
"""Of a path inside a version, in characters. A path of a million folders would be a million paths."""

_ELEMENT: Final = r"(?!\.{1,2}(?:/|\Z))[^/\\:\x00-\x1f\x7f\ud800-\udfff]+"
_PATH: Final = re.compile(f"{_ELEMENT}(?:/{_ELEMENT})*")
_DIGEST: Final = re.compile("[0-9A-Fa-f]{128}")
_SIDECAR: Final = re.compile(r"([0-9A-Fa-f]{128})[ \t]+inventory\.json\s*")
_CREATED: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_BEFORE_PATHS: Final = f"/{CONTENT}/"
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_KEYS: Final = frozenset({"id", "type", "digestAlgorithm", "head", "manifest", "versions"})
_VERSION_KEYS: Final = frozenset({"created", "state"})


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


def folded(path: str) -> str:
    """A path as a file system sees it that knows neither case nor Unicode forms."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


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


def parse_sidecar(data: bytes) -> str | None:
    """The digest that a sidecar states, in lower case; None if it states none."""
    match = _SIDECAR.fullmatch(data.decode("ascii", errors="replace"))
    return match[1].lower() if match else None


# -- back from text ------------------------------------------------------------------------------------


def parse_inventory(data: bytes, *, name: str) -> Inventory:
    """Read an inventory, and hold every rule that makes it safe to follow its paths.

    Parameters
    ----------
    data : bytes
    name : str
        The file, as errors call it.

    Raises
    ------
    StoreError
        ``store.inventory`` with a JSON pointer, and nothing else whatever the bytes are.
    """
    try:
        return _inventory(_document(data))
    except _Wrong as wrong:
        pointer, reason = wrong.pointer, wrong.reason
    raise StoreError("store.inventory", path=name, pointer=pointer or None, reason=reason)


class _Wrong(ValueError):
    """What is wrong, and where; never a value of the document."""

    def __init__(self, reason: str, pointer: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.pointer = pointer


def _document(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise _Wrong(f"over {MAX_BYTES} bytes")
    reason = ""
    try:
        document = json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError:
        reason = "not UTF-8"
    except RecursionError:
        reason = "nested too deeply"
    except json.JSONDecodeError as error:
        reason = f"not JSON from line {error.lineno}"
    except _Wrong:
        raise
    except ValueError:  # a number of thousands of digits
        reason = "not JSON"
    if reason:
        raise _Wrong(reason)
    if not isinstance(document, dict):
        raise _Wrong("an object expected")
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise _Wrong("a key stands there twice")
    return result


def _no_constant(_: str) -> None:
    raise _Wrong("not JSON")


def _inventory(document: dict[str, Any]) -> Inventory:
    _check_keys(document, _KEYS, frozenset({"contentDirectory"}), "")
    object_id = _text(document["id"], "/id")
    for key, expected in (("type", TYPE), ("digestAlgorithm", ALGORITHM), ("contentDirectory", CONTENT)):
        if document.get(key, expected) != expected:
            raise _Wrong(f"{expected} expected", f"/{key}")
    found = document["versions"]
    if not isinstance(found, dict) or not found:
        raise _Wrong("an object of versions expected", "/versions")
    names = [f"v{number}" for number in range(1, len(found) + 1)]
    if found.keys() != set(names):
        raise _Wrong("versions v1, v2, v3 and so on expected", "/versions")
    if document["head"] != names[-1]:
        raise _Wrong("the newest version expected", "/head")
    known = _KnownPaths()
    manifest = _manifest(document["manifest"], found.keys(), known)
    versions = tuple(_version(found[name], manifest, known, f"/versions/{name}") for name in names)
    used = set().union(*(version.state.values() for version in versions))
    if len(used) < len(manifest):
        raise _Wrong("a digest that no version has", "/manifest")
    return Inventory(object_id, versions, manifest)


class _KnownPaths:
    """Paths inside a version that were looked at already: most versions hold the same."""

    def __init__(self) -> None:
        self._together: set[tuple[str, ...]] = set()

    def check(self, paths: Iterable[str], pointer: str) -> None:
        """Refuse paths that lead out of their folder, or that some file system takes for one."""
        together = tuple(sorted(paths))
        if together not in self._together:
            if (
                not all(map(_PATH.fullmatch, together))
                or max(map(len, together), default=0) > MAX_PATH_LENGTH
            ):
                raise _Wrong("no path inside a version", pointer)
            _check_apart(together, pointer)
            self._together.add(together)


def _check_keys(found: Any, needed: frozenset[str], more: frozenset[str], pointer: str) -> None:
    if not isinstance(found, dict):
        raise _Wrong("an object expected", pointer)
    for key in sorted(needed - found.keys()):
        raise _Wrong(f"{key} is missing", pointer)
    if found.keys() - needed - more:
        raise _Wrong("a key that no inventory here has", pointer)


def _text(value: Any, pointer: str) -> str:
    if not isinstance(value, str) or not value or _SURROGATE.search(value):
        raise _Wrong("text expected", pointer)
    return value


def _manifest(found: Any, names: Collection[str], known: _KnownPaths) -> dict[str, tuple[str, ...]]:
    if not isinstance(found, dict):
        raise _Wrong("an object expected", "/manifest")
    lists = {key.lower(): paths for key, paths in found.items()}
    if len(lists) < len(found) or not all(map(_DIGEST.fullmatch, found)):
        raise _Wrong("no SHA-512 in hexadecimal digits, or one that stands there twice", "/manifest")
    _check_lists(lists, "/manifest")
    by_version: dict[str, list[str]] = {name: [] for name in names}
    for path in itertools.chain.from_iterable(lists.values()):
        name, folder, inside = path.partition(_BEFORE_PATHS)
        if not folder or name not in by_version:
            digest = next(digest for digest, paths in lists.items() if path in paths)
            raise _Wrong("no path of a version's content", f"/manifest/{digest}")
        by_version[name].append(inside)
    for together in by_version.values():
        known.check(together, "/manifest")
    return {
        digest: tuple(sorted(paths)) if len(paths) > 1 else (paths[0],) for digest, paths in lists.items()
    }


def _check_lists(found: dict[str, Any], pointer: str) -> None:
    """Refuse what is not a list of texts by digest, or an empty one."""
    # All at once, since there are tens of thousands; which it is matters only if there is one.
    is_listed = set(map(type, found.values())) <= {list} and all(found.values())
    if is_listed and set(map(type, itertools.chain.from_iterable(found.values()))) <= {str}:
        return
    for digest, paths in found.items():
        if not isinstance(paths, list) or set(map(type, paths)) != {str}:
            raise _Wrong("a list of paths expected", f"{pointer}/{digest}")


def _version(found: Any, manifest: Mapping[str, object], known: _KnownPaths, pointer: str) -> Version:
    _check_keys(found, _VERSION_KEYS, frozenset({"message", "user"}), pointer)
    for key in ("created", "message"):
        if not isinstance(found.get(key, ""), str):
            raise _Wrong("text expected", f"{pointer}/{key}")
    user = None
    if "user" in found:
        _check_keys(found["user"], frozenset({"name"}), frozenset({"address"}), f"{pointer}/user")
        for key in found["user"]:
            _text(found["user"][key], f"{pointer}/user/{key}")
        user = User(found["user"]["name"], found["user"].get("address"))
    state = _state(found["state"], manifest, f"{pointer}/state")
    version = Version(found["created"], state, found.get("message"), user)
    _check_words(version, pointer)
    known.check(state, f"{pointer}/state")
    return version


def _state(found: Any, manifest: Mapping[str, object], pointer: str) -> dict[str, str]:
    if not isinstance(found, dict) or not found:
        raise _Wrong("an object with at least one file expected", pointer)
    lists = found
    if not lists.keys() <= manifest.keys():
        lists = {key.lower(): paths for key, paths in found.items()}
    if not lists.keys() <= manifest.keys():
        raise _Wrong("a digest that the manifest has not", pointer)
    _check_lists(lists, pointer)
    pairs = sorted((path, digest) for digest, paths in lists.items() for path in paths)
    state = dict(pairs)
    if len(state) < len(pairs) or len(lists) < len(found):
        raise _Wrong("a path or a digest that stands there twice", pointer)
    return state


def check_paths(paths: Iterable[str], *, name: str) -> None:
    """Refuse logical paths that no inventory here may hold.

    Raises
    ------
    StoreError
        ``store.path`` if one leads out of its folder, is no text, or is another's twin or folder.
    """
    try:
        return _KnownPaths().check(paths, "")
    except _Wrong as wrong:
        reason = wrong.reason
    raise StoreError("store.path", path=name, reason=reason)


def _check_version(version: Version, pointer: str) -> None:
    """Refuse what could not be read back."""
    try:
        _check_words(version, pointer)
        if not version.state:
            raise _Wrong("at least one file expected", pointer)
        if not all(map(_DIGEST.fullmatch, version.state.values())):
            raise _Wrong("no SHA-512 in hexadecimal digits", pointer)
        return _KnownPaths().check(version.state, f"{pointer}/state")
    except _Wrong as wrong:
        where, reason = wrong.pointer, wrong.reason
    raise StoreError("store.inventory", pointer=where, reason=reason)


def _check_words(version: Version, pointer: str) -> None:
    if not _is_time(version.created):
        raise _Wrong("a time with its zone expected", f"{pointer}/created")
    if version.message is not None and _SURROGATE.search(version.message):
        raise _Wrong("text expected", f"{pointer}/message")
    if version.user is not None:
        _text(version.user.name, f"{pointer}/user/name")
        if version.user.address is not None:
            _text(version.user.address, f"{pointer}/user/address")


def _is_time(text: str) -> bool:
    if _CREATED.fullmatch(text) is None:
        return False
    try:
        # A leap second is a time too; datetime knows none.
        datetime.fromisoformat(re.sub(r"(?<=:)60(?=[Zz.+-])", "59", text.upper()))
    except ValueError:
        return False
    return True


def _check_apart(paths: Iterable[str], pointer: str) -> None:
    """No path is another's folder, or the same to a file system that knows no case."""
    names = [folded(path) for path in paths]
    taken = set(names)
    if len(taken) < len(names):
        raise _Wrong("two paths are one where case does not count", pointer)
    folders = {name.rpartition("/")[0] for name in names}
    while folders:
        if not folders.isdisjoint(taken):
            raise _Wrong("a file and a folder of the same path", pointer)
        folders = {name.rpartition("/")[0] for name in folders if "/" in name}
