"""Write `templates/rare.txt`: names of the public lists that the shipped lexicons leave out.

The tagger must find names that no lexicon knows, so it has to see some that the shipped one does not.
Run `python -m scripts.training.rare BABYNAMES.parquet SURNAMES.parquet > scripts/training/templates/rare.txt`
with the given names of the Social Security Administration (year, name, n) and the surnames of the
Census of 2010 (name, count), both in the public domain.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pandas as pd
from scripts.training.names import training_half

from ppdarchive.detectors.lexicon import NameKind, names_for

N_GIVEN = 5000
N_SURNAMES = 8000
_WIDTH = 110


def main(given_path: Path, surname_path: Path) -> None:
    """Write both lists."""
    given = pd.read_parquet(given_path)
    since_1940 = given[given["year"] >= 1940].groupby("name")["n"].sum()
    surnames = pd.read_parquet(surname_path)
    surnames = surnames[surnames["name"].notna() & (surnames["count"] < 30_000)]
    _write("rare_given", since_1940[since_1940 >= 60].index.tolist(), NameKind.GIVEN_NAME, N_GIVEN)
    _write("rare_last", surnames["name"].str.title().tolist(), NameKind.SURNAME, N_SURNAMES)


def _write(section: str, names: list[str], kind: NameKind, n: int) -> None:
    known = {name.lower() for name in names_for(kind).names}
    unknown = sorted({name for name in names if name.lower() not in known and len(name) > 2})
    chosen = sorted(Random(section).sample(training_half(unknown), n))
    line = f"== {section} words\n"
    sys.stdout.write(line)
    line = ""
    for name in chosen:
        if len(line) + len(name) > _WIDTH:
            sys.stdout.write(line.rstrip() + "\n")
            line = ""
        line += name + "; "
    sys.stdout.write(line.rstrip("; ") + "\n\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
