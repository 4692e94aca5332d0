"""SHA256SUMS, and the files of a folder with their digests.

References
----------
GNU Coreutils, "sha2 utilities": ``DIGEST  PATH``, one a line, checked by ``sha256sum --check``.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from ppdarchive.package.descriptor import WrittenFile

NAME: Final = "SHA256SUMS"
_LINE: Final = re.compile(r"([0-9a-f]{64})  ([^\\\x00-\x1f]+)")
_N_THREADS: Final = 2  # hashing lets other threads run


class BadLineError(ValueError):
    """A line that is no checksum of a file in the folder; says which, from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def checksums_text(files: Iterable[WrittenFile]) -> str:
    """The lines of SHA256SUMS, sorted by path."""
    return "".join(f"{file.sha256}  {file.path}\n" for file in sorted(files, key=lambda file: file.path))


def parse_checksums(text: str) -> dict[str, str]:
    """The digest of each path.

    Raises
    ------
    BadLineError
        If a line is none, or its path leaves the folder or stands there twice.
    """
    result: dict[str, str] = {}
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
        match = _LINE.fullmatch(line)
        path = match[2] if match else ""
        if match is None or not is_inside(path) or path in result:
            raise BadLineError(number)
        result[path] = match[1]
    return result


def is_inside(path: str) -> bool:
    """Whether a path with forward slashes stays in its folder, and is written in the one plain way."""
    return all(part not in ("", ".", "..") for part in path.split("/")) and not re.search(r"[\\:\x00]", path)


def walk(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Every entry below `folder` that is no folder, with its path inside; links are not followed.

    Folders may lie in each other as deep as the system lets.
    """
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        with os.scandir(f"{folder}{os.sep}{inside}") as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        folders = []
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                folders.append(f"{inside}{entry.name}/")
            else:
                yield f"{inside}{entry.name}", entry.stat(follow_symlinks=False)
        waiting += reversed(folders)


def is_file(status: os.stat_result) -> bool:
    """Whether it is a file: no link, no device, no pipe."""
    return stat.S_ISREG(status.st_mode)


def digests(folder: Path, sizes: Mapping[str, int]) -> dict[str, str]:
    """The SHA-256 of files in `folder`, two at a time, the largest first.

    Parameters
    ----------
    folder : Path
    sizes : mapping of str to int
        Size of each file in bytes, by its path inside the folder.
    """
    paths = sorted(sizes, key=lambda path: -sizes[path])
    with ThreadPoolExecutor(_N_THREADS) as pool:
        return dict(zip(paths, pool.map(lambda path: digest(folder / path), paths), strict=True))


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
