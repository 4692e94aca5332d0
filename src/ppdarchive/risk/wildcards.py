"""Counts where a missing value may be any: what local suppression leaves to find someone by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ppdarchive.risk.classes import Codes, Numbers, classes_of

Weights = npt.NDArray[np.floating[Any]]
"""How many people of the population each participant stands for, shape (n_rows,)."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Frequencies:
    """How many rows each row could be.

    Attributes
    ----------
    sample : ndarray of int64, shape (n_rows,)
        Rows that agree with it wherever neither is missing, itself among them: f_k.
    population : ndarray of float64, shape (n_rows,)
        The sum of their weights: F_k.
    """

    sample: Numbers
    population: npt.NDArray[np.float64]

    def __repr__(self) -> str:
        return f"<Frequencies of {len(self.sample)} rows>"


def wildcard_frequencies(columns: Sequence[Codes], weights: Weights | None = None) -> Frequencies:
    """Count the rows that each row may be taken for; a missing value agrees with every value.

    Unlike classes this is no equivalence: one row may agree with two that differ.

    Parameters
    ----------
    columns : sequence of ndarray of integers, each of shape (n_rows,), length >= 1
        Codes of 0 or more, -1 for missing.
    weights : ndarray of floats, shape (n_rows,), optional
        1 each, if not given.

    Returns
    -------
    Frequencies

    Raises
    ------
    ValueError
        If there is no column, or they are not of one length.

    References
    ----------
    Templ, Kowarik and Meindl (2015), sdcMicro, section 3, doi:10.18637/jss.v067.i04.

    Examples
    --------
    >>> wildcard_frequencies([np.array([0, -1, 1])]).sample.tolist()
    [2, 3, 2]
    """
    classes = classes_of(columns)
    n_classes = len(classes.sizes)
    row = np.empty(n_classes, dtype=np.int64)
    row[classes.of] = np.arange(len(classes.of))
    cells = np.stack([column[row] for column in columns])
    carried = np.stack([classes.sizes, np.bincount(classes.of, weights, minlength=n_classes)])
    sums = np.zeros((2, n_classes))
    gaps = classes_of(list((cells < 0).astype(np.int8)))
    patterns = [np.flatnonzero(gaps.of == number) for number in range(len(gaps.sizes))]
    for ours in patterns:
        for theirs in patterns:
            sums[:, ours] += _matching(cells[:, ours], cells[:, theirs], carried[:, theirs])
    return Frequencies(np.rint(sums[0]).astype(np.int64)[classes.of], sums[1][classes.of])


def _matching(
    ours: npt.NDArray[Any], theirs: npt.NDArray[Any], carried: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """For each of our classes what those of theirs carry that agree; all of a side have the same gaps."""
    shared = (ours[:, 0] >= 0) & (theirs[:, 0] >= 0)
    if not shared.any():
        return np.repeat(carried.sum(axis=1, keepdims=True), ours.shape[1], axis=1)
    both = classes_of(list(np.concatenate([ours[shared], theirs[shared]], axis=1)))
    mine, other = np.split(both.of, [ours.shape[1]])
    found = [np.bincount(other, each, minlength=len(both.sizes))[mine] for each in carried]
    return np.stack(found)
