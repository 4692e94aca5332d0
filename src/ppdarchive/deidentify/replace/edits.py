"""Spans -> edits: each method of replacing chooses words, and grammar fits them into the sentence."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import islice

from ppdarchive.deidentify.replace.grammar import fitted
from ppdarchive.deidentify.replace.mentions import Chooser, Mention
from ppdarchive.model.span import Edit, Span


def edits_for(
    texts: Sequence[str],
    spans: Sequence[Sequence[Span]],
    choose: Chooser,
    *,
    groups: Sequence[Hashable] | None = None,
) -> list[list[Edit]]:
    """The edits that replace the spans of each text, one for each span.

    An edit may reach beyond its span where grammar asks for it: over the article before, over the
    bare apostrophe of a possessive behind (`ppdarchive.deidentify.replace.grammar`).

    Parameters
    ----------
    texts : sequence of str, length n
    spans : sequence of sequence of Span, length n
        Disjoint and sorted (`ppdarchive.text.overlap`).
    choose : Chooser
        `tags`, `masks`, `Numbered`, `General` or `Surrogates`.
    groups : sequence of hashable, length n, optional
        Whose text it is, as a rule the participant; without it each text is a group of its own.

    Returns
    -------
    list of list of Edit, length n
    """
    own_groups = groups if groups is not None else range(len(texts))
    mentions = [
        Mention(group, text, span.start, span.end, span.category)
        for text, own, group in zip(texts, spans, own_groups, strict=True)
        for span in own
    ]
    chosen = iter(zip(mentions, choose(mentions), strict=True))
    return [
        _fitted(text, list(islice(chosen, len(own)))) if own else []
        for text, own in zip(texts, spans, strict=True)
    ]


def _fitted(text: str, chosen: Sequence[tuple[Mention, str]]) -> list[Edit]:
    """The edits of one text."""
    edits = []
    floor = 0
    ceilings = (*(mention.start for mention, _ in chosen[1:]), len(text))
    for (mention, words), ceiling in zip(chosen, ceilings, strict=True):
        fit = fitted(text, mention.start, mention.end, words, floor=floor, ceiling=ceiling)
        edits.append(Edit(fit.start, fit.end, fit.replacement, mention.category))
        floor = fit.end
    return edits
