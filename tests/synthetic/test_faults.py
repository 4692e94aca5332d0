import csv

from ppdarchive.pipeline import validate_study
from ppdarchive.synthetic.faults import KEY_HEADER

from .study_files import records, schemas


def rows_by_line(path):
    """The rows of a CSV file by the physical line on which they start."""
    found, line = {}, 1
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        for row in reader:
            found[line] = row
            line = reader.line_num + 1
    return found


def test_key_names_rows_that_exist(faulty_study):
    """Every line number of the key is the start of a row in the CSV file that it names."""
    folder, summary = faulty_study
    key = records(folder / "key/faults.csv")
    assert tuple(key[0]) == KEY_HEADER
    assert len(key) == summary.n_faults
    for fault in key:
        if fault["rule_id"].endswith(".placing"):
            continue  # numbers of segments in projects: what validation finds there is compared below
        found = rows_by_line(folder / fault["file"])
        assert int(fault["line"]) in found
        if fault["column_number"]:
            assert int(fault["column_number"]) <= len(found[int(fault["line"])])


def test_one_fault_a_row(faulty_study):
    """No two faults share a row."""
    places = [(fault["file"], fault["line"]) for fault in records(faulty_study[0] / "key/faults.csv")]
    assert len(set(places)) == len(places)


def test_every_table_and_most_kinds_are_spoilt(faulty_study):
    """Faults stand in all nine tables and break rules of many kinds."""
    rules = [fault["rule_id"].split(".") for fault in records(faulty_study[0] / "key/faults.csv")]
    assert {rule[0] for rule in rules} == set(schemas())
    assert {
        "type", "category", "required", "minimum", "maximum", "pattern", "max-length", "format",
        "primary-key", "unique-key", "unique", "foreign-key", "study", "unknown-column", "missing-column",
        "placing",
    } == {rule[-1] for rule in rules}  # fmt: skip


def test_cells_of_the_key_are_wrong_in_the_file(faulty_study):
    """The cell that a fault names holds what the fault says."""
    folder = faulty_study[0]
    wrong = {fault["rule_id"]: fault for fault in records(folder / "key/faults.csv")}
    found = rows_by_line(folder / "exports/enrolment.csv")
    header = found[1]
    for rule, column, cell in (
        ("participants.age.type", "age_years", "thirty"),
        ("participants.consent_to_share.required", "consent_share", ""),
        ("measures.score.maximum", "epds_total", "130"),
    ):
        assert found[int(wrong[rule]["line"])][header.index(column)] == cell


def test_validation_finds_the_key_and_nothing_else(study, faulty_study):
    """Validating the clean study finds nothing; the faulty one gives exactly the key."""
    assert len(validate_study(study[0]).checked.findings) == 0
    found = [
        (finding.rule.id, place.file, str(place.line), str(place.column or ""))
        for finding in validate_study(faulty_study[0]).checked.findings.items
        for place in finding.places
    ]
    key = [
        (fault["rule_id"], fault["file"], fault["line"], fault["column_number"])
        for fault in records(faulty_study[0] / "key/faults.csv")
    ]
    assert sorted(found) == sorted(key)
