"""Coded projects as part of a study: every dialect lands, codebooks join, and what has no place is told."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from ppdarchive.cli.main import call
from ppdarchive.coding.formats import READERS, write_project
from ppdarchive.coding.project import Project, ProjectCode, ProjectCoder, ProjectSource, Selections
from ppdarchive.pipeline import Validation, validate_study
from ppdarchive.study.config import CodedProject, parse_config
from ppdarchive.text.units import Unit

from .coding.refi_files import DIALECTS, TEXT, WORDS

SCHEMAS = Path(__file__).parent.parent / "schemas"
TABLES = ("participants", "questions", "responses", "coders", "themes", "codes", "codings")
OTHER = "She was there for me and I kept going."
FIELDS = {
    "participants": ("participant_id", "consent_to_share"),
    "questions": ("question_id", "wording"),
    "responses": ("response_id", "participant_id", "question_id", "wave", "text"),
}
ANSWERS = {"R_1": TEXT, "R_2": OTHER, "R_3": None}
HEAD = """\
[study]
id = "coded"
[[export]]
table = "responses"
format = "csv"
path = "responses.csv"
[[export]]
table = "questions"
format = "csv"
path = "questions.csv"
[[export]]
table = "participants"
format = "csv"
path = "participants.csv"
"""


def study(
    folder: Path,
    coding: str,
    *,
    files: Mapping[str, bytes] | None = None,
    answers: Mapping[str, str | None] | None = None,
    exports: Mapping[str, Sequence[Sequence[str]]] | None = None,
) -> Path:
    """A small study with three responses, and the coded projects that `coding` declares."""
    (folder / "schemas").mkdir(parents=True)
    for table in TABLES:
        members = json.loads((SCHEMAS / f"{table}.json").read_text("utf-8"))
        if table in FIELDS:
            members["fields"] = [field for field in members["fields"] if field["name"] in FIELDS[table]]
        (folder / "schemas" / f"{table}.json").write_text(json.dumps(members), "utf-8")
    resources = [
        {"name": table, "path": f"{table}.csv", "type": "table", "schema": f"schemas/{table}.json"}
        for table in TABLES
    ]
    package = {"$schema": "https://datapackage.org/profiles/2.0/datapackage.json", "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")
    rows: dict[str, Sequence[Sequence[str]]] = {
        "responses": [
            ("response_id", "participant_id", "question_id", "wave", "text"),
            *(
                (own, f"P{own[-1]}", "helpful_coach", "3_month", text or "-99")
                for own, text in (answers or ANSWERS).items()
            ),
        ],
        "questions": [("question_id", "wording"), ("helpful_coach", "How did your coach help?")],
        "participants": [
            ("participant_id", "consent_to_share"),
            *((f"P{own[-1]}", "true") for own in (answers or ANSWERS)),
        ],
        **(exports or {}),
    }
    toml = HEAD + "".join(
        f'[[export]]\ntable = "{table}"\nformat = "csv"\npath = "{table}.csv"\n' for table in exports or {}
    )
    for table, own in rows.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(own)
    (folder / "study.toml").write_text(toml + coding, "utf-8")
    for name, content in (files or {}).items():
        (folder / name).write_bytes(content)
    return folder


def segments(result: Validation) -> list[tuple[str, str, str]]:
    """Each coding's response, code, and the characters that it marks."""
    frame = result.checked.tables["codings"].frame
    texts = dict(
        zip(
            result.checked.tables["responses"].frame["response_id"],
            result.checked.tables["responses"].frame["text"],
            strict=True,
        )
    )
    return [
        (row.response_id, row.code_id, texts[row.response_id][row.start : row.end])
        for row in frame.itertuples()
    ]


def project(**given: object) -> Project:
    """A project with one coder, one code and one source."""
    parts: dict[str, object] = {
        "coders": (ProjectCoder("1", "Thea Brandt"),),
        "codes": (ProjectCode("1", "Coach bond"),),
        "sources": (ProjectSource("1", "R_2.txt", OTHER),),
        "selections": Selections.of(source=[0], code=[0], coder=[0], start=[8], end=[13], quotes=("there",)),
        "unit": Unit.CODE_POINT,
    }
    return Project("made", "made", **{**parts, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize("dialect", list(DIALECTS))
def test_every_dialect_lands_on_its_characters(tmp_path: Path, dialect: str) -> None:
    """However a tool counts, stores line breaks and marks byte order, its segments are the coded words."""
    result = validate_study(
        study(
            tmp_path / "study",
            '[[coding]]\npath = "coded.qdpx"\nformat = "refi-qda"\n',
            files={"coded.qdpx": DIALECTS[dialect]()},
        )
    )
    assert [each for each in result.checked.findings.ids if "placing" in each] == []
    found = segments(result)
    assert {row[0] for row in found} == {"R_1"}
    if dialect == "Transana":
        assert found[0][2] == WORDS[0]
    else:
        assert [row[2] for row in found] == list(WORDS)


def test_projects_join_one_codebook_and_name_coders(tmp_path: Path) -> None:
    """Codes that two projects call alike are one code; each theme and coder stands there once."""
    folder = study(
        tmp_path / "study",
        '[[coding]]\npath = "one.qdpx"\nformat = "refi-qda"\n[coding.coders]\n"Thea Brandt" = "coder_1"\n'
        '[[coding]]\npath = "two.sqlite3"\nformat = "taguette"\ncoder = "coder_2"\n',
    )
    codes = (
        ProjectCode("t", "Coach", is_codable=False),
        ProjectCode("1", "Coach bond", "t", "Feeling close."),
    )
    one = project(codes=codes, selections=Selections.of(source=[0], code=[1], coder=[0], start=[8], end=[13]))
    two = project(
        codes=(*codes, ProjectCode("2", "Going on")),
        coders=(),
        selections=Selections.of(source=[0, 0], code=[1, 2], coder=[-1, -1], start=[0, 27], end=[3, 31]),
    )
    write_project(one, folder / "one.qdpx", target="refi-qda")
    write_project(two, folder / "two.sqlite3", target="taguette")
    result = validate_study(folder)
    assert not result.checked.findings
    assert segments(result) == [
        ("R_2", "coach_bond", "there"),
        ("R_2", "coach_bond", "She"),
        ("R_2", "going_on", "kept"),
    ]
    frames = {name: table.frame for name, table in result.checked.tables.items()}
    assert frames["coders"]["coder_id"].tolist() == ["coder_1", "coder_2"]
    assert frames["codes"][["code_id", "title", "theme_id"]].fillna("").values.tolist() == [
        ["coach_bond", "Coach bond", "coach"],
        ["going_on", "Going on", ""],
    ]
    assert frames["themes"]["theme_id"].tolist() == ["coach"]
    assert frames["codings"]["coder_id"].tolist() == ["coder_1", "coder_2", "coder_2"]


def test_themes_of_two_projects_are_one_only_if_called_alike(tmp_path: Path) -> None:
    """Themes whose ids would be the same, as in scripts without Latin letters, stay two."""
    folder = study(
        tmp_path / "study",
        "".join(
            f'[[coding]]\npath = "{name}.qdpx"\nformat = "refi-qda"\ncoder = "c"\n' for name in ("one", "two")
        ),
    )
    for name, theme, code in (("one", "支え", "Bond"), ("two", "不安", "Fear")):
        codes = (ProjectCode("t", theme, is_codable=False), ProjectCode("1", code, "t"))
        selections = Selections.of(source=[0], code=[1], coder=[0], start=[8], end=[13])
        made = project(codes=codes, selections=selections)
        write_project(made, folder / f"{name}.qdpx", target="refi-qda")
    frames = {name: table.frame for name, table in validate_study(folder).checked.tables.items()}
    titles = dict(zip(frames["themes"]["theme_id"], frames["themes"]["title"], strict=True))
    assert [titles[theme] for theme in frames["codes"]["theme_id"]] == ["支え", "不安"]


def test_taguettes_admin_is_whoever_study_toml_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two files that call their coder `admin` are of two coders, if each is named; else they are refused."""
    part = '[[coding]]\npath = "{0}.sqlite3"\nformat = "taguette"\n'
    made = project(coders=(ProjectCoder("1", "admin"),))
    for name, more, code in (("unnamed", "", 2), ("named", 'coder = "coder_{0}"\n', 0)):
        folder = study(tmp_path / name, "".join((part + more).format(number) for number in (1, 2)))
        for number in (1, 2):
            write_project(made, folder / f"{number}.sqlite3", target="taguette")
        assert call(["validate", str(folder)]) == code
        told = capsys.readouterr()
        assert ("#coding[1]: two projects call their coder `admin`" in told.err) == (code == 2)
    frame = validate_study(folder).checked.tables["codings"].frame
    assert frame["coder_id"].tolist() == ["coder_1", "coder_2"]


def test_a_coder_without_a_name_is_the_one_that_study_toml_names(tmp_path: Path) -> None:
    """A user called by blanks is nobody: `coder` says who it was, or the coding lacks its coder."""
    for name, more, ids in (("one", 'coder = "c1"\n', ()), ("none", "", ("codings.coder_id.required",))):
        folder = study(tmp_path / name, f'[[coding]]\npath = "one.qdpx"\nformat = "refi-qda"\n{more}')
        write_project(project(coders=(ProjectCoder("1", " "),)), folder / "one.qdpx", target="refi-qda")
        assert validate_study(folder).checked.findings.ids == ids


def test_a_code_that_no_export_has_is_told(tmp_path: Path) -> None:
    """Where the study has a codebook, a project adds no code to it: the coding refers to nothing."""
    folder = study(
        tmp_path / "study",
        '[[coding]]\npath = "one.qdpx"\nformat = "refi-qda"\n',
        exports={"codes": [("code_id", "title", "definition", "theme_id"), ("other", "Other", "x", "")]},
    )
    write_project(project(), folder / "one.qdpx", target="refi-qda")
    result = validate_study(folder)
    assert result.checked.findings.ids == ("codings.code_id.foreign-key",)
    assert result.landings[0].new_codes[0].title == "Coach bond"


def test_what_has_no_place_is_a_finding_or_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A selection of a source that is no response's stops a release, unless study.toml leaves it out."""
    sources = (
        ProjectSource("1", "R_2", OTHER),
        ProjectSource("2", "Interview Thea Brandt", "Quite another text."),
    )
    selections = Selections.of(source=[0, 1], code=[0, 0], coder=[0, 0], start=[8, 0], end=[13, 5])
    for name, more in (("refused", ""), ("left", 'unplaced = "leave-out"\n')):
        folder = study(tmp_path / name, f'[[coding]]\npath = "one.qdpx"\nformat = "refi-qda"\n{more}')
        write_project(project(sources=sources, selections=selections), folder / "one.qdpx", target="refi-qda")
        result = validate_study(folder)
        assert result.landings[0].left_out == {"unmatched-source": 1}
        assert segments(result) == [("R_2", "coach_bond", "there")]
        told = result.checked.findings.ids
        assert told == (() if more else ("codings.unmatched-source.placing",))
        code = call(["code", "import", str(folder)])
        out = capsys.readouterr().out
        assert code == (0 if more else 1)
        assert "unmatched-source  1" in out
        assert "Thea" not in out
        assert "Quite" not in out
    (finding,) = validate_study(tmp_path / "refused").checked.findings
    assert [place.file for place in finding.places] == ["one.qdpx"]


def test_a_source_is_named_by_hand(tmp_path: Path) -> None:
    """What neither name nor text tells, study.toml does."""
    folder = study(
        tmp_path / "study",
        '[[coding]]\npath = "one.qdpx"\nformat = "refi-qda"\n[coding.sources]\n"Interview 7" = "R_2"\n',
    )
    sources = (ProjectSource("1", "Interview 7", OTHER.replace("kept", "keept")),)
    write_project(project(sources=sources), folder / "one.qdpx", target="refi-qda")
    result = validate_study(folder)
    assert not result.checked.findings
    assert segments(result) == [("R_2", "coach_bond", "there")]


def test_memos_are_taken_only_where_the_study_has_a_field_for_them(tmp_path: Path) -> None:
    """Coders' memos are dropped and counted; asked for, they need a field that is treated as free text."""
    selections = Selections.of(source=[0], code=[0], coder=[0], start=[8], end=[13], memos=("Ask Anna",))
    coding = '[[coding]]\npath = "one.qdpx"\nformat = "refi-qda"\n'
    folder = study(tmp_path / "study", coding)
    write_project(project(selections=selections), folder / "one.qdpx", target="refi-qda")
    assert dict(validate_study(folder).landings[0].project.left) == {"memo": 1}
    toml = folder / "study.toml"
    toml.write_text(toml.read_text("utf-8") + "memos = true\n", "utf-8")
    assert call(["validate", str(folder)]) == 2
    path = folder / "schemas" / "codings.json"
    members = json.loads(path.read_text("utf-8"))
    treatment = {"role": "free-text", "treatment": {"method": "text"}}
    members["fields"].append({"name": "memo", "type": "string", "disclosure": treatment})
    path.write_text(json.dumps(members), "utf-8")
    result = validate_study(folder)
    assert not result.checked.findings
    assert result.checked.tables["codings"].frame["memo"].tolist() == ["Ask Anna"]


def test_what_two_codings_say_again_is_one_coding_with_both_memos(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two coders of one name are one: what both marked stands there once, and no memo is lost."""
    folder = study(tmp_path / "study", '[[coding]]\npath = "one.qdpx"\nformat = "refi-qda"\nmemos = true\n')
    path = folder / "schemas" / "codings.json"
    members = json.loads(path.read_text("utf-8"))
    treatment = {"role": "free-text", "treatment": {"method": "text"}}
    members["fields"].append({"name": "memo", "type": "string", "disclosure": treatment})
    path.write_text(json.dumps(members), "utf-8")
    selections = Selections.of(
        source=[0, 0, 0],
        code=[0, 0, 0],
        coder=[0, 1, 1],
        start=[0, 8, 0],
        end=[3, 13, 3],
        memos=("Ask her", None, "Told her"),
    )
    coders = (ProjectCoder("1", "Student"), ProjectCoder("2", "Student"))
    write_project(project(coders=coders, selections=selections), folder / "one.qdpx", target="refi-qda")
    result = validate_study(folder)
    frame = result.checked.tables["codings"].frame
    assert sorted(zip(frame["start"], frame["memo"].fillna(""), strict=True)) == [
        (0, "Ask her\nTold her"),
        (8, ""),
    ]
    assert result.landings[0].left_out == {"repeated": 1}
    assert call(["code", "import", str(folder)]) == 0
    assert "2 coders of the file are called alike" in capsys.readouterr().out


def test_a_project_can_be_tried_before_it_is_declared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`code import STUDY PROJECT` says how it would land and what to add to study.toml; nothing changes."""
    folder = study(tmp_path / "study", "")
    write_project(project(), tmp_path / "new.qdpx", target="refi-qda")
    assert call(["code", "import", str(folder)]) == 2
    assert "no coded project" in capsys.readouterr().err
    blank = [
        "code",
        "import",
        str(folder),
        str(tmp_path / "new.qdpx"),
        "--format",
        "refi-qda",
        "--coder",
        " ",
    ]
    assert call(blank) == 2
    assert "--coder is not blank" in capsys.readouterr().err
    out = tmp_path / "rows.csv"
    words = ["code", "import", str(folder), str(tmp_path / "new.qdpx"), "--format", "refi-qda"]
    assert call([*words, "--coder", "c1", "--out", str(out)]) == 0
    assert '[[coding]]\n  path = "new.qdpx"' in capsys.readouterr().out
    with out.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["response_id"], row["code_id"], row["start"], row["end"]) == ("R_2", "coach_bond", "8", "13")
    assert call([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["projects"][0]["matched"] == {"name": 1}
    assert document["projects"][0]["codings"] == 1


def test_responses_that_are_not_there_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without an export of responses, or their column of texts, nothing is placed and nothing crashes."""
    coding = '[[coding]]\npath = "one.qdpx"\nformat = "refi-qda"\n'
    bare = study(tmp_path / "bare", coding)
    write_project(project(), bare / "one.qdpx", target="refi-qda")
    toml = bare / "study.toml"
    text = toml.read_text("utf-8")
    toml.write_text(text.replace('table = "responses"', 'table = "coders"'), "utf-8")
    assert call(["validate", str(bare)]) == 2
    assert "no export fills `responses`" in capsys.readouterr().err
    rows = [
        ("response_id", "participant_id", "question_id", "wave"),
        ("R_2", "P2", "helpful_coach", "3_month"),
    ]
    blind = study(tmp_path / "blind", coding)
    write_project(project(), blind / "one.qdpx", target="refi-qda")
    with (blind / "responses.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    ids = validate_study(blind).checked.findings.ids
    assert "responses.text.missing-column" in ids
    assert "codings.no-text.placing" in ids


def test_every_format_of_study_toml_has_a_reader() -> None:
    """The formats that `[[coding]]` takes are those that can be read."""
    declared = CodedProject.model_fields["format"].annotation
    assert set(declared.__args__) == set(READERS)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        ('format = "nvivo"', "coding[0].format"),
        ('format = "csv"\ncolumns = {words = "x"}', "coding[0].columns.words"),
        ('format = "refi-qda"\nunit = "utf-16"', "coding[0].unit"),
        ('format = "csv"\nproject = "x"', "coding[0].project"),
        ('format = "csv"\npattern = "(a"', "coding[0].pattern"),
        ('format = "csv"\nmemos = true', "coding[0].memos"),
    ],
)
def test_what_makes_no_sense_is_told_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, pointer: str
) -> None:
    """A wrong `[[coding]]` is refused with its key path."""
    folder = study(tmp_path / "study", f'[[coding]]\npath = "one"\n{line}\n')
    assert call(["validate", str(folder)]) == 2
    assert f"#{pointer}" in capsys.readouterr().err


def test_the_smallest_part_has_defaults() -> None:
    """What `[[coding]]` does not say is the safe choice: nothing unplaced, no memos."""
    config = parse_config(HEAD + '[[coding]]\npath = "a"\nformat = "csv"\n', path="study.toml")
    (coded,) = config.coding
    assert (coded.unplaced, coded.memos, coded.stage, coded.min_confidence) == (
        "refuse",
        False,
        "independent",
        0.9,
    )
