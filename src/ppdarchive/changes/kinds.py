"""The catalogue of changes: each kind with its level, and why a reader of the last release cares.

Readers are people and programs that hold the last release: they select fields and categories by name, join
rows by key, and keep positions in texts. What breaks one of them is major; what adds is minor; what only
corrects metadata is patch. The recipe for versions of data packages says mostly the same. Where it differs,
the reader decides:

- A field that is added is minor (recipe: major). Columns are read by name, so nobody loses one.
- A value that is corrected is major (recipe: patch). Whoever computed with it can't get their figure again,
  and a pin on ``>=1.1,<2`` promises that they can. A value where there was none is minor: it adds.
- A promise that is no longer made (never missing, no value twice, a key) is major (recipe: minor).

References
----------
Semantic Versioning 2.0.0, https://semver.org/spec/v2.0.0.html, items 3, 6, 7 and 8; Data Package recipes,
"Data Package Version", https://datapackage.org/recipes/data-package-version/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Level(StrEnum):
    """Which number of a version a change raises, from least to most."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


_RANKS: Final = {level: rank for rank, level in enumerate(Level)}


def highest(levels: Iterable[Level]) -> Level | None:
    """The level that raises the most; None if there is none.

    Examples
    --------
    >>> highest([Level.MINOR, Level.MAJOR, Level.PATCH]).value
    'major'
    """
    return max(levels, key=_RANKS.__getitem__, default=None)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of change.

    Attributes
    ----------
    level : Level
    what : str
        What is said of it, behind the name of the table, field or code.
    reason : str
        Why it has that level.
    """

    level: Level
    what: str
    reason: str


def _kinds(level: Level, rows: str) -> Iterable[tuple[str, Kind]]:
    for row in filter(None, map(str.strip, rows.splitlines())):
        code, what, reason = (part.strip() for part in row.split("|"))
        yield code, Kind(level, what, reason)


_MAJOR: Final = """
    package.name | has another name | citations and lock files name it
    package.standard | follows another standard | its descriptor is understood otherwise
    package.format | has another format | a program for the last one may not read it
    package.licenses | has other terms of use | what was allowed may not be now
    table.removed | removed | whoever reads it finds nothing
    table.matching | other match of columns | columns are checked otherwise
    table.reordered | fields in another order | whoever reads by position takes one for another
    table.key | named by another key | rows of the last release can't be found
    table.unique-added | more must differ from row to row | rows kept by a reader may not satisfy it
    table.unique-removed | rows may now share | a join by it repeats rows
    table.reference-removed | no longer refers to | a join by it may find nothing
    field.removed | removed | whoever selects it finds nothing
    field.retyped | has another type | values are read and compared otherwise
    field.rewritten | is written in another form | a parser of the last form fails
    field.unit | is in another unit | the same number means something else
    field.tightened | may hold less | rows kept by a reader may not satisfy it
    field.unpromised | promises less | gaps or repeated values break who relied on it
    field.recoded | values exchanged one for one | the same value means something else
    field.category-removed | category removed | whoever selects by it finds nothing
    field.category-relabelled | category has another label | the same value means something else
    field.category-reordered | ordered categories in another order | comparisons come out otherwise
    field.order-withdrawn | categories are no longer ordered | comparisons fail
    field.missing-removed | reason for missing values removed | whoever selects by it finds nothing
    field.missing-relabelled | reason for missing values renamed | whoever selects by it finds nothing
    rows.removed | rows removed | what refers to them finds nothing
    rows.changed | rows changed | figures from the last release can't be had again
    texts.edited | texts edited | positions kept by a reader select other words
    code.removed | removed | whoever selects by it finds nothing
    code.renamed | has another title | whoever selects by its title finds nothing
    code.replaced | has another id | whoever selects by its id finds nothing
    code.merged | merged | its segments are counted elsewhere
    code.split | split | its segments are counted elsewhere
    code.moved | moved to another theme | counts by theme change
    theme.removed | removed | whoever selects by it finds nothing
    theme.renamed | has another title | whoever selects by its title finds nothing
    theme.replaced | has another id | whoever selects by its id finds nothing
    theme.merged | merged | its codes are counted elsewhere
    theme.split | split | its codes are counted elsewhere
    theme.moved | moved to another wider theme | counts by wider theme change
    codings.removed | codings removed | counts and agreement change
    codings.moved | codings cover other characters | the same segment selects other words
    codings.recoded | codings bear another code | counts and agreement change
"""
_MINOR: Final = """
    table.added | added | nobody reads it yet
    table.reference-added | refers to | a join becomes possible
    field.added | added | columns are read by name
    field.loosened | may hold more | all that was there still fits
    field.category-added | category added | all that was there still fits
    field.order-declared | categories are ordered | comparisons become possible
    field.missing-added | reason for missing values added | all that was there still fits
    rows.added | rows added | all that was there is still there
    rows.filled | values given where none were | all that was there is still there
    code.added | added | nobody selects by it yet
    theme.added | added | nobody selects by it yet
    codings.added | codings added | all that was there is still there
"""
_PATCH: Final = """
    package.metadata | metadata changed | no value depends on it
    table.described | described otherwise | no value depends on it
    field.described | described otherwise | no value depends on it
    field.disclosure | role stated otherwise | no value depends on it
    field.category-resorted | categories listed otherwise | they have no order
    rows.described | definitions worded otherwise | ids and titles are as they were
"""

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    dict([*_kinds(Level.MAJOR, _MAJOR), *_kinds(Level.MINOR, _MINOR), *_kinds(Level.PATCH, _PATCH)])
)
"""All kinds by code."""


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One thing that differs between two releases; words of schemas and codebooks, never of answers.

    Attributes
    ----------
    kind : str
        A key of `KINDS`.
    table, field : str
        Where; empty for the package, or the table, as a whole.
    names : tuple of str
        What it concerns: parts of a descriptor, categories, fields of a key, ids of codes. Those that are
        there no longer come before those that are.
    """

    kind: str
    table: str = ""
    field: str = ""
    names: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """Which number of the version it raises."""
        return KINDS[self.kind].level

    @property
    def reason(self) -> str:
        """Why it has that level."""
        return KINDS[self.kind].reason
