"""Frictionless, the second opinion: where both can say something, both say the same."""

import json
from dataclasses import replace
from pathlib import Path

import frictionless
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ppdarchive.model.finding import RuleKind
from ppdarchive.model.schema import Constraints, Field, Kind, Schema
from ppdarchive.tableschema import parse_schema, to_descriptor
from ppdarchive.testing import cell_texts, judge_cell, package_tables, packages, raw_table, spoilt_packages
from ppdarchive.testing.bad_cells import NONSENSE
from ppdarchive.testing.fields import fields
from ppdarchive.testing.tables import column_texts

from .differences import DIFFERENCES, may_differ
from .judges import ours, theirs

DOCUMENT = Path(__file__).parents[2] / "docs" / "differences.md"


def shared_field(field: Field) -> Field:
    """The field without what frictionless does not implement, in a form that both understand."""
    demands = field.constraints
    if demands.pattern is not None:
        demands = replace(demands, pattern=f"(?:{demands.pattern})")
    lexical = replace(field.lexical, group_char=None) if field.kind is Kind.INTEGER else field.lexical
    return replace(field, categories=None, categories_ordered=False, constraints=demands, lexical=lexical)


def shared(schema: Schema) -> Schema:
    """The schema without what frictionless does not implement."""
    return schema.replacing(fields=tuple(map(shared_field, schema)), unique_keys=())


shared_packages = packages(max_tables=2).map(lambda drawn: {name: shared(one) for name, one in drawn.items()})


def comparable(tables, schemas):
    """Whether none of the known differences shows in these tables."""
    for name, table in tables.items():
        schema, columns = schemas[name], column_texts(table)
        if not columns or (not table.in_order and len(columns) == 1):
            return False  # no file is written like that
        texts = {field.name: columns.get(field.name, [None] * table.n_rows) for field in schema}
        if any(may_differ(field, text) for field in schema for text in texts[field.name]):
            return False
        values = {
            field.name: [judge_cell(field, text).value for text in texts[field.name]] for field in schema
        }
        rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
        if any(not table.unknown_columns and set(row.values()) == {None} for row in rows):
            return False  # a blank row
        keys = [schema.primary_key, *(key.fields for key in schema.foreign_keys)]
        nulls = [[row[part] is None for part in key] for key in keys for row in rows]
        if any(any(parts) and not all(parts) for parts in nulls):
            return False  # a part of a key is missing
    return True


@given(st.data())
def test_a_valid_package_is_valid_for_both(data):
    """What satisfies its schema satisfies it for both judges."""
    schemas = data.draw(shared_packages)
    tables = data.draw(package_tables(schemas, max_rows=4))
    assume(comparable(tables, schemas))
    nothing = {name: set() for name in schemas}
    assert ours(tables, schemas) == nothing
    assert theirs(tables, schemas) == nothing


@given(st.data())
def test_a_spoilt_package_is_flagged_by_both_in_the_same_rows(data):
    """What breaks one rule is invalid for both judges, in the same row of the same table."""
    schemas = data.draw(shared_packages)
    spoilt = data.draw(spoilt_packages(schemas, max_rows=4))
    assume(comparable(spoilt.tables, schemas))
    rows = None if spoilt.row is None else {spoilt.row}
    expected = {name: rows if name == spoilt.table else set() for name in schemas}
    assert ours(spoilt.tables, schemas) == expected
    # A column that is missing or out of place leaves frictionless with cells of other types.
    is_column_rule = RuleKind(spoilt.rule_id.rpartition(".")[2]) in (
        RuleKind.MISSING_COLUMN,
        RuleKind.UNKNOWN_COLUMN,
        RuleKind.COLUMN_ORDER,
    )
    verdict = theirs(spoilt.tables, schemas)
    assert verdict[spoilt.table] == rows
    assert is_column_rule or verdict == expected


@given(st.data())
def test_a_cell_is_read_alike_unless_a_difference_is_known(data):
    """Any cell means a value, nothing or an error for both, or a difference is on the list."""
    field = shared_field(data.draw(fields("a")))
    field = replace(field, constraints=Constraints())
    text = data.draw(st.sampled_from(NONSENSE) | st.text(max_size=5) | cell_texts(field).filter(bool))
    assume(not may_differ(field, text))
    schema = frictionless.Schema.from_descriptor(to_descriptor(Schema("t", (field,))))
    value, notes = schema.get_field("a").read_cell(text)
    verdict = judge_cell(field, text)
    assert bool(notes) == bool(verdict.kinds)
    assert (value is None) == (verdict.value is None)


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.name)
def test_a_known_difference_is_real(difference):
    """Frictionless says one thing of the table and we the other."""
    descriptor = {"fields": difference.fields, **difference.properties}
    schema = parse_schema(json.dumps(descriptor), name="t", path="t.json")
    columns = {field.name: [row[n] for row in difference.rows] for n, field in enumerate(schema)}
    tables = {"t": raw_table(schema, columns)}
    assert (theirs(tables, {"t": schema})["t"] == set()) is difference.accepted
    assert (ours(tables, {"t": schema})["t"] == set()) is not difference.accepted


def test_the_document_lists_exactly_the_known_differences():
    """Each difference has its line in the documentation, and each line its test."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    listed = [line.split("`")[1] for line in lines if line.startswith("| `")]
    listed = [name for name in listed if not name.startswith("pandera-")]
    assert listed == [difference.name for difference in DIFFERENCES]
