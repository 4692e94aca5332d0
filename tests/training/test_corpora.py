"""Corpora are read as people write."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts.training import corpora
from scripts.training.document import Document

SHARED = Path(__file__).parents[3] / "shared" / "corpora"


def tokens(line: str) -> list[tuple[str, str]]:
    """Tokens written as ``form/tag``, without a tag O."""
    found = []
    for each in line.split(" "):
        form, _, tag = each.rpartition("/")
        found.append((form, tag) if tag.startswith(("B-", "I-")) else (each, "O"))
    return found


@pytest.mark.parametrize(
    ("line", "text", "selected"),
    [
        ("I ca n't , Ann/B-PER !", "I can't, Ann!", ["Ann"]),
        ("Ann/B-PER 's ( new ) dog", "Ann's (new) dog", ["Ann"]),
        ('she said " hi Bo/B-person " twice', 'she said "hi Bo" twice', ["Bo"]),
        ("U/B-LOC ./I-LOC S/I-LOC ./I-LOC and 80 , 200", "U.S. and 80,200", ["U.S."]),
        ("so sad : ( in New/B-location York/I-location .", "so sad :( in New York.", ["New York"]),
        ("Dr./B-PER Ann/I-PER Lee./I-PER", "Dr. Ann Lee.", ["Ann Lee"]),
        ("President/B-PER Obama/I-PER &amp; co", "President Obama &amp; co", ["Obama"]),
        ("#Ukraine's/B-LOC plan", "#Ukraine's plan", ["Ukraine"]),
        ("my iPhone/B-product by Apple/B-corporation", "my iPhone by Apple", ["Apple"]),
        ("King/B-PER", "King", ["King"]),
    ],
)
def test_tokens_are_joined(line: str, text: str, selected: list[str]) -> None:
    """Joined as people write, with titles, signs and possessive endings outside of the spans."""
    document = corpora.document(tokens(line))
    document.check()
    assert document.text == text
    assert [text[start:end] for start, end, _ in document.spans] == selected


def test_handles_are_neither_right_nor_wrong() -> None:
    """Handles are ignored whether the corpus labels them, and however it cuts them."""
    document = corpora.document(tokens("@/B-PER annlee and @bo/B-person and @cy"))
    assert document.spans == []
    assert [document.text[start:end] for start, end in document.ignored] == ["@annlee", "@bo", "@cy"]


def test_tokens_can_stay_apart() -> None:
    """Not joined, every token stands by itself."""
    document = corpora.document(tokens("Ann/B-PER 's dog ."), joined=False)
    assert document == Document("Ann 's dog .", [(0, 3, "NAME")])


@pytest.mark.parametrize("name", ["btc-train.conll", "wnut17-train.conll"])
@pytest.mark.parametrize("joined", [True, False])
def test_the_shared_corpora_are_read_whole(name: str, joined: bool) -> None:
    """Each sentence of a corpus is a document whose spans select text."""
    if not (SHARED / name).exists():
        pytest.skip("the corpora are not here")
    documents = corpora.read(SHARED / name, joined=joined)
    assert len(documents) > 3000
    for document in documents:
        document.check()
        for start, end, _ in document.spans:
            assert document.text[start:end].strip() == document.text[start:end]
