"""What would be found in a file of texts or in a study's answers: counts and places, never the words.

A file is read in batches and looked through in chunks of about two megabytes, by several processes if
asked, so that memory does not grow with the file. Results do not depend on the chunks: without a group
column each text stands for itself, and with one, chunks are cut where a group ends.
"""

from __future__ import annotations

import difflib
import multiprocessing
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pyarrow.types as pt

from ppdarchive.deidentify.owners import participant_rows
from ppdarchive.detectors.engine import Engine
from ppdarchive.errors import ReadError, TextError
from ppdarchive.model.columns import values_of
from ppdarchive.model.schema import Role
from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.model.table import CheckedTable
from ppdarchive.pipeline import Progress, validate_study
from ppdarchive.searching import engine_for, known_identifiers

CHUNK: Final = 1 << 21
"""Characters of a chunk: much work beside the way to another process, and little memory."""
_BLOCK: Final = 1 << 20
"""Bytes that are read at once, and so the longest row; pyarrow keeps many times as much."""
_BATCH_ROWS: Final = 1 << 13
_AHEAD: Final = 2
"""Chunks that wait for each process."""
_AROUND: Final = 30
_WRONG: Final = (pa.ArrowException, OSError, ValueError)

PERMITTED: Final = frozenset({"state", "country"})
"""Kinds of places that every standard lets stay (45 CFR 164.514(b)(2)(i)(B), (e)(2)(ii))."""

Key = tuple[str, TextCategory, Tier, str]
"""Column, category, tier and kind of spans that are counted together."""
MakeEngine = Callable[[], Engine]


@dataclass(frozen=True, slots=True)
class ScanPlace:
    """Where something was found.

    Attributes
    ----------
    row : int
        From 1; a file's header does not count.
    column : str
        Empty for a plain text file.
    span : Span
    context : str
        Empty, unless words were asked for: the span between ``[`` and ``]``, and some words around it.
    """

    row: int
    column: str
    span: Span
    context: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found.

    Attributes
    ----------
    n_texts, n_characters : int
        Of texts that are not empty.
    n_with : int
        Texts in which anything was found.
    counts : mapping of Key to int
    places : tuple of ScanPlace
        The first ones.
    """

    n_texts: int
    n_characters: int
    n_with: int
    counts: Mapping[Key, int]
    places: tuple[ScanPlace, ...]


@dataclass(frozen=True, slots=True, repr=False)
class _Chunk:
    """Texts that are looked through together; `groups` is None where each stands for itself."""

    texts: list[str]
    rows: list[int]
    columns: list[str]
    groups: list[Hashable] | None


@dataclass(frozen=True, slots=True)
class _Show:
    """How many places are wanted, and whether with words."""

    n_places: int
    words: bool


def scan_file(
    path: Path,
    *,
    columns: Sequence[str] = (),
    group: str | None = None,
    delimiter: str = ",",
    make: MakeEngine = Engine,
    processes: int = 1,
    n_places: int = 20,
    with_words: bool = False,
    progress: Progress = lambda _: None,
) -> Scan:
    """Look through a file of texts.

    Parameters
    ----------
    path : Path
        By its ending: ``.parquet``, ``.csv`` or ``.tsv`` (UTF-8, with a header), or anything else: a text
        on each line.
    columns : sequence of str
        The columns with texts; at least one for tables, none for plain text.
    group : str, optional
        The column that says whose a row is; a group's rows stand together. A null is a group by itself.
    delimiter : str
        Of a ``.csv`` file.
    make : callable
        Makes the engine, in each process; to be pickled if there are several.
    processes : int
    n_places : int
        How many places are kept, of the first ones.
    with_words : bool
        Whether they say what stands there.
    progress : callable

    Raises
    ------
    ReadError
        ``read.not-found``, ``read.not-a-file``, ``read.empty``, ``read.parquet``.
    TextError
        ``text.column``, ``text.column-type``, ``text.table``, ``text.group``.
    """
    if not path.exists():
        raise ReadError("read.not-found", path=str(path))
    if not path.is_file():
        raise ReadError("read.not-a-file", path=str(path))
    if path.stat().st_size == 0:
        raise ReadError("read.empty", path=str(path))
    wanted = [*columns, *([group] if group is not None else [])]
    match path.suffix.lower():
        case ".parquet":
            batches = _parquet(path, wanted)
        case ".csv" | ".tsv":
            batches = _csv(path, wanted, "\t" if path.suffix.lower() == ".tsv" else delimiter)
        case _:
            batches = _lines(path)
    chunks = _chunks(batches, columns or [""], has_groups=group is not None, path=path)
    return _scan(chunks, make, processes, _Show(n_places, with_words), progress)


def scan_study(
    folder: Path,
    *,
    processes: int = 1,
    n_places: int = 20,
    with_words: bool = False,
    progress: Progress = lambda _: None,
) -> Scan:
    """Look through all free texts of a study, with its known identifiers and lists; see `scan_file`.

    A participant's texts of all tables are a group. Places are by table and row, the columns
    ``table.field``. The study may have findings; cells that could not be read are not looked at.

    Raises
    ------
    StudyError, SchemaError, ReadError, DetectorError
        If the study makes no sense, or a detector cannot be loaded.
    """
    validation = validate_study(folder, progress=progress)
    progress("gathering known identifiers")
    make = partial(engine_for, validation.study, known_identifiers(validation))
    chunks = _study_chunks(validation.checked.tables)
    return _scan(chunks, make, processes, _Show(n_places, with_words), progress)


# ---------------------------------------------------------------------------------------------
# Sources
# ---------------------------------------------------------------------------------------------

_Rows = tuple[list[list[str | None]], int]
"""Columns of texts, and how many rows there are."""


def _lines(path: Path) -> Iterator[_Rows]:
    n_rows, is_wrong = 0, False
    with path.open(encoding="utf-8-sig") as file:
        texts: list[str | None] = []
        try:
            for line in file:
                texts.append(line.rstrip("\n"))
                if len(texts) == _BATCH_ROWS:
                    yield [texts], len(texts)
                    n_rows, texts = n_rows + len(texts), []
        except UnicodeDecodeError:
            is_wrong = True
    if is_wrong:
        raise TextError("text.table", path=str(path), n_rows=n_rows + 1)
    if texts:
        yield [texts], len(texts)


def _csv(path: Path, wanted: Sequence[str], delimiter: str) -> Iterator[_Rows]:
    parse = pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    reading = pa.csv.ReadOptions(block_size=_BLOCK, use_threads=False)
    reader: pa.csv.CSVStreamingReader | None = None
    with suppress(*_WRONG):
        reader = pa.csv.open_csv(path, read_options=reading, parse_options=parse)
    if reader is None:
        raise TextError("text.table", path=str(path), n_rows=1)
    _check_columns(reader.schema.names, wanted, path)
    reader.close()
    convert = pa.csv.ConvertOptions(
        include_columns=list(dict.fromkeys(wanted)),
        column_types=dict.fromkeys(wanted, pa.string()),
        strings_can_be_null=False,
    )
    reader = None
    with suppress(*_WRONG):
        reader = pa.csv.open_csv(path, read_options=reading, parse_options=parse, convert_options=convert)
    if reader is None:
        raise TextError("text.table", path=str(path), n_rows=1)
    yield from _of_batches(iter(reader), wanted, path)


def _parquet(path: Path, wanted: Sequence[str]) -> Iterator[_Rows]:
    file: pq.ParquetFile | None = None
    with suppress(*_WRONG):
        file = pq.ParquetFile(path, pre_buffer=False, buffer_size=_BLOCK)
    if file is None:
        raise ReadError("read.parquet", path=str(path))
    with file:
        schema = file.schema_arrow
        _check_columns(schema.names, wanted, path)
        for name in wanted[:-1] or wanted:
            kind = schema.field(name).type
            kind = kind.value_type if pt.is_dictionary(kind) else kind
            if not (pt.is_string(kind) or pt.is_large_string(kind) or pt.is_null(kind)):
                raise TextError("text.column-type", path=str(path), name=name)
        batches = file.iter_batches(_BATCH_ROWS, columns=list(dict.fromkeys(wanted)), use_threads=False)
        yield from _of_batches(batches, wanted, path)


def _check_columns(names: Sequence[str], wanted: Sequence[str], path: Path) -> None:
    for name in wanted:
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            raise TextError(
                "text.column", path=str(path), name=name, hint=f"; is it {close[0]!r}?" if close else ""
            )


def _of_batches(batches: Iterator[pa.RecordBatch], wanted: Sequence[str], path: Path) -> Iterator[_Rows]:
    n_rows = 0
    while True:
        batch, is_wrong = None, False
        try:
            batch = next(batches, None)
        except _WRONG:  # pyarrow's messages may hold the row
            is_wrong = True
        if is_wrong:
            raise TextError("text.table", path=str(path), n_rows=n_rows + 1)
        if batch is None:
            return
        n_rows += batch.num_rows
        yield [batch.column(name).to_pylist() for name in wanted], batch.num_rows


def _chunks(
    batches: Iterator[_Rows], columns: Sequence[str], *, has_groups: bool, path: Path
) -> Iterator[_Chunk]:
    """Rows in chunks; with groups, a chunk ends where a group does."""
    row = size = 0
    chunk = _Chunk([], [], [], [] if has_groups else None)
    last: Hashable = None
    ended: set[int] = set()
    for cells, n_rows in batches:
        for at in range(n_rows):
            row += 1
            group: Hashable = None
            if has_groups:
                owner = cells[-1][at]
                group = (row,) if owner is None else owner
                if group != last:
                    ended.add(hash(last))
                    if hash(group) in ended and owner is not None:
                        raise TextError("text.group", path=str(path), n_rows=row)
            if size >= CHUNK and (not has_groups or group != last):
                yield chunk
                size, chunk = 0, _Chunk([], [], [], [] if has_groups else None)
            last = group
            for nth, column in enumerate(columns):
                text = cells[nth][at]
                if text:
                    size += len(text)
                    chunk.texts.append(text)
                    chunk.rows.append(row)
                    chunk.columns.append(column)
                    if chunk.groups is not None:
                        chunk.groups.append(group)
    if chunk.texts:
        yield chunk


def _study_chunks(tables: Mapping[str, CheckedTable]) -> Iterator[_Chunk]:
    """All free texts, the texts of a participant together."""
    owners = participant_rows(tables)
    cells: list[tuple[tuple[str, int], str, int, str]] = []
    for name, table in tables.items():
        for own in table.schema:
            if own.disclosure is None or own.disclosure.role is not Role.FREE_TEXT:
                continue
            whose = owners[name].tolist() if name in owners else [-1] * len(table.frame)
            texts = values_of(table.frame[own.name]).to_pylist()
            cells += [
                (("", owner) if owner >= 0 else (name, row), f"{name}.{own.name}", row, text)
                for row, (owner, text) in enumerate(zip(whose, texts, strict=True), start=1)
                if text
            ]
    cells.sort(key=lambda cell: cell[0])
    chunk, size = _Chunk([], [], [], []), 0
    for group, column, row, text in cells:
        if size >= CHUNK and chunk.groups and chunk.groups[-1] != group:
            yield chunk
            chunk, size = _Chunk([], [], [], []), 0
        size += len(text)
        chunk.texts.append(text)
        chunk.rows.append(row)
        chunk.columns.append(column)
        assert chunk.groups is not None
        chunk.groups.append(group)
    if chunk.texts:
        yield chunk


# ---------------------------------------------------------------------------------------------
# Looking
# ---------------------------------------------------------------------------------------------


def _scan(
    chunks: Iterator[_Chunk], make: MakeEngine, processes: int, show: _Show, progress: Progress
) -> Scan:
    n_texts = n_characters = n_with = 0
    counts: Counter[Key] = Counter()
    places: list[ScanPlace] = []
    progress("loading the detectors")
    for part in _parts(chunks, make, processes, show):
        n_texts += part.n_texts
        n_characters += part.n_characters
        n_with += part.n_with
        counts.update(part.counts)
        places = sorted([*places, *part.places], key=_order)[: show.n_places]
        progress(f"{n_texts:,} texts looked through")
    return Scan(n_texts, n_characters, n_with, MappingProxyType(dict(sorted(counts.items()))), tuple(places))


def _parts(chunks: Iterator[_Chunk], make: MakeEngine, processes: int, show: _Show) -> Iterator[Scan]:
    """The scan of each chunk, in order; no more chunks are read than the processes have at hand."""
    if processes == 1:
        engine = make()
        yield from (_look(engine, chunk, show) for chunk in chunks)
        return
    context = multiprocessing.get_context("spawn")  # a fork would copy the threads of Arrow half-way
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_start, initargs=(make,))
    waiting: deque[Future[Scan]] = deque()
    try:
        for chunk in chunks:
            waiting.append(pool.submit(_work, chunk, show))
            if len(waiting) > _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


_ENGINES: Final[list[Engine]] = []
"""The engine of a process of the pool, made when it starts."""


def _start(make: MakeEngine) -> None:
    _ENGINES[:] = [make()]


def _work(chunk: _Chunk, show: _Show) -> Scan:
    return _look(_ENGINES[0], chunk, show)


def _look(engine: Engine, chunk: _Chunk, show: _Show) -> Scan:
    found = engine.detect(chunk.texts, chunk.groups)
    counts: Counter[Key] = Counter(
        (column, span.category, span.tier, "" if span.detector.startswith("known.") else span.kind)
        for column, own in zip(chunk.columns, found, strict=True)
        for span in own
    )
    return Scan(
        len(chunk.texts),
        sum(map(len, chunk.texts)),
        sum(map(bool, found)),
        counts,
        tuple(_first(chunk, found, show)),
    )


def _first(chunk: _Chunk, found: Iterable[Sequence[Span]], show: _Show) -> list[ScanPlace]:
    every = zip(chunk.rows, chunk.columns, chunk.texts, found, strict=True)
    order = sorted((each for each in every if each[3]), key=lambda each: (each[1], each[0]))
    places: list[ScanPlace] = []
    for row, column, text, own in order:
        for span in own:
            if len(places) == show.n_places:
                return places
            places.append(ScanPlace(row, column, span, _context(text, span) if show.words else ""))
    return places


def _context(text: str, span: Span) -> str:
    before = text[max(0, span.start - _AROUND) : span.start]
    after = text[span.end : span.end + _AROUND]
    return f"{before}[{text[span.start : span.end]}]{after}"


def _order(place: ScanPlace) -> tuple[str, int, int]:
    return place.column, place.row, place.span.start
