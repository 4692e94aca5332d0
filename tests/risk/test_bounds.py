"""Bounds of numbers that were left out, from their sums."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from ppdarchive.risk.bounds import unknowns


@st.composite
def sums(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Equations of -1, 0 and 1, and numbers that satisfy them."""
    n_equations, n_unknowns = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    entries = st.sampled_from([-1.0, 0.0, 1.0])
    equations = draw(nps.arrays(np.float64, (n_equations, n_unknowns), elements=entries))
    return equations, draw(nps.arrays(np.float64, n_unknowns, elements=st.integers(0, 9).map(float)))


@given(sums(), st.integers(0, 5))
def test_extremes_satisfy_the_sums(drawn: tuple[np.ndarray, np.ndarray], place: int) -> None:
    """An extreme has the sums and nothing below 0, and the true number lies between the two."""
    equations, true = drawn
    place %= len(true)
    state = unknowns(equations, equations @ true)
    low, high = (state.extreme(place, upwards=upwards) for upwards in (False, True))
    for found in (low, high):
        assert (found >= -1e-9).all()
        assert (equations @ found).tolist() == pytest.approx((equations @ true).tolist(), abs=1e-4)
    assert low[place] - 1e-9 <= true[place]
    assert high[place] + 1e-9 >= true[place]


@given(sums(), st.integers(0, 5), st.integers(0, 5))
def test_holding_a_number_is_one_more_sum(
    drawn: tuple[np.ndarray, np.ndarray], held: int, place: int
) -> None:
    """Bounds with a number held are those with its value as a further sum; the state before is untouched."""
    equations, true = drawn
    held, place = held % len(true), place % len(true)
    state = unknowns(equations, equations @ true)
    state.push(place, upwards=True)
    before = state.tableau.copy()
    found = state.fixed(held, float(true[held]))
    assert (state.tableau == before).all()
    more = np.vstack([equations, np.eye(len(true))[held]])
    other = unknowns(more, more @ true)
    for upwards in (False, True):
        is_limited = found.push(place, upwards=upwards)
        assert is_limited == other.push(place, upwards=upwards)
        if is_limited:
            assert found.corner[place] == pytest.approx(other.corner[place], abs=1e-6)
            assert found.corner[held] == pytest.approx(true[held], abs=1e-6)


@given(sums())
def test_bounds_are_those_of_all_small_numbers(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    """No whole numbers with the sums lie outside the bounds."""
    equations, true = drawn
    assume(len(true) <= 4)
    state = unknowns(equations, equations @ true)
    grid = np.stack(np.meshgrid(*[np.arange(10.0)] * len(true), indexing="ij")).reshape(len(true), -1)
    fitting = grid[:, (np.abs(equations @ grid - (equations @ true)[:, None]) < 1e-9).all(axis=0)]
    for place in range(len(true)):
        for upwards, edge in ((True, fitting[place].max()), (False, fitting[place].min())):
            if state.push(place, upwards=upwards):
                reached = state.corner[place]
                assert reached >= edge - 1e-6 if upwards else reached <= edge + 1e-6
