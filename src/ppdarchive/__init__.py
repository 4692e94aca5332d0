"""Take survey exports of qualitative studies to validated, de-identified data packages.

The public names below load on first use, so that ``import ppdarchive`` stays light (PEP 562).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ppdarchive._version import __version__

if TYPE_CHECKING:
    from ppdarchive.codebook import codebook as codebook_markdown
    from ppdarchive.deidentify.released import released
    from ppdarchive.detectors.engine import find as detect
    from ppdarchive.errors import (
        LoadError,
        PackageError,
        PpdArchiveError,
        ReadError,
        RegisterError,
        SchemaError,
        StudyError,
        WriteError,
    )
    from ppdarchive.gate import GateRefusedError
    from ppdarchive.loading import History, Pin, Release, Released, ReleaseWarning, history, load, pin
    from ppdarchive.model.finding import Finding, Findings, Place, Rule
    from ppdarchive.model.schema import Field, Schema
    from ppdarchive.model.span import Span, TextCategory, Tier
    from ppdarchive.pipeline import Validation, validate_study
    from ppdarchive.publish import Deidentified, FindingsError, pack_study, preview_study
    from ppdarchive.read import read as read_export
    from ppdarchive.study import Study, load_study
    from ppdarchive.tableschema import Package, load_package

# Name -> where it lives, and what it is called there when that name is a submodule's: a submodule,
# once it is loaded, hides a name of this package.
_HOMES = {
    "Deidentified": ("ppdarchive.publish", "Deidentified"),
    "Field": ("ppdarchive.model.schema", "Field"),
    "Finding": ("ppdarchive.model.finding", "Finding"),
    "Findings": ("ppdarchive.model.finding", "Findings"),
    "FindingsError": ("ppdarchive.publish", "FindingsError"),
    "GateRefusedError": ("ppdarchive.gate", "GateRefusedError"),
    "History": ("ppdarchive.loading", "History"),
    "LoadError": ("ppdarchive.errors", "LoadError"),
    "Package": ("ppdarchive.tableschema", "Package"),
    "PackageError": ("ppdarchive.errors", "PackageError"),
    "Pin": ("ppdarchive.loading", "Pin"),
    "Place": ("ppdarchive.model.finding", "Place"),
    "PpdArchiveError": ("ppdarchive.errors", "PpdArchiveError"),
    "ReadError": ("ppdarchive.errors", "ReadError"),
    "RegisterError": ("ppdarchive.errors", "RegisterError"),
    "Release": ("ppdarchive.loading", "Release"),
    "ReleaseWarning": ("ppdarchive.loading", "ReleaseWarning"),
    "Released": ("ppdarchive.loading", "Released"),
    "Rule": ("ppdarchive.model.finding", "Rule"),
    "Schema": ("ppdarchive.model.schema", "Schema"),
    "SchemaError": ("ppdarchive.errors", "SchemaError"),
    "Span": ("ppdarchive.model.span", "Span"),
    "Study": ("ppdarchive.study", "Study"),
    "StudyError": ("ppdarchive.errors", "StudyError"),
    "TextCategory": ("ppdarchive.model.span", "TextCategory"),
    "Tier": ("ppdarchive.model.span", "Tier"),
    "Validation": ("ppdarchive.pipeline", "Validation"),
    "WriteError": ("ppdarchive.errors", "WriteError"),
    "codebook_markdown": ("ppdarchive.codebook", "codebook"),
    "detect": ("ppdarchive.detectors.engine", "find"),
    "history": ("ppdarchive.loading", "history"),
    "load": ("ppdarchive.loading", "load"),
    "load_package": ("ppdarchive.tableschema", "load_package"),
    "load_study": ("ppdarchive.study", "load_study"),
    "pack_study": ("ppdarchive.publish", "pack_study"),
    "pin": ("ppdarchive.loading", "pin"),
    "preview_study": ("ppdarchive.publish", "preview_study"),
    "read_export": ("ppdarchive.read", "read"),
    "released": ("ppdarchive.deidentify.released", "released"),
    "validate_study": ("ppdarchive.pipeline", "validate_study"),
}

__all__ = [
    "Deidentified",
    "Field",
    "Finding",
    "Findings",
    "FindingsError",
    "GateRefusedError",
    "History",
    "LoadError",
    "Package",
    "PackageError",
    "Pin",
    "Place",
    "PpdArchiveError",
    "ReadError",
    "RegisterError",
    "Release",
    "ReleaseWarning",
    "Released",
    "Rule",
    "Schema",
    "SchemaError",
    "Span",
    "Study",
    "StudyError",
    "TextCategory",
    "Tier",
    "Validation",
    "WriteError",
    "__version__",
    "codebook_markdown",
    "detect",
    "history",
    "load",
    "load_package",
    "load_study",
    "pack_study",
    "pin",
    "preview_study",
    "read_export",
    "released",
    "validate_study",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        module, own_name = _HOMES[name]
        return getattr(import_module(module), own_name)
    raise AttributeError(f"module 'ppdarchive' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
