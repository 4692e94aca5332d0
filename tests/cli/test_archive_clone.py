"""clone: what was copied is said, in words and JSON; what cannot be copied gives 2."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.archive.releases import OBJECT, templates

from ppdarchive.store.records import Tombstone
from ppdarchive.store.rewriting import rewrite

Run = Callable[..., Any]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an archive of two releases, beside which commands run."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(templates() / "archive", tmp_path / "a"))


def test_what_was_copied_is_said(archive: Path, run: Run) -> None:
    """Versions, then nothing, then a mark, then a file that was damaged; the copy verifies."""
    first = run("clone", "a", "b")
    assert (first.code, first.err) == (0, "")
    assert f"{OBJECT}: v1 to v2 copied (" in first.out
    assert "all 2 versions, and every byte of them is right" in " ".join(run("clone", "a", "b").out.split())
    run("mark", "a", "1.0.0", "--date", "2026-03-01", "--erratum", "--reason", "No unit.")
    file = next(archive.parent.glob(f"b/{OBJECT}/v1/content/data/*.parquet"))
    file.write_bytes(b"damaged")
    said = json.loads(run("clone", "a", "b", "--json").out)
    (found,) = said["objects"]
    assert (said["source"], said["target"]) == ("a", "b")
    assert (found["object"], found["copied"], found["mended"], found["records"]) == (OBJECT, [], 1, 1)
    assert run("verify", "b", "--fixity").code == 0


def test_a_purge_that_reaches_the_copy_is_said(archive: Path, run: Run) -> None:
    """And that nothing of the old is left there."""
    run("clone", "a", "b")
    stone = Tombstone(0, "response", (), date(2026, 4, 1), "withdrawal")
    rewrite(archive, OBJECT, {1: templates() / "1.1.0"}, stone)
    said = run("clone", "a", "b")
    assert said.code == 0
    assert "the archive was purged, and so was the copy" in " ".join(said.out.split())
    assert json.loads(run("clone", "a", "b", "--json").out)["objects"][0]["purged"] is False


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("a", "a", "cannot be copied to itself"),
        ("nowhere", "b", "there is no archive here"),
        ("a", "gs://bucket/b", "s3://BUCKET/PREFIX"),
    ],
)
def test_what_cannot_be_copied_gives_2(archive: Path, run: Run, source: str, target: str, words: str) -> None:
    """With a reason, and nothing is written."""
    before = sorted(archive.parent.rglob("*"))
    said = run("clone", source, target)
    assert (said.code, said.out) == (2, "")
    assert words in " ".join(said.err.split())
    assert sorted(archive.parent.rglob("*")) == before
