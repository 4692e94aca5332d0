"""Coefficients on reliability data: units by coders, each cell a category or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from ppdarchive.agreement.chance import alpha_of, fleiss_of, gwet_of, kappa_of
from ppdarchive.agreement.coded import Coefficient
from ppdarchive.agreement.weights import Floats, Scale, differences, identity_weights

Ratings = npt.NDArray[np.integer]

FEW_CODERS = "fewer than two coders"
NO_PAIRS = "no unit was seen by two coders"
NO_COMPLETE = "no unit was seen by every coder"
NO_VARIATION = "no variation: one and the same value throughout"
ONE_CATEGORY = "a single category"


def percent_agreement(ratings: Ratings) -> Coefficient:
    """Count the share of pairs of coders who agree, unit by unit.

    Parameters
    ----------
    ratings : ndarray of int, shape (n_units, n_coders)
        Categories from 0 on; -1 where the coder did not see the unit. Units with one rating say nothing.

    Returns
    -------
    Coefficient
        The mean over units with two or more ratings.

    References
    ----------
    Gwet (2014), Handbook of Inter-Rater Reliability, section 2.4
    """
    counts = _counts(ratings, None)
    agreeing, paired = _agreeing(counts, identity_weights(counts.shape[1]))
    return _coefficient(np.divide(agreeing, paired or np.nan), paired, ratings)


def cohen_kappa(ratings: Ratings) -> Coefficient:
    """Compute Cohen's kappa of two coders, over the units that both saw.

    Parameters
    ----------
    ratings : ndarray of int, shape (n_units, 2)
        Categories from 0 on; -1 where the coder did not see the unit.

    Returns
    -------
    Coefficient
        Undefined if both gave one and the same category throughout.

    Raises
    ------
    ValueError
        If there are not two coders.

    References
    ----------
    Cohen (1960), doi:10.1177/001316446002000104

    Examples
    --------
    >>> both_saw = np.array([[0, 0]] * 20 + [[0, 1]] * 5 + [[1, 0]] * 10 + [[1, 1]] * 15)
    >>> round(cohen_kappa(both_saw).value, 6)
    0.4
    """
    if ratings.shape[1] != 2:
        raise ValueError(f"Cohen's kappa takes 2 coders, not {ratings.shape[1]}; see light_kappa")
    n_categories = _n_categories(ratings, None)
    first, second = ratings[(ratings >= 0).all(axis=1)].T.astype(np.int64)
    table = np.bincount(first * n_categories + second, minlength=n_categories**2)
    value = kappa_of(table.reshape(n_categories, n_categories).astype(np.float64))
    return _coefficient(value, len(first), ratings)


def pairwise_kappa(ratings: Ratings) -> dict[tuple[int, int], Coefficient]:
    """Compute Cohen's kappa of every two coders.

    Parameters
    ----------
    ratings : ndarray of int, shape (n_units, n_coders)
        Categories from 0 on; -1 where the coder did not see the unit.

    Returns
    -------
    dict of (int, int) to Coefficient
        By the coders' columns, the lower first.
    """
    pairs = combinations(range(ratings.shape[1]), 2)
    return {pair: cohen_kappa(ratings[:, list(pair)]) for pair in pairs}


def light_kappa(ratings: Ratings) -> Coefficient:
    """Compute the mean of Cohen's kappa over pairs of coders.

    Parameters
    ----------
    ratings : ndarray of int, shape (n_units, n_coders)
        Categories from 0 on; -1 where the coder did not see the unit.

    Returns
    -------
    Coefficient
        Of the pairs that saw a unit in common. Undefined if one of their kappas is: a mean over fewer
        pairs is another coefficient.

    References
    ----------
    Light (1971), doi:10.1037/h0031643
    """
    kappas = [kappa for kappa in pairwise_kappa(ratings).values() if kappa.n_units]
    n_units = int(((ratings >= 0).sum(axis=1) >= 2).sum())
    undefined = sum(kappa.value is None for kappa in kappas)
    if undefined:
        reason = f"no variation in {undefined} of {len(kappas)} pairs of coders"
        return Coefficient(None, n_units=n_units, reason=reason)
    values = [kappa.value for kappa in kappas if kappa.value is not None]
    return _coefficient(np.float64(np.mean(values) if values else np.nan), n_units, ratings)


def fleiss_kappa(ratings: Ratings) -> Coefficient:
    """Compute Fleiss' kappa over the units that every coder saw.

    Parameters
    ----------
    ratings : ndarray of int, shape (n_units, n_coders)
        Categories from 0 on; -1 where the coder did not see the unit. A unit that not every coder saw
        is left out: the coefficient is defined for equal numbers of ratings.

    Returns
    -------
    Coefficient
        `n_units` counts the units it was computed from, so that the others are `n_units` fewer than rows.

    References
    ----------
    Fleiss (1971), doi:10.1037/h0031619
    """
    complete = ratings[(ratings >= 0).all(axis=1)]
    counts = _counts(complete, None)
    value = fleiss_of(counts.sum(axis=0), np.square(counts).sum(), n_coders=ratings.shape[1])
    return _coefficient(value, len(complete), ratings, nothing=NO_COMPLETE)


def krippendorff_alpha(
    ratings: Ratings, *, scale: Scale = "nominal", values: Sequence[float] | None = None
) -> Coefficient:
    """Compute Krippendorff's alpha.

    Parameters
    ----------
    ratings : ndarray of int, shape (n_units, n_coders)
        Categories from 0 on; -1 where the coder did not see the unit. Units with one rating are left
        out, their values too: they can be paired with nothing.
    scale : {"nominal", "ordinal", "interval", "ratio"}
        How categories differ.
    values : sequence of float, shape (n_categories,), optional
        The categories' numbers, rising; else the categories themselves.

    Returns
    -------
    Coefficient
        Undefined if all values that can be paired are the same.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability;
    Hayes & Krippendorff (2007), doi:10.1080/19312450709336664
    """
    counts = _counts(ratings, None if values is None else len(values))
    numbers = list(range(counts.shape[1])) if values is None else values
    counts = counts[counts.sum(axis=1) >= 2]
    shared = counts / (counts.sum(axis=1, keepdims=True) - 1)
    coincidences = shared.T @ counts - np.diag(shared.sum(axis=0))
    # What cannot occur is told by counts, not by a difference of rounded sums.
    value = alpha_of(coincidences, differences(scale, numbers, counts.sum(axis=0)))
    varying = (counts.sum(axis=0) > 0).sum() >= 2
    return _coefficient(value if varying else np.array(np.nan), len(counts), ratings)


def gwet_ac(
    ratings: Ratings, *, n_categories: int | None = None, weights: Floats | None = None
) -> Coefficient:
    """Compute Gwet's AC1, or AC2 with weights.

    Parameters
    ----------
    ratings : ndarray of int, shape (n_units, n_coders)
        Categories from 0 on; -1 where the coder did not see the unit. Units with one rating count in
        the chance of agreement, not in agreement.
    n_categories : int, optional
        Categories that coders could give; else one more than the highest given.
    weights : ndarray, shape (n_categories, n_categories), optional
        How much two categories agree, from 0 to 1, with ones on the diagonal; without them AC1.

    Returns
    -------
    Coefficient
        Undefined with a single category.

    Raises
    ------
    ValueError
        If the weights have another shape.

    References
    ----------
    Gwet (2008), doi:10.1348/000711006X126600; Gwet (2014), Handbook of Inter-Rater Reliability, chapter 5
    """
    counts = _counts(ratings, len(weights) if n_categories is None and weights is not None else n_categories)
    size = counts.shape[1]
    weights = identity_weights(size) if weights is None else weights
    if weights.shape != (size, size):
        raise ValueError(f"weights of shape {(size, size)} expected, {weights.shape} given")
    agreeing, paired = _agreeing(counts, weights)
    rated = counts[counts.sum(axis=1) >= 1]
    share = (rated / rated.sum(axis=1, keepdims=True)).sum(axis=0) / max(len(rated), 1)
    value = gwet_of(
        np.array(agreeing), np.array(paired), np.array((share * (1 - share)).sum()),
        weight_total=float(weights.sum()), n_categories=size,
    )  # fmt: skip
    reason = ONE_CATEGORY if size < 2 else NO_VARIATION
    return _coefficient(value, paired, ratings, constant=reason)


def _n_categories(ratings: Ratings, given: int | None) -> int:
    found = int(ratings.max(initial=-1)) + 1
    if given is not None and found > given:
        raise ValueError(f"category {found - 1} is not one of {given}")
    return max(found, 1) if given is None else given


def _counts(ratings: Ratings, given: int | None) -> Floats:
    """Count the coders who gave each category to each unit: shape (n_units, n_categories)."""
    n_categories = _n_categories(ratings, given)
    unit, coder = np.nonzero(ratings >= 0)
    cell = unit * n_categories + ratings[unit, coder]
    counts = np.bincount(cell, minlength=len(ratings) * n_categories)
    return counts.reshape(len(ratings), n_categories).astype(np.float64)


def _agreeing(counts: Floats, weights: Floats) -> tuple[float, int]:
    """Sum the weighted share of agreeing pairs over units with two or more ratings, and count those."""
    counts = counts[counts.sum(axis=1) >= 2]
    total = counts.sum(axis=1)
    agreeing = (counts * (counts @ weights - 1)).sum(axis=1)
    return float((agreeing / (total * (total - 1))).sum()), len(counts)


def _coefficient(
    value: np.float64 | Floats, n_units: int, ratings: Ratings, *,
    nothing: str = NO_PAIRS, constant: str = NO_VARIATION,
) -> Coefficient:  # fmt: skip
    if not np.isnan(value):
        return Coefficient(float(value), n_units=n_units)
    if ratings.shape[1] < 2:
        return Coefficient(None, n_units=n_units, reason=FEW_CODERS)
    return Coefficient(None, n_units=n_units, reason=constant if n_units else nothing)
