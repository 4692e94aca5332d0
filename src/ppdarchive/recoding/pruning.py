"""Plans without the cells that k does not need: showing any one more of those left loses it."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.recoding.matching import Cells, Matrix, frequencies

Weights = npt.NDArray[np.float64]
Vector = tuple[int, ...]

_HIDDEN: Final = -1

_MOST_PATTERNS: Final = 32
"""Patterns, the most frequent first, that records of others are tried in."""


def pruned_values(matrix: Matrix, cells: Cells, k: int, weights: Weights) -> Cells:
    """A cheaper plan under the reading ``value``.

    Cells are shown again where enough records are left on both sides; records move to classes that
    cost less, and classes that can be spread over others are given up. Each step lowers the cost, and
    they end when none is left.

    Returns
    -------
    ndarray of bool, shape (n_rows, n_fields)
        Showing any one more of its cells loses k.
    """
    pruning = _Pruning(matrix, cells, k, weights)
    while pruning.step():
        pass
    return np.asarray(pruning.cells)


class _Pruning:
    def __init__(self, matrix: Matrix, cells: Cells, k: int, weights: Weights) -> None:
        self.cells = cells.copy()
        self._matrix, self._k = matrix, k
        self._weights = [float(weight) for weight in weights]
        self._order = np.argsort(-weights, kind="stable").tolist()
        shown = np.where(cells, _HIDDEN, matrix)
        self._counts = Counter(map(tuple, shown.tolist()))
        self._classes: defaultdict[Vector, list[int]] = defaultdict(list)
        for row in np.flatnonzero(cells.any(axis=1)).tolist():
            self._classes[tuple(shown[row].tolist())].append(row)

    def step(self) -> bool:
        """Try to show cells in every class with suppressed ones; whether anything changed."""
        has_changed = False
        patterns = self._patterns()
        for vector in list(self._classes):
            for field in self._order:
                if vector in self._classes and vector[field] == _HIDDEN:
                    has_changed |= self._show(vector, field)
            if vector in self._classes:
                has_changed |= self._spread(vector, patterns)
        return has_changed

    def _patterns(self) -> list[tuple[bool, ...]]:
        """The patterns with the most records, and that of no suppressed cell, cheapest first."""
        found: Counter[tuple[bool, ...]] = Counter()
        for vector, rows in self._classes.items():
            found[tuple(code == _HIDDEN for code in vector)] += len(rows)
        frequent = [pattern for pattern, _ in found.most_common(_MOST_PATTERNS)]
        return sorted([(False,) * len(self._weights), *frequent], key=self._weight)

    def _weight(self, pattern: tuple[bool, ...]) -> float:
        return sum(weight for weight, is_hidden in zip(self._weights, pattern, strict=True) if is_hidden)

    def _show(self, vector: Vector, field: int) -> bool:
        """Show a field in those records of a class of which enough are, or then are, alike."""
        parts: defaultdict[int, list[int]] = defaultdict(list)
        for row in self._classes[vector]:
            parts[int(self._matrix[row, field])].append(row)
        ready = []
        for code, rows in sorted(parts.items(), key=lambda part: -len(part[1])):
            target = (*vector[:field], code, *vector[field + 1 :])
            if self._counts[target] + len(rows) >= self._k:
                ready.append((target, rows))
        size = self._counts[vector]
        if sum(len(rows) for _, rows in ready) == size:
            for target, rows in ready:
                self._move(vector, target, rows)
            return True
        has_changed = False
        for target, rows in ready:
            some = rows[: max(self._counts[vector] - self._k, 0)]
            if some and self._counts[target] + len(some) >= self._k:
                self._move(vector, target, some)
                has_changed = True
        return has_changed

    def _spread(self, vector: Vector, patterns: list[tuple[bool, ...]]) -> bool:
        """Move records of a class to cheaper ones, or all of them if that is cheaper together."""
        cost = self._weight(tuple(code == _HIDDEN for code in vector))
        places = {row: self._place(row, vector, patterns) for row in self._classes[vector]}
        found = {row: place for row, place in places.items() if place is not None}
        if (
            len(found) == len(places)
            and sum(price for price, _ in found.values()) < cost * len(places) - 1e-9
        ):
            for row, (_, target) in found.items():
                self._move(vector, target, [row])
            return True
        has_changed = False
        for row, (price, target) in sorted(found.items(), key=lambda item: (item[1][0], item[0])):
            if price < cost - 1e-9 and self._counts[vector] > self._k:
                self._move(vector, target, [row])
                has_changed = True
        return has_changed

    def _place(
        self, row: int, vector: Vector, patterns: list[tuple[bool, ...]]
    ) -> tuple[float, Vector] | None:
        """The cheapest other class that a record fits into, and what a record there costs."""
        own = self._matrix[row].tolist()
        for pattern in patterns:
            target = tuple(
                _HIDDEN if is_hidden else code for code, is_hidden in zip(own, pattern, strict=True)
            )
            if target != vector and self._counts[target] >= self._k:
                return self._weight(pattern), target
        return None

    def _move(self, vector: Vector, target: Vector, rows: list[int]) -> None:
        hidden = np.array(target) == _HIDDEN
        self.cells[rows] = hidden
        self._counts[vector] -= len(rows)
        self._counts[target] += len(rows)
        leaving = set(rows)
        left = [row for row in self._classes[vector] if row not in leaving]
        if left:
            self._classes[vector] = left
        else:
            del self._classes[vector]
        if hidden.any():
            self._classes[target].extend(rows)


def pruned_wildcards(matrix: Matrix, cells: Cells, k: int, weights: Weights) -> Cells:
    """The plan without cells that k does not need under the reading ``wildcard``.

    Showing a cell only takes agreement away, so one pass over the cells is enough. Records that had
    reached k by themselves are shown first, then cells of weighty fields.

    Returns
    -------
    ndarray of bool, shape (n_rows, n_fields)
        Showing any one more of its cells loses k.
    """
    cells = cells.copy()
    found = frequencies(matrix, cells, is_wildcard=True)
    lacking = frequencies(matrix, np.zeros_like(cells), is_wildcard=False) < k
    index = _Index(matrix, cells)
    rows, fields = np.nonzero(cells)
    order = np.lexsort((-weights[fields], lacking[rows]))
    for row, field in zip(rows[order].tolist(), fields[order].tolist(), strict=True):
        lost = index.agreeing(row, field)
        if found[row] - len(lost) >= k and (found[lost] > k).all():
            found[row] -= len(lost)
            found[lost] -= 1
            cells[row, field] = False
    return cells


class _Index:
    """The rows that agree with a row, found by their value in its most telling field.

    Parameters
    ----------
    matrix : ndarray of int64, shape (n_rows, n_fields)
    cells : ndarray of bool, shape (n_rows, n_fields)
        Looked at as it is when a row is asked for; cells may be shown meanwhile, and none hidden.
    """

    def __init__(self, matrix: Matrix, cells: Cells) -> None:
        self._matrix, self._cells = matrix, cells
        self._n_values = matrix.max(axis=0, initial=-1) + 1
        self._hidden = [np.flatnonzero(own) for own in cells.T]
        self._members = [np.argsort(own, kind="stable") for own in matrix.T]
        self._starts = [
            np.append(0, np.cumsum(np.bincount(own, minlength=n)))
            for own, n in zip(matrix.T, self._n_values.tolist(), strict=True)
        ]

    def agreeing(self, row: int, field: int) -> npt.NDArray[np.int64]:
        """The rows that agree with one only as long as it hides `field`."""
        matrix, cells = self._matrix, self._cells
        own, rows = matrix[row], self._near(row, field)
        rows = rows[(matrix[rows, field] != own[field]) & ~cells[rows, field]]
        others = np.flatnonzero(~cells[row] & (np.arange(len(own)) != field))
        alike = (matrix[np.ix_(rows, others)] == own[others]) | cells[np.ix_(rows, others)]
        return np.asarray(rows[alike.all(axis=1)])

    def _near(self, row: int, field: int) -> npt.NDArray[np.int64]:
        """Rows that agree with one in the field of most values that it shows besides `field`."""
        known = ~self._cells[row]
        known[field] = False
        if not known.any():
            return np.arange(len(self._matrix))
        telling = int(np.argmax(np.where(known, self._n_values, -1)))
        value, starts = int(self._matrix[row, telling]), self._starts[telling]
        same = self._members[telling][starts[value] : starts[value + 1]]
        hidden = self._hidden[telling]
        is_hidden = self._cells[:, telling]
        return np.concatenate([same[~is_hidden[same]], hidden[is_hidden[hidden]]])
