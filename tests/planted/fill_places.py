"""Places, facilities and employers."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Final

from .filling import Filler, closed_listing, listing, written
from .grammar import Piece
from .people import City, Participant, cities, every, held_out, pool

_BEHIND_CITY: Final = (
    *(" VA", " VA", " VA", " va", " VAMC"),
    *(" VA Medical Center", " Vet Center", " CBOC", " VA hospital"),
)
_TWO_WORDS: Final = 2


@cache
def _states() -> dict[str, str]:
    """States by their abbreviations."""
    return dict(line.split("=") for line in every("places", "states"))


def _town(p: Participant, rng: Random) -> tuple[City, bool]:
    """Her own town, which is listed, or another."""
    return (p.town, True) if rng.random() < 0.85 else (rng.choice(cities(is_listed=False)), False)


def _own_town(p: Participant, rng: Random) -> list[Piece]:
    town, is_listed = _town(p, rng)
    return written(town.name, "LOCATION", "city", rng, is_listed=is_listed)


def _city(p: Participant, rng: Random) -> list[Piece]:
    return written(rng.choice(cities(is_listed=False)).name, "LOCATION", "city", rng)


def _with_state(town: City, rng: Random, *, is_listed: bool) -> list[Piece]:
    state = rng.choice((town.state, _states()[town.state], town.state.lower(), town.state.title()))
    behind = Piece(rng.choice((", ", " ", ", ")) + state, is_neutral=True)
    return [*written(town.name, "LOCATION", "city", rng, is_listed=is_listed), behind]


def _town_and_state(p: Participant, rng: Random) -> list[Piece]:
    town, is_listed = _town(p, rng)
    return _with_state(town, rng, is_listed=is_listed)


def _city_and_state(p: Participant, rng: Random) -> list[Piece]:
    return _with_state(rng.choice(cities(is_listed=False)), rng, is_listed=False)


def _state(p: Participant, rng: Random) -> list[Piece]:
    return [Piece(rng.choice((*_states().values(), "TX", "FL")), is_neutral=True)]


def _country(p: Participant, rng: Random) -> list[Piece]:
    return [Piece(rng.choice(every("places", "countries")), is_neutral=True)]


def _county(p: Participant, rng: Random) -> list[Piece]:
    town, _ = _town(p, rng)
    own = "Parish" if town.state == "LA" else rng.choice(("County", "County", "county", "Co.", "co"))
    return [Piece(f"{town.county} {own}", "LOCATION", "county")]


def _zip(p: Participant, rng: Random) -> list[Piece]:
    more = f"-{rng.randrange(1000, 9999)}" if rng.random() < 0.25 else ""
    return [Piece(p.zip_code + more, "LOCATION", "zip")]


def _street(p: Participant, rng: Random) -> list[Piece]:
    return [Piece(rng.choice(held_out("places", "streets")), "LOCATION", "street")]


def _numbered_street(p: Participant, rng: Random) -> list[Piece]:
    number = rng.choice((f"{rng.randrange(1, 9999)}", f"{rng.randrange(100, 3000)} {rng.choice('NSEW')}"))
    units = (f" apt {rng.randrange(1, 40)}", f" Unit {rng.choice('ABCD')}", f" #{rng.randrange(1, 99)}")
    unit = rng.choice(("", "", "", *units))
    street = rng.choice(held_out("places", "streets"))
    return [Piece(f"{number} {street}{unit}", "LOCATION", "address")]


def _address(p: Participant, rng: Random) -> list[Piece]:
    between = Piece(rng.choice((", ", " ", " in ")), is_neutral=True)
    pieces = [*_numbered_street(p, rng), between, *_town_and_state(p, rng)]
    return pieces if rng.random() < 0.4 else [*pieces, Piece(" "), *_zip(p, rng)]


def _post_office_box(p: Participant, rng: Random) -> list[Piece]:
    return [Piece(str(rng.randrange(1, 9999)), "LOCATION", "PO box")]


def _hospital(p: Participant, rng: Random) -> list[Piece]:
    is_listed = rng.random() < 0.8
    value = p.hospital if is_listed else rng.choice(pool("facilities", "hospitals", is_listed=False))
    if rng.random() < 0.12 and len(value.split()) > _TWO_WORDS and value.endswith(("Hospital", "Center")):
        short = value.removesuffix(" Center").removesuffix(" Hospital").removesuffix(" Medical")
        return [Piece(short, "FACILITY", "hospital", "shortened", is_listed)]
    return written(value, "FACILITY", "hospital", rng, is_listed=is_listed)


def _va_city(p: Participant, rng: Random) -> list[Piece]:
    return written(rng.choice(cities(is_listed=False)).name, "FACILITY", "VA of a city", rng)


def _va(p: Participant, rng: Random) -> list[Piece]:
    behind = Piece(rng.choice(_BEHIND_CITY), is_neutral=True)
    if rng.random() < 0.2:
        return [*_va_city(p, rng), behind]
    return [*written(p.va.name, "FACILITY", "VA of a city", rng, is_listed=True), behind]


SLOTS: Final[dict[str, Filler]] = {
    "town": _own_town,
    "city": _city,
    "townstate": _town_and_state,
    "citystate": _city_and_state,
    "state": _state,
    "country": _country,
    "county": _county,
    "zip": _zip,
    "street": _street,
    "streetno": _numbered_street,
    "address": _address,
    "pobox": _post_office_box,
    "road": closed_listing("places", "roads", "LOCATION", "road"),
    "area": listing("places", "areas", "LOCATION", "area"),
    "hood": listing("places", "neighborhoods", "LOCATION", "neighborhood"),
    "base": listing("places", "bases", "LOCATION", "base"),
    "ship": listing("places", "ships", "LOCATION", "ship"),
    "abroad": listing("places", "abroad", "LOCATION", "abroad"),
    "hospital": _hospital,
    "va": _va,
    "va_city": _va_city,
    "clinic": listing("facilities", "clinics", "FACILITY", "clinic"),
    "school": listing("facilities", "schools", "FACILITY", "school"),
    "college": listing("facilities", "colleges", "FACILITY", "college"),
    "church": listing("facilities", "churches", "FACILITY", "church"),
    "shelter": listing("facilities", "shelters", "FACILITY", "shelter"),
    "employer": listing("others", "employers", "ORGANIZATION", "employer"),
    "group": listing("others", "groups", "ORGANIZATION", "group"),
}
