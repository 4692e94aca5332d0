"""`ppdarchive purge`: asks, purges, says what it did and what it cannot reach, and names nobody."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.archive.purgeable import HER, HERS, PARTNERS, PUBLIC, templates

from ppdarchive.archive import purging
from ppdarchive.register import open_register
from ppdarchive.store.records import tombstones


@pytest.fixture(autouse=True, scope="module")
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Leave out fsync, which no test in here can see the effect of."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand beside a copy of the study and its archive, of the first releases."""
    shutil.copytree(templates() / "study", tmp_path / "study")
    shutil.copytree(templates() / "light", tmp_path / "archive")
    monkeypatch.chdir(tmp_path)
    return tmp_path


COMMAND = ("purge", "archive", "--study", "study")
WHOM = (*COMMAND, "--participant", HER, "--ground", "withdrawal")


def names_nobody(here: Path, text: str) -> bool:
    """Whether neither key, nor pseudonym, nor words of hers are said."""
    with open_register(templates() / "study/private", "public") as register:
        hers = register.pseudonyms_everywhere("participant", {HER.lower()}).values()
    return not any(each in text for own in hers for each in (*own, HER, HER.lower(), *HERS.values()))


def test_it_says_what_it_did_and_what_it_cannot_reach(here: Path, run: Callable[..., Any]) -> None:
    """Per object the releases; within 80 columns; and again there is nothing left."""
    done = run(*WHOM, "--date", "2026-04-10", "--yes")
    assert (done.code, done.err) == (0, "")
    assert f"Purged a participant from {PUBLIC}: 1.0.0" in done.out
    assert f"Purged a participant from {PARTNERS}: 1.0.0" in done.out
    assert "backups" in done.out
    assert "the exports that the study is made from" in done.out
    assert all(len(line) <= 80 for line in done.out.splitlines())
    assert names_nobody(here, done.out)
    again = run(*WHOM, "--yes")
    assert again.code == 0
    assert "Nothing was left to purge" in again.out
    assert "older clone" in again.out
    assert names_nobody(here, again.out)


def test_programs_are_told_alike(here: Path, run: Callable[..., Any]) -> None:
    """Releases with their smallest classes, what is void, what is not reached."""
    done = run(*WHOM, "--date", "2026-04-10", "--yes", "--json")
    told = json.loads(done.out)
    assert (told["kind"], told["ground"], told["date"]) == ("participant", "withdrawal", "2026-04-10")
    assert [each["object"] for each in told["objects"]] == [PARTNERS, PUBLIC]
    (version,) = told["objects"][1]["versions"]
    assert version == {
        "version": "1.0.0", "k_before": 1, "k_after": 2, "k_wanted": 1, "fell": False, "below": False,
    }  # fmt: skip
    assert len(told["not_reached"]) == 4
    assert names_nobody(here, done.out)


def test_a_fallen_k_is_said(here: Path, run: Callable[..., Any]) -> None:
    """With what it was, and what to do where it is below what is demanded."""
    run(*WHOM, "--yes")
    toml = here / "study/study.toml"
    toml.write_text(toml.read_text().replace("\nk = 1\n", "\nk = 2\n"))
    done = run(*COMMAND, "--participant", "Q-105", "--ground", "law", "--yes")
    assert "1.0.0: k is 1 now, and was 2; 2 is demanded" in " ".join(done.out.split())


def test_nothing_is_done_before_somebody_agrees(
    here: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A no leaves archive and register as they were."""
    asked = []

    def no(words: str, **_: Any) -> bool:
        asked.append(words)
        raise typer.Abort

    monkeypatch.setattr("typer.confirm", no)
    assert run(*WHOM).code == 130
    assert asked == ["This cannot be undone. Purge 2 releases?"]
    assert tombstones(here / "archive", PUBLIC) == ()
    with open_register(here / "study/private", "public") as register:
        assert not register.purged()
        assert register.unfinished_purge() is None


def test_a_stopped_purge_goes_on(
    here: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --resume, which needs neither key nor ground."""

    def full(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(purging, "rewrite", full)
    assert run(*WHOM, "--yes").code == 130
    monkeypatch.undo()
    monkeypatch.chdir(here)
    other = run(*COMMAND, "--participant", "Q-101", "--ground", "law", "--yes")
    assert other.code == 2
    assert "--resume" in other.err
    done = run(*COMMAND, "--resume")
    assert done.code == 0
    assert f"Purged a participant from {PUBLIC}" in done.out
    (found,) = tombstones(here / "archive", PUBLIC)
    assert found.ground == "withdrawal"
    assert run(*COMMAND, "--resume").code == 2


def test_a_key_may_come_from_the_input(
    here: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it stays out of the shell's history."""
    monkeypatch.setattr("sys.stdin", io.StringIO("R-31\n"))
    done = run(*COMMAND, "--response", "-", "--ground", "leak", "--yes")
    assert (done.code, done.err) == (0, "")
    assert "Purged an answer" in done.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--ground", "law"), "one of --participant"),
        (("--participant", HER, "--response", "R-31", "--ground", "law"), "one of --participant"),
        (("--participant", HER, "--resume", "--ground", "law"), "one of --participant"),
        (("--participant", HER), "--ground is one of withdrawal, leak, law"),
        (("--participant", HER, "--ground", "spite"), "--ground is one of withdrawal, leak, law"),
        (("--participant", " ", "--ground", "law"), "blank"),
        (("--participant", "Q-999", "--ground", "law"), "knows no participant"),
        (("--spans", "nowhere.csv", "--ground", "leak"), "cannot be read (No such file or directory)"),
    ],
)
def test_wrong_use_is_told(
    here: Path, run: Callable[..., Any], arguments: tuple[str, ...], words: str
) -> None:
    """And nothing is changed."""
    done = run(*COMMAND, *arguments, "--yes")
    assert done.code == 2
    assert words in " ".join(done.err.split())
    assert "Q-999" not in done.err
    assert tombstones(here / "archive", PUBLIC) == ()
