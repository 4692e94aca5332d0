"""However a text is roughened, its labels stay on what identifies."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripts.training import noise
from scripts.training.document import Document

CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
NOISES = [
    noise.lower, noise.upper, noise.upper_sentences, noise.title, noise.lower_names, noise.upper_names,
    noise.half_names, noise.random_capitals, noise.no_marks, noise.slips, noise.joined, noise.wrapped,
    noise.shortened, noise.stretched, noise.with_signs, noise.smart, noise.plain_letters, noise.spaced,
    noise.html, noise.hashed, noise.roughen,
]  # fmt: skip


def is_cyrillic(character: str) -> bool:
    """Whether it is a letter of the planted names."""
    return "\u0400" <= character <= "\u04ff"


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """English sentences with planted names in Cyrillic letters, which no noise makes of English."""
    words = st.sampled_from(
        [
            "I",
            "you",
            "love",
            "what",
            "because",
            "my",
            "the",
            "really",
            "so",
            "please",
            "It's",
            "don't",
            "--",
            ":)",
            "(it)",
            "3",
            "&",
            "very",
            "good,",
            "no.",
            "Yes!",
            "é",
        ]
    )
    names = st.lists(st.text(CYRILLIC, min_size=1, max_size=9).map(str.title), min_size=1, max_size=3)
    text = ""
    spans = []
    for _ in range(draw(st.integers(1, 5))):
        text += "".join(
            word + draw(st.sampled_from([" ", " ", "\n"])) for word in draw(st.lists(words, max_size=8))
        )
        name = draw(st.sampled_from([" ", "-", "'"])).join(draw(names))
        label = draw(st.sampled_from(["NAME", "NAME", "LOCATION", "ORGANIZATION", "CONTACT", "DATE"]))
        spans.append((len(text), len(text) + len(name), label))
        text += name + draw(st.sampled_from([" ", ". ", ", ", "\n", "'s ", "! "]))
    return Document(text.rstrip(" "), spans)


@pytest.mark.parametrize("each", NOISES, ids=lambda each: each.__name__)
@given(document=documents(), seed=st.integers(0, 2**32))
def test_spans_select_what_they_selected(each: noise.Noise, document: Document, seed: int) -> None:
    """No letter of a name is left outside of the spans, none of the text is in them, none is lost."""
    changed = each(document, Random(seed))
    changed.check()
    inside = {at for start, end, _ in changed.spans for at in range(start, end)}
    for at, character in enumerate(changed.text):
        assert not (is_cyrillic(character) and at not in inside)
        assert not (character.isascii() and character.isalpha() and at in inside)
    lost = sum(end - start < 2 for start, end, _ in document.spans)
    assert len(document.spans) - lost <= len(changed.spans) <= len(document.spans)


@pytest.mark.parametrize("each", NOISES, ids=lambda each: each.__name__)
@given(seed=st.integers(0, 2**32))
def test_addresses_and_numbers_keep_their_characters(each: noise.Noise, seed: int) -> None:
    """Whatever else changes, an address is the same but for its case."""
    address = "ann.o'lee-2@example.org"
    text = f"Please mail {address}, it's 'because' I love you so"
    changed = each(Document(text, [(12, 12 + len(address), "CONTACT")]), Random(seed))
    [(start, end, _)] = changed.spans
    assert changed.text[start:end].lower().replace("’", "'") == address


@given(document=documents(), seed=st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_text(document: Document, seed: int) -> None:
    """Noise is drawn from the generator that it is handed, and from nothing else."""
    assert noise.roughen(document, Random(seed)) == noise.roughen(document, Random(seed))


def test_a_capital_that_grows_stays() -> None:
    """A letter whose other case is longer is left as it is, so that positions hold."""
    document = Document("STRASSE Weiß", [(8, 12, "NAME")])
    assert noise.upper(document, Random(0)).text == "STRASSE WEIß"
