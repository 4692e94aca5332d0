"""Somebody's SQLite file -> rows of the tables it is asked for; refuses what could do harm.

A database is a program: its schema can call functions, hide a view under a table's name, and a damaged
page can make a query run forever. So a file is opened unwritable, nothing but plain reading of real
tables is allowed, and what comes out is checked, since SQLite keeps any type in any column.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ppdarchive.errors import CodingError

MAX_FILE_BYTES: Final = 4 << 30

MAGIC: Final = b"SQLite format 3\0"

Cell = str | int | None

_PRAGMAS: Final = (
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA mmap_size=0",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA query_only=ON",
)
# Its place in a page, its size and its number (SQLite, Database File Format, 1.6); fewer, no row has.
_BYTES_A_ROW: Final = 4
# Reading a row takes a few tens of steps at most.
_STEPS_A_CALL: Final = 10_000
_STEPS_A_BYTE: Final = 16
# Anything else: the file is no database, is damaged, or asks for more memory than there is.
_FAILURES: Final = (sqlite3.Error, sqlite3.Warning, OverflowError, MemoryError, ValueError)


class _NotText:
    """Stands for bytes that are no UTF-8."""


_NOT_TEXT: Final = _NotText()


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is read.

    Attributes
    ----------
    name : str
    kind : type
        `str` or `int`.
    is_optional : bool
        Whether a cell can be null. A column that the table lacks is null throughout.
    """

    name: str
    kind: type[str] | type[int]
    is_optional: bool = False


def integer(name: str, *, optional: bool = False) -> Column:
    """A column of whole numbers."""
    return Column(name, int, optional)


def text(name: str, *, optional: bool = False) -> Column:
    """A column of text."""
    return Column(name, str, optional)


class Database:
    """An open file, of which only the tables named on opening can be read."""

    def __init__(self, connection: sqlite3.Connection, *, name: str, kind: str, size_bytes: int) -> None:
        self._connection = connection
        self._name = name
        self._kind = kind
        self._size_bytes = size_bytes

    def __repr__(self) -> str:
        return "<Database>"

    def has(self, table: str) -> bool:
        """Whether there is a real table of this name.

        Raises
        ------
        CodingError
            ``coding.refused`` if a view or a virtual table has it; ``coding.format`` for a damaged file.
        """
        found = self._all("SELECT type, rootpage FROM sqlite_master WHERE name = ? COLLATE NOCASE", (table,))
        # An index may share a name with nothing, so one row at most is there.
        if any(kind != "table" or not isinstance(page, int) or page <= 0 for kind, page in found):
            raise self.refused("one of its tables is none")
        return bool(found)

    def columns(self, table: str) -> frozenset[str]:
        """Names of a table's columns, in lower case; empty if there is no such table.

        Raises
        ------
        CodingError
            As `has`.
        """
        if not self.has(table):
            return frozenset()
        described = self._all(f'PRAGMA table_info("{table}")')
        return frozenset(row[1].lower() for row in described if isinstance(row[1], str))

    def count(self, table: str) -> int:
        """Rows of a table; 0 if there is no such table.

        Raises
        ------
        CodingError
            As `has`.
        """
        if not self.has(table):
            return 0
        # SQLite's own count looks at nothing in between, and could not be stopped in a damaged table.
        n_rows = 0
        for n_rows, _ in enumerate(self._rows(f'SELECT 1 FROM "{table}"'), 1):
            if n_rows * _BYTES_A_ROW > self._size_bytes:
                raise self.broken("damaged")
        return n_rows

    def rows(self, table: str, columns: Sequence[Column]) -> Iterator[tuple[Cell, ...]]:
        """Rows of a table one by one, as the file has them.

        Parameters
        ----------
        table : str
        columns : sequence of Column, shape (n_columns,)

        Yields
        ------
        tuple of (str, int or None), shape (n_columns,)

        Raises
        ------
        CodingError
            ``coding.format`` if the table or a column that is not optional is missing, or a cell is of
            another type, no UTF-8 or holds a null character; ``coding.refused``.
        """
        present = self.columns(table)
        missing = next((c.name for c in columns if not c.is_optional and c.name not in present), None)
        if missing is not None:
            raise self.broken(f"there is no column {table}.{missing}")
        asked = ", ".join(f'"{c.name}"' if c.name in present else "NULL" for c in columns)
        size = 0
        for n_rows, row in enumerate(self._rows(f'SELECT {asked} FROM "{table}"'), 1):
            for column, cell in zip(columns, row, strict=True):
                if cell is None:
                    if not column.is_optional:
                        raise self.broken(f"{table}.{column.name} of row {n_rows} is missing")
                elif type(cell) is not column.kind or (isinstance(cell, str) and "\0" in cell):
                    raise self.broken(f"{table}.{column.name} of row {n_rows} is not what it should be")
                elif isinstance(cell, str):
                    size += len(cell)
            # Pages that are linked in a circle give more than the file can hold.
            if size > 2 * self._size_bytes or n_rows * _BYTES_A_ROW > self._size_bytes:
                raise self.broken("damaged")
            yield row

    def broken(self, reason: str) -> CodingError:
        """The error of a file that is not of its kind; `reason` quotes none of its cells."""
        return CodingError("coding.format", path=self._name, kind=self._kind, reason=reason)

    def refused(self, reason: str) -> CodingError:
        """The error of a file that no tool would have written."""
        return CodingError("coding.refused", path=self._name, reason=reason)

    def _all(self, query: str, values: tuple[str, ...] = ()) -> list[tuple[Cell, ...]]:
        return list(self._rows(query, values))

    def _rows(self, query: str, values: tuple[str, ...] = ()) -> Iterator[tuple[Cell, ...]]:
        # SQLite's messages may quote what is in the file: the `except` block is left before ours is raised.
        row: tuple[Cell, ...] | None = None
        cursor: sqlite3.Cursor | None = None
        with suppress(*_FAILURES):
            cursor = self._connection.execute(query, values)
        if cursor is None:
            raise self.broken("damaged")
        with closing(cursor):
            while True:
                failed = False
                try:
                    row = cursor.fetchone()
                except _FAILURES:
                    failed = True
                if failed:
                    raise self.broken("damaged")
                if row is None:
                    return
                yield row


@contextmanager
def opened(
    path: Path, *, name: str, kind: str, tables: Collection[str], max_bytes: int = MAX_FILE_BYTES
) -> Iterator[Database]:
    """Open a database that is not trusted; nothing is written, beside the file neither.

    Parameters
    ----------
    path : Path
    name : str
        What messages call the file.
    kind : str
        The tool it should be from.
    tables : collection of str
        The only ones that can be read.
    max_bytes : int

    Yields
    ------
    Database

    Raises
    ------
    CodingError
        ``coding.not-found``, ``coding.not-readable``, ``coding.too-large``, ``coding.format``, or
        ``coding.open`` if what a program has not yet written into the file lies beside it.

    References
    ----------
    SQLite, Defense Against The Dark Arts, 1.2, Untrusted SQLite Database Files
    (https://www.sqlite.org/security.html); URI Filenames, 3.3 (https://www.sqlite.org/uri.html).
    """
    size_bytes = _checked(path, name=name, kind=kind, max_bytes=max_bytes)
    connection = _connected(path, size_bytes=size_bytes)
    if connection is None:
        raise CodingError("coding.format", path=name, kind=kind, reason="damaged")
    with closing(connection):
        n_calls = 0

        def goes_on_too_long() -> bool:
            nonlocal n_calls
            n_calls += 1
            return n_calls * _STEPS_A_CALL > _STEPS_A_BYTE * size_bytes + 1_000_000

        connection.set_progress_handler(goes_on_too_long, _STEPS_A_CALL)
        connection.set_authorizer(_only_reading(tables))
        yield Database(connection, name=name, kind=kind, size_bytes=size_bytes)


def _checked(path: Path, *, name: str, kind: str, max_bytes: int) -> int:
    """The file's size, if it looks like a database that nobody is writing to."""
    reason = ""
    beside = [path.with_name(path.name + ending) for ending in ("-wal", "-journal")]
    begins, size_bytes, is_written = b"", 0, False
    try:
        # Asked first, since opening a named pipe would wait for its other end.
        if not path.is_file():
            reason = "not a file" if path.exists() else "absent"
        else:
            with path.open("rb") as stream:
                begins = stream.read(len(MAGIC))
                size_bytes = os.fstat(stream.fileno()).st_size
            is_written = any(file.is_file() and file.stat().st_size for file in beside)
    except FileNotFoundError:
        reason = "absent"
    except (OSError, ValueError) as error:
        reason = os.strerror(getattr(error, "errno", None) or 0)
    if reason == "absent":
        raise CodingError("coding.not-found", path=name)
    if reason:
        raise CodingError("coding.not-readable", path=name, reason=reason)
    if begins != MAGIC:
        raise CodingError("coding.format", path=name, kind=kind, reason="no SQLite database")
    if size_bytes > max_bytes:
        raise CodingError("coding.too-large", path=name, what="the file", limit=f"{max_bytes} bytes")
    if is_written:
        raise CodingError("coding.open", path=name)
    return size_bytes


def _connected(path: Path, *, size_bytes: int) -> sqlite3.Connection | None:
    connection: sqlite3.Connection | None = None
    try:
        # Immutable: no lock, no journal and no shared memory is made beside the file.
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(address, uri=True, isolation_level=None)
        connection.text_factory = _decoded
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, min(2 * size_bytes + 4096, 1_000_000_000))
        for pragma in _PRAGMAS:
            connection.execute(pragma).close()
    except _FAILURES:
        if connection is not None:
            connection.close()
        connection = None
    return connection


def _decoded(raw: bytes) -> str | _NotText:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _NOT_TEXT


class _only_reading:  # noqa: N801 - called like a function
    """Lets SELECT read the tables named, and nothing through a view or a trigger."""

    def __init__(self, tables: Collection[str]) -> None:
        self._tables = frozenset(table.lower() for table in tables) | {"sqlite_master", "sqlite_schema"}

    def __call__(
        self, action: int, first: str | None, second: str | None, _database: str | None, source: str | None
    ) -> int:
        if action == sqlite3.SQLITE_SELECT:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ:
            allowed = source is None and first is not None and first.lower() in self._tables
        elif action == sqlite3.SQLITE_PRAGMA:
            allowed = first == "table_info" and second is not None and second.lower() in self._tables
        else:
            allowed = False
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY
