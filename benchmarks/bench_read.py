"""Seconds that reading a generated export takes, beside pyarrow.csv alone and the csv module.

Run as ``python benchmarks/bench_read.py --rows 1000000``.
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from ppdarchive.read import read

WORDS = ("coach", "helpful", "baby", "sleep", "alone", "calls", "week", "time", "I", "was", "so", "not")


def generate(path: Path, n_rows: int) -> None:
    """Write answers of 3 to 55 words, one in twenty over two lines."""
    draw = random.Random(1)
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["response_id", "participant_id", "question_id", "wave", "text", "answered_on"])
        for row in range(n_rows):
            text = " ".join(draw.choices(WORDS, k=draw.randint(3, 55)))
            if row % 20 == 0:
                text = text.replace(" ", ",\n", 1)
            writer.writerow([f"R{row:07d}", f"P{row // 4:06d}", f"q{row % 4}", "3_month", text, "2019-01-02"])


def with_read(path: Path) -> int:
    return read(path, source="csv").n_rows


def with_pyarrow(path: Path) -> int:
    options = pyarrow.csv.ParseOptions(newlines_in_values=True)
    table = pyarrow.csv.read_csv(path, parse_options=options)
    return int(table.num_rows)


def with_csv(path: Path) -> int:
    with path.open(newline="") as stream:
        header, *table = csv.reader(stream)
    columns = [pa.array(column) for column in zip(*table, strict=True)]
    return int(pa.table(columns, names=header).num_rows)


def measure(reader: Callable[[Path], int], path: Path, n_rows: int, n_times: int) -> str:
    """Return the median of wall and processor seconds, as a line to print."""
    walls, processors = [], []
    for _ in range(n_times):
        wall, processor = time.perf_counter(), time.process_time()
        if reader(path) != n_rows:
            raise SystemExit(f"{reader.__name__} lost rows")
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return (
        f"{reader.__name__:>14}: {statistics.median(walls):6.2f} s wall, "
        f"{statistics.median(processors):6.2f} s processor, "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10:6d} MB at most so far"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "responses.csv"
        generate(path, arguments.rows)
        print(f"{arguments.rows} rows, {path.stat().st_size >> 20} MB")
        for reader in (with_read, with_pyarrow, with_csv):
            print(measure(reader, path, arguments.rows, arguments.times))


if __name__ == "__main__":
    main()
