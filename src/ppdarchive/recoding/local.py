"""Local suppression on chosen levels: which cells of ``participants`` to leave out of the treated tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from ppdarchive.model.treatment import PARTICIPANTS
from ppdarchive.recoding.loss import non_uniform_entropy
from ppdarchive.recoding.options import Column, Options
from ppdarchive.recoding.suppression import Plan, Reading, suppress_cells
from ppdarchive.risk.classes import Codes, classes_of

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LocalPlan:
    """Cells to leave out, and participants whom that cannot help.

    Attributes
    ----------
    cells : mapping of Column to ndarray of bool, shape (n_participants,)
        By table and field, in the order of the rows of ``participants``; only fields that lose a cell.
        A cell is left out with its reason, where it was missing: "not asked" tells as much as a value.
    left_out : ndarray of bool, shape (n_participants,)
        Participants to leave out as a whole, since what counts besides is shared by fewer than k.
    plan : Plan
        Over the participants that stay, the number and cost of the cells.
    loss : float
        Non-uniform entropy of the levels, the cells and the participants left out together, to compare
        with that of other levels and of a search's solution.
    """

    cells: Mapping[Column, Mask]
    left_out: Mask
    plan: Plan
    loss: float

    def __repr__(self) -> str:
        return f"<LocalPlan: {self.plan.n_cells} cells, {int(self.left_out.sum())} participants left out>"


def beyond_cells(
    options: Options, node: Sequence[int], *, k: int, kept: frozenset[Column] = frozenset()
) -> Mask:
    """The participants whom no suppressed cell can help, since what counts besides is shared by too few.

    Parameters
    ----------
    options, node, k, kept
        As `local_plan` takes them.

    Returns
    -------
    ndarray of bool, shape (n_participants,)

    Raises
    ------
    ValueError
        If there is no ladder.
    """
    _, fixed = _parted(options, node, kept)
    if not options.ladders:
        raise ValueError("no quasi-identifier is released")
    if not fixed:
        return np.zeros(len(options.ladders[0].codes), dtype=np.bool_)
    return np.asarray(classes_of(fixed).per_row < k)


def local_plan(
    options: Options,
    node: Sequence[int],
    *,
    k: int,
    reading: Reading = "value",
    kept: frozenset[Column] = frozenset(),
) -> LocalPlan:
    """Find few cells of ``participants`` that, left out, reach k on the levels of a node.

    Fields weigh as much as their ladders do. What other tables tell, such as the number of answers,
    counts and cannot be left out by cells.

    Parameters
    ----------
    options : Options
    node : sequence of int
        The level of each ladder; all 0 for the tables as they are declared.
    k : int
    reading : {"value", "wildcard"}, optional
        What a suppressed cell is to an attacker, as in `ppdarchive.recoding.suppression`.
    kept : frozenset of Column, optional
        Fields that lose no cell, such as parts of keys; they count.

    Returns
    -------
    LocalPlan

    Raises
    ------
    ValueError
        If ``participants`` has no quasi-identifier that may lose cells, or fewer than k participants
        could stay.
    """
    columns, fixed = _parted(options, node, kept)
    if not columns:
        raise ValueError("no quasi-identifier of participants is released")
    left_out = beyond_cells(options, node, k=k, kept=kept)
    stay = ~left_out
    if int(stay.sum()) < k:
        raise ValueError("fewer than k participants could stay")
    plan = suppress_cells(
        [codes[stay] for codes, _ in columns.values()],
        k=k,
        weights=[weight for _, weight in columns.values()],
        reading=reading,
        fixed=[codes[stay] for codes in fixed],
    )
    cells: dict[Column, Mask] = {}
    for column, own in zip(columns, plan.cells.T, strict=True):
        if own.any():
            cells[column] = np.zeros(len(stay), dtype=np.bool_)
            cells[column][stay] = own
    hidden = [cells.get(next(iter(steps[0]), ("", "")), left_out) | left_out for steps in options.steps]
    groups = [each.at(level) for each, level in zip(options.ladders, node, strict=True)]
    loss = non_uniform_entropy(options.ladders).with_cells(node, groups, hidden)
    return LocalPlan(MappingProxyType(cells), left_out, plan, loss)


def _parted(
    options: Options, node: Sequence[int], kept: frozenset[Column]
) -> tuple[dict[Column, tuple[Codes, float]], list[Codes]]:
    """The fields that may lose cells, with their weights, and what counts besides."""
    columns: dict[Column, tuple[Codes, float]] = {}
    fixed: list[Codes] = []
    for each, steps, level in zip(options.ladders, options.steps, node, strict=True):
        column = next(iter(steps[0]), None)
        if column is not None and column[0] == PARTICIPANTS and column not in kept:
            columns[column] = each.at(level), each.weight
        else:
            fixed.append(each.at(level))
    return columns, fixed
