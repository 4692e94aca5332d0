"""`ppdarchive code quality`: findings on a codebook, with ids that stay."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ppdarchive.cli.main import call

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "mommoodbooster"


def test_a_sound_codebook_has_no_findings(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is said against the example's codebook."""
    assert call(["code", "quality", str(EXAMPLE)]) == 0
    assert "Nothing wrong" in capsys.readouterr().out


def test_findings_have_ids(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A code without definition that nobody used is two findings, told with exit code 1."""
    study = Path(shutil.copytree(EXAMPLE, tmp_path / "study"))
    path = study / "exports" / "codes.csv"
    header, *rows = path.read_text("utf-8").splitlines()
    assert header == "code_id,title,definition,theme_id"
    path.write_text("\n".join([header, *rows, "unused,Unused,,"]) + "\n", "utf-8")
    assert call(["code", "quality", str(study)]) == 1
    out = capsys.readouterr().out
    assert "codes.no-definition" in out
    assert "codes.never-used" in out
    assert call(["code", "quality", str(study), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert {(each["id"], tuple(each["concerned"])) for each in found} == {
        ("codes.no-definition", ("unused",)),
        ("codes.never-used", ("unused",)),
        ("codes.no-theme", ("unused",)),
    }
