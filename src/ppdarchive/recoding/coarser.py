"""Which treatments would release less of a field than the declared one, from fine to coarse.

Nothing finer than what the study declares is ever proposed: that was a person's decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from ppdarchive.deidentify.bands import bands
from ppdarchive.model.hierarchy import Hierarchy, as_tree, from_rows, from_tree, ready, ready_names
from ppdarchive.model.schema import Field, JsonValue, Kind, Treatment

_DOUBLINGS: Final = 3
"""How often the width of bands is doubled, and the number below which values are suppressed."""

_BANDS: Final = 10
"""About so many bands are proposed first for a number that is released as collected."""


def coarser(field: Field, *, below: int, hierarchy: str | None = None) -> tuple[Treatment, ...]:
    """The declared treatment of a field and coarser ones that nest in it, without dropping it.

    Bands are doubled; dates become quarters and years; values of a hierarchy climb it, be it the
    declared one, a ready one that knows them, or pairs of neighbours among ordered categories; and of
    other categories those are suppressed that too few participants share. What has none of these can
    be kept or dropped.

    Parameters
    ----------
    field : Field
        With a declared treatment.
    below : int
        Participants that must share a value, where rare ones are to be suppressed.
    hierarchy : str, optional
        The ready hierarchy that knows the field's values (`known_to`).

    Returns
    -------
    tuple of Treatment, length >= 1
        The declared one first.
    """
    assert field.disclosure is not None
    declared = field.disclosure.treatment
    return (declared, *_above(field, declared, below, hierarchy))


def known_to(values: Iterable[str]) -> str | None:
    """The ready hierarchy that knows every value, if one does; plain numbers fit too many by chance.

    >>> known_to(["IA", "OH"]), known_to(["1", "2"]), known_to(["IA", "Ohio River"])
    ('us-state', None, None)
    """
    texts = set(values)
    if not texts or any(text.isdecimal() for text in texts):
        return None
    for name in ready_names():
        hierarchy = ready(name)
        if all(hierarchy.value_of(text) is not None for text in texts):
            return name
    return None


def _above(field: Field, declared: Treatment, below: int, hierarchy: str | None) -> Iterator[Treatment]:
    match declared.method:
        case "band":
            yield from _wider(field, declared)
        case "quarter":
            yield Treatment("year")
        case "generalize":
            named = declared.parameters["hierarchy"]
            own = ready(named) if isinstance(named, str) else from_tree(named, name=field.name)
            yield from _levels(named, own, own.level(str(declared.parameters["level"])) + 1)
        case "suppress":
            rare = declared.parameters["below"]
            assert isinstance(rare, int)
            yield from (_suppress(rare * 2**times) for times in range(1, _DOUBLINGS))
        case "keep":
            yield from _below_keep(field, below, hierarchy)


def _below_keep(field: Field, below: int, hierarchy: str | None) -> Iterator[Treatment]:
    if field.kind in (Kind.DATE, Kind.DATETIME):
        yield from (Treatment("quarter"), Treatment("year"))
    elif hierarchy is not None and field.kind is Kind.STRING:
        yield from _levels(hierarchy, ready(hierarchy), 1)
    elif field.categories is not None and field.categories_ordered and len(field.categories) > 2:
        own = _neighbours(field)
        yield from _levels(as_tree(own), own, 1)
    elif field.categories is not None or field.kind is Kind.STRING:
        yield from (_suppress(below * 2**times) for times in range(_DOUBLINGS))
    elif field.kind in (Kind.INTEGER, Kind.NUMBER):
        yield from _first_bands(field)


def _suppress(below: int) -> Treatment:
    return Treatment("suppress", MappingProxyType({"below": below}))


def _levels(named: JsonValue, hierarchy: Hierarchy, start: int) -> Iterator[Treatment]:
    for level in hierarchy.level_names[start:]:
        yield Treatment("generalize", MappingProxyType({"hierarchy": named, "level": level}))


def _neighbours(field: Field) -> Hierarchy:
    """Ordered categories in pairs of neighbours, these in pairs again, as long as two are left."""
    assert field.categories is not None
    values = [str(category.value) for category in field.categories]
    labels = [category.label or str(category.value) for category in field.categories]
    names, size = [field.name], 2
    rows = [[value] for value in values]
    while size < len(values):
        for start in range(0, len(values), size):
            stop = min(start + size, len(values))
            own = labels[start] if stop - start == 1 else f"{labels[start]} to {labels[stop - 1]}"
            for row in rows[start:stop]:
                row.append(own)
        names.append(f"groups of {size}")
        size *= 2
    return from_rows(names, rows, name=field.name)


def _wider(field: Field, declared: Treatment) -> Iterator[Treatment]:
    """Bands of doubled width, as long as there are fewer of them and at least two."""
    width = declared.parameters["width"]
    assert isinstance(width, int | float)
    start, stop = declared.parameters.get("bottom", field.constraints.minimum), declared.parameters.get("top")
    n_bands = len(_banded(field, declared))
    for times in range(1, _DOUBLINGS + 1):
        own = width * 2**times
        if isinstance(start, int | float) and isinstance(stop, int | float):
            own = min(own, stop - start)  # the top code ends the last band in any case
        wider = Treatment("band", MappingProxyType({**declared.parameters, "width": own}))
        if not 2 <= len(_banded(field, wider)) < n_bands:
            return
        n_bands = len(_banded(field, wider))
        yield wider


def _first_bands(field: Field) -> Iterator[Treatment]:
    """Bands for a number that has been kept, if its schema says where they begin and end."""
    low, high = field.constraints.minimum, field.constraints.maximum
    if not isinstance(low, int | float) or not isinstance(high, int | float) or high <= low:
        return
    width = _round_width((high - low) / _BANDS, is_whole=field.kind is Kind.INTEGER)
    first = Treatment("band", MappingProxyType({"width": width}))
    if len(_banded(field, first)) >= 2:
        yield first
        yield from _wider(field, first)


def _round_width(least: float, *, is_whole: bool) -> int | float:
    """The smallest width of 1, 2 or 5 times a power of ten that is not below `least`; whole from 2 on."""
    power = 0
    while 10.0**power > least:
        power -= 1
    while 10.0 ** (power + 1) <= least:
        power += 1
    width: float = next(step * 10.0**power for step in (1, 2, 5, 10) if step * 10.0**power >= least)
    if is_whole:
        return max(round(width), 2)
    return int(width) if width == int(width) else float(f"{width:.10g}")


def _banded(field: Field, treatment: Treatment) -> tuple[str, ...]:
    assert field.disclosure is not None
    return bands(replace(field, disclosure=replace(field.disclosure, treatment=treatment))).labels
