"""Lists of spans to purge, and what they mean in every version of a cell.

A list names places in the text of one version. The same words go from every version of that cell, for
every audience: where the text is another, since it was redacted otherwise, wherever the words stand one
after the other, and whatever is left of them at that place. A cell is known by the study's own key, since
every audience has other pseudonyms.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Final

from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.errors import ArchiveError
from ppdarchive.model.span import TextCategory
from ppdarchive.text.wording import Wording, counterparts, merged, occurrences, wording

_NEEDED: Final = ("version", "table", "field", "start", "end")
_MORE: Final = ("key", "own_key", "audience", "category")
_MAX_DIGITS: Final = 10  # of a place in a text
Ranges = list[tuple[int, int]]


@dataclass(frozen=True, slots=True, repr=False)
class ListedSpan:
    """A row of a list.

    Attributes
    ----------
    line : int
    version : str
    table, field : str
    key : tuple of str
        Of the row: as released, or the study's own.
    is_own : bool
        Whether it is the study's own key.
    start, end : int
        Code points of that version's text.
    audience : str
        Empty where the list does not say.
    category : TextCategory
        Of the tag that takes the span's place.
    """

    line: int
    version: str
    table: str
    field: str
    key: tuple[str, ...]
    is_own: bool
    start: int
    end: int
    audience: str = ""
    category: TextCategory = TextCategory.OTHER

    def wrong(self, path: str, reason: str) -> ArchiveError:
        """What is wrong with this row; never a value."""
        return ArchiveError("archive.spans", path=path, line=self.line, reason=reason)

    def __repr__(self) -> str:
        return f"<ListedSpan of line {self.line}>"


def parse_spans(text: str, *, path: str) -> tuple[ListedSpan, ...]:
    """Read a list of spans.

    Parameters
    ----------
    text : str
        CSV with the columns ``version``, ``table``, ``field``, ``start``, ``end``, and ``key`` or
        ``own_key``; if wished ``audience`` and ``category``. A key of several fields is a JSON list.
    path : str
        The file, for messages.

    Raises
    ------
    ArchiveError
        ``archive.spans``
    """
    lines = text.removeprefix("\ufeff").split("\n")
    rows = csv.reader((f"{each}\n" for each in lines), strict=True)
    found, header = [], None
    line, is_broken = 1, False
    try:
        for cells in rows:
            if header is None:
                header = _header(cells, path)
            elif cells:
                found.append(_listed(header, cells, line, path))
            line = rows.line_num + 1
    except csv.Error:
        is_broken = True
    if is_broken:
        raise ArchiveError("archive.spans", path=path, line=line, reason="a quoted cell is not closed")
    if not found:
        raise ArchiveError("archive.spans", path=path, line=line, reason="there is no span here")
    return tuple(found)


def _header(cells: Sequence[str], path: str) -> tuple[str, ...]:
    names = tuple(cell.strip() for cell in cells)
    is_good = set(_NEEDED) <= set(names) <= {*_NEEDED, *_MORE} and len(set(names)) == len(names)
    if not is_good or ("key" in names) == ("own_key" in names):
        raise ArchiveError("archive.spans", path=path, line=1, reason="these are no columns of spans")
    return names


def _listed(header: tuple[str, ...], cells: Sequence[str], line: int, path: str) -> ListedSpan:
    def wrong(reason: str) -> ArchiveError:
        return ArchiveError("archive.spans", path=path, line=line, reason=reason)

    if len(cells) != len(header):
        raise wrong("more or fewer cells than columns")
    row = dict(zip(header, cells, strict=True))
    ends = (row["start"], row["end"])
    if not all(len(each) <= _MAX_DIGITS and each.isascii() and each.isdecimal() for each in ends):
        raise wrong("start and end are not whole numbers")
    category = row.get("category") or TextCategory.OTHER.value
    if category not in set(TextCategory):
        raise wrong("there is no such category")
    is_own = "own_key" in header
    key = _key(row["own_key" if is_own else "key"])
    if not all(key):
        raise wrong("there is no key")
    if int(row["start"]) >= int(row["end"]):
        raise wrong("the span ends before it starts")
    return ListedSpan(
        *(line, row["version"].strip(), row["table"], row["field"], key, is_own),
        *(int(row["start"]), int(row["end"]), row.get("audience", "").strip(), TextCategory(category)),
    )


def _key(text: str) -> tuple[str, ...]:
    """A key of one field as it is, one of several as a JSON list."""
    parts: object = None
    if text.startswith("["):
        try:
            parts = json.loads(text)
        except (ValueError, RecursionError):
            parts = None
    if isinstance(parts, list) and all(isinstance(part, str) for part in parts) and parts:
        return tuple(parts)
    return (text,)


def request_key(spans: Sequence[ListedSpan]) -> str:
    """What tells one list from others, so that it is not followed twice: the places move by purging."""
    rows = sorted(json.dumps(astuple(each)[1:], ensure_ascii=False, default=str) for each in spans)
    return f"list{hashlib.sha256(chr(10).join(rows).encode()).hexdigest()}"


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """A span of a list in its text: what is to go there, and the words that are."""

    text: str
    read: Wording
    start: int
    end: int
    category: TextCategory

    def __repr__(self) -> str:
        return f"<Found {self.end - self.start} characters>"

    @property
    def runs(self) -> list[tuple[str, ...]]:
        """The runs of words in it, parted by what is redacted already."""
        return self.read.runs(self.start, self.end)


def found_span(text: str, start: int, end: int, category: TextCategory) -> Found:
    """A span in its text, widened so that it cuts no word."""
    read = _read(text)
    start, end = read.widened(start, end)
    return Found(text, read, start, end, category)


def cuts(text: str, found: Sequence[Found]) -> Ranges:
    """What is to go from a text of the same cell as the spans found in other versions of it.

    Examples
    --------
    >>> span = found_span("We met Ann at Drum.", 7, 10, TextCategory.NAME)
    >>> cuts("We met Ann at Drum.", [span]), cuts("At Drum, ANN.", [span]), cuts("We met [NAME].", [span])
    ([(7, 10)], [(9, 12)], [])
    """
    read = _read(text)
    return merged(list(_ranges(text, read, found)))


def _ranges(text: str, read: Wording, found: Sequence[Found]) -> Iterator[tuple[int, int]]:
    for each in found:
        if each.text == text:
            yield each.start, each.end
        else:
            yield from counterparts(each.read, (each.start, each.end), read)
        for run in each.runs:
            yield from occurrences(read, run)


def _read(text: str) -> Wording:
    return wording(text, list(replaced_ranges(text)))


def text_digest(text: str) -> str:
    """What tells a text from what it becomes; it stays in the private folder."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
