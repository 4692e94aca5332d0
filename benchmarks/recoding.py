"""Time the exact search for the best recoding of 100,000 records over 5,000 nodes, and its memory.

python benchmarks/recoding.py [--rows N] [--k K] [--suppressed SHARE]
"""

from __future__ import annotations

import argparse
import time
import tracemalloc

import numpy as np

from ppdarchive.model.schema import Treatment
from ppdarchive.recoding.criteria import distinct_diversity
from ppdarchive.recoding.ladder import Ladder, ladder
from ppdarchive.recoding.loss import LOSSES
from ppdarchive.recoding.search import search
from ppdarchive.recoding.suppression import suppress_cells

SHAPE = ((64, 5), (81, 5), (48, 5), (27, 5), (16, 4), (2, 2))
"""Values and levels of each field: 5,000 nodes."""


def table(n_rows: int) -> list[Ladder]:
    """Skewed columns that hang together a little, each with bands of doubling width and none."""
    draw = np.random.default_rng(5)
    common = draw.random(n_rows)
    found = []
    for position, (n_values, n_levels) in enumerate(SHAPE):
        mixed = 0.2 * common + 0.8 * draw.random(n_rows) ** 2
        codes = np.minimum((mixed * n_values).astype(np.int64), n_values - 1)
        steps = [(Treatment("keep"), codes)] + [
            (Treatment("band", {"width": 2**level}), codes >> level) for level in range(1, n_levels - 1)
        ]
        found.append(ladder(f"field_{position}", codes, steps))
    return found


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rows", type=int, default=100_000)
    given.add_argument("--k", type=int, nargs="*", default=[2, 5, 11, 50])
    given.add_argument("--suppressed", type=float, nargs="*", default=[0.0, 0.01, 0.05])
    given.add_argument("--memory", action="store_true")
    given.add_argument("--losses", action="store_true", help="every loss, and distinct 3-diversity")
    options = given.parse_args()
    ladders = table(options.rows)
    values = np.random.default_rng(6).integers(0, 6, options.rows)
    for k in options.k:
        for share in options.suppressed:
            for name, loss in LOSSES.items() if options.losses else list(LOSSES.items())[:1]:
                for criteria in ([], [distinct_diversity(values, 3)]) if options.losses else ([],):
                    if options.memory:
                        tracemalloc.start()
                    wall, cpu = time.perf_counter(), time.process_time()
                    found = search(ladders, k=k, criteria=criteria, max_suppressed=share, loss=loss)
                    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
                    peak = (
                        f", peak {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB" if options.memory else ""
                    )
                    tracemalloc.stop()
                    print(
                        f"k={k} suppressed<={share:.0%} {name}{', l=3' if criteria else ''}:"
                        f" {found.n_counted} of {found.n_nodes} nodes counted,"
                        f" exact={found.is_exact}, {found.best}, {wall:.1f} s ({cpu:.1f} s cpu){peak}"
                    )

    columns = [each.at(min(3, each.height - 1)) for each in ladders]
    for reading in ("value", "wildcard"):
        wall = time.perf_counter()
        plan = suppress_cells(columns, k=5, reading=reading)
        wall = time.perf_counter() - wall
        print(f"k=5 by cells alone, on fixed levels: {plan}, of {plan.cells.size}, {wall:.1f} s")


if __name__ == "__main__":
    main()
