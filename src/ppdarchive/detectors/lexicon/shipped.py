"""The lexicons that ship with the package, memory-mapped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from ppdarchive.detectors.lexicon.names import Half, NameKind, Names, is_held_out
from ppdarchive.detectors.lexicon.phrases import Phrases
from ppdarchive.detectors.lexicon.slips import Slips
from ppdarchive.detectors.lexicon.words import ROW, Words

DATA: Final = Path(__file__).parent / "data"


@cache
def words() -> Words:
    """The shipped table of single words; loaded once."""
    return Words(
        np.load(DATA / "word-hashes.npy", mmap_mode="r"),
        np.load(DATA / "word-rows.npy", mmap_mode="r").view(ROW),
    )


@cache
def phrases() -> Phrases:
    """The shipped table of phrases; loaded once."""
    return Phrases(
        np.load(DATA / "phrase-hashes.npy", mmap_mode="r"),
        np.load(DATA / "phrase-kinds.npy", mmap_mode="r"),
        np.load(DATA / "phrase-openings.npy", mmap_mode="r"),
    )


@cache
def slips() -> Slips:
    """The words of everyday use, to be found by what is one slip of the finger away; loaded once."""
    return Slips(np.load(DATA / "slip-keys.npy", mmap_mode="r"))


def names_for(kind: NameKind, half: Half | None = None) -> Names:
    """Names that can be read, with their weights.

    Parameters
    ----------
    kind : NameKind
    half : {"train", "held-out"}, optional
        Only the names of one half (`split_half`); all of them where it is left out.

    Returns
    -------
    Names

    Examples
    --------
    >>> import numpy as np
    >>> cities = names_for(NameKind.CITY, "train")
    >>> len(cities.draw(np.random.default_rng(1), 3))
    3
    """
    names = _all_names(NameKind(kind))
    if half is None:
        return names
    held_out = is_held_out(names.names)
    return names.kept(held_out if half == "held-out" else ~held_out)


@cache
def short_forms() -> Mapping[str, tuple[str, ...]]:
    """The short forms and pet names of given names, in small letters; loaded once.

    Examples
    --------
    >>> "maggie" in short_forms()["margaret"]
    True
    """
    found: dict[str, list[str]] = {}
    for name, short in _rows("short-forms"):
        found.setdefault(name, []).append(short)
    return MappingProxyType({name: tuple(own) for name, own in found.items()})


def _rows(name: str) -> list[list[str]]:
    lines = (DATA / "names" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines]


@cache
def _all_names(kind: NameKind) -> Names:
    rows = _rows(kind)
    weights = np.array([float(row[1]) for row in rows])
    return Names(kind, tuple(row[0] for row in rows), weights / weights.sum(), tuple(row[2] for row in rows))
