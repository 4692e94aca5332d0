"""CheckedTables -> TreatedTables: what the schemas declare is done to every column.

Mappings and decisions come from outside: pseudonyms from the register, redacted texts from the text
engine. Nothing here draws a random number, reads a file, or knows which values are dangerous.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ppdarchive.deidentify.codings import recoded
from ppdarchive.deidentify.consent import with_referring, without
from ppdarchive.deidentify.draws import draws
from ppdarchive.deidentify.freetext import Redaction
from ppdarchive.deidentify.owners import owners, participant_rows, target_rows
from ppdarchive.deidentify.portions import AT_ONCE, Redact, redacted
from ppdarchive.deidentify.released import coded_text, released
from ppdarchive.deidentify.treatments import METHODS, Given
from ppdarchive.deidentify.treatments.rare import reasons_where
from ppdarchive.model.columns import Keep, Texts, encode, in_memory, kept_rows, values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import COMPANION_SUFFIX, Field, Schema, Schemas
from ppdarchive.model.table import CheckedTable, Frame
from ppdarchive.model.treatment import PARTICIPANTS

Owners = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, repr=False)
class Treated:
    """What treatment gives.

    Attributes
    ----------
    tables : mapping of str to TreatedTable
        By name, in the schemas' order; tables of which nothing is released are gone.
    redactions : mapping of (str, str) to Redaction
        For each text column, by table and field, with rows as in the table that came in.
    codings : mapping of str to int
        How many codings were kept, widened, swallowed, and left out as repeated.
    """

    tables: Mapping[str, TreatedTable]
    redactions: Mapping[tuple[str, str], Redaction]
    codings: Mapping[str, int]

    def __repr__(self) -> str:
        return f"<Treated: {len(self.tables)} tables>"


def keys_by_space(tables: Mapping[str, CheckedTable]) -> Mapping[str, tuple[str, ...]]:
    """The keys that need a pseudonym, by space, as texts."""
    found: dict[str, dict[str, None]] = {}
    for table in tables.values():
        for field in table.schema:
            space = _parameter(field, "space")
            if isinstance(space, str):
                distinct, _ = encode(values_of(table.frame[field.name]))
                found.setdefault(space, {}).update(dict.fromkeys(str(key) for key in distinct))
    return MappingProxyType({space: tuple(keys) for space, keys in found.items()})


def keys_to_shift(tables: Mapping[str, CheckedTable]) -> tuple[str, ...]:
    """The keys of the participants, as texts, if any field is shifted by a participant's own days."""
    return tuple(dict.fromkeys(participant_keys(tables))) if _has_method(tables, "shift_dates") else ()


def is_exchanged(tables: Mapping[str, CheckedTable]) -> bool:
    """Whether the values of any field are exchanged at random, which needs a secret."""
    return _has_method(tables, "pram")


def _has_method(tables: Mapping[str, CheckedTable], method: str) -> bool:
    return any(_method(field) == method for table in tables.values() for field in table.schema)


def participant_keys(tables: Mapping[str, CheckedTable]) -> list[str]:
    """Each participant's key as text, in the rows' order; empty if there are no participants."""
    table = tables.get(PARTICIPANTS)
    if table is None or not table.schema.primary_key:
        return []
    parts = [values_of(table.frame[name]).cast(pa.string()).to_pylist() for name in table.schema.primary_key]
    # A key of one field is written as it is; of several, so that no two are written alike.
    return [str(key[0]) if len(key) == 1 else repr(key) for key in zip(*parts, strict=True)]


def participants_by_row(tables: Mapping[str, CheckedTable]) -> Mapping[str, list[str | None]]:
    """The participant's key of each row of each table that leads to them; None where it is nobody's."""
    keys = [*participant_keys(tables), None]
    if len(keys) == 1:
        return MappingProxyType({})
    rows = participant_rows(tables)
    return MappingProxyType({name: [keys[row] for row in own.tolist()] for name, own in rows.items()})


def treat(
    tables: Mapping[str, CheckedTable],
    *,
    pseudonyms: Mapping[str, Mapping[str, str]],
    redact: Redact,
    offsets: Mapping[str, int] = MappingProxyType({}),
    secret: bytes = b"",
    at_once: int | None = AT_ONCE,
    keep: Keep = in_memory,
) -> Treated:
    """Do to every table what its schema declares.

    Parameters
    ----------
    tables : mapping of str to CheckedTable
        Without findings; of consenting participants only.
    pseudonyms : mapping of str to mapping of str to str
        By space, for every key of `keys_by_space`.
    redact : callable
    offsets : mapping of str to int
        The days by which each participant's dates are shifted, for every key of `keys_to_shift`.
    secret : bytes
        What random exchanges are drawn from; needed only where a field is exchanged at random.
    at_once : int or None
        How many bytes of texts are redacted together (`ppdarchive.deidentify.portions`); None where what
        becomes of a text follows from those of others than its participant.
    keep : callable
        Where redacted texts are kept.

    Returns
    -------
    Treated
    """
    schemas = {name: table.schema for name, table in tables.items()}
    target = released(schemas)
    redactions = _redacted(tables, target, redact, at_once, keep)
    moved, rows, counts = _with_moved_codings(tables, target, redactions, keep)
    whose = owners(moved)
    keys = participant_keys(moved)
    frames: dict[str, Frame] = {}
    for name, schema in target.items():
        treated: dict[str, pd.Series] = {}
        for field in moved[name].schema:
            if field.name in schema:
                redaction = redactions.get((name, field.name))
                treated |= _treated(
                    field,
                    schema,
                    given=Given(
                        schema=moved[name].schema,
                        frame=moved[name].frame,
                        owners=whose[name],
                        pseudonyms=pseudonyms,
                        anchors=partial(_anchors, tables=moved, name=name),
                        shifts=partial(_shifts, moved, name, keys, offsets),
                        draws=partial(_draws, tables=moved, name=name, keys=keys, secret=secret),
                        texts=None if redaction is None else _left(redaction, rows[name], keep),
                    ),
                )
        frames[name] = pd.DataFrame({column: treated[column] for column in schema.names})
    result = {name: TreatedTable(target[name], frame) for name, frame in frames.items()}
    return Treated(MappingProxyType(result), MappingProxyType(redactions), counts)


def _left(redaction: Redaction, rows: pa.Array, keep: Keep) -> pa.Array | pa.ChunkedArray:
    """The redacted texts in the rows that are left."""
    texts = redaction.texts
    if not isinstance(texts, Texts):
        return pa.array(texts, pa.string()).filter(rows)
    if rows.false_count == 0:
        return texts.values
    return kept_rows(texts.values, rows, keep)


def _groups(tables: Mapping[str, CheckedTable], names: Collection[str]) -> Mapping[str, list[Hashable]]:
    """Whose each row of some tables is, by the participant's key where there is one, in whatever order."""
    table = tables.get(PARTICIPANTS)
    keys: list[Hashable] = []
    led: Mapping[str, Owners] = {}
    if table is not None and table.schema.primary_key:
        parts = [values_of(table.frame[name]).to_pylist() for name in table.schema.primary_key]
        keys, led = [*zip(*parts, strict=True), None], participant_rows(tables)
    whose = owners(tables)
    return {
        name: [keys[row] for row in led[name].tolist()]
        if name in led
        else [(name, row) for row in whose[name].tolist()]
        for name in names
    }


def _redacted(
    tables: Mapping[str, CheckedTable], target: Schemas, redact: Redact, at_once: int | None, keep: Keep
) -> dict[tuple[str, str], Redaction]:
    """Every text column that is released, redacted.

    All at once: what one column tells is used in the others, and a value has one number or surrogate in
    all of them.
    """
    columns = [
        (name, field.name)
        for name in target
        for field in tables[name].schema
        if field.name in target[name] and _method(field) == "text"
    ]
    texts = [values_of(tables[name].frame[field]) for name, field in columns]
    groups = _groups(tables, {name for name, _ in columns})
    whose = [groups[name] for name, _ in columns]
    return dict(zip(columns, redacted(texts, whose, redact, at_once=at_once, keep=keep), strict=True))


def _with_moved_codings(
    tables: Mapping[str, CheckedTable],
    target: Schemas,
    redactions: Mapping[tuple[str, str], Redaction],
    keep: Keep,
) -> tuple[Mapping[str, CheckedTable], Mapping[str, pa.Array], Mapping[str, int]]:
    """The tables with codings in positions of the redacted texts, before any other treatment.

    Codings that are left out are gone, and so is what refers to them.

    Returns
    -------
    tables : mapping of str to CheckedTable
    rows : mapping of str to Array of bool
        Which rows of each table as it came in are left.
    counts : mapping of str to int
    """
    schemas = {name: table.schema for name, table in tables.items()}
    moved, gone = dict(tables), {}
    counts: Counter[str] = Counter()
    for name in target:
        text = coded_text(schemas, name)
        if text is None or text not in redactions:
            continue
        table, key = tables[name], next(key for key in schemas[name].foreign_keys if key.resource == text[0])
        own = target_rows(table, key, tables[text[0]])
        frame, gone[name], fates = recoded(table.frame, own, redactions[text], table.schema.primary_key)
        moved[name] = replace(table, frame=frame)
        counts.update(fates)
    every = with_referring(tables, gone)
    left = {name: without(table, every[name], keep=keep) for name, table in moved.items()}
    rows = {name: pa.array(~mask) for name, mask in every.items()}
    return left, rows, MappingProxyType(dict(counts))


def _treated(field: Field, schema: Schema, *, given: Given) -> dict[str, pd.Series]:
    """One field's released column, and its companion's."""
    own, method = schema[field.name], METHODS[_method(field)]
    companion = field.name + COMPANION_SUFFIX
    reasons = given.frame.get(companion)
    outcome = method.column(given.frame[field.name], field, own, given)
    if companion not in schema:
        return {field.name: outcome.values}
    if (reason := method.reason(field)) is not None:
        assert outcome.taken is not None
        taken = outcome.taken
        if reasons is not None and method.rare_reasons is not None:
            taken = taken | method.rare_reasons(reasons, field, given)
        reasons = reasons_where(reasons, taken, schema[companion], reason)
    assert reasons is not None
    return {field.name: outcome.values, companion: reasons}


def _names(tables: Mapping[str, CheckedTable], name: str, keys: Sequence[str]) -> list[str | None]:
    """The key of each row's participant; None where it is nobody's."""
    rows = participant_rows(tables).get(name)
    if rows is None or not keys:
        return [None] * len(tables[name].frame)
    return [keys[row] if row >= 0 else None for row in rows.tolist()]


def _shifts(
    tables: Mapping[str, CheckedTable], name: str, keys: Sequence[str], offsets: Mapping[str, int]
) -> pa.Array:
    """The days by which the dates of each row are shifted; null where it is nobody's."""
    own = _names(tables, name, keys)
    n_unknown = len({key for key in own if key is not None and key not in offsets})
    if n_unknown:
        raise KeyError(n_unknown)
    return pa.array([None if key is None else offsets[key] for key in own], pa.int64())


def _draws(
    field: Field, *, tables: Mapping[str, CheckedTable], name: str, keys: Sequence[str], secret: bytes
) -> npt.NDArray[np.float64]:
    """Random numbers for each row, the same for equal values of one participant."""
    distinct, codes = encode(values_of(tables[name].frame[field.name]))
    own = _names(tables, name, keys)
    names = [f"row {row}" if key is None else f"participant {key}" for row, key in enumerate(own)]
    return draws(secret, f"{name}.{field.name}", names, codes, distinct)


def _anchors(field: Field, *, tables: Mapping[str, CheckedTable], name: str) -> pd.Series:
    """The dates that a field is counted from, one for each row of its table."""
    anchor = _parameter(field, "anchor")
    assert isinstance(anchor, str)
    table, _, column = anchor.rpartition(".")
    if table in ("", name):
        return tables[name].frame[column]
    if table not in tables:
        dates = values_of(tables[name].frame[field.name])
        return pd.Series(pd.arrays.ArrowExtensionArray(pa.nulls(len(dates), dates.type)))
    key = next(key for key in tables[name].schema.foreign_keys if key.resource == table)
    dates = values_of(tables[table].frame[column])
    rows = target_rows(tables[name], key, tables[table])
    return pd.Series(pd.arrays.ArrowExtensionArray(dates.take(pa.array(rows, mask=rows < 0))))


def _method(field: Field) -> str:
    return "drop" if field.disclosure is None else field.disclosure.treatment.method


def _parameter(field: Field, name: str) -> object:
    return None if field.disclosure is None else field.disclosure.treatment.parameters.get(name)
