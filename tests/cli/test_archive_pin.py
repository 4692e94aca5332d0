"""pin: a lock file in a study that uses releases, in plain words and JSON."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.archive.releases import OBJECT, templates

from ppdarchive.loading import load
from ppdarchive.store.records import Mark, put_mark

Run = Callable[..., Any]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an archive of two releases, beside which commands run."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(templates() / "archive", tmp_path / "a"))


def test_a_release_is_pinned(archive: Path, run: Run) -> None:
    """The newest, or the highest of a range; loading with the lock file gives it."""
    said = run("pin", "a")
    assert (said.code, said.err) == (0, "")
    assert said.out == f"pinned {OBJECT} 1.1.0 (v2) in ppdarchive.lock\n"
    assert load("a", lock="ppdarchive.lock").version == "1.1.0"
    said = run("pin", "a", "--version", "<1.1", "--study", "small", "--audience", "public", "--json")
    document = json.loads(said.out)
    assert (document["archive"], document["object_id"], document["version"]) == ("a", OBJECT, "1.0.0")
    assert (document["number"], document["lock"], document["warnings"]) == (1, "ppdarchive.lock", [])
    assert load(archive, lock="ppdarchive.lock").version == "1.0.0"


def test_what_is_said_of_a_release_is_told(archive: Path, run: Run) -> None:
    """Whoever pins a release with an erratum hears of it, in lines that fit."""
    put_mark(archive, OBJECT, Mark(2, "erratum", "week 8 is week 9 " * 9, date(2026, 4, 1)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        said = run("pin", "a", "--lock", "data.lock")
    assert said.code == 0
    assert "warning: small~public: release 1.1.0 has an erratum: week 8" in said.out
    assert all(len(line) <= 80 for line in said.out.splitlines())
    assert "has an erratum" in json.loads(run("pin", "a", "--json").out)["warnings"][0]


def test_what_cannot_be_pinned_is_told(archive: Path, run: Run, tmp_path: Path) -> None:
    """A release that there is not, and a place that is no archive; no lock file is made."""
    said = run("pin", "a", "--version", "3.0.0")
    assert (said.code, said.out) == (2, "")
    assert "It has 1.0.0, 1.1.0." in said.err
    assert run("pin", "nowhere").code == 2
    assert "this is a package by itself" in run("pin", str(templates() / "1.0.0")).err
    assert run("pin", "a", "--version", "newest", "--json").code == 2
    assert not (tmp_path / "ppdarchive.lock").exists()
    assert "my-archive --version" in run("pin", "--help").out
