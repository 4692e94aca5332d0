"""The nodes of a lattice, one for each choice of levels, and the classes that a node leaves.

Rows that agree on the finest levels are one vector with a count. A node's classes are counted from
the vectors, or from the classes of a finer node that was counted before: those are never more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, prod
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.recoding.criteria import Criterion, satisfying
from ppdarchive.recoding.ladder import Groups, Ladder
from ppdarchive.recoding.loss import Loss
from ppdarchive.risk.classes import Classes, classes_of

Mask = npt.NDArray[np.bool_]
Node = tuple[int, ...]

_KEPT: Final = 8
"""Classes of counted nodes that are kept for coarser ones, as a multiple of the vectors."""

_MOST_KEPT: Final = 1024
"""Counted nodes whose classes are kept."""

_MAX_BITS: Final = 62


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A node of the lattice, counted and judged.

    Attributes
    ----------
    node : tuple of int
        The level of each field.
    n_suppressed : int
        Records in classes that do not satisfy the criteria.
    is_met : bool
        Whether no more are suppressed than may be.
    is_hopeless : bool
        Whether no finer node meets the criteria either.
    loss : float
        What the node loses; infinite if it does not meet the criteria.
    floor : float
        What it and every coarser node lose at least.
    """

    node: Node
    n_suppressed: int
    is_met: bool
    is_hopeless: bool
    loss: float
    floor: float


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """Classes, each by one of its vectors and by its records."""

    vectors: Groups
    sizes: Groups


class Table:
    """A table of records that is counted on any node of its lattice.

    Parameters
    ----------
    ladders : sequence of Ladder, length >= 1
        Of columns of one length.
    k : int
        Records that a released class has at least.
    criteria : sequence of Criterion
        What released classes must satisfy besides.
    most : int
        Records that may be suppressed.
    loss : Loss

    Raises
    ------
    ValueError
        If there is no ladder or no record, or columns differ in length.
    """

    def __init__(
        self, ladders: Sequence[Ladder], *, k: int, criteria: Sequence[Criterion], most: int, loss: Loss
    ) -> None:
        if not ladders or not len(ladders[0].codes):
            raise ValueError("a lattice needs at least one field and one record")
        if len({len(each.codes) for each in ladders}) > 1:
            raise ValueError("the columns are not of one length")
        self.ladders = tuple(ladders)
        self._k, self._criteria, self._most, self._loss = k, tuple(criteria), most, loss
        distinct = classes_of([each.at(0) for each in ladders])
        rows = np.empty(len(distinct.sizes), dtype=np.int64)
        rows[distinct.of] = np.arange(len(distinct.of))
        self._of = distinct.of
        self._vectors = _Counted(np.arange(len(rows)), distinct.sizes)
        self._n_groups = [[level.n_groups for level in each.levels] for each in ladders]
        # One narrow column for each field and level; a node picks one of each field.
        self._columns = [
            [
                level.groups.astype(np.min_scalar_type(level.n_groups))[each.codes[rows]]
                for level in each.levels
            ]
            for each in ladders
        ]
        self._kept: list[_Counted] = []
        self._kept_nodes = np.zeros((_MOST_KEPT, len(ladders)), dtype=np.int64)
        self._kept_sizes = np.zeros(_MOST_KEPT, dtype=np.int64)
        self._n_kept = 0

    @property
    def n_rows(self) -> int:
        """Records of the table."""
        return len(self._of)

    @property
    def heights(self) -> Node:
        """The coarsest level of each field."""
        return tuple(each.height for each in self.ladders)

    @property
    def is_monotone(self) -> bool:
        """Whether every node that is coarser than one that meets the criteria meets them too."""
        enough = {"always"} if self._most else {"always", "unsuppressed"}
        return all(criterion.monotone in enough for criterion in self._criteria)

    def judge(self, node: Node) -> Judged:
        """Count a node's classes and judge them."""
        if self._criteria:
            of, counted = self._numbered(node)
            kept = satisfying(Classes(of, counted.sizes), k=self._k, criteria=self._criteria)
        else:
            counted = self._counted(node)
            kept = counted.sizes >= self._k
        n_suppressed = int(counted.sizes[~kept].sum())
        is_met = n_suppressed <= self._most
        is_hopeless = not is_met and (self.is_monotone or not self._is_large_enough(counted.sizes))
        loss = self._loss_of(node, counted, kept) if is_met else inf
        return Judged(node, n_suppressed, is_met, is_hopeless, loss, self._loss.floor(node, counted.sizes))

    def _loss_of(self, node: Node, counted: _Counted, kept: Mask) -> float:
        gone = counted.vectors[~kept]
        groups = [columns[level][gone] for columns, level in zip(self._columns, node, strict=True)]
        return self._loss.of(node, counted.sizes, kept, groups)

    def reaches_k(self, node: Node) -> bool:
        """Whether no more records are in classes below k than may be suppressed."""
        return self._is_large_enough(self._counted(node).sizes)

    def _is_large_enough(self, sizes: Groups) -> bool:
        return int(sizes[sizes < self._k].sum()) <= self._most

    def suppressed(self, node: Node) -> Mask:
        """Which records a node suppresses, shape (n_rows,)."""
        of, counted = self._numbered(node)
        return np.asarray(~satisfying(Classes(of, counted.sizes), k=self._k, criteria=self._criteria)[of])

    def _numbered(self, node: Node) -> tuple[Groups, _Counted]:
        """The class of every record, and the classes."""
        key, radix = self._key(node, self._vectors)
        if radix <= 2 * len(key) + (1 << 16):
            used = np.bincount(key, minlength=1) > 0
            of, n_classes = (np.cumsum(used) - 1)[key], int(used.sum())
        else:
            order, begins = _sorted(key, radix)
            of, n_classes = np.empty(len(key), dtype=np.int64), int(begins.sum())
            of[order] = np.cumsum(begins) - 1
        vectors = np.empty(n_classes, dtype=np.int64)
        vectors[of] = self._vectors.vectors
        return of[self._of], _Counted(vectors, _summed(of, self._vectors.sizes, n_classes))

    def _counted(self, node: Node) -> _Counted:
        """The classes of a node, from the finest counted node with fewest classes."""
        start = self._nearest(node)
        key, radix = self._key(node, start)
        if radix <= 4 * len(key) + 1024:
            sizes = _summed(key, start.sizes, radix)
            members = np.empty(radix, dtype=np.int64)
            members[key] = start.vectors
            used = sizes > 0
            result = _Counted(members[used], sizes[used])
        else:
            order, begins = _sorted(key, radix)
            starts = np.flatnonzero(begins)
            result = _Counted(start.vectors[order[starts]], np.add.reduceat(start.sizes[order], starts))
        self._keep(node, result)
        return result

    def _nearest(self, node: Node) -> _Counted:
        """The finer node with fewest classes whose classes are kept."""
        below = (self._kept_nodes[: len(self._kept)] <= np.array(node)).all(axis=1)
        candidates = np.flatnonzero(below)
        if not len(candidates):
            return self._vectors
        return self._kept[int(candidates[np.argmin(self._kept_sizes[candidates])])]

    def _keep(self, node: Node, counted: _Counted) -> None:
        place, size = len(self._kept), len(counted.sizes)
        if place < _MOST_KEPT and self._n_kept + size <= _KEPT * len(self._vectors.sizes):
            self._kept.append(counted)
            self._kept_nodes[place], self._kept_sizes[place] = node, size
            self._n_kept += size

    def _key(self, node: Node, start: _Counted) -> tuple[Groups, int]:
        """One number for each class of `start`, equal where `node` joins them."""
        key, radix = np.zeros(len(start.vectors), dtype=np.int64), 1
        for columns, n_groups, level in zip(self._columns, self._n_groups, node, strict=True):
            size = n_groups[level]
            if size == 1:
                continue
            if (radix * size).bit_length() > _MAX_BITS:
                distinct, key = np.unique(key, return_inverse=True)
                radix = len(distinct)
            column = columns[level]
            key *= size
            key += column if start is self._vectors else column[start.vectors]
            radix *= size
        return key, radix


def _sorted(key: Groups, radix: int) -> tuple[Groups, Mask]:
    """The order of the keys, and where in it another key begins."""
    bits = len(key).bit_length()
    if bits + radix.bit_length() <= _MAX_BITS:
        # Sorting numbers is much faster than finding their order, so the place is part of the number.
        packed = (key << bits) | np.arange(len(key))
        packed.sort()
        order, ordered = packed & ((1 << bits) - 1), packed >> bits
    else:
        order = np.argsort(key)
        ordered = key[order]
    begins = np.ones(len(key), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    return order, begins


def _summed(of: Groups, sizes: Groups, n_classes: int) -> Groups:
    # Sums of counts of rows are exact as floats.
    return np.bincount(of, weights=sizes, minlength=n_classes).astype(np.int64)


def n_nodes(ladders: Sequence[Ladder]) -> int:
    """How many nodes the lattice has."""
    return prod(len(each.levels) for each in ladders)


def all_nodes(heights: Node) -> Groups:
    """Every node of a lattice, finer ones before coarser ones, shape (n_nodes, n_fields)."""
    shape = tuple(height + 1 for height in heights)
    return np.indices(shape).reshape(len(shape), -1).T.astype(np.int64)


def finer(node: Node) -> Iterator[Node]:
    """The nodes one level below in one field."""
    for position, level in enumerate(node):
        if level:
            yield (*node[:position], level - 1, *node[position + 1 :])
