"""Schema -> Table Schema JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from typing import Final

from ppdarchive.model.lexical import parser
from ppdarchive.model.schema import (
    Field,
    FieldsMatch,
    JsonValue,
    Lexical,
    MissingCode,
    Scalar,
    Schema,
)

TABLE_SCHEMA: Final = "https://datapackage.org/profiles/2.0/tableschema.json"
DATA_PACKAGE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"


def to_descriptor(schema: Schema) -> dict[str, JsonValue]:
    """The schema as Table Schema v2 JSON, with members in a fixed order and defaults left out.

    ``parse_schema(json.dumps(to_descriptor(s)), ...) == s`` for every schema that can be parsed.
    """
    result: dict[str, JsonValue] = {"$schema": TABLE_SCHEMA}
    result |= _texts(title=schema.title, description=schema.description)
    result["fields"] = [_field_descriptor(field, schema.missing_values) for field in schema.fields]
    if schema.fields_match is not FieldsMatch.EXACT:
        result["fieldsMatch"] = schema.fields_match.value
    if schema.missing_values != (MissingCode(""),):
        result["missingValues"] = _codes_descriptor(schema.missing_values)
    if schema.primary_key:
        result["primaryKey"] = list(schema.primary_key)
    if schema.unique_keys:
        result["uniqueKeys"] = [list(key) for key in schema.unique_keys]
    if schema.foreign_keys:
        result["foreignKeys"] = [
            {
                "fields": list(key.fields),
                "reference": {"resource": key.resource, "fields": list(key.reference_fields)},
            }
            for key in schema.foreign_keys
        ]
    return result


def _texts(**texts: str | None) -> dict[str, JsonValue]:
    return {key: text for key, text in texts.items() if text is not None}


def _field_descriptor(field: Field, inherited: tuple[MissingCode, ...]) -> JsonValue:
    result: dict[str, JsonValue] = {"name": field.name, "type": field.kind.value}
    result |= _texts(title=field.title, description=field.description, unit=field.unit)
    result.update(_lexical_descriptor(field.lexical))
    if field.categories is not None:
        result["categories"] = [
            category.value if category.label is None else {"value": category.value, "label": category.label}
            for category in field.categories
        ]
    if field.categories_ordered:
        result["categoriesOrdered"] = True
    if field.missing_values != inherited:
        result["missingValues"] = _codes_descriptor(field.missing_values)
    if constraints := dict(_constraints_descriptor(field)):
        result["constraints"] = constraints
    if field.disclosure is not None:
        treatment = field.disclosure.treatment
        identifier = field.disclosure.identifier
        result["disclosure"] = {
            "role": field.disclosure.role.value,
            "treatment": {"method": treatment.method, **treatment.parameters},
            **({} if identifier is None else {"class": identifier}),
        }
    return result


def _codes_descriptor(codes: tuple[MissingCode, ...]) -> JsonValue:
    # Data Package v2 wants all entries to be texts or all to be objects.
    if all(code.label is None for code in codes):
        return [code.value for code in codes]
    return [
        {"value": code.value} if code.label is None else {"value": code.value, "label": code.label}
        for code in codes
    ]


def _lexical_descriptor(lexical: Lexical) -> dict[str, JsonValue]:
    default = Lexical()
    pairs: dict[str, tuple[JsonValue, JsonValue]] = {
        "format": (lexical.format, default.format),
        "decimalChar": (lexical.decimal_char, default.decimal_char),
        "groupChar": (lexical.group_char, default.group_char),
        "bareNumber": (lexical.bare_number, default.bare_number),
        "trueValues": (list(lexical.true_values), list(default.true_values)),
        "falseValues": (list(lexical.false_values), list(default.false_values)),
        "delimiter": (lexical.delimiter, default.delimiter),
        "itemType": (lexical.item_kind.value, default.item_kind.value),
    }
    return {key: value for key, (value, standard) in pairs.items() if value != standard}


def _constraints_descriptor(field: Field) -> Iterator[tuple[str, JsonValue]]:
    constraints = field.constraints
    named: dict[str, Scalar | tuple[Scalar, ...] | None] = {
        "required": constraints.required or None,
        "unique": constraints.unique or None,
        "minimum": constraints.minimum,
        "maximum": constraints.maximum,
        "exclusiveMinimum": constraints.exclusive_minimum,
        "exclusiveMaximum": constraints.exclusive_maximum,
        "minLength": constraints.min_length,
        "maxLength": constraints.max_length,
        "pattern": constraints.pattern,
        "enum": constraints.enum,
    }
    for key, value in named.items():
        if isinstance(value, tuple):
            yield key, [_json_scalar(item, field) for item in value]
        elif value is not None:
            yield key, _json_scalar(value, field)


def _json_scalar(value: Scalar, field: Field) -> JsonValue:
    """The value as JSON; dates in the field's own format, or in the default one if that loses a part."""
    if not isinstance(value, date | time):
        return value
    if field.lexical.format != "default":
        year = f"{value.year:04d}" if isinstance(value, date) else "1900"  # strftime does not pad it
        text = value.strftime(field.lexical.format.replace("%Y", year))
        if parser(field)(text) == value:
            return text
    return value.isoformat()
