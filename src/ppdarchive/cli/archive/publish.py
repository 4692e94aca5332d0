"""`ppdarchive publish`: a study's exports become the next release in its archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from ppdarchive.archive.publishing import Published, publish_study
from ppdarchive.changes import Level, as_json
from ppdarchive.cli import render
from ppdarchive.cli.archive.keys import PasswordFile, secret_key
from ppdarchive.cli.publishing import (
    Overrides,
    Reasons,
    ReleaseDate,
    date_of,
    deidentified_lines,
    outcome_json,
    outcome_lines,
    overrides_of,
    render_deidentified,
    stop_at_findings,
)
from ppdarchive.cli.terminal import AsJson, StudyFolder, progress, show, show_json
from ppdarchive.errors import UsageError
from ppdarchive.publish import FindingsError
from ppdarchive.register import PRIVATE_FOLDER, warnings
from ppdarchive.store.inventory import User


def publish(
    study: StudyFolder,
    *,
    archive: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="ARCHIVE",
            help="The archive: a folder, made if need be, or s3://BUCKET/PREFIX.",
            show_default=False,
        ),
    ],
    released_on: ReleaseDate = None,
    bump: Annotated[
        Level | None,
        typer.Option(
            help="The least that the version is raised by; the differences may demand more.",
            show_default=False,
        ),
    ] = None,
    message: Annotated[
        str | None,
        typer.Option(help="A few words for everybody who reads the archive.", show_default=False),
    ] = None,
    user_name: Annotated[
        str | None,
        typer.Option(help="Who publishes; without it nobody's name is recorded.", show_default=False),
    ] = None,
    user_address: Annotated[
        str | None,
        typer.Option(help="A URI of whoever publishes, such as mailto:lab@example.org.", show_default=False),
    ] = None,
    override: Overrides = None,
    reason: Reasons = None,
    sign: Annotated[
        Path | None, typer.Option(metavar="KEY", help="Sign with this secret key.", show_default=False)
    ] = None,
    password_file: PasswordFile = None,
    dedupe: Annotated[
        bool,
        typer.Option("--dedupe", help="Store only what no version holds yet; for large studies."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """De-identify a study and add it to its archive as the next release.

    The version follows from what differs from the last release: what breaks a reader of it is major,
    what adds is minor, what only corrects metadata is patch. The first release is 1.0.0.

    Exit code 0: published; 1: the data have findings; 2: wrong use; 3: the gate refused. Unless it is
    published, the archive is as it was.
    """
    if user_address is not None and user_name is None:
        raise UsageError("usage.value", reason="--user-address goes with --user-name")
    for words, option in ((message, "--message"), (user_name, "--user-name")):
        if words is not None and not words.strip():
            raise UsageError("usage.value", reason=f"{option} is blank")
    overrides = overrides_of(override or [], reason or [])
    key = secret_key(sign, password_file) if sign is not None else None
    try:
        with progress() as step:
            result = publish_study(
                study,
                archive,
                released_on=date_of(released_on),
                bump=bump,
                overrides=overrides,
                message=message,
                user=User(user_name, user_address) if user_name is not None else None,
                sign=key,
                dedupe=dedupe,
                progress=step,
            )
    except FindingsError as findings:
        stop_at_findings(findings.validation, as_json=as_json)
        return
    dangers = warnings(study / PRIVATE_FOLDER)
    if as_json:
        show_json({**_json(result), "archive": archive, "warnings": list(dangers)})
        return
    show(_lines(result, archive))
    for danger in dangers:
        typer.echo(f"warning: {danger}", err=True)


def _lines(result: Published, archive: str) -> Iterator[Text]:
    yield from deidentified_lines(result.result)
    after = f" after {result.last}" if result.last is not None else ""
    yield Text(f"published release {result.version}{after}", style="bold")
    yield from render.wrapped(f"  {archive}: {result.object_id}, v{result.number}", indent=4)
    signed = "unsigned" if result.signed_by is None else f"signed by key {result.signed_by}"
    yield Text(f"  {signed}")
    for line in result.section.splitlines()[1:]:
        if line.strip():
            yield from render.wrapped(f"  {line.lstrip('# ')}", indent=4)
    yield from outcome_lines(result.warnings)


def _json(result: Published) -> dict[str, object]:
    """What was published; counts of changes are exact, for the study's own people."""
    return {
        **render_deidentified(result.result),
        "object": result.object_id,
        "number": result.number,
        "version": result.version,
        "last": result.last,
        "date": result.released_on.isoformat(),
        "signed_by": result.signed_by,
        "changes": None if result.changes is None else as_json(result.changes, is_public=False),
        "changelog": result.section,
        **outcome_json(result.warnings),
    }
