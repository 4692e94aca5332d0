"""Edits and offset maps, against a slow reference that edits a list of characters with origins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ppdarchive.model.span import IDENTITY, Edit, OffsetMap, Span, TextCategory
from ppdarchive.text.edit import apply

from .strategies import edits, ranges, texts

NAME = TextCategory.NAME


def slowly(text, changes):
    """Edit character by character: a list of (character, the originals that it stands for)."""
    result = []
    position = 0
    while position < len(text):
        edit = next((edit for edit in changes if edit.start == position), None)
        if edit is None:
            result.append((text[position], {position}))
            position += 1
        else:
            result += [(character, set(range(edit.start, edit.end))) for character in edit.replacement]
            position = edit.end
    return result


@st.composite
def cases(draw):
    """A text, edits of it and a range in it."""
    text = draw(texts())
    return text, draw(edits(text)), draw(ranges(text))


@given(cases())
def test_edited_text_is_the_reference_s(case):
    """The edited text is what replacing character by character gives."""
    text, changes, _ = case
    assert apply([text], [changes])[0] == ["".join(character for character, _ in slowly(text, changes))]


@given(cases())
def test_a_range_covers_what_came_from_it(case):
    """A range maps to exactly the characters of the edited text that stand for one of its own."""
    text, changes, (start, end) = case
    new_start, new_end = apply([text], [changes])[1][0].map(start, end)
    wanted = [at for at, (_, origins) in enumerate(slowly(text, changes)) if origins & set(range(start, end))]
    if end > start:
        assert list(range(new_start, new_end)) == wanted
    assert new_start <= new_end


@given(cases())
def test_text_outside_the_edits_is_unchanged(case):
    """Between and around the edits every code point stays, and maps to itself."""
    text, changes, _ = case
    (edited,), (moved,) = apply([text], [changes])
    borders = [0, *(place for edit in changes for place in (edit.start, edit.end)), len(text)]
    for start, end in zip(borders[::2], borders[1::2], strict=True):
        if start < end:
            new_start, new_end = moved.map(start, end)
            assert edited[new_start:new_end] == text[start:end]


@given(cases())
def test_a_disjoint_coding_selects_the_same_characters(case):
    """A coding that meets no edit selects the same characters afterwards."""
    text, changes, (start, end) = case
    assume(start < end and all(end <= edit.start or edit.end <= start for edit in changes))
    (edited,), (moved,) = apply([text], [changes])
    new_start, new_end = moved.map(start, end)
    assert edited[new_start:new_end] == text[start:end]


@given(texts().flatmap(lambda text: st.tuples(edits(text), ranges(text), ranges(text))))
def test_the_map_is_monotone(case):
    """Ranges keep their order, and a range inside another stays inside it."""
    changes, one, two = case
    moved = OffsetMap.of(changes)
    (a, b), (c, d) = moved.map(*one), moved.map(*two)
    if one[0] <= two[0]:
        assert a <= c
    if one[1] <= two[1]:
        assert b <= d


@given(cases())
def test_an_edited_range_covers_its_replacement(case):
    """Each edit's range maps to its whole replacement, and so does any part of it."""
    text, changes, _ = case
    (edited,), (moved,) = apply([text], [changes])
    for edit in changes:
        start, end = moved.map(edit.start, edit.end)
        assert edited[start:end] == edit.replacement
        assert moved.map(edit.end - 1, edit.end) == (start, end)
    assert set(moved.replaced) == {moved.map(edit.start, edit.end) for edit in changes}


@given(st.data())
def test_maps_compose(data):
    """Mapping through a composition is mapping twice, and the identity composes to nothing."""
    text = data.draw(texts())
    first = data.draw(edits(text))
    (middle,), (one,) = apply([text], [first])
    (_,), (two,) = apply([middle], [data.draw(edits(middle))])
    start, end = data.draw(ranges(text))
    assert one.then(two).map(start, end) == two.map(*one.map(start, end))
    assert one.then(IDENTITY) == IDENTITY.then(one) == one


@given(cases())
def test_the_way_back(case):
    """Going there and back gives a range that contains the first, the same outside the edits."""
    _, changes, (start, end) = case
    assume(start < end and all(edit.replacement for edit in changes))
    moved = OffsetMap.of(changes)
    back_start, back_end = moved.inverse().map(*moved.map(start, end))
    assert back_start <= start
    assert end <= back_end
    if all(end <= edit.start or edit.end <= start for edit in changes):
        assert (back_start, back_end) == (start, end)
    assert moved.inverse().inverse() == moved


@given(texts().flatmap(lambda text: st.tuples(edits(text), st.lists(ranges(text), max_size=8))))
def test_many_ranges_map_like_each(case):
    """The vectorized map agrees with the single one and leaves its arguments alone."""
    changes, wanted = case
    moved = OffsetMap.of(changes)
    starts = np.array([start for start, _ in wanted], np.int64)
    ends = np.array([end for _, end in wanted], np.int64)
    before = starts.copy(), ends.copy()
    found = moved.map_many(starts, ends)
    assert list(zip(*(values.tolist() for values in found), strict=True)) == [moved.map(*r) for r in wanted]
    assert (starts == before[0]).all()
    assert (ends == before[1]).all()


def test_identity_changes_nothing():
    """A text without edits has the identity, whatever the position."""
    edited, maps = apply(["Anna", ""], [[], []])
    assert edited == ["Anna", ""]
    assert all(moved.is_identity and moved.map(3, 900) == (3, 900) for moved in maps)


@pytest.mark.parametrize(
    "changes",
    [
        [Edit(3, 5, "x", NAME), Edit(4, 6, "y", NAME)],
        [Edit(3, 5, "x", NAME), Edit(0, 2, "y", NAME)],
        [Edit(3, 9, "x", NAME)],
    ],
    ids=["overlapping", "unsorted", "outside"],
)
def test_bad_edits_are_refused(changes):
    """Edits that overlap, are out of order or leave the text are refused."""
    with pytest.raises(ValueError, match="edit"):
        apply(["abcdefg"], [changes])


@pytest.mark.parametrize("bounds", [(2, 2), (3, 2), (-1, 2)])
def test_empty_and_negative_ranges_are_refused(bounds):
    """Neither a span nor an edit can be empty or start before the text."""
    with pytest.raises(ValueError, match="nothing"):
        Span(*bounds, NAME)
    with pytest.raises(ValueError, match="nothing"):
        Edit(*bounds, "x", NAME)
