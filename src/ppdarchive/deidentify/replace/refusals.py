"""What no surrogate may be: known identifiers, and what stands in the texts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Final

from ppdarchive.deidentify.replace.mentions import plain_key
from ppdarchive.detectors.protocol import Detector
from ppdarchive.text.batch import TextBatch
from ppdarchive.text.fold import fold

_TEXTS: Final = 1 << 10
"""Texts of a batch."""
_WORD: Final = re.compile(r"[^\W\d_]+|[0-9]+")
_FEWEST_LETTERS: Final = 3
_FEWEST_DIGITS: Final = 6
"""Shorter surrogates are compared with their group's own values only: every text is full of such."""


class Refusals:
    """Refuses surrogates, many at once.

    Parameters
    ----------
    texts : mapping of str to collection of str
        The texts of each group.
    known : Detector or None
        Finds what no surrogate may be.
    found : dict of str to bool
        What `known` said of strings before; it is added to.
    """

    def __init__(
        self, texts: Mapping[str, Collection[str]], known: Detector | None, found: dict[str, bool]
    ) -> None:
        self._texts = texts
        self._known = known
        self._found = found
        self._standing = _words_in(text for own in texts.values() for text in own)
        self._own: dict[str, frozenset[str]] = {}

    def stands(self, surrogate: str, group: str | None = None) -> bool:
        """Whether all words of a surrogate stand in any text, or in any of one group's.

        What has only short words and numbers, which stand everywhere, is never said to.
        """
        words = [surrogate.lower()] if surrogate.isascii() and surrogate.isalpha() else _words_of(surrogate)
        if not any(map(_says_something, words)) or not self._standing.issuperset(words):
            return False
        if group is None:
            return True
        if group not in self._own:
            self._own[group] = _words_in(self._texts[group])
        return self._own[group].issuperset(words)

    def known(self, surrogates: Iterable[str]) -> list[bool]:
        """Whether each surrogate holds a known identifier."""
        given = list(surrogates)
        if self._known is None:
            return [False] * len(given)
        fresh = [each for each in dict.fromkeys(given) if each not in self._found]
        if fresh:
            told = [_told(each) for each in fresh]
            found = self._known.detect(TextBatch.of([text for text, _ in told]))
            for each, (_, places), spans in zip(fresh, told, found, strict=True):
                self._found[each] = any(
                    span.start < end and start < span.end for span in spans for start, end in places
                )
        return [self._found[each] for each in given]


_FRAMES: Final = (
    *("", ". My coach ", " called me. I had ", " with me, and ", "'s calls since ", " helped. Named "),
    *("? When ", " was tiny.\nLove "),
)
"""Words before and between which a name is taken for one, if anywhere; the last two for small letters."""


def _told(surrogate: str) -> tuple[str, list[tuple[int, int]]]:
    """A text that tells of a surrogate as of a person, and where it stands in it."""
    text, places = "", []
    for nth, frame in enumerate(_FRAMES):
        text += frame
        places.append((len(text), len(text) + len(surrogate)))
        text += surrogate if nth < len(_FRAMES) - 2 else surrogate.lower()
    return text, places


def _says_something(word: str) -> bool:
    return len(word) >= (_FEWEST_DIGITS if word.isdecimal() else _FEWEST_LETTERS)


def _words_in(texts: Iterable[str]) -> frozenset[str]:
    words: set[str] = set()
    left = iter(texts)
    while some := list(islice(left, _TEXTS)):
        words.update(_WORD.findall(TextBatch.of(some).folded))
    return frozenset(words)


def _words_of(text: str) -> Sequence[str]:
    return _WORD.findall(fold(text).text) or [plain_key(text)]
