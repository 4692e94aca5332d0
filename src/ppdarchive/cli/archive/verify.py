"""`ppdarchive verify`: everything that is wrong with an archive, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from ppdarchive.archive.verifying import Verified, VerifiedRelease, verify_archive
from ppdarchive.archive.verifying_findings import ArchiveFinding
from ppdarchive.archive.verifying_signatures import read_trusted
from ppdarchive.cli import render
from ppdarchive.cli.archive.options import (
    ArchivePlace,
    AudienceName,
    StudyName,
    byte_progress,
    size_words,
)
from ppdarchive.cli.terminal import FINDINGS, AsJson, show, show_json

_CHOSEN: Final = "What was chosen is as it was published; the rest was not looked at."
_STYLES: Final = {"error": ("x ", "red"), "warning": ("! ", "yellow"), "note": ("- ", "dim")}


def verify(
    archive: ArchivePlace,
    *,
    fixity: Annotated[
        bool, typer.Option("--fixity", help="Compare bytes with inventories, and no more.")
    ] = False,
    version: Annotated[
        str | None, typer.Option(help="One release, such as 1.2.0; by default all.", show_default=False)
    ] = None,
    trust: Annotated[
        Path | None,
        typer.Option(
            help="The publisher's public key, or a set of keys; then every release must be signed.",
            show_default=False,
        ),
    ] = None,
    study: StudyName = None,
    audience: AudienceName = None,
    as_json: AsJson = False,
) -> None:
    """Verify an archive: every byte, every table against its schema, the gate's figures, signatures.

    Nothing is written. Findings carry the codes of OCFL, or our own.

    Exit code 0: nothing wrong; 1: findings; 2: wrong use, or no archive.
    """
    keys = read_trusted(trust) if trust is not None else None
    with byte_progress() as (step, read):
        verified = verify_archive(
            archive,
            version=version,
            study=study,
            audience=audience,
            only_fixity=fixity,
            keys=keys,
            progress=read,
            step=step,
        )
    if as_json:
        show_json(verified_json(verified))
    else:
        show(verified_lines(verified, is_whole=(version, study, audience) == (None, None, None)))
    if not verified.is_good:
        raise typer.Exit(FINDINGS)


def verified_lines(verified: Verified, *, is_whole: bool = True) -> Iterator[Text]:
    """What was found, for people, in 80 columns.

    Parameters
    ----------
    verified : Verified
    is_whole : bool
        Whether all of the archive was looked at.
    """
    summary = verified.summary
    counts = [
        render.counted(summary.n_objects, "object"),
        render.counted(summary.n_versions, "version"),
        render.counted(summary.n_files, "file"),
        f"{size_words(summary.n_read_bytes)} compared",
    ]
    yield from render.wrapped(f"{verified.root}: {', '.join(counts)}", indent=2, style="bold")
    for release in verified.releases:
        words = f"{release.object_id} {release.name} ({release.created_on.isoformat()}): {_words(release)}"
        yield from render.wrapped(f"  {words}", indent=6)
    for finding in verified.findings:
        if not (finding.code.startswith("signature.") and finding.severity == "note"):
            yield from _finding_lines(finding)
    n_errors = sum(each.severity == "error" for each in verified.findings)
    if n_errors:
        yield Text(f"{render.counted(n_errors, 'finding')}.", style="red")
    elif verified.releases:
        said = "Every file is as it was published, and every release is what it says."
        yield Text(said if is_whole else _CHOSEN, style="green")
    else:
        yield Text("Every file is as it was published." if is_whole else _CHOSEN, style="green")


def _words(release: VerifiedRelease) -> str:
    """What became of a release, and of its signatures."""
    words = ["good" if release.is_good else "not good"]
    signed = release.signed
    if signed is not None and signed.verdict.is_good:
        words.append(f"signed by {signed.verdict.key}")
    elif signed is not None and signed.is_void and signed.void_by is not None:
        words.append(f"its signature was made void by removal {signed.void_by.number}")
    elif signed is not None and signed.keys and signed.verdict.kind == "unknown-key":
        words.append(f"signed by {', '.join(signed.keys)}, not trusted here (--trust)")
    elif signed is not None and signed.verdict.kind == "unsigned":
        words.append("not signed")
    return ", ".join(words)


def _finding_lines(finding: ArchiveFinding) -> Iterator[Text]:
    mark, style = _STYLES[finding.severity]
    yield from render.wrapped(f"  {mark}{finding.code} {finding.place}", indent=6, style=style)
    yield from render.wrapped(f"      {finding.what}", indent=6)
    if finding.remedy:
        yield from render.wrapped(f"      {finding.remedy}", indent=6, style="dim")


def verified_json(verified: Verified) -> dict[str, Any]:
    """The same for programs."""
    summary = verified.summary
    return {
        "archive": verified.root,
        "valid": verified.is_good,
        "objects": summary.n_objects,
        "versions": summary.n_versions,
        "files": summary.n_files,
        "bytes": summary.n_bytes,
        "bytes_compared": summary.n_read_bytes,
        "releases": [
            {
                "object": each.object_id,
                "version": each.name,
                "number": each.number,
                "date": each.created_on.isoformat(),
                "valid": each.is_good,
                "signature": None if each.signed is None else _signature_json(each),
            }
            for each in verified.releases
        ],
        "findings": [
            {
                "code": each.code,
                "severity": each.severity,
                "object": each.object_id or None,
                "release": each.release or None,
                "path": each.path or None,
                "what": each.what,
                "remedy": each.remedy or None,
            }
            for each in verified.findings
        ],
    }


def _signature_json(release: VerifiedRelease) -> dict[str, Any]:
    signed = release.signed
    assert signed is not None
    return {
        "verdict": "void" if signed.is_void else signed.verdict.kind,
        "key": signed.verdict.key,
        "keys": list(signed.keys),
        "void_keys": list(signed.void_keys) if signed.is_void else [],
    }
