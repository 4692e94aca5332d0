"""QualCoder's ``.qda`` folder (SQLite inside) -> `Project`; any version of its database, columns probed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast

import numpy as np

from ppdarchive.coding.formats.qualcoder_positions import counted
from ppdarchive.coding.formats.sqlite import Database, integer, opened, text
from ppdarchive.coding.project import NONE, Project, ProjectCode, ProjectCoder, ProjectSource, Selections

FORMAT: Final = "qualcoder"
DATABASE: Final = "data.qda"
"""The file in the folder that holds everything but pictures and recordings."""

PRIVATE: Final = "#####"
"""What stands behind it in a memo is the coder's own, says QualCoder."""

_KIND: Final = "QualCoder"
_LEFT: Final = {
    "annotation": "annotation",
    "cases": "case",
    "journal": "journal entry",
    "attribute": "attribute",
    "code_image": "coded picture",
    "code_av": "coded recording",
}
"""Tables that nothing here takes, and what a row of them is."""

_TABLES: Final = ("project", "source", "code_name", "code_cat", "code_text", *_LEFT)


def read_qualcoder(path: Path, *, name: str, memos: bool = False) -> Project:
    """Read a project of QualCoder.

    Texts are what QualCoder keeps of documents and transcripts; pictures, recordings and codings of them
    are counted only. Categories become codes that are not codable. A code's memo, up to a row of five
    ``#``, is its description.

    **What positions count is not told**: what a person marked counts as Qt does, UTF-16 units with every
    line break as one; what QualCoder coded by a search counts code points. The quotes decide, row by row
    (see `qualcoder_positions.counted`); `Project.unit` is None where a row's quote is missing or nowhere.

    Parameters
    ----------
    path : Path
        The folder, or the ``data.qda`` in it.
    name : str
        What messages call it.
    memos : bool
        Whether coders' memos on segments are read.

    Returns
    -------
    Project
        `Selections.place` is the row's ``ctid``, and before database version 6 its number. Counted in
        `Project.left`: ``annotation``, ``case``, ``journal entry``, ``attribute``, ``coded picture``,
        ``coded recording``, ``picture or recording``, ``memo``, ``private note``, ``coding of a text that
        is gone``, ``coding by a code that is gone``, ``category that is gone``.

    Raises
    ------
    CodingError
        ``coding.format`` for categories that hold each other; and as `sqlite.opened` and `Database.rows`.

    References
    ----------
    QualCoder (https://github.com/ccbogel/QualCoder), ``__main__.py`` for tables by version, ``code_text.py``
    for what is stored on marking: ``QTextCursor.selectionStart`` and ``selectedText``, whose line breaks
    are U+2029 (Qt 6, QTextCursor).
    """
    file = path
    if path.name != DATABASE:
        with suppress(OSError, ValueError):
            file = path / DATABASE if path.is_dir() else path
    with opened(file, name=name, kind=_KIND, tables=_TABLES) as database:
        return _project(database, name=name, memos=memos)


def _project(database: Database, *, name: str, memos: bool) -> Project:
    left: Counter[str] = Counter({kind: database.count(table) for table, kind in _LEFT.items()})
    at, sources = _sources(database, left)
    codes = _codes(database, left)
    place_of = {code.key: place for place, code in enumerate(codes)}

    coders: dict[str, int] = {}
    rows: list[tuple[int, int, int, int, int, int]] = []
    quotes: list[str | None] = []
    notes: list[str | None] = []
    for coded in _coded(database):
        left["memo"] += bool(coded.memo) and not memos
        code = place_of.get(f"code:{coded.code}")
        if coded.source not in at or code is None:
            left[f"coding {'by a code' if coded.source in at else 'of a text'} that is gone"] += 1
            continue
        source = at[coded.source]
        coder = coders.setdefault(coded.owner, len(coders)) if coded.owner else NONE
        rows.append((source, code, coder, coded.start, coded.end, coded.place))
        quotes.append(_quote(coded.quote, sources[source].text))
        notes.append(coded.memo or None if memos else None)

    columns = np.array(rows, np.int64).reshape(-1, 6).T
    start, end, unit = counted([each.text for each in sources], columns[0], columns[3], columns[4], quotes)
    return Project(
        path=name,
        format=FORMAT,
        coders=tuple(ProjectCoder(owner, owner) for owner in coders),
        codes=codes,
        sources=sources,
        selections=Selections.of(
            source=columns[0], code=columns[1], coder=columns[2], start=start, end=end,
            place=columns[5], quotes=tuple(quotes), memos=tuple(notes),
        ),
        unit=unit,
        origin=_KIND,
        left=MappingProxyType({kind: n for kind, n in left.items() if n}),
    )  # fmt: skip


def _sources(database: Database, left: Counter[str]) -> tuple[dict[int, int], tuple[ProjectSource, ...]]:
    """The texts, and where each is by its id; what is a picture or a recording is counted."""
    columns = [
        integer("id"), text("name"), text("fulltext", optional=True), text("mediapath", optional=True),
        text("memo", optional=True),
    ]  # fmt: skip
    found: dict[int, ProjectSource] = {}
    rows = cast(
        list[tuple[int, str, str | None, str | None, str | None]], list(database.rows("source", columns))
    )
    for key, title, content, media, memo in sorted(rows, key=lambda row: row[0]):
        left["memo"] += bool(memo)
        kind = (media or "").lstrip("/").partition("/")[0].partition(":")[0]
        if content is None or kind in {"images", "audio", "video"}:
            left["picture or recording"] += 1
            continue
        if key in found:
            raise database.broken("a source is there twice")
        found[key] = ProjectSource(str(key), title, content)
    return {key: place for place, key in enumerate(found)}, tuple(found.values())


def _codes(database: Database, left: Counter[str]) -> tuple[ProjectCode, ...]:
    columns = [
        integer("catid"), text("name"), text("memo", optional=True), integer("supercatid", optional=True)
    ]  # fmt: skip
    categories = cast(list[tuple[int, str, str | None, int | None]], list(database.rows("code_cat", columns)))
    columns = [
        integer("cid"), text("name"), text("memo", optional=True), integer("catid", optional=True),
        integer("supercid", optional=True),
    ]  # fmt: skip
    codes = cast(
        list[tuple[int, str, str | None, int | None, int | None]], list(database.rows("code_name", columns))
    )
    listed = [
        ProjectCode(
            f"category:{key}", title, _key("category", wider), _definition(memo, left), is_codable=False
        )
        for key, title, memo, wider in sorted(categories)
    ]
    listed += [
        # A code under a code (database version 16) keeps its category too.
        ProjectCode(
            f"code:{key}", title, _key("code", wider) or _key("category", category), _definition(memo, left)
        )
        for key, title, memo, category, wider in sorted(codes)
    ]
    present = {code.key for code in listed}
    if len(present) < len(listed):
        raise database.broken("a code is there twice")
    for place, code in enumerate(listed):
        if code.parent is not None and code.parent not in present:
            left["category that is gone"] += 1
            listed[place] = ProjectCode(code.key, code.name, None, code.description, code.is_codable)
    ordered = wider_first(listed)
    if ordered is None:
        raise database.broken("categories that hold each other")
    return ordered


def _key(kind: str, number: int | None) -> str | None:
    return None if number is None else f"{kind}:{number}"


def _definition(memo: str | None, left: Counter[str]) -> str | None:
    public, mark, private = (memo or "").partition(PRIVATE)
    if mark and private.strip():
        left["private note"] += 1
    return (public.rstrip() if mark else public) or None


def wider_first(codes: Iterable[ProjectCode]) -> tuple[ProjectCode, ...] | None:
    """The codes in an order in which each stands behind the one it is part of; None if there is none.

    Parents have to be among the codes. Codes of one depth keep their order.
    """
    listed = list(codes)
    by_parent: dict[str | None, list[ProjectCode]] = {}
    for code in listed:
        by_parent.setdefault(code.parent, []).append(code)
    ordered: list[ProjectCode] = list(by_parent.get(None, []))
    for code in ordered:
        # Grows while it is gone through: breadth first.
        ordered.extend(by_parent.get(code.key, []))
    return tuple(ordered) if len(ordered) == len(listed) else None


@dataclass(frozen=True, slots=True, repr=False)
class _Coded:
    place: int
    code: int
    source: int
    start: int
    end: int
    quote: str | None
    owner: str | None
    memo: str | None


def _coded(database: Database) -> list[_Coded]:
    columns = [
        integer("ctid", optional=True), integer("cid"), integer("fid"), integer("pos0"), integer("pos1"),
        text("seltext", optional=True), text("owner", optional=True), text("memo", optional=True),
    ]  # fmt: skip
    found = []
    for number, row in enumerate(database.rows("code_text", columns), 1):
        place, code, source, start, end, quote, owner, memo = cast(
            tuple[int | None, int, int, int, int, str | None, str | None, str | None], row
        )
        if not 0 <= start <= end:
            raise database.broken(f"coded text {place or number} ends before it starts")
        found.append(_Coded(place or number, code, source, start, end, quote, owner, memo))
    return sorted(found, key=lambda coded: coded.place)


def _quote(quote: str | None, whole: str) -> str | None:
    """What was selected, with line breaks where Qt writes separators of paragraphs."""
    if quote is None or "\u2029" not in quote or "\u2029" in whole:
        return quote
    return quote.replace("\u2029", "\n")
