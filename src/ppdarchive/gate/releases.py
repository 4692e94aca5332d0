"""The conditions on all live releases of an audience: their join, what came and went, answer keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ppdarchive.gate.failures import Failure
from ppdarchive.model.release import TreatedTable
from ppdarchive.study.config import Release


@dataclass(frozen=True, slots=True, repr=False)
class LiveRelease:
    """An earlier release that can still be read.

    Attributes
    ----------
    version : str
    tables : mapping of str to TreatedTable
        As it was published; each table is asked for once, and let go.
    """

    version: str
    tables: Mapping[str, TreatedTable]

    def __repr__(self) -> str:
        return f"<LiveRelease {self.version}: {len(self.tables)} tables>"


@dataclass(frozen=True, slots=True)
class RedactedSpan:
    """What an earlier release shows and the new one has replaced.

    Attributes
    ----------
    version : str
        Of the earlier release.
    table, field : str
    key : tuple of str
        The released primary key of the row, as texts.
    start, end : int
        Code points of the earlier release's text.
    """

    version: str
    table: str
    key: tuple[str, ...]
    field: str
    start: int
    end: int


def judge_releases(
    tables: Mapping[str, TreatedTable], live: Sequence[LiveRelease], release: Release
) -> list[Failure]:
    """The conditions on a release together with all that are live, oldest first, of the same audience."""
    return []


def more_redacted(
    tables: Mapping[str, TreatedTable], live: Sequence[LiveRelease]
) -> tuple[RedactedSpan, ...]:
    """Find what live releases show and the new one has replaced."""
    return ()
