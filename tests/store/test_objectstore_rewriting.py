"""What is removed from an archive in an object store is gone, whenever the work on it is interrupted."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.lock import LEASE_SECONDS, hold
from ppdarchive.store.objectstore.rewriting import n_old_versions, remove_versions
from ppdarchive.store.publishing import publish
from ppdarchive.store.records import Mark, Tombstone, marks, put_mark, tombstones
from ppdarchive.store.repair import repair
from ppdarchive.store.rewriting import rewrite

from .buckets import Bucket, BucketFiles, Crash, Fault, refused
from .test_objectstore_publishing import (
    OBJECT,
    ROOT,
    Contents,
    at,
    check_valid,
    released,
)

CREATED = datetime(2026, 3, 1, tzinfo=UTC)
STONE = Tombstone(0, "participant", (), date(2026, 4, 1), "withdrawal")
SECRET = b"her own words"
BEFORE: tuple[Contents, ...] = (
    {"a.txt": b"first"},
    {"a.txt": b"second", "data/b.bin": SECRET + b"b" * 12_000, "data/c.txt": SECRET},
)
AFTER: tuple[Contents, ...] = (BEFORE[0], {"a.txt": b"second", "data/b.bin": b"b" * 12_000})
ORACLES = [hashlib.sha512(each).hexdigest().encode() for each in BEFORE[1].values() if SECRET in each]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders to publish, and what a version is to become."""
    top = tmp_path_factory.mktemp("packages")
    for name, contents in (("1", BEFORE[0]), ("2", BEFORE[1]), ("purged", AFTER[1])):
        for path, content in contents.items():
            place = top / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    return {name: top / name for name in ("1", "2", "purged")}


BEGUN: dict[bool, Bucket] = {}


def begun(folders: Mapping[str, Path], *, is_versioned: bool = False) -> Bucket:
    """A bucket with an archive of two versions and a mark."""
    if is_versioned not in BEGUN:
        BEGUN[is_versioned] = _begun(folders, is_versioned)
    return BEGUN[is_versioned].copied()


def _begun(folders: Mapping[str, Path], is_versioned: bool) -> Bucket:
    bucket = Bucket(is_versioned=is_versioned)
    for name in ("1", "2"):
        publish(ROOT, OBJECT, folders[name], created=CREATED, files=BucketFiles(bucket))
    mark = Mark(1, "superseded", "There is a newer one.", date(2026, 3, 2), None)
    put_mark(ROOT, OBJECT, mark, files=BucketFiles(bucket))
    return bucket


def purge(folders: Mapping[str, Path], files: BucketFiles) -> Tombstone:
    """Take the words out of the version that has them."""
    return rewrite(ROOT, OBJECT, {2: folders["purged"]}, STONE, expected_head=2, files=files)


def remains(bucket: Bucket) -> list[str]:
    """Keys of which any version holds what was to be removed, or a digest of it."""
    return [
        key
        for key, versions in bucket.keys.items()
        for stored in versions
        if stored.body is not None and any(each in stored.body for each in (SECRET, *ORACLES))
    ]


def check_done(bucket: Bucket) -> None:
    """The words are gone, all else is there and valid, and nothing is left to do."""
    files = BucketFiles(bucket)
    assert released(bucket) == list(AFTER)
    assert remains(bucket) == []
    assert [stone.number for stone in tombstones(ROOT, OBJECT, files=files)] == [1]
    assert [mark.kind for mark in marks(ROOT, OBJECT, files=files)] == ["superseded"]
    assert repair(ROOT, OBJECT, files=files) == ()
    check_valid(bucket)


@pytest.mark.parametrize("is_versioned", [False, True])
def test_what_was_removed_is_nowhere(folders: dict[str, Path], tmp_path: Path, is_versioned: bool) -> None:
    """Not in earlier versions of files either, where the bucket keeps them; ocfl-py agrees with the rest."""
    bucket = begun(folders, is_versioned=is_versioned)
    assert remains(bucket) != []
    purge(folders, BucketFiles(bucket))
    check_done(bucket)
    assert n_old_versions(BucketFiles(bucket), ROOT, OBJECT) == 0
    for key, text in bucket.tree().items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(text)


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("effect", ["before", "after"])
def test_a_crash_at_any_request_leaves_the_old_or_the_new(
    folders: dict[str, Path], effect: str, step: int
) -> None:
    """And a repair leaves what was removed nowhere, if it was decided; else everything as it was."""
    files = BucketFiles(begun(folders))
    purge(folders, files)
    for number in range(0, files.bucket_calls.n_calls, step):
        bucket = begun(folders, is_versioned=number % 3 == 0)
        fault = Crash() if effect == "before" else Crash("after")
        with contextlib.suppress(Crash):
            purge(folders, BucketFiles(bucket, fault=at(number, fault)))
        found = released(bucket)
        assert found in (list(BEFORE), list(AFTER))
        bucket.clock += LEASE_SECONDS + 1
        repair(ROOT, OBJECT, files=BucketFiles(bucket))
        assert released(bucket) == found
        if found == list(BEFORE):
            assert repair(ROOT, OBJECT, files=BucketFiles(bucket)) == ()
            check_valid(bucket)
            assert not any(key.endswith(".json") for key in _work(bucket))
            purge(folders, BucketFiles(bucket))
        check_done(bucket)


def _work(bucket: Bucket) -> list[str]:
    """What lies where journals and staged files do."""
    places = (f"prefix/{layout.JOURNALS}/", f"prefix/{layout.STAGING}/")
    return [key for key in bucket.tree() if key.startswith(places) and not key.endswith(".keep")]


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.thorough)])
def test_who_finds_it_decided_waits_or_finishes_it(folders: dict[str, Path], step: int) -> None:
    """A publisher is told; whoever repairs, and crashes at any request, leaves what the next one finishes."""
    files = BucketFiles(begun(folders))
    purge(folders, files)
    for n_done in range(0, files.bucket_calls.n_calls, 2 * step):
        bucket = begun(folders)
        with contextlib.suppress(Crash):
            purge(folders, BucketFiles(bucket, fault=_once_decided(bucket)))
        bucket.clock += LEASE_SECONDS + 1
        assert released(bucket) == list(AFTER)
        with pytest.raises(StoreError) as caught:
            publish(ROOT, OBJECT, folders["1"], created=CREATED, files=BucketFiles(bucket))
        assert caught.value.code == "store.unfinished"
        with contextlib.suppress(Crash):
            repair(ROOT, OBJECT, files=BucketFiles(bucket, fault=at(n_done, Crash("after"))))
        assert released(bucket) == list(AFTER)
        bucket.clock += LEASE_SECONDS + 1
        repair(ROOT, OBJECT, files=BucketFiles(bucket))
        check_done(bucket)


def _once_decided(bucket: Bucket) -> Callable[[int, str], Fault]:
    def fault(_: int, __: str) -> Fault:
        journal = bucket.newest(f"prefix/{layout.journal(OBJECT)}")
        return Crash() if journal is not None and b"ready" in (journal.body or b"") else None

    return fault


@pytest.mark.parametrize("answer", [(403, "AccessDenied"), (501, "NotImplemented")])
def test_a_store_that_keeps_old_versions_is_told_of(
    folders: dict[str, Path], answer: tuple[int, str]
) -> None:
    """Where nobody may list earlier versions, or nobody can, the purge is done all the same."""
    bucket = begun(folders, is_versioned=True)

    def deny(_: int, method: str) -> Fault:
        return refused(method, *answer) if method == "list_object_versions" else None

    purge(folders, BucketFiles(bucket, fault=deny))
    assert released(bucket) == list(AFTER)
    assert n_old_versions(BucketFiles(bucket, fault=deny), ROOT, OBJECT) is None
    assert n_old_versions(BucketFiles(bucket), ROOT, OBJECT)
    assert all(SECRET not in text for text in bucket.tree().values())


def test_an_old_version_that_is_held_keeps_no_other(folders: dict[str, Path]) -> None:
    """One version that may not be removed is left, and all others go."""
    bucket = begun(folders, is_versioned=True)
    publish(ROOT, OBJECT, folders["2"], created=CREATED, files=BucketFiles(bucket))
    denied: list[str] = []

    def deny(_: int, method: str) -> Fault:
        if method != "delete_object" or not denied or len(denied) > 1:
            return None
        denied.append(method)
        return refused(method, 403, "AccessDenied")

    files = BucketFiles(bucket, fault=deny)
    n_before = len(list(files.old_versions(ROOT / OBJECT)))
    with hold(files, ROOT, OBJECT) as held:
        denied.append("from here on")
        remove_versions(files, held, ROOT / OBJECT)
    assert n_before > 1
    assert len(denied) == 2
    assert len(list(files.old_versions(ROOT / OBJECT))) == 1


def refusal(folders: Mapping[str, Path], files: BucketFiles) -> str | None:
    """The code of the error that a purge raises, if it does."""
    try:
        purge(folders, files)
    except StoreError as error:
        return error.code
    return None


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.thorough)])
def test_an_unfinished_upload_is_purged_with_the_rest(folders: dict[str, Path], step: int) -> None:
    """What a publisher left who crashed while sending is no hiding place."""
    files = BucketFiles(begun(folders))
    publish(ROOT, OBJECT, folders["2"], created=CREATED, files=files)
    n_done = 0
    for number in range(20, files.bucket_calls.n_calls, step):
        bucket = begun(folders)
        with contextlib.suppress(Crash):
            files = BucketFiles(bucket, fault=at(number, Crash("after")))
            publish(ROOT, OBJECT, folders["2"], created=CREATED, files=files)
        bucket.clock += LEASE_SECONDS + 1
        code = refusal(folders, BucketFiles(bucket))
        assert code in (None, "store.unfinished", "store.head-moved")
        if code is None:
            n_done += 1
            check_done(bucket)
    assert n_done > 0


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.thorough)])
def test_a_purge_whose_lock_is_over_ends_with_the_other_ones_work(
    folders: dict[str, Path], step: int
) -> None:
    """At any request another publishes, repairing first if need be; nothing acknowledged is lost."""
    files = BucketFiles(begun(folders))
    purge(folders, files)
    for number in range(0, files.bucket_calls.n_calls, step):
        bucket = begun(folders)

        def fault(call: int, _: str, number: int = number, bucket: Bucket = bucket) -> Fault:
            if call == number:
                bucket.clock += LEASE_SECONDS + 1
                try:
                    publish(ROOT, OBJECT, folders["1"], created=CREATED, files=BucketFiles(bucket))
                except StoreError:
                    repair(ROOT, OBJECT, files=BucketFiles(bucket))
                    publish(ROOT, OBJECT, folders["1"], created=CREATED, files=BucketFiles(bucket))
            return None

        is_done = False
        with contextlib.suppress(StoreError):
            purge(folders, BucketFiles(bucket, fault=fault))
            is_done = True
        found = released(bucket)
        assert len(found) == 3
        assert found[-1] == BEFORE[0]
        if is_done:
            assert found[:2] == list(AFTER)
        bucket.clock += LEASE_SECONDS + 1
        repair(ROOT, OBJECT, files=BucketFiles(bucket))
        assert released(bucket) == found
        check_valid(bucket)


def test_marks_are_put_as_on_a_disk(folders: dict[str, Path]) -> None:
    """One after the other, under the lock."""
    bucket = begun(folders)
    for reason in ("one", "two"):
        put_mark(ROOT, OBJECT, Mark(2, "erratum", reason, date(2026, 3, 3), None), files=BucketFiles(bucket))
    found = marks(ROOT, OBJECT, files=BucketFiles(bucket))
    assert [mark.reason for mark in found] == ["There is a newer one.", "one", "two"]
    with hold(BucketFiles(bucket), ROOT, OBJECT):
        assert _work(bucket) == []
