"""Forms of what an inventory holds (digests, times, names), and checks that several parts of it need."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from ppdarchive.store.outline import HEX_LENGTHS
from ppdarchive.store.paths import n_conflicts, n_twins

Tell = Callable[..., None]
"""Keeps a problem: its case, the part of the inventory, and facts."""

ALGORITHMS: Final = ("sha512", "sha256")
"""Digest algorithms that content can be addressed by."""

FORM_CASES: Final = {
    "sha1": "E029.form",
    "sha256": "E030.form",
    "sha512": "E031.form",
    "blake2b-512": "E032.form",
}
VERSION_NAME: Final = re.compile(r"v[0-9]{1,18}")
URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+", re.DOTALL)
_TIME: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_HEX: Final = re.compile(r"[0-9A-Fa-f]*")


def is_digest(text: str, algorithm: str) -> bool:
    """Whether a text is a digest of an algorithm in hexadecimal, of either case."""
    return len(text) == HEX_LENGTHS[algorithm] and _HEX.fullmatch(text) is not None


def is_hex(text: str) -> bool:
    """Whether a text is made of hexadecimal digits, if of any."""
    return _HEX.fullmatch(text) is not None


def is_time(value: object) -> bool:
    """Whether a value is a time of RFC 3339, with seconds and zone.

    >>> is_time("2026-11-23T15:05:00+01:00"), is_time("2026-11-23T15:05Z"), is_time("2026-02-30T15:05:00Z")
    (True, False, False)
    """
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return False
    try:
        date(*(int(part) for part in match.group(1, 2, 3)))
    except ValueError:
        return False
    return True


def short(digest: str) -> str:
    """Return the beginning of a digest; a key that is none is not shown."""
    return digest[:8] if _HEX.fullmatch(digest[:8]) else "?"


def unknown_keys(block: Mapping[str, Any], known: frozenset[str], part: str, tell: Tell) -> None:
    """Tell how many keys a block has that no inventory has."""
    if unknown := block.keys() - known:
        tell("E102.key", part, found=len(unknown))


def once_each(block: Mapping[str, Any], case: str, part: str, tell: Tell) -> None:
    """Check that no digest stands twice, whatever its case."""
    seen: set[str] = set()
    for digest in block:
        if digest.lower() in seen:
            tell(case, f"{part}/{short(digest)}")
        seen.add(digest.lower())


def collisions(paths: Mapping[str, str], case: str, part: str, tell: Tell) -> None:
    """Tell of paths that are both file and folder, and of twins."""
    for _ in range(n_conflicts(paths)):
        tell(case, part)
    for _ in range(n_twins(list(paths))):
        tell("P003.twins", part)
