"""Telephone numbers, e-mail addresses, handles, names on social media, links."""

from __future__ import annotations

from random import Random
from typing import Final

from .filling import DIGITS, Filler
from .grammar import Piece
from .people import Participant, every, given, phone_digits, surname

_PHONES: Final = (
    *("{0}-{1}-{2}", "({0}) {1}-{2}", "({0}){1}-{2}", "{0}.{1}.{2}", "{0} {1} {2}", "{0}{1}{2}"),
    *("1-{0}-{1}-{2}", "+1 {0} {1} {2}", "{0} {1}-{2}", "{0}-{1}{2}", "{0}/{1}-{2}", "{0} - {1} - {2}"),
    "{1}-{2}",
)
_SPOKEN: Final = (
    *((" at ", " dot "), (" (at) ", " (dot) "), (" AT ", " DOT "), ("[at]", "[dot]"), (" at ", " dot ")),
)


def _plain(value: str) -> str:
    return "".join(c for c in value.lower() if c.isalnum())


def _form(section: str, p: Participant, rng: Random) -> str:
    """A form of a list with her names in it."""
    first = _plain(p.first)
    return rng.choice(every("others", section)).format(
        first=first,
        FIRST=first.upper(),
        last=_plain(p.last),
        initial=_plain(p.last)[0],
        baby=_plain(p.baby),
        partner=_plain(p.partner),
        n=rng.randrange(2, 99),
        year=rng.randrange(1978, 1999),
    )


def _number(digits: str, rng: Random) -> tuple[str, str]:
    """Ten digits as they get written, and the kind."""
    form = rng.choice(_PHONES)
    kind = "phone" if "{0}" in form else "phone, seven digits"
    return form.format(digits[:3], digits[3:6], digits[6:]), kind


def _own(p: Participant, rng: Random, share: float) -> tuple[str, bool]:
    """Her listed number or another."""
    is_listed = rng.random() < share
    return (p.phone if is_listed else phone_digits(rng)), is_listed


def _phone(p: Participant, rng: Random) -> list[Piece]:
    digits, is_listed = _own(p, rng, 0.85)
    text, kind = _number(digits, rng)
    return [Piece(text, "CONTACT", kind, "reformatted", is_listed)]


def _other_phone(p: Participant, rng: Random) -> list[Piece]:
    text, kind = _number(phone_digits(rng), rng)
    if rng.random() < 0.3:
        extension = rng.choice((f" ext {rng.randrange(10, 9999)}", f" x{rng.randrange(10, 999)}"))
        return [Piece(text + extension, "CONTACT", "phone with extension")]
    return [Piece(text, "CONTACT", kind)]


def _spoken_phone(p: Participant, rng: Random) -> list[Piece]:
    digits, is_listed = _own(p, rng, 0.7)
    if rng.random() < 0.25:
        text = rng.choice((" ", " ", "-")).join(digits)
        return [Piece(text, "CONTACT", "phone, spaced", "spelled out", is_listed)]
    zero = rng.choice(("oh", "zero", "o"))
    words = [zero if digit == "0" else DIGITS[int(digit)] for digit in digits]
    area = digits[:3] if rng.random() < 0.2 else " ".join(words[:3])
    text = rng.choice((" ", ", ", " - ", " ")).join((area, " ".join(words[3:6]), " ".join(words[6:])))
    return [Piece(text, "CONTACT", "phone, spelled out", "spelled out", is_listed)]


def _email(p: Participant, rng: Random) -> list[Piece]:
    is_listed = rng.random() < 0.8
    value = p.email if is_listed else _form("other e-mails", p, rng)
    draw = rng.random()
    if draw < 0.05:
        return [Piece(value.replace("@", " @ "), "CONTACT", "e-mail, spaced", "spaced", is_listed)]
    if draw < 0.08:
        return [Piece(value.removesuffix(".com"), "CONTACT", "e-mail, no ending", "cut", is_listed)]
    return [Piece(value, "CONTACT", "e-mail", "exact", is_listed)]


def _spoken_email(p: Participant, rng: Random) -> list[Piece]:
    is_listed = rng.random() < 0.7
    value = p.email if is_listed else f"{_plain(p.first)}.{_plain(p.last)}@gmail.com"
    at, dot = rng.choice(_SPOKEN)
    local, _, domain = value.partition("@")
    if rng.random() < 0.3:
        domain = domain.partition(".")[0]
    if at == " at ":
        local = local.replace("_", " underscore ")
    text = f"{local}{at}{domain}".replace(".", dot)
    return [Piece(text, "CONTACT", "e-mail, spelled out", "spelled out", is_listed)]


def _on_facebook(p: Participant, rng: Random) -> list[Piece]:
    first, last = p.first, p.last
    other = surname(rng, is_listed=False)
    forms = (
        *(f"{first} {last}", f"{first} {other}", f"{first} {other} {last}", f"{first} {last[0]}"),
        f"{first} {given(rng, 'women', is_listed=False)}",
        f"{_plain(first)}.{_plain(last)}.{rng.randrange(1, 99)}",
        f"{first}n{p.partner} {last}",
    )
    return [Piece(rng.choice(forms), "CONTACT", "name on Facebook")]


SLOTS: Final[dict[str, Filler]] = {
    "phone": _phone,
    "otherphone": _other_phone,
    "fax": lambda p, rng: [Piece(_number(phone_digits(rng), rng)[0], "CONTACT", "fax")],
    "spokenphone": _spoken_phone,
    "email": _email,
    "spokenemail": _spoken_email,
    "handle": lambda p, rng: [Piece(_form("handles", p, rng), "CONTACT", "handle")],
    "fbname": _on_facebook,
    "url": lambda p, rng: [Piece(_form("urls", p, rng), "CONTACT", "URL")],
}
