"""What a register remembers of whom and what was purged: the tables and their rows; it opens no file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from ppdarchive.model.purged import GROUNDS, Entry, Ground, Purged, PurgedWords
from ppdarchive.model.treatment import SPACES
from ppdarchive.text.keys import plain_key

STATEMENTS: Final = (
    """CREATE TABLE tombstones (
    space TEXT NOT NULL, key TEXT NOT NULL, ground TEXT NOT NULL, day TEXT NOT NULL,
    PRIMARY KEY (space, key)
) WITHOUT ROWID""",
    """CREATE TABLE purged_words (
    owner TEXT NOT NULL, resource TEXT NOT NULL, field TEXT NOT NULL, key TEXT NOT NULL, words TEXT NOT NULL,
    PRIMARY KEY (owner, resource, field, key, words)
) WITHOUT ROWID""",
    """CREATE TABLE purges (
    number INTEGER PRIMARY KEY CHECK (number = 1), state TEXT NOT NULL
)""",
)
"""What format 2 of a register adds; of purges there is one at a time."""
LISTS: Final = "list"
"""Lists of spans that were followed are remembered beside keys; no pseudonym is ever drawn there."""


def add_keys(
    connection: sqlite3.Connection, space: str, keys: Iterable[str], *, ground: Ground, on: date
) -> None:
    """Remember that keys are purged; the first ground stays."""
    rows = [(space, plain_key(key), ground, on.isoformat()) for key in keys]
    if space not in (*SPACES, LISTS) or not all(key for _, key, _, _ in rows):
        raise ValueError("a space and keys that are not blank expected")
    connection.executemany("INSERT OR IGNORE INTO tombstones VALUES (?, ?, ?, ?)", rows)


def keys_of(connection: sqlite3.Connection, space: str) -> Mapping[str, Entry]:
    """The plain forms of the keys of a space that were purged.

    Raises
    ------
    sqlite3.DatabaseError
        If an entry is none.
    """
    rows = connection.execute("SELECT key, ground, day FROM tombstones WHERE space = ?", (space,))
    return MappingProxyType({_plain(key): _entry(ground, day) for key, ground, day in rows})


def _plain(key: object) -> str:
    if not isinstance(key, str) or not key or plain_key(key) != key:
        raise sqlite3.DatabaseError
    return key


def _entry(ground: object, day: object) -> Entry:
    found = next((known for known in GROUNDS if known == ground), None)
    on = None
    try:
        on = date.fromisoformat(str(day))
    except ValueError:
        on = None
    if found is None or on is None or on.isoformat() != day:
        raise sqlite3.DatabaseError
    return Entry(found, on)


def add_words(connection: sqlite3.Connection, words: Iterable[PurgedWords]) -> None:
    """Remember words that were purged from cells."""
    rows = [
        (each.owner or "", each.table, each.field, each.key, " ".join(each.words))
        for each in words
        if each.words
    ]
    connection.executemany("INSERT OR IGNORE INTO purged_words VALUES (?, ?, ?, ?, ?)", rows)


def forget_words(connection: sqlite3.Connection, owners: Iterable[str]) -> None:
    """Forget the words of participants who are purged as a whole."""
    connection.executemany("DELETE FROM purged_words WHERE owner = ?", [(owner,) for owner in owners])


def words_of(connection: sqlite3.Connection) -> tuple[PurgedWords, ...]:
    """All words that were purged from cells.

    Raises
    ------
    sqlite3.DatabaseError
        If an entry is none.
    """
    rows = connection.execute("SELECT resource, field, key, owner, words FROM purged_words").fetchall()
    found = []
    for row in rows:
        if not all(isinstance(each, str) for each in row) or not row[4].split():
            raise sqlite3.DatabaseError
        table, field, key, owner, words = row
        found.append(PurgedWords(table, field, key, owner or None, tuple(words.split(" "))))
    return tuple(found)


def purged(connection: sqlite3.Connection) -> Purged:
    """All that was purged, for whoever makes a release.

    Raises
    ------
    sqlite3.DatabaseError
        If an entry is none.
    """
    spaces = {str(space) for (space,) in connection.execute("SELECT DISTINCT space FROM tombstones")}
    if not spaces <= {*SPACES, LISTS}:
        raise sqlite3.DatabaseError
    keys = {space: frozenset(keys_of(connection, space)) for space in sorted(spaces - {LISTS})}
    return Purged(MappingProxyType(keys), words_of(connection))


def unfinished(connection: sqlite3.Connection) -> dict[str, object] | None:
    """What is kept of a purge that has begun and is not complete; None if there is none.

    Raises
    ------
    sqlite3.DatabaseError
        If it makes no sense.
    """
    row = connection.execute("SELECT state FROM purges").fetchone()
    if row is None:
        return None
    state: object = None
    try:
        state = json.loads(row[0])
    except (TypeError, ValueError):
        state = None
    if not isinstance(state, dict):
        raise sqlite3.DatabaseError
    return state


def keep(connection: sqlite3.Connection, state: Mapping[str, object]) -> None:
    """Keep what a purge needs to go on."""
    text = json.dumps(dict(state), ensure_ascii=False)
    connection.execute("INSERT OR REPLACE INTO purges VALUES (1, ?)", (text,))


def complete(connection: sqlite3.Connection) -> None:
    """Forget the purge that was under way."""
    connection.execute("DELETE FROM purges")
