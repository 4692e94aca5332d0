"""Phrases: the vectorized matcher finds what reading word by word finds."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ppdarchive.detectors.lexicon import Phrases
from ppdarchive.detectors.lexicon.phrases import LONGEST, phrase_hashes, words_of
from ppdarchive.text.batch import TextBatch
from ppdarchive.text.tokens import Kind, Tokens

WORDS = ["a", "b", "c", "&", "7"]
PHRASES = st.dictionaries(
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=LONGEST).map(tuple),
    st.integers(1, 2**28),
    max_size=8,
)
PIECES = [*WORDS, "A", " ", "-", ".", "'", "/", ",", "\n", "é", "\x00"]
TEXTS = st.lists(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join), max_size=4)
TIGHT = st.lists(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), max_size=4)


def read_word_by_word(table, texts):
    """First and last token and kinds of each longest phrase that lies in no other, one text after another."""
    found = []
    offset = 0
    for text in texts:
        batch = TextBatch.of([text])
        tokens = Tokens.of(batch)
        forms = [batch.folded[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True)]
        is_word = [kind != Kind.SIGN or form == "&" for kind, form in zip(tokens.kinds, forms, strict=True)]
        own = []
        for first in range(len(forms)):
            best = None
            said, at, signs = [], first, 0
            while at < len(forms) and len(said) < LONGEST:
                if is_word[at]:
                    said.append(forms[at])
                    signs = 0
                    if len(said) >= 2 and tuple(said) in table:
                        best = (first + offset, at + offset, table[tuple(said)])
                elif said and forms[at] in (".", "'", "-", "/") and not signs:
                    signs = 1
                else:
                    break
                at += 1
            if best is not None and not any(last >= best[1] for _, last, _ in own):
                own.append(best)
        found += own
        offset += len(forms)
    return found


@given(PHRASES, st.one_of(TEXTS, TIGHT))
@example({("a", "b"): 1, ("b", "a"): 2}, ["a b a"])
@example({("a", "b"): 1, ("a", "b", "c"): 2}, ["a-b.c", "a--b", "a, b"])
@example({("7", "a"): 1}, ["7a"])
def test_matches_are_those_of_reading_word_by_word(table, texts):
    """Phrases are found where a plain reader finds them, over any batch."""
    matcher = Phrases.of([" ".join(phrase) for phrase in table], list(table.values()))
    got = matcher.find(Tokens.of(TextBatch.of(texts)))
    found = list(zip(got.first.tolist(), got.last.tolist(), got.kinds.tolist(), strict=True))
    assert found == read_word_by_word(table, texts)


@given(PHRASES, TEXTS)
def test_a_text_is_read_alone(table, texts):
    """No phrase reaches from one text into the next."""
    matcher = Phrases.of([" ".join(phrase) for phrase in table], list(table.values()))
    together = len(matcher.find(Tokens.of(TextBatch.of(texts))))
    assert together == sum(len(matcher.find(Tokens.of(TextBatch.of([text])))) for text in texts)


@given(PHRASES, PHRASES)
def test_adding_keeps_what_was_there(one, other):
    """Adding phrases gives the table of both; a phrase in both has the kinds of both."""
    both = Phrases.of([" ".join(phrase) for phrase in one], list(one.values())).adding(
        [" ".join(phrase) for phrase in other], list(other.values())
    )
    merged = {phrase: one.get(phrase, 0) | other.get(phrase, 0) for phrase in {*one, *other}}
    expected = Phrases.of([" ".join(phrase) for phrase in merged], list(merged.values()))
    assert both.hashes.tolist() == expected.hashes.tolist()
    assert both.kinds.tolist() == expected.kinds.tolist()


@pytest.mark.parametrize("phrase", ["alone", "", "a b c d e f g h i"])
def test_a_phrase_has_two_to_eight_words(phrase):
    """Shorter and longer ones are refused."""
    with pytest.raises(ValueError, match="two to 8 words"):
        phrase_hashes([phrase])


@given(st.text(max_size=30))
def test_spellings_of_a_phrase_have_one_hash(text):
    """What a phrase is hashed by is its folded words."""
    own = words_of([text])[0]
    if 2 <= len(own) <= LONGEST:
        assert phrase_hashes([text])[0].tolist() == phrase_hashes([" ".join(own)])[0].tolist()
