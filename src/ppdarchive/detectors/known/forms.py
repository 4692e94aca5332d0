"""What a value may look like in text: whole, in part, shortened, as a nickname or as initials.

A form is a sequence of folded words with a score. What is misspelt or in disguise is no form: that is
looked for from the text's side (`ppdarchive.detectors.known.spellings`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum, StrEnum
from functools import cache
from itertools import combinations
from typing import Final, NamedTuple

from ppdarchive.detectors.known.edits import distance
from ppdarchive.detectors.known.families import Kinship, relatives
from ppdarchive.detectors.known.sound import sound_keys
from ppdarchive.detectors.known.words import (
    COMMON,
    FACILITY_TAILS,
    NOT_INITIALS,
    PARTICLES,
    PLACE_HEADS,
    PLACEHOLDERS,
    PLAIN_S,
    ROLES,
    SAME_IN_PLACES,
    SMALL_WORDS,
    STATES,
    STREET_TAILS,
    words,
)
from ppdarchive.model.span import TextCategory
from ppdarchive.text.fold import fold

_RUN: Final = re.compile(r"[^\W\d_]+|[0-9]+")
_PHONE_WORDS: Final = words("x ext extension tel cell home mobile phone fax work h c m w o")
_MOST_WORDS_SPLIT: Final = 5
"""Values of more words are found whole, joined, or with two words joined, not in every mixture."""
_PREFIX: Final = 2
"""Letters of a word that belongs to the next: O'Brien, De Luca."""
_LEAST_DIGITS: Final = 6
"""Numbers from here on are compared by digits in any punctuation."""
_LEAST_NUMBER: Final = 4
"""Shorter numbers say nothing by themselves; they are not looked for."""
_KINSHIP_SCORES: Final = {
    Kinship.SPELLING: 0.8,
    Kinship.SHORT: 0.85,
    Kinship.FULL: 0.75,
    Kinship.SIBLING: 0.5,
}
_STEM: Final = re.compile(r"([^aeiouy]*(?:[aeiou]y|[aeiou]{2}|[aeiouy]))([^aeiouy]?)")
_PLACES: Final = frozenset({TextCategory.LOCATION, TextCategory.FACILITY, TextCategory.ORGANIZATION})
_SPELT: Final = _PLACES | {TextCategory.NAME, TextCategory.MILITARY, TextCategory.OTHER}
"""Categories whose words may be misspelt."""


class Way(StrEnum):
    """How a mention was found; spans name it behind the detector: ``known.nickname``."""

    EXACT = "exact"
    PART = "part"
    NICKNAME = "nickname"
    DISGUISED = "disguised"
    SPACED = "spaced"
    EDIT = "edit"
    SOUND = "sound"
    INITIALS = "initials"


class Guard(IntEnum):
    """What must stand around a form so that it is a mention, from little to much.

    ``FREE``: nothing. ``LOOSE``: anything, but it counts. ``WORD``: it is a given name and a word of
    everyday text, and the context must say which. ``COMMON``: it is such a word, and hardly a given name.
    ``DOUBT``: a name is likely there. ``UNLIKELY``: nothing else than a name is likely there, for the
    word is another one. ``CAPITALS``: it must be in capitals. ``INITIALS``: the same, where initials stand.
    """

    FREE = 0
    LOOSE = 1
    WORD = 2
    COMMON = 3
    DOUBT = 4
    UNLIKELY = 5
    CAPITALS = 6
    INITIALS = 7


class Form(NamedTuple):
    """One way in which a value may be written.

    Attributes
    ----------
    words : tuple of str, length >= 1
        Folded.
    way : Way
    score : float
    guard : Guard
        ``FREE`` too where the words themselves tell whether they must be guarded.
    extra : int
        How many letters at the end are not of the value.
    is_spelt : bool
        Whether its words may be misspelt.
    """

    words: tuple[str, ...]
    way: Way = Way.EXACT
    score: float = 1.0
    guard: Guard = Guard.FREE
    extra: int = 0
    is_spelt: bool = False


class Forms(NamedTuple):
    """The forms of a value, and the numbers that are looked for by their digits."""

    forms: list[Form]
    numbers: set[str]


def words_of(plain: str) -> list[str]:
    """The words and numbers of a folded text, as `ppdarchive.text.tokens` cuts them."""
    found: list[str] = _RUN.findall(plain)
    if plain.isascii() or all(word.isalpha() or word.isdecimal() for word in found):
        return found
    return _RUN.findall("".join(c if c.isalpha() or c.isdecimal() else " " for c in plain))


def forms_of(value: str, category: TextCategory) -> Forms | None:
    """The forms of a value; None for one that is not looked for.

    Parameters
    ----------
    value : str
    category : TextCategory

    Returns
    -------
    Forms or None
        A form may occur more than once.

    Examples
    --------
    >>> forms = forms_of("Mercy Iowa City", TextCategory.FACILITY).forms
    >>> [(" ".join(form.words), form.way.value) for form in forms if form.score < 1]
    [('mercy', 'part'), ('mic', 'part')]
    """
    plain = fold(value).text
    found = words_of(plain)
    letters = "".join(word for word in found if word.isalpha())
    digits = "".join(word for word in found if not word.isalpha())
    if len(letters) + len(digits) < 2 or (letters in PLACEHOLDERS and not digits and len(found) != 1):
        return None
    if "@" in plain:
        return Forms([*_whole(found), *_user_names(plain)], set())
    if len(digits) >= 7 and _PHONE_WORDS.issuperset(word for word in found if word.isalpha()):
        return Forms([], _numbers(_without_extension(found), category))
    if not letters and len(digits) < _LEAST_NUMBER:
        return None
    numbers = _numbers(digits, category) if not letters and len(digits) >= _LEAST_DIGITS else set()
    forms = list(_whole(found, is_spelt=category in _SPELT))
    if category is TextCategory.NAME:
        forms += _of_name(plain, found)
    elif category in _PLACES:
        forms += _of_place(plain, found, category)
    return Forms(forms, numbers)


# -- whole values ----------------------------------------------------------------------------------


def _whole(
    value: Sequence[str], way: Way = Way.EXACT, score: float = 1.0, *, is_spelt: bool = False
) -> Iterator[Form]:
    """A value in every way in which its words may be joined."""
    for variant in _joinings(value):
        # Joined words may be misspelt where they are one: "obrien".
        is_own = len(variant) == len(value) or (len(variant) == 1 and min(map(len, value)) <= _PREFIX)
        yield Form(variant, way, score, is_spelt=is_spelt and is_own)


def _joinings(value: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The words of a value with any of the gaps between them closed."""
    if len(value) < 3:  # most of them
        yield tuple(value)
        if len(value) == 2 and (joined := value[0] + value[1]).isalpha() and len(joined) > 3:
            yield (joined,)
        return
    borders = range(1, len(value))
    closed: Iterable[tuple[int, ...]]
    if len(value) <= _MOST_WORDS_SPLIT:
        closed = (chosen for size in range(len(value)) for chosen in combinations(borders, size))
    else:
        closed = ((), *((border,) for border in borders), tuple(borders))
    for gone in closed:
        own = [value[0]]
        for border in borders:
            if border in gone:
                own[-1] += value[border]
            else:
                own.append(value[border])
        made = [word for word in own if word not in value]
        # Letters and digits are words of their own anyway; initials alone are not made into a word.
        if all(map(str.isalpha, made)) and (len(own) > 1 or not made or len(own[0]) > 3):
            yield tuple(own)


def with_plural(form: Form) -> Form | None:
    """A possessive or plural without its apostrophe: "Mayas calls"; None where it would be a word."""
    last = form.words[-1]
    if len(last) < 3 or not last.isalpha():
        return None
    plural = last + "s"
    if len(form.words) == 1 and plural in PLAIN_S:
        return None
    return Form((*form.words[:-1], plural), form.way, form.score, form.guard, 1)


# -- names -----------------------------------------------------------------------------------------


def _of_name(plain: str, found: Sequence[str]) -> Iterator[Form]:
    """The parts of a full name, its other order, initials, and what its bearer is called."""
    surname_first = "," in plain
    parts = [part for part in map(words_of, plain.split()) if part]
    if 2 < len(parts) <= _MOST_WORDS_SPLIT:
        for first, last in combinations(range(len(parts) + 1), 2):
            run = [word for part in parts[first:last] for word in part]
            if 1 < last - first < len(parts) and not PARTICLES.issuperset(run):
                yield from _whole(run)
    told = [part for part in parts if not PARTICLES.issuperset(part)]
    if len(told) > 1:
        if len(told[0][0]) > 1 and len(told[-1][0]) > 1:
            yield from _whole([*told[-1], *told[0]])
        initials = "".join(part[0][0] for part in told)
        for letters in {initials, initials[0] + initials[-1]} if initials.isalpha() else ():
            if letters not in NOT_INITIALS:
                yield Form((letters,), Way.INITIALS, 0.4, Guard.INITIALS)
            yield Form(tuple(letters), Way.INITIALS, 0.4, Guard.INITIALS)
    pieces = [piece for part in plain.split() for piece in dict.fromkeys((part, *part.split("-")))]
    for place, piece in enumerate(pieces):
        own = words_of(piece)
        name = "".join(own)
        if not name.isalpha() or len(name) < 2 or (name in PARTICLES and len(parts) > 1):
            continue
        if len(found) > len(own):
            yield from _whole(own)
        is_last = len(parts) > 1 and (piece == pieces[-1] if not surname_first else place == 0)
        if not is_last:
            yield from _called(name)


def _called(name: str) -> Iterator[Form]:
    """What a person of this given name may be called."""
    known = relatives().get(name, {})
    keys = _keys()
    for other, kinship in known.items():
        if kinship is Kinship.SIBLING:
            guard = Guard.LOOSE
        else:
            # One edit or the same sound away: where it is a word, a name that is one, like the name itself.
            is_variant = keys[name] == keys[other] != "" or distance(name, other, 1) is not None
            guard = Guard.WORD if is_variant else Guard.FREE
        yield Form((other,), Way.NICKNAME, _KINSHIP_SCORES[kinship], guard)
    for other in _pet_forms(name):
        if other not in known:
            yield Form((other,), Way.NICKNAME, 0.45, Guard.DOUBT)


@cache
def _keys() -> Mapping[str, str]:
    """What the names of families sound like."""
    names = sorted(relatives())
    return dict(zip(names, sound_keys(names), strict=True))


def _pet_forms(name: str) -> set[str]:
    """Pet forms that anyone may make of a name: "jay" and "jayjay" for Jayden, "haddie" for Hadley."""
    match = _STEM.match(name) if 4 <= len(name) <= 12 and name.isascii() else None
    if match is None:
        return set()
    opening, closing = match.groups()
    stem = opening if opening[-1] == "y" and len(opening) > 2 else opening + closing
    found = {stem + stem, opening + opening}
    if len(stem) < len(name):
        found.add(stem)
        if closing and stem != opening:
            doubled = stem + closing if closing in "bdglmnprt" else stem
            found |= {doubled + ending for ending in ("y", "ie", "i")}
    if name[-1] not in "aeiouy" and len(name) <= 5:
        doubled = name + name[-1] if name[-1] in "bdglmnprt" and name[-2] in "aeiou" else name
        found |= {own + ending for own in (doubled, name) for ending in ("y", "ie")}
    return {other for other in found if 3 <= len(other) <= 9 and other != name}


# -- places and facilities -------------------------------------------------------------------------


def _of_place(plain: str, found: Sequence[str], category: TextCategory) -> Iterator[Form]:
    """Short forms: without what every hospital is called, without house number, without the state."""
    if any(word in SAME_IN_PLACES for word in found):
        yield Form(tuple(_alike(found)))
    if found[0].isdecimal() and len(found) > 1:
        yield from _of_address(found)
    elif category is TextCategory.LOCATION:
        town = words_of(plain.partition(",")[0])
        if 0 < len(town) < len(found) and STATES.issuperset(found[len(town) :]):
            yield from _whole(town)
        elif len(found) > 1 and found[-1] in STATES and len(found[-1]) == 2:
            yield from _whole(found[:-1])
    else:
        yield from _of_facility(found)


def _of_address(found: Sequence[str]) -> Iterator[Form]:
    """A street address without its number, and by the name of its street alone."""
    number, street = found[0], list(found[1:])
    if any(len(word) > 1 for word in street):
        yield Form(tuple(_alike(street)), Way.PART, 0.8)
    core = list(street)
    while len(core) > 1 and core[-1] in STREET_TAILS:
        core.pop()
    while len(core) > 1 and (core[0] in STREET_TAILS or len(core[0]) == 1):
        core.pop(0)
    if not any(word.isalpha() and len(word) > 2 and word not in STREET_TAILS for word in core):
        return
    yield Form((number, *core), Way.PART, 0.9)
    if len(core) < len(street):
        yield Form(tuple(core), Way.PART, 0.7 if len(core) > 1 else 0.5)


def _of_facility(found: Sequence[str]) -> Iterator[Form]:
    """A facility without its kind or with less of it, by its first word and by its letters."""
    start, end = 0, len(found)
    while end and (
        found[end - 1] in FACILITY_TAILS or (found[end - 1] == "s" and found[end - 2] in FACILITY_TAILS)
    ):
        end -= 1
    while start < end and found[start] in ("the", "va"):
        start += 1
    core = found[start:end]
    if not core or (len(core) == 1 and (len(core[0]) < 3 or core[0] in STATES)):
        return
    if len(core) < len(found):
        yield from _whole(core, Way.PART, 0.85)
    for stop in range(end, len(found) + (start > 0)):
        yield Form(tuple(_alike(found[start:stop])), Way.PART, 0.85)
    if "s" in core:  # of a possessive: "saint brennans", "saint brennan"
        yield Form(tuple(_possessives_joined(_alike(core))), Way.PART, 0.85)
        yield Form(tuple(word for word in _alike(core) if word != "s"), Way.PART, 0.8)
    if not {"va", "vamc", "cboc"}.isdisjoint(found):
        yield Form((*_alike(core), "va"), Way.PART, 0.85)
    bare = list(core[1:]) if len(core) > 1 and _alike(core)[0] in PLACE_HEADS else list(core)
    bare = bare[:-1] if len(bare) > 1 and bare[-1] == "s" else bare
    if len(bare) < len(core) or len(core) > 1:
        word = bare[0]
        if len(word) > 3 and word not in STATES and word not in FACILITY_TAILS:
            yield Form((word,), Way.PART, 0.55, Guard.LOOSE)
    letters = [
        word if word in ("va", "vamc", "cboc") else word[0] for word in found if word not in SMALL_WORDS
    ]
    for size in range(2, len(letters) + 1):
        acronym = "".join(letters[:size])
        if (
            3 <= len(acronym) <= 8
            and acronym.isalpha()
            and (size == len(letters) or letters[size - 1] == "va")
        ):
            yield Form((acronym,), Way.PART, 0.7, Guard.CAPITALS)


def _possessives_joined(found: Sequence[str]) -> list[str]:
    own: list[str] = []
    for word in found:
        if word == "s" and own:
            own[-1] += "s"
        else:
            own.append(word)
    return own


def _alike(found: Sequence[str]) -> list[str]:
    """The words of a place, those that are written in several ways in one: "st." for "saint"."""
    return [word if word == "s" else SAME_IN_PLACES.get(word, word) for word in found]


# -- addresses and numbers -------------------------------------------------------------------------


def _user_names(plain: str) -> Iterator[Form]:
    """What stands before the @, and the same without the digits at its end."""
    local = plain.partition("@")[0]
    if sum(map(str.isalpha, local)) < 4 or local in ROLES or local in COMMON:
        return
    found = words_of(local)
    yield from _whole(found)
    bare = found[:-1] if len(found) > 1 and found[-1].isdecimal() else []
    name = "".join(bare)
    if len(name) >= 6 and name not in ROLES and name not in COMMON:
        yield from _whole(bare, Way.PART, 0.75)


def _numbers(digits: str, category: TextCategory) -> set[str]:
    """The digits of a number, and of a telephone number with and without its area."""
    keys = {digits}
    if category is TextCategory.CONTACT:
        if len(digits) == 11 and digits[0] == "1":
            digits = digits[1:]
        if len(digits) == 10:
            keys |= {digits, "1" + digits, digits[-7:]}
    return keys


def _without_extension(found: Sequence[str]) -> str:
    digits = ""
    for word in found:
        if word in ("x", "ext", "extension") and digits:
            break
        digits += word if word.isdecimal() else ""
    return digits
