from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.recoding.matching import frequencies, matrix_of
from ppdarchive.recoding.suppression import reaches, suppress_cells

READINGS = ["value", "wildcard"]


@st.composite
def tables(draw: st.DrawFn, *, max_rows: int, max_fields: int = 3, values: int = 3):
    """Columns of few values with missing ones, the weights of the fields, and a k that can be reached."""
    n_rows = draw(st.integers(1, max_rows))
    n_fields = draw(st.integers(1, max_fields))
    rows = st.lists(st.integers(-1, values - 1), min_size=n_rows, max_size=n_rows)
    columns = [np.array(draw(rows)) for _ in range(n_fields)]
    weights = draw(st.lists(st.sampled_from([0.5, 1.0, 2.5]), min_size=n_fields, max_size=n_fields))
    return columns, weights, draw(st.integers(1, min(n_rows, 5)))


def agreeing(columns, cells, reading) -> list[int]:
    """How many rows agree with each one, pair by pair."""
    n_rows, fields = len(columns[0]), range(len(columns))

    def agree(one: int, other: int, field: int) -> bool:
        hidden = cells[one, field], cells[other, field]
        if reading == "wildcard" and any(hidden):
            return True
        return hidden[0] == hidden[1] and (hidden[0] or columns[field][one] == columns[field][other])

    rows = range(n_rows)
    return [sum(all(agree(one, other, field) for field in fields) for other in rows) for one in rows]


def least_cost(columns, weights, k, reading) -> float:
    """The cost of the cheapest of all plans."""
    shape = (len(columns[0]), len(columns))
    places = list(np.ndindex(shape))
    costs = []
    for chosen in chain.from_iterable(combinations(places, size) for size in range(len(places) + 1)):
        cells = np.zeros(shape, dtype=bool)
        for place in chosen:
            cells[place] = True
        if min(agreeing(columns, cells, reading)) >= k:
            costs.append(float((cells @ np.array(weights)).sum()))
    return min(costs)


def shown_again(cells):
    """The plan with one suppressed cell fewer, for each of them."""
    for place in zip(*np.nonzero(cells), strict=True):
        fewer = cells.copy()
        fewer[place] = False
        yield fewer


@pytest.mark.parametrize("reading", READINGS)
@given(given_table=tables(max_rows=3))
def test_plan_of_a_small_table_is_the_cheapest(reading, given_table):
    """No plan of all that there are costs less."""
    columns, weights, k = given_table
    plan = suppress_cells(columns, k=k, weights=weights, reading=reading)
    assert plan.is_exact
    assert plan.cost == pytest.approx(least_cost(columns, weights, k, reading))


@given(given_table=tables(max_rows=5, max_fields=2))
def test_plan_of_two_fields_is_the_cheapest(given_table):
    """With a few records more, no plan costs less under the safe reading."""
    columns, weights, k = given_table
    plan = suppress_cells(columns, k=k, weights=weights)
    assert plan.cost == pytest.approx(least_cost(columns, weights, k, "value"))


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("exact_rows", [0, 8])
@given(given_table=tables(max_rows=8))
def test_plan_reaches_k_and_is_minimal(reading, exact_rows, given_table):
    """Every record has k alike, and no longer so when any one suppressed cell is shown again."""
    columns, weights, k = given_table
    plan = suppress_cells(columns, k=k, weights=weights, reading=reading, exact_rows=exact_rows)
    assert min(agreeing(columns, plan.cells, reading)) >= k
    for fewer in shown_again(plan.cells):
        assert min(agreeing(columns, fewer, reading)) < k


@pytest.mark.parametrize("reading", READINGS)
@given(given_table=tables(max_rows=40, max_fields=4, values=2))
def test_plan_of_a_larger_table_is_minimal(reading, given_table):
    """What the greedy cover leaves after pruning is minimal as well."""
    columns, weights, k = given_table
    plan = suppress_cells(columns, k=k, weights=weights, reading=reading)
    assert reaches(columns, plan.cells, k=k, reading=reading)
    assert not any(reaches(columns, fewer, k=k, reading=reading) for fewer in shown_again(plan.cells))


@given(given_table=tables(max_rows=12))
def test_greedy_plan_costs_no_less_than_the_cheapest(given_table):
    """The cheapest plan is a bound for what the cover finds."""
    columns, weights, k = given_table
    exact = suppress_cells(columns, k=k, weights=weights)
    greedy = suppress_cells(columns, k=k, weights=weights, exact_rows=0)
    assert exact.cost <= greedy.cost + 1e-9


@pytest.mark.parametrize("reading", READINGS)
@given(given_table=tables(max_rows=8), data=st.data())
def test_frequencies_are_counted_pair_by_pair(reading, given_table, data):
    """Both readings of a suppressed cell count what a comparison of all pairs counts."""
    columns, _, _ = given_table
    shape = (len(columns[0]), len(columns))
    flat = data.draw(st.lists(st.booleans(), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    cells = np.array(flat).reshape(shape)
    found = frequencies(matrix_of(columns), cells, is_wildcard=reading == "wildcard")
    assert found.tolist() == agreeing(columns, cells, reading)


def test_wildcards_count_as_freqcalc():
    """The worked example of sdcMicro's freqCalc, with and without missing values as wildcards."""
    columns = [
        np.array([2, 3, 2, 2, 3, 3, 1, 2]),
        np.array([3, 3, 3, 3, 3, 3, 4, 3]),
        np.array([1, 3, 1, 2, 1, 1, 1, 1]),
    ]
    cells = np.zeros((8, 3), dtype=bool)
    assert frequencies(matrix_of(columns), cells, is_wildcard=True).tolist() == [3, 1, 3, 1, 2, 2, 1, 3]
    cells[[2, 6], 2] = True
    assert frequencies(matrix_of(columns), cells, is_wildcard=True).tolist() == [3, 1, 4, 2, 2, 2, 1, 3]


def test_value_of_its_own_is_no_cover_for_one_record():
    """One odd record costs k suppressed cells under the safe reading, and one as a wildcard."""
    columns = [np.array([0, 0, 0, 0, 0, 1]), np.zeros(6, dtype=np.int64)]
    assert suppress_cells(columns, k=2).n_cells == 2
    assert suppress_cells(columns, k=2, reading="wildcard").n_cells == 1


@given(given_table=tables(max_rows=20), data=st.data())
def test_fixed_columns_count_and_are_never_suppressed(given_table, data):
    """With columns that stay, k is reached over all of them, at no more cost than they make needful."""
    columns, weights, _ = given_table
    n_rows = len(columns[0])
    fixed = np.array(data.draw(st.lists(st.integers(0, 1), min_size=n_rows, max_size=n_rows)))
    k = int(np.unique(fixed, return_counts=True)[1].min())
    plan = suppress_cells(columns, k=k, weights=weights, fixed=[fixed])
    cells = np.column_stack([plan.cells, np.zeros(n_rows, dtype=bool)])
    assert min(agreeing([*columns, fixed], cells, "value")) >= k


def test_fixed_columns_may_rule_out_k():
    """Fewer than k records that agree in what must stay cannot be helped."""
    with pytest.raises(ValueError, match="agree in the fixed columns"):
        suppress_cells([np.zeros(4, dtype=int)], k=2, fixed=[np.array([0, 0, 0, 1])])


def test_weights_say_which_field_is_suppressed():
    """Of two fields that would do, the less important one is suppressed."""
    columns = [np.array([0, 1, 2, 3]), np.array([0, 1, 2, 3])]
    assert suppress_cells(columns, k=2, weights=[1, 5]).per_field.tolist() == [4, 4]
    pairs = [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])]
    assert suppress_cells(pairs, k=2, weights=[1, 5]).per_field.tolist() == [4, 0]
    assert suppress_cells(pairs, k=2, weights=[5, 1], exact_rows=0).per_field.tolist() == [0, 4]


def test_table_that_reaches_k_is_left_alone():
    """Nothing is suppressed where nothing must be."""
    plan = suppress_cells([np.array([1, 1, 2, 2])], k=2)
    assert plan.n_cells == 0
    assert plan.is_exact


@pytest.mark.parametrize(
    "words", [{"k": 3}, {"k": 0}, {"k": 2, "weights": [0.0]}, {"k": 2, "weights": [1.0, 1.0]}]
)
def test_suppression_refuses_what_cannot_be(words):
    """Fewer records than k, or weights that are none, are refused."""
    with pytest.raises(ValueError, match=r"weight|number of records"):
        suppress_cells([np.array([0, 1])], **words)


def test_suppression_refuses_no_field():
    """There is nothing to suppress without a field."""
    with pytest.raises(ValueError, match="at least one field"):
        suppress_cells([], k=2)


def test_repr_of_a_plan_shows_numbers_only():
    """Which cells are suppressed stands in no repr."""
    assert repr(suppress_cells([np.array([0, 1])], k=2)) == (
        "<Plan of 2 cells, exact, a suppressed cell read as a value>"
    )


@pytest.mark.parametrize("reading", READINGS)
def test_empty_table_needs_nothing(reading):
    """No record, nothing to suppress."""
    plan = suppress_cells([np.zeros(0, dtype=int)], k=5, reading=reading)
    assert plan.cells.shape == (0, 1)
    assert reaches([np.zeros(0, dtype=int)], plan.cells, k=5, reading=reading)
