"""Hostile and broken REFI-QDA files: each is refused with our error, which shows nothing of its text."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.coding.formats.refi import events as module
from ppdarchive.coding.formats.refi import read_qdc, read_qdpx
from ppdarchive.errors import CodingError

from . import refi_files as files

SECRET = "Rosalind"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for files that are read once."""
    return tmp_path_factory.mktemp("hostile")


def refused(folder: Path, content: bytes) -> str:
    """Return what is said of a file that is refused, alone and in an archive."""
    said = []
    for packed in (content, content if content.startswith(b"PK") else files.zipped({"project.qde": content})):
        path = files.saved(folder, packed)
        with pytest.raises(CodingError) as caught:
            read_qdpx(path, name="coded.qdpx", memos=True)
        assert caught.value.__context__ is None
        assert SECRET not in str(caught.value) + repr(caught.value)
        said.append(str(caught.value))
    assert said[0] == said[1]
    return said[0]


LAUGHS = b"".join(
    [
        b'<?xml version="1.0"?><!DOCTYPE Project [<!ENTITY a0 "Rosalind">',
        *(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)),
        b"]><Project name='x'><Description>&a9;</Description></Project>",
    ]
)


@pytest.mark.parametrize(
    "content",
    [
        LAUGHS,
        b'<!DOCTYPE Project [<!ENTITY x SYSTEM "file:///etc/passwd">]><Project name="&x;"/>',
        b'<!DOCTYPE Project SYSTEM "http://example.org/x.dtd"><Project/>',
        b'<!DOCTYPE Project [<!ENTITY % x SYSTEM "http://example.org/x"> %x;]><Project/>',
        b'<!DOCTYPE Project [<!ATTLIST Project name CDATA "Rosalind">]><Project/>',
        "<!DOCTYPE Project><Project/>".encode("utf-16"),
    ],
)
def test_document_types_and_entities_are_refused(folder: Path, content: bytes):
    """No entity is expanded, no address is opened, no default comes out of a DTD."""
    assert "refused, since it has a document type" in refused(folder, content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Rosalind",
        b"<Project name='Rosalind'>",
        b"<Project><Sources></Project>",
        b"<Project/><Project/>",
        b"<Project>&unknown;</Project>",
        b"<Project name='a' name='b'/>",
        b"<Project name='\xff'/>",
        b"<Project>a\x00b</Project>",
        b"<Project>\x07</Project>",
        b"<Project>&#0;</Project>",
        b"<Project>&#xD800;</Project>",
        "<Project>\ufffe</Project>".encode(),
        b"<a:Project/>",
        b"\0" * 100,
        b"%PDF-1.7 Rosalind",
        b"SQLite format 3\0",
        '<?xml version="1.0" encoding="utf-8"?><Project name="é"/>'.encode("latin-1"),
    ],
)
def test_what_is_no_xml_is_refused(folder: Path, content: bytes):
    """Broken XML, wrong bytes and other files say that they are not well-formed."""
    assert "not well-formed" in refused(folder, content)


@pytest.mark.parametrize(
    "encoding", ["utf-7", "utf-32", "rot13", "unicode_escape", "no-such", "x" * 2000, ""]
)
def test_encodings_that_are_not_xmls_are_refused(folder: Path, encoding: str):
    """The declaration cannot ask for any codec of the language."""
    xml = f'<?xml version="1.0" encoding="{encoding}"?><Project name="{SECRET}"/>'.encode()
    assert "encoding" in refused(folder, xml)


@pytest.mark.parametrize("content", [b"<html/>", b"<Code/>", b"<x:Rosalind xmlns:x='urn:y'/>", b"<project/>"])
def test_other_xml_is_refused(folder: Path, content: bytes):
    """The root tells what a file is."""
    assert "it is other XML" in refused(folder, content)


def test_elements_too_deep_are_refused(folder: Path):
    """Neither codes nor anything else may lie in each other without end."""
    for element in ("Code", "x"):
        opened = f"<{element} guid='1' name='n'>" * 400
        xml = f"<Project><CodeBook><Codes>{opened}".encode()
        assert "too deep" in refused(folder, xml)


def test_tags_without_end_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """A tag, a comment or an instruction is bounded; long text between tags is not."""
    monkeypatch.setattr(module, "MAX_TAG_BYTES", 200_000)
    for opening in (b"<Project name='", b"<Project><!--", b"<Project><?x "):
        assert "a tag in it is too long" in refused(folder, opening + b"x" * 400_000)
    long = files.project(sources=files.text_source(content="x" * 400_000))
    assert len(read_qdpx(files.saved(folder, long), name="x").sources[0].text) == 400_000


def test_many_kinds_of_elements_are_refused(folder: Path):
    """Names of elements and attributes are remembered, and therefore bounded."""
    elements = "".join(f"<a{n}/>" for n in range(6000)).encode()
    attributes = "".join(f"<a a{n}=''/>" for n in range(6000)).encode()
    for many in (elements, attributes):
        assert "too many kinds" in refused(folder, b"<Project>" + many + b"</Project>")


def test_elements_without_end_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Many small elements take more time and memory than their bytes."""
    monkeypatch.setattr(module, "MAX_ELEMENTS", 1000)
    assert "too many elements" in refused(folder, b"<Project>" + b"<x/>" * 1000 + b"</Project>")


def test_an_xml_bomb_in_an_archive_is_refused(folder: Path):
    """What packs far too well is refused before it is parsed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", b"<Project>" + b" " * (65 << 20) + b"</Project>")
    assert "far more than its size" in refused(folder, stream.getvalue())


@pytest.mark.parametrize("members", [{}, {"a.txt": b""}, {"a.qde": b"", "b.qde": b""}, {"project.qde/": b""}])
def test_archives_without_one_project_are_refused(folder: Path, members: dict[str, bytes]):
    """The project's XML must be there once."""
    assert ".qde" in refused(folder, files.zipped(members))


def test_archives_with_a_hostile_member_are_refused_whole(folder: Path):
    """A text that leads out of the archive is not passed over."""
    content = files.zipped({"project.qde": files.project(sources=""), "../../etc/cron.d/x": b"x"})
    assert "leads out of the archive" in refused(folder, content)


def test_there_is_no_such_file(tmp_path: Path):
    """A missing file is told from a damaged one."""
    with pytest.raises(CodingError) as caught:
        read_qdpx(tmp_path / "none.qdpx", name="none.qdpx")
    assert caught.value.code == "coding.not-found"


def test_a_disk_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An error of the system while reading is ours."""

    class Failing(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise OSError(5, "no")

    path = tmp_path / "a.qdpx"
    path.touch()
    monkeypatch.setattr(type(path), "open", lambda *_: Failing())
    with pytest.raises(CodingError, match="Input/output error") as caught:
        read_qdpx(path, name="a.qdpx")
    assert caught.value.__context__ is None


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(folder: Path, content: bytes):
    """Nothing but our own error comes out of a file."""
    for read in (read_qdpx, read_qdc):
        with suppress(CodingError):
            read(files.saved(folder, content), name="any")


XML = zipfile.ZipFile(io.BytesIO(files.nvivo())).read("project.qde")
PIECES = [
    b"<",
    b">",
    b'"',
    b"&",
    b"\0",
    b"\xff",
    b"<!DOCTYPE a>",
    b"<Coding>",
    b"<Code>",
    b"</Codes>",
    b"-1",
    b"",
]


@st.composite
def mutated(draw: st.DrawFn, content: bytes) -> bytes:
    """Draw the content with some stretches replaced, doubled or left out."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(changed)))
        end = min(len(changed), start + draw(st.integers(0, 40)))
        inserted = draw(
            st.one_of(st.sampled_from(PIECES), st.binary(max_size=6), st.just(bytes(changed[start:end]) * 2))
        )
        changed[start:end] = inserted
    return bytes(changed)


@given(mutated(XML), st.booleans(), st.booleans())
def test_mutated_xml_is_read_or_refused(folder: Path, xml: bytes, memos: bool, packed: bool):
    """Whatever is changed in the XML, alone or in an archive, nothing but our own error comes out."""
    member = {f"Sources/{files.SOURCE}.txt": files.TEXT.encode()}
    content = files.zipped({"project.qde": xml, **member}) if packed else xml
    with suppress(CodingError):
        read_qdpx(files.saved(folder, content), name="mutated", memos=memos)


@given(st.sampled_from(list(files.DIALECTS)).flatmap(lambda name: mutated(files.DIALECTS[name]())))
def test_mutated_archives_are_read_or_refused(folder: Path, content: bytes):
    """Whatever is changed in an archive, nothing but our own error comes out."""
    with suppress(CodingError):
        read_qdpx(files.saved(folder, content), name="mutated")


TAGS = st.sampled_from(
    [
        "Project",
        "CodeBook",
        "Codes",
        "Code",
        "Users",
        "User",
        "Sources",
        "TextSource",
        "PDFSource",
        "PlainTextContent",
        "PlainTextSelection",
        "Coding",
        "CodeRef",
        "NoteRef",
        "Notes",
        "Note",
        "Sets",
        "Set",
        "MemberCode",
        "Links",
        "Link",
        "Cases",
        "Case",
        "Description",
        "Variable",
        "x",
    ]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        [
            "guid",
            "name",
            "targetGUID",
            "startPosition",
            "endPosition",
            "isCodable",
            "creatingUser",
            "plainTextPath",
            "id",
        ]
    ),
    st.sampled_from(["", "1", "2", "-1", "true", files.CODE, f"{{{files.CODE}}}", "internal://a.txt", "é"]),
    max_size=4,
)
ELEMENTS = st.recursive(
    st.builds(lambda name, stated: files.tag(name, **stated), TAGS, ATTRIBUTES),
    lambda inner: st.builds(
        lambda name, stated, inside: files.tag(name, "".join(inside), **stated),
        TAGS, ATTRIBUTES, st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)  # fmt: skip


@given(st.lists(ELEMENTS, max_size=5), st.sampled_from(["Project", "CodeBook"]))
def test_elements_in_any_order_are_read_or_refused(folder: Path, elements: list[str], root: str):
    """The schema is no promise: elements may stand anywhere, lack attributes, or refer to nothing."""
    xml = files.document("".join(elements), root=root)
    with suppress(CodingError):
        read_qdpx(files.saved(folder, xml), name="any", memos=True)
