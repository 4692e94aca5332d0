"""What generalization and suppression lose, from 0 (all is as collected) to 1 (nothing is left).

Every loss has a floor: what a node of the lattice, and every coarser one, loses at least. It is what
lets the search leave nodes unseen and be exact all the same. A suppressed record loses all it had.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from ppdarchive.recoding.ladder import Groups, Ladder

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class Loss(Protocol):
    """A measure of information loss on one table and its ladders."""

    def floors(self, nodes: Groups) -> Floats:
        """What nodes lose at least, as far as is known without counting their classes.

        Parameters
        ----------
        nodes : ndarray of int64, shape (n_nodes, n_fields)
            The level of each field.

        Returns
        -------
        ndarray of float64, shape (n_nodes,)
            Never lower for a coarser node.
        """
        ...

    def floor(self, node: Sequence[int], sizes: Groups) -> float:
        """What one node and every coarser one lose at least, now that its classes are counted.

        Parameters
        ----------
        node : sequence of int, length n_fields
        sizes : ndarray of int64, shape (n_classes,)
            Of all classes, released or not.
        """
        ...

    def of(self, node: Sequence[int], sizes: Groups, kept: Mask, groups: Sequence[Groups]) -> float:
        """What one node loses.

        Parameters
        ----------
        node : sequence of int, length n_fields
        sizes : ndarray of int64, shape (n_classes,)
        kept : ndarray of bool, shape (n_classes,)
            Classes whose records are released; the others are suppressed.
        groups : sequence of ndarray of integers, each of shape (n_suppressed,)
            For each field the groups of the classes that are suppressed, in order.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ByCell:
    """A loss that is a sum over cells: of what its level loses in a field, and what suppression adds.

    Attributes
    ----------
    per_level : tuple of ndarray of float64
        For each field the loss of each level over all records.
    suppression : tuple of tuple of ndarray of float64
        For each field, level and group what one record more loses when it is suppressed.
    """

    per_level: tuple[Floats, ...]
    suppression: tuple[tuple[Floats, ...], ...]

    def floors(self, nodes: Groups) -> Floats:
        """As `Loss.floors`."""
        total = np.zeros(len(nodes))
        for position, losses in enumerate(self.per_level):
            total += losses[nodes[:, position]]
        return total

    def with_cells(self, node: Sequence[int], groups: Sequence[Groups], hidden: Sequence[Mask]) -> float:
        """What one node loses when single cells are suppressed besides.

        Parameters
        ----------
        node : sequence of int, length n_fields
        groups : sequence of ndarray of integers, each of shape (n_rows,)
            For each field the group of each record.
        hidden : sequence of ndarray of bool, each of shape (n_rows,)
            For each field the records whose cell is suppressed; all of a suppressed record's are.
        """
        total = 0.0
        for losses, costs, level, group, own in zip(
            self.per_level, self.suppression, node, groups, hidden, strict=True
        ):
            total += float(losses[level]) + float(costs[level][group[own]].sum())
        return min(total, 1.0)

    def floor(self, node: Sequence[int], sizes: Groups) -> float:
        """As `Loss.floor`."""
        return float(sum(losses[level] for losses, level in zip(self.per_level, node, strict=True)))

    def of(self, node: Sequence[int], sizes: Groups, kept: Mask, groups: Sequence[Groups]) -> float:
        """As `Loss.of`."""
        gone = sizes[~kept]
        added = np.zeros(len(gone))
        for costs, level, group in zip(self.suppression, node, groups, strict=True):
            added += costs[level][group]
        return min(self.floor(node, sizes) + float(added @ gone), 1.0)


def non_uniform_entropy(ladders: Sequence[Ladder]) -> ByCell:
    r"""The bits that a reader lacks to tell the values as collected, as a share of all there were.

    A record with value :math:`v` in group :math:`g` loses :math:`-\log_2 (f_v / f_g)`, where *f*
    counts the table's records; a suppressed record is in the group of all. The mean over fields is
    weighted, each field's sum divided by the :math:`n H` bits that it has. A field of one value has
    none to lose, and does not count.

    References
    ----------
    Gionis and Tassa (2009), k-anonymization with minimal loss of information,
    doi:10.1109/TKDE.2008.129, the non-uniform entropy measure; normalized as Prasser and others do.
    """
    per_level, suppression = [], []
    counts = [np.bincount(each.codes, minlength=each.n_values) for each in ladders]
    entropies = [_entropy(count) for count in counts]
    whole = sum(each.weight for each, bits in zip(ladders, entropies, strict=True) if bits > 0) or 1.0
    for each, count, bits in zip(ladders, counts, entropies, strict=True):
        n_rows = int(count.sum())
        scale = each.weight / (whole * bits) if bits > 0 else 0.0  # bits of all rows together
        logs = np.log2(count)
        losses, costs = [], []
        for level in each.levels:
            groups = np.log2(np.bincount(level.groups, weights=count, minlength=level.n_groups))
            losses.append(max(float(count @ (groups[level.groups] - logs)), 0.0) * scale)
            costs.append((np.log2(n_rows) - groups) * scale)
        # Sums of logarithms may differ in their last digit; a coarser level never loses less.
        per_level.append(np.maximum.accumulate(losses))
        suppression.append(tuple(costs))
    return ByCell(tuple(per_level), tuple(suppression))


def _entropy(counts: Groups) -> float:
    """The entropy of a column times its length, in bits."""
    n_rows = int(counts.sum())
    return float(counts @ (np.log2(n_rows) - np.log2(counts))) if len(counts) > 1 else 0.0


def precision(ladders: Sequence[Ladder]) -> ByCell:
    """How far up its ladder the average cell was taken: one minus Sweeney's *Prec*.

    A suppressed record has climbed all of every ladder. A field with one level does not count.

    References
    ----------
    Sweeney (2002), Achieving k-anonymity privacy protection using generalization and suppression,
    doi:10.1142/S021848850200165X, section 3.2.
    """
    whole = sum(each.weight for each in ladders if each.height) or 1.0
    per_level, suppression = [], []
    for each in ladders:
        share = each.weight / whole if each.height else 0.0
        climbed = np.arange(each.height + 1) / max(each.height, 1)
        per_level.append(climbed * share)
        suppression.append(
            tuple(
                np.full(level.n_groups, (1 - up) * share / len(each.codes))
                for level, up in zip(each.levels, climbed, strict=True)
            )
        )
    return ByCell(tuple(per_level), tuple(suppression))


@dataclass(frozen=True, slots=True)
class _Discernibility:
    n_rows: int

    def floors(self, nodes: Groups) -> Floats:
        return np.zeros(len(nodes))

    def floor(self, node: Sequence[int], sizes: Groups) -> float:
        return self._share(_squared(sizes))

    def of(self, node: Sequence[int], sizes: Groups, kept: Mask, groups: Sequence[Groups]) -> float:
        return self._share(_squared(sizes[kept]) + float(sizes[~kept].sum()) * self.n_rows)

    def _share(self, charged: float) -> float:
        pairs = self.n_rows * (self.n_rows - 1.0)
        return (charged - self.n_rows) / pairs if pairs else 0.0


def _squared(sizes: Groups) -> float:
    return float((sizes.astype(np.float64) ** 2).sum())


def discernibility(ladders: Sequence[Ladder]) -> Loss:
    """From how many records each one cannot be told apart: 0 if all are unique, 1 if none is told.

    A record is charged the size of its class, a suppressed one the size of the table; the sum is
    counted from its least to its greatest value, n to n squared.

    References
    ----------
    Bayardo and Agrawal (2005), Data privacy through optimal k-anonymization,
    doi:10.1109/ICDE.2005.42, the discernibility metric.
    """
    return _Discernibility(_n_rows(ladders))


@dataclass(frozen=True, slots=True)
class _AverageClassSize:
    n_rows: int

    def floors(self, nodes: Groups) -> Floats:
        return np.zeros(len(nodes))

    def floor(self, node: Sequence[int], sizes: Groups) -> float:
        return self._share(len(sizes))

    def of(self, node: Sequence[int], sizes: Groups, kept: Mask, groups: Sequence[Groups]) -> float:
        return self._share(int(kept.sum()))

    def _share(self, n_classes: int) -> float:
        if n_classes == 0:
            return 1.0
        return (self.n_rows / n_classes - 1) / (self.n_rows - 1) if self.n_rows > 1 else 0.0


def average_class_size(ladders: Sequence[Ladder]) -> Loss:
    """Records of the table per released class: 0 if each has its own, 1 if there is one for all.

    Suppressed records are no class; they stay among the records, lest suppressing should pay.

    References
    ----------
    LeFevre, DeWitt and Ramakrishnan (2006), Mondrian multidimensional k-anonymity,
    doi:10.1109/ICDE.2006.101, the normalized average class size, here counted from its least to its
    greatest value.
    """
    return _AverageClassSize(_n_rows(ladders))


def _n_rows(ladders: Sequence[Ladder]) -> int:
    return len(ladders[0].codes)


LOSSES: Final[Mapping[str, Callable[[Sequence[Ladder]], Loss]]] = MappingProxyType(
    {
        "non-uniform entropy": non_uniform_entropy,
        "discernibility": discernibility,
        "precision": precision,
        "average class size": average_class_size,
    }
)
"""The losses by name, the default first."""
