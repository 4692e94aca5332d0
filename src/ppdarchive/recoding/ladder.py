"""The levels on which one field can be released, each a treatment and the values that it joins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ppdarchive.model.schema import Treatment

Codes = npt.NDArray[np.integer[Any]]
Groups = npt.NDArray[np.int64]

DROP: Final = Treatment("drop")


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One way to release a field.

    Attributes
    ----------
    treatment : Treatment
        What a schema declares to get there.
    groups : ndarray of int64, shape (n_values,)
        The group of each value, from 0; values of one group cannot be told apart.
    step : int
        Which of the steps it is that the ladder was made from, counted from 0.
    """

    treatment: Treatment
    groups: Groups
    step: int = 0

    @property
    def n_groups(self) -> int:
        """How many groups there are."""
        return int(self.groups.max(initial=-1)) + 1


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ladder:
    """A field's column, and its levels from fine to coarse; each level joins groups of the one below.

    Missing is a value like any other, since that a participant gave no answer tells her apart. It is
    joined to other values only where the level says so, as on the last one: a field that is dropped
    tells nothing.

    Attributes
    ----------
    name : str
        What it is called in a result, as ``table.field``.
    codes : ndarray of int64, shape (n_rows,)
        The value of each row, from 0 to n_values - 1; every value has a row.
    levels : tuple of Level, length >= 1
    weight : float
        What its loss counts for, compared with that of other fields.
    """

    name: str
    codes: Groups
    levels: tuple[Level, ...]
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not self.levels:
            raise ValueError(f"{self.name} has no level")
        if not (0 < self.weight < float("inf")):
            raise ValueError(f"{self.name} needs a weight above 0")
        for finer, coarser in zip(self.levels, self.levels[1:], strict=False):
            if not nests(finer.groups, coarser.groups):
                raise ValueError(f"{self.name}: {coarser.treatment.method!r} parts what a finer level joins")

    def __repr__(self) -> str:
        return f"<Ladder {self.name}: {len(self.levels)} levels of {self.n_values} values>"

    @property
    def n_values(self) -> int:
        """How many values there are, missing ones included."""
        return len(self.levels[0].groups)

    @property
    def height(self) -> int:
        """The number of the coarsest level."""
        return len(self.levels) - 1

    def at(self, level: int) -> Groups:
        """The group of each row on a level, shape (n_rows,)."""
        return self.levels[level].groups[self.codes]


def nests(finer: Groups, coarser: Groups) -> bool:
    """Whether values that share a group share one on the coarser level too."""
    if finer.shape != coarser.shape:
        return False
    above = np.zeros(int(finer.max(initial=-1)) + 1, dtype=np.int64)
    above[finer] = coarser
    return bool((above[finer] == coarser).all())


def ladder(
    name: str,
    codes: Codes,
    steps: Sequence[tuple[Treatment, Codes]],
    *,
    drop: bool = True,
    weight: float = 1.0,
) -> Ladder:
    """A ladder from a column and what it looks like after each of some treatments.

    Any treatment that looks at one field can be a step, since only its outcome counts. For a table of
    several rows a participant a "value" may be the whole of what a participant has in the field.

    Parameters
    ----------
    name : str
    codes : ndarray of integers, shape (n_rows,)
        The column as collected; -1 is missing.
    steps : sequence of (Treatment, ndarray of integers of shape (n_rows,))
        Treatments from fine to coarse, and the codes of the treated column; -1 is missing.
    drop : bool, optional
        Whether the last level is to release nothing.
    weight : float, optional

    Returns
    -------
    Ladder
        Steps that change nothing are left out, but for the first.

    Raises
    ------
    ValueError
        If a treatment parts rows that it should join, or levels do not nest.
    """
    base, first = _dense(codes)
    levels: list[Level] = []
    for treatment, column in steps:
        own, _ = _dense(column)
        groups = own[first]
        if not (groups[base] == own).all():
            raise ValueError(f"{name}: {treatment.method!r} treats rows of one value differently")
        levels.append(Level(treatment, groups, len(levels)))
    if drop:
        levels.append(Level(DROP, np.zeros(len(first), dtype=np.int64), len(levels)))
    different = [
        level
        for number, level in enumerate(levels)
        if number == 0 or not _same(level.groups, levels[number - 1].groups)
    ]
    return Ladder(name, base, tuple(different), weight)


def _same(one: Groups, other: Groups) -> bool:
    return nests(one, other) and nests(other, one)


def _dense(codes: Codes) -> tuple[Groups, Groups]:
    """Each row's number among the distinct codes, and the first row of each."""
    _, first, of = np.unique(codes, return_index=True, return_inverse=True)
    return of.astype(np.int64, copy=False), first.astype(np.int64, copy=False)
