"""Values perturbed so that totals stay honest: exchanged at random, or averaged in small groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.deidentify.treatments.method import (
    Given,
    Mask,
    Method,
    Outcome,
    arrow_series,
    number,
    parameters,
)
from ppdarchive.deidentify.treatments.plain import default_form
from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.schema import Constraints, Field, Kind, Lexical, Scalar

TOO_FEW: Final = "Suppressed: too few participants to average"
"""The reason in the companion field of a number that could not be averaged with others."""

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def transition_matrix(counts: npt.ArrayLike, keep: float) -> Floats:
    """The probabilities with which values are exchanged, which leave expected counts as they are.

    A value is kept with probability `keep`, and otherwise drawn anew from the values that there are
    (itself among them), as often as they occur: ``R = keep I + (1 - keep) 1 p'``, and ``p' R = p'``.

    Parameters
    ----------
    counts : array_like, shape (n_values,)
    keep : float, between 0 and 1

    Returns
    -------
    ndarray of float64, shape (n_values, n_values)
        Rows are the true values, and add up to 1.

    References
    ----------
    Gouweleeuw, Kooiman, Willenborg, de Wolf (1998), Post randomisation for statistical disclosure
    control, Journal of Official Statistics 14(4), section 4 (invariant PRAM).

    Examples
    --------
    >>> transition_matrix([3, 1], 0.8).round(2).tolist()
    [[0.95, 0.05], [0.15, 0.85]]
    """
    shares = np.asarray(counts, dtype=np.float64)
    total = shares.sum()
    shares = shares / total if total else shares
    return np.asarray(keep * np.eye(len(shares)) + (1 - keep) * shares[np.newaxis, :], dtype=np.float64)


def exchanged(codes: Codes, owners: Codes, draws: Floats, keep: float, n_values: int) -> Codes:
    """Exchange values by `transition_matrix`.

    Parameters
    ----------
    codes : ndarray of int64, shape (n_rows,)
        Values as numbers from 0; -1 for null, which stays.
    owners : ndarray of int64, shape (n_rows,)
        A participant counts once for a value.
    draws : ndarray of float64, shape (n_rows, 2)
        In [0, 1): whether a value is kept, and which one takes its place; the same for equal values
        of one participant.
    keep : float
    n_values : int
    """
    there = codes >= 0
    pairs = np.unique(np.column_stack([codes[there], owners[there]]), axis=0)
    counts = np.bincount(pairs[:, 0], minlength=n_values)
    ends = np.cumsum(counts) / max(1, counts.sum())
    drawn = np.minimum(np.searchsorted(ends, draws[:, 1], side="right"), n_values - 1)
    return np.where(there & (draws[:, 0] >= keep), drawn, codes)


def _domain(field: Field) -> Sequence[Scalar]:
    """The values that the field may have."""
    if field.constraints.enum is not None:
        return field.constraints.enum
    if field.categories is not None:
        return [category.value for category in field.categories]
    return [False, True]


def _exchanged_field(field: Field) -> Field:
    kept = Constraints(required=field.constraints.required, enum=field.constraints.enum)
    return replace(field, constraints=kept)


def _exchanged(values: pd.Series, field: Field, released: Field, given: Given) -> Outcome:
    domain = list(dict.fromkeys(_domain(field)))
    places = {value: place for place, value in enumerate(domain)}
    distinct, rows = encode(values_of(values))
    codes = np.array([*(places[value] for value in distinct), -1], dtype=np.int64)[rows]
    found = exchanged(codes, given.owners, given.draws(field), float(number(field, "keep")), len(domain))
    column = pa.array(domain, values_of(values).type).take(pa.array(found, mask=found < 0))
    return Outcome(default_form(arrow_series(column), released))


def _exchanged_words(field: Field) -> str:
    keep = f"{100 * float(number(field, 'keep')):.10g}"
    return (
        f"Some values are exchanged for others at random: each stays with a probability of {keep} % at "
        "least, and how often each occurs is the same on average (PRAM with an invariant matrix)."
    )


def mdav(points: Floats, owners: Codes, k: int) -> Codes:
    """Group rows that are alike, at least `k` participants in each group (MDAV).

    As long as enough are left, the row farthest from the mean of those left gathers the rows nearest
    to it, and the row farthest from that one does the same; the last ones are one group.

    Parameters
    ----------
    points : ndarray of float64, shape (n_rows, n_fields)
        Finite; fields of one scale.
    owners : ndarray of int64, shape (n_rows,)
        Rows of one participant count once.
    k : int

    Returns
    -------
    ndarray of int64, shape (n_rows,)
        Each row's group from 0; -1 for all if there are fewer than `k` participants.

    References
    ----------
    Domingo-Ferrer and Torra (2005), Ordinal, continuous and heterogeneous k-anonymity through
    microaggregation, doi:10.1007/s10618-005-0007-5, algorithm 1 (MDAV-generic).
    """
    is_single = len(np.unique(owners)) == len(owners)
    if points.shape[1] == 1 and is_single:
        return _on_a_line(points[:, 0], k)
    groups = np.full(len(points), -1, dtype=np.int64)
    left = np.arange(len(points))
    n_groups = 0

    def gather(start: npt.NDArray[np.float64]) -> None:
        """Take the rows nearest to `start` until `k` participants are among them."""
        nonlocal left, n_groups
        away = ((points[left] - start) ** 2).sum(axis=1)
        if is_single and len(left) > k:
            order = np.argpartition(away, k - 1)
            groups[left[order[:k]]] = n_groups
            n_groups += 1
            left = left[order[k:]]
            return
        order = np.argsort(away, kind="stable")
        _, first = np.unique(owners[left][order], return_index=True)
        last = np.sort(first)[k - 1]
        groups[left[order[: last + 1]]] = n_groups
        n_groups += 1
        left = np.sort(left[order[last + 1 :]])

    def farthest(start: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        found: npt.NDArray[np.float64] = points[left][((points[left] - start) ** 2).sum(axis=1).argmax()]
        return found

    def n_left() -> int:
        return len(left) if is_single else len(np.unique(owners[left]))

    while n_left() >= 3 * k:
        one = farthest(points[left].mean(axis=0))
        gather(one)
        if n_left() >= k:
            gather(farthest(one))
    if n_left() >= 2 * k:
        gather(farthest(points[left].mean(axis=0)))
    if n_left() >= k:
        groups[left] = n_groups
    elif n_groups:
        # Too few for a group of their own: each row joins the group whose mean is nearest.
        means = np.array([points[groups == group].mean(axis=0) for group in range(n_groups)])
        for row in left:
            groups[row] = ((means - points[row]) ** 2).sum(axis=1).argmin()
    return groups


def _on_a_line(values: Floats, k: int) -> Codes:
    """`mdav` of one field with one row for each participant: what lies outermost is at the ends."""
    order: Codes = np.argsort(values, kind="stable")
    groups = np.full(len(values), -1, dtype=np.int64)
    low, high, n_groups = 0, len(values), 0
    while high - low >= 3 * k:
        groups[order[low : low + k]] = n_groups
        groups[order[high - k : high]] = n_groups + 1
        low, high, n_groups = low + k, high - k, n_groups + 2
    if high - low >= 2 * k:
        rest = values[order[low:high]]
        if rest.mean() - rest[0] >= rest[-1] - rest.mean():
            groups[order[low : low + k]], low = n_groups, low + k
        else:
            groups[order[high - k : high]], high = n_groups, high - k
        n_groups += 1
    if high - low >= k:
        groups[order[low:high]] = n_groups
    return groups


def _standardized(columns: Sequence[Floats]) -> Floats:
    """Columns of mean 0 and standard deviation 1; none of them a float too large to square."""
    result = []
    for column in columns:
        largest = np.abs(column).max(initial=0)
        scaled = column / largest if largest else column
        spread = scaled.std() if len(scaled) else 0.0
        result.append((scaled - scaled.mean()) / spread if spread else np.zeros_like(scaled))
    return np.column_stack(result)


def group_means(values: Floats, groups: Codes) -> Floats:
    """Each row's mean of its group; the mean of equal values is that value."""
    n_groups = int(groups.max(initial=-1)) + 1
    sizes = np.bincount(groups, minlength=n_groups)
    shares = np.zeros(n_groups, dtype=np.float64)
    np.add.at(shares, groups, values / sizes[groups])
    low, high = np.full(n_groups, np.inf), np.full(n_groups, -np.inf)
    np.minimum.at(low, groups, values)
    np.maximum.at(high, groups, values)
    found: Floats = np.clip(shares, low, high)[groups]
    return found


def _floats(values: pd.Series) -> tuple[Floats, Mask]:
    """Numbers as floats, and where one is there."""
    column = values_of(values)
    found = np.asarray(pc.fill_null(column, 0)).astype(np.float64)
    return found, np.asarray(pc.is_valid(column)) & np.isfinite(found)


def _members(field: Field, given: Given) -> list[Field]:
    """The fields that are averaged together with a field, itself among them."""
    group = parameters(field).get("group")
    if group is None:
        return [field]
    return [
        each
        for each in given.schema
        if each.disclosure is not None
        and each.disclosure.treatment.method == "microaggregate"
        and parameters(each).get("group") == group
    ]


def _averaged_field(field: Field) -> Field:
    def as_float(value: Scalar) -> Scalar:
        assert isinstance(value, int | float)
        return float(value)

    # Not required: too few may have a number, or all numbers of the group.
    kept = replace(bounds_of_means(field, as_float), required=False)
    return replace(field, kind=Kind.NUMBER, lexical=Lexical(), constraints=kept)


def bounds_of_means(field: Field, change: Any) -> Constraints:
    """The bounds that a mean of the field's values satisfies."""
    given = field.constraints
    low = [change(value) for value in (given.minimum, given.exclusive_minimum) if value is not None]
    high = [change(value) for value in (given.maximum, given.exclusive_maximum) if value is not None]
    return Constraints(minimum=max(low) if low else None, maximum=min(high) if high else None)


def _averaged(values: pd.Series, field: Field, _: Field, given: Given) -> Outcome:
    columns = [_floats(given.frame[each.name]) for each in _members(field, given)]
    complete: Mask = np.logical_and.reduce([there for _, there in columns])
    points = _standardized([numbers[complete] for numbers, _ in columns])
    groups = mdav(points, given.owners[complete], int(number(field, "k")))
    own = _floats(values)[0]
    found, is_null = np.zeros(len(own)), np.ones(len(own), dtype=bool)
    if (groups >= 0).all():
        found[complete], is_null[complete] = group_means(own[complete], groups), False
    had = np.asarray(pc.is_valid(values_of(values)))
    return Outcome(arrow_series(pa.array(found, pa.float64(), mask=is_null)), had & is_null)


def _averaged_words(field: Field) -> str:
    k, group = int(number(field, "k")), parameters(field).get("group")
    together = "" if group is None else f", with the other fields of the group {group!r}"
    return f"Replaced by the mean of {k} participants or more with similar values (MDAV){together}."


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "pram": Method(_exchanged_field, _exchanged, _exchanged_words),
        "microaggregate": Method(_averaged_field, _averaged, _averaged_words, reason=lambda _: TOO_FEW),
    }
)
