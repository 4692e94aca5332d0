"""The log of an archive and what differs between releases: from released data, with no small count."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.archive.releases import DAYS, OBJECT, VERSIONS, reseal, store, templates

from ppdarchive.archive.history import diff, log_of, sections
from ppdarchive.changes import Changes, Entry, Level, changelog
from ppdarchive.errors import ArchiveError, LoadError, StoreError, UsageError

PACKAGES = [templates() / version for version in VERSIONS]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive of two releases."""
    return Path(shutil.copytree(templates() / "archive", tmp_path / "archive"))


def test_the_log_has_every_release(archive: Path) -> None:
    """The newest first, each with its day, what was raised, and what the changelog tells."""
    found = log_of(archive)
    assert found.object_id == OBJECT
    newest, first = found.releases
    assert (newest.name, newest.number, newest.published_on, newest.level) == (
        "1.1.0",
        2,
        DAYS[1],
        Level.MINOR,
    )
    assert (first.name, first.number, first.published_on, first.level) == ("1.0.0", 1, DAYS[0], None)
    assert first.lines == ("First release.",)
    assert "- `responses`: rows are others; counts are not told" in newest.lines
    assert (newest.marks, newest.tombstones, newest.signatures) == ((), (), ())


@pytest.mark.spoils_archive
def test_a_changed_changelog_is_not_told(archive: Path) -> None:
    """What the log tells is what was published."""
    path = archive / OBJECT / "v2/content/CHANGELOG.md"
    path.write_text(path.read_text().replace("First release", "Other words"))
    with pytest.raises(StoreError) as caught:
        log_of(archive)
    assert caught.value.code == "store.damaged"


def test_releases_without_a_changelog_are_logged(tmp_path: Path) -> None:
    """They are told by their numbers and days."""
    package = Path(shutil.copytree(PACKAGES[0], tmp_path / "package"))
    (package / "CHANGELOG.md").unlink()
    reseal(package)
    (found,) = log_of(store(tmp_path / "archive", [package])).releases
    assert (found.name, found.lines) == ("1.0.0", ())


def test_a_difference_is_the_same_from_archive_and_packages(archive: Path) -> None:
    """And both ways round: what was added one way was removed the other."""
    there = diff([archive, "1.0.0", "latest"])
    here = diff(PACKAGES)
    assert (there.before, there.after) == ("1.0.0", "1.1.0")
    assert there.changes == here.changes
    assert there.changes.level is Level.MINOR
    assert there.version == here.version == "1.1.0"
    assert there.changes.rows["participants"].added.n_rows == 1
    back = diff([archive, "v2", "v1"])
    assert back.changes.rows["participants"].removed.n_rows == 1
    assert back.version == "2.0.0"
    same = diff([archive, "1.0.0", "v1"])
    assert not same.changes
    assert same.version is None
    assert same.lines(min_cell=11) == ("No differences.",)


def test_no_count_of_few_is_told(archive: Path) -> None:
    """As the release's own changelog tells it, to the word; all counts for the study's own people."""
    found = diff([archive, "1.0.0", "1.1.0"])
    assert found.lines(min_cell=11) == log_of(archive).releases[0].lines
    assert not any("1 row" in line for line in found.lines(min_cell=11))
    assert "- `participants`: rows added (1 row)" in found.lines(min_cell=1)


@pytest.mark.spoils_archive
def test_what_was_changed_is_not_compared(archive: Path, tmp_path: Path) -> None:
    """A release is verified before it is compared with another."""
    path = archive / OBJECT / "v1/content/data/responses.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(LoadError) as caught:
        diff([archive, "1.0.0", "1.1.0"])
    assert caught.value.code == "load.changed"
    package = Path(shutil.copytree(PACKAGES[0], tmp_path / "package"))
    (package / "README.md").write_text("other words")
    with pytest.raises(LoadError):
        diff([package, PACKAGES[1]])


def test_what_makes_no_sense_is_refused(archive: Path) -> None:
    """Neither two packages nor an archive with two releases."""
    for where in ([archive, "1.0.0"], [archive, archive], [PACKAGES[0]]):
        with pytest.raises(UsageError):
            diff(where)
    with pytest.raises(StoreError) as refused:
        diff([PACKAGES[0], "1.0.0", "1.1.0"])
    assert refused.value.code == "store.not-found"
    with pytest.raises(ArchiveError):
        diff([archive, "1.0.0", "3.0.0"])


versions = st.builds("{}.{}.{}".format, *[st.integers(0, 99)] * 3)


@given(st.lists(versions, unique=True, max_size=5))
def test_every_section_is_found(names: list[str]) -> None:
    """Whatever versions a changelog has, each has its lines."""
    text = changelog([Entry(name, date(2026, 1, 1), Changes()) for name in names])
    assert sections(text) == dict.fromkeys(names, ("No differences.",))


@given(st.text())
def test_any_text_has_sections_or_none(text: str) -> None:
    """What is no changelog of ours is no error."""
    assert all(lines for lines in sections(text).values()) or "## " in text
