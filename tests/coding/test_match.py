"""Which response each source is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.coding.landing.match import By, Responses, Trouble, check_pattern, match
from ppdarchive.coding.project import NONE, Project, ProjectSource

RESPONSES = Responses(
    ("R_1a", "R_2b", "R_2b-x", "R_4", "R_5"),
    ("P01", "P01", "P02", "P02", "P03"),
    ("helpful", "coach", "helpful", "coach", "helpful"),
    ("3m", "3m", "3m", "3m", "6m"),
    ("She called me.", "None.", "None.", None, "Zoë was kind"),
)


def project(*sources):
    """A project of sources, each a name or a name and a text."""
    pairs = [(source, "") if isinstance(source, str) else source for source in sources]
    return Project(
        path="coder.qdpx",
        format="refi-qda",
        sources=tuple(ProjectSource(str(i), name, text) for i, (name, text) in enumerate(pairs)),
    )


def found(*sources, **more):
    """What each source is and by which rule, or why not."""
    got = match(project(*sources), RESPONSES, **more)
    return [
        (RESPONSES.response_id[i], by) if i != NONE else trouble
        for i, by, trouble in zip(got.response.tolist(), got.by, got.trouble, strict=True)
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("R_1a", ("R_1a", By.NAME)),
        ("R_1a.txt", ("R_1a", By.NAME)),
        ("R_2b-x.docx", ("R_2b-x", By.NAME)),
        ("Interview R_1a (copy).rtf", ("R_1a", By.NAME_PART)),
        ("wave 3/R_2b-x final", ("R_2b-x", By.NAME_PART)),
        ("R_2b final", ("R_2b", By.NAME_PART)),
        ("R_1ab", Trouble.UNMATCHED_SOURCE),
        ("R_1a and R_4", Trouble.AMBIGUOUS_SOURCE),
        ("R_2b-x, R_2b", Trouble.AMBIGUOUS_SOURCE),
        ("nothing", Trouble.UNMATCHED_SOURCE),
        (("a", "\ufeffShe called\r\nme. "), ("R_1a", By.TEXT)),
        (("b", "Zoe\u0308 was kind"), ("R_5", By.TEXT)),
        (("c", "None."), Trouble.AMBIGUOUS_SOURCE),
        (("d", " "), Trouble.UNMATCHED_SOURCE),
    ],
)
def test_a_source_is_matched_by_the_first_rule_that_tells(source, expected):
    """By its name, a part of it, or its text; what several responses share tells nothing."""
    assert found(source) == [expected]


def test_a_person_decides_first():
    """What is matched by hand is not asked again."""
    assert found("R_1a", by_hand={"R_1a": "R_4"}) == [("R_4", By.HAND)]


def test_a_hand_names_no_source_among_different_ones_of_one_name():
    """MAXQDA's many sources of one name are not all one response."""
    assert found(("q", "one"), ("q", "two"), by_hand={"q": "R_4"}) == [Trouble.UNMATCHED_SOURCE] * 2
    assert found(("q", "one"), ("q", "one\r\n"), by_hand={"q": "R_4"}) == [("R_4", By.HAND)] * 2


def test_what_a_hand_names_may_not_be_there():
    """What a person has said is not replaced by a guess: an id that is no response's names none."""
    gone = {"R_1a": "gone", "x": "gone"}
    assert found("R_1a", ("x", "She called me."), by_hand=gone) == [Trouble.UNMATCHED_SOURCE] * 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("P01 coach", ("R_2b", By.PATTERN)),
        ("P01", Trouble.AMBIGUOUS_SOURCE),
        ("P03", ("R_5", By.PATTERN)),
        ("P09 coach", Trouble.UNMATCHED_SOURCE),
        ("elsewhere", Trouble.UNMATCHED_SOURCE),
    ],
)
def test_a_pattern_names_one_response(name, expected):
    """Groups that take part in the match must name one response together."""
    assert found(name, pattern=r"(?P<participant_id>P\d+)(?: (?P<question_id>\w+))?") == [expected]


@pytest.mark.parametrize("pattern", ["(", "(?P<person>.)", "no groups", "(.)", "(?P<wave>.)(?P<coder>.)"])
def test_patterns_are_checked(pattern):
    """A pattern that cannot name responses is refused."""
    with pytest.raises(ValueError, match=r"named groups|regular expression"):
        check_pattern(pattern)


def test_two_copies_of_one_response():
    """Each coder's copy is matched; by text alone neither is."""
    assert found("R_1a.txt", "copy of R_1a") == [("R_1a", By.NAME), ("R_1a", By.NAME_PART)]
    assert found(("a", "She called me."), ("b", "She called me.")) == [Trouble.AMBIGUOUS_SOURCE] * 2


def test_what_is_matched_does_not_make_a_text_ambiguous():
    """A text tells which response the one source is that nothing else has matched."""
    assert found(("R_1a", "She called me."), ("a", "She called me.")) == [
        ("R_1a", By.NAME),
        ("R_1a", By.TEXT),
    ]


def test_unmatched_sources_are_listed_by_number():
    """What a person reads names no source."""
    got = match(project("R_1a", "Anna Smith", ("x", "None.")), RESPONSES)
    assert got.unmatched == ((2, Trouble.UNMATCHED_SOURCE), (3, Trouble.AMBIGUOUS_SOURCE))
    assert got.counts() == {By.NAME: 1}
    assert "Anna" not in repr(got) + repr(RESPONSES)


def test_columns_of_different_lengths_are_refused():
    """Responses are columns of one length."""
    with pytest.raises(ValueError, match="one length"):
        Responses(("a",), (), (), (), ("text",))


@given(st.lists(st.from_regex(r"[A-Za-z0-9_-]{1,8}", fullmatch=True), min_size=1, max_size=20, unique=True))
def test_ids_as_names_are_always_found(ids):
    """Every response's id names it, alone and behind a file's ending."""
    n = len(ids)
    responses = Responses(tuple(ids), ("",) * n, ("",) * n, ("",) * n, (None,) * n)
    for ending in ("", ".txt"):
        got = match(project(*(key + ending for key in ids)), responses)
        assert got.response.tolist() == list(range(n))
