"""`code agreement` on a screen of 80 columns, as JSON and as a page: figures, never a name."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
NAMES = {"coder_1": "Wilhelmina Ortega", "coder_2": "Aurelio Vandersteen"}


@pytest.fixture(scope="module")
def named(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the example study with coders whose ids are their names."""
    folder = tmp_path_factory.mktemp("named") / "study"
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("private"))
    for file in ("exports/coders.csv", "exports/codings.csv", "study.toml"):
        text = (folder / file).read_text()
        for coder, name in NAMES.items():
            text = re.sub(rf"\b{coder}\b(?!\.)", name, text)
        (folder / file).write_text(text)
    return folder


def known(study: Path) -> set[str]:
    """What identifies people in the study: what was planted, in and beside the answers, and who coded."""
    found: set[str] = set()
    for key in (study / "key").glob("planted_*.csv"):
        with key.open(encoding="utf-8", newline="") as file:
            found |= {row["text"] for row in csv.DictReader(file)}
    with (study / "exports/contacts.csv").open(encoding="utf-8", newline="") as file:
        found |= {value for row in csv.DictReader(file) for value in row.values() if value}
    # Short ones are words as well: May, Joy, Hope.
    return {each for each in found if len(each) > 6} | {
        *NAMES.values(),
        "Wilhelmina",
        "Vandersteen",
        "Ortega",
    }


def test_nothing_that_identifies_is_told(named: Path, tmp_path: Path, run: Run) -> None:
    """The canary: neither page, screen nor JSON has a planted identifier, a contact, or a coder's name."""
    path = tmp_path / "agreement.html"
    screen = run("code", "agreement", str(named), "--html", str(path), "--replicates", "20")
    assert screen.code == 0
    document = run("code", "agreement", str(named), "--json", "--replicates", "20")
    page = path.read_text()
    assert "<mark>" in page
    for text in (screen.out, screen.err, document.out, document.err, page):
        assert [each for each in known(named) if re.search(rf"\b{re.escape(each)}\b", text)] == []
    assert path.stat().st_mode & 0o077 == 0


def test_the_screen_has_80_columns(example: Path, run: Run) -> None:
    """Overall at both levels, by question, theme and code, the lowest first, with intervals."""
    told = run("code", "agreement", str(example), "--replicates", "50")
    assert (told.code, told.err) == (0, "")
    assert all(len(line) <= 80 for line in told.out.splitlines())
    assert re.search(
        r"^all text +580 +0\.98 +0\.79 +0\.79 +0\.\d\d to 0\.\d\d +0\.71$", told.out, re.MULTILINE
    )
    assert re.search(r"^coded part +580", told.out, re.MULTILINE)
    codes = told.out.split("the lowest alpha first\n")[1].splitlines()
    assert codes[0].startswith("not_helpful ")
    assert "coder_1" not in told.out


def test_json_has_everything(example: Path, run: Run) -> None:
    """Every coefficient of every row, at both levels, with its interval; undefined is null with a reason."""
    told = run("code", "agreement", str(example), "--json", "--replicates", "20", "--seed", "3")
    document = json.loads(told.out)
    assert document["coders"] == ["A", "B"]
    assert document["intervals"] == {"confidence": 0.95, "replicates": 20, "seed": 3}
    assert len(document["all_text"]["codes"]) == len(document["characters"]["codes"]) == 37
    assert document["all_text"]["lowest"][0] == "not_helpful"

    def coefficients(value: Any) -> list[dict[str, Any]]:
        if isinstance(value, dict):
            own = [value] if "undefined_draws" in value else []
            return own + [each for inner in value.values() for each in coefficients(inner)]
        return [each for inner in value for each in coefficients(inner)] if isinstance(value, list) else []

    found = coefficients(document)
    assert len(found) > 500
    assert all((each["value"] is None) == bool(each["reason"]) for each in found)


def test_letters_are_explained_on_this_screen_only(example: Path, run: Run) -> None:
    """`--show-values` says whom a letter stands for; not to programs."""
    quick = ("--replicates", "0", "--no-characters")
    told = run("code", "agreement", str(example), "--show-values", *quick)
    assert "coder A: coder_1" in told.out
    assert run("code", "agreement", str(example), "--show-values", "--json", *quick).code == 2


def test_the_page_is_a_new_file(example: Path, tmp_path: Path, run: Run) -> None:
    """A page that is there already stays as it is."""
    path = tmp_path / "agreement.html"
    path.write_text("mine")
    told = run("code", "agreement", str(example), "--html", str(path), "--replicates", "0", "--no-characters")
    assert told.code == 2
    assert "already" in told.err
    assert path.read_text() == "mine"


def test_wrong_words_and_one_coder_are_told(example: Path, tmp_path: Path, run: Run) -> None:
    """What cannot be is said with exit code 2, without a name."""
    assert run("code", "agreement", str(example), "--seen", "some").code == 2
    folder = tmp_path / "study"
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("private"))
    path = folder / "exports/codings.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "coder_2" not in line))
    toml = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(
        re.sub(r'\[\[coding\]\]\npath = "exports/coder_2.*?(?=\[\[known)', "", toml, flags=re.DOTALL)
    )
    told = run("code", "agreement", str(folder))
    assert (told.code, told.out) == (2, "")
    assert "only one coder coded independently" in " ".join(told.err.split())
    assert "coder_1" not in told.err


def test_findings_come_first(faulty: Path, run: Run) -> None:
    """Data with findings are not counted: exit code 1, and what is wrong."""
    told = run("code", "agreement", str(faulty))
    assert told.code == 1
    assert "broken in" in told.out


def test_what_is_undefined_is_said_on_the_screen(example: Path, tmp_path: Path, run: Run) -> None:
    """A code that nobody used has dashes, the reason below, and is a finding on the codebook."""
    folder = tmp_path / "study"
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("private"))
    with (folder / "exports/codes.csv").open("a", encoding="utf-8") as file:
        file.write("never_used_by_anybody_at_all_ever,Never,,\n")
    told = run("code", "agreement", str(folder), "--replicates", "0")
    assert (told.code, told.err) == (0, "")
    assert all(len(line) <= 80 for line in told.out.splitlines())
    assert re.search(r"^never_used_by_anybody_at_all… +0 +1\.00 +– +– +–$", told.out, re.MULTILINE)
    words = " ".join(told.out.split())
    assert "– is undefined, neither 0 nor 1:" in words
    assert "Krippendorff's alpha, all text: no variation" in words
    assert "codes.never-used: code never_used_by_anybody_at_all_ever was never used" in words


def test_gamma_needs_its_package(example: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where gamma is asked for and cannot be computed, it is said what to install."""
    monkeypatch.setattr("ppdarchive.agreement.gamma._LIBRARY", "no-such-package")
    monkeypatch.setitem(sys.modules, "pygamma_agreement", None)
    told = run("code", "agreement", str(example), "--gamma", "--replicates", "0", "--no-characters")
    assert told.code == 2
    assert "no-such-package" in told.err
