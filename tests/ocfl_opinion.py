"""What ocfl-py says of archives that tests make."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

MARK = "0=ocfl_1.1"


def storage_roots(folder: Path) -> list[Path]:
    """The OCFL storage roots below a folder; what is inside one is its own."""
    found = []
    for path, folders, files in os.walk(folder):
        if MARK in files:
            found.append(Path(path))
            folders.clear()
    return sorted(found)


def ocfl_errors(root: Path) -> list[str]:
    """What ocfl-py finds wrong with a storage root and all objects in it, every byte read."""
    if not all(path.is_dir() or path.is_file() for path in root.rglob("*")):
        return ["a pipe or a broken link, which ocfl-py would wait at"]
    storage = importlib.import_module("ocfl").StorageRoot(root=str(root))
    is_valid = storage.validate(log_errors=False)
    found = [str(error) for error in storage.errors]
    return found if is_valid and storage.good_objects == storage.num_objects else [*found, "ocfl-py: invalid"]
