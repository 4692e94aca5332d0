"""Two coders who work alone and disagree as people do, and the consensus that they reach."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from random import Random
from typing import Final, NamedTuple

from ppdarchive.synthetic.draft import Draft, Mark
from ppdarchive.synthetic.resources import records

CODERS: Final = (("coder_1", "student"), ("coder_2", "clinician"), ("consensus", "consensus"))
"""Who codes: the two coders by themselves and, under a third id, together."""

_MISSES: Final[Mapping[str, float]] = {"coder_1": 0.13, "coder_2": 0.08}
_OTHER_CODE: Final[Mapping[str, float]] = {"coder_1": 0.1, "coder_2": 0.07}
_OTHER_BORDER: Final[Mapping[str, float]] = {"coder_1": 0.3, "coder_2": 0.22}
_WORD: Final = re.compile(r"\S+")


class Coding(NamedTuple):
    """One row of the codings table, in the order of its fields."""

    response_id: str
    code_id: str
    coder_id: str
    start: int
    end: int
    stage: str


@cache
def _siblings() -> Mapping[str, tuple[str, ...]]:
    """Return for each code the others of its theme, which are the ones it is mistaken for."""
    themes = {code: theme for code, _, theme, _ in records("codes")}
    return {
        code: tuple(other for other, its in themes.items() if its == theme and other != code)
        or ("coach_bond", "tailoring")
        for code, theme in themes.items()
    }


def codings_of(draft: Draft, response_id: str, rng: Random) -> list[Coding]:
    """Code one answer three times.

    Parameters
    ----------
    draft : Draft
        The answer with the segments that a perfect coder would mark.
    response_id : str
    rng : Random

    Returns
    -------
    list of Coding
        All distinct, coder by coder; every segment lies in the text and is not empty.
    """
    found: dict[Coding, None] = {}
    for coder, _ in CODERS[:2]:
        for segment in draft.segments:
            if rng.random() < _MISSES[coder]:
                continue
            start, end, code = segment.start, segment.end, segment.label
            if rng.random() < _OTHER_BORDER[coder]:
                start, end = _other_border(draft, segment, rng)
            if rng.random() < _OTHER_CODE[coder]:
                code = rng.choice(_siblings()[code])
            found[Coding(response_id, code, coder, start, end, "independent")] = None
    for segment in draft.segments:
        coding = Coding(response_id, segment.label, "consensus", segment.start, segment.end, "consensus")
        found[coding] = None
    return list(found)


def _other_border(draft: Draft, segment: Mark, rng: Random) -> tuple[int, int]:
    """Move one border by some words, or out to the next full stop."""
    words = [m.span() for m in _WORD.finditer(draft.text, segment.start, segment.end)]
    n_words = min(rng.randrange(1, 4), len(words) - 1)
    form = rng.randrange(4)
    if form == 0 and n_words > 0:
        return words[n_words][0], segment.end
    if form == 1 and n_words > 0:
        return segment.start, words[-n_words - 1][1]
    if form == 2:
        before = [m.span() for m in _WORD.finditer(draft.text, max(segment.start - 30, 0), segment.start)]
        return (before[-1][0] if before else segment.start), segment.end
    behind = _WORD.search(draft.text, segment.end)
    return segment.start, (behind.end() if behind else segment.end)
