"""What class sizes say about re-identification: integers in, numbers out, no frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ppdarchive.risk.classes import Codes, Numbers, class_sizes

Sizes = npt.NDArray[np.integer[Any]]
"""Participants per class, shape (n_classes,), each at least 1; a suppressed record is no class."""


@dataclass(frozen=True, slots=True)
class Risk:
    """How likely a participant is re-identified.

    Attributes
    ----------
    highest : float
        Of the participant who is easiest to find; 0 if there are none.
    average : float
        Over all participants; 0 if there are none.
    """

    highest: float
    average: float


@dataclass(frozen=True, slots=True)
class Distinguishing:
    """How well fields tell participants apart.

    Attributes
    ----------
    distinction : float
        Distinct vectors per participant.
    separation : float
        Share of the pairs of participants who differ in at least one field.
    """

    distinction: float
    separation: float


def smallest(sizes: Sizes) -> int:
    """The k of k-anonymity: participants in the smallest class; 0 if there is none.

    References
    ----------
    Sweeney (2002), k-anonymity, doi:10.1142/S0218488502001648.
    """
    return int(sizes.min()) if len(sizes) else 0


def n_uniques(sizes: Sizes) -> int:
    """Participants whom nobody shares a vector with: the sample uniques."""
    return int(np.count_nonzero(sizes == 1))


def n_below(sizes: Sizes, k: int) -> int:
    """Participants in classes of fewer than `k`."""
    return int(sizes[sizes < k].sum())


def distribution(sizes: Sizes) -> tuple[Numbers, Numbers]:
    """Count the classes of each size.

    Returns
    -------
    sizes, n_classes : ndarrays of int64, shape (n_different_sizes,)
        Ascending by size.
    """
    counts = np.bincount(sizes) if len(sizes) else np.zeros(0, dtype=np.int64)
    different = np.flatnonzero(counts)
    return different, counts[different]


def prosecutor(sizes: Sizes) -> Risk:
    """Risk from someone who knows that the person takes part.

    One over the size of the person's class; the average over participants is the number of classes
    by that of participants.

    References
    ----------
    El Emam (2013), Guide to the De-Identification of Personal Health Information, chapter 16.

    Examples
    --------
    >>> prosecutor(np.array([1, 3]))
    Risk(highest=1.0, average=0.5)
    """
    if not len(sizes):
        return Risk(0.0, 0.0)
    return Risk(1 / smallest(sizes), len(sizes) / int(sizes.sum()))


def journalist(sizes: Sizes, population: npt.NDArray[Any]) -> Risk:
    """Risk from someone who does not know who takes part, and matches against the population.

    Parameters
    ----------
    sizes : ndarray of integers, shape (n_classes,)
    population : ndarray of numbers, shape (n_classes,)
        People of the population in each class, estimated or counted; none below its `sizes`.

    Returns
    -------
    Risk
        The average is the larger one of two: matching a random person of the population with the
        sample, and a random participant with the population.

    Raises
    ------
    ValueError
        If a class is larger in the sample than in the population.

    References
    ----------
    El Emam (2013), as `prosecutor`, chapter 16.
    """
    _check_population(sizes, population)
    if not len(sizes):
        return Risk(0.0, 0.0)
    from_population = len(sizes) / float(population.sum())
    return Risk(1 / float(population.min()), max(from_population, marketer(sizes, population)))


def marketer(sizes: Sizes, population: npt.NDArray[Any] | None = None) -> float:
    """Share of the participants whom someone re-identifies who matches all of them.

    Parameters
    ----------
    sizes : ndarray of integers, shape (n_classes,)
    population : ndarray of numbers, shape (n_classes,), optional
        As `journalist`; without it the sample is all that can be matched.

    Raises
    ------
    ValueError
        As `journalist`.

    References
    ----------
    Dankar and El Emam (2010), A method for evaluating marketer re-identification risk,
    doi:10.1145/1754239.1754271.
    """
    if population is None:
        return prosecutor(sizes).average
    _check_population(sizes, population)
    return float((sizes / population).sum() / sizes.sum()) if len(sizes) else 0.0


def distinguishing(columns: Sequence[Codes]) -> Distinguishing:
    """Measure how well columns tell rows apart.

    References
    ----------
    Motwani and Xu (2007), Efficient algorithms for masking and finding quasi-identifiers.

    Examples
    --------
    >>> distinguishing([np.array([0, 1, 1])])
    Distinguishing(distinction=0.6666666666666666, separation=0.6666666666666666)
    """
    sizes = class_sizes(columns)
    n_rows = int(sizes.sum())
    if n_rows == 0:
        return Distinguishing(0.0, 0.0)
    n_pairs = n_rows * (n_rows - 1) // 2
    n_same = int((sizes * (sizes - 1) // 2).sum())
    return Distinguishing(len(sizes) / n_rows, (n_pairs - n_same) / n_pairs if n_pairs else 0.0)


def _check_population(sizes: Sizes, population: npt.NDArray[Any]) -> None:
    if len(sizes) != len(population):
        raise ValueError("the population has other classes than the sample")
    if (population < sizes).any():
        raise ValueError("a class is larger in the sample than in the population")
