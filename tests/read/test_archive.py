"""Files that are not there, and zip archives of every bad kind."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest

from ppdarchive.errors import ReadError
from ppdarchive.read import read
from ppdarchive.read.archive import load, unpack

TABLE = b"a,b\n1,2\n"


def zipped(*members, compression=zipfile.ZIP_DEFLATED):
    """Write an archive of members, each a name and its bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize(
    "compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_the_one_table_is_read(reading, cells_of, compression):
    """Folders and what macOS puts beside a file do not count."""
    data = zipped(
        ("export/", b""),
        ("export/wave.csv", TABLE),
        ("__MACOSX/export/._wave.csv", b"x"),
        ("export/.DS_Store", b"x"),
        compression=compression,
    )
    assert cells_of(reading(data)) == [["1", "2"]]


def reason(data, **options):
    """Unpack what cannot be unpacked; return the error's code and its one fact."""
    with pytest.raises(ReadError) as caught:
        unpack(data, name="wave.zip", **options)
    assert caught.value.__context__ is None
    return caught.value.code, *caught.value.facts.values()


def patched(data, local, central, value):
    """Change a 16-bit number in the header of the first member and in its directory entry."""
    raw = bytearray(data)
    struct.pack_into("<H", raw, local, value)
    struct.pack_into("<H", raw, raw.index(b"PK\x01\x02") + central, value)
    return bytes(raw)


def test_bad_archives():
    """Each kind of bad archive has a fixed word."""
    good = zipped(("wave.csv", TABLE * 100))
    assert reason(zipped()) == ("read.zip", "no table in it")
    assert reason(zipped(("a/", b""))) == ("read.zip", "no table in it")
    assert reason(zipped(("a.csv", TABLE), ("b.csv", TABLE))) == ("read.zip-members", 2)
    assert reason(good[:-30]) == ("read.zip", "damaged")
    assert reason(good[:4]) == ("read.zip", "damaged")
    assert reason(patched(good, 6, 8, 1)) == ("read.zip", "encrypted")
    assert reason(patched(good, 8, 10, 97)) == ("read.zip", "unknown compression")
    flipped = bytearray(zipped(("wave.csv", TABLE), compression=zipfile.ZIP_STORED))
    flipped[flipped.index(TABLE)] ^= 1
    assert reason(bytes(flipped)) == ("read.zip", "damaged")
    lzma = bytearray(zipped(("wave.csv", TABLE), compression=zipfile.ZIP_LZMA))
    lzma[42] = 255
    assert reason(bytes(lzma)) == ("read.zip", "damaged")


def test_large_archives_are_refused():
    """What an archive says of its size is believed only if it is too much already."""
    data = zipped(("wave.csv", b"x" * 3_000_000))
    assert reason(data, max_bytes=2_999_999) == ("read.too-large", 2_999_999)
    assert unpack(data, name="wave.zip", max_bytes=3_000_000) == b"x" * 3_000_000


def test_an_archive_that_lies_about_its_size_is_refused():
    """Unpacking ends with what was announced, or with an error, never with more."""
    raw = bytearray(zipped(("wave.csv", b"x" * 3_000_000)))
    struct.pack_into("<I", raw, raw.index(b"PK\x01\x02") + 24, 10)
    assert reason(bytes(raw), max_bytes=100)[0] in {"read.zip", "read.too-large"}


def test_a_stream_longer_than_allowed_is_stopped(monkeypatch):
    """Bytes are counted as they come, should zipfile ever hand out more than announced."""
    data = zipped(("wave.csv", TABLE))
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda archive, member: io.BytesIO(b"x" * 3_000_000))
    assert reason(data, max_bytes=2_000_000) == ("read.too-large", 2_000_000)


def test_an_empty_member_is_an_empty_file(failing):
    """An archive with an empty table says so."""
    assert failing(zipped(("wave.csv", b""))).code == "read.empty"


def test_parquet_may_be_zipped(failing):
    """The format is that of the member."""
    assert failing(zipped(("wave.parquet", TABLE)), source="parquet").code == "read.parquet"


def test_files_that_cannot_be_opened(tmp_path, monkeypatch):
    """No file, a folder, a pipe, a NUL in the name, and no permission are told apart."""

    def code(path):
        with pytest.raises(ReadError) as caught:
            load(path, name="wave.csv")
        assert caught.value.__context__ is None
        return caught.value.code

    assert code(tmp_path / "none.csv") == "read.not-found"
    assert code(tmp_path) == "read.not-a-file"
    assert code(tmp_path / "a\0b") == "read.not-found"
    os.mkfifo(tmp_path / "pipe")
    assert code(tmp_path / "pipe") == "read.not-a-file"
    (tmp_path / "there.csv").write_bytes(TABLE)
    monkeypatch.setattr(Path, "open", _refuse)
    assert code(tmp_path / "there.csv") == "read.not-readable"
    monkeypatch.setattr(Path, "open", _vanish)
    assert code(tmp_path / "there.csv") == "read.not-found"


def _refuse(path, *_, **__):
    raise PermissionError(13, "Permission denied", str(path))


def _vanish(path, *_, **__):
    raise FileNotFoundError(2, "No such file", str(path))


def test_the_path_is_the_name_by_default(tmp_path):
    """Without a name the path is what errors and results say."""
    path = tmp_path / "wave.csv"
    path.write_bytes(TABLE)
    assert read(path, source="csv").path == str(path)
    with pytest.raises(LookupError):
        read(path, source="stone-tablet")
