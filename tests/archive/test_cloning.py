"""An archive and its copies, between disks and object stores."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.store.buckets import Bucket, BucketFiles, Crash, Fault

from ppdarchive.archive import cloning
from ppdarchive.archive.cloning import Cloned, clone
from ppdarchive.errors import ArchiveError, StoreError
from ppdarchive.store import layout
from ppdarchive.store.files import LOCAL, Files
from ppdarchive.store.inventory import NAME, SIDECAR
from ppdarchive.store.lock import LEASE_SECONDS
from ppdarchive.store.publishing import make_root, publish
from ppdarchive.store.reading import content_of, head, objects
from ppdarchive.store.records import Mark, Tombstone, marks, put_mark, tombstones
from ppdarchive.store.rewriting import rewrite
from ppdarchive.store.verify import verify

PUBLIC, PARTNERS = "study~public", "study~partners"
CREATED = datetime(2026, 3, 1, tzinfo=UTC)
SECRET = b"her own words"
RELEASES = (
    {"a.txt": b"first", "data/b.bin": SECRET * 1000},
    {"a.txt": b"second", "data/b.bin": SECRET * 1000},
)


class Stores:
    """Places of tests: folders, and buckets in memory by names such as ``s3://one``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.buckets: dict[str, Bucket] = {}
        self.files: dict[str, Files] = {}

    def place_of(self, where: str) -> tuple[Files, Path]:
        """As `ppdarchive.store.places.place_of`."""
        if where.startswith("s3://"):
            bucket = self.buckets.setdefault(where, Bucket())
            return self.files.get(where) or BucketFiles(bucket), Path(where[5:], "archive")
        return self.files.get(where, LOCAL), self.folder / where


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stores:
    """Places that `clone` finds."""
    made = Stores(tmp_path)
    monkeypatch.setattr(cloning, "place_of", made.place_of)
    return made


def fill(stores: Stores, where: str, name: str = PUBLIC, *, n_releases: int = 2) -> None:
    """Publish releases that are not there yet."""
    files, root = stores.place_of(where)
    n_before = head(root, name, files=files).number if name in found_in(stores, where) else 0
    for number in range(n_before, n_releases):
        folder = stores.folder / f"package{number}"
        for path, content in RELEASES[number % 2].items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content + str(number // 2).encode())
        publish(root, name, folder, created=CREATED, message=f"Release {number + 1}.0.0", files=files)


def found_in(stores: Stores, where: str) -> tuple[str, ...]:
    """The objects of a place, if it is an archive."""
    files, root = stores.place_of(where)
    return objects(root, files=files) if files.entry(root / layout.ROOT_MARK) is not None else ()


def everything(stores: Stores, where: str) -> dict[str, bytes]:
    """All files of all objects, by their paths."""
    files, root = stores.place_of(where)
    found = {}
    to_visit = [Path(name) for name in found_in(stores, where)]
    while to_visit:
        inside = to_visit.pop()
        for entry in files.entries(root / inside):
            if entry.kind == "folder":
                to_visit.append(inside / entry.name)
            else:
                found[(inside / entry.name).as_posix()] = files.read(root / inside / entry.name, 2**20)
    return found


def check_same(stores: Stores, source: str, target: str) -> None:
    """Two archives are the same to the byte, and the copy is valid."""
    assert everything(stores, source) == everything(stores, target)
    files, root = stores.place_of(target)
    assert [each for each in verify(root, fixity=True, files=files) if each.severity == "error"] == []
    left = [each.name for each in files.entries(root / layout.STAGING)]
    assert [name for name in left if name not in (".keep", "leftovers")] == []


def done(stores: Stores, source: str, target: str) -> list[Cloned]:
    """Clone."""
    return list(clone(source, target))


WAYS = [("one", "s3://two"), ("s3://one", "two"), ("one", "two"), ("s3://one", "s3://two")]


@pytest.mark.parametrize(("source", "target"), WAYS)
def test_a_copy_is_the_same_to_the_byte(stores: Stores, source: str, target: str) -> None:
    """All objects, then what was added since, and nothing if nothing was."""
    fill(stores, source, n_releases=1)
    fill(stores, source, PARTNERS)
    first = done(stores, source, target)
    assert [(each.object_id, each.done.versions) for each in first] == [(PARTNERS, (1, 2)), (PUBLIC, (1,))]
    check_same(stores, source, target)
    fill(stores, source, n_releases=3)
    files, root = stores.place_of(source)
    put_mark(root, PUBLIC, Mark(1, "superseded", "Newer.", date(2026, 3, 2), None), files=files)
    second = done(stores, source, target)
    assert [each.done.versions for each in second] == [(), (2, 3)]
    assert second[1].done.n_records == 1
    check_same(stores, source, target)
    assert not any(each.is_new for each in done(stores, source, target))
    check_same(stores, source, target)


def test_there_and_back_is_the_same_tree(stores: Stores) -> None:
    """Times of files too, which follow from the releases."""
    fill(stores, "one")
    done(stores, "one", "s3://two")
    done(stores, "s3://two", "three")
    for path in everything(stores, "one"):
        one, three = stores.folder / "one" / path, stores.folder / "three" / path
        assert one.stat().st_mtime == three.stat().st_mtime


def at(number: int, fault: Fault) -> Callable[[int, str], Fault]:
    """Fail at one request."""
    return lambda call, _: fault if call == number else None


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("effect", ["before", "after"])
def test_an_interrupted_copy_to_a_store_goes_on(stores: Stores, effect: str, step: int) -> None:
    """At any request; at every instant readers of the copy find whole releases, and none too many."""
    fill(stores, "one")
    done(stores, "one", "s3://whole")
    files = BucketFiles(Bucket())
    stores.files["s3://counted"] = files
    done(stores, "one", "s3://counted")
    for number in range(0, files.bucket_calls.n_calls, step):
        bucket = stores.buckets["s3://two"] = Bucket()
        fault = at(number, Crash() if effect == "before" else Crash("after"))
        stores.files["s3://two"] = BucketFiles(bucket, fault=fault)
        with pytest.raises(Crash):
            done(stores, "one", "s3://two")
        del stores.files["s3://two"]
        check_readable(stores, "s3://two")
        bucket.clock += LEASE_SECONDS + 1
        done(stores, "one", "s3://two")
        check_same(stores, "one", "s3://two")
        assert bucket.uploads == {}


def check_readable(stores: Stores, where: str) -> None:
    """Whatever releases there are have all their bytes."""
    files, root = stores.place_of(where)
    for name in found_in(stores, where):
        found = head(root, name, files=files)
        for number, version in enumerate(found.inventory.versions, start=1):
            for path, place in content_of(found, number, files=files).items():
                text = files.read(place, 2**20)
                assert hashlib.sha512(text).hexdigest() == version.state[path]


class Stopping:
    """The machine's disk, until it has copied a number of files."""

    def __init__(self, n_files: int) -> None:
        self.n_left = n_files

    def __getattr__(self, name: str) -> object:
        if name == "create":
            self.n_left -= 1
            if self.n_left < 0:
                raise Crash
        return getattr(LOCAL, name)


@pytest.mark.parametrize("source", ["one", "s3://one"])
def test_an_interrupted_copy_to_a_disk_goes_on(stores: Stores, source: str) -> None:
    """What was copied is kept where its bytes are right, and copied again where they are not."""
    fill(stores, source)
    n_kept = 0
    for n_files in range(9, 40, 4):
        target = f"two{n_files}"
        stores.files[target] = Stopping(n_files)  # type: ignore[assignment]
        with contextlib.suppress(Crash):
            done(stores, source, target)
        del stores.files[target]
        check_readable(stores, target)
        partial = stores.folder / target / layout.STAGING / f"{PUBLIC}.clone"
        torn = sorted(partial.rglob("b.bin"))
        if n_files % 2 and torn:
            torn[0].write_bytes(b"torn")
        n_kept += sum(each.done.n_kept for each in done(stores, source, target))
        check_same(stores, source, target)
    assert n_kept > 0


@pytest.mark.parametrize(("source", "target"), WAYS)
def test_a_purge_reaches_the_copy(stores: Stores, source: str, target: str) -> None:
    """Nothing of what was removed is left in it, nor a digest."""
    fill(stores, source)
    done(stores, source, target)
    files, root = stores.place_of(source)
    purged = stores.folder / "purged"
    purged.mkdir()
    (purged / "a.txt").write_bytes(b"purged")
    stone = Tombstone(0, "participant", (), date(2026, 4, 1), "withdrawal")
    rewrite(root, PUBLIC, {1: purged, 2: purged}, stone, files=files)
    (found,) = done(stores, source, target)
    assert found.done.is_replaced
    check_same(stores, source, target)
    assert SECRET not in b"".join(everything(stores, target).values())
    files, root = stores.place_of(target)
    assert len(tombstones(root, PUBLIC, files=files)) == 1
    assert not any(each.is_new for each in done(stores, source, target))


@pytest.mark.parametrize("target", ["two", "s3://two"])
def test_a_copy_with_a_history_of_its_own_is_left_alone(stores: Stores, target: str) -> None:
    """Whether it has more, or others."""
    fill(stores, "one")
    done(stores, "one", target)
    fill(stores, target, n_releases=3)
    before = everything(stores, target)
    with pytest.raises(StoreError) as caught:
        done(stores, "one", target)
    assert caught.value.code == "store.other-history"
    fill(stores, "one", n_releases=2)
    files, root = stores.place_of("one")
    folder = stores.folder / "package0"
    publish(root, PUBLIC, folder, created=CREATED, message="Another", files=files)
    with pytest.raises(StoreError) as caught:
        done(stores, "one", target)
    assert caught.value.code == "store.other-history"
    assert everything(stores, target) == before


@pytest.mark.parametrize("target", ["two", "s3://two"])
def test_a_copy_that_was_damaged_is_mended(stores: Stores, target: str) -> None:
    """A byte that flipped, and a file that is gone, are copied again."""
    fill(stores, "one")
    done(stores, "one", target)
    paths = [f"{PUBLIC}/v1/content/a.txt", f"{PUBLIC}/v2/content/data/b.bin"]
    if target == "two":
        (stores.folder / "two" / paths[0]).write_bytes(b"fIrst0")
        (stores.folder / "two" / paths[1]).unlink()
    else:
        stores.buckets[target].put(f"archive/{paths[0]}", b"fIrst0")
        stores.buckets[target].delete(f"archive/{paths[1]}", None)
    (found,) = done(stores, "one", target)
    assert found.done.n_mended == 2
    check_same(stores, "one", target)


@pytest.mark.spoils_archive
@pytest.mark.parametrize("target", ["two", "s3://two"])
def test_a_source_that_is_damaged_is_not_copied(stores: Stores, target: str) -> None:
    """No byte that is not as its inventory says becomes visible in the copy."""
    fill(stores, "one")
    (stores.folder / "one" / PUBLIC / "v2/content/a.txt").write_bytes(b"sEcond0")
    with pytest.raises(StoreError) as caught:
        done(stores, "one", target)
    assert caught.value.code == "store.damaged"
    files, root = stores.place_of(target)
    assert head(root, PUBLIC, files=files).number == 1
    check_readable(stores, target)


@pytest.mark.spoils_archive
def test_a_hostile_source_leads_nowhere(stores: Stores, tmp_path: Path) -> None:
    """No link is followed, and no record has a name that leads out."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "a.txt").write_bytes(b"secret")
    for place in ("v2/content/data", "extensions/ppdarchive/marks"):
        source = f"hostile{place.count('/')}"
        fill(stores, source)
        folder = stores.folder / source / PUBLIC / place
        if folder.exists():
            folder.rename(tmp_path / "elsewhere")
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.symlink_to(secret, target_is_directory=True)
        with pytest.raises(StoreError) as caught:
            done(stores, source, f"copy-of-{source}")
        assert caught.value.code in ("store.damaged", "store.path")
    bucket = Bucket()
    stores.buckets["s3://hostile"] = bucket
    fill(stores, "s3://hostile")
    bucket.put(f"archive/{PUBLIC}/extensions/ppdarchive/../../../../../evil", b"evil")
    with pytest.raises(StoreError) as caught:
        done(stores, "s3://hostile", "copy-of-bucket")
    assert caught.value.code in ("store.damaged", "store.path")
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize("target", ["one", "one/inside", "."])
def test_an_archive_is_not_copied_into_itself(stores: Stores, target: str) -> None:
    """Nor out of one that is inside."""
    fill(stores, "one")
    with pytest.raises(ArchiveError) as caught:
        done(stores, "one", target)
    assert caught.value.code == "archive.same-place"


def test_an_archive_without_releases_is_told(stores: Stores) -> None:
    """There is nothing to copy."""
    with pytest.raises(StoreError) as caught:
        done(stores, "one", "two")
    assert caught.value.code == "store.not-found"
    make_root(stores.folder / "one")
    with pytest.raises(ArchiveError) as empty:
        done(stores, "one", "two")
    assert empty.value.code == "archive.empty"
    assert not (stores.folder / "two").exists()


def test_a_copy_that_a_crash_left_open_is_repaired_first(stores: Stores) -> None:
    """Its sidecar was not put, or the version before the last one's was."""
    fill(stores, "one")
    done(stores, "one", "two")
    (stores.folder / "two" / PUBLIC / SIDECAR).write_bytes(
        (stores.folder / "two" / PUBLIC / "v1" / SIDECAR).read_bytes()
    )
    done(stores, "one", "two")
    check_same(stores, "one", "two")
    assert (stores.folder / "two" / PUBLIC / NAME).exists()


def test_marks_of_the_copy_are_read(stores: Stores) -> None:
    """As those of the source."""
    fill(stores, "one")
    mark = Mark(1, "withdrawn", "A mistake.", date(2026, 3, 2), None)
    put_mark(stores.folder / "one", PUBLIC, mark)
    done(stores, "one", "s3://two")
    files, root = stores.place_of("s3://two")
    assert marks(root, PUBLIC, files=files) == (mark,)
