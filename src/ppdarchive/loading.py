"""A folder in: a published package, verified, as typed tables. Imports no validator and no detector.

>>> from pathlib import Path
>>> load(Path("nowhere"))
Traceback (most recent call last):
    ...
ppdarchive.errors.LoadError: nowhere: there is no package here. Name the folder that holds datapackage.json.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa

from ppdarchive.errors import LoadError, SchemaError
from ppdarchive.model.columns import values_of
from ppdarchive.model.schema import Schema
from ppdarchive.model.table import Frame
from ppdarchive.package import checksums
from ppdarchive.package.joining import joined
from ppdarchive.package.parquet import UNREADABLE, count_rows, read_parquet
from ppdarchive.tableschema import Package, load_package

DESCRIPTOR = "datapackage.json"


class Release:
    """One release: its tables by name, and what it says of itself. Made by `load` alone.

    ``release["responses"]`` is a pandas DataFrame, ``release.arrow("responses")`` a pyarrow Table.
    Each table is read when it is first asked for, and kept.
    """

    def __init__(self, folder: Path, package: Package, files: Mapping[str, _File]) -> None:
        self._folder = folder
        self._package = package
        self._files = files
        self._frames: dict[str, Frame] = {}

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
        """The release's version."""
        return self._package.version

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
            ``load.changed`` if the file is no longer the one that `load` verified; ``load.table`` if
            it does not hold the table that the descriptor declares.
        """
        if name not in self._frames:
            self._frames[name] = self._read(name)
        return self._frames[name].copy(deep=False)  # writing to it leaves ours alone (pandas 3)

    def arrow(self, name: str) -> pa.Table:
        """The table called `name`, for Arrow: categorical fields as their values, lists as lists."""
        frame = self[name]
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

    def _file(self, name: str) -> _File:
        if name not in self._files:
            raise LoadError(
                "load.no-such-table", path=str(self._folder), name=name, choices=", ".join(self._files)
            )
        return self._files[name]

    def _read(self, name: str) -> Frame:
        file = self._file(name)
        if file.has_changed():
            raise LoadError("load.changed", path=str(file.path))
        frame: Frame | None = None
        try:
            frame = read_parquet(str(file.path), self._package.schemas[name])
        except UNREADABLE:
            frame = None
        if frame is None:
            raise LoadError("load.table", path=str(file.path))
        return frame

    def _n_rows(self, name: str) -> int | str:
        try:
            return count_rows(str(self._files[name].path))
        except UNREADABLE:
            return "?"


class _File:
    """A file, and what the system said of it when it was verified."""

    def __init__(self, path: Path, status: os.stat_result) -> None:
        self.path = path
        self._seen = _traits(status)

    def has_changed(self) -> bool:
        """Whether the system says anything else now."""
        try:
            return _traits(self.path.stat()) != self._seen
        except OSError:
            return True


def _traits(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def load(path: str | os.PathLike[str]) -> Release:
    """Open a published package after every file was held against its checksum.

    Parameters
    ----------
    path : path-like
        The package's folder.

    Returns
    -------
    Release

    Raises
    ------
    LoadError
        ``load.not-found`` if there is no package; ``load.missing``, ``load.extra``,
        ``load.changed``, ``load.link`` with the file that is not as published; ``load.checksums``,
        ``load.descriptor`` if the package's own files say nothing sensible; ``load.not-readable``.
    """
    folder = Path(path)
    problem: LoadError
    try:
        return _load(folder)
    except OSError as error:
        shown = error.filename if isinstance(error.filename, str) else str(folder)
        problem = LoadError("load.not-readable", path=shown, reason=error.strerror or "unknown")
    raise problem


def _load(folder: Path) -> Release:
    if not (folder / DESCRIPTOR).is_file() and not (folder / checksums.NAME).is_file():
        raise LoadError("load.not-found", path=str(folder))
    files = dict(checksums.walk(folder))
    for inside, status in files.items():
        if not checksums.is_file(status):
            raise LoadError("load.link", path=str(folder / inside))
    if checksums.NAME not in files:
        raise LoadError("load.missing", path=str(folder / checksums.NAME))
    meant = _checksums(folder / checksums.NAME)
    for inside in sorted(meant.keys() - files.keys()):
        raise LoadError("load.missing", path=str(folder / inside))
    for inside in sorted(files.keys() - meant.keys() - {checksums.NAME}):
        raise LoadError("load.extra", path=str(folder / inside))
    found = checksums.digests(folder, {inside: files[inside].st_size for inside in meant})
    for inside in meant:
        if found[inside] != meant[inside]:
            raise LoadError("load.changed", path=str(folder / inside))
    if DESCRIPTOR not in meant:
        raise LoadError("load.missing", path=str(folder / DESCRIPTOR))
    package = _package(folder)
    resources = _resources(folder)
    tables: dict[str, _File] = {}
    for name, (inside, size_bytes, digest) in resources.items():
        if inside not in meant:
            raise LoadError("load.missing", path=str(folder / inside))
        if size_bytes != files[inside].st_size or digest != f"sha256:{meant[inside]}":
            raise LoadError("load.changed", path=str(folder / inside))
        tables[name] = _File(folder / inside, files[inside])
    return Release(folder, package, MappingProxyType(tables))


def _checksums(path: Path) -> dict[str, str]:
    line = 1
    try:
        return checksums.parse_checksums(path.read_text("utf-8", errors="strict"))
    except UnicodeDecodeError:
        pass
    except checksums.BadLineError as error:
        line = error.line
    raise LoadError("load.checksums", path=str(path), found=line)


def _package(folder: Path) -> Package:
    problem: LoadError
    try:
        return load_package(folder, released=True)
    except SchemaError as error:
        problem = LoadError("load.descriptor", path=error.path, pointer=error.pointer, reason=error.what)
    raise problem


def _resources(folder: Path) -> Mapping[str, tuple[str, object, object]]:
    """Path, size and hash of each table, as the descriptor says; it was parsed before."""
    members = json.loads((folder / DESCRIPTOR).read_text("utf-8-sig"))
    result: dict[str, tuple[str, object, object]] = {}
    for number, resource in enumerate(members["resources"]):
        inside = resource.get("path")
        if not isinstance(inside, str) or not checksums.is_inside(inside):
            raise LoadError(
                "load.descriptor",
                path=str(folder / DESCRIPTOR),
                pointer=f"/resources/{number}/path",
                reason="a path inside the package expected",
            )
        own = resource.get("ppdarchive")
        size_bytes = own.get("bytes") if isinstance(own, dict) else None
        result[resource["name"]] = (inside, size_bytes, resource.get("hash"))
    return result
