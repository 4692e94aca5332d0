"""E-mail and web addresses, user names and names on a network, made of other words.

References
----------
RFC 2606: the domains example.com, example.net and example.org are for documentation.
"""

from __future__ import annotations

import re
from typing import Final

from ppdarchive.deidentify.replace.draws import Draws
from ppdarchive.deidentify.replace.grammar import in_case_of
from ppdarchive.deidentify.replace.mentions import plain_key
from ppdarchive.deidentify.replace.pools import given_names, surnames
from ppdarchive.deidentify.replace.shapes import digits_of, phone_plan
from ppdarchive.deidentify.replace.slots import Draw, Filled, Plan, Slot
from ppdarchive.text.fold import fold

_RUN: Final = re.compile(r"[^\W\d_]+|[0-9]+|[\W_]")
_KEPT: Final = frozenset(
    {"dot", "at", "punto", "arroba", "underscore", "dash", "http", "https", "ftp", "www", "u", "user"}
)
_SITES: Final = frozenset({"com", "net", "org"})
_DOMAIN: Final = re.compile(
    r"(?:(?<=\w@)|(?<=\w\s@))\s*[\w-]+(?:\s*\.\s*[\w-]+)*|(?<=[\s)\]]at[\s)\]])\s*[\w-]+(?:(?:\s+dot\s+|\s*\.\s*)[\w-]+)*"
    r"|(?<=://)[\w-]+(?:\.[\w-]+)+|(?<![\w@.])[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}(?![\w@.])(?!.*@)",
    re.IGNORECASE,
)
_LETTERS: Final = "bcdfghjklmnprstvw"
_FEWEST_LETTERS: Final = 3
"""Shorter runs of letters become other letters, longer ones names."""


def contact_plan(value: str) -> Plan:
    """A way to reach somebody, by what it looks like."""
    plain = fold(value).text
    n_letters = sum(map(str.isalpha, plain))
    if "@" not in plain and len(digits_of(plain)) >= max(7, n_letters - 60) and _is_phone(plain):
        return phone_plan(value)
    key = plain_key(value)
    if not key:
        return ()
    return (Slot("contact", key, _like(value), lambda drawn: in_case_of(value, drawn)),)


def _is_phone(plain: str) -> bool:
    """Whether nothing but digits, and words for digits and extensions, stands in a value."""
    from_words = re.sub(r"[^\W\d_]+", "", plain)
    n_words = len(re.findall(r"[^\W\d_]+", plain))
    n_spelled = len(digits_of(plain)) - len(digits_of(from_words))
    return n_words - n_spelled <= 1 and "/" not in plain


def _like(value: str) -> Draw:
    """Draws a value of the same shape: words for words, digits for digits, an example's domain."""
    domain = _DOMAIN.search(value)
    first, last = domain.span() if domain is not None else (len(value), len(value))
    before, own, behind = value[:first], value[first:last], value[last:]
    is_site = not re.search(r"@|\bat\b", before, re.IGNORECASE)

    def draw(draws: Draws, _: Filled, __: int) -> str:
        return _renamed(before, draws) + _example(own, draws, is_site=is_site) + _renamed(behind, draws)

    return draw


def _renamed(text: str, draws: Draws) -> str:
    """Other names in the place of words, other digits in the place of digits."""
    pieces = []
    for run in _RUN.findall(text):
        if run.isdecimal():
            pieces.append("".join(str(draws.below(10)) for _ in run))
        elif not run[0].isalpha() or run.lower() in _KEPT:
            pieces.append(run)
        elif len(run) < _FEWEST_LETTERS:
            pieces.append(in_case_of(run, "".join(draws.one_of(_LETTERS).upper() for _ in run)))
        else:
            name = draws.one_of(
                surnames() if any(map(str.isalpha, "".join(pieces))) else given_names("either")
            )
            pieces.append(in_case_of(run, name))
    return "".join(pieces)


def _example(domain: str, draws: Draws, *, is_site: bool) -> str:
    """An example's domain, written as the original: with a dot, with its word, or with none.

    Sites, which nothing stands before, get names of their own.
    """
    labels = re.findall(r"[\w-]+", domain)
    if not labels:
        return ""
    prefix = domain[: len(domain) - len(domain.lstrip())]
    if len(labels) == 1:
        return f"{prefix}example"
    *own, site = (label for label in labels if label.lower() != "dot")
    if own[:1] and own[0].lower() == "www":
        prefix += f"{own.pop(0)}."
    dot = re.search(r"\s+dot\s+|\s*\.\s*", domain, re.IGNORECASE)
    separator = dot[0] if dot else "."
    named = [_renamed(label, draws) for label in (own[:-1] or own if is_site else ())]
    return prefix + separator.join([*named, "example", site.lower() if site.lower() in _SITES else "org"])
