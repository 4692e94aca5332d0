"""Files of an archive elsewhere are fetched when needed, held against their digests, and forgotten."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.store.buckets import Bucket, BucketCalls, BucketFiles
from tests.store.served import make_bucket, served_store

from ppdarchive.errors import LoadError
from ppdarchive.loading import Release, history, load, pin
from ppdarchive.loading.cache import Cache, cache_folder
from ppdarchive.store import places
from ppdarchive.store.files import LOCAL
from ppdarchive.store.naming import release_message
from ppdarchive.store.publishing import publish
from ppdarchive.store.records import Mark, put_mark
from ppdarchive.store.rewriting import rewrite

from .made import CANARY, CREATED, OBJECT, package
from .test_pinning import tombstone

WHERE = "s3://bucket/shared/archive"
TEXTS = "data/answers.parquet"


def uploaded(bucket: Bucket, root: Path) -> None:
    """Make a bucket hold what an archive's folder holds, and nothing else."""
    for key in list(bucket.keys):
        bucket.delete(key, None)
    for path in sorted(root.rglob("*")):
        if path.is_file():
            bucket.put(f"shared/archive/{path.relative_to(root).as_posix()}", path.read_bytes())


@pytest.fixture
def bucket(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """Return a bucket with the archive of three releases; the cache is this test's own."""
    bucket = Bucket()
    uploaded(bucket, root)
    monkeypatch.setattr(places, "open_store", lambda: BucketFiles(bucket))
    monkeypatch.setenv("PPDARCHIVE_CACHE", str(tmp_path / "cache"))
    return bucket


def kept(tmp_path: Path) -> dict[str, Path]:
    """What the cache holds, by name."""
    return {path.name: path for path in (tmp_path / "cache").rglob("*") if path.is_file()}


def digest(path: Path) -> str:
    """A file's SHA-512."""
    return hashlib.sha512(path.read_bytes()).hexdigest()


def test_a_release_in_a_bucket_is_loaded(bucket: Bucket, root: Path, tmp_path: Path) -> None:
    """As from a folder; of its files only those that are needed are fetched."""
    release = load(WHERE)
    assert (release.version, release.number) == ("2.0.0", 3)
    assert repr(release) == "<Release nights 2.0.0: participants ?, answers ? rows>"
    content = root / OBJECT / "v3" / "content"
    assert kept(tmp_path).keys() == {digest(content / name) for name in ("SHA256SUMS", "datapackage.json")}
    assert release["answers"].equals(load(root)["answers"])
    assert release.table("participants", columns=["arm"], filters=[("arm", "==", "app")]).shape == (2, 1)
    assert repr(release) == "<Release nights 2.0.0: participants 4, answers 3 rows>"
    names = ("SHA256SUMS", "datapackage.json", TEXTS, "data/participants.parquet")
    assert kept(tmp_path).keys() == {digest(content / name) for name in names}
    assert load(f"{WHERE}/{OBJECT}", "1.0.0").number == 1
    assert history(WHERE).versions == ("1.0.0", "1.1.0", "2.0.0")


def test_only_its_owner_can_look_into_the_cache(bucket: Bucket, tmp_path: Path) -> None:
    """Folders of mode 0700, files of 0600; the folder that was named keeps its mode."""
    (tmp_path / "cache").mkdir(mode=0o755)
    load(WHERE)["answers"]
    (own,) = (tmp_path / "cache").iterdir()
    assert (own.stat().st_mode & 0o777, (tmp_path / "cache").stat().st_mode & 0o777) == (0o700, 0o755)
    assert {path.stat().st_mode & 0o777 for path in own.iterdir()} == {0o600}


def test_what_is_kept_is_not_fetched_again(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a release that was loaded before only the object's state is asked for."""
    load(WHERE)["answers"]
    asked: list[str] = []
    send = BucketCalls.send

    def told(self: BucketCalls, method: str, words: dict[str, str]) -> object:
        asked.append(f"{method} {words.get('Key', '')}")
        return send(self, method, words)

    monkeypatch.setattr(BucketCalls, "send", told)
    load(WHERE)["answers"]
    assert asked
    assert not [request for request in asked if "content" in request]


def test_what_was_cut_off_or_touched_is_fetched_again(bucket: Bucket, tmp_path: Path) -> None:
    """A kept file is held against its digest whenever it is used."""
    release = load(WHERE)
    expected = release["answers"]
    for path in kept(tmp_path).values():
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:-1])
    assert load(WHERE)["answers"].equals(expected)
    assert release.table("answers").equals(expected)


def test_after_a_purge_the_old_bytes_are_dropped(bucket: Bucket, root: Path, tmp_path: Path) -> None:
    """Loading any release of the object deletes what no version has any more; nothing old is in the cache."""
    release = load(WHERE)
    assert CANARY in str(release["answers"]["text"].tolist())
    old = digest(root / OBJECT / "v3" / "content" / TEXTS)
    assert old in kept(tmp_path)
    before = set(kept(tmp_path))
    new = package(tmp_path / "new", "2.0.0", n_answers=1)
    rewrite(root, OBJECT, {3: new}, tombstone(3))
    uploaded(bucket, root)
    assert load(WHERE, "1.0.0").number == 1
    assert old not in kept(tmp_path)
    still = set(json_digests(root))
    assert set(kept(tmp_path)) <= still
    assert before - still
    with pytest.raises(LoadError) as caught:
        release.table("answers")
    assert caught.value.code == "load.changed"
    assert len(load(WHERE)["answers"]) == 1


def json_digests(root: Path) -> Iterator[str]:
    """The digests of all that lies in the archive."""
    return (digest(path) for path in root.rglob("*") if path.is_file())


def test_what_was_begun_and_not_finished_is_dropped_too(bucket: Bucket, tmp_path: Path) -> None:
    """What a crash left behind goes after an hour; what somebody is fetching now stays."""
    load(WHERE)
    (own,) = (tmp_path / "cache").iterdir()
    fresh, stale = own / f".new-{'0' * 32}", own / f".new-{'1' * 32}"
    for path in (fresh, stale, own / "notes.txt"):
        path.write_text(CANARY)
    os.utime(stale, (0, 0))
    load(WHERE)
    assert fresh.exists()
    assert not stale.exists()
    assert not (own / "notes.txt").exists()


@pytest.mark.parametrize("change", ["flipped", "gone", "longer"])
def test_what_is_not_as_published_is_found(bucket: Bucket, tmp_path: Path, change: str) -> None:
    """Bytes that do not fit the inventory are neither used nor kept."""
    key = f"shared/archive/{OBJECT}/v3/content/{TEXTS}"
    body = bucket.tree()[key]
    if change == "gone":
        bucket.delete(key, None)
    else:
        bucket.put(key, body[:-1] + b"X" if change == "flipped" else body + b"X")
    release = load(WHERE)
    with pytest.raises(LoadError) as caught:
        release["answers"]
    assert (caught.value.code, caught.value.path) == ("load.changed", f"s3://bucket/{key}")
    assert caught.value.__context__ is None
    assert len(kept(tmp_path)) == 2
    assert len(release["participants"]) == 4


def test_a_list_of_checksums_that_was_swapped_is_found(bucket: Bucket) -> None:
    """What is read first is held against the inventory too."""
    for name in ("SHA256SUMS", "datapackage.json"):
        key = f"shared/archive/{OBJECT}/v3/content/{name}"
        body = bucket.tree()[key]
        bucket.put(key, bucket.tree()[key.replace("v3", "v2")])
        with pytest.raises(LoadError) as caught:
            load(WHERE)
        assert (caught.value.code, caught.value.path) == ("load.changed", f"s3://bucket/{key}")
        bucket.put(key, body)
    assert load(WHERE).number == 3


def test_a_store_that_fails_is_told(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked for later may fail as well, with our own error."""
    release = load(WHERE)
    monkeypatch.setattr(places, "open_store", lambda: BucketFiles(bucket))

    def off(self: BucketCalls, method: str, words: object) -> object:
        raise ConnectionError

    monkeypatch.setattr(BucketCalls, "send", off)
    with pytest.raises(LoadError) as caught:
        release["answers"]
    assert caught.value.code == "load.not-readable"
    assert caught.value.__context__ is None


def test_a_release_in_a_bucket_is_pinned(bucket: Bucket, root: Path, tmp_path: Path) -> None:
    """By its address; a removal is told there too."""
    lock = tmp_path / "ppdarchive.lock"
    made = pin(WHERE, "1.1.0", lock=lock)
    assert (made.archive, made.number) == (WHERE, 2)
    assert load(WHERE, lock=lock)["answers"].shape == (2, 5)
    put_mark(root, OBJECT, Mark(3, "withdrawn", "the scores were wrong", date(2026, 4, 1)))
    rewrite(root, OBJECT, {2: package(tmp_path / "new", "1.1.0", n_answers=1)}, tombstone(2))
    uploaded(bucket, root)
    with pytest.raises(LoadError) as caught:
        load(WHERE, lock=lock)
    assert caught.value.code == "load.purged"
    assert isinstance(load(WHERE, "1.1.0"), Release)


def test_a_cache_that_is_somebody_elses_is_refused(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link, a file, another user's folder."""
    load(WHERE)
    (own,) = (tmp_path / "cache").iterdir()
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(LoadError, match="somebody else's folder"):
        load(WHERE)
    monkeypatch.setattr(os, "geteuid", lambda: owner)
    own.rename(tmp_path / "away")
    own.symlink_to(tmp_path / "away")
    with pytest.raises(LoadError, match="no folder"):
        load(WHERE)
    own.unlink()
    own.write_text("")
    with pytest.raises(LoadError) as caught:
        load(WHERE)
    assert caught.value.code == "load.cache"
    assert caught.value.__context__ is None


def test_each_object_has_a_cache_of_its_own(tmp_path: Path) -> None:
    """What one archive no longer has may still be another's."""
    caches = [
        Cache(tmp_path, LOCAL, Path(root), name)
        for root, name in (("a/b", "c~d"), ("a", "c~d"), ("a", "c~e"), ("a", "c~d"))
    ]
    assert len(list(tmp_path.iterdir())) == 3
    for cache in caches:
        assert cache.keep_only(()) == 0


def test_a_release_is_loaded_over_http(
    packages: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Published to a served store and loaded from its address, by range, by lock file, and after a purge."""
    monkeypatch.setenv("PPDARCHIVE_CACHE", str(tmp_path / "cache"))
    with served_store():
        make_bucket("loaded")
        files, place = places.place_of("s3://loaded/archive")
        for version in ("1.0.0", "1.1.0"):
            message = release_message(version)
            publish(place, OBJECT, packages[version], created=CREATED, message=message, files=files)
        lock = tmp_path / "ppdarchive.lock"
        assert pin("s3://loaded/archive", "<1.1", lock=lock).archive == "s3://loaded/archive"
        assert len(load("s3://loaded/archive")["answers"]) == 2
        assert load("s3://loaded/archive", lock=lock).version == "1.0.0"
        new = package(tmp_path / "new", "1.0.0", n_answers=2)
        rewrite(place, OBJECT, {1: new}, tombstone(1), files=files)
        assert [len(each.tombstones) for each in history("s3://loaded/archive")] == [1, 0]
        with pytest.raises(LoadError) as caught:
            load("s3://loaded/archive", lock=lock)
        assert caught.value.code == "load.purged"
        assert len(load("s3://loaded/archive", "v1")["answers"]) == 2
        with pytest.raises(LoadError, match="neither a package nor an archive"):
            load("s3://loaded/elsewhere")


@pytest.mark.parametrize(
    ("environment", "platform", "path"),
    [
        ({"PPDARCHIVE_CACHE": "/x", "XDG_CACHE_HOME": "/y"}, "linux", "/x"),
        ({"XDG_CACHE_HOME": "/y"}, "linux", "/y/ppdarchive"),
        ({"XDG_CACHE_HOME": "y"}, "linux", str(Path.home() / ".cache/ppdarchive")),
        ({"XDG_CACHE_HOME": "/y"}, "darwin", str(Path.home() / "Library/Caches/ppdarchive")),
        ({"LOCALAPPDATA": "/z"}, "win32", "/z/ppdarchive/Cache"),
        ({}, "win32", str(Path.home() / ".cache/ppdarchive")),
    ],
)
def test_the_cache_is_where_the_system_keeps_caches(
    environment: dict[str, str], platform: str, path: str
) -> None:
    """Or where the environment says; a relative XDG_CACHE_HOME is none."""
    assert cache_folder(environment, platform=platform).as_posix() == path
