from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.synthetic.draft import Draft, Mark, edit


@st.composite
def drafts_with_changes(draw):
    """A text, one mark in it and disjoint changes of it."""
    text = draw(st.text(alphabet="abcdé👶 ", min_size=1, max_size=30))
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    changes = [(low, high, draw(st.text(alphabet="XYZ", max_size=3))) for low, high in pairs]
    return Draft(text, (Mark(start, end, "NAME"),)), changes


@given(drafts_with_changes())
def test_mark_keeps_the_characters_that_no_change_touches(case):
    """What stood in the mark and was not changed stands in it afterwards, in the same order."""
    draft, changes = case
    mark = draft.spans[0]
    touched = {at for low, high, _ in changes for at in range(low, high)}
    untouched = "".join(draft.text[at] for at in range(mark.start, mark.end) if at not in touched)
    edited = edit(draft, changes)
    held = "".join(edited.text[m.start : m.end] for m in edited.spans)
    assert "".join(character for character in held if character not in "XYZ") == untouched


@given(drafts_with_changes())
def test_edited_text_is_the_replacements_between_what_stayed(case):
    """The new text is the old one with each change made, from the back to the front."""
    draft, changes = case
    text = draft.text
    for low, high, replacement in reversed(changes):
        text = text[:low] + replacement + text[high:]
    assert edit(draft, changes).text == text


def test_insertion_at_the_edges_stays_outside():
    """What is put right before or right behind a name does not become part of it."""
    draft = Draft("Ana", (Mark(0, 3, "NAME"),))
    assert edit(draft, [(0, 0, "- "), (3, 3, "!")]).spans == (Mark(2, 5, "NAME"),)
