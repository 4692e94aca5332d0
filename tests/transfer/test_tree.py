"""Folders in and out: nothing half-written, nothing overwritten, nothing followed."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ppdarchive.errors import TransferError
from ppdarchive.transfer.bag import from_bag, to_bag
from ppdarchive.transfer.tree import Staging
from ppdarchive.transfer.zipped import from_zip, to_zip

from .trees import Tree, read, write

DAY = date(2026, 11, 23)
TREE: Tree = {"a.csv": b"1", "b/c.csv": b"2" * 3_000_000}
Transfer = Callable[[Path, Path], object]


def way(name: str) -> Transfer:
    """One of the four ways to transfer a folder."""
    ways: dict[str, Any] = {
        "to_bag": lambda source, out: to_bag(source, out, released_on=DAY),
        "to_zip": lambda source, out: to_zip(source, out, released_on=DAY),
        "from_bag": from_bag,
        "from_zip": from_zip,
    }
    transfer: Transfer = ways[name]
    return transfer


WAYS = ["to_bag", "to_zip", "from_bag", "from_zip"]


def source_of(name: str, base: Path) -> Path:
    """What this way starts from."""
    folder = write(base / "folder", TREE)
    if name == "from_bag":
        to_bag(folder, base / "source", released_on=DAY)
        return base / "source"
    if name == "from_zip":
        to_zip(folder, base / "source", released_on=DAY)
        return base / "source"
    return folder


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("make", [Path.mkdir, Path.touch, lambda path: path.symlink_to("nowhere")])
def test_what_is_there_stays(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    """A file, an empty folder or a dangling link at the new place is never replaced."""
    source = source_of(name, tmp_path)
    make(tmp_path / "out")
    before = os.lstat(tmp_path / "out")
    with pytest.raises(TransferError) as caught:
        way(name)(source, tmp_path / "out")
    assert caught.value.code == "transfer.exists"
    assert os.lstat(tmp_path / "out").st_ino == before.st_ino
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("name", WAYS)
def test_what_came_meanwhile_stays(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that somebody else puts there while we write is not replaced either."""
    source = source_of(name, tmp_path)
    place = Staging.place

    def late(self: Staging) -> None:
        write(tmp_path / "out", {"theirs": b""})
        place(self)

    monkeypatch.setattr(Staging, "place", late)
    with pytest.raises(TransferError) as caught:
        way(name)(source, tmp_path / "out")
    assert caught.value.code == "transfer.exists"
    assert read(tmp_path / "out") == {"theirs": b""}
    assert not list(tmp_path.glob(".*"))


def test_a_file_that_came_last_of_all_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that comes after the last look is not replaced by a ZIP."""
    source = source_of("to_zip", tmp_path)
    (tmp_path / "out").write_bytes(b"theirs")
    monkeypatch.setattr(os.path, "lexists", lambda _: False)
    with pytest.raises(TransferError) as caught:
        to_zip(source, tmp_path / "out", released_on=DAY)
    assert caught.value.code == "transfer.exists"
    assert (tmp_path / "out").read_bytes() == b"theirs"
    assert not list(tmp_path.glob(".*"))


def test_a_disk_without_links_takes_zips_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where files can't have two names, a ZIP is renamed to its place."""

    def fail(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", fail)
    to_zip(source_of("to_zip", tmp_path), tmp_path / "out", released_on=DAY)
    from_zip(tmp_path / "out", tmp_path / "back")
    assert read(tmp_path / "back") == TREE


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("call", ["fsync", "fchmod", "mkdir", "rename"])
def test_a_failed_call_leaves_nothing(
    tmp_path: Path, name: str, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full at any call leaves the place free, nothing beside it, and a clear error."""
    source = source_of(name, tmp_path)
    called = threading.Event()

    def fail(*_: object, **__: object) -> None:
        called.set()
        raise OSError(errno.ENOSPC, "No space left on device")

    # A ZIP is no folder, and gets its name by a link.
    monkeypatch.setattr(
        os, {"mkdir": "fsync", "rename": "link"}.get(call, call) if name == "to_zip" else call, fail
    )
    with pytest.raises(TransferError) as caught:
        way(name)(source, tmp_path / "out")
    assert called.is_set()
    assert caught.value.code == "transfer.not-writable"
    assert "No space left" in str(caught.value)
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("name", WAYS)
def test_an_absent_source_is_told(tmp_path: Path, name: str) -> None:
    """Nothing to transfer is an error of its own."""
    with pytest.raises(TransferError) as caught:
        way(name)(tmp_path / "absent", tmp_path / "out")
    assert caught.value.code == "transfer.not-found"


@pytest.mark.parametrize("name", WAYS)
def test_an_absent_parent_is_told(tmp_path: Path, name: str) -> None:
    """A new place in a folder that is not there cannot be written."""
    source = source_of(name, tmp_path)
    with pytest.raises(TransferError) as caught:
        way(name)(source, tmp_path / "absent/out")
    assert caught.value.code == "transfer.not-writable"


@pytest.mark.parametrize("name", ["to_bag", "to_zip"])
def test_what_cannot_be_kept_is_refused(tmp_path: Path, name: str) -> None:
    """Links, pipes, empty folders, empty trees and names of other systems' paths stop a transfer."""
    made: list[Callable[[Path], object]] = [
        lambda folder: (folder / "link").symlink_to("/etc/passwd"),
        lambda folder: os.mkfifo(folder / "pipe"),
        lambda folder: (folder / "empty").mkdir(),
        lambda folder: (folder / "a.csv").unlink(),
        lambda folder: (folder / "a\\b").touch(),
        lambda folder: (folder / "a:b").touch(),
        lambda folder: Path(os.fsdecode(os.fsencode(folder) + b"/\xff")).touch(),
    ]
    for number, make in enumerate(made):
        folder = write(tmp_path / str(number), {"a.csv": b"1"})
        make(folder)
        with pytest.raises(TransferError) as caught:
            way(name)(folder, tmp_path / "out")
        assert caught.value.code in {"transfer.refused", "transfer.name"}
        str(caught.value).encode()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["to_bag", "to_zip"])
def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path, name: str) -> None:
    """A source that is no folder is an error, not a bag of nothing."""
    (tmp_path / "file").touch()
    with pytest.raises(TransferError) as caught:
        way(name)(tmp_path / "file", tmp_path / "out")
    assert caught.value.code == "transfer.not-readable"


@pytest.mark.parametrize("name", ["to_bag", "to_zip"])
def test_a_file_that_grows_meanwhile_is_told(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file with another size than when it was listed stops the transfer."""
    folder = source_of(name, tmp_path)
    copy = Staging.copy

    def late(self: Staging, *words: Any) -> Any:
        with (folder / "a.csv").open("ab") as file:
            file.write(b"more")
        return copy(self, *words)

    monkeypatch.setattr(Staging, "copy", late)
    with pytest.raises(TransferError) as caught:
        way(name)(folder, tmp_path / "out")
    assert caught.value.code == "transfer.damaged"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["from_bag", "from_zip"])
@pytest.mark.parametrize("tree", [{"Twin/a": b"1", "twin/b": b"2"}, {"x/Twin": b"1", "x/twin": b"2"}])
def test_names_that_are_one_on_the_file_system_are_refused(
    tmp_path: Path, name: str, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where case does not count, neither of two twins is overwritten and no two folders are merged."""
    folder = write(tmp_path / "folder", tree)
    to_bag(folder, tmp_path / "from_bag", released_on=DAY)
    to_zip(folder, tmp_path / "from_zip", released_on=DAY)
    opened, made = os.open, os.mkdir

    def fold(path: Any) -> Any:
        return str(path).replace("Twin", "twin") if ".staging" in str(path) else path

    monkeypatch.setattr(os, "open", lambda path, *words, **more: opened(fold(path), *words, **more))
    monkeypatch.setattr(os, "mkdir", lambda path, *words, **more: made(fold(path), *words, **more))
    with pytest.raises(TransferError, match="one name on this file system"):
        way(name)(tmp_path / name, tmp_path / "out")
    assert not (tmp_path / "out").exists()
