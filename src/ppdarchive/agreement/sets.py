"""Agreement on sets of codes: all codes that a coder gave to a unit, compared as one answer.

Two sets agree by MASI: their Jaccard index, times 1 if they are equal, 2/3 if one holds the other, 1/3 if
they merely overlap. Two empty sets are equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from ppdarchive.agreement.bootstrap import Draws
from ppdarchive.agreement.chance import alpha_from_disagreement, gwet_of
from ppdarchive.agreement.coded import Coded, Indices
from ppdarchive.agreement.weights import Floats

Sums = npt.NDArray[np.float64 | np.float32]

_WORD = 63
"""Codes in one whole number: a signed one, which everything can sort."""

_BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(axis=1)
_ROWS, _RATINGS, _FREQUENT = 512, 8192, 64
_EXACT = 4096
"""Sets up to which replicates are summed in double precision; of more, in single (about six digits)."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class LabelSets:
    """The set of codes that each coder gave to each unit.

    Attributes
    ----------
    given : ndarray of int64, shape (n_units, n_coders)
        A row of `members`; -1 where the coder did not see the unit.
    members : ndarray of bool, shape (n_sets, n_codes)
        The different sets; the first is the empty one, whether anybody gave it or not.
    """

    given: Indices
    members: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class SetValues:
    """Coefficients of sets in each sample, NaN where undefined.

    Attributes
    ----------
    alpha, ac2 : ndarray, shape (1 + n_replicates,)
        Krippendorff's alpha with MASI distance, Gwet's AC2 with MASI weights.
    n_sets : int
        Different sets that were given: the categories of AC2.
    """

    alpha: Floats
    ac2: Floats
    n_sets: int


def masi(first: Any, second: Any, both: Any) -> npt.NDArray[Any]:
    """Compute the MASI similarity of sets from their sizes.

    Parameters
    ----------
    first, second, both : int, or ndarray, of shapes that broadcast
        Members of the one set, of the other, and common to both.

    Returns
    -------
    ndarray of float64, or of the type of `both` if that is one of floats
        From 0 (disjoint) to 1 (equal).

    References
    ----------
    Passonneau (2006), Measuring Agreement on Set-valued Items (MASI), LREC, aclanthology.org/L06-1392

    Examples
    --------
    >>> round(float(1 - masi(2, 4, 2)), 5)  # {1, 2} and {1, 2, 3, 4}
    0.66667
    """
    shared = np.asarray(both)
    if shared.dtype.kind != "f":
        shared = shared.astype(np.float64)
    either = first + second - shared
    part = np.where(shared == np.minimum(first, second), 2 / 3, 1 / 3).astype(shared.dtype)
    part[shared == either] = 1
    # Two empty sets are equal; an empty set and another have nothing in common.
    return np.where(either == 0, 1, part * shared / np.maximum(either, 1)).astype(shared.dtype)


def label_sets(coded: Coded) -> LabelSets:
    """Gather the codes of each coder in each unit into sets.

    Parameters
    ----------
    coded : Coded
        Independent codings.

    Returns
    -------
    LabelSets
        Its sets in the order of their codes, the empty one first.

    Raises
    ------
    ValueError
        If a coder marked a unit that they are said not to have seen.
    """
    if not coded.rated[coded.unit, coded.coder].all():
        raise ValueError("a coder marked a unit that they are said not to have seen")
    n_codes, n_coders = len(coded.codes), len(coded.coders)
    cells, cell = np.unique(coded.unit * max(n_coders, 1) + coded.coder, return_inverse=True)
    rank, n_ranks = np.zeros(len(cells), dtype=np.int64), 1
    words = []
    for first in range(0, n_codes, _WORD):
        within = (coded.code >= first) & (coded.code < first + _WORD)
        word = np.zeros(len(cells), dtype=np.int64)
        np.bitwise_or.at(word, cell[within], np.int64(1) << (coded.code[within] - first))
        values, place = np.unique(word, return_inverse=True)
        # Ranks so far and the new word make one number again, small enough for the next.
        _, rank = np.unique(rank * len(values) + place, return_inverse=True)
        n_ranks = int(rank.max(initial=-1)) + 1
        words.append(word)
    one_of = np.zeros(n_ranks if len(cells) else 0, dtype=np.int64)
    one_of[rank] = np.arange(len(cells))
    members = np.zeros((len(one_of) + 1, n_codes), dtype=np.bool_)
    for code in range(n_codes):
        members[1:, code] = (words[code // _WORD][one_of] >> (code % _WORD)) & 1
    given = np.where(coded.rated, 0, -1).astype(np.int64)
    given.reshape(-1)[cells] = rank + 1
    return LabelSets(given, members)


def set_values(
    sets: LabelSets, units: npt.NDArray[np.bool_], participants: Indices, draws: Draws
) -> tuple[SetValues, SetValues]:
    """Compute the coefficients of sets over all units, and over the coded part.

    Parameters
    ----------
    sets : LabelSets
        Of every unit and coder.
    units : ndarray of bool, shape (n_units,)
        The coded part; outside it every set is empty.
    participants : ndarray of int64, shape (n_units,)
        Whose the units are, numbered as in `draws`.
    draws : Draws
        The samples.

    Returns
    -------
    whole, part : SetValues
        Over all units, and over `units`.

    References
    ----------
    Passonneau (2006), aclanthology.org/L06-1392; Gwet (2014), Handbook of Inter-Rater Reliability, chapter 5
    """
    ratings = (sets.given >= 0).sum(axis=1)
    observed, agreeing = _within_units(sets, ratings)
    paired = ratings >= 2
    per_unit = np.stack(
        [observed, agreeing, paired, ratings >= 1, np.where(paired, ratings, 0)], axis=1, dtype=np.float64
    )
    empty = sets.given == 0
    per_unit = np.column_stack(
        [per_unit, empty.sum(axis=1) * paired, empty.sum(axis=1) / np.maximum(ratings, 1)]
    )
    between = _between_sets(sets, ratings, participants, draws)
    whole = draws.sums(_by_participant(per_unit, participants, len(draws.counts)))
    part = draws.sums(_by_participant(per_unit * units[:, None], participants, len(draws.counts)))
    return _values(whole, between, has_empty=bool(empty.any())), _values(
        part, between, has_empty=bool(empty[units].any())
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Between:
    """Sums over the sets that are not empty: they are the same at both levels."""

    similar: Floats
    squared_shares: Floats
    weight_total: float
    n_sets: int


def _values(sums: Floats, between: _Between, *, has_empty: bool) -> SetValues:
    observed, agreeing, paired, any_saw, ratings, empty, empty_share = sums.T
    n_sets = between.n_sets + has_empty
    # An empty set is like itself alone.
    alike = between.similar + np.square(empty)
    expected = np.square(ratings) - alike
    shares = between.squared_shares + np.square(empty_share)
    evenness = 1 - shares / np.where(any_saw > 0, np.square(any_saw), np.nan)
    # Two sets differ by 1/3 or more, so that a single set in a sample is told from rounding.
    expected = np.where(expected > 0.3 * ratings, expected, 0.0)
    ac2 = gwet_of(
        agreeing, paired, evenness, weight_total=between.weight_total + has_empty, n_categories=n_sets
    )
    return SetValues(alpha_from_disagreement(observed, expected, ratings), ac2, n_sets)


def _within_units(sets: LabelSets, ratings: Indices) -> tuple[Floats, Floats]:
    """Sum each unit's differences over one less than its ratings, and its share of agreement."""
    packed = np.packbits(sets.members, axis=1)
    size = sets.members.sum(axis=1)
    alike, pairs = np.zeros(len(ratings)), np.zeros(len(ratings))
    for a, b in combinations(range(sets.given.shape[1]), 2):
        first, second = sets.given[:, a], sets.given[:, b]
        differ = np.flatnonzero((first != second) & (first > 0) & (second > 0))
        one, other = first[differ], second[differ]
        both = _BITS[packed[one] & packed[other]].sum(axis=1)
        alike[differ] += masi(size[one], size[other], both)
        alike += (first == second) & (first >= 0)
        pairs += (first >= 0) & (second >= 0)
    fewer = np.maximum(ratings - 1, 1)
    return 2 * (pairs - alike) / fewer, np.where(pairs > 0, alike / np.maximum(pairs, 1), 0.0)


def _between_sets(sets: LabelSets, ratings: Indices, participants: Indices, draws: Draws) -> _Between:
    """Sum the similarity of every two ratings in each sample, a block of sets at a time."""
    often, shares = _frequencies(sets, ratings, participants, draws)
    n_sets, kind = len(often), often.dtype.type
    members = sets.members[1:].astype(np.float32)
    size = members.sum(axis=1).astype(kind)
    sample = often[:, 0].astype(np.float64)
    similar, weight_total = np.zeros(often.shape[1]), 0.0
    for first in range(0, n_sets, _ROWS):
        last = min(first + _ROWS, n_sets)
        both = (members[first:last] @ members[first:].T).astype(kind)
        alike = masi(size[first:last, None], size[None, first:], both)
        # Each two sets are met once, and count in both orders.
        alike[:, last - first :] *= 2
        weight_total += float(alike.sum(dtype=np.float64))
        alike_sums = (often[first:last] * (alike @ often[first:])).sum(axis=0, dtype=np.float64)
        # The sample itself is summed in double precision always.
        alike_sums[0] = sample[first:last] @ (alike.astype(np.float64) @ sample[first:])
        similar += alike_sums
    return _Between(similar, np.square(shares).sum(axis=0, dtype=np.float64), weight_total, n_sets)


def _frequencies(sets: LabelSets, ratings: Indices, participants: Indices, draws: Draws) -> tuple[Sums, Sums]:
    """Count each set that is not empty in each sample: by ratings that are paired, and by shares of units."""
    n_participants, n_sets = len(draws.counts), len(sets.members) - 1
    unit, coder = np.nonzero(sets.given > 0)
    keys, place = np.unique(
        (sets.given[unit, coder] - 1) * n_participants + participants[unit], return_inverse=True
    )
    label, whose = np.divmod(keys, np.int64(max(n_participants, 1)))
    given = ratings[unit]
    often = _spread(label, whose, _sum(place, given >= 2), draws, n_sets)
    if len(given) and given.min() == given.max() >= 2:
        return often, often / often.dtype.type(given[0])
    return often, _spread(label, whose, _sum(place, 1 / given), draws, n_sets)


def _spread(label: Indices, whose: Indices, weight: Floats, draws: Draws, n_sets: int) -> Sums:
    """Sum weights by set in each sample: frequent sets as products of matrices, rare ones row by row."""
    n_rows = np.bincount(label, minlength=n_sets)
    total = np.zeros((n_sets, draws.counts.shape[1]), dtype=np.float64 if n_sets <= _EXACT else np.float32)
    frequent = np.flatnonzero(n_rows >= _FREQUENT)
    for first in range(0, len(frequent), _ROWS):
        chosen = frequent[first : first + _ROWS]
        column = np.full(n_sets, -1)
        column[chosen] = np.arange(len(chosen))
        found = column[label] >= 0
        dense = np.zeros((len(draws.counts), len(chosen)))
        dense[whose[found], column[label[found]]] = weight[found]
        total[chosen] = draws.sums(dense).T
    rare = np.flatnonzero(n_rows[label] < _FREQUENT)
    for first in range(0, len(rare), _RATINGS):
        rows = rare[first : first + _RATINGS]
        labels, starts = np.unique(label[rows], return_index=True)
        drawn = draws.counts[whose[rows]] * weight[rows, None].astype(total.dtype)
        total[labels] += np.add.reduceat(drawn, starts, axis=0)
    return total


def _by_participant(columns: Floats, whose: Indices, n_participants: int) -> Floats:
    sums = [np.bincount(whose, weights=column, minlength=n_participants) for column in columns.T]
    return np.stack(sums, axis=1)


def _sum(place: Indices, weights: npt.NDArray[Any]) -> Floats:
    return np.asarray(np.bincount(place, weights=weights.astype(np.float64)), dtype=np.float64)
