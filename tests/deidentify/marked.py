"""Texts with their spans marked in them, for tables: "ask {NAME:Anna} about it"."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence

from ppdarchive.deidentify.replace import Chooser, edits_for, without_plural, without_possessive
from ppdarchive.model.span import Span, TextCategory
from ppdarchive.text.edit import apply

_MARK = re.compile(r"\{([A-Z]+):([^}]*)\}")


def unmarked(marked: str) -> tuple[str, list[Span]]:
    """The text, and its spans without possessives and plurals."""
    text, spans, position = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[position : match.start()]
        spans.append(Span(len(text), len(text) + len(match[2]), TextCategory(match[1])))
        text += match[2]
        position = match.end()
    text += marked[position:]
    return text, [without_plural(text, without_possessive(text, span)) for span in spans]


def replaced(
    marked: Sequence[str], choose: Chooser, *, groups: Sequence[Hashable] | None = None
) -> list[str]:
    """The texts after replacement; without groups all are of one."""
    texts, spans = zip(*map(unmarked, marked), strict=True)
    return apply(texts, edits_for(texts, spans, choose, groups=groups or ["g"] * len(texts)))[0]


def surrogates(marked: Sequence[str], choose: Chooser, **options: Sequence[Hashable]) -> list[list[str]]:
    """What stands in the place of each mark of each text."""
    texts, spans = zip(*map(unmarked, marked), strict=True)
    groups = options.get("groups") or ["g"] * len(texts)
    edits = edits_for(texts, spans, choose, groups=groups)
    return [
        [
            edit.replacement[_article(text, edit.start, span.start, edit.replacement) :]
            for edit, span in zip(own, marks, strict=True)
        ]
        for text, own, marks in zip(texts, edits, spans, strict=True)
    ]


def _article(text: str, start: int, behind: int, replacement: str) -> int:
    """How long the article is that an edit brings along."""
    return re.match(r"(?i)(?:an?\s+)?", replacement).end() if start < behind and text else 0  # type: ignore[union-attr]
