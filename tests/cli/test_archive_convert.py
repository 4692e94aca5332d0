"""convert: what was written, in words and JSON, and exit codes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.archive.releases import templates

Run = Callable[..., Any]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an archive of two releases, beside which commands run."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(templates() / "archive", tmp_path / "a"))


@pytest.mark.usefixtures("archive")
def test_a_release_goes_out_and_comes_back(run: Run) -> None:
    """A ZIP by its name, a bag by --to, a folder else; what comes back can be shown."""
    said = run("convert", "a", "out.zip", "--version", "1.0.0")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("wrote out.zip (zip): small~public 1.0.0, 11 files, ")
    answered = json.loads(run("convert", "out.zip", "bag", "--to", "bag", "--json").out)
    assert (answered["to"], answered["release"], answered["files"]) == ("bag", "small 1.0.0", 11)
    assert "(folder): small 1.0.0" in run("convert", "bag", "back").out
    assert "small 1.0.0" in run("show", "back").out
    assert Path("bag/bagit.txt").is_file()


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    "arguments",
    [("a", "out", "--to", "tar"), ("a", "a"), ("nowhere", "out"), ("a", "out", "--version", "7.0.0"), ("a",)],
)
def test_wrong_use_gives_2(run: Run, arguments: tuple[str, ...]) -> None:
    """An unknown target, a place that is taken, a source or release that is not there."""
    said = run("convert", *arguments)
    assert (said.code, said.out) == (2, "")
    assert not Path("out").exists()
