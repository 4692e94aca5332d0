"""What an archive's releases are and what became of them, and what differs between two releases.

All of it follows from what is released: from inventories, changelogs and published tables.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final

from ppdarchive.archive.opening import (
    LATEST,
    OpenedObject,
    StoredRelease,
    Where,
    is_archive,
    open_object,
    read_member,
)
from ppdarchive.changes import Changes, Contents, Entry, Level, Version, changelog, changes, next_version
from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.errors import UsageError
from ppdarchive.loading import Release, ReleaseWarning, history, load
from ppdarchive.model.schema import JsonValue
from ppdarchive.model.table import Frame
from ppdarchive.store import layout
from ppdarchive.store.naming import is_release_version
from ppdarchive.store.records import Mark, Tombstone

CHANGELOG: Final = "CHANGELOG.md"
_DESCRIPTOR: Final = "datapackage.json"
_MAX_BYTES: Final = 64 << 20
_HEADING: Final = re.compile(r"## ([0-9]+\.[0-9]+\.[0-9]+) \([0-9]{4}-[0-9]{2}-[0-9]{2}\)")


@dataclass(frozen=True, slots=True)
class Logged:
    """One release in an archive's log.

    Attributes
    ----------
    number : int
        Of the archive's version.
    name : str
        The release's version; ``v3`` if it has none.
    published_on : date
    level : Level or None
        What the version was raised by; None for the first, and where a version is not known.
    words : str or None
        What was said when it was published.
    lines : tuple of str
        What the changelog tells of it, in Markdown.
    marks : tuple of Mark
    tombstones : tuple of Tombstone
        What was removed from it since.
    signatures : tuple of str
        Names of keys that are said to have signed it; `verify` finds out.
    """

    number: int
    name: str
    published_on: date
    level: Level | None
    words: str | None
    lines: tuple[str, ...]
    marks: tuple[Mark, ...]
    tombstones: tuple[Tombstone, ...]
    signatures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """The releases of an object, the newest first."""

    object_id: str
    releases: tuple[Logged, ...]


def log_of(archive: Where, *, study: str | None = None, audience: str | None = None) -> Log:
    """Tell the releases of an object; no table is opened.

    Parameters
    ----------
    archive : str or path
        A folder, or ``s3://BUCKET/PREFIX``.
    study, audience : str, optional
        Needed where there are several objects.

    Raises
    ------
    ArchiveError, StoreError, LoadError
        What `open_object` and `ppdarchive.loading.history` raise; ``store.damaged`` if the newest
        release's changelog is not the one that was published.
    """
    opened = open_object(archive, study=study, audience=audience)
    own_study, own_audience = layout.parts(opened.id)
    found = history(archive, study=own_study, audience=own_audience)
    text = read_member(opened, opened.head.number, CHANGELOG, limit=_MAX_BYTES)
    told = sections(text.decode("utf-8", "replace")) if text is not None else {}
    stored = {each.number: each for each in opened.releases}
    names = [each.version for each in found]
    levels = [None, *(_level(before, after) for before, after in pairwise(names))]
    logged = [
        Logged(
            each.number,
            each.name,
            stored[each.number].created_on,
            level,
            stored[each.number].words,
            told.get(each.name, ()),
            each.marks,
            each.tombstones,
            each.signatures,
        )
        for each, level in zip(found, levels, strict=True)
        if each.number in stored  # somebody may have published meanwhile
    ]
    return Log(opened.id, tuple(reversed(logged)))


def _level(before: str | None, after: str | None) -> Level | None:
    """Which number of a version was raised."""
    if before is None or after is None or not (is_release_version(before) and is_release_version(after)):
        return None
    one, other = Version.parse(before), Version.parse(after)
    if one >= other:
        return None
    return Level.MAJOR if one[0] != other[0] else Level.MINOR if one[1] != other[1] else Level.PATCH


def sections(text: str) -> Mapping[str, tuple[str, ...]]:
    r"""The lines that a changelog has on each version, without blank ones.

    >>> sections("# Changelog\n\n## 1.0.0 (2026-01-31)\n\nFirst release.\n")
    {'1.0.0': ('First release.',)}
    """
    result: dict[str, list[str]] = {}
    own: list[str] | None = None
    for line in text.splitlines():
        if match := _HEADING.fullmatch(line):
            own = result.setdefault(match[1], [])
        elif own is not None and line.strip():
            own.append(line)
    return {version: tuple(lines) for version, lines in result.items()}


# -- two releases --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two releases.

    Attributes
    ----------
    before, after : str
        What they are called.
    changes : Changes
        With exact counts, which are not for everybody.
    version : str or None
        What a release with these changes would be called after the first.
    """

    before: str
    after: str
    changes: Changes
    version: str | None

    def lines(self, *, min_cell: int) -> tuple[str, ...]:
        """The changes in Markdown, as a changelog tells them, without blank lines.

        Parameters
        ----------
        min_cell : int
            The smallest count that is told of participants; with 1 all are.
        """
        (own,) = sections(changelog([Entry("0.0.0", date.min, self.changes)], min_cell=min_cell)).values()
        return own


def diff(where: Sequence[Where], *, study: str | None = None, audience: str | None = None) -> Difference:
    """Find what differs between two releases, from what is released alone.

    Parameters
    ----------
    where : sequence of str or path
        Two packages; or an archive and two of its releases, such as ``1.0.0`` and ``latest``.
    study, audience : str, optional
        Needed where the archive has several objects.

    Raises
    ------
    UsageError
        ``usage.value`` if it is neither.
    ArchiveError, StoreError, LoadError
        What `open_object` and `ppdarchive.loading.load` raise.
    """
    if len(where) == 3:
        opened = open_object(where[0], study=study, audience=audience)
        first, second = (opened.release(str(version)) for version in where[1:])
        return _difference(
            (first.name, *_of_archive(opened, where[0], first)),
            (second.name, *_of_archive(opened, where[0], second)),
        )
    if len(where) == 2 and not any(map(is_archive, where)):
        one, other = (_of_package(Path(place)) for place in where)
        return _difference((str(where[0]), *one), (str(where[1]), *other))
    raise UsageError("usage.value", reason="name an archive and two of its releases, or two packages")


def _of_archive(opened: OpenedObject, archive: Where, stored: StoredRelease) -> tuple[Release, bytes]:
    study, audience = layout.parts(opened.id)
    release = quietly(archive, layout.version_folder(stored.number), study=study, audience=audience)
    return release, read_member(opened, stored.number, _DESCRIPTOR, limit=_MAX_BYTES) or b"{}"


def _of_package(folder: Path) -> tuple[Release, bytes]:
    release = load(folder)
    return release, (folder / _DESCRIPTOR).read_bytes()


def quietly(
    where: Where, version: str = LATEST, *, study: str | None = None, audience: str | None = None
) -> Release:
    """Load a release; its marks are told by whoever asked, and not by a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ReleaseWarning)
        return load(where, version, study=study, audience=audience)


def _difference(before: tuple[str, Release, bytes], after: tuple[str, Release, bytes]) -> Difference:
    found = changes(_contents(*before[1:]), _contents(*after[1:]), marks=replaced_ranges)
    version = before[1].version or ""
    following = next_version(version, found) if found and is_release_version(version) else None
    return Difference(before[0], after[0], found, following)


def _contents(release: Release, descriptor: bytes) -> Contents:
    metadata: dict[str, JsonValue] = json.loads(descriptor.decode("utf-8-sig"))
    return Contents({name: release.schema(name) for name in release}, _Frames(release), metadata)


class _Frames(Mapping[str, Frame]):
    """A release's tables, each read when it is asked for, and not kept."""

    def __init__(self, release: Release) -> None:
        self._release = release

    def __getitem__(self, name: str) -> Frame:
        return self._release.table(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._release)

    def __len__(self) -> int:
        return len(self._release)
