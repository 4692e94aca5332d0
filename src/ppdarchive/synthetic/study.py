"""A whole synthetic study in a folder; with `projects` what of the room touches the disk."""

from __future__ import annotations

import csv
import os
import shutil
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TextIO

from ppdarchive.coding.project import CONSENSUS
from ppdarchive.errors import UsageError, WriteError
from ppdarchive.synthetic import documents
from ppdarchive.synthetic import faults as faulty
from ppdarchive.synthetic.answers import answers_of, question_ids
from ppdarchive.synthetic.codebook import plain_tables
from ppdarchive.synthetic.coders import Coding, codings_of
from ppdarchive.synthetic.exports import (
    CONTACTS_HEADER,
    DICTIONARY_HEADER,
    ENROLMENT_HEADER,
    QUESTION_COLUMNS,
    Row,
    Visit,
    contact_row,
    dictionary_rows,
    enrolment_rows,
    junk_cells,
    response_code,
    survey_headers,
    survey_row,
)
from ppdarchive.synthetic.plan import Plan, Turn, turns
from ppdarchive.synthetic.projects import KEY_HEADER, CoderProjects
from ppdarchive.synthetic.shape import StudyShape
from ppdarchive.synthetic.summary import StudySummary

PARTICIPANTS: Final = 326
ANSWERED: Final = 184
"""As many as were enrolled and as answered in the study that the example follows."""

_SEEN_UNANSWERED: Final = "-99"


def write_study(
    folder: Path,
    *,
    profile: Mapping[str, str],
    participants: int = PARTICIPANTS,
    answered: int | None = None,
    seed: int = 2019,
    faults: bool = False,
    shape: StudyShape | None = None,
) -> StudySummary:
    """Write a synthetic study: exports, study.toml, schemas and the key of what is planted.

    The same arguments give the same bytes on every machine; of the two coders' projects the same contents,
    since zlib and SQLite do not write the same bytes in every version.

    Parameters
    ----------
    folder : Path
        Must not exist, or be empty.
    profile : mapping of str to str
        ``datapackage.json`` and the schemas, text by relative path.
    participants : int, >= 1
    answered : int, optional
        How many of them answered; 184 of every 326 if not given.
    seed : int
    faults : bool
        Whether to plant faults in the exports and write ``key/faults.csv``.
    shape : StudyShape, optional
        Parameters of the distributions.

    Returns
    -------
    StudySummary

    Raises
    ------
    UsageError
        If the numbers cannot be: ``usage.value``.
    WriteError
        If the folder holds something (``write.exists``) or cannot be written
        (``write.not-writable``); then nothing is left behind.
    """
    if answered is None:
        answered = round(participants * ANSWERED / PARTICIPANTS)
    _check_numbers(participants, answered, faults=faults)
    plan = Plan(participants, answered, seed, faults, shape or StudyShape())
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise WriteError("write.exists", path=str(folder))
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = folder.with_name(f".{folder.name}.partial-{os.getpid()}")
        partial.mkdir()
    except OSError as error:
        reason = error.strerror or type(error).__name__
    else:
        try:
            summary = _write(partial, plan, profile)
            if folder.exists():
                folder.rmdir()
            partial.rename(folder)
        except OSError as error:
            reason = error.strerror or type(error).__name__
        else:
            return summary
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    raise WriteError("write.not-writable", path=str(folder), reason=reason)


def _check_numbers(participants: int, answered: int, *, faults: bool) -> None:
    reason = ""
    if participants < 1:
        reason = "a study needs at least 1 participant"
    elif not 0 <= answered <= participants:
        reason = f"of {participants} participants, {answered} cannot have answered"
    elif faults and (
        participants < faulty.MIN_PARTICIPANTS or participants - answered < faulty.MIN_SILENT or answered < 1
    ):
        reason = (
            f"planting faults needs at least {faulty.MIN_PARTICIPANTS} participants, "
            f"1 with answers and {faulty.MIN_SILENT} without"
        )
    if reason:
        raise UsageError("usage.value", reason=reason)


class _Sheet:
    """A CSV file that knows at which physical line each row starts."""

    def __init__(self, root: Path, relative: str, files: ExitStack) -> None:
        path = root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: TextIO = files.enter_context(path.open("w", encoding="utf-8", newline=""))
        self._writer = csv.writer(self, lineterminator="\n")
        self._line = 1
        self.n_rows = 0

    def write(self, text: str) -> int:
        self._line += text.count("\n")
        return self._file.write(text)

    def add(self, row: Iterable[str | int]) -> int:
        line = self._line
        self._writer.writerow(row)
        self.n_rows += 1
        return line


@dataclass
class _Tally:
    """What has been written so far; the only thing here that changes."""

    counts: Counter[str] = field(default_factory=Counter)
    planted: list[faulty.Planted] = field(default_factory=list)
    anchor: faulty.Anchor | None = None
    followup_days: array[int] = field(default_factory=lambda: array("l"))
    last: datetime = datetime(2015, 1, 1)

    def spoil(self, sheet: _Sheet, wrong: Iterable[faulty.RowFault]) -> None:
        for fault in wrong:
            self.planted.append(fault.planted(sheet.add(fault.row)))


def _write(root: Path, plan: Plan, profile: Mapping[str, str]) -> StudySummary:
    tally = _Tally()
    _write_enrolment(root, plan, tally)
    _write_survey(root, plan, tally)
    _write_plain(root, plan, tally)
    if plan.faults:
        with ExitStack() as files:
            key = _Sheet(root, documents.FAULTS, files)
            key.add(faulty.KEY_HEADER)
            for planted in tally.planted:
                key.add(planted)
    counts = tally.counts
    summary = StudySummary(
        n_participants=plan.participants,
        n_answered=plan.answered,
        n_declined_sharing=counts["declined"],
        n_answers=counts["answers"],
        n_unanswered=counts["unanswered"],
        n_survey_rows=counts["survey rows"],
        n_excluded_rows=counts["excluded"],
        n_enrolment_rows=counts["enrolment rows"],
        n_measures=counts["measures"],
        n_codings=counts["codings"],
        n_identifying_answers=counts["identifying"],
        n_planted_spans=counts["spans"],
        n_faults=len(tally.planted),
    )
    texts = {
        **documents.profile_files(profile, seed=plan.seed),
        "study.toml": documents.study_toml(),
        "README.md": documents.readme(summary, seed=plan.seed),
    }
    for relative, text in texts.items():
        path = root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return summary


_SCORE_COLUMNS: Final = tuple(ENROLMENT_HEADER.index(column) for column, *_ in documents.MEASURES)


def _write_enrolment(root: Path, plan: Plan, tally: _Tally) -> None:
    wrong_cells = faulty.cell_faults(plan.rng("faults"), plan.participants) if plan.faults else {}
    again: Row = []
    with ExitStack() as files:
        contacts = _Sheet(root, documents.CONTACTS, files)
        contacts.add(CONTACTS_HEADER)
        dictionary = _Sheet(root, documents.DICTIONARY, files)
        dictionary.add(DICTIONARY_HEADER)
        for row in dictionary_rows():
            dictionary.add(row)
        enrolment = _Sheet(root, documents.ENROLMENT, files)
        enrolment.add(ENROLMENT_HEADER)
        for number in range(1, plan.participants + 1):
            her = plan.participant(number)
            tally.counts["declined"] += not her.consent_to_share
            tally.followup_days.append(her.followup_on.toordinal())
            contacts.add(contact_row(her))
            rows = enrolment_rows(her, plan.rng("enrolment", number), missing_cell=plan.shape.missing_cell)
            tally.counts["enrolment rows"] += len(rows)
            tally.counts["measures"] += sum(bool(row[at]) for row in rows for at in _SCORE_COLUMNS)
            fault = wrong_cells.get(number)
            again = again or ([] if fault else rows[0])
            line = enrolment.add(fault.apply(rows[0]) if fault else rows[0])
            if fault:
                tally.planted.append(fault.planted(line))
            for row in rows[1:]:
                enrolment.add(row)
        if plan.faults:
            answering = plan.participant(min(plan.ranks)).participant_id
            tally.spoil(enrolment, faulty.enrolment_faults(again, answering))


def _write_survey(root: Path, plan: Plan, tally: _Tally) -> None:
    with ExitStack() as files:
        survey = _Sheet(root, documents.SURVEY, files)
        for row in survey_headers():
            survey.add(row)
        codings = _Sheet(root, documents.plain_path("codings"), files)
        codings.add(Coding._fields)
        key = _Sheet(root, documents.SPANS, files)
        key.add(("response_id", "start", "end", "category", "text"))
        alone = _Sheet(root, documents.CODINGS_KEY, files)
        alone.add(Coding._fields)
        answered = _Answered(survey, codings, key, alone, CoderProjects())
        for turn in turns(plan, tally.followup_days):
            tally.counts["survey rows"] += 1
            tally.last = max(tally.last, turn.recorded)
            if turn.number and not turn.blank:
                _write_answers(plan, turn, tally, answered)
                continue
            tally.counts["excluded"] += 1
            rng = plan.rng(f"turn {turn.status} {turn.index}", turn.number)
            her = plan.participant(turn.number) if turn.number else None
            progress = rng.choice((6, 18, 35)) if turn.blank else 100
            visit = Visit(turn.recorded, response_code(rng), turn.status, progress)
            cells = [""] * len(QUESTION_COLUMNS) if turn.blank else junk_cells(turn.status, rng)
            survey.add(survey_row(visit, her, cells, rng))
        if plan.faults and tally.anchor is not None:
            rng = plan.rng("survey faults")
            silent = [n for n in range(1, plan.participants + 1) if n not in plan.ranks]
            hers = [plan.participant(number) for number in rng.sample(silent, faulty.MIN_SILENT)]
            after = tally.last + timedelta(hours=30)
            tally.spoil(survey, faulty.survey_faults(rng, tally.anchor, hers, after))
            tally.spoil(codings, faulty.coding_faults(tally.anchor))
            tally.planted += faulty.project_faults(answered.projects.spoil(tally.anchor.response))
        answered.projects.write(root)
        names = _Sheet(root, documents.NAMES_KEY, files)
        names.add(KEY_HEADER)
        for name in answered.projects.key:
            names.add(name)


@dataclass(frozen=True, slots=True)
class _Answered:
    """The files that grow with every participant who answered; `alone` is the key to the projects."""

    survey: _Sheet
    codings: _Sheet
    key: _Sheet
    alone: _Sheet
    projects: CoderProjects


def _write_answers(plan: Plan, turn: Turn, tally: _Tally, sheets: _Answered) -> None:
    """Write one participant's row of the survey with its codings and the key to it."""
    rng = plan.rng("answers", turn.number)
    her = plan.participant(turn.number)
    answers = answers_of(her, rng, rank=plan.ranks[turn.number], shape=plan.shape)
    stopped = len(answers) < len(QUESTION_COLUMNS) and rng.random() < plan.shape.unfinished / 0.4
    visit = Visit(
        turn.recorded,
        response_code(rng),
        progress=rng.choice((62, 75, 88)) if stopped else 100,
        n_characters=sum(len(draft.text) for draft in answers.values()),
    )
    unwritten = "" if stopped else _SEEN_UNANSWERED
    ids = question_ids()
    cells = [answers[q].text if q in answers else unwritten for q in ids]
    spanish = any("ñ" in cell or "ó" in cell for cell in cells)
    sheets.survey.add(survey_row(visit, her, cells, rng, spanish=spanish))
    tally.counts["answers"] += len(answers)
    tally.counts["unanswered"] += cells.count(_SEEN_UNANSWERED)
    coding_rng = plan.rng("codings", turn.number)
    project_rng = plan.rng("projects", turn.number)
    for question, draft in answers.items():
        response_id = f"{visit.response_id}.{question}"
        tally.counts["identifying"] += bool(draft.spans)
        tally.counts["spans"] += len(draft.spans)
        for span in sorted(draft.spans):
            text = draft.text[span.start : span.end]
            sheets.key.add((response_id, span.start, span.end, span.label, text))
        found = codings_of(draft, response_id, coding_rng)
        tally.counts["codings"] += len(found)
        for coding in found:
            (sheets.codings if coding.stage == CONSENSUS else sheets.alone).add(coding)
        sheets.projects.add(response_id, draft.text, found, her=her, rng=project_rng)
        if tally.anchor is None and found and len(draft.text) > 40:
            tally.anchor = faulty.Anchor(
                her.participant_id,
                visit.response_id,
                question,
                QUESTION_COLUMNS[ids.index(question)],
                len(draft.text),
                found[-1],
            )


def _write_plain(root: Path, plan: Plan, tally: _Tally) -> None:
    for table, clean in plain_tables().items():
        header, rows = clean
        wrong: tuple[faulty.RowFault, ...] = ()
        if plan.faults:
            header, rows, wrong, columns = faulty.plain_table(table, *clean)
            tally.planted += columns
        with ExitStack() as files:
            sheet = _Sheet(root, documents.plain_path(table), files)
            for row in (header, *rows):
                sheet.add(row)
            tally.spoil(sheet, wrong)
