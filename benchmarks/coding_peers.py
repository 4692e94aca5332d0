"""What other tools do of the same, for benchmarks/coding.py; each in a process of its own."""

from __future__ import annotations

import json
import statistics
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
from coding_files import added_mb, ratings_of

try:
    import krippendorff
    from lxml import etree
except ImportError:
    sys.exit("the peers are krippendorff and lxml: python -m pip install krippendorff lxml")


def qdpx_tree(folder: str) -> None:
    """Parse the project of a `.qdpx` file into lxml's tree, and read its texts; nothing is placed."""
    read, read_mb = added_mb(lambda: _tree(Path(folder) / "coded.qdpx"))
    print(json.dumps({"sources": len(read[0]), "read": len(read[2]), "reading adds MB": read_mb}))


def _tree(path: Path) -> tuple[dict[str, str], etree._Element, list[dict[str, str]]]:
    with zipfile.ZipFile(path) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".txt")}
        tree = etree.fromstring(archive.read("project.qde"))
    return texts, tree, [dict(each.attrib) for each in tree.iter("{*}PlainTextSelection")]


def alpha() -> None:
    """Compute alpha by the package `krippendorff` six times; the first does not count."""
    ratings = ratings_of()
    missing = np.where(ratings < 0, np.nan, ratings).T
    times, value = [], None
    for _ in range(6):
        start = time.process_time()
        value = krippendorff.alpha(missing, level_of_measurement="nominal")
        times.append(time.process_time() - start)
    print(json.dumps({"stages": {"alpha": round(statistics.median(times[1:]), 3)}, "value": float(value)}))
