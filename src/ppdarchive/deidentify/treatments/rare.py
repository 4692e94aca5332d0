"""Values that too few participants share, and the reasons that stand in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ppdarchive.deidentify.treatments.method import Given, Mask, Method, Outcome, does, number
from ppdarchive.model.columns import positions, values_of
from ppdarchive.model.dtypes import pandas_dtype
from ppdarchive.model.schema import COMPANION_SUFFIX, Category, Field, Kind

SUPPRESSED: Final = "Suppressed: shared by too few participants"
"""The reason in the companion field of a value that was suppressed."""


def suppress(values: pd.Series, owners: npt.NDArray[np.int64], below: int) -> tuple[pd.Series, Mask]:
    """Leave out values that too few participants share.

    Parameters
    ----------
    values : Series, shape (n_rows,)
    owners : ndarray of int64, shape (n_rows,)
        Whose row it is, as a number for each participant; a participant counts once for a value.
    below : int
        Values of fewer participants than this are suppressed.

    Returns
    -------
    values : Series, shape (n_rows,)
    suppressed : ndarray of bool, shape (n_rows,)
    """
    suppressed = rare(values, owners, below)
    return values.mask(suppressed), suppressed


def rare(values: pd.Series, owners: npt.NDArray[np.int64], below: int) -> Mask:
    """Where a value stands that fewer than `below` participants share."""
    rows = positions(values_of(values))
    pairs = pd.DataFrame({"value": rows, "owner": owners}).drop_duplicates()
    counts = pairs.groupby("value").size()
    few = counts.index[counts.to_numpy() < below]
    return (rows >= 0) & np.isin(rows, few.to_numpy())


def _suppressed_field(field: Field) -> Field:
    return replace(field, constraints=replace(field.constraints, required=False, unique=False))


def _suppressed(values: pd.Series, field: Field, _: Field, given: Given) -> Outcome:
    return Outcome(*suppress(values, given.owners, int(number(field, "below"))))


def _rare_reasons(reasons: pd.Series, field: Field, given: Given) -> Mask:
    """Reasons identify as values do: few participants may have refused."""
    return rare(reasons, given.owners, int(number(field, "below")))


def with_reason(field: Field, companion: Field | None, reason: str) -> Field:
    """The companion field of `field` with one reason more."""
    known = companion.categories or () if companion is not None else ()
    known = tuple(category for category in known if category.value != reason)
    base = companion or Field(
        name=field.name + COMPANION_SUFFIX,
        kind=Kind.STRING,
        title=f"{field.title or field.name}: why missing",
        description=f"Why {field.name} has no value; empty where it has one.",
    )
    return replace(base, categories=(*known, Category(reason)))


def reasons_where(reasons: pd.Series | None, taken: Mask, companion: Field, reason: str) -> pd.Series:
    """The companion's column: its own reasons, and `reason` where a value was taken away."""
    dtype = pandas_dtype(companion)
    assert isinstance(dtype, pd.CategoricalDtype)
    codes = np.full(len(taken), -1, dtype=np.int32)
    if reasons is not None:
        codes = reasons.astype(dtype).cat.codes.to_numpy().astype(np.int32)
    codes[taken] = list(dtype.categories).index(reason)
    return pd.Series(pd.Categorical.from_codes(codes, dtype=dtype))


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "suppress": Method(
            _suppressed_field, _suppressed, does, reason=lambda _: SUPPRESSED, rare_reasons=_rare_reasons
        )
    }
)
