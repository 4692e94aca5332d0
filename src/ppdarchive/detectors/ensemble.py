"""Detectors made of detectors: what any of them finds, or what enough of them agree on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import fsum
from typing import Final, Literal

from ppdarchive.detectors.protocol import Detector, detect
from ppdarchive.model.span import Span, Tier
from ppdarchive.text.overlap import resolve

Combine = Literal["union", "vote"]
"""How the detectors of other packages are joined; what our own find always counts."""


class Union:
    """Finds what any member finds.

    Parameters
    ----------
    members : sequence of Detector
        Their order changes nothing.
    name : str
    """

    def __init__(self, members: Sequence[Detector], name: str = "union") -> None:
        self.members: Final = tuple(members)
        self.name: Final = name

    def __repr__(self) -> str:
        return f"Union({[member.name for member in self.members]})"

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the spans of all members; a span says which member found it."""
        return [
            sorted((_named(span, self.name) for span in own), key=_order)
            for own in detect(texts, self.members)
        ]


class Vote:
    """Finds what at least some number of members agree on.

    A span stands if spans of at least so many members, its own included, share a character with it;
    they need not agree on its category or its ends. It stands whole, so that one member's "Anna" does
    not cut another's "Anna Lee". Its score is the mean of the best that each of them gives there. It
    stays of tier ``redact`` if as many members are sure there, and becomes ``uncertain`` otherwise.
    A vote of one is a union.

    Parameters
    ----------
    members : sequence of Detector
        Their order changes nothing.
    at_least : int
        From 1 to the number of members.
    name : str

    Raises
    ------
    ValueError
        If so many members are not there.
    """

    def __init__(self, members: Sequence[Detector], at_least: int, name: str = "vote") -> None:
        if not 1 <= at_least <= len(members):
            raise ValueError(f"{at_least} of {len(members)} members cannot agree")
        self.members: Final = tuple(members)
        self.at_least: Final = at_least
        self.name: Final = name

    def __repr__(self) -> str:
        return f"Vote({[member.name for member in self.members]}, at_least={self.at_least})"

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find what enough members agree on; a span says which member found it."""
        given = [detect(texts, [member]) for member in self.members]
        return [
            sorted((_named(span, self.name) for span in self._agreed(ballots)), key=_order)
            for ballots in zip(*given, strict=True)
        ]

    def _agreed(self, given: Sequence[Sequence[Span]]) -> Iterator[Span]:
        # Disjoint within each member, so that all meetings together are no more than there are spans.
        ballots = [resolve(own) for own in given]
        starts = [[span.start for span in own] for own in ballots]
        for own in ballots:
            for span in own:
                met = [
                    list(_meeting(span, others, where)) for others, where in zip(ballots, starts, strict=True)
                ]
                votes = [max(other.score for other in others) for others in met if others]
                if len(votes) < self.at_least:
                    continue
                n_sure = sum(any(other.tier is Tier.REDACT for other in others) for others in met)
                is_sure = span.tier is Tier.REDACT and n_sure >= self.at_least
                tier = Tier.REDACT if is_sure else Tier.UNCERTAIN
                yield replace(span, score=fsum(votes) / len(votes), tier=tier)


def combined(members: Sequence[Detector], combine: Combine) -> Detector:
    """Join detectors as ``combine`` in study.toml says; a vote needs more than half of them."""
    if combine == "vote" and members:
        return Vote(members, len(members) // 2 + 1)
    return Union(members)


def _meeting(span: Span, others: Sequence[Span], starts: Sequence[int]) -> Iterator[Span]:
    """The spans of `others`, disjoint and sorted, that share a character with `span`."""
    at = max(bisect_right(starts, span.start) - 1, 0)
    while at < len(others) and others[at].start < span.end:
        if others[at].end > span.start:
            yield others[at]
        at += 1


def _named(span: Span, name: str) -> Span:
    return replace(span, detector=f"{name}.{span.detector}")


def _order(span: Span) -> tuple[int, int, str, str, float, str]:
    return span.start, span.end, span.category, span.tier, span.score, span.detector
