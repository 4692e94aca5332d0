"""`ppdarchive code agreement`: how well coders agree, on a screen, as JSON, as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from ppdarchive.agreement.coded import Coefficient
from ppdarchive.agreement.frames import Seen
from ppdarchive.agreement.summary import AgreementRow
from ppdarchive.cli import render
from ppdarchive.cli.publishing import stop_at_findings
from ppdarchive.cli.terminal import AsJson, progress, show, show_json, write_new
from ppdarchive.coders.agreement import agreement_study
from ppdarchive.errors import UsageError
from ppdarchive.publish import FindingsError
from ppdarchive.report.agreement import FEW_PARTICIPANTS, AgreementReport, shown, undefined
from ppdarchive.report.agreement import as_json as report_json
from ppdarchive.report.agreement_page import TENTATIVE, page

_NAME: Final = 30
_BEFORE_ALPHA: Final = 20
_MOST_CODES: Final = 40


def agreement(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="STUDY_OR_PACKAGE",
            help="The study's folder, with study.toml, or a package's.",
            show_default=False,
        ),
    ],
    *,
    seen: Annotated[
        Seen,
        typer.Option(help="Which responses each coder saw: all of them, or own, those that she marked."),
    ] = "all",
    replicates: Annotated[
        int, typer.Option(min=0, max=100_000, help="Draws of participants that intervals come from; 0: none.")
    ] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same intervals.")] = 0,
    characters: Annotated[
        bool, typer.Option("--characters/--no-characters", help="Compare which characters were marked, too.")
    ] = True,
    gamma: Annotated[
        bool,
        typer.Option("--gamma", help="Compute gamma, too; needs pygamma-agreement, and is slow."),
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            help="Write a page with pictures and de-identified excerpts to this new file.", show_default=False
        ),
    ] = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Say which coder each letter stands for, on this screen.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say how well independent coders agree, overall, by question, theme and code; nothing is changed.

    Coders are called A, B, C in the order of their ids, since ids may be names. Codings made in
    consensus are no part of it.

    Exit code 0: computed; 1: the data have findings; 2: wrong use, or fewer than two coders.
    """
    if show_values and as_json:
        raise UsageError("usage.value", reason="--show-values is for the screen, --json for programs")
    try:
        with progress() as step:
            report = agreement_study(
                folder,
                seen=seen,
                replicates=replicates,
                seed=seed,
                with_excerpts=html is not None,
                with_characters=characters,
                gamma=gamma,
                progress=step,
            )
    except FindingsError as findings:
        stop_at_findings(findings.validation, as_json=as_json)
        return
    if html is not None:
        write_new(html, page(report), is_private=True)
    if as_json:
        show_json(report_json(report))
        return
    show(agreement_lines(report))
    if show_values:
        show(coder_lines(report))
    if html is not None:
        typer.echo(f"wrote {html}")


def coder_lines(report: AgreementReport) -> Iterator[Text]:
    """Whom each letter stands for; only for who asked to see it."""
    yield Text("")
    for letter, coder in zip(report.summary.coders, report.coder_ids, strict=True):
        yield from render.wrapped(f"coder {letter}: {coder}", indent=4)


def agreement_lines(report: AgreementReport) -> Iterator[Text]:
    """The report for people, in 80 columns."""
    summary = report.summary
    yield Text(report.study, style="bold")
    saw = "every response" if report.seen == "all" else "what they marked"
    yield from render.wrapped(
        f"{summary.n_codings:,} codings of {summary.n_units:,} responses of {summary.n_participants:,} "
        f"participants; {len(summary.coders)} coders ({_listed(summary.coders)}), each taken to have seen "
        f"{saw}.",
        indent=2,
    )
    if summary.replicates and summary.n_participants < FEW_PARTICIPANTS:
        words = f"With fewer than {FEW_PARTICIPANTS} participants the intervals are too narrow."
        yield from render.wrapped(words, indent=2)
    yield Text("")
    yield Text(
        f"{'':{_NAME}}{'n':>6}{'equal':>7}{'kappa':>7}{'alpha':>7}{'95 % interval':>16}{'chars':>7}",
        style="dim",
    )
    found = summary.unitizing
    yield _line("all text", summary.all_text.overall, None if found is None else found.values)
    yield _line("coded part", summary.coded_part.overall, None if found is None else found.coding)
    if report.gamma is not None:
        label = "gamma, over segments"
        yield Text(f"{label:{_NAME + _BEFORE_ALPHA}}{shown(report.gamma.value):>7}")
    for title, rows in (("by question", summary.all_text.questions), ("by theme", summary.all_text.themes)):
        if rows:
            yield Text("")
            yield Text(title, style="dim")
            for row in rows:
                yield _line(row.name or "(none)", row, None)
    yield Text("")
    yield Text("by code, the lowest alpha first", style="dim")
    places = {code: place for place, code in enumerate(summary.all_text.lowest)}
    codes = sorted(summary.all_text.codes, key=lambda row: places.get(row.name, len(places)))
    by_characters = {} if found is None else {each.name: each.boundaries for each in found.codes}
    for row in codes[:_MOST_CODES]:
        yield _line(row.name, row, by_characters.get(row.name))
    if len(codes) > _MOST_CODES:
        yield Text(f"... and {len(codes) - _MOST_CODES} more: see --html or --json", style="dim")
    yield from _notes(report)


def _notes(report: AgreementReport) -> Iterator[Text]:
    yield Text("")
    notes = [
        "n: responses in which somebody found it. kappa: Cohen's, the mean of all pairs. alpha: "
        "Krippendorff's, over responses. chars: u-alpha, over characters.",
        "all text: agreement that nothing is there counts too; coded part: only responses in which somebody "
        "marked anything.",
    ]
    for words in notes:
        yield from render.wrapped(words, indent=2, style="dim")
    missing = undefined(report)
    if missing:
        yield Text("")
        yield Text(f"{_DASH} is undefined, neither 0 nor 1:")
        for reason, name, subjects in missing[:_MOST_REASONS]:
            yield from render.wrapped(f"  {name}: {reason} ({subjects})", indent=4)
        if len(missing) > _MOST_REASONS:
            yield Text(f"  ... and {len(missing) - _MOST_REASONS} more: see --html or --json", style="dim")
    if report.quality:
        yield Text("")
        yield Text("The codebook:")
        for each in report.quality[:_MOST_REASONS]:
            yield from render.wrapped(f"  {each.id}: {each.words}", indent=4)
        if len(report.quality) > _MOST_REASONS:
            yield Text(
                f"  ... and {len(report.quality) - _MOST_REASONS} more: see --html or --json", style="dim"
            )


_DASH: Final = shown(None)
_MOST_REASONS: Final = 12


def _line(name: str, row: AgreementRow, characters: Coefficient | None) -> Text:
    alpha = row.alpha
    interval = "" if alpha.low is None else f"{shown(alpha.low)} to {shown(alpha.high)}"
    short = name if len(name) < _NAME else f"{name[: _NAME - 2]}…"
    last = "" if characters is None else shown(characters.value)
    figures = f"{row.n_coded:>6}{shown(row.percent.value):>7}{shown(row.cohen.value):>7}"
    is_low = alpha.value is not None and alpha.value < TENTATIVE
    return Text.assemble(
        f"{short:{_NAME}}{figures}",
        (f"{shown(alpha.value):>7}", "yellow" if is_low else ""),
        f"{interval:>16}{last:>7}",
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) < 7 else f"{names[0]} to {names[-1]}"
