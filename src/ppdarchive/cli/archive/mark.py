"""`ppdarchive mark`: a release is superseded, withdrawn from use, or has an erratum."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ppdarchive.archive.marking import mark_release
from ppdarchive.cli import render
from ppdarchive.cli.archive.history import mark_json, mark_words
from ppdarchive.cli.archive.options import ArchivePlace, AudienceName, StudyName
from ppdarchive.cli.terminal import AsJson, progress, show, show_json
from ppdarchive.errors import UsageError
from ppdarchive.store.records import MarkKind


def mark(
    archive: ArchivePlace,
    version: Annotated[
        str, typer.Argument(metavar="VERSION", help="The release, such as 1.2.0.", show_default=False)
    ],
    *,
    reason: Annotated[str, typer.Option(help="Why, in one line; it is published.", show_default=False)],
    superseded: Annotated[
        bool, typer.Option("--superseded", help="Another release takes its place.")
    ] = False,
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="Nobody should use it; it is loaded only if it is named.")
    ] = False,
    erratum: Annotated[bool, typer.Option("--erratum", help="Something in it is known to be wrong.")] = False,
    by: Annotated[
        str | None,
        typer.Option(help="With --superseded: the release that takes its place.", show_default=False),
    ] = None,
    searched_with: Annotated[
        Path | None,
        typer.Option(
            "--study-folder",
            help="The study: then the reason is searched for its participants' names too.",
            show_default=False,
        ),
    ] = None,
    names_are_public: Annotated[
        bool,
        typer.Option("--names-are-public", help="Names in the reason are of programmes or institutions."),
    ] = False,
    on: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="The day; today by default.", show_default=False),
    ] = None,
    study: StudyName = None,
    audience: AudienceName = None,
    as_json: AsJson = False,
) -> None:
    """Mark a release, for everybody who loads it; its bytes stay as they are.

    The reason is published, so it is searched as all that is published, and refused if it may
    identify somebody.

    Exit code 0: marked; 2: wrong use, or the reason was refused.
    """
    chosen: list[MarkKind] = []
    chosen += ["superseded"] if superseded else []
    chosen += ["withdrawn"] if withdrawn else []
    chosen += ["erratum"] if erratum else []
    if len(chosen) != 1:
        raise UsageError("usage.value", reason="give one of --superseded, --withdrawn and --erratum")
    with progress() as step:
        step("looking at the reason")
        marked = mark_release(
            archive,
            version,
            chosen[0],
            reason,
            on=(on or datetime.now(tz=UTC)).date(),
            by=by,
            searched_with=searched_with,
            names_are_public=names_are_public,
            study=study,
            audience=audience,
        )
    if as_json:
        show_json({"object": marked.object_id, "release": marked.release, **mark_json(marked.mark)})
    else:
        words = f"{marked.object_id} {marked.release}: {mark_words(marked.mark)}"
        show(render.wrapped(words, indent=2))
