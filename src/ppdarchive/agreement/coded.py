"""Who marked which characters of which unit with which code: columns that all coefficients count from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Coded:
    """Independent codings of units (responses), as columns.

    Attributes
    ----------
    coders, codes : tuple of str
        Their ids, sorted; at least two coders for any agreement.
    unit, coder, code : ndarray of int64, shape (n_codings,)
        Indices into the units, `coders` and `codes`.
    start, end : ndarray of int64, shape (n_codings,)
        Code points of the unit's text, half-open; an empty one marks the unit and no character.
    lengths : ndarray of int64, shape (n_units,)
        Code points of each unit's text, all >= 1.
    participants : ndarray of int64, shape (n_units,)
        Whose each unit is, from 0 to n_participants - 1: what is drawn when intervals are computed.
    rated : ndarray of bool, shape (n_units, n_coders)
        Whether the coder saw the unit. A coder who saw it and marked nothing says "absent"; one who did
        not see it says nothing.
    """

    coders: tuple[str, ...]
    codes: tuple[str, ...]
    unit: Indices
    coder: Indices
    code: Indices
    start: Indices
    end: Indices
    lengths: Indices
    participants: Indices
    rated: npt.NDArray[np.bool_]

    @property
    def n_units(self) -> int:
        """How many units there are."""
        return len(self.lengths)

    def __repr__(self) -> str:
        return f"<Coded: {len(self.unit)} codings of {self.n_units} units by {len(self.coders)} coders>"


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient, its interval, and why it is undefined where it is.

    Attributes
    ----------
    value : float or None
        None: undefined.
    low, high : float or None
        The interval's ends; None where it is undefined or was not asked for.
    n_units : int
        Units that it was counted from.
    reason : str
        Why it is undefined; else empty.
    n_undefined_draws : int
        Replicates of the bootstrap in which it was undefined: left out of the interval.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n_units: int = 0
    reason: str = ""
    n_undefined_draws: int = 0
