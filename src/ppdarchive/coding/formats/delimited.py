"""Codings in a CSV file, a row for each, placed by positions or by quotes <-> `Project`.

What we write is guarded against spreadsheets that run cells as formulas: a cell that begins with one of
``= + - @`` (also full-width), a tab or a line break, behind any number of apostrophes, gets an apostrophe in
front. Reading a file whose columns are exactly ours takes that apostrophe off again, so nothing changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ppdarchive.coding.formats.sheet import (
    DELIMITERS,
    Ragged,
    cells_of,
    check_quotes,
    file_bytes,
    is_delimiter,
    no_table,
    read_table,
    row_starts,
    text_of,
)
from ppdarchive.coding.project import (
    NONE,
    STAGES,
    Project,
    ProjectCode,
    ProjectCoder,
    ProjectSource,
    Selections,
)
from ppdarchive.errors import CodingError
from ppdarchive.model.span import Positions
from ppdarchive.text.units import Unit

ROLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "response_id": ("response_id", "response"),
        "source": ("source", "document", "file", "filename"),
        "code": ("code", "tag", "code_id"),
        "coder": ("coder", "coder_id", "annotator", "user"),
        "start": ("start", "begin"),
        "end": ("end",),
        "quote": ("quote", "content", "text", "segment"),
        "stage": ("stage",),
        "memo": ("memo", "comment"),
    }
)
"""What a column can be, and the names by which it is known unless it is named, best first."""

_OURS: Final = ("source", "code", "coder", "start", "end", "stage")
_OURS_IF_NEEDED: Final = ("quote", "memo")
_MAX_ROW_BYTES: Final = 1 << 28
_RUN: Final = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")

Mask = npt.NDArray[np.bool_]


def read_coded_csv(
    path: Path,
    *,
    name: str,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    unit: Unit | None = None,
    memos: bool = False,
) -> Project:
    """Read a CSV file of codings, one in each row.

    A row names a source or a response, a code and, if known, a coder, and the segment: by positions
    ``start`` and ``end``, by a ``quote``, or neither, which is the whole text. With positions the quote is
    what they should select. Sources have no text: it is the response's own.

    Parameters
    ----------
    path : Path
    name : str
        What messages call the file.
    columns : mapping of str to str, optional
        The file's column by role; both as in `ROLES`, which says what is taken without being named.
    encoding : str, optional
        Unless the file begins with a byte-order mark; UTF-8 by default.
    delimiter : str, optional
        By default the one of ``, ; | TAB`` that parts the header into most columns.
    unit : Unit, optional
        What positions count; code points by default in a file whose columns are ours.
    memos : bool
        Whether to read memos.

    Returns
    -------
    Project
        Places are lines of the file. `left` counts ``column`` (of no role), ``memo`` (not asked for) and
        ``blank row``.

    Raises
    ------
    CodingError
        ``coding.not-found``, ``coding.not-readable``, ``coding.too-large``; ``coding.format`` if it is no
        text, or no table; ``coding.column`` if a column is missing; ``coding.row``, with the line, for a
        row that is ragged or quoted wrongly, names no source or code, or has a position that is no whole
        number from 0, only one of both, or an unknown stage.
    ValueError
        If `columns` names an unknown role.

    References
    ----------
    RFC 4180, Common Format and MIME Type for CSV Files, section 2.
    """
    unknown = sorted(set(columns or {}) - set(ROLES))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no role of a column; roles are {', '.join(ROLES)}")
    rows = _parsed(text_of(file_bytes(path, name), name, encoding), name, delimiter, columns or {})
    table = _without_blank_rows(rows)
    n = len(table.lines)
    source, sources = table.factors("response_id" if "response_id" in table.cells else "source")
    code, codes = table.factors("code")
    table.refuse(_blank(sources)[source], "no source is named")
    table.refuse(_blank(codes)[code], "no code is named")
    start, end = table.positions("start"), table.positions("end")
    table.refuse((start == NONE) != (end == NONE), "only one of both positions is there")
    table.refuse(start > end, "the start lies behind the end")
    coder, coders = _coders(table)
    quotes = table.texts("quote")
    found_memos = table.texts("memo")
    n_memos = 0 if memos else n - found_memos.count(None)
    n_blank = len(rows.lines) - n
    left = {"column": rows.n_unused, "memo": n_memos, "blank row": n_blank}
    return Project(
        path=name,
        format="csv",
        coders=coders,
        codes=tuple(ProjectCode(each, each) for each in codes),
        sources=tuple(ProjectSource(each, each, "") for each in sources),
        selections=Selections.of(
            source=source,
            code=code,
            coder=coder,
            start=start,
            end=end,
            place=table.lines,
            quotes=tuple(quotes),
            memos=tuple(found_memos) if memos else None,
        ),
        # Ours tell code points, and nothing in them by which another count could be ruled out.
        unit=Unit.CODE_POINT if unit is None and rows.is_ours else unit,
        left=MappingProxyType({kind: count for kind, count in left.items() if count}),
    )


def write_coded_csv(project: Project) -> bytes:
    """The selections of a project as a CSV file, one code in each row.

    Columns are ``source, code, coder, start, end, stage``, and ``quote`` and ``memo`` where there are any;
    UTF-8, lines end in LF. What stands by itself (descriptions, wider codes, sets, texts) has no row.

    Parameters
    ----------
    project : Project
        Its positions count code points.

    Returns
    -------
    bytes
        Which `read_coded_csv` reads as the same selections.

    Raises
    ------
    CodingError
        ``coding.cannot-hold`` where two codes or sources in use, or two coders of one stage, have one name,
        a name is blank or no text, or a selection has no code or no source.
    ValueError
        If positions do not count code points.
    """
    if project.unit is not Unit.CODE_POINT:
        raise ValueError("positions are written as code points only")
    selections = project.selections
    if (selections.source == NONE).any() or (selections.code == NONE).any():
        raise _cannot_hold("selections without a code or a source")
    sources = _names([source.name for source in project.sources], selections.source, "sources")
    codes = _names([code.name for code in project.codes], selections.code, "codes")
    coders = [(coder.name, coder.stage or "") for coder in project.coders]
    used = [coders[i] for i in np.unique(selections.coder[selections.coder != NONE]).tolist()]
    if len(set(used)) < len(used) or any(not coder.strip() for coder, _ in used):
        raise _cannot_hold("coders without a name of their own")
    columns: dict[str, pa.Array] = {
        "source": _taken(sources, selections.source),
        "code": _taken(codes, selections.code),
        "coder": _taken([coder for coder, _ in coders], selections.coder),
        "start": pa.array(selections.start, mask=selections.start == NONE),
        "end": pa.array(selections.end, mask=selections.end == NONE),
        "stage": _taken([stage for _, stage in coders], selections.coder),
    }
    for role, texts in (("quote", selections.quotes), ("memo", selections.memos)):
        if any(text is not None for text in texts):
            columns[role] = _strings([_guarded(text or "") for text in texts])
    sink = pa.BufferOutputStream()
    options = pa.csv.WriteOptions(include_header=False, quoting_style="needed", eol="\n")
    sink.write(",".join(columns).encode() + b"\n")
    if len(selections):
        pa.csv.write_csv(pa.table(columns), sink, write_options=options)
    written: bytes = sink.getvalue().to_pybytes()
    if b"\0" in written:
        raise _cannot_hold("NUL characters")
    return written


def _cannot_hold(what: str) -> CodingError:
    return CodingError("coding.cannot-hold", kind="a CSV file", what=what)


def _names(names: Sequence[str], used: Positions, what: str) -> Sequence[str]:
    """Names, if those in use tell apart what they name."""
    different = [names[i] for i in np.unique(used).tolist()]
    if len(set(different)) < len(different) or any(not name.strip() for name in different):
        raise _cannot_hold(f"{what} without a name of their own")
    return names


def _taken(values: Sequence[str], at: Positions) -> pa.Array:
    """A column of values by index, guarded; empty where there is none."""
    return _strings([*map(_guarded, values), ""]).take(pa.array(np.where(at == NONE, len(values), at)))


def _strings(values: Sequence[str]) -> pa.Array:
    is_text = True
    try:
        column = pa.array(values, pa.string())
    except (UnicodeEncodeError, pa.ArrowInvalid):
        is_text = False
    if not is_text:
        raise _cannot_hold("half a surrogate pair")
    return column


def _guarded(cell: str) -> str:
    """A cell that no spreadsheet runs.

    >>> [_guarded(cell) for cell in ("=1+1", "'=1+1", "'tis", "a-b")]
    ["'=1+1", "''=1+1", "'tis", 'a-b']
    """
    return "'" + cell if _RUN.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _RUN.match(cell) else cell


@dataclass(frozen=True, slots=True, repr=False)
class _Rows:
    """The rows of a file below its header.

    Attributes
    ----------
    name : str
    cells : mapping of str to pyarrow.ChunkedArray
        Text columns by role.
    lines : ndarray of int64, shape (n_rows,)
    is_ours : bool
        Whether cells are guarded.
    n_unused : int
        Columns without a role.
    """

    name: str
    cells: Mapping[str, pa.ChunkedArray]
    lines: Positions
    is_ours: bool
    n_unused: int

    def refuse(self, is_wrong: Mask, reason: str) -> None:
        """Stop at the first row that is wrong."""
        if is_wrong.any():
            line = int(self.lines[int(np.argmax(is_wrong))])
            raise CodingError("coding.row", path=self.name, line=line, reason=reason)

    def factors(self, role: str) -> tuple[Positions, list[str]]:
        """A column as indices into its different cells, which stand in order of appearance."""
        if role not in self.cells:
            return np.zeros(len(self.lines), np.int64), [""] * bool(len(self.lines))
        encoded = pa.chunked_array([self.cells[role].combine_chunks().dictionary_encode()])
        column = encoded.combine_chunks()
        values = column.dictionary.to_pylist()
        if self.is_ours:
            values = [_unguarded(value) for value in values]
        return column.indices.to_numpy(zero_copy_only=False).astype(np.int64), values

    def positions(self, role: str) -> Positions:
        """A column of positions; `NONE` where a cell is blank."""
        if role not in self.cells:
            return np.full(len(self.lines), NONE)
        cells = pc.utf8_trim_whitespace(self.cells[role])
        is_number = pc.match_substring_regex(cells, r"^[0-9]{1,18}$")
        is_wrong = pc.and_not(pc.not_equal(cells, ""), is_number)
        self.refuse(is_wrong.to_numpy(), f"the {role} is no whole number from 0")
        numbers: Positions = pc.cast(pc.if_else(is_number, cells, str(NONE)), pa.int64()).to_numpy()
        return numbers

    def texts(self, role: str) -> list[str | None]:
        """A column of texts; None where a cell is blank."""
        if role not in self.cells:
            return [None] * len(self.lines)
        cells = self.cells[role]
        is_blank = pc.or_(pc.equal(cells, ""), pc.utf8_is_space(cells))
        texts: list[str | None] = pc.if_else(is_blank, pa.scalar(None, pa.string()), cells).to_pylist()
        return [text and _unguarded(text) for text in texts] if self.is_ours else texts


def _blank(values: Iterable[str]) -> Mask:
    return np.array([not value.strip() for value in values], np.bool_)


def _without_blank_rows(rows: _Rows) -> _Rows:
    """The rows in which something stands; spreadsheets leave empty ones behind."""
    is_blank = np.ones(len(rows.lines), np.bool_)
    for cells in rows.cells.values():
        is_blank &= pc.or_(pc.equal(cells, ""), pc.utf8_is_space(cells)).to_numpy()
    if not is_blank.any():
        return rows
    kept = pa.array(~is_blank)
    cells_kept = {role: cells.filter(kept) for role, cells in rows.cells.items()}
    return _Rows(rows.name, cells_kept, rows.lines[~is_blank], rows.is_ours, rows.n_unused)


def _coders(table: _Rows) -> tuple[Positions, tuple[ProjectCoder, ...]]:
    """Each row's coder, and the coders, of whom one of each name and stage is one."""
    coder, names = table.factors("coder")
    stage, stages = table.factors("stage")
    folded = [value.strip().lower() for value in stages]
    known = np.array([value in {"", *STAGES} for value in folded], np.bool_)
    table.refuse(~known[stage], f"the stage is neither {' nor '.join(STAGES)}")
    ranks = np.array([("", *STAGES).index(value) for value in folded], np.int64)[stage]
    # Who agreed on a consensus is often not said: it is a coder of its own, named by the stage.
    is_named = ~_blank(names)[coder] | (ranks > 0)
    keys = coder * (len(STAGES) + 1) + ranks
    different, first, which = np.unique(keys[is_named], return_index=True, return_inverse=True)
    order = np.argsort(first)
    turn = np.empty(len(order), np.int64)
    turn[order] = np.arange(len(order))
    index = np.full(len(keys), NONE)
    index[is_named] = turn[which]
    coders: list[ProjectCoder] = []
    for number, key in enumerate(different[order].tolist(), start=1):
        at, rank = divmod(key, len(STAGES) + 1)
        its_stage = ("", *STAGES)[rank]
        own = names[at] if names[at].strip() else its_stage
        coders.append(ProjectCoder(str(number), own, its_stage or None))
    return index, tuple(coders)


def _parsed(data: bytes, name: str, delimiter: str | None, columns: Mapping[str, str]) -> _Rows:
    """The header's columns by role, and the rows below it."""
    if delimiter is not None and not is_delimiter(delimiter):
        raise no_table(name, "`delimiter` is one character such as , ; | or a tab")
    starts, lines = row_starts(data, name)
    check_quotes(data, name, delimiter)
    ends = np.append(starts[1:], len(data))
    head = data[starts[0] : ends[0]].decode()
    delimiter = delimiter or max(DELIMITERS, key=lambda mark: len(cells_of(head, mark)))
    header = [cell.strip() for cell in cells_of(head, delimiter)]
    if len(header) < 2:
        raise no_table(name, "its first row has one column")
    roles = _roles(header, name, columns, line=int(lines[0]))
    own = [role for role in _OURS_IF_NEEDED if role in header]
    is_ours = tuple(header) == (*_OURS, *own) and not columns
    longest = int((ends - starts).max())
    if longest > _MAX_ROW_BYTES:
        raise CodingError("coding.too-large", path=name, what="a row", limit="256 MiB")
    n_unused = len(header) - len(roles)
    if len(starts) == 1:
        none = pa.chunked_array([pa.array([], pa.string())])
        return _Rows(name, dict.fromkeys(roles, none), lines[1:], is_ours, n_unused)
    below = pa.py_buffer(data).slice(int(starts[1]))
    table = read_table(below, delimiter, len(header), wanted=list(roles.values()), longest=longest)
    if isinstance(table, Ragged):
        reason = f"{table.found} cells where the header has {len(header)} ({table.n_rows} such rows)"
        raise CodingError("coding.row", path=name, line=int(lines[table.number]), reason=reason)
    if table is None or table.num_rows != len(starts) - 1:
        raise no_table(name, "its rows cannot be told apart")
    cells = {role: table.column(f"c{at}") for role, at in roles.items()}
    return _Rows(name, cells, lines[1:], is_ours, n_unused)


def _roles(header: Sequence[str], name: str, columns: Mapping[str, str], *, line: int) -> dict[str, int]:
    """The place of each role's column."""
    roles: dict[str, int] = {}
    folded = [cell.lower() for cell in header]
    for role, usual in ROLES.items():
        if role in columns:
            wanted = [columns[role].strip()]
            found = [wanted[0]] if wanted[0] in header else []
            there: Sequence[str] = header
        else:
            found = [each for each in usual if each in folded]
            there = folded
        if role in columns and not found:
            raise CodingError("coding.column", path=name, name=columns[role])
        if not found:
            continue
        if there.count(found[0]) > 1:
            raise CodingError(
                "coding.row", path=name, line=line, reason=f"two columns are named {found[0]!r}"
            )
        roles[role] = there.index(found[0])
    if "response_id" in roles:
        roles.pop("source", None)
    elif "source" not in roles:
        raise CodingError("coding.column", path=name, name="source")
    if "code" not in roles:
        raise CodingError("coding.column", path=name, name="code")
    return roles
