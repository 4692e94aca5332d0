"""t-closeness: how far the sensitive values of a class lie from those of all participants.

The distance is the earth mover's: the least work that turns one distribution into the other, when
moving between two values costs their distance, which is at most 1. All three kinds are computed from
the values that occur in a class, so that memory grows with the table and not with classes times values.

References
----------
Li, Li and Venkatasubramanian (2007), t-closeness, doi:10.1109/ICDE.2007.367856.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ppdarchive.risk.classes import Classes, Codes, Numbers
from ppdarchive.risk.diversity import Measured, ValueCounts, value_counts


def equal_distance(classes: Classes, sensitive: Codes) -> Measured:
    """Distance of each class where all values are equally far from each other; missing is one of them.

    Returns
    -------
    ndarray of float64, shape (n_classes,)
        Between 0 and 1; the largest is the table's t.
    """
    return _equal(value_counts(classes, sensitive))


def hierarchical_distance(classes: Classes, sensitive: Codes, levels: Sequence[Codes]) -> Measured:
    """Distance of each class where values that have an ancestor in common are closer.

    Two values are as far apart as the height of their lowest common ancestor, by the height of the
    tree. The work is the mean of the equal distances at all levels below the root: what leaves a node
    at a level passes the edge above it.

    Parameters
    ----------
    classes : Classes
    sensitive : ndarray of integers, shape (n_rows,)
        -1 for missing, which has only the root in common with the others.
    levels : sequence of ndarray of integers, each of shape (n_codes,)
        For each level above the values and below the root, from the bottom: the node that each value
        lies under.

    Returns
    -------
    ndarray of float64, shape (n_classes,)
    """
    total = equal_distance(classes, sensitive)
    for nodes in levels:
        coarse = np.append(nodes, -1)[sensitive]
        total = total + equal_distance(classes, coarse)
    return total / (len(levels) + 1)


def ordered_distance(classes: Classes, sensitive: Codes) -> Measured:
    """Distance of each class where values lie on a scale, neighbours equally far from each other.

    Parameters
    ----------
    classes : Classes
    sensitive : ndarray of integers, shape (n_rows,)
        Codes that ascend as the values do. The scale has the values that occur in any class. -1 is
        missing, which is no place on a scale: known values are compared with known values, and the
        share of missing ones with their share among all; the larger distance counts.

    Returns
    -------
    ndarray of float64, shape (n_classes,)

    Examples
    --------
    >>> from ppdarchive.risk.classes import classes_of
    >>> classes = classes_of([np.array([0, 0, 0, 1, 1, 1, 2, 2, 2])])
    >>> ordered_distance(classes, np.array([3, 4, 5, 6, 8, 11, 7, 9, 10])).round(4).tolist()
    [0.375, 0.1667, 0.2361]
    """
    known = np.asarray(sensitive >= 0)
    if known.all():
        return _ordered(value_counts(classes, sensitive))
    worst = equal_distance(classes, known.astype(np.int64))
    # Classes without any known value have nothing to compare, and are left out of the others' numbers.
    rows = known & (classes.of >= 0)
    present, of = np.unique(classes.of[rows], return_inverse=True)
    some = Classes(of.astype(np.int64), np.bincount(of, minlength=len(present)))
    worst[present] = np.maximum(worst[present], _ordered(value_counts(some, sensitive[rows])))
    return worst


def _equal(counts: ValueCounts) -> Measured:
    if not len(counts.starts):
        return np.zeros(0)
    of, (places, all_shares) = counts.of, _overall(counts)
    above = counts.counts / counts.sizes[of] - all_shares[places]
    # What is too much at some values is missing at others: it is enough to sum one of the two.
    found: Measured = np.add.reduceat(np.maximum(above, 0.0), counts.starts)
    return found


def _ordered(counts: ValueCounts) -> Measured:
    """Mean absolute difference of the cumulative shares, from the values of each class alone."""
    places, all_shares = _overall(counts)
    n_places = len(all_shares)
    if n_places < 2:
        return np.zeros(len(counts.starts))
    overall = np.cumsum(all_shares)
    overall[-1] = 1.0
    area = np.append(0.0, np.cumsum(overall))
    # Between two of its values the cumulative share of a class is level, so the area between it and
    # the rising one of all is known from where the two cross.
    of = counts.of
    cumulated = np.cumsum(counts.counts)
    before = np.append(0, cumulated)[counts.starts]
    level = (cumulated - before[of]) / counts.sizes[of]
    stops = np.append(places[1:], n_places)
    stops[np.append(counts.starts[1:], len(of)) - 1] = n_places
    cross = np.clip(np.searchsorted(overall, level), places, stops)
    below = level * (cross - places) - (area[cross] - area[places])
    above = area[stops] - area[cross] - level * (stops - cross)
    work = np.add.reduceat(below + above, counts.starts) + area[places[counts.starts]]
    found: Measured = np.maximum(work, 0.0) / (n_places - 1)
    return found


def _overall(counts: ValueCounts) -> tuple[Numbers, npt.NDArray[np.float64]]:
    """Each pair's place among the values that occur, and the share of each of them in all rows."""
    _, places = np.unique(counts.values, return_inverse=True)
    totals = np.bincount(places, weights=counts.counts).astype(np.float64)
    return places.astype(np.int64), totals / max(totals.sum(), 1.0)
