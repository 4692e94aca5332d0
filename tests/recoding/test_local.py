from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.model.schema import Treatment
from ppdarchive.recoding.ladder import ladder
from ppdarchive.recoding.local import beyond_cells, local_plan
from ppdarchive.recoding.options import Options
from ppdarchive.risk.classes import classes_of

KEEP = Treatment("keep")


def options(participants: dict[str, list[int]], answers: list[int] | None = None) -> Options:
    """Fields of participants, and how many answers they gave, each kept or dropped."""
    ladders = [
        ladder(f"participants.{name}", np.array(codes), [(KEEP, np.array(codes))])
        for name, codes in participants.items()
    ]
    steps = [
        ({("participants", name): KEEP}, {("participants", name): Treatment("drop")}) for name in participants
    ]
    if answers is not None:
        ladders.append(ladder("responses", np.array(answers), [(KEEP, np.array(answers))], drop=False))
        steps.append(({},))
    return Options(tuple(ladders), tuple(tuple(MappingProxyType(step) for step in own) for own in steps))


@given(data=st.data(), k=st.integers(2, 4))
def test_participants_who_stay_reach_k(data, k):
    """With the cells left out and some participants gone, k is reached over all that counts."""
    n = data.draw(st.integers(k, 30))
    first, second = (data.draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n)) for _ in range(2))
    answers = data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    if np.unique(answers, return_counts=True)[1].max() < k:
        return
    found = local_plan(options({"a": first, "b": second}, answers), (0, 0, 0), k=k)
    hidden = np.zeros(n, dtype=bool)
    columns = [
        np.where(found.cells.get(("participants", name), hidden), 9, codes)
        for name, codes in (("a", np.array(first)), ("b", np.array(second)))
    ]
    assert classes_of([*columns, np.array(answers)], counted=~found.left_out).sizes.min() >= k


def test_who_cannot_be_helped_is_left_out():
    """A number of answers that nobody else gave is not hidden by a field of participants."""
    found = local_plan(options({"a": [0, 0, 0, 1, 1]}, [1, 1, 1, 1, 7]), (0, 0), k=2)
    assert found.left_out.tolist() == [False, False, False, False, True]
    assert not any(own[4] for own in found.cells.values())


def test_loss_counts_cells_and_participants():
    """Two of four cells gone lose what their values told: half of the field's bits."""
    found = local_plan(options({"a": [0, 1, 2, 2]}), (0,), k=2)
    assert found.cells["participants", "a"].tolist() == [True, True, False, False]
    assert found.loss == pytest.approx((2 + 2) / (2 + 2 + 1 + 1))
    assert local_plan(options({"a": [0, 1]}), (0,), k=2).loss == pytest.approx(1)
    assert local_plan(options({"a": [0, 0, 1, 1]}), (0,), k=2).loss == 0


def test_dropped_field_loses_no_cell():
    """A field that the node drops has nothing left to suppress."""
    given_options = options({"a": [0, 1, 2, 3], "b": [0, 0, 0, 1]})
    found = local_plan(given_options, (1, 0), k=2)
    assert set(found.cells) == {("participants", "b")}


def test_fields_weigh_as_their_ladders():
    """Of two fields that would do, the one of less weight loses its cells."""
    codes = [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])]
    own = [
        ladder(f"participants.{name}", each, [(KEEP, each)], weight=weight)
        for name, each, weight in zip("ab", codes, (5.0, 1.0), strict=True)
    ]
    steps = tuple(({("participants", name): KEEP},) for name in "ab")
    assert set(local_plan(Options(tuple(own), steps), (0, 0), k=2).cells) == {("participants", "b")}


def test_fields_that_are_kept_lose_no_cell():
    """A part of a key counts as what other tables tell: who shares it with too few is left out."""
    own, kept = options({"a": [0, 0, 0, 1], "b": [0, 0, 1, 1]}), frozenset({("participants", "a")})
    found = local_plan(own, (0, 0), k=2, kept=kept)
    assert found.left_out.tolist() == [False, False, False, True]
    assert found.left_out.tolist() == beyond_cells(own, (0, 0), k=2, kept=kept).tolist()
    assert {name: cells.tolist() for name, cells in found.cells.items()} == {
        ("participants", "b"): [True, True, True, False]
    }
    assert not beyond_cells(own, (0, 0), k=2).any()
    assert not beyond_cells(own, (0, 0), k=3, kept=kept)[:3].any()
    with pytest.raises(ValueError, match="no quasi-identifier"):
        beyond_cells(options({}), (), k=2)


def test_plan_that_cannot_be_is_refused():
    """Too few participants, or none of their fields, is a mistake of the caller."""
    with pytest.raises(ValueError, match="fewer than k participants"):
        local_plan(options({"a": [0, 1]}, [1, 2]), (0, 0), k=2)
    with pytest.raises(ValueError, match="no quasi-identifier"):
        local_plan(options({}, [1, 1]), (0,), k=2)


def test_repr_of_a_local_plan_shows_numbers_only():
    """Who loses a cell stands in no repr."""
    assert (
        repr(local_plan(options({"a": [0, 1]}), (0,), k=2)) == "<LocalPlan: 2 cells, 0 participants left out>"
    )
