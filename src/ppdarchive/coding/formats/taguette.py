"""A Taguette project file (SQLite) -> `Project`; no e-mail address and no password hash is read."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast

from ppdarchive.coding.formats.sqlite import Database, integer, opened, text
from ppdarchive.coding.formats.taguette_html import UncountableError, counted_text
from ppdarchive.coding.formats.taguette_log import Log
from ppdarchive.coding.formats.taguette_tags import nested_codes
from ppdarchive.coding.project import NONE, Project, ProjectCode, ProjectCoder, ProjectSource, Selections
from ppdarchive.errors import CodingError
from ppdarchive.text.units import Unit

FORMAT: Final = "taguette"

_KIND: Final = "Taguette"
_TABLES: Final = (
    "projects", "project_members", "documents", "highlights", "tags", "highlight_tags", "commands",
)  # fmt: skip


def read_taguette(path: Path, *, name: str, memos: bool = False, project: str | None = None) -> Project:
    """Read a project from Taguette's database, or from the file that its "export project" writes.

    Positions count UTF-8 bytes of the text without its tags; `ProjectSource.text` is that text. A coding's
    coder is whoever put the tag on the highlight, says the log of commands. **The file that Taguette's
    server exports names everybody ``admin``, and so does Taguette on a desktop**: of such a file only the
    study knows whose it is.

    Parameters
    ----------
    path : Path
    name : str
        What messages call the file.
    memos : bool
        Without meaning here: Taguette has no memos.
    project : str, optional
        The name of the project to read; needed where the database holds several.

    Returns
    -------
    Project
        `Selections.place` is a highlight's id. A quote is the snippet that Taguette kept, unless the
        highlight was moved after that. Counted in `Project.left`: ``highlight without a tag``,
        ``description of a document``, ``tag of a highlight that is gone``.

    Raises
    ------
    CodingError
        ``coding.nothing`` if there is no such project or more than one; and as `sqlite.opened` and
        `Database.rows`.

    References
    ----------
    Taguette 1.5.2 (https://gitlab.com/remram44/taguette), ``database/models.py``, ``extract.py``.
    """
    del memos
    with opened(path, name=name, kind=_KIND, tables=_TABLES) as database:
        return _project(database, name=name, wanted=project)


@dataclass(frozen=True, slots=True, repr=False)
class _Highlight:
    number: int
    source: int
    start: int
    end: int
    snippet: str


def _project(database: Database, *, name: str, wanted: str | None) -> Project:
    number = _chosen(database, name=name, wanted=wanted)
    left: Counter[str] = Counter()
    at, sources = _sources(database, number, left)
    highlights = _highlights(database, at)
    tag_ids, codes = _codes(database, number)
    place_of = {code.key: place for place, code in enumerate(codes)}
    tags = _tags_on(database, highlights, tag_ids, left)
    log = _log(database, number)

    coders: dict[str, int] = {}
    rows: list[tuple[int, int, int, int, int, int]] = []
    quotes: list[str | None] = []
    for highlight in highlights.values():
        quote = None if log.was_moved(highlight.number) else _quote(database, highlight)
        if not tags[highlight.number]:
            left["highlight without a tag"] += 1
        for tag in sorted(tags[highlight.number]):
            login = log.coder(highlight.number, tag)
            coder = NONE if login is None else coders.setdefault(login, len(coders))
            code = place_of[str(tag)]
            rows.append((highlight.source, code, coder, highlight.start, highlight.end, highlight.number))
            quotes.append(quote)

    columns = tuple(zip(*rows, strict=True)) if rows else ((),) * 6
    return Project(
        path=name,
        format=FORMAT,
        coders=tuple(ProjectCoder(login, login) for login in coders),
        codes=codes,
        sources=sources,
        selections=Selections.of(
            source=columns[0], code=columns[1], coder=columns[2], start=columns[3], end=columns[4],
            place=columns[5], quotes=tuple(quotes),
        ),
        unit=Unit.UTF8,
        origin=_KIND,
        left=MappingProxyType(dict(left)),
    )  # fmt: skip


def _chosen(database: Database, *, name: str, wanted: str | None) -> int:
    """The number of the one project to read."""
    found = list(database.rows("projects", [integer("id"), text("name")]))
    fitting = [row for row in found if wanted is None or row[1] == wanted]
    if len(fitting) == 1:
        return cast(int, fitting[0][0])
    reason = f"it holds {len(fitting)} projects; name the one to read"
    if wanted is not None:
        reason = f"{len(fitting)} of its {len(found)} projects are of that name"
    raise CodingError("coding.nothing", path=name, reason=reason)


def _sources(
    database: Database, project: int, left: Counter[str]
) -> tuple[dict[int, int], tuple[ProjectSource, ...]]:
    columns = [
        integer("id"), integer("project_id"), text("name"), text("contents"),
        text("description", optional=True),
    ]  # fmt: skip
    found: dict[int, ProjectSource] = {}
    for row in database.rows("documents", columns):
        key, owner, title, contents, description = cast(tuple[int, int, str, str, str | None], row)
        if owner != project:
            continue
        if key in found:
            raise database.broken(f"document {key} is there twice")
        reason = ""
        try:
            counted = counted_text(contents)
        except UncountableError as error:
            reason = str(error)
        if reason:
            raise database.broken(f"document {key} has {reason}, which Taguette would have taken out")
        found[key] = ProjectSource(str(key), title, counted)
        left["description of a document"] += bool(description)
    if not left["description of a document"]:
        del left["description of a document"]
    ordered = dict(sorted(found.items()))
    return {key: place for place, key in enumerate(ordered)}, tuple(ordered.values())


def _highlights(database: Database, at: dict[int, int]) -> dict[int, _Highlight]:
    """The highlights in a project's documents, by their number and in its order."""
    columns = [
        integer("id"), integer("document_id"), integer("start_offset"), integer("end_offset"),
        text("snippet"),
    ]  # fmt: skip
    found: list[_Highlight] = []
    for row in database.rows("highlights", columns):
        number, document, start, end, snippet = cast(tuple[int, int, int, int, str], row)
        if document not in at:
            continue
        if not 0 <= start <= end:
            raise database.broken(f"highlight {number} ends before it starts")
        found.append(_Highlight(number, at[document], start, end, snippet))
    ordered = {highlight.number: highlight for highlight in sorted(found, key=lambda one: one.number)}
    if len(ordered) < len(found):
        raise database.broken("a highlight is there twice")
    return ordered


def _codes(database: Database, project: int) -> tuple[set[int], tuple[ProjectCode, ...]]:
    columns = [integer("id"), integer("project_id"), text("path"), text("description", optional=True)]
    rows = cast(list[tuple[int, int, str, str | None]], list(database.rows("tags", columns)))
    tags = sorted(
        (number, path, description) for number, owner, path, description in rows if owner == project
    )
    if min(len({path for _, path, _ in tags}), len({number for number, _, _ in tags})) < len(tags):
        raise database.broken("two tags of one path or number")
    return (
        {number for number, _, _ in tags},
        nested_codes((str(number), path, description) for number, path, description in tags),
    )


def _tags_on(
    database: Database, highlights: dict[int, _Highlight], tags: set[int], left: Counter[str]
) -> dict[int, set[int]]:
    """The tags on each highlight; of other projects there is nothing."""
    found: dict[int, set[int]] = defaultdict(set)
    for row in database.rows("highlight_tags", [integer("highlight_id"), integer("tag_id")]):
        highlight, tag = cast(tuple[int, int], row)
        if highlight in highlights and tag in tags:
            found[highlight].add(tag)
        elif (highlight in highlights) != (tag in tags):
            left["tag of a highlight that is gone"] += 1
    return found


def _log(database: Database, project: int) -> Log:
    if not database.columns("commands"):
        return Log([])
    columns = [integer("id"), integer("project_id"), text("user_login"), text("payload")]
    rows = cast(list[tuple[int, int, str, str]], list(database.rows("commands", columns)))
    commands = sorted((number, login, payload) for number, owner, login, payload in rows if owner == project)
    reason = ""
    try:
        return Log((login, payload) for _, login, payload in commands)
    except ValueError as error:
        reason = str(error)
    raise database.broken(reason)


def _quote(database: Database, highlight: _Highlight) -> str:
    reason = ""
    try:
        return counted_text(highlight.snippet, snippet=True)
    except UncountableError as error:
        reason = str(error)
    raise database.broken(f"highlight {highlight.number} has {reason}, which Taguette would have taken out")
