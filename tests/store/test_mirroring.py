"""A copy on a disk that crashes between any two calls, tears, fills up, and forgets what was not synced."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.lock import LEASE_SECONDS
from ppdarchive.store.mirroring import Mirrored, mirror
from ppdarchive.store.publishing import publish
from ppdarchive.store.reading import content_of, head, objects
from ppdarchive.store.records import Mark, Tombstone, put_mark
from ppdarchive.store.repair import repair
from ppdarchive.store.rewriting import rewrite

from .buckets import Bucket, BucketFiles
from .crashing import Crash, CrashingFiles, Disk

SOURCE, ROOT = Path("bucket/archive"), Path("/archive")
OBJECT = "study~public"
CREATED = datetime(2026, 3, 1, tzinfo=UTC)
SECRET = b"her own words"
STEPS = [pytest.param(13, id="some"), pytest.param(1, id="all", marks=pytest.mark.thorough)]


@pytest.fixture(scope="module")
def buckets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bucket, Bucket]:
    """An archive of two releases, and the same when it was purged."""
    top, before = tmp_path_factory.mktemp("packages"), Bucket()
    for number, text in enumerate((SECRET, b"second"), start=1):
        folder = top / str(number)
        (folder / "data").mkdir(parents=True)
        (folder / "a.txt").write_bytes(text)
        (folder / "data" / "b.bin").write_bytes(b"b" * 2500)
        publish(SOURCE, OBJECT, folder, created=CREATED, files=BucketFiles(before))
    mark = Mark(1, "superseded", "Newer.", date(2026, 3, 2), None)
    put_mark(SOURCE, OBJECT, mark, files=BucketFiles(before))
    after = before.copied()
    (top / "1" / "a.txt").write_bytes(b"purged")
    stone = Tombstone(0, "participant", (), date(2026, 4, 1), "withdrawal")
    rewrite(SOURCE, OBJECT, {1: top / "1"}, stone, files=BucketFiles(after))
    return before, after


def copy(bucket: Bucket, files: CrashingFiles) -> Mirrored:
    """Make the disk's object the same as the bucket's."""
    origin = BucketFiles(bucket)
    return mirror(head(SOURCE, OBJECT, files=origin), origin, ROOT, files)


def copied_in_the_end(bucket: Bucket, disk: Disk) -> None:
    """Go on after a crash, repairing first if need be."""
    disk.clock += LEASE_SECONDS + 1
    try:
        copy(bucket, CrashingFiles(disk))
    except StoreError:
        repair(ROOT, OBJECT, files=CrashingFiles(disk))
        copy(bucket, CrashingFiles(disk))
    assert tree(disk, ROOT / OBJECT) == {
        key.removeprefix(f"archive/{OBJECT}/"): text
        for key, text in bucket.tree().items()
        if key.startswith(f"archive/{OBJECT}/")
    }
    staged = [entry.name for entry in CrashingFiles(disk).entries(ROOT / layout.STAGING)]
    assert [name for name in staged if name.startswith(OBJECT)] == []


def tree(disk: Disk, folder: Path) -> dict[str, bytes]:
    """All files below a folder, by their paths inside."""
    files, found, to_visit = CrashingFiles(disk), {}, [folder]
    while to_visit:
        place = to_visit.pop()
        for entry in files.entries(place):
            if entry.kind == "folder":
                to_visit.append(place / entry.name)
            else:
                path = (place / entry.name).relative_to(folder).as_posix()
                found[path] = files.read(place / entry.name, 2**20)
    return found


def released(disk: Disk) -> list[bytes]:
    """What a reader finds as each version's first file."""
    files = CrashingFiles(disk)
    if disk.find(ROOT / layout.ROOT_MARK) is None or OBJECT not in objects(ROOT, files=files):
        return []
    found = head(ROOT, OBJECT, files=files)
    places = [content_of(found, n, files=files)["a.txt"] for n in range(1, found.number + 1)]
    return [files.read(place, 100) for place in places]


def at(number: int, error: BaseException) -> Callable[[int, str], None]:
    """Fail at one call."""

    def before(call: int, _: str) -> None:
        if call == number:
            raise error

    return before


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_any_call_leaves_whole_releases(buckets: tuple[Bucket, Bucket], step: int) -> None:
    """Of the copy; and the next one ends with all of them."""
    counted = CrashingFiles(Disk())
    copy(buckets[0], counted)
    for number in range(0, counted.n_calls, step):
        disk, random = Disk(), Random(number)
        with contextlib.suppress(Crash):
            copy(buckets[0], CrashingFiles(disk, before=at(number, Crash()), tear=random))
        disk.crash(random)
        assert released(disk) == [SECRET, b"second"][: len(released(disk))]
        copied_in_the_end(buckets[0], disk)
        assert released(disk) == [SECRET, b"second"]


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_while_a_purge_reaches_the_copy(buckets: tuple[Bucket, Bucket], step: int) -> None:
    """Leaves the old or the new; and the next one ends with nothing of the old."""
    before, after = buckets
    counted = Disk()
    copy(before, CrashingFiles(counted))
    files = CrashingFiles(counted)
    assert copy(after, files).is_replaced
    for number in range(0, files.n_calls, step):
        disk, random = Disk(), Random(number)
        copy(before, CrashingFiles(disk))
        with contextlib.suppress(Crash):
            copy(after, CrashingFiles(disk, before=at(number, Crash()), tear=random))
        disk.crash(random)
        assert released(disk) in ([SECRET, b"second"], [b"purged", b"second"])
        copied_in_the_end(after, disk)
        assert not any(SECRET in text for text in tree(disk, ROOT).values())


def test_a_disk_that_is_full_keeps_the_old(buckets: tuple[Bucket, Bucket]) -> None:
    """And what was copied is gone on with when there is room."""
    whole = Disk()
    copy(buckets[0], CrashingFiles(whole))
    for capacity in range(0, whole.used(), 1500):
        disk = Disk()
        disk.capacity = capacity
        with pytest.raises(StoreError) as caught:
            copy(buckets[0], CrashingFiles(disk))
        assert caught.value.code in ("store.not-writable", "store.unfinished")
        disk.capacity = None
        assert released(disk) == [SECRET, b"second"][: len(released(disk))]
        copied_in_the_end(buckets[0], disk)
