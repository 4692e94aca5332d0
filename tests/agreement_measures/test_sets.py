"""Sets of codes agree by MASI, as its definition says pair by pair."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.agreement_measures.drawn_codings import coded_of_cells, codings

from ppdarchive.agreement import sets as sets_module
from ppdarchive.agreement.bootstrap import draw
from ppdarchive.agreement.coded import Coded
from ppdarchive.agreement.nominal import gwet_ac, krippendorff_alpha
from ppdarchive.agreement.presence import coded_units
from ppdarchive.agreement.sets import label_sets, masi, set_values


def brute_masi(first: frozenset, second: frozenset) -> float:
    """Compute MASI similarity as its paper says."""
    if first == second:
        return 1.0
    part = 2 / 3 if first <= second or second <= first else 1 / 3 if first & second else 0
    return part * len(first & second) / len(first | second)


def brute_sets(coded: Coded, units: np.ndarray) -> list[list[frozenset]]:
    """Gather each unit's sets, one a coder who saw it."""
    found = {
        (unit, coder): set() for unit, coder in np.argwhere(coded.rated).tolist()
    }  # fmt: skip
    for unit, coder, code in zip(coded.unit.tolist(), coded.coder.tolist(), coded.code.tolist(), strict=True):
        found[unit, coder].add(code)
    return [
        [frozenset(codes) for (of, _), codes in found.items() if of == unit]
        for unit in np.flatnonzero(units).tolist()
    ]


def brute_alpha(rows: list[list[frozenset]]) -> float | None:
    """Compute alpha over every ordered pair."""
    rows = [row for row in rows if len(row) >= 2]
    values = [value for row in rows for value in row]
    observed = sum(
        sum(1 - brute_masi(a, b) for a, b in permutations(row, 2)) / (len(row) - 1) for row in rows
    )
    expected = sum(1 - brute_masi(a, b) for a, b in permutations(values, 2))
    return None if len(set(values)) < 2 else 1 - observed * (len(values) - 1) / expected


def test_a_set_and_its_double_differ_by_two_thirds():
    """{1, 2} and {1, 2, 3, 4} are 0.66667 apart, with the constants 2/3 and 1/3 and not 0.67."""
    assert round(float(1 - masi(2, 4, 2)), 5) == 0.66667
    assert brute_masi(frozenset("ab"), frozenset("abcd")) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("first", "second", "both", "expected"),
    [(2, 2, 2, 1), (1, 3, 1, 2 / 9), (2, 2, 1, 1 / 9), (2, 3, 0, 0), (0, 0, 0, 1), (0, 3, 0, 0)],
)
def test_the_four_cases_of_masi(first, second, both, expected):
    """Equal 1, one within the other 2/3, overlapping 1/3, disjoint 0, each times Jaccard."""
    assert float(masi(first, second, both)) == pytest.approx(expected)


@given(st.frozensets(st.integers(0, 6)), st.frozensets(st.integers(0, 6)))
def test_masi_from_sizes_is_masi_of_sets(first, second):
    """Three sizes say all that MASI needs."""
    found = masi(np.array([len(first)]), np.array([len(second)]), np.array([len(first & second)]))
    assert found.tolist() == [pytest.approx(brute_masi(first, second))]


@given(codings())
def test_sets_are_the_codes_of_a_coder_in_a_unit(coded):
    """Every coder's set in every unit holds their codes, and the different sets stand once each."""
    found = label_sets(coded)
    assert not found.members[0].any()
    assert len(np.unique(found.members, axis=0)) == len(found.members)
    for unit in range(coded.n_units):
        for coder in range(len(coded.coders)):
            here = (coded.unit == unit) & (coded.coder == coder)
            if coded.rated[unit, coder]:
                members = np.flatnonzero(found.members[found.given[unit, coder]])
                assert set(members) == set(coded.code[here])
            else:
                assert found.given[unit, coder] == -1


def test_any_number_of_codes_makes_a_set():
    """Codes beyond the bits of one number are told apart."""
    cells = [(0, 0, 0), (0, 0, 199), (0, 1, 199), (1, 0, 62), (1, 1, 63), (1, 1, 126)]
    found = label_sets(coded_of_cells(cells, n_coders=2, n_codes=200, participants=[0, 1]))
    sets = {tuple(np.flatnonzero(row)) for row in found.members}
    assert sets == {(), (0, 199), (199,), (62,), (63, 126)}


@given(codings())
def test_alpha_of_sets_is_that_over_every_pair(coded):
    """MASI alpha equals the sum over all pairs of ratings, over all units and over the coded part."""
    n_participants = int(coded.participants.max()) + 1
    part = coded_units(coded)
    values = set_values(
        label_sets(coded), part, coded.participants, draw(n_participants, replicates=3, seed=1)
    )
    for found, units in zip(values, (np.ones_like(part), part), strict=True):
        expected = brute_alpha(brute_sets(coded, units))
        assert np.isnan(found.alpha[0]) == (expected is None)
        assert expected is None or found.alpha[0] == pytest.approx(expected, abs=1e-9)


@given(codings())
def test_ac2_of_sets_is_ac2_with_masi_weights(coded):
    """The sets as categories and MASI as weights give the same AC2 by the general function."""
    n_participants = int(coded.participants.max()) + 1
    part = coded_units(coded)
    sets = label_sets(coded)
    values = set_values(sets, part, coded.participants, draw(n_participants, replicates=0, seed=1))
    for found, units in zip(values, (np.ones_like(part), part), strict=True):
        given_sets = sets.given[units]
        # As in the summary, sets of the level are those given there.
        kinds = np.unique(given_sets[given_sets >= 0])
        members = [frozenset(np.flatnonzero(sets.members[kind])) for kind in kinds]
        weights = np.array([[brute_masi(a, b) for a in members] for b in members]).reshape(
            len(members), len(members)
        )
        table = np.where(given_sets < 0, -1, np.searchsorted(kinds, given_sets))
        assert found.n_sets == len(kinds)
        expected = gwet_ac(table, weights=weights).value if len(kinds) else None
        assert np.isnan(found.ac2[0]) == (expected is None)
        assert expected is None or found.ac2[0] == pytest.approx(expected, abs=1e-9)


@given(codings(max_codes=1))
def test_sets_of_a_single_code_are_nominal(coded):
    """With one code a set is its presence: alpha of sets is nominal alpha."""
    n_participants = int(coded.participants.max()) + 1
    values, _ = set_values(
        label_sets(coded), coded_units(coded), coded.participants, draw(n_participants, replicates=0, seed=1)
    )
    table = label_sets(coded).given
    expected = krippendorff_alpha(table).value
    assert np.isnan(values.alpha[0]) == (expected is None)
    assert expected is None or values.alpha[0] == pytest.approx(expected, abs=1e-9)


@given(codings(), st.integers(0, 2**32))
def test_replicates_are_samples_in_which_participants_stand_as_often_as_drawn(coded, seed):
    """Each replicate's alpha is that of units repeated with their participants."""
    n_participants = int(coded.participants.max()) + 1
    draws = draw(n_participants, replicates=4, seed=seed)
    found, _ = set_values(label_sets(coded), coded_units(coded), coded.participants, draws)
    rows = brute_sets(coded, np.ones(coded.n_units, dtype=bool))
    for sample in range(5):
        often = draws.counts[coded.participants, sample]
        expected = brute_alpha([row for row, times in zip(rows, often, strict=True) for _ in range(times)])
        assert np.isnan(found.alpha[sample]) == (expected is None)
        assert expected is None or found.alpha[sample] == pytest.approx(expected, abs=1e-9)


def test_many_sets_in_single_precision_and_in_blocks_give_the_same(monkeypatch):
    """Small blocks and single precision change nothing that is printed."""
    generator = np.random.default_rng(3)
    marked = generator.random((60, 3, 6)) < 0.35
    cells = [tuple(cell) for cell in np.argwhere(marked).tolist()]
    coded = coded_of_cells(cells, n_coders=3, n_codes=6, participants=(np.arange(60) // 3).tolist())
    draws = draw(20, replicates=30, seed=4)
    before = set_values(label_sets(coded), coded_units(coded), coded.participants, draws)
    for name, size in (("_EXACT", 0), ("_ROWS", 7), ("_RATINGS", 5), ("_FREQUENT", 4)):
        monkeypatch.setattr(sets_module, name, size)
    after = set_values(label_sets(coded), coded_units(coded), coded.participants, draws)
    for one, other in zip(before, after, strict=True):
        assert one.alpha == pytest.approx(other.alpha, abs=1e-5)
        assert one.ac2 == pytest.approx(other.ac2, abs=1e-5)
        assert one.alpha[0] == pytest.approx(other.alpha[0], abs=1e-7)
