"""The corpora's sentences about others."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from scripts.training.document import Document
from scripts.training.mentions import Mentions, replace_mentions, shape, without_held_out
from scripts.training.names import training_half

SOURCE = [
    Document(
        "Acme sued Foo Bar in Rome", [(0, 4, "ORGANIZATION"), (10, 17, "ORGANIZATION"), (21, 25, "LOCATION")]
    ),
    Document("the FBI", [(4, 7, "ORGANIZATION")]),
]


def test_shapes() -> None:
    """Acronyms are replaced by acronyms, names of two words by names of two words."""
    assert shape("FBI", "ORGANIZATION") == ("ORGANIZATION", 0)
    assert shape("Foo Bar", "ORGANIZATION") == ("ORGANIZATION", 2)
    assert shape("a b c d", "LOCATION") == ("LOCATION", 3)


@given(st.integers(0, 2**32))
def test_mentions_are_replaced_where_they_stand(seed: int) -> None:
    """Spans select the replacements, the rest stays, and what stands twice is replaced alike."""
    text = "ask Ann Lee, the CIA or ann lee"
    spans = [(4, 11, "NAME"), (17, 20, "ORGANIZATION"), (24, 31, "NAME")]
    document = replace_mentions(Document(text, spans), Random(seed), Mentions(SOURCE), share=1.0)
    document.check()
    one, agency, two = (document.text[start:end] for start, end, _ in document.spans)
    assert document.text == f"ask {one}, the {agency} or {two}"
    assert one == two
    assert agency == "FBI"


def test_capitals_are_kept() -> None:
    """A mention in small letters is replaced by one in small letters."""
    document = Document("so ann came", [(3, 6, "NAME")])
    replaced = replace_mentions(document, Random(2), Mentions(SOURCE), share=1.0)
    assert replaced.text == replaced.text.lower()


def test_documents_with_names_kept_for_evaluation_can_be_left_out() -> None:
    """Only documents whose names are all of the training half remain."""
    names = ["Smith", "Jones", "Maria", "Holly", "Grace", "Nguyen", "Peter", "Paul"]
    documents = [Document(name, [(0, len(name), "NAME")]) for name in names]
    assert [document.text for document in without_held_out(documents)] == list(training_half(names))
