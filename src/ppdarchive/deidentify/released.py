"""The released schema: computed from the incoming one and its treatments, never written by hand."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from ppdarchive.deidentify.treatments import METHODS
from ppdarchive.deidentify.treatments.rare import with_reason
from ppdarchive.model.schema import (
    Constraints,
    Disclosure,
    Field,
    FieldsMatch,
    ForeignKey,
    Kind,
    Lexical,
    MissingCode,
    Role,
    Schema,
    Schemas,
    Treatment,
)

POSITIONS: Final = ("start", "end")
"""The fields of a table of codings that say which segment of a text is marked."""

_BLANK: Final = (MissingCode(""),)


def released(schemas: Schemas) -> Schemas:
    """The schemas of what is published under the treatments that `schemas` declare.

    Fields that are dropped, or that say nothing of disclosure, are gone, and so are keys that need
    them. Reasons of missing values are fields of their own. All treatments of the result are
    ``keep``, so releasing it again changes nothing.

    Parameters
    ----------
    schemas : mapping of str to Schema

    Returns
    -------
    mapping of str to Schema
        Tables of which no field is left are gone.
    """
    moving = {name for name in schemas if coded_text(schemas, name) is not None}
    schemas = {name: _moving(each) if name in moving else each for name, each in schemas.items()}
    result: dict[str, Schema] = {}
    for name, schema in schemas.items():
        fields = tuple(field for given in schema.fields for field in _released_fields(given))
        if fields:
            result[name] = replace(
                schema,
                fields=fields,
                fields_match=FieldsMatch.EXACT,
                missing_values=_BLANK,
                primary_key=schema.primary_key if _tells_apart(schema, schema.primary_key) else (),
                unique_keys=tuple(key for key in schema.unique_keys if _tells_apart(schema, key)),
                foreign_keys=(),
            )
    for name, schema in result.items():
        keys = tuple(
            key
            for key in schemas[name].foreign_keys
            if _still_refers(key, name, schemas, result)
            and not (key.resource in moving and set(key.reference_fields) & set(POSITIONS))
        )
        result[name] = replace(schema, foreign_keys=keys)
    return MappingProxyType(result)


def coded_text(schemas: Schemas, name: str) -> tuple[str, str] | None:
    """The table and text field whose segments the table `name` marks by ``start`` and ``end``.

    Returns
    -------
    tuple of str, or None
        None if it marks none: it lacks one of the two whole numbers, or refers to no table with
        free text that is redacted.
    """
    schema = schemas[name]
    if not all(each in schema and _is_position(schema[each]) for each in POSITIONS):
        return None
    for key in schema.foreign_keys:
        target = schemas.get(key.resource)
        for field in target.fields if target is not None else ():
            is_free = field.disclosure is not None and field.disclosure.role is Role.FREE_TEXT
            if is_free and _method(field) == "text":
                return key.resource, field.name
    return None


def _is_position(field: Field) -> bool:
    return field.kind is Kind.INTEGER and field.categories is None


def _moving(schema: Schema) -> Schema:
    """A schema of codings: redaction moves their segments, and what bound them binds no more."""
    fields = tuple(
        replace(field, constraints=_moved_bounds(field)) if field.name in POSITIONS else field
        for field in schema
    )
    unique = tuple(key for key in schema.unique_keys if not set(key) & set(POSITIONS))
    return replace(schema, fields=fields, unique_keys=unique)


def _moved_bounds(field: Field) -> Constraints:
    """No segment begins before its text, or ends before its first character."""
    least, given = POSITIONS.index(field.name), field.constraints.minimum
    minimum = given if isinstance(given, int | float) and given <= least else None
    return Constraints(required=field.constraints.required, minimum=minimum)


def _released_fields(field: Field) -> tuple[Field, ...]:
    """A field as it is published, with its companion; nothing if it is dropped or undeclared."""
    if field.disclosure is None:
        return ()
    method = METHODS[field.disclosure.treatment.method]
    own = method.field(replace(field, lexical=_written(field)))
    if own is None:
        return ()
    own = replace(
        own,
        description=_told(field),
        missing_values=_no_code(own),
        disclosure=Disclosure(field.disclosure.role, Treatment("keep")),
    )
    companion = field.companion
    if (reason := method.reason(field)) is not None:
        companion = with_reason(field, companion, reason)
    if companion is None:
        return (own,)
    return (own, replace(companion, disclosure=own.disclosure))


def _no_code(field: Field) -> tuple[MissingCode, ...]:
    """The empty text stands for null, as everywhere, unless it is one of the field's categories."""
    is_category = any(category.value == "" for category in field.categories or ())
    return () if is_category else _BLANK


def _written(field: Field) -> Lexical:
    """How released values are written: every type's default form, whatever the export used."""
    if field.kind is Kind.STRING:
        return Lexical(format=field.lexical.format)
    keeps_zone = field.kind is Kind.DATETIME and "%z" in field.lexical.format
    # Items of a list may hold any delimiter but their own.
    return Lexical(
        format="%Y-%m-%dT%H:%M:%S.%f%z" if keeps_zone else "default",
        item_kind=field.lexical.item_kind,
        delimiter=field.lexical.delimiter,
    )


def _told(field: Field) -> str | None:
    """The description, and what was done to the field in words."""
    assert field.disclosure is not None
    treatment = field.disclosure.treatment
    if treatment.method == "keep":
        return field.description
    words = METHODS[treatment.method].words(field)
    return f"{field.description} {words}" if field.description else words


def _tells_apart(schema: Schema, key: tuple[str, ...]) -> bool:
    """Whether rows that differ in `key` still differ in it when released."""
    return bool(key) and all(METHODS[_method(schema[name])].one_to_one for name in key)


def _treatment(field: Field) -> Treatment | None:
    return None if field.disclosure is None else field.disclosure.treatment


def _method(field: Field) -> str:
    return "drop" if field.disclosure is None else field.disclosure.treatment.method


def _still_refers(key: ForeignKey, name: str, schemas: Schemas, result: Schemas) -> bool:
    """Whether both sides of a foreign key are released, one to one, and in the same way."""
    target = key.resource or name
    return target in result and all(
        METHODS[_method(schemas[name][own])].one_to_one
        and _treatment(schemas[name][own]) == _treatment(schemas[target][other])
        for own, other in zip(key.fields, key.reference_fields, strict=True)
    )
