"""`ppdarchive code quality`: what a codebook should not have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.text import Text

from ppdarchive.cli import render
from ppdarchive.cli.publishing import stop_at_findings
from ppdarchive.cli.terminal import FINDINGS, AsJson, progress, show, show_json
from ppdarchive.coders.quality import quality_study
from ppdarchive.coding.quality import QualityFinding
from ppdarchive.publish import FindingsError


def quality(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="STUDY_OR_PACKAGE", help="A study's folder, or a package's.", show_default=False
        ),
    ],
    *,
    seen: Annotated[
        Literal["all", "own"],
        typer.Option(help="Whether coders saw all responses, or only those that they marked."),
    ] = "all",
    as_json: AsJson = False,
) -> None:
    """Find codes without a definition, that nobody used, that mean the same, and themes without codes.

    Each finding has an id that stays the same. None of them stops a release.

    Exit code 0: nothing found; 1: something found, or the data have findings; 2: wrong use.
    """
    try:
        with progress() as step:
            found = quality_study(folder, seen=seen, progress=step)
    except FindingsError as findings:
        stop_at_findings(findings.validation, as_json=as_json)
        return
    if as_json:
        show_json(
            {
                "findings": [
                    {"id": each.id, "concerned": list(each.concerned), "words": each.words, "n": each.n}
                    for each in found
                ]
            }
        )
    else:
        show(_lines(found))
    if found:
        raise typer.Exit(FINDINGS)


def _lines(found: Sequence[QualityFinding]) -> Iterator[Text]:
    for kind, own in groupby(found, key=lambda each: each.id):
        yield Text.assemble(("  x ", "red"), (kind, "yellow"))
        for each in own:
            yield from render.wrapped(f"      {each.words}", indent=8)
    if not found:
        yield Text("Nothing wrong with the codebook.", style="green")
