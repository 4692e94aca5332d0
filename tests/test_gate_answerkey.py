"""What two forms of one text tell together: every replaced word is found, and purging it ends the matter."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.gate.answerkey import hidden_ranges

MARKS = ("[NAME]", "[NAME-2]", "[a city in Iowa]", "█████")
WORDS = ("Ann", "met", "Beth", "and", "at", "the", "Drum", ",", "Ann's", "é")


def words(earlier: str, later: str | None) -> list[str]:
    """The words that were replaced."""
    return [earlier[start:end] for start, end in hidden_ranges(earlier, later)]


def purged(text: str, ranges: Sequence[tuple[int, int]]) -> str:
    """A text with a tag in place of each range."""
    for start, end in reversed(ranges):
        text = f"{text[:start]}[OTHER]{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("earlier", "later", "found"),
    [
        ("Ann met Beth.", "[NAME] met Beth.", ["Ann"]),
        ("Ann met Beth.", "[NAME-3] met [NAME-1].", ["Ann", "Beth"]),
        ("Ann met Beth at Mercy", "Ann met Beth at [a city in Iowa]", ["Mercy"]),
        ("Ann met Beth.", "█████ met Beth.", ["Ann"]),
        ("Ann met Beth.", "Cora met Beth.", ["Ann"]),
        ("Ann met Beth.", None, ["Ann met Beth."]),
        ("[NAME] met Beth.", None, ["met Beth."]),
        ("[NAME] met Ann.", "[NAME] met [NAME].", ["Ann"]),
        ("Ann", "[NAME]", ["Ann"]),
        ("Ann", "", ["Ann"]),
        ("I love ♥ you", "I love [OTHER] you", ["♥"]),
        ("Call 555-0126 now", "Call [CONTACT] now", ["555-0126"]),
        ("Ann2020", "[NAME]2020", ["Ann"]),
        # Of two places where a word may have stayed neither is left out.
        ("Ann and Beth and Cora", "[NAME] and [NAME]", ["Ann and Beth and Cora"]),
        ("Ann Beth Cora met", "[NAME] [NAME] met", ["Ann Beth Cora"]),
        # One was replaced where the other shows it, and the other way round.
        ("[NAME] and Grace saw Grace", "Hope and [NAME] saw Grace", ["Grace"]),
        ("Grace [NAME] saw", "[NAME] Grace saw", ["Grace"]),
        ("I recieved it", "I received it", ["recieved"]),
        ("Ann met [NAME]", "Ann told [NAME] of Beth", ["met"]),
    ],
)
def test_replaced_words_are_found(earlier: str, later: str | None, found: list[str]) -> None:
    """Whatever stands in place of words, they are told."""
    assert words(earlier, later) == found


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("Ann met Beth.", "Ann met Beth."),
        ("[NAME] met Beth.", "[NAME-7] met Beth."),
        ("[NAME] met Beth.", "█████ met Beth."),
        ("[NAME] met [NAME].", "Ann met [NAME]."),
        ("[NAME] met [a city in Iowa].", "Ann met [LOCATION]."),
        ("[NAME]", None),
        ("...", None),
        ("", "Ann"),
        ("[NAME] [NAME] met", "[NAME] met"),
    ],
)
def test_other_marks_and_fewer_are_no_redaction(earlier: str, later: str | None) -> None:
    """A text that is tagged otherwise, or shows more, hides nothing that the earlier one shows."""
    assert words(earlier, later) == []


def test_long_texts_are_compared_from_both_ends() -> None:
    """Of texts too long to be aligned word by word all between the first and last difference counts."""
    long = " ".join(f"w{number}" for number in range(3000))
    earlier = f"We saw [NAME] and Ann {long} Beth too"
    later = f"We saw Cora and [NAME] {long} [NAME] too"
    (found,) = words(earlier, later)
    assert found.startswith("and Ann w0")
    assert found.endswith("Beth")


@st.composite
def edited(draw: st.DrawFn) -> tuple[list[str], list[bool], list[bool]]:
    """Words, and which of them two releases replace."""
    own = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9))
    masks = [draw(st.lists(st.booleans(), min_size=len(own), max_size=len(own))) for _ in range(2)]
    return own, masks[0], masks[1]


def form(own: Sequence[str], mask: Sequence[bool], mark: str) -> tuple[str, list[tuple[int, int]]]:
    """A text with marks in place of some words, and where each word stands in it."""
    text, places = "", []
    for word, is_hidden in zip(own, mask, strict=True):
        text += " " if text else ""
        shown = mark if is_hidden else word
        places.append((len(text), len(text) + len(shown)))
        text += shown
    return text, places


@given(edited(), st.sampled_from(MARKS), st.sampled_from(MARKS))
def test_nothing_that_was_replaced_is_missed(
    case: tuple[list[str], list[bool], list[bool]], mark: str, other: str
) -> None:
    """Every word that only the earlier shows is told, however often the same word stands beside it."""
    own, first, more = case
    earlier, places = form(own, first, mark)
    later, _ = form(own, [one or two for one, two in zip(first, more, strict=True)], other)
    found = hidden_ranges(earlier, later)
    for place, was_hidden, is_hidden, word in zip(places, first, more, own, strict=True):
        if is_hidden and not was_hidden and word[0].isalnum():
            assert any(start <= place[0] and place[1] <= end for start, end in found)


@given(st.data(), st.sampled_from(MARKS), st.sampled_from(MARKS))
def test_words_that_stand_once_are_told_exactly(data: st.DataObject, mark: str, other: str) -> None:
    """Where no word stands twice, exactly those are told that only the earlier shows."""
    own = data.draw(st.lists(st.sampled_from([word for word in WORDS if word.isalnum()]), unique=True))
    first, second = (data.draw(st.lists(st.booleans(), min_size=len(own), max_size=len(own))) for _ in "12")
    earlier, places = form(own, first, mark)
    found = hidden_ranges(earlier, form(own, second, other)[0])
    for place, was_hidden, is_hidden in zip(places, first, second, strict=True):
        if not was_hidden:
            assert any(start <= place[0] and place[1] <= end for start, end in found) is is_hidden


@given(edited(), st.sampled_from(MARKS), st.sampled_from(MARKS))
def test_purging_what_is_told_ends_the_matter(
    case: tuple[list[str], list[bool], list[bool]], mark: str, other: str
) -> None:
    """After the earlier release was purged of what is told, nothing more is told of it."""
    own, first, second = case
    earlier, _ = form(own, first, mark)
    later, _ = form(own, second, other)
    for text in (later, None, later.replace("[NAME]", "Cora")):
        assert words(purged(earlier, hidden_ranges(earlier, text)), text) == []


@given(edited(), st.sampled_from(MARKS))
def test_ranges_are_apart_and_never_of_marks(
    case: tuple[list[str], list[bool], list[bool]], mark: str
) -> None:
    """Ranges stand in order, hold something each, and cut no mark."""
    own, first, second = case
    earlier, places = form(own, first, mark)
    found = hidden_ranges(earlier, form(own, second, "[NAME]")[0])
    ends = [0, *(place for both in found for place in both)]
    assert ends == sorted(ends)
    assert all(start < end for start, end in found)
    for (start, end), was_hidden in zip(places, first, strict=True):
        if was_hidden:
            assert all(other <= start or end <= begin for begin, other in found)


@pytest.mark.parametrize(
    ("earlier", "later", "replaced", "found"),
    [
        ("I recieved it", "I received it", [], []),
        ("Ann met Beth.", "Cora met Beth.", [], []),
        ("Ann met Beth.", "Cora met Beth.", [(0, 4)], ["Ann"]),
        ("Ann met Beth.", "Cora saw Beth.", [(0, 4)], ["Ann"]),
        ("I recieved it from Ann", "I received it from [NAME]", [], ["Ann"]),
        ("I recieved it from Ann, twise", "I received it from [NAME], twice", [], ["Ann"]),
        ("I was not happy", "I was happy", [], []),
        ("Ann met Beth.", None, [], ["Ann met Beth."]),
        ("Someone to talk to", "She talked", [], []),
        ("[NAME] caled me", "[NAME-2] called me", [], []),
        ("Ann [NAME] caled me", "[NAME] Cora called me", [], ["Ann"]),
    ],
)
def test_what_a_person_corrected_is_no_redaction(
    earlier: str, later: str | None, replaced: list[tuple[int, int]], found: list[str]
) -> None:
    """Where all replacements are known, other words than before were not replaced by anything."""
    ranges = hidden_ranges(earlier, later, replaced=replaced)
    assert [earlier[start:end] for start, end in ranges] == found


@given(st.data(), st.sampled_from(MARKS), st.sampled_from(MARKS))
def test_corrections_beside_redactions_hide_none(data: st.DataObject, mark: str, other: str) -> None:
    """With corrected words in between, every replaced word is told, and those far from marks alone."""
    own = data.draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9))
    fates = data.draw(st.lists(st.sampled_from("kkkrcm"), min_size=len(own), max_size=len(own)))
    earlier, places = form(own, [fate == "m" for fate in fates], mark)
    changed = ["Xo" if fate == "c" else word for word, fate in zip(own, fates, strict=True)]
    later, _ = form(changed, [fate in "mr" for fate in fates], other)
    found = hidden_ranges(earlier, later, replaced=())
    for place, fate, word in zip(places, fates, own, strict=True):
        if fate == "r" and word[0].isalnum():
            assert any(start <= place[0] and place[1] <= end for start, end in found)
    if not set(fates) & set("mr"):
        assert found == []
