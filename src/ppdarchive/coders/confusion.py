"""Which codes other coders used where one coder used this one: what a codebook's definitions leave open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from ppdarchive.agreement.coded import Coded, Indices
from ppdarchive.report.agreement import Confusion

_PAIRS: Final = 1 << 22
"""Pairs of segments that are looked at together: a few arrays of 32 MB."""


def confusions(coded: Coded, codes: Sequence[str]) -> tuple[Confusion, ...]:
    """Count, for each code, what the others marked where a coder marked it.

    Parameters
    ----------
    coded : Coded
        Independent codings. One that marks no character stands for its whole response.
    codes : sequence of str
        Which codes to look at.

    Returns
    -------
    tuple of Confusion
        In the order of `codes`. Each segment counts once for each other coder who saw its response, and
        once for each code that this coder gave to any of its characters instead.
    """
    bounds = np.searchsorted(np.sort(coded.unit), np.arange(coded.n_units + 1))
    by_unit = np.argsort(coded.unit, kind="stable")
    is_whole = coded.start == coded.end
    start = np.where(is_whole, 0, coded.start)
    end = np.where(is_whole, coded.lengths[coded.unit], coded.end)
    n_raters = coded.rated.sum(axis=1)
    found = []
    for name in codes:
        code = coded.codes.index(name)
        own = np.flatnonzero(coded.code == code)
        n = int((n_raters[coded.unit[own]] - 1).sum())
        met = np.zeros(len(coded.codes), dtype=np.int64)
        n_met = 0
        for one, other in _in_one_unit(own, coded.unit, bounds, by_unit):
            meets = coded.coder[one] != coded.coder[other]
            meets &= (start[one] < end[other]) & (start[other] < end[one])
            judged = one[meets] * len(coded.coders) + coded.coder[other[meets]]
            theirs = coded.code[other[meets]]
            n_met += len(np.unique(judged))
            agreed = np.unique(judged[theirs == code])
            instead = ~np.isin(judged, agreed)
            different = np.unique(np.column_stack((judged[instead], theirs[instead])), axis=0)
            met += np.bincount(different[:, 1], minlength=len(met))
            met[code] += len(agreed)
        others = sorted(
            (-int(met[place]), coded.codes[place]) for place in np.flatnonzero(met) if place != code
        )
        found.append(
            Confusion(name, n, int(met[code]), n - n_met, tuple((other, -count) for count, other in others))
        )
    return tuple(found)


def _in_one_unit(
    own: Indices, unit: Indices, bounds: Indices, by_unit: Indices
) -> Iterator[tuple[Indices, Indices]]:
    """Each segment of `own` with each segment of its response, itself among them, some at a time."""
    counts = np.diff(bounds)[unit[own]]
    behind = np.cumsum(counts)
    first = 0
    while first < len(own):
        before = behind[first - 1] if first else 0
        last = max(int(np.searchsorted(behind, before + _PAIRS, side="right")), first + 1)
        some, n = own[first:last], counts[first:last]
        within = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
        yield np.repeat(some, n), by_unit[np.repeat(bounds[unit[some]], n) + within]
        first = last
