"""What is replaced, as a flat list: each span with its text and whose it is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

from ppdarchive.model.span import TextCategory
from ppdarchive.text.fold import words_only


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
        """What spellings of the value share: its letters and digits, folded."""
        value = self.value
        return words_only(value) or value


Within = Literal["participant", "study"]
"""Within what a value has one number or surrogate, and different values different ones."""

Chooser = Callable[[Sequence[Mention]], list[str]]
"""From mentions to what stands in the place of each."""
