"""The bytes of a CSV file -> its rows as text columns, with the line of each; knows no roles.

What is not told apart for sure is refused: a quote in the middle of a cell, rows of different widths.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.csv

from ppdarchive.errors import CodingError
from ppdarchive.model.span import Positions

MAX_BYTES: Final = 1 << 30

DELIMITERS: Final = ",;\t|"
"""What may part cells without being named."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def file_bytes(path: Path, name: str) -> bytes:
    """The whole of a file, if it is there and not too large."""
    code, reason, data = "", "", b""
    try:
        if path.stat().st_size > MAX_BYTES:
            code = "coding.too-large"
        else:
            data = path.read_bytes()
    except FileNotFoundError:
        code = "coding.not-found"
    except (OSError, ValueError) as error:
        code, reason = "coding.not-readable", getattr(error, "strerror", None) or "not a path"
    if code:
        raise CodingError(code, path=name, reason=reason, what="the file", limit="1 GiB")
    return data


def text_of(data: bytes, name: str, encoding: str | None) -> bytes:
    """A file's text in UTF-8, without its byte-order mark."""
    actual = encoding or "utf-8"
    for mark, marked in _MARKS:
        if data.startswith(mark):
            actual, data = marked, data[len(mark) :]
            break
    reason = ""
    try:
        is_utf8 = codecs.lookup(actual).name in {"utf-8", "utf-8-sig"}
        text = data.decode(actual)
        data = data if is_utf8 else text.removeprefix("\ufeff").encode()
    except LookupError:
        reason = "its encoding is not known"
    except UnicodeDecodeError as error:
        reason = f"byte {error.start} is not {actual} text"
    except UnicodeError:
        reason = f"it is not {actual} text"
    if not reason and b"\0" in data:
        reason = "it holds a NUL character"
    if not reason and not data.strip():
        reason = "it is empty"
    if reason:
        raise no_table(name, reason)
    return data


def no_table(name: str, reason: str) -> CodingError:
    """The error of a file that is no table."""
    return CodingError("coding.format", path=name, kind="CSV", reason=reason)


def is_delimiter(mark: str) -> bool:
    """Whether a character can stand between cells."""
    return len(mark) == 1 and mark.isascii() and not mark.isalnum() and mark not in '" \r\n\0'


def cells_of(row: str, delimiter: str) -> list[str]:
    """The cells of one row."""
    cells: list[str] = []
    with suppress(csv.Error):  # a cell of a header that is longer than it takes
        cells = next(csv.reader(io.StringIO(row, newline=""), delimiter=delimiter), [])
    return cells


def row_starts(data: bytes, name: str) -> tuple[Positions, Positions]:
    """Where each row that is not empty starts, and on which line, from 1."""
    codes = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(codes == ord('"'))
    if len(quotes) % 2:
        line = 1 + data.count(b"\n", 0, int(quotes[-1]))
        raise CodingError("coding.row", path=name, line=line, reason="a quoted cell is not closed")
    ends = np.flatnonzero(codes == ord("\n"))
    if b"\r" in data:
        returns = np.flatnonzero(codes == ord("\r"))
        behind = np.append(codes, 0)[returns + 1]
        ends = np.sort(np.concatenate((ends, returns[behind != ord("\n")])))
    starts = np.concatenate((np.zeros(1, np.int64), ends + 1))
    is_outside = np.searchsorted(quotes, starts) % 2 == 0
    lines = np.flatnonzero(is_outside) + 1
    starts = starts[is_outside]
    first = np.append(codes, ord("\n"))[starts]
    # A row of nothing but its line break holds no cell.
    is_row = (first != ord("\n")) & (first != ord("\r"))
    return starts[is_row], lines[is_row]


def check_quotes(data: bytes, name: str, delimiter: str | None) -> None:
    """Stop at a quote that neither opens nor closes a cell, and is not doubled inside one."""
    codes = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(codes == ord('"'))
    if not len(quotes):
        return
    borders = [ord(mark) for mark in (delimiter or DELIMITERS) + "\r\n"]
    opening, closing = quotes[::2], quotes[1::2]
    before = np.where(opening > 0, codes[opening - 1], ord("\n"))
    behind = np.append(codes, ord("\n"))[closing + 1]
    # Two in a row close and open: a doubled quote, which stands for one.
    opens = np.isin(before, borders)
    opens[1:] |= closing[:-1] + 1 == opening[1:]
    closes = np.isin(behind, borders)
    closes[:-1] |= closing[:-1] + 1 == opening[1:]
    wrong = np.concatenate((opening[~opens], closing[~closes]))
    if len(wrong):
        line = 1 + data.count(b"\n", 0, int(wrong.min()))
        reason = "a quote stands inside a cell that is not quoted, or text behind a closing one"
        raise CodingError("coding.row", path=name, line=line, reason=reason)


@dataclass(frozen=True, slots=True)
class Ragged:
    """The first row that is not as wide as the header, by number, and how many there are."""

    number: int
    found: int
    n_rows: int


def read_table(
    data: pa.Buffer, delimiter: str, n_columns: int, *, wanted: Sequence[int], longest: int
) -> pa.Table | Ragged | None:
    """The wanted columns as text; or the first ragged row; None if it cannot be read."""
    names = [f"c{at}" for at in range(n_columns)]
    ragged: list[tuple[int, int]] = []

    def note(row: pa.csv.InvalidRow) -> str:
        ragged.append((row.number, row.actual_columns))
        return "skip"

    table = None
    with suppress(pa.ArrowInvalid, ValueError):  # their message holds cells
        table = pa.csv.read_csv(
            pa.BufferReader(data),
            read_options=pa.csv.ReadOptions(
                use_threads=False, column_names=names, block_size=max(1 << 20, 2 * longest)
            ),
            parse_options=pa.csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=True,
                invalid_row_handler=note,
            ),
            convert_options=pa.csv.ConvertOptions(
                include_columns=[names[at] for at in wanted],
                column_types=dict.fromkeys(names, pa.string()),
                check_utf8=False,
                null_values=[],
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
    if ragged:
        return Ragged(*ragged[0], len(ragged))
    return table
