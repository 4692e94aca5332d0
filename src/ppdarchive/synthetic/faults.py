"""Faults on purpose: each makes exactly one row break exactly one rule, and is written down.

Faults sit where nothing hangs on them: in cells that no key uses, or in rows of their own behind
the last true row of an export.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final, NamedTuple

from ppdarchive.coding.project import CONSENSUS
from ppdarchive.synthetic.coders import Coding
from ppdarchive.synthetic.documents import ENROLMENT, SURVEY, plain_path
from ppdarchive.synthetic.exports import (
    ENROLMENT_HEADER,
    FOLLOWUP,
    QUESTION_COLUMNS,
    SURVEY_HEADER,
    Row,
    Visit,
    enrolment_row,
    response_code,
    survey_row,
)
from ppdarchive.synthetic.people import Participant

KEY_HEADER: Final = ("rule_id", "file", "line", "column", "column_number", "note")
"""The names of the key's columns."""

MIN_PARTICIPANTS: Final = 24
MIN_SILENT: Final = 5
"""So many must be enrolled, and so many of them without answers, for all faults to find a place."""

MEASURES_KEY: Final = "participant_id+instrument+target+wave+scale"
CODINGS_KEY: Final = "response_id+code_id+coder_id+start+end+stage"
RESPONSES_KEY: Final = "participant_id+question_id+wave"


class Planted(NamedTuple):
    """One line of the key: the finding that must come, and its place."""

    rule_id: str
    file: str
    line: int
    column: str
    column_number: str
    note: str


@dataclass(frozen=True, slots=True)
class CellFault:
    """A wrong cell in one participant's first row of the enrolment export."""

    table: str
    field: str
    kind: str
    column: str
    value: str
    note: str

    def apply(self, row: Row) -> Row:
        """Return the row with the wrong cell."""
        at = ENROLMENT_HEADER.index(self.column)
        return [*row[:at], self.value, *row[at + 1 :]]

    def planted(self, line: int) -> Planted:
        """Return the line of the key for a row that starts at `line`."""
        # Long rows come from columns, so there the column is part of the place.
        number = str(ENROLMENT_HEADER.index(self.column) + 1) if self.table == "measures" else ""
        rule_id = f"{self.table}.{self.field}.{self.kind}"
        return Planted(rule_id, ENROLMENT, line, self.field, number, self.note)


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row of its own that breaks one rule, behind the true rows of a file."""

    rule_id: str
    file: str
    column: str
    row: Row
    note: str
    column_number: str = ""

    def planted(self, line: int) -> Planted:
        """Return the line of the key for a row that starts at `line`."""
        return Planted(self.rule_id, self.file, line, self.column, self.column_number, self.note)


_CELLS: Final = (
    CellFault("participants", "age", "type", "age_years", "thirty", "a word for a number"),
    CellFault("participants", "age", "maximum", "age_years", "71", "above the highest age"),
    CellFault("participants", "weeks_postpartum", "minimum", "weeks_pp", "-3", "before the birth"),
    CellFault("participants", "enrolled_on", "type", "enrolled_on", "2017-13-45", "no such day"),
    CellFault("participants", "enrolled_on", "minimum", "enrolled_on", "2001-05-01", "too early"),
    CellFault("participants", "baby_birth_date", "type", "baby_dob", "02/30/2017", "no such day"),
    CellFault("participants", "branch", "category", "branch", "9", "the dictionary has no 9"),
    CellFault("participants", "consent_to_share", "required", "consent_share", "", "left blank"),
    CellFault("participants", "email", "format", "email", "ask my husband", "no address"),
    CellFault("participants", "state", "pattern", "state", "Iowa", "not two capitals"),
    CellFault("participants", "coach_calls", "maximum", "calls_done", "45", "above 30"),
    CellFault("participants", "deployed", "type", "deployed", "maybe", "neither yes nor no"),
    CellFault("measures", "score", "maximum", "epds_total", "130", "above 100"),
    CellFault("measures", "score", "type", "phq9_total", "twelve", "a word for a number"),
)


def cell_faults(rng: Random, n_participants: int) -> Mapping[int, CellFault]:
    """Choose for each wrong cell a participant of her own, by number from 1."""
    numbers = rng.sample(range(1, n_participants + 1), len(_CELLS))
    return dict(zip(numbers, _CELLS, strict=True))


def enrolment_faults(baseline: Row, answering: str) -> tuple[RowFault, ...]:
    """Return wrong rows for the end of the enrolment export.

    Parameters
    ----------
    baseline : list of str
        A true row of the first event, to be entered twice.
    answering : str
        A participant who came to the last event.
    """
    scores = ("epds_total", "phq9_total", "mood_timestamp", "mood_complete")
    again = ["" if name in scores else cell for name, cell in zip(ENROLMENT_HEADER, baseline, strict=True)]
    late = {"redcap_event_name": FOLLOWUP, "epds_total": "11", "mood_complete": "2"}
    return (
        RowFault(
            "participants.participant_id.primary-key",
            ENROLMENT,
            "participant_id",
            again,
            "a participant entered twice",
        ),
        RowFault(
            "measures.participant_id.foreign-key",
            ENROLMENT,
            "participant_id",
            enrolment_row(record_id="MMB9999999", **late),
            "scores of nobody",
        ),
        RowFault(
            f"measures.{MEASURES_KEY}.primary-key",
            ENROLMENT,
            MEASURES_KEY,
            enrolment_row(record_id=answering, **late),
            "a score entered twice",
        ),
    )


@dataclass(frozen=True, slots=True)
class Anchor:
    """A true row of the survey that wrong rows refer to."""

    participant_id: str
    response_id: str
    question_id: str
    column: str
    n_characters: int
    coding: Coding

    @property
    def response(self) -> str:
        """The id of the row's answer."""
        return f"{self.response_id}.{self.question_id}"


def survey_faults(
    rng: Random, anchor: Anchor, silent: Sequence[Participant], after: datetime
) -> tuple[RowFault, ...]:
    """Return wrong rows for the end of the survey export, one answer in each.

    Parameters
    ----------
    rng : Random
    anchor : Anchor
    silent : sequence of Participant, length >= 4
        Participants who did not answer.
    after : datetime
        When the last true row was recorded.
    """
    number = str(SURVEY_HEADER.index(anchor.column) + 1)

    def row(her: Participant | None, text: str = "It helped me a lot.", **cells: str) -> Row:
        answers = [text if column == anchor.column else "" for column in QUESTION_COLUMNS]
        visit = Visit(after, response_code(rng), progress=80, n_characters=len(text))
        found = survey_row(visit, her, answers, rng)
        for name, cell in cells.items():
            found[SURVEY_HEADER.index(name)] = cell
        return found

    def fault(kind: str, field: str, cells: Row, note: str) -> RowFault:
        return RowFault(
            f"responses.{field}.{kind}", SURVEY, field, cells, note, number if field == "text" else ""
        )

    unset = row(silent[3], RecordedDate="1970-01-01 00:00:00")
    long = "and then she cried and I cried and we walked up and down the hall again, " * 280
    return (
        fault(
            "unique-key",
            RESPONSES_KEY,
            row(None, ExternalReference=anchor.participant_id),
            "answered again under another ResponseId",
        ),
        fault(
            "foreign-key",
            "participant_id",
            row(None, ExternalReference="MMB9999998"),
            "nobody was enrolled with this number",
        ),
        fault("required", "participant_id", row(None), "the invitation link lost its reference"),
        fault("max-length", "text", row(silent[1], long.strip()), "over 20000 characters"),
        fault("type", "answered_on", row(silent[2], RecordedDate="last Tuesday"), "no date"),
        fault("minimum", "answered_on", unset, "a clock that was never set"),
        # Of a response that nobody coded: two of one id would leave its codings without a place.
        fault(
            "primary-key",
            "response_id",
            row(silent[0], ResponseId=unset[SURVEY_HEADER.index("ResponseId")]),
            "the ResponseId of another participant",
        ),
    )


def coding_faults(anchor: Anchor) -> tuple[RowFault, ...]:
    """Return wrong rows for the end of the codings; all of them code the anchor's answer."""
    response, end = anchor.response, anchor.n_characters

    def fault(rule: str, column: str, note: str, *cells: str) -> RowFault:
        return RowFault(f"codings.{rule}", plain_path("codings"), column, list(cells), note)

    return (
        fault(
            "start.type",
            "start",
            "a word for a position",
            response,
            "no_comment",
            "consensus",
            "first",
            "5",
            CONSENSUS,
        ),
        fault(
            "code_id.foreign-key",
            "code_id",
            "the codebook has no such code",
            response,
            "coach_magic",
            "consensus",
            "0",
            "2",
            CONSENSUS,
        ),
        fault(
            "response_id.foreign-key",
            "response_id",
            "nobody wrote this response",
            "R_000000000000000.helpful_coach",
            "no_comment",
            "consensus",
            "0",
            "2",
            CONSENSUS,
        ),
        fault(
            "coder_id.foreign-key",
            "coder_id",
            "nobody codes under this id",
            response,
            "no_comment",
            "coder_9",
            "0",
            "2",
            CONSENSUS,
        ),
        fault(
            "stage.category", "stage", "not a stage", response, "no_comment", "consensus", "0", "3", "final"
        ),
        fault(
            "segment-not-empty.study",
            "",
            "an empty segment",
            response,
            "no_comment",
            "consensus",
            "4",
            "4",
            CONSENSUS,
        ),
        fault(
            "segment-inside-text.study",
            "",
            "ends behind the text",
            response,
            "no_comment",
            "consensus",
            "0",
            str(end + 50),
            CONSENSUS,
        ),
        fault(
            f"{CODINGS_KEY}.primary-key",
            CODINGS_KEY,
            "the same coding twice",
            *(str(cell) for cell in anchor.coding),
        ),
    )


def project_faults(found: Iterable[tuple[str, str, int, str]]) -> tuple[Planted, ...]:
    """Return the key's lines for segments of projects that have no place; their number is the line."""
    return tuple(
        Planted(f"codings.{trouble}.placing", file, place, "", "", note)
        for trouble, file, place, note in found
    )


_PLAIN: Final[Mapping[str, tuple[tuple[str, str, str, Row], ...]]] = {
    "questions": (
        (
            "questions.about.category",
            "about",
            "not something asked about",
            ["anything_else", "Is there anything else?", "survey", "helpful", "5"],
        ),
    ),
    "themes": (
        (
            "themes.parent_theme_id.foreign-key",
            "parent_theme_id",
            "the wider theme is missing",
            ["sleep", "Sleep", "Nights.", "body"],
        ),
    ),
    "theme_constructs": (
        ("theme_constructs.theme_id.foreign-key", "theme_id", "no such theme", ["faith_and_prayer", "none"]),
        (
            "theme_constructs.construct.category",
            "construct",
            "not in the vocabulary",
            ["less_alone", "belonging"],
        ),
    ),
    "codes": (
        (
            "codes.code_id.pattern",
            "code_id",
            "capital and hyphen in a short name",
            ["Other-Praise", "Other praise", "Praise of the study.", "no_wish"],
        ),
        (
            "codes.title.unique",
            "title",
            "two codes with one title",
            ["coach_warmth", "Bond with the coach", "Warmth.", "coach_relationship"],
        ),
        ("codes.theme_id.foreign-key", "theme_id", "no such theme", ["humour", "Humour", "Jokes.", "play"]),
    ),
}


def plain_table(
    table: str, header: Row, rows: Sequence[Row]
) -> tuple[Row, list[Row], tuple[RowFault, ...], tuple[Planted, ...]]:
    """Spoil a plain table.

    Parameters
    ----------
    table : str
    header : list of str
    rows : sequence of list of str

    Returns
    -------
    tuple
        Header and rows, perhaps with a column more or less; the wrong rows that follow them; and
        the key's lines about columns, which name line 1.
    """
    file = plain_path(table)
    wrong = tuple(
        RowFault(rule, file, column, row, note) for rule, column, note, row in _PLAIN.get(table, ())
    )
    columns: tuple[Planted, ...] = ()
    if table == "coders":
        columns = (Planted("coders.unknown-column", file, 1, "initials", "3", "an extra column"),)
        header = [*header, "initials"]
        rows = [[*row, row[0][0].upper()] for row in rows]
    elif table == "themes":
        at = header.index("description")
        columns = (
            Planted("themes.description.missing-column", file, 1, "description", "", "a column left out"),
        )

        def without(row: Row) -> Row:
            return [*row[:at], *row[at + 1 :]]

        header, rows = without(header), [without(row) for row in rows]
        wrong = tuple(RowFault(w.rule_id, w.file, w.column, without(w.row), w.note) for w in wrong)
    return header, list(rows), wrong, columns
