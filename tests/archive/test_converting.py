"""Releases out of an archive and back: the same bytes each time, refused if any was changed."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import bagit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.archive.releases import DAYS, OBJECT, VERSIONS, store, templates

from ppdarchive.archive.converting import Target, convert
from ppdarchive.archive.marking import mark_release
from ppdarchive.errors import ArchiveError, PpdArchiveError
from ppdarchive.loading import load
from ppdarchive.transfer.zipped import to_zip

TARGETS: tuple[Target, ...] = ("folder", "zip", "bag")
NAMES = {"folder": "release", "zip": "release.zip", "bag": "release-bag"}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive of two releases."""
    return Path(shutil.copytree(templates() / "archive", tmp_path / "archive"))


def everything(path: Path) -> dict[str, tuple[bytes | None, int, int]]:
    """Bytes, time and mode of a file, or of all in a folder."""
    return {
        each.relative_to(path).as_posix(): (
            each.read_bytes() if each.is_file() else None,
            each.stat().st_mtime_ns,
            each.stat().st_mode,
        )
        for each in sorted([path, *path.rglob("*")])
    }


def bytes_of(folder: Path) -> dict[str, bytes]:
    """The files of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("to", TARGETS)
@pytest.mark.parametrize("source", ["archive", "shared", "package"])
def test_what_is_converted_comes_back(archive: Path, tmp_path: Path, to: Target, source: str) -> None:
    """From an archive, one whose releases share bytes, and a package: the same bytes, which load."""
    origin = archive
    if source == "shared":
        origin = store(tmp_path / "shared", [templates() / each for each in VERSIONS], dedupe=True)
    if source == "package":
        origin = templates() / "1.1.0"
    done = convert(origin, tmp_path / NAMES[to], to=to)
    package = bytes_of(templates() / "1.1.0")
    assert (done.n_files, done.n_bytes) == (len(package), sum(map(len, package.values())))
    convert(tmp_path / NAMES[to], tmp_path / "back", to="folder")
    assert bytes_of(tmp_path / "back") == package
    assert load(tmp_path / "back").version == "1.1.0"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("to", TARGETS)
def test_it_is_the_same_each_time(archive: Path, tmp_path: Path, to: Target) -> None:
    """Bytes, times and modes; the time is the release's day."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        convert(archive, tmp_path / name / NAMES[to], to=to, version="1.0.0")
    one, two = (everything(tmp_path / name / NAMES[to]) for name in ("one", "two"))
    assert one == two
    assert {moment for _, moment, _ in one.values()} == {1_769_817_600 * 10**9}
    assert DAYS[0].isoformat() == "2026-01-31"


def test_bagit_validates_the_bag(archive: Path, tmp_path: Path) -> None:
    """The reference implementation finds nothing wrong, and knows what it is."""
    convert(archive, tmp_path / "bag", to="bag", version="1.0.0")
    bag = bagit.Bag(str(tmp_path / "bag"))
    bag.validate()
    assert bag.info["External-Identifier"] == f"{OBJECT} 1.0.0"
    assert bag.info["Bagging-Date"] == "2026-01-31"


def test_unzip_tests_the_zip(archive: Path, tmp_path: Path) -> None:
    """Another program reads it; where there is none, Python's own."""
    convert(archive, tmp_path / "release.zip", to="zip")
    with zipfile.ZipFile(tmp_path / "release.zip") as found:
        assert found.testzip() is None
    if shutil.which("unzip"):
        subprocess.run(["unzip", "-tq", tmp_path / "release.zip"], check=True, capture_output=True)


def test_a_bag_in_a_zip_is_taken(archive: Path, tmp_path: Path) -> None:
    """As repositories hand them out: a ZIP with one folder, a bag."""
    convert(archive, tmp_path / "bag", to="bag")
    to_zip(tmp_path / "bag", tmp_path / "bag.zip", released_on=DAYS[1], top="small-1.1.0")
    convert(tmp_path / "bag.zip", tmp_path / "back", to="folder")
    assert bytes_of(tmp_path / "back") == bytes_of(templates() / "1.1.0")


def test_what_was_withdrawn_is_taken_only_by_its_name(archive: Path, tmp_path: Path) -> None:
    """The newest is the newest that may be used; whoever names another is told what is said of it."""
    mark_release(archive, "1.1.0", "withdrawn", "Do not use.", on=DAYS[1])
    assert convert(archive, tmp_path / "one", to="folder").name == f"{OBJECT} 1.0.0"
    named = convert(archive, tmp_path / "two", to="folder", version="1.1.0")
    assert [each.reason for each in named.marks] == ["Do not use."]
    mark_release(archive, "1.0.0", "withdrawn", "Do not use.", on=DAYS[1])
    with pytest.raises(ArchiveError) as caught:
        convert(archive, tmp_path / "three", to="folder")
    assert "all withdrawn from use" in str(caught.value)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a byte": lambda path: path.write_bytes(b"X" + path.read_bytes()[1:]),
    "the end": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "gone": lambda path: path.unlink(),
    "a link": lambda path: (path.unlink(), path.symlink_to("/etc/hostname")),
    "one more": lambda path: (path.parent / "more.txt").write_text("more"),
}


@pytest.mark.spoils_archive
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("source", ["archive", "package", "bag"])
def test_what_was_changed_is_refused(tmp_path: Path, archive: Path, source: str, change: str) -> None:
    """A byte, an end, a file less or more, a link: nothing is written, and nothing is left."""
    origin = archive if source == "archive" else tmp_path / source
    path = archive / OBJECT / "v2/content/codebook.md"
    if source == "package":
        shutil.copytree(templates() / "1.1.0", origin)
        path = origin / "codebook.md"
    if source == "bag":
        convert(archive, origin, to="bag")
        path = origin / "data/codebook.md"
    CHANGES[change](path)
    before = set(tmp_path.iterdir())
    for to in TARGETS:
        with pytest.raises(PpdArchiveError):
            convert(origin, tmp_path / "out", to=to)
    assert set(tmp_path.iterdir()) == before


def test_a_zip_of_a_changed_package_is_refused(tmp_path: Path) -> None:
    """Its checksums are in order, the package's are not: nothing is left at the place."""
    package = Path(shutil.copytree(templates() / "1.0.0", tmp_path / "package"))
    (package / "codebook.md").write_text("other words")
    to_zip(package, tmp_path / "package.zip", released_on=DAYS[0])
    before = set(tmp_path.iterdir())
    with pytest.raises(PpdArchiveError) as caught:
        convert(tmp_path / "package.zip", tmp_path / "out", to="folder")
    assert caught.value.code == "load.changed"
    assert set(tmp_path.iterdir()) == before


@settings(max_examples=20)
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_no_flipped_byte_of_a_zip_is_taken_for_another(place: float, flip: int) -> None:
    """Whatever byte of a ZIP is another one, what comes back is as published or does not come."""
    folder = templates() / "flipped"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    convert(templates() / "1.0.0", folder / "release.zip", to="zip")
    content = bytearray((folder / "release.zip").read_bytes())
    content[int(place * len(content))] ^= flip
    (folder / "release.zip").write_bytes(content)
    try:
        convert(folder / "release.zip", folder / "back", to="folder")
    except PpdArchiveError:
        assert not (folder / "back").exists()
    else:
        assert bytes_of(folder / "back") == bytes_of(templates() / "1.0.0")


def test_wrong_use_is_refused(archive: Path, tmp_path: Path) -> None:
    """A place that is taken, in what is read or in no folder; a source or a release that is none."""
    (tmp_path / "taken").mkdir()
    (tmp_path / "text").write_text("x")
    (tmp_path / "empty").mkdir()
    package = templates() / "1.0.0"
    wrong: list[tuple[Path, Path, str, str]] = [
        (archive, tmp_path / "taken", "latest", "transfer.exists"),
        (archive, archive / "out", "latest", "usage.value"),
        (archive, archive / OBJECT / "v1/content/out", "latest", "usage.value"),
        (package, package / "out", "latest", "usage.value"),
        (archive, tmp_path / "no/out", "latest", "transfer.not-writable"),
        (tmp_path / "text", tmp_path / "out", "latest", "transfer.refused"),
        (tmp_path / "empty", tmp_path / "out", "latest", "archive.source"),
        (tmp_path / "nowhere", tmp_path / "out", "latest", "archive.source"),
        (archive, tmp_path / "out", "9.9.9", "archive.no-such-release"),
        (package, tmp_path / "out", "1.0.0", "usage.value"),
    ]
    before = everything(archive)
    for source, out, version, code in wrong:
        with pytest.raises(PpdArchiveError) as caught:
            convert(source, out, to="folder", version=version)
        assert caught.value.code == code
    assert everything(archive) == before
    assert not (tmp_path / "out").exists()
