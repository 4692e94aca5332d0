"""Known names that are words: what stands around them in small letters, and where a sentence starts."""

from __future__ import annotations

import pytest

from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.model.span import TextCategory

NAMES = ("Hope", "Sage", "Case", "Liberty", "Bill", "Rose", "Charity")
KNOWN = KnownIdentifiers([(name, TextCategory.NAME) for name in NAMES])


def tier(text):
    """The tier of what is found, or none."""
    spans = KNOWN.detect([text])[0]
    return spans[0].tier.value if spans else "none"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hi sage, it is me", "redact"),
        ("call me rose", "redact"),
        ("this is charity again", "redact"),
        ("i was nursing liberty at night", "uncertain"),
        ("liberty was colicky for weeks", "uncertain"),
        ("every time case was sick i logged on", "uncertain"),
        ("case and i are good", "uncertain"),
        ("me and sage talked it over", "uncertain"),
        ("i did not click with sage at first", "uncertain"),
        ("in that case i stopped", "none"),
        ("there is hope", "none"),
        ("a sage plant", "none"),
    ],
)
def test_small_letters_are_judged_by_what_is_done(text, expected):
    """Who is greeted, presented, nursed or clicked with is somebody."""
    assert tier(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hope so much changes", "none"),
        ("Bill collectors call me", "uncertain"),
        ("Rose petals in the bath", "uncertain"),
        ("Rose garden walks", "none"),
        ("HOPE YOU READ THIS", "none"),
        ("Hope told me to rest", "redact"),
        ("Hope, thank you", "uncertain"),
        ("I hope", "none"),
    ],
)
def test_where_a_sentence_starts_the_next_word_judges(text, expected):
    """A capital says nothing there; a word that hardly ever follows a name does."""
    assert tier(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dozed off with rosy in my lap", "uncertain"),
        ("sat up with brain on my shoulder", "uncertain"),
        ("when rosy was born", "uncertain"),
        ("i held rosy all night", "uncertain"),
        ("rosy and i walked", "uncertain"),
        ("coach rosy called", "redact"),
        ("rosy cheeks", "none"),
        ("it was all rosy at first", "none"),
        ("a rosy picture", "none"),
        ("brain told me to rest", "uncertain"),
        ("i was nursing brain at night", "uncertain"),
        ("my brain told me to rest", "none"),
        ("brain fog", "none"),
        ("i havent slept", "none"),
    ],
)
def test_a_variant_that_is_a_word_is_judged_like_a_name_that_is_one(text, expected):
    """A word one edit or the same sound away is a name only where a listed one would be."""
    known = KnownIdentifiers([(name, TextCategory.NAME) for name in ("Rosie", "Brian", "Haven")])
    spans = known.detect([text])[0]
    assert (spans[0].tier.value if spans else "none") == expected


def test_only_what_is_no_word_is_a_possessive_of_a_name_that_is_one():
    """A name that is a word is found in a possessive without apostrophe unless that is a word too."""
    known = KnownIdentifiers([("Bill", TextCategory.NAME), ("Charity", TextCategory.NAME)])
    texts = ["charitys naps got longer", "the bills came in"]
    assert [len(spans) for spans in known.detect(texts)] == [1, 0]
