"""What is too large for memory: the same values, nameless files, and the same packages."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive import spilling
from ppdarchive.deidentify import portions
from ppdarchive.model import columns
from ppdarchive.model.columns import IN_MEMORY
from ppdarchive.package import rows
from ppdarchive.pipeline import validate_study
from ppdarchive.profile import profile_files
from ppdarchive.publish import pack_study
from ppdarchive.spilling import Spill, keeper_of
from ppdarchive.synthetic import write_study

PIECES = st.lists(st.lists(st.none() | st.text(max_size=5), max_size=5), max_size=6)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for files."""
    return tmp_path_factory.mktemp("place")


def arrays(pieces: list[list[str | None]]) -> Iterator[pa.Array]:
    """The pieces as arrays."""
    return (pa.array(piece, pa.string()) for piece in pieces)


@given(pieces=PIECES, least=st.integers(-1, 40))
def test_a_column_holds_what_was_kept(place: Path, pieces: list[list[str | None]], least: int) -> None:
    """In a file or in memory, before and after its pages are forgotten."""
    spill = Spill(place, least_bytes=least)
    column = spill.column(arrays(pieces), pa.string())
    meant = [text for piece in pieces for text in piece]
    assert column.to_pylist() == meant
    spill.forget()
    assert column.to_pylist() == meant
    assert column.type == pa.string()


@given(pieces=st.lists(st.binary(max_size=9), max_size=6), least=st.integers(0, 20))
def test_bytes_are_what_was_kept(place: Path, pieces: list[bytes], least: int) -> None:
    """Whether a file holds them or not."""
    content = Spill(place, least_bytes=least).content(iter(pieces))
    assert content[: len(content)] == b"".join(pieces)


def test_files_have_no_name_and_go_with_their_column(place: Path) -> None:
    """Nobody can open what lies there, so nothing is left of a process that is killed."""
    spill = Spill(place, least_bytes=0)
    column = spill.column(arrays([["a secret"]]), pa.string())
    assert repr(spill) == "<Spill of 1 files>"
    assert not list(place.iterdir())
    del column
    assert repr(spill) == "<Spill of 0 files>"


class Full:
    """A file on a disk that takes so many bytes."""

    def __init__(self, folder: Path, n_bytes: int) -> None:
        self._file = (folder / f"full-{os.urandom(4).hex()}").open("w+b", buffering=0)
        self._left = n_bytes

    def write(self, given: Any) -> int:
        """Write one byte after the other, as far as there is room."""
        if not self._left:
            raise OSError(errno.ENOSPC, "No space left on device")
        self._left -= 1
        self._file.write(bytes(given[:1]))
        return 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Full:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@pytest.mark.parametrize("room", [0, 1, 100, 700, 1000, 1200])
def test_what_does_not_fit_on_the_disk_stays_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    """A full disk loses nothing, wherever it is full."""
    monkeypatch.setattr(columns, "PIECE_BYTES", 1)
    monkeypatch.setattr(spilling, "PIECE_BYTES", 1)
    monkeypatch.setattr(Spill, "_file", lambda self: Full(tmp_path, room))
    spill = Spill(tmp_path, least_bytes=10)
    pieces = [[f"piece {number}", None] for number in range(9)]
    assert spill.column(arrays(pieces), pa.string()).to_pylist() == [text for own in pieces for text in own]
    given_bytes = [bytes([number]) * 99 for number in range(11)]
    content = spill.content(iter(given_bytes))
    assert content[: len(content)] == b"".join(given_bytes)


def test_a_folder_that_takes_no_file_is_no_obstacle(tmp_path: Path) -> None:
    """Then everything is kept in memory."""
    spill = Spill(tmp_path / "absent", least_bytes=0)
    assert spill.column(arrays([["a"], ["b"]]), pa.string()).to_pylist() == ["a", "b"]
    assert spill.content(iter([b"a", b"b"])) == b"ab"
    assert repr(spill) == "<Spill of 0 files>"


def test_small_studies_are_kept_in_memory(tmp_path: Path) -> None:
    """Where all exports together are small; a file that is not there is told by whoever reads it."""
    (tmp_path / "small.csv").write_bytes(b"a")
    assert keeper_of(tmp_path, [tmp_path / "small.csv", tmp_path / "none.csv"], 2) is IN_MEMORY
    assert isinstance(keeper_of(tmp_path, [tmp_path / "small.csv"], 1), Spill)


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a package."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_package_has_the_same_bytes_however_it_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In memory or through files, in whole columns or in pieces of any size."""
    study = tmp_path / "study"
    write_study(study, profile=profile_files(), participants=24)
    told = {"version": "1.0.0", "released_on": date(2026, 1, 31)}
    every = {"k": "a test", "prosecutor-risk": "a test", "average-risk": "a test"}
    pack_study(study, tmp_path / "whole", **told, overrides=every)  # type: ignore[arg-type]
    before = set(study.rglob("*"))
    for module, name, value in (
        (spilling, "_LEAST_BYTES", 0),
        (spilling, "PIECE_BYTES", 1 << 10),
        (columns, "PIECE_BYTES", 1 << 10),
        (columns, "_MADE_BYTES", 1 << 10),
        (portions, "AT_ONCE", 1 << 11),
        (rows, "_LARGE_BYTES", 0),
        (rows, "PIECE_BYTES", 1),
    ):
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr("ppdarchive.publish.preparing.AT_ONCE", 1 << 11)
    monkeypatch.setattr("ppdarchive.publish.preparing.LARGE_TO_PUBLISH_BYTES", 0)
    monkeypatch.setattr("ppdarchive.arrange.piece.PIECE_BYTES", 1 << 10)
    monkeypatch.setattr("ppdarchive.deidentify.consent.PIECE_BYTES", 1 << 10)
    monkeypatch.setattr(Spill.__init__, "__kwdefaults__", {"least_bytes": 0})
    monkeypatch.setattr(columns.pieces_of, "__defaults__", (1 << 10,))
    assert isinstance(validate_study(study, large_bytes=0).keeper, Spill)
    pack_study(study, tmp_path / "parts", **told, overrides=every)  # type: ignore[arg-type]
    assert files_of(tmp_path / "parts") == files_of(tmp_path / "whole")
    logs = sorted((study / "private" / "audit").glob("*.jsonl"))
    assert len(logs) == 2
    assert all(one.read_bytes() == other.read_bytes() for one, other in pairwise(logs))
    assert {path for path in set(study.rglob("*")) - before if "audit" not in path.parts} == set()


def test_what_fails_in_reading_is_no_full_disk(place: Path) -> None:
    """A source that fails once is told of, and no piece of it is kept twice."""
    pieces = iter([b"1" * 20, b"2" * 20, None, b"3" * 20, b""])

    def read() -> bytes:
        piece = next(pieces)
        if piece is None:
            raise OSError(errno.EIO, "Input/output error")
        return piece

    with pytest.raises(OSError, match="Input/output"):
        Spill(place, least_bytes=10).content(iter(read, b""))
