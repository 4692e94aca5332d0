"""Loading a small table from an archive of many versions, against loading it from its version's folder.

    python benchmarks/archive_load.py                   # 500 versions of 30 files
    python benchmarks/archive_load.py --versions 2000 --runs 30

No two versions share a byte, which makes the longest inventory. Both ways verify the release and read
the table; they take turns, and medians are printed: of the time that went by, and of that in which
processors worked. Where the time goes beyond the folder's is told step by step.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa

from ppdarchive.loading import history, load
from ppdarchive.model.release import PackageInfo, TreatedTable
from ppdarchive.model.schema import Disclosure, Field, Kind, Role, Schema, Treatment
from ppdarchive.package import write_package
from ppdarchive.store import layout
from ppdarchive.store.inventory import CONTENT, Inventory, inventory_text
from ppdarchive.store.naming import release_message
from ppdarchive.store.parsing import parse_inventory
from ppdarchive.store.publishing import make_root
from ppdarchive.store.reading import content_of, head
from ppdarchive.store.staging import inventory_files

OBJECT = "benchmark~public"
KEPT = Disclosure(Role.NONE, Treatment("keep"))
N_TABLES = 10
N_ROWS = 200


def package(out: Path, version: str) -> None:
    """A package of small tables."""
    tables = {}
    for number in range(N_TABLES):
        name = f"table{number}"
        fields = (
            Field("row_id", Kind.STRING, disclosure=KEPT),
            Field("score", Kind.INTEGER, disclosure=KEPT),
        )
        columns = {
            "row_id": pd.array([f"r{row:04}" for row in range(N_ROWS)], dtype=pd.ArrowDtype(pa.string())),
            "score": pd.array(range(N_ROWS), dtype=pd.ArrowDtype(pa.int64())),
        }
        tables[name] = TreatedTable(Schema(name, fields, primary_key=("row_id",)), pd.DataFrame(columns))
    write_package(out, tables, PackageInfo("benchmark", "Benchmark", "Synthetic.", version, date(2026, 1, 1)))


def archive(root: Path, n_versions: int) -> None:
    """An archive whose newest version is a package; the earlier ones have as many files of the same names."""
    make_root(root)
    newest = root / OBJECT / layout.version_folder(n_versions) / CONTENT
    newest.parent.mkdir(parents=True)
    package(newest, f"1.{n_versions - 1}.0")
    paths = sorted(path.relative_to(newest).as_posix() for path in newest.rglob("*") if path.is_file())
    inventory = Inventory(OBJECT, (), {})
    for number in range(1, n_versions + 1):
        folder = root / OBJECT / layout.version_folder(number)
        digests = {}
        for path in paths:
            place = folder / CONTENT / path
            if number < n_versions:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(f"{number} {path}\n")
            digests[path] = hashlib.sha512(place.read_bytes()).hexdigest()
        message = release_message(f"1.{number - 1}.0")
        inventory = inventory.next(digests, created="2026-01-01T00:00:00Z", message=message)
    text = inventory_text(inventory).encode()
    for folder in (root / OBJECT, newest.parent):
        for name, content in inventory_files(text).items():
            (folder / name).write_bytes(content)
    (root / OBJECT / layout.OBJECT_MARK).write_text(layout.OBJECT_MARK_TEXT)
    print(f"{n_versions} versions of {len(paths)} files, an inventory of {len(text) / 1e6:.1f} MB")


def seconds(act: Callable[[], object]) -> tuple[float, float]:
    """How long something takes, and how long processors worked on it."""
    start = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - start[0], time.process_time() - start[1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--versions", type=int, default=500)
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        root = folder / "archive"
        archive(root, options.versions)
        version = root / OBJECT / layout.version_folder(options.versions) / CONTENT
        text = (root / OBJECT / "inventory.json").read_bytes()
        found = head(root, OBJECT)
        steps: dict[str, Callable[[], object]] = {
            "from the version's folder": lambda: load(version)["table3"],
            "from the archive": lambda: load(root)["table3"],
            "  of it: the inventory is read": lambda: parse_inventory(text, name=""),
            "  of it: the head is found": lambda: head(root, OBJECT),
            "  of it: the version's files are found": lambda: content_of(found),
            "a history": lambda: history(root),
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in steps}
        for _ in range(options.runs):
            for name, act in steps.items():
                taken[name].append(seconds(act))
        for name, each in taken.items():
            wall, busy = (1000 * statistics.median(column) for column in zip(*each, strict=True))
            print(f"{name:42} {wall:8.1f} ms   (processors {busy:.1f})")
        one, other = (zip(*taken[name], strict=True) for name in list(steps)[:2])
        walls = [
            1000 * (statistics.median(b) - statistics.median(a)) for a, b in zip(one, other, strict=True)
        ]
        print(f"an archive adds {walls[0]:.1f} ms (processors {walls[1]:.1f}); the limit is 100")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
