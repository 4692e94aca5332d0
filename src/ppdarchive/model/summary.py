"""What a package tells of its values besides the rows: counts of participants, rounded figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a field's values before and after treatment.

    Attributes
    ----------
    name : {"entropy", "mean", "SD"}
        Entropy is in bits, and a missing value is a value.
    before : float or None
        None for a field that is released as collected.
    after : float
    step : float
        Both are multiples of it.
    """

    name: Literal["entropy", "mean", "SD"]
    before: float | None
    after: float
    step: float


@dataclass(frozen=True, slots=True)
class FieldSummary:
    """What is told of the values of one released field.

    Attributes
    ----------
    counts : mapping of str to (int or None)
        Participants who have each category, truth value or reason why a value is missing; under ``""``
        those with a value, where values are not listed. None is a count that is not told.
    n_missing : int or None
        Participants without value or reason, of whom a table has many rows: in any of them. None is not told.
    figures : tuple of Figure
    """

    counts: Mapping[str, int | None]
    n_missing: int | None = 0
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What is told of the values of a package.

    Attributes
    ----------
    fields : mapping of (str, str) to FieldSummary
        By table and field.
    min_cell : int or None
        The smallest count that is told; None if all are, since the rows are public.
    shows_zeros : bool
        Whether counts of 0 are told.
    uncounted : frozenset of str
        Tables whose number of rows is not told.
    """

    fields: Mapping[tuple[str, str], FieldSummary] = field(default_factory=lambda: MappingProxyType({}))
    min_cell: int | None = None
    shows_zeros: bool = True
    uncounted: frozenset[str] = frozenset()
