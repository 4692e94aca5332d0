"""Labels stay on what they select."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripts.training.document import Document, edit


@st.composite
def documents_with_changes(draw: st.DrawFn) -> tuple[Document, list[tuple[int, int, str]]]:
    """Small letters with capitals as spans, and changes that keep to one kind."""
    parts = draw(st.lists(st.text("abc ", min_size=1, max_size=6), min_size=2, max_size=6))
    text = ""
    spans = []
    for number, part in enumerate(parts):
        if number % 2:
            spans.append((len(text), len(text) + len(part), "NAME"))
        text += "X" * len(part) if number % 2 else part
    places = draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True).map(sorted))
    changes = []
    for at in places:
        width = draw(st.integers(0, 1)) if at < len(text) else 0
        inside = any(start <= at < end if width else start < at < end for start, end, _ in spans)
        changes.append((at, at + width, draw(st.text("Y" if inside else "d", max_size=3))))
    return Document(text, spans), changes


@given(documents_with_changes())
def test_labels_move_with_the_text(case: tuple[Document, list[tuple[int, int, str]]]) -> None:
    """After any changes the spans select capitals, and only they do."""
    document, changes = case
    changed = edit(document, changes)
    changed.check()
    inside = {at for start, end, _ in changed.spans for at in range(start, end)}
    assert all((c in "XY") == (at in inside) for at, c in enumerate(changed.text))


def test_a_change_across_an_edge_is_left_out() -> None:
    """A change that lies across the edge of a span is not made."""
    document = Document("ask Ann now", [(4, 7, "NAME")])
    assert edit(document, [(2, 5, "x")]) == document


def test_a_span_of_which_nothing_is_left_is_gone() -> None:
    """Deleting all of a name deletes its label."""
    assert edit(Document("a b", [(0, 1, "NAME")]), [(0, 1, "")]) == Document(" b", [])


@pytest.mark.parametrize("spans", [[(0, 9, "NAME")], [(2, 2, "NAME")], [(0, 2, "NAME"), (1, 3, "DATE")]])
def test_wrong_spans_are_refused(spans: list[tuple[int, int, str]]) -> None:
    """Spans that end outside, select nothing or overlap are refused."""
    with pytest.raises(ValueError, match=r"a (range|span)"):
        Document("abc", spans).check()
