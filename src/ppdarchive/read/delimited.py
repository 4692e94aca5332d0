"""UTF-8 text -> a header and a table of text cells; knows no survey tool."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ppdarchive.errors import ReadError
from ppdarchive.model.columns import IN_MEMORY, Content, Keeper
from ppdarchive.model.table import Lines, Mask
from ppdarchive.read.encoding import Text
from ppdarchive.read.rows import MAX_CELL, Row, rows
from ppdarchive.read.scan import BLOCK_BYTES, Layout, scan

USUAL_DELIMITERS: Final = ",;\t|"

_ARROW_BLOCK_BYTES: Final = 1 << 20
_MAX_ARROW_ROW_BYTES: Final = 1 << 28
_BATCH_BYTES: Final = 1 << 26
_BATCH_ROWS: Final = 1 << 16


@dataclass(frozen=True, slots=True, repr=False)
class Limits:
    """Sizes that a test makes small.

    Attributes
    ----------
    max_cell : int
        Characters that a cell may have.
    scan_bytes : int
        Bytes that the scan looks at in one step; 0 forbids it, so that every row is parsed here.
    batch_rows : int
        Rows that are parsed here before they become Arrow arrays.
    """

    max_cell: int = MAX_CELL
    scan_bytes: int = BLOCK_BYTES
    batch_rows: int = _BATCH_ROWS


DEFAULT_LIMITS: Final = Limits()


def check_delimiter(delimiter: str, name: str) -> str:
    """Return the delimiter, or raise ``read.bad-delimiter`` if it cannot be one.

    One ASCII character, and no letter, digit, space, quote, line break or NUL.
    """
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter.isalnum() or delimiter in '" \r\n\0':
        raise ReadError("read.bad-delimiter", path=name, delimiter=delimiter)
    return delimiter


def header_rows(text: Text, delimiter: str, n_rows: int) -> list[Row]:
    """Return the first rows of a file, fewer than `n_rows` where it has no more.

    Raises
    ------
    ReadError
        As `ppdarchive.read.rows.rows`.
    """
    return list(islice(rows(text, delimiter), n_rows))


def check_widths(header: Sequence[Row], name: str) -> None:
    """Raise ``read.ragged`` if the header rows are not as wide as the first of them."""
    expected = len(header[0].cells)
    ragged = [row for row in header if len(row.cells) != expected]
    if ragged:
        raise _ragged(name, ragged[0].line, len(ragged[0].cells), expected, len(ragged))


def check_delimiter_fits(text: Text, delimiter: str) -> None:
    """Raise ``read.delimiter`` if another usual delimiter is the one that parts the header."""
    if _n_header_cells(text, delimiter) > 1:
        return
    counts = {other: _n_header_cells(text, other) for other in USUAL_DELIMITERS}
    other = max(counts, key=counts.__getitem__)
    if counts[other] > 1:
        raise ReadError("read.delimiter", path=text.name, line=1, delimiter=delimiter, other=other)


def _n_header_cells(text: Text, delimiter: str) -> int:
    # 1 where the first row makes no sense: `"a";"b"` read with commas has text after a quote.
    try:
        return len(next(rows(text, delimiter)).cells)
    except ReadError:
        return 1


def check_names(names: Sequence[str], name: str, *, line: int | None, unique: bool) -> None:
    """Raise ``read.unnamed-column`` or ``read.duplicate-column``, with the columns' positions."""
    first: dict[str, int] = {}
    for position, column in enumerate(names, start=1):
        if not column.strip():
            raise ReadError("read.unnamed-column", path=name, line=line, column=position)
        if first.setdefault(column, position) != position and unique:
            raise ReadError(
                "read.duplicate-column",
                path=name,
                line=line,
                first=first[column],
                column=position,
            )


def body(
    text: Text,
    delimiter: str,
    header: Sequence[Row],
    limits: Limits = DEFAULT_LIMITS,
    *,
    keeper: Keeper = IN_MEMORY,
) -> tuple[pa.Table, Lines]:
    """Return everything below the header: every cell as the file says it, and each row's line.

    Parameters
    ----------
    text : Text
    delimiter : str
        One ASCII character.
    header : sequence of Row, length >= 1
        The rows above, all of one width; from `header_rows`.
    limits : Limits
    keeper : Keeper
        Where the cells are kept.

    Returns
    -------
    cells : pyarrow.Table, shape (n_rows, n_columns)
        String columns ``c1``, ``c2``, ...; an empty cell is the empty text, and so is every cell
        of a blank line. No nulls.
    lines : ndarray of int64, shape (n_rows,)
        Physical line on which each row starts, from 1.

    Raises
    ------
    ReadError
        ``read.quote`` and ``read.cell-too-long`` at the first such row; without one,
        ``read.ragged`` at the first row of another width.
    """
    n_columns = len(header[0].cells)
    start, line = header[-1].end, header[-1].end_line
    layout = (
        scan(
            text.data,
            delimiter,
            n_columns=n_columns,
            start=start,
            line=line,
            block_bytes=limits.scan_bytes,
        )
        if limits.scan_bytes
        else None
    )
    if layout is None or not _suits_arrow(layout, text.data, start, limits):
        return _parse(text, delimiter, n_columns, header[-1], limits, keeper)
    if layout.n_ragged:
        raise _ragged(text.name, *layout.ragged, n_columns, layout.n_ragged)
    cells = _parse_with_arrow(text.data, delimiter, n_columns, start, layout, keeper)
    if cells.num_rows != len(layout.lines):  # pragma: no cover - it would be a defect
        return _parse(text, delimiter, n_columns, header[-1], limits, keeper)
    return cells, layout.lines


def _ragged(name: str, line: int, found: int, expected: int, n_rows: int) -> ReadError:
    return ReadError("read.ragged", path=name, line=line, found=found, expected=expected, n_rows=n_rows)


def _suits_arrow(layout: Layout, data: Content, start: int, limits: Limits) -> bool:
    return (
        # A longer row may hold a cell that is too long, which only `rows` can tell.
        layout.longest <= min(limits.max_cell, _MAX_ARROW_ROW_BYTES)
        # pyarrow would take these for a byte-order mark and drop them from the first cell.
        and data[start : start + 3] != b"\xef\xbb\xbf"
    )


def _names(n_columns: int) -> list[str]:
    return [f"c{position}" for position in range(1, n_columns + 1)]


def _parse_with_arrow(  # noqa: PLR0917 (what `body` was given)
    data: Content, delimiter: str, n_columns: int, start: int, layout: Layout, keeper: Keeper
) -> pa.Table:
    names = _names(n_columns)
    if len(layout.lines) == len(layout.blank):
        # pyarrow takes a file without a row that it can see for an error.
        empty = pa.chunked_array([[""] * len(layout.lines)], pa.string())
        return pa.table([empty] * n_columns, names=names)
    with pa.csv.open_csv(
        pa.BufferReader(pa.py_buffer(data).slice(start)),
        read_options=pa.csv.ReadOptions(
            use_threads=False,
            column_names=names,
            # A row must not straddle more than one border between blocks.
            block_size=max(_ARROW_BLOCK_BYTES, 2 * layout.longest),
        ),
        parse_options=pa.csv.ParseOptions(
            delimiter=delimiter,
            quote_char='"',
            double_quote=True,
            escape_char=False,
            newlines_in_values=True,
            # Otherwise a blank line would be an error; they are put back below.
            ignore_empty_lines=True,
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            check_utf8=False,  # `Text` is checked.
            null_values=[],
            strings_can_be_null=False,
            quoted_strings_can_be_null=False,
        ),
        # pyarrow's own allocator keeps a third of the file's size on top, and is no faster here.
        memory_pool=pa.system_memory_pool(),
    ) as reader:
        return keeper.table(_with_blank_rows(reader, layout) if len(layout.blank) else reader, reader.schema)


def _with_blank_rows(cells: Iterable[pa.RecordBatch], layout: Layout) -> Iterator[pa.RecordBatch]:
    """Put back the blank lines that pyarrow leaves out."""
    n_rows = len(layout.lines)
    is_blank = np.zeros(n_rows, np.bool_)
    is_blank[layout.blank] = True
    places = np.flatnonzero(~is_blank)
    n_taken, begin = 0, 0
    for batch in cells:
        n_taken += batch.num_rows
        end = int(places[n_taken]) if n_taken < len(places) else n_rows
        if end - begin == batch.num_rows:
            yield batch
        else:
            # Rows come from the batch in order; a blank one from the row put behind its last.
            which = np.cumsum(~is_blank[begin:end]) - 1
            which[is_blank[begin:end]] = batch.num_rows
            columns = [
                pa.concat_arrays([column, pa.array([""], pa.string())]).take(pa.array(which))
                for column in batch.columns
            ]
            yield pa.record_batch(columns, names=batch.schema.names)
        begin = end


def _parse(  # noqa: PLR0917 (what `body` was given)
    text: Text, delimiter: str, n_columns: int, above: Row, limits: Limits, keeper: Keeper
) -> tuple[pa.Table, Lines]:
    """Parse row by row; the answer for any file that the scan gives up on."""
    names = _names(n_columns)
    batches: list[pa.RecordBatch] = []
    lines: list[int] = []
    pending: list[list[str]] = []
    blank_cells = [""] * n_columns
    ragged = (0, 0)
    n_ragged = 0
    flushed = above.end

    def flush() -> None:
        columns = zip(*pending, strict=True)
        batches.append(pa.record_batch([pa.array(column, pa.string()) for column in columns], names=names))
        pending.clear()

    below = rows(text, delimiter, start=above.end, line=above.end_line, max_cell=limits.max_cell)
    for row in below:
        if not row.is_blank and len(row.cells) != n_columns:
            if not n_ragged:
                ragged = (row.line, len(row.cells))
            n_ragged += 1
        if n_ragged:
            continue  # There will be no table, but the rows are counted.
        lines.append(row.line)
        pending.append(blank_cells if row.is_blank else row.cells)
        if len(pending) >= limits.batch_rows or row.end - flushed >= _BATCH_BYTES:
            flush()
            flushed = row.end
    if n_ragged:
        raise _ragged(text.name, *ragged, n_columns, n_ragged)
    if pending:
        flush()
    schema = pa.schema([(column, pa.string()) for column in names])
    return keeper.table(iter(batches), schema), np.array(lines, np.int64)


def judge(column: pa.ChunkedArray, verdict: Callable[[str], int]) -> npt.NDArray[np.int64]:
    """Return the verdict on each cell of a column, asking once for every different text."""
    different = column.unique()
    verdicts = np.array([verdict(text) for text in different.to_pylist()], np.int64)
    which: npt.NDArray[np.int32] = pc.index_in(column, value_set=different).to_numpy()
    return verdicts[which]


def blank_rows(cells: pa.Table) -> Mask:
    """Tell which rows hold nothing: every cell is empty, white space, or null."""
    rows_left = np.arange(cells.num_rows)
    for column in cells.columns:
        if len(rows_left) == 0:
            break
        part = column if len(rows_left) == cells.num_rows else column.take(pa.array(rows_left))
        is_empty = pc.fill_null(pc.or_(pc.equal(pc.binary_length(part), 0), pc.utf8_is_space(part)), True)
        rows_left = rows_left[is_empty.to_numpy()]
    is_blank = np.zeros(cells.num_rows, np.bool_)
    is_blank[rows_left] = True
    return is_blank
