"""Places, facilities, organizations and units: words of kind stay, names among them are exchanged."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ppdarchive.deidentify.replace.draws import Draws
from ppdarchive.deidentify.replace.grammar import in_case_of
from ppdarchive.deidentify.replace.lists import GENERIC, OPERATIONS, PROFESSIONS, RANKS, SAINTS
from ppdarchive.deidentify.replace.mentions import plain_key
from ppdarchive.deidentify.replace.names import Part, People, name_slot
from ppdarchive.deidentify.replace.pools import (
    NOTHING,
    Facts,
    cities_like,
    city_places,
    given_names,
    sex_of,
    surnames,
)
from ppdarchive.deidentify.replace.shapes import id_plan, number_slot, zip_slot
from ppdarchive.deidentify.replace.slots import Draw, Filled, Plan, Slot
from ppdarchive.detectors.general import STATES
from ppdarchive.model.span import TextCategory
from ppdarchive.text.fold import fold

_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*|[0-9]+|[\W_]", re.IGNORECASE)
_MOST_WORDS: Final = 4
_MOST_ACRONYM: Final = 5
_JOINING: Final = frozenset({" ", "-", "."})
_ORDINAL: Final = re.compile(r"st|nd|rd|th", re.IGNORECASE)
_OCCUPATION: Final = re.compile(r"[0-9]{2}[a-z][0-9]?|[0-9]{4}|[0-9][a-z][0-9]x[0-9]{1,2}", re.IGNORECASE)
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_BEFORE_YEARS: Final = frozenset({"in", "since", "from", "until", "til", "of"})
_NAMED_AFTER: Final = frozenset({"uss", "usns", "uscgc", "fort", "ft", "camp", "nas", "mcas"})
_NAMES: Final = {fold(name.removeprefix("the ")).text: code for code, name in STATES.items()}
_CONSONANTS: Final = "BCDFGHJKLMNPRSTVW"
_EXCHANGED: Final = {fold(word).text: line for line in (*OPERATIONS, *RANKS) for word in line}


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    key: str
    is_word: bool


def place_plan(value: str, category: TextCategory, people: People, facts: Mapping[str, Facts]) -> Plan:
    """A value of several words: what tells its kind stays, each name and number is a slot.

    Parameters
    ----------
    value : str
    category : TextCategory
        ``LOCATION``, ``FACILITY``, ``ORGANIZATION`` or ``MILITARY``.
    people : People
        The names in the same group's texts: a rank's bearer may be among them.
    facts : mapping of str to Facts
        Of all words of the value.
    """
    if category is TextCategory.MILITARY and _OCCUPATION.fullmatch(value):
        return id_plan(value)
    return _Reader(value, category, people, facts).plan()


class _Reader:
    """Goes through the tokens of one value."""

    def __init__(
        self, value: str, category: TextCategory, people: People, facts: Mapping[str, Facts]
    ) -> None:
        self.tokens = [_Token(m[0], plain_key(m[0]), m[0][0].isalpha()) for m in _TOKEN.finditer(value)]
        self.category = category
        self.people = people
        self.facts = facts
        self.pieces: list[str | Slot] = []
        self.is_named = False
        self.is_ranked = False
        self.before = ""

    def plan(self) -> Plan:
        town = self._unknown_town()
        if town:
            return town
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            if token.is_word:
                size = self._word(at)
                self.before = self.tokens[at + size - 1].key
                at += size
            elif token.text.isdecimal():
                at += self._number(at)
            else:
                self.pieces.append(token.text)
                at += 1
        return tuple(self.pieces)

    # -- words -------------------------------------------------------------------------------

    def _word(self, at: int) -> int:
        """Take one word, or several that are one name; how many tokens that was."""
        city = self._city(at)
        state, size = self._state(at)
        if size and size >= city:
            return self._take_state(at, state, size)
        line, size = self._exchanged(at)
        if size:
            self._slot(at, size, "exchanged", lambda draws, _, __: draws.one_of(line))
            self.is_ranked = self.is_ranked or line in RANKS
            return size
        if city:
            key = self._phrase(at, city)
            place, inhabitants = city_places()[key]
            told = self._told_state(at + city)
            own = key if told in ("", place) else f"{key}, {told}"
            self._slot(at, city, "place", _city_of(told or place, inhabitants), key=own)
            return city
        token = self.tokens[at]
        if self._is_generic(token.key):
            self.pieces.append(token.text)
        elif self.is_ranked:
            kind = self.people.kinds.get(token.key, Part.SURNAME)
            self.pieces.append(name_slot(token.text, kind, self.people))
            self.is_named = True
        elif self.before in SAINTS:
            pool = given_names(sex_of(token.key))
            self._slot(at, 1, "saint", lambda draws, _, __: draws.one_of(pool))
        elif self._is_acronym(token):
            self._slot(at, 1, "acronym", _acronym(len(token.text)))
        else:
            self._slot(at, 1, "place", lambda draws, _, __: draws.one_of(surnames()))
        return 1

    def _slot(self, at: int, size: int, space: str, draw: Draw, *, key: str = "") -> None:
        written = "".join(token.text for token in self.tokens[at : at + size])
        self.pieces.append(Slot(space, key or self._phrase(at, size), draw, _in_case(written)))
        self.is_named = True

    def _phrase(self, at: int, size: int) -> str:
        return " ".join(token.key for token in self.tokens[at : at + size] if token.is_word)

    def _is_generic(self, key: str) -> bool:
        return key in GENERIC or self.facts.get(key, NOTHING).is_generic

    def _is_acronym(self, token: _Token) -> bool:
        if len(token.text) > _MOST_ACRONYM or self.facts.get(token.key, NOTHING).is_listed:
            return False
        return token.text.isupper() or not re.search("[aeiouy]", token.key)

    def _runs(self, at: int) -> list[int]:
        """The numbers of tokens, odd ones, that one to four words from here on are."""
        sizes: list[int] = []
        end = at
        while len(sizes) < _MOST_WORDS and end < len(self.tokens) and self.tokens[end].is_word:
            sizes.append(end + 1 - at)
            end += 1
            while end < len(self.tokens) and self.tokens[end].text in _JOINING:
                end += 1
        return sizes[::-1]

    def _city(self, at: int) -> int:
        """How many tokens the city that begins here has; 0 if none does."""
        if self.is_ranked or not _NAMED_AFTER.union(SAINTS).isdisjoint((self.before, self.tokens[at].key)):
            return 0
        for size in self._runs(at):
            key = self._phrase(at, size)
            if key in city_places() and not (size == 1 and self._is_generic(key)):
                return size
        return 0

    def _state(self, at: int) -> tuple[str, int]:
        """The postal code of the state that begins here, and how many tokens it has."""
        for size in self._runs(at):
            key = self._phrase(at, size)
            if key in _NAMES and (self._is_behind_comma(at) or key not in city_places()):
                return _NAMES[key], size
        token = self.tokens[at]
        if len(token.text) != 2 or token.text.upper() not in STATES:
            return "", 0
        # "VA" is the Veterans' Affairs, but behind a comma; many codes are words, but in capitals.
        is_place = self.category is TextCategory.LOCATION
        is_end = at == len(self.tokens) - 1 and at > 0 and not self._is_generic(token.key)
        is_code = is_end or (token.text.isupper() and not self._all_capitals())
        return (token.text.upper(), 1) if self._is_behind_comma(at) or (is_place and is_code) else ("", 0)

    def _all_capitals(self) -> bool:
        return len(self.tokens) > 1 and all(token.text.isupper() for token in self.tokens if token.is_word)

    def _is_behind_comma(self, at: int) -> bool:
        behind = "".join(token.text for token in self.tokens[max(0, at - 2) : at]).strip()
        return behind.endswith(",")

    def _told_state(self, at: int) -> str:
        """The state told behind a city, or an empty text."""
        while at < len(self.tokens) and not self.tokens[at].is_word:
            at += 1
        return self._state(at)[0] if at < len(self.tokens) else ""

    def _take_state(self, at: int, state: str, size: int) -> int:
        written = "".join(token.text for token in self.tokens[at : at + size])
        if self.category is TextCategory.LOCATION and self.is_named:
            self.pieces.append(written)  # states may stay
            return size
        write = _in_case(written)
        as_code = len(written) == 2
        self.pieces.append(
            Slot("state", state, _other_state, lambda code: write(code if as_code else STATES[code]))
        )
        self.is_named = True
        return size

    def _exchanged(self, at: int) -> tuple[Sequence[str], int]:
        """What the rank, operation or country that begins here is exchanged for."""
        if self.category is TextCategory.MILITARY:
            for size in self._runs(at):
                line = _EXCHANGED.get(self._phrase(at, size))
                if line is not None:
                    return line, size
        return (), 0

    # -- numbers -----------------------------------------------------------------------------

    def _number(self, at: int) -> int:
        digits = self.tokens[at].text
        is_last = not any(token.is_word or token.text.isdecimal() for token in self.tokens[at + 1 :])
        if self.category is TextCategory.LOCATION and len(digits) == 5 and self._ends_in_zip(at):
            written = "".join(token.text for token in self.tokens[at:])
            self.pieces.append(zip_slot(written))
            return len(self.tokens) - at
        if _YEAR.fullmatch(digits) and self._is_year(is_last=is_last):  # years may stay
            self.pieces.append(digits)
            return 1
        ending = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        slot = number_slot("number", digits)
        if ending is not None and _ORDINAL.fullmatch(ending.text):
            self.pieces.append(Slot(slot.space, slot.key, slot.draw, _ordinal(ending.text)))
            return 2
        self.pieces.append(slot)
        return 1

    def _is_year(self, *, is_last: bool) -> bool:
        is_told = self.category is TextCategory.MILITARY and (self.is_named or not is_last)
        return is_told or self.before in _BEFORE_YEARS

    def _ends_in_zip(self, at: int) -> bool:
        behind = "".join(token.text for token in self.tokens[at + 1 :])
        return re.fullmatch(r"(?:-[0-9]{4})?[\s.]*", behind) is not None

    # -- towns that no list has --------------------------------------------------------------

    def _unknown_town(self) -> Plan:
        """A place of words that are on no list of cities, perhaps with its state."""
        sizes = self._runs(0) if self.tokens else []
        if self.category is not TextCategory.LOCATION or not sizes:
            return ()
        for size in sizes:
            own = [token.key for token in self.tokens[:size] if token.is_word]
            if self._city(0) or any(map(self._is_generic, own)) or self._state(0)[1]:
                return ()
            behind = self.tokens[size:]
            told = self._told_state(size)
            if not behind or (told and behind[0].text in (",", " ")):
                self._slot(0, size, "place", _city_of(told, 0))
                return (*self.pieces, "".join(token.text for token in behind))
        return ()


def _in_case(written: str) -> Callable[[str], str]:
    return lambda words: in_case_of(written, words)


def _city_of(state: str, size: int) -> Draw:
    return lambda draws, _, __: draws.one_of(cities_like(state, size))


def _other_state(draws: Draws, _: Filled, __: int) -> str:
    return draws.one_of(tuple(STATES)[:51])


def _acronym(size: int) -> Draw:
    return lambda draws, _, __: "".join(draws.one_of(_CONSONANTS) for _ in range(size))


def _ordinal(ending: str) -> Callable[[str], str]:
    """Writes a number with its ordinal ending."""

    def write(digits: str) -> str:
        last = "" if digits[-2:-1] == "1" else {"1": "st", "2": "nd", "3": "rd"}.get(digits[-1], "")
        return digits + in_case_of(ending, last or "th")

    return write


def profession_plan(value: str) -> Plan:
    """Other work."""
    key = plain_key(value)
    return (Slot("profession", key, lambda draws, _, __: draws.one_of(PROFESSIONS), _in_case(value)),)
