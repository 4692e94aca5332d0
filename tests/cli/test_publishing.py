"""deidentify, pack, show, demo: lines that fit a terminal, JSON for programs, exit codes, examples."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ppdarchive.cli.main import call

Run = Callable[..., Any]

DROP = {"method": "drop"}
FIELDS = {
    "participants": [
        {
            "name": "pid",
            "type": "string",
            "disclosure": {"role": "key", "treatment": {"method": "pseudonymize", "space": "participant"}},
        },
        {"name": "name", "type": "string", "disclosure": {"role": "direct-identifier", "treatment": DROP}},
        {"name": "agreed", "type": "boolean", "disclosure": {"role": "none", "treatment": DROP}},
        {
            "name": "text", "type": "string", "constraints": {"maxLength": 60},
            "disclosure": {"role": "free-text", "treatment": {"method": "text"}},
        },
    ]
}  # fmt: skip
TOML = """\
[study]
id = "small"
title = "A small study"
[[export]]
table = "participants"
format = "csv"
path = "people.csv"
[[package.licenses]]
name = "CC0-1.0"
[[package.contributors]]
title = "A lab"
[release]
standard = "safe-harbor"
consent = "agreed"
access = "internal"
k = 1
max_prosecutor_risk = 1.0
max_average_risk = 1.0
approval = {id = "A-1"}
"""
FILES = {
    "study.toml": TOML,
    "datapackage.json": json.dumps({"resources": [{"name": "participants", "schema": {
        "fields": FIELDS["participants"], "primaryKey": ["pid"],
    }}]}),
    "people.csv": "pid,name,agreed,text\n1,Zyxwanda,true,I am Zyxwanda\n2,Bo,false,no\n3,Siri,true,fine\n",
}  # fmt: skip
PACK = ("pack", "s", "p", "--version", "1.0.0", "--date", "2026-01-31")


def fits(text: str) -> bool:
    """Whether every line has at most 80 characters."""
    return all(len(line) <= 80 for line in text.splitlines())


def test_a_study_is_packed_and_shown(write: Run, run: Run) -> None:
    """Pack says what was done and where it is; show says what is in it."""
    write(FILES)
    packed = run(*PACK)
    assert packed.code == 0
    assert "left out for want of consent: 1 participants" in packed.out
    assert "participants.text: 1 NAME replaced" in packed.out
    assert "wrote p" in packed.out
    shown = run("show", "p")
    assert shown.code == 0
    assert "A small study (small 1.0.0)" in shown.out
    assert "participants: 2 rows" in shown.out
    assert all(fits(text) for text in (packed.out, packed.err, shown.out))
    assert "Zyxwanda" not in packed.out + packed.err + shown.out


def test_programs_get_json(write: Run, run: Run) -> None:
    """The same as documents, counts only."""
    write(FILES)
    preview = json.loads(run("deidentify", "s", "--json").out)
    assert preview == {
        "study": "small",
        "rows_without_consent": {"participants": 1},
        "participants_too_rare": 0,
        "tables": {"participants": 2},
        "texts": {"participants.text": {"NAME": 1}},
        "codings": {},
    }
    packed = json.loads(run(*PACK, "--json").out)
    assert packed.items() >= preview.items()
    assert packed["package"] == "p"
    assert packed["warnings"] == []
    shown = json.loads(run("show", "p", "--json").out)
    assert shown == {
        "name": "small", "title": "A small study", "version": "1.0.0", "tables": {"participants": 2},
    }  # fmt: skip


def test_a_preview_writes_nothing(write: Run, run: Run, listing: Run) -> None:
    """Deidentify leaves the folder as it was, and shows answers only when asked."""
    write(FILES)
    before = listing()
    plain, shown = run("deidentify", "s"), run("deidentify", "s", "--show-values")
    assert (plain.code, shown.code, listing()) == (0, 0, before)
    assert "Zyxwanda" not in plain.out
    assert "I am Zyxwanda" in shown.out
    assert "I am [NAME]" in shown.out
    assert run("deidentify", "s", "--show-values", "--answers", "0").out == plain.out
    assert run("deidentify", "s", "--show-values", "--json").code == 2


def test_dangers_are_warned_of(write: Run, run: Run) -> None:
    """A private folder in a repository that others can read is told on standard error."""
    study = write(FILES)
    (study / ".git").mkdir()
    (study / "private").mkdir(mode=0o755)
    packed = run(*PACK)
    assert packed.code == 0
    assert packed.err.count("warning: ") >= 2
    (study.parent / "p").rename(study.parent / "q")
    assert len(json.loads(run(*PACK, "--json").out)["warnings"]) == 2


@pytest.mark.parametrize(
    "version",
    ["1", "1.0", "v1.0.0", "1.0.0.0", "01.0.0", "1.0.0-rc1", "", "1.0.0\n", "١.0.0", "1.0.x", "../1.0.0"],
)
def test_a_version_is_three_numbers(write: Run, run: Run, listing: Run, version: str) -> None:
    """Any other version is wrong use, before anything is read."""
    write(FILES)
    before = listing()
    outcome = run("pack", "s", "p", "--version", version)
    assert (outcome.code, outcome.out, listing()) == (2, "", before)
    assert "1.0.0" in outcome.err


def test_findings_stop_a_release(write: Run, run: Run, listing: Run) -> None:
    """Exit code 1 with the findings, and nothing written, not even the register."""
    write({**FILES, "people.csv": FILES["people.csv"].replace("fine", "x" * 61)})
    before = listing()
    for arguments in (("deidentify", "s"), PACK):
        outcome = run(*arguments)
        assert (outcome.code, listing()) == (1, before)
        assert "text.max-length" in outcome.out
        document = json.loads(run(*arguments, "--json").out)
        assert document["findings"]


def test_the_gate_refuses_with_its_own_exit_code(write: Run, run: Run) -> None:
    """Exit code 3, conditions and remedies on standard error, nothing at the place."""
    study = write({**FILES, "study.toml": TOML.replace("A small study", "Zyxwanda and others")})
    outcome = run(*PACK)
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.splitlines()[0] == "error: the gate refused, nothing was written"
    assert "known-identifiers: CITATION.cff" in outcome.err
    assert "Zyxwanda" not in outcome.err
    assert not (study.parent / "p").exists()
    failures = json.loads(run(*PACK, "--json").out)["failures"]
    assert {failure["condition"] for failure in failures} == {"known-identifiers"}


@pytest.mark.parametrize(
    ("files", "arguments", "word"),
    [
        ({"study.toml": TOML.partition("[release]")[0]}, PACK, "release"),
        ({"p2": ""}, ("pack", "s", "s/p2", "--version", "1.0.0"), "already"),
        ({}, ("pack", "s", "no/where/p", "--version", "1.0.0"), "No such file"),
        ({}, ("pack", "nowhere", "p", "--version", "1.0.0"), "study.toml"),
        ({}, ("show", "s"), "this is a study's folder"),
        ({}, ("show", "nowhere"), "neither a package nor an archive"),
    ],
)
def test_wrong_use_is_one_error_and_one_remedy(
    write: Run, run: Run, files: dict[str, str], arguments: tuple[str, ...], word: str
) -> None:
    """Exit code 2, two lines, no traceback; as JSON too."""
    write({**FILES, **files})
    outcome = run(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: ")
    assert word in outcome.err
    assert len(outcome.err.splitlines()) == 2
    assert "error" in json.loads(run(*arguments, "--json").out)


@pytest.mark.parametrize("damage", ["changed", "missing", "extra", "checksums"])
def test_a_damaged_package_is_told(write: Run, run: Run, damage: str) -> None:
    """Show verifies every file, and names the first that is wrong."""
    package = write(FILES).parent / "p"
    run(*PACK)
    match damage:
        case "changed":
            with (package / "csv/participants.csv").open("a") as file:
                file.write("x")
        case "missing":
            (package / "codebook.md").unlink()
        case "extra":
            (package / "note.txt").touch()
        case _:
            (package / "SHA256SUMS").write_bytes(b"\xff\xfe")
    outcome = run("show", "p")
    assert (outcome.code, outcome.out, len(outcome.err.splitlines())) == (2, "", 2)
    assert json.loads(run("show", "p", "--json").out)["error"].startswith("load.")


@pytest.mark.parametrize("command", ["deidentify", "pack", "show", "demo"])
def test_help_has_an_example(run: Run, command: str) -> None:
    """Every command's help says how it is called."""
    outcome = run(command, "--help")
    assert outcome.code == 0
    assert f"ppdarchive {command}" in outcome.out.partition("Example:")[2]


def test_the_demonstration(
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A study and its package are there, and every step was told."""
    folder = tmp_path_factory.mktemp("demo")
    monkeypatch.chdir(folder)
    assert call(["demo", "d"]) == 0
    said = capsys.readouterr()
    assert fits(said.out)
    assert [line[:2] for line in said.out.splitlines() if line[:1].isdigit()] == [
        f"{n}."[:2] for n in range(1, 13)
    ]
    assert said.out.count("before:") == said.out.count("after:") == 4
    assert sorted(path.name for path in (folder / "d").iterdir()) == [
        "archive",
        "coded.qdpx",
        "package",
        "study",
    ]
    told = " ".join(said.out.split())
    assert re.search(r"coder_1\.qdpx: ([\d,]+) of \1 segments on their words; not taken: memo", told)
    assert re.search(r"coder_2\.sqlite3: ([\d,]+) of \1 segments on their words; \d+ in answers mended", told)
    assert re.search(r"all codes: 0\.\d\d \(95 % interval 0\.\d\d to 0\.\d\d\)", told)
    assert re.search(r"[\d,]+ segments are marked alike, and [\d,]+ places are left to settle", told)
    assert "names in their memos, ids of participants and responses. 0 found." in told
    assert "release 1.0.0 of 285 participants" in told
    assert "release 1.1.0 of 297 participants" in told
    assert told.count("Every file is as it was published, and every release is what it says.") == 2
    assert re.search(r"stood in [1-9]\d* files of the archive\. Now they stand in 0\.$", told)
    assert call(["show", "d/package"]) == 0
    assert fits(capsys.readouterr().out)
    assert call(["demo", "d"]) == 2
    assert Path("d/package/SHA256SUMS").exists()
