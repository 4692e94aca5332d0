"""The commands from a valid study to a package: deidentify, pack, show, demo."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from ppdarchive.archive.history import quietly
from ppdarchive.archive.opening import LATEST
from ppdarchive.cli import render
from ppdarchive.cli.archive.history import mark_json, mark_words, tombstone_json, tombstone_words
from ppdarchive.cli.archive.options import AudienceName, StudyName
from ppdarchive.cli.terminal import FINDINGS, AsJson, StudyFolder, progress, show, show_json
from ppdarchive.errors import UsageError
from ppdarchive.gate import OVERRIDABLE, Failure, GateRefusedError
from ppdarchive.loading import Release
from ppdarchive.pipeline import Validation
from ppdarchive.publish import (
    NOT_ASSESSED,
    Deidentified,
    FindingsError,
    pack_study,
    preview_study,
)
from ppdarchive.register import PRIVATE_FOLDER, warnings

ReleaseDate = Annotated[
    datetime | None,
    typer.Option(
        "--date", formats=["%Y-%m-%d"], help="The release date; today by default.", show_default=False
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--override", help="A condition on risk that may fail; needs a --reason.", show_default=False
    ),
]
Reasons = Annotated[
    list[str] | None,
    typer.Option("--reason", help="Why, for each --override in turn; it is published.", show_default=False),
]

_TEXT_COLUMN: Final = 11


def deidentify(
    study: StudyFolder,
    *,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show answers before and after, on this screen.")
    ] = False,
    answers: Annotated[int, typer.Option(min=0, help="How many edited answers to show.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Preview what a release would do to a study; nothing is written.

    Exit code 0: previewed; 1: the data have findings; 2: wrong use.
    """
    if show_values and as_json:
        raise UsageError("usage.value", reason="--show-values is for the screen, --json for programs")
    try:
        with progress() as step:
            result = preview_study(study, progress=step)
    except FindingsError as findings:
        stop_at_findings(findings.validation, as_json=as_json)
        return
    if as_json:
        show_json(render_deidentified(result))
    else:
        show(deidentified_lines(result))
        if show_values:
            show(answer_lines(result, answers))


def pack(
    study: StudyFolder,
    out: Annotated[Path, typer.Argument(help="The package's folder, a new one.", show_default=False)],
    *,
    version: Annotated[str, typer.Option(help="The package's version, such as 1.0.0.", show_default=False)],
    released_on: ReleaseDate = None,
    override: Overrides = None,
    reason: Reasons = None,
    as_json: AsJson = False,
) -> None:
    """De-identify a study and write it as a package that a stranger can open.

    Exit code 0: written; 1: the data have findings; 2: wrong use; 3: the gate refused, and nothing
    is written.
    """
    if re.fullmatch(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}", version) is None:
        raise UsageError("usage.value", reason="a version is three numbers such as 1.0.0")
    try:
        with progress() as step:
            result = pack_study(
                study,
                out,
                version=version,
                released_on=date_of(released_on),
                overrides=overrides_of(override or [], reason or []),
                progress=step,
            )
    except FindingsError as findings:
        stop_at_findings(findings.validation, as_json=as_json)
        return
    dangers = warnings(study / PRIVATE_FOLDER)
    if as_json:
        document = {**render_deidentified(result), "package": str(out), "warnings": list(dangers)}
        show_json(document | outcome_json(result.warnings))
        return
    show(deidentified_lines(result))
    typer.echo(f"wrote {out}")
    show(outcome_lines(result.warnings))
    for danger in dangers:
        typer.echo(f"warning: {danger}", err=True)


def outcome_json(warnings: Sequence[Failure]) -> dict[str, object]:
    """What the gate let pass, for programs."""
    document: dict[str, object] = {}
    for key, own in (("residual", True), ("overridden", False)):
        told = [each for each in warnings if each.is_advice is own]
        document[key] = [{"condition": each.condition, "what": each.what} for each in told]
    return document | {"not_assessed": list(NOT_ASSESSED)}


def outcome_lines(warnings: Sequence[Failure]) -> Iterator[Text]:
    """What the gate let pass, for people."""
    stated = ", ".join(NOT_ASSESSED)
    yield from render.wrapped(
        f"warning: stated in study.toml and not assessed by this version: {stated}", indent=2
    )
    for each in warnings:
        words = f"warning: {each.condition}: {each.what}. {each.remedy}"
        if not each.is_advice:
            words = f"overridden: {each.condition}: {each.what}"
        yield from render.wrapped(words, indent=2)


def show_package(
    place: Annotated[
        str,
        typer.Argument(
            metavar="PACKAGE|ARCHIVE", help="A package's folder, or an archive.", show_default=False
        ),
    ],
    *,
    version: Annotated[
        str, typer.Option(help="Of an archive: which release, such as 1.2.0 or '>=1,<2'.")
    ] = LATEST,
    study: StudyName = None,
    audience: AudienceName = None,
    as_json: AsJson = False,
) -> None:
    """Summarize a package, or a release of an archive, after verifying every file of it.

    Exit code 0: as it was published; 2: it is not, or there is none.
    """
    release = quietly(place, version, study=study, audience=audience)
    if as_json:
        document: dict[str, object] = {
            "name": release.name,
            "title": release.title,
            "version": release.version,
            "tables": {name: len(release[name]) for name in release.tables},
        }
        if release.number is not None:
            document["number"] = release.number
            document["marks"] = [mark_json(mark) for mark in release.marks]
            document["removals"] = [tombstone_json(each) for each in release.tombstones]
        show_json(document)
    else:
        show(package_lines(release))


def overrides_of(conditions: Sequence[str], reasons: Sequence[str]) -> dict[str, str]:
    """Each condition with its reason."""
    for condition in conditions:
        if condition not in OVERRIDABLE:
            known = ", ".join(OVERRIDABLE)
            raise UsageError("usage.value", reason=f"{condition!r} cannot be overridden; these can: {known}")
    if len(conditions) != len(reasons) or not all(reason.strip() for reason in reasons):
        raise UsageError("usage.value", reason="each --override takes a --reason, in words")
    return dict(zip(conditions, reasons, strict=True))


def report_refusal(refusal: GateRefusedError, *, as_json: bool) -> None:
    """Tell every condition that failed, and what to do about it."""
    if as_json:
        show_json(
            {
                "error": "gate",
                "failures": [
                    {"condition": each.condition, "what": each.what, "remedy": each.remedy}
                    for each in refusal.failures
                ],
            }
        )
        return
    typer.echo("error: the gate refused, nothing was written", err=True)
    for failure in refusal.failures:
        typer.echo(render.without_orders(f"  {failure.condition}: {failure.what}"), err=True)
        typer.echo(render.without_orders(f"    {failure.remedy}"), err=True)


def stop_at_findings(validation: Validation, *, as_json: bool) -> None:
    """Tell the findings, which come before any release, and end with their exit code."""
    if as_json:
        show_json(render.validation_json(validation))
    else:
        show(render.validation_lines(validation, show_values=False))
    raise typer.Exit(FINDINGS)


def date_of(given: datetime | None) -> date:
    """The date that was given, or today's."""
    return (given or datetime.now(tz=UTC)).date()


def render_deidentified(result: Deidentified) -> dict[str, object]:
    """What was done, as counts for programs."""
    return {
        "study": result.validation.study.config.study.id,
        "rows_without_consent": dict(result.consented.left_out),
        "participants_too_rare": result.consented.n_rare,
        "tables": {name: len(table.frame) for name, table in result.treated.tables.items()},
        "texts": {
            f"{table}.{field}": {str(category): number for category, number in _counts(redaction).items()}
            for (table, field), redaction in result.treated.redactions.items()
        },
        "codings": dict(result.treated.codings),
    }


def _counts(redaction: object) -> dict[str, int]:
    counts: dict[str, int] = {}
    for edits in redaction.edits:  # type: ignore[attr-defined]
        for edit in edits or ():
            counts[edit.category.value] = counts.get(edit.category.value, 0) + 1
    return dict(sorted(counts.items()))


def deidentified_lines(result: Deidentified) -> Iterator[Text]:
    """What was done, for people."""
    left_out = ", ".join(f"{number} {name}" for name, number in result.consented.left_out.items())
    if left_out:
        yield from render.wrapped(f"   left out for want of consent: {left_out}", indent=6)
    if result.consented.n_rare:
        words = f"   left out since too few share their values: {result.consented.n_rare} participants"
        yield from render.wrapped(words, indent=6)
    for (table, field), redaction in result.treated.redactions.items():
        counts = ", ".join(f"{number} {category}" for category, number in _counts(redaction).items())
        yield from render.wrapped(f"   {table}.{field}: {counts or 'nothing'} replaced", indent=6)
    if result.treated.codings:
        words = ", ".join(f"{number} {fate}" for fate, number in result.treated.codings.items())
        yield from render.wrapped(f"   codings: {words}", indent=6)


def answer_lines(result: Deidentified, number: int) -> Iterator[Text]:
    """Edited answers beside their originals; only for who asked to see them."""
    shown = 0
    for (table, field), redaction in result.treated.redactions.items():
        originals: Sequence[str | None] = result.consented.tables[table].frame[field].tolist()
        for original, text, edits in zip(originals, redaction.texts, redaction.edits, strict=True):
            if shown < number and edits and isinstance(original, str) and len(original) < 400:
                shown += 1
                yield Text("")
                yield from _labelled("before:", original, style="dim")
                yield from _labelled("after:", text or "(withheld)")


def _labelled(label: str, text: str, *, style: str = "") -> Iterator[Text]:
    """A text in lines that begin below each other, the first behind its label."""
    start = f"   {label}".ljust(_TEXT_COLUMN)
    for line in render.wrapped(" " * _TEXT_COLUMN + text, indent=_TEXT_COLUMN, style=style):
        yield Text(start + line.plain[_TEXT_COLUMN:], style=style)
        start = " " * _TEXT_COLUMN


def package_lines(release: Release) -> Iterator[Text]:
    """A package in a few lines."""
    yield from render.wrapped(f"{release.title} ({release.name} {release.version})", indent=2, style="bold")
    for name in release.tables:
        fields = ", ".join(release.schema(name).names)
        yield Text(f"  {name}: {len(release[name]):,} rows")
        yield from render.wrapped(f"    {fields}", indent=4, style="dim")
    for mark in release.marks:
        yield from render.wrapped(mark_words(mark), indent=2, style="red")
    for tombstone in release.tombstones:
        yield from render.wrapped(tombstone_words(tombstone), indent=2, style="red")
    yield Text("Every file is as its checksum says.", style="green")
