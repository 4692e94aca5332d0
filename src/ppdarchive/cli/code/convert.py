"""`ppdarchive code convert`: what is released, as a file that coding tools open."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from ppdarchive.cli import render
from ppdarchive.cli.publishing import overrides_of, stop_at_findings
from ppdarchive.cli.terminal import AsJson, progress, show_json
from ppdarchive.coders.convert import convert_folder
from ppdarchive.coding.converted import CODEBOOKS
from ppdarchive.coding.formats import SUFFIXES, WRITERS
from ppdarchive.errors import UsageError
from ppdarchive.publish import FindingsError


def convert(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="STUDY_OR_PACKAGE", help="A study's folder, or a package's.", show_default=False
        ),
    ],
    out: Annotated[Path, typer.Argument(help="A new file.", show_default=False)],
    *,
    target: Annotated[
        str | None,
        typer.Option(
            "--format",
            help=f"{', '.join(WRITERS)}; by default what the file's ending says.",
            show_default=False,
        ),
    ] = None,
    stage: Annotated[
        Literal["all", "independent", "consensus"],
        typer.Option(help="Which codings; Taguette holds one stage only."),
    ] = "all",
    override: Annotated[
        list[str] | None,
        typer.Option(
            help="For a study: a condition on risk that may fail; needs a --reason.", show_default=False
        ),
    ] = None,
    reason: Annotated[
        list[str] | None, typer.Option(help="Why, for each --override in turn.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write coded responses as a file that NVivo, ATLAS.ti, MAXQDA, QualCoder or Taguette opens.

    What is written is what is released: texts as redacted, pseudonyms for responses and coders, no
    memos, no names, no times. A study goes through the gate as with `pack`.

    Exit code 0: written; 1: the data have findings; 2: wrong use; 3: the gate refused, and nothing
    is written.
    """
    kind = target or SUFFIXES.get(out.suffix.lower())
    if kind is None or kind not in WRITERS:
        raise UsageError("usage.value", reason=f"--format is one of {', '.join(WRITERS)}")
    if kind in CODEBOOKS and stage != "all":
        raise UsageError("usage.value", reason="--stage is for codings, and a codebook has none")
    try:
        with progress() as step:
            project = convert_folder(
                folder,
                out,
                kind=kind,
                released_on=datetime.now(tz=UTC).date(),
                stage=stage,
                overrides=overrides_of(override or [], reason or []),
                progress=step,
            )
    except FindingsError as findings:
        stop_at_findings(findings.validation, as_json=as_json)
        return
    counts = {
        "sources": len(project.sources),
        "codes": len(project.codes),
        "coders": len(project.coders),
        "selections": len(project.selections),
    }
    if as_json:
        show_json({"file": str(out), "format": kind, **counts})
        return
    held = ", ".join(render.counted(number, what[:-1]) for what, number in counts.items() if number)
    typer.echo(f"wrote {out}: {held}")
