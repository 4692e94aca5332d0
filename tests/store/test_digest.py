"""Digests of files, alone, while copied, and many at once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.errors import StoreError
from ppdarchive.store.digest import copied, digest, digests, each
from ppdarchive.store.files import LOCAL, PIECE_BYTES

from .crashing import CrashingFiles, Disk


@pytest.mark.parametrize("n_bytes", [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES - 1])
def test_a_digest_is_that_of_all_bytes(tmp_path: Path, n_bytes: int) -> None:
    """Whatever the size, digest, copy and progress agree with the bytes."""
    content = bytes(n % 251 for n in range(1000)) * (n_bytes // 1000 + 1)
    content = content[:n_bytes]
    (tmp_path / "one").write_bytes(content)
    seen: list[int] = []
    expected = hashlib.sha512(content).hexdigest()
    assert digest(LOCAL, tmp_path / "one", progress=seen.append) == expected
    assert copied(LOCAL, tmp_path / "one", tmp_path / "two", seconds=5, progress=seen.append) == expected
    assert (tmp_path / "two").read_bytes() == content
    assert (tmp_path / "two").stat().st_mtime == 5
    assert (tmp_path / "two").stat().st_mode & 0o777 == 0o644
    assert sum(seen) == 2 * n_bytes


@given(st.dictionaries(st.sampled_from("abcdef"), st.binary(max_size=3000), min_size=1))
def test_many_digests_are_each_files_own(contents: dict[str, bytes]) -> None:
    """Files keep their names, whatever the order in which they were read."""
    disk = Disk()
    for name, content in contents.items():
        disk.put(Path("/folder") / name, content)
    found = digests(CrashingFiles(disk), Path("/folder"), contents)
    assert found == {name: hashlib.sha512(content).hexdigest() for name, content in contents.items()}


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A link is refused, also where it points to a plain file."""
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(StoreError, match="cannot be read"):
        digest(LOCAL, tmp_path / "link")


def test_the_first_failure_ends_the_work() -> None:
    """What was not begun yet is not begun any more."""
    begun: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        each(LOCAL, work, dict.fromkeys(range(100), 0))
    assert len(begun) < 100
