"""Folding: what two spellings share, and the way back to exact places."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from ppdarchive.text.fold import fold, words_only

from .strategies import texts

FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def letters():
    """Every letter and number of Unicode."""
    every = (chr(point) for point in range(0x110000))
    return [character for character in every if unicodedata.category(character)[0] in "LN"]


def test_case_and_form_of_every_letter_fold_away():
    """Upper, lower and title case and all four normal forms of every letter fold to the same."""
    for letter in letters():
        own = fold(letter).text
        for other in (letter.upper(), letter.lower(), letter.title(), letter.casefold(), own):
            assert fold(other).text == own
        assert all(fold(unicodedata.normalize(form, letter)).text == own for form in FORMS)


@given(texts())
def test_folding_is_character_by_character(text):
    """A text folds to its characters' foldings in a row, and folding again changes nothing."""
    folded = fold(text).text
    assert folded == "".join(fold(character).text for character in text)
    assert fold(folded).text == folded


@given(texts())
def test_every_range_leads_back_to_its_characters(text):
    """The original range of a folded one is inside the text and folds to at least that range."""
    folded = fold(text)
    for start in range(len(folded.text)):
        for end in range(start + 1, min(start + 6, len(folded.text)) + 1):
            first, last = folded.original(start, end)
            assert 0 <= first < last <= len(text)
            assert folded.text[start:end] in fold(text[first:last]).text


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Weiß", "weiss"),
        ("soﬁa", "sofia"),
        ("Zoe\u0308", "zoe"),
        ("İNCİ", "inci"),
        ("ＧＲＡＣＥ", "grace"),
        ("𝓖𝓻𝓪𝓬𝓮", "grace"),
        ("Gr\u00ada\u200bce", "grace"),
        ("O’Brien", "o'brien"),
        ("555\u2011０１２３", "555-0123"),
        ("Mood™", "mood "),
        ("a\u00a0b\x00", "a b"),
    ],
)
def test_examples(written, plain):
    """Case, forms, marks, unseen characters and typography fold away."""
    assert fold(written).text == plain


def test_words_only():
    """Two spellings of a value share their letters and digits."""
    assert words_only("Ann-Marie") == words_only("ANN  MARIE") == "annmarie"
