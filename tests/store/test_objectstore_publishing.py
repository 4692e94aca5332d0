"""Publishing to an object store whose requests fail, arrive late, or whose publishers fall asleep."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.inventory import NAME, SIDECAR
from ppdarchive.store.lock import LEASE_SECONDS, hold
from ppdarchive.store.publishing import publish
from ppdarchive.store.reading import content_of, head, objects
from ppdarchive.store.repair import repair
from ppdarchive.store.verify import verify

from .buckets import Bucket, BucketCalls, BucketFiles, Crash, Fault

ROOT = Path("bucket/prefix")
OBJECT = "study~public"
CREATED = datetime(2026, 3, 1, tzinfo=UTC)
Contents = Mapping[str, bytes]
FIRST: Contents = {"a.txt": b"first", "data/b.bin": b"b" * 12_000}
SECOND: Contents = {"a.txt": b"second", "data/b.bin": b"b" * 12_000, "data/c.txt": b""}
OTHER: Contents = {"a.txt": b"another", "data/d.bin": b"d" * 7000}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders to publish."""
    top = tmp_path_factory.mktemp("packages")
    for name, contents in (("first", FIRST), ("second", SECOND), ("other", OTHER)):
        for path, content in contents.items():
            place = top / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    return {name: top / name for name in ("first", "second", "other")}


def put(files: BucketFiles, folder: Path, **words: bool) -> int:
    """Publish a folder."""
    return publish(ROOT, OBJECT, folder, created=CREATED, files=files, **words)


BEGUN: dict[int, Bucket] = {}


def begun(folders: Mapping[str, Path], n_versions: int = 1) -> Bucket:
    """A bucket with an archive of a version or none."""
    if n_versions not in BEGUN:
        BEGUN[n_versions] = Bucket()
        for name in ("first", "second")[:n_versions]:
            put(BucketFiles(BEGUN[n_versions]), folders[name])
    return BEGUN[n_versions].copied()


def released(bucket: Bucket) -> list[Contents]:
    """What a reader finds in each version, every byte of it as the inventory says."""
    files = BucketFiles(bucket)
    if OBJECT not in (objects(ROOT, files=files) if bucket.newest("prefix/0=ocfl_1.1") else ()):
        return []
    found = head(ROOT, OBJECT, files=files)
    releases = []
    for number, version in enumerate(found.inventory.versions, start=1):
        places = content_of(found, number, files=files)
        release = {path: b"".join(map(bytes, files.pieces(place))) for path, place in places.items()}
        assert {path: hashlib.sha512(text).hexdigest() for path, text in release.items()} == version.state
        releases.append(release)
    return releases


def check_valid(bucket: Bucket) -> None:
    """Nothing is wrong with the archive, and nothing lies there that should not."""
    files = BucketFiles(bucket)
    checked = verify(ROOT, fixity=True, files=files)
    assert [each for each in checked if each.severity == "error"] == []
    assert bucket.uploads == {}


def check_repaired(bucket: Bucket, allowed: list[list[Contents]]) -> None:
    """Readers find one of the states that are allowed; once repaired, it is valid and stays."""
    before = released(bucket)
    assert before in allowed
    bucket.clock += LEASE_SECONDS + 1
    if bucket.newest("prefix/0=ocfl_1.1") is not None:
        repair(ROOT, OBJECT, files=BucketFiles(bucket))
        after = released(bucket)
        assert after in (before, allowed[-1])
        if after:
            check_valid(bucket)
        assert repair(ROOT, OBJECT, files=BucketFiles(bucket)) == ()


def n_calls(work: Callable[[BucketFiles], object], bucket: Bucket) -> int:
    """How many requests something takes."""
    files = BucketFiles(bucket)
    work(files)
    return files.bucket_calls.n_calls


def refusal(files: BucketFiles, folder: Path) -> str | None:
    """The code of the error that publishing a folder raises, if it does."""
    try:
        put(files, folder)
    except StoreError as error:
        return error.code
    return None


def at(number: int, fault: Fault) -> Callable[[int, str], Fault]:
    """Fail at one request."""
    return lambda call, _: fault if call == number else None


def since(number: int, fault: Fault) -> Callable[[int, str], Fault]:
    """Fail at one request and all that follow."""
    return lambda call, _: fault if call >= number else None


@pytest.mark.parametrize("dedupe", [False, True])
def test_what_is_published_is_read(folders: dict[str, Path], tmp_path: Path, dedupe: bool) -> None:
    """Versions come one after the other, and ocfl-py finds nothing wrong with a copy of all files."""
    bucket = Bucket(page=2)
    for number, name in enumerate(("first", "second", "other"), start=1):
        assert put(BucketFiles(bucket), folders[name], dedupe=dedupe) == number
    assert released(bucket) == [FIRST, SECOND, OTHER]
    check_valid(bucket)
    for key, text in bucket.tree().items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(text)
    assert ("prefix/study~public/v2/content/data/b.bin" in bucket.tree()) is not dedupe


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("effect", ["before", "after"])
@pytest.mark.parametrize("n_versions", [0, 1])
def test_a_crash_at_any_request_leaves_the_old_or_the_new(
    folders: dict[str, Path], n_versions: int, effect: str, step: int
) -> None:
    """Whether the request took effect or not; and what a repair leaves is valid."""
    states: list[list[Contents]] = [[FIRST][:n_versions], [FIRST, SECOND][n_versions - 1 :]]
    states[1] = [*states[0], SECOND]
    total = n_calls(lambda files: put(files, folders["second"]), begun(folders, n_versions))
    for number in range(0, total, step):
        bucket = begun(folders, n_versions)
        fault = Crash() if effect == "before" else Crash("after")
        with contextlib.suppress(Crash):
            put(BucketFiles(bucket, fault=at(number, fault)), folders["second"])
        check_repaired(bucket, states)


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("effect", ["before", "after"])
def test_a_failure_that_passes_is_not_noticed(folders: dict[str, Path], effect: Fault, step: int) -> None:
    """At any request, whether only the answer was lost or nothing was done."""
    total = n_calls(lambda files: put(files, folders["second"]), begun(folders))
    for number in range(0, total, step):
        bucket = begun(folders)
        assert put(BucketFiles(bucket, fault=at(number, effect)), folders["second"]) == 2
        assert released(bucket) == [FIRST, SECOND]
        check_valid(bucket)
        assert repair(ROOT, OBJECT, files=BucketFiles(bucket)) == ()


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("effect", ["before", "after"])
def test_a_store_that_answers_no_more_is_told(folders: dict[str, Path], effect: Fault, step: int) -> None:
    """What was acknowledged is there; whoever is told of a failure finds the old, or has it repaired."""
    total = n_calls(lambda files: put(files, folders["second"]), begun(folders))
    for number in range(0, total, step):
        bucket = begun(folders)
        allowed: list[list[Contents]] = [[FIRST], [FIRST, SECOND]]
        code = refusal(BucketFiles(bucket, fault=since(number, effect)), folders["second"])
        assert code in (None, "store.not-writable", "store.not-readable", "store.unfinished")
        if code is None:
            allowed = allowed[1:]
        elif code != "store.unfinished":
            assert released(bucket) == [FIRST]
        check_repaired(bucket, allowed)


def test_an_answer_that_a_repair_does_not_get_is_no_harm(folders: dict[str, Path]) -> None:
    """A publisher crashes at any request, and then a repair at every fifth."""
    total = n_calls(lambda files: put(files, folders["second"]), begun(folders))
    for number in range(0, total, 3):
        bucket = begun(folders)
        with contextlib.suppress(Crash):
            put(BucketFiles(bucket, fault=at(number, Crash("after"))), folders["second"])
        for n_done in range(number % 5, 200, 5):
            files = BucketFiles(bucket, fault=at(n_done, Crash("after")))
            bucket.clock += LEASE_SECONDS + 1
            with contextlib.suppress(Crash):
                repair(ROOT, OBJECT, files=files)
            assert released(bucket) in ([FIRST], [FIRST, SECOND])
            if files.bucket_calls.n_calls < n_done:
                break
        check_repaired(bucket, [[FIRST], [FIRST, SECOND]])


def asleep(
    number: int, bucket: Bucket, folder: Path, acknowledged: dict[int, Contents]
) -> Callable[[int, str], Fault]:
    """Let another publish at one request, after the lock is over."""

    def fault(call: int, _: str) -> Fault:
        if call == number:
            bucket.clock += LEASE_SECONDS + 1
            with contextlib.suppress(StoreError):
                acknowledged[put(BucketFiles(bucket), folder)] = OTHER
        return None

    return fault


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("n_versions", [0, 1])
def test_a_publisher_who_sleeps_beyond_the_lock_loses_nothing(
    folders: dict[str, Path], n_versions: int, step: int
) -> None:
    """At any request of one another comes and publishes: who is told of success has it, in its order."""
    total = n_calls(lambda files: put(files, folders["second"]), begun(folders, n_versions))
    for number in range(0, total, step):
        bucket = begun(folders, n_versions)
        acknowledged: dict[int, Contents] = {}
        with contextlib.suppress(StoreError):
            files = BucketFiles(bucket, fault=asleep(number, bucket, folders["other"], acknowledged))
            acknowledged[put(files, folders["second"])] = SECOND
        assert acknowledged
        found = released(bucket)
        for version, contents in acknowledged.items():
            assert found[version - 1] == contents
        bucket.clock += LEASE_SECONDS + 1
        repair(ROOT, OBJECT, files=BucketFiles(bucket))
        repaired = released(bucket)
        assert repaired[: len(found)] == found
        assert all(contents in (FIRST, SECOND, OTHER) for contents in repaired)
        check_valid(bucket)


class LateCalls(BucketCalls):
    """Requests of which the one that meets a crash is kept, and takes effect much later."""

    late: tuple[str, Mapping[str, Any]] | None = None

    def send(self, method: str, words: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make one request."""
        try:
            return super().send(method, words)
        except Crash:
            self.late = self.late or (method, words)
            raise


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.thorough)])
def test_a_request_that_arrives_after_all_else_does_no_harm(folders: dict[str, Path], step: int) -> None:
    """A publisher crashes, another publishes, and then the request at which it crashed takes effect."""
    total = n_calls(lambda files: put(files, folders["second"]), begun(folders))
    for number in range(0, total, step):
        bucket = begun(folders)
        files = BucketFiles(bucket)
        files.calls = calls = LateCalls(bucket, fault=at(number, Crash()))
        with contextlib.suppress(Crash):
            put(files, folders["second"])
        bucket.clock += LEASE_SECONDS + 1
        code = refusal(BucketFiles(bucket), folders["other"])
        if code is not None:
            assert code == "store.unfinished"
            repair(ROOT, OBJECT, files=BucketFiles(bucket))
            put(BucketFiles(bucket), folders["other"])
        before = released(bucket)
        assert before[-1] == OTHER
        assert calls.late is not None
        with contextlib.suppress(OSError):
            BucketCalls(bucket).call(calls.late[0], **calls.late[1])
        assert released(bucket) == before
        bucket.clock += LEASE_SECONDS + 1
        repair(ROOT, OBJECT, files=BucketFiles(bucket))
        assert released(bucket) == before
        check_valid(bucket)


def test_twenty_at_once_whose_locks_break_lose_nothing(tmp_path: Path) -> None:
    """The clock runs so fast that locks are over before their work is; who is told of success has it."""
    bucket = Bucket()
    for n in range(20):
        (tmp_path / str(n)).mkdir()
        (tmp_path / str(n) / "a.txt").write_bytes(str(n).encode())

    def work(n: int) -> int | str:
        try:
            return put(BucketFiles(bucket), tmp_path / str(n))
        except StoreError as error:
            return error.code

    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(work, range(20)))
    bucket.clock += LEASE_SECONDS + 1
    repair(ROOT, OBJECT, files=BucketFiles(bucket))
    found = released(bucket)
    acknowledged = {number: n for n, number in enumerate(results) if isinstance(number, int)}
    assert acknowledged
    for number, n in acknowledged.items():
        assert found[number - 1] == {"a.txt": str(n).encode()}
    assert len(found) - len(acknowledged) <= results.count("store.unfinished")
    check_valid(bucket)


def test_a_store_that_takes_no_notice_of_conditions_is_refused(folders: dict[str, Path]) -> None:
    """There, two publishers would both win."""
    bucket = Bucket(takes_conditions=False)
    with pytest.raises(StoreError) as caught:
        put(BucketFiles(bucket), folders["first"])
    assert caught.value.code == "store.no-conditions"
    assert not any(key.startswith("prefix/study~public/") for key in bucket.tree())


def test_bytes_that_changed_on_their_way_are_found(folders: dict[str, Path]) -> None:
    """What was put is read back before anybody sees it."""
    bucket = begun(folders)

    def flip(_: int, method: str) -> Fault:
        key = "prefix/study~public/v2/content/a.txt"
        stored = bucket.newest(key)
        if stored is not None and stored.body == b"second":
            bucket.put(key, b"seconD")
        return None

    with pytest.raises(StoreError) as caught:
        put(BucketFiles(bucket, fault=flip), folders["second"])
    assert caught.value.code == "store.read-back"
    assert released(bucket) == [FIRST]
    check_valid(bucket)


def test_a_folder_that_changes_meanwhile_leaves_the_old(folders: dict[str, Path], tmp_path: Path) -> None:
    """And nothing of what was sent."""
    bucket, source = begun(folders), tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_bytes(b"one")

    def change(_: int, method: str) -> Fault:
        if method == "put_object" and bucket.newest("prefix/study~public/v2/inventory.json") is not None:
            (source / "a.txt").write_bytes(b"another")
        return None

    before = set(bucket.tree())
    with pytest.raises(StoreError) as caught:
        put(BucketFiles(bucket, fault=change), source)
    assert caught.value.code == "store.source-changed"
    assert set(bucket.tree()) == before


def test_a_head_that_was_not_expected_is_refused(folders: dict[str, Path]) -> None:
    """As on a disk."""
    bucket = begun(folders)
    with pytest.raises(StoreError) as caught:
        publish(ROOT, OBJECT, folders["second"], created=CREATED, expected_head=0, files=BucketFiles(bucket))
    assert caught.value.code == "store.head-moved"


def test_a_lock_keeps_others_out_until_it_is_over(folders: dict[str, Path]) -> None:
    """Who waits too short is told; who comes after the lease takes it, and the first one knows."""
    bucket = begun(folders)
    with hold(BucketFiles(bucket), ROOT, OBJECT) as held:
        with pytest.raises(StoreError) as caught, hold(BucketFiles(bucket), ROOT, OBJECT, patience=3):
            pass
        assert caught.value.code == "store.locked"
        bucket.clock += LEASE_SECONDS + 1
        with hold(BucketFiles(bucket), ROOT, OBJECT) as other:
            assert held.is_lost()
            other.check()
            with pytest.raises(StoreError) as caught:
                held.renew()
            assert caught.value.code == "store.lock-lost"


@pytest.mark.parametrize("name", [NAME, SIDECAR, f"v1/{NAME}", f"v1/{SIDECAR}"])
def test_a_damaged_inventory_is_restored(folders: dict[str, Path], name: str) -> None:
    """From the other copy of it, as on a disk."""
    bucket = begun(folders)
    before = bucket.tree()
    bucket.put(f"prefix/study~public/{name}", b"damaged")
    assert repair(ROOT, OBJECT, files=BucketFiles(bucket)) != ()
    assert bucket.tree() == before


def test_files_that_came_late_are_removed(folders: dict[str, Path]) -> None:
    """A file in a version's folder that no inventory knows was never acknowledged."""
    bucket = begun(folders)
    bucket.put("prefix/study~public/v1/content/late.txt", b"late")
    assert [each.kind for each in repair(ROOT, OBJECT, files=BucketFiles(bucket))] == ["strays"]
    check_valid(bucket)


def test_an_object_that_lost_its_inventory_is_never_taken_back(folders: dict[str, Path]) -> None:
    """Its first version may have been acknowledged."""
    bucket = begun(folders)
    before = bucket.tree()
    for name in (NAME, SIDECAR):
        bucket.delete(f"prefix/study~public/{name}", None)
    repair(ROOT, OBJECT, files=BucketFiles(bucket))
    assert bucket.tree() == before
    assert layout.OBJECT_MARK in {key.rpartition("/")[2] for key in before}
