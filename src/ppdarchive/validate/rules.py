"""Schema -> Rules, as data: what must hold, with stable ids; knows no engine."""

from __future__ import annotations

from collections.abc import Iterator

from ppdarchive.model.finding import Rule, RuleKind
from ppdarchive.model.schema import Constraints, Field, FieldsMatch, Kind, Scalar, Schema

_ALL_PRESENT = (FieldsMatch.EXACT, FieldsMatch.EQUAL, FieldsMatch.SUBSET)
_NONE_UNKNOWN = (FieldsMatch.EXACT, FieldsMatch.EQUAL, FieldsMatch.SUPERSET)


def rules(schema: Schema) -> tuple[Rule, ...]:
    """List everything that `schema` demands of its table, in a fixed order.

    Columns come first, then each field's rules, then keys. Fields of the primary key are required
    whether they say so or not (Table Schema v2, primaryKey).

    Returns
    -------
    tuple of Rule
    """
    result = [*_column_rules(schema)]
    for field in schema.fields:
        result += _field_rules(schema, field)
    result += _key_rules(schema)
    return tuple(result)


def _column_rules(schema: Schema) -> Iterator[Rule]:
    table = schema.name
    if schema.fields_match in _ALL_PRESENT:
        for field in schema.fields:
            yield Rule(table, RuleKind.MISSING_COLUMN, (field.name,), f"a column {field.name} is there")
    elif schema.fields_match is FieldsMatch.PARTIAL:
        yield Rule(table, RuleKind.MISSING_COLUMN, (), "at least one of the fields has a column")
    if schema.fields_match in _NONE_UNKNOWN:
        yield Rule(table, RuleKind.UNKNOWN_COLUMN, (), "every column belongs to a field")
    if schema.fields_match is FieldsMatch.EXACT:
        yield Rule(table, RuleKind.COLUMN_ORDER, (), "the columns stand in the schema's order")


def _field_rules(schema: Schema, field: Field) -> Iterator[Rule]:
    def rule(kind: RuleKind, demand: str, operand: Scalar | tuple[Scalar, ...] | None = None) -> Rule:
        return Rule(schema.name, kind, (field.name,), demand, operand)

    if field.kind is not Kind.STRING:
        yield rule(RuleKind.TYPE, f"every value is {_article(field.kind.value)}{_format_words(field)}")
    elif field.lexical.format != "default":
        yield rule(RuleKind.FORMAT, f"every value has the form of {_article(field.lexical.format)}")
    if field.categories is not None:
        values = tuple(category.value for category in field.categories)
        yield rule(RuleKind.CATEGORY, f"every value is one of the categories {_shown(values)}", values)
    if field.constraints.required or field.name in schema.primary_key:
        yield rule(RuleKind.REQUIRED, "no value is missing")
    if field.constraints.unique:
        yield rule(RuleKind.UNIQUE, "no value occurs twice")
    for kind, words, operand in _bounds(field.constraints):
        if operand is not None:
            yield rule(kind, words.format(_shown(operand)), operand)


def _bounds(constraints: Constraints) -> tuple[tuple[RuleKind, str, Scalar | tuple[Scalar, ...] | None], ...]:
    return (
        (RuleKind.MINIMUM, "no value is below {}", constraints.minimum),
        (RuleKind.MAXIMUM, "no value is above {}", constraints.maximum),
        (RuleKind.EXCLUSIVE_MINIMUM, "every value is above {}", constraints.exclusive_minimum),
        (RuleKind.EXCLUSIVE_MAXIMUM, "every value is below {}", constraints.exclusive_maximum),
        (RuleKind.MIN_LENGTH, "no value is shorter than {}", constraints.min_length),
        (RuleKind.MAX_LENGTH, "no value is longer than {}", constraints.max_length),
        (RuleKind.PATTERN, "every value matches {} as a whole", constraints.pattern),
        (RuleKind.ENUM, "every value is one of {}", constraints.enum),
    )


def _key_rules(schema: Schema) -> Iterator[Rule]:
    table = schema.name
    if schema.primary_key:
        yield Rule(table, RuleKind.PRIMARY_KEY, schema.primary_key, "no row repeats the primary key")
    for unique_key in schema.unique_keys:
        yield Rule(table, RuleKind.UNIQUE_KEY, unique_key, "no row repeats these fields together")
    for key in schema.foreign_keys:
        target = key.resource or table
        yield Rule(
            table,
            RuleKind.FOREIGN_KEY,
            key.fields,
            f"every value occurs in {target} ({', '.join(key.reference_fields)})",
            reference=(target, key.reference_fields),
        )


def _article(word: str) -> str:
    return f"an {word}" if word[0] in "aeio" else f"a {word}"


def _format_words(field: Field) -> str:
    return "" if field.lexical.format == "default" else f" written as {field.lexical.format}"


def _shown(operand: Scalar | tuple[Scalar, ...]) -> str:
    if isinstance(operand, tuple):
        few = ", ".join(str(item) for item in operand[:5])
        return few if len(operand) <= 5 else f"{few}, ... ({len(operand)} values)"
    return str(operand)
