"""What became of codings, stage by stage."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.changes import changes
from ppdarchive.changes.codings import CodingChanges

from .made import Row, code, coding, contents, participant, releases, response


def counted(before: list[Row], after: list[Row]) -> dict[str, dict[str, int]]:
    """How many codings of each stage something happened to."""
    frames = [
        contents(
            {
                "participants": [participant("P1")],
                "responses": [response("R1", "P1"), response("R2", "P1")],
                "codes": [code("a"), code("b")],
                "codings": rows,
            }
        )
        for rows in (before, after)
    ]
    return {stage: numbers(own) for stage, own in changes(*frames).codings.items()}


def numbers(own: CodingChanges) -> dict[str, int]:
    """Rows by kind of change."""
    return {kind.partition(".")[2]: part.n_rows for kind, part in own.kinds.items()}


def test_each_stage_is_told_by_itself() -> None:
    """A coding that is gone in one stage and one that is new in another are no pair."""
    before = [coding("R1", "a", 0, 5, stage="independent")]
    after = [coding("R1", "a", 0, 5)]
    assert counted(before, after) == {"consensus": {"added": 1}, "independent": {"removed": 1}}


def test_a_segment_with_another_code_was_recoded() -> None:
    """The same segment of the same coder with another code is neither added nor removed."""
    assert counted([coding("R1", "a", 0, 5)], [coding("R1", "b", 0, 5)]) == {"consensus": {"recoded": 1}}
    other = coding("R1", "b", 0, 5, coder_id="C2")
    assert counted([coding("R1", "a", 0, 5)], [other]) == {"consensus": {"added": 1, "removed": 1}}


def test_a_code_that_covers_other_characters_has_moved() -> None:
    """The same code of the same coder elsewhere in the response has moved; in another response it has not."""
    assert counted([coding("R1", "a", 0, 5)], [coding("R1", "a", 0, 7)]) == {"consensus": {"moved": 1}}
    assert counted([coding("R1", "a", 0, 5)], [coding("R2", "a", 0, 5)]) == {
        "consensus": {"added": 1, "removed": 1}
    }


def test_codings_alone_need_no_other_table() -> None:
    """A release of codings alone is compared like others."""
    before = contents({"codings": [coding("R1", "a", 0, 5)]})
    after = contents({"codings": [coding("R1", "a", 0, 5), coding("R1", "b", 0, 5)]})
    assert numbers(changes(before, after).codings["consensus"]) == {"added": 1}


@given(releases(min_participants=2), st.data())
def test_all_that_came_and_went_is_told_once(rows: dict[str, list[Row]], data: st.DataObject) -> None:
    """Added, moved and recoded are all that is new; removed, moved and recoded all that is gone."""
    before = rows["codings"]
    after = [row for row in before if data.draw(st.booleans())]
    for row in before:
        if data.draw(st.booleans()):
            after.append({**row, "code_id": data.draw(st.sampled_from(["code_0", "code_1"]))})
            after.append({**row, "end": row["end"] + 1})
    after = list({tuple(row.values()): row for row in after}.values())
    own, other = (Counter(tuple(row.values()) for row in side) for side in (before, after))
    found = changes(contents(rows), contents({**rows, "codings": after})).codings
    for stage in ("independent", "consensus"):
        parts = numbers(found[stage]) if stage in found else {}
        both = parts.get("moved", 0) + parts.get("recoded", 0)
        gone = sum(1 for key in own - other if key[-1] == stage)
        new = sum(1 for key in other - own if key[-1] == stage)
        assert parts.get("removed", 0) + both == gone
        assert parts.get("added", 0) + both == new
