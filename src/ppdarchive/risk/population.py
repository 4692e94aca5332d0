"""From the sample to the population: who is unique there, and what a participant's risk is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p
from typing import Any

import numpy as np
import numpy.typing as npt

from ppdarchive.risk.classes import Codes, Numbers
from ppdarchive.risk.measures import Sizes, distribution

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PopulationUniques:
    """An estimate of who is unique in the population.

    Attributes
    ----------
    n_uniques : float
        People of the population whom nobody shares a vector with.
    sample_share : float
        Probability that a sample unique is one of them; 0 if there is no sample unique.
    """

    n_uniques: float
    sample_share: float


def zayatz(sizes: Sizes, population_size: int) -> PopulationUniques:
    """Estimate population uniques, taking the sample's class sizes for the population's.

    Parameters
    ----------
    sizes : ndarray of integers, shape (n_classes,)
    population_size : int
        At least the number of participants.

    Raises
    ------
    ValueError
        If the population is smaller than the sample.

    References
    ----------
    Zayatz (1991), Estimation of the number of unique population elements using a sample.
    """
    n = _checked(sizes, population_size)
    different, n_classes = distribution(sizes)
    if not len(sizes) or different[0] != 1:
        return PopulationUniques(0.0, 0.0)
    # The chance that of a class of `size` people exactly one is in the sample.
    chances = [_one_of(int(size), n, population_size) for size in different]
    share = n_classes[0] * chances[0] / float(np.dot(n_classes, chances))
    return PopulationUniques(float(n_classes[0] * share * population_size / n), float(share))


def pitman(sizes: Sizes, population_size: int) -> PopulationUniques:
    """Estimate population uniques by Pitman's sampling formula, fitted by maximum likelihood.

    Parameters and errors are those of `zayatz`.

    References
    ----------
    Hoshino (2001), Applying Pitman's sampling formula to microdata disclosure risk assessment,
    Journal of Official Statistics 17.
    """
    n = _checked(sizes, population_size)
    if not len(sizes):
        return PopulationUniques(0.0, 0.0)
    if len(sizes) == n:  # nobody was met twice: nothing says that anybody ever is
        return PopulationUniques(float(population_size), 1.0)
    theta, alpha = fit_pitman(sizes)
    # Each further person has a value of their own, or joins another than the one looked at.
    others = log_rising(theta + alpha, 1 - alpha) - log_rising(theta + alpha + population_size - 1, 1 - alpha)
    expected = population_size * exp(others)
    n_uniques = min(max(expected, 0.0), float(population_size))
    n_sample_uniques = int(np.count_nonzero(sizes == 1))
    share = n_uniques * n / population_size / n_sample_uniques if n_sample_uniques else 0.0
    return PopulationUniques(n_uniques, min(share, 1.0))


def fit_pitman(sizes: Sizes) -> tuple[float, float]:
    """Find the parameters theta and alpha of Pitman's sampling formula that make the sizes likeliest.

    Parameters
    ----------
    sizes : ndarray of integers, shape (n_classes,)
        Not all 1.

    Returns
    -------
    theta : float
        Above -alpha.
    alpha : float
        Between 0 and 1.
    """
    likelihood = pitman_likelihood(sizes)
    # Searched over log(theta + alpha) and logit(alpha), which have no bounds: first coarsely, then by
    # a pattern whose steps halve whenever none of them helps.
    starts = [(a, b) for a in np.linspace(-4.0, 16.0, 11) for b in np.linspace(-8.0, 6.0, 8)]
    best = max(starts, key=lambda point: likelihood(*_parameters(*point)))
    value, step = likelihood(*_parameters(*best)), 1.0
    while step > 1e-7:
        near = [(best[0] + a * step, best[1] + b * step) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b]
        found = max(near, key=lambda point: likelihood(*_parameters(*point)))
        reached = likelihood(*_parameters(*found))
        if reached > value and max(map(abs, found)) < _FAR:
            best, value = found, reached
        else:
            step /= 2
    return _parameters(*best)


def pitman_likelihood(sizes: Sizes) -> Callable[[float, float], float]:
    """The logarithm of Pitman's sampling formula, up to a constant, as a function of theta and alpha.

    References
    ----------
    Hoshino (2001), equation 3.
    """
    n, n_classes = int(sizes.sum()), len(sizes)
    # How many classes hold a second, third, ... participant; few sizes are as large as the largest.
    different, counts = distribution(sizes)

    def likelihood(theta: float, alpha: float) -> float:
        new = (n_classes - 1) * log(alpha) + log_rising(theta / alpha + 1, n_classes - 1)
        met = log_rising(theta + 1, n - 1)
        within = [log_rising(1 - alpha, size - 1) for size in different.tolist()]
        return new - met + float(np.dot(counts, within))

    return likelihood


def independent_sizes(columns: Sequence[Codes], margins: Sequence[npt.NDArray[Any]]) -> Floats:
    """Estimate how many people of the population share each row's vector, from margins alone.

    Fields are taken as independent of each other. Where they are not, vectors that occur are mostly
    more frequent than this says: the risk is rather overstated.

    Parameters
    ----------
    columns : sequence of ndarray of integers, each of shape (n_rows,)
        Codes; -1 (missing) is shared by everyone.
    margins : sequence of ndarray of numbers, each of shape (n_codes,)
        For each column the people of the population who have each code; of one sum.

    Returns
    -------
    ndarray of float64, shape (n_rows,)

    Raises
    ------
    ValueError
        If there are not as many margins as columns, or they count different populations.

    References
    ----------
    Skinner and Shlomo (2008), Assessing identification risk in survey microdata using log-linear
    models, doi:10.1198/016214507000001328.
    """
    totals = np.array([margin.sum() for margin in margins], dtype=np.float64)
    if not len(totals) or not np.allclose(totals, totals[0]):
        raise ValueError("the margins count different populations")
    shares = [
        np.append(margin / total, 1.0)[column]
        for column, margin, total in zip(columns, margins, totals, strict=True)
    ]
    product: Floats = np.prod(shares, axis=0) * totals[0]
    return product


def unique_in_population(expected: Floats, fraction: float) -> Floats:
    """Probability that nobody outside the sample shares the vector of a sample unique.

    Parameters
    ----------
    expected : ndarray of float64, shape (n_uniques,)
        People expected to share the vector, as `independent_sizes` estimates them.
    fraction : float
        Share of the population that is in the sample.

    References
    ----------
    Skinner and Shlomo (2008), as `independent_sizes`: the others are Poisson distributed.
    """
    found: Floats = np.exp(-expected * (1 - fraction))
    return found


def individual_risk(sample: Numbers, population: Floats) -> Floats:
    """Estimate each participant's risk from weights, by the approximation that sdcMicro uses.

    Parameters
    ----------
    sample : ndarray of int64, shape (n_rows,)
        Participants who share the vector, f_k.
    population : ndarray of float64, shape (n_rows,)
        The sum of their weights, F_k.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        1 / f_k where the sample is the population; the others exactly for f_k of 1 and 2, and
        approximately above.

    Raises
    ------
    ValueError
        If a vector is shared by fewer people than participants.

    References
    ----------
    Franconi and Polettini (2004), Individual risk estimation in mu-Argus,
    doi:10.1007/978-3-540-25955-8_20.
    """
    if (population < sample).any():
        raise ValueError("the weights sum to fewer people than participants")
    p = sample / population
    whole = sample == population
    odds = np.divide(p, 1 - p, out=np.zeros_like(p), where=~whole)
    single = odds * -np.log(p)
    found = np.where(sample == 1, single, p / (sample - (1 - p)))
    found = np.where(sample == 2, odds - odds * single, found)
    found[whole] = 1 / sample[whole]
    return found


_FAR = 30.0
"""No parameter is searched for beyond this: the likelihood is level there."""

_LARGE = 1e4


def log_rising(start: float, n: float) -> float:
    """The logarithm of start (start + 1) ... (start + n - 1), for any n of 0 or more.

    Examples
    --------
    >>> round(exp(log_rising(3.0, 2)), 9)
    12.0
    """
    if start < _LARGE:
        return lgamma(start + n) - lgamma(start)
    # Stirling's series, for the difference of two large logarithms has few digits left.
    stop = start + n
    rest = (start - stop) / (12 * start * stop)
    return (stop - 0.5) * log1p(n / start) + n * log(start) - n + rest


def _parameters(first: float, second: float) -> tuple[float, float]:
    alpha = 1 / (1 + exp(-second))
    return exp(first) - alpha, alpha


def _one_of(size: int, n: int, population_size: int) -> float:
    """Hypergeometric: one of `size` people among `n` drawn from the population."""
    others = population_size - size
    if n - 1 > others:
        return 0.0
    above = log_rising(others - n + 2, size - 1)
    return size * n * exp(above - log_rising(others + 1, size))


def _checked(sizes: Sizes, population_size: int) -> int:
    n = int(sizes.sum())
    if population_size < n:
        raise ValueError("the population is smaller than the sample")
    return n
