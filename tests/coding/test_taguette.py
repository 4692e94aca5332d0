"""Taguette's project files: every segment on its characters, whoever coded it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.coding.formats.taguette import read_taguette
from ppdarchive.coding.formats.taguette_html import counted_text, markup_of
from ppdarchive.coding.formats.taguette_log import Log
from ppdarchive.coding.formats.taguette_write import taguette_bytes
from ppdarchive.coding.project import Project, ProjectCode, ProjectCoder, ProjectSource, Selections
from ppdarchive.errors import CodingError
from ppdarchive.text.units import Unit, convert

from .strategies import texts


def project_of(text: str, start: int, end: int) -> Project:
    """One coded segment of one text, positions in code points."""
    return Project(
        "made",
        "made",
        coders=(ProjectCoder("1", "anna"),),
        codes=(ProjectCode("1", "bond", is_codable=False), ProjectCode("2", "trust", "1", "Trusts.")),
        sources=(ProjectSource("1", "R-01", text),),
        selections=Selections.of(source=[0], code=[1], coder=[0], start=[start], end=[end]),
        unit=Unit.CODE_POINT,
    )


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


def test_edits_of_others_keep_the_first_coder():
    """A tag that another coder's edit keeps stays its coder's; a merged one follows."""
    add = '{"type": "highlight_add", "highlight_id": 1, "start_offset": 0, "end_offset": 4, "tags": %s}'
    merge = '{"type": "tag_merge", "src_tag_id": 1, "dest_tag_id": 3}'
    log = Log([("anna", add % "[1]"), ("ben", add % "[1, 2]"), ("ben", merge)])
    assert (log.coder(1, 3), log.coder(1, 2), log.coder(1, 1)) == ("anna", "ben", None)


def test_log_left_beside_the_file_is_refused(tmp_path: Path):
    """A file that a program has changes for is not read."""
    path = tmp_path / "project.sqlite3"
    path.write_bytes(WHOLE)
    path.with_name("project.sqlite3-wal").write_bytes(b"x")
    with pytest.raises(CodingError) as caught:
        read_taguette(path, name="project.sqlite3")
    assert caught.value.code == "coding.open"
