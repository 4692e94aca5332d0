"""Where in a batch rules are tried: at tokens without which none of them could match.

Each need is one or two conditions on columns of tokens, far cheaper than any pattern. It may let through
too much, never too little: a test tries every rule on whole texts and compares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ppdarchive.detectors.patterns.cues import Cue
from ppdarchive.detectors.patterns.view import View, only, union
from ppdarchive.text.batch import Positions

_LEAST_CHAIN: Final = 6
"""Digits from which on a chain may be a number of somebody."""
_LEAST_CODE: Final = 4
"""Digits from which on a word of letters and digits may be one."""
_MAC_TOKENS: Final = 11
"""Tokens of the shortest hardware address: six pieces, five signs."""
_LONGEST_SITE: Final = 128
"""Tokens between an address's "at" and its end: three pieces of forty characters, dots between them."""
_HEX_TOKENS: Final = 4
"""Tokens of the longest piece of a network address: ``a1b2``."""


@dataclass(frozen=True, slots=True)
class Need:
    """At which tokens rules are tried.

    Attributes
    ----------
    name : str
    anchors : callable
        From the view of a batch to tokens, ascending.
    reads : tuple of int or None
        How many words before and behind an anchor the rules search. None where their matches begin at
        an anchor and nowhere else.
    """

    name: str
    anchors: Callable[[View], Positions] = field(repr=False)
    reads: tuple[int, int] | None = None


# -- contact -----------------------------------------------------------------------------------


def _sites(view: View) -> Positions:
    """Endings of sites behind a full stop."""
    sites = view.cued(Cue.SITE)
    return sites[view.is_glued(sites) & view.is_sign(sites - 1, ".")]


def _link(view: View) -> Positions:
    """Schemes; endings of sites; a slash behind a site or a ``u``."""
    slashes = view.cued(Cue.SLASH)
    slashes = slashes[view.is_glued(slashes)]
    behind_site = view.is_glued(slashes - 1) & view.is_sign(slashes - 2, ".")
    behind_u = (view.sizes(slashes - 1) == 1) & view.is_sign(slashes - 1, "u")
    return union(view.cued(Cue.SCHEME), view.once(_sites), slashes[behind_site | behind_u])


def _spoken_mail(view: View) -> Positions:
    """Providers of mail, and endings of sites behind a full stop or the word "dot"; an "at" before them."""
    dots = view.near(view.cued(Cue.DOT), view.cued(Cue.SITE), 0, 4)
    addressed = union(view.cued(Cue.MAIL), dots, view.once(_sites))
    return view.beside(addressed, Cue.SAID_AT, -_LONGEST_SITE, -1)


def _message(view: View) -> Positions:
    return view.beside(view.cued(Cue.MESSAGE), Cue.ME, 1, 1)


AT: Final = Need("at", lambda view: view.cued(Cue.AT), (3, 4))
LINK: Final = Need("link", _link, (0, 0))
SPOKEN_MAIL: Final = Need("spoken-mail", _spoken_mail, (16, 6))
PLATFORM: Final = Need("platform", lambda view: view.cued(Cue.PLATFORM))
ON_PLATFORM: Final = Need("on-platform", lambda view: view.cued(Cue.PLATFORM), (8, 1))
MESSAGE: Final = Need("message", _message)

# -- numbers -----------------------------------------------------------------------------------


def _chained(view: View) -> Positions:
    """Digits of chains that may be a number of somebody."""
    return view.digits[view.chain_digits >= _LEAST_CHAIN]


def _number(view: View) -> Positions:
    """The same, and brackets and plus signs before them."""
    chained = view.once(_chained)
    signs = chained[view.is_glued(chained)] - 1
    signs = signs[view.is_sign(signs, "+(")]
    more = signs[view.is_glued(signs)] - 1
    return union(chained, signs, more[view.is_sign(more, "+")])


def _called(view: View) -> Positions:
    return view.cued_beside(view.once(_chained), Cue.CALL, -10, -1)


def _named(view: View) -> Positions:
    return view.cued_beside(view.digits, Cue.NAMED, -10, -1)


def _last(view: View) -> Positions:
    return view.beside(view.digits[view.sizes(view.digits) == 4], Cue.LAST, -14, 8)


def _code(view: View) -> Positions:
    """Words of letters and digits; digits behind a number sign or what masks others."""
    own = view.digits
    sums, letters = view.digits_by_word
    has_sign = view.is_glued(own) & view.is_sign(own - 1, "#*-")
    return own[((sums >= _LEAST_CODE) & ((letters > 0) | has_sign))]


def _iban(view: View) -> Positions:
    """Two letters with two digits or more behind them."""
    own = view.digits
    letters = own - 1
    return only(letters, view.is_glued(own) & (view.sizes(own) >= 2) & (view.sizes(letters) == 2))


def _grid(view: View) -> Positions:
    """One or two digits with a letter behind them, and then long groups of digits."""
    own = view.digits
    short = own[view.sizes(own) <= 2]
    return view.near(short, own[view.sizes(own) >= 4], 2, 4)


def _plate(view: View) -> Positions:
    return view.cued_beside(view.digits, Cue.PLATE, -12, -1)


def _car(view: View) -> Positions:
    return view.cued_beside(view.digits, Cue.CAR, -9, -1)


def _network(view: View) -> Positions:
    """Colons close behind each other, and words of many short pieces."""
    colons = view.cued(Cue.COLON)
    pairs = colons[1:][np.diff(colons) <= _HEX_TOKENS + 1]
    return union(pairs, view.digits[view.tokens_by_word(view.digits) >= _MAC_TOKENS])


def _spelled(view: View) -> Positions:
    """Numbers in words, or in digits, with another in words close by."""
    counts = view.cued(Cue.COUNT)
    both = union(counts, view.digits)
    return union(view.near(both, counts, 1, 3), view.near(counts, both, 1, 3))


NUMBER: Final = Need("number", _number)
CALLED: Final = Need("called", _called)
NAMED: Final = Need("named", _named)
LAST: Final = Need("last", _last, (14, 8))
CODE: Final = Need("code", _code, (0, 0))
IBAN: Final = Need("iban", _iban)
GRID: Final = Need("grid", _grid)
PLATE: Final = Need("plate", _plate)
CAR: Final = Need("car", _car)
NETWORK: Final = Need("network", _network, (0, 0))
SPELLED: Final = Need("spelled", _spelled)
LAST_SPELLED: Final = Need(
    "last-spelled", lambda view: view.near(view.cued(Cue.COUNT), view.cued(Cue.COUNT), 1, 3), (10, 4)
)

# -- dates -------------------------------------------------------------------------------------


def _parted(view: View) -> Positions:
    """Digits with a slash, full stop or hyphen and then digits again."""
    own = view.digits
    before, after = own[:-1], own[1:]
    is_one_chain = np.diff(view.chains) == 0
    return only(before, (after - before == 2) & is_one_chain & view.is_sign(before + 1, "/.-"))


def _attacks(view: View) -> Positions:
    """What may be 9/11."""
    parted = view.once(_parted)
    return only(parted, view.is_sign(parted, "9") & (view.sizes(parted) == 1))


def _when(view: View) -> Positions:
    return view.cued_beside(view.once(_parted), Cue.WHEN, -9, -1)


def _weekday(view: View) -> Positions:
    return view.cued_beside(view.once(_parted), Cue.WEEKDAY, -4, -1)


def _born(view: View) -> Positions:
    """Words of a birth before digits or a holiday."""
    return union(
        view.cued_beside(view.digits, Cue.BORN, -10, -1),
        view.cued_beside(view.cued(Cue.HOLIDAY), Cue.BORN, -12, -1),
    )


def _day_before_month(view: View) -> Positions:
    return view.near(view.digits, view.cued(Cue.MONTH), 0, 10)


def _nth_before_month(view: View) -> Positions:
    return view.cued_beside(view.cued(Cue.MONTH), Cue.NTH, -9, -1)


def _dia(view: View) -> Positions:
    return union(view.once(_day_before_month), view.once(_nth_before_month))


def _before_month(view: View) -> Positions:
    return view.cued_beside(view.cued(Cue.MONTH), Cue.BEFORE_MONTH, -8, -1)


def _years(view: View) -> Positions:
    """Years of four digits, and of two behind an apostrophe."""
    own = view.digits
    full = own[view.sizes(own) == 4]
    short = own[(view.sizes(own) == 2) & view.is_glued(own) & view.is_sign(own - 1, "'")]
    return union(view.beside(full, Cue.YEAR, 0, 0), short)


def _digits_of_year(view: View) -> Positions:
    """Digits that a year follows or that are one, and the apostrophe before it."""
    years = view.once(_years)
    signs = years - 1
    return union(view.near(view.digits, years, 0, 6), signs[view.is_sign(signs, "'")])


def _part_of_year(view: View) -> Positions:
    return union(
        view.cued_beside(view.once(_years), Cue.TIME_OF_YEAR, -12, -1),
        view.once(_short_years),
        view.cued_beside(view.cued(Cue.COUNT), Cue.TIME_OF_YEAR, -10, -1),
    )


def _on_nth(view: View) -> Positions:
    return view.cued_beside(view.beside(view.digits, Cue.TH, 1, 1), Cue.WHEN, -6, -1)


def _short_years(view: View) -> Positions:
    """Holidays and seasons with two digits behind them."""
    short = view.digits[view.sizes(view.digits) == 2]
    return view.cued_beside(short, Cue.TIME_OF_YEAR, -8, -1)


def _holiday(view: View) -> Positions:
    return view.beside(view.cued(Cue.HOLIDAY), Cue.AFTER, -5, -1)


PARTED: Final = Need("parted", _parted)
ATTACKS: Final = Need("attacks", _attacks, (6, 0))
WHEN: Final = Need("when", _when)
ON_WEEKDAY: Final = Need("on-weekday", _weekday)
BIRTH: Final = Need("birth", _born)
MONTH: Final = Need("month", lambda view: view.cued(Cue.MONTH))
DAY_BEFORE_MONTH: Final = Need("day-before-month", _day_before_month)
NTH_BEFORE_MONTH: Final = Need("nth-before-month", _nth_before_month)
DIA: Final = Need("dia", _dia)
BEFORE_MONTH: Final = Need("before-month", _before_month)
DIGITS_OF_YEAR: Final = Need("digits-of-year", _digits_of_year)
PART_OF_YEAR: Final = Need("part-of-year", _part_of_year)
ON_NTH: Final = Need("on-nth", _on_nth)
HOLIDAY: Final = Need("holiday", _holiday, (7, 4))

# -- ages --------------------------------------------------------------------------------------


def _old(view: View) -> Positions:
    words = view.cued(Cue.ELDER)
    return union(view.beside(view.digits, Cue.OLD, 0, 0), words, words[words > 0] - 1)


OLD: Final = Need("old", _old)
BEFORE_OLD: Final = Need("before-old", _old, (8, 3))
NEAR_DATE: Final = Need("near-date", lambda view: view.digits[:0], (11, 11))
"""Around dates that other rules have found."""

# -- places ------------------------------------------------------------------------------------


def _house(view: View) -> Positions:
    own = view.digits
    return union(view.beside(own, Cue.SUFFIX, 1, 11), view.beside(own, Cue.DIRECTION, 1, 4))


def _small_street(view: View) -> Positions:
    return view.cued_beside(view.cued(Cue.SUFFIX), Cue.CORNER, -6, -1)


def _home(view: View) -> Positions:
    return view.cued_beside(view.digits[view.sizes(view.digits) < 7], Cue.HOME, -8, -1)


def _calle(view: View) -> Positions:
    return view.cued_beside(view.digits, Cue.CALLE, -14, -1)


def _named_street(view: View) -> Positions:
    """Words that end streets' names, with a capital."""
    suffixes = view.cued(Cue.SUFFIX)
    starts = view.starts[suffixes]
    return only(suffixes, view.batch.cased[starts] != view.batch.lower[starts])


def _numbered_street(view: View) -> Positions:
    """Ordinals in digits, and a direction before them."""
    own = view.beside(view.digits, Cue.TH, 1, 1)
    return union(own, view.cued_beside(own, Cue.DIRECTION, -2, -1))


def _corner(view: View) -> Positions:
    return view.cued_beside(view.beside(view.digits, Cue.TH, 1, 1), Cue.CORNER, -6, -1)


def _box(view: View) -> Positions:
    return view.beside(view.digits, Cue.BOX, -5, -1)


def _road(view: View) -> Positions:
    return view.cued_beside(view.digits, Cue.ROAD, -5, -1)


def _zip_nine(view: View) -> Positions:
    return only(view.digits, np.isin(view.sizes(view.digits), (5, 9)))


def _unit(view: View) -> Positions:
    return view.cued_beside(view.digits, Cue.UNIT, -5, -1)


def _degree(view: View) -> Positions:
    """Signs of degrees, and long decimal fractions."""
    own = view.digits
    fractions = own[(view.sizes(own) >= 3) & view.is_glued(own) & view.is_sign(own - 1, ".")]
    return union(view.cued(Cue.DEGREE), view.beside(view.digits, Cue.DEGREE, 1, 1), fractions)


HOUSE: Final = Need("house", _house)
HOME: Final = Need("home", _home)
CALLE: Final = Need("calle", _calle)
NAMED_STREET: Final = Need("named-street", _named_street, (3, 4))
SMALL_STREET: Final = Need("small-street", _small_street)
NUMBERED_STREET: Final = Need("numbered-street", _numbered_street)
CORNER: Final = Need("corner", _corner)
CROSSING: Final = Need("crossing", lambda view: view.cued(Cue.CROSSING))
BOX: Final = Need("box", _box, (4, 8))
ROAD: Final = Need("road", _road)
ZIP: Final = Need("zip", _zip_nine, (8, 1))
UNIT: Final = Need("unit", _unit)
DEGREE: Final = Need("degree", _degree, (6, 6))

NEEDS: Final = (
    AT, LINK, SPOKEN_MAIL, PLATFORM, ON_PLATFORM, MESSAGE, NUMBER, CALLED, NAMED, LAST, CODE, IBAN, GRID,
    PLATE, CAR, NETWORK, SPELLED, LAST_SPELLED, PARTED, ATTACKS, WHEN, ON_WEEKDAY, BIRTH, MONTH,
    DAY_BEFORE_MONTH, NTH_BEFORE_MONTH, DIA, BEFORE_MONTH, DIGITS_OF_YEAR, PART_OF_YEAR, ON_NTH, HOLIDAY,
    OLD, BEFORE_OLD, HOUSE, HOME, CALLE, NAMED_STREET, SMALL_STREET, NUMBERED_STREET, CORNER, CROSSING, BOX,
    ROAD, ZIP, UNIT, DEGREE,
)  # fmt: skip
