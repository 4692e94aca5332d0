"""`ppdarchive code consensus`: from independent codings to one layer that all coders stand for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ppdarchive.cli import render
from ppdarchive.cli.publishing import stop_at_findings
from ppdarchive.cli.terminal import FINDINGS, AsJson, progress, show, show_json, write_new
from ppdarchive.coders.consensus import propose_consensus
from ppdarchive.coding.consensus.rules import Rule
from ppdarchive.errors import UsageError
from ppdarchive.publish import FindingsError
from ppdarchive.read.archive import load


def consensus(
    study: Annotated[
        Path, typer.Argument(metavar="STUDY", help="The study's folder, with study.toml.", show_default=False)
    ],
    *,
    rule: Annotated[
        Rule,
        typer.Option(
            help="What is proposed where coders differ: what all, more than half, any, or the first marked."
        ),
    ] = Rule.MAJORITY,
    first: Annotated[
        str | None, typer.Option(help="The first coder's id, for --rule first.", show_default=False)
    ] = None,
    seen: Annotated[
        Literal["all", "own"],
        typer.Option(help="Whether coders saw all responses, or only those that they marked."),
    ] = "all",
    worksheet: Annotated[
        Path | None,
        typer.Option(
            help="Write what they differ on as CSV, to fill in; it holds answers.", show_default=False
        ),
    ] = None,
    delimiter: Annotated[str, typer.Option(help="Between the worksheet's cells.")] = ",",
    html: Annotated[
        Path | None, typer.Option(help="Write it as a page, to read; it holds answers.", show_default=False)
    ] = None,
    settled: Annotated[
        Path | None, typer.Option(help="A worksheet that was filled in.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write the consensus as rows of codings: what is agreed and settled, or without --settled "
            "as proposed.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Propose a consensus of coders who worked alone, and settle what they differ on.

    First write a worksheet, and fill in its column `decision`: accept, none, a coder's id, or words or
    positions of the answer. Then read it with --settled and write the consensus with --out; name that
    file in study.toml as an export of codings. The independent codings stay beside it.

    Exit code 0: done; 1: the data have findings, or something is not settled yet; 2: wrong use.
    """
    if len(delimiter) != 1:
        raise UsageError("usage.value", reason="--delimiter is one character")
    try:
        with progress() as step:
            proposal = propose_consensus(study, rule=rule, first=first, seen=seen, progress=step)
    except FindingsError as findings:
        stop_at_findings(findings.validation, as_json=as_json)
        return
    decided = None
    if settled is not None:
        decided = proposal.settle(load(settled, name=str(settled)), name=str(settled))
    if worksheet is not None:
        write_new(worksheet, proposal.worksheet_csv(delimiter=delimiter), is_private=True)
    if html is not None:
        write_new(html, proposal.worksheet_page(), is_private=True)
    if out is not None:
        write_new(out, proposal.codings_csv(decided), is_private=True)
    n_items = len(proposal.items)
    n_settled = int(decided.is_settled.sum()) if decided is not None else 0
    if as_json:
        show_json(
            {
                "study": proposal.study,
                "rule": rule.value,
                "agreed": proposal.n_agreed,
                "to_settle": n_items,
                "settled": n_settled,
            }
        )
    else:
        words = f"{proposal.n_agreed:,} segments are marked alike by all who saw them; {n_items:,} are not."
        show(render.wrapped(words, indent=2))
        if decided is not None:
            rest = "; the others have no row" if out is not None and n_settled < n_items else ""
            typer.echo(f"{n_settled:,} of these are settled{rest}.")
        for path in (worksheet, html, out):
            if path is not None:
                typer.echo(f"wrote {path}")
    if decided is not None and n_settled < n_items:
        raise typer.Exit(FINDINGS)
