"""`ppdarchive pin`: the release that a study uses, to the byte, in its lock file."""

from __future__ import annotations

import dataclasses
import warnings
from pathlib import Path
from typing import Annotated

import typer

from ppdarchive.cli import render
from ppdarchive.cli.archive.options import ArchivePlace, AudienceName, StudyName
from ppdarchive.cli.terminal import AsJson, show, show_json
from ppdarchive.loading import LOCK, ReleaseWarning
from ppdarchive.loading import pin as pin_release
from ppdarchive.loading.choosing import LATEST


def pin(
    archive: ArchivePlace,
    *,
    version: Annotated[
        str, typer.Option(metavar="SPEC", help="latest, 1.2.0, v3, or a range such as '>=1.1,<2'.")
    ] = LATEST,
    study: StudyName = None,
    audience: AudienceName = None,
    lock: Annotated[Path, typer.Option(metavar="FILE", help="The lock file.")] = Path(LOCK),
    as_json: AsJson = False,
) -> None:
    """Write down which release of an archive a study uses, to the byte.

    The release is loaded and so verified, and takes the place of what the lock file had of this archive.
    `ppd.load(archive, lock=FILE)` then loads it and nothing else, whatever is published later.

    Exit code 0: pinned; 2: wrong use, or a release that is not as it was published.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ReleaseWarning)
        made = pin_release(archive, version, study=study, audience=audience, lock=lock)
    told = [str(each.message) for each in caught if issubclass(each.category, ReleaseWarning)]
    if as_json:
        show_json({**dataclasses.asdict(made), "lock": str(lock), "warnings": told})
        return
    show(render.wrapped(f"pinned {made.object_id} {made.name} (v{made.number}) in {lock}", indent=2))
    for words in told:
        show(render.wrapped(f"warning: {words}", indent=2))
