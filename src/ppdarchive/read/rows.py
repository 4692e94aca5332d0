"""UTF-8 text -> rows of cells, one at a time; the strict definition of what a delimited file says.

`ppdarchive.read.scan` and pyarrow do the same for regular files some thirty times faster; a test
holds the two against each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ppdarchive.errors import ReadError
from ppdarchive.read.encoding import Text, line_ends

MAX_CELL: Final = 10_000_000
"""Characters that a cell may have."""


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One row of a delimited file.

    Attributes
    ----------
    line : int
        The physical line on which it starts, from 1.
    cells : list of str
    end : int
        Where the next row starts, in bytes of the text.
    end_line : int
        The line on which the next row starts.
    is_blank : bool
        Whether there is nothing at all on its line.
    """

    line: int
    cells: list[str]
    end: int
    end_line: int
    is_blank: bool


def rows(
    text: Text,
    delimiter: str,
    *,
    start: int | None = None,
    line: int = 1,
    max_cell: int = MAX_CELL,
) -> Iterator[Row]:
    """Yield the rows of a delimited file as RFC 4180 has them, with every kind of line end.

    A cell is quoted if its first character is a quote; then two quotes stand for one, and line
    breaks are kept as they are. A quote further inside a cell is a character like any other.

    Parameters
    ----------
    text : Text
    delimiter : str
        One ASCII character.
    start, line : int
        Where the first row starts: byte and physical line.
    max_cell : int
        Characters that a cell may have.

    Raises
    ------
    ReadError
        ``read.quote`` and ``read.cell-too-long``, with the line on which the row starts.

    References
    ----------
    RFC 4180, section 2.
    """
    data = text.data
    separator = delimiter.encode()
    match = _cell_pattern(separator).match
    position = text.start if start is None else start
    while position < len(data):
        begin, first_line = position, line
        cells: list[str] = []
        end = separator
        while end == separator:
            found = match(data, position)
            if found is None:
                raise ReadError("read.quote", path=text.name, line=first_line)
            quoted, plain, end = found.groups()
            if quoted is not None:
                line += line_ends(quoted)
                plain = quoted.replace(b'""', b'"')
            cells.append(plain.decode())
            if len(plain) > max_cell < len(cells[-1]):
                raise ReadError(
                    "read.cell-too-long",
                    path=text.name,
                    line=first_line,
                    column=len(cells),
                    limit=max_cell,
                )
            position = found.end()
        line += end != b""
        yield Row(first_line, cells, position, line, position == begin + len(end))


def _cell_pattern(separator: bytes) -> re.Pattern[bytes]:
    # Group 1: between quotes; group 2: without quotes; group 3: what ends the cell.
    return re.compile(
        rb'(?:"((?:[^"]+|"")*+)"|([^"\r\n%(s)b][^\r\n%(s)b]*|))(%(s)b|\r\n?|\n|\Z)'
        % {b"s": re.escape(separator)}
    )
