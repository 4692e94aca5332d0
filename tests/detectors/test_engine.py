"""The engine: all detectors over batches, disjoint spans, what is sure once, kinds, and two tiers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ppdarchive
from ppdarchive.detectors import engine as engine_module
from ppdarchive.detectors.engine import Engine, batches, find
from ppdarchive.detectors.kinds import kind_of
from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.model.span import Span, TextCategory, Tier

ANSWERS = (
    "my coach maria was a godsend, she called every tues even when Jayden was colicky",
    "the VA in iowa city never did",
    "Jayden Kowalczyk sleeps now. call me at 319-555-0142 or jane.doe@example.org",
    "kowalczyk was tired",
    "I have hope. Thank you!",
    "",
    "¡Mi hijo Mateo nació el 3 de mayo!",
    "We moved from Fort Hood, Texas to Germany in 2017",
)
TEXTS = st.lists(st.one_of(st.sampled_from(ANSWERS), st.text(max_size=40)), max_size=5)


def found(text: str, spans: Sequence[Span]) -> list[str]:
    """What the spans select."""
    return [text[span.start : span.end] for span in spans]


@given(TEXTS)
@settings(max_examples=60)
def test_spans_are_disjoint_sorted_and_inside(texts: list[str]) -> None:
    """Whatever the text."""
    for text, spans in zip(texts, Engine().detect(texts), strict=True):
        last = 0
        for span in spans:
            assert last <= span.start < span.end <= len(text)
            last = span.end


@given(TEXTS, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_a_text_s_spans_depend_on_its_group_alone(texts: list[str], random: object) -> None:
    """Not on the other texts, nor on their order."""
    order = list(range(len(texts)))
    random.shuffle(order)  # type: ignore[attr-defined]
    together = find([texts[at] for at in order])
    for place, at in enumerate(order):
        alone = find([texts[at]])[0]
        assert [(s.start, s.end, s.category, s.tier) for s in together[place]] == [
            (s.start, s.end, s.category, s.tier) for s in alone
        ]


def test_a_name_found_surely_is_found_in_all_answers_of_its_group() -> None:
    """And in nobody else's, where nothing says that it is a name."""
    texts = ["My son Brexley cries a lot.", "then brexley woke up again", "then brexley woke up again"]
    mine, other = Engine().detect(texts, groups=["p1", "p1", "p2"])[1:]
    assert found(texts[1], mine) == ["brexley"]
    assert mine[0].tier is Tier.REDACT
    assert "sense" not in {span.detector for span in other}


@given(st.integers(1, 200))
@settings(max_examples=20)
def test_batches_change_nothing(size: int) -> None:
    """Groups reach across batches."""
    texts = [*ANSWERS, *ANSWERS[::-1]]
    groups = [at % 3 for at in range(len(texts))]
    expected = Engine().detect(texts, groups)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "BATCH", size)
        pieces = list(batches(texts))
        assert [text for _, batch in pieces for text in batch] == texts
        assert [begin for begin, _ in pieces] == [
            sum(map(len, (b for _, b in pieces[:n]))) for n in range(len(pieces))
        ]
        assert [
            [(s.start, s.end, s.category, s.tier) for s in own] for own in Engine().detect(texts, groups)
        ] == [[(s.start, s.end, s.category, s.tier) for s in own] for own in expected]


def test_states_and_countries_are_told_apart_from_other_places() -> None:
    """A standard lets them stay."""
    text = "We moved from Fort Hood, Texas to Germany in 2017"
    spans = Engine().detect([text])[0]
    kinds = {text[span.start : span.end]: span.kind for span in spans}
    assert kinds.get("Germany") == "country"
    assert kind_of("U.S.A.") == "country"
    assert kind_of("Texas") == "state"
    assert kind_of("Fort Hood") == ""


def test_names_inside_of_an_address_are_part_of_it() -> None:
    """One span of one category."""
    text = "write to jane.doe@example.org please"
    (span,) = Engine().detect([text])[0]
    assert span.category is TextCategory.CONTACT
    assert found(text, [span]) == ["jane.doe@example.org"]


def test_known_identifiers_and_other_detectors_join() -> None:
    """What only they find is found."""

    class Other:
        name = "other"

        def detect(self, texts: Sequence[str]) -> list[list[Span]]:
            return [[Span(0, 1, TextCategory.OTHER, detector="other")] if text else [] for text in texts]

    own = Engine(KnownIdentifiers([("zorblat", TextCategory.NAME)]), extra=[Other()])
    text = "we saw zorblat"
    assert {span.detector.split(".")[0] for span in own.detect([text])[0]} >= {"known", "other"}
    assert repr(own) == "Engine(['tagger', 'patterns', 'phrases', 'known', 'other'])"


def test_progress_tells_how_many_texts_are_done() -> None:
    """Batch by batch."""
    told: list[int] = []
    Engine(progress=told.append).detect(list(ANSWERS))
    assert sum(told) == len(ANSWERS)


def test_the_public_function_keeps_what_the_tier_asks_for() -> None:
    """The redact tier is part of both."""
    both, sure = find(ANSWERS), find(ANSWERS, tier="redact")
    assert ppdarchive.detect is find
    assert [[span for span in own if span.tier is Tier.REDACT] for own in both] == sure
    with pytest.raises(ValueError, match="perhaps"):
        find(["x"], tier="perhaps")


def test_groups_of_another_number_are_refused() -> None:
    """Each text needs one."""
    with pytest.raises(ValueError, match="2 texts of 1 groups"):
        Engine().detect(["a", "b"], groups=["p"])


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6), st.booleans(), st.booleans()), max_size=12))
def test_parts_and_agreement_are_what_comparing_all_pairs_says(
    given_spans: list[tuple[int, int, bool, bool]],
) -> None:
    """Looking up how far spans reach finds the same as comparing each with each, which is slow."""
    spans = [
        Span(
            start, start + length, TextCategory.CONTACT if is_whole else TextCategory.NAME, 0.5,
            Tier.REDACT if is_whole else Tier.UNCERTAIN, "tagger" if is_tagger and not is_whole else "rule",
        )
        for start, length, is_whole, is_tagger in given_spans
    ]  # fmt: skip
    whole = [span for span in spans if span.category is TextCategory.CONTACT]
    assert engine_module._without_parts(spans) == [
        span
        for span in spans
        if span.detector != "tagger"
        or not any(other.start <= span.start and span.end <= other.end for other in whole)
    ]
    unsure = [span for span in spans if span.tier is Tier.UNCERTAIN]
    sure = [
        span.tier is Tier.REDACT
        or any(
            (span.detector == "tagger") != (other.detector == "tagger")
            and span.start < other.end
            and other.start < span.end
            for other in unsure
        )
        for span in spans
    ]
    assert [span.tier is Tier.REDACT for span in engine_module._agreed(spans)] == sure
