"""Estimates of who is unique in the population."""

from __future__ import annotations

from collections import Counter
from math import comb, log, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from ppdarchive.risk.classes import class_sizes
from ppdarchive.risk.population import (
    fit_pitman,
    independent_sizes,
    log_rising,
    pitman,
    pitman_likelihood,
    unique_in_population,
    zayatz,
)

sizes = nps.arrays(np.int64, st.integers(1, 12), elements=st.integers(1, 6))
NONE = np.zeros(0, dtype=np.int64)


@given(sizes, st.integers(0, 200))
def test_zayatz_is_bayes_rule(found: np.ndarray, more: int) -> None:
    """The share is Bayes' rule with exact binomial coefficients."""
    n = int(found.sum())
    total, counts = n + more, Counter(found.tolist())
    chance = {i: i * comb(total - i, n - 1) / comb(total, n) for i in counts}
    expected = counts[1] * chance[1] / sum(counts[i] * chance[i] for i in counts) if counts[1] else 0.0
    estimate = zayatz(found, total)
    assert estimate.sample_share == pytest.approx(expected)
    assert estimate.n_uniques == pytest.approx(counts[1] * expected * total / n)


def test_all_of_the_population() -> None:
    """Where the sample is the population, its uniques are the population's."""
    found = np.array([1, 1, 3, 4])
    assert zayatz(found, 9).n_uniques == pytest.approx(2.0)
    assert zayatz(found, 9).sample_share == pytest.approx(1.0)


@given(sizes.filter(lambda found: bool((found > 1).any())), st.floats(0.01, 0.99), st.floats(0.01, 500.0))
def test_no_other_parameters_are_likelier(found: np.ndarray, alpha: float, above: float) -> None:
    """Pitman's parameters are the likeliest of all."""
    likelihood = pitman_likelihood(found)
    assert likelihood(*fit_pitman(found)) >= likelihood(above - alpha, alpha) - 1e-6


@given(sizes, st.floats(0.01, 0.99), st.floats(0.01, 500.0))
def test_pitman_s_formula(found: np.ndarray, alpha: float, above: float) -> None:
    """The likelihood is the product over classes and participants of Hoshino's equation 3."""
    theta, n, u = above - alpha, int(found.sum()), len(found)
    product = (
        sum(log(theta + i * alpha) for i in range(1, u))
        - sum(log(theta + i) for i in range(1, n))
        + sum(log(i - alpha) for size in found.tolist() for i in range(1, size))
    )
    assert pitman_likelihood(found)(theta, alpha) == pytest.approx(product, abs=1e-6)


@given(sizes.filter(lambda found: bool((found > 1).any())), st.integers(0, 200))
def test_pitman_s_uniques(found: np.ndarray, more: int) -> None:
    """The expected number of uniques is the product over all who could have joined one."""
    theta, alpha = fit_pitman(found)
    total = int(found.sum()) + more
    expected = total * prod((theta + alpha + i - 1) / (theta + i) for i in range(1, total))
    assert pitman(found, total).n_uniques == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert 0 <= pitman(found, total).sample_share <= 1


def test_pitman_finds_what_it_was_drawn_from() -> None:
    """A population drawn by Pitman's process has about as many uniques as its sample says."""
    rng = np.random.default_rng(7)
    counts: list[int] = []
    members: list[int] = []
    theta, alpha = 50.0, 0.6
    for i in range(20_000):
        if rng.random() < (theta + alpha * len(counts)) / (theta + i):
            members.append(len(counts))
            counts.append(1)
        else:
            weights = members[rng.integers(len(members))]
            while rng.random() > (counts[weights] - alpha) / counts[weights]:
                weights = members[rng.integers(len(members))]
            members.append(weights)
            counts[weights] += 1
    sample = class_sizes([rng.permutation(np.array(members))[:4_000]])
    uniques = counts.count(1)
    assert pitman(sample, 20_000).n_uniques == pytest.approx(uniques, rel=0.1)


def test_nobody_and_everybody_is_unique() -> None:
    """Without participants nobody is unique; if no two agree, all are taken to be."""
    assert pitman(NONE, 10).n_uniques == zayatz(NONE, 10).n_uniques == 0.0
    assert zayatz(np.array([2, 3]), 10).sample_share == 0.0
    assert pitman(np.array([1, 1]), 10).n_uniques == 10.0


def test_a_population_holds_its_sample() -> None:
    """A population smaller than the sample is refused."""
    for estimate in (zayatz, pitman):
        with pytest.raises(ValueError, match="smaller than the sample"):
            estimate(np.array([3]), 2)


def test_margins_of_independent_fields() -> None:
    """Two fields of 100 people: what is expected of a vector is the product of its shares."""
    columns = [np.array([0, 1, -1]), np.array([1, 1, 0])]
    expected = independent_sizes(columns, [np.array([20, 80]), np.array([90, 10])])
    assert expected.tolist() == pytest.approx([2.0, 8.0, 90.0])
    assert unique_in_population(expected, 0.5).tolist() == pytest.approx(np.exp([-1, -4, -45]).tolist())
    assert unique_in_population(expected, 1.0).tolist() == [1.0, 1.0, 1.0]


def test_margins_of_different_populations() -> None:
    """Margins that do not have one sum are refused."""
    with pytest.raises(ValueError, match="different populations"):
        independent_sizes([np.array([0]), np.array([0])], [np.array([20]), np.array([30])])
    with pytest.raises(ValueError, match="different populations"):
        independent_sizes([], [])


@given(st.floats(0.1, 1e6), st.integers(0, 30))
def test_rising_products(start: float, n: int) -> None:
    """The logarithm of a rising product, below and above where the series begins."""
    expected = sum(log(start + i) for i in range(n))
    assert log_rising(start, n) == pytest.approx(expected, rel=1e-9, abs=1e-9)
