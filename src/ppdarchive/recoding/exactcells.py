"""The cheapest suppression of cells in small tables, by trying all that can be the cheapest."""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt

from ppdarchive.recoding.matching import Cells, Matrix, frequencies

Weights = npt.NDArray[np.float64]


def cheapest_values(matrix: Matrix, k: int, weights: Weights) -> Cells:
    """The cheapest cells under the reading ``value``.

    Records that share a vector afterwards are a group of at least k, in which every field is
    suppressed that they do not agree in. So the cheapest plan is the cheapest partition into groups;
    groups of 2k or more need not be tried, since halves of them cost no more.

    Parameters
    ----------
    matrix : ndarray of int64, shape (n_rows, n_fields)
        With k or more rows; work and memory grow with three to the power of n_rows.
    """
    n_rows = len(matrix)
    agree = _agreements(matrix)
    costs = [float(weights[~agree[group]].sum()) * group.bit_count() for group in range(1 << n_rows)]
    best = [0.0] + [float("inf")] * ((1 << n_rows) - 1)
    choice = [0] * (1 << n_rows)
    for rows in range(1, 1 << n_rows):
        first = rows & -rows
        others = rows ^ first
        part = others
        while True:
            group = part | first
            if k <= group.bit_count() < 2 * k:
                cost = costs[group] + best[rows ^ group]
                if cost < best[rows]:
                    best[rows], choice[rows] = cost, group
            if not part:
                break
            part = (part - 1) & others
    cells = np.zeros(matrix.shape, dtype=np.bool_)
    left = (1 << n_rows) - 1
    while left:
        group = choice[left]
        members = [row for row in range(n_rows) if group >> row & 1]
        cells[members] = ~agree[group]
        left ^= group
    return cells


def _agreements(matrix: Matrix) -> Cells:
    """For each set of rows, as bits, the fields in which they agree."""
    n_rows, n_fields = matrix.shape
    agree = np.ones((1 << n_rows, n_fields), dtype=np.bool_)
    for row in range(n_rows):
        # Sets whose highest row is this one, from the sets of the rows below it.
        below = np.arange(1 << row)
        lowest = np.zeros(1 << row, dtype=np.int64)
        for other in range(row - 1, -1, -1):
            lowest[(below >> other) & 1 == 1] = other
        same = matrix[lowest] == matrix[row]
        same[0] = True
        agree[(1 << row) | below] = agree[below] & same
    return agree


def cheapest_wildcards(matrix: Matrix, k: int, weights: Weights, *, most: int) -> Cells | None:
    """The cheapest cells under the reading ``wildcard``, or None if `most` plans did not hold it.

    Plans are tried in the order of their cost, so the first that reaches k is the cheapest.
    """
    n_rows, n_fields = matrix.shape
    order = np.argsort(np.tile(weights, n_rows), kind="stable")
    costs = np.tile(weights, n_rows)[order].tolist()
    # Each plan comes from one other: by one more cell behind its last, or by moving its last one on.
    queue: list[tuple[float, tuple[int, ...]]] = [(costs[0], (0,))]
    for _ in range(most):
        if not queue:
            return None
        cost, plan = heapq.heappop(queue)
        cells = np.zeros(n_rows * n_fields, dtype=np.bool_)
        cells[order[list(plan)]] = True
        cells = cells.reshape(matrix.shape)
        if (frequencies(matrix, cells, is_wildcard=True) >= k).all():
            return cells
        after = plan[-1] + 1
        if after < len(costs):
            heapq.heappush(queue, (cost + costs[after], (*plan, after)))
            heapq.heappush(queue, (cost - costs[plan[-1]] + costs[after], (*plan[:-1], after)))
    return None
