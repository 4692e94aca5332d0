"""Templates are said as they are written."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from scripts.training.document import Document
from scripts.training.grammar import Grammar, Joints, say

DRAWS = {"first": ("NAME", lambda rng: "Ann"), "n": (None, lambda rng: "7")}


def said(folder: Path, template: str, *, joints: Joints | None = None, seed: int = 0) -> Document:
    """One document of a genre with one template."""
    (folder / "g.txt").write_text(template, encoding="utf-8")
    grammar = Grammar.load(folder, shared=(), lists=(), draws=DRAWS)
    return say(grammar, "g", Random(seed), joints or Joints())


@pytest.mark.parametrize(
    ("template", "document"),
    [
        ("ask {first} {n} times", ("ask Ann 7 times", [(4, 7, "NAME")])),
        ("at <O:{first}'s Grill> now", ("at Ann's Grill now", [(3, 14, "ORGANIZATION")])),
        ("a [] b [], c", ("a b, c", [])),
        (r"to \<{first}\>\nx", ("to <Ann>\nx", [(4, 7, "NAME")])),
        ("I <3 {first}", ("I <3 Ann", [(5, 8, "NAME")])),
        ("{first} [] !", ("Ann!", [(0, 3, "NAME")])),
    ],
)
def test_templates(tmp_path: Path, template: str, document: tuple[str, list[tuple[int, int, str]]]) -> None:
    """Slots are labelled, labels hold what is in them, gaps close, signs can be plain."""
    found = said(tmp_path, f"== document\n{template}\n")
    assert (found.text, found.spans) == document


def test_sections_and_repetition(tmp_path: Path) -> None:
    """A section's label covers all of it; repetitions are joined as told."""
    template = "== document\n{who*2,/}\n== who NAME\n{first} [Lee|Lee]\n"
    found = said(tmp_path, template)
    assert found == Document("Ann Lee/Ann Lee", [(0, 7, "NAME"), (8, 15, "NAME")], "g")


def test_sentences_are_joined_by_the_writers_habit(tmp_path: Path) -> None:
    """A stop only where none is; the gap always."""
    template = "== document\n{a*1}{b*2}\n== a\n\n== b words\nyes; yes\n"
    assert said(tmp_path, template.replace("{a*1}", ""), joints=Joints("...", "\n")).text == "yes...\nyes"


def test_ignored_ranges(tmp_path: Path) -> None:
    """What is neither right nor wrong is kept apart."""
    found = said(tmp_path, "== document\nin <?:May>\n")
    assert (found.spans, found.ignored) == ([], [(3, 6)])


@pytest.mark.parametrize("line", ["[a", "a]", "{nobody}", "<N:a", "a>"])
def test_wrong_templates_are_refused_with_their_place(tmp_path: Path, line: str) -> None:
    """Brackets that do not match and unknown slots are defects, told by file and line."""
    if line == "a>":
        assert said(tmp_path, f"== document\n{line}\n").text == "a>"
        return
    with pytest.raises(ValueError, match=r"g\.txt:2"):
        said(tmp_path, f"== document\n{line}\n")
