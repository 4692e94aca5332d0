"""Codings of two releases: added, removed, moved and given other codes, stage by stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from ppdarchive.changes.matching import Mask, Matching, Numbers, matched, numbered
from ppdarchive.changes.rows import NONE, Affected, Count
from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.table import Frame

CODINGS: Final = "codings"
CODE_KEY: Final = "code_id"
STAGE: Final = "stage"
_POSITIONS: Final = ("start", "end")
_SEGMENT: Final = ("response_id", "coder_id", *_POSITIONS)


@dataclass(frozen=True, slots=True)
class CodingChanges:
    """What became of the codings of one stage.

    Attributes
    ----------
    added, removed : Affected
    moved : Affected
        The same code of the same coder now covers other characters of the same response.
    recoded : Affected
        The same segment of the same coder bears another code.
    """

    added: Affected = NONE
    removed: Affected = NONE
    moved: Affected = NONE
    recoded: Affected = NONE

    @property
    def kinds(self) -> Mapping[str, Affected]:
        """What happened to codings, by kind of change; what happened to none is left out."""
        parts = {
            "codings.added": self.added,
            "codings.removed": self.removed,
            "codings.moved": self.moved,
            "codings.recoded": self.recoded,
        }
        return {kind: part for kind, part in parts.items() if part.n_rows}


def coding_changes(
    before: Frame, after: Frame, matching: Matching, *, counts: tuple[Count, Count]
) -> Mapping[str, CodingChanges]:
    """Tell what became of the codings that are not the same in both releases.

    Of the codings that are gone, those whose segment bears another code now were recoded, as many as there
    are new ones on it; of the rest, those whose coder has a new coding with the same code in the same
    response were moved.

    Parameters
    ----------
    before, after : Frame
        The codings.
    matching : Matching
        Of both.
    counts : tuple of Count

    Returns
    -------
    mapping of str to CodingChanges
        By stage; under ``""`` where there are no stages. Stages without change are left out.
    """
    names = [name for name in after.columns if name in before.columns]
    staged = [name for name in names if name == STAGE]
    segment = [name for name in names if name in _SEGMENT]
    gone, new = matching.removed, matching.added
    recoded = _pairs(before, after, gone, new, [*segment, *staged])
    gone, new = _without(gone, recoded.before), _without(new, recoded.after)
    placed = [name for name in segment if name not in _POSITIONS]
    moved = _pairs(before, after, gone, new, [*placed, CODE_KEY, *staged])
    gone, new = _without(gone, moved.before), _without(new, moved.after)
    own, others = _stages(before), _stages(after)
    result = {}
    for stage in sorted({*own, *others}):
        was, is_now = own.get(stage, _nowhere(before)), others.get(stage, _nowhere(after))
        found = CodingChanges(
            added=counts[1](new[is_now[new]]),
            removed=counts[0](gone[was[gone]]),
            moved=counts[1](moved.after[is_now[moved.after]]),
            recoded=counts[1](recoded.after[is_now[recoded.after]]),
        )
        if found.kinds:
            result[stage] = found
    return result


def _stages(frame: Frame) -> dict[str, Mask]:
    """The rows of each stage; all under ``""`` where there are no stages."""
    if STAGE not in frame.columns:
        return {"": ~_nowhere(frame)}
    stages, codes = encode(values_of(frame[STAGE]))
    return {str(stage): codes == place for place, stage in enumerate(stages)}


def _nowhere(frame: Frame) -> Mask:
    return np.zeros(len(frame), dtype=np.bool_)


def _pairs(before: Frame, after: Frame, gone: Numbers, new: Numbers, names: Sequence[str]) -> Matching:
    """Match rows by some fields; positions are those of the whole tables."""
    found = matched(*numbered(_columns(before, gone, names), _columns(after, new, names)))
    return Matching(gone[found.before], new[found.after], gone[found.removed], new[found.added])


def _columns(frame: Frame, rows: Numbers, names: Sequence[str]) -> list[pa.ChunkedArray]:
    return [values_of(frame[name]).take(rows) for name in names]


def _without(rows: Numbers, others: Numbers) -> Numbers:
    return np.setdiff1d(rows, others, assume_unique=True)
