"""Why a span was found: every detector that found it, by which rule, and what was seen and left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from ppdarchive.detectors import lexicon
from ppdarchive.detectors.engine import Engine
from ppdarchive.detectors.lexicon import Flag
from ppdarchive.detectors.patterns.rules import RULES
from ppdarchive.detectors.phrases.rulebook import HIPAA, rules
from ppdarchive.detectors.tagger import Tagger
from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.text.batch import TextBatch
from ppdarchive.text.tokens import Kind, Tokens

_OTHERS: Final = {
    TextCategory.AGE: "C",
    TextCategory.DATE: "C",
    TextCategory.CONTACT: "D, E, F, N",
    TextCategory.ID: "G to M, R",
    TextCategory.IP: "O",
}
_SAFE: Final = Flag.SAFE | Flag.MEDICATION | Flag.CONDITION | Flag.DEMONYM
_LEAST: Final = 0.02
"""What the tagger takes for less likely than this was not in question."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One detector's span behind a found one.

    Attributes
    ----------
    detector : str
        With the rule behind its point, as in ``phrases.kin-name``.
    start, end : int
    category : TextCategory
    tier : Tier
    score : float
    hipaa : str
        The letters of the classes of 45 CFR 164.514(b)(2)(i) that the rule, or else the category, is of.
    """

    detector: str
    start: int
    end: int
    category: TextCategory
    tier: Tier
    score: float
    hipaa: str


@dataclass(frozen=True, slots=True)
class Explained:
    """A found span, and its reasons from the strongest to the weakest.

    Without a reason of its own a span stands because the same words are surely a name elsewhere in the text.
    """

    span: Span
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """A word that was in question and is left.

    Attributes
    ----------
    start, end : int
    chance : float
        The tagger's probability that it identifies.
    is_safe : bool
        Whether the lexicons list it as a word of the field.
    """

    start: int
    end: int
    chance: float
    is_safe: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was found in one text and what was left, each in the order of the text."""

    found: tuple[Explained, ...]
    left: tuple[Left, ...]


def explain(text: str, engine: Engine) -> Explanation:
    """Say why each span of a text was found.

    Parameters
    ----------
    text : str
    engine : Engine

    Returns
    -------
    Explanation

    Examples
    --------
    >>> found = explain("my son jayden sleeps", Engine()).found
    >>> {"phrases.kin-name", "tagger"} <= {reason.detector for reason in found[0].reasons}
    True
    """
    spans = engine.detect([text])[0]
    batch = TextBatch.of([text])
    every = [span for detector in engine.detectors for span in detector.detect(batch)[0]]
    return Explanation(
        tuple(Explained(span, _reasons(span, every)) for span in spans), _left(batch, engine, spans)
    )


def _reasons(span: Span, every: Sequence[Span]) -> tuple[Reason, ...]:
    met = {
        Reason(own.detector, own.start, own.end, own.category, own.tier, round(own.score, 3), _hipaa(own))
        for own in every
        if own.start < span.end and span.start < own.end
    }
    return tuple(sorted(met, key=lambda own: (own.tier is not Tier.REDACT, -own.score, own.detector)))


def _hipaa(span: Span) -> str:
    own = _letters().get(span.detector)
    return own or HIPAA.get(span.category) or _OTHERS.get(span.category, "R")


@cache
def _letters() -> dict[str, str]:
    """The classes that the rulebooks state, by detector."""
    patterns = {f"patterns.{rule.name}": rule.law for rule in RULES}
    return patterns | {f"phrases.{rule.name}": rule.hipaa for rule in rules()}


def _left(batch: TextBatch, engine: Engine, spans: Sequence[Span]) -> tuple[Left, ...]:
    tokens = Tokens.of(batch)
    chances = np.zeros(len(tokens))
    for detector in engine.detectors:
        if isinstance(detector, Tagger):
            at, labels = detector.probabilities(batch, tokens)
            chances[at] = 1 - labels[:, 0]
    safe = lexicon.words().columns(tokens.hashes).has(_SAFE)
    asked = np.flatnonzero((tokens.kinds == Kind.LETTER) & (safe | (chances >= _LEAST)))
    _, starts, ends = batch.places(tokens.starts[asked], tokens.ends[asked])
    return tuple(
        Left(start, end, round(chance, 3), is_safe)
        for start, end, chance, is_safe in zip(
            starts.tolist(), ends.tolist(), chances[asked].tolist(), safe[asked].tolist(), strict=True
        )
        if not any(span.start < end and start < span.end for span in spans)
    )
