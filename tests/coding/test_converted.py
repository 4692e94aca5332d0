"""Released tables -> a project -> a file -> the same tables, for every format that we write."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st
from lxml import etree

from ppdarchive.coding.codebook import codebook_of
from ppdarchive.coding.converted import project_of
from ppdarchive.coding.formats import WRITERS, read_project, write_project
from ppdarchive.coding.formats.refi import read_qdc, write_qdpx
from ppdarchive.coding.formats.taguette_exports import read_taguette_codebook
from ppdarchive.coding.landing.landed import land
from ppdarchive.coding.landing.match import Responses
from ppdarchive.coding.project import INDEPENDENT, NONE, STAGES
from ppdarchive.coding.rows import codebook_cells, coding_rows
from ppdarchive.errors import CodingError
from ppdarchive.model.columns import values_of

from .strategies import names, texts

Tables = Mapping[str, pd.DataFrame]

COLUMNS = {
    "responses": ("response_id", "question_id", "wave", "text"),
    "codes": ("code_id", "title", "definition", "theme_id"),
    "themes": ("theme_id", "title", "description", "parent_theme_id"),
    "theme_constructs": ("theme_id", "construct"),
    "coders": ("coder_id", "background"),
    "codings": ("response_id", "code_id", "coder_id", "start", "end", "stage"),
}
OPTIONAL = (
    ("responses", "question_id"),
    ("responses", "wave"),
    ("codes", "definition"),
    ("codes", "theme_id"),
    ("themes", "description"),
    ("themes", "parent_theme_id"),
    ("theme_constructs", None),
    ("coders", "background"),
)

IDS = st.one_of(
    st.sampled_from(["bond", "bond_2", "bond__1_", "trust", "c", "a" * 60]),
    st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True),
)
PSEUDONYMS = st.one_of(
    st.from_regex(r"R-[A-Z2-7]{13}", fullmatch=True),
    st.sampled_from(["1", "2", "q1", "3_month", "q1 1", "post", "R.1", "R.1.txt", "é"]),
)
PROSE = st.none() | st.one_of(
    texts(min_size=1),
    st.sampled_from(
        ["When she feels heard.\n\nNot: a service.", "a\n\ncode_id: bond", "constructs: task", " x "]
    ),
)
# Control characters that a text file holds; XML does not.
ANSWERS = st.one_of(texts(), st.sampled_from(["a\x01b\x1f \x7fcd", "\x0b\x0c", "\ufeff", "\ufeff\ufeffab"]))


def frame(table: str, rows: list[tuple[object, ...]]) -> pd.DataFrame:
    """Rows as the typed frame that a release gives."""
    columns = {}
    for number, name in enumerate(COLUMNS[table]):
        kind = pa.int64() if name in ("start", "end") else pa.string()
        column = pd.Series(pa.array([row[number] for row in rows], kind), dtype=pd.ArrowDtype(kind))
        is_category = name in ("stage", "wave")
        columns[name] = column.astype("str").astype("category") if is_category else column
    return pd.DataFrame(columns)


@st.composite
def releases(
    draw: st.DrawFn, *, answers: st.SearchStrategy[str] = ANSWERS, one_stage: bool = False
) -> Tables:
    """Released tables: texts of every kind, nested themes, coders in both stages; some columns absent."""
    question, wave = (
        st.sampled_from(["q1", "helpful_program", "q" * 60]),
        st.sampled_from(["post", "3_month"]),
    )
    responses = [
        (own, draw(question), draw(wave), draw(st.none() | answers))
        for own in draw(st.lists(PSEUDONYMS, unique=True, max_size=4))
    ]
    theme_ids = draw(st.lists(IDS, unique=True, max_size=4))
    themes = [
        (own, title, draw(PROSE), draw(st.sampled_from([None, *theme_ids[:number]])))
        for number, (own, title) in enumerate(zip(theme_ids, draw(_distinct(len(theme_ids))), strict=True))
    ]
    pairs = [(own, construct) for own in theme_ids for construct in draw(_constructs())]
    code_ids = draw(st.lists(IDS, unique=True, min_size=1, max_size=5))
    codes = [
        (own, title, draw(PROSE), draw(st.sampled_from([None, *theme_ids])))
        for own, title in zip(code_ids, draw(_distinct(len(code_ids))), strict=True)
    ]
    coders = draw(st.lists(st.sampled_from(["K-AAAA", "K-BBBB", "K-CCCC"]), unique=True, min_size=1))
    stages = (draw(st.sampled_from(STAGES)),) if one_stage else STAGES
    codings: set[tuple[object, ...]] = set()
    if responses:
        row = st.tuples(
            st.sampled_from(responses),
            st.sampled_from(code_ids),
            st.sampled_from(coders),
            st.integers(0, 40),
            st.integers(1, 40),
            st.sampled_from(stages),
        )
        for response, code, coder, start, length, stage in draw(st.lists(row, max_size=10)):
            n = len(response[3] or "")
            if response[3] is None:
                codings.add((response[0], code, coder, 0, 0, stage))
            elif start < n:
                codings.add((response[0], code, coder, start, min(start + length, n), stage))
    rows = {
        "responses": responses,
        "codes": codes,
        "themes": sorted(themes, key=lambda row: row[0]),
        "theme_constructs": pairs,
        "coders": [(coder, None) for coder in coders],
        "codings": sorted(codings, key=repr),
    }
    tables = {name: frame(name, own) for name, own in rows.items()}
    for table, column in draw(st.sets(st.sampled_from(OPTIONAL), max_size=3)):
        if column is None:
            tables.pop(table)
        else:
            tables[table] = tables[table].drop(columns=column)
    return tables


@st.composite
def _distinct(draw: st.DrawFn, n: int) -> list[str]:
    title = st.one_of(names(), IDS)
    return draw(st.lists(title, unique=True, min_size=n, max_size=n))


def _constructs() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(["bond", "task", "real_relationship"]), unique=True, max_size=2)


def cells(table: pd.DataFrame | pa.Table, name: str) -> list[object]:
    """A column's values; of nothing but nulls where it is absent."""
    if isinstance(table, pa.Table):
        return table[name].to_pylist() if name in table.column_names else [None] * table.num_rows
    return values_of(table[name]).to_pylist() if name in table else [None] * len(table)


def rows_of(tables: Tables | Mapping[str, pa.Table], table: str) -> list[tuple[object, ...]]:
    """A table's rows, sorted; none where there is no such table."""
    if table not in tables:
        return []
    columns = [[None if each is None else str(each) for each in cells(tables[table], name)]
               for name in COLUMNS[table]]  # fmt: skip
    return sorted(zip(*columns, strict=True), key=repr)


def codebook_rows(tables: Tables | Mapping[str, pa.Table]) -> dict[str, list[tuple[object, ...]]]:
    """Codes, themes and constructs."""
    return {name: rows_of(tables, name) for name in ("codes", "themes", "theme_constructs")}


def responses_of(tables: Tables) -> Responses:
    """The study's responses, as an import has them."""
    ids = tuple(map(str, cells(tables["responses"], "response_id")))
    none = ("",) * len(ids)
    return Responses(ids, ids, none, none, tuple(cells(tables["responses"], "text")))


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple]:
    """Return what converts tables to a file, and lands that file on the same responses."""
    path = tmp_path_factory.mktemp("converted") / "project"

    def again(
        tables: Tables, kind: str, *, known: Mapping[str, str] | None = None, stage: str = INDEPENDENT
    ) -> tuple:
        path.unlink(missing_ok=True)
        write_project(project_of(tables, path="made", kind=kind), path, target=kind)
        read = read_project(path, source=kind)
        responses = responses_of(tables)
        landed = land(read, responses)
        book = codebook_of(read, known=known or {})
        found = coding_rows(
            read, landed, book, pa.array(responses.response_id, pa.string()),
            wanted=(landed.response != NONE) & ~landed.uncertain, coders={}, coder=None, stage=stage,
        )  # fmt: skip
        assert found.n_repeated == 0
        return read, landed, found.cells, codebook_cells(book)

    return again


def placed(tables: Tables) -> list[tuple[object, ...]]:
    """The codings of responses that have a text."""
    has_text = {
        own
        for own, text in zip(
            cells(tables["responses"], "response_id"), cells(tables["responses"], "text"), strict=True
        )
        if text is not None
    }
    return [row for row in rows_of(tables, "codings") if row[0] in has_text]


def check_withheld(tables: Tables, landed) -> None:
    """Codings of answers that were withheld are all there, waiting for a person."""
    n = len(rows_of(tables, "codings")) - len(placed(tables))
    assert int(landed.uncertain.sum()) == n
    assert len(landed) == len(rows_of(tables, "codings"))


@contextmanager
def unless_refused() -> Iterator[list[CodingError]]:
    """Gather the error that says that the format cannot hold something; any other stays one."""
    said: list[CodingError] = []
    try:
        yield said
    except CodingError as error:
        said.append(error)
    event("refused" if said else "written")
    assert all(error.code == "coding.cannot-hold" for error in said)


@given(releases())
def test_a_qdpx_gives_the_same_tables(again, tables: Tables):
    """Codings of both stages, the codebook and coders come back from REFI-QDA, whatever the texts."""
    assume(not any(starts_badly(text) for text in cells(tables["responses"], "text")))
    read, landed, found, book = again(tables, "refi-qda")
    assert rows_of({"codings": found}, "codings") == placed(tables)
    assert codebook_rows(book) == codebook_rows(tables)
    assert {coder.name for coder in read.coders} == set(cells(tables["coders"], "coder_id"))
    check_withheld(tables, landed)


def starts_badly(text: object) -> bool:
    """Whether a text stands in the XML, for its byte-order mark, and XML lacks one of its characters."""
    return str(text).startswith("\ufeff") and any(
        ord(each) < 32 and each not in "\t\n\r" for each in str(text)
    )


@given(releases())
def test_a_csv_gives_the_same_codings(again, tables: Tables):
    """Codings come back from CSV, without the codebook and with it."""
    _, landed, found, _ = again(tables, "csv")
    assert rows_of({"codings": found}, "codings") == placed(tables)
    known = dict(zip(cells(tables["codes"], "code_id"), cells(tables["codes"], "title"), strict=True))
    assert rows_of({"codings": again(tables, "csv", known=known)[2]}, "codings") == placed(tables)
    check_withheld(tables, landed)


@given(releases(one_stage=True, answers=texts(min_size=1)))
def test_a_taguette_project_gives_the_same_tables(again, tables: Tables):
    """Codings of one stage and the codebook come back from Taguette, or it says what it cannot hold."""
    stage = next(iter(cells(tables["codings"], "stage")), INDEPENDENT)
    with unless_refused() as said:
        _, landed, found, book = again(tables, "taguette", stage=stage)
    if said:
        return
    assert rows_of({"codings": found}, "codings") == placed(tables)
    assert codebook_rows(book) == codebook_rows(tables)
    check_withheld(tables, landed)


@given(releases())
def test_a_qdc_gives_the_same_codebook(tmp_path_factory, tables: Tables):
    """Codes, themes and constructs come back from a REFI-QDA codebook."""
    path = tmp_path_factory.getbasetemp() / "codes.qdc"
    path.unlink(missing_ok=True)
    write_project(project_of(tables, path="made", kind="refi-codebook"), path, target="refi-codebook")
    assert codebook_rows(codebook_cells(codebook_of(read_qdc(path, name="made")))) == codebook_rows(tables)


@given(releases())
def test_a_taguette_codebook_gives_the_same_codes(tmp_path_factory, tables: Tables):
    """Codes, themes and constructs come back from a Taguette codebook, or it says what it cannot hold."""
    path = tmp_path_factory.getbasetemp() / "codes.csv"
    path.unlink(missing_ok=True)
    project = project_of(tables, path="made", kind="taguette-codebook")
    with unless_refused() as said:
        write_project(project, path, target="taguette-codebook")
    if said:
        assert not path.exists()
        return
    found = codebook_of(read_taguette_codebook(path, name="made"))
    assert codebook_rows(codebook_cells(found)) == codebook_rows(tables)


@given(releases(), st.sampled_from(sorted(WRITERS)), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_show(tmp_path_factory, tables: Tables, kind: str, random: Random):
    """Tables whose rows stand in another order give the same bytes, in every format."""
    folder = tmp_path_factory.getbasetemp()
    written = []
    for number, own in enumerate((tables, {name: shuffled(table, random) for name, table in tables.items()})):
        path = folder / f"made {number}"
        path.unlink(missing_ok=True)
        with unless_refused() as said:
            write_project(project_of(own, path="made", kind=kind), path, target=kind)
        written.append([str(error) for error in said] or path.read_bytes())
    assert written[0] == written[1]


def shuffled(table: pd.DataFrame, random: Random) -> pd.DataFrame:
    """The rows in another order, with another index and other categories."""
    order = random.sample(range(len(table)), len(table))
    found = table.iloc[order].reset_index(drop=True)
    if "stage" in found:
        found["stage"] = found["stage"].cat.set_categories(["consensus", "independent", "never"])
    return found


@given(releases())
def test_what_is_converted_validates(shared: Path, tables: Tables):
    """The standard's schemas accept every project, and texts are plain, without byte-order mark."""
    assume(not any(starts_badly(text) for text in cells(tables["responses"], "text")))
    stream = io.BytesIO()
    write_qdpx(project_of(tables, path="made", kind="refi-qda"), stream)
    schema = etree.XMLSchema(etree.parse(shared / "standards/refi-qda-project.xsd"))
    with zipfile.ZipFile(stream) as archive:
        root = etree.fromstring(archive.read("project.qde"))
        schema.assertValid(root)
        assert not root.xpath("//comment()|//processing-instruction()")
        released = {
            *(coder for coder in cells(tables["coders"], "coder_id")),
            *(cells(tables["codes"], "title")),
        }
        assert {user.get("name") for user in root.iter("{*}User")} <= released
        for member in archive.namelist():
            assert member == "project.qde" or re.fullmatch(r"sources/[0-9a-f-]{36}\.txt", member)
            assert not archive.read(member).startswith(b"\xef\xbb\xbf")
            assert b"\xef\xbb\xbf" not in archive.read(member)[:3]


def small(**changes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Two responses, two codes in a theme, and a coder in both stages."""
    tables = {
        "responses": frame(
            "responses", [("R-2", "q1", "post", "My coach called."), ("R-1", "q1", "post", None)]
        ),
        "codes": frame("codes", [("bond", "Bond", None, "coach"), ("task", "Task", "What to do", None)]),
        "themes": frame("themes", [("coach", "Coach", None, None)]),
        "coders": frame("coders", [("K-2", None), ("K-1", None)]),
        "codings": frame(
            "codings",
            [
                ("R-2", "bond", "K-1", 3, 8, "independent"),
                ("R-2", "bond", "K-1", 3, 8, "consensus"),
                ("R-1", "task", "K-1", 0, 0, "independent"),
            ],
        ),
    }
    return {**tables, **changes}


def test_an_answer_that_was_withheld_keeps_its_codes():
    """A coded response without text is an empty source, and the code is the source's own."""
    project = project_of(small(), path="made", kind="refi-qda")
    assert [(source.name, source.text) for source in project.sources] == [
        ("q1 post R-1", ""),
        ("q1 post R-2", "My coach called."),
    ]
    rows = project.selections
    assert list(zip(rows.source, rows.start, rows.end, strict=True)) == [
        (0, NONE, NONE),
        (1, 3, 8),
        (1, 3, 8),
    ]


def test_a_response_without_text_and_codes_is_no_source():
    """What was not answered is not there."""
    tables = small()
    tables["codings"] = tables["codings"].iloc[:2]
    assert [each.key for each in project_of(tables, path="made", kind="refi-qda").sources] == ["R-2"]


def test_coders_are_there_by_stage():
    """Who coded in both stages is there twice, who coded nothing once; of one stage only who took part."""
    coders = project_of(small(), path="made", kind="refi-qda").coders
    assert [(coder.name, coder.stage) for coder in coders] == [
        ("K-1", "consensus"), ("K-1", "independent"), ("K-2", "independent"),
    ]  # fmt: skip
    only = project_of(small(), path="made", kind="refi-qda", stage="consensus")
    assert [(coder.key, coder.name) for coder in only.coders] == [("consensus:K-1", "K-1")]
    assert only.selections.coder.tolist() == [0]
    assert only.selections.source.tolist() == [0]


def test_without_a_stage_none_is_said():
    """Codings of a release that has no stages have coders without one."""
    tables = small()
    tables["codings"] = tables["codings"].drop(columns="stage").iloc[1:]
    coders = project_of(tables, path="made", kind="refi-qda").coders
    assert [(coder.name, coder.stage) for coder in coders] == [("K-1", None), ("K-2", None)]


def test_a_codebook_has_codes_alone():
    """A codebook needs no table but the codes, and shows neither texts nor coders."""
    project = project_of({"codes": small()["codes"]}, path="made", kind="refi-codebook")
    assert (project.sources, project.coders, len(project.selections)) == ((), (), 0)
    assert [(code.key, code.name, code.parent) for code in project.codes] == [
        ("theme:coach", "coach", None), ("code:bond", "Bond", "theme:coach"), ("code:task", "Task", None),
    ]  # fmt: skip


def test_names_that_would_be_taken_for_others_are_ids():
    """Where a question is called like a response, or a name is too long for Taguette, ids stand alone."""
    rows = [("q1", "q1", "post", "a"), ("R-2", "q1", "post", "b")]
    made = project_of(small(responses=frame("responses", rows)), path="made", kind="refi-qda")
    assert [source.name for source in made.sources] == ["R-2", "q1"]
    long = frame("responses", [("R-2", "q" * 43, "post", "a")])
    assert project_of(small(responses=long), path="made", kind="refi-qda").sources[0].name == "R-2"
    fits = frame("responses", [("R-2", "q" * 41, "post", "a")])
    assert len(project_of(small(responses=fits), path="made", kind="refi-qda").sources[0].name) == 50


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_a_theme_in_itself_is_refused(kind: str):
    """No format has it but CSV, which tells of codings alone."""
    themes = frame("themes", [("a", "A", None, "b"), ("b", "B", None, "a"), ("coach", "Coach", None, None)])
    if kind == "csv":
        assert len(project_of(small(themes=themes), path="made", kind=kind).codes) == 2
        return
    with pytest.raises(ValueError, match="a theme that lies in itself"):
        project_of(small(themes=themes), path="made", kind=kind)


@pytest.mark.parametrize("bad", ["a\nb", " a", "b ", "a, b", "a,b"])
def test_constructs_that_cannot_be_told_apart_are_refused(bad: str):
    """A construct with a comma or a line break would come back as another."""
    pairs = frame("theme_constructs", [("coach", bad)])
    with pytest.raises(ValueError, match="construct"):
        project_of(small(theme_constructs=pairs), path="made", kind="refi-qda")


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ([("a", "Bond", None, None), ("b", "Bond", None, None)], "another has its name"),
        ([("a", "Bond v1.2", None, None)], "a dot"),
        ([("a", "Coach", None, None)], "another has its name"),
        ([("a", " Bond", None, None)], "white space"),
    ],
)
def test_what_taguette_lacks_is_refused_by_number(tmp_path: Path, codes: list[tuple], message: str):
    """Titles that Taguette would merge or cut are refused, and not shown; REFI-QDA holds them."""
    tables = small(codes=frame("codes", codes), codings=small()["codings"].iloc[:0])
    for kind in ("taguette", "taguette-codebook"):
        with pytest.raises(CodingError, match=message) as caught:
            write_project(project_of(tables, path="made", kind=kind), tmp_path / kind, target=kind)
        assert "Bond" not in str(caught.value)
        assert not (tmp_path / kind).exists()
    write_project(project_of(tables, path="made", kind="refi-qda"), tmp_path / "made", target="refi-qda")
    found = codebook_of(read_project(tmp_path / "made", source="refi-qda"))
    assert {row.code_id for row in found.codes} == {row[0] for row in codes}


@pytest.mark.parametrize("kind", ["refi-qda", "refi-codebook"])
def test_titles_that_xml_lacks_are_refused(tmp_path: Path, kind: str):
    """A control character in a title is an error with advice, and no file."""
    tables = small(codes=frame("codes", [("bond", "Bo\x07nd", None, None), ("task", "Task", None, None)]))
    with pytest.raises(CodingError, match="control character") as caught:
        write_project(project_of(tables, path="made", kind=kind), tmp_path / "made", target=kind)
    assert caught.value.code == "coding.cannot-hold"
    assert not (tmp_path / "made").exists()


def test_codings_of_strangers_are_refused(tmp_path: Path):
    """A coding of a response or code that is not released is never left out in silence."""
    for table, rows in (("responses", [("R-9", "q1", "post", "a")]), ("codes", [("x", "X", None, None)])):
        tables = small(**{table: frame(table, rows)})
        for kind in ("refi-qda", "taguette", "csv"):
            with pytest.raises(CodingError):
                write_project(project_of(tables, path="made", kind=kind), tmp_path / "made", target=kind)


def test_who_only_agreed_is_there_once():
    """A coder of consensus alone is not taken for one who coded alone and marked nothing."""
    tables = small(codings=small()["codings"].iloc[1:2])
    coders = project_of(tables, path="made", kind="refi-qda").coders
    assert [(coder.name, coder.stage) for coder in coders] == [("K-1", "consensus"), ("K-2", "independent")]
