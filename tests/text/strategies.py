"""Texts in any script, with the spans, edits and codings that belong to them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

from ppdarchive.model.span import Edit, Span, TextCategory, Tier

_PARTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        ["Café ", "e\u0301", "👍🏽", "👩\u200d👧 ", "مرحبا", "שלום ", "ﬁ", "ß", "İ", "\u00ad", "\r\n"]
    ),
    st.sampled_from(["my coach ", "Anna", "called. ", "12/5 ", "(515) ", "a@b.co ", "[NAME]", " "]),
)


@st.composite
def texts(draw: st.DrawFn, max_parts: int = 8) -> str:
    """Texts of any Unicode but lone surrogates."""
    return "".join(draw(st.lists(_PARTS, max_size=max_parts)))


@st.composite
def ranges(draw: st.DrawFn, text: str, *, empty: bool = True) -> tuple[int, int]:
    """Half-open ranges inside the text."""
    first = draw(st.integers(0, len(text) - (not empty)))
    last = draw(st.integers(first + (not empty), len(text)))
    return first, last


@st.composite
def edits(draw: st.DrawFn, text: str) -> list[Edit]:
    """Sorted, disjoint edits, some touching, some deleting."""
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    found = []
    for start, end in pairwise(cuts):
        if draw(st.booleans()):
            replacement = draw(st.sampled_from(["", "x", "[NAME]", "[DATE-12]", "é👍"]))
            found.append(Edit(start, end, replacement, draw(st.sampled_from(TextCategory))))
    return found


@st.composite
def spans(draw: st.DrawFn, limit: int = 30) -> Span:
    """Spans of a text of `limit` characters."""
    start = draw(st.integers(0, limit - 1))
    return Span(
        start,
        draw(st.integers(start + 1, limit)),
        draw(st.sampled_from(TextCategory)),
        draw(st.sampled_from([0.3, 0.9, 1.0])),
        draw(st.sampled_from(Tier)),
        draw(st.sampled_from(["a", "b"])),
    )
