"""Texts in one plain form for matching, with the way back to exact positions in the original.

Folding is character by character, so it does not depend on context: case is folded in full (ß and
SS, ﬁ and FI, ſ and S), compatibility forms are plain (full-width, mathematical and circled letters,
all decimal digits), and marks that combine and characters that cannot be seen (soft hyphen,
zero-width space and joiners, direction marks, variation selectors) are gone. Typographic hyphens,
apostrophes and spaces are ASCII's.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

_PLAIN: Final = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2035\u02bb\u02bc\u02b9\u00b4\u055a\ua78c", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\u30fb\u00b7", "-"),
    "\u2044": "/",  # fraction slash, also from ½
    "\u2215": "/",
    "\u0131": "i",  # dotless i: its capital is I
    "\u2122": " ",  # ™, ℠: signs behind a word, not letters of it
    "\u2120": " ",
    "\u2028": "\n",
    "\u2029": "\n",
    "\u0085": "\n",
    **{c: c for c in "\t\n\v\f\r\x1c\x1d\x1e\x1f"},
}
_GONE: Final = frozenset({"Mn", "Mc", "Me", "Cf", "Cc"})


def _folded_character(character: str) -> str:
    """One character's plain form, which may be empty or longer."""
    result = character
    for _ in range(3):  # a form may open another: ẞ -> ß -> ss, ℡ -> TEL -> tel
        pieces = unicodedata.normalize("NFKD", "".join(_PLAIN.get(c, c) for c in result).casefold())
        result = "".join(
            _PLAIN.get(c, "" if unicodedata.category(c) in _GONE else c) for c in pieces.casefold()
        )
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in result)


_CONTROLS: Final = dict.fromkeys(code for code in (*range(32), 127) if not chr(code).isspace())


class _Table(dict[int, str]):
    """What `str.translate` asks, filled as characters come."""

    def __missing__(self, code_point: int) -> str:
        folded = self[code_point] = _folded_character(chr(code_point))
        return folded


_TABLE: Final = _Table()


def folded_character(code_point: int) -> str:
    """One character's plain form; empty for marks and what cannot be seen, longer for ligatures."""
    return _TABLE[code_point]


@dataclass(frozen=True, slots=True, repr=False)
class Folded:
    """A folded text and where its characters come from.

    Attributes
    ----------
    text : str
    origins : tuple of int or None
        For each folded character the position of its original, and at the end the length of the
        original; None where every character was folded into one.
    """

    text: str
    origins: tuple[int, ...] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original text that folds to ``[start, end)`` of the folded one.

        Marks and unseen characters behind a character belong to it. A range that cuts an expanded
        character (one s of ß) is widened to the whole character.
        """
        if self.origins is None:
            return start, end
        return self.origins[start], max(self.origins[end - 1] + 1, self.origins[end])


def fold(text: str) -> Folded:
    r"""Fold a text for matching.

    Examples
    --------
    >>> folded = fold("Wei\u00adße’s")  # a soft hyphen inside, ß, a typographic apostrophe
    >>> folded.text, folded.original(0, 6)
    ("weisse's", (0, 6))
    """
    if text.isascii() and (text.isprintable() or not _has_control(text)):
        return Folded(text.lower())
    folded = text.translate(_TABLE)
    sizes = [len(_TABLE[ord(character)]) for character in text]
    if len(folded) == len(text) and min(sizes, default=1) == 1:
        return Folded(folded)
    origins = [at for at, size in enumerate(sizes) for _ in range(size)]
    return Folded(folded, (*origins, len(text)))


def _has_control(text: str) -> bool:
    """Whether an ASCII text has a control character that is no white space."""
    return len(text.translate(_CONTROLS)) != len(text)


def words_only(text: str) -> str:
    """The letters and digits of a text, folded: what two spellings of a value share."""
    return "".join(character for character in fold(text).text if character.isalnum())
