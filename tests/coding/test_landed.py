"""Selections of a project on the responses of a study."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.coding.landing.landed import land
from ppdarchive.coding.landing.match import Responses, Trouble
from ppdarchive.coding.project import NONE, Project, ProjectCode, ProjectSource, Selections
from ppdarchive.text.units import Unit

TEXTS = (
    "Café 👍 she called me back, and Zoë slept.",
    "My coach was very kind and called me twice a week.",
    None,
    "None.",
    "None.",
)
RESPONSES = Responses(
    ("R1", "R2", "R3", "R4", "R5"), ("P1", "P1", "P2", "P2", "P3"), ("q",) * 5, ("1",) * 5, TEXTS
)


def project(sources, rows, **more):
    """A project of sources (name, text) and rows (source, start, end, quote)."""
    source, start, end, quotes = zip(*rows, strict=True)
    n = len(rows)
    return Project(
        path="coder.qdpx",
        format="refi-qda",
        codes=(ProjectCode("c", "bond"),),
        sources=tuple(ProjectSource(str(i), name, text) for i, (name, text) in enumerate(sources)),
        selections=Selections.of(
            source=source, code=[0] * n, coder=[NONE] * n, start=start, end=end, quotes=quotes
        ),
        **more,
    )


def selected(landed):
    """What each row selects."""
    rows = zip(landed.response.tolist(), landed.start.tolist(), landed.end.tolist(), strict=True)
    return [None if a == NONE else TEXTS[r][a:b] for r, a, b in rows]


def test_counted_copied_and_corrected():
    """UTF-16 positions in copies with a byte-order mark, a CRLF and a typo land on their characters."""
    first, second = "\ufeff" + TEXTS[0], TEXTS[1].replace("coach", "coahc").replace(" and", "\r\nand")
    rows = []
    for source, text, quote in ((0, first, "called"), (0, first, "Zoë"), (1, second, "coahc was very kind")):
        at = text.index(quote)
        units = [len(text[:place].encode("utf-16-le")) // 2 for place in (at, at + len(quote))]
        rows.append((source, *units, quote))
    landed = land(project([("R1.txt", first), ("R2.txt", second)], rows), RESPONSES)
    assert selected(landed) == ["called", "Zoë", "coach was very kind"]
    assert landed.resolved.counting.unit is Unit.UTF16
    assert landed.confidence[:2].tolist() == [1.0, 1.0]
    assert 0.9 < landed.confidence[2] < 1
    assert not landed.uncertain.any()
    assert landed.counts() == {}
    assert landed.place.tolist() == [1, 2, 3]


def test_a_source_without_text_is_its_response():
    """Positions and quotes of Taguette's highlights or a CSV count in the response's own text."""
    rows = [
        (0, NONE, NONE, "called me back"),
        (1, 3, 8, None),
        (1, NONE, NONE, None),
        (0, NONE, NONE, "Anna"),
    ]
    landed = land(project([("R1", ""), ("R2", "")], rows), RESPONSES)
    assert selected(landed) == ["called me back", "coach", TEXTS[1], None]
    assert landed.uncertain.tolist() == [False, False, False, True]
    assert landed.reason(3) is Trouble.QUOTE_NOT_FOUND
    assert landed.reason(0) is None


@pytest.mark.parametrize(
    ("source", "row", "trouble"),
    [
        (("elsewhere", "other words"), (0, 0, 5, None), Trouble.UNMATCHED_SOURCE),
        (("x", "None."), (0, 0, 5, None), Trouble.AMBIGUOUS_SOURCE),
        (("R3", "an answer"), (0, 0, 2, None), Trouble.NO_TEXT),
        (("R3", ""), (0, 0, 2, None), Trouble.NO_TEXT),
        (("R1", TEXTS[0]), (NONE, 0, 5, None), Trouble.NO_SOURCE),
        (("R1", TEXTS[0]), (0, 5, 5, None), Trouble.EMPTY),
        (("R4", "None. None."), (0, NONE, NONE, "None."), Trouble.QUOTE_NOT_UNIQUE),
        (("R1", "wholly different words of another person"), (0, 7, 16, None), Trouble.LOW_CONFIDENCE),
    ],
)
def test_what_a_person_decides(source, row, trouble):
    """A selection without a sure place is kept, and says why it waits."""
    landed = land(project([source], [row]), RESPONSES)
    assert landed.reason(0) is trouble
    assert landed.uncertain.tolist() == [True]
    assert landed.counts() == {trouble: 1}


def test_a_differing_quote_is_only_flagged():
    """Positions that fit and a quote that does not: kept on its place, with a flag."""
    rows = [(0, 3, 8, "coach"), (0, 13, 17, "very"), (0, 18, 22, "kiind")]
    landed = land(project([("R2", TEXTS[1])], rows), RESPONSES)
    assert landed.misfit.tolist() == [False, False, True]
    assert landed.uncertain.tolist() == [False] * 3
    assert landed.reason(2) is Trouble.QUOTE_DIFFERS


def test_the_whole_of_a_changed_text_is_the_whole_response():
    """A code on a whole source is on the whole response, however little of it changed."""
    landed = land(project([("R2", TEXTS[1] + "!")], [(0, NONE, NONE, None)]), RESPONSES)
    assert selected(landed) == [TEXTS[1]]
    assert landed.uncertain.tolist() == [False]
    assert 0.9 < landed.confidence[0] < 1


def test_the_threshold_is_the_caller_s():
    """What is sure enough is an argument."""
    text = TEXTS[1].replace("kind", "kynd")
    rows = [(0, text.index("kynd"), text.index("kynd") + 4, None)]
    assert not land(project([("R2", text)], rows), RESPONSES, min_confidence=0.5).uncertain[0]
    assert land(project([("R2", text)], rows), RESPONSES, min_confidence=1.0).uncertain[0]


def test_no_rows_and_no_responses():
    """Empty projects and studies are no errors."""
    none = Responses((), (), (), (), ())
    assert len(land(Project(path="p", format="csv"), none)) == 0
    landed = land(project([("a", "words here")], [(0, 0, 5, None)]), none)
    assert landed.counts() == {Trouble.UNMATCHED_SOURCE: 1}


def test_nothing_shows_text():
    """A repr counts."""
    assert "coach" not in repr(land(project([("R2", TEXTS[1])], [(0, 3, 8, "coach")]), RESPONSES))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 1, 2, 3, NONE]),
            st.sampled_from(["called", "Zoë", "coach", "nowhere", None, "None."]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_no_selection_is_dropped(rows):
    """Every row has a place inside its response, or a reason."""
    sources = [("R1", TEXTS[0]), ("R2", ""), ("R3", "gone"), ("other", "None.")]
    landed = land(project(sources, [(s, NONE, NONE, q) for s, q in rows]), RESPONSES)
    assert len(landed) == len(rows)
    for i in range(len(rows)):
        if landed.reason(i) is None:
            text = TEXTS[landed.response[i]]
            assert 0 <= landed.start[i] < landed.end[i] <= len(text)
            assert landed.confidence[i] == 1
        else:
            assert landed.uncertain[i]
    assert sum(landed.counts().values()) == int(np.sum(landed.uncertain))
