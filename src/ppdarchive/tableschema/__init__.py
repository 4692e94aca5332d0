"""Table Schema JSON <-> Schema, Data Package descriptor -> Package; must not know data."""

from ppdarchive.tableschema.dump import DATA_PACKAGE, TABLE_SCHEMA, to_descriptor
from ppdarchive.tableschema.package import Package, check_references, file_reader, load_package, parse_package
from ppdarchive.tableschema.parse import parse_schema

__all__ = [
    "DATA_PACKAGE",
    "TABLE_SCHEMA",
    "Package",
    "check_references",
    "file_reader",
    "load_package",
    "parse_package",
    "parse_schema",
    "to_descriptor",
]
