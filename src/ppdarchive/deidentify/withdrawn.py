"""Whoever and whatever was purged does not come back with the next export: rows are left out, words found."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from ppdarchive.deidentify.consent import participant_fields, space_of, with_referring, without
from ppdarchive.deidentify.freetext import Engine
from ppdarchive.deidentify.owners import participant_rows
from ppdarchive.deidentify.quotes import Quotes, words_of_others
from ppdarchive.deidentify.unused import with_unused
from ppdarchive.detectors.tags import MASK, replaced_ranges, tag
from ppdarchive.model.columns import Keep, encode, in_memory, values_of
from ppdarchive.model.purged import Purged
from ppdarchive.model.schema import Schemas
from ppdarchive.model.span import Span, TextCategory
from ppdarchive.model.table import CheckedTable
from ppdarchive.text.keys import plain_key, row_key
from ppdarchive.text.overlap import resolve
from ppdarchive.text.wording import occurrences, wording

RESPONSES: Final = "responses"
"""The table whose rows are the answers."""
DETECTOR: Final = "known.purged"
"""What finds purged words; they go whatever they are, as everything that is known to identify."""


def purged_fields(schemas: Schemas, space: str) -> list[tuple[str, str]]:
    """The fields, by table, whose values are the keys of participants, or of responses.

    Parameters
    ----------
    schemas : mapping of str to Schema
    space : {"participant", "response"}
    """
    found = [
        (name, field.name) for name, schema in schemas.items() for field in schema if space_of(field) == space
    ]
    if space == "participant":
        found += [(name, field.name) for name in schemas for field in participant_fields(schemas, name)]
    elif RESPONSES in schemas and len(schemas[RESPONSES].primary_key) == 1:
        found.append((RESPONSES, schemas[RESPONSES].primary_key[0]))
    return list(dict.fromkeys(found))


def without_purged(
    tables: Mapping[str, CheckedTable], purged: Purged, *, keep: Keep = in_memory, mask: bool = False
) -> Mapping[str, CheckedTable]:
    """Leave out who and what was purged, what refers to it, what only it used, and quotes of it.

    A code that a purge removed, since nobody else had it, would be told as new by the next release.

    Parameters
    ----------
    tables : mapping of str to CheckedTable
        As they came in.
    purged : Purged
    keep : callable
        Where the columns of what is left are kept.
    mask : bool
        Whether a mask stands in the place of quotes of their answers, and not a tag.
    """
    schemas = {name: table.schema for name, table in tables.items()}
    rows = {name: np.zeros(len(table.frame), dtype=bool) for name, table in tables.items()}
    for space, keys in purged.keys.items():
        for name, field in purged_fields(schemas, space) if keys else ():
            rows[name] |= rows_of_keys(values_of(tables[name].frame[field]), keys)
    if not any(mask.any() for mask in rows.values()):
        return tables
    gone = with_referring(tables, rows)
    personal = {*participant_rows(tables), *(name for name, each in gone.items() if each.any())}
    gone = with_unused(tables, gone, personal)
    left = {name: without(table, gone[name], keep=keep) for name, table in tables.items()}
    quotes = Quotes(tables, gone, personal)
    for name, own in words_of_others(left, personal):
        ranges = quotes.found(left, (name, own))
        if ranges:
            left[name] = _without_ranges(left[name], own, ranges, MASK if mask else tag(TextCategory.OTHER))
    return left


def _without_ranges(
    table: CheckedTable, field: str, ranges: Mapping[int, Sequence[tuple[int, int]]], replacement: str
) -> CheckedTable:
    texts = values_of(table.frame[field]).to_pylist()
    for row, own in ranges.items():
        for start, end in reversed(own):
            texts[row] = texts[row][:start] + replacement + texts[row][end:]
    column = pd.Series(pd.arrays.ArrowExtensionArray(pa.array(texts, pa.string())))
    return replace(table, frame=table.frame.assign(**{field: column}))


def rows_of_keys(values: pa.ChunkedArray, keys: Set[str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The rows whose key is one of some plain forms.

    Parameters
    ----------
    values : ChunkedArray, shape (n_rows,)
    keys : set of str
    """
    distinct, codes = encode(values)
    is_one = np.array([*(plain_key(str(value)) in keys for value in distinct), False], dtype=bool)
    return np.asarray(is_one[codes], dtype=bool)


class WithPurged:
    """A text engine that also finds the words that were purged from a participant's answers.

    Parameters
    ----------
    engine : Engine
    purged : Purged
        Words that are nobody's are found in every text.
    """

    def __init__(self, engine: Engine, purged: Purged) -> None:
        self._engine = engine
        self._words: dict[str | None, set[tuple[str, ...]]] = {}
        for each in purged.words:
            self._words.setdefault(each.owner, set()).add(each.words)

    def __repr__(self) -> str:
        return f"<WithPurged: words of {len(self._words)} participants>"

    def detect(
        self, texts: Sequence[str], groups: Sequence[Hashable] | None = None
    ) -> Sequence[Sequence[Span]]:
        """Find the spans of each text; where nothing says whose it is, whatever was purged from anybody."""
        found = [list(spans) for spans in self._engine.detect(texts, groups)]
        for place, text in enumerate(texts):
            own = self._own(None if groups is None else groups[place], is_known=groups is not None)
            more = purged_spans(text, own) if text and own else []
            if more:
                found[place] = resolve([*found[place], *more])
        return found

    def _own(self, group: Hashable, *, is_known: bool) -> set[tuple[str, ...]]:
        """The words that are to be found in a text of a group: a participant's key, where it is one."""
        if not is_known:
            return set().union(*self._words.values())
        owner = plain_key(row_key([str(part) for part in group])) if isinstance(group, tuple) else None
        return self._words.get(None, set()) | self._words.get(owner, set())


def purged_spans(text: str, words: Set[tuple[str, ...]]) -> list[Span]:
    """Where runs of purged words stand in a text."""
    read = wording(text, list(replaced_ranges(text)))
    return [
        Span(start, end, TextCategory.OTHER, detector=DETECTOR)
        for run in sorted(words)
        for start, end in occurrences(read, run)
    ]
