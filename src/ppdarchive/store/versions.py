"""The versions of an inventory: their names, who made each and why, and what each holds.

References
----------
OCFL 1.1, 3.3 Version Directories and 3.5.3 Versions
RFC 3339, Date and Time on the Internet, 5.6
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from ppdarchive.store.forms import (
    URI,
    VERSION_NAME,
    Tell,
    collisions,
    is_digest,
    is_time,
    short,
    unknown_keys,
)
from ppdarchive.store.outline import Outline
from ppdarchive.store.paths import flaw

_VERSION_KEYS: Final = frozenset({"created", "state", "message", "user"})
_USER_KEYS: Final = frozenset({"name", "address"})
_LOGICAL_CASES: Final = {
    "form": "E051.form",
    "slash": "E053.slash",
    "element": "E052.element",
    "name": "P003.name",
}
NO_BLOCK: Final[Mapping[str, Any]] = MappingProxyType({})
"""Stands for a version that is described by something else than an object."""


def blocks_of(document: Mapping[str, Any], tell: Tell) -> dict[str, Mapping[str, Any]]:
    """Check the names in `versions`.

    Returns
    -------
    dict of str to mapping
        The blocks with good names, by number; `NO_BLOCK` for what is no object.
    """
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
        elif not VERSION_NAME.fullmatch(name) or not int(name[1:]):
            tell("E105.number", "versions")
        else:
            names.append(name)
    names.sort(key=lambda name: (int(name[1:]), name))
    if names:
        _sequence(names, tell)
    for name in names:
        if not isinstance(versions[name], dict):
            tell("E047.object", f"versions/{name}")
    return {name: block if isinstance(block := versions[name], dict) else NO_BLOCK for name in names}


def _sequence(names: list[str], tell: Tell) -> None:
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


def known_state(
    known: Outline, version: str, block: Mapping[str, Any], keys: frozenset[str] | None
) -> Mapping[str, str] | None:
    """Return the state of a block that another inventory has too, if this manifest has its digests.

    Parameters
    ----------
    known : Outline
        Of the inventory that was checked.
    version : str
    block : mapping
    keys : frozenset of str or None
        Digests of this inventory's manifest.

    Returns
    -------
    mapping of str to str or None
        Logical path -> digest; None when the block has to be checked.
    """
    state = known.states.get(version)
    if state is None or keys is None or known.blocks[version] != block:
        return None
    return state if block["state"].keys() <= keys else None


def state_of(
    block: Mapping[str, Any],
    part: str,
    algorithm: str | None,
    keys: frozenset[str] | None,
    tell: Tell,
) -> dict[str, str] | None:
    """Check a version's block.

    Parameters
    ----------
    block : mapping
    part : str
        Where it stands, for problems.
    algorithm : str or None
    keys : frozenset of str or None
        Digests of the manifest; None where there is none.
    tell : Tell

    Returns
    -------
    dict of str to str or None
        Logical path -> digest in lower case; None where that cannot be told.
    """
    if block is NO_BLOCK:
        return None
    unknown_keys(block, _VERSION_KEYS, part, tell)
    _described(block, part, tell)
    if "created" not in block:
        tell("E048.missing", part, key="created")
    elif not is_time(block["created"]):
        tell("E049.form", f"{part}/created")
    if "state" not in block:
        tell("E048.missing", part, key="state")
        return None
    return _state(block["state"], f"{part}/state", algorithm, keys, tell)


def _described(block: Mapping[str, Any], part: str, tell: Tell) -> None:
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
    unknown_keys(user, _USER_KEYS, part, tell)
    if not isinstance(user.get("name"), str):
        tell("E054.name", part)
    if "address" not in user:
        tell("W008.address", part)
    elif not isinstance(user["address"], str):
        tell("E054.address", part)
    elif not URI.fullmatch(user["address"]):
        tell("W009.uri", part)


def _state(
    state: object, part: str, algorithm: str | None, keys: frozenset[str] | None, tell: Tell
) -> dict[str, str] | None:
    """Check a version's state; return logical path -> digest, None where that cannot be told."""
    if not isinstance(state, dict):
        tell("E050.object", part)
        return None
    paths: dict[str, str] = {}
    whole = True
    for digest, listed in state.items():
        place = f"{part}/{short(digest)}"
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
    collisions(paths, "E095.conflict", part, tell)
    return paths if whole else None
