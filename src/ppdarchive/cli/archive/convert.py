"""`ppdarchive convert`: a release as a folder, a ZIP or a bag, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ppdarchive.archive.converting import TARGETS, Target, convert
from ppdarchive.archive.opening import LATEST
from ppdarchive.cli import render
from ppdarchive.cli.archive.history import mark_json, mark_words
from ppdarchive.cli.archive.options import AudienceName, StudyName, size_words
from ppdarchive.cli.terminal import AsJson, progress, show, show_json
from ppdarchive.errors import UsageError


def convert_release(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="An archive, a package, a bag of one, or a ZIP of either.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder or file.", show_default=False)],
    *,
    to: Annotated[
        str | None,
        typer.Option(
            help=f"{', '.join(TARGETS)}; by default zip if OUT ends so, else folder.", show_default=False
        ),
    ] = None,
    version: Annotated[str, typer.Option(help="Of an archive: which release, such as 1.2.0.")] = LATEST,
    study: StudyName = None,
    audience: AudienceName = None,
    as_json: AsJson = False,
) -> None:
    """Write a release as a plain folder, a ZIP or a BagIt bag, or take one back from them.

    Every file is held against its digest on the way. The same release gives the same bytes.

    Exit code 0: written; 2: wrong use, or something is not as it was published.
    """
    chosen: Target | None = "zip" if out.suffix.lower() == ".zip" else "folder"
    if to is not None:
        chosen = next((each for each in TARGETS if each == to), None)
    if chosen is None:
        raise UsageError("usage.value", reason=f"--to is one of {', '.join(TARGETS)}")
    with progress() as step:
        step("copying and comparing")
        done = convert(source, out, to=chosen, version=version, study=study, audience=audience)
    if as_json:
        counts = {"files": done.n_files, "bytes": done.n_bytes}
        said = [mark_json(mark) for mark in done.marks]
        show_json({"out": str(out), "to": done.to, "release": done.name, **counts, "marks": said})
        return
    held = f"{done.name}, {render.counted(done.n_files, 'file')}, {size_words(done.n_bytes)}"
    show(render.wrapped(f"wrote {out} ({done.to}): {held}", indent=2))
    for mark in done.marks:
        show(render.wrapped(f"warning: {mark_words(mark)}", indent=2))
