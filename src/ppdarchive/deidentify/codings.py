"""Codings follow their texts through redaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ppdarchive.deidentify.freetext import Redaction
from ppdarchive.model.columns import values_of
from ppdarchive.model.span import Fate
from ppdarchive.model.table import Frame
from ppdarchive.text.recode import recode

WITHHELD = "withheld"
REPEATED = "repeated"


def recoded(
    frame: Frame,
    texts: npt.NDArray[np.int64],
    redaction: Redaction,
    key: Sequence[str],
) -> tuple[Frame, Mapping[str, int]]:
    """Carry the segments of a table of codings across the edits of the texts that they mark.

    Parameters
    ----------
    frame : Frame, shape (n_codings, n_fields)
        With integer columns ``start`` and ``end``, code points of the texts as they came in.
    texts : ndarray of int64, shape (n_codings,)
        For each coding the row of its text in `redaction`.
    redaction : Redaction
    key : sequence of str
        The table's primary key: two segments may become one, and the key must still name each row.

    Returns
    -------
    frame : Frame
        In the edited texts; without codings of answers that are withheld, and without repeats.
    counts : mapping of str to int
        How many were ``kept``, ``widened``, ``swallowed``, and left out as ``withheld``, ``repeated``.
    """
    withheld = np.array([text is None for text in redaction.texts], dtype=bool)
    stays = np.asarray(texts >= 0, dtype=bool)
    if len(withheld):
        stays &= ~withheld[texts]
    kept = frame.loc[stays].reset_index(drop=True)
    starts, ends = (np.asarray(values_of(kept[name]).combine_chunks()) for name in ("start", "end"))
    moved = recode(texts[stays], starts.astype(np.int64), ends.astype(np.int64), redaction.maps)
    kept = kept.assign(start=_integers(moved.starts), end=_integers(moved.ends))
    is_repeated = np.zeros(len(kept), dtype=bool)
    if key:
        is_repeated = np.asarray(kept.duplicated(subset=list(key)), dtype=bool)
    counts = {fate.value: moved.counts[fate] for fate in Fate}
    counts |= {WITHHELD: int((~stays).sum()), REPEATED: int(is_repeated.sum())}
    return kept.loc[~is_repeated].reset_index(drop=True), MappingProxyType(counts)


def _integers(values: npt.NDArray[np.int64]) -> pd.Series:
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values, pa.int64())))
