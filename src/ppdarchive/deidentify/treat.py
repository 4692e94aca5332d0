"""CheckedTables -> TreatedTables: what the schemas declare is done to every column.

Mappings and decisions come from outside: pseudonyms from the register, redacted texts from the text
engine. Nothing here draws a random number, reads a file, or knows which values are dangerous.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ppdarchive.deidentify import columns
from ppdarchive.deidentify.codings import recoded
from ppdarchive.deidentify.freetext import Redaction
from ppdarchive.deidentify.owners import owners, target_rows
from ppdarchive.deidentify.released import released
from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import COMPANION_SUFFIX, Field, Role, Schema
from ppdarchive.model.table import CheckedTable, Frame

Owners = npt.NDArray[np.int64]
Redact = Callable[[Sequence[str | None], Sequence[int]], Redaction]
"""``redact(texts, groups)``: texts of a column and whose they are, to what is released of them."""


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


def treat(
    tables: Mapping[str, CheckedTable], *, pseudonyms: Mapping[str, Mapping[str, str]], redact: Redact
) -> Treated:
    """Do to every table what its schema declares.

    Parameters
    ----------
    tables : mapping of str to CheckedTable
        Without findings; of consenting participants only.
    pseudonyms : mapping of str to mapping of str to str
        By space, for every key of `keys_by_space`.
    redact : callable

    Returns
    -------
    Treated
    """
    target = released({name: table.schema for name, table in tables.items()})
    whose = owners(tables)
    redactions: dict[tuple[str, str], Redaction] = {}
    frames: dict[str, Frame] = {}
    for name, schema in target.items():
        treated: dict[str, pd.Series] = {}
        for field in tables[name].schema:
            if field.name not in schema:
                continue
            if _method(field) == "text":
                cells = values_of(tables[name].frame[field.name]).to_pylist()
                redactions[name, field.name] = redact(cells, whose[name].tolist())
            treated |= _treated(
                field,
                schema,
                tables,
                whose=whose[name],
                pseudonyms=pseudonyms,
                redaction=redactions.get((name, field.name)),
            )
        frames[name] = pd.DataFrame({column: treated[column] for column in schema.names})
    counts: Mapping[str, int] = MappingProxyType({})
    for name, frame in list(frames.items()):
        text = _coded_text(tables, name, redactions)
        if text is not None:
            rows = _coded_rows(tables, name, text[0])
            frames[name], counts = recoded(frame, rows, redactions[text], target[name].primary_key)
    result = {name: TreatedTable(target[name], frame) for name, frame in frames.items()}
    return Treated(MappingProxyType(result), MappingProxyType(redactions), counts)


def _treated(
    field: Field,
    schema: Schema,
    tables: Mapping[str, CheckedTable],
    *,
    whose: Owners,
    pseudonyms: Mapping[str, Mapping[str, str]],
    redaction: Redaction | None,
) -> dict[str, pd.Series]:
    """One field's released column, and its companion's."""
    name, frame = schema.name, tables[schema.name].frame
    values, own = frame[field.name], schema[field.name]
    companion = field.name + COMPANION_SUFFIX
    reasons = frame.get(companion)
    match _method(field):
        case "pseudonymize":
            result = columns.pseudonymize(values, pseudonyms[str(_parameter(field, "space"))])
        case "band":
            result = columns.band(values, field, own)
        case "year":
            result = columns.year(values)
        case "relative_days":
            result = columns.relative_days(values, _anchors(field, tables, name))
        case "suppress":
            below = _parameter(field, "below")
            assert isinstance(below, int)
            result, suppressed = columns.suppress(values, whose, below)
            reasons = columns.suppression_reasons(reasons, suppressed, schema[companion])
        case "text":
            assert redaction is not None
            result = pd.Series(pd.arrays.ArrowExtensionArray(pa.array(redaction.texts, pa.string())))
        case _:
            result = columns.default_form(values, own)
    if companion not in schema:
        return {field.name: result}
    assert reasons is not None
    return {field.name: result, companion: reasons}


def _anchors(field: Field, tables: Mapping[str, CheckedTable], name: str) -> pd.Series:
    """The dates that a field is counted from, one for each row of its table."""
    anchor = _parameter(field, "anchor")
    assert isinstance(anchor, str)
    table, _, column = anchor.rpartition(".")
    if table in ("", name):
        return tables[name].frame[column]
    key = next(key for key in tables[name].schema.foreign_keys if key.resource == table)
    dates = values_of(tables[table].frame[column])
    if table not in tables:
        return pd.Series(pd.arrays.ArrowExtensionArray(pa.nulls(len(tables[name].frame), dates.type)))
    rows = target_rows(tables[name], key, tables[table])
    return pd.Series(pd.arrays.ArrowExtensionArray(dates.take(pa.array(rows, mask=rows < 0))))


def _coded_text(
    tables: Mapping[str, CheckedTable], name: str, redactions: Mapping[tuple[str, str], Redaction]
) -> tuple[str, str] | None:
    """The text column whose segments the table `name` marks by start and end, if it does."""
    schema = tables[name].schema
    if "start" not in schema or "end" not in schema:
        return None
    for key in schema.foreign_keys:
        for table, field in redactions:
            if table == key.resource and _role(tables[table].schema[field]) is Role.FREE_TEXT:
                return table, field
    return None


def _coded_rows(tables: Mapping[str, CheckedTable], name: str, text_table: str) -> Owners:
    """For each coding the row of the text that it marks."""
    key = next(key for key in tables[name].schema.foreign_keys if key.resource == text_table)
    return target_rows(tables[name], key, tables[text_table])


def _method(field: Field) -> str:
    return "drop" if field.disclosure is None else field.disclosure.treatment.method


def _role(field: Field) -> Role | None:
    return None if field.disclosure is None else field.disclosure.role


def _parameter(field: Field, name: str) -> object:
    return None if field.disclosure is None else field.disclosure.treatment.parameters.get(name)
