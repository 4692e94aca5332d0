"""Qualtrics' header rows and import ids, over delimited rows; pure.

A column's key is its import id: names in row 1 need not be unique (questions may share an export
tag), so a column whose name occurs twice is addressed by its import id. Labels in row 2 are
in the language of whoever made the export, so nothing is decided by them; legacy exports, which
have no import ids, name their own columns there in English.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.errors import ReadError
from ppdarchive.model.columns import IN_MEMORY, Content, Keeper
from ppdarchive.model.table import ColumnInfo, Mask, RawExport
from ppdarchive.read.delimited import (
    blank_rows,
    body,
    check_delimiter,
    check_delimiter_fits,
    check_names,
    check_widths,
    header_rows,
    judge,
)
from ppdarchive.read.encoding import Text, decode
from ppdarchive.read.rows import Row

_IDENTIFIERS: Final = frozenset(
    {
        "ipAddress",
        "_recordId",
        "recipientLastName",
        "recipientFirstName",
        "recipientEmail",
        "externalDataReference",
        "locationLatitude",
        "locationLongitude",
    }
)
_METADATA: Final = _IDENTIFIERS | {
    "startDate",
    "endDate",
    "status",
    "progress",
    "duration",
    "finished",
    "recordedDate",
    "distributionChannel",
    "userLanguage",
}
_LEGACY: Final = MappingProxyType(
    # Row 2 of a legacy export -> what the current layout calls it; "" where it has no such column.
    {
        "ResponseID": "_recordId",
        "ResponseSet": "",
        "Name": "recipientLastName",
        "ExternalDataReference": "externalDataReference",
        "EmailAddress": "recipientEmail",
        "IPAddress": "ipAddress",
        "Status": "status",
        "StartDate": "startDate",
        "EndDate": "endDate",
        "Finished": "finished",
        "LocationLatitude": "locationLatitude",
        "LocationLongitude": "locationLongitude",
        "LocationAccuracy": "",
    }
)
_DISPLAY_ORDER: Final = re.compile(r"_DO(_|$)")
_ADDED: Final = re.compile(
    # Timing questions, browser questions, and what Text iQ found in a text (topics, sentiment).
    r"^QID.*_(FIRST_CLICK|LAST_CLICK|PAGE_SUBMIT|CLICK_COUNT|BROWSER|VERSION|OS|RESOLUTION)$"
    r"|_[0-9a-f]{20,}[A-Za-z]+$"
)

_PREVIEW, _TEST, _IMPORTED, _SPAM, _OFFLINE = 1, 2, 4, 8, 16
_EMPLOYEE, _REIMPORTED, _SYNTHETIC = 32, 128, 256
_STATUS_BITS: Final = _PREVIEW | _TEST | _IMPORTED | _SPAM | _OFFLINE | _EMPLOYEE | _REIMPORTED | _SYNTHETIC
_STATUS_LABELS: Final = MappingProxyType(
    {
        "ip address": 0,
        "survey preview": _PREVIEW,
        "survey test": _TEST,
        "imported": _IMPORTED,
        "spam": _SPAM,
        "survey preview spam": _PREVIEW | _SPAM,
        "imported spam": _IMPORTED | _SPAM,
        "offline": _OFFLINE,
        "offline survey preview": _OFFLINE | _PREVIEW,
        "ex": _EMPLOYEE,
        "ex spam": _EMPLOYEE | _SPAM,
        "ex offline": _EMPLOYEE | _OFFLINE,
        "reimported imported": _REIMPORTED | _IMPORTED,
        "synthetic": _SYNTHETIC,
        "ip-adresse": 0,
        "umfragevorschau": _PREVIEW,
        "umfragetest": _TEST,
        "importiert": _IMPORTED,
    }
)
_UNKNOWN: Final = -1
_FINISHED: Final = MappingProxyType({"1": 1, "true": 1, "wahr": 1, "0": 0, "false": 0, "falsch": 0})


@dataclass(frozen=True, slots=True, repr=False)
class _Import:
    """One cell of header row 3."""

    import_id: str
    choice: str | None
    time_zone: str | None


@dataclass(frozen=True, slots=True, repr=False)
class _Layout:
    """A header that is understood."""

    delimiter: str
    header: Sequence[Row]
    imports: Sequence[_Import] | None


def read_qualtrics(
    data: Content,
    *,
    name: str,
    encoding: str | None = None,
    delimiter: str | None = None,
    keeper: Keeper = IN_MEMORY,
) -> RawExport:
    """Read a Qualtrics export, current (three header rows) or legacy (two).

    One column of a split select-all question has the question's name as its `group`: its own name
    up to the last underscore; its `choice` is the ``choiceId``, since the number at the end of
    its name may be a recoded value.

    Rows are marked ``preview``, ``test`` (synthetic responses too) and ``spam`` by the bits of
    their status, ``unfinished``, and ``blank``. A status or finished cell that is none of the
    known numbers and words marks its row ``unrecognized-status`` or ``unrecognized-finished``. Marks
    whose column the export lacks are not there.

    Parameters
    ----------
    data : Content
        The whole file.
    name : str
        What the file is called in errors.
    encoding : str, optional
        As `ppdarchive.read.encoding.decode`.
    delimiter : str, optional
        By default the one of comma and tab that makes the header one of Qualtrics'.
    keeper : Keeper
        Where the cells are kept.

    Raises
    ------
    ReadError
        ``read.not-qualtrics``, ``read.header``, ``read.import-ids``, ``read.unnamed-column``, or
        what is wrong with it as text or as a delimited file.

    References
    ----------
    Qualtrics, "Understanding Your Dataset",
    https://www.qualtrics.com/support/survey-platform/data-and-analysis-module/data/download-data/understanding-your-dataset/
    """
    if delimiter is not None:
        check_delimiter(delimiter, name)
    text = decode(data, name=name, encoding=encoding, keeper=keeper)
    layout = _find_layout(text, [",", "\t"] if delimiter is None else [delimiter])
    check_widths(layout.header, name)
    names = layout.header[0].cells
    n_named = len(names) - 1 if _ends_unnamed(layout) else len(names)
    check_names(names[:n_named], name, line=layout.header[0].line, unique=False)
    cells, lines = body(text, layout.delimiter, layout.header, keeper=keeper)
    if n_named < len(names) and pc.any(pc.not_equal(cells.columns[-1], "")).as_py():
        line = layout.header[0].line
        raise ReadError("read.unnamed-column", path=name, line=line, column=len(names))
    keys, columns = _legacy_columns(layout) if layout.imports is None else _columns(layout)
    return RawExport(
        path=name,
        source="qualtrics-legacy" if layout.imports is None else "qualtrics",
        cells=cells,
        columns=columns,
        lines=lines,
        n_header=len(layout.header),
        marks=MappingProxyType(_marks(cells, keys, columns)),
    )


def _find_layout(text: Text, delimiters: Sequence[str]) -> _Layout:
    """Return the header under the first delimiter that makes one."""
    problems: list[ReadError] = []
    for delimiter in delimiters:
        found = _understand(text, delimiter)
        if isinstance(found, _Layout):
            return found
        problems.append(found)
    # A header with some import ids says more than one that looks like nothing.
    partial = [problem for problem in problems if problem.code == "read.import-ids"]
    if not partial:
        check_delimiter_fits(text, delimiters[0])
    raise (partial or problems)[0]


def _understand(text: Text, delimiter: str) -> _Layout | ReadError:
    name = text.name
    try:
        header = header_rows(text, delimiter, 3)
    except ReadError as error:
        return error
    if header[0].cells[:2] == ["V1", "V2"]:
        if len(header) < 2:
            return ReadError("read.header", path=name, expected=2, found=1)
        return _Layout(delimiter, header[:2], None)
    if len(header) < 3:
        return ReadError("read.header", path=name, expected=3, found=len(header))
    imports = [_import(cell) for cell in header[2].cells]
    complete = [each for each in imports if each is not None]
    if len(complete) == len(imports):
        return _Layout(delimiter, header, complete)
    if complete:
        column, line = imports.index(None) + 1, header[2].line
        return ReadError("read.import-ids", path=name, line=line, column=column)
    return ReadError("read.not-qualtrics", path=name)


def _import(cell: str) -> _Import | None:
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return None
    import_id = _text(value.get("ImportId"))
    if import_id is None:
        return None
    choice = value.get("choiceId")
    return _Import(
        import_id=import_id,
        choice=str(choice) if isinstance(choice, int) else _text(choice),
        time_zone=_text(value.get("timeZone")),
    )


def _text(value: object) -> str | None:
    # JSON can spell half a surrogate pair, which is no text.
    return value if isinstance(value, str) and not re.search("[\ud800-\udfff]", value) else None


def _ends_unnamed(layout: _Layout) -> bool:
    # Legacy exports end every row with a comma.
    return layout.imports is None and not any(row.cells[-1].strip() for row in layout.header)


def _columns(layout: _Layout) -> tuple[list[str], tuple[ColumnInfo, ...]]:
    assert layout.imports is not None
    columns = []
    for position, each in enumerate(layout.imports, start=1):
        name = layout.header[0].cells[position - 1]
        is_order = _DISPLAY_ORDER.search(each.import_id) is not None
        is_choice = each.choice is not None and not is_order
        columns.append(
            ColumnInfo(
                name=name,
                position=position,
                label=layout.header[1].cells[position - 1],
                import_id=each.import_id,
                group=name.rpartition("_")[0] or name if is_choice else None,
                choice=each.choice if is_choice else None,
                is_identifier=True if each.import_id in _IDENTIFIERS else None,
                is_tool=is_order or each.import_id in _METADATA or _ADDED.search(each.import_id) is not None,
                time_zone=each.time_zone,
            )
        )
    return [each.import_id for each in layout.imports], tuple(columns)


def _legacy_columns(layout: _Layout) -> tuple[list[str], tuple[ColumnInfo, ...]]:
    keys, columns = [], []
    names, labels = (row.cells for row in layout.header)
    for position, (name, label) in enumerate(zip(names, labels, strict=True), start=1):
        # A question may well be labelled "Name", but is not called V3.
        is_metadata = label in _LEGACY and (re.fullmatch(r"V[0-9]+", name) or name == label)
        key = _LEGACY[label] if is_metadata else ""
        keys.append(key)
        columns.append(
            ColumnInfo(
                name=name,
                position=position,
                label=label,
                import_id=key or None,
                is_identifier=True if key in _IDENTIFIERS else None,
                is_tool=bool(is_metadata) or not name.strip(),
            )
        )
    return keys, tuple(columns)


def _marks(cells: pa.Table, keys: Sequence[str], columns: Sequence[ColumnInfo]) -> Mapping[str, Mask]:
    # Qualtrics fills its own columns as soon as the survey is opened: blank is who answered nothing.
    questions = [f"c{column.position}" for column in columns if not column.is_tool]
    is_empty = blank_rows(cells)
    marks = {"blank": blank_rows(cells.select(questions)) if questions else is_empty}
    if "status" in keys:
        status = judge(cells.column(keys.index("status")), _status)
        is_known = status != _UNKNOWN
        for mark, bits in (("preview", _PREVIEW), ("test", _TEST | _SYNTHETIC), ("spam", _SPAM)):
            marks[mark] = is_known & ((status & bits) != 0)
        marks["unrecognized-status"] = ~is_known & ~is_empty
    if "finished" in keys:
        finished = judge(
            cells.column(keys.index("finished")),
            lambda text: _FINISHED.get(text.strip().lower(), _UNKNOWN),
        )
        marks["unfinished"] = finished == 0
        marks["unrecognized-finished"] = (finished == _UNKNOWN) & ~is_empty
    return marks


def _status(text: str) -> int:
    word = text.strip().lower()
    if re.fullmatch(r"[0-9]{1,4}", word):
        bits = int(word)
        return bits if bits & ~_STATUS_BITS == 0 else _UNKNOWN
    return _STATUS_LABELS.get(word, _UNKNOWN)
