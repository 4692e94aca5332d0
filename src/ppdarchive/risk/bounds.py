"""What a reader can derive of numbers that were left out, from sums that were not: linear programs.

The numbers to be bounded are few, so a dense simplex is enough. Where the steepest pivots stay on one level,
they follow Bland's rule, which never cycles.

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
_PATIENCE = 20
"""Pivots in a row that may win nothing."""

_FAR = 1e6
"""How far an unknown is moved that has no limit."""


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
        return self._minimize(self._cost(unknown, upwards)) is None

    def extreme(self, unknown: int, *, upwards: bool) -> Floats:
        """An x where an unknown is as large, or small, as it gets; where it has no limit, a large one."""
        edge = self._minimize(self._cost(unknown, upwards))
        corner = self.corner
        if edge is None:
            return corner
        direction = np.zeros(len(corner))
        direction[edge] = 1.0
        direction[self.basis] = -self.tableau[:, edge]
        far: Floats = corner + direction * _FAR / direction[unknown]
        return far

    def fixed(self, unknown: int, value: float) -> Unknowns:
        """The same with one unknown held at a value that it can have; this is left as it is."""
        n_rows, width = self.tableau.shape
        held = np.zeros(width)
        held[unknown], held[-1] = 1.0, value
        if unknown in self.basis:
            held -= self.tableau[self.basis.index(unknown)]
            held[-1] = value - self.tableau[self.basis.index(unknown), -1]
        held = -held if held[-1] < 0 else held
        # As for a first corner, an error is added to the new equation and made as small as it gets.
        error = np.append(np.zeros(n_rows), 1.0)[:, None]
        rows = np.vstack([self.tableau, held])
        tableau = np.hstack([rows[:, :-1], error, rows[:, -1:]])
        found = Unknowns(tableau, [*self.basis, width - 1])
        found._minimize(np.append(np.zeros(width - 1), [1.0, 0.0]))
        return found._without(width - 1)

    def _without(self, n_unknowns: int) -> Unknowns:
        """The first unknowns alone, when all others are 0."""
        for row, basic in enumerate(self.basis):
            if basic >= n_unknowns:
                usable = np.flatnonzero(np.abs(self.tableau[row, :n_unknowns]) > _EPSILON)
                if len(usable):
                    self._pivot(row, int(usable[0]))
        kept = [row for row, basic in enumerate(self.basis) if basic < n_unknowns]
        own = np.append(np.arange(n_unknowns), self.tableau.shape[1] - 1)
        return Unknowns(self.tableau[kept][:, own].copy(), [self.basis[row] for row in kept])

    def _cost(self, unknown: int, upwards: bool) -> Floats:
        cost = np.zeros(self.tableau.shape[1])
        cost[unknown] = -1.0 if upwards else 1.0
        return cost

    def _minimize(self, cost: Floats) -> int | None:
        """Move to the corner of least cost; where there is none, the unknown that may grow for ever."""
        n_level = 0
        priced = np.flatnonzero(cost[self.basis])
        reduced = cost - cost[self.basis][priced] @ self.tableau[priced]
        while True:
            entering = np.flatnonzero(reduced[:-1] < -_EPSILON)
            if not len(entering):
                return None
            # The steepest edge is mostly the shortest way; after a while on one level Bland's ends it.
            column = int(entering[0] if n_level > _PATIENCE else np.argmin(reduced[:-1]))
            rises = np.flatnonzero(self.tableau[:, column] > _EPSILON)
            if not len(rises):
                return column
            ratios = self.tableau[rises, -1] / self.tableau[rises, column]
            tied = rises[ratios <= ratios.min() + _EPSILON]
            n_level = n_level + 1 if ratios.min() <= _EPSILON else 0
            row = min(tied.tolist(), key=lambda row: self.basis[row])
            self._pivot(row, column)
            reduced -= reduced[column] * self.tableau[row]
            reduced[self.basis] = 0.0

    def _pivot(self, row: int, column: int) -> None:
        self.tableau[row] /= self.tableau[row, column]
        others = self.tableau[:, column].copy()
        others[row] = 0.0
        changed = np.flatnonzero(others)
        rows = self.tableau[changed] - np.outer(others[changed], self.tableau[row])
        rows[np.abs(rows) < _EPSILON] = 0.0
        self.tableau[changed] = rows
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
    return found._without(n_unknowns)
