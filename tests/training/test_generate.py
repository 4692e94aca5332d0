"""Generated documents are labelled, varied and the same for the same seed."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest
from scripts.training.document import Document
from scripts.training.draws import DRAWS
from scripts.training.generate import as_json, generate, grammar, tidied
from scripts.training.names import listed_names, training_half

from ppdarchive.detectors.lexicon import is_held_out
from ppdarchive.model.span import TextCategory


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    """Some documents, roughened."""
    return list(generate(3000, 5))


@pytest.fixture(scope="module")
def clean() -> list[Document]:
    """Some documents as the templates say them."""
    return list(generate(3000, 6, rough=False))


def test_the_same_seed_gives_the_same_documents(documents: list[Document]) -> None:
    """Documents follow from the seed."""
    assert list(generate(500, 5)) == documents[:500]
    assert list(generate(500, 7)) != documents[:500]


def test_spans_select_text(documents: list[Document], clean: list[Document]) -> None:
    """Every span selects text of a known category and begins and ends with a sign of it."""
    for document in documents:
        document.check()
    for document in clean:
        document.check()
        for start, end, label in document.spans:
            assert label in set(TextCategory)
            assert document.text[start:end].strip() == document.text[start:end]


def test_every_category_is_met(documents: list[Document]) -> None:
    """All categories that the tagger learns are there, names most often."""
    counts = Counter(label for document in documents for _, _, label in document.spans)
    assert counts.most_common(1)[0][0] == "NAME"
    assert set(counts) >= {
        "NAME",
        "LOCATION",
        "ORGANIZATION",
        "FACILITY",
        "MILITARY",
        "DATE",
        "CONTACT",
        "ID",
    }


def test_many_sentences_identify_nobody(clean: list[Document]) -> None:
    """A good part of the documents holds nothing that identifies."""
    without = sum(not document.spans for document in clean)
    assert 0.1 < without / len(clean) < 0.5


def test_there_are_enough_templates() -> None:
    """Over a thousand lines, over fifteen genres."""
    assert grammar().n_lines >= 1200
    assert len(grammar().genres()) >= 15


def test_words_of_the_programme_are_plain() -> None:
    """What survey answers call the services and the programme is never labelled."""
    plain = re.compile(r"(?:the )?(?:VA|Army|Navy|NICU|MomMoodBooster|coach)", re.IGNORECASE)
    for document in generate(4000, 8, rough=False):
        if document.genre == "survey":
            for start, end, _ in document.spans:
                assert not plain.fullmatch(document.text[start:end])


def test_names_are_of_the_training_half() -> None:
    """Drawn names are none of those that are kept for evaluation."""
    names = ["Smith", "Jones", "Maria", "Holly", "Grace", "Nguyen"]
    assert [name for name in names if name in training_half(names)] == list(training_half(names))
    assert not is_held_out(listed_names("given_world")).any()
    assert not is_held_out(listed_names("rare_last")).any()


def test_the_and_loose_signs_are_outside_of_spans() -> None:
    """An article before a name is none of it."""
    document = Document("in the Keys, now", [(3, 12, "LOCATION")])
    assert tidied(document, Random(1)).spans == [(7, 11, "LOCATION")]


def test_documents_are_written_as_json() -> None:
    """One line, whatever the text holds."""
    line = as_json(Document("Ann\nLee", [(0, 7, "NAME")], "email"))
    assert line == '{"text": "Ann\\nLee", "spans": [[0, 7, "NAME"]], "genre": "email", "ignored": []}'


def test_slots_draw_something() -> None:
    """No slot draws nothing."""
    rng = Random(3)
    for _, draw in DRAWS.values():
        assert all(draw(rng).strip() for _ in range(50))
