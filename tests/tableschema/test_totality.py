"""Whatever a schema file holds, it is a schema or refused with our own error, which carries nothing else."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ppdarchive.errors import SchemaError
from ppdarchive.model.schema import Schema
from ppdarchive.tableschema import load_package, parse_package, parse_schema, to_descriptor

ROOT = Path(__file__).parents[2]
PROFILE = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "schemas").glob("*.json"))}

# The words of the standard among others, so that many nonsense documents come far.
WORDS = st.sampled_from(
    [
        *("name", "type", "format", "title", "fields", "fieldsMatch", "missingValues", "primaryKey"),
        *("uniqueKeys", "foreignKeys", "reference", "resource", "constraints", "categories"),
        *("value", "label"),
        *("disclosure", "role", "treatment", "method", "space", "width", "anchor", "below", "minimum"),
        *("maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "pattern", "enum"),
        *("required", "unique", "trueValues", "falseValues", "decimalChar", "groupChar", "bareNumber"),
        *("delimiter", "itemType", "categoriesOrdered", "resources", "path", "schema"),
    ]
)
VALUES = st.sampled_from(
    [
        *("string", "integer", "number", "boolean", "date", "datetime", "time", "year", "list", "default"),
        *("%d/%m/%Y", "%z", "%Y-%m-%dT%H:%M:%S%z", "a|b", "(", "2020-01-01"),
        *("2020-01-01T00:00:00", "10:00:00"),
        *("exact", "key", "none", "keep", "band", "drop", "participants", "age", "", ",", "1"),
        *(10**400, -(10**19), 1e308, -0.0, 0, 1, True, None),
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | WORDS | VALUES
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=3), inner)
)


def refusal(understand, *arguments, **words):
    """What `understand` gives, and the error if it refuses."""
    try:
        return understand(*arguments, **words), None
    except SchemaError as error:
        return None, error


def parsed(text):
    """The schema, or None if it was refused as it should be."""
    schema, error = refusal(parse_schema, text, name="table", path="table.json")
    if error is None:
        assert isinstance(schema, Schema)
        return schema
    assert_bare(error)
    return None


def assert_bare(error):
    """An error of ours says something and carries no other."""
    assert error.__context__ is None
    assert error.__cause__ is None
    assert str(error)


@given(st.text())
@example("\ufeff{}")
@example("[" * 100_000)
@example('{"a":' * 100_000)
@example("9" * 5000)
@example('{"fields": [{"name": "a", "type": "number", "constraints": {"minimum": 1e999}}]}')
@example('{"fields": [{"name": "a\\ud800", "type": "number"}]}')
def test_any_text_is_a_schema_or_refused(text):
    """A text is understood or refused."""
    parsed(text)


@given(JSON)
def test_any_json_is_a_schema_or_refused(value):
    """A JSON value is understood or refused."""
    parsed(json.dumps(value))


@given(
    st.lists(
        st.dictionaries(WORDS, JSON, max_size=4).map(
            lambda members: {"name": "a", "type": "string"} | members
        ),
        max_size=2,
    )
)
def test_any_fields_are_a_schema_or_refused(fields):
    """A list of nearly fields is understood or refused."""
    parsed(json.dumps({"fields": fields}))


@st.composite
def mutated(draw, text):
    """A schema of the profile in which one place is replaced, renamed, doubled or gone."""
    document = json.loads(text)
    spot = document
    while True:
        keys = list(spot) if isinstance(spot, dict) else list(range(len(spot)))
        key = draw(st.sampled_from(keys))
        inner = spot[key]
        if not isinstance(inner, dict | list) or not inner or draw(st.integers(0, 3)) == 0:
            break
        spot = inner
    match draw(st.sampled_from(["replace", "remove", "rename"])):
        case "replace":
            spot[key] = draw(JSON)
        case "remove":
            del spot[key]
        case "rename" if isinstance(spot, dict):
            spot[draw(WORDS)] = spot.pop(key)
    return json.dumps(document)


@given(st.sampled_from(list(PROFILE.values())).flatmap(mutated))
def test_a_mutated_profile_schema_is_a_schema_or_refused(text):
    """A slip in a schema is understood or refused; what is understood can be dumped and parsed back."""
    schema = parsed(text)
    if schema is not None:
        assert parsed(json.dumps(to_descriptor(schema), allow_nan=False)) == schema


@st.composite
def temporal_fields(draw):
    """Fields of dates and times with bounds in the field's own form, the default form, or neither."""
    forms = {
        "date": ["%d/%m/%Y", "%Y-%m-%d %H:%M", "%y%m%d"],
        "datetime": ["%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S.%f"],
        "time": ["%H:%M", "%I %p", "%H:%M:%S %Z"],
    }
    kind = draw(st.sampled_from(list(forms)))
    form = draw(st.sampled_from(["default", *forms[kind]]))
    moments = st.datetimes() | st.datetimes(timezones=st.timezones())
    bounds = st.one_of(
        moments.map(lambda moment: moment.isoformat()),
        moments.map(lambda moment: moment.date().isoformat()),
        moments.map(lambda moment: moment.time().isoformat()),
        *(moments.map(lambda moment, form=form: moment.strftime(form)) for form in forms[kind]),
    )
    names = st.sampled_from(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"])
    constraints = draw(st.dictionaries(names, bounds)) | draw(
        st.just({}) | st.fixed_dictionaries({"enum": st.lists(bounds)})
    )
    return {"name": "a", "type": kind, "format": form, "constraints": constraints}


def bounded(kind, form, **constraints):
    """A field of dates or times with bounds."""
    return {"name": "a", "type": kind, "format": form, "constraints": constraints}


@given(temporal_fields())
@example(bounded("time", "%H:%M", enum=["00:00:00.000001"]))
@example(bounded("datetime", "%d/%m/%Y %H:%M", minimum="2020-01-01T10:00:30"))
@example(bounded("datetime", "%Y%m%d%H%M%z", minimum="202001010000+0100", maximum="2020-01-01T00:00:00"))
@example(bounded("datetime", "%Y%m%dT%H%M%S%z", minimum="09990101T000000+0100"))
@example(bounded("date", "%d/%m/%Y", minimum="01/01/0999"))
def test_bounds_of_dates_are_understood_or_refused(field):
    """Bounds on dates and times are understood or refused, and are not changed by dump and parse."""
    schema = parsed(json.dumps({"fields": [field]}))
    if schema is not None:
        assert parsed(json.dumps(to_descriptor(schema), allow_nan=False)) == schema


@given(JSON)
def test_any_json_is_a_package_or_refused(value):
    """A JSON value is a package descriptor or refused."""
    for document in (value, {"resources": value}):
        text = json.dumps(document)
        _, error = refusal(parse_package, text, path="datapackage.json", read=lambda *_: "{}")
        if error is not None:
            assert_bare(error)


@given(st.binary())
def test_any_bytes_are_a_package_or_refused(tmp_path_factory, content):
    """A descriptor file of any bytes is understood or refused."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "datapackage.json").write_bytes(content)
    with pytest.raises(SchemaError) as caught:
        load_package(folder)
    assert_bare(caught.value)
