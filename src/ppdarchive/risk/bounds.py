"""What a reader can derive of numbers that were left out, from sums that were not: linear programs.

The numbers to be bounded are few, so a dense simplex is enough. Pivots follow Bland's rule, which never
cycles.

References
----------
Bland (1977), New finite pivoting rules for the simplex method, doi:10.1287/moor.2.2.103.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_EPSILON = 1e-9


@dataclass(slots=True, eq=False, repr=False)
class Unknowns:
    """All x >= 0 with A x = b, as a tableau that stands at one of their corners.

    Attributes
    ----------
    tableau : ndarray of float64, shape (n_rows, n_unknowns + 1)
        The equations, solved for the basic unknowns; the last column is their value.
    basis : list of int, length n_rows
        The basic unknown of each row.
    """

    tableau: Floats
    basis: list[int]

    @property
    def corner(self) -> Floats:
        """The values of all unknowns at the corner."""
        values = np.zeros(self.tableau.shape[1] - 1)
        values[self.basis] = self.tableau[:, -1]
        return values

    def push(self, unknown: int, *, upwards: bool) -> bool:
        """Move to the corner where an unknown is largest, or smallest; False if it has no limit."""
        cost = np.zeros(self.tableau.shape[1])
        cost[unknown] = -1.0 if upwards else 1.0
        return self._minimize(cost)

    def _minimize(self, cost: Floats) -> bool:
        while True:
            reduced = cost - cost[self.basis] @ self.tableau
            entering = np.flatnonzero(reduced[:-1] < -_EPSILON)
            if not len(entering):
                return True
            column = int(entering[0])
            rises = np.flatnonzero(self.tableau[:, column] > _EPSILON)
            if not len(rises):
                return False
            ratios = self.tableau[rises, -1] / self.tableau[rises, column]
            tied = rises[ratios <= ratios.min() + _EPSILON]
            self._pivot(min(tied.tolist(), key=lambda row: self.basis[row]), column)

    def _pivot(self, row: int, column: int) -> None:
        self.tableau[row] /= self.tableau[row, column]
        others = self.tableau[:, column].copy()
        others[row] = 0.0
        self.tableau -= np.outer(others, self.tableau[row])
        self.tableau[np.abs(self.tableau) < _EPSILON] = 0.0
        self.basis[row] = column


def unknowns(equations: Floats, sums: Floats) -> Unknowns:
    """Find a corner of all x >= 0 with `equations` x = `sums`.

    Parameters
    ----------
    equations : ndarray of float64, shape (n_equations, n_unknowns)
    sums : ndarray of float64, shape (n_equations,)

    Raises
    ------
    ValueError
        If there is no such x.
    """
    n_equations, n_unknowns = equations.shape
    signs = np.where(sums < 0, -1.0, 1.0)[:, None]
    tableau = np.hstack([equations * signs, np.eye(n_equations), sums[:, None] * signs])
    found = Unknowns(tableau, list(range(n_unknowns, n_unknowns + n_equations)))
    # An error is added to each equation, and the sum of all errors made as small as it gets.
    found._minimize(np.concatenate([np.zeros(n_unknowns), np.ones(n_equations), [0.0]]))
    if found.corner[n_unknowns:].sum() > 1e-6:
        raise ValueError("no numbers have these sums")
    for row, basic in enumerate(found.basis):
        if basic >= n_unknowns:
            usable = np.flatnonzero(np.abs(found.tableau[row, :n_unknowns]) > _EPSILON)
            if len(usable):
                found._pivot(row, int(usable[0]))
    kept = [row for row, basic in enumerate(found.basis) if basic < n_unknowns]
    own = np.append(np.arange(n_unknowns), n_unknowns + n_equations)
    return Unknowns(found.tableau[kept][:, own].copy(), [found.basis[row] for row in kept])
