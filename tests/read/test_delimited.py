"""The fast way and the strict way of parsing, the csv module, and the errors of both."""

from __future__ import annotations

import csv
import io

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ppdarchive.errors import ReadError
from ppdarchive.read.delimited import Limits, blank_rows, body, check_delimiter, header_rows
from ppdarchive.read.encoding import Text
from ppdarchive.read.rows import rows
from ppdarchive.read.scan import scan

PIECES = [
    "a",
    "bc",
    ",",
    ",",
    '"',
    '""',
    "\n",
    "\r",
    "\r\n",
    " ",
    "é",
    "🐣",
    "\ufeff",
    '"x\r\ny"',
    '"p,q"',
    ";",
]

any_text = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
cell_texts = st.text(st.sampled_from('ab,"\n\r; é🐣\ufeff'), max_size=6)


def written(cell: str, *, quoted: bool) -> str:
    must = any(character in cell for character in ',"\r\n')
    return '"' + cell.replace('"', '""') + '"' if quoted or must else cell


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], str]:
    """Draw a table, and one of the ways to write it; some rows may be blank lines."""
    width = draw(st.integers(1, 4))
    table = draw(st.lists(st.lists(cell_texts, min_size=width, max_size=width), min_size=1, max_size=8))
    # A lone CR and then an empty line that LF ends would be one line end.
    line_ends = draw(st.sampled_from([["\n", "\r\n"], ["\r"]]))
    lines = []
    for row in table:
        line = ",".join(written(cell, quoted=draw(st.booleans())) for cell in row)
        lines.append(line + draw(st.sampled_from(line_ends)))
    return table, "".join(lines)


@st.composite
def files(draw: st.DrawFn) -> str:
    """Draw delimited text, mostly regular; sometimes ragged, cut off, or with blank lines."""
    text = draw(st.one_of(tables().map(lambda drawn: drawn[1]), any_text))
    if draw(st.booleans()):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from([*PIECES, "\n\n", "\r\n\r\n", "\r\r\n"])) + text[at:]
    return text[: draw(st.integers(0, len(text)))] if draw(st.integers(0, 3)) == 0 else text


def outcome(text: Text, limits: Limits) -> object:
    try:
        cells, lines = body(text, ",", header_rows(text, ",", 1), limits)
    except ReadError as error:
        return error.code, error.line, dict(error.facts)
    assert {str(kind) for kind in cells.schema.types} <= {"string"}
    assert not any(column.null_count for column in cells.columns)
    return cells.to_pydict(), lines.tolist()


@given(files(), st.integers(1, 12), st.integers(1, 3))
@example("h\n\ufeffx\n", 4, 1)
@example("h,i\n\n\n1,2\n\n3,4\n\n", 3, 1)
@example("h\n\n\n", 3, 1)
@example("h\n" + "a" * 13, 3, 1)
def test_fast_and_strict_parsing_agree(content, scan_bytes, batch_rows):
    """Cells, lines and errors are the same whether pyarrow or the row parser makes them."""
    text = Text("f", content.encode(), 0)
    if not content:
        return
    fast = outcome(text, Limits(max_cell=12, scan_bytes=scan_bytes))
    assert fast == outcome(text, Limits(max_cell=12, scan_bytes=0, batch_rows=batch_rows))


@given(tables(), st.integers(1, 12))
def test_regular_text_takes_the_fast_way(drawn, scan_bytes):
    """Whatever a writer quotes, the scan understands it, and counts its rows and lines."""
    table, content = drawn
    layout = scan(content.encode(), ",", n_columns=len(table[0]), block_bytes=scan_bytes)
    assert layout is not None
    assert layout.n_ragged == 0
    expected = [row.line for row in rows(Text("f", content.encode(), 0), ",")]
    assert layout.lines.tolist() == expected
    assert len(expected) == len(table)


@given(any_text)
@example('"a""b",c\r\n\r\rd')
def test_rows_are_those_of_the_csv_module(content):
    """The row parser sees the cells, the row ends and the errors that Python's csv module sees."""
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    expected: object = []
    start = 1
    try:
        for cells in reader:
            expected.append((start, cells or [""]))
            start = reader.line_num + 1
    except csv.Error:
        expected = ("read.quote", start)
    found: object = []
    try:
        for row in rows(Text("f", content.encode(), 0), ","):
            assert row.is_blank <= (row.cells == [""])
            found.append((row.line, row.cells))
    except ReadError as error:
        found = (error.code, error.line)
    assert found == expected


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=9), min_size=3, max_size=3), max_size=6),
    st.fixed_dictionaries(
        {
            "quoting": st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
            "lineterminator": st.sampled_from(["\n", "\r", "\r\n"]),
            "delimiter": st.sampled_from(",;\t|"),
        }
    ),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_round_trip_with_the_csv_module(reading, cells_of, table, dialect, encoding):
    """What the csv module writes in any dialect comes back cell for cell, with the right lines."""
    strange = "\0"
    if dialect["quoting"] != csv.QUOTE_ALL:
        strange += "\r\n".replace(dialect["lineterminator"], "")  # The module forgets to quote these.
    table = [[cell.translate(dict.fromkeys(map(ord, strange))) for cell in row] for row in table]
    stream = io.StringIO(newline="")
    csv.writer(stream, **dialect).writerows([["x", "y", "z"], *table])
    export = reading(stream.getvalue().encode(encoding), delimiter=dialect["delimiter"])
    assert cells_of(export) == table
    again = csv.reader(io.StringIO(stream.getvalue(), newline=""), delimiter=dialect["delimiter"])
    lines = [(again.line_num) for _ in again]
    assert export.lines.tolist() == [line + 1 for line in lines[:-1]]


def test_cells_survive_as_they_are(reading, cells_of):
    """Nothing is guessed, trimmed or taken for missing."""
    table = [
        ["NA", "F", "1,3", "007", "1e5", "TRUE", " padded "],
        ["", "null", "N/A", "-99", "UNK", "1.0", "\t"],
        ["line\r\nbreak", "\n", "\r", 'a "b"', '"', "nan", "2019-01-02"],
    ]
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([list("abcdefg"), *table])
    export = reading(stream.getvalue())
    assert cells_of(export) == table
    assert export.lines.tolist() == [2, 3, 4]
    assert export.cells.column_names == ["c1", "c2", "c3", "c4", "c5", "c6", "c7"]
    assert [column.name for column in export.columns] == list("abcdefg")
    assert [column.position for column in export.columns] == [1, 2, 3, 4, 5, 6, 7]
    assert (export.path, export.source, export.n_header) == ("wave.csv", "csv", 1)


def test_long_cells_survive(reading, cells_of):
    """The csv module's limit of 131072 characters is not ours, in either way of parsing."""
    long, before = "x\n" * 200_000, csv.field_size_limit()
    assert cells_of(reading(f'a,b\n1,"{long}"\n')) == [["1", long]]
    assert cells_of(reading(f'a,b\n5" wide,"{long}"\n')) == [['5" wide', long]]
    assert csv.field_size_limit() == before


def test_rows_longer_than_a_block_survive(reading, cells_of):
    """A row of several pyarrow blocks is read whole."""
    long = "é" * 3_000_000
    table = [["1", "2"], ["3", long], ["4", "5"], ["", ""], ["6", "7"]]
    assert cells_of(reading(f'a,b\n1,2\n3,"{long}"\n4,5\n\n6,7')) == table


def test_a_header_alone_is_a_table_without_rows(reading):
    """No rows is not an error."""
    for content in ("a,b", "a,b\n"):
        export = reading(content)
        assert (export.n_rows, export.cells.num_columns, len(export.lines)) == (0, 2, 0)
        assert export.marks["blank"].tolist() == []


def test_blank_rows_are_kept_and_marked(reading, cells_of):
    """A blank line is a row; it and rows of white space are marked."""
    export = reading('a,b\n1,2\n\n " ",\n,\n \t,"\n"\n3,\n\n\n')
    assert cells_of(export)[1] == ["", ""]
    assert export.lines.tolist() == [2, 3, 4, 5, 6, 8, 9, 10]
    assert export.marks["blank"].tolist() == [False, True, False, True, True, False, True, True]


def test_many_blank_lines_survive(reading, cells_of):
    """Files that were written with doubled line ends keep each row's line."""
    n_rows = 30_000
    body_text = "".join(f'{row},"x"\r\r\n' for row in range(n_rows))
    export = reading("a,b\r\r\n" + body_text)
    assert export.n_rows == 2 * n_rows + 1
    assert cells_of(export)[1::2] == [[str(row), "x"] for row in range(n_rows)]
    assert export.lines.tolist() == list(range(2, 2 * n_rows + 3))
    assert export.marks["blank"].tolist() == [True, *([False, True] * n_rows)]


def test_one_blank_line_in_a_long_file_stays_in_its_place(reading, cells_of):
    """Only the part of a file that has the blank line is put together anew."""
    table = [[str(row), "x" * 100] for row in range(30_000)]
    lines = [",".join(row) for row in table]
    for at in (0, 15_000, 30_000):
        export = reading("\n".join(["a,b", *lines[:at], "", *lines[at:], ""]))
        assert cells_of(export) == [*table[:at], ["", ""], *table[at:]]
        assert export.marks["blank"].nonzero()[0].tolist() == [at]


def test_blank_rows_counts_nulls():
    """A null is nothing too, and a table without columns has no row."""
    table = pa.table({"c1": ["", None, " ", "x"], "c2": ["", "\t", "y", ""]})
    assert blank_rows(table).tolist() == [True, True, False, False]
    assert blank_rows(pa.table({})).tolist() == []


CUT = 'name,age\nAda,1\nBea,"2'

ERRORS = [
    ("empty", "", {}, "read.empty", None, {}),
    ("only a mark", b"\xef\xbb\xbf", {}, "read.empty", None, {}),
    ("ragged", "a,b\n1,2\n3\n4,5,6\n7,8\n", {}, "read.ragged", 3, {"found": 1, "expected": 2, "n_rows": 2}),
    ("ragged long", 'a,b\n"1\n",2\n4,5,6\n', {}, "read.ragged", 4, {"found": 3, "expected": 2, "n_rows": 1}),
    (
        "ragged odd",
        'a,b\n1" x,2\n4,5,6\n,,\n',
        {},
        "read.ragged",
        3,
        {"found": 3, "expected": 2, "n_rows": 2},
    ),
    ("ragged end", "a,b\n1,2\n3", {}, "read.ragged", 3, {"found": 1, "expected": 2, "n_rows": 1}),
    ("ragged quotes", 'a,b\n""\n', {}, "read.ragged", 2, {"found": 1, "expected": 2, "n_rows": 1}),
    ("unclosed", CUT, {}, "read.quote", 3, {}),
    ("after quote", 'a,b\n1,2\n"3\n"x,4\n', {}, "read.quote", 3, {}),
    ("space after quote", 'a,b\n"1" ,2\n', {}, "read.quote", 2, {}),
    ("header quote", '"a,b\n1,2\n', {}, "read.quote", 1, {}),
    ("nul", "a,b\n1,2\n\n3,\0\n", {}, "read.binary", 4, {}),
    ("nul in quotes", 'a,b\n1,"\n\0"\n', {}, "read.binary", 3, {}),
    ("utf-16 unmarked", "a,b\n1,2\n".encode("utf-16-le"), {}, "read.binary", 1, {}),
    ("latin-1", b"a,b\n1,2\r\n\xe9,3\n", {}, "read.encoding", 3, {"offset": 9, "encoding": "utf-8"}),
    ("cut utf-8", "a,b\r1,é".encode()[:-1], {}, "read.encoding", 2, {"offset": 6, "encoding": "utf-8"}),
    ("surrogate", b"a\n\xed\xa0\x80\n", {}, "read.encoding", 2, {"offset": 2, "encoding": "utf-8"}),
    (
        "lone surrogate",
        b"\xff\xfea\0\n\0\x00\xd8b\0",
        {},
        "read.encoding",
        2,
        {"offset": 6, "encoding": "utf-16-le"},
    ),
    ("odd utf-16", b"\xfe\xff\0a\0", {}, "read.encoding", 1, {"offset": 4, "encoding": "utf-16-be"}),
    (
        "cp1252",
        b"a\n\x81\n",
        {"encoding": "windows-1252"},
        "read.encoding",
        2,
        {"offset": 2, "encoding": "cp1252"},
    ),
    ("ascii", "a\né".encode(), {"encoding": "ascii"}, "read.encoding", 2, {"offset": 2, "encoding": "ascii"}),
    (
        "unknown encoding",
        "a\n",
        {"encoding": "klingon"},
        "read.unknown-encoding",
        None,
        {"encoding": "klingon"},
    ),
    ("semicolons", "a;b\n1;2\n", {}, "read.delimiter", 1, {"delimiter": ",", "other": ";"}),
    ("quoted semicolons", '"a";"b"\n', {}, "read.delimiter", 1, {"delimiter": ",", "other": ";"}),
    ("commas in tsv", 'a,"b|"\n', {"source": "tsv"}, "read.delimiter", 1, {"delimiter": "\t", "other": ","}),
    ("most likely", "a|b;c;d\n", {}, "read.delimiter", 1, {"delimiter": ",", "other": ";"}),
    ("declared", "a,b\n", {"delimiter": ";"}, "read.delimiter", 1, {"delimiter": ";", "other": ","}),
    ("unnamed", "a,,c\n1,2,3\n", {}, "read.unnamed-column", 1, {"column": 2}),
    ("blank name", 'a,"\n "\n', {}, "read.unnamed-column", 1, {"column": 2}),
    ("trailing delimiter", "a,b,\n1,2,\n", {}, "read.unnamed-column", 1, {"column": 3}),
    ("blank first line", "\na,b\n", {}, "read.unnamed-column", 1, {"column": 1}),
    ("duplicate", "a,b,c,b\n", {}, "read.duplicate-column", 1, {"first": 2, "column": 4}),
    (
        "long cell",
        "a,b\n1," + "x" * 10_000_001,
        {},
        "read.cell-too-long",
        2,
        {"column": 2, "limit": 10_000_000},
    ),
]


@pytest.mark.parametrize(
    ("content", "options", "expected"),
    [(content, options, expected) for _, content, options, *expected in ERRORS],
    ids=[case[0] for case in ERRORS],
)
def test_errors_say_where(failing, content, options, expected):
    """Each kind of damage has its code, the physical line, and its facts."""
    error = failing(content, **options)
    assert [error.code, error.line, dict(error.facts)] == expected
    assert error.path == "wave.csv"


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", "\r", "\0", " ", "t", "1", "é", "\\t"])
def test_impossible_delimiters_are_refused(failing, delimiter):
    """A delimiter is one ASCII character without another meaning."""
    error = failing("a,b\n", delimiter=delimiter)
    assert (error.code, error.facts["delimiter"]) == ("read.bad-delimiter", delimiter)


@pytest.mark.parametrize("delimiter", list(",;\t|:~^]\\-#&$.*\x1f'"))
def test_unusual_delimiters_work_both_ways(delimiter):
    """No delimiter is mistaken for a part of a pattern."""
    assert check_delimiter(delimiter, "f") == delimiter
    content = f'a{delimiter}b\n1{delimiter}"x{delimiter}y"\n\\{delimiter}]\n'.encode()
    if delimiter in "\\]":
        content = f'a{delimiter}b\n1{delimiter}"x{delimiter}y"\n'.encode()
    text = Text("f", content, 0)
    header = header_rows(text, delimiter, 1)
    fast, _ = body(text, delimiter, header)
    strict, _ = body(text, delimiter, header, Limits(scan_bytes=0))
    assert fast.equals(strict)
    assert fast.slice(0, 1).to_pylist() == [{"c1": "1", "c2": f"x{delimiter}y"}]


def test_a_name_with_an_unusual_character_is_a_name(reading):
    """One column whose quoted name holds another delimiter is one column."""
    assert [column.name for column in reading('"a;b"\n1\n').columns] == ["a;b"]
    assert [column.name for column in reading("why?\n1\n").columns] == ["why?"]


def test_header_over_several_lines(reading):
    """Line breaks inside header cells count as lines of the file."""
    export = reading('"a\r\nb","c\nd"\r\n1,2\r\n')
    assert [column.name for column in export.columns] == ["a\r\nb", "c\nd"]
    assert export.lines.tolist() == [4]


def test_lines_survive_block_borders():
    """A CRLF, a quoted pair and a row cut by a block border are still one."""
    content = b'1,"a\r\nb"\r\n2,"c""d"\r\n' * 50
    whole = scan(content, ",", n_columns=2)
    assert whole is not None
    for block_bytes in range(1, 25):
        part = scan(content, ",", n_columns=2, block_bytes=block_bytes)
        assert part is not None
        assert np.array_equal(part.lines, whole.lines)
        assert (part.n_ragged, part.longest) == (0, whole.longest)


def test_ragged_rows_of_all_blocks_are_counted():
    """The first ragged row is named, and those of later blocks are counted with it."""
    content = b'1,"\n"\n2\n3,4,5\n\n6,7\n8\n'
    for block_bytes in range(1, 25):
        layout = scan(content, ",", n_columns=2, line=2, block_bytes=block_bytes)
        assert layout is not None
        assert (layout.ragged, layout.n_ragged, layout.blank.tolist()) == ((4, 1), 3, [3])


def test_nothing_shows_cells():
    """The parts of the reader show no text when printed."""
    text = Text("f", b"secret,b\n1,2\n", 0)
    shown = repr([text, *header_rows(text, ",", 1), scan(text.data, ",", n_columns=2)])
    assert "secret" not in shown
