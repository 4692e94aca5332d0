"""A release is what its standard says, or nothing is published, whatever reason is given."""

from __future__ import annotations

from datetime import date

import pytest

from ppdarchive.gate import facts_of, judge_standard
from ppdarchive.model.schema import Disclosure, Field, Kind, Role, Schema, Treatment
from ppdarchive.study.config import Approval, Expert, Release

DAY = date(2026, 1, 31)


def schemas(name: str, kind: Kind = Kind.STRING, method: str = "keep") -> dict[str, Schema]:
    """A study of one field."""
    field = Field(name, kind, disclosure=Disclosure(Role.QUASI_IDENTIFIER, Treatment(method)))
    return {"participants": Schema("participants", (field,))}


def release(**given: object) -> Release:
    """What study.toml says of a release."""
    return Release.model_validate({"standard": "safe-harbor", "consent": "all: form", **given})


@pytest.mark.parametrize(
    ("name", "kind", "letter", "paragraph"),
    [
        ("city", Kind.STRING, "B", "164.514(b)(2)(i)(B)"),
        ("admission_date", Kind.DATE, "C", "164.514(b)(2)(i)(C)"),
        ("spouse_phone", Kind.STRING, "D", "164.514(b)(2)(i)(D)"),
        ("mrn", Kind.STRING, "H", "164.514(b)(2)(i)(H)"),
    ],
)
def test_a_field_of_an_identifier_class_refuses(name: str, kind: Kind, letter: str, paragraph: str) -> None:
    """It is named with its class and paragraph, and no reason can override it."""
    failures = judge_standard(schemas(name, kind), release(), facts_of(release(), released_on=DAY, risk={}))
    (failure,) = [each for each in failures if not each.is_advice]
    assert (failure.condition, failure.overridable) == ("standard", False)
    assert f"participants.{name}, class {letter}, " in failure.what
    assert paragraph in failure.what
    dropped = schemas(name, kind, "drop")
    failures = judge_standard(dropped, release(), facts_of(release(), released_on=DAY, risk={}))
    assert [each.condition for each in failures] == ["actual-knowledge"]


def test_what_no_program_can_tell_is_advice_until_it_is_stated() -> None:
    """Actual knowledge is for a person to deny; until somebody does, it is told and stops nothing."""
    own = schemas("mood")
    (failure,) = judge_standard(own, release(), facts_of(release(), released_on=DAY, risk={}))
    assert (failure.condition, failure.is_advice) == ("actual-knowledge", True)
    stated = release(approval=Approval(no_actual_knowledge=True))
    assert judge_standard(own, stated, facts_of(stated, released_on=DAY, risk={})) == []


def test_each_standard_asks_for_its_papers() -> None:
    """A limited data set has an agreement; an expert determination a statement, a date and figures."""
    own = schemas("mood")
    limited = release(standard="limited-data-set")
    (failure,) = judge_standard(own, limited, facts_of(limited, released_on=DAY, risk={}))
    assert "164.514(e)(4)" in failure.what
    limited = release(standard="limited-data-set", approval=Approval(dua="DUA 1"))
    assert judge_standard(own, limited, facts_of(limited, released_on=DAY, risk={})) == []
    expert = release(standard="expert-determination")
    assert len(judge_standard(own, expert, facts_of(expert, released_on=DAY, risk={}))) == 3
    expert = release(standard="expert-determination", expert=Expert(statement="E-1", date=DAY))
    assert judge_standard(own, expert, facts_of(expert, released_on=DAY, risk={"k": 5})) == []
