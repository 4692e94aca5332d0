"""publish, sign and key: plain words in 80 columns, JSON, exit codes, and what stays as it was."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.test_publish import ANSWERS, PEOPLE, TOML, snapshot, write_small

Run = Callable[..., Any]
MORE = {
    "people": PEOPLE + "P-10005,Ida Holm,1992-05-06,,true,34\n",
    "answers": ANSWERS + "R-5,P-10005,a good coach\n",
}


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small study, beside which commands run."""
    monkeypatch.chdir(tmp_path)
    return write_small(tmp_path / "s")


def fits(text: str) -> bool:
    """Whether every line has at most 80 characters."""
    return all(len(line) <= 80 for line in text.splitlines())


def test_a_study_is_published_and_published_again(study: Path, run: Run) -> None:
    """What was done, the version, where it is, whether it is signed, and what changed, for people."""
    said = run("publish", "s", "--to", "a", "--date", "2026-01-31")
    assert (said.code, said.err) == (0, "")
    assert "published release 1.0.0\n  a: small~public, v1\n  unsigned\n  First release.\n" in said.out
    assert "left out for want of consent: 2 participants, 2 responses" in said.out
    assert fits(said.out)
    write_small(study, **MORE)
    words = ("--message", "the second month", "--user-name", "A lab", "--user-address", "https://example.org")
    said = run("publish", "s", "--to", "a", "--date", "2026-02-28", *words)
    assert said.code == 0
    assert "published release 1.1.0 after 1.0.0\n  a: small~public, v2\n" in said.out
    assert "`participants`: rows are others; counts are not told" in said.out
    assert fits(said.out)
    assert "Qvortrup" not in said.out
    inventory = json.loads((study.parent / "a/small~public/inventory.json").read_text())
    assert inventory["versions"]["v2"]["message"] == "Release 1.1.0: the second month"
    assert inventory["versions"]["v2"]["user"] == {"name": "A lab", "address": "https://example.org"}


def test_programs_get_the_exact_changes(study: Path, run: Run) -> None:
    """With --json the study's own people get every count, and where the release is."""
    found = json.loads(run("publish", "s", "--to", "a", "--date", "2026-01-31", "--json").out)
    assert (found["version"], found["last"], found["changes"]) == ("1.0.0", None, None)
    write_small(study, **MORE)
    found = json.loads(run("publish", "s", "--to", "a", "--date", "2026-02-28", "--json").out)
    assert (found["object"], found["number"], found["version"], found["last"]) == (
        *("small~public", 2, "1.1.0", "1.0.0"),
    )
    assert found["changes"]["rows"]["participants"]["rows.added"] == {"rows": 1, "participants": 1}
    assert found["changelog"].startswith("## 1.1.0 (2026-02-28)\n")
    assert (found["archive"], found["date"], found["signed_by"]) == ("a", "2026-02-28", None)


def test_the_version_can_be_raised(study: Path, run: Run) -> None:
    """--bump makes a release of nothing new; without it that is an error, and no release."""
    run("publish", "s", "--to", "a", "--date", "2026-01-31")
    before = snapshot(study.parent / "a")
    said = run("publish", "s", "--to", "a", "--date", "2026-02-28")
    assert said.code == 2
    assert said.err.startswith("error: a: nothing differs from release 1.0.0\n  There is nothing to publish")
    assert snapshot(study.parent / "a") == before
    assert (
        "published release 2.0.0 after 1.0.0"
        in run("publish", "s", "--to", "a", "--date", "2026-02-28", "--bump", "major").out
    )
    assert run("publish", "s", "--to", "a", "--bump", "huge").code == 2


def test_a_refusal_leaves_no_archive(study: Path, run: Run) -> None:
    """The gate's exit code is 3, of findings 1; then there is no archive, and no word of the data is told."""
    said = run("publish", "s", "--to", "a", "--message", "for Zyxwanda Qvortrup")
    assert said.code == 3
    assert "known-identifiers: the archive (the message): 1 known identifier" in said.err
    assert "Qvortrup" not in said.err
    write_small(study, people=PEOPLE + "P-10001,Twice,1992-05-06,,true,34\n")
    assert run("publish", "s", "--to", "a").code == 1
    assert run("publish", "s", "--to", "a", "--json").code == 1
    assert not (study.parent / "a").exists()


def test_the_command_that_a_refusal_names_makes_way_for_the_next_release(study: Path, run: Run) -> None:
    """A name found late: refused, its places listed, purged by the command as printed, and published."""
    toml = TOML + '\n[[known]]\npath = "exports/known.csv"\ncolumns = {thing = "NAME"}\n'
    write_small(study, toml=toml, answers=ANSWERS.replace("it was good", "the quillwort was good"))
    (study / "exports/known.csv").write_text("thing\nnobodyhere\n")
    assert run("publish", "s", "--to", "a", "--date", "2026-01-31").code == 0
    (study / "exports/known.csv").write_text("thing\nquillwort\n")
    said = run("publish", "s", "--to", "a", "--date", "2026-02-28")
    assert said.code == 3
    assert "redacts-more: responses.text" in said.err
    assert "quillwort" not in said.err
    command = said.err.split("`")[1]
    assert command == "ppdarchive purge a --study s --spans s/private/spans-2026-02-28.csv --ground leak"
    assert run(*command.split()[1:], "--yes").code == 0
    said = run("publish", "s", "--to", "a", "--date", "2026-02-28")
    assert (said.code, "published release 2.0.0 after 1.0.0" in said.out) == (0, True)
    for path in (study.parent / "a").rglob("*.csv"):
        assert "quillwort" not in path.read_text()
    assert run("verify", "a").code == 0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--user-address", "https://example.org"], "--user-address goes with --user-name"),
        (["--message", " "], "--message is blank"),
        (["--user-name", ""], "--user-name is blank"),
        (["--override", "consent", "--reason", "x"], "cannot be overridden"),
        (["--sign", "nowhere.key"], "No such file"),
        (["--date", "31 Jan"], "31 Jan"),
    ],
)
def test_wrong_use_is_told_before_any_work(study: Path, run: Run, arguments: list[str], reason: str) -> None:
    """Exit code 2, and nothing is made: not even a private folder."""
    said = run("publish", "s", "--to", "a", *arguments)
    assert said.code == 2
    assert reason in said.err
    assert not (study / "private").exists()
    assert not (study.parent / "a").exists()


def test_an_archive_must_be_named(study: Path, run: Run) -> None:
    """There is no archive by default."""
    assert run("publish", "s").code == 2


def test_a_release_is_signed_and_trusted(study: Path, run: Run) -> None:
    """From a new key to a reader who verifies; a later signature by another key stands beside the first."""
    said = run("key", "new", "lab.key", "--no-password")
    assert said.code == 0
    assert "wrote lab.key: keep it to yourself" in said.out
    name = json.loads(run("key", "new", "next.key", "--no-password", "--json").out)["key"]
    assert run("key", "trust", "keys.json", "lab.key.pub").code == 0
    said = run("publish", "s", "--to", "a", "--date", "2026-01-31", "--sign", "lab.key")
    assert "  signed by key " in said.out
    assert "good, signed by" in run("verify", "a", "--trust", "keys.json").out
    said = run(
        "sign", "a", "--key", "next.key", "--version", "1.0.0", "--signer", "A lab", "--date", "2026-02-01"
    )
    assert said.out == f"signed release 1.0.0 (v1) with key {name}\n"
    found = json.loads(run("sign", "a", "--key", "next.key", "--json").out)
    assert found == {"version": "1.0.0", "number": 1, "key": name}
    assert run("sign", "a", "--key", "next.key", "--version", "3.0.0").code == 2


def test_keys_are_rotated_and_revoked(study: Path, run: Run) -> None:
    """A successor, its predecessor revoked, and what each key is worth, in words and in JSON."""
    names = [
        json.loads(run("key", "new", f"{name}.key", "--no-password", "--json").out)["key"]
        for name in ("old", "new")
    ]
    assert run("key", "trust", "keys.json", "old.key.pub").out == f"{names[0]}: trusted in itself\n"
    said = run("key", "trust", "keys.json", "new.key.pub", "--by", "old.key").out
    assert f"{names[1]}: trusted, named a successor by {names[0]}" in said
    said = run("key", "revoke", "keys.json", names[0], "--reason", "the laptop was lost").out
    assert f"{names[0]}: revoked, since: the laptop was lost" in said
    found = {each["key"]: each for each in json.loads(run("key", "show", "keys.json", "--json").out)["keys"]}
    assert found[names[0]]["standing"] == "revoked"
    assert found[names[1]] == {
        "key": names[1],
        "standing": "unknown",
        "root": False,
        "endorsed_by": [names[0]],
        "revoked": None,
    }
    assert run("key", "show", "new.key.pub").out == f"{names[1]}: trusted in itself\n"
    assert run("key", "revoke", "keys.json", names[0], "--reason", " ").code == 2
    assert run("key", "revoke", "keys.json", "0" * 16, "--reason", "x").code == 2


def test_a_password_is_never_asked_where_nobody_sits(
    study: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a terminal the password comes from a file, of which the first line counts."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    said = run("key", "new", "lab.key")
    assert (said.code, "give --password-file" in said.err) == (2, True)
    (study.parent / "word").write_text("\nhush\n")
    said = run("key", "new", "lab.key", "--password-file", "word")
    assert (said.code, "is empty" in said.err) == (2, True)
    assert run("key", "new", "lab.key", "--password-file", "word", "--no-password").code == 2
    assert not (study.parent / "lab.key").exists()


@pytest.mark.parametrize("command", [["publish"], ["sign"], ["key"], ["key", "new"], ["key", "trust"]])
def test_every_command_says_how_it_is_called(run: Run, command: list[str]) -> None:
    """Its help has an example and fits a terminal."""
    said = run(*command, "--help")
    assert said.code == 0
    assert "Example:" in said.out
    assert fits(said.out)
