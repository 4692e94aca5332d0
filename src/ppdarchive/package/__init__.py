"""TreatedTables -> a folder that any Parquet reader can use; must not know archives or studies."""

from ppdarchive.package.files import Check, write_package

__all__ = ["Check", "write_package"]
