"""The replacements that stand in edited texts, so that nothing is found in them again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ppdarchive.detectors.general import PATTERN
from ppdarchive.model.span import TextCategory

MASK: Final = "█████"
"""What a masked span becomes, however long it was."""

_CATEGORIES: Final = "|".join(TextCategory)
# At most six digits: a number that somebody wrote in brackets is not taken for a tag.
_REPLACED: Final = re.compile(rf"\[(?:{_CATEGORIES})(?:-[1-9][0-9]{{0,5}})?\]|(?i:{PATTERN})|{MASK}")


def tag(category: TextCategory, number: int | None = None) -> str:
    """The tag of a category, numbered or not: ``[NAME]``, ``[NAME-7]``."""
    return f"[{category}]" if number is None else f"[{category}-{number}]"


def replaced_ranges(text: str) -> Iterator[tuple[int, int]]:
    """The ranges of a text that are tags, general words in their brackets, or masks, in order."""
    if "[" in text or MASK in text:
        for match in _REPLACED.finditer(text):
            yield match.span()
