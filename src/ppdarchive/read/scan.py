"""UTF-8 text -> where its rows are, by vectorised search for quotes, delimiters and line ends; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.model.columns import Content

_QUOTE, _LF, _CR = b'"\n\r'
BLOCK_BYTES: Final = 1 << 19
"""Bytes looked at in one step: small enough for a processor's own memory."""

_Bytes = npt.NDArray[np.uint8]
_Flags = npt.NDArray[np.bool_]
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, repr=False)
class Layout:
    """Where the rows of a regular file are.

    Attributes
    ----------
    lines : ndarray of int64, shape (n_rows,)
        Physical line on which each row starts, from 1.
    blank : ndarray of int64
        Rows (from 0) with nothing at all on their line.
    ragged : tuple of (int, int)
        Rows with another number of cells than expected: line of the first, and its cells.
        Blank rows are not among them.
    n_ragged : int
        How many there are; `ragged` is (0, 0) if none.
    longest : int
        Bytes of the longest row.
    """

    lines: _Ints
    blank: _Ints
    ragged: tuple[int, int]
    n_ragged: int
    longest: int


class _Rows:
    """What has been seen so far, and the row that the next block goes on with."""

    def __init__(self, buffer: _Bytes, start: int, line: int, n_columns: int) -> None:
        self.buffer = buffer
        self.n_columns = n_columns
        self.start = start
        self.line = line
        self.n_delimiters = 0
        self.lines: list[_Ints] = [np.array([line], np.int64)]
        self.n_rows = 0
        self.blank: list[_Ints] = []
        self.ragged = (0, 0)
        self.n_ragged = 0
        self.longest = 0

    def add(self, ends: _Ints, n_delimiters: _Ints, next_lines: _Ints) -> None:
        """Take in rows: where each ends, its delimiters, and the line after it."""
        starts = np.empty_like(ends)
        starts[0] = self.start
        starts[1:] = ends[:-1] + 1
        lengths = ends - starts
        # A row that CRLF ends has its CR still in it.
        short = np.flatnonzero(lengths <= 1)
        short = short[(lengths[short] == 0) | (self.buffer[starts[short]] == _CR)]
        is_ragged = n_delimiters != self.n_columns - 1
        is_ragged[short] = False
        if is_ragged.any():
            first = int(is_ragged.argmax())
            if not self.n_ragged:
                line = int(next_lines[first - 1] if first else self.lines[-1][-1])
                self.ragged = (line, int(n_delimiters[first]) + 1)
            self.n_ragged += int(np.count_nonzero(is_ragged))
        self.blank.append(short + self.n_rows)
        self.lines.append(next_lines)
        self.n_rows += len(ends)
        self.longest = max(self.longest, int(lengths.max()) + 1)
        self.start = int(ends[-1]) + 1

    def layout(self) -> Layout:
        return Layout(
            lines=np.concatenate(self.lines)[: self.n_rows],
            blank=np.concatenate([*self.blank, np.empty(0, np.int64)]),
            ragged=self.ragged,
            n_ragged=self.n_ragged,
            longest=self.longest,
        )


def scan(
    data: Content,
    delimiter: str,
    *,
    n_columns: int,
    start: int = 0,
    line: int = 1,
    block_bytes: int = BLOCK_BYTES,
) -> Layout | None:
    """Find the rows of a file in which quotes stand only where RFC 4180 puts them.

    Parameters
    ----------
    data : Content
        UTF-8 text. Bytes of characters beyond ASCII are never mistaken for a delimiter.
    delimiter : str
        One ASCII character.
    n_columns : int
        Cells that each row should have.
    start, line : int
        Where the first row starts: byte and physical line.
    block_bytes : int
        Bytes looked at in one step.

    Returns
    -------
    Layout or None
        None if a quote is not closed, or stands elsewhere than at the ends of a cell or doubled
        inside a quoted one: then only `ppdarchive.read.rows` can tell what the file says.
    """
    buffer = np.frombuffer(data, np.uint8)
    separator = ord(delimiter)
    beside_quote = np.zeros(256, np.bool_)
    beside_quote[[_QUOTE, _LF, _CR, separator]] = True
    seen = _Rows(buffer, start, line, n_columns)
    n_quotes = 0
    for begin in range(start, len(buffer), block_bytes):
        block = buffer[begin : begin + block_bytes]
        is_event = block == _QUOTE
        is_event |= block == separator
        is_event |= block == _LF
        is_event |= block == _CR
        events = np.flatnonzero(is_event)
        kinds = block[events]
        events += begin
        outside: _Flags | None = None
        is_quote = kinds == _QUOTE
        if is_quote.any():
            before = np.cumsum(is_quote, dtype=np.int32)
            before -= is_quote
            before += n_quotes & 1
            outside = (before & 1) == 0
            if not _are_regular(buffer, events[is_quote], outside[is_quote], start, beside_quote):
                return None
            n_quotes += int(np.count_nonzero(is_quote))
        elif n_quotes & 1:
            outside = np.zeros(len(events), np.bool_)
        _add_block(seen, events, kinds, outside, separator)
    if n_quotes & 1:
        return None
    if seen.start < len(buffer):
        end = np.array([len(buffer)], np.int64)
        seen.add(end, np.array([seen.n_delimiters], np.int64), np.array([0], np.int64))
    return seen.layout()


def _are_regular(buffer: _Bytes, quotes: _Ints, opens: _Flags, start: int, beside_quote: _Flags) -> bool:
    # Of two adjacent quotes inside a quoted cell the first counts as closing, the second as opening.
    opening, closing = quotes[opens], quotes[~opens]
    before_is_fine = beside_quote[buffer[opening - 1]] | (opening == start)
    after_is_fine = beside_quote[buffer[np.minimum(closing + 1, len(buffer) - 1)]]
    # At the very end the quote is its own neighbour, which is fine too.
    return bool(before_is_fine.all() and after_is_fine.all())


def _add_block(seen: _Rows, events: _Ints, kinds: _Bytes, outside: _Flags | None, separator: int) -> None:
    ends_line = kinds == _LF
    is_cr = kinds == _CR
    if is_cr.any():
        after = events[is_cr] + 1
        last = len(seen.buffer) - 1
        # The LF of a CRLF ends the line; a CR on its own does so itself.
        ends_line[is_cr] = (after > last) | (seen.buffer[np.minimum(after, last)] != _LF)
    is_delimiter = kinds == separator
    line_ends = np.flatnonzero(ends_line)
    if outside is None:
        ends_row = np.arange(len(line_ends))
    else:
        is_delimiter &= outside
        ends_row = np.flatnonzero(outside[line_ends])
    row_ends = line_ends[ends_row]
    if len(row_ends):
        up_to = np.cumsum(is_delimiter, dtype=np.int64)
        at_end = up_to[row_ends]
        counts = np.diff(at_end, prepend=0)
        counts[0] += seen.n_delimiters
        seen.n_delimiters = int(up_to[-1] - at_end[-1])
        seen.add(events[row_ends], counts, seen.line + 1 + ends_row)
    else:
        seen.n_delimiters += int(np.count_nonzero(is_delimiter))
    seen.line += len(line_ends)
