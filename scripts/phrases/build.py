"""Compile the rules of the phrases, which ship as arrays; to be run when rules, lists or the lexicon change.

python scripts/phrases/build.py
"""

from __future__ import annotations

import io

import numpy as np

from ppdarchive.detectors.lexicon import words
from ppdarchive.detectors.phrases.compiled import Compiled
from ppdarchive.detectors.phrases.shipped import COMPILED, origin


def build() -> dict[str, bytes]:
    """Every data file by its name."""
    arrays = Compiled.of(words()).arrays()
    return {
        "origin.txt": origin(words()).encode(),
        **{f"{name}.npy": _npy(array) for name, array in arrays.items()},
    }


def _npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.ascontiguousarray(array))
    return stream.getvalue()


def main() -> None:
    """Write the files."""
    COMPILED.mkdir(exist_ok=True)
    for name, content in build().items():
        (COMPILED / name).write_bytes(content)


if __name__ == "__main__":
    main()
