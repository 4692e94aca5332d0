"""Special uniques: participants whom few fields are enough to tell apart (SUDA2).

A minimal sample unique is a set of fields on which a participant is alone, and on no part of which
she is. Sets are looked at level by level. A participant who is alone on a part of a set is neither
minimal on it nor anyone's companion, so rows drop out of the larger sets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial, prod
from typing import Literal

import numpy as np
import numpy.typing as npt

from ppdarchive.risk.classes import Codes, Numbers, class_sizes, classes_of
from ppdarchive.risk.measures import n_uniques

Scoring = Literal["elliot", "ihsn"]
"""``elliot`` as in the paper of 2005; ``ihsn`` as in the implementation of the IHSN."""

_Bits = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SpecialUniques:
    """What makes participants special.

    Attributes
    ----------
    scores : ndarray of float64, shape (n_rows,)
        The more and the smaller the sets on which a row is alone, the higher; 0 if it is on none.
    dis_scores : ndarray of float64, shape (n_rows,)
        Probability that a match with the row is right.
    smallest : ndarray of int64, shape (n_rows,)
        Fields of the smallest of its sets; 0 if there is none.
    contributions : ndarray of float64, shape (n_columns,)
        Share of the scores that stems from sets with the column. They sum to more than 1.
    """

    scores: npt.NDArray[np.float64]
    dis_scores: npt.NDArray[np.float64]
    smallest: Numbers
    contributions: npt.NDArray[np.float64]

    def __repr__(self) -> str:
        return f"<SpecialUniques: {np.count_nonzero(self.scores)} of {len(self.scores)} rows>"


def special_uniques(
    columns: Sequence[Codes],
    *,
    largest: int | None = None,
    fraction: float = 0.01,
    scoring: Scoring = "elliot",
) -> SpecialUniques:
    """Find and score all minimal sample uniques.

    Parameters
    ----------
    columns : sequence of ndarray of integers, each of shape (n_rows,), length >= 1
        Codes of 0 or more; -1 (missing) is a value of its own.
    largest : int, optional
        Fields in the largest set that is looked at; all, if not given. The number of sets doubles
        with each column.
    fraction : float
        Share of the population that is in the sample, for the DIS scores.
    scoring : {"elliot", "ihsn"}

    Returns
    -------
    SpecialUniques

    Raises
    ------
    ValueError
        If there is no column, they are not of one length, or `fraction` is not between 0 and 1.

    References
    ----------
    Elliot et al. (2005), SUDA: a program for detecting special uniques; Manning, Haglin and Keane
    (2008), doi:10.1007/s10618-007-0078-6; Skinner and Elliot (2002), doi:10.1111/1467-9868.00365.
    """
    if not 0 < fraction <= 1:
        raise ValueError("the fraction is between 0 and 1")
    classes = classes_of(columns)
    alone = classes.per_row == 1
    order = np.argsort(~alone, kind="stable")
    # Of rows that agree in all columns two are enough to show that neither is alone.
    n_alone, rest = int(alone.sum()), order[int(alone.sum()) :]
    _, first = np.unique(classes.of[rest], return_index=True)
    rows = np.concatenate([order[:n_alone], np.repeat(rest[first], 2)])
    found = _search([column[rows] for column in columns], n_alone, largest or len(columns), scoring)
    scores, smallest = np.zeros(len(alone)), np.zeros(len(alone), dtype=np.int64)
    scores[order[:n_alone]], smallest[order[:n_alone]] = found.scores, found.smallest
    n_pairs = int(np.count_nonzero(classes.sizes == 2))
    dis = _dis_scores(scores, len(columns), n_alone, n_pairs, fraction)
    total = scores.sum()
    shares = found.by_column / total if total else found.by_column
    return SpecialUniques(scores, dis, smallest, shares)


def uniques_by_fields(columns: Sequence[Codes], *, largest: int = 3) -> Mapping[tuple[int, ...], int]:
    """Count the rows that are alone on each set of up to `largest` columns.

    Returns
    -------
    mapping of tuple of int to int
        By the positions of the columns.
    """
    sets = (each for size in range(1, largest + 1) for each in combinations(range(len(columns)), size))
    return {each: n_uniques(class_sizes([columns[place] for place in each])) for each in sets}


@dataclass(slots=True)
class _Found:
    scores: npt.NDArray[np.float64]
    smallest: Numbers
    by_column: npt.NDArray[np.float64]


def _search(columns: Sequence[Codes], n_alone: int, largest: int, scoring: Scoring) -> _Found:
    """Score the first `n_alone` rows, which are alone on all columns together; the others are on none."""
    n_columns, n_rows = len(columns), len(columns[0])
    found = _Found(np.zeros(n_alone), np.zeros(n_alone, dtype=np.int64), np.zeros(n_columns))
    # Bit by bit whether each row is alone on a set, for all sets of the level below.
    below: dict[tuple[int, ...], _Bits] = {(): np.packbits(np.zeros(n_alone, dtype=np.bool_))}
    for size in range(1, min(largest, n_columns) + 1):
        weight = _weight(size, n_columns, largest, scoring)
        level: dict[tuple[int, ...], _Bits] = {}
        for chosen in combinations(range(n_columns), size):
            parts = [below[chosen[:place] + chosen[place + 1 :]] for place in range(size)]
            known = np.bitwise_or.reduce(parts)
            is_open = np.ones(n_rows, dtype=np.bool_)
            is_open[:n_alone] = ~np.unpackbits(known, count=n_alone).astype(np.bool_)
            rows = np.flatnonzero(is_open)
            minimal = rows[classes_of([columns[place][rows] for place in chosen]).per_row == 1]
            found.scores[minimal] += weight
            found.by_column[list(chosen)] += weight * len(minimal)
            new = minimal[found.smallest[minimal] == 0]
            found.smallest[new] = size
            is_new = np.zeros(n_alone, dtype=np.bool_)
            is_new[minimal] = True
            level[chosen] = known | np.packbits(is_new)
        below = level
    return found


def _weight(size: int, n_columns: int, largest: int, scoring: Scoring) -> float:
    """What a set of `size` of `n_columns` fields adds to the score."""
    if scoring == "ihsn":
        rest = n_columns - size
        return (2.0**rest - 1) * factorial(size) * factorial(rest) / factorial(n_columns)
    return float(prod(n_columns - each for each in range(size, min(largest, n_columns - 1) + 1)))


def _dis_scores(
    scores: npt.NDArray[np.float64], n_columns: int, n_alone: int, n_pairs: int, fraction: float
) -> npt.NDArray[np.float64]:
    """Spread the chance that a unique match is right over the uniques, by their scores."""
    found = np.zeros(len(scores))
    special = scores > 0
    if not special.any():
        return found
    uniques = n_alone * fraction
    dis = uniques / (uniques + 2 * n_pairs * (1 - fraction))
    spread = scores[special] ** (1 + (8 - n_columns) / 20)
    wrong = n_alone / dis - n_alone
    found[special] = 1 / (1 + wrong / (spread * (1 / spread).sum()))
    return found
