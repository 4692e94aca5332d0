"""Small cells of published counts: which counts are left out, so that none of 1 to 10 can be known.

All counts that go to one audience are looked at together. A cell is a conjunction of values, such as
branch = Navy and rurality = rural; the same cell may stand in several tables, and margins are cells of
fewer fields. Sums tie them to each other, and a reader is taken to know all sums.

References
----------
CMS cell size suppression policy (https://resdac.org/node/1506); Cox (1980), Suppression methodology and
statistical disclosure control, doi:10.1080/01621459.1980.10477481.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.risk.bounds import Unknowns, unknowns
from ppdarchive.risk.classes import Codes, Numbers

Mask = npt.NDArray[np.bool_]

Cell = tuple[tuple[str, ...], tuple[int, ...]]
"""Fields and a code of each; no field is all participants."""

EVERYBODY: Final[Cell] = ((), ())

MIN_CELL: Final = 11
"""The smallest count that may be published, apart from 0."""

_EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Relation:
    """One cell is the sum of others.

    Attributes
    ----------
    whole : int
    parts : tuple of int
    """

    whole: int
    parts: tuple[int, ...]

    @property
    def cells(self) -> tuple[int, ...]:
        """All of its cells."""
        return (self.whole, *self.parts)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cells:
    """Counts of participants, and how they add up.

    Attributes
    ----------
    places : mapping of Cell to int
        Where each cell stands in `counts`.
    counts : ndarray of int64, shape (n_cells,)
    relations : tuple of Relation
    """

    places: Mapping[Cell, int]
    counts: Numbers
    relations: tuple[Relation, ...]

    def __repr__(self) -> str:
        return f"<Cells: {len(self.counts)} counts, {len(self.relations)} sums>"

    def table(self, fields: Sequence[str], values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """Arrange one value for each cell as the table of some fields.

        Parameters
        ----------
        fields : sequence of str
            In the order in which they were tabulated.
        values : ndarray, shape (n_cells,)

        Returns
        -------
        ndarray, shape (n_codes of the first field, ...)
            The last place of an axis is for missing values, where there are any.
        """
        own = {codes: place for (names, codes), place in self.places.items() if names == tuple(fields)}
        shape = tuple(len(set(axis)) for axis in zip(*own, strict=True))
        found = np.zeros(shape, dtype=values.dtype)
        for codes, place in own.items():
            found[codes] = values[place]
        return found


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Suppression:
    """Which cells are not published.

    Attributes
    ----------
    suppressed : ndarray of bool, shape (n_cells,)
    shows_zeros : bool
        Whether cells of 0 are published, so that everyone knows that a suppressed one is none.
    """

    suppressed: Mask
    shows_zeros: bool

    def __repr__(self) -> str:
        return f"<Suppression of {np.count_nonzero(self.suppressed)} of {len(self.suppressed)} cells>"


def tabulate(columns: Mapping[str, Codes], tables: Collection[Sequence[str]]) -> Cells:
    """Count the participants of each cell of some tables and of all their margins.

    Parameters
    ----------
    columns : mapping of str to ndarray of integers, each of shape (n_participants,)
        Codes of 0 or more; -1 is missing, and is a value that is counted like the others.
    tables : collection of sequence of str
        The fields of each table: one for the frequencies of a field, two for a cross table.

    Returns
    -------
    Cells
        Of every combination of codes that the fields have, also where nobody has it.
    """
    order = list(columns)
    margins = {
        tuple(sorted(part, key=order.index))
        for fields in tables
        for size in range(len(fields) + 1)
        for part in combinations(fields, size)
    }
    # Nobody expects a cell for missing values where none is missing.
    first = {name: -1 if (codes < 0).any() else 0 for name, codes in columns.items()}
    sizes = {name: int(codes.max(initial=-1)) + 1 - first[name] for name, codes in columns.items()}
    n_participants = len(next(iter(columns.values()), ()))
    places: dict[Cell, int] = {}
    counts: list[Numbers] = []
    for fields in sorted(margins, key=lambda each: (len(each), each)):
        shape = tuple(sizes[name] for name in fields)
        key = np.zeros(n_participants, dtype=np.int64)
        for name in fields:
            key = key * sizes[name] + (columns[name] - first[name])
        counts.append(np.bincount(key, minlength=int(np.prod(shape))))
        for codes in np.ndindex(*shape):
            own = zip(codes, fields, strict=True)
            places[fields, tuple(code + first[name] for code, name in own)] = len(places)
    return Cells(places, np.concatenate(counts), tuple(_relations(places)))


def suppression(
    counts: Numbers, relations: Sequence[Relation], *, min_cell: int = MIN_CELL, kept: Collection[int] = ()
) -> Suppression:
    """Choose the cells that are left out, so that no count of 1 to `min_cell` - 1 can be derived.

    Small cells are left out, and then as many others as it takes. Which others is chosen step by step,
    the smallest first; then all that turn out not to be needed are published again, so that every one
    that remains is needed. If publishing zeros gives a small cell away, zeros are left out too.

    Parameters
    ----------
    counts : ndarray of int64, shape (n_cells,)
    relations : sequence of Relation
    min_cell : int
    kept : collection of int
        Cells that are known anyway, such as the number of participants, and left out only if small.

    Returns
    -------
    Suppression

    Raises
    ------
    ValueError
        If a small cell follows from the kept ones.
    """
    for shows_zeros in (True, False):
        problem = _Problem(counts, relations, min_cell, shows_zeros, kept)
        if problem.solve():
            return Suppression(problem.suppressed, shows_zeros)
    raise ValueError("a small cell follows from what has to be published")


def intervals(
    counts: Numbers, relations: Sequence[Relation], plan: Suppression
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """What a reader can derive of each cell: a lower and an upper bound.

    Returns
    -------
    low, high : ndarrays of float64, shape (n_cells,)
        Both the count itself for a cell that is published; `high` is infinite where nothing limits it.
    """
    low, high = counts.astype(np.float64), counts.astype(np.float64)
    least = 1 if plan.shows_zeros else 0
    for group in _groups(relations, plan.suppressed):
        state, own = _state(counts, relations, group, least)
        for place, cell in enumerate(own):
            for upwards, bound in ((False, low), (True, high)):
                is_limited = state.push(place, upwards=upwards)
                bound[cell] = state.corner[place] + least if is_limited else np.inf
    return low, high


@dataclass(slots=True)
class _Problem:
    """The search for a plan.

    A world is a set of counts that a reader cannot rule out, as differences from the true ones. A cell
    is safe if it differs in some world. Worlds stay possible while more cells are suppressed, and those
    that differ in a cell fall when it is published: linear programs are solved for what is left. They go
    on from where the last one stopped, with the cells held that are published again.
    """

    counts: Numbers
    relations: Sequence[Relation]
    min_cell: int
    shows_zeros: bool
    kept: Collection[int]
    suppressed: Mask = field(init=False)
    small: Mask = field(init=False)
    worlds: list[npt.NDArray[np.float64]] = field(init=False)
    states: list[tuple[Unknowns, Numbers]] = field(init=False)

    def __post_init__(self) -> None:
        self.small = (self.counts > 0) & (self.counts < self.min_cell)
        self.suppressed = self.small | ((self.counts == 0) & (not self.shows_zeros))
        self.worlds, self.states = [], []

    def solve(self) -> bool:
        """Suppress until no small cell can be derived; False if that cannot be reached."""
        while True:
            # A cell that is derived by plain subtraction hides nothing, whether it is small or not.
            hidden = [self._hide_beside(cell) for cell in self._alone()]
            if any(hidden):
                continue
            exposed = self._exposed(self._unknowns())
            if not exposed:
                break
            before = self.suppressed.copy()
            hidden = [self._hide_beside(cell, before) for cell in exposed]
            if not any(hidden):
                return False
        self.states = self._unknowns()
        added = np.flatnonzero(self.suppressed & (self.counts >= self.min_cell))
        for cell in added[np.argsort(-self.counts[added], kind="stable")]:
            self._publish(int(cell))
        return True

    def _publish(self, cell: int) -> None:
        """Publish a cell again, unless a small one could be derived."""
        worlds, states = self.worlds, self.states
        self.suppressed[cell] = False
        if not any(self.small[alone] for alone in self._alone()):
            value = float(self.counts[cell] - self._least)
            self.states = [
                (state.fixed(int(np.flatnonzero(own == cell)[0]), value) if cell in own else state, own)
                for state, own in states
            ]
            self.worlds = [world for world in worlds if abs(world[cell]) < _EPSILON]
            if not self._exposed(self.states):
                return
        self.suppressed[cell], self.worlds, self.states = True, worlds, states

    @property
    def _least(self) -> int:
        return 1 if self.shows_zeros else 0

    def _unknowns(self) -> list[tuple[Unknowns, Numbers]]:
        """What is known of the suppressed cells, by groups that are tied to each other."""
        groups = _groups(self.relations, self.suppressed)
        return [_state(self.counts, self.relations, group, self._least) for group in groups]

    def _alone(self) -> list[int]:
        """Cells that are the only gap of a sum."""
        gaps = ([cell for cell in relation.cells if self.suppressed[cell]] for relation in self.relations)
        return sorted({cells[0] for cells in gaps if len(cells) == 1})

    def _hide_beside(self, exposed: int, before: Mask | None = None) -> bool:
        """Hide the smallest cell that can help; none, if since `before` one was hidden beside this."""
        near = [relation for relation in self.relations if exposed in relation.cells]
        beside = sorted({cell for relation in near for cell in relation.cells})
        if before is not None and (self.suppressed[beside] & ~before[beside]).any():
            return True
        alone = [relation for relation in near if sum(self.suppressed[list(relation.cells)]) == 1]
        group = next(each for each in _groups(self.relations, self.suppressed) if exposed in each)
        tied = [relation for relation in self.relations if group & set(relation.cells)]
        for relations in (alone,) if before is None else (alone, near, tied):
            cells = {cell for relation in relations for cell in relation.cells if self._can_hide(cell)}
            if cells:
                self.suppressed[min(cells, key=lambda cell: (self.counts[cell], cell))] = True
                return True
        return False

    def _can_hide(self, cell: int) -> bool:
        return not self.suppressed[cell] and self.counts[cell] > 0 and cell not in self.kept

    def _exposed(self, states: list[tuple[Unknowns, Numbers]]) -> list[int]:
        """The small cells of one group that can be derived."""
        in_doubt = self.small.copy()
        for world in self.worlds:
            in_doubt &= ~_differs(world)
        for state, own in states:
            actual = self.counts[own] - self._least
            for place in np.flatnonzero(in_doubt[own]).tolist():
                for upwards in (True, False):
                    if in_doubt[own[place]]:
                        # Every extreme shows for all cells at once that they could be something else.
                        world = np.zeros(len(self.counts))
                        world[own] = state.extreme(place, upwards=upwards) - actual
                        self.worlds.append(world)
                        in_doubt &= ~_differs(world)
            if in_doubt[own].any():
                return [int(cell) for cell in own[in_doubt[own]]]
        return []


def _differs(world: npt.NDArray[np.float64]) -> Mask:
    """Where a cell could be at least one more, or one less."""
    return np.asarray(np.abs(world) >= 1 - _EPSILON)


def _relations(places: Mapping[Cell, int]) -> Iterator[Relation]:
    """Each cell is the sum of those that differ from it by one more field."""
    parts: dict[tuple[int, str], list[int]] = {}
    for (fields, codes), place in places.items():
        for left_out, name in enumerate(fields):
            rest = fields[:left_out] + fields[left_out + 1 :]
            whole = places[rest, codes[:left_out] + codes[left_out + 1 :]]
            parts.setdefault((whole, name), []).append(place)
    for (whole, _), own in parts.items():
        yield Relation(whole, tuple(own))


def _groups(relations: Sequence[Relation], suppressed: Mask) -> list[set[int]]:
    """Suppressed cells that are tied to each other by sums."""
    group_of: dict[int, set[int]] = {}
    for relation in relations:
        hidden = {cell for cell in relation.cells if suppressed[cell]}
        merged = set().union(*(group_of.get(cell, {cell}) for cell in hidden))
        for cell in merged:
            group_of[cell] = merged
    alone = [{int(cell)} for cell in np.flatnonzero(suppressed) if int(cell) not in group_of]
    return [*{id(group): group for group in group_of.values()}.values(), *alone]


def _state(
    counts: Numbers, relations: Sequence[Relation], group: set[int], least: int
) -> tuple[Unknowns, Numbers]:
    """What is known of a group: each of its cells above `least`, and all sums."""
    own = np.array(sorted(group), dtype=np.int64)
    place_of = {cell: place for place, cell in enumerate(own.tolist())}
    tied = [relation for relation in relations if group & set(relation.cells)]
    equations = np.zeros((len(tied), len(own)))
    for row, relation in enumerate(tied):
        for cell, sign in ((relation.whole, -1.0), *((part, 1.0) for part in relation.parts)):
            if cell in place_of:
                equations[row, place_of[cell]] += sign
    # The true counts satisfy all sums, so they also say what the suppressed cells of each add up to.
    return unknowns(equations, equations @ (counts[own] - least)), own
