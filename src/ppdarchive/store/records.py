"""What is said of an object's versions besides their content: marks and tombstones.

A mark says that a version was superseded, withdrawn from use, or has an erratum; its bytes stay. A
tombstone says that something was removed from versions: what kind of thing, when and on what ground,
never what or whose. Neither holds a digest of anything that was removed, which would be an oracle for
whoever guesses. Both lie in the object's ``extensions/ppdarchive``, each in a file of its own that is
written once.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.files import LOCAL, Files, make_folders, told, write_file
from ppdarchive.store.lock import PATIENCE_SECONDS, hold
from ppdarchive.store.outline import parse_json
from ppdarchive.store.reading import Head, check_version, has_folder, head, is_being_rewritten

MARKS: Final = "extensions/ppdarchive/marks"
TOMBSTONES: Final = "extensions/ppdarchive/tombstones"

MarkKind = Literal["superseded", "withdrawn", "erratum"]
Removed = Literal["participant", "response", "spans"]
Ground = Literal["withdrawal", "leak", "law"]

MAX_WORDS: Final = 1000
"""Characters of what a mark says, at most."""
_MAX_BYTES: Final = 2**20
_MARK_NAME: Final = re.compile(r"v([1-9][0-9]{0,8})-([0-9]{4})\.json")
_TOMBSTONE_NAME: Final = re.compile(r"([0-9]{4})\.json")
# Neither control characters, nor what turns the direction of a line, nor halves of characters.
_WORDS: Final = re.compile("[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]{1,1000}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEY: Final = re.compile(r"[0-9A-F]{16}")
_N_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reader of a version should know; the version's bytes are as they were.

    `reason` is one line in plain words; `by` is the release that takes its place, if one does.
    """

    version: int
    kind: MarkKind
    reason: str
    on: date
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """That something was removed from versions of an object.

    Attributes
    ----------
    number : int
        From 1, one a removal.
    kind : {'participant', 'response', 'spans'}
    versions : tuple of int
        Those whose content changed, ascending.
    on : date
    ground : {'withdrawal', 'leak', 'law'}
    void : mapping of int to tuple of str
        By version, the names of the keys whose signature of it became void. A version's inventory
        changes too when an earlier version's content does.
    """

    number: int
    kind: Removed
    versions: tuple[int, ...]
    on: date
    ground: Ground
    void: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


class _Wrong(ValueError):
    """What is wrong with a record; never a value of it."""


# -- as text and back ----------------------------------------------------------------------------------


def mark_text(mark: Mark) -> str:
    """The document of a mark; equal marks give equal text.

    Raises
    ------
    StoreError
        ``store.record`` if it could not be read back.
    """
    document: dict[str, Any] = {
        "version": layout.version_folder(mark.version),
        "kind": mark.kind,
        "reason": mark.reason,
        "on": mark.on.isoformat(),
    }
    if mark.by is not None:
        document["by"] = mark.by
    parse_mark(json.dumps(document).encode(), name="mark")
    return _text(document)


def tombstone_text(tombstone: Tombstone) -> str:
    """The document of a tombstone; equal tombstones give equal text.

    Raises
    ------
    StoreError
        ``store.record`` if it could not be read back.
    """
    document = {
        "number": tombstone.number,
        "kind": tombstone.kind,
        "versions": [layout.version_folder(number) for number in tombstone.versions],
        "on": tombstone.on.isoformat(),
        "ground": tombstone.ground,
        "void": {layout.version_folder(n): list(keys) for n, keys in sorted(tombstone.void.items())},
    }
    parse_tombstone(json.dumps(document).encode(), name="tombstone")
    return _text(document)


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def parse_mark(data: bytes, *, name: str) -> Mark:
    """Read a mark.

    Raises
    ------
    StoreError
        ``store.record``, and nothing else whatever the bytes are.
    """
    try:
        found = _document(data, frozenset({"version", "kind", "reason", "on"}), frozenset({"by"}))
        by = _line(found["by"]) if "by" in found else None
        return Mark(
            _version(found["version"]),
            _choice(found["kind"], get_args(MarkKind)),
            _line(found["reason"]),
            _day(found["on"]),
            by,
        )
    except _Wrong as wrong:
        reason = str(wrong)
    raise StoreError("store.record", path=name, reason=reason)


def parse_tombstone(data: bytes, *, name: str) -> Tombstone:
    """Read a tombstone.

    Raises
    ------
    StoreError
        ``store.record``, and nothing else whatever the bytes are.
    """
    try:
        found = _document(data, frozenset({"number", "kind", "versions", "on", "ground", "void"}))
        number = found["number"]
        if type(number) is not int or not 1 <= number <= 9999:
            raise _Wrong("a number from 1 expected")
        return Tombstone(
            number,
            _choice(found["kind"], get_args(Removed)),
            _versions(found["versions"]),
            _day(found["on"]),
            _choice(found["ground"], get_args(Ground)),
            _void(found["void"]),
        )
    except _Wrong as wrong:
        reason = str(wrong)
    raise StoreError("store.record", path=name, reason=reason)


def _document(data: bytes, needed: frozenset[str], more: frozenset[str] = frozenset()) -> dict[str, Any]:
    if len(data) > _MAX_BYTES:
        raise _Wrong(f"over {_MAX_BYTES} bytes")
    found = None
    with contextlib.suppress(ValueError):
        found = parse_json(data)
    if not isinstance(found, dict):
        raise _Wrong("an object in JSON expected")
    if needed - found.keys():
        raise _Wrong(f"{min(needed - found.keys())} is missing")
    if found.keys() - needed - more:
        raise _Wrong("a key that no record here has")
    return found


def _version(found: Any) -> int:
    number = layout.version_number(found) if isinstance(found, str) else None
    if number is None:
        raise _Wrong("a version such as v3 expected")
    return number


def _versions(found: Any) -> tuple[int, ...]:
    numbers = tuple(map(_version, found)) if isinstance(found, list) else ()
    if not numbers or list(numbers) != sorted(set(numbers)):
        raise _Wrong("versions expected, each once and the first first")
    return numbers


def _void(found: Any) -> Mapping[int, tuple[str, ...]]:
    if not isinstance(found, dict):
        raise _Wrong("an object of versions expected")
    void = {_version(name): tuple(_keys(keys)) for name, keys in found.items()}
    if list(void) != sorted(void):
        raise _Wrong("versions expected, each once and the first first")
    return MappingProxyType(void)


def _keys(found: Any) -> list[str]:
    if not isinstance(found, list) or not found or not all(isinstance(name, str) for name in found):
        raise _Wrong("names of keys expected")
    if not all(map(_KEY.fullmatch, found)) or found != sorted(set(found)):
        raise _Wrong("names of keys expected, sorted")
    return found


def _choice(found: Any, choices: tuple[Any, ...]) -> Any:
    if not isinstance(found, str) or found not in choices:
        raise _Wrong(f"one of {', '.join(choices)} expected")
    return found


def is_line(found: str) -> bool:
    """Whether a mark can say this: one line that is not blank, of at most `MAX_WORDS` characters.

    >>> is_line("Ages."), is_line(" "), is_line("One." + chr(10) + "Two.")
    (True, False, False)
    """
    return _WORDS.fullmatch(found) is not None and not found.isspace()


def _line(found: Any) -> str:
    if not isinstance(found, str) or not is_line(found):
        raise _Wrong("one line of at most 1000 characters expected")
    return found


def _day(found: Any) -> date:
    if isinstance(found, str) and _DAY.fullmatch(found):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(found)
    raise _Wrong("a day such as 2026-03-01 expected")


# -- in an archive -------------------------------------------------------------------------------------


def marks(root: Path, object_id: str, *, files: Files = LOCAL) -> tuple[Mark, ...]:
    """The marks of an object's versions, the first version's first, and each version's in their order.

    Raises
    ------
    StoreError
        What `head` raises; ``store.record`` if what is there is no mark.
    """
    return _marks(_records(files, root, object_id, MARKS, _MARK_NAME))


def marks_of(found: Head, *, files: Files = LOCAL) -> tuple[Mark, ...]:
    """The marks of an object whose head was read already; see `marks`."""
    with told(found.folder, "store.not-readable"):
        return _marks(_files_of(files, found, MARKS, _MARK_NAME))


def _marks(found: list[tuple[Path, tuple[int, ...], bytes]]) -> tuple[Mark, ...]:
    result = []
    for path, numbers, data in found:
        mark = parse_mark(data, name=str(path))
        if mark.version != numbers[0]:
            raise StoreError("store.record", path=str(path), reason="the mark of another version")
        result.append(mark)
    return tuple(result)


def tombstones(root: Path, object_id: str, *, files: Files = LOCAL) -> tuple[Tombstone, ...]:
    """The tombstones of an object, the first first.

    Raises
    ------
    StoreError
        What `head` raises; ``store.record`` if what is there is no tombstone, or one is missing.
    """
    return _tombstones(_records(files, root, object_id, TOMBSTONES, _TOMBSTONE_NAME))


def tombstones_of(found: Head, *, files: Files = LOCAL) -> tuple[Tombstone, ...]:
    """The tombstones of an object whose head was read already; see `tombstones`."""
    with told(found.folder, "store.not-readable"):
        return _tombstones(_files_of(files, found, TOMBSTONES, _TOMBSTONE_NAME))


def _tombstones(found: list[tuple[Path, tuple[int, ...], bytes]]) -> tuple[Tombstone, ...]:
    result = []
    for path, numbers, data in found:
        tombstone = parse_tombstone(data, name=str(path))
        result.append(tombstone)
        if not len(result) == tombstone.number == numbers[0]:
            raise StoreError("store.record", path=str(path), reason="another number expected")
    return tuple(result)


def tombstone_path(number: int) -> str:
    """Where in the object a tombstone lies.

    >>> tombstone_path(1)
    'extensions/ppdarchive/tombstones/0001.json'
    """
    return f"{TOMBSTONES}/{number:04}.json"


def seconds_of_day(day: date) -> int:
    """The time that a record's file bears: its own day, and no clock's."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _records(
    files: Files, root: Path, object_id: str, folder: str, name: re.Pattern[str]
) -> list[tuple[Path, tuple[int, ...], bytes]]:
    """The files of a folder of records, by the numbers in their names."""
    with told(root / object_id, "store.not-readable"):
        for _ in range(_N_TRIES - 1):  # an object may be put in another's place meanwhile
            with contextlib.suppress(OSError, StoreError):
                return _files_of(files, head(root, object_id, files=files), folder, name)
        return _files_of(files, head(root, object_id, files=files), folder, name)


def _files_of(
    files: Files, found: Head, inside: str, name: re.Pattern[str]
) -> list[tuple[Path, tuple[int, ...], bytes]]:
    if not has_folder(found, inside, files=files):
        return []
    folder = found.folder / inside
    result = []
    for entry in files.entries(folder):
        path = folder / entry.name
        match = name.fullmatch(entry.name)
        if match is None or entry.kind != "file":
            raise StoreError("store.record", path=str(path), reason="neither name nor kind is a record's")
        result.append((path, tuple(map(int, match.groups())), files.read(path, _MAX_BYTES + 1)))
    return sorted(result, key=lambda each: each[1])


def put_mark(
    root: Path, object_id: str, mark: Mark, *, patience: float = PATIENCE_SECONDS, files: Files = LOCAL
) -> None:
    """Add a mark to a version; those it has stay.

    Raises
    ------
    StoreError
        ``store.no-such-version``; ``store.record`` if the mark cannot be kept; ``store.unfinished``
        while the object is being rewritten; ``store.locked``, ``store.lock-lost``,
        ``store.not-writable``; what `head` raises.
    """
    text = mark_text(mark).encode()
    head(root, object_id, files=files)  # before a lock is made where there is nothing
    with hold(files, root, object_id, patience=patience) as held:
        if is_being_rewritten(files, root, object_id):
            raise StoreError("store.unfinished", path=str(root / object_id))
        found = head(root, object_id, files=files)
        check_version(found, mark.version)
        folder = found.folder / MARKS
        before = _files_of(files, found, MARKS, _MARK_NAME)
        number = max((n for _, (version, n), _ in before if version == mark.version), default=0) + 1
        if number > 9999:
            raise StoreError("store.record", path=str(folder), reason="over 9999 marks of one version")
        make_folders(files, folder)
        staged = held.staging / "mark.json"
        write_file(files, staged, text, seconds_of_day(mark.on))
        held.check()
        files.rename(staged, folder / f"{layout.version_folder(mark.version)}-{number:04}.json")
        files.sync(folder)
