"""The parts of an inventory document that make sense, for checks that must stand anything.

`ppdarchive.store.inventory` reads what we wrote ourselves and refuses the rest; a validator has to look at
inventories of any kind, say what is wrong, and go on with what is right.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, NoReturn

from ppdarchive.store.problems import Problem, problem

SPECS: Final = ("1.0", "1.1")
"""Versions of the specification that are known here, oldest first."""

HEX_LENGTHS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "md5": 32,
        "sha1": 40,
        "sha256": 64,
        "sha512": 128,
        "blake2b-512": 128,
        # Extensions 0001 and 0009.
        "blake2b-160": 40,
        "blake2b-256": 64,
        "blake2b-384": 96,
        "sha512/256": 64,
    }
)
"""Digest algorithms of the specification and its extensions; hexadecimal digits of a digest."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What of an inventory can be relied on; what is malformed is left out or None.

    Parameters
    ----------
    id, spec, algorithm, head : str or None
        `spec` is one of `SPECS`, `algorithm` sha512 or sha256.
    content : str or None
        The content folder's name; None when contentDirectory makes no sense.
    sets_content : bool
        Whether the inventory has the key contentDirectory.
    versions : tuple of str
        Well-formed version names, by number.
    blocks : mapping of str to mapping
        Version blocks as they stand, by version.
    states : mapping of str to mapping of str to str
        Version -> logical path -> digest in lower case.
    manifest : mapping of str to str
        Content path -> digest in lower case.
    digests : frozenset of str or None
        Keys of the manifest as they stand; None where there is no manifest.
    has_all_files : bool
        Whether there is a manifest all of whose lists are lists.
    fixity : mapping of str to mapping of str to str
        Algorithm -> content path -> digest in lower case.
    """

    id: str | None = None
    spec: str | None = None
    algorithm: str | None = None
    head: str | None = None
    content: str | None = "content"
    sets_content: bool = False
    versions: tuple[str, ...] = ()
    blocks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    states: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    manifest: Mapping[str, str] = field(default_factory=dict)
    digests: frozenset[str] | None = None
    has_all_files: bool = True
    fixity: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class _Twice(ValueError):
    """A key that stands twice in one object."""


def parse_json(content: bytes) -> Any:
    """Read JSON as RFC 8259 has it, stricter than Python does.

    Raises
    ------
    ValueError
        When it is not JSON in UTF-8, holds NaN or infinity, is nested too deeply, or has a key twice in
        one object: two readers would then see two documents. The error holds no content.
    """
    try:
        text = content.decode("utf-8")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except _Twice:
        twice = True
    except (ValueError, RecursionError):
        twice = False
    if twice:
        raise _Twice("a key stands twice")
    raise ValueError("not JSON in UTF-8")


def parse_document(content: bytes, path: str) -> tuple[Mapping[str, Any] | None, list[Problem]]:
    """Read the bytes of an inventory as far as JSON goes.

    Parameters
    ----------
    content : bytes
    path : str
        Of the inventory, inside the object.

    Returns
    -------
    mapping or None
        The document, unchecked; None when it is no JSON object.
    list of Problem
    """
    try:
        document = parse_json(content)
    except ValueError as error:
        return None, [problem("E033.twice" if isinstance(error, _Twice) else "E033.json", path)]
    if not isinstance(document, dict):
        return None, [problem("E033.object", path)]
    return document, []


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object none of whose keys stands twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice
    return found


def _no_constant(_: str) -> NoReturn:
    """Refuse NaN and infinities, which are not JSON."""
    raise ValueError
