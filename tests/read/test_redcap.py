"""Data dictionaries, checkbox columns and form columns of REDCap; complaints of others' users."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.read.redcap import parse_choices, read_dictionary

LONG = [
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
]


def dictionary_text(*fields, delimiter=","):
    """Write a data dictionary: each field is name, type, and what else differs from nothing."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, LONG, restval="", delimiter=delimiter)
    writer.writeheader()
    for name, kind, *others in fields:
        choices, validation, flag = (*others, "", "", "")[:3]
        writer.writerow(
            {
                "Variable / Field Name": name,
                "Form Name": "visit",
                "Field Type": kind,
                "Field Label": f"About {name}, please",
                "Choices, Calculations, OR Slider Labels": choices,
                "Text Validation Type OR Show Slider Number": validation,
                "Identifier?": flag,
            }
        )
    return stream.getvalue()


ID = ("record_id", "text")
FIXTURES = ["simple", "survey", "longitudinal", "checkboxes-1"]


@pytest.mark.parametrize("fixture", FIXTURES)
def test_real_exports(exports, reading, plainly, cells_of, fixture):
    """Every cell is what a plain look at the file gives, and every column is understood."""
    folder = exports / "redcap" / fixture
    data = (folder / "data.csv").read_bytes()
    export = reading(data, source="redcap", dictionary=(folder / "dictionary.csv").read_bytes())
    names, *table = plainly(data)
    assert (export.source, export.n_header) == ("redcap", 1)
    assert cells_of(export) == table
    assert [column.name for column in export.columns] == names
    assert [column.position for column in export.columns] == list(range(1, len(names) + 1))
    unknown = [column.name for column in export.columns if column.kind is None and not column.is_tool]
    assert unknown == []
    assert not export.marks["blank"].any()


def test_the_real_survey(exports, reading):
    """Opened surveys mark their rows; the invitee's identifier is one."""
    folder = exports / "redcap" / "survey"
    export = reading(
        (folder / "data.csv").read_bytes(),
        source="redcap",
        dictionary=(folder / "dictionary.csv").read_bytes(),
    )
    assert export.marks["unfinished"].tolist() == [True, False]
    columns = {column.name: column for column in export.columns}
    assert columns["redcap_survey_identifier"].is_identifier is True
    assert columns["redcap_survey_identifier"].is_tool
    assert columns["prescreening_survey_timestamp"].is_tool
    assert columns["participant_info_survey_complete"].choices == {
        "0": "Incomplete",
        "1": "Unverified",
        "2": "Complete",
    }
    assert columns["email"].is_identifier is True
    assert (columns["dob"].is_identifier, columns["dob"].kind) == (False, "date_ymd")
    assert columns["has_diabetes"].choices == {"1": "True", "0": "False"}
    consent = columns["consent___1"]
    assert (consent.group, consent.choice, consent.choices) == ("consent", "1", {"1": "I consent"})
    assert consent.label is not None
    assert consent.label.startswith("By checking this box")


def test_both_headings_say_the_same(exports):
    """The downloaded dictionary and the API's metadata of one project give the same fields."""
    folder = exports / "redcap" / "simple"
    downloaded = read_dictionary((folder / "dictionary.csv").read_bytes(), name="d")
    called = read_dictionary((folder / "metadata.csv").read_bytes(), name="m")
    # The two were taken at different times: age became a calculation.
    assert [field for field in downloaded if field.name != "age"] == [
        field for field in called if field.name != "age"
    ]


def test_dictionary_kinds_and_identifiers():
    """Kind is the validation type; contact data and record numbers are identifiers, dates by flag."""
    fields = read_dictionary(
        dictionary_text(
            ID,
            ("mail", "text", "", "email"),
            ("call", "text", "", "phone_australia"),
            ("zip", "text", "", "zipcode"),
            ("post", "text", "", "postalcode_canada"),
            ("mrn", "text", "", "mrn_10d"),
            ("vmrn", "text", "", "vmrn"),
            ("ssn", "text", "", "ssn"),
            ("born", "text", "", "date_dmy"),
            ("born_too", "text", "", "date_dmy", "Y"),
            ("pain", "slider", "none | | much", "number"),
            ("says", "notes"),
            ("score", "calc", "[a] + [b]"),
            ("yes", "yesno"),
            ("later", "radio"),
        ).encode(),
        name="d",
    )
    assert [(field.kind, field.is_identifier) for field in fields] == [
        ("text", False),
        ("email", True),
        ("phone_australia", True),
        ("zipcode", True),
        ("postalcode_canada", True),
        ("mrn_10d", True),
        ("vmrn", True),
        ("ssn", True),
        ("date_dmy", False),
        ("date_dmy", True),
        ("slider", False),
        ("notes", False),
        ("calc", False),
        ("yesno", False),
        ("radio", False),
    ]
    assert [field.choices for field in fields[-2:]] == [{"1": "Yes", "0": "No"}, None]
    assert fields[-5].choices is None


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_dictionary_in_any_dress(reading, delimiter, encoding):
    """The dictionary's delimiter and encoding are found out; a declared encoding is for both files."""
    export = reading(
        "record_id,x\n1,é\n".encode("cp1252"),
        source="redcap",
        encoding="cp1252",
        dictionary=dictionary_text(ID, ("x", "radio", "é, É"), delimiter=delimiter).encode(encoding),
    )
    assert export.columns[1].choices == {"é": "É"}


def test_parse_choices():
    """The first comma parts code and label; labels may hold commas and pipes."""
    assert parse_choices("1, Yes | 2, No") == {"1": "Yes", "2": "No"}
    assert parse_choices("a, A|b, B|c, C|") == {"a": "A", "b": "B", "c": "C"}
    assert parse_choices("-9,Refused, or so | 1.5 , x | or y, z | 2,") == {
        "-9": "Refused, or so",
        "1.5": "x | or y, z",
        "2": "",
    }
    assert parse_choices("Yes | No") is None
    assert parse_choices("1, a | 1, b") is None


@given(
    st.dictionaries(
        st.from_regex(r"-?[a-z0-9_]{1,5}", fullmatch=True),
        st.text(st.characters(codec="utf-8", exclude_characters="|")).map(str.strip),
    )
)
def test_choices_round_trip(choices):
    """Choices without a pipe in a label come back."""
    assert parse_choices(" | ".join(f"{code}, {label}" for code, label in choices.items())) == choices


def test_checkbox_codes_in_names(reading):
    """As in redcapAPI 296: a minus is a fourth underscore, capitals are small, others vanish."""
    choices = "1, One | -98, Refused | 4EeEe5, Odd | a.b, Dotted"
    export = reading(
        "record_id,box___1,box____98,box___4eeee5,box___ab,box___2\n1,1,0,0,0,0\n",
        source="redcap",
        dictionary=dictionary_text(ID, ("box", "checkbox", choices)),
    )
    assert [(column.group, column.choice) for column in export.columns] == [
        (None, None),
        ("box", "1"),
        ("box", "-98"),
        ("box", "4EeEe5"),
        ("box", "a.b"),
        (None, None),
    ]
    assert export.columns[-1].kind is None


def test_columns_that_the_dictionary_does_not_know_are_kept(reading, cells_of):
    """Nothing is dropped; what REDCap adds is known by its name."""
    head = "record_id,redcap_event_name,redcap_data_access_group,visit_return_code,visit_timestamp,mystery"
    row = ["1", "enrollment_arm_1", "", "X1", "[not completed]", "?"]
    export = reading(
        head + "\n" + ",".join(row) + "\n,,,,,\n", source="redcap", dictionary=dictionary_text(ID)
    )
    assert cells_of(export) == [row, [""] * 6]
    assert [(column.is_tool, column.is_identifier) for column in export.columns] == [
        (False, False),
        (True, None),
        (True, None),
        (True, True),
        (True, None),
        (False, None),
    ]
    assert export.marks["unfinished"].tolist() == [True, False]
    assert export.marks["blank"].tolist() == [False, True]


def test_a_field_named_like_a_form_column_is_a_field(reading):
    """The dictionary comes first: a field may be called visit_timestamp."""
    export = reading(
        "record_id,visit_timestamp\n1,x\n",
        source="redcap",
        dictionary=dictionary_text(ID, ("visit_timestamp", "notes")),
    )
    assert (export.columns[1].is_tool, export.columns[1].kind) == (False, "notes")


def test_f_for_female_is_f(reading, cells_of):
    """REDCapTidieR 236, REDCapR 566: no type is guessed."""
    export = reading(
        "record_id,sex\n001,F\n002,F\n",
        source="redcap",
        dictionary=dictionary_text(ID, ("sex", "radio", "F, Female | M, Male")),
    )
    assert cells_of(export) == [["001", "F"], ["002", "F"]]
    assert export.columns[1].choices == {"F": "Female", "M": "Male"}


@pytest.mark.parametrize("thread", ["REDCapTidieR 181", "redcapAPI 329", "redcap-etl 42"])
def test_missing_data_codes_stay(reading, cells_of, thread):
    """Codes such as UNK in yes/no, number and date fields are there as text."""
    table = [["1", "UNK", "NI", "-99"], ["2", "1", "1,5", "2019-01-01"]]
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["record_id", "yes", "number", "day"], *table])
    fields = (
        ID,
        ("yes", "yesno"),
        ("number", "text", "", "number_comma_decimal"),
        ("day", "text", "", "date_ymd"),
    )
    export = reading(stream.getvalue(), source="redcap", dictionary=dictionary_text(*fields))
    assert cells_of(export) == table


@pytest.mark.parametrize(
    "thread",
    ["REDCapTidieR 169", "REDCapTidieR 176", "redcapAPI 434", "PyCap 267", "REDCapR 143"],
)
def test_repeating_rows_stay_rows(reading, cells_of, thread):
    """Rows of repeating and other instruments stand side by side, and none is lost or merged."""
    table = [
        ["1", "", "", "Ada", ""],
        ["1", "visit", "1", "", "70"],
        ["1", "visit", "2", "", "71"],
        ["2", "", "", "Bea", "72"],
    ]
    stream = io.StringIO(newline="")
    head = ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance", "name", "weight"]
    csv.writer(stream).writerows([head, *table])
    fields = (ID, ("name", "text"), ("weight", "text", "", "integer"))
    export = reading(stream.getvalue(), source="redcap", dictionary=dictionary_text(*fields))
    assert cells_of(export) == table
    assert [column.is_tool for column in export.columns] == [False, True, True, False, False]


@pytest.mark.parametrize("thread", ["PyCap 193", "PyCap 246"])
def test_exports_without_record_id(reading, thread):
    """An export of one form may lack the record id; it can be read all the same."""
    export = reading("weight\n70\n", source="redcap", dictionary=dictionary_text(ID, ("weight", "text")))
    assert [column.kind for column in export.columns] == ["text"]


def test_duplicate_columns_are_an_error(failing):
    """REDCapR 586: columns of one name cannot be told apart."""
    error = failing("record_id,a,a\n", source="redcap", dictionary=dictionary_text(ID, ("a", "text")))
    assert (error.code, dict(error.facts)) == ("read.duplicate-column", {"first": 2, "column": 3})


def test_checked_and_unchecked_are_kept(reading, cells_of):
    """Cells of a label export under field names stay the labels that they are."""
    export = reading(
        "record_id,box___1\n1,Checked\n2,Unchecked\n",
        source="redcap",
        dictionary=dictionary_text(ID, ("box", "checkbox", "1, One")),
    )
    assert cells_of(export) == [["1", "Checked"], ["2", "Unchecked"]]


GOOD = dictionary_text(ID)

ERRORS = [
    ("labels", "Record ID,Your age\n1,2\n", GOOD, "read.not-redcap", 1, {}, "wave"),
    ("tool columns only", "redcap_event_name,visit_complete\n", GOOD, "read.not-redcap", 1, {}, "wave"),
    ("no dictionary", "a\n", "a,b\n1,2\n", "read.dictionary", 1, {"expected": LONG[0]}, "dictionary"),
    (
        "no API heading",
        "a\n",
        "field_name,b\n",
        "read.dictionary",
        1,
        {"expected": "form_name"},
        "dictionary",
    ),
    (
        "no fields",
        "a\n",
        dictionary_text(),
        "read.dictionary-row",
        None,
        {"what": "list of fields"},
        "dictionary",
    ),
    (
        "no name",
        "a\n",
        dictionary_text(ID, ("", "text")),
        "read.dictionary-row",
        3,
        {"what": "field name"},
        "dictionary",
    ),
    ("twice", "a\n", dictionary_text(ID, ID), "read.dictionary-row", 3, {"what": "field name"}, "dictionary"),
    (
        "choices",
        "a\n",
        dictionary_text(("b", "radio", "one\n| two"), ("a", "radio", "x")),
        "read.dictionary-row",
        2,
        {"what": "list of choices"},
        "dictionary",
    ),
    (
        "cut",
        "a\n",
        GOOD + "x,y\n\nz\n",
        "read.ragged",
        3,
        {"found": 2, "expected": 18, "n_rows": 2},
        "dictionary",
    ),
    ("open quote", "a\n", GOOD + '"x', "read.quote", 3, {}, "dictionary"),
    ("empty", "a\n", "", "read.empty", None, {}, "dictionary"),
    ("not utf-8", "a\n", b"\xff", "read.encoding", 1, {"offset": 0, "encoding": "utf-8"}, "dictionary"),
]


@pytest.mark.parametrize(
    ("content", "dictionary", "expected", "file"),
    [(content, dictionary, expected, file) for _, content, dictionary, *expected, file in ERRORS],
    ids=[case[0] for case in ERRORS],
)
def test_errors_name_the_file(failing, content, dictionary, expected, file):
    """What is wrong with export or dictionary has its code and line, and the right file."""
    error = failing(content, source="redcap", dictionary=dictionary)
    assert [error.code, error.line, dict(error.facts)] == expected
    assert error.path is not None
    assert error.path.endswith(f"{file}.csv")


def test_a_dictionary_is_needed(failing):
    """Without its dictionary an export says too little."""
    assert failing("record_id\n", source="redcap").code == "read.dictionary-missing"
