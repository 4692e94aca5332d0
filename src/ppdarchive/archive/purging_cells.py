"""Where the spans of a list are in every version of every object, by the study's own keys; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from ppdarchive.archive.purging_plan import Cut
from ppdarchive.archive.purging_spans import Found, ListedSpan, cuts, found_span, text_digest
from ppdarchive.gate.purged import participants_of
from ppdarchive.model.columns import values_of
from ppdarchive.model.purged import PurgedWords
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Kind, Role
from ppdarchive.text.keys import plain_key, row_key

KeysOf = Callable[[Set[str]], Mapping[str, tuple[str, str]]]
"""What gives the space and the study's own key of each pseudonym, as a register does."""


@dataclass(frozen=True, slots=True, repr=False)
class Version:
    """A version of an object, as spans are looked for in it.

    Attributes
    ----------
    number : int
        From 1.
    names : frozenset of str
        What a list may call it: the release's version, or ``v3``.
    audience : str
    tables : mapping of str to TreatedTable
    """

    number: int
    names: frozenset[str]
    audience: str
    tables: Mapping[str, TreatedTable]

    def __repr__(self) -> str:
        return f"<Version {self.number} for {self.audience}>"


class Cells:
    """The cells that the spans of a list lie in, and what is to go from them.

    First every version is looked at, then what goes from each follows.

    Parameters
    ----------
    keys_of : callable
    path : str
        The list, for messages.
    """

    def __init__(self, keys_of: KeysOf, path: str) -> None:
        self._keys_of = keys_of
        self._path = path
        self._found: dict[tuple[str, str, str], list[Found]] = {}
        self._n_places: dict[int, int] = {}
        self._words: dict[PurgedWords, None] = {}

    def __repr__(self) -> str:
        return f"<Cells: {len(self._found)}>"

    @property
    def words(self) -> tuple[PurgedWords, ...]:
        """What must not come back."""
        return tuple(self._words)

    def look(self, version: Version, spans: Iterable[ListedSpan]) -> None:
        """Find the spans of a list that are in a version.

        Raises
        ------
        ArchiveError
            ``archive.spans`` if the version has no such text, or it is too short.
        """
        own = [each for each in spans if each.version in version.names]
        own = [each for each in own if each.audience in ("", version.audience)]
        if not own:
            return
        owners = participants_of(version.tables, self._known(version.tables))
        rows = {span.table: self._rows(self._table(version, span)) for span in own}
        for span in own:
            named, released = rows[span.table]
            wanted = row_key([plain_key(part) for part in span.key])
            for row, (key, shown) in enumerate(zip(named, released, strict=True)):
                if key == wanted if span.is_own else shown == span.key:
                    owner = owners[span.table][row] if span.table in owners else None
                    self._take(span, version.tables[span.table], row, (key, owner))

    def _table(self, version: Version, span: ListedSpan) -> TreatedTable:
        """The table of a span, if it can have spans."""
        table = version.tables.get(span.table)
        if table is None or span.field not in table.schema:
            raise span.wrong(self._path, "the version has no such table and field")
        field, key = table.schema[span.field], table.schema.primary_key
        if field.kind is not Kind.STRING or field.categories is not None or field.name in key:
            raise span.wrong(self._path, "the field holds no texts")
        if not key:
            raise span.wrong(self._path, "the table has no key")
        return table

    def _take(self, span: ListedSpan, table: TreatedTable, row: int, whose: tuple[str, str | None]) -> None:
        key, owner = whose
        text = values_of(table.frame[span.field])[row].as_py()
        if text is None or span.end > len(text):
            raise span.wrong(self._path, "the text there is shorter")
        found = found_span(text, span.start, span.end, span.category)
        self._n_places[span.line] = self._n_places.get(span.line, 0) + 1
        self._found.setdefault((span.table, span.field, key), []).append(found)
        for run in found.runs:
            self._words[PurgedWords(span.table, span.field, key, owner, run)] = None

    def check(self, spans: Iterable[ListedSpan]) -> None:
        """Refuse a list of which a span is nowhere, or in several places.

        Raises
        ------
        ArchiveError
            ``archive.spans``
        """
        for span in spans:
            if self._n_places.get(span.line, 0) == 0:
                raise span.wrong(self._path, "there is no such row in that version")
            if self._n_places[span.line] > 1:
                raise span.wrong(self._path, "several audiences have it, and no column `audience` says which")

    def cuts(self, version: Version) -> Iterator[Cut]:
        """What goes from a version."""
        for name, field in dict.fromkeys((table, own) for table, own, _ in self._found):
            table = version.tables.get(name)
            if table is None or field not in table.schema or not table.schema.primary_key:
                continue
            texts = values_of(table.frame[field])
            for row, (key, shown) in enumerate(zip(*self._rows(table), strict=True)):
                found = self._found.get((name, field, key), [])
                text: str | None = texts[row].as_py() if found else None
                if text and (ranges := tuple(cuts(text, found))):
                    category = found[0].category.value
                    yield Cut(version.number, name, field, shown, text_digest(text), ranges, category)

    def _rows(self, table: TreatedTable) -> tuple[list[str], list[tuple[str, ...]]]:
        """For each row the plain form of its own key, and its released one."""
        released = released_keys(table)
        known = self._keys_of({part for key in released for part in key})
        own = [
            row_key([plain_key(known[part][1] if part in known else part) for part in key])
            for key in released
        ]
        return own, released

    def _known(self, tables: Mapping[str, TreatedTable]) -> dict[str, str]:
        """The own key of every pseudonym of a version."""
        values = {
            str(value)
            for table in tables.values()
            for field in table.schema
            if field.disclosure is not None and field.disclosure.role is Role.KEY
            for value in values_of(table.frame[field.name]).unique().drop_null().to_pylist()
        }
        return {value: key for value, (_, key) in self._keys_of(values).items()}


def released_keys(table: TreatedTable) -> list[tuple[str, ...]]:
    """Each row's released key, as texts."""
    columns: Sequence[list[str]] = [
        [str(value) for value in values_of(table.frame[name]).to_pylist()]
        for name in table.schema.primary_key
    ]
    return list(zip(*columns, strict=True))
