"""What is wrong with an inventory by itself: from its document to problems, whatever the document is.

References
----------
OCFL 1.1, 3.5 Inventory, https://ocfl.io/1.1/spec/#inventory
RFC 3339, Date and Time on the Internet, 5.6
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from ppdarchive.store.outline import HEX_LENGTHS, SPECS, Outline
from ppdarchive.store.paths import flaw, is_name, n_conflicts, n_twins
from ppdarchive.store.problems import Problem, problem

_KEYS: Final = frozenset(
    {"id", "type", "digestAlgorithm", "head", "contentDirectory", "manifest", "versions", "fixity"}
)
_VERSION_KEYS: Final = frozenset({"created", "state", "message", "user"})
_USER_KEYS: Final = frozenset({"name", "address"})
_TYPES: Final = {f"https://ocfl.io/{spec}/spec/#inventory": spec for spec in SPECS}
_ALGORITHMS: Final = ("sha512", "sha256")
_VERSION: Final = re.compile(r"v[0-9]{1,18}")
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+", re.DOTALL)
_TIME: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_HEX: Final = re.compile(r"[0-9A-Fa-f]*")
_FORM_CASES: Final = {
    "sha1": "E029.form",
    "sha256": "E030.form",
    "sha512": "E031.form",
    "blake2b-512": "E032.form",
}

_CONTENT_CASES: Final = {
    "form": "E098.form",
    "slash": "E100.slash",
    "element": "E099.element",
    "name": "P003.name",
}
_LOGICAL_CASES: Final = {
    "form": "E051.form",
    "slash": "E053.slash",
    "element": "E052.element",
    "name": "P003.name",
}
_NO_BLOCK: Final[Mapping[str, Any]] = MappingProxyType({})
"""Stands for a version that is described by something else than an object."""

_Tell = Callable[..., None]


def check_inventory(
    document: Mapping[str, Any], path: str, *, known: Outline | None = None
) -> tuple[Outline, list[Problem]]:
    """Check an inventory document by itself.

    Parameters
    ----------
    document : mapping
        As JSON gives it, of any shape.
    path : str
        Of the inventory, inside the object; problems name it.
    known : Outline, optional
        Of the object's inventory when this is an earlier one: what both have alike is not checked, and not
        told, again, so that five hundred inventories cost little more than being read.

    Returns
    -------
    Outline
        What of it can be relied on.
    list of Problem
    """
    found: list[Problem] = []

    def tell(case: str, part: str = "", **facts: str | int) -> None:
        found.append(problem(case, path, part, **facts))

    _unknown_keys(document, _KEYS, "", tell)
    id_, spec = _id(document, tell), _spec(document, tell)
    algorithm = _algorithm(document, tell)
    content, sets_content = _content_folder(document, tell)
    blocks = _blocks(document, tell)
    head = _head(document, tuple(blocks), tell)
    checked = known.manifest if known is not None and known.content == content else {}
    manifest, keys = _manifest(document, algorithm, _Place(content, blocks), checked, tell)
    alike = known if known is not None and known.algorithm == algorithm else Outline()
    states: dict[str, Mapping[str, str]] = {}
    for version, block in blocks.items():
        state: Mapping[str, str] | None = _known_state(alike, version, block, keys)
        if state is None:
            state = _version(block, f"versions/{version}", algorithm, keys, tell)
        if state is not None:
            states[version] = state
    if keys is not None and len(states) == len(blocks) and blocks:
        used = {digest for state in states.values() for digest in state.values()}
        for key in keys:
            if key.lower() not in used:
                tell("E107.unused", f"manifest/{_short(key)}")
    fixity = _fixity(document, spec, _Place(content, ()), manifest if keys is not None else None, tell)
    listed = document.get("manifest")
    has_all_files = isinstance(listed, dict) and all(isinstance(paths, list) for paths in listed.values())
    outline = Outline(
        id_, spec, algorithm, head, content, sets_content,
        tuple(blocks), blocks, states, manifest, has_all_files, fixity,
    )  # fmt: skip
    return outline, found


def _unknown_keys(block: Mapping[str, Any], known: frozenset[str], part: str, tell: _Tell) -> None:
    """Tell how many keys a block has that no inventory has."""
    if unknown := block.keys() - known:
        tell("E102.key", part, found=len(unknown))


def _id(document: Mapping[str, Any], tell: _Tell) -> str | None:
    """Check `id`."""
    if "id" not in document:
        tell("E036.missing", "", key="id")
        return None
    value = document["id"]
    if not isinstance(value, str) or not value:
        tell("E037.form", "id")
        return None
    if not _URI.fullmatch(value):
        tell("W005.uri", "id")
    return value


def _spec(document: Mapping[str, Any], tell: _Tell) -> str | None:
    """Check `type`; return the version of the specification that it names."""
    if "type" not in document:
        tell("E036.missing", "", key="type")
        return None
    value = document["type"]
    if not isinstance(value, str):
        tell("E038.form", "type")
        return None
    if value not in _TYPES:
        tell("E038.unknown", "type")
    return _TYPES.get(value)


def _algorithm(document: Mapping[str, Any], tell: _Tell) -> str | None:
    """Check `digestAlgorithm`."""
    if "digestAlgorithm" not in document:
        tell("E036.missing", "", key="digestAlgorithm")
        return None
    value = document["digestAlgorithm"]
    if value not in _ALGORITHMS:
        tell("E025.algorithm", "digestAlgorithm")
        return None
    if value == "sha256":
        tell("W004.algorithm", "digestAlgorithm")
    return str(value)


def _content_folder(document: Mapping[str, Any], tell: _Tell) -> tuple[str | None, bool]:
    """Check `contentDirectory`; return its value, None for nonsense, and whether it is set."""
    if "contentDirectory" not in document:
        return "content", False
    value = document["contentDirectory"]
    if is_name(value):
        return str(value), True
    if value in (".", ".."):
        case = "E018.dots"
    else:
        case = "E017.slash" if isinstance(value, str) and "/" in value else "E108.form"
    tell(case, "contentDirectory")
    return None, True


def _blocks(document: Mapping[str, Any], tell: _Tell) -> dict[str, Mapping[str, Any]]:
    """Check the names in `versions`; return the well-named blocks, by number."""
    if "versions" not in document:
        tell("E041.missing", "", key="versions")
        return {}
    versions = document["versions"]
    if not isinstance(versions, dict):
        tell("E045.object", "versions")
        return {}
    if not versions:
        tell("E008.none", "versions")
    names = []
    for name in versions:
        if not name.startswith("v"):
            tell("E104.prefix", "versions")
        elif not _VERSION.fullmatch(name) or not int(name[1:]):
            tell("E105.number", "versions")
        else:
            names.append(name)
    names.sort(key=lambda name: (int(name[1:]), name))
    if names:
        _sequence(names, tell)
    for name in names:
        if not isinstance(versions[name], dict):
            tell("E047.object", f"versions/{name}")
    return {name: block if isinstance(block := versions[name], dict) else _NO_BLOCK for name in names}


def _sequence(names: list[str], tell: _Tell) -> None:
    """Check that version names count from 1 in one manner."""
    numbers = [int(name[1:]) for name in names]
    if numbers[0] != 1:
        tell("E009.first", "versions")
    for before, after in pairwise(numbers):
        if after > before + 1:
            tell("E010.gap", "versions", number=before + 1)
    if not names[0].startswith("v0"):
        if any(name.startswith("v0") for name in names):
            tell("E012.padding", "versions")
        return
    tell("W001.padding", "versions")
    if any(len(name) != len(names[0]) for name in names):
        tell("E012.padding", "versions")
    elif any(not name.startswith("v0") for name in names):
        tell("E011.zero", "versions")


def _head(document: Mapping[str, Any], versions: tuple[str, ...], tell: _Tell) -> str | None:
    """Check `head`."""
    if "head" not in document:
        tell("E036.missing", "", key="head")
        return None
    value = document["head"]
    if not isinstance(value, str) or (versions and value != versions[-1]):
        tell("E040.head", "head")
    return value if isinstance(value, str) and value in versions else None


class _Place:
    """Where content paths may lie: below these versions, in this folder; anywhere where that is not known."""

    def __init__(self, content: str | None, versions: Collection[str]) -> None:
        self._content = content
        self._versions = versions
        self._numbers = {int(version[1:]) for version in versions}

    def has_version(self, path: str) -> bool:
        """Whether a path lies in one of the versions."""
        return path.partition("/")[0] in self._versions

    def flaw(self, path: object) -> str | None:
        """Return the case of what is wrong with a content path, or None."""
        if wrong := flaw(path):
            return _CONTENT_CASES[wrong]
        text = str(path)
        # Legal on some systems, and a way out of the object on others.
        if "\\" in text:
            return "E035.backslash"
        version, _, rest = text.partition("/")
        folder, _, name = rest.partition("/")
        if not _VERSION.fullmatch(version) or not name or self._content not in (None, folder):
            return "E042.place"
        if not self._versions or version in self._versions:
            return None
        return "E014.name" if int(version[1:]) in self._numbers else "E042.version"


def _manifest(
    document: Mapping[str, Any],
    algorithm: str | None,
    place: _Place,
    checked: Mapping[str, str],
    tell: _Tell,
) -> tuple[dict[str, str], frozenset[str] | None]:
    """Check `manifest`; return content path -> digest, and its keys, None where there is no manifest."""
    if "manifest" not in document:
        tell("E041.missing", "", key="manifest")
        return {}, None
    manifest = document["manifest"]
    if not isinstance(manifest, dict):
        tell("E106.object", "manifest")
        return {}, None
    _digest_forms(manifest, algorithm, "manifest", tell)
    _once_each(manifest, "E096.twice", "manifest", tell)
    paths: dict[str, str] = {}
    for digest, listed in manifest.items():
        part = f"manifest/{_short(digest)}"
        if not isinstance(listed, list):
            tell("E092.list", part)
            continue
        for path in listed:
            is_checked = isinstance(path, str) and path in checked and place.has_version(path)
            if not is_checked and (case := place.flaw(path)):
                tell(case, part)
            elif path in paths:
                tell("E101.twice", part)
            else:
                paths[path] = digest.lower()
    if not paths.keys() <= checked.keys():
        _collisions(paths, "E101.conflict", "manifest", tell)
    return paths, frozenset(manifest)


def _digest_forms(block: Mapping[str, Any], algorithm: str | None, part: str, tell: _Tell) -> None:
    """Check that the keys of a manifest are digests of its algorithm."""
    if algorithm is None:
        return
    others = {HEX_LENGTHS[other] for other in _ALGORITHMS if other != algorithm}
    for digest in block:
        if not is_digest(digest, algorithm):
            other = len(digest) in others and _HEX.fullmatch(digest)
            tell("E039.algorithm" if other else _FORM_CASES[algorithm], f"{part}/{_short(digest)}")


def is_digest(text: str, algorithm: str) -> bool:
    """Whether a text is a digest of an algorithm in hexadecimal, of either case."""
    return len(text) == HEX_LENGTHS[algorithm] and _HEX.fullmatch(text) is not None


def _once_each(block: Mapping[str, Any], case: str, part: str, tell: _Tell) -> None:
    """Check that no digest stands twice, whatever its case."""
    seen: set[str] = set()
    for digest in block:
        if digest.lower() in seen:
            tell(case, f"{part}/{_short(digest)}")
        seen.add(digest.lower())


def _collisions(paths: Mapping[str, str], case: str, part: str, tell: _Tell) -> None:
    """Tell of paths that are both file and folder, and of twins."""
    for _ in range(n_conflicts(paths)):
        tell(case, part)
    for _ in range(n_twins(list(paths))):
        tell("P003.twins", part)


def _known_state(
    known: Outline, version: str, block: Mapping[str, Any], keys: frozenset[str] | None
) -> Mapping[str, str] | None:
    """Return the state of a block that the newest inventory has too, if this manifest has its digests."""
    state = known.states.get(version)
    if state is None or keys is None or known.blocks[version] != block:
        return None
    return state if block["state"].keys() <= keys else None


def _version(
    block: Mapping[str, Any],
    part: str,
    algorithm: str | None,
    keys: frozenset[str] | None,
    tell: _Tell,
) -> dict[str, str] | None:
    """Check a version's block; return logical path -> digest, None where that cannot be told."""
    if block is _NO_BLOCK:
        return None
    _unknown_keys(block, _VERSION_KEYS, part, tell)
    _described(block, part, tell)
    if "created" not in block:
        tell("E048.missing", part, key="created")
    elif not is_time(block["created"]):
        tell("E049.form", f"{part}/created")
    if "state" not in block:
        tell("E048.missing", part, key="state")
        return None
    return _state(block["state"], f"{part}/state", algorithm, keys, tell)


def _described(block: Mapping[str, Any], part: str, tell: _Tell) -> None:
    """Check who made a version and why."""
    if "message" not in block:
        tell("W007.message", part)
    elif not isinstance(block["message"], str):
        tell("E094.form", f"{part}/message")
    if "user" not in block:
        tell("W007.user", part)
        return
    user, part = block["user"], f"{part}/user"
    if not isinstance(user, dict):
        tell("E054.object", part)
        return
    _unknown_keys(user, _USER_KEYS, part, tell)
    if not isinstance(user.get("name"), str):
        tell("E054.name", part)
    if "address" not in user:
        tell("W008.address", part)
    elif not isinstance(user["address"], str):
        tell("E054.address", part)
    elif not _URI.fullmatch(user["address"]):
        tell("W009.uri", part)


def is_time(value: object) -> bool:
    """Whether a value is a time of RFC 3339, with seconds and zone.

    >>> is_time("2026-11-23T15:05:00+01:00"), is_time("2026-11-23T15:05Z"), is_time("2026-02-30T15:05:00Z")
    (True, False, False)
    """
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return False
    try:
        date(*(int(part) for part in match.group(1, 2, 3)))
    except ValueError:
        return False
    return True


def _state(
    state: object, part: str, algorithm: str | None, keys: frozenset[str] | None, tell: _Tell
) -> dict[str, str] | None:
    """Check a version's state; return logical path -> digest, None where that cannot be told."""
    if not isinstance(state, dict):
        tell("E050.object", part)
        return None
    paths: dict[str, str] = {}
    whole = True
    for digest, listed in state.items():
        place = f"{part}/{_short(digest)}"
        # The form of a digest that the manifest has too was told there.
        if keys is None or digest not in keys:
            if algorithm is not None and not is_digest(digest, algorithm):
                tell("E050.form", place)
            elif keys is not None:
                tell("E050.unknown", place)
        if not isinstance(listed, list):
            tell("E050.list", place)
            whole = False
            continue
        for path in listed:
            if wrong := flaw(path):
                tell(_LOGICAL_CASES[wrong], place)
                whole = False
            elif path in paths:
                tell("E095.twice", place)
            else:
                paths[path] = digest.lower()
    _collisions(paths, "E095.conflict", part, tell)
    return paths if whole else None


def _fixity(
    document: Mapping[str, Any],
    spec: str | None,
    place: _Place,
    manifest: Mapping[str, str] | None,
    tell: _Tell,
) -> dict[str, dict[str, str]]:
    """Check `fixity`; return algorithm -> content path -> digest."""
    if "fixity" not in document:
        return {}
    fixity = document["fixity"]
    if not isinstance(fixity, dict):
        tell("E056.object" if spec == "1.0" else "E111.object", "fixity")
        return {}
    return {
        algorithm: _fixity_block(block, algorithm, place, manifest, tell)
        for algorithm, block in fixity.items()
        if _fixity_algorithm(algorithm, tell)
    }


def _fixity_algorithm(algorithm: str, tell: _Tell) -> bool:
    """Whether digests of an algorithm can be checked."""
    if algorithm not in HEX_LENGTHS and algorithm != "size":
        tell("E056.algorithm", "fixity")
        return False
    return True


def _fixity_block(
    block: object,
    algorithm: str,
    place: _Place,
    manifest: Mapping[str, str] | None,
    tell: _Tell,
) -> dict[str, str]:
    """Check the fixity block of one algorithm; return content path -> digest."""
    part = f"fixity/{algorithm}"
    if not isinstance(block, dict):
        tell("E057.object", part)
        return {}
    _once_each(block, "E097.twice", part, tell)
    paths: dict[str, str] = {}
    for digest, listed in block.items():
        where = f"{part}/{_short(digest)}"
        sized = algorithm == "size"
        if not (digest.isdecimal() and digest.isascii() if sized else is_digest(digest, algorithm)):
            tell(_FORM_CASES.get(algorithm, "E057.form"), where)
        elif not isinstance(listed, list):
            tell("E057.list", where)
        else:
            for path in listed:
                if case := place.flaw(path):
                    tell(case, where)
                elif manifest is not None and path not in manifest:
                    tell("E057.unknown", where)
                else:
                    paths[path] = digest.lower()
    return paths


def _short(digest: str) -> str:
    """Return the beginning of a digest; a key that is none is not shown."""
    return digest[:8] if _HEX.fullmatch(digest[:8]) else "?"
