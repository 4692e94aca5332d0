"""A version's message begins with the number of the release that it holds: ``Release 1.2.0``.

So an inventory alone says which releases there are, to us and to whoever reads it in an editor.
"""

from __future__ import annotations

import re
from typing import Final

from ppdarchive.errors import StoreError

_NUMBER: Final = r"(?:0|[1-9][0-9]{0,8})"
_VERSION: Final = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")
_MESSAGE: Final = re.compile(rf"Release ({_VERSION.pattern})(?:: .*)?", re.DOTALL)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def release_message(version: str, words: str | None = None) -> str:
    """The message of the version that holds a release.

    Parameters
    ----------
    version : str
        Three numbers, of at most nine digits each.
    words : str, optional
        What else is to be said, to everybody who reads the archive.

    Raises
    ------
    StoreError
        ``store.release-name`` if `version` is not three numbers, or `words` holds what is no text.

    >>> release_message("1.2.0")
    'Release 1.2.0'
    >>> release_message("1.2.0", "the third wave")
    'Release 1.2.0: the third wave'
    """
    if not is_release_version(version) or _SURROGATE.search(words or ""):
        raise StoreError("store.release-name")
    return f"Release {version}: {words}" if words else f"Release {version}"


def release_version(message: str | None) -> str | None:
    """The number of the release that a message names; None if it names none.

    >>> release_version("Release 1.2.0: the third wave")
    '1.2.0'
    >>> release_version("Released at last") is None
    True
    """
    found = _MESSAGE.fullmatch(message or "")
    return found[1] if found else None


def is_release_version(text: str) -> bool:
    """Whether a text is three numbers without leading zeros.

    >>> is_release_version("1.10.0"), is_release_version("1.2"), is_release_version("01.2.0")
    (True, False, False)
    """
    return _VERSION.fullmatch(text) is not None


def release_words(message: str | None) -> str | None:
    """What a message says beyond the release's number; all of it, if it names none.

    >>> release_words("Release 1.2.0: the third wave")
    'the third wave'
    """
    version = release_version(message)
    if version is None or message is None:
        return message or None
    return message.removeprefix(f"Release {version}").removeprefix(": ") or None
