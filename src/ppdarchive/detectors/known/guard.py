"""Names that are words, judged by what stands around them: "Hope called", "I have hope".

- Announced ("coach hope", "named Hope") or with a possessive: redact. After "my" in small letters
  ("my hope"), and a verb in small letters after a person ("my coach will"): uncertain.
- Capitalized inside a sentence: redact; a month after "in", "since" or beside a number: uncertain.
- Capitalized where a sentence starts, or in capitals among capitals: uncertain.
- In small letters otherwise: the word, no name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ppdarchive.detectors.known.words import ANNOUNCING, DATING, MONTHS, NAMING, VERBS
from ppdarchive.model.span import Tier
from ppdarchive.text.fold import Folded

_STARTS: Final = re.compile(r"""(?:\A|[.!?:;\n*•>]|(?:\A|\n)[\s>*-]*[0-9]{0,3}[-.)])[\s"'(]*\Z""")
_LOOK_BACK: Final = 40
_NAME_IS: Final = re.compile(r"\bname(?: is| was|'s)\s*\Z")
_TITLES: Final = frozenset({"dr", "mr", "mrs", "ms", "sgt", "lt", "capt", "cpl", "col", "maj"})


def judge(
    text: str,
    folded: Folded,
    words: Sequence[str],
    places: Sequence[tuple[int, int]],
    *,
    first: int,
    last: int,
) -> tuple[Tier | None, float]:
    """Whether the words from `first` to `last` of a text are a name here.

    Parameters
    ----------
    text : str
    folded : Folded
    words : sequence of str, length n
        The words of the folded text.
    places : sequence of tuple of int, length n
        Where they stand in it.
    first, last : int

    Returns
    -------
    tuple of Tier or None and float
        The tier, None where they are no name, and a score.
    """
    start, end = places[first][0], places[last][1]
    own = text[slice(*folded.original(start, end))]
    if last > first:  # initials: nothing but capitals will do
        return (Tier.REDACT, 0.8) if own.upper() == own else (None, 0.0)
    word, plain = words[first], folded.text
    before = words[first - 1] if first else ""
    gap = plain[places[first - 1][1] : start] if first else ""
    capital = own[0] != own[0].lower()
    if _announces(before, gap, plain[max(0, start - _LOOK_BACK) : start]):
        if capital or word not in VERBS or before in NAMING:
            return Tier.REDACT, 0.9
        return Tier.UNCERTAIN, 0.4
    if plain.startswith("'s", end) and not plain[end + 2 : end + 3].isalpha():
        return Tier.REDACT, 0.8
    if not capital:
        return (Tier.UNCERTAIN, 0.3) if before == "my" else (None, 0.0)
    if _starts_sentence(plain, start) or _shouted(text, folded, places, first):
        return Tier.UNCERTAIN, 0.5
    after = words[first + 1] if first + 1 < len(words) else ""
    if word in MONTHS and (before in DATING or before.isdecimal() or after.isdecimal()):
        return Tier.UNCERTAIN, 0.4
    return Tier.REDACT, 0.85


def _announces(before: str, gap: str, behind: str) -> bool:
    """Whether the word before says that a name follows."""
    if before in ANNOUNCING:
        return gap.strip(" ,:-\"'") == "" or (before in _TITLES and gap.strip() == ".")
    return gap.isspace() and _NAME_IS.search(behind) is not None


def _starts_sentence(plain: str, at: int) -> bool:
    """Whether only quotes and white space stand between this place and the end of a sentence."""
    behind = plain[max(0, at - _LOOK_BACK) : at]
    if at > _LOOK_BACK:
        behind = "x" + behind  # the text does not start here
    return _STARTS.search(behind) is not None


def _shouted(text: str, folded: Folded, places: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether the word stands in capitals among words in capitals."""

    def written(place: tuple[int, int]) -> str:
        return text[slice(*folded.original(*place))]

    if len(own := written(places[at])) < 2 or not own.isupper():
        return False
    others = [written(places[i]) for i in (at - 2, at - 1, at + 1, at + 2) if 0 <= i < len(places)]
    others = [word for word in others if len(word) > 1 and word.isalpha()]
    return bool(others) and sum(map(str.isupper, others)) * 2 > len(others)
