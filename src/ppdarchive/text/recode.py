"""Codings through the offset maps of their texts; says which were kept, widened or swallowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.model.span import Fate, FlatLayer, OffsetMap, Positions

FATES: Final = tuple(Fate)
"""What the numbers in `Recoded.fates` mean."""


@dataclass(frozen=True, slots=True)
class Recoded:
    """Codings in the edited texts.

    Attributes
    ----------
    starts, ends : ndarray of int64, shape (n,)
        Code points, half-open. A coding whose text was deleted is empty.
    fates : ndarray of int8, shape (n,)
        Indices into `FATES`.
    counts : mapping of Fate to int
        Every fate is a key.
    """

    starts: Positions
    ends: Positions
    fates: npt.NDArray[np.int8]
    counts: Mapping[Fate, int]


def recode(texts: Positions, starts: Positions, ends: Positions, maps: Sequence[OffsetMap]) -> Recoded:
    """Carry codings across the edits of their texts.

    Parameters
    ----------
    texts : ndarray of int64, shape (n,)
        For each coding, the index of its text in `maps`.
    starts, ends : ndarray of int64, shape (n,)
        ``0 <= start <= end``, code points of the unedited text.
    maps : sequence of OffsetMap

    Returns
    -------
    Recoded

    Raises
    ------
    IndexError
        If an index names no map.
    ValueError
        If a range is inside out or starts before its text.
    """
    texts, starts, ends = (values.astype(np.int64) for values in (texts, starts, ends))
    if len(texts) and (texts.min() < 0 or texts.max() >= len(maps)):
        raise IndexError("a coding names a text that is not there")
    if len(starts) and ((starts < 0).any() or (ends < starts).any()):
        raise ValueError("a coding ends before it starts, or starts before its text")
    fates = np.zeros(len(texts), np.int8)
    for depth in range(max((len(moved.layers) for moved in maps), default=0)):
        layers = [moved.layers[depth] if depth < len(moved.layers) else None for moved in maps]
        furthest = max(max(layer.ends[-1], layer.new_ends[-1]) for layer in layers if layer is not None)
        stride = max(furthest, int(ends.max(initial=0))) + 2
        flat, bases = FlatLayer.of(layers, stride=stride), texts * stride
        np.maximum(fates, _fates(flat, starts + bases, ends + bases), out=fates)
        starts = flat.starts_of(starts + bases) - bases
        ends = flat.ends_of(ends + bases) - bases
    numbers = np.bincount(fates, minlength=len(FATES))
    counts = {fate: int(number) for fate, number in zip(FATES, numbers, strict=True)}
    return Recoded(starts, ends, fates, MappingProxyType(counts))


def _fates(layer: FlatLayer, starts: Positions, ends: Positions) -> npt.NDArray[np.int8]:
    """The fates of ranges on the layer's axis."""
    edited = np.concatenate(([0], np.cumsum(layer.ends - layer.starts)))

    def edited_before(positions: Positions) -> Positions:
        """How many characters before each position lie in edits."""
        at = np.searchsorted(layer.starts, positions, side="right") - 1
        return edited[at] + np.minimum(positions, layer.ends[at]) - layer.starts[at]

    def cuts(positions: Positions) -> npt.NDArray[np.bool_]:
        """Whether each position lies strictly inside an edit."""
        at = np.searchsorted(layer.starts, positions, side="right") - 1
        return (layer.starts[at] < positions) & (positions < layer.ends[at])

    left = (ends - starts) - (edited_before(ends) - edited_before(starts))
    gone = (left == 0) & ((ends > starts) | cuts(starts))
    widened = cuts(starts) | cuts(ends)
    return np.where(gone, 2, np.where(widened, 1, 0)).astype(np.int8)
