"""Bags: what RFC 8493 asks, the same bytes for everyone, and nothing taken that is not listed and whole."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.errors import TransferError
from ppdarchive.transfer import bag as bagging
from ppdarchive.transfer.bag import from_bag, to_bag

from .trees import Tree, read, trees, write

DAY = date(2026, 11, 23)
TREE: Tree = {
    "datapackage.json": b"{}\n",
    "data/responses.parquet": b"PAR1" * 100,
    "csv/responses.csv": b"a\n1\n",
}


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """A bag of a small package."""
    to_bag(write(tmp_path / "package", TREE), tmp_path / "bag", released_on=DAY, identifier="trial~public/v1")
    return tmp_path / "bag"


def test_a_bag_is_what_the_rfc_says(bag: Path) -> None:
    """Declaration, statements, payload and manifests lie where they belong, and say what they must."""
    names = {path.name for path in bag.iterdir()}
    assert names == {
        *("bagit.txt", "bag-info.txt", "data", "manifest-sha256.txt", "manifest-sha512.txt"),
        *("tagmanifest-sha256.txt", "tagmanifest-sha512.txt"),
    }
    assert (bag / "bagit.txt").read_bytes() == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    assert (bag / "bag-info.txt").read_text() == (
        "Bagging-Date: 2026-11-23\nExternal-Identifier: trial~public/v1\nPayload-Oxum: 407.3\n"
    )
    lines = [f"{hashlib.sha512(TREE[path]).hexdigest()}  data/{path}\n" for path in sorted(TREE)]
    assert (bag / "manifest-sha512.txt").read_text() == "".join(lines)
    assert (bag / "tagmanifest-sha256.txt").read_text().count("\n") == 4


def test_bagit_validates_our_bags(bag: Path) -> None:
    """The Library of Congress's tool finds nothing wrong, and finds a changed byte."""
    bagit: Any = pytest.importorskip("bagit")
    opened = bagit.Bag(str(bag))
    opened.validate()
    assert opened.info["Payload-Oxum"] == "407.3"
    (bag / "data/csv/responses.csv").write_bytes(b"a\n2\n")
    assert not bagit.Bag(str(bag)).is_valid()


# What that tool can't hold against RFC 8493: percent signs (it decodes no %25), white space at the end of
# a line, separators that only Python takes for line ends, more than two encoded line ends, and twins by NFC.
PLAIN = st.text(
    st.characters(categories=["L", "N", "So"]) | st.sampled_from("._-~+' "), min_size=1, max_size=12
)


@given(
    trees(st.lists(PLAIN, min_size=1, max_size=3).map("/".join).filter(lambda path: path == path.strip()))
    .filter(
        lambda tree: all(
            part == part.strip() and part.strip(".") for path in tree for part in path.split("/")
        )
    )
    .filter(lambda tree: len({_nfc(path) for path in tree}) == len(tree))
)
def test_bagit_validates_bags_of_any_plain_names(tree: Tree) -> None:
    """Spaces, letters of any script and either Unicode form pass the other tool."""
    bagit: Any = pytest.importorskip("bagit")
    with tempfile.TemporaryDirectory() as made:
        to_bag(write(Path(made) / "folder", tree), Path(made) / "bag", released_on=DAY)
        bagit.Bag(str(Path(made) / "bag")).validate()


def _nfc(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def test_bagit_reads_our_line_ends_in_names(tmp_path: Path) -> None:
    """Names with a line feed and a carriage return pass the other tool."""
    bagit: Any = pytest.importorskip("bagit")
    to_bag(write(tmp_path / "folder", {"a\nb": b"1", "c\rd": b"2"}), tmp_path / "bag", released_on=DAY)
    bagit.Bag(str(tmp_path / "bag")).validate()


def test_bags_of_bagit_are_taken(tmp_path: Path) -> None:
    """A bag that the other tool made, of version 0.97 and with a percent sign, is taken back whole."""
    bagit: Any = pytest.importorskip("bagit")
    tree = {**TREE, "100%.csv": b"1", "a%25b": b"2", "line\nfeed": b"3"}
    bagit.make_bag(str(write(tmp_path / "bag", tree)), {"Contact-Name": "Data desk"})
    taken = from_bag(tmp_path / "bag", tmp_path / "out")
    assert read(tmp_path / "out") == tree
    assert ("Contact-Name", "Data desk") in taken.tags


@given(trees())
def test_a_bag_and_back_is_identity(tree: Tree) -> None:
    """Any files under any names come back to the byte, and a bag made of them again is the same bag."""
    with tempfile.TemporaryDirectory() as made:
        base = Path(made)
        given_ = to_bag(write(base / "folder", tree), base / "bag", released_on=DAY)
        taken = from_bag(base / "bag", base / "out")
        assert read(base / "out") == tree
        assert taken.sha512 == given_.sha512 == {p: hashlib.sha512(b).hexdigest() for p, b in tree.items()}
        assert (taken.n_files, taken.n_bytes) == (len(tree), sum(map(len, tree.values())))
        assert taken.left == ()
        to_bag(base / "out", base / "again", released_on=DAY)
        assert read(base / "again") == read(base / "bag")
        assert {path.name for path in base.iterdir()} == {"folder", "bag", "out", "again"}


def test_bags_say_nothing_of_when_and_by_whom(tmp_path: Path, bag: Path) -> None:
    """Another day's bag of a copy with other times and modes has the same bytes, times and modes."""
    copy = write(tmp_path / "copy", dict(reversed(TREE.items())))
    for path in copy.rglob("*"):
        os.utime(path, (10**9, 10**9))
        path.chmod(0o700)
    to_bag(copy, tmp_path / "other", released_on=DAY, identifier="trial~public/v1")
    assert read(tmp_path / "other") == read(bag)
    seconds = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
    for root in (bag, tmp_path / "other"):
        for path in (root, *root.rglob("*")):
            assert path.stat().st_mtime == seconds
            assert stat.S_IMODE(path.stat().st_mode) == (0o755 if path.is_dir() else 0o644)


def test_statements_are_plain_lines_and_not_ours(tmp_path: Path) -> None:
    """More may be stated, in one line each, but not what a bag gets by itself."""
    folder = write(tmp_path / "folder", TREE)
    words = {"Source-Organization": "Institut für Psychologie"}
    assert (
        dict(to_bag(folder, tmp_path / "bag", released_on=DAY, statements=words).tags).items()
        >= words.items()
    )
    wrong = [{"a": "b\nBagging-Date: x"}, {"a:b": "c"}, {"a": " "}, {"payload-oxum": "1.1"}, {"\n": "a"}]
    for each in wrong:
        with pytest.raises(TransferError) as caught:
            to_bag(folder, tmp_path / "new", released_on=DAY, statements=each)
        assert caught.value.code == "transfer.bag"
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "bag"}


def refused(bag: Path) -> TransferError:
    """The error that a bag is refused with; nothing is left of the attempt."""
    out = bag.parent / "out"
    with pytest.raises(TransferError) as caught:
        from_bag(bag, out)
    assert not out.exists()
    assert not list(bag.parent.glob(".*"))
    return caught.value


@pytest.mark.parametrize("path", sorted(TREE))
def test_one_changed_byte_is_found(bag: Path, path: str) -> None:
    """A payload file of the same size with one other bit is refused."""
    place = bag / "data" / path
    content = bytearray(place.read_bytes())
    content[-1] ^= 1
    place.write_bytes(content)
    assert refused(bag).code == "transfer.damaged"


@given(st.data())
def test_a_changed_tag_file_is_found(data: st.DataObject) -> None:
    """Whatever byte of a tag file is changed, the bag is refused, but for the tag manifests' hex case."""
    with tempfile.TemporaryDirectory() as made:
        bag = Path(made) / "bag"
        to_bag(write(Path(made) / "package", TREE), bag, released_on=DAY)
        place = bag / data.draw(st.sampled_from(sorted(path.name for path in bag.glob("*.txt"))))
        content = bytearray(place.read_bytes())
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= data.draw(st.integers(1, 255))
        place.write_bytes(content)
        try:
            from_bag(bag, Path(made) / "out")
        except TransferError:
            assert not (Path(made) / "out").exists()
        else:
            assert place.name.startswith("tagmanifest")
            assert read(Path(made) / "out") == TREE


def append(name: str, text: str) -> Callable[[Path], object]:
    """A change to a bag: text at the end of a file."""
    return lambda bag: (bag / name).write_bytes(
        ((bag / name).read_bytes() if (bag / name).exists() else b"") + text.encode()
    )


def replaced(name: str, old: str, new: str) -> Callable[[Path], object]:
    """A change to a bag: other words in a file."""
    return lambda bag: (bag / name).write_bytes((bag / name).read_bytes().replace(old.encode(), new.encode()))


SUM = "0" * 128


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (append("fetch.txt", ""), "fetch"),
        (append("data/more.csv", "1"), "Payload-Oxum|too many"),
        (lambda bag: (bag / "data/datapackage.json").unlink(), "Payload-Oxum"),
        (lambda bag: (bag / "bagit.txt").unlink(), "bagit.txt is missing"),
        (lambda bag: (bag / "data/empty").mkdir(), "empty folder"),
        (replaced("bagit.txt", "1.0", "1.1"), "neither 1.0 nor 0.97"),
        (replaced("bagit.txt", "1.0", "2.0"), "neither 1.0 nor 0.97"),
        (replaced("bagit.txt", "UTF-8", "UTF-16"), "not UTF-8"),
        (replaced("bagit.txt", "BagIt", "\ufeffBagIt"), "two lines"),
        (append("bagit.txt", "More: 1\n"), "two lines"),
        (append("manifest-md4.txt", ""), "unknown algorithm"),
        (append("manifest-SHA512.txt", ""), "unknown algorithm"),
        (append("manifest-sha512.txt", f"{SUM}  data/../../evil\n"), "no business"),
        (append("manifest-sha512.txt", f"{SUM}  /etc/passwd\n"), "no business"),
        (append("manifest-sha512.txt", f"{SUM}  data\\evil\n"), "no business"),
        (append("manifest-sha512.txt", f"{SUM}  bagit.txt\n"), "no business"),
        (append("manifest-sha512.txt", f"{SUM}  data/csv/responses.csv\n"), "second time"),
        (append("manifest-sha512.txt", f"{SUM}  data/a%b\n"), "no digest"),
        (append("manifest-sha512.txt", f"{SUM[1:]}  data/a\n"), "no digest"),
        (append("manifest-sha512.txt", f"{SUM}  data/absent\n"), "1 files are missing"),
        (append("manifest-md5.txt", f"{'0' * 32}  data/absent\n"), "missing"),
        (append("tagmanifest-sha512.txt", f"{SUM}  data/csv/responses.csv\n"), "no business"),
        (append("tagmanifest-sha512.txt", f"{SUM}  absent.txt\n"), "lists a file that is missing"),
        (append("tagmanifest-sha512.txt", f"{SUM}  ../package/datapackage.json\n"), "no business"),
        (append("bag-info.txt", "Payload-Oxum: 407.3\n"), "Payload-Oxum"),
        (replaced("bag-info.txt", "407.3", "407"), "Payload-Oxum"),
        (replaced("bag-info.txt", "407.3", "408.3"), "Payload-Oxum"),
        (append("bag-info.txt", "nothing\n"), "states nothing"),
        (append("bag-info.txt", "a: b"), "not the one"),
    ],
)
def test_bags_that_break_a_rule_are_refused(bag: Path, change: Callable[[Path], object], words: str) -> None:
    """What is incomplete, more than listed, elsewhere, unknown or ambiguous is refused, in words."""
    change(bag)
    error = refused(bag)
    assert error.code in {"transfer.bag", "transfer.damaged"}
    assert any(word in str(error) for word in words.split("|"))


@pytest.mark.parametrize("inside", ["data/link", "link.txt", "data/csv/link"])
@pytest.mark.parametrize("target", ["/etc/passwd", "datapackage.json", ".."])
def test_links_are_refused(bag: Path, inside: str, target: str) -> None:
    """A link anywhere in a bag, wherever it leads, is refused."""
    (bag / inside).symlink_to(target)
    assert refused(bag).code == "transfer.refused"


def test_pipes_are_refused(bag: Path) -> None:
    """A named pipe is refused, and not waited for."""
    os.mkfifo(bag / "data/pipe")
    assert refused(bag).code == "transfer.refused"


def test_weak_digests_alone_do_not_do(bag: Path) -> None:
    """A bag whose only manifest is of MD5 is refused; beside a better one it has to be true."""
    md5 = "".join(f"{hashlib.md5(content).hexdigest()}  data/{path}\n" for path, content in TREE.items())
    (bag / "manifest-md5.txt").write_text(md5)
    from_bag(bag, bag.parent / "taken")
    (bag / "manifest-md5.txt").write_text(md5.replace(md5[:32], "0" * 32))
    assert refused(bag).code == "transfer.damaged"
    (bag / "manifest-md5.txt").write_text(md5)
    for path in (*bag.glob("manifest-sha*"), *bag.glob("tagmanifest-*")):
        path.unlink()
    assert "SHA-256 or better" in str(refused(bag))


def test_what_is_no_payload_is_told(bag: Path) -> None:
    """Tag files that no rule knows are left where they are, and named."""
    (bag / "metadata").mkdir()
    (bag / "metadata/mets.xml").write_text("<mets/>")
    assert from_bag(bag, bag.parent / "out").left == ("metadata/mets.xml",)


def test_large_tag_files_are_not_read(bag: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A manifest or statement of absurd size is refused."""
    monkeypatch.setattr(bagging, "MAX_MANIFEST_BYTES", 100)
    assert refused(bag).code == "transfer.too-large"


@given(
    st.sampled_from(["bagit.txt", "bag-info.txt", "manifest-sha512.txt", "tagmanifest-sha256.txt"]),
    st.binary(max_size=200),
)
def test_any_bytes_for_a_tag_file_raise_nothing_else(name: str, data: bytes) -> None:
    """Whatever a tag file holds, a bag is taken or TransferError is raised."""
    with tempfile.TemporaryDirectory() as made:
        bag = Path(made) / "bag"
        to_bag(write(Path(made) / "package", TREE), bag, released_on=DAY)
        for path in bag.glob("tagmanifest-*"):
            path.unlink()
        (bag / name).write_bytes(data)
        with suppress(TransferError):
            from_bag(bag, Path(made) / "out")
            assert read(Path(made) / "out") == TREE
