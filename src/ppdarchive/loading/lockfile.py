"""The lock file of a study that uses releases: a text of one line a fact, and back from any bytes."""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ppdarchive.errors import LoadError, WriteError
from ppdarchive.loading.choosing import is_name
from ppdarchive.store import layout

LOCK: Final = "ppdarchive.lock"
FORMAT: Final = 1
_MAX_LOCK_BYTES: Final = 2**20
_HEADER: Final = """\
# Written by `ppdarchive pin`. Keep it with the study that uses the data; do not edit it.
"""
_KEYS: Final = frozenset({"archive", "object", "version", "number", "inventory", "tombstones"})
_DIGEST: Final = re.compile("sha512:[0-9a-f]{128}")
_MAX_NUMBER: Final = 10**9


@dataclass(frozen=True, slots=True)
class Pin:
    """One release of one archive, to the byte.

    Attributes
    ----------
    archive : str
        ``s3://BUCKET/PREFIX``, or a folder's path from the lock file's folder, with forward slashes.
    object_id : str
    version : str or None
        Of the release.
    number : int
        Of the archive's version.
    inventory : str
        ``sha512:`` and the digest of that version's inventory.
    tombstones : int
        How many removals there had been from this version or an earlier one.
    """

    archive: str
    object_id: str
    version: str | None
    number: int
    inventory: str
    tombstones: int

    @property
    def name(self) -> str:
        """What the release is called."""
        return self.version or layout.version_folder(self.number)


# -- as text and back ----------------------------------------------------------------------------------


def lock_text(pins: Sequence[Pin]) -> str:
    """The lock file's text: equal pins give equal text, one line for each fact.

    >>> print(lock_text([Pin("../archive", "trial~public", "1.2.0", 3, "sha512:ab", 0)]), end="")
    # Written by `ppdarchive pin`. Keep it with the study that uses the data; do not edit it.
    format = 1
    <BLANKLINE>
    [[pin]]
    archive = "../archive"
    object = "trial~public"
    version = "1.2.0"
    number = 3
    inventory = "sha512:ab"
    tombstones = 0
    """
    blocks = [f"{_HEADER}format = {FORMAT}\n"]
    for pin in sorted(pins, key=lambda pin: (pin.object_id, pin.archive)):
        facts = {
            "archive": pin.archive,
            "object": pin.object_id,
            "version": pin.version,
            "number": pin.number,
            "inventory": pin.inventory,
            "tombstones": pin.tombstones,
        }
        lines = [f"{key} = {_written(value)}\n" for key, value in facts.items() if value is not None]
        blocks.append("".join(["[[pin]]\n", *lines]))
    return "\n".join(blocks)


def _written(value: str | int) -> str:
    """A value as TOML has it: as JSON does, but for halves of characters and for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


class _Wrong(ValueError):
    """What is wrong with a lock file."""


def parse_lock(data: bytes, *, name: str) -> tuple[Pin, ...]:
    """Understand a lock file.

    Raises
    ------
    LoadError
        ``load.lock``, and nothing else whatever the bytes are.
    """
    try:
        return tuple(_pins(data))
    except _Wrong as wrong:
        reason = str(wrong)
    raise LoadError("load.lock", path=name, reason=reason)


def _pins(data: bytes) -> list[Pin]:
    document = None
    if len(data) <= _MAX_LOCK_BYTES:
        try:
            document = tomllib.loads(data.decode())
        except (ValueError, RecursionError):
            document = None
    if document is None:
        raise _Wrong("not TOML in UTF-8")
    if document.keys() - {"format", "pin"} or not isinstance(document.get("pin", []), list):
        raise _Wrong("a key that no lock file has")
    if document.get("format") != FORMAT or isinstance(document["format"], bool):
        raise _Wrong(f"format = {FORMAT} expected")
    pins = [_pin(number, found) for number, found in enumerate(document.get("pin", []), start=1)]
    if len({(pin.archive, pin.object_id) for pin in pins}) < len(pins):
        raise _Wrong("two pins of one archive and object")
    return pins


def _pin(number: int, found: Any) -> Pin:
    if not isinstance(found, dict) or not (_KEYS - {"version"} <= found.keys() <= _KEYS):
        raise _Wrong(f"pin {number} lacks a key, or has one that no pin has")
    texts = [found[key] for key in ("archive", "object", "inventory")] + [found.get("version", "")]
    counts = [found["number"], found["tombstones"]]
    if not all(isinstance(text, str) for text in texts) or not all(type(count) is int for count in counts):
        raise _Wrong(f"pin {number} has a value of another type")
    archive, object_id, inventory, version = texts
    is_sound = (
        bool(archive)
        and "\0" not in archive
        and layout.is_object_id(object_id)
        and (version == "" or is_name(version))
        and _DIGEST.fullmatch(inventory)
        and 1 <= found["number"] < _MAX_NUMBER
        and 0 <= found["tombstones"] < _MAX_NUMBER
    )
    if not is_sound:
        raise _Wrong(f"pin {number} has a value that no pin has")
    return Pin(archive, object_id, version or None, found["number"], inventory, found["tombstones"])


def read_lock(path: Path) -> tuple[Pin, ...]:
    """The pins of a lock file: ``load.lock``, ``load.not-readable``."""
    reason, data = "", b""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_LOCK_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "unknown"
    if reason:
        raise LoadError("load.not-readable", path=str(path), reason=reason)
    return parse_lock(data, name=str(path))


def write_lock(path: Path, pins: Sequence[Pin]) -> None:
    """Write a lock file in one step, so that a reader finds the old or the new one.

    Raises
    ------
    LoadError
        ``load.lock`` if an archive's path is no text.
    WriteError
        ``write.not-writable``
    """
    content = None
    with contextlib.suppress(UnicodeEncodeError):
        content = lock_text(pins).encode()
    if content is None:
        raise LoadError("load.lock", path=str(path), reason="the archive's path is no text")
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    reason = ""
    try:
        new.write_bytes(content)
        new.replace(path)
    except OSError as error:
        reason = error.strerror or "unknown"
        new.unlink(missing_ok=True)
    if reason:
        raise WriteError("write.not-writable", path=str(path), reason=reason)
