"""The catalogue of treatments: which exist, to what they apply, which parameters they take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from ppdarchive.model.schema import Kind

ParameterKind = Literal["number", "count", "space", "anchor"]
"""``count`` is a whole number of at least 1; ``anchor`` names a date field, ``table.field``."""

SPACES: Final = ("participant", "response", "coder", "coach")
"""Pseudonyms are drawn from a separate space for each of these (design, De-identification)."""

MAX_BANDS: Final = 1000
"""More bands than this are no bands."""

_ANY: Final = frozenset(Kind)
_NUMERIC: Final = frozenset({Kind.INTEGER, Kind.NUMBER})
_CALENDAR: Final = frozenset({Kind.DATE, Kind.DATETIME})


@dataclass(frozen=True, slots=True)
class TreatmentKind:
    """What a treatment is and may be applied to.

    Attributes
    ----------
    kinds : frozenset of Kind
        Field types that it can treat.
    required, optional : mapping of str to ParameterKind
    does : str
        What it does, in words that a reader of the package understands.
    """

    kinds: frozenset[Kind]
    does: str
    required: Mapping[str, ParameterKind]
    optional: Mapping[str, ParameterKind]


def _treatment(
    kinds: frozenset[Kind],
    does: str,
    required: Mapping[str, ParameterKind] = MappingProxyType({}),
    optional: Mapping[str, ParameterKind] = MappingProxyType({}),
) -> TreatmentKind:
    return TreatmentKind(kinds, does, required, optional)


TREATMENTS: Final[Mapping[str, TreatmentKind]] = MappingProxyType(
    {
        "keep": _treatment(_ANY, "Released as collected."),
        "drop": _treatment(_ANY, "Not released."),
        "pseudonymize": _treatment(
            frozenset({Kind.STRING, Kind.INTEGER}),
            "Replaced by a random pseudonym.",
            required={"space": "space"},
        ),
        "band": _treatment(
            _NUMERIC,
            "Grouped into bands, closed on the left.",
            required={"width": "number"},
            optional={"bottom": "number", "top": "number"},
        ),
        "year": _treatment(_CALENDAR, "Only the year is released."),
        "relative_days": _treatment(
            _CALENDAR,
            "Replaced by the number of days since another date.",
            required={"anchor": "anchor"},
        ),
        "suppress": _treatment(
            _ANY - {Kind.LIST},
            "Values that too few participants share are left out.",
            required={"below": "count"},
        ),
        "text": _treatment(
            frozenset({Kind.STRING}), "Names, places and other identifying words are replaced."
        ),
    }
)
