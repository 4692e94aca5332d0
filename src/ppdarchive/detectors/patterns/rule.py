"""One pattern and what its matches mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ppdarchive.detectors.patterns.needs import Need
from ppdarchive.detectors.patterns.view import Excerpt
from ppdarchive.model.span import TextCategory, Tier

Range = tuple[int, int]

Narrow = Callable[[re.Match[str], Excerpt], Iterable[Range]]
"""From a match in an excerpt, the ranges of the excerpt that are meant; none to reject the match."""

SPACE: Final = r"\s{1,3}"
"""A gap between words; bounded, so that long gaps cost nothing."""
GAP: Final = r"\s{0,3}"


@dataclass(frozen=True, kw_only=True)
class Rule:
    r"""A pattern over folded text (`ppdarchive.text.fold`: lower case, plain digits and punctuation).

    Every pattern is linear in the text: repetitions are bounded or possessive and start where a run
    starts, so that no character is looked at more often than a constant. None admits the separator of
    batches: no ``.``, no negated class, no ``\D``, ``\S`` or ``\W`` outside of a look-around that says
    what must not stand there. Tests read both off the parsed patterns.

    Attributes
    ----------
    name : str
    category : TextCategory
    law : str
        The letter of the class of identifiers in 45 CFR 164.514(b)(2)(i): ``A`` names, ``B`` places,
        ``C`` dates and ages, ``D`` telephone, ``E`` fax, ``F`` e-mail, ``G`` social security, ``H``
        medical records, ``I`` health plans, ``J`` accounts, ``K`` certificates and licences, ``L``
        vehicles, ``M`` devices, ``N`` web addresses, ``O`` network addresses, ``R`` any other.
    need : Need
        Where in a batch the rule is tried.
    source : str
        The regular expression; compiled on first use.
    score : float
    tier : Tier
    group : int
        The group that is the span; 0 is the whole match.
    narrow : Narrow or None
        Instead of `group`: which ranges are meant, if any.
    finds : tuple of str
        Examples; what the rule finds stands between ``<`` and ``>``.
    leaves : tuple of str
        Texts in which it finds nothing.
    """

    name: str
    category: TextCategory
    law: str
    need: Need
    source: str
    score: float
    finds: tuple[str, ...]
    leaves: tuple[str, ...] = ()
    tier: Tier = Tier.REDACT
    group: int | str = 0
    narrow: Narrow | None = None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The compiled expression."""
        return re.compile(self.source)

    def ranges(self, excerpt: Excerpt, starts: Sequence[int] | None) -> Iterator[Range]:
        """The ranges of an excerpt that the rule means.

        Parameters
        ----------
        excerpt : Excerpt
        starts : sequence of int or None
            The only positions where a match may begin, ascending; None for any.
        """
        found = (
            self.pattern.finditer(excerpt.text) if starts is None else self._beginning(excerpt.text, starts)
        )
        if self.narrow is None:
            for match in found:
                yield match.span(self.group)
            return
        for match in found:
            yield from self.narrow(match, excerpt)

    def _beginning(self, text: str, starts: Sequence[int]) -> Iterator[re.Match[str]]:
        """The matches that begin at given positions and not inside another."""
        match_at = self.pattern.match
        end = 0
        for start in starts:
            if start >= end:
                match = match_at(text, start)
                if match is not None:
                    end = match.end()
                    yield match


def only_if(test: Callable[[re.Match[str]], bool], group: int | str = 0) -> Narrow:
    """Keep a match, or its group, where the test holds."""
    return lambda match, _: (match.span(group),) if test(match) else ()


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


def one_of(text: str) -> str:
    """A pattern for one of the words of a text, longer ones first; ``_`` in a word is a gap."""
    ordered = sorted(text.split(), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(word.replace("_", SPACE) for word in ordered) + ")"


def n_digits(text: str) -> int:
    """How many digits there are."""
    return sum(character.isdecimal() for character in text)
