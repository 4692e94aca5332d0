"""An archive is copied, from a disk to an object store or back, and kept the same from then on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ppdarchive.archive.opening import Where
from ppdarchive.errors import ArchiveError, StoreError
from ppdarchive.store.digest import Progress, no_progress
from ppdarchive.store.files import Files
from ppdarchive.store.lock import PATIENCE_SECONDS
from ppdarchive.store.mirroring import Mirrored, mirror
from ppdarchive.store.places import place_of
from ppdarchive.store.reading import head, objects
from ppdarchive.store.repair import repair


@dataclass(frozen=True, slots=True)
class Cloned:
    """What was done to one object of the copy."""

    object_id: str
    n_versions: int
    done: Mirrored

    @property
    def is_new(self) -> bool:
        """Whether anything had to be done."""
        return self.done != Mirrored(n_kept=self.done.n_kept)


def clone(
    source: Where,
    target: Where,
    *,
    patience: float = PATIENCE_SECONDS,
    step: Callable[[str], None] = lambda _: None,
    progress: Progress = no_progress,
) -> Iterator[Cloned]:
    """Copy what an archive has and its copy has not, object by object while one iterates.

    Every byte is compared with the source's inventories while it is copied, and so is every byte that
    the copy had before; what is wrong there is copied again. A copy that was interrupted goes on where
    it ended. Where the source was purged, so is the copy. Locks and unfinished work are not copied.

    Parameters
    ----------
    source, target : str or path
        Folders, or ``s3://BUCKET/PREFIX``; `target` may be new or empty.
    patience : float
        Seconds to wait for somebody else who changes an object of the copy.
    step : callable
        Is told in a few words what is going on.
    progress : callable
        Is told of bytes as they are read.

    Raises
    ------
    ArchiveError
        ``archive.same-place``, ``archive.empty``.
    StoreError
        ``store.other-history`` if an object of the copy has other releases than the source's; what
        `ppdarchive.store.mirroring.mirror` raises.
    """
    way = _Way(*place_of(source), *place_of(target), patience, progress)
    if way.is_circle():
        raise ArchiveError("archive.same-place", path=str(target))
    names = objects(way.from_root, files=way.origin)
    if not names:
        raise ArchiveError("archive.empty", path=str(source))
    for name in names:
        step(f"copying {name}")
        yield way.cloned(name)


@dataclass(frozen=True, slots=True)
class _Way:
    """From where to where, and how."""

    origin: Files
    from_root: Path
    files: Files
    root: Path
    patience: float
    progress: Progress

    def is_circle(self) -> bool:
        """Whether two places are one, or one is inside the other."""
        if self.origin.is_object_store != self.files.is_object_store:
            return False
        one, other = self.from_root, self.root
        if not self.files.is_object_store:
            one, other = one.resolve(), other.resolve()
        return one == other or one in other.parents or other in one.parents

    def cloned(self, name: str) -> Cloned:
        """One object, whose copy is repaired if an interrupted one needs it."""
        try:
            return self._cloned(name)
        except StoreError as error:
            problem = error
        if problem.code != "store.unfinished":
            raise problem
        repair(self.root, name, patience=self.patience, files=self.files, progress=self.progress)
        return self._cloned(name)

    def _cloned(self, name: str) -> Cloned:
        found = head(self.from_root, name, files=self.origin)
        done = mirror(
            found, self.origin, self.root, self.files, patience=self.patience, progress=self.progress
        )
        return Cloned(name, found.number, done)
