"""The released schema is computed, keeps what still holds, and tells what was done."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from frictionless import Schema as FrictionlessSchema
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.deidentify.bands import bands
from ppdarchive.deidentify.released import released
from ppdarchive.deidentify.treatments.rare import SUPPRESSED
from ppdarchive.model.schema import (
    Category,
    Constraints,
    Disclosure,
    Field,
    ForeignKey,
    JsonValue,
    Kind,
    Lexical,
    MissingCode,
    Role,
    Schema,
    Treatment,
)
from ppdarchive.tableschema import Package, parse_schema, to_descriptor


def field(name: str, kind: Kind, method: str, role: Role = Role.NONE, **rest: object) -> Field:
    """A field under a treatment; parameters of the treatment come as ``given``."""
    given_parameters: dict[str, JsonValue] = rest.pop("given", {})  # type: ignore[assignment]
    disclosure = Disclosure(role, Treatment(method, given_parameters))
    return Field(name, kind, disclosure=disclosure, **rest)  # type: ignore[arg-type]


def release(*fields: Field, **rest: object) -> Schema:
    """The released schema of one table."""
    return released({"t": Schema("t", fields, **rest)})["t"]  # type: ignore[arg-type]


def test_what_is_dropped_or_undeclared_is_not_released() -> None:
    """A field without disclosure leaves as little as one that is dropped, companion included."""
    codes = (MissingCode("-99", "Refused"),)
    schema = release(
        field("a", Kind.STRING, "keep"),
        field("b", Kind.STRING, "drop", missing_values=codes),
        Field("c", Kind.STRING, missing_values=codes),
    )
    assert schema.names == ("a",)


def test_a_table_of_which_nothing_is_left_is_gone() -> None:
    """A table without released fields is not released."""
    assert not released({"t": Schema("t", (Field("a", Kind.STRING),))})


def test_reasons_are_fields_of_their_own() -> None:
    """The companion is declared in the released schema and no missing code is left."""
    codes = (MissingCode(""), MissingCode("-99", "Refused"))
    schema = release(field("a", Kind.INTEGER, "keep", missing_values=codes))
    assert schema.names == ("a", "a_missing")
    assert schema["a"].missing_values == (MissingCode(""),)
    assert schema["a_missing"].categories == (Category("Refused"),)
    assert schema["a_missing"].disclosure == Disclosure(Role.NONE, Treatment("keep"))


def test_pseudonyms_have_one_width() -> None:
    """A pseudonymized number is a text of a fixed pattern, still required and unique."""
    given_key = field(
        "id", Kind.INTEGER, "pseudonymize", Role.KEY, given={"space": "participant"}, unit="cards",
        constraints=Constraints(required=True, unique=True, minimum=1),
    )  # fmt: skip
    schema = release(given_key, primary_key=("id",))
    assert schema["id"].kind is Kind.STRING
    assert schema["id"].constraints == Constraints(
        required=True, unique=True, pattern="[bcdfghjklmnpqrstvwxz]{16}"
    )
    assert schema["id"].unit is None
    assert schema.primary_key == ("id",)


def test_bands_are_ordered_categories() -> None:
    """A banded number is one of its bands."""
    age = field(
        "age", Kind.INTEGER, "band", Role.QUASI_IDENTIFIER, given={"width": 10, "bottom": 20, "top": 45},
        constraints=Constraints(required=True, minimum=18, maximum=60), description="In years.",
    )  # fmt: skip
    told = release(age)["age"]
    assert [category.value for category in told.categories or ()] == [
        "under 20", "20-29", "30-39", "40-44", "45 and over",
    ]  # fmt: skip
    assert told.categories_ordered
    assert told.constraints == Constraints(required=True)
    assert told.description == "In years. Grouped into bands, closed on the left."


@pytest.mark.parametrize(
    ("kind", "constraints", "given_parameters", "labels"),
    [
        (Kind.INTEGER, Constraints(minimum=0, maximum=6), {"width": 3}, ("0-2", "3-5", "6-8")),
        (Kind.INTEGER, Constraints(minimum=0), {"width": 1, "top": 2}, ("0", "1", "2 and over")),
        (Kind.INTEGER, Constraints(minimum=0), {"width": 5, "bottom": 0, "top": 5}, ("0-4", "5 and over")),
        (
            Kind.NUMBER, Constraints(), {"width": 0.5, "bottom": 0, "top": 1},
            ("under 0", "0 to under 0.5", "0.5 to under 1", "1 and over"),
        ),
        (Kind.NUMBER, Constraints(minimum=0, maximum=1), {"width": 1}, ("0 to under 1", "1 to under 2")),
    ],
)  # fmt: skip
def test_bands_are_named(
    kind: Kind, constraints: Constraints, given_parameters: dict[str, JsonValue], labels: tuple[str, ...]
) -> None:
    """Labels name what is inside; there is no band below where no value can be."""
    found = bands(field("a", kind, "band", given=given_parameters, constraints=constraints))
    assert found.labels == labels
    assert len(found.edges) == len(labels) - 1


@given(
    width=st.integers(1, 20),
    bottom=st.integers(-20, 20),
    size=st.integers(1, 100),
    value=st.integers(-200, 300),
)
def test_every_value_lies_in_the_band_that_its_label_says(
    width: int, bottom: int, size: int, value: int
) -> None:
    """Edges and labels agree for every whole number."""
    given_parameters: dict[str, JsonValue] = {"width": width, "bottom": bottom, "top": bottom + size}
    found = bands(field("a", Kind.INTEGER, "band", given=given_parameters))
    label = found.labels[sum(value >= edge for edge in found.edges)]
    if value < bottom:
        assert label == f"under {bottom}"
    elif value >= bottom + size:
        assert label == f"{bottom + size} and over"
    else:
        low = bottom + (value - bottom) // width * width
        high = min(low + width, bottom + size) - 1
        assert label == (f"{low}" if low == high else f"{low}-{high}")
    assert len(set(found.labels)) == len(found.labels)
    assert list(found.edges) == sorted(set(found.edges))


def test_bands_that_nothing_bounds_are_refused() -> None:
    """Bands whose ends only the data could tell would tell the data."""
    with pytest.raises(ValueError, match="bottom"):
        bands(field("a", Kind.INTEGER, "band", given={"width": 5, "top": 9}))


def test_dates_become_years_or_days() -> None:
    """A date's bounds become years; days since another date have no bounds."""
    bounds = Constraints(required=True, minimum=date(2010, 5, 1), exclusive_maximum=date(2020, 1, 1))
    anchor = field("on", Kind.DATE, "year", constraints=bounds)
    days = field("after", Kind.DATE, "relative_days", given={"anchor": "on"}, constraints=bounds)
    schema = release(anchor, days)
    assert schema["on"].kind is Kind.YEAR
    assert schema["on"].constraints == Constraints(required=True, minimum=2010, maximum=2020)
    assert (schema["after"].kind, schema["after"].unit) == (Kind.INTEGER, "days")
    assert schema["after"].constraints == Constraints()
    assert schema["after"].description == "Replaced by the number of days since another date: on."


def test_suppression_has_its_reason() -> None:
    """A suppressible field may be missing, and its companion has the reason, made if need be."""
    codes = (MissingCode("-99", "Refused"),)
    plain = field("a", Kind.STRING, "suppress", given={"below": 5}, constraints=Constraints(required=True))
    coded = field("b", Kind.STRING, "suppress", given={"below": 5}, missing_values=codes)
    schema = release(plain, coded)
    assert schema.names == ("a", "a_missing", "b", "b_missing")
    assert not schema["a"].constraints.required
    assert [category.value for category in schema["a_missing"].categories or ()] == [SUPPRESSED]
    assert [category.value for category in schema["b_missing"].categories or ()] == ["Refused", SUPPRESSED]


def test_free_text_keeps_no_constraint_that_redaction_could_break() -> None:
    """Lengths and patterns of what was typed do not bind what is released."""
    text = field("a", Kind.STRING, "text", Role.FREE_TEXT, constraints=Constraints(max_length=5, pattern="x"))
    assert release(text)["a"].constraints == Constraints()


def test_values_are_released_in_default_form() -> None:
    """How an export wrote a value is forgotten, but a zone stays."""
    form = Lexical(true_values=("J",), false_values=("N",))
    zoned = Lexical(format="%d.%m.%Y %H:%M%z")
    schema = release(
        field("a", Kind.BOOLEAN, "keep", lexical=form),
        field("b", Kind.DATETIME, "keep", lexical=zoned),
        field("c", Kind.STRING, "keep", lexical=Lexical(format="uri")),
    )
    assert schema["a"].lexical == Lexical()
    assert "%z" in schema["b"].lexical.format
    assert schema["c"].lexical.format == "uri"


def test_keys_survive_where_rows_still_differ() -> None:
    """A key over a coarsened or dropped field is no key any more."""
    year = field("on", Kind.DATE, "year")
    kept = field("id", Kind.STRING, "keep")
    schema = release(kept, year, primary_key=("id",), unique_keys=(("id", "on"), ("on",)))
    assert (schema.primary_key, schema.unique_keys) == (("id",), ())


def test_foreign_keys_survive_where_both_sides_are_treated_alike() -> None:
    """A reference to what is dropped, or differently treated, is none."""
    pseudonymized = {"space": "participant"}
    parent = Schema(
        "p",
        (
            field("id", Kind.STRING, "pseudonymize", Role.KEY, given=pseudonymized),  # type: ignore[arg-type]
            field("no", Kind.INTEGER, "drop"),
            field("on", Kind.DATE, "keep"),
        ),
    )
    child = Schema(
        "c",
        (
            field("p", Kind.STRING, "pseudonymize", Role.KEY, given=pseudonymized),  # type: ignore[arg-type]
            field("no", Kind.INTEGER, "keep"),
            field("on", Kind.DATE, "year"),
            field("own", Kind.DATE, "keep"),
        ),
        foreign_keys=(
            ForeignKey(("p",), "p", ("id",)),
            ForeignKey(("no",), "p", ("no",)),
            ForeignKey(("on",), "p", ("on",)),
            ForeignKey(("own",), "", ("own",)),
            ForeignKey(("own",), "gone", ("x",)),
        ),
    )
    gone = Schema("gone", (Field("x", Kind.DATE),))
    result = released({"p": parent, "c": child, "gone": gone})
    assert list(result) == ["p", "c"]
    assert result["c"].foreign_keys == (child.foreign_keys[0], child.foreign_keys[3])


def test_releasing_again_changes_nothing(profile: Package) -> None:
    """The released schema of a released schema is itself."""
    once = released(profile.schemas)
    assert released(once) == once
    assert all(
        given_field.disclosure is not None and given_field.disclosure.treatment == Treatment("keep")
        for schema in once.values()
        for given_field in schema
    )


def test_frictionless_takes_the_released_profile(profile: Package) -> None:
    """Another implementation finds the released descriptors valid."""
    for schema in released(profile.schemas).values():
        FrictionlessSchema.from_descriptor(json.loads(json.dumps(to_descriptor(schema))))


def test_the_profile_releases_no_direct_identifier(profile: Package) -> None:
    """Of the profile's direct identifiers none is left, and keys are pseudonyms or no person's."""
    for name, schema in released(profile.schemas).items():
        for given_field in schema:
            before = replace(profile.schemas[name], name=name)
            assert given_field.disclosure is not None
            assert given_field.disclosure.role is not Role.DIRECT_IDENTIFIER
            if given_field.disclosure.role is Role.KEY:
                assert before[given_field.name].disclosure is not None
                assert given_field.constraints.pattern == "[bcdfghjklmnpqrstvwxz]{16}"


def test_an_empty_text_may_be_a_category() -> None:
    """Where the empty text is a value, it is no missing code in the released schema either."""
    given_field = field("a", Kind.STRING, "keep", categories=(Category(""), Category("x")), missing_values=())
    schema = release(given_field)
    assert schema["a"].missing_values == ()
    text = json.dumps(to_descriptor(schema))
    assert parse_schema(text, name="t", path="t.json", released=True) == schema
