"""The laws of resolving overlaps."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.text.overlap import resolve, resolve_many

from .strategies import spans

MANY = st.lists(spans(), max_size=8)


def covered(found, tier):
    """The characters that spans of one tier cover."""
    return {at for span in found if span.tier is tier for at in range(span.start, span.end)}


@given(MANY)
def test_result_is_disjoint_and_sorted(given_spans):
    """No two resolved spans share a character."""
    found = resolve(given_spans)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(MANY)
def test_coverage_is_never_lost(given_spans):
    """What is sure stays covered exactly; what is uncertain loses only what is sure."""
    found = resolve(given_spans)
    sure = covered(given_spans, Tier.REDACT)
    assert covered(found, Tier.REDACT) == sure
    assert covered(found, Tier.UNCERTAIN) == covered(given_spans, Tier.UNCERTAIN) - sure


@given(MANY, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(given_spans, rng):
    """Any order of the same spans gives the same result."""
    shuffled = list(given_spans)
    rng.shuffle(shuffled)
    assert resolve(shuffled) == resolve(given_spans)


@given(st.lists(MANY, max_size=4))
def test_resolving_twice_changes_nothing_and_batches_agree(batch):
    """Resolved spans stay as they are, and a batch is each text alone."""
    found = resolve_many(batch)
    assert found == [resolve(own) for own in batch]
    assert resolve_many(found) == found


@given(MANY)
def test_disjoint_spans_stay_as_they_are(given_spans):
    """A span that meets no other is returned unchanged."""
    found = resolve(given_spans)
    for span in given_spans:
        if all(other is span or other.end <= span.start or span.end <= other.start for other in given_spans):
            assert span in found


def test_the_strongest_names_the_union():
    """Score decides first, then length, then the order of the categories, then the start."""
    name, place, date = TextCategory.NAME, TextCategory.LOCATION, TextCategory.DATE
    assert resolve([Span(0, 9, name, 0.5), Span(3, 5, place, 0.6)])[0].category is place
    assert resolve([Span(0, 9, place, 0.5), Span(3, 5, name, 0.5)])[0].category is place
    assert resolve([Span(3, 6, date, 0.5), Span(0, 4, place, 0.5), Span(5, 9, name, 0.5)]) == [
        Span(0, 9, name, 0.5)
    ]
    first = [Span(0, 4, name, detector="z"), Span(2, 6, name, detector="a")]
    assert resolve(first) == [Span(0, 6, name, detector="z")]


def test_touching_spans_stay_apart():
    """Spans that share no character are two."""
    assert len(resolve([Span(0, 4, TextCategory.NAME), Span(4, 6, TextCategory.NAME)])) == 2
