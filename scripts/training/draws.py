"""What is drawn and not written in templates: names, places, addresses, numbers, dates, handles."""

from __future__ import annotations

import string
from collections.abc import Mapping
from random import Random
from typing import Final

from scripts.training.grammar import Draw
from scripts.training.names import in_training_half, pool

WORD_NAMES: Final = tuple(
    name
    for name in """Hope Grace Will Mark Bill Rose Art Jack Frank Rich Pat May April June Joy Faith Dawn Summer
    Autumn Daisy Lily Ruby Pearl Amber Crystal Ginger Robin Jay Drew Chase Hunter Mason Carter Chance Christian
    Destiny Harmony Melody Sky River Brook Cliff Dean Dale Glen Guy Lance Nick Pierce Reed Rusty Sandy Skip Stone
    Sunny Victor Ward Wade Miles Max Ray Gene Bob Don Sue Eve Angel Heaven Genesis Trinity Major King Prince Duke
    Royal Ace Legend Maverick Ryder Colt Bear Fox Wolf Ivy Iris Violet Jasmine Olive Holly Heather Hazel Poppy
    Rosemary Sage Basil Clay Forrest Rocky Sterling Grant Gray Brown White Green Black Young Long Short Little
    Rice Bush Gates Banks Wells Waters Woods Fields Hill Lake Parks Forest Rivers Snow Frost Winters Cook Baker
    Taylor Butler Bishop Pope Abbott Page Post Price Love Lovelace Savage Swift Sharp Strong Hardy Wise Noble
    Best Good Case Cash Penny Nickel Tanner Archer Fisher Potter Carver Gardener Porter Cooper Turner Walker Bell
    Ball Bird Crow Drake Finch Hawk Swan Robins Lamb Bull Buck Doe Fawn Kitty Mercy Charity Patience Prudence
    Constance Felicity Serenity Journey Justice Liberty Haven Story Promise Treasure Precious Princess Star Luna
    Stormy Misty Rain Rainbow Wren Birdie Dolly Candy Cherry Peaches Sugar Honey Cookie Buddy Bud Chip Chuck Dick
    Hank Herb Jimmy Josh Lane Lee Les Mac Mike Ned Norm Otto Peg Phil Red Rob Russ Sal Sonny Stew Tad Tex Tim Tom
    Tucker Ty Van Vern Vic Wally Woody Worth Rod Sawyer Sherman Jordan Israel Chad Austin Dallas Houston Phoenix
    Paris London Brooklyn Savannah Sydney Florence Virginia Carolina Georgia Dakota Montana Cheyenne Madison
    Jackson Lincoln Kennedy Reagan Carter Boston Denver Memphis Milan Vienna Asia India China Kenya Chelsea""".split()
    if in_training_half(name)
)
_HOSTS: Final = (
    "gmail.com gmail.com yahoo.com hotmail.com aol.com outlook.com icloud.com comcast.net live.com msn.com "
    "att.net verizon.net sbcglobal.net ymail.com me.com mail.com protonmail.com cox.net us.army.mil va.gov"
).split()
_WORDS: Final = (
    "mama mom mommy momma blue sky sun moon star rain happy lucky crazy wild sweet lil big real the its im "
    "army vet gamer dog cat cats dogs pizza coffee book books run runner fit girl boy guy queen king ninja "
    "rocks love lover heart dream night day music dj beats tech dev geek photo art tv news live world home "
    "garden kitchen farm fish hunter biker racer mtn ocean beach texas nyc cali smile angel devil ghost"
).split()
_TLDS: Final = "com com com net org co info biz us edu gov".split()
_STREETS: Final = (
    "St St. Street Ave Ave. Avenue Rd Rd. Road Dr Dr. Drive Ln Lane Blvd Blvd. Boulevard Ct Court Way Pl Place "
    "Cir Circle Pkwy Parkway Terrace Trail Hwy Highway st ave rd dr ln"
).split()
_TREES: Final = (
    "Maple Oak Main Elm Pine Cedar Walnut Church Mill Park Spring Lake Hill River Ridge Sunset Valley Meadow "
    "Highland Center Union State First Second Third Fourth 5th 7th 12th 23rd 41st Broadway College School "
    "Chestnut Hickory Dogwood Magnolia Cherry Willow Birch Peach Orchard Forest Prospect Front Water High"
).split()
_MONTHS: Final = (
    "January February March April May June July August September October November December "
    "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec Jan. Feb. Aug. Sept. Oct. Nov. Dec."
).split()


def _first(rng: Random) -> str:
    if rng.random() < 0.1:
        return rng.choice(WORD_NAMES)
    return pool("first")(rng)


def _last(rng: Random) -> str:
    chance = rng.random()
    name = pool("last")(rng)
    if chance < 0.02:
        return (
            rng.choice(
                (
                    "O'",
                    "O'",
                    "O’",
                    "Mc",
                    "Mac",
                    "D'",
                    "De",
                    "Van ",
                    "van ",
                    "Von ",
                    "de la ",
                    "De La ",
                    "St. ",
                )
            )
            + name
        )
    if chance < 0.04:
        return name + "-" + pool("last")(rng)
    if chance < 0.08:
        return rng.choice(WORD_NAMES)
    return name


def _letter(rng: Random) -> str:
    return rng.choice("AABBCCDDEEFGHIJJJKKLLMMMNOPQRRSSSTTUVWXYZ")


def _initials(rng: Random) -> str:
    letters = [_letter(rng) for _ in range(rng.choice((1, 2, 2, 2, 3)))]
    form = rng.random()
    if form < 0.55:
        return "".join(letters)
    if form < 0.8:
        return ".".join(letters) + "."
    return "".join(letters).lower()


def _digits(rng: Random, n: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(n))


def _form(rng: Random, *forms: str) -> str:
    """One of the forms with its # as digits, its @ as capitals and its ~ as small letters."""
    signs = {"#": string.digits, "@": string.ascii_uppercase, "~": string.ascii_lowercase}
    return "".join(rng.choice(signs[c]) if c in signs else c for c in rng.choice(forms))


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c in string.ascii_lowercase)


def _account(rng: Random) -> str:
    """The part of an address or a handle that somebody chose."""
    first, last, word = _plain(_first(rng)), _plain(_last(rng)), rng.choice(_WORDS)
    number = rng.choice(
        ("", "", _digits(rng, 1), _digits(rng, 2), _digits(rng, 3), str(rng.randrange(1960, 2012)))
    )
    forms = (
        first + last, first + "." + last, first + "_" + last, first[:1] + last, first + last[:1], last + first[:1],
        first, last, first + word, word + first, first + "_" + word, word + "_" + last, word + rng.choice(_WORDS),
        "the" + first, "mrs" + last, "mom_of_" + first, first + "s" + word, "its" + first, "xo" + first + "xo",
        first[:1] + "_" + last, first + "-" + last, "x" + first + "x", "real" + first + last, "dr" + last,
    )  # fmt: skip
    return (rng.choice(forms) or "user") + number


def _handle(rng: Random) -> str:
    account = _account(rng).replace("-", "_").replace(".", rng.choice(("", "_", ".")))
    return "@" + (account.title() if rng.random() < 0.3 else account)


def _host(rng: Random) -> str:
    if rng.random() < 0.6:
        return rng.choice(_HOSTS)
    return rng.choice((_plain(_last(rng)), rng.choice(_WORDS) + rng.choice(_WORDS))) + "." + rng.choice(_TLDS)


def _email(rng: Random) -> str:
    account = _account(rng)
    return (account if rng.random() < 0.85 else account.title()) + "@" + _host(rng)


def _url(rng: Random) -> str:
    host = rng.choice(
        (_plain(_last(rng)), rng.choice(_WORDS) + rng.choice(_WORDS), _account(rng).replace("_", ""))
    )
    path = rng.choice(("", "", "/", "/" + rng.choice(_WORDS), f"/{rng.choice(_WORDS)}-{rng.choice(_WORDS)}.html",
                       "/" + _digits(rng, 5), "/" + _form(rng, "@~#~@~#", "~~~~~#")))  # fmt: skip
    return (
        rng.choice(("http://", "https://", "http://www.", "www.", "")) + f"{host}.{rng.choice(_TLDS)}{path}"
    )


def _short_url(rng: Random) -> str:
    return _form(
        rng,
        "http://t.co/@~#~@~#~@~",
        "https://t.co/~@~@#~@~#@",
        "http://bit.ly/~@~#~@",
        "https://youtu.be/@~#~@~#-~@~",
    )


def _phone(rng: Random) -> str:
    return _form(rng, "###-###-####", "(###) ###-####", "###.###.####", "##########", "###-####", "1-###-###-####",
                 "+1 ### ### ####", "### ### ####", "1 (800) ###-####", "(###)###-####", "+44 7### ######", "x####")  # fmt: skip


def _street(rng: Random) -> str:
    name = rng.choice((_last, _first, lambda r: r.choice(_TREES), lambda r: r.choice(_TREES)))(rng)
    number = rng.choice(
        (str(rng.randrange(1, 9999)), str(rng.randrange(1, 999)), _form(rng, "####", "#####"))
    )
    unit = rng.choice(
        (
            "",
            "",
            "",
            "",
            f" Apt {rng.randrange(1, 40)}",
            f" #{rng.randrange(1, 300)}",
            f", Suite {rng.randrange(100, 900)}",
        )
    )
    side = rng.choice(("", "", "", "N ", "S ", "E. ", "West ", "NW "))
    return f"{number} {side}{name} {rng.choice(_STREETS)}{unit}"


def _road(rng: Random) -> str:
    name = rng.choice((_last, lambda r: r.choice(_TREES)))(rng)
    return rng.choice(
        (f"{name} {rng.choice(_STREETS)}",) * 3
        + (_form(rng, "I-##", "Route ##", "Hwy ##", "Highway ###", "County Road ##", "US-###"),)
    )


def _day(rng: Random) -> str:
    month, number, year = rng.choice(_MONTHS), rng.randrange(1, 29), rng.randrange(1965, 2026)
    n = rng.randrange(1, 13)
    ordinal = f"{number}{'th' if 10 < number < 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
    return rng.choice((
        f"{month} {number}, {year}", f"{month} {ordinal}", f"{month} {number}", f"{number} {month} {year}",
        f"{month} {ordinal}, {year}", f"the {ordinal} of {month}", f"{n}/{number}/{year}", f"{n}/{number}/{year % 100:02}",
        f"{n:02}/{number:02}/{year}", f"{year}-{n:02}-{number:02}", f"{n}-{number}-{year % 100:02}", f"{number}.{n}.{year}",
        f"{month} {year}", f"{month} of {year}", f"{month.lower()} {number}", f"{month} '{year % 100:02}", f"{n}/{number}",
        f"{month} {number} {year}", f"{month.upper()} {number}",
    ))  # fmt: skip


def _mail_date(rng: Random) -> str:
    days, months = "Mon Tue Wed Thu Fri Sat Sun".split(), _MONTHS[12:19]
    day, month = rng.choice(days), rng.choice(months)
    time = f"{rng.randrange(24):02}:{rng.randrange(60):02}"
    n, number, year = rng.randrange(1, 13), rng.randrange(1, 29), rng.randrange(1995, 2026)
    return rng.choice((f"{day}, {number} {month} {year} {time}:{rng.randrange(60):02} -0{rng.randrange(4, 9)}00",
                       f"{n:02}/{number:02}/{year} {time} {rng.choice(('AM', 'PM'))}", f"{day}, {month} {number}, {year} at {time}",
                       f"{month} {number}, {year} {time}"))  # fmt: skip


def _record(rng: Random) -> str:
    return _form(rng, "###-##-####", "########", "#######", "##########", "@@#######", "@#######", "#########", "MRN ########",
                 "@@@ ####", "@@@-####", "##@@###", "####-####-####-####", "###-#######-#######", "1Z@#####@##########",
                 "@@-####-####", "#####-####", "##########@", "xxx-xx-####", "INC#######", "@@@@-#####")  # fmt: skip


def _ip(rng: Random) -> str:
    if rng.random() < 0.9:
        return ".".join(str(rng.randrange(1, 255)) for _ in range(4))
    return ":".join(f"{rng.randrange(65536):x}" for _ in range(8))


def _acronym(rng: Random) -> str:
    return "".join(rng.choice("AABCCDEFGHIILMNNOPRSSTTUVW") for _ in range(rng.choice((2, 3, 3, 3, 4, 4, 5))))


def _unit(rng: Random) -> str:
    n = rng.randrange(1, 140)
    ordinal = f"{n}{'th' if 10 < n % 100 < 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"
    what = rng.choice("Battalion|Bn|Brigade|BCT|Infantry Division|ID|Infantry|Infantry Regiment|MP Company|Airborne|Airborne Division|"
                      "Engineer Battalion|Cavalry|Cav|Marines|Marine Regiment|Fighter Wing|Medical Group|Transportation Company|"
                      "Signal Brigade|FSB|BSB|CSH|Field Artillery|Security Forces Squadron|Airlift Wing|MEU|Support Squadron".split("|"))  # fmt: skip
    few = rng.randrange(1, 6)
    return rng.choice((f"{ordinal} {what}", f"{ordinal} {what}", f"{few}-{n} {rng.choice(('IN', 'CAV', 'FA', 'Infantry', 'Aviation'))}",
                       f"{few}/{n}", f"{rng.choice(('Alpha', 'Bravo', 'Charlie', 'Delta', 'Echo', 'HHC'))} {rng.choice(('Company', 'Co', 'Troop', 'Battery'))} {few}-{n}",
                       f"VMFA-{n}", f"VFA-{n}", f"NMCB {few}", f"MALS-{n}", f"{few}th Fleet"))  # fmt: skip


def _mos(rng: Random) -> str:
    return _form(
        rng, "##@", "##@", "####", "#@###", "68W", "11B", "25B", "42A", "92G", "0311", "HM8404", "88M", "31B"
    )


def _lower(draw: Draw) -> Draw:
    return lambda rng: draw(rng).lower()


def _number(low: int, high: int) -> Draw:
    return lambda rng: str(rng.randrange(low, high))


DRAWS: Final[Mapping[str, tuple[str | None, Draw]]] = {
    "first": ("NAME", _first),
    "lfirst": ("NAME", _lower(_first)),
    "ufirst": ("NAME", lambda rng: _first(rng).upper()),
    "last": ("NAME", _last),
    "ulast": ("NAME", lambda rng: _last(rng).upper()),
    "wordname": ("NAME", lambda rng: rng.choice(WORD_NAMES)),
    "initials": ("NAME", _initials),
    "letter": (None, _letter),
    "city": ("LOCATION", lambda rng: pool("city")(rng)),
    "county": ("LOCATION", lambda rng: pool("county")(rng)),
    "street": ("LOCATION", _street),
    "road": ("LOCATION", _road),
    "zip": ("LOCATION", lambda rng: _form(rng, "#####", "#####", "#####-####")),
    "handle": ("CONTACT", _handle),
    "account": ("CONTACT", _account),
    "email": ("CONTACT", _email),
    "url": ("CONTACT", _url),
    "shorturl": ("CONTACT", _short_url),
    "phone": ("CONTACT", _phone),
    "date": ("DATE", _day),
    "maildate": ("DATE", _mail_date),
    "month": ("", lambda rng: rng.choice(_MONTHS[:12])),
    "year": ("", lambda rng: str(rng.randrange(1970, 2026))),
    "record": ("ID", _record),
    "ip": ("IP", _ip),
    "acronym": ("ORGANIZATION", _acronym),
    "unit": ("MILITARY", _unit),
    "mos": ("MILITARY", _mos),
    "n": (None, _number(2, 12)),
    "few": (None, _number(2, 6)),
    "nn": (None, _number(10, 99)),
    "nnn": (None, _number(100, 999)),
    "old": (None, _number(90, 104)),
    "clock": (
        None,
        lambda rng: rng.choice(
            (
                f"{rng.randrange(1, 13)}{rng.choice(('am', 'pm', ' am', ' p.m.', ''))}",
                f"{rng.randrange(1, 13)}:{rng.randrange(0, 60, 5):02}",
            )
        ),
    ),
    "price": (
        None,
        lambda rng: rng.choice(
            (
                f"${rng.randrange(1, 400)}",
                f"${rng.randrange(1, 99)}.{rng.choice(('00', '50', '95', '99'))}",
                f"{rng.randrange(5, 500)} bucks",
            )
        ),
    ),
}
"""Slot to its label and what draws it."""
