"""Names of people: the participant's own and listed ones, and others."""

from __future__ import annotations

from random import Random
from typing import Final

from .filling import Filler, Mismatch, misspelt
from .grammar import Piece
from .people import Participant, diminutives, given, pool, surname


def name(value: str, kind: str, rng: Random, *, is_listed: bool) -> list[Piece]:
    """A given name in one of the ways in which it gets written."""
    draw = rng.random()
    text, form = value, "exact"
    if is_listed and draw < 0.11 and value in diminutives():
        text, form = rng.choice(diminutives()[value]), "diminutive"
    elif is_listed and draw < 0.2:
        text = misspelt(value, rng)
        form = "misspelt" if text != value else "exact"
    elif is_listed and draw < 0.21 and kind in ("coach", "partner", "baby"):
        text, form = f"{value[0]}.", "initial"
    elif draw < 0.29 and " " not in value:
        text, form = value.lower(), "lower case"
    elif " " in value and draw < 0.5:
        text, form = value.replace(" ", ""), "joined"
    elif not is_listed and draw < 0.33:
        text = misspelt(value, rng)
        form = "misspelt" if text != value else "exact"
    return [Piece(text, "NAME", kind, form, is_listed)]


def full_name(first: str, last: str, kind: str, rng: Random, *, is_listed: bool) -> list[Piece]:
    """A first and a last name, sometimes the last as an initial, joined, reversed or in small letters."""
    whole = f"{first} {last}"
    text, form = rng.choices(
        (
            (f"{first} {last[0]}{rng.choice(('', '.'))}", "initial"),
            (whole.lower(), "lower case"),
            (whole.replace(" ", ""), "joined"),
            (f"{last}, {first}", "reversed"),
            (misspelt(whole, rng), "misspelt"),
            (whole, "exact"),
        ),
        (12, 6, 3, 4, 6, 69),
    )[0]
    return [Piece(text, "NAME", kind, form, is_listed)]


def _coach(p: Participant, rng: Random) -> list[Piece]:
    return _coach_full(p, rng) if rng.random() < 0.04 else name(p.coach, "coach", rng, is_listed=True)


def _coach_full(p: Participant, rng: Random) -> list[Piece]:
    return full_name(p.coach, p.coach_last, "coach", rng, is_listed=True)


def _baby(p: Participant, rng: Random) -> list[Piece]:
    return name(p.baby, "baby", rng, is_listed=True)


def _baby_girl(p: Participant, rng: Random) -> list[Piece]:
    if not p.baby_is_girl:
        raise Mismatch
    return _baby(p, rng)


def _baby_boy(p: Participant, rng: Random) -> list[Piece]:
    if p.baby_is_girl:
        raise Mismatch
    return _baby(p, rng)


def _initials(p: Participant, rng: Random) -> list[Piece]:
    form = rng.choice(("{0}{1}", "{0}.{1}.", "{0} {1}", "{0}. {1}."))
    return [Piece(form.format(p.first[0], p.last[0]), "NAME", "initials")]


def _of(*sections: str, kind: str) -> Filler:
    """A given name that no list has."""
    return lambda p, rng: name(given(rng, rng.choice(sections), is_listed=False), kind, rng, is_listed=False)


def _double(p: Participant, rng: Random) -> list[Piece]:
    value = rng.choice(pool("given", "joined", is_listed=False))
    return name(value, "double name", rng, is_listed=False)


def _unusual(p: Participant, rng: Random) -> list[Piece]:
    value = rng.choice(pool("given", "unusual", words=True, is_listed=False))
    return [Piece(value, "NAME", "unusual name")]


def _friend_full(p: Participant, rng: Random) -> list[Piece]:
    first = given(rng, rng.choice(("women", "men")), is_listed=False)
    return full_name(first, surname(rng, is_listed=False), "full name", rng, is_listed=False)


def _family_name(p: Participant, rng: Random) -> list[Piece]:
    value = surname(rng, is_listed=False)
    return [Piece(value.lower() if rng.random() < 0.12 else value, "NAME", "family name")]


_woman: Final = _of("women", kind="given name")

SLOTS: Final[dict[str, Filler]] = {
    "coach": _coach,
    "coachfull": _coach_full,
    "baby": _baby,
    "babygirl": _baby_girl,
    "babyboy": _baby_boy,
    "babyfull": lambda p, rng: full_name(p.baby, p.last, "baby", rng, is_listed=True),
    "partner": lambda p, rng: name(p.partner, "partner", rng, is_listed=True),
    "me": lambda p, rng: name(p.first, "self", rng, is_listed=True),
    "mefull": lambda p, rng: full_name(p.first, p.last, "self", rng, is_listed=True),
    "mylast": lambda p, rng: [Piece(p.last, "NAME", "self", "exact", is_listed=True)],
    "initials": _initials,
    "call": lambda p, rng: [Piece(p.callsign, "NAME", "nickname")],
    "pet": lambda p, rng: [Piece(p.pet, "NAME", "nickname")],
    "woman": _woman,
    "man": _of("men", kind="given name"),
    "person": _of("women", "men", kind="given name"),
    "girl": _of("girls", kind="child"),
    "boy": _of("boys", kind="child"),
    "child": _of("girls", "boys", kind="child"),
    "joinedname": _double,
    "unusual": _unusual,
    "friendfull": _friend_full,
    "last": _family_name,
    "womanlast": lambda p, rng: rng.choice((_family_name, _woman))(p, rng),
}
