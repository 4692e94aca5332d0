"""What stands in the place of what is redacted."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.deidentify.replace import Numbered, edits_for, masks, tags, without_possessive
from ppdarchive.detectors.tags import MASK
from ppdarchive.model.span import Span, TextCategory
from ppdarchive.text.edit import apply

NAME, PLACE = TextCategory.NAME, TextCategory.LOCATION


def replaced(texts, words, choose, **options):
    """The texts with each of the words replaced wherever it stands."""
    spans = [
        [Span(*match.span(), category) for match in re.finditer("|".join(words), text)]
        for text, category in zip(texts, [NAME] * len(texts), strict=True)
    ]
    return apply(texts, edits_for(texts, spans, choose, **options))[0]


def test_tags_and_masks():
    """A tag names the category; a mask has one length."""
    assert replaced(["Anna and Jo"], ["Anna", "Jo"], tags) == ["[NAME] and [NAME]"]
    assert replaced(["Anna and Jo"], ["Anna", "Jo"], masks) == [f"{MASK} and {MASK}"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Anna's", 4),
        ("Anna’s", 4),
        ("ANNA'S", 4),
        ("James'", 5),
        ("Anna'", 5),
        ("'s", 2),
        ("Anna's's", 4),
        ("s'", 1),
    ],
)
def test_possessives_stay_in_the_text(text, kept):
    """A possessive at the end of a span is no part of it, unless it is all there is."""
    assert without_possessive(text, Span(0, len(text), NAME)).end == kept


def test_numbers_follow_the_value_within_its_group():
    """One value has one number in all texts of its group, however it is written."""
    texts = ["Anna, ANNA and Jo", "jo and Anna", "Anna"]
    first, second, third = replaced(texts, ["(?i)anna|jo"], Numbered(b"secret"), groups=["a", "a", "b"])
    numbers = re.findall(r"-(\d)", first)
    assert numbers[0] == numbers[1] != numbers[2]
    assert re.findall(r"-(\d)", second) == [numbers[2], numbers[0]]
    assert third == "[NAME-1]"


def test_numbers_across_the_study():
    """Where it is asked for, one value has one number in all texts, whoever wrote them."""
    found = replaced(
        ["Anna", "Jo", "anna"], ["(?i)anna|jo"], Numbered(b"s", within="study"), groups=["a", "b", "c"]
    )
    assert found[0] == found[2] != found[1]
    assert set(found) == {"[NAME-1]", "[NAME-2]"}


GROUPS = st.lists(st.sampled_from("ab"), min_size=1, max_size=6)


@given(
    st.lists(st.sampled_from(["Anna", "Bo", "Cy", "Di"]), min_size=1, max_size=6),
    st.data(),
    st.binary(min_size=1),
)
def test_numbers_are_a_permutation_within_each_group(names, data, secret):
    """Numbers are 1 to the number of values of the group, each value one; the same secret gives the same."""
    groups = data.draw(st.lists(st.sampled_from("ab"), min_size=len(names), max_size=len(names)))
    found = replaced(names, ["Anna|Bo|Cy|Di"], Numbered(secret), groups=groups)
    for group in set(groups):
        own = {(name, tag) for name, tag, other in zip(names, found, groups, strict=True) if other == group}
        assert len(own) == len({name for name, _ in own}) == len({tag for _, tag in own})
        assert {int(tag[6:-1]) for _, tag in own} == set(range(1, len(own) + 1))
    assert replaced(names, ["Anna|Bo|Cy|Di"], Numbered(secret), groups=groups) == found


def test_numbers_depend_on_the_secret():
    """Under other secrets the same names get other numbers, so nothing follows from a number."""
    text = ["Anna Bo Cy Di Ed Flo"]
    found = {replaced(text, [r"\w+"], Numbered(bytes([number])))[0] for number in range(1, 21)}
    assert len(found) > 10


def test_numbers_need_a_secret():
    """Without a secret the numbers could be computed, so there are none."""
    with pytest.raises(ValueError, match="secret"):
        Numbered(b"")
