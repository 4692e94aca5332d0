"""The pattern detector: what can be told by its form, in one pass over a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ppdarchive.detectors.patterns.attached import whole_date
from ppdarchive.detectors.patterns.needs import NEAR_DATE, NEEDS
from ppdarchive.detectors.patterns.public import is_public_line
from ppdarchive.detectors.patterns.rule import Rule
from ppdarchive.detectors.patterns.rules import RULES
from ppdarchive.detectors.patterns.view import Excerpt, View
from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.text.batch import TextBatch

_BY_NEED: Final = {need: [rule for rule in RULES if rule.need is need] for need in (*NEEDS, NEAR_DATE)}

Found = tuple[int, int, Rule]
"""A range of a folded batch, and the rule that means it."""


class Patterns:
    """Finds what has a form: contact details, numbers, dates, addresses, high ages.

    A batch is looked through once for what patterns need (digits of some shape, an @, a month); the
    rules read the words around these places only.
    """

    name: Final = "patterns"

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find what any rule finds; spans of several rules may overlap."""
        batch = TextBatch.of(texts)
        spans: list[list[Span]] = [[] for _ in batch]
        found = _found(batch)
        if not found:
            return spans
        starts, ends = (np.array([each[side] for each in found], np.int64) for side in (0, 1))
        places = zip(*(column.tolist() for column in batch.places(starts, ends)), strict=True)
        for (text, start, end), (_, _, rule) in zip(places, found, strict=True):
            spans[text].append(
                Span(start, end, rule.category, rule.score, rule.tier, f"patterns.{rule.name}")
            )
        return spans


def _found(batch: TextBatch) -> list[Found]:
    """What the rules find in a batch, need by need."""
    view = View(batch)
    whole = Excerpt(batch)
    found: list[Found] = []
    for need in NEEDS:
        anchors = need.anchors(view)
        if not anchors.size:
            continue
        if need.reads is None:
            found += _matched(_BY_NEED[need], whole, view.starts[anchors].tolist())
        else:
            found += _matched(_BY_NEED[need], view.excerpt(anchors, *need.reads), None)
    dates = [
        start for start, _, rule in found if rule.category is TextCategory.DATE and rule.tier is Tier.REDACT
    ]
    if dates and NEAR_DATE.reads is not None:
        anchors = view.around(np.array(dates, np.int64))
        found += _matched(_BY_NEED[NEAR_DATE], view.excerpt(anchors, *NEAR_DATE.reads), None)
    return [meant for each in found if (meant := _meant(each, batch.folded)) is not None]


def _matched(rules: Sequence[Rule], excerpt: Excerpt, starts: Sequence[int] | None) -> list[Found]:
    """What rules find in an excerpt, in positions of the batch."""
    return [
        (excerpt.position(first), excerpt.position(first) + last - first, rule)
        for rule in rules
        for first, last in rule.ranges(excerpt, starts)
    ]


def _meant(found: Found, folded: str) -> Found | None:
    """A date with its weekday and time; nothing for a number that everybody may know."""
    start, end, rule = found
    if rule.category is TextCategory.DATE:
        return *whole_date(folded, start, end), rule
    return None if is_public_line(folded[start:end], rule.category) else found
