"""Schemas and metadata of two releases -> how they differ, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from ppdarchive.changes.kinds import Change
from ppdarchive.model.schema import Category, Constraints, Field, JsonValue, MissingCode, Schema, Schemas

_OWN_KINDS: Final = {"name": "package.name", "$schema": "package.standard", "licenses": "package.licenses"}
_SECTION: Final = "ppdarchive"
_ALWAYS_OTHERS: Final = frozenset({"version", "created", "resources", f"{_SECTION}.risk"})
"""Each release has its own, and what its tables hold, from which risk follows, is compared by itself."""

_LOWER: Final = ("minimum", "exclusive_minimum", "min_length")
_UPPER: Final = ("maximum", "exclusive_maximum", "max_length")
_PROMISES: Final = ("required", "unique")


def metadata_changes(before: Mapping[str, JsonValue], after: Mapping[str, JsonValue]) -> Iterator[Change]:
    """The members of two descriptors that differ, by name: members hold people's names.

    Parameters
    ----------
    before, after : mapping of str to JsonValue
        What a package says of itself.
    """
    own, others = _members(before), _members(after)
    names = [name for name in sorted({*own, *others} - _ALWAYS_OTHERS) if own.get(name) != others.get(name)]
    for name in names:
        if name in _OWN_KINDS:
            yield Change(_OWN_KINDS[name])
        elif name == f"{_SECTION}.format":
            yield Change("package.format")
    rest = tuple(name for name in names if name not in _OWN_KINDS and name != f"{_SECTION}.format")
    if rest:
        yield Change("package.metadata", names=rest)


def _members(metadata: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The members, and those of our own section one by one."""
    section = metadata.get(_SECTION)
    members = {name: value for name, value in metadata.items() if name != _SECTION}
    if isinstance(section, Mapping):
        return members | {f"{_SECTION}.{name}": value for name, value in section.items()}
    return members if section is None else members | {_SECTION: section}


def schema_changes(before: Schemas, after: Schemas) -> Iterator[Change]:
    """How the schemas of two releases differ; the order of tables does not matter.

    Parameters
    ----------
    before, after : mapping of str to Schema
        Released schemas by table.
    """
    for name in sorted({*before, *after}):
        if name not in after:
            yield Change("table.removed", name)
        elif name not in before:
            yield Change("table.added", name)
        else:
            yield from _table_changes(before[name], after[name])


def _table_changes(before: Schema, after: Schema) -> Iterator[Change]:
    table = after.name
    if (before.title, before.description) != (after.title, after.description):
        yield Change("table.described", table)
    if before.fields_match is not after.fields_match:
        yield Change("table.matching", table)
    if before.primary_key != after.primary_key:
        yield Change("table.key", table, names=after.primary_key)
    yield from _key_changes(before, after)
    common = [name for name in after.names if name in before]
    if common != [name for name in before.names if name in after]:
        yield Change("table.reordered", table)
    for name in sorted({*before.names, *after.names}):
        if name not in after:
            yield Change("field.removed", table, name)
        elif name not in before:
            yield Change("field.added", table, name)
        else:
            for kind, names in _field_changes(before[name], after[name]):
                yield Change(kind, table, name, names)


def _key_changes(before: Schema, after: Schema) -> Iterator[Change]:
    for key in sorted(set(before.unique_keys) - set(after.unique_keys)):
        yield Change("table.unique-removed", after.name, names=key)
    for key in sorted(set(after.unique_keys) - set(before.unique_keys)):
        yield Change("table.unique-added", after.name, names=key)
    own, others = _references(before), _references(after)
    for names in sorted(own - others):
        yield Change("table.reference-removed", after.name, names=names)
    for names in sorted(others - own):
        yield Change("table.reference-added", after.name, names=names)


def _references(schema: Schema) -> set[tuple[str, ...]]:
    """Each foreign key as its fields, the table and the fields that they refer to."""
    return {(*key.fields, key.resource or schema.name, *key.reference_fields) for key in schema.foreign_keys}


Found = tuple[str, tuple[str, ...]]


def _field_changes(before: Field, after: Field) -> Iterator[Found]:
    own, others = _type(before), _type(after)
    if own != others:
        yield "field.retyped", (own, others)
    if replace(before.lexical, item_kind=after.lexical.item_kind) != after.lexical:
        yield "field.rewritten", ()
    if before.unit != after.unit and before.unit is not None and after.unit is not None:
        yield "field.unit", (before.unit, after.unit)
    if before.categories is not None and after.categories is not None:
        yield from _category_changes(before, before.categories, after.categories)
        if before.categories_ordered != after.categories_ordered:
            yield f"field.order-{'declared' if after.categories_ordered else 'withdrawn'}", ()
    yield from _constraint_changes(before.constraints, after.constraints)
    yield from _missing_changes(before.missing_values, after.missing_values)
    if _is_described_otherwise(before, after):
        yield "field.described", ()
    if before.disclosure != after.disclosure:
        yield "field.disclosure", ()


def _type(field: Field) -> str:
    words = field.kind.value
    if field.kind.value == "list":
        words += f" of {field.lexical.item_kind.value}"
    return words if field.categories is None else f"{words}, categorical"


def _is_described_otherwise(before: Field, after: Field) -> bool:
    """Whether titles differ, or a unit or a category's label is given first or no longer."""
    if (before.title, before.description) != (after.title, after.description):
        return True
    labels = {category.value: category.label for category in after.categories or ()}
    return (before.unit is None) != (after.unit is None) or any(
        category.value in labels and (category.label is None) != (labels[category.value] is None)
        for category in before.categories or ()
    )


def _category_changes(field: Field, before: Sequence[Category], after: Sequence[Category]) -> Iterator[Found]:
    own = {category.value: category.label for category in before}
    others = {category.value: category.label for category in after}
    yield from _named("field.category-removed", (value for value in own if value not in others))
    yield from _named("field.category-added", (value for value in others if value not in own))
    common = [value for value in own if value in others]
    both = [value for value in common if own[value] is not None and others[value] is not None]
    changed = [value for value in both if own[value] != others[value]]
    yield from _named("field.category-relabelled", changed)
    if common != [value for value in others if value in own]:
        yield f"field.category-{'reordered' if field.categories_ordered else 'resorted'}", ()


def _missing_changes(before: Sequence[MissingCode], after: Sequence[MissingCode]) -> Iterator[Found]:
    own = {code.value: code.label for code in before}
    others = {code.value: code.label for code in after}
    yield from _named("field.missing-removed", (value for value in own if value not in others))
    yield from _named("field.missing-added", (value for value in others if value not in own))
    changed = [value for value in own if value in others and own[value] != others[value]]
    yield from _named("field.missing-relabelled", changed)


def _named(kind: str, values: Iterable[str | int]) -> Iterator[Found]:
    names = tuple(sorted(str(value) for value in values))
    if names:
        yield kind, names


def _constraint_changes(before: Constraints, after: Constraints) -> Iterator[Found]:
    tightened: list[str] = []
    loosened: list[str] = []
    unpromised: list[str] = []
    for name in _PROMISES:
        if getattr(after, name) and not getattr(before, name):
            tightened.append(name)
        elif getattr(before, name) and not getattr(after, name):
            unpromised.append(name)
    for name in (*_LOWER, *_UPPER):
        own, other = getattr(before, name), getattr(after, name)
        if own == other:
            continue
        if own is None or other is None:
            (tightened if own is None else loosened).append(name)
        else:
            # A bound of another type can't be compared; who relied on the old one is safer with "tightened".
            is_looser = type(own) is type(other) and ((other < own) is (name in _LOWER))
            (loosened if is_looser else tightened).append(name)
    if before.pattern != after.pattern:
        (loosened if after.pattern is None else tightened).append("pattern")
    if before.enum != after.enum and set(before.enum or ()) != set(after.enum or ()):
        is_looser = after.enum is None or (before.enum is not None and set(before.enum) < set(after.enum))
        (loosened if is_looser else tightened).append("enum")
    for kind, names in (("tightened", tightened), ("loosened", loosened), ("unpromised", unpromised)):
        yield from _named(f"field.{kind}", names)
