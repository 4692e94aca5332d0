"""What can be known of each participant from all released tables: the vectors that risk is counted on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Field, Role, Schema
from ppdarchive.model.treatment import PARTICIPANTS
from ppdarchive.risk.classes import Classes, Codes, Numbers, classes_of, codes_of
from ppdarchive.risk.people import NOBODY, PARTICIPANT_KEY, people_of

WAVE: Final = "wave"
"""Who knows a participant may know in which waves she answered; the field counts whatever its role."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Vectors:
    """The quasi-identifiers of each participant, as codes.

    Attributes
    ----------
    names : tuple of str, length n_columns
        Fields of ``participants`` by name, others behind their table: ``responses: wave``.
    columns : tuple of ndarray of integers, each of shape (n_participants,)
        -1 is missing.
    n_participants : int
    """

    names: tuple[str, ...]
    columns: tuple[Codes, ...]
    n_participants: int

    def __repr__(self) -> str:
        return f"<Vectors: {self.n_participants} participants x {len(self.columns)}>"

    def classes(self, *, counted: npt.NDArray[np.bool_] | None = None) -> Classes:
        """The participants who share every part of their vector; all are one class if there is none."""
        columns = self.columns or (np.zeros(self.n_participants, dtype=np.int8),)
        return classes_of(columns, counted=counted)

    def with_facts(self, facts: Mapping[str, Codes]) -> Vectors:
        """These vectors with what is known from elsewhere, such as facts that answers state.

        Parameters
        ----------
        facts : mapping of str to ndarray of integers, shape (n_participants,)
            By name; in the participants' order, -1 where nothing is stated.

        Raises
        ------
        ValueError
            If a fact has not one code for each participant.
        """
        if any(len(codes) != self.n_participants for codes in facts.values()):
            raise ValueError("a fact has not one code for each participant")
        return replace(self, names=(*self.names, *facts), columns=(*self.columns, *facts.values()))


def participant_vectors(tables: Mapping[str, TreatedTable]) -> Vectors:
    """Gather the released quasi-identifiers of each participant from every table.

    A table of one row a participant gives a column for each of its fields. Of one with many rows the
    multiset of the rows is a column: which values there are and how often, in any order. Tables that
    name participants themselves show how many rows and which waves there are of each, so these count
    even without quasi-identifier.

    Parameters
    ----------
    tables : mapping of str to TreatedTable
        All that is released.

    Returns
    -------
    Vectors
        In the order of the rows of ``participants``; where it is not released, in no stated order.
    """
    people = people_of(tables)
    names: list[str] = []
    columns: list[Codes] = []
    for name, of in people.of.items():
        table = tables[name]
        fields = quasi_identifiers(table.schema)
        if name == PARTICIPANTS:
            names += fields
            columns += codes_of(table.frame, fields)
            continue
        is_direct = name in people.direct
        if is_direct and WAVE in table.schema and WAVE not in fields:
            fields.append(WAVE)
        if not is_direct and not fields:
            continue
        owned = of != NOBODY
        codes = [column[owned] for column in codes_of(table.frame, fields)]
        counts = np.bincount(of[owned], minlength=people.n_participants)
        if counts.max(initial=0) > 1:
            names.append(f"{name}: {', '.join(fields) or 'rows'}")
            columns.append(multisets(of[owned], codes, people.n_participants))
        else:
            names += [f"{name}: {field}" for field in (*fields, "rows")]
            columns += [*spread(of[owned], codes, people.n_participants), counts]
    return Vectors(tuple(names), tuple(columns), people.n_participants)


def spread(of: Numbers, columns: Sequence[Codes], n_participants: int) -> list[Codes]:
    """Bring columns of at most one row a participant into the participants' order; -1 for no row."""
    found: list[Codes] = []
    for column in columns:
        codes = np.full(n_participants, -1, dtype=np.int64)
        codes[of] = column
        found.append(codes)
    return found


def multisets(of: Numbers, columns: Sequence[Codes], n_participants: int) -> Numbers:
    """Number the multisets of rows that participants have.

    Parameters
    ----------
    of : ndarray of int64, shape (n_rows,)
        The participant of each row.
    columns : sequence of ndarray of integers, each of shape (n_rows,)
        None, if only the number of rows counts.
    n_participants : int

    Returns
    -------
    ndarray of int64, shape (n_participants,)
        Equal for participants with equal rows, whatever their order.
    """
    rows = classes_of(columns).of if columns else np.zeros(len(of), dtype=np.int64)
    counts = np.bincount(of, minlength=n_participants)
    rows = rows[np.lexsort((rows, of))]
    starts = np.cumsum(counts) - counts
    found = np.zeros(n_participants, dtype=np.int64)
    for place in range(int(counts.max(initial=0))):
        # Those who have no further row keep their number, and it stays apart from the new ones.
        more = np.flatnonzero(counts > place)
        numbered = classes_of([found[more], rows[starts[more] + place]]).of
        found[more] = numbered + found.max() + 1
    return classes_of([found]).of


def quasi_identifiers(schema: Schema) -> list[str]:
    """The fields of a table that count, in the schema's order.

    Besides those of that role, keys in ``participants`` that name no participant, such as her coach's:
    the coach knows whom she coached, and a fellow participant who her own coach was.
    """
    return [field.name for field in schema if is_quasi_identifier(schema, field)]


def is_quasi_identifier(schema: Schema, field: Field) -> bool:
    """Whether a field counts; see `quasi_identifiers`."""
    if field.disclosure is None:
        return False
    if field.disclosure.role is Role.QUASI_IDENTIFIER:
        return True
    is_own = field.name in schema.primary_key or field.name == PARTICIPANT_KEY
    return field.disclosure.role is Role.KEY and schema.name == PARTICIPANTS and not is_own
