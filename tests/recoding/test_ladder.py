from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.model.hierarchy import ready, ready_names
from ppdarchive.model.schema import Treatment
from ppdarchive.recoding.ladder import DROP, Ladder, Level, ladder, nests

from .strategies import ladders

KEEP = Treatment("keep")


@given(ladders())
def test_levels_nest(found):
    """Rows that share a group share one on every coarser level, and each level joins something."""
    for each in found:
        for level in range(each.height):
            finer, coarser = each.at(level), each.at(level + 1)
            assert len(set(zip(finer.tolist(), coarser.tolist(), strict=True))) == len(set(finer.tolist()))
            assert len(set(coarser.tolist())) < len(set(finer.tolist()))


@given(ladders())
def test_groups_are_numbered_without_gaps(found):
    """Each group of a level has a value, so that its number can stand for it."""
    for each in found:
        for level in each.levels:
            assert set(level.groups.tolist()) == set(range(level.n_groups))


@given(st.lists(st.integers(0, 3), min_size=1), st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_merged_groups_nest(finer, merged):
    """Groups made by merging nest."""
    codes = np.array(finer)
    assert nests(codes, np.array(merged)[codes])


def test_parted_groups_do_not_nest():
    """A level that tells apart what the finer one joins is refused."""
    codes = np.arange(3)
    with pytest.raises(ValueError, match="parts what a finer level joins"):
        ladder(
            "f", codes, [(Treatment("band"), np.array([0, 0, 1])), (Treatment("year"), np.array([0, 1, 1]))]
        )


def test_step_that_looks_at_more_than_the_value_is_refused():
    """A treatment that treats two rows of one value differently is no level of the field."""
    codes = np.array([1, 1, 2])
    with pytest.raises(ValueError, match="treats rows of one value differently"):
        ladder("f", codes, [(Treatment("shift"), np.array([0, 1, 2]))])


def test_missing_is_a_value_until_the_field_is_dropped():
    """A missing value is told apart from all others on each level but the last."""
    codes = np.array([-1, 0, 1])
    found = ladder("f", codes, [(KEEP, codes), (Treatment("generalize"), np.array([-1, 0, 0]))])
    assert found.at(1)[0] not in found.at(1)[1:]
    assert found.levels[-1].treatment == DROP
    assert set(found.at(2).tolist()) == {0}


def test_steps_that_change_nothing_are_left_out():
    """A band that joins no two values is no level; the first step stands whatever it does."""
    codes = np.array([0, 10, 20])
    steps = [(KEEP, codes), (Treatment("band", {"width": 5}), codes // 5), (Treatment("band"), codes // 15)]
    assert [level.treatment.method for level in ladder("f", codes, steps).levels] == ["keep", "band", "drop"]


def test_ladder_needs_levels_and_weight():
    """No level and no weight are mistakes of the caller."""
    codes = np.array([0])
    with pytest.raises(ValueError, match="no level"):
        Ladder("f", codes, ())
    with pytest.raises(ValueError, match="a weight above 0"):
        Ladder("f", codes, (Level(KEEP, codes),), weight=0)


def test_repr_shows_no_value():
    """A ladder is shown by its size."""
    assert repr(ladder("age", np.array([41, 42]), [(KEEP, np.array([41, 42]))])) == (
        "<Ladder age: 2 levels of 2 values>"
    )


@pytest.mark.parametrize("name", ready_names())
def test_ready_hierarchies_are_ladders(name):
    """Every level of a ready hierarchy joins classes of the one below, for each of its values."""
    hierarchy = ready(name)
    values = np.arange(len(hierarchy.values))
    steps = [
        (
            Treatment("generalize", {"hierarchy": name, "level": own}),
            np.array([hierarchy.classes(number).index(level[value]) for value in hierarchy.values]),
        )
        for number, (own, level) in enumerate(zip(hierarchy.level_names, hierarchy.levels, strict=True))
    ]
    found = ladder(name, values, steps)
    assert found.n_values == len(values)
    assert [level.step for level in found.levels] == sorted({level.step for level in found.levels})
