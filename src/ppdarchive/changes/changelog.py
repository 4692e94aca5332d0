"""Changes as a CHANGELOG for people, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from ppdarchive.changes.between import Changes
from ppdarchive.changes.codings import CODINGS
from ppdarchive.changes.kinds import KINDS, Change, Level
from ppdarchive.changes.rows import Affected
from ppdarchive.changes.told import MIN_CELL, Public, Told, public
from ppdarchive.changes.version import Version
from ppdarchive.model.schema import JsonValue

_TITLE: Final = "# Changelog\n\nWhat differs from release to release, the newest first.\n"
_HEADINGS: Final = {
    Level.MAJOR: "Breaks what was read from the last release",
    Level.MINOR: "Adds",
    Level.PATCH: "Corrects metadata",
}
_ARROWED: Final = frozenset(
    {
        *("field.retyped", "field.unit", "code.merged", "code.split", "code.replaced"),
        *("theme.merged", "theme.split", "theme.replaced"),
    }
)
"""Changes of something, named first, into what is named behind it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A release in the changelog.

    Attributes
    ----------
    version : str
    released_on : date
    changes : Changes or None
        What differs from the release before; None for the first.
    """

    version: str
    released_on: date
    changes: Changes | None = None


def changelog(entries: Iterable[Entry], *, min_cell: int = MIN_CELL) -> str:
    """Write the changelog of a study, with nothing that singles a participant out.

    Parameters
    ----------
    entries : iterable of Entry
        In any order; each version once.
    min_cell : int
        The smallest count that is told of participants or their rows.

    Returns
    -------
    str
        Markdown; the same for the same entries.

    Raises
    ------
    ValueError
        If a version stands there twice, or is not three numbers.
    """
    ordered = sorted(entries, key=lambda entry: Version.parse(entry.version), reverse=True)
    if len({entry.version for entry in ordered}) < len(ordered):
        raise ValueError("a version stands in the changelog twice")
    return _TITLE + "".join(_section(entry, min_cell) for entry in ordered)


def extended(earlier: str, entry: Entry, *, min_cell: int = MIN_CELL) -> str:
    """Write the changelog of a release from that of the release before.

    Parameters
    ----------
    earlier : str
        As `changelog` wrote it. Sections that were published stay as they are.
    entry : Entry
        Of the new release.

    Raises
    ------
    ValueError
        If `earlier` does not begin as a changelog does.
    """
    if not earlier.startswith(_TITLE):
        raise ValueError("this is not a changelog of a release")
    return _TITLE + _section(entry, min_cell) + earlier.removeprefix(_TITLE)


def _section(entry: Entry, min_cell: int) -> str:
    lines = ["", f"## {entry.version} ({entry.released_on.isoformat()})", ""]
    if entry.changes is None:
        lines.append("First release.")
    elif not entry.changes:
        lines.append("No differences.")
    else:
        told = public(entry.changes, min_cell=min_cell)
        said = list(_said(entry.changes, told))
        if min_cell > 1:
            lines += [_note(min_cell), ""]
        for level, heading in _HEADINGS.items():
            own = [words for each, words in said if each is level]
            if own:
                lines += [f"### {heading}", "", *(f"- {words}" for words in own), ""]
        silent = [table for table, kinds in told.rows.items() if kinds is None]
        if silent:
            lines += [
                "### Rows",
                "",
                *(f"- {_code(table)}: rows are others; counts are not told" for table in silent),
            ]
        while lines[-1] == "":
            lines.pop()
    return "\n".join(lines) + "\n"


def _note(min_cell: int) -> str:
    return f"Where a count could tell of fewer than {min_cell} participants, it is not told exactly."


def _said(changes: Changes, told: Public) -> Iterator[tuple[Level, str]]:
    """All that is told, with the level under which it stands."""
    for change in shown(changes, told):
        if change.table == CODINGS and change.kind.startswith("rows.") and told.codings:
            continue  # their stages say more
        words = f"{_place(change)}: {KINDS[change.kind].what}"
        counts = _counts_of(change, told)
        if counts is not None:
            words += f" ({counts})"
        elif change.names:
            names = [_code(name) if name else "none" for name in change.names]
            words += f" ({_list(names, change.kind)})"
        yield change.level, words


def shown(changes: Changes, told: Public) -> Iterator[Change]:
    """The changes that may be told of, without their counts."""
    silent = {table for table, kinds in told.rows.items() if kinds is None}
    for change in changes:
        is_of_rows = change.kind.startswith(("rows.", "texts.", "codings.")) or change.kind == "field.recoded"
        if is_of_rows and change.table in silent:
            continue
        if change.kind.startswith("codings.") and not told.codings:
            continue
        yield change


def _counts_of(change: Change, told: Public) -> str | None:
    if change.kind.startswith("rows."):
        kinds = told.rows.get(change.table) or {}
        return _words(kinds[change.kind]) if change.kind in kinds else None
    if change.kind == "texts.edited":
        texts = dict(told.texts[change.table, change.field])
        whole = _words(texts.pop("edited"))
        parts = [f"{part.exactly:,} {_EDITED[kind]}" for kind, part in texts.items()]
        return f"{whole}: {', '.join(parts)}" if parts else whole
    if change.kind.startswith("codings."):
        own = told.codings[change.names[0] if change.names else ""]
        return ", ".join([*map(_code, change.names), _words(own[change.kind])])
    return None


_EDITED: Final = {
    "redacted": "with more redacted",
    "unredacted": "with less redacted",
    "remarked": "with other tags",
    "otherwise": "otherwise",
}


def _words(told: Told) -> str:
    """A count in words.

    Examples
    --------
    >>> _words(Told("participants", under=11)), _words(Told("rows", 1_200))
    ('of fewer than 11 participants', '1,200 rows')
    """
    behind = "of " if told.of == "participants" else ""
    if told.under is not None:
        return f"{behind}fewer than {told.under} {told.of}"
    if told.at_least is not None:
        return f"{behind}{told.at_least} or more {told.of}"
    return f"{behind}{told.exactly:,} {told.of if told.exactly != 1 else told.of[:-1]}"


def _place(change: Change) -> str:
    if change.kind.startswith(("code.", "theme.")):
        return f"{change.kind.partition('.')[0].capitalize()}"
    if not change.table:
        return "Package"
    return _code(f"{change.table}.{change.field}" if change.field else change.table)


def _list(names: list[str], kind: str) -> str:
    if kind in _ARROWED:
        return f"{names[0]} → {', '.join(names[1:])}"
    if kind in ("code.moved", "theme.moved"):
        return f"{names[0]}: {names[1]} → {names[2]}"
    return ", ".join(names)


def _code(text: str) -> str:
    """A word of a schema on one line, where it can start nothing in Markdown."""
    return f"`{' '.join(text.split()).replace('`', chr(39))}`"


def as_json(changes: Changes, *, is_public: bool, min_cell: int = MIN_CELL) -> dict[str, JsonValue]:
    """Write changes for programs.

    Parameters
    ----------
    changes : Changes
    is_public : bool
        Whether everybody may see it. If not, all counts are exact: that is for the study's own people.
    min_cell : int
        The smallest count that is told of participants or their rows, where everybody may see it.

    Returns
    -------
    dict
        JSON: ``level``; ``changes``, each with ``kind``, ``level``, ``reason``, ``table``, ``field`` and
        ``names``; and the counts: ``rows`` by table, ``texts`` by ``table.field``, ``codings`` by stage.
    """
    told = public(changes, min_cell=min_cell) if is_public else None
    listed = tuple(changes) if told is None else tuple(shown(changes, told))
    result: dict[str, JsonValue] = {
        "level": None if changes.level is None else changes.level.value,
        "changes": [_change(change) for change in listed],
    }
    if told is None:
        rows: Iterable[tuple[str, JsonValue]] = (
            (
                table,
                {
                    **{kind: _exact(part) for kind, part in own.kinds.items()},
                    "before": own.n_before,
                    "after": own.n_after,
                    "fields": {
                        name: {"changed": each.n_changed, "filled": each.n_filled}
                        for name, each in own.fields.items()
                    },
                },
            )
            for table, own in changes.rows.items()
        )
        texts = {
            f"{table}.{name}": {"edited": _exact(own.edited), **_all(own.kinds)}
            for (table, name), own in changes.texts.items()
        }
        codings: Mapping[str, JsonValue] = {stage: _all(own.kinds) for stage, own in changes.codings.items()}
        return result | {"rows": dict(rows), "texts": dict(texts), "codings": dict(codings)}
    return result | {
        "rows": {table: None if own is None else _kinds(own) for table, own in told.rows.items()},
        "texts": {f"{table}.{name}": _kinds(own) for (table, name), own in told.texts.items()},
        "codings": {stage: _kinds(own) for stage, own in told.codings.items()},
    }


def _change(change: Change) -> JsonValue:
    return {
        "kind": change.kind,
        "level": change.level.value,
        "reason": change.reason,
        "table": change.table or None,
        "field": change.field or None,
        "names": list(change.names),
    }


def _all(kinds: Mapping[str, Affected]) -> dict[str, JsonValue]:
    return {kind: _exact(part) for kind, part in kinds.items()}


def _exact(part: Affected) -> JsonValue:
    return {"rows": part.n_rows, "participants": part.n_participants}


def _kinds(kinds: Mapping[str, Told]) -> dict[str, JsonValue]:
    return {kind: _told(told) for kind, told in kinds.items()}


def _told(told: Told) -> JsonValue:
    if told.exactly is not None:
        return {told.of: told.exactly}
    bound = {"under": told.under} if told.under is not None else {"at_least": told.at_least}
    return {told.of: dict(bound)}
