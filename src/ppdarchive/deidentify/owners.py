"""Whose row it is: the participant that each row of each table belongs to, as a number."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from ppdarchive.model.columns import values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import ForeignKey
from ppdarchive.model.table import CheckedTable
from ppdarchive.model.treatment import PARTICIPANTS

Owners = npt.NDArray[np.int64]


def owners(tables: Mapping[str, CheckedTable]) -> Mapping[str, Owners]:
    """Follow foreign keys from each table to ``participants``; other tables' rows are their own.

    Returns
    -------
    mapping of str to ndarray of int64, shape (n_rows,)
        For every table; as `participant_rows`, or 0, 1, ... where a table refers to no participant.
    """
    alone = {name: np.arange(len(table.frame), dtype=np.int64) for name, table in tables.items()}
    return alone | dict(participant_rows(tables))


def participant_rows(tables: Mapping[str, CheckedTable]) -> Mapping[str, Owners]:
    """Follow foreign keys from each table to ``participants``.

    Returns
    -------
    mapping of str to ndarray of int64, shape (n_rows,)
        The row of ``participants`` that a row belongs to; -1 where it belongs to none. Only tables
        that lead there.
    """
    found: dict[str, Owners] = {}
    if PARTICIPANTS in tables:
        found[PARTICIPANTS] = np.arange(len(tables[PARTICIPANTS].frame), dtype=np.int64)
    for _ in tables:
        for name, table in tables.items():
            key = next((key for key in table.schema.foreign_keys if key.resource in found), None)
            if name not in found and key is not None:
                rows = target_rows(table, key, tables[key.resource])
                found[name] = np.where(rows < 0, -1, np.append(found[key.resource], -1)[rows])
    return found


def target_rows(
    table: CheckedTable | TreatedTable, key: ForeignKey, target: CheckedTable | TreatedTable
) -> Owners:
    """For each row of `table` the row of `target` that its foreign key refers to; -1 for none."""
    left = pd.DataFrame({str(n): _plain(table.frame[name]) for n, name in enumerate(key.fields)})
    right = pd.DataFrame({str(n): _plain(target.frame[name]) for n, name in enumerate(key.reference_fields)})
    right = (
        right.assign(row=np.arange(len(right), dtype=np.int64)).dropna().drop_duplicates(list(left.columns))
    )
    rows = left.merge(right, on=list(left.columns), how="left", validate="m:1")["row"]
    return rows.fillna(-1).to_numpy(dtype=np.int64)


def _plain(column: pd.Series) -> pd.Series:
    return pd.Series(pd.arrays.ArrowExtensionArray(values_of(column)))
