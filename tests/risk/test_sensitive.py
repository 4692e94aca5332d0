"""The sensitive values of participants, one by one."""

from __future__ import annotations

from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Kind, Role
from ppdarchive.risk.sensitive import sensitive_values

from .released import PARTICIPANT, REFERS, field, participants, released

SCORE = field("score", Role.SENSITIVE, Kind.NUMBER)


def measures(*, primary_key: tuple[str, ...]) -> TreatedTable:
    """Scores of three participants in two waves; one has none in the second."""
    columns = [
        (PARTICIPANT, ["p0", "p1", "p2", "p0", "p1"]),
        (field("wave", Role.NONE), ["w1", "w1", "w1", "w2", "w2"]),
        (SCORE, [9.5, -1.0, 9.5, 2.0, None]),
    ]
    return released("measures", columns, primary_key=primary_key, foreign_keys=(REFERS,))


def test_each_wave_is_a_series() -> None:
    """Scores by wave are two values of each participant, in the order of the numbers."""
    tables = {"participants": participants(3), "measures": measures(primary_key=("participant_id", "wave"))}
    first, second = sensitive_values(tables)
    assert [first.name, second.name] == ["measures.score#1", "measures.score#2"]
    assert first.is_ordered
    assert first.codes[0] == first.codes[2] > first.codes[1]
    assert second.codes[0] >= 0
    assert second.codes[1:].tolist() == [-1, -1]


def test_several_values_are_a_multiset() -> None:
    """Without a key that tells rows apart, a participant's value is all of hers."""
    tables = {"participants": participants(3), "measures": measures(primary_key=())}
    (found,) = sensitive_values(tables)
    assert not found.is_ordered
    assert len(set(found.codes.tolist())) == 3


def test_a_field_of_the_participants() -> None:
    """A sensitive field of the participants' own table is a value as it stands."""
    columns = [(PARTICIPANT, ["p0", "p1"]), (field("harm", Role.SENSITIVE), ["yes", None])]
    table = released("participants", columns, primary_key=("participant_id",))
    (found,) = sensitive_values({"participants": table})
    assert (found.name, found.is_ordered, found.codes.tolist()) == ("participants.harm", False, [0, -1])


def test_why_a_value_is_missing_is_judged_with_the_value() -> None:
    """A reason is one more value of its field, and no field that all participants could share."""
    columns = [
        (PARTICIPANT, ["p0", "p1", "p2", "p3"]),
        (field("harm", Role.SENSITIVE), ["yes", None, None, "no"]),
        (field("harm_missing", Role.SENSITIVE), [None, "Refused", None, None]),
    ]
    table = released("participants", columns, primary_key=("participant_id",))
    (found,) = sensitive_values({"participants": table})
    yes, refused, unknown, no = found.codes.tolist()
    assert found.name == "participants.harm"
    assert unknown == -1
    assert len({yes, refused, no}) == 3
    assert min(yes, refused, no) >= 0


def test_a_reason_has_no_place_on_a_scale() -> None:
    """Of a number that is missing, whatever the reason, nothing is known."""
    columns = [
        (PARTICIPANT, ["p0", "p1"]),
        (SCORE, [3.5, None]),
        (field("score_missing", Role.SENSITIVE), [None, "Refused"]),
    ]
    table = released("participants", columns, primary_key=("participant_id",))
    (found,) = sensitive_values({"participants": table})
    assert found.is_ordered
    assert found.codes.tolist() == [0, -1]


def test_nothing_is_sensitive() -> None:
    """Tables without sensitive field, or without rows of anybody, have no sensitive value."""
    assert sensitive_values({"participants": participants(2, age=["a", "b"])}) == ()
