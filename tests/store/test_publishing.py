"""A folder becomes a version: the same bytes each time, or an error and the version that was."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.files import LOCAL
from ppdarchive.store.inventory import User
from ppdarchive.store.publishing import make_root, publish
from ppdarchive.store.reading import content_paths, head, objects, versions
from ppdarchive.store.records import tombstones
from ppdarchive.store.repair import repair
from ppdarchive.store.verify import verify

OBJECT = "study~public"
CREATED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder to publish."""
    folder = tmp_path / "package"
    (folder / "data").mkdir(parents=True)
    (folder / "datapackage.json").write_text("{}")
    (folder / "data" / "codes.parquet").write_bytes(b"codes" * 1000)
    return folder


def everything(root: Path) -> dict[str, tuple[str, int, int]]:
    """The digest, mode and time of every file of an archive."""
    found = {}
    for path in sorted(root.rglob("*")):
        status = path.stat()
        if path.is_file():
            digest = hashlib.sha512(path.read_bytes()).hexdigest()
            found[str(path.relative_to(root))] = (digest, status.st_mode, int(status.st_mtime))
    return found


def read(root: Path, version: int | None = None) -> dict[str, bytes]:
    """Every byte of a version."""
    return {path: place.read_bytes() for path, place in content_paths(root, OBJECT, version).items()}


def test_what_is_published_is_read(tmp_path: Path, folder: Path) -> None:
    """Versions follow one another, each as its folder was; the archive is valid."""
    root = tmp_path / "archives" / "study"
    assert publish(root, OBJECT, folder, created=CREATED, message="First", expected_head=0) == 1
    first = read(root)
    (folder / "datapackage.json").write_text('{"name": "more"}')
    user = User("Desk", "mailto:desk@example.org")
    assert publish(root, OBJECT, folder, created=CREATED, message="More", user=user, expected_head=1) == 2
    assert read(root, 1) == first
    assert read(root)["datapackage.json"] == b'{"name": "more"}'
    assert (root / OBJECT / "v2/content/data/codes.parquet").read_bytes() == first["data/codes.parquet"]
    assert objects(root) == (OBJECT,)
    assert [version.message for version in versions(root, OBJECT).values()] == ["First", "More"]
    assert versions(root, OBJECT)[1].user is None
    assert versions(root, OBJECT)[2].user == user
    assert {problem.severity for problem in verify(root, fixity=True)} <= {"warning"}
    assert sorted(path.name for path in (root / layout.STAGING).iterdir()) == [".keep", "leftovers"]


def test_the_same_folder_gives_the_same_archive(tmp_path: Path, folder: Path) -> None:
    """Bytes, times and modes do not depend on when, in which zone or from which file modes."""
    publish(tmp_path / "one", OBJECT, folder, created=CREATED, message="First")
    (folder / "datapackage.json").chmod(0o600)
    os.utime(folder / "datapackage.json", (5, 5))
    elsewhere = CREATED.astimezone(timezone(timedelta(hours=-5)))
    publish(tmp_path / "two", OBJECT, folder, created=elsewhere, message="First")
    assert everything(tmp_path / "one" / OBJECT) == everything(tmp_path / "two" / OBJECT)
    for path in (tmp_path / "one" / OBJECT).rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644)


def test_dedupe_stores_no_byte_twice(tmp_path: Path, folder: Path) -> None:
    """Only what is new is stored, and every version is read whole all the same."""
    root = tmp_path / "archive"
    (folder / "copy.json").write_text("{}")
    publish(root, OBJECT, folder, created=CREATED, dedupe=True)
    publish(root, OBJECT, folder, created=CREATED, dedupe=True)
    (folder / "new.txt").write_text("new")
    publish(root, OBJECT, folder, created=CREATED, dedupe=True)
    stored = [path for path in (root / OBJECT).glob("v*/content/**/*") if path.is_file()]
    assert len(stored) == 3
    assert len(read(root, 1)) == len(read(root, 2)) == 3
    assert read(root, 3) == {**read(root, 1), "new.txt": b"new"}
    assert {problem.severity for problem in verify(root, fixity=True)} <= {"warning"}


def link(folder: Path) -> None:
    """Put a link to a plain file."""
    (folder / "link").symlink_to(folder / "datapackage.json")


def linked_folder(folder: Path) -> None:
    """Put a link to a folder."""
    (folder / "link").symlink_to(folder / "data")


def pipe(folder: Path) -> None:
    """Put a pipe, which reading would wait for."""
    os.mkfifo(folder / "pipe")


def empty(folder: Path) -> None:
    """Put an empty folder, which no archive keeps."""
    (folder / "empty").mkdir()


def backslash(folder: Path) -> None:
    """Put a name that is a path elsewhere."""
    (folder / "..\\windows").write_text("x")


def twin(folder: Path) -> None:
    """Put a name that is another's where case does not count."""
    (folder / "DATAPACKAGE.json").write_text("x")


def undecodable(folder: Path) -> None:
    """Put a name that is no text."""
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff")).write_text("x")


@pytest.mark.parametrize("spoil", [link, linked_folder, pipe, empty, backslash, twin, undecodable])
def test_what_cannot_be_kept_is_refused(tmp_path: Path, folder: Path, spoil: Callable[[Path], None]) -> None:
    """Links, devices, empty folders and names that are no plain names: nothing is begun."""
    spoil(folder)
    with pytest.raises(StoreError) as caught:
        publish(tmp_path / "archive", OBJECT, folder, created=CREATED)
    assert caught.value.code == "store.path"
    assert not (tmp_path / "archive").exists()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Neither a missing folder nor a file is published."""
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "missing", tmp_path / "file"):
        with pytest.raises(StoreError, match="cannot be read"):
            publish(tmp_path / "archive", OBJECT, path, created=CREATED)


def test_a_file_that_changes_or_vanishes_meanwhile_is_told(tmp_path: Path, folder: Path) -> None:
    """Half of one file and half of another is never published; the old version stays."""
    root = tmp_path / "archive"
    publish(root, OBJECT, folder, created=CREATED)
    before = everything(root / OBJECT)

    def grow(_: int) -> None:
        (folder / "data" / "codes.parquet").write_bytes(b"other")

    def vanish(_: int) -> None:
        (folder / "datapackage.json").unlink(missing_ok=True)

    for change in (grow, vanish):
        with pytest.raises(StoreError) as caught:
            publish(root, OBJECT, folder, created=CREATED, progress=change)
        assert caught.value.code in ("store.source-changed", "store.not-readable")
        assert everything(root / OBJECT) == before


@pytest.mark.parametrize("expected", [0, 2])
def test_a_head_that_moved_is_refused(tmp_path: Path, folder: Path, expected: int) -> None:
    """Who followed on another version than the newest is told which that is."""
    root = tmp_path / "archive"
    publish(root, OBJECT, folder, created=CREATED)
    with pytest.raises(StoreError, match=f"version 1 is the newest, {expected} was expected"):
        publish(root, OBJECT, folder, created=CREATED, expected_head=expected)
    assert head(root, OBJECT).number == 1


def test_only_an_empty_folder_becomes_an_archive(tmp_path: Path, folder: Path) -> None:
    """A folder with other things is left alone; made twice it is as made once."""
    with pytest.raises(StoreError, match="other things"):
        publish(folder, OBJECT, folder, created=CREATED)
    assert not (folder / layout.ROOT_MARK).exists()
    (tmp_path / "archive").mkdir()
    make_root(tmp_path / "archive")
    before = everything(tmp_path / "archive")
    make_root(tmp_path / "archive")
    assert everything(tmp_path / "archive") == before
    assert (tmp_path / "archive" / "ocfl_layout.json").exists()


def test_twins_are_refused(tmp_path: Path, folder: Path) -> None:
    """No second object that is the first one where case does not count."""
    publish(tmp_path / "archive", OBJECT, folder, created=CREATED)
    with pytest.raises(StoreError, match="case does not count"):
        publish(tmp_path / "archive", "Study~public", folder, created=CREATED)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_archive_that_may_not_be_written_stays(tmp_path: Path, folder: Path) -> None:
    """Without permission there is a clear error and the old version."""
    root = tmp_path / "archive"
    publish(root, OBJECT, folder, created=CREATED)
    (root / layout.STAGING).chmod(0o500)
    with pytest.raises(StoreError, match="cannot be written"):
        publish(root, OBJECT, folder, created=CREATED)
    (root / layout.STAGING).chmod(0o700)
    assert head(root, OBJECT).number == 1


def test_many_publishers_at_once_all_get_in(tmp_path: Path, folder: Path) -> None:
    """Each gets a number of its own, in an archive that none of them found there."""
    root = tmp_path / "archive"

    def work(number: int) -> int:
        return publish(root, OBJECT, folder, created=CREATED, message=str(number))

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(work, range(12)))
    assert sorted(numbers) == list(range(1, 13))
    found = versions(root, OBJECT)
    assert {number: int(found[number].message or "") for number in found} == {
        number: publisher for publisher, number in enumerate(numbers)
    }
    assert {problem.severity for problem in verify(root, fixity=True)} <= {"warning"}


def test_progress_tells_of_every_byte_twice(tmp_path: Path, folder: Path) -> None:
    """Once when it is copied, once when it is read back."""
    seen: list[int] = []
    publish(tmp_path / "archive", OBJECT, folder, created=CREATED, progress=seen.append)
    assert sum(seen) == 2 * sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_ocfl_py_agrees(tmp_path: Path, folder: Path) -> None:
    """The other implementation finds the archive and its objects valid."""
    ocfl = pytest.importorskip("ocfl")
    for number in range(3):
        (folder / "n.txt").write_text(str(number))
        publish(tmp_path / "archive", OBJECT, folder, created=CREATED, dedupe=number == 2)
    storage = ocfl.StorageRoot(root=str(tmp_path / "archive"))
    assert storage.validate(log_errors=False)
    assert (storage.num_objects, storage.good_objects) == (1, 1)


def test_the_archive_explains_itself(tmp_path: Path, folder: Path) -> None:
    """Whoever finds it in thirty years reads in plain words what it is."""
    publish(tmp_path / "archive", OBJECT, folder, created=CREATED)
    assert "https://ocfl.io/1.1/spec/" in LOCAL.read(tmp_path / "archive" / "ppdarchive.md", 10_000).decode()


PUBLISH = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ppdarchive.store.publishing import publish
root, folder = Path(sys.argv[1]), Path(sys.argv[2])
for number in range(int(sys.argv[3])):
    words = {"created": datetime(2026, 3, 1, tzinfo=UTC), "message": f"{sys.argv[4]}.{number}"}
    print(publish(root, "study~public", folder, **words), flush=True)
"""


def started(root: Path, folder: Path, n_versions: int, name: str) -> subprocess.Popen[str]:
    """A process that publishes one version after the other, and prints each number."""
    command = [sys.executable, "-c", PUBLISH, str(root), str(folder), str(n_versions), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_twenty_processes_publish_at_once(tmp_path: Path, folder: Path) -> None:
    """Exactly what was acknowledged is there, in order, and valid."""
    root = tmp_path / "archive"
    processes = [started(root, folder, 1, str(number)) for number in range(20)]
    numbers = [int(process.communicate()[0]) for process in processes]
    assert sorted(numbers) == list(range(1, 21))
    found = versions(root, OBJECT)
    assert [found[number].message for number in numbers] == [f"{n}.0" for n in range(20)]
    assert {problem.severity for problem in verify(root, fixity=True)} <= {"warning"}


REWRITE = """
import sys
from datetime import date
from pathlib import Path
from ppdarchive.errors import StoreError
from ppdarchive.store.reading import head
from ppdarchive.store.records import Tombstone
from ppdarchive.store.rewriting import rewrite
root, folder = Path(sys.argv[1]), Path(sys.argv[2])
stone = Tombstone(0, "participant", (), date(2026, 4, 1), "withdrawal")
while True:
    newest = head(root, "study~public").number
    versions = {number: folder for number in range(1, newest + 1)}
    try:
        rewrite(root, "study~public", versions, stone, expected_head=newest)
    except StoreError as error:
        if error.code != "store.head-moved":
            raise
    else:
        print(newest)
        break
"""


def test_publishers_race_with_rewrites(tmp_path: Path, folder: Path) -> None:
    """Every release that was acknowledged is there, in order; those that were rewritten, rewritten."""
    root, purged = tmp_path / "archive", tmp_path / "purged"
    publish(root, OBJECT, folder, created=CREATED, message="first")
    shutil.copytree(folder, purged)
    (purged / "data" / "codes.parquet").write_bytes(b"purged")
    processes = [started(root, folder, 2, str(number)) for number in range(4)]
    command = [sys.executable, "-c", REWRITE, str(root), str(purged)]
    rewriters = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    published = {}
    for name, process in enumerate(processes):
        for turn, number in enumerate(process.communicate()[0].split()):
            published[int(number)] = f"{name}.{turn}"
    n_purged = max(int(process.communicate()[0]) for process in rewriters)
    found = versions(root, OBJECT)
    assert {1: "first", **published} == {number: found[number].message for number in found}
    for number in found:
        expected = purged if number <= n_purged else folder
        assert read(root, number)["data/codes.parquet"] == (expected / "data/codes.parquet").read_bytes()
    assert len(tombstones(root, OBJECT)) == 2
    assert repair(root, OBJECT) == ()
    assert {problem.severity for problem in verify(root, fixity=True)} <= {"warning"}
