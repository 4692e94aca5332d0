"""log, show and diff: plain words in 80 columns, JSON, exit codes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.archive.releases import OBJECT, add_signature, store, templates

from ppdarchive.store.minisign import generate_key
from ppdarchive.store.records import Mark, Tombstone, put_mark, tombstone_path, tombstone_text

Run = Callable[..., Any]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an archive of two releases, beside which commands run."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(templates() / "archive", tmp_path / "a"))


def fits(text: str) -> bool:
    """Whether every line has at most 80 characters."""
    return all(len(line) <= 80 for line in text.splitlines())


def test_the_log_tells_releases_and_what_became_of_them(archive: Path, run: Run) -> None:
    """The newest first, with level, changelog, marks, removals and who is said to have signed."""
    key = generate_key()
    add_signature(archive, 2, key)
    put_mark(archive, OBJECT, Mark(1, "superseded", "Use 1.1.0.", date(2026, 3, 1)))
    path = archive / OBJECT / tombstone_path(1)
    path.parent.mkdir(parents=True)
    path.write_text(tombstone_text(Tombstone(1, "spans", (1,), date(2026, 3, 2), "leak")))
    said = run("log", "a")
    assert said.code == 0
    assert fits(said.out)
    assert said.out.index("1.1.0 (2026-02-28, minor), signed by") < said.out.index("1.0.0 (2026-01-31), not")
    assert key.public.name in said.out
    assert "superseded (2026-03-01): Use 1.1.0." in said.out
    assert "words removed on 2026-03-02, for a leak (removal 1)" in said.out
    assert "First release." in said.out
    first = json.loads(run("log", "a", "--json").out)["releases"][1]
    assert first["marks"] == [
        {"kind": "superseded", "reason": "Use 1.1.0.", "date": "2026-03-01", "by": None}
    ]
    assert first["removals"] == [{"number": 1, "kind": "spans", "ground": "leak", "date": "2026-03-02"}]
    assert first["changes"] == ["First release."]


def test_show_takes_archives_and_packages(archive: Path, run: Run) -> None:
    """The newest release unless another is named; marks stand beside it, and not on the error stream."""
    put_mark(archive, OBJECT, Mark(1, "erratum", "Ages were off by one.", date(2026, 3, 1)))
    assert "A small study (small 1.1.0)" in run("show", "a").out
    said = run("show", "a", "--version", "1.0.0")
    assert (said.code, said.err) == (0, "")
    assert "has an erratum (2026-03-01): Ages were off by one." in said.out
    assert fits(said.out)
    assert json.loads(run("show", "a", "--version", "v1", "--json").out)["marks"][0]["kind"] == "erratum"
    package = run("show", str(templates() / "1.0.0"), "--json")
    assert set(json.loads(package.out)) == {"name", "title", "version", "tables"}
    assert run("show", "a", "--version", "7.0.0").code == 2


def test_a_study_is_no_package_and_a_package_no_other_study(archive: Path, run: Run) -> None:
    """A study's folder has a descriptor too, and is told from a package; no study is taken for another."""
    study, package = str(templates() / "study"), str(templates() / "1.0.0")
    for arguments in (("show", study), ("convert", study, "out")):
        said = run(*arguments)
        assert (said.code, said.out) == (2, "")
        assert "this is a study's folder" in said.err
    assert run("show", package, "--study", "small").code == 0
    said = run("show", package, "--study", "other")
    assert (said.code, said.out) == (2, "")
    assert "a release of study 'small', and not of 'other'" in said.err


def test_diff_tells_no_small_count_unless_asked(archive: Path, run: Run) -> None:
    """One participant more is told as the changelog tells it; the study's own people may see the count."""
    said = run("diff", "a", "1.0.0", "latest")
    assert said.code == 0
    assert "1.0.0 -> 1.1.0: minor, which makes 1.1.0" in said.out
    assert "counts are not told" in said.out
    assert fits(said.out)
    exact = run("diff", "a", "1.0.0", "1.1.0", "--exact")
    assert "rows added (1 row)" in exact.out
    packages = [str(templates() / version) for version in ("1.0.0", "1.1.0")]
    public = json.loads(run("diff", *packages, "--json").out)
    assert public["rows"] == {"participants": None, "responses": None}
    own = json.loads(run("diff", *packages, "--json", "--exact").out)
    assert own["rows"]["participants"]["rows.added"]["rows"] == 1
    assert "no difference" in run("diff", "a", "v1", "1.0.0").out


def test_wrong_use_gives_2(archive: Path, run: Run) -> None:
    """Neither an archive with two releases nor two packages; no such release; several objects."""
    package = str(templates() / "1.0.0")
    for arguments in (["a", "1.0.0"], ["a", package], [package, "1.0.0", "1.1.0"], [package, "nowhere"]):
        said = run("diff", *arguments)
        assert (said.code, said.out) == (2, ""), arguments
    for nowhere in ("nowhere", package):
        said = run("diff", nowhere, "1.0.0", "1.1.0")
        assert (said.code, "there is no archive here" in said.err) == (2, True)
    assert run("diff", "a", "1.0.0", "7.0.0").code == 2
    assert run("log", "nowhere").code == 2
    store(archive, [templates() / "1.0.0"], name="small~partners")
    said = run("log", "a")
    assert said.code == 2
    assert "small~partners, small~public" in said.err
    assert run("log", "a", "--audience", "public").code == 0
    assert run("diff", "a", "1.0.0", "1.1.0", "--audience", "public").code == 0
