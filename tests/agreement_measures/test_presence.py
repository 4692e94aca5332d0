"""Presence summed by participant gives what full tables of reliability data give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from tests.agreement_measures.drawn_codings import coded_of_cells, codings

from ppdarchive.agreement.coded import Coded
from ppdarchive.agreement.nominal import (
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    light_kappa,
    pairwise_kappa,
    percent_agreement,
)
from ppdarchive.agreement.presence import (
    cell_marks,
    code_marks,
    coded_units,
    mark_sums,
    presence,
    presence_values,
    seen_sums,
)


def brute_presence(coded: Coded, code: int) -> np.ndarray:
    """Fill the table of one code's presence cell by cell."""
    table = np.where(coded.rated, 0, -1)
    for unit, coder, used in zip(coded.unit, coded.coder, coded.code, strict=True):
        if used == code:
            table[unit, coder] = 1
    return table


def assert_same(values, table: np.ndarray) -> None:
    """Compare values from sums with coefficients of a table."""
    expected = {
        "percent": percent_agreement(table), "cohen": light_kappa(table), "fleiss": fleiss_kappa(table),
        "alpha": krippendorff_alpha(table), "ac1": gwet_ac(table, n_categories=2),
    }  # fmt: skip
    for name, coefficient in expected.items():
        value = float(getattr(values, name))
        assert np.isnan(value) == (coefficient.value is None), name
        assert coefficient.value is None or value == pytest.approx(coefficient.value, abs=1e-9), name
    kappas = [kappa.value for kappa in pairwise_kappa(table).values()]
    assert np.nan_to_num(values.pair_cohen, nan=9).tolist() == pytest.approx(
        [9 if kappa is None else kappa for kappa in kappas], abs=1e-9
    )


@given(codings())
def test_presence_of_a_code_is_what_its_table_says(coded):
    """Every code's coefficients equal those of its full table, over all units and over the coded part."""
    n_participants = int(coded.participants.max()) + 1
    for code in range(len(coded.codes)):
        chosen = np.arange(len(coded.codes)) == code
        table = brute_presence(coded, code)
        assert (presence(coded, chosen) == table).all()
        marked = mark_sums(code_marks(coded, chosen), coded.rated, coded.participants, n_participants)
        for units in (np.ones(coded.n_units, dtype=bool), coded_units(coded)):
            seen = seen_sums(coded.rated, units, coded.participants, n_participants)
            values = presence_values(seen.sum(axis=0), marked.sum(axis=0), n_coders=len(coded.coders))
            assert_same(values, table[units])


@given(codings())
def test_pooled_presence_is_that_of_all_cells(coded):
    """The pooled coefficients equal those of the tables of all codes, one below the other."""
    n_participants, n_codes = int(coded.participants.max()) + 1, len(coded.codes)
    marked = mark_sums(cell_marks(coded), coded.rated, coded.participants, n_participants)
    everything = np.ones(coded.n_units, dtype=bool)
    seen = seen_sums(coded.rated, everything, coded.participants, n_participants) * n_codes
    values = presence_values(seen.sum(axis=0), marked.sum(axis=0), n_coders=len(coded.coders))
    assert_same(values, np.concatenate([brute_presence(coded, code) for code in range(n_codes)]))


@given(codings())
def test_a_theme_is_present_where_any_of_its_codes_is(coded):
    """Presence of a theme is that of its codes, joined."""
    theme = np.arange(len(coded.codes)) % 2 == 0
    tables = [brute_presence(coded, code) for code in np.flatnonzero(theme)]
    assert (presence(coded, theme) == np.max(tables, axis=0)).all()


def test_several_segments_are_one_presence():
    """A code marked twice by one coder in one unit is present once."""
    coded = coded_of_cells([(0, 0, 0), (0, 0, 0), (0, 1, 0)], n_coders=2, n_codes=1, participants=[0, 0])
    assert presence(coded, np.array([True])).tolist() == [[1, 1], [0, 0]]
    assert cell_marks(coded).units.tolist() == [0]


def test_the_coded_part_holds_units_with_any_code():
    """A unit that someone marked with another code still says that this one is absent."""
    coded = coded_of_cells([(0, 0, 0), (1, 1, 1)], n_coders=2, n_codes=2, participants=[0, 1, 2])
    assert coded_units(coded).tolist() == [True, True, False]


def test_marks_of_a_coder_who_did_not_see_are_refused():
    """Codings that contradict who saw what are an error."""
    rated = np.array([[True, False]])
    coded = coded_of_cells([(0, 1, 0)], n_coders=2, n_codes=1, participants=[0], rated=rated)
    for marks in (lambda: cell_marks(coded), lambda: code_marks(coded, np.array([True]))):
        with pytest.raises(ValueError, match="not to have seen"):
            marks()
