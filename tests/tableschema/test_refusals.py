"""Schemas that make no sense, each with the code and the JSON pointer of its refusal."""

import json

import pytest

from ppdarchive.errors import SchemaError
from ppdarchive.tableschema import load_package, parse_package, parse_schema, to_descriptor

STRING = {"name": "a", "type": "string"}
INTEGER = {"name": "a", "type": "integer"}
NUMBER = {"name": "a", "type": "number"}
BOOLEAN = {"name": "a", "type": "boolean"}
YEAR = {"name": "a", "type": "year"}
DATE = {"name": "a", "type": "date"}
DATETIME = {"name": "a", "type": "datetime"}
TIME = {"name": "a", "type": "time"}
LIST = {"name": "a", "type": "list"}


def disclosed(field, role, method, **parameters):
    """The field with a role and a treatment."""
    return field | {"disclosure": {"role": role, "treatment": {"method": method, **parameters}}}


def bound(field, **constraints):
    """The field with constraints."""
    return field | {"constraints": constraints}


FIELDS = [
    # names
    ({"type": "string"}, "schema.missing", ""),
    ({"name": "a"}, "schema.missing", ""),
    ("a", "schema.type", ""),
    ({"name": 1, "type": "string"}, "schema.type", "/name"),
    ({"name": "", "type": "string"}, "schema.name", "/name"),
    ({"name": " \t", "type": "string"}, "schema.name", "/name"),
    ({"name": "a\nb", "type": "string"}, "schema.name", "/name"),
    # types
    ({"name": "a", "type": "text"}, "schema.choice", "/type"),
    ({"name": "a", "type": "geopoint"}, "schema.choice", "/type"),
    ({"name": "a", "type": ["string"]}, "schema.type", "/type"),
    # slips
    (STRING | {"constraint": {"required": True}}, "schema.unknown-property", "/constraint"),
    (STRING | {"Constraints": {}}, "schema.unknown-property", "/Constraints"),
    (STRING | {"missingvalues": [""]}, "schema.unknown-property", "/missingvalues"),
    (STRING | {"categoriesOrderd": True}, "schema.unknown-property", "/categoriesOrderd"),
    (STRING | {"disclosures": {}}, "schema.unknown-property", "/disclosures"),
    (bound(STRING, requried=True), "schema.unknown-property", "/constraints/requried"),
    (bound(STRING, maxlength=3), "schema.unknown-property", "/constraints/maxlength"),
    (bound(INTEGER, max=3), "schema.unknown-property", "/constraints/max"),
    # what does not apply to a type
    (bound(STRING, minimum=1), "schema.inapplicable", "/constraints/minimum"),
    (bound(BOOLEAN, maximum=1), "schema.inapplicable", "/constraints/maximum"),
    (bound(INTEGER, pattern="1"), "schema.inapplicable", "/constraints/pattern"),
    (bound(DATE, minLength=1), "schema.inapplicable", "/constraints/minLength"),
    (bound(LIST, unique=True), "schema.inapplicable", "/constraints/unique"),
    (bound(LIST, enum=["a"]), "schema.inapplicable", "/constraints/enum"),
    (NUMBER | {"categories": [1]}, "schema.inapplicable", "/categories"),
    (INTEGER | {"decimalChar": ","}, "schema.inapplicable", "/decimalChar"),
    (STRING | {"trueValues": ["y"]}, "schema.inapplicable", "/trueValues"),
    (STRING | {"delimiter": ";"}, "schema.inapplicable", "/delimiter"),
    (INTEGER | {"format": "email"}, "schema.inapplicable", "/format"),
    # values of constraints
    (bound(INTEGER, minimum="x"), "schema.value", "/constraints/minimum"),
    (bound(INTEGER, minimum=1.5), "schema.value", "/constraints/minimum"),
    (bound(INTEGER, minimum=True), "schema.value", "/constraints/minimum"),
    (bound(INTEGER, minimum=2**63), "schema.value", "/constraints/minimum"),
    (bound(NUMBER, maximum=10**400), "schema.value", "/constraints/maximum"),
    (bound(NUMBER, enum=[2**53 + 1]), "schema.value", "/constraints/enum/0"),
    (bound(DATE, minimum="2020-13-01"), "schema.value", "/constraints/minimum"),
    (bound(DATE, minimum=20200101), "schema.value", "/constraints/minimum"),
    (bound(DATETIME, minimum="2020-01-01"), "schema.value", "/constraints/minimum"),
    (bound({"name": "a", "type": "year"}, maximum=20200), "schema.value", "/constraints/maximum"),
    (bound(STRING, enum=["a", 1]), "schema.value", "/constraints/enum/1"),
    (bound(STRING, enum=[]), "schema.type", "/constraints/enum"),
    (bound(STRING, enum="a"), "schema.type", "/constraints/enum"),
    (bound(STRING, required="yes"), "schema.type", "/constraints/required"),
    (bound(STRING, minLength=-1), "schema.type", "/constraints/minLength"),
    (bound(STRING, maxLength=1.0), "schema.type", "/constraints/maxLength"),
    (bound(STRING, maxLength=2**31), "schema.type", "/constraints/maxLength"),
    (bound(INTEGER, minimum=3, maximum=2), "schema.contradiction", "/constraints"),
    (bound(INTEGER, exclusiveMinimum=3, maximum=2), "schema.contradiction", "/constraints"),
    (bound(STRING, minLength=3, maxLength=2), "schema.contradiction", "/constraints"),
    (STRING | {"constraints": [{"required": True}]}, "schema.type", "/constraints"),
    (bound(STRING, pattern="("), "schema.pattern", "/constraints/pattern"),
    (bound(STRING, pattern="[z-a]"), "schema.pattern", "/constraints/pattern"),
    (bound(STRING, pattern="a**"), "schema.pattern", "/constraints/pattern"),
    (bound(STRING, pattern=r"\p{L}"), "schema.pattern", "/constraints/pattern"),
    (bound(STRING, pattern="a{99999999999}"), "schema.pattern", "/constraints/pattern"),
    (bound(STRING, pattern=["a"]), "schema.type", "/constraints/pattern"),
    # lexical forms
    (STRING | {"format": "ipv4"}, "schema.choice", "/format"),
    (DATE | {"format": "any"}, "schema.format", "/format"),
    (DATE | {"format": "YYYY-MM-DD"}, "schema.format", "/format"),
    (DATE | {"format": "%m/%d"}, "schema.format", "/format"),
    (DATE | {"format": "%"}, "schema.format", "/format"),
    (DATETIME | {"format": "%Y-%m-%d"}, "schema.format", "/format"),
    (TIME | {"format": "%H:%M%z"}, "schema.format", "/format"),
    (NUMBER | {"decimalChar": ",", "groupChar": ","}, "schema.contradiction", "/groupChar"),
    (NUMBER | {"groupChar": "."}, "schema.contradiction", "/groupChar"),
    (NUMBER | {"decimalChar": ""}, "schema.type", "/decimalChar"),
    (NUMBER | {"decimalChar": "1"}, "schema.type", "/decimalChar"),
    (NUMBER | {"groupChar": "-"}, "schema.type", "/groupChar"),
    (NUMBER | {"bareNumber": "false"}, "schema.type", "/bareNumber"),
    (BOOLEAN | {"trueValues": ["1"], "falseValues": ["1"]}, "schema.contradiction", "/trueValues"),
    (BOOLEAN | {"falseValues": ["true"]}, "schema.contradiction", "/falseValues"),
    (BOOLEAN | {"trueValues": "yes"}, "schema.type", "/trueValues"),
    (LIST | {"delimiter": ""}, "schema.type", "/delimiter"),
    (LIST | {"itemType": "list"}, "schema.choice", "/itemType"),
    (LIST | {"itemType": "year"}, "schema.choice", "/itemType"),
    # categories and missing values
    (STRING | {"categories": []}, "schema.type", "/categories"),
    (STRING | {"categories": ["a", "a"]}, "schema.duplicate", "/categories/1"),
    (STRING | {"categories": ["a", 1]}, "schema.value", "/categories/1"),
    (INTEGER | {"categories": [1, True]}, "schema.value", "/categories/1"),
    (INTEGER | {"categories": [2**63]}, "schema.value", "/categories/0"),
    (INTEGER | {"categories": ["1"]}, "schema.value", "/categories/0"),
    (STRING | {"categories": [{"label": "A"}]}, "schema.missing", "/categories/0"),
    (STRING | {"categories": [{"value": "a", "text": "A"}]}, "schema.unknown-property", "/categories/0/text"),
    (
        STRING | {"categories": [{"value": "a", "label": "A"}, {"value": "b", "label": "A"}]},
        "schema.duplicate",
        "/categories/1/label",
    ),
    (STRING | {"categoriesOrdered": True}, "schema.contradiction", "/categoriesOrdered"),
    (bound(STRING, enum=["b"]) | {"categories": ["a"]}, "schema.contradiction", "/constraints/enum"),
    (STRING | {"categories": ["a", ""]}, "schema.contradiction", "/categories/1"),
    (INTEGER | {"categories": [-99], "missingValues": ["-99"]}, "schema.contradiction", "/categories/0"),
    (STRING | {"missingValues": ""}, "schema.type", "/missingValues"),
    (STRING | {"missingValues": [-99]}, "schema.type", "/missingValues/0"),
    (STRING | {"missingValues": ["", ""]}, "schema.duplicate", "/missingValues/1"),
    (STRING | {"missingValues": [{"label": "x"}]}, "schema.missing", "/missingValues/0"),
    # disclosure
    (disclosed(STRING, "identifier", "drop"), "schema.choice", "/disclosure/role"),
    (disclosed(STRING, "none", "hash"), "schema.choice", "/disclosure/treatment/method"),
    (STRING | {"disclosure": {"role": "none"}}, "schema.missing", "/disclosure"),
    (STRING | {"disclosure": {"treatment": {"method": "drop"}}}, "schema.missing", "/disclosure"),
    (STRING | {"disclosure": "none"}, "schema.type", "/disclosure"),
    (disclosed(STRING, "none", "band", width=5), "schema.treatment", "/disclosure/treatment/method"),
    (disclosed(STRING, "none", "year"), "schema.treatment", "/disclosure/treatment/method"),
    (disclosed(INTEGER, "free-text", "text"), "schema.treatment", "/disclosure/treatment/method"),
    (disclosed(LIST, "sensitive", "suppress", below=5), "schema.treatment", "/disclosure/treatment/method"),
    (disclosed(STRING, "direct-identifier", "keep"), "schema.treatment", "/disclosure/treatment/method"),
    (disclosed(STRING, "free-text", "keep"), "schema.treatment", "/disclosure/treatment/method"),
    (disclosed(INTEGER, "none", "band"), "schema.missing", "/disclosure/treatment"),
    (
        disclosed(INTEGER, "none", "band", width=0, bottom=0, top=9),
        "schema.type",
        "/disclosure/treatment/width",
    ),
    (
        disclosed(INTEGER, "none", "band", width=1, bottom=9, top=9),
        "schema.contradiction",
        "/disclosure/treatment/top",
    ),
    (
        disclosed(INTEGER, "none", "band", width=5, high=9),
        "schema.unknown-property",
        "/disclosure/treatment/high",
    ),
    (disclosed(INTEGER, "none", "band", width="5"), "schema.type", "/disclosure/treatment/width"),
    (disclosed(STRING, "key", "pseudonymize"), "schema.missing", "/disclosure/treatment"),
    (disclosed(STRING, "key", "pseudonymize", space="baby"), "schema.choice", "/disclosure/treatment/space"),
    (disclosed(STRING, "sensitive", "suppress", below=0), "schema.type", "/disclosure/treatment/below"),
    (disclosed(STRING, "none", "round", to=5), "schema.treatment", "/disclosure/treatment/method"),
    (disclosed(INTEGER, "none", "round", to=0), "schema.type", "/disclosure/treatment/to"),
    (disclosed(INTEGER, "none", "round", to=2.5), "schema.type", "/disclosure/treatment/to"),
    (
        disclosed(INTEGER | {"categories": [1, 2]}, "none", "round", to=2),
        "schema.treatment",
        "/disclosure/treatment/method",
    ),
    (disclosed(INTEGER, "none", "top_bottom_code"), "schema.missing", "/disclosure/treatment"),
    (disclosed(INTEGER, "none", "top_bottom_code", top=1.5), "schema.type", "/disclosure/treatment/top"),
    (
        disclosed(INTEGER, "none", "top_bottom_code", bottom=5, top=5),
        "schema.contradiction",
        "/disclosure/treatment/top",
    ),
    (disclosed(YEAR, "none", "top_bottom_code", top=10000), "schema.type", "/disclosure/treatment/top"),
    (disclosed(DATE, "none", "year", bottom=19.5), "schema.type", "/disclosure/treatment/bottom"),
    (disclosed(DATE, "none", "year", bottom=10000), "schema.type", "/disclosure/treatment/bottom"),
    (disclosed(INTEGER, "none", "quarter"), "schema.treatment", "/disclosure/treatment/method"),
    (disclosed(STRING, "none", "shift_dates"), "schema.treatment", "/disclosure/treatment/method"),
    (disclosed(STRING, "none", "generalize", level="region"), "schema.missing", "/disclosure/treatment"),
    (
        disclosed(STRING, "none", "generalize", hierarchy="us-state"),
        "schema.missing",
        "/disclosure/treatment",
    ),
    (
        disclosed(STRING, "none", "generalize", hierarchy="us-states", level="region"),
        "schema.treatment",
        "/disclosure/treatment/hierarchy",
    ),
    (
        disclosed(STRING, "none", "generalize", hierarchy="us-state", level="county"),
        "schema.choice",
        "/disclosure/treatment/level",
    ),
    (
        disclosed(STRING, "none", "generalize", hierarchy="own.csv", level="region"),
        "schema.treatment",
        "/disclosure/treatment/hierarchy",
    ),
    (
        disclosed(STRING, "none", "generalize", hierarchy="../own.csv", level="region"),
        "schema.escape",
        "/disclosure/treatment/hierarchy",
    ),
    (
        disclosed(STRING, "none", "generalize", hierarchy={"levels": []}, level="region"),
        "schema.treatment",
        "/disclosure/treatment/hierarchy",
    ),
    (
        disclosed(
            STRING | {"categories": ["IA", "ZZ"]}, "none", "generalize", hierarchy="us-state", level="region"
        ),
        "schema.treatment",
        "/disclosure/treatment/hierarchy",
    ),
    (
        disclosed(STRING, "none", "zip3", table="census-1990"),
        "schema.treatment",
        "/disclosure/treatment/table",
    ),
    (
        disclosed(STRING, "none", "zip3", table={"name": "n"}),
        "schema.treatment",
        "/disclosure/treatment/table",
    ),
    (disclosed(STRING, "none", "zip3", table=["036"]), "schema.treatment", "/disclosure/treatment/table"),
    (disclosed(DATE, "none", "zip3"), "schema.treatment", "/disclosure/treatment/method"),
    (disclosed(STRING, "none", "pram", keep=0.8), "schema.treatment", "/disclosure/treatment/method"),
    (
        disclosed(STRING | {"categories": ["a"]}, "none", "pram", keep=1),
        "schema.type",
        "/disclosure/treatment/keep",
    ),
    (
        disclosed(STRING | {"categories": ["a"]}, "none", "pram", keep="often"),
        "schema.type",
        "/disclosure/treatment/keep",
    ),
    (disclosed(INTEGER, "none", "microaggregate", k=1), "schema.type", "/disclosure/treatment/k"),
    (
        disclosed(INTEGER | {"categories": [1, 2]}, "none", "microaggregate", k=3),
        "schema.treatment",
        "/disclosure/treatment/method",
    ),
    (
        disclosed(INTEGER, "none", "microaggregate", k=3, group=1),
        "schema.type",
        "/disclosure/treatment/group",
    ),
    (
        disclosed(INTEGER, "direct-identifier", "microaggregate", k=3),
        "schema.treatment",
        "/disclosure/treatment/method",
    ),
    (disclosed(STRING, "direct-identifier", "zip3"), "schema.treatment", "/disclosure/treatment/method"),
]

SCHEMAS = [
    ([], "schema.type", "/"),
    ("fields", "schema.type", "/"),
    (None, "schema.type", "/"),
    ({}, "schema.missing", "/"),
    ({"fields": []}, "schema.type", "/fields"),
    ({"fields": {"name": "a"}}, "schema.type", "/fields"),
    ({"fields": [STRING, STRING]}, "schema.duplicate", "/fields/1/name"),
    ({"feilds": [STRING]}, "schema.unknown-property", "/feilds"),
    ({"fields": [STRING], "primarykey": ["a"]}, "schema.unknown-property", "/primarykey"),
    ({"fields": [STRING], "fieldsMatch": ["exact"]}, "schema.type", "/fieldsMatch"),
    ({"fields": [STRING], "fieldsMatch": "loose"}, "schema.choice", "/fieldsMatch"),
    ({"fields": [STRING], "title": 1}, "schema.type", "/title"),
    (
        {"fields": [STRING], "missingValues": [{"value": ""}, {"value": ""}]},
        "schema.duplicate",
        "/missingValues/1",
    ),
    ({"fields": [STRING], "primaryKey": "a"}, "schema.type", "/primaryKey"),
    ({"fields": [STRING], "primaryKey": []}, "schema.type", "/primaryKey"),
    ({"fields": [STRING], "primaryKey": ["a", "a"]}, "schema.type", "/primaryKey"),
    ({"fields": [STRING], "primaryKey": ["b"]}, "schema.no-such-field", "/primaryKey/0"),
    ({"fields": [LIST], "primaryKey": ["a"]}, "schema.inapplicable", "/primaryKey/0"),
    ({"fields": [STRING], "uniqueKeys": [["a"], ["a", "b"]]}, "schema.no-such-field", "/uniqueKeys/1/1"),
    ({"fields": [STRING], "uniqueKeys": ["a"]}, "schema.type", "/uniqueKeys/0"),
    ({"fields": [STRING], "foreignKeys": [{"fields": ["a"]}]}, "schema.missing", "/foreignKeys/0"),
    (
        {"fields": [STRING], "foreignKeys": [{"fields": ["a"], "reference": {"fields": ["a", "b"]}}]},
        "schema.foreign-key",
        "/foreignKeys/0",
    ),
    (
        {"fields": [STRING], "foreignKeys": [{"fields": ["b"], "reference": {"fields": ["a"]}}]},
        "schema.no-such-field",
        "/foreignKeys/0/fields/0",
    ),
    (
        {"fields": [STRING, {"name": "a_missing", "type": "string"}], "missingValues": ["NA"]},
        "schema.contradiction",
        "/fields/0",
    ),
]

JSON_TEXTS = [
    "",
    "{",
    "{'fields': []}",
    '{"fields": [NaN]}',
    '{"fields": -Infinity}',
    '{"fields": 1e999}',
    '{"fields": [], "fields": []}',
    '{"fields": [{"name": "a", "name": "b", "type": "string"}]}',
    '{"title": "\\ud800", "fields": []}',
    '{"\\udfff": 1}',
    "9" * 5000,
    "[" * 100_000,
    '{"a":' * 100_000 + "1" + "}" * 100_000,
    "{} {}",
    "\ufeff\ufeff{}",
    "// a comment\n{}",
]


def refusal(understand, *arguments, **words):
    """The error that `understand` raises."""
    with pytest.raises(SchemaError) as caught:
        understand(*arguments, **words)
    assert caught.value.__context__ is None
    assert str(caught.value)
    return caught.value


@pytest.mark.parametrize(("field", "code", "pointer"), FIELDS)
def test_a_field_that_makes_no_sense_is_refused_where_it_is_wrong(field, code, pointer):
    """The error names the kind of mistake and points to it."""
    error = refusal(parse_schema, json.dumps({"fields": [field]}), name="t", path="t.json")
    assert (error.code, error.pointer, error.path) == (code, f"/fields/0{pointer}", "t.json")


@pytest.mark.parametrize(("schema", "code", "pointer"), SCHEMAS)
def test_a_schema_that_makes_no_sense_is_refused_where_it_is_wrong(schema, code, pointer):
    """The error names the kind of mistake and points to it."""
    error = refusal(parse_schema, json.dumps(schema), name="t", path="t.json")
    assert (error.code, error.pointer) == (code, pointer)


@pytest.mark.parametrize("text", JSON_TEXTS, ids=range(len(JSON_TEXTS)))
def test_what_is_not_json_is_refused(text):
    """Text that is no JSON document, or one that is read in several ways, is refused."""
    assert refusal(parse_schema, text, name="t", path="t.json").code == "schema.json"


def test_a_slip_is_answered_with_the_word_that_was_meant():
    """The message asks whether the known word was meant."""
    error = refusal(parse_schema, json.dumps({"fields": [STRING | {"constraint": {}}]}), name="t", path="t")
    assert "is it 'constraints'?" in str(error)


def keyed(target, **change):
    """Two resources of which the second refers to `target` of the first."""
    parent = {"fields": [STRING, {"name": "n", "type": "integer"}, DATE | {"name": "d"}], "primaryKey": ["a"]}
    key = {"fields": ["a"], "reference": {"resource": "parents", "fields": [target]}}
    child = {"fields": [STRING, DATE | {"name": "d"}], "foreignKeys": [key]} | change
    return {
        "resources": [{"name": "parents", "schema": parent}, {"name": "children", "schema": child}],
    }


def anchored(anchor, **change):
    """As `keyed`, with a date that is counted from `anchor`."""
    field = disclosed(DATE | {"name": "d"}, "quasi-identifier", "relative_days", anchor=anchor)
    return keyed("a", fields=[STRING, field], **change)


ONE = {"name": "t", "schema": {"fields": [STRING]}}
CHILD = "/resources/1/schema"
PACKAGES = [
    ([], "schema.type"),
    ({}, "schema.missing"),
    ({"resources": []}, "schema.type"),
    ({"resources": [{"schema": {"fields": [STRING]}}]}, "schema.missing"),
    ({"resources": [{"name": "t"}]}, "schema.missing"),
    ({"resources": [ONE, ONE]}, "schema.duplicate"),
    ({"resources": [ONE | {"name": "../t"}]}, "schema.name"),
    ({"resources": [ONE | {"name": "1"}]}, "schema.name"),
    ({"resources": [ONE], "title": []}, "schema.type"),
    ({"resources": [{"name": "t", "schema": "../t.json"}]}, "schema.escape"),
    ({"resources": [{"name": "t", "schema": "/etc/passwd"}]}, "schema.escape"),
    ({"resources": [{"name": "t", "schema": "https://example.org/t.json"}]}, "schema.escape"),
    ({"resources": [{"name": "t", "schema": "a\\..\\t.json"}]}, "schema.escape"),
    (keyed("x"), "schema.no-such-field"),
    (keyed("d"), "schema.foreign-key"),
    (keyed("n"), "schema.foreign-key"),
    (
        keyed("a", foreignKeys=[{"fields": ["a"], "reference": {"resource": "p", "fields": ["a"]}}]),
        "schema.no-such-table",
    ),
    (
        keyed("a", foreignKeys=[{"fields": ["d"], "reference": {"fields": ["d"]}}]),
        "schema.foreign-key",
    ),
    (anchored("d.x"), "schema.no-such-table"),
    (anchored("x"), "schema.no-such-field"),
    (anchored("parents.x"), "schema.no-such-field"),
    (anchored("parents.a"), "schema.treatment"),
    (anchored("parents.d", foreignKeys=[]), "schema.treatment"),
]


@pytest.mark.parametrize(("package", "code"), PACKAGES)
def test_a_package_that_makes_no_sense_is_refused(package, code):
    """Names, paths, references and anchors that lead nowhere are refused."""
    error = refusal(parse_package, json.dumps(package), path="datapackage.json", read=lambda *_: "{}")
    assert error.code == code


def test_a_reference_that_leads_nowhere_is_pointed_at():
    """The pointer of an error about another table leads to the reference."""
    error = refusal(parse_package, json.dumps(keyed("x")), path="datapackage.json", read=lambda *_: "{}")
    document = json.dumps(keyed("x"))
    assert error.pointer is not None
    found = json.loads(document)
    for token in error.pointer.strip("/").split("/"):
        found = found[int(token) if isinstance(found, list) else token]
    assert found == "x"


def test_references_that_lead_somewhere_are_taken():
    """The packages that the refused ones are made from are fine."""
    for document in (keyed("a"), anchored("d"), anchored("parents.d"), anchored("children.d")):
        assert parse_package(json.dumps(document), path="datapackage.json", read=lambda *_: "{}").schemas


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "schema.not-found"),
        (b"\xff\xfe{\x00}\x00", "schema.json"),
        (b'{"title": "caf\xe9"}', "schema.json"),
        (b"", "schema.json"),
    ],
)
def test_a_descriptor_file_that_cannot_be_read_is_refused(tmp_path, content, code):
    """A file that is not there or not UTF-8 is refused."""
    if content is not None:
        (tmp_path / "datapackage.json").write_bytes(content)
    assert refusal(load_package, tmp_path, name="study").code == code


def test_a_folder_in_place_of_a_schema_is_refused(tmp_path):
    """A schema path that leads to a folder is refused."""
    (tmp_path / "t.json").mkdir()
    resources = {"resources": [{"name": "t", "schema": "t.json"}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(resources), encoding="utf-8")
    error = refusal(load_package, tmp_path, name="study")
    assert (error.code, error.path) == ("schema.not-readable", "study/t.json")


def test_groups_have_one_size():
    """Fields that are averaged together have the same `k`."""
    fields = [
        {"name": name, "type": "number"}
        | {"disclosure": {"role": "none", "treatment": {"method": "microaggregate", "k": k, "group": "g"}}}
        for name, k in (("a", 3), ("b", 4))
    ]
    error = refusal(parse_schema, json.dumps({"fields": fields}), name="t", path="t.json")
    assert (error.code, error.pointer) == ("schema.contradiction", "/fields/1/disclosure/treatment/k")


def shifted(table, **change):
    """Two tables, the second of which has dates that are shifted by participant."""
    own = disclosed(DATE | {"name": "d"}, "quasi-identifier", "shift_dates")
    parent = {"fields": [STRING], "primaryKey": ["a"]}
    key = {"fields": ["a"], "reference": {"resource": table, "fields": ["a"]}}
    child = {"fields": [STRING, own], "foreignKeys": [key]} | change
    return {"resources": [{"name": table, "schema": parent}, {"name": "visits", "schema": child}]}


@pytest.mark.parametrize("package", [shifted("people"), shifted("participants", foreignKeys=[])])
def test_dates_are_shifted_only_where_rows_lead_to_a_participant(package):
    """Without a participant there is no offset."""
    error = refusal(parse_package, json.dumps(package), path="p.json", read=lambda *_: "")
    assert error.code == "schema.treatment"
    assert error.pointer == "/resources/1/schema/fields/1/disclosure/treatment/method"
    parse_package(json.dumps(shifted("participants")), path="p.json", read=lambda *_: "")


def test_a_hierarchy_may_lie_in_a_file_of_the_study():
    """A tree or a CSV of levels is read and kept in the schema, which is whole without the file."""
    files = {
        "places.csv": "place,region\na,North\nb,South\n",
        "places.json": '{"levels": ["place", "region"], "tree": {"North": ["a"], "South": ["b"]}}',
        "zips.json": '{"name": "own", "date": "2030-04-01", "source": "s", "prefixes": ["522"]}',
    }

    def understood(method, **parameters):
        schema = {"fields": [disclosed(STRING, "none", method, **parameters)]}
        package = {"resources": [{"name": "t", "schema": schema}]}
        found = parse_package(json.dumps(package), path="p.json", read=lambda path, _: files[path])
        assert (
            parse_schema(json.dumps(to_descriptor(found.schemas["t"])), name="t", path="t")
            == found.schemas["t"]
        )
        return found.schemas["t"]["a"].disclosure.treatment.parameters

    for path in ("places.csv", "places.json"):
        assert understood("generalize", hierarchy=path, level="region")["hierarchy"] == {
            "name": "places", "levels": ["place", "region"], "tree": {"North": ["a"], "South": ["b"]},
        }  # fmt: skip
    assert understood("zip3", table="zips.json")["table"]["prefixes"] == ["522"]
    files["zips.json"] = "[" * 10_000
    refusal(lambda: understood("zip3", table="zips.json"))
