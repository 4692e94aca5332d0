"""A study's risk: as collected, as it would be released, and without those who are too rare."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import floor

import numpy as np
import numpy.typing as npt

from ppdarchive.deidentify.consent import PARTICIPANTS, with_referring, without
from ppdarchive.deidentify.freetext import Redaction
from ppdarchive.deidentify.treat import treat
from ppdarchive.drawn import Drawn
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.span import IDENTITY
from ppdarchive.model.table import CheckedTable
from ppdarchive.risk.assessment import Assessment, assess
from ppdarchive.risk.vectors import participant_vectors
from ppdarchive.study.config import Release


def as_collected(tables: Mapping[str, CheckedTable]) -> dict[str, TreatedTable]:
    """The tables as if they were released as they are, to compare with."""
    return {name: TreatedTable(table.schema, table.frame) for name, table in tables.items()}


def fields_as_released(tables: Mapping[str, CheckedTable], drawn: Drawn) -> Mapping[str, TreatedTable]:
    """The tables as they would be released, but for texts, which are all withheld."""
    return treat(
        tables,
        pseudonyms=drawn.pseudonyms,
        redact=_withheld,
        offsets=drawn.offsets,
        secret=drawn.exchanging,
    ).tables


def _withheld(texts: Sequence[str | None], groups: Sequence[Hashable]) -> Redaction:
    """No texts, and codings where they were."""
    n = len(groups)
    return Redaction((None,) * n, (IDENTITY,) * n, ((),) * n, ((),) * n, (), {})


def assessed(tables: Mapping[str, TreatedTable], release: Release) -> Assessment:
    """The risk of released tables under the terms of a release."""
    return assess(tables, k=release.limits.k, l=round(release.l or 2), population_size=release.population)


def without_rare(
    tables: Mapping[str, CheckedTable], drawn: Drawn, *, k: int, most: float
) -> tuple[Mapping[str, CheckedTable], int]:
    """Leave out participants whose class is too small, unless they are too many.

    This is record suppression (Samarati 2001): who would be in a class of fewer than `k` is not released,
    nor anything that refers to her. Values that are rare once they are gone may be suppressed in turn,
    so it goes on until nobody is left in a class that is too small.

    Parameters
    ----------
    tables : mapping of str to CheckedTable
    drawn : Drawn
    k : int
    most : float
        The largest share of the participants that may be left out.

    Returns
    -------
    tables : mapping of str to CheckedTable
    n_left_out : int
        0, with the tables as they were, if more than `most` would have to go.
    """
    if PARTICIPANTS not in tables:
        return tables, 0
    n = len(tables[PARTICIPANTS].frame)
    # A share as it is written: 0.07 of 100 participants are 7.
    allowed = floor(round(most * n, 9))
    found, n_left_out = tables, 0
    while allowed:
        rare = _rare(fields_as_released(found, drawn), k)
        if not rare.any():
            return found, n_left_out
        n_left_out += int(rare.sum())
        if n_left_out > allowed:
            break
        gone = with_referring(found, {PARTICIPANTS: rare})
        found = {name: without(table, gone[name]) for name, table in found.items()}
    return tables, 0


def _rare(tables: Mapping[str, TreatedTable], k: int) -> npt.NDArray[np.bool_]:
    """The participants in classes of fewer than `k`, in the rows' order."""
    rare: npt.NDArray[np.bool_] = participant_vectors(tables).classes().per_row < k
    return rare
