"""`ppdarchive sign`: a signature for a release that is in an archive."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ppdarchive.archive.opening import LATEST
from ppdarchive.archive.signing import sign_release
from ppdarchive.cli.archive.keys import PasswordFile, secret_key
from ppdarchive.cli.archive.options import ArchivePlace, AudienceName, StudyName
from ppdarchive.cli.terminal import AsJson, show_json


def sign(
    archive: ArchivePlace,
    *,
    key: Annotated[Path, typer.Option(metavar="KEY", help="The secret key's file.", show_default=False)],
    version: Annotated[
        str, typer.Option(help="Which release: latest, 1.2.0, or v3 for the archive's third.")
    ] = LATEST,
    study: StudyName = None,
    audience: AudienceName = None,
    signer: Annotated[
        str | None,
        typer.Option(help="Who signs, for everybody to read; plain letters.", show_default=False),
    ] = None,
    signed_on: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="When, for everybody to read.", show_default=False),
    ] = None,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    """Sign a release in an archive, again if this key has signed it before.

    The signature is over the inventory of that version, and so over every byte of it and of those
    before. minisign verifies it too. Neither a name nor a date stands in it unless given.
    """
    secret = secret_key(key, password_file)
    name, number = sign_release(
        archive,
        secret,
        version=version,
        study=study,
        audience=audience,
        signer=signer,
        on=signed_on.date() if signed_on is not None else None,
    )
    if as_json:
        show_json({"version": name, "number": number, "key": secret.public.name})
    else:
        typer.echo(f"signed release {name} (v{number}) with key {secret.public.name}")
