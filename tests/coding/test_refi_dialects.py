"""Projects as each tool writes them: texts, raw positions and quotes are handed over as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from ppdarchive.coding.formats.refi import read_qdc, read_qdpx
from ppdarchive.coding.landing.positions import resolve
from ppdarchive.coding.project import NONE, Project

from . import refi_files as files
from .refi_files import CASE, CODE, SOURCE, TEXT, WORDS


def read(folder: Path, content: bytes, *, memos: bool = False, name: str = "coded.qdpx") -> Project:
    """Return what a file with this content holds."""
    return read_qdpx(files.saved(folder, content, name), name=name, memos=memos)


def positions(project: Project) -> list[tuple[int, int]]:
    """Return the positions of all rows as the file has them."""
    rows = project.selections
    return list(zip(rows.start.tolist(), rows.end.tolist(), strict=True))


def test_nvivo(tmp_path: Path):
    """Folder, braces and case of GUIDs do not matter; CRLF stays; annotations and cases are counted."""
    project = read(tmp_path, files.nvivo())
    windows = TEXT.replace("\n", "\r\n")
    assert project.sources[0].text == windows
    assert positions(project)[:3] == files.places(windows, "utf-16")
    assert project.selections.quotes[:3] == WORDS
    assert [code.key for code in project.codes] == [CODE]  # what a case is called is often a person's name
    assert project.selections.code.tolist() == [0, 0, 0]
    assert project.selections.coder.tolist() == [0] * 3
    assert project.left == {
        "annotation": 1,
        "case": 1,
        "coding of a case": 1,
        "note": 1,
        "selection without a code": 1,
    }
    assert project.unit is None
    assert project.origin == "NVivo"


def test_nvivo_codings_of_a_case_that_is_no_code_are_counted(tmp_path: Path):
    """A coding whose code is a case's GUID alone is not taken for a code, and not lost."""
    xml = files.document(
        files.USERS
        + files.CODEBOOK
        + files.tag("Cases", files.tag("Case", guid=CASE))
        + files.tag(
            "Sources",
            files.text_source(
                files.selection(1, 0, 2, files.coding(1, code=CASE) + files.coding(2, code=SOURCE)),
                content="ok",
            ),
        )
    )
    project = read(tmp_path, xml)
    assert len(project.selections) == 0
    assert project.left == {"case": 1, "coding of a case": 1, "coding of an unknown code": 1}


def test_maxqda(tmp_path: Path):
    """Names may stand twice, dates and a case's name be missing; a memo's selection has no code."""
    project = read(tmp_path, files.maxqda())
    assert [source.name for source in project.sources] == ["interview 1", "interview 1"]
    assert positions(project) == files.places(TEXT.replace("\n", "\r\n"), "utf-16")
    assert project.selections.quotes == (None,) * 3
    assert project.left == {"case": 1, "memo": 1}


def test_maxqda_memos_where_asked_for(tmp_path: Path):
    """The memo's selection is a row without a code then."""
    rows = read(tmp_path, files.maxqda(), memos=True).selections
    assert rows.memos == (None, None, None, "ask her again")
    assert rows.code.tolist() == [0, 0, 0, NONE]
    assert rows.place.tolist() == [1, 2, 3, 4]


def test_atlas_ti(tmp_path: Path):
    """Code groups are sets; CRLF stays though it counts one; groups of texts are counted."""
    project = read(tmp_path, files.atlas_ti())
    assert project.sources[0].text == TEXT.replace("\n", "\r\n")
    assert positions(project) == files.places(TEXT)
    [group] = project.sets
    assert (group.name, group.codes, group.description) == ("alliance", (CODE,), "about the coach")
    assert project.left == {"set of sources or notes": 1}


def test_qualcoder(tmp_path: Path):
    """The byte-order mark stays in the text, and positions do not count it."""
    project = read(tmp_path, files.qualcoder())
    assert project.sources[0].text == "\ufeff" + TEXT
    assert positions(project) == files.places(TEXT)


def test_transana(tmp_path: Path):
    """Selections that touch keep their ends."""
    (_, end), (start, _) = positions(read(tmp_path, files.transana()))
    assert end == start


def test_qualitative_coding(tmp_path: Path):
    """GUIDs of no known version are GUIDs; a text may lie in a folder of ``sources``."""
    project = read(tmp_path, files.qualitative_coding())
    assert project.sources[0].text == TEXT
    assert positions(project) == files.places(TEXT)


@pytest.mark.parametrize("dialect", files.DIALECTS)
def test_every_dialect_says_who_coded_what(tmp_path: Path, dialect: str):
    """One coder and the code ``bond`` come out of each."""
    project = read(tmp_path, files.DIALECTS[dialect]())
    assert [coder.name for coder in project.coders] == ["Thea Brandt"]
    assert project.codes[0].name == "bond"
    assert project.format == "refi-qda"
    assert "Thea" not in repr(project) + repr(project.coders)


@pytest.mark.parametrize("dialect", sorted(set(files.DIALECTS) - {"Transana"}))
def test_every_dialect_lands_on_the_words(tmp_path: Path, dialect: str):
    """However a tool counts, the coded words are what its positions select."""
    project = read(tmp_path, files.DIALECTS[dialect]())
    found = resolve(project)
    text = project.sources[0].text
    assert tuple(text[found.start[row] : found.end[row]] for row in range(3)) == WORDS


@pytest.mark.parametrize(
    ("stated", "member"),
    [
        ("internal://a.txt", "sources/a.txt"),
        ("internal://a.txt", "Sources/A.TXT"),
        ("internal://sources/a.txt", "sources/a.txt"),
        ("internal://sources\\a.txt", "sources\\a.txt"),
        ("internal:///a.txt", "sources/a.txt"),
        ("INTERNAL://a.txt", "sources/a.txt"),
        ("internal://an%20answer.txt", "sources/an answer.txt"),
        ("internal://e\u0301te\u0301.txt", "sources/été.txt"),
        ("relative://texts/a.txt", "texts/a.txt"),
        ("relative://texts\\a.txt", "sources/texts/a.txt"),
        ("a.txt", "sources/a.txt"),
    ],
)
def test_paths_in_every_spelling(tmp_path: Path, stated: str, member: str):
    """A text is found whatever the scheme, the slashes and the case of its path."""
    xml = files.project(sources=files.text_source(plainTextPath=stated))
    assert read(tmp_path, files.zipped({"project.qde": xml, member: b"ok"})).sources[0].text == "ok"


@pytest.mark.parametrize(
    "stated",
    [
        "absolute:///C:/a.txt",
        "relative://../a.txt",
        "relative://other/a.txt",
        "internal://b.txt",
        "internal://../../secret.txt",
    ],
)
def test_texts_outside_of_the_archive_are_missed(tmp_path: Path, stated: str):
    """No path leads to the disk, nor to another text that happens to have its name."""
    (tmp_path / "secret.txt").write_text("no")
    xml = files.project(sources=files.text_source(plainTextPath=stated))
    with pytest.raises(Exception, match="the text of source 1 is not in it") as caught:
        read(tmp_path, files.zipped({"project.qde": xml, "sources/a.txt": b"ok"}))
    assert caught.value.code == "coding.format"


def test_a_text_file_given_as_rich_text_is_plain(tmp_path: Path):
    """Old QualCoder files say ``richTextPath`` for a ``.txt``."""
    xml = files.project(sources=files.text_source(richTextPath="internal://a.TXT"))
    assert read(tmp_path, files.zipped({"project.qde": xml, "sources/a.txt": b"ok"})).sources[0].text == "ok"


def test_rich_text_alone_is_counted(tmp_path: Path):
    """A source without plain text is left, with its selections, and the others keep their places."""
    lost = files.text_source(files.selection(1, 0, 1, files.coding(1)), richTextPath="internal://a.docx")
    kept = files.text_source(files.selection(2, 0, 1, files.coding(2)), guid=CASE, content="ok")
    project = read(tmp_path, files.project(sources=lost + kept))
    assert project.left == {"selection without plain text": 1, "source without plain text": 1}
    assert project.selections.source.tolist() == [0]
    assert project.selections.place.tolist() == [2]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("\ufeffCafé\r\n".encode(), "\ufeffCafé\r\n"),
        ("Café\r".encode(), "Café\r"),
        ("\ufeffCafé 👍".encode("utf-16-le"), "\ufeffCafé 👍"),
        ("\ufeffCafé 👍".encode("utf-16-be"), "\ufeffCafé 👍"),
        (b"", ""),
    ],
)
def test_texts_in_every_encoding_of_the_standard(tmp_path: Path, content: bytes, text: str):
    """UTF-8, and UTF-16 with its mark; line breaks and marks are kept."""
    xml = files.project(sources=files.text_source(plainTextPath="internal://a.txt"))
    archive = files.zipped({"project.qde": xml, "sources/a.txt": content})
    assert read(tmp_path, archive).sources[0].text == text


@pytest.mark.parametrize(
    "content", [b"caf\xe9", b"a\0b", "a".encode("utf-16-le"), b"\xff\xfea", b"\xed\xa0\x80"]
)
def test_texts_in_other_encodings_are_refused(tmp_path: Path, content: bytes):
    """Latin-1, UTF-16 without a mark, half a character, NUL: the source is named by number."""
    xml = files.project(sources=files.text_source(plainTextPath="internal://a.txt"))
    with pytest.raises(Exception, match="source 1") as caught:
        read(tmp_path, files.zipped({"project.qde": xml, "sources/a.txt": content}))
    assert caught.value.code == "coding.format"


def test_the_coder_is_the_codings_then_the_selections_then_the_sources(tmp_path: Path):
    """A user that the file does not list keeps their GUID for a name."""
    first, second, third = (f"11111111-aaaa-4bbb-8ccc-00000000000{n}" for n in (1, 2, 3))
    selections = (
        files.selection(1, 0, 1, files.coding(1, user=third), creatingUser=second)
        + files.selection(2, 0, 1, files.coding(2, user=""), creatingUser=second)
        + files.selection(3, 0, 1, files.coding(3, user=""))
    )
    project = read(
        tmp_path, files.project(sources=files.text_source(selections, content="ok", creatingUser=first))
    )
    assert [project.coders[n].key for n in project.selections.coder] == [third, second, first]
    assert [coder.name for coder in project.coders] == ["Thea Brandt", third, second]
    assert project.left == {"unknown user": 2}


def test_nobody_coded(tmp_path: Path):
    """A coding without any user has none."""
    source = files.text_source(files.selection(1, 0, 1, files.coding(1, user="")), content="ok")
    assert read(tmp_path, files.project(sources=source)).selections.coder.tolist() == [NONE]


def test_stages_are_the_users_ids(tmp_path: Path):
    """Only the two words that we write are stages."""
    users = "".join(
        files.tag("User", guid=f"11111111-aaaa-4bbb-8ccc-00000000000{n}", name="Thea", id=stage)
        for n, stage in enumerate(("consensus", "independent", "TB"))
    )
    project = read(
        tmp_path, files.project(users=files.tag("Users", users), sources=files.text_source(content=""))
    )
    assert [coder.stage for coder in project.coders] == ["consensus", "independent", None]


def test_a_coding_of_a_whole_text_has_no_positions(tmp_path: Path):
    """A coding right in a source is a row without positions and without a quote."""
    rows = read(tmp_path, files.project(sources=files.text_source(files.coding(1), content="ok"))).selections
    assert (rows.start.tolist(), rows.end.tolist(), rows.quotes) == ([NONE], [NONE], (None,))


def test_selections_with_several_codes_are_several_rows(tmp_path: Path):
    """One row for each code, and one place; a coding with two codes means two."""
    other = "22222222-aaaa-4bbb-8ccc-000000000002"
    codes = files.tag("Code", guid=CODE, name="a", isCodable="1") + files.tag("Code", guid=other, name="b")
    two = files.coding(2, inner=files.tag("CodeRef", targetGUID=other))
    source = files.text_source(files.selection(1, 0, 1, files.coding(1) + two), content="ok")
    codebook = files.tag("CodeBook", files.tag("Codes", codes))
    rows = read(tmp_path, files.project(codebook=codebook, sources=source)).selections
    assert rows.code.tolist() == [0, 0, 1]
    assert rows.place.tolist() == [1, 1, 1]


def test_memos_are_descriptions_and_notes(tmp_path: Path):
    """A selection's description, its notes and those of its coding make the memo, in this order."""
    reference = files.tag("NoteRef", targetGUID=files.NOTE.upper())
    inner = files.tag("Description", "one") + files.coding(1, inner=reference)
    note = files.tag("Note", files.tag("PlainTextContent", "two"), guid=files.NOTE)
    xml = files.project(
        sources=files.text_source(files.selection(1, 0, 1, inner), content="ok"),
        after=files.tag("Notes", note),
    )
    asked = read(tmp_path, xml, memos=True)
    assert (asked.selections.memos, asked.left) == (("one\ntwo",), {})
    dropped = read(tmp_path, xml)
    assert (dropped.selections.memos, dropped.left) == ((None,), {"memo": 1, "note": 1})


def test_empty_names_and_descriptions_say_nothing(tmp_path: Path):
    """NVivo writes both for every selection; only of an empty selection is an empty name the text."""
    inner = files.tag("Description", " \n ") + files.coding(1)
    source = files.text_source(
        files.selection(1, 0, 1, inner, name="") + files.selection(2, 1, 1, inner, name=""), content="ok"
    )
    xml = files.project(sources=source)
    for memos in (True, False):
        project = read(tmp_path, xml, memos=memos)
        assert project.selections.quotes == (None, "")
        assert project.selections.memos == (None, None)
        assert project.left == {}


def test_other_media_are_counted(tmp_path: Path):
    """Pictures, PDFs, audio and video, with the selections and codings in them, are left."""
    inside = files.tag("PDFSelection", files.coding(1), guid=CODE, page=1)
    pdf = files.tag(
        "PDFSource",
        inside
        + files.tag("Representation", files.selection(1, 0, 1, files.coding(1)), guid=CODE)
        + files.coding(2),
        guid=SOURCE,
    )
    others = "".join(files.tag(kind, guid=SOURCE) for kind in ("PictureSource", "AudioSource", "VideoSource"))
    project = read(tmp_path, files.project(sources=pdf + others))
    assert project.left == {
        "audio": 1, "pdf": 1, "pdf coding": 3, "pdf selection": 2, "picture": 1, "video": 1,
    }  # fmt: skip
    assert len(project.sources) == len(project.selections) == 0


def test_everything_else_is_counted(tmp_path: Path):
    """Variables, graphs, links, descriptions, coded notes and elements of no schema are left."""
    reference = files.tag("VariableRef", targetGUID=CODE)
    source = files.text_source(
        files.tag("VariableValue", reference + files.tag("TextValue", "x")) + files.tag("Description", "d"),
        content="ok",
    )
    note = files.tag("Note", files.selection(1, 0, 1, files.coding(1)), guid=files.NOTE)
    case = files.tag("Case", files.tag("VariableValue", reference) + files.tag("Description", "c"), guid=CASE)
    xml = files.document(
        files.tag("Variables", files.tag("Variable", guid=CODE, name="age", typeOfVariable="Integer"))
        + files.tag("Cases", case)
        + files.tag("Sources", source)
        + files.tag("Notes", note)
        + files.tag("Links", files.tag("Link", guid=CODE))
        + files.tag("Graphs", files.tag("Graph", files.tag("Vertex", guid=CODE), guid=CODE))
        + files.tag("Description", "d")
        + files.tag("Extra", files.tag("Coding"))
    )
    assert read(tmp_path, xml).left == {
        "case": 1, "description": 2, "graph": 1, "link": 1, "note": 1, "note coding": 1, "note selection": 1,
        "unknown element": 1, "variable": 1, "variable value": 1,
    }  # fmt: skip


def test_guids_that_stand_twice(tmp_path: Path):
    """Equal codes and users count once, texts stay two; two different codes of one GUID are refused."""
    code = files.tag("Code", guid=CODE, name="a", isCodable="true")
    source = files.text_source(files.selection(1, 0, 1, files.coding(1)), content="ok")
    codebook = files.tag("CodeBook", files.tag("Codes", code * 2))
    users = files.USERS.replace("</Users>", "") + files.USERS.replace("<Users>", "")
    project = read(tmp_path, files.project(users=users, codebook=codebook, sources=source * 2))
    assert len(project.codes) == len(project.coders) == 1
    assert len({one.key for one in project.sources}) == 2
    assert project.selections.source.tolist() == [0, 1]
    different = codebook.replace('name="a"', 'name="b"', 1)
    with pytest.raises(Exception, match="code 2 has the GUID of another"):
        read(tmp_path, files.project(codebook=different, sources=source))


@pytest.mark.parametrize(
    ("codebook", "reason"),
    [
        (files.tag("Code", guid=CODE, isCodable="true"), "code 1 has no name"),
        (files.tag("Code", guid=CODE, name="a", isCodable="maybe"), "isCodable"),
    ],
)
def test_codes_that_lack_something_are_refused(tmp_path: Path, codebook: str, reason: str):
    """The code is named by its number."""
    with pytest.raises(Exception, match=reason):
        read(tmp_path, files.document(files.tag("CodeBook", files.tag("Codes", codebook))))


@pytest.mark.parametrize("position", ["", "-1", "1.5", "one", "٣", "9" * 40, "0x1"])
def test_positions_that_are_no_numbers_are_refused(tmp_path: Path, position: str):
    """A negative position would mean a whole text: the selection is named by its number."""
    source = files.text_source(files.selection(1, 0, 1).replace('"0"', f'"{position}"'), content="ok")
    with pytest.raises(Exception, match="selection 1: startPosition") as caught:
        read(tmp_path, files.project(sources=source))
    assert caught.value.code == "coding.format"


def test_nested_codes_and_spaces_are_kept(tmp_path: Path):
    """Names and descriptions come as they are; what stands in a code is part of it."""
    inner = files.tag("Code", files.tag("Description", " a \n b "), guid=SOURCE, name=" x\ny ", isCodable="0")
    codes = files.tag("Code", files.tag("Description", "") + inner, guid=CODE, name="wide")
    project = read(tmp_path, files.document(files.tag("CodeBook", files.tag("Codes", codes))))
    assert [(code.name, code.description, code.parent, code.is_codable) for code in project.codes] == [
        ("wide", "", None, True),
        (" x\ny ", " a \n b ", CODE, False),
    ]


@pytest.mark.parametrize("name", ["coded.qdpx", "codes.qdc", "anything"])
def test_files_are_told_by_what_they_hold(tmp_path: Path, name: str):
    """A codebook is read as one whatever its extension, and a codebook is read out of a project."""
    codebook = files.document(
        files.tag("Codes", files.tag("Code", guid=CODE, name="bond", isCodable="true"))
        + files.tag("Sets", files.tag("Set", files.tag("MemberCode", guid=CODE), guid=SOURCE, name="s")),
        root="CodeBook",
        namespace="urn:QDA-XML:codebook:1.0",
        origin="Taguette 1.4",
    )
    found = read(tmp_path, codebook, name=name)
    assert (found.format, found.origin, found.codes[0].name) == ("refi-qdc", "Taguette 1.4", "bond")
    assert found.sets[0].codes == (CODE,)
    whole = read_qdc(files.saved(tmp_path, files.nvivo(), name), name=name)
    assert (len(whole.codes), len(whole.sources), len(whole.selections)) == (1, 0, 0)
    assert whole.left == {"case": 1, "link": 1, "note": 1, "selection": 5, "source": 1, "user": 1}


def test_taguettes_codebook_with_an_empty_sets_element_is_read(tmp_path: Path):
    """It is invalid, and means that there are no sets."""
    xml = files.document(
        files.tag("Codes", files.tag("Code", guid=CODE, name="a.b", isCodable="true")) + "<Sets/>",
        root="CodeBook",
        namespace="urn:QDA-XML:codebook:1.0",
    )
    assert read_qdc(files.saved(tmp_path, xml, "codes.qdc"), name="codes.qdc").sets == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_xml_in_every_common_encoding(tmp_path: Path, encoding: str):
    """The declaration or the byte-order mark tells."""
    stated = "utf-8" if encoding == "utf-8-sig" else encoding
    xml = files.project(sources=files.text_source(content="Café"))
    content = xml.decode().replace('encoding="utf-8"', f'encoding="{stated}"').encode(encoding)
    assert read(tmp_path, content).sources[0].text == "Café"


def test_a_project_in_a_folder_of_the_archive(tmp_path: Path):
    """Who zips the unpacked folder again gets one; what a Mac adds does not matter."""
    xml = files.project(sources=files.text_source(plainTextPath="internal://a.txt"))
    archive = files.zipped(
        {"p/project.qde": xml, "p/sources/a.txt": b"ok", "__MACOSX/p/._project.qde": b"?", "p/sources/": b""}
    )
    assert read(tmp_path, archive).sources[0].text == "ok"
