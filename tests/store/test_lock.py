"""One publisher at a time, and a lock that may break."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.files import LOCAL
from ppdarchive.store.lock import LEASE_SECONDS, hold

from .crashing import CrashingFiles, Disk

ROOT = Path("/archive")
OBJECT = "study~public"


@pytest.fixture
def disk() -> Disk:
    """Return a disk with a folder for an archive."""
    disk = Disk()
    disk.folder_at(ROOT)
    return disk


def names(disk: Disk) -> list[str]:
    """The names in the lock's folder."""
    return list(disk.folder(ROOT / layout.LOCKS / OBJECT).entries)


def test_a_lock_is_one_file_that_changes_its_name(disk: Disk) -> None:
    """Held it is called after a random token and a time, and free afterwards; nothing else is left."""
    files = CrashingFiles(disk)
    with hold(files, ROOT, OBJECT) as held:
        (name,) = names(disk)
        assert name.startswith("held-")
        assert files.entry(held.staging) is not None
    assert names(disk) == ["free"]
    assert files.entry(held.staging) is None


def test_who_waits_too_long_is_told(disk: Disk) -> None:
    """A lock that is prolonged keeps others out."""
    files = CrashingFiles(disk)
    with hold(files, ROOT, OBJECT) as held:
        disk.clock += LEASE_SECONDS - 1
        held.renew()
        disk.clock += LEASE_SECONDS - 1
        with (
            pytest.raises(StoreError, match="somebody else is changing"),
            hold(files, ROOT, OBJECT, patience=0),
        ):
            pass
        held.check()


def test_other_objects_are_not_kept_out(disk: Disk) -> None:
    """A lock is one object's, and so is what is swept; twins share theirs."""
    files = CrashingFiles(disk)
    with hold(files, ROOT, OBJECT) as held:
        with hold(files, ROOT, "study~public.v2", patience=0) as other, hold(files, ROOT, "study~partners"):
            assert held.staging != other.staging
            held.check()
        with pytest.raises(StoreError), hold(files, ROOT, "Study~public", patience=0):
            pass


def test_a_lock_that_is_over_is_taken_and_its_work_swept(disk: Disk) -> None:
    """Its former holder learns that it is lost, in whatever it does next, and takes nothing back."""
    files = CrashingFiles(disk)
    with contextlib.ExitStack() as stack:
        stack.enter_context(pytest.raises(StoreError, match="somebody else has taken it"))
        late = stack.enter_context(hold(files, ROOT, OBJECT))
        files.make_folder(late.staging / "v1")
        disk.clock += LEASE_SECONDS + 1
        with hold(files, ROOT, OBJECT) as held:
            assert held.n_swept == 1
            for ask in (late.check, late.renew):
                with pytest.raises(StoreError, match="somebody else has taken it"):
                    ask()
            files.make_folder(late.staging / "v2")


@pytest.mark.parametrize("left", [[], ["free", "held-" + "0" * 32 + "-5"], ["free", "stray"]])
def test_a_lock_that_was_meddled_with_still_works(disk: Disk, left: list[str]) -> None:
    """An empty folder, two files, or another file do not keep everybody out."""
    files = CrashingFiles(disk)
    folder = ROOT / layout.LOCKS / OBJECT
    disk.folder_at(folder)
    for name in left:
        disk.put(folder / name, b"")
    for _ in range(2):
        with hold(files, ROOT, OBJECT, patience=0) as held:
            held.check()


def test_a_lock_without_its_file_is_not_made_anew(disk: Disk) -> None:
    """Where something else lies, nobody gets in, and nothing is removed."""
    disk.put(ROOT / layout.LOCKS / OBJECT / "stray", b"")
    with (
        pytest.raises(StoreError, match="somebody else"),
        hold(CrashingFiles(disk), ROOT, OBJECT, patience=3),
    ):
        pass
    assert names(disk) == ["stray"]


def test_many_threads_hold_it_one_at_a_time(tmp_path: Path) -> None:
    """On a real disk no two hold it at once, and each has it once."""
    inside: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        with hold(LOCAL, tmp_path, OBJECT):
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(24)))
    assert most == [1] * 24
