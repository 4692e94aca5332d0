from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.deidentify.bands import bands
from ppdarchive.model.hierarchy import from_tree, ready, ready_names
from ppdarchive.model.schema import Category, Constraints, Disclosure, Field, Kind, Role, Treatment
from ppdarchive.recoding.coarser import coarser, known_to
from ppdarchive.recoding.ladder import nests


def field(kind: Kind, method: str = "keep", **parameters) -> Field:
    """A quasi-identifier with a declared treatment."""
    return Field("f", kind, disclosure=Disclosure(Role.QUASI_IDENTIFIER, Treatment(method, parameters)))


def told(treatments) -> list[tuple[str, object]]:
    """The treatments by their names and what changes from one to the next."""
    keys = {"band": "width", "generalize": "level", "suppress": "below"}
    return [(each.method, each.parameters.get(keys.get(each.method, ""))) for each in treatments]


def groups(own: Field, treatment: Treatment, values: np.ndarray) -> np.ndarray:
    """The band of each value."""
    assert own.disclosure is not None
    edges = bands(replace(own, disclosure=Disclosure(own.disclosure.role, treatment))).edges
    return np.unique(np.searchsorted(edges, values, side="right"), return_inverse=True)[1]


@given(
    width=st.integers(1, 9),
    low=st.integers(-20, 20),
    size=st.integers(2, 80),
    bottom=st.none() | st.integers(0, 10),
    top=st.none() | st.integers(11, 60),
)
def test_bands_nest(width, low, size, bottom, top):
    """Every band lies in one wider band, whatever bottom and top codes are declared."""
    parameters = {"width": width}
    if bottom is not None:
        bottom = min(bottom, size)
        parameters["bottom"] = low + bottom
    if top is not None:
        parameters["top"] = low + bottom + top if bottom is not None else low + top
    own = replace(field(Kind.INTEGER, "band", **parameters),
                  constraints=Constraints(minimum=low, maximum=low + size))  # fmt: skip
    values = np.arange(low, low + size + 1)
    steps = [groups(own, treatment, values) for treatment in coarser(own, below=5)]
    assert all(nests(finer, other) for finer, other in pairwise(steps))
    assert all(step.max() >= 0 for step in steps)


@given(low=st.integers(-50, 50), size=st.integers(1, 3000), kind=st.sampled_from([Kind.INTEGER, Kind.NUMBER]))
def test_first_bands_of_a_kept_number_nest(low, size, kind):
    """A number with declared bounds is put into about ten bands first, and fewer then."""
    own = replace(field(kind), constraints=Constraints(minimum=low, maximum=low + size))
    values = np.arange(low, low + size + 1)
    steps = [groups(own, treatment, values) for treatment in coarser(own, below=5)[1:]]
    assert all(nests(finer, other) for finer, other in pairwise(steps))
    assert all(1 <= step.max() <= 12 for step in steps)


def test_number_without_bounds_has_no_bands():
    """Bounds are not taken from the data, since they would tell the extremes."""
    assert told(coarser(field(Kind.NUMBER), below=5)) == [("keep", None)]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (field(Kind.DATE), [("keep", None), ("quarter", None), ("year", None)]),
        (field(Kind.DATETIME, "quarter"), [("quarter", None), ("year", None)]),
        (field(Kind.DATE, "year"), [("year", None)]),
        (field(Kind.STRING, "suppress", below=11), [("suppress", 11), ("suppress", 22), ("suppress", 44)]),
        (field(Kind.STRING), [("keep", None), ("suppress", 5), ("suppress", 10), ("suppress", 20)]),
        (field(Kind.BOOLEAN), [("keep", None)]),
        (field(Kind.STRING, "generalize", hierarchy="us-state", level="division"),
         [("generalize", "division"), ("generalize", "region")]),
        (field(Kind.DATE, "relative_days", anchor="participants.enrolled_on"), [("relative_days", None)]),
    ],
)  # fmt: skip
def test_treatments_from_the_declared_one_on(own, expected):
    """The declared treatment comes first, and no finer one is proposed."""
    assert told(coarser(own, below=5)) == expected


def test_values_of_a_ready_hierarchy_climb_it():
    """Where a ready hierarchy knows the values, its levels are the treatments."""
    found = coarser(field(Kind.STRING), below=5, hierarchy="us-state")
    assert told(found)[1:] == [("generalize", level) for level in ready("us-state").level_names[1:]]


def test_ordered_categories_join_their_neighbours():
    """Categories with an order get a hierarchy of their own: pairs, then pairs of these."""
    values = ["school", "college", "bachelor", "graduate", "doctor"]
    categories = tuple(Category(value, value.title()) for value in values)
    own = replace(field(Kind.STRING), categories=categories, categories_ordered=True)
    _, pairs, fours = coarser(own, below=5)
    hierarchy = from_tree(pairs.parameters["hierarchy"], name="f")
    assert hierarchy.values == tuple(values)
    assert hierarchy.classes(1) == ("School to College", "Bachelor to Graduate", "Doctor")
    assert fours.parameters["level"] == "groups of 4"
    assert hierarchy.classes(2) == ("School to Graduate", "Doctor")


@pytest.mark.parametrize("name", ready_names())
def test_ready_hierarchy_is_known_by_its_values(name):
    """Every ready hierarchy of words is found by its values; numbers fit too many by chance."""
    values = ready(name).values
    expected = None if any(value.isdecimal() for value in values) else name
    assert known_to(values) == expected


def test_unknown_values_have_no_hierarchy():
    """One value that a hierarchy does not know is enough not to propose it; none at all is, too."""
    assert known_to(["IA", "somewhere"]) is None
    assert known_to([]) is None


def test_dates_with_a_declared_hierarchy_are_left_alone():
    """A bound that is no number makes no bands."""
    own = replace(field(Kind.INTEGER), constraints=Constraints(minimum=date(2020, 1, 1), maximum=3))
    assert told(coarser(own, below=5)) == [("keep", None)]
