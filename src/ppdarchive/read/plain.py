"""A plain delimited table with one header row; pure."""

from __future__ import annotations

from types import MappingProxyType

from ppdarchive.model.columns import IN_MEMORY, Content, Keeper
from ppdarchive.model.table import ColumnInfo, RawExport
from ppdarchive.read.delimited import (
    blank_rows,
    body,
    check_delimiter,
    check_delimiter_fits,
    check_names,
    header_rows,
)
from ppdarchive.read.encoding import decode


def read_plain(
    data: Content,
    *,
    source: str,
    name: str,
    encoding: str | None,
    delimiter: str,
    keeper: Keeper = IN_MEMORY,
) -> RawExport:
    """Read a table with one header row whose names are all there and all different.

    Parameters
    ----------
    data : Content
        The whole file.
    source : str
        What the result says it was read as.
    name : str
        What the file is called in errors.
    encoding : str or None
        As `ppdarchive.read.encoding.decode`.
    delimiter : str
    keeper : Keeper
        Where the cells are kept.

    Raises
    ------
    ReadError
        What is wrong with it as text, as a delimited file, or with its header.
    """
    check_delimiter(delimiter, name)
    text = decode(data, name=name, encoding=encoding, keeper=keeper)
    check_delimiter_fits(text, delimiter)
    header = header_rows(text, delimiter, 1)
    names = header[0].cells
    check_names(names, name, line=header[0].line, unique=True)
    cells, lines = body(text, delimiter, header, keeper=keeper)
    return RawExport(
        path=name,
        source=source,
        cells=cells,
        columns=tuple(ColumnInfo(column, at) for at, column in enumerate(names, start=1)),
        lines=lines,
        n_header=1,
        marks=MappingProxyType({"blank": blank_rows(cells)}),
    )
