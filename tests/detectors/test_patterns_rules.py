"""The rules themselves: their examples, what their patterns may hold, and that needs hide nothing."""

from __future__ import annotations

import re
import re._constants as sre
import re._parser as parser
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.detectors.patterns import Patterns
from ppdarchive.detectors.patterns.needs import NEAR_DATE, NEEDS
from ppdarchive.detectors.patterns.rule import Rule
from ppdarchive.detectors.patterns.rules import RULES
from ppdarchive.detectors.patterns.view import Excerpt, View
from ppdarchive.model.span import TextCategory, Tier
from ppdarchive.text.batch import SEPARATOR, TextBatch

PATTERNS = Patterns()
LAWS = {
    TextCategory.AGE: "C",
    TextCategory.DATE: "C",
    TextCategory.LOCATION: "B",
    TextCategory.CONTACT: "DEFNR",
    TextCategory.ID: "GHIJKLMR",
    TextCategory.IP: "O",
}
"""The classes of 45 CFR 164.514(b)(2)(i) that each category of forms can belong to."""

by_name = pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])


def of_rule(rule: Rule, text: str) -> set[tuple[int, int]]:
    """Where the detector finds something by a rule."""
    (spans,) = PATTERNS.detect([text])
    return {(span.start, span.end) for span in spans if span.detector == f"patterns.{rule.name}"}


@by_name
def test_a_rule_finds_its_examples(rule: Rule) -> None:
    """What stands between < and > is found by this rule, and nothing else in the example is."""
    assert rule.finds
    for marked in rule.finds:
        start, end = marked.index("<"), marked.index(">") - 1
        assert of_rule(rule, marked.replace("<", "").replace(">", "")) == {(start, end)}, marked


@by_name
def test_a_rule_leaves_what_it_should(rule: Rule) -> None:
    """Nothing is found by this rule in its counter-examples."""
    assert rule.leaves
    for text in rule.leaves:
        assert of_rule(rule, text) == set(), text


@by_name
def test_a_rule_says_what_it_is(rule: Rule) -> None:
    """A class of the law that fits the category, a score that fits the tier, a need that is tried."""
    assert rule.law in LAWS[rule.category]
    assert (rule.score > 0.65) == (rule.tier is Tier.REDACT)
    assert 0.35 < rule.score <= 0.99
    assert rule.need in NEEDS or rule.need is NEAR_DATE


def test_names_are_unique_and_all_categories_of_forms_have_rules() -> None:
    """A span says which rule found it."""
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert {rule.category for rule in RULES} == set(LAWS)
    assert len({need.name for need in NEEDS}) == len(NEEDS)
    assert {rule.need for rule in RULES} == {*NEEDS, NEAR_DATE}


def test_check_digits_weigh_more_than_shapes() -> None:
    """What proves itself is surest, shape alone is left to a person."""
    scores = {rule.name: rule.score for rule in RULES}
    checked = ("card-number", "vin", "iban", "routing-number", "ssn", "email", "url")
    assert all(scores[name] == 0.99 for name in checked)
    assert all(scores[name] <= 0.6 for name in ("six-digits", "mixed-code", "zip-alone", "date-perhaps"))


Parsed = Any
"""What `re` makes of a pattern: pairs of an operation and its arguments."""


def parts(parsed: Parsed) -> Iterator[tuple[Any, Any]]:
    """All operations that take characters in; look-arounds take none in."""
    for operation, argument in parsed:
        yield operation, argument
        if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            yield from parts(argument[2])
        elif operation is sre.SUBPATTERN:
            yield from parts(argument[3])
        elif operation is sre.ATOMIC_GROUP:
            yield from parts(argument)
        elif operation is sre.BRANCH:
            for branch in argument[1]:
                yield from parts(branch)
        elif operation is sre.GROUPREF_EXISTS:
            raise AssertionError("conditions are not looked into")


@by_name
def test_no_pattern_takes_in_the_separator(rule: Rule) -> None:
    """So nothing is found across two texts of a batch."""
    for operation, argument in parts(parser.parse(rule.source)):
        assert operation not in (sre.ANY, sre.NOT_LITERAL), "a full stop, or all but one character"
        assert operation is not sre.AT, "the edge of the batch is not the edge of a text"
        if operation is sre.LITERAL:
            assert argument != ord(SEPARATOR)
        if operation is sre.IN:
            kinds = [kind for kind, _ in argument]
            if sre.NEGATE in kinds:
                assert (sre.LITERAL, ord(SEPARATOR)) in argument
            categories = {value for kind, value in argument if kind is sre.CATEGORY}
            assert sre.NEGATE in kinds or categories <= {
                sre.CATEGORY_SPACE,
                sre.CATEGORY_WORD,
                sre.CATEGORY_DIGIT,
            }


@by_name
def test_no_pattern_goes_back_over_a_long_run(rule: Rule) -> None:
    """What repeats without end is possessive, and within such a run nothing repeats without end but that."""
    for operation, argument in parts(parser.parse(rule.source)):
        if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            assert argument[1] < 100, "bound it, or make it possessive"


PIECES = sorted(
    {
        piece
        for rule in RULES
        for text in (*rule.finds, *rule.leaves)
        for piece in re.findall(r"\w+|[^\w\s<>]", text)
    }
)
"""Words, numbers and signs of all examples."""

EXAMPLES = [text.replace("<", "").replace(">", "") for rule in RULES for text in (*rule.finds, *rule.leaves)]

HARD_TEXT = st.one_of(
    st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from([" ", " ", "\n", ""])), max_size=40).map(
        "".join
    ),
    st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join),
    st.lists(st.sampled_from(EXAMPLES), max_size=4).map(" ".join),
)
"""Texts of the words that rules know."""


def tried_everywhere(batch: TextBatch) -> set[tuple[int, int, str]]:
    """What the rules mean if each is tried on the whole batch."""
    whole = Excerpt(batch)
    return {
        (start, end, rule.name)
        for rule in RULES
        if rule.need is not NEAR_DATE
        for start, end in rule.ranges(whole, None)
    }


def tried_where_needed(batch: TextBatch) -> set[tuple[int, int, str]]:
    """What they mean where their needs say that they could."""
    view, whole = View(batch), Excerpt(batch)
    result = set()
    for need in NEEDS:
        anchors = need.anchors(view)
        if not anchors.size:
            continue
        excerpt = whole if need.reads is None else view.excerpt(anchors, *need.reads)
        starts = view.starts[anchors].tolist() if need.reads is None else None
        result |= {
            (excerpt.position(start), excerpt.position(start) + end - start, rule.name)
            for rule in RULES
            if rule.need is need
            for start, end in rule.ranges(excerpt, starts)
        }
    return result


@given(st.lists(HARD_TEXT, max_size=3))
def test_needs_hide_nothing(texts: list[str]) -> None:
    """A rule that is tried on whole batches finds what it finds where its need stands, and no more."""
    batch = TextBatch.of(texts)
    assert tried_where_needed(batch) == tried_everywhere(batch)


def test_needs_hide_no_example() -> None:
    """The same for all examples."""
    batch = TextBatch.of(EXAMPLES)
    assert tried_where_needed(batch) == tried_everywhere(batch)


@given(st.lists(HARD_TEXT, max_size=4), st.randoms(use_true_random=False))
def test_what_is_found_depends_on_the_text_alone(texts: list[str], rng: Any) -> None:
    """Not on the batch around it, nor on its place there."""
    alone = [PATTERNS.detect([text])[0] for text in texts]
    order = list(range(len(texts)))
    rng.shuffle(order)
    assert PATTERNS.detect([texts[at] for at in order]) == [alone[at] for at in order]
    assert all(span.end <= len(text) for text, spans in zip(texts, alone, strict=True) for span in spans)
