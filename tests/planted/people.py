"""Who answers: lists of names kept to the held-out half, and participants with what their study knows."""

from __future__ import annotations

from binascii import crc32
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

from ppdarchive.detectors.lexicon import is_held_out

from .grammar import sections

AREA_CODES = (
    "319",
    "515",
    "563",
    "641",
    "712",
    "254",
    "910",
    "253",
    "760",
    "502",
    "931",
    "808",
    "605",
    "402",
)
DOMAINS = ("gmail.com", "yahoo.com", "hotmail.com", "icloud.com", "aol.com", "outlook.com", "mediacombb.net")
_LISTED_TENTHS = 7
"""So many tenths of all names, cities and hospitals are what a study's contact list may have."""


@cache
def held_out(name: str, section: str, *, words: bool = False) -> tuple[str, ...]:
    """The values of a list that belong to the held-out half, each a line, or each a word."""
    lines = sections(f"lists/{name}.txt")[section]
    values = [value for line in lines for value in (line.split() if words else [line])]
    own = list(dict.fromkeys(values))
    keep = is_held_out([value.partition("|")[0].removeprefix("the ") for value in own])
    return tuple(value for value, is_kept in zip(own, keep, strict=True) if is_kept)


@cache
def pool(name: str, section: str, *, words: bool = False, is_listed: bool) -> tuple[str, ...]:
    """The held-out values that contact lists draw from, or those that no contact list has."""
    own = held_out(name, section, words=words)
    return tuple(value for value in own if (crc32(value.encode()) % 10 < _LISTED_TENTHS) is is_listed)


def every(name: str, section: str) -> tuple[str, ...]:
    """The lines of a list, whatever their half: closed lists such as ranks and holidays."""
    return tuple(sections(f"lists/{name}.txt")[section])


@cache
def diminutives() -> dict[str, tuple[str, ...]]:
    """Short forms by name."""
    pairs = (line.split("=") for line in every("others", "diminutives"))
    return {name: tuple(forms.split(",")) for name, forms in pairs}


@dataclass(frozen=True, slots=True)
class City:
    """A city with its state and county."""

    name: str
    state: str
    county: str


@cache
def cities(*, is_listed: bool) -> tuple[City, ...]:
    """The held-out cities that contact lists draw from, or the others."""
    return tuple(City(*line.split("|")) for line in pool("places", "cities", is_listed=is_listed))


@dataclass(frozen=True, slots=True)
class Participant:
    """One person and what the study's contact list knows of her."""

    number: int
    first: str
    last: str
    baby: str
    baby_is_girl: bool
    baby_born: date
    partner: str
    coach: str
    coach_last: str
    town: City
    zip_code: str
    hospital: str
    va: City
    phone: str
    email: str
    pet: str
    callsign: str
    spanish: bool

    @property
    def known(self) -> list[tuple[str, str]]:
        """Listed values with their categories."""
        return [
            (self.first, "NAME"),
            (self.last, "NAME"),
            (self.baby, "NAME"),
            (self.partner, "NAME"),
            (f"{self.coach} {self.coach_last}", "NAME"),
            (self.town.name, "LOCATION"),
            (self.hospital, "FACILITY"),
            (f"{self.va.name} VA", "FACILITY"),
            (self.phone, "CONTACT"),
            (self.email, "CONTACT"),
        ]


def given(rng: Random, section: str, *, is_listed: bool) -> str:
    """A given name: rarely a double or an unusual one."""
    draw = rng.random()
    if draw < 0.03:
        return rng.choice(pool("given", "joined", is_listed=is_listed))
    if draw < 0.07:
        return rng.choice(pool("given", "unusual", words=True, is_listed=is_listed))
    return rng.choice(pool("given", section, words=True, is_listed=is_listed))


def surname(rng: Random, *, is_listed: bool) -> str:
    """A family name."""
    if rng.random() < 0.02:
        return rng.choice(pool("surnames", "compound", is_listed=is_listed))
    return rng.choice(pool("surnames", "common", words=True, is_listed=is_listed))


def phone_digits(rng: Random) -> str:
    """Ten digits; the last seven lie in the range kept for fiction."""
    return f"{rng.choice(AREA_CODES)}55501{rng.randrange(100):02d}"


def coaches(rng: Random, count: int) -> list[tuple[str, str]]:
    """The coaches of a study: first and last names."""
    return [(given(rng, "women", is_listed=True), surname(rng, is_listed=True)) for _ in range(count)]


def participant(rng: Random, number: int, team: list[tuple[str, str]]) -> Participant:
    """Draw one participant."""
    first, last = given(rng, "women", is_listed=True), surname(rng, is_listed=True)
    girl = rng.random() < 0.5
    coach, coach_last = rng.choice(team)
    plain = first.lower().replace(" ", "").replace("'", ""), last.lower().replace(" ", "").replace("'", "")
    email = rng.choice(("{0}.{1}", "{0}{1}{2}", "{0[0]}{1}{2}", "{1}{0[0]}", "{0}_{1}{2}")).format(
        *plain, rng.randrange(1, 100)
    )
    return Participant(
        number=number,
        first=first,
        last=last,
        baby=given(rng, "girls" if girl else "boys", is_listed=True),
        baby_is_girl=girl,
        baby_born=date(2016, 1, 1) + timedelta(days=rng.randrange(1400)),
        partner=given(rng, "men" if rng.random() < 0.9 else "women", is_listed=True),
        coach=coach,
        coach_last=coach_last,
        town=rng.choice(cities(is_listed=True)),
        zip_code=f"{rng.randrange(1001, 99950):05d}",
        hospital=rng.choice(pool("facilities", "hospitals", is_listed=True)),
        va=rng.choice(cities(is_listed=True)),
        phone=phone_digits(rng),
        email=f"{email}@{rng.choice(DOMAINS)}",
        pet=rng.choice(every("others", "petnames")),
        callsign=rng.choice(every("others", "callsigns")),
        spanish=rng.random() < 0.06,
    )
