"""The profile that ships with the package: the schemas that a study starts from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

_WHEEL: Final = Path(__file__).parent / "profile"
_CHECKOUT: Final = Path(__file__).parents[2]


def profile_files() -> Mapping[str, str]:
    """The profile's files: ``datapackage.json`` and ``schemas/*.json``, path to text.

    In a wheel they lie inside the package; in a checkout they are the repository's own, so that
    there is one copy only.
    """
    root = _WHEEL if (_WHEEL / "datapackage.json").is_file() else _CHECKOUT
    paths = [root / "datapackage.json", *sorted((root / "schemas").glob("*.json"))]
    return MappingProxyType({path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths})
