"""What is kept, what is dropped, keys that become pseudonyms, and texts that the text engine redacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import pandas as pd
import pyarrow as pa

from ppdarchive.deidentify.treatments.method import Given, Method, Outcome, arrow_series, does, parameters
from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.dtypes import arrow_type, pandas_dtype
from ppdarchive.model.schema import Constraints, Field, Kind, Lexical

PSEUDONYM_PATTERN: Final = "[bcdfghjklmnpqrstvwxz]{16}"
"""16 random consonants, 69 bits: fixed width, and no name or number can stand in one."""


def default_form(values: pd.Series, released: Field) -> pd.Series:
    """The column in the type that its released field has."""
    if released.categories is not None:
        return values.astype(pandas_dtype(released))
    return arrow_series(values_of(values).cast(arrow_type(released)))


def _kept_field(field: Field) -> Field:
    return field


def _kept(values: pd.Series, _: Field, released: Field, __: Given) -> Outcome:
    return Outcome(default_form(values, released))


def _dropped_field(_: Field) -> None:
    return None


def pseudonymize(values: pd.Series, pseudonyms: Mapping[str, str]) -> pd.Series:
    """Replace each key by its pseudonym.

    Parameters
    ----------
    values : Series, shape (n_rows,)
    pseudonyms : mapping of str to str
        For every key in `values`, written as text.

    Returns
    -------
    Series of string, shape (n_rows,)
        Null stays null.

    Raises
    ------
    KeyError
        If a key has no pseudonym; its argument is the number of such keys, not a key.
    """
    distinct, rows = encode(values_of(values))
    try:
        replaced = pa.array([pseudonyms[str(key)] for key in distinct], pa.string())
    except KeyError:
        replaced = None
    if replaced is None:
        raise KeyError(sum(str(key) not in pseudonyms for key in distinct))
    return arrow_series(replaced.take(pa.array(rows, mask=rows < 0)))


def _pseudonymized_field(field: Field) -> Field:
    kept = Constraints(
        required=field.constraints.required, unique=field.constraints.unique, pattern=PSEUDONYM_PATTERN
    )
    return replace(
        field, kind=Kind.STRING, unit=None, lexical=Lexical(), constraints=kept, categories=None,
        categories_ordered=False,
    )  # fmt: skip


def _pseudonymized(values: pd.Series, field: Field, _: Field, given: Given) -> Outcome:
    return Outcome(pseudonymize(values, given.pseudonyms[str(parameters(field)["space"])]))


def _text_field(field: Field) -> Field:
    # Not required: an answer may be withheld.
    return replace(
        field, lexical=Lexical(), constraints=Constraints(), categories=None, categories_ordered=False
    )


def _redacted(_: pd.Series, __: Field, ___: Field, given: Given) -> Outcome:
    assert given.texts is not None
    return Outcome(arrow_series(given.texts))


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "keep": Method(_kept_field, _kept, does, one_to_one=True),
        "drop": Method(_dropped_field, _kept, does),
        "pseudonymize": Method(_pseudonymized_field, _pseudonymized, does, one_to_one=True),
        "text": Method(_text_field, _redacted, does),
    }
)
