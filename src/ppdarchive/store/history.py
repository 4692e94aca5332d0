"""The inventories of earlier versions against the object's own: what was published must not change.

References
----------
OCFL 1.1, 3.7 Version Inventory, https://ocfl.io/1.1/spec/#version-inventory
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ppdarchive.store.outline import SPECS, Outline
from ppdarchive.store.problems import Problem, problem

_DESCRIBED: Final = ("created", "message", "user")


def check_earlier(current: Outline, earlier: Outline, version: str) -> list[Problem]:
    """Check the inventory in a version folder below the head against the object's inventory.

    Parameters
    ----------
    current, earlier : Outline
    version : str
        The name of the version folder in which `earlier` lies.

    Returns
    -------
    list of Problem
        Paths are inside the object.
    """
    path = f"{version}/inventory.json"
    found = [*_identity(current, earlier, path), *_content_folders(current, earlier, version, path)]
    if earlier.head is not None and earlier.head != version:
        return [*found, problem("E040.folder", path, "head")]
    upto = current.versions[: current.versions.index(version) + 1] if version in current.versions else ()
    if earlier.versions != upto:
        return [*found, problem("E066.versions", path, "versions", version=version)]
    for name in upto:
        if case := _state_differs(current, earlier, name):
            found.append(problem(case, "inventory.json", f"versions/{name}/state", version=version))
        found.extend(
            problem("W011.differs", "inventory.json", f"versions/{name}", version=version, key=key)
            for key in _DESCRIBED
            if current.blocks[name].get(key) != earlier.blocks[name].get(key)
        )
    if current.algorithm == earlier.algorithm:
        found.extend(
            problem("E092.earlier", place, version=version)
            for place, _ in sorted(earlier.manifest.items() - current.manifest.items())
            if place in current.manifest
        )
    return found


def check_specs(specs: Iterable[tuple[str, str | None]]) -> list[Problem]:
    """Check that no version follows an older specification than the one before it.

    Parameters
    ----------
    specs : iterable of (str, str or None)
        Path of each inventory, by version, and the specification its type names.
    """
    found = []
    latest = 0
    for path, spec in specs:
        if spec is None:
            continue
        if SPECS.index(spec) < latest:
            found.append(problem("E103.older", path, "type"))
        latest = max(latest, SPECS.index(spec))
    return found


def _identity(current: Outline, earlier: Outline, path: str) -> list[Problem]:
    """Check that both speak of one object."""
    if None in (current.id, earlier.id) or current.id == earlier.id:
        return []
    return [problem("E110.changed", path, "id")]


def _content_folders(current: Outline, earlier: Outline, version: str, path: str) -> list[Problem]:
    """Check that the content folder is what it was from the first version on."""
    if None in (current.content, earlier.content):
        return []
    if current.sets_content and not earlier.sets_content and (version,) == current.versions[:1]:
        return [problem("E019.first", "inventory.json", "contentDirectory")]
    if current.content != earlier.content:
        return [problem("E020.changed", path, "contentDirectory")]
    return []


def _state_differs(current: Outline, earlier: Outline, version: str) -> str | None:
    """Return the case of how a version's state differs between two inventories, or None."""
    now, then = current.states.get(version), earlier.states.get(version)
    if now is None or then is None or now is then:
        return None
    if now.keys() != then.keys():
        return "E066.paths"
    if current.algorithm == earlier.algorithm:
        return None if now == then else "E066.content"
    # Digests of two algorithms can't be compared, but the files that they stand for can.
    files_now, files_then = _files(current.manifest), _files(earlier.manifest)
    same = all(
        files_then.get(digest, frozenset()) <= files_now.get(now[path], frozenset())
        for path, digest in then.items()
    )
    return None if same else "E066.content"


def _files(manifest: Mapping[str, str]) -> dict[str, set[str]]:
    """Digest -> the content paths that have it."""
    files: dict[str, set[str]] = {}
    for path, digest in manifest.items():
        files.setdefault(digest, set()).add(path)
    return files
