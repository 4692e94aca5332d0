"""Tokens of a batch: cut as a regular expression cuts them, hashed by their letters alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.text.batch import TextBatch
from ppdarchive.text.fold import fold
from ppdarchive.text.tokens import Tokens, numbered, tokens_of, word_hashes

TEXTS = st.lists(
    st.text(alphabet=st.one_of(st.characters(), st.sampled_from("aB1' .-ßé\n\x00²🙂"))), max_size=5
)


def cut(text: str) -> list[str]:
    """The tokens of a folded text, character by character."""
    found: list[str] = []
    last = ""
    for character in text:
        kind = "a" if character.isalpha() else "1" if character.isdecimal() else ""
        if character.isspace():
            last = ""
            continue
        if kind and kind == last:
            found[-1] += character
        else:
            found.append(character)
        last = kind
    return found


@given(TEXTS)
def test_tokens_are_runs_of_letters_runs_of_digits_and_signs(texts: list[str]) -> None:
    """Each token is of its text and in order."""
    batch = TextBatch.of(texts)
    tokens = Tokens.of(batch)
    found: list[list[str]] = [[] for _ in texts]
    for start, end, text in zip(tokens.starts, tokens.ends, tokens.texts, strict=True):
        found[text].append(batch.folded[start:end])
    assert found == [cut(fold(text).text) for text in texts]


@given(TEXTS)
def test_a_hash_depends_on_the_word_alone(texts: list[str]) -> None:
    """The same word has one hash wherever it stands; different words have different ones."""
    batch = TextBatch.of(texts)
    tokens = Tokens.of(batch)
    words = [batch.folded[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True)]
    assert word_hashes(words).tolist() == tokens.hashes.tolist()
    assert len(set(words)) == len(set(tokens.hashes.tolist()))


def test_no_two_words_share_a_hash() -> None:
    """Half a million made-up words, none colliding."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [a + b + c + d for a in letters for b in letters for c in letters for d in letters]
    assert len(set(word_hashes(words).tolist())) == len(words)


def test_tokens_of_the_last_batch_are_found_once() -> None:
    """Detectors that ask for the tokens of one batch get the same."""
    batch = TextBatch.of(["It's 5pm"])
    assert tokens_of(batch) is tokens_of(batch)
    assert tokens_of(batch).hashes.tolist() == Tokens.of(batch).hashes.tolist()
    assert tokens_of(TextBatch.of(["It's 5pm"])) is not tokens_of(batch)


@given(st.lists(st.one_of(st.integers(0, 9), st.integers(0, 2**64 - 1), st.just(2**64 - 1)), max_size=40))
def test_numbers_are_given_in_the_order_of_first_places(values: list[int]) -> None:
    """Equal hashes share a number, whatever bits they have, and each number knows its first place."""
    numbers, first = numbered(np.array(values, np.uint64))
    distinct = list(dict.fromkeys(values))
    assert [distinct[number] for number in numbers] == values
    assert first.tolist() == [values.index(value) for value in distinct]
