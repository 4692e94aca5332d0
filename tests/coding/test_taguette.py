"""Taguette's project files: every segment on its characters, whoever coded it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.coding.formats.taguette import read_taguette
from ppdarchive.coding.formats.taguette_html import counted_text, markup_of
from ppdarchive.coding.formats.taguette_log import Log
from ppdarchive.coding.formats.taguette_write import taguette_bytes, write_taguette
from ppdarchive.coding.project import (
    Project,
    ProjectCode,
    ProjectCoder,
    ProjectSet,
    ProjectSource,
    Selections,
)  # fmt: skip
from ppdarchive.errors import CodingError, WriteError
from ppdarchive.text.units import Unit, convert

from .strategies import projects, texts
from .taguette_files import EXAMPLE, changed, code_paths, logged, placed, project_of, segments, tagged_project


def read_bytes(raw: bytes) -> Project:
    """Read bytes as a project file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.sqlite3"
        path.write_bytes(raw)
        return read_taguette(path, name="project.sqlite3")


@given(texts())
def test_written_text_is_counted_as_it_was(text: str):
    """Taguette counts in our HTML the very text it was made of."""
    assert counted_text(markup_of(text)) == text


@given(texts(min_size=1), st.data())
def test_segment_comes_back_on_its_characters(text: str, data: st.DataObject):
    """What is written and read covers the same characters, by the same coder and code."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    read = read_bytes(taguette_bytes(project_of(text, start, end)))
    rows = read.selections
    at = convert(read.sources[0].text, [rows.start[0], rows.end[0]], source=Unit.UTF8)
    assert (read.sources[0].text, at.tolist(), rows.quotes) == (text, [start, end], (text[start:end],))
    assert [(code.name, code.is_codable, code.description) for code in read.codes] == [
        ("bond", False, None),
        ("trust", True, "Trusts."),
    ]
    assert read.coders == (ProjectCoder("anna", "anna"),)


WHOLE = taguette_bytes(project_of("My coach called 👍.", 3, 8))


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=16))
def test_damaged_file_is_read_or_refused(place: int, other: bytes):
    """Bytes changed anywhere raise nothing but the reader's own error."""
    caught: CodingError | None = None
    try:
        read_bytes(WHOLE[:place] + other + WHOLE[place + len(other) :])
    except CodingError as error:
        caught = error
    assert caught is None or ("coach" not in str(caught) and caught.__context__ is None)


ADD = '{"type": "highlight_add", "highlight_id": 1, "start_offset": %d, "end_offset": 4, "tags": %s}'


def test_edits_of_others_keep_the_first_coder():
    """A tag that another coder's edit keeps stays its coder's; a merged one follows."""
    merge = '{"type": "tag_merge", "src_tag_id": 1, "dest_tag_id": 3}'
    log = Log([("anna", ADD % (0, "[1]")), ("ben", ADD % (0, "[1, 2]")), ("ben", merge)])
    assert (log.coder(1, 3), log.coder(1, 2), log.coder(1, 1)) == ("anna", "ben", None)
    assert not log.was_moved(1)


def test_tags_merged_into_one_that_was_there_are_its_coder_s():
    """Of two tags made one, the one that stays keeps its coder; merging with itself changes nothing."""
    merge = '{"type": "tag_merge", "src": %d, "dest": 3}'
    log = Log(
        [("anna", ADD % (0, "[1]")), ("ben", ADD % (0, "[1, 3]")), ("ben", merge % 3), ("ben", merge % 1)]
    )
    assert (log.coder(1, 3), log.coder(1, 1)) == ("ben", None)


def test_deleted_tags_and_highlights_are_nobody_s():
    """What is put again after it was taken off is its new coder's."""
    gone = '{"type": "highlight_delete", "highlight_id": 1}'
    tag_gone = '{"type": "tag_delete", "tag_id": 2}'
    log = Log([("anna", ADD % (0, "[1, 2]")), ("ben", ADD % (2, "[2]")), ("ben", tag_gone)])
    assert (log.coder(1, 1), log.coder(1, 2), log.was_moved(1)) == (None, None, True)
    log = Log([("anna", ADD % (0, "[1]")), ("ben", gone), ("ben", ADD % (0, "[1]")), ("carla", tag_gone)])
    assert (log.coder(1, 1), repr(log)) == ("ben", "<Log: 1 highlights>")
    assert log.coder(9, 1) is None


def test_a_tag_that_the_log_does_not_explain_is_the_only_coder_s():
    """In a copied project merged tags lost their number; who alone touched a highlight put them there."""
    log = Log([("admin", ADD % (0, "[-7]")), ("admin", '{"type": "tag_merge", "src": -7, "dest": 12}')])
    assert log.coder(1, 3) == "admin"
    log = Log([("anna", ADD % (0, "[-7]")), ("ben", ADD % (0, "[-7]"))])
    assert log.coder(1, 3) is None


@pytest.mark.parametrize(
    "payload",
    [
        "no JSON",
        "[" * 100_000,
        "[]",
        "{}",
        '{"type": 3}',
        '{"type": "highlight_add", "highlight_id": 1, "start_offset": 0, "end_offset": 4, "tags": 3}',
        '{"type": "highlight_add", "highlight_id": 1, "start_offset": 0, "end_offset": 4, "tags": ["3"]}',
        '{"type": "highlight_add", "highlight_id": true, "start_offset": 0, "end_offset": 4, "tags": []}',
        '{"type": "highlight_add", "highlight_id": 1, "end_offset": 4}',
        '{"type": "highlight_delete"}',
        '{"type": "tag_delete", "tag_id": "1"}',
        '{"type": "tag_merge", "src_tag_id": 1}',
    ],
)
def test_a_command_that_is_none_is_told_by_its_number(tmp_path: Path, payload: str):
    """A log that cannot be followed is an error, not a guess."""
    path = changed(tmp_path / "p.sqlite3", [logged("anna", payload)])
    assert "command " in error_of(path, "coding.format")


def test_a_command_of_another_kind_says_nothing(tmp_path: Path):
    """Commands that a later Taguette may have are passed over."""
    path = changed(tmp_path / "p.sqlite3", [logged("anna", '{"type": "poem_add", "lines": 3}')])
    assert len(read_taguette(path, name="p").selections) == 1


def error_of(path: Path, code: str, *, project: str | None = None) -> str:
    """What is said of a file; it quotes and chains nothing."""
    with pytest.raises(CodingError) as caught:
        read_taguette(path, name="p", project=project)
    assert (caught.value.code, caught.value.__context__) == (code, None)
    assert "coach" not in str(caught.value)
    return str(caught.value)


def test_of_several_projects_one_is_named():
    """Only the project that was named is read; its name has to be one project's."""
    path = EXAMPLE / "project.sqlite3"
    assert "it holds 2 projects" in error_of(path, "coding.nothing")
    assert "0 of its 2 projects" in error_of(path, "coding.nothing", project="alliance study")
    other = read_taguette(path, name="p", project="Another study")
    assert segments(other) == {(1, "R-09", "another", "bond", "ben")}


def test_two_projects_of_one_name_are_not_told_apart(tmp_path: Path):
    """A name that two projects have names none."""
    again = "INSERT INTO projects (name, description, created) SELECT name, '', created FROM projects"
    path = changed(tmp_path / "p.sqlite3", [again])
    assert "2 of its 2 projects" in error_of(path, "coding.nothing", project="Coded responses")


def test_what_is_not_taken_is_counted(tmp_path: Path):
    """Highlights without a tag, descriptions of documents, tags of highlights that are gone."""
    path = changed(
        tmp_path / "p.sqlite3",
        [
            "UPDATE documents SET description = 'From the clinic.'",
            "INSERT INTO highlights (document_id, start_offset, end_offset, snippet) VALUES (1, 0, 2, 'My')",
            "INSERT INTO highlight_tags VALUES (99, 1)",
            "INSERT INTO highlight_tags VALUES (1, 99)",
            "INSERT INTO highlight_tags VALUES (98, 99)",
        ],
    )
    assert read_taguette(path, name="p").left == {
        "description of a document": 1,
        "highlight without a tag": 1,
        "tag of a highlight that is gone": 2,
    }


def test_a_moved_highlight_has_no_quote(tmp_path: Path):
    """Its snippet is that of the place where it was."""
    moved = '{"type": "highlight_add", "highlight_id": 1, "start_offset": 0, "end_offset": 8, "tags": [1]}'
    path = changed(
        tmp_path / "p.sqlite3",
        ["UPDATE highlights SET start_offset = 0, end_offset = 8", logged("ben", moved)],
    )
    read = read_taguette(path, name="p")
    assert (read.selections.quotes, read.selections.end.tolist()) == ((None,), [8])
    assert [coder.name for coder in read.coders] == ["anna"]


def test_without_a_log_coders_are_unknown(tmp_path: Path):
    """A file that has no commands still has its segments."""
    read = read_taguette(changed(tmp_path / "p.sqlite3", ["DROP TABLE commands"]), name="p")
    assert (read.coders, read.selections.coder.tolist()) == ((), [-1])


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE documents SET contents = '<p>a</p><script>coach</script>'", "document 1 has <script>"),
        (
            "UPDATE documents SET contents = '<p>a</p><!-- coach -->'",
            "document 1 has a tag that is not whole",
        ),
        (
            "UPDATE documents SET contents = '<table><tr>coach<td>a</td></tr></table>'",
            "document 1 has text between the cells",
        ),
        ("UPDATE highlights SET snippet = '<b coach'", "highlight 1 has a tag that is not whole"),
        ("UPDATE highlights SET start_offset = 99", "highlight 1 ends before it starts"),
        ("UPDATE highlights SET start_offset = -1", "highlight 1 ends before it starts"),
        ("UPDATE highlights SET start_offset = 'coach'", "highlights.start_offset of row 1"),
        ("DROP TABLE tags", "there is no column tags.id"),
    ],
)
def test_what_taguette_never_leaves_is_refused(tmp_path: Path, statement: str, said: str):
    """Text that another parser might move or drop has no sure positions."""
    assert said in error_of(changed(tmp_path / "p.sqlite3", [statement]), "coding.format")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("documents", "document 1 is there twice"),
        ("highlights", "a highlight is there twice"),
        ("tags", "two tags of one path or number"),
    ],
)
def test_what_is_there_twice_is_refused(tmp_path: Path, table: str, said: str):
    """Without a primary key a number may stand twice; nobody knows which row is meant."""
    twice = [
        f"CREATE TABLE copied AS SELECT * FROM {table} UNION ALL SELECT * FROM {table}",
        f"DROP TABLE {table}",
        f"ALTER TABLE copied RENAME TO {table}",
    ]
    assert said in error_of(changed(tmp_path / "p.sqlite3", twice), "coding.format")


@given(projects(sets=False, stages=False, empty=False).map(tagged_project))
def test_a_written_project_is_read(project: Project):
    """Texts, codes, and every segment with its code and coder are those that were written."""
    read = read_bytes(taguette_bytes(project))
    assert [(each.name, each.text) for each in read.sources] == [
        (each.name, each.text) for each in project.sources
    ]

    def facts(one: Project) -> set[tuple[str, str | None, bool]]:
        return {
            (path, code.description or None, code.is_codable)
            for path, code in zip(code_paths(one), one.codes, strict=True)
        }

    assert facts(read) == facts(project)
    assert {row[1:] for row in placed(read)} == {row[1:] for row in placed(project)}


MADE = project_of("My coach called 👍.", 3, 8)
ROWS = MADE.selections


@pytest.mark.parametrize(
    ("project", "said"),
    [
        (replace(MADE, sets=(ProjectSet("s", ("2",)),)), "sets of codes"),
        (replace(MADE, selections=replace(ROWS, memos=("Mine.",))), "memos"),
        (replace(MADE, selections=replace(ROWS, source=np.array([-1]))), "without its source"),
        (replace(MADE, coders=(ProjectCoder("1", "a"), ProjectCoder("2", "a"))), "two coders of one name"),
        (replace(MADE, coders=(ProjectCoder("1", ""),)), "the name of a coder"),
        (replace(MADE, coders=(ProjectCoder("1", "a" * 26),)), "the name of a coder"),
        (replace(MADE, coders=(ProjectCoder("1", "a\0"),)), "the name of a coder"),
        (replace(MADE, sources=(ProjectSource("1", "", "My coach"),)), "the name of source 1"),
        (replace(MADE, sources=(ProjectSource("1", "R" * 51, "My coach"),)), "the name of source 1"),
        (replace(MADE, sources=(ProjectSource("1", "R", "My\0 coach"),)), "a null character in source 1"),
        (
            replace(MADE, sources=(ProjectSource("1", "R", "My\ud800coach"),)),
            "half of a character in source 1",
        ),
        (replace(MADE, codes=(ProjectCode("1", "a"), ProjectCode("2", "b.c"))), "the name of code 2"),
        (replace(MADE, codes=(ProjectCode("1", "a"), ProjectCode("2", ""))), "the name of code 2"),
        (replace(MADE, codes=(ProjectCode("1", "a"), ProjectCode("2", "a"))), "another has its name"),
        (replace(MADE, codes=(ProjectCode("1", "a"), ProjectCode("2", " b"))), "white space"),
        (replace(MADE, codes=(ProjectCode("1", "a"), ProjectCode("2", "b" * 201))), "longer than 200"),
        (
            replace(MADE, codes=(ProjectCode("1", "a"), ProjectCode("2", "b", None, "[not for coding] x"))),
            "for coding",
        ),
        (
            replace(MADE, codes=(ProjectCode("1", "a"), ProjectCode("2", "b", None, "\0"))),
            "a null character in code 2",
        ),
        (
            replace(MADE, codes=(ProjectCode("1", "a"), ProjectCode("2", "b", None, "x" * 102_001))),
            "the description of code 2",
        ),
        (replace(MADE, unit=None), "of no unit"),
        (replace(MADE, selections=replace(ROWS, end=np.array([99]))), "positions in source 1"),
        (replace(MADE, selections=replace(ROWS, end=np.array([1]))), "positions in source 1"),
        (
            replace(MADE, selections=replace(ROWS, start=np.array([0]), end=np.array([0]))),
            "a selection of nothing at the beginning of source 1",
        ),
        (
            replace(
                MADE,
                selections=replace(ROWS, start=np.array([-1]), end=np.array([-1]), quotes=("coach",)),
            ),
            "a quote without its place",
        ),
    ],
)
def test_what_taguette_cannot_hold_is_refused(project: Project, said: str):
    """Nothing is lost or changed on writing; what does not fit is named by its number."""
    with pytest.raises(CodingError) as caught:
        taguette_bytes(project)
    assert (caught.value.code, caught.value.__context__) == ("coding.cannot-hold", None)
    assert said in str(caught.value)


@pytest.mark.parametrize("title", ["", "t" * 51, "\0"])
def test_a_title_has_its_bounds(title: str):
    """Taguette takes 1 to 50 characters."""
    with pytest.raises(CodingError, match="that title"):
        taguette_bytes(MADE, title=title)


def test_a_written_file_is_new(tmp_path: Path):
    """The same project gives the same bytes; what is there stays, and what cannot be written says so."""
    path = tmp_path / "p.sqlite3"
    write_taguette(MADE, path)
    assert path.read_bytes() == taguette_bytes(MADE) == WHOLE
    for where, code in ((path, "write.there-already"), (tmp_path / "no" / "p", "write.not-writable")):
        with pytest.raises(WriteError) as caught:
            write_taguette(MADE, where)
        assert (caught.value.code, caught.value.__context__) == (code, None)
    assert path.read_bytes() == WHOLE


def test_codes_of_one_selection_are_tags_of_one_highlight():
    """Rows of one place and coder are one highlight; another coder's is another, nobody's has no command."""
    selections = Selections.of(
        source=[0] * 4, code=[1, 0, 1, 0], coder=[0, 0, 1, -1], start=[3] * 4, end=[8] * 4, place=[1, 1, 2, 3]
    )
    project = replace(
        MADE,
        coders=(ProjectCoder("1", "anna"), ProjectCoder("2", "admin")),
        codes=(ProjectCode("1", "bond"), ProjectCode("2", "trust")),
        selections=selections,
    )
    assert segments(read_bytes(taguette_bytes(project))) == {
        (1, "R-01", "coach", "trust", "anna"),
        (1, "R-01", "coach", "bond", "anna"),
        (2, "R-01", "coach", "trust", "admin"),
        (3, "R-01", "coach", "bond", None),
    }


@pytest.mark.parametrize(
    ("markup", "counted"),
    [
        ("<p>5 < 7 &lt; 9 &amp; &hellip;&copy &#x41;&#66;</p>", "5 < 7 < 9 & …© AB"),
        ("&#150;&#0;&#xD800;&#x110000;&#99999999999;", "–\ufffd\ufffd\ufffd\ufffd"),
        (" \n<p> a</p>\r\n<pre>\n\nb\rc</pre>", " a\n\nb\nc"),
        ("\n <br>\n<p>a</p>", "\na"),
        ("<table>\n<tr><td>a</td>\n<td>b</td></tr></table>c", "\na\nbc"),
        ("<table><tr><td><table><tr><td>a</td></tr></table>b</td></tr></table>", "ab"),
        ("", ""),
    ],
)
def test_text_is_counted_as_a_browser_reads_it(markup: str, counted: str):
    """References, white space before the text, a line feed after <pre>, tables in tables."""
    assert counted_text(markup) == counted


def test_log_left_beside_the_file_is_refused(tmp_path: Path):
    """A file that a program has changes for is not read."""
    path = tmp_path / "project.sqlite3"
    path.write_bytes(WHOLE)
    path.with_name("project.sqlite3-wal").write_bytes(b"x")
    with pytest.raises(CodingError) as caught:
        read_taguette(path, name="project.sqlite3")
    assert caught.value.code == "coding.open"
