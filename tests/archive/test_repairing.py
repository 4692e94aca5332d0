"""Every object of an archive is repaired, whatever keeps one of them from it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.archive.releases import OBJECT, store, templates

from ppdarchive.archive.repairing import repair_archive
from ppdarchive.archive.verifying import verify_archive
from ppdarchive.errors import ArchiveError, StoreError
from ppdarchive.store import layout
from ppdarchive.store.files import LOCAL
from ppdarchive.store.lock import hold
from ppdarchive.store.publishing import make_root


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive of two objects."""
    copied = Path(shutil.copytree(templates() / "archive", tmp_path / "archive"))
    return store(copied, [templates() / "1.0.0"], name="small~partners")


def spoil(archive: Path, name: str) -> None:
    """Take the sidecar's words away, as a crash before its rename would leave them."""
    (archive / name / "inventory.json.sha512").write_text("x")


def test_nothing_to_do_is_said_of_each(archive: Path) -> None:
    """All objects, or those of one audience."""
    found = repair_archive(archive)
    assert [(each.object_id, each.mended, each.problem) for each in found] == [
        ("small~partners", (), None),
        (OBJECT, (), None),
    ]
    assert [each.object_id for each in repair_archive(archive, audience="public")] == [OBJECT]
    with pytest.raises(ArchiveError) as caught:
        repair_archive(archive, study="other")
    assert "small~partners, small~public" in str(caught.value)


def test_what_keeps_one_keeps_no_other(archive: Path) -> None:
    """One is being changed by somebody: that is told, and the other is mended."""
    for name in ("small~partners", OBJECT):
        spoil(archive, name)
    with hold(LOCAL, archive, "small~partners"):
        one, other = repair_archive(archive, patience=0)
    assert one.problem is not None
    assert one.problem.code == "store.locked"
    assert [each.kind for each in other.mended] == ["sidecar"]
    assert [each.kind for found in repair_archive(archive) for each in found.mended] == ["sidecar"]
    assert {each.code for each in verify_archive(archive, audience="public").findings} == {
        "signature.unsigned"
    }


def test_an_archive_without_releases_needs_nothing(tmp_path: Path) -> None:
    """It is an archive all the same; a folder that is none is refused."""
    make_root(tmp_path / "archive")
    assert repair_archive(tmp_path / "archive") == ()
    with pytest.raises(StoreError) as caught:
        repair_archive(tmp_path)
    assert caught.value.code == "store.not-found"


def test_foreign_names_are_left_alone(archive: Path) -> None:
    """What lies among what is staged and names no object is nobody's business here."""
    strange = archive / layout.STAGING / "..not an object"
    strange.mkdir()
    assert len(repair_archive(archive)) == 2
    assert strange.is_dir()
