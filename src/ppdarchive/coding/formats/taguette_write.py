"""`Project` -> what Taguette opens: a project file (SQLite) and a codebook (CSV).

Nobody can log in with what is written: users have no password. Dates are one fixed day, and the bytes of
a project file depend on the project and on SQLite's version only.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np

from ppdarchive.coding.formats.newfile import new_file
from ppdarchive.coding.formats.taguette_html import UncountableError, markup_of
from ppdarchive.coding.formats.taguette_schema import APPLICATION_ID, REVISION, SCHEMA
from ppdarchive.coding.formats.taguette_tags import tag_description, tag_paths
from ppdarchive.coding.project import NONE, Project
from ppdarchive.errors import CodingError
from ppdarchive.text.units import Unit, convert

KIND: Final = "a Taguette project"
ADMIN: Final = "admin"
"""Whose Taguette on a desktop is; the projects that it shows are those of this user."""

BOM: Final = "\ufeff"
MAX_LOGIN: Final = 25
MAX_DOCUMENT_NAME: Final = 50
MAX_DESCRIPTION: Final = 102_000
MAX_TITLE: Final = 50

_DAY: Final = "2000-01-01 00:00:00.000000"


def taguette_codebook(project: Project) -> str:
    """A codebook that Taguette imports: a CSV of tags and their descriptions.

    It begins with a byte-order mark, without which Taguette guesses the encoding, often wrongly; write it as
    UTF-8. A code that is part of another has its path, ``wider.narrower``. One that is not for coding and
    has no description of its own is part of others' paths only.

    Raises
    ------
    CodingError
        ``coding.cannot-hold``: a dot in a code's name, two codes of one path, white space at the ends.

    References
    ----------
    Taguette 1.5.2, ``import_codebook.py``: columns ``tag`` and ``description``, both stripped.

    Examples
    --------
    >>> from ppdarchive.coding.project import ProjectCode
    >>> codes = (ProjectCode("1", "bond", is_codable=False), ProjectCode("2", "trust", parent="1"))
    >>> print(taguette_codebook(Project("made", "made", codes=codes)).removeprefix(BOM), end="")
    "tag","description"
    "bond.trust",""
    """
    out = io.StringIO(BOM, newline="")
    out.seek(len(BOM))
    # All quoted, for Taguette also ends an unquoted cell where Unicode ends a line.
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["tag", "description"])
    writer.writerows((path, description) for _, path, description in _tags(project))
    return out.getvalue()


def write_taguette(project: Project, path: Path, *, title: str = "Coded responses") -> None:
    """Write a project file that Taguette 1.5 opens and imports.

    Rows of one selection that have one coder become one highlight with several tags. Who coded is in the
    log of commands; a row without a coder has no command.

    Parameters
    ----------
    project : Project
    path : Path
        Of a new file.
    title : str
        What Taguette calls the project; 1 to 50 characters.

    Raises
    ------
    CodingError
        ``coding.cannot-hold``: memos, sets, a quote without its place, a name that is too long, a text with
        a null character, and as `taguette_codebook`.
    WriteError
        ``write.there-already``, ``write.not-writable``.
    """
    written = taguette_bytes(project, title=title)
    with new_file(path) as stream:
        stream.write(written)


def taguette_bytes(project: Project, *, title: str = "Coded responses") -> bytes:
    """The bytes of the file that `write_taguette` writes.

    Raises
    ------
    CodingError
        As `write_taguette`.
    """
    _refuse_what_is_lost(project)
    if not 0 < len(title) <= MAX_TITLE or not _is_storable(title):
        raise _cannot_hold(f"that title: it has 1 to {MAX_TITLE} characters")
    tags = _tags(project)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute("PRAGMA auto_vacuum=1")
        database.execute(f"PRAGMA application_id={APPLICATION_ID}")
        database.execute("BEGIN")
        for statement in SCHEMA.split(";\n"):
            database.execute(statement)
        database.execute("INSERT INTO alembic_version VALUES (?)", (REVISION,))
        log = _Log(database)
        _write_people(database, project, title)
        _write_documents(database, log, project)
        _write_tags(database, log, tags)
        _write_highlights(database, log, project, {key: n for n, (key, _, _) in enumerate(tags, 1)})
        database.execute("COMMIT")
        return database.serialize()


def _tags(project: Project) -> list[tuple[str, str, str]]:
    """Key, path and description of each tag, in the order of the codes."""
    reason = ""
    try:
        paths = tag_paths(project.codes)
    except ValueError as error:
        reason = str(error)
    if reason:
        raise _cannot_hold(f"the name of {reason}")
    parents = {code.parent for code in project.codes}
    used = {project.codes[code].key for code in np.unique(project.selections.code) if code != NONE}
    found = []
    for number, code in enumerate(project.codes, 1):
        if not _is_storable(f"{code.name}{code.description or ''}"):
            raise _cannot_hold(f"half a character or a null character in code {number}")
        if len(code.description or "") > MAX_DESCRIPTION:
            raise _cannot_hold(f"the description of code {number}: it has up to {MAX_DESCRIPTION} characters")
        description = tag_description(code, is_parent=code.key in parents and code.key not in used)
        if description is not None:
            found.append((code.key, paths[code.key], description))
    return found


def _cannot_hold(what: str) -> CodingError:
    return CodingError("coding.cannot-hold", kind=KIND, what=what)


def _refuse_what_is_lost(project: Project) -> None:
    rows = project.selections
    if project.sets:
        raise _cannot_hold("sets of codes")
    if any(memo is not None for memo in rows.memos):
        raise _cannot_hold("memos")
    if (rows.source == NONE).any():
        raise _cannot_hold("a selection without its source")
    names = [coder.name for coder in project.coders]
    if len(set(names)) < len(names):
        raise _cannot_hold("two coders of one name")
    if any(not 0 < len(name) <= MAX_LOGIN or not _is_storable(name) for name in names):
        raise _cannot_hold(f"the name of a coder: it has 1 to {MAX_LOGIN} characters")
    for number, source in enumerate(project.sources, 1):
        if not 0 < len(source.name) <= MAX_DOCUMENT_NAME or not _is_storable(source.name):
            raise _cannot_hold(f"the name of source {number}: it has 1 to {MAX_DOCUMENT_NAME} characters")


def _is_storable(name: str) -> bool:
    return "\0" not in name and not any("\ud800" <= character <= "\udfff" for character in name)


class _Log:
    """Taguette's log of commands: who did what."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def add(self, login: str, document: int | None, kind: str, **facts: object) -> None:
        payload = json.dumps({"type": kind, **facts}, sort_keys=True)
        self._database.execute(
            "INSERT INTO commands (date, user_login, project_id, document_id, payload)"
            " VALUES (?, ?, 1, ?, ?)",
            (_DAY, login, document, payload),
        )


def _write_people(database: sqlite3.Connection, project: Project, title: str) -> None:
    names = [ADMIN, *(coder.name for coder in project.coders if coder.name != ADMIN)]
    database.executemany(
        "INSERT INTO users (login, created, disabled) VALUES (?, ?, 0)", [(name, _DAY) for name in names]
    )
    database.execute("INSERT INTO projects (name, description, created) VALUES (?, '', ?)", (title, _DAY))
    database.executemany(
        "INSERT INTO project_members VALUES (1, ?, ?)",
        [(name, "ADMIN" if name == ADMIN else "TAG") for name in names],
    )


def _write_documents(database: sqlite3.Connection, log: _Log, project: Project) -> None:
    for number, source in enumerate(project.sources, 1):
        reason, markup = "", ""
        try:
            markup = markup_of(source.text)
        except UncountableError as error:
            reason = str(error)
        if reason:
            raise _cannot_hold(f"{reason} in source {number}")
        direction = _direction(source.text)
        database.execute(
            "INSERT INTO documents"
            " (name, description, filename, created, project_id, text_direction, contents)"
            " VALUES (?, '', ?, ?, 1, ?, ?)",
            (source.name, f"document-{number}.html", _DAY, direction, markup),
        )
        log.add(
            ADMIN, number, "document_add",
            document_name=source.name, description="", text_direction=direction,
        )  # fmt: skip


def _direction(text: str) -> str:
    """Which way a browser sets a text: as its first letter goes (Unicode Standard Annex 9, P2 and P3)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return "LEFT_TO_RIGHT" if kind == "L" else "RIGHT_TO_LEFT"
    return "LEFT_TO_RIGHT"


def _write_tags(database: sqlite3.Connection, log: _Log, tags: Sequence[tuple[str, str, str]]) -> None:
    for number, (_, path, description) in enumerate(tags, 1):
        database.execute(
            "INSERT INTO tags (project_id, path, description) VALUES (1, ?, ?)", (path, description)
        )
        log.add(ADMIN, None, "tag_add", tag_id=number, tag_path=path, description=description)


def _write_highlights(
    database: sqlite3.Connection, log: _Log, project: Project, tag_ids: Mapping[str, int]
) -> None:
    rows = project.selections
    starts, ends = _byte_positions(project)
    highlights: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for row in range(len(rows)):
        same = tuple(int(column[row]) for column in (rows.source, starts, ends, rows.place, rows.coder))
        code = int(rows.code[row])
        highlights[same].append(NONE if code == NONE else tag_ids[project.codes[code].key])
    for number, ((source, start, end, _, coder), found) in enumerate(highlights.items(), 1):
        tags = sorted(set(found) - {NONE})
        covered = project.sources[source].text.encode()[start:end].decode()
        database.execute(
            "INSERT INTO highlights (document_id, start_offset, end_offset, snippet) VALUES (?, ?, ?, ?)",
            (source + 1, start, end, markup_of(covered)),
        )
        database.executemany("INSERT INTO highlight_tags VALUES (?, ?)", [(number, tag) for tag in tags])
        if coder != NONE:
            log.add(
                project.coders[coder].name, source + 1, "highlight_add",
                highlight_id=number, start_offset=start, end_offset=end, tags=tags,
            )  # fmt: skip


def _byte_positions(project: Project) -> tuple[np.ndarray, np.ndarray]:
    """Starts and ends as Taguette counts them; a whole source is from its beginning to its end."""
    rows = project.selections
    starts, ends = rows.start.copy(), rows.end.copy()
    order = np.argsort(rows.source, kind="stable")
    borders = np.flatnonzero(np.diff(rows.source[order])) + 1
    for at in np.split(order, borders) if len(order) else ():
        source = int(rows.source[at[0]])
        text = project.sources[source].text
        whole = at[rows.start[at] == NONE]
        if any(rows.quotes[row] is not None for row in whole):
            raise _cannot_hold("a quote without its place")
        placed = at[rows.start[at] != NONE]
        wrong = project.unit is None and placed.size > 0
        if not wrong:
            try:
                for column in (starts, ends):
                    column[placed] = convert(
                        text, column[placed], source=project.unit or Unit.UTF8, target=Unit.UTF8
                    )
            except ValueError:
                wrong = True
        if wrong or (starts[placed] > ends[placed]).any():
            raise _cannot_hold(
                f"positions in source {source + 1} that are outside it, turned round or of no unit"
            )
        starts[whole], ends[whole] = 0, len(text.encode())
        if (ends[at] == 0).any():
            # Taguette's import takes no highlight that ends at 0 (1.5.2, database/copy.py).
            raise _cannot_hold(f"a selection of nothing at the beginning of source {source + 1}")
    return starts, ends
