"""Names that are words are decided in context; words of the field stay."""

from __future__ import annotations

from functools import cache

import pytest
from tests.planted.sentences import Marked, covers, field_sentences, pairs, touches

from ppdarchive.model.span import Tier

engine = pytest.importorskip("ppdarchive.detectors.engine", exc_type=ImportError)

LEAST_NAMES_FOUND = 0.90
"""Of the sentences in which the word is a name: found in any tier."""
LEAST_WORDS_LEFT = 0.95
"""Of those in which it is a word: not in the redact tier."""
LEAST_FIELD_WORDS_LEFT = {Tier.REDACT: 0.99, Tier.UNCERTAIN: 0.97}
"""Words of the field: not in the redact tier, not in any tier."""

CORE = ("coach", "mommoodbooster", "mood", "zoloft", "c-section", "nicu", "ptsd", "va", "army")


FORMS = ("my {0} was the best part", "{0}", "The {0} helped me. {0}!", "i hate {0} so much", "Ask {0}. No.")


@cache
def own_engine():
    """Return one engine for all tests."""
    return engine.Engine()


def detect(sentences: list[Marked]) -> list[list[object]]:
    """What is found; each sentence is a text of its own."""
    return own_engine().detect([sentence.text for sentence in sentences])


def sure(spans: list) -> list:
    """What would be redacted: states and countries stay."""
    return [span for span in spans if span.tier is Tier.REDACT and not span.kind]


def test_the_table_is_long_enough() -> None:
    """At least 200 pairs, half of the names in small letters."""
    table = pairs()
    assert len(table) >= 200
    lower = [pair for pair in table if pair.as_name.text[pair.as_name.places[0][0]].islower()]
    assert 0.4 < len(lower) / len(table) < 0.6
    assert len(field_sentences()) >= 150


def test_words_that_are_names_are_found() -> None:
    """A word that is a name here is found, in one tier or the other."""
    own = [pair.as_name for pair in pairs()]
    missed = [s.text for s, spans in zip(own, detect(own), strict=True) if not covers(spans, s)]
    rate = 1 - len(missed) / len(own)
    assert rate >= LEAST_NAMES_FOUND, (rate, missed)


def test_names_that_are_words_are_left() -> None:
    """A word that is a word here is not redacted."""
    own = [pair.as_word for pair in pairs()]
    wrong = [s.text for s, spans in zip(own, detect(own), strict=True) if touches(sure(spans), s)]
    rate = 1 - len(wrong) / len(own)
    assert rate >= LEAST_WORDS_LEFT, (rate, wrong)


def test_words_of_the_field_stay() -> None:
    """Programme, medications, conditions, services, branches and numbers that identify nobody stay."""
    own = list(field_sentences())
    found = detect(own)
    for tier, least in LEAST_FIELD_WORDS_LEFT.items():
        kept = [sure(spans) if tier is Tier.REDACT else spans for spans in found]
        wrong = [s.text for s, spans in zip(own, kept, strict=True) if touches(spans, s)]
        assert 1 - len(wrong) / len(own) >= least, (tier, wrong)


@pytest.mark.parametrize("word", CORE)
def test_programme_words_stay_in_any_case(word: str) -> None:
    """The words that the issue names are in no tier, whatever the capitals."""
    texts = [form.format(case(word)) for form in FORMS for case in (str.lower, str.upper, str.title)]
    found = own_engine().detect(texts)
    assert [text for text, spans in zip(texts, found, strict=True) if spans] == []
