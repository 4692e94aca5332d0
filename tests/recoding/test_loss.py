from __future__ import annotations

from collections import Counter
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.model.schema import Treatment
from ppdarchive.recoding.ladder import ladder
from ppdarchive.recoding.lattice import Table, all_nodes
from ppdarchive.recoding.loss import LOSSES
from ppdarchive.recoding.search import Solution

from .strategies import DEFINITIONS, kept_rows, ladders, nodes

NAMES = list(LOSSES)


def judged(found, name, k):
    """Every node of a lattice, judged with as many suppressed records as it takes."""
    table = Table(found, k=k, criteria=(), most=len(found[0].codes), loss=LOSSES[name](found))
    return {node: table.judge(node) for node in nodes(found)}


@pytest.mark.parametrize("name", NAMES)
@given(found=ladders(), k=st.integers(1, 4))
def test_loss_is_its_definition(name, found, k):
    """The loss of each node is what the formula gives cell by cell."""
    for node, each in judged(found, name, k).items():
        assert each.loss == pytest.approx(DEFINITIONS[name](found, node, kept_rows(found, node, k)), abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
@given(found=ladders(), k=st.integers(1, 4))
def test_loss_lies_between_nothing_and_all(name, found, k):
    """A loss is from 0 to 1, and never below its floor."""
    for each in judged(found, name, k).values():
        assert -1e-12 <= each.floor - 1e-12 <= each.loss <= 1


@pytest.mark.parametrize("name", NAMES)
@given(found=ladders())
def test_loss_grows_with_every_level(name, found):
    """Without suppression a coarser node never loses less."""
    every = judged(found, name, 1)
    for node, each in every.items():
        assert each.loss == pytest.approx(each.floor, abs=1e-12)
        for position in range(len(node)):
            coarser = (*node[:position], node[position] + 1, *node[position + 1 :])
            assert coarser not in every or every[coarser].loss >= each.loss - 1e-12


@pytest.mark.parametrize("name", NAMES)
@given(found=ladders(), k=st.integers(1, 4))
def test_floor_holds_for_every_coarser_node(name, found, k):
    """What a node says that coarser ones lose at least, they do, suppression or not."""
    every = judged(found, name, k)
    for node, each in every.items():
        for other, coarser in every.items():
            if all(a <= b for a, b in zip(node, other, strict=True)):
                assert coarser.loss >= each.floor - 1e-9


@pytest.mark.parametrize("name", NAMES)
@given(found=ladders())
def test_floors_before_counting_are_no_higher(name, found):
    """The floors that need no counting never exclude a node that counting would not."""
    every = judged(found, name, 1)
    grid = all_nodes(tuple(each.height for each in found))
    for node, floor in zip(grid.tolist(), LOSSES[name](found).floors(grid), strict=True):
        assert floor <= every[tuple(node)].loss + 1e-9


@pytest.mark.parametrize("name", NAMES)
def test_unique_rows_as_collected_lose_nothing_and_dropped_ones_all(name):
    """The two ends of every loss."""
    codes = np.arange(6)
    found = [ladder("f", codes, [(Treatment("keep"), codes)])]
    every = judged(found, name, 1)
    assert every[0,].loss == 0
    assert every[1,].loss == pytest.approx(1)


@pytest.mark.parametrize("name", NAMES)
def test_suppressing_everything_loses_everything(name):
    """A table of which nothing is released has lost all."""
    codes = np.arange(6)
    found = [ladder("f", codes, [(Treatment("keep"), codes)])]
    assert judged(found, name, 2)[0,].loss == pytest.approx(1)


def test_entropy_counts_bits():
    """Joining two of four equally frequent values loses half of their two bits, for half of the rows."""
    codes = np.array([0, 1, 2, 3])
    found = [
        ladder("f", codes, [(Treatment("keep"), codes), (Treatment("generalize"), np.array([0, 0, 1, 2]))])
    ]
    assert judged(found, "non-uniform entropy", 1)[1,].loss == pytest.approx(0.25)


@given(found=ladders())
def test_field_losses_are_shares_of_entropy(found):
    """What a level loses of a field is the entropy that its groups no longer have."""
    for each in found:
        for level in range(each.height + 1):
            solution = Solution((each,), (level,), 0.0, np.zeros(len(each.codes), dtype=bool))
            whole, left = (entropy(column.tolist()) for column in (each.codes, each.at(level)))
            expected = 1 - left / whole if whole else 0
            assert solution.field_losses == pytest.approx((expected,), abs=1e-9)


def entropy(values: list[int]) -> float:
    """Entropy in bits."""
    counts = Counter(values).values()
    return -sum(count / len(values) * log2(count / len(values)) for count in counts)
