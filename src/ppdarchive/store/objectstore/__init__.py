"""Archives in an object store: the same files, put whole and on conditions instead of renamed."""

from ppdarchive.store.objectstore.files import ObjectFiles, open_store

__all__ = ["ObjectFiles", "open_store"]
