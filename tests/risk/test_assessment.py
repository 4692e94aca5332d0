"""An assessment says of released tables what a slow look at every participant says."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.model.schema import Role
from ppdarchive.risk.assessment import Assessment, assess

from .released import field, of_participants, participants

VALUES = st.sampled_from(["a", "b", None])
ROWS = st.lists(st.tuples(VALUES, VALUES, st.integers(0, 2), st.sampled_from("xyz")), min_size=1, max_size=12)
SENSITIVE = field("score", Role.SENSITIVE)
WAVE = field("wave", Role.NONE)


def assessed(rows: list[tuple[str | None, str | None, int, str]], **options: int) -> Assessment:
    """Participants with two quasi-identifiers, some answers, and one sensitive value each."""
    answers = [number for number, row in enumerate(rows) for _ in range(row[2])]
    tables = {
        "participants": participants(len(rows), age=[r[0] for r in rows], place=[r[1] for r in rows]),
        "responses": of_participants("responses", answers, [(WAVE, ["t1"] * len(answers))]),
        "measures": of_participants("measures", [*range(len(rows))], [(SENSITIVE, [r[3] for r in rows])]),
    }
    return assess(tables, **{"k": 2, **options})


def sizes(vectors: list[tuple[object, ...]]) -> list[int]:
    """For each participant, how many share the vector."""
    counts = Counter(vectors)
    return [counts[vector] for vector in vectors]


@given(ROWS)
def test_it_is_what_counting_says(rows: list[tuple[str | None, str | None, int, str]]) -> None:
    """Class sizes, k, risk and uniques are those that counting vectors gives."""
    found = assessed(rows)
    vectors = [row[:3] for row in rows]
    own = sizes(vectors)
    assert (found.n_participants, found.k, found.n_uniques) == (len(rows), min(own), own.count(1))
    assert dict(found.class_sizes) == dict(Counter(Counter(vectors).values()))
    assert found.prosecutor.highest == 1 / min(own)
    assert found.prosecutor.average == pytest.approx(sum(1 / size for size in own) / len(own))
    assert found.n_below == sum(size < 2 for size in own)
    # Who is alone on all fields is alone on a set of them that nothing can be taken from.
    assert found.n_special_uniques == found.n_uniques
    assert all(each.contribution >= 0 for each in found.fields)


@given(ROWS)
def test_fields_and_pairs(rows: list[tuple[str | None, str | None, int, str]]) -> None:
    """What each field adds is what counting without it, and with it alone, says."""
    found = assessed(rows)
    columns = {"age": 0, "place": 1}
    for each in found.fields[:2]:
        place = columns[each.name]
        rest = [tuple(value for n, value in enumerate(row[:3]) if n != place) for row in rows]
        assert each.n_below_without == sum(size < 2 for size in sizes(rest))
        assert each.n_uniques_alone == sizes([(row[place],) for row in rows]).count(1)
    for one, other in combinations((0, 1), 2):
        assert found.pairs[one, other] == sum(size < 2 for size in sizes([(r[one], r[other]) for r in rows]))


@given(ROWS)
def test_sensitive_fields(rows: list[tuple[str | None, str | None, int, str]]) -> None:
    """The l and t of a sensitive field are those of the worst class."""
    (found,) = assessed(rows).diversity
    classes: dict[tuple[object, ...], list[str]] = {}
    for row in rows:
        classes.setdefault(row[:3], []).append(row[3])
    overall = Counter(row[3] for row in rows)
    assert found.distinct_l == min(len(set(own)) for own in classes.values())
    shares = [[n / len(own) for n in Counter(own).values()] for own in classes.values()]
    assert found.entropy_l == pytest.approx(min(exp(-sum(p * log(p) for p in own)) for own in shares))
    distances = [
        sum(abs(own.count(value) / len(own) - n / len(rows)) for value, n in overall.items()) / 2
        for own in classes.values()
    ]
    assert found.t == pytest.approx(max(distances), abs=1e-9)


def test_a_population() -> None:
    """In a population ten times as large a participant is found a tenth as surely, by who knows of none."""
    rows = [("a", "a", 0, "x"), ("a", "a", 0, "y"), ("b", "a", 0, "x")]
    found = assessed(rows, population_size=30).population
    assert found is not None
    assert found.journalist.highest == pytest.approx(0.1)
    assert found.marketer == pytest.approx(2 / 30)
    assert 0 < found.zayatz.sample_share <= 1
    assert 0 <= found.pitman.n_uniques <= 30
    assert assessed(rows).population is None


def test_a_population_is_not_smaller_than_the_participants() -> None:
    """A size below that of the sample is refused."""
    with pytest.raises(ValueError, match="smaller than the participants"):
        assessed([("a", "a", 0, "x")] * 3, population_size=2)


def test_nobody_and_nothing() -> None:
    """Without participants nobody is at risk; without quasi-identifiers all are one class."""
    nobody = assess({"participants": participants(0, age=[])}, k=5)
    assert (nobody.n_participants, nobody.k, nobody.n_below, nobody.prosecutor.highest) == (0, 0, 0, 0.0)
    alike = assess({"participants": participants(7)}, k=5)
    assert (alike.k, alike.n_below, dict(alike.class_sizes), alike.fields) == (7, 0, {7: 1}, ())
