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
_LEAST_WORD: Final = 0.02
"""The least part of the uses of a dictionary's word that are the word."""
_NOISE: Final = 0.3
_PROPER_NOISE: Final = 0.1
"""The part of what its bearers don't explain of a word in no dictionary that is no name, and of a word that
the dictionary has with a capital only."""
_SHORT_NOISE: Final = (1.0, 0.95, 0.7, 0.0)
"""The same, at least, of words of one, two, three and more letters: most are short forms of something."""


def shares(
    words: Sequence[str],
    *,
    english: Mapping[str, int],
    dictionary: Set[str],
    proper: Set[str],
    bearers: Sequence[Mapping[str, int]],
    judged: Mapping[str, float],
) -> npt.NDArray[np.float64]:
    """The shares of given name, surname and place among the uses of each word.

    The web counts a word in all its uses. Names that are nothing else tell how often a name with so many
    bearers is written; what a word's bearers and inhabitants don't explain is its use as a word.

    Parameters
    ----------
    words : sequence of str, length n
    english : mapping of str to int
        How often the web has each word.
    dictionary, proper : set of str
        Words with a small initial in a dictionary, and those with a capital only.
    bearers : sequence of three mappings of str to int
        Of given names, surnames and places (their inhabitants).
    judged : mapping of str to float
        Shares of given names that are taken as they are.

    Returns
    -------
    ndarray of float64, shape (n, 3)
        In each row from 0 to 1 together.
    """
    count = np.array([max(english.get(word, 0), _FLOOR) for word in words], np.float64)
    is_word = np.array([word in dictionary for word in words], np.bool_)
    is_proper = np.array([word in proper for word in words], np.bool_)
    weights = np.array([[own.get(word, 0) for own in bearers] for word in words], np.float64).reshape(-1, 3)
    weights[:, 2] **= _PLACE_POWER
    named = weights * np.array([_rate(count, is_word, weights, nth) for nth in range(3)])
    explained = named.sum(axis=1)
    left = np.maximum(count - explained, 0.0)
    least = _LEAST_WORD * count
    as_word = np.maximum(left, least) / np.maximum(explained + left, least)
    length = np.array([min(len(word), len(_SHORT_NOISE)) for word in words])
    noise = np.maximum(np.where(is_proper, _PROPER_NOISE, _NOISE), np.array((0.0, *_SHORT_NOISE))[length])
    noise *= left / count
    parts = named / np.maximum(explained, 1e-9)[:, None]
    result: npt.NDArray[np.float64] = parts * (1 - np.where(is_word, as_word, noise))[:, None]
    given = np.array([judged.get(word, -1.0) for word in words])
    is_judged = given >= 0
    rest = np.maximum(1 - result[:, 0], 1e-9)
    result[is_judged, 1:] *= ((1 - given) / rest)[is_judged, None]
    result[is_judged, 0] = given[is_judged]
    return result


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
