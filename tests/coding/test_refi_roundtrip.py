"""What is written as REFI-QDA is read again, validates, and follows from the project alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ppdarchive.coding.formats.refi import qdpx_bytes, read_qdc, read_qdpx, write_qdc, write_qdpx
from ppdarchive.coding.project import NONE, Project, ProjectCode, ProjectSet, ProjectSource, Selections
from ppdarchive.errors import CodingError, WriteError
from ppdarchive.text.units import Unit

from .strategies import projects


def shortened(text: str) -> str:
    """Return what a selection's name shows of its text."""
    return text if len(text) <= 80 else text[:79] + "…"


def meaning(project: Project) -> dict[str, object]:
    """Return a project without keys and order; quotes are cut as labels are."""
    names = {code.key: code for code in project.codes}

    def path(key: str | None) -> tuple[str, ...]:
        found: list[str] = []
        while key is not None:
            found.append(names[key].name)
            key = names[key].parent
        return tuple(reversed(found))

    rows = project.selections
    said = []
    for at in range(len(rows)):
        source = project.sources[int(rows.source[at])]
        coder = None if rows.coder[at] == NONE else project.coders[int(rows.coder[at])]
        code = None if rows.code[at] == NONE else path(project.codes[int(rows.code[at])].key)
        quote = rows.quotes[at]
        label = None if quote is None else shortened(quote)
        where = (source.name, source.text, int(rows.start[at]), int(rows.end[at]))
        who = None if coder is None else (coder.name, coder.stage)
        said.append((*where, code, who, label, rows.memos[at]))
    return {
        "codes": sorted(
            ((path(code.key), code.description, code.is_codable) for code in project.codes), key=repr
        ),
        "coders": sorted(((coder.name, coder.stage) for coder in project.coders), key=repr),
        "sources": sorted((source.name, source.text) for source in project.sources),
        "sets": sorted(
            ((one.name, sorted(path(key) for key in one.codes), one.description) for one in project.sets),
            key=repr,
        ),
        "selections": sorted(said, key=repr),
        "left": dict(project.left),
    }


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Project]:
    """Return what writes a project to disk and reads it."""
    folder = tmp_path_factory.mktemp("refi")

    def written_and_read(project: Project, *, memos: bool = False) -> Project:
        path = folder / "project.qdpx"
        path.write_bytes(qdpx_bytes(project))
        return read_qdpx(path, name="project.qdpx", memos=memos)

    return written_and_read


@pytest.fixture(scope="module")
def schema_of(shared: Path) -> Callable[[str], etree.XMLSchema]:
    """Return the standard's schemas by name."""
    found = {
        name: etree.XMLSchema(etree.parse(shared / f"standards/refi-qda-{name}.xsd"))
        for name in ("project", "codebook")
    }
    return found.__getitem__


def simple(text: str = "My coach called.", **changes: object) -> Project:
    """Return a project with one text, two codes and one coding."""
    made = Project(
        path="made",
        format="made",
        codes=(ProjectCode("c1", "bond"), ProjectCode("c2", "trust", parent="c1")),
        sources=(ProjectSource("s1", "response 1", text),),
        selections=Selections.of(source=[0], code=[1], coder=[NONE], start=[3], end=[8]),
    )
    return replace(made, **changes)


@given(projects())
def test_what_is_written_is_read_again(again, project: Project):
    """Users, stages, codes, sets, texts and selections come back; only keys and order may differ."""
    assert meaning(again(project)) == meaning(project)


@given(projects())
def test_written_projects_validate(schema_of, project: Project):
    """The standard's project schema accepts every project."""
    with zipfile.ZipFile(io.BytesIO(qdpx_bytes(project))) as archive:
        schema_of("project").assertValid(etree.fromstring(archive.read("project.qde")))


@given(projects())
def test_written_codebooks_validate_and_are_read_again(schema_of, tmp_path_factory, project: Project):
    """The standard's codebook schema accepts every codebook, and codes and sets come back."""
    stream = io.BytesIO()
    if not project.codes:
        with pytest.raises(CodingError, match="no code at all"):
            write_qdc(project, stream)
        return
    write_qdc(project, stream)
    schema_of("codebook").assertValid(etree.fromstring(stream.getvalue()))
    path = tmp_path_factory.getbasetemp() / "codes.qdc"
    path.write_bytes(stream.getvalue())
    found, wanted = meaning(read_qdc(path, name="codes.qdc")), meaning(project)
    assert (found["codes"], found["sets"]) == (wanted["codes"], wanted["sets"])


@given(projects(), st.randoms(use_true_random=False))
def test_order_does_not_show(project: Project, random: Random):
    """A project whose parts stand in another order gives the same bytes."""
    assert qdpx_bytes(shuffled(project, random)) == qdpx_bytes(project)


def shuffled(project: Project, random: Random) -> Project:
    """Return the project with its parts in another order; wider codes stay first."""

    def order(n: int) -> list[int]:
        return random.sample(range(n), n)

    codes, waiting = [], list(project.codes)
    while waiting:
        known = {code.key for code in codes} | {None}
        codes.append(
            waiting.pop(random.choice([i for i, code in enumerate(waiting) if code.parent in known]))
        )
    coders = [project.coders[i] for i in order(len(project.coders))]
    sources = [project.sources[i] for i in order(len(project.sources))]
    rows, by = project.selections, order(len(project.selections))

    def moved(column: np.ndarray, old: tuple, new: list) -> list[int]:
        return [NONE if column[i] == NONE else new.index(old[column[i]]) for i in by]

    return replace(
        project,
        codes=tuple(codes),
        coders=tuple(coders),
        sources=tuple(sources),
        sets=tuple(project.sets[i] for i in order(len(project.sets))),
        selections=Selections.of(
            source=moved(rows.source, project.sources, sources),
            code=moved(rows.code, project.codes, codes),
            coder=moved(rows.coder, project.coders, coders),
            start=rows.start[by],
            end=rows.end[by],
            quotes=tuple(rows.quotes[i] for i in by),
        ),
    )


@given(projects())
def test_archives_hold_nothing_but_what_they_need(project: Project):
    """``project.qde`` comes first, then sorted texts without mark; no clock, no path, no rich text."""
    with zipfile.ZipFile(io.BytesIO(qdpx_bytes(project))) as archive:
        first, *others = archive.infolist()
        xml = archive.read(first)
        assert first.filename == "project.qde"
        assert [other.filename for other in others] == sorted(other.filename for other in others)
        for entry in (first, *others):
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert (entry.create_system, entry.external_attr, entry.extra) == (3, 0o100644 << 16, b"")
        for other in others:
            folder, _, file = other.filename.partition("/")
            assert folder == "sources"
            assert UUID(file.removesuffix(".txt")).version == 5
            assert not archive.read(other).startswith(b"\xef\xbb\xbf")
    assert b"richTextPath" not in xml
    assert set(np.unique([stamp.split('"')[1] for stamp in xml.decode().split("DateTime=")[1:]])) <= {
        "1980-01-01T00:00:00Z"
    }


def test_rows_that_stand_twice_come_back_twice(again):
    """Nothing is merged: two equal codings are two."""
    twice = Selections.of(source=[0, 0], code=[0, 0], coder=[NONE] * 2, start=[3, 3], end=[8, 8])
    assert len(again(simple(selections=twice)).selections) == 2


def test_memos_come_back_where_they_are_asked_for(again):
    """A memo beside a code, and one that has none, are read if asked for and counted if not."""
    rows = Selections.of(
        source=[0, 0],
        code=[1, NONE],
        coder=[NONE] * 2,
        start=[3, 3],
        end=[8, 8],
        quotes=("coach",) * 2,
        memos=("a line\r\nbreak", " why? "),
    )
    project = simple(selections=rows)
    assert meaning(again(project, memos=True)) == meaning(project)
    dropped = again(project)
    assert (dropped.selections.memos, dict(dropped.left)) == ((None,), {"memo": 2})


def test_guids_follow_from_keys_alone():
    """A code has the same GUID in a project and in a codebook, whatever stands beside it."""
    stream = io.BytesIO()
    write_qdc(simple(codes=(ProjectCode("c2", "renamed"),)), stream)
    guid = etree.fromstring(stream.getvalue()).find(".//{*}Code").get("guid")
    with zipfile.ZipFile(io.BytesIO(qdpx_bytes(simple()))) as archive:
        assert guid in {
            code.get("guid") for code in etree.fromstring(archive.read("project.qde")).iter("{*}Code")
        }


def test_a_label_is_the_beginning_of_the_text(again):
    """A selection's name has 80 code points at most, and ends before what XML lacks."""
    text = "👍" * 100 + "a\x0bb"
    rows = Selections.of(
        source=[0] * 4, code=[0] * 4, coder=[NONE] * 4, start=[0, 100, 101, 102], end=[100, 102, 103, 103]
    )
    found = again(simple(text, selections=rows))
    assert found.selections.quotes == ("👍" * 79 + "…", "a…", None, "b")
    assert found.sources[0].text == text


def test_deep_codes_come_back(again):
    """Codes 200 deep are written and read; one more is refused."""
    codes = tuple(ProjectCode(f"c{n}", f"c{n}", f"c{n - 1}" if n else None) for n in range(201))
    nothing = Selections.of(source=[], code=[], coder=[], start=[], end=[])
    deep = simple(codes=codes[:200], selections=nothing)
    assert meaning(again(deep)) == meaning(deep)
    with pytest.raises(CodingError, match="deep"):
        qdpx_bytes(simple(codes=codes, selections=nothing))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"codes": (ProjectCode("c1", "a\x00"), ProjectCode("c2", "b"))}, "a code's name"),
        ({"codes": (ProjectCode("c1", "a", None, "\ud800"), ProjectCode("c2", "b"))}, "a code's description"),
        ({"sets": (ProjectSet("\x07", ()),)}, "a set's name"),
        ({"sources": (ProjectSource("s1", "\x01", "My coach called."),)}, "a source's name"),
        ({"sources": (ProjectSource("s1", "a", "My coach called.\0"),)}, "NUL"),
        ({"sources": (ProjectSource("s1", "a", "My coach called.\udfff"),)}, "surrogate"),
        ({"sources": (ProjectSource("s1", "a", "\ufeffMy coach \x07"),)}, "the text of source 1"),
        ({"sources": (ProjectSource("s1", "a", "short"),)}, "positions outside"),
    ],
)
def test_what_cannot_be_written_is_refused(changes, reason: str):
    """Characters that XML lacks, and positions outside of a text, stop the conversion."""
    with pytest.raises(CodingError, match=reason) as caught:
        qdpx_bytes(simple(**changes))
    assert caught.value.code == "coding.cannot-hold"


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"source": [NONE]}, "no source"),
        ({"code": [NONE]}, "without a code"),
        ({"code": [NONE], "memos": (" ",)}, "without a code"),
        ({"start": [NONE], "end": [NONE], "quotes": ("coach",)}, "without positions"),
        ({"start": [NONE], "end": [NONE], "memos": ("why",)}, "memo of a whole text"),
        ({"memos": ("\x00",)}, "a memo"),
    ],
)
def test_rows_that_cannot_be_written_are_refused(columns, reason: str):
    """What the format has no place for is refused, not dropped."""
    row = {"source": [0], "code": [1], "coder": [NONE], "start": [3], "end": [8], **columns}
    with pytest.raises(CodingError, match=reason):
        qdpx_bytes(simple(selections=Selections.of(**row)))


@pytest.mark.parametrize(
    "changes",
    [
        {"unit": Unit.UTF16},
        {"codes": (ProjectCode("c1", "a", "c2"), ProjectCode("c2", "b", "c1"))},
        {"codes": (ProjectCode("c1", "a"), ProjectCode("c2", "b", "c9"))},
    ],
)
def test_projects_that_are_none_are_a_mistake_of_the_caller(changes):
    """Other units, and codes that are no tree, are no fault of the data."""
    with pytest.raises(ValueError, match=r"positions count|a code's parent"):
        qdpx_bytes(simple(**changes))


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path):
    """What is refused leaves no file; what is there already stays."""
    with pytest.raises(CodingError):
        write_qdpx(simple(text="\0"), tmp_path / "a.qdpx")
    with pytest.raises(ValueError, match="parent"):
        write_qdpx(simple(codes=(ProjectCode("c1", "a"), ProjectCode("c2", "b", "c9"))), tmp_path / "b.qdpx")
    assert not list(tmp_path.iterdir())
    write_qdpx(simple(), tmp_path / "c.qdpx")
    assert (tmp_path / "c.qdpx").read_bytes() == qdpx_bytes(simple())
    with pytest.raises(WriteError, match="there already"):
        write_qdpx(simple(), tmp_path / "c.qdpx")
    with pytest.raises(WriteError, match="cannot write"):
        write_qdc(simple(), tmp_path / "none" / "c.qdc")


@given(projects())
def test_another_program_finds_the_same_text(project: Project):
    """Without our reader: a file's text, cut at a selection's positions, is what the name shows."""
    with zipfile.ZipFile(io.BytesIO(qdpx_bytes(project))) as archive:
        for source in etree.fromstring(archive.read("project.qde")).iter("{*}TextSource"):
            path = source.get("plainTextPath")
            if path is None:
                text = source.findtext("{*}PlainTextContent")
            else:
                text = archive.read(path.replace("internal://", "sources/")).decode()
            for selection in source.iter("{*}PlainTextSelection"):
                cut = text[int(selection.get("startPosition")) : int(selection.get("endPosition"))]
                assert selection.get("name") == shortened(cut)
