"""ZIPs: the same bytes for everyone, and nothing unpacked that could do harm."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import tempfile
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.errors import TransferError
from ppdarchive.transfer import zipped
from ppdarchive.transfer.bag import from_bag, to_bag
from ppdarchive.transfer.zipped import from_zip, to_zip

from .trees import Tree, read, trees, write

DAY = date(2026, 11, 23)
TREE: Tree = {
    "datapackage.json": b"{}\n",
    "data/responses.parquet": b"PAR1" * 100,
    "csv/responses.csv": b"a\n1\n",
}


@pytest.mark.parametrize("deflate", [False, True])
@given(tree=trees())
def test_a_zip_and_back_is_identity(deflate: bool, tree: Tree) -> None:
    """Any files under any names come back to the byte; zipped again they are the same ZIP."""
    with tempfile.TemporaryDirectory() as made:
        base = Path(made)
        given_ = to_zip(write(base / "folder", tree), base / "a.zip", released_on=DAY, deflate=deflate)
        taken = from_zip(base / "a.zip", base / "out")
        assert read(base / "out") == tree
        assert taken.sha512 == given_.sha512 == {p: hashlib.sha512(b).hexdigest() for p, b in tree.items()}
        to_zip(base / "out", base / "again.zip", released_on=DAY, deflate=deflate)
        assert (base / "again.zip").read_bytes() == (base / "a.zip").read_bytes()
        assert {path.name for path in base.iterdir()} == {"folder", "a.zip", "out", "again.zip"}


def test_zips_say_nothing_of_when_and_by_whom(tmp_path: Path) -> None:
    """Members are sorted, and bear the release's day and one mode, as does the ZIP itself."""
    folder = write(tmp_path / "folder", dict(reversed(TREE.items())))
    for path in folder.rglob("*"):
        os.utime(path, (10**9, 10**9))
        path.chmod(0o700)
    to_zip(folder, tmp_path / "a.zip", released_on=DAY)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        infos = archive.infolist()
        assert archive.testzip() is None
    assert [info.filename for info in infos] == sorted(TREE)
    assert {info.date_time for info in infos} == {(2026, 11, 23, 0, 0, 0)}
    assert {(info.external_attr >> 16, info.create_system) for info in infos} == {(stat.S_IFREG | 0o644, 3)}
    status = (tmp_path / "a.zip").stat()
    assert status.st_mtime == datetime(2026, 11, 23, tzinfo=UTC).timestamp()
    assert stat.S_IMODE(status.st_mode) == 0o644
    digest = hashlib.sha256((tmp_path / "a.zip").read_bytes()).hexdigest()
    assert digest == "dd241c2f543bcd2364330be77ea677af9512433f6da2141008203f192bd47787"


def test_a_bag_goes_into_a_zip_under_its_name(tmp_path: Path) -> None:
    """A bag is zipped with one folder at the top, and comes back as the same bag."""
    to_bag(write(tmp_path / "folder", TREE), tmp_path / "bag", released_on=DAY)
    to_zip(tmp_path / "bag", tmp_path / "bag.zip", released_on=DAY, top="trial-v1")
    from_zip(tmp_path / "bag.zip", tmp_path / "out")
    assert read(tmp_path / "out/trial-v1") == read(tmp_path / "bag")
    from_bag(tmp_path / "out/trial-v1", tmp_path / "back")
    assert read(tmp_path / "back") == TREE


@pytest.mark.parametrize(("day", "top"), [(date(1979, 12, 31), None), (DAY, ".."), (DAY, "/"), (DAY, "")])
def test_what_a_zip_cannot_say_is_refused(tmp_path: Path, day: date, top: str | None) -> None:
    """Days before ZIP's calendar and folders outside are refused."""
    with pytest.raises(TransferError):
        to_zip(write(tmp_path / "folder", TREE), tmp_path / "a.zip", released_on=day, top=top)
    assert {path.name for path in tmp_path.iterdir()} == {"folder"}


def test_folders_of_others_are_taken(tmp_path: Path) -> None:
    """A ZIP with records for its folders, as other tools write them, is taken."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.mkdir("data")
        archive.writestr("data/a.csv", b"1")
    from_zip(tmp_path / "a.zip", tmp_path / "out")
    assert read(tmp_path / "out") == {"data/a.csv": b"1"}


def refused(path: Path, **options: int) -> TransferError:
    """The error that a ZIP is refused with; nothing is left of the attempt."""
    with pytest.raises(TransferError) as caught:
        from_zip(path, path.parent / "out", **options)
    assert {each.name for each in path.parent.iterdir()} == {path.name}
    return caught.value


def member(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    """A member's record."""
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    "names",
    [
        *(["../evil"], ["a/../../evil"], ["/etc/evil"], ["C:evil"], ["a\\evil"], ["a//b"], ["./a"], ["a/."]),
        *(
            ["a", "a"],
            ["a", "a/b"],
            ["a/b", "a"],
            ["a", "a/"],
            ["a/"],
            ["a", "b/"],
            [""],
            ["../"],
            ["a" * 5000],
        ),
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_that_lead_elsewhere_or_collide_are_refused(tmp_path: Path, names: list[str]) -> None:
    """Paths out of the folder, of other systems, doubled, below a file, or of empty folders are refused."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(member(name, 0), b"" if name.endswith("/") else b"1")
    assert refused(tmp_path / "a.zip").code == "transfer.refused"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    """A member that is no plain file is refused."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(member("a", kind | 0o777), b"/etc/passwd")
    assert "link or a device" in str(refused(tmp_path / "a.zip"))


def test_names_in_an_unknown_encoding_are_refused(tmp_path: Path) -> None:
    """A name beyond ASCII that is not marked as UTF-8 could be any of several names."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("aaé", b"1")
    data = (tmp_path / "a.zip").read_bytes()
    for magic, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = data.index(magic) + at
        data = data[: place + 1] + b"\0" + data[place + 2 :]
    (tmp_path / "a.zip").write_bytes(data)
    assert "unknown encoding" in str(refused(tmp_path / "a.zip"))


@pytest.mark.parametrize("name", [b"a\0c", b"a\0/", b"\0\0\0"])
def test_names_with_a_nul_are_refused(tmp_path: Path, name: bytes) -> None:
    """A name that ends early for some tools is refused."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("aXc", b"1")
    (tmp_path / "a.zip").write_bytes((tmp_path / "a.zip").read_bytes().replace(b"aXc", name))
    assert refused(tmp_path / "a.zip").code == "transfer.refused"


def test_encrypted_members_are_refused(tmp_path: Path) -> None:
    """A member that is marked as encrypted is refused."""
    data = bytearray(_zip_of({"a": b"1"}))
    data[data.index(b"PK\1\2") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert "encrypted" in str(refused(tmp_path / "a.zip"))


def _zip_of(tree: Tree, method: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for path, content in tree.items():
            archive.writestr(path, content)
    return stream.getvalue()


def test_other_packings_are_refused(tmp_path: Path) -> None:
    """Only stored and deflated members are taken."""
    (tmp_path / "a.zip").write_bytes(_zip_of({"a": b"1"}, zipfile.ZIP_LZMA))
    assert "unknown way" in str(refused(tmp_path / "a.zip"))


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacks to far more than its size, or to more than was allowed, is refused before it is."""
    (tmp_path / "a.zip").write_bytes(_zip_of({"a": bytes(1 << 20)}, zipfile.ZIP_DEFLATED))
    assert refused(tmp_path / "a.zip", max_bytes=1 << 19).code == "transfer.too-large"
    monkeypatch.setattr(zipped, "_ALWAYS_BYTES", 1 << 16)
    assert "far more" in str(refused(tmp_path / "a.zip"))


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of more members than allowed is refused, a huge one before it is read."""
    (tmp_path / "a.zip").write_bytes(_zip_of({f"{'a' * 400}{number}": b"" for number in range(20)}))
    monkeypatch.setattr(zipped, "MAX_MEMBERS", 19)
    assert refused(tmp_path / "a.zip").code == "transfer.too-large"
    monkeypatch.setattr(zipped, "MAX_MEMBERS", 10)
    assert refused(tmp_path / "a.zip").code == "transfer.too-large"


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    """Two names for one member's bytes, as bombs have them, are refused."""
    data = _zip_of({"a": b"1" * 50, "b": b"1" * 50})
    central = data.index(b"PK\1\2")
    second = data.index(b"PK\1\2", central + 4)
    (tmp_path / "a.zip").write_bytes(data[: second + 42] + bytes(4) + data[second + 46 :])
    assert "overlap" in str(refused(tmp_path / "a.zip"))


def test_members_that_a_record_swallows_are_missed(tmp_path: Path) -> None:
    """A comment that is as long as the records behind it hides them; that they are fewer is told."""
    data = bytearray(_zip_of({"a": b"1", "b" * 210: b"2"}))
    first = data.index(b"PK\1\2")
    data[first + 33] = 1  # 256 bytes of comment: 46 of the second record and its name of 210
    (tmp_path / "a.zip").write_bytes(data)
    assert "not as many members" in str(refused(tmp_path / "a.zip"))


def test_many_members_are_counted(tmp_path: Path) -> None:
    """More members than two bytes can count come back."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(65_536):
            archive.writestr(str(number), b"")
    with (tmp_path / "a.zip").open("rb") as stream:
        assert zipped._directory(stream)[1] == 65_536


@given(st.data())
def test_a_changed_byte_is_found_or_changes_nothing(data: st.DataObject) -> None:
    """Whatever byte of a ZIP is changed, it is refused or unpacks to the same files."""
    with tempfile.TemporaryDirectory() as made:
        base = Path(made)
        to_zip(write(base / "folder", TREE), base / "a.zip", released_on=DAY)
        content = bytearray((base / "a.zip").read_bytes())
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        (base / "a.zip").write_bytes(content)
        try:
            from_zip(base / "a.zip", base / "out")
        except TransferError:
            assert not (base / "out").exists()
        else:
            assert read(base / "out") == TREE


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda data: _zip_of(TREE)[:-1] + data))
def test_any_bytes_raise_nothing_else(data: bytes) -> None:
    """Bytes that are no ZIP raise TransferError."""
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / "a.zip").write_bytes(data)
        try:
            from_zip(Path(made) / "a.zip", Path(made) / "out")
        except TransferError:
            assert not (Path(made) / "out").exists()


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_refused(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A folder or a pipe in the place of a ZIP is refused, and not waited for."""
    make(tmp_path / "a.zip")
    assert refused(tmp_path / "a.zip").code == "transfer.refused"
