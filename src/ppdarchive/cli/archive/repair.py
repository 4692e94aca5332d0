"""`ppdarchive repair`: what a crash left is finished or taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer
from rich.text import Text

from ppdarchive.archive.repairing import RepairedObject, repair_archive
from ppdarchive.cli import render
from ppdarchive.cli.archive.options import ArchivePlace, AudienceName, StudyName
from ppdarchive.cli.terminal import FINDINGS, AsJson, progress, show, show_json
from ppdarchive.store.lock import PATIENCE_SECONDS


def repair(
    archive: ArchivePlace,
    *,
    study: StudyName = None,
    audience: AudienceName = None,
    patience: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for somebody who is changing an object.")
    ] = PATIENCE_SECONDS,
    as_json: AsJson = False,
) -> None:
    """Finish or take back what a crash left of an archive, and say what was found.

    Content of releases is neither looked at nor touched: that is for `verify`.

    Exit code 0: nothing to do, or mended; 1: an object cannot be repaired; 2: wrong use.
    """
    with progress() as step:
        step("looking at every object")
        found = repair_archive(archive, study=study, audience=audience, patience=patience)
    if as_json:
        show_json({"archive": archive, "objects": [_json(each) for each in found]})
    else:
        show(_lines(found))
    if any(each.problem is not None for each in found):
        raise typer.Exit(FINDINGS)


def _lines(found: Sequence[RepairedObject]) -> Iterator[Text]:
    for each in found:
        for mended in each.mended:
            yield from render.wrapped(f"{each.object_id}: {mended.text}", indent=2)
        if each.problem is not None:
            yield from render.wrapped(f"{each.object_id}: {each.problem.what}", indent=2, style="red")
            yield from render.wrapped(f"  {each.problem.remedy}", indent=2, style="dim")
        elif not each.mended:
            yield from render.wrapped(f"{each.object_id}: there was nothing to repair", indent=2)
    if not found:
        yield Text("There is no release yet, and there was nothing to repair.")


def _json(found: RepairedObject) -> dict[str, object]:
    problem = found.problem
    return {
        "object": found.object_id,
        "mended": [
            {"kind": each.kind, "version": each.version or None, "what": each.text} for each in found.mended
        ],
        "error": None if problem is None else render.error_json(problem),
    }
