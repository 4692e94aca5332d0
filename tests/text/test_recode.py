"""Codings across edits, and what became of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.model.span import Edit, Fate, OffsetMap, TextCategory
from ppdarchive.text.edit import apply
from ppdarchive.text.recode import FATES, recode

from .strategies import edits, ranges, texts

NAME = TextCategory.NAME


def arrays(codings):
    """Columns of (text, start, end) rows."""
    return [np.array([row[column] for row in codings], np.int64) for column in range(3)]


def fate(changes, start, end):
    """What became of one coding, character by character."""
    gone = {at for edit in changes for at in range(edit.start, edit.end)}
    own = set(range(start, end))
    inside = any(edit.start < start == end < edit.end for edit in changes)
    if inside or (own and own <= gone):
        return Fate.SWALLOWED
    partly = any(
        own & set(range(edit.start, edit.end)) and not set(range(edit.start, edit.end)) <= own
        for edit in changes
    )
    return Fate.WIDENED if partly else Fate.KEPT


@st.composite
def studies(draw):
    """Texts, their edits and codings of them in any order."""
    given_texts = draw(st.lists(texts(max_parts=4), min_size=1, max_size=4))
    changes = [draw(edits(text)) for text in given_texts]
    owners = draw(st.lists(st.integers(0, len(given_texts) - 1), max_size=10))
    return given_texts, changes, [(owner, *draw(ranges(given_texts[owner]))) for owner in owners]


@given(studies())
def test_every_coding_moves_as_its_map_says(study):
    """The batch agrees with each map alone, and every fate with the reference."""
    given_texts, changes, codings = study
    _, maps = apply(given_texts, changes)
    found = recode(*arrays(codings), maps)
    moved = [maps[text].map(start, end) for text, start, end in codings]
    assert list(zip(found.starts.tolist(), found.ends.tolist(), strict=True)) == moved
    fates = [fate(changes[text], start, end) for text, start, end in codings]
    assert [FATES[number] for number in found.fates] == fates
    assert found.counts == {kind: fates.count(kind) for kind in Fate}


@given(studies(), st.data())
def test_fates_of_two_rounds_are_the_worse(study, data):
    """After two rounds of edits a coding has the worse of its two fates."""
    given_texts, changes, codings = study
    edited, maps = apply(given_texts, changes)
    _, more = apply(edited, [data.draw(edits(text)) for text in edited])
    once = recode(*arrays(codings), maps)
    twice = recode(arrays(codings)[0], once.starts, once.ends, more)
    both = recode(*arrays(codings), [a.then(b) for a, b in zip(maps, more, strict=True)])
    assert (both.starts == twice.starts).all()
    assert (both.ends == twice.ends).all()
    assert (both.fates == np.maximum(once.fates, twice.fates)).all()


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 4, Fate.KEPT),
        (5, 9, Fate.SWALLOWED),
        (6, 8, Fate.SWALLOWED),
        (0, 9, Fate.KEPT),
        (0, 7, Fate.WIDENED),
        (8, 14, Fate.WIDENED),
        (4, 14, Fate.KEPT),
    ],
)
def test_fates_by_example(start, end, expected):
    """'told Anna about': before, on, in, with and across the name."""
    _, maps = apply(["told Anna about"], [[Edit(5, 9, "[NAME]", NAME)]])
    assert recode(*arrays([(0, start, end)]), maps).counts[expected] == 1


def test_bad_codings_are_refused():
    """A coding of no text, or one that ends before it starts, is refused."""
    maps = [OffsetMap()]
    with pytest.raises(IndexError, match="not there"):
        recode(*arrays([(1, 0, 2)]), maps)
    with pytest.raises(ValueError, match="ends before"):
        recode(*arrays([(0, 3, 2)]), maps)
