"""Intervals over participants: seeded, of whole participants, and the same in any order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.agreement_measures.drawn_codings import coded_of_cells, codings, shuffled

from ppdarchive.agreement import bootstrap
from ppdarchive.agreement.bootstrap import draw, in_order, with_interval
from ppdarchive.agreement.coded import Coefficient

UNDEFINED = float("nan")


@given(st.integers(1, 400), st.integers(0, 40), st.integers(0, 2**32))
def test_every_replicate_draws_as_many_participants_as_there_are(n_participants, replicates, seed):
    """The first column is the sample itself; every other has as many participants, some of them twice."""
    counts = draw(n_participants, replicates=replicates, seed=seed).counts
    assert counts.shape == (n_participants, 1 + replicates)
    assert (counts[:, 0] == 1).all()
    assert (counts.sum(axis=0, dtype=np.int64) == n_participants).all()


def test_a_seed_draws_the_same_again_and_another_does_not():
    """The draws follow from the seed alone, and fewer replicates are the first of more."""
    first = draw(50, replicates=40, seed=7).counts
    assert (first == draw(50, replicates=40, seed=7).counts).all()
    assert (first[:, :11] == draw(50, replicates=10, seed=7).counts).all()
    assert (first != draw(50, replicates=40, seed=8).counts).any()


@given(st.integers(1, 30), st.integers(0, 2**32))
def test_sums_count_a_participant_as_often_as_drawn(n_participants, seed):
    """Sums of samples are counts times columns, rows without anything left out."""
    draws = draw(n_participants, replicates=9, seed=seed)
    columns = np.random.default_rng(seed).integers(0, 3, (n_participants, 2)).astype(float)
    expected = draws.counts.astype(float).T @ columns
    assert draws.sums(columns) == pytest.approx(expected)
    assert draws.sums(np.zeros((n_participants, 2))).tolist() == [[0, 0]] * 10


def test_tables_are_summed_one_by_one_or_together_alike(monkeypatch):
    """Tables that wait for each other are summed as they would be alone."""
    draws = draw(7, replicates=5, seed=1)
    tables = [np.random.default_rng(place).random((7, 1 + place)) for place in range(5)]
    for cells in (1, 30, 1 << 20):
        monkeypatch.setattr(bootstrap, "_CELLS", cells)
        for found, table in zip(draws.each(tables), tables, strict=True):
            assert found == pytest.approx(draws.sums(table))
    assert list(draws.each([])) == []


def test_the_interval_is_that_of_the_percentiles():
    """The ends are the 2.5th and the 97.5th percentile of the replicates."""
    found = with_interval(Coefficient(50.0, n_units=9), np.arange(101.0), n_participants=2)
    assert (found.low, found.high) == pytest.approx((2.5, 97.5))
    assert replace(found, low=None, high=None) == Coefficient(50.0, n_units=9)


def test_undefined_draws_are_left_out_and_counted():
    """Up to half of the draws may be undefined; then there is still an interval."""
    values = np.array([1.0, 2.0, UNDEFINED, UNDEFINED])
    found = with_interval(Coefficient(1.5), values, n_participants=4, confidence=1.0)
    assert (found.low, found.high, found.n_undefined_draws) == (1.0, 2.0, 2)


@pytest.mark.parametrize(
    ("values", "n_participants", "n_undefined"),
    [([1.0, UNDEFINED, UNDEFINED], 4, 2), ([1.0, 1.0, 1.0], 1, 0), ([], 4, 0)],
)
def test_there_is_no_interval_without_enough_to_draw_from(values, n_participants, n_undefined):
    """More than half of the draws undefined, a single participant, or no draws: no interval."""
    found = with_interval(Coefficient(1.0), np.array(values), n_participants=n_participants)
    assert found == Coefficient(1.0, n_undefined_draws=n_undefined)


def test_an_undefined_coefficient_has_no_interval():
    """What is undefined stays as it is."""
    undefined = Coefficient(None, reason="no variation")
    assert with_interval(undefined, np.arange(9.0), n_participants=3) is undefined


@given(codings(), st.integers(0, 2**32))
def test_participants_are_numbered_by_what_was_coded(coded, seed):
    """Whoever differs has the same number after everything was exchanged for something else."""
    numbers = in_order(coded)
    assert sorted(set(numbers.tolist())) == list(range(int(coded.participants.max()) + 1))
    assert len(np.unique(np.stack([numbers, coded.participants]), axis=1).T) == numbers.max() + 1
    other, units, _, _ = shuffled(coded, seed)
    after = in_order(other)[units]

    def portrait(number: int, of: np.ndarray) -> list:
        return sorted(
            (int(coded.rated[unit].sum()), int((coded.unit == unit).sum()))
            for unit in np.flatnonzero(of == number)
        )

    for number in range(numbers.max() + 1):
        assert portrait(number, numbers) == portrait(number, after)


def test_questions_and_themes_tell_participants_apart():
    """Two participants alike in their codings differ by what they were asked and what the codes belong to."""
    coded = coded_of_cells([(0, 0, 0), (1, 0, 1), (2, 1, 2)], n_coders=2, n_codes=3, participants=[0, 1, 2])
    swapped = replace(coded, participants=np.array([1, 0, 2]))
    themes = {"code-00": ("near",), "code-02": ("near",), "code-01": ("far",)}
    assert (in_order(coded, themes=themes) == in_order(swapped, themes=themes)).all()
    questions = ["a", "b", "a"]
    assert (in_order(coded, questions=questions) == in_order(swapped, questions=questions)).all()
