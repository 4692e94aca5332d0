"""Krippendorff's u-alpha family: agreement on which characters are coded, and with what.

Six coefficients of the same codings, in two kinds.

All text, uncoded characters included:

- `boundaries`: is this character coded, whatever the code (the source's |u-alpha, equation 6);
- `values`: is it coded, and with what; a gap is a value (u-alpha nominal, equation 5);
- `code_boundaries`: is it coded with this code; everything else is a gap (|u-alpha on the code alone).

The coded part only, characters that two coders coded with anything:

- `coding`: do they agree on the value (cu-alpha nominal, equations 10 and 11);
- `code_given_coding`: do they agree on this code ((k)u-alpha nominal, equation 13).

Departures from the source, which knows one continuum, coders who all saw it whole, and units that exclude
each other:

- The continuum is all responses end to end, see `continuum`.
- A coder who did not see a response is missing there: pairs of coders count within a response by one over
  the number of its raters less one, as in alpha for predefined units with missing values. If everyone saw
  everything this is the source's own factor.
- Where a coder gave a character several codes its value is the *set* of them, for `values` and `coding`
  only: the source's values exclude each other, and sets do. Sets are equal or different, with nothing in
  between, which is strict; `UnitizedSums.n_several` says how many characters it concerns. The coefficients
  by code need no sets: they ask for one code at a time.
- Touching segments of one coder and one code are separate units, as in the source; segments that overlap
  are one. Cutting a segment in two thus changes nothing that was observed and raises what is expected a
  little, by the squared lengths: agreement on fewer, longer units is worth less.

The sources disagree about equation 10 with three coders and more: whether a unit's pairable length is
squared coder by coder (the 2016 paper as `unitized_alpha` reads it), or once, over the union of all other
coders (`quallmer`). The first gives the 0.724 that is printed for the example of 2019, the second 0.726; we
follow the first. Either way, with three coders and more and hardly anything that two of them coded, what is
left to be expected is nil or below it, and the formula would call full disagreement agreement: we call the
coefficient undefined then. The definition of 1995 and 2004, by squared distances, is another coefficient.

References
----------
Krippendorff, Mathet, Bouvry, Widlöcher (2016), On the reliability of unitizing textual continua: Further
developments, doi:10.1007/s11135-015-0266-1; Krippendorff (2019), Content Analysis, 4th ed., section 12.6,
doi:10.4135/9781071878781. Equations of 2016 are numbered as https://github.com/lindanna/unitized_alpha cites
them, figures of 2019 as https://github.com/quallmer/quallmer does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from ppdarchive.agreement.coded import Coded, Coefficient
from ppdarchive.agreement.continuum import (
    Continuum,
    Floats,
    Segments,
    end_to_end,
    paired,
    partition,
    shared,
)
from ppdarchive.agreement.unitizing_formulas import (
    boundaries_of,
    code_given_coding_of,
    coding_of,
    firm,
    values_of,
)

FEW_CODERS: Final = "fewer than two coders"
NO_PAIRS: Final = "no response was seen by two coders"
NOT_CODED: Final = "nothing is coded"
ALL_CODED: Final = "no variation: every character is coded"
NOT_PAIRED: Final = "no character was coded by two coders"
ONE_VALUE: Final = "no variation: one and the same value throughout"
NOT_USED: Final = "the code was never used"
EVERYWHERE: Final = "no variation: the code is everywhere"
TOO_LITTLE: Final = "too little was coded by two coders to say what chance would do"

N_CELLS: Final = 20_000_000
"""Participants times values above which `values` and `coding` have no sums by participant."""
N_DRAWS: Final = 1_000
"""Fewer participants than this count as so many there: the sums of that many replicates are needed too."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class UnitizedSums:
    """A coefficient as sums over participants, and the formula from sums to its value.

    Attributes
    ----------
    sums : ndarray of float, shape (n_participants, n_features)
        What the coefficient counts, by participant; a single row of totals if not `is_by_participant`.
    formula : callable
        Sums of shape (..., n_features) -> values of shape (...), NaN where undefined.
    reasons : tuple of (callable, str)
        From totals of shape (n_features,): whether this is why the coefficient is undefined.
    n_units : int
        Responses that it is counted from.
    is_by_participant : bool
        False if the values were too many to be summed for each participant (`N_CELLS`): no interval then.
    n_several : int
        Characters, counted for each coder, to which one coder gave more than one code.
    """

    sums: Floats
    formula: Callable[[Floats], Floats]
    reasons: tuple[tuple[Callable[[Floats], bool], str], ...]
    n_units: int
    is_by_participant: bool = True
    n_several: int = 0

    @property
    def n_participants(self) -> int:
        """How many participants have a part in the sums, of one if they are totals only."""
        return int(self.sums.any(axis=1).sum())

    def coefficient(self) -> Coefficient:
        """The coefficient of the whole study, undefined with its reason, and without an interval.

        Returns
        -------
        Coefficient
            `bootstrap.with_interval` gives it its interval from replicates, ``formula(draws.sums(sums))``
            without the first row, and `n_participants`.
        """
        totals = self.sums.sum(axis=0)
        for applies, reason in self.reasons:
            if applies(totals):
                return Coefficient(None, n_units=self.n_units, reason=reason)
        return Coefficient(float(self.formula(totals)), n_units=self.n_units)

    def __repr__(self) -> str:
        return f"<UnitizedSums: {self.sums.shape[0]} participants, {self.sums.shape[1]} sums>"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class UnitizedFamily:
    """The u-alpha family of one study.

    Attributes
    ----------
    boundaries, values, coding : UnitizedSums
        Over all codes, see the module.
    code_boundaries, code_given_coding : tuple of UnitizedSums
        By code, in the order of `Coded.codes`.
    """

    boundaries: UnitizedSums
    values: UnitizedSums
    coding: UnitizedSums
    code_boundaries: tuple[UnitizedSums, ...]
    code_given_coding: tuple[UnitizedSums, ...]

    def __repr__(self) -> str:
        return f"<UnitizedFamily: {len(self.code_boundaries)} codes>"


def unitized(coded: Coded) -> UnitizedFamily:
    """Sum what the u-alpha family counts, once for all its coefficients.

    Parameters
    ----------
    coded : Coded
        Codings that mark no character are no part of it: nothing can be measured on them.

    Returns
    -------
    UnitizedFamily

    Examples
    --------
    Two coders mark the first and the second half of one response of 20 characters, overlapping by 2.

    >>> study = Coded(
    ...     coders=("ana", "ben"), codes=("coach",), unit=np.array([0, 0]), coder=np.array([0, 1]),
    ...     code=np.array([0, 0]), start=np.array([0, 8]), end=np.array([10, 18]), lengths=np.array([20]),
    ...     participants=np.array([0]), rated=np.array([[True, True]]),
    ... )
    >>> round(unitized(study).boundaries.coefficient().value, 4)
    -0.38
    >>> unitized(study).coding.coefficient().reason
    'no variation: one and the same value throughout'
    """
    continuum = end_to_end(coded)
    pieces, several = partition(continuum)
    lone = _no_pairs(continuum)
    whole = continuum.per_participant(
        np.arange(continuum.n_responses), np.diff(continuum.bounds) * continuum.n_raters
    )
    response = continuum.responses_at(pieces.start)
    pair, pair_square = paired(continuum, pieces, pieces)
    _, agreed_at, agreed = shared(continuum, pieces)
    length = pieces.length.astype(np.float64)
    per = continuum.per_participant
    paired_sum, agreed_sum = per(response, pair), per(agreed_at, agreed)
    square_sum, pair_square_sum = per(response, np.square(length)), per(response, pair_square)
    n_several = int(pieces.length[several].sum())
    n_responses = continuum.n_responses
    n_paired = len(np.unique(response[pair > 0]))
    by_value, is_by_value = _by_value(continuum, pieces, length)
    by_pair, is_by_pair = _by_value(continuum, pieces, pair)
    return UnitizedFamily(
        boundaries=UnitizedSums(
            np.column_stack((whole, per(response, length), paired_sum, square_sum)),
            boundaries_of,
            (*lone, (_nothing, NOT_CODED), (_everything, ALL_CODED)),
            n_responses,
        ),
        values=UnitizedSums(
            _stacked((whole, agreed_sum, paired_sum, square_sum), by_value, is_by_value),
            values_of,
            (*lone, (_no_values, NOT_CODED), (partial(_undefined, values_of), ONE_VALUE)),
            n_responses,
            is_by_value,
            n_several,
        ),
        coding=UnitizedSums(
            _stacked((agreed_sum, pair_square_sum), by_pair, is_by_pair),
            coding_of,
            (
                *lone,
                (_no_pairable, NOT_PAIRED),
                (_one_value, ONE_VALUE),
                (partial(_undefined, coding_of), TOO_LITTLE),
            ),
            n_paired,
            is_by_pair,
            n_several,
        ),
        **_by_code(continuum, pieces, whole, paired_sum, lone),
    )


def _by_code(
    continuum: Continuum,
    pieces: Segments,
    whole: Floats,
    paired_sum: Floats,
    lone: tuple[tuple[Callable[[Floats], bool], str], ...],
) -> dict[str, tuple[UnitizedSums, ...]]:
    marked = continuum.marked
    response = continuum.responses_at(marked.start)
    length = marked.length.astype(np.float64)
    pair, pair_square = paired(continuum, marked, pieces)
    shared_code, shared_at, agreed = shared(continuum, marked)
    codes = np.arange(continuum.n_codes + 1)
    # Both are in the order of their codes, so that a code's rows are a slice.
    own_rows, shared_rows = np.searchsorted(marked.value, codes), np.searchsorted(shared_code, codes)
    per = continuum.per_participant
    bounds, given = [], []
    for code in range(continuum.n_codes):
        own = slice(own_rows[code], own_rows[code + 1])
        both = slice(shared_rows[code], shared_rows[code + 1])
        at = response[own]
        agreed_sum = per(shared_at[both], agreed[both])
        bounds.append(
            UnitizedSums(
                np.column_stack((whole, per(at, length[own]), agreed_sum, per(at, np.square(length[own])))),
                boundaries_of,
                (*lone, (_nothing, NOT_USED), (_everything, EVERYWHERE)),
                continuum.n_responses,
            )
        )
        given.append(
            UnitizedSums(
                np.column_stack((per(at, pair[own]), agreed_sum, per(at, pair_square[own]), paired_sum)),
                code_given_coding_of,
                (
                    *lone,
                    (partial(_when, not len(at)), NOT_USED),
                    (_not_here, NOT_PAIRED),
                    (_all_here, EVERYWHERE),
                    (partial(_undefined, code_given_coding_of), TOO_LITTLE),
                ),
                len(np.unique(at[pair[own] > 0])),
            )
        )
    return {"code_boundaries": tuple(bounds), "code_given_coding": tuple(given)}


def _by_value(continuum: Continuum, pieces: Segments, amount: Floats) -> tuple[Floats, bool]:
    """Amounts by participant and value, or by value alone if that would be too many; and which it is."""
    n_values = int(pieces.value.max(initial=-1)) + 1
    if n_values * max(continuum.n_participants, N_DRAWS) > N_CELLS:
        return np.bincount(pieces.value, amount, minlength=n_values).astype(np.float64)[None, :], False
    people = continuum.participants[continuum.responses_at(pieces.start)]
    cells = np.bincount(
        people * n_values + pieces.value, amount, minlength=continuum.n_participants * n_values
    )
    return cells.astype(np.float64).reshape(continuum.n_participants, n_values), True


def _stacked(columns: tuple[Floats, ...], by_value: Floats, is_by_participant: bool) -> Floats:
    stacked = np.column_stack(columns)
    return np.hstack((stacked if is_by_participant else stacked.sum(axis=0, keepdims=True), by_value))


def _no_pairs(continuum: Continuum) -> tuple[tuple[Callable[[Floats], bool], str], ...]:
    few, none = continuum.n_coders < 2, continuum.n_responses == 0
    return (partial(_when, few), FEW_CODERS), (partial(_when, none), NO_PAIRS)


def _when(applies: bool, _: Floats) -> bool:
    return applies


def _nothing(totals: Floats) -> bool:
    return not totals[1]


def _everything(totals: Floats) -> bool:
    return bool(totals[1] == totals[0])


def _no_values(totals: Floats) -> bool:
    return not totals[4:].any()


def _no_pairable(totals: Floats) -> bool:
    return not totals[2:].any()


def _not_here(totals: Floats) -> bool:
    return not totals[0]


def _one_value(totals: Floats) -> bool:
    return bool(np.count_nonzero(totals[2:]) == 1)


def _all_here(totals: Floats) -> bool:
    return not firm(totals[3] - totals[0], totals[3])


def _undefined(formula: Callable[[Floats], Floats], totals: Floats) -> bool:
    return bool(np.isnan(formula(totals)))
