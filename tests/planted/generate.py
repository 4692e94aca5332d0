"""Answers with planted identifiers of all categories, and where they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final, NamedTuple

from .grammar import Node, Piece, expand, parse, sections
from .people import Participant, coaches, participant
from .slots import SLOTS, Mismatch
from .writers import Writer, clitics_apart, draw_writer, join, rough

WEIGHTS: Final = {
    "names/listed": 34,
    "names/unlisted": 13,
    "dates/dates": 11,
    "places/places": 13,
    "facilities/facilities": 9,
    "organizations/organizations": 4.5,
    "military/military": 7,
    "contact/contact": 7,
    "ids/ids": 4,
    "ips/ips": 1,
    "ages/ages": 2.5,
    "professions/professions": 2.5,
    "events/events": 1.2,
}
"""How often a sentence with an identifier is of each kind."""

CLEAN_SHARE: Final = 0.4
_SIGNED: Final = 0.07
_MEAN_ANSWERS: Final = 3
_PARTICIPANTS_A_COACH: Final = 60


class Mention(NamedTuple):
    """A planted identifier: where it stands, what it is, how it is written, whether the study lists it."""

    start: int
    end: int
    category: str
    kind: str
    form: str
    is_listed: bool


@dataclass(frozen=True, slots=True)
class Planted:
    """One answer.

    Attributes
    ----------
    text : str
    spans : tuple of Mention
        Sorted and disjoint.
    neutral : tuple of (int, int)
        Ranges that may be masked or not: titles, kinship words, states, "VA" behind a city.
    participant : int
    known : tuple of (str, str)
        What the study's contact list has of this participant: values and categories.
    """

    text: str
    spans: tuple[Mention, ...]
    neutral: tuple[tuple[int, int], ...]
    participant: int
    known: tuple[tuple[str, str], ...]


def known_values(planted: Iterable[Planted]) -> list[tuple[str, str]]:
    """The contact list of a study: the values of all its participants, each once."""
    return list(dict.fromkeys(value for answer in planted for value in answer.known))


@cache
def templates(where: str) -> tuple[list[Node], ...]:
    """The parsed templates of a section, by ``file/section``."""
    name, _, section = where.partition("/")
    return tuple(parse(line) for line in sections(f"templates/{name}.txt")[section])


def answers(n: int, seed: int) -> list[Planted]:
    """Write answers; about two in five hold no identifier.

    Parameters
    ----------
    n : int
        How many.
    seed : int
        The same number and seed give the same answers.

    Returns
    -------
    list of Planted, length n
        Participant by participant, each with up to six answers.
    """
    rng = Random(seed)
    team = coaches(rng, max(2, n // (_MEAN_ANSWERS * _PARTICIPANTS_A_COACH)))
    result: list[Planted] = []
    while len(result) < n:
        person = participant(rng, len(result), team)
        writer = draw_writer(rng)
        known = tuple(person.known)
        for _ in range(rng.randrange(1, 2 * _MEAN_ANSWERS)):
            pieces = _answer(person, writer, rng, is_clean=rng.random() < CLEAN_SHARE)
            result.append(_placed(pieces, person, known))
    return result[:n]


def _placed(pieces: list[Piece], person: Participant, known: tuple[tuple[str, str], ...]) -> Planted:
    spans: list[Mention] = []
    neutral: list[tuple[int, int]] = []
    at = 0
    for piece in pieces:
        end = at + len(piece.text)
        if piece.category:
            spans.append(Mention(at, end, piece.category, piece.kind, piece.form or "exact", piece.is_listed))
        elif piece.is_neutral:
            neutral.append((at, end))
        at = end
    return Planted(
        "".join(piece.text for piece in pieces), tuple(spans), tuple(neutral), person.number, known
    )


def _answer(person: Participant, writer: Writer, rng: Random, *, is_clean: bool) -> list[Piece]:
    asked = rng.choice(("helped", "helped", "improve"))
    if is_clean:
        sentences = [_clean(asked, person, rng) for _ in range(rng.choice((1, 1, 2, 3, 4, 5)))]
    else:
        sentences = [_identifying(person, rng) for _ in range(rng.choice((1, 1, 1, 2, 2, 3)))]
        sentences += [_clean(asked, person, rng) for _ in range(rng.choice((0, 1, 1, 2, 2, 3)))]
        rng.shuffle(sentences)
    pieces = join(sentences, writer, rng)
    if not is_clean and rng.random() < _SIGNED:
        signature = _written(templates("names/signature"), person, rng)
        pieces = [*pieces, Piece(rng.choice(("\n", "\n", "\n\n", " "))), *signature]
    return rough(clitics_apart(pieces), writer, rng)


def _clean(asked: str, person: Participant, rng: Random) -> list[Piece]:
    section = (
        "general" if rng.random() < 0.15 else "spanish" if person.spanish and rng.random() < 0.6 else asked
    )
    return _written(templates(f"clean/{section}"), person, rng)


def _identifying(person: Participant, rng: Random) -> list[Piece]:
    where = rng.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))[0]
    if person.spanish and rng.random() < 0.5:
        where = "spanish/spanish"
    return _written(templates(where), person, rng)


def _written(options: tuple[list[Node], ...], person: Participant, rng: Random) -> list[Piece]:
    while True:
        try:
            pieces = expand(rng.choice(options), rng, lambda slot: SLOTS[slot](person, rng))
        except Mismatch:
            continue
        if pieces:
            return pieces
