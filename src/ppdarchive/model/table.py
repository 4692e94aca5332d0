"""Tables in memory, by stage; a table's repr shows its shape and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ppdarchive.model.finding import Place
from ppdarchive.model.schema import Lexical, Schema

Frame = pd.DataFrame
"""The one frame of the package: pandas with Arrow-backed columns."""

Lines = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """What an export says of one of its columns.

    Attributes
    ----------
    name : str
        The column's name in the export (first header row).
    position : int
        Its place in the file, from 1.
    label : str or None
        The label or question text that the export carries.
    import_id : str or None
        The survey tool's own id of what the column holds (Qualtrics ``ImportId``).
    choices : mapping of str to str or None
        Code to label, where the export or its dictionary lists them.
    group : str or None
        For one of several columns of a select-all question: the question they belong to.
    choice : str or None
        For such a column: the code of the choice that it stands for.
    kind : str or None
        The survey tool's word for the column's type (REDCap: ``radio``, ``date_ymd``, ...).
    is_identifier : bool or None
        Whether the export flags it as an identifier; None where the format cannot say.
    is_tool : bool
        Whether the survey tool added it (metadata, status, completion, timestamps).
    is_native : bool
        Whether the file held typed values, now written in Table Schema's default form (Parquet).
    time_zone : str or None
        The zone of its timestamps, where the export says.
    """

    name: str
    position: int
    label: str | None = None
    import_id: str | None = None
    choices: Mapping[str, str] | None = None
    group: str | None = None
    choice: str | None = None
    kind: str | None = None
    is_identifier: bool | None = None
    is_tool: bool = False
    is_native: bool = False
    time_zone: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class RawExport:
    """An export as read: every cell is text, nothing is dropped, each row knows its line.

    Attributes
    ----------
    path : str
        The file, as the study names it.
    source : str
        The format it was read as (``qualtrics``, ``qualtrics-legacy``, ``redcap``, ``csv``, ...).
    cells : pyarrow.Table, shape (n_rows, n_columns)
        One string column per column of the file, in file order, named ``c1``, ``c2``, ... by
        position. Null only where the file itself has a null (Parquet).
    columns : tuple of ColumnInfo, length n_columns
    lines : ndarray of int64, shape (n_rows,)
        Line of the file on which each row starts, from 1; for Parquet the row number.
    n_header : int
        Header rows in the file.
    marks : mapping of str to ndarray of bool, shape (n_rows,)
        Rows that a rule may exclude, by the rule's name: ``blank`` (no answer in it), ``preview``,
        ``test``, ``spam``, ``unfinished``, ``unrecognized-status``, ``unrecognized-finished``. Only
        ``blank`` is always there; the others need a column that tells.
    """

    path: str
    source: str
    cells: pa.Table
    columns: tuple[ColumnInfo, ...]
    lines: Lines
    n_header: int
    marks: Mapping[str, Mask] = field(default_factory=lambda: MappingProxyType({}))

    def __repr__(self) -> str:
        return f"<RawExport {self.source}: {self.cells.num_rows} rows x {len(self.columns)} columns>"

    @property
    def n_rows(self) -> int:
        """Rows of data, header rows not counted."""
        return int(self.cells.num_rows)


@dataclass(frozen=True, slots=True, repr=False)
class Provenance:
    """Which file and line each row of a table came from.

    Attributes
    ----------
    files : tuple of str
    file : ndarray of int32, shape (n_rows,)
        Position in `files`.
    line : ndarray of int64, shape (n_rows,)
    column : ndarray of int32, shape (n_rows,) or None
        For rows made of one cell each: the column of the file, from 1.
    column_fields : frozenset of str
        The fields that such a cell fills; the others come from other columns.
    """

    files: tuple[str, ...]
    file: npt.NDArray[np.int32]
    line: Lines
    column: npt.NDArray[np.int32] | None = None
    column_fields: frozenset[str] = frozenset()

    def place(self, row: int, fields: Collection[str] = ()) -> Place:
        """Where the row at position `row` came from; its column, if it is that of one of `fields`."""
        is_own = self.column is not None and not self.column_fields.isdisjoint(fields)
        column = int(self.column[row]) if is_own and self.column is not None else 0
        return Place(self.files[int(self.file[row])], int(self.line[row]), column or None)

    def __repr__(self) -> str:
        return f"<Provenance of {len(self.line)} rows from {len(self.files)} files>"


@dataclass(frozen=True, slots=True)
class Form:
    """How a field is written in the rows ``start <= row < stop`` of a table."""

    start: int
    stop: int
    lexical: Lexical


@dataclass(frozen=True, slots=True, repr=False)
class RawTable:
    """A table whose cells are still text, with the schema that it is said to follow.

    Attributes
    ----------
    schema : Schema
    cells : pyarrow.Table, shape (n_rows, n_columns)
        String columns named by field. Null means that the cell is not there.
    provenance : Provenance
    forms : mapping of str to tuple of Form
        Fields whose text is written in another form than the schema says, by ranges of rows.
    missing_columns : tuple of str
        Fields that the study or the schema expects and the file does not have.
    unknown_columns : tuple of Place
        Columns of the file that nothing accounts for, by position: their names are the file's
        words, and a file without header has a person's answers there.
    in_order : bool
        Whether the file's columns stand in the schema's order.
    """

    schema: Schema
    cells: pa.Table
    provenance: Provenance
    forms: Mapping[str, tuple[Form, ...]] = field(default_factory=lambda: MappingProxyType({}))
    missing_columns: tuple[str, ...] = ()
    unknown_columns: tuple[Place, ...] = ()
    in_order: bool = True

    def __repr__(self) -> str:
        return f"<RawTable {self.schema.name}: {self.cells.num_rows} rows>"

    @property
    def n_rows(self) -> int:
        """Rows of the table."""
        return int(self.cells.num_rows)


@dataclass(frozen=True, slots=True, repr=False)
class CheckedTable:
    """A typed table that has been checked; made by `ppdarchive.validate` alone.

    Attributes
    ----------
    schema : Schema
    frame : Frame, shape (n_rows, n_fields)
        One column per field and companion field, Arrow-backed or categorical.
    provenance : Provenance
    """

    schema: Schema
    frame: Frame
    provenance: Provenance

    def __repr__(self) -> str:
        return f"<CheckedTable {self.schema.name}: {len(self.frame)} rows>"


Tables = Mapping[str, RawTable]
