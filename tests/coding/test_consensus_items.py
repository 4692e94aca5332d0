"""Disagreements as items with stable ids, and the layer that is left when they are settled."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.coding.disagreeing import AGREED, MATERIAL, TEXT, TIRED, WALK, Row, items_of

from ppdarchive.coding.consensus.items import Items, Material, Settled, consensus
from ppdarchive.coding.consensus.rules import Ranges, Rule


def settled(items: Items, rows: list[tuple[int, int, int]], unsettled: tuple[int, ...] = ()) -> Settled:
    """What was decided, as rows of item, start, end."""
    of, start, end = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    is_settled = np.ones(len(items), dtype=bool)
    is_settled[list(unsettled)] = False
    return Settled(is_settled, Ranges(of, start, end))


def layer(items: Items, decided: Settled | None = None) -> list[Row]:
    """The consensus layer as rows."""
    made = consensus(items, decided, coder=9)
    columns = (made.response, made.code, made.coder, made.start, made.end)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_only_what_is_not_agreed_is_an_item() -> None:
    """Different ranges, and one coder's silence; not what both marked alike."""
    items = items_of(AGREED + WALK + TIRED)
    assert items.ids == ("r-001#exercise#1", "r-002#exercise#1")
    assert repr(items) == "<Items: 2 of 3 clusters>"


def test_the_third_coder_who_saw_nothing_makes_no_disagreement() -> None:
    """Who did not see the response is not asked; who saw it and marked nothing is."""
    saw = np.array([[True, True, True], [True, True, False]])
    assert items_of(AGREED).ids == ()
    assert items_of(AGREED, seen=saw).ids == ("r-001#family#1",)


def test_checks_are_letters_and_change_with_versions_and_proposal() -> None:
    """Moving a segment, another coder's silence and another rule each change them; nothing else does."""
    first = items_of(WALK + TIRED)
    assert all(check.isalpha() and len(check) == 10 for check in first.checks)
    again = items_of((TIRED + WALK)[::-1])
    assert (first.ids, first.checks) == (again.ids, again.checks)
    moved = items_of([(0, 0, 0, 2, 16), WALK[1], *TIRED])
    assert moved.checks[0] != first.checks[0]
    assert moved.checks[1] == first.checks[1]
    by_union = items_of(WALK + TIRED, Rule.UNION)
    assert by_union.checks[0] != first.checks[0]
    saw = np.array([[True, True, True], [True, True, False]])
    assert items_of(WALK + TIRED, seen=saw).checks[0] != first.checks[0]


def test_checks_know_no_text() -> None:
    """Two texts that are coded alike have the same."""
    other = Material(
        MATERIAL.response_ids, MATERIAL.questions, ("x" * len(TEXT), "y" * 40),
        MATERIAL.code_ids, MATERIAL.titles, MATERIAL.coder_ids,
    )  # fmt: skip
    assert items_of(WALK, material=other).checks == items_of(WALK).checks


def test_without_decisions_proposals_stand() -> None:
    """The agreed segment as it is, and what all marked of the other."""
    assert layer(items_of(AGREED + WALK + TIRED)) == [(0, 0, 9, 7, 17), (0, 1, 9, 23, 32)]


def test_decisions_replace_proposals_and_what_is_unsettled_is_left_out() -> None:
    """One settled otherwise, one not at all; what was agreed stays."""
    items = items_of(AGREED + WALK + TIRED)
    decided = settled(items, [(0, 2, 6), (0, 13, 17)], unsettled=(1,))
    assert layer(items, decided) == [(0, 0, 9, 2, 6), (0, 0, 9, 13, 17), (0, 1, 9, 23, 32)]
    assert decided.unsettled.tolist() == [1]
    assert repr(decided) == "<Settled: 1 of 2 items>"


def test_settled_ranges_that_reach_into_each_other_are_joined() -> None:
    """Two items of one code in one response, settled so that they overlap, are one segment."""
    rows: list[Row] = [(0, 0, 0, 2, 6), (0, 0, 1, 10, 17)]
    items = items_of(rows)
    assert items.ids == ("r-001#exercise#1", "r-001#exercise#2")
    assert layer(items, settled(items, [(0, 2, 12), (1, 10, 17)])) == [(0, 0, 9, 2, 17)]
    assert layer(items, settled(items, [(0, 2, 10), (1, 10, 17)])) == [(0, 0, 9, 2, 10), (0, 0, 9, 10, 17)]


@st.composite
def many(draw: st.DrawFn) -> list[Row]:
    """Codings by two coders."""
    found: list[Row] = []
    for _ in range(draw(st.integers(0, 10))):
        start = draw(st.integers(0, 30))
        where = draw(st.integers(0, 1)), draw(st.integers(0, 1)), draw(st.integers(0, 1))
        found.append((*where, start, start + draw(st.integers(1, 9))))
    return found


@given(many(), st.sampled_from([Rule.INTERSECTION, Rule.UNION, Rule.MAJORITY]))
def test_accepting_every_proposal_is_the_rule(rows: list[Row], rule: Rule) -> None:
    """Settled as proposed and not settled by anybody give the same layer."""
    items = items_of(rows, rule)
    numbers = {int(cluster): number for number, cluster in enumerate(items.cluster)}
    accepted = [
        (numbers[int(of)], int(start), int(end))
        for of, start, end in zip(items.proposal.of, items.proposal.start, items.proposal.end, strict=True)
        if int(of) in numbers
    ]
    assert layer(items, settled(items, accepted)) == layer(items)


@given(many())
def test_the_layer_has_no_more_disagreements(rows: list[Row]) -> None:
    """Two coders who both have it agree on everything."""
    made = consensus(items_of(rows, Rule.UNION), coder=0)
    both = [
        (int(r), int(c), coder, int(s), int(e))
        for r, c, s, e in zip(made.response, made.code, made.start, made.end, strict=True)
        for coder in (0, 1)
    ]
    assert items_of(both).ids == ()
