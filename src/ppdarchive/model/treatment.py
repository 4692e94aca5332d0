"""The catalogue of treatments: which exist, to what they apply, which parameters they take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from ppdarchive.model.schema import Kind

ParameterKind = Literal[
    "number",
    "positive",
    "count",
    "year",
    "share",
    "space",
    "anchor",
    "hierarchy",
    "level",
    "prefixes",
    "group",
]
"""``count`` is a whole number of at least 1; ``share`` lies between 0 and 1; ``anchor`` names a date
field, ``table.field``; ``hierarchy`` and ``prefixes`` are the name of a ready one, a file of the study,
or the JSON itself; ``group`` names fields of one table that are treated together."""

SPACES: Final = ("participant", "response", "coder", "coach")
"""Pseudonyms are drawn from a separate space for each of these (design, De-identification)."""

PARTICIPANTS: Final = "participants"
"""The table whose rows are the participants."""

IDENTIFIER_CLASSES: Final = (*"ABCDEFGHIJKLMNOPQR", "none")
"""The classes of identifiers of 45 CFR 164.514(b)(2)(i), by letter, and that of what identifies nobody."""

MAX_BANDS: Final = 1000
"""More bands than this are no bands."""

MAX_OFFSET_DAYS: Final = 364
"""Dates are shifted by 1 to this many days back, as REDCap's own shifting does."""

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
            required={"width": "positive"},
            optional={"bottom": "number", "top": "number"},
        ),
        "round": _treatment(
            _NUMERIC,
            "Rounded to multiples of a number, halves to the even one.",
            required={"to": "positive"},
        ),
        "top_bottom_code": _treatment(
            _NUMERIC | {Kind.YEAR},
            "Values beyond a limit are released as the limit.",
            optional={"bottom": "number", "top": "number"},
        ),
        "year": _treatment(_CALENDAR, "Only the year is released.", optional={"bottom": "year"}),
        "quarter": _treatment(_CALENDAR, "Only the year and its quarter are released."),
        "relative_days": _treatment(
            _CALENDAR,
            "Replaced by the number of days since another date.",
            required={"anchor": "anchor"},
        ),
        "shift_dates": _treatment(
            _CALENDAR,
            "Shifted back by a random number of days, the same for all dates of one participant.",
        ),
        "generalize": _treatment(
            frozenset({Kind.STRING, Kind.INTEGER, Kind.YEAR}),
            "Replaced by a class of a hierarchy that the value falls into.",
            required={"hierarchy": "hierarchy", "level": "level"},
        ),
        "zip3": _treatment(
            frozenset({Kind.STRING, Kind.INTEGER}),
            "Only the first three digits of the ZIP code are released, and 000 where 20,000 people or "
            "fewer live under them, for military addresses and for codes of other countries.",
            optional={"table": "prefixes"},
        ),
        "suppress": _treatment(
            _ANY - {Kind.LIST},
            "Values that too few participants share are left out.",
            required={"below": "count"},
        ),
        "pram": _treatment(
            frozenset({Kind.STRING, Kind.INTEGER, Kind.BOOLEAN}),
            "Some values are exchanged at random; how often each occurs stays the same on average.",
            required={"keep": "share"},
        ),
        "microaggregate": _treatment(
            _NUMERIC,
            "Replaced by the mean of a group of participants with similar values.",
            required={"k": "count"},
            optional={"group": "group"},
        ),
        "text": _treatment(
            frozenset({Kind.STRING}), "Names, places and other identifying words are replaced."
        ),
    }
)
