"""Coefficients on reliability data agree with published figures and with other implementations."""

from __future__ import annotations

import warnings
from itertools import combinations

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa
from statsmodels.stats.inter_rater import fleiss_kappa as other_fleiss_kappa

from ppdarchive.agreement.nominal import (
    cohen_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    light_kappa,
    pairwise_kappa,
    percent_agreement,
)
from ppdarchive.agreement.weights import (
    identity_weights,
    linear_weights,
    ordinal_weights,
    quadratic_weights,
)

# Krippendorff (2011), section C: four observers, twelve units, the last with a single value.
FOUR_BY_TWELVE = [
    "1 2 3 3 2 1 4 1 2 * * *",
    "1 2 3 3 2 2 4 1 2 5 * 3",
    "* 3 3 3 2 3 4 2 2 5 1 *",
    "1 2 3 3 2 4 4 1 2 5 1 *",
]
THREE_BY_FIFTEEN = [
    "* * * * * 3 4 1 2 1 1 3 3 * 3",
    "1 * 2 1 3 3 4 3 * * * * * * *",
    "* * 2 1 3 4 4 * 2 1 1 3 3 * 4",
]
# Gwet's psychiatric diagnoses by six raters (irrCAC, distrib.6raters).
SIX_RATERS = [
    (0, 0, 0, 6, 0), (0, 3, 0, 0, 3), (0, 1, 4, 0, 1), (0, 0, 0, 0, 6), (0, 3, 0, 3, 0),
    (2, 0, 4, 0, 0), (0, 0, 4, 0, 2), (2, 0, 3, 1, 0), (2, 0, 0, 4, 0), (0, 0, 0, 0, 6),
    (1, 0, 0, 5, 0), (1, 1, 0, 4, 0), (0, 3, 3, 0, 0), (1, 0, 0, 5, 0), (0, 2, 0, 3, 1),
]  # fmt: skip
FLEISS = [
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
]  # fmt: skip


def ratings_of(lines: list[str], symbols: str = "12345") -> np.ndarray:
    """Turn a printed table, a coder a line, into categories by unit and coder."""
    return np.array([[symbols.find(mark) for mark in line.split()] for line in lines]).T


def ratings_of_counts(rows: list[tuple[int, ...]]) -> np.ndarray:
    """Turn how many coders gave each category into ratings of coders whom nobody tells apart."""
    return np.array([np.repeat(np.arange(len(row)), row) for row in rows])


def ratings_of_table(table: list[list[int]]) -> np.ndarray:
    """Turn a table of two coders' categories into their ratings."""
    cells = [(row, column) for row in range(len(table)) for column in range(len(table))]
    return np.array([cell for cell in cells for _ in range(table[cell[0]][cell[1]])])


ABSTRACTORS = ratings_of_table([[13, 0, 0], [0, 20, 7], [0, 4, 56]])

ratings = st.tuples(st.integers(1, 12), st.integers(2, 5), st.integers(1, 5)).flatmap(
    lambda size: arrays(np.int64, size[:2], elements=st.integers(-1, size[2] - 1))
)
full_ratings = st.tuples(st.integers(1, 12), st.integers(2, 5), st.integers(1, 5)).flatmap(
    lambda size: arrays(np.int64, size[:2], elements=st.integers(0, size[2] - 1))
)


@pytest.mark.parametrize(
    ("scale", "printed"),
    [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107), ("ratio", 0.797403)],
)
def test_four_observers_give_the_published_alpha(scale, printed):
    """Krippendorff's own example gives his figures on every scale; its unit of one value is ignored."""
    found = krippendorff_alpha(ratings_of(FOUR_BY_TWELVE), scale=scale, values=[1, 2, 3, 4, 5])
    assert round(found.value, 6) == printed
    assert found.n_units == 11


@pytest.mark.parametrize(("scale", "printed"), [("nominal", 0.691358), ("interval", 0.810845)])
def test_three_coders_give_the_published_alpha(scale, printed):
    """Three coders who each left out many of fifteen units give the known figures."""
    found = krippendorff_alpha(ratings_of(THREE_BY_FIFTEEN), scale=scale, values=[1, 2, 3, 4])
    assert round(found.value, 6) == printed


@pytest.mark.parametrize(
    ("lines", "symbols", "printed"),
    [
        (["0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"], "01", 0.095238),
        (["a a b b d c c c e d d a", "b a b b b c c c e d d d"], "abcde", 0.691964),
    ],
)
def test_two_coders_give_the_published_alpha(lines, symbols, printed):
    """The two small examples of Krippendorff's paper give his figures."""
    assert round(krippendorff_alpha(ratings_of(lines, symbols)).value, 6) == printed


@pytest.mark.parametrize("single", [False, True])
def test_a_unit_rated_once_changes_nothing(single):
    """NLTK's small example is -1/3, with and without a unit that one coder rated."""
    lines = ["1 1 *", "0 0 *", "0 * 0"] if single else ["1 1", "0 0", "0 *"]
    assert round(krippendorff_alpha(ratings_of(lines, "01")).value, 6) == -0.333333


def test_one_lone_disagreement_gives_about_nothing():
    """A single deviating value among many is what chance gives: alpha is about zero."""
    one = np.zeros((100, 2), dtype=int)
    one[0, 0] = 1
    assert krippendorff_alpha(one).value == pytest.approx(0, abs=0.01)


def test_cohens_table_gives_the_published_kappa():
    """The table 20, 5, 10, 15 gives 0.40."""
    assert round(cohen_kappa(ratings_of_table([[20, 5], [10, 15]])).value, 6) == 0.40


def test_fleiss_table_gives_the_published_kappa():
    """Ten units, fourteen coders and five categories give 0.209931."""
    found = fleiss_kappa(ratings_of_counts(FLEISS))
    assert round(found.value, 6) == 0.209931
    assert found.n_units == 10


def test_gwets_raters_give_the_published_figures():
    """The raw ratings that Gwet's own package prints give its figures."""
    table = ratings_of(FOUR_BY_TWELVE)
    assert round(percent_agreement(table).value, 7) == 0.8181818
    assert round(gwet_ac(table).value, 5) == 0.77544


@pytest.mark.parametrize(
    ("weights", "printed"),
    [
        (identity_weights, 0.775444068),
        (linear_weights, 0.858739136),
        (quadratic_weights, 0.914000724),
        (ordinal_weights, 0.898939770),
    ],
)
def test_gwets_raters_give_the_figures_of_irrcac_with_weights(weights, printed):
    """AC2 of the same ratings is what irrCAC 0.4.4 computes with each of its weights."""
    assert round(gwet_ac(ratings_of(FOUR_BY_TWELVE), weights=weights(5)).value, 9) == printed


def test_gwets_abstractors_give_the_published_figures():
    """The table of two abstractors gives what Gwet's package prints, and with weights what it computes."""
    assert round(gwet_ac(ABSTRACTORS).value, 7) == 0.8493305
    assert round(cohen_kappa(ABSTRACTORS).value, 7) == 0.7964094
    assert round(krippendorff_alpha(ABSTRACTORS).value, 7) == 0.7972585
    assert round(percent_agreement(ABSTRACTORS).value, 7) == 0.89
    assert round(gwet_ac(ABSTRACTORS, weights=quadratic_weights(3)).value, 9) == 0.940236879
    assert round(gwet_ac(ABSTRACTORS, weights=ordinal_weights(3)).value, 9) == 0.925191696


def test_gwets_six_raters_give_the_published_figures():
    """The distribution of six raters gives what Gwet's package prints."""
    table = ratings_of_counts(SIX_RATERS)
    assert round(gwet_ac(table).value, 7) == 0.4448007
    assert round(fleiss_kappa(table).value, 7) == 0.4139265
    assert round(krippendorff_alpha(table).value, 7) == 0.4204384
    assert round(percent_agreement(table).value, 7) == 0.5511111


def test_kappa_is_cohens_and_not_that_of_qualcoder():
    """Characters 0 to 20 and 10 to 30 of 100 give 0.375, where QualCoder's formula gives 0.2987."""
    place = np.arange(100)
    coders = np.stack([place < 20, (place >= 10) & (place < 30)], axis=1).astype(int)
    assert cohen_kappa(coders).value == pytest.approx(0.375)
    # Its shares are of the characters that either marked, and chance is a product, not a sum.
    either = coders[coders.any(axis=1)]
    marked = either.mean(axis=0)
    by_chance = marked.prod() * (1 - marked).prod()
    assert round((either.all(axis=1).mean() - by_chance) / (1 - by_chance), 4) == 0.2987


@pytest.mark.parametrize(
    "coefficient", [krippendorff_alpha, fleiss_kappa, light_kappa, gwet_ac, lambda r: cohen_kappa(r[:, :2])]
)
def test_no_variation_is_undefined(coefficient):
    """Where everyone gave one and the same value there is no coefficient, and a reason."""
    found = coefficient(np.zeros((5, 3), dtype=int))
    assert found.value is None
    assert found.reason
    assert found.n_units == 5


def test_gwets_coefficient_is_defined_without_variation_if_there_could_be_some():
    """AC1 does not estimate chance from what was given alone: full agreement is 1 among two categories."""
    assert gwet_ac(np.zeros((5, 3), dtype=int), n_categories=2).value == 1


@pytest.mark.parametrize(
    ("coefficient", "reason"),
    [
        (percent_agreement, "no unit was seen by two coders"),
        (krippendorff_alpha, "no unit was seen by two coders"),
        (gwet_ac, "no unit was seen by two coders"),
        (light_kappa, "no unit was seen by two coders"),
        (fleiss_kappa, "no unit was seen by every coder"),
    ],
)
def test_units_seen_once_leave_nothing_to_compare(coefficient, reason):
    """With one rating a unit, every coefficient is undefined, and says why."""
    found = coefficient(np.array([[0, -1], [-1, 1], [-1, -1]]))
    assert (found.value, found.reason, found.n_units) == (None, reason, 0)


@pytest.mark.parametrize(
    "coefficient", [percent_agreement, krippendorff_alpha, gwet_ac, light_kappa, fleiss_kappa]
)
def test_one_coder_agrees_with_nobody(coefficient):
    """A single coder has no agreement."""
    found = coefficient(np.array([[0], [1]]))
    assert (found.value, found.reason) == (None, "fewer than two coders")


def test_lights_mean_is_undefined_where_a_pair_is():
    """A mean over the pairs that happen to be defined would be another coefficient."""
    found = light_kappa(np.array([[0, 0, 0], [0, 0, 1], [0, 0, 0]]))
    assert (found.value, found.reason) == (None, "no variation in 1 of 3 pairs of coders")


def test_what_does_not_fit_is_refused():
    """Three coders for Cohen, weights of another size and categories beyond those named are errors."""
    table = np.array([[0, 1, 2]])
    with pytest.raises(ValueError, match="2 coders"):
        cohen_kappa(table)
    with pytest.raises(ValueError, match="shape"):
        gwet_ac(table, weights=identity_weights(4), n_categories=3)
    with pytest.raises(ValueError, match="not one of 2"):
        gwet_ac(table, n_categories=2)


@given(ratings, st.sampled_from(["nominal", "ordinal", "interval", "ratio"]))
def test_alpha_agrees_with_another_implementation(table, scale):
    """On any ratings alpha is what the package krippendorff computes, and undefined where that fails."""
    values = list(range(1, 6))
    found = krippendorff_alpha(table, scale=scale, values=values)
    given_values = np.where(table < 0, np.nan, table + 1.0)
    paired = (table >= 0).sum(axis=1) >= 2
    if len(set(table[paired][table[paired] >= 0].tolist())) < 2:
        assert found.value is None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = krippendorff.alpha(
            reliability_data=given_values.T,
            level_of_measurement=scale,
            value_domain=np.array(values, dtype=float),
        )
    assert found.value == pytest.approx(other, abs=1e-9)


@given(full_ratings)
def test_fleiss_agrees_with_another_implementation(table):
    """On full ratings Fleiss' kappa is what statsmodels computes."""
    assume(len(np.unique(table)) > 1)
    other = other_fleiss_kappa(aggregate_raters(table)[0], method="fleiss")
    assert fleiss_kappa(table).value == pytest.approx(other, abs=1e-9)


@given(full_ratings)
def test_cohen_agrees_with_another_implementation(table):
    """On two coders' ratings Cohen's kappa is what statsmodels computes."""
    pair = table[:, :2]
    size = max(int(pair.max()) + 1, 2)
    cells = np.bincount(pair[:, 0] * size + pair[:, 1], minlength=size**2).reshape(size, size)
    found = cohen_kappa(pair)
    if len(np.unique(pair)) == 1:
        assert found.value is None
    else:
        assert found.value == pytest.approx(cohens_kappa(cells, return_results=False), abs=1e-9)


@given(ratings)
def test_light_is_the_mean_over_pairs(table):
    """Light's kappa is the mean of the kappas of pairs with units in common."""
    kappas = [kappa for kappa in pairwise_kappa(table).values() if kappa.n_units]
    assert set(pairwise_kappa(table)) == set(combinations(range(table.shape[1]), 2))
    if kappas and all(kappa.value is not None for kappa in kappas):
        assert light_kappa(table).value == pytest.approx(np.mean([kappa.value for kappa in kappas]))
    else:
        assert light_kappa(table).value is None


@given(ratings, st.randoms(use_true_random=False))
def test_names_and_orders_change_nothing(table, random):
    """Exchanging coders, units or categories leaves every coefficient as it was."""
    coders = random.sample(range(table.shape[1]), table.shape[1])
    units = random.sample(range(len(table)), len(table))
    labels = np.array([*random.sample(range(5), 5), -1])
    other = labels[table[units][:, coders]]
    for coefficient in (
        percent_agreement, krippendorff_alpha, fleiss_kappa, light_kappa, lambda r: gwet_ac(r, n_categories=5)
    ):  # fmt: skip
        before, after = coefficient(table), coefficient(other)
        assert (before.reason, before.n_units) == (after.reason, after.n_units)
        assert after.value == (None if before.value is None else pytest.approx(before.value, abs=1e-12))


@given(ratings)
def test_no_coefficient_is_not_a_number(table):
    """Undefined is None with a reason, never NaN, and defined has no reason."""
    for coefficient in (percent_agreement, krippendorff_alpha, fleiss_kappa, light_kappa, gwet_ac):
        found = coefficient(table)
        assert (found.value is None) == bool(found.reason)
        assert found.value is None or -1e9 < found.value <= 1 + 1e-12


@pytest.mark.parametrize("weights", [identity_weights, linear_weights, quadratic_weights, ordinal_weights])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_weights_are_symmetric_with_full_agreement_on_the_diagonal(weights, size):
    """Every matrix of weights is symmetric, between 0 and 1, and 1 on its diagonal."""
    matrix = weights(size)
    assert (matrix == matrix.T).all()
    assert (np.diag(matrix) == 1).all()
    assert (matrix >= 0).all()
    assert (matrix <= 1).all()
