"""Schemas and metadata that differ, field by field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.changes import Change
from ppdarchive.changes.schemas import metadata_changes, schema_changes
from ppdarchive.model.schema import (
    Category,
    Constraints,
    Field,
    FieldsMatch,
    ForeignKey,
    Kind,
    Lexical,
    MissingCode,
    Role,
    Schema,
)

from .made import field

BRANCH = field(
    "branch",
    categories=(Category("a", "Army"), Category("n", "Navy"), Category("x")),
    constraints=Constraints(required=True, minimum=None),
)
AGE = field("age", Kind.INTEGER, unit="years", constraints=Constraints(minimum=18, maximum=60))


def of_fields(before: Field, after: Field) -> list[tuple[str, tuple[str, ...]]]:
    """The changes of one field, without where it is."""
    found = schema_changes({"t": Schema("t", (before,))}, {"t": Schema("t", (after,))})
    return [(change.kind, change.names) for change in found]


@pytest.mark.parametrize(
    ("own", "changes", "expected"),
    [
        (AGE, {"title": "Age"}, [("field.described", ())]),
        (AGE, {"description": "In years."}, [("field.described", ())]),
        (AGE, {"unit": "months"}, [("field.unit", ("years", "months"))]),
        (AGE, {"unit": None}, [("field.described", ())]),
        (AGE, {"kind": Kind.NUMBER}, [("field.retyped", ("integer", "number"))]),
        (AGE, {"lexical": Lexical(decimal_char=",")}, [("field.rewritten", ())]),
        (AGE, {"constraints": Constraints(minimum=20, maximum=60)}, [("field.tightened", ("minimum",))]),
        (AGE, {"constraints": Constraints(minimum=18, maximum=70)}, [("field.loosened", ("maximum",))]),
        (AGE, {"constraints": Constraints()}, [("field.loosened", ("maximum", "minimum"))]),
        (
            AGE,
            {"constraints": Constraints(required=True, minimum=16, maximum=60)},
            [("field.tightened", ("required",)), ("field.loosened", ("minimum",))],
        ),
        (AGE, {"constraints": Constraints(minimum="18", maximum=60)}, [("field.tightened", ("minimum",))]),
        (BRANCH, {"constraints": Constraints()}, [("field.unpromised", ("required",))]),
        (
            BRANCH,
            {"constraints": Constraints(required=True, pattern="[a-z]", enum=("a",))},
            [("field.tightened", ("enum", "pattern"))],
        ),
        (
            BRANCH,
            {"categories": (Category("a", "Army"), Category("n", "Navy"), Category("x"), Category("c"))},
            [("field.category-added", ("c",))],
        ),
        (
            BRANCH,
            {"categories": (Category("a", "Army"), Category("x"))},
            [("field.category-removed", ("n",))],
        ),
        (
            BRANCH,
            {"categories": (Category("a", "Army"), Category("n", "Marines"), Category("x"))},
            [("field.category-relabelled", ("n",))],
        ),
        (
            BRANCH,
            {"categories": (Category("a", "Army"), Category("n", "Navy"), Category("x", "Other"))},
            [("field.described", ())],
        ),
        (
            BRANCH,
            {"categories": (Category("n", "Navy"), Category("a", "Army"), Category("x"))},
            [("field.category-resorted", ())],
        ),
        (BRANCH, {"categories_ordered": True}, [("field.order-declared", ())]),
        (BRANCH, {"categories": None}, [("field.retyped", ("string, categorical", "string"))]),
        (
            BRANCH,
            {"missing_values": (MissingCode(""), MissingCode("-99", "Refused"))},
            [("field.missing-added", ("-99",))],
        ),
        (BRANCH, {"missing_values": (MissingCode("", "Blank"),)}, [("field.missing-relabelled", ("",))]),
        (BRANCH, {"missing_values": ()}, [("field.missing-removed", ("",))]),
        (
            BRANCH,
            {"disclosure": field("x", role=Role.SENSITIVE).disclosure},
            [("field.disclosure", ())],
        ),
    ],
)
def test_each_part_of_a_field_has_its_change(
    own: Field, changes: dict[str, Any], expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    """What is declared otherwise of a field is told as what it is, and as nothing else."""
    assert of_fields(own, replace(own, **changes)) == expected


def test_ordered_categories_in_another_order_break() -> None:
    """The order of categories counts where they have one, and it can be withdrawn."""
    own = replace(BRANCH, categories_ordered=True)
    turned = replace(own, categories=tuple(reversed(own.categories or ())))
    assert of_fields(own, turned) == [("field.category-reordered", ())]
    assert of_fields(own, BRANCH) == [("field.order-withdrawn", ())]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": "People"}, [Change("table.described", "t")]),
        ({"fields_match": FieldsMatch.SUBSET}, [Change("table.matching", "t")]),
        ({"primary_key": ("age",)}, [Change("table.key", "t", names=("age",))]),
        ({"fields": (BRANCH, AGE)}, [Change("table.reordered", "t")]),
        ({"fields": (AGE,)}, [Change("field.removed", "t", "branch")]),
        ({"fields": (field("id"), AGE, BRANCH)}, [Change("field.added", "t", "id")]),
        ({"unique_keys": (("age", "branch"),)}, [Change("table.unique-added", "t", names=("age", "branch"))]),
        (
            {"foreign_keys": (ForeignKey(("age",), "", ("branch",)),)},
            [Change("table.reference-added", "t", names=("age", "t", "branch"))],
        ),
    ],
)
def test_each_part_of_a_table_has_its_change(changes: dict[str, Any], expected: list[Change]) -> None:
    """What is declared otherwise of a table is told as what it is, and the other way round as the reverse."""
    schema = Schema("t", (AGE, BRANCH))
    other = replace(schema, **changes)
    assert list(schema_changes({"t": schema}, {"t": other})) == expected
    back = list(schema_changes({"t": other}, {"t": schema}))
    assert len(back) == len(expected)
    turned = {"removed": "added", "added": "removed"}
    for change, own in zip(back, expected, strict=True):
        place, dash, what = own.kind.rpartition("-" if "-" in own.kind else ".")
        assert change.kind == f"{place}{dash}{turned.get(what, what)}"


def test_tables_come_and_go() -> None:
    """A table of one release only is added or removed, and its fields are not listed."""
    schema = Schema("t", (AGE,))
    assert list(schema_changes({}, {"t": schema})) == [Change("table.added", "t")]
    assert list(schema_changes({"t": schema}, {})) == [Change("table.removed", "t")]


METADATA = {
    "name": "mood",
    "title": "Mood",
    "version": "1.0.0",
    "created": "2026-01-01T00:00:00Z",
    "licenses": [{"name": "CC-BY-4.0"}],
    "contributors": [{"title": "R. Invented"}],
    "resources": [{"name": "t"}],
    "ppdarchive": {"format": "1", "audience": "public", "risk": {"k": 11}},
}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"version": "2.0.0", "created": "2027-01-01T00:00:00Z", "resources": []}, []),
        ({"title": "Moods"}, [Change("package.metadata", names=("title",))]),
        ({"contributors": []}, [Change("package.metadata", names=("contributors",))]),
        ({"name": "moods"}, [Change("package.name")]),
        ({"licenses": [{"name": "CC0-1.0"}]}, [Change("package.licenses")]),
        (
            {"ppdarchive": {"format": "2", "audience": "all", "risk": {"k": 12}}, "keywords": ["a"]},
            [Change("package.format"), Change("package.metadata", names=("keywords", "ppdarchive.audience"))],
        ),
        ({"$schema": "https://datapackage.org/profiles/3.0/x.json"}, [Change("package.standard")]),
    ],
)
def test_members_that_differ_are_named(members: dict[str, Any], expected: list[Change]) -> None:
    """A member that differs is named and not shown; what every release has of its own is not looked at."""
    assert list(metadata_changes(METADATA, {**METADATA, **members})) == expected


@given(st.permutations(["a", "b", "c"]))
def test_the_order_of_members_and_tables_does_not_matter(names: list[str]) -> None:
    """Schemas and metadata are looked up by name."""
    schemas = {name: Schema(name, (AGE,)) for name in "abc"}
    turned = {name: schemas[name] for name in names}
    assert not list(schema_changes(schemas, turned))
    assert not list(metadata_changes(dict.fromkeys("abc"), dict.fromkeys(names)))
