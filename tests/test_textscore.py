"""Scores on marked texts agree with an independent scorer; what is learned is judged on texts left out."""

from __future__ import annotations

import importlib
import json
import math
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.detectors import lexicon
from ppdarchive.detectors.lexicon import Entry
from ppdarchive.detectors.tagger import Thresholds
from ppdarchive.errors import TextError
from ppdarchive.model.span import Tier
from ppdarchive.textscore import (
    GoldText,
    Mention,
    Rate,
    Trained,
    learn,
    misses,
    read_brat,
    read_gold,
    read_trained,
    score,
)
from ppdarchive.textscore.learn import Aims
from ppdarchive.textscore.metrics import each_score

CATEGORIES = ("NAME", "LOCATION", "ORGANIZATION", "DATE")


@st.composite
def ranges(draw: st.DrawFn, size: int) -> Mention:
    """A range of a text of some size, with a category."""
    start = draw(st.integers(0, size - 1))
    return Mention(start, draw(st.integers(start + 1, size)), draw(st.sampled_from(CATEGORIES)))


@st.composite
def cases(draw: st.DrawFn) -> tuple[GoldText, list[Mention]]:
    """A marked text and what a detector might find in it; ranges may overlap."""
    text = draw(st.text(st.sampled_from("ab Z9.,'-\n\té한👍‍"), min_size=0, max_size=40))
    if not text:
        return GoldText(text, ()), []
    marked = draw(st.lists(ranges(len(text)), max_size=4))
    return GoldText(text, tuple(marked)), draw(st.lists(ranges(len(text)), max_size=4))


# ---------------------------------------------------------------------------------------------
# Metrics
# ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def second_opinion(shared: Path) -> Iterator[ModuleType]:
    """The scorer that the corpora come with."""
    folder = shared / "bench"
    if not (folder / "score.py").is_file():
        pytest.skip("the scorer is not in a user's clone")
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module("score")
    finally:
        sys.path.remove(str(folder))


def agree(ours: Rate, theirs: float | None) -> bool:
    """Whether two shares are the same, or both are of nothing."""
    if ours.share is None or theirs is None:
        return ours.share is theirs
    return math.isclose(ours.share, theirs, abs_tol=1e-12)


@given(st.lists(cases(), max_size=4))
def test_scores_agree_with_a_second_opinion(
    second_opinion: ModuleType, given_texts: list[tuple[GoldText, list[Mention]]]
) -> None:
    """Every rate is the one that the corpora's own scorer computes."""
    corpora = second_opinion.corpora
    docs = [
        corpora.Doc(
            own.text,
            [corpora.Span(each.start, each.end, each.category, each.category) for each in own.mentions],
        )
        for own, _ in given_texts
    ]
    found = [own for _, own in given_texts]
    missed: list[dict[str, Any]] = []
    theirs = second_opinion.score(
        docs, [[(s.start, s.end, s.category) for s in own] for own in found], missed
    )
    gold = [own for own, _ in given_texts]
    ours = score(gold, found)
    assert agree(ours.recall, theirs["recall"])
    assert agree(ours.character_recall, theirs["char_recall"])
    assert agree(ours.clean_texts, theirs["clean_docs"])
    assert agree(ours.precision, theirs["precision"])
    assert agree(ours.over_masking, theirs["over_masking"])
    assert set(ours.by_category) == set(theirs["by_category"])
    for name, rate in ours.by_category.items():
        assert rate.total == theirs["by_category"][name]["n"]
        assert agree(rate, theirs["by_category"][name]["rate"])
    assert (ours.n_texts, ours.n_characters) == (theirs["docs"], theirs["chars"])
    assert [(miss.words, miss.masked, miss.context) for miss in misses(gold, found)] == [
        (each["mention"], each["masked"], each["context"]) for each in missed
    ]


@given(cases())
def test_finding_all_is_perfect_and_nothing_is_none(case: tuple[GoldText, list[Mention]]) -> None:
    """Who finds exactly what is marked has every rate at its best; who finds nothing protects nothing."""
    gold, _ = case
    perfect, empty = score([gold], [gold.mentions]), score([gold], [[]])
    assert perfect.recall.hits == perfect.recall.total == len(gold.mentions)
    assert perfect.over_masking.hits == 0
    assert perfect.precision.hits == perfect.precision.total
    assert empty.over_masking.hits == empty.character_recall.hits == empty.precision.total == 0


@given(cases(), st.data())
def test_more_found_never_protects_less(case: tuple[GoldText, list[Mention]], data: st.DataObject) -> None:
    """Another span raises no miss and lowers no over-masking."""
    gold, found = case
    if not gold.text:
        return
    more = score([gold], [[*found, data.draw(ranges(len(gold.text)))]])
    less = score([gold], [found])
    assert more.recall.hits >= less.recall.hits
    assert more.character_recall.hits >= less.character_recall.hits
    assert more.over_masking.hits >= less.over_masking.hits


@given(st.lists(cases(), max_size=4))
def test_scores_of_texts_add_up(given_texts: list[tuple[GoldText, list[Mention]]]) -> None:
    """The score of many texts is the sum of their own."""
    gold, found = [own for own, _ in given_texts], [own for _, own in given_texts]
    total = score(gold, found)
    assert sum(own.recall.hits for own in each_score(gold, found)) == total.recall.hits
    assert sum(own.n_characters for own in each_score(gold, found)) == total.n_characters


def test_half_a_name_is_a_name() -> None:
    """A mention counts only whole; its hyphens and full stops need not be masked."""
    gold = GoldText("Ann Lee: 555-01", (Mention(0, 7, "NAME"), Mention(9, 15, "ID")))
    half = score([gold], [[Mention(0, 3, "NAME"), Mention(9, 12, "ID"), Mention(13, 15, "ID")]])
    assert half.recall == Rate(1, 2)
    assert half.by_category == {"NAME": Rate(0, 1), "ID": Rate(1, 1)}
    assert half.clean_texts == Rate(0, 1)


# ---------------------------------------------------------------------------------------------
# Gold files
# ---------------------------------------------------------------------------------------------


@given(st.lists(cases(), min_size=1, max_size=4))
def test_gold_files_say_what_they_were_written_from(
    given_texts: list[tuple[GoldText, list[Mention]]],
) -> None:
    """JSON lines are read as they were written; blank lines count for nothing."""
    gold = tuple(own for own, _ in given_texts)
    lines = [
        json.dumps({"text": own.text, "spans": [[m.start, m.end, m.category] for m in own.mentions]})
        for own in gold
    ]
    assert read_gold(["", *lines, "  \n"], path="x") == gold


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Zebulon", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "no text"),
        ('{"spans": []}', "no text"),
        ('{"text": "Zebulon"}', "no list"),
        ('{"text": "Zebulon", "spans": [[0, 8, "NAME"]]}', "outside"),
        ('{"text": "Zebulon", "spans": [[-1, 2, "NAME"]]}', "outside"),
        ('{"text": "Zebulon", "spans": [[2, 2, "NAME"]]}', "empty"),
        ('{"text": "Zebulon", "spans": [[0, 2]]}', "start, end and category"),
        ('{"text": "Zebulon", "spans": [[0, 2.5, "NAME"]]}', "start, end and category"),
        ('{"text": "Zebulon", "spans": ["Zebulon"]}', "start, end and category"),
    ],
)
def test_a_broken_line_is_told_by_its_number(line: str, reason: str) -> None:
    """What is wrong is told with the line, and no word of it."""
    with pytest.raises(TextError) as caught:
        read_gold(['{"text": "a", "spans": []}', line], path="gold.jsonl")
    assert (caught.value.code, caught.value.line) == ("text.gold", 2)
    assert reason in caught.value.what
    assert "Zebulon" not in str(caught.value) + repr(caught.value)


def test_a_sample_without_texts_is_refused() -> None:
    """Nothing can be said of nothing."""
    with pytest.raises(TextError) as caught:
        read_gold(["", " "], path="x")
    assert caught.value.code == "text.gold-empty"


def test_brat_files() -> None:
    """Ranges are read, pieces are mentions of their own, and other lines say nothing."""
    text = "Ask Zebu\nLee é"
    lines = (
        "T1\tPER 4 8;9 12\tZebu Lee\r\nR1\tOf Arg1:T1 Arg2:T1\n#1\tAnnotatorNotes T1\tcheck\nT2\tX 13 14\té\n"
    )
    gold = read_brat(text, lines, path="1.ann")
    assert [(m.start, m.end, m.category) for m in gold.mentions] == [
        (4, 8, "PER"), (9, 12, "PER"), (13, 14, "X")
    ]  # fmt: skip
    for broken in ("T1\tPER 4\tZebu", "T1\tPER 4 99\tZebu", "T1 PER 4 8"):
        with pytest.raises(TextError) as caught:
            read_brat(text, broken, path="1.ann")
        assert "Zebu" not in str(caught.value)


def test_nothing_shows_text() -> None:
    """No repr of a marked text or a miss holds a word of it."""
    gold = GoldText("Zebulon", (Mention(0, 7, "NAME"),))
    (miss,) = misses([gold], [[]])
    trained = Trained((Entry("Zebulon", "given_name"),), Thresholds())
    assert "Zebulon" not in repr(gold) + repr(miss) + repr(trained)


# ---------------------------------------------------------------------------------------------
# What is learned
# ---------------------------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(st.text(min_size=1).filter(str.strip), st.sampled_from(sorted(lexicon.entries.KINDS)))
    ),
    st.tuples(*[st.floats(0, 1)] * 3),
)
def test_trained_files_say_what_they_were_written_from(
    entries: list[tuple[str, str]], chances: tuple[float, float, float]
) -> None:
    """What is dumped is read back."""
    limits = Thresholds(uncertain=chances[0], extend=chances[1], redact=chances[2])
    trained = Trained(tuple(Entry(*own) for own in entries), limits, {"texts": 3})
    assert read_trained(trained.dumped(), path="x") == trained


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.pop("format"),
        lambda document: document.pop("thresholds"),
        lambda document: document["thresholds"].pop("redact"),
        lambda document: document["thresholds"].update(redact=1.5),
        lambda document: document["thresholds"].update(redact="Zebulon"),
        lambda document: document.update(entries=[["Zebulon", "no kind"]]),
        lambda document: document.update(entries=["Zebulon"]),
    ],
)
def test_other_files_are_no_trained_files(change: Callable[[dict[str, Any]], object]) -> None:
    """A file of another form is refused without a word of it."""
    document = json.loads(Trained((), Thresholds()).dumped())
    change(document)
    for text in (json.dumps(document), "Zebulon", "[]"):
        with pytest.raises(TextError) as caught:
            read_trained(text, path="study.toml", pointer="text.trained")
        assert caught.value.code == "text.trained"
        assert "Zebulon" not in str(caught.value)


def sample(n_texts: int) -> list[GoldText]:
    """Answers with a word that no list knows, which the lab marks, and one that it never does."""
    draw = random.Random(7)
    gold = []
    for number in range(n_texts):
        name = draw.choice(("Maria Lopez", "Jayden", "Susan Miller", "Iowa City"))
        centre = draw.choice(("kestrowan birth nook", "zyblon hall"))
        text = f"my coach {name} met me at {centre} and then the Plumbix app crashed, visit {number}"
        at, place = text.index(name), text.index(centre)
        marks = (Mention(at, at + len(name), "NAME"), Mention(place, place + len(centre), "FACILITY"))
        gold.append(GoldText(text, marks))
    return gold


def test_too_small_a_sample_is_refused() -> None:
    """Too few mentions for the aim, or too few texts, teach nothing; the error says how many are needed."""
    with pytest.raises(TextError) as caught:
        learn(sample(40), path="x", aims=Aims(both=0.97))
    assert (caught.value.code, caught.value.facts["expected"]) == ("text.sample", 100)
    whole = sample(60)
    merged = GoldText("x" * 400, tuple(Mention(at, at + 1, "NAME") for at in range(300)))
    with pytest.raises(TextError) as caught:
        learn([merged, *whole[:5]], path="x")
    assert (caught.value.code, caught.value.facts["expected"]) == ("text.sample", 20)


@pytest.fixture(scope="module")
def learned() -> Any:
    """What sixty answers teach."""
    return learn(sample(60), path="x")


def test_learning_helps_on_texts_left_out(learned: Any) -> None:
    """Marked and missed words are learned, and held-out recall does not fall."""
    before, after = learned.shipped[Tier.UNCERTAIN], learned.tuned[Tier.UNCERTAIN]
    assert after.recall.share >= before.recall.share
    assert before.n_texts == after.n_texts == 60
    assert after.recall.total == 120


def test_learning_is_the_same_each_time(learned: Any) -> None:
    """The same corrections teach the same."""
    again = learn(sample(60), path="x")
    assert again.trained == learned.trained
    assert again.tuned == learned.tuned


def test_names_never_become_safe(learned: Any) -> None:
    """No safe word was marked anywhere, and none is a name or a place of the lexicons."""
    safe = {entry.value for entry in learned.trained.entries if entry.kind == "safe"}
    assert not safe & {"maria", "lopez", "jayden", "susan", "miller", "iowa", "kestrowan", "zyblon"}
    limits = learned.trained.thresholds
    assert 0 < limits.uncertain <= limits.extend <= limits.redact < 1
