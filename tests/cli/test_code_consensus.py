"""`ppdarchive code consensus`: propose, write a worksheet, read it back, and have both layers."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from ppdarchive.cli.main import call
from ppdarchive.pipeline import validate_study

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "mommoodbooster"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A copy of the example study, to which files may be added."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "study"))


def rows_of(data: bytes) -> list[dict[str, str]]:
    """The rows of a worksheet."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_from_worksheet_to_consensus(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What coders fill in is read back, and the consensus is a table of codings that the study takes."""
    sheet, page = tmp_path / "to-settle.csv", tmp_path / "to-settle.html"
    assert call(["code", "consensus", str(study), "--worksheet", str(sheet), "--html", str(page)]) == 0
    out = capsys.readouterr().out
    assert "are not" in out
    assert f"wrote {sheet}" in out
    assert sheet.stat().st_mode & 0o777 == 0o600
    assert page.stat().st_mode & 0o777 == 0o600
    rows = rows_of(sheet.read_bytes())
    assert len(rows) > 100
    for row, decision in zip(rows, ["accept", "none", "coder_1", "coder_2"], strict=False):
        row["decision"] = decision
    filled = tmp_path / "filled.csv"

    def fill(rows: list[dict[str, str]]) -> None:
        with filled.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys(), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)

    fill(rows)
    assert call(["code", "consensus", str(study), "--settled", str(filled), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["settled"], document["to_settle"]) == (4, len(rows))
    partly = tmp_path / "partly.csv"
    assert call(["code", "consensus", str(study), "--settled", str(filled), "--out", str(partly)]) == 1
    assert "4 of these are settled; the others have no row." in capsys.readouterr().out
    for row in rows:
        row["decision"] = row["decision"] or "accept"
    fill(rows)
    settled = study / "exports" / "settled.csv"
    words = ["code", "consensus", str(study), "--settled", str(filled), "--out", str(settled)]
    assert call(words) == 0
    assert call(words) == 2  # the file is there
    capsys.readouterr()
    toml = study / "study.toml"
    text = toml.read_text("utf-8").replace('path = "exports/codings.csv"', 'path = "exports/settled.csv"')
    toml.write_text(text, "utf-8")
    result = validate_study(study)
    assert not result.checked.findings
    frame = result.checked.tables["codings"].frame
    with settled.open(encoding="utf-8", newline="") as file:
        n_rows = sum(1 for _ in csv.DictReader(file))
    assert (frame["stage"] == "consensus").sum() == n_rows
    assert (frame["stage"] == "independent").sum() > 0


def test_a_worksheet_that_makes_no_sense_is_refused_by_line(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong decision is told by its line, never by its words; nothing is written."""
    sheet, out = tmp_path / "to-settle.csv", tmp_path / "out.csv"
    assert call(["code", "consensus", str(study), "--worksheet", str(sheet)]) == 0
    rows = rows_of(sheet.read_bytes())
    rows[0]["decision"] = "Zyxwanda said so"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    assert call(["code", "consensus", str(study), "--settled", str(sheet), "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert f"{sheet}:2:" in error
    assert "Zyxwanda" not in error
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--rule", "first"], "--first names a coder"),
        (["--rule", "union", "--first", "coder_1"], "--first names a coder"),
        (["--rule", "first", "--first", "Thea"], "none of those"),
        (["--delimiter", "::"], "one character"),
        (["--settled", "nowhere.csv"], "no such file"),
    ],
)
def test_wrong_use_is_told(
    study: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    """Options that do not go together end with exit code 2 and a sentence."""
    assert call(["code", "consensus", str(study), *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Thea" not in error


def test_every_rule_proposes(study: Path, tmp_path: Path) -> None:
    """What all marked is proposed for no more characters than what any marked."""
    sizes = {}
    for rule in ("intersection", "majority", "union"):
        out = tmp_path / f"{rule}.csv"
        assert call(["code", "consensus", str(study), "--rule", rule, "--out", str(out)]) == 0
        with out.open(encoding="utf-8", newline="") as file:
            sizes[rule] = sum(int(row["end"]) - int(row["start"]) for row in csv.DictReader(file))
    assert sizes["intersection"] == sizes["majority"] < sizes["union"]  # of two coders the majority is both


def test_nothing_to_agree_on(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where no two coders worked alone the command says so."""
    toml = study / "study.toml"
    text = toml.read_text("utf-8")
    head, _, tail = text.partition("[[coding]]")
    if tail:
        toml.write_text(head + "[[known]]" + tail.partition("[[known]]")[2], "utf-8")
    else:
        path = study / "exports" / "codings.csv"
        lines = [line for line in path.read_text("utf-8").splitlines() if "independent" not in line]
        path.write_text("\n".join(lines) + "\n", "utf-8")
    assert call(["code", "consensus", str(study)]) == 2
    assert "nothing to agree on" in capsys.readouterr().err
