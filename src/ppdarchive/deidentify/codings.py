"""Codings follow their texts through redaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.deidentify.freetext import Redaction
from ppdarchive.model.columns import Texts, values_of
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
) -> tuple[Frame, npt.NDArray[np.bool_], Mapping[str, int]]:
    """Carry the segments of a table of codings across the edits of the texts that they mark.

    Parameters
    ----------
    frame : Frame, shape (n_codings, n_fields)
        As it came in, with integer columns ``start`` and ``end``, code points of the texts as they
        came in; one that lacks a position marks no segment.
    texts : ndarray of int64, shape (n_codings,)
        For each coding the row of its text in `redaction`.
    redaction : Redaction
    key : sequence of str
        The table's primary key: two segments may become one, and the key must still name each row.

    Returns
    -------
    frame : Frame, shape (n_codings, n_fields)
        With positions in the edited texts.
    gone : ndarray of bool, shape (n_codings,)
        Codings that must not be released: of answers that are withheld, inside out, or repeated.
    counts : mapping of str to int
        How many were ``kept``, ``widened``, ``swallowed``, and left out as ``withheld``, ``repeated``.
    """
    start, end = (values_of(frame[name]) for name in ("start", "end"))
    has_start, has_end = (np.asarray(pc.is_valid(column)) for column in (start, end))
    # A position that stands alone is that of an empty segment.
    starts = _filled(pc.coalesce(start, end))
    ends = _filled(pc.coalesce(end, start))
    withheld = np.append(nulls_of(redaction.texts), True)[texts]
    withheld |= (starts < 0) | (ends < starts)
    marks = ~withheld & (has_start | has_end)
    coded, places = np.unique(texts[marks], return_inverse=True)
    maps = [redaction.maps[text] for text in coded.tolist()]
    moved = recode(places, starts[marks], ends[marks], maps)
    starts[marks], ends[marks] = moved.starts, moved.ends
    result = frame.assign(start=_integers(starts, ~has_start), end=_integers(ends, ~has_end))
    repeated = np.zeros(len(frame), dtype=bool)
    if key:
        repeated[~withheld] = result.loc[~withheld].duplicated(subset=list(key)).to_numpy(dtype=bool)
    counts = {fate.value: moved.counts[fate] for fate in Fate}
    counts |= {WITHHELD: int(withheld.sum()), REPEATED: int(repeated.sum())}
    return result, withheld | repeated, MappingProxyType(counts)


def nulls_of(texts: Sequence[str | None]) -> npt.NDArray[np.bool_]:
    """Which texts are null."""
    if isinstance(texts, Texts):
        return np.asarray(pc.is_null(texts.values))
    return np.fromiter((text is None for text in texts), np.bool_, len(texts))


def _filled(values: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    return np.asarray(pc.fill_null(values, 0)).astype(np.int64)


def _integers(values: npt.NDArray[np.int64], null: npt.NDArray[np.bool_]) -> pd.Series:
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values, pa.int64(), mask=null)))
