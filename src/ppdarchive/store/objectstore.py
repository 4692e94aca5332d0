"""An archive's files in an object store, as `Files` sees them."""

from __future__ import annotations

from ppdarchive.errors import StoreError
from ppdarchive.store.files import Files


def open_store() -> Files:
    """The object store that the environment names.

    Raises
    ------
    StoreError
        ``store.no-extra`` if the extra ``s3`` is not installed.
    """
    raise StoreError("store.no-extra", what="s3fs")
