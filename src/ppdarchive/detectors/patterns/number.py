"""Numbers that stand for a person or a thing of hers, and network addresses."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address
from typing import Final

from ppdarchive.detectors.patterns.rule import GAP, SPACE, Need, Rule, only_if
from ppdarchive.model.span import TextCategory, Tier

_ID: Final = TextCategory.ID
_NAMED: Final = (
    "mrn|medical record|record|chart|patient|case|claim|file|account|acct|member|policy|ticket|reference|ref"
    "|confirmation|invoice|edipi|dod|dodid|badge|licen[sc]e|serial|passport|vin|participant|study|subject"
    "|student|employee|order|tracking|beneficiary|medicaid|medicare|tricare|insurance|group|routing|ssn"
    "|social(?: security)?|social sec|docket|badge|device|pin|id"
)
_LINK: Final = (
    rf"(?:{GAP}(?:number|num|no\.?|nr\.?|id|code|card|file|claim|#|is|was|are|r|=|:|-|,)){{0,4}}{GAP}"
)
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_GROUP: Final = re.compile(r"[0-9]+")


def _is_named_number(match: re.Match[str]) -> bool:
    return _YEAR.fullmatch(match[1]) is None and sum(c.isdecimal() for c in match[1]) >= 3


def _is_long_number(match: re.Match[str]) -> bool:
    """Whether the groups of a long number are more than a list of small numbers or years."""
    groups: list[str] = _GROUP.findall(match[0])
    if len(groups) == 1:
        return True
    return max(map(len, groups)) >= 3 and not all(_YEAR.fullmatch(group) for group in groups)


def _is_mixed(match: re.Match[str]) -> bool:
    n_digits = sum(character.isdecimal() for character in match[0])
    return n_digits >= 4 and any(character.isalpha() for character in match[0])


def _is_ip6(match: re.Match[str]) -> bool:
    try:
        IPv6Address(match[0])
    except AddressValueError:
        return False
    return match[0].count(":") == 7 or len(match[0]) > 5


def _is_ip4(match: re.Match[str]) -> bool:
    return all(int(part) < 256 for part in match[0].split("."))


NUMBER_RULES: Final = (
    Rule(
        "ssn",
        _ID,
        re.compile(r"[0-9](?<![0-9][0-9])[0-9]{2}([- .])[0-9]{2}\1[0-9]{4}(?![0-9])"),
        0.96,
        needs=Need.NUMBER,
    ),
    Rule(
        "named-number",
        _ID,
        re.compile(
            rf"(?<![a-z])(?:{_NAMED}){_LINK}(#?(?:[a-z]{{1,3}}-?)?[0-9](?:[ -]?[0-9]){{2,24}})(?![0-9%])"
        ),
        0.92,
        narrow=only_if(_is_named_number, group=1),
        needs=Need.NUMBER,
    ),
    Rule(
        "last-four",
        _ID,
        re.compile(
            rf"last{SPACE}(?:four|4)(?: of (?:my |the )?(?:ssn|social)(?: security)?)?"
            rf"(?:{GAP}(?:digits|of|it|is|are|r|were|=|:|,|#)){{0,3}}{GAP}([0-9]{{4}})(?![0-9])"
        ),
        0.95,
        group=1,
        needs=Need.NUMBER,
    ),
    Rule(
        "plate",
        _ID,
        re.compile(
            rf"(?<![a-z])plates?{_LINK}((?:[a-z]{{1,3}}[ -]?[0-9]{{3,4}}|[0-9]{{3,4}}[ -]?[a-z]{{2,3}}"
            r"|[0-9][a-z]{3}[0-9]{3})(?!\w))"
        ),
        0.92,
        group=1,
        needs=Need.NUMBER,
    ),
    Rule("hash-number", _ID, re.compile(r"#[0-9]{4,}+"), 0.85, needs=Need.NUMBER),
    Rule(
        "long-number",
        _ID,
        re.compile(r"[0-9](?<![0-9$€£.,][0-9])(?:[ .-]?[0-9]){8,}+"),
        0.85,
        narrow=only_if(_is_long_number),
        needs=Need.NUMBER,
    ),
    Rule(
        "letter-number", _ID, re.compile(r"(?<![\w-])[a-z]{1,4}-?[0-9]{5,}+(?!\w)"), 0.85, needs=Need.NUMBER
    ),
    Rule(
        "six-digits",
        _ID,
        re.compile(r"[0-9](?<![\w$€£.,#-][0-9])[0-9]{5,7}(?![\w%]|[.,-][0-9])"),
        0.5,
        Tier.UNCERTAIN,
        needs=Need.NUMBER,
    ),
    Rule(
        "mixed-code",
        _ID,
        re.compile(r"(?<![\w@./-])[a-z0-9][a-z0-9-]{7,40}(?![\w@])"),
        0.5,
        Tier.UNCERTAIN,
        narrow=only_if(_is_mixed),
        needs=Need.NUMBER,
    ),
    Rule(
        "mac-address",
        _ID,
        re.compile(r"(?<![\w:-])[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![\w:-])"),
        0.95,
        needs=Need.NUMBER,
    ),
    Rule(
        "ip4",
        TextCategory.IP,
        re.compile(r"[0-9](?<![0-9.][0-9])[0-9]{0,2}(?:\.[0-9]{1,3}){3}(?![0-9]|\.[0-9])"),
        0.97,
        narrow=only_if(_is_ip4),
        needs=Need.NUMBER,
    ),
    Rule(
        "ip6",
        TextCategory.IP,
        re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])"),
        0.97,
        narrow=only_if(_is_ip6),
        needs=Need.NUMBER,
    ),
)
"""For texts with digits."""
