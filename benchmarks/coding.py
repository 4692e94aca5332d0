"""Codings from file to agreement: time and peak memory of whole processes, beside named peers in one run.

    OPENBLAS_NUM_THREADS=1 python benchmarks/coding.py           # all parts, about ten minutes
    python benchmarks/coding.py --only csv,quotes --runs 1
    python benchmarks/coding.py --codings 100000 --responses 20000
    python benchmarks/coding.py --only csv --keep FOLDER         # makes the files there, or finds them

Parts: `csv` (positions: read, placed, carried through edits, agreement on presence), `quotes` (the same with
quotes and no positions), `study` (the same CSV as a study's ``[[coding]]``, validated), `agreement` (that
study's agreement, characters too), `qdpx` (10,000 sources and 100,000 selections, read and placed; lxml's
tree of the same file), `unitizing`, `consensus`, `krippendorff` (alpha of a 200,000 x 4 matrix; the package
of that name) and `start` (``ppdarchive --help``).

Whole processes are timed from outside by the operating system's own accounting (`os.wait4`): wall clock,
processor time and peak memory, medians of the runs. Ours and a peer take turns.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

Measured = tuple[float, float, float, str]
"""Wall seconds, processor seconds, peak MB, and what was printed."""

PARTS: Final = (
    "csv", "quotes", "study", "agreement", "qdpx", "unitizing", "consensus", "krippendorff", "start",
)  # fmt: skip
HELP: Final = "from ppdarchive.cli.main import run; import sys; sys.argv[1:] = ['--help']; run()"


def run(module: str, function: str, *arguments: str) -> Measured:
    """Run a function of a module beside this one in a process of its own."""
    code = f"import sys; sys.path[:0] = [{str(Path(__file__).parent)!r}]; import {module}; "
    code += f"{module}.{function}(*{arguments!r})"
    return _timed([sys.executable, "-c", code])


def _timed(command: Sequence[str]) -> Measured:
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"a benchmarked process failed: {' '.join(command)[:200]}")
        output.seek(0)
        said = output.read().strip()
    # What a command prints for people is of no use here.
    said = said if said.startswith("{") else ""
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said


def measure(title: str, runs: int, works: Mapping[str, Callable[[], Measured]]) -> None:
    """Run pieces of work in turn, and print a line of medians for each."""
    results: dict[str, list[Measured]] = {name: [] for name in works}
    for _ in range(runs):
        for name, work in works.items():
            results[name].append(work())
    for name, each in results.items():
        wall = statistics.median(result[0] for result in each)
        used = statistics.median(result[1] for result in each)
        peak = max(result[2] for result in each)
        line = f"{title:12} {name:14} {wall:7.2f} s  processor {used:7.2f} s  peak {peak:6.0f} MB"
        print(f"{line}   {each[-1][3]}", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the files, measure, and print a line for each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--responses", type=int, default=200_000)
    parser.add_argument("--codings", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.keep or Path(scratch)
        name = str(folder)
        if not (folder / "coded.qdpx").exists():
            folder.mkdir(parents=True, exist_ok=True)
            run("coding_files", "generate", name, str(chosen.responses), str(chosen.codings))
        ours, peers = partial(run, "coding_steps"), partial(run, "coding_peers")
        works: dict[str, dict[str, Callable[[], Measured]]] = {
            "csv": {"ours": partial(ours, "chain", name, "codings.csv")},
            "quotes": {"ours": partial(ours, "chain", name, "quotes.csv")},
            "study": {"ours": partial(ours, "validate", name)},
            "agreement": {"ours": partial(ours, "agree", name)},
            "qdpx": {"ours": partial(ours, "qdpx", name), "lxml's tree": partial(peers, "qdpx_tree", name)},
            "unitizing": {"ours": partial(ours, "unitizing", name)},
            "consensus": {"ours": partial(ours, "consensus", name)},
            "krippendorff": {"ours": partial(ours, "alpha"), "krippendorff": partial(peers, "alpha")},
            "start": {
                "--help": partial(_timed, [sys.executable, "-c", HELP]),
                "import": partial(_timed, [sys.executable, "-c", "import ppdarchive"]),
            },
        }
        for part in chosen.only.split(","):
            measure(part, chosen.runs, works[part])


if __name__ == "__main__":
    main()
