"""From sums over units to coefficients: each formula once, for one sample or for many at a time.

Every function takes sums with any leading axes (the replicates of a bootstrap) and returns NaN where the
coefficient is undefined; what callers are shown says why instead.
"""

from __future__ import annotations

import numpy as np

from ppdarchive.agreement.weights import Floats


def alpha_of(coincidences: Floats, difference: Floats) -> Floats:
    """Compute Krippendorff's alpha from coincidences of values.

    Parameters
    ----------
    coincidences : ndarray, shape (..., n_categories, n_categories)
        Pairs of values within units, each unit's divided by one less than its ratings; symmetric.
    difference : ndarray, shape (n_categories, n_categories) or (..., n_categories, n_categories)
        Squared differences between categories.

    Returns
    -------
    ndarray, shape (...)
        One minus observed over expected disagreement; NaN if no disagreement can be expected.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability
    """
    frequency = coincidences.sum(axis=-1)
    observed = (coincidences * difference).sum(axis=(-2, -1))
    expected = (frequency[..., :, None] * frequency[..., None, :] * difference).sum(axis=(-2, -1))
    return alpha_from_disagreement(observed, expected, frequency.sum(axis=-1))


def alpha_from_disagreement(observed: Floats, expected: Floats, ratings: Floats) -> Floats:
    """Compute alpha from disagreements that are summed already.

    Parameters
    ----------
    observed : ndarray, shape (...)
        Differences within units, over ordered pairs, each unit's divided by one less than its ratings.
    expected : ndarray, shape (...)
        Differences between all ratings, over ordered pairs.
    ratings : ndarray, shape (...)
        Ratings of units that have two or more.

    Returns
    -------
    ndarray, shape (...)
        Alpha; NaN if no disagreement can be expected.
    """
    return 1 - _ratio(observed * (ratings - 1), expected)


def kappa_of(tables: Floats) -> Floats:
    """Compute Cohen's kappa from tables of two coders' categories.

    Parameters
    ----------
    tables : ndarray, shape (..., n_categories, n_categories)
        Units by the first coder's category and the second's.

    Returns
    -------
    ndarray, shape (...)
        Kappa; NaN without units, and if both coders gave one and the same category throughout.

    References
    ----------
    Cohen (1960), doi:10.1177/001316446002000104
    """
    units = tables.sum(axis=(-2, -1))
    agreeing = np.trace(tables, axis1=-2, axis2=-1)
    # Whole numbers throughout, so that "no variation" is told from rounding.
    by_chance = (tables.sum(axis=-1) * tables.sum(axis=-2)).sum(axis=-1)
    return _ratio(units * agreeing - by_chance, units * units - by_chance)


def fleiss_of(frequencies: Floats, squares: Floats, *, n_coders: int) -> Floats:
    """Compute Fleiss' kappa from the ratings of units that every coder rated.

    Parameters
    ----------
    frequencies : ndarray, shape (..., n_categories)
        How often each category was given.
    squares : ndarray, shape (...)
        The squared numbers of coders who gave a category to a unit, over categories and units.
    n_coders : int
        Ratings of each unit.

    Returns
    -------
    ndarray, shape (...)
        Kappa; NaN without units, and if one category was given throughout.

    References
    ----------
    Fleiss (1971), doi:10.1037/h0031619
    """
    if n_coders < 2:
        return np.full(squares.shape, np.nan)
    ratings = frequencies.sum(axis=-1)
    observed = ratings * (squares - ratings) / (n_coders - 1)
    by_chance = np.square(frequencies).sum(axis=-1)
    return _ratio(observed - by_chance, np.square(ratings) - by_chance)


def gwet_of(
    agreeing: Floats, paired: Floats, evenness: Floats, *, weight_total: float, n_categories: int
) -> Floats:
    """Compute Gwet's AC1 or AC2.

    Parameters
    ----------
    agreeing : ndarray, shape (...)
        The weighted share of agreeing pairs of coders, over units with two or more ratings.
    paired : ndarray, shape (...)
        Units with two or more ratings.
    evenness : ndarray, shape (...)
        The sum of p (1 - p) over categories, p the mean over rated units of a category's share.
    weight_total : float
        The sum of all weights.
    n_categories : int
        Categories that coders could give.

    Returns
    -------
    ndarray, shape (...)
        The coefficient; NaN without paired units or with a single category. One category given
        throughout, of several that could be, is full agreement here, unlike in the kappas and alpha.

    References
    ----------
    Gwet (2008), doi:10.1348/000711006X126600; Gwet (2014), Handbook of Inter-Rater Reliability, chapter 5
    """
    if n_categories < 2:
        return np.full(agreeing.shape, np.nan)
    by_chance = weight_total / (n_categories * (n_categories - 1)) * evenness
    certain = by_chance > 1 - 1e-12
    return _ratio(_ratio(agreeing, paired) - by_chance, np.where(certain, 0.0, 1 - by_chance))


def _ratio(above: Floats, below: Floats) -> Floats:
    ratio = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    np.divide(above, below, out=ratio, where=below != 0)
    return ratio
