"""What treatment takes from the data, exactly: for the study's own people, and never for a package.

Every figure is counted from what was collected, so it may tell of single participants. What a package may
tell is decided in `summaries`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from math import fsum, isfinite, log2, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow.types as pt

from ppdarchive.model.columns import values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Field, Role, Schema
from ppdarchive.model.table import CheckedTable, Frame
from ppdarchive.risk.classes import class_sizes, codes_of
from ppdarchive.risk.people import people_of

Floats = npt.NDArray[np.float64]

_ROLES: Final = (Role.QUASI_IDENTIFIER, Role.SENSITIVE, Role.NONE)
"""Names are meant to be lost, keys are exchanged one to one, and texts are measured by their own judge."""


@dataclass(frozen=True, slots=True)
class Column:
    """The values of a field, before or after treatment.

    Attributes
    ----------
    n_values : int
        Different values, without missing.
    n_missing : int
    entropy : float
        In bits; missing is a value.
    mean, sd : float or None
        Of numbers, with the sample's SD; None if there are too few, or one is not finite. Numbers that are
        released in classes, such as bands, count as the mean of their class: what a reader has at best.
    """

    n_values: int
    n_missing: int
    entropy: float
    mean: float | None = None
    sd: float | None = None


@dataclass(frozen=True, slots=True)
class FieldUtility:
    """A field before and after treatment.

    Attributes
    ----------
    name : str
        ``table.field``.
    treatment : str
    before : Column
    after : Column or None
        None if it is not released.
    """

    name: str
    treatment: str
    before: Column
    after: Column | None

    @property
    def n_suppressed(self) -> int:
        """Cells that treatment left out of a released field."""
        return 0 if self.after is None else max(0, self.after.n_missing - self.before.n_missing)


@dataclass(frozen=True, slots=True)
class Correlation:
    """Pearson's r of two numeric fields of one table, in rows where both are known.

    Attributes
    ----------
    one, other : str
        ``table.field``.
    before, after : float or None
        None where there is none: of fewer than two rows, or of a field that is constant.
    """

    one: str
    other: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Utility:
    """What was lost.

    Attributes
    ----------
    fields : tuple of FieldUtility
    correlations : tuple of Correlation
        Of numeric fields that are released, be it in classes.
    """

    fields: tuple[FieldUtility, ...]
    correlations: tuple[Correlation, ...]


def utility(before: Mapping[str, CheckedTable], after: Mapping[str, TreatedTable]) -> Utility:
    """Compare tables as collected with what is released of them.

    Parameters
    ----------
    before : mapping of str to CheckedTable
        Of the participants who are released.
    after : mapping of str to TreatedTable

    Returns
    -------
    Utility
        Of every declared field of participants but names, keys and texts. Tables that lose rows with their
        texts, such as codings, are left out.
    """
    fields: list[FieldUtility] = []
    correlations: list[Correlation] = []
    for name in people_of(after).of:
        table, released = before[name], after[name]
        if len(table.frame) != len(released.frame):
            continue
        numbers = dict(_numbers(table, released))
        for own in measured(table.schema):
            assert own.disclosure is not None
            is_released = own.name in released.schema
            fields.append(
                FieldUtility(
                    f"{name}.{own.name}",
                    own.disclosure.treatment.method,
                    column_of(table.frame, own.name),
                    _released(released.frame, own.name, numbers) if is_released else None,
                )
            )
        for (one, (x, x_after)), (other, (y, y_after)) in combinations(numbers.items(), 2):
            correlations.append(
                Correlation(
                    f"{name}.{one}", f"{name}.{other}", correlation(x, y), correlation(x_after, y_after)
                )
            )
    return Utility(tuple(fields), tuple(correlations))


def measured(schema: Schema) -> Iterator[Field]:
    """The declared fields whose loss is measured; companion fields go with their own."""
    for own in schema:
        is_measured = own.disclosure is not None and own.disclosure.role in _ROLES
        if is_measured and not schema.is_companion(own.name):
            yield own


def column_of(frame: Frame, name: str) -> Column:
    """Measure a column."""
    (codes,) = codes_of(frame, [name])
    sizes = class_sizes([codes])
    n_missing = int(np.count_nonzero(codes < 0))
    numbers = numbers_of(frame, name)
    mean, sd = (None, None) if numbers is None else moments(numbers[~np.isnan(numbers)])
    return Column(len(sizes) - (n_missing > 0), n_missing, entropy(sizes), mean, sd)


def _released(frame: Frame, name: str, numbers: Mapping[str, tuple[Floats, Floats]]) -> Column:
    found = column_of(frame, name)
    if name not in numbers:
        return replace(found, mean=None, sd=None)
    known = numbers[name][1]
    mean, sd = moments(known[~np.isnan(known)])
    return replace(found, mean=mean, sd=sd)


def _numbers(before: CheckedTable, after: TreatedTable) -> Iterator[tuple[str, tuple[Floats, Floats]]]:
    """The numbers of each numeric field that is released, as collected and as a reader has them."""
    for own in measured(before.schema):
        numbers = numbers_of(before.frame, own.name)
        if numbers is None or own.name not in after.schema:
            continue
        released = numbers_of(after.frame, own.name)
        yield (
            own.name,
            (numbers, _class_means(numbers, after.frame, own.name) if released is None else released),
        )


def _class_means(numbers: Floats, frame: Frame, name: str) -> Floats:
    """The mean of the numbers in each row's class; NaN where nothing is released."""
    (codes,) = codes_of(frame, [name])
    found = np.full(len(numbers), np.nan)
    for code in np.unique(codes[codes >= 0]).tolist():
        known = numbers[(codes == code) & ~np.isnan(numbers)]
        mean, _ = moments(known)
        found[codes == code] = np.nan if mean is None else mean
    return found


def entropy(sizes: npt.NDArray[np.int64]) -> float:
    """Shannon's entropy of classes of some sizes, in bits; the same in whatever order they stand."""
    n = int(sizes.sum())
    return max(0.0, log2(n) - fsum(size * log2(size) for size in sizes.tolist()) / n) if n else 0.0


def numbers_of(frame: Frame, name: str) -> Floats | None:
    """The numbers of a column with NaN for missing; None if it holds anything else."""
    if frame[name].dtype == "category":
        return None
    values = values_of(frame[name])
    if not (pt.is_integer(values.type) or pt.is_floating(values.type)):
        return None
    found: Floats = values.cast("float64", safe=False).to_numpy().astype(np.float64)
    return found


def moments(numbers: Floats) -> tuple[float | None, float | None]:
    """Mean and SD of numbers, the same to the bit in whatever order they stand."""
    values = numbers.tolist()
    # Numbers so large that their squares overflow have no SD that anybody reads.
    if not values or not all(isfinite(value) and abs(value) < 1e150 for value in values):
        return None, None
    mean = fsum(values) / len(values)
    if len(values) < 2:
        return mean, None
    return mean, sqrt(fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def correlation(first: Floats, second: Floats) -> float | None:
    """Pearson's r in rows where both are known; None if there is none."""
    both = ~np.isnan(first) & ~np.isnan(second)
    x, y = first[both], second[both]
    (mean_x, sd_x), (mean_y, sd_y) = moments(x), moments(y)
    if mean_x is None or mean_y is None or not sd_x or not sd_y:
        return None
    products = ((x - mean_x) / sd_x) * ((y - mean_y) / sd_y)
    return min(1.0, max(-1.0, fsum(products.tolist()) / (len(x) - 1)))
