"""What a rewrite removes is gone, what it keeps is as it was, and no crash leaves anything between."""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import pickle
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.inventory import CONTENT, NAME, Inventory
from ppdarchive.store.lock import LEASE_SECONDS
from ppdarchive.store.publishing import publish
from ppdarchive.store.reading import content_paths, head, objects
from ppdarchive.store.records import Mark, Tombstone, marks, put_mark, tombstones
from ppdarchive.store.repair import Mended, repair
from ppdarchive.store.replay import replayed
from ppdarchive.store.rewriting import rewrite
from ppdarchive.store.signature import signature_path
from ppdarchive.store.verify import verify

from .crashing import Crash, CrashingFiles, Disk
from .strategies import digests, folders, inventories
from .test_stateful import at, crash, fail_with, judged, n_calls, released, sources

ROOT = Path("/archive")
OBJECT = "study~public"
CREATED = datetime(2026, 3, 1, tzinfo=UTC)
STONE = Tombstone(0, "participant", (), date(2026, 4, 1), "withdrawal")
SECRET = b"her own words"
KEY = bytes(range(8))

Contents = Mapping[str, bytes]
BEFORE: tuple[Contents, ...] = (
    {"a.txt": b"first"},
    {"a.txt": b"first", "data/b.bin": SECRET + b"b" * 2500},
    {"a.txt": b"third", "data/b.bin": SECRET + b"b" * 2500, "c.txt": b""},
)
AFTER: tuple[Contents, ...] = (
    BEFORE[0],
    {"a.txt": b"first", "data/b.bin": b"b" * 2500},
    {"a.txt": b"third", "data/b.bin": b"b" * 2500, "c.txt": b""},
)
ORACLES = [hashlib.sha512(BEFORE[1]["data/b.bin"]).hexdigest().encode()]
"""What tells whoever guesses what was removed that the guess is right."""


def begun(*, dedupe: bool = False) -> Disk:
    """A disk with an archive of three versions, and folders with what two of them are to be."""
    disk: Disk = pickle.loads(pickled(dedupe=dedupe))
    return disk


@functools.cache
def pickled(*, dedupe: bool) -> bytes:
    """The same, to be made anew from at once."""
    disk = Disk()
    for number, contents in enumerate(BEFORE, start=1):
        folder = sources(disk, f"before{number}", contents)
        publish(ROOT, OBJECT, folder, created=CREATED, dedupe=dedupe, files=CrashingFiles(disk))
    for number in (2, 3):
        sources(disk, f"after{number}", AFTER[number - 1])
    sources(disk, "more", {"a.txt": b"more"})
    return pickle.dumps(disk)


def purge(disk: Disk, files: CrashingFiles) -> Tombstone:
    """Take the words out of the two versions that have them."""
    versions = {number: Path(f"/sources/after{number}") for number in (2, 3)}
    return rewrite(ROOT, OBJECT, versions, STONE, expected_head=3, files=files)


def remains(disk: Disk) -> list[str]:
    """Files below the storage root that hold what was to be removed, or a digest of it."""
    removed = (SECRET, *ORACLES)
    return [path for path, content in disk.files_below(ROOT) if any(each in content for each in removed)]


def calls_until_decided() -> int:
    """After how many calls the journal is there."""
    disk, seen = begun(), []

    def before(number: int, _: str) -> None:
        if disk.find(ROOT / layout.journal(OBJECT)) is not None:
            seen.append(number)

    purge(disk, CrashingFiles(disk, before=before))
    return min(seen)


CALLS = n_calls(purge, begun())
DECIDED = calls_until_decided()
INSTANTS = sorted({*range(0, DECIDED, 29), *range(DECIDED - 8, CALLS)})
"""What is staged before the decision is the same call again and again; from then on each counts."""
STATES = (list(BEFORE), list(AFTER))


def check_done(disk: Disk) -> None:
    """The words are gone, everything else is there and valid, and nothing is left to do."""
    assert released(disk) == list(AFTER)
    assert remains(disk) == []
    assert [stone.number for stone in tombstones(ROOT, OBJECT, files=CrashingFiles(disk))] == [1]
    assert repair(ROOT, OBJECT, files=CrashingFiles(disk)) == ()


@pytest.mark.parametrize("dedupe", [False, True])
def test_what_was_removed_is_nowhere(dedupe: bool) -> None:
    """No byte and no digest of it lies below the storage root; who and when stays as it was."""
    disk = begun(dedupe=dedupe)
    before = head(ROOT, OBJECT, files=CrashingFiles(disk)).inventory
    assert remains(disk) != []
    stone = purge(disk, CrashingFiles(disk))
    assert stone == replace(STONE, number=1, versions=(2, 3))
    check_done(disk)
    assert not judged(disk)
    after = head(ROOT, OBJECT, files=CrashingFiles(disk)).inventory
    assert [replace(v, state={}) for v in after.versions] == [replace(v, state={}) for v in before.versions]
    has_copy = disk.find(ROOT / OBJECT / "v3" / CONTENT / "data" / "b.bin") is not None
    assert has_copy != dedupe


@pytest.mark.parametrize("number", INSTANTS)
@pytest.mark.parametrize("is_power_cut", [False, True])
def test_a_crash_before_any_call_leaves_old_or_new(number: int, is_power_cut: bool) -> None:
    """Killed or without power at each instant: old or new is read; repair makes it either, and whole."""
    for seed in range(2 if is_power_cut else 1):
        disk = begun()
        random = Random(1000 * seed + number)
        with pytest.raises(Crash):
            purge(disk, CrashingFiles(disk, before=at(number, crash), tear=random))
        if is_power_cut:
            disk.crash(random)
        found = released(disk)
        assert found in STATES
        disk.clock += LEASE_SECONDS + 1
        mended = repair(ROOT, OBJECT, files=CrashingFiles(disk))
        assert (Mended("rewritten") in mended) <= (found == list(AFTER))
        assert released(disk) == found
        assert repair(ROOT, OBJECT, files=CrashingFiles(disk)) == ()
        assert number % 10 or not judged(disk)
        if found == list(BEFORE):
            purge(disk, CrashingFiles(disk))
        check_done(disk)


@pytest.mark.parametrize("crash_at", range(CALLS))
def test_repair_can_crash_too(crash_at: int) -> None:
    """Whatever instant a rewrite and then its repairs crash at, a last repair makes it old or new."""
    disk = begun()
    with pytest.raises(Crash):
        purge(disk, CrashingFiles(disk, before=at(crash_at, crash)))
    disk.crash(Random(crash_at))
    found = released(disk)
    for number in range(0, 300, 5):
        disk.clock += LEASE_SECONDS + 1
        files = CrashingFiles(disk, before=at(number, crash), tear=Random(number))
        try:
            repair(ROOT, OBJECT, files=files)
        except Crash:
            disk.crash(Random(number))
            assert released(disk) == found
        else:
            break
    assert released(disk) == found
    if found == list(BEFORE):
        purge(disk, CrashingFiles(disk))
    check_done(disk)
    assert crash_at % 7 or not judged(disk)


@pytest.mark.parametrize("error", [errno.EACCES, errno.EIO])
def test_a_failing_call_is_told_and_leaves_old_or_new(error: int) -> None:
    """Whichever call fails, it is done, or not begun, or for repair to finish; the error says which."""
    for number in INSTANTS:
        disk = begun()
        code = ""
        try:
            purge(disk, CrashingFiles(disk, before=at(number, fail_with(error))))
        except StoreError as problem:
            code = problem.code
        found = released(disk)
        assert found in ([list(AFTER)] if not code else STATES)
        if found == list(AFTER):
            assert code in ("", "store.unfinished")
        repair(ROOT, OBJECT, files=CrashingFiles(disk))
        assert released(disk) == found
        if found == list(BEFORE):
            purge(disk, CrashingFiles(disk))
        check_done(disk)


@pytest.mark.parametrize("error", [errno.ENOSPC])
def test_from_some_call_on_nothing_can_be_written(error: int) -> None:
    """A disk that stays full or read-only from any instant on leaves old or new."""
    writing = {"create", "write", "make_folder", "rename", "move_in", "finish", "sync", "remove"}
    for first in INSTANTS:
        disk = begun()

        def before(n: int, name: str, first: int = first) -> None:
            if n >= first and name in writing:
                fail_with(error)()

        with contextlib.suppress(StoreError):
            purge(disk, CrashingFiles(disk, before=before))
        found = released(disk)
        assert found in STATES
        disk.clock += LEASE_SECONDS + 1
        repair(ROOT, OBJECT, files=CrashingFiles(disk))
        assert released(disk) == found
        if found == list(BEFORE):
            purge(disk, CrashingFiles(disk))
        check_done(disk)


def test_a_reader_at_any_instant_reads_old_then_new() -> None:
    """Before every call the whole archive is readable, and what was removed never comes back."""
    disk = begun()
    seen = []

    def before(_: int, __: str) -> None:
        assert objects(ROOT, files=CrashingFiles(disk)) == (OBJECT,)
        seen.append(released(disk))

    purge(disk, CrashingFiles(disk, before=before))
    n_old = seen.count(list(BEFORE))
    assert seen == [list(BEFORE)] * n_old + [list(AFTER)] * (len(seen) - n_old)
    assert 0 < n_old < len(seen)


READ_CALLS = n_calls(lambda _, files: head(ROOT, OBJECT, files=files), begun())


@pytest.mark.parametrize("number", range(READ_CALLS))
def test_a_rewrite_between_two_calls_of_a_reader(number: int) -> None:
    """Whoever reads the head while the object is put in another's place finds one or the other."""
    for stop in range(DECIDED - 2, CALLS + 1, 5):
        disk = begun()

        def meanwhile(disk: Disk = disk, stop: int = stop) -> None:
            with contextlib.suppress(Crash):
                purge(disk, CrashingFiles(disk, before=at(stop, crash)))

        found = head(ROOT, OBJECT, files=CrashingFiles(disk, before=at(number, meanwhile)))
        assert found.number == 3


@pytest.mark.parametrize("number", INSTANTS)
def test_a_broken_lock_loses_nothing(number: int) -> None:
    """Whoever sleeps past its lease while it rewrites: another repairs and publishes, and both hold."""
    disk = begun()

    def meanwhile() -> None:
        disk.clock += LEASE_SECONDS + 1
        files = CrashingFiles(disk)
        repair(ROOT, OBJECT, files=files)
        publish(ROOT, OBJECT, Path("/sources/more"), created=CREATED, files=files)

    code = ""
    try:
        purge(disk, CrashingFiles(disk, before=at(number, meanwhile)))
    except StoreError as problem:
        code = problem.code
    assert code in ("", "store.lock-lost", "store.head-moved")
    found = released(disk)
    more: Contents = {"a.txt": b"more"}
    assert found in ([*AFTER, more], [*BEFORE, more])
    assert (code == "") <= (found == [*AFTER, more])
    if found == [*AFTER, more]:
        assert remains(disk) == []
    assert repair(ROOT, OBJECT, files=CrashingFiles(disk)) == ()
    assert released(disk) == found
    assert number % 7 or not judged(disk)


@pytest.mark.parametrize("number", INSTANTS)
def test_a_publisher_whose_lock_was_taken_by_a_rewrite(number: int) -> None:
    """A publisher that slept through a rewrite brings nothing back."""
    disk = begun()

    def meanwhile() -> None:
        disk.clock += LEASE_SECONDS + 1
        repair(ROOT, OBJECT, files=CrashingFiles(disk))
        with contextlib.suppress(StoreError):
            purge(disk, CrashingFiles(disk))

    folder = sources(disk, "late", {"late.txt": SECRET})
    code = ""
    try:
        files = CrashingFiles(disk, before=at(number, meanwhile))
        publish(ROOT, OBJECT, folder, created=CREATED, files=files)
    except StoreError as problem:
        code = problem.code
    assert code in ("", "store.lock-lost", "store.head-moved", "store.unfinished")
    repair(ROOT, OBJECT, files=CrashingFiles(disk))
    late: Contents = {"late.txt": SECRET}
    found = released(disk)
    assert found in ([*AFTER], [*AFTER, late], [*BEFORE, late])
    if found == list(AFTER):
        assert remains(disk) == []
    assert number % 7 or not judged(disk)


def test_publishers_wait_until_a_rewrite_is_finished() -> None:
    """With a journal there, nobody publishes, marks or rewrites; readers read what is to be."""
    disk = begun()
    ready = ROOT / layout.journal(OBJECT)

    def before(_: int, __: str) -> None:
        if disk.find(ready) is not None:
            raise Crash

    with pytest.raises(Crash):
        purge(disk, CrashingFiles(disk, before=before))
    disk.clock += LEASE_SECONDS + 1
    document = bytes(disk.file(ready).content).decode()
    assert document == '{\n "object": "study~public",\n "phase": "ready",\n "tombstone": 1\n}\n'
    mark = Mark(1, "erratum", "why", date(2026, 3, 1))
    files = CrashingFiles(disk)
    for work in (
        lambda: publish(ROOT, OBJECT, Path("/sources/more"), created=CREATED, files=files),
        lambda: put_mark(ROOT, OBJECT, mark, files=files),
        lambda: purge(disk, files),
    ):
        with pytest.raises(StoreError) as caught:
            work()
        assert caught.value.code == "store.unfinished"
    assert released(disk) == list(AFTER)
    assert head(ROOT, OBJECT, files=files).folder == ROOT / layout.rewritten(OBJECT)
    found = repair(ROOT, OBJECT, files=files)
    assert [each.kind for each in found] == ["rewritten"]
    assert "decided and not finished" in found[0].text
    check_done(disk)


def test_marks_tombstones_and_good_signatures_stay() -> None:
    """A signature of an inventory that changed goes, its key is named; a new one may come."""
    disk = begun()
    put_mark(ROOT, OBJECT, Mark(2, "erratum", "why", date(2026, 3, 1)), files=CrashingFiles(disk))
    for number in (1, 3):
        disk.put(ROOT / OBJECT / signature_path(f"v{number}", KEY), b"of %d" % number)
    signed = []

    def sign(number: int, text: bytes) -> Mapping[str, bytes]:
        signed.append((number, text))
        return {signature_path("v3", KEY): b"anew"} if number == 3 else {}

    files = CrashingFiles(disk)
    versions = {2: Path("/sources/after2"), 3: Path("/sources/after3")}
    stone = rewrite(ROOT, OBJECT, versions, STONE, sign=sign, files=files)
    assert stone.void == {3: ("0706050403020100",)}
    assert [number for number, _ in signed] == [2, 3]
    for number, text in signed:
        assert bytes(disk.file(ROOT / OBJECT / f"v{number}" / NAME).content) == text
    assert bytes(disk.file(ROOT / OBJECT / signature_path("v1", KEY)).content) == b"of 1"
    assert bytes(disk.file(ROOT / OBJECT / signature_path("v3", KEY)).content) == b"anew"
    assert [mark.reason for mark in marks(ROOT, OBJECT, files=files)] == ["why"]
    second = rewrite(ROOT, OBJECT, {1: Path("/sources/after2")}, STONE, files=files)
    assert second.void == {1: ("0706050403020100",), 3: ("0706050403020100",)}
    assert tombstones(ROOT, OBJECT, files=files) == (stone, second)
    assert disk.find(ROOT / OBJECT / signature_path("v3", KEY)) is None
    assert not judged(disk)


@pytest.mark.parametrize(
    "path",
    [
        "logs/log.txt",
        "extensions/other/config.json",
        "extensions/ppdarchive/notes.txt",
        "extensions/ppdarchive/signatures/v1/notes.txt",
        "extensions/ppdarchive/signatures/v9/0000000000000000.minisig",
        "notes.txt",
    ],
)
def test_what_is_not_ours_to_judge_is_told(path: str) -> None:
    """What a rewrite would lose, or keep with words in it, is for a person to look at first."""
    disk = begun()
    disk.put(ROOT / OBJECT / path, SECRET)
    with pytest.raises(StoreError, match="what no release"):
        purge(disk, CrashingFiles(disk))
    assert released(disk) == list(BEFORE)
    assert bytes(disk.file(ROOT / OBJECT / path).content) == SECRET


def test_a_wrong_byte_elsewhere_stays_one() -> None:
    """A rewrite gives damaged content of another version no new digest."""
    disk = begun()
    disk.file(ROOT / OBJECT / "v1" / CONTENT / "a.txt").content[0] ^= 1
    assert judged(disk)
    purge(disk, CrashingFiles(disk))
    assert any("v1/content/a.txt" in problem for problem in judged(disk))


def test_only_versions_that_are_there_are_rewritten(tmp_path: Path) -> None:
    """Another number, a moved head and a folder that is no content are refused; nothing changes."""
    disk = begun()
    files = CrashingFiles(disk)
    sources(disk, "bad", {"a\\b": b""})
    for versions, expected, code in (
        ({4: Path("/sources/more")}, None, "store.no-such-version"),
        ({0: Path("/sources/more")}, None, "store.no-such-version"),
        ({1: Path("/sources/more")}, 2, "store.head-moved"),
        ({1: Path("/sources/bad")}, None, "store.path"),
        ({1: Path("/sources/missing")}, None, "store.not-readable"),
    ):
        with pytest.raises(StoreError) as caught:
            rewrite(ROOT, OBJECT, versions, STONE, expected_head=expected, files=files)
        assert caught.value.code == code
    with pytest.raises(StoreError, match="no object"):
        rewrite(ROOT, "study~partners", {1: Path("/sources/more")}, STONE, files=files)
    assert released(disk) == list(BEFORE)


@given(before=inventories(), data=st.data())
def test_replaying_changes_what_it_is_told_and_no_more(before: Inventory, data: st.DataObject) -> None:
    """Other versions hold what they held; what only the old states had is in no manifest."""
    numbers = st.integers(1, before.head)
    states = {n: digests(data.draw(folders())) for n in data.draw(st.sets(numbers))}
    *_, after = replayed(before, states)
    for number, version in enumerate(before.versions, start=1):
        assert after.versions[number - 1] == replace(version, state=states.get(number, version.state))
    assert after.manifest.keys() == {key for version in after.versions for key in version.state.values()}
    assert list(replayed(before, {}))[-1].versions == before.versions


def test_on_a_real_disk(tmp_path: Path) -> None:
    """The same on the machine's own disk; equal content gives equal trees."""
    root = tmp_path / "archive"
    for number in (1, 2):
        folder = tmp_path / f"package{number}"
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "a.txt").write_bytes(SECRET)
        publish(root, OBJECT, folder, created=CREATED)
        (folder / "data" / "a.txt").write_bytes(b"[NAME]")
    rewrite(root, OBJECT, {1: tmp_path / "package1", 2: tmp_path / "package2"}, STONE)
    assert {path: place.read_bytes() for path, place in content_paths(root, OBJECT, 1).items()} == {
        "data/a.txt": b"[NAME]"
    }
    for path in root.rglob("*"):
        assert path.is_dir() or SECRET not in path.read_bytes()
        if path.is_relative_to(root / OBJECT):
            assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644)
    assert [path.name for path in (root / layout.JOURNALS).iterdir()] == [".keep"]
    assert {problem.severity for problem in verify(root, fixity=True)} <= {"warning"}
