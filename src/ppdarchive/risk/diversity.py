"""l-diversity: how many sensitive values the participants of a class may have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ppdarchive.risk.classes import NO_CLASS, Classes, Codes, Numbers, classes_of

Measured = npt.NDArray[np.float64]
"""One number for each class, shape (n_classes,)."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ValueCounts:
    """How often each sensitive value occurs in each class; only what occurs takes room.

    Attributes
    ----------
    starts : ndarray of int64, shape (n_classes,)
        Where each class begins in the other two; each class has at least one value.
    values : ndarray of int64, shape (n_pairs,)
        Codes of the values, ascending within a class; -1 is missing.
    counts : ndarray of int64, shape (n_pairs,)
    """

    starts: Numbers
    values: Numbers
    counts: Numbers

    def __repr__(self) -> str:
        return f"<ValueCounts: {len(self.values)} values in {len(self.starts)} classes>"

    @property
    def n_values(self) -> Numbers:
        """Different values of each class, shape (n_classes,)."""
        return np.diff(self.starts, append=len(self.values))

    @property
    def sizes(self) -> Numbers:
        """Participants of each class, shape (n_classes,)."""
        return np.add.reduceat(self.counts, self.starts) if len(self.starts) else self.starts

    @property
    def of(self) -> Numbers:
        """The class of each pair, shape (n_pairs,)."""
        return np.repeat(np.arange(len(self.starts)), self.n_values)


def value_counts(classes: Classes, sensitive: Codes) -> ValueCounts:
    """Count the values of a sensitive column in each class; missing is a value of its own.

    Parameters
    ----------
    classes : Classes
        Rows of no class are not counted.
    sensitive : ndarray of integers, shape (n_rows,)

    Raises
    ------
    ValueError
        If the column has not one value for each row.
    """
    if len(sensitive) != len(classes.of):
        raise ValueError("the sensitive column has not one value for each row")
    counted = classes.of != NO_CLASS
    of, sensitive = (classes.of, sensitive) if counted.all() else (classes.of[counted], sensitive[counted])
    pairs = classes_of([of, sensitive])
    # Pairs are numbered in the order of class and value, so any row of a pair can speak for it.
    row = np.empty(len(pairs.sizes), dtype=np.int64)
    row[pairs.of] = np.arange(len(of))
    starts = np.flatnonzero(np.diff(of[row], prepend=-1))
    return ValueCounts(starts, sensitive[row].astype(np.int64), pairs.sizes)


def distinct_l(counts: ValueCounts) -> Numbers:
    """Different sensitive values of each class; the smallest is the table's l.

    References
    ----------
    Machanavajjhala et al. (2007), l-diversity, doi:10.1145/1217299.1217302.
    """
    return counts.n_values


def entropy_l(counts: ValueCounts) -> Measured:
    """The l that each class reaches in entropy: as many values as if all were equally frequent.

    A table is entropy l-diverse if this is l or more in every class.

    References
    ----------
    Machanavajjhala et al. (2007), definition 4.1, doi:10.1145/1217299.1217302.
    """
    if not len(counts.starts):
        return np.zeros(0)
    shares = counts.counts / counts.sizes[counts.of]
    entropy: Measured = -np.add.reduceat(shares * np.log(shares), counts.starts)
    return np.exp(entropy)


def recursive_c(counts: ValueCounts, l: int) -> Measured:  # noqa: E741 - the field's own name
    """What c must exceed for each class to be recursively (c, l)-diverse.

    With the values' counts in descending order, r_1 < c (r_l + ... + r_m) is demanded: the most
    frequent value is not too frequent, even when l - 2 others have been ruled out.

    Parameters
    ----------
    counts : ValueCounts
    l : int
        At least 1.

    Returns
    -------
    ndarray of float64, shape (n_classes,)
        r_1 / (r_l + ... + r_m); infinite for a class of fewer than `l` values, which no c satisfies.
        A table is recursively (c, l)-diverse if c is above the largest.

    Raises
    ------
    ValueError
        If `l` is below 1.

    References
    ----------
    Machanavajjhala et al. (2007), definition 4.2, doi:10.1145/1217299.1217302.
    """
    if l < 1:
        raise ValueError("l is at least 1")
    if not len(counts.starts):
        return np.zeros(0)
    of = counts.of
    descending = counts.counts[np.lexsort((-counts.counts, of))]
    rank = np.arange(len(of)) - counts.starts[of]
    rest = np.add.reduceat(np.where(rank >= l - 1, descending, 0), counts.starts)
    found = np.full(len(counts.starts), np.inf)
    np.divide(descending[counts.starts], rest, out=found, where=rest > 0)
    return found
