"""What a treatment is: what it does to a field's schema, and to its column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ppdarchive.model.schema import Field, JsonValue
from ppdarchive.model.treatment import TREATMENTS

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, repr=False)
class Given:
    """What a treatment may look at besides its own column.

    Attributes
    ----------
    owners : ndarray of int64, shape (n_rows,)
        Whose row it is, as a number for each participant.
    pseudonyms : mapping of str to mapping of str to str
        By space.
    anchors : callable
        ``anchors(field)``: the dates that a field is counted from, one for each row.
    texts : Array or None
        The redacted texts of the column, if it is free text.
    """

    owners: npt.NDArray[np.int64]
    pseudonyms: Mapping[str, Mapping[str, str]]
    anchors: Callable[[Field], pd.Series]
    texts: pa.Array | None


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """What a treatment makes of a column.

    Attributes
    ----------
    values : Series, shape (n_rows,)
        In the type of the released field.
    taken : ndarray of bool, shape (n_rows,), or None
        Where a value was taken away; the companion field says so by the method's `reason`.
    """

    values: pd.Series
    taken: Mask | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """A treatment.

    Attributes
    ----------
    field : callable
        ``field(incoming)``: the released field, or None if nothing is released. Words, missing values
        and disclosure are set for all treatments alike.
    column : callable
        ``column(values, incoming, released, given)``, pure.
    words : callable
        ``words(incoming)``: what was done, for the reader of the release.
    one_to_one : bool
        Whether values that differ still do when they are released, and equal ones are equal.
    reason : str or None
        The reason in the companion field where a value was taken away.
    """

    field: Callable[[Field], Field | None]
    column: Callable[[pd.Series, Field, Field, Given], Outcome]
    words: Callable[[Field], str]
    one_to_one: bool = False
    reason: str | None = None


def parameters(field: Field) -> Mapping[str, JsonValue]:
    """The parameters of the field's treatment."""
    return {} if field.disclosure is None else field.disclosure.treatment.parameters


def does(field: Field) -> str:
    """What the field's treatment does, as the catalogue says it."""
    assert field.disclosure is not None
    return TREATMENTS[field.disclosure.treatment.method].does


def arrow_series(values: pa.Array | pa.ChunkedArray) -> pd.Series:
    """An Arrow-backed column."""
    return pd.Series(pd.arrays.ArrowExtensionArray(values))
