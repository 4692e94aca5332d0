"""What a crash has left is finished or taken back, told, and then nothing is left to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.inventory import NAME, SIDECAR
from ppdarchive.store.publishing import publish
from ppdarchive.store.reading import head
from ppdarchive.store.repair import Mended, repair
from ppdarchive.store.verify import verify

OBJECT = "study~public"
CREATED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive with one object of two versions."""
    folder = tmp_path / "package"
    (folder / "data").mkdir(parents=True)
    for text in ("one", "two"):
        (folder / "a.txt").write_text(text)
        (folder / "data" / "b.txt").write_text("same")
        publish(tmp_path / "archive", OBJECT, folder, created=CREATED)
    return tmp_path / "archive"


def unfinish(archive: Path) -> None:
    """Put the object back to the instant when its second version's folder was moved in."""
    for name in (NAME, SIDECAR):
        shutil.copy(archive / OBJECT / "v1" / name, archive / OBJECT / name)


def repaired(archive: Path) -> tuple[Mended, ...]:
    """What repair says; afterwards the archive is valid, and a second one says nothing."""
    found = repair(archive, OBJECT)
    assert repair(archive, OBJECT) == ()
    assert [problem for problem in verify(archive, fixity=True) if problem.severity == "error"] == []
    assert head(archive, OBJECT).is_settled
    return found


def test_a_whole_archive_is_left_alone(archive: Path) -> None:
    """Nothing is found, and not a byte or a time changes."""
    before = {path: path.stat().st_mtime_ns for path in (archive / OBJECT).rglob("*")}
    assert repaired(archive) == ()
    assert {path: path.stat().st_mtime_ns for path in (archive / OBJECT).rglob("*")} == before


def test_a_whole_version_is_finished(archive: Path) -> None:
    """A version whose every byte is there becomes the newest."""
    before = (archive / OBJECT / NAME).read_bytes()
    unfinish(archive)
    (found,) = repaired(archive)
    assert found == Mended("finished", 2)
    assert found.text == "v2 was begun and whole: it was finished"
    assert (archive / OBJECT / NAME).read_bytes() == before


def flip(own: Path) -> None:
    """Change one byte of content."""
    (own / "content" / "a.txt").write_text("twO")


def lose(own: Path) -> None:
    """Lose a file of the content."""
    (own / "content" / "a.txt").unlink()


def add(own: Path) -> None:
    """Add a file that the inventory has not."""
    (own / "content" / "more.txt").write_text("more")


def add_folder(own: Path) -> None:
    """Add an empty folder."""
    (own / "content" / "more").mkdir()


def replace_by_link(own: Path) -> None:
    """Put a link in a file's place."""
    (own / "content" / "a.txt").rename(own.parents[2] / "away")
    (own / "content" / "a.txt").symlink_to(own.parents[2] / "away")


def cut(own: Path) -> None:
    """Cut the inventory short."""
    (own / NAME).write_bytes((own / NAME).read_bytes()[:100])


def unseal(own: Path) -> None:
    """Lose the sidecar."""
    (own / SIDECAR).unlink()


@pytest.mark.parametrize("spoil", [flip, lose, add, add_folder, replace_by_link, cut, unseal])
def test_a_version_that_is_not_whole_is_taken_back(archive: Path, spoil: Callable[[Path], None]) -> None:
    """Whatever is missing, changed or too much, the version before is the newest, and nothing is left."""
    unfinish(archive)
    spoil(archive / OBJECT / "v2")
    assert repaired(archive) == (Mended("taken-back", 2),)
    assert head(archive, OBJECT).number == 1
    assert not (archive / OBJECT / "v2").exists()
    assert [path.name for path in (archive / layout.LEFTOVERS).iterdir()] == [".keep"]


def test_a_version_that_does_not_follow_is_taken_back(archive: Path) -> None:
    """A folder with another number than the next is not finished."""
    unfinish(archive)
    (archive / OBJECT / "v2").rename(archive / OBJECT / "v3")
    assert repaired(archive) == (Mended("taken-back", 3),)


def test_a_sidecar_that_is_behind_is_written_again(archive: Path) -> None:
    """Between inventory and sidecar, only the sidecar is missing."""
    shutil.copy(archive / OBJECT / "v1" / SIDECAR, archive / OBJECT / SIDECAR)
    assert repaired(archive) == (Mended("sidecar", 2),)


@pytest.mark.spoils_archive
def test_a_damaged_inventory_is_restored_from_its_copy(archive: Path) -> None:
    """And the copy from the inventory; if both are damaged nothing is touched."""
    for folder, kind in ((archive / OBJECT, "inventory"), (archive / OBJECT / "v2", "copy")):
        (folder / NAME).write_bytes((folder / NAME).read_bytes()[:100])
        assert [found.kind for found in repaired(archive)] == [kind]
    for folder in (archive / OBJECT, archive / OBJECT / "v2"):
        (folder / NAME).write_text("{}")
    with pytest.raises(StoreError, match="no inventory of its newest version"):
        repair(archive, OBJECT)
    assert (archive / OBJECT / "v2" / "content" / "a.txt").exists()


def test_leftovers_are_removed(archive: Path) -> None:
    """What a killed publisher has staged for this object goes; another object's stays."""
    mine = archive / layout.STAGING / f"{OBJECT}.{'0' * 32}"
    other = archive / layout.STAGING / f"study~partners.{'0' * 32}"
    for path in (mine, other):
        (path / "v3" / "content").mkdir(parents=True)
        (path / "v3" / "content" / "a.txt").write_text("three")
    assert repaired(archive) == (Mended("leftovers"),)
    assert not mine.exists()
    assert other.exists()


def test_an_object_that_never_was_leaves_its_leftovers(archive: Path) -> None:
    """A first publish that was killed is swept away too."""
    (archive / layout.STAGING / f"study~partners.{'0' * 32}").mkdir()
    assert repair(archive, "study~partners") == (Mended("leftovers"),)
    assert repair(archive, "study~partners") == ()


@pytest.mark.spoils_archive
def test_damaged_content_of_an_acknowledged_version_is_left_alone(archive: Path) -> None:
    """Repair takes nothing back that was ever the newest."""
    (archive / OBJECT / "v2" / "content" / "a.txt").write_text("twO")
    assert repair(archive, OBJECT) == ()
    assert (archive / OBJECT / "v2" / "content" / "a.txt").read_text() == "twO"


def test_where_no_archive_is_nothing_is_made(tmp_path: Path) -> None:
    """Repair makes no archive of any folder."""
    with pytest.raises(StoreError, match="no archive here"):
        repair(tmp_path, OBJECT)
    assert list(tmp_path.iterdir()) == []
