"""Names of people in parts: given names, surnames, initials; titles and the like stay as they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from ppdarchive.deidentify.replace.draws import Draws
from ppdarchive.deidentify.replace.grammar import in_case_of
from ppdarchive.deidentify.replace.lists import FORMAL, PARTICLES, TITLES
from ppdarchive.deidentify.replace.mentions import plain_key
from ppdarchive.deidentify.replace.pools import (
    NOTHING,
    Facts,
    full_forms,
    given_names,
    names_with_short_forms,
    sex_of,
    short_forms,
    surnames,
)
from ppdarchive.deidentify.replace.shapes import number_slot
from ppdarchive.deidentify.replace.slots import Draw, Filled, Plan, Slot

_RUN: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]{2,})*|[0-9]+|[\W_]")
_MOST_INITIALS: Final = 3
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Part(Enum):
    """What a run of letters in a name is."""

    GIVEN = "given"
    SURNAME = "surname"
    INITIAL = "initial"


@dataclass(frozen=True, slots=True, repr=False)
class Called:
    """A name as it is written in one place.

    Attributes
    ----------
    value : str
    is_formal : bool
        Whether it stands behind a word as "Mrs.", or in the plural of a family.
    """

    value: str
    is_formal: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class People:
    """What the names in one group's texts tell of each other.

    Attributes
    ----------
    kinds : mapping of str to Part
        By folded part.
    joined : mapping of str to tuple of str
        Names of several parts as they are when written as one word, to their parts.
    initials : frozenset of str
        The folded initials, with which no surrogate begins: so it can have its own.
    shortened : mapping of str to str
        Folded given names to those that they are short for: Jenny to Jennifer.
    """

    kinds: Mapping[str, Part]
    joined: Mapping[str, tuple[str, ...]]
    initials: frozenset[str]
    shortened: Mapping[str, str]


def people_of(names: Sequence[Called], facts: Mapping[str, Facts]) -> People:
    """Tell given names from surnames, by where they stand in all names of a group.

    The first part of a full name is a given name and the last a surname, unless a comma says otherwise;
    a part that only ever stands alone is what the lists have it for.
    """
    votes: dict[str, Counter[Part]] = {}
    joined: dict[str, tuple[str, ...]] = {}
    initials: set[str] = set()
    for name in names:
        runs = [(plain_key(run), is_initial) for run, is_initial in _parts(name.value, facts)]
        parts = [key for key, is_initial in runs if not is_initial]
        initials.update(letter for key, is_initial in runs if is_initial for letter in key)
        n_last = _n_last(name.value)
        if not parts:
            continue
        is_reversed = len(parts) > 1 and "," in name.value
        if len(runs) == 1:
            kind = Part.SURNAME if name.is_formal or _is_formal(name.value) else None
            votes.setdefault(parts[0], Counter())
            if kind is not None:
                votes[parts[0]][kind] += 1
            continue
        if len(parts) == len(runs):
            joined["".join(parts)] = tuple(parts)
        for nth, (key, is_initial) in enumerate(runs):
            if not is_initial:
                is_last = nth == 0 if is_reversed else nth >= len(runs) - n_last
                votes.setdefault(key, Counter())[Part.SURNAME if is_last else Part.GIVEN] += 1
    kinds = {}
    for key, counts in votes.items():
        if key in joined:
            continue
        likely = Part.SURNAME if facts.get(key, NOTHING).is_surname else Part.GIVEN
        kinds[key] = max((Part.GIVEN, Part.SURNAME), key=lambda part: (counts[part], part is likely))
    return People(kinds, joined, frozenset(initials), _shortened(kinds))


def _shortened(kinds: Mapping[str, Part]) -> Mapping[str, str]:
    """Which given names are short for which one other of the same people."""
    given = {key for key, kind in kinds.items() if kind is Part.GIVEN}
    found = {}
    for name in given if len(given) > 1 else ():
        full = full_forms(name) & given
        if len(full) == 1:
            found[name] = next(iter(full))
    return {short: full for short, full in found.items() if full not in found}


def _n_last(value: str) -> int:
    """How many parts the last word of a name has: two in "Smith-Jones"."""
    return 1 + len(re.findall(r"(?<=\w)-(?=\w)", (value.split() or [""])[-1]))


def _is_formal(value: str) -> bool:
    first = _RUN.match(value.strip())
    return first is not None and first[0].lower() in FORMAL


def _parts(value: str, facts: Mapping[str, Facts]) -> Iterator[tuple[str, bool]]:
    """The runs of letters that are parts of a name, and whether each is an initial (or several)."""
    runs = [run for run in _RUN.findall(value) if run[0].isalpha()]
    kept = _kept(runs)
    for nth, run in enumerate(runs):
        if nth not in kept:
            yield run, _is_initials(run, alone=len(runs) == 1, facts=facts)


def _kept(runs: Sequence[str]) -> set[int]:
    """Which runs are no parts: titles, and particles before a part; never all."""
    lower = [run.lower() for run in runs]
    last = len(runs) - 1
    kept = {
        nth
        for nth, word in enumerate(lower)
        if (word in TITLES and (nth != last or nth > 0)) or (word in PARTICLES and nth < last)
    }
    return kept if len(kept) < len(runs) else set()


def _is_initials(run: str, *, alone: bool, facts: Mapping[str, Facts]) -> bool:
    if len(run) == 1:
        return True
    if len(run) > _MOST_INITIALS or not (alone or run.isupper()):
        return False
    key = plain_key(run)
    if facts.get(key, NOTHING).is_given:
        return False
    return run.isupper() or len(run) == 2 or not re.search("[aeiouy]", key)


def name_plan(value: str, people: People, facts: Mapping[str, Facts]) -> Plan:
    """A name with a slot for each part and each initial."""
    runs = _RUN.findall(value)
    letters = [run for run in runs if run[0].isalpha()]
    kept = _kept(letters)
    pieces: list[str | Slot] = []
    nth = -1
    for run in runs:
        if not run[0].isalpha():
            pieces.append(number_slot("name", run) if run.isdecimal() else run)
            continue
        nth += 1
        if nth in kept:
            pieces.append(run)
        elif _is_initials(run, alone=len(letters) == 1, facts=facts):
            is_last = nth == len(letters) - 1 > 0
            pieces += [
                initial_slot(letter, people, is_last=is_last or at > 0) for at, letter in enumerate(run)
            ]
        else:
            pieces += _part_slots(run, people)
    return tuple(pieces)


def _part_slots(run: str, people: People) -> list[Slot]:
    key = plain_key(run)
    parts = people.joined.get(key)
    if parts is None:
        return [name_slot(run, people.kinds.get(key, Part.GIVEN), people)]
    # Two parts as one word, "annamaria": the first one's capital is the word's.
    pieces = [name_slot(run, people.kinds.get(part, Part.GIVEN), people, part) for part in parts]
    return [
        Slot(
            piece.space,
            piece.key,
            piece.draw,
            _lower if nth and not run.isupper() else piece.write,
            piece.stage,
        )
        for nth, piece in enumerate(pieces)
    ]


def _lower(name: str) -> str:
    return name.lower()


def name_slot(written: str, kind: Part, people: People, key: str = "") -> Slot:
    """The slot of one part of a name.

    Parameters
    ----------
    written : str
        The part as it is written, for its capitals.
    kind : Part
    people : People
    key : str
        The folded part, where it is another.
    """
    key = key or plain_key(written)
    letters = people.initials | {key[:1]}
    if kind is Part.GIVEN and key in people.shortened:
        return Slot("name", key, _short_name(key, people.shortened[key], letters), _in_case(written), stage=1)
    has_short = kind is Part.GIVEN and key in people.shortened.values()
    return Slot("name", key, _other_name(key, kind, letters, has_short=has_short), _in_case(written))


def _in_case(written: str) -> Callable[[str], str]:
    return lambda name: in_case_of(written, name)


_PATIENCE: Final = 40
"""So often a name with a short form is tried, or a short form, before any other name will do."""


def _other_name(key: str, kind: Part, letters: frozenset[str], *, has_short: bool = False) -> Draw:
    """Draws a name of the same kind that begins with none of some letters, so that no initial stays."""
    pool = surnames() if kind is Part.SURNAME else given_names(sex_of(key))
    first = names_with_short_forms(sex_of(key)) if has_short else ()

    def draw(draws: Draws, _: Filled, attempt: int) -> str:
        name = draws.one_of(first if first and attempt < _PATIENCE else pool)
        return name if name[0].lower() not in letters else ""

    return draw


def _short_name(key: str, full: str, letters: frozenset[str]) -> Draw:
    """Draws what the surrogate of the full name is called for short."""
    other = _other_name(key, Part.GIVEN, letters)

    def draw(draws: Draws, filled: Filled, attempt: int) -> str:
        short = short_forms(filled.get(("name", full), "").lower())
        return draws.one_of(short) if short and attempt < _PATIENCE else other(draws, filled, attempt)

    return draw


def initial_slot(letter: str, people: People, *, is_last: bool) -> Slot:
    """The slot of an initial: that of the surrogate of the one name that it can stand for."""
    key = plain_key(letter) or letter
    kind = Part.SURNAME if is_last else Part.GIVEN
    longer = [part for part, other in people.kinds.items() if other is kind and part.startswith(key)]

    def draw(draws: Draws, filled: Filled, attempt: int) -> str:
        if not attempt and len(longer) == 1:
            return filled.get(("name", longer[0]), "")[:1]
        return draws.one_of(_ALPHABET)

    return Slot("initial", key, draw, _in_case(letter), stage=2)
