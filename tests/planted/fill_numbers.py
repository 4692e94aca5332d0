"""Numbers that identify: social security, records, accounts, plates; and addresses of computers."""

from __future__ import annotations

from random import Random
from typing import Final

from .filling import DIGITS, Filler
from .grammar import Piece
from .people import Participant, every

_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
_SLOT_OF: Final = {
    "last four": "last4",
    "DoD ID": "dodid",
    "MRN": "mrn",
    "plate": "plate",
    "claim": "claim",
    "policy": "policy",
    "study ID": "studyid",
    "account": "account",
    "licence": "license",
    "confirmation": "confirm",
    "serial": "serial",
    "VIN": "vin",
}


def _shaped(shape: str, rng: Random) -> str:
    """Digits for 9, letters for A."""
    return "".join(
        rng.choice("0123456789") if c == "9" else rng.choice(_LETTERS) if c == "A" else c for c in shape
    )


def _of(kind: str, shapes: list[str]) -> Filler:
    return lambda p, rng: [Piece(_shaped(rng.choice(shapes), rng), "ID", kind)]


def _social_security(p: Participant, rng: Random) -> list[Piece]:
    digits = f"7{rng.randrange(34, 50)}{rng.randrange(1, 99):02d}{rng.randrange(1, 9999):04d}"
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    draw = rng.random()
    if draw < 0.12:
        spelled = [" ".join(DIGITS[int(digit)] for digit in part) for part in (area, group, serial)]
        return [Piece(", ".join(spelled), "ID", "SSN, spelled out")]
    if draw < 0.2:
        return [Piece(" ".join(digits), "ID", "SSN, spaced")]
    between = rng.choice(("-", "-", " ", "", "."))
    return [Piece(rng.choice((between.join((area, group, serial)), f"xxx-xx-{serial}")), "ID", "SSN")]


def _ip(p: Participant, rng: Random) -> list[Piece]:
    if rng.random() < 0.25:
        group = [f"{rng.randrange(1, 65535):x}" for _ in range(4)]
        text = rng.choice((f"2001:db8:{':'.join(group)}::1", f"fe80::{':'.join(group[:3])}"))
        return [Piece(text, "IP", "version 6")]
    start = rng.choice(
        ("192.0.2", "198.51.100", "203.0.113", f"10.{rng.randrange(255)}.{rng.randrange(255)}")
    )
    port = [Piece(":8080", is_neutral=True)] if rng.random() < 0.3 else []
    return [Piece(f"{start}.{rng.randrange(1, 255)}", "IP", "version 4"), *port]


def _mac(p: Participant, rng: Random) -> list[Piece]:
    return [Piece(rng.choice((":", "-")).join(f"{rng.randrange(256):02x}" for _ in range(6)), "IP", "MAC")]


SLOTS: Final[dict[str, Filler]] = {
    "ssn": _social_security,
    "ip": _ip,
    "mac": _mac,
    **{
        _SLOT_OF[kind]: _of(kind, shapes)
        for kind, *shapes in (line.split("|") for line in every("others", "numbers"))
    },
}
