"""What a release tells whoever knows when participants came, went and answered: the classes that it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ppdarchive.risk.classes import Codes, Numbers, classes_of

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Steps:
    """Participants whose history is theirs alone, or nearly, after a release.

    A history is in which releases a participant is, what all before the new one tell of her together, and
    what all tell with it.

    Attributes
    ----------
    n_added, n_removed : int
        Participants of the new release who are not in the last one, and the other way round.
    n_changed : int
        Participants of both who no longer are like all who were like them.
    n_few_added, n_few_removed, n_few_changed : int
        Of these, those who share their history with too few of these. Who changed and is too rare whatever
        her history is not counted again.
    n_left_behind : int
        Participants who are too few since others who were like them are gone.
    """

    n_added: int
    n_removed: int
    n_changed: int
    n_few_added: int
    n_few_removed: int
    n_few_changed: int
    n_left_behind: int


def steps(earlier: Sequence[Mask], now: Mask, before: Numbers, after: Numbers, *, k: int) -> Steps:
    """Count the participants whom a new release singles out by when they came, went or answered.

    Parameters
    ----------
    earlier : sequence of ndarray of bool, each of shape (n_participants,), length >= 1
        Who is in each earlier release, the oldest first.
    now : ndarray of bool, shape (n_participants,)
        Who is in the new one.
    before : ndarray of int64, shape (n_known,)
        The class of each participant of the earlier releases on what they tell together; those who are new
        stand behind them.
    after : ndarray of int64, shape (n_participants,)
        The class of everybody on what all releases tell together.
    k : int
    """
    last = earlier[-1]
    known = np.full(len(now), -1, dtype=np.int64)
    known[: len(before)] = before
    past = [mask.astype(np.int8) for mask in earlier]
    added, removed, stays = now & ~last, last & ~now, last & now
    n_alike = _sizes([*past, known], last)
    n_staying = _sizes([*past, known], stays)
    n_same = _sizes([*past, known, after], stays)
    is_divided = stays & (n_same < n_staying)
    is_few_changed = is_divided & (n_same < k) & (_sizes([after], now) >= k)
    is_left = stays & (n_staying < n_alike) & (n_staying < k)
    return Steps(
        n_added=int(added.sum()),
        n_removed=int(removed.sum()),
        n_changed=int(is_divided.sum()),
        n_few_added=_few([*past, known, after], added, k),
        n_few_removed=_few([*past, known], removed, k),
        n_few_changed=int(is_few_changed.sum()),
        n_left_behind=int(is_left.sum()),
    )


def _sizes(columns: Sequence[Codes], counted: Mask) -> Numbers:
    """How many of those counted share all columns, for each; 0 for others."""
    return classes_of(columns, counted=counted).per_row


def _few(columns: Sequence[Codes], counted: Mask, k: int) -> int:
    """How many of those counted share all columns with fewer than k, themselves among them."""
    sizes = classes_of(columns, counted=counted).sizes
    return int(sizes[sizes < k].sum())
