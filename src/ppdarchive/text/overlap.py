"""Overlapping spans -> disjoint ones, by one stated order; coverage is never lost.

1. Spans of tier ``redact`` that share a character become one span over their union. What they cover
   together stays covered, exactly, and in that tier.
2. Spans of tier ``uncertain`` lose what redact spans cover; the pieces that are left stay uncertain.
3. Pieces that share a character become one span over their union.
4. A union takes category, score and detector from its strongest member: the highest score, then the
   longest, then the first category in the order of `TextCategory`, then the first start, then the
   first detector by name.

Spans that only touch stay apart. The result does not depend on the order of the input.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from ppdarchive.model.span import Span, TextCategory, Tier

_START: Final = attrgetter("start")
_RANK: Final = {category: rank for rank, category in enumerate(TextCategory)}


def resolve(spans: Sequence[Span]) -> list[Span]:
    """Make one text's spans disjoint, by the order that this module states.

    Parameters
    ----------
    spans : sequence of Span
        In any order.

    Returns
    -------
    list of Span
        Disjoint and sorted.

    Examples
    --------
    >>> name, contact = TextCategory.NAME, TextCategory.CONTACT
    >>> [(s.start, s.end, s.category.value) for s in resolve([Span(0, 4, name, 0.5), Span(2, 9, contact)])]
    [(0, 9, 'CONTACT')]
    """
    if len(spans) < 2:
        return list(spans)
    sure = _united([span for span in spans if span.tier is Tier.REDACT])
    unsure = [span for span in spans if span.tier is Tier.UNCERTAIN]
    if not unsure:
        return sure
    if not sure:
        return _united(unsure)
    left = _united([piece for span in unsure for piece in _outside(span, sure)])
    return sorted(sure + left, key=_START) if left else sure


def resolve_many(batch: Sequence[Sequence[Span]]) -> list[list[Span]]:
    """Make the spans of each text disjoint."""
    return [resolve(spans) for spans in batch]


def _strength(span: Span) -> tuple[float, int, int, int, str]:
    """The smaller, the stronger."""
    return -span.score, -len(span), _RANK[span.category], span.start, span.detector


def _united(spans: list[Span]) -> list[Span]:
    """The unions of spans of one tier, sorted; the list is used up."""
    if len(spans) < 2:
        return spans
    spans.sort(key=_START)
    result: list[Span] = []
    strongest = spans[0]
    start, end = strongest.start, strongest.end
    for span in spans[1:]:
        if span.start < end:
            end = max(end, span.end)
            if span.score > strongest.score or (
                span.score == strongest.score and _strength(span) < _strength(strongest)
            ):
                strongest = span
        else:
            result.append(_over(strongest, start, end))
            start, end, strongest = span.start, span.end, span
    result.append(_over(strongest, start, end))
    return result


def _outside(span: Span, sure: Sequence[Span]) -> list[Span]:
    """The pieces of `span` that no span of `sure`, disjoint and sorted, covers."""
    pieces: list[Span] = []
    position, end = span.start, span.end
    for other in sure:
        if other.end <= position:
            continue
        if other.start >= end:
            break
        if position < other.start:
            pieces.append(_over(span, position, other.start))
        position = other.end
    if position < end:
        pieces.append(_over(span, position, end))
    return pieces


def _over(span: Span, start: int, end: int) -> Span:
    """The span over another range; `dataclasses.replace` takes five times as long."""
    if span.start == start and span.end == end:
        return span
    return Span(start, end, span.category, span.score, span.tier, span.detector, span.kind)
