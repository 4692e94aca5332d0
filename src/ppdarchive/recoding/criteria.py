"""What every released class must satisfy besides its size, and what merging classes does to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from ppdarchive.risk.classes import Classes
from ppdarchive.risk.closeness import equal_distance
from ppdarchive.risk.diversity import Measured, entropy_l, recursive_c, value_counts

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
Codes = npt.NDArray[np.integer[Any]]

Met = Callable[[Classes, Rows], Mask]
"""``met(classes, rows)``: which classes satisfy it, shape (n_classes,).

``rows`` are the rows of the table that are still there, and ``classes.of`` has one entry for each.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Criterion:
    """A condition on classes.

    Attributes
    ----------
    name : str
        In words, as ``distinct 2-diversity``.
    met : callable
    monotone : {"always", "unsuppressed", "never"}
        Whether a table that satisfies it still does when classes are merged: always, even where
        failing classes are suppressed; only where nothing is; or not for certain. The search leaves
        nodes unseen on the strength of it. A class that satisfies distinct diversity does so whatever
        it is merged with. For entropy and recursive diversity and for closeness that holds of two
        classes that both satisfy it, and not where one of them was to be suppressed.
    is_local : bool
        Whether a class is judged by its own rows alone. Where it is not, as for closeness to the
        whole table, what suppression leaves is judged again.
    """

    name: str
    met: Met
    monotone: Literal["always", "unsuppressed", "never"] = "never"
    is_local: bool = False


def satisfying(classes: Classes, *, k: int, criteria: Sequence[Criterion] = ()) -> Mask:
    """Which classes may be released: of at least k rows, and satisfying every criterion among themselves.

    Parameters
    ----------
    classes : Classes
        Every row in a class.
    k : int
    criteria : sequence of Criterion, optional

    Returns
    -------
    ndarray of bool, shape (n_classes,)
        Small classes are left out first, then those that fail a criterion, until none of the rest does.
    """
    kept = classes.sizes >= k
    rows = np.arange(len(classes.of))
    is_settled = not criteria
    while not is_settled and kept.any():
        own = rows[kept[classes.of]]
        left = Classes((np.cumsum(kept) - 1)[classes.of[own]], classes.sizes[kept])
        met = np.logical_and.reduce([criterion.met(left, own) for criterion in criteria])
        kept[kept] = met
        is_settled = bool(met.all()) or all(criterion.is_local for criterion in criteria)
    return np.asarray(kept)


_SLACK: Final = 1e-9
"""Measures that pass a limit by less have reached it: four equal shares have an entropy of about 4."""


def distinct_diversity(values: Codes, l: int) -> Criterion:  # noqa: E741  the field's own term
    """At least `l` different values in each class; missing (-1) is one, as in `ppdarchive.risk.diversity`.

    References
    ----------
    Machanavajjhala and others (2007), l-diversity, doi:10.1145/1217299.1217302, section 4.1.
    """
    codes = values.astype(np.int64) + 1
    n_values = int(codes.max(initial=0)) + 1

    def met(classes: Classes, rows: Rows) -> Mask:
        pairs, n_classes = classes.of * n_values + codes[rows], len(classes.sizes)
        if n_classes * n_values <= 8 * len(rows) + (1 << 16):
            found = np.zeros(n_classes * n_values, dtype=np.bool_)
            found[pairs] = True
            counts = found.reshape(n_classes, n_values).sum(axis=1)
        else:
            counts = np.bincount(np.unique(pairs) // n_values, minlength=n_classes)
        return np.asarray(counts >= l)

    return Criterion(f"distinct {l}-diversity", met, monotone="always", is_local=True)


def entropy_diversity(values: Codes, l: float) -> Criterion:  # noqa: E741
    """An entropy of at least log `l` in each class (`ppdarchive.risk.diversity.entropy_l`)."""

    def met(classes: Classes, rows: Rows) -> Mask:
        return np.asarray(entropy_l(value_counts(classes, values[rows])) >= l - _SLACK)

    return Criterion(f"entropy {l:g}-diversity", met, monotone="unsuppressed", is_local=True)


def recursive_diversity(values: Codes, c: float, l: int) -> Criterion:  # noqa: E741
    """No value too frequent in any class (`ppdarchive.risk.diversity.recursive_c`)."""

    def met(classes: Classes, rows: Rows) -> Mask:
        return np.asarray(recursive_c(value_counts(classes, values[rows]), l) < c)

    return Criterion(f"recursive ({c:g}, {l})-diversity", met, monotone="unsuppressed", is_local=True)


def closeness(
    values: Codes, t: float, distance: Callable[[Classes, Codes], Measured] = equal_distance
) -> Criterion:
    """A distance of at most `t` from each class to all released records.

    Parameters
    ----------
    values : ndarray of integers, shape (n_rows,)
    t : float
    distance : callable, optional
        One of `ppdarchive.risk.closeness`, with its levels bound if it takes any.
    """

    def met(classes: Classes, rows: Rows) -> Mask:
        return np.asarray(distance(classes, values[rows]) <= t + _SLACK)

    return Criterion(f"{t:g}-closeness", met, monotone="unsuppressed")
