"""``[treatments]`` of study.toml: what this study does to fields otherwise than the profile says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ppdarchive.errors import SchemaError, StudyError
from ppdarchive.model.schema import Schema
from ppdarchive.tableschema import Package, check_references, parse_schema, to_descriptor
from ppdarchive.tableschema.node import ReadFile

Treatments = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""By table and field: the method and its parameters, as a schema's ``treatment`` has them."""


def with_treatments(
    package: Package, given: Treatments, *, path: str, read: ReadFile | None = None
) -> Package:
    """A package whose fields are treated as the study asks, and otherwise as their schemas say.

    Parameters
    ----------
    package : Package
    given : mapping of str to mapping of str to mapping
    path : str
        study.toml, for messages.
    read : callable, optional
        Reads the files that treatments name, such as hierarchies.

    Raises
    ------
    StudyError
        With a key path, for a table or field that does not exist or has no role, and for a treatment
        that a schema could not declare either.
    """
    schemas = dict(package.schemas)
    for table, fields in given.items():
        if table not in schemas:
            raise StudyError("study.no-such-table", path=path, pointer=f"treatments.{table}", name=table)
        schemas[table] = _treated(schemas[table], fields, path, read)
    problem: SchemaError | None = None
    try:
        check_references(schemas, paths={name: name for name in schemas})
    except SchemaError as error:
        problem = error
    if problem is not None:
        raise _told(problem, schemas[problem.path or ""], path)
    return replace(package, schemas=schemas)


def _treated(
    schema: Schema, fields: Mapping[str, Mapping[str, Any]], path: str, read: ReadFile | None
) -> Schema:
    """The schema with other treatments, understood again so that all that holds for schemas does."""
    document: dict[str, Any] = to_descriptor(schema)
    for name, treatment in fields.items():
        pointer = f"treatments.{schema.name}.{name}"
        if name not in schema:
            raise StudyError(
                "study.no-such-field", path=path, pointer=pointer, table=schema.name, name=name, hint=""
            )
        own = document["fields"][schema.names.index(name)]
        if "disclosure" not in own:
            raise StudyError("study.no-role", path=path, pointer=pointer, name=name)
        own["disclosure"]["treatment"] = dict(treatment)
    problem: SchemaError | None = None
    try:
        return parse_schema(json.dumps(document), name=schema.name, path=schema.name, read=read)
    except SchemaError as error:
        problem = error
    raise _told(problem, schema, path)


def _told(problem: SchemaError, schema: Schema, path: str) -> StudyError:
    """What a schema's error says, at the key path in study.toml that caused it."""
    pointer = f"treatments.{schema.name}"
    parts = (problem.pointer or "").split("/")[1:]
    if parts[:1] == ["fields"] and len(parts) > 1:
        # Behind the field stand `disclosure` and `treatment`, which study.toml has no keys for.
        pointer = ".".join([pointer, schema.names[int(parts[1])], *parts[4:]])
    return StudyError("study.treatment", path=path, pointer=pointer, reason=problem.what)
