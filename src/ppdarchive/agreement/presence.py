"""Which codes each coder found present in which units, summed by participant for every coefficient.

Presence is yes or no: of two categories, whatever the code. Units that nobody marked need no row of their
own: what they add depends on who saw them, so the sums split into those of seeing and those of marking.

A unit is *coded part* if some coder marked anything in it, with any code of the codebook. That one set
of units serves every code: leaving out the units without the code at hand would leave nothing that
coders could agree was absent, and chance-corrected coefficients would fall below zero by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from ppdarchive.agreement.chance import alpha_of, fleiss_of, gwet_of, kappa_of
from ppdarchive.agreement.coded import Coded, Indices
from ppdarchive.agreement.weights import Floats

Flags = npt.NDArray[np.bool_]

N_SEEN, N_MARKED = 4, 6
"""Columns of the sums of seeing and of marking, before those of pairs (one a pair, and three)."""

_TWO_CATEGORIES = 1 - np.eye(2)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Marks:
    """Who marked what, where anybody did.

    Attributes
    ----------
    units : ndarray of int64, shape (n_marked,)
        Units; a unit stands once for each code, where codes are pooled.
    by : ndarray of bool, shape (n_marked, n_coders)
        Whether the coder found it present.
    """

    units: Indices
    by: Flags

    def where(self, units: Flags) -> Marks:
        """Keep the marks of some units (bool, shape (n_units,))."""
        kept = units[self.units]
        return Marks(self.units[kept], self.by[kept])


@dataclass(frozen=True, slots=True, eq=False)
class PresenceValues:
    """Coefficients of presence, NaN where undefined; leading axes are those of the sums.

    Attributes
    ----------
    percent, cohen, fleiss, alpha, ac1 : ndarray, shape (...)
        Cohen's is Light's mean over the pairs of coders who saw units in common.
    pair_percent, pair_cohen : ndarray, shape (..., n_pairs)
        Of every two coders, in the order of `combinations`.
    """

    percent: Floats
    cohen: Floats
    fleiss: Floats
    alpha: Floats
    ac1: Floats
    pair_percent: Floats
    pair_cohen: Floats


def coded_units(coded: Coded) -> Flags:
    """Tell the units in which some coder marked anything.

    Parameters
    ----------
    coded : Coded
        Independent codings.

    Returns
    -------
    ndarray of bool, shape (n_units,)
        The coded part.
    """
    found = np.zeros(coded.n_units, dtype=np.bool_)
    found[coded.unit] = True
    return found


def code_marks(coded: Coded, codes: Flags) -> Marks:
    """Find the units where coders used any of some codes.

    Parameters
    ----------
    coded : Coded
        Independent codings.
    codes : ndarray of bool, shape (n_codes,)
        One code, or those of a theme.

    Returns
    -------
    Marks
        Each unit once.

    Raises
    ------
    ValueError
        If a coder marked a unit that they are said not to have seen.
    """
    wanted = codes[coded.code]
    return _marks(coded, coded.unit[wanted], coded.coder[wanted], coded.unit[wanted])


def cell_marks(coded: Coded) -> Marks:
    """Find the cells of unit and code where coders used the code.

    Parameters
    ----------
    coded : Coded
        Independent codings.

    Returns
    -------
    Marks
        A unit once for each code used in it.

    Raises
    ------
    ValueError
        If a coder marked a unit that they are said not to have seen.
    """
    n_codes = max(len(coded.codes), 1)
    cells = _marks(coded, coded.unit, coded.coder, coded.unit * n_codes + coded.code)
    return Marks(cells.units // n_codes, cells.by)


def presence(coded: Coded, codes: Flags) -> npt.NDArray[np.int8]:
    """Spread presence over all units, as reliability data.

    Parameters
    ----------
    coded : Coded
        Independent codings.
    codes : ndarray of bool, shape (n_codes,)
        One code, or those of a theme.

    Returns
    -------
    ndarray of int8, shape (n_units, n_coders)
        1 present, 0 absent, -1 not seen by the coder.
    """
    marks = code_marks(coded, codes)
    ratings = np.where(coded.rated, 0, -1).astype(np.int8)
    ratings[marks.units] = np.where(marks.by, 1, ratings[marks.units])
    return ratings


def seen_sums(rated: Flags, units: Flags, participants: Indices, n_participants: int) -> Floats:
    """Sum by participant what follows from who saw which unit.

    Parameters
    ----------
    rated : ndarray of bool, shape (n_units, n_coders)
        Who saw what.
    units : ndarray of bool, shape (n_units,)
        Units to count.
    participants : ndarray of int64, shape (n_units,)
        Whose they are.
    n_participants : int
        How many there are.

    Returns
    -------
    ndarray of float64, shape (n_participants, N_SEEN + n_pairs)
        Ratings in units that two or more saw, those units, units that anyone saw, units that everyone
        saw, and for each two coders the units that both saw.
    """
    n_coders = rated.shape[1]
    seen, whose = rated[units], participants[units]
    ratings = seen.sum(axis=1)
    paired = ratings >= 2
    columns = [np.where(paired, ratings, 0), paired, ratings >= 1, ratings == n_coders]
    columns += [seen[:, a] & seen[:, b] for a, b in combinations(range(n_coders), 2)]
    return _by_participant(columns, whose, n_participants)


def mark_sums(marks: Marks, rated: Flags, participants: Indices, n_participants: int) -> Floats:
    """Sum by participant what follows from who marked what.

    Parameters
    ----------
    marks : Marks
        Of one code, of a theme, or of all cells.
    rated : ndarray of bool, shape (n_units, n_coders)
        Who saw what.
    participants : ndarray of int64, shape (n_units,)
        Whose the units are.
    n_participants : int
        How many there are.

    Returns
    -------
    ndarray of float64, shape (n_participants, N_MARKED + 3 * n_pairs)
        Marks in units that two or more saw; disagreements there over one less than the ratings, and as a
        share of pairs; the share of coders who marked; marks and disagreements in units that everyone
        saw; and for each two coders, in units that both saw, the first's marks, the second's, and both's.
    """
    n_coders = rated.shape[1]
    seen, whose = rated[marks.units], participants[marks.units]
    ratings, marked = seen.sum(axis=1), marks.by.sum(axis=1)
    paired, complete = ratings >= 2, ratings == n_coders
    disagreeing = marked * (ratings - marked)
    fewer = np.maximum(ratings - 1, 1)
    columns = [
        np.where(paired, marked, 0),
        disagreeing / fewer,
        2 * disagreeing / (fewer * ratings),
        marked / ratings,
        np.where(complete, marked, 0),
        np.where(complete, disagreeing, 0),
    ]
    for a, b in combinations(range(n_coders), 2):
        first, second = marks.by[:, a], marks.by[:, b]
        columns += [first & seen[:, b], second & seen[:, a], first & second]
    return _by_participant(columns, whose, n_participants)


def presence_values(seen: Floats, marked: Floats, *, n_coders: int) -> PresenceValues:
    """Compute every coefficient of presence from sums.

    Parameters
    ----------
    seen : ndarray, shape (..., N_SEEN + n_pairs)
        As `seen_sums`, summed over participants; times the number of codes, where cells are pooled.
    marked : ndarray, shape (..., N_MARKED + 3 * n_pairs)
        As `mark_sums`, summed over the same participants.
    n_coders : int
        How many coders there are.

    Returns
    -------
    PresenceValues
        With the sums' leading axes.

    References
    ----------
    Light (1971), doi:10.1037/h0031643, for the mean over pairs; for the others see `nominal`.
    """
    ratings, paired, any_saw, complete = (seen[..., column] for column in range(N_SEEN))
    marks, differing, apart, share, complete_marks, complete_differing = (
        marked[..., column] for column in range(N_MARKED)
    )
    tables = _pair_tables(seen[..., N_SEEN:], marked[..., N_MARKED:])
    pair_cohen = kappa_of(tables)
    coincidences = _two_by_two(ratings - marks - differing, differing, differing, marks - differing)
    # Rounded thirds must not make variation of none.
    varying = (marks > 0) & (marks < ratings)
    frequencies = np.stack([n_coders * complete - complete_marks, complete_marks], axis=-1)
    present = _share(share, any_saw)
    return PresenceValues(
        percent=1 - _share(apart, paired),
        cohen=_light(pair_cohen, seen[..., N_SEEN:]),
        fleiss=fleiss_of(frequencies, n_coders**2 * complete - 2 * complete_differing, n_coders=n_coders),
        alpha=np.where(varying, alpha_of(coincidences, _TWO_CATEGORIES), np.nan),
        ac1=gwet_of(paired - apart, paired, 2 * present * (1 - present), weight_total=2.0, n_categories=2),
        pair_percent=_share(np.trace(tables, axis1=-2, axis2=-1), tables.sum(axis=(-2, -1))),
        pair_cohen=pair_cohen,
    )


def _light(kappas: Floats, together: Floats) -> Floats:
    """Average over pairs with units in common; a kappa that is undefined there leaves no mean."""
    counted = together > 0
    total = np.where(counted, kappas, 0.0).sum(axis=-1)
    return _share(total, counted.sum(axis=-1).astype(np.float64))


def _pair_tables(together: Floats, marked: Floats) -> Floats:
    first, second, both = marked[..., 0::3], marked[..., 1::3], marked[..., 2::3]
    return _two_by_two(together - first - second + both, second - both, first - both, both)


def _two_by_two(neither: Floats, second: Floats, first: Floats, both: Floats) -> Floats:
    rows = np.stack([np.stack([neither, second], axis=-1), np.stack([first, both], axis=-1)], axis=-2)
    return np.asarray(rows, dtype=np.float64)


def _share(part: Floats, whole: Floats) -> Floats:
    share = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=share, where=whole != 0)
    return share


def _marks(coded: Coded, unit: Indices, coder: Indices, key: Indices) -> Marks:
    if not coded.rated[unit, coder].all():
        raise ValueError("a coder marked a unit that they are said not to have seen")
    keys, place = np.unique(key, return_inverse=True)
    by = np.zeros((len(keys), len(coded.coders)), dtype=np.bool_)
    by[place, coder] = True
    return Marks(keys, by)


def _by_participant(columns: list[npt.NDArray[np.generic]], whose: Indices, n_participants: int) -> Floats:
    sums = np.empty((n_participants, len(columns)))
    for place, column in enumerate(columns):
        sums[:, place] = np.bincount(whose, weights=column.astype(np.float64), minlength=n_participants)
    return sums
