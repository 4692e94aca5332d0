"""The engine as ../shared/bench/score.py wants a detector: tuples of start, end and category.

    python ../shared/bench/score.py --detector benchmarks.scoring:detect --only name,location,org
    python ../shared/bench/score.py --detector benchmarks.scoring:detect_redact --only name,location,org

Run from the repository's root. `detect` returns both tiers, `detect_redact` the surer one alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from ppdarchive.detectors.engine import Engine
from ppdarchive.model.span import Span, TextCategory, Tier

Found = list[list[tuple[int, int, str]]]

_CALLED: Final = {
    TextCategory.NAME: "name",
    TextCategory.LOCATION: "location",
    TextCategory.ORGANIZATION: "org",
    TextCategory.FACILITY: "org",
    TextCategory.MILITARY: "org",
}


@cache
def _engine() -> Engine:
    return Engine()


def called(spans: Sequence[Span]) -> list[tuple[int, int, str]]:
    """Spans as tuples, their categories by the names that the corpora use."""
    return [(s.start, s.end, _CALLED.get(s.category, s.category.value.lower())) for s in spans]


def detect(texts: Sequence[str]) -> Found:
    """Both tiers."""
    return [called(spans) for spans in _engine().detect(texts)]


def detect_redact(texts: Sequence[str]) -> Found:
    """What is sure."""
    return [called([span for span in spans if span.tier is Tier.REDACT]) for spans in _engine().detect(texts)]
