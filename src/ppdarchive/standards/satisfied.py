"""Whether a treatment does what Safe Harbor asks of a class of identifiers.

References
----------
45 CFR 164.514(b)(2)(i); HHS, Guidance Regarding Methods for De-identification of Protected Health
Information in Accordance with the HIPAA Privacy Rule (2012).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from ppdarchive.model.schema import Field, Kind, Schema, Schemas
from ppdarchive.standards.classify import Membership, is_of_a_child

OLDEST_AGE: Final = 89
"""Ages over this are told as one class, "90 or older", together with what tells them."""

WIDE_PLACES: Final = frozenset({"state", "division", "region", "country", "territory"})
"""Levels of hierarchies that are no places smaller than a state."""

DATED_TABLES: Final = ("census-2000",)
"""Tables of ZIP prefixes that newer data of the Census Bureau have replaced."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a rule is satisfied, why, and what to do if not; None leaves it to a person."""

    satisfied: bool | None
    why: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands: its table, all schemas, and the year up to which ages are counted."""

    schema: Schema
    schemas: Schemas
    year: int | None


def method_of(field: Field) -> str:
    """The field's treatment; what is undeclared is dropped."""
    return "drop" if field.disclosure is None else field.disclosure.treatment.method


def safe_harbor(field: Field, own: Membership, place: Place) -> Verdict:
    """Hold a field's treatment against the class that it falls into."""
    method = method_of(field)
    if method == "drop":
        return Verdict(True, "it is not released")
    if method == "pseudonymize":
        return Verdict(True, "a random code stands in its place, which nothing tells of: 45 CFR 164.514(c)")
    if own.letter == "B":
        return _place(field, own, method)
    if own.letter == "C":
        return _CALENDAR[own.aspect](field, method, place)
    return Verdict(False, f"{_done(method)}", "drop it")


def _done(method: str) -> str:
    return "it is released as collected" if method == "keep" else f"{method!r} leaves something of it"


def _parameter(field: Field, name: str) -> object:
    return None if field.disclosure is None else field.disclosure.treatment.parameters.get(name)


def _place(field: Field, own: Membership, method: str) -> Verdict:
    if method == "zip3" and own.aspect in ("zip", ""):
        if _parameter(field, "table") in DATED_TABLES:
            return Verdict(
                False, "its table of restricted prefixes is older than the current data of the Census Bureau",
                "leave `table` out, or name a newer one",
            )  # fmt: skip
        return Verdict(True, "three digits are told where more than 20,000 people share them, 000 elsewhere")
    if method == "generalize" and _parameter(field, "level") in WIDE_PLACES:
        return Verdict(True, f"only its {_parameter(field, 'level')} is told")
    remedy = (
        'treat it with {"method": "zip3"}' if own.aspect == "zip" else "drop it, or generalize it to a state"
    )
    return Verdict(False, f"{_done(method)}: a place smaller than a state", remedy)


def _date(field: Field, method: str, place: Place) -> Verdict:
    if method == "year":
        return Verdict(True, "only the year is told")
    if method == "relative_days":
        return _relative(field, place)
    if method == "shift_dates":
        why = "a shifted date is a date still; it can support an expert's determination"
    elif method == "quarter":
        why = "a quarter is an element of a date other than its year"
    else:
        why = _done(method)
    remedy = 'treat it with {"method": "year"} or {"method": "relative_days", "anchor": ...}'
    return Verdict(False, why, remedy if field.kind in (Kind.DATE, Kind.DATETIME) else "drop it")


def _relative(field: Field, place: Place) -> Verdict:
    """Days since a date that is not told are no date; since one that is, they are."""
    table, _, name = str(_parameter(field, "anchor")).rpartition(".")
    anchor = place.schemas.get(table or place.schema.name)
    if anchor is None or name not in anchor:
        return Verdict(True, "days since a date that is not released")
    method = method_of(anchor[name])
    if method in ("drop", "year", "relative_days"):
        return Verdict(True, "days since a date of which no more than the year is told")
    return Verdict(
        False, f"days since {name!r}, which is released with the treatment {method!r}, tell the date",
        f"drop {name!r} or cut it to the year",
    )  # fmt: skip


def _birth(field: Field, method: str, place: Place) -> Verdict:
    """The year of a birth tells an age, which may be over 89."""
    if field.kind is Kind.YEAR or (field.kind is Kind.INTEGER and "year" in field.name.lower()):
        verdict = Verdict(True, "a year")
        bottom = _parameter(field, "bottom") if method == "top_bottom_code" else None
    else:
        verdict = _date(field, method, place)
        bottom = _parameter(field, "bottom") if method == "year" else None
    if not verdict.satisfied or method == "relative_days" or is_of_a_child(field):
        return verdict
    least = field.constraints.minimum
    years = [value.year if isinstance(value, date) else value for value in (least, bottom)]
    known = [value for value in years if isinstance(value, int)]
    remedy = "give it a `bottom`, the year before which births are told together"
    if not known:
        return Verdict(False, "a year of birth may tell an age over 89", remedy)
    if place.year is None:
        return Verdict(
            None, f"no year before {max(known)} is told; whether that tells an age over 89 depends on when"
        )
    if place.year - max(known) > OLDEST_AGE + 1:
        return Verdict(False, f"the year {max(known)} tells an age over {OLDEST_AGE}", remedy)
    return Verdict(
        True, "no year is told that tells an age over 89, but the first, which stands for all before"
    )


def _age(field: Field, method: str, place: Place) -> Verdict:
    """Ages over 89 are not told, or as one class."""
    bounds = field.constraints
    numbers = [*(bounds.enum or ()), *(category.value for category in field.categories or ())]
    top = _parameter(field, "top")
    if isinstance(bounds.maximum, int | float) and bounds.maximum <= OLDEST_AGE:
        return Verdict(True, f"no age over {OLDEST_AGE} can occur")
    if isinstance(bounds.exclusive_maximum, int | float) and bounds.exclusive_maximum <= OLDEST_AGE + 1:
        return Verdict(True, f"no age over {OLDEST_AGE} can occur")
    if numbers and all(isinstance(value, int | float) and value <= OLDEST_AGE for value in numbers):
        return Verdict(True, f"no age over {OLDEST_AGE} can occur")
    if method in ("band", "top_bottom_code") and isinstance(top, int | float) and top <= OLDEST_AGE + 1:
        return Verdict(True, f"ages over {OLDEST_AGE} are told as one class")
    return Verdict(
        False, f"ages over {OLDEST_AGE} may be told one by one",
        f"give it a `maximum` of {OLDEST_AGE}, or a top code: "
        f'{{"method": "top_bottom_code", "top": {OLDEST_AGE + 1}}}',
    )  # fmt: skip


def _elapsed(field: Field, method: str, place: Place) -> Verdict:
    """Weeks since a birth tell its date together with another date."""
    fine = [
        f"{schema.name}.{own.name}"
        for schema in place.schemas.values()
        for own in schema
        if own.kind in (Kind.DATE, Kind.DATETIME) and method_of(own) not in ("drop", "year", "relative_days")
    ]
    if not fine:
        return Verdict(True, "no date is released that it could be counted from")
    if method == "band":
        return Verdict(None, f"bands of time since an event, with {fine[0]!r} released: a person judges")
    return Verdict(False, f"with {fine[0]!r} it tells a date", f"drop it, or cut {fine[0]!r} to the year")


_CALENDAR: Final[Mapping[str, Callable[[Field, str, Place], Verdict]]] = MappingProxyType(
    {"date": _date, "birth": _birth, "age": _age, "elapsed": _elapsed}
)
