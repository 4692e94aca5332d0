"""A project's tree of codes and the rows of codes and themes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.coding.codebook import CodeRow, ThemeRow, codebook_of, id_of, project_codes
from ppdarchive.coding.project import Project, ProjectCode, ProjectSet, Selections

IDS = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
WORDS = st.one_of(
    st.text(min_size=1, max_size=30), st.sampled_from(["Bond", "bond", "code_id: bond", "ß", "支え"])
)
PROSE = st.one_of(
    st.none(),
    st.text(min_size=1, max_size=40),
    st.lists(
        st.sampled_from(["code_id: a", "theme_id: b", "constructs: bond, task", "plain", "", "\n"]),
        min_size=1,
    )
    .map("\n\n".join)
    .filter(bool),
)
CONSTRUCTS = st.lists(st.sampled_from(["bond", "task", "goal", "trust"]), unique=True, max_size=3).map(tuple)


@st.composite
def codebooks(draw: st.DrawFn) -> tuple[tuple[CodeRow, ...], tuple[ThemeRow, ...]]:
    """Codes and themes with distinct ids and titles; themes lie in earlier ones."""
    ids = draw(st.lists(IDS, unique=True, max_size=5))
    titles = draw(st.lists(WORDS, unique=True, min_size=len(ids), max_size=len(ids)))
    themes = tuple(
        ThemeRow(
            own,
            title,
            draw(PROSE),
            draw(st.sampled_from([None, *ids[:number]])),
            draw(CONSTRUCTS),
        )
        for number, (own, title) in enumerate(zip(ids, titles, strict=True))
    )
    code_ids = draw(st.lists(IDS, unique=True, max_size=6))
    code_titles = draw(st.lists(WORDS, unique=True, min_size=len(code_ids), max_size=len(code_ids)))
    codes = tuple(
        CodeRow(own, title, draw(PROSE), draw(st.sampled_from([None, *ids])))
        for own, title in zip(code_ids, code_titles, strict=True)
    )
    return codes, themes


def _project(
    codes: Sequence[ProjectCode], sets: Sequence[ProjectSet] = (), used: Sequence[int] = ()
) -> Project:
    zeros = [0] * len(used)
    selections = Selections.of(source=zeros, code=used, coder=zeros, start=zeros, end=zeros)
    return Project("project.qdpx", "refi-qda", codes=tuple(codes), sets=tuple(sets), selections=selections)


@given(codebooks())
def test_rows_come_back_from_the_tree(rows: tuple[tuple[CodeRow, ...], tuple[ThemeRow, ...]]) -> None:
    """Codes and themes that became a tree are read from it as they were, whatever their words."""
    codes, themes = rows
    tree = project_codes(codes, themes)
    book = codebook_of(_project(tree, used=[n for n, code in enumerate(tree) if code.is_codable]))
    assert sorted(book.codes, key=lambda row: row.code_id) == sorted(codes, key=lambda row: row.code_id)
    assert sorted(book.themes, key=lambda row: row.theme_id) == sorted(themes, key=lambda row: row.theme_id)
    assert [None if key.startswith("theme:") else key[5:] for key in (code.key for code in tree)] == list(
        book.code_ids
    )


@given(st.lists(st.tuples(WORDS, st.booleans()), max_size=8), st.data())
def test_any_tree_makes_rows_that_can_be_keys(drawn: list[tuple[str, bool]], data: st.DataObject) -> None:
    """Ids and titles are distinct whatever a tool's codes are called, and every theme named is there."""
    codes = [
        ProjectCode(str(n), name, data.draw(st.sampled_from([None, *map(str, range(n))])), None, codable)
        for n, (name, codable) in enumerate(drawn)
    ]
    used = data.draw(st.lists(st.sampled_from(range(len(codes))), max_size=5)) if codes else []
    book = codebook_of(_project(codes, used=used))
    for rows, key in ((book.codes, "code_id"), (book.themes, "theme_id")):
        ids = [getattr(row, key) for row in rows]
        titles = [row.title for row in rows]
        assert len(set(ids)) == len(ids)
        assert len(set(titles)) == len(titles)
    themes = [row.theme_id for row in book.themes]
    assert {row.theme_id for row in book.codes} <= {None, *themes}
    for number, row in enumerate(book.themes):
        assert row.parent_theme_id in (None, *themes[:number])
    assert all(book.code_ids[n] is not None for n in used)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Coach bond", "coach_bond"),
        ("coach_bond", "coach_bond"),
        ("COACH BOND!", "coach_bond"),
        ("Closeness", "coach_bond"),
    ],
)
def test_a_known_code_is_found_by_what_it_is_called(name: str, meant: str) -> None:
    """A code called like one of the study's, by id, title or in study.toml, is that one."""
    book = codebook_of(
        _project([ProjectCode("1", name)]),
        known={"coach_bond": "Coach bond", "other": "Other"},
        by_hand={"Closeness": "coach_bond"},
    )
    assert book.code_ids == (meant,)


def test_a_code_that_holds_others_is_a_theme_and_a_code_where_it_was_used() -> None:
    """A parent is a theme; it is a code in that theme too once a segment was marked with it."""
    tree = [ProjectCode("1", "Coach"), ProjectCode("2", "Bond", "1")]
    assert [row.code_id for row in codebook_of(_project(tree)).codes] == ["bond"]
    book = codebook_of(_project(tree, used=[0]))
    assert book.codes == (CodeRow("coach", "Coach", None, "coach"), CodeRow("bond", "Bond", None, "coach"))
    assert book.themes == (ThemeRow("coach", "Coach"),)


def test_a_set_is_the_theme_of_codes_that_lie_in_nothing_else() -> None:
    """ATLAS.ti's code groups become themes; a code in two of them belongs to neither."""
    tree = [ProjectCode("1", "Bond"), ProjectCode("2", "Task"), ProjectCode("3", "Both")]
    sets = [
        ProjectSet("Coach", ("1", "3"), "About her"),
        ProjectSet("Site", ("2", "3")),
        ProjectSet("Empty", ()),
    ]
    book = codebook_of(_project(tree, sets))
    assert book.themes == (ThemeRow("coach", "Coach", "About her"), ThemeRow("site", "Site"))
    assert [row.theme_id for row in book.codes] == ["coach", "site", None]


def test_codes_of_one_name_are_called_by_what_they_lie_in() -> None:
    """A name that stands in several branches is told apart by the name of the branch."""
    tree = [
        ProjectCode("1", "Coach", is_codable=False),
        ProjectCode("2", "Site", is_codable=False),
        ProjectCode("3", "good", "1"),
        ProjectCode("4", "good", "2"),
    ]
    book = codebook_of(_project(tree))
    assert [(row.code_id, row.title) for row in book.codes] == [
        ("coach_good", "Coach: good"),
        ("site_good", "Site: good"),
    ]


@given(st.text(max_size=100))
def test_an_id_always_fits_the_schema(name: str) -> None:
    """Whatever a code is called, its id is one that `schemas/codes.json` allows."""
    made = id_of(name)
    assert 1 <= len(made) <= 60
    assert made[0].isalpha()
    assert made.isascii()
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")


def test_a_stated_id_is_not_given_to_a_name() -> None:
    """A new code that is called like another's id does not take it, wherever it stands."""
    tree = [ProjectCode("1", "bond"), ProjectCode("2", "Closeness", None, "code_id: bond")]
    assert codebook_of(_project(tree)).code_ids == ("bond_2", "bond")
    themes = [
        ProjectCode("1", "coach", None, None, is_codable=False),
        ProjectCode("2", "Her", None, "theme_id: coach", is_codable=False),
    ]
    assert [row.theme_id for row in codebook_of(_project(themes)).themes] == ["coach_2", "coach"]


def test_titles_tell_before_ids_but_in_csv() -> None:
    """What coders see is the title; a CSV file of ours has ids."""
    known = {"bond_2": "bond", "bond": "trust"}
    project = _project([ProjectCode("1", "bond")])
    assert codebook_of(project, known=known).code_ids == ("bond_2",)
    assert codebook_of(replace(project, format="csv"), known=known).code_ids == ("bond",)


def test_a_theme_without_a_row_is_called_by_its_id() -> None:
    """Themes that codes or other themes name, and no table has, are not lost."""
    tree = project_codes([CodeRow("bond", "Bond", None, "coach")], [ThemeRow("her", "Her", None, "who")])
    book = codebook_of(_project(tree))
    assert book.codes == (CodeRow("bond", "Bond", None, "coach"),)
    assert sorted(row.theme_id for row in book.themes) == ["coach", "her", "who"]
    assert {row.theme_id: row.parent_theme_id for row in book.themes}["her"] == "who"


def test_titles_that_stand_twice_keep_their_ids() -> None:
    """Where a title does not tell its code, the id is stated."""
    rows = [CodeRow("good", "Good"), CodeRow("good_2", "Good"), CodeRow("C-12", "Other")]
    assert codebook_of(_project(project_codes(rows, []))).code_ids == ("good", "good_2", "C-12")


@pytest.mark.parametrize(
    ("first", "others"),
    [
        ("支え", ["不安"]),
        ("支え", ["支え", "不安"]),
        ("άγχος", ["φόβος"]),
        ("Trust +", ["Trust -"]),
        ("Bond", ["Bond", "bond"]),
        (f"{'a very long title ' * 4}good", [f"{'a very long title ' * 4}bad"]),
    ],
)
def test_what_an_id_leaves_out_tells_codes_apart(first: str, others: list[str]) -> None:
    """Codes and themes of two projects are one only if they are called alike, not if their ids would be."""
    one = codebook_of(_project([ProjectCode("1", first)]))
    known = {row.code_id: row.title for row in one.codes}
    two = codebook_of(_project([ProjectCode(str(n), name) for n, name in enumerate(others)]), known=known)
    ids = two.code_ids
    assert len(set(ids)) == len(others)
    assert [own in known for own in ids] == [name == first for name in others]
    themes = [ProjectCode(str(n), name, is_codable=False) for n, name in enumerate(others)]
    found = codebook_of(_project(themes), known_themes=known).themes
    assert [row.theme_id in known for row in found] == [name == first for name in others]
    assert len({row.theme_id for row in found}) == len(others)


def test_signs_and_case_make_no_other_code() -> None:
    """Two coders who write one name with other signs of a sentence mean one code."""
    book = codebook_of(_project([ProjectCode("1", "Coach: bond!")]), known={"coach_bond": "coach bond"})
    assert book.code_ids == ("coach_bond",)
