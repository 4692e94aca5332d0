"""Record what pycanon finds in generated tables; run in an environment of its own, for it pins old pandas.

python -m venv peers && peers/bin/pip install pycanon==1.3.6
peers/bin/python scripts/record_pycanon.py > tests/risk/pycanon.json
"""

from __future__ import annotations

import json
import math
import random
import sys
import warnings

import pandas as pd
from pycanon import anonymity


def drawn(seed: int) -> pd.DataFrame:
    """A table of up to three quasi-identifiers, a score and a diagnosis."""
    rng = random.Random(seed)
    n_rows, n_columns = rng.randint(4, 40), rng.randint(1, 3)
    columns = {f"q{place}": [rng.randint(0, 2) for _ in range(n_rows)] for place in range(n_columns)}
    columns["score"] = [rng.randint(0, 6) for _ in range(n_rows)]
    columns["diagnosis"] = [rng.choice("abcd") for _ in range(n_rows)]
    # Fewer classes, so that some are diverse.
    for place in range(n_columns):
        if rng.random() < 0.5:
            columns[f"q{place}"] = [value // 2 for value in columns[f"q{place}"]]
    return pd.DataFrame(columns)


def measured(frame: pd.DataFrame) -> dict[str, object]:
    """What pycanon says of a table."""
    quasi = [name for name in frame if name.startswith("q")]
    c, l = anonymity.recursive_c_l_diversity(frame, quasi, ["diagnosis"])  # noqa: E741
    return {
        "quasi": [frame[name].tolist() for name in quasi],
        "score": frame["score"].tolist(),
        "diagnosis": frame["diagnosis"].tolist(),
        "k": int(anonymity.k_anonymity(frame, quasi)),
        "l": int(anonymity.l_diversity(frame, quasi, ["diagnosis"])),
        "entropy_l": int(anonymity.entropy_l_diversity(frame, quasi, ["diagnosis"])),
        "recursive": [None if math.isnan(c) else int(c), int(l)],
        "t_ordered": float(anonymity.t_closeness(frame, quasi, ["score"])),
        "t_equal": float(anonymity.t_closeness(frame, quasi, ["diagnosis"])),
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    tables = [measured(drawn(seed)) for seed in range(60)]
    json.dump(tables, sys.stdout, separators=(",", ":"))
    print()
