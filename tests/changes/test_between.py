"""Two releases and all that differs between them: drawn edits give exactly their changes."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ppdarchive.changes import Change, Contents, Level, changes
from ppdarchive.model.schema import Category, Constraints, Kind

from .made import SCHEMAS, Row, changed, contents, kinds, participant, releases, response

Made = dict[str, list[Row]]
Expected = set[Change]


@given(releases())
def test_a_release_does_not_differ_from_itself(rows: Made) -> None:
    """Nothing changes between a release and itself, whatever it holds."""
    found = changes(contents(rows), contents(rows))
    assert not found
    assert found.level is None
    assert list(found) == []


@given(releases(), releases(), st.data())
def test_the_order_of_rows_and_tables_does_not_matter(first: Made, second: Made, data: st.DataObject) -> None:
    """Shuffled tables and rows give the same changes and counts."""
    shuffled = [
        contents(
            {name: data.draw(st.permutations(own)) for name, own in rows.items()},
            {name: SCHEMAS[name] for name in data.draw(st.permutations(list(SCHEMAS)))},
        )
        for rows in (first, second)
    ]
    assert changes(*shuffled) == changes(contents(first), contents(second))


@given(releases(), releases())
def test_going_back_swaps_added_and_removed(first: Made, second: Made) -> None:
    """What one direction adds the other removes, and what changes one way changes the other."""
    there, back = (
        changes(contents(one), contents(other)) for one, other in ((first, second), (second, first))
    )
    assert there.rows.keys() == back.rows.keys()
    for name, own in there.rows.items():
        assert own.added == back.rows[name].removed
        assert own.removed == back.rows[name].added
        both = [each.changed.n_rows + each.filled.n_rows for each in (own, back.rows[name])]
        assert both[0] == both[1]


def drop_field(rows: Made) -> tuple[Contents, Expected]:
    """A field is no longer released."""
    schema = SCHEMAS["participants"]
    fields = tuple(each for each in schema if each.name != "score")
    schemas = {**SCHEMAS, "participants": replace(schema, fields=fields)}
    return contents(rows, schemas), {Change("field.removed", "participants", "score")}


def drop_table(rows: Made) -> tuple[Contents, Expected]:
    """A table is no longer released."""
    schemas = {name: schema for name, schema in SCHEMAS.items() if name != "codings"}
    return contents(rows, schemas), {Change("table.removed", "codings")}


def remove_row(rows: Made) -> tuple[Contents, Expected]:
    """A coder is gone."""
    return contents({**rows, "coders": []}), {Change("rows.removed", "coders")}


def add_row(rows: Made) -> tuple[Contents, Expected]:
    """A participant is new."""
    people = [*rows["participants"], participant("P9")]
    return contents({**rows, "participants": people}), {Change("rows.added", "participants")}


def correct(rows: Made) -> tuple[Contents, Expected]:
    """A value is another."""
    rows["participants"][0]["branch"] = "army" if rows["participants"][0]["branch"] != "army" else "navy"
    return contents(rows), {Change("rows.changed", "participants")}


def give(rows: Made) -> tuple[Contents, Expected]:
    """A value is there that was missing, and the reason is gone with it."""
    rows["participants"][0] |= {"age": 40, "age_missing": None}
    return contents(rows), {Change("rows.filled", "participants")}


def edit_text(rows: Made) -> tuple[Contents, Expected]:
    """An answer has other words."""
    rows["responses"][0]["text"] += "!"
    return contents(rows), {
        Change("rows.changed", "responses"),
        Change("texts.edited", "responses", "text"),
    }


def rename_code(rows: Made) -> tuple[Contents, Expected]:
    """A code has another title."""
    rows["codes"][1]["title"] = "Warmth of the coach"
    return contents(rows), {
        Change("code.renamed", "codes", names=("code_1",)),
        Change("rows.changed", "codes"),
    }


def define_code(rows: Made) -> tuple[Contents, Expected]:
    """A code is defined in other words."""
    rows["codes"][1]["definition"] = "When it is said so."
    return contents(rows), {Change("rows.described", "codes")}


def add_code(rows: Made) -> tuple[Contents, Expected]:
    """A code is new, and nothing is coded with it."""
    rows["codes"].append({"code_id": "code_9", "title": "New", "theme_id": "bond"})
    return contents(rows), {Change("code.added", "codes", names=("code_9",)), Change("rows.added", "codes")}


def describe(rows: Made) -> tuple[Contents, Expected]:
    """A field has another description."""
    schemas = changed(SCHEMAS, "participants", "age", description="In completed years.")
    return contents(rows, schemas), {Change("field.described", "participants", "age")}


def cite(rows: Made) -> tuple[Contents, Expected]:
    """The package is cited otherwise, and has another date and version as always."""
    return contents(rows, title="Alliance", version="9.0.0", created="2026-01-01"), {
        Change("package.metadata", names=("title",))
    }


def retype(rows: Made) -> tuple[Contents, Expected]:
    """The same values are of another type."""
    schemas = changed(SCHEMAS, "participants", "age", kind=Kind.NUMBER)
    return contents(rows, schemas), {Change("field.retyped", "participants", "age", ("integer", "number"))}


def allow_more(rows: Made) -> tuple[Contents, Expected]:
    """A field may hold smaller numbers."""
    schemas = changed(SCHEMAS, "participants", "age", constraints=Constraints(minimum=16))
    return contents(rows, schemas), {Change("field.loosened", "participants", "age", ("minimum",))}


def add_category(rows: Made) -> tuple[Contents, Expected]:
    """A category is new."""
    categories = SCHEMAS["participants"]["branch"].categories or ()
    schemas = changed(SCHEMAS, "participants", "branch", categories=(*categories, Category("marines")))
    return contents(rows, schemas), {Change("field.category-added", "participants", "branch", ("marines",))}


EDITS: dict[Callable[[Made], tuple[Contents, Expected]], Level] = {
    **dict.fromkeys(
        [drop_field, drop_table, remove_row, correct, edit_text, rename_code, retype], Level.MAJOR
    ),
    **dict.fromkeys([add_row, give, add_code, allow_more, add_category], Level.MINOR),
    **dict.fromkeys([define_code, describe, cite], Level.PATCH),
}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
@settings(max_examples=settings().max_examples // 5)  # of each edit
@given(rows=releases(min_participants=1))
def test_one_edit_gives_exactly_its_changes(
    edit: Callable[[Made], tuple[Contents, Expected]], rows: Made
) -> None:
    """Each edit of a drawn release gives the changes that it makes, their level, and no others."""
    if edit is give:
        rows["participants"][0] |= {"age": None, "age_missing": "Refused"}
    if edit is correct:
        assume(rows["participants"][0]["branch"] is not None)
    if edit is edit_text:
        assume(rows["responses"][0]["text"] is not None)
    before = contents(deepcopy(rows))
    after, expected = edit(deepcopy(rows))
    found = changes(before, after)
    assert set(found) == expected
    assert found.level is EDITS[edit]
    assert set(found.reasons) <= expected


@given(releases(min_participants=1), releases(min_participants=1))
def test_counts_agree_with_a_brute_force_count(first: Made, second: Made) -> None:
    """Rows added, removed and changed are those that a plain comparison of rows finds."""
    found = changes(contents(first), contents(second))
    for name in ("participants", "responses", "codes", "codings"):
        key = SCHEMAS[name].primary_key
        own, other = (
            {tuple(row[part] for part in key): _plain(name, row) for row in rows[name]}
            for rows in (first, second)
        )
        common = own.keys() & other.keys()
        differ = [each for each in common if own[each] != other[each]]
        rows = found.rows.get(name)
        assert (rows.added.n_rows if rows else 0) == len(other.keys() - own.keys())
        assert (rows.removed.n_rows if rows else 0) == len(own.keys() - other.keys())
        assert (rows.changed.n_rows + rows.filled.n_rows if rows else 0) == len(differ)
        if rows and name == "codings":
            answers = [
                {row["response_id"]: row["participant_id"] for row in each["responses"]}
                for each in (first, second)
            ]
            assert rows.removed.n_participants == len(
                {answers[0][each[0]] for each in own.keys() - other.keys()}
            )
            assert rows.added.n_participants == len(
                {answers[1][each[0]] for each in other.keys() - own.keys()}
            )


def _plain(name: str, row: Row) -> tuple[object, ...]:
    """A row's values; NaN as a word, since it does not equal itself."""
    values = (row.get(part) for part in SCHEMAS[name].names)
    return tuple("NaN" if value != value else value for value in values)


def test_participants_who_stayed_are_counted() -> None:
    """Rows that went with their participant are told from rows of those who stayed."""
    people = [participant("P1"), participant("P2")]
    answers = [response("R1", "P1"), response("R2", "P2"), response("R3", "P2")]
    found = changes(
        contents({"participants": people, "responses": answers}),
        contents({"participants": people[1:], "responses": answers[1:2]}),
    )
    removed = found.rows["responses"].removed
    assert (removed.n_rows, removed.n_participants) == (2, 2)
    assert (removed.n_rows_of_kept, removed.n_participants_kept) == (1, 1)


def test_a_table_with_another_key_is_not_matched() -> None:
    """Without a common key nothing is said of single rows, and the key is the change."""
    other = replace(SCHEMAS["coders"], primary_key=())
    before, after = contents({}), contents({"coders": [{"coder_id": "C1"}]}, {**SCHEMAS, "coders": other})
    assert kinds(before, after) == [Change("table.key", "coders")]
    assert not changes(before, after).rows["coders"].is_matched


def test_values_exchanged_one_for_one_are_recoded() -> None:
    """Where each value became another of its own, the field was recoded."""
    before = [participant(f"P{n}", branch=name) for n, name in enumerate(("navy", "army") * 2)]
    after = [{**row, "branch": "army" if row["branch"] == "navy" else "navy"} for row in before]
    found = changes(contents({"participants": before}), contents({"participants": after}))
    assert Change("field.recoded", "participants", "branch") in set(found)
    after[0]["branch"] = "navy"
    found = changes(contents({"participants": before}), contents({"participants": after}))
    assert Change("field.recoded", "participants", "branch") not in set(found)


def test_nothing_said_of_changes_shows_an_answer() -> None:
    """Neither changes nor releases show a text when printed."""
    rows = {"participants": [participant("P1")], "responses": [response("R1", "P1", "Anna listened")]}
    before = contents(rows)
    rows["responses"] = [response("R1", "P1", "Bea listened")]
    after = contents(rows)
    assert "listened" not in repr((before, after, changes(before, after)))
