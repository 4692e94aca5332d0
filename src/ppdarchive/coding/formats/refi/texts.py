"""Paths in a REFI-QDA project -> the texts that its archive holds; never a file outside of it."""

from __future__ import annotations

import codecs
from typing import Final
from urllib.parse import unquote

from ppdarchive.coding.formats.refi.elements import Text
from ppdarchive.coding.formats.zipped import Zipped, member_key
from ppdarchive.errors import CodingError

_SCHEMES: Final = ("internal://", "relative://", "absolute://")
_FOLDER: Final = "sources/"


class Texts:
    """The text members of one archive, each read once.

    Parameters
    ----------
    zipped : Zipped or None
        None for a file that is XML alone.
    root : str
        Where the project's XML lies in the archive, with a slash at the end; empty at the top.
    name : str
        What the file is called in errors.
    """

    def __init__(self, zipped: Zipped | None, *, root: str, name: str) -> None:
        self._zipped = zipped
        self._root = root
        self._name = name
        self._members = frozenset() if zipped is None else frozenset(zipped.members)
        self._read: dict[str, str] = {}

    def of(self, text: Text, place: str) -> str | None:
        """Return the text of a source or note; None if it says of no plain text.

        A file's text comes before one in the XML, whose line breaks the parser has changed. Files that
        are given as rich text but end in ``.txt`` are plain.

        Parameters
        ----------
        text : Text
        place : str
            What it is called in errors, such as ``source 17``.

        Raises
        ------
        CodingError
            ``coding.format`` if the text is not in the archive, or is neither UTF-8 nor UTF-16 with a
            byte-order mark, or has a NUL.
        """
        rich = text.rich_path
        paths = [text.plain_path, rich if rich is not None and rich.lower().endswith(".txt") else None]
        for path in paths:
            member = self._member(path) if path else None
            if member is not None:
                return self._load(member, place)
        if text.content is None and any(paths):
            raise self._error(f"the text of {place} is not in it")
        return text.content

    def _member(self, path: str) -> str | None:
        """Return the key of the member that a path means.

        References
        ----------
        REFI-QDA Standard 1.5, Project exchange, sources: ``internal://`` means the folder ``sources``,
        ``relative://`` is relative to the project's ``basePath``, ``absolute://`` lies elsewhere.
        """
        scheme = next((scheme for scheme in _SCHEMES if path.lower().startswith(scheme)), "")
        if scheme == "absolute://":
            return None
        for spelled in dict.fromkeys((path[len(scheme) :], unquote(path[len(scheme) :]))):
            key = member_key(spelled).removeprefix("./").lstrip("/")
            candidates = [self._root + _FOLDER + key, self._root + key]
            if scheme != "relative://":
                candidates.append(self._root + _FOLDER + key.rpartition("/")[2])
            for candidate in candidates:
                if candidate in self._members:
                    return candidate
        return None

    def _load(self, member: str, place: str) -> str:
        if member not in self._read and self._zipped is not None:
            text = decoded(self._zipped.read(member))
            if text is None:
                raise self._error(f"{place} is neither UTF-8 nor UTF-16 with a byte-order mark")
            if "\0" in text:
                raise self._error(f"{place} has a NUL character")
            self._read[member] = text
        return self._read[member]

    def _error(self, reason: str) -> CodingError:
        return CodingError("coding.format", path=self._name, kind="REFI-QDA", reason=reason)


def decoded(content: bytes) -> str | None:
    r"""Return a text file's text with its byte-order mark, or None if it is in another encoding.

    Examples
    --------
    >>> decoded(b"\xef\xbb\xbfok"), decoded(b"\xff\xfeo\x00k\x00"), decoded(b"caf\xe9")
    ('\ufeffok', '\ufeffok', None)
    """
    encoding = "utf-8"
    if content.startswith(codecs.BOM_UTF16_LE):
        encoding = "utf-16-le"
    elif content.startswith(codecs.BOM_UTF16_BE):
        encoding = "utf-16-be"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None
