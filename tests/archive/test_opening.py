"""Which object and which release is meant, and a release's files as a folder."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.archive.releases import DAYS, OBJECT, VERSIONS, store, templates

from ppdarchive.archive.opening import (
    is_archive,
    object_ids,
    open_object,
    read_member,
    release_folder,
)
from ppdarchive.errors import ArchiveError, StoreError
from ppdarchive.store.publishing import make_root

PACKAGES = [templates() / version for version in VERSIONS]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive of two releases."""
    return Path(shutil.copytree(templates() / "archive", tmp_path / "archive"))


def test_one_object_need_not_be_named(archive: Path) -> None:
    """Its releases are told by their numbers, versions and days."""
    opened = open_object(archive)
    assert (opened.id, opened.is_here) == (OBJECT, True)
    assert [(each.number, each.name, each.created_on) for each in opened.releases] == [
        (1, "1.0.0", DAYS[0]),
        (2, "1.1.0", DAYS[1]),
    ]
    for name in ("latest", "1.1.0", "v2"):
        assert opened.release(name).number == 2
    assert repr(opened) == f"<OpenedObject {OBJECT}: 2 versions>"


@pytest.mark.parametrize("name", ["", "1", "1.1", "v0", "v3", "V1", "1.1.0 ", ">=1", "latest "])
def test_a_release_that_is_none_is_told_the_choices(archive: Path, name: str) -> None:
    """Only whole names are meant."""
    with pytest.raises(ArchiveError) as caught:
        open_object(archive).release(name)
    assert caught.value.code == "archive.no-such-release"
    assert "1.0.0, 1.1.0" in str(caught.value)


def test_of_several_objects_one_has_to_be_chosen(archive: Path) -> None:
    """By study, by audience or by both; a wrong choice is told the right ones."""
    store(archive, PACKAGES[:1], name="small~partners")
    store(archive, PACKAGES[:1], name="other~public")
    with pytest.raises(ArchiveError) as caught:
        open_object(archive)
    assert caught.value.code == "archive.several-objects"
    assert "other~public, small~partners, small~public" in str(caught.value)
    with pytest.raises(ArchiveError) as caught:
        open_object(archive, study="small")
    assert "small~partners, small~public" in str(caught.value)
    assert open_object(archive, study="other").id == "other~public"
    assert open_object(archive, study="small", audience="partners").id == "small~partners"
    assert object_ids(archive, audience="public")[2] == ("other~public", "small~public")
    with pytest.raises(ArchiveError) as caught:
        open_object(archive, study="third")
    assert caught.value.code == "archive.no-such-object"


def test_an_archive_without_a_release_is_said_to_be_empty(tmp_path: Path) -> None:
    """It is an archive, and nothing is in it."""
    make_root(tmp_path / "archive")
    assert is_archive(tmp_path / "archive")
    assert not is_archive(tmp_path)
    assert not is_archive(PACKAGES[0])
    with pytest.raises(ArchiveError) as caught:
        open_object(tmp_path / "archive")
    assert caught.value.code == "archive.empty"


def test_a_whole_version_is_its_own_folder(archive: Path) -> None:
    """Nothing is copied."""
    with release_folder(open_object(archive), 1) as folder:
        assert folder == archive / OBJECT / "v1/content"


def test_shared_bytes_are_put_together(tmp_path: Path) -> None:
    """In a folder for its owner alone, near where it is wanted, that goes."""
    opened = open_object(store(tmp_path / "archive", PACKAGES, dedupe=True))
    near = tmp_path / "near"
    near.mkdir()
    with release_folder(opened, 2, near=near) as folder:
        assert folder.parent == near
        assert folder.stat().st_mode & 0o077 == 0
        files = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
        assert files == {path.relative_to(PACKAGES[1]) for path in PACKAGES[1].rglob("*") if path.is_file()}
        assert all((folder / path).read_bytes() == (PACKAGES[1] / path).read_bytes() for path in files)
    assert not list(near.iterdir())


@pytest.mark.spoils_archive
def test_changed_bytes_are_not_put_together(tmp_path: Path) -> None:
    """Each file is held against its digest while it is copied; nothing is left."""
    opened = open_object(store(tmp_path / "archive", PACKAGES, dedupe=True))
    path = tmp_path / "archive" / OBJECT / "v1/content/LICENSE"
    path.write_bytes(path.read_bytes() + b"x")
    (tmp_path / "near").mkdir()
    with pytest.raises(StoreError) as caught, release_folder(opened, 2, near=tmp_path / "near"):
        pass
    assert caught.value.code == "store.damaged"
    assert not list((tmp_path / "near").iterdir())


@pytest.mark.spoils_archive
def test_a_member_is_read_whole_or_not_at_all(archive: Path) -> None:
    """One that is not there is none; one that is another file, or too long, is refused."""
    opened = open_object(archive)
    assert read_member(opened, 1, "README.md", limit=10**6) == (PACKAGES[0] / "README.md").read_bytes()
    assert read_member(opened, 1, "no/such.file", limit=10**6) is None
    with pytest.raises(StoreError):
        read_member(opened, 1, "README.md", limit=10)
    (archive / OBJECT / "v1/content/README.md").write_text("x")
    with pytest.raises(StoreError) as caught:
        read_member(opened, 1, "README.md", limit=10**6)
    assert caught.value.code == "store.damaged"


@given(st.text(max_size=12))
def test_any_name_is_a_release_or_refused(name: str) -> None:
    """Nothing else than our own error, whatever is asked for."""
    opened = open_object(templates() / "archive")
    number = 0
    with contextlib.suppress(ArchiveError):
        number = opened.release(name).number
    assert (number > 0) == (name in ("latest", "1.0.0", "1.1.0", "v1", "v2"))
