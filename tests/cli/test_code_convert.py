"""`ppdarchive code convert`: exit codes, endings, lines that fit a terminal, JSON for programs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.test_convert import CODINGS, STUDY, write_coded

from ppdarchive.cli.code import convert
from ppdarchive.coding.formats import SUFFIXES, WRITERS

Run = Callable[..., Any]


@pytest.fixture
def coded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a coded study, beside which commands run."""
    monkeypatch.chdir(tmp_path)
    return write_coded(tmp_path / "s")


def fits(outcome: Any) -> bool:
    """Whether every line that was said has at most 80 characters."""
    return all(len(line) <= 80 for line in (outcome.out + outcome.err).splitlines())


def test_the_ending_says_the_format(coded: Path, run: Run) -> None:
    """A .qdpx is REFI-QDA, a .csv is CSV, a .qdc a codebook; the counts are of what is in it."""
    said = run("code", "convert", "s", "out.qdpx")
    assert (said.code, said.err) == (0, "")
    assert said.out == "wrote out.qdpx: 2 sources, 2 codes, 3 coders, 3 selections\n"
    assert run("code", "convert", "s", "OUT.QDC").out == "wrote OUT.QDC: 2 codes\n"
    written = run("code", "convert", "s", "out.csv", "--json")
    assert json.loads(written.out) == {
        "file": "out.csv", "format": "csv", "sources": 2, "codes": 2, "coders": 3, "selections": 3,
    }  # fmt: skip
    assert Path("out.csv").read_text().splitlines()[0] == "source,code,coder,start,end,stage"
    assert set(SUFFIXES.values()) < set(WRITERS)


def test_the_format_can_be_named(coded: Path, run: Run) -> None:
    """--format comes before the ending."""
    assert run("code", "convert", "s", "tags.csv", "--format", "taguette-codebook").code == 0
    assert "tag" in Path("tags.csv").read_text("utf-8-sig").splitlines()[0]


def test_a_stage_is_chosen_for_taguette(coded: Path, run: Run) -> None:
    """With both stages it asks for one, in lines that fit; with one it writes what Taguette opens."""
    asked = run("code", "convert", "s", "out.sqlite3")
    assert (asked.code, asked.out) == (2, "")
    assert "--stage" in asked.err
    assert not Path("out.sqlite3").exists()
    assert run("code", "convert", "s", "out.sqlite3", "--stage", "consensus").code == 0
    with closing(sqlite3.connect("out.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM highlights").fetchone() == (1,)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("out.docx",), "--format is one of"),
        (("out",), "--format is one of"),
        (("out.qdpx", "--format", "nvivo"), "--format is one of"),
        (("out.qdpx", "--stage", "both"), "--stage"),
        (("out.qdc", "--stage", "consensus"), "--stage"),
        (("out.qdpx", "--override", "k"), "--reason"),
        (("s/study.toml", "--format", "csv"), "there already"),
        (("none/out.qdpx",), "cannot"),
    ],
)
def test_wrong_use_is_told_and_writes_nothing(
    coded: Path, run: Run, listing: Run, arguments: tuple[str, ...], word: str
) -> None:
    """Exit code 2, before a pseudonym is drawn."""
    before = listing()
    outcome = run("code", "convert", "s", *arguments)
    assert (outcome.code, outcome.out, listing()) == (2, "", before)
    assert word in outcome.err
    assert "Traceback" not in outcome.err


def test_findings_and_the_gate_stop_it(coded: Path, run: Run) -> None:
    """Exit code 1 for findings, 3 for the gate; no file, and as JSON too."""
    write_coded(coded, codings=CODINGS.replace("bond", "bund"))
    assert run("code", "convert", "s", "out.qdpx").code == 1
    write_coded(coded, toml=STUDY.replace("\nk = 1\n", "\nk = 5\n"))
    refused = run("code", "convert", "s", "out.qdpx")
    assert (refused.code, refused.out) == (3, "")
    assert json.loads(run("code", "convert", "s", "out.qdpx", "--json").out)["error"] == "gate"
    assert {path.name for path in coded.parent.iterdir()} == {"s"}


def test_nothing_stays_when_it_is_stopped(coded: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C at the end of the way leaves nothing beside the study."""

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ppdarchive.coders.convert.write_project", stopped)
    assert run("code", "convert", "s", "out.qdpx").code == 130
    assert {path.name for path in coded.parent.iterdir()} == {"s"}


def test_help_has_examples(run: Run) -> None:
    """The help says which formats there are and how the command is called, in 80 columns."""
    said = run("code", "convert", "--help")
    assert said.code == 0
    assert "ppdarchive code convert my-study coded.qdpx" in said.out
    assert all(word in said.out.replace("\n", " ") for word in ("refi-qda", "--stage", "Exit code"))
    assert fits(said)
    assert convert.convert.__doc__
