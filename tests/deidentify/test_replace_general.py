"""General words: a closed vocabulary that no detector stops at and that tells nothing fine."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.deidentify.freetext import redact
from ppdarchive.deidentify.replace import General
from ppdarchive.detectors.general import AGES, IN_STATE, NOUNS, PATTERN, SEASONS, STATES
from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.detectors.patterns import Patterns
from ppdarchive.detectors.phrases import Phrases
from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.model.span import Span, TextCategory

from .marked import replaced

CATEGORIES = st.sampled_from(list(TextCategory))
STANDARDS = st.sampled_from(["safe-harbor", "expert-determination", "limited-data-set"])
WORDS = st.sampled_from(
    [
        *(
            "Iowa City",
            "IA",
            "Iowa",
            "VA",
            "Mercy",
            "Hospital",
            "Clinic",
            "St.",
            "Luke's",
            "School",
            "Bank",
            "of",
        ),
        *(
            "Smith",
            "Maria",
            "the",
            "a",
            "3/5/2019",
            "March",
            "5th",
            "2019",
            "1931",
            "Easter",
            "94",
            "11",
            "weeks",
        ),
        *(
            "months",
            "ninety",
            "Elm",
            "Street",
            "52240",
            "PO Box 12",
            "Fort",
            "USS",
            "SSG",
            "3rd",
            "Battalion",
        ),
        *(
            "OIF",
            "68W",
            "jane",
            "@",
            "gmail.com",
            "515-555-0123",
            "www.x.org",
            "900-12-3456",
            ",",
            "'s",
            "coach",
        ),
    ]
)
VALUES = st.one_of(st.lists(WORDS, min_size=1, max_size=5).map(" ".join), st.text(min_size=1, max_size=10))


def phrases():
    """Every phrase of the vocabulary, but for years and states by one each."""
    nouns = sorted({noun for own in NOUNS.values() for noun in own})
    yield from ("[someone]", "[a day]", "[some month]", "[2019]", "[a day in 2019]", "[a holiday in 2019]")
    yield from (f"[{age}]" for age in AGES)
    yield from (f"[{season}]" for season in SEASONS)
    yield from (f"[{season} 2019]" for season in SEASONS)
    for noun in nouns:
        article = "an" if noun[0] in "aeio" or noun == "IP address" else "a"
        yield from (f"[{noun}]", f"[{article} {noun}]")
        if noun in IN_STATE:
            yield from (f"[{article} {noun} in {state}]" for state in STATES.values())


FRAMES = (
    "{}",
    "I went to {} twice",
    "my coach {} called",
    "{}'s calls helped",
    "{} was born on {} in {}",
    "work at {}.",
    "call me at {} or {}",
    "at {}, {}",
)


@pytest.mark.parametrize(
    "detector", [Patterns(), Phrases(), KnownIdentifiers([("Grace Spring", TextCategory.NAME)])]
)
def test_general_words_are_redacted_no_more(detector):
    """Whatever sentence a phrase stands in, nothing is redacted in or around it."""
    texts = [frame.format(phrase, phrase, phrase) for phrase in phrases() for frame in FRAMES]
    again = redact(texts, texts, [detector], replace=General())
    assert [new for text, new in zip(texts, again.texts, strict=True) if new != text] == []


def test_phrases_are_known_by_their_form():
    """Each phrase is found whole, also with a capital; what people write in brackets is not."""
    for phrase in phrases():
        for text in (phrase, phrase[0] + phrase[1].upper() + phrase[2:]):
            assert list(replaced_ranges(f"x {text} y")) == [(2, 2 + len(text))]
    for text in (
        "[sic]",
        "[Maria]",
        "[a nurse]",
        "[1931]",
        "[2041]",
        "[a city in Springfield]",
        "[12345]",
        "[]",
    ):
        assert not list(replaced_ranges(text))


@given(
    CATEGORIES,
    VALUES,
    STANDARDS,
    st.sampled_from(["{}", "my {}", "the {}", "a {}", "I work at {}", "{}s", "{}'"]),
)
def test_whatever_is_replaced_becomes_a_phrase_of_the_vocabulary(category, value, standard, frame):
    """Nothing of a value gets through but a state, a year since 1950, a season or a band of ages."""
    text = re.sub("[{}]", "", value) or "x"
    (found,) = replaced([frame.format(f"{{{category}:{text}}}")], General(standard))
    ((start, end),) = replaced_ranges(found)
    assert re.fullmatch(PATTERN, found[start:end], re.IGNORECASE)
    if standard == "safe-harbor":
        assert not any(season in found[start:end] for season in SEASONS)


@given(st.lists(VALUES, min_size=1, max_size=4), st.data())
def test_generalizing_again_changes_nothing(values, data):
    """A text in which something was generalized is left as it is, by any detector."""

    class Some:
        """Finds some of the words, whatever they are."""

        name = "some"

        def detect(self, texts):
            """Mark the words that begin with certain letters."""
            return [
                [Span(*match.span(), category) for match in re.finditer(r"\b[A-Ma-m0-4]\w*", text)]
                for text in texts
            ]

    category = data.draw(CATEGORIES)
    first = redact(values, values, [Some()], replace=General())
    second = redact(first.texts, values, [Some()], replace=General())
    assert second.texts == first.texts


@pytest.mark.parametrize("noun", sorted({noun for own in NOUNS.values() for noun in own}))
def test_every_noun_reads_with_its_article(noun):
    """The pattern of the vocabulary holds each noun with and without an article."""
    assert re.fullmatch(PATTERN, f"[{noun}]")
    assert re.fullmatch(PATTERN, f"[a {noun}]") or re.fullmatch(PATTERN, f"[an {noun}]")
