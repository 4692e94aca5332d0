"""Hierarchies: trees, CSV files of levels, and the ready ones."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.model.hierarchy import (
    Hierarchy,
    as_tree,
    from_csv,
    from_json,
    from_rows,
    from_tree,
    ready,
    ready_names,
)


@st.composite
def hierarchies(draw: st.DrawFn) -> Hierarchy:
    """Any hierarchy of two to four levels."""
    n_levels = draw(st.integers(2, 4))
    paths = [[f"v{number}"] for number in range(draw(st.integers(1, 12)))]
    for level in range(1, n_levels):
        last = list(dict.fromkeys(path[-1] for path in paths))
        n_classes = draw(st.integers(1, len(last)))
        above = {own: f"{level}-{draw(st.integers(1, n_classes))}" for own in last}
        paths = [[*path, above[path[-1]]] for path in paths]
    return from_rows([f"level {n}" for n in range(n_levels)], paths, name="drawn")


@given(hierarchies())
def test_tree_and_hierarchy_are_inverse(hierarchy: Hierarchy) -> None:
    """A hierarchy written as a tree, through JSON, is the same hierarchy."""
    assert from_json(json.dumps(as_tree(hierarchy)), name="other") == hierarchy


@given(hierarchies())
def test_classes_nest(hierarchy: Hierarchy) -> None:
    """Values that share a class share it on every coarser level."""
    for level in range(1, hierarchy.n_levels):
        finer, coarser = hierarchy.levels[level - 1], hierarchy.levels[level]
        assert len({(finer[value], coarser[value]) for value in hierarchy.values}) == len(
            hierarchy.classes(level - 1)
        )


@pytest.mark.parametrize("name", ready_names())
def test_ready_hierarchies_can_be_read(name: str) -> None:
    """Every hierarchy that ships is one, has its file's name, and says where it comes from."""
    hierarchy = ready(name)
    assert hierarchy.name == name
    assert hierarchy.title
    assert from_tree(as_tree(hierarchy), name="") == hierarchy


@pytest.mark.parametrize(
    ("state", "division", "region"),
    [
        ("IA", "West North Central", "Midwest"),
        ("DC", "South Atlantic", "South"),
        ("AK", "Pacific", "West"),
        ("PR", "Territories", "U.S. territories"),
        ("PA", "Middle Atlantic", "Northeast"),
    ],
)
def test_states_lie_in_their_census_division(state: str, division: str, region: str) -> None:
    """The divisions and regions are the Census Bureau's."""
    states = ready("us-state")
    assert (states.levels[1][state], states.levels[2][state]) == (division, region)


def test_states_are_all_there() -> None:
    """50 states, the district and five territories, by postal code, name or FIPS code."""
    states = ready("us-state")
    assert len(states.values) == 56
    assert {states.value_of(each) for each in ("IA", "Iowa", "19")} == {"IA"}
    assert {states.value_of(each) for each in ("AL", "Alabama", "01", "1")} == {"AL"}
    assert states.value_of("Ontario") is None


def test_csv_is_read() -> None:
    """A CSV has the levels' names above, then each value with its classes."""
    hierarchy = from_csv("state,region\r\nIA,Midwest\r\nOH,Midwest\r\nUT,West\r\n", name="places")
    assert hierarchy.level_names == ("state", "region")
    assert hierarchy.classes(1) == ("Midwest", "West")
    assert hierarchy.level("region") == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no header"),
        ("state\nIA\n", "2 to 20 levels"),
        ("state,region\n", "at least one value"),
        ("state,region\nIA\n", "one class on each"),
        ("state,region\nIA,\n", "one class on each"),
        ("state,region\nIA,Midwest\nIA,West\n", "stands twice"),
        ("state,division,region\nIA,W,Midwest\nOH,W,West\n", "lies in two classes"),
        ("state,state\nIA,IA\n", "different names"),
    ],
)
def test_what_is_no_hierarchy_is_refused(text: str, reason: str) -> None:
    """A table that is no hierarchy is refused with a reason in words."""
    with pytest.raises(ValueError, match=reason):
        from_csv(text, name="places")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "no JSON"),
        ("[]", "an object"),
        ('{"levels": "a", "tree": {}}', "list of the levels"),
        ('{"levels": ["a", "b"], "tree": []}', "levels everywhere"),
        ('{"levels": ["a", "b"], "tree": {"x": {"y": ["z"]}}}', "levels everywhere"),
        ('{"levels": ["a", "b"], "tree": {"x": [1]}}', "levels everywhere"),
        ('{"levels": ["a", "b"], "tree": {"x": ["y"], "x": ["z"]}}', "twice"),
        ('{"levels": ["a", "b"], "tree": {"x": ["y"]}, "aliases": {"Y": "z"}}', "no value"),
        ('{"levels": ["a", "b"], "tree": {"x": ["y"]}, "aliases": {"y": "y"}}', "a value itself"),
        ('{"levels": ["a", "b"], "tree": {"x": ["y"]}, "leaves": 1}', "no property 'leaves'"),
    ],
)
def test_trees_that_are_none_are_refused(text: str, reason: str) -> None:
    """JSON that is no hierarchy is refused with a reason in words."""
    with pytest.raises(ValueError, match=reason):
        from_json(text, name="places")


def test_unknown_names_are_key_errors() -> None:
    """There is no hierarchy and no level of a name that nobody gave."""
    with pytest.raises(KeyError):
        ready("counties")
    with pytest.raises(KeyError):
        ready("us-state").level("county")
