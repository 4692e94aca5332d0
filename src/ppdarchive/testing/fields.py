"""Fields that make sense: every kind, lexical form and constraint, always with values to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from hypothesis import strategies as st

from ppdarchive.model.schema import (
    Category,
    Constraints,
    Disclosure,
    Field,
    JsonValue,
    Kind,
    Lexical,
    MissingCode,
    Role,
    Treatment,
)
from ppdarchive.model.treatment import IDENTIFIER_CLASSES, MAX_BANDS, SPACES, TREATMENTS
from ppdarchive.testing.values import plain_text, values

KINDS: Final = tuple(Kind)
_ITEM_KINDS: Final = tuple(kind for kind in Kind if kind not in (Kind.LIST, Kind.YEAR))
ORDERED: Final = (Kind.INTEGER, Kind.NUMBER, Kind.YEAR, Kind.DATE, Kind.DATETIME, Kind.TIME)

# Each pattern has an alternative, a class or a repetition that an unanchored or half anchored
# engine reads otherwise (style, section 1).
_PATTERNS: Final = (
    "a|b",
    "[a-z]{1,3}[0-9]*",
    "(?i:x+)|yy?",
    "P-[0-9]{2,4}",
    r"\w+\.",
    "[^,]{2}",
    r"\d+|none",
)
_DATE_FORMATS: Final = ("%d/%m/%Y", "%Y%m%d", "%d %b %Y", "%m/%d/%y")
_TIME_FORMATS: Final = ("%H:%M", "%H.%M.%S", "%I:%M %p")
_DATETIME_FORMATS: Final = ("%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S.%f", "%Y%m%d%H%M%S")
_BOOLEANS: Final = (
    (("yes", "Yes"), ("no", "No")),
    (("1",), ("2",)),
    (("Y",), ("N",)),
    (("x",), ("-", "o")),
)
_LABELS: Final = ("Seen but unanswered", "Not asked", "Refused", "Don't know", "Left blank")
_CODES: Final = ("", "-99", "-77", "NA", "refused", "n/a", "99.0", "1900-01-01")
_CATEGORY_TEXTS: Final = ("low", "middle", "high", "a", "B", "3_month", "x y", "ü", "1", "Very much, yes", "")


@st.composite
def fields(draw: st.DrawFn, name: str, kinds: Sequence[Kind] = KINDS) -> Field:
    """Fields called `name`, of one of `kinds`, without disclosure and without uniqueness."""
    kind = draw(st.sampled_from(list(kinds)))
    field = Field(name=name, kind=kind, lexical=draw(lexicals(kind)), missing_values=())
    if kind in (Kind.STRING, Kind.INTEGER) and draw(st.integers(0, 3)) == 3:
        field = draw(_with_categories(replace(field, lexical=Lexical())))
    else:
        field = replace(field, constraints=draw(constraints(field)))
    return replace(field, constraints=replace(field.constraints, required=draw(st.booleans())))


@st.composite
def lexicals(draw: st.DrawFn, kind: Kind) -> Lexical:
    """Lexical options that apply to `kind`; often the default ones."""
    if draw(st.booleans()):
        return Lexical()
    match kind:
        case Kind.INTEGER:
            return Lexical(
                group_char=draw(st.sampled_from([None, ",", " ", "."])), bare_number=draw(st.booleans())
            )
        case Kind.NUMBER:
            decimal, group = draw(
                st.sampled_from([(".", None), (",", None), (".", ","), (",", "."), (",", " ")])
            )
            return Lexical(decimal_char=decimal, group_char=group, bare_number=draw(st.booleans()))
        case Kind.BOOLEAN:
            true_values, false_values = draw(st.sampled_from(_BOOLEANS))
            return Lexical(true_values=true_values, false_values=false_values)
        case Kind.DATE:
            return Lexical(format=draw(st.sampled_from(_DATE_FORMATS)))
        case Kind.TIME:
            return Lexical(format=draw(st.sampled_from(_TIME_FORMATS)))
        case Kind.DATETIME:
            return Lexical(format=draw(st.sampled_from(_DATETIME_FORMATS)))
        case Kind.LIST:
            return Lexical(
                delimiter=draw(st.sampled_from([",", ";", "|", "; "])),
                item_kind=draw(st.sampled_from(_ITEM_KINDS)),
            )
        case Kind.STRING:
            return Lexical(format=draw(st.sampled_from(["email", "uri", "uuid", "binary"])))
        case _:
            return Lexical()


@st.composite
def constraints(draw: st.DrawFn, field: Field) -> Constraints:
    """Constraints that some value of `field` satisfies, ``required`` and ``unique`` left out."""
    options = ["none", "none"]
    options += ["bounds", "bounds and enum"] if field.kind in ORDERED else []
    options += ["enum"] if field.kind is not Kind.LIST else []
    options += ["lengths", "lengths"] if field.kind is Kind.LIST else []
    if field.kind is Kind.STRING:
        options += ["lengths"] if field.lexical.format in ("default", "binary") else []
        options += ["pattern", "pattern"] if field.lexical.format == "default" else []
    choice = draw(st.sampled_from(options))
    demands = Constraints()
    if "bounds" in choice:
        demands = draw(_bounded(field))
    if "enum" in choice:
        known = draw(
            st.lists(values(replace(field, constraints=demands)), min_size=1, max_size=4, unique=True)
        )
        demands = replace(demands, enum=tuple(known))
    if choice == "lengths":
        low = draw(st.sampled_from([2, 3, 4, None, 0]))
        high = draw(st.none() | st.integers(4, 9))
        demands = Constraints(min_length=low, max_length=high)
    if choice == "pattern":
        demands = Constraints(pattern=draw(st.sampled_from(_PATTERNS)))
    return demands


@st.composite
def _bounded(draw: st.DrawFn, field: Field) -> Constraints:
    """One or two bounds with the drawn values between them."""
    known = sorted(draw(st.lists(values(field), min_size=2, max_size=4, unique=True)))
    low: dict[str, Any] = draw(
        st.sampled_from([{}, {"minimum": known[0]}, {"minimum": known[0]}, {"exclusive_minimum": known[0]}])
    )
    # Exclusive on both sides could leave nothing between neighbours.
    high: dict[str, Any] = draw(
        st.sampled_from(
            [
                {},
                {"maximum": known[-1]},
                *([{"exclusive_maximum": known[-1]}] if "exclusive_minimum" not in low else []),
            ]
        )
    )
    return Constraints(**low, **high)


@st.composite
def _with_categories(draw: st.DrawFn, field: Field) -> Field:
    drawn: list[Any] = draw(
        st.lists(
            st.integers(-9, 9) if field.kind is Kind.INTEGER else st.sampled_from(_CATEGORY_TEXTS),
            min_size=1,
            max_size=5,
            unique=True,
        )
    )
    labelled = draw(st.booleans())
    known = tuple(Category(value, f"Label {n}" if labelled else None) for n, value in enumerate(drawn))
    enum = draw(st.none() | st.lists(st.sampled_from(drawn), min_size=1, unique=True).map(tuple))
    return replace(
        field,
        categories=known,
        categories_ordered=draw(st.booleans()),
        constraints=Constraints(enum=enum),
    )


def spoken_for(field: Field) -> set[str]:
    """Texts that mean a value which the declaration names, and so cannot be missing codes."""
    demands = field.constraints
    bounds = (demands.minimum, demands.maximum, demands.exclusive_minimum, demands.exclusive_maximum)
    named = [value for value in (*bounds, *(demands.enum or ())) if value is not None]
    named += [category.value for category in field.categories or ()]
    written = {plain_text(field, value) for value in named}
    return written | {*field.lexical.true_values, *field.lexical.false_values}


@st.composite
def missing_codes(draw: st.DrawFn, taken: set[str]) -> tuple[MissingCode, ...]:
    """Missing codes other than `taken`; all labelled or none, as the standard's profile wants."""
    free = [code for code in _CODES if code not in taken]
    codes = draw(st.lists(st.sampled_from(free), min_size=1, max_size=4, unique=True))
    if draw(st.booleans()):
        return tuple(MissingCode(code) for code in codes)
    return tuple(MissingCode(code, label) for code, label in zip(codes, _LABELS, strict=False))


@st.composite
def disclosures(
    draw: st.DrawFn, field: Field, anchors: Sequence[str], *, is_participants: bool = False
) -> Disclosure | None:
    """A role and a treatment that fit the field, or none; dates can be shifted where rows are somebody's."""
    if draw(st.integers(0, 4)) == 0:
        return None
    methods = [method for method, known in TREATMENTS.items() if field.kind in known.kinds]
    methods = [method for method in methods if method not in _unfit(field, anchors, is_participants)]
    role = draw(st.sampled_from(list(Role)))
    allowed = {
        Role.DIRECT_IDENTIFIER: ("drop", "pseudonymize"),
        Role.KEY: ("drop", "pseudonymize", "keep"),
        Role.FREE_TEXT: ("drop", "text"),
    }.get(role, tuple(TREATMENTS))
    method = draw(st.sampled_from([known for known in methods if known in allowed]))
    parameters = draw(_parameters(method, field, anchors))
    identifier = draw(st.none() | st.sampled_from(IDENTIFIER_CLASSES))
    return Disclosure(role, Treatment(method, MappingProxyType(parameters)), identifier)


def _unfit(field: Field, anchors: Sequence[str], is_participants: bool) -> set[str]:
    """Treatments that the field's type would allow, and the field does not."""
    unfit = set() if anchors else {"relative_days"}
    unfit |= set() if is_participants else {"shift_dates"}
    demands = field.constraints
    if field.categories is not None:
        unfit |= {"round", "top_bottom_code", "microaggregate"}
    elif demands.enum is None and field.kind is not Kind.BOOLEAN:
        unfit |= {"pram"}
    # An empty text is no value of a hierarchy.
    return unfit | {"generalize"} if "" in _values_named(field) else unfit


def _values_named(field: Field) -> list[str]:
    """The values that the field may have, as texts; empty if any."""
    if field.constraints.enum is not None:
        return [str(value) for value in field.constraints.enum]
    return [str(category.value) for category in field.categories or ()]


@st.composite
def _parameters(draw: st.DrawFn, method: str, field: Field, anchors: Sequence[str]) -> dict[str, JsonValue]:
    """Parameters with which a treatment fits the field."""
    match method:
        case "pseudonymize":
            return {"space": draw(st.sampled_from(SPACES))}
        case "band":
            return draw(_bands(field))
        case "round":
            return {
                "to": draw(st.sampled_from([1, 5, 1000] if field.kind is Kind.INTEGER else [0.1, 0.5, 5]))
            }
        case "top_bottom_code":
            limits: list[dict[str, JsonValue]] = [{"top": 45}, {"bottom": 3}, {"bottom": 0, "top": 2000}]
            return draw(st.sampled_from(limits))
        case "year":
            years: list[dict[str, JsonValue]] = [{}, {"bottom": 1936}]
            return draw(st.sampled_from(years))
        case "relative_days":
            return {"anchor": draw(st.sampled_from(list(anchors)))}
        case "suppress":
            return {"below": draw(st.integers(1, 10))}
        case "generalize":
            return draw(_hierarchies(field))
        case "zip3":
            tables: list[dict[str, JsonValue]] = [{}, {"table": "census-2000"}]
            return draw(st.sampled_from(tables))
        case "pram":
            return {"keep": draw(st.sampled_from([0.2, 0.8]))}
        case "microaggregate":
            groups: list[dict[str, JsonValue]] = [{"k": 2}, {"k": 3, "group": "alike"}]
            return draw(st.sampled_from(groups))
        case _:
            return {}


@st.composite
def _hierarchies(draw: st.DrawFn, field: Field) -> dict[str, JsonValue]:
    """A hierarchy of the field's values, or of some values if it may have any; and one of its levels."""
    named = list(dict.fromkeys(_values_named(field))) or ["1", "a", "b", "2000", "x y"]
    if not _values_named(field) and draw(st.booleans()):
        return {"hierarchy": "us-state", "level": draw(st.sampled_from(["state", "division", "region"]))}
    classes = [draw(st.sampled_from(["one", "two", "three"])) for _ in named]
    tree: dict[str, JsonValue] = {
        own: [value for value, other in zip(named, classes, strict=True) if other == own]
        for own in dict.fromkeys(classes)
    }
    hierarchy: JsonValue = {"name": "drawn", "levels": ["value", "class"], "tree": tree}
    return {"hierarchy": hierarchy, "level": draw(st.sampled_from(["value", "class"]))}


@st.composite
def _bands(draw: st.DrawFn, field: Field) -> dict[str, JsonValue]:
    """Bands from the field's own bounds, or from a bottom code to a top code."""
    width = draw(st.sampled_from([1, 5, 0.5, 2.5]))
    low, high = field.constraints.minimum, field.constraints.maximum
    if isinstance(low, int | float) and isinstance(high, int | float) and (high - low) / width <= MAX_BANDS:
        return {"width": width}
    return {
        "width": width,
        **draw(st.sampled_from([{"bottom": 0, "top": 60}, {"bottom": -1.5, "top": 45.5}])),
    }
