"""What only some rows used goes with them: a code that nobody has any more is whose it was; pure.

Coders and coaches stay, who are others; so does what nobody had used before either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.deidentify.consent import with_referring
from ppdarchive.deidentify.owners import target_rows
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.table import CheckedTable

STAFF: Final = frozenset({"coders", "coaches"})
"""Tables whose rows are people too, and stay."""
Mask = npt.NDArray[np.bool_]
Tables = Mapping[str, CheckedTable | TreatedTable]
_Link = tuple[str, str, npt.NDArray[np.int64]]


def with_unused(tables: Tables, gone: Mapping[str, Mask], personal: Set[str]) -> dict[str, Mask]:
    """Rows that go, with those that only they used.

    Parameters
    ----------
    tables : mapping of str to CheckedTable or TreatedTable
    gone : mapping of str to ndarray of bool, shape (n_rows,)
        Of every table, with every row that refers to one of them.
    personal : set of str
        Tables whose rows are about people: nobody's row goes because others' do.

    Returns
    -------
    dict of str to ndarray of bool, shape (n_rows,)
        Of every table, with every row that refers to one of them.
    """
    links = _links(tables, personal)
    before, after = (_used(tables, links, personal, each) for each in ({}, gone))
    kept = personal | STAFF
    unused = {name: before[name] & ~after[name] for name in tables if name not in kept}
    return with_referring(tables, {name: each | unused.get(name, False) for name, each in gone.items()})


def _links(tables: Tables, personal: Set[str]) -> list[_Link]:
    """For each table and other one that it refers to, the row there that each row refers to; -1 for none."""
    return [
        (name, target, target_rows(table, key, tables[target]))
        for name, table in tables.items()
        for key in table.schema.foreign_keys
        if (target := key.resource or name) in tables and target not in personal
    ]


def _used(
    tables: Tables, links: Sequence[_Link], personal: Set[str], gone: Mapping[str, Mask]
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
