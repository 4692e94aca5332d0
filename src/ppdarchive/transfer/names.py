"""Which paths can stand in a bag or a ZIP, and lead nowhere else when they are unpacked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

MAX_PATH_BYTES: Final = 4096

_ELSEWHERE: Final = re.compile(r"[\\:\x00]")
_BAG_CODES: Final = {"\n": "%0A", "\r": "%0D", "%": "%25"}
_CODED: Final = re.compile(r"%(0A|0D|25)?", re.IGNORECASE)


def wrong_with(path: str) -> str | None:
    r"""Why a path with forward slashes can't be taken; None if it can.

    A path is refused if it leaves its folder, has two spellings, or means something else on another
    system: ``\`` parts folders and ``:`` names a drive or a stream there.

    Examples
    --------
    >>> wrong_with("../passwd")
    'leads out of its folder'
    >>> wrong_with(".hidden/100% sure") is None
    True
    """
    parts = path.split("/")
    if ".." in parts or path.startswith("/"):
        return "leads out of its folder"
    if "" in parts or "." in parts:
        return "has an empty part"
    if _ELSEWHERE.search(path):
        return "has a backslash, a colon or a NUL character"
    if any("\ud800" <= letter <= "\udfff" for letter in path):
        return "is not Unicode text"
    if len(path.encode()) > MAX_PATH_BYTES:
        return "is too long"
    return None


def folders_of(paths: Iterable[str]) -> list[str]:
    """Every folder above the paths, outer ones before inner ones.

    Examples
    --------
    >>> folders_of(["a/b/c.csv", "a/d.csv", "e.csv"])
    ['a', 'a/b']
    """
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return sorted(found)


def is_file_and_folder(paths: Collection[str]) -> bool:
    """Whether a path is also a folder of another, so that they can't lie side by side.

    Examples
    --------
    >>> is_file_and_folder(["a", "a/b"])
    True
    """
    return not set(folders_of(paths)).isdisjoint(paths)


def bag_path(path: str) -> str:
    r"""A path as manifests spell it.

    Examples
    --------
    >>> bag_path("data/100%\n.csv")
    'data/100%25%0A.csv'

    References
    ----------
    RFC 8493, section 2.1.3: LF, CR and the percent sign, and only those, are percent-encoded.
    """
    return "".join(_BAG_CODES.get(letter, letter) for letter in path)


def plain_path(path: str, *, percent: bool) -> str | None:
    r"""The path that a manifest spells; None if it spells none.

    Parameters
    ----------
    path : str
    percent : bool
        Whether percent signs are encoded too, as since version 1.0; before it they stood for themselves.

    Examples
    --------
    >>> plain_path("data/100%25%0a.csv", percent=True)
    'data/100%\n.csv'
    >>> plain_path("data/100%.csv", percent=True) is None
    True
    """
    is_stray = False

    def plain(match: re.Match[str]) -> str:
        nonlocal is_stray
        code = (match[1] or "").upper()
        if code == "0A":
            return "\n"
        if code == "0D":
            return "\r"
        is_stray |= percent and not code
        return "%" if percent else match[0]

    result = _CODED.sub(plain, path)
    return None if is_stray else result
