"""The commands on risk: risk, suggest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from ppdarchive.cli import render
from ppdarchive.cli.publishing import stop_at_findings
from ppdarchive.cli.terminal import REFUSED, AsJson, StudyFolder, progress, show, show_json, write_new
from ppdarchive.errors import UsageError
from ppdarchive.publish import FindingsError, assess_study, suggest_study
from ppdarchive.recoding.loss import LOSSES
from ppdarchive.recoding.suggest import Suggestion
from ppdarchive.report import RiskReport, bars, figures, page
from ppdarchive.report import as_json as report_json

_WIDEST: Final = 40
"""Characters of the longest bar."""


def risk(
    study: StudyFolder,
    *,
    html: Annotated[
        Path | None, typer.Option(help="Write a page with pictures to this new file.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say how easily participants could be found in what would be released; nothing is published.

    Risk is counted over participants, on all their released quasi-identifiers together, before and
    after treatment. It is for the study's own people: small counts stand in it.

    Exit code 0: assessed; 1: the data have findings; 2: wrong use.
    """
    try:
        with progress() as step:
            report = assess_study(study, progress=step)
    except FindingsError as findings:
        stop_at_findings(findings.validation, as_json=as_json)
        return
    if html is not None:
        write_new(html, page(report), is_private=True)
    if as_json:
        show_json(report_json(report))
        return
    show(risk_lines(report))
    if html is not None:
        typer.echo(f"wrote {html}")


def suggest(
    study: StudyFolder,
    *,
    max_suppressed: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=0.99,
            help="The largest share of participants that may be left out; by default what study.toml says, "
            "or 0.05.",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            help="A field that stays as it is declared, such as participants.age.", show_default=False
        ),
    ] = None,
    loss: Annotated[
        str, typer.Option(help="What to lose least of: " + ", ".join(LOSSES) + ".")
    ] = "non-uniform entropy",
    as_json: AsJson = False,
) -> None:
    """Propose the treatments of least loss under which the conditions on risk hold; nothing is changed.

    Exit code 0: proposed; 1: the data have findings; 2: wrong use; 3: nothing that the fields' levels
    allow would do.
    """
    if loss not in LOSSES:
        raise UsageError("usage.value", reason=f"--loss is one of {', '.join(LOSSES)}")
    try:
        with progress() as step:
            found = suggest_study(
                study, max_suppressed=max_suppressed, keep=keep or [], loss=loss, progress=step
            )
    except FindingsError as findings:
        stop_at_findings(findings.validation, as_json=as_json)
        return
    if as_json:
        show_json({"suggestion": None if found is None else found.json})
    else:
        show(_suggestion_lines(found))
    if found is None:
        raise typer.Exit(REFUSED)


def _suggestion_lines(found: Suggestion | None) -> Iterator[Text]:
    if found is None:
        yield Text("No combination of the fields' levels meets the conditions on risk.")
        yield Text("Let more participants be left out (--max-suppressed), or keep fewer fields.")
        return
    for line in found.toml.splitlines():
        yield Text(line, style="dim" if line.startswith("#") else "")


def risk_lines(report: RiskReport) -> Iterator[Text]:
    """The report for people, in 80 columns."""
    before, after = report.before, report.after
    yield Text(f"{'':38}{'as collected':>14}{'as released':>14}", style="dim")
    for name, one, other in figures(before, after):
        yield Text(f"{name:38}{one:>14}{other:>14}")
    yield Text("")
    yield Text("Participants by the size of their class, as released:")
    most = max(after.n_participants, 1)
    for bar in bars(before, after):
        length = round(_WIDEST * bar.after / most) or (1 if bar.after else 0)
        yield Text(f"{bar.label:>12}  {'█' * length}{' ' if length else ''}{bar.after}")
    if after.fields:
        yield Text("")
        width = max(38, *(len(each.name) for each in after.fields))
        yield Text(f"{'field':{width}}{'below k without':>17}{'unique alone':>14}", style="dim")
        for each in sorted(after.fields, key=lambda field: -field.contribution):
            yield Text(f"{each.name:{width}}{each.n_below_without:>17}{each.n_uniques_alone:>14}")
    yield Text("")
    if report.n_left_out:
        yield from render.wrapped(
            f"{report.n_left_out} participants are left out as a whole: too few share their values.", indent=0
        )
    if not report.failures:
        yield Text("Every condition on risk holds.", style="green")
    for failure in report.failures:
        yield from render.wrapped(f"{failure.condition}: {failure.what}.", indent=2, style="red")
        yield from render.wrapped(f"  {failure.remedy}", indent=4)
