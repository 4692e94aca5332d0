"""`ppdarchive demo`: the whole way on the example study."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from ppdarchive.cli import render
from ppdarchive.cli.archive.demonstration import archive_lines
from ppdarchive.cli.demonstration import agreement_lines, converted_lines, landing_lines
from ppdarchive.cli.publishing import answer_lines, deidentified_lines
from ppdarchive.cli.terminal import show
from ppdarchive.loading import load
from ppdarchive.profile import profile_files
from ppdarchive.publish import assess_study, pack_study
from ppdarchive.synthetic import write_study


def demo(
    folder: Annotated[Path, typer.Argument(help="A new folder.")] = Path("ppdarchive-demo"),
) -> None:
    """Run the whole way on the example study: synthetic, nobody in it exists."""
    study, package = folder / "study", folder / "package"
    typer.echo("1. An example study, wholly synthetic: nobody in it exists.")
    summary = write_study(study, profile=profile_files())
    typer.echo(f"   {summary.n_participants} participants, {summary.n_answers} answers: {study}")
    typer.echo("2. Its exports are read, made into tables, and checked against the schemas.")
    result = pack_study(study, package, version="1.0.0", released_on=date(2026, 1, 31))
    n_rows = sum(table.n_rows for table in result.validation.raw.values())
    typer.echo(f"   Nothing wrong in {len(result.validation.raw)} tables, {n_rows:,} rows.")
    typer.echo("   Two coders had marked the raw answers, each in a tool of her own:")
    show(landing_lines(result.validation.landings))
    typer.echo("3. Who did not consent to sharing is left out; every field is treated as its")
    typer.echo("   schema says; names, places and numbers in the answers are replaced by tags.")
    show(deidentified_lines(result))
    typer.echo("   A coding stays on its words, and widens to a tag that it cuts. Where a tag")
    typer.echo("   swallowed all of it, its code stays with the answer.")
    report = assess_study(study)
    n_unique, n, k = report.before.n_uniques, report.before.n_participants, report.after.k
    typer.echo(f"4. As collected, {n_unique} of {n} participants are unique. As released, each")
    typer.echo(
        f"   shares what can be known of her with {k - 1} others or more; {report.n_left_out} are left out."
    )
    typer.echo("   The gate counted that, and looked at every string of the package before it")
    typer.echo("   was moved into its place.")
    typer.echo(f"   {package}")
    typer.echo("5. Answers before and after (the names are invented, so they may be shown):")
    show(answer_lines(result, 4))
    typer.echo("6. A researcher opens it:")
    typer.echo(f'   >>> import ppdarchive as ppd; release = ppd.load("{package}")')
    typer.echo("   >>> release.joined()")
    release = load(package)
    tables = ", ".join(release.tables)
    show(render.wrapped(f"   {len(release.joined()):,} rows from {tables}", indent=6))
    typer.echo("7. How well do the coders agree? Krippendorff's alpha, and its worst codes:")
    show(agreement_lines(package))
    typer.echo("8. The coded answers go back to the coders' tools, de-identified:")
    show(converted_lines(study, package, folder / "coded.qdpx", result))
    show(archive_lines(study, folder / "archive", result))
