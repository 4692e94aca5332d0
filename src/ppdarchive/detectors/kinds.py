"""What a place is more exactly: states and countries are places that a standard lets stay."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

from ppdarchive.detectors.lexicon import NameKind, names_for
from ppdarchive.text.fold import fold

_STATES: Final = (
    "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc "
    "nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc"
)
_ALIASES: Final = {
    "state": _STATES.split(),
    "country": ("us", "usa", "united states", "the united states", "the us", "the usa", "america", "uk"),
}


@cache
def _kinds() -> dict[str, str]:
    kinds = {alias: kind for kind, aliases in _ALIASES.items() for alias in aliases}
    for kind in (NameKind.COUNTRY, NameKind.STATE):
        kinds |= {_plain(name): str(kind) for name in names_for(kind).names}
    return kinds


def _plain(text: str) -> str:
    return " ".join(fold(text).text.replace(".", "").split())


@lru_cache(1 << 12)
def kind_of(place: str) -> str:
    """``state``, ``country``, or nothing for any other place.

    >>> kind_of("Iowa"), kind_of("U.S."), kind_of("Iowa City")
    ('state', 'country', '')
    """
    return _kinds().get(_plain(place), "")
