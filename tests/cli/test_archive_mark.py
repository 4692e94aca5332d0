"""mark: one kind, one reason, in words and JSON; what identifies is refused without being repeated."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.archive.releases import templates

Run = Callable[..., Any]
STUDY = "{study}"
MARK = ("mark", "a", "1.0.0", "--date", "2026-03-01")


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an archive of two releases, beside which commands run."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(templates() / "archive", tmp_path / "a"))


def test_a_mark_is_said(archive: Path, run: Run) -> None:
    """What was marked as what, by what, when and why; the log tells it."""
    said = run(*MARK, "--superseded", "--by", "1.1.0", "--reason", "Ages were off by one.")
    words = "superseded by 1.1.0 (2026-03-01): Ages were off by one."
    assert (said.code, said.out) == (0, f"small~public 1.0.0: {words}\n")
    assert words in run("log", "a").out
    answered = json.loads(run(*MARK, "--erratum", "--reason", "No unit.", "--json").out)
    assert answered == {
        "object": "small~public", "release": "1.0.0", "kind": "erratum", "reason": "No unit.",
        "date": "2026-03-01", "by": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--erratum", "--reason", ""), "a reason is one line"),
        (("--erratum", "--reason", "One.\nTwo."), "a reason is one line"),
        (("--superseded", "--by", "1.0.0", "--reason", "Why."), "cannot take its own place"),
        (("--erratum", "--by", "1.1.0", "--reason", "Why."), "--by goes with --superseded"),
    ],
)
def test_what_is_wrong_with_a_mark_is_said(
    archive: Path, run: Run, arguments: tuple[str, ...], words: str
) -> None:
    """In the words of the command, and nothing is marked."""
    said = run(*MARK, *arguments)
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert not list(archive.rglob("v1-*.json"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--reason", "Why."),
        ("--erratum", "--withdrawn", "--reason", "Why."),
        ("--erratum",),
        ("--erratum", "--by", "1.1.0", "--reason", "Why."),
        ("--superseded", "--by", "1.0.0", "--reason", "Why."),
        ("--erratum", "--reason", "Anna Lind left."),
        ("--erratum", "--reason", "Qvortrup left.", "--study-folder", STUDY),
        ("--erratum", "--reason", "Why.", "--study-folder", "nowhere"),
    ],
)
def test_wrong_use_gives_2(archive: Path, run: Run, arguments: tuple[str, ...]) -> None:
    """No kind, two, no reason, a reason that names somebody: nothing is marked, and no name is told."""
    study = str(templates() / "study")
    said = run(*MARK, *(study if each == STUDY else each for each in arguments))
    assert (said.code, said.out) == (2, "")
    assert not {"Anna", "Lind", "Qvortrup"} & set(said.err.replace(".", " ").split())
    assert not list(archive.rglob("v1-*.json"))
