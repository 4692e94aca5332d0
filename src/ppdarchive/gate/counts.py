"""The condition on the counts of two codebooks: their differences are counts too.

Where rows are for fewer people than the codebook, none of 1 to ``min_cell`` - 1 participants is told, nor
what such a count follows from (`ppdarchive.risk.summaries`). Who reads the codebooks of two releases that
follow on each other takes the one from the other: if 20 were in the navy and 22 are, two of those who are new
are. Where some came and others went, the difference is less than either, and is refused all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ppdarchive.gate.failures import Failure, n_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import COMPANION_SUFFIX, Role, Schema
from ppdarchive.risk.summaries import told_counts
from ppdarchive.study.config import Release

Tables = Mapping[str, TreatedTable]

_SHOWN: Final = 6
"""Fields that a message names."""


def judge_counts(tables: Tables, last: Tables, release: Release, *, version: str) -> Iterator[Failure]:
    """The condition that the codebooks of two releases tell no small count by their difference.

    Parameters
    ----------
    tables : mapping of str to TreatedTable
        What would be published.
    last : mapping of str to TreatedTable
        The last live release.
    release : Release
        Its access and the smallest count that is told. Where the rows are public, counts tell no more than
        they do.
    version : str
        Of the last live release.

    References
    ----------
    CMS cell size suppression policy (https://resdac.org/node/1506).
    """
    if release.access == "public" or release.min_cell < 2:
        return
    before, after = (_told(each, release.min_cell) for each in (last, tables))
    places: dict[str, int] = {}
    for key, count in after.items():
        other = before.get(key)
        if count is not None and other is not None and 0 < abs(count - other) < release.min_cell:
            place = f"{key[0]}.{key[1]}" if key[0] else "all participants"
            places[place] = places.get(place, 0) + 1
    if places:
        more = f" and {len(places) - _SHOWN} more fields" if len(places) > _SHOWN else ""
        yield Failure(
            "count-differences",
            f"{n_of(sum(places.values()), 'count')} in the codebook that differ by fewer than "
            f"{release.min_cell} from {version}: {', '.join(list(places)[:_SHOWN])}{more}",
            "Publish when more are new, or say in writing why who reads both codebooks may know how many of "
            "those who are new have which value.",
            overridable=True,
        )


def _told(tables: Tables, min_cell: int) -> Mapping[tuple[str, str, str | None], int | None]:
    return told_counts({name: _without_texts(tables[name]) for name in tables}, min_cell=min_cell)


def _without_texts(table: TreatedTable) -> TreatedTable:
    """The table without answers, of which nothing is counted but why they are missing."""
    schema = table.schema
    fields = tuple(each for each in schema if not _is_answer(schema, each.name))
    return TreatedTable(schema.replacing(fields=fields), table.frame[[each.name for each in fields]])


def _is_answer(schema: Schema, name: str) -> bool:
    disclosure = schema[name].disclosure
    is_text = disclosure is not None and disclosure.role is Role.FREE_TEXT
    return is_text and name + COMPANION_SUFFIX not in schema and not schema.is_companion(name)
