"""Released tables -> a project -> a file -> the same tables, for every format that we write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from ppdarchive.coding.codebook import codebook_of
from ppdarchive.coding.converted import project_of
from ppdarchive.coding.formats import read_project, write_project
from ppdarchive.coding.formats.refi import read_qdc
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
