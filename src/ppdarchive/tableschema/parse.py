"""Table Schema JSON -> Schema; whatever makes no sense is refused with its JSON pointer.

References
----------
Data Package v2.0, https://datapackage.org/standard/table-schema/
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from ppdarchive.model.lexical import MAX_INTEGER, MIN_INTEGER, STRING_FORMATS, check_pattern_format, parser
from ppdarchive.model.schema import (
    COMPANION_SUFFIX,
    Category,
    Constraints,
    Field,
    FieldsMatch,
    ForeignKey,
    Kind,
    Lexical,
    MissingCode,
    Scalar,
    Schema,
)
from ppdarchive.tableschema.node import Node, ReadFile, parse_json
from ppdarchive.tableschema.treatments import check_groups, check_treatment, disclosure

_FIELD_PROPERTIES: Final = (
    *("name", "type", "title", "description", "unit", "format", "decimalChar", "groupChar"),
    *("bareNumber", "trueValues", "falseValues", "delimiter", "itemType", "constraints"),
    *("categories", "categoriesOrdered", "missingValues", "disclosure"),
    *("example", "examples", "rdfType"),
)
_SCHEMA_PROPERTIES: Final = (
    *("$schema", "name", "title", "description", "fields", "fieldsMatch", "missingValues"),
    *("primaryKey", "uniqueKeys", "foreignKeys"),
)
_BLANK: Final[tuple[MissingCode, ...]] = (MissingCode(""),)
_TEMPORAL: Final = (Kind.DATE, Kind.DATETIME, Kind.TIME)
_ORDERED: Final = (Kind.INTEGER, Kind.NUMBER, Kind.YEAR, *_TEMPORAL)
_SIZED: Final = (Kind.STRING, Kind.LIST)
# Which of a field's own properties apply to which types (Table Schema, "Field types and formats").
_APPLIES: Final[Mapping[str, tuple[Kind, ...]]] = MappingProxyType(
    {
        "decimalChar": (Kind.NUMBER,),
        "groupChar": (Kind.NUMBER, Kind.INTEGER),
        "bareNumber": (Kind.NUMBER, Kind.INTEGER),
        "trueValues": (Kind.BOOLEAN,),
        "falseValues": (Kind.BOOLEAN,),
        "delimiter": (Kind.LIST,),
        "itemType": (Kind.LIST,),
        "categories": (Kind.STRING, Kind.INTEGER),
        "categoriesOrdered": (Kind.STRING, Kind.INTEGER),
        "minimum": _ORDERED,
        "maximum": _ORDERED,
        "exclusiveMinimum": _ORDERED,
        "exclusiveMaximum": _ORDERED,
        "minLength": _SIZED,
        "maxLength": _SIZED,
        "pattern": (Kind.STRING,),
        "enum": tuple(kind for kind in Kind if kind is not Kind.LIST),
        "required": tuple(Kind),
        "unique": tuple(kind for kind in Kind if kind is not Kind.LIST),
    }
)


def parse_schema(
    text: str, *, name: str, path: str, released: bool = False, read: ReadFile | None = None
) -> Schema:
    """Understand a Table Schema.

    Parameters
    ----------
    text : str
        The JSON document.
    name : str
        The table's name.
    path : str
        The file, for messages.
    released : bool
        Whether it declares what is published: then texts and identifiers, treated already, are kept.
    read : callable, optional
        ``read(relative path, JSON pointer)`` returns the text of a file that a treatment names, such as
        a hierarchy; without it none can be named.

    Returns
    -------
    Schema

    Raises
    ------
    SchemaError
        If the document is not a schema that makes sense, with file and JSON pointer. References to
        other tables are checked by `check_references`.
    """
    return understand_schema(replace(parse_json(text, path), read=read), name, released=released)


def understand_schema(node: Node, name: str, *, released: bool = False) -> Schema:
    """Understand a schema that stands inside a descriptor; otherwise as `parse_schema`."""
    node.no_slips(_SCHEMA_PROPERTIES)
    missing = node.optional("missingValues", _missing_codes, _BLANK)
    fields_node = node.need("fields")
    fields: list[Field] = []
    for item in fields_node.items():
        taken = {known.name for known in fields}
        fields.append(_field(item, missing, taken=taken, released=released))
    if not fields:
        fields_node.fail("schema.type", expected="at least one field")
    _check_companions(fields_node, fields)
    schema = Schema(
        name=name,
        fields=tuple(fields),
        title=node.optional("title", Node.string, None),
        description=node.optional("description", Node.string, None),
        fields_match=FieldsMatch(
            node.optional("fieldsMatch", lambda n: n.choice(tuple(FieldsMatch)), "exact")
        ),
        missing_values=missing,
        primary_key=node.optional("primaryKey", _key, ()),
        unique_keys=node.optional("uniqueKeys", lambda n: tuple(_key(i) for i in n.items()), ()),
        foreign_keys=node.optional("foreignKeys", lambda n: tuple(_foreign_key(i) for i in n.items()), ()),
    )
    _check_keys(node, schema)
    check_groups(node, schema)
    return schema


def _key(node: Node) -> tuple[str, ...]:
    """A key: field names in a list (Data Package v2 wants a list also for one field)."""
    names = node.strings()
    if not names or len(set(names)) < len(names):
        node.fail("schema.type", expected="a list of different field names")
    return names


def _foreign_key(node: Node) -> ForeignKey:
    node.only(("fields", "reference"))
    reference = node.need("reference")
    reference.only(("resource", "fields"))
    key = ForeignKey(
        fields=_key(node.need("fields")),
        resource=reference.optional("resource", Node.string, ""),
        reference_fields=_key(reference.need("fields")),
    )
    if len(key.fields) != len(key.reference_fields):
        node.fail("schema.foreign-key", reason="different numbers of fields on the two sides")
    return key


def _check_keys(node: Node, schema: Schema) -> None:
    """Every key names fields of the table that can be compared."""
    keys: list[tuple[str, tuple[str, ...]]] = [("primaryKey", schema.primary_key)]
    keys += [(f"uniqueKeys/{index}", key) for index, key in enumerate(schema.unique_keys)]
    keys += [(f"foreignKeys/{index}/fields", key.fields) for index, key in enumerate(schema.foreign_keys)]
    for pointer, names in keys:
        for index, name in enumerate(names):
            place = Node(None, node.path, f"{node.pointer}/{pointer}/{index}")
            if name not in schema:
                place.fail("schema.no-such-field", name=name)
            if schema[name].kind is Kind.LIST:
                place.fail("schema.inapplicable", name=pointer.partition("/")[0], kind="list")


def _check_companions(node: Node, fields: list[Field]) -> None:
    names = {field.name for field in fields}
    for index, field in enumerate(fields):
        if field.has_companion and field.name + COMPANION_SUFFIX in names:
            node.child(index, None).fail(
                "schema.contradiction",
                reason=f"field {field.name + COMPANION_SUFFIX!r} is made from its missing values "
                "and may not be declared",
            )


def _field(node: Node, inherited: tuple[MissingCode, ...], *, taken: set[str], released: bool) -> Field:
    node.no_slips(_FIELD_PROPERTIES)
    name_node = node.need("name")
    name = name_node.string()
    if not name.strip() or any(ord(char) < 32 for char in name):
        name_node.fail("schema.name")
    if name in taken:
        name_node.fail("schema.duplicate", name=name)
    kind = Kind(node.need("type").choice(tuple(Kind)))
    constraints_node = node.get("constraints")
    for holder in (node, constraints_node):
        for key in holder.object() if holder is not None else ():
            if holder is not None and key in _APPLIES and kind not in _APPLIES[key]:
                holder.need(key).fail("schema.inapplicable", name=key, kind=kind.value)
    lexical = _lexical(node, kind)
    bare = Field(name=name, kind=kind, lexical=lexical)
    field = Field(
        name=name,
        kind=kind,
        title=node.optional("title", Node.string, None),
        description=node.optional("description", Node.string, None),
        unit=node.optional("unit", Node.string, None),
        lexical=lexical,
        constraints=Constraints() if constraints_node is None else _constraints(constraints_node, bare),
        categories=node.optional("categories", lambda n: _categories(n, kind), None),
        categories_ordered=node.optional("categoriesOrdered", Node.boolean, False),
        missing_values=node.optional("missingValues", _missing_codes, inherited),
        disclosure=node.optional("disclosure", lambda n: disclosure(n, kind, released=released), None),
    )
    _check_field(node, field)
    return field


def _lexical(node: Node, kind: Kind) -> Lexical:
    default = Lexical()
    lexical = Lexical(
        format=node.optional("format", Node.string, "default"),
        decimal_char=node.optional("decimalChar", _single, default.decimal_char),
        group_char=node.optional("groupChar", _single, None),
        bare_number=node.optional("bareNumber", Node.boolean, True),
        true_values=node.optional("trueValues", Node.strings, default.true_values),
        false_values=node.optional("falseValues", Node.strings, default.false_values),
        delimiter=node.optional("delimiter", Node.string, default.delimiter),
        item_kind=Kind(
            node.optional(
                "itemType",
                lambda n: n.choice(tuple(k.value for k in Kind if k not in (Kind.LIST, Kind.YEAR))),
                "string",
            )
        ),
    )
    if lexical.format != "default":
        place = node.need("format")
        if kind is Kind.STRING:
            place.choice(STRING_FORMATS)
        elif kind not in _TEMPORAL:
            place.fail("schema.inapplicable", name="format", kind=kind.value)
        elif lexical.format == "any":
            place.fail("schema.format", reason="'any' leaves the order of day and month to a guess")
        elif (reason := check_pattern_format(kind, lexical.format)) is not None:
            place.fail("schema.format", reason=reason)
    if kind is Kind.NUMBER and lexical.decimal_char == lexical.group_char:
        node.need("groupChar").fail("schema.contradiction", reason="equal to the decimal character")
    if both := set(lexical.true_values) & set(lexical.false_values):
        where = node.get("trueValues") or node.need("falseValues")
        where.fail("schema.contradiction", reason=f"{min(both)!r} is both a true and a false value")
    if not lexical.delimiter:
        node.need("delimiter").fail("schema.type", expected="at least one character")
    return lexical


def _single(node: Node) -> str:
    text = node.string()
    if len(text) != 1 or text.isdigit() or text in "+-eE":
        node.fail("schema.type", expected="one character that is no part of a number")
    return text


def _constraints(node: Node, field: Field) -> Constraints:
    node.only(_CONSTRAINT_NAMES)
    understand = parser(field)

    def value(item: Node) -> Scalar:
        return _typed(item, field, understand)

    def enum(items: Node) -> tuple[Scalar, ...]:
        values = tuple(value(item) for item in items.items())
        return values or items.fail("schema.type", expected="at least one value")

    constraints = Constraints(
        required=node.optional("required", Node.boolean, False),
        unique=node.optional("unique", Node.boolean, False),
        minimum=node.optional("minimum", value, None),
        maximum=node.optional("maximum", value, None),
        exclusive_minimum=node.optional("exclusiveMinimum", value, None),
        exclusive_maximum=node.optional("exclusiveMaximum", value, None),
        min_length=node.optional("minLength", Node.count, None),
        max_length=node.optional("maxLength", Node.count, None),
        pattern=node.optional("pattern", _pattern, None),
        enum=node.optional("enum", enum, None),
    )
    low = [v for v in (constraints.minimum, constraints.exclusive_minimum) if v is not None]
    high = [v for v in (constraints.maximum, constraints.exclusive_maximum) if v is not None]
    if any(bound > top for bound in low for top in high):  # type: ignore[operator]
        node.fail("schema.contradiction", reason="the minimum is above the maximum")
    if (constraints.min_length or 0) > (
        constraints.max_length if constraints.max_length is not None else float("inf")
    ):
        node.fail("schema.contradiction", reason="minLength is above maxLength")
    return constraints


_CONSTRAINT_NAMES: Final = (
    *("required", "unique", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("minLength", "maxLength", "pattern", "enum"),
)


def _typed(node: Node, field: Field, understand: Callable[[str], Scalar | None]) -> Scalar:
    """A constraint's value: native JSON, or text in the field's own form or the type's default."""
    value, kind = node.value, field.kind
    if isinstance(value, bool | int | float) and _is_native(value, kind):
        return value
    if isinstance(value, str):
        for parsed in (understand(value), parser(Field(name="", kind=kind))(value)):
            # A form with a zone has instants, which no time without a zone can be compared with.
            if parsed is not None and not (isinstance(parsed, datetime) and _differs_in_zone(field, parsed)):
                return parsed
    return node.fail("schema.value", kind=kind.value)


def _differs_in_zone(field: Field, value: datetime) -> bool:
    """Whether `value` has a zone and the field's values have none, or the other way round."""
    return (value.tzinfo is not None) is not ("%z" in field.lexical.format)


def _is_native(value: float, kind: Kind) -> bool:
    """Whether a JSON value is one of the type's, and one that a column of it can hold."""
    match kind:
        case Kind.BOOLEAN:
            return isinstance(value, bool)
        case Kind.INTEGER:
            return type(value) is int and MIN_INTEGER <= value <= MAX_INTEGER
        case Kind.YEAR:
            return type(value) is int and 0 <= value <= 9999
        case Kind.NUMBER:
            # A 64-bit float keeps it as it is written.
            return not isinstance(value, bool) and abs(value) <= sys.float_info.max and float(value) == value
        case _:
            return False


def _pattern(node: Node) -> str:
    text = node.string()
    reason: str | None = None
    try:
        re.compile(text)
    except re.error as error:
        reason = error.msg
    except (OverflowError, RecursionError):
        reason = "too large"
    if reason is not None:
        node.fail("schema.pattern", reason=reason)
    return text


def _categories(node: Node, kind: Kind) -> tuple[Category, ...]:
    wanted = int if kind is Kind.INTEGER else str
    result: list[Category] = []
    for item in node.items():
        if isinstance(item.value, dict):
            item.only(("value", "label"))
            value_node = item.need("value")
            label = item.optional("label", Node.string, None)
        else:
            value_node, label = item, None
        value = value_node.value
        if isinstance(value, bool) or not isinstance(value, wanted):
            value_node.fail("schema.value", kind=kind.value)
        if isinstance(value, int) and not _is_native(value, Kind.INTEGER):
            value_node.fail("schema.value", kind=kind.value)
        assert isinstance(value, str | int)
        if value in {known.value for known in result}:
            value_node.fail("schema.duplicate", name=str(value))
        if label is not None and label in {known.label for known in result}:
            item.need("label").fail("schema.duplicate", name=label)
        result.append(Category(value, label))
    return tuple(result) or node.fail("schema.type", expected="at least one category")


def _missing_codes(node: Node) -> tuple[MissingCode, ...]:
    result: list[MissingCode] = []
    for item in node.items():
        if isinstance(item.value, dict):
            item.only(("value", "label"))
            code = MissingCode(item.need("value").string(), item.optional("label", Node.string, None))
        else:
            code = MissingCode(item.string())
        if code.value in {known.value for known in result}:
            item.fail("schema.duplicate", name=code.value)
        if code.label is not None and code.label in {known.label for known in result}:
            item.need("label").fail("schema.duplicate", name=code.label)
        result.append(code)
    return tuple(result)


def _check_field(node: Node, field: Field) -> None:
    """The field's parts agree with one another."""
    check_treatment(node, field)
    enum, categories = field.constraints.enum, field.categories
    known = {category.value for category in categories or ()}
    if enum is not None and categories is not None and not set(enum) <= known:
        node.need("constraints").need("enum").fail(
            "schema.contradiction", reason="enum has a value that is no category"
        )
    if field.categories_ordered and categories is None:
        node.need("categoriesOrdered").fail("schema.contradiction", reason="there are no categories")
    if categories is not None:
        codes = {code.value for code in field.missing_values}
        for index, category in enumerate(categories):
            if str(category.value) in codes:
                node.need("categories").child(index, None).fail(
                    "schema.contradiction", reason="the category is a missing value too"
                )
