"""One pattern and what its matches mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from ppdarchive.model.span import TextCategory, Tier

Narrow = Callable[[re.Match[str], str], Iterable[tuple[int, int]]]
"""From a match in the folded text and the original words of it, the ranges of the folded text that
are meant; none to reject the match."""

SPACE: Final = r"[\s]{1,3}"
"""A gap between words; bounded, so that long gaps cost nothing."""
GAP: Final = r"[\s]{0,3}"


class Need(Enum):
    """What a rule needs near the digits; tried once for many rules, so that most are not tried."""

    ANY = re.compile("[0-9]")
    NUMBER = re.compile(
        r"[0-9](?:[0-9][0-9]| ?[/.:()+-] ?[0-9]| [0-9]|[a-z-]{1,38}[0-9])|'[0-9]|[:-][0-9a-f]{0,4}[:-]"
    )
    """Three digits in a row, or digits with something between them that numbers are written with."""
    FIVE = re.compile("[0-9]{5}")
    OLD = re.compile("(?:9|1[0-2])[0-9]")
    MONTH = re.compile(
        r"(?<![a-z])(?:jan|feb|ma[ry]|apr|ju[nl]|aug|sep|oct|nov|dec|enero|abril|agosto|seti|dici|octu)"
    )
    ROAD = re.compile(r"(?:box|route|rt|hwy|highway|cr|fm|county (?:road|rd))(?:\.|\s|#|[0-9])")


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern over folded text (`ppdarchive.text.fold`: lower case, plain digits and punctuation).

    Every pattern is linear in the text: repetitions are bounded or possessive, and do not nest.

    Attributes
    ----------
    name : str
    category : TextCategory
    pattern : re.Pattern
    score : float
    tier : Tier
    group : int
        The group that is the span; 0 is the whole match.
    narrow : Narrow or None
        Instead of `group`: which ranges are meant, if any.
    needs : Need
        What must stand near for the rule to be tried at all.
    """

    name: str
    category: TextCategory
    pattern: re.Pattern[str]
    score: float
    tier: Tier = Tier.REDACT
    group: int = 0
    narrow: Narrow | None = None
    needs: Need = Need.ANY

    def ranges(self, match: re.Match[str], original: str) -> Iterable[tuple[int, int]]:
        """The ranges of the folded text that a match means."""
        if self.narrow is None:
            return (match.span(self.group),)
        return self.narrow(match, original)


def only_if(test: Callable[[re.Match[str]], bool], group: int = 0) -> Narrow:
    """Keep a match, or its group, where the test holds."""
    return lambda match, _: (match.span(group),) if test(match) else ()
