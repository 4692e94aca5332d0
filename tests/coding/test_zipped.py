"""Archives that nobody vouches for: hostile ones are refused whole, others read in bounded pieces."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.coding.formats import zipped as module
from ppdarchive.coding.formats.zipped import PIECE_BYTES, member_key, open_file, open_zip
from ppdarchive.errors import CodingError


def archive(*members: tuple[str | zipfile.ZipInfo, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of these members, whatever their names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packed) as made:
        for name, content in members:
            made.writestr(name, content)
    return stream.getvalue()


def contents(content: bytes, **limits: int) -> dict[str, bytes]:
    """Return all members of an archive."""
    with open_zip(io.BytesIO(content), name="coded.qdpx", **limits) as opened:
        return {key: opened.read(key) for key in opened.members}


def reason(content: bytes, **limits: int) -> str:
    """Return why an archive is refused."""
    with pytest.raises(CodingError) as caught:
        contents(content, **limits)
    assert caught.value.path == "coded.qdpx"
    assert caught.value.__context__ is None
    return str(caught.value)


@given(st.dictionaries(st.sampled_from(["a", "b/c.txt", "Sources/D.txt"]), st.binary(max_size=200_000)))
def test_members_are_read_whole(members: dict[str, bytes]):
    """What was packed is read, under keys that do not know case."""
    assert contents(archive(*members.items())) == {member_key(name): found for name, found in members.items()}


def test_members_are_read_in_pieces():
    """No piece is larger than the limit."""
    content = archive(("a", b"x" * 300_000))
    with open_zip(io.BytesIO(content), name="coded.qdpx") as opened:
        pieces = list(opened.pieces("a"))
        assert repr(opened) == "<Zipped: 1 members>"
    assert max(map(len, pieces)) <= PIECE_BYTES
    assert sum(map(len, pieces)) == 300_000


def test_folders_are_no_members():
    """A folder's own entry is passed over, and may stand beside a file of the same beginning."""
    assert contents(archive(("sources/", b""), ("sources/a", b"1"))) == {"sources/a": b"1"}


@pytest.mark.parametrize(
    "path",
    ["../a", "a/../../b", "/etc/passwd", "\\\\server\\share", "C:/a", "c:\\a", "a\\..\\..\\b", "..", "a/.."],
)
def test_paths_that_lead_out_are_refused(path: str):
    """Parents, absolute paths, drives and network shares, with either slash."""
    assert "member 2 leads out" in reason(archive(("ok", b""), (path, b"x")))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_links_and_devices_are_refused(kind: int):
    """Nothing but files and folders is in an archive that we read."""
    info = zipfile.ZipInfo("a")
    info.external_attr = (kind | 0o777) << 16
    assert "link or a device" in reason(archive((info, b"/etc/passwd")))


@pytest.mark.parametrize(("one", "other"), [("a", "A"), ("a/b", "a\\b"), ("é", "e\u0301"), ("ß", "SS")])
def test_names_that_stand_twice_are_refused(one: str, other: str):
    """Two programs would read two different members, whether the names differ in case, slash or form."""
    assert "has the name of another" in reason(archive((one, b"1"), (other, b"2")))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_equal_names_are_refused():
    """One name for two members."""
    assert "member 2 has the name of another" in reason(archive(("a", b"1"), ("a", b"2")))


def test_encrypted_archives_are_refused():
    """The flag in the central directory tells."""
    content = bytearray(archive(("a", b"1")))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "is encrypted" in reason(bytes(content))


def test_bombs_are_refused_before_they_are_read():
    """A member that says it unpacks to more than 250 times its size, and far beyond what does no harm."""
    assert "far more than its size" in reason(archive(("a", b"\0" * (65 << 20))))


def test_many_small_bombs_are_refused_together():
    """Members that are each small enough may not be too much together."""
    assert "it unpacks to far more" in reason(archive(*((f"a{n}", b"\0" * (9 << 20)) for n in range(8))))


def test_no_more_is_read_than_allowed():
    """The limit counts over all members, as they are read."""
    content = archive(("a", b"1" * 600), ("b", b"2" * 600))
    assert contents(content, max_bytes=1200)
    assert "what is packed in it is larger than 1199 bytes" in reason(content, max_bytes=1199)


def test_a_size_that_is_a_lie_is_found():
    """A member that unpacks to more than it says is damaged, and gives no more than it says."""
    content = bytearray(archive(("a", b"\0" * 100_000)))
    for magic, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        where = content.index(magic) + at
        content[where : where + 4] = struct.pack("<I", 10)
    assert "damaged" in reason(bytes(content))


def test_changed_members_are_found():
    """The checksum tells."""
    content = archive(("a", b"hello"), packed=zipfile.ZIP_STORED).replace(b"hello", b"jello")
    assert "damaged" in reason(content)


@pytest.mark.parametrize("method", [9, 12, 14, 97])
def test_unknown_packing_is_refused(method: int):
    """Only deflate, or none: LZMA asks for as much memory as the archive says."""
    content = bytearray(archive(("a", b"1")))
    for magic, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(magic) + at] = method
    assert "unknown way" in reason(bytes(content))


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch):
    """By their number, and by the size that the directory states before it is loaded."""
    monkeypatch.setattr(module, "MAX_MEMBERS", 3)
    many = archive(*((f"a{n}", b"") for n in range(4)))
    assert "more than 3 members" in reason(many)
    long = archive(*((f"{n}" * 600, b"") for n in range(3)))
    assert "more than 3 members" in reason(long)


def test_a_signature_in_the_directorys_offset_hides_nothing(monkeypatch: pytest.MonkeyPatch):
    """The end record is sought as zipfile seeks it, so that another one inside of it is no way around."""
    content = bytearray(archive(*((f"a{n}", b"") for n in range(4))))
    content[-6:-2] = b"PK\x05\x06"
    monkeypatch.setattr(module, "MAX_MEMBERS", 0)
    assert "more than 0 members" in reason(bytes(content))


def test_the_large_directorys_size_is_known_too(monkeypatch: pytest.MonkeyPatch):
    """An archive of more than 65535 members states the size elsewhere (zip64)."""
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    many = archive(*((f"a{n}", b"1") for n in range(4)))
    assert b"PK\x06\x06" in many
    assert len(contents(many)) == 4
    monkeypatch.setattr(module, "_MAX_RECORD_BYTES", 10)
    monkeypatch.setattr(module, "MAX_MEMBERS", 4)
    assert "more than 4 members" in reason(many)


def test_archives_in_archives_are_only_bytes():
    """Nothing is unpacked twice."""
    inner = archive(("../b", b"1"))
    assert contents(archive(("inner.zip", inner))) == {"inner.zip": inner}


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(content: bytes):
    """What is no archive says so and nothing else."""
    with pytest.raises(CodingError):
        contents(b"PK\x03\x04" + content)


_VALID = archive(("project.qde", b"<Project/>" * 20), ("sources/a.txt", b"My coach called."))


@given(st.lists(st.tuples(st.integers(0, len(_VALID) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_mutations_are_read_or_refused(changes: list[tuple[int, int]]):
    """Whatever byte is changed, an archive is read or refused with our error."""
    content = bytearray(_VALID)
    for at, byte in changes:
        content[at] = byte
    with suppress(CodingError):
        contents(bytes(content))


def test_files_that_cannot_be_opened(tmp_path):
    """A missing file, a folder and a name that no system takes are told apart."""
    for path, code in (
        (tmp_path / "none", "coding.not-found"),
        (tmp_path, "coding.not-readable"),
        (tmp_path / "a\0b", "coding.not-found"),
    ):
        with pytest.raises(CodingError) as caught:
            open_file(path, name="coded.qdpx")
        assert caught.value.code == code
        assert caught.value.__context__ is None


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch: pytest.MonkeyPatch):
    """The system's reason is given, without the path."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "no", "secret")

    path = tmp_path / "a"
    path.touch()
    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(CodingError, match="Permission denied") as caught:
        open_file(path, name="coded.qdpx")
    assert "secret" not in str(caught.value)


def test_members_that_a_changed_length_hides_are_missed():
    """A record that swallows the one behind it makes the archive a damaged one, and not a smaller one."""
    whole = bytearray(archive(("one.txt", b"1"), ("two.txt", b"2")))
    second = whole.rindex(b"PK\x01\x02")
    length = whole.index(b"PK\x05\x06") - second
    first = whole.index(b"PK\x01\x02")
    whole[first + 32 : first + 34] = length.to_bytes(2, "little")  # its comment is the second record
    assert zipfile.ZipFile(io.BytesIO(bytes(whole))).namelist() == ["one.txt"]
    assert "the archive is damaged" in reason(bytes(whole))
