"""What treatment takes from the data, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import log2
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.model.dtypes import pandas_dtype
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Disclosure, Field, Kind, Role, Treatment
from ppdarchive.model.table import CheckedTable
from ppdarchive.risk.utility import column_of, entropy, moments, utility

from .released import PARTICIPANT, field, released


def as_collected(table: TreatedTable, **methods: str) -> CheckedTable:
    """A table as it might have come in, with other treatments for some fields."""
    fields = [
        own
        if own.name not in methods or own.disclosure is None
        else replace(own, disclosure=Disclosure(own.disclosure.role, Treatment(methods[own.name])))
        for own in table.schema
    ]
    schema = table.schema.replacing(fields=tuple(fields))
    return CheckedTable(schema, table.frame, None)  # type: ignore[arg-type]


def numbers(
    name: str, values: Sequence[float | None], method: str = "keep"
) -> tuple[Field, Sequence[object]]:
    """A numeric column."""
    own = Field(name, Kind.NUMBER, disclosure=Disclosure(Role.SENSITIVE, Treatment(method)))
    return own, values


def test_a_worked_example() -> None:
    """Four values become two, one of them is left out, and a number is rounded."""
    before = released(
        "participants",
        [
            (field("state", Role.QUASI_IDENTIFIER), ["IA", "OH", "OH", "TX"]),
            numbers("score", [1.0, 2.0, 3.0, 6.0]),
            numbers("age", [20.0, 30.0, 40.0, 50.0]),
            (field("name", Role.DIRECT_IDENTIFIER), ["a", "b", "c", "d"]),
        ],
    )
    after = released(
        "participants",
        [
            (field("state", Role.QUASI_IDENTIFIER), ["Midwest", "Midwest", "Midwest", None]),
            numbers("score", [0.0, 0.0, 5.0, 5.0]),
            numbers("age", [20.0, 30.0, 40.0, 50.0]),
        ],
    )
    found = utility({"participants": as_collected(before, state="generalize")}, {"participants": after})
    state, score, age = found.fields
    assert (state.name, state.treatment, state.n_suppressed) == ("participants.state", "generalize", 1)
    assert state.after is not None
    assert state.before.n_values == 3
    assert state.before.entropy == pytest.approx(1.5)
    assert (state.after.n_values, state.after.n_missing) == (1, 1)
    assert score.before.mean == 3.0
    assert score.before.sd == pytest.approx((14 / 3) ** 0.5)
    assert age.before == age.after
    (r,) = found.correlations
    assert r.before == pytest.approx(np.corrcoef([1, 2, 3, 6], [20, 30, 40, 50])[0, 1])
    assert r.after == pytest.approx(np.corrcoef([0, 0, 5, 5], [20, 30, 40, 50])[0, 1])


def test_what_is_dropped_is_lost() -> None:
    """A field that is not released has a before and no after."""
    before = released(
        "participants", [(PARTICIPANT, ["p0"]), (field("unit", Role.QUASI_IDENTIFIER), ["1st"])]
    )
    after = released("participants", [(PARTICIPANT, ["x0"])])
    (own,) = utility({"participants": as_collected(before, unit="drop")}, {"participants": after}).fields
    assert (own.treatment, own.after, own.n_suppressed) == ("drop", None, 0)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=12))
def test_entropy_is_by_definition(sizes: list[int]) -> None:
    """It is -sum p log2 p, and the order of classes is nothing to it."""
    shares = [size / sum(sizes) for size in sizes]
    found = entropy(np.array(sizes))
    assert found == pytest.approx(-sum(p * log2(p) for p in shares), abs=1e-9)
    assert entropy(np.array(sizes[::-1])) == found


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.randoms(use_true_random=False))
def test_moments_know_no_order(values: list[float], random: Random) -> None:
    """Mean and SD are those of numpy, and the same to the bit whatever the order of rows."""
    mean, sd = moments(np.array(values))
    assert mean == pytest.approx(np.mean(values), abs=1e-6)
    assert sd == pytest.approx(np.std(values, ddof=1), abs=1e-3)
    random.shuffle(values)
    assert moments(np.array(values)) == (mean, sd)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], (None, None)),
        ([7.0], (7.0, None)),
        ([1.0, float("inf")], (None, None)),
        ([1e200, 1.0], (None, None)),
    ],
)
def test_numbers_without_moments(values: list[float], expected: tuple[float | None, float | None]) -> None:
    """Too few numbers, and such as are not finite, have none."""
    assert moments(np.array(values)) == expected


def test_missing_is_a_value_of_entropy() -> None:
    """A column of which half is missing still tells one bit."""
    own = field("state", Role.QUASI_IDENTIFIER)
    frame = pd.DataFrame({"state": pd.Series(["IA", None], dtype=pandas_dtype(own))})
    found = column_of(frame, "state")
    assert (found.n_values, found.n_missing, found.entropy) == (1, 1, 1.0)


def test_bands_count_as_their_means() -> None:
    """What a reader of bands has at best is the mean of each: the mean stays, the SD and r shrink."""
    before = released(
        "participants", [numbers("age", [20.0, 24.0, 30.0, 34.0]), numbers("calls", [1.0, 2.0, 3.0, 4.0])]
    )
    bands = (field("age", Role.SENSITIVE), ["20-29", "20-29", "30-39", "30-39"])
    after = released("participants", [bands, numbers("calls", [1.0, 2.0, 3.0, 4.0])])
    found = utility({"participants": as_collected(before, age="band")}, {"participants": after})
    age = found.fields[0].after
    assert age is not None
    assert age.mean == 27.0
    assert age.sd == pytest.approx(np.std([22, 22, 32, 32], ddof=1))
    assert found.correlations[0].after == pytest.approx(np.corrcoef([22, 22, 32, 32], [1, 2, 3, 4])[0, 1])


def test_tables_that_lose_rows_are_left_out() -> None:
    """Codings go with their texts, and what is left of them says nothing of a loss."""
    before = released("participants", [(field("a", Role.NONE), ["x", "y"])])
    after = released("participants", [(field("a", Role.NONE), ["x"])])
    assert utility({"participants": as_collected(before)}, {"participants": after}).fields == ()
