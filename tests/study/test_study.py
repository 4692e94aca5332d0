"""study.toml together with schemas: the design's example, the skeleton, and what does not fit."""

# ruff: noqa: E501 - messages are compared whole

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from ppdarchive.cli.start import start_study
from ppdarchive.errors import StudyError
from ppdarchive.profile import profile_files
from ppdarchive.study import Long, Study, answer_field, load_study, missing_code, parse_config
from ppdarchive.study.skeleton import skeleton
from ppdarchive.tableschema import Package

# The example of the design, word for word but for what stands around it.
DESIGN = """\
[study]
id = "mommoodbooster-2019"

[[export]]
table  = "responses"
format = "qualtrics"
path   = "exports/three_month_survey.csv"
key    = "ExternalReference"
[export.columns]                 # field = column; several question columns become long rows
helpful_program = "Q12"

[[known]]                        # values that identify: searched for in every text. Values of every
path = "exports/contacts.csv"    # direct-identifier field are known without being listed.
columns = {first_name = "NAME", last_name = "NAME", baby_name = "NAME", facility = "FACILITY"}

[text]
replace = "tag"                  # tag | numbered | surrogate | general | mask
uncertain = "redact"             # until reviewed: redact | withhold the answer

[release]
standard = "safe-harbor"
audience = "public"              # each audience has its own pseudonyms
consent = "consent_to_share"     # a field of participants, or a statement that all consented
k = 5
max_prosecutor_risk = 0.2
max_average_risk = 0.09
review = "uncertain"             # whose decisions the gate demands: none | uncertain | all
"""


@pytest.fixture
def loading(tmp_path: Path) -> Callable[[str], Study]:
    """Load a study.toml beside the profile's schemas."""
    for name, text in profile_files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    def loading(text: str) -> Study:
        (tmp_path / "study.toml").write_text(text)
        return load_study(tmp_path, name="s")

    return loading


def export(more: str, *, table: str = "responses", source: str = "csv") -> str:
    """A study.toml with one export."""
    return f'[study]\nid = "x"\n[[export]]\ntable = "{table}"\nformat = "{source}"\npath = "exports/x.csv"\n{more}\n'


def test_design_example(loading: Callable[[str], Study]) -> None:
    """The design's own example loads, and its question column becomes rows of answers."""
    study = loading(DESIGN)
    (spec,) = study.config.export
    assert study.long_columns(spec) == (
        Long(column="Q12", into="text", set={"question_id": "helpful_program"}),
    )
    assert study.path == "s/study.toml"
    assert "participants" in study.schemas
    assert study.config.known[0].columns["facility"] == "FACILITY"


def test_skeleton(tmp_path: Path, profile: Package) -> None:
    """What `init` writes is TOML, loads, and names every table and field of the profile."""
    start_study(tmp_path, "my-study")
    text = (tmp_path / "study.toml").read_text()
    assert text == skeleton("my-study", profile.schemas)
    assert [item["table"] for item in tomllib.loads(text)["export"]] == list(profile.schemas)
    study = load_study(tmp_path)
    assert study.config.study.id == "my-study"
    assert study.schemas == profile.schemas
    for schema in profile.schemas.values():
        for field in schema:
            assert field.name in text or field.name in ("response_id", "question_id", "participant_id")


def test_skeleton_with_its_comments(profile: Package, loading: Callable[[str], Study]) -> None:
    """Every commented key of the skeleton is one that study.toml knows: uncommented, it still loads."""
    lines = []
    for line in skeleton("x", profile.schemas).splitlines():
        bare = line.removeprefix("# ")
        is_key = line.startswith("# ") and (" = " in bare or bare.startswith("["))
        lines.append(bare if is_key and not bare.endswith('""') and '= ""' not in bare else line)
    config = parse_config("\n".join(lines), path="study.toml")
    assert config.known
    assert config.rule
    assert config.study.title
    assert loading("\n".join(lines)).config == config


def test_answer_field(profile: Package) -> None:
    """Answers go into a table's one field of free text; a table with none, or several, takes none."""
    assert answer_field(profile.schemas["responses"]) == "text"
    assert answer_field(profile.schemas["participants"]) == ""


def test_missing_code(profile: Package) -> None:
    """A reason is a missing code's label or its value."""
    age = profile.schemas["participants"]["age"]
    assert missing_code(age, "Not asked") == missing_code(age, "-77")
    assert missing_code(age, "not asked") is None


def test_a_study_treats_fields_in_its_own_way(profile: Package, loading: Callable[[str], Study]) -> None:
    """What `[treatments]` says stands in place of the schema's treatment; all the rest is as it was."""
    study = loading(
        export('[treatments.participants]\nage = {method = "band", width = 20, bottom = 20, top = 40}')
    )
    own, before = study.schemas["participants"], profile.schemas["participants"]
    assert own["age"].disclosure is not None
    assert own["age"].disclosure.treatment.parameters == {"width": 20, "bottom": 20, "top": 40}
    assert own.replacing(fields=before.fields) == before
    assert [field for field in own if field.name != "age"] == [
        field for field in before if field.name != "age"
    ]
    assert list(study.schemas) == list(profile.schemas)
    assert {name: schema for name, schema in study.schemas.items() if name != "participants"} == {
        name: schema for name, schema in profile.schemas.items() if name != "participants"
    }


def test_a_treatment_of_a_study_may_name_a_file(tmp_path: Path) -> None:
    """A hierarchy lies in the study's folder as a CSV of levels, which must be there and make sense."""
    for path, text in profile_files().items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    treatment = 'branch = {method = "generalize", hierarchy = "branches.csv", level = "group"}'
    (tmp_path / "study.toml").write_text(export(f"[treatments.participants]\n{treatment}"))
    with pytest.raises(StudyError, match=r"treatments\.participants"):
        load_study(tmp_path)
    (tmp_path / "branches.csv").write_text("branch,group\narmy,Land\n")
    with pytest.raises(StudyError, match=r"branch\.hierarchy: .*lack 'navy' and 4 more"):
        load_study(tmp_path)
    rest = ("navy", "air_force", "marine_corps", "coast_guard", "guard_reserve")
    others = "".join(f"{own},Other\n" for own in rest)
    (tmp_path / "branches.csv").write_text(f"branch,group\narmy,Land\n{others}")
    own = load_study(tmp_path).schemas["participants"]["branch"]
    assert own.disclosure is not None
    assert own.disclosure.treatment.parameters["hierarchy"] == {
        "name": "branches",
        "levels": ["branch", "group"],
        "tree": {
            "Land": ["army"],
            "Other": list(rest),
        },
    }


def test_a_field_without_a_role_cannot_be_treated(tmp_path: Path) -> None:
    """A study cannot release by study.toml what no schema declares."""
    (tmp_path / "datapackage.json").write_text(
        '{"resources": [{"name": "t", "schema": {"fields": [{"name": "f", "type": "string"}]}}]}'
    )
    (tmp_path / "study.toml").write_text(export('[treatments.t]\nf = {method = "keep"}', table="t"))
    with pytest.raises(StudyError, match=r"treatments\.t\.f: no role is declared for field 'f'"):
        load_study(tmp_path)


REDCAP = 'dictionary = "d.csv"\n'
TREATED = "[treatments.participants]\n"
TERMS = '[release]\nstandard = "safe-harbor"\nconsent = "all: form"\n'
PROBLEMS = [
    (export(TERMS + 'l = 2\nl_kind = "recursive"'), "release.c", "recursive (c, l)-diversity needs a c"),
    (export(TERMS + "l = 2.5"), "release.l", "so many values can be counted only in whole numbers"),
    (export('[treatments.people]\nage = {method = "drop"}'), "treatments.people", "no schema declares a table 'people'"),
    (export(TREATED + 'aeg = {method = "drop"}'), "treatments.participants.aeg", "table 'participants' has no field 'aeg'"),
    (export(TREATED + "age = {}"), "treatments.participants.age", "'method' is missing"),
    (export(TREATED + 'age = {method = "band", widht = 3}'), "treatments.participants.age.widht", "'widht' is not a property known here; is it 'width'?"),
    (export(TREATED + 'age = {method = "band"}'), "treatments.participants.age", "'width' is missing"),
    (export(TREATED + 'age = {method = "band", width = 0}'), "treatments.participants.age.width", "a number above 0 expected"),
    (export(TREATED + 'age = {method = "year"}'), "treatments.participants.age.method", "'year' cannot be applied to a field of type integer"),
    (export(TREATED + 'first_name = {method = "keep"}'), "treatments.participants.first_name.method", "a field of role direct-identifier can be treated by drop or pseudonymize only"),
    (export(TREATED + 'age = {method = "band", width = nan}'), "treatments.participants", "not valid JSON (NaN is not JSON)"),
    (export('[treatments.responses]\nparticipant_id = {method = "keep"}'), "treatments.responses", "'participant_id' and the field it refers to are treated differently"),
    (export('[treatments.responses]\nanswered_on = {method = "relative_days", anchor = "x.y"}'), "treatments.responses.answered_on.anchor", "there is no table 'x'"),
    (export("", table="answers"), "export[0].table", "no schema declares a table 'answers'"),
    (export("", source="redcap"), "export[0].dictionary", "this is missing; a REDCap export needs its data dictionary"),
    (export(REDCAP), "export[0].dictionary", "`dictionary` is for REDCap exports only"),
    (export('events = {a = ""}'), "export[0].events", "`events` is for REDCap exports only"),
    (export(REDCAP + 'events = {a = "post"}', table="coders", source="redcap"), "export[0].events", "the table has no field wave"),
    (export('columns = {aeg = "Q"}', table="participants"), "export[0].columns.aeg", "table 'participants' has no field 'aeg'; is it 'age'?"),
    (export('columns = {answerd_on = "Q"}'), "export[0].columns.answerd_on", "table 'responses' has no field 'answerd_on'; is it 'answered_on'?"),
    (export('columns = {q = ["A", "B"]}'), "export[0].columns.q", "several columns fill a list field only"),
    (export('columns = {text = ["A", "B"]}'), "export[0].columns.text", "several columns fill a list field only"),
    (export('key = "K"', table="questions"), "export[0].key", "the table has no field participant_id"),
    (export('constants = {wav = "post"}'), "export[0].constants.wav", "table 'responses' has no field 'wav'; is it 'wave'?"),
    (export('formats = {text = "%d"}'), "export[0].formats.text", "only dates and times have a format here"),
    (export('formats = {answered_on = "%d.%m."}'), "export[0].formats.answered_on", "the pattern does not hold a whole date"),
    (export('formats = {answered_on = "DD/MM/YYYY"}'), "export[0].formats.answered_on", "not a date pattern"),
    (export('translate = {wave = {t1 = "then"}}'), "export[0].translate.wave.t1", "field 'wave' has no category 'then'"),
    (export('translate = {nope = {t1 = "then"}}'), "export[0].translate.nope", "table 'responses' has no field 'nope'"),
    (export('missing = {UNK = "Unknown"}'), "export[0].missing.UNK", "no field of table 'responses' has a missing code or label 'Unknown'"),
    (export('long = [{column = "Q", into = "txt"}]'), "export[0].long[0].into", "table 'responses' has no field 'txt'; is it 'text'?"),
    (export('long = [{column = "Q", into = "text", set = {nope = "1"}}]'), "export[0].long[0].set", "table 'responses' has no field 'nope'"),
    (export('long = [{column = "Q", into = "text", set = {text = "1"}}]'), "export[0].long[0]", "'text' is filled by `set` too"),
    (export('constants = {wave = "post"}\nlong = [{column = "Q", into = "text", set = {wave = "pre"}}]'), "export[0].long[0]", "'wave' is filled by constants too"),
    (export('columns = {text = "Q1", my_question = "Q2"}'), "export[0].columns", "'text' is filled by columns too"),
    (export('columns = {my_question = "Q2"}\nconstants = {question_id = "x"}'), "export[0].columns", "'question_id' is filled by constants too"),
    (export('columns = {participant_id = "A"}\nkey = "B"'), "export[0].columns", "'participant_id' is filled by key too"),
    (export('columns = {wave = "A"}\nconstants = {wave = "post"}'), "export[0].columns", "'wave' is filled by constants too"),
    (export(REDCAP + 'events = {a = "post"}\nconstants = {wave = "post"}', source="redcap"), "export[0].events", "'wave' is filled by constants too"),
    (export('[[rule]]\ntable = "x"\nname = "r"\ncheck = "a > 1"'), "rule[0].table", "no schema declares a table 'x'"),
    (export('[[rule]]\ntable = "codes"\nname = "r"'), "rule[0]", "a rule has either a check or a function"),
    (export('[release]\nstandard = "safe-harbor"\nconsent = "agreed"'), "release.consent", "table 'participants' has no field 'agreed' (a statement begins with \"all: \")"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "pointer", "what"), PROBLEMS, ids=[pointer for _, pointer, _ in PROBLEMS])
def test_what_does_not_fit(loading: Callable[[str], Study], text: str, pointer: str, what: str) -> None:
    """What study.toml says of tables, fields, categories and reasons that do not exist is named."""
    with pytest.raises(StudyError) as caught:
        loading(text)
    assert (caught.value.pointer, caught.value.what) == (pointer, what)
    assert caught.value.path == "s/study.toml"
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "text",
    [
        export('columns = {a = "Q1", b = "Q2"}\nconstants = {wave = "post"}\nkey = "K"'),
        export(
            'long = [{column = "Q", into = "text", set = {wave = "post"}}]\nconstants = {question_id = "x"}'
        ),
        export(
            'missing = {UNK = "Not asked", NI = "-99"}\ntranslate = {wave = {t1 = "post"}, text = {a = "b"}}'
        ),
        export(REDCAP + 'events = {a = "", b = ""}', source="redcap", table="coders"),
        export('[release]\nstandard = "safe-harbor"\nconsent = "all: ICF v3, item 9"'),
        "\ufeff" + export(""),
    ],
)
def test_what_fits(loading: Callable[[str], Study], text: str) -> None:
    """What makes sense is not refused."""
    assert loading(text).config.study.id == "x"


def test_absent_and_unreadable(tmp_path: Path) -> None:
    """No study.toml, or a folder in its place, is told by the folder's name as it was given."""
    with pytest.raises(StudyError, match=r"^here/study\.toml: there is no study\.toml here\. ") as caught:
        load_study(tmp_path / "nowhere", name="here")
    assert caught.value.__context__ is None
    (tmp_path / "study.toml").mkdir()
    with pytest.raises(StudyError, match=r"the file cannot be opened \(Is a directory\)"):
        load_study(tmp_path)
