"""Columns that are too large for memory: kept in nameless files that memory is mapped to.

The files lie in the study's folder, beside the exports that they come from, since they hold the same: no
other disk sees them. They have no name (``O_TMPFILE``, or unlinked before anything is in them) and are for
their owner alone, so nobody can open one, and none is left when the process ends, however it ends. A file's
space is free again when its column is no longer used.

Pages of such files are not the process's own memory: the system drops them when it needs room, and `forget`
asks for that.

References
----------
open(2), madvise(2) and malloc_trim(3) of Linux. Apache Arrow, "IPC Streaming Format".
"""

from __future__ import annotations

import ctypes
import io
import mmap
import os
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import IO, Any, Final
from weakref import WeakSet

import pyarrow as pa

from ppdarchive.model.columns import IN_MEMORY, PIECE_BYTES, Content, Keeper

_TRIM: Final = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
"""glibc's; other C libraries have none."""
LARGE_BYTES: Final = 1 << 28
"""Exports of fewer bytes than this, all together, are validated in memory: that is faster."""
LARGE_TO_PUBLISH_BYTES: Final = 1 << 26
"""The same where a study is published: its columns are there several times, and searching takes longest."""
_LEAST_BYTES: Final = 1 << 22
"""What is smaller than this is kept in memory anyway."""


def keeper_of(folder: Path, paths: Iterable[Path], large_bytes: int) -> Keeper:
    """Where a study's columns are kept: in memory, unless its exports are large.

    Parameters
    ----------
    folder : Path
        The study's folder.
    paths : iterable of Path
        Its exports.
    large_bytes : int
        What they have all together at least if they are large.
    """
    size = 0
    for path in set(paths):
        with suppress(OSError):  # whoever reads it tells of it
            size += path.stat().st_size
    return IN_MEMORY if size < large_bytes else Spill(folder)


class Spill:
    """Keeps what is large in nameless files, and in memory what does not fit on the disk.

    Parameters
    ----------
    folder : Path
        Where the files lie.
    least_bytes : int
        What is smaller is kept in memory.
    """

    def __init__(self, folder: Path, *, least_bytes: int = _LEAST_BYTES) -> None:
        self._folder = folder
        self._least_bytes = least_bytes
        self._mapped: WeakSet[mmap.mmap] = WeakSet()
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"<Spill of {len(self._mapped)} files>"

    def column(self, pieces: Iterable[pa.Array], kind: pa.DataType) -> pa.ChunkedArray:
        """Keep a column that is made piece by piece."""
        schema = pa.schema([pa.field("", kind)])
        batches = (pa.RecordBatch.from_arrays([piece], schema=schema) for piece in pieces)
        return self.table(batches, schema).column(0)

    def table(self, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
        """Keep a table that is made batch by batch."""
        large = _joined(batches, schema)
        held: deque[pa.RecordBatch] = deque()
        size = 0
        for batch in large:
            held.append(batch)
            size += batch.nbytes
            if size > self._least_bytes:
                every = chain((held.popleft() for _ in range(len(held))), large)
                return pa.Table.from_batches(self._written(every, schema), schema)
        return pa.Table.from_batches(held, schema)

    def _written(self, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> list[pa.RecordBatch]:
        """All batches, those that fit on the disk mapped from a file."""
        try:
            file = self._file()
        except OSError:
            return list(batches)
        n_written = 0
        left: list[pa.RecordBatch] = []
        with file:
            try:
                with pa.ipc.new_stream(pa.PythonFile(_Whole(file), mode="w"), schema) as writer:
                    for batch in batches:
                        left = [batch]
                        writer.write_batch(batch)
                        n_written, left = n_written + 1, []
                        self.forget()
            except OSError:  # the disk is full: what was not written stays in memory
                pass
            written = self._batches(file, n_written) if n_written else []
        return [*written, *left, *batches]

    def _batches(self, file: IO[bytes], n_written: int) -> list[pa.RecordBatch]:
        reader = pa.ipc.open_stream(pa.BufferReader(pa.py_buffer(self._map(file))))
        return [reader.read_next_batch() for _ in range(n_written)]

    def content(self, pieces: Iterable[bytes]) -> Content:
        """Keep bytes that come piece by piece."""
        given = iter(pieces)
        held: list[bytes] = []
        size = 0
        for piece in given:
            held.append(piece)
            size += len(piece)
            if size > self._least_bytes:
                return self._kept(held, given)
        return b"".join(held)

    def _kept(self, held: list[bytes], more: Iterator[bytes]) -> Content:
        try:
            file = self._file()
        except OSError:
            return b"".join([*held, *more])
        with file:
            sink = _Whole(file)
            for piece in chain(held, more):
                try:
                    sink.write(piece)
                except OSError:  # the disk is full; what goes wrong in reading is for who reads
                    break
            else:
                return self._map(file)
            # Bytes of which a part is in a file and a part in memory would be of no use.
            file.seek(0)
            written = file.read(sink.size_bytes)
            rest = held[sink.n_pieces + 1 :] if sink.n_pieces < len(held) else []
            return b"".join([written, piece, *rest, *more])

    def _file(self) -> IO[bytes]:
        file: IO[bytes] = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115
        return file

    def _map(self, file: IO[bytes]) -> mmap.mmap:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with self._lock:
            self._mapped.add(mapped)
        return mapped

    def forget(self) -> None:
        """Let the system take back the pages that were read; whoever needs one again reads it again."""
        advice = getattr(mmap, "MADV_DONTNEED", None)
        if advice is not None:
            with self._lock:
                for mapped in tuple(self._mapped):
                    mapped.madvise(advice)
        _give_back()


def _give_back() -> None:
    """Give back what allocators hold for later: without it a process keeps the most that it ever had."""
    pa.default_memory_pool().release_unused()
    if _TRIM is not None:
        _TRIM(0)


class _Whole(io.RawIOBase):
    """Writes whole pieces to a file, and knows how many were."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self.size_bytes = self.n_pieces = 0
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, given: Any) -> int:
        left = memoryview(given).cast("B")
        n_bytes = len(left)
        while left:
            left = left[self._file.write(left) :]
        self.size_bytes += n_bytes
        self.n_pieces += 1
        return n_bytes


def _joined(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Batches of about the size of a piece, so that there are not too many."""
    held: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        held.append(batch)
        size += batch.nbytes
        if size >= PIECE_BYTES:
            yield _one(held, schema)
            held, size = [], 0
    if held:
        yield _one(held, schema)


def _one(batches: list[pa.RecordBatch], schema: pa.Schema) -> pa.RecordBatch:
    if len(batches) == 1:
        return batches[0]
    columns = zip(*(batch.columns for batch in batches), strict=True)
    return pa.RecordBatch.from_arrays([pa.concat_arrays(column) for column in columns], schema=schema)
