"""The command on the privacy standard: which field falls in which class, and whether its treatment does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Final

import typer
from rich.text import Text

from ppdarchive.cli import render
from ppdarchive.cli.terminal import FINDINGS, AsJson, StudyFolder, show, show_json
from ppdarchive.errors import StudyError
from ppdarchive.gate import facts_of
from ppdarchive.standards import Row, judge
from ppdarchive.study import load_study

_MARKS: Final = {True: ("ok", "green"), False: ("NO", "red"), None: ("?", "yellow")}
_MEASURED: Final = "(b)(1)(ii)"
"""The paragraph of what the gate measures."""


def standard(study: StudyFolder, *, as_json: AsJson = False) -> None:
    """Say for every field which identifiers of the release's standard it may hold, and whether they go.

    The standard is the one under [release] in study.toml. `ok` is satisfied, `NO` is not, and `?` is for
    a person to judge. No data are read.

    Exit code 0: satisfied, as far as a program can tell; 1: not; 2: wrong use.
    """
    loaded = load_study(study)
    release = loaded.config.release
    if release is None:
        raise StudyError("study.no-release", path=loaded.path)
    rows = [
        row
        for row in judge(loaded.schemas, release.standard, facts_of(release, released_on=None, risk={}))
        if not row.paragraph.endswith(_MEASURED)
    ]
    if as_json:
        show_json({"standard": release.standard, "rows": [asdict(row) for row in rows]})
    else:
        show(_lines(release.standard, rows))
    if any(row.satisfied is False for row in rows):
        raise typer.Exit(FINDINGS)


def _lines(name: str, rows: Sequence[Row]) -> Iterator[Text]:
    yield Text(f"{name}", style="bold")
    for table, own in groupby(rows, key=lambda row: row.table):
        yield Text("")
        yield Text(table or "The study", style="bold")
        for row in own:
            yield from _row(row)
    broken = sum(row.satisfied is False for row in rows)
    open_ = sum(row.satisfied is None for row in rows)
    yield Text("")
    yield Text(
        f"{len(rows) - broken - open_} satisfied, {broken} not, {open_} for a person to judge.",
        style="red" if broken else "green",
    )


def _row(row: Row) -> Iterator[Text]:
    mark, style = _MARKS[row.satisfied]
    head = " ".join(
        part for part in (row.field or "as a whole", row.treatment and f"({row.treatment})") if part
    )
    yield Text(f"  {mark:<3}{head}" + (f"  class {row.letter}" if row.letter != "-" else ""), style=style)
    yield from render.wrapped(f"     {row.why}. {row.paragraph}", indent=5, style="dim")
    if row.satisfied is not True and row.remedy:
        yield from render.wrapped(f"     {row.remedy}", indent=5)
