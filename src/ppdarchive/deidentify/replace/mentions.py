"""What is replaced, as a flat list: each span with its text and whose it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ppdarchive.model.span import TextCategory
from ppdarchive.text.fold import fold, words_only


@dataclass(frozen=True, slots=True, repr=False)
class Mention:
    """A range of a text that is replaced.

    Attributes
    ----------
    group : hashable
        Whose text it is.
    text : str
    start, end : int
    category : TextCategory
    """

    group: Hashable
    text: str
    start: int
    end: int
    category: TextCategory

    @property
    def value(self) -> str:
        """The words themselves."""
        return self.text[self.start : self.end]

    @property
    def key(self) -> str:
        """What spellings of the value share."""
        return key_of(self.category, self.value)


def plain_key(text: str) -> str:
    """The letters and digits of a text, folded (`ppdarchive.text.fold.words_only`); ASCII without detours."""
    if not text.isascii():
        return words_only(text)
    lower = text.lower()
    return lower if lower.isalnum() else "".join(filter(str.isalnum, lower))


_PARTED: Final = frozenset({TextCategory.AGE, TextCategory.DATE, TextCategory.IP})
_WORD: Final = re.compile(r"[^\W_]+")


def key_of(category: TextCategory, value: str) -> str:
    """What spellings of a value share: its letters and digits, folded.

    Where it matters how digits are parted, they are: 1/11/19 is not 11/1/19.

    >>> key_of(TextCategory.NAME, "Ann-Marie"), key_of(TextCategory.DATE, "1/11/19")
    ('annmarie', '1 11 19')
    """
    if category in _PARTED or "@" in value:
        return " ".join(_WORD.findall(fold(value).text)) or value
    return plain_key(value) or value


Within = Literal["participant", "study"]
"""Within what a value has one number or surrogate, and different values different ones."""

Chooser = Callable[[Sequence[Mention]], list[str]]
"""From mentions to what stands in the place of each."""
