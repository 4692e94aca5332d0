"""Finding the columns of an export that a study names: by name, import id, or group."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence

from ppdarchive.model.table import ColumnInfo, RawExport


def find(export: RawExport, name: str) -> ColumnInfo | None:
    """The column that `name` means: the one so named, or else the one with that import id.

    Qualtrics does not keep names apart; a name that several columns share means none of them, and
    their import ids do.
    """
    for candidates in (
        [column for column in export.columns if column.name == name],
        [column for column in export.columns if column.import_id == name],
    ):
        if len(candidates) == 1:
            return candidates[0]
    return None


def find_group(export: RawExport, name: str) -> tuple[ColumnInfo, ...]:
    """The columns of the select-all question `name`, one for each of its choices."""
    return tuple(column for column in export.columns if column.group == name)


def unaccounted(export: RawExport, used: Iterable[int], ignore: Sequence[str]) -> tuple[ColumnInfo, ...]:
    """Columns that the study takes nothing from and says nothing of.

    Parameters
    ----------
    export : RawExport
    used : iterable of int
        Positions of the columns that some table takes something from.
    ignore : sequence of str
        Names or patterns (``Q1*``) of columns that the study leaves behind on purpose.

    Returns
    -------
    tuple of ColumnInfo
        Without the survey tool's own columns.
    """
    known = set(used)
    return tuple(
        column
        for column in export.columns
        if column.position not in known
        and not column.is_tool
        and not any(_is_called(column, pattern) for pattern in ignore)
    )


def _is_called(column: ColumnInfo, pattern: str) -> bool:
    names = (column.name, column.import_id, column.group)
    # A name may itself hold what a pattern does, as LimeSurvey's ``Q1[SQ001]`` does.
    return pattern in names or any(name is not None and fnmatch.fnmatchcase(name, pattern) for name in names)
