"""Hypothesis strategies drawn from schemas, and a slow reference of what validation must say.

For the tests of this package and of whoever builds on it; needs the extra ``testing``.
"""

from ppdarchive.testing.frames import frames, package_frames
from ppdarchive.testing.oracle import broken, judge_cell
from ppdarchive.testing.schemas import packages, schemas
from ppdarchive.testing.spoil import SPOILABLE, Spoilt, spoilt_packages, spoilt_tables
from ppdarchive.testing.tables import package_tables, raw_table, tables
from ppdarchive.testing.values import cell_texts, texts, values

__all__ = [
    "SPOILABLE",
    "Spoilt",
    "broken",
    "cell_texts",
    "frames",
    "judge_cell",
    "package_frames",
    "package_tables",
    "packages",
    "raw_table",
    "schemas",
    "spoilt_packages",
    "spoilt_tables",
    "tables",
    "texts",
    "values",
]
