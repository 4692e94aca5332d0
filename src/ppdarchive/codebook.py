"""Schemas, and what is told of the values -> a codebook page in Markdown, for people who read no JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ppdarchive.model.schema import Constraints, Field, Kind, Schema, Schemas
from ppdarchive.model.summary import FieldSummary, Figure, Summary
from ppdarchive.model.treatment import TREATMENTS

_NOT_TOLD: Final = "–"


def codebook(
    schemas: Schemas, *, title: str, is_released: bool = False, summary: Summary | None = None
) -> str:
    """Write the codebook of a study or a package.

    Parameters
    ----------
    schemas : mapping of str to Schema
    title : str
    is_released : bool
        Whether the schemas are those of a package: what was done to a field then stands in its
        description, and nothing more will be.
    summary : Summary, optional
        What is told of the values of a package; without it nothing is counted.

    Returns
    -------
    str
        Markdown: an overview, then for each table its fields, their values and its keys.
    """
    lines = [f"# {_plain(title)}", "", "| table | fields | what it holds |", "|---|--:|---|"]
    for schema in schemas.values():
        what = _cell(schema.description or schema.title or "")
        lines.append(f"| [{schema.name}](#{schema.name}) | {len(schema.fields)} | {what} |")
    if summary is not None:
        lines += ["", *_about(summary)]
    for schema in schemas.values():
        lines += ["", *_table(schema, is_released=is_released, summary=summary or Summary())]
    return "\n".join(lines) + "\n"


def _about(summary: Summary) -> Iterator[str]:
    """What the counts are of, and which are not there."""
    yield "Counts are of participants, and of the values that are released."
    if summary.min_cell is not None:
        few = f"fewer than {summary.min_cell}{'' if summary.shows_zeros else ' or none'}"
        yield (f"{_NOT_TOLD} stands for {few}, and for counts from which that could be computed.")
    if any(each.figures for each in summary.fields.values()):
        yield (
            "Figures before and after treatment are rounded so far that they tell nothing of one"
            " participant; entropy says how much a field tells, in bits."
        )


def _table(schema: Schema, *, is_released: bool, summary: Summary) -> Iterator[str]:
    yield f"## {schema.name}"
    yield ""
    if schema.description:
        yield _plain(schema.description)
        yield ""
    yield from _keys(schema)
    for field in schema:
        yield ""
        told = summary.fields.get((schema.name, field.name))
        yield from _field(field, is_released=is_released, told=told)


def _keys(schema: Schema) -> Iterator[str]:
    if schema.primary_key:
        yield f"- Each row is named by {_names(schema.primary_key)}."
    for key in schema.unique_keys:
        yield f"- No two rows share {_names(key)}."
    for foreign in schema.foreign_keys:
        target = foreign.resource or schema.name
        yield f"- {_names(foreign.fields)} refers to {_names(foreign.reference_fields)} of `{target}`."


def _field(field: Field, *, is_released: bool, told: FieldSummary | None) -> Iterator[str]:
    yield f"### {field.name}"
    yield ""
    yield " ".join(
        _plain(words)
        for words in (f"**{field.title}.**" if field.title else "", field.description or "")
        if words
    )
    yield ""
    yield f"- Type: {_type(field)}"
    for words in _constraints(field.constraints):
        yield f"- {words}"
    if field.disclosure is not None:
        does = "" if is_released else f". {TREATMENTS[field.disclosure.treatment.method].does}"
        yield f"- Role: {field.disclosure.role.value}{does}"
    for figure in told.figures if told is not None else ():
        yield f"- {_figure(figure)}"
    if told is not None and told.counts:
        yield from _counts(field, told)
    elif field.categories is not None:
        yield ""
        yield f"| value | label{' (in order)' if field.categories_ordered else ''} |"
        yield "|---|---|"
        for category in field.categories:
            yield f"| `{_cell(str(category.value))}` | {_cell(category.label or '')} |"
    if field.has_companion:
        yield ""
        yield "| missing code | reason |"
        yield "|---|---|"
        for code in field.missing_values:
            shown = f"`{_cell(code.value)}`" if code.value else "(empty)"
            yield f"| {shown} | {_cell(code.label or '')} |"


def _figure(figure: Figure) -> str:
    words = f"{figure.name[:1].upper()}{figure.name[1:]}"
    unit = " bits" if figure.name == "entropy" else ""
    if figure.before is None:
        return f"{words}: {figure.after:g}{unit}, to the nearest {figure.step:g}"
    return (
        f"{words}: {figure.before:g}{unit} before treatment, {figure.after:g} after,"
        f" to the nearest {figure.step:g}"
    )


def _counts(field: Field, told: FieldSummary) -> Iterator[str]:
    """The values with their counts, then why values are missing."""
    labels = {str(category.value): category.label or "" for category in field.categories or ()}
    has_labels = any(labels.values())
    order = " (in order)" if field.categories_ordered else ""
    yield ""
    yield f"| value{order} |{' label |' if has_labels else ''} participants |"
    yield f"|---|{'---|' if has_labels else ''}--:|"
    for value, count in told.counts.items():
        is_value = value in labels or (field.kind is Kind.BOOLEAN and value in ("true", "false"))
        if value and not is_value and count == 0:  # a reason that nobody had
            continue
        shown = f"`{_cell(value)}`" if is_value else _cell(value) or "any value"
        label = f" {_cell(labels.get(value, ''))} |" if has_labels else ""
        yield f"| {shown} |{label} {_count(count)} |"
    if told.n_missing != 0:
        yield f"| no value |{'  |' if has_labels else ''} {_count(told.n_missing)} |"


def _count(count: int | None) -> str:
    return _NOT_TOLD if count is None else f"{count:,}"


def _type(field: Field) -> str:
    words = field.kind.value
    if field.kind is Kind.LIST:
        words += f" of {field.lexical.item_kind.value}"
    if field.categories is not None:
        words += f", one of {len(field.categories)} categories"
    if field.lexical.format != "default":
        words += f", written as `{field.lexical.format}`"
    return f"{words}, in {field.unit}" if field.unit else words


def _constraints(constraints: Constraints) -> Iterator[str]:
    if constraints.required:
        yield "Never missing"
    if constraints.unique:
        yield "No value occurs twice"
    bounds = (
        ("at least", constraints.minimum),
        ("above", constraints.exclusive_minimum),
        ("at most", constraints.maximum),
        ("below", constraints.exclusive_maximum),
    )
    shown = [f"{words} {bound}" for words, bound in bounds if bound is not None]
    if shown:
        yield f"Values: {', '.join(shown)}"
    lengths = (("at least", constraints.min_length), ("at most", constraints.max_length))
    shown = [f"{words} {length}" for words, length in lengths if length is not None]
    if shown:
        yield f"Length: {', '.join(shown)}"
    if constraints.pattern is not None:
        yield f"Matches `{constraints.pattern}` as a whole"
    if constraints.enum is not None:
        yield f"One of {', '.join(f'`{value}`' for value in constraints.enum)}"


def _names(names: tuple[str, ...]) -> str:
    shown = [f"`{name}`" for name in names]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]} together"


def _plain(text: str) -> str:
    """Text on one line, so that no word of a schema starts a heading, list or table."""
    return " ".join(text.split())


def _cell(text: str) -> str:
    return re.sub(r"([|\\])", r"\\\1", _plain(text))
