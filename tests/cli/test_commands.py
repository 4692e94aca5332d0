"""The commands: what they say, in which form, and with which exit code."""

from __future__ import annotations

import json
import signal
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from ppdarchive import __version__
from ppdarchive.cli import main
from ppdarchive.cli.main import app, call
from ppdarchive.cli.render import WIDTH
from ppdarchive.profile import profile_files

COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]

SCHEMA = {
    "fields": [
        {"name": "person", "type": "string", "title": "Who"},
        {"name": "a_field_with_a_name_that_is_longer_than_names_should_ever_be_really", "type": "integer"},
        {"name": "colour", "type": "string", "categories": [{"value": "r", "label": "Rot"}, {"value": "b"}]},
    ],
    "primaryKey": ["person"],
}
PACKAGE = {"resources": [{"name": "people", "path": "people.parquet", "schema": SCHEMA}]}
TOML = """\
[study]
id = "small"
[[export]]
table = "people"
format = "csv"
path = "exports/a file whose name is rather long, with a comma in it.csv"
"""
HEADER = "person,a_field_with_a_name_that_is_longer_than_names_should_ever_be_really,colour\n"

Run = Callable[..., Any]


def shape_of(schema: object) -> object:
    """The shape of a JSON document: names and types, a list by its first item."""
    if isinstance(schema, dict):
        return {key: shape_of(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [shape_of(schema[0])] if schema else []
    return type(schema).__name__


@pytest.fixture
def small(write: Callable[[Mapping[str, str]], Path]) -> Callable[[str], Path]:
    """Write a study with one table of these rows."""
    path = tomllib.loads(TOML)["export"][0]["path"]
    return lambda rows: write(
        {"study.toml": TOML, "datapackage.json": json.dumps(PACKAGE), path: HEADER + rows}
    )


# ---------------------------------------------------------------------------------------------
# All commands
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command: str, run: Run) -> None:
    """Every command's help fits the screen and ends with an example of that command."""
    outcome = run(command, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    _, _, example = outcome.out.partition("Example:\n")
    assert example.strip().startswith(f"ppdarchive {command} ")
    assert max(map(len, outcome.out.splitlines())) <= WIDTH


def test_examples_use_options_that_exist(run: Run) -> None:
    """Every option that an example shows is one of the command's."""
    for command in COMMANDS:
        text = run(command, "--help").out
        head, _, example = text.partition("Example:\n")
        assert {word for word in example.split() if word.startswith("--")} <= set(head.split())


def test_version(run: Run) -> None:
    """The version is one line, before anything else is looked at."""
    assert (run("--version").code, run("--version").out) == (0, f"{__version__}\n")


def test_no_command_shows_help(run: Run) -> None:
    """Without a command the help is shown, and the exit code says that nothing was done."""
    outcome = run()
    assert (outcome.code, outcome.out) == (2, "")
    for command in COMMANDS:
        assert f"  {command} " in outcome.err


def test_interruption(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who stops a command gets the exit code of that, and no traceback."""

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ppdarchive.cli.main.validate_study", stop)
    outcome = run("validate", "s")
    assert outcome.code == 130
    assert "Traceback" not in outcome.err


# ---------------------------------------------------------------------------------------------
# validate
# ---------------------------------------------------------------------------------------------


def test_validate_nothing_wrong(small: Callable[[str], Path], run: Run) -> None:
    """A study with nothing wrong says what was read, and exits with 0."""
    small("a,1,r\nb,2,b\n")
    outcome = run("validate", "s")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (
        "small\n"
        "  exports/a file whose name is rather long, with a comma in it.csv -> people\n"
        "    2 rows read\n"
        "\n"
        "Nothing wrong: 1 table, 2 rows.\n"
    )


def test_validate_findings(small: Callable[[str], Path], run: Run) -> None:
    """Findings are told with rule, demand and places, each file named once, and exit with 1."""
    small("a,x,r\na,2,green\n" + "b,x,r\n")
    outcome = run("validate", "s")
    assert (outcome.code, outcome.err) == (1, "")
    file = "exports/a file whose name is rather long, with a comma in it.csv"
    assert (
        outcome.out
        == f"""\
small
  {file} -> people
    3 rows read

people (3 rows)
  x a_field_with_a_name_that_is_longer_than_names_should_ever_be_really.type  2 rows
      demanded: every value is an integer
      {file}:2, 4
  x colour.category  1 row
      demanded: every value is one of the categories r, b
      {file}:3
  x person.primary-key  1 row
      demanded: no row repeats the primary key
      {file}:3

3 rules broken in 1 table, 3 rows.
Values are not shown; --show-values shows them on this screen.
"""
    )


def test_validate_shows_values_when_asked(small: Callable[[str], Path], run: Run) -> None:
    """With --show-values each place has its cells beside it, cut to a readable length."""
    small('"a\nb",x,r\nb,' + "9" * 200 + ",b\n")
    outcome = run("validate", "s", "--show-values")
    assert outcome.code == 1
    assert ".csv:2  'x'\n" in outcome.out
    assert ".csv:4  '" + "9" * 59 + "...\n" in outcome.out
    assert "--show-values" not in outcome.out


def test_validate_many_rows(small: Callable[[str], Path], run: Run) -> None:
    """Of many rows the first ten are named, the number is whole, and large numbers can be read."""
    small("".join(f"p{n},x,r\n" for n in range(1234)))
    out = run("validate", "s").out
    assert "1,234 rows\n" in out
    assert ":2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ...\n" in out.replace("\n      ", " ") + "\n"


def test_validate_fits_the_screen(faulty: Path, run: Run) -> None:
    """What `validate` says of a study with faults fits into 80 columns."""
    outcome = run("validate", str(faulty))
    assert outcome.code == 1
    long = [line for line in outcome.out.splitlines() if len(line) > WIDTH]
    assert long == []


def test_validate_example(example: Path, run: Run) -> None:
    """The example study has nothing wrong."""
    outcome = run("validate", str(example))
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines()[-1].startswith("Nothing wrong: 9 tables, ")


def test_validate_json(faulty: Path, run: Run) -> None:
    """The JSON output has a fixed shape, says the same as the text, and holds no value."""
    outcome = run("validate", str(faulty), "--json")
    assert (outcome.code, outcome.err) == (1, "")
    said = json.loads(outcome.out)
    assert {key: type(value).__name__ for key, value in said.items()} == {
        "study": "str",
        "valid": "bool",
        "tables": "dict",
        "exports": "list",
        "findings": "list",
    }
    assert said["valid"] is False
    for export in said["exports"]:
        assert list(export) == [
            "file", "table", "header_rows", "rows_read", "rows_excluded", "rows_marked", "rows_kept",
            "rows_made", "cells_unanswered", "columns_unmapped",
        ]  # fmt: skip
        assert export["rows_read"] == export["rows_kept"] + sum(export["rows_excluded"].values())
    for finding in said["findings"]:
        assert list(finding) == ["rule", "table", "fields", "kind", "demand", "rows", "places"]
        assert len(finding["places"]) == min(max(finding["rows"], 1), 10) or finding["rows"] == 0
        assert {key for place in finding["places"] for key in place} <= {"file", "line", "column"}
    assert sum(said["tables"].values()) == sum(export["rows_made"] for export in said["exports"])


def test_validate_json_of_a_good_study(small: Callable[[str], Path], run: Run) -> None:
    """A study with nothing wrong is valid in JSON too, and exits with 0."""
    small("a,1,r\n")
    outcome = run("validate", "s", "--json")
    assert outcome.code == 0
    assert shape_of(json.loads(outcome.out)) == {
        "study": "str",
        "valid": "bool",
        "tables": {"people": "int"},
        "exports": [
            {
                "file": "str",
                "table": "str",
                "header_rows": "int",
                "rows_read": "int",
                "rows_excluded": {},
                "rows_marked": {},
                "rows_kept": "int",
                "rows_made": "int",
                "cells_unanswered": "int",
                "columns_unmapped": [],
            }
        ],
        "findings": [],
    }


def test_validate_changes_nothing(faulty: Path, run: Run) -> None:
    """Validating reads and writes nothing."""
    before = {path: path.read_bytes() for path in faulty.rglob("*") if path.is_file()}
    run("validate", str(faulty))
    run("validate", str(faulty), "--show-values")
    assert {path: path.read_bytes() for path in faulty.rglob("*") if path.is_file()} == before


# ---------------------------------------------------------------------------------------------
# init, columns, codebook, synth
# ---------------------------------------------------------------------------------------------


def test_init(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A started study has the profile's schemas and a study.toml that asks for its first export."""
    monkeypatch.chdir(tmp_path)
    outcome = run("init", "my-study")
    assert (outcome.code, outcome.err) == (0, "")
    written = [line.removeprefix("wrote ") for line in outcome.out.splitlines()[:-1]]
    assert written[0] == "my-study/study.toml"
    assert sorted(written[1:]) == sorted(f"my-study/{name}" for name in profile_files())
    for name, text in profile_files().items():
        assert (tmp_path / "my-study" / name).read_text() == text
    assert tomllib.loads((tmp_path / written[0]).read_text())["study"]["id"] == "my-study"
    assert outcome.out.endswith("then run `ppdarchive validate my-study`.\n")
    after = run("validate", "my-study")
    assert after.code == 2
    assert after.err.startswith("error: exports/participants.csv: there is no such file\n")


def test_init_beside_exports(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A study may be started in a folder that has its exports already, under an id of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "a.csv").write_text("kept")
    assert run("init", ".", "--id", "other").code == 0
    assert tomllib.loads((tmp_path / "study.toml").read_text())["study"]["id"] == "other"
    assert (tmp_path / "exports" / "a.csv").read_text() == "kept"


def test_columns(example: Path, run: Run) -> None:
    """The columns of an export are told with what it says of them, and without any cell."""
    survey = str(example / "exports" / "three_month_survey.csv")
    outcome = run("columns", survey, "--format", "qualtrics")
    assert (outcome.code, outcome.err) == (0, "")
    assert "  ExternalReference  identifier, tool, externalDataReference\n" in outcome.out
    said = json.loads(run("columns", survey, "--format", "qualtrics", "--json").out)
    assert list(said) == ["format", "rows", "header_rows", "marks", "columns"]
    assert list(said["columns"][0]) == [
        "position", "name", "label", "import_id", "kind", "choices", "group", "choice", "identifier", "tool",
    ]  # fmt: skip
    assert [column["position"] for column in said["columns"]] == list(range(1, len(said["columns"]) + 1))
    for column in said["columns"]:
        assert f"{column['position']:>4}  {column['name']}" in outcome.out


def test_columns_of_redcap(example: Path, run: Run) -> None:
    """With its dictionary a REDCap export tells labels, kinds and identifiers."""
    exports = example / "exports"
    arguments = [str(exports / "enrolment.csv"), "--format", "redcap"]
    dictionary = ["--dictionary", str(exports / "enrolment_dictionary.csv")]
    said = json.loads(run("columns", *arguments, *dictionary, "--json").out)
    assert said["format"] == "redcap"
    assert any(column["choices"] for column in said["columns"])
    assert any(column["identifier"] for column in said["columns"])


def test_columns_in_other_forms(run: Run, tmp_path: Path) -> None:
    """Encoding and delimiter can be named as in study.toml."""
    path = tmp_path / "x.csv"
    path.write_bytes("Straße;b\n1;2\n".encode("cp1252"))
    outcome = run("columns", str(path), "--delimiter", ";", "--encoding", "cp1252")
    assert outcome.code == 0
    assert "   1  Straße" in outcome.out


def test_codebook(example: Path, run: Run) -> None:
    """The codebook names every table, field, category and missing code of the study."""
    outcome = run("codebook", str(example))
    assert (outcome.code, outcome.err) == (0, "")
    for name, text in profile_files().items():
        if name.startswith("schemas/"):
            assert f"\n## {Path(name).stem}\n" in outcome.out
            for field in json.loads(text)["fields"]:
                assert f"\n### {field['name']}\n" in outcome.out
                for category in field.get("categories", []):
                    assert f"| `{category['value']}` | {category['label']} |" in outcome.out


def test_synth(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same seed writes the same bytes, another seed others, and the result is a valid study."""
    monkeypatch.chdir(tmp_path)
    first = run("synth", "one", "--participants", "12", "--seed", "5")
    assert (first.code, first.err) == (0, "")
    assert first.out.startswith("wrote one: synthetic, nobody in it exists\n")
    said = json.loads(run("synth", "two", "--participants", "12", "--seed", "5", "--json").out)
    assert said["n_participants"] == 12
    run("synth", "three", "--participants", "12", "--seed", "6")

    def files(folder: str) -> dict[str, bytes]:
        root = tmp_path / folder
        return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}

    assert files("one") == files("two") != files("three")
    assert call(["validate", "one"]) == 0


def test_synth_faults(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted faults are counted, have their key, and are found."""
    monkeypatch.chdir(tmp_path)
    said = json.loads(run("synth", "s", "--participants", "40", "--faults", "--json").out)
    assert said["n_faults"] > 0
    assert (tmp_path / "s" / "key" / "faults.csv").is_file()
    assert run("validate", "s").code == 1


@pytest.mark.parametrize("answered", [0, 1, 12])
def test_synth_answered(answered: int, run: Run, tmp_path: Path) -> None:
    """Any number of participants may have answered, from none to all."""
    folder = str(tmp_path / "s")
    said = json.loads(run("synth", folder, "--participants", "12", "--answered", str(answered), "--json").out)
    assert said["n_answered"] == answered
    assert run("validate", folder).code == 0


def test_a_process_that_is_ended_clears_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM stops a command as Ctrl-C does, so that nothing staged is left behind."""
    before = signal.getsignal(signal.SIGTERM)
    cleared: list[bool] = []

    def slow(*_: object, **__: object) -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            cleared.append(True)

    monkeypatch.setattr(main, "validate_study", slow)
    monkeypatch.setattr(sys, "argv", ["ppdarchive", "validate", "anywhere"])
    try:
        with pytest.raises(SystemExit) as ended:
            main.run()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 130
    assert cleared == [True]
