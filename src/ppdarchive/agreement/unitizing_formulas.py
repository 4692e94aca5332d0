"""From sums of lengths to the u-alpha family: each formula once, for one study or many replicates.

The sums are those of `unitizing`, with any leading axes. A weighted length is one over the response's
raters less one.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ppdarchive.agreement.continuum import Floats

_FAINT: Final = 1e-9
"""Below this share of the whole a difference of lengths is rounding: raters' weights are fractions."""


def boundaries_of(sums: Floats) -> Floats:
    """Compute |u-alpha from sums.

    Parameters
    ----------
    sums : ndarray, shape (..., 4)
        Characters times their raters; coded ones; those of them that other coders coded too, weighted; and
        the squared lengths of the coded segments.

    Returns
    -------
    ndarray, shape (...)
        NaN if nothing is coded, or everything.

    References
    ----------
    Krippendorff et al. (2016), equations 1, 4 and 6
    """
    whole, marked, both, square = np.moveaxis(sums, -1, 0)
    gaps = whole - marked
    left = whole - _ratio(square + gaps, whole)
    return 1 - _ratio((marked - both) * left, gaps * marked)


def values_of(sums: Floats) -> Floats:
    """Compute u-alpha nominal from sums.

    Parameters
    ----------
    sums : ndarray, shape (..., 4 + n_values)
        Characters times their raters; those coded with the same value by another coder, weighted; those
        that other coders coded with anything, weighted; the squared lengths of coded segments; and the
        characters coded with each value.

    Returns
    -------
    ndarray, shape (...)
        NaN if there is one value throughout, gaps being a value.

    References
    ----------
    Krippendorff et al. (2016), equations 1, 4 and 5
    """
    whole, agreed, both, square = np.moveaxis(sums[..., :4], -1, 0)
    by_value = sums[..., 4:]
    marked = by_value.sum(axis=-1)
    gaps = whole - marked
    observed = marked - agreed + marked - both
    itself = square + gaps
    left = whole - _ratio(itself, whole)
    # What is expected to disagree, times `left`: all pairs of characters but those of one value.
    expected = whole * whole - gaps * gaps - np.square(by_value).sum(axis=-1)
    return 1 - _ratio(observed * left, firm(expected, whole * whole))


def coding_of(sums: Floats) -> Floats:
    """Compute cu-alpha nominal from sums.

    Parameters
    ----------
    sums : ndarray, shape (..., 2 + n_values)
        Characters coded with the same value by another coder, weighted; the squared lengths that segments
        share with another coder's coded characters, weighted; and, by value, the characters that other
        coders coded too, weighted.

    Returns
    -------
    ndarray, shape (...)
        NaN if no two coders coded a character, or all that they did with one value, or too little.

    References
    ----------
    Krippendorff et al. (2016), equations 10 and 11
    """
    agreed, square = np.moveaxis(sums[..., :2], -1, 0)
    by_value = sums[..., 2:]
    both = by_value.sum(axis=-1)
    left = firm(both - _ratio(square, both), both)
    expected = both * both - np.square(by_value).sum(axis=-1)
    value = 1 - _ratio((both - agreed) * left, firm(expected, both * both))
    return np.where(left > 0, value, np.nan)


def code_given_coding_of(sums: Floats) -> Floats:
    """Compute (k)u-alpha nominal from sums.

    Parameters
    ----------
    sums : ndarray, shape (..., 4)
        Characters coded with the code that other coders coded with anything, weighted; those coded with it
        by both; the squared lengths that its segments share with another coder's coded characters; and all
        characters that two coders coded, weighted.

    Returns
    -------
    ndarray, shape (...)
        NaN if no such character carries the code, or all do, or too few.

    References
    ----------
    Krippendorff et al. (2016), equation 13; the values other than this code cancel out of it
    """
    here, agreed, square, both = np.moveaxis(sums, -1, 0)
    left = firm(here * both - square, here * both)
    value = 1 - _ratio(left * (here - agreed), here * here * firm(both - here, both))
    return np.where(left > 0, value, np.nan)


def firm(difference: Floats, whole: Floats) -> Floats:
    """Take a difference that is faint beside the whole for nil, shape (...)."""
    return np.where(np.abs(difference) <= _FAINT * whole, 0.0, difference)


def _ratio(above: Floats, below: Floats) -> Floats:
    undefined = np.full(np.broadcast_shapes(np.shape(above), np.shape(below)), np.nan)
    ratio: Floats = np.divide(above, below, out=undefined, where=np.asarray(below) != 0)
    return ratio
