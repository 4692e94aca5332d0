"""E-mail addresses, web addresses, handles and telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from phonenumbers import Leniency, PhoneNumberMatcher

from ppdarchive.detectors.known.words import words
from ppdarchive.detectors.patterns.rule import Need, Rule, only_if
from ppdarchive.model.span import TextCategory

_CONTACT: Final = TextCategory.CONTACT
_LOCAL: Final = r"(?<![\w.+%'-])[.+%'-]*+(\w[\w.+%'-]*+"
_SITES: Final = "com|org|net|edu|gov|mil|us|uk|ca|io|info|biz|co|me|de|mx|tv|blog|online"
_NO_HANDLE: Final = words("""
    home work night noon lunch school first least once all times the a an my her his that this va bedtime
    midnight dinner church daycare hospital clinic
    """)
_TIME: Final = re.compile(r"[0-9]{1,4}(?:am|pm|a|p|ish|h|hrs?)?")


def _is_handle(match: re.Match[str]) -> bool:
    word = match[1]
    return len(word) > 1 and word not in _NO_HANDLE and _TIME.fullmatch(word) is None


AT_RULES: Final = (
    Rule(
        "email",
        _CONTACT,
        # A space before the sign and none behind it is a handle ("venmo @mrs.doe"), unless a site follows.
        re.compile(
            _LOCAL + r"(?:(?:@ ?| @ )[\w-]++(?:\.[\w-]++)++| @[\w-]++\.(?:com|net|org|edu|gov|mil)(?!\w)))"
        ),
        0.99,
        group=1,
    ),
    # Without a dot behind the sign: someone forgot it, or means a place ("3@night").
    Rule(
        "email-undotted",
        _CONTACT,
        re.compile(_LOCAL + r"@([\w-]++))(?!\.\w)"),
        0.7,
        narrow=only_if(
            lambda match: match[2] not in _NO_HANDLE and not match[1].partition("@")[0].isdecimal(), group=1
        ),
    ),
    Rule(
        "handle", _CONTACT, re.compile(r"(?<![\w.+%@-])@((?:\w|\.(?=\w))++)"), 0.9, narrow=only_if(_is_handle)
    ),
)
"""For texts with an @."""

_TAIL: Final = r"""[^\s<>"]*[^\s<>".,;:!?)\]'|]"""

DOT_RULES: Final = (
    Rule("url", _CONTACT, re.compile(r"(?<![a-z])(?:https?|ftp)://" + _TAIL), 0.99),
    Rule("url-www", _CONTACT, re.compile(r"(?<!\w)www\.\w" + _TAIL), 0.99),
    Rule(
        "url-site",
        _CONTACT,
        re.compile(r"(?<![\w.@-])(?:[\w-]++\.)+(?:com|org|net|edu|gov|mil)(?![\w-])(?:[/?#:]" + _TAIL + ")?"),
        0.9,
    ),
    # Other endings are words too ("better.me"), so a path must follow.
    Rule(
        "url-path",
        _CONTACT,
        re.compile(rf"(?<![\w.@-])(?:[\w-]++\.)+(?:{_SITES}|ly|gl|be|app|link|site|shop|live|gg)/" + _TAIL),
        0.9,
    ),
    Rule("reddit", _CONTACT, re.compile(r"(?<![\w/])/?u/[\w-]{3,30}"), 0.8),
)
"""For texts with a full stop inside a word, or a slash."""

_ZIP_PLUS_FOUR: Final = re.compile(r"[0-9]{5}-[0-9]{4}")
_THREE: Final = re.compile("[0-9]{3}")
_NOT_PHONE: Final = re.compile(r"[0-9]{3}([- .])[0-9]{2}\1[0-9]{4}|(?:19|20)[0-9]{2}([-/. ])[0-9]{1,2}\2.*")


def _phones(match: re.Match[str], _: str) -> Iterator[tuple[int, int]]:
    """The telephone numbers in a run of digits and separators."""
    run, offset = match[0], match.start()
    n_digits = sum(character.isdecimal() for character in run)
    if n_digits < 7 or _NOT_PHONE.fullmatch(run) or _ZIP_PLUS_FOUR.fullmatch(run):
        return
    if "+" not in run and (n_digits < 10 or _THREE.search(run) is None):
        return
    for found in PhoneNumberMatcher(run, "US", leniency=Leniency.POSSIBLE):
        digits = sum(character.isdecimal() for character in found.raw_string)
        if digits >= 10 or found.raw_string.startswith("+"):
            yield offset + found.start, offset + found.end


PHONE_RULES: Final = (
    Rule(
        "phone",
        _CONTACT,
        re.compile(r"(?:\+|\(|[0-9])(?<![\w.,-][0-9])(?<![0-9][(+])[0-9 ().+/-]{5,80}[0-9](?![0-9])"),
        0.9,
        narrow=_phones,
        needs=Need.NUMBER,
    ),
    Rule(
        "phone-us",
        _CONTACT,
        re.compile(
            r"(?<![0-9])(?:\+?1[-. ]?)?(?:\([0-9]{3}\) ?|[0-9]{3}[-. /])[0-9]{3}[-. ]?[0-9]{4}(?![0-9])"
            r"(?:,? ?(?:x|ext\.?|extension) ?[0-9]{1,6})?"
        ),
        0.95,
        needs=Need.NUMBER,
    ),
    Rule(
        "phone-extension",
        _CONTACT,
        re.compile(r"(?<![a-z])(?:ext\.?|extension|pager) ?(?:is|number|#|:)? ?#?([0-9]{3,6})(?![0-9])"),
        0.8,
        group=1,
        needs=Need.NUMBER,
    ),
    Rule(
        "phone-local",
        _CONTACT,
        re.compile(r"[0-9](?<![\w.$-][0-9])[0-9]{2}[-.][0-9]{4}(?![\w-]|\.[0-9])"),
        0.8,
        needs=Need.NUMBER,
    ),
    Rule(
        "phone-word",
        _CONTACT,
        re.compile(
            r"(?<![a-z])(?:call|text|phone|cell|fax|tel|number)(?: me)?(?: (?:at|on|is|:|#))?:? ?"
            r"([0-9]{3} ?[0-9]{4})(?![0-9])"
        ),
        0.85,
        group=1,
        needs=Need.NUMBER,
    ),
)
"""For texts with digits."""
