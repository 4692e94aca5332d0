"""Released tables -> everything that is said of their risk, in numbers that single nobody out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Final

import numpy as np

from ppdarchive.model.release import TreatedTable
from ppdarchive.risk.classes import Classes, Codes, class_sizes
from ppdarchive.risk.closeness import equal_distance, ordered_distance
from ppdarchive.risk.diversity import distinct_l, entropy_l, recursive_c, value_counts
from ppdarchive.risk.measures import (
    Risk,
    distribution,
    journalist,
    marketer,
    n_below,
    n_uniques,
    prosecutor,
    smallest,
)
from ppdarchive.risk.population import PopulationUniques, pitman, zayatz
from ppdarchive.risk.sensitive import Sensitive, sensitive_values
from ppdarchive.risk.suda import special_uniques
from ppdarchive.risk.vectors import Vectors, participant_vectors

LARGEST_SET: Final = 4
"""Fields in the largest set that special uniques are looked for in: what one remembers of a person."""


@dataclass(frozen=True, slots=True)
class Diversity:
    """What the smallest class, in this respect, tells of a sensitive field.

    Attributes
    ----------
    name : str
        ``table.field``, as `Sensitive.name`.
    distinct_l : int
    entropy_l : float
    recursive_c : float
        The c above which it is recursively (c, l)-diverse, for the l that was asked for; infinite if none.
    t : float
        The largest distance from the distribution in all participants: ordered where the values are.
    is_ordered : bool
    """

    name: str
    distinct_l: int
    entropy_l: float
    recursive_c: float
    t: float
    is_ordered: bool


@dataclass(frozen=True, slots=True)
class Population:
    """What is estimated for a population of which the participants are a sample.

    Attributes
    ----------
    size : int
    journalist : Risk
        With each class as large in the population as its share of the sample says.
    marketer : float
    zayatz, pitman : PopulationUniques
    """

    size: int
    journalist: Risk
    marketer: float
    zayatz: PopulationUniques
    pitman: PopulationUniques


@dataclass(frozen=True, slots=True)
class FieldRisk:
    """How much a field adds to the risk.

    Attributes
    ----------
    name : str
    n_uniques_alone : int
        Participants whom this field alone tells from all others.
    n_below_without : int
        Participants in classes of fewer than k if this field were dropped.
    contribution : float
        Share of the SUDA scores that sets with this field have; 0 if there are no special uniques.
    """

    name: str
    n_uniques_alone: int
    n_below_without: int
    contribution: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """The risk of released tables, counted over participants.

    Attributes
    ----------
    n_participants : int
    fields : tuple of FieldRisk
        The quasi-identifiers, as `Vectors.names` has them.
    class_sizes : mapping of int to int
        How many classes there are of each size.
    k : int
        Participants in the smallest class; 0 if there are no participants.
    wanted_k : int
    n_below : int
        Participants in classes of fewer than `wanted_k`.
    n_uniques : int
    n_special_uniques : int
        Participants whom a set of at most `LARGEST_SET` fields tells from all others (SUDA2).
    prosecutor : Risk
    pairs : mapping of (int, int) to int
        Participants in classes of fewer than `wanted_k` on two fields alone, by their positions.
    diversity : tuple of Diversity
        For each sensitive field.
    population : Population or None
    """

    n_participants: int
    fields: tuple[FieldRisk, ...]
    class_sizes: Mapping[int, int]
    k: int
    wanted_k: int
    n_below: int
    n_uniques: int
    n_special_uniques: int
    prosecutor: Risk
    pairs: Mapping[tuple[int, int], int]
    diversity: tuple[Diversity, ...]
    population: Population | None


def assess(
    tables: Mapping[str, TreatedTable],
    *,
    k: int,
    l: int = 2,  # noqa: E741 - the field's own name
    population_size: int | None = None,
    facts: Mapping[str, Codes] = MappingProxyType({}),
) -> Assessment:
    """Assess the risk of tables, all of which are released together.

    Parameters
    ----------
    tables : mapping of str to TreatedTable
    k : int
        Participants that a class should have.
    l : int
        The l of recursive (c, l)-diversity.
    population_size : int, optional
        How many people could have taken part; at least as many as did.
    facts : mapping of str to ndarray of integers, shape (n_participants,)
        What is known besides, as `Vectors.with_facts` takes it.

    Raises
    ------
    ValueError
        If the population is smaller than the participants.
    """
    vectors = participant_vectors(tables).with_facts(facts)
    classes = vectors.classes()
    sizes = classes.sizes
    different, counts = distribution(sizes)
    special = special_uniques(_columns(vectors), largest=LARGEST_SET)
    return Assessment(
        n_participants=vectors.n_participants,
        fields=tuple(_fields(vectors, k, special.contributions.tolist())),
        class_sizes=MappingProxyType(dict(zip(different.tolist(), counts.tolist(), strict=True))),
        k=smallest(sizes),
        wanted_k=k,
        n_below=n_below(sizes, k),
        n_uniques=n_uniques(sizes),
        n_special_uniques=int(np.count_nonzero(special.scores)),
        prosecutor=prosecutor(sizes),
        pairs=MappingProxyType(_pairs(vectors, k)),
        diversity=tuple(_diversity(classes, each, l) for each in sensitive_values(tables)),
        population=None if population_size is None else _population(classes, population_size),
    )


def _columns(vectors: Vectors) -> tuple[Codes, ...]:
    return vectors.columns or (np.zeros(vectors.n_participants, dtype=np.int8),)


def _fields(vectors: Vectors, k: int, contributions: list[float]) -> list[FieldRisk]:
    found: list[FieldRisk] = []
    for place, name in enumerate(vectors.names):
        rest = [column for other, column in enumerate(vectors.columns) if other != place]
        # Without any field all participants are one class.
        without = class_sizes(rest) if rest else np.array([vectors.n_participants])
        alone = n_uniques(class_sizes([vectors.columns[place]]))
        found.append(FieldRisk(name, alone, n_below(without, k), contributions[place]))
    return found


def _pairs(vectors: Vectors, k: int) -> dict[tuple[int, int], int]:
    return {
        (one, other): n_below(class_sizes([vectors.columns[one], vectors.columns[other]]), k)
        for one, other in combinations(range(len(vectors.columns)), 2)
    }


def _diversity(classes: Classes, sensitive: Sensitive, l: int) -> Diversity:  # noqa: E741
    counts = value_counts(classes, sensitive.codes)
    distance = ordered_distance if sensitive.is_ordered else equal_distance
    return Diversity(
        name=sensitive.name,
        distinct_l=int(distinct_l(counts).min(initial=len(counts.values))),
        entropy_l=float(entropy_l(counts).min(initial=float(len(counts.values)))),
        recursive_c=float(recursive_c(counts, l).max(initial=0.0)),
        t=float(distance(classes, sensitive.codes).max(initial=0.0)),
        is_ordered=sensitive.is_ordered,
    )


def _population(classes: Classes, size: int) -> Population:
    sizes = classes.sizes
    n = int(sizes.sum())
    if size < n:
        raise ValueError("the population is smaller than the participants")
    expected = sizes * (size / n) if n else sizes
    return Population(
        size=size,
        journalist=journalist(sizes, expected),
        marketer=marketer(sizes, expected),
        zayatz=zayatz(sizes, size),
        pitman=pitman(sizes, size),
    )
