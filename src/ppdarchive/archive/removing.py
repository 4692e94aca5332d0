"""Released tables without a participant or an answer: rows, what only they used, and quotes; pure.

What only she had tells something of her as long as it stands there, even with no row that refers to it: a
code that nobody has any more, beside a note that somebody was removed, is hers. So rows that were in use
by hers alone go with them; coders and coaches stay, who are others. Values that a schema lists were
declared before anybody answered, and stay too.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.archive.replacing import with_cuts
from ppdarchive.deidentify.consent import with_referring
from ppdarchive.deidentify.quotes import Quotes, words_of_others
from ppdarchive.deidentify.unused import with_unused
from ppdarchive.model.columns import values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Kind
from ppdarchive.risk.people import people_of

Mask = npt.NDArray[np.bool_]
Tables = Mapping[str, TreatedTable]


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
    gone = with_unused(tables, gone, personal)
    left = {name: _without(table, gone[name]) for name, table in tables.items()}
    quotes = Quotes(tables, gone, personal)
    n_quotes = 0
    for name, field in list(words_of_others(left, personal)):
        ranges = quotes.found(left, (name, field))
        n_quotes += sum(map(len, ranges.values()))
        left |= with_cuts(left, name, field, ranges, mask=mask)
    lost = {name: rows_gone for name, rows_gone in gone.items() if rows_gone.any()}
    return Removed(MappingProxyType(left), MappingProxyType(lost), n_quotes, quotes.runs)


def _without(table: TreatedTable, gone: Mask) -> TreatedTable:
    if not gone.any():
        return table
    return TreatedTable(table.schema, table.frame.loc[~gone].reset_index(drop=True))
