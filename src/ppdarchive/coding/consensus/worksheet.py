"""Items to settle -> rows with the coders' versions side by side -> CSV; the texts in it never leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from ppdarchive.coding.consensus.cells import guarded
from ppdarchive.coding.consensus.items import Items, Material, rows_of

ITEM: Final = "item"
DECISION: Final = "decision"
CHECK: Final = "check"
"""The columns that are read back."""

_CONTEXT: Final = 120
"""Characters shown before and behind a cluster, up to the end of a word."""
_LONGEST_WORD: Final = 30

_Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, repr=False)
class Version:
    """What one coder, or the proposal, marks of a cluster.

    Attributes
    ----------
    name : str
        The coder's id; for the proposal empty.
    is_seen : bool
        Whether the coder saw the response.
    ranges : tuple of (int, int)
        Code points of the response's text; none where nothing is marked.
    pieces : tuple of (str, bool)
        The text around, in parts, and which of them are marked.
    """

    name: str
    is_seen: bool
    ranges: tuple[_Pair, ...]
    pieces: tuple[tuple[str, bool], ...]

    @property
    def place(self) -> str:
        """The ranges in the form that a decision may have, or why there are none."""
        if not self.is_seen:
            return "not seen"
        return "; ".join(f"{start}..{end}" for start, end in self.ranges) or "not marked"

    def __repr__(self) -> str:
        return f"<Version: {len(self.ranges)} ranges>"


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One item of a worksheet.

    Attributes
    ----------
    item, check : str
        As in `Items`.
    response, question, code, title : str
        The response's id, its question, the code's id and title.
    versions : tuple of Version, length n_coders
        In the order of the coders.
    proposal : Version
    """

    item: str
    check: str
    response: str
    question: str
    code: str
    title: str
    versions: tuple[Version, ...]
    proposal: Version

    def __repr__(self) -> str:
        return f"<Row: {len(self.versions)} versions>"


def worksheet(items: Items, material: Material) -> tuple[Row, ...]:
    """Put the versions of every item side by side.

    Parameters
    ----------
    items : Items
    material : Material
        The one that the items were made with.

    Returns
    -------
    tuple of Row, length n_items
    """
    found = items.clusters
    version_rows = rows_of(found.versions, items.cluster)
    proposal_rows = rows_of(items.proposal, items.cluster)
    rows: list[Row] = []
    for number, each in enumerate(items.cluster.tolist()):
        response, code = int(found.response[each]), int(found.code[each])
        window = _Window.around(material.texts[response], int(found.start[each]), int(found.end[each]))
        marked: list[list[_Pair]] = [[] for _ in material.coder_ids]
        for row in range(*version_rows[number]):
            pair = int(found.versions.start[row]), int(found.versions.end[row])
            marked[int(found.coder[row])].append(pair)
        proposed = [
            (int(items.proposal.start[row]), int(items.proposal.end[row]))
            for row in range(*proposal_rows[number])
        ]
        seen = found.seen[response].tolist()
        rows.append(
            Row(
                item=items.ids[number],
                check=items.checks[number],
                response=material.response_ids[response],
                question=material.questions[response],
                code=material.code_ids[code],
                title=material.titles[code],
                versions=tuple(
                    window.version(coder_id, ranges, is_seen=is_seen)
                    for coder_id, ranges, is_seen in zip(material.coder_ids, marked, seen, strict=True)
                ),
                proposal=window.version("", proposed),
            )
        )
    return tuple(rows)


@dataclass(frozen=True, slots=True, repr=False)
class _Window:
    """The part of a text that is shown of a cluster."""

    text: str
    start: int
    end: int

    @classmethod
    def around(cls, text: str, start: int, end: int) -> _Window:
        low, high = max(0, start - _CONTEXT), min(len(text), end + _CONTEXT)
        if low:
            word_end = next(
                (at for at in range(low, min(low + _LONGEST_WORD, start)) if text[at].isspace()), low
            )
            low = word_end
        if high < len(text):
            floor = max(high - _LONGEST_WORD, end)
            high = next((at for at in range(high, floor, -1) if text[at].isspace()), high)
        return cls(text, low, high)

    def version(self, name: str, ranges: Sequence[_Pair], *, is_seen: bool = True) -> Version:
        pieces: list[tuple[str, bool]] = [("… ", False)] if self.start else []
        at = self.start
        for start, end in ranges:
            pieces += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        pieces.append((self.text[at : self.end], False))
        if self.end < len(self.text):
            pieces.append((" …", False))
        shown = tuple((piece, is_marked) for piece, is_marked in pieces if piece or is_marked)
        return Version(name, is_seen, tuple(ranges), shown if ranges else ())


def as_csv(rows: Sequence[Row], coder_ids: Sequence[str], *, delimiter: str = ",") -> bytes:
    """The worksheet as a table to fill in with a spreadsheet.

    Parameters
    ----------
    rows : sequence of Row
    coder_ids : sequence of str
        In the order of each row's versions.
    delimiter : str
        The one that spreadsheets expect where the coders live: in most of Europe ``;``.

    Returns
    -------
    bytes
        UTF-8 with a byte-order mark, without which Excel takes the file for cp1252 and shows other
        characters. Lines end with CRLF (RFC 4180), all cells are quoted, none is run as a formula.
    """
    header = [
        ITEM, "response", "question", "code",
        *(f"version of {coder}" for coder in coder_ids),
        "proposal", DECISION, CHECK,
    ]  # fmt: skip
    body = (
        [
            row.item, row.response, row.question, row.title,
            *(_shown(version) for version in row.versions),
            _shown(row.proposal), "", row.check,
        ]
        for row in rows
    )  # fmt: skip
    lines = (delimiter.join(map(_quoted, cells)) for cells in chain([header], body))
    # A lone surrogate has no UTF-8; it is shown as ?, and texts are not read back.
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig", errors="replace")


def _shown(version: Version) -> str:
    text = "".join(f"[[{piece}]]" if is_marked else piece for piece, is_marked in version.pieces)
    return f"{version.place}: {text}" if text else version.place


def _quoted(cell: str) -> str:
    return '"' + guarded(cell).replace('"', '""') + '"'
