"""A folder out: written beside its place, read back, then moved there.

Whatever happens, there is either nothing at the place or a whole package. A process that is killed
may leave a hidden folder ``.NAME.RANDOM.staging`` beside it, which only its owner can enter.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import re
import secrets
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa

from ppdarchive.codebook import codebook
from ppdarchive.errors import PackageError, SchemaError
from ppdarchive.model.columns import IN_MEMORY, Keeper
from ppdarchive.model.release import PackageInfo, TreatedTable
from ppdarchive.model.schema import Schemas
from ppdarchive.model.summary import Summary
from ppdarchive.package import checksums
from ppdarchive.package.csvcopy import CsvWriter
from ppdarchive.package.descriptor import WrittenFile, descriptor, descriptor_text, table_path
from ppdarchive.package.documents import citation, license_text, readme
from ppdarchive.package.parquet import parquet_writer, same_footer, same_group
from ppdarchive.package.rows import GROUP_ROWS, Rows, rows_of
from ppdarchive.tableschema import load_package

Check = Callable[[Path], None]
"""Looks at a staged package, and raises if it must not leave."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TABLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
CHANGELOG: Final = "CHANGELOG.md"
"""The document that a release in an archive has besides those of every package."""
_OWN: Final = ("datapackage.json", "codebook.md", "README.md", "CITATION.cff", "LICENSE")
_N_THREADS: Final = 2
_TAKEN: Final = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR, errno.EISDIR)


def _accept(_: Path) -> None:
    """Find nothing wrong."""


def write_package(
    out: Path,
    tables: Mapping[str, TreatedTable],
    info: PackageInfo,
    *,
    summary: Summary | None = None,
    documents: Mapping[str, str] = MappingProxyType({}),
    check: Check = _accept,
    keeper: Keeper = IN_MEMORY,
) -> None:
    """Write treated tables as a data package.

    The same tables and the same `info` give the same bytes, times and modes, whoever runs this,
    where and when. Every table is read back and compared, to the bit.

    Parameters
    ----------
    out : Path
        The package's folder; nothing may be there.
    tables : mapping of str to TreatedTable
        By name, in the order of the descriptor.
    info : PackageInfo
    summary : Summary, optional
        What the codebook tells of the values; without it nothing is counted there.
    documents : mapping of str to str
        Further documents by file name, such as ``CHANGELOG.md``.
    check : callable
        Is given the staged folder, and may raise what it likes; then nothing is written.
    keeper : Keeper
        Where rows are kept while they are written.

    Raises
    ------
    PackageError
        ``package.exists`` if something is at `out`, also if it came meanwhile; ``package.name``
        of the package, a table or a document; ``package.untreated``, ``package.columns``,
        ``package.frame``, ``package.list`` if the tables cannot be written;
        ``package.not-writable`` if the disk is full or read-only; ``package.read-back`` if what was
        written is not what was meant.

    References
    ----------
    Data Package v2.0, "Data Package"; rename(2) and fsync(2) of POSIX.1-2017.
    """
    _check_names(tables, info)
    _check_documents(documents)
    if os.path.lexists(out):
        raise PackageError("package.exists", path=str(out))
    stage = out.parent / f".{out.name}.{secrets.token_hex(8)}.staging"
    reason = ""
    try:
        stage.mkdir(mode=0o700)
        rows, files = _fill(stage, tables, info, summary, documents, keeper)
        seconds = int(datetime.combine(info.released_on, time(), UTC).timestamp())
        with ThreadPoolExecutor(1) as disk:  # which is slow, and needs no processor meanwhile
            settled = disk.map(lambda path: _settle_file(stage / path, seconds), files)
            _read_back(stage, rows, files, keeper)
            list(settled)
        check(stage)
        _settle_folders(stage, seconds)
        _place(stage, out)
    except OSError as error:
        reason = error.strerror or "unknown"
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    if reason:
        raise PackageError("package.not-writable", path=str(out), reason=reason)


def _check_names(tables: Mapping[str, TreatedTable], info: PackageInfo) -> None:
    if _NAME.fullmatch(info.name) is None:
        raise PackageError("package.name", name=info.name, what="a package")
    taken: set[str] = set()
    for name, table in tables.items():
        # Files whose names differ in case alone are one file elsewhere.
        if _TABLE.fullmatch(name) is None or name != table.schema.name or name.lower() in taken:
            raise PackageError("package.name", name=name, what="a table here")
        taken.add(name.lower())


def _check_documents(documents: Mapping[str, str]) -> None:
    """Refuse a document whose name another file has, or that would not lie in the package's own folder."""
    taken = {name.lower() for name in (*_OWN, checksums.NAME, "data", "csv")}
    for name in documents:
        if _NAME.fullmatch(name) is None or name.lower() in taken:
            raise PackageError("package.name", name=name, what="a document here")
        taken.add(name.lower())


def _fill(  # noqa: PLR0917 (what `write_package` was given)
    stage: Path,
    tables: Mapping[str, TreatedTable],
    info: PackageInfo,
    summary: Summary | None,
    documents: Mapping[str, str],
    keeper: Keeper,
) -> tuple[Mapping[str, Rows], Mapping[str, WrittenFile]]:
    """Write every file; the checksums last."""
    for name in ("data", "csv"):
        (stage / name).mkdir(mode=0o700)
    with ThreadPoolExecutor(_N_THREADS) as pool:
        rows = dict(zip(tables, pool.map(rows_of, tables.values()), strict=True))
        large_first = sorted(rows, key=lambda name: -rows[name].n_rows)
        written = pool.map(lambda name: _write_table(stage, name, rows[name], keeper), large_first)
        files = {file.path: file for pair in written for file in pair}
    schemas = {name: table.schema for name, table in tables.items()}
    by_table = {name: files[table_path(name)] for name in tables}
    uncounted = summary.uncounted if summary is not None else frozenset()
    n_rows = {name: None if name in uncounted else each.n_rows for name, each in rows.items()}
    texts = {
        "datapackage.json": descriptor_text(descriptor(info, schemas, by_table)),
        "codebook.md": codebook(schemas, title=info.title, is_released=True, summary=summary),
        "README.md": readme(info, schemas, n_rows, has_changelog=CHANGELOG in documents),
        "CITATION.cff": citation(info),
        "LICENSE": license_text(info),
        **documents,
    }
    for path, text in texts.items():
        files[path] = _write_text(stage, path, text)
    files[checksums.NAME] = _write_text(stage, checksums.NAME, checksums.checksums_text(files.values()))
    return rows, files


class _HashedFile(io.RawIOBase):
    """A new file that knows the digest of what was written to it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.size_bytes = 0
        self.digest = hashlib.sha256()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size_bytes

    def write(self, given: Any) -> int:
        left = memoryview(given).cast("B")
        n_bytes = len(left)
        self.digest.update(left)
        while left:
            left = left[os.write(self._file, left) :]
        self.size_bytes += n_bytes
        return n_bytes

    def close(self) -> None:
        if not self.closed:
            os.close(self._file)
        super().close()

    def written(self, path: str) -> WrittenFile:
        """What was written, under the path that it has in the package."""
        return WrittenFile(path, self.size_bytes, self.digest.hexdigest())


def _write_table(stage: Path, name: str, rows: Rows, keeper: Keeper) -> tuple[WrittenFile, WrittenFile]:
    """Write a table as Parquet and, beside it, as CSV."""
    paths = table_path(name), f"csv/{name}.csv"
    with (
        _HashedFile(stage / paths[0]) as one,
        _HashedFile(stage / paths[1]) as other,
        parquet_writer(rows.file_schema, one) as parquet,
        contextlib.closing(CsvWriter(rows, other)) as csv,
        ThreadPoolExecutor(1) as side,
    ):
        last: Future[None] | None = None
        for number in range(rows.n_groups):
            group = _group(rows, number, keeper)
            if last is not None:
                last.result()  # so that never more than two groups are held
            last = side.submit(_write_all, csv, group)
            parquet.write_table(group, row_group_size=GROUP_ROWS)
        if last is not None:
            last.result()
    return one.written(paths[0]), other.written(paths[1])


def _group(rows: Rows, number: int, keeper: Keeper) -> pa.Table:
    """A group of rows; one that is made piece by piece is kept where what is large is."""
    if rows.piece_rows is None:
        return pa.Table.from_batches(rows.pieces(number), rows.file_schema)
    return keeper.table(rows.pieces(number), rows.file_schema)


def _write_all(csv: CsvWriter, group: pa.Table) -> None:
    for piece in group.to_batches():
        csv.write(piece)


def _write_text(stage: Path, path: str, text: str) -> WrittenFile:
    with _HashedFile(stage / path) as file:
        file.write(text.encode())
    return file.written(path)


def _read_back(
    stage: Path, rows: Mapping[str, Rows], files: Mapping[str, WrittenFile], keeper: Keeper
) -> None:
    """Compare what lies on the disk with what was meant: every digest, every value, every schema."""
    work = [
        (table_path(name), partial(same_group, rows=each, number=number))
        for name, each in sorted(rows.items(), key=lambda item: -item[1].n_rows)
        for number in range(each.n_groups)
    ]
    work += [(table_path(name), partial(same_footer, rows=each)) for name, each in rows.items()]
    work += [(path, partial(_same_digest, file=file)) for path, file in files.items()]
    with ThreadPoolExecutor(_N_THREADS) as pool:
        are_same = pool.map(lambda task: _is_same(stage / task[0], task[1], keeper), work)
        wrong = {path for (path, _), is_same in zip(work, are_same, strict=True) if not is_same}
    if _schemas(stage) != {name: each.schema for name, each in rows.items()}:
        wrong.add("datapackage.json")
    found = {path for path, _ in checksums.walk(stage)}
    for path in sorted(wrong | (found ^ files.keys())):
        raise PackageError("package.read-back", name=path)


def _same_digest(path: str, file: WrittenFile) -> bool:
    return checksums.digest(Path(path)) == file.sha256


def _is_same(path: Path, compare: Callable[[str], bool], keeper: Keeper) -> bool:
    try:
        return compare(str(path))
    except (FileNotFoundError, pa.ArrowException):
        return False
    finally:
        keeper.forget()


def _schemas(stage: Path) -> Schemas | None:
    try:
        return load_package(stage, released=True).schemas
    except SchemaError:
        return None


def _place(stage: Path, out: Path) -> None:
    """Rename the staged package to its place; whatever is there stays."""
    is_taken = os.path.lexists(out)  # POSIX renames a folder over an empty one
    if not is_taken:
        try:
            stage.rename(out)
        except OSError as error:
            is_taken = error.errno in _TAKEN
            if not is_taken:
                raise
    if is_taken:
        raise PackageError("package.exists", path=str(out))
    with contextlib.suppress(OSError):  # the package is whole, and at its place
        _sync_folder(out.parent)


def _settle_file(path: Path, seconds: int) -> None:
    """Give a file its mode and time, and see that it is on the disk."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fchmod(descriptor, 0o644)
        os.utime(descriptor, (seconds, seconds))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _settle_folders(stage: Path, seconds: int) -> None:
    """Give folders their modes and times; the package's own last, which keeps others out until then."""
    for folder in (*(path for path in stage.iterdir() if path.is_dir()), stage):
        folder.chmod(0o755)
        os.utime(folder, (seconds, seconds))
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
