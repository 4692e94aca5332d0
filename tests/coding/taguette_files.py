"""Taguette's project files, its own and made ones."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from ppdarchive.coding.formats.taguette_write import taguette_bytes
from ppdarchive.coding.landing.positions import resolve
from ppdarchive.coding.project import NONE, Project, ProjectCode, ProjectCoder, ProjectSource, Selections
from ppdarchive.text.units import Unit

EXAMPLE: Final = Path(__file__).parents[1] / "examples" / "taguette"
"""What `scripts/taguette_example.py` recorded of Taguette 1.5.2."""

EXPECTED: Final[dict[str, Any]] = json.loads((EXAMPLE / "expected.json").read_text("utf-8"))


def project_of(text: str, start: int, end: int) -> Project:
    """One coded segment of one text, positions in code points."""
    return Project(
        "made",
        "made",
        coders=(ProjectCoder("1", "anna"),),
        codes=(ProjectCode("1", "bond", is_codable=False), ProjectCode("2", "trust", "1", "Trusts.")),
        sources=(ProjectSource("1", "R-01", text),),
        selections=Selections.of(source=[0], code=[1], coder=[0], start=[start], end=[end]),
        unit=Unit.CODE_POINT,
    )


def changed(path: Path, statements: Iterable[str], *, project: Project | None = None) -> Path:
    """Write a project file, and change it by some statements of SQL."""
    path.write_bytes(taguette_bytes(project or project_of("My coach called 👍.", 3, 8)))
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
    return path


def logged(login: str, payload: str) -> str:
    """The statement that adds a command to the log."""
    return (
        "INSERT INTO commands (date, user_login, project_id, payload)"
        f" VALUES ('2000-01-01 00:00:00.000000', '{login}', 1, '{payload}')"
    )


def code_paths(project: Project) -> tuple[str, ...]:
    """The dotted path of each code."""
    paths: dict[str, str] = {}
    for code in project.codes:
        above = "" if code.parent is None else f"{paths[code.parent]}."
        paths[code.key] = f"{above}{code.name}"
    return tuple(paths.values())


def placed(project: Project) -> set[tuple[int, int, int, int, str, str | None]]:
    """Place in the file, source, start and end in code points, code's path and coder of each row."""
    rows, resolved, paths = project.selections, resolve(project), code_paths(project)
    return {
        (
            int(rows.place[row]),
            int(rows.source[row]),
            int(resolved.start[row]),
            int(resolved.end[row]),
            paths[rows.code[row]],
            None if rows.coder[row] == NONE else project.coders[rows.coder[row]].name,
        )
        for row in range(len(rows))
    }


def segments(project: Project) -> set[tuple[int, str, str, str, str | None]]:
    """As `placed`, with the source's name and the covered text."""
    return {
        (place, project.sources[source].name, project.sources[source].text[start:end], path, coder)
        for place, source, start, end, path, coder in placed(project)
    }


def tagged_project(project: Project) -> Project:
    """The project with names that tags can have: unique, without dots and white space at their ends."""
    codes = tuple(
        replace(code, name=f"{code.name.replace('.', '_').strip()}{number}")
        for number, code in enumerate(project.codes)
    )
    sources = tuple(
        replace(source, name=f"{source.name[:40]}{number}") for number, source in enumerate(project.sources)
    )
    return replace(project, codes=codes, sources=sources)
