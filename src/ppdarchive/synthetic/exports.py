"""Rows in the layouts of the survey tools: Qualtrics with three header rows, REDCap raw."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from ppdarchive.synthetic.people import Participant, Scores
from ppdarchive.synthetic.resources import records

Row = list[str]

# -- Qualtrics ------------------------------------------------------------------------------------

_METADATA: Final = (
    ("StartDate", "Start Date", "startDate"),
    ("EndDate", "End Date", "endDate"),
    ("Status", "Response Type", "status"),
    ("IPAddress", "IP Address", "ipAddress"),
    ("Progress", "Progress", "progress"),
    ("Duration (in seconds)", "Duration (in seconds)", "duration"),
    ("Finished", "Finished", "finished"),
    ("RecordedDate", "Recorded Date", "recordedDate"),
    ("ResponseId", "Response ID", "_recordId"),
    ("RecipientLastName", "Recipient Last Name", "recipientLastName"),
    ("RecipientFirstName", "Recipient First Name", "recipientFirstName"),
    ("RecipientEmail", "Recipient Email", "recipientEmail"),
    ("ExternalReference", "External Data Reference", "externalDataReference"),
    ("LocationLatitude", "Location Latitude", "locationLatitude"),
    ("LocationLongitude", "Location Longitude", "locationLongitude"),
    ("DistributionChannel", "Distribution Channel", "distributionChannel"),
    ("UserLanguage", "User Language", "userLanguage"),
)
_ZONED: Final = frozenset({"startDate", "endDate", "recordedDate"})

QUESTION_COLUMNS: Final = ("Q12", "Q13", "Q14", "Q15")
"""The columns of the four questions, in the order of the survey."""

SURVEY_HEADER: Final = (*(name for name, _, _ in _METADATA), "Q11", *QUESTION_COLUMNS, "Q16")
"""The names of the survey export's columns."""

NORMAL, PREVIEW, TEST, SPAM = "0", "1", "2", "8"
"""The values of `Status` that occur."""

_JUNK: Final[Mapping[str, tuple[str, ...]]] = {
    PREVIEW: ("test", "asdf", "does this show up right?", "preview text", "lorem ipsum"),
    TEST: ("Ut enim ad minim veniam", "Lorem ipsum dolor sit amet", "TEST TEST", "xxx"),
    SPAM: (
        "Best essay writing service visit www.example.com/essays",
        "Earn $$$ from home now!!! https://spam.example.org/win",
        "good good good nice survey",
        "cheap meds no prescription example.net",
    ),
}


def survey_headers() -> tuple[Row, Row, Row]:
    """Return the three header rows: names, texts as participants saw them, import ids."""
    questions = records("questions")
    texts = [text for _, text, _ in _METADATA]
    texts += ["How much of the program did you get to do?"]
    texts += [
        f"Please think back to your phone calls.\n{wording}" if position == 2 else wording
        for position, (_, _, _, wording) in enumerate(questions)
    ]
    texts += ["May we contact you again about this survey?"]
    ids = [
        {"ImportId": import_id, "timeZone": "America/Chicago"}
        if import_id in _ZONED
        else {"ImportId": import_id}
        for _, _, import_id in _METADATA
    ]
    ids += [{"ImportId": "QID11"}]
    ids += [{"ImportId": f"QID{column[1:]}_TEXT"} for column in QUESTION_COLUMNS]
    ids += [{"ImportId": "QID16"}]
    return list(SURVEY_HEADER), texts, [json.dumps(i, separators=(",", ":")) for i in ids]


def response_code(rng: Random) -> str:
    """Draw a ResponseId: R_ and fifteen letters and digits."""
    symbols = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return "R_" + "".join(rng.choices(symbols, k=15))


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to the survey, whoever made it."""

    recorded: datetime
    response_id: str
    status: str = NORMAL
    progress: int = 100
    n_characters: int = 0

    @property
    def finished(self) -> bool:
        """Whether the last page was submitted."""
        return self.progress == 100


def survey_row(
    visit: Visit, her: Participant | None, cells: Sequence[str], rng: Random, *, spanish: bool = False
) -> Row:
    """Return one row of the survey export.

    Parameters
    ----------
    visit : Visit
    her : Participant or None
        None for rows that belong to nobody: previews, tests, spam.
    cells : sequence of str, length 4
        The answers in the order of the questions.
    rng : Random
    spanish : bool
        The language of the survey's buttons.

    Returns
    -------
    list of str
    """
    seconds = 60 + int(visit.n_characters * (0.25 + rng.random())) + rng.randrange(600)
    ended = visit.recorded - timedelta(seconds=rng.randrange(3))
    network = rng.choice(("192.0.2", "198.51.100", "203.0.113"))
    seen = visit.progress > 40
    channels = {PREVIEW: "preview", TEST: "test", SPAM: "anonymous"}
    return [
        f"{ended - timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}",
        f"{ended:%Y-%m-%d %H:%M:%S}",
        visit.status,
        "" if visit.status == TEST else f"{network}.{rng.randrange(1, 255)}",
        str(visit.progress),
        str(seconds),
        "1" if visit.finished else "0",
        f"{visit.recorded:%Y-%m-%d %H:%M:%S}",
        visit.response_id,
        her.last_name if her else "",
        her.first_name if her else "",
        her.email if her else "",
        her.participant_id if her else "",
        f"{30 + 15 * rng.random():.4f}",
        f"{-120 + 40 * rng.random():.4f}",
        "email" if her else channels.get(visit.status, "anonymous"),
        "ES" if spanish else "EN",
        str(rng.randrange(1, 5)) if seen else "",
        *cells,
        rng.choice(("1", "2")) if visit.finished else "",
    ]


def junk_cells(status: str, rng: Random) -> Row:
    """Return what stands in the answers of a preview, a test or spam."""
    return [rng.choice(_JUNK[status]) if rng.random() < 0.7 else "" for _ in QUESTION_COLUMNS]


# -- REDCap ---------------------------------------------------------------------------------------

DICTIONARY_HEADER: Final = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
"""The 18 columns of a REDCap data dictionary."""

_CHOICES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "race": (
        ("aian", "American Indian/Alaska Native"),
        ("asian", "Asian, incl. South Asian"),
        ("black", "Black"),
        ("hispanic", "Hispanic/Latina (any race)"),
        ("nhpi", "Native Hawaiian/Pacific Islander"),
        ("white", "White, not Hispanic"),
        ("multiple", "Two or more"),
        ("other", "Something else"),
    ),
    "education": (
        ("high_school", "High school or equivalent"),
        ("some_college", "Some college, no degree"),
        ("associate", "Associate degree"),
        ("bachelor", "Bachelor's degree"),
        ("graduate", "Graduate or professional degree"),
    ),
    "relationship": (
        ("married", "Married"),
        ("partnered", "Living with a partner"),
        ("single", "Single, never married"),
        ("separated", "Separated, divorced or widowed"),
    ),
    "branch": (
        ("army", "Army"),
        ("navy", "Navy"),
        ("air_force", "Air Force"),
        ("marine_corps", "Marine Corps"),
        ("coast_guard", "Coast Guard"),
        ("guard_reserve", "National Guard or Reserve only"),
    ),
    "rurality": (("urban", "Urban"), ("rural", "Rural"), ("highly_rural", "Highly rural")),
}
_CODES: Final = {
    field: {value: str(number) for number, (value, _) in enumerate(choices, start=1)}
    for field, choices in _CHOICES.items()
}
_SUPPORTS: Final = "1, Partner | 2, Family | 3, Other mothers | 4, Other veterans | -1, Nobody"


def race_codes() -> Mapping[str, str]:
    """Return the export's codes of race and ethnicity with the schema's categories."""
    return {code: value for value, code in _CODES["race"].items()}


@dataclass(frozen=True, slots=True)
class _Field:
    """One row of the dictionary, as far as the study uses it."""

    name: str
    form: str
    label: str
    kind: str = "text"
    validation: str = ""
    low: str = ""
    high: str = ""
    identifier: bool = False
    required: bool = False
    section: str = ""
    choices: str = ""
    note: str = ""

    def row(self) -> Row:
        choices = self.choices or " | ".join(
            f"{number}, {label}" for number, (_, label) in enumerate(_CHOICES.get(self.name, ()), start=1)
        )
        return [
            self.name,
            self.form,
            self.section,
            self.kind,
            self.label,
            choices,
            self.note,
            self.validation,
            self.low,
            self.high,
            "y" if self.identifier else "",
            "",
            "y" if self.required else "",
            "",
            "",
            "",
            "",
            "",
        ]


_FIELDS: Final = (
    _Field(
        "record_id",
        "enrolment",
        "Participant",
        note="SYNTHETIC: this project and everybody in it are invented.",
    ),
    _Field("enrolled_on", "enrolment", "Date of consent", validation="date_ymd", required=True),
    _Field("first_name", "enrolment", "First name", identifier=True, section="Contact"),
    _Field("last_name", "enrolment", "Last name", identifier=True),
    _Field("email", "enrolment", "E-mail", validation="email", identifier=True),
    _Field("phone", "enrolment", "Phone", validation="phone", identifier=True, note="Include area code"),
    # Not flagged although it identifies: the flag alone cannot be trusted.
    _Field("baby_dob", "enrolment", "Baby's date of birth", validation="date_ymd"),
    _Field(
        "consent_share",
        "enrolment",
        "May we share your answers without your name?",
        kind="yesno",
        required=True,
    ),
    _Field("coach", "enrolment", "Coach"),
    _Field(
        "age_years",
        "demographics",
        "How old are you?",
        validation="integer",
        low="18",
        high="60",
        section="About you",
    ),
    _Field("weeks_pp", "demographics", "Weeks since the birth", validation="integer", low="0", high="52"),
    _Field("n_children", "demographics", "Children in your home", validation="integer", low="0"),
    _Field("race", "demographics", "How do you describe yourself?", kind="radio"),
    _Field("education", "demographics", "Highest level completed", kind="dropdown"),
    _Field("relationship", "demographics", "Relationship", kind="radio"),
    _Field("branch", "demographics", "Branch in which you served longest", kind="dropdown"),
    _Field("deployed", "demographics", "Were you ever deployed to a combat zone?", kind="yesno"),
    _Field("rurality", "demographics", "Rural-urban class of the address", kind="radio"),
    _Field("state", "demographics", "State", note="Two letters"),
    _Field("supports", "demographics", "Who supports you?", kind="checkbox", choices=_SUPPORTS),
    _Field("sessions_done", "engagement", "Sessions completed", validation="integer"),
    _Field("calls_done", "engagement", "Coach calls completed", validation="integer"),
    _Field("call_minutes", "engagement", "Minutes on the phone", validation="number_1dp"),
    _Field("epds_total", "mood", "EPDS total", validation="integer", low="0", high="30"),
    _Field("phq9_total", "mood", "PHQ-9 total", validation="integer", low="0", high="27"),
    _Field("wai_goal", "alliance", "WAI-SR coach: goal", validation="integer"),
    _Field("wai_task", "alliance", "WAI-SR coach: task", validation="integer"),
    _Field("wai_bond", "alliance", "WAI-SR coach: bond", validation="integer"),
    _Field(
        "wai_coach_total",
        "alliance",
        "WAI-SR coach: total",
        kind="calc",
        choices="sum([wai_goal],[wai_task],[wai_bond])",
    ),
    _Field("wai_programme_total", "alliance", "WAI-SR programme: total", validation="integer"),
    _Field("coach_rating", "alliance", "How helpful was your coach? (1-5)", validation="integer"),
)
_SURVEYS: Final = frozenset({"demographics", "mood", "alliance"})

BASELINE, POST, FOLLOWUP = "baseline_arm_1", "post_arm_1", "followup_arm_1"
"""The events in `redcap_event_name`."""


def _columns() -> tuple[str, ...]:
    names = ["record_id", "redcap_event_name"]
    forms = dict.fromkeys(field.form for field in _FIELDS)
    for form in forms:
        if form in _SURVEYS:
            names.append(f"{form}_timestamp")
        for field in _FIELDS:
            if field.form == form and field.name != "record_id":
                names += (
                    ["supports___1", "supports___2", "supports___3", "supports___4", "supports____1"]
                    if field.kind == "checkbox"
                    else [field.name]
                )
        names.append(f"{form}_complete")
    return tuple(names)


ENROLMENT_HEADER: Final = _columns()
"""The names of the REDCap export's columns."""

_MAY_LACK: Final = (
    "age_years",
    "n_children",
    "race",
    "education",
    "relationship",
    "branch",
    "deployed",
    "rurality",
)


def dictionary_rows() -> list[Row]:
    """Return the data dictionary below its header."""
    return [field.row() for field in _FIELDS]


def enrolment_row(**cells: str) -> Row:
    """Return one row of the REDCap export; columns that are not named are empty."""
    return [cells.get(name, "") for name in ENROLMENT_HEADER]


def enrolment_rows(her: Participant, rng: Random, *, missing_cell: float) -> list[Row]:
    """Return a participant's rows of the REDCap export, one for each event that she came to.

    Parameters
    ----------
    her : Participant
    rng : Random
    missing_cell : float
        Share of demographic cells that hold a missing-data code or nothing.

    Returns
    -------
    list of list of str
        The row of the event `baseline_arm_1` first.
    """
    signed = f"{her.enrolled_on:%Y-%m-%d} {rng.randrange(7, 23):02d}:{rng.randrange(60):02d}:00"
    supports = [str(int(rng.random() < share)) for share in (0.6, 0.5, 0.3, 0.15)]
    cells = {
        "enrolled_on": her.enrolled_on.isoformat(),
        "first_name": her.first_name,
        "last_name": her.last_name,
        "email": her.email,
        "phone": her.phone,
        "baby_dob": her.baby_birth_date.isoformat(),
        "consent_share": str(int(her.consent_to_share)),
        "coach": her.coach.coach_id,
        "enrolment_complete": "2",
        "demographics_timestamp": signed,
        "age_years": str(her.age),
        "weeks_pp": str(her.weeks_postpartum),
        "n_children": str(her.n_children),
        "race": _CODES["race"][her.race_ethnicity],
        "education": _CODES["education"][her.education],
        "relationship": _CODES["relationship"][her.relationship],
        "branch": _CODES["branch"][her.branch],
        "deployed": str(int(her.deployed)),
        "rurality": _CODES["rurality"][her.town.rurality],
        "state": her.town.state,
        **{f"supports___{number}": cell for number, cell in enumerate(supports, start=1)},
        "supports____1": str(int("1" not in supports)),
        "demographics_complete": "2",
        "sessions_done": str(her.sessions_completed),
        "calls_done": str(her.coach_calls),
        "call_minutes": f"{her.coach_minutes:g}",
        "engagement_complete": "2",
    }
    for name in _MAY_LACK:
        if rng.random() < missing_cell:
            cells[name] = rng.choice(("UNK", "NI", "", "-99"))
    scores = _score_cells(her.baseline, signed)
    if rng.random() < missing_cell:
        scores["phq9_total"] = "UNK"
    rows = [_event(her, BASELINE, {**cells, **scores})]
    for event, scored, day in (
        (POST, her.post, her.followup_on - timedelta(days=91)),
        (FOLLOWUP, her.followup, her.followup_on),
    ):
        stamp = f"{day:%Y-%m-%d} {rng.randrange(7, 23):02d}:{rng.randrange(60):02d}:00"
        if scored is not None:
            rows.append(_event(her, event, _score_cells(scored, stamp)))
        elif rng.random() < 0.1:
            # Opened, never submitted.
            opened = {"mood_timestamp": "[not completed]", "mood_complete": "0"}
            rows.append(_event(her, event, opened))
    return rows


def _event(her: Participant, event: str, cells: Mapping[str, str]) -> Row:
    return enrolment_row(record_id=her.participant_id, redcap_event_name=event, **cells)


def _score_cells(scores: Scores, stamp: str) -> dict[str, str]:
    cells = {
        "mood_timestamp": stamp,
        "epds_total": str(scores.epds),
        "phq9_total": str(scores.phq9),
        "mood_complete": "2",
    }
    if scores.wai_coach is not None:
        goal, task, bond = scores.wai_coach
        cells |= {
            "alliance_timestamp": stamp,
            "wai_goal": str(goal),
            "wai_task": str(task),
            "wai_bond": str(bond),
            "wai_coach_total": str(goal + task + bond),
            "wai_programme_total": str(scores.wai_programme),
            "coach_rating": str(scores.coach_rating),
            "alliance_complete": "2",
        }
    return cells


# -- the lab's contact list -----------------------------------------------------------------------

CONTACTS_HEADER: Final = (
    "participant_id",
    "first_name",
    "last_name",
    "nickname",
    "email",
    "phone",
    "street",
    "town",
    "state",
    "zip",
    "baby_name",
    "baby_nickname",
    "partner_name",
    "older_child_name",
    "coach_id",
    "coach_name",
    "va_facility",
    "birth_hospital",
    "note",
)
"""The names of the contact list's columns."""


def contact_row(her: Participant) -> Row:
    """Return the participant's row of the lab's contact list."""
    return [
        her.participant_id,
        her.first_name,
        her.last_name,
        her.nickname,
        her.email,
        her.phone,
        her.street,
        her.town.name,
        her.town.state,
        her.town.zip_code,
        her.baby_name,
        her.baby_nickname,
        her.partner_name,
        her.child_name if her.n_children > 1 else "",
        her.coach.coach_id,
        f"{her.coach.first_name} {her.coach.last_name}",
        her.va_facility,
        her.hospital,
        "synthetic: nobody of this name exists here",
    ]
