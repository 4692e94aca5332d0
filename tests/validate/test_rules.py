"""Rules are data: their ids are stable, and no operand is lost."""

from __future__ import annotations

from ppdarchive.model.schema import (
    Category,
    Constraints,
    Field,
    FieldsMatch,
    ForeignKey,
    Kind,
    Lexical,
    Schema,
)
from ppdarchive.tableschema import Package
from ppdarchive.validate.rules import rules

FULL = Schema(
    "t",
    (
        Field("k", Kind.STRING, constraints=Constraints(pattern="[a-z]+", min_length=1, max_length=4)),
        Field("n", Kind.INTEGER, constraints=Constraints(unique=True, minimum=0, exclusive_maximum=9)),
        Field("d", Kind.DATE, lexical=Lexical(format="%d/%m/%Y")),
        Field("e", Kind.STRING, lexical=Lexical(format="email")),
        Field("c", Kind.STRING, categories=(Category("x"),), constraints=Constraints(required=True)),
        Field("x", Kind.NUMBER, constraints=Constraints(exclusive_minimum=0, maximum=1)),
        Field("v", Kind.STRING, constraints=Constraints(enum=("a", "b", "c", "d", "e", "f"))),
    ),
    primary_key=("k",),
    unique_keys=(("n", "d"),),
    foreign_keys=(ForeignKey(("n",), "", ("n",)), ForeignKey(("v",), "other", ("w",))),
    fields_match=FieldsMatch.EXACT,
)


def test_every_demand_of_a_schema_is_a_rule() -> None:
    """The list of rules is complete and in a fixed order."""
    assert [(rule.id, rule.demand) for rule in rules(FULL) if "column" not in rule.kind] == [
        ("t.k.required", "no value is missing"),
        ("t.k.min-length", "no value is shorter than 1"),
        ("t.k.max-length", "no value is longer than 4"),
        ("t.k.pattern", "every value matches [a-z]+ as a whole"),
        ("t.n.type", "every value is an integer"),
        ("t.n.unique", "no value occurs twice"),
        ("t.n.minimum", "no value is below 0"),
        ("t.n.exclusive-maximum", "every value is below 9"),
        ("t.d.type", "every value is a date written as %d/%m/%Y"),
        ("t.e.format", "every value has the form of an email"),
        ("t.c.category", "every value is one of the categories x"),
        ("t.c.required", "no value is missing"),
        ("t.x.type", "every value is a number"),
        ("t.x.maximum", "no value is above 1"),
        ("t.x.exclusive-minimum", "every value is above 0"),
        ("t.v.enum", "every value is one of a, b, c, d, e, ... (6 values)"),
        ("t.k.primary-key", "no row repeats the primary key"),
        ("t.n+d.unique-key", "no row repeats these fields together"),
        ("t.n.foreign-key", "every value occurs in t (n)"),
        ("t.v.foreign-key", "every value occurs in other (w)"),
    ]


def test_ids_are_unique(profile: Package) -> None:
    """No two rules of the profile share an id."""
    ids = [rule.id for schema in profile.schemas.values() for rule in rules(schema)]
    assert len(ids) == len(set(ids))
    assert "participants.age.maximum" in ids
    assert "codings.response_id+code_id+coder_id+start+end+stage.primary-key" in ids
