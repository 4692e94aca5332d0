"""Local suppression: which cells to leave out so that every record shares its vector with k - 1 others.

What a suppressed cell is to an attacker is said by the reading of a plan:

``value``
    A value of its own. Records share a vector only if the same cells are suppressed in all of them,
    and what is left agrees. That is the safe reading, and the default: it holds even if the attacker
    knows which cells were suppressed, which the companion field of a released one says, and which a
    guess at the rule that suppressed them would tell in any case.
``wildcard``
    Any value: two records agree in a field when either is suppressed (sdcMicro counts so). It needs
    fewer cells. But of the records that agree with a suppressed one, those whose known values differ
    from its true ones are no cover to someone who knows these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from ppdarchive.recoding.cells import covered_plan
from ppdarchive.recoding.exactcells import cheapest_values, cheapest_wildcards
from ppdarchive.recoding.matching import Cells, Matrix, frequencies, matrix_of
from ppdarchive.recoding.pruning import pruned_values, pruned_wildcards
from ppdarchive.risk.classes import Classes, Codes, classes_of

Reading = Literal["value", "wildcard"]

EXACT_ROWS: Final = 12
"""Tables of up to so many records are solved exactly, under the reading ``value``."""

EXACT_PLANS: Final = 5_000
"""Under the reading ``wildcard``, plans that are tried from the cheapest on, in tables of that size."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Plan:
    """Cells to suppress.

    Attributes
    ----------
    cells : ndarray of bool, shape (n_rows, n_fields)
    cost : float
        The weights of the fields, summed over suppressed cells.
    reading : {"value", "wildcard"}
    is_exact : bool
        Whether no plan costs less. Of any plan this is true: k is lost if one suppressed cell is
        shown again.
    """

    cells: Cells
    cost: float
    reading: Reading
    is_exact: bool

    def __repr__(self) -> str:
        how = "exact" if self.is_exact else "minimal"
        return f"<Plan of {self.n_cells} cells, {how}, a suppressed cell read as a {self.reading}>"

    @property
    def n_cells(self) -> int:
        """How many cells are suppressed."""
        return int(self.cells.sum())

    @property
    def per_field(self) -> npt.NDArray[np.int64]:
        """How many cells of each field are suppressed, shape (n_fields,)."""
        return np.asarray(self.cells.sum(axis=0))


def suppress_cells(
    columns: Sequence[Codes],
    *,
    k: int,
    weights: Sequence[float] | None = None,
    reading: Reading = "value",
    fixed: Sequence[Codes] = (),
    exact_rows: int = EXACT_ROWS,
) -> Plan:
    """Find few cells, weighted by the importance of their fields, whose suppression reaches k.

    Parameters
    ----------
    columns : sequence of ndarray of integers, each of shape (n_rows,), length >= 1
        One row a participant; -1 is missing, which is a value of its own and not a suppressed cell.
    k : int
    weights : sequence of float, length n_fields, optional
        What a suppressed cell of each field costs, above 0; 1 if not given.
    reading : {"value", "wildcard"}, optional
    fixed : sequence of ndarray of integers, each of shape (n_rows,), optional
        Columns that count as well and cannot be suppressed, such as the number of answers.
    exact_rows : int, optional
        Larger tables are solved by a greedy cover that is then pruned.

    Returns
    -------
    Plan

    Raises
    ------
    ValueError
        If there is no field, a weight is not above 0, or fewer than k records, but not none, agree in
        the fixed columns: no suppression of cells helps these.

    References
    ----------
    Meyerson and Williams (2004), On the complexity of optimal k-anonymity,
    doi:10.1145/1055558.1055591: minimizing suppressed cells is NP-hard, hence the greedy cover.
    Templ and others (2015), sdcMicro, doi:10.18637/jss.v067.i04, for the reading ``wildcard``.
    """
    matrix = matrix_of(columns)
    n_rows, n_fields = matrix.shape
    own = np.ones(n_fields) if weights is None else np.asarray(weights, dtype=np.float64)
    if own.shape != (n_fields,) or not ((own > 0) & np.isfinite(own)).all():
        raise ValueError("each field needs a weight above 0")
    apart = classes_of(fixed) if fixed else Classes(np.zeros(n_rows, dtype=np.int64), np.array([n_rows]))
    if k < 1 or (n_rows and int(apart.sizes.min()) < k):
        raise ValueError("k is from 1 to the number of records that agree in the fixed columns")
    cells, is_exact = np.zeros(matrix.shape, dtype=np.bool_), True
    # Records that differ in a fixed column never share a vector, so each class of them is a table.
    for rows in np.split(np.argsort(apart.of, kind="stable"), np.cumsum(apart.sizes)[:-1]):
        cells[rows], is_own_exact = _plan(matrix[rows], k, own, reading, exact_rows)
        is_exact &= is_own_exact
    return Plan(cells, float((cells @ own).sum()), reading, is_exact)


def reaches(columns: Sequence[Codes], cells: Cells, *, k: int, reading: Reading = "value") -> bool:
    """Whether every record shares its vector with k - 1 others once `cells` are suppressed."""
    found = frequencies(matrix_of(columns), cells, is_wildcard=reading == "wildcard")
    return bool((found >= k).all())


def _plan(
    matrix: Matrix, k: int, weights: npt.NDArray[np.float64], reading: Reading, exact_rows: int
) -> tuple[Cells, bool]:
    nothing = np.zeros(matrix.shape, dtype=np.bool_)
    if (frequencies(matrix, nothing, is_wildcard=False) >= k).all():
        return nothing, True
    if reading == "value":
        if len(matrix) <= exact_rows:
            return cheapest_values(matrix, k, weights), True
        return pruned_values(matrix, covered_plan(matrix, k, weights), k, weights), False
    greedy = pruned_wildcards(matrix, covered_plan(matrix, k, weights), k, weights)
    if len(matrix) <= exact_rows:
        exact = cheapest_wildcards(matrix, k, weights, most=EXACT_PLANS)
        if exact is not None:
            return exact, True
    return greedy, False
