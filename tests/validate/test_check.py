"""A check tells everything that is wrong with all tables, in order and by place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ppdarchive.model.finding import MAX_PLACES, Place
from ppdarchive.model.schema import (
    Constraints,
    Field,
    FieldsMatch,
    ForeignKey,
    Kind,
    Lexical,
    MissingCode,
    Schema,
)
from ppdarchive.model.table import Form, Provenance, RawTable
from ppdarchive.validate import FunctionFailedError, FunctionRule, RowRule, check
from ppdarchive.validate.expressions import ExpressionError


def table(schema: Schema, rows: list[dict[str, str]], **changes: object) -> RawTable:
    """A table of texts read from ``t.csv``, its first row on line 2."""
    names = list(dict.fromkeys(name for row in rows for name in row)) or list(schema.names)
    cells = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})
    provenance = Provenance(("t.csv",), np.zeros(len(rows), np.int32), np.arange(2, len(rows) + 2))
    return RawTable(schema, cells, provenance, **changes)  # type: ignore[arg-type]


PARENT = Schema(
    "parent",
    (Field("id", Kind.STRING), Field("n", Kind.INTEGER, constraints=Constraints(maximum=9))),
    primary_key=("id",),
)
CHILD = Schema(
    "child",
    (Field("parent_id", Kind.STRING), Field("text", Kind.STRING, constraints=Constraints(required=True))),
    foreign_keys=(ForeignKey(("parent_id",), "parent", ("id",)),),
)


def test_all_failures_of_all_tables_come_at_once_in_order() -> None:
    """Findings follow the schemas' order of tables, then columns, fields and keys."""
    parent = table(PARENT, [{"id": "a", "n": "10"}, {"id": "a", "n": "x"}, {"id": "", "n": "1"}])
    child = table(CHILD, [{"parent_id": "z", "text": ""}, {"parent_id": "a", "text": "hello"}])
    result = check({"child": child, "parent": parent}, {"parent": PARENT, "child": CHILD})
    told = [(finding.rule.id, finding.n_rows, finding.places) for finding in result.findings]
    assert told == [
        ("parent.id.required", 1, (Place("t.csv", 4),)),
        ("parent.n.type", 1, (Place("t.csv", 3),)),
        ("parent.n.maximum", 1, (Place("t.csv", 2),)),
        ("parent.id.primary-key", 1, (Place("t.csv", 3),)),
        ("child.text.required", 1, (Place("t.csv", 2),)),
        ("child.parent_id.foreign-key", 1, (Place("t.csv", 2),)),
    ]
    assert result.tables["parent"].frame["n"].isna().tolist() == [False, True, False]


def test_a_clean_table_is_typed_and_has_companions() -> None:
    """A check without findings gives the typed frame, every field in the schema's order."""
    codes = (MissingCode(""), MissingCode("-99", "Refused"))
    schema = Schema("t", (Field("a", Kind.INTEGER, missing_values=codes), Field("b", Kind.DATE)))
    result = check({"t": table(schema, [{"b": "2020-01-01", "a": "-99"}])}, {"t": schema})
    assert result.findings.ids == ()
    frame = result.tables["t"].frame
    assert frame.columns.tolist() == ["a", "a_missing", "b"]
    assert frame["a_missing"].tolist() == ["Refused"]
    assert repr(result) == "<Checked: 1 tables, 0 findings>"
    assert repr(result.tables["t"]) == "<CheckedTable t: 1 rows>"


@pytest.mark.parametrize(
    ("match", "columns", "changes", "expected"),
    [
        ("exact", "ab", {}, []),
        ("exact", "a", {}, ["t.b.missing-column"]),
        ("exact", "ab", {"unknown_columns": (Place("t.csv", 1, 3),)}, ["t.unknown-column"]),
        ("exact", "ba", {"in_order": False}, ["t.column-order"]),
        ("equal", "ba", {"in_order": False}, []),
        ("equal", "a", {}, ["t.b.missing-column"]),
        ("equal", "ab", {"unknown_columns": (Place("t.csv", 1, 3),)}, ["t.unknown-column"]),
        ("subset", "ab", {"unknown_columns": (Place("t.csv", 1, 3),)}, []),
        ("subset", "b", {}, ["t.a.missing-column"]),
        ("superset", "a", {}, []),
        ("superset", "a", {"unknown_columns": (Place("t.csv", 1, 2),)}, ["t.unknown-column"]),
        ("partial", "a", {"unknown_columns": (Place("t.csv", 1, 2),)}, []),
        ("partial", "", {}, ["t.missing-column"]),
    ],
)
def test_columns_match_fields_as_the_schema_says(
    match: str, columns: str, changes: dict[str, object], expected: list[str]
) -> None:
    """Each value of fieldsMatch demands what Table Schema v2 says."""
    fields = tuple(Field(name, Kind.STRING) for name in "ab")
    schema = Schema("t", fields, fields_match=FieldsMatch(match))
    raw = table(schema, [dict.fromkeys(columns, "x")], **changes) if columns else RawTable(
        schema, pa.table({}), Provenance(("t.csv",), np.zeros(0, np.int32), np.zeros(0, np.int64))
    )  # fmt: skip
    assert list(check({"t": raw}, {"t": schema}).findings.ids) == expected


def test_unknown_columns_are_told_by_position_only() -> None:
    """The place of an unknown column is its number; the finding counts no rows."""
    schema = Schema("t", (Field("a", Kind.STRING),))
    places = (Place("t.csv", 1, 2), Place("t.csv", 1, 3))
    (finding,) = check({"t": table(schema, [{"a": "x"}], unknown_columns=places)}, {"t": schema}).findings
    assert (finding.n_rows, finding.places) == (0, places)


def test_a_finding_names_the_first_places_and_counts_all_rows() -> None:
    """Many broken rows are counted, and the first few named."""
    schema = Schema("t", (Field("a", Kind.INTEGER),))
    rows = [{"a": "x"}] * (MAX_PLACES + 5)
    (finding,) = check({"t": table(schema, rows)}, {"t": schema}).findings
    assert finding.n_rows == MAX_PLACES + 5
    assert [place.line for place in finding.places] == list(range(2, MAX_PLACES + 2))
    assert finding.rows == tuple(range(MAX_PLACES))


def test_rows_of_several_exports_keep_their_own_form() -> None:
    """A range of rows is read in its own date format, the others in the schema's."""
    schema = Schema("t", (Field("a", Kind.DATE),))
    forms = {"a": (Form(0, 1, Lexical()), Form(1, 2, Lexical(format="%d/%m/%Y")))}
    good = table(schema, [{"a": "2020-12-31"}, {"a": "31/12/2020"}], forms=forms)
    assert check({"t": good}, {"t": schema}).findings.ids == ()
    swapped = table(schema, [{"a": "31/12/2020"}, {"a": "2020-12-31"}], forms=forms)
    (finding,) = check({"t": swapped}, {"t": schema}).findings
    assert (finding.rule.id, finding.n_rows) == ("t.a.type", 2)


def test_row_rules_pass_on_null() -> None:
    """An expression is broken where it is false, not where it cannot be decided."""
    schema = Schema("t", (Field("a", Kind.INTEGER), Field("b", Kind.INTEGER)))
    rows = [{"a": "1", "b": "2"}, {"a": "2", "b": "1"}, {"a": "3", "b": ""}]
    rule = RowRule("t", "rising", "a < b", "a is below b")
    (finding,) = check({"t": table(schema, rows)}, {"t": schema}, row_rules=[rule]).findings
    assert (finding.rule.id, finding.rows, finding.rule.demand) == ("t.rising.study", (1,), "a is below b")


def test_a_row_rule_that_does_not_fit_is_refused() -> None:
    """An expression over a field that is not there is no rule."""
    schema = Schema("t", (Field("a", Kind.INTEGER),))
    with pytest.raises(ExpressionError):
        check({"t": table(schema, [])}, {"t": schema}, row_rules=[RowRule("t", "x", "b > 1", "")])


def test_function_rules_see_all_tables() -> None:
    """A rule function gets every frame and judges the rows of its own table."""

    def alone(frames: object, name: str) -> pd.Series:
        assert name == "parent"
        return ~frames["parent"]["id"].isin(frames["child"]["parent_id"])  # type: ignore[index]

    parent = table(PARENT, [{"id": "a", "n": "1"}, {"id": "b", "n": "1"}])
    child = table(CHILD, [{"parent_id": "b", "text": "x"}])
    rule = FunctionRule("parent", "alone", alone, "has no child")
    result = check(
        {"parent": parent, "child": child}, {"parent": PARENT, "child": CHILD}, function_rules=[rule]
    )
    assert [(finding.rule.id, finding.rows) for finding in result.findings] == [("parent.alone.study", (1,))]


@pytest.mark.parametrize(
    "result",
    ["no series", pd.Series([1, 2]), pd.Series([True]), pd.Series([True, True], index=[5, 6])],
    ids=["text", "numbers", "short", "index"],
)
def test_a_rule_function_must_judge_every_row(result: object) -> None:
    """Anything but a boolean column with the table's index is refused."""
    schema = Schema("t", (Field("a", Kind.STRING),))
    rule = FunctionRule("t", "f", lambda *_: result, "")  # type: ignore[arg-type, return-value]
    with pytest.raises(FunctionFailedError):
        check({"t": table(schema, [{"a": "x"}, {"a": "y"}])}, {"t": schema}, function_rules=[rule])


def test_what_a_rule_function_raises_stays_inside() -> None:
    """The exception of a rule function may hold cells, so only its type comes out."""

    def raises(*_: object) -> pd.Series:
        raise KeyError("Zyxwanda")

    schema = Schema("t", (Field("a", Kind.STRING),))
    rule = FunctionRule("t", "f", raises, "")
    with pytest.raises(FunctionFailedError) as caught:
        check({"t": table(schema, [{"a": "x"}])}, {"t": schema}, function_rules=[rule])
    assert caught.value.kind == "KeyError"
    assert caught.value.__context__ is None
    assert "Zyxwanda" not in str(caught.value)


def test_progress_names_each_table() -> None:
    """Each table is announced before it is checked."""
    seen: list[str] = []
    schema = Schema("t", (Field("a", Kind.STRING),))
    check({"t": table(schema, [])}, {"t": schema}, progress=seen.append)
    assert seen == ["t"]


def test_an_empty_table_is_fine() -> None:
    """No rows break no rule."""
    result = check(
        {"parent": table(PARENT, []), "child": table(CHILD, [])}, {"parent": PARENT, "child": CHILD}
    )
    assert result.findings.ids == ()


def test_a_field_without_column_is_all_null_and_breaks_one_rule() -> None:
    """A missing column is told once, not again for each row of a required field."""
    schema = Schema("t", (Field("a", Kind.STRING), Field("b", Kind.INTEGER)), primary_key=("b",))
    result = check({"t": table(schema, [{"a": "x"}])}, {"t": schema})
    assert result.findings.ids == ("t.b.missing-column",)
    assert result.tables["t"].frame["b"].isna().all()


def test_a_required_field_that_may_have_no_column_is_missing_in_every_row() -> None:
    """Where fieldsMatch lets a column be absent, a required field's cells are missing."""
    fields = (Field("a", Kind.STRING), Field("b", Kind.STRING, constraints=Constraints(required=True)))
    schema = Schema("t", fields, fields_match=FieldsMatch.SUPERSET)
    (finding,) = check({"t": table(schema, [{"a": "x"}, {"a": "y"}])}, {"t": schema}).findings
    assert (finding.rule.id, finding.rows) == ("t.b.required", (0, 1))


def test_zero_is_zero_with_any_sign() -> None:
    """0 and -0.0 are one value, in keys too."""
    schema = Schema("t", (Field("a", Kind.NUMBER, constraints=Constraints(unique=True)),))
    rows = [{"a": text} for text in ("0", "-0.0", "-0e5")]
    (finding,) = check({"t": table(schema, rows)}, {"t": schema}).findings
    assert (finding.rule.id, finding.rows) == ("t.a.unique", (1, 2))


def test_a_rule_function_cannot_change_the_tables() -> None:
    """What a rule function does to its frames is not seen outside."""

    def meddles(frames: object, name: str) -> pd.Series:
        frames[name].loc[0, "a"] = 99  # type: ignore[index]
        return pd.Series([True, True])

    schema = Schema("t", (Field("a", Kind.INTEGER),))
    rule = FunctionRule("t", "f", meddles, "")
    result = check({"t": table(schema, [{"a": "1"}, {"a": "2"}])}, {"t": schema}, function_rules=[rule])
    assert result.tables["t"].frame["a"].tolist() == [1, 2]


def test_a_rule_function_cannot_end_the_program() -> None:
    """A function that exits has failed."""

    def exits(*_: object) -> pd.Series:
        raise SystemExit(0)

    schema = Schema("t", (Field("a", Kind.INTEGER),))
    with pytest.raises(FunctionFailedError, match="SystemExit"):
        check({"t": table(schema, [])}, {"t": schema}, function_rules=[FunctionRule("t", "f", exits, "")])
