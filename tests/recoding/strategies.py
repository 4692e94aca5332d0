"""Small ladders, and the definitions that the search and the losses are held against."""

from __future__ import annotations

import math
from collections import Counter
from itertools import product

import numpy as np
from hypothesis import strategies as st

from ppdarchive.model.schema import Treatment
from ppdarchive.recoding.ladder import Ladder, ladder


@st.composite
def ladders(draw: st.DrawFn, *, max_fields: int = 3, max_rows: int = 12) -> list[Ladder]:
    """Columns of a few values, missing ones among them, with levels that nest by construction."""
    n_rows = draw(st.integers(1, max_rows))
    found = []
    for position in range(draw(st.integers(1, max_fields))):
        codes = np.array(draw(st.lists(st.integers(-1, 5), min_size=n_rows, max_size=n_rows)))
        steps, groups = [(Treatment("keep"), codes)], codes
        for number in range(draw(st.integers(0, 2))):
            merged = np.array(draw(st.lists(st.integers(-1, 2), min_size=8, max_size=8)))
            groups = merged[groups]
            steps.append((Treatment("generalize", {"hierarchy": "h", "level": number}), groups))
        weight = draw(st.sampled_from([0.5, 1.0, 3.0]))
        found.append(ladder(f"f{position}", codes, steps, drop=draw(st.booleans()), weight=weight))
    return found


def nodes(given: list[Ladder]) -> list[tuple[int, ...]]:
    """Every choice of levels."""
    return list(product(*(range(len(each.levels)) for each in given)))


def classes(given: list[Ladder], node: tuple[int, ...], rows: list[int]) -> dict[tuple[int, ...], list[int]]:
    """The rows of each released vector, counted one by one."""
    found: dict[tuple[int, ...], list[int]] = {}
    for row in rows:
        vector = tuple(
            int(each.levels[level].groups[each.codes[row]]) for each, level in zip(given, node, strict=True)
        )
        found.setdefault(vector, []).append(row)
    return found


def kept_rows(given, node, k, met=lambda rows, all_rows: True) -> list[int]:
    """Rows that are left when small classes, then failing ones, are suppressed until none fails."""
    groups = classes(given, node, list(range(len(given[0].codes)))).values()
    rows = sorted(row for group in groups if len(group) >= k for row in group)
    while True:
        groups = classes(given, node, rows).values()
        left = sorted(row for group in groups if len(group) >= k and met(group, rows) for row in group)
        if left == rows:
            return rows
        rows = left


def entropy_loss(given: list[Ladder], node: tuple[int, ...], kept: list[int]) -> float:
    """Non-uniform entropy, cell by cell."""
    n, total, weights = len(given[0].codes), 0.0, 0.0
    for each, level in zip(given, node, strict=True):
        values = each.codes.tolist()
        groups = each.levels[level].groups[each.codes].tolist()
        own, joint = Counter(values), Counter(groups)
        bits = -sum(math.log2(own[value] / n) for value in values)
        if len(own) > 1:
            lost = sum(
                -math.log2(own[values[row]] / (joint[groups[row]] if row in kept else n)) for row in range(n)
            )
            total += each.weight * lost / bits
            weights += each.weight
    return total / weights if weights else 0.0


def precision_loss(given: list[Ladder], node: tuple[int, ...], kept: list[int]) -> float:
    """One minus Prec, cell by cell."""
    n = len(given[0].codes)
    pairs = [(each, level) for each, level in zip(given, node, strict=True) if each.height]
    weights = sum(each.weight for each, _ in pairs)
    lost = sum(
        each.weight * (level / each.height if row in kept else 1) / n
        for each, level in pairs
        for row in range(n)
    )
    return lost / weights if weights else 0.0


def discernibility_loss(given: list[Ladder], node: tuple[int, ...], kept: list[int]) -> float:
    """The discernibility metric, record by record."""
    n = len(given[0].codes)
    sizes = {row: len(group) for group in classes(given, node, kept).values() for row in group}
    charged = sum(sizes.get(row, n) for row in range(n))
    return (charged - n) / (n * n - n) if n > 1 else 0.0


def class_size_loss(given: list[Ladder], node: tuple[int, ...], kept: list[int]) -> float:
    """Records of the table per released class."""
    n, n_classes = len(given[0].codes), len(classes(given, node, kept))
    if not n_classes:
        return 1.0
    return (n / n_classes - 1) / (n - 1) if n > 1 else 0.0


DEFINITIONS = {
    "non-uniform entropy": entropy_loss,
    "discernibility": discernibility_loss,
    "precision": precision_loss,
    "average class size": class_size_loss,
}
