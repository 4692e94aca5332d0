"""Files of archives elsewhere, kept here by their digest, and only as long as the archive has them.

A cache that kept what a purge took out of the archive would undo the purge. So whenever an object is
loaded, what its inventory no longer names is deleted here.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from ppdarchive.errors import LoadError
from ppdarchive.store.files import Files

VARIABLE: Final = "PPDARCHIVE_CACHE"
"""The environment variable that names the cache's folder."""

_NEW: Final = re.compile(r"\.new-[0-9a-f]{32}")
_STALE_SECONDS: Final = 3600.0
"""Nobody fetches one file for longer."""


def cache_folder(environment: Mapping[str, str] = os.environ, *, platform: str = sys.platform) -> Path:
    """Where files of archives elsewhere are kept.

    Parameters
    ----------
    environment : mapping of str to str
        ``PPDARCHIVE_CACHE`` names the folder; otherwise it is where this system keeps caches.
    platform : str
        As `sys.platform` has it.

    References
    ----------
    XDG Base Directory Specification, ``XDG_CACHE_HOME``.

    >>> cache_folder({"PPDARCHIVE_CACHE": "kept"}).name
    'kept'
    >>> cache_folder({"XDG_CACHE_HOME": "/elsewhere"}, platform="linux").as_posix()
    '/elsewhere/ppdarchive'
    """
    if named := environment.get(VARIABLE):
        return Path(named)
    if platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ppdarchive"
    if platform == "win32" and (local := environment.get("LOCALAPPDATA")):
        return Path(local) / "ppdarchive" / "Cache"
    home = Path(environment.get("XDG_CACHE_HOME", ""))
    return (home if home.is_absolute() else Path.home() / ".cache") / "ppdarchive"


class Cache:
    """What is kept here of one object of an archive elsewhere.

    Parameters
    ----------
    folder : Path
        Of all caches; in it, one for each object that only its owner may enter.
    files : Files
        By which the archive is reached.
    root : Path
        The archive, for `files`.
    object_id : str

    Raises
    ------
    LoadError
        ``load.cache`` if the folder is somebody else's, or cannot be made.
    """

    def __init__(self, folder: Path, files: Files, root: Path, object_id: str) -> None:
        self._files = files
        name = hashlib.sha256(f"{root.as_posix()}\n{object_id}".encode()).hexdigest()[:32]
        self._folder = folder / name
        _make_private(self._folder)

    def shown(self, place: Path) -> str:
        """What messages call a file of the archive."""
        return f"s3://{place.as_posix()}"

    def kept(self, digest: str) -> Path | None:
        """The file with a SHA-512, if it was fetched; its bytes are not looked at."""
        path = self._folder / digest
        return path if path.is_file() else None

    def fetched(self, place: Path, digest: str) -> Path:
        """The file with a SHA-512: as it is kept, or fetched and held against it.

        Raises
        ------
        LoadError
            ``load.changed`` if the archive has other bytes there, or none; ``load.not-readable``.
        """
        kept = self._folder / digest
        reason = ""
        try:
            if _is_whole(kept, digest) or self._fetch(place, kept, digest):
                return kept
        except OSError as error:
            reason = error.strerror or "unknown"
        if reason:
            raise LoadError("load.not-readable", path=self.shown(place), reason=reason)
        raise LoadError("load.changed", path=self.shown(place))

    def _fetch(self, place: Path, kept: Path, digest: str) -> bool:
        """Whether what lies in the archive has that digest; then it is kept."""
        new = self._folder / f".new-{secrets.token_hex(16)}"
        found = hashlib.sha512()
        try:
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
                for piece in self._files.pieces(place):
                    found.update(piece)
                    file.write(piece)
            is_meant = found.hexdigest() == digest
            if is_meant:
                new.replace(kept)
        except FileNotFoundError:
            is_meant = False
        finally:
            new.unlink(missing_ok=True)
        return is_meant

    def keep_only(self, digests: Collection[str]) -> int:
        """Delete whatever the archive no longer has; say how many files that were."""
        n_deleted = 0
        for path in sorted(self._folder.iterdir()):
            is_fresh = _NEW.fullmatch(path.name) is not None and _age_seconds(path) < _STALE_SECONDS
            if path.name not in digests and not is_fresh:
                path.unlink(missing_ok=True)
                n_deleted += 1
        return n_deleted


def _age_seconds(path: Path) -> float:
    try:
        return time.time() - path.lstat().st_mtime
    except FileNotFoundError:
        return 0.0


def _is_whole(path: Path, digest: str) -> bool:
    """Whether the file is there with its digest; a cache may have been cut off, or touched."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha512").hexdigest() == digest
    except FileNotFoundError:
        return False


def _make_private(folder: Path) -> None:
    """Make a folder that only its owner enters: what is kept is perhaps not for everybody."""
    reason = ""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode):
            reason = "no folder"
        elif hasattr(os, "geteuid") and status.st_uid != os.geteuid():
            reason = "somebody else's folder"
        else:
            folder.chmod(0o700)
    except OSError as error:
        reason = error.strerror or "unknown"
    if reason:
        raise LoadError("load.cache", path=str(folder), reason=reason)
