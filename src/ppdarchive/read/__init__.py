"""Exports as survey tools wrote them -> `RawExport`: every cell still text, nothing dropped."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ppdarchive.errors import ReadError
from ppdarchive.model.columns import IN_MEMORY, Content, Keeper
from ppdarchive.model.table import RawExport
from ppdarchive.read.archive import load, load_into
from ppdarchive.read.parquet import read_parquet
from ppdarchive.read.plain import read_plain
from ppdarchive.read.qualtrics import read_qualtrics
from ppdarchive.read.redcap import read_dictionary, read_redcap

__all__ = ["SOURCES", "read"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class _Request:
    """An export to be read, its bytes already there."""

    data: Content
    name: str
    encoding: str | None
    delimiter: str | None
    dictionary: Path | None
    keeper: Keeper


def _csv(request: _Request) -> RawExport:
    return _plain(request, "csv", ",")


def _tsv(request: _Request) -> RawExport:
    return _plain(request, "tsv", "\t")


def _plain(request: _Request, source: str, delimiter: str) -> RawExport:
    return read_plain(
        request.data,
        source=source,
        name=request.name,
        encoding=request.encoding,
        delimiter=delimiter if request.delimiter is None else request.delimiter,
        keeper=request.keeper,
    )


def _qualtrics(request: _Request) -> RawExport:
    return read_qualtrics(
        request.data,
        name=request.name,
        encoding=request.encoding,
        delimiter=request.delimiter,
        keeper=request.keeper,
    )


def _redcap(request: _Request) -> RawExport:
    if request.dictionary is None:
        raise ReadError("read.dictionary-missing", path=request.name)
    called = str(request.dictionary)
    data = load(request.dictionary, name=called)
    fields = None
    try:
        fields = read_dictionary(data, name=called)
    except ReadError as error:
        problem = error
    if fields is None:
        if problem.code != "read.encoding" or request.encoding is None:
            raise problem
        # What was done to the export was done to its dictionary.
        fields = read_dictionary(data, name=called, encoding=request.encoding)
    return read_redcap(
        request.data,
        name=request.name,
        fields=fields,
        encoding=request.encoding,
        delimiter=request.delimiter,
        keeper=request.keeper,
    )


def _parquet(request: _Request) -> RawExport:
    return read_parquet(request.data, name=request.name)


SOURCES: Final[Mapping[str, Callable[[_Request], RawExport]]] = MappingProxyType(
    {
        "qualtrics": _qualtrics,
        "redcap": _redcap,
        "csv": _csv,
        "tsv": _tsv,
        "parquet": _parquet,
    }
)
"""The reader of each format, by the name that study.toml gives it."""


def read(
    path: Path,
    *,
    source: str,
    name: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    dictionary: Path | None = None,
    keeper: Keeper = IN_MEMORY,
) -> RawExport:
    """Read an export: every cell as its text, every row with the line where it starts.

    Parameters
    ----------
    path : Path
        The file, or a zip archive with the file in it.
    source : str
        A key of `SOURCES`.
    name : str, optional
        What the file is called in errors and in the result; `path` by default.
    encoding : str, optional
        UTF-8 by default; a byte-order mark overrules it.
    delimiter : str, optional
        A comma by default, for ``tsv`` a tab; Qualtrics exports are tried with both.
    dictionary : Path, optional
        REDCap's data dictionary.
    keeper : Keeper
        Where the cells are kept.

    Returns
    -------
    RawExport

    Raises
    ------
    ReadError
        And nothing else, whatever the bytes are; it never holds a cell or a column's name.
    LookupError
        If `source` is none of `SOURCES`.
    """
    reader = SOURCES[source]
    called = str(path) if name is None else name
    data = load_into(keeper, path, name=called)
    export = reader(_Request(data, called, encoding, delimiter, dictionary, keeper))
    logger.info("read %s: %d rows, %d columns", called, export.n_rows, len(export.columns))
    return export
