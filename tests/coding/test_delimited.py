"""Codings in CSV files."""

from __future__ import annotations

import codecs
import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.coding.formats.delimited import read_coded_csv, write_coded_csv
from ppdarchive.coding.project import (
    NONE,
    STAGES,
    Project,
    ProjectCode,
    ProjectCoder,
    ProjectSource,
    Selections,
)
from ppdarchive.errors import CodingError
from ppdarchive.text.units import Unit


@pytest.fixture
def read(tmp_path):
    """Read what stands in a file."""

    def read(content, **options):
        path = tmp_path / "coded.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_coded_csv(path, name="coded.csv", **options)

    return read


def rows_of(project):
    """What each row says, by names."""
    selections = project.selections
    return [
        (
            project.sources[source].name,
            project.codes[code].name,
            None if coder == NONE else (project.coders[coder].name, project.coders[coder].stage),
            start,
            end,
            quote,
            memo,
        )
        for source, code, coder, start, end, quote, memo in zip(
            selections.source.tolist(),
            selections.code.tolist(),
            selections.coder.tolist(),
            selections.start.tolist(),
            selections.end.tolist(),
            selections.quotes,
            selections.memos,
            strict=True,
        )
    ]


def test_positions(read):
    """Positions, coders and stages are read from columns by their usual names."""
    project = read("response_id,code,coder,start,end,stage\nR1,bond,Maya,3,8,independent\nR1,bond,,0,2,\n")
    assert rows_of(project) == [
        ("R1", "bond", ("Maya", "independent"), 3, 8, None, None),
        ("R1", "bond", None, 0, 2, None, None),
    ]
    assert (project.format, project.unit, dict(project.left)) == ("csv", None, {})
    assert [source.text for source in project.sources] == [""]
    assert project.selections.place.tolist() == [2, 3]


def test_taguette_highlights(read):
    """Taguette's own CSV has a document, a tag and a quote; its id is no role."""
    project = read(
        'id,document,tag,content\r\n1,a.txt,bond,"she called,\r\nand wrote"\r\n2,b.txt,trust,x\r\n'
    )
    assert rows_of(project) == [
        ("a.txt", "bond", None, NONE, NONE, "she called,\r\nand wrote", None),
        ("b.txt", "trust", None, NONE, NONE, "x", None),
    ]
    assert project.left == {"column": 1}
    assert project.selections.place.tolist() == [2, 4]


def test_columns_by_name(read):
    """A study names the file's columns."""
    columns = {"response_id": "Antwort", "code": "Kode", "start": "von", "end": "bis"}
    project = read("Antwort;Kode;von;bis\nR1;bond;3;8\n", columns=columns)
    assert rows_of(project) == [("R1", "bond", None, 3, 8, None, None)]
    with pytest.raises(CodingError, match="'Antwort'"):
        read("a;b\n1;2\n", columns=columns)
    with pytest.raises(ValueError, match="no role"):
        read("a;b\n1;2\n", columns={"person": "a"})


def test_neither_position_nor_quote_is_the_whole(read):
    """A row of a source and a code is about the whole text."""
    assert rows_of(read("source\tcode\na\tbond\n")) == [("a", "bond", None, NONE, NONE, None, None)]


def test_one_person_twice(read):
    """A coder's own codings and a consensus are two coders; a consensus may be nobody's."""
    project = read(
        "source,code,coder,stage\na,x,Maya,independent\na,x,Maya,Consensus\na,x,,consensus\na,x,Maya,\n"
    )
    assert [(coder.name, coder.stage) for coder in project.coders] == [
        ("Maya", "independent"),
        ("Maya", "consensus"),
        ("consensus", "consensus"),
        ("Maya", None),
    ]
    assert project.selections.coder.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "encoded",
    [
        lambda t: t.encode(),
        lambda t: codecs.BOM_UTF8 + t.encode(),
        lambda t: t.encode("utf-16"),
        lambda t: codecs.BOM_UTF16_BE + t.encode("utf-16-be"),
    ],
)
def test_encodings(read, encoded):
    """UTF-8, with and without its mark, and marked UTF-16 are read alike."""
    assert rows_of(read(encoded("source,code,quote\nä,bond,Zoë 👍\n")))[0][5] == "Zoë 👍"


def test_a_declared_encoding(read):
    """An encoding that is declared is used where no mark says otherwise."""
    content = "source,code,quote\na,bond,Zoë\n"
    assert rows_of(read(content.encode("cp1252"), encoding="cp1252"))[0][5] == "Zoë"
    assert rows_of(read(content.encode("utf-8-sig"), encoding="cp1252"))[0][5] == "Zoë"


def test_memos_only_where_asked_for(read):
    """Memos are counted, not read, unless they are asked for."""
    content = "source,code,memo\na,x,Anna said so\na,y,\n"
    assert read(content).left == {"memo": 1}
    assert read(content).selections.memos == (None, None)
    asked = read(content, memos=True)
    assert (asked.selections.memos, dict(asked.left)) == (("Anna said so", None), {})


def test_blank_rows_are_counted(read):
    """Rows that a spreadsheet leaves empty are no codings."""
    project = read("source,code,start,end\na,x,1,2\n,,,\n\n , ,,\na,y,3,4\n")
    assert project.left == {"blank row": 2}
    assert project.selections.place.tolist() == [2, 6]


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("source,code,start,end\na,x,1,2\na,x,1.5,2\n", 3, "start is no whole number"),
        ("source,code,start,end\na,x,1,-2\n", 2, "end is no whole number"),
        ("source,code,start,end\na,x,1,\n", 2, "only one of both"),
        ("source,code,start,end\na,x,3,2\n", 2, "behind the end"),
        ('source,code,quote\na,x,"b\nc"\n,x,d\n', 4, "no source"),
        ("source,code,quote\na,,d\n", 2, "no code"),
        ("source,code,stage\na,x,draft\n", 2, "stage is neither"),
        ("source,code\n\na,x\na\nb,y,z\n", 4, r"1 cells where the header has 2 \(2 such rows\)"),
        ("source,code,code\na,x,y\n", 1, "two columns are named 'code'"),
        ('source,code\na,"x\n', 2, "not closed"),
        ('source,code\na,x"y"\n', 2, "a quote stands"),
        ('source,code\na,"x"y\n', 2, "a quote stands"),
        ("source,code,start,end\na,x,9999999999999999999,2\n", 2, "start is no whole"),
    ],
)
def test_wrong_rows_are_named_by_line(read, content, line, what):
    """What makes no sense stops the import, with its line and no cell."""
    with pytest.raises(CodingError, match=what) as caught:
        read(content)
    assert (caught.value.code, caught.value.line) == ("coding.row", line)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "coding.format"),
        (b"\xef\xbb\xbf\n\n", "coding.format"),
        (b"source,code\na,\xff\n", "coding.format"),
        (b"s\0o", "coding.format"),
        (b"just text\nand more\n", "coding.format"),
        (b"source,quote\na,b\n", "coding.column"),
        (b"code,quote\na,b\n", "coding.column"),
        ("source,code\n".encode("utf-16") + b"\x00", "coding.format"),
    ],
)
def test_what_is_no_table_of_codings(read, content, code):
    """Files of other kinds are refused."""
    with pytest.raises(CodingError) as caught:
        read(content)
    assert caught.value.code == code
    assert caught.value.__context__ is None


def test_unreadable_files(read, tmp_path):
    """A missing file, a folder and an unknown encoding are said to be so."""
    for path, code in ((tmp_path / "absent", "coding.not-found"), (tmp_path, "coding.not-readable")):
        with pytest.raises(CodingError) as caught:
            read_coded_csv(path, name="x.csv")
        assert caught.value.code == code
    with pytest.raises(CodingError, match="encoding"):
        read("source,code\na,b\n", encoding="martian")


def test_no_rows(read):
    """A header alone is a project without selections."""
    assert len(read("source,code,start,end\n").selections) == 0


pieces = st.sampled_from(
    [*'ab"",;\n\r', "\r\n", "\t", "1", "source", "code", "\ufeff", "é", "\0", "\u2028", "\n\n"]
)


@given(st.one_of(st.binary(max_size=80), st.lists(pieces, max_size=30).map(lambda p: "".join(p).encode())))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    """Whatever the bytes, only a documented error is raised."""
    path = tmp_path_factory.getbasetemp() / "any.csv"
    for head in (b"", b"source,code,quote\n"):
        path.write_bytes(head + content)
        refused = []
        try:
            read_coded_csv(path, name="any.csv")
        except CodingError as error:
            refused.append(error)
        assert {error.code for error in refused} <= {"coding.format", "coding.column", "coding.row"}
        assert all(error.__context__ is None for error in refused)


cells = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8
).filter(str.strip)


@given(
    st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=8), st.sampled_from(["\n", "\r\n", "\r"])
)
def test_cells_are_what_python_s_reader_says(tmp_path_factory, rows, eol):
    """Cells are those of an independent reader, and places its lines."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator=eol, quoting=csv.QUOTE_ALL)
    writer.writerows([("document", "tag", "content"), *rows])
    path = tmp_path_factory.getbasetemp() / "cells.csv"
    path.write_bytes(sheet.getvalue().encode())
    project = read_coded_csv(path, name="cells.csv")
    assert [(row[0], row[1], row[5]) for row in rows_of(project)] == rows
    lines, place = [], 2
    for row in rows:
        lines.append(place)
        joined = ",".join(row).replace("\r\n", "\n")
        place += 1 + joined.count("\n") + joined.count("\r")
    assert project.selections.place.tolist() == lines


risky = st.one_of(
    cells, st.sampled_from(["=1+1", "'=1", "''+a", "@x", "-", "\tz", "'tis", '"', "a,b\r\n", "＝1"])
)


@st.composite
def projects(draw):
    """Projects that a CSV file can hold."""
    names = st.lists(risky, min_size=1, max_size=4, unique=True)
    sources, codes = draw(names), draw(names)
    coders = draw(
        st.lists(st.tuples(risky, st.sampled_from([None, *STAGES])), min_size=1, max_size=4, unique=True)
    )
    row = st.tuples(
        st.integers(0, len(sources) - 1),
        st.integers(0, len(codes) - 1),
        st.integers(NONE, len(coders) - 1),
        st.one_of(
            st.just((NONE, NONE)),
            st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda pair: tuple(sorted(pair))),
        ),
        st.one_of(st.none(), risky),
        st.one_of(st.none(), risky),
    )
    rows = draw(st.lists(row, max_size=10))
    columns = list(zip(*rows, strict=True)) or [(), (), (), (), (), ()]
    return Project(
        path="p",
        format="refi-qda",
        coders=tuple(ProjectCoder(f"u{i}", *coder) for i, coder in enumerate(coders)),
        codes=tuple(ProjectCode(f"c{i}", code) for i, code in enumerate(codes)),
        sources=tuple(ProjectSource(f"s{i}", source, "") for i, source in enumerate(sources)),
        selections=Selections.of(
            source=columns[0],
            code=columns[1],
            coder=columns[2],
            start=[a for a, _ in columns[3]],
            end=[b for _, b in columns[3]],
            quotes=columns[4],
            memos=columns[5],
        ),
        unit=Unit.CODE_POINT,
    )


@given(projects())
def test_what_is_written_is_read_again(tmp_path_factory, project):
    """Every selection comes back as it was, whatever its names; no cell is a formula."""
    written = write_coded_csv(project)
    path = tmp_path_factory.getbasetemp() / "written.csv"
    path.write_bytes(written)
    back = read_coded_csv(path, name="written.csv", unit=Unit.CODE_POINT, memos=True)
    assert rows_of(back) == rows_of(project)
    assert write_coded_csv(back) == written
    for row in csv.reader(io.StringIO(written.decode(), newline="")):
        assert not any(cell[:1] in set("=+-@\t\r\n＝") for cell in row if cell)


@pytest.mark.parametrize(
    ("codes", "sources", "coders"),
    [
        (["x", "x"], ["a"], [("Maya", None)]),
        (["x"], ["a", "a"], [("Maya", None)]),
        (["x"], ["a"], [("Maya", None), ("Maya", None)]),
        ([" "], ["a"], [("Maya", None)]),
        (["x"], ["a\0"], [("Maya", None)]),
        (["x\ud800"], ["a"], [("Maya", None)]),
    ],
)
def test_what_a_csv_cannot_hold_is_refused(codes, sources, coders):
    """Names that would run together are not written."""
    n = max(len(codes), len(sources), len(coders))
    project = Project(
        path="p",
        format="refi-qda",
        coders=tuple(ProjectCoder(str(i), *coder) for i, coder in enumerate(coders)),
        codes=tuple(ProjectCode(str(i), code) for i, code in enumerate(codes)),
        sources=tuple(ProjectSource(str(i), source, "") for i, source in enumerate(sources)),
        selections=Selections.of(
            source=np.arange(n) % len(sources),
            code=np.arange(n) % len(codes),
            coder=np.arange(n) % len(coders),
            start=[0] * n,
            end=[1] * n,
        ),
        unit=Unit.CODE_POINT,
    )
    with pytest.raises(CodingError) as caught:
        write_coded_csv(project)
    assert caught.value.code == "coding.cannot-hold"
    assert caught.value.__context__ is None


def test_only_code_points_are_written():
    """Positions that count something else are not passed on unread."""
    with pytest.raises(ValueError, match="code points"):
        write_coded_csv(Project(path="p", format="csv"))
