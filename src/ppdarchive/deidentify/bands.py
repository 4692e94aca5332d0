"""The bands of a numeric field: closed on the left, labelled, open at both ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from ppdarchive.model.schema import Field, Kind


@dataclass(frozen=True, slots=True)
class Bands:
    """Where bands begin and what they are called.

    Attributes
    ----------
    edges : tuple of float, length n
        Band ``i`` holds ``edges[i-1] <= value < edges[i]``; the first and last are open.
    labels : tuple of str, length n + 1
    """

    edges: tuple[float, ...]
    labels: tuple[str, ...]


def bands(field: Field) -> Bands:
    """The bands of a field with treatment ``band``.

    They start at `bottom` (or the field's minimum) and end at `top` (or its maximum). Values below
    a bottom code, and from a top code on, share a band each.

    Raises
    ------
    ValueError
        If the first or last band cannot be known; a schema that was read from JSON has no such field.

    Examples
    --------
    >>> from ppdarchive.model.schema import Disclosure, Role, Treatment
    >>> age = Field("age", Kind.INTEGER, disclosure=Disclosure(
    ...     Role.QUASI_IDENTIFIER, Treatment("band", {"width": 10, "bottom": 20, "top": 40})))
    >>> bands(age).labels
    ('under 20', '20-29', '30-39', '40 and over')
    """
    assert field.disclosure is not None
    given = field.disclosure.treatment.parameters
    width, bottom, top = (_as_number(given.get(key)) for key in ("width", "bottom", "top"))
    minimum, maximum = _as_number(field.constraints.minimum), _as_number(field.constraints.maximum)
    start = bottom if bottom is not None else minimum
    stop = top if top is not None else maximum
    if width is None or start is None or stop is None:
        raise ValueError("a band needs `bottom` or a minimum, and `top` or a maximum")
    # A top code begins a band of its own; a maximum lies inside the last band.
    size = (stop - start) / width
    n_bands = math.ceil(size) if top is not None else math.floor(size) + 1
    starts = [start + number * width for number in range(n_bands)]
    ends = [*starts[1:], stop if top is not None else start + n_bands * width]
    labels = [_label(first, last, field.kind) for first, last in zip(starts, ends, strict=True)]
    edges = list(starts[1:])
    if bottom is not None and (minimum is None or minimum < bottom):
        labels.insert(0, f"under {_shown(bottom)}")
        edges.insert(0, start)
    if top is not None:
        labels.append(f"{_shown(top)} and over")
        edges.append(top)
    return Bands(tuple(map(_plain, edges)), tuple(labels))


def _label(first: Fraction, last: Fraction, kind: Kind) -> str:
    if kind is Kind.INTEGER and first.denominator == last.denominator == 1:
        return f"{int(first)}" if last - first == 1 else f"{int(first)}-{int(last) - 1}"
    return f"{_shown(first)} to under {_shown(last)}"


def _shown(value: Fraction) -> str:
    return str(int(value)) if value.denominator == 1 else f"{float(value):.10g}"


def _plain(value: Fraction) -> float:
    return int(value) if value.denominator == 1 else float(value)


def _as_number(value: object) -> Fraction | None:
    """The number as it is written: three times 0.1 is 0.3, as the label says."""
    return Fraction(repr(value)) if isinstance(value, int | float) else None
