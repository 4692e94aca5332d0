"""All releases of an audience joined by pseudonym: what whoever holds them all knows of each participant.

Pseudonyms stay from release to release, so that every row of a participant, and every value of a row, can be
laid beside its earlier ones. What they say together is gathered value by value:

- ranges are cut with each other: 30-34 in one and 28-32 in another is 30-32; a year and a day are the day;
- of two classes of a hierarchy the finer one holds;
- what is missing, suppressed or dropped in one release is filled by another that has it;
- two values that contradict each other (one was corrected, or averaged in another group) stand beside each
  other, each with its release: who has both is told from whoever has one.

Rows are matched by their released primary key; rows that only some releases have all count. The rows of a
table without key are matched by whose they are and what they hold.

The result is the table that a reader can make herself, and she is told from others on it as on any one
release: vectors are equal only if nothing in any release tells two participants apart, but for *when* it was
released. Who knows when somebody took part is another reader; `Joined.present` is what she adds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.hierarchy import Hierarchy
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import COMPANION_SUFFIX, Role, Schema
from ppdarchive.model.treatment import PARTICIPANTS
from ppdarchive.risk.classes import Codes, Numbers
from ppdarchive.risk.meanings import Below, Meaning, below_of, narrowed, reading_of
from ppdarchive.risk.people import NOBODY, PARTICIPANT_KEY, people_of
from ppdarchive.risk.vectors import WAVE, Vectors, multisets, quasi_identifiers, spread

Mask = npt.NDArray[np.bool_]

_SEPARATOR = "\x1f"
_NOTHING = "\x1e"
_MISSING = -1

State = tuple[Meaning, tuple[tuple[int, Meaning], ...]]
"""What is known of a cell, and what contradicts it: each with the number of its release."""


def slimmed(table: TreatedTable) -> TreatedTable:
    """The table without the columns that neither name a participant nor tell one from another."""
    schema = table.schema
    needed = {WAVE, PARTICIPANT_KEY, *schema.primary_key, *quasi_identifiers(schema)}
    needed |= {name for key in schema.foreign_keys for name in key.fields}
    needed |= {each.name for each in schema if each.disclosure and each.disclosure.role is Role.KEY}
    return TreatedTable(schema, table.frame[[name for name in schema.names if name in needed]])


def pseudonyms_of(tables: Mapping[str, TreatedTable]) -> pa.ChunkedArray | None:
    """The pseudonym of each participant, in the order of `people_of`; None if nothing names them."""
    if PARTICIPANTS in tables:
        table = tables[PARTICIPANTS]
        key = table.schema.primary_key or ((PARTICIPANT_KEY,) if PARTICIPANT_KEY in table.schema else ())
        return _texts(table, key) if key else None
    people = people_of(tables)
    naming = [name for name in people.of if PARTICIPANT_KEY in tables[name].schema]
    found = np.empty(people.n_participants, dtype=object)
    for name in naming:
        of = people.of[name]
        given = values_of(tables[name].frame[PARTICIPANT_KEY]).cast(pa.string()).to_numpy()
        found[of[of != NOBODY]] = given[of != NOBODY]
    return pa.chunked_array([pa.array(found, pa.string())]) if naming else None


def _texts(table: TreatedTable, names: Sequence[str]) -> pa.ChunkedArray:
    """The values of some columns of each row as one text."""
    columns = [cells_of(table.frame[name]).cast(pa.string()) for name in names]
    if len(columns) == 1:
        return columns[0].fill_null(_NOTHING)
    whole = [column.combine_chunks().fill_null(_NOTHING) for column in columns]
    return pa.chunked_array([pc.binary_join_element_wise(*whole, _SEPARATOR)])


def cells_of(column: pd.Series) -> pa.ChunkedArray:
    """The values of a column; lists, which can't be numbered, as texts."""
    values = values_of(column)
    if not pa.types.is_nested(values.type):
        return values
    shown = [None if value is None else repr(value) for value in values.to_pylist()]
    return pa.chunked_array([pa.array(shown, pa.string())])


@dataclass(slots=True, eq=False, repr=False)
class _Places:
    """Texts that are met one after the other, and the place that each got when it was met first."""

    known: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))

    def of(self, texts: pa.ChunkedArray) -> Numbers:
        """The places of texts, new ones behind all others."""
        found = np.asarray(pc.index_in(texts, value_set=self.known).fill_null(_MISSING), dtype=np.int64)
        if (found == _MISSING).any():
            new = pc.unique(texts.filter(pa.array(found == _MISSING)))
            self.known = pa.concat_arrays([self.known, new.cast(pa.string())])
            found = np.asarray(pc.index_in(texts, value_set=self.known), dtype=np.int64)
        return found

    def __len__(self) -> int:
        return len(self.known)


@dataclass(slots=True, eq=False, repr=False)
class _Column:
    """What is known of one field in each row.

    Attributes
    ----------
    below : Below
    codes : ndarray of int64, shape (n_rows,)
        Places in `states`; -1 where no release has a value.
    states : list of State
    """

    below: Below
    codes: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    states: list[State] = field(default_factory=list)
    _place_of: dict[State, int] = field(default_factory=dict)

    def narrow(self, rows: Numbers, table: TreatedTable, name: str, release: int) -> None:
        """Add what a release says of some rows."""
        read = reading_of(table.schema[name])
        distinct, places = encode(cells_of(table.frame[name]))
        given = np.array([*(self._code((read(value), ())) for value in distinct), _MISSING])[places]
        own = self.codes[rows]
        found = np.where(own == _MISSING, given, own)
        differs = np.flatnonzero((own != _MISSING) & (given != _MISSING) & (own != given))
        if len(differs):
            pairs = own[differs] * len(self.states) + given[differs]
            kinds, kind = np.unique(pairs, return_inverse=True)
            n_states = len(self.states)
            both = [self._both(pair // n_states, pair % n_states, release) for pair in kinds.tolist()]
            found[differs] = np.array(both, dtype=np.int64)[kind]
        self.codes[rows] = found

    def grow(self, n_rows: int) -> None:
        """Make room for rows of which nothing is known."""
        missing = np.full(n_rows - len(self.codes), _MISSING, dtype=np.int64)
        self.codes = np.concatenate([self.codes, missing])

    def _both(self, one: int, other: int, release: int) -> int:
        (meaning, against), (new, _) = self.states[one], self.states[other]
        together = narrowed(meaning, new, self.below)
        if together is None:
            return self._code((meaning, (*against, (release, new))))
        return self._code((together, against))

    def _code(self, state: State) -> int:
        code = self._place_of.setdefault(state, len(self.states))
        if code == len(self.states):
            self.states.append(state)
        return code


@dataclass(slots=True, eq=False, repr=False)
class _Rows:
    """The rows of one table in all releases.

    Attributes
    ----------
    places : _Places
        By key.
    owners : ndarray of int64, shape (n_rows,)
        The participant of each row, or `NOBODY`.
    columns : dict of str to _Column
    is_direct : bool
        Whether the rows name participants themselves, so that their number counts.
    """

    places: _Places = field(default_factory=_Places)
    owners: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    columns: dict[str, _Column] = field(default_factory=dict)
    is_direct: bool = False

    def add(self, rows: Numbers, owners: Numbers) -> None:
        """Note whose the rows are."""
        more = np.full(len(self.places) - len(self.owners), NOBODY, dtype=np.int64)
        self.owners = np.concatenate([self.owners, more])
        self.owners[rows] = owners
        for column in self.columns.values():
            column.grow(len(self.places))

    def codes(self) -> dict[str, Numbers]:
        """The columns; why a value is missing counts only where no release has it."""
        found = {name: column.codes for name, column in self.columns.items()}
        for name in [name for name in found if name.endswith(COMPANION_SUFFIX)]:
            base = found.get(name.removesuffix(COMPANION_SUFFIX))
            if base is not None:
                found[name] = np.where(base == _MISSING, found[name], _MISSING)
        return found


class Joined:
    """Releases joined by pseudonym; they are added one after the other, and not kept."""

    def __init__(self, hierarchies: Mapping[tuple[str, str], Sequence[Hierarchy]] | None = None) -> None:
        self._hierarchies = hierarchies or {}
        self._people = _Places()
        self._tables: dict[tuple[str, tuple[str, ...]], _Rows] = {}
        self._present: list[Numbers] = []

    def __repr__(self) -> str:
        return f"<Joined: {len(self._present)} releases, {len(self._people)} participants>"

    @property
    def n_participants(self) -> int:
        """Participants in any release."""
        return len(self._people)

    @property
    def present(self) -> list[Mask]:
        """Who is in each release, each of shape (n_participants,)."""
        found = []
        for places in self._present:
            mask = np.zeros(self.n_participants, dtype=np.bool_)
            mask[places] = True
            found.append(mask)
        return found

    def add(self, tables: Mapping[str, TreatedTable]) -> None:
        """Join one more release.

        Parameters
        ----------
        tables : mapping of str to TreatedTable
            All of its tables; those from `slimmed` suffice. A release that names no participants can't be
            joined, and tells nothing here.
        """
        names = pseudonyms_of(tables)
        release = len(self._present)
        everybody = self._people.of(names) if names is not None else np.empty(0, dtype=np.int64)
        self._present.append(everybody)
        if names is None:
            return
        people = people_of(tables)
        for name, of in people.of.items():
            table = tables[name]
            fields = quasi_identifiers(table.schema)
            is_direct = name in people.direct
            if is_direct and WAVE in table.schema and WAVE not in fields:
                fields.append(WAVE)
            if name == PARTICIPANTS or is_direct or fields:
                owners = np.append(everybody, NOBODY)[of]
                self._add_rows(table, fields, owners, release, is_direct=is_direct)

    def _add_rows(
        self, table: TreatedTable, fields: Sequence[str], owners: Numbers, release: int, *, is_direct: bool
    ) -> None:
        schema = table.schema
        key = () if schema.name == PARTICIPANTS else schema.primary_key
        own = self._tables.setdefault((schema.name, key), _Rows())
        own.is_direct |= is_direct
        if schema.name == PARTICIPANTS:
            keys = pa.chunked_array([pa.array(owners).cast(pa.string())])
        else:
            keys = _texts(table, key) if key else _contents(table, fields, owners)
        rows = own.places.of(keys)
        own.add(rows, owners)
        for name in fields:
            if name not in own.columns:
                below = below_of(self._hierarchies.get((schema.name, name), ()))
                own.columns[name] = _Column(below)
                own.columns[name].grow(len(own.places))
            own.columns[name].narrow(rows, table, name, release)

    def vectors(self) -> Vectors:
        """What all releases so far say of each participant together, in the order of `present`."""
        names: list[str] = []
        columns: list[Codes] = []
        n = self.n_participants
        for (name, _), rows in self._tables.items():
            codes = rows.codes()
            owned = rows.owners != NOBODY
            of = rows.owners[owned]
            own = [column[owned] for column in codes.values()]
            if name == PARTICIPANTS:
                names += list(codes)
                columns += spread(of, own, n)
            elif own or rows.is_direct:
                names.append(f"{name}: {', '.join(codes) or 'rows'}")
                columns.append(multisets(of, own, n))
        return Vectors(tuple(names), tuple(columns), n)


def _contents(table: TreatedTable, fields: Sequence[str], owners: Numbers) -> pa.ChunkedArray:
    """Rows without key as texts: whose they are, what they hold, and which of several like them they are.

    The same value in another set of categories is another: it need not mean the same.
    """
    marks = [_mark(table.schema, name) for name in fields]
    texts = pa.array(owners).cast(pa.string())
    if fields:
        held = _texts(table, fields).combine_chunks()
        texts = pc.binary_join_element_wise(texts, held, repr(marks), _SEPARATOR)
    numbers = encode(pa.chunked_array([texts]))[1]
    nth = pd.Series(numbers).groupby(numbers).cumcount().to_numpy()
    nth_text = pa.array(nth).cast(pa.string())
    return pa.chunked_array([pc.binary_join_element_wise(texts, nth_text, _SEPARATOR)])


def _mark(schema: Schema, name: str) -> tuple[object, ...]:
    own = schema[name]
    categories = tuple(str(each.value) for each in own.categories or ())
    return own.kind.value, categories, own.description
