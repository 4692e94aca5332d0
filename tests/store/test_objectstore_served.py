"""Archives in an object store that is reached over HTTP, as moto's server plays one."""

from __future__ import annotations

import hashlib
import importlib
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ppdarchive.archive.cloning import clone
from ppdarchive.errors import StoreError
from ppdarchive.store.objectstore import ObjectFiles
from ppdarchive.store.objectstore.calls import Calls, Refused
from ppdarchive.store.objectstore.rewriting import n_old_versions
from ppdarchive.store.places import place_of
from ppdarchive.store.publishing import publish
from ppdarchive.store.reading import content_of, head, objects
from ppdarchive.store.records import Tombstone
from ppdarchive.store.repair import repair
from ppdarchive.store.rewriting import rewrite
from ppdarchive.store.verify import verify

from .served import Served, downloaded, make_bucket, served_store

OBJECT = "study~public"
CREATED = datetime(2026, 3, 1, tzinfo=UTC)
SECRET = b"her own words"
PUBLISH = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ppdarchive.store.places import place_of
from ppdarchive.store.publishing import publish
files, root = place_of(sys.argv[1])
print(publish(root, "study~public", Path(sys.argv[2]), created=datetime(2026, 3, 1, tzinfo=UTC), files=files))
"""


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The server, and a bucket in it."""
    with served_store() as store:
        make_bucket("bucket")
        make_bucket("versioned", is_versioned=True)
        yield store


@pytest.fixture
def place(served: Served, request: pytest.FixtureRequest) -> str:
    """A prefix of the test's own."""
    served.answers.clear()
    return f"s3://bucket/{hashlib.sha256(request.node.name.encode()).hexdigest()[:12]}/archive"


def folder_of(folder: Path, **contents: bytes) -> Path:
    """A folder with files."""
    for name, content in contents.items():
        (folder / "data").mkdir(parents=True, exist_ok=True)
        (folder / "data" / name).write_bytes(content)
    return folder


def store_at(place: str) -> tuple[ObjectFiles, Path]:
    """The files by which a place is reached, and the archive's root."""
    files, root = place_of(place)
    assert isinstance(files, ObjectFiles)
    return files, root


def released(files: ObjectFiles, root: Path) -> list[dict[str, bytes]]:
    """What a reader finds in each version."""
    found = head(root, OBJECT, files=files)
    return [
        {
            path: b"".join(map(bytes, files.pieces(where)))
            for path, where in content_of(found, number, files=files).items()
        }
        for number in range(1, found.number + 1)
    ]


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and what led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def test_what_is_published_is_read_and_valid(place: str, tmp_path: Path) -> None:
    """Large files, which are sent in parts, and empty ones too; ocfl-py agrees on a copy."""
    files, root = store_at(place)
    files = ObjectFiles(files.calls, part_bytes=5 * 2**20)
    large = bytes(range(256)) * 2**15 + b"x"
    first = folder_of(tmp_path / "first", large=large, empty=b"")
    second = folder_of(tmp_path / "second", large=large, small=b"small")
    assert publish(root, OBJECT, first, created=CREATED, files=files) == 1
    assert publish(root, OBJECT, second, created=CREATED, dedupe=True, files=files) == 2
    assert objects(root, files=files) == (OBJECT,)
    assert released(files, root) == [
        {"data/large": large, "data/empty": b""},
        {"data/large": large, "data/small": b"small"},
    ]
    checked = verify(root, fixity=True, files=files)
    assert [each for each in checked if each.severity == "error"] == []
    assert checked.summary.n_read_bytes == checked.summary.n_bytes > len(large)
    assert repair(root, OBJECT, files=files) == ()
    downloaded(files, root, tmp_path / "copy")


def test_conditions_hold_over_http(place: str) -> None:
    """What lies there already, or was changed, is not replaced; equal bytes count as put."""
    files, root = store_at(place)
    tag = files.put(root / "a", b"one", None)
    assert files.put(root / "a", b"one", None) == tag
    for text, seen in ((b"two", None), (b"two", '"00000000000000000000000000000000"')):
        with pytest.raises(Refused):
            files.put(root / "a", text, seen)
    with pytest.raises(Refused):
        files.put(root / "missing", b"two", tag)
    files.put(root / "a", b"two", tag)
    files.remove(root / "a", tag)
    assert files.read(root / "a", 10) == b"two"
    assert files.read(root / "a", 2) == b"tw"
    writer = files.create(root / "a")
    writer.write(b"three")
    with pytest.raises(Refused):
        writer.finish(0)


@pytest.mark.parametrize("n_publishers", [8, pytest.param(20, marks=pytest.mark.thorough)])
def test_all_who_publish_at_once_come_one_after_the_other(
    place: str, tmp_path: Path, n_publishers: int
) -> None:
    """Exactly the acknowledged releases are there, in their order, and valid."""
    folders = [folder_of(tmp_path / str(n), a=f"release {n}".encode()) for n in range(n_publishers)]

    def work(folder: Path) -> int:
        files, root = store_at(place)
        return publish(root, OBJECT, folder, created=CREATED, files=files)

    with ThreadPoolExecutor(n_publishers) as pool:
        numbers = list(pool.map(work, folders))
    assert sorted(numbers) == list(range(1, n_publishers + 1))
    files, root = store_at(place)
    found = released(files, root)
    for n, number in enumerate(numbers):
        assert found[number - 1] == {"data/a": f"release {n}".encode()}
    downloaded(files, root, tmp_path / "copy")


@pytest.mark.thorough
def test_twenty_processes_publish_at_once(place: str, tmp_path: Path) -> None:
    """The same of processes that share nothing but the store."""
    folders = [folder_of(tmp_path / str(n), a=f"release {n}".encode()) for n in range(20)]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PUBLISH, place, str(folder)], stdout=subprocess.PIPE, text=True
        )
        for folder in folders
    ]
    numbers = [int(process.communicate()[0]) for process in started]
    assert sorted(numbers) == list(range(1, 21))
    files, root = store_at(place)
    found = released(files, root)
    for n, number in enumerate(numbers):
        assert found[number - 1] == {"data/a": f"release {n}".encode()}
    downloaded(files, root, tmp_path / "copy")


def test_a_copy_goes_there_and_back(place: str, tmp_path: Path) -> None:
    """An archive that is cloned to the store, and from there to a disk, is the same to the byte."""
    for number in (1, 2):
        folder = folder_of(tmp_path / str(number), a=b"a" * number, b=b"b")
        publish(tmp_path / "one", OBJECT, folder, created=CREATED)
    (there,) = clone(tmp_path / "one", place)
    assert there.done.versions == (1, 2)
    (back,) = clone(place, tmp_path / "two")
    assert back.done.versions == (1, 2)
    one, two = (tree(tmp_path / name / OBJECT) for name in ("one", "two"))
    assert one == two
    assert not any(each.is_new for each in clone(place, tmp_path / "two"))


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_that_fails_now_and_then_is_asked_again(
    served: Served, place: str, tmp_path: Path, status: int
) -> None:
    """Every fifth request fails; half of them take effect all the same."""
    files = ObjectFiles(Calls(wait=lambda _: None))
    root = store_at(place)[1]
    served.answers[:] = [None, None, ("before", status), None, None, None, ("after", status)] * 40
    folder = folder_of(tmp_path / "package", a=b"a", b=b"b")
    assert publish(root, OBJECT, folder, created=CREATED, files=files) == 1
    assert publish(root, OBJECT, folder, created=CREATED, files=files) == 2
    assert served.answers != []
    served.answers.clear()
    assert released(files, root) == [{"data/a": b"a", "data/b": b"b"}] * 2
    assert repair(root, OBJECT, files=files) == ()


def test_a_server_that_fails_for_good_is_told_without_a_secret(
    served: Served, place: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the error nor what led to it, nor any log, knows a key; the old head stays."""
    files = ObjectFiles(Calls(wait=lambda _: None))
    root = store_at(place)[1]
    folder = folder_of(tmp_path / "package", a=b"a")
    publish(root, OBJECT, folder, created=CREATED, files=files)
    served.answers[:] = [None] * 5 + [("before", 500)] * 500
    with caplog.at_level("INFO"), pytest.raises(StoreError) as caught:
        publish(root, OBJECT, folder, created=CREATED, files=files)
    served.answers.clear()
    assert caught.value.code in ("store.not-writable", "store.not-readable")
    for error in chain(caught.value):
        assert type(error).__module__.partition(".")[0] in ("builtins", "ppdarchive")
        assert "-key-of-tests" not in repr(error)
    assert "-key-of-tests" not in caplog.text
    assert len(released(files, root)) == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "does not answer"),
        ({}, "there is no such bucket"),
    ],
)
def test_a_store_that_is_not_there_is_told(
    served: Served, monkeypatch: pytest.MonkeyPatch, words: dict[str, str], reason: str
) -> None:
    """In one line that says where and why."""
    for name, value in words.items():
        monkeypatch.setenv(name, value)
    files = ObjectFiles(Calls(wait=lambda _: None))
    with pytest.raises(StoreError) as caught:
        objects(Path("nowhere/archive"), files=files)
    assert reason in str(caught.value)


@pytest.mark.parametrize("bucket", ["bucket", "versioned"])
def test_what_was_removed_is_in_no_version_of_any_file(served: Served, bucket: str, tmp_path: Path) -> None:
    """The object is rewritten; the bucket's own earlier versions of its files are gone too."""
    files, root = store_at(f"s3://{bucket}/purged")
    folder = folder_of(tmp_path / "package", a=SECRET, b=b"b")
    publish(root, OBJECT, folder, created=CREATED, files=files)
    purged = folder_of(tmp_path / "purged", b=b"b")
    stone = Tombstone(0, "participant", (), date(2026, 4, 1), "withdrawal")
    rewrite(root, OBJECT, {1: purged}, stone, files=files)
    assert released(files, root) == [{"data/b": b"b"}]
    oracles = (SECRET, hashlib.sha512(SECRET).hexdigest().encode())
    assert not any(oracle in text for text in every_version(files, root) for oracle in oracles)
    assert n_old_versions(files, root, OBJECT) == 0
    downloaded(files, root, tmp_path / "copy")


def every_version(files: ObjectFiles, folder: Path) -> list[bytes]:
    """The bytes of every version of every file that the bucket has."""
    listed: Any = files.calls.call("list_object_versions", Bucket=folder.parts[0])
    return [
        files.calls.call("get_object", Bucket=folder.parts[0], Key=each["Key"], VersionId=each["VersionId"])[
            "Body"
        ]
        for each in listed["Versions"]
    ]


def test_an_archive_that_is_open_to_all_needs_no_credentials(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the environment names none, the store is asked without."""
    place = "s3://open/archive"
    files, root = store_at(place)
    files.calls.call("create_bucket", Bucket="open", ACL="public-read")
    publish(root, OBJECT, folder_of(tmp_path / "package", a=b"a"), created=CREATED, files=files)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    assert released(*store_at(place)) == [{"data/a": b"a"}]


def test_without_the_extra_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """And how to install it; a folder needs none."""
    real = importlib.import_module

    def missing(name: str, package: str | None = None) -> Any:
        if name == "s3fs":
            raise ModuleNotFoundError(name="s3fs")
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(StoreError, match=r"'ppdarchive\[s3\]'") as caught:
        place_of("s3://bucket/archive")
    assert caught.value.code == "store.no-extra"
    assert caught.value.__context__ is None
    assert not place_of("archive")[0].is_object_store


@pytest.mark.parametrize(
    "where",
    [
        "gs://bucket/a",
        "https://key:secret@host/bucket",
        "s3://key:secret@bucket/a",
        "s3://",
        "s3://bucket/a/../b",
        "s3://bucket//b",
        "s3://bucket/a?versionId=1",
    ],
)
def test_what_is_no_place_is_refused_and_not_repeated(where: str) -> None:
    """An address may hold a key."""
    with pytest.raises(StoreError) as caught:
        place_of(where)
    assert caught.value.code == "store.place"
    assert "secret" not in str(caught.value)
