"""Strings -> XML 1.0 that a parser gives back to the code point."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

# XML 1.0, fifth edition, production [2] Char: all else cannot be written, not even as a reference.
_UNHOLDABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Line breaks and tabs stay themselves only as references (sections 2.11 and 3.3.3). A byte-order mark at
# the beginning of a text would be one more character to some readers, and none to others.
_ESCAPES: Final[Mapping[int, str]] = {
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
    ord("\t"): "&#9;",
    ord("\n"): "&#10;",
    ord("\r"): "&#13;",
    ord("\ufeff"): "&#65279;",
}
_ESCAPED: Final = re.compile('[&<>"\t\n\r\ufeff]')

Attributes = Mapping[str, str | int | None]
"""Names and values; one that is None is not written."""


def can_hold(text: str) -> bool:
    r"""Whether XML 1.0 has all characters of a text.

    Examples
    --------
    >>> can_hold("tab\t, 👍"), can_hold("bell\a"), can_hold("half\ud83d")
    (True, False, False)
    """
    return _UNHOLDABLE.search(text) is None


def before_unholdable(text: str) -> str:
    """Return the text up to the first character that XML 1.0 does not have."""
    found = _UNHOLDABLE.search(text)
    return text if found is None else text[: found.start()]


def escaped(text: str) -> str:
    r"""Return a text as it stands in an element or between the quotes of an attribute.

    Examples
    --------
    >>> escaped('a\r\n<"')
    'a&#13;&#10;&lt;&quot;'
    """
    # Most values are GUIDs and numbers, and a look at them costs less than a translation.
    return text.translate(_ESCAPES) if _ESCAPED.search(text) else text


def start_tag(element: str, attributes: Attributes) -> str:
    """Return a start tag without its last ``>``."""
    stated = (f' {name}="{escaped(str(value))}"' for name, value in attributes.items() if value is not None)
    return f"<{element}{''.join(stated)}"


def text_element(element: str, text: str | None) -> str:
    """Return an element that holds a text alone; nothing for None."""
    return "" if text is None else f"<{element}>{escaped(text)}</{element}>"
