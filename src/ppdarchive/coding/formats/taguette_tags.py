"""Taguette's tags <-> nested codes: a dotted path is all the hierarchy that Taguette has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ppdarchive.coding.project import ProjectCode

NOT_CODABLE: Final = "[not for coding]"
"""How the description of a tag begins that only holds others; a Taguette tag can't say it otherwise."""

MAX_PATH: Final = 200
"""Characters of a tag's path (Taguette 1.5.2, ``validate.tag_path``)."""


def nested_codes(tags: Iterable[tuple[str, str, str | None]]) -> tuple[ProjectCode, ...]:
    """Make codes of tags; a part of a path that is no tag itself becomes a code that is not codable.

    A path with an empty part (``a..b``) stays one name.

    Parameters
    ----------
    tags : iterable of (key, path, description)
        Paths are unique.

    Returns
    -------
    tuple of ProjectCode
        Wider ones first. The key of a code that is no tag is its path, after ``path:``.

    Examples
    --------
    >>> [(code.key, code.name, code.parent) for code in nested_codes([("7", "bond.trust", None)])]
    [('path:bond', 'bond', None), ('7', 'trust', 'path:bond')]
    """
    listed = list(tags)
    key_of = {path: key for key, path, _ in listed}
    description_of = {path: description or None for _, path, description in listed}
    codes: dict[str, ProjectCode] = {}

    for _, whole, _ in listed:
        parts = whole.split(".")
        if not all(parts):
            parts = [whole]
        parent: str | None = None
        for depth, part in enumerate(parts, 1):
            path = ".".join(parts[:depth])
            key = key_of.get(path, f"path:{path}")
            if key not in codes:
                codes[key] = _code(key, part, parent, description_of.get(path), is_tag=path in key_of)
            parent = key
    return tuple(codes.values())


def _code(key: str, name: str, parent: str | None, description: str | None, *, is_tag: bool) -> ProjectCode:
    is_codable = is_tag
    if description is not None and description.startswith(NOT_CODABLE):
        is_codable, description = False, description.removeprefix(NOT_CODABLE).removeprefix(" ") or None
    return ProjectCode(key, name, parent, description, is_codable)


def tag_paths(codes: Iterable[ProjectCode]) -> Mapping[str, str]:
    """The dotted path of each code, by its key.

    Parameters
    ----------
    codes : iterable of ProjectCode
        Wider ones first.

    Raises
    ------
    ValueError
        If a path could not be read back: a dot in a name, two codes of one path, more than 200
        characters, white space at an end of the path. The message names the code by its number only.
    """
    paths: dict[str, str] = {}
    seen: set[str] = set()
    for number, code in enumerate(codes, 1):
        above = "" if code.parent is None else f"{paths[code.parent]}."
        path = f"{above}{code.name}"
        wrong = _wrong(code, path, seen)
        if wrong:
            raise ValueError(f"code {number}, for {wrong}")
        seen.add(path)
        paths[code.key] = path
    return paths


def _wrong(code: ProjectCode, path: str, seen: set[str]) -> str:
    if not code.name or "." in code.name:
        return "its name is empty or has a dot, which parts a tag's path"
    if path != path.strip() or "\0" in path:
        return "its name begins or ends with white space"
    if len(path) > MAX_PATH:
        return f"its path is longer than {MAX_PATH} characters"
    if code.is_codable and (code.description or "").startswith(NOT_CODABLE):
        return f"its description begins with {NOT_CODABLE}, and yet it is for coding"
    return "another has its name" if path in seen else ""


def tag_description(code: ProjectCode, *, is_parent: bool) -> str | None:
    """The description of a code's tag; None if it needs no tag, since its path is part of another's."""
    if code.is_codable:
        return code.description or ""
    if is_parent and not code.description:
        return None
    return f"{NOT_CODABLE} {code.description}" if code.description else NOT_CODABLE
