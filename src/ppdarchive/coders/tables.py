"""A study's tables, or a package's: what every command on codings starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from ppdarchive.errors import CodingError
from ppdarchive.loading import load
from ppdarchive.model.columns import values_of
from ppdarchive.model.table import Frame
from ppdarchive.pipeline import Progress, Validation, validate_study
from ppdarchive.publish import FindingsError

_NEEDED = ("responses", "codes", "codings", "coders")


@dataclass(frozen=True, slots=True, repr=False)
class CodedTables:
    """Tables with codings, as they came in or as they were released.

    Attributes
    ----------
    name : str
        The study's id, or the package's name.
    frames : mapping of str to Frame
        By table; `responses`, `codes`, `codings` and `coders` are there.
    validation : Validation or None
        Of a study; None for a package.
    """

    name: str
    frames: Mapping[str, Frame]
    validation: Validation | None = None

    def __repr__(self) -> str:
        return f"<CodedTables: {len(self.frames)} tables>"


def coded_tables(folder: Path, *, progress: Progress = lambda _: None) -> CodedTables:
    """Read the tables of a study, or of a package: whichever the folder holds.

    Parameters
    ----------
    folder : Path
        With study.toml, or a package's own folder.
    progress : callable

    Returns
    -------
    CodedTables

    Raises
    ------
    FindingsError
        If the study's data have findings.
    CodingError
        ``coding.nothing`` if no table has codings.
    LoadError, StudyError, SchemaError, ReadError
        As `load` and `validate_study` do.
    """
    if is_study(folder):
        validation = validate_study(folder, progress=progress)
        if validation.checked.findings:
            raise FindingsError(validation)
        tables = validation.checked.tables
        found = CodedTables(
            validation.study.config.study.id,
            MappingProxyType({name: table.frame for name, table in tables.items()}),
            validation,
        )
    else:
        progress("verifying the package")
        release = load(folder)
        found = CodedTables(
            release.name or "", MappingProxyType({name: release[name] for name in release.tables})
        )
    for name in _NEEDED:
        if name not in found.frames:
            raise CodingError("coding.nothing", path=str(folder), reason=f"there is no table {name}")
    return found


def is_study(folder: Path) -> bool:
    """Whether the folder is a study's, and no package's."""
    return (folder / "study.toml").exists()


def column(frame: Frame | None, key: str, field: str) -> dict[str, str]:
    """A field's values by the key of their rows, without those that are missing."""
    if frame is None or key not in frame or field not in frame:
        return {}
    keys, values = values_of(frame[key]).to_pylist(), values_of(frame[field]).to_pylist()
    return {str(one): str(other) for one, other in zip(keys, values, strict=True) if other is not None}
