"""Percentile intervals over participants: who is drawn how often, and the sums of what was drawn.

A drawn participant brings all their units. Every coefficient is a function of sums over participants,
so that a replicate is a row of counts times a column of sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from ppdarchive.agreement.coded import Coded, Coefficient, Indices
from ppdarchive.agreement.weights import Floats

Hashes = npt.NDArray[np.uint64]

_ROUNDS = 4
_MOST_TAKEN = 32
"""Coders, codes and questions that are told apart one by one; each costs the rounds again."""
_SALT = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
_ROWS = 32
_CELLS = 1 << 23
"""Counts that are spread out as floats at once: 64 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """How often each participant is in each sample: in the one at hand, and in its replicates.

    Attributes
    ----------
    counts : ndarray of uint8, shape (n_participants, 1 + n_replicates)
        The first column is the sample itself, of ones. Nobody is drawn 256 times or more: of 255
        participants or fewer nobody can be, and of more each is drawn about once.
    """

    counts: npt.NDArray[np.uint8]

    def sums(self, by_participant: Floats) -> Floats:
        """Sum columns over the participants of each sample.

        Parameters
        ----------
        by_participant : ndarray, shape (n_participants, n_columns)
            Each participant's sums over their units.

        Returns
        -------
        ndarray of float64, shape (1 + n_replicates, n_columns)
            A participant counts as often as drawn.
        """
        total = np.zeros((self.counts.shape[1], by_participant.shape[1]))
        there = np.flatnonzero(by_participant.any(axis=1))
        size = max(_CELLS // self.counts.shape[1], 1)
        for first in range(0, len(there), size):
            chunk = there[first : first + size]
            total += self.counts[chunk].astype(np.float64).T @ by_participant[chunk]
        return total

    def each(self, tables: Iterable[Floats]) -> Iterator[Floats]:
        """Sum table by table, many at a time: counts are spread out once for all of them.

        Parameters
        ----------
        tables : iterable of ndarray, each of shape (n_participants, n_columns)
            Each participant's sums.

        Yields
        ------
        ndarray of float64, shape (1 + n_replicates, n_columns)
            In the order of the tables.
        """
        waiting: list[Floats] = []
        for table in tables:
            waiting.append(table)
            if sum(held.size for held in waiting) >= _CELLS:
                yield from self._together(waiting)
                waiting = []
        yield from self._together(waiting)

    def _together(self, tables: list[Floats]) -> list[Floats]:
        ends = np.cumsum([table.shape[1] for table in tables])[:-1]
        return np.split(self.sums(np.hstack(tables)), ends, axis=1) if tables else []


def draw(n_participants: int, *, replicates: int, seed: int) -> Draws:
    """Draw participants with replacement, as many as there are, once for each replicate.

    Parameters
    ----------
    n_participants : int
        How many there are, in an order that does not depend on names or rows: see `in_order`.
    replicates : int
        How many times.
    seed : int
        The same seed draws the same places.

    Returns
    -------
    Draws
        The sample itself and its replicates.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13; Field & Welsh (2007),
    doi:10.1111/j.1467-9868.2007.00593.x, for drawing whole clusters
    """
    generator = np.random.default_rng(seed)
    counts = np.ones((n_participants, 1 + replicates), dtype=np.uint8)
    if not n_participants:
        return Draws(counts)
    for first in range(1, replicates + 1, _ROWS):
        columns = counts[:, first : first + _ROWS]
        rows = [
            np.bincount(generator.integers(0, n_participants, size=n_participants), minlength=n_participants)
            for _ in range(columns.shape[1])
        ]
        columns[:] = np.stack(rows, axis=1)
    return Draws(counts)


def with_interval(
    coefficient: Coefficient, replicates: Floats, *, n_participants: int, confidence: float = 0.95
) -> Coefficient:
    """Give a coefficient the percentile interval of its replicates.

    Parameters
    ----------
    coefficient : Coefficient
        As computed from the whole sample.
    replicates : ndarray, shape (n_replicates,)
        Its values in the replicates, NaN where undefined.
    n_participants : int
        Participants who have a unit in it: with fewer than two nothing can vary between draws.
    confidence : float
        How much of the replicates lies within.

    Returns
    -------
    Coefficient
        With the number of undefined draws, which are left out; without an interval if they are more
        than half, or if the coefficient itself is undefined.
    """
    if coefficient.value is None or not len(replicates):
        return coefficient
    defined = replicates[~np.isnan(replicates)]
    left_out = len(replicates) - len(defined)
    if n_participants < 2 or 2 * left_out > len(replicates):
        return replace(coefficient, n_undefined_draws=left_out)
    tail = (1 - confidence) / 2
    low, high = (float(end) for end in np.quantile(defined, [tail, 1 - tail]))
    return replace(coefficient, low=low, high=high, n_undefined_draws=left_out)


def in_order(
    coded: Coded, *, questions: Sequence[str] = (), themes: Mapping[str, Sequence[str]] | None = None
) -> Indices:
    """Number participants by what was coded of them, whatever the order of anything.

    Parameters
    ----------
    coded : Coded
        Independent codings.
    questions : sequence of str, shape (n_units,), optional
        The question each unit answers.
    themes : mapping of str to sequence of str, optional
        The themes of each code.

    Returns
    -------
    ndarray of int64, shape (n_units,)
        `coded.participants` renumbered. No name decides anything: of coders, codes or questions that
        can be exchanged for each other one is taken out, whichever it is, until none can; who ties then
        can be exchanged for the other without a difference. Only after `_MOST_TAKEN` such choices do
        names decide between those that are left.

    Notes
    -----
    Coders, codes, units, participants, questions and themes colour each other in rounds, by sums of
    hashes that no order changes (colour refinement; Weisfeiler & Leman, 1968), and of those that share
    a colour one is given its own (individualization; McKay, 1981).
    """
    n_participants = int(coded.participants.max(initial=-1)) + 1
    graph = _graph(coded, questions, themes or {})
    named = _Colours(_names(coded.coders), _names(coded.codes), graph.questions, graph.themes)
    plain = _Colours(*(np.ones_like(own) for own in (named.coder, named.code, named.asked, named.grouped)))
    by_name, _ = _portraits(coded, graph, n_participants, named)
    person, found = _portraits(coded, graph, n_participants, plain)
    used = (coded.coder, coded.code, graph.question)
    for taken in range(_MOST_TAKEN):
        alike = _first_alike(found, used, named)
        if alike is None:
            break
        kind, place = alike
        (plain.coder, plain.code, plain.asked)[kind][place] = _SALT[0] + np.uint64(taken)
        person, found = _portraits(coded, graph, n_participants, plain)
    number = np.empty(n_participants, dtype=np.int64)
    number[np.lexsort([by_name, person])] = np.arange(n_participants)
    return number[coded.participants]


def _first_alike(
    found: _Colours, used: tuple[Indices, Indices, Indices], named: _Colours
) -> tuple[int, int] | None:
    """One of those coders, codes or questions that share a colour, by its name: its kind and place."""
    kinds = ((found.coder, named.coder), (found.code, named.code), (found.asked, named.asked))
    for kind, ((colours, names), places) in enumerate(zip(kinds, used, strict=True)):
        own = np.unique(places)
        values, counts = np.unique(colours[own], return_counts=True)
        if (counts > 1).any():
            alike = own[colours[own] == values[counts > 1][0]]
            return kind, int(alike[names[alike].argmin()])
    return None


@dataclass(frozen=True, slots=True, eq=False)
class _Colours:
    """What tells coders, codes, questions and themes apart."""

    coder: Hashes
    code: Hashes
    asked: Hashes
    grouped: Hashes


@dataclass(frozen=True, slots=True, eq=False)
class _Graph:
    """What is joined to what beside the codings: units to questions, codes to themes."""

    question: Indices
    questions: Hashes
    code_in: Indices
    theme_of: Indices
    themes: Hashes


def _graph(coded: Coded, questions: Sequence[str], themes: Mapping[str, Sequence[str]]) -> _Graph:
    names, question = np.unique(np.asarray(questions, dtype=object).astype(str), return_inverse=True)
    if not len(questions):
        names, question = np.array([""]), np.zeros(coded.n_units, dtype=np.int64)
    code_in, theme_of, theme_names = _memberships(coded.codes, themes)
    return _Graph(question, _names(names.tolist()), code_in, theme_of, _names(theme_names))


def _portraits(coded: Coded, graph: _Graph, n_participants: int, told: _Colours) -> tuple[Hashes, _Colours]:
    """Hash what was coded of each participant, so that equal hashes mean the same in every respect."""
    who, whom = np.nonzero(coded.rated)
    place = _mix(_mix(coded.start.astype(np.uint64)) + coded.end.astype(np.uint64))
    unit, person = _mix(coded.lengths.astype(np.uint64)), np.ones(n_participants, dtype=np.uint64)
    coder, code, asked, grouped = told.coder, told.code, told.asked, told.grouped
    for _ in range(_ROUNDS):
        edge = _mix(
            _mix(unit[coded.unit]) + _SALT[0] * coder[coded.coder] + _SALT[1] * code[coded.code] + place
        )
        seeing = _mix(unit[who] + _SALT[2] * coder[whom])
        person = _mix(person + _sum(_mix(unit), coded.participants, n_participants))
        asked = _mix(asked + _sum(_mix(unit), graph.question, len(asked)))
        grouped = _mix(grouped + _sum(_mix(code[graph.code_in]), graph.theme_of, len(grouped)))
        unit = _mix(
            unit
            + _sum(edge, coded.unit, len(unit))
            + _SALT[0] * _sum(seeing, who, len(unit))
            + _SALT[1] * _mix(person)[coded.participants]
            + _SALT[2] * _mix(asked)[graph.question]
        )
        coder = _mix(coder + _sum(edge, coded.coder, len(coder)) + _SALT[0] * _sum(seeing, whom, len(coder)))
        code = _mix(
            code
            + _sum(edge, coded.code, len(code))
            + _SALT[0] * _sum(_mix(grouped)[graph.theme_of], graph.code_in, len(code))
        )
    person = _mix(person + _sum(_mix(unit), coded.participants, n_participants))
    return person, _Colours(coder, code, asked, grouped)


def _memberships(
    codes: Sequence[str], themes: Mapping[str, Sequence[str]]
) -> tuple[Indices, Indices, tuple[str, ...]]:
    number: dict[str, int] = {}
    pairs = [
        (place, number.setdefault(theme, len(number)))
        for place, code in enumerate(codes)
        for theme in themes.get(code, ())
    ]
    columns = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    return columns[:, 0], columns[:, 1], tuple(number)


def _names(names: Sequence[str]) -> Hashes:
    digests = b"".join(blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def _sum(values: Hashes, place: Indices, size: int) -> Hashes:
    total = np.zeros(size, dtype=np.uint64)
    np.add.at(total, place, values)
    return total


def _mix(values: Hashes) -> Hashes:
    """Scatter 64 bits, as SplitMix64 ends (Steele, Lea & Flood, 2014, doi:10.1145/2660193.2660195)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
