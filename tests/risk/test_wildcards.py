"""Counts of rows that agree where neither is missing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from ppdarchive.risk.classes import Codes, classes_of
from ppdarchive.risk.population import individual_risk
from ppdarchive.risk.wildcards import wildcard_frequencies

from .brute import matches, rows_of
from .tables import columns

A, B, C = (
    np.array(each) for each in ([2, 3, 2, 2, 3, 3, 1, 2], [3, 3, 3, 3, 3, 3, 4, 3], [1, 3, 1, 2, 1, 1, 1, 1])
)
W = np.array([18, 45.5, 39, 17, 92, 8, 123.5, 51])


def test_sdcmicro_frequencies() -> None:
    """sdcMicro, freqCalc: f_k and F_k of eight records and three keys."""
    found = wildcard_frequencies([A, B, C], W)
    assert found.sample.tolist() == [3, 1, 3, 1, 2, 2, 1, 3]
    assert found.population.tolist() == [108, 45.5, 108, 17, 100, 100, 123.5, 108]


def test_sdcmicro_frequencies_with_gaps() -> None:
    """sdcMicro, freqCalc: a missing key agrees with every value."""
    gaps = C.copy()
    gaps[[2, 6]] = -1
    found = wildcard_frequencies([A, B, gaps], W)
    assert found.sample.tolist() == [3, 1, 4, 2, 2, 2, 1, 3]
    assert found.population.tolist() == [108, 45.5, 125, 56, 100, 100, 123.5, 108]


def test_sdcmicro_individual_risk() -> None:
    """sdcMicro, indivRisk: the approximate risk of the eight records, to the printed digit."""
    found = wildcard_frequencies([A, B, C], W)
    assert [f"{risk:.8f}" for risk in individual_risk(found.sample, found.population)] == [
        "0.01369863", "0.08579129", "0.01369863", "0.17707583",
        "0.01877883", "0.01877883", "0.03931625", "0.01369863",
    ]  # fmt: skip


@given(columns(), st.data())
def test_rows_agree_where_neither_is_missing(drawn: list[Codes], data: st.DataObject) -> None:
    """Each count and sum of weights is what comparing all pairs of rows gives."""
    weights = data.draw(nps.arrays(np.float64, len(drawn[0]), elements=st.integers(1, 99).map(float)))
    found, rows = wildcard_frequencies(drawn, weights), rows_of(drawn)
    for row, count, weight in zip(rows, found.sample, found.population, strict=True):
        agreeing = [place for place, other in enumerate(rows) if matches(row, other)]
        assert count == len(agreeing)
        assert weight == weights[agreeing].sum()


@given(columns(missing=False))
def test_without_gaps_they_are_class_sizes(drawn: list[Codes]) -> None:
    """Where nothing is missing the counts are those of the classes."""
    found = wildcard_frequencies(drawn)
    assert found.sample.tolist() == classes_of(drawn).per_row.tolist()
    assert found.population.tolist() == found.sample.tolist()


def test_who_are_all_of_the_population() -> None:
    """Where the sample is the population the risk is one over the class; fewer people are refused."""
    sizes = np.array([1, 2, 5])
    assert individual_risk(sizes, sizes.astype(float)).tolist() == [1.0, 0.5, 0.2]
    with pytest.raises(ValueError, match="fewer people"):
        individual_risk(np.array([2]), np.array([1.0]))
