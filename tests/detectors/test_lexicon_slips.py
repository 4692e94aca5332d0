"""Slips of the finger in ordinary words, and what stands behind a word that can be a name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.detectors.lexicon import slips, words
from ppdarchive.detectors.lexicon.slips import LEAST, LONGEST, Slips, slip_keys
from ppdarchive.detectors.lexicon.subjects import Reading, readings
from ppdarchive.text.batch import TextBatch
from ppdarchive.text.tokens import tokens_of

LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = st.text(LETTERS, min_size=LEAST, max_size=LONGEST)


def near(index, typed):
    """Whether each word is one slip from one of the index."""
    batch = TextBatch.of(typed)
    starts = batch.starts[: len(typed)]
    return index.near(batch.lower, starts, starts + [len(word) for word in typed]).tolist()


@given(WORDS, st.data())
def test_a_word_is_found_by_each_of_its_slips(word, data):
    """A letter too many, too few, another, or two swapped: found, if it is long enough to be looked for."""
    at = data.draw(st.integers(0, len(word) - 2))
    letter = data.draw(st.sampled_from(LETTERS))
    typed = [
        word[:at] + letter + word[at:],
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ]
    found = near(Slips(slip_keys([word])), typed)
    expected = [one != word and LEAST <= len(one) <= LONGEST for one in typed]
    assert found == expected


@given(st.lists(WORDS, max_size=5), st.lists(WORDS, min_size=1, max_size=5))
def test_what_is_near_does_not_depend_on_what_else_is_asked(listed, typed):
    """Each word is judged by itself."""
    index = Slips(slip_keys(listed))
    assert near(index, typed) == [near(index, [word])[0] for word in typed]


def test_shipped_words_are_found_by_their_slips_and_names_are_not():
    """Everyday English and Spanish; a name is no slip."""
    typed = ["becuase", "agian", "sleeep", "montain", "espernaza", "pacienca", "kaylani", "jayden", "because"]
    assert near(slips(), typed) == [True, True, True, True, False, True, False, False, False]


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("Frank words hurt", Reading.OPEN),
        ("Frank advice helped", Reading.WORD),
        ("Will you call", Reading.WORD),
        ("Hope told me", Reading.NAME),
        ("Grace never judged", Reading.OPEN),
        ("Mark, my words", Reading.OPEN),
        ("Mark", Reading.OPEN),
        ("Joy Miller", Reading.OPEN),
        ("Joy zqorian", Reading.OPEN),
    ],
)
def test_the_next_word_tells_how_the_text_reads(text, reading):
    """A verb of a person, a word that hardly ever follows a name, or neither."""
    batch = TextBatch.of([text])
    assert readings(batch, tokens_of(batch), np.array([0]), words()).tolist() == [reading]
