"""From independent codings to a proposal: laws, and every character counted by hand."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.coding.consensus.rules import Clusters, Codings, Ranges, Rule, clusters, propose

N_RESPONSES, N_CODES, N_CODERS, LENGTH = 3, 2, 4, 9
Row = tuple[int, int, int, int, int]
Piece = tuple[int, int, int, int]


@st.composite
def rows(draw: st.DrawFn, *, empty: bool = True) -> list[Row]:
    """Codings as rows, some of them twice, some overlapping others of the same coder."""
    found: list[Row] = []
    for _ in range(draw(st.integers(0, 14))):
        start = draw(st.integers(0, LENGTH - 1))
        end = draw(st.integers(start if empty else start + 1, LENGTH))
        indices = (draw(st.integers(0, n - 1)) for n in (N_RESPONSES, N_CODES, N_CODERS))
        found.append((*indices, start, end))  # type: ignore[arg-type]
    return found


def seen_by() -> st.SearchStrategy[np.ndarray]:
    """Who saw which response."""
    return st.lists(st.booleans(), min_size=N_RESPONSES * N_CODERS, max_size=N_RESPONSES * N_CODERS).map(
        lambda cells: np.array(cells).reshape(N_RESPONSES, N_CODERS)
    )


def codings(found: list[Row]) -> Codings:
    """Rows as columns."""
    response, code, coder, start, end = np.array(found, dtype=np.int64).reshape(-1, 5).T
    return Codings.of(response=response, code=code, coder=coder, start=start, end=end)


def halves(start: int, end: int) -> set[int]:
    """Half characters of a range; an empty one is the left half of the character behind it."""
    return set(range(2 * start, 2 * end + (start == end)))


def everyone() -> np.ndarray:
    """All coders saw all responses."""
    return np.ones((N_RESPONSES, N_CODERS), dtype=bool)


def pieces(found: Clusters, proposed: Ranges) -> list[Piece]:
    """What is proposed, as rows of response, code, start, end."""
    return [
        (int(found.response[of]), int(found.code[of]), int(start), int(end))
        for of, start, end in zip(proposed.of, proposed.start, proposed.end, strict=True)
    ]


def marked(found: list[Piece]) -> set[tuple[int, int, int]]:
    """The half characters that rows cover."""
    return {(response, code, at) for response, code, start, end in found for at in halves(start, end)}


def by_hand(found: list[Row], seen: np.ndarray, rule: Rule) -> set[tuple[int, int, int]]:
    """The half characters that a rule takes, each looked at alone."""
    who: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    saw = {response: set(np.flatnonzero(seen[response])) for response in range(N_RESPONSES)}
    for response, code, coder, start, end in found:
        saw[response].add(coder)
        for at in halves(start, end):
            who[response, code, at].add(coder)
    wanted = {
        Rule.UNION: lambda n, n_seen: n > 0,
        Rule.INTERSECTION: lambda n, n_seen: n == n_seen,
        Rule.MAJORITY: lambda n, n_seen: n > n_seen / 2,
    }[rule]
    return {place for place, coders in who.items() if wanted(len(coders), len(saw[place[0]]))}


@given(rows(empty=False), seen_by(), st.sampled_from([Rule.INTERSECTION, Rule.MAJORITY, Rule.UNION]))
def test_a_rule_takes_what_counting_by_hand_takes(found: list[Row], seen: np.ndarray, rule: Rule) -> None:
    """Character by character, also where coders did not see a response or marked it twice."""
    made = clusters(codings(found), seen)
    assert marked(pieces(made, propose(made, rule))) == by_hand(found, seen, rule)


@given(rows(), seen_by())
def test_what_all_marked_most_marked_and_what_most_marked_somebody_did(
    found: list[Row], seen: np.ndarray
) -> None:
    """Intersection lies within majority, majority within union."""
    made = clusters(codings(found), seen)
    least, middle, most = (
        marked(pieces(made, propose(made, rule))) for rule in (Rule.INTERSECTION, Rule.MAJORITY, Rule.UNION)
    )
    assert least <= middle <= most


@given(rows(), seen_by(), st.sampled_from(list(Rule)))
def test_proposals_are_disjoint_and_maximal(found: list[Row], seen: np.ndarray, rule: Rule) -> None:
    """Ranges of one cluster do not touch, and those of one code in one response do not overlap."""
    made = clusters(codings(found), seen)
    proposed = propose(made, rule, first=1 if rule is Rule.FIRST else None)
    rows_of = pieces(made, proposed)
    assert rows_of == sorted(rows_of)
    before: dict[tuple[int, int], tuple[int, int]] = {}
    for of, (response, code, start, end) in zip(proposed.of, rows_of, strict=True):
        last_of, last_end = before.get((response, code), (-1, -1))
        assert start > last_end if of == last_of else start >= last_end
        before[response, code] = (int(of), end)


@given(rows(empty=False), st.sampled_from(list(Rule)))
def test_coders_who_agree_have_one_answer(found: list[Row], rule: Rule) -> None:
    """Whatever the rule, what all of them marked alike is proposed as it is."""
    same = [(response, code, coder, *at) for response, code, _, *at in found for coder in range(N_CODERS)]
    made = clusters(codings(same), everyone())  # type: ignore[arg-type]
    assert made.is_agreed.all()
    proposed = propose(made, rule, first=2 if rule is Rule.FIRST else None)
    np.testing.assert_array_equal(proposed.of, np.arange(len(made)))
    np.testing.assert_array_equal(proposed.start, made.start)
    np.testing.assert_array_equal(proposed.end, made.end)


@given(rows(), seen_by(), st.permutations(range(N_CODERS)), st.randoms(use_true_random=False))
def test_neither_the_order_of_coders_nor_of_rows_matters(
    found: list[Row], seen: np.ndarray, order: list[int], random: object
) -> None:
    """Permuting who is which coder, and the rows, changes no proposal and no cluster."""
    other = [(response, code, order[coder], *at) for response, code, coder, *at in found]
    random.shuffle(other)  # type: ignore[attr-defined]
    permuted = np.empty_like(seen)
    permuted[:, order] = seen
    one, two = clusters(codings(found), seen), clusters(codings(other), permuted)  # type: ignore[arg-type]
    for name in ("response", "code", "ordinal", "start", "end", "n_seen", "is_agreed"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    for rule in (Rule.INTERSECTION, Rule.MAJORITY, Rule.UNION):
        assert pieces(one, propose(one, rule)) == pieces(two, propose(two, rule))


@given(rows(), seen_by())
def test_codings_that_stand_twice_are_one(found: list[Row], seen: np.ndarray) -> None:
    """Repeating every row changes nothing."""
    one, two = clusters(codings(found), seen), clusters(codings(found + found), seen)
    np.testing.assert_array_equal(one.versions.start, two.versions.start)
    np.testing.assert_array_equal(one.is_agreed, two.is_agreed)


@given(rows(empty=False), seen_by(), st.integers(0, N_CODERS - 1))
def test_the_first_coder_has_their_way(found: list[Row], seen: np.ndarray, first: int) -> None:
    """What they marked is proposed; without them only what all others agreed on."""
    made = clusters(codings(found), seen)
    proposed = marked(pieces(made, propose(made, Rule.FIRST, first=first)))
    theirs = marked([(r, c, s, e) for r, c, coder, s, e in found if coder == first])
    assert theirs <= proposed
    assert proposed <= theirs | by_hand(found, seen, Rule.INTERSECTION)


def test_segments_that_touch_stay_separate() -> None:
    """Two sentences that both coders marked one by one are two clusters, and both are agreed."""
    both = [(0, 0, coder, *at) for coder in (0, 1) for at in ((0, 5), (5, 9))]
    made = clusters(codings(both), np.ones((1, 2), dtype=bool))  # type: ignore[arg-type]
    assert made.ordinal.tolist() == [1, 2]
    assert made.is_agreed.all()


def test_one_segment_and_two_that_touch_are_the_same_characters() -> None:
    """Whether a coder marked in one go or in two is no disagreement."""
    made = clusters(codings([(0, 0, 0, 0, 9), (0, 0, 1, 0, 5), (0, 0, 1, 5, 9)]), np.ones((1, 2), dtype=bool))
    assert made.is_agreed.tolist() == [True]


def test_an_even_split_is_no_majority() -> None:
    """Two of four are not more than half."""
    made = clusters(codings([(0, 0, 0, 0, 5), (0, 0, 1, 0, 5)]), everyone())
    assert len(propose(made, Rule.MAJORITY)) == 0


def test_who_did_not_see_a_response_has_no_say() -> None:
    """Two of the two who saw it are all."""
    seen = np.array([[True, True, False, False]])
    made = clusters(codings([(0, 0, 0, 0, 5), (0, 0, 1, 1, 5)]), seen)
    assert pieces(made, propose(made, Rule.INTERSECTION)) == [(0, 0, 1, 5)]
    assert pieces(made, propose(made, Rule.MAJORITY)) == [(0, 0, 1, 5)]
    assert not made.is_agreed.any()


def test_an_empty_segment_keeps_its_code() -> None:
    """Where all marked a place of which no character is left, the place is proposed."""
    made = clusters(codings([(0, 0, 0, 3, 3), (0, 0, 1, 3, 3)]), np.ones((1, 2), dtype=bool))
    assert pieces(made, propose(made, Rule.INTERSECTION)) == [(0, 0, 3, 3)]


@pytest.mark.parametrize(
    "columns",
    [
        {"response": [0], "code": [0, 1], "coder": [0], "start": [0], "end": [1]},
        {"response": [-1], "code": [0], "coder": [0], "start": [0], "end": [1]},
        {"response": [0], "code": [0], "coder": [0], "start": [2], "end": [1]},
        {"response": [0], "code": [0], "coder": [0], "start": [0], "end": [2**40]},
    ],
)
def test_columns_that_make_no_sense_are_refused(columns: dict[str, list[int]]) -> None:
    """Unequal lengths, negative indices, ends before starts, positions beyond any text."""
    with pytest.raises(ValueError, match=r"coding|position"):
        Codings.of(**columns)


def test_indices_outside_of_who_saw_what_are_refused() -> None:
    """A coder whom `seen` does not know is a mistake of the caller."""
    with pytest.raises(ValueError, match="outside"):
        clusters(codings([(0, 0, 3, 0, 1)]), np.ones((1, 2), dtype=bool))


@pytest.mark.parametrize(("rule", "first"), [(Rule.FIRST, None), (Rule.UNION, 0)])
def test_a_first_coder_belongs_to_one_rule(rule: Rule, first: int | None) -> None:
    """It is neither forgotten nor ignored."""
    made = clusters(codings([]), np.ones((1, 2), dtype=bool))
    with pytest.raises(ValueError, match="first"):
        propose(made, rule, first=first)


def test_reprs_show_counts_alone() -> None:
    """No row of anything is shown."""
    made = clusters(codings([(0, 0, 0, 0, 5), (0, 0, 1, 0, 5)]), np.ones((1, 2), dtype=bool))
    assert repr(made) == "<Clusters: 1, 1 of them agreed>"
    assert repr(codings([])) == "<Codings: 0 rows>"
    assert repr(made.versions) == "<Ranges: 2 rows>"
