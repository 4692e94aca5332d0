"""Whatever happens between publishing and reading, an acknowledged version is there (rule 7)."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.ocfl_opinion import ocfl_errors

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.inventory import CONTENT
from ppdarchive.store.lock import LEASE_SECONDS
from ppdarchive.store.publishing import publish
from ppdarchive.store.reading import content_of, head, place
from ppdarchive.store.records import Tombstone
from ppdarchive.store.repair import Mended, repair
from ppdarchive.store.rewriting import rewrite
from ppdarchive.store.verify import verify

from .crashing import Crash, CrashingFiles, Disk, never
from .strategies import folders

ROOT = Path("/archive")
OBJECT = "study~public"
CREATED = datetime(2026, 3, 1, tzinfo=UTC)
STONE = Tombstone(0, "participant", (), date(2026, 4, 1), "withdrawal")
Contents = Mapping[str, bytes]


def sources(disk: Disk, name: str, contents: Contents) -> Path:
    """Put a folder to publish on the disk."""
    for path, content in contents.items():
        disk.put(Path("/sources") / name / path, content)
    return Path("/sources") / name


def released(disk: Disk) -> list[Contents]:
    """Every byte of every version, as a reader finds it now; checks nothing but where it lies."""
    files = CrashingFiles(disk)
    if files.entry(place(files, ROOT, OBJECT)) is None:
        return []
    found = head(ROOT, OBJECT, files=files)
    return [
        {path: bytes(disk.file(place).content) for path, place in content_of(found, n, files=files).items()}
        for n in range(1, found.number + 1)
    ]


def judged(disk: Disk) -> list[str]:
    """What our verifier and ocfl-py find wrong with the whole archive."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "archive"
        disk.write_out(ROOT, root)
        found = [str(problem) for problem in verify(root, fixity=True) if problem.severity == "error"]
        return [*found, *ocfl_errors(root)]


def at(number: int, act: Callable[[], None]) -> Callable[[int, str], None]:
    """Do something before one call."""

    def before(n: int, _: str) -> None:
        if n == number:
            act()

    return before


def crash() -> None:
    """Turn the machine off, or kill the process."""
    raise Crash


def fail_with(number: int) -> Callable[[], None]:
    """Let a call fail as the system lets it."""

    def act() -> None:
        raise OSError(number, os.strerror(number))

    return act


FIRST: Contents = {"a.txt": b"first", "data/b.bin": b"b" * 2500}
SECOND: Contents = {"a.txt": b"second", "data/b.bin": b"b" * 2500, "c.txt": b""}


def begun() -> Disk:
    """A disk with an archive of one version."""
    disk = Disk()
    folder = sources(disk, "first", FIRST)
    assert publish(ROOT, OBJECT, folder, created=CREATED, files=CrashingFiles(disk)) == 1
    sources(disk, "second", SECOND)
    return disk


def publish_second(disk: Disk, files: CrashingFiles) -> int:
    """Publish the second version."""
    folder = Path("/sources/second")
    return publish(ROOT, OBJECT, folder, created=CREATED, message="Second", expected_head=1, files=files)


def n_calls(work: Callable[[Disk, CrashingFiles], object], disk: Disk) -> int:
    """How many calls some work takes that nothing disturbs."""
    files = CrashingFiles(disk)
    work(disk, files)
    return files.n_calls


CALLS = n_calls(publish_second, begun())


@pytest.mark.parametrize("number", range(CALLS))
@pytest.mark.parametrize("is_power_cut", [False, True])
def test_a_crash_before_any_call_leaves_old_or_new(number: int, is_power_cut: bool) -> None:
    """Killed or without power at each instant: old or new is read, and repair makes it valid."""
    for seed in range(4 if is_power_cut else 1):
        disk = begun()
        random = Random(seed)
        with pytest.raises(Crash):
            publish_second(disk, CrashingFiles(disk, before=at(number, crash), tear=random))
        if is_power_cut:
            disk.crash(random)
        assert released(disk) in ([FIRST], [FIRST, SECOND])
        repair(ROOT, OBJECT, files=CrashingFiles(disk))
        after = released(disk)
        assert after in ([FIRST], [FIRST, SECOND])
        assert repair(ROOT, OBJECT, files=CrashingFiles(disk)) == ()
        if number % 10 == 0:
            assert not judged(disk)
        if len(after) == 1:
            assert publish_second(disk, CrashingFiles(disk)) == 2
            assert released(disk) == [FIRST, SECOND]


@pytest.mark.parametrize("is_power_cut", [False, True])
def test_a_crash_of_the_first_publish_leaves_nothing_or_all(is_power_cut: bool) -> None:
    """The archive and the object come about whole, or the next publish makes them."""

    def publish_first(disk: Disk, files: CrashingFiles) -> int:
        return publish(ROOT, OBJECT, sources(disk, "first", FIRST), created=CREATED, files=files)

    for number in range(n_calls(publish_first, Disk())):
        disk = Disk()
        random = Random(number)
        with pytest.raises(Crash):
            publish_first(disk, CrashingFiles(disk, before=at(number, crash), tear=random))
        if is_power_cut:
            disk.crash(random)
        files = CrashingFiles(disk)
        if files.entry(ROOT / layout.ROOT_MARK) is not None:
            assert released(disk) in ([], [FIRST])
            repair(ROOT, OBJECT, files=files)
        if not released(disk):
            assert publish_first(disk, files) == 1
        assert released(disk) == [FIRST]
        assert not judged(disk)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_failing_call_is_told_and_leaves_old_or_new(error: int) -> None:
    """Whichever call fails, the error is ours, and nothing is half visible."""
    for number in range(CALLS):
        disk = begun()
        files = CrashingFiles(disk, before=at(number, fail_with(error)))
        is_done = False
        with contextlib.suppress(StoreError):
            is_done = publish_second(disk, files) == 2
        assert released(disk) in ([[FIRST, SECOND]] if is_done else [[FIRST], [FIRST, SECOND]])
        repair(ROOT, OBJECT, files=CrashingFiles(disk))
        assert released(disk) in ([[FIRST, SECOND]] if is_done else [[FIRST], [FIRST, SECOND]])


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS])
def test_from_some_call_on_nothing_can_be_written(error: int) -> None:
    """A disk that stays full or read-only from any instant on leaves old or new."""
    writing = {"create", "write", "make_folder", "rename", "move_in", "finish", "sync", "remove"}
    for first in range(CALLS):
        disk = begun()

        def before(n: int, name: str, first: int = first) -> None:
            if n >= first and name in writing:
                fail_with(error)()

        try:
            publish_second(disk, CrashingFiles(disk, before=before))
        except StoreError:
            assert released(disk) in ([FIRST], [FIRST, SECOND])
        else:
            assert released(disk) == [FIRST, SECOND]


def test_a_reader_at_any_instant_reads_old_then_new() -> None:
    """Before every call of a publisher the whole archive is readable, and never goes back."""
    disk = begun()
    seen = []

    def before(_: int, __: str) -> None:
        seen.append(released(disk))

    publish_second(disk, CrashingFiles(disk, before=before))
    n_old = seen.count([FIRST])
    assert seen == [[FIRST]] * n_old + [[FIRST, SECOND]] * (len(seen) - n_old)
    assert 0 < n_old < len(seen)


@pytest.mark.parametrize("crash_at", range(CALLS))
def test_repair_can_crash_too(crash_at: int) -> None:
    """Whatever instant a publish and then its repair crash at, another repair makes it valid."""
    disk = begun()
    with pytest.raises(Crash):
        publish_second(disk, CrashingFiles(disk, before=at(crash_at, crash)))
    disk.crash(Random(crash_at))
    disk.clock += LEASE_SECONDS + 1
    for number in range(0, 200, 7):
        files = CrashingFiles(disk, before=at(number, crash), tear=Random(number))
        try:
            repair(ROOT, OBJECT, files=files)
        except Crash:
            disk.crash(Random(number))
            disk.clock += LEASE_SECONDS + 1
            assert released(disk) in ([FIRST], [FIRST, SECOND])
        else:
            break
    repair(ROOT, OBJECT, files=CrashingFiles(disk))
    assert released(disk) in ([FIRST], [FIRST, SECOND])
    assert not judged(disk)


@pytest.mark.parametrize("number", range(CALLS))
def test_a_broken_lock_loses_nothing(number: int) -> None:
    """Whoever sleeps past its lease at any instant, another publishes meanwhile: both or one are in."""
    disk = begun()
    other: Contents = {"a.txt": b"other"}
    folder = sources(disk, "other", other)
    acknowledged: list[Contents] = [FIRST]
    refused: list[str] = []

    def meanwhile() -> None:
        disk.clock += LEASE_SECONDS + 1
        files = CrashingFiles(disk)
        repair(ROOT, OBJECT, files=files)
        publish(ROOT, OBJECT, folder, created=CREATED, files=files)
        acknowledged.append(other)

    try:
        publish_second(disk, CrashingFiles(disk, before=at(number, meanwhile)))
        acknowledged.append(SECOND)
    except StoreError as error:
        refused.append(error.code)
    assert set(refused) <= {"store.lock-lost", "store.head-moved", "store.unfinished"}
    after = released(disk)
    assert len(after) == len(acknowledged)
    assert all(contents in after for contents in acknowledged)
    repair(ROOT, OBJECT, files=CrashingFiles(disk))
    assert released(disk)[: len(after)] == after
    assert not judged(disk)


class Archive(RuleBasedStateMachine):
    """Publishers, purges, crashes, repairs and readers at one archive."""

    def __init__(self) -> None:
        super().__init__()
        self.disk = Disk()
        self.possible: list[dict[int, Contents]] = [{}]
        """What was acknowledged; twice while a purge is neither acknowledged nor refused."""
        self.attempted: list[Contents] = []
        self.n_folders = 0

    @initialize(contents=folders())
    def begin(self, contents: Contents) -> None:
        """The archive has one version."""
        self.publish_now(contents, before=never)

    def folder(self, contents: Contents) -> Path:
        """A folder that is to be a version's content."""
        self.n_folders += 1
        self.attempted.append(contents)
        return sources(self.disk, str(self.n_folders), contents)

    def publish_now(
        self, contents: Contents, *, before: Callable[[int, str], None], dedupe: bool = False, seed: int = 0
    ) -> bool:
        """Publish; whether it was acknowledged. A crash gets out."""
        folder = self.folder(contents)
        files = CrashingFiles(self.disk, before=before, tear=Random(seed))
        try:
            number = publish(ROOT, OBJECT, folder, created=CREATED, dedupe=dedupe, files=files)
        except StoreError:
            return False
        for acknowledged in self.possible:
            assert number not in acknowledged
            acknowledged[number] = contents
        return True

    def purge_now(
        self, changed: Mapping[int, Contents], *, before: Callable[[int, str], None], seed: int = 0
    ) -> bool:
        """Give versions other content; whether it was acknowledged. A crash gets out."""
        folders = {number: self.folder(contents) for number, contents in changed.items()}
        old = released(self.disk)
        unpurged = [dict(acknowledged) for acknowledged in self.possible]
        for acknowledged in unpurged:
            self.possible.append(acknowledged | dict(changed))
        files = CrashingFiles(self.disk, before=before, tear=Random(seed))
        code = ""
        try:
            rewrite(ROOT, OBJECT, folders, STONE, files=files)
        except StoreError as error:
            code = error.code
        if not code:
            self.possible = self.possible[len(unpurged) :]
            removed = {content for number in changed for content in old[number - 1].values()}
            assert not self.left_of(removed)
        elif code != "store.unfinished":
            self.possible = self.possible[: len(unpurged)]
        return not code

    def left_of(self, removed: set[bytes]) -> list[str]:
        """Where content lies that no version has any more, or its digest."""
        kept = {content for contents in released(self.disk) for content in contents.values()}
        gone = {content for content in removed - kept if content}
        oracles = [hashlib.sha512(content).hexdigest().encode() for content in gone]
        return [
            path
            for path, content in self.disk.files_below(ROOT)
            if content in gone or any(oracle in content for oracle in oracles)
        ]

    def settle(self) -> tuple[Mended, ...]:
        """Repair; from then on it is sure which purge was decided."""
        mended = repair(ROOT, OBJECT, files=CrashingFiles(self.disk))
        self.possible = [next(filter(self.is_there, self.possible))]
        return mended

    def is_there(self, acknowledged: Mapping[int, Contents]) -> bool:
        """Whether a reader finds every acknowledged version as it was."""
        found = dict(enumerate(released(self.disk), start=1))
        return all(found.get(number) == contents for number, contents in acknowledged.items())

    def drawn_change(self, data: st.DataObject) -> dict[int, Contents]:
        """Other content for some versions."""
        numbers = st.integers(1, len(released(self.disk)))
        chosen = data.draw(st.sets(numbers, min_size=1, max_size=3))
        return {number: data.draw(folders()) for number in sorted(chosen)}

    @rule(contents=folders(), dedupe=st.booleans())
    def publish(self, contents: Contents, dedupe: bool) -> None:
        """Publish undisturbed; it is acknowledged unless something unfinished lies there."""
        settled = self.settle()
        assert self.publish_now(contents, before=never, dedupe=dedupe), settled

    @rule(data=st.data())
    def purge(self, data: st.DataObject) -> None:
        """Purge undisturbed; it is acknowledged, and what was removed is nowhere."""
        settled = self.settle()
        assert self.purge_now(self.drawn_change(data), before=never), settled

    @rule(data=st.data(), number=st.integers(0, 300), is_power_cut=st.booleans(), seed=st.integers(0, 9))
    def purge_and_crash(self, data: st.DataObject, number: int, is_power_cut: bool, seed: int) -> None:
        """Kill whoever purges, or cut the power, before some call; whoever resumes gets it done."""
        self.settle()
        changed = self.drawn_change(data)
        try:
            self.purge_now(changed, before=at(number, crash), seed=seed)
        except Crash:
            if is_power_cut:
                self.disk.crash(Random(seed))
            self.disk.clock += LEASE_SECONDS + 1
            if data.draw(st.booleans()):
                self.settle()
                assert self.purge_now(changed, before=never)

    @rule(data=st.data(), number=st.integers(0, 300), free=st.integers(0, 9000))
    def purge_on_a_full_disk(self, data: st.DataObject, number: int, free: int) -> None:
        """Purge when the disk fills up or a call fails."""
        self.settle()
        changed = self.drawn_change(data)
        self.disk.capacity = self.disk.used() + free
        self.purge_now(changed, before=at(number, fail_with(errno.EIO)) if free > 6000 else never)
        self.disk.capacity = None

    @rule(
        data=st.data(),
        contents=folders(),
        number=st.integers(0, 300),
        other_number=st.none() | st.integers(0, 300),
        first=st.tuples(st.booleans(), st.sampled_from(("awake", "asleep", "asleep and repaired"))),
    )
    def publish_and_purge_concurrently(
        self,
        data: st.DataObject,
        contents: Contents,
        number: int,
        other_number: int | None,
        first: tuple[bool, str],
    ) -> None:
        """One purges and one publishes, either between two calls of the other, who may have slept."""
        self.settle()
        changed = self.drawn_change(data)
        is_purge_first, behind = first

        def meanwhile() -> None:
            self.disk.clock += 0 if behind == "awake" else LEASE_SECONDS + 1
            before = never if other_number is None else at(other_number, crash)
            with contextlib.suppress(Crash):
                if behind == "asleep and repaired":
                    repair(ROOT, OBJECT, files=CrashingFiles(self.disk))
                if is_purge_first:
                    self.publish_now(contents, before=before)
                else:
                    self.purge_now(changed, before=before)

        if is_purge_first:
            self.purge_now(changed, before=at(number, meanwhile))
        else:
            self.publish_now(contents, before=at(number, meanwhile))

    @rule(
        contents=folders(),
        dedupe=st.booleans(),
        number=st.integers(0, 2 * CALLS),
        is_power_cut=st.booleans(),
        seed=st.integers(0, 9),
    )
    def publish_and_crash(
        self, contents: Contents, dedupe: bool, number: int, is_power_cut: bool, seed: int
    ) -> None:
        """Kill a publisher, or cut the power, before some call."""
        try:
            self.publish_now(contents, before=at(number, crash), dedupe=dedupe, seed=seed)
        except Crash:
            if is_power_cut:
                self.disk.crash(Random(seed))

    @rule(contents=folders(), number=st.integers(0, CALLS), free=st.integers(0, 4000))
    def publish_on_a_full_disk(self, contents: Contents, number: int, free: int) -> None:
        """Publish when the disk fills up or a call fails."""
        self.disk.capacity = self.disk.used() + free
        self.publish_now(contents, before=at(number, fail_with(errno.EIO)) if free > 3000 else never)
        self.disk.capacity = None

    @rule(
        contents=folders(),
        other=folders(),
        number=st.integers(0, CALLS),
        other_number=st.none() | st.integers(0, CALLS),
        behind=st.sampled_from(("awake", "asleep", "asleep and repaired")),
    )
    def publish_concurrently(
        self,
        contents: Contents,
        other: Contents,
        number: int,
        other_number: int | None,
        behind: str,
    ) -> None:
        """One publisher works, or is killed, between two calls of another, who may have slept."""

        def meanwhile() -> None:
            self.disk.clock += 0 if behind == "awake" else LEASE_SECONDS + 1
            with contextlib.suppress(Crash):
                if behind == "asleep and repaired":
                    repair(ROOT, OBJECT, files=CrashingFiles(self.disk))
                self.publish_now(other, before=never if other_number is None else at(other_number, crash))

        self.publish_now(contents, before=at(number, meanwhile))

    @rule(number=st.none() | st.integers(0, CALLS), is_power_cut=st.booleans(), seed=st.integers(0, 9))
    def repair(self, number: int | None, is_power_cut: bool, seed: int) -> None:
        """Repair, and perhaps crash; after a whole repair the archive is valid."""
        before = never if number is None else at(number, crash)
        try:
            repair(ROOT, OBJECT, files=CrashingFiles(self.disk, before=before, tear=Random(seed)))
        except Crash:
            if is_power_cut:
                self.disk.crash(Random(seed))
        else:
            assert not judged(self.disk)
            assert self.settle() == ()

    @rule(data=st.data())
    def flip_a_byte(self, data: st.DataObject) -> None:
        """A flipped byte of content is found; then it is flipped back."""
        self.settle()
        found = head(ROOT, OBJECT, files=CrashingFiles(self.disk))
        number = data.draw(st.integers(1, found.number))
        stored = sorted(found.inventory.stored(number))
        assume(stored)
        file = self.disk.file(found.folder / data.draw(st.sampled_from(stored)))
        assume(file.content)
        place = data.draw(st.integers(0, len(file.content) - 1))
        file.content[place] ^= 1
        assert judged(self.disk)
        assert repair(ROOT, OBJECT, files=CrashingFiles(self.disk)) == ()
        file.content[place] ^= 1

    @invariant()
    @precondition(lambda self: self.possible[0])
    def every_acknowledged_version_loads(self) -> None:
        """What was acknowledged is there, to the byte; anything else was at least attempted."""
        assert any(map(self.is_there, self.possible))
        assert all(contents in self.attempted for contents in released(self.disk))

    def teardown(self) -> None:
        """In the end it can be repaired, and is valid."""
        if self.possible[0]:
            self.settle()
            assert not judged(self.disk)
            self.every_acknowledged_version_loads()


TestArchive = Archive.TestCase
TestArchive.settings = settings(stateful_step_count=8)


def test_content_lies_where_the_layout_says() -> None:
    """A version's content folder is a whole package by itself."""
    disk = begun()
    publish_second(disk, CrashingFiles(disk))
    content = ROOT / OBJECT / layout.version_folder(2) / CONTENT
    assert {path: bytes(disk.file(content / path).content) for path in SECOND} == SECOND
