"""Take survey exports of qualitative studies to validated, de-identified data packages.

The public names below load on first use, so that ``import ppdarchive`` stays light (PEP 562).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ppdarchive._version import __version__

if TYPE_CHECKING:
    from ppdarchive.codebook import codebook
    from ppdarchive.deidentify.released import released
    from ppdarchive.errors import PpdArchiveError, ReadError, SchemaError, StudyError
    from ppdarchive.model.finding import Finding, Findings, Place, Rule
    from ppdarchive.model.schema import Field, Schema
    from ppdarchive.pipeline import Validation, validate_study
    from ppdarchive.read import read
    from ppdarchive.study import Study, load_study
    from ppdarchive.tableschema import Package, load_package

_HOMES = {
    "Field": "ppdarchive.model.schema",
    "Finding": "ppdarchive.model.finding",
    "Findings": "ppdarchive.model.finding",
    "Package": "ppdarchive.tableschema",
    "Place": "ppdarchive.model.finding",
    "PpdArchiveError": "ppdarchive.errors",
    "ReadError": "ppdarchive.errors",
    "Rule": "ppdarchive.model.finding",
    "Schema": "ppdarchive.model.schema",
    "SchemaError": "ppdarchive.errors",
    "Study": "ppdarchive.study",
    "StudyError": "ppdarchive.errors",
    "Validation": "ppdarchive.pipeline",
    "codebook": "ppdarchive.codebook",
    "load_package": "ppdarchive.tableschema",
    "load_study": "ppdarchive.study",
    "read": "ppdarchive.read",
    "released": "ppdarchive.deidentify.released",
    "validate_study": "ppdarchive.pipeline",
}

__all__ = [
    "Field",
    "Finding",
    "Findings",
    "Package",
    "Place",
    "PpdArchiveError",
    "ReadError",
    "Rule",
    "Schema",
    "SchemaError",
    "Study",
    "StudyError",
    "Validation",
    "__version__",
    "codebook",
    "load_package",
    "load_study",
    "read",
    "released",
    "validate_study",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'ppdarchive' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
