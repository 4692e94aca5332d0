"""What all slots share: one edit, and a value of a list in one of the ways in which it gets written."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Final

from .grammar import Piece, sections
from .people import Participant, every, held_out

Filler = Callable[[Participant, Random], list[Piece]]

DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_CONFUSED: Final = {
    "a": "se",
    "e": "ra",
    "i": "oe",
    "o": "ia",
    "u": "oi",
    "y": "ie",
    "n": "m",
    "m": "n",
    "s": "z",
}
_FILES: Final = ("clean", "names", "dates", "places", "facilities", "organizations", "military", "contact")


class Mismatch(Exception):
    """A template that does not fit the participant."""


@cache
def _vocabulary() -> frozenset[str]:
    """The words of the templates: a misspelt name must not become one."""
    text = " ".join(
        line for name in _FILES for own in sections(f"templates/{name}.txt").values() for line in own
    )
    return frozenset("".join(c if c.isalpha() else " " for c in text.lower()).split())


def misspelt(value: str, rng: Random) -> str:
    """The value with one edit in its longest word; the value itself if that is short."""
    words = value.split(" ")
    at = max(range(len(words)), key=lambda i: len(words[i]))
    word = words[at]
    for _ in range(10 if len(word) > 4 else 0):
        i = rng.randrange(1, len(word) - 1)
        wrong = rng.choice(
            (
                word[:i] + word[i + 1 :],
                word[:i] + word[i] + word[i:],
                word[:i] + word[i + 1] + word[i] + word[i + 2 :],
                word[:i] + rng.choice(_CONFUSED.get(word[i].lower(), "e")) + word[i + 1 :],
            )
        )
        if wrong != word and wrong.lower() not in _vocabulary():
            return " ".join((*words[:at], wrong, *words[at + 1 :]))
    return value


def written(value: str, category: str, kind: str, rng: Random, *, is_listed: bool = False) -> list[Piece]:
    """A value as it gets written: a leading "the" outside, sometimes small letters or a slip."""
    article = "the " if value.startswith("the ") else ""
    own, form = value.removeprefix("the "), "exact"
    draw = rng.random()
    if draw < 0.12:
        own, form = own.lower(), "lower case"
    elif draw < 0.2 and (wrong := misspelt(own, rng)) != own:
        own, form = wrong, "misspelt"
    elif draw < 0.23 and " " in own and is_listed:
        own, form = own.replace(" ", ""), "joined"
    piece = Piece(own, category, kind, form, is_listed)
    return [Piece(article), piece] if article else [piece]


def listing(name: str, section: str, category: str, kind: str) -> Filler:
    """Fill with a held-out value of a list, in one of its forms."""

    def fill(p: Participant, rng: Random) -> list[Piece]:
        value = rng.choice(rng.choice(held_out(name, section)).split("|"))
        return written(value, category, kind, rng)

    return fill


def closed_listing(name: str, section: str, category: str, kind: str) -> Filler:
    """Fill with any value of a closed list, which can't be split in halves."""
    return lambda p, rng: written(rng.choice(every(name, section)), category, kind, rng)
