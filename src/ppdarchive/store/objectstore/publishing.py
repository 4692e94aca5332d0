"""A folder becomes the next version of an object in an object store, where nothing can be renamed.

Whoever publishes version N first puts a claim where its inventory will lie, ``vN/inventory.json``. Then
come its files, each where nothing is; then, when all were read back, its inventory in the place of the
claim; then the object's inventory in the place of the last one, which is the commit; then its sidecar.
Each of these puts holds only if there lies what was seen there last.

So a publisher that slept until its lock was over does no harm. Whoever takes over puts a claim of their
own, and from then on the sleeper's inventory is refused, and with it the commit; its files can't take
the place of others'. If it had come as far as its inventory, nobody removes its files: `repair` finishes
what it began, and either's commit is the same. One thing is left to the lock alone. A store removes
files without asking, or asks only whether the bytes are those, so that a request to remove what a crash
left must not arrive after the lock's lease: requests are given up long before.

References
----------
Armbrust et al. (2020), Delta Lake, doi:10.14778/3415478.3415560
Amazon S3 User Guide, "Add preconditions to S3 operations with conditional requests",
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.digest import Progress, digest, each
from ppdarchive.store.files import Files, told
from ppdarchive.store.inventory import CONTENT, NAME, SIDECAR, Inventory
from ppdarchive.store.lock import Hold
from ppdarchive.store.objectstore.calls import Refused
from ppdarchive.store.objectstore.files import ObjectFiles
from ppdarchive.store.objectstore.lock import is_claim, unique_claim
from ppdarchive.store.parsing import MAX_BYTES
from ppdarchive.store.reading import Head, head
from ppdarchive.store.staging import Source, check_same, checked_text, inventory_files

_TRIES: Final = 3


class Upload:
    """The version that follows on the newest one of an object.

    Parameters
    ----------
    files : ObjectFiles
    held : Hold
    folder : Path
        The object's, in the store.
    last : Head or None
        The object's head, as it was read under the lock.
    progress : callable
        Is told of bytes as they are read.
    """

    def __init__(
        self, files: ObjectFiles, held: Hold, folder: Path, last: Head | None, progress: Progress
    ) -> None:
        self._files = files
        self._held = held
        self._folder = folder
        self._last = last
        self._progress = progress
        self.number = last.number + 1 if last is not None else 1
        self._own = folder / layout.version_folder(self.number)
        self._root_tag: str | None = None
        self._claim_tag = ""

    def put(
        self,
        sources: Mapping[str, Source],
        following: Callable[[Mapping[str, str]], Inventory],
        *,
        dedupe: bool,
    ) -> int:
        """Put local files there as a version; see `ppdarchive.store.publishing.publish`.

        Parameters
        ----------
        sources : mapping of str to Source
            By their logical paths.
        following : callable
            Makes the version's inventory from the digests of its files.
        dedupe : bool

        Returns
        -------
        int
            The version's number.
        """
        with self.claimed():
            if dedupe:
                inventory = following(digests := self._digests(sources))
                start = len(f"{self._own.name}/{CONTENT}/")
                new = {path[start:] for path in inventory.stored(self.number)}
                sent = self.send({path: sources[path] for path in sources if path in new})
                check_same(sources, sent, digests)
            else:
                inventory = following(self.send(sources))
            text = checked_text(inventory, name=str(self._folder / NAME))
            self.read_back(inventory, text)
        self.commit(text)
        return self.number

    @contextlib.contextmanager
    def claimed(self, *, is_kept: bool = False) -> Iterator[None]:
        """Have the version's folder to oneself; what was put is removed if the block fails.

        Parameters
        ----------
        is_kept : bool
            Whether what is there already stays, and what was put when the block fails.

        Raises
        ------
        StoreError
            ``store.unfinished`` if the version was begun and is whole; ``store.lock-lost``.
        """
        if self._last is not None:
            text, self._root_tag = self._files.read_tagged(self._folder / NAME, MAX_BYTES + 1)
            if text != self._last.text:
                raise self._held.lost()
        self._claim_tag = claim(self._files, self._held, self._own)
        try:
            if not is_kept:
                clear(self._files, self._held, self._own)
            yield
            self._held.check()
        except BaseException:
            if not is_kept:
                self._give_up()
            raise

    def _step(self, n_bytes: int) -> None:
        self._held.renew()
        self._progress(n_bytes)

    def _digests(self, sources: Mapping[str, Source]) -> dict[str, str]:
        """The digest of each file."""
        sizes = {path: source.entry.size_bytes for path, source in sources.items()}

        def work(path: str) -> str:
            return digest(sources[path].files, sources[path].path, progress=self._step)

        return each(self._files, work, sizes)

    def send(self, sources: Mapping[str, Source]) -> dict[str, str]:
        """Put files among the version's content; give the digest of each as it was read."""
        sizes = {path: source.entry.size_bytes for path, source in sources.items()}
        return each(self._files, lambda path: self._send(sources[path], self._own / CONTENT / path), sizes)

    def _send(self, source: Source, target: Path) -> str:
        for _ in range(_TRIES):
            result = hashlib.sha512()
            with contextlib.suppress(Refused):
                self._files.send(target, self._pieces(source, result.update), source.entry.size_bytes)
                with told(source.path, "store.not-readable"):
                    if source.files.entry(source.path) != source.entry:
                        raise StoreError("store.source-changed", path=str(source.path))
                return result.hexdigest()
            self._make_room(target)
        raise self._held.lost()

    def _pieces(self, source: Source, update: Callable[[memoryview], None]) -> Iterator[memoryview]:
        with told(source.path, "store.not-readable"):
            for piece in source.files.pieces(source.path):
                update(piece)
                self._step(len(piece))
                yield piece

    def _place(self, path: Path, text: bytes) -> None:
        """Put a small file where nothing is, or nothing of anybody who may put anything."""
        for _ in range(_TRIES):
            with contextlib.suppress(Refused):
                self._files.put(path, text, None)
                return
            self._make_room(path)
        raise self._held.lost()

    def _make_room(self, path: Path) -> None:
        """Remove what somebody has put whose lock was over, if it is not ours that is."""
        there = self._files.tagged(path)
        self._held.check()
        if there is not None:
            self._files.remove(path, there.tag)

    def read_back(self, inventory: Inventory, text: bytes) -> None:
        """Add the sidecar, and compare all that lies there with what should.

        Raises
        ------
        StoreError
            ``store.read-back``
        """
        sidecar = inventory_files(text)[SIDECAR]
        self._place(self._own / SIDECAR, sidecar)
        if self._last is None:
            self._place(self._folder / layout.OBJECT_MARK, layout.OBJECT_MARK_TEXT.encode())
        stored = inventory.stored(self.number)
        clear(
            self._files,
            self._held,
            self._own,
            but={*(path.partition("/")[2] for path in stored), NAME, SIDECAR},
        )

        def work(path: str) -> str:
            return digest(self._files, self._folder / path, progress=self._step)

        found = each(self._files, work, dict.fromkeys(stored, 0))
        for path in stored:
            if found[path] != stored[path]:
                raise StoreError("store.read-back", path=str(self._folder / path))
        if self._files.read(self._own / SIDECAR, len(sidecar) + 1) != sidecar:
            raise StoreError("store.read-back", path=str(self._own / SIDECAR))

    def _give_up(self) -> None:
        """Remove what was put, unless somebody else has the lock; as far as the store answers."""
        with contextlib.suppress(OSError, StoreError):
            self._held.check()
            clear(self._files, self._held, self._own)
            self._files.remove(self._own / NAME, self._claim_tag)

    def commit(self, text: bytes) -> None:
        """Put the version's inventory in the place of the claim, then of the object's; then its sidecar.

        Raises
        ------
        StoreError
            ``store.lock-lost``; ``store.unfinished``, for `repair` to finish.
        """
        is_in = False
        with contextlib.suppress(OSError):
            if not is_put(self._files, self._own / NAME, text, self._claim_tag):
                raise self._held.lost()
            _, sidecar_tag = read_if_there(self._files, self._folder / SIDECAR)
            if is_put(self._files, self._folder / NAME, text, self._root_tag):
                is_put(self._files, self._folder / SIDECAR, inventory_files(text)[SIDECAR], sidecar_tag)
                is_in = True
            else:
                # Somebody has taken the lock, and may have finished what was begun here.
                is_in = self._is_finished(text)
        if not is_in:
            raise StoreError("store.unfinished", path=str(self._folder))

    def _is_finished(self, text: bytes) -> bool:
        """Whether the version is one of the object's now."""
        with contextlib.suppress(StoreError):
            found = head(self._folder.parent, self._folder.name, files=self._files)
            own = self._files.read(self._own / NAME, MAX_BYTES + 1)
            return found.number >= self.number and own == text
        return False


def is_begun(files: Files, own: Path) -> bool:
    """Whether there is a version in its folder that nobody but `repair` may remove or finish."""
    if not isinstance(files, ObjectFiles):
        return files.entry(own) is not None
    text, _ = read_if_there(files, own / NAME)
    return text is not None and not is_claim(text)


def claim(files: ObjectFiles, held: Hold, own: Path) -> str:
    """Put a claim of one's own into a version's folder; give its tag.

    Raises
    ------
    StoreError
        ``store.unfinished`` if the version was begun and is whole; ``store.lock-lost``.
    """
    there, tag = read_if_there(files, own / NAME)
    if there is not None and not is_claim(there):
        raise StoreError("store.unfinished", path=str(own.parent))
    return replaced(files, held, own / NAME, unique_claim(), tag)


def is_put(files: ObjectFiles, path: Path, text: bytes, tag: str | None) -> bool:
    """Put a file in the place of the one that was seen, unless another is there now."""
    with contextlib.suppress(Refused):
        files.put(path, text, tag)
        return True
    return False


def replaced(files: ObjectFiles, held: Hold, path: Path, text: bytes, tag: str | None) -> str:
    """Put a file in the place of the one that was seen; ``store.lock-lost`` if another is there now."""
    with contextlib.suppress(Refused):
        return files.put(path, text, tag)
    raise held.lost()


def read_if_there(files: ObjectFiles, path: Path) -> tuple[bytes | None, str | None]:
    """An inventory or sidecar and its tag, if there is one."""
    with contextlib.suppress(FileNotFoundError):
        return files.read_tagged(path, MAX_BYTES + 1)
    return None, None


def clear(files: ObjectFiles, held: Hold, own: Path, *, but: Collection[str] = (NAME,)) -> None:
    """Remove what lies in a version's folder and was never acknowledged, and what is on its way there."""
    files.abort_uploads(own)
    for path, found in files.tree(own).items():
        if path not in but:
            held.renew()
            held.check()
            files.remove(own / path, found.tag)
