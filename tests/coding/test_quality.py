"""What a codebook should not have: each defect planted alone is found alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.coding.consensus.rules import Codings
from ppdarchive.coding.quality import CodebookColumns, Quality, QualityFinding, codebook_quality

CODEBOOK = CodebookColumns(
    code_ids=("exercise", "family", "sleep", "work"),
    titles=("Exercise", "Family and friends", "Sleep", "Work"),
    definitions=("Moving the body.", "People who are close.", "Nights and rest.", "Jobs, paid or not."),
    theme_ids=("body", "people", "body", "people"),
    themes=("life", "body", "people"),
    theme_titles=("Life", "The body", "Others"),
    descriptions=("All there is.", "What the body does.", "What others do."),
    parents=(None, "life", "life"),
)
SEEN = np.ones((6, 2), dtype=bool)
Row = tuple[int, int, int, int, int]
CLEAN: list[Row] = [
    (response, code, coder, 10 * code, 10 * code + 5)
    for response in range(4)
    for code in range(4)
    for coder in range(2)
]


def codings(rows: list[Row]) -> Codings:
    """Rows of response, code, coder, start, end as columns."""
    response, code, coder, start, end = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return Codings.of(response=response, code=code, coder=coder, start=start, end=end)


def quality(
    codebook: CodebookColumns = CODEBOOK, rows: list[Row] | None = None, seen: np.ndarray = SEEN
) -> tuple[QualityFinding, ...]:
    """The findings on a codebook that is clean but for what a test changes."""
    return codebook_quality(codebook, codings(CLEAN if rows is None else rows), seen)


def found(*args: object, **words: object) -> list[tuple[str, tuple[str, ...]]]:
    """Ids of the findings, and of what they concern."""
    return [(each.id, each.concerned) for each in quality(*args, **words)]  # type: ignore[arg-type]


def without(code: int) -> list[Row]:
    """The clean codings but for one code's."""
    return [row for row in CLEAN if row[1] != code]


def test_a_clean_codebook_has_no_findings() -> None:
    """Neither has one without themes, and what is coded twice is coded."""
    assert quality() == ()
    assert quality(rows=CLEAN + CLEAN) == ()
    bare = CodebookColumns(CODEBOOK.code_ids, CODEBOOK.titles, CODEBOOK.definitions, (None,) * 4)
    assert quality(bare) == ()


PLANTED: dict[str, tuple[CodebookColumns, tuple[str, ...]]] = {
    "codes.no-definition": (
        replace(CODEBOOK, definitions=(CODEBOOK.definitions[0], None, *CODEBOOK.definitions[2:])),
        ("family",),
    ),
    "codes.no-theme": (replace(CODEBOOK, theme_ids=("body", "people", None, "people")), ("sleep",)),
    "codes.same-title": (
        replace(CODEBOOK, titles=("Exercise", "Family", "Sleep", "  FAMILY ")),
        ("family", "work"),
    ),
    "codes.same-definition": (
        replace(CODEBOOK, definitions=("Nights  and\nrest.", "People.", "Nights and rest.", "Jobs.")),
        ("exercise", "sleep"),
    ),
    "themes.no-codes": (replace(CODEBOOK, theme_ids=("body",) * 4), ("people",)),
    "themes.same-title": (replace(CODEBOOK, theme_titles=("Life", "Body", "body")), ("body", "people")),
    "themes.same-description": (replace(CODEBOOK, descriptions=("All", None, "all")), ("life", "people")),
}


@pytest.mark.parametrize("defect", PLANTED)
def test_a_defect_of_the_codebook_is_found_alone(defect: str) -> None:
    """What is missing, or says the same as another."""
    codebook, concerned = PLANTED[defect]
    assert found(codebook) == [(defect, concerned)]


@pytest.mark.parametrize("blank", [None, "", " \n"])
def test_a_blank_definition_is_none(blank: str | None) -> None:
    """Two of them are not the same definition."""
    codebook = replace(CODEBOOK, definitions=(blank, blank, "Nights.", "Jobs."))
    assert found(codebook) == [("codes.no-definition", ("exercise",)), ("codes.no-definition", ("family",))]


def test_a_code_that_nobody_used_is_found() -> None:
    """And nothing else is said of it."""
    assert found(rows=without(2)) == [("codes.never-used", ("sleep",))]


def test_a_code_that_one_coder_used_is_found() -> None:
    """With the segments in responses that the other one saw."""
    rows = [row for row in CLEAN if row[1:3] != (3, 1)]
    (finding,) = quality(rows=rows)
    assert (finding.id, finding.concerned, finding.n) == ("codes.one-coder", ("work",), 4)


def test_a_coder_who_works_alone_is_no_finding() -> None:
    """Nobody else saw what the code was used on, or anything at all."""
    alone = np.array([[True, True]] * 4 + [[True, False]] * 2)
    rows = [*without(3), (4, 3, 0, 30, 35), (5, 3, 0, 30, 35)]
    assert found(rows=rows, seen=alone) == []
    assert found(rows=[row for row in CLEAN if row[2] == 0], seen=np.ones((6, 1), dtype=bool)) == []


def test_who_coded_in_a_response_saw_it() -> None:
    """Whatever stands in `seen`."""
    rows = [row for row in CLEAN if row[1:3] != (3, 1)]
    assert found(rows=rows, seen=np.zeros((6, 2), dtype=bool)) == [("codes.one-coder", ("work",))]


def inside(code: int, other: int, *, responses: int = 4) -> list[Row]:
    """The code lies within the other one, by one character of each segment."""
    return without(code) + [
        (response, code, coder, 10 * other + 4, 10 * other + 9)
        for response in range(responses)
        for coder in range(2)
    ]


def test_a_code_that_always_overlaps_another_is_found() -> None:
    """In one direction: the other one has a segment of its own."""
    rows = [*inside(2, 0), (5, 0, 0, 0, 5)]
    (finding,) = quality(rows=rows)
    assert (finding.id, finding.concerned, finding.n) == ("codes.within-another", ("sleep", "exercise"), 8)


def test_one_segment_elsewhere_is_enough_to_stand_alone() -> None:
    """By another coder, in another response, or only touching."""
    base = [*inside(2, 0), (5, 0, 0, 0, 5)]
    assert found(rows=[*base, (5, 2, 1, 0, 5)]) == []
    assert found(rows=[*base, (4, 2, 0, 0, 5)]) == []
    assert found(rows=[*base, (5, 2, 0, 5, 9)]) == []


def test_few_segments_say_nothing() -> None:
    """Two segments within another code may be chance."""
    assert found(rows=[*inside(2, 0, responses=1), (5, 0, 0, 0, 5)]) == []


def test_codes_that_mark_the_same_are_found_once() -> None:
    """They are not also said to overlap each other."""
    rows = without(2) + [(response, 2, coder, 0, 5) for response, code, coder, *_ in CLEAN if code == 0]
    (finding,) = quality(rows=rows)
    assert (finding.id, finding.concerned, finding.n) == ("codes.same-segments", ("exercise", "sleep"), 8)
    assert finding.words == "codes exercise and sleep always mark the same segments"


def test_a_theme_that_only_holds_themes_is_not_empty() -> None:
    """Unless none of those has a code."""
    codebook = replace(CODEBOOK, theme_ids=("people",) * 4, parents=(None, None, "body"))
    assert found(codebook) == [("themes.no-codes", ("life",))]


@pytest.mark.parametrize(
    ("parents", "circle"),
    [
        (("life", None, None), ("life",)),
        (("body", "life", None), ("life", "body")),
        ((None, "people", "body"), ("body", "people")),
    ],
)
def test_a_theme_within_itself_is_found_once(
    parents: tuple[str | None, ...], circle: tuple[str, ...]
) -> None:
    """Whatever the circle's length, and also where other themes lead into it."""
    codebook = replace(CODEBOOK, parents=parents, theme_ids=("life", "body", "people", "body"))
    assert found(codebook) == [("themes.own-ancestor", circle)]


def test_findings_come_in_the_order_of_their_kinds() -> None:
    """Then of the codebook."""
    codebook = replace(CODEBOOK, definitions=(None,) * 4, theme_ids=(None, "people", "body", "people"))
    ids = [each.id for each in quality(codebook, without(1))]
    assert ids == ["codes.no-definition"] * 4 + ["codes.never-used", "codes.no-theme"]


def test_ids_are_stable() -> None:
    """Scripts and documents rely on them."""
    assert sorted(Quality) == [
        "codes.never-used", "codes.no-definition", "codes.no-theme", "codes.one-coder",
        "codes.same-definition", "codes.same-segments", "codes.same-title", "codes.within-another",
        "themes.no-codes", "themes.own-ancestor", "themes.same-description", "themes.same-title",
    ]  # fmt: skip


def test_indices_of_nothing_are_refused() -> None:
    """A code that the codebook does not have is a mistake of the caller."""
    with pytest.raises(ValueError, match="outside"):
        quality(rows=[(0, 4, 0, 0, 1)])


@given(
    st.lists(
        st.tuples(
            st.integers(0, 1), st.integers(0, 3), st.integers(0, 1), st.integers(0, 6), st.integers(1, 4)
        ),
        max_size=16,
    )
)
def test_overlaps_are_those_that_looking_at_each_pair_finds(parts: list[Row]) -> None:
    """Each segment against all of the other code; equal sets of segments are told apart from it."""
    rows = {(response, code, coder, start, start + n) for response, code, coder, start, n in parts}
    of = {code: {(r, p, s, e) for r, c, p, s, e in rows if c == code} for code in range(4)}
    names = CODEBOOK.code_ids
    within = {
        (names[one], names[other])
        for one in range(4)
        for other in range(4)
        if of[one] != of[other]
        and of[one]
        and all(
            any((r, p) == (q, o) and s < f and b < e for q, o, b, f in of[other]) for r, p, s, e in of[one]
        )
    }
    same = {
        (names[one], names[other])
        for one in range(4)
        for other in range(4)
        if one != other and of[one] and of[one] == of[other]
    }
    findings = codebook_quality(CODEBOOK, codings(sorted(rows)), SEEN, least_segments=1)
    assert {each.concerned for each in findings if each.kind is Quality.WITHIN_ANOTHER} == within
    pairs = {
        (one, other)
        for each in findings
        if each.kind is Quality.SAME_SEGMENTS
        for one in each.concerned
        for other in each.concerned
        if one != other
    }
    assert pairs == same
