"""Disclosure and treatment of a field, as JSON declares them; whatever cannot be meant is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from ppdarchive.model.hierarchy import Hierarchy, as_tree, from_csv, from_json, from_tree, ready, ready_names
from ppdarchive.model.lexical import MAX_INTEGER
from ppdarchive.model.postal import ready_tables, table_from
from ppdarchive.model.schema import Disclosure, Field, JsonValue, Kind, Role, Schema, Treatment
from ppdarchive.model.treatment import IDENTIFIER_CLASSES, MAX_BANDS, SPACES, TREATMENTS, ParameterKind
from ppdarchive.tableschema.node import Node

_T = TypeVar("_T")
_MAX_YEAR: Final = 9999

_HIDES: Final[Mapping[Role, tuple[str, ...]]] = MappingProxyType(
    {
        Role.DIRECT_IDENTIFIER: ("drop", "pseudonymize"),
        Role.KEY: ("drop", "pseudonymize", "keep"),
        Role.FREE_TEXT: ("drop", "text"),
    }
)
"""Roles that few treatments do justice to: an identifier is not kept, nor a text released as it is."""


def disclosure(node: Node, kind: Kind, *, released: bool) -> Disclosure:
    """Understand ``disclosure`` of a field of type `kind`.

    Parameters
    ----------
    node : Node
    kind : Kind
    released : bool
        Whether the schema declares what is published: then texts and identifiers are kept.

    Raises
    ------
    SchemaError
        With the JSON pointer of what makes no sense.
    """
    node.only(("role", "treatment", "class"))
    role = Role(node.need("role").choice(tuple(Role)))
    treatment_node = node.need("treatment")
    method_node = treatment_node.need("method")
    method = method_node.choice(tuple(TREATMENTS))
    catalogue = TREATMENTS[method]
    if kind not in catalogue.kinds:
        method_node.fail(
            "schema.treatment", reason=f"{method!r} cannot be applied to a field of type {kind.value}"
        )
    treatment_node.only(("method", *catalogue.required, *catalogue.optional))
    parameters: dict[str, JsonValue] = {}
    for key, parameter in {**catalogue.required, **catalogue.optional}.items():
        if key in catalogue.required or key in treatment_node.object():
            parameters[key] = _parameter(treatment_node.need(key), parameter)
    allowed = _HIDES.get(role)
    if not (released and method == "keep") and allowed is not None and method not in allowed:
        method_node.fail(
            "schema.treatment",
            reason=f"a field of role {role.value} can be treated by {' or '.join(allowed)} only",
        )
    identifier = node.optional("class", lambda own: own.choice(IDENTIFIER_CLASSES), None)
    return Disclosure(role, Treatment(method, MappingProxyType(parameters)), identifier)


def _parameter(node: Node, kind: ParameterKind) -> JsonValue:
    match kind:
        case "count":
            return node.count(1)
        case "space":
            return node.choice(SPACES)
        case "year":
            value = node.count()
            return value if value <= _MAX_YEAR else node.fail("schema.type", expected="a year")
        case "anchor" | "level" | "group":
            return node.string()
        case "hierarchy":
            return _hierarchy(node)
        case "prefixes":
            return _prefixes(node)
        case "share":
            share = _number(node)
            return share if 0 < share < 1 else node.fail("schema.type", expected="a number between 0 and 1")
        case "positive":
            number = _number(node)
            return number if number > 0 else node.fail("schema.type", expected="a number above 0")
        case _:
            return _number(node)


def _number(node: Node) -> int | float:
    value = node.value
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > MAX_INTEGER:
        node.fail("schema.type", expected="a number")
    return value


def _hierarchy(node: Node) -> JsonValue:
    """A ready hierarchy by its name; any other as the tree itself, wherever it stood."""
    named = node.value
    if not isinstance(named, str):
        return as_tree(_made(node, lambda: from_tree(named, name=_field_name(node))))
    if named in ready_names():
        return named
    if not named.endswith((".json", ".csv")):
        reason = (
            f"there is no hierarchy {named!r}, but {', '.join(ready_names())}; a file ends in .json or .csv"
        )
        node.fail("schema.treatment", reason=reason)
    text, name = node.file(), named.rpartition("/")[2].rpartition(".")[0]
    parse = from_json if named.endswith(".json") else from_csv
    return as_tree(_made(node, lambda: parse(text, name=name)))


def _prefixes(node: Node) -> JsonValue:
    """A ready table of prefixes by its name; any other as the table itself, wherever it stood."""
    value = node.value
    if isinstance(value, str) and value in ready_tables():
        return value
    if isinstance(value, str):
        if not value.endswith(".json"):
            reason = f"there is no table {value!r}, but {', '.join(ready_tables())}; a file ends in .json"
            node.fail("schema.treatment", reason=reason)
        text = node.file()
        value = _made(node, lambda: json.loads(text))
    _made(node, lambda: table_from(value))
    return value


def _made(node: Node, make: Callable[[], _T]) -> _T:
    """What `make` gives; its reason for refusing becomes that of the schema."""
    reason = ""
    try:
        return make()
    except ValueError as error:
        reason = str(error)
    except RecursionError:
        reason = "nested too deeply"
    return node.fail("schema.treatment", reason=reason)


def _field_name(node: Node) -> str:
    """A name for a hierarchy that has none."""
    return f"at {node.pointer}"


def check_treatment(node: Node, field: Field) -> None:
    """Hold the parameters of the field's treatment against the field.

    Raises
    ------
    SchemaError
        With the JSON pointer of the parameter that does not fit.
    """
    if field.disclosure is None:
        return
    treatment = field.disclosure.treatment
    check = _CHECKS.get(treatment.method)
    if check is not None:
        check(node.need("disclosure").need("treatment"), field, treatment.parameters)


_Parameters = Mapping[str, JsonValue]


def _numbers(given: _Parameters, *names: str) -> tuple[int | float | None, ...]:
    found = [given.get(name) for name in names]
    return tuple(value if isinstance(value, int | float) else None for value in found)


def _whole(node: Node, field: Field, given: _Parameters, *names: str) -> None:
    """Parameters of whole-number fields are whole, and no category can be calculated with."""
    if field.categories is not None:
        node.need("method").fail("schema.treatment", reason="a field with categories has classes, no numbers")
    for name, value in zip(names, _numbers(given, *names), strict=True):
        if value is not None and field.kind is not Kind.NUMBER and value != int(value):
            node.need(name).fail("schema.type", expected="a whole number")


def _in_order(node: Node, given: _Parameters) -> None:
    bottom, top = _numbers(given, "bottom", "top")
    if bottom is not None and top is not None and bottom >= top:
        node.need("top").fail("schema.contradiction", reason="the top code is not above the bottom")


def _check_band(node: Node, field: Field, given: _Parameters) -> None:
    """All bands can be named beforehand, so that none tells by its presence what was in the data."""
    _in_order(node, given)
    bounds = field.constraints
    low, high = given.get("bottom", bounds.minimum), given.get("top", bounds.maximum)
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        node.fail("schema.treatment", reason="bands need `bottom` or a minimum, and `top` or a maximum")
    (width,) = _numbers(given, "width")
    assert width is not None
    if low > high or (high - low) / width > MAX_BANDS:
        node.fail("schema.treatment", reason=f"that makes no bands, or over {MAX_BANDS}")


def _check_round(node: Node, field: Field, given: _Parameters) -> None:
    _whole(node, field, given, "to")


def _check_limits(node: Node, field: Field, given: _Parameters) -> None:
    if not given:
        node.fail("schema.missing", name="top")
    _whole(node, field, given, "bottom", "top")
    _in_order(node, given)
    for name, value in zip(("bottom", "top"), _numbers(given, "bottom", "top"), strict=True):
        if value is not None and field.kind is Kind.YEAR and not 0 <= value <= _MAX_YEAR:
            node.need(name).fail("schema.type", expected="a year")


def _check_generalize(node: Node, field: Field, given: _Parameters) -> None:
    named, level = given["hierarchy"], given["level"]
    hierarchy: Hierarchy = ready(named) if isinstance(named, str) else from_tree(named, name=field.name)
    if level not in hierarchy.level_names:
        node.need("level").fail("schema.choice", choices=", ".join(hierarchy.level_names))
    if field.constraints.enum is not None:
        known = [str(value) for value in field.constraints.enum]
    else:
        known = [str(category.value) for category in field.categories or ()]
    unknown = [value for value in known if hierarchy.value_of(value) is None]
    if unknown:
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        reason = f"its classes lack {unknown[0]!r}{more}"
        node.need("hierarchy").fail("schema.treatment", reason=reason)


def _check_pram(node: Node, field: Field, _: _Parameters) -> None:
    if field.kind is not Kind.BOOLEAN and field.categories is None and field.constraints.enum is None:
        node.need("method").fail(
            "schema.treatment", reason="values are exchanged among categories, and the field has none"
        )


def _check_microaggregate(node: Node, field: Field, given: _Parameters) -> None:
    _whole(node, field, given)
    (k,) = _numbers(given, "k")
    assert k is not None
    if k < 2:
        node.need("k").fail("schema.type", expected="a whole number of at least 2")


_CHECKS: Final[Mapping[str, Callable[[Node, Field, _Parameters], None]]] = MappingProxyType(
    {
        "band": _check_band,
        "round": _check_round,
        "top_bottom_code": _check_limits,
        "generalize": _check_generalize,
        "pram": _check_pram,
        "microaggregate": _check_microaggregate,
    }
)


def check_groups(node: Node, schema: Schema) -> None:
    """Fields that are averaged together are averaged over groups of one size.

    Raises
    ------
    SchemaError
        With the JSON pointer of a `k` that differs.
    """
    sizes: dict[str, JsonValue] = {}
    for index, field in enumerate(schema.fields):
        treatment = None if field.disclosure is None else field.disclosure.treatment
        if treatment is None or treatment.method != "microaggregate":
            continue
        group, k = treatment.parameters.get("group"), treatment.parameters["k"]
        if isinstance(group, str) and sizes.setdefault(group, k) != k:
            place = Node(None, node.path, f"{node.pointer}/fields/{index}/disclosure/treatment/k")
            place.fail("schema.contradiction", reason=f"the group {group!r} has another `k` elsewhere")
