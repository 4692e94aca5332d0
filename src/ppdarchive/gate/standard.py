"""The condition that a release is what its standard says: no identifier class is left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ppdarchive.gate.failures import Failure
from ppdarchive.model.schema import Schemas
from ppdarchive.standards import Facts, Row, judge
from ppdarchive.study.config import Release


def facts_of(release: Release, *, released_on: date | None, risk: Mapping[str, float]) -> Facts:
    """What study.toml states, and what was measured, as the standards ask for it."""
    expert = release.expert
    return Facts(
        released_on=released_on,
        no_actual_knowledge=release.approval.no_actual_knowledge,
        dua=release.approval.dua,
        statement=None if expert is None else expert.statement,
        determined_on=None if expert is None else expert.date,
        risk=risk,
    )


def judge_standard(schemas: Schemas, release: Release, facts: Facts) -> list[Failure]:
    """The condition that every field is treated as the release's standard demands.

    Parameters
    ----------
    schemas : mapping of str to Schema
        As they come in, with their treatments.
    release : Release
    facts : Facts

    Returns
    -------
    list of Failure
        For each field and class that does not satisfy it, with the paragraph; none can be overridden.
        What only a person can judge is advice.
    """
    rows = judge(schemas, release.standard, facts)
    return [
        *(
            Failure(
                "standard",
                f"{_place(row)}{row.paragraph}: {row.why}; {row.remedy}",
                "Change what `ppdarchive standard` lists as not satisfied.",
            )
            for row in rows
            if row.satisfied is False
        ),
        *(
            Failure(
                "actual-knowledge",
                f"{row.paragraph}: {row.why}",
                "Ask those who know the participants, and state it: `no_actual_knowledge = true` under "
                "[release.approval].",
                is_advice=True,
            )
            for row in rows
            if row.satisfied is None and not row.field
        ),
    ]


def _place(row: Row) -> str:
    return f"{row.table}.{row.field}, class {row.letter}, " if row.field else ""
