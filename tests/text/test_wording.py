"""Words of a text, where they stand, and what is left of them in another version of it."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.text.wording import BARRIER, counterparts, merged, occurrences, wording

WORDS = st.sampled_from(["Fort", "drum", "Zoë", "tea", "[NAME]"])
BETWEEN = st.sampled_from([" ", ", ", "\n", "\u2014", " - "])


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    """A text and the ranges of its tags."""
    text, tags = "", []
    for word in draw(st.lists(WORDS, max_size=10)):
        text += draw(BETWEEN) if text else ""
        if word.startswith("["):
            tags.append((len(text), len(text) + len(word)))
        text += word
    return text, tags


@given(texts())
def test_each_word_stands_where_it_is_said_to(case: tuple[str, list[tuple[int, int]]]) -> None:
    """Ranges are in order, apart, and fold to their words; a replacement is none."""
    text, tags = case
    read = wording(text, tags)
    assert [place for word, place in zip(read.words, read.ranges, strict=True) if word == BARRIER] == tags
    for word, (start, end) in zip(read.words, read.ranges, strict=True):
        if word != BARRIER:
            assert wording(text[start:end]).words == (word,)
    assert all(end <= start for (_, end), (start, _) in zip(read.ranges, read.ranges[1:], strict=False))


@given(texts(), st.integers(0, 80), st.integers(1, 40))
def test_a_widened_range_cuts_no_word(case: tuple[str, list[tuple[int, int]]], start: int, size: int) -> None:
    """It holds the range, and every word that it meets is whole in it."""
    text, tags = case
    read = wording(text, tags)
    first, last = read.widened(start, start + size)
    assert first <= start
    assert start + size <= last
    for word, (begin, end) in zip(read.words, read.ranges, strict=True):
        if word != BARRIER and begin < last and first < end:
            assert first <= begin
            assert end <= last


@given(texts(), st.lists(st.sampled_from(["fort", "drum", "zoe", "tea"]), min_size=1, max_size=3))
def test_occurrences_are_all_there_are(case: tuple[str, list[tuple[int, int]]], words: list[str]) -> None:
    """Without them the words no longer stand one after the other; nothing reaches across a replacement."""
    text, tags = case
    places = occurrences(wording(text, tags), words)
    for start, end in places:
        assert wording(text[start:end]).words == tuple(words)
        assert not any(first < end and start < last for first, last in tags)
    left = "".join(
        "[NAME]" if any(start == at for start, _ in places) else character
        for at, character in enumerate(text)
        if not any(start < at < end for start, end in places)
    )
    marks = [(at, at + 6) for at in range(len(left)) if left.startswith("[NAME]", at)]
    # Two of them may overlap, and then one is left.
    assert len(occurrences(wording(left, marks), words)) == 0


def test_what_is_left_elsewhere_is_found() -> None:
    """The part of a phrase that another version did not redact, wherever the versions differ."""
    one = wording("we lived at Fort Drum near Anna")
    text = "we lived at [LOCATION] Drum near [NAME]"
    other = wording(text, [(12, 22), (33, 39)])
    places = counterparts(one, (12, 31), other)
    assert [text[start:end] for start, end in places] == ["Drum", "near"]
    assert counterparts(one, (0, 2), other) == [(0, 2)]


def test_runs_are_parted_by_replacements() -> None:
    """Words on both sides of a tag were not one after the other."""
    read = wording("my [NAME] from Ames", [(3, 9)])
    assert read.runs(0, 19) == [("my",), ("from", "ames")]
    assert read.runs(3, 9) == []


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)).map(lambda pair: (pair[0], sum(pair)))))
def test_merged_ranges_hold_the_same_characters(ranges: list[tuple[int, int]]) -> None:
    """And are in order and apart."""
    found = merged(ranges)
    inside = {at for start, end in ranges for at in range(start, end)}
    assert {at for start, end in found for at in range(start, end)} == inside
    assert all(end < start for (_, end), (start, _) in itertools.pairwise(found))
