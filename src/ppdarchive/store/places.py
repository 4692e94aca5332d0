"""Where an archive is: a folder of this machine, or a bucket of an object store and what stands before."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from ppdarchive.errors import StoreError
from ppdarchive.store.files import LOCAL, Files
from ppdarchive.store.objectstore import open_store

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)
# A drive's letter is no scheme, hence the two letters above.
_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}")
_PART: Final = re.compile(r"(?!\.{1,2}\Z)[^\\\x00-\x1f\x7f\ud800-\udfff?#]+")


def place_of(where: str | os.PathLike[str]) -> tuple[Files, Path]:
    """The files by which an archive is reached, and its root for them.

    Parameters
    ----------
    where : str or path
        A folder, or ``s3://BUCKET/PREFIX``; the object store's address and credentials come from the
        environment, as other programs take them (``AWS_ENDPOINT_URL``, ``AWS_PROFILE`` and so on).

    Returns
    -------
    Files
    Path
        The folder, or ``BUCKET/PREFIX``.

    Raises
    ------
    StoreError
        ``store.place`` if it is an address of another kind; ``store.no-extra`` if the extra ``s3`` is
        not installed.

    >>> place_of("archive")[1].name
    'archive'
    """
    text = os.fspath(where)
    match = _SCHEME.fullmatch(text) if isinstance(where, str) else None
    if match is None:
        return LOCAL, Path(text)
    # The address itself is not repeated: some write their keys into it.
    if match[1].lower() != "s3":
        raise StoreError("store.place")
    bucket, *parts = match[2].rstrip("/").split("/")
    if not _BUCKET.fullmatch(bucket) or not all(map(_PART.fullmatch, parts)):
        raise StoreError("store.place")
    return open_store(), Path(bucket, *parts)
