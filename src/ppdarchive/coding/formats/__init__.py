"""Files of other tools <-> `Project`: hostile ones are refused, nothing is written but what is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ppdarchive.coding.formats.delimited import read_coded_csv, write_coded_csv
from ppdarchive.coding.formats.newfile import new_file
from ppdarchive.coding.formats.qualcoder import read_qualcoder
from ppdarchive.coding.formats.refi import read_qdpx, write_qdc, write_qdpx
from ppdarchive.coding.formats.taguette import read_taguette
from ppdarchive.coding.formats.taguette_exports import read_taguette_highlights
from ppdarchive.coding.formats.taguette_write import taguette_codebook, write_taguette
from ppdarchive.coding.project import Project
from ppdarchive.text.units import Unit

__all__ = ["READERS", "WRITERS", "read_project", "write_project"]


@dataclass(frozen=True, slots=True, repr=False)
class _Request:
    """A file to be read, and what its part of study.toml says of it."""

    path: Path
    name: str
    memos: bool
    project: str | None
    columns: Mapping[str, str]
    unit: str | None
    encoding: str | None
    delimiter: str | None


def _refi(request: _Request) -> Project:
    return read_qdpx(request.path, name=request.name, memos=request.memos)


def _taguette(request: _Request) -> Project:
    return read_taguette(request.path, name=request.name, memos=request.memos, project=request.project)


def _highlights(request: _Request) -> Project:
    return read_taguette_highlights(request.path, name=request.name, memos=request.memos)


def _qualcoder(request: _Request) -> Project:
    return read_qualcoder(request.path, name=request.name, memos=request.memos)


def _csv(request: _Request) -> Project:
    return read_coded_csv(
        request.path,
        name=request.name,
        columns=request.columns,
        unit=None if request.unit is None else Unit(request.unit),
        encoding=request.encoding,
        delimiter=request.delimiter,
        memos=request.memos,
    )


READERS: Final[Mapping[str, Callable[[_Request], Project]]] = MappingProxyType(
    {
        "refi-qda": _refi,
        "taguette": _taguette,
        "taguette-highlights": _highlights,
        "qualcoder": _qualcoder,
        "csv": _csv,
    }
)
"""The reader of each format, by the name that study.toml gives it."""


def _write_codebook(project: Project, path: Path) -> None:
    text = taguette_codebook(project)
    with new_file(path) as stream:
        stream.write(text.encode())


def _write_csv(project: Project, path: Path) -> None:
    data = write_coded_csv(project)
    with new_file(path) as stream:
        stream.write(data)


WRITERS: Final[Mapping[str, Callable[[Project, Path], None]]] = MappingProxyType(
    {
        "refi-qda": write_qdpx,
        "refi-codebook": write_qdc,
        "taguette": write_taguette,
        "taguette-codebook": _write_codebook,
        "csv": _write_csv,
    }
)
"""The writer of each format."""

SUFFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {".qdpx": "refi-qda", ".qdc": "refi-codebook", ".sqlite3": "taguette", ".csv": "csv"}
)
"""What a file is to be, by its ending."""


def read_project(
    path: Path,
    *,
    source: str,
    name: str | None = None,
    memos: bool = False,
    project: str | None = None,
    columns: Mapping[str, str] = MappingProxyType({}),
    unit: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Project:
    """Read a coded project.

    Parameters
    ----------
    path : Path
        The file; for ``qualcoder`` its folder.
    source : str
        A key of `READERS`.
    name : str, optional
        What the file is called in errors and in the result; `path` by default.
    memos : bool
        Whether coders' memos are taken.
    project : str, optional
        For ``taguette``: the project's name, where a file holds several.
    columns, unit, encoding, delimiter
        For ``csv``: see `ppdarchive.coding.formats.delimited.read_coded_csv`.

    Returns
    -------
    Project

    Raises
    ------
    CodingError
        And nothing else, whatever the bytes are; it never shows what a participant or a coder wrote.
    LookupError
        If `source` is none of `READERS`.
    """
    called = str(path) if name is None else name
    return READERS[source](_Request(path, called, memos, project, columns, unit, encoding, delimiter))


def write_project(project: Project, path: Path, *, target: str) -> None:
    """Write a project as a new file; it is there whole afterwards, or not at all.

    Parameters
    ----------
    project : Project
        With pseudonyms for coders and sources: what stands in it is written.
    path : Path
    target : str
        A key of `WRITERS`.

    Raises
    ------
    CodingError
        ``coding.cannot-hold`` if the format lacks something that the project has.
    WriteError
        If there is such a file, or it cannot be written.
    LookupError
        If `target` is none of `WRITERS`.
    """
    WRITERS[target](project, path)
