"""The baton of a lock in an object store: one small file that says who holds it and until when.

It is never removed and changes hands on condition of what it said before, so that one of many who try
wins. A store that takes no notice of conditions is refused: there nobody would be kept out.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

from ppdarchive.errors import StoreError
from ppdarchive.store.objectstore.calls import Refused
from ppdarchive.store.objectstore.files import ObjectFiles

# So called that a copy of all files to a disk, by whatever tool, has a lock that nobody holds.
_NAME: Final = "free"
_FREE: Final = b"free"
_MOST_BYTES: Final = 200
_NO_TAG: Final = '"00000000000000000000000000000000"'


class ObjectBaton:
    """What a lock's holder passes on.

    Parameters
    ----------
    files : ObjectFiles
    folder : Path
        The lock's.
    token : str
        The holder's own, in every name that it gives the baton.
    """

    pause_seconds = 0.5

    def __init__(self, files: ObjectFiles, folder: Path, token: str) -> None:
        self._files = files
        self._path = folder / _NAME
        self._token = token
        self._tag = ""
        self._is_sound = False

    def names(self) -> list[str]:
        """What it is called; none, if there is no baton yet."""
        try:
            text, self._tag = self._files.read_tagged(self._path, _MOST_BYTES)
        except FileNotFoundError:
            return []
        return [text.decode("ascii", errors="replace")]

    def swap(self, _: str, new: str) -> bool:
        """Call it anew, if it is still called as it was seen last."""
        try:
            self._tag = self._files.put(self._path, new.encode(), self._tag)
        except Refused:
            return False
        if not self._is_sound:
            self._check_conditions()
            self._is_sound = True
        return True

    def found(self) -> None:
        """Make one that nobody holds."""
        with contextlib.suppress(Refused):  # somebody else was first
            self._files.put(self._path, _FREE, None)

    def is_lost(self) -> bool:
        """Whether somebody else has it."""
        try:
            text = self._files.read(self._path, _MOST_BYTES)
        except FileNotFoundError:
            return True
        return self._token.encode() not in text

    def _check_conditions(self) -> None:
        """Refuse a store that puts what it should refuse: ``store.no-conditions``."""
        for tag in (None, _NO_TAG):
            is_put = True
            try:
                self._files.put(self._path, _FREE, tag)
            except Refused:
                is_put = False
            if is_put:
                raise StoreError("store.no-conditions", path=str(self._path.parent))
