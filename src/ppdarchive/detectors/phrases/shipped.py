"""The compiled rules that ship with the package, memory-mapped.

To compile some hundred patterns takes as long as to read a few hundred thousand characters, so what comes of
it ships with the package; ``scripts/phrases/build.py`` writes it. An origin tells of which rules, which
words and which code it was made; where any of them has changed, the rules are compiled again.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np

from ppdarchive.detectors.lexicon import Words
from ppdarchive.detectors.phrases.compiled import Compiled
from ppdarchive.detectors.phrases.rulebook import DATA, FILES, LISTS
from ppdarchive.detectors.phrases.symbols import Columns

COMPILED: Final = DATA / "compiled"
_TEXTS: Final = (
    *(DATA / f"{name}.txt" for name in (*FILES, *LISTS, "kept", "classes")),
    *(Path(__file__).parent / f"{name}.py" for name in ("compiled", "pattern", "symbols", "traits")),
)
"""What is compiled, and what compiles it."""


def compiled(words: Words) -> Compiled:
    """The rules over a lexicon: the shipped arrays where they fit, else compiled."""
    found = shipped(words)
    return Compiled.of(words) if found is None else found


def shipped(words: Words) -> Compiled | None:
    """The arrays that ship with the package; None if they were made of other rules or words."""
    path = COMPILED / "origin.txt"
    if not path.exists() or path.read_text(encoding="ascii") != origin(words):
        return None
    columns, (masks, mask_of) = (
        [np.load(COMPILED / f"{name}.npy", mmap_mode="r").view(np.ndarray) for name in names]
        for names in (Columns._fields, ("masks", "mask_of"))
    )
    return Compiled(Columns(*columns), masks, mask_of)


def origin(words: Words) -> str:
    """What tells the rules, the code that compiles them and a lexicon from others: 32 hexadecimal digits."""
    digest = blake2b(digest_size=16)
    for path in _TEXTS:
        if path.exists():  # as code does not where only its bytecode is installed
            digest.update(path.read_text(encoding="utf-8").encode())
            digest.update(b"\0")
    rows = words.rows.view("<u8").reshape(-1, 2)
    # Sums of products tell of a change in any row, at a tenth of what a digest takes.
    digest.update(np.array([words.hashes.sum(), *(words.hashes @ rows)], "<u8").tobytes())
    return digest.hexdigest()
