"""Header rows, import ids and status marks of Qualtrics exports; complaints of others' users."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

from ppdarchive.model.table import ColumnInfo


def export_text(columns, *rows, delimiter=","):
    """Write an export: each column is a name, a label, and an import id or its whole JSON."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    imports = [each if isinstance(each, dict) else {"ImportId": each} for _, _, each in columns]
    writer.writerow([name for name, _, _ in columns])
    writer.writerow([label for _, label, _ in columns])
    writer.writerow([json.dumps(each, separators=(",", ":")) for each in imports])
    writer.writerows(rows)
    return stream.getvalue()


STATUS = ("Status", "Response Type", "status")
FINISHED = ("Finished", "Finished", "finished")
ANSWER = ("Q2", "Why?", "QID2_TEXT")


def test_the_real_export(exports, reading, plainly, cells_of):
    """Every cell is what a plain look at the file gives, and the columns are understood."""
    data = (exports / "qualtrics" / "sample.csv").read_bytes()
    export = reading(data, source="qualtrics")
    names, labels, _, *table = plainly(data)
    assert (export.source, export.n_header) == ("qualtrics", 3)
    assert cells_of(export) == table
    assert export.lines.tolist() == [4]
    assert [column.name for column in export.columns] == names
    assert [column.label for column in export.columns] == labels
    assert [column.import_id for column in export.columns[-3:]] == [
        "QID1",
        "QID2_TEXT",
        "QID2_TEXT_eae5a8d0e7fd4bd183e983e5Topics",
    ]
    assert [column.name for column in export.columns if not column.is_tool] == ["Q1", "Q2"]
    assert [column.name for column in export.columns if column.is_identifier] == [
        "IPAddress",
        "ResponseId",
        "RecipientLastName",
        "RecipientFirstName",
        "RecipientEmail",
        "ExternalReference",
        "LocationLatitude",
        "LocationLongitude",
    ]
    assert all(mask.tolist() == [False] for mask in export.marks.values())
    assert set(export.marks) == {
        "blank",
        "preview",
        "spam",
        "test",
        "unfinished",
        "unrecognized-finished",
        "unrecognized-status",
    }


def test_the_real_legacy_export(exports, reading, plainly, cells_of):
    """Two header rows, a byte-order mark and a comma at every end are no obstacle."""
    data = (exports / "qualtrics" / "sample_legacy.csv").read_bytes()
    export = reading(data, source="qualtrics")
    names, labels, *table = plainly(data)
    assert (export.source, export.n_header) == ("qualtrics-legacy", 2)
    assert cells_of(export) == table
    assert [column.name for column in export.columns] == names
    assert [column.label for column in export.columns] == labels
    assert export.columns[-1] == ColumnInfo("", 16, label="", is_tool=True)
    assert [column.name for column in export.columns if not column.is_tool] == ["Q1", "Q2"]
    assert [column.name for column in export.columns if column.is_identifier] == [
        "V1",
        "V3",
        "V4",
        "V5",
        "V6",
        "LocationLatitude",
        "LocationLongitude",
    ]
    assert export.marks["unfinished"].tolist() == [False]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
@pytest.mark.parametrize("is_zipped", [False, True])
def test_comma_or_tab_is_found_out(reading, cells_of, encoding, delimiter, is_zipped):
    """Without a declared delimiter the one is taken that makes row 3 import ids."""
    table = [["0", "a,b\tc"], ["1", "é\r\nx"]]
    data = export_text([STATUS, ANSWER], *table, delimiter=delimiter).encode(encoding)
    if is_zipped:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("survey.csv", data)
        data = stream.getvalue()
    export = reading(data, source="qualtrics")
    assert cells_of(export) == table
    assert export.lines.tolist() == [4, 5]


def test_a_declared_delimiter_holds(reading, failing, cells_of):
    """No other delimiter is tried when one is declared."""
    text = export_text([STATUS, ANSWER], ["0", "x"], delimiter=";")
    assert cells_of(reading(text, source="qualtrics", delimiter=";")) == [["0", "x"]]
    error = failing(text, source="qualtrics")
    assert (error.code, dict(error.facts)) == ("read.delimiter", {"delimiter": ",", "other": ";"})
    assert failing(text, source="qualtrics", delimiter="\t").code == "read.delimiter"
    assert failing(text, source="qualtrics", delimiter="x").code == "read.bad-delimiter"


def test_legacy_with_tabs(reading):
    """A legacy export may be one with tabs, too."""
    text = "V1\tV2\tQ1\nResponseID\tResponseSet\tWhy, then?\nR_1\tx\ty\n"
    export = reading(text, source="qualtrics")
    assert [column.is_tool for column in export.columns] == [True, True, False]
    assert set(export.marks) == {"blank"}


def test_a_legacy_question_named_like_metadata_is_a_question(reading):
    """A question whose text is "Name" is not the recipient's name."""
    text = "V1,V2,Q1\nResponseID,ResponseSet,Name\nR_1,x,y\n"
    assert reading(text, source="qualtrics").columns[2].is_tool is False


@pytest.mark.parametrize(
    ("status", "marks"),
    [
        ("0", set()),
        ("IP Address", set()),
        ("IP-Adresse", set()),
        ("1", {"preview"}),
        ("Survey Preview", {"preview"}),
        ("Umfragevorschau", {"preview"}),
        ("2", {"test"}),
        ("Survey Test", {"test"}),
        ("256", {"test"}),
        ("4", set()),
        ("Imported", set()),
        ("8", {"spam"}),
        (" spam ", {"spam"}),
        ("9", {"preview", "spam"}),
        ("12", {"spam"}),
        ("16", set()),
        ("17", {"preview"}),
        ("Offline Survey Preview", {"preview"}),
        ("132", set()),
        ("64", {"unrecognized-status"}),
        ("-1", {"unrecognized-status"}),
        ("99999", {"unrecognized-status"}),
        ("", {"unrecognized-status"}),
        ("Aperçu", {"unrecognized-status"}),
    ],
)
def test_status_is_a_bit_field(reading, status, marks):
    """Preview, test and spam are told by number and by word; the unknown is marked as such."""
    export = reading(export_text([STATUS, ANSWER], [status, "x"]), source="qualtrics")
    assert {mark for mark, rows in export.marks.items() if rows[0]} == marks


@pytest.mark.parametrize(
    ("finished", "marks"),
    [
        ("1", set()),
        ("True", set()),
        ("Wahr", set()),
        ("0", {"unfinished"}),
        ("FALSE", {"unfinished"}),
        ("Falsch", {"unfinished"}),
        ("Faux", {"unrecognized-finished"}),
    ],
)
def test_finished(reading, finished, marks):
    """Unfinished responses are marked."""
    export = reading(export_text([FINISHED, ANSWER], [finished, "x"]), source="qualtrics")
    assert {mark for mark, rows in export.marks.items() if rows[0]} == marks


def test_a_blank_row_is_blank_and_nothing_else(reading):
    """A blank row has no status, and that is not an unrecognized one."""
    export = reading(export_text([STATUS, FINISHED]) + "\n , \n", source="qualtrics")
    assert {mark for mark, rows in export.marks.items() if rows.any()} == {"blank"}
    assert export.marks["blank"].tolist() == [True, True]


def test_split_select_all_columns_know_their_question(reading):
    """One column per choice: the question's name is the group, the choice is the choice id."""
    columns = [
        ("Q5_1", "Which? - Selected Choice - A", {"ImportId": "QID5", "choiceId": "1"}),
        ("Q5_8", "Which? - Selected Choice - B - C", {"ImportId": "QID5", "choiceId": "4"}),
        ("Q5_8_TEXT", "Which? - B - C - Text", "QID5_4_TEXT"),
        ("Q7_1_2", "Row - Column", {"ImportId": "QID7_1", "choiceId": 2}),
        ("Q9", "Single", {"ImportId": "QID9", "choiceId": "3"}),
        ("Q5_DO_1", "Display Order", {"ImportId": "QID5_DO", "choiceId": "1"}),
        ("FL_50_DO", "Block Display Order", "FL_50_DO"),
        ("FL_50_DO_FL_51", "Block Display Order", {"ImportId": "FL_50_DO", "choiceId": "FL_51"}),
        ("Q4_First Click", "Timing - First Click", "QID4_FIRST_CLICK"),
        ("Q4_Browser", "Browser", "QID4_BROWSER"),
        ("TO_DOWN", "Embedded", "TO_DOWN"),
    ]
    export = reading(export_text(columns), source="qualtrics")
    assert [(column.group, column.choice, column.is_tool) for column in export.columns] == [
        ("Q5", "1", False),
        ("Q5", "4", False),
        (None, None, False),
        ("Q7_1", "2", False),
        ("Q9", "3", False),
        (None, None, True),
        (None, None, True),
        (None, None, True),
        (None, None, True),
        (None, None, True),
        (None, None, False),
    ]


def test_time_zone_is_kept(reading):
    """The zone of a date column stands in row 3 alone, and may be missing."""
    columns = [
        ("StartDate", "Anfangsdatum", {"ImportId": "startDate", "timeZone": "America/Denver"}),
        ("EndDate", "Enddatum", {"ImportId": "endDate", "timeZone": "Z"}),
        ("RecordedDate", "Erfassungsdatum", "recordedDate"),
    ]
    export = reading(export_text(columns), source="qualtrics")
    assert [column.time_zone for column in export.columns] == ["America/Denver", "Z", None]


def test_same_names_are_told_apart_by_import_id(reading, cells_of):
    """Questions may share an export tag; both columns are there with their import ids."""
    columns = [("Q1", "First", "QID1"), ("Q1", "Second", "QID31")]
    export = reading(export_text(columns, ["a", "b"]), source="qualtrics")
    assert [column.name for column in export.columns] == ["Q1", "Q1"]
    assert [column.import_id for column in export.columns] == ["QID1", "QID31"]
    assert cells_of(export) == [["a", "b"]]


@pytest.mark.parametrize("thread", ["qualtRics 381", "qualtRics 344", "qualtRics 210"])
def test_joined_multi_select_stays_text(reading, cells_of, thread):
    """A multi-select cell of a numeric export is "1,3", not thirteen."""
    columns = [("Q1", "Which?", "QID1"), ("Q1_DO", "Display Order", "QID1_DO")]
    export = reading(export_text(columns, ["1,3", "3|1|2"], ["2", "1|2|3"]), source="qualtrics")
    assert cells_of(export) == [["1,3", "3|1|2"], ["2", "1|2|3"]]


@pytest.mark.parametrize("thread", ["qualtRics 82", "qualtRics 81", "qualtRics 194"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_breaks_in_header_and_text(reading, cells_of, thread, end):
    """Labels and answers over several lines change neither the columns nor the lines."""
    columns = [("Q1", f"Please{end}choose:", "QID1"), ("Q2", f"Why?{end}{end}", "QID2_TEXT")]
    export = reading(export_text(columns, ["1", f"a{end}b"], ["2", "c"]), source="qualtrics")
    assert cells_of(export) == [["1", f"a{end}b"], ["2", "c"]]
    assert export.columns[1].label == f"Why?{end}{end}"
    assert export.lines.tolist() == [7, 9]


def test_header_narrower_than_rows_is_an_error(failing):
    """As in qualtRics 82: a width that differs is reported with its line, not shifted."""
    good = export_text([STATUS, ANSWER])
    error = failing(good + "0,x,y\n", source="qualtrics")
    assert (error.code, error.line) == ("read.ragged", 4)
    error = failing(
        good.replace("Why?", "Why, then?", 1).replace('"Why', "Why").replace('?"', "?"), source="qualtrics"
    )
    assert (error.code, error.line, error.facts["n_rows"]) == ("read.ragged", 2, 1)


def test_na_is_what_somebody_wrote(reading, cells_of):
    """As in qualtRics 244: the text "NA" is an answer."""
    export = reading(export_text([ANSWER, STATUS], ["NA", "0"], ["", "0"]), source="qualtrics")
    assert cells_of(export) == [["NA", "0"], ["", "0"]]


def test_matrix_recodes_keep_their_import_ids(reading):
    """As in qualtRics 170: names count, import ids do not; both are kept."""
    columns = [(f"Q13_{n}", "Row", f"QID20_{m}") for n, m in ((1, 3), (2, 7), (3, 9))]
    export = reading(export_text(columns), source="qualtrics")
    assert [(column.name, column.import_id) for column in export.columns] == [
        ("Q13_1", "QID20_3"),
        ("Q13_2", "QID20_7"),
        ("Q13_3", "QID20_9"),
    ]
    assert {column.group for column in export.columns} == {None}


def test_recode_values_and_names_stay_apart(reading):
    """As in qualtRics 343: the recoded value at the end of a name is not the choice id."""
    columns = [("Q2_99", "Which? - None", {"ImportId": "QID2", "choiceId": "6"})]
    (column,) = reading(export_text(columns), source="qualtrics").columns
    assert (column.name, column.choice, column.import_id) == ("Q2_99", "6", "QID2")


@pytest.mark.parametrize("thread", ["qualtRics 76", "qualtRics 101", "qualtRics 312"])
def test_nothing_is_guessed(reading, cells_of, thread):
    """Columns that look like numbers and then are not stay text, labels and numbers mixed too."""
    rows = [["1", "007"]] * 2000 + [["Yes, often", "1e5"]]
    assert cells_of(reading(export_text([("Q1", "?", "QID1"), ANSWER], *rows), source="qualtrics")) == rows


def test_import_ids_stay_beside_the_columns(reading):
    """As in qualtRics 187: the import id of every column is there."""
    export = reading(export_text([STATUS, ANSWER]), source="qualtrics")
    assert [column.import_id for column in export.columns] == ["status", "QID2_TEXT"]


HEAD = "StartDate,Q1\nStart Date,Why?\n"

NOT_QUALTRICS = [
    ("one row", "StartDate,Q1\n", "read.header", None, {"expected": 3, "found": 1}),
    ("two rows", HEAD, "read.header", None, {"expected": 3, "found": 2}),
    ("legacy, one row", "V1,V2,Q1\n", "read.header", None, {"expected": 2, "found": 1}),
    ("plain table", HEAD + "2017-01-01,x\n", "read.not-qualtrics", None, {}),
    ("other JSON", HEAD + "[],1\n", "read.not-qualtrics", None, {}),
    ("deep JSON", HEAD + "[" * 100_000 + ",1\n", "read.not-qualtrics", None, {}),
    ("long number", HEAD + "1" * 10_000 + ",1\n", "read.not-qualtrics", None, {}),
    ("not text", HEAD + '"{""ImportId"":1}",1\n', "read.not-qualtrics", None, {}),
    ("surrogate", HEAD + '"{""ImportId"":""\\ud800""}",1\n', "read.not-qualtrics", None, {}),
    ("one import id", HEAD + '"{""ImportId"":""a""}",x\n', "read.import-ids", 3, {"column": 2}),
    (
        "with tabs",
        HEAD.replace(",", "\t") + 'x\t"{""ImportId"":""a""}"\n',
        "read.import-ids",
        3,
        {"column": 1},
    ),
    ("cut", HEAD + '"{""Imp', "read.quote", 3, {}),
    (
        "unnamed",
        ',Q\n,\n"{""ImportId"":""a""}","{""ImportId"":""b""}"\n',
        "read.unnamed-column",
        1,
        {"column": 1},
    ),
    ("legacy unnamed", "V1,V2,\nResponseID,ResponseSet,\nR,x,y\n", "read.unnamed-column", 1, {"column": 3}),
    ("legacy labelled", "V1,V2,\nResponseID,ResponseSet,z\nR,x,\n", "read.unnamed-column", 1, {"column": 3}),
    (
        "legacy ragged",
        "V1,V2,Q1\nResponseID,ResponseSet\n",
        "read.ragged",
        2,
        {"found": 2, "expected": 3, "n_rows": 1},
    ),
]


@pytest.mark.parametrize(
    ("content", "expected"),
    [(content, expected) for _, content, *expected in NOT_QUALTRICS],
    ids=[case[0] for case in NOT_QUALTRICS],
)
def test_what_is_not_an_export_of_qualtrics(failing, content, expected):
    """Each way not to be one has its code, line and facts."""
    error = failing(content, source="qualtrics")
    assert [error.code, error.line, dict(error.facts)] == expected


def test_a_row_without_any_answer_is_blank_too(reading):
    """Who opened the survey and answered nothing left a status, but no answer; -99 is one."""
    text = export_text((STATUS, ANSWER), ["0", ""], ["0", "-99"], ["0", "yes"], ["?", " "])
    export = reading(text.encode(), source="qualtrics")
    assert export.marks["blank"].tolist() == [True, False, False, True]
    assert export.marks["unrecognized-status"].tolist() == [False, False, False, True]


def test_legacy_columns_go_by_the_ids_of_today(reading):
    """What the legacy layout calls ResponseID or EndDate has the import id of the current layout."""
    data = b"V1,V2,Q1\r\nResponseID,EndDate,What?\r\nR_1,2017-07-18 08:28:09,x\r\n"
    export = reading(data, source="qualtrics")
    assert [column.import_id for column in export.columns] == ["_recordId", "endDate", None]
