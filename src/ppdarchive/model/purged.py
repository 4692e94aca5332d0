"""What was purged from a study's releases and must not come back; knows no tables and no files."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, get_args

Ground = Literal["withdrawal", "leak", "law"]
"""Why something is purged: a participant withdrew, a name was found too late, or the law demands it."""

GROUNDS: Final[tuple[Ground, ...]] = get_args(Ground)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is remembered of a key that was purged: on what ground, and when."""

    ground: Ground
    on: date


@dataclass(frozen=True, slots=True, repr=False)
class PurgedWords:
    """Words that were purged from one cell, and stay in the exports that it is made from.

    Attributes
    ----------
    table, field : str
        Where they stood.
    key : str
        The plain form of the row's key, of several fields a JSON list.
    owner : str or None
        The plain form of the key of the participant whose row it is; None if it is nobody's.
    words : tuple of str
        The words one after the other, folded (`ppdarchive.text.wording`).
    """

    table: str
    field: str
    key: str
    owner: str | None
    words: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<PurgedWords: {len(self.words)} words of {self.table}.{self.field}>"


@dataclass(frozen=True, slots=True, repr=False)
class Purged:
    """All that was purged from a study's releases.

    Attributes
    ----------
    keys : mapping of str to set of str
        The plain forms (`ppdarchive.text.keys.plain_key`) of purged keys, by space: ``participant``,
        ``response``.
    words : tuple of PurgedWords
    """

    keys: Mapping[str, Set[str]] = field(default_factory=lambda: MappingProxyType({}))
    words: tuple[PurgedWords, ...] = ()

    def __repr__(self) -> str:
        n_keys = sum(map(len, self.keys.values()))
        return f"<Purged: {n_keys} keys, words of {len(self.words)} cells>"

    def __bool__(self) -> bool:
        return any(self.keys.values()) or bool(self.words)
