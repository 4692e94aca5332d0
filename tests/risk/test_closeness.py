"""t-closeness: the earth mover's distance of each class from the whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from ppdarchive.risk.classes import Codes, classes_of
from ppdarchive.risk.closeness import equal_distance, hierarchical_distance, ordered_distance

from .brute import earth_movers, groups, rows_of, shares
from .tables import tables_with_sensitive


@pytest.mark.parametrize(
    ("salaries", "distance"),
    [
        ([3, 4, 5], "0.3750"), ([6, 8, 11], "0.1667"), ([3, 5, 9], "0.1667"),
        ([4, 8, 10], "0.0972"), ([6, 7, 11], "0.1528"),
    ],
)  # fmt: skip
def test_salaries_of_the_paper(salaries: list[int], distance: str) -> None:
    """Li et al. (2007): classes of salaries against 3K to 11K uniformly, to the printed digit."""
    others = [salary for salary in range(3, 12) if salary not in salaries]
    of = np.array([0] * 3 + [1] * 6)
    found = ordered_distance(classes_of([of]), np.array(salaries + others) - 3)
    assert f"{found[0]:.4f}" == distance


def test_the_paper_s_table_is_0_167_close() -> None:
    """Li et al. (2007), table 5: the largest distance of its three classes is 0.167."""
    salaries = np.array([3, 5, 9, 6, 11, 8, 4, 7, 10])
    found = ordered_distance(classes_of([np.repeat([0, 1, 2], 3)]), salaries)
    assert f"{found.max():.3f}" == "0.167"


def test_diseases_of_the_paper() -> None:
    """Li et al. (2007): a hierarchy of diseases of height 3, gastric and respiratory ones at the ends."""
    # gastric ulcer, gastritis, stomach cancer | colitis, colon cancer || flu, pneumonia, bronchitis
    organ, system = np.array([0, 0, 0, 1, 1, 2, 2, 2]), np.array([0, 0, 0, 0, 0, 1, 1, 1])
    classes = classes_of([np.array([0, 1])])
    near = hierarchical_distance(classes, np.array([0, 1]), [organ, system])
    far = hierarchical_distance(classes, np.array([0, 3]), [organ, system])
    farthest = hierarchical_distance(classes, np.array([0, 6]), [organ, system])
    # Half of each class has to move: by 1/3, 2/3 and all of the height.
    assert near.tolist() == pytest.approx([1 / 6, 1 / 6])
    assert far.tolist() == pytest.approx([1 / 3, 1 / 3])
    assert farthest.tolist() == pytest.approx([1 / 2, 1 / 2])


@given(tables_with_sensitive())
def test_equal_distance_is_the_earth_mover_s(drawn: tuple[list[Codes], Codes]) -> None:
    """Where any two values are one apart, the distance is what a minimum cost flow finds."""
    columns, sensitive = drawn
    classes, rows = classes_of(columns), rows_of(columns)
    found, values = equal_distance(classes, sensitive), groups(rows, sensitive.tolist())
    for row, of in zip(rows, classes.of.tolist(), strict=True):
        work = earth_movers(shares(values[row]), shares(sensitive.tolist()), lambda a, b: float(a != b))
        assert found[of] == pytest.approx(work, abs=1e-9)


@given(tables_with_sensitive(missing=False))
def test_ordered_distance_is_the_earth_mover_s(drawn: tuple[list[Codes], Codes]) -> None:
    """Where values lie on a scale, the distance is what a minimum cost flow finds."""
    columns, sensitive = drawn
    scale = sorted({*sensitive.tolist()})
    step = max(len(scale) - 1, 1)
    classes, rows = classes_of(columns), rows_of(columns)
    found, values = ordered_distance(classes, sensitive), groups(rows, sensitive.tolist())
    for row, of in zip(rows, classes.of.tolist(), strict=True):
        work = earth_movers(
            shares(values[row]),
            shares(sensitive.tolist()),
            lambda a, b: abs(scale.index(a) - scale.index(b)) / step,
        )
        assert found[of] == pytest.approx(work, abs=1e-9)


@given(tables_with_sensitive(), st.data())
def test_hierarchical_distance_is_the_earth_mover_s(
    drawn: tuple[list[Codes], Codes], data: st.DataObject
) -> None:
    """Where values have ancestors, the distance is what a minimum cost flow finds."""
    columns, sensitive = drawn
    low = data.draw(nps.arrays(np.int64, 6, elements=st.integers(0, 3)))
    high = data.draw(nps.arrays(np.int64, 4, elements=st.integers(0, 1)))[low]
    nodes = [np.append(np.arange(6), -1), np.append(low, -1), np.append(high, -1)]
    classes, rows = classes_of(columns), rows_of(columns)
    found = hierarchical_distance(classes, sensitive, [low, high])
    values = groups(rows, sensitive.tolist())
    for row, of in zip(rows, classes.of.tolist(), strict=True):
        work = earth_movers(
            shares(values[row]),
            shares(sensitive.tolist()),
            lambda a, b: sum(bool(level[a] != level[b]) for level in nodes) / 3,
        )
        assert found[of] == pytest.approx(work, abs=1e-9)


@given(tables_with_sensitive())
def test_missing_is_no_place_on_a_scale(drawn: tuple[list[Codes], Codes]) -> None:
    """Known values are compared with known ones, and the share of missing ones with theirs."""
    columns, sensitive = drawn
    known = sensitive >= 0
    classes = classes_of(columns)
    found = ordered_distance(classes, sensitive)
    share = equal_distance(classes, known.astype(np.int64))
    assert (found >= share - 1e-12).all()
    assume(known.any())
    some = classes_of([column[known] for column in columns])
    alone = ordered_distance(some, sensitive[known])[some.of]
    expected = np.maximum(alone, share[classes.of[known]])
    assert found[classes.of[known]].tolist() == pytest.approx(expected.tolist())


@given(tables_with_sensitive())
def test_one_class_is_the_whole(drawn: tuple[list[Codes], Codes]) -> None:
    """A single class has no distance from itself, and no class is further than 1."""
    columns, sensitive = drawn
    one = classes_of([np.zeros(len(sensitive), np.int64)])
    assert equal_distance(one, sensitive).tolist() == pytest.approx([0.0], abs=1e-12)
    assert ordered_distance(one, sensitive).tolist() == pytest.approx([0.0], abs=1e-12)
    assert (ordered_distance(classes_of(columns), sensitive) <= 1 + 1e-12).all()


def test_nobody_is_close_to_nobody() -> None:
    """Without rows there is no class to be far."""
    none = np.zeros(0, dtype=np.int64)
    classes = classes_of([none])
    assert len(equal_distance(classes, none)) == len(ordered_distance(classes, none)) == 0
    assert len(hierarchical_distance(classes, none, [np.array([0])])) == 0
