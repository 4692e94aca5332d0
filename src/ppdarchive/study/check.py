"""study.toml held against the schemas: every table, field, category and reason that it names exists."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from ppdarchive.errors import StudyError
from ppdarchive.model.lexical import check_pattern_format
from ppdarchive.model.schema import Kind
from ppdarchive.study.config import CodedProject, Export, key_path
from ppdarchive.study.model import (
    CODING_FIELDS,
    MEMO,
    PARTICIPANT,
    QUESTION,
    WAVE,
    Study,
    answer_field,
    missing_code,
)

_SLIP = 0.8
"""How alike a question's name and a field's must be to be taken for a slip (difflib's ratio)."""


def check_study(study: Study) -> None:
    """Check what study.toml says of tables, fields, categories and missing codes.

    Raises
    ------
    StudyError
        For the first thing that does not fit the schemas, with its key path.
    """
    for problem in _problems(study):
        raise problem


def _problems(study: Study) -> Iterator[StudyError]:
    for index, export in enumerate(study.config.export):
        yield from _export_problems(study, export, index)
    for index, coded in enumerate(study.config.coding):
        yield from _coding_problems(study, coded, index)
    names: set[tuple[str, str]] = set()
    for index, rule in enumerate(study.config.rule):

        def fail(code: str, *parts: str, at: int = index, **facts: Any) -> StudyError:
            return StudyError(code, path=study.path, pointer=key_path(["rule", at, *parts]), **facts)

        if rule.table not in study.schemas:
            yield fail("study.no-such-table", "table", name=rule.table)
        if (rule.check is None) == (rule.function is None):
            yield fail("study.contradiction", reason="a rule has either a check or a function")
        if (rule.table, rule.name) in names:
            yield fail("study.contradiction", "name", reason="two rules of one table have this name")
        names.add((rule.table, rule.name))
    release = study.config.release
    if release is not None and release.l is not None and release.l_kind != "entropy":
        if release.l_kind == "recursive" and release.c is None:
            yield _contradiction(study, "release.c", "recursive (c, l)-diversity needs a c")
        if release.l != round(release.l):
            yield _contradiction(study, "release.l", "so many values can be counted only in whole numbers")
    if release is not None and not release.consent.startswith("all:"):
        participants = study.schemas.get("participants")
        if participants is None or release.consent not in participants:
            yield StudyError(
                "study.no-such-field",
                path=study.path,
                pointer="release.consent",
                table="participants",
                name=release.consent,
                hint=' (a statement begins with "all: ")',
            )


def _coding_problems(study: Study, coded: CodedProject, index: int) -> Iterator[StudyError]:
    def fail(code: str, *parts: str | int, **facts: Any) -> StudyError:
        return StudyError(code, path=study.path, pointer=key_path(["coding", index, *parts]), **facts)

    for table, fields in CODING_FIELDS.items():
        if table not in study.schemas:
            yield fail("study.no-such-table", name=table)
            return
        for name in fields:
            if name not in study.schemas[table]:
                yield fail("study.no-such-field", table=table, name=name, hint="")
    if coded.memos and MEMO not in study.schemas["codings"]:
        yield fail("study.no-such-field", "memos", table="codings", name=MEMO, hint="")
    for word in ("columns", "unit", "encoding", "delimiter"):
        if getattr(coded, word) and coded.format != "csv":
            yield fail("study.inapplicable", word, reason=f"`{word}` is for the format csv only")
    if coded.project is not None and coded.format != "taguette":
        yield fail("study.inapplicable", "project", reason="`project` is for the format taguette only")


def _contradiction(study: Study, pointer: str, reason: str) -> StudyError:
    return StudyError("study.contradiction", path=study.path, pointer=pointer, reason=reason)


def _export_problems(study: Study, export: Export, index: int) -> Iterator[StudyError]:
    def fail(code: str, *parts: str | int, **facts: Any) -> StudyError:
        return StudyError(code, path=study.path, pointer=key_path(["export", index, *parts]), **facts)

    def no_field(name: str, *parts: str | int) -> StudyError:
        close = difflib.get_close_matches(name, schema.names, n=1)
        hint = f"; is it {close[0]!r}?" if close else ""
        return fail("study.no-such-field", *parts, table=schema.name, name=name, hint=hint)

    if export.table not in study.schemas:
        yield fail("study.no-such-table", "table", name=export.table)
        return
    schema = study.schemas[export.table]
    if export.format == "redcap" and export.dictionary is None:
        expected = "this is missing; a REDCap export needs its data dictionary"
        yield fail("study.value", "dictionary", expected=expected, more="")
    if export.format != "redcap":
        for word in ("dictionary", "events"):
            if getattr(export, word):
                yield fail("study.inapplicable", word, reason=f"`{word}` is for REDCap exports only")
    can_hold_questions = QUESTION in schema and answer_field(schema)
    for key, column in export.columns.items():
        # A question that is called nearly like a field is a slip, and would become rows silently.
        is_slip = bool(difflib.get_close_matches(key, schema.names, n=1, cutoff=_SLIP))
        if key not in schema and (is_slip or not can_hold_questions):
            yield no_field(key, "columns", key)
        if isinstance(column, list) and (key not in schema or schema[key].kind is not Kind.LIST):
            yield fail("study.inapplicable", "columns", key, reason="several columns fill a list field only")
    if export.key is not None and PARTICIPANT not in schema:
        yield fail("study.inapplicable", "key", reason=f"the table has no field {PARTICIPANT}")
    for word in ("constants", "formats", "translate"):
        for key in getattr(export, word):
            if key not in schema:
                yield no_field(key, word, key)
    for key, pattern in export.formats.items():
        if key in schema:
            reason = check_pattern_format(schema[key].kind, pattern)
            if schema[key].kind not in (Kind.DATE, Kind.DATETIME, Kind.TIME):
                reason = "only dates and times have a format here"
            if reason is not None:
                yield fail("study.inapplicable", "formats", key, reason=reason)
    for number, long in enumerate(export.long):
        for key in (long.into, *long.set):
            if key not in schema:
                yield no_field(key, "long", number, "into" if key == long.into else "set")
    for code, reason in export.missing.items():
        if not any(missing_code(field, reason) for field in schema):
            yield fail("study.no-such-reason", "missing", code, table=schema.name, name=reason)
    for key, table in export.translate.items():
        for cell, value in table.items():
            categories = schema[key].categories if key in schema else None
            if categories is not None and value not in {str(category.value) for category in categories}:
                yield fail("study.no-such-category", "translate", key, cell, field=key, name=value)
    if any(export.events.values()) and WAVE not in schema:
        yield fail("study.inapplicable", "events", reason=f"the table has no field {WAVE}")
    sources: dict[str, str] = {}
    filled = [("key", [PARTICIPANT] if export.key else []), ("constants", list(export.constants))]
    filled += [("columns", list(export.columns)), ("events", [WAVE] if any(export.events.values()) else [])]
    for word, fields in filled:
        for name in fields:
            if name in sources:
                yield fail("study.contradiction", word, reason=f"{name!r} is filled by {sources[name]} too")
            sources[name] = word
    long_columns = study.long_columns(export)
    for number, long in enumerate(long_columns, start=len(export.long) - len(long_columns)):
        at = ("columns",) if number < 0 else ("long", number)
        for name in (long.into, *long.set):
            source = "`set`" if name == long.into and name in long.set else sources.get(name)
            if source is not None:
                yield fail("study.contradiction", *at, reason=f"{name!r} is filled by {source} too")
