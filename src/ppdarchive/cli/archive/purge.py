"""`ppdarchive purge`: a participant, an answer or leaked words go from every release of a study."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from ppdarchive.archive.purging import Purged, PurgedObject, PurgedVersion, purge_study, spans_in
from ppdarchive.archive.purging_plan import What
from ppdarchive.cli import render
from ppdarchive.cli.archive.keys import PasswordFile, secret_key
from ppdarchive.cli.archive.options import ArchivePlace
from ppdarchive.cli.publishing import date_of
from ppdarchive.cli.terminal import AsJson, progress, show, show_json
from ppdarchive.errors import UsageError
from ppdarchive.model.purged import GROUNDS, Ground

_WORDS = {"participant": "a participant", "response": "an answer", "spans": "words of answers"}
_OUT_OF_REACH = (
    "the exports that the study is made from: what was purged is left out of releases, and stays there",
    "copies that others downloaded, clones of the archive, and packages made by `pack`: tell who has them",
    "backups of the archive, of the exports and of the study's private folder",
    "reports and worksheets that were written from the study",
)
_OLD_OBJECTS = "earlier versions of objects, if the bucket keeps them: remove them there"


def purge(
    archive: ArchivePlace,
    *,
    study: Annotated[
        Path,
        typer.Option(
            metavar="STUDY", help="The study's folder: its register knows who is meant.", show_default=False
        ),
    ],
    participant: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Remove a participant: the study's own key, or - to read it from the input.",
            show_default=False,
        ),
    ] = None,
    response: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Remove an answer: the study's own key, or - to read it from the input.",
            show_default=False,
        ),
    ] = None,
    spans: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Remove words: a CSV file with version, table, key or own_key, field, start, end.",
            show_default=False,
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the purge that is under way.")] = False,
    ground: Annotated[
        str | None,
        typer.Option(help=f"Why: {', '.join(GROUNDS)}; everybody can read it.", show_default=False),
    ] = None,
    purged_on: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            formats=["%Y-%m-%d"],
            help="The day it is told of; today by default.",
            show_default=False,
        ),
    ] = None,
    sign: Annotated[
        Path | None,
        typer.Option(metavar="KEY", help="Sign what changes with this secret key.", show_default=False),
    ] = None,
    password_file: PasswordFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a participant, an answer or words from every release of a study, for ever.

    Every table, copy, count and page of every release is written again without them, for every
    audience; the bytes before are removed. The register sees to it that no later export brings them
    back. A tombstone tells everybody that something was removed, when and on what ground, and neither
    what nor whose. A purge that was stopped goes on when the command is run again.

    Exit code 0: purged, or there was nothing left to purge; 2: wrong use or a place that failed.
    """
    given = [each is not None for each in (participant, response, spans)]
    if sum(given) + resume != 1:
        raise UsageError(
            "usage.value", reason="one of --participant, --response, --spans and --resume is needed"
        )
    chosen = _ground(ground, is_needed=not resume)
    key = secret_key(sign, password_file) if sign is not None else None
    with progress() as step:
        result = purge_study(
            study,
            archive,
            what=None if resume else _what(participant, response, spans),
            ground=chosen,
            on=date_of(purged_on),
            sign=key,
            confirm=_accepted if yes else _asking(step),
            progress=step,
        )
    if as_json:
        show_json(_json(result, archive))
    else:
        show(purged_lines(result))


def _ground(text: str | None, *, is_needed: bool) -> Ground:
    found = next((each for each in GROUNDS if each == text), None)
    if text is None and not is_needed:
        return GROUNDS[0]  # that of the purge that is under way is kept with it
    if found is None:
        raise UsageError("usage.value", reason=f"--ground is one of {', '.join(GROUNDS)}")
    return found


def _what(participant: str | None, response: str | None, spans: Path | None) -> What:
    if spans is not None:
        return spans_in(spans)
    text = response if participant is None else participant
    assert text is not None
    # A key on the command line stays in the shell's history.
    key = (sys.stdin.readline() if text == "-" else text).strip()
    if not key:
        raise UsageError("usage.value", reason="the ID is blank")
    return What("participant" if participant is not None else "response", key)


def _accepted(_: int) -> None:
    """Ask nobody."""


def _asking(step: Callable[[str], None]) -> Callable[[int], None]:
    """What asks a person before anything is changed."""

    def ask(n_versions: int) -> None:
        step("waiting for an answer")
        many = "1 release" if n_versions == 1 else f"{n_versions} releases"
        typer.confirm(f"This cannot be undone. Purge {many}?", abort=True, err=True)

    return ask


# -- what is said of it ---------------------------------------------------------------------------


def purged_lines(result: Purged) -> Iterator[Text]:
    """What a purge did, for people; it names nobody."""
    what = _WORDS[result.kind]
    if not result.objects:
        yield Text(f"Nothing was left to purge in {_many(result.n_looked_at, 'object')} of this study.")
        if result.was_before:
            yield from render.wrapped(
                f"The register remembers that {what} of this ID was purged before, and no longer knows which"
                " pseudonyms were meant. An archive that was not purged then, such as an older clone, can"
                " only be replaced by one that was.",
                indent=2,
            )
    for each in result.objects:
        names = ", ".join(version.name for version in each.versions)
        yield from render.wrapped(f"Purged {what} from {each.object_id}: {names}", indent=2)
        yield from _risk_lines(each)
        if each.void:
            again = "they were signed again" if each.signed else "sign them again with `ppdarchive sign`"
            yield from render.wrapped(f"  signatures of {', '.join(each.void)} are void: {again}", indent=4)
    if result.n_audit_lines:
        yield Text(f"Removed {_many(result.n_audit_lines, 'line')} of audit logs.")
    yield Text("No later release will have it: the register remembers.")
    yield Text("What a purge does not reach:")
    for words in _unreached(result):
        yield from render.wrapped(f"- {words}", indent=2)


def _risk_lines(each: PurgedObject) -> Iterator[Text]:
    for version in each.versions:
        if version.has_fallen or version.is_below:
            yield from render.wrapped(f"  {version.name}: {_risk_words(version)}", indent=4, style="yellow")


def _risk_words(version: PurgedVersion) -> str:
    """How the smallest class has changed, and what to do if it is too small."""
    words = f"k is {version.k_after} now"
    if version.has_fallen:
        words += f", and was {version.k_before}"
    if version.is_below:
        words += (
            f"; {version.wanted_k} is demanded: see who else has to go, or mark it with `ppdarchive mark`"
        )
    return words


def _unreached(result: Purged) -> tuple[str, ...]:
    return (*_OUT_OF_REACH, _OLD_OBJECTS) if result.keeps_versions else _OUT_OF_REACH


def _many(count: int, word: str) -> str:
    return f"1 {word}" if count == 1 else f"{count:,} {word}s"


def _json(result: Purged, archive: str) -> dict[str, object]:
    return {
        "archive": archive,
        "kind": result.kind,
        "ground": result.ground,
        "date": result.on.isoformat(),
        "was_before": result.was_before,
        "objects": [
            {
                "object": each.object_id,
                "versions": [
                    {
                        "version": version.name,
                        "k_before": version.k_before,
                        "k_after": version.k_after,
                        "k_wanted": version.wanted_k,
                        "fell": version.has_fallen,
                        "below": version.is_below,
                    }
                    for version in each.versions
                ],
                "void": list(each.void),
                "signed": each.signed,
            }
            for each in result.objects
        ],
        "audit_lines": result.n_audit_lines,
        "not_reached": list(_unreached(result)),
    }
