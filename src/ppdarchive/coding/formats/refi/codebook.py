"""Codes and sets -> XML, alike in projects and codebooks."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from ppdarchive.coding.formats.refi.guids import guid_of
from ppdarchive.coding.formats.refi.markup import start_tag, text_element
from ppdarchive.coding.project import Project, ProjectCode

MAX_CODE_DEPTH: Final = 200
"""How deep codes may lie in each other; the reader takes a little more."""


def codes_xml(project: Project) -> Iterator[str]:
    """Yield the element ``Codes``: each code in its wider one, siblings by name; nothing without codes.

    Raises
    ------
    ValueError
        If a code's parent is no code of the project, or a code lies in itself.
    """
    if not project.codes:
        return
    inside: defaultdict[str | None, list[ProjectCode]] = defaultdict(list)
    for code in sorted(project.codes, key=lambda code: (code.name, code.key), reverse=True):
        inside[code.parent].append(code)
    yield "<Codes>"
    n_written = 0
    # What is still to be written, last first: codes, and None for the end of one.
    waiting: list[ProjectCode | None] = list(inside[None])
    while waiting:
        current = waiting.pop()
        if current is None:
            yield "</Code>"
            continue
        n_written += 1
        yield _code_start(current)
        waiting.append(None)
        waiting.extend(inside.get(current.key, ()))
    yield "</Codes>"
    if n_written != len(project.codes):
        raise ValueError("a code's parent is no code of the project, or a code lies in itself")


def sets_xml(project: Project, *, member: str) -> Iterator[str]:
    """Yield the element ``Sets``; nothing without sets, since the schema wants one at least.

    Parameters
    ----------
    project : Project
    member : str
        The attribute that names a code: ``targetGUID`` in projects, ``guid`` in codebooks.
    """
    if not project.sets:
        return
    n_alike: Counter[str] = Counter()
    yield "<Sets>"
    for members in sorted(project.sets, key=lambda one: (one.name, sorted(one.codes), one.description or "")):
        guid = guid_of("set", members.name, n_alike[members.name])
        n_alike[members.name] += 1
        yield start_tag("Set", {"guid": guid, "name": members.name}) + ">"
        yield text_element("Description", members.description)
        for key in sorted(members.codes):
            yield start_tag("MemberCode", {member: guid_of("code", key)}) + "/>"
        yield "</Set>"
    yield "</Sets>"


def code_depth(project: Project) -> int:
    """How deep the project's codes lie in each other; 0 without codes."""
    depths: dict[str | None, int] = {None: 0}
    for code in project.codes:
        # Wider codes stand first.
        depths[code.key] = depths.get(code.parent, 0) + 1
    return max(depths.values())


def _code_start(code: ProjectCode) -> str:
    tag = start_tag(
        "Code",
        {
            "guid": guid_of("code", code.key),
            "name": code.name,
            "isCodable": "true" if code.is_codable else "false",
            "color": _color(code.name),
        },
    )
    return f"{tag}>{text_element('Description', code.description)}"


def _color(name: str) -> str:
    """Return a colour that only follows from the name, not too dark to read black text on."""
    red, green, blue = (96 + byte % 160 for byte in hashlib.sha256(name.encode()).digest()[:3])
    return f"#{red:02x}{green:02x}{blue:02x}"
