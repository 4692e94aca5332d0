"""What is drawn and not written in templates: names, places, addresses, numbers, dates, handles."""

from __future__ import annotations

import string
from collections.abc import Mapping
from random import Random
from typing import Final

from scripts.training.grammar import Draw
from scripts.training.names import invented, listed, listed_names, pool

from ppdarchive.detectors.lexicon import NameKind

_ALPHABETS: Final = {"#": string.digits, "@": string.ascii_uppercase, "~": string.ascii_lowercase}


def _form(rng: Random, *forms: str) -> str:
    """One of the forms, its # digits, its @ capitals and its ~ small letters."""
    return "".join(rng.choice(_ALPHABETS[c]) if c in _ALPHABETS else c for c in rng.choice(forms))


def _one(name: str) -> Draw:
    return lambda rng: rng.choice(listed(name))


def _ordinal(n: int) -> str:
    return f"{n}th" if 10 < n % 100 < 20 else f"{n}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th') }"


# Half of the names are frequent ones, the rest rare, from elsewhere, words, or heard of by nobody.


def _first(rng: Random) -> str:
    chance = rng.random()
    if chance < 0.6:
        return pool(NameKind.GIVEN_NAME)(rng)
    if chance < 0.72:
        return rng.choice(listed_names("given_world"))
    if chance < 0.82:
        return rng.choice(listed_names("word_given"))
    if chance < 0.93:
        return rng.choice(listed_names("rare_given"))
    if chance < 0.97:
        return rng.choice(invented("given_name"))
    second = pool(NameKind.GIVEN_NAME)(rng)
    return pool(NameKind.GIVEN_NAME)(rng) + rng.choice((" ", "-", " ", "")) + second


def _last(rng: Random) -> str:
    chance = rng.random()
    if chance < 0.03:
        start = rng.choice(listed("surname_start")).replace("_", " ")
        return start + pool(NameKind.SURNAME)(rng)
    if chance < 0.05:
        return pool(NameKind.SURNAME)(rng) + "-" + pool(NameKind.SURNAME)(rng)
    if chance < 0.15:
        return rng.choice(listed_names("word_last"))
    if chance < 0.3:
        return rng.choice(listed_names("last_world"))
    if chance < 0.42:
        return rng.choice(listed_names("rare_last"))
    if chance < 0.46:
        return rng.choice(invented("surname"))
    return pool(NameKind.SURNAME)(rng)


def _word_name(rng: Random) -> str:
    return rng.choice(listed_names("word_given"))


def _city(rng: Random) -> str:
    return pool(NameKind.CITY if rng.random() < 0.75 else NameKind.WORLD_CITY)(rng)


def _county(rng: Random) -> str:
    name = pool(NameKind.COUNTY)(rng)
    return name if rng.random() < 0.8 else name.removesuffix(" County") + " County"


def _letter(rng: Random) -> str:
    return rng.choice("AABBCCDDEEFGHIJJJKKLLMMMNOPQRRSSSTTUVWXYZ")


def _initials(rng: Random) -> str:
    letters = [_letter(rng) for _ in range(rng.choice((1, 2, 2, 2, 3)))]
    form = rng.random()
    if form < 0.55:
        return "".join(letters)
    return ".".join(letters) + "." if form < 0.8 else "".join(letters).lower()


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c in string.ascii_lowercase)


def _account(rng: Random) -> str:
    """The part of an address or a handle that somebody chose."""
    first, last, word = _plain(_first(rng)), _plain(_last(rng)), rng.choice(listed("account_word"))
    number = rng.choice(("", "", _form(rng, "#", "##", "###"), str(rng.randrange(1960, 2012))))
    form = rng.choice(listed("account_form"))
    parts = {"F": first, "L": last, "1": first[:1], "2": last[:1]}
    parts |= {"W": word, "V": rng.choice(listed("account_word"))}
    return ("".join(parts.get(c, c) for c in form) or "user") + number


def _handle(rng: Random) -> str:
    account = _account(rng).replace("-", "_").replace(".", rng.choice(("", "_", ".")))
    return "@" + (account.title() if rng.random() < 0.3 else account)


def _host(rng: Random) -> str:
    if rng.random() < 0.6:
        return rng.choice(listed("host"))
    words = listed("account_word")
    own = _plain(_last(rng)) if rng.random() < 0.5 else rng.choice(words) + rng.choice(words)
    return f"{own}.{rng.choice(listed('domain_ending'))}"


def _email(rng: Random) -> str:
    account = _account(rng)
    return (account if rng.random() < 0.85 else account.title()) + "@" + _host(rng)


def _url(rng: Random) -> str:
    words = listed("account_word")
    one, two = rng.choice(words), rng.choice(words)
    own = rng.choice((_plain(_last(rng)), one + two, _account(rng).replace("_", "")))
    path = rng.choice(
        ("", "", "/", f"/{one}", f"/{one}-{two}.html", _form(rng, "/#####", "/@~#~@~#", "/~~~~~#"))
    )
    start = rng.choice(("http://", "https://", "http://www.", "www.", ""))
    return f"{start}{own}.{rng.choice(listed('domain_ending'))}{path}"


def _street(rng: Random) -> str:
    name = rng.choice((_last, _first, _one("street_word"), _one("street_word")))(rng)
    number = rng.choice(
        (str(rng.randrange(1, 9999)), str(rng.randrange(1, 999)), _form(rng, "####", "#####"))
    )
    unit = rng.choice(("", "", "", "", " Apt ##", " #1##", ", Suite ###", " Apt #@", " Unit #", ", Apt. #"))
    side = rng.choice(("", "", "", "N ", "S ", "E. ", "West ", "NW "))
    return f"{number} {side}{name} {rng.choice(listed('street_ending'))}{_form(rng, unit)}"


def _road(rng: Random) -> str:
    if rng.random() < 0.4:
        return _form(
            rng, "I-##", "I##", "Route ##", "Hwy ##", "Highway ###", "County Road ##", "US-###", "Rt #"
        )
    return f"{rng.choice((_last, _one('street_word')))(rng)} {rng.choice(listed('street_ending'))}"


def _date(rng: Random) -> str:
    month, day, year = rng.choice(listed("month_name")), rng.randrange(1, 29), rng.randrange(1965, 2026)
    n, nth, short = rng.randrange(1, 13), _ordinal(day), f"{year % 100:02}"
    form = rng.choice(listed("date_form"))
    if form.islower():
        month, form = month.lower(), form.upper()
    parts = {
        "M": month, "D": str(day), "T": nth, "Y": str(year), "S": short, "N": str(n), "Z": f"{n:02}",
        "H": rng.choice(listed("holiday")), "W": rng.choice(listed("weekday_name")), "O": f"of {month}",
    }  # fmt: skip
    return "".join(parts.get(c, c) for c in form)


def _mail_date(rng: Random) -> str:
    weekday, month = rng.choice(listed("weekday_name"))[:3], rng.choice(listed("month_name"))[:3]
    time = f"{rng.randrange(24):02}:{rng.randrange(60):02}"
    n, day, year = rng.randrange(1, 13), rng.randrange(1, 29), rng.randrange(1995, 2026)
    return rng.choice(
        (
            f"{weekday}, {day} {month} {year} {time}:{rng.randrange(60):02} -0{rng.randrange(4, 9)}00",
            f"{n:02}/{day:02}/{year} {time} {rng.choice(('AM', 'PM'))}",
            f"{weekday}, {month} {day}, {year} at {time}",
            f"{month} {day}, {year} {time}",
        )
    )


def _ip(rng: Random) -> str:
    if rng.random() < 0.9:
        return ".".join(str(rng.randrange(1, 255)) for _ in range(4))
    return ":".join(f"{rng.randrange(65536):x}" for _ in range(8))


def _acronym(rng: Random) -> str:
    n_letters = rng.choice((2, 3, 3, 3, 4, 4, 5))
    return "".join(rng.choice("AABCCDEFGHIILMNNOPRSSTTUVW") for _ in range(n_letters))


def _unit(rng: Random) -> str:
    number, few, kind = rng.randrange(1, 140), rng.randrange(1, 6), rng.choice(listed("unit_kind"))
    return rng.choice(
        (
            f"{_ordinal(number)} {kind}", f"{_ordinal(number)} {kind}", f"{_ordinal(number)} {kind}",
            f"{few}-{number} {rng.choice(listed('unit_arm'))}", f"{few}/{number}",
            f"{rng.choice(listed('company_letter'))} {rng.choice(listed('company_kind'))} {few}-{number}",
            f"VMFA-{number}", f"VFA-{number}", f"NMCB {few}", f"MALS-{number}", f"{_ordinal(few)} Fleet",
        )
    )  # fmt: skip


def _price(rng: Random) -> str:
    return rng.choice(
        (f"${rng.randrange(1, 400)}", _form(rng, "$##.99", "$#.50"), f"{rng.randrange(5, 500)} bucks")
    )


def _clock(rng: Random) -> str:
    hour = rng.randrange(1, 13)
    return rng.choice(
        (f"{hour}{rng.choice(('am', 'pm', ' am', ' p.m.', ''))}", f"{hour}:{rng.randrange(0, 60, 5):02}")
    )


def _formed(*forms: str) -> Draw:
    return lambda rng: _form(rng, *forms)


def _number(low: int, high: int) -> Draw:
    return lambda rng: str(rng.randrange(low, high))


def _lower(draw: Draw) -> Draw:
    return lambda rng: draw(rng).lower()


def _upper(draw: Draw) -> Draw:
    return lambda rng: draw(rng).upper()


def _operation(rng: Random) -> str:
    """An operation by its name or letters; wars that everybody knows are none."""
    while True:
        name = pool(NameKind.OPERATION)(rng)
        if name.startswith("Operation") or name.isupper():
            return name


def _known(kind: NameKind) -> Draw:
    # Read when it is first drawn from: importing this reads no list.
    def draw(rng: Random) -> str:
        return pool(kind)(rng)

    return draw


_PHONE: Final = _formed(
    "###-###-####", "(###) ###-####", "###.###.####", "##########", "###-####", "1-###-###-####",
    "+1 ### ### ####", "### ### ####", "1 (800) ###-####", "(###)###-####", "+44 7### ######",
    "###-###-#### x###", "ext. ####",
)  # fmt: skip
_RECORD: Final = _formed(
    "###-##-####", "########", "#######", "##########", "@@#######", "@#######", "#########", "MRN ########",
    "@@@ ####", "@@@-####", "##@@###", "####-####-####-####", "###-#######-#######", "1Z@#####@##########",
    "@@-####-####", "#####-####", "##########@", "xxx-xx-####", "INC#######", "@@@@-#####",
)  # fmt: skip

DRAWS: Final[Mapping[str, tuple[str | None, Draw]]] = {
    "first": ("NAME", _first),
    "lfirst": ("NAME", _lower(_first)),
    "ufirst": ("NAME", _upper(_first)),
    "last": ("NAME", _last),
    "llast": ("NAME", _lower(_last)),
    "ulast": ("NAME", _upper(_last)),
    "wordname": ("NAME", _word_name),
    "lwordname": ("NAME", _lower(_word_name)),
    "initials": ("NAME", _initials),
    "letter": (None, _letter),
    "city": ("LOCATION", _city),
    "lcity": ("LOCATION", _lower(_city)),
    "county": ("LOCATION", _county),
    "street": ("LOCATION", _street),
    "road": ("LOCATION", _road),
    "zip": ("LOCATION", _formed("#####", "#####", "#####-####")),
    "handle": ("CONTACT", _handle),
    "account": ("CONTACT", _account),
    "email": ("CONTACT", _email),
    "url": ("CONTACT", _url),
    "shorturl": (
        "CONTACT",
        _formed(
            "http://t.co/@~#~@~#~@~",
            "https://t.co/~@~@#~@~#@",
            "http://bit.ly/~@~#~@",
            "https://youtu.be/@~#~@~#-~@~",
        ),
    ),
    "phone": ("CONTACT", _PHONE),
    "date": ("DATE", _date),
    "maildate": ("DATE", _mail_date),
    "month": (None, lambda rng: rng.choice(listed("month_name")[:12])),
    "year": (None, _number(1970, 2026)),
    "record": ("ID", _RECORD),
    "ip": ("IP", _ip),
    "acronym": ("ORGANIZATION", _acronym),
    "unit": ("MILITARY", _unit),
    "mos": (
        "MILITARY",
        _formed("##@", "##@", "####", "#@###", "68W", "11B", "25B", "42A", "92G", "0311", "88M"),
    ),
    "lexorg": ("ORGANIZATION", _known(NameKind.ORGANIZATION)),
    "lexagency": ("ORGANIZATION", _known(NameKind.AGENCY)),
    "lexteam": ("ORGANIZATION", _known(NameKind.TEAM)),
    "lexmedia": ("ORGANIZATION", _known(NameKind.MEDIA)),
    "lexschool": ("ORGANIZATION", _known(NameKind.SCHOOL)),
    "lexfacility": ("FACILITY", _known(NameKind.FACILITY)),
    "lexbase": ("LOCATION", _known(NameKind.BASE)),
    "lexship": ("LOCATION", _known(NameKind.SHIP)),
    "lexunit": ("MILITARY", _known(NameKind.UNIT)),
    "lexoperation": ("MILITARY", _operation),
    "lexmed": (None, _known(NameKind.MEDICATION)),
    "n": (None, _number(2, 12)),
    "few": (None, _number(2, 6)),
    "nn": (None, _number(10, 99)),
    "nnn": (None, _number(100, 999)),
    "old": (None, _number(90, 104)),
    "clock": (None, _clock),
    "price": (None, _price),
}
"""Slot to its label and what draws it."""
