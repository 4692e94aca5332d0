"""Answers whose words are others: how many only by more redaction, how many otherwise.

A text was redacted further if putting marks in the place of some of its words gives the other text. Marks
are what stands where words were: tags, general words in brackets, masks. Where surrogates stand instead,
nothing tells a redaction from any other edit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from ppdarchive.changes.matching import Numbers
from ppdarchive.changes.rows import NONE, Affected, Count

Marks = Callable[[str], Iterable[tuple[int, int]]]
"""A text -> the ranges of it that are marks, in order."""

_MARK: Final = re.compile(r"\[[^][\r\n]{1,60}\]|█+")


def bracketed(text: str) -> Iterable[tuple[int, int]]:
    """The ranges of a text that stand in brackets, and its masks, in order.

    Examples
    --------
    >>> list(bracketed("[NAME] called [a hospital]"))
    [(0, 6), (14, 26)]
    """
    return (match.span() for match in _MARK.finditer(text))


class Edited(StrEnum):
    """How a text became another."""

    REDACTED = "redacted"
    """Marks stand where words were, or there is no text any more; all else is as it was."""
    UNREDACTED = "unredacted"
    """Words stand where marks were; all else is as it was."""
    REMARKED = "remarked"
    """Other marks stand where marks were; all else is as it was."""
    OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class TextChanges:
    """Texts of one field that were edited.

    Attributes
    ----------
    edited : Affected
        All of them: texts that were there and are others, or no longer there.
    redacted, unredacted, remarked, otherwise : Affected
        These together are all.
    """

    edited: Affected = NONE
    redacted: Affected = NONE
    unredacted: Affected = NONE
    remarked: Affected = NONE
    otherwise: Affected = NONE

    @property
    def kinds(self) -> dict[str, Affected]:
        """How texts became others, by the word for it; how none did is left out."""
        parts = {kind.value: getattr(self, kind.value) for kind in Edited}
        return {kind: part for kind, part in parts.items() if part.n_rows}


def text_changes(
    before: Sequence[str], after: Sequence[str | None], rows: Numbers, *, count: Count, marks: Marks
) -> TextChanges:
    """Count the texts that were edited, by how.

    Parameters
    ----------
    before, after : sequences of str, length n_edited
        Texts that differ; none any more is None.
    rows : ndarray of int64, shape (n_edited,)
        Their rows, for `count`.
    count : Count
    marks : Marks
    """
    found = [edited(own, other, marks) for own, other in zip(before, after, strict=True)]
    parts = {
        kind.value: count(rows[np.array([each is kind for each in found], dtype=np.bool_)]) for kind in Edited
    }
    return TextChanges(edited=count(rows), **parts)


def edited(before: str, after: str | None, marks: Marks = bracketed) -> Edited:
    """How one text became another.

    Examples
    --------
    >>> edited("Anna called me on Monday", "[NAME] called me on [DATE]").value
    'redacted'
    >>> edited("Anna called me on Monday", "[NAME] called on [DATE]").value
    'otherwise'
    """
    if after is None:
        return Edited.REDACTED
    own, other = _words(before, marks), _words(after, marks)
    if own == other:
        return Edited.REMARKED
    if _fits(before, other):
        return Edited.REDACTED
    return Edited.UNREDACTED if _fits(after, own) else Edited.OTHERWISE


def _words(text: str, marks: Marks) -> list[str]:
    """What stands before, between and behind the marks."""
    pieces, start = [], 0
    for begin, end in marks(text):
        pieces.append(text[start:begin])
        start = end
    return [*pieces, text[start:]]


def _fits(text: str, words: Sequence[str]) -> bool:
    """Whether a text holds the words in order, from its start to its end, with something between them."""
    if len(words) == 1 or not text.startswith(words[0]):
        return False
    position, end = len(words[0]), len(text) - len(words[-1])
    if not text.endswith(words[-1]):
        return False
    for piece in words[1:-1]:  # the first place that fits leaves most room for what follows
        found = text.find(piece, position + 1, end)
        if found < 0:
            return False
        position = found + len(piece)
    return position < end
