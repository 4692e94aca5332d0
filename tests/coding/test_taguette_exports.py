"""Taguette's exports of highlights and tags, as it and spreadsheets write them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.coding.formats import taguette_exports
from ppdarchive.coding.formats.taguette_exports import read_taguette_codebook, read_taguette_highlights
from ppdarchive.coding.formats.taguette_write import taguette_codebook
from ppdarchive.coding.project import NONE, Project
from ppdarchive.errors import CodingError

from .strategies import projects
from .taguette_files import code_paths, tagged_project

HIGHLIGHTS = (
    "id,document,tag,content\r\n"
    '7,R-01,bond.trust,"My coach, ""Mira"""\r\n'
    '7,R-01,bond,"My coach, ""Mira"""\r\n'
    '9,R-02,bond,"one\r\ntwo 👍"\r\n'
    "10,R-02,,untagged\r\n"
)


def written(folder: Path, content: str | bytes) -> Path:
    """A CSV file."""
    path = folder / "h.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def error_of(read: Callable[[], object]) -> CodingError:
    """The error of reading; it quotes and chains nothing."""
    with pytest.raises(CodingError) as caught:
        read()
    assert caught.value.__context__ is None
    assert "Mira" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("before", ["", "\ufeff"])
def test_highlights_are_quotes_in_named_documents(tmp_path: Path, before: str):
    """One row for each line that has a tag; neither positions nor coders nor texts."""
    read = read_taguette_highlights(written(tmp_path, before + HIGHLIGHTS), name="h.csv")
    rows = read.selections
    assert [(source.name, source.text) for source in read.sources] == [("R-01", ""), ("R-02", "")]
    assert rows.quotes == ('My coach, "Mira"', 'My coach, "Mira"', "one\r\ntwo 👍")
    assert [code_paths(read)[code] for code in rows.code] == ["bond.trust", "bond", "bond"]
    assert rows.source.tolist() == [0, 0, 1]
    assert rows.place.tolist() == [2, 3, 5]
    assert {*rows.start.tolist(), *rows.end.tolist(), *rows.coder.tolist()} == {NONE}
    assert read.left == {"highlight without a tag": 1}


def test_columns_are_found_by_name(tmp_path: Path):
    """In any order, whatever their case, with others between; empty lines are none."""
    content = "Tag , extra,CONTENT,Document\n\nbond,x,words,R-01\n\n"
    read = read_taguette_highlights(written(tmp_path, content), name="h.csv")
    assert (read.selections.quotes, read.sources[0].name) == (("words",), "R-01")


def test_endless_cells_are_refused_whatever_else_is_loaded(tmp_path: Path):
    """Another library may let the whole process read longer cells; we do not."""
    path = written(tmp_path, f"document,tag,content\nR-01,bond,{'Mira' * 40_000}\n")
    before = csv.field_size_limit(1 << 30)
    try:
        error = error_of(lambda: read_taguette_highlights(path, name="h.csv"))
    finally:
        csv.field_size_limit(before)
    assert error.code == "coding.format"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "coding.column"),
        ("id,document,tag\n", "coding.column"),
        ("id,document,tag,content,content\n", "coding.column"),
        ("document,tag,content\nR-01,bond\n", "coding.row"),
        ("document,tag,content\nR-01,bond,Mira,more\n", "coding.row"),
        ("document,tag,content\n,bond,Mira\n", "coding.row"),
        ("document,tag,content\nR-01,bond,\n", "coding.row"),
        ('document,tag,content\nR-01,bond,"Mira\n', "coding.format"),
        ('document,tag,content\nR-01,bond,"Mira" said\n', "coding.format"),
        ("document,tag,content\nR-01,bond,Mira\0\n", "coding.format"),
        (b"document,tag,content\nR-01,bond,Mira \xe9\n", "coding.format"),
        ("document,tag,content\nR-01,bond,Mira\n".encode("utf-16"), "coding.format"),
        (f"document,tag,content\nR-01,bond,{'Mira' * 40_000}\n", "coding.format"),
    ],
)
def test_what_is_no_export_is_refused(tmp_path: Path, content: str | bytes, code: str):
    """Missing or double columns, ragged or empty rows, open quotes, other encodings, endless cells."""
    path = written(tmp_path, content)
    assert error_of(lambda: read_taguette_highlights(path, name="h.csv")).code == code


def test_what_is_no_file_is_told(tmp_path: Path):
    """Absent, a folder, a name that no file has."""
    for path, code in (
        (tmp_path / "absent", "coding.not-found"),
        (tmp_path, "coding.not-readable"),
        (tmp_path / ("n" * 300), "coding.not-readable"),
    ):
        assert error_of(lambda path=path: read_taguette_highlights(path, name="h.csv")).code == code


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The bound is on bytes."""
    monkeypatch.setattr(taguette_exports, "MAX_BYTES", len(HIGHLIGHTS.encode()) - 1)
    path = written(tmp_path, HIGHLIGHTS)
    assert error_of(lambda: read_taguette_highlights(path, name="h.csv")).code == "coding.too-large"


def test_a_codebook_nests_by_dots(tmp_path: Path):
    """A path's part that is no tag is a code not for coding; an empty part parts nothing."""
    content = "tag,description,number of highlights\nlife.work,Shifts.,3\na..b,,0\n.c,,0\nlife.work.pay,,1\n"
    read = read_taguette_codebook(written(tmp_path, content), name="c.csv")
    assert [(code.name, code.parent, code.description, code.is_codable) for code in read.codes] == [
        ("life", None, None, False),
        ("work", "path:life", "Shifts.", True),
        ("a..b", None, None, True),
        (".c", None, None, True),
        ("pay", "tag:life.work", None, True),
    ]


@pytest.mark.parametrize("row", [",x", "bond,again"])
def test_a_codebook_names_each_tag_once(tmp_path: Path, row: str):
    """No name, or a name that is there already: nobody knows which description holds."""
    path = written(tmp_path, f"tag,description\nbond,one\n{row}\n")
    error = error_of(lambda: read_taguette_codebook(path, name="c.csv"))
    assert (error.code, "c.csv:3:" in str(error)) == ("coding.row", True)


@given(projects(sets=False, stages=False).map(tagged_project))
def test_a_written_codebook_is_read(tmp_path_factory: pytest.TempPathFactory, project: Project):
    """What is written for Taguette's import reads to the same codes."""
    path = written(tmp_path_factory.mktemp("book"), taguette_codebook(project))
    read = read_taguette_codebook(path, name="c.csv")

    def facts(one: Project) -> set[tuple[str, str | None, bool]]:
        return {
            (path, code.description or None, code.is_codable)
            for path, code in zip(code_paths(one), one.codes, strict=True)
        }

    assert facts(read) == facts(project)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    """Whatever the bytes are: rows, or our own error."""
    path = written(tmp_path_factory.mktemp("any"), b"document,tag,content\n" + content)
    caught: CodingError | None = None
    try:
        read_taguette_highlights(path, name="h.csv")
    except CodingError as error:
        caught = error
    assert caught is None or caught.__context__ is None
