"""Where things lie in an archive: the files of a storage root, of an object, and of our extension.

An archive is an OCFL storage root; each study has one object for each audience, named
``STUDY~AUDIENCE``, in a folder of that name. Whatever is no release lies outside objects, below
``extensions/ppdarchive``: an unknown file in an object makes it invalid (E001a).

References
----------
Oxford Common File Layout 1.1, sections 3.1 and 4, https://ocfl.io/1.1/spec/
OCFL Community Extension 0002, "Flat Direct Storage Layout",
https://ocfl.github.io/extensions/0002-flat-direct-storage-layout.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

from ppdarchive.errors import StoreError
from ppdarchive.store.soundness import folded

ROOT_MARK: Final = "0=ocfl_1.1"
OBJECT_MARK: Final = "0=ocfl_object_1.1"
OBJECT_MARK_TEXT: Final = "ocfl_object_1.1\n"
LAYOUT: Final = "0002-flat-direct-storage-layout"
EXTENSION: Final = "extensions/ppdarchive"
LOCKS: Final = f"{EXTENSION}/locks"
STAGING: Final = f"{EXTENSION}/staging"
LEFTOVERS: Final = f"{STAGING}/leftovers"
JOURNALS: Final = f"{EXTENSION}/journals"
SIGNATURES: Final = f"{EXTENSION}/signatures"
"""In an object; the others are in the storage root."""

_PART: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_VERSION: Final = re.compile(r"v([1-9][0-9]{0,8})")
_MAX_LENGTH: Final = 200  # what is staged adds 33 characters, and a name may have 255 bytes

_ABOUT: Final = """\
This folder is an archive of research data: a storage root of the Oxford Common File Layout 1.1,
https://ocfl.io/1.1/spec/

Each folder STUDY~AUDIENCE holds all releases of one study for one audience. `vN/content` is release N,
whole: a data package (https://datapackage.org) of Parquet and CSV files that opens with any tool.
If a file seems to be missing there, `inventory.json` says in which version's folder its bytes lie.

extensions/ppdarchive holds nothing of any release: locks of those who publish, what is being written,
and journals of what is being removed. STUDY~AUDIENCE/extensions/ppdarchive holds signatures of
versions, marks such as "superseded", and tombstones, which say that something was removed.
"""


def root_files() -> dict[str, str]:
    """The files of a new storage root: text by path, in the order in which to write them.

    No folder is empty (E073), and a layout without parameters has no configuration. The mark comes
    last: with it, the folder is an archive.
    """
    layout = {"extension": LAYOUT, "description": "An object's folder has its identifier as name."}
    files = {
        **{f"{folder}/.keep": "" for folder in (LOCKS, STAGING, LEFTOVERS, JOURNALS)},
        "ppdarchive.md": _ABOUT,
        "ocfl_layout.json": json.dumps(layout, indent=1) + "\n",
    }
    return {**files, ROOT_MARK: "ocfl_1.1\n"}


def object_id(study: str, audience: str) -> str:
    """The identifier of a study's object for one audience, which is also its folder's name.

    Raises
    ------
    StoreError
        ``store.object-id`` if either has other characters than letters, digits, ``.``, ``_`` and ``-``.

    >>> object_id("mommoodbooster-2019", "public")
    'mommoodbooster-2019~public'
    """
    name = f"{study}~{audience}"
    parts(name)
    return name


def parts(name: str) -> tuple[str, str]:
    """The study and the audience that an identifier names.

    Raises
    ------
    StoreError
        ``store.object-id`` if it is no identifier of an object here.
    """
    study, _, audience = name.partition("~")
    if not _PART.fullmatch(study) or not _PART.fullmatch(audience) or len(name) > _MAX_LENGTH:
        raise StoreError("store.object-id", name=name[:_MAX_LENGTH])
    return study, audience


def is_object_id(name: str) -> bool:
    """Whether a folder's name is that of an object."""
    study, _, audience = name.partition("~")
    return bool(_PART.fullmatch(study) and _PART.fullmatch(audience) and len(name) <= _MAX_LENGTH)


def check_twin(name: str, others: Iterable[str]) -> None:
    """Refuse an identifier that some file system takes for another one.

    Raises
    ------
    StoreError
        ``store.twin`` if one of `others` differs from `name` in case alone.
    """
    for other in others:
        if other != name and folded(other) == folded(name):
            raise StoreError("store.twin", name=name, other=other)


def journal(name: str) -> str:
    """The file in a storage root that says of an object that it is being rewritten, and that this is decided.

    >>> journal("study~public")
    'extensions/ppdarchive/journals/study~public.json'
    """
    return f"{JOURNALS}/{name}.json"


def rewritten(name: str) -> str:
    """The folder in a storage root that holds an object as it is to be, until it takes the old one's place.

    Where there is a journal and this folder, this is the object.
    """
    return f"{JOURNALS}/{name}.object"


def version_folder(number: int) -> str:
    """The name of a version's folder."""
    return f"v{number}"


def version_number(name: str) -> int | None:
    """The number of the version whose folder has this name; None if it is no version's."""
    match = _VERSION.fullmatch(name)
    return int(match[1]) if match else None
