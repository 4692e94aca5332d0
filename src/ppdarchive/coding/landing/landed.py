"""A project's selections on the characters of a study's responses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.coding.landing.anchor import Confidences, anchor
from ppdarchive.coding.landing.counting import Mask
from ppdarchive.coding.landing.match import Matched, Responses, Trouble, match
from ppdarchive.coding.landing.positions import Resolved, resolve
from ppdarchive.coding.project import NONE, Project, ProjectSource
from ppdarchive.model.span import Positions

MIN_CONFIDENCE: Final = 0.9
"""Confidence below which a person decides."""

TROUBLES: Final = tuple(Trouble)
"""What the column `Landed.trouble` indexes."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Landed:
    """Selections on responses, as columns; one row for each of the project's, in its order.

    Attributes
    ----------
    response : ndarray of int64, shape (n,)
        Index into the responses; `NONE` where the source has none.
    start, end : ndarray of int64, shape (n,)
        Code points of the response's text, half-open; `NONE` where there is no place.
    code, coder, place : ndarray of int64, shape (n,)
        As the project has them.
    confidence : ndarray of float64, shape (n,)
        That the place is the right one, from 0 to 1; 0 where there is none.
    misfit : ndarray of bool, shape (n,)
        Where the quote that the project holds is not what it says is selected.
    uncertain : ndarray of bool, shape (n,)
        Where a person decides: no place, or a confidence that is too low.
    trouble : ndarray of int8, shape (n,)
        The gravest trouble, as an index into `TROUBLES`; `NONE` where there is none.
    matched : Matched
    resolved : Resolved
    """

    response: Positions
    start: Positions
    end: Positions
    code: Positions
    coder: Positions
    place: Positions
    confidence: Confidences
    misfit: Mask
    uncertain: Mask
    trouble: npt.NDArray[np.int8]
    matched: Matched
    resolved: Resolved

    def __len__(self) -> int:
        return len(self.response)

    def __repr__(self) -> str:
        return f"<Landed: {len(self)} selections, {int(self.uncertain.sum())} of them uncertain>"

    def reason(self, row: int) -> Trouble | None:
        """The trouble of one row."""
        at = int(self.trouble[row])
        return None if at == NONE else TROUBLES[at]

    def counts(self) -> Mapping[Trouble, int]:
        """How many selections are in each trouble that there is."""
        numbers = np.bincount(self.trouble[self.trouble != NONE], minlength=len(TROUBLES))
        return {trouble: int(n) for trouble, n in zip(TROUBLES, numbers, strict=True) if n}


def land(
    project: Project,
    responses: Responses,
    *,
    by_hand: Mapping[str, str] | None = None,
    pattern: str | None = None,
    min_confidence: float = MIN_CONFIDENCE,
) -> Landed:
    """Find where each selection of a project stands in the study's responses.

    Positions and quotes in a source without text are those of the response's own text; a quote that is not
    what they select then tells that the response is another one, or was. A selection of a whole source is
    the whole response, as surely as the one is the other. Nothing is dropped: a row without a place says
    why.

    Parameters
    ----------
    project : Project
    responses : Responses
    by_hand, pattern
        See `match`.
    min_confidence : float
        From 0 to 1.

    Returns
    -------
    Landed

    Raises
    ------
    CodingError
        ``coding.positions``: see `resolve`.
    ValueError
        If the pattern is not one.
    """
    matched = match(project, responses, by_hand=by_hand, pattern=pattern)
    own = _with_texts(project, responses, matched)
    resolved = resolve(own)
    selections = project.selections
    n = len(selections)
    has_source = selections.source != NONE
    of_source = np.append(matched.response, NONE)
    response = np.where(has_source, of_source[selections.source], NONE)
    has_text = np.array([text is not None for text in responses.texts] + [False], np.bool_)[response]
    is_placed = has_text & (resolved.start != NONE)
    start, end = np.full(n, NONE), np.full(n, NONE)
    confidence = np.zeros(n, np.float64)
    at = np.flatnonzero(is_placed)
    texts = {row: responses.texts[row] or "" for row in np.unique(response[at]).tolist()}
    anchored = anchor(
        [source.text for source in own.sources],
        texts,
        np.column_stack((selections.source[at], response[at])),
        resolved.start[at],
        resolved.end[at],
    )
    start[at], end[at], confidence[at] = anchored.start, anchored.end, anchored.confidence
    whole = at[_is_whole(project, at)]
    lengths = np.zeros(max(1, len(responses)), np.int64)
    lengths[list(texts)] = [len(text) for text in texts.values()]
    for i in whole[(start[whole] > 0) | (end[whole] < lengths[response[whole]])].tolist():
        confidence[i] *= _share(texts[response[i]], start[i], end[i])
    start[whole], end[whole] = 0, lengths[response[whole]]

    trouble = np.full(n, NONE, np.int8)
    source_trouble = [NONE if found is None else TROUBLES.index(found) for found in matched.trouble]
    is_unmatched = has_source & (response == NONE)
    for reason, where in (  # the later, the graver
        (Trouble.QUOTE_DIFFERS, resolved.misfit),
        (Trouble.LOW_CONFIDENCE, is_placed & ((confidence < min_confidence) | (confidence <= 0))),
        (Trouble.EMPTY, is_placed & (resolved.start == resolved.end)),
        (Trouble.EMPTY, is_placed & (start == end) & (confidence > 0)),
        (Trouble.OUTSIDE, has_text & (resolved.start == NONE)),
        (Trouble.QUOTE_NOT_FOUND, resolved.not_found),
        (Trouble.QUOTE_NOT_UNIQUE, resolved.not_unique),
        (Trouble.NO_TEXT, (response != NONE) & ~has_text),
        (Trouble.NO_SOURCE, ~has_source),
    ):
        trouble[where] = TROUBLES.index(reason)
    trouble[is_unmatched] = np.array([*source_trouble, NONE], np.int8)[selections.source[is_unmatched]]
    # An old quote beside the text that was coded says nothing of the response.
    has_own_text = np.array([bool(source.text) for source in project.sources] + [False], np.bool_)
    is_old_quote = (trouble == TROUBLES.index(Trouble.QUOTE_DIFFERS)) & has_own_text[selections.source]
    uncertain = (trouble != NONE) & ~is_old_quote
    return Landed(
        response,
        start,
        end,
        selections.code,
        selections.coder,
        selections.place,
        confidence,
        resolved.misfit,
        uncertain,
        trouble,
        matched,
        resolved,
    )


def _with_texts(project: Project, responses: Responses, matched: Matched) -> Project:
    """The project, with the response's own text for each source that has none."""
    if all(source.text for source in project.sources):
        return project
    sources = [
        source
        if source.text or at == NONE or responses.texts[at] is None
        else ProjectSource(source.key, source.name, responses.texts[at] or "")
        for source, at in zip(project.sources, matched.response.tolist(), strict=True)
    ]
    return replace(project, sources=tuple(sources))


def _share(text: str, start: int, end: int) -> float:
    """How much of a text a range is of, white space aside."""
    return len("".join(text[start:end].split())) / (len("".join(text.split())) or 1)


def _is_whole(project: Project, at: Positions) -> Mask:
    """Which of some selections are of a whole source: they have neither positions nor a quote."""
    selections = project.selections
    has_none: Mask = (selections.start[at] == NONE) & (selections.end[at] == NONE)
    for i in np.flatnonzero(has_none).tolist():
        quote = selections.quotes[at[i]]
        has_none[i] = quote is None or not quote.strip()
    return has_none
