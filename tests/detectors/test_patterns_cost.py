"""A character costs the same in a text of any length, whatever it is made of."""

from __future__ import annotations

import time

import pytest

from ppdarchive.detectors.patterns import Patterns
from ppdarchive.detectors.patterns.rules import RULES
from ppdarchive.detectors.patterns.view import Excerpt
from ppdarchive.text.batch import TextBatch

from .test_patterns import LONG, SIZE

SHORT = 10_000
WIDE = 4
"""Ten times the text may cost forty times the time, if the machine is busy; a square would cost hundred."""
FLOOR = 0.005
"""Seconds of processor time below which nothing is measured."""


def seconds(text: str) -> float:
    """The least processor time of three passes of the detector over one text."""
    return min(_pass(text) for _ in range(3))


def _pass(text: str) -> float:
    start = time.process_time()
    Patterns().detect([text])
    return time.process_time() - start


@pytest.mark.thorough
@pytest.mark.parametrize("name", LONG)
def test_a_character_costs_the_same_in_a_long_text(name: str) -> None:
    """From 10,000 to 100,000 characters, within a wide factor."""
    long = LONG[name]
    short = long[:SHORT]
    times = max(seconds(short), FLOOR), seconds(long)
    assert times[1] / len(long) <= WIDE * times[0] / len(short)


@pytest.mark.thorough
@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_a_pattern_costs_the_same_in_a_long_text(rule) -> None:
    """Each by itself on all hostile texts together, tried at every character."""

    def total(size: int) -> float:
        excerpts = [Excerpt(TextBatch.of([text[:size]])) for text in LONG.values()]
        start = time.process_time()
        for excerpt in excerpts:
            for _ in rule.ranges(excerpt, None):
                pass
        return time.process_time() - start

    times = max(total(SHORT), FLOOR), total(SIZE)
    assert times[1] / SIZE <= WIDE * times[0] / SHORT
