"""A worksheet that coders filled in -> what was settled; nothing that it says is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from ppdarchive.coding.consensus.cells import unguarded
from ppdarchive.coding.consensus.items import Items, Material, Settled, rows_of
from ppdarchive.coding.consensus.rules import Ranges
from ppdarchive.coding.consensus.tabular import sheet_rows
from ppdarchive.coding.consensus.worksheet import CHECK, DECISION, ITEM
from ppdarchive.errors import CodingError

ACCEPT: Final = "accept"
NONE: Final = "none"

_POSITIONS: Final = re.compile(r"(\d{1,9})\s*(?:\.\.|…|-|–|—)\s*(\d{1,9})")
_QUOTES: Final = ('""', "“”", "„“", "«»", "””")
_MARKS: Final = re.compile(r"\[\[|\]\]")
_MAX_LINES: Final = 10

_Pairs = tuple[tuple[int, int], ...]


def read_worksheet(data: bytes, *, name: str, items: Items, material: Material) -> Settled:
    """Read what was decided on the items.

    A decision is one of these; case does not matter but in words of the answer:

    - nothing: the item stays unsettled.
    - ``accept``: as proposed. ``none``: the code does not apply.
    - a coder's id: as this coder marked it, or did not.
    - positions such as ``12..40`` or ``12-40``, several parted by ``;`` or ``,``.
    - words copied from the answer, in quotation marks where they could be taken for one of the above.
      They must stand there once, or once among the characters that were marked.

    Positions and words must meet what some coder marked, by one character at least.

    Parameters
    ----------
    data : bytes
        The worksheet in CSV, as `ppdarchive.coding.consensus.worksheet.as_csv` wrote it or as a
        spreadsheet saved it again. Only the columns `item`, `decision` and `check` are read; rows may
        be missing (their items are unsettled), in another order, and others may stand between them.
    name : str
        What messages call the file.
    items : Items
        Made from the codings as they are now, by the same rule.
    material : Material

    Returns
    -------
    Settled

    Raises
    ------
    CodingError
        ``coding.worksheet`` at the first line that makes no sense, with the lines of the others: an
        item that stands there twice; a decision on no item, on one that is none any more or whose
        codings have changed since; a decision that is none of the above.
    """
    number_of = {each.strip(): number for number, each in enumerate(items.ids)}
    line_of: dict[int, int] = {}
    decided: dict[int, _Pairs] = {}
    problems: list[tuple[int, str]] = []
    decisions = _Decisions.on(items, material)
    for row in sheet_rows(data, (ITEM, DECISION, CHECK), name=name):
        item, decision, check = (unguarded(cell).strip() for cell in row.cells)
        number = number_of.get(item)
        if number is not None and number in line_of:
            problems.append((row.line, f"the same item stands on line {line_of[number]}"))
            continue
        if number is not None:
            line_of[number] = row.line
        # A row without a decision says nothing, so that nothing about it can be wrong.
        if not decision:
            continue
        if number is None:
            problems.append((row.line, _unknown(item)))
            continue
        if check.casefold() != items.checks[number]:
            problems.append((row.line, "the codings or the rule changed since this row was written"))
            continue
        found = decisions.read(number, decision)
        if isinstance(found, str):
            problems.append((row.line, found))
        else:
            decided[number] = found
    if problems:
        raise _error(problems, name)
    return _settled(decided, len(items))


def _unknown(item: str) -> str:
    if not item:
        return "a decision without an item"
    return "a decision on an item that is no disagreement now"


def _error(problems: Sequence[tuple[int, str]], name: str) -> CodingError:
    (line, reason), *others = sorted(problems)
    if others:
        lines = ", ".join(str(other) for other, _ in others[:_MAX_LINES])
        more = ", ..." if len(others) > _MAX_LINES else ""
        problem = "problem" if len(others) == 1 else "problems"
        reason = f"{reason} ({len(others)} more {problem}: line {lines}{more})"
    return CodingError("coding.worksheet", path=name, line=line, reason=reason)


def _settled(decided: dict[int, _Pairs], n_items: int) -> Settled:
    is_settled = np.zeros(n_items, dtype=bool)
    is_settled[list(decided)] = True
    rows = sorted((item, *pair) for item, pairs in decided.items() for pair in pairs)
    of, start, end = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Settled(is_settled, Ranges(of, start, end))


@dataclass(frozen=True, slots=True, repr=False)
class _Decisions:
    """What decisions can refer to."""

    items: Items
    material: Material
    coder_of: dict[str, int]
    versions: list[tuple[int, int]]
    proposals: list[tuple[int, int]]

    @classmethod
    def on(cls, items: Items, material: Material) -> _Decisions:
        return cls(
            items=items,
            material=material,
            coder_of=_coder_names(material.coder_ids),
            versions=rows_of(items.clusters.versions, items.cluster),
            proposals=rows_of(items.proposal, items.cluster),
        )

    def read(self, number: int, decision: str) -> _Pairs | str:
        """What a decision says of an item, or why it says nothing."""
        word = decision.casefold()
        if word == NONE:
            return ()
        if word == ACCEPT:
            return _pairs(self.items.proposal, range(*self.proposals[number]))
        coder = self.coder_of.get(decision, self.coder_of.get(_loosely(decision)))
        if coder is not None:
            return self._version(number, coder)
        parts = [_POSITIONS.fullmatch(part.strip()) for part in re.split(r"[;,]", decision)]
        if all(parts):
            return self._positions(number, [(int(part[1]), int(part[2])) for part in parts if part])
        return self._words(number, decision)

    def _version(self, number: int, coder: int) -> _Pairs | str:
        found = self.items.clusters
        if not found.seen[found.response[self.items.cluster[number]], coder]:
            return "the decision names a coder who did not see the response"
        rows = [row for row in range(*self.versions[number]) if found.coder[row] == coder]
        return _pairs(found.versions, rows)

    def _positions(self, number: int, pairs: list[tuple[int, int]]) -> _Pairs | str:
        pairs.sort()
        length = len(self._text(number))
        if any(not start < end <= length for start, end in pairs):
            return "the positions do not lie in the answer, or the end is not behind the start"
        if any(one[1] > other[0] for one, other in pairwise(pairs)):
            return "the positions overlap each other"
        if not all(self._meets(number, *pair) for pair in pairs):
            return "at the positions nobody marked anything of this item"
        return tuple(pairs)

    def _words(self, number: int, decision: str) -> _Pairs | str:
        words = _unquoted(decision)
        text = self._text(number)
        # Whoever copies from a version in the worksheet may have caught its marks.
        pairs = _occurrences(words, text) or _occurrences(_MARKS.sub("", words), text)
        if not pairs:
            return "the decision is neither accept, none, a coder, positions, nor words of this answer"
        meeting = tuple(pair for pair in pairs if self._meets(number, *pair))
        if not meeting:
            return "the words stand elsewhere in the answer, where nobody marked anything of this item"
        if len(meeting) > 1:
            return "the words stand there more than once; write positions"
        return meeting

    def _text(self, number: int) -> str:
        return self.material.texts[int(self.items.clusters.response[self.items.cluster[number]])]

    def _meets(self, number: int, start: int, end: int) -> bool:
        cluster = self.items.cluster[number]
        low, high = int(self.items.clusters.start[cluster]), int(self.items.clusters.end[cluster])
        return start < max(high, low + 1) and low < end


def _coder_names(coder_ids: Sequence[str]) -> dict[str, int]:
    """Coders by their id, and by what a hasty person or a spreadsheet makes of it where that is one's own."""
    spellings = [_loosely(each) for each in coder_ids]
    clear = {each: coder for coder, each in enumerate(spellings) if spellings.count(each) == 1}
    return clear | {each.strip(): coder for coder, each in enumerate(coder_ids)}


def _loosely(name: str) -> str:
    # A spreadsheet writes 007 back as 7.
    return name.strip().casefold().lstrip("0")


def _pairs(ranges: Ranges, rows: Iterable[int]) -> _Pairs:
    return tuple((int(ranges.start[row]), int(ranges.end[row])) for row in rows)


def _unquoted(decision: str) -> str:
    if len(decision) > 2 and decision[0] + decision[-1] in _QUOTES:
        return decision[1:-1]
    return decision


def _occurrences(words: str, text: str) -> list[tuple[int, int]]:
    """Where words stand, also ones that overlap; blanks and line breaks are one, as cells change them."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    return [found.span(1) for found in re.finditer(f"(?=({pattern}))", text)] if pattern else []
