"""What fills the slots of a sentence: identifiers of the participant and of people around her.

Every value is invented and, where a range is kept for fiction, lies in it: telephone numbers
555-01xx, the domains example.com and example.org, addresses 192.0.2.0/24, 198.51.100.0/24 and
203.0.113.0/24, and social security numbers that are never issued (area 000 or 9xx). Spans are
minimal: a title ("Dr.", "aunt") stays outside of a NAME, "the" outside of a unit, "'s" outside of
everything; a rank belongs to MILITARY.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Final

from ppdarchive.synthetic.grammar import Fill, Filling
from ppdarchive.synthetic.people import Participant, nickname, phone_number, towns
from ppdarchive.synthetic.resources import pool
from ppdarchive.text.months import MESES, MONTHS

CATEGORIES: Final = (
    "NAME",
    "AGE",
    "DATE",
    "LOCATION",
    "FACILITY",
    "ORGANIZATION",
    "MILITARY",
    "CONTACT",
    "ID",
    "IP",
    "PROFESSION",
    "OTHER",
)
"""What a planted span can be."""


def misspelt(name: str, rng: Random) -> str:
    """Return the name as someone writes it who has only heard it; never empty."""
    if len(name) < 4:
        return name
    for wrong, right in (
        ("ie", "y"),
        ("y", "ie"),
        ("ee", "ea"),
        ("c", "k"),
        ("ll", "l"),
        ("nn", "n"),
        ("ph", "f"),
        ("ah", "a"),
    ):
        if wrong in name[1:] and rng.random() < 0.7:
            return name[0] + name[1:].replace(wrong, right, 1)
    at = rng.randrange(1, len(name) - 1)
    form = rng.randrange(3)
    if form == 0:
        return name[:at] + name[at + 1 :]
    if form == 1:
        return name[: at + 1] + name[at] + name[at + 1 :]
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _called(name: str, rng: Random, *, pet: str = "", last: str = "") -> str:
    """Return a person's name in one of the ways in which it gets written."""
    draw = rng.random()
    pet = pet or nickname(name)
    if draw < 0.16 and pet:
        return pet
    if draw < 0.24:
        return misspelt(name, rng)
    if draw < 0.28:
        return f"{name[0]}."
    if draw < 0.34 and last:
        return f"{name} {last}"
    if draw < 0.36 and last:
        return f"{name} {last[0]}."
    return name


def _ordinal(day: int) -> str:
    ending = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _day(when: date, rng: Random, *, with_year: bool | None = None) -> str:
    month = MONTHS[when.month - 1]
    short = month[:3]
    forms = (
        f"{month} {when.day}",
        f"{month} {_ordinal(when.day)}",
        f"{when.month}/{when.day}",
        f"the {_ordinal(when.day)} of {month}",
        f"{short} {when.day}",
        f"{when.day} {short}",
    )
    full = (
        f"{when.month}/{when.day}/{when.year % 100:02d}",
        f"{when.month}-{when.day}-{when.year}",
        f"{when:%Y-%m-%d}",
        f"{month} {when.day}, {when.year}",
        f"{when.day} {month} {when.year}",
        f"{when.day:02d}{short.upper()}{when.year % 100:02d}",
        f"{short} {when.day} {when.year}",
        f"{when.month:02d}/{when.day:02d}/{when.year}",
        f"{when.month}.{when.day}.{when.year % 100:02d}",
    )
    if with_year is None:
        with_year = rng.random() < 0.5
    return rng.choice(full if with_year else forms)


def _during(her: Participant, rng: Random) -> date:
    return her.enrolled_on + timedelta(days=rng.randrange(150))


def _baby_age(her: Participant, rng: Random) -> str:
    weeks = rng.randrange(3, 30)
    if weeks > 12 and rng.random() < 0.6:
        return f"{weeks * 12 // 52} months"
    return rng.choice((f"{weeks} weeks", f"{weeks} wks", f"{weeks}wks"))


def _name(rng: Random) -> str:
    return rng.choice(pool(rng.choice(("names.mother", "names.partner"))))


def _partner(her: Participant, rng: Random) -> str:
    return _called(her.partner_name or rng.choice(pool("names.partner")), rng, last=her.last_name)


def _email(her: Participant, rng: Random) -> str:
    if rng.random() < 0.6:
        return her.email
    return f"{her.first_name.lower()}{rng.randrange(100)}@example.{rng.choice(('com', 'org', 'net'))}"


def _phone(her: Participant, rng: Random) -> str:
    digits = (her.phone if rng.random() < 0.5 else phone_number(rng))[1:]
    area, rest = digits.split(") ")
    return rng.choice(
        (
            f"({area}) {rest}",
            f"{area}-{rest}",
            f"{area}.{rest.replace('-', '.')}",
            f"{area} {rest}",
            f"{area}{rest.replace('-', '')}",
            f"1-{area}-{rest}",
            rest,
        )
    )


def _url(her: Participant, rng: Random) -> str:
    last = her.last_name.lower()
    return rng.choice(
        (
            f"www.example.com/{last}family",
            f"https://blog.example.org/mama-{last}",
            f"{her.first_name.lower()}{last}.example.com",
            f"example.com/{her.baby_name.lower()}smom",
        )
    )


def _handle(her: Participant, rng: Random) -> str:
    first, last, baby = her.first_name, her.last_name, her.baby_name
    return rng.choice(
        (
            f"@{first.lower()}_{last.lower()}",
            f"@{baby.lower()}smama{rng.randrange(100)}",
            f"{first} {last[0]} Vet Mom",
            f"{first.lower()}.{last.lower()}.{rng.randrange(10, 99)}",
            f"@mrs{last.lower()}{her.town.state.lower()}",
        )
    )


def _ssn(rng: Random) -> str:
    area = rng.choice(("000", f"9{rng.randrange(100):02d}"))
    group, serial = f"{rng.randrange(1, 70):02d}", f"{rng.randrange(1, 10000):04d}"
    return rng.choice((f"{area}-{group}-{serial}", f"{area}{group}{serial}", f"{area} {group} {serial}"))


def _mrn(rng: Random) -> str:
    number = f"{rng.randrange(10**6, 10**7)}"
    return rng.choice((number, f"#{number}", f"00{number}", f"V{number}"))


def _plate(rng: Random) -> str:
    letters = "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(3))
    return rng.choice((f"{letters} {rng.randrange(100, 1000)}", f"{letters}{rng.randrange(1000, 10000)}"))


def _ip(rng: Random) -> str:
    return f"{rng.choice(('192.0.2', '198.51.100', '203.0.113'))}.{rng.randrange(1, 255)}"


def _place(her: Participant, rng: Random) -> str:
    town = her.town.name
    return rng.choice(
        (town, town, f"{town}, {her.town.state}", f"{town} {her.town.state}", f"{her.town.county} County")
    )


def _any_town(rng: Random) -> str:
    return rng.choice(towns()[rng.choice(("urban", "rural", "highly_rural"))]).name


def _facility(own: str, rng: Random) -> str:
    """Return a facility in full or by its first words, as people shorten it."""
    words = own.split()
    return " ".join(words[:-1]) if len(words) > 2 and rng.random() < 0.25 else own


def _rank_and_name(rng: Random) -> str:
    return f"{rng.choice(pool('rank'))} {rng.choice(pool('names.last'))}"


def _deployment(rng: Random) -> str:
    place = rng.choice(pool("deployment"))
    if rng.random() < 0.6:
        return f"{place} in {rng.randrange(2004, 2014)}"
    return place


_Maker = Callable[[Participant, Random], str]

_SLOTS: Final[Mapping[str, tuple[str, _Maker]]] = {
    "coach": ("NAME", lambda p, r: _called(p.coach.first_name, r, last=p.coach.last_name)),
    "baby": ("NAME", lambda p, r: _called(p.baby_name, r, pet=p.baby_nickname)),
    "babyfull": ("NAME", lambda p, r: f"{p.baby_name} {p.last_name}"),
    "partner": ("NAME", _partner),
    "child": ("NAME", lambda p, r: _called(p.child_name, r)),
    "name": ("NAME", lambda p, r: _called(_name(r), r)),
    "woman": ("NAME", lambda p, r: _called(r.choice(pool("names.mother")), r)),
    "last": ("NAME", lambda p, r: r.choice(pool("names.last"))),
    "me": ("NAME", lambda p, r: r.choice((p.first_name, p.nickname or p.first_name))),
    "mefull": ("NAME", lambda p, r: f"{p.first_name} {p.last_name}"),
    "nick": ("NAME", lambda p, r: p.nickname or p.last_name),
    "initials": (
        "NAME",
        lambda p, r: r.choice(("{0}{1}", "{0}.{1}.", "{0} {1}")).format(p.first_name[0], p.last_name[0]),
    ),
    "old": ("AGE", lambda p, r: str(r.randrange(90, 103))),
    "babyage": ("AGE", _baby_age),
    "date": ("DATE", lambda p, r: _day(_during(p, r), r)),
    "birthdate": ("DATE", lambda p, r: _day(p.baby_birth_date, r, with_year=r.random() < 0.7)),
    "birthday": ("DATE", lambda p, r: _day(p.baby_birth_date, r, with_year=False)),
    "month": ("DATE", lambda p, r: MONTHS[_during(p, r).month - 1]),
    "monthyear": (
        "DATE",
        lambda p, r: r.choice(("{0} {1}", "{0} of {1}", "{0}, {1}")).format(
            MONTHS[r.randrange(12)], p.enrolled_on.year - r.randrange(1, 4)
        ),
    ),
    "holiday": (
        "DATE",
        lambda p, r: r.choice(("{0} {1}", "{0} of {1}", "{0} '{2}")).format(
            r.choice(pool("holiday")), p.enrolled_on.year, p.enrolled_on.year % 100
        ),
    ),
    "esdate": ("DATE", lambda p, r: f"{p.baby_birth_date.day} de {MESES[p.baby_birth_date.month - 1]}"),
    "esmonth": ("DATE", lambda p, r: MESES[_during(p, r).month - 1]),
    "town": ("LOCATION", lambda p, r: p.town.name),
    "townstate": ("LOCATION", _place),
    "county": ("LOCATION", lambda p, r: f"{p.town.county} {r.choice(('County', 'County', 'Co.'))}"),
    "street": ("LOCATION", lambda p, r: p.street if r.random() < 0.7 else r.choice(pool("street"))),
    "zip": ("LOCATION", lambda p, r: p.town.zip_code),
    "city": ("LOCATION", lambda p, r: _any_town(r)),
    "base": ("LOCATION", lambda p, r: r.choice(pool("base"))),
    "ship": ("LOCATION", lambda p, r: r.choice(pool("ship"))),
    "facility": ("FACILITY", lambda p, r: _facility(p.va_facility, r)),
    "hospital": ("FACILITY", lambda p, r: _facility(p.hospital, r)),
    "place": ("FACILITY", lambda p, r: r.choice(pool("facility.other"))),
    "school": ("FACILITY", lambda p, r: r.choice(pool("facility.school"))),
    "church": ("FACILITY", lambda p, r: r.choice(pool("facility.church"))),
    "org": ("ORGANIZATION", lambda p, r: r.choice(pool("organization"))),
    "group": ("ORGANIZATION", lambda p, r: r.choice(pool("organization.group"))),
    "unit": ("MILITARY", lambda p, r: r.choice(pool("unit"))),
    "mos": ("MILITARY", lambda p, r: r.choice(pool("mos"))),
    "rankname": ("MILITARY", lambda p, r: _rank_and_name(r)),
    "operation": ("MILITARY", lambda p, r: r.choice(pool("operation"))),
    "deployment": ("MILITARY", lambda p, r: _deployment(r)),
    "email": ("CONTACT", _email),
    "phone": ("CONTACT", _phone),
    "url": ("CONTACT", _url),
    "handle": ("CONTACT", _handle),
    "ssn": ("ID", lambda p, r: _ssn(r)),
    "last4": ("ID", lambda p, r: f"{r.randrange(10000):04d}"),
    "dodid": ("ID", lambda p, r: f"99{r.randrange(10**8):08d}"),
    "mrn": ("ID", lambda p, r: _mrn(r)),
    "study": ("ID", lambda p, r: p.participant_id),
    "account": ("ID", lambda p, r: f"{r.choice(('C', 'VB-', ''))}{r.randrange(10**7, 10**8)}"),
    "plate": ("ID", lambda p, r: _plate(r)),
    "ip": ("IP", lambda p, r: _ip(r)),
    "job": ("PROFESSION", lambda p, r: r.choice(pool("profession"))),
    "event": ("OTHER", lambda p, r: r.choice(pool("event"))),
}


def filler(her: Participant) -> Fill:
    """Return the function that fills the slots of sentences written by this participant."""

    def fill(slot: str, rng: Random) -> Filling:
        category, make = _SLOTS[slot]
        text = make(her, rng)
        for article in ("the ", "a ", "an "):
            if text.startswith(article):
                return Filling(text[len(article) :], category, article)
        before = ""
        if slot == "job":
            before = "an " if text[0] in "aeiou" else "a "
        return Filling(text, category, before)

    return fill


def plain_words(her: Participant) -> Mapping[str, str]:
    """Return the words that fit the participant: her child's pronouns, what she calls a partner."""
    girl = her.baby_is_girl
    if not her.partner_name:
        hubby, he = "my mom", "she"
    elif her.partner_is_woman:
        hubby, he = ("my wife" if her.relationship == "married" else "my girlfriend"), "she"
    else:
        hubby, he = ("my husband" if her.relationship == "married" else "my boyfriend"), "he"
    return {
        "he": "she" if girl else "he",
        "him": "her" if girl else "him",
        "his": "her" if girl else "his",
        "phe": he,
        "hubby": hubby,
        "my husband": hubby,
    }
