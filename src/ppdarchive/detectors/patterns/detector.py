"""The pattern detector: what can be told by its form, in one pass over each text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ppdarchive.detectors.patterns.contact import AT_RULES, DOT_RULES, PHONE_RULES
from ppdarchive.detectors.patterns.date import AGE_RULES, DATE_RULES
from ppdarchive.detectors.patterns.number import NUMBER_RULES
from ppdarchive.detectors.patterns.place import PLACE_RULES
from ppdarchive.detectors.patterns.rule import Need, Rule
from ppdarchive.model.span import Span
from ppdarchive.text.fold import Folded, fold

DIGIT_RULES: Final = (*PHONE_RULES, *NUMBER_RULES, *DATE_RULES, *AGE_RULES, *PLACE_RULES)
RULES: Final = (*AT_RULES, *DOT_RULES, *DIGIT_RULES)
"""All rules, in the order in which they are tried."""

_BY_NEED: Final = {need: [rule for rule in DIGIT_RULES if rule.needs is need] for need in Need}
_BEFORE: Final = 100
_AFTER: Final = 140
"""How far around digits the rules look: more than the longest words of context they know."""
_DIGIT: Final = re.compile("[0-9]")
_SPACE: Final = re.compile(r"\s")
_DOTTED: Final = re.compile(r"\.[\w/]|(?<!\w)/?u/")


class Patterns:
    """Finds what has a form: contact details, numbers, dates, addresses, high ages.

    Most answers have neither a digit nor an @ nor a full stop inside a word; they are passed by.
    Elsewhere the rules look at the text around digits only.
    """

    name: Final = "patterns"

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find what any rule finds; spans of several rules may overlap."""
        return [list(_found(text)) for text in texts]


def _found(text: str) -> Iterator[Span]:
    folded = fold(text)
    plain = folded.text
    if "@" in plain:
        yield from _matches(AT_RULES, text, folded, 0, len(plain))
    if ("." in plain or "/" in plain) and (_DOTTED.search(plain) or "://" in plain):
        yield from _matches(DOT_RULES, text, folded, 0, len(plain))
    if _DIGIT.search(plain):
        for start, end in _windows(plain):
            for need, rules in _BY_NEED.items():
                if need.value.search(plain, start, end):
                    yield from _matches(rules, text, folded, start, end)


def _windows(plain: str) -> Iterator[tuple[int, int]]:
    """The parts of a text with digits and what stands around them, cut at white space."""
    start = end = -1
    for match in _DIGIT.finditer(plain):
        at = match.start()
        if at + _AFTER <= end:
            continue
        if at - _BEFORE > end:
            if end > 0:
                yield start, end
            start = max(at - _BEFORE, 0)
        space = _SPACE.search(plain, at + _AFTER)
        end = space.start() if space else len(plain)
    if end > 0:
        yield start, end


def _matches(rules: Iterable[Rule], text: str, folded: Folded, start: int, end: int) -> Iterator[Span]:
    for rule in rules:
        for match in rule.pattern.finditer(folded.text, start, end):
            first, last = folded.original(*match.span())
            for place in rule.ranges(match, text[first:last]):
                yield Span(
                    *folded.original(*place), rule.category, rule.score, rule.tier, f"patterns.{rule.name}"
                )
