"""Results -> lines for a terminal of 80 columns, or JSON; pure but for what it is given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from ppdarchive.errors import PpdArchiveError
from ppdarchive.model.finding import ExportCount, Finding, Place, RuleKind
from ppdarchive.model.table import RawExport
from ppdarchive.pipeline import Validation

WIDTH = 80
_ORDERS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_SHOWN_CHARACTERS = 60


def without_orders(text: str) -> str:
    r"""The text with a mark in place of each character that would give the terminal an order.

    Column names and the words of a study.toml may hold escape sequences, or turn the direction of
    writing.

    >>> without_orders("Q1\x1b[2J")
    'Q1�[2J'
    """
    return _ORDERS.sub("\N{REPLACEMENT CHARACTER}", text)


def validation_lines(result: Validation, *, show_values: bool) -> Iterator[Text]:
    """What a data manager reads after `ppdarchive validate`."""
    yield Text(result.study.config.study.id, style="bold")
    for count in result.counts:
        yield from _count_lines(count)
    findings = result.checked.findings
    for name in result.study.schemas:
        own = [finding for finding in findings if finding.rule.table == name]
        if own:
            yield Text("")
            size = counted(result.raw[name].n_rows, "row")
            yield Text.assemble((name, "bold"), f" ({size})")
            for finding in own:
                yield from _finding_lines(result, finding, show_values=show_values)
    yield Text("")
    n_rows = counted(sum(table.n_rows for table in result.raw.values()), "row")
    tables = counted(len(result.raw), "table")
    if not findings:
        yield Text(f"Nothing wrong: {tables}, {n_rows}.", style="green")
    else:
        broken = counted(len(findings), "rule")
        yield Text(f"{broken} broken in {tables}, {n_rows}.", style="red")
        if not show_values:
            yield Text("Values are not shown; --show-values shows them on this screen.", style="dim")


def _count_lines(count: ExportCount) -> Iterator[Text]:
    yield Text(f"  {count.file} -> {count.table}")
    words = [f"{counted(count.n_read, 'row')} read"]
    if count.excluded:
        words.append(", ".join(f"{number} {rule}" for rule, number in count.excluded.items()) + " left out")
    if count.marked:
        words.append(", ".join(f"{number} {mark}" for mark, number in count.marked.items()) + " kept")
    if count.n_rows != count.n_kept:
        cells = counted(count.unanswered, "empty cell")
        words.append(f"{counted(count.n_rows, 'row')} made of {count.n_kept} ({cells})")
    yield from wrapped("    " + "; ".join(words), indent=4, style="dim")


def _finding_lines(result: Validation, finding: Finding, *, show_values: bool) -> Iterator[Text]:
    rule = finding.rule
    subject = rule.id.removeprefix(f"{rule.table}.")
    amount = counted(finding.n_rows, "row") if finding.n_rows else ""
    yield Text.assemble(("  x ", "red"), (subject, "yellow"), f"  {amount}")
    yield from wrapped(f"      demanded: {rule.demand}", indent=16)
    if rule.kind is RuleKind.MISSING_COLUMN:
        hint = "take the field out of the schema, or set its `fieldsMatch` to superset"
        yield from wrapped(f"      not collected in this study: {hint}", indent=8, style="dim")
    if show_values:
        for place, cells in zip(finding.places, result.cells(finding), strict=False):
            yield Text(f"      {_place(place, finding)}  {' | '.join(_cut(cell) for cell in cells)}")
    else:
        shown = ", ".join(_grouped(finding.places, finding))
        more = "" if finding.n_rows <= len(finding.places) else ", ..."
        yield from wrapped(f"      {shown}{more}", indent=6)


def _cut(cell: str) -> str:
    flat = repr(cell)
    return flat if len(flat) <= _SHOWN_CHARACTERS else f"{flat[:_SHOWN_CHARACTERS]}..."


def _place(place: Place, finding: Finding) -> str:
    column = "" if place.column is None else f" (column {place.column})"
    return f"{place.file}:{place.line}{column}"


def _grouped(places: Sequence[Place], finding: Finding) -> Iterator[str]:
    """Places with each file named once: ``a.csv:3, 5, 9``."""
    last = ""
    for place in places:
        shown = _place(place, finding)
        yield shown.removeprefix(f"{last}:") if last == place.file else shown
        last = place.file


def wrapped(words: str, *, indent: int, style: str = "") -> Iterator[Text]:
    """Lines of at most `WIDTH` characters; those after the first are indented."""
    start = len(words) - len(words.lstrip())
    line = " " * start
    for word in words.split():
        if line.strip() and len(line) + 1 + len(word) > WIDTH:
            yield Text(line, style=style)
            line = " " * indent
        line += word if not line.strip() else f" {word}"
    yield Text(line, style=style)


def counted(number: int, noun: str) -> str:
    """A number with its noun: ``1 row``, ``2 rows``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def validation_json(result: Validation) -> dict[str, Any]:
    """The same for programs; values are never in it."""
    return {
        "study": result.study.config.study.id,
        "valid": not result.checked.findings,
        "tables": {name: table.n_rows for name, table in result.raw.items()},
        "exports": [
            {
                "file": count.file,
                "table": count.table,
                "header_rows": count.n_header,
                "rows_read": count.n_read,
                "rows_excluded": dict(count.excluded),
                "rows_marked": dict(count.marked),
                "rows_kept": count.n_kept,
                "rows_made": count.n_rows,
                "cells_unanswered": count.unanswered,
                "columns_unmapped": list(count.unmapped),
            }
            for count in result.counts
        ],
        "findings": [_finding_json(finding) for finding in result.checked.findings],
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    rule = finding.rule
    return {
        "rule": rule.id,
        "table": rule.table,
        "fields": list(rule.fields),
        "kind": rule.kind.value,
        "demand": rule.demand,
        "rows": finding.n_rows,
        "places": [
            {"file": place.file, "line": place.line}
            | ({} if place.column is None else {"column": place.column})
            for place in finding.places
        ],
    }


def error_json(error: PpdArchiveError) -> dict[str, Any]:
    """An error for programs."""
    return {
        "error": error.code,
        "path": error.path,
        "line": error.line,
        "pointer": error.pointer,
        "what": error.what,
        "remedy": error.remedy,
    }


def columns_lines(export: RawExport) -> Iterator[Text]:
    """What an export says of its columns."""
    rows, columns = counted(export.n_rows, "row"), counted(len(export.columns), "column")
    yield Text(f"{export.source}: {rows}, {columns}", style="bold")
    for name, mask in export.marks.items():
        if mask.any():
            yield Text(f"  {int(mask.sum())} {name}", style="dim")
    for column in export.columns:
        notes = [column.kind or "", "identifier" if column.is_identifier else ""]
        notes += ["tool" if column.is_tool else "", column.import_id or ""]
        shown = ", ".join(note for note in notes if note)
        yield Text.assemble(f"{column.position:>4}  ", (column.name, "yellow"), f"  {shown}" if shown else "")
        if column.label and column.label != column.name:
            yield from wrapped(f"        {column.label}", indent=8, style="dim")


def looks_like_qualtrics(export: RawExport) -> bool:
    """Whether the second row of a plain table holds the import ids of a Qualtrics export."""
    return export.n_rows > 1 and str(export.cells.column(0)[1].as_py()).startswith('{"ImportId"')


def columns_json(export: RawExport) -> dict[str, Any]:
    """The same for programs."""
    return {
        "format": export.source,
        "rows": export.n_rows,
        "header_rows": export.n_header,
        "marks": {name: int(mask.sum()) for name, mask in export.marks.items()},
        "columns": [
            {
                "position": column.position,
                "name": column.name,
                "label": column.label,
                "import_id": column.import_id,
                "kind": column.kind,
                "choices": None if column.choices is None else dict(column.choices),
                "group": column.group,
                "choice": column.choice,
                "identifier": column.is_identifier,
                "tool": column.is_tool,
            }
            for column in export.columns
        ],
    }
