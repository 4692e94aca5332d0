"""The canary: invented words planted everywhere, and looked for everywhere that they must not be."""

from __future__ import annotations

import gc
import io
import json
import logging
import pickle
import types
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pandera.errors import SchemaError as PanderaError
from pandera.errors import SchemaErrors as PanderaErrors

from ppdarchive import pipeline
from ppdarchive.cli.main import call
from ppdarchive.errors import PpdArchiveError
from ppdarchive.pipeline import Validation, validate_study

NAME = "Zyxwanda Qvortrup"
NUMBER = "8675309424242"
DATE = "31.02.1987"
CANARIES = ("Zyxwanda", "Qvortrup", NUMBER, DATE, "8675309")

Files = Mapping[str, str | bytes | None]
Leak = Callable[..., None]

FIELDS: list[dict[str, Any]] = [
    {"name": "key", "type": "string"},
    {"name": "text", "type": "string", "constraints": {"maxLength": 12, "minLength": 2, "pattern": "[a-z]*"}},
    {"name": "email", "type": "string", "format": "email"},
    {"name": "uuid", "type": "string", "format": "uuid"},
    {"name": "whole", "type": "integer", "constraints": {"minimum": 0, "maximum": 99, "unique": True}},
    {"name": "above", "type": "number", "constraints": {"exclusiveMinimum": 0, "exclusiveMaximum": 9}},
    {"name": "day", "type": "date", "format": "%d.%m.%Y"},
    {"name": "moment", "type": "datetime"},
    {"name": "hour", "type": "time"},
    {"name": "born", "type": "year"},
    {"name": "flag", "type": "boolean"},
    {"name": "items", "type": "list", "itemType": "integer"},
    {"name": "colour", "type": "string", "categories": ["red", "blue"]},
    {"name": "level", "type": "integer", "categories": [1, 2]},
    {"name": "small", "type": "string", "constraints": {"enum": ["a", "b"]}},
    {"name": "needed", "type": "string", "constraints": {"required": True}},
    {"name": "parent", "type": "string"},
]
HEADER = [field["name"] for field in FIELDS]
RESOURCE = {
    "fields": FIELDS,
    "primaryKey": ["key"],
    "uniqueKeys": [["text", "email"]],
    "foreignKeys": [{"fields": ["parent"], "reference": {"resource": "", "fields": ["key"]}}],
}
GOOD_ROW = {
    "key": "k0", "text": "ab", "email": "a@b.cd", "uuid": "", "whole": "1", "above": "1", "day": "01.02.2020",
    "moment": "", "hour": "", "born": "1990", "flag": "true", "items": "1,2", "colour": "red", "level": "1",
    "small": "a", "needed": "x", "parent": "",
}  # fmt: skip
SPOILT: list[dict[str, str]] = [
    {"key": NAME},
    {"key": NAME},  # repeats the primary key
    {"key": "k1", "text": NAME, "email": "z@qv.org"},
    {"key": "k2", "text": NAME, "email": "z@qv.org"},  # repeats the unique key
    {"key": "k3", "email": NAME},
    {"key": "k4", "uuid": NAME},
    {"key": "k5", "whole": NUMBER},
    {"key": "k6", "whole": NUMBER},
    {"key": "k7", "whole": NAME},
    {"key": "k8", "above": f"-{NUMBER}"},
    {"key": "k9", "above": NUMBER},
    {"key": "k10", "day": DATE},
    {"key": "k11", "moment": NAME},
    {"key": "k12", "hour": NAME},
    {"key": "k13", "born": NUMBER},
    {"key": "k14", "flag": NAME},
    {"key": "k15", "items": f"1,{NAME}"},
    {"key": "k16", "colour": NAME},
    {"key": "k17", "level": NUMBER},
    {"key": "k18", "level": NAME},
    {"key": "k19", "small": NAME},
    {"key": "k20", "needed": ""},
    {"key": "k21", "parent": NAME + "ova"},
    {"key": "k22", "text": "z"},
    {"key": "k23", "whole": f"-{NUMBER}"},
]
TOML = f"""\
[study]
id = "canary"
description = "{NAME}"

[[export]]
table = "t"
format = "csv"
path = "exports/t.csv"
[export.columns]
HEADER_HERE

[[rule]]
table = "t"
name = "own"
check = 'text != "{NAME}" and length(key) < 10 and whole * whole >= 0'
demand = "what the study wants"
""".replace("HEADER_HERE", "\n".join(f'{name} = "{name}"' for name in HEADER))


def csv_of(rows: list[dict[str, str]], *, header: list[str] = HEADER, extra: str = "") -> str:
    """Rows as CSV, with one more column if `extra` names it."""
    lines = [",".join(header + ([extra] if extra else []))]
    for row in rows:
        cells = [{**GOOD_ROW, **row}[name] for name in header] + ([NAME] if extra else [])
        lines.append(",".join(f'"{cell}"' for cell in cells))
    return "\n".join(lines) + "\n"


def study(csv: str | bytes, **more: str | bytes | None) -> dict[str, str | bytes | None]:
    """The files of a study with one table."""
    return {
        "study.toml": TOML,
        "datapackage.json": json.dumps(
            {"resources": [{"name": "t", "path": "t.parquet", "schema": RESOURCE}]}
        ),
        "exports/t.csv": csv,
        **more,
    }


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Files], Path]:
    """Write the files of a study into the folder ``s``."""
    monkeypatch.chdir(tmp_path)

    def write(files: Files) -> Path:
        for name, content in files.items():
            path = tmp_path / "s" / name
            if content is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / "s"

    return write


def silent(*said: str) -> None:
    """Fail if any text holds a canary, whatever its case."""
    for text in said:
        for canary in CANARIES:
            assert canary.lower() not in text.lower(), text


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception with all that hangs on it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def check_error(error: BaseException) -> None:
    """Nothing that an exception carries or shows holds a canary."""
    for each in chain(error):
        silent(str(each), repr(each), repr(each.args), repr(vars(each)))
        assert not isinstance(each, PanderaError | PanderaErrors)
        if isinstance(each, PpdArchiveError):
            silent(repr(dict(each.facts)), each.place, each.what, each.remedy, repr(pickle.dumps(each)))
        assert each.__context__ is None
        assert each.__cause__ is None


def check_silence(
    folder: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> Validation | PpdArchiveError:
    """Validate by function and by command in every way, and look at all that is said."""
    caplog.set_level(logging.DEBUG)
    result: Validation | PpdArchiveError
    try:
        result = validate_study(folder, name="s", progress=silent)
    except PpdArchiveError as error:
        result = error
    if isinstance(result, PpdArchiveError):
        check_error(result)
    else:
        silent(
            repr(result),
            str(result),
            repr(result.checked),
            repr(result.checked.findings),
            repr(result.counts),
        )
        for part in (*result.raw.values(), *result.exports.values(), *result.checked.tables.values()):
            silent(repr(part), str(part), f"{part}")
        for table in result.raw.values():
            silent(repr(table.provenance), repr(table.forms), repr(table.unknown_columns))
        for finding in result.checked.findings:
            silent(finding.rule.id, finding.rule.demand, repr(finding.places), repr(finding.rows))
    for arguments in (["validate", "s"], ["validate", "s", "--json"]):
        capsys.readouterr()
        call(arguments)
        said = capsys.readouterr()
        silent(said.out, said.err)
        assert "Traceback" not in said.err
    silent(caplog.text, *(repr(vars(record)) for record in caplog.records))
    return result


# ---------------------------------------------------------------------------------------------
# Findings
# ---------------------------------------------------------------------------------------------


def test_every_finding_is_silent_and_can_be_shown(
    write: Callable[[Files], Path], capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A table that breaks every kind of rule is told without a value; --show-values shows them."""
    folder = write(study(csv_of(SPOILT, extra=NAME)))
    result = check_silence(folder, capsys, caplog)
    assert isinstance(result, Validation)
    assert set(result.checked.findings.ids) == {
        "t.unknown-column",
        "t.text.min-length", "t.text.max-length", "t.text.pattern", "t.email.format", "t.uuid.format",
        "t.whole.type", "t.whole.minimum", "t.whole.maximum", "t.whole.unique",
        "t.above.exclusive-minimum", "t.above.exclusive-maximum",
        "t.day.type", "t.moment.type", "t.hour.type", "t.born.type", "t.flag.type", "t.items.type",
        "t.colour.category", "t.level.category", "t.level.type", "t.small.enum", "t.needed.required",
        "t.key.primary-key", "t.text+email.unique-key", "t.parent.foreign-key", "t.own.study",
    }  # fmt: skip
    capsys.readouterr()
    assert call(["validate", "s", "--show-values"]) == 1
    shown = capsys.readouterr()
    assert shown.err == ""
    blocks = {block.split()[0]: block for block in shown.out.split("\n  x ")[1:]}
    for finding in result.checked.findings:
        block = blocks[finding.rule.id.removeprefix("t.")]
        if finding.rule.id not in ("t.needed.required", "t.text.min-length"):
            assert any(canary in block for canary in (*CANARIES, "z@qv.org")), block
    silent(caplog.text)


def test_wrong_columns_are_silent(
    write: Callable[[Files], Path], capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A file without header has a person's answers there; they are not told as columns."""
    rows = csv_of([{"key": NAME, "text": "q" + NUMBER, "whole": "7"}], header=["key", "text", "whole"])
    by_name = TOML[: TOML.index("[export.columns]")]
    folder = write(study(rows.partition("\n")[2], **{"study.toml": by_name}))
    result = check_silence(folder, capsys, caplog)
    assert isinstance(result, Validation)
    assert "t.unknown-column" in result.checked.findings.ids
    assert "t.key.missing-column" in result.checked.findings.ids
    capsys.readouterr()
    call(["validate", "s", "--show-values"])
    assert NAME in capsys.readouterr().out


@pytest.mark.parametrize("how", ["zip", "tsv", "utf-16", "parquet"])
def test_every_form_is_silent(
    how: str,
    write: Callable[[Files], Path],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The same holds for every form that a table can come in."""
    text = csv_of(SPOILT, extra=NAME)
    toml, data = TOML, text.encode()
    if how == "zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(f"{NAME}.csv", text)
        data = buffer.getvalue()
    elif how == "tsv":
        data = text.replace(",", "\t").replace("1\t2", "1,2").encode()
        toml = TOML.replace('format = "csv"', 'format = "tsv"')
    elif how == "utf-16":
        data = text.encode("utf-16")
    else:
        columns = {name: [{**GOOD_ROW, **row}[name] for row in SPOILT] for name in HEADER}
        buffer = io.BytesIO()
        pq.write_table(pa.table({**columns, NAME: [NAME] * len(SPOILT)}), buffer)
        data = buffer.getvalue()
        toml = TOML.replace('format = "csv"', 'format = "parquet"')
    result = check_silence(write(study(data, **{"study.toml": toml})), capsys, caplog)
    assert isinstance(result, Validation)
    assert len(result.checked.findings) > 20


# ---------------------------------------------------------------------------------------------
# Errors
# ---------------------------------------------------------------------------------------------

LINE = f"{NAME},{NUMBER},{DATE}"
TABLE = f"{NAME},b,c\n{LINE}\n"
IDS = '"{""ImportId"":""a""}","{""ImportId"":""b""}","{""ImportId"":""c""}"\n'
DICTIONARY = (
    "Variable / Field Name,Form Name,Field Type,Field Label,"
    '"Choices, Calculations, OR Slider Labels",Text Validation Type OR Show Slider Number,Identifier?\n'
)


def zipped(*names: str) -> bytes:
    """A zip archive of tables."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, TABLE)
    return buffer.getvalue()


def parquet(table: pa.Table) -> bytes:
    """The bytes of a Parquet file."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def source(name: str, more: str = "") -> str:
    """study.toml with its export in another format."""
    return TOML.replace('format = "csv"', f'format = "{name}"\n{more}')


REDCAP = source("redcap", 'dictionary = "d.csv"\n')
UNREADABLE: dict[str, tuple[str | bytes, dict[str, str | bytes | None]]] = {
    "ragged": (TABLE + NAME, {}),
    "quote": (f'{TABLE}"{NAME}', {}),
    "text after a quote": (f'{TABLE}"{NAME}"{NAME},b,c\n', {}),
    "duplicate": (f"{NAME},{NAME}\n{LINE}\n", {}),
    "unnamed": (f"{NAME},\n{LINE}\n", {}),
    "delimiter": (TABLE.replace(",", ";"), {}),
    "binary": (TABLE + f"{NAME}\0,b,c\n", {}),
    "encoding": (TABLE.encode() + f"{NAME}\xe9,b,c\n".encode("latin-1"), {}),
    "declared encoding": (
        TABLE.encode() + f"{NAME}é,b,c\n".encode(),
        {"study.toml": source("csv", 'encoding = "ascii"')},
    ),
    "utf-16": (TABLE.encode("utf-16")[:-1], {}),
    "zip of two": (zipped(f"{NAME}.csv", f"{NUMBER}.csv"), {}),
    "zip cut off": (zipped(f"{NAME}.csv")[:-30], {}),
    "qualtrics": (TABLE, {"study.toml": source("qualtrics")}),
    "qualtrics header": (TABLE + IDS.replace('""b""', f'"{NAME}'), {"study.toml": source("qualtrics")}),
    "qualtrics ragged": (TABLE + IDS + NAME, {"study.toml": source("qualtrics")}),
    "qualtrics one row": (f"{NAME},b\n", {"study.toml": source("qualtrics")}),
    "parquet cut off": (parquet(pa.table({NAME: [NAME]}))[:-9], {"study.toml": source("parquet")}),
    "parquet struct": (parquet(pa.table({NAME: [{NAME: NAME}]})), {"study.toml": source("parquet")}),
    "parquet list": (parquet(pa.table({NAME: [[f"{NAME},{NAME}"]]})), {"study.toml": source("parquet")}),
    "redcap dictionary": (TABLE, {"study.toml": REDCAP, "d.csv": TABLE}),
    "redcap choices": (TABLE, {
        "study.toml": REDCAP, "d.csv": f"{DICTIONARY}{NAME},f,radio,{NAME},{NAME},,\n"}),
    "redcap name twice": (TABLE, {"study.toml": REDCAP, "d.csv": DICTIONARY + f"{NAME},,,,,,\n" * 2}),
    "redcap ragged dictionary": (TABLE, {"study.toml": REDCAP, "d.csv": f"{DICTIONARY}{NAME},f\n"}),
    "redcap other fields": (TABLE, {"study.toml": REDCAP, "d.csv": f"{DICTIONARY}x,f,text,{NAME},,,\n"}),
    "toml": (TABLE, {"study.toml": TOML + f"x == {NAME}"}),
    "toml text": (TABLE, {"study.toml": TOML + f'x = "{NAME}'}),
    "toml key": (TABLE, {"study.toml": TOML.replace('id = "canary"', f'id = "{NAME}"')}),
    "toml value": (TABLE, {"study.toml": TOML.replace('format = "csv"', f'format = "{NAME}"')}),
    "toml number": (TABLE, {"study.toml": TOML.replace('id = "canary"', f"id = {NUMBER}")}),
    "toml not UTF-8": (TABLE, {"study.toml": f"{TOML}# {NAME}é".encode("latin-1")}),
    "toml constant": (TABLE, {"study.toml": source("csv", f"constants = {{key = {NUMBER}}}")}),
    "toml release": (
        TABLE,
        {"study.toml": f'{TOML}[release]\nstandard = "safe-harbor"\nconsent = "all: {NAME}"\nk = "{NAME}"\n'},
    ),
    "expression": (TABLE, {"study.toml": TOML.replace("check = '", f"check = '{NAME} ")}),
    "expression date": (TABLE, {
        "study.toml": TOML.replace("check = '", f'check = \'day > date("{DATE}") and ')}),
    "expression pattern": (
        TABLE,
        {"study.toml": TOML.replace("check = '", f'check = \'matches(text, "({NAME}") and ')},
    ),
    "expression types": (TABLE, {
        "study.toml": TOML.replace("check = '", f'check = \'whole > "{NAME}" and ')}),
    "json": (TABLE, {"datapackage.json": f'{{"resources": "{NAME}'}),
    "json type": (TABLE, {"datapackage.json": f'{{"resources": "{NAME}"}}'}),
    "json value": (TABLE, {"datapackage.json": json.dumps({"resources": [{"name": "t", "schema": {
        "fields": [{"name": "a", "type": NAME}]}}]})}),
    "json pattern": (TABLE, {"datapackage.json": json.dumps({"resources": [{"name": "t", "schema": {
        "fields": [{"name": "a", "type": "string", "constraints": {"pattern": f"({NAME}"}}]}}]})}),
    "json bound": (TABLE, {"datapackage.json": json.dumps({"resources": [{"name": "t", "schema": {
        "fields": [{"name": "a", "type": "date", "constraints": {"minimum": DATE}}]}}]})}),
    "json not UTF-8": (TABLE, {"datapackage.json": f'"{NAME}é"'.encode("latin-1")}),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_every_error_is_silent(
    name: str,
    write: Callable[[Files], Path],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever cannot be read or makes no sense is told without a word of it."""
    data, more = UNREADABLE[name]
    result = check_silence(write(study(data, **more)), capsys, caplog)
    assert isinstance(result, PpdArchiveError), result


def rules(function: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> str:
    """A study.toml with a rule function, which a package offers."""

    class Point:
        name = "own-function"

        def load(self) -> Callable[..., Any]:
            return function if function is not raising_import else function()

    monkeypatch.setattr(pipeline, "entry_points", lambda group: [Point()])
    return TOML.replace("check = '", "function = 'own-function' #")


def raising(frames: Mapping[str, pd.DataFrame], table: str) -> pd.Series:
    """A function that shows a cell in its error."""
    raise ValueError(f"cannot judge {frames[table]['key'].iloc[0]}")


def raising_chained(frames: Mapping[str, pd.DataFrame], table: str) -> pd.Series:
    """A function that shows a cell in the error behind its error."""
    try:
        raising(frames, table)
    except ValueError as error:
        raise RuntimeError(NAME) from error
    raise AssertionError


def raising_pandera(frames: Mapping[str, pd.DataFrame], table: str) -> pd.Series:
    """A function whose error carries the whole frame."""
    raise PanderaErrors(None, [], frames[table])  # type: ignore[arg-type]


def raising_import() -> Callable[..., Any]:
    """A package that cannot be imported."""
    raise ImportError(NAME)


def returning(value: Callable[[pd.DataFrame], Any]) -> Callable[..., Any]:
    return lambda frames, table: value(frames[table])


@pytest.mark.parametrize(
    "function",
    [
        raising,
        raising_chained,
        raising_pandera,
        raising_import,
        returning(lambda frame: None),
        returning(lambda frame: NAME),
        returning(lambda frame: [True] * len(frame)),
        returning(lambda frame: frame),
        returning(lambda frame: frame["key"]),
        returning(lambda frame: frame["whole"]),
        returning(lambda frame: frame["flag"].iloc[1:]),
        returning(lambda frame: frame["flag"].set_axis(frame["key"])),
    ],
)
def test_rule_functions_are_kept_apart(
    function: Callable[..., Any],
    write: Callable[[Files], Path],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A rule function that fails or returns nonsense is named with its kind of failure, and nothing else."""
    folder = write(study(csv_of(SPOILT), **{"study.toml": rules(function, monkeypatch)}))
    result = check_silence(folder, capsys, caplog)
    assert isinstance(result, PpdArchiveError)
    assert result.code == "study.rule-failed"
    assert result.pointer == "rule[0].function"
    assert result.facts["name"] == "own-function"


def test_rule_function_that_exits(
    write: Callable[[Files], Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule function that ends the program does not end it with words or an exit code of its own."""

    def exiting(*_: object) -> None:
        raise SystemExit(NAME)

    write(study(csv_of(SPOILT), **{"study.toml": rules(exiting, monkeypatch)}))
    assert call(["validate", "s"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    silent(said.err)


def test_rule_function_that_holds(
    write: Callable[[Files], Path],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A rule function's verdict becomes a finding, where a null is no verdict."""
    toml = rules(returning(lambda frame: frame["flag"]), monkeypatch)
    rows = [{"key": "a"}, {"key": "b", "whole": "2", "text": NAME, "flag": "false"}, {"key": "c", "flag": ""}]
    result = check_silence(write(study(csv_of(rows), **{"study.toml": toml})), capsys, caplog)
    assert isinstance(result, Validation)
    (finding,) = [each for each in result.checked.findings if each.rule.id == "t.own.study"]
    assert finding.rows == (1,)


# ---------------------------------------------------------------------------------------------
# Defects, and what hangs on what
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", ["load_study", "read", "arrange", "combine", "check"])
@pytest.mark.parametrize(
    "kind", [ValueError, KeyError, UnicodeError, RecursionError, MemoryError, AssertionError]
)
@pytest.mark.parametrize("as_json", [False, True])
def test_defect_is_silent(
    room: str,
    kind: type[Exception],
    *,
    as_json: bool,
    write: Callable[[Files], Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A defect of ours is told by its kind and place, never by its words, and ends with exit code 2."""
    write(study(csv_of(SPOILT)))

    def fail(*_: object, **__: object) -> None:
        try:
            raise LookupError(NAME)
        except LookupError as error:
            raise kind(NAME) from error

    monkeypatch.setattr(pipeline, room, fail)
    assert call(["validate", "s", *(["--json"] if as_json else [])]) == 2
    said = capsys.readouterr()
    silent(said.out, said.err)
    assert said.out == ""
    assert said.err.startswith(f"error: a bug in ppdarchive ({kind.__name__} at test_canary.py:")
    assert said.err.count("\n") == 1


def test_values_are_for_the_screen_alone(
    write: Callable[[Files], Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Values are never written as JSON, nor into any file."""
    write(study(csv_of(SPOILT)))
    before = sorted(tmp_path.rglob("*"))
    assert call(["validate", "s", "--show-values", "--json"]) == 2
    said = capsys.readouterr()
    silent(said.out, said.err)
    call(["validate", "s", "--show-values"])
    assert NAME in capsys.readouterr().out
    assert sorted(tmp_path.rglob("*")) == before


def test_control_characters_do_not_reach_the_terminal(
    write: Callable[[Files], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Cells and column names cannot give the terminal orders, nor turn the direction of writing."""
    orders = "\x1b]0;owned\x07\x1b[2J\u202e"
    write(study(csv_of([{"key": "k", "colour": f"{orders}{NAME}"}], extra=f"{orders}x")))
    call(["validate", "s", "--show-values"])
    call(["columns", "s/exports/t.csv"])
    said = capsys.readouterr().out
    assert NAME in said
    assert not any(char in said for char in "\x1b\x07\u202e")


def reachable(start: object) -> Iterator[object]:
    """Everything that hangs on an object, modules, classes and functions left out."""
    seen: set[int] = set()
    pending = [start]
    while pending:
        item = pending.pop()
        if id(item) in seen or isinstance(
            item, types.ModuleType | type | types.FunctionType | types.CodeType
        ):
            continue
        seen.add(id(item))
        yield item
        pending += gc.get_referents(item)


def test_no_exception_of_pandera_hangs_on_a_result(write: Callable[[Files], Path]) -> None:
    """Exceptions of pandera carry the frame; none is left, on the result or anywhere in memory."""
    folder = write(study(csv_of(SPOILT)))
    gc.collect()
    result = validate_study(folder)
    for item in reachable(result):
        assert not isinstance(item, BaseException | types.TracebackType | types.FrameType)
    gc.collect()
    assert not [item for item in gc.get_objects() if isinstance(item, PanderaError | PanderaErrors)]


@pytest.mark.parametrize("name", ["ragged", "encoding", "toml value", "json value", "redcap choices"])
def test_no_frame_hangs_on_an_error(name: str, write: Callable[[Files], Path]) -> None:
    """An error has no other exception behind it, and what it holds is words and numbers."""
    data, more = UNREADABLE[name]
    with pytest.raises(PpdArchiveError) as caught:
        validate_study(write(study(data, **more)))
    error = caught.value.with_traceback(None)
    for item in reachable([error.args, vars(error), error.__context__, error.__cause__]):
        assert item is None or isinstance(item, str | int | list | tuple | dict | types.MappingProxyType), (
            type(item)
        )
