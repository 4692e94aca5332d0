"""Data Package descriptor -> Package; what tables say of one another; files.

References
----------
Data Package v2.0, https://datapackage.org/standard/data-package/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from ppdarchive.errors import SchemaError
from ppdarchive.model.schema import Field, ForeignKey, Kind, Schema, Schemas
from ppdarchive.model.treatment import PARTICIPANTS
from ppdarchive.tableschema.node import Node, ReadFile, parse_json
from ppdarchive.tableschema.parse import parse_schema, understand_schema


@dataclass(frozen=True, slots=True)
class Package:
    """A data package descriptor's own words and the schemas of its tables.

    Attributes
    ----------
    name, title, description, version : str or None
    schemas : mapping of str to Schema
        By table name, in the order of the descriptor's resources.
    """

    name: str | None
    title: str | None
    description: str | None
    version: str | None
    schemas: Schemas


def parse_package(text: str, *, path: str, read: ReadFile, released: bool = False) -> Package:
    """Understand a package descriptor and the schemas that it names.

    Parameters
    ----------
    text : str
        The descriptor, ``datapackage.json``.
    path : str
        The file, for messages.
    read : callable
        ``read(relative path, JSON pointer)`` returns the text of a schema file.
    released : bool
        Whether the schemas declare what is published; see `parse_schema`.

    Raises
    ------
    SchemaError
        As `parse_schema` and `check_references` do, and for a descriptor that is none.
    """
    node = replace(parse_json(text, path), read=read)
    resources = node.need("resources")
    schemas: dict[str, Schema] = {}
    paths: dict[str, str] = {}
    pointers: dict[str, str] = {}
    for item in resources.items():
        name_node = item.need("name")
        name = name_node.string()
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name) is None:
            name_node.fail("schema.name")
        if name in schemas:
            name_node.fail("schema.duplicate", name=name)
        schema_node = item.need("schema")
        if isinstance(schema_node.value, str):
            relative = schema_node.inside()
            paths[name] = str(PurePosixPath(path).parent / relative)
            source = read(relative, schema_node.pointer)
            schemas[name] = parse_schema(source, name=name, path=paths[name], released=released, read=read)
        else:
            paths[name], pointers[name] = path, schema_node.pointer
            schemas[name] = understand_schema(schema_node, name, released=released)
    if not schemas:
        resources.fail("schema.type", expected="at least one resource")
    check_references(schemas, paths=paths, pointers=pointers)
    return Package(
        name=node.optional("name", Node.string, None),
        title=node.optional("title", Node.string, None),
        description=node.optional("description", Node.string, None),
        version=node.optional("version", Node.string, None),
        schemas=MappingProxyType(schemas),
    )


def load_package(folder: Path, *, name: str | None = None, released: bool = False) -> Package:
    """Read ``datapackage.json`` in `folder` and the schemas that it names.

    Parameters
    ----------
    folder : Path
    name : str, optional
        What the folder is called in messages.
    released : bool
        Whether the schemas declare what is published; see `parse_schema`.

    Raises
    ------
    SchemaError
        As `parse_package` does, and when a file cannot be read.
    """
    shown = PurePosixPath(name if name is not None else folder.as_posix())
    read = file_reader(folder, name=name)
    descriptor = "datapackage.json"
    return parse_package(read(descriptor, ""), path=str(shown / descriptor), read=read, released=released)


def file_reader(folder: Path, *, name: str | None = None) -> ReadFile:
    """What reads the files that a study's schemas name; `SchemaError` if one cannot be read.

    Parameters
    ----------
    folder : Path
    name : str, optional
        What the folder is called in messages.
    """
    shown = PurePosixPath(name if name is not None else folder.as_posix())

    def read(relative: str, _pointer: str) -> str:
        return _read_text(folder / relative, str(shown / relative))

    return read


def _read_text(path: Path, shown: str) -> str:
    problem: SchemaError
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problem = SchemaError("schema.not-found", path=shown)
    except UnicodeDecodeError:
        problem = SchemaError("schema.json", path=shown, reason="not UTF-8 text")
    except OSError as error:
        problem = SchemaError("schema.not-readable", path=shown, reason=error.strerror or "unknown")
    raise problem


def check_references(
    schemas: Schemas, *, paths: Mapping[str, str], pointers: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Check what a schema says of other tables: foreign keys, anchors, and whose dates are shifted.

    Parameters
    ----------
    schemas : mapping of str to Schema
    paths : mapping of str to str
        Each table's schema file, for messages.
    pointers : mapping of str to str, optional
        JSON pointers to the schemas that stand inside a descriptor.

    Raises
    ------
    SchemaError
        For a foreign key to a table or field that does not exist, to fields that are no key there,
        or of another type; for an anchor that is not a date field of the table or of one it refers to;
        for dates shifted by participant in a table that does not lead to a participant's key.
    """
    for schema in schemas.values():
        top = Node(None, paths.get(schema.name, schema.name), pointers.get(schema.name, ""))
        for index, key in enumerate(schema.foreign_keys):
            _check_foreign_key(top.child("foreignKeys", None).child(index, None), schema, key, schemas)
        for index, field in enumerate(schema.fields):
            _check_anchor(top.child("fields", None).child(index, None), schema, field, schemas)
            _check_shift(top.child("fields", None).child(index, None), schema, field, schemas)


def _check_foreign_key(node: Node, schema: Schema, key: ForeignKey, schemas: Schemas) -> None:
    reference = node.child("reference", None)
    target = schemas.get(key.resource) if key.resource else schema
    if target is None:
        reference.child("resource", None).fail("schema.no-such-table", name=key.resource)
    for index, name in enumerate(key.reference_fields):
        place = reference.child("fields", None).child(index, None)
        if name not in target:
            place.fail("schema.no-such-field", name=name)
        if target[name].kind is not schema[key.fields[index]].kind:
            place.fail("schema.foreign-key", reason="the two fields have different types")
    _check_same_treatment(reference, schema, key, target)
    unique = {frozenset(target.primary_key), *map(frozenset, target.unique_keys)}
    unique |= {frozenset({field.name}) for field in target if field.constraints.unique}
    if frozenset(key.reference_fields) not in unique:
        reference.child("fields", None).fail(
            "schema.foreign-key", reason="the fields referred to are no key of their table"
        )


def _check_same_treatment(node: Node, schema: Schema, key: ForeignKey, target: Schema) -> None:
    """Both sides of a foreign key are released in the same way, or the reference would dangle."""
    for own, other in zip(key.fields, key.reference_fields, strict=True):
        here, there = schema[own].disclosure, target[other].disclosure
        if here is None or there is None or here.treatment.method == "drop":
            continue
        if there.treatment.method != "drop" and here.treatment != there.treatment:
            node.fail(
                "schema.treatment", reason=f"{own!r} and the field it refers to are treated differently"
            )


def _check_anchor(node: Node, schema: Schema, field: Field, schemas: Schemas) -> None:
    if field.disclosure is None or "anchor" not in field.disclosure.treatment.parameters:
        return
    place = node.child("disclosure", None).child("treatment", None).child("anchor", None)
    anchor = field.disclosure.treatment.parameters["anchor"]
    assert isinstance(anchor, str)
    table, _, name = anchor.rpartition(".")
    table = table or schema.name
    if table not in schemas:
        place.fail("schema.no-such-table", name=table)
    if name not in schemas[table]:
        place.fail("schema.no-such-field", name=anchor)
    if schemas[table][name].kind not in (Kind.DATE, Kind.DATETIME):
        place.fail("schema.treatment", reason="the anchor is not a date")
    if table != schema.name and table not in {key.resource for key in schema.foreign_keys}:
        place.fail("schema.treatment", reason=f"the table has no foreign key to {table!r}")


def _check_shift(node: Node, schema: Schema, field: Field, schemas: Schemas) -> None:
    """Dates are shifted by a participant's own days, so a row must lead to one."""
    if field.disclosure is None or field.disclosure.treatment.method != "shift_dates":
        return
    place = node.child("disclosure", None).child("treatment", None).child("method", None)
    if PARTICIPANTS not in schemas or not schemas[PARTICIPANTS].primary_key:
        place.fail("schema.treatment", reason=f"there is no table {PARTICIPANTS!r} with a primary key")
    leading = {PARTICIPANTS}
    for _ in schemas:
        leading |= {
            name for name, each in schemas.items() if leading & {key.resource for key in each.foreign_keys}
        }
    if schema.name not in leading:
        place.fail("schema.treatment", reason=f"no foreign key of the table leads to {PARTICIPANTS!r}")
