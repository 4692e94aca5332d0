"""From when a rewrite is decided to when nothing of the old object is left, whoever does it.

The decision is a journal, put beside the rewritten object: then that is the object. It takes the old
one's place, the old bytes are removed, and the journal goes last. Every step that could do harm if it
came late moves something from or into the folder of the lock's holder, which is not there any more once
somebody else has the lock.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.files import Files, write_file
from ppdarchive.store.lock import Hold, sweep
from ppdarchive.store.objectstore import ObjectFiles
from ppdarchive.store.objectstore.rewriting import decide, forget, remove_all, take_over
from ppdarchive.store.reading import is_being_rewritten
from ppdarchive.store.records import Tombstone, seconds_of_day


def put_in_place(files: Files, held: Hold, root: Path, object_id: str, tombstone: Tombstone) -> None:
    """Put what is staged as ``object`` in the place of an object, and leave nothing of the old one.

    Parameters
    ----------
    tombstone : Tombstone
        The last of the staged object.

    Raises
    ------
    StoreError
        ``store.unfinished``, for `repair` to finish; else nothing was changed.
    """
    _decide(files, held, root, object_id, tombstone)
    _finish(files, held, root, object_id)


def _decide(files: Files, held: Hold, root: Path, object_id: str, tombstone: Tombstone) -> None:
    """Put the rewritten object where readers look when there is a journal, then the journal."""
    journal, rewritten = root / layout.journal(object_id), root / layout.rewritten(object_id)
    document = {"object": object_id, "phase": "ready", "tombstone": tombstone.number}
    text = json.dumps(document, indent=1) + "\n"
    write_file(files, held.staging / "journal.json", text.encode(), seconds_of_day(tombstone.on))
    held.check()
    problem: OSError | StoreError | None = None
    try:
        if isinstance(files, ObjectFiles):
            decide(files, held, held.staging / "object", rewritten, journal=journal, text=text.encode())
        else:
            files.move_in(held.staging / "object", rewritten)
            files.sync(rewritten.parent)
            files.rename(held.staging / "journal.json", journal)
            files.sync(journal.parent)
    except FileNotFoundError:
        problem = held.lost()
    except OSError as error:
        problem = error
    if problem is not None:
        _check_undecided(files, held, root, object_id)
        raise problem


def _check_undecided(files: Files, held: Hold, root: Path, object_id: str) -> None:
    """After a failure: take back what was not decided; ``store.unfinished`` if it may have been."""
    is_undecided = False
    with contextlib.suppress(OSError):
        is_undecided = not is_being_rewritten(files, root, object_id)
    if not is_undecided:
        raise StoreError("store.unfinished", path=str(root / object_id))
    with contextlib.suppress(OSError):  # or `repair` does
        drop_undecided(files, held, root, object_id)


def _finish(files: Files, held: Hold, root: Path, object_id: str) -> None:
    """Do what is decided; if somebody else does it, be content."""
    is_done = False
    with contextlib.suppress(OSError, StoreError):
        complete(files, held, root, object_id)
        is_done = True
    if not is_done:
        with contextlib.suppress(OSError):
            is_done = not is_being_rewritten(files, root, object_id)
    if not is_done:
        raise StoreError("store.unfinished", path=str(root / object_id))


def complete(files: Files, held: Hold, root: Path, object_id: str) -> None:
    """Put a rewritten object in the old one's place, remove the old bytes, then the journal.

    Whatever of it is done already is not done again.

    Raises
    ------
    StoreError
        ``store.not-removed`` if something of the old object cannot be removed.
    OSError
        If the disk fails, or somebody else has taken the lock.
    """
    journal, rewritten = root / layout.journal(object_id), root / layout.rewritten(object_id)
    place, old = root / object_id, held.staging / "old"
    if isinstance(files, ObjectFiles):
        take_over(files, held, rewritten, place)
        sweep(files, root, object_id, (held.staging.name,))
        forget(files, held, root, journal, rewritten)
        return
    if files.entry(rewritten) is not None:
        if files.entry(place) is not None:
            files.move_in(place, old)
        files.move_in(rewritten, place)
    for folder in (root, journal.parent, held.staging):
        files.sync(folder)
    if files.entry(old) is not None:
        files.remove_tree(old)
        files.sync(held.staging)
    _remove_leftovers(files, held, root, object_id)
    # Into the holder's folder: from somebody who has lost the lock meanwhile it does not go there.
    files.rename(journal, held.staging / "journal.json")
    files.sync(journal.parent)


def _remove_leftovers(files: Files, held: Hold, root: Path, object_id: str) -> None:
    """See that nothing is left of what others had staged for an object, since it may hold old bytes."""
    held.check()  # who has lost the lock must not sweep away what its holder stages
    sweep(files, root, object_id, (held.staging.name,))
    for folder in (root / layout.LEFTOVERS, root / layout.STAGING):
        files.sync(folder)
    for entry in files.entries(root / layout.LEFTOVERS):
        if entry.name.rpartition(".")[0] == object_id:
            raise StoreError("store.not-removed", path=str(root / layout.LEFTOVERS / entry.name))


def drop_undecided(files: Files, held: Hold, root: Path, object_id: str) -> bool:
    """Remove what was staged for a rewrite that was never decided; say whether there was any.

    Raises
    ------
    OSError
        If it cannot be removed, or somebody else has taken the lock.
    """
    rewritten = root / layout.rewritten(object_id)
    if isinstance(files, ObjectFiles):
        return remove_all(files, held, rewritten)
    if files.entry(rewritten) is None:
        return False
    files.move_in(rewritten, held.staging / "undecided")
    files.sync(rewritten.parent)
    files.remove_tree(held.staging / "undecided")
    files.sync(held.staging)
    return True
