"""Segments of texts that became a little different."""

from __future__ import annotations

import random
import unicodedata

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ppdarchive.coding.landing.anchor import MARGIN, anchor

ANSWER = (
    "My coach was very kind. She called me twice a week and listened, even at night. "
    "When the baby would not sleep, I wrote to her and she answered within the hour. "
    "I would have liked more calls at the end, since it stopped too soon for me."
)
WORDS = [
    "coach",
    "kind",
    "Zoë",
    "👍",
    "👩‍👧",
    "call",
    "week",
    "שלום",
    "e\u0301te\u0301",
    "night,",
    "“yes”",
    "𝒳",
    "hour.",
]
texts = st.lists(st.sampled_from(WORDS), min_size=0, max_size=40).map(" ".join)


@st.composite
def segments(draw, text):
    """A range of a text."""
    start, end = sorted(draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=2)))
    return start, end


def landed(one, other, start, end):
    """Where one segment lands, and how surely."""
    got = anchor([one], [other], np.array([[0, 0]]), np.array([start]), np.array([end]))
    return int(got.start[0]), int(got.end[0]), float(got.confidence[0])


def land(one, other, segment):
    """What a segment that stands once lands on, and how surely."""
    at = one.index(segment)
    start, end, sure = landed(one, other, at, at + len(segment))
    return other[start:end], sure


@given(texts.flatmap(lambda text: st.tuples(st.just(text), segments(text))))
def test_equal_texts_are_the_identity(case):
    """Nothing moves in a text that did not change."""
    text, (start, end) = case
    assert landed(text, text, start, end) == (start, end, 1.0)


@given(texts, texts, st.data())
def test_places_are_always_inside(one, other, data):
    """Whatever the two texts, a place is inside the other, in order, with a confidence from 0 to 1."""
    start, end, sure = landed(one, other, *data.draw(segments(one)))
    assert 0 <= start <= end <= len(other)
    assert 0 <= sure <= 1


@given(
    texts.filter(bool),
    st.sampled_from(
        [
            lambda t: "\ufeff" + t,
            lambda t: t.replace(" ", "\r\n"),
            lambda t: t.replace(" ", "  "),
            lambda t: t.replace(" ", "\u00a0"),
            lambda t: f"\n {t}\t",
            lambda t: unicodedata.normalize("NFD", t),
            lambda t: unicodedata.normalize("NFC", t),
        ]
    ),
    st.data(),
)
def test_white_space_and_normalization_change_nothing(one, change, data):
    """A segment of whole words stays on them, with confidence 1, both ways."""
    words = one.split(" ")
    i, j = sorted(data.draw(st.lists(st.integers(0, len(words)), min_size=2, max_size=2, unique=True)))
    segment = " ".join(words[i:j])
    at = len(" ".join(words[:i])) + (i > 0)
    other = change(one)
    start, end, sure = landed(one, other, at, at + len(segment))
    assert sure == 1
    plain = unicodedata.normalize("NFC", "".join(segment.split()))
    assert unicodedata.normalize("NFC", "".join(other[start:end].split())) == plain
    assert other[start:end] == other[start:end].strip()
    back = landed(other, one, start, end)
    assert back == (at, at + len(segment), 1.0)


@given(st.data())
def test_edits_beyond_the_margin_change_nothing(data):
    """What is inserted or deleted away from a segment and its margin leaves it alone, with confidence 1."""
    start, end = data.draw(segments(ANSWER))
    assume(ANSWER[start:end].strip())
    bare = [i for i, c in enumerate(ANSWER) if not c.isspace()]
    before, behind = [i for i in bare if i < start][-MARGIN:], [i for i in bare if i >= end][:MARGIN]
    left = before[0] if len(before) == MARGIN else 0
    right = behind[-1] + 1 if len(behind) == MARGIN else len(ANSWER)
    if len(before) == MARGIN:
        head = data.draw(st.sampled_from(["", "Well, ", "👍 " * 5, ANSWER[: left // 2]]))
    else:
        head = ANSWER[:left]
    tail = data.draw(st.sampled_from(["", " Thanks!", ANSWER[right:]])) if len(behind) == MARGIN else ""
    other = head + ANSWER[left:right] + tail
    got = landed(ANSWER, other, start, end)
    assert got == (start - left + len(head), end - left + len(head), 1.0)


@pytest.mark.parametrize(
    ("segment", "old", "new", "expected"),
    [
        ("She called me twice a week", "called", "caled", "She caled me twice a week"),
        ("kind", "kind", "kinder", "kinder"),
        ("listened", "listened", "listned", "listned"),
        ("She called me", "She", "Sarah", "Sarah called me"),
        ("answered within the hour.", "hour", "hours", "answered within the hours."),
        ("listened, even at night", "listened,", "listened —", "listened — even at night"),
    ],
)
def test_a_typo_inside_is_still_covered(segment, old, new, expected):
    """The corrected words are selected; sure, but not as sure as before."""
    found, sure = land(ANSWER, ANSWER.replace(old, new, 1), segment)
    assert found == expected
    assert 0.6 < sure < 1


def test_a_small_edit_beside_a_segment_is_no_doubt():
    """Trimming and correcting nearby keeps a sentence above the usual threshold."""
    found, sure = land(ANSWER, ANSWER.replace("kind. ", "kind! "), "She called me twice a week")
    assert found == "She called me twice a week"
    assert 0.95 < sure < 1


def test_a_deleted_segment_is_gone():
    """Nothing stands for what was deleted."""
    segment = "She called me twice a week and listened, even at night. "
    *_, sure = landed(ANSWER, ANSWER.replace(segment, ""), 24, 24 + len(segment))
    assert sure < 0.3
    assert landed("ab", "", 0, 2) == (0, 0, 0.0)
    assert landed("abc XYZ abc", "abc abc", 4, 7)[2] == 0


def test_a_moved_segment_is_found():
    """A sentence that stands elsewhere now is found there, not quite as surely."""
    segment = "When the baby would not sleep, I wrote to her and she answered within the hour."
    moved = f"{segment} {ANSWER.replace(segment + ' ', '')}"
    found, sure = land(ANSWER, moved, segment)
    assert found == segment
    assert 0.8 < sure < 1


def test_what_stands_twice_is_doubtful():
    """A word that stands elsewhere too, in a neighbourhood that changed, is not sure."""
    one = "my coach said that all of it was about sleep and nothing else at all"
    _, sure = land(one, "the coach told us. A coach can be wrong about sleep", "coach")
    assert sure < 0.8


def test_the_same_one_in_order_is_sure():
    """Of equal sentences in an otherwise unchanged text, the third is the third."""
    one = "Yes. " * 5 + "She called me back the very same day and then again."
    other = "Yes. " * 5 + "She called me back the vary same day and then again."
    assert landed(one, other, 10, 14) == (10, 14, 1.0)


@pytest.mark.parametrize("seed", range(20))
def test_shuffled_letters_are_not_sure(seed):
    """In a shuffled text no segment of some length is sure."""
    letters = list(ANSWER)
    random.Random(seed).shuffle(letters)
    assert land(ANSWER, "".join(letters), "answered within the hour")[1] < 0.5


@given(st.lists(st.integers(24, 49), min_size=1, max_size=20, unique=True))
def test_more_damage_is_less_sure(places):
    """Every further letter that is lost makes the place less sure."""
    segment = slice(24, 50)
    last = 1.0
    letters = list(ANSWER)
    for place in places:
        letters[place] = "#"
        sure = landed(ANSWER, "".join(letters), segment.start, segment.stop)[2]
        assert sure < last or sure == last == 0
        last = sure


def test_a_fragment_of_a_word_is_no_find():
    """A short answer that happens to stand inside another's word is doubtful."""
    assert landed("no", "I know", 0, 2)[2] <= 0.8


def test_long_texts_are_only_looked_up():
    """Texts too long to align still keep the segments that stand in them unchanged."""
    one = "".join(f"w{i} " for i in range(9000))
    other = one.replace("w17 ", "x ")
    assert land(one, other, "w5000 w5001 w5002") == ("w5000 w5001 w5002", 1.0)


def test_texts_of_many_pages_are_aligned():
    """Twenty thousand characters with an edit every few lines keep their segments."""
    rng = random.Random(7)
    words = [f"word{rng.randrange(2000)}" for _ in range(2500)]
    one = " ".join(words)
    other = " ".join(word[:-1] if i % 40 == 0 else word for i, word in enumerate(words))
    starts = np.array([one.index(" ", i) + 1 for i in range(0, len(one) - 200, 500)])
    ends = np.array([one.index(" ", i + 80) for i in starts])
    got = anchor([one], [other], np.zeros((len(starts), 2), np.int64), starts, ends)
    assert (got.confidence > 0.9).all()
    assert (got.start <= got.end).all()


def test_pairs_are_kept_apart():
    """Each segment is sought in its own response."""
    sources, responses = ["a cat", "a dog"], ["a dog!", "a cat!"]
    got = anchor(
        sources, responses, np.array([[0, 1], [1, 0], [0, 0]]), np.array([2, 2, 2]), np.array([5, 5, 5])
    )
    assert got.start.tolist()[:2] == [2, 2]
    assert got.confidence[:2].tolist() == [1.0, 1.0]
    assert got.confidence[2] < 0.5
    assert "cat" not in repr(got)


def test_nothing_to_anchor():
    """No segments are no error."""
    none = np.zeros(0, np.int64)
    assert len(anchor([], [], np.zeros((0, 2), np.int64), none, none).start) == 0
