"""What crashes have left of an archive is finished or taken back, object by object, and told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ppdarchive.archive.opening import Where
from ppdarchive.errors import ArchiveError, StoreError
from ppdarchive.store import layout
from ppdarchive.store.files import Files, told
from ppdarchive.store.lock import PATIENCE_SECONDS
from ppdarchive.store.places import place_of
from ppdarchive.store.reading import objects
from ppdarchive.store.repair import Mended, repair


@dataclass(frozen=True, slots=True)
class RepairedObject:
    """What was found of one object, in the order in which it was mended; empty if there was nothing.

    `problem` is why it could not be repaired, if so.
    """

    object_id: str
    mended: tuple[Mended, ...] = ()
    problem: StoreError | None = None


def repair_archive(
    archive: Where,
    *,
    study: str | None = None,
    audience: str | None = None,
    patience: float = PATIENCE_SECONDS,
) -> tuple[RepairedObject, ...]:
    """Repair every object of an archive, also one whose first publish never came to an end.

    Parameters
    ----------
    archive : str or path
        A folder, or ``s3://BUCKET/PREFIX``.
    study, audience : str, optional
        Of the objects to repair; by default all.
    patience : float
        Seconds to wait for somebody who is changing an object.

    Returns
    -------
    tuple of RepairedObject
        By identifier. One that cannot be repaired keeps no other from it.

    Raises
    ------
    StoreError
        ``store.not-found`` if there is no archive; ``store.not-readable``.
    ArchiveError
        ``archive.no-such-object`` if nothing is of this study and audience.
    """
    files, root = place_of(archive)
    every = sorted({*objects(root, files=files), *_begun(files, root)})
    names = [
        name
        for name in every
        if study in (None, layout.parts(name)[0]) and audience in (None, layout.parts(name)[1])
    ]
    if not names and (study or audience):
        name = f"{study or '*'}~{audience or '*'}"
        raise ArchiveError(
            "archive.no-such-object", path=str(root), name=name, choices=", ".join(every) or "none"
        )
    return tuple(_repaired(files, root, name, patience) for name in names)


def _repaired(files: Files, root: Path, name: str, patience: float) -> RepairedObject:
    problem: StoreError
    try:
        return RepairedObject(name, repair(root, name, patience=patience, files=files))
    except StoreError as error:
        problem = error
    return RepairedObject(name, (), problem)


def _begun(files: Files, root: Path) -> set[str]:
    """The objects of which something is staged outside of them: ``STUDY~AUDIENCE.TOKEN``, or a journal."""
    found: set[str] = set()
    with told(root, "store.not-readable"):
        for folder in (root / layout.STAGING, root / layout.JOURNALS):
            entry = files.entry(folder)
            if entry is not None and entry.kind == "folder":
                found |= {each.name.rpartition(".")[0] for each in files.entries(folder)}
    return set(filter(layout.is_object_id, found))
