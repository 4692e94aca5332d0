"""Telephone lines that everybody may know: they identify nobody, and an answer may well name one.

Facts of 2026, as the agencies and associations that run them publish them. Other toll-free numbers are
redacted: somebody's own office may be behind one.
"""

from __future__ import annotations

import re
from typing import Final

from ppdarchive.detectors.patterns.rule import words
from ppdarchive.model.span import TextCategory

_LINES: Final = words("""
    988 911 211 311 411 611 711 811 741741 838255
    8002738255 8009444773 8338526262 8339435746 8007997233 8006564673 8006624357 8008271000 8006982411
    8774243838 8558296636 8552603274 8779278387 8003429647 8004224453 8772228387
    """)
"""988 and its older number (veterans press 1), emergency and service codes, Crisis Text Line, the Veterans
Crisis Line by text; Postpartum Support International, the maternal mental health hotline, domestic violence,
RAINN, SAMHSA, VA benefits, MyVA411, homeless veterans, women veterans, caregivers of veterans, Vet Centers,
Military OneSource, Childhelp, VA health benefits."""
_LETTER: Final = re.compile("[a-z]")
_NO_DIGIT: Final = re.compile(r"[^0-9]+")
_LENGTH_WITH_COUNTRY: Final = 11


def is_public_line(text: str, category: TextCategory) -> bool:
    """Whether what was found is a public line's number."""
    if category not in (TextCategory.CONTACT, TextCategory.ID) or _LETTER.search(text):
        return False
    digits = _NO_DIGIT.sub("", text)
    if len(digits) == _LENGTH_WITH_COUNTRY and digits[0] == "1":
        digits = digits[1:]
    return digits in _LINES
