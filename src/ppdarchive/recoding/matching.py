"""Records with suppressed cells: how many agree with each, under both readings of such a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.risk.classes import Codes, classes_of

Matrix = npt.NDArray[np.int64]
"""Codes of all fields, shape (n_rows, n_fields)."""

Cells = npt.NDArray[np.bool_]
"""Which cells are suppressed, shape (n_rows, n_fields)."""


_PAIRS: Final = 1 << 20
"""Cells of pairs of records that are compared at once; of larger tables patterns are compared."""


def matrix_of(columns: Sequence[Codes]) -> Matrix:
    """The columns side by side, each with codes from 0 on: missing is one value among others."""
    if not columns:
        raise ValueError("records are compared by at least one field")
    return np.column_stack([np.unique(column, return_inverse=True)[1] for column in columns]).astype(np.int64)


def frequencies(matrix: Matrix, cells: Cells, *, is_wildcard: bool) -> npt.NDArray[np.int64]:
    """How many records agree with each one, itself included, shape (n_rows,).

    A suppressed cell agrees with any value if it is a wildcard, and else with suppressed ones alone.

    References
    ----------
    sdcMicro's freqCalc, for wildcards: Templ and others (2015), doi:10.18637/jss.v067.i04.
    """
    if not len(matrix):
        return np.zeros(0, dtype=np.int64)
    shown = np.where(cells, -1, matrix)
    if not is_wildcard or not cells.any():
        return classes_of(list(shown.T)).per_row
    if matrix.shape[0] * matrix.size <= _PAIRS:
        same = matrix[:, None] == matrix[None, :]
        same |= cells[:, None] | cells[None, :]
        return np.asarray(same.all(axis=2).sum(axis=1))
    patterns, of = np.unique(cells, axis=0, return_inverse=True)
    members = [np.flatnonzero(of == number) for number in range(len(patterns))]
    found = np.zeros(len(matrix), dtype=np.int64)
    for own, mine in zip(patterns, members, strict=True):
        for other, theirs in zip(patterns, members, strict=True):
            known = ~(own | other)
            found[mine] += _agreeing(matrix[mine][:, known], matrix[theirs][:, known])
    return found


def _agreeing(mine: Matrix, theirs: Matrix) -> npt.NDArray[np.int64]:
    """How many of `theirs` are equal to each of `mine`."""
    if mine.shape[1] == 0:
        return np.full(len(mine), len(theirs), dtype=np.int64)
    joined = classes_of(list(np.concatenate([mine, theirs]).T))
    counts = np.bincount(joined.of[len(mine) :], minlength=len(joined.sizes))
    return counts[joined.of[: len(mine)]]
