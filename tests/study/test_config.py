"""study.toml by itself: every key, what is refused, and that nothing else is ever raised."""

# ruff: noqa: E501 - messages are compared whole

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.errors import StudyError
from ppdarchive.study import Config, parse_config

EVERYTHING = """\
[study]
id = "a-1.b_c"
title = "T"
description = "D"

[[export]]
table = "t"
format = "redcap"
path = "p.csv"
dictionary = "d.csv"
encoding = "cp1252"
delimiter = ";"
key = "K"
id = "I"
cells = "codes"
ignore = ["a", "b*"]
columns = {f = "A", g = ["B", "C"]}
constants = {c = "1"}
formats = {d = "%Y"}
missing = {UNK = "Refused"}
events = {e = "post"}
[export.translate.f]
"1" = "one"
[export.exclude]
blank = false
preview = false
test = false
spam = false
unfinished = true
unrecognized_status = true
unrecognized_finished = true
[[export.long]]
column = "L"
into = "s"
set = {u = "v"}

[[coding]]
path = "c.csv"
format = "csv"
stage = "consensus"
coder = "c1"
coders = {"A" = "c1"}
codes = {"B!" = "b"}
sources = {"S 1" = "r1"}
pattern = "(?P<response_id>R_[0-9]+)"
project = "P"
columns = {quote = "text"}
unit = "utf-16"
encoding = "cp1252"
delimiter = ";"
memos = true
min_confidence = 0.8
unplaced = "leave-out"

[[known]]
path = "k.csv"
columns = {n = "NAME"}

[[rule]]
table = "t"
name = "r"
check = "f > 1"
demand = "f is above one"
[[rule]]
table = "t"
name = "q"
function = "fn"

[text]
replace = "surrogate"
within = "study"
uncertain = "withhold"
lexicons = ["clinics.csv"]
detectors = ["presidio", "spacy:en_core_web_md"]
combine = "vote"
facts = ["AGE", "LOCATION"]
trained = "trained.toml"

[treatments.t]
f = {method = "band", width = 10}

[release]
standard = "expert-determination"
audience = "lab"
consent = "all: form 3"
k = 11
max_prosecutor_risk = 1
max_average_risk = 0.5
access = "restricted"
max_suppressed = 0.05
suppress_cells = true
l = 3
l_kind = "recursive"
c = 2
t = 0.4
min_cell = 5
population = 9000
review = "all"
approval = {id = "IRB 7", privacy_review = 2026-01-31, dua = "DUA 3", recipients = ["A University"], no_actual_knowledge = true}
expert = {statement = "E-1", date = 2026-01-30}

[package]
name = "n"
title = "T"
description = "D"
id = "i"
licenses = [{name = "CC-BY-4.0", title = "T", path = "https://l"}]
sources = [{title = "T", path = "https://s"}]
[[package.contributors]]
title = "T"
given_name = "G"
family_name = "F"
organization = "O"
orcid = "0000-0002-1825-0097"
roles = ["creator"]
"""

SMALLEST = """\
[study]
id = "x"
[[export]]
table = "t"
format = "csv"
path = "p.csv"
"""


def problem(text: str) -> StudyError:
    """The error that a study.toml gives; it carries nothing else."""
    with pytest.raises(StudyError) as caught:
        parse_config(text, path="study.toml")
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    return caught.value


def test_every_key_is_understood() -> None:
    """A study.toml with every key that there is becomes a configuration with every value in its place."""
    config = parse_config(EVERYTHING, path="study.toml")
    document = config.model_dump()
    assert document["study"] == {"id": "a-1.b_c", "title": "T", "description": "D"}
    export = document["export"][0]
    assert export["columns"] == {"f": "A", "g": ["B", "C"]}
    assert export["translate"] == {"f": {"1": "one"}}
    assert set(export["exclude"].values()) == {True, False}
    assert export["long"] == [{"column": "L", "into": "s", "set": {"u": "v"}}]
    assert document["release"]["max_prosecutor_risk"] == 1.0
    assert [rule["demand"] for rule in document["rule"]] == ["f is above one", None]


@pytest.mark.parametrize("names", ['["spacy:"]', '[" "]', '["a b"]', '["spacy", "spacy"]', '["spacy: "]'])
def test_detectors_are_named_once_and_properly(names: str) -> None:
    """A detector has a name, what follows a colon is not blank, and no two are the same."""
    error = problem(f"{SMALLEST}[text]\ndetectors = {names}\n")
    assert (error.pointer or "").startswith("text.detectors")


def test_no_key_is_left_out_here() -> None:
    """The document above sets every key that the grammar has, so that none goes untested."""
    written = EVERYTHING.replace("[", " ").replace("]", " ").replace("{", " ").split()

    def properties(node: Any) -> set[str]:
        found = set(node.get("properties", {})) if isinstance(node, dict) else set()
        children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        return found | {name for child in children for name in properties(child)}

    names = properties(Config.model_json_schema())
    assert {name for name in names if not any(name in word.split(".") for word in written)} == set()


def test_defaults() -> None:
    """What a study does not say is the design's own."""
    config = parse_config(SMALLEST, path="study.toml")
    export = config.export[0]
    assert export.exclude.model_dump() == {
        "blank": True,
        "preview": True,
        "test": True,
        "spam": True,
        "unfinished": False,
        "unrecognized_status": False,
        "unrecognized_finished": False,
    }
    assert (export.columns, export.ignore, export.long, export.key) == ({}, [], [], None)
    assert (config.text.replace, config.text.uncertain) == ("tag", "redact")
    assert (config.known, config.rule, config.release) == ([], [], None)
    release = parse_config(
        SMALLEST + '[release]\nstandard = "safe-harbor"\nconsent = "c"\n', path="study.toml"
    ).release
    assert release is not None
    assert release.model_dump() == {
        "standard": "safe-harbor",
        "audience": "public",
        "consent": "c",
        "access": "public",
        **dict.fromkeys(
            ("k", "max_prosecutor_risk", "max_average_risk", "l", "c", "t", "population", "expert")
        ),
        "l_kind": "distinct",
        "min_cell": 11,
        "max_suppressed": 0.0,
        "suppress_cells": False,
        "review": "uncertain",
        "approval": {
            "id": None,
            "privacy_review": None,
            "dua": None,
            "recipients": [],
            "no_actual_knowledge": False,
        },
    }


@pytest.mark.parametrize(
    ("given", "limits"),
    [
        ("", (12, 0.09, 0.09)),
        ('access = "restricted"', (5, 0.2, 0.2)),
        ('access = "internal"', (3, 0.34, 0.34)),
        ("k = 5", (5, 0.2, 0.09)),
        ("k = 20", (20, 0.09, 0.09)),
        ("k = 5\nmax_prosecutor_risk = 0.1\nmax_average_risk = 0.05", (5, 0.1, 0.05)),
        ('access = "restricted"\nmax_average_risk = 0.09', (5, 0.2, 0.09)),
    ],
)
def test_limits_fit_one_another(given: str, limits: tuple[int, float, float]) -> None:
    """What is not given follows from the access, and a given k says which risk of one participant is accepted."""
    text = f'{SMALLEST}[release]\nstandard = "safe-harbor"\nconsent = "c"\n{given}\n'
    release = parse_config(text, path="study.toml").release
    assert release is not None
    found = release.limits
    assert (found.k, found.max_prosecutor_risk, found.max_average_risk) == limits


@pytest.mark.parametrize(
    ("old", "new", "pointer", "what", "remedy"),
    [
        ('id = "a-1.b_c"', "id = 3", "study.id", "a text expected", "Correct it."),
        ('id = "a-1.b_c"', 'id = "Ä"', "study.id", "letters, digits, '.', '_' and '-' expected", "Correct it."),
        ('title = "T"', "title = []", "study.title", "a text expected", "Correct it."),
        ('table = "t"', "table = 1979-05-27", "export[0].table", "a text expected", "Correct it."),
        ('key = "K"', 'key = " "', "export[0].key", "a text that is not blank expected", "Correct it."),
        ('cells = "codes"', 'cells = "both"', "export[0].cells", "'codes' or 'labels' expected", "Correct it."),
        ('["a", "b*"]', '["a", 3]', "export[0].ignore[1]", "a text expected", "Correct it."),
        ('columns = {f = "A",', "columns = {f = true,", "export[0].columns.f", "a text expected", "Correct it."),
        ('columns = {f = "A",', "columns = {str = 1,", "export[0].columns.str", "a text expected", "Correct it."),
        ('columns = {f = "A", g = ["B", "C"]}', "columns = 3", "export[0].columns", "a table expected", "Correct it."),
        ('constants = {c = "1"}', "constants = {c = 1}", "export[0].constants.c", "a text expected", "Correct it."),
        ('"1" = "one"', '"1" = 1', "export[0].translate.f.1", "a text expected", "Correct it."),
        ("blank = false", "blank = 0", "export[0].exclude.blank", "true or false expected", "Correct it."),
        ("blank = false", "blanks = 0", "export[0].exclude.blanks", "there is no such key; is it 'blank'?", "Correct it."),
        ('column = "L"', 'colum = "L"', "export[0].long[0].column", "this is missing", "Correct it (and 1 more)."),
        ('into = "s"', "into = {}", "export[0].long[0].into", "a text expected", "Correct it."),
        ('columns = {n = "NAME"}', "columns = []", "known[0].columns", "a table expected", "Correct it."),
        ('demand = "f is above one"', "demnad = 3", "rule[0].demnad", "there is no such key; is it 'demand'?", "Correct it."),
        ('name = "q"', 'name = "q r"', "rule[1].name", "letters, digits, '.', '_' and '-' expected", "Correct it."),
        ('"AGE", ', '"AGE", "age", ', "text.facts[1]", "a category, in capitals, expected", "Correct it."),
        ('"AGE", ', '"LOCATION", ', "text.facts", "each of them once expected", "Correct it."),
        ("[text]", "[text]\nx = 1", "text.x", "there is no such key", "Correct it."),
        ('uncertain = "withhold"', 'uncertain = "keep"', "text.uncertain", "'redact' or 'withhold' expected", "Correct it."),
        ("k = 11", "k = 0", "release.k", "greater than or equal to 1 expected", "Correct it."),
        ("access = ", 'access = "open" #', "release.access", "'public', 'restricted' or 'internal' expected", "Correct it."),
        ("2026-01-31", "3", "release.approval.privacy_review", "a date such as 2026-01-31 expected", "Correct it."),
        ("width = 10", "width = [07:00:00]", "treatments.t.f.width[0]", "a text, a number, true or false, or a list of them expected", "Correct it."),
        ("f = {method", "f = [] #", "treatments.t.f", "a table expected", "Correct it."),
        ("max_suppressed = 0.05", "max_suppressed = 1", "release.max_suppressed", "less than 1 expected", "Correct it."),
        ("l = 3", "l = 1", "release.l", "greater than 1 expected", "Correct it."),
        ("k = 11", "k = true", "release.k", "a whole number expected", "Correct it."),
        ("k = 11", "k = 5.0", "release.k", "a whole number expected", "Correct it."),
        ("_risk = 0.5", "_risk = 0", "release.max_average_risk", "greater than 0 expected", "Correct it."),
        ("_risk = 0.5", "_risk = inf", "release.max_average_risk", "less than or equal to 1 expected", "Correct it."),
        ("_risk = 0.5", "_risk = nan", "release.max_average_risk", "less than or equal to 1 expected", "Correct it."),
        ("_risk = 0.5", '_risk = "0.5"', "release.max_average_risk", "a number expected", "Correct it."),
        ('audience = "lab"', 'audience = ""', "release.audience", "letters, digits, '.', '_' and '-' expected", "Correct it."),
        ("[release]", "[releases]", "releases", "there is no such key; is it 'release'?", "Correct it."),
        ("[study]", "[[study]]", "study", "a table expected", "Correct it."),
        ("[[known]]", "[known]", "known", "a list expected", "Correct it."),
    ],
)  # fmt: skip
def test_refused(old: str, new: str, pointer: str, what: str, remedy: str) -> None:
    """A value that makes no sense is named by its key path, with what was expected and never the value."""
    assert old in EVERYTHING
    error = problem(EVERYTHING.replace(old, new, 1))
    assert (error.code, error.pointer, error.what, error.remedy) == ("study.value", pointer, what, remedy)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", None, None),
        ("x", 1, "broken there or just before"),
        ("a = 1\nb ==\n", 2, "broken there or just before"),
        ('a = """\n\n', 2, "broken there or just before"),
        ("a = 1\na = 2\n", 2, "broken there or just before"),
        ("a = 2020-13-01\n", 1, "broken there or just before"),
        ('a = "\\ud800"', 1, "broken there or just before"),
        ("a = " + "1" * 5000, None, "a number of too many digits"),
        ("a = " + "[" * 5000, None, "nested too deeply"),
        ("a\0 = 1", 1, "broken there or just before"),
    ],
)
def test_no_toml(text: str, line: int | None, reason: str | None) -> None:
    """What is no TOML is told with its line, and without a word of it."""
    error = problem(text)
    assert error.line == line
    if reason is not None:
        assert error.what == f"not valid TOML ({reason})"


KEYS = st.sampled_from([
    "study", "export", "known", "rule", "text", "release", "id", "title", "table", "format", "path", "columns",
    "constants", "translate", "missing", "long", "exclude", "blank", "check", "function", "name", "k", "str",
    "list[str]", "standard", "consent", "into", "set", "column", "",
]) | st.text(max_size=4)  # fmt: skip
SCALARS = (
    st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["csv", "redcap", "safe-harbor", "tag"])
    | st.dates()
    | st.datetimes()
)
DOCUMENTS = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
        max_leaves=8,
    ),
    max_size=5,
)


def toml(value: Any) -> str:
    """A TOML value as text."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=True)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def attempt(text: str) -> StudyError | None:
    """The error that a text gives, if any; any other exception is a failure."""
    try:
        parse_config(text, path="study.toml")
    except StudyError as error:
        return error
    return None


@given(DOCUMENTS)
def test_any_document(document: dict[str, Any]) -> None:
    """Any TOML document is understood or refused by `StudyError` alone, with no other exception behind it."""
    error = attempt("\n".join(f"{json.dumps(key)} = {toml(value)}" for key, value in document.items()))
    if error is not None:
        assert error.__context__ is None
        assert str(error).startswith("study.toml")


@given(st.text() | st.text(alphabet="[]{}=.\"'\n#ab1-: ", max_size=60))
def test_any_text(text: str) -> None:
    """Any text at all is understood or refused by `StudyError` alone."""
    error = attempt(text)
    assert error is not None
    assert error.__context__ is None
    assert error.__cause__ is None
