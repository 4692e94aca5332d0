"""Redaction of a column of answers: nothing known is left, the rest is untouched, again is the same."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.deidentify.freetext import redact
from ppdarchive.deidentify.replace import chooser
from ppdarchive.detectors.engine import Engine
from ppdarchive.detectors.known import KnownIdentifiers, residual
from ppdarchive.detectors.patterns import Patterns
from ppdarchive.detectors.protocol import detect
from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.model.span import Fate, Span, TextCategory, Tier
from ppdarchive.text.fold import words_only
from ppdarchive.text.recode import recode

NAME, OTHER = TextCategory.NAME, TextCategory.OTHER
KNOWN = KnownIdentifiers(
    [
        ("Ann Marie O'Brien", NAME),
        ("Grace", NAME),
        ("Jayden", NAME),
        ("Will", NAME),
        ("515-555-0123", TextCategory.CONTACT),
    ]
)
DETECTORS = (Patterns(), KNOWN)
PIECES = st.one_of(
    st.sampled_from(
        [*("Ann Marie", "obrien's", "GRACE", "coach grace", "will", "Will", "Jay\u00adden’s", "coach", "'s"),
         *("515", "555-0123", "3/14", "/2019", "March", "14", "2019", "jane", "@", "example.com", ".", "\n"),
         *("[NAME]", "[NAME-3]", "█████", "[ID-123456789]", "[", "]", "12 Elm", "St", ", Iowa", "IA 52240"),
         *("102", "years old", "case #", "1", "-")]
    ),
    st.text(max_size=4),
)  # fmt: skip
ANSWERS = st.lists(
    st.one_of(st.none(), st.lists(st.tuples(PIECES, st.sampled_from(["", " ", "-"])), max_size=8).map(
        lambda pieces: "".join(a + b for a, b in pieces)
    )),
    max_size=4,
)  # fmt: skip
MARKED = st.sampled_from(["tag", "numbered", "general", "mask"])
"""The ways of replacing that can be told from words."""
REPLACE = st.sampled_from(["tag", "numbered", "general", "mask", "surrogate"])


def once(texts, replace, **options):
    """Redact with the detectors of this module."""
    method = chooser(replace, secret=b"s", known=KNOWN)
    return redact(texts, ["g"] * len(texts), DETECTORS, replace=method, **options)


@given(ANSWERS, MARKED)
def test_redacting_again_changes_nothing(texts, replace):
    """A redacted text has nothing to redact, whatever stands in place of what was."""
    first = once(texts, replace)
    second = once(first.texts, replace)
    assert second.texts == first.texts
    assert not any(second.spans)


@given(ANSWERS, REPLACE)
def test_nothing_known_is_left(texts, replace):
    """The gate's matcher finds no known identifier in what was redacted, certain or not."""
    left = [text for text in once(texts, replace).texts if text is not None]
    assert not any(residual(left, KNOWN))


@given(ANSWERS, REPLACE)
def test_text_outside_the_spans_is_unchanged(texts, replace):
    """Between the edits every code point stays; every span is covered by an edit of its own."""
    result = once(texts, replace)
    for text, new, moved, edits, spans in zip(
        texts, result.texts, result.maps, result.edits, result.spans, strict=True
    ):
        if text is None:
            assert new is None
            continue
        borders = [0, *(place for edit in edits for place in (edit.start, edit.end)), len(text)]
        for start, end in zip(borders[::2], borders[1::2], strict=True):
            if start < end:
                assert new[slice(*moved.map(start, end))] == text[start:end]
        for span, edit in zip(spans, edits, strict=True):
            assert edit.start <= span.start < span.end <= edit.end
            grammar = text[edit.start : span.start] + text[span.end : edit.end]
            assert words_only(grammar) in ("", "a", "an", "the", "s")


@given(ANSWERS)
def test_detectors_find_nothing_but_surrogates(texts):
    """In answers with surrogates detectors find those, as the record says, and nothing else."""
    result = once(texts, "surrogate")
    replaced = result.replaced()
    left = [text for text in result.texts if text is not None]
    for text, spans in zip(left, detect(left, DETECTORS), strict=True):
        gone = {
            at for start, end in (*replaced.get(text, ()), *replaced_ranges(text)) for at in range(start, end)
        }
        for span in spans:
            outside = [text[at] for at in range(span.start, span.end) if at not in gone]
            assert words_only("".join(outside)) in ("", "s")


def test_the_record_tells_where_surrogates_stand():
    """Ranges of surrogates, by released text; tags need no record, nor do articles beside them."""
    texts = ["my coach Jayden called", "An Jayden", "no name", None, "the fire"]

    class Fire:
        """Finds fires."""

        name = "fire"

        def detect(self, texts):
            """Mark each fire."""
            return [[Span(*match.span(), OTHER) for match in re.finditer("fire", text)] for text in texts]

    method = chooser("surrogate", secret=b"s", known=KNOWN)
    result = redact(texts, ["g"] * len(texts), [KNOWN, Fire()], replace=method)
    name = result.texts[0].split()[2]
    assert result.texts[4] == "the [OTHER]"
    assert result.replaced() == {
        f"my coach {name} called": ((9, 9 + len(name)),),
        result.texts[1]: ((0, len(result.texts[1])),)
        if result.texts[1].startswith("A ")
        else ((3, 3 + len(name)),),
    }


def test_a_text_of_several_answers_has_the_ranges_of_all():
    """Where an answer is released as it came, what stands in it is nobody's surrogate."""
    method = chooser("surrogate", secret=b"s", known=KNOWN)
    first = redact(["ask Jayden"], ["g"], [KNOWN], replace=method)
    both = redact(["ask Jayden", first.texts[0]], ["g", "h"], [KNOWN], replace=method)
    assert both.texts == (first.texts[0],) * 2
    assert first.replaced()
    assert not both.replaced()


@given(ANSWERS)
def test_withheld_answers_are_null_and_swallow_their_codings(texts):
    """With an uncertain span the whole answer is withheld, and every coding of it is swallowed."""
    result = once(texts, "tag", uncertain="withhold")
    for place, spans in enumerate(result.spans):
        unsure = any(span.tier is Tier.UNCERTAIN for span in spans)
        assert (place in result.withheld) == unsure
        if unsure:
            assert result.texts[place] is None
            codings = [np.array([value]) for value in (place, 0, 1)]
            assert recode(*codings, result.maps).counts[Fate.SWALLOWED] == 1
    assert sum(result.counts.values()) == sum(map(len, result.spans))


@given(ANSWERS, st.randoms(use_true_random=False))
def test_tags_do_not_depend_on_the_batch(texts, rng):
    """An answer is redacted alike alone and among others, in any order."""
    whole = once(texts, "tag").texts
    order = list(range(len(texts)))
    rng.shuffle(order)
    assert once([texts[place] for place in order], "tag").texts == tuple(whole[place] for place in order)


class Eager:
    """A detector that finds whatever is left, one character at a time, tags and possessives included."""

    name = "eager"

    def detect(self, texts):
        """Mark the last character of each text."""
        return [[Span(len(text) - 1, len(text), OTHER)] if text else [] for text in texts]


class Greedy:
    """A detector that finds every text whole."""

    name = "greedy"

    def detect(self, texts):
        """Mark each text."""
        return [[Span(0, len(text), OTHER)] if text else [] for text in texts]


@given(ANSWERS)
def test_any_detector_comes_to_an_end(texts):
    """A detector that never has enough is not asked forever, and never gets into a tag."""
    for detector in (Eager(), Greedy()):
        result = redact(texts, texts, [detector, KNOWN])
        again = redact(result.texts, texts, [detector, KNOWN])
        assert again.texts == result.texts


class Outside:
    """A detector that breaks its promise."""

    name = "outside"

    def detect(self, texts):
        """Mark what is not there."""
        return [[Span(0, len(text) + 1, OTHER)] for text in texts]


def test_a_span_outside_its_text_is_refused():
    """A plug-in's span that leaves its text is refused by the detector's name, without the text."""
    with pytest.raises(ValueError, match="'outside' returned a span outside") as caught:
        detect(["Jayden"], [Outside()])
    assert "Jayden" not in str(caught.value)


class Gossip:
    """An engine that finds a name where somebody of the same group told it surely."""

    def detect(self, texts, groups=None):
        """Mark "Ann" where it is capitalized, and everywhere in a group where it is once."""
        owners = groups or range(len(texts))
        told = {group for text, group in zip(texts, owners, strict=True) if "Ann" in text}
        return [
            [Span(*match.span(), NAME) for match in re.finditer("(?i)ann", text)] if group in told else []
            for text, group in zip(texts, owners, strict=True)
        ]


def test_an_engine_is_told_whose_texts_they_are():
    """What one answer tells is used in the others of the same person, and in nobody else's."""
    result = redact(["Ann", "ask ann", "ask ann"], ["g", "g", "h"], Gossip())
    assert result.texts == ("[NAME]", "ask [NAME]", "ask ann")


@pytest.mark.parametrize(
    ("kind", "detector", "left"),
    [("state", "places", True), ("city", "places", False), ("state", "known", False)],
)
def test_states_and_countries_stay(kind, detector, left):
    """Every standard lets states and countries stay, unless the study lists them as identifiers."""

    class Places:
        """Finds Iowa."""

        name = "places"

        def detect(self, texts):
            """Mark it."""
            return [
                [Span(0, 4, TextCategory.LOCATION, 1.0, Tier.REDACT, detector, kind)]
                if text[:4] == "Iowa"
                else []
                for text in texts
            ]

    assert (redact(["Iowa is flat"], ["g"], [Places()]).texts[0] == "Iowa is flat") == left


def test_every_text_needs_a_group():
    """As many groups as texts, or nothing is done."""
    with pytest.raises(ValueError, match="each text needs one"):
        redact(["Jayden"], [], DETECTORS)


def test_example():
    """The whole way on one answer: tags, possessive, counts and a coding that moved."""
    text = "my coach grace was a godsend, she called 515 555 0123 even when Jayden’s colic was bad"
    result = redact([text, None], ["p1", "p2"], DETECTORS)
    assert result.texts == (
        "my coach [NAME] was a godsend, she called [CONTACT] even when [NAME]’s colic was bad", None,
    )  # fmt: skip
    assert result.counts == {(NAME, Tier.REDACT): 2, (TextCategory.CONTACT, Tier.REDACT): 1}
    start, end = result.maps[0].map(text.index("colic"), len(text))
    assert result.texts[0][start:end] == "colic was bad"
    assert repr(result) == "Redaction(2 texts, 3 spans, 0 withheld)"


ENGINE = Engine(KNOWN)


@given(ANSWERS, MARKED)
def test_the_engine_finds_nothing_more(texts, replace):
    """With everything that ships with the package: what was redacted once is left as it is."""
    method = chooser(replace, secret=b"s")
    first = redact(texts, ["g"] * len(texts), ENGINE, replace=method)
    second = redact(first.texts, ["g"] * len(texts), ENGINE, replace=method)
    assert second.texts == first.texts


@pytest.mark.parametrize("replace", ["tag", "general"])
def test_the_engine_leaves_redacted_answers_alone(example, replace):
    """The example study's answers, redacted once, are redacted no more."""
    texts = list(answers(example).values())[:150]
    method = chooser(replace, secret=b"s")
    first = redact(texts, range(len(texts)), ENGINE, replace=method)
    assert sum(map(len, first.spans)) > 20
    assert redact(first.texts, range(len(texts)), ENGINE, replace=method).texts == first.texts


def test_parts_of_a_redaction():
    """A part is what the same answers alone would be, with places and counts of its own."""
    texts = ["ask Jayden", "nothing", None, "since 3/7 or Jayden", "Grace. Hope"]
    whole = redact(texts, texts, DETECTORS, uncertain="withhold")
    for start, stop in ((0, 2), (2, 5), (0, 5), (3, 3)):
        alone = redact(texts[start:stop], texts[start:stop], DETECTORS, uncertain="withhold")
        part = whole.part(start, stop)
        assert (part.texts, part.maps, part.edits) == (alone.texts, alone.maps, alone.edits)
        assert (part.spans, part.withheld, part.counts) == (alone.spans, alone.withheld, alone.counts)


FLOORS = {"CONTACT": 0.85, "ID": 1.0, "IP": 1.0, "DATE": 0.85, "known NAME": 0.95, "known FACILITY": 1.0}
"""Least share of planted identifiers whose letters and digits are all covered; measured 2026-11-23."""


def test_recall_on_the_example_study(example):
    """Of the example study's planted identifiers, those with a form or on a list are found."""
    config = tomllib.loads((example / "study.toml").read_text("utf-8"))["known"][0]
    columns = config["columns"].items()
    with (example / config["path"]).open(encoding="utf-8", newline="") as file:
        values = [
            (row[column], TextCategory(kind))
            for row in csv.DictReader(file)
            for column, kind in columns
            if row[column]
        ]
    parts = {words_only(part) for value, _ in values for part in (value, *value.split())}
    texts = answers(example)
    detectors = (Patterns(), KnownIdentifiers(values))
    spans = dict(zip(texts, detect(list(texts.values()), detectors), strict=True))
    planted, hit = Counter(), Counter()
    covered_by_plan = defaultdict(set)
    with (example / "key/planted_spans.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text, start, end = texts[row["response_id"]], int(row["start"]), int(row["end"])
            covered_by_plan[row["response_id"]] |= set(range(start, end))
            category = row["category"]
            if category in ("NAME", "FACILITY") and words_only(text[start:end]) in parts:
                category = f"known {category}"
            covered = {at for span in spans[row["response_id"]] for at in range(span.start, span.end)}
            planted[category] += 1
            hit[category] += all(at in covered for at in range(start, end) if text[at].isalnum())
    for category, floor in FLOORS.items():
        assert hit[category] >= floor * planted[category] > 0, category
    masked = sum(
        len(set(range(span.start, span.end)) - covered_by_plan[key])
        for key, own in spans.items()
        for span in own
    )
    assert masked < 0.005 * sum(map(len, texts.values()))


def answers(folder):
    """Every answer of the survey export, by response id."""
    with (folder / "exports/three_month_survey.csv").open(encoding="utf-8", newline="") as file:
        header, _, _, *rows = csv.reader(file)
    questions = ("helpful_program", "improve_program", "helpful_coach", "improve_coach")
    found = {}
    for row in rows:
        record = dict(zip(header, row, strict=True))
        if record["Status"] != "0":
            continue  # previews, tests and spam
        for question, column in zip(questions, ("Q12", "Q13", "Q14", "Q15"), strict=True):
            found.setdefault(f"{record['ResponseId']}.{question}", record[column])
    return found
