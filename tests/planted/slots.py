"""What fills the slots of a template, by the slot's name.

Marks are minimal: a title, a kinship word, "the" and a possessive stay outside of a mention; a rank belongs
to it. States, countries, and "VA" behind a city's name are neutral. A mention of a listed value is written
in variants: other capitals, one edit, a short form, joined or split.
"""

from __future__ import annotations

from random import Random
from typing import Final

from . import fill_contact, fill_dates, fill_names, fill_numbers, fill_places, fill_service
from .filling import Filler, Mismatch
from .grammar import Piece
from .people import Participant, every

__all__ = ["SLOTS", "Filler", "Mismatch"]


def _comma(p: Participant, rng: Random) -> list[Piece]:
    return [Piece(rng.choice((",", "")))]


def _small(p: Participant, rng: Random) -> list[Piece]:
    return [Piece(str(rng.randrange(2, 7)))]


def _event(p: Participant, rng: Random) -> list[Piece]:
    return [Piece(rng.choice(every("others", "events")), "OTHER", "event or story")]


SLOTS: Final[dict[str, Filler]] = {
    ",": _comma,
    "small": _small,
    "event": _event,
    **fill_names.SLOTS,
    **fill_dates.SLOTS,
    **fill_places.SLOTS,
    **fill_service.SLOTS,
    **fill_contact.SLOTS,
    **fill_numbers.SLOTS,
}
