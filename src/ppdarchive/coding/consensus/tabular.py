"""A worksheet's bytes, as any spreadsheet saves them -> rows of cells with their lines."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ppdarchive.errors import CodingError

_DELIMITERS: Final = ",;\t|"
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_SEPARATOR_LINE: Final = re.compile(r"\A\"?sep=.\"?[^\S\r\n]*(?=\r|\n)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, repr=False)
class SheetRow:
    """Some cells of a row.

    Attributes
    ----------
    line : int
        The line on which the row starts, from 1.
    cells : tuple of str
        One for each column that was asked for.
    """

    line: int
    cells: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<SheetRow at line {self.line}>"


def sheet_rows(data: bytes, columns: Sequence[str], *, name: str) -> Iterator[SheetRow]:
    """Read some columns of a table in any usual encoding and delimiter.

    Parameters
    ----------
    data : bytes
        UTF-8, UTF-16 or Windows' Western European (cp1252), cells parted by a comma, semicolon, tab or
        bar, as the header shows; columns in any order, others between them.
    columns : sequence of str
        Their names; case and blanks around them don't matter in the file.
    name : str
        What messages call the file.

    Yields
    ------
    SheetRow
        Every row below the header that is not empty; a cell that the row is too short for is empty.

    Raises
    ------
    CodingError
        ``coding.worksheet`` where the file is not such a table.
    """
    text = _text(data, name)
    # As many line breaks are left as were there, so that lines still count.
    text = _SEPARATOR_LINE.sub("", text)
    for delimiter in _DELIMITERS:
        header = next((cells for _, cells in _rows(text, delimiter, name, is_trial=True)), [])
        names = [cell.strip().casefold() for cell in header]
        if all(column in names for column in columns):
            break
    else:
        wanted = ", ".join(repr(column) for column in columns)
        raise CodingError("coding.worksheet", path=name, line=1, reason=f"the header has no columns {wanted}")
    for column in columns:
        if names.count(column) > 1:
            raise CodingError(
                "coding.worksheet", path=name, line=1, reason=f"the header names {column!r} twice"
            )
    wanted_cells = [names.index(column) for column in columns]
    rows = _rows(text, delimiter, name)
    next(rows)
    for line, cells in rows:
        yield SheetRow(line, tuple(cells[at] if at < len(cells) else "" for at in wanted_cells))


def _text(data: bytes, name: str) -> str:
    for encoding in _encodings(data):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CodingError("coding.worksheet", path=name, reason="the file is not text; save it as CSV (UTF-8)")


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return ("utf-16",)
    # A header is ASCII: where every other byte of it is NUL it is UTF-16 that lost its mark.
    if data[1:2] == b"\0":
        return ("utf-16-le",)
    if data[:1] == b"\0":
        return ("utf-16-be",)
    return ("utf-8-sig", "cp1252")


def _rows(text: str, delimiter: str, name: str, *, is_trial: bool = False) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(
        (found.group() for found in _LINE.finditer(text)), delimiter=delimiter, strict=not is_trial
    )
    while True:
        line = reader.line_num + 1
        failed = False
        try:
            cells = next(reader, None)
        except csv.Error:
            failed, cells = True, None
        if failed and not is_trial:
            raise CodingError(
                "coding.worksheet",
                path=name,
                line=line,
                reason="a quoted cell is not closed, text follows its closing quote, or it is too long",
            )
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells
