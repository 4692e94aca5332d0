"""What verification sees through any file calls is what it sees of this machine's own disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ppdarchive.errors import StoreError
from ppdarchive.store.disk import LocalDisk, OtherDisk, disk_of
from ppdarchive.store.files import LOCAL
from ppdarchive.store.verify import Verification, verify

from .made import CASES, Case, one, root, three


class Elsewhere:
    """The machine's files, as if they were somewhere else."""

    n_threads = 1

    def __getattr__(self, name: str) -> Any:
        return getattr(LOCAL, name)


ELSEWHERE: Any = Elsewhere()
pytestmark = pytest.mark.spoils_archive


def found(folder: Path, *, is_root: bool, files: Any = LOCAL) -> list[str]:
    """The problems of an object or a storage root; which kind of special file it is is told at home only."""
    kind = "root" if is_root else "object"
    problems = Verification(folder, kind=kind, fixity=True, files=files)  # type: ignore[arg-type]
    return sorted(f"{each.code} {each.place}" for each in problems if each.case != "E090.hard")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_elsewhere_the_same_is_found(case: Case, tmp_path: Path) -> None:
    """Each made object shows the same codes at the same places, but for second names of one file."""
    folder = case.make().write(tmp_path / "made")
    here = found(folder, is_root=case.is_root)
    assert found(folder, is_root=case.is_root, files=ELSEWHERE) == here


def test_which_disk_it_is() -> None:
    """The file system of our own machine is asked itself."""
    assert isinstance(disk_of(LOCAL, Path()), LocalDisk)
    assert isinstance(disk_of(ELSEWHERE, Path()), OtherDisk)


def test_only_what_is_wanted_is_read(tmp_path: Path) -> None:
    """The rest is listed and counted."""
    folder = root("nights~public", "nights~inside").write(tmp_path / "archive")
    for files in (LOCAL, ELSEWHERE):
        read: list[int] = []
        verification = verify(
            folder, fixity=True, progress=read.append, files=files,
            wanted=lambda path: path.startswith("nights~inside/"),
        )  # fmt: skip
        assert {each.code for each in verification} == {"W005"}
        assert sum(read) == verification.summary.n_read_bytes
        assert 0 < verification.summary.n_read_bytes < verification.summary.n_bytes


class Failing(Elsewhere):
    """Files of which one call fails."""

    def __init__(self, name: str, error: Exception) -> None:
        self._name = name
        self._error = error

    def __getattr__(self, name: str) -> Any:
        if name == self._name:

            def fail(*_: object) -> None:
                raise self._error

            return fail
        return getattr(LOCAL, name)


@pytest.mark.parametrize(
    "make",
    [
        lambda: PermissionError(13, "Permission denied"),
        lambda: StoreError("store.not-readable", reason="Permission denied"),
    ],
    ids=["of the system", "of ours"],
)
@pytest.mark.parametrize("call", ["read", "pieces"])
def test_what_is_not_given_is_a_problem(tmp_path: Path, call: str, make: Callable[[], Exception]) -> None:
    """Whatever error a file system has, it is told with its reason, and the rest is looked at."""
    folder = three().write(tmp_path / "made")
    files: Any = Failing(call, make())
    problems = list(Verification(folder, kind="object", fixity=True, files=files))
    assert {each.case for each in problems} >= {"P001.unreadable"}
    assert all("ermission denied" in each.words for each in problems if each.case == "P001.unreadable")


@pytest.mark.parametrize("size", [0, 1, 1000, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, (1 << 20) + 1])
def test_digests_of_all_sizes(tmp_path: Path, size: int) -> None:
    """Small files are read in another way than large ones; a wrong size that was listed changes nothing."""
    content = os.urandom(size)
    (tmp_path / "file").write_bytes(content)
    expected = OtherDisk(ELSEWHERE, tmp_path).digests("file", {"sha512", "md5", "size"})
    for stated in (size, 0, 1, 10 * size):
        assert LocalDisk(tmp_path).digests("file", {"sha512", "md5", "size"}, size_bytes=stated) == expected
    assert isinstance(expected, dict)
    assert expected["size"] == str(size)


def test_many_entries_are_left(tmp_path: Path) -> None:
    """A folder of more entries than anybody has is told, and the rest is not looked at."""
    folder = one().write(tmp_path / "made")
    for disk in (LocalDisk(folder), OtherDisk(ELSEWHERE, folder)):
        seen = disk.scan("", most=1)
        assert len(seen.files) + len(seen.folders) <= 1
        assert [each.case for each in seen.problems] == ["P002.many"]
