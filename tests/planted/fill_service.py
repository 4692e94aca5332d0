"""Units, ranks with names, operations, occupations in the service, deployments; and civil occupations."""

from __future__ import annotations

from random import Random
from typing import Final

from .filling import Filler
from .grammar import Piece
from .people import Participant, every, given, surname

_COUNTRIES: Final = frozenset(
    ("Iraq", "Afghanistan", "Kuwait", "Djibouti", "Kosovo", "Qatar", "Bahrain", "Haiti", "Sinai")
)


def _of(section: str, kind: str) -> Filler:
    """A value of a closed list, sometimes in small letters; a leading "the" stays outside."""

    def fill(p: Participant, rng: Random) -> list[Piece]:
        value = rng.choice(every("others", section))
        article = "the " if value.startswith("the ") else ""
        own = value.removeprefix("the ")
        is_lower = rng.random() < 0.11
        form = "lower case" if is_lower else "exact"
        piece = Piece(own.lower() if is_lower else own, "MILITARY", kind, form)
        return [Piece(article), piece] if article else [piece]

    return fill


def _rank_and_name(p: Participant, rng: Random) -> list[Piece]:
    own = surname(rng, is_listed=False)
    if rng.random() < 0.1:
        own = f"{given(rng, 'men', is_listed=False)} {own}"
    text = f"{rng.choice(every('others', 'ranks'))} {own}"
    if rng.random() < 0.15:
        return [Piece(text.lower(), "MILITARY", "rank and name", "lower case")]
    return [Piece(text, "MILITARY", "rank and name")]


def _deployment(p: Participant, rng: Random) -> list[Piece]:
    """A place and a time; a country never without a time."""
    place = rng.choice(every("places", "deployments"))
    year = rng.randrange(2003, 2015)
    brief = f"{year % 100:02d}"
    behind = rng.choice(
        (
            *(f" in {year}", f" {year}-{year + 1}", f" in {brief}", f" in '{brief}"),
            *(f" {brief}-{year % 100 + 1:02d}", f" from {year} to {year + 1}"),
        )
    )
    if place not in _COUNTRIES and rng.random() < 0.4:
        behind = ""
    return [Piece(place + behind, "MILITARY", "deployment")]


def _occupation(p: Participant, rng: Random) -> list[Piece]:
    value = rng.choice(every("others", "professions"))
    if value.startswith("the "):
        return [Piece("the "), Piece(value[4:], "PROFESSION", "rare")]
    return [Piece("an " if value[0] in "aeiou" else "a "), Piece(value, "PROFESSION", "rare")]


SLOTS: Final[dict[str, Filler]] = {
    "unit": _of("units", "unit"),
    "operation": _of("operations", "operation"),
    "mos": _of("mos", "MOS"),
    "rankname": _rank_and_name,
    "deployment": _deployment,
    "a_job": _occupation,
}
