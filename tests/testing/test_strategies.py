"""What the strategies draw is what they promise, and all kinds of it are drawn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppdarchive.model.finding import Place, RuleKind
from ppdarchive.model.schema import Constraints, Field, FieldsMatch, Kind, Lexical, Schema
from ppdarchive.testing import (
    SPOILABLE,
    broken,
    cell_texts,
    frames,
    judge_cell,
    package_frames,
    package_tables,
    packages,
    schemas,
    spoilt_packages,
    spoilt_tables,
    tables,
)
from ppdarchive.testing.spoil import with_cells
from ppdarchive.validate import check

ONE_BY_ONE = settings(max_examples=400, derandomize=True, database=None)


def found(raw, schemas_by_name):
    """What validation finds, in the oracle's words."""
    findings = check(raw, schemas_by_name).findings
    return {(one.rule.id, one.rule.table, row) for one in findings for row in one.rows or (None,)}


@given(st.data())
def test_tables_satisfy_their_schema(data):
    """Neither the oracle nor validation finds anything in a drawn table."""
    schema = data.draw(schemas())
    table = data.draw(tables(schema))
    assert broken({schema.name: table}, {schema.name: schema}) == set()
    assert found({schema.name: table}, {schema.name: schema}) == set()


@given(st.data())
def test_tables_of_a_package_satisfy_their_schemas(data):
    """Foreign keys among drawn tables hold, for the oracle and for validation."""
    drawn = data.draw(packages())
    raw = data.draw(package_tables(drawn))
    assert list(raw) == list(drawn)
    assert broken(raw, drawn) == set()
    assert found(raw, drawn) == set()


@given(st.data())
def test_spoilt_tables_break_one_rule_at_one_place(data):
    """Oracle and validation find what was spoilt and nothing else."""
    schema = data.draw(schemas())
    spoilt = data.draw(spoilt_tables(schema))
    expected = {(spoilt.rule_id, spoilt.table, spoilt.row)}
    assert broken(spoilt.tables, {schema.name: schema}) == expected
    assert found(spoilt.tables, {schema.name: schema}) == expected


@given(st.data())
def test_spoilt_packages_break_one_rule_at_one_place(data):
    """Oracle and validation find what was spoilt and nothing else, in any table of a package."""
    drawn = data.draw(packages())
    spoilt = data.draw(spoilt_packages(drawn))
    assert found(spoilt.tables, drawn) == {(spoilt.rule_id, spoilt.table, spoilt.row)}


@given(st.data())
def test_any_cells_are_judged_as_the_oracle_judges_them(data):
    """On cells of one table in columns of another, oracle and validation find the same."""
    schema = data.draw(schemas(max_fields=3))
    other = data.draw(schemas(max_fields=3))
    raw = data.draw(tables(schema, min_rows=1, max_rows=4))
    foreign = st.one_of([cell_texts(field) for field in other])
    for name in raw.cells.column_names:
        row = data.draw(st.integers(0, raw.n_rows - 1))
        raw = with_cells(raw, row, {name: data.draw(foreign)})
    assert found({schema.name: raw}, {schema.name: schema}) == broken(
        {schema.name: raw}, {schema.name: schema}
    )


@given(st.data())
def test_rows_know_their_lines(data):
    """Each row of a drawn table comes from a line of one file with one header row."""
    schema = data.draw(schemas(name="ages"))
    table = data.draw(tables(schema, min_rows=1))
    assert [table.provenance.place(row) for row in range(table.n_rows)] == [
        Place("ages.csv", row + 2) for row in range(table.n_rows)
    ]


@given(st.data())
def test_frames_have_every_field_and_companion(data):
    """A drawn frame has the columns that a checked table has."""
    schema = data.draw(schemas())
    checked = data.draw(frames(schema))
    assert list(checked.frame.columns) == [field.name for field in schema.with_companions]


@given(packages(max_tables=2).flatmap(lambda drawn: st.tuples(st.just(drawn), package_frames(drawn))))
def test_frames_of_a_package_are_there_for_every_table(case):
    """Each schema has its frame."""
    drawn, made = case
    assert set(made) == set(drawn)


def test_every_kind_of_field_and_choice_is_drawn():
    """All types, ways to match columns, sorts of key, of constraint and of lexical form are drawn."""
    seen = set()

    @ONE_BY_ONE
    @given(schemas())
    def draw(schema):
        seen.add(schema.fields_match)
        seen.update(name for name in ("primary_key", "unique_keys", "foreign_keys") if getattr(schema, name))
        for field in schema:
            seen.add(field.kind)
            seen.update(("lexical", name) for name in Lexical.__slots__ if _differs(field.lexical, name))
            seen.update(("item", field.lexical.item_kind) for _ in (1,) if field.kind is Kind.LIST)
            seen.update(name for name in Constraints.__slots__ if _differs(field.constraints, name))
            seen.update(("categories", field.kind, field.categories_ordered) for _ in field.categories or ())
            seen.update(("code", code.label is None) for code in field.missing_values)
            seen.update((own.role, own.treatment.method) for own in (field.disclosure,) if own is not None)

    draw()
    wanted = {*FieldsMatch, *Kind, "primary_key", "unique_keys", "foreign_keys", *Constraints.__slots__}
    wanted |= {("lexical", name) for name in Lexical.__slots__}
    wanted |= {
        ("categories", kind, ordered) for kind in (Kind.STRING, Kind.INTEGER) for ordered in (True, False)
    }
    wanted |= {("code", True), ("code", False)}
    assert wanted <= seen


def _differs(value, name):
    return getattr(value, name) != getattr(type(value)(), name)


FORCED = {
    RuleKind.TYPE: Field("f", Kind.DATETIME),
    RuleKind.FORMAT: Field("f", Kind.STRING, lexical=Lexical(format="uuid")),
    RuleKind.REQUIRED: Field("f", Kind.STRING, constraints=Constraints(required=True)),
    RuleKind.UNIQUE: Field("f", Kind.NUMBER, constraints=Constraints(unique=True)),
    RuleKind.MINIMUM: Field("f", Kind.INTEGER, constraints=Constraints(minimum=3, maximum=5)),
    RuleKind.MAXIMUM: Field("f", Kind.YEAR, constraints=Constraints(minimum=1990, maximum=2000)),
    RuleKind.EXCLUSIVE_MINIMUM: Field("f", Kind.NUMBER, constraints=Constraints(exclusive_minimum=0.5)),
    RuleKind.EXCLUSIVE_MAXIMUM: Field("f", Kind.INTEGER, constraints=Constraints(exclusive_maximum=7)),
    RuleKind.MIN_LENGTH: Field("f", Kind.LIST, constraints=Constraints(min_length=2)),
    RuleKind.MAX_LENGTH: Field("f", Kind.STRING, constraints=Constraints(max_length=3)),
    RuleKind.PATTERN: Field("f", Kind.STRING, constraints=Constraints(pattern="a|b")),
    RuleKind.ENUM: Field("f", Kind.BOOLEAN, constraints=Constraints(enum=(True,))),
}


@pytest.mark.parametrize("kind", FORCED)
def test_a_rule_that_a_schema_has_can_be_broken(kind):
    """A table that breaks the one rule asked for is drawn."""
    schema = Schema("t", (FORCED[kind],))

    @settings(max_examples=20)
    @given(spoilt_tables(schema, kinds=[kind]))
    def check_one(spoilt):
        assert spoilt.rule_id == f"t.f.{kind.value}"
        assert found(spoilt.tables, {"t": schema}) == {(spoilt.rule_id, "t", spoilt.row)}

    check_one()


def test_all_but_a_studys_own_rules_can_be_broken():
    """The list of kinds that can be broken forgets none."""
    assert {*SPOILABLE, RuleKind.STUDY} == set(RuleKind)


@pytest.mark.parametrize(
    ("field", "text", "kinds"),
    [
        (Field("f", Kind.INTEGER), "1_000", {RuleKind.TYPE}),
        (Field("f", Kind.INTEGER), "٣", {RuleKind.TYPE}),
        (Field("f", Kind.INTEGER), "", set()),
        (Field("f", Kind.INTEGER, constraints=Constraints(required=True)), "", {RuleKind.REQUIRED}),
        (Field("f", Kind.STRING, constraints=Constraints(pattern="a|b")), "axxx", {RuleKind.PATTERN}),
        (Field("f", Kind.STRING, constraints=Constraints(pattern="a|b")), "a\n", {RuleKind.PATTERN}),
        (Field("f", Kind.DATE), "2020-13-45", {RuleKind.TYPE}),
        (Field("f", Kind.LIST, lexical=Lexical(item_kind=Kind.INTEGER)), "1,,2", {RuleKind.TYPE}),
        (Field("f", Kind.STRING, lexical=Lexical(format="email")), "a@b", {RuleKind.FORMAT}),
    ],
)
def test_the_oracle_knows_the_traps(field, text, kinds):
    """Cells that careless parsers take are refused, by the rule that the standard has for them."""
    assert judge_cell(field, text).kinds == kinds
