"""The manifest and the fixity block of an inventory: which digests, and where the bytes of each lie.

References
----------
OCFL 1.1, 3.5.2 Manifest and 3.5.4 Fixity
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from ppdarchive.store.forms import (
    ALGORITHMS,
    FORM_CASES,
    VERSION_NAME,
    Tell,
    collisions,
    is_digest,
    is_hex,
    once_each,
    short,
)
from ppdarchive.store.outline import HEX_LENGTHS, Outline
from ppdarchive.store.paths import flaw

_CONTENT_CASES: Final = {
    "form": "E098.form",
    "slash": "E100.slash",
    "element": "E099.element",
    "name": "P003.name",
}


class Place:
    """Where content paths may lie: below these versions, in this folder; anywhere where that is not known."""

    def __init__(self, content: str | None, versions: Collection[str]) -> None:
        self._content = content
        self._versions = versions
        self._numbers = {int(version[1:]) for version in versions}

    def has_versions(self, paths: Iterable[str]) -> bool:
        """Whether each path lies in one of the versions."""
        return {path.partition("/")[0] for path in paths} <= set(self._versions)

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
        if not VERSION_NAME.fullmatch(version) or not name or self._content not in (None, folder):
            return "E042.place"
        if not self._versions or version in self._versions:
            return None
        return "E014.name" if int(version[1:]) in self._numbers else "E042.version"


def manifest_of(
    document: Mapping[str, Any], algorithm: str | None, place: Place, known: Outline, tell: Tell
) -> tuple[Mapping[str, str], frozenset[str] | None]:
    """Check `manifest`.

    Parameters
    ----------
    document : mapping
    algorithm : str or None
        The inventory's, None when it is not known.
    place : Place
    known : Outline
        Of an inventory of the same algorithm and content folder that has been checked; an empty one
        when there is none.
    tell : Tell

    Returns
    -------
    mapping of str to str
        Content path -> digest in lower case.
    frozenset of str or None
        The digests as they stand; None where there is no manifest.
    """
    if "manifest" not in document:
        tell("E041.missing", "", key="manifest")
        return {}, None
    manifest = document["manifest"]
    if not isinstance(manifest, dict):
        tell("E106.object", "manifest")
        return {}, None
    keys = frozenset(manifest)
    if known.digests is not None and keys <= known.digests:
        paths = _known_paths(manifest, known, place)
        if paths is not None:
            return paths, keys
    _digest_forms(manifest, algorithm, "manifest", tell)
    once_each(manifest, "E096.twice", "manifest", tell)
    return _paths(manifest, place, tell), keys


def _known_paths(manifest: Mapping[str, Any], known: Outline, place: Place) -> dict[str, str] | None:
    """Return content path -> digest when all paths are good as those of another inventory; else None."""
    paths: dict[str, str] = {}
    n_paths = 0
    for digest, listed in manifest.items():
        if not isinstance(listed, list) or not listed or not all(isinstance(path, str) for path in listed):
            return None
        n_paths += len(listed)
        paths.update(dict.fromkeys(listed, digest.lower()))
    is_good = len(paths) == n_paths and paths.keys() <= known.manifest.keys() and place.has_versions(paths)
    return paths if is_good else None


def _paths(manifest: Mapping[str, Any], place: Place, tell: Tell) -> dict[str, str]:
    """Check the content paths of a manifest; return the good ones with their digests."""
    paths: dict[str, str] = {}
    for digest, listed in manifest.items():
        part = f"manifest/{short(digest)}"
        if not isinstance(listed, list):
            tell("E092.list", part)
            continue
        if not listed:
            tell("E092.empty", part)
        for path in listed:
            if case := place.flaw(path):
                tell(case, part)
            elif path in paths:
                tell("E101.twice", part)
            else:
                paths[path] = digest.lower()
    collisions(paths, "E101.conflict", "manifest", tell)
    return paths


def _digest_forms(block: Mapping[str, Any], algorithm: str | None, part: str, tell: Tell) -> None:
    """Check that the keys of a manifest are digests of its algorithm."""
    if algorithm is None:
        return
    others = {HEX_LENGTHS[other] for other in ALGORITHMS if other != algorithm}
    for digest in block:
        if not is_digest(digest, algorithm):
            other = len(digest) in others and is_hex(digest)
            tell("E039.algorithm" if other else FORM_CASES[algorithm], f"{part}/{short(digest)}")


def fixity_of(
    document: Mapping[str, Any],
    spec: str | None,
    place: Place,
    manifest: Mapping[str, str] | None,
    tell: Tell,
) -> dict[str, dict[str, str]]:
    """Check `fixity`.

    Parameters
    ----------
    document : mapping
    spec : str or None
        Of the inventory, for 1.0 numbers one problem otherwise.
    place : Place
    manifest : mapping of str to str or None
        Content path -> digest; None where there is no manifest.
    tell : Tell

    Returns
    -------
    dict of str to dict
        Algorithm -> content path -> digest in lower case.
    """
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


def _fixity_algorithm(algorithm: str, tell: Tell) -> bool:
    """Whether digests of an algorithm can be checked."""
    if algorithm not in HEX_LENGTHS and algorithm != "size":
        tell("E056.algorithm", "fixity")
        return False
    return True


def _fixity_block(
    block: object,
    algorithm: str,
    place: Place,
    manifest: Mapping[str, str] | None,
    tell: Tell,
) -> dict[str, str]:
    """Check the fixity block of one algorithm; return content path -> digest."""
    part = f"fixity/{algorithm}"
    if not isinstance(block, dict):
        tell("E057.object", part)
        return {}
    once_each(block, "E097.twice", part, tell)
    paths: dict[str, str] = {}
    for digest, listed in block.items():
        where = f"{part}/{short(digest)}"
        sized = algorithm == "size"
        if not (digest.isdecimal() and digest.isascii() if sized else is_digest(digest, algorithm)):
            tell(FORM_CASES.get(algorithm, "E057.form"), where)
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
