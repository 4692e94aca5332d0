"""SHA-512 of files, piece by piece, on both cores, and of files while they are copied."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from ppdarchive.store.files import PIECE_BYTES, Files, told

Progress = Callable[[int], None]
"""Is told how many more bytes were read, by any thread; may raise to end the work."""

Result = TypeVar("Result")
Key = TypeVar("Key")


def no_progress(_: int) -> None:
    """Tell nobody."""


def digest(files: Files, path: Path, *, progress: Progress = no_progress) -> str:
    """The SHA-512 of a file, in lower-case hexadecimal digits.

    Raises
    ------
    StoreError
        ``store.not-readable`` if it cannot be read, or is a link.
    """
    result = hashlib.sha512()
    for piece in _read(files, path):
        result.update(piece)
        progress(len(piece))
    return result.hexdigest()


def copied(
    files: Files,
    source: Path,
    target: Path,
    *,
    seconds: int,
    origin: Files | None = None,
    progress: Progress = no_progress,
) -> str:
    """Copy a file, see that it is on the disk, and give the SHA-512 of what was read.

    It is copied, not linked: a hard link would change with its source ever after, and none may be
    in an archive (E090). It may come from elsewhere: `origin`.

    Raises
    ------
    StoreError
        ``store.not-readable`` if the source cannot be read.
    OSError
        If the target cannot be written.
    """
    result = hashlib.sha512()
    writer = files.create(target)
    try:
        with ThreadPoolExecutor(1) as disk:  # which takes as long as the digest, and goes beside it
            for piece in _read(origin or files, source):
                # A small file is written before a thread has begun.
                written = disk.submit(writer.write, piece) if len(piece) == PIECE_BYTES else None
                result.update(piece)
                if written is None:
                    writer.write(piece)
                else:
                    written.result()
                progress(len(piece))
        writer.finish(seconds)
    finally:
        writer.close()
    return result.hexdigest()


def _read(files: Files, path: Path) -> Iterator[memoryview]:
    with told(path, "store.not-readable"):
        yield from files.pieces(path)


def each(files: Files, work: Callable[[Key], Result], sizes: Mapping[Key, int]) -> dict[Key, Result]:
    """The result of `work` for each key, the largest first, as many at once as `files` allows.

    After the first that fails, no more are begun.
    """
    keys = sorted(sizes, key=lambda key: -sizes[key])
    if files.n_threads == 1:
        return {key: work(key) for key in keys}
    with ThreadPoolExecutor(files.n_threads) as pool:
        try:
            return dict(zip(keys, pool.map(work, keys), strict=True))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def digests(
    files: Files, folder: Path, paths: Iterable[str], *, progress: Progress = no_progress
) -> dict[str, str]:
    """The SHA-512 of files by their paths inside a folder."""
    sizes = {}
    for path in paths:
        entry = files.entry(folder / path)
        sizes[path] = entry.size_bytes if entry is not None else 0
    return each(files, lambda path: digest(files, folder / path, progress=progress), sizes)
