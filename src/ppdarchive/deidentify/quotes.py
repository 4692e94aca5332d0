"""Where researchers quote answers that go: in descriptions of codes, in notes on themes; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Field, Kind, Role
from ppdarchive.model.table import CheckedTable
from ppdarchive.text.wording import BARRIER, Wording, merged, wording

QUOTE_WORDS: Final = 5
"""So many words in a row, that somebody else wrote down too, are a quote."""
_SHORT_WORDS: Final = range(3, QUOTE_WORDS)
"""An answer of so many words is a quote as a whole, if nobody who is left wrote them."""
_ASKED: Final = frozenset({"questions"})
"""Tables whose words were there before anybody answered."""
Mask = npt.NDArray[np.bool_]
Tables = Mapping[str, CheckedTable | TreatedTable]


def _is_prose(field: Field) -> bool:
    """Whether a field holds words, and neither a key nor one of some listed values."""
    role = None if field.disclosure is None else field.disclosure.role
    return field.kind is Kind.STRING and field.categories is None and role is not Role.KEY


def words_of_others(tables: Tables, personal: Set[str]) -> Iterator[tuple[str, str]]:
    """The fields in which researchers write, by table: descriptions of codes, notes on themes."""
    for name, table in tables.items():
        if name in personal or name in _ASKED:
            continue
        schema = table.schema
        keys = {*schema.primary_key, *(own for key in schema.foreign_keys for own in key.fields)}
        keys |= {own for key in schema.unique_keys for own in key}
        yield from ((name, field.name) for field in schema if _is_prose(field) and field.name not in keys)


class Quotes:
    """Runs of words of removed answers, and where others repeat them."""

    def __init__(self, tables: Tables, gone: Mapping[str, Mask], personal: Set[str]) -> None:
        self.runs: set[tuple[str, ...]] = set()
        short: set[tuple[str, ...]] = set()
        fields = [(name, each.name) for name in personal for each in tables[name].schema if _is_prose(each)]
        for name, field in fields:
            for text in _texts(tables[name], field, gone[name]):
                read = _read(text)
                self.runs |= set(_runs(read, QUOTE_WORDS))
                if len(read.words) in _SHORT_WORDS:
                    short |= set(_runs(read, len(read.words)))
        if short:
            for name, field in fields:
                for text in _texts(tables[name], field, ~gone[name]):
                    short -= {run for n in _SHORT_WORDS for run in _runs(_read(text), n)}
        self.runs |= short

    def found(self, tables: Tables, place: tuple[str, str]) -> dict[int, list[tuple[int, int]]]:
        """By row of a table, the ranges of a field's texts that repeat what was removed."""
        name, field = place
        distinct, codes = encode(values_of(tables[name].frame[field]))
        own = {code: ranges for code, text in enumerate(distinct) if (ranges := self._ranges(str(text)))}
        return {row: own[code] for row, code in enumerate(codes.tolist()) if code in own}

    def _ranges(self, text: str) -> list[tuple[int, int]]:
        read = _read(text)
        lengths = (*_SHORT_WORDS, QUOTE_WORDS)
        runs = [run for run in dict.fromkeys(r for n in lengths for r in _runs(read, n)) if run in self.runs]
        return merged([place for run in runs for place in _all_of(read, run)])


def _read(text: str) -> Wording:
    return wording(text, list(replaced_ranges(text)))


def _texts(table: CheckedTable | TreatedTable, field: str, rows: Mask) -> list[str]:
    """The texts of some rows of a field."""
    if not rows.any():
        return []
    return [text for text in values_of(table.frame[field]).filter(pa.array(rows)).to_pylist() if text]


def _runs(text: Wording, n_words: int) -> Iterator[tuple[str, ...]]:
    """The runs of so many words that no replacement parts."""
    for start in range(len(text.words) - n_words + 1):
        run = text.words[start : start + n_words]
        if BARRIER not in run:
            yield run


def _all_of(text: Wording, run: Sequence[str]) -> list[tuple[int, int]]:
    """Where a run stands, also where it overlaps itself."""
    starts = [start for start in range(len(text.words)) if text.words[start : start + len(run)] == tuple(run)]
    return [(text.ranges[start][0], text.ranges[start + len(run) - 1][1]) for start in starts]
