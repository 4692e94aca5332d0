"""`ppdarchive log` and `ppdarchive diff`: which releases there are, and what differs between two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.text import Text

from ppdarchive.archive.history import Difference, Log, Logged, diff, log_of
from ppdarchive.changes import MIN_CELL
from ppdarchive.changes import as_json as changes_json
from ppdarchive.cli import render
from ppdarchive.cli.archive.options import ArchivePlace, AudienceName, StudyName
from ppdarchive.cli.terminal import AsJson, progress, show, show_json
from ppdarchive.store.records import Mark, Tombstone

MARKED = {
    "superseded": "superseded",
    "withdrawn": "withdrawn from use",
    "erratum": "has an erratum",
}
REMOVED = {"participant": "a participant", "response": "a response", "spans": "words"}
GROUNDS = {"withdrawal": "a withdrawal", "leak": "a leak", "law": "the law"}


def log(
    archive: ArchivePlace,
    *,
    study: StudyName = None,
    audience: AudienceName = None,
    as_json: AsJson = False,
) -> None:
    """Tell an archive's releases, the newest first: what changed, and what is said of them since.

    Counts are told as the changelog tells everybody. Exit code 0: told; 2: wrong use, or no archive.
    """
    found = log_of(archive, study=study, audience=audience)
    if as_json:
        show_json({"object": found.object_id, "releases": [_logged_json(each) for each in found.releases]})
    else:
        show(_log_lines(found))


def diff_releases(
    first: Annotated[
        str, typer.Argument(metavar="ARCHIVE|PACKAGE", help="An archive, or a package.", show_default=False)
    ],
    second: Annotated[
        str, typer.Argument(metavar="A|PACKAGE", help="A release, or another package.", show_default=False)
    ],
    third: Annotated[
        str | None, typer.Argument(metavar="[B]", help="Another release.", show_default=False)
    ] = None,
    *,
    exact: Annotated[
        bool, typer.Option("--exact", help="Tell all counts; for the study's own people only.")
    ] = False,
    study: StudyName = None,
    audience: AudienceName = None,
    as_json: AsJson = False,
) -> None:
    """Tell what differs between two releases of an archive, or between two packages.

    It follows from what is released alone. Counts that could tell of few participants are not told,
    as in the changelog, unless --exact is given.

    Exit code 0: told; 2: wrong use, or something cannot be loaded.
    """
    where = [first, second] if third is None else [first, second, third]
    with progress() as step:
        step("comparing")
        found = diff(where, study=study, audience=audience)
    if as_json:
        own = changes_json(found.changes, is_public=not exact)
        show_json({"before": found.before, "after": found.after, "makes": found.version, **own})
    else:
        show(_diff_lines(found, min_cell=1 if exact else MIN_CELL))


def _log_lines(found: Log) -> Iterator[Text]:
    yield Text(f"{found.object_id}: {render.counted(len(found.releases), 'release')}", style="bold")
    for each in found.releases:
        yield Text("")
        facts = [each.published_on.isoformat()]
        facts += [each.level.value] if each.level is not None else []
        signed = f"signed by {', '.join(each.signatures)}" if each.signatures else "not signed"
        yield from render.wrapped(f"{each.name} ({', '.join(facts)}), {signed}", indent=2, style="yellow")
        if each.words:
            yield from render.wrapped(f"  {each.words}", indent=2)
        for mark in each.marks:
            yield from render.wrapped(f"  {mark_words(mark)}", indent=4, style="red")
        for tombstone in each.tombstones:
            yield from render.wrapped(f"  {tombstone_words(tombstone)}", indent=4, style="red")
        yield from _changelog_lines(each.lines)


def _changelog_lines(lines: tuple[str, ...]) -> Iterator[Text]:
    """Lines of a changelog, in 80 columns."""
    for line in lines:
        if line.startswith("### "):
            yield from render.wrapped(f"  {line.removeprefix('### ')}:", indent=4, style="bold")
        else:
            yield from render.wrapped(f"  {line}", indent=4)


def mark_words(mark: Mark) -> str:
    """A mark in words."""
    by = f" by {mark.by}" if mark.by else ""
    return f"{MARKED[mark.kind]}{by} ({mark.on.isoformat()}): {mark.reason}"


def tombstone_words(tombstone: Tombstone) -> str:
    """A tombstone in words; it tells neither what was removed nor whose."""
    what, ground = REMOVED[tombstone.kind], GROUNDS[tombstone.ground]
    return f"{what} removed on {tombstone.on.isoformat()}, for {ground} (removal {tombstone.number})"


def _diff_lines(found: Difference, *, min_cell: int) -> Iterator[Text]:
    level = found.changes.level
    words = f"{found.before} -> {found.after}: {'no difference' if level is None else level.value}"
    if found.version is not None:
        words += f", which makes {found.version}"
    yield from render.wrapped(words, indent=2, style="bold")
    if level is not None:
        yield from _changelog_lines(found.lines(min_cell=min_cell))


def _logged_json(logged: Logged) -> dict[str, Any]:
    return {
        "version": logged.name,
        "number": logged.number,
        "date": logged.published_on.isoformat(),
        "level": None if logged.level is None else logged.level.value,
        "message": logged.words,
        "changes": list(logged.lines),
        "marks": [mark_json(mark) for mark in logged.marks],
        "removals": [tombstone_json(tombstone) for tombstone in logged.tombstones],
        "signatures": list(logged.signatures),
    }


def mark_json(mark: Mark) -> dict[str, Any]:
    """A mark for programs."""
    return {"kind": mark.kind, "reason": mark.reason, "date": mark.on.isoformat(), "by": mark.by}


def tombstone_json(tombstone: Tombstone) -> dict[str, Any]:
    """A tombstone for programs."""
    return {
        "number": tombstone.number,
        "kind": tombstone.kind,
        "ground": tombstone.ground,
        "date": tombstone.on.isoformat(),
    }
