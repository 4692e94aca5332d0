"""Released tables without a participant or an answer: rows, what only they used, and quotes; pure.

What only she had tells something of her as long as it stands there, even with no row that refers to it: a
code that nobody has any more, beside a note that somebody was removed, is hers. So rows that were in use
by hers alone go with them; coders and coaches stay, who are others. Values that a schema lists were
declared before anybody answered, and stay too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.archive.replacing import with_cuts
from ppdarchive.deidentify.consent import with_referring
from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Field, Kind, Role
from ppdarchive.risk.people import people_of, target_rows
from ppdarchive.text.wording import BARRIER, Wording, merged, wording

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
Tables = Mapping[str, TreatedTable]

QUOTE_WORDS: Final = 5
"""So many words in a row, that somebody else wrote down too, are a quote."""
_STAFF: Final = frozenset({"coders", "coaches"})
"""Tables whose rows are people too, and stay."""
_ASKED: Final = frozenset({"questions"})
"""Tables whose words were there before anybody answered."""


@dataclass(frozen=True, slots=True, repr=False)
class Removed:
    """Tables without what was removed, and what that was.

    Attributes
    ----------
    tables : mapping of str to TreatedTable
    rows : mapping of str to ndarray of bool, shape (n_rows,)
        By table as it was, the rows that are gone; only tables that lost any.
    n_quotes : int
        Places where somebody else's words repeated removed ones.
    runs : set of tuple of str
        The runs of removed words that nobody is to repeat.
    """

    tables: Tables
    rows: Mapping[str, Mask]
    n_quotes: int = 0
    runs: Set[tuple[str, ...]] = frozenset()

    def __repr__(self) -> str:
        return f"<Removed: rows of {len(self.rows)} tables, {self.n_quotes} quotes>"

    def __bool__(self) -> bool:
        return bool(self.rows) or self.n_quotes > 0


def rows_with(tables: Tables, values: Set[str]) -> dict[str, Mask]:
    """The rows in which any cell is one of some values, such as pseudonyms.

    Lists and categorical values are not looked at.
    """
    wanted = pa.array(sorted(values), pa.string())
    found: dict[str, Mask] = {}
    for name, table in tables.items():
        rows = np.zeros(len(table.frame), dtype=bool)
        for field in table.schema:
            if field.kind is Kind.STRING and field.categories is None:
                rows |= np.asarray(pc.is_in(values_of(table.frame[field.name]), value_set=wanted))
        if rows.any():
            found[name] = rows
    return found


def removed(tables: Tables, rows: Mapping[str, Mask], *, mask: bool) -> Removed:
    """Remove rows, every row that refers to them, however far, and what only they used.

    Parameters
    ----------
    tables : mapping of str to TreatedTable
    rows : mapping of str to ndarray of bool, shape (n_rows,)
        What is to go; tables that lose nothing need not be named.
    mask : bool
        Whether words that are replaced become masks, as `ppdarchive.archive.replacing.with_cuts` says.

    Returns
    -------
    Removed
    """
    gone = with_referring(tables, rows)
    if not any(each.any() for each in gone.values()):
        return Removed(tables, MappingProxyType({}))
    personal = frozenset(people_of(tables).of) | {name for name, each in gone.items() if each.any()}
    links = _links(tables, personal)
    before, after = (_used(tables, links, personal, each) for each in ({}, gone))
    unused = {name: before[name] & ~after[name] for name in tables}
    kept = {name for name in tables if name in personal or name in _STAFF}
    gone = with_referring(
        tables, {name: gone[name] | (False if name in kept else unused[name]) for name in tables}
    )
    left = {name: _without(table, gone[name]) for name, table in tables.items()}
    quotes = _Quotes(tables, gone, personal)
    n_quotes = 0
    for name, field in list(_words_of_others(left, personal)):
        ranges = quotes.found(left, (name, field))
        n_quotes += sum(map(len, ranges.values()))
        left |= with_cuts(left, name, field, ranges, mask=mask)
    lost = {name: rows_gone for name, rows_gone in gone.items() if rows_gone.any()}
    return Removed(MappingProxyType(left), MappingProxyType(lost), n_quotes, quotes.runs)


def _links(tables: Tables, personal: Set[str]) -> list[tuple[str, str, Numbers]]:
    """For each table and other one that it refers to, the row there that each row refers to; -1 for none."""
    return [
        (name, target, target_rows(table, key, tables[target]))
        for name, table in tables.items()
        for key in table.schema.foreign_keys
        if (target := key.resource or name) in tables and target not in personal
    ]


def _used(
    tables: Tables,
    links: Sequence[tuple[str, str, Numbers]],
    personal: Set[str],
    gone: Mapping[str, Mask],
) -> dict[str, Mask]:
    """The rows of every table that rows about people lead to, but for those that are gone."""
    used = {name: np.zeros(len(table.frame), dtype=bool) for name, table in tables.items()}
    for name in personal:
        used[name] = ~gone[name] if name in gone else np.ones(len(tables[name].frame), dtype=bool)
    changed = True
    while changed:
        changed = False
        for name, target, every in links:
            rows = every[used[name]]
            rows = rows[rows >= 0]
            changed |= not used[target][rows].all()
            used[target][rows] = True
    return used


def _without(table: TreatedTable, gone: Mask) -> TreatedTable:
    if not gone.any():
        return table
    return TreatedTable(table.schema, table.frame.loc[~gone].reset_index(drop=True))


# -- quotes ---------------------------------------------------------------------------------------


def is_prose(field: Field) -> bool:
    """Whether a field holds words, and neither a key nor one of some listed values."""
    role = None if field.disclosure is None else field.disclosure.role
    return field.kind is Kind.STRING and field.categories is None and role is not Role.KEY


def _words_of_others(tables: Tables, personal: Set[str]) -> Iterator[tuple[str, str]]:
    """The fields in which researchers write, by table: descriptions of codes, notes on themes."""
    for name, table in tables.items():
        if name in personal or name in _ASKED:
            continue
        schema = table.schema
        keys = {*schema.primary_key, *(own for key in schema.foreign_keys for own in key.fields)}
        keys |= {own for key in schema.unique_keys for own in key}
        yield from ((name, field.name) for field in schema if is_prose(field) and field.name not in keys)


class _Quotes:
    """Runs of words of removed answers, and where others repeat them."""

    def __init__(self, tables: Tables, gone: Mapping[str, Mask], personal: Set[str]) -> None:
        self.runs: set[tuple[str, ...]] = set()
        for name in personal:
            table = tables[name]
            for field in table.schema:
                if is_prose(field) and gone[name].any():
                    texts = values_of(table.frame[field.name]).filter(pa.array(gone[name]))
                    self.runs |= {run for text in texts.to_pylist() if text for run in _runs(_read(text))}

    def found(self, tables: Tables, place: tuple[str, str]) -> dict[int, list[tuple[int, int]]]:
        """By row of a table, the ranges of a field's texts that repeat what was removed."""
        name, field = place
        distinct, codes = encode(values_of(tables[name].frame[field]))
        own = {code: ranges for code, text in enumerate(distinct) if (ranges := self._ranges(str(text)))}
        return {row: own[code] for row, code in enumerate(codes.tolist()) if code in own}

    def _ranges(self, text: str) -> list[tuple[int, int]]:
        read = _read(text)
        runs = [run for run in dict.fromkeys(_runs(read)) if run in self.runs]
        return merged([place for run in runs for place in _all_of(read, run)])


def _read(text: str) -> Wording:
    return wording(text, list(replaced_ranges(text)))


def _runs(text: Wording) -> Iterator[tuple[str, ...]]:
    for start in range(len(text.words) - QUOTE_WORDS + 1):
        run = text.words[start : start + QUOTE_WORDS]
        if BARRIER not in run:
            yield run


def _all_of(text: Wording, run: Sequence[str]) -> list[tuple[int, int]]:
    """Where a run stands, also where it overlaps itself."""
    starts = [start for start in range(len(text.words)) if text.words[start : start + len(run)] == tuple(run)]
    return [(text.ranges[start][0], text.ranges[start + len(run) - 1][1]) for start in starts]
