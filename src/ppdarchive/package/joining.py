"""The tables of a release joined to one: responses with whoever, whatever and however they were coded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ppdarchive.model.columns import positions, values_of
from ppdarchive.model.schema import ForeignKey, Schemas
from ppdarchive.model.table import Frame

Rows = npt.NDArray[np.int64]


class Frames(Protocol):
    """Whatever gives a table by its name."""

    def __getitem__(self, name: str) -> Frame: ...


# What is looked up from what, in this order; codings refer to responses, and not the other way.
_STEPS = (
    ("responses", "participants"),
    ("responses", "questions"),
    ("codings", "codes"),
    ("codes", "themes"),
)

_ORDER = ("responses", "participants", "questions", "codings", "codes", "themes")


def joined(frames: Frames, schemas: Schemas) -> Frame:
    """Every response with its participant and question, and with each of its codings, code and theme.

    Tables are joined by the foreign keys that the schemas declare; without one, or without the
    table, they are left out. A null refers to nothing.

    Parameters
    ----------
    frames : mapping of str to Frame
    schemas : mapping of str to Schema
        Of a package that has responses.

    Returns
    -------
    Frame
        Types are kept, those of categories too. Columns of `responses` keep their names; any other
        that stands in two of the tables is called ``table.column``. Keys of the tables that are
        looked up are left out, since they stand in the referring table already.
    """
    # For each table in the result, the row that stands in each row of it; -1 for none.
    n_responses = len(frames["responses"])
    rows: dict[str, Rows] = {"responses": np.arange(n_responses)}
    left_out: dict[str, set[str]] = {"responses": set()}
    if (key := _key(schemas, "codings", "responses")) is not None:
        own, coding = _pairs(frames, key, n_responses)
        rows = {"responses": own, "codings": coding}
        left_out["codings"] = set(key.fields)
    for referring, target in _STEPS:
        key = _key(schemas, referring, target)
        if key is None or referring not in rows:
            continue
        found = _found(frames[referring], key.fields, frames[target], key.reference_fields)
        rows[target] = np.append(found, -1)[rows[referring]]
        left_out[target] = set(key.reference_fields)
    return _beside(frames, rows, left_out)


def _key(schemas: Schemas, referring: str, target: str) -> ForeignKey | None:
    if referring not in schemas or target not in schemas:
        return None
    return next((key for key in schemas[referring].foreign_keys if key.resource == target), None)


def _found(own: Frame, fields: Sequence[str], other: Frame, others: Sequence[str]) -> Rows:
    """For each row of `own` the first row of `other` with the same key, or -1."""
    numbers, known = _numbered(own, fields, other, others)
    first = np.full(max(numbers.max(initial=-1), known.max(initial=-1)) + 2, -1, dtype=np.int64)
    places = np.flatnonzero(known >= 0)[::-1]
    first[known[places]] = places  # the first row of a key is written last
    return first[numbers]


def _pairs(frames: Frames, key: ForeignKey, n_responses: int) -> tuple[Rows, Rows]:
    """Rows of responses and of their codings, in the order of responses; -1 where there is none."""
    found = _found(frames["codings"], key.fields, frames["responses"], key.reference_fields)
    coding = np.argsort(found, kind="stable")
    coding = coding[found[coding] >= 0]
    without = np.setdiff1d(np.arange(n_responses), found)
    own = np.concatenate([found[coding], without])
    coding = np.concatenate([coding, np.full(len(without), -1)])
    order = np.argsort(own, kind="stable")
    return own[order], coding[order]


def _numbered(own: Frame, fields: Sequence[str], other: Frame, others: Sequence[str]) -> tuple[Rows, Rows]:
    """Keys of both tables as numbers: equal keys have equal ones, -1 for a key with a null."""
    total = np.zeros(len(own) + len(other), dtype=np.int64)
    has_null = np.zeros(len(total), dtype=bool)
    for field, reference in zip(fields, others, strict=True):
        left, right = values_of(own[field]), values_of(other[reference])
        both = [*left.chunks, *right.cast(left.type).chunks]
        codes = positions(pa.chunked_array(both, left.type))
        has_null |= codes < 0
        total = pd.factorize(total * (codes.max(initial=0) + 1) + codes)[0]
    total = np.where(has_null, -1, total)
    return total[: len(own)], total[len(own) :]


def _beside(frames: Frames, rows: Mapping[str, Rows], left_out: Mapping[str, set[str]]) -> Frame:
    """The tables' rows beside each other, with names that tell them apart."""
    kept = {table: [name for name in frames[table].columns if name not in left_out[table]] for table in rows}
    counts = Counter(name for names in kept.values() for name in names)
    columns: dict[str, pd.Series] = {}
    for table in (table for table in _ORDER if table in rows):
        places = rows[table]
        part = frames[table][kept[table]]
        is_whole = (places >= 0).all() and len(places) == len(part) and (np.diff(places) == 1).all()
        taken = part if is_whole else part.reindex(places)
        for name in kept[table]:
            label = name if table == "responses" or counts[name] == 1 else f"{table}.{name}"
            while label in columns:
                label = f"{table}.{label}"
            columns[label] = taken[name].reset_index(drop=True)
    return pd.DataFrame(columns)
