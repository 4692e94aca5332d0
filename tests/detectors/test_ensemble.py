"""Detectors made of detectors: unions, votes, and what must hold of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.detectors.ensemble import Union, Vote, combined
from ppdarchive.detectors.patterns import Patterns
from ppdarchive.detectors.plugins import broken_promises
from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.text.overlap import resolve

NAME, PLACE = TextCategory.NAME, TextCategory.LOCATION


class Told:
    """A detector that finds what it was told to find in a text."""

    def __init__(self, name: str, found: dict[str, list[Span]]) -> None:
        self.name = name
        self.found = found

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find it."""
        return [list(self.found.get(text, [])) for text in texts]


def told(name: str, *spans: Span) -> Told:
    """A member that finds these spans in the text of 30 characters."""
    return Told(name, {"x" * 30: list(spans)})


@st.composite
def spans(draw: st.DrawFn, name: str) -> Span:
    """A span in a text of 30 characters."""
    start = draw(st.integers(0, 29))
    return Span(
        start,
        draw(st.integers(start + 1, 30)),
        draw(st.sampled_from([NAME, PLACE])),
        draw(st.sampled_from([0.1, 0.5, 0.7, 1.0])),
        draw(st.sampled_from(list(Tier))),
        f"{name}.rule",
    )


@st.composite
def members(draw: st.DrawFn) -> list[Told]:
    """From one to four members with some spans each."""
    names = "abcd"[: draw(st.integers(1, 4))]
    return [told(name, *draw(st.lists(spans(name), max_size=6))) for name in names]


def covered(found: Sequence[Span], *tiers: Tier) -> set[int]:
    """The characters that spans of some tiers cover, or of all."""
    return {at for span in found if span.tier in (tiers or tuple(Tier)) for at in range(span.start, span.end)}


TEXT = "x" * 30


@given(members())
def test_a_union_covers_what_any_member_covers(own: list[Told]) -> None:
    """Nothing is lost and nothing added, in either tier."""
    (found,) = Union(own).detect([TEXT])
    given_spans = [span for member in own for span in member.found[TEXT]]
    assert covered(found) == covered(given_spans)
    assert covered(found, Tier.REDACT) == covered(given_spans, Tier.REDACT)


@given(members())
def test_a_vote_of_one_is_a_union(own: list[Told]) -> None:
    """One voice is enough: both tiers cover what the union covers."""
    (by_vote,), (by_union,) = Vote(own, 1).detect([TEXT]), Union(own).detect([TEXT])
    assert covered(by_vote) == covered(by_union)
    assert covered(resolve(by_vote), Tier.REDACT) == covered(resolve(by_union), Tier.REDACT)


@given(members(), st.data())
def test_the_order_of_members_changes_nothing(own: list[Told], data: st.DataObject) -> None:
    """Members in another order find the same, to the last score."""
    other = data.draw(st.permutations(own))
    at_least = data.draw(st.integers(1, len(own)))
    assert Union(own).detect([TEXT]) == Union(other).detect([TEXT])
    assert Vote(own, at_least).detect([TEXT]) == Vote(other, at_least).detect([TEXT])


@given(members())
def test_more_votes_find_no_more(own: list[Told]) -> None:
    """What many agree on, few agree on; and all of it was found by somebody."""
    found = [Vote(own, at_least).detect([TEXT])[0] for at_least in range(1, len(own) + 1)]
    for more, fewer in pairwise(found):
        assert covered(fewer) <= covered(more)
        assert covered(fewer, Tier.REDACT) <= covered(more, Tier.REDACT)


@given(members(), st.data())
def test_agreement_is_of_so_many_members(own: list[Told], data: st.DataObject) -> None:
    """A span stands if and only if enough members cover a character of it."""
    at_least = data.draw(st.integers(1, len(own)))
    (found,) = Vote(own, at_least).detect([TEXT])
    reach = [covered(member.found[TEXT]) for member in own]
    stands = covered(found)
    for member in own:
        for span in resolve(member.found[TEXT]):
            place = set(range(span.start, span.end))
            votes = sum(bool(place & characters) for characters in reach)
            assert (votes < at_least) or place <= stands
    assert all(
        sum(bool(set(range(s.start, s.end)) & characters) for characters in reach) >= at_least for s in found
    )


@given(members(), st.lists(st.sampled_from([TEXT, "", "x"]), max_size=5))
def test_texts_do_not_see_each_other(own: list[Told], texts: list[str]) -> None:
    """What is found in a text does not depend on the texts around it."""
    for detector in (Union(own), Vote(own, len(own))):
        assert detector.detect(texts) == [detector.detect([text])[0] for text in texts]


def test_a_span_stands_whole() -> None:
    """One member's shorter span confirms another's longer one, and does not cut it."""
    detector = Vote([told("a", Span(0, 10, NAME, 0.9)), told("b", Span(2, 4, PLACE, 0.5)), told("c")], 2)
    (found,) = detector.detect([TEXT])
    assert [(span.start, span.end, span.category, span.score) for span in found] == [
        (0, 10, NAME, 0.7),
        (2, 4, PLACE, 0.7),
    ]
    assert covered(resolve(found)) == set(range(10))


def test_what_few_are_sure_of_is_uncertain() -> None:
    """A sure span needs as many sure members; an uncertain one never becomes sure."""
    sure, unsure = Span(0, 5, NAME), Span(3, 8, NAME, 0.4, Tier.UNCERTAIN)
    for at_least, expected in ((1, ["redact", "uncertain"]), (2, ["uncertain", "uncertain"])):
        (found,) = Vote([told("a", sure), told("b", unsure)], at_least).detect([TEXT])
        assert [span.tier for span in found] == expected
    (found,) = Vote([told("a", sure), told("b", sure)], 2).detect([TEXT])
    assert [span.tier for span in found] == ["redact", "redact"]


def test_spans_say_who_found_them() -> None:
    """The ensemble's name stands before the member's."""
    member = told("a", Span(0, 5, NAME, detector="a.rule"))
    assert Union([member]).detect([TEXT])[0][0].detector == "union.a.rule"
    assert Vote([member], 1, name="both").detect([TEXT])[0][0].detector == "both.a.rule"


def test_study_toml_says_how_to_join() -> None:
    """A vote needs more than half of the members; no members are a union that finds nothing."""
    own = [told(name) for name in "abcd"]
    assert repr(combined(own[:3], "vote")) == "Vote(['a', 'b', 'c'], at_least=2)"
    assert repr(combined(own, "vote")) == "Vote(['a', 'b', 'c', 'd'], at_least=3)"
    assert repr(combined(own, "union")) == "Union(['a', 'b', 'c', 'd'])"
    assert combined([], "vote").detect([TEXT]) == [[]]


@pytest.mark.parametrize("at_least", [0, 3])
def test_a_vote_needs_its_voters(at_least: int) -> None:
    """No fewer than one, and no more than there are."""
    with pytest.raises(ValueError, match=f"{at_least} of 2 members"):
        Vote([told("a"), told("b")], at_least)


def test_ensembles_are_detectors() -> None:
    """They keep what a detector promises, nested too."""
    nested = Vote([Union([Patterns()]), Patterns()], 2)
    assert broken_promises(nested, ["call 641-555-0126 or write to jo@example.org"]) == []
