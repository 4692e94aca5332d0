"""Inventories, folders of files, and documents that are nearly inventories."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from ppdarchive.store.inventory import Inventory, User, inventory_text

NAMES = st.sampled_from(
    ("codes.parquet", "responses.parquet", "datapackage.json", "README.md", "Umlaut-ä", "a b", ".keep")
)
FOLDERS = st.sampled_from(("", "data/", "csv/", "docs/more/"))
PATHS = st.builds(lambda folder, name: folder + name, FOLDERS, NAMES)
CONTENTS = st.sampled_from((b"", b"one", b"two", b"three" * 1000)) | st.binary(max_size=40)
MESSAGES = st.none() | st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
USERS = st.none() | st.builds(
    User, st.just("Archive desk"), st.none() | st.just("mailto:archive@example.org")
)


def folders() -> st.SearchStrategy[dict[str, bytes]]:
    """What lies in a folder, by path."""
    return st.dictionaries(PATHS, CONTENTS, min_size=1, max_size=6)


def digests(folder: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-512 of each file."""
    return {path: hashlib.sha512(content).hexdigest() for path, content in folder.items()}


@st.composite
def inventories(draw: st.DrawFn, *, max_versions: int = 4) -> Inventory:
    """An inventory that came about version by version."""
    inventory = Inventory("mommoodbooster-2019~public", (), {})
    for number in range(draw(st.integers(1, max_versions))):
        inventory = inventory.next(
            digests(draw(folders())),
            created=f"2026-{number + 1:02}-01T09:30:00Z",
            message=draw(MESSAGES),
            user=draw(USERS),
            dedupe=draw(st.booleans()),
        )
    return inventory


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(("v1", "v2", "sha256", "a/../b", "/etc/passwd", "", "v1/content/x", "f" * 128))
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def nearly_inventories(draw: st.DrawFn) -> bytes:
    """A document of an inventory with one thing replaced, removed, added or renamed."""
    document = json.loads(inventory_text(draw(inventories(max_versions=2))))
    broken = copy.deepcopy(document)
    places: list[tuple[Any, Any]] = []
    to_visit: list[Any] = [broken]
    while to_visit:
        node = to_visit.pop()
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        places += [(node, key) for key in keys]
        to_visit += [node[key] for key in keys if isinstance(node[key], dict | list)]
    node, key = draw(st.sampled_from(places))
    match draw(st.sampled_from(("replace", "remove", "add", "rename"))):
        case "remove":
            del node[key]
        case "add" if isinstance(node, dict):
            node[draw(st.text(max_size=4))] = draw(JSON)
        case "rename" if isinstance(node, dict):
            node[draw(st.text(max_size=4) | st.just(str(key).upper()))] = node.pop(key)
        case _:
            node[key] = draw(JSON)
    return json.dumps(broken).encode()
