"""Publishing and the fixity of archives, against cp, fsync and sha512sum in the same run.

    python benchmarks/archive.py                        # 1 GB
    python benchmarks/archive.py fixity --mb 200 --runs 3

Each measurement is a process of its own; ours and its peer take turns, so that a machine that slows
down slows both. Medians are printed. Everything is read once before, so that both find it in memory.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from ppdarchive.store.publishing import publish
from ppdarchive.store.verify import verify

OBJECT = "benchmark~public"
CREATED = datetime(2026, 3, 1, tzinfo=UTC)
FILES = {
    "data/responses.parquet": 25,
    "data/codings.parquet": 12,
    "data/participants.parquet": 3,
    "csv/responses.csv": 35,
    "csv/codings.csv": 20,
    "csv/participants.csv": 4,
    **{f"docs/{number}.md": 0.1 for number in range(10)},
}
"""Percent of the whole."""


# -- what there is -------------------------------------------------------------------------------------


def fill(folder: Path, megabytes: int) -> None:
    """A ready package of bytes that nothing compresses."""
    for path, percent in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        with (folder / path).open("wb") as file:
            for _ in range(max(int(megabytes * percent / 100), 1)):
                file.write(os.urandom(10**6))


def prepare_publish(folder: Path, options: argparse.Namespace) -> None:
    """A ready package."""
    fill(folder / "package", options.mb)


def prepare_fixity(folder: Path, options: argparse.Namespace) -> None:
    """An archive with one version of that size."""
    fill(folder / "package", options.mb)
    publish(folder / "archive", OBJECT, folder / "package", created=CREATED)
    shutil.rmtree(folder / "package")


# -- what is measured ----------------------------------------------------------------------------------


def shell(command: str) -> Callable[[], object]:
    """What a command does."""
    return lambda: subprocess.run(["bash", "-c", f"set -e -o pipefail; {command}"], check=True)


def size_of(path: Path) -> int:
    """Of a file, in bytes."""
    return path.stat().st_size


def sha512(folder: Path, n_processes: int) -> str:
    """Read every file below a folder, largest first."""
    files = sorted(
        (path for path in folder.rglob("*") if path.is_file()), key=lambda path: -path.stat().st_size
    )
    names = " ".join(shlex.quote(str(path)) for path in files)
    return f"printf '%s\\0' {names} | xargs -0 -n 1 -P {n_processes} sha512sum > /dev/null"


def publish_ours(folder: Path) -> Callable[[], object]:
    """Publish a package as the first version of a new archive."""
    return lambda: publish(folder / "new", OBJECT, folder / "package", created=CREATED)


def publish_theirs(folder: Path, n_processes: int = 1) -> Callable[[], object]:
    """Copy it, see that it is on the disk, and read it twice for its digests."""
    package, copy = folder / "package", folder / "new"
    passes = "; ".join([sha512(package, n_processes)] * 2)
    return shell(f"cp -r {package} {copy}; find {copy} -exec sync {{}} +; {passes}")


def publish_theirs_on_two(folder: Path) -> Callable[[], object]:
    """The same with both passes split over two processes."""
    return publish_theirs(folder, 2)


def fixity_ours(folder: Path) -> Callable[[], object]:
    """Hold every byte of an archive against its inventory."""

    def work() -> None:
        assert [
            problem for problem in verify(folder / "archive", fixity=True) if problem.severity == "error"
        ] == []

    return work


def fixity_theirs(folder: Path) -> Callable[[], object]:
    """Read every file for its digest, on two processors."""
    return shell(sha512(folder / "archive", 2))


WORK = {
    each.__name__: each
    for each in (
        *(publish_ours, publish_theirs, publish_theirs_on_two),
        *(fixity_ours, fixity_theirs),
    )
}
PARTS = {
    "publish": (prepare_publish, "publish / cp + fsync + two passes of sha512sum"),
    "fixity": (prepare_fixity, "verify --fixity / sha512sum on two processors"),
}


def run(name: str, folder: Path) -> float:
    """Measure once, from a clean place; seconds."""
    shutil.rmtree(folder / "new", ignore_errors=True)
    os.sync()
    command = [sys.executable, __file__, "--measure", name, "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def main() -> None:
    """Prepare, measure in turn, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("parts", nargs="*", help=", ".join(PARTS))
    parser.add_argument("--mb", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--at", type=Path, help="folder of the disk to measure")
    parser.add_argument("--measure", choices=WORK, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        work = WORK[options.measure](options.folder)
        start = time.perf_counter()
        work()
        print(time.perf_counter() - start)
        return
    print("| step | ppdarchive, s | peer, s | times |")
    print("|---|--:|--:|--:|")
    for part in options.parts or PARTS:
        prepare, step = PARTS[part]
        with tempfile.TemporaryDirectory(dir=options.at) as name:
            folder = Path(name)
            prepare(folder, options)
            names = [each for each in WORK if each.startswith(part)]
            times: dict[str, list[float]] = {each: [] for each in names}
            for _ in range(options.runs):
                for each in names:
                    times[each].append(run(each, folder))
        own, *others = (statistics.median(times[each]) for each in names)
        for other, peer in zip(others, names[1:], strict=True):
            words = f"{step} on two processors" if peer.endswith("on_two") else step
            print(f"| {words} | {own:.2f} | {other:.2f} | {own / other:.2f} |", flush=True)


if __name__ == "__main__":
    main()
