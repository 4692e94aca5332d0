"""Re-identification rates, counted from class sizes."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from ppdarchive.risk.classes import Codes, class_sizes, classes_of
from ppdarchive.risk.measures import (
    Risk,
    distinguishing,
    distribution,
    journalist,
    marketer,
    n_below,
    n_uniques,
    prosecutor,
    smallest,
)

from .brute import rows_of
from .tables import columns, table

ARX = table("45 f 81675|34 m 81667|66 m 81925|70 f 81931|34 f 81931|70 m 81931|45 m 81931")
ARX_COARSE = table("<50 f 81***|<50 m 81***|>=50 m 81***|* * *|<50 f 81***|>=50 m 81***|<50 m 81***")
NONE = np.zeros(0, dtype=np.int64)

sizes = nps.arrays(np.int64, st.integers(0, 12), elements=st.integers(1, 9))


def test_arx_example_before() -> None:
    """ARX, Example29: all seven records are unique, so the average risk is 1."""
    found = class_sizes(ARX)
    assert n_uniques(found) == 7
    assert prosecutor(found) == Risk(1.0, 1.0)


def test_arx_example_after() -> None:
    """ARX, Example29: a suppressed record is no class; three classes of 2 give a risk of one half."""
    suppressed = np.array([False, False, False, True, False, False, False])
    found = classes_of(ARX_COARSE, counted=~suppressed).sizes
    assert found.tolist() == [2, 2, 2]
    assert prosecutor(found) == Risk(0.5, 0.5)
    assert n_uniques(found) == 0


@pytest.mark.parametrize(
    ("field", "distinction", "separation"),
    [(0, "0.571", "0.857"), (1, "0.286", "0.571"), (2, "0.571", "0.714")],
)
def test_arx_example_fields(field: int, distinction: str, separation: str) -> None:
    """ARX, Example29: how well age, gender and ZIP code tell the records apart."""
    found = distinguishing([ARX[field]])
    assert (f"{found.distinction:.3f}", f"{found.separation:.3f}") == (distinction, separation)


@given(columns())
def test_rates_follow_their_definitions(drawn: list[Codes]) -> None:
    """k, uniques, the distribution and the prosecutor's risk agree with a count in plain loops."""
    found, counts = class_sizes(drawn), Counter(rows_of(drawn))
    per_row = [counts[row] for row in rows_of(drawn)]
    assert smallest(found) == min(per_row, default=0)
    assert n_uniques(found) == per_row.count(1)
    assert n_below(found, 3) == sum(size < 3 for size in per_row)
    size, number = distribution(found)
    assert dict(zip(size.tolist(), number.tolist(), strict=True)) == Counter(counts.values())
    risk = prosecutor(found)
    if per_row:
        assert risk.highest == max(1 / size for size in per_row)
        assert risk.average == pytest.approx(sum(1 / size for size in per_row) / len(per_row))


@given(columns(min_rows=2))
def test_pairs_are_separated_that_differ(drawn: list[Codes]) -> None:
    """Separation is the share of pairs of rows that are not equal."""
    rows = rows_of(drawn)
    pairs = [a != b for i, a in enumerate(rows) for b in rows[:i]]
    assert distinguishing(drawn).separation == pytest.approx(sum(pairs) / len(pairs))


@given(columns(min_rows=1), st.integers(0, 4))
def test_a_coarser_column_adds_no_class(drawn: list[Codes], place: int) -> None:
    """Joining values never raises the number of classes, and never lowers k."""
    place %= len(drawn)
    coarser = [*drawn[:place], np.minimum(drawn[place], 1), *drawn[place + 1 :]]
    assert len(class_sizes(coarser)) <= len(class_sizes(drawn))
    assert smallest(class_sizes(coarser)) >= smallest(class_sizes(drawn))


@given(sizes, st.data())
def test_prosecutor_is_above_journalist_above_marketer(found: np.ndarray, data: st.DataObject) -> None:
    """Who knows more finds more: prosecutor, journalist and marketer, in this order."""
    more = data.draw(nps.arrays(np.int64, len(found), elements=st.integers(0, 50)))
    highest, average = prosecutor(found).highest, prosecutor(found).average
    other = journalist(found, found + more)
    assert highest >= other.highest
    assert average >= other.average - 1e-12
    assert other.average >= marketer(found, found + more)
    assert marketer(found) == average


def test_journalist_and_marketer_by_hand() -> None:
    """Two classes, of 1 in 4 and 3 in 6 people: by El Emam's formulas."""
    found = journalist(np.array([1, 3]), np.array([4, 6]))
    assert found.highest == 1 / 4
    assert found.average == 2 / 10
    assert marketer(np.array([1, 3]), np.array([4, 6])) == pytest.approx((1 / 4 + 3 / 6) / 4)
    assert journalist(np.array([1, 1]), np.array([1, 9])).average == pytest.approx((1 + 1 / 9) / 2)


def test_nobody_is_at_no_risk() -> None:
    """Without participants all rates are 0."""
    assert smallest(NONE) == n_uniques(NONE) == n_below(NONE, 5) == 0
    assert prosecutor(NONE) == journalist(NONE, NONE) == Risk(0.0, 0.0)
    assert marketer(NONE) == marketer(NONE, NONE) == 0.0
    assert [part.tolist() for part in distribution(NONE)] == [[], []]
    assert distinguishing([NONE]).separation == distinguishing([np.zeros(1, np.int64)]).separation == 0.0


def test_a_sample_is_no_larger_than_its_population() -> None:
    """A population that cannot be is refused."""
    with pytest.raises(ValueError, match="larger in the sample"):
        journalist(np.array([3]), np.array([2]))
    with pytest.raises(ValueError, match="other classes"):
        marketer(np.array([3]), np.array([4, 4]))
