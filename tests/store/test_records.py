"""Marks and tombstones are kept in order, read back as they were, and nothing else is taken for one."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.errors import StoreError
from ppdarchive.store.inventory import NAME
from ppdarchive.store.lock import LEASE_SECONDS
from ppdarchive.store.publishing import publish
from ppdarchive.store.records import (
    MARKS,
    Mark,
    Tombstone,
    mark_text,
    marks,
    parse_mark,
    parse_tombstone,
    put_mark,
    tombstone_path,
    tombstone_text,
    tombstones,
)
from ppdarchive.store.repair import repair
from ppdarchive.store.verify import verify

from .crashing import Crash, CrashingFiles, Disk
from .strategies import JSON

OBJECT = "study~public"
LINES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=40)
MARK = st.builds(
    Mark,
    st.integers(1, 999),
    st.sampled_from(("superseded", "withdrawn", "erratum")),
    LINES,
    st.dates(),
    st.none() | LINES,
)
KEYS = st.lists(st.text("0123456789ABCDEF", min_size=16, max_size=16), min_size=1, max_size=3, unique=True)
TOMBSTONE = st.builds(
    Tombstone,
    st.integers(1, 9999),
    st.sampled_from(("participant", "response", "spans")),
    st.sets(st.integers(1, 50), min_size=1).map(sorted).map(tuple),
    st.dates(),
    st.sampled_from(("withdrawal", "leak", "law")),
    st.dictionaries(st.integers(1, 50), KEYS.map(sorted).map(tuple)).map(
        lambda void: dict(sorted(void.items()))
    ),
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive with one object of two versions."""
    folder = tmp_path / "package"
    folder.mkdir()
    for text in ("one", "two"):
        (folder / "a.txt").write_text(text)
        publish(tmp_path / "archive", OBJECT, folder, created=datetime(2026, 3, 1, tzinfo=UTC))
    return tmp_path / "archive"


def a_mark(version: int, reason: str) -> Mark:
    """Return a mark."""
    return Mark(version, "superseded", reason, date(2026, 3, 1))


@given(MARK)
def test_a_mark_is_read_as_it_was_written(mark: Mark) -> None:
    """Equal marks give equal text, and the text gives the mark."""
    text = mark_text(mark)
    assert parse_mark(text.encode(), name="mark") == mark
    assert text == mark_text(mark)


@given(TOMBSTONE)
def test_a_tombstone_is_read_as_it_was_written(tombstone: Tombstone) -> None:
    """Equal tombstones give equal text, and the text gives the tombstone."""
    text = tombstone_text(tombstone)
    assert parse_tombstone(text.encode(), name="tombstone") == tombstone
    assert text == tombstone_text(tombstone)


@given(MARK, TOMBSTONE, JSON, st.randoms(use_true_random=False))
def test_other_documents_are_refused(mark: Mark, tombstone: Tombstone, other: object, random: Random) -> None:
    """One value replaced, removed or added: the record that says so, or our error, and nothing else."""
    for text, parse in ((mark_text(mark), parse_mark), (tombstone_text(tombstone), parse_tombstone)):
        document = json.loads(text)
        key = random.choice([*document, "more"])
        if random.random() < 0.3:
            document.pop(key, None)
        else:
            document[key] = other
        for data in (json.dumps(document).encode(), text.encode()[: random.randint(0, len(text) - 3)]):
            with contextlib.suppress(StoreError):
                found = parse(data, name="record")
                again = mark_text(found) if isinstance(found, Mark) else tombstone_text(found)
                assert json.loads(again) == json.loads(data)


@given(st.binary(max_size=60))
def test_any_bytes_are_refused(data: bytes) -> None:
    """No bytes at random are a record."""
    for parse in (parse_mark, parse_tombstone):
        with pytest.raises(StoreError):
            parse(data, name="record")


@pytest.mark.parametrize("reason", ["", " ", "two\nlines", "\x1b[31m", "turned \u202e", "x" * 1001, "\ud800"])
def test_a_reason_is_one_plain_line(archive: Path, reason: str) -> None:
    """What a terminal would take for more than words is refused, and nothing is written."""
    with pytest.raises(StoreError, match="one line"):
        put_mark(archive, OBJECT, a_mark(1, reason))
    assert marks(archive, OBJECT) == ()


def test_marks_of_a_version_stay_in_order(archive: Path) -> None:
    """Each is added after those that are there; no byte of a release changes, and the archive is valid."""
    before = (archive / OBJECT / NAME).read_bytes()
    for version, reason in ((2, "first"), (1, "second"), (2, "third")):
        put_mark(archive, OBJECT, a_mark(version, reason))
    found = [(mark.version, mark.reason) for mark in marks(archive, OBJECT)]
    assert found == [(1, "second"), (2, "first"), (2, "third")]
    assert (archive / OBJECT / NAME).read_bytes() == before
    assert {problem.severity for problem in verify(archive, fixity=True)} <= {"warning"}
    assert repair(archive, OBJECT) == ()


@pytest.mark.parametrize("version", [0, 3])
def test_only_a_version_that_is_there_is_marked(archive: Path, version: int) -> None:
    """There is nothing to say of other versions."""
    with pytest.raises(StoreError):
        put_mark(archive, OBJECT, a_mark(version, "why"))
    assert not (archive / OBJECT / MARKS).exists()


def test_an_archive_without_records_has_none(archive: Path) -> None:
    """No folder, no records."""
    assert marks(archive, OBJECT) == ()
    assert tombstones(archive, OBJECT) == ()


def test_what_is_no_record_is_refused(archive: Path, tmp_path: Path) -> None:
    """Links, folders, other names, other versions' marks and other numbers' tombstones."""
    put_mark(archive, OBJECT, a_mark(1, "why"))
    folder = archive / OBJECT / MARKS
    (tmp_path / "outside.json").write_text((folder / "v1-0001.json").read_text())
    (folder / "v1-0002.json").symlink_to(tmp_path / "outside.json")
    with pytest.raises(StoreError, match="neither name nor kind"):
        marks(archive, OBJECT)
    (folder / "v1-0002.json").unlink()
    (folder / "v1-0001.json").rename(folder / "v2-0001.json")
    with pytest.raises(StoreError, match="another version"):
        marks(archive, OBJECT)
    (folder / "v2-0001.json").rename(folder / "notes.txt")
    with pytest.raises(StoreError, match="neither name nor kind"):
        marks(archive, OBJECT)
    path = archive / OBJECT / tombstone_path(2)
    path.parent.mkdir()
    path.write_text(tombstone_text(Tombstone(2, "spans", (1,), date(2026, 3, 1), "leak")))
    with pytest.raises(StoreError, match="another number"):
        tombstones(archive, OBJECT)


def test_a_crash_leaves_a_whole_mark_or_none() -> None:
    """Before each call, killed or without power: the mark is there or not, and can be put again."""
    sources = {"/sources/a.txt": b"one"}
    mark, number = a_mark(1, "why"), 0
    while True:
        disk = Disk()
        for path, content in sources.items():
            disk.put(Path(path), content)
        words = {"created": datetime(2026, 3, 1, tzinfo=UTC), "files": CrashingFiles(disk)}
        publish(Path("/archive"), OBJECT, Path("/sources"), **words)

        def before(n: int, _: str, number: int = number) -> None:
            if n == number:
                raise Crash

        try:
            put_mark(Path("/archive"), OBJECT, mark, files=CrashingFiles(disk, before=before))
        except Crash:
            disk.crash(Random(number))
            disk.clock += LEASE_SECONDS + 1
            found = marks(Path("/archive"), OBJECT, files=CrashingFiles(disk))
            assert found in ((), (mark,))
            put_mark(Path("/archive"), OBJECT, mark, files=CrashingFiles(disk))
            assert marks(Path("/archive"), OBJECT, files=CrashingFiles(disk)) == (*found, mark)
        else:
            break
        number += 1
    assert number > 20
