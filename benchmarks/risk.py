"""Risk measures beside named peers in one run: k, uniques, l, t, and memory by the number of rows.

    python benchmarks/risk.py                           # all parts, about two minutes
    python benchmarks/risk.py --only classes,memory --rows 200000
    PYCANON_PYTHON=peers/bin/python python benchmarks/risk.py --only closeness

Parts: `classes` (k and uniques, against one GROUP BY in DuckDB), `diversity` (l, against GROUP BY with
count(distinct)), `closeness` (t, against pycanon), `memory` (peak of a process, by rows). DuckDB has the
columns as a table of its own, in memory; we start from the pandas frame, so encoding counts on our side.

pycanon needs older libraries, and so an environment of its own:

    python -m venv peers && peers/bin/pip install pycanon==1.3.6

The two take turns, so that a machine that slows down slows both; medians are printed. A peer that is not
there is left out. DuckDB is asked with one thread and with all; the faster one counts.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from ppdarchive.risk.classes import class_sizes, classes_of, codes_of
from ppdarchive.risk.closeness import ordered_distance
from ppdarchive.risk.diversity import distinct_l, value_counts
from ppdarchive.risk.measures import n_uniques, smallest

try:
    import duckdb
except ImportError:
    duckdb = None  # type: ignore[assignment]

PARTS = ("classes", "diversity", "closeness", "memory")
STATES = [f"state {number}" for number in range(51)]
BRANCHES = ["Army", "Navy", "Air Force", "Marine Corps", "Coast Guard", "National Guard"]
AGES = ["under 25", "25-34", "35-44", "45 and over"]
QUASI = ["state", "branch", "age", "era", "children", "year"]

Ours = Callable[[pd.DataFrame], object]

PYCANON = """
import sys, time
import pandas as pd
from pycanon import anonymity
frame = pd.read_csv(sys.argv[1])
start = time.perf_counter()
t = anonymity.t_closeness(frame, ["a", "b", "c"], ["score"])
print(time.perf_counter() - start, t)
"""
MEMORY = """
import gc, sys
from pathlib import Path
import pyarrow as pa
sys.path[:0] = {path!r}
from risk import closeness_of, diversity, frame_of, measure
frame = frame_of({rows}, {shape!r})
gc.collect()
pa.default_memory_pool().release_unused()
def kilobytes(name):
    return int(Path("/proc/self/status").read_text().partition(name)[2].split()[0])
Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew from here
before = kilobytes("VmRSS:")
measure(frame), diversity(frame), closeness_of(frame)
print((kilobytes("VmHWM:") - before) / 1024)
"""


def frame_of(rows: int, shape: str) -> pd.DataFrame:
    """Six quasi-identifiers and a score: ``raw`` ones (texts and many values) or ``released`` categories."""
    rng = np.random.default_rng(1)
    columns: dict[str, pa.Array] = {
        "state": pa.array(np.array(STATES)[rng.integers(0, 51, rows)]),
        "branch": pa.array(np.array(BRANCHES)[rng.integers(0, 6, rows)]),
        "age": pa.array(rng.integers(18, 61, rows)),
        "era": pa.array(rng.integers(0, 5, rows)),
        "children": pa.array(np.minimum(rng.poisson(1.5, rows), 6)),
        "year": pa.array(rng.integers(2010, 2020, rows).astype(np.int32)),
        "score": pa.array(rng.integers(0, 28, rows)),
    }
    if shape == "released":
        columns["state"] = pa.array(np.array(STATES[:4])[rng.integers(0, 4, rows)])
        columns["age"] = pa.array(np.array(AGES)[rng.integers(0, 4, rows)])
        columns["year"] = pa.array(rng.integers(2010, 2013, rows).astype(np.int32))
    arrays = {name: pd.arrays.ArrowExtensionArray(pa.chunked_array([each])) for name, each in columns.items()}
    frame = pd.DataFrame({name: pd.Series(each) for name, each in arrays.items()})
    if shape == "released":
        for name in ("state", "branch", "age"):
            frame[name] = frame[name].astype("category")
    return frame


def measure(frame: pd.DataFrame) -> tuple[int, int]:
    """Count k and uniques."""
    sizes = class_sizes(codes_of(frame, QUASI))
    return smallest(sizes), n_uniques(sizes)


def diversity(frame: pd.DataFrame) -> int:
    """Count the smallest number of distinct scores in a class."""
    *quasi, score = codes_of(frame, [*QUASI, "score"])
    return int(distinct_l(value_counts(classes_of(quasi), score)).min())


def closeness_of(frame: pd.DataFrame) -> float:
    """Find the largest distance of a class's scores from all."""
    *quasi, score = codes_of(frame, [*QUASI, "score"])
    return float(ordered_distance(classes_of(quasi), score).max())


def in_turn(runs: int, *works: Callable[[], object]) -> list[float]:
    """Median seconds of each piece of work, after one round that is not counted."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(runs + 1):
        for place, work in enumerate(works):
            start = time.perf_counter()
            work()
            times[place].append(time.perf_counter() - start)
    return [statistics.median(each[1:]) for each in times]


def against_duckdb(title: str, chosen: argparse.Namespace, ours: Ours, query: str) -> None:
    """Print our time beside DuckDB's for both shapes of table."""
    cores = os.cpu_count() or 1
    for shape in ("raw", "released"):
        frame = frame_of(chosen.rows, shape)
        if duckdb is None:
            (seconds,) = in_turn(chosen.runs, partial(ours, frame))
            print(f"{title:10} {shape:9} ours {seconds:6.3f} s   (no DuckDB here)")
            continue
        connection = duckdb.connect()
        connection.register("source", pa.Table.from_pandas(frame, preserve_index=False))
        connection.execute("create table study as select * from source")

        def ask(threads: int, connection: duckdb.DuckDBPyConnection = connection) -> tuple[object, ...]:
            connection.execute(f"set threads = {threads}")
            row = connection.execute(query.format(quasi=", ".join(QUASI))).fetchone()
            assert row is not None
            return row

        answer = ours(frame)
        assert ask(1) == (answer if isinstance(answer, tuple) else (answer,))
        works = [partial(ours, frame), partial(ask, 1), partial(ask, cores)]
        seconds, *theirs = in_turn(chosen.runs, *works)
        best = min(theirs)
        print(
            f"{title:10} {shape:9} ours {seconds:6.3f} s   DuckDB {theirs[0]:6.3f} s on 1 thread, "
            f"{theirs[1]:6.3f} s on {cores}   ratio {seconds / best:5.2f}"
        )


def closeness(runs: int) -> None:
    """Print the time for t at 20,000 rows and 3,600 classes beside pycanon's."""
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 3600, 20_000)
    codes[:3600] = np.arange(3600)
    frame = pd.DataFrame(
        {"a": codes // 240, "b": codes // 12 % 20, "c": codes % 12, "score": rng.integers(0, 28, 20_000)}
    ).astype("int64[pyarrow]")

    def ours() -> float:
        *quasi, score = codes_of(frame, ["a", "b", "c", "score"])
        return float(ordered_distance(classes_of(quasi), score).max())

    (seconds,) = in_turn(max(runs, 5), ours)
    python = os.environ.get("PYCANON_PYTHON")
    if python is None:
        print(f"closeness  ours {seconds:8.4f} s   (PYCANON_PYTHON names no environment with pycanon)")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        frame.to_csv(path, index=False)
        answer = subprocess.run(
            [python, "-c", PYCANON, str(path)], capture_output=True, text=True, check=True
        ).stdout.split()
    assert abs(float(answer[1]) - ours()) < 1e-9
    theirs = float(answer[0])
    faster = theirs / seconds
    print(f"closeness  ours {seconds:8.4f} s   pycanon {theirs:8.2f} s   {faster:,.0f} times faster")


def memory(rows: int) -> None:
    """Print what measuring k, l and t adds to the memory of a process, by the number of rows."""
    for shape in ("raw", "released"):
        for n_rows in (rows // 2, rows, 2 * rows, 4 * rows):
            code = MEMORY.format(path=[str(Path(__file__).parent)], rows=n_rows, shape=shape)
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
            added = float(done.stdout)
            each = added * 2**20 / n_rows
            print(f"memory     {shape:9} {n_rows:>9,} rows {added:6.0f} MB added, {each:4.0f} bytes a row")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a line for each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args(arguments)
    parts = chosen.only.split(",")
    if "classes" in parts:
        query = "select min(n), count(*) filter (n = 1) from (select count(*) n from study group by {quasi})"
        against_duckdb("classes", chosen, measure, query)
    if "diversity" in parts:
        query = "select min(n) from (select count(distinct score) n from study group by {quasi})"
        against_duckdb("diversity", chosen, diversity, query)
    if "closeness" in parts:
        closeness(chosen.runs)
    if "memory" in parts:
        memory(chosen.rows)


if __name__ == "__main__":
    main()
