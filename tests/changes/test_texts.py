"""Texts that were edited: by marks alone, or otherwise."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.changes.texts import Edited, bracketed, edited

WORDS = st.text("abc .", min_size=1, max_size=4)
MARKS = st.sampled_from(["[NAME]", "[NAME-7]", "[a hospital]", "█████"])
PIECES = st.lists(st.tuples(WORDS, WORDS, MARKS), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("before", "after", "how"),
    [
        ("Anna called", "[NAME] called", Edited.REDACTED),
        ("Anna called", None, Edited.REDACTED),
        ("[NAME] called on Monday", "[NAME] called on [DATE]", Edited.REDACTED),
        ("[NAME] called", "Anna called", Edited.UNREDACTED),
        ("[NAME-1] called", "[NAME-2] called", Edited.REMARKED),
        ("[NAME] called", "█████ called", Edited.REMARKED),
        ("Anna called", "Bea called", Edited.OTHERWISE),
        ("Anna called", "[NAME] phoned", Edited.OTHERWISE),
        ("Anna called [NAME]", "[NAME] called Anna", Edited.OTHERWISE),
        ("called", "[NAME]called", Edited.OTHERWISE),
        ("aa", "a[X]a", Edited.OTHERWISE),
        ("aba", "a[X]a", Edited.REDACTED),
        ("Anna\ncalled", "[NAME]", Edited.REDACTED),
        ("a [x] b", "a [x] c", Edited.OTHERWISE),
    ],
)
def test_how_texts_became_others(before: str, after: str | None, how: Edited) -> None:
    """Marks for words are more redaction, words for marks less, and all else is another edit."""
    assert edited(before, after) is how


@given(PIECES, st.data())
def test_more_marks_are_more_redaction(pieces: list[tuple[str, str, str]], data: st.DataObject) -> None:
    """Putting marks in place of some words is told as redaction, and taking them back as less."""
    hidden = data.draw(st.lists(st.booleans(), min_size=len(pieces), max_size=len(pieces)).filter(any))
    before = "".join(kept + word for kept, word, _ in pieces)
    after = "".join(
        kept + (mark if is_hidden else word)
        for (kept, word, mark), is_hidden in zip(pieces, hidden, strict=True)
    )
    assert edited(before, after) is Edited.REDACTED
    assert edited(after, before) is Edited.UNREDACTED


@given(st.text("ab[N]", max_size=7), st.text("ab[N]", max_size=7))
def test_marks_fit_as_a_pattern_does(before: str, after: str) -> None:
    """A text is told as redacted exactly if what stands around its marks fits the other as a pattern."""
    pattern, start = "", 0
    for begin, end in bracketed(after):
        pattern += re.escape(after[start:begin]) + "(?s:.+)"
        start = end
    pattern += re.escape(after[start:])
    fits = start > 0 and re.fullmatch(pattern, before) is not None
    how = edited(before, after)
    assert (how is Edited.REDACTED) <= fits
    assert not fits or how in (Edited.REDACTED, Edited.REMARKED)
