"""What a study's own people are told of what treatment takes."""

from __future__ import annotations

from ppdarchive.report.risk import correlation_rows, utility_rows
from ppdarchive.risk.utility import Column, Correlation, FieldUtility, Utility

AGE = Column(25, 1, 4.3, 30.0, 5.0)
FOUND = Utility(
    (
        FieldUtility("participants.age", "band", AGE, Column(6, 4, 2.1, 30.001, 4.8)),
        FieldUtility("participants.state", "drop", Column(31, 0, 4.5), None),
        FieldUtility("measures.score", "keep", AGE, AGE),
    ),
    (
        Correlation("participants.age", "participants.calls", -0.001, None),
        Correlation("participants.calls", "participants.minutes", 0.5, 0.5),
    ),
)


def test_fields_that_change_are_told() -> None:
    """Each with what it was and is; what treatment leaves alone is not listed."""
    assert utility_rows(FOUND) == [
        ("age", "25 → 6", "3", "4.30 → 2.10", "30.00 → 30.00", "5.00 → 4.80"),
        ("state", "31 → –", "0", "4.50 → –", "", ""),
    ]


def test_correlations_that_change_are_told() -> None:
    """There is no minus before a zero, and a dash where there is none any more."""
    assert correlation_rows(FOUND) == [("age and calls", "0.00 → –")]
