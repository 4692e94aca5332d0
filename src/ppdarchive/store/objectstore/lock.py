"""The baton of a lock in an object store: one small file that says who holds it and until when.

It is never removed and changes hands on condition of what it said before, so that one of many who try
wins. A store that takes no notice of conditions is refused: there nobody would be kept out.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Collection
from pathlib import Path
from typing import Final

from ppdarchive.errors import StoreError
from ppdarchive.store import layout
from ppdarchive.store.objectstore.calls import Refused
from ppdarchive.store.objectstore.files import ObjectFiles

# So called that a copy of all files to a disk, by whatever tool, has a lock that nobody holds.
_NAME: Final = "free"
_FREE: Final = b"free"
_CLAIM: Final = b"claimed "
_MOST_BYTES: Final = 200
_NO_TAG: Final = '"00000000000000000000000000000000"'


def is_claim(text: bytes) -> bool:
    """Whether this is a claim: it lies where something is to be put by whoever put the claim, if ever."""
    return text.startswith(_CLAIM)


def unique_claim() -> bytes:
    """A claim that nobody else makes."""
    return _CLAIM + secrets.token_hex(16).encode() + b"\n"


def is_decided(files: ObjectFiles, journal: Path) -> bool:
    """Whether there is a journal, and not only a claim to it."""
    try:
        return not is_claim(files.read(journal, _MOST_BYTES))
    except FileNotFoundError:
        return False


def sweep_staged(files: ObjectFiles, root: Path, object_id: str, own: Collection[str]) -> int:
    """Remove whatever others have staged for an object, and what is on its way there; say how many.

    Nor can they decide any more that it takes the object's place, since their claim is gone.
    """
    journal = root / layout.journal(object_id)
    with contextlib.suppress(FileNotFoundError):
        text, tag = files.read_tagged(journal, _MOST_BYTES)
        if is_claim(text):
            files.remove(journal, tag)
    staging = root / layout.STAGING
    names = {path.partition("/")[0] for path in (*files.tree(staging), *files.uploads(staging))}
    others = [name for name in names if name not in own and name.rpartition(".")[0] == object_id]
    for name in others:
        files.remove_tree(staging / name)
    return len(others)


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
        for condition in ({"IfNoneMatch": "*"}, {"IfMatch": _NO_TAG}):
            if self._files.is_put(self._path, _FREE, condition):
                raise StoreError("store.no-conditions", path=str(self._path.parent))
