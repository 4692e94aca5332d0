"""What is parsed can be written and read back, by us and by frictionless."""

import json
from pathlib import Path

import frictionless
import pytest
from hypothesis import given

from ppdarchive.tableschema import (
    DATA_PACKAGE,
    check_references,
    load_package,
    parse_package,
    parse_schema,
    to_descriptor,
)
from ppdarchive.testing import packages, schemas

ROOT = Path(__file__).parents[2]
PROFILE = load_package(ROOT)


@given(schemas())
def test_a_dumped_schema_is_parsed_back(schema):
    """Parsing what was dumped gives the same schema."""
    text = json.dumps(to_descriptor(schema), allow_nan=False)
    assert parse_schema(text, name=schema.name, path="table.json") == schema


@given(packages())
def test_a_dumped_package_is_parsed_back(schemas_by_name):
    """Schemas that stand inside a package descriptor are parsed back, and refer to what exists."""
    check_references(schemas_by_name, paths={})
    resources = [
        {"name": name, "path": f"{name}.csv", "schema": to_descriptor(schema)}
        for name, schema in schemas_by_name.items()
    ]
    text = json.dumps({"$schema": DATA_PACKAGE, "name": "p", "resources": resources}, allow_nan=False)
    package = parse_package(text, path="datapackage.json", read=_no_file)
    assert package.schemas == schemas_by_name


def _no_file(path, pointer):
    raise AssertionError(f"{path} is read though the schema stands in the descriptor")


@given(schemas())
def test_frictionless_loads_every_dumped_schema(schema):
    """Frictionless finds nothing wrong with a descriptor of ours."""
    loaded = frictionless.Schema.from_descriptor(to_descriptor(schema))
    assert tuple(loaded.field_names) == schema.names


@given(packages())
def test_frictionless_loads_every_dumped_package(schemas_by_name):
    """Frictionless finds nothing wrong with a package of our schemas."""
    resources = [
        {"name": name, "type": "table", "path": f"{name}.csv", "schema": to_descriptor(schema)}
        for name, schema in schemas_by_name.items()
    ]
    descriptor = {"$schema": DATA_PACKAGE, "name": "p", "resources": resources}
    assert frictionless.Package.validate_descriptor(descriptor).valid


def test_frictionless_finds_nothing_wrong_with_the_profile(monkeypatch):
    """The profile that ships is a valid package descriptor for frictionless."""
    monkeypatch.chdir(ROOT)
    assert frictionless.Package.validate_descriptor("datapackage.json").valid
    package = frictionless.Package("datapackage.json")
    assert [resource.name for resource in package.resources] == list(PROFILE.schemas)


@pytest.mark.parametrize("name", PROFILE.schemas)
def test_the_profile_is_parsed_back(name):
    """Each schema of the profile is what its own dump says."""
    schema = PROFILE.schemas[name]
    assert parse_schema(json.dumps(to_descriptor(schema)), name=name, path=name) == schema
