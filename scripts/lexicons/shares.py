"""How likely a word in running text is a given name, a surname, a place, or none of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Final

import numpy as np
import numpy.typing as npt

_FLOOR: Final = 4000
"""What is assumed of words too rare for the web counts, which begin at 12,711."""
_PURE: Final = 20
"""A name is pure when it is so many times as common as what else the word names."""
_COMMON: Final = 0.97
"""Which names the rates are measured on: the part of all that is less common."""
_PLACE_POWER: Final = 0.7
"""Talk of a place grows slower than its population."""
_NOISE: Final = 0.3
_PROPER_NOISE: Final = 0.1
"""The part of what its bearers don't explain of a word in no dictionary that is no name, and of a word that
the dictionary has with a capital only."""


def shares(
    words: Sequence[str],
    *,
    english: Mapping[str, int],
    dictionary: Set[str],
    proper: Set[str],
    given: Mapping[str, int],
    surnames: Mapping[str, int],
    places: Mapping[str, int],
) -> npt.NDArray[np.float64]:
    """The shares of given name, surname and place among the uses of each word.

    The web counts a word in all its uses. Names that are nothing else tell how often a name with so many
    bearers is written; what a word's bearers and inhabitants don't explain is its use as a word.

    Returns
    -------
    ndarray of float64, shape (len(words), 3)
        In each row from 0 to 1 together.
    """
    count = np.array([max(english.get(word, 0), _FLOOR) for word in words], np.float64)
    is_word = np.array([word in dictionary for word in words], np.bool_)
    bearers = np.array(
        [[own.get(word, 0) for own in (given, surnames, places)] for word in words], np.float64
    )
    weights = bearers.reshape(-1, 3).copy()
    weights[:, 2] **= _PLACE_POWER
    rates = np.array([_rate(count, is_word, weights, nth) for nth in range(3)])
    named = weights * rates
    left = np.maximum(count - named.sum(axis=1), 0.0)
    is_proper = np.array([word in proper for word in words], np.bool_)
    noise = np.where(is_proper, _PROPER_NOISE, _NOISE) * left / count
    explained = named.sum(axis=1)
    other = np.where(
        is_word, np.maximum(left, 0.02 * count) / np.maximum(explained + left, 0.02 * count), noise
    )
    parts = named / np.maximum(explained, 1e-9)[:, None]
    return parts * (1 - other)[:, None]


def _rate(
    count: npt.NDArray[np.float64],
    is_word: npt.NDArray[np.bool_],
    weights: npt.NDArray[np.float64],
    nth: int,
) -> float:
    """How often the web writes a name for each of its bearers: the median over pure names."""
    own = weights[:, nth]
    rest = np.delete(weights, nth, axis=1).max(axis=1)
    common = own >= np.quantile(own[own > 0], _COMMON) if (own > 0).any() else own > 0
    pure = common & ~is_word & (own > _PURE * rest)
    return float(np.median(count[pure] / own[pure])) if pure.any() else 0.0
