"""Schemas and packages of schemas that make sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from hypothesis import strategies as st

from ppdarchive.model.schema import (
    Disclosure,
    Field,
    FieldsMatch,
    ForeignKey,
    Kind,
    MissingCode,
    Role,
    Schema,
    Schemas,
    Treatment,
)
from ppdarchive.model.treatment import PARTICIPANTS
from ppdarchive.testing.fields import KINDS, disclosures, fields, missing_codes, spoken_for

_NAMES: Final = (
    "id",
    "age",
    "wave",
    "text",
    "answer 1",
    "Größe",
    "x-y",
    "weeks_postpartum",
    "Q1",
    "q1",
    "ID",
)
_BLANK: Final = (MissingCode(""),)


@st.composite
def schemas(
    draw: st.DrawFn,
    *,
    name: str = "table",
    kinds: Sequence[Kind] = KINDS,
    keys: bool = True,
    max_fields: int = 5,
) -> Schema:
    """Schemas of one table that make sense: some table satisfies each of them.

    Parameters
    ----------
    name : str
        The table's name.
    kinds : sequence of Kind
        The types that its fields may have.
    keys : bool
        Whether there may be unique fields, primary, unique and foreign keys (to the table itself).
    max_fields : int, at least 1
        Fields before those that refer to a key of the table.

    Returns
    -------
    SearchStrategy of Schema
        Each is what `parse_schema` makes of its own descriptor.

    Examples
    --------
    >>> from ppdarchive.model.schema import Kind
    >>> drawn = schemas(kinds=[Kind.INTEGER], keys=False)
    """
    names = draw(st.lists(st.sampled_from(_NAMES), min_size=1, max_size=max_fields, unique=True))
    drawn = [draw(fields(field_name, kinds)) for field_name in names]
    schema = Schema(
        name=name,
        fields=tuple(drawn),
        title=draw(st.none() | st.just("A table")),
        description=draw(st.none() | st.just("What it is about.")),
        fields_match=draw(st.sampled_from([FieldsMatch.EXACT, FieldsMatch.EXACT, *FieldsMatch])),
    )
    if keys:
        schema = draw(_with_keys(schema))
        if draw(st.booleans()):
            schema = draw(with_reference(schema, schema, resource=draw(st.sampled_from(["", name]))))
    return draw(_finished(schema))


@st.composite
def packages(draw: st.DrawFn, *, max_tables: int = 3, kinds: Sequence[Kind] = KINDS) -> Schemas:
    """Schemas of one to `max_tables` tables; later ones refer to keys of earlier ones or their own.

    Returns
    -------
    SearchStrategy of mapping of str to Schema
        In any order, as the resources of a descriptor.
    """
    n_tables = draw(st.integers(1, max_tables))
    made: list[Schema] = []
    for name in ("participants", "responses", "codings")[:n_tables]:
        schema = draw(schemas(name=name, kinds=kinds, max_fields=3))
        for other in made:
            schema = draw(st.just(schema) | with_reference(schema, other, resource=other.name))
        made.append(draw(_with_shifts(schema, made)))
    order = draw(st.permutations(made))
    return {schema.name: schema for schema in order}


def is_roomy(field: Field) -> bool:
    """Whether the field has so many values that they can differ from row to row."""
    demands = field.constraints
    bounds = (demands.minimum, demands.maximum, demands.exclusive_minimum, demands.exclusive_maximum)
    return (
        field.kind not in (Kind.LIST, Kind.BOOLEAN)
        and field.categories is None
        and demands.enum is None
        and demands.max_length is None
        and demands.pattern in (None, "P-[0-9]{2,4}", "[a-z]{1,3}[0-9]*")
        and all(bound is None for bound in bounds)
    )


@st.composite
def _with_keys(draw: st.DrawFn, schema: Schema) -> Schema:
    roomy = [field.name for field in schema if is_roomy(field)]
    plain = [field.name for field in schema if field.kind is not Kind.LIST]
    if not roomy:
        return schema
    unique = set(draw(st.lists(st.sampled_from(roomy), max_size=2, unique=True)))
    schema = schema.replacing(
        fields=tuple(
            replace(field, constraints=replace(field.constraints, unique=field.name in unique))
            for field in schema
        )
    )

    def key() -> tuple[str, ...]:
        """A key with at least one field of many values."""
        names = [draw(st.sampled_from(roomy)), *draw(st.lists(st.sampled_from(plain), max_size=1))]
        return tuple(dict.fromkeys(names))

    unique_keys = [key() for _ in range(draw(st.sampled_from([0, 0, 1, 2])))]
    return schema.replacing(
        primary_key=key() if draw(st.booleans()) else (), unique_keys=tuple(dict.fromkeys(unique_keys))
    )


@st.composite
def with_reference(draw: st.DrawFn, schema: Schema, target: Schema, *, resource: str) -> Schema:
    """The schema with new fields that refer to a key of `target`; as it is if `target` has none."""
    keys = [*([target.primary_key] if target.primary_key else []), *target.unique_keys]
    keys += [(field.name,) for field in target if field.constraints.unique]
    if not keys:
        return schema
    reference = draw(st.sampled_from(keys))
    # A missing reference is always allowed: the table referred to may have no row.
    new = tuple(
        replace(
            target[name],
            name=f"{target.name} {name}{len(schema.foreign_keys)}",
            constraints=replace(target[name].constraints, unique=False, required=False),
            disclosure=draw(_same_disclosure(target[name])),
        )
        for name in reference
    )
    key = ForeignKey(tuple(field.name for field in new), resource, reference)
    return schema.replacing(fields=(*schema.fields, *new), foreign_keys=(*schema.foreign_keys, key))


@st.composite
def _with_shifts(draw: st.DrawFn, schema: Schema, made: Sequence[Schema]) -> Schema:
    """The schema with its dates shifted at times, if its rows lead to participants who have a key."""
    keyed = {other.name for other in made if other.name == PARTICIPANTS and other.primary_key}
    used = {name for key in schema.foreign_keys for name in (*key.fields, *key.reference_fields)}
    if not keyed & {key.resource for key in schema.foreign_keys} or not draw(st.booleans()):
        return schema
    fields = tuple(
        replace(field, disclosure=Disclosure(Role.QUASI_IDENTIFIER, Treatment("shift_dates")))
        if field.kind in (Kind.DATE, Kind.DATETIME) and field.name not in used
        else field
        for field in schema
    )
    return schema.replacing(fields=fields)


@st.composite
def _finished(draw: st.DrawFn, schema: Schema) -> Schema:
    """The schema with missing codes, disclosure and words."""
    taken = set().union(*(spoken_for(field) for field in schema))
    inherited = (
        draw(st.just(_BLANK) | missing_codes(taken)) if "" not in taken else draw(missing_codes(taken))
    )
    anchors = [field.name for field in schema if field.kind in (Kind.DATE, Kind.DATETIME)]
    anchors += [f"{schema.name}.{name}" for name in anchors]
    is_participants = schema.name == PARTICIPANTS and bool(schema.primary_key)
    finished: list[Field] = []
    for field in schema:
        own = draw(st.just(inherited) | st.just(inherited) | missing_codes(spoken_for(field)))
        complete = replace(
            field,
            title=draw(st.none() | st.just(f"Title of {field.name}")),
            unit=draw(st.none() | st.sampled_from(["years", "kg"])),
            missing_values=own,
            disclosure=draw(disclosures(field, anchors, is_participants=is_participants)),
        )
        finished.append(complete)
    by_name = {field.name: field for field in finished}
    for key in schema.foreign_keys:
        for name, other in zip(key.fields, key.reference_fields, strict=True):
            same = draw(_same_disclosure(by_name[other]))
            by_name[name] = replace(by_name[name], disclosure=same)
    return schema.replacing(fields=tuple(by_name.values()), missing_values=inherited)


def _same_disclosure(field: Field) -> st.SearchStrategy[Disclosure | None]:
    """The disclosure of a field that refers to `field`: the same or none; dates have other anchors."""
    own = field.disclosure
    is_same = own is not None and own.treatment.method != "relative_days"
    return st.sampled_from([None, own]) if is_same else st.none()
