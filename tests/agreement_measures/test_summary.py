"""The summary holds what each part alone gives, and nothing in it depends on names or order."""

from __future__ import annotations

from dataclasses import astuple, fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement_measures.drawn_codings import coded_of_cells, codings, shuffled

from ppdarchive.agreement.bootstrap import draw, in_order
from ppdarchive.agreement.coded import Coded, Coefficient
from ppdarchive.agreement.nominal import (
    cohen_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    light_kappa,
    percent_agreement,
)
from ppdarchive.agreement.presence import coded_units, presence
from ppdarchive.agreement.rows import AgreementRow, AgreementSummary, LevelAgreement
from ppdarchive.agreement.summary import summarize
from ppdarchive.agreement.unitizing import unitized

NAMES = ("percent", "cohen", "fleiss", "alpha", "ac1")


def asked(coded: Coded) -> list[str]:
    """Ask two questions in turns."""
    return [f"question {unit % 2}" for unit in range(coded.n_units)]


def in_themes(coded: Coded) -> dict[str, tuple[str, ...]]:
    """Put codes into themes, all but the first into one around them."""
    return {code: (f"theme {place % 2}", "all")[: 1 + (place > 0)] for place, code in enumerate(coded.codes)}


def summary_of(coded: Coded, *, replicates: int = 20, seed: int = 5) -> AgreementSummary:
    """Summarize with the questions and themes above."""
    return summarize(coded, themes=in_themes(coded), questions=asked(coded), replicates=replicates, seed=seed)


def levels(coded: Coded, summary: AgreementSummary) -> list[tuple[LevelAgreement, np.ndarray]]:
    """Pair each level with its units."""
    return [(summary.all_text, np.ones(coded.n_units, dtype=bool)), (summary.coded_part, coded_units(coded))]


def assert_row(row: AgreementRow, table: np.ndarray, *, cells: int = 1) -> None:
    """Compare a row with the coefficients of a full table."""
    expected = {
        "percent": percent_agreement(table), "cohen": light_kappa(table), "fleiss": fleiss_kappa(table),
        "alpha": krippendorff_alpha(table), "ac1": gwet_ac(table, n_categories=2),
    }  # fmt: skip
    for name in NAMES:
        found: Coefficient = getattr(row, name)
        other = expected[name]
        assert found.reason == other.reason, name
        assert found.n_units * cells == other.n_units, name
        assert found.value == (None if other.value is None else pytest.approx(other.value, abs=1e-9)), name


@given(codings())
def test_rows_hold_what_full_tables_give(coded):
    """Codes, themes, questions and the whole equal the coefficients of their tables, reasons too."""
    each = [presence(coded, np.arange(len(coded.codes)) == code) for code in range(len(coded.codes))]
    question = np.array(asked(coded))
    for level, units in levels(coded, summary_of(coded, replicates=0)):
        assert_row(level.overall, np.concatenate([table[units] for table in each]), cells=len(each))
        for row, table in zip(level.codes, each, strict=True):
            assert_row(row, table[units])
            assert row.n_coded == (table == 1).any(axis=1).sum()
        for row in level.themes:
            within = np.array([row.name in in_themes(coded)[code] for code in coded.codes])
            assert_row(row, presence(coded, within)[units])
        for row in level.questions:
            chosen = units & (question == row.name)
            assert_row(row, np.concatenate([table[chosen] for table in each]), cells=len(each))
        for pair in level.pairs:
            both = np.concatenate([table[units] for table in each])[:, [pair.first, pair.second]]
            assert pair.cohen.value == pytest.approx(cohen_kappa(both).value, abs=1e-9)
            assert pair.percent.value == pytest.approx(percent_agreement(both).value, abs=1e-9)


@settings(max_examples=20)
@given(codings(max_units=8), st.integers(0, 2**32))
def test_intervals_are_percentiles_of_repeated_participants(coded, seed):
    """The interval of alpha is what drawing participants with all their units gives, sample by sample."""
    whose = in_order(coded, questions=asked(coded), themes=in_themes(coded))
    draws = draw(int(whose.max()) + 1, replicates=25, seed=seed)
    table = presence(coded, np.arange(len(coded.codes)) == 0)
    row = summary_of(coded, replicates=25, seed=seed).all_text.codes[0]
    for name, coefficient in (
        ("alpha", krippendorff_alpha), ("cohen", light_kappa), ("fleiss", fleiss_kappa),
        ("ac1", lambda ratings: gwet_ac(ratings, n_categories=2)),
    ):  # fmt: skip
        found: Coefficient = getattr(row, name)
        if found.low is None:
            continue
        samples = [
            coefficient(np.repeat(table, draws.counts[whose, place], axis=0)) for place in range(1, 26)
        ]
        defined = [sample.value for sample in samples if sample.value is not None]
        if name != "cohen":  # A pair that shares no unit in a sample leaves other pairs to the plain mean.
            assert found.n_undefined_draws == 25 - len(defined)
            assert [found.low, found.high] == pytest.approx(np.quantile(defined, [0.025, 0.975]), abs=1e-9)


def coefficients(level: LevelAgreement) -> list[Coefficient]:
    """List what a level's rows over everything hold."""
    return [getattr(level.overall, name) for name in NAMES] + [level.sets.alpha, level.sets.ac2]


def assert_alike(found: Coefficient, other: Coefficient) -> None:
    """Compare coefficients but for the last digits."""
    for field in fields(found):
        one, two = getattr(found, field.name), getattr(other, field.name)
        assert two == (pytest.approx(one, abs=1e-9) if isinstance(one, float) else one), field.name


@given(codings(), st.integers(0, 2**32))
def test_orders_change_nothing(coded, seed):
    """With coders, codes, units, participants and rows in another order everything is as it was."""
    other, units, coders, codes = shuffled(coded, seed)
    other = replace(
        other,
        coders=tuple(np.array(coded.coders)[np.argsort(coders)].tolist()),
        codes=tuple(np.array(coded.codes)[np.argsort(codes)].tolist()),
    )
    questions = np.array(asked(coded))[np.argsort(units)].tolist()
    before = summary_of(coded)
    after = summarize(other, themes=in_themes(coded), questions=questions, replicates=20, seed=5)
    for one, two in ((before.all_text, after.all_text), (before.coded_part, after.coded_part)):
        for found, again in zip(coefficients(one), coefficients(two), strict=True):
            assert_alike(found, again)
        for rows, others in (
            (one.codes, two.codes),
            (one.themes, two.themes),
            (one.questions, two.questions),
        ):
            by_name = {row.name: row for row in others}
            for row in rows:
                for name in NAMES:
                    assert_alike(getattr(row, name), getattr(by_name[row.name], name))
        pairs = {frozenset((pair.first, pair.second)): pair for pair in two.pairs}
        for pair in one.pairs:
            assert_alike(pair.cohen, pairs[frozenset(coders[[pair.first, pair.second]].tolist())].cohen)


@given(codings(), st.integers(0, 2**32))
def test_names_change_nothing(coded, seed):
    """Coders and codes under each other's names agree as before, and over all codes so do the intervals."""
    other, units, _, codes = shuffled(coded, seed)
    themes = {coded.codes[codes[place]]: in_themes(coded)[code] for place, code in enumerate(coded.codes)}
    questions = np.array(asked(coded))[np.argsort(units)].tolist()
    before = summary_of(coded)
    after = summarize(other, themes=themes, questions=questions, replicates=20, seed=5)
    for one, two in ((before.all_text, after.all_text), (before.coded_part, after.coded_part)):
        for found, again in zip(coefficients(one), coefficients(two), strict=True):
            assert_alike(found, again)
        for place, row in enumerate(one.codes):
            for name in NAMES:
                found, again = getattr(row, name), getattr(two.codes[codes[place]], name)
                assert (found.reason, found.n_units) == (again.reason, again.n_units)
                assert again.value == (None if found.value is None else pytest.approx(found.value, abs=1e-9))


def test_another_seed_draws_another_interval():
    """The seed is the only source of chance."""
    generator = np.random.default_rng(2)
    cells = [tuple(cell) for cell in np.argwhere(generator.random((60, 3, 4)) < 0.4).tolist()]
    coded = coded_of_cells(cells, n_coders=3, n_codes=4, participants=(np.arange(60) // 3).tolist())
    first, again = summary_of(coded, seed=1), summary_of(coded, seed=1)
    assert astuple(first) == astuple(again)
    assert first.all_text.overall.alpha.low != summary_of(coded, seed=2).all_text.overall.alpha.low
    alpha = first.all_text.overall.alpha
    assert alpha.low < alpha.value < alpha.high


def test_agreement_on_characters_comes_with_intervals_and_on_request():
    """The unitizing coefficients are those of their module, with intervals over the same participants."""
    generator = np.random.default_rng(6)
    cells = [tuple(cell) for cell in np.argwhere(generator.random((40, 2, 2)) < 0.5).tolist()]
    coded = coded_of_cells(cells, n_coders=2, n_codes=2, participants=(np.arange(40) // 2).tolist())
    end = coded.start + generator.integers(1, 6, len(coded.start))
    coded = replace(coded, end=end)
    found = summary_of(coded).unitizing
    family = unitized(coded)
    for one, other in (
        (found.boundaries, family.boundaries), (found.values, family.values), (found.coding, family.coding),
        (found.codes[1].boundaries, family.code_boundaries[1]),
        (found.codes[0].given_coding, family.code_given_coding[0]),
    ):  # fmt: skip
        assert one.value == pytest.approx(other.coefficient().value)
        assert one.low < one.value < one.high
    assert [row.name for row in found.codes] == list(coded.codes)
    assert summarize(coded, themes={}, questions=[], replicates=0, characters=False).unitizing is None


def test_codes_with_the_lowest_alpha_come_first():
    """The worst codes are listed by alpha; a code that nobody used is not among them."""
    cells = [(0, 0, 0), (0, 1, 0), (1, 0, 1), (2, 1, 1), (3, 0, 2), (3, 1, 2), (1, 1, 2)]
    coded = coded_of_cells(cells, n_coders=2, n_codes=4, participants=[0, 0, 1, 2])
    assert summary_of(coded).all_text.lowest == ("code-01", "code-02", "code-00")


def test_incomplete_units_are_counted():
    """Units that not every coder saw are left out of Fleiss' kappa, and the row says how many."""
    rated = np.array([[True, True, True], [True, True, False], [True, False, False], [True, True, True]])
    coded = coded_of_cells([(0, 0, 0)], n_coders=3, n_codes=1, participants=[0, 1, 2, 3], rated=rated)
    row = summary_of(coded).all_text.overall
    assert (row.n_units, row.n_incomplete, row.fleiss.n_units, row.alpha.n_units) == (3, 1, 2, 3)


@pytest.mark.parametrize(("n_coders", "reason"), [(0, "fewer than two coders"), (1, "fewer than two coders")])
def test_a_single_coder_leaves_everything_undefined_with_its_reason(n_coders, reason):
    """Without two coders every coefficient is undefined, and says why."""
    coded = coded_of_cells([], n_coders=n_coders, n_codes=2, participants=[0, 1])
    for level, _ in levels(coded, summary_of(coded)):
        assert {found.reason for found in coefficients(level)} == {reason}
        assert level.pairs == ()


def test_nothing_at_all_is_summarized():
    """No units, no codes and no codings make a summary of undefined coefficients."""
    empty = coded_of_cells([], n_coders=2, n_codes=0, participants=[])
    summary = summarize(empty, themes={}, questions=[], replicates=5)
    for level in (summary.all_text, summary.coded_part):
        assert all(found.value is None and found.reason for found in coefficients(level))
    no_codes = coded_of_cells([], n_coders=2, n_codes=0, participants=[0, 0])
    overall = summarize(no_codes, themes={}, questions=[], replicates=5).all_text.overall
    assert all(getattr(overall, name).value is None for name in NAMES)
    assert {getattr(overall, name).reason for name in NAMES} == {"no codes"}


def test_questions_are_one_a_unit():
    """Another number of questions than units is an error."""
    coded = coded_of_cells([], n_coders=2, n_codes=1, participants=[0, 1])
    with pytest.raises(ValueError, match="2 questions expected"):
        summarize(coded, themes={}, questions=["a"])


def test_a_summary_shows_no_names():
    """Coders are people: neither codings nor their summary print who they are."""
    coded = coded_of_cells([(0, 0, 0)], n_coders=2, n_codes=1, participants=[0])
    coded = replace(coded, coders=("Gunhild Aasen", "Per Lie"))
    assert "Gunhild" not in repr(coded) + repr(summary_of(coded))
