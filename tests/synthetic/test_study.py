import hashlib
import json
import os
import re
import statistics
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppdarchive.errors import UsageError, WriteError
from ppdarchive.synthetic import write_study
from ppdarchive.synthetic.exports import survey_headers
from ppdarchive.synthetic.identifiers import CATEGORIES

from .study_files import ROOT, answers, codings, kept, profile, records, rows, schemas, survey, tables


def digest(folder):
    """One digest of all names and bytes below a folder."""
    found = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


# -- counts and layout ---------------------------------------------------------------------------


def test_default_study_has_the_numbers_of_the_example(study):
    """326 women are enrolled, and exactly 184 wrote at least one answer."""
    folder, summary = study
    enrolled = {row["record_id"] for row in records(folder / "exports/enrolment.csv")}
    wrote = {
        row["ExternalReference"]
        for row in filter(kept, survey(folder))
        if any(row[f"Q{n}"] not in ("", "-99") for n in (12, 13, 14, 15))
    }
    assert (len(enrolled), summary.n_participants) == (326, 326)
    assert (len(wrote), summary.n_answered) == (184, 184)
    assert wrote <= enrolled


def test_summary_counts_what_the_files_hold(study):
    """Each count of the summary is found again in the exports."""
    folder, summary = study
    spans = records(folder / "key/planted_spans.csv")
    assert summary.n_answers == len(answers(folder))
    assert summary.n_survey_rows == len(survey(folder))
    assert summary.n_excluded_rows == sum(not kept(row) for row in survey(folder))
    assert summary.n_enrolment_rows == len(records(folder / "exports/enrolment.csv"))
    assert summary.n_codings == len(codings(folder))
    assert summary.n_planted_spans == len(spans)
    assert summary.n_identifying_answers == len({span["response_id"] for span in spans})
    assert summary.n_measures == len(tables(folder)["measures"])
    assert summary.n_unanswered == sum(not row["text"] for row in tables(folder)["responses"])
    declined = [p for p in tables(folder)["participants"] if p["consent_to_share"] == "0"]
    assert summary.n_declined_sharing == len(declined)


def test_survey_has_the_layout_of_a_real_export(study):
    """Names and import ids of the metadata are those of Qualtrics, zones included."""
    names, texts, ids = rows(study[0] / "exports/three_month_survey.csv")[:3]
    assert ",".join(names[:17]) == (
        "StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,"
        "ResponseId,RecipientLastName,RecipientFirstName,RecipientEmail,ExternalReference,"
        "LocationLatitude,LocationLongitude,DistributionChannel,UserLanguage"
    )
    assert any("\n" in text for text in texts)
    assert json.loads(ids[0]) == {"ImportId": "startDate", "timeZone": "America/Chicago"}
    assert json.loads(ids[8]) == {"ImportId": "_recordId"}
    assert json.loads(ids[names.index("Q12")]) == {"ImportId": "QID12_TEXT"}


def test_survey_header_equals_the_real_sample(shared):
    """The seventeen metadata columns stand as in the sample that Qualtrics wrote."""
    real = rows(shared / "exports/qualtrics/sample.csv")
    ours = survey_headers()
    assert ours[0][:17] == real[0][:17]
    assert [json.loads(i)["ImportId"] for i in ours[2][:17]] == [
        json.loads(i)["ImportId"] for i in real[2][:17]
    ]


def test_dictionary_header_equals_the_real_sample(study, shared):
    """The data dictionary has REDCap's eighteen columns."""
    real = rows(shared / "exports/redcap/survey/dictionary.csv")[0]
    assert rows(study[0] / "exports/enrolment_dictionary.csv")[0] == real


def test_enrolment_export_has_redcap_traits(study):
    """Events, checkbox columns (a negative code too), completion, timestamps and codes occur."""
    folder = study[0]
    found = records(folder / "exports/enrolment.csv")
    header = list(found[0])
    assert header[:2] == ["record_id", "redcap_event_name"]
    assert {"supports___1", "supports____1", "mood_complete", "mood_timestamp"} <= set(header)
    cells = {cell for row in found for cell in row.values()}
    assert {"[not completed]", "UNK", "NI", "-99"} <= cells
    events = {row["redcap_event_name"] for row in found}
    assert events == {"baseline_arm_1", "post_arm_1", "followup_arm_1"}


def test_every_kind_of_survey_row_occurs(study):
    """Previews, tests, spam, blank and unfinished rows, and unanswered cells are all there."""
    found = survey(study[0])
    assert {row["Status"] for row in found} == {"0", "1", "2", "8"}
    assert any(row["Status"] == "0" and not kept(row) for row in found)
    assert any(kept(row) and row["Finished"] == "0" for row in found)
    assert any("-99" in row.values() for row in found)
    recorded = [row["RecordedDate"] for row in found]
    assert recorded == sorted(recorded)


def test_everything_says_that_it_is_synthetic(study):
    """README, study.toml, descriptor, contact list and dictionary each say so."""
    folder = study[0]
    for relative in (
        "README.md", "study.toml", "datapackage.json", "exports/contacts.csv",
        "exports/enrolment_dictionary.csv",
    ):  # fmt: skip
        assert "synthetic" in (folder / relative).read_text(encoding="utf-8").lower()


# -- the tables ----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", sorted(schemas()))
def test_table_satisfies_its_schema(study, table):
    """Required cells, categories, bounds, patterns and keys hold by a check of the test's own."""
    schema, found = schemas()[table], tables(study[0])
    names = {field["name"] for field in schema["fields"]}
    assert all(set(row) <= names for row in found[table])
    for field in schema["fields"]:
        cells = [row[field["name"]] for row in found[table] if row.get(field["name"])]
        rules = field.get("constraints", {})
        if rules.get("required"):
            assert len(cells) == len(found[table]), field["name"]
        if "categories" in field:
            values = {c["value"] for c in field["categories"]} | {c["label"] for c in field["categories"]}
            assert set(cells) <= values, field["name"]
        if "pattern" in rules:
            assert all(re.fullmatch(rules["pattern"], cell) for cell in cells), field["name"]
        if field["type"] in ("integer", "number"):
            numbers = [float(cell) for cell in cells]
            assert all(rules.get("minimum", -1e9) <= n <= rules.get("maximum", 1e9) for n in numbers)
        if rules.get("unique"):
            assert len(set(cells)) == len(cells), field["name"]
    for key in (schema["primaryKey"], *schema.get("uniqueKeys", ())):
        keys = [tuple(row[name] for name in key) for row in found[table]]
        assert len(set(keys)) == len(keys), key
    for key in schema.get("foreignKeys", ()):
        target = key["reference"]["resource"] or table
        known = {tuple(row[name] for name in key["reference"]["fields"]) for row in found[target]}
        used = {tuple(row[name] for name in key["fields"]) for row in found[table]}
        assert {u for u in used if any(u)} <= known, key


def test_later_waves_are_missed_by_those_who_drop_out(study):
    """Fewer scores come in at each later wave, and depression falls on average."""
    epds = [row for row in tables(study[0])["measures"] if row["instrument"] == "epds"]
    by_wave = {
        wave: [float(row["score"]) for row in epds if row["wave"] == wave and row["score"]]
        for wave in ("baseline", "post", "3_month")
    }
    assert len(by_wave["baseline"]) > len(by_wave["post"])
    means = [statistics.mean(scores) for scores in by_wave.values()]
    assert means == sorted(means, reverse=True)


# -- the answers and their key -------------------------------------------------------------------


def test_every_category_is_planted(study):
    """Each of the twelve categories occurs at least three times in the default study."""
    counts = Counter(span["category"] for span in records(study[0] / "key/planted_spans.csv"))
    assert set(counts) == set(CATEGORIES)
    assert min(counts.values()) >= 3


def test_answers_have_plausible_lengths(study):
    """The median is about 150 characters; some are two words and some pages."""
    lengths = [len(text) for text in answers(study[0]).values()]
    assert 110 <= statistics.median(lengths) <= 190
    assert min(lengths) <= 4
    assert max(lengths) > 1500


def test_share_of_identifying_answers(study):
    """About 35 % of the answers hold an identifier."""
    summary = study[1]
    assert 0.3 < summary.n_identifying_answers / summary.n_answers < 0.4


def test_answers_vary(study):
    """Of the answers that say something, hardly two are alike."""
    long = [text for text in answers(study[0]).values() if len(text) > 40]
    assert len(set(long)) > 0.99 * len(long)


def test_names_that_are_words_occur_as_words(study):
    """Words that are names elsewhere (hope, grace, will) stand in answers without being planted."""
    folder = study[0]
    planted = Counter(span["text"].lower() for span in records(folder / "key/planted_spans.csv"))
    text = " ".join(answers(folder).values()).lower()
    for word in ("hope", "grace", "will"):
        assert len(re.findall(rf"\b{word}\b", text)) > planted[word]


def test_coders_disagree_and_agree(study):
    """The coders' codings differ from the consensus in part only."""
    found = {c: set() for c in ("coder_1", "coder_2", "consensus")}
    for row in codings(study[0]):
        found[row["coder_id"]].add((row["response_id"], row["code_id"], row["start"], row["end"]))
    for coder in ("coder_1", "coder_2"):
        share = len(found[coder] & found["consensus"]) / len(found["consensus"])
        assert 0.4 < share < 0.9


@settings(max_examples=8)
@given(st.integers(0, 10**6), st.integers(1, 12))
def test_key_selects_the_planted_text(tmp_path_factory, seed, participants):
    """Every line of the key, read as code points, selects its text in the answer."""
    folder = tmp_path_factory.mktemp("small") / "study"
    write_study(folder, profile=profile(), participants=participants, answered=participants, seed=seed)
    texts = answers(folder)
    for span in records(folder / "key/planted_spans.csv"):
        text = texts[span["response_id"]]
        assert text[int(span["start"]) : int(span["end"])] == span["text"] != ""
    for row in codings(folder):
        assert 0 <= int(row["start"]) < int(row["end"]) <= len(texts[row["response_id"]])


# -- the same bytes everywhere -------------------------------------------------------------------


def test_same_seed_same_bytes(tmp_path):
    """Two studies of one seed are equal; another seed differs."""
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_study(tmp_path / name, profile=profile(), participants=30, seed=seed)
    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")


def test_bytes_do_not_depend_on_the_hash_seed(tmp_path):
    """Another process with another PYTHONHASHSEED writes the same bytes."""
    write_study(tmp_path / "here", profile=profile(), participants=25, seed=3, faults=True)
    program = (
        "import sys; from pathlib import Path; from ppdarchive.synthetic import write_study\n"
        "root = Path(sys.argv[1])\n"
        "paths = [root / 'datapackage.json', *root.glob('schemas/*.json')]\n"
        "profile = {p.relative_to(root).as_posix(): p.read_text(encoding='utf-8') for p in paths}\n"
        "write_study(Path(sys.argv[2]), profile=profile, participants=25, seed=3, faults=True)\n"
    )
    for hash_seed in ("0", "4711"):
        there = tmp_path / hash_seed
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT / "src")}
        command = [sys.executable, "-c", program, str(ROOT), str(there)]
        subprocess.run(command, env=environment, check=True)
        assert digest(there) == digest(tmp_path / "here")


def test_faults_leave_the_answers_alone(study, faulty_study):
    """With faults the same study is written: answers and key are the same."""
    clean, faulty = answers(study[0]), answers(faulty_study[0])
    assert clean.items() <= faulty.items()
    key = "key/planted_spans.csv"
    assert (study[0] / key).read_bytes() == (faulty_study[0] / key).read_bytes()


# -- the folder ----------------------------------------------------------------------------------


def test_folder_with_something_in_it_is_refused(tmp_path):
    """A folder that is not empty is left as it is."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(WriteError) as caught:
        write_study(tmp_path, profile=profile(), participants=3)
    assert caught.value.code == "write.exists"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_empty_folder_is_taken(tmp_path):
    """An empty folder is as good as none."""
    (tmp_path / "study").mkdir()
    write_study(tmp_path / "study", profile=profile(), participants=3)
    assert (tmp_path / "study/study.toml").is_file()


def test_failure_leaves_nothing(tmp_path):
    """If a profile without a descriptor stops the work, neither the study nor a part of it stays."""
    with pytest.raises(KeyError):
        write_study(tmp_path / "study", profile={}, participants=3)
    assert list(tmp_path.iterdir()) == []


def test_place_that_cannot_be_written_is_named(tmp_path):
    """A file in the way of the folder is reported as a problem of writing."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(WriteError) as caught:
        write_study(tmp_path / "file/study", profile=profile(), participants=3)
    assert caught.value.code == "write.not-writable"


@pytest.mark.parametrize(
    ("participants", "answered", "faults"),
    [(0, None, False), (5, 6, False), (5, -1, False), (10, None, True)],
)
def test_impossible_numbers_are_refused(tmp_path, participants, answered, faults):
    """Numbers that no study can have are wrong use, said before anything is written."""
    with pytest.raises(UsageError):
        write_study(
            tmp_path / "study", profile=profile(), participants=participants, answered=answered, faults=faults
        )
    assert list(tmp_path.iterdir()) == []
