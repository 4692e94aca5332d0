"""What must hold of an inventory's paths, times and words before anybody follows or repeats them; pure.

Whoever writes an inventory and whoever reads one hold the same rules, so that what is written is read
back, and what is read leads nowhere else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from ppdarchive.errors import StoreError

DIGEST: Final = re.compile("[0-9A-Fa-f]{128}")
SURROGATE: Final = re.compile("[\ud800-\udfff]")
MAX_PATH_LENGTH: Final = 1000
"""Of a path inside a version, in characters. A path of a million folders would be a million paths."""

_ELEMENT: Final = r"(?!\.{1,2}(?:/|\Z))[^/\\:\x00-\x1f\x7f\ud800-\udfff]+"
_PATH: Final = re.compile(f"{_ELEMENT}(?:/{_ELEMENT})*")
_CREATED: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)


class Wrong(ValueError):
    """What is wrong, and where; never a value of the document."""

    def __init__(self, reason: str, pointer: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.pointer = pointer


class KnownPaths:
    """Paths inside a version that were looked at already: most versions hold the same."""

    def __init__(self) -> None:
        self._together: set[tuple[str, ...]] = set()

    def check(self, paths: Iterable[str], pointer: str) -> None:
        """Refuse paths that lead out of their folder, or that some file system takes for one."""
        together = tuple(sorted(paths))
        if together not in self._together:
            if (
                not all(map(_PATH.fullmatch, together))
                or max(map(len, together), default=0) > MAX_PATH_LENGTH
            ):
                raise Wrong("no path inside a version", pointer)
            check_apart(together, pointer)
            self._together.add(together)


def folded(path: str) -> str:
    """A path as a file system sees it that knows neither case nor Unicode forms."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def check_paths(paths: Iterable[str], *, name: str) -> None:
    """Refuse logical paths that no inventory here may hold.

    Raises
    ------
    StoreError
        ``store.path`` if one leads out of its folder, is no text, or is another's twin or folder.
    """
    try:
        return KnownPaths().check(paths, "")
    except Wrong as wrong:
        reason = wrong.reason
    raise StoreError("store.path", path=name, reason=reason)


def check_apart(paths: Iterable[str], pointer: str) -> None:
    """No path is another's folder, or the same to a file system that knows no case."""
    names = [folded(path) for path in paths]
    taken = set(names)
    if len(taken) < len(names):
        raise Wrong("two paths are one where case does not count", pointer)
    folders = {name.rpartition("/")[0] for name in names}
    while folders:
        if not folders.isdisjoint(taken):
            raise Wrong("a file and a folder of the same path", pointer)
        folders = {name.rpartition("/")[0] for name in folders if "/" in name}


def check_text(value: Any, pointer: str) -> str:
    """Refuse what is no text, or has half a character in it: `Wrong`."""
    if not isinstance(value, str) or not value or SURROGATE.search(value):
        raise Wrong("text expected", pointer)
    return value


def is_time(text: str) -> bool:
    """Whether this is a time as RFC 3339 writes it."""
    if _CREATED.fullmatch(text) is None:
        return False
    try:
        # A leap second is a time too; datetime knows none.
        datetime.fromisoformat(re.sub(r"(?<=:)60(?=[Zz.+-])", "59", text.upper()))
    except ValueError:
        return False
    return True
