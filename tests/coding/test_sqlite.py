"""Databases that are not trusted: real tables are read, anything else is refused, nothing is written."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.coding.formats.sqlite import Column, integer, opened, text
from ppdarchive.errors import CodingError

COLUMNS = [integer("id"), text("word", optional=True)]
WORDS = "CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT);"
ROWS = "INSERT INTO words VALUES (1, 'Zoë'), (2, '👍'), (3, NULL);"


def made(folder: Path, statements: str, *, before: str = "") -> Path:
    """A database that some statements make."""
    path = folder / "words.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(f"PRAGMA synchronous=OFF; {before} BEGIN; {statements} COMMIT;")
    return path


def forged(path: Path, statements: str) -> Path:
    """The database with a schema that no program would write."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA writable_schema=ON")
        database.executescript(statements)
    return path


def all_rows(path: Path, *, table: str = "words", **options: int) -> list[tuple[str | int | None, ...]]:
    """The rows of a table."""
    with opened(path, name="w.db", kind="Words", tables=["words"], **options) as database:
        return list(database.rows(table, COLUMNS))


def error_of(act: Callable[[], object]) -> CodingError:
    """The error of reading; it names the file as it was called, and chains nothing."""
    with pytest.raises(CodingError) as caught:
        act()
    assert caught.value.__context__ is None
    assert "w.db" in str(caught.value)
    return caught.value


def test_rows_are_as_the_file_has_them(tmp_path: Path):
    """Whole numbers, text and nulls, in any script."""
    path = made(tmp_path, WORDS + ROWS)
    assert all_rows(path) == [(1, "Zoë"), (2, "👍"), (3, None)]
    with opened(path, name="w.db", kind="Words", tables=["words", "other"]) as database:
        assert (database.count("words"), database.count("other")) == (3, 0)
        assert (database.columns("WORDS"), database.columns("other")) == ({"id", "word"}, frozenset())
        assert next(database.rows("words", [integer("id"), text("gone", optional=True)])) == (1, None)
        assert repr(database) == "<Database>"


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_the_encoding_is_the_database_s_own(tmp_path: Path, encoding: str):
    """A database may hold UTF-16, of either order; SQLite gives the same text."""
    path = made(tmp_path, WORDS + ROWS, before=f"PRAGMA encoding='{encoding}';")
    assert all_rows(path) == [(1, "Zoë"), (2, "👍"), (3, None)]


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS id, 'a' AS word FROM n"


@pytest.mark.parametrize(
    "statements",
    [
        f"CREATE VIEW words AS {ENDLESS};",
        "CREATE TABLE secrets (id, word); CREATE VIEW words AS SELECT * FROM secrets;",
        "CREATE VIRTUAL TABLE words USING fts5(id, word);",
        "CREATE TABLE other (id); CREATE INDEX words ON other (id);",
        "CREATE TABLE other (id); CREATE TRIGGER words INSERT ON other BEGIN DELETE FROM other; END;",
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, statements: str):
    """A view (an endless one, too), a virtual table, an index or a trigger of a table's name is not read."""
    path = made(tmp_path, statements)
    assert error_of(lambda: all_rows(path)).code == "coding.refused"
    with opened(path, name="w.db", kind="Words", tables=["words"]) as database:
        assert error_of(lambda: database.count("words")).code == "coding.refused"


def test_a_view_that_says_it_is_a_table_is_not_read(tmp_path: Path):
    """A forged schema row that calls a view a table gives an error, not the view's rows."""
    path = made(tmp_path, WORDS + ROWS + f"CREATE VIEW endless AS {ENDLESS};")
    forged(
        path,
        "DELETE FROM sqlite_master WHERE name = 'words';"
        "UPDATE sqlite_master SET type = 'table', name = 'words', tbl_name = 'words', rootpage = 2,"
        " sql = replace(sql, 'endless', 'words');",
    )
    assert error_of(lambda: all_rows(path)).code in {"coding.format", "coding.refused"}


def test_a_computed_column_is_none(tmp_path: Path):
    """A column that is computed on reading calls no function, for it is taken for absent."""
    path = made(
        tmp_path,
        "CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT AS (hex(zeroblob(id))) VIRTUAL);"
        "INSERT INTO words (id) VALUES (3);",
    )
    assert all_rows(path) == [(3, None)]


def test_only_the_tables_named_are_read(tmp_path: Path):
    """Users and their passwords stay where they are."""
    path = made(tmp_path, WORDS + "CREATE TABLE users (id INTEGER, word TEXT);")
    assert error_of(lambda: all_rows(path, table="users")).code == "coding.format"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM words",
        "PRAGMA user_version=3",
        "ATTACH ':memory:' AS other",
        "SELECT load_extension('x')",
    ],
)
def test_nothing_but_reading_is_allowed(tmp_path: Path, statement: str):
    """Whatever a schema made SQLite do would be denied."""
    path = made(tmp_path, WORDS + ROWS)
    with opened(path, name="w.db", kind="Words", tables=["words"]) as database:
        assert error_of(lambda: database._all(statement)).code == "coding.format"
    assert len(all_rows(path)) == 3


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("(1, x'5a6f')", "words.word of row 1 is not what it should be"),
        ("(1, CAST(x'ff41' AS TEXT))", "words.word of row 1 is not what it should be"),
        ("(1, 'a' || char(0) || 'b')", "words.word of row 1 is not what it should be"),
        ("(1, 2.5)", "words.word of row 1 is not what it should be"),
        ("('one', 'a')", "words.id of row 1 is not what it should be"),
        ("(1.5, 'a')", "words.id of row 1 is not what it should be"),
        ("(NULL, 'a')", "words.id of row 1 is missing"),
    ],
)
def test_a_cell_of_another_type_is_told_by_its_row(tmp_path: Path, row: str, said: str):
    """Bytes, broken UTF-8, null characters, fractions and gaps are no cells; nothing of them is quoted."""
    path = made(tmp_path, f"CREATE TABLE words (id, word); INSERT INTO words VALUES {row};")
    error = error_of(lambda: all_rows(path))
    assert (error.code, said in str(error)) == ("coding.format", True)


def test_a_missing_column_is_named(tmp_path: Path):
    """A column that is needed is named, and a table that is not there has none."""
    path = made(tmp_path, "CREATE TABLE words (word TEXT);")
    assert "there is no column words.id" in str(error_of(lambda: all_rows(path)))
    path.unlink()
    assert "there is no column words.id" in str(
        error_of(lambda: all_rows(made(tmp_path, "CREATE TABLE other (id);")))
    )


def test_a_file_that_is_too_large_is_refused(tmp_path: Path):
    """The bound is on the file's bytes."""
    path = made(tmp_path, WORDS + ROWS)
    size = path.stat().st_size
    assert len(all_rows(path, max_bytes=size)) == 3
    assert error_of(lambda: all_rows(path, max_bytes=size - 1)).code == "coding.too-large"


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_changes_beside_the_file_are_not_passed_over(tmp_path: Path, ending: str):
    """A file with a log of changes is not read without them; an empty log is none."""
    path = made(tmp_path, WORDS + ROWS)
    beside = path.with_name(path.name + ending)
    beside.write_bytes(b"")
    assert len(all_rows(path)) == 3
    beside.write_bytes(b"x")
    assert error_of(lambda: all_rows(path)).code == "coding.open"


def test_nothing_is_written_beside_the_file(tmp_path: Path):
    """A file in write-ahead mode is read where nothing can be made, and stays as it is."""
    path = made(tmp_path, WORDS + ROWS, before="PRAGMA journal_mode=WAL;")
    before = path.read_bytes()
    assert before[18:20] == b"\x02\x02"
    assert len(all_rows(path)) == 3
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before


def test_what_is_no_file_is_told(tmp_path: Path):
    """Absent, a folder, a pipe, a name that no file has, another kind of file, an empty one."""
    pipe, other, empty = tmp_path / "pipe", tmp_path / "other", tmp_path / "empty"
    os.mkfifo(pipe)
    other.write_bytes(b"PK\x03\x04 and so on")
    empty.write_bytes(b"")
    for path, code in (
        (tmp_path / "absent", "coding.not-found"),
        (tmp_path, "coding.not-readable"),
        (pipe, "coding.not-readable"),
        (tmp_path / ("n" * 300), "coding.not-readable"),
        (tmp_path / "a\0b", "coding.not-found"),
        (other, "coding.format"),
        (empty, "coding.format"),
    ):
        assert error_of(lambda path=path: all_rows(path)).code == code, path


def test_a_name_that_reads_like_an_address_is_a_name(tmp_path: Path):
    """Marks that part an address in SQLite's eyes are part of the name."""
    path = made(tmp_path, WORDS + ROWS)
    strange = path.rename(tmp_path / "a?mode=rwc&x=%41#b.db")
    assert len(all_rows(strange)) == 3


def with_field(raw: bytes, at: int, value: bytes) -> bytes:
    """A database's header with other bytes in one place."""
    return raw[:at] + value + raw[at + len(value) :]


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (16, b"\x00\x03"),  # page size: no power of two
        (20, b"\xff"),  # reserved bytes at the end of each page
        (28, b"\xff\xff\xff\xfe"),  # number of pages
        (44, b"\x00\x00\x00\x63"),  # schema format
        (100, b"\x00"),  # kind of the first page
        (100, b"\x05\x00\x00\x00\x01\x00\x50\x00\x00\x00\x00\x01"),  # an inner page that leads to itself
    ],
)
def test_a_forged_header_is_read_or_refused(tmp_path: Path, at: int, value: bytes):
    """Huge page counts, impossible sizes and pages in a circle end, soon and with our own error."""
    path = made(tmp_path, WORDS + ROWS)
    path.write_bytes(with_field(path.read_bytes(), at, value))
    caught: CodingError | None = None
    try:
        all_rows(path)
    except CodingError as error:
        caught = error
    assert caught is None or (caught.code == "coding.format" and caught.__context__ is None)


PAGE = 512
MANY = f"INSERT INTO words SELECT id, hex(zeroblob(110)) FROM ({ENDLESS}) LIMIT 2600;"


def inner_pages(raw: bytearray) -> list[int]:
    """Where the pages begin that lead to others, the outermost first."""
    with_root = [at for at in range(PAGE, len(raw), PAGE) if raw[at] == 5]
    assert len(with_root) > 15
    return with_root


def lead(raw: bytearray, begin: int, to: int) -> None:
    """Make all that an inner page leads to one page."""
    number = (to // PAGE + 1).to_bytes(4, "big")
    raw[begin + 8 : begin + 12] = number
    for cell in range(int.from_bytes(raw[begin + 3 : begin + 5], "big")):
        at = int.from_bytes(raw[begin + 12 + 2 * cell : begin + 14 + 2 * cell], "big")
        raw[begin + at : begin + at + 4] = number


@pytest.mark.parametrize("depth", [1, 2, 15])
def test_pages_that_lead_in_circles_end(tmp_path: Path, depth: int):
    """Pages that lead to each other give no endless rows, in a table's rows or their number."""
    path = made(tmp_path, WORDS + MANY, before=f"PRAGMA page_size={PAGE};")
    raw = bytearray(path.read_bytes())
    root, *others = inner_pages(raw)
    leaf = next(at for at in range(PAGE, len(raw), PAGE) if raw[at] == 13)
    chain = [root, *others[:depth]]
    for begin, to in zip(chain, [*chain[1:], leaf if depth > 2 else root], strict=True):
        lead(raw, begin, to)
    path.write_bytes(raw)
    assert error_of(lambda: all_rows(path)).code == "coding.format"
    with opened(path, name="w.db", kind="Words", tables=["words"]) as database:
        assert error_of(lambda: database.count("words")).code == "coding.format"


def test_damage_behind_good_rows_is_damage(tmp_path: Path):
    """Rows that could be read come first; then an error, not an end."""
    path = made(tmp_path, WORDS + MANY, before=f"PRAGMA page_size={PAGE};")
    raw = bytearray(path.read_bytes())
    leaf = [at for at in range(PAGE, len(raw), PAGE) if raw[at] == 13][-1]
    raw[leaf] = 0
    path.write_bytes(raw)
    seen = 0

    def read() -> None:
        nonlocal seen
        with opened(path, name="w.db", kind="Words", tables=["words"]) as database:
            for _ in database.rows("words", COLUMNS):
                seen += 1

    assert error_of(read).code == "coding.format"
    assert seen > 1000


def test_a_query_that_goes_on_and_on_is_stopped(tmp_path: Path):
    """Work without rows ends, too: it is bounded by the size of the file."""
    path = made(tmp_path, WORDS + MANY, before=f"PRAGMA page_size={PAGE};")
    with opened(path, name="w.db", kind="Words", tables=["words"]) as database:
        query = "SELECT 1 FROM words a, words b, words c WHERE a.word < b.word"
        assert error_of(lambda: database._all(query)).code == "coding.format"


@given(st.integers(0, 3 * 512 - 1), st.binary(min_size=1, max_size=24))
def test_damage_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, at: int, value: bytes):
    """Bytes changed anywhere give rows of the right types, or our own error."""
    folder = tmp_path_factory.mktemp("damaged")
    path = made(folder, WORDS + ROWS, before="PRAGMA page_size=512;")
    path.write_bytes(with_field(path.read_bytes(), at, value))
    rows: list[tuple[str | int | None, ...]] = []
    caught: CodingError | None = None
    try:
        rows = all_rows(path)
    except CodingError as error:
        caught = error
    assert caught is None or ("Zoë" not in str(caught) and caught.__context__ is None)
    assert all(type(number) is int and isinstance(word, str | None) for number, word in rows)


def test_columns_are_what_they_say():
    """A column is needed unless it is optional."""
    assert integer("id") == Column("id", int, False)
    assert text("word", optional=True) == Column("word", str, True)
