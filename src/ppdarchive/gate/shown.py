"""What a live release shows and the new one does not: replaced words, answers, rows and cells left out.

Rows are matched by released primary key. Of a table without one, or with another, a text counts as shown if
any row of the new release has it; nothing else of it is compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.changes.matching import Matching, compared
from ppdarchive.changes.rows import rows_matched
from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.gate.answerkey import Range, hidden_ranges
from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import COMPANION_SUFFIX, Kind, Role, Schema
from ppdarchive.risk.classes import Numbers
from ppdarchive.risk.joined import cells_of, pseudonyms_of, slimmed
from ppdarchive.risk.meanings import Below, is_coarser, reading_of
from ppdarchive.risk.people import NOBODY, People, people_of

Mask = npt.NDArray[np.bool_]
Tables = Mapping[str, TreatedTable]

ROWS: Final = ""
"""What stands for whole rows where a field would be named."""

_POSITIONS: Final = ("start", "end")


@dataclass(frozen=True, slots=True)
class RedactedSpan:
    """Words that an earlier release shows and the new one has replaced or left out.

    Attributes
    ----------
    version : str
        Of the earlier release.
    table : str
    key : tuple of str
        The released primary key of the row in the earlier release, as texts; empty if it has none.
    field : str
    start, end : int
        Code points of the earlier release's text.
    """

    version: str
    table: str
    key: tuple[str, ...]
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FewHidden:
    """Participants of whom an earlier release shows what the new one hides, and not of all others.

    Attributes
    ----------
    version, table : str
    field : str
        `ROWS` for whole rows.
    n_participants : int
    """

    version: str
    table: str
    field: str
    n_participants: int


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """What one live release shows beyond the new one.

    Attributes
    ----------
    tables : mapping of str to TreatedTable
        The live release, without what neither names participants nor tells them apart.
    spans : tuple of RedactedSpan
    hidden : tuple of FewHidden
    moved : tuple of str
        Tables of codings with positions in texts that only one of both releases shows.
    """

    tables: Tables
    spans: tuple[RedactedSpan, ...]
    hidden: tuple[FewHidden, ...]
    moved: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Shown: {len(self.spans)} spans>"


@dataclass(slots=True, eq=False, repr=False)
class _Found:
    """What one table shows beyond the new one, by row of the live release.

    Attributes
    ----------
    texts : list of (str, int, list of Range)
        Field, row, ranges.
    dropped : ndarray of int64
        Rows that the new release does not have.
    dropped_texts : list of (str, list of str or None)
        By field, the texts of those.
    cells : dict of str to (ndarray, ndarray)
        By field, the rows whose cell is hidden, and all rows that have one.
    n_rows : int
    """

    texts: list[tuple[str, int, list[Range]]] = field(default_factory=list)
    dropped: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    dropped_texts: list[tuple[str, list[str | None]]] = field(default_factory=list)
    cells: dict[str, tuple[Numbers, Numbers]] = field(default_factory=dict)
    n_rows: int = 0


def shown_beyond(version: str, live: Tables, new: Tables, *, below: Below, surrogates: bool) -> Shown:
    """Compare a live release with the new one.

    Parameters
    ----------
    version : str
        Of the live release.
    live : mapping of str to TreatedTable
        Each table is asked for once, and let go before the next.
    new : mapping of str to TreatedTable
    below : Below
        The hierarchies by which one value is coarser than another.
    surrogates : bool
        Whether answers of the new release may have words in place of words, so that any other may be one.
    """
    slim: dict[str, TreatedTable] = {}
    found: dict[str, _Found] = {}
    keys: dict[str, list[tuple[str, ...]]] = {}
    for name in live:
        table = live[name]
        slim[name] = slimmed(table)
        if name in new:
            found[name] = _beyond(table, new[name], below, surrogates=surrogates)
            keys[name] = _keys(table, found[name])
    people, kept = _people(slim, new)
    spans: list[RedactedSpan] = []
    hidden: list[FewHidden] = []
    for name, own in found.items():
        of = people.of.get(name)
        spans += _spans(version, name, own, keys[name], _stays(own, of, kept))
        if of is not None:
            hidden += _few(version, name, own, of, kept, with_rows=name in people.direct)
    moved = tuple(name for name in slim if name in new and _is_moved(name, slim, new))
    return Shown(slim, tuple(spans), tuple(hidden), moved)


# -- one table ------------------------------------------------------------------------------------


def _beyond(table: TreatedTable, new: TreatedTable, below: Below, *, surrogates: bool) -> _Found:
    """Compare one table with the new one."""
    both = [name for name in table.schema.names if name in new.schema]
    texts = [name for name in both if any(_is_text(each.schema, name) for each in (table, new))]
    matching = None
    if table.schema.primary_key:
        matching = rows_matched(table.frame, new.frame, (table.schema, new.schema))
    found = _Found(n_rows=len(table.frame))
    if matching is None:
        found.dropped = _not_among(table, new, texts)
    else:
        found.dropped = matching.removed
        for name in both:
            if name in texts:
                only_marks = not surrogates or _is_about_data(new.schema)
                found.texts += _replaced(name, table, new, matching, only_marks=only_marks)
            elif _is_cell(table.schema, name):
                found.cells[name] = _hidden_cells(name, table, new, matching, below)
                if _is_wording(table.schema, name) and _is_wording(new.schema, name):
                    found.texts += _replaced(name, table, new, matching, only_marks=True, with_null=False)
    for name in texts:
        column = values_of(table.frame[name]).take(pa.array(found.dropped))
        found.dropped_texts.append((name, column.to_pylist()))
    return found


def _role(schema: Schema, name: str) -> Role | None:
    disclosure = schema[name].disclosure
    return None if disclosure is None else disclosure.role


def _is_text(schema: Schema, name: str) -> bool:
    return _role(schema, name) is Role.FREE_TEXT and not schema.is_companion(name)


def _is_cell(schema: Schema, name: str) -> bool:
    return _role(schema, name) not in (Role.KEY, Role.FREE_TEXT) and not (
        name.endswith(COMPANION_SUFFIX) and schema.is_companion(name)
    )


def _is_wording(schema: Schema, name: str) -> bool:
    return schema[name].kind is Kind.STRING and schema[name].categories is None


def _is_about_data(schema: Schema) -> bool:
    """Whether nothing in a table has a pseudonym: its words are worded anew now and then."""
    return all(_role(schema, name) is not Role.KEY for name in schema.names)


def _replaced(
    name: str,
    table: TreatedTable,
    new: TreatedTable,
    matching: Matching,
    *,
    only_marks: bool,
    with_null: bool = True,
) -> Iterator[tuple[str, int, list[Range]]]:
    """The texts of a column of which the new release hides something."""
    earlier = values_of(table.frame[name]).take(pa.array(matching.before))
    later = values_of(new.frame[name]).take(pa.array(matching.after))
    changed, _ = compared(earlier, later)
    if not with_null:
        changed &= np.asarray(later.is_valid(), dtype=np.bool_)
    rows = np.flatnonzero(changed)
    pairs = (each.take(pa.array(rows)).to_pylist() for each in (earlier, later))
    for row, one, other in zip(matching.before[rows].tolist(), *pairs, strict=True):
        if ranges := hidden_ranges(one, other, replaced=() if only_marks else None):
            yield name, row, ranges


def _not_among(table: TreatedTable, new: TreatedTable, names: Sequence[str]) -> Numbers:
    """The rows that have a text which no row of the new release has."""
    is_gone = np.zeros(len(table.frame), dtype=np.bool_)
    for name in names:
        theirs = {_unmarked(text) for text in values_of(new.frame[name]).to_pylist() if text is not None}
        own = values_of(table.frame[name]).to_pylist()
        is_gone |= np.array([text is not None and _unmarked(text) not in theirs for text in own], dtype=bool)
    return np.flatnonzero(is_gone)


def _unmarked(text: str) -> tuple[str, ...]:
    """The words of a text around its marks."""
    ends = [0, *(place for both in replaced_ranges(text) for place in both), len(text)]
    return tuple(text[start:end] for start, end in zip(ends[::2], ends[1::2], strict=True))


def _hidden_cells(
    name: str, table: TreatedTable, new: TreatedTable, matching: Matching, below: Below
) -> tuple[Numbers, Numbers]:
    """The rows whose cell is empty or coarser in the new release, and all rows that have one in both."""
    earlier = cells_of(table.frame[name]).take(pa.array(matching.before))
    later = cells_of(new.frame[name]).take(pa.array(matching.after))
    (own, mine), (other, theirs) = encode(earlier), encode(later)
    one, two = reading_of(table.schema[name]), reading_of(new.schema[name])
    pairs, kind = np.unique(mine * (len(other) + 1) + theirs + 1, return_inverse=True)
    is_hidden = np.zeros(len(pairs), dtype=np.bool_)
    for place, pair in enumerate(pairs.tolist()):
        before, after = divmod(pair, len(other) + 1)
        if pair >= 0 and before < len(own):
            is_hidden[place] = after == 0 or is_coarser(two(other[after - 1]), one(own[before]), below)
    return matching.before[(mine >= 0) & is_hidden[kind]], matching.before[mine >= 0]


def _keys(table: TreatedTable, found: _Found) -> list[tuple[str, ...]]:
    """The keys of the rows that texts are told of, those that changed before those that were dropped."""
    rows = [*(row for _, row, _ in found.texts), *found.dropped.tolist()]
    names = table.schema.primary_key
    if not names:
        return [()] * len(rows)
    columns = [
        values_of(table.frame[name]).take(pa.array(rows, pa.int64())).cast(pa.string()).to_pylist()
        for name in names
    ]
    return list(zip(*columns, strict=True))


# -- whose it is ----------------------------------------------------------------------------------


def _people(slim: Tables, new: Tables) -> tuple[People, Mask]:
    """Whose each row is, and who of them is in the new release; the last stands for nobody."""
    own = pseudonyms_of(slim)
    theirs = pseudonyms_of({name: slimmed(table) for name, table in new.items()})
    if own is None or theirs is None:
        return People(0, MappingProxyType({}), frozenset()), np.ones(1, dtype=np.bool_)
    is_kept = np.asarray(pc.is_in(own, value_set=pc.unique(theirs)), dtype=np.bool_)
    return people_of(slim), np.append(is_kept, True)


def _stays(found: _Found, of: Numbers | None, kept: Mask) -> Mask:
    """Of the rows that the new release does not have: whose participants it has.

    Who is gone as a whole is not redacted; and of tables that are about nobody rows may go.
    """
    if of is None:
        return np.zeros(len(found.dropped), dtype=np.bool_)
    stays: Mask = kept[of[found.dropped]]
    return stays


def _spans(
    version: str, table: str, found: _Found, keys: Sequence[tuple[str, ...]], stays: Mask
) -> Iterator[RedactedSpan]:
    for (name, _, ranges), key in zip(found.texts, keys[: len(found.texts)], strict=True):
        for start, end in ranges:
            yield RedactedSpan(version, table, key, name, start, end)
    for name, texts in found.dropped_texts:
        for text, key, is_kept in zip(texts, keys[len(found.texts) :], stays, strict=True):
            if text is not None and is_kept:
                for start, end in hidden_ranges(text, None):
                    yield RedactedSpan(version, table, key, name, start, end)


def _few(
    version: str, table: str, found: _Found, of: Numbers, kept: Mask, *, with_rows: bool
) -> Iterator[FewHidden]:
    """Cells and rows that are hidden of some participants, and not of everybody who has one.

    Rows that name nobody themselves, such as codings, come and go by the work of others.
    """
    cells = dict(found.cells)
    if with_rows:
        cells[ROWS] = found.dropped, np.arange(found.n_rows)
    for name, (hidden, every) in cells.items():
        n_hidden = _n_people(of[hidden], kept)
        if 0 < n_hidden < _n_people(of[every], kept):
            yield FewHidden(version, table, name, n_hidden)


def _n_people(of: Numbers, kept: Mask) -> int:
    """How many participants rows are of; those who are gone, and nobody, are none."""
    is_there = np.zeros(len(kept), dtype=np.bool_)
    is_there[of] = True
    is_there[NOBODY] = False
    return int(np.count_nonzero(is_there & kept))


# -- codings --------------------------------------------------------------------------------------


def _is_moved(name: str, live: Tables, new: Tables) -> bool:
    """Whether one release has positions in texts as they came in, and the other the redacted texts.

    Only where texts are released do positions follow their redaction; the difference of both is how long the
    replaced words were.
    """
    own, other = live[name].schema, new[name].schema
    if any(place not in schema for place in _POSITIONS for schema in (own, other)):
        return False
    for key in own.foreign_keys:
        if key not in other.foreign_keys or key.resource not in live or key.resource not in new:
            continue
        shows = [_shows_text(each[key.resource].schema) for each in (live, new)]
        if shows[0] is not shows[1] and _meet(live[name], new[name], key.fields):
            return True
    return False


def _shows_text(schema: Schema) -> bool:
    return any(_is_text(schema, name) for name in schema.names)


def _meet(own: TreatedTable, other: TreatedTable, names: Iterable[str]) -> bool:
    """Whether both have a row with the same values, field by field."""
    found = []
    for name in names:
        mine, theirs = (values_of(each.frame[name]).cast(pa.string()) for each in (own, other))
        found.append(pc.any(pc.is_in(mine, value_set=pc.unique(theirs))))
    return all(each.as_py() for each in found)
