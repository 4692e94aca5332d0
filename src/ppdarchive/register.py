"""The register: which pseudonym stands for whom, and each participant's random date offset.

It lies in the study's private folder, which must never leave. Everything in it is random, so
nothing about a person can be computed from a pseudonym (45 CFR 164.514(c)(1)): a pseudonym is drawn
when it is first needed, and looked up ever after. Of who was purged it knows that she was, so that no
export brings her back, and no longer which pseudonym was hers. It is an SQLite database, whose
transactions make every change whole or absent, whatever happens in between.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import sqlite3
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self, TypeVar
from urllib.parse import quote

from ppdarchive.errors import RegisterError
from ppdarchive.model.purged import Entry, Ground, Purged, PurgedWords
from ppdarchive.model.treatment import MAX_OFFSET_DAYS
from ppdarchive.text.keys import plain_key
from ppdarchive.tombstones import (
    STATEMENTS,
    add_keys,
    add_words,
    complete,
    forget_words,
    keep,
    keys_of,
    purged,
    unfinished,
)

PRIVATE_FOLDER: Final = "private"
REGISTER_NAME: Final = "register.sqlite"
BACKUP_NAME: Final = "register.backup.sqlite"
_ALPHABET: Final = "bcdfghjklmnpqrstvwxz"
_LENGTH: Final = 16
# 20 ** 16 is a little over 2 ** 69. Without vowels and digits no pseudonym holds a name, a word or a
# number that a search for identifiers would stop at.
_PSEUDONYM: Final = re.compile(f"[{_ALPHABET}]{{{_LENGTH}}}")
_FORMAT: Final = 2
_FIRST_STATEMENTS: Final = (
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
_STATEMENTS: Final[Mapping[int, tuple[str, ...]]] = {
    1: _FIRST_STATEMENTS,
    2: (*_FIRST_STATEMENTS, *STATEMENTS),
}
"""What each format declares."""
_SECRET_BYTES: Final = 32
_PATIENCE_SECONDS: Final = 10.0
"""How long who only looks waits for who has the register open."""
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
        self._n_kept = 0

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
        changed = self._connection.total_changes > self._n_kept
        self._connection.commit()
        if changed:
            _back_up(self._connection, self._path)
            self._n_kept = self._connection.total_changes

    def keep(self) -> None:
        """Keep what was changed so far, on the disk and in the backup; nobody else comes in between."""
        self._told(self._keep)
        self._told(lambda: self._connection.execute("BEGIN EXCLUSIVE"))

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

        Raises
        ------
        RegisterError
            ``register.purged`` if any of `keys` was purged: nobody draws a pseudonym for it again.
        """
        wanted = list(dict.fromkeys(keys))
        gone = self.tombstoned(space)
        if gone and any(plain_key(key) in gone for key in wanted):
            raise RegisterError("register.purged", path=str(self._path))
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

    # -- what was purged --------------------------------------------------------------------------

    def tombstone(self, space: str, keys: Iterable[str], *, ground: Ground, on: date) -> None:
        """Remember that keys were purged, in every way of writing them; the first ground stays.

        Raises
        ------
        ValueError
            If there is no such space, or a key is blank.
        """
        self._told(lambda: add_keys(self._connection, space, keys, ground=ground, on=on))

    def tombstoned(self, space: str) -> Mapping[str, Entry]:
        """The plain forms (`plain_key`) of the keys that were purged."""
        return self._told(lambda: keys_of(self._connection, space))

    def purged(self) -> Purged:
        """All that was purged from the study's releases."""
        return self._told(lambda: purged(self._connection))

    def redact(self, words: Iterable[PurgedWords]) -> None:
        """Remember words that were purged from cells, so that later releases redact them too."""
        self._told(lambda: add_words(self._connection, words))

    def pseudonyms_everywhere(self, space: str, keys: Collection[str]) -> Mapping[str, frozenset[str]]:
        """The pseudonyms of keys, however they are written, by audience; none is drawn.

        Parameters
        ----------
        space : str
        keys : collection of str
            Plain forms.
        """
        found: dict[str, set[str]] = {}
        for audience, own, key, pseudonym in self._told(self._every_pseudonym):
            if own == space and plain_key(key) in keys:
                found.setdefault(audience, set()).add(pseudonym)
        return MappingProxyType({audience: frozenset(each) for audience, each in found.items()})

    def keys_of(self, pseudonyms: Collection[str]) -> Mapping[str, tuple[str, str]]:
        """The space and the key that each pseudonym of any audience stands for; the unknown are left out."""
        return MappingProxyType(
            {
                pseudonym: (space, key)
                for _, space, key, pseudonym in self._told(self._every_pseudonym)
                if pseudonym in pseudonyms
            }
        )

    def _every_pseudonym(self) -> list[tuple[str, str, str, str]]:
        rows = self._connection.execute("SELECT audience, space, key, pseudonym FROM pseudonyms").fetchall()
        if not all(isinstance(each, str) for row in rows for each in row):
            raise sqlite3.DatabaseError
        return rows

    def forget(self, space: str, keys: Collection[str]) -> None:
        """Forget the pseudonyms and offsets of keys in every audience, and the words of participants.

        Parameters
        ----------
        space : str
        keys : collection of str
            Plain forms.
        """
        self._told(lambda: self._forget(space, keys))

    def _forget(self, space: str, keys: Collection[str]) -> None:
        rows = [(own, key) for _, own, key, _ in self._every_pseudonym() if own == space]
        gone = {row for row in rows if plain_key(row[1]) in keys}
        self._connection.executemany("DELETE FROM pseudonyms WHERE space = ? AND key = ?", gone)
        if space == "participant":
            known = self._connection.execute("SELECT DISTINCT key FROM offsets").fetchall()
            own_days = [(key,) for (key,) in known if plain_key(str(key)) in keys]
            self._connection.executemany("DELETE FROM offsets WHERE key = ?", own_days)
            forget_words(self._connection, keys)

    def unfinished_purge(self) -> Mapping[str, object] | None:
        """What was kept of a purge that is under way; None if there is none."""
        return self._told(lambda: unfinished(self._connection))

    def keep_purge(self, state: Mapping[str, object]) -> None:
        """Keep what a purge needs to go on after a crash: JSON, which stays private and may name keys."""
        self._told(lambda: keep(self._connection, state))

    def complete_purge(self) -> None:
        """Forget what was kept of the purge that was under way."""
        self._told(lambda: complete(self._connection))


def open_register(folder: Path, audience: str, *, patience: float = 0) -> Register:
    """Open the register in the private folder, for one audience, and keep everybody else out.

    Parameters
    ----------
    folder : Path
        The private folder.
    audience : str
        Each audience has its own pseudonyms, so that two releases cannot be joined.
    patience : float
        Seconds to wait for another process that has it.

    Raises
    ------
    RegisterError
        If another process has it, or it is damaged, or cannot be read or written.
    """
    path = folder / REGISTER_NAME
    problem: RegisterError
    try:
        return Register(_connect(path, patience), path, audience)
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


def _connect(path: Path, patience: float) -> sqlite3.Connection:
    was_there = path.with_name(BACKUP_NAME).exists()
    if was_there and not (path.exists() and path.stat().st_size):
        # There was a register. Another one would make strangers of all who are known.
        raise sqlite3.DatabaseError
    # The file exists with its mode before anything is in it.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, timeout=patience, isolation_level=None)
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
            _declare(connection, _STATEMENTS[_FORMAT])
        else:
            if not _is_register(connection, version) or not _is_whole(connection, path):
                raise sqlite3.DatabaseError
            missing = set(_STATEMENTS[_FORMAT]) - set(_STATEMENTS[version])
            if missing:  # kept with whatever else this opening changes, or not at all
                _declare(connection, [each for each in _STATEMENTS[_FORMAT] if each in missing])
    except BaseException:
        connection.close()
        raise
    return connection


def _declare(connection: sqlite3.Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {_FORMAT}")


def _is_register(connection: sqlite3.Connection, version: object) -> bool:
    """Whether the database declares what a register of its format does, and nothing else."""
    return version in _STATEMENTS and _declared(connection) == sorted(_STATEMENTS[int(str(version))])


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


def purged_of(study: Path) -> Purged:
    """What was purged from the releases of the study in `study`; no register is made to tell it.

    Raises
    ------
    RegisterError
        If the register is damaged or lost, cannot be read, or somebody keeps it open.
    """
    path = study / PRIVATE_FOLDER / REGISTER_NAME
    problem: RegisterError
    try:
        return _purged_of(path)
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
        problem = _problem(error, path)
    raise problem


def _purged_of(path: Path) -> Purged:
    if not path.exists() or not path.stat().st_size:
        if path.with_name(BACKUP_NAME).exists():  # it is lost, and who was purged with it
            raise sqlite3.DatabaseError
        return Purged()
    address = f"file:{quote(str(path.absolute()))}?mode=rw"  # what a crash left is rolled back; none is made
    connection = sqlite3.connect(address, uri=True, timeout=_PATIENCE_SECONDS, isolation_level=None)
    with contextlib.closing(connection):
        connection.execute("BEGIN")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0 and not path.stat().st_size:
            return Purged()
        if not _is_register(connection, version):
            raise sqlite3.DatabaseError
        return purged(connection) if version == _FORMAT else Purged()
