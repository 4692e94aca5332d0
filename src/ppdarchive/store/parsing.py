"""An inventory read back from its text, with every rule of the standard that its place here needs; pure.

What is wrong with somebody else's document is for `check` to say.

References
----------
Oxford Common File Layout 1.1, section 3.5, "Inventory", https://ocfl.io/1.1/spec/#inventory
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from ppdarchive.errors import StoreError
from ppdarchive.store.inventory import ALGORITHM, CONTENT, TYPE, Inventory, User, Version, check_words
from ppdarchive.store.soundness import DIGEST, KnownPaths, Wrong, check_text

MAX_BYTES: Final = 256 * 2**20
"""Of an inventory. Five hundred versions of a hundred files take 35 million bytes."""

_BEFORE_PATHS: Final = f"/{CONTENT}/"
_SIDECAR: Final = re.compile(r"([0-9A-Fa-f]{128})[ \t]+inventory\.json\s*")
_KEYS: Final = frozenset({"id", "type", "digestAlgorithm", "head", "manifest", "versions"})
_VERSION_KEYS: Final = frozenset({"created", "state"})


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
    except Wrong as wrong:
        pointer, reason = wrong.pointer, wrong.reason
    raise StoreError("store.inventory", path=name, pointer=pointer or None, reason=reason)


def _document(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise Wrong(f"over {MAX_BYTES} bytes")
    reason = ""
    try:
        document = json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError:
        reason = "not UTF-8"
    except RecursionError:
        reason = "nested too deeply"
    except json.JSONDecodeError as error:
        reason = f"not JSON from line {error.lineno}"
    except Wrong:
        raise
    except ValueError:  # a number of thousands of digits
        reason = "not JSON"
    if reason:
        raise Wrong(reason)
    if not isinstance(document, dict):
        raise Wrong("an object expected")
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise Wrong("a key stands there twice")
    return result


def _no_constant(_: str) -> None:
    raise Wrong("not JSON")


def _inventory(document: dict[str, Any]) -> Inventory:
    _check_keys(document, _KEYS, frozenset({"contentDirectory"}), "")
    object_id = check_text(document["id"], "/id")
    for key, expected in (("type", TYPE), ("digestAlgorithm", ALGORITHM), ("contentDirectory", CONTENT)):
        if document.get(key, expected) != expected:
            raise Wrong(f"{expected} expected", f"/{key}")
    found = document["versions"]
    if not isinstance(found, dict) or not found:
        raise Wrong("an object of versions expected", "/versions")
    names = [f"v{number}" for number in range(1, len(found) + 1)]
    if found.keys() != set(names):
        raise Wrong("versions v1, v2, v3 and so on expected", "/versions")
    if document["head"] != names[-1]:
        raise Wrong("the newest version expected", "/head")
    known = KnownPaths()
    manifest = _manifest(document["manifest"], found.keys(), known)
    versions = tuple(_version(found[name], manifest, known, f"/versions/{name}") for name in names)
    used = set().union(*(version.state.values() for version in versions))
    if len(used) < len(manifest):
        raise Wrong("a digest that no version has", "/manifest")
    return Inventory(object_id, versions, manifest)


def _check_keys(found: Any, needed: frozenset[str], more: frozenset[str], pointer: str) -> None:
    if not isinstance(found, dict):
        raise Wrong("an object expected", pointer)
    for key in sorted(needed - found.keys()):
        raise Wrong(f"{key} is missing", pointer)
    if found.keys() - needed - more:
        raise Wrong("a key that no inventory here has", pointer)


def _manifest(found: Any, names: Collection[str], known: KnownPaths) -> dict[str, tuple[str, ...]]:
    if not isinstance(found, dict):
        raise Wrong("an object expected", "/manifest")
    lists = {key.lower(): paths for key, paths in found.items()}
    if len(lists) < len(found) or not all(map(DIGEST.fullmatch, found)):
        raise Wrong("no SHA-512 in hexadecimal digits, or one that stands there twice", "/manifest")
    _check_lists(lists, "/manifest")
    by_version: dict[str, list[str]] = {name: [] for name in names}
    for path in itertools.chain.from_iterable(lists.values()):
        name, folder, inside = path.partition(_BEFORE_PATHS)
        if not folder or name not in by_version:
            digest = next(digest for digest, paths in lists.items() if path in paths)
            raise Wrong("no path of a version's content", f"/manifest/{digest}")
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
            raise Wrong("a list of paths expected", f"{pointer}/{digest}")


def _version(found: Any, manifest: Mapping[str, object], known: KnownPaths, pointer: str) -> Version:
    _check_keys(found, _VERSION_KEYS, frozenset({"message", "user"}), pointer)
    for key in ("created", "message"):
        if not isinstance(found.get(key, ""), str):
            raise Wrong("text expected", f"{pointer}/{key}")
    user = None
    if "user" in found:
        _check_keys(found["user"], frozenset({"name"}), frozenset({"address"}), f"{pointer}/user")
        for key in found["user"]:
            check_text(found["user"][key], f"{pointer}/user/{key}")
        user = User(found["user"]["name"], found["user"].get("address"))
    state = _state(found["state"], manifest, f"{pointer}/state")
    version = Version(found["created"], state, found.get("message"), user)
    check_words(version, pointer)
    known.check(state, f"{pointer}/state")
    return version


def _state(found: Any, manifest: Mapping[str, object], pointer: str) -> dict[str, str]:
    if not isinstance(found, dict) or not found:
        raise Wrong("an object with at least one file expected", pointer)
    lists = found
    if not lists.keys() <= manifest.keys():
        lists = {key.lower(): paths for key, paths in found.items()}
    if not lists.keys() <= manifest.keys():
        raise Wrong("a digest that the manifest has not", pointer)
    _check_lists(lists, pointer)
    pairs = sorted((path, digest) for digest, paths in lists.items() for path in paths)
    state = dict(pairs)
    if len(state) < len(pairs) or len(lists) < len(found):
        raise Wrong("a path or a digest that stands there twice", pointer)
    return state


def parse_sidecar(data: bytes) -> str | None:
    """The digest that a sidecar states, in lower case; None if it states none."""
    match = _SIDECAR.fullmatch(data.decode("ascii", errors="replace"))
    return match[1].lower() if match else None
