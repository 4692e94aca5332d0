"""`ppdarchive clone`: an archive is copied, and the copy kept the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer
from rich.text import Text

from ppdarchive.archive.cloning import Cloned
from ppdarchive.archive.cloning import clone as clone_archive
from ppdarchive.cli import render
from ppdarchive.cli.archive.options import byte_progress, size_words
from ppdarchive.cli.terminal import AsJson, show, show_json
from ppdarchive.store.lock import PATIENCE_SECONDS


def clone(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="The archive: a folder, or s3://BUCKET/PREFIX.", show_default=False
        ),
    ],
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET", help="Its copy, or a new place for one, of either kind.", show_default=False
        ),
    ],
    *,
    patience: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for somebody who changes the copy.")
    ] = PATIENCE_SECONDS,
    as_json: AsJson = False,
) -> None:
    """Copy an archive, or what it has and its copy has not.

    Signatures, marks and tombstones are copied too; every byte is compared with the inventories. Run it
    again to go on after an interruption, to add new releases, and to purge the copy where the archive was.

    Exit code 0: the copy is the same now; 2: wrong use, or it cannot be.
    """
    with byte_progress() as (step, read):
        done = list(clone_archive(source, target, patience=patience, step=step, progress=read))
    if as_json:
        show_json({"source": source, "target": target, "objects": [_json(each) for each in done]})
    else:
        show(_lines(done))


def _lines(done: Sequence[Cloned]) -> Iterator[Text]:
    for each in done:
        for words in _words(each):
            yield from render.wrapped(f"{each.object_id}: {words}", indent=2)


def _words(each: Cloned) -> Iterator[str]:
    done = each.done
    if done.is_replaced:
        yield (
            f"the archive was purged, and so was the copy: all {each.n_versions} versions were copied "
            f"anew ({size_words(done.n_bytes)}), and nothing of the old is left"
        )
        return
    if done.versions:
        first, last = f"v{done.versions[0]}", f"v{done.versions[-1]}"
        names = first if first == last else f"{first} to {last}"
        yield f"{names} copied ({size_words(done.n_bytes)})"
    if done.n_kept:
        yield f"{done.n_kept} files that an interrupted copy had left were right, and kept"
    if done.n_mended:
        yield f"{done.n_mended} files of the copy were damaged, and copied again"
    if done.n_records:
        yield f"{done.n_records} signatures, marks and tombstones copied"
    if not each.is_new:
        yield f"the copy has all {each.n_versions} versions, and every byte of them is right"


def _json(each: Cloned) -> dict[str, object]:
    done = each.done
    return {
        "object": each.object_id,
        "versions": each.n_versions,
        "copied": [f"v{number}" for number in done.versions],
        "bytes": done.n_bytes,
        "kept": done.n_kept,
        "mended": done.n_mended,
        "records": done.n_records,
        "purged": done.is_replaced,
    }
