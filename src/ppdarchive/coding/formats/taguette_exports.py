"""Taguette's exports of highlights and of tags (CSV) -> `Project`; they tell neither positions nor coders."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ppdarchive.coding.formats.taguette_tags import nested_codes
from ppdarchive.coding.project import NONE, Project, ProjectSource, Selections
from ppdarchive.errors import CodingError

MAX_BYTES: Final = 1 << 30
_MAX_CELL: Final = 1 << 17
"""Characters of a cell; a quote that is not closed would take in the rest of the file."""

_KIND: Final = "Taguette"


def read_taguette_highlights(path: Path, *, name: str, memos: bool = False) -> Project:
    """Read the CSV that Taguette exports its highlights to: ``id, document, tag, content``.

    A source has the document's name and no text: `ProjectSource.text` is empty, **for it is not known**,
    and a selection has no position. The quote is to be looked for in the response of that name, whatever
    the white space: Taguette writes one space where the text has none, one or a line break, wherever
    markup begins or ends.

    Parameters
    ----------
    path : Path
    name : str
        What messages call the file.
    memos : bool
        Without meaning here: there are none.

    Returns
    -------
    Project
        One row for each line, which is its place; no coders. Counted in `Project.left`: ``highlight
        without a tag``.

    Raises
    ------
    CodingError
        ``coding.not-found``, ``coding.not-readable``, ``coding.too-large``, ``coding.format``,
        ``coding.column``, ``coding.row``.

    References
    ----------
    Taguette 1.5.2, ``export.highlights_csv``: a highlight with two tags has two lines of one ``id``.
    """
    del memos
    sources: dict[str, int] = {}
    tags: dict[str, int] = {}
    rows: list[tuple[int, str, int]] = []
    quotes: list[str] = []
    left: Counter[str] = Counter()
    for line, (document, tag, content) in _rows(path, name, ("document", "tag", "content")):
        if not document or not content:
            raise CodingError("coding.row", path=name, line=line, reason="no document, or no content")
        source = sources.setdefault(document, len(sources))
        if not tag:
            left["highlight without a tag"] += 1
            continue
        tags.setdefault(tag, len(tags))
        rows.append((source, tag, line))
        quotes.append(content)

    codes = nested_codes((f"tag:{tag}", tag, None) for tag in tags)
    place_of = {code.key: place for place, code in enumerate(codes)}
    n_rows = len(rows)
    return Project(
        path=name,
        format="taguette-highlights",
        codes=codes,
        sources=tuple(ProjectSource(title, title, "") for title in sources),
        selections=Selections.of(
            source=[source for source, _, _ in rows],
            code=[place_of[f"tag:{tag}"] for _, tag, _ in rows],
            coder=[NONE] * n_rows,
            start=[NONE] * n_rows,
            end=[NONE] * n_rows,
            place=[line for _, _, line in rows],
            quotes=tuple(quotes),
        ),
        origin=_KIND,
        left=MappingProxyType(dict(left)),
    )


def read_taguette_codebook(path: Path, *, name: str) -> Project:
    """Read the CSV that Taguette exports its tags to, or that it imports: ``tag, description``.

    The columns that count highlights and documents are not looked at.

    Returns
    -------
    Project
        Codes only.

    Raises
    ------
    CodingError
        As `read_taguette_highlights`; ``coding.row`` also for a tag that is there twice.
    """
    tags: dict[str, str] = {}
    for line, (tag, description) in _rows(path, name, ("tag", "description")):
        if not tag or tag in tags:
            raise CodingError(
                "coding.row", path=name, line=line, reason="no tag, or one that is there already"
            )
        tags[tag] = description
    return Project(
        path=name,
        format="taguette-codebook",
        codes=nested_codes((f"tag:{tag}", tag, description) for tag, description in tags.items()),
        origin=_KIND,
    )


def _rows(path: Path, name: str, columns: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The line that each row ends on, and its cells of some columns."""
    reader = csv.reader(io.StringIO(_text(path, name), newline=""), strict=True)
    header = [cell.strip().lower() for cell in _next_row(reader, name) or []]
    missing = next((column for column in columns if header.count(column) != 1), None)
    if missing is not None:
        raise CodingError("coding.column", path=name, name=missing)
    places = [header.index(column) for column in columns]
    while (row := _next_row(reader, name)) is not None:
        if not row:
            continue
        if len(row) != len(header):
            raise CodingError(
                "coding.row", path=name, line=reader.line_num,
                reason=f"{len(row)} cells, where the header has {len(header)}",
            )  # fmt: skip
        yield reader.line_num, tuple(row[place] for place in places)


def _next_row(reader: Iterator[list[str]], name: str) -> list[str] | None:
    row: list[str] | None = None
    is_wrong = False
    try:
        row = next(reader, None)
    except csv.Error:
        is_wrong = True
    # Another library may have raised the limit of the whole process.
    if is_wrong or any(len(cell) > _MAX_CELL for cell in row or ()):
        raise CodingError("coding.format", path=name, kind=_KIND, reason="a row that is no CSV")
    return row


def _text(path: Path, name: str) -> str:
    reason, raw, decoded = "", b"", None
    try:
        if not path.is_file():
            reason = "not a file" if path.exists() else "absent"
        elif path.stat().st_size > MAX_BYTES:
            reason = "large"
        else:
            raw = path.read_bytes()
    except FileNotFoundError:
        reason = "absent"
    except (OSError, ValueError) as error:
        reason = os.strerror(getattr(error, "errno", None) or 0)
    if reason == "absent":
        raise CodingError("coding.not-found", path=name)
    if reason == "large":
        raise CodingError("coding.too-large", path=name, what="the file", limit=f"{MAX_BYTES} bytes")
    if reason:
        raise CodingError("coding.not-readable", path=name, reason=reason)
    try:
        decoded = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        decoded = None
    if decoded is None or "\0" in decoded:
        raise CodingError("coding.format", path=name, kind=_KIND, reason="no UTF-8 text")
    return decoded
