"""Files in an object store, one request after the other, as `Files` promises them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.store.files import LOCAL
from ppdarchive.store.objectstore.calls import Refused

from .buckets import Bucket, BucketFiles, Fault, refused

ROOT = Path("bucket/a")


@given(
    keys=st.dictionaries(
        st.lists(st.sampled_from("xyz"), min_size=1, max_size=4).map("/".join), st.binary(max_size=3)
    ),
    page=st.integers(1, 4),
)
def test_listings_agree_with_a_disk(
    keys: dict[str, bytes], page: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever lies there, and however few names a store tells at once."""
    kept = {key: text for key, text in keys.items() if not any(other.startswith(f"{key}/") for other in keys)}
    folder = tmp_path_factory.mktemp("disk")
    bucket = Bucket(page=page)
    for key, text in kept.items():
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(text)
        bucket.put(f"a/{key}", text)
    files = BucketFiles(bucket)
    folders = ["", *{"/".join(key.split("/")[:n]) for key in kept for n in range(1, 4)}]
    for inside in folders:
        entry = files.entry(ROOT / inside)
        if entry is not None and entry.kind == "folder":
            there = [(each.name, each.kind, each.size_bytes) for each in files.entries(ROOT / inside)]
            here = [(each.name, each.kind, each.size_bytes) for each in LOCAL.entries(folder / inside)]
            assert there == here
    assert {path: found.size_bytes for path, found in files.tree(ROOT).items()} == {
        key: len(text) for key, text in kept.items()
    }
    for key, text in kept.items():
        assert files.read(ROOT / key, 2) == text[:2]
        assert b"".join(map(bytes, files.pieces(ROOT / key))) == text


@given(content=st.binary(max_size=60), part_bytes=st.integers(1, 20), pieces=st.integers(1, 20))
def test_a_file_is_the_same_in_however_many_parts(content: bytes, part_bytes: int, pieces: int) -> None:
    """And nothing is left of the parts."""
    bucket = Bucket()
    files = BucketFiles(bucket, part_bytes=part_bytes)
    views = [memoryview(content)[start : start + pieces] for start in range(0, len(content), pieces)]
    files.send(ROOT / "x", views, len(content))
    writer = files.create(ROOT / "y")
    for view in views:
        writer.write(view)
    assert "a/y" not in bucket.tree()
    writer.finish(0)
    writer.close()
    assert bucket.tree() == {"a/x": content, "a/y": content}
    assert bucket.uploads == {}


def test_a_file_that_is_given_up_leaves_nothing() -> None:
    """Neither parts nor a file."""
    bucket = Bucket()
    writer = BucketFiles(bucket, part_bytes=4).create(ROOT / "x")
    writer.write(b"0123456789")
    assert bucket.uploads != {}
    writer.close()
    assert (bucket.tree(), bucket.uploads) == ({}, {})


@pytest.mark.parametrize("effect", ["before", "after"])
@pytest.mark.parametrize("part_bytes", [4, 100])
def test_a_lost_answer_is_no_refusal(part_bytes: int, effect: Fault) -> None:
    """Whatever request of a file's it was."""
    for number in range(12):
        bucket = Bucket()
        files = BucketFiles(
            bucket, part_bytes=part_bytes, fault=lambda n, _, number=number: effect if n == number else None
        )
        files.send(ROOT / "x", [memoryview(b"0123456789")], 10)
        assert bucket.tree() == {"a/x": b"0123456789"}
        assert len(bucket.uploads) <= 1  # whose begin was done, and never heard of


def test_another_file_is_a_refusal() -> None:
    """However it is sent, and what is there stays."""
    bucket = Bucket()
    bucket.put("a/x", b"another")
    for part_bytes in (4, 100):
        files = BucketFiles(bucket, part_bytes=part_bytes)
        with pytest.raises(Refused):
            files.send(ROOT / "x", [memoryview(b"0123456789")], 10)
    assert bucket.tree() == {"a/x": b"another"}
    assert bucket.uploads == {}


def test_a_file_that_changes_while_it_is_read_is_no_mixture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first half is never followed by another one's second."""
    monkeypatch.setattr("ppdarchive.store.objectstore.files.PIECE_BYTES", 4)
    bucket = Bucket()
    bucket.put("a/x", b"01234567")
    pieces = BucketFiles(bucket).pieces(ROOT / "x")
    assert bytes(next(pieces)) == b"0123"
    bucket.put("a/x", b"abcdefgh")
    with pytest.raises(OSError, match="changed while it was read"):
        next(pieces)


def test_a_file_too_large_for_the_store_to_copy_is_sent() -> None:
    """In the place of what was there."""
    bucket = Bucket()
    files = BucketFiles(bucket, most_copied=4)
    for name, text in (("small", b"0123"), ("large", b"01234567")):
        bucket.put(f"a/{name}", text)
        bucket.put("a/target", b"before")
        files.copy(ROOT / name, ROOT / "target", size_bytes=len(text))
        assert bucket.tree()["a/target"] == text


def test_a_condition_on_removing_that_no_store_knows_is_left_out() -> None:
    """Then it is removed all the same; where it is known, another file stays."""
    bucket = Bucket()
    files = BucketFiles(bucket)
    tag = files.put(ROOT / "x", b"one", None)
    files.put(ROOT / "x", b"two", tag)
    files.remove(ROOT / "x", tag)
    assert bucket.tree() == {"a/x": b"two"}
    old = BucketFiles(
        bucket,
        fault=lambda n, method: refused(method, 501, "NotImplemented") if n == 0 else None,
    )
    old.remove(ROOT / "x", tag)
    assert bucket.tree() == {}
    old.remove(ROOT / "x", tag)


def test_names_that_are_none_are_told_as_such() -> None:
    """A key may hold what no path may; a key with a slash at its end is a folder and no file."""
    bucket = Bucket()
    for key in ("a/b/../../c", "a/b//d", "a/b/", "a/b/e"):
        bucket.put(key, b"")
    found = BucketFiles(bucket).entries(ROOT / "b")
    assert [(entry.name, entry.kind) for entry in found] == [("", "other"), ("..", "other"), ("e", "file")]


def test_folders_are_not_moved() -> None:
    """No store does that at once."""
    with pytest.raises(OSError, match="moves no folders"):
        BucketFiles(Bucket()).move_in(ROOT / "x", ROOT / "y")
