"""Agreement with pycanon 1.3.6 on generated tables; its results are recorded by `scripts/record_pycanon.py`.

Where the two differ, the definition of the paper holds here:

- pycanon cuts entropy l to a whole number, and a rounding error below 2 makes it 1.
- Its recursive (c, l)-diversity sorts the counts of a class in ascending order, so that its r_1 is the
  least frequent value; in the paper r_1 is the most frequent one. Its l is the distinct l.
- It drops rows in which a quasi-identifier is missing; the tables have none.
"""

from __future__ import annotations

import json
from math import floor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ppdarchive.risk.classes import class_sizes, classes_of
from ppdarchive.risk.closeness import equal_distance, ordered_distance
from ppdarchive.risk.diversity import distinct_l, entropy_l, recursive_c, value_counts
from ppdarchive.risk.measures import smallest

from .tables import coded

RECORDED: list[dict[str, Any]] = json.loads((Path(__file__).parent / "pycanon.json").read_text("utf-8"))


@pytest.mark.parametrize("recorded", RECORDED, ids=range(len(RECORDED)))
def test_pycanon_agrees(recorded: dict[str, Any]) -> None:
    """k, distinct and entropy l, and both kinds of t are those that pycanon found."""
    columns = [np.array(column) for column in recorded["quasi"]]
    classes, diagnosis = classes_of(columns), coded(recorded["diagnosis"])
    counts = value_counts(classes, diagnosis)
    assert smallest(class_sizes(columns)) == recorded["k"]
    assert distinct_l(counts).min() == recorded["l"]
    reached = float(entropy_l(counts).min())
    assert recorded["entropy_l"] in {floor(reached + 1e-9), floor(reached - 1e-9)}
    assert ordered_distance(classes, coded(recorded["score"])).max() == pytest.approx(recorded["t_ordered"])
    assert equal_distance(classes, diagnosis).max() == pytest.approx(recorded["t_equal"])


def test_recursive_diversity_differs() -> None:
    """Pycanon's l is the distinct l; its c follows from ascending counts and promises too much."""
    too_small = 0
    for recorded in RECORDED:
        classes = classes_of([np.array(column) for column in recorded["quasi"]])
        counts = value_counts(classes, coded(recorded["diagnosis"]))
        c, l = recorded["recursive"]  # noqa: E741
        assert l == distinct_l(counts).min()
        if c is not None:
            parts = np.split(counts.counts, counts.starts[1:])
            assert c == max(floor(part.min() / np.sort(part)[l - 1 :].sum() + 1) for part in parts)
            too_small += bool(recursive_c(counts, l).max() >= c)
    assert too_small > 0
