"""Logical and content paths of an inventory: what each may be, and which of them collide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, Literal

Flaw = Literal["form", "slash", "element", "name"]

_BAD_ELEMENT: Final = re.compile(r"(?:^|/)\.{0,2}(?:/|\Z)")
# Lone halves of a surrogate pair cannot be written in UTF-8.
_BAD_CHARACTER: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def flaw(path: object) -> Flaw | None:
    """What is wrong with a path by itself: its first flaw, or None.

    >>> flaw("wave1/answers.parquet"), flaw("/etc/passwd"), flaw("a/../../b"), flaw(7)
    (None, 'slash', 'element', 'form')
    """
    if not isinstance(path, str):
        return "form"
    if path.startswith("/") or path.endswith("/"):
        return "slash"
    if _BAD_ELEMENT.search(path):
        return "element"
    return "name" if _BAD_CHARACTER.search(path) else None


def is_name(text: object) -> bool:
    """Whether a text can be the name of one folder.

    >>> is_name("content"), is_name(".."), is_name("a/b"), is_name("")
    (True, False, False, False)
    """
    return flaw(text) is None and "/" not in str(text)


def n_conflicts(paths: Iterable[str]) -> int:
    """Count the paths that are also a folder of another one; no path stands there twice.

    Sorted with a closing slash, whatever lies below a path comes right after it, so that a hostile path
    of a million elements costs no more than its length.

    >>> n_conflicts(["a", "a/b", "a-b"])
    1
    """
    ordered = sorted(f"{path}/" for path in paths)
    return sum(after.startswith(before) for before, after in pairwise(ordered))


def n_twins(paths: Sequence[str]) -> int:
    """Count the paths that a file system blind to case or to Unicode's forms takes for another one.

    >>> n_twins(["Codebook.html", "codebook.html", "texts"]), n_twins(["a/x", "A"])
    (1, 1)
    """
    folded = {_folded(path) for path in paths}
    lost = len(set(paths)) - len(folded)
    return lost or max(n_conflicts(folded) - n_conflicts(set(paths)), 0)


def _folded(path: str) -> str:
    """Return what is left of a path where case and composed accents do not count."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())
