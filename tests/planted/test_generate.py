"""The examiner is examined: where its marks stand, what its answers are made of."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from tests.planted.generate import WEIGHTS, Planted, answers, known_values
from tests.planted.grammar import FOLDER, sections
from tests.planted.people import held_out, pool

from ppdarchive.detectors.lexicon import is_held_out
from ppdarchive.model.span import TextCategory


@pytest.fixture(scope="module")
def planted() -> list[Planted]:
    """Return a sample."""
    return answers(1500, 7)


def test_marks_are_sorted_disjoint_and_tight(planted: list[Planted]) -> None:
    """Mentions and neutral ranges share no character, and no mention starts or ends with a space."""
    for answer in planted:
        ranges = sorted([*((s.start, s.end) for s in answer.spans), *answer.neutral])
        assert [s[:2] for s in answer.spans] == sorted(s[:2] for s in answer.spans)
        assert all(end <= start for (_, end), (start, _) in pairwise(ranges))
        for span in answer.spans:
            own = answer.text[span.start : span.end]
            assert own
            assert own == own.strip()


def test_the_same_seed_gives_the_same_answers(planted: list[Planted]) -> None:
    """Answers depend on their number and seed alone."""
    assert answers(300, 3) == answers(300, 3)
    assert planted[:20] != answers(20, 8)


def test_every_category_is_planted(planted: list[Planted]) -> None:
    """All categories are there, and about two answers in five hold nothing."""
    counts = Counter(span.category for answer in planted for span in answer.spans)
    assert set(counts) == set(TextCategory)
    clean = sum(not answer.spans for answer in planted) / len(planted)
    assert 0.33 < clean < 0.5


def test_listed_mentions_are_on_the_list(planted: list[Planted]) -> None:
    """A listed name that is written exactly is a part of a listed value; seven in ten are listed."""
    for answer in planted:
        listed = " ".join(value for value, _ in answer.known).lower()
        for span in answer.spans:
            if span.is_listed and span.form == "exact" and span.category == "NAME":
                words = answer.text[span.start : span.end].lower().split()
                assert all(word in listed for word in words)
    names = [span.is_listed for answer in planted for span in answer.spans if span.category == "NAME"]
    assert 0.6 < sum(names) / len(names) < 0.8
    assert len(known_values(planted)) > 500


def test_there_are_enough_templates() -> None:
    """At least 350 lines, every section of identifiers in use."""
    files = sorted(path.name for path in (FOLDER / "templates").glob("*.txt"))
    own = {
        f"{name[:-4]}/{key}": lines for name in files for key, lines in sections(f"templates/{name}").items()
    }
    assert sum(map(len, own.values())) >= 350
    drawn_elsewhere = {"names/signature", "spanish/spanish"}
    assert {key for key in own if not key.startswith("clean/")} == set(WEIGHTS) | drawn_elsewhere


def test_names_are_of_the_held_out_half() -> None:
    """No name that is drawn may be met in generated training texts; lists and other mentions share none."""
    for section in ("women", "men", "girls", "boys", "unusual"):
        assert is_held_out(held_out("given", section, words=True)).all()
        listed = pool("given", section, words=True, is_listed=True)
        assert not set(listed) & set(pool("given", section, words=True, is_listed=False))
    assert is_held_out(held_out("surnames", "common", words=True)).all()
    assert is_held_out([line.partition("|")[0] for line in held_out("places", "cities")]).all()
