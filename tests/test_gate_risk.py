"""The conditions on risk and on papers: each refuses when it should, and nobody passes by splitting rows."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.gate.risk import judge_approvals, judge_people, judge_risk, risk_figures
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Role
from ppdarchive.risk.assessment import assess
from ppdarchive.study.config import Approval, Release

from .risk.released import field, of_participants, participants, released

PAPERS = Approval(id="IRB 1", privacy_review=date(2026, 1, 31), dua="DUA 2", recipients=["A University"])
SCORE = field("score", Role.SENSITIVE)
PLACE = field("place", Role.QUASI_IDENTIFIER)


def release(**given: object) -> Release:
    """What study.toml says of a release that demands little."""
    words = {"standard": "safe-harbor", "consent": "all: form", "access": "internal", "approval": PAPERS}
    return Release.model_validate({**words, "max_average_risk": 1.0, "max_prosecutor_risk": 1.0, **given})


def tables(ages: str, scores: str | None = None) -> dict[str, TreatedTable]:
    """Participants, by the letters of their ages and scores."""
    found = {"participants": participants(len(ages), age=[*ages])}
    if scores is not None:
        found["measures"] = of_participants("measures", [*range(len(ages))], [(SCORE, [*scores])])
    return found


def conditions(given: Release, of: dict[str, TreatedTable]) -> list[str]:
    """What the gate refuses."""
    found = assess(of, k=given.limits.k, l=int(given.l or 2))
    failures = judge_risk(found, given)
    assert all(failure.overridable for failure in failures)
    return [failure.condition for failure in failures]


@given(st.text("abcd", min_size=1, max_size=30), st.integers(1, 6))
def test_k_after_the_gate(ages: str, k: int) -> None:
    """The gate lets a table through if and only if a count finds nobody with fewer than k of their kind."""
    assert (conditions(release(k=k), tables(ages)) == []) is (min(Counter(ages).values()) >= k)


@given(st.text("ab", min_size=4, max_size=12), st.data())
def test_splitting_rows_does_not_help(ages: str, data: st.DataObject) -> None:
    """A participant with many rows is one participant: copies of a row make no class larger."""
    copies = [data.draw(st.integers(1, 4)) for _ in ages]
    rows = [number for number, n in enumerate(copies) for _ in range(n)]
    of = tables("x" * len(ages))
    of["stays"] = of_participants("stays", rows, [(PLACE, [ages[number] for number in rows])])
    smallest = min(Counter(zip(ages, copies, strict=True)).values())
    assert (conditions(release(k=3), of) == []) is (smallest >= 3)


def test_the_refusal_names_numbers_and_the_cheapest_remedy() -> None:
    """A refusal tells k with what is demanded, of how many participants, and the field that does most."""
    of = {"participants": participants(6, age=[*"aaabbb"], place=[*"xxxyzz"])}
    given = release(k=3)
    (failure,) = judge_risk(assess(of, k=3), given)
    assert failure.what == (
        "k is 1, and 3 is demanded: 3 of 6 participants share all quasi-identifiers with fewer others; "
        "without place it would be 0"
    )
    assert "suggest" in failure.remedy
    (failure,) = judge_risk(assess(tables("aab"), k=3), release(k=3))
    assert failure.what.endswith("; without age it would be 0")
    both = {"participants": participants(2, age=[*"ab"], place=[*"xy"])}
    (failure,) = judge_risk(assess(both, k=2), release(k=2))
    assert failure.what.endswith("; no one field alone helps")


@pytest.mark.parametrize(
    ("given", "ages", "refused"),
    [
        ({"k": 1, "max_prosecutor_risk": 0.5}, "aabb", []),
        ({"k": 1, "max_prosecutor_risk": 0.49}, "aabb", ["prosecutor-risk"]),
        ({"k": 1, "max_average_risk": 0.5}, "aabb", []),
        ({"k": 1, "max_average_risk": 0.2}, "aaaaaaaabb", []),
        ({"k": 1, "max_average_risk": 0.19}, "aaaaaaaabb", ["average-risk"]),
        ({"k": 1, "max_prosecutor_risk": 0.2}, "aaaa", ["prosecutor-risk"]),
        ({"k": 1, "max_average_risk": 0.24}, "aaaa", ["average-risk"]),
        ({"k": 5, "max_prosecutor_risk": 0.2, "max_average_risk": 0.2}, "aaaaabbbbb", []),
        ({"k": 5, "max_prosecutor_risk": 0.1, "max_average_risk": 0.1}, "aaaa",
         ["k", "prosecutor-risk", "average-risk"]),
    ],
)  # fmt: skip
def test_risk_thresholds(given: dict[str, float], ages: str, refused: list[str]) -> None:
    """A risk equal to what is accepted is accepted, one above it is not."""
    assert conditions(release(**given), tables(ages)) == refused


@pytest.mark.parametrize(
    ("given", "scores", "refused"),
    [
        ({"l": 2}, "pqpq", []),
        ({"l": 2}, "ppqq", ["l-diversity"]),
        ({"l": 2, "l_kind": "entropy"}, "pqpq", []),
        ({"l": 2.01, "l_kind": "entropy"}, "pqpq", ["l-diversity"]),
        ({"l": 2, "l_kind": "recursive", "c": 1.1}, "pqpq", []),
        ({"l": 2, "l_kind": "recursive", "c": 1.0}, "pqpq", ["l-diversity"]),
        ({"t": 0.5}, "ppqq", []),
        ({"t": 0.49}, "ppqq", ["t-closeness"]),
        ({}, "ppqq", []),
    ],
)
def test_sensitive_fields(given: dict[str, object], scores: str, refused: list[str]) -> None:
    """Diversity and closeness are demanded of every sensitive field, where they are asked for."""
    assert conditions(release(k=2, **given), tables("aabb", scores)) == refused


def test_rows_of_nobody_known_refuse() -> None:
    """Where nothing tells whose the rows are, nothing can be counted, and that is no pass."""
    lost = released("patients", [(PLACE, [*"xyz"])])
    (failure,) = judge_people({"patients": lost})
    assert (failure.condition, failure.overridable) == ("participants", True)
    assert "patients" in failure.what
    assert judge_people(tables("abc", "pqr")) == []
    assert judge_people({**tables("abc"), "visits": lost}) != []
    assert judge_people({"coders": released("coders", [(PLACE, ["x"])])}) == []
    assert judge_people({"patients": released("patients", [(SCORE, ["x"])])}) == []
    assert judge_people({"patients": released("patients", [(PLACE, [])])}) == []


def test_nobody_is_at_no_risk() -> None:
    """A package without participants has no class that could be too small."""
    assert conditions(release(k=5), {"participants": participants(0, age=[])}) == []


def test_figures_of_a_passed_gate() -> None:
    """The descriptor tells k, the risks, and l and t where they are demanded; nothing about fields."""
    found = assess(tables("aabbb", "pqpqp"), k=2)
    assert risk_figures(found, release(k=2)) == {"k": 2, "max_prosecutor_risk": 0.5, "average_risk": 0.4}
    figures = risk_figures(found, release(k=2, l=2, t=0.5))
    assert (figures["l"], figures["t"]) == (2, 0.1)
    assert "l" not in risk_figures(found, release(k=2, l=2, l_kind="recursive", c=3.0))
    assert set(risk_figures(assess(tables("aabb"), k=2), release(k=2, l=2, t=0.5))) == {
        "k", "max_prosecutor_risk", "average_risk",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"access": "public"}, ["the id of an approval", "the date of a privacy review"]),
        ({"access": "internal"}, ["the id of an approval"]),
        (
            {"access": "restricted"},
            ["the id of an approval", "a privacy review", "a data use agreement", "who may receive it"],
        ),
    ],
)
def test_papers_are_demanded(given: dict[str, object], missing: list[str]) -> None:
    """What the access demands must be named; a reason cannot stand in for it."""
    assert judge_approvals(release(**given)) == []
    (failure,) = judge_approvals(release(**given, approval=Approval()))
    assert failure.condition == "approvals"
    assert not failure.overridable
    assert all(words in failure.what for words in missing)
