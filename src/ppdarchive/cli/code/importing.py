"""`ppdarchive code import`: how coded projects land on a study's responses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import typer
from rich.text import Text

from ppdarchive.cli import render
from ppdarchive.cli.terminal import FINDINGS, AsJson, StudyFolder, progress, show, show_json, write_new
from ppdarchive.coded import DEMANDS, Landing
from ppdarchive.coding.formats import READERS
from ppdarchive.coding.landing.landed import TROUBLES
from ppdarchive.coding.project import NONE
from ppdarchive.errors import UsageError
from ppdarchive.model.finding import RuleKind
from ppdarchive.pipeline import Validation, validate_study
from ppdarchive.study import CodedProject

_SHOWN = 5
_TITLES = 12
_LONGEST_TITLE = 60
_SURE = 1.0


def import_projects(
    study: StudyFolder,
    project: Annotated[
        Path | None,
        typer.Argument(
            help="A project that study.toml does not name yet: how would it land?", show_default=False
        ),
    ] = None,
    *,
    source: Annotated[
        str | None,
        typer.Option("--format", help=f"Of that project: {', '.join(READERS)}.", show_default=False),
    ] = None,
    coder: Annotated[
        str | None,
        typer.Option(help="Of that project: who coded, where it does not say.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write the rows of codings as CSV, in code points of the responses.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say where the segments of coded projects land: on which responses, on which characters, how surely.

    The projects are those of study.toml ([[coding]]), which `validate`, `deidentify` and `pack` read
    too; or one that is not named there yet.

    Exit code 0: every segment has its place; 1: some have none, or the data have other findings;
    2: wrong use, or a project that cannot be read.
    """
    more: list[CodedProject] = []
    if project is not None:
        if source not in READERS:
            raise UsageError("usage.value", reason=f"--format is one of {', '.join(READERS)}")
        if coder is not None and not coder.strip():
            raise UsageError("usage.value", reason="--coder is not blank")
        more.append(
            CodedProject.model_validate({"path": str(project.absolute()), "format": source, "coder": coder})
        )
    elif source is not None or coder is not None:
        raise UsageError("usage.value", reason="--format and --coder are for a project that is named here")
    with progress() as step:
        result = validate_study(study, more=more, progress=step)
    if not result.landings:
        raise UsageError("usage.value", reason="study.toml names no coded project; name one here")
    if out is not None:
        write_new(out, _csv(result), is_private=True)
    if as_json:
        show_json(_json(result))
    else:
        show(_lines(result))
        if more:
            _tell_how_to_keep(project, source, coder)
        if out is not None:
            typer.echo(f"wrote {out}")
    if result.checked.findings:
        raise typer.Exit(FINDINGS)


def _tell_how_to_keep(project: Path | None, source: str | None, coder: str | None) -> None:
    assert project is not None
    typer.echo("To keep it, add to study.toml:")
    typer.echo(f'  [[coding]]\n  path = "{project.name}"   # from the study\'s folder\n  format = "{source}"')
    if coder is not None:
        typer.echo(f'  coder = "{coder}"')


def _csv(result: Validation) -> bytes:
    """The rows of codings that all projects give."""
    tables = [landing.rows.cells.drop_columns(["memo"]) for landing in result.landings]
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(pa.concat_tables(tables), sink)
    return bytes(sink.getvalue())


def _lines(result: Validation) -> Iterator[Text]:
    for landing in result.landings:
        yield from _landing_lines(landing)
    others = [each for each in result.checked.findings if each.rule.kind is not RuleKind.PLACING]
    if others:
        words = f"{render.counted(len(others), 'other rule')} broken; `ppdarchive validate` tells more."
        yield from render.wrapped(words, indent=2, style="red")
    elif not result.checked.findings:
        yield Text("Every segment has its place.", style="green")


def _landing_lines(landing: Landing) -> Iterator[Text]:
    project, landed = landing.project, landing.landed
    name = Path(project.path).name if Path(project.path).is_absolute() else project.path
    yield Text.assemble((name, "bold"), f"  {project.format}")
    told = Counter(str(by) for by in landed.matched.by if by is not None)
    how = ", ".join(
        f"{number:,} by {by.removeprefix('by-').replace('-', ' ')}" for by, number in told.items()
    )
    n_unmatched = len(landed.matched.unmatched)
    words = f"  {len(project.sources):,} sources, matched to responses: {how or 'none'}"
    yield from render.wrapped(words + (f"; {n_unmatched:,} not" if n_unmatched else ""), indent=4)
    found = landed.resolved
    if found.counting is not None:
        words = f"  positions: {found.counting.description}"
        if found.n_quotes:
            words += f"; {found.n_quotes_equal:,} of {found.n_quotes:,} quotes fit"
        words += "" if found.is_unambiguous else "; other ways of counting fit as well"
        yield from render.wrapped(words, indent=4)
    left_out = ", ".join(f"{number:,} {why}" for why, number in landing.left_out.items())
    words = f"  {len(project.selections):,} selections, {landing.rows.cells.num_rows:,} codings"
    yield from render.wrapped(words + (f"; {left_out}" if left_out else ""), indent=4)
    n_alike = _coders_alike(landing)
    if n_alike:
        words = f"  {n_alike:,} coders of the file are called alike, and count as one each"
        yield from render.wrapped(words, indent=4, style="yellow")
    moved = _moved(landing)
    if len(moved):
        words = (
            f"  {len(moved):,} stand in responses that have changed since, the least sure {moved.min():.2f}"
        )
        yield from render.wrapped(words, indent=4)
    if landing.new_codes:
        shown = [_short(row.title) for row in landing.new_codes[:_TITLES]]
        n_more = len(landing.new_codes) - len(shown)
        titles = ", ".join(shown) + (f" and {n_more:,} more" if n_more else "")
        yield from render.wrapped(f"  codes that no export has: {titles}", indent=4)
    for what, number in landing.in_vain.items():
        words = (
            "its pattern is in no source's name"
            if what == "pattern"
            else f"of its `{what}`, {number:,} of {len(getattr(landing.spec, what)):,} name nothing here"
        )
        yield from render.wrapped(f"  in study.toml, {words}", indent=4, style="yellow")
    if project.left:
        words = ", ".join(f"{number:,} {kind}" for kind, number in project.left.items())
        yield from render.wrapped(f"  left in the file: {words}", indent=4, style="dim")
    for number, trouble in enumerate(TROUBLES):
        rows = np.flatnonzero((landed.trouble == number) & (project.selections.code != NONE))
        if len(rows):
            yield Text.assemble(("  x ", "red"), (trouble.value, "yellow"), f"  {len(rows):,}")
            yield from render.wrapped(f"      demanded: {DEMANDS[trouble]}", indent=16)
            places = ", ".join(str(place) for place in project.selections.place[rows[:_SHOWN]].tolist())
            more = ", ..." if len(rows) > _SHOWN else ""
            what = "selection" if len(rows) == 1 else "selections"
            yield from render.wrapped(f"      {what} {places}{more}", indent=6)


def _coders_alike(landing: Landing) -> int:
    """How many coders of a file have the name of another there."""
    names = Counter((coder.name, coder.stage) for coder in landing.project.coders)
    return sum(number for number in names.values() if number > 1)


def _short(title: str) -> str:
    """A title that fits on a line."""
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"


def _moved(landing: Landing) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The confidence of each coding that stands in a response that is no longer as it was."""
    sure = landing.landed.confidence[~landing.landed.uncertain & (landing.landed.response != NONE)]
    moved: np.ndarray[tuple[int], np.dtype[np.float64]] = sure[sure < _SURE]
    return moved


def _json(result: Validation) -> dict[str, Any]:
    """The same for programs; what participants and coders wrote is not in it."""
    return {
        "study": result.study.config.study.id,
        "placed": not any(each.rule.kind is RuleKind.PLACING for each in result.checked.findings),
        "findings": len(result.checked.findings),
        "projects": [_landing_json(landing) for landing in result.landings],
    }


def _landing_json(landing: Landing) -> dict[str, Any]:
    project, landed = landing.project, landing.landed
    found, moved = landed.resolved, _moved(landing)
    selections = project.selections
    return {
        "file": project.path,
        "format": project.format,
        "sources": len(project.sources),
        "matched": dict(Counter(str(by) for by in landed.matched.by if by is not None)),
        "unmatched": [
            {"source": number, "reason": trouble.value} for number, trouble in landed.matched.unmatched
        ],
        "positions": None if found.counting is None else found.counting.description,
        "unambiguous": found.is_unambiguous,
        "quotes": found.n_quotes,
        "quotes_equal": found.n_quotes_equal,
        "coders_alike": _coders_alike(landing),
        "selections": len(selections),
        "codings": landing.rows.cells.num_rows,
        "left_out": dict(landing.left_out),
        "reanchored": len(moved),
        "least_confidence": float(moved.min()) if len(moved) else None,
        "new_codes": [row.code_id for row in landing.new_codes],
        "left_in_file": dict(project.left),
        "in_vain": dict(landing.in_vain),
        "troubles": {
            trouble.value: selections.place[landed.trouble == number].tolist()
            for number, trouble in enumerate(TROUBLES)
            if (landed.trouble == number).any()
        },
    }
