"""The package step, and loading what it wrote, against pyarrow alone in the same run.

    python benchmarks/package.py                  # 1,000,000 responses
    python benchmarks/package.py --rows 100000 --runs 5

Each measurement is a process of its own that first has the tables in memory; ours and pyarrow's take
turns, so that a machine that slows down slows both. Medians are printed, and how far the memory of a
process rose above what it held when the work began.
"""

from __future__ import annotations

import argparse
import base64
import gc
import hashlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
from pyarrow import feather

from ppdarchive.loading import load
from ppdarchive.model.columns import values_of
from ppdarchive.model.dtypes import pandas_dtype
from ppdarchive.model.release import PackageInfo, TreatedTable
from ppdarchive.model.schema import (
    Category,
    Constraints,
    Disclosure,
    Field,
    ForeignKey,
    Kind,
    Role,
    Schema,
    Treatment,
)
from ppdarchive.package import write_package

SENTENCES = (
    "the coach was so helpful and my baby would not sleep",
    "I felt less alone with the calls every week",
    "really good mood program but not much time busy",
    "someone listened without judging me",
)
WORDS = [word for sentence in SENTENCES for word in sentence.split()]
INFO = PackageInfo("benchmark", "Benchmark", "Synthetic.", "1.0.0", date(2026, 1, 1))
KEPT = Disclosure(Role.NONE, Treatment("keep"))


def field(name: str, kind: Kind = Kind.STRING, *categories: str) -> Field:
    """A released field."""
    known = tuple(Category(value) for value in categories) or None
    return Field(
        name, kind, categories=known, constraints=Constraints(required=name.endswith("_id")), disclosure=KEPT
    )


AGES = ("18-24", "25-34", "35-44")
WAVES = ("baseline", "post", "3_month")
SCHEMAS = {
    "participants": Schema(
        "participants",
        (field("participant_id"), field("age", Kind.STRING, *AGES), field("weeks", Kind.INTEGER)),
        primary_key=("participant_id",),
    ),
    "responses": Schema(
        "responses",
        (
            field("response_id"), field("participant_id"), field("question_id"),
            field("wave", Kind.STRING, *WAVES), field("days", Kind.INTEGER), field("text"),
        ),
        primary_key=("response_id",),
        foreign_keys=(ForeignKey(("participant_id",), "participants", ("participant_id",)),),
    ),
    "codings": Schema(
        "codings",
        (
            field("response_id"), field("code_id"), field("coder_id"), field("start", Kind.INTEGER),
            field("end", Kind.INTEGER), field("stage", Kind.STRING, "independent", "consensus"),
        ),
        primary_key=("response_id", "code_id", "coder_id", "start", "end", "stage"),
        foreign_keys=(ForeignKey(("response_id",), "responses", ("response_id",)),),
    ),
}  # fmt: skip


def generate(folder: Path, rows: int) -> None:
    """Write the tables, in the order in which people took part, for the processes to take up."""
    rng, draws = random.Random(1), np.random.default_rng(1)

    def pseudonyms(count: int) -> pa.Array:
        return pa.array([base64.b32encode(rng.randbytes(10)).decode().lower() for _ in range(count)])

    def drawn(values: pa.Array, count: int) -> pa.Array:
        return values.take(pa.array(draws.integers(0, len(values), count)))

    people, responses = pseudonyms(max(rows // 4, 1)), pseudonyms(rows)
    texts = [" ".join(rng.choices(WORDS, k=rng.randint(5, 60))) for _ in range(rows)]
    gaps = draws.random(rows) < 0.1
    tables = {
        "participants": {
            "participant_id": people,
            "age": drawn(pa.array(AGES), len(people)),
            "weeks": pa.array(draws.integers(0, 52, len(people))),
        },
        "responses": {
            "response_id": responses,
            "participant_id": drawn(people, rows),
            "question_id": drawn(pa.array(["q1", "q2", "q3", "q4"]), rows),
            "wave": drawn(pa.array(WAVES), rows),
            "days": pa.array(draws.integers(0, 400, rows), mask=gaps),
            "text": pa.array(texts, mask=draws.random(rows) < 0.05),
        },
        "codings": {
            "response_id": drawn(responses, rows),
            "code_id": drawn(pa.array([f"code_{number}" for number in range(30)]), rows),
            "coder_id": drawn(pseudonyms(4), rows),
            "start": pa.array(draws.integers(0, 100, rows)),
            "end": pa.array(draws.integers(100, 200, rows)),
            "stage": drawn(pa.array(["independent", "consensus"]), rows),
        },
    }
    for name, columns in tables.items():
        feather.write_feather(pa.table(columns), folder / f"{name}.arrow", compression="uncompressed")


def treated(folder: Path) -> dict[str, TreatedTable]:
    """The tables as de-identification hands them over: every column made anew, in one piece."""
    result = {}
    for name, schema in SCHEMAS.items():
        table = feather.read_table(folder / f"{name}.arrow", memory_map=False).combine_chunks()
        columns = {
            each.name: pd.Series(pd.arrays.ArrowExtensionArray(table[each.name])).astype(pandas_dtype(each))
            for each in schema
        }
        result[name] = TreatedTable(schema, pd.DataFrame(columns, copy=False))
    return result


def peers(folder: Path) -> dict[str, pa.Table]:
    """The same tables as pyarrow has them."""
    return {
        name: pa.table({column: values_of(table.frame[column]) for column in table.frame.columns})
        for name, table in treated(folder).items()
    }


def write_ours(folder: Path) -> Callable[[], object]:
    tables = treated(folder)
    return lambda: write_package(folder / "ours", tables, INFO)


def write_theirs(folder: Path) -> Callable[[], object]:
    tables = peers(folder)
    (folder / "theirs").mkdir()

    def work() -> None:
        for name, table in tables.items():
            paths = [folder / "theirs" / f"{name}{suffix}" for suffix in (".parquet", ".csv")]
            pq.write_table(table, paths[0], compression="zstd")
            pcsv.write_csv(table, paths[1])
            hash_all(paths)

    return work


def hash_all(paths: list[Path]) -> None:
    for path in paths:
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256").hexdigest()


def read_ours(folder: Path) -> Callable[[], object]:
    def work() -> object:
        release = load(folder / "package")
        return {name: release[name] for name in release}

    return work


def read_theirs(folder: Path) -> Callable[[], object]:
    def work() -> object:
        package = folder / "package"
        frames = {path.stem: pq.read_table(path).to_pandas() for path in sorted((package / "data").iterdir())}
        hash_all([path for path in sorted(package.rglob("*")) if path.is_file()])
        return frames

    return work


WORK = {each.__name__: each for each in (write_ours, write_theirs, read_ours, read_theirs)}


def measure(name: str, folder: Path) -> None:
    """In a process of its own: seconds, those of processors, and MB above what was held before."""
    work = WORK[name](folder)
    gc.collect()
    pa.default_memory_pool().release_unused()
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts from what is held now (proc(5))
    before = memory("VmRSS")
    start, processor = time.perf_counter(), time.process_time()
    kept = work()
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    print(seconds, processor, memory("VmHWM") - before)
    del kept


def memory(name: str) -> float:
    """What Linux says of this process's memory, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def run(name: str, folder: Path) -> tuple[float, ...]:
    """Measure once, from a clean place."""
    for place in ("ours", "theirs"):
        shutil.rmtree(folder / place, ignore_errors=True)
    command = [sys.executable, __file__, "--measure", name, "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return tuple(map(float, done.stdout.split()))


def main() -> None:
    """Generate, measure in turn, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--measure", choices=WORK, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure, options.folder)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder, options.rows)
        n_bytes = sum(table.nbytes for table in peers(folder).values())
        times: dict[str, list[tuple[float, ...]]] = {each: [] for each in WORK}
        write_package(folder / "package", treated(folder), INFO)
        for _ in range(options.runs):
            for each in WORK:
                times[each].append(run(each, folder))
        written = sum(path.stat().st_size for path in (folder / "package").rglob("*") if path.is_file())
    print(f"{options.rows:,} responses and as many codings: {n_bytes / 1e6:.0f} MB in memory, ", end="")
    print(f"{written / 1e6:.0f} MB of files; medians of {options.runs} runs\n")
    print("| step | ppdarchive, s | pyarrow, s | times | processors, s | pyarrow | memory, MB | pyarrow |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for step, ours, theirs in (
        ("write, read back, in place / Parquet + CSV + hash", "write_ours", "write_theirs"),
        ("load all tables / Parquet to pandas + hash", "read_ours", "read_theirs"),
    ):
        own, other = (
            [statistics.median(run[place] for run in times[each]) for place in range(3)]
            for each in (ours, theirs)
        )
        print(f"| {step} | {own[0]:.2f} | {other[0]:.2f} | {own[0] / other[0]:.2f} ", end="")
        print(f"| {own[1]:.2f} | {other[1]:.2f} | {own[2]:.0f} | {other[2]:.0f} |")


if __name__ == "__main__":
    main()
