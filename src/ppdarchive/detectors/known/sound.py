"""Keys that names share which sound alike: Catherine and Kathryn, Sofia and Sophia, Hailey and Haley.

A key for names as they are spelt in the United States, after the plan of Soundex and Metaphone: letters
that are not heard go, letters that sound alike are one, vowels are two, bright (e, i, y) and dark.

References
----------
Philips (1990), Hanging on the Metaphone, Computer Language 7(12).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_RULES: Final = tuple(
    (re.compile(pattern, re.MULTILINE), sound)
    for pattern, sound in (
        (r"^(?:kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"^ps|^x", "s"),
        (r"(?<=i)chae", "ke"),
        (r"t?sch|tch|sh|ch(?![rl])|cz", "S"),
        (r"ph|pf", "f"),
        (r"(?<=[aeiou])gh(?![aeiou])", ""),
        (r"x", "ks"),
        (r"c(?=[eiy])|z", "s"),
        (r"c|q(?:u(?=[aei]))?", "k"),
        (r"dge?(?=[eiy])|dj|j|gu(?=[ei])", "g"),
        (r"(?<=[aeiou])w(?![aeiouy])", ""),
        (r"(?<!^)h", ""),
        (r"([^aeiouy\n])\1+", r"\1"),
        (r"(?<=[^aeiouy\n])e$", ""),
        (r"(?<=[^aeiouy\n])[aeiouy]{1,2}(?=[nrlm]$)", "E"),
        (r"(?<![aeiouy])[aou][aeiouy]*", "A"),
        (r"[eiy][aeiouy]*", "E"),
    )
)
_LEAST: Final = 3
"""Shorter keys are shared by too many."""


def sound_keys(words: Sequence[str]) -> list[str]:
    """The key of each word; empty for one that is too short or not of the letters a to z.

    Parameters
    ----------
    words : sequence of str, length n
        Folded.

    Returns
    -------
    list of str, length n

    Examples
    --------
    >>> sound_keys(["katherine", "catharine", "caitlin", "kaitlyn", "jo"])
    ['kAtErEn', 'kAtArEn', 'kAtlEn', 'kAtlEn', '']
    """
    text = "\n".join(word if word.isascii() and word.isalpha() else "" for word in words)
    for pattern, sound in _RULES:
        text = pattern.sub(sound, text)
    return [key if len(key) >= _LEAST else "" for key in text.split("\n")] if words else []
