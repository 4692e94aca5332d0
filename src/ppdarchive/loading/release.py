"""One release: its tables, typed, as much of each as is asked for, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import pyarrow as pa

from ppdarchive.errors import LoadError
from ppdarchive.loading.contents import TableFile
from ppdarchive.loading.filters import Filters, expression
from ppdarchive.model.columns import values_of
from ppdarchive.model.schema import Schema
from ppdarchive.model.table import Frame
from ppdarchive.package.joining import joined
from ppdarchive.package.parquet import UNREADABLE, count_rows, declared_bytes, read_parquet
from ppdarchive.store.records import Mark, Tombstone
from ppdarchive.tableschema import Package

MAX_SMALL_BYTES: Final = 2**30
MAX_GROWTH: Final = 1000
"""A table of more than `MAX_SMALL_BYTES` takes at most so many times the bytes of its file."""


class ReleaseWarning(UserWarning):
    """A release that is loaded was superseded or withdrawn from use, or has an erratum."""


class Release:
    """One release: its tables by name, and what is said of it. Made by `load` alone.

    ``release["responses"]`` is a pandas DataFrame, ``release.arrow("responses")`` a pyarrow Table; each
    table is read when it is first asked for, and kept. ``release.table("responses", columns=[...],
    filters=[...])`` reads a part of one, and keeps nothing.
    """

    def __init__(
        self,
        place: str,
        package: Package,
        files: Mapping[str, TableFile],
        *,
        number: int | None = None,
        marks: tuple[Mark, ...] = (),
        tombstones: tuple[Tombstone, ...] = (),
    ) -> None:
        self._place = place
        self._package = package
        self._files = MappingProxyType(dict(files))
        self._frames: dict[str, Frame] = {}
        self._number = number
        self._marks = marks
        self._tombstones = tombstones

    def __repr__(self) -> str:
        rows = ", ".join(f"{name} {self._n_rows(name)}" for name in self)
        return f"<Release {self.name} {self.version}: {rows} rows>"

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    @property
    def name(self) -> str | None:
        """The package's name."""
        return self._package.name

    @property
    def title(self) -> str | None:
        """The package's title."""
        return self._package.title

    @property
    def version(self) -> str | None:
        """The release's version, such as ``1.2.0``."""
        return self._package.version

    @property
    def number(self) -> int | None:
        """The number of the archive's version that holds it, from 1; None for a package by itself."""
        return self._number

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What is said of it: superseded, withdrawn from use, an erratum; each with its reason."""
        return self._marks

    @property
    def tombstones(self) -> tuple[Tombstone, ...]:
        """What was removed from it after it was published: kind, day and ground, never what or whose."""
        return self._tombstones

    @property
    def description(self) -> str | None:
        """What the package holds."""
        return self._package.description

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables, in the descriptor's order."""
        return tuple(self._files)

    def schema(self, name: str) -> Schema:
        """The released schema of a table.

        Raises
        ------
        LoadError
            ``load.no-such-table``, as the methods below do.
        """
        self._file(name)
        return self._package.schemas[name]

    def __getitem__(self, name: str) -> Frame:
        """The table called `name`, typed as its schema declares: Arrow-backed or ordered categories.

        Raises
        ------
        LoadError
            ``load.changed`` if the file is no longer the one that was published; ``load.table`` if
            it does not hold the table that the descriptor declares; ``load.too-large``.
        """
        if name not in self._frames:
            self._frames[name] = self.table(name)
        return self._frames[name].copy(deep=False)  # writing to it leaves ours alone (pandas 3)

    def table(
        self, name: str, *, columns: Sequence[str] | None = None, filters: Filters | None = None
    ) -> Frame:
        """A part of a table; what is not asked for takes no memory.

        Parameters
        ----------
        name : str
        columns : sequence of str, optional
            Fields of the table, in the order that they are wanted; all of them by default.
        filters : list of tuples, or list of lists of tuples, optional
            ``(field, operator, value)``, where the operator is one of ``= == != < <= > >= in "not in"``.
            All in a list must hold; of several lists one. The field need not be among `columns`.
            Ordered categories are compared in their order. A missing value fits ``== None`` and
            ``not in``, and nothing else.

        Returns
        -------
        Frame, shape (n_rows, n_columns)
            Typed as the whole table; the index is 0, 1, ...

        Raises
        ------
        LoadError
            ``load.no-such-column``, ``load.filter``; what ``release[name]`` raises.
        """
        file = self._file(name)
        schema = self._package.schemas[name]
        wanted = schema.names if columns is None else tuple(dict.fromkeys(columns))
        for column in wanted:
            if column not in schema:
                choices = ", ".join(schema.names)
                raise LoadError("load.no-such-column", path=file.shown, name=str(column), choices=choices)
        rows = None if filters is None else expression(filters, schema, path=file.shown)
        path = file.local()
        frame: Frame | None = None
        try:
            size_bytes, declared = path.stat().st_size, declared_bytes(str(path), wanted)
            if (is_sane := declared <= max(MAX_SMALL_BYTES, MAX_GROWTH * size_bytes)) and size_bytes:
                frame = read_parquet(str(path), schema, columns=wanted, rows=rows)
        except UNREADABLE:
            is_sane, frame = True, None
        if not is_sane:
            raise LoadError("load.too-large", path=file.shown, found=declared)
        if frame is None:
            raise LoadError("load.table", path=file.shown)
        return frame

    def arrow(
        self, name: str, *, columns: Sequence[str] | None = None, filters: Filters | None = None
    ) -> pa.Table:
        """The table called `name`, or a part of it, for Arrow: categories as their values, lists as lists.

        Parameters and errors are those of `table`.
        """
        is_part = columns is not None or filters is not None
        frame = self.table(name, columns=columns, filters=filters) if is_part else self[name]
        return pa.table({column: values_of(frame[column]) for column in frame.columns})

    def joined(self) -> Frame:
        """Every response with its participant, its question and its codings.

        Returns
        -------
        Frame
            A row for each response and each coding of it, with the coding's code and theme; one row
            for a response without codings. Columns of `responses` keep their names; any other that
            stands in two of the tables is called ``table.column``. What is absent is left out.

        Raises
        ------
        LoadError
            ``load.no-such-table`` if there are no responses.
        """
        self._file("responses")
        return joined(self, self._package.schemas)

    def _file(self, name: str) -> TableFile:
        if name not in self._files:
            raise LoadError(
                "load.no-such-table", path=self._place, name=str(name), choices=", ".join(self._files)
            )
        return self._files[name]

    def _n_rows(self, name: str) -> int | str:
        if name in self._frames:
            return len(self._frames[name])
        path = self._files[name].at_hand()
        try:
            return "?" if path is None else count_rows(str(path))
        except UNREADABLE:
            return "?"
