"""What a generated study holds, in numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StudySummary:
    """Counts of a generated study.

    Attributes
    ----------
    n_participants, n_answered : int
        Enrolled; and those with at least one written answer.
    n_declined_sharing : int
        Participants whose `consent_to_share` is no.
    n_answers : int
        Written answers.
    n_unanswered : int
        Cells that hold -99 in rows of those who answered.
    n_survey_rows, n_excluded_rows : int
        Rows of the survey export, and those among them that the study excludes by rule.
    n_enrolment_rows, n_measures : int
        Rows of the REDCap export, and the scores in them.
    n_codings : int
    n_identifying_answers, n_planted_spans : int
    n_faults : int
        Findings that `key/faults.csv` foretells. Counts above are without the planted faults.
    """

    n_participants: int
    n_answered: int
    n_declined_sharing: int
    n_answers: int
    n_unanswered: int
    n_survey_rows: int
    n_excluded_rows: int
    n_enrolment_rows: int
    n_measures: int
    n_codings: int
    n_identifying_answers: int
    n_planted_spans: int
    n_faults: int

    def rows(self) -> tuple[tuple[str, int], ...]:
        """Return each count with its name in plain words."""
        return (
            ("participants", self.n_participants),
            ("participants who answered", self.n_answered),
            ("participants who do not want to share", self.n_declined_sharing),
            ("answers", self.n_answers),
            ("questions seen but left unanswered (-99)", self.n_unanswered),
            ("rows of the survey export", self.n_survey_rows),
            ("of these excluded by rule", self.n_excluded_rows),
            ("rows of the enrolment export", self.n_enrolment_rows),
            ("scores", self.n_measures),
            ("codings", self.n_codings),
            ("answers with a planted identifier", self.n_identifying_answers),
            ("planted identifiers", self.n_planted_spans),
            ("planted faults", self.n_faults),
        )
