"""How much two categories agree, or differ: the matrices that weighted coefficients are counted with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Scale = Literal["nominal", "ordinal", "interval", "ratio"]


def identity_weights(n_categories: int) -> Floats:
    """Count full agreement only.

    Parameters
    ----------
    n_categories : int, >= 1
        How many categories there are.

    Returns
    -------
    ndarray of float64, shape (n_categories, n_categories)
        One on the diagonal, zero elsewhere.
    """
    return np.eye(n_categories)


def linear_weights(n_categories: int) -> Floats:
    """Let agreement fall in proportion to the steps between two categories.

    Parameters
    ----------
    n_categories : int, >= 1
        How many categories there are.

    Returns
    -------
    ndarray of float64, shape (n_categories, n_categories)
        From 1 (the same) to 0 (first and last).

    References
    ----------
    Cicchetti & Allison (1971), doi:10.1080/00029238.1971.11080840
    """
    return 1 - _steps(n_categories) / max(n_categories - 1, 1)


def quadratic_weights(n_categories: int) -> Floats:
    """Let agreement fall with the square of the steps between two categories.

    Parameters
    ----------
    n_categories : int, >= 1
        How many categories there are.

    Returns
    -------
    ndarray of float64, shape (n_categories, n_categories)
        From 1 (the same) to 0 (first and last).

    References
    ----------
    Fleiss & Cohen (1973), doi:10.1177/001316447303300309
    """
    return 1 - (_steps(n_categories) / max(n_categories - 1, 1)) ** 2


def ordinal_weights(n_categories: int) -> Floats:
    """Let agreement fall with the number of pairs of categories from one to the other.

    Parameters
    ----------
    n_categories : int, >= 1
        How many categories there are.

    Returns
    -------
    ndarray of float64, shape (n_categories, n_categories)
        From 1 (the same) to 0 (first and last).

    References
    ----------
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition, section 3.5, ISBN 978-0970806284

    Examples
    --------
    >>> ordinal_weights(3).round(4).tolist()
    [[1.0, 0.6667, 0.0], [0.6667, 1.0, 0.6667], [0.0, 0.6667, 1.0]]
    """
    steps = _steps(n_categories)
    return 1 - steps * (steps + 1) / max(n_categories * (n_categories - 1), 1)


def differences(scale: Scale, values: Sequence[float] | Floats, frequencies: Floats) -> Floats:
    """Measure how far apart categories are, squared, on a scale.

    Parameters
    ----------
    scale : {"nominal", "ordinal", "interval", "ratio"}
        What may be said of two categories: whether they differ, how many lie between, by how much, or
        by what part.
    values : sequence of float, shape (n_categories,)
        The categories' numbers, rising; "nominal" and "ordinal" use their order alone.
    frequencies : ndarray, shape (..., n_categories)
        How often each category was given; "ordinal" alone uses them.

    Returns
    -------
    ndarray of float64, shape (n_categories, n_categories), or (..., n_categories, n_categories) if ordinal
        Zero on the diagonal.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section E
    """
    number = np.asarray(values, dtype=np.float64)
    apart = number[:, None] - number[None, :]
    if scale == "nominal":
        return 1 - np.eye(len(number))
    if scale == "interval":
        return np.square(apart)
    if scale == "ratio":
        together = number[:, None] + number[None, :]
        return np.square(np.divide(apart, together, out=np.zeros_like(apart), where=together != 0))
    middle = np.cumsum(frequencies, axis=-1) - frequencies / 2
    return np.square(middle[..., :, None] - middle[..., None, :])


def _steps(n_categories: int) -> Floats:
    place = np.arange(n_categories, dtype=np.float64)
    return np.abs(place[:, None] - place[None, :])
