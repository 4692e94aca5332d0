"""What other tools do of the same, for benchmarks/coding.py; each in a process of its own."""

from __future__ import annotations

import json
import statistics
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
from coding_files import ratings_of

try:
    import krippendorff
    from lxml import etree
except ImportError:
    sys.exit("the peers are krippendorff and lxml: python -m pip install krippendorff lxml")


def qdpx_tree(folder: str) -> None:
    """Parse the project of the same file into lxml's tree, and read its texts; nothing is placed."""
    with zipfile.ZipFile(Path(folder) / "coded.qdpx") as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".txt")}
        tree = etree.fromstring(archive.read("project.qde"))
    selections = [dict(each.attrib) for each in tree.iter("{*}PlainTextSelection")]
    print(json.dumps({"sources": len(texts), "read": len(selections)}))


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
