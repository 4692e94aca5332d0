"""What names and places surrogates are drawn from, out of the lexicons.

No word of everyday English is among them, and no name that ends in a hiss, so that "'s" and "s" follow
any of them as they followed the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from ppdarchive.deidentify.replace.mentions import plain_key
from ppdarchive.detectors.known.families import Kinship, relatives
from ppdarchive.detectors.lexicon import LOG_SCALE, Column, Flag, NameKind, Names, names_for, words
from ppdarchive.text.fold import fold
from ppdarchive.text.tokens import word_hashes

Sex = Literal["girl", "boy", "either"]
"""Whom a given name suits."""

_MOST_GIVEN: Final = 4000
_MOST_SURNAMES: Final = 12000
"""Of the commonest names; rarer ones would look made up."""
_EVEN: Final = range(25, 76)
_LETTERS: Final = range(3, 11)
_HISSES: Final = ("s", "x", "z", "ch", "sh")
_LEAST_SHARE: Final = 128
"""Out of 255: how often at least the word is a name where it is met."""
_SURNAME_DOUBLINGS: Final = 4
"""Who writes a name alone as a rule writes a given name."""
_LEAST_BEARERS: Final = 5000
_EVERYDAY: Final = Flag.DICTIONARY | Flag.SAFE | Flag.FUNCTION_WORD | Flag.MONTH | Flag.WEEKDAY | Flag.SLANG
_GENERIC: Final = (
    Flag.FACILITY_WORD
    | Flag.ORGANIZATION_WORD
    | Flag.STREET_SUFFIX
    | Flag.DIRECTION
    | Flag.FUNCTION_WORD
    | Flag.MILITARY_WORD
    | Flag.BRANCH
    | Flag.RANK
)
_RUN: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_BORDERS: Final = (25_000, 100_000, 500_000)
"""Inhabitants at which a city is of the next size."""
_LARGEST: Final = 8_804_190
"""Inhabitants of New York City (2020 census)."""


@cache
def given_names(sex: Sex) -> tuple[str, ...]:
    """Given names that suit a girl, a boy, or either."""
    found = []
    for name, share in zip(
        *_suitable(NameKind.GIVEN_NAME, Column.GIVEN_NAME_SHARE, _MOST_GIVEN), strict=True
    ):
        # Of names for either, only those that really are: few people take a Shannon for a boy.
        if _sex(int(share)) == sex and (sex != "either" or int(share) in _EVEN):
            found.append(name)
    return tuple(found)


@cache
def short_forms(name: str) -> tuple[str, ...]:
    """What people are called for short who have a folded given name; none that is a word as well."""
    own = sorted(other for other, near in relatives().get(name, {}).items() if near is Kinship.SHORT)
    everyday = words().columns(word_hashes(own)).has(_EVERYDAY) if own else ()
    return tuple(
        short.capitalize()
        for short, is_everyday in zip(own, everyday, strict=True)
        if not is_everyday and len(short) in _LETTERS and not short.endswith(_HISSES)
    )


def full_forms(name: str) -> frozenset[str]:
    """The folded given names that a folded name may be short for."""
    return frozenset(other for other, near in relatives().get(name, {}).items() if near is Kinship.FULL)


@cache
def names_with_short_forms(sex: Sex) -> tuple[str, ...]:
    """Given names, of those that may be surrogates, that have short forms."""
    return tuple(name for name in given_names(sex) if short_forms(name.lower()))


@cache
def surnames() -> tuple[str, ...]:
    """Surnames that are not given names as well."""
    names, _ = _suitable(NameKind.SURNAME, Column.SURNAME_SHARE, _MOST_SURNAMES)
    given = {name for sex in _SEXES for name in given_names(sex)}
    return tuple(name for name in names if name not in given)


_SEXES: Final[Sequence[Sex]] = ("girl", "boy", "either")


def _folded(names: Sequence[str]) -> list[str]:
    """The names folded, all at once; none holds the end of a line."""
    return fold("\n".join(names)).text.split("\n") if names else []


@cache
def _suitable(kind: NameKind, column: Column, most: int) -> tuple[list[str], list[str]]:
    """The names, and their details, that may be surrogates."""
    names = names_for(kind)
    found = words().columns(word_hashes(_folded(names.names)))
    good = (found.column(column) >= _LEAST_SHARE) & ~found.has(_EVERYDAY)
    places = [
        at
        for at in np.flatnonzero(good).tolist()
        if names.names[at].isalpha()
        and names.names[at].isascii()
        and len(names.names[at]) in _LETTERS
        and not names.names[at].endswith(_HISSES)
    ][:most]
    return [names.names[at] for at in places], [names.details[at] for at in places]


def _sex(share: int) -> Sex:
    return "girl" if share >= 90 else "boy" if share <= 10 else "either"


@cache
def _shares() -> Mapping[str, int]:
    names = names_for(NameKind.GIVEN_NAME)
    return dict(zip(_folded(names.names), map(int, names.details), strict=True))


def sex_of(name: str) -> Sex:
    """Whom a folded given name suits; either where it is not known."""
    share = _shares().get(name)
    return "either" if share is None else _sex(share)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the lexicons say of a word.

    Attributes
    ----------
    is_surname : bool
        Whether far more people have it as a surname than as a given name.
    is_given : bool
        Whether it is a given name that not only a few people have.
    is_listed : bool
        Whether it is of any list: a name, a place, a word of everyday English.
    is_generic : bool
        Whether facilities, organizations, streets or units are named with it and none by it.
    """

    is_surname: bool = False
    is_given: bool = False
    is_listed: bool = False
    is_generic: bool = False


NOTHING: Final = Facts()
"""What is known of a word that is on no list."""


def facts_of(values: Iterable[str]) -> Mapping[str, Facts]:
    """What the lexicons say of each folded run of letters in some values, looked up all at once."""
    runs = sorted({plain_key(run) for value in values for run in _RUN.findall(value)} - {""})
    if not runs:
        return MappingProxyType({})
    found = words().columns(word_hashes(runs))
    surname = found.column(Column.SURNAME).astype(np.int64)
    is_surname = surname - found.column(Column.GIVEN_NAME) >= LOG_SCALE * _SURNAME_DOUBLINGS
    is_given = found.column(Column.GIVEN_NAME) >= LOG_SCALE * np.log2(_LEAST_BEARERS)
    names = found.columns[:, [Column.GIVEN_NAME, Column.SURNAME, Column.PLACE]].any(axis=1)
    is_listed = names | found.has(_EVERYDAY)
    is_generic = found.has(_GENERIC)
    return MappingProxyType(
        {
            run: Facts(*facts)
            for run, *facts in zip(
                runs,
                is_surname.tolist(),
                is_given.tolist(),
                is_listed.tolist(),
                is_generic.tolist(),
                strict=True,
            )
        }
    )


@cache
def _cities() -> Mapping[tuple[str, int], tuple[str, ...]]:
    """Cities by state and size."""
    found: dict[tuple[str, int], list[str]] = {}
    names = names_for(NameKind.CITY)
    single = _folded([name if name.isalpha() else "x" for name in names.names])
    everyday = words().columns(word_hashes(single)).has(_EVERYDAY)
    for name, state, size, is_everyday in zip(
        names.names, names.details, _sizes(names), everyday, strict=True
    ):
        if not is_everyday and name.replace(" ", "").isalpha() and name.isascii():
            found.setdefault((state, size), []).append(name)
    return MappingProxyType({key: tuple(own) for key, own in found.items()})


def _sizes(names: Names) -> list[int]:
    """The size of each city, from weights: the largest city of the list is New York City."""
    inhabitants = names.weights / names.weights.max() * _LARGEST
    sizes: list[int] = np.searchsorted(_BORDERS, inhabitants, side="right").tolist()
    return sizes


@cache
def city_places() -> Mapping[str, tuple[str, int]]:
    """The state and size of each folded city name; of several of one name the largest city's."""
    names = names_for(NameKind.CITY)
    plain = _folded([name.replace(".", "").replace("-", " ") for name in names.names])
    places = zip(names.details, _sizes(names), strict=True)
    return MappingProxyType(dict(reversed([*zip(map(_spaced, plain), places, strict=True)])))


def _spaced(name: str) -> str:
    return " ".join(name.split())


@cache
def certain_states() -> Mapping[str, str]:
    """The state of each folded city name of some size that no other listed city has."""
    names = names_for(NameKind.CITY)
    states: dict[str, set[str]] = {}
    plain = _folded([name.replace(".", "").replace("-", " ") for name in names.names])
    for name, state in zip(plain, names.details, strict=True):
        states.setdefault(_spaced(name), set()).add(state)
    return MappingProxyType(
        {name: next(iter(own)) for name, own in states.items() if len(own) == 1 and city_places()[name][1]}
    )


_FEWEST: Final = 8
"""With fewer cities of its size a state offers all its cities, with fewer of these all states do."""


@cache
def cities_like(state: str, size: int) -> tuple[str, ...]:
    """Cities of a state and a size; an empty state stands for any."""
    every = _cities()
    own = every.get((state, size), ())
    if len(own) < _FEWEST:
        own = tuple(name for (place, _), names in every.items() if place == state for name in names)
    if len(own) < _FEWEST:
        own = tuple(name for (_, other), names in every.items() if other == size for name in names)
    return own
