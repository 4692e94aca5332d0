"""What is wrong with an inventory by itself: from its document to problems, whatever the document is.

References
----------
OCFL 1.1, 3.5 Inventory, https://ocfl.io/1.1/spec/#inventory
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from ppdarchive.store.forms import ALGORITHMS, URI, Tell, short, unknown_keys
from ppdarchive.store.manifest import Place, fixity_of, manifest_of
from ppdarchive.store.outline import SPECS, Outline
from ppdarchive.store.paths import is_name
from ppdarchive.store.problems import Problem, problem
from ppdarchive.store.versions import blocks_of, known_state, state_of

MOST_TOLD: Final = 1000
"""Problems of one kind in one inventory; a hostile one could have millions."""

_KEYS: Final = frozenset(
    {"id", "type", "digestAlgorithm", "head", "contentDirectory", "manifest", "versions", "fixity"}
)
_TYPES: Final = {f"https://ocfl.io/{spec}/spec/#inventory": spec for spec in SPECS}


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
    n_told: Counter[str] = Counter()

    def tell(case: str, part: str = "", **facts: str | int) -> None:
        n_told[case] += 1
        if n_told[case] <= MOST_TOLD:
            found.append(problem(case, path, part, **facts))
        elif n_told[case] == MOST_TOLD + 1:
            found.append(problem("P002.told", path, limit=MOST_TOLD))

    unknown_keys(document, _KEYS, "", tell)
    id_, spec = _id(document, tell), _spec(document, tell)
    algorithm = _algorithm(document, tell)
    content, sets_content = _content_folder(document, tell)
    blocks = blocks_of(document, tell)
    head = _head(document, tuple(blocks), tell)
    alike = known if known is not None and known.algorithm == algorithm else Outline()
    manifest, keys = manifest_of(
        document, algorithm, Place(content, blocks), alike if alike.content == content else Outline(), tell
    )
    states: dict[str, Mapping[str, str]] = {}
    for version, block in blocks.items():
        state = known_state(alike, version, block, keys)
        if state is None:
            state = state_of(block, f"versions/{version}", algorithm, keys, tell)
        if state is not None:
            states[version] = state
    if keys is not None and len(states) == len(blocks) and blocks:
        used: set[str] = set()
        for block in blocks.values():
            used.update(map(str.lower, block["state"]))
        for key in keys:
            if key.lower() not in used:
                tell("E107.unused", f"manifest/{short(key)}")
    fixity = fixity_of(document, spec, Place(content, ()), manifest if keys is not None else None, tell)
    listed = document.get("manifest")
    has_all_files = isinstance(listed, dict) and all(isinstance(paths, list) for paths in listed.values())
    outline = Outline(
        id_, spec, algorithm, head, content, sets_content,
        tuple(blocks), blocks, states, manifest, keys, has_all_files, fixity,
    )  # fmt: skip
    return outline, found


def _id(document: Mapping[str, Any], tell: Tell) -> str | None:
    """Check `id`."""
    if "id" not in document:
        tell("E036.missing", "", key="id")
        return None
    value = document["id"]
    if not isinstance(value, str) or not value:
        tell("E037.form", "id")
        return None
    if not URI.fullmatch(value):
        tell("W005.uri", "id")
    return value


def _spec(document: Mapping[str, Any], tell: Tell) -> str | None:
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


def _algorithm(document: Mapping[str, Any], tell: Tell) -> str | None:
    """Check `digestAlgorithm`."""
    if "digestAlgorithm" not in document:
        tell("E036.missing", "", key="digestAlgorithm")
        return None
    value = document["digestAlgorithm"]
    if value not in ALGORITHMS:
        tell("E025.algorithm", "digestAlgorithm")
        return None
    if value == "sha256":
        tell("W004.algorithm", "digestAlgorithm")
    return str(value)


def _content_folder(document: Mapping[str, Any], tell: Tell) -> tuple[str | None, bool]:
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


def _head(document: Mapping[str, Any], versions: tuple[str, ...], tell: Tell) -> str | None:
    """Check `head`."""
    if "head" not in document:
        tell("E036.missing", "", key="head")
        return None
    value = document["head"]
    if not isinstance(value, str) or (versions and value != versions[-1]):
        tell("E040.head", "head")
    return value if isinstance(value, str) and value in versions else None
