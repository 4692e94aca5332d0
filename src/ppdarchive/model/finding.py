"""Rules, findings and counts: what must hold and where it does not, without any value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ppdarchive.model.schema import Scalar


class RuleKind(StrEnum):
    """What a rule demands; the last part of its id."""

    MISSING_COLUMN = "missing-column"
    UNKNOWN_COLUMN = "unknown-column"
    COLUMN_ORDER = "column-order"
    TYPE = "type"
    FORMAT = "format"
    CATEGORY = "category"
    REQUIRED = "required"
    UNIQUE = "unique"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    EXCLUSIVE_MINIMUM = "exclusive-minimum"
    EXCLUSIVE_MAXIMUM = "exclusive-maximum"
    MIN_LENGTH = "min-length"
    MAX_LENGTH = "max-length"
    PATTERN = "pattern"
    ENUM = "enum"
    PRIMARY_KEY = "primary-key"
    UNIQUE_KEY = "unique-key"
    FOREIGN_KEY = "foreign-key"
    STUDY = "study"
    PLACING = "placing"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that must hold for a table.

    Attributes
    ----------
    table : str
    kind : RuleKind
    fields : tuple of str
        The fields it speaks of; empty for a rule about the table's columns.
    demand : str
        What must hold, in plain words, from the declaration alone.
    operand : Scalar, tuple of Scalar or None
        The bound, length, pattern or list that the rule compares with.
    name : str
        For a study's own rule, and for one about a coded project, its name; else empty.
    reference : tuple of (str, tuple of str) or None
        For a foreign key: the table and the fields referred to.
    """

    table: str
    kind: RuleKind
    fields: tuple[str, ...]
    demand: str
    operand: Scalar | tuple[Scalar, ...] | None = None
    name: str = ""
    reference: tuple[str, tuple[str, ...]] | None = None

    @property
    def id(self) -> str:
        """A stable id: ``table.fields.kind``, or ``table.name.kind`` for a rule with a name."""
        subject = self.name or "+".join(self.fields)
        return ".".join(part for part in (self.table, subject, self.kind.value) if part)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a row came from: the file, its line (from 1) and, for one cell, the column (from 1)."""

    file: str
    line: int
    column: int | None = None


MAX_PLACES: Final = 10
"""How many places a finding names; the number of rows is always whole."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that does not hold, how often, and where first; it has no field for a value.

    Attributes
    ----------
    rule : Rule
    n_rows : int
        Rows that break the rule; 0 for a rule about columns.
    places : tuple of Place
        The first `MAX_PLACES` of them by position in the table.
    rows : tuple of int
        The same rows by position in the table, from 0.
    """

    rule: Rule
    n_rows: int
    places: tuple[Place, ...] = ()
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportCount:
    """What became of one export's rows: read, excluded (by which rule), and kept.

    Attributes
    ----------
    file : str
    table : str
    n_read : int
        Rows of data in the file, header rows not counted.
    n_header : int
        Header rows.
    excluded : mapping of str to int
        Rows excluded, by the first rule that excluded them.
    marked : mapping of str to int
        Rows kept although they carry a mark (``unfinished``, ...), since its rule is off.
    n_kept : int
        Rows kept; ``n_read - sum(excluded.values())``.
    n_rows : int
        Rows that they became in the table (several per row where questions become rows).
    unanswered : int
        Cells of question columns that were empty and made no row.
    unmapped : tuple of int
        Columns (from 1) that the study takes nothing from.
    """

    file: str
    table: str
    n_read: int
    n_header: int
    excluded: Mapping[str, int]
    marked: Mapping[str, int]
    n_kept: int
    n_rows: int
    unanswered: int = 0
    unmapped: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings(Sequence[Finding]):
    """All findings of a validation, in the order of tables, fields and rules."""

    items: tuple[Finding, ...] = ()

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        return self.items[index]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the broken rules, in order."""
        return tuple(item.rule.id for item in self.items)
