"""What belongs to a date: the weekday before or behind it, and the time of day."""

from __future__ import annotations

import re
from typing import Final

from ppdarchive.detectors.patterns.rule import words
from ppdarchive.text.batch import SEPARATOR

WEEKDAY: Final = (
    r"(?:(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|lunes|martes|miercoles|jueves|viernes|sabado"
    r"|domingo)(?![a-z])|(?:mon|tues?|weds?|thurs?|thu|fri|sat|sun)(?![a-z])\.?)"
)
"""A weekday; a full stop belongs to its short form only."""
_HALF: Final = r"(?:[ap]\.\s?m(?![a-z])\.?|[ap]m(?![a-z]))"
TIME: Final = (
    rf"(?:(?:[01]?[0-9]|2[0-3])(?::[0-5][0-9]){{1,2}}(?:\s?{_HALF})?"
    rf"|(?:0?[1-9]|1[0-2])(?:\.[0-5][0-9])?\s?{_HALF}"
    r"|(?:[01][0-9]|2[0-3])[0-5][0-9]\s?(?:hrs?|hours?|h)(?![a-z])"
    r"|noon(?![a-z])|midnight(?![a-z]))"
)
_LONGEST: Final = 64
"""No weekday and time before a date are longer."""
_LINKS: Final = frozenset({"on", "the", "el"})
_ENDS: Final = words("""
    monday mon tuesday tues tue wednesday weds wed thursday thurs thur thu friday fri saturday sat sunday
    sun lunes martes miercoles jueves viernes sabado domingo am pm a.m p.m m noon midnight hr hrs hour hours
    h
    """)
"""What a weekday or a time may end in, besides digits."""
_BEFORE: Final = re.compile(
    rf"(?<![\w:.-])(?:{TIME},?\s{{1,2}}(?:on\s{{1,2}}|el\s{{1,2}})?)?(?:{WEEKDAY},?\s{{1,2}}(?:the\s)?)?\Z"
)
_BEHIND: Final = re.compile(
    rf"(?:,?\s{{0,2}}\(?(?:a\s)?{WEEKDAY}\)?)?(?:,?\s{{0,2}}(?:(?:at|@|around|about"
    rf"|a\slas?)\s{{0,2}})?{TIME}|,?\s{{1,2}}(?:at|@)\s{{0,2}}(?:(?:[01][0-9]|2[0-3])[0-5][0-9]|1[0-2]"
    r"|[1-9])(?!\s?%|\s{1,3}[a-z]{3,7}s(?![a-z])))?(?![\w:/])"
)


def whole_date(folded: str, start: int, end: int) -> tuple[int, int]:
    """Widen a date by the weekday and the time that stand with it.

    Parameters
    ----------
    folded : str
        Of a batch.
    start, end : int
        A date in it.

    Examples
    --------
    >>> text = "we met tues, 3/5 at 5:15pm."
    >>> text[slice(*whole_date(text, 13, 16))]
    'tues, 3/5 at 5:15pm'
    """
    behind = _BEHIND.match(folded, end)
    head = folded[max(start - _LONGEST, 0) : start].rpartition(SEPARATOR)[2]
    last_words = [word for word in head.replace(",", " ").split()[-3:] if word not in _LINKS]
    last = last_words[-1].rstrip(".") if last_words else ""
    if last in _ENDS or last[-1:].isdecimal() or last[-2:] in ("am", "pm"):
        before = _BEFORE.search(head)
        start -= len(before[0]) if before else 0
    return start, behind.end() if behind else end
