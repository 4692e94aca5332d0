"""Few cells to suppress in large tables, found by a greedy cover.

A pattern is the set of fields that a record has suppressed. Records below k that agree outside a
pattern can be covered by suppressing it in all of them; if they are fewer than k, records of classes
that can spare some join them.
"""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.recoding.matching import Cells, Matrix
from ppdarchive.risk.classes import classes_of

Weights = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

_MOST: Final = 2_000_000
"""Patterns times classes that the cover looks at; of more patterns the cheapest are taken."""


@dataclass(frozen=True, slots=True, eq=False)
class _Pattern:
    """A set of fields, and which classes agree outside it.

    Attributes
    ----------
    fields : ndarray of bool, shape (n_fields,)
    weight : float
    of : ndarray of int64, shape (n_classes,)
        The group of each class.
    members, starts : ndarray of int64
        The classes group by group, and where each group begins.
    """

    fields: npt.NDArray[np.bool_]
    weight: float
    of: Numbers
    members: Numbers
    starts: Numbers

    def group(self, number: int) -> Numbers:
        """The classes of a group."""
        return self.members[self.starts[number] : self.starts[number + 1]]


class _Cover:
    """Classes below k that wait for a pattern, and classes that can spare records."""

    def __init__(self, matrix: Matrix, k: int, weights: Weights) -> None:
        own = classes_of(list(matrix.T))
        self.k, self.weights, self.sizes = k, weights, own.sizes
        self.members = np.argsort(own.of, kind="stable")
        self.starts = np.append(0, np.cumsum(own.sizes))
        rows = np.empty(len(own.sizes), dtype=np.int64)
        rows[own.of] = np.arange(len(matrix))
        self.vectors = matrix[rows]
        self.waiting = np.where(own.sizes < k, own.sizes, 0)
        self.spare = np.maximum(own.sizes - k, 0)
        self.used = np.zeros(len(own.sizes), dtype=np.int64)
        self.cells = np.zeros(matrix.shape, dtype=np.bool_)
        self.joined: Counter[tuple[int, int]] = Counter()
        self.patterns = self._patterns()

    def _patterns(self) -> list[_Pattern]:
        n_fields = len(self.weights)
        most = max(_MOST // max(len(self.sizes), 1), n_fields + 1)
        found: list[tuple[int, ...]] = []
        for size in range(1, n_fields):
            if len(found) >= most:
                break
            found.extend(combinations(range(n_fields), size))
        found.sort(key=lambda fields: float(self.weights[list(fields)].sum()))
        return [self._pattern(fields) for fields in [*found[:most], tuple(range(n_fields))]]

    def _pattern(self, fields: tuple[int, ...]) -> _Pattern:
        inside = np.zeros(len(self.weights), dtype=np.bool_)
        inside[list(fields)] = True
        outside = list(self.vectors[:, ~inside].T) or [np.zeros(len(self.sizes), dtype=np.int64)]
        groups = classes_of(outside)
        starts = np.append(0, np.cumsum(groups.sizes))
        return _Pattern(
            inside,
            float(self.weights[inside].sum()),
            groups.of,
            np.argsort(groups.of, kind="stable"),
            starts,
        )

    def offers(self) -> list[tuple[float, int, int]]:
        """What covering each group of waiting records costs for each of them, with pattern and group."""
        found: list[tuple[float, int, int]] = []
        for number, pattern in enumerate(self.patterns):
            n_groups = len(pattern.starts) - 1
            waiting = np.bincount(pattern.of, weights=self.waiting, minlength=n_groups)
            spare = np.bincount(pattern.of, weights=self.spare, minlength=n_groups)
            lacking = np.maximum(self.k - waiting, 0)
            groups = np.flatnonzero((waiting > 0) & (lacking <= spare))
            prices = pattern.weight * (waiting + lacking)[groups] / waiting[groups]
            found.extend(
                (price, number, group) for price, group in zip(prices.tolist(), groups.tolist(), strict=True)
            )
        return found

    def price(self, number: int, group: int) -> float | None:
        """What an offer costs by now for each waiting record; None if it cannot be had any more."""
        pattern = self.patterns[number]
        members = pattern.group(group)
        waiting = int(self.waiting[members].sum())
        lacking = max(self.k - waiting - self.joined[number, group], 0)
        if not waiting or lacking > int(self.spare[members].sum()):
            return None
        return pattern.weight * (waiting + lacking) / waiting

    def take(self, number: int, group: int) -> None:
        """Suppress a pattern in the waiting records of a group, and in those that must join them."""
        pattern = self.patterns[number]
        members = pattern.group(group)
        lacking = self.k - int(self.waiting[members].sum()) - self.joined[number, group]
        for member in members[self.waiting[members] > 0].tolist():
            self._suppress(member, int(self.waiting[member]), number, group)
            self.waiting[member] = 0
        for member in members[np.argsort(-self.spare[members], kind="stable")].tolist():
            if lacking <= 0 or not self.spare[member]:
                break
            n_rows = min(lacking, int(self.spare[member]))
            self._suppress(member, n_rows, number, group)
            self.spare[member] -= n_rows
            lacking -= n_rows

    def _suppress(self, member: int, n_rows: int, number: int, group: int) -> None:
        start = self.starts[member] + self.used[member]
        self.cells[self.members[start : start + n_rows]] |= self.patterns[number].fields
        self.used[member] += n_rows
        self.joined[number, group] += n_rows

    def rest(self) -> None:
        """Suppress whole the records that nothing covers, with those that it costs least to add.

        All that can be spared would not make them k. So what is left of a class that reached k by
        itself joins them, or, if there is none, a group that was covered.
        """
        waiting = self._rows_of(np.flatnonzero(self.waiting))
        apart = np.flatnonzero(self.sizes >= self.k)
        if len(apart):
            left = self.sizes[apart] - self.used[apart]
            joining = self._rows_of(apart[[np.argmin(left)]])
        else:
            number, group = min(self.joined, key=self._cost_of_joining)
            joining = self._rows_of(self.patterns[number].group(group), self.patterns[number])
        self.cells[waiting] = True
        self.cells[joining] = True
        self.waiting[:] = 0

    def _cost_of_joining(self, place: tuple[int, int]) -> float:
        return self.joined[place] * (float(self.weights.sum()) - self.patterns[place[0]].weight)

    def _rows_of(self, classes: Numbers, pattern: _Pattern | None = None) -> Numbers:
        """The rows of classes that have no cell suppressed, or exactly those of a pattern."""
        rows = np.concatenate([self.members[self.starts[each] : self.starts[each + 1]] for each in classes])
        fields = np.zeros(len(self.weights), dtype=np.bool_) if pattern is None else pattern.fields
        return np.asarray(rows[(self.cells[rows] == fields).all(axis=1)])


def covered_plan(matrix: Matrix, k: int, weights: Weights) -> Cells:
    """Cells whose suppression reaches k under either reading, found by a greedy cover.

    Parameters
    ----------
    matrix : ndarray of int64, shape (n_rows, n_fields)
        With k or more rows.
    k : int
    weights : ndarray of float64, shape (n_fields,)

    Returns
    -------
    ndarray of bool, shape (n_rows, n_fields)
    """
    cover = _Cover(matrix, k, weights)
    queue = cover.offers()
    heapq.heapify(queue)
    while queue:
        price, number, group = heapq.heappop(queue)
        now = cover.price(number, group)
        if now is None:
            continue
        if now > price and queue and now > queue[0][0]:
            heapq.heappush(queue, (now, number, group))
        else:
            cover.take(number, group)
    if cover.waiting.any():
        cover.rest()
    return cover.cells
