"""Keys of people and answers in one plain form, so that no way of writing one brings back who was purged."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

from ppdarchive.text.fold import fold

_WHOLE_NUMBER: Final = re.compile(r"0*([0-9]+?)(?:\.0+)?")
"""A spreadsheet drops zeros in front of a number, and writes whole ones as fractions beside empty cells."""


def plain_key(key: str) -> str:
    """What all ways of writing a key share.

    Case, white space, kinds of hyphens and what cannot be seen do not count, nor do zeros in front of a
    number: whoever was purged under one of these must not come back under another.

    Examples
    --------
    >>> plain_key(" P‑10 4\u00a0"), plain_key("007"), plain_key("7.0"), plain_key("0")
    ('p-104', '7', '7', '0')
    """
    plain = "".join(fold(key).text.split())
    number = _WHOLE_NUMBER.fullmatch(plain)
    plain = number[1] if number is not None else plain
    return plain if plain == key else plain_key(plain)


def row_key(parts: Sequence[str]) -> str:
    """A row's key as one text: of one field its value, of several a JSON list.

    Examples
    --------
    >>> row_key(["P4"]), row_key(["P4", "3"])
    ('P4', '["P4", "3"]')
    """
    return parts[0] if len(parts) == 1 else json.dumps(list(parts), ensure_ascii=False)
