"""`ppdarchive code`: what coders did, from their tools' files to agreement, consensus and back."""

from __future__ import annotations

import typer

from ppdarchive.cli.code import agreement, consensus, convert, importing, quality
from ppdarchive.cli.terminal import example

app = typer.Typer(
    name="code",
    help="Bring coded projects in, measure agreement, settle disagreements, and hand codings out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    epilog=example("ppdarchive code import my-study", "ppdarchive code convert my-study coded.qdpx"),
)

app.command(
    "agreement",
    epilog=example(
        "ppdarchive code agreement my-study", "ppdarchive code agreement my-study --html agreement.html"
    ),
)(agreement.agreement)

app.command("import", epilog=example("ppdarchive code import my-study"))(importing.import_projects)
app.command(
    "consensus",
    epilog=example(
        "ppdarchive code consensus my-study --worksheet sheet.csv",
        "ppdarchive code consensus my-study --settled sheet.csv --out consensus.csv",
    ),
)(consensus.consensus)
app.command(
    "convert",
    epilog=example(
        "ppdarchive code convert my-study coded.qdpx",
        "ppdarchive code convert my-package codebook.csv --format taguette-codebook",
    ),
)(convert.convert)
app.command("quality", epilog=example("ppdarchive code quality my-study"))(quality.quality)
