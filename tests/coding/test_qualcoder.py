"""QualCoder's folders, of several versions of their database."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.coding.formats.qualcoder import read_qualcoder
from ppdarchive.coding.landing.positions import resolve
from ppdarchive.coding.project import NONE, Project, ProjectCode, ProjectCoder, ProjectSource, Selections
from ppdarchive.errors import CodingError
from ppdarchive.text.units import Unit, convert

from .qualcoder_files import VERSIONS, tables_of, write_qualcoder
from .strategies import projects

TEXT = "\ufeffMy coach 👍 called.\r\nCafe\u0301 שלום"


def made_of(text: str, places: Sequence[tuple[int, int]], *, utf16: Sequence[int] = ()) -> Project:
    """A project that codes some places of a text; the rows in `utf16` store UTF-16 units."""
    quotes = tuple(text[start:end] for start, end in places)
    stored = [
        convert(text, place, source=Unit.CODE_POINT, target=Unit.UTF16) if row in utf16 else place
        for row, place in enumerate(places)
    ]
    n = len(places)
    return Project(
        "made",
        "made",
        coders=(ProjectCoder("1", "Anna"), ProjectCoder("2", "Ben")),
        codes=(ProjectCode("1", "bond", is_codable=False), ProjectCode("2", "trust", "1", "Trusts.")),
        sources=(ProjectSource("1", "R-01", text),),
        selections=Selections.of(
            source=[0] * n,
            code=[1] * n,
            coder=[row % 2 for row in range(n)],
            start=[int(start) for start, _ in stored],
            end=[int(end) for _, end in stored],
            quotes=quotes,
        ),
    )


def read_tables(
    folder: Path, tables: dict[str, list[dict[str, Any]]], *, version: int = 17, **options: bool
) -> Project:
    """Read the folder made of some tables."""
    return read_qualcoder(write_qualcoder(folder / "p.qda", tables, version=version), name="p.qda", **options)


def error_of(folder: Path, tables: dict[str, list[dict[str, Any]]]) -> str:
    """What is said of tables that cannot be read; nothing quoted, nothing chained."""
    with pytest.raises(CodingError) as caught:
        read_tables(folder, tables)
    assert caught.value.__context__ is None
    return f"{caught.value.code}: {caught.value}"


@pytest.mark.parametrize("version", VERSIONS)
def test_segments_land_in_each_version(tmp_path: Path, version: int):
    """Whatever columns a version has, segments, coders and categories are there."""
    made = made_of(TEXT, [(4, 9), (10, 18)])
    read = read_tables(tmp_path, tables_of(made), version=version)
    rows = read.selections
    assert read.sources[0].text == TEXT
    assert list(zip(rows.start.tolist(), rows.end.tolist(), rows.quotes, strict=True)) == [
        (4, 9, TEXT[4:9]),
        (10, 18, TEXT[10:18]),
    ]
    assert rows.place.tolist() == [1, 2]
    assert [coder.name for coder in read.coders] == ["Anna", "Ben"]
    assert [(code.name, code.is_codable) for code in read.codes] == [("bond", False), ("trust", True)]


EMOJI = "👍 My coach 👩🏽 called twice. Then she slept, 👍 she said."


@pytest.mark.parametrize(
    ("utf16", "unit"),
    [((), Unit.CODE_POINT), ((0, 1, 2, 3), Unit.UTF16), ((1, 3), Unit.CODE_POINT), ((0,), Unit.CODE_POINT)],
)
def test_each_row_is_placed_by_its_own_quote(tmp_path: Path, utf16: tuple[int, ...], unit: Unit):
    """Marked by hand in UTF-16 units or by a search in code points, or both in one file: all land."""
    places = [(5, 10), (11, 13), (14, 20), (46, 54)]
    read = read_tables(tmp_path, tables_of(made_of(EMOJI, places, utf16=utf16)))
    resolved = resolve(read)
    assert list(zip(resolved.start.tolist(), resolved.end.tolist(), strict=True)) == places
    assert read.unit is unit
    assert not resolved.misfit.any()


def test_a_row_that_fits_nothing_is_left_as_it_is(tmp_path: Path):
    """Rows of both units are made one around it, and its misfit is told."""
    tables = tables_of(made_of(EMOJI, [(5, 10), (14, 20), (21, 26)], utf16=(1,)))
    tables["code_text"][2]["seltext"] = "thrice"
    read = read_tables(tmp_path, tables)
    assert read.unit is None
    assert read.selections.start.tolist() == [5, 14, 21]
    assert resolve(read).misfit.tolist() == [False, False, True]


def test_rows_of_one_unit_leave_it_to_the_whole_project(tmp_path: Path):
    """Where one quote fits nothing and all others UTF-16, nothing is made another unit."""
    tables = tables_of(made_of(EMOJI, [(5, 10), (14, 20), (21, 26)], utf16=(0, 1, 2)))
    tables["code_text"][2]["seltext"] = None
    read = read_tables(tmp_path, tables)
    assert (read.unit, resolve(read).start.tolist()) == (None, [5, 14, 21])


def test_positions_outside_or_inside_a_character_fit_nothing(tmp_path: Path):
    """A position that UTF-16 lacks is no error of the reader; the landing says what does not fit."""
    tables = tables_of(made_of("👍👍 ok", [(3, 5)], utf16=(0,)))
    row = tables["code_text"][0]
    tables["code_text"] += [
        {**row, "ctid": 2, "pos0": 1, "pos1": 4, "seltext": "👍"},
        {**row, "ctid": 3, "pos0": 5, "pos1": 99, "seltext": "ok"},
    ]
    read = read_tables(tmp_path, tables)
    assert (read.unit, read.selections.end.tolist()) == (None, [7, 4, 99])
    with pytest.raises(CodingError) as caught:
        resolve(read)
    assert caught.value.code == "coding.positions"


def test_separators_of_paragraphs_are_line_breaks(tmp_path: Path):
    """Qt writes U+2029 for a line break; a quote with it is the text's."""
    tables = tables_of(made_of("one 👍\ntwo three", [(4, 9)], utf16=(0,)))
    tables["code_text"][0]["seltext"] = "👍\u2029two"
    read = read_tables(tmp_path, tables)
    assert (read.selections.quotes, resolve(read).misfit.any()) == (("👍\ntwo",), False)


def codable_where_coded(project: Project) -> Project:
    """The project with categories as QualCoder has them: never coded with, never under a code."""
    used = {project.codes[code].key for code in project.selections.code}
    is_category: dict[str | None, bool] = {None: True}
    for code in project.codes:
        is_category[code.key] = not code.is_codable and code.key not in used and is_category[code.parent]
    codes = tuple(replace(code, is_codable=not is_category[code.key]) for code in project.codes)
    return replace(project, codes=codes)


@given(projects(sets=False, stages=False, whole=False, empty=False).map(codable_where_coded))
def test_what_is_written_is_read(project: Project):
    """Texts, codes in their order of depth, and every segment with its coder are those that were made."""
    with tempfile.TemporaryDirectory() as folder:
        read = read_tables(Path(folder), tables_of(project))
    assert [(each.name, each.text) for each in read.sources] == [
        (each.name, each.text) for each in project.sources
    ]
    assert nested(read) == nested(project)
    assert segments(read) == segments(project)


def nested(project: Project) -> set[tuple[object, ...]]:
    """Each code by its name, description, and the names above it."""
    by_key = {code.key: code for code in project.codes}
    found = set()
    for code in project.codes:
        above, at = [], code
        while at.parent is not None:
            at = by_key[at.parent]
            above.append(at.name)
        found.add((code.name, code.description, code.is_codable, *above))
    return found


def segments(project: Project) -> set[tuple[object, ...]]:
    """Each row: source, place in code points, code and coder by name."""
    rows, resolved = project.selections, resolve(project)
    return {
        (
            int(rows.source[row]),
            int(resolved.start[row]),
            int(resolved.end[row]),
            project.codes[rows.code[row]].name,
            None if rows.coder[row] == NONE else project.coders[rows.coder[row]].name,
        )
        for row in range(len(rows))
    }


@given(
    st.text(st.sampled_from("a 👍é\n"), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(1, 12), st.booleans()), min_size=1, max_size=5),
)
def test_every_row_covers_its_quote(text: str, drawn: list[tuple[int, int, bool]]):
    """However units are mixed, what each row covers in the end is what it says was selected."""
    places = {
        (start, min(start + length, len(text))): in_units
        for start, length, in_units in drawn
        if start < len(text)
    }
    utf16 = [row for row, in_units in enumerate(places.values()) if in_units]
    tables = tables_of(made_of(text, list(places), utf16=utf16))
    for row in tables["code_text"]:
        row["owner"] = str(row["ctid"])
    with tempfile.TemporaryDirectory() as folder:
        read = read_tables(Path(folder), tables)
    resolved = resolve(read)
    covered = [text[start:end] for start, end in zip(resolved.start, resolved.end, strict=True)]
    assert covered == [text[start:end] for start, end in places]


CAT = {"owner": "", "date": ""}


def test_what_is_not_taken_is_counted(tmp_path: Path):
    """Pictures, cases, journals, memos and what lost its other half are counted by kind."""
    tables = tables_of(made_of(TEXT, [(4, 9)]))
    row = tables["code_text"][0]
    tables["code_text"] += [
        {**row, "ctid": 2, "fid": 99},
        {**row, "ctid": 3, "cid": 99},
        {**row, "ctid": 4, "pos1": 8, "memo": "Mine.", "seltext": "coac"},
    ]
    tables["source"][0]["memo"] = "From the clinic."
    tables["source"] += [
        {"id": 5, "name": "p.png", "fulltext": None, "mediapath": "/images/p.png"},
        {"id": 6, "name": "a.mp3", "fulltext": "heard", "mediapath": "audio:/elsewhere/a.mp3"},
    ]
    tables["code_name"][0]["memo"] = "Trusts.\n##### not sure"
    tables["code_name"].append({"cid": 7, "name": "lost", "catid": 88, **CAT})
    tables["annotation"] = [{"fid": 1, "memo": "x"}]
    tables["cases"] = [{"name": "P1"}, {"name": "P2"}]
    tables["journal"] = [{"name": "j"}]
    tables["attribute"] = [{"name": "age"}]
    tables["code_image"] = [{"id": 5}]
    tables["code_av"] = [{"id": 6}]
    read = read_tables(tmp_path, tables)
    assert read.left == {
        "annotation": 1,
        "attribute": 1,
        "case": 2,
        "category that is gone": 1,
        "coded picture": 1,
        "coded recording": 1,
        "coding by a code that is gone": 1,
        "coding of a text that is gone": 1,
        "journal entry": 1,
        "memo": 2,
        "picture or recording": 2,
        "private note": 1,
    }
    assert len(read.selections) == 2
    assert {code.name: code.description for code in read.codes}["trust"] == "Trusts."
    assert read.selections.memos == (None, None)


def test_memos_are_read_where_asked_for(tmp_path: Path):
    """A coder's memo on a segment stands beside it, and is not counted then."""
    tables = tables_of(made_of(TEXT, [(4, 9), (10, 18)]))
    tables["code_text"][1]["memo"] = "Mine."
    read = read_tables(tmp_path, tables, memos=True)
    assert (read.selections.memos, read.left) == ((None, "Mine."), {})


def test_codes_stand_under_codes_and_categories(tmp_path: Path):
    """A code under a code stands there, and one under a category too, at any depth and in any order."""
    tables = {
        "code_cat": [
            {"catid": 1, "name": "inner", "supercatid": 2, **CAT},
            {"catid": 2, "name": "outer", **CAT},
        ],
        "code_name": [
            {"cid": 1, "name": "narrow", "catid": 1, "supercid": 2, **CAT},
            {"cid": 2, "name": "wide", "catid": 1, **CAT},
        ],
    }
    read = read_tables(tmp_path, tables)
    assert [(code.key, code.parent, code.is_codable) for code in read.codes] == [
        ("category:2", None, False),
        ("category:1", "category:2", False),
        ("code:2", "category:1", True),
        ("code:1", "code:2", True),
    ]


@pytest.mark.parametrize(
    "tables",
    [
        {"code_cat": [{"catid": 1, "name": "a", "supercatid": 1}]},
        {
            "code_cat": [
                {"catid": 1, "name": "a", "supercatid": 2},
                {"catid": 2, "name": "b", "supercatid": 1},
            ]
        },
        {
            "code_name": [
                {"cid": 1, "name": "a", "supercid": 2},
                {"cid": 2, "name": "b", "supercid": 1},
            ]
        },
    ],
)
def test_categories_that_hold_each_other_are_refused(tmp_path: Path, tables: dict[str, list[dict[str, Any]]]):
    """A circle of categories or codes has no outermost one."""
    assert "categories that hold each other" in error_of(tmp_path, tables)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pos0": 9, "pos1": 4}, "coded text 1 ends before it starts"),
        ({"pos0": -3}, "coded text 1 ends before it starts"),
        ({"pos0": "here"}, "code_text.pos0 of row 1 is not what it should be"),
        ({"fid": None}, "code_text.fid of row 1 is missing"),
        ({"seltext": b"coach"}, "code_text.seltext of row 1 is not what it should be"),
        ({"owner": "An\0na"}, "code_text.owner of row 1 is not what it should be"),
    ],
)
def test_a_row_that_is_none_is_told_by_its_number(tmp_path: Path, changes: dict[str, object], said: str):
    """SQLite keeps anything in any column; what is no row is an error that quotes nothing."""
    tables = tables_of(made_of(TEXT, [(4, 9)]))
    tables["code_text"][0].update(changes)
    assert said in error_of(tmp_path, tables)


def with_tables(folder: Path, statements: str) -> Path:
    """The folder of an older or another program."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / "data.qda")) as database:
        database.executescript(statements)
    return folder


OLD = """
CREATE TABLE source (id integer primary key, name text, fulltext text);
CREATE TABLE code_name (cid integer primary key, name text);
CREATE TABLE code_cat (catid integer primary key, name text);
CREATE TABLE code_text (cid integer, fid integer, pos0 integer, pos1 integer);
INSERT INTO source VALUES (3, 'R', 'a word');
INSERT INTO code_name VALUES (8, 'bond');
INSERT INTO code_text VALUES (8, 3, 2, 6);
"""


def test_columns_that_a_version_lacks_are_empty(tmp_path: Path):
    """Without coders, quotes, memos, categories and other tables there are still segments."""
    read = read_qualcoder(with_tables(tmp_path / "p.qda", OLD), name="p")
    rows = read.selections
    assert (rows.start.tolist(), rows.end.tolist(), rows.quotes, rows.place.tolist()) == (
        [2],
        [6],
        (None,),
        [1],
    )
    assert (read.coders, rows.coder.tolist(), read.unit) == ((), [NONE], None)


@pytest.mark.parametrize("column", ["cid", "fid", "pos0", "pos1"])
def test_a_column_that_is_needed_is_named(tmp_path: Path, column: str):
    """Without it nothing can be placed."""
    folder = with_tables(tmp_path / "p.qda", f"{OLD} ALTER TABLE code_text RENAME {column} TO other;")
    with pytest.raises(CodingError, match=f"there is no column code_text.{column}"):
        read_qualcoder(folder, name="p")


@pytest.mark.parametrize("owner", ["", None])
def test_a_segment_may_have_no_coder(tmp_path: Path, owner: str | None):
    """An empty name is nobody's."""
    tables = tables_of(made_of(TEXT, [(4, 9)]))
    tables["code_text"][0]["owner"] = owner
    read = read_tables(tmp_path, tables)
    assert (read.coders, read.selections.coder.tolist()) == ((), [NONE])


def test_the_file_in_the_folder_is_the_project_too(tmp_path: Path):
    """The folder and its data.qda read the same; what is neither is an error."""
    folder = write_qualcoder(tmp_path / "p.qda", tables_of(made_of(TEXT, [(4, 9)])))
    inner = read_qualcoder(folder / "data.qda", name="p")
    assert np.array_equal(inner.selections.start, read_qualcoder(folder, name="p").selections.start)
    for path, code in ((tmp_path, "coding.not-found"), (tmp_path / "no.qda", "coding.not-found")):
        with pytest.raises(CodingError) as caught:
            read_qualcoder(path, name="p")
        assert caught.value.code == code


def test_an_empty_project_is_one(tmp_path: Path):
    """A folder just made holds nothing, which is no error."""
    read = read_tables(tmp_path, {})
    assert (read.codes, read.sources, len(read.selections), read.left) == ((), (), 0, {})


@pytest.mark.parametrize(("table", "said"), [("source", "a source"), ("code_name", "a code")])
def test_what_is_there_twice_is_refused(tmp_path: Path, table: str, said: str):
    """Without a primary key a number may stand twice; nobody knows which row is meant."""
    twice = OLD.replace(" primary key", "") + f"INSERT INTO {table} SELECT * FROM {table};"
    with pytest.raises(CodingError, match=f"{said} is there twice"):
        read_qualcoder(with_tables(tmp_path / "p.qda", twice), name="p")


def test_line_breaks_that_qt_counts_as_one_are_left_to_the_project(tmp_path: Path):
    """In a text with CRLF, places that count it once fit no unit row by row; the landing tries that, too."""
    whole = "one\r\ntwo 👍\r\nthree 👍 four"
    tables = tables_of(made_of(whole, [(9, 10), (12, 17), (20, 24)]))
    counted = whole.replace("\r\n", "\n")
    for row in tables["code_text"]:
        start = len(counted[: counted.index(row["seltext"])].encode("utf-16-le")) // 2
        row["pos0"], row["pos1"] = start, start + len(row["seltext"].encode("utf-16-le")) // 2
    read = read_tables(tmp_path, tables)
    resolved = resolve(read)
    assert read.unit is None
    assert list(zip(resolved.start.tolist(), resolved.end.tolist(), strict=True)) == [
        (9, 10),
        (12, 17),
        (20, 24),
    ]
    assert not resolved.misfit.any()
