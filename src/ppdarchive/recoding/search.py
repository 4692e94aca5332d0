"""The search for the levels and the suppressed records that meet the criteria at the least loss."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.recoding.criteria import Criterion
from ppdarchive.recoding.ladder import Groups, Ladder, Level
from ppdarchive.recoding.lattice import Judged, Node, Table, all_nodes, finer, n_nodes
from ppdarchive.recoding.loss import Loss, non_uniform_entropy

Mask = npt.NDArray[np.bool_]

EXACT_UP_TO: Final = 10_000
"""Lattices of more nodes are not searched whole."""

BUDGET: Final = 5_000
"""Nodes that are counted at most where a lattice is not searched whole."""

_SLACK: Final = 1e-12
"""Losses that differ by less are equal: they are sums in different orders."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Solution:
    """Levels, and the records that are left out so that they suffice.

    Attributes
    ----------
    ladders : tuple of Ladder
    node : tuple of int
        The level of each field.
    loss : float
        From 0 to 1.
    suppressed : ndarray of bool, shape (n_rows,)
        Records to leave out as a whole.
    """

    ladders: tuple[Ladder, ...]
    node: Node
    loss: float
    suppressed: Mask

    def __repr__(self) -> str:
        return f"<Solution at {self.node}: loss {self.loss:.4f}, {self.n_suppressed} suppressed>"

    @property
    def levels(self) -> tuple[Level, ...]:
        """The level of each field."""
        return tuple(each.levels[level] for each, level in zip(self.ladders, self.node, strict=True))

    @property
    def field_losses(self) -> tuple[float, ...]:
        """The share of each field's entropy that its level loses, over all records; 0 if it had none."""
        return tuple(map(_lost, self.ladders, self.node))

    @property
    def n_suppressed(self) -> int:
        """Records that are left out."""
        return int(self.suppressed.sum())

    @property
    def columns(self) -> list[Groups]:
        """Each field's groups for every record, suppressed ones included, each of shape (n_rows,)."""
        return [each.at(level) for each, level in zip(self.ladders, self.node, strict=True)]


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found, and how far it went.

    Attributes
    ----------
    best : Solution or None
        None if no node that was counted meets the criteria.
    is_exact : bool
        Whether no node at all is better (or, with `best` None, meets the criteria).
    n_nodes : int
        Nodes of the lattice.
    n_counted : int
        Nodes whose classes were counted; of the others it is known without that.
    n_suppressed_at_top : int
        Records that must be suppressed even on the coarsest levels; with k alone, or criteria that are
        always monotone, on any.
    """

    best: Solution | None
    is_exact: bool
    n_nodes: int
    n_counted: int
    n_suppressed_at_top: int


def search(
    ladders: Sequence[Ladder],
    *,
    k: int,
    criteria: Sequence[Criterion] = (),
    max_suppressed: float = 0.0,
    loss: Callable[[Sequence[Ladder]], Loss] = non_uniform_entropy,
    exact_up_to: int = EXACT_UP_TO,
    budget: int = BUDGET,
) -> Search:
    """Find the node of least loss that meets the criteria.

    Of nodes of equal loss the one that suppresses fewer records is taken, then the one that is first.

    Parameters
    ----------
    ladders : sequence of Ladder, length >= 1
        One for each quasi-identifier, over the same records: one record a participant.
    k : int
        Records that a released class has at least.
    criteria : sequence of Criterion, optional
        What released classes must satisfy besides. A class that fails is suppressed whole.
    max_suppressed : float, optional
        Share of the records that may be suppressed, from 0 to less than 1.
    loss : callable, optional
        One of `ppdarchive.recoding.loss.LOSSES`.
    exact_up_to : int, optional
        Lattices of up to so many nodes are searched to the end: the result is the best there is.
    budget : int, optional
        Nodes to count in a larger lattice, best first.

    Returns
    -------
    Search

    Raises
    ------
    ValueError
        If there is no field or record, or a parameter is out of its range.

    References
    ----------
    Samarati (2001), doi:10.1109/69.971193 (generalization with suppression);
    Kohlmayer, Prasser and others (2012), Flash, doi:10.1109/SocialCom-PASSAT.2012.52 (paths of a
    lattice searched by bisection, predictive tagging).
    """
    if k < 1:
        raise ValueError("k is at least 1")
    if not 0 <= max_suppressed < 1:
        raise ValueError("the share of suppressed records is from 0 to less than 1")
    if not ladders or not len(ladders[0].codes):
        raise ValueError("a search needs at least one field and one record")
    # A share as it is written: 0.07 of 100 records are 7.
    most = floor(round(max_suppressed * len(ladders[0].codes), 9))
    measure = loss(ladders)
    table = Table(ladders, k=k, criteria=criteria, most=most, loss=measure)
    size = n_nodes(ladders)
    found = _Exact(table, measure) if size <= exact_up_to else _BestFirst(table, budget)
    found.run()
    best = None
    if found.best is not None:
        node = found.best.node
        best = Solution(tuple(ladders), node, found.best.loss, table.suppressed(node))
    at_top = int(table.suppressed(table.heights).sum())
    return Search(best, found.is_exact, size, found.n_counted, at_top)


def _lost(ladder: Ladder, level: int) -> float:
    nodes = np.array([[level]], dtype=np.int64)
    return float(non_uniform_entropy([ladder]).floors(nodes)[0])


def _better(one: Judged, other: Judged | None) -> bool:
    if other is None or one.loss < other.loss - _SLACK:
        return True
    is_equal = one.loss <= other.loss + _SLACK
    return is_equal and (one.n_suppressed, sum(one.node), one.node) < (
        other.n_suppressed,
        sum(other.node),
        other.node,
    )


class _Exact:
    """Every node is counted, or known not to matter: by its floor, or as finer than one that fails.

    Where the criteria are not monotone, k still is: what does not reach it is left out by bisection
    first, and only the others are judged.
    """

    is_exact = True

    def __init__(self, table: Table, loss: Loss) -> None:
        self._table = table
        self._nodes = all_nodes(table.heights)
        self._floors = loss.floors(self._nodes)
        self._open = np.ones(len(self._nodes), dtype=np.bool_)
        self._reaches_k = np.zeros(len(self._nodes), dtype=np.bool_)
        self._rank = self._nodes.sum(axis=1)
        self._strides = np.cumprod([1, *(height + 1 for height in table.heights[:0:-1])])[::-1]
        self.best: Judged | None = None
        self.n_counted = 0

    def run(self) -> None:
        """Search to the end."""
        while True:
            if self.best is not None:
                self._open &= self._floors <= self.best.loss + _SLACK
            candidates = np.flatnonzero(self._open)
            if not len(candidates):
                return
            floors = self._floors[candidates]
            lowest = candidates[floors <= floors.min() + _SLACK]
            start = int(lowest[np.argmin(self._rank[lowest])])
            if self._table.is_monotone:
                self._bisect(self._path(start), self._judge)
            elif not self._reaches_k[start]:
                self._bisect(self._path(start), self._reach)
            else:
                self._judge(start)

    def _path(self, start: int) -> list[int]:
        """Open nodes from `start` upward, each one level above the last and of the lowest floor."""
        path, here = [start], start
        while True:
            node = self._nodes[here]
            above = [
                here + int(stride)
                for stride, level, height in zip(self._strides, node, self._table.heights, strict=True)
                if level < height and self._open[here + int(stride)]
            ]
            if not above:
                return path
            here = min(above, key=lambda index: float(self._floors[index]))
            path.append(here)

    def _bisect(self, path: list[int], passes: Callable[[int], bool]) -> None:
        """Find the first node of a path that passes; those before it do not, nor does what is finer."""
        low, high = 0, len(path)
        while low < high:
            middle = (low + high) // 2
            if self._is_beaten(path[middle]) or passes(path[middle]):
                high = middle
            else:
                low = middle + 1

    def _is_beaten(self, index: int) -> bool:
        return self.best is not None and bool(self._floors[index] > self.best.loss + _SLACK)

    def _judge(self, index: int) -> bool:
        judged = self._table.judge(self._node(index))
        self.n_counted += not self._reaches_k[index]
        self._open[index] = False
        if judged.is_met and _better(judged, self.best):
            self.best = judged
        if judged.is_hopeless:
            self._close_finer(index)
        if judged.floor > self._floors[index] + _SLACK:
            coarser = (self._nodes >= self._nodes[index]).all(axis=1)
            self._floors[coarser] = np.maximum(self._floors[coarser], judged.floor)
        return judged.is_met

    def _reach(self, index: int) -> bool:
        """Whether a node reaches k; if it does not, neither it nor a finer one meets all criteria."""
        if not self._reaches_k[index]:
            self.n_counted += 1
            self._reaches_k[index] = self._table.reaches_k(self._node(index))
        if not self._reaches_k[index]:
            self._close_finer(index)
        return bool(self._reaches_k[index])

    def _close_finer(self, index: int) -> None:
        self._open &= (self._nodes > self._nodes[index]).any(axis=1)

    def _node(self, index: int) -> Node:
        return tuple(self._nodes[index].tolist())


class _BestFirst:
    """From the coarsest node downward, always below the node of least loss that meets the criteria.

    No node below a hopeless one meets the criteria, so all that do are reached if the budget lasts.
    Nodes below one that fails, but not for good, are looked at last.
    """

    def __init__(self, table: Table, budget: int) -> None:
        self._table, self._budget = table, budget
        self.best: Judged | None = None
        self.n_counted = 0
        self.is_exact = False

    def run(self) -> None:
        """Search until nothing is left or the budget is spent."""
        queue: list[tuple[tuple[float, int], Node]] = []
        seen = {self._table.heights}
        self._judge(self._table.heights, queue)
        while queue:
            _, node = heapq.heappop(queue)
            for below in finer(node):
                if below in seen:
                    continue
                if self.n_counted >= self._budget:
                    return
                seen.add(below)
                self._judge(below, queue)
        self.is_exact = True

    def _judge(self, node: Node, queue: list[tuple[tuple[float, int], Node]]) -> None:
        judged = self._table.judge(node)
        self.n_counted += 1
        if judged.is_met and _better(judged, self.best):
            self.best = judged
        if not judged.is_hopeless:
            heapq.heappush(queue, ((judged.loss, judged.n_suppressed), node))
