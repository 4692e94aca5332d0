"""Whatever is spoilt, one short message says where, what, and what to do."""

# ruff: noqa: E501 - messages are compared whole

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ppdarchive.errors import PROBLEMS

TOML = """\
[study]
id = "small"

[[export]]
table = "people"
format = "csv"
path = "exports/people.csv"

[[rule]]
table = "people"
name = "grown-up"
check = "age >= 18"
"""
PEOPLE: dict[str, Any] = {
    "title": "People",
    "fields": [
        {"name": "person", "type": "string", "constraints": {"required": True}},
        {
            "name": "age",
            "type": "integer",
            "missingValues": ["", {"value": "-99", "label": "Refused"}],
            "constraints": {"maximum": 99},
        },
        {"name": "seen_on", "type": "date"},
        {"name": "colour", "type": "string", "categories": ["red", "blue"]},
    ],
    "primaryKey": ["person"],
}
PACKAGE = {
    "name": "small",
    "resources": [{"name": "people", "path": "people.parquet", "schema": "schemas/people.json"}],
}
CSV = "person,age,seen_on,colour\na,30,2020-01-02,red\nb,-99,2020-01-03,blue\n"
GOOD: dict[str, str | bytes | None] = {
    "study.toml": TOML,
    "datapackage.json": json.dumps(PACKAGE),
    "schemas/people.json": json.dumps(PEOPLE),
    "exports/people.csv": CSV,
}

Files = Mapping[str, str | bytes | None]


@dataclass(frozen=True)
class Case:
    """One thing spoilt in the good study, and the two lines that must be said of it."""

    name: str
    files: Files
    what: str
    remedy: str


def toml(old: str = "", new: str = "", more: str = "") -> Files:
    """study.toml with one part replaced, or with more at its end."""
    assert old in TOML
    return {"study.toml": TOML.replace(old, new, 1) + more}


def export(more: str) -> Files:
    """study.toml with more keys in its export."""
    return toml('path = "exports/people.csv"\n', 'path = "exports/people.csv"\n' + more)


def fmt(name: str, more: str = "") -> Files:
    """study.toml with its export in another format."""
    return toml('format = "csv"', f'format = "{name}"\n{more}')


def check(expression: str) -> Files:
    """study.toml with another rule."""
    return toml('check = "age >= 18"', f"check = {json.dumps(expression)}")


def csv(content: str | bytes | None) -> Files:
    """Another export, or none."""
    return {"exports/people.csv": content}


def people(**changes: Any) -> Files:
    """The schema with some properties replaced."""
    return {"schemas/people.json": json.dumps({**PEOPLE, **changes})}


def field(index: int, **changes: Any) -> Files:
    """The schema with some properties of one field replaced."""
    fields = [dict(item) for item in PEOPLE["fields"]]
    fields[index].update(changes)
    return people(fields=fields)


def zipped(members: Mapping[str, str], *, encrypted: bool = False) -> bytes:
    """A zip archive; one that says of itself that it is encrypted."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    data = bytearray(buffer.getvalue())
    if encrypted:
        data[6] |= 1
        data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def parquet(table: pa.Table) -> bytes:
    """The bytes of a Parquet file."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def quoted(*rows: list[str]) -> str:
    """Rows as CSV with every cell in quotes."""
    return "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows)


PQ = parquet(pa.table({"person": ["a"], "age": [30], "seen_on": ["2020-01-01"], "colour": ["red"]}))
DICT = (
    '"Variable / Field Name","Form Name","Field Type","Field Label",'
    '"Choices, Calculations, OR Slider Labels","Text Validation Type OR Show Slider Number","Identifier?"\n'
)
RELEASE = '[release]\nstandard = "safe-harbor"\n'
DICTIONARY = 'dictionary = "d.csv"\n'


CASES = [
    Case(
        "no study.toml",
        {"study.toml": None},
        "s/study.toml: there is no study.toml here",
        "Run `ppdarchive init` or name the study's folder.",
    ),
    Case(
        "study.toml empty",
        {"study.toml": ""},
        "s/study.toml#study: this is missing",
        "Correct it (and 1 more).",
    ),
    Case(
        "TOML broken",
        toml(more="x ==\n"),
        "s/study.toml:13: not valid TOML (broken there or just before)",
        "Correct the file at that place.",
    ),
    Case(
        "TOML broken at its end",
        toml(more='x = "'),
        "s/study.toml:13: not valid TOML (broken there or just before)",
        "Correct the file at that place.",
    ),
    Case(
        "TOML key twice",
        toml('id = "small"\n', 'id = "small"\nid = "b"\n'),
        "s/study.toml:3: not valid TOML (broken there or just before)",
        "Correct the file at that place.",
    ),
    Case(
        "TOML not UTF-8",
        {"study.toml": b"\xff\xfe"},
        "s/study.toml: not valid TOML (not UTF-8 text)",
        "Correct the file at that place.",
    ),
    Case(
        "TOML with a number of 5000 digits",
        toml(more="x = " + "1" * 5000 + "\n"),
        "s/study.toml: not valid TOML (a number of too many digits)",
        "Correct the file at that place.",
    ),
    Case(
        "TOML nested too deeply",
        toml(more="x = " + "[" * 3000 + "]" * 3000 + "\n"),
        "s/study.toml: not valid TOML (nested too deeply)",
        "Correct the file at that place.",
    ),
    Case(
        "TOML a folder",
        {"study.toml": None, "study.toml/x": ""},
        "s/study.toml: the file cannot be opened (Is a directory)",
        "Check it.",
    ),
    Case(
        "study missing",
        toml('[study]\nid = "small"\n', ""),
        "s/study.toml#study: this is missing",
        "Correct it.",
    ),
    Case(
        "study a text",
        toml('[study]\nid = "small"\n', 'study = "x"\n'),
        "s/study.toml#study: a table expected",
        "Correct it.",
    ),
    Case(
        "study id blank",
        toml('"small"', '" "'),
        "s/study.toml#study.id: letters, digits, '.', '_' and '-' expected",
        "Correct it.",
    ),
    Case("study id a number", toml('"small"', "3"), "s/study.toml#study.id: a text expected", "Correct it."),
    Case(
        "study key unknown",
        toml('id = "small"\n', 'id = "small"\ntitel = "x"\n'),
        "s/study.toml#study.titel: there is no such key; is it 'title'?",
        "Correct it.",
    ),
    Case(
        "top key unknown",
        toml(more="[relase]\nk = 5\n"),
        "s/study.toml#relase: there is no such key; is it 'release'?",
        "Correct it.",
    ),
    Case(
        "no export",
        {"study.toml": '[study]\nid = "small"\n'},
        "s/study.toml#export: this is missing",
        "Correct it.",
    ),
    Case(
        "export a table, not a list",
        toml("[[export]]", "[export]"),
        "s/study.toml#export: a list expected",
        "Correct it.",
    ),
    Case(
        "export list empty",
        {"study.toml": 'export = []\n[study]\nid = "small"\n'},
        "s/study.toml#export: at least one expected",
        "Correct it.",
    ),
    Case(
        "export table unknown",
        toml('table = "people"', 'table = "persons"'),
        "s/study.toml#export[0].table: no schema declares a table 'persons'",
        "Name one of the tables in datapackage.json.",
    ),
    Case(
        "export format unknown",
        toml('format = "csv"', 'format = "spss"'),
        "s/study.toml#export[0].format: 'qualtrics', 'redcap', 'csv', 'tsv' or 'parquet' expected",
        "Correct it.",
    ),
    Case(
        "export path missing",
        toml('path = "exports/people.csv"\n', ""),
        "s/study.toml#export[0].path: this is missing",
        "Correct it.",
    ),
    Case(
        "export path blank",
        toml('"exports/people.csv"', '""'),
        "s/study.toml#export[0].path: a text that is not blank expected",
        "Correct it.",
    ),
    Case(
        "export two things wrong",
        export("clumns = {}\nkey = 3\n"),
        "s/study.toml#export[0].key: a text expected",
        "Correct it (and 1 more).",
    ),
    Case(
        "columns with a number",
        export("columns = {age = 3}\n"),
        "s/study.toml#export[0].columns.age: a text expected",
        "Correct it.",
    ),
    Case(
        "columns with a list of numbers",
        export("columns = {age = [3]}\n"),
        "s/study.toml#export[0].columns.age: a text expected",
        "Correct it (and 1 more).",
    ),
    Case(
        "columns of an unknown field",
        export('columns = {person = "person", aeg = "age"}\n'),
        "s/study.toml#export[0].columns.aeg: table 'people' has no field 'aeg'; is it 'age'?",
        "Name a field of the table's schema.",
    ),
    Case(
        "columns list for a plain field",
        export('columns = {age = ["a","b"]}\n'),
        "s/study.toml#export[0].columns.age: several columns fill a list field only",
        "Correct or remove it.",
    ),
    Case(
        "constants of an unknown field",
        export('constants = {wave = "post"}\n'),
        "s/study.toml#export[0].constants.wave: table 'people' has no field 'wave'",
        "Name a field of the table's schema.",
    ),
    Case(
        "field filled twice",
        export('columns = {age = "age"}\nconstants = {age = "3"}\n'),
        "s/study.toml#export[0].columns: 'age' is filled by constants too",
        "Correct one of the two.",
    ),
    Case(
        "key without participant field",
        export('key = "person"\n'),
        "s/study.toml#export[0].key: the table has no field participant_id",
        "Correct or remove it.",
    ),
    Case(
        "formats unknown field",
        export('formats = {seen = "%d"}\n'),
        "s/study.toml#export[0].formats.seen: table 'people' has no field 'seen'; is it 'seen_on'?",
        "Name a field of the table's schema.",
    ),
    Case(
        "formats no date",
        export('formats = {age = "%d"}\n'),
        "s/study.toml#export[0].formats.age: only dates and times have a format here",
        "Correct or remove it.",
    ),
    Case(
        "formats pattern loses the year",
        export('formats = {seen_on = "%d.%m"}\n'),
        "s/study.toml#export[0].formats.seen_on: the pattern does not hold a whole date",
        "Correct or remove it.",
    ),
    Case(
        "translate to an unknown category",
        export('translate = {colour = {R = "green"}}\n'),
        "s/study.toml#export[0].translate.colour.R: field 'colour' has no category 'green'",
        "Name a category of the field's schema.",
    ),
    Case(
        "translate an unknown field",
        export('translate = {color = {R = "red"}}\n'),
        "s/study.toml#export[0].translate.color: table 'people' has no field 'color'; is it 'colour'?",
        "Name a field of the table's schema.",
    ),
    Case(
        "missing reason unknown",
        export('missing = {"-9" = "Away"}\n'),
        "s/study.toml#export[0].missing.-9: no field of table 'people' has a missing code or label 'Away'",
        "Declare it under `missingValues` in the schema.",
    ),
    Case(
        "dictionary of a csv",
        export(DICTIONARY),
        "s/study.toml#export[0].dictionary: `dictionary` is for REDCap exports only",
        "Correct or remove it.",
    ),
    Case(
        "events of a csv",
        export('events = {a = "b"}\n'),
        "s/study.toml#export[0].events: `events` is for REDCap exports only",
        "Correct or remove it.",
    ),
    Case(
        "events without wave",
        fmt("redcap", 'dictionary = "d.csv"\nevents = {a = "post"}\n'),
        "s/study.toml#export[0].events: the table has no field wave",
        "Correct or remove it.",
    ),
    Case(
        "redcap without dictionary",
        fmt("redcap"),
        "s/study.toml#export[0].dictionary: this is missing; a REDCap export needs its data dictionary",
        "Correct it.",
    ),
    Case(
        "redcap dictionary not there",
        fmt("redcap", DICTIONARY),
        "s/d.csv: there is no such file",
        "Check its path.",
    ),
    Case(
        "redcap dictionary is none",
        {**fmt("redcap", DICTIONARY), "d.csv": "a,b\n1,2\n"},
        "s/d.csv:1: not a REDCap data dictionary: column 'Variable / Field Name' is missing",
        "Download it under Project Setup, Data Dictionary.",
    ),
    Case(
        "redcap dictionary choices",
        {**fmt("redcap", DICTIONARY), "d.csv": DICT + "age,f,radio,Age,nonsense,,\n"},
        "s/d.csv:2: the dictionary's list of choices cannot be understood",
        "Download the dictionary again; do not edit it by hand.",
    ),
    Case(
        "redcap other export",
        {**fmt("redcap", DICTIONARY), "d.csv": DICT + "weight,f,text,W,,,\n"},
        "exports/people.csv:1: no column of the export is a field of the dictionary",
        "Export raw data with field names (not labels) as header.",
    ),
    Case(
        "exclude a text",
        export('exclude = {blank = "yes"}\n'),
        "s/study.toml#export[0].exclude.blank: true or false expected",
        "Correct it.",
    ),
    Case(
        "exclude rule unknown",
        export("exclude = {previews = true}\n"),
        "s/study.toml#export[0].exclude.previews: there is no such key; is it 'preview'?",
        "Correct it.",
    ),
    Case(
        "ignore a text",
        export('ignore = "x"\n'),
        "s/study.toml#export[0].ignore: a list expected",
        "Correct it.",
    ),
    Case(
        "long column missing",
        export('long = [{into = "age"}]\n'),
        "s/study.toml#export[0].long[0].column: this is missing",
        "Correct it.",
    ),
    Case(
        "long into unknown",
        export('long = [{column = "age", into = "score"}]\n'),
        "s/study.toml#export[0].long[0].into: table 'people' has no field 'score'",
        "Name a field of the table's schema.",
    ),
    Case(
        "long sets unknown",
        export('long = [{column = "age", into = "age", set = {scale = "x"}}]\n'),
        "s/study.toml#export[0].long[0].set: table 'people' has no field 'scale'",
        "Name a field of the table's schema.",
    ),
    Case(
        "long into what columns fill",
        export('columns = {age = "age"}\nlong = [{column = "x", into = "age"}]\n'),
        "s/study.toml#export[0].long[0]: 'age' is filled by columns too",
        "Correct one of the two.",
    ),
    Case(
        "known without columns",
        toml(more='[[known]]\npath = "c.csv"\n'),
        "s/study.toml#known[0].columns: this is missing",
        "Correct it.",
    ),
    Case(
        "text replace unknown",
        toml(more='[text]\nreplace = "black"\n'),
        "s/study.toml#text.replace: 'tag', 'numbered', 'surrogate', 'general' or 'mask' expected",
        "Correct it.",
    ),
    Case(
        "release without consent",
        toml(more=RELEASE + ""),
        "s/study.toml#release.consent: this is missing",
        "Correct it.",
    ),
    Case(
        "release consent unknown",
        toml(more=RELEASE + 'consent = "agreed"\n'),
        "s/study.toml#release.consent: table 'participants' has no field 'agreed' (a statement begins with \"all: \")",
        "Name a field of the table's schema.",
    ),
    Case(
        "release k zero",
        toml(more=RELEASE + 'consent = "all: form 3"\nk = 0\n'),
        "s/study.toml#release.k: greater than or equal to 1 expected",
        "Correct it.",
    ),
    Case(
        "release k float",
        toml(more=RELEASE + 'consent = "all: form 3"\nk = 5.0\n'),
        "s/study.toml#release.k: a whole number expected",
        "Correct it.",
    ),
    Case(
        "release risk above one",
        toml(more=RELEASE + 'consent = "all: form 3"\nmax_average_risk = 2\n'),
        "s/study.toml#release.max_average_risk: less than or equal to 1 expected",
        "Correct it.",
    ),
    Case(
        "release risk nan",
        toml(more=RELEASE + 'consent = "all: form 3"\nmax_average_risk = nan\n'),
        "s/study.toml#release.max_average_risk: less than or equal to 1 expected",
        "Correct it.",
    ),
    Case(
        "release standard unknown",
        toml(more='[release]\nstandard = "hipaa"\nconsent = "all: form 3"\n'),
        "s/study.toml#release.standard: 'safe-harbor', 'expert-determination' or 'limited-data-set' expected",
        "Correct it.",
    ),
    Case(
        "rule table unknown",
        toml('[[rule]]\ntable = "people"', '[[rule]]\ntable = "persons"'),
        "s/study.toml#rule[0].table: no schema declares a table 'persons'",
        "Name one of the tables in datapackage.json.",
    ),
    Case(
        "rule of both",
        toml('check = "age >= 18"', 'check = "age >= 18"\nfunction = "f"'),
        "s/study.toml#rule[0]: a rule has either a check or a function",
        "Correct one of the two.",
    ),
    Case(
        "rule of neither",
        toml('check = "age >= 18"\n', ""),
        "s/study.toml#rule[0]: a rule has either a check or a function",
        "Correct one of the two.",
    ),
    Case(
        "rule name twice",
        toml(more='[[rule]]\ntable = "people"\nname = "grown-up"\ncheck = "age < 3"\n'),
        "s/study.toml#rule[1].name: two rules of one table have this name",
        "Correct one of the two.",
    ),
    Case(
        "rule function unknown",
        toml('check = "age >= 18"', 'function = "no-such"'),
        "s/study.toml#rule[0].function: no installed package offers a rule function 'no-such'",
        "Install the package that does, or correct the name.",
    ),
    Case(
        "rule unknown field",
        check("aeg >= 18"),
        "s/study.toml#rule[0].check: the table has no field 'aeg'",
        "Correct the rule's expression.",
    ),
    Case(
        "rule syntax",
        check("age >= "),
        "s/study.toml#rule[0].check: not an expression that can be understood",
        "Correct the rule's expression.",
    ),
    Case(
        "rule not boolean",
        check("age + 1"),
        "s/study.toml#rule[0].check: the expression is neither true nor false",
        "Correct the rule's expression.",
    ),
    Case(
        "rule types",
        check("age > 'x'"),
        "s/study.toml#rule[0].check: the types of its parts do not go together",
        "Correct the rule's expression.",
    ),
    Case(
        "rule attribute",
        check("age.real > 1"),
        "s/study.toml#rule[0].check: an attribute is not allowed there",
        "Correct the rule's expression.",
    ),
    Case(
        "rule call",
        check("eval(age) > 1"),
        "s/study.toml#rule[0].check: there is no function 'eval'",
        "Correct the rule's expression.",
    ),
    Case(
        "rule lambda",
        check("(lambda: age)() > 1"),
        "s/study.toml#rule[0].check: a call is not allowed there",
        "Correct the rule's expression.",
    ),
    Case(
        "rule subscript",
        check("age[0] > 1"),
        "s/study.toml#rule[0].check: a subscript is not allowed there",
        "Correct the rule's expression.",
    ),
    Case(
        "rule too large number",
        check("age > 99999999999999999999"),
        "s/study.toml#rule[0].check: a number in it is too large",
        "Correct the rule's expression.",
    ),
    Case(
        "rule bad date",
        check('seen_on > date("2020-13-01")'),
        "s/study.toml#rule[0].check: a date in it is not written as YYYY-MM-DD",
        "Correct the rule's expression.",
    ),
    Case(
        "rule bad pattern",
        check('matches(person, "[a")'),
        "s/study.toml#rule[0].check: its pattern is none, or uses what is not known here",
        "Correct the rule's expression.",
    ),
    Case(
        "rule too long",
        check("age > 1 or " * 300 + "age > 1"),
        "s/study.toml#rule[0].check: not an expression that can be understood",
        "Correct the rule's expression.",
    ),
    Case(
        "rule too deep",
        check("not " * 60 + "(age > 1)"),
        "s/study.toml#rule[0].check: not an expression that can be understood",
        "Correct the rule's expression.",
    ),
    Case(
        "rule no field",
        check("1 < 2"),
        "s/study.toml#rule[0].check: the expression speaks of no field",
        "Correct the rule's expression.",
    ),
    Case(
        "rule bare function name",
        check("length(person) > length"),
        "s/study.toml#rule[0].check: the table has no field 'length'",
        "Correct the rule's expression.",
    ),
    Case(
        "rule half a surrogate pair",
        check('person == "\\ud800"'),
        "s/study.toml#rule[0].check: a text in it is none",
        "Correct the rule's expression.",
    ),
    Case(
        "no datapackage.json",
        {"datapackage.json": None},
        "s/datapackage.json: there is no such file",
        "Run `ppdarchive init` or restore it.",
    ),
    Case(
        "datapackage a list",
        {"datapackage.json": "[]"},
        "s/datapackage.json#/: an object expected",
        "Correct the value.",
    ),
    Case(
        "datapackage no resources",
        {"datapackage.json": "{}"},
        "s/datapackage.json#/: 'resources' is missing",
        "Add it.",
    ),
    Case(
        "datapackage not UTF-8",
        {"datapackage.json": b"\xff"},
        "s/datapackage.json: not valid JSON (not UTF-8 text)",
        "Correct the file at that place.",
    ),
    Case(
        "no schema file",
        {"schemas/people.json": None},
        "s/schemas/people.json: there is no such file",
        "Run `ppdarchive init` or restore it.",
    ),
    Case(
        "schema a folder",
        {"schemas/people.json": None, "schemas/people.json/x": ""},
        "s/schemas/people.json: the file cannot be opened (Is a directory)",
        "Check it.",
    ),
    Case(
        "schema outside",
        {"datapackage.json": json.dumps(PACKAGE).replace("schemas/", "../")},
        "s/datapackage.json#/resources/0/schema: the schema's path leaves the study folder",
        "Keep schemas inside the study.",
    ),
    Case(
        "schema not JSON",
        {"schemas/people.json": "{\n,"},
        "s/schemas/people.json:2: not valid JSON (Expecting property name enclosed in double quotes)",
        "Correct the file at that place.",
    ),
    Case(
        "schema duplicate members",
        {"schemas/people.json": '{"fields": [], "fields": []}'},
        "s/schemas/people.json: not valid JSON (a name stands twice in one object)",
        "Correct the file at that place.",
    ),
    Case(
        "schema NaN",
        {"schemas/people.json": '{"fields": NaN}'},
        "s/schemas/people.json: not valid JSON (NaN is not JSON)",
        "Correct the file at that place.",
    ),
    Case(
        "schema number of 5000 digits",
        {"schemas/people.json": '{"fields": ' + "1" * 5000 + "}"},
        "s/schemas/people.json: not valid JSON (a number of too many digits)",
        "Correct the file at that place.",
    ),
    Case(
        "schema nested too deeply",
        {"schemas/people.json": "[" * 100000},
        "s/schemas/people.json: not valid JSON (nested too deeply)",
        "Correct the file at that place.",
    ),
    Case(
        "schema no fields",
        people(fields=[]),
        "s/schemas/people.json#/fields: at least one field expected",
        "Correct the value.",
    ),
    Case(
        "schema field type",
        field(1, type="int"),
        "s/schemas/people.json#/fields/1/type: not one of string, integer, number, boolean, date, datetime, time, year, list",
        "Use one of them.",
    ),
    Case(
        "schema field slip",
        field(1, formt="x"),
        "s/schemas/people.json#/fields/1/formt: 'formt' is not a property known here; is it 'format'?",
        "Correct its spelling or remove it.",
    ),
    Case(
        "schema contradiction",
        field(1, constraints={"minimum": 9, "maximum": 3}),
        "s/schemas/people.json#/fields/1/constraints: the minimum is above the maximum",
        "Correct one of the two.",
    ),
    Case(
        "schema pattern",
        field(0, constraints={"pattern": "("}),
        "s/schemas/people.json#/fields/0/constraints/pattern: not a regular expression (missing ), unterminated subpattern)",
        "Correct the pattern.",
    ),
    Case(
        "schema key unknown",
        people(primaryKey=["id"]),
        "s/schemas/people.json#/primaryKey/0: the table has no field 'id'",
        "Name one of its fields.",
    ),
    Case(
        "schema foreign key",
        people(foreignKeys=[{"fields": ["person"], "reference": {"resource": "x", "fields": ["y"]}}]),
        "s/schemas/people.json#/foreignKeys/0/reference/resource: there is no table 'x'",
        "Name one of the tables.",
    ),
    Case("export not there", csv(None), "exports/people.csv: there is no such file", "Check its path."),
    Case(
        "export a folder",
        {"exports/people.csv": None, "exports/people.csv/x": ""},
        "exports/people.csv: this is not a file",
        "Name the exported file itself.",
    ),
    Case("export empty", csv(""), "exports/people.csv: the file is empty", "Export it again."),
    Case(
        "export only a byte-order mark",
        csv(b"\xef\xbb\xbf"),
        "exports/people.csv: the file is empty",
        "Export it again.",
    ),
    Case(
        "export NUL",
        csv(CSV.encode().replace(b"red", b"r\0d")),
        "exports/people.csv:2: a NUL character: this is not a text file",
        "Export as CSV; for UTF-16 keep the byte-order mark.",
    ),
    Case(
        "export not UTF-8",
        csv(CSV.encode().replace(b"red", b"r\xe9d")),
        "exports/people.csv:2: byte 43 is not utf-8 text",
        "Export as UTF-8, or name the file's `encoding` in study.toml.",
    ),
    Case(
        "export UTF-16 unmarked",
        csv(CSV.encode("utf-16-le")),
        "exports/people.csv:1: a NUL character: this is not a text file",
        "Export as CSV; for UTF-16 keep the byte-order mark.",
    ),
    Case(
        "export truncated quote",
        csv(CSV + '"c,31'),
        "exports/people.csv:4: a quoted cell is not closed, or text follows its closing quote",
        "The file was cut off or edited by hand; export it again.",
    ),
    Case(
        "export ragged",
        csv(CSV + "c,31\nd,3,4,5,6\n"),
        "exports/people.csv:4: 2 cells where the header has 4 (2 such rows)",
        "The file was cut off, or `delimiter` is wrong; export it again.",
    ),
    Case(
        "export duplicate column",
        csv(CSV.replace("seen_on", "age", 1)),
        "exports/people.csv:1: columns 2 and 3 have the same name",
        "Rename one in the survey tool and export again.",
    ),
    Case(
        "export unnamed column",
        csv(CSV.replace("seen_on", "", 1)),
        "exports/people.csv:1: column 3 has no name",
        "Name it in the survey tool and export again.",
    ),
    Case(
        "export other delimiter",
        csv(CSV.replace(",", ";")),
        "exports/people.csv:1: only one column with delimiter ',', but ';' stands in the header",
        "Set `delimiter = ';'` in study.toml.",
    ),
    Case(
        "export bad delimiter",
        export('delimiter = "ab"\n'),
        "exports/people.csv: 'ab' cannot be a delimiter",
        "Use one character such as , ; | or a tab.",
    ),
    Case(
        "export delimiter empty",
        export('delimiter = ""\n'),
        "exports/people.csv: '' cannot be a delimiter",
        "Use one character such as , ; | or a tab.",
    ),
    Case(
        "export unknown encoding",
        export('encoding = "utf-99"\n'),
        "exports/people.csv: encoding 'utf-99' is not known",
        "Use one such as utf-8, utf-16 or cp1252.",
    ),
    Case(
        "export zip broken",
        csv(zipped({"a.csv": CSV})[:60]),
        "exports/people.csv: the zip archive cannot be read (damaged)",
        "Download the export again.",
    ),
    Case(
        "export zip of two",
        csv(zipped({"a.csv": CSV, "b.csv": CSV})),
        "exports/people.csv: the zip archive holds 2 tables where one is expected",
        "Unpack it and name the file in study.toml.",
    ),
    Case(
        "export zip of none",
        csv(zipped({})),
        "exports/people.csv: the zip archive cannot be read (no table in it)",
        "Download the export again.",
    ),
    Case(
        "export zip encrypted",
        csv(zipped({"a.csv": CSV}, encrypted=True)),
        "exports/people.csv: the zip archive cannot be read (encrypted)",
        "Download the export again.",
    ),
    Case(
        "parquet truncated",
        {**fmt("parquet"), **csv(PQ[:-9])},
        "exports/people.csv: not a readable Parquet file",
        "Write the file again.",
    ),
    Case(
        "parquet a csv",
        fmt("parquet"),
        "exports/people.csv: not a readable Parquet file",
        "Write the file again.",
    ),
    Case(
        "parquet struct",
        {**fmt("parquet"), **csv(parquet(pa.table({"person": ["a"], "s": [{"x": 1}]})))},
        "exports/people.csv: column 2 holds struct values, which no survey field has",
        "Write it as text, numbers, dates or lists of them.",
    ),
    Case(
        "qualtrics a csv",
        fmt("qualtrics"),
        "exports/people.csv: neither a Qualtrics export (import ids in row 3) nor a legacy one (V1.. in row 1)",
        'Use `format = "csv"` for a plain table, or export again.',
    ),
    Case(
        "qualtrics two rows",
        {**fmt("qualtrics"), **csv(quoted(["Q1"], ["Label"]))},
        "exports/people.csv: 3 header rows expected, 2 found",
        "Export again as CSV with its header rows.",
    ),
    Case(
        "qualtrics without third header",
        {**fmt("qualtrics"), **csv(quoted(["Q1", "Q2"], ["a", "b"], ["x", "y"]))},
        "exports/people.csv: neither a Qualtrics export (import ids in row 3) nor a legacy one (V1.. in row 1)",
        'Use `format = "csv"` for a plain table, or export again.',
    ),
    Case(
        "qualtrics import id broken",
        {
            **fmt("qualtrics"),
            **csv(quoted(["Q1", "Q2"], ["a", "b"], ['{"ImportId":"QID1"}', '{"ImportId":'])),
        },
        "exports/people.csv:3: header row 3 has no import id in column 2",
        "Export from Qualtrics again as CSV or TSV; do not re-save it in a spreadsheet.",
    ),
]


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    """Return each case in turn."""
    return request.param


def test_good_study_is_good(write: Callable[[Files], Path], run: Callable[..., Any]) -> None:
    """The study that the cases spoil has nothing wrong with it."""
    write(GOOD)
    outcome = run("validate", "s")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.endswith("Nothing wrong: 1 table, 2 rows.\n")


def test_spoilt_input(
    case: Case,
    write: Callable[[Files], Path],
    run: Callable[..., Any],
    listing: Callable[[], dict[str, bytes | None]],
) -> None:
    """Something spoilt gives two lines on standard error, exit code 2, and nothing else anywhere."""
    write(GOOD)
    write(case.files)
    before = listing()
    outcome = run("validate", "s")
    assert outcome.err == f"error: {case.what}\n  {case.remedy}\n"
    assert (outcome.code, outcome.out) == (2, "")
    assert listing() == before


def test_spoilt_input_as_json(case: Case, write: Callable[[Files], Path], run: Callable[..., Any]) -> None:
    """The same for programs: one JSON object on standard output that says it in parts."""
    write(GOOD)
    write(case.files)
    outcome = run("validate", "s", "--json")
    assert (outcome.code, outcome.err) == (2, "")
    said = json.loads(outcome.out)
    assert list(said) == ["error", "path", "line", "pointer", "what", "remedy"]
    assert said["error"] in PROBLEMS
    line = "" if said["line"] is None else f":{said['line']}"
    pointer = "" if said["pointer"] is None else f"#{said['pointer']}"
    assert f"{said['path']}{line}{pointer}: {said['what']}" == case.what
    assert said["remedy"] == case.remedy


def test_messages_differ() -> None:
    """There are many cases, and hardly two say the same."""
    assert len(CASES) >= 100
    assert len({(case.what, case.remedy) for case in CASES}) > 0.8 * len(CASES)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "latin-1"])
def test_study_in_other_encodings(
    codec: str, write: Callable[[Files], Path], run: Callable[..., Any]
) -> None:
    """A study.toml with a byte-order mark is read; one that is no UTF-8 is named as that."""
    text = TOML.replace('"small"', '"small"\ntitle = "Ä"')
    write({**GOOD, "study.toml": text.encode("utf-8-sig" if codec == "utf-8" else codec)})
    outcome = run("validate", "s")
    assert outcome.code == (0 if codec == "utf-8" else 2)
    assert ("not UTF-8 text" in outcome.err) == (codec != "utf-8")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
@pytest.mark.parametrize("name", list(GOOD))
def test_unreadable(name: str, write: Callable[[Files], Path], run: Callable[..., Any]) -> None:
    """A file that may not be read is said to be so."""
    folder = write(GOOD)
    (folder / name).chmod(0)
    outcome = run("validate", "s")
    assert outcome.code == 2
    assert f"{name}: the file cannot be opened (Permission denied)\n" in outcome.err


COMMANDS = {
    "validate/ /nowhere": (
        "nowhere/study.toml: there is no study.toml here",
        "Run `ppdarchive init` or name the study's folder.",
    ),
    "columns/ /s/exports/people.csv/ /--format/ /spss": (
        "--format is qualtrics, redcap, csv, tsv or parquet",
        "See --help.",
    ),
    "columns/ /nowhere.csv": ("nowhere.csv: there is no such file", "Check its path."),
    "columns/ /s/exports/people.csv/ /--format/ /redcap": (
        "s/exports/people.csv: a REDCap export needs its data dictionary",
        "Name the data dictionary CSV: `dictionary` in study.toml, --dictionary on the command line.",
    ),
    "columns/ /s/exports/people.csv/ /--format/ /redcap/ /--dictionary/ /nowhere": (
        "nowhere: there is no such file",
        "Check its path.",
    ),
    "columns/ /s/semicolons.csv": (
        "s/semicolons.csv:1: only one column with delimiter ',', but ';' stands in the header",
        "Set `delimiter = ';'` in study.toml.",
    ),
    "codebook/ /nowhere": (
        "nowhere/study.toml: there is no study.toml here",
        "Run `ppdarchive init` or name the study's folder.",
    ),
    "synth/ /s": ("s: the folder already exists and is not empty", "Name a new folder."),
    "synth/ /s/study.toml": (
        "s/study.toml: the folder already exists and is not empty",
        "Name a new folder.",
    ),
    "synth/ /new/ /--participants/ /3/ /--answered/ /5": (
        "of 3 participants, 5 cannot have answered",
        "See --help.",
    ),
    "init/ /s": ("s/study.toml: the file is there already", "Name another folder, or move the file away."),
    "init/ /s/study.toml": ("s/study.toml: cannot write here (Not a directory)", "Check the folder."),
    "init/ /new/ /--id/ /a/b": (
        "an id has letters, digits, '.', '_' and '-'; give one by --id",
        "See --help.",
    ),
    "init/ /my study": ("an id has letters, digits, '.', '_' and '-'; give one by --id", "See --help."),
    "init/ /LONG": ("LONG: cannot write here (File name too long)", "Check the folder."),
    "init/ //proc/nowhere/x": (
        "/proc/nowhere/x: cannot write here (No such file or directory)",
        "Check the folder.",
    ),
    "synth/ //proc/nowhere/x": (
        "/proc/nowhere/x: cannot write here (No such file or directory)",
        "Check the folder.",
    ),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_wrong_use(
    command: str,
    write: Callable[[Files], Path],
    run: Callable[..., Any],
    listing: Callable[[], dict[str, bytes | None]],
) -> None:
    """A command that cannot be done says why in two lines, and leaves everything as it was."""
    write({**GOOD, "semicolons.csv": "a;b\n1;2\n"})
    before = listing()
    outcome = run(*command.replace("LONG", "a" * 300).split("/ /"))
    what, remedy = COMMANDS[command]
    assert outcome.err == f"error: {what.replace('LONG', 'a' * 300)}\n  {remedy}\n"
    assert (outcome.code, outcome.out) == (2, "")
    assert listing() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate"],
        ["valdate", "s"],
        ["validate", "s", "--bogus"],
        ["validate", "s", "s"],
        ["validate", "s", "--json=3"],
        ["synth", "new", "--participants", "0"],
        ["synth", "new", "--participants", "many"],
        ["--bogus"],
    ],
    ids=" ".join,
)
def test_wrong_words(
    arguments: list[str],
    run: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    listing: Callable[[], dict[str, bytes | None]],
) -> None:
    """Words that no command takes are refused in the same form, and never as a defect of ours."""
    monkeypatch.chdir(tmp_path)
    outcome = run(*arguments)
    first, second = outcome.err.splitlines()
    assert first.startswith("error: ")
    assert "bug" not in first
    assert second == "  See --help."
    assert (outcome.code, outcome.out) == (2, "")
    assert not listing()


def test_wrong_words_as_json(run: Callable[..., Any]) -> None:
    """Who asks for JSON gets JSON, wrong words included."""
    outcome = run("validate", "s", "--bogus", "--json")
    assert (outcome.code, outcome.err) == (2, "")
    assert json.loads(outcome.out)["error"] == "usage.value"


def test_values_are_never_json(write: Callable[[Files], Path], run: Callable[..., Any]) -> None:
    """Values and JSON together are refused, before anything is read."""
    outcome = run("validate", "nowhere", "--show-values", "--json")
    assert (outcome.code, outcome.err) == (2, "")
    assert json.loads(outcome.out) == {
        "error": "usage.value",
        "path": None,
        "line": None,
        "pointer": None,
        "what": "--show-values is for the screen, --json for programs",
        "remedy": "See --help.",
    }


def test_init_takes_back_what_it_wrote(
    run: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    listing: Callable[[], dict[str, bytes | None]],
) -> None:
    """An `init` that fails half-way leaves neither files nor folders of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "schemas").write_text("a file where a folder should be")
    before = listing()
    outcome = run("init", "s")
    assert outcome.code == 2
    assert outcome.err.startswith("error: s: cannot write here (")
    assert listing() == before


def ppdarchive(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own."""
    program = "from ppdarchive.cli.main import run; run()"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_process_of_its_own(write: Callable[[Files], Path], tmp_path: Path) -> None:
    """A spoilt input ends a real process with exit code 2 and no traceback."""
    write({**GOOD, **csv(None)})
    process = ppdarchive("validate", "s", cwd=tmp_path)
    assert process.returncode == 2
    assert process.stdout == b""
    assert process.stderr == b"error: exports/people.csv: there is no such file\n  Check its path.\n"


def test_names_that_are_no_text(write: Callable[[Files], Path], tmp_path: Path) -> None:
    """A folder whose name is no UTF-8 is named in errors, on the screen and as JSON."""
    folder = os.fsdecode(b"s\xff\xc3\xa9")
    process = ppdarchive("validate", folder, cwd=tmp_path, PYTHONIOENCODING="utf-8")
    assert process.returncode == 2
    assert (
        process.stderr.splitlines()[0] == "error: s\\udcffé/study.toml: there is no study.toml here".encode()
    )
    process = ppdarchive("validate", folder, "--json", cwd=tmp_path)
    assert process.returncode == 2
    assert json.loads(process.stdout)["path"] == f"{folder}/study.toml"


def test_output_of_any_locale(write: Callable[[Files], Path], tmp_path: Path) -> None:
    """What is written into a file or pipe is UTF-8, whatever the locale would have it be."""
    write({**GOOD, "study.toml": TOML.replace('"small"', '"small"\ntitle = "Ä 🤱"')})
    process = ppdarchive("codebook", "s", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert process.returncode == 0, process.stderr
    assert process.stdout.startswith("# Ä 🤱\n".encode())


@pytest.mark.parametrize("command", ["validate s --show-values", "codebook s", "validate s --json"])
def test_reader_that_leaves(command: str, write: Callable[[Files], Path], tmp_path: Path) -> None:
    """Whoever reads our output may stop reading; nothing is said of it."""
    rows = "".join(f"a,x{n},2020-01-01,green\n" for n in range(50))
    write({**GOOD, "exports/people.csv": "person,age,seen_on,colour\n" + rows})
    read_end, write_end = os.pipe()
    os.close(read_end)
    program = "from ppdarchive.cli.main import run; run()"
    with os.fdopen(write_end, "wb") as closed:
        process = subprocess.run(
            [sys.executable, "-c", program, *command.split()],
            cwd=tmp_path,
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    assert process.stderr == b""
