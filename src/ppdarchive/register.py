"""The register: which pseudonym stands for whom, and each participant's random date offset.

It lies in the study's private folder, which must never leave. Everything in it is random, so
nothing about a person can be computed from a pseudonym (45 CFR 164.514(c)(1)): a pseudonym is drawn
when it is first needed, and looked up ever after. It is an SQLite database, whose transactions make
every addition whole or absent, whatever happens in between.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Self, TypeVar

from ppdarchive.errors import RegisterError
from ppdarchive.model.treatment import MAX_OFFSET_DAYS

PRIVATE_FOLDER: Final = "private"
REGISTER_NAME: Final = "register.sqlite"
BACKUP_NAME: Final = "register.backup.sqlite"
_ALPHABET: Final = "bcdfghjklmnpqrstvwxz"
_LENGTH: Final = 16
# 20 ** 16 is a little over 2 ** 69. Without vowels and digits no pseudonym holds a name, a word or a
# number that a search for identifiers would stop at.
_PSEUDONYM: Final = re.compile(f"[{_ALPHABET}]{{{_LENGTH}}}")
_FORMAT: Final = 1
_STATEMENTS: Final = (
    """CREATE TABLE pseudonyms (
    audience TEXT NOT NULL, space TEXT NOT NULL, key TEXT NOT NULL, pseudonym TEXT NOT NULL UNIQUE,
    PRIMARY KEY (audience, space, key)
) WITHOUT ROWID""",
    """CREATE TABLE offsets (
    audience TEXT NOT NULL, key TEXT NOT NULL, days INTEGER NOT NULL, PRIMARY KEY (audience, key)
) WITHOUT ROWID""",
    """CREATE TABLE secrets (
    audience TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (audience, name)
) WITHOUT ROWID""",
)
_SECRET_BYTES: Final = 32
_REASONS: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_FULL: "No space left on device",
    sqlite3.SQLITE_READONLY: "Read-only file or file system",
    sqlite3.SQLITE_CANTOPEN: "SQLite cannot open it",
    sqlite3.SQLITE_PERM: "Permission denied",
    sqlite3.SQLITE_IOERR: "Input/output error",
}

T = TypeVar("T")


def private_folder(study: Path) -> Path:
    """The study's private folder, made if need be, for its owner alone (mode 0700).

    Raises
    ------
    RegisterError
        If the study lies inside a data package, or the folder cannot be made.
    """
    folder = study / PRIVATE_FOLDER
    for parent in (folder, *folder.resolve().parents):
        if (parent / "SHA256SUMS").exists() and (parent / "datapackage.json").exists():
            raise RegisterError("register.inside-package", path=str(folder))
    reason = ""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "unknown"
    if reason:
        raise RegisterError("register.not-writable", path=str(folder), reason=reason)
    return folder


def warnings(folder: Path) -> tuple[str, ...]:
    """What is dangerous about where the private folder lies, in words for a person.

    Returns
    -------
    tuple of str
        Empty if it is outside of any repository and only its owner can read it.
    """
    found = []
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        found.append(f"{folder} can be read by others; run `chmod 700 {folder}`")
    register = folder / REGISTER_NAME
    if register.exists() and stat.S_IMODE(register.stat().st_mode) & 0o077:
        found.append(f"{register} can be read by others; run `chmod 600 {register}`")
    for parent in folder.resolve().parents:
        if any((parent / mark).exists() for mark in (".git", ".hg", ".svn")):
            found.append(f"{folder} lies inside a repository ({parent}); see that it is never committed")
            break
    return tuple(found)


class Register:
    """The open register of one study, for one audience; only one process has it at a time.

    Use it as a context manager. What was allocated is kept when the block ends, and forgotten when
    it ends by an exception.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, audience: str) -> None:
        self._connection = connection
        self._path = path
        self._audience = audience

    def __repr__(self) -> str:
        return f"<Register for {self._audience}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._told(self._keep)
            else:
                with contextlib.suppress(sqlite3.Error):  # closing takes everything back too
                    self._connection.rollback()
        finally:
            self._connection.close()

    def _keep(self) -> None:
        changed = self._connection.total_changes > 0
        self._connection.commit()
        if changed:
            _back_up(self._connection, self._path)

    def _told(self, work: Callable[[], T]) -> T:
        """What `work` gives; what SQLite says of a failure stays here."""
        problem: RegisterError
        try:
            return work()
        except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
            problem = _problem(error, self._path)
        raise problem

    def pseudonyms(self, space: str, keys: Iterable[str]) -> Mapping[str, str]:
        """The pseudonyms of `keys`; new ones are drawn for those that have none yet.

        Parameters
        ----------
        space : str
            ``participant``, ``response``, ``coder`` or ``coach``; spaces never share a pseudonym.
        keys : iterable of str

        Returns
        -------
        mapping of str to str
            16 lower-case consonants each (69 random bits), injective.
        """
        wanted = list(dict.fromkeys(keys))
        return self._told(lambda: self._pseudonyms(space, wanted))

    def _pseudonyms(self, space: str, wanted: Sequence[str]) -> Mapping[str, str]:
        known = dict(
            self._connection.execute(
                "SELECT key, pseudonym FROM pseudonyms WHERE audience = ? AND space = ?",
                (self._audience, space),
            )
        )
        if not all(isinstance(each, str) and _PSEUDONYM.fullmatch(each) for each in known.values()):
            raise sqlite3.DatabaseError
        fresh = [(self._audience, space, key, draw_pseudonym()) for key in wanted if key not in known]
        self._connection.executemany("INSERT INTO pseudonyms VALUES (?, ?, ?, ?)", fresh)
        known.update((key, pseudonym) for _, _, key, pseudonym in fresh)
        return {key: known[key] for key in wanted}

    def offsets(self, keys: Sequence[str]) -> Mapping[str, int]:
        """Each participant's date offset in days, drawn when first needed: -364 to -1."""
        wanted = list(dict.fromkeys(keys))
        return self._told(lambda: self._offsets(wanted))

    def _offsets(self, wanted: Sequence[str]) -> Mapping[str, int]:
        rows = self._connection.execute("SELECT key, days FROM offsets WHERE audience = ?", (self._audience,))
        known = dict(rows)
        if not all(isinstance(days, int) and -MAX_OFFSET_DAYS <= days < 0 for days in known.values()):
            raise sqlite3.DatabaseError
        fresh = [
            (self._audience, key, -1 - secrets.randbelow(MAX_OFFSET_DAYS))
            for key in wanted
            if key not in known
        ]
        self._connection.executemany("INSERT INTO offsets VALUES (?, ?, ?)", fresh)
        known.update((key, days) for _, key, days in fresh)
        return {key: known[key] for key in wanted}

    def secret(self, name: str) -> bytes:
        """A random secret of 32 bytes for one purpose, drawn when first needed."""
        return self._told(lambda: self._secret(name))

    def _secret(self, name: str) -> bytes:
        query = "SELECT value FROM secrets WHERE audience = ? AND name = ?"
        row = self._connection.execute(query, (self._audience, name)).fetchone()
        if row is not None:
            if not isinstance(row[0], bytes) or len(row[0]) != _SECRET_BYTES:
                raise sqlite3.DatabaseError
            return row[0]
        value = secrets.token_bytes(_SECRET_BYTES)
        self._connection.execute("INSERT INTO secrets VALUES (?, ?, ?)", (self._audience, name, value))
        return value


def open_register(folder: Path, audience: str) -> Register:
    """Open the register in the private folder, for one audience, and keep everybody else out.

    Parameters
    ----------
    folder : Path
        The private folder.
    audience : str
        Each audience has its own pseudonyms, so that two releases cannot be joined.

    Raises
    ------
    RegisterError
        If another process has it, or it is damaged, or cannot be read or written.
    """
    path = folder / REGISTER_NAME
    problem: RegisterError
    try:
        return Register(_connect(path), path, audience)
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
        problem = _problem(error, path)
    raise problem


def _problem(error: Exception, path: Path) -> RegisterError:
    """What a failure means for the register, without its words: they may hold a key."""
    if isinstance(error, OSError):
        return RegisterError("register.not-writable", path=str(path), reason=error.strerror or "unknown")
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return RegisterError("register.locked", path=str(path))
    if code in _REASONS:
        return RegisterError("register.not-writable", path=str(path), reason=_REASONS[code])
    return RegisterError("register.damaged", path=str(path))


def _connect(path: Path) -> sqlite3.Connection:
    was_there = path.with_name(BACKUP_NAME).exists()
    if was_there and not (path.exists() and path.stat().st_size):
        # There was a register. Another one would make strangers of all who are known.
        raise sqlite3.DatabaseError
    # The file exists with its mode before anything is in it.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        # The lock is held until the backup is written; deleted pages are overwritten; writes reach
        # the disk before a commit returns.
        for pragma in (
            "locking_mode = EXCLUSIVE",
            "secure_delete = ON",
            "synchronous = EXTRA",
            "journal_mode = DELETE",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        connection.execute("BEGIN EXCLUSIVE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0 and not path.stat().st_size:
            for statement in _STATEMENTS:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        elif (
            version != _FORMAT
            or _declared(connection) != sorted(_STATEMENTS)
            or not _is_whole(connection, path)
        ):
            raise sqlite3.DatabaseError
    except BaseException:
        connection.close()
        raise
    return connection


def _declared(connection: sqlite3.Connection) -> list[str]:
    """The declarations of everything in the database, but for what SQLite makes by itself."""
    rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
    return sorted(str(sql) for (sql,) in rows)


def _is_whole(connection: sqlite3.Connection, path: Path) -> bool:
    ((n_pages,), (page_bytes,), (answer,)) = (
        connection.execute(f"PRAGMA {pragma}").fetchone()
        for pragma in ("page_count", "page_size", "quick_check(1)")
    )
    return bool(answer == "ok" and n_pages * page_bytes == path.stat().st_size)


def _back_up(connection: sqlite3.Connection, path: Path) -> None:
    """Copy the register beside itself: written whole under another name, then renamed."""
    backup, fresh = path.with_name(BACKUP_NAME), path.with_name(f"{BACKUP_NAME}.new")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with contextlib.closing(sqlite3.connect(fresh)) as target:
        connection.backup(target)
    fresh.replace(backup)


def draw_pseudonym() -> str:
    """A fresh pseudonym: 16 random consonants, 69 bits."""
    number = secrets.randbelow(len(_ALPHABET) ** _LENGTH)
    letters = []
    for _ in range(_LENGTH):
        number, place = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[place])
    return "".join(letters)


@contextlib.contextmanager
def study_register(study: Path, audience: str) -> Iterator[Register]:
    """Open the register of the study in `study`, and keep what was allocated if all goes well."""
    with open_register(private_folder(study), audience) as register:
        yield register
