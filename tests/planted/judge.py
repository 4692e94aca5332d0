"""What a detector's spans are worth on planted answers.

- A mention is protected if every letter and digit of it is masked, under whatever category (one without
  letters or digits: every character that is no white space). A mention of OTHER, which a person is to
  look at, counts from half of its letters on: nobody can say where the telling of an event ends.
- A span whose kind is a state or a country stays in a text, so it is no over-masking, and a mention that
  is covered by nothing else is not protected.
- Over-masking is the share of characters, white space left out, outside all mentions and neutral ranges
  that are masked.
- Precision is the share of masked characters, neutral ones left out, that lie in a mention.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ppdarchive.model.span import Span, Tier

from .generate import Mention, Planted

ANY_TIER: Final = frozenset(Tier)
REDACT: Final = frozenset({Tier.REDACT})
_ENOUGH_OF_OTHER: Final = 0.5


@dataclass(slots=True)
class Verdict:
    """Counts over many answers.

    Attributes
    ----------
    hits, totals : Counter
        Mentions by ``("category", "NAME")``, ``("kind", "NAME", "coach")``, ``("form", "misspelt")``,
        ``("listed", "listed")`` and ``("all",)``; protected ones and all.
    misses : list of dict
        The mentions that were not protected, with what was masked of them and their surroundings.
    harm : list of dict
        What was masked outside of mentions, with its surroundings.
    """

    hits: Counter[tuple[str, ...]] = field(default_factory=Counter)
    totals: Counter[tuple[str, ...]] = field(default_factory=Counter)
    n_outside: int = 0
    n_outside_masked: int = 0
    n_masked: int = 0
    n_masked_right: int = 0
    n_clean: int = 0
    n_clean_untouched: int = 0
    misses: list[dict[str, Any]] = field(default_factory=list)
    harm: list[dict[str, Any]] = field(default_factory=list)

    def recall(self, *key: str) -> float:
        """The share of protected mentions; of all, or ``"category", "NAME"`` and the like."""
        own = key or ("all",)
        return self.hits[own] / self.totals[own] if self.totals[own] else 1.0

    @property
    def over_masking(self) -> float:
        """The share of other characters that are masked."""
        return self.n_outside_masked / max(1, self.n_outside)

    @property
    def precision(self) -> float:
        """The share of masked characters that had to be."""
        return self.n_masked_right / max(1, self.n_masked)

    @property
    def clean_untouched(self) -> float:
        """The share of answers without mentions in which nothing is masked."""
        return self.n_clean_untouched / max(1, self.n_clean)

    def rates(self, level: str) -> list[tuple[tuple[str, ...], float, int]]:
        """The recall of each key of a level (``category``, ``kind``, ``form``, ``listed``) and its number."""
        keys = sorted(key for key in self.totals if key[0] == level)
        return [(key[1:], self.recall(*key), self.totals[key]) for key in keys]


def judge(
    answers: Sequence[Planted],
    found: Iterable[Sequence[Span]],
    *,
    tiers: frozenset[Tier] = ANY_TIER,
) -> Verdict:
    """Count what a detector protects and what it harms.

    Parameters
    ----------
    answers : sequence of Planted, length n
    found : iterable of sequence of Span, length n
    tiers : frozenset of Tier
        Spans of other tiers are taken as not found.

    Returns
    -------
    Verdict
    """
    verdict = Verdict()
    for answer, spans in zip(answers, found, strict=True):
        text = answer.text
        found_here = [span for span in spans if span.tier in tiers]
        own = [span for span in found_here if not span.kind]
        mask = _covered(len(text), ((span.start, span.end) for span in own))
        with_states = _covered(len(text), ((span.start, span.end) for span in found_here))
        for mention in answer.spans:
            _count(verdict, answer, mention, mask, with_states)
        inside = _covered(len(text), ((mention.start, mention.end) for mention in answer.spans))
        neutral = _covered(len(text), answer.neutral)
        for at, character in enumerate(text):
            if character.isspace() or neutral[at]:
                continue
            verdict.n_masked += mask[at]
            verdict.n_masked_right += mask[at] & inside[at]
            if not inside[at]:
                verdict.n_outside += 1
                verdict.n_outside_masked += mask[at]
        if not answer.spans:
            verdict.n_clean += 1
            verdict.n_clean_untouched += not any(m and not n for m, n in zip(mask, neutral, strict=True))
        for span in own:
            wrong = [at for at in range(span.start, span.end) if not inside[at] and not neutral[at]]
            if any(text[at].isalnum() for at in wrong):
                verdict.harm.append(
                    {
                        "masked": text[span.start : span.end],
                        "category": span.category.value,
                        "tier": span.tier.value,
                        "detector": span.detector,
                        "score": round(span.score, 3),
                        "context": text[max(0, span.start - 50) : span.end + 50],
                    }
                )
    return verdict


def _covered(length: int, ranges: Iterable[tuple[int, int]]) -> bytearray:
    mask = bytearray(length)
    for start, end in ranges:
        mask[start:end] = b"\1" * (end - start)
    return mask


def _count(
    verdict: Verdict, answer: Planted, mention: Mention, mask: bytearray, with_states: bytearray
) -> None:
    own = range(mention.start, mention.end)
    telling = [at for at in own if answer.text[at].isalnum()]
    telling = telling or [at for at in own if not answer.text[at].isspace()]
    n_masked = sum(with_states[at] for at in telling) if any(mask[at] for at in telling) else 0
    needed = _ENOUGH_OF_OTHER if mention.category == "OTHER" else 1
    hit = n_masked >= needed * len(telling)
    keys = [
        ("all",),
        ("category", mention.category),
        ("kind", mention.category, mention.kind),
        ("form", mention.form),
        ("listed", "listed" if mention.is_listed else "not listed"),
    ]
    for key in keys:
        verdict.totals[key] += 1
        verdict.hits[key] += hit
    if not hit:
        text = answer.text
        verdict.misses.append(
            {
                "mention": text[mention.start : mention.end],
                "category": mention.category,
                "kind": mention.kind,
                "form": mention.form,
                "listed": mention.is_listed,
                "masked": "".join(text[at] if mask[at] else "." for at in own),
                "context": text[max(0, mention.start - 60) : mention.end + 60],
            }
        )
