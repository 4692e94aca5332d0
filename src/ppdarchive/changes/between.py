"""Two releases -> all that differs between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from ppdarchive.changes import codebook
from ppdarchive.changes.codings import CODE_KEY, CODINGS, CodingChanges, coding_changes
from ppdarchive.changes.contents import Contents
from ppdarchive.changes.kinds import Change, Level, highest
from ppdarchive.changes.matching import Matching, compared
from ppdarchive.changes.people import People, is_about_people, people_of
from ppdarchive.changes.rows import Count, RowChanges, counter, row_changes, rows_matched
from ppdarchive.changes.schemas import metadata_changes, schema_changes
from ppdarchive.changes.texts import Marks, TextChanges, bracketed, text_changes
from ppdarchive.model.columns import values_of
from ppdarchive.model.schema import Role, Schema
from ppdarchive.model.table import Frame

_RESPONSES = "responses"


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs between two releases: words of schemas and codebooks, and counts; never answers.

    Attributes
    ----------
    schema : tuple of Change
        Of the metadata, schemas and fields.
    rows : mapping of str to RowChanges
        By table; those whose rows are all as they were are left out.
    texts : mapping of (str, str) to TextChanges
        By table and field.
    codings : mapping of str to CodingChanges
        By stage.
    codebook : tuple of Change
        Of codes and themes.
    """

    schema: tuple[Change, ...] = ()
    rows: Mapping[str, RowChanges] = field(default_factory=lambda: MappingProxyType({}))
    texts: Mapping[tuple[str, str], TextChanges] = field(default_factory=lambda: MappingProxyType({}))
    codings: Mapping[str, CodingChanges] = field(default_factory=lambda: MappingProxyType({}))
    codebook: tuple[Change, ...] = ()

    def __iter__(self) -> Iterator[Change]:
        """All changes without their counts, in one fixed order."""
        yield from self.schema
        yield from self.codebook
        for table, rows in self.rows.items():
            for kind in rows.kinds:
                yield Change(kind, table)
            for name, own in rows.fields.items():
                if own.is_exchanged:
                    yield Change("field.recoded", table, name)
        for table, name in self.texts:
            yield Change("texts.edited", table, name)
        for stage, codings in self.codings.items():
            for kind in codings.kinds:
                yield Change(kind, CODINGS, names=(stage,) if stage else ())

    def __bool__(self) -> bool:
        return next(iter(self), None) is not None

    @property
    def level(self) -> Level | None:
        """What the version number must be raised by; None if nothing differs."""
        return highest(change.level for change in self)

    @property
    def reasons(self) -> tuple[Change, ...]:
        """The changes that make the level."""
        return tuple(change for change in self if change.level is self.level)


def changes(before: Contents, after: Contents, *, marks: Marks = bracketed) -> Changes:
    """Find all that differs between two releases of one study to one audience.

    Parameters
    ----------
    before, after : Contents
        Rows are matched by released primary keys, whose pseudonyms are the same in all releases of an
        audience. The order of tables and rows does not matter.
    marks : Marks
        What in a text stands where words were; by default anything in brackets, and masks.

    Returns
    -------
    Changes

    References
    ----------
    Semantic Versioning 2.0.0; Data Package recipes, "Data Package Version"; `ppdarchive.changes.kinds` has
    the rule.
    """
    common = sorted(before.schemas.keys() & after.schemas.keys())
    people = people_of(before, after)
    rows: dict[str, RowChanges] = {}
    texts: dict[tuple[str, str], TextChanges] = {}
    codings: Mapping[str, CodingChanges] = MappingProxyType({})
    matching_of_codings: Matching | None = None
    for name in common:
        own, other = before.frames[name], after.frames[name]
        schemas = (before.schemas[name], after.schemas[name])
        is_protected = is_about_people(before.schemas, name, people) or is_about_people(
            after.schemas, name, people
        )
        matching = rows_matched(own, other, schemas)
        if matching is None:
            rows[name] = RowChanges(len(own), len(other), is_matched=False, is_about_people=is_protected)
            continue
        counts = (_counter(people, name, is_before=True), _counter(people, name, is_before=False))
        found = row_changes(own, other, schemas, matching, counts=counts, is_about_people=is_protected)
        if found.kinds:
            rows[name] = found
        if is_protected:
            texts |= _texts_of((own, other), schemas[1], matching, found, count=counts[1], marks=marks)
        if name == CODINGS and CODE_KEY in schemas[0] and CODE_KEY in schemas[1]:
            codings = coding_changes(own, other, matching, counts=counts)
            matching_of_codings = matching
    return Changes(
        schema=(
            *metadata_changes(before.metadata, after.metadata),
            *schema_changes(before.schemas, after.schemas),
        ),
        rows=MappingProxyType(rows),
        texts=MappingProxyType(texts),
        codings=MappingProxyType(dict(codings)),
        codebook=tuple(_codebook(before, after, matching_of_codings)),
    )


def _counter(people: People, name: str, *, is_before: bool) -> Count:
    owners = (people.before if is_before else people.after).get(name)
    return counter(owners, people.is_kept)


def _texts_of(
    frames: tuple[Frame, Frame],
    schema: Schema,
    matching: Matching,
    rows: RowChanges,
    *,
    count: Count,
    marks: Marks,
) -> Iterator[tuple[tuple[str, str], TextChanges]]:
    """The fields of answers that differ, with how."""
    before, after = frames
    for name, own in rows.fields.items():
        disclosure = schema[name].disclosure
        if own.n_changed == 0 or disclosure is None or disclosure.role is not Role.FREE_TEXT:
            continue
        earlier = values_of(before[name]).take(matching.before)
        later = values_of(after[name]).take(matching.after)
        changed, _ = compared(earlier, later)
        where = np.flatnonzero(changed)
        texts = [each.take(where).cast(pa.string()).to_pylist() for each in (earlier, later)]
        yield (
            (schema.name, name),
            text_changes(texts[0], texts[1], matching.after[where], count=count, marks=marks),
        )


def _codebook(before: Contents, after: Contents, matching: Matching | None) -> Iterator[Change]:
    """What became of codes and themes, where both releases have them by the same key."""
    explained: set[tuple[str, str]] = set()
    has_codes = _have(before, after, codebook.CODES, CODE_KEY)
    if _have(before, after, codebook.THEMES, codebook.THEME_KEY):
        flows = codebook.Flows({}, {}, {})
        if has_codes:
            flows = codebook.code_flows(before.frames[codebook.CODES], after.frames[codebook.CODES])
        own, other = (codebook.themes_of(each.frames[codebook.THEMES]) for each in (before, after))
        found = list(codebook.group_changes("theme", own, other, flows))
        for change in found:
            if change.kind in ("theme.replaced", "theme.merged"):
                explained.add((change.names[0], change.names[1]))
        yield from found
    if has_codes:
        own, other = (codebook.codes_of(each.frames[codebook.CODES]) for each in (before, after))
        flows = codebook.Flows({}, {}, {})
        if matching is not None and own.keys() != other.keys():
            steady = _steady(before, after)
            flows = codebook.segment_flows(before.frames[CODINGS], after.frames[CODINGS], matching, steady)
        yield from codebook.group_changes("code", own, other, flows, explained=explained)


def _have(before: Contents, after: Contents, table: str, key: str) -> bool:
    """Whether both releases have a table, named by `key`."""
    return all(
        table in each.schemas and each.schemas[table].primary_key == (key,) for each in (before, after)
    )


def _steady(before: Contents, after: Contents) -> pa.Array | None:
    """The responses that both releases have with the same text; None if that can't be known."""
    if not _have(before, after, _RESPONSES, "response_id"):
        return None
    own, other = before.frames[_RESPONSES], after.frames[_RESPONSES]
    matching = rows_matched(own, other, (before.schemas[_RESPONSES], after.schemas[_RESPONSES]))
    if matching is None or "text" not in own.columns or "text" not in other.columns:
        return None
    changed, filled = compared(
        values_of(own["text"]).take(matching.before), values_of(other["text"]).take(matching.after)
    )
    ids = values_of(own["response_id"]).take(matching.before[~(changed | filled)])
    return ids.combine_chunks()
