"""The register: which pseudonym stands for whom, and each participant's random date offset.

It lies in the study's private folder, which must never leave. Everything in it is random, so
nothing about a person can be computed from a pseudonym (45 CFR 164.514(c)(1)): a pseudonym is drawn
when it is first needed, and looked up ever after. It is an SQLite database, whose transactions make
every addition whole or absent, whatever happens in between.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Self

from ppdarchive.errors import RegisterError

PRIVATE_FOLDER: Final = "private"
REGISTER_NAME: Final = "register.sqlite"
BACKUP_NAME: Final = "register.backup.sqlite"
MAX_OFFSET_DAYS: Final = 364
"""Date offsets are drawn from 1 to this many days back, as REDCap's own shifting does."""

_ALPHABET: Final = "bcdfghjklmnpqrstvwxz"
_LENGTH: Final = 16
# 20 ** 16 is a little over 2 ** 69. Without vowels and digits no pseudonym holds a name, a word or a
# number that a search for identifiers would stop at.
_FORMAT: Final = 1
_TABLES: Final = """
CREATE TABLE pseudonyms (
    audience TEXT NOT NULL, space TEXT NOT NULL, key TEXT NOT NULL, pseudonym TEXT NOT NULL UNIQUE,
    PRIMARY KEY (audience, space, key)
) WITHOUT ROWID;
CREATE TABLE offsets (
    audience TEXT NOT NULL, key TEXT NOT NULL, days INTEGER NOT NULL, PRIMARY KEY (audience, key)
) WITHOUT ROWID;
CREATE TABLE secrets (
    audience TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (audience, name)
) WITHOUT ROWID;
"""


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
                changed = self._connection.total_changes > 0
                self._connection.commit()
                if changed:
                    _back_up(self._connection, self._path)
            else:
                self._connection.rollback()
        finally:
            self._connection.close()

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
        known = dict(
            self._connection.execute(
                "SELECT key, pseudonym FROM pseudonyms WHERE audience = ? AND space = ?",
                (self._audience, space),
            )
        )
        fresh = [(self._audience, space, key, draw_pseudonym()) for key in wanted if key not in known]
        self._connection.executemany("INSERT INTO pseudonyms VALUES (?, ?, ?, ?)", fresh)
        known.update((key, pseudonym) for _, _, key, pseudonym in fresh)
        return {key: known[key] for key in wanted}

    def offsets(self, keys: Sequence[str]) -> Mapping[str, int]:
        """Each participant's date offset in days, drawn when first needed: -364 to -1."""
        wanted = list(dict.fromkeys(keys))
        rows = self._connection.execute("SELECT key, days FROM offsets WHERE audience = ?", (self._audience,))
        known = dict(rows)
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
        query = "SELECT value FROM secrets WHERE audience = ? AND name = ?"
        row = self._connection.execute(query, (self._audience, name)).fetchone()
        if row is not None:
            return bytes(row[0])
        value = secrets.token_bytes(32)
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
    code, reason = "", ""
    try:
        return Register(_connect(path), path, audience)
    except sqlite3.OperationalError as error:
        locked = "locked" in str(error)
        code, reason = (
            ("register.locked", "") if locked else ("register.not-writable", "SQLite cannot open it")
        )
    except sqlite3.DatabaseError:
        code = "register.damaged"
    except OSError as error:
        code, reason = "register.not-writable", error.strerror or "unknown"
    raise RegisterError(code, path=str(path), reason=reason)


def _connect(path: Path) -> sqlite3.Connection:
    # The file exists with its mode before anything is in it.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        # Deleted pages are overwritten, writes reach the disk before a commit returns.
        for pragma in (
            "secure_delete = ON",
            "synchronous = EXTRA",
            "journal_mode = DELETE",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        connection.execute("BEGIN EXCLUSIVE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        elif version != _FORMAT or not _is_whole(connection):
            raise sqlite3.DatabaseError
    except BaseException:
        connection.close()
        raise
    return connection


def _is_whole(connection: sqlite3.Connection) -> bool:
    (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    return bool(answer == "ok")


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
