"""verify and repair: plain words in 80 columns, JSON, exit codes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.archive.releases import OBJECT, add_signature, templates

from ppdarchive.store.minisign import generate_key, public_key_text

pytestmark = pytest.mark.spoils_archive

Run = Callable[..., Any]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an archive of two releases, beside which commands run."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(templates() / "archive", tmp_path / "a"))


def fits(text: str) -> bool:
    """Whether every line has at most 80 characters."""
    return all(len(line) <= 80 for line in text.splitlines())


def test_a_good_archive_is_said_to_be_good(archive: Path, run: Run) -> None:
    """Each release in a line, unsigned ones are said to be, and the exit code is 0."""
    said = run("verify", "a")
    assert (said.code, said.err) == (0, "")
    assert "small~public 1.0.0 (2026-01-31): good, not signed" in said.out
    assert "Every file is as it was published, and every release is what it says." in said.out
    assert fits(said.out)
    assert "Every file is as it was published.\n" in run("verify", "a", "--fixity").out


def test_findings_are_told_and_give_1(archive: Path, run: Run) -> None:
    """A flipped byte: its code, its place, what to do; the same in JSON."""
    path = archive / OBJECT / "v1/content/README.md"
    path.write_bytes(b"X" + path.read_bytes()[1:])
    said = run("verify", "a")
    assert said.code == 1
    assert f"x E092 {OBJECT}/v1/content/README.md" in said.out
    assert "small~public 1.0.0 (2026-01-31): not good" in said.out
    assert "2 findings." in said.out
    assert fits(said.out)
    answered = run("verify", "a", "--json")
    assert answered.code == 1
    document = json.loads(answered.out)
    assert not document["valid"]
    assert {each["code"] for each in document["findings"]} == {"E092", "load.changed", "signature.unsigned"}
    assert [each["valid"] for each in document["releases"]] == [False, True]
    assert run("verify", "a", "--version", "1.1.0").code == 0


def test_a_key_is_asked_of_every_release(archive: Path, run: Run, tmp_path: Path) -> None:
    """Signed by a trusted key, by another, by nobody."""
    key = generate_key()
    (tmp_path / "lab.pub").write_text(public_key_text(key.public))
    add_signature(archive, 1, key)
    said = run("verify", "a", "--trust", "lab.pub")
    assert said.code == 1
    assert "signature.unsigned small~public 1.1.0" in said.out
    assert f"signed by {key.public.name}" in said.out
    assert "not trusted here (--trust)" in " ".join(run("verify", "a").out.split())
    add_signature(archive, 2, key)
    said = run("verify", "a", "--trust", "lab.pub", "--json")
    assert said.code == 0
    assert {each["signature"]["verdict"] for each in json.loads(said.out)["releases"]} == {"good"}


@pytest.mark.parametrize("command", ["verify", "repair"])
def test_wrong_use_gives_2(archive: Path, run: Run, command: str) -> None:
    """No archive, and no such object."""
    for arguments in (["nowhere"], ["a", "--study", "other"]):
        said = run(command, *arguments)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith("error: ")
        assert json.loads(run(command, *arguments, "--json").out)["error"].startswith(("store.", "archive."))
    assert run("verify", "a", "--version", "9.9.9").code == 2
    assert run("verify", "a", "--trust", "nowhere").code == 2


def test_repair_says_what_it_found(archive: Path, run: Run) -> None:
    """Nothing to do is said; a publish that stopped is finished, and told."""
    said = run("repair", "a")
    assert (said.code, said.out) == (0, "small~public: there was nothing to repair\n")
    folder = archive / OBJECT
    for name in ("inventory.json", "inventory.json.sha512"):
        shutil.copy(folder / "v1" / name, folder / name)
    assert "ppdarchive repair" in run("verify", "a").out
    said = run("repair", "a", "--json")
    assert said.code == 0
    (found,) = json.loads(said.out)["objects"]
    assert [each["kind"] for each in found["mended"]] == ["finished"]
    assert run("verify", "a").code == 0


def test_what_cannot_be_repaired_is_told(archive: Path, run: Run) -> None:
    """An object without any inventory gives 1, and others are repaired all the same."""
    shutil.copytree(archive / OBJECT, archive / "other~public")
    for path in (archive / "other~public").rglob("inventory.json"):
        path.unlink()
    (archive / OBJECT / "inventory.json.sha512").write_text("x")
    said = run("repair", "a")
    assert said.code == 1
    assert "other~public: the archive is damaged" in said.out
    assert "small~public: the sidecar of the inventory was written again for v2" in said.out
    assert fits(said.out)


def test_a_first_publish_that_never_ended_is_cleared(archive: Path, run: Run) -> None:
    """What was staged of an object that is not there yet is found too."""
    staged = archive / "extensions/ppdarchive/staging" / f"new~public.{'0' * 32}"
    (staged / "object").mkdir(parents=True)
    said = run("repair", "a")
    assert "new~public: what was staged and not put in place was removed" in said.out
    assert not staged.exists()


def test_what_was_not_looked_at_is_not_called_good(archive: Path, run: Run) -> None:
    """Of one release alone it is said that the rest was not looked at."""
    assert archive.is_dir()
    for more in ((), ("--fixity",)):
        last = run("verify", "a", "--version", "1.0.0", *more).out.splitlines()[-1]
        assert last == "What was chosen is as it was published; the rest was not looked at."
