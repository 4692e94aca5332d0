"""The versions of an object as they are to be after a purge: which change, and each written as a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ppdarchive.archive.earlier import CHANGELOG, Earlier, EarlierReleases
from ppdarchive.archive.opening import OpenedObject, read_member, release_folder
from ppdarchive.archive.purging_cells import released_keys
from ppdarchive.archive.purging_plan import Cut, Plan, rows_to_go
from ppdarchive.archive.purging_spans import text_digest
from ppdarchive.archive.rebuilding import rebuild, standing, with_document
from ppdarchive.archive.removing import removed
from ppdarchive.archive.replacing import with_cuts
from ppdarchive.archive.retelling import Retelling
from ppdarchive.changes import MIN_CELL, Contents, Entry, changelog, changes, extended
from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.model.columns import values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Schemas
from ppdarchive.model.span import TextCategory
from ppdarchive.package.information import information
from ppdarchive.store.digest import digest
from ppdarchive.store.reading import damaged
from ppdarchive.study.config import Release

_HIDDEN: Final = re.compile(r"could tell of fewer than ([0-9]+) participants")
_MAX_LOG_BYTES: Final = 64 << 20
_PSEUDONYM: Final = re.compile("[bcdfghjklmnpqrstvwxz]{16}")

Tables = Mapping[str, TreatedTable]


@dataclass(slots=True, repr=False)
class Rewritten:
    """Versions that change.

    Attributes
    ----------
    folders : dict of int to Path
        What each is to hold.
    k : dict of str to tuple of int
        By number, the smallest class before and after, and the one that is demanded, or 0; only of versions
        whose tables change.
    traces : set of str
        Pseudonyms that must not be left anywhere.
    runs : set of tuple of str
        Words in a row that must not be left either.
    """

    folders: dict[int, Path] = field(default_factory=dict)
    k: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    traces: set[str] = field(default_factory=set)
    runs: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def retelling(self) -> Retelling:
        """What must not stand in words about the versions."""
        return Retelling(self.traces, self.runs)

    def __repr__(self) -> str:
        return f"<Rewritten: {len(self.folders)} versions>"


@dataclass(frozen=True, slots=True, repr=False)
class _Purged:
    """A version's tables as they are to be, and what must not be left."""

    tables: Tables
    has_changed: bool
    traces: frozenset[str] = frozenset()
    runs: Set[tuple[str, ...]] = frozenset()


def rewritten_versions(
    opened: OpenedObject,
    staging: Path,
    plan: Plan,
    *,
    schemas: Schemas,
    release: Release | None,
    words: Set[tuple[str, ...]] = frozenset(),
) -> Rewritten:
    """Write every version that a purge changes.

    A version changes if its tables do, or if its changelog does, which tells of earlier ones too.

    Parameters
    ----------
    opened : OpenedObject
    staging : Path
        An empty private folder.
    plan : Plan
    schemas : mapping of str to Schema
        The study's own.
    release : Release, optional
        The limits of this audience, where they are known.
    words : set of tuple of str
        Words in a row that are purged themselves.

    Raises
    ------
    ArchiveError
        ``archive.residual`` if something would be left.
    StoreError, PackageError, LoadError, SchemaError
        If a version is damaged, or cannot be written.
    """
    result = Rewritten(runs=set(words))
    releases = EarlierReleases(opened, staging)
    before: Contents | None = None
    log: str | None = None
    is_other = False
    for stored in opened.releases:
        number = stored.number
        earlier = releases.release(stored)
        purged = _purged(earlier, plan, opened.id, schemas, number)
        after = _contents(earlier, purged.tables)
        result.traces |= purged.traces | plan.released.get(opened.id, set())
        result.runs |= purged.runs
        if _is_retold(earlier, result.retelling):
            purged = replace(purged, has_changed=True)
        is_other = is_other or purged.has_changed
        if is_other:
            _check_sound(opened, number)
            with release_folder(opened, number, near=staging) as old:
                said = _read(old / CHANGELOG)
                new = None if said is None else _log(log, before, after, said)
                out = staging / f"version-{number}"
                if purged.has_changed:
                    was, now = standing(earlier.tables, release), standing(purged.tables, release)
                    documents = {} if new is None else {CHANGELOG: new}
                    rebuild(
                        old,
                        out,
                        purged.tables,
                        was=was,
                        now=now,
                        documents=documents,
                        traces=purged.traces,
                        retell=result.retelling.words,
                        name=stored.name,
                    )
                    wanted = release.limits.k if release is not None else 0
                    result.k[str(number)] = (was.k, now.k, wanted)
                    result.folders[number] = out
                elif new is not None and new != said:
                    with_document(old, out, CHANGELOG, new)
                    result.folders[number] = out
                log = new
        else:
            text = read_member(opened, number, CHANGELOG, limit=_MAX_LOG_BYTES)
            log = text.decode("utf-8", "replace") if text is not None else None
        before = after
    return result


def _is_retold(earlier: Earlier, retelling: Retelling) -> bool:
    """Whether a reason for which a condition was overridden says what must not be left."""
    told = information(earlier.contents.metadata, path=CHANGELOG).policy.get("overridden")
    reasons = (
        (each.get("reason") for each in told if isinstance(each, dict)) if isinstance(told, list) else ()
    )
    return any(isinstance(reason, str) and retelling.words(reason) != reason for reason in reasons)


def _read(path: Path) -> str | None:
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else None


def _check_sound(opened: OpenedObject, number: int) -> None:
    """Refuse bytes that are not those that were published: they would be published anew."""
    state = opened.head.inventory.versions[number - 1].state
    for path, place in opened.paths(number).items():
        if digest(opened.files, place) != state[path]:
            raise damaged(place, "the file is not the one that was published")


def _contents(earlier: Earlier, tables: Tables) -> Contents:
    """A release as it is compared, with what is left of its tables."""
    frames = {name: table.frame for name, table in tables.items()}
    return Contents(earlier.contents.schemas, MappingProxyType(frames), earlier.contents.metadata)


def _log(log: str | None, before: Contents | None, after: Contents, said: str) -> str:
    """The changelog of a version, from what is left of all versions.

    Counts of what was removed would give it away.
    """
    info = information(after.metadata, path=CHANGELOG)
    hidden = _HIDDEN.search(said)
    min_cell = int(hidden[1]) if hidden is not None else MIN_CELL
    found = None if before is None else changes(before, after, marks=replaced_ranges)
    entry = Entry(info.version, info.released_on, found)
    try:
        return (
            changelog([entry], min_cell=min_cell) if log is None else extended(log, entry, min_cell=min_cell)
        )
    except ValueError:  # somebody else's, as where it was published
        return changelog([entry], min_cell=min_cell)


# -- tables -----------------------------------------------------------------------------------------


def _purged(earlier: Earlier, plan: Plan, object_id: str, schemas: Schemas, number: int) -> _Purged:
    tables = {name: earlier.tables[name] for name in earlier.tables}
    mask = _has_masks(earlier)
    rows = rows_to_go(plan, object_id, tables, schemas)
    if rows:
        found = removed(tables, rows, mask=mask)
        gone = {value for name, each in found.rows.items() for value in _keys(tables[name], each)}
        left = {value for table in found.tables.values() for value in _all_keys(table)}
        traces = plan.released.get(object_id, set()) | (gone - left)
        return _Purged(found.tables, has_changed=True, traces=frozenset(traces), runs=found.runs)
    cut = False
    for each in plan.cuts.get(object_id, ()):
        if each.number == number:
            tables, is_done = _cut(tables, each, mask=mask)
            cut |= is_done
    return _Purged(tables, has_changed=cut)


def _has_masks(earlier: Earlier) -> bool:
    """Whether a release says that masks stand for what was redacted."""
    policy = earlier.contents.metadata.get("ppdarchive")
    text = policy.get("text") if isinstance(policy, dict) else None
    return isinstance(text, dict) and text.get("replace") == "mask"


def _keys(table: TreatedTable, rows: object) -> Iterator[str]:
    """The pseudonyms by which some rows are named."""
    for name in table.schema.primary_key:
        for value in values_of(table.frame[name]).filter(rows).to_pylist():
            if isinstance(value, str) and _PSEUDONYM.fullmatch(value):
                yield value


def _all_keys(table: TreatedTable) -> Set[str]:
    return (
        {str(value) for key in released_keys(table) for value in key} if table.schema.primary_key else set()
    )


def _cut(tables: dict[str, TreatedTable], cut: Cut, *, mask: bool) -> tuple[dict[str, TreatedTable], bool]:
    """Cut ranges out of a cell whose text is still the one that they were found in; say whether it was."""
    table = tables[cut.table]
    rows = [row for row, key in enumerate(released_keys(table)) if key == cut.key]
    for row in rows:
        text = values_of(table.frame[cut.field])[row].as_py()
        if text is not None and text_digest(text) == cut.digest:
            category = TextCategory(cut.category)
            ranges = {row: cut.ranges}
            return with_cuts(tables, cut.table, cut.field, ranges, mask=mask, category=category), True
    return tables, False
