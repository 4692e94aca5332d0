"""`ppdarchive code`: what coders did, from their tools' files to agreement, consensus and back."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="code",
    help="Bring coded projects in, measure agreement, settle disagreements, and hand codings out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
